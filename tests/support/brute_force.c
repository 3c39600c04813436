/*
 * Estimates and variances the long way. Slow on purpose: nothing is kept, everything is looked for again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "brute_force.h"

#include <math.h>
#include <stdlib.h>

#include <sipas/design.h>

/* What is asked of the rows `row[0 … n-1]`, all of one parent unit. */
typedef struct part {
    const brute_design *design;
    const double *a, *b;
    const size_t *row;
    size_t n;
} part;

static int32_t stratum_of(const brute_design *d, int stage, size_t row)
{
    return stage < BRUTE_STAGES && d->stratum[stage] ? d->stratum[stage][row] : 0;
}

static int same_unit(const brute_design *d, int stage, size_t row, size_t other)
{
    if (stratum_of(d, stage, row) != stratum_of(d, stage, other)) return 0;
    if (stage >= d->n_stages) return row == other;
    return d->unit[stage][row] == d->unit[stage][other];
}

static int first_of_unit(const part *p, int stage, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (same_unit(p->design, stage, p->row[j], p->row[i])) return 0;
    return 1;
}

static int first_of_stratum(const part *p, int stage, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (stratum_of(p->design, stage, p->row[j]) == stratum_of(p->design, stage, p->row[i])) return 0;
    return 1;
}

/* Rows of the unit that row i of the part lies in. */
static part unit_of(const part *p, int stage, size_t i, size_t *room)
{
    part unit = *p;

    unit.row = room;
    unit.n = 0;
    for (size_t j = 0; j < p->n; j++)
        if (same_unit(p->design, stage, p->row[j], p->row[i])) room[unit.n++] = p->row[j];
    return unit;
}

static double total_of(const part *p, const double *z)
{
    double total = 0.0;

    for (size_t j = 0; j < p->n; j++) total += p->design->weight[p->row[j]] * z[p->row[j]];
    return total;
}

static size_t units_in(const part *p, int stage)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++) n += (size_t)first_of_unit(p, stage, i);
    return n;
}

static double covariance_from(const part *p, int stage);

/* Units of a stage in the whole design: those of one number in two parents are two. */
static size_t units_of_stage(const part *p, int stage)
{
    const brute_design *d = p->design;
    size_t n = 0;

    for (size_t i = 0; i < d->n; i++) {
        int first = 1;

        for (size_t j = 0; j < i && first; j++) {
            int same = 1;

            for (int s = 0; s <= stage && same; s++) same = same_unit(d, s, i, j);
            first = !same;
        }
        n += (size_t)first;
    }
    return n;
}

static double total_of_all(const part *p, const double *z)
{
    double total = 0.0;

    for (size_t i = 0; i < p->design->n; i++) total += p->design->weight[i] * z[i];
    return total;
}

/* A stratum with one unit. */
static double lonely(const part *stratum, int stage)
{
    const double a = total_of(stratum, stratum->a), b = total_of(stratum, stratum->b);

    switch (stratum->design->lonely) {
    case SIPAS_LONELY_REMOVE:
    case SIPAS_LONELY_CERTAINTY: return 0.0;
    case SIPAS_LONELY_ADJUST: {
        const double n = (double)units_of_stage(stratum, stage);

        return (a - total_of_all(stratum, stratum->a) / n) * (b - total_of_all(stratum, stratum->b) / n);
    }
    case SIPAS_LONELY_ADJUST_ZERO: return a * b;
    default: return NAN;
    }
}

static double covariance_of_stratum(const part *stratum, int stage)
{
    const brute_design *d = stratum->design;
    const double n = (double)units_in(stratum, stage);
    const double *population = stage < BRUTE_STAGES ? d->population[stage] : NULL;
    const double f = population ? n / population[stratum->row[0]] : 0.0;
    const double mean_a = total_of(stratum, stratum->a) / n, mean_b = total_of(stratum, stratum->b) / n;
    size_t *room = calloc(stratum->n + 1, sizeof *room);
    double products = 0.0, below = 0.0, here;

    for (size_t i = 0; i < stratum->n; i++) {
        part unit;

        if (!first_of_unit(stratum, stage, i)) continue;
        unit = unit_of(stratum, stage, i, room);
        products += (total_of(&unit, unit.a) - mean_a) * (total_of(&unit, unit.b) - mean_b);
        if (f > 0.0 && stage + 1 < d->n_stages) below += f * covariance_from(&unit, stage + 1);
    }
    free(room);
    if (f > 1.0 - 1e-9)
        here = 0.0;
    else if (n < 2.0)
        here = (1.0 - f) * lonely(stratum, stage);
    else
        here = (1.0 - f) * n / (n - 1.0) * products;
    return here + below;
}

