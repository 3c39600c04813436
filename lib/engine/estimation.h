/**
 * @file engine/estimation.h
 * One estimation from rows to a table: pass, estimates, variances, design effects, covariance.
 *
 * Front ends (means, ratios, the index …) say where variables come from and how nodes are made of them; the rest is here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ENGINE_ESTIMATION_H
#define SIPAS_ENGINE_ESTIMATION_H

#include "data/table.h"
#include "engine/critical.h"
#include "engine/linear.h"
#include "engine/variance.h"

/** A limit, an estimate or a whole interval that needs a word: a stable code and one sentence. */
typedef struct sipas__remark {
    const char *code, *sentence;
} sipas__remark;

/** One cell of a result, on its way to the table. */
typedef struct sipas__cell {
    int32_t level;
    int64_t group, node;
    double df;
    sipas__critical critical;
    double estimate, se, deff; /* NaN = missing; a rule may put them right */
    double lower, upper, n_eff;
    const sipas__remark *remark; /* NULL = none */
} sipas__cell;

struct sipas__estimation;

/** A front end's own intervals, in place of estimate ± quantile · SE. */
typedef struct sipas__interval_rule {
    const void *state;
    void (*limits)(const void *state, const struct sipas__estimation *estimation, sipas__cell *cell);
} sipas__interval_rule;

/** What a front end wants computed. */
typedef struct sipas__request {
    const sipas_design *design;
    const sipas__domain *domain;
    const sipas__source *source;
    const sipas__nodes *nodes;
    sipas__whole whole;
    const sipas__residual *residual; /* what units bring beside rows of a domain; NULL = nothing */
    int32_t n_levels;                /* levels that are reported: the first n_levels of the domain; 0 = all */
    int32_t deff;                    /* SIPAS_DEFF_ */
    int32_t cov;
    int32_t totals;       /* the nodes are totals: a domain in one PSU keeps its SE */
    int32_t answers_only; /* R's rule for degrees of freedom counts answers too: it drops the other rows first */
    const sipas__codes
        *categories; /* the nodes are the shares or totals of the categories of these codes; NULL = they are not */
} sipas__request;

/** How what was computed is said: intervals and words. All zero but `confidence` and `names`: each interval by itself. */
typedef struct sipas__report {
    double confidence;    /* of the intervals, in (0, 1) */
    int32_t simultaneous; /* SIPAS_SIMULTANEOUS_ */
    sipas__family family;
    const sipas__interval_rule *rule; /* NULL = estimate ± quantile · SE */
    const char *const *names;         /* of the nodes, for notes; NULL = none */
    const char *no_value;             /* what a note says of a node without a value; NULL = as for means and ratios */
} sipas__report;

/** Variances and design effects of one level, by group × node. */
typedef struct sipas__spread {
    double *variance; /* NaN = none */
    double *srs;      /* variance under simple random sampling, NaN = none; NULL when not asked for */
    double *kish;     /* n Σw² / (Σw)² over the rows that count, NaN = none; NULL with srs */
} sipas__spread;

typedef struct sipas__conditional sipas__conditional;

typedef struct sipas__estimation {
    sipas_ctx *ctx;
    sipas__request request;
    sipas__moments moments;
    sipas__linear linear;
    sipas__variance variance;
    sipas__spread *spread;           /* by level */
    sipas__conditional *conditional; /* the same with single PSUs as strata, where that is asked for; else NULL */
} sipas__estimation;

/** Runs an estimation. The parts of the request must outlive it. On failure nothing is held. */
sipas_status sipas__estimation_init(sipas__estimation *estimation, const sipas__request *request, sipas_error *err);

/** The same up to the estimates: variances stay NaN, for a front end that makes them by row influence. */
sipas_status sipas__estimation_open(sipas__estimation *estimation, const sipas__request *request, sipas_error *err);

/** Room for variances and design effects, all NaN; false when there is no memory. */
int sipas__estimation_alloc_spread(sipas__estimation *estimation);

void sipas__estimation_clear(sipas__estimation *estimation);

/* ---- categories.c ---- */

/** True when a request for categories can be made from their cells, without a variable for each. */
int sipas__categories_fit(const sipas__request *request);

/** Such a request; the source is not read. As sipas__estimation_init(). */
sipas_status sipas__categories_init(sipas__estimation *estimation, const sipas__request *request, sipas_error *err);

/** Standard error of a cell (group × n_nodes + node) of a level; NaN when there is none to tell. */
double sipas__estimation_se(const sipas__estimation *estimation, int32_t level, int64_t cell);

/** Makes the estimation that domains in one PSU take their errors from, where the design asks for it (conditional.c). */
sipas_status sipas__estimation_conditional(sipas__estimation *estimation, sipas_error *err);

/** That estimation for a group that lies in one PSU; NULL for others. */
const sipas__estimation *sipas__conditional_of(const sipas__estimation *estimation, int32_t level, int64_t group);

/** That estimation, NULL where none was made. */
sipas__estimation *sipas__conditional_made(const sipas__estimation *estimation);
void sipas__conditional_clear(sipas__estimation *estimation);

/** Degrees of freedom of the interval of a cell (group × n_nodes + node) of a level, by the design's rule. */
double sipas__estimation_df(const sipas__estimation *estimation, int32_t level, int64_t cell);

/** Number of rows of the result: nodes × groups over the levels reported. */
int64_t sipas__estimation_rows(const sipas__estimation *estimation);

/**
 * Fills a table of sipas__estimation_rows() rows to which the front end has added its own first columns: adds level (when
 * there are several), the `by` columns, and the columns of `schema` from "estimate" on; then notes and, when asked for,
 * the covariance.
 */
sipas_status sipas__estimation_report(const sipas__estimation *estimation, const sipas__report *report,
                                      sipas_table *table, const sipas_schema *schema, sipas_error *err);

/** The second look at the rows (engine/squares.c): sums of squares where rows are units, and design effects. */
sipas_status sipas__estimation_rows_pass(sipas__estimation *estimation, sipas_error *err);

/**
 * Linearized totals of the units of a group, those of the residual too. `work` has room for sipas__estimation_work() numbers,
 * `units` for all.
 */
void sipas__estimation_units(const sipas__estimation *estimation, int32_t level, int64_t group, double *work,
                             sipas__entries *units);
int64_t sipas__estimation_work(const sipas__estimation *estimation);

/** Makes the covariance of a result (engine/covariance.c), for the table to own. */
sipas_status sipas__estimation_cov(const sipas__estimation *estimation, sipas_cov **out, sipas_error *err);

#endif
