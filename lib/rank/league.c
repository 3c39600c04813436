/*
 * League tables. The P units of one level are put in order; the set of ranks that unit j may truly have follows from
 * tests of its P-1 differences:
 *
 *     t_ji = (y_j - y_i) / √(V_jj + V_ii - 2 V_ji),   p_ji = P(|T| ≥ |t_ji|)
 *
 * Whether i is better or worse than j are two one-sided hypotheses, 2 (P-1) in all, and of a pair one is true whatever
 * is found. So, with the two-sided p-values in ascending order, p_(1) ≤ p_(2) ≤ …, differences (1), (2), … are beyond doubt
 * in their direction as long as p_(k) / 2 ≤ α / (2 (P-1) - (k-1)) (Holm 1979, Scand. J. Stat. 6:65, over all of them). The
 * set goes from 1 + the units better beyond doubt to P minus those worse beyond doubt; it holds the true rank with
 * probability at least 1 - α (Mogstad, Romano, Shaikh and Wilhelm 2024, REStud 91:476, §3, where Holm's bound stands for
 * the bootstrap: no simulation, sets a little wider). Holm over the P-1 two-sided hypotheses would be narrower, but is
 * not known to keep errors of direction within α.
 *
 * Degrees of freedom of a difference: the smaller of the two. Where the units' own follow their domain (metadata "df_rule" =
 * "domain" or "domain_rows") and the two are independent (V_ji = 0), those of Welch and Satterthwaite,
 * (V_jj + V_ii)² / (V_jj²/df_j + V_ii²/df_i), but not more than the design has.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/rank.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/error.h"
#include "base/options.h"
#include "data/estimates.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/distributions.h"
#include "num/order.h"

void sipas_rank_opts_init(sipas_rank_opts *opts)
{
    const sipas_rank_opts initial = SIPAS_RANK_OPTS_INIT;

    if (opts) *opts = initial;
}

/* One unit, in order of its value. */
typedef struct place {
    int64_t row; /* of the table of estimates */
    double value, variance, df;
    int testable; /* it has a variance and degrees of freedom */
    int64_t rank, rank_lower, rank_upper;
    double p_next;
} place;

typedef struct league {
    const sipas_ctx *ctx;
    sipas_rank_opts opts;
    sipas__estimates e;
    int64_t figure; /* the column that says what is ranked: node, variable or category */
    int64_t level;  /* -1 when there is one level only */
    int64_t unit;   /* the `by` column of the level */
    /* the difference of two units */
    int by_domain;                    /* the units' df follow their domain */
    double never_below, always_above; /* |t| that decide a difference without a p-value */
    /* the units, best first, those without a value last */
    int64_t n, n_ranked;
    int64_t no_unit; /* 1 = rows without a code are a group, which is no unit */
    int64_t *row;
    place *place;
} league;

/* ---- what the table holds ---- */

static sipas_status no_column(sipas_error *err, const char *name)
{
    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                            "this is no table of estimates: it has no column \"%s\" that fits", name);
}

static sipas_status read_table(league *l, const sipas_table *estimates, sipas_error *err)
{
    const char *rule;
    sipas_status status = sipas__estimates_read(&l->e, estimates, "estimates", 0, err);

    if (status < 0) return status;
    l->figure = sipas__estimates_find(&l->e, SIPAS_FIELD_FIGURE);
    l->level = sipas__estimates_find(&l->e, SIPAS_FIELD_LEVEL);
    if (l->figure < 0) return no_column(err, "variable");
    if (!l->e.lower || !l->e.upper) return no_column(err, l->e.lower ? "upper" : "lower");
    if (sipas_table_get_cov(estimates, &l->e.cov, NULL) < 0) l->e.cov = NULL;
    l->by_domain = sipas_table_find_meta(estimates, "df_rule", &rule, NULL) == SIPAS_OK &&
                   strncmp(rule, "domain", 6) == 0;
    return SIPAS_OK;
}

/* ---- which rows ---- */

static const char *name_of(const league *l, int64_t column)
{
    return sipas_table_get_field(l->e.table, column)->name;
}

