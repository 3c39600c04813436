/**
 * @file estimate.h
 * The parts of examples/estimate: what is asked for, asking the library, printing what it says.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_ESTIMATE_H
#define EXAMPLES_ESTIMATE_H

#include <stdio.h>

#include <sipas.h>

#include "survey.h"

/** What a command line asks for. */
typedef struct request {
    survey_spec survey;
    const char *verb;       /**< "mean", "total" … */
    const char *vars;       /**< "api00+enroll"; ratios "a/b+c/d" */
    option_texts success;   /**< proportion: the values that count; none = 1 of 0 and 1 */
    const char *method;     /**< proportion, distribution, quantile: the interval; NULL = the default */
    option_texts probs;     /**< quantile: numbers, also several in one text with + between; none = 0.5 */
    const char *qrule;      /**< quantile: the rule; NULL = the default */
    const char *centre;     /**< quantile: of what the interval is; NULL = the default */
    int32_t deff;           /**< SIPAS_DEFF_ */
    int32_t missing;        /**< SIPAS_MISSING_ */
    int32_t simultaneous;   /**< SIPAS_SIMULTANEOUS_ */
    double level;           /**< of confidence */
    double digits;          /**< after the point; -1 = as many as the figures ask for */
    double threads;         /**< at most */
    option_texts contrasts; /**< "E=1,H=-1", "E/H" */
    int32_t adjust;         /**< SIPAS_ADJUST_ of the p-values of comparisons */
    int pairs;              /**< print every difference between groups */
    int rank;               /**< print the ranks of the groups */
    const char *unit;       /**< say between which ranks this group is; NULL = none */
    int cov;                /**< print the covariance matrix */
    int csv;                /**< print CSV */
    int help;
} request;

/** Prints the text of --help. */
void estimate_help(FILE *out);

/** Reads a command line; what does not go together is an error too. */
sipas_status estimate_read(int argc, char **argv, request *r, sipas_error *err);

/** Asks the library; the table is the caller's. */
sipas_status estimate_ask(const request *r, survey *s, sipas_table **out, sipas_error *err);

/** Prints a table of estimates: aligned with the design above, its notes and metadata below, or as CSV. */
sipas_status estimate_print(const request *r, const survey *s, const sipas_table *table, sipas_error *err);

/** Prints one more table, behind an empty line. */
sipas_status estimate_print_more(const request *r, const sipas_table *table, sipas_error *err);

/** Prints the covariance matrix of the rows of a table. */
sipas_status estimate_print_cov(const request *r, const survey *s, const sipas_table *table, sipas_error *err);

/** Makes the comparisons of rows that are asked for; a table that is not stays NULL. The tables are the caller's. */
sipas_status estimate_compare(const request *r, const survey *s, const sipas_table *table, sipas_table **contrasts,
                              sipas_table **pairs, sipas_error *err);

/** Ranks the groups where that is asked for; else the table stays NULL. It is the caller's. */
sipas_status estimate_rank(const request *r, sipas_ctx *ctx, const sipas_table *table, sipas_table **league,
                           sipas_error *err);

/** Says between which ranks `unit` is, in one sentence. */
sipas_status estimate_print_unit(const request *r, const sipas_table *league, sipas_error *err);

/** What a row is called. */
typedef struct row_name {
    char text[256];
} row_name;

/** Names all rows as R does: "api00", "E.No", "E:api00" where variables and groups are several, "stypeE". To be freed. */
sipas_status estimate_names(const survey *s, const sipas_table *table, row_name **out, sipas_error *err);

#endif
