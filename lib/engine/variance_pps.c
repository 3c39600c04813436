/*
 * The first stage of units drawn with unequal probabilities: quadratic forms in their weighted totals z, in place of
 * the sum of squares of simple random sampling.
 *
 * With q = 1 - π and n units of π < 1, units that hold no row of the domain counting with z = 0:
 *
 *     Brewer          n/(n-1) Σ q (z - Σz/n)²
 *     Hájek, Deville  K Σ q (z - A)²,  A = Σqz/Σq,  K = n/(n-1) or 1/(1 - Σ(q/Σq)²)
 *     Overton         Δ_ij = -(q_i + q_j) / (2(n-1))
 *     Hartley-Rao     Δ_ij = (π_i + π_j - b) / (n-1),  b = 1 + Σ_U π²/n
 *     joint           Δ_ij = 1 - π_i π_j / π_ij
 *
 * with Δ_ii = q_i, as Σ_ij Δ_ij z_i z_j (Horvitz and Thompson 1952, JASA 47:663) or -½ Σ_ij Δ_ij (z_i - z_j)² (Yates and
 * Grundy 1953, JRSS B 15:253). The double sums of Overton and Hartley-Rao fall apart into single ones, O(n); a matrix
 * costs O(n²). Approximations: Brewer and Donadio (2003), Survey Methodology 29:189; Berger (2004), Survey Methodology
 * 30:141; Deville (1999); Hájek (1964), Ann. Math. Stat. 35:1491; Hartley and Rao (1962), Ann. Math. Stat. 33:350.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "engine/variance.h"

/* The units of a stratum that hold rows of the domain, and one node. */
typedef struct units {
    const sipas__pps *pps;
    const sipas__entries *e;
    int64_t first, last, node;
} units;

static double value(const units *u, int64_t i)
{
    return u->e->z[i * u->e->n_nodes + u->node];
}

static double probability(const units *u, int64_t i)
{
    return u->pps->pi[u->e->id[i]];
}

static int counts(const units *u, int64_t i)
{
    return probability(u, i) < SIPAS__TAKEN_WHOLE;
}

/* Σ q (z - centre)² over all n units of the stratum, Σq = `q`. */
static double weighted_squares(const units *u, double centre, double q)
{
    double sum = 0.0;

    for (int64_t i = u->first; i < u->last; i++) {
        const double d = value(u, i) - centre;

        if (!counts(u, i)) continue;
        sum += (1.0 - probability(u, i)) * d * d;
        q -= 1.0 - probability(u, i);
    }
    return sum + (q > 0.0 ? q : 0.0) * centre * centre;
}

/* Σ z and Σ (z - Σz/n)². */
static double plain_squares(const units *u, double n, double *total)
{
    double sum = 0.0, met = 0.0;

    *total = 0.0;
    for (int64_t i = u->first; i < u->last; i++) *total += counts(u, i) ? value(u, i) : 0.0;
    for (int64_t i = u->first; i < u->last; i++) {
        const double d = value(u, i) - *total / n;

        if (!counts(u, i)) continue;
        sum += d * d;
        met += 1.0;
    }
    return sum + (n - met) * (*total / n) * (*total / n);
}

/* Σ q z. */
static double weighted_total(const units *u)
{
    double sum = 0.0;

    for (int64_t i = u->first; i < u->last; i++) sum += counts(u, i) ? (1.0 - probability(u, i)) * value(u, i) : 0.0;
    return sum;
}

/* Σ_ij Δ_ij z_i z_j = n/(n-1) Σ q z (z - Σz/n). */
static double overton_horvitz_thompson(const units *u, double n)
{
    double total, sum = 0.0;

    (void)plain_squares(u, n, &total);
    for (int64_t i = u->first; i < u->last; i++)
        if (counts(u, i)) sum += (1.0 - probability(u, i)) * value(u, i) * (value(u, i) - total / n);
    return sum * n / (n - 1.0);
}

/* ½ Σ_i≠j (q_i + q_j)/(2(n-1)) (z_i - z_j)², as Σ_j (z_i - z_j)² = n d_i² + Σ d². */
static double overton_yates_grundy(const units *u, double n, double q)
{
    double total;
    const double squares = plain_squares(u, n, &total);

    return (n * weighted_squares(u, total / n, q) + q * squares) / (2.0 * (n - 1.0));
}

