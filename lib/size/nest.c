/*
 * Units nested in units. A unit is the pair of its parent and its own code; a map makes the pairs dense.
 *
 * O(rows).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "size/nest.h"

#include "base/context.h"
#include "base/error.h"
#include "data/alike.h"
#include "data/codes.h"
#include "data/column.h"
#include "data/map.h"

/* Pairs (unit of the level above, code) of a tile of rows. */
static void read_keys(const sipas__nest *nest, int32_t level, const sipas__codes *codes, int64_t row, int64_t n,
                      uint64_t *keys)
{
    int32_t own[SIPAS__TILE];

    sipas__codes_read(codes, row, n, own);
    for (int64_t i = 0; i < n; i++)
        keys[i] = (uint64_t)nest->of_row[level - 1][row + i] * (uint64_t)codes->n_levels + (uint64_t)own[i];
}

static int number_units(sipas__nest *nest, int32_t level, const sipas__codes *codes, sipas__map *map)
{
    uint64_t keys[SIPAS__TILE];

    if (!sipas__map_init(map, nest->ctx, (uint64_t)nest->n_units[level - 1] * (uint64_t)codes->n_levels)) return 0;
    for (int64_t row = 0; row < nest->n_rows; row += SIPAS__TILE) {
        const int64_t n = nest->n_rows - row < SIPAS__TILE ? nest->n_rows - row : SIPAS__TILE;

        read_keys(nest, level, codes, row, n, keys);
        if (!sipas__map_note(map, keys, n)) return 0;
    }
    if (!sipas__map_close(map)) return 0;
    nest->n_units[level] = map->n;
    nest->parent[level] = sipas__alloc(nest->ctx, map->n, sizeof *nest->parent[level]);
    if (!nest->parent[level]) return 0;
    for (int64_t row = 0; row < nest->n_rows; row += SIPAS__TILE) {
        const int64_t n = nest->n_rows - row < SIPAS__TILE ? nest->n_rows - row : SIPAS__TILE;

        read_keys(nest, level, codes, row, n, keys);
        sipas__map_find(map, keys, n, nest->of_row[level] + row);
        for (int64_t i = row; i < row + n; i++)
            nest->parent[level][nest->of_row[level][i]] = nest->of_row[level - 1][i];
    }
    return 1;
}

static sipas_status read_level(sipas__nest *nest, int32_t level, const sipas_column *column, const char *name,
                               sipas_error *err)
{
    sipas__map map = {.ctx = nest->ctx};
    sipas__codes codes;
    sipas_status status;

    nest->of_row[level] = sipas__alloc(nest->ctx, nest->n_rows, sizeof *nest->of_row[level]);
    if (!nest->of_row[level]) return sipas__error_memory(err);
    status = sipas__codes_init(&codes, nest->ctx, column, nest->n_rows, name, 0, err);
    if (status != SIPAS_OK) return status;
    if (!sipas__alike_codes(&nest->sayings, &codes, name)) status = sipas__error_memory(err);
    if (level == 0) { /* strata have no parent: their levels are the units */
        nest->n_units[0] = codes.n_levels;
        for (int64_t row = 0; row < nest->n_rows; row += SIPAS__TILE) {
            const int64_t n = nest->n_rows - row < SIPAS__TILE ? nest->n_rows - row : SIPAS__TILE;

            sipas__codes_read(&codes, row, n, nest->of_row[0] + row);
        }
    } else if (!number_units(nest, level, &codes, &map)) {
        status = sipas__error_memory(err);
    }
    sipas__map_clear(&map);
    sipas__codes_clear(&codes);
    return status;
}

sipas_status sipas__nest_init(sipas__nest *nest, const sipas_ctx *ctx, int64_t n_rows, const sipas_column *strata,
                              const sipas_column *clusters, int32_t n_stages, sipas_error *err)
{
    static const char *const names[] = {"strata", "psu", "ssu"};
    sipas_status status = SIPAS_OK;
    int64_t most = 1;

    *nest = (sipas__nest){
        .ctx = ctx, .n_rows = n_rows, .n_levels = n_stages + 1, .n_units = {1, 0, 0}, .sayings = {.ctx = ctx}};
    if (sipas__column_given(strata)) {
        status = read_level(nest, 0, strata, names[0], err);
    } else {
        nest->of_row[0] = sipas__alloc(ctx, n_rows, sizeof *nest->of_row[0]);
        if (!nest->of_row[0]) status = sipas__error_memory(err);
    }
    for (int32_t level = 1; status == SIPAS_OK && level <= n_stages && level < SIPAS__NEST_LEVELS; level++)
        status = read_level(nest, level, &clusters[level - 1], names[level], err);
    for (int32_t level = 0; status == SIPAS_OK && level <= n_stages && level < SIPAS__NEST_LEVELS; level++)
        most = nest->n_units[level] > most ? nest->n_units[level] : most;
    if (status == SIPAS_OK) nest->sums = sipas__alloc(ctx, most, sizeof *nest->sums);
    if (status == SIPAS_OK && !nest->sums) status = sipas__error_memory(err);
    if (status != SIPAS_OK) sipas__nest_clear(nest);
    return status;
}

/* ---- sums ---- */

void sipas__nest_sum(const sipas__nest *nest, const int32_t *of, int64_t n, int64_t n_units, const double *values,
                     double *out)
{
    for (int64_t u = 0; u < n_units; u++) nest->sums[u] = (sipas__sum){0.0, 0.0};
    for (int64_t i = 0; i < n; i++) sipas__sum_add(&nest->sums[of[i]], values[i]);
    for (int64_t u = 0; u < n_units; u++) out[u] = sipas__sum_value(&nest->sums[u]);
}

void sipas__nest_sum_rows(const sipas__nest *nest, int32_t level, const double *values, double *out)
{
    sipas__nest_sum(nest, nest->of_row[level], nest->n_rows, nest->n_units[level], values, out);
}

void sipas__nest_sum_units(const sipas__nest *nest, int32_t level, const double *values, double *out)
{
    sipas__nest_sum(nest, nest->parent[level], nest->n_units[level], nest->n_units[level - 1], values, out);
}

void sipas__nest_clear(sipas__nest *nest)
{
    sipas__free(nest->ctx, nest->sums);
    sipas__sayings_clear(&nest->sayings);
    for (int32_t level = 0; level < SIPAS__NEST_LEVELS; level++) {
        sipas__free(nest->ctx, nest->of_row[level]);
        sipas__free(nest->ctx, nest->parent[level]);
    }
}

sipas_status sipas__components_check(const sipas_column *y, const sipas_column *clusters, int32_t n_stages,
                                     sipas_error *err)
{
    if (!y) return sipas__error_argument(err, "y", "is NULL");
    if (!clusters) return sipas__error_argument(err, "clusters", "is NULL");
    if (n_stages < 1 || n_stages > 2) return sipas__error_argument(err, "n_stages", "is not 1 or 2");
    return y->n > 0 ? SIPAS_OK : sipas__error_argument(err, "y", "has no rows");
}
