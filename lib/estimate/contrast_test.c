/*
 * Intervals and tests of comparisons: estimate ± t(df) se, p = P(|T| ≥ |t|), and p-values adjusted within a family
 * (Bonferroni; Holm 1979, Scand. J. Stat. 6:65).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/schema.h"
#include "estimate/contrast.h"
#include "num/distributions.h"
#include "num/order.h"

void sipas_contrast_opts_init(sipas_contrast_opts *opts)
{
    const sipas_contrast_opts initial = SIPAS_CONTRAST_OPTS_INIT;

    if (opts) *opts = initial;
}

sipas_status sipas__contrast_options(sipas_contrast_opts *own, const sipas_contrast_opts *opts, sipas_error *err)
{
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_contrast_opts", err);

    if (status < 0) return status;
    if ((status = sipas__options_enum("df", own->df, SIPAS__ENUM_CONTRAST_DF, err)) < 0) return status;
    if ((status = sipas__options_enum("adjust", own->adjust, SIPAS__ENUM_ADJUST, err)) < 0) return status;
    if ((status = sipas__options_check("cov", own->cov, 0, 1, err)) < 0) return status;
    if ((status = sipas__options_enum("overlap", own->overlap, SIPAS__ENUM_OVERLAP, err)) < 0) return status;
    if ((status = sipas__options_check("relative", own->relative, 0, 1, err)) < 0) return status;
    if (own->df == SIPAS_CONTRAST_DF_GIVEN && !(own->df_value > 0.0))
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "df_value",
                                "df_value is %g; it must be > 0", own->df_value);
    return sipas__options_level(&own->level, err);
}

/* Adjusts the p-values first … last-1 of a family, NaN = none. `items` has room for two each. */
static void adjust_family(int32_t adjust, const double *p, int64_t first, int64_t last, double *adjusted,
                          sipas__item *items)
{
    int64_t m = 0;
    double worst = 0.0;

    for (int64_t i = first; i < last; i++) {
        if (isnan(p[i])) continue;
        items[m].key = sipas__order_f64(p[i]);
        items[m++].index = i;
    }
    sipas__order_sort(items, items + (last - first), m, NULL, NULL);
    for (int64_t i = 0; i < m; i++) {
        const int64_t at = items[i].index;
        const double times = (double)(adjust == SIPAS_ADJUST_HOLM ? m - i : m);

        worst = fmax(worst, fmin(1.0, times * p[at]));
        adjusted[at] = worst;
    }
}

static void note(sipas_table *table, const char *code, const char *const *names, int64_t row, const char *why)
{
    const char *name = names ? names[row] : NULL;

    sipas__table_note(table, code, name, row, "%s%s%s", name ? name : "", name ? ": " : "", why);
}

static void note_negative(sipas_table *table, const sipas__test *test, const char *const *names, int64_t row)
{
    char why[256];

    if (test->independent > 0.0)
        (void)sipas__text_format(
            why, sizeof why,
            "V1 + V2 - 2 C = %.6g is negative, as it may be when few PSUs are common, so there is no "
            "standard error; without the covariance C it is %.6g",
            test->negative, test->independent);
    else
        (void)sipas__text_format(why, sizeof why,
                                 "the estimate of the variance is negative (%.6g), so there is no standard error",
                                 test->negative);
    note(table, "variance_negative", names, row, why);
}

/* An error of 0 is that of a census, or says nothing: then it has no interval. */
static void note_gap(sipas_table *table, const sipas__test *test, const char *const *names, int64_t row, int census)
{
    if (isnan(test->estimate))
        note(table, "no_value", names, row, "no value, because one of the rows compared has none");
    else if (test->negative < 0.0)
        note_negative(table, test, names, row);
    else if (isnan(test->se))
        note(table, "no_se", names, row, "no standard error, because one of the rows compared has none");
    else if (!(test->df > 0.0))
        note(table, "no_df", names, row, "no degrees of freedom, no interval and no test");
    else if (test->se == 0.0)
        note(table, "no_test", names, row,
             census
                 ? "the standard error is 0, so there is no test"
                 : "the standard error is 0, though the sample is no census: nothing varies in the rows compared, and "
                   "there is no test and no interval");
}

