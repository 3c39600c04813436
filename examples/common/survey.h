/**
 * @file survey.h
 * A survey in a CSV file: columns named on a command line become the design of the sample and the domains looked at.
 *
 * A list of names has + between them, as a formula in R has, or is given in parts; `by` may hold several such lists with commas
 * between: "1,stype,stype+awards" is the whole, each group of stype, and each group of stype within awards; parts of `by` are crossed.
 * A text that is itself the name of a column is that column, whatever is in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_SURVEY_H
#define EXAMPLES_SURVEY_H

#include <stdio.h>

#include <sipas.h>

#include "options.h"
#include "orders.h"
#include "read_csv.h"

enum { SURVEY_MOST = 32 /**< names in one list */ };

/** What is said about a survey: names of columns, or NULL. */
typedef struct survey_spec {
    const char *file;
    int shipped;              /**< 1 = the file is one of examples/data */
    sheet_how how;            /**< how the file is read */
    option_texts ids;         /**< cluster ids, the first stage's first; none or "1" = each row is a PSU */
    option_texts strata, fpc; /**< of each stage */
    const char *weights;
    option_texts by;
    int32_t missing_by;             /**< SIPAS_MISSING_BY_ */
    option_texts order;             /**< COLUMN=CODE: codes of `by` and of categories, in their order */
    option_texts where;             /**< conditions that the rows must meet, see condition.h */
    const char *df;                 /**< NULL, "domain", "domain_rows", "design", or a number */
    int32_t lonely_psu;             /**< SIPAS_LONELY_ */
    int32_t collapse;               /**< SIPAS_COLLAPSE_ */
    int32_t one_psu;                /**< SIPAS_ONE_PSU_ */
    int32_t nest;                   /**< SIPAS_NEST_ */
    int32_t pps;                    /**< SIPAS_PPS_, but for JOINT */
    int32_t pps_form;               /**< SIPAS_PPS_FORM_ */
    int32_t phase1;                 /**< SIPAS_PHASE1_ */
    int calibrated;                 /**< 1 = negative weights are fine */
    option_texts certainty, phase2; /**< conditions: the unit was drawn with certainty; it is in phase 2 */
    const char *phase2_strata, *phase2_fpc;
} survey_spec;

/** Names and the columns that have them. */
typedef struct survey_columns {
    int n;
    char *name[SURVEY_MOST];
    sipas_column column[SURVEY_MOST];
} survey_columns;

/** A survey that is open. */
typedef struct survey {
    const char *file; /**< the spec's */
    sheet *sheet;
    survey_columns ids, strata, weights, fpc, by, phase2_strata, phase2_fpc;
    uint32_t levels[SURVEY_MOST];
    uint8_t *in, *is_certain, *in_phase2; /**< which rows meet the conditions; NULL = there are none */
    sipas_column where, certainty, phase2;
    sipas_design *design;
    orders orders;
    sipas_column by_order[SURVEY_MOST];
    sipas_domains domains; /**< they point into the struct, which must stay where it is */
} survey;

/** Reads the file and makes design and domains. `s` is zeroed first; survey_close() it whatever the status. */
sipas_status survey_open(const survey_spec *spec, sipas_ctx *ctx, survey *s, sipas_error *err);

/** Prints two lines that say what the design is. */
sipas_status survey_describe(FILE *out, const survey *s, sipas_error *err);

/** Prints the notes of the design that a result does not have itself. */
sipas_status survey_tell(FILE *out, const survey *s, const sipas_table *result, sipas_error *err);

/** Frees what survey_open() took; the struct itself is the caller's. */
void survey_close(survey *s);

/**
 * The names of a list, cut at those + that are not part of a column's name. NULL gives no names. survey_names_free() them whatever the
 * status.
 */
sipas_status survey_names(const sheet *s, const char *list, survey_columns *out, sipas_error *err);

/** Fills the columns of a list that is cut: as measures, which must be numbers, or as codes. */
sipas_status survey_measures(survey *s, survey_columns *columns, sipas_error *err);
sipas_status survey_codes(survey *s, survey_columns *columns, sipas_error *err);

/** Frees the names of a list. */
void survey_names_free(survey_columns *columns);

/** Rewrites an error of the library's with sheet_place(). */
void survey_error(const survey *s, sipas_error *err);

#endif
