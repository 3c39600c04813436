/**
 * @file data/domain_cross.h
 * Domains crossed with the categories of a variable: what makes sums by category as sums by group, one variable in place of many.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_DOMAIN_CROSS_H
#define SIPAS_DATA_DOMAIN_CROSS_H

#include "data/domain.h"

/** Domains with L levels, crossed with K categories. */
typedef struct sipas__crossed {
    int32_t *category; /* of each row; K where its code is missing */
    sipas__domain
        domain; /* 2 L levels: 0 … L-1 crossed, each group one category of one group; L … those of the domains */
    int32_t *cell_base; /* by cell: that of the domains */
    int32_t *cell_category;
} sipas__crossed;

/**
 * Crosses domains with the levels of codes over the same rows. It has neither names nor codes of the `by` columns: labels are those of
 * `of`, which must outlive it, as the codes need not. O(rows) time, 4 bytes a row. On failure nothing is held. SIPAS_ERR_MEMORY,
 * SIPAS_ERR_CANCELLED.
 */
sipas_status sipas__domain_cross(sipas__crossed *crossed, const sipas__domain *of, const sipas__codes *codes,
                                 sipas_error *err);

/** Frees what it holds. All zero is fine. */
void sipas__crossed_clear(sipas__crossed *crossed);

#endif
