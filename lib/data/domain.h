/**
 * @file data/domain.h
 * Domains: the groups that estimates are made for, at one or more levels, read in one pass.
 *
 * Every row falls into one *cell*: the crossing of all `by` columns. A level joins cells to its groups.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_DOMAIN_H
#define SIPAS_DATA_DOMAIN_H

#include <sipas/estimate.h>

#include "data/alike.h"
#include "data/coded.h"
#include "data/table.h"

enum { SIPAS__MOST_BY = 32 };

typedef struct sipas__domain_level {
    uint32_t mask;       /* which `by` columns are crossed */
    int64_t n_groups;    /* groups in ascending order, the first column slowest; there is one at least */
    int32_t *cell_group; /* cell → group; -1 where rows lack a code of the level, and are in none */
    int32_t *group_cell; /* group → one of its cells */
} sipas__domain_level;

typedef struct sipas__domain {
    sipas_ctx *ctx;
    int64_t n;
    int32_t n_by;
    sipas__coded by[SIPAS__MOST_BY];
    char *name[SIPAS__MOST_BY];
    sipas__patterns patterns; /* of the `by` columns: one per cell, in the order in which they first appear */
    int32_t *pattern_cell;
    int64_t n_cells;     /* cells in ascending order, the first column slowest */
    int32_t *cell_level; /* n_cells × n_by: level of each column, SIPAS__NO_LEVEL for a missing code */
    int32_t missing_by;  /* SIPAS_MISSING_BY_, no default */
    int32_t n_levels;
    sipas__domain_level *level;
    sipas_column where;
    uint8_t *own_where;     /* what `where` points to, when it is no column of the caller's (data/design_subset.c) */
    sipas__sayings sayings; /* for the notes of every table by these domains */
} sipas__domain;

/** Reads domains; NULL or n_by = 0 gives the whole. On failure nothing is held. Errors as sipas_estimate_mean() lists. */
sipas_status sipas__domain_init(sipas__domain *domain, const sipas_ctx *ctx, int64_t n, const sipas_domains *opts,
                                sipas_error *err);

/** Cells of rows row … row+n-1. */
void sipas__domain_read(const sipas__domain *domain, int64_t row, int64_t n, int32_t *cell);

/** Sets the weights of rows that are out to 0. */
void sipas__domain_where(const sipas__domain *domain, int64_t row, int64_t n, double *weight);

/** Label of a level: names of its columns joined by '*', "all" for the whole. */
void sipas__domain_level_label(const sipas__domain *domain, int32_t level, char *buffer, size_t size);

/** Label of a group: "province=01 sex=2", "province missing" for rows without a code, "" for the whole. */
void sipas__domain_group_label(const sipas__domain *domain, int32_t level, int64_t group, char *buffer, size_t size);

void sipas__domain_clear(sipas__domain *domain);

/* ---- domain_table.c ---- */

/** Notes of the domains, and what became of missing codes, into a table that is made by them. */
void sipas__domain_note(const sipas__domain *domain, sipas_table *table);

/** Positions of the columns that tell the groups; -1 = not there. */
typedef struct sipas__domain_columns {
    int32_t level, by[SIPAS__MOST_BY];
} sipas__domain_columns;

/** SIPAS_ERR_DUPLICATE when a `by` column has the name of another one, or of a column of the schema. */
sipas_status sipas__domain_check_names(const sipas__domain *domain, const sipas_schema *schema, sipas_error *err);

/** Adds the column `level` of the schema (when wanted) and one for each `by` column. */
void sipas__domain_add_columns(const sipas__domain *domain, sipas_table *table, const sipas_schema *schema,
                               int with_level, sipas__domain_columns *columns);

/** Writes level and codes of all groups of a level into the rows from `row` on. */
void sipas__domain_write_groups(const sipas__domain *domain, sipas_table *table, const sipas__domain_columns *columns,
                                int64_t row, int32_t level);

#endif
