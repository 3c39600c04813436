/*
 * Domains by crossing columns of codes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/domain.h"

#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"

void sipas_domains_init(sipas_domains *domains)
{
    const sipas_domains initial = SIPAS_DOMAINS_INIT;

    *domains = initial;
}

static sipas_status find_runs(sipas__domain *domain, const sipas_domains *own, sipas_error *err)
{
    const sipas_column *columns[SIPAS__MOST_BY];

    domain->n_codes = domain->n;
    for (int32_t i = 0; i < own->n_by; i++) {
        columns[i] = &own->by[i];
        if (!columns[i]->data || columns[i]->n != domain->n)
            return SIPAS_OK; /* told apart when the column is checked */
    }
    if (!sipas__runs_init(&domain->runs, domain->ctx, columns, own->n_by, domain->n)) return sipas__error_memory(err);
    if (domain->runs.n) domain->n_codes = domain->runs.n;
    return SIPAS_OK;
}

static sipas_status read_columns(sipas__domain *domain, const sipas_domains *own, sipas_error *err)
{
    sipas_status status = find_runs(domain, own, err);

    if (status < 0) return status;
    for (int32_t i = 0; i < own->n_by; i++) {
        char name[16];
        const char *given = own->names ? own->names[i] : NULL;
        sipas_column column = own->by[i];

        (void)snprintf(name, sizeof name, "by%d", (int)i + 1);
        if (domain->runs.n) {
            column = sipas__runs_gather(&domain->runs, &own->by[i], &domain->run_codes[i]);
            if (!domain->run_codes[i]) return sipas__error_memory(err);
        }
        status = sipas__codes_init(&domain->by[i], domain->ctx, &column, domain->n_codes, given ? given : name, 0, err);
        if (status < 0) return status;
        domain->n_by = i + 1;
        domain->name[i] = sipas__text_copy(domain->ctx, given ? given : name);
        if (!domain->name[i]) return sipas__error_memory(err);
    }
    if (!sipas__column_given(own->where)) return SIPAS_OK;
    if ((status = sipas__column_check(own->where, domain->n, SIPAS__FLAGS, "where", err)) < 0) return status;
    domain->where = *own->where;
    return SIPAS_OK;
}

/* Cells of a tile by the first `n_by` columns, all but the last of which are crossed already. */
static void cross_keys(const sipas__domain *domain, int32_t n_by, int64_t row, int64_t n, uint64_t *keys)
{
    int32_t cell[SIPAS__TILE], level[SIPAS__TILE];

    sipas__codes_read(&domain->by[0], row, n, cell);
    for (int32_t i = 1; i < n_by; i++) {
        sipas__codes_read(&domain->by[i], row, n, level);
        for (int64_t r = 0; r < n; r++) keys[r] = (uint64_t)(cell[r] * domain->by[i].n_levels + level[r]);
        if (i + 1 < n_by) sipas__map_find(&domain->cross[i], keys, n, cell);
    }
}

static sipas_status cross_columns(sipas__domain *domain, sipas_error *err)
{
    uint64_t keys[SIPAS__TILE];

    domain->n_cells = domain->n_by ? domain->by[0].n_levels : 1;
    for (int32_t i = 1; i < domain->n_by; i++) {
        if (!sipas__map_init(&domain->cross[i], domain->ctx, (uint64_t)(domain->n_cells * domain->by[i].n_levels)))
            return sipas__error_memory(err);
        for (int64_t row = 0; row < domain->n_codes; row += SIPAS__TILE) {
            int64_t n = domain->n_codes - row < SIPAS__TILE ? domain->n_codes - row : SIPAS__TILE;

            cross_keys(domain, i + 1, row, n, keys);
            if (!sipas__map_note(&domain->cross[i], keys, n)) return sipas__error_memory(err);
        }
        if (!sipas__map_close(&domain->cross[i])) return sipas__error_memory(err);
        domain->n_cells = domain->cross[i].n;
    }
    domain->cell_level = sipas__alloc(domain->ctx, domain->n_cells * (domain->n_by ? domain->n_by : 1),
                                      sizeof(int32_t));
    if (!domain->cell_level) return sipas__error_memory(err);
    for (int64_t cell = 0; cell < domain->n_cells; cell++) {
        int64_t at = cell;

        for (int32_t i = domain->n_by - 1; i >= 0; i--) {
            const int64_t right = domain->by[i].n_levels;
            const int64_t key = i ? (int64_t)domain->cross[i].keys[at] : at;

            domain->cell_level[cell * domain->n_by + i] = (int32_t)(i ? key % right : key);
            at = i ? key / right : 0;
        }
    }
    return SIPAS_OK;
}

