/*
 * What is said of a formula in results.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/enums.h"
#include "data/table.h"
#include "size/size.h"

/* A formula of one share with what has to be said about it. */
typedef struct share_method {
    const char *finite, *infinite, *assumes;
} share_method;

static const share_method methods[] = {
    [SIPAS_SIZE_YAMANE] = {"n = N / (1 + N e²)", "n = 1 / e²",
                           "z = 2, a share of 1/2, one simple random sample, one unit, one figure"},
    [SIPAS_SIZE_COCHRAN] = {"n = n0 / (1 + (n0 - 1) / N), n0 = deff z² p (1 - p) / e²", "n = deff z² p (1 - p) / e²",
                            "the expected share p and the design effect are right, one unit, one figure"},
    [SIPAS_SIZE_WILSON] = {"n = n0 / (1 + (n0 - 1) / N), n0 = deff z² (pq - 2e² + √(p²q² - 4pqe² + e²)) / (2e²)",
                           "n = deff z² (pq - 2e² + √(p²q² - 4pqe² + e²)) / (2e²)",
                           "the expected share p and the design effect are right, one unit, one figure"},
    [SIPAS_SIZE_LOG_ODDS] = {"n = n0 / (1 + (n0 - 1) / N), n0 = deff z² / (pq log² x)", "n = deff z² / (pq log² x)",
                             "the expected share p and the design effect are right, one unit, one figure"},
};
SIPAS__EVERY(methods, SIZE);

/* Variances: of a share, of the other figures, and of differences. */
static const char share_variance[] = "V = deff N/(N-1) p (1 - p) (1/n - 1/N)";
static const struct {
    const char *alone, *compared;
} variances[] = {
    [SIPAS_FIGURE_PROPORTION] = {share_variance, "V = deff N/(N-1) (a/n - c/N + k), S² = p (1 - p)"},
    [SIPAS_FIGURE_MEAN] = {"V = deff S² (1/n - 1/N)", "V = deff (a/n - c/N + k)"},
    [SIPAS_FIGURE_TOTAL] = {"V = deff N² S² (1/n - 1/N)", "V = deff N² (a/n - c/N + k)"},
    [SIPAS_FIGURE_RATIO] = {"V = deff S² (1/n - 1/N), S² = (S_y² + R² S_x² - 2 R r S_y S_x) / x̄²",
                            "V = deff (a/n - c/N + k), S² = (S_y² + R² S_x² - 2 R r S_y S_x) / x̄²"},
    [SIPAS_FIGURE_INDEX] = {"V = deff S² (1/n - 1/N), S² = Σ w_j w_k s_jk",
                            "V = deff (a/n - c/N + k), S² = Σ w_j w_k s_jk"},
};
SIPAS__EVERY(variances, FIGURE);

const char *sipas__precision_formula(const sipas__figure *figure)
{
    if (figure->own.compare != SIPAS_COMPARE_NONE) return variances[figure->own.statistic].compared;
    return figure->own.method == SIPAS_SIZE_YAMANE ? "V = (1/n - 1/N) / 4" : variances[figure->own.statistic].alone;
}

const char *sipas__figure_formula(const sipas__figure *figure, double population)
{
    const share_method *method = &methods[figure->own.method];

    if (figure->own.compare != SIPAS_COMPARE_NONE || figure->own.statistic != SIPAS_FIGURE_PROPORTION)
        return sipas__precision_formula(figure);
    return isinf(population) ? method->infinite : method->finite;
}

void sipas__share_meta(sipas_table *table, const sipas__figure *figure, const char *formula)
{
    const share_method *method = &methods[figure->own.method];

    sipas__table_meta(table, "method", "%s/1", sipas__enum_word(SIPAS__ENUM_SIZE, figure->own.method));
    sipas__table_meta(table, "formula", "%s", formula);
    sipas__table_meta(table, "assumes", "%s", method->assumes);
}
