/**
 * @file num/fpc.h
 * The finite population in a variance, without the difference of large equals.
 *
 * S² (1/n - 1/N) and N S² (N - n) / n are small where the sample is nearly the population, and lose their digits when they
 * are made of 1/n, 1/N or of N² S² / n, N S². Here N - n is subtracted first: exact for whole numbers below 2^53, and
 * otherwise as exact as n itself.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_FPC_H
#define SIPAS_NUM_FPC_H

#include <math.h>

/** 1/n - 1/N for a sample of n > 0; 0 where n is N or more. An infinite N gives 1/n. */
static inline double sipas__fpc_gap(double n, double population)
{
    if (!(n < population)) return 0.0;
    return isinf(population) ? 1.0 / n : (population - n) / population / n;
}

/** N² S² (1/n - 1/N) of a total, for N persons with variance S²; infinite where n is 0 and they vary. */
static inline double sipas__fpc_total(double n, double population, double s2)
{
    return n < population && s2 > 0.0 ? population * s2 * ((population - n) / n) : 0.0;
}

#endif
