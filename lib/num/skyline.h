/**
 * @file num/skyline.h
 * Symmetric positive definite systems whose rows begin late: Cholesky's factor within the envelope.
 *
 * Row i of the lower triangle is stored from its first column that is not zero up to the diagonal; the factor fills
 * nothing outside that envelope (Jennings 1966, Comput. J. 9:281; George and Liu 1981, Computer Solution of Large
 * Sparse Positive Definite Systems, ch. 4).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_SKYLINE_H
#define SIPAS_NUM_SKYLINE_H

#include <sipas/base.h>

/** A symmetric matrix, or its factor. All zero = none. */
typedef struct sipas__skyline {
    int64_t n;
    int64_t *first; /* first stored column of each row */
    int64_t *start; /* where its cells begin: cell (i, j) is at start[i] + j - first[i] */
    double *cell;
} sipas__skyline;

/** A zero matrix of n rows; first[i] ≤ i. False when there is no memory; clear it then too. */
int sipas__skyline_init(sipas__skyline *matrix, const sipas_ctx *ctx, int64_t n, const int64_t *first);

/** Sets all cells to zero. */
void sipas__skyline_zero(sipas__skyline *matrix);

/** The cell (row, column), first[row] ≤ column ≤ row. */
static inline double *sipas__skyline_at(const sipas__skyline *matrix, int64_t row, int64_t column)
{
    return matrix->cell + (matrix->start[row] + column - matrix->first[row]);
}

/**
 * Replaces the matrix by its factor L, A = L Lᵀ. A pivot that is not above `least` times the diagonal it comes from is
 * replaced by that diagonal: the unknown is then hardly moved by what others already say. Where the diagonal is not
 * positive the pivot is 1. O(Σ width²).
 */
void sipas__skyline_factor(sipas__skyline *matrix, double least);

/** Solves L Lᵀ x = b in place. O(envelope). */
void sipas__skyline_solve(const sipas__skyline *factor, double *b);

/** Frees what it holds. */
void sipas__skyline_clear(sipas__skyline *matrix, const sipas_ctx *ctx);

#endif
