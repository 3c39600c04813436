/**
 * @file small_instrument.h
 * A questionnaire with one of everything, for tests of the index.
 *
 *     ALL ┬ I ┬ A ┬ q1        5 levels
 *         │   │   └ q2        5 levels, reversed
 *         │   └ B ┬ B1 ┬ q3   5 levels, from -2 to 2
 *         │       │    └ q4   4 levels
 *         │       └ q5        yes/no
 *         └ II ─ C ─ q6       3 levels, from 200 on
 *
 * Besides its levels every item knows 98 = don't know (q6: 300) and -9 = not applicable.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SMALL_INSTRUMENT_H
#define SMALL_INSTRUMENT_H

#include <sipas.h>

enum { SMALL_ITEMS = 6, SMALL_NODES = 13 };

/** Codes of the nodes in the instrument's order: q1 … q6, A, B1, B, C, I, II, ALL. */
extern const char *const small_nodes[SMALL_NODES];

/** Weight of every item in every node, by weighting (criterion, factor, block, explicit), worked out by hand. */
extern const double small_coef[4][SMALL_NODES][SMALL_ITEMS];

/** The instrument, to give to sipas_instrument_free(). A fault fails the running test. */
sipas_instrument *small_instrument_new(void);

/** The lowest code and the number of levels of an item. */
int small_first_code(int item);
int small_levels(int item);

/** Score of level 1 … of an item by hand: reversed items too. */
double small_score(int item, int scoring, int code);

#endif
