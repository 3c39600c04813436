/**
 * @file select/method.h
 * The methods of selection: a row of a table each, and a file each, method_<name>.c. The engine divides a group into cells and
 * sets certainty units apart; a method draws from what is left of a cell, and says with which probabilities.
 *
 * A method's name carries its version. A fix makes a new row, and the old one stays.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SELECT_METHOD_H
#define SIPAS_SELECT_METHOD_H

#include "select/select.h"

/** What is drawn from after the certainty units are out: run->scratch.items[0 … n_units-1], main + reserves = total. */
typedef struct sipas__select_rest {
    int64_t n_units, main, total;
    uint64_t hash; /* of the stratum and class: where a systematic draw starts */
} sipas__select_rest;

typedef struct sipas__select_method {
    const char *name; /* "srs/1" */
    int needs_size;   /* probabilities follow from a size, which then must be given */
    int takes_all;    /* every unit is certain, and no number is asked for */
    int is_random;    /* 1 = the number drawn is random; 0 = it is the number asked for */
    int is_canonical; /* 1 = works on the units in canonical order; 0 = each unit's own number decides */

    /**
     * Moves the units that reach 1 in a draw of m out of the first n_units items to the certainty units, *sure of them so far;
     * returns how many items are left, in canonical order. NULL: only marked units are certain.
     */
    int64_t (*find_certain)(const sipas__select_run *run, int64_t n_units, int64_t m, int64_t *sure);

    /** Puts the units drawn into items[0 … total-1]. NULL where every unit is certain. */
    void (*draw)(const sipas__select_run *run, const sipas__select_rest *from);

    /** Probabilities of a unit drawn: pi[0] as main, pi[1] as main or reserve. */
    void (*probabilities)(const sipas__select_run *run, const sipas__select_rest *from, int64_t unit, double pi[2]);
} sipas__select_method;

/** The method of an enumerator SIPAS_DRAW_. */
const sipas__select_method *sipas__select_method_of(int32_t method);

extern const sipas__select_method sipas__select_method_srs, sipas__select_method_systematic,
    sipas__select_method_pps_systematic, sipas__select_method_all;

/* ---- method.c: what methods share ---- */

/** Uniform number of a hash for a purpose. */
double sipas__select_number(const sipas__select_run *run, uint64_t hash, int32_t purpose);

/** Canonical order. */
void sipas__select_sort_canonically(const sipas__select_run *run, sipas__item *items, int64_t n);

/** Ascending by the units' own numbers; equal ones in canonical order. */
void sipas__select_sort_by_number(const sipas__select_run *run, sipas__item *items, int64_t n, int32_t purpose);

/** Probabilities where all units are alike: m / N and (m + r) / N. */
void sipas__select_equal_probabilities(const sipas__select_run *run, const sipas__select_rest *from, int64_t unit,
                                       double pi[2]);

#endif
