/*
 * Change between two rounds: V1 + V2 - 2 C, with C = 0 for independent rounds and from the PSUs in common otherwise.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/estimate_contrast.h>

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/enums.h"
#include "data/alike.h"
#include "data/codes.h"
#include "data/joined.h"
#include "data/schema.h"
#include "estimate/contrast.h"
#include "estimate/overlap.h"

/* Less than rounding leaves of a variance of 0. */
#define NOTHING 1e-12

/* A call at work. */
typedef struct change {
    sipas_ctx *ctx;
    sipas__estimates e[2]; /* before, after */
    sipas_contrast_opts opts;
    sipas__overlap overlap;
    int64_t *partner; /* row of `before` by row of `after`; -1 = none */
    int64_t unmatched;
    sipas__test *tests;
    double *correlation;
} change;

/* ---- which rows belong together ---- */

/* The next column that tells what a row is, from `at` on; the number of columns when there is none. */
static int64_t next_key(const sipas__estimates *e, int64_t at)
{
    while (at < e->n_columns && !sipas__estimates_is_key(e, at)) at++;
    return at;
}

static int same_keys(const sipas__estimates *before, const sipas__estimates *after)
{
    int64_t i = next_key(before, 0), j = next_key(after, 0);

    while (i < before->n_columns && j < after->n_columns) {
        const sipas_field *one = sipas_table_get_field(before->table, i),
                          *other = sipas_table_get_field(after->table, j);

        if (one->role != other->role || strcmp(one->name, other->name) != 0) return 0;
        i = next_key(before, i + 1);
        j = next_key(after, j + 1);
    }
    return i == before->n_columns && j == after->n_columns;
}

static sipas_status check_keys(const change *c, sipas_error *err)
{
    const sipas__estimates *before = &c->e[0], *after = &c->e[1];

    if (!same_keys(before, after))
        return sipas__error_argument(err, "before", "its columns before \"estimate\" are not those of the later table");
    for (int64_t at = 0; at < after->n_columns; at++) {
        const char *name = sipas_table_get_field(after->table, at)->name;

        for (int64_t f = 0; sipas__estimates_is_by(after, at) && f < sipas__schema_contrast.n_fields; f++)
            if (strcmp(sipas__schema_contrast.fields[f].name, name) == 0)
                return sipas__error_set(err, SIPAS_ERR_DUPLICATE, SIPAS__NOWHERE, (int32_t)at, name,
                                        "by column \"%s\": another column of the result has this name", name);
    }
    return SIPAS_OK;
}

/* All that tells what a row is, as one text; a code begins with '=', so that none is no code of no letters. */
static char *row_key(const change *c, const sipas__estimates *e, int64_t row)
{
    size_t length = 1, used = 0;
    char number[32], *key;

    for (int64_t at = next_key(e, 0); at < e->n_columns; at = next_key(e, at + 1))
        length += sipas__joined_bytes(sipas__estimates_text(e, at, row, number)) + 2;
    key = sipas__alloc(c->ctx, (int64_t)length, 1);
    for (int64_t at = next_key(e, 0); key && at < e->n_columns; at = next_key(e, at + 1)) {
        used = sipas__joined_append(key, length, used, ':', sipas__estimates_there(e, at, row) ? "=" : "");
        used = sipas__joined_append(key, length, used, 0, sipas__estimates_text(e, at, row, number));
    }
    return key;
}

/* Rows with one key, by the level that the reading of codes gives it. */
static sipas_status pair_rows(change *c, char **keys, sipas_error *err)
{
    const int64_t n[2] = {c->e[0].n, c->e[1].n};
    const sipas_column column = sipas_column_code((const char *const *)keys, n[0] + n[1]);
    sipas__codes codes = {0};
    int64_t *row_of = NULL;
    sipas_status status = sipas__codes_init(&codes, c->ctx, &column, n[0] + n[1], "rows", 0, err);

    if (status == SIPAS_OK) {
        row_of = sipas__alloc(c->ctx, codes.n_levels, sizeof *row_of);
        if (!row_of) status = sipas__error_memory(err);
    }
    if (status == SIPAS_OK) {
        for (int64_t i = 0; i < n[0]; i++) row_of[codes.row_level[i]] = i + 1;
        c->unmatched = n[0];
        for (int64_t i = 0; i < n[1]; i++) {
            c->partner[i] = row_of[codes.row_level[n[0] + i]] - 1;
            c->unmatched -= c->partner[i] >= 0;
        }
    }
    sipas__free(c->ctx, row_of);
    sipas__codes_clear(&codes);
    return status;
}

