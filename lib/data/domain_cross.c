/*
 * Crossing: patterns of domain and category together are the cells; a level of the domains joins them to its groups, with their
 * category or without.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/domain_cross.h"

#include <string.h>

#include "base/context.h"
#include "data/map.h"

static sipas_status read_categories(sipas__crossed *crossed, int64_t n, const sipas__codes *codes, sipas_error *err)
{
    crossed->category = sipas__alloc(codes->ctx, n, sizeof *crossed->category);
    if (!crossed->category) return sipas__error_memory(err);
    for (int64_t row = 0; row < n; row += SIPAS__TILE) {
        const int64_t count = n - row < SIPAS__TILE ? n - row : SIPAS__TILE;
        int32_t *category = crossed->category + row;

        sipas__codes_read(codes, row, count, category);
        for (int64_t i = 0; i < count; i++)
            if (category[i] < 0) category[i] = (int32_t)codes->n_levels;
    }
    return SIPAS_OK;
}

/* Cells by that of the domains, then category. */
static int make_cells(sipas__crossed *crossed, const sipas__domain *of, int64_t n_categories)
{
    sipas__domain *domain = &crossed->domain;
    const int64_t n = domain->patterns.n;
    uint64_t *keys = sipas__alloc(domain->ctx, n, sizeof *keys);
    sipas__map map = {0};
    int done;

    domain->pattern_cell = sipas__alloc(domain->ctx, n, sizeof *domain->pattern_cell);
    done = keys && domain->pattern_cell;
    for (int64_t p = 0; done && p < n; p++) {
        int32_t cell;

        sipas__domain_read(of, domain->patterns.row[p], 1, &cell);
        keys[p] = (uint64_t)(cell * (n_categories + 1) + crossed->category[domain->patterns.row[p]]);
    }
    if (done)
        done = sipas__map_number(&map, domain->ctx, (uint64_t)(of->n_cells * (n_categories + 1)), keys, n,
                                 domain->pattern_cell);
    domain->n_cells = map.n;
    if (done) {
        crossed->cell_base = sipas__alloc(domain->ctx, map.n, sizeof *crossed->cell_base);
        crossed->cell_category = sipas__alloc(domain->ctx, map.n, sizeof *crossed->cell_category);
        done = crossed->cell_base && crossed->cell_category;
    }
    for (int64_t cell = 0; done && cell < map.n; cell++) {
        crossed->cell_base[cell] = (int32_t)(map.keys[cell] / (uint64_t)(n_categories + 1));
        crossed->cell_category[cell] = (int32_t)(map.keys[cell] % (uint64_t)(n_categories + 1));
    }
    sipas__map_clear(&map);
    sipas__free(domain->ctx, keys);
    return done;
}

/* Cells that are in no group of a level would be its last group: they are in none of the crossed level either. */
static int cross_level(const sipas__crossed *crossed, const sipas__domain_level *of, int64_t n_categories,
                       sipas__domain_level *level)
{
    const sipas__domain *domain = &crossed->domain;
    const int64_t each = n_categories + 1;
    uint64_t *keys = sipas__alloc(domain->ctx, domain->n_cells, sizeof *keys);
    sipas__map map = {0};
    int done;

    level->cell_group = sipas__alloc(domain->ctx, domain->n_cells, sizeof *level->cell_group);
    done = keys && level->cell_group;
    for (int64_t cell = 0; done && cell < domain->n_cells; cell++) {
        const int64_t group = of->cell_group[crossed->cell_base[cell]];

        keys[cell] =
            (uint64_t)((group < 0 ? of->n_groups : group) * each + (group < 0 ? 0 : crossed->cell_category[cell]));
    }
    if (done)
        done = sipas__map_number(&map, domain->ctx, (uint64_t)((of->n_groups + 1) * each), keys, domain->n_cells,
                                 level->cell_group);
    level->n_groups = map.n;
    if (done && map.n > 0 && map.keys[map.n - 1] == (uint64_t)(of->n_groups * each)) level->n_groups--;
    sipas__map_clear(&map);
    sipas__free(domain->ctx, keys);
    if (done) level->group_cell = sipas__alloc(domain->ctx, level->n_groups, sizeof *level->group_cell);
    if (!level->cell_group || !level->group_cell) return 0;
    for (int64_t cell = domain->n_cells - 1; cell >= 0; cell--)
        if (level->cell_group[cell] == level->n_groups)
            level->cell_group[cell] = SIPAS__NO_LEVEL;
        else
            level->group_cell[level->cell_group[cell]] = (int32_t)cell;
    return 1;
}