/* p of every test, and their adjusted values where asked for. */
static int compute_p(const sipas_ctx *ctx, const sipas__test *tests, int64_t n, int32_t adjust, double *p,
                     double *adjusted)
{
    sipas__item *items = sipas__alloc(ctx, 2 * n, sizeof *items);

    for (int64_t i = 0; i < n; i++) {
        const double t = tests[i].estimate / tests[i].se;

        p[i] = tests[i].se > 0.0 && tests[i].df > 0.0 ? 2.0 * sipas__t_upper(fabs(t), tests[i].df) : NAN;
        adjusted[i] = NAN;
    }
    for (int64_t first = 0, last; items && adjust && first < n; first = last) {
        for (last = first; last < n && tests[last].family == tests[first].family;) last++;
        adjust_family(adjust, p, first, last, adjusted, items);
    }
    sipas__free(ctx, items);
    return items != NULL;
}

static void write_meta(const sipas_contrast_opts *own, sipas_table *table)
{
    sipas__table_meta(table, "confidence", "%.15g", own->level);
    sipas__table_meta(table, "variance", "taylor/1");
    sipas__table_meta(table, "df_rule", "%s", sipas__enum_word(SIPAS__ENUM_CONTRAST_DF, own->df));
    sipas__table_meta(table, "adjust", "%s", sipas__enum_word(SIPAS__ENUM_ADJUST, own->adjust));
}

/* Comparisons share few degrees of freedom, and a quantile costs more than all the rest of one. */
enum { KEPT = 64 };

typedef struct kept_quantiles {
    double df[KEPT], quantile[KEPT];
} kept_quantiles;

static double keep_quantile(kept_quantiles *kept, double tail, double df)
{
    const int at = df < 1e9 ? (int)df % KEPT : 0;

    if (df != kept->df[at]) {
        kept->df[at] = df;
        kept->quantile[at] = -sipas__t_quantile(tail, df);
    }
    return kept->quantile[at];
}

sipas_status sipas__tests_write(const sipas_ctx *ctx, const sipas__test *tests, int64_t n, const char *const *names,
                                const sipas_contrast_opts *own, int census, sipas_table *table, sipas_error *err)
{
    static const char *const column_name[] = {"estimate", "se", "lower", "upper", "df", "t", "p", "p_adjusted"};
    const double tail = (1.0 - own->level) / 2.0;
    double *p = sipas__alloc(ctx, 2 * n, sizeof *p);
    kept_quantiles kept;
    int32_t column[8];

    for (int at = 0; at < KEPT; at++) kept.df[at] = NAN;
    if (!p || !compute_p(ctx, tests, n, own->adjust, p, p + n)) {
        sipas__free(ctx, p);
        return sipas__error_memory(err);
    }
    for (int c = 0; c < 8; c++)
        column[c] = c < 7 || own->adjust ? sipas__table_add_field(table, &sipas__schema_contrast, column_name[c]) : -1;
    for (int64_t i = 0; i < n; i++) {
        const sipas__test *test = &tests[i];

        const double quantile = test->df > 0.0 ? keep_quantile(&kept, tail, test->df) : NAN;

        sipas__table_set_f64(table, column[0], i, test->estimate);
        sipas__table_set_f64(table, column[1], i, test->se);
        sipas__table_set_f64(table, column[4], i, test->df);
        if (test->df > 0.0 && (census || test->se != 0.0)) {
            sipas__table_set_f64(table, column[2], i, test->estimate - quantile * test->se);
            sipas__table_set_f64(table, column[3], i, test->estimate + quantile * test->se);
        }
        if (test->se > 0.0) sipas__table_set_f64(table, column[5], i, test->estimate / test->se);
        sipas__table_set_f64(table, column[6], i, p[i]);
        if (own->adjust) sipas__table_set_f64(table, column[7], i, p[n + i]);
        note_gap(table, test, names, i, census);
    }
    write_meta(own, table);
    sipas__free(ctx, p);
    return SIPAS_OK;
}
