/*
 * The variance of a figure as a function of the number of answers, and back.
 *
 *     V(n) = F (a/n - c/N + k),   F = N/(N-1) for shares, 1 else
 *
 * a, c and k hold the design effect. A figure by itself in a part P of the population: a = c = deff S²/P, k = 0, since n P
 * answers and N P persons are of the part. A difference with the other sample r times as large, a share g of the answers here
 * from persons in both: the samples' covariance is ρ S_1 S_2 (n g / (n · r n) - 1/N) (Tam 1984, Am. Stat. 38:288), so that
 *
 *     a = S_1² + S_2²/r - 2 ρ S_1 S_2 g/r,   c = S_1² + S_2² - 2 ρ S_1 S_2   (g > 0; independent samples: no covariance)
 *
 * and with m answers of the other given a = S_1², k = (S_2² - 2 ρ S_1 S_2 g)/m.
 *
 * F (its N is that of the part) is kept out of a and c so that a population of one person gives n = 1, not 0 · ∞.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "data/column.h"
#include "num/sum.h"
#include "size/size.h"

/* ---- S² of a ratio and of an index ---- */

/* S² = (S_y² + R² S_x² - 2 R r S_y S_x) / x̄²: the residuals y - R x over x̄. */
static double ratio_variance(const sipas_size_figure *own)
{
    const double r = own->mean / own->mean_x, residual = own->sd - r * own->correlation * own->sd_x;
    const double rest = r * own->sd_x, unexplained = (1.0 - own->correlation) * (1.0 + own->correlation);

    return (residual * residual + rest * rest * unexplained) / (own->mean_x * own->mean_x);
}

/* Σ_j Σ_k w_j w_k s_jk, s_jj over the share that answers j. SIPAS_ERR_VALUE for what is no covariance. */
static sipas_status index_variance(const sipas__figure *figure, int64_t items, const double *w, const double *s,
                                   const double *answered, double *out, sipas_error *err)
{
    sipas__sum sum = {0.0, 0.0}, size = {0.0, 0.0};

    for (int64_t j = 0; j < items; j++)
        for (int64_t k = 0; k < items; k++) {
            const double value = s[j * items + k], mirror = s[k * items + j];
            const double term = w[j] * w[k] * (j == k && answered ? value / answered[j] : value);

            if (j == k && value < 0.0)
                return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "covariance", "item %lld has the variance %g",
                                           (long long)j + 1, value);
            if (fabs(value - mirror) > 1e-9 * fmax(fabs(value), fabs(mirror)))
                return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "covariance",
                                           "items %lld and %lld have %g one way and %g the other", (long long)j + 1,
                                           (long long)k + 1, value, mirror);
            sipas__sum_add(&sum, term);
            sipas__sum_add(&size, fabs(term));
        }
    *out = sipas__sum_value(&sum);
    if (*out < -1e-12 * sipas__sum_value(&size))
        return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "covariance",
                                   "the index would have the negative variance %g", *out);
    if (*out <= 0.0)
        return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "covariance",
                                   "the index does not vary between persons");
    return SIPAS_OK;
}

static sipas_status read_items(const sipas__figure *figure, const sipas_column *column, int64_t n, const char *name,
                               double *out, sipas_error *err)
{
    sipas_status status = sipas__column_check(column, n, SIPAS__NUMBERS, name, err);

    if (status != SIPAS_OK) return status;
    sipas__column_read_f64(column, 0, n, out);
    for (int64_t i = 0; i < n; i++) {
        if (isnan(out[i]))
            return sipas__figure_error(err, SIPAS_ERR_MISSING, figure, name, "number %lld is missing or NaN",
                                       (long long)i + 1);
        if (isinf(out[i]))
            return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, name, "number %lld is infinite", (long long)i + 1);
    }
    return SIPAS_OK;
}

static sipas_status read_index(const sipas_ctx *ctx, sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    const int64_t items = own->weights->n;
    const double *answered = NULL;
    double *w;
    sipas_status status;

    if (items < 1 || items > 4096)
        return sipas__figure_error(err, SIPAS_ERR_LENGTH, figure, "weights", "%lld items; 1 to 4096 are possible",
                                   (long long)items);
    w = sipas__alloc(ctx, items * items + 2 * items, sizeof *w);
    if (!w) return sipas__error_memory(err);
    status = read_items(figure, own->weights, items, "weights", w, err);
    if (status == SIPAS_OK)
        status = read_items(figure, own->covariance, items * items, "covariance", w + 2 * items, err);
    if (status == SIPAS_OK && sipas__column_given(own->answered)) {
        status = read_items(figure, own->answered, items, "answered", w + items, err);
        answered = w + items;
    }
    for (int64_t j = 0; status == SIPAS_OK && answered && j < items; j++)
        if (!(answered[j] > 0.0 && answered[j] <= 1.0))
            status = sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "answered",
                                         "item %lld: %g is not greater than 0 and at most 1", (long long)j + 1,
                                         answered[j]);
    if (status == SIPAS_OK) status = index_variance(figure, items, w, w + 2 * items, answered, &figure->s2, err);
    sipas__free(ctx, w);
    return status;
}

