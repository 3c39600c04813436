/**
 * @file size/size.h
 * What the calls about one-stage sizes share: options, figures as read, their variance as a function of n, whole numbers,
 * and the tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SIZE_SIZE_H
#define SIPAS_SIZE_SIZE_H

#include <sipas/size.h>

#include "base/error.h"

/** 2^53: sizes beyond it are errors. */
#define SIPAS__LARGEST_SIZE 9007199254740992.0

/* ---- options and figures ---- */

/** What has to be kept. */
enum {
    SIPAS__TARGET_NONE,
    SIPAS__TARGET_MARGIN,
    SIPAS__TARGET_RELATIVE_MARGIN,
    SIPAS__TARGET_CV,
    SIPAS__TARGET_SE,
    SIPAS__TARGET_POWER
};

/** A figure as read: defaults filled in, columns in memory. */
typedef struct sipas__figure {
    sipas_size_figure own;
    int32_t index;    /* among the figures; -1: made from a sipas_size_opts */
    char number[16];  /* its number as text, where it has no name */
    const char *name; /* its name or number */
    int32_t target;   /* SIPAS__TARGET_ */
    double value;     /* of the target; the power of a comparison stands in own.power */
    double df;        /* of the figure or the difference; infinite = many */
    double z;         /* of the interval; t where there are few */
    double
        z_find; /* standard errors that are found with the power: z of the test plus z of the power; comparisons only */
    double z_test;
    double s2;                /* variance between persons of a ratio, an index, or a mean with one sd */
    double *p, *mean, *s2_of; /* per unit; NULL where one value stands for all */
} sipas__figure;

/** Options that every one-stage call has: range checks and defaults of all but p, level, deff and targets. */
sipas_status sipas__size_load_opts(const sipas_size_opts *opts, sipas_size_opts *own, sipas_error *err);

/** SIPAS_ERR_OPTION about one option. */
sipas_status sipas__size_bad_option(sipas_error *err, const char *field, const char *sentence, double value);

/** A number whose 0 stands for `standard`; it must lie above 0 and below `limit` (at it too, when `closed`). */
sipas_status sipas__size_load_number(const char *field, double *value, double standard, double limit, int closed,
                                     sipas_error *err);

/** Degrees of freedom from the options df and psus, of which one at most may be given; infinite when neither is. */
sipas_status sipas__size_load_df(double df, double psus, double *out, sipas_error *err);

/**
 * Degrees of freedom to expect of Welch's test (1947, Biometrika 34:28) of two samples whose variances a and b are estimated with df
 * each: those of the true variances, df (a + b)²/(a² + b²), are too many, since it takes the estimated ones. For a = b the estimate is
 * df/(U² + (1 - U)²), U of the beta distribution with both shapes df/2, and its harmonic mean 2 df (df + 1)/(df + 2).
 */
double sipas__size_welch(double df, double a, double b);

/** PSUs below which z promises too much. */
enum { SIPAS__FEW_PSUS = 30 };

/** Notes a unit whose answers come from few PSUs that z takes for many. */
void sipas__size_note_few(sipas_table *table, const sipas__figure *figure, const sipas_column *code, int64_t unit,
                          int64_t row, double n);

/** The metadata of the interval: z, or df and t. */
void sipas__size_meta_df(sipas_table *table, double df, double z);

/** minimum, maximum, multiple, rounding: range checks and defaults. */
sipas_status sipas__size_load_counts(int64_t minimum, int64_t maximum, int64_t *multiple, int32_t *rounding,
                                     sipas_error *err);

/** The figure that sipas_size_proportion()'s options describe; fills in their level, but not for yamane. */
sipas_status sipas__figure_from_opts(sipas_size_opts *own, sipas__figure *figure, sipas_error *err);

/** The figures of a call. */
typedef struct sipas__figures {
    const sipas_ctx *ctx;
    sipas_size_opts *own; /* the call's options: level and deff are filled in */
    int32_t n;
    int need_target; /* a figure without a target is an error */
    int64_t n_units;
    sipas__figure *figure;
} sipas__figures;

/**
 * Reads `to->n` figures into a struct that has the first four fields, and counts the units; sipas__figures_clear() frees
 * to->figure. On failure nothing is held.
 */
sipas_status sipas__figures_open(sipas__figures *to, const sipas_column *population, const sipas_column *n,
                                 const sipas_size_figure *figures, sipas_error *err);

/** Fills a figure's defaults in and checks all but its columns. */
sipas_status sipas__figure_check(sipas__figure *figure, const sipas_size_opts *own_opts, int need_target,
                                 sipas_error *err);

/** Frees what figures hold; all-zero ones are fine. */
void sipas__figures_clear(const sipas_ctx *ctx, sipas__figure *figures, int32_t n_figures);

/** Variance between persons of a ratio or an index. */
sipas_status sipas__figure_variance(const sipas_ctx *ctx, sipas__figure *figure, sipas_error *err);