static sipas_status match_rows(change *c, sipas_error *err)
{
    const int64_t n = c->e[0].n + c->e[1].n;
    char **keys = sipas__alloc(c->ctx, n, sizeof *keys);
    int done = keys != NULL;
    sipas_status status;

    for (int64_t i = 0; done && i < n; i++) {
        const int round = i >= c->e[0].n;

        keys[i] = row_key(c, &c->e[round], round ? i - c->e[0].n : i);
        done = keys[i] != NULL;
    }
    status = done ? n ? pair_rows(c, keys, err) : SIPAS_OK : sipas__error_memory(err);
    for (int64_t i = 0; keys && i < n; i++) sipas__free(c->ctx, keys[i]);
    sipas__free(c->ctx, keys);
    return status;
}

/* ---- the tests ---- */

static double degrees_of_freedom(const change *c, double v1, double v2, double df1, double df2)
{
    switch (c->opts.df) {
    case SIPAS_CONTRAST_DF_GIVEN: return c->opts.df_value;
    case SIPAS_CONTRAST_DF_DESIGN:
        return fmin(sipas_design_get_df(c->e[0].cov->design), sipas_design_get_df(c->e[1].cov->design));
    case SIPAS_CONTRAST_DF_SATTERTHWAITE:
        if (!(df1 > 0.0) || !(df2 > 0.0)) return NAN;
        if (v1 == 0.0 || v2 == 0.0) return v1 > 0.0 ? df1 : v2 > 0.0 ? df2 : fmin(df1, df2);
        return 1.0 / (v1 / (v1 + v2) * (v1 / (v1 + v2)) / df1 + v2 / (v1 + v2) * (v2 / (v1 + v2)) / df2);
    default: return df1 < df2 ? df1 : df2;
    }
}

/* Variance of gradient[0] × row i of `before` + gradient[1] × row j of `after`. */
static sipas_status variance_of(change *c, int64_t i, int64_t j, const double *gradient, double v[2], double *variance,
                                double *correlation, sipas_error *err)
{
    double joined[3] = {NAN, NAN, NAN}, covariance = 0.0;
    sipas_status status;

    *variance = v[0] + v[1];
    *correlation = NAN;
    if (c->opts.overlap == SIPAS_OVERLAP_NONE) return SIPAS_OK;
    if (c->overlap.design) {
        status = sipas__overlap_rows(&c->overlap, i, j, gradient, joined, &covariance, err);
        if (status < 0) return status;
    }
    if (c->opts.overlap == SIPAS_OVERLAP_JOINED) {
        v[0] = joined[0];
        v[1] = joined[1];
        *variance = joined[2];
    } else {
        *variance = v[0] + v[1] + 2.0 * covariance;
    }
    if (*variance < 0.0 && *variance >= -NOTHING * (v[0] + v[1])) *variance = 0.0;
    *correlation = v[0] > 0.0 && v[1] > 0.0 ? covariance / sqrt(v[0]) / sqrt(v[1]) : NAN;
    if (gradient[0] * gradient[1] < 0.0) *correlation = -*correlation;
    return SIPAS_OK;
}

static sipas_status test_row(change *c, int64_t j, sipas_error *err)
{
    const int64_t i = c->partner[j];
    sipas__test *test = &c->tests[j];
    double gradient[2] = {-1.0, 1.0}, v[2], variance, x, y;
    sipas_status status;

    test->estimate = test->se = test->df = c->correlation[j] = NAN;
    if (i < 0) return SIPAS_OK;
    x = c->e[0].estimate[i];
    y = c->e[1].estimate[j];
    if (c->opts.relative) {
        gradient[0] = -(y / x) / x;
        gradient[1] = 1.0 / x;
    }
    if (!isfinite(gradient[0]) || !isfinite(gradient[1])) return SIPAS_OK;
    test->estimate = c->opts.relative ? (y - x) / x : y - x;
    v[0] = gradient[0] * c->e[0].se[i] * gradient[0] * c->e[0].se[i];
    v[1] = gradient[1] * c->e[1].se[j] * gradient[1] * c->e[1].se[j];
    test->df = degrees_of_freedom(c, v[0], v[1], c->e[0].df[i], c->e[1].df[j]);
    if (isnan(v[0]) || isnan(v[1])) return SIPAS_OK;
    status = variance_of(c, i, j, gradient, v, &variance, &c->correlation[j], err);
    if (status < 0) return status;
    test->se = variance < 0.0 ? NAN : sqrt(variance);
    if (!(variance < 0.0)) return SIPAS_OK;
    test->negative = variance;
    test->independent = sqrt(v[0] + v[1]);
    return SIPAS_OK;
}

