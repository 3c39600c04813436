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
 * and with m answers of the other given a = S_1², k = (S_2² - 2 ρ S_1 S_2 g)/m. As these differences lose their digits where n
 * is nearly N, or ρ nearly 1, V is made of A = 1/n - 1/N, B = 1/m - 1/N and C = g/m - 1/N, none of which cancels:
 *
 *     V = (S_1 √A - S_2 √B)² + 2 S_1 S_2 ((√(A B) - C) + (1 - ρ) C)     independent samples: V = S_1² A + S_2² B
 *
 * F (its N is that of the part) is kept out of a and c so that a population of one person gives n = 1, not 0 · ∞.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "data/column.h"
#include "num/fpc.h"
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

/* What an index is made of: items × items, and per item. */
typedef struct index_items {
    int64_t n;
    const double *w, *covariance;
    const double *answered, *homogeneity; /* NULL = all 1; all 0 */
    double b;                             /* answers per PSU */
} index_items;

static sipas_status check_covariance(const sipas__figure *figure, const index_items *items, sipas_error *err)
{
    for (int64_t j = 0; j < items->n; j++)
        for (int64_t k = 0; k <= j; k++) {
            const double value = items->covariance[k * items->n + j], mirror = items->covariance[j * items->n + k];

            if (j == k && value < 0.0)
                return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "covariance", "item %lld has the variance %g",
                                           (long long)j + 1, value);
            if (fabs(value - mirror) > 1e-9 * fmax(fabs(value), fabs(mirror)))
                return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "covariance",
                                           "items %lld and %lld have %g one way and %g the other", (long long)k + 1,
                                           (long long)j + 1, value, mirror);
        }
    return SIPAS_OK;
}

/*
 * n times the variance of the index: of persons Σ_j Σ_k w_j w_k s_jk, s_jj over the share that answers j; and of PSUs, which all
 * have b answers, with √(δ_j δ_k) s_jk between them, b - 1 of it (b - 1/answered for an item with itself).
 */
static sipas_status index_variance(const sipas__figure *figure, const index_items *items, double *out, sipas_error *err)
{
    sipas__sum persons = {0.0, 0.0}, psus = {0.0, 0.0}, size = {0.0, 0.0};

    for (int64_t j = 0; j < items->n; j++)
        for (int64_t k = 0; k < items->n; k++) {
            const double answered = items->answered && j == k ? items->answered[j] : 1.0;
            const double term = items->w[j] * items->w[k] * items->covariance[j * items->n + k];
            const double alike = items->homogeneity ? sqrt(items->homogeneity[j] * items->homogeneity[k]) : 0.0;

            sipas__sum_add(&persons, term / answered);
            sipas__sum_add(&psus, term * alike * fmax(items->b - 1.0 / answered, 0.0));
            sipas__sum_add(&size, fabs(term));
        }
    *out = sipas__sum_value(&persons);
    if (*out < -1e-12 * sipas__sum_value(&size))
        return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "covariance",
                                   "the index would have the negative variance %g", *out);
    if (*out <= 0.0)
        return sipas__figure_error(err, SIPAS_ERR_VALUE, figure, "covariance",
                                   "the index does not vary between persons");
    *out += fmax(sipas__sum_value(&psus), 0.0);
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

/* A column of one share per item into `out`, when it is given. */
static sipas_status read_shares(const sipas__figure *figure, const sipas_column *column, int64_t n, const char *name,
                                int may_be_zero, double *out, sipas_error *err)
{
    sipas_status status;

    if (!sipas__column_given(column)) return SIPAS_OK;
    status = read_items(figure, column, n, name, out, err);
    for (int64_t j = 0; status == SIPAS_OK && j < n; j++)
        if (!((out[j] > 0.0 || (may_be_zero && out[j] == 0.0)) && out[j] <= 1.0))
            status = sipas__figure_error(err, SIPAS_ERR_VALUE, figure, name, "item %lld: %g is not %s 0 and at most 1",
                                         (long long)j + 1, out[j], may_be_zero ? "at least" : "greater than");
    return status;
}