/* The level of a row: its name in the table or, where there is one level only, that of its `by` column. */
static const char *level_name(const league *l, int64_t row, char *buffer)
{
    int64_t by = -1;

    if (l->level >= 0) return sipas__estimates_text(&l->e, l->level, row, buffer);
    return sipas__estimates_count_by(&l->e, row, &by) == 1 ? name_of(l, by) : "";
}

/* Whether `wanted` names the figure of a row: its variable, or that with its keys, "y:0.25". */
static int is_wanted(const league *l, int64_t row, const char *wanted)
{
    char buffer[32];
    const char *text = sipas__estimates_text(&l->e, l->figure, row, buffer);

    if (strcmp(text, wanted) == 0) return 1;
    if (strncmp(text, wanted, strlen(text)) != 0) return 0;
    wanted += strlen(text);
    for (int64_t at = 0; at < l->e.n_columns; at++) {
        if (sipas__estimates_role(&l->e, at) != SIPAS_FIELD_KEY) continue;
        text = sipas__estimates_text(&l->e, at, row, buffer);
        if (*wanted++ != ':' || strncmp(text, wanted, strlen(text)) != 0) return 0;
        wanted += strlen(text);
    }
    return *wanted == '\0';
}

/* Keeps the rows of the figure asked for: of several that the name fits, and without a name, the last. */
static sipas_status choose_figure(league *l, sipas_error *err)
{
    const char *wanted = l->opts.variable;
    int64_t last = l->e.n;

    while (last-- > 0)
        if (!wanted || is_wanted(l, last, wanted)) break;
    for (int64_t row = 0; row <= last; row++)
        if (sipas__estimates_same_figure(&l->e, row, last)) l->row[l->n++] = row;
    if (l->n == 0 && wanted)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, wanted,
                                "the table has no %s \"%s\"", name_of(l, l->figure), wanted);
    return SIPAS_OK;
}

/* Of these, the rows of the level asked for, or of the only one that has one `by` column. */
static sipas_status choose_level(league *l, sipas_error *err)
{
    const char *wanted = l->opts.domain_level;
    char buffer[32], chosen_buffer[32];
    int64_t kept = 0, by = -1, other = -1;

    for (int64_t i = 0; i < l->n; i++) {
        const int64_t row = l->row[i];
        const int one = sipas__estimates_count_by(&l->e, row, &other) == 1;
        const char *name = level_name(l, row, buffer);

        if (wanted ? strcmp(name, wanted) != 0 : !one) continue;
        if (!one)
            return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, row, SIPAS__NOWHERE, name,
                                    "level \"%s\" does not have one by column; a league needs units", name);
        if (by >= 0 && other != by)
            return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, row, SIPAS__NOWHERE, "domain_level",
                                    "the table has several levels, as \"%s\" and \"%s\": say which with domain_level",
                                    level_name(l, l->row[0], chosen_buffer), name);
        by = other;
        if (sipas__estimates_there(&l->e, by, row)) l->row[kept++] = row;
        l->no_unit += !sipas__estimates_there(&l->e, by, row);
    }
    l->n = kept;
    if (kept == 0)
        return sipas__error_set(
            err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, wanted ? wanted : "domain_level",
            wanted ? "the table has no level \"%s\"" : "the table has no level with one by column%s",
            wanted ? wanted : "");
    l->unit = by;
    return SIPAS_OK;
}

static sipas_status choose_rows(league *l, sipas_error *err)
{
    sipas_status status;

    l->row = sipas__alloc(l->ctx, l->e.n, sizeof *l->row);
    if (!l->row) return sipas__error_memory(err);
    status = choose_figure(l, err);
    if (status == SIPAS_OK && l->n > 0) status = choose_level(l, err);
    if (status < 0) return status;
    if (l->n >= 2) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_TOO_FEW, SIPAS__NOWHERE, SIPAS__NOWHERE, NULL,
                            "there are %d units; a league needs at least two", (int)l->n);
}

/* ---- ranks ---- */

/* What a pass over the units needs. Arrays as long as there are units. */
typedef struct workspace {
    sipas__item *items, *scratch;
    double *covariance; /* of one unit with every ranked one */
    double *p;          /* of its differences that are open */
    int64_t *rows;      /* of the ranked units */
} workspace;