/* Σ q z² + Σ_i≠j (π_i + π_j - b) z_i z_j / (n-1). */
static double hartley_rao_horvitz_thompson(const units *u, double n, double b)
{
    double total = 0.0, share = 0.0, own = 0.0, squares = 0.0;

    for (int64_t i = u->first; i < u->last; i++) {
        const double pi = probability(u, i), z = value(u, i);

        if (!counts(u, i)) continue;
        total += z;
        share += pi * z;
        own += (1.0 - pi) * z * z;
        squares += (2.0 * pi - b) * z * z;
    }
    return own + (total * (2.0 * share - b * total) - squares) / (n - 1.0);
}

/* ½ Σ_i≠j (b - π_i - π_j) (z_i - z_j)² / (n-1), π = 1 - q. */
static double hartley_rao_yates_grundy(const units *u, double n, double b, double q)
{
    double total;
    const double squares = plain_squares(u, n, &total);
    const double shared = squares - weighted_squares(u, total / n, q); /* Σ π d² */

    return (b * n * squares - n * shared - (n - q) * squares) / (n - 1.0);
}

void sipas__variance_pps(const sipas_design *design, int64_t h, const sipas__entries *e, int64_t first, int64_t last,
                         double *variance)
{
    const sipas__pps *pps = &design->pps;
    const double n = (double)pps->n[h], q = pps->q[h];
    const int yates_grundy = pps->form == SIPAS_PPS_FORM_YATES_GRUNDY;

    for (int64_t k = 0; k < e->n_nodes; k++) {
        const units u = {pps, e, first, last, k};
        double total;

        switch (pps->method) {
        case SIPAS_PPS_OVERTON:
            variance[k] = yates_grundy ? overton_yates_grundy(&u, n, q) : overton_horvitz_thompson(&u, n);
            break;
        case SIPAS_PPS_HARTLEY_RAO:
            variance[k] = yates_grundy ? hartley_rao_yates_grundy(&u, n, 1.0 + pps->square[h], q)
                                       : hartley_rao_horvitz_thompson(&u, n, 1.0 + pps->square[h]);
            break;
        case SIPAS_PPS_HAJEK: variance[k] = n / (n - 1.0) * weighted_squares(&u, weighted_total(&u) / q, q); break;
        case SIPAS_PPS_DEVILLE:
            variance[k] = weighted_squares(&u, weighted_total(&u) / q, q) / (1.0 - pps->qq[h] / (q * q));
            break;
        default: (void)plain_squares(&u, n, &total); variance[k] = n / (n - 1.0) * weighted_squares(&u, total / n, q);
        }
    }
}

static double check_of(const sipas__pps *pps, int64_t u, int64_t v)
{
    return u < v ? pps->check[v * (v + 1) / 2 + u] : pps->check[u * (u + 1) / 2 + v];
}

/* Adds what unit i and those before it bring; `known` is Σ Δ over the units met, by unit. */
static void add_pairs(const sipas__pps *pps, const sipas__entries *e, int64_t i, double *known, double *variance)
{
    const int64_t n_nodes = e->n_nodes;
    const double *z = e->z + i * n_nodes;
    const int yates_grundy = pps->form == SIPAS_PPS_FORM_YATES_GRUNDY;

    *known = check_of(pps, e->id[i], e->id[i]);
    for (int64_t j = 0; j < e->n; j++) {
        const double *other = e->z + j * n_nodes, check = check_of(pps, e->id[i], e->id[j]);

        if (j == i) continue;
        *known += check;
        if (j > i || check == 0.0) continue;
        for (int64_t k = 0; k < n_nodes; k++)
            variance[k] += yates_grundy ? -check * (z[k] - other[k]) * (z[k] - other[k])
                                        : 2.0 * check * z[k] * other[k];
    }
}

void sipas__variance_joint(const sipas_design *design, const sipas__entries *e, double *variance)
{
    const sipas__pps *pps = &design->pps;

    for (int64_t i = 0; i < e->n; i++) {
        const double *z = e->z + i * e->n_nodes;
        double known, own;

        add_pairs(pps, e, i, &known, variance);
        /* Yates-Grundy: pairs with the units that hold no row of the domain, whose z is 0 */
        own = pps->form == SIPAS_PPS_FORM_YATES_GRUNDY ? known - pps->check_sum[e->id[i]]
                                                       : check_of(pps, e->id[i], e->id[i]);
        for (int64_t k = 0; k < e->n_nodes; k++) variance[k] += own * z[k] * z[k];
    }
}