/* Joins cells to the groups of a level, one column after the other. */
static sipas_status join_level(sipas__domain *domain, sipas__domain_level *level, sipas_error *err)
{
    int64_t n_groups = 1;

    level->cell_group = sipas__alloc(domain->ctx, domain->n_cells, sizeof *level->cell_group);
    if (!level->cell_group) return sipas__error_memory(err);
    for (int32_t i = 0; i < domain->n_by; i++) {
        sipas__map map;
        int done;

        if (!((level->mask >> i) & 1u)) continue;
        done = sipas__map_init(&map, domain->ctx, (uint64_t)(n_groups * domain->by[i].n_levels));
        for (int pass = 0; pass < 2 && done; pass++) {
            for (int64_t cell = 0; cell < domain->n_cells && done; cell++) {
                uint64_t key = (uint64_t)(level->cell_group[cell] * domain->by[i].n_levels +
                                          domain->cell_level[cell * domain->n_by + i]);

                if (pass == 0)
                    done = sipas__map_note(&map, &key, 1);
                else
                    sipas__map_find(&map, &key, 1, &level->cell_group[cell]);
            }
            if (pass == 0 && done) done = sipas__map_close(&map);
        }
        n_groups = map.n;
        sipas__map_clear(&map);
        if (!done) return sipas__error_memory(err);
    }
    level->n_groups = n_groups;
    level->group_cell = sipas__alloc(domain->ctx, n_groups, sizeof *level->group_cell);
    if (!level->group_cell) return sipas__error_memory(err);
    for (int64_t cell = domain->n_cells - 1; cell >= 0; cell--)
        level->group_cell[level->cell_group[cell]] = (int32_t)cell;
    return SIPAS_OK;
}

static sipas_status make_levels(sipas__domain *domain, const sipas_domains *own, sipas_error *err)
{
    const uint32_t all = domain->n_by == 32 ? UINT32_MAX : (1u << domain->n_by) - 1u;

    domain->n_levels = own->n_levels ? own->n_levels : 1;
    domain->level = sipas__alloc(domain->ctx, domain->n_levels, sizeof *domain->level);
    if (!domain->level) return sipas__error_memory(err);
    for (int32_t i = 0; i < domain->n_levels; i++) {
        sipas_status status;

        domain->level[i].mask = own->n_levels ? own->levels[i] : all;
        if (domain->level[i].mask & ~all)
            return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, i, "levels",
                                    "level %d names a by column that is not there (mask %u, %d columns)", (int)i,
                                    (unsigned)domain->level[i].mask, (int)domain->n_by);
        if ((status = join_level(domain, &domain->level[i], err)) < 0) return status;
    }
    return SIPAS_OK;
}

sipas_status sipas__domain_init(sipas__domain *domain, const sipas_ctx *ctx, int64_t n, const sipas_domains *opts,
                                sipas_error *err)
{
    sipas_domains own;
    sipas_status status;

    memset(domain, 0, sizeof *domain);
    if ((status = sipas__options_load(&own, sizeof own, opts, "sipas_domains", err)) < 0) return status;
    if ((status = sipas__options_check("n_by", own.n_by, 0, SIPAS__MOST_BY, err)) < 0) return status;
    if ((status = sipas__options_check("n_levels", own.n_levels, 0, 1024, err)) < 0) return status;
    if (own.n_by && !own.by) return sipas__error_argument(err, "by", "is NULL though n_by is not 0");
    if (own.n_levels && !own.levels) return sipas__error_argument(err, "levels", "is NULL though n_levels is not 0");
    domain->ctx = sipas__ctx_ref(ctx);
    domain->n = n;
    if ((status = read_columns(domain, &own, err)) < 0 || (status = cross_columns(domain, err)) < 0 ||
        (status = make_levels(domain, &own, err)) < 0)
        sipas__domain_clear(domain);
    return status;
}

