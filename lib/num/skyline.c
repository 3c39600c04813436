/*
 * Cholesky's factor within the envelope, row by row.
 *
 *   l_ij = (a_ij - Σ_k l_ik l_jk) / l_jj,   k from the later of the two rows' first columns
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "num/skyline.h"

#include <math.h>
#include <string.h>

#include "base/context.h"

int sipas__skyline_init(sipas__skyline *matrix, const sipas_ctx *ctx, int64_t n, const int64_t *first)
{
    int64_t cells = 0;

    memset(matrix, 0, sizeof *matrix);
    matrix->n = n;
    matrix->first = sipas__alloc(ctx, n, sizeof *matrix->first);
    matrix->start = sipas__alloc(ctx, n + 1, sizeof *matrix->start);
    if (!matrix->first || !matrix->start) return 0;
    for (int64_t i = 0; i < n; i++) {
        matrix->first[i] = first[i];
        matrix->start[i] = cells;
        cells += i - first[i] + 1;
    }
    matrix->start[n] = cells;
    matrix->cell = sipas__alloc(ctx, cells, sizeof *matrix->cell);
    return matrix->cell != NULL;
}

void sipas__skyline_zero(sipas__skyline *matrix)
{
    memset(matrix->cell, 0, (size_t)matrix->start[matrix->n] * sizeof *matrix->cell);
}

/* Four sums at a time: the order is fixed, and the processor need not wait for each. */
static double product(const double *left, const double *right, int64_t n)
{
    double sum[4] = {0.0, 0.0, 0.0, 0.0};
    int64_t i = 0;

    for (; i + 4 <= n; i += 4)
        for (int64_t k = 0; k < 4; k++) sum[k] += left[i + k] * right[i + k];
    for (; i < n; i++) sum[0] += left[i] * right[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

void sipas__skyline_factor(sipas__skyline *matrix, double least)
{
    for (int64_t i = 0; i < matrix->n; i++) {
        const int64_t begin = matrix->first[i];
        double *row = matrix->cell + matrix->start[i], diagonal, pivot;

        for (int64_t j = begin; j < i; j++) {
            const int64_t from = matrix->first[j] > begin ? matrix->first[j] : begin;
            const double *other = matrix->cell + matrix->start[j];

            row[j - begin] -= product(row + (from - begin), other + (from - matrix->first[j]), j - from);
            row[j - begin] /= other[j - matrix->first[j]];
        }
        diagonal = row[i - begin];
        pivot = diagonal - product(row, row, i - begin);
        if (!(pivot > least * diagonal)) pivot = diagonal > 0.0 ? diagonal : 1.0;
        row[i - begin] = sqrt(pivot);
    }
}

void sipas__skyline_solve(const sipas__skyline *factor, double *b)
{
    for (int64_t i = 0; i < factor->n; i++) {
        const double *row = factor->cell + factor->start[i];
        const int64_t begin = factor->first[i];

        b[i] = (b[i] - product(row, b + begin, i - begin)) / row[i - begin];
    }
    for (int64_t i = factor->n - 1; i >= 0; i--) {
        const double *row = factor->cell + factor->start[i];
        const int64_t begin = factor->first[i];

        b[i] /= row[i - begin];
        for (int64_t j = begin; j < i; j++) b[j] -= row[j - begin] * b[i];
    }
}

void sipas__skyline_clear(sipas__skyline *matrix, const sipas_ctx *ctx)
{
    sipas__free(ctx, matrix->first);
    sipas__free(ctx, matrix->start);
    sipas__free(ctx, matrix->cell);
    memset(matrix, 0, sizeof *matrix);
}