/* The level itself, whose groups are those of the domains. */
static int copy_level(const sipas__crossed *crossed, const sipas__domain_level *of, sipas__domain_level *level)
{
    const sipas__domain *domain = &crossed->domain;

    level->n_groups = of->n_groups;
    level->cell_group = sipas__alloc(domain->ctx, domain->n_cells, sizeof *level->cell_group);
    level->group_cell = sipas__alloc(domain->ctx, of->n_groups, sizeof *level->group_cell);
    if (!level->cell_group || !level->group_cell) return 0;
    for (int64_t cell = domain->n_cells - 1; cell >= 0; cell--) {
        level->cell_group[cell] = of->cell_group[crossed->cell_base[cell]];
        if (level->cell_group[cell] >= 0) level->group_cell[level->cell_group[cell]] = (int32_t)cell;
    }
    return 1;
}

sipas_status sipas__domain_cross(sipas__crossed *crossed, const sipas__domain *of, const sipas__codes *codes,
                                 sipas_error *err)
{
    sipas__domain *domain = &crossed->domain;
    sipas__key keys[2];
    sipas_status status;
    int done;

    memset(crossed, 0, sizeof *crossed);
    memset(keys, 0, sizeof keys);
    domain->ctx = sipas__ctx_ref(of->ctx);
    domain->sayings.ctx = domain->ctx;
    domain->n = of->n;
    domain->n_by = 1; /* there are patterns to look at; its names are those of `of` */
    domain->where = of->where;
    domain->missing_by = of->missing_by;
    if ((status = read_categories(crossed, of->n, codes, err)) < 0) goto fail;
    keys[0].kind = SIPAS__KEY_PATTERNS;
    keys[0].patterns = &of->patterns;
    keys[1].kind = SIPAS__KEY_WHOLE;
    keys[1].column = sipas_column_i32(crossed->category, of->n);
    if (!sipas__patterns_init(&domain->patterns, domain->ctx, of->n, keys + (of->n_by == 0), of->n_by ? 2 : 1, 0)) {
        status = sipas__patterns_fault(&domain->patterns, err);
        goto fail;
    }
    domain->level = sipas__alloc(domain->ctx, 2 * (int64_t)of->n_levels, sizeof *domain->level);
    done = domain->level && make_cells(crossed, of, codes->n_levels);
    for (int32_t i = 0; done && i < of->n_levels; i++) {
        domain->n_levels = 2 * of->n_levels;
        domain->level[i].mask = domain->level[of->n_levels + i].mask = UINT32_MAX;
        done = cross_level(crossed, &of->level[i], codes->n_levels, &domain->level[i]) &&
               copy_level(crossed, &of->level[i], &domain->level[of->n_levels + i]);
    }
    if (done) return SIPAS_OK;
    status = sipas__error_memory(err);
fail:
    sipas__crossed_clear(crossed);
    return status;
}

void sipas__crossed_clear(sipas__crossed *crossed)
{
    sipas_ctx *ctx = crossed->domain.ctx;

    sipas__free(ctx, crossed->category);
    sipas__free(ctx, crossed->cell_base);
    sipas__free(ctx, crossed->cell_category);
    sipas__domain_clear(&crossed->domain);
    memset(crossed, 0, sizeof *crossed);
}
