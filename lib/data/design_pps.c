/*
 * First-stage units drawn with unequal probabilities without replacement: their inclusion probabilities π, and what
 * stands for the joint ones, as plain data for the variance.
 *
 * A stratum needs only a few sums of q = 1 - π; a matrix of joint probabilities is kept as the lower triangle of
 * Δ_ij = 1 - π_i π_j / π_ij, in the order in which units are numbered. O(rows + units), with a matrix O(units²).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "base/text.h"
#include "data/column.h"
#include "data/design.h"

/* Agreement of probabilities that are said twice, relative. */
#define SAME_PROBABILITY 1e-8

int sipas__design_unit_is_certain(const sipas_design *design, int64_t unit, int64_t stratum)
{
    if (design->pps.method != SIPAS_PPS_NONE && design->pps.n[stratum] >= 0)
        return design->pps.pi[unit] >= SIPAS__TAKEN_WHOLE;
    return design->stage[0].stratum_f[stratum] >= SIPAS__TAKEN_WHOLE;
}

/* ---- inclusion probabilities ---- */

/* Probability that a row says for its unit; NaN = it says none. */
static sipas_status row_probability(const sipas_design *design, int64_t row, double weight, double *pi,
                                    sipas_error *err)
{
    if (design->n_columns_fpc) {
        *pi = sipas__column_f64(&design->given_fpc[0], row);
        return SIPAS_OK; /* in (0, 1], see classify_fpc() */
    }
    *pi = weight > 0.0 ? 1.0 / weight : NAN;
    if (!(*pi > 1.0)) return SIPAS_OK;
    if (*pi <= 1.0 + SAME_PROBABILITY) {
        *pi = 1.0;
        return SIPAS_OK;
    }
    return sipas__error_set(err, SIPAS_ERR_VALUE, row, SIPAS__NOWHERE, "weight",
                            "row %lld: weight %g is less than 1, so its inverse is no inclusion probability",
                            (long long)row, weight);
}

/* Reads π of every unit; rows of one unit must agree. `stratum` is filled by unit. */
static sipas_status read_probabilities(sipas_design *design, sipas__design_tile *tile, int32_t *stratum,
                                       sipas_error *err)
{
    sipas__pps *pps = &design->pps;
    const sipas__stage *first = &design->stage[0];
    uint8_t certain[SIPAS__TILE];
    char name[192];

    for (int64_t u = 0; u < design->n_psus; u++) pps->pi[u] = NAN;
    for (int64_t row = 0; row < design->n; row += SIPAS__TILE) {
        const int64_t n = design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;

        sipas__design_read(design, row, n, tile);
        sipas__design_certain_rows(design, row, n, certain);
        for (int64_t i = 0; i < n; i++) {
            const int64_t u = first->rows_are_units ? row + i : tile->unit[0][i], h = tile->stratum[0][i];
            double pi;
            sipas_status status;

            stratum[u] = (int32_t)h;
            if (certain[i]) { /* its next stage's units are in its place, drawn with equal probabilities */
                pps->n[h] = -1;
                pps->pi[u] = first->stratum_f[h];
                continue;
            }
            if ((status = row_probability(design, row + i, tile->weight[i], &pi, err)) < 0) return status;
            if (isnan(pi)) continue;
            if (fabs(pi - pps->pi[u]) > SAME_PROBABILITY * pi)
                return sipas__error_set(
                    err, SIPAS_ERR_VALUE, row + i, 0, design->n_columns_fpc ? "fpc" : "weight",
                    "row %lld: inclusion probability %g differs from %g of an earlier row of its PSU",
                    (long long)(row + i), pi, pps->pi[u]);
            if (isnan(pps->pi[u])) pps->pi[u] = pi;
        }
    }
    for (int64_t u = 0; u < design->n_psus; u++) {
        if (!isnan(pps->pi[u])) continue;
        sipas__design_unit_name(design, u, name, sizeof name);
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                                "%s has no positive weight, so its inclusion probability is not known", name);
    }
    return SIPAS_OK;
}

/* Sums of a stratum over its units with π < 1. */
static void sum_strata(sipas_design *design, const int32_t *stratum)
{
    sipas__pps *pps = &design->pps;
    const sipas__stage *first = &design->stage[0];

    for (int64_t u = 0; u < design->n_psus; u++) {
        const int64_t h = stratum[u];
        const double q = 1.0 - pps->pi[u];

        if (pps->n[h] < 0 || pps->pi[u] >= SIPAS__TAKEN_WHOLE) continue;
        pps->n[h]++;
        pps->q[h] += q;
        pps->qq[h] += q * q;
    }
    for (int64_t h = 0; h < first->n_strata; h++) {
        const int64_t certain = first->stratum_units[h] - pps->n[h];

        if (pps->n[h] < 0) continue;
        pps->square[h] = pps->n[h] ? 1.0 - pps->q[h] / (double)pps->n[h] : 0.0; /* Σ_s π/n */
        pps->certain_df += certain - (pps->n[h] == 0);
    }
}