/* ---- the table ---- */

/* Codes of the rounds that may be meant to be one, and are not matched. */
static sipas_status look_alike(const change *c, sipas_table *table, sipas_error *err)
{
    const sipas__estimates *before = &c->e[0], *after = &c->e[1];
    const int64_t n = before->n + after->n;
    const char **texts = sipas__alloc(c->ctx, n, sizeof *texts);
    sipas_status status = texts ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t at = 0; status == SIPAS_OK && at < after->n_columns; at++) {
        const sipas_column column = sipas_column_code(texts, n);
        sipas__codes codes;
        char number[32];

        if (!sipas__estimates_is_by(after, at) || sipas_table_get_field(after->table, at)->type != SIPAS_TYPE_CODE)
            continue;
        for (int64_t i = 0; i < n; i++)
            texts[i] = i < before->n ? sipas__estimates_text(before, at, i, number)
                                     : sipas__estimates_text(after, at, i - before->n, number);
        status = sipas__codes_init(&codes, c->ctx, &column, n, "rows", 1, err);
        if (status < 0) break;
        sipas__alike_note_codes(table, &codes, sipas_table_get_field(after->table, at)->name);
        sipas__codes_clear(&codes);
    }
    sipas__free(c->ctx, texts);
    return status;
}

static void write_notes(const change *c, sipas_table *table)
{
    for (int64_t j = 0; j < c->e[1].n; j++)
        if (c->partner[j] < 0) sipas__table_note(table, "no_before", NULL, j, "the earlier table has no such row");
    if (c->unmatched)
        sipas__table_note(table, "no_after", NULL, -1, "%lld rows of the earlier table are not in the later one",
                          (long long)c->unmatched);
    if (c->opts.overlap != SIPAS_OVERLAP_COMMON) return;
    if (c->overlap.n_common == 0)
        sipas__table_note(table, "no_common_psu", NULL, -1, "the rounds have no PSU in common");
    if (c->overlap.n_apart)
        sipas__table_note(
            table, "rotated", NULL, -1,
            "%lld strata have PSUs in both rounds and none in common, fewer than two independent samples of their finite "
            "populations: their covariance is negative, not known, and counts 0, so that the standard error is too small",
            (long long)c->overlap.n_apart);
    if (c->overlap.n_one)
        sipas__table_note(table, "one_common_psu", NULL, -1,
                          "%lld strata have one PSU in common, which tells nothing of the covariance: it counts 0",
                          (long long)c->overlap.n_one);
}

/* Both rounds, as far as their tables tell. */
static int are_censuses(const change *c)
{
    for (int round = 0; round < 2; round++) {
        const sipas_cov *cov = NULL;

        if (sipas_table_get_cov(c->e[round].table, &cov, NULL) < 0 || !sipas__design_is_census(cov->design)) return 0;
    }
    return 1;
}

