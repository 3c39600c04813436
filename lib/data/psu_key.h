/**
 * @file data/psu_key.h
 * Which first-stage unit it is, whatever design it stands in: the codes that lead to it, and their hash as a key.
 *
 * Rounds, shards and samples that are coordinated meet by this key. Where a unit tree has the strata above the PSUs it is the
 * hash that draws are made with (sipas_code_hash() of the path).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_PSU_KEY_H
#define SIPAS_DATA_PSU_KEY_H

#include "data/design.h"

enum { SIPAS__PSU_DEPTH = 4 };

/** The way to a unit: its stratum, of a unit of certainty that and its stratum within, its own code. */
typedef struct sipas__psu_path {
    int32_t depth;                      /* with the unit's own code; `above` where it is a row, which has none */
    int32_t above;                      /* codes that say the stratum, 1 to 3 */
    const char *code[SIPAS__PSU_DEPTH]; /* of the design, or in `text`; the first is empty where there are no strata */
    char text[SIPAS__PSU_DEPTH][32];
} sipas__psu_path;

/** The path of a first-stage unit, of a design whose units are not its rows. O(1). */
void sipas__psu_codes(const sipas_design *design, int64_t unit, sipas__psu_path *path);

/** Its key: FNV-1a of the codes with a separator between them. */
uint64_t sipas__psu_key(const sipas__psu_path *path);

/** Whether two paths are of one unit; rows without a code are of none. */
int sipas__psu_same(const sipas__psu_path *left, const sipas__psu_path *right);

/**
 * The units of two designs by their keys: same[i] is the first unit that is unit i, counting on from the units of the one to those of
 * the other. Units without a code are nobody else's.
 *
 * SIPAS_ERR_DUPLICATE when two paths have one key: they are never taken for one unit. SIPAS_ERR_MEMORY. O(units).
 */
sipas_status sipas__psu_match(const sipas_design *const design[2], int64_t *same, sipas_error *err);

#endif