/* Σ_U π²/n as given: one number a stratum. */
static sipas_status read_square(sipas_design *design, const sipas_column *column, sipas__design_tile *tile,
                                sipas_error *err)
{
    double values[SIPAS__TILE], *known = design->pps.square;
    char name[192];
    sipas_status status = sipas__column_check(column, design->n, SIPAS__NUMBERS, "pps_square", err);

    if (status < 0) return status;
    for (int64_t h = 0; h < design->stage[0].n_strata; h++) known[h] = NAN;
    for (int64_t row = 0; row < design->n; row += SIPAS__TILE) {
        const int64_t n = design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;

        sipas__design_read(design, row, n, tile);
        sipas__column_read_f64(column, row, n, values);
        for (int64_t i = 0; i < n; i++) {
            const int64_t h = tile->stratum[0][i];

            if (!(values[i] > 0.0 && values[i] <= 1.0))
                return sipas__error_set(
                    err, isnan(values[i]) ? SIPAS_ERR_MISSING : SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, "pps_square",
                    "row %lld: pps_square is %g; a mean of π²/n lies in (0, 1]", (long long)(row + i), values[i]);
            if (isnan(known[h])) known[h] = values[i];
            if (known[h] == values[i]) continue;
            sipas__design_stratum_name(design, h, name, sizeof name);
            return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, "pps_square",
                                    "row %lld: pps_square differs from that of an earlier row of %s",
                                    (long long)(row + i), name);
        }
    }
    return SIPAS_OK;
}

/* ---- joint probabilities ---- */

/* The matrix has the units in the order of their first rows: position of each there. */
static void order_of_rows(const sipas_design *design, sipas__design_tile *tile, int64_t *position)
{
    int64_t met = 0;

    for (int64_t u = 0; u < design->n_psus; u++) position[u] = -1;
    for (int64_t row = 0; row < design->n; row += SIPAS__TILE) {
        const int64_t n = design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;

        sipas__design_read(design, row, n, tile);
        for (int64_t i = 0; i < n; i++) {
            const int64_t u = design->stage[0].rows_are_units ? row + i : tile->unit[0][i];

            if (position[u] < 0) position[u] = met++;
        }
    }
}

/* One pair of units, of which u is the earlier or the same. */
static sipas_status check_pair(const sipas_design *design, const double *joint, int64_t order, const int64_t *position,
                               int64_t u, int64_t v, sipas_error *err)
{
    const double *pi = design->pps.pi;
    const int64_t i = position[u], j = position[v];
    const double value = joint[i * order + j], mirror = joint[j * order + i];
    const double most = (pi[u] < pi[v] ? pi[u] : pi[v]) * (1.0 + SAME_PROBABILITY);
    char first[192], second[192], what[160];

    if (u == v && fabs(value - pi[u]) <= SAME_PROBABILITY * pi[u]) return SIPAS_OK;
    if (u != v && value > 0.0 && value <= most && fabs(value - mirror) <= SAME_PROBABILITY * value) return SIPAS_OK;
    sipas__design_unit_name(design, u, first, sizeof first);
    sipas__design_unit_name(design, v, second, sizeof second);
    if (u == v)
        return sipas__error_set(err, SIPAS_ERR_VALUE, i, j, "joint",
                                "joint: %g on the diagonal of %s is not its inclusion probability %g", value, first,
                                pi[u]);
    if (isnan(value) || value <= 0.0)
        (void)sipas__text_format(what, sizeof what, "not positive, so they cannot both be in the sample");
    else if (value > most)
        (void)sipas__text_format(what, sizeof what, "more than the smaller of their inclusion probabilities %g and %g",
                                 pi[u], pi[v]);
    else
        (void)sipas__text_format(what, sizeof what, "not %g, which the matrix has on its other side", mirror);
    return sipas__error_set(err, SIPAS_ERR_VALUE, i, j, "joint", "joint: %g of %s and %s is %s", value, first, second,
                            what);
}

/* Yates-Grundy knows of a unit by its pairs only: one that is independent of all others would seem to add nothing. */
static sipas_status check_pairs(const sipas_design *design, sipas_error *err)
{
    const sipas__pps *pps = &design->pps;
    char name[192];

    for (int64_t u = 0; u < design->n_psus; u++) {
        const double q = 1.0 - pps->pi[u];

        if (pps->pi[u] >= SIPAS__TAKEN_WHOLE || fabs(pps->check_sum[u] - q) > SAME_PROBABILITY * q) continue;
        sipas__design_unit_name(design, u, name, sizeof name);
        return sipas__error_set(err, SIPAS_ERR_VALUE, u, SIPAS__NOWHERE, "joint",
                                "joint: %s is drawn independently of all others, which the Yates-Grundy form cannot "
                                "tell; take that of Horvitz and Thompson",
                                name);
    }
    return SIPAS_OK;
}