/* Best first; equal values in the order of the table, as are the units without a value, at the end. */
static void order_units(league *l, const workspace *work)
{
    for (int64_t i = 0; i < l->n; i++) {
        const double value = l->e.estimate[l->row[i]];

        work->items[i].index = l->row[i];
        work->items[i].key = isnan(value) ? UINT64_MAX : sipas__order_f64(l->opts.ascending ? value : -value);
        l->n_ranked += !isnan(value);
    }
    sipas__order_sort(work->items, work->scratch, l->n, NULL, NULL);
    for (int64_t k = 0; k < l->n; k++) {
        place *at = &l->place[k];
        const int64_t row = work->items[k].index;

        at->row = work->rows[k] = row;
        at->value = l->e.estimate[row];
        at->variance = l->e.se[row] * l->e.se[row];
        at->df = l->e.df[row];
        at->testable = l->e.se[row] >= 0.0 && isfinite(l->e.se[row]) && at->df > 0.0;
        at->p_next = NAN;
        if (k < l->n_ranked) at->rank = k > 0 && at->value == at[-1].value ? at[-1].rank : k + 1;
    }
}

static double difference_df(const league *l, const place *a, const place *b, double covariance)
{
    const double smaller = fmin(a->df, b->df), total = a->variance + b->variance;
    double df;

    if (!l->by_domain || covariance != 0.0 || total == 0.0) return smaller;
    df = total / (a->variance / total * a->variance / a->df + b->variance / total * b->variance / b->df);
    if (l->e.df_design && l->e.df_design[a->row] > 0.0) df = fmin(df, l->e.df_design[a->row]);
    return fmax(df, smaller);
}

/* |t| of the difference; infinite where it is known without error, NaN where there is nothing to test with. */
static double statistic(const place *a, const place *b, double covariance)
{
    const double gap = fabs(a->value - b->value), variance = a->variance + b->variance - 2.0 * covariance;

    if (!a->testable || !b->testable || isnan(covariance)) return NAN;
    if (gap == 0.0) return 0.0;
    return variance > 0.0 ? gap / sqrt(variance) : (double)INFINITY;
}

static double p_value(const league *l, const place *a, const place *b, double covariance, double t)
{
    return isnan(t) ? t : 2.0 * sipas__t_upper(t, difference_df(l, a, b, covariance));
}

/*
 * Most differences need no p-value. With m = P - 1 the bound of a step lies between α / (2m), the first, and α / (m + 1), the
 * last: a t whose tail is below the first even with the fewest degrees of freedom is beyond doubt whatever the others are,
 * and one whose tail is above the last even with infinitely many never is. The slack keeps both off the edge.
 */
static void find_bounds(league *l)
{
    const double alpha = 1.0 - l->opts.level, m = (double)(l->n_ranked - 1), slack = 1e-9;
    double fewest = INFINITY;

    if (l->n_ranked < 2) return;
    for (int64_t k = 0; k < l->n_ranked; k++)
        if (l->place[k].testable) fewest = fmin(fewest, l->place[k].df);
    l->never_below = -sipas__normal_quantile(alpha / (m + 1.0)) * (1.0 - slack);
    l->always_above = -sipas__t_quantile(alpha / (2.0 * m), fewest) * (1.0 + slack);
}

/* Rank set of the unit in place j. */
static void find_set(league *l, int64_t j, const workspace *work)
{
    place *at = &l->place[j];
    const int64_t m = l->n_ranked - 1;
    int64_t better = 0, worse = 0, open = 0, sure;

    for (int64_t i = 0; i < l->n_ranked; i++) {
        const double t = i == j ? 0.0 : statistic(at, &l->place[i], work->covariance[i]);

        if (i == j + 1) at->p_next = p_value(l, at, &l->place[i], work->covariance[i], t);
        if (t > l->always_above) {
            better += i < j;
            worse += i > j;
        } else if (t > l->never_below) {
            work->p[i] = p_value(l, at, &l->place[i], work->covariance[i], t);
            work->items[open].key = sipas__order_f64(work->p[i]);
            work->items[open++].index = i;
        }
    }
    sure = better + worse;
    sipas__order_sort(work->items, work->scratch, open, NULL, NULL);
    for (int64_t k = 0; k < open; k++) {
        const int64_t i = work->items[k].index;

        if (work->p[i] / 2.0 * (double)(2 * m - sure - k) > 1.0 - l->opts.level) break;
        better += i < j;
        worse += i > j;
    }
    at->rank_lower = 1 + better;
    at->rank_upper = l->n_ranked - worse;
}

