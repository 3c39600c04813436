/**
 * @file national.h
 * A national round of the satisfaction survey, step by step: frame, plan, draw, simulated answers, estimates. The number
 * of tiers (province, district, commune; or province, commune) is read from the frame.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_NATIONAL_H
#define EXAMPLES_NATIONAL_H

#include <stdio.h>

#include <sipas.h>

#include "read_csv.h"

/** Sizes of the round, and its published figures of 2024. */
enum {
    NATIONAL_FORMS = 36525,
    NATIONAL_CITY_FORMS = 2700,
    NATIONAL_DISTRICTS = 195,
    NATIONAL_COMMUNES = 390,
    NATIONAL_COMMUNES_PUBLISHED = 385,
    NATIONAL_VILLAGES = 1170,
    NATIONAL_STAGES = 5,
    NATIONAL_ITEMS = 39,
    NATIONAL_DIGITS = 32 /**< room for national_digits() */
};

/** What is known about a unit of the tree; one cell per unit, the tree's later villages and persons included. */
typedef struct national_units {
    int64_t n;
    double *population;   /**< inhabitants, filled in where the source gives none; NaN for villages and persons */
    uint8_t *excluded;    /**< 1 = out of the frame */
    const char **stratum; /**< of a commune: "urban" or "rural" */
    double *n_of;         /**< units to draw below it; NaN = none said */
    double *reserve_of;   /**< reserves besides */
} national_units;

/** The quotas of communes: a parent (NaN = every parent), a stratum, a number. */
typedef struct national_quotas {
    int64_t n;
    double *parent, *count;
    const char **stratum;
} national_quotas;

/** A round. Zero it, set the first four, and free it with national_clear() after whatever happened. */
typedef struct national {
    sipas_ctx *ctx;
    uint64_t seed;
    const char *file; /**< of the units; NULL = the shipped table: */
    int two_tier; /**< … of 2025, 1 = with two tiers; 0 = of 2023, with three. national_read() sets it from the frame */

    sheet *sheet;
    sipas_unit_tree *tree;
    sipas_table *sizes; /**< of sipas_frame_impute() */
    int64_t n_frame;    /**< units of the file; those above are villages and persons */
    national_units units;
    int64_t n_provinces, *provinces; /**< their unit numbers, by code */

    int64_t *forms, *villages; /**< of each province: forms, villages drawn */
    national_quotas quotas;
    sipas_column n_of, reserve_of, size_of, strata_of, excluded, quota_parent, quota_stratum, quota_n;
    sipas_draw_stage stages[NATIONAL_STAGES];
    int32_t n_stages;
    sipas_table *drawn; /**< of sipas_draw_plan() */

    int64_t n; /**< persons of the main sample, one row each below */
    int64_t *person, *village, *psu, *ssu;
    int64_t *province; /**< position in `provinces` */
    const char **stratum, **province_code, **region;
    uint8_t *certainty, *returned;
    double *pi[NATIONAL_STAGES];
    int8_t *answers;   /**< item after item */
    uint8_t *answered; /**< validity bitmap of each item, `bitmap_bytes` long */
    int64_t bitmap_bytes;
    double *effect; /**< the model's effect of each unit that was needed, NaN = not yet */
} national;

/** Frees what a round holds, but not its context. */
void national_clear(national *s);

/** Number of the first unit on the way up that has the level; -1 when there is none. The unit itself counts. */
int64_t national_above(const national *s, int64_t unit, const char *level);

/** Name of a unit, or its code where it has none. */
const char *national_name(const national *s, int64_t unit);

/** Position of a stage by level; -1 when the plan has no such stage. */
int32_t national_stage(const national *s, const char *level);

/** A whole number with commas between thousands, in `text`, which is returned. */
const char *national_digits(int64_t value, char text[NATIONAL_DIGITS]);

/** Writes one more name into a list on stdout, broken and indented before it grows too wide; `width` = the line so far. */
void national_print_item(const char *text, int first, int indent, int *width);

/** @name The steps, in their order; each `_print` may follow its step. */
/**@{*/
sipas_status national_read(national *s, sipas_error *err);
sipas_status national_print_frame(const national *s, sipas_error *err);
sipas_status national_plan(national *s, sipas_error *err);
sipas_status national_print_rules(const national *s, sipas_error *err);
sipas_status national_print_plan(const national *s, sipas_error *err);
sipas_status national_draw(national *s, int with_persons, sipas_error *err);
sipas_status national_print_draw(const national *s, const char *shown_province, sipas_error *err);
sipas_status national_print_summary(const national *s, sipas_error *err);
sipas_status national_simulate(national *s, sipas_error *err);
sipas_status national_print_model(const national *s, sipas_error *err);
sipas_status national_estimate(const national *s, const char *shown_province, sipas_error *err);
/**@}*/

/** Expected index of a province under the model of the simulated answers, 0-100. */
double national_expected(const national *s, int64_t province, const char *node);

#endif