static void read_cells(const sipas__domain *domain, int64_t row, int64_t n, int32_t *cell)
{
    uint64_t keys[SIPAS__TILE];

    if (domain->n_by > 1) {
        cross_keys(domain, domain->n_by, row, n, keys);
        sipas__map_find(&domain->cross[domain->n_by - 1], keys, n, cell);
    } else if (domain->n_by == 1) {
        sipas__codes_read(&domain->by[0], row, n, cell);
    } else {
        memset(cell, 0, (size_t)n * sizeof *cell);
    }
}

void sipas__domain_read(const sipas__domain *domain, int64_t row, int64_t n, int32_t *cell)
{
    if (domain->runs.n == 0) {
        read_cells(domain, row, n, cell);
    } else {
        const int64_t first = sipas__runs_at(&domain->runs, row);

        read_cells(domain, first, sipas__runs_touched(&domain->runs, first, row, n), cell);
        sipas__runs_spread(&domain->runs, row, n, cell);
    }
}

void sipas__domain_where(const sipas__domain *domain, int64_t row, int64_t n, double *weight)
{
    if (domain->where.type == SIPAS_TYPE_NONE) return;
    for (int64_t i = 0; i < n; i++) {
        int64_t flag;

        if (sipas__column_whole(&domain->where, row + i, &flag) != 1 || flag == 0) weight[i] = 0.0;
    }
}

void sipas__domain_level_label(const sipas__domain *domain, int32_t level, char *buffer, size_t size)
{
    size_t used = 0;

    (void)snprintf(buffer, size, "all");
    for (int32_t i = 0; i < domain->n_by; i++) {
        int written;

        if (!((domain->level[level].mask >> i) & 1u) || used >= size) continue;
        written = snprintf(buffer + used, size - used, "%s%s", used ? "*" : "", domain->name[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

void sipas__domain_group_label(const sipas__domain *domain, int32_t level, int64_t group, char *buffer, size_t size)
{
    const sipas__domain_level *at = &domain->level[level];
    size_t used = 0;

    buffer[0] = '\0';
    for (int32_t i = 0; i < domain->n_by; i++) {
        char text[32];
        int written;

        if (!((at->mask >> i) & 1u) || used >= size) continue;
        written = snprintf(buffer + used, size - used, "%s%s=%s", used ? " " : "", domain->name[i],
                           sipas__codes_label(&domain->by[i],
                                              domain->cell_level[(int64_t)at->group_cell[group] * domain->n_by + i],
                                              text));
        used += written > 0 ? (size_t)written : 0;
    }
}

void sipas__domain_clear(sipas__domain *domain)
{
    sipas_ctx *ctx = domain->ctx;

    for (int32_t i = 0; i < domain->n_by; i++) {
        sipas__codes_clear(&domain->by[i]);
        sipas__map_clear(&domain->cross[i]);
        sipas__free(ctx, domain->name[i]);
    }
    for (int32_t i = 0; i < SIPAS__MOST_BY; i++) sipas__free(ctx, domain->run_codes[i]);
    sipas__runs_clear(&domain->runs);
    for (int32_t i = 0; domain->level && i < domain->n_levels; i++) {
        sipas__free(ctx, domain->level[i].cell_group);
        sipas__free(ctx, domain->level[i].group_cell);
    }
    sipas__free(ctx, domain->level);
    sipas__free(ctx, domain->cell_level);
    sipas_ctx_free(ctx);
    memset(domain, 0, sizeof *domain);
}