static sipas_status find_sets(league *l, const workspace *work, sipas_error *err)
{
    for (int64_t j = 0; j < l->n_ranked; j++) {
        sipas_status status = sipas__progress(l->ctx, "league", j, l->n_ranked, err);

        if (status == SIPAS_OK && l->e.cov)
            status = sipas_cov_get_block(l->e.cov, &work->rows[j], 1, work->rows, l->n_ranked, work->covariance, err);
        if (status < 0) return status;
        find_set(l, j, work);
    }
    return SIPAS_OK;
}

static sipas_status rank_units(league *l, sipas_error *err)
{
    workspace work;
    sipas_status status;

    work.items = sipas__alloc(l->ctx, l->n, sizeof *work.items);
    work.scratch = sipas__alloc(l->ctx, l->n, sizeof *work.scratch);
    work.covariance = sipas__alloc(l->ctx, l->n, sizeof *work.covariance);
    work.p = sipas__alloc(l->ctx, l->n, sizeof *work.p);
    work.rows = sipas__alloc(l->ctx, l->n, sizeof *work.rows);
    l->place = sipas__alloc(l->ctx, l->n, sizeof *l->place);
    if (work.items && work.scratch && work.covariance && work.p && work.rows && l->place) {
        order_units(l, &work);
        find_bounds(l);
        status = find_sets(l, &work, err);
    } else {
        status = sipas__error_memory(err);
    }
    sipas__free(l->ctx, work.items);
    sipas__free(l->ctx, work.scratch);
    sipas__free(l->ctx, work.covariance);
    sipas__free(l->ctx, work.p);
    sipas__free(l->ctx, work.rows);
    return status;
}

/* ---- the result ---- */

typedef struct league_columns {
    int32_t unit, estimate, se, lower, upper, df, rank, rank_lower, rank_upper, gap_next, p_next, equal_next;
} league_columns;

static league_columns add_columns(sipas_table *table)
{
    const sipas_schema *schema = &sipas__schema_league;
    league_columns c;

    c.unit = sipas__table_add_field(table, schema, "unit");
    c.estimate = sipas__table_add_field(table, schema, "estimate");
    c.se = sipas__table_add_field(table, schema, "se");
    c.lower = sipas__table_add_field(table, schema, "lower");
    c.upper = sipas__table_add_field(table, schema, "upper");
    c.df = sipas__table_add_field(table, schema, "df");
    c.rank = sipas__table_add_field(table, schema, "rank");
    c.rank_lower = sipas__table_add_field(table, schema, "rank_lower");
    c.rank_upper = sipas__table_add_field(table, schema, "rank_upper");
    c.gap_next = sipas__table_add_field(table, schema, "gap_next");
    c.p_next = sipas__table_add_field(table, schema, "p_next");
    c.equal_next = sipas__table_add_field(table, schema, "equal_next");
    return c;
}

static void write_unit(const league *l, sipas_table *table, const league_columns *c, int64_t k)
{
    const place *at = &l->place[k];
    char buffer[32];
    const char *unit = sipas__estimates_text(&l->e, l->unit, at->row, buffer);

    sipas__table_set_code(table, c->unit, k, unit);
    sipas__table_set_f64(table, c->estimate, k, at->value);
    sipas__table_set_f64(table, c->se, k, l->e.se[at->row]);
    sipas__table_set_f64(table, c->lower, k, l->e.lower[at->row]);
    sipas__table_set_f64(table, c->upper, k, l->e.upper[at->row]);
    sipas__table_set_f64(table, c->df, k, at->df);
    if (k >= l->n_ranked) {
        sipas__table_note(table, "no_estimate", unit, k, "unit %s has no estimate, so no rank", unit);
        return;
    }
    sipas__table_set_i64(table, c->rank, k, at->rank);
    sipas__table_set_i64(table, c->rank_lower, k, at->rank_lower);
    sipas__table_set_i64(table, c->rank_upper, k, at->rank_upper);
    if (!at->testable)
        sipas__table_note(table, "no_se", unit, k,
                          "unit %s has no standard error or degrees of freedom: any rank is possible", unit);
    if (k + 1 == l->n_ranked) return;
    sipas__table_set_f64(table, c->gap_next, k, fabs(at->value - at[1].value));
    sipas__table_set_f64(table, c->p_next, k, at->p_next);
    if (!isnan(at->p_next)) sipas__table_set_i64(table, c->equal_next, k, at->p_next > 1.0 - l->opts.level);
}