static sipas_status write_table(const change *c, sipas_table **out, sipas_error *err)
{
    const sipas__estimates *after = &c->e[1];
    sipas_table *table = sipas__table_new(c->ctx, after->n);
    int32_t column[2];
    sipas_status status;

    for (int64_t at = next_key(after, 0); at < after->n_columns; at = next_key(after, at + 1)) {
        const int32_t key = sipas__estimates_add(after, at, table);

        for (int64_t j = 0; j < after->n; j++) sipas__estimates_copy(after, at, j, table, key, j);
    }
    column[0] = sipas__table_add_field(table, &sipas__schema_contrast, "before");
    column[1] = sipas__table_add_field(table, &sipas__schema_contrast, "after");
    for (int64_t j = 0; j < after->n; j++) {
        if (c->partner[j] >= 0) sipas__table_set_f64(table, column[0], j, c->e[0].estimate[c->partner[j]]);
        sipas__table_set_f64(table, column[1], j, after->estimate[j]);
    }
    sipas__table_meta(table, "method", "change/2");
    sipas__table_meta(table, "formula", "%s", c->opts.relative ? "after / before - 1" : "after - before");
    if (c->e[1].groups_missing) sipas__table_meta(table, "missing_by", "group");
    sipas__table_meta(table, "overlap", "%s", sipas__enum_word(SIPAS__ENUM_OVERLAP, c->opts.overlap));
    if (c->opts.overlap == SIPAS_OVERLAP_COMMON)
        sipas__table_meta(table, "common_psus", "%lld", (long long)c->overlap.n_common);
    status = sipas__tests_write(c->ctx, c->tests, after->n, NULL, &c->opts, are_censuses(c), table, err);
    if (c->opts.overlap) {
        const int32_t at = sipas__table_add_field(table, &sipas__schema_contrast, "correlation");

        for (int64_t j = 0; j < after->n; j++) sipas__table_set_f64(table, at, j, c->correlation[j]);
    }
    write_notes(c, table);
    if (status == SIPAS_OK) status = look_alike(c, table, err);
    return sipas__table_close(table, status, out, err);
}

/* ---- the call ---- */

static sipas_status check_options(change *c, const sipas_contrast_opts *opts, sipas_error *err)
{
    sipas_status status = sipas__contrast_options(&c->opts, opts, err);
    const int overlap = c->opts.overlap != SIPAS_OVERLAP_NONE;
    const char *wrong = NULL;

    if (status < 0) return status;
    if (c->opts.df == SIPAS_CONTRAST_DF_DEFAULT)
        c->opts.df = overlap ? SIPAS_CONTRAST_DF_MINIMUM : SIPAS_CONTRAST_DF_SATTERTHWAITE;
    if (c->opts.cov) wrong = "cov";
    if (c->opts.df == SIPAS_CONTRAST_DF_REGRESSION || (overlap && c->opts.df == SIPAS_CONTRAST_DF_SATTERTHWAITE))
        wrong = "df";
    if (wrong)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, wrong,
                                "option %s does not go with this call, or with an overlap", wrong);
    return SIPAS_OK;
}

static sipas_status read_tables(change *c, const sipas_table *before, const sipas_table *after, sipas_error *err)
{
    const int with_cov = c->opts.overlap != SIPAS_OVERLAP_NONE || c->opts.df == SIPAS_CONTRAST_DF_DESIGN;
    sipas_status status = sipas__estimates_read(&c->e[0], before, "before", with_cov, err);

    if (status == SIPAS_OK) status = sipas__estimates_read(&c->e[1], after, "after", with_cov, err);
    if (status < 0) return status;
    c->ctx = sipas__ctx_ref(sipas__table_ctx(after));
    c->partner = sipas__alloc(c->ctx, c->e[1].n, sizeof *c->partner);
    c->tests = sipas__alloc(c->ctx, c->e[1].n, sizeof *c->tests);
    c->correlation = sipas__alloc(c->ctx, c->e[1].n, sizeof *c->correlation);
    return c->partner && c->tests && c->correlation ? check_keys(c, err) : sipas__error_memory(err);
}

sipas_status sipas_estimate_change(const sipas_table *before, const sipas_table *after, const sipas_contrast_opts *opts,
                                   sipas_table **out, sipas_error *err)
{
    change c = {0};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if ((status = check_options(&c, opts, err)) < 0) return status;
    status = read_tables(&c, before, after, err);
    if (status == SIPAS_OK) status = match_rows(&c, err);
    if (status == SIPAS_OK && c.opts.overlap)
        status = sipas__overlap_init(&c.overlap, c.e[0].cov, c.e[1].cov, c.opts.overlap == SIPAS_OVERLAP_COMMON, err);
    for (int64_t j = 0, family = 0; status == SIPAS_OK && j < c.e[1].n; j++) {
        if (!sipas__estimates_same_family(&c.e[1], family, j)) family = j;
        status = test_row(&c, j, err);
        c.tests[j].family = family;
    }
    if (status == SIPAS_OK) status = write_table(&c, out, err);
    sipas__overlap_clear(&c.overlap);
    sipas__free(c.ctx, c.partner);
    sipas__free(c.ctx, c.tests);
    sipas__free(c.ctx, c.correlation);
    sipas_ctx_free(c.ctx);
    return status;
}