static sipas_status read_index(const sipas_ctx *ctx, sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    index_items items = {.n = own->weights->n, .b = fmax(own->take * own->domain, 1.0)};
    double *work;
    sipas_status status;

    if (items.n < 1 || items.n > 4096)
        return sipas__figure_error(err, SIPAS_ERR_LENGTH, figure, "weights", "%lld items; 1 to 4096 are possible",
                                   (long long)items.n);
    work = sipas__alloc(ctx, items.n * items.n + 3 * items.n, sizeof *work);
    if (!work) return sipas__error_memory(err);
    items.w = work;
    items.covariance = work + 3 * items.n;
    if (sipas__column_given(own->answered)) items.answered = work + items.n;
    if (sipas__column_given(own->homogeneity_of)) items.homogeneity = work + 2 * items.n;
    status = read_items(figure, own->weights, items.n, "weights", work, err);
    if (status == SIPAS_OK)
        status = read_items(figure, own->covariance, items.n * items.n, "covariance", work + 3 * items.n, err);
    if (status == SIPAS_OK) status = check_covariance(figure, &items, err);
    if (status == SIPAS_OK) status = read_shares(figure, own->answered, items.n, "answered", 0, work + items.n, err);
    if (status == SIPAS_OK)
        status = read_shares(figure, own->homogeneity_of, items.n, "homogeneity_of", 1, work + 2 * items.n, err);
    if (status == SIPAS_OK) status = index_variance(figure, &items, &figure->s2, err);
    sipas__free(ctx, work);
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

/* (S_1 - S_2)². */
static double square_of_gap(double s2, double other)
{
    const double gap = sqrt(s2) - sqrt(other);

    return gap * gap;
}

/* a, c and k of a difference, from S_1² and S_2². */
static void compare(const sipas_size_figure *own, double s2, double other, sipas__size_model *model)
{
    const double rho = own->overlap > 0.0 ? own->overlap_correlation : 0.0, both = 2.0 * sqrt(s2) * sqrt(other);

    model->other = other;
    model->correlation = rho;
    model->overlap = own->overlap;
    model->ratio = own->ratio;
    model->n_other = own->n_other;
    model->c = square_of_gap(s2, other) + both * (1.0 - rho);
    if (own->n_other > 0.0) {
        model->a = s2;
        model->k = (other - both * rho * own->overlap) / own->n_other;
    } else {
        const double root = sqrt(own->ratio);

        model->a = square_of_gap(s2, other / own->ratio) + both / root * (1.0 - rho * own->overlap / root);
    }
}

sipas__size_model sipas__size_model_of(const sipas__figure *figure, int64_t unit, double population)
{
    const sipas_size_figure *own = &figure->own;
    const double part = own->domain, mean = figure->mean ? figure->mean[unit] : own->mean;
    const int compared = own->compare != SIPAS_COMPARE_NONE;
    sipas__size_model model = {.population = population, .scale = 1.0, .estimate = mean};
    const double deff = own->deff * (1.0 + (fmax(own->take * part, 1.0) - 1.0) * own->homogeneity);
    double s2 = figure->s2_of ? figure->s2_of[unit] : figure->s2, other;

    other = own->sd_other > 0.0 || own->sd_other_given ? own->sd_other * own->sd_other : s2;
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
    model.a = model.c = model.s2 = s2;
    if (compared) {
        compare(own, s2, other, &model);
        model.estimate = own->difference / model.scale;
    }
    model.a *= deff;
    model.c *= deff;
    model.k *= deff;
    model.s2 *= deff;
    model.other *= deff;
    return model;
}

/* g/m - 1/N, which is below 0 where m is more than g N. */
static double gap_of(double share, double m, double population)
{
    return isinf(population) ? share / m : (share * population - m) / population / m;
}

/* V without F. */
static double variance_at(const sipas__size_model *model, double n)
{
    const double m = model->n_other > 0.0 ? model->n_other : model->ratio * n, population = model->population;
    const double a = gap_of(1.0, n, population), rho = model->correlation;
    double b, c;

    if (model->other == 0.0) return model->s2 * a;
    b = gap_of(1.0, m, population);
    if (rho == 0.0) return model->s2 * a + model->other * b;
    c = gap_of(model->overlap, m, population);
    if (a <= 0.0 || b <= 0.0) return model->s2 * a + model->other * b - 2.0 * rho * sqrt(model->s2 * model->other) * c;
    return square_of_gap(model->s2 * a, model->other * b) +
           2.0 * sqrt(model->s2 * model->other) * ((sqrt(a * b) - c) + (1.0 - rho) * c);
}

double sipas__size_variance(const sipas__size_model *model, double n)
{
    const double variance = variance_at(model, n);

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