/* What was ranked and how; then the metadata of the estimates, their keys prefixed with "estimate.". */
static void write_meta(const league *l, sipas_table *table)
{
    char buffer[32];

    sipas__table_meta(table, "method", "league/1");
    sipas__table_meta(table, "formula", "rank sets by t tests of differences in both directions, Holm step-down");
    sipas__table_meta(table, "variable", "%s", sipas__estimates_text(&l->e, l->figure, l->place[0].row, buffer));
    for (int64_t at = 0; at < l->e.n_columns; at++)
        if (sipas__estimates_role(&l->e, at) == SIPAS_FIELD_KEY)
            sipas__table_meta(table, name_of(l, at), "%s", sipas__estimates_text(&l->e, at, l->place[0].row, buffer));
    sipas__table_meta(table, "domain_level", "%s", level_name(l, l->place[0].row, buffer));
    sipas__table_meta(table, "by", "%s", name_of(l, l->unit));
    sipas__table_meta(table, "confidence", "%.15g", l->opts.level);
    sipas__table_meta(table, "order", "%s", l->opts.ascending ? "ascending" : "descending");
    sipas__table_meta(table, "units", "%lld", (long long)l->n_ranked);
    if (l->no_unit > 0)
        sipas__table_note(table, "no_unit", NULL, -1, "the rows without a code of %s are no unit, and not ranked",
                          name_of(l, l->unit));
    sipas__table_meta(table, "dependence", "%s", l->e.cov ? "covariance" : "independent");
    sipas__table_meta(table, "df_difference", "%s",
                      l->by_domain ? "satterthwaite; smaller of the two where dependent" : "smaller of the two");
    for (int64_t i = 0; i < sipas_table_count_meta(l->e.table); i++) {
        char own_key[128];
        const char *key, *value;

        (void)sipas_table_get_meta(l->e.table, i, &key, &value, NULL);
        (void)sipas__text_format(own_key, sizeof own_key, "estimate.%s", key);
        sipas__table_meta(table, own_key, "%s", value);
    }
}

static sipas_status report(const league *l, sipas_table **out, sipas_error *err)
{
    sipas_table *table = sipas__table_new(l->ctx, l->n);
    const league_columns columns = add_columns(table);

    for (int64_t k = 0; k < l->n; k++) write_unit(l, table, &columns, k);
    write_meta(l, table);
    return sipas__table_finish(table, out, err);
}

sipas_status sipas_rank_league(sipas_ctx *ctx, const sipas_table *estimates, const sipas_rank_opts *opts,
                               sipas_table **out, sipas_error *err)
{
    league l;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!estimates) return sipas__error_argument(err, "estimates", "is NULL");
    memset(&l, 0, sizeof l);
    l.ctx = ctx;
    status = sipas__options_load(&l.opts, sizeof l.opts, opts, "sipas_rank_opts", err);
    if (status == SIPAS_OK) status = sipas__options_check("ascending", l.opts.ascending, 0, 1, err);
    if (status == SIPAS_OK) status = sipas__options_level(&l.opts.level, err);
    if (status == SIPAS_OK) status = read_table(&l, estimates, err);
    if (status == SIPAS_OK) status = choose_rows(&l, err);
    if (status == SIPAS_OK) status = rank_units(&l, err);
    if (status == SIPAS_OK) status = report(&l, out, err);
    sipas__free(ctx, l.row);
    sipas__free(ctx, l.place);
    return status;
}