static sipas_status read_joint(sipas_design *design, const double *joint, int64_t order, sipas__design_tile *tile,
                               sipas_error *err)
{
    sipas__pps *pps = &design->pps;
    const double *pi = pps->pi;
    int64_t *position;
    sipas_status status = SIPAS_OK;

    if (order != design->n_psus)
        return sipas__error_set(err, SIPAS_ERR_LENGTH, SIPAS__NOWHERE, SIPAS__NOWHERE, "joint_order",
                                "option joint_order: %lld, but the sample has %lld PSUs", (long long)order,
                                (long long)design->n_psus);
    position = sipas__alloc(design->ctx, order, sizeof *position);
    pps->check = sipas__alloc(design->ctx, order * (order + 1) / 2, sizeof *pps->check);
    pps->check_sum = sipas__alloc(design->ctx, order, sizeof *pps->check_sum);
    if (!position || !pps->check || !pps->check_sum) status = sipas__error_memory(err);
    if (status == SIPAS_OK) order_of_rows(design, tile, position);
    for (int64_t v = 0; status == SIPAS_OK && v < order; v++)
        for (int64_t u = 0; status == SIPAS_OK && u <= v; u++) {
            double *check = &pps->check[v * (v + 1) / 2 + u];

            status = check_pair(design, joint, order, position, u, v, err);
            *check = u == v ? 1.0 - pi[u] : 1.0 - pi[u] * pi[v] / joint[position[u] * order + position[v]];
            pps->check_sum[v] += *check;
            if (u != v) pps->check_sum[u] += *check;
        }
    sipas__free(design->ctx, position);
    if (status == SIPAS_OK && pps->form == SIPAS_PPS_FORM_YATES_GRUNDY) status = check_pairs(design, err);
    return status;
}

/* ---- options, and all of it ---- */

static sipas_status option_error(const char *name, const char *sentence, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, name, "option %s: %s", name,
                            sentence);
}

static sipas_status check_options(const sipas_design *design, const sipas_design_opts *opts, sipas_error *err)
{
    const int paired = opts->pps == SIPAS_PPS_OVERTON || opts->pps == SIPAS_PPS_HARTLEY_RAO;

    if (opts->pps_form && !paired && opts->pps != SIPAS_PPS_JOINT)
        return option_error("pps_form", "this method has one form only", err);
    if ((opts->joint || opts->joint_order) && opts->pps != SIPAS_PPS_JOINT)
        return option_error("joint", "is given, but pps is not SIPAS_PPS_JOINT", err);
    if (opts->pps == SIPAS_PPS_JOINT && !opts->joint) return option_error("joint", "is NULL", err);
    if (sipas__column_given(opts->pps_square) && opts->pps != SIPAS_PPS_HARTLEY_RAO)
        return option_error("pps_square", "is given, but pps is not SIPAS_PPS_HARTLEY_RAO", err);
    if (opts->pps == SIPAS_PPS_JOINT && design->certain)
        return option_error("certainty", "with joint probabilities a certain unit has probability 1 in the matrix",
                            err);
    if (opts->pps && !design->has_weights && !design->n_columns_fpc)
        return option_error("pps", "without fpc and weights there are no inclusion probabilities", err);
    return SIPAS_OK;
}

sipas_status sipas__design_read_pps(sipas_design *design, const sipas_design_opts *opts, sipas__design_tile *tile,
                                    sipas_error *err)
{
    sipas__pps *pps = &design->pps;
    const int64_t n_strata = design->stage[0].n_strata;
    int32_t *stratum;
    sipas_status status = check_options(design, opts, err);

    if (status < 0 || opts->pps == SIPAS_PPS_NONE) return status;
    pps->method = opts->pps;
    pps->form = opts->pps_form ? opts->pps_form : SIPAS_PPS_FORM_HORVITZ_THOMPSON;
    stratum = sipas__alloc(design->ctx, design->n_psus, sizeof *stratum);
    pps->pi = sipas__alloc(design->ctx, design->n_psus, sizeof *pps->pi);
    pps->n = sipas__alloc(design->ctx, n_strata, sizeof *pps->n);
    pps->q = sipas__alloc(design->ctx, n_strata, sizeof *pps->q);
    pps->qq = sipas__alloc(design->ctx, n_strata, sizeof *pps->qq);
    pps->square = sipas__alloc(design->ctx, n_strata, sizeof *pps->square);
    if (!stratum || !pps->pi || !pps->n || !pps->q || !pps->qq || !pps->square) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = read_probabilities(design, tile, stratum, err);
    if (status == SIPAS_OK) sum_strata(design, stratum);
    sipas__free(design->ctx, stratum);
    if (status == SIPAS_OK && sipas__column_given(opts->pps_square))
        status = read_square(design, opts->pps_square, tile, err);
    if (status == SIPAS_OK && pps->method == SIPAS_PPS_JOINT)
        status = read_joint(design, opts->joint, opts->joint_order, tile, err);
    return status;
}

void sipas__design_clear_pps(sipas_design *design)
{
    sipas__pps *pps = &design->pps;
    void *blocks[] = {pps->pi, pps->n, pps->q, pps->qq, pps->square, pps->check, pps->check_sum};

    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(design->ctx, blocks[b]);
}