/** SIPAS_ERR_OPTION or another status about a figure's field: "figure 2 (waiting time): sd: -1 is not …". */
sipas_status sipas__figure_error(sipas_error *err, sipas_status status, const sipas__figure *figure, const char *field,
                                 const char *format, ...) SIPAS__PRINTF(5, 6);

/* ---- the variance of a figure ---- */

/**
 * V(n) = F (a/n - c/N + k), F = N/(N-1) for shares and 1 else; the figure and its SE are on the scale of one person. V itself is
 * made of S_1², S_2² and the correlation, in terms that do not cancel.
 */
typedef struct sipas__size_model {
    double a, c, k;
    double s2, other, correlation, overlap; /* design effect within; other is 0 where nothing is compared */
    double ratio, n_other;                  /* n_other > 0: the other sample has that many, else `ratio` times n */
    double population;
    int share;         /* F = group/(group-1) */
    double group;      /* persons the share is about */
    double scale;      /* N for a total, else 1 */
    double estimate;   /* the figure, or the difference; NaN = not known; on the scale of one person */
    double p, other_p; /* shares */
} sipas__size_model;

sipas__size_model sipas__size_model_of(const sipas__figure *figure, int64_t unit, double population);

/** V(n); 0 where rounding leaves less. */
double sipas__size_variance(const sipas__size_model *model, double n);

/** The n whose variance is `variance`; infinite when there is none. */
double sipas__size_solve(const sipas__size_model *model, double variance);

/** The variance that the figure's target asks for; NaN when no interval of its method is as long as the margin. */
double sipas__size_target(const sipas__figure *figure, const sipas__size_model *model);

/** Effective number of answers whose interval of `method` has half-length e. */
double sipas__size_interval_n(int32_t method, double z, double p, double e);

/** Interval of `method` for a share with variance V. */
void sipas__size_interval(int32_t method, double z, double p, double variance, double limits[2]);

/** The formula of a figure for results. */
const char *sipas__figure_formula(const sipas__figure *figure, double population);

/** The formula of its standard error. */
const char *sipas__precision_formula(const sipas__figure *figure);

/** Metadata method, formula and assumes of one share. */
void sipas__share_meta(sipas_table *table, const sipas__figure *figure, const char *formula);

/* ---- whole numbers ---- */

/** How a formula's value becomes a number of people. */
typedef struct sipas__size_rule {
    double response, per_household; /* per_household 0 = none */
    double minimum, maximum;        /* maximum infinite = none */
    int64_t multiple;
    int32_t rounding;
} sipas__size_rule;

/** What becomes of one unit; `wanted_` are the whole numbers before the population stops them. */
typedef struct sipas__size_unit {
    double population, n_exact, n, issued, households, wanted_n, wanted_issued;
} sipas__size_unit;

sipas__size_rule sipas__size_rule_of(const sipas_size_opts *own);

/** As a whole number, a multiple of `multiple`; a value within 1e-9 of one is that one. */
double sipas__size_whole(double value, int32_t rounding, int64_t multiple);

/** From the formula's value to whole numbers within minimum, maximum and population. */
sipas__size_unit sipas__size_unit_of(const sipas__size_rule *rule, double n_exact, double population);

/* ---- the table "size" ---- */

typedef struct sipas__size_table {
    sipas_table *table;
    const sipas_column *code;
    int32_t code_at, figure, population, n_exact, n, n_other, issued, households, fraction, formula;
    double total_n, total_issued, total_households;
} sipas__size_table;

/** Optional columns of the table. */
enum { SIPAS__SIZE_FIGURE = 1, SIPAS__SIZE_OTHER = 2, SIPAS__SIZE_HOUSEHOLDS = 4 };

void sipas__size_table_begin(sipas__size_table *to, const sipas_ctx *ctx, int64_t n_units, const sipas_column *code,
                             int32_t columns);

/** Writes one unit and its notes. SIPAS_ERR_VALUE beyond 2^53. */
sipas_status sipas__size_table_write(sipas__size_table *to, const sipas__size_rule *rule, int64_t row,
                                     const sipas__size_unit *unit, const char *formula, sipas_error *err);

/** Metadata total_n, total_issued, total_households. */
void sipas__size_table_totals(const sipas__size_table *to);

/* ---- columns of units ---- */

/** Checks codes: as many as units, none missing. */
sipas_status sipas__size_check_codes(const sipas_column *code, int64_t n_units, sipas_error *err);

/** For sipas__size_read(): any finite number. */
enum { SIPAS__ANY_NUMBER = 256 };

/** Reads a column of n_units numbers, or of one that stands for all, as sipas__measure_read(). */
sipas_status sipas__size_read(const sipas_column *column, int64_t n_units, const char *name, const sipas_column *code,
                              int32_t may, double *out, sipas_error *err);

/** Populations (NULL: infinite) into `population` and, when `n` is given, answers into `answers`: > 0, at most N. */
sipas_status sipas__size_read_units(const sipas_column *population, const sipas_column *n, int64_t n_units,
                                    const sipas_column *code, double *populations, double *answers, sipas_error *err);

#endif
