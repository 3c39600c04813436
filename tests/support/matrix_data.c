/*
 * The rows that designs and estimates are crossed on: by formula, so that anyone can say what stands where.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"
#include "result.h"

/* A number in 0 … below-1 that looks like chance. */
static int scatter(int i, int salt, int below)
{
    uint32_t x = (uint32_t)(i * 73 + salt * 7919 + 12345);

    x = (x ^ (x >> 16)) * UINT32_C(0x45d9f3b);
    x = (x ^ (x >> 16)) * UINT32_C(0x45d9f3b);
    return (int)((x ^ (x >> 16)) % (uint32_t)below);
}

static void fill_units(matrix_data *d, int at, int i)
{
    const int h = i / 24, psu = i / 8;

    d->stratum[at] = h;
    d->psu[at] = psu;
    d->ssu[at] = i / 4 % 2;
    d->tsu[at] = i / 2 % 2;
    d->row[at] = i;
    d->lonely[at] = psu == 8 ? 7 : h;
    d->lonely_ssu[at] = psu == 0 ? 0 : i / 4 % 2;
    d->partner[at] = h == 0 ? 0 : 1;
    d->phase2_stratum[at] = psu % 2;
    for (int w = 0; w < 5; w++) d->weight[w][at] = 1.5 + 0.25 * scatter(psu, 1, 9) + 0.125 * scatter(i, 2, 3);
    if (scatter(i, 3, 9) == 0) d->weight[MATRIX_WEIGHT_NEGATIVE - 1][at] *= -0.25;
    if (scatter(i, 4, 4) == 0) d->weight[MATRIX_WEIGHT_ZERO_ROWS - 1][at] = 0.0;
    if (psu == 4) d->weight[MATRIX_WEIGHT_ZERO_PSU - 1][at] = 0.0;
    if (h == 1) d->weight[MATRIX_WEIGHT_ZERO_STRATUM - 1][at] = 0.0;
    for (int s = 0; s < 4; s++) d->fraction[s][at] = s ? 0.5 : 0.25 + 0.125 * h;
    d->census[at] = h == 0 ? 1.0 : 0.25;
    d->probability[at] = psu == 3 ? 1.0 : 0.25 + 0.0625 * scatter(psu, 5, 6);
    d->chance[at] = 0.5 + 0.0625 * scatter(psu, 6, 4);
    d->certain[at] = psu == 0 || psu == 4;
    d->taken_row[at] = i % 3 != 0;
    d->taken_psu[at] = psu != 0 && psu != 5;
    d->taken_ssu[at] = i / 4 % 4 != 0 || psu == 2;
}

static void fill_answers(matrix_data *d, int at, int i)
{
    static const char *const names[] = {"no", "yes", "perhaps"};

    d->y[0][at] = 3.0 + 0.37 * scatter(i, 10, 20) + (double)(i / 8 % 4);
    d->y[1][at] = -1.0 + 0.21 * scatter(i, 11, 30) + 0.4 * d->y[0][at];
    d->y[2][at] = 1.0 + 0.5 * scatter(i, 12, 7);
    d->code[at] = 1 + scatter(i, 13, 3);
    d->binary[at] = scatter(i, 14, 5) < 2;
    for (int q = 0; q < MATRIX_ITEMS; q++)
        d->item[q][at] = (int8_t)(1 + (scatter(i, 20 + q, 3) + scatter(i, 30, 4)) % 5);
    d->text[at] = names[scatter(i, 15, 3)];
    d->by[0][at] = 10 + scatter(i, 16, 3);
    d->by[1][at] = i / 8 % 3 == 0;
    d->by_psu[at] = i / 8;
    d->half[at] = scatter(i, 17, 2) == 0 && d->by[0][at] != 11;
    d->in_psu[at] = i / 8 == 4;
}

/* Overton's joint probabilities within a stratum, independence between them, for units of probabilities p. */
static void fill_joint(double *joint, int n, const double *p, const int *stratum)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double units = 0.0;

            for (int k = 0; k < n; k++) units += stratum[k] == stratum[i] && p[k] < 1.0;
            joint[i * n + j] = i == j ? p[i] : p[i] * p[j];
            if (i == j || stratum[i] != stratum[j] || p[i] >= 1.0 || p[j] >= 1.0) continue;
            joint[i * n + j] *= (units - 1.0) / (units - (p[i] + p[j]) / 2.0);
        }
}

void matrix_fill(matrix_data *d, int shuffled)
{
    double p[MATRIX_ROWS], of_psu[MATRIX_PSUS];
    int stratum[MATRIX_ROWS], psu_stratum[MATRIX_PSUS], met[MATRIX_PSUS] = {0}, psus = 0;

    memset(d, 0, sizeof *d);
    for (int at = 0; at < MATRIX_ROWS; at++) {
        const int i = shuffled ? (at * 29 + 17) % MATRIX_ROWS : at; /* 29 and 72 have no common divisor */

        fill_units(d, at, i);
        fill_answers(d, at, i);
        p[at] = d->probability[at];
        stratum[at] = d->stratum[at];
        if (met[d->psu[at]]++) continue;
        of_psu[psus] = d->probability[at];
        psu_stratum[psus++] = d->stratum[at];
    }
    fill_joint(d->joint, MATRIX_PSUS, of_psu, psu_stratum);
    fill_joint(d->joint_rows, MATRIX_ROWS, p, stratum);
    memset(d->validity, 0xff, sizeof d->validity);
}

void matrix_take_away(matrix_data *d, int missing)
{
    d->gaps = missing != MATRIX_ALL_THERE;
    for (int at = 0; at < MATRIX_ROWS; at++) {
        const int i = d->row[at], psu = i / 8;
        const int gone = missing == MATRIX_ALL_GONE || (missing == MATRIX_PSU_GONE && psu == 5) ||
                         (missing == MATRIX_ONE_PSU && psu != 6);

        for (int v = 0; v < 3; v++)
            if (gone || (d->gaps && missing != MATRIX_ONE_PSU && scatter(i, 40 + v, 7) == 0)) d->y[v][at] = NAN;
        if (gone || (d->gaps && missing != MATRIX_ONE_PSU && scatter(i, 50, 6) == 0))
            d->validity[at / 8] &= (uint8_t) ~(1u << at % 8);
    }
}

/* ---- domains ---- */

void matrix_domain(const matrix_data *d, int kind, sipas_domains *domains, sipas_column *by, sipas_column *where)
{
    static const uint32_t levels[] = {0, 1, 2, 3};
    const uint8_t *mask = kind == MATRIX_WHERE || kind == MATRIX_BY_WHERE ? d->half
                          : kind == MATRIX_IN_PSU                         ? d->in_psu
                          : kind == MATRIX_EMPTY                          ? d->nobody
                                                                          : NULL;

    sipas_domains_init(domains);
    by[0] = sipas_column_i32(kind == MATRIX_BY_PSU ? d->by_psu : d->by[0], MATRIX_ROWS);
    by[1] = sipas_column_i32(d->by[1], MATRIX_ROWS);
    domains->by = by;
    domains->n_by = kind == MATRIX_LEVELS ? 2 : kind == MATRIX_BY || kind == MATRIX_BY_WHERE || kind == MATRIX_BY_PSU;
    if (kind == MATRIX_LEVELS) {
        domains->n_levels = 4;
        domains->levels = levels;
    }
    if (!mask) return;
    *where = sipas_column_bool(mask, MATRIX_ROWS);
    domains->where = where;
}