static double covariance_from(const part *p, int stage)
{
    size_t *room = calloc(p->n + 1, sizeof *room);
    double sum = 0.0;

    for (size_t i = 0; i < p->n; i++) {
        part stratum = *p;

        if (!first_of_stratum(p, stage, i)) continue;
        stratum.row = room;
        stratum.n = 0;
        for (size_t j = 0; j < p->n; j++)
            if (stratum_of(p->design, stage, p->row[j]) == stratum_of(p->design, stage, p->row[i]))
                room[stratum.n++] = p->row[j];
        sum += covariance_of_stratum(&stratum, stage);
    }
    free(room);
    return sum;
}

double brute_covariance(const brute_design *design, const double *a, const double *b)
{
    size_t *row = malloc(2 * design->n * sizeof *row), n = 0;
    part all = {design, a, b, row, 0};
    double sum = 0.0;

    for (size_t i = 0; i < design->n; i++)
        if (design->certain && design->certain[i]) row[n++] = i;
    all.n = n;
    for (size_t i = 0; i < n; i++) /* each certainty unit by itself: its first stage was no sampling */
        if (first_of_unit(&all, 0, i)) {
            const part unit = unit_of(&all, 0, i, row + design->n);

            sum += covariance_from(&unit, 1);
        }
    n = 0;
    for (size_t i = 0; i < design->n; i++)
        if (!design->certain || !design->certain[i]) row[n++] = i;
    all.n = n;
    if (n > 0) sum += covariance_from(&all, 0);
    free(row);
    return sum;
}

double brute_se(const brute_design *design, const double *z)
{
    return sqrt(brute_covariance(design, z, z));
}

/* ---- linearized values ---- */

static int counts(const brute_design *d, const uint8_t *in, size_t i)
{
    return d->weight[i] != 0.0 && (!in || in[i]);
}

double brute_ratio(const brute_design *d, const uint8_t *in, const double *y, const double *x, double *z)
{
    double num = 0.0, den = 0.0;

    for (size_t i = 0; i < d->n; i++) {
        if (!counts(d, in, i) || isnan(y[i]) || isnan(x[i])) continue;
        num += d->weight[i] * y[i];
        den += d->weight[i] * x[i];
    }
    for (size_t i = 0; i < d->n; i++) {
        z[i] = 0.0;
        if (counts(d, in, i) && !isnan(y[i]) && !isnan(x[i])) z[i] = (y[i] - num / den * x[i]) / den;
    }
    return num / den;
}

double brute_mean(const brute_design *d, const uint8_t *in, const double *y, double *z)
{
    double *ones = malloc(d->n * sizeof *ones), mean;

    for (size_t i = 0; i < d->n; i++) ones[i] = 1.0;
    mean = brute_ratio(d, in, y, ones, z);
    free(ones);
    return mean;
}

int64_t brute_count(const brute_design *d, const uint8_t *in, const double *y)
{
    int64_t n = 0;

    for (size_t i = 0; i < d->n; i++) n += counts(d, in, i) && !isnan(y[i]);
    return n;
}

double brute_total(const brute_design *d, const uint8_t *in, const double *y, double *z)
{
    double total = 0.0;

    for (size_t i = 0; i < d->n; i++) {
        z[i] = counts(d, in, i) && !isnan(y[i]) ? y[i] : 0.0;
        total += d->weight[i] * z[i];
    }
    return brute_count(d, in, y) ? total : NAN;
}

void brute_psus(const brute_design *d, const uint8_t *in, int64_t *psus, int64_t *strata)
{
    size_t *row = malloc(d->n * sizeof *row), n = 0;

    *psus = *strata = 0;
    for (size_t i = 0; i < d->n; i++)
        if (counts(d, in, i)) row[n++] = i;
    for (size_t i = 0; i < n; i++) {
        int new_psu = 1, new_stratum = 1;

        for (size_t j = 0; j < i; j++) {
            const int certain = d->certain && d->certain[row[i]], other = d->certain && d->certain[row[j]];

            if (certain != other) continue;
            if (certain ? !same_unit(d, 0, row[i], row[j]) : stratum_of(d, 0, row[i]) != stratum_of(d, 0, row[j]))
                continue;
            if (!certain || stratum_of(d, 1, row[i]) == stratum_of(d, 1, row[j])) new_stratum = 0;
            if (same_unit(d, certain ? 1 : 0, row[i], row[j])) new_psu = 0;
        }
        *psus += new_psu;
        *strata += new_stratum;
    }
    free(row);
}