sipas_status sipas__figure_variance(const sipas_ctx *ctx, sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;

    if (own->statistic == SIPAS_FIGURE_INDEX) return read_index(ctx, figure, err);
    figure->s2 = own->statistic == SIPAS_FIGURE_RATIO ? ratio_variance(own) : own->sd * own->sd;
    if (own->statistic == SIPAS_FIGURE_RATIO && !(figure->s2 > 0.0))
        return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "correlation",
                                   "the ratio does not vary between persons");
    return SIPAS_OK;
}

/* ---- the model ---- */

/* a, c and k of a difference, from S_1² and S_2². */
static void compare(const sipas_size_figure *own, double s2, double other, sipas__size_model *model)
{
    const double cross = own->overlap > 0.0 ? 2.0 * own->overlap_correlation * sqrt(s2) * sqrt(other) : 0.0;

    model->c = s2 + other - cross;
    if (own->n_other > 0.0) {
        model->a = s2;
        model->k = (other - cross * own->overlap) / own->n_other;
    } else {
        model->a = s2 + (other - cross * own->overlap) / own->ratio;
    }
}

sipas__size_model sipas__size_model_of(const sipas__figure *figure, int64_t unit, double population)
{
    const sipas_size_figure *own = &figure->own;
    const double part = own->domain, mean = figure->mean ? figure->mean[unit] : own->mean;
    const int compared = own->compare != SIPAS_COMPARE_NONE;
    sipas__size_model model = {.population = population, .scale = 1.0, .estimate = mean};
    double s2 = figure->s2_of ? figure->s2_of[unit] : figure->s2, other;

    other = own->sd_other > 0.0 ? own->sd_other * own->sd_other : s2;
    if (own->statistic == SIPAS_FIGURE_PROPORTION) {
        model.share = own->method != SIPAS_SIZE_YAMANE;
        model.group = part * population;
        model.p = model.estimate = figure->p ? figure->p[unit] : own->p;
        model.other_p = model.p + own->difference;
        s2 = model.p * (1.0 - model.p);
        other = model.other_p * (1.0 - model.other_p);
    } else if (own->statistic == SIPAS_FIGURE_RATIO) {
        model.estimate = own->mean / own->mean_x;
    } else if (mean == 0.0) {
        model.estimate = NAN;
    }
    if (own->statistic == SIPAS_FIGURE_TOTAL) {
        /* of a variable that is 0 outside the part: its persons' share of the population is in the variance already */
        const double spread = part * (1.0 - part) * mean * mean;

        s2 = part * s2 + spread;
        other = part * other + spread;
        model.estimate *= part;
        model.scale = population;
    } else {
        s2 /= part;
        other /= part;
    }
    model.a = model.c = s2;
    if (compared) {
        compare(own, s2, other, &model);
        model.estimate = own->difference / model.scale;
    }
    model.a *= own->deff;
    model.c *= own->deff;
    model.k *= own->deff;
    return model;
}

double sipas__size_variance(const sipas__size_model *model, double n)
{
    const double variance = model->a / n - model->c / model->population + model->k;

    if (!model->share || isinf(model->group)) return fmax(variance, 0.0);
    return model->group > 1.0 ? fmax(variance * (model->group / (model->group - 1.0)), 0.0) : 0.0;
}

double sipas__size_solve(const sipas__size_model *model, double variance)
{
    const double share = model->share && isfinite(model->group) ? fmax(model->group - 1.0, 0.0) / model->group : 1.0;
    const double room = variance * share - model->k + model->c / model->population;

    if (model->population < 1.0) return model->population;
    return room > 0.0 ? model->a / room : INFINITY;
}

double sipas__size_target(const sipas__figure *figure, const sipas__size_model *model)
{
    const double figure_value = fabs(model->estimate);
    double e = figure->value;

    switch (figure->target) {
    case SIPAS__TARGET_POWER: e = figure_value / figure->z_find; break;
    case SIPAS__TARGET_CV: e *= figure_value; break;
    case SIPAS__TARGET_SE: e /= model->scale; break;
    case SIPAS__TARGET_RELATIVE_MARGIN: e *= figure_value; break;
    default: e /= model->scale; break;
    }
    if (figure->target == SIPAS__TARGET_MARGIN || figure->target == SIPAS__TARGET_RELATIVE_MARGIN) {
        if (figure->own.method == SIPAS_SIZE_WILSON || figure->own.method == SIPAS_SIZE_LOG_ODDS)
            return e >= 0.5 ? NAN
                            : model->p * (1.0 - model->p) /
                                  sipas__size_interval_n(figure->own.method, figure->z, model->p, e);
        e /= figure->z;
    }
    return e * e;
}
