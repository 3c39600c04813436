/*
 * Reading rows under a design: their weights, strata and units.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/column.h"
#include "data/design.h"

void sipas__design_read_weights(const sipas_design *design, int64_t row, int64_t n, double *weight)
{
    int32_t pattern[SIPAS__TILE];

    if (design->has_weights) {
        sipas__column_read_f64(&design->weights, row, n, weight);
        return;
    }
    if (design->pattern_weight) sipas__patterns_find(&design->patterns, row, n, pattern);
    for (int64_t i = 0; i < n; i++) weight[i] = design->pattern_weight ? design->pattern_weight[pattern[i]] : 1.0;
}

void sipas__design_certain_rows(const sipas_design *design, int64_t row, int64_t n, uint8_t *certain)
{
    int32_t pattern[SIPAS__TILE];

    if (design->certain) sipas__patterns_find(&design->patterns, row, n, pattern);
    for (int64_t i = 0; i < n; i++) certain[i] = design->certain && design->certain[pattern[i]];
}

void sipas__design_read(const sipas_design *design, int64_t row, int64_t n, sipas__design_tile *tile)
{
    int32_t pattern[SIPAS__TILE];

    sipas__design_read_weights(design, row, n, tile->weight);
    sipas__patterns_find(&design->patterns, row, n, pattern);
    for (int32_t s = 0; s < design->n_stages; s++) {
        const sipas__stage *stage = &design->stage[s];

        for (int64_t i = 0; i < n; i++) tile->stratum[s][i] = stage->pattern_stratum[pattern[i]];
        for (int64_t i = 0; stage->pattern_unit && i < n; i++) tile->unit[s][i] = stage->pattern_unit[pattern[i]];
    }
}
