/*
 * Domains by crossing columns of codes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/domain.h"

#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "base/options.h"
#include "base/text.h"
#include "data/column.h"
#include "data/map.h"

void sipas_domains_init(sipas_domains *domains)
{
    const sipas_domains initial = SIPAS_DOMAINS_INIT;

    if (domains) *domains = initial;
}

/* Names are columns of the result. */
static sipas_status check_name(const char *given, int32_t i, sipas_error *err)
{
    const char *fault = given ? sipas__code_fault(given) : "is NULL";

    if (!fault) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, i, "names", "names: that of by column %d %s",
                            (int)i + 1, fault);
}

/* Rows inside `where` that lack a code of a column; with `first`, only the first of them is looked for. */
static int64_t count_missing(const sipas__domain *domain, const sipas__coded *by, int64_t *first)
{
    int64_t count = 0;
    int32_t level[SIPAS__TILE];

    for (int64_t row = 0; row < domain->n && !(first && count); row += SIPAS__TILE) {
        const int64_t n = domain->n - row < SIPAS__TILE ? domain->n - row : SIPAS__TILE;

        sipas__codes_read(&by->codes, row, n, level);
        for (int64_t k = 0; k < n; k++) {
            double weight = 1.0;

            if (level[k] >= 0) continue;
            sipas__domain_where(domain, row + k, 1, &weight);
            if (weight == 0.0) continue;
            if (first && count == 0) *first = row + k;
            count++;
        }
    }
    return count;
}

/* Rows outside `where` need no code; the others do, or a note says what became of them. */
static sipas_status settle_missing(sipas__domain *domain, sipas_error *err)
{
    const int refuse = domain->missing_by == SIPAS_MISSING_BY_ERROR;

    for (int32_t i = 0; i < domain->n_by; i++) {
        const char *name = domain->name[i];
        int64_t row = 0, count;

        if (sipas__column_is_whole(&domain->by[i].column)) continue;
        count = count_missing(domain, &domain->by[i], refuse ? &row : NULL);
        if (count == 0) continue;
        if (refuse)
            return sipas__error_set(err, SIPAS_ERR_MISSING, row, SIPAS__NOWHERE, name, "row %lld: %s is missing",
                                    (long long)row, name);
        if (!sipas__sayings_add(&domain->sayings, "by_missing",
                                domain->missing_by == SIPAS_MISSING_BY_DROP
                                    ? "%lld rows have no code of %.60s, and are in no group of the levels that cross it"
                                    : "%lld rows have no code of %.60s, and are a group whose cell there is missing",
                                (long long)count, name))
            return sipas__error_memory(err);
    }
    return SIPAS_OK;
}

static sipas_status read_columns(sipas__domain *domain, const sipas_domains *own, sipas_error *err)
{
    const int may_miss = sipas__column_given(own->where) || domain->missing_by != SIPAS_MISSING_BY_ERROR;
    sipas__key keys[SIPAS__MOST_BY];
    sipas_status status;

    if (sipas__column_given(own->where)) {
        if ((status = sipas__column_check(own->where, domain->n, SIPAS__FLAGS, "where", err)) < 0) return status;
        domain->where = *own->where;
    }
    for (int32_t i = 0; i < own->n_by; i++) {
        char name[16];
        const char *given = own->names ? own->names[i] : NULL;

        if (own->names && (status = check_name(given, i, err)) < 0) return status;

        (void)sipas__text_format(name, sizeof name, "by%d", (int)i + 1);
        domain->name[i] = sipas__text_copy(domain->ctx, given ? given : name);
        domain->n_by = i + 1;
        if (!domain->name[i]) return sipas__error_memory(err);
        status = sipas__coded_init(&domain->by[i], domain->ctx, &own->by[i], domain->n, domain->name[i], may_miss,
                                   &keys[i], err);
        if (status == SIPAS_OK && own->orders)
            status = sipas__coded_order(&domain->by[i], &own->orders[i], domain->n, domain->name[i], err);
        if (status < 0) return status;
    }
    if (!sipas__patterns_init(&domain->patterns, domain->ctx, domain->n, keys, own->n_by, 0))
        return sipas__patterns_fault(&domain->patterns, err);
    for (int32_t i = 0; i < own->n_by; i++) {
        status = sipas__coded_levels(&domain->by[i], &domain->patterns, domain->name[i], err);
        if (status < 0) return status;
        if (!sipas__alike_codes(&domain->sayings, &domain->by[i].codes, domain->name[i]))
            return sipas__error_memory(err);
    }
    return may_miss ? settle_missing(domain, err) : SIPAS_OK;
}

/*
 * Groups of n things by the levels of the columns in `mask`, one column after the other: groups ascend, the first column slowest;
 * a missing code comes behind all others. Level of thing t in column i: level[t * n_by + i]. False when there is no memory.
 */
static int group(const sipas__domain *domain, uint32_t mask, int64_t n, const int32_t *level, int32_t *group_of,
                 int64_t *n_groups)
{
    uint64_t *keys = sipas__alloc(domain->ctx, n, sizeof *keys);
    int done = keys != NULL;

    *n_groups = 1;
    for (int32_t i = 0; i < domain->n_by && done; i++) {
        const int64_t n_levels = domain->by[i].codes.n_levels;
        sipas__map map;

        if (!((mask >> i) & 1u)) continue;
        for (int64_t t = 0; t < n; t++) {
            const int64_t own = level[t * domain->n_by + i];

            keys[t] = (uint64_t)(group_of[t] * (n_levels + 1) + (own < 0 ? n_levels : own));
        }
        done = sipas__map_number(&map, domain->ctx, (uint64_t)(*n_groups * (n_levels + 1)), keys, n, group_of);
        *n_groups = map.n;
        sipas__map_clear(&map);
    }
    sipas__free(domain->ctx, keys);
    return done;
}

/* Cells: the patterns in ascending order. */
static sipas_status make_cells(sipas__domain *domain, sipas_error *err)
{
    const int64_t n = domain->patterns.n, n_by = domain->n_by;
    const int64_t room = n * (n_by ? n_by : 1);
    int32_t *level = sipas__alloc(domain->ctx, room, sizeof *level);
    int done;

    domain->pattern_cell = sipas__alloc(domain->ctx, n, sizeof *domain->pattern_cell);
    domain->cell_level = sipas__alloc(domain->ctx, room, sizeof *domain->cell_level);
    done = level && domain->pattern_cell && domain->cell_level;
    for (int64_t p = 0; done && p < n; p++)
        for (int64_t i = 0; i < n_by; i++) level[p * n_by + i] = domain->by[i].level[p];
    if (done) done = group(domain, UINT32_MAX, n, level, domain->pattern_cell, &domain->n_cells);
    for (int64_t p = 0; done && p < n; p++)
        for (int64_t i = 0; i < n_by; i++) domain->cell_level[domain->pattern_cell[p] * n_by + i] = level[p * n_by + i];
    sipas__free(domain->ctx, level);
    return done ? SIPAS_OK : sipas__error_memory(err);
}

/* Whether a cell has the codes of all columns of a level. */
static int has_codes(const sipas__domain *domain, uint32_t mask, int64_t cell)
{
    int whole = 1;

    for (int32_t i = 0; i < domain->n_by; i++)
        if ((mask >> i) & 1u) whole &= domain->cell_level[cell * domain->n_by + i] >= 0;
    return whole;
}

/* Takes the groups that lack a code out of a level; the others keep their order. False when there is no memory. */
static int drop_missing(const sipas__domain *domain, sipas__domain_level *level)
{
    int32_t *number = sipas__alloc(domain->ctx, level->n_groups, sizeof *number);
    int32_t n = 0;

    if (!number) return 0;
    for (int64_t cell = 0; cell < domain->n_cells; cell++)
        if (has_codes(domain, level->mask, cell)) number[level->cell_group[cell]] = 1;
    for (int64_t g = 0; g < level->n_groups; g++) number[g] = number[g] ? n++ : SIPAS__NO_LEVEL;
    for (int64_t cell = 0; cell < domain->n_cells; cell++) level->cell_group[cell] = number[level->cell_group[cell]];
    level->n_groups = n;
    sipas__free(domain->ctx, number);
    return 1;
}

/* No group would be no table. */
static sipas_status no_codes(const sipas__domain *domain, int32_t level, sipas_error *err)
{
    char label[128];

    sipas__domain_level_label(domain, level, label, sizeof label);
    sipas__text_cut(label, sizeof label);
    return sipas__error_set(err, SIPAS_ERR_MISSING, SIPAS__NOWHERE, SIPAS__NOWHERE, "by",
                            "by: no row has a code in every column of %s", label);
}

/* Joins cells to the groups of a level. */
static sipas_status join_level(const sipas__domain *domain, int32_t number, sipas_error *err)
{
    sipas__domain_level *level = &domain->level[number];

    level->cell_group = sipas__alloc(domain->ctx, domain->n_cells, sizeof *level->cell_group);
    if (!level->cell_group ||
        !group(domain, level->mask, domain->n_cells, domain->cell_level, level->cell_group, &level->n_groups))
        return sipas__error_memory(err);
    if (domain->missing_by != SIPAS_MISSING_BY_GROUP && !drop_missing(domain, level)) return sipas__error_memory(err);
    if (level->n_groups == 0) return no_codes(domain, number, err);
    level->group_cell = sipas__alloc(domain->ctx, level->n_groups, sizeof *level->group_cell);
    if (!level->group_cell) return sipas__error_memory(err);
    for (int64_t cell = domain->n_cells - 1; cell >= 0; cell--)
        if (level->cell_group[cell] >= 0) level->group_cell[level->cell_group[cell]] = (int32_t)cell;
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
        if ((status = join_level(domain, i, err)) < 0) return status;
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
    if ((status = sipas__options_check("reserved", own.reserved, 0, 0, err)) < 0) return status;
    if ((status = sipas__options_enum("missing_by", own.missing_by, SIPAS__ENUM_MISSING_BY, err)) < 0) return status;
    if ((status = sipas__options_check("reserved2", own.reserved2, 0, 0, err)) < 0) return status;
    if (own.n_by && !own.by) return sipas__error_argument(err, "by", "is NULL though n_by is not 0");
    if (own.n_levels && !own.levels) return sipas__error_argument(err, "levels", "is NULL though n_levels is not 0");
    domain->ctx = sipas__ctx_ref(ctx);
    domain->sayings.ctx = domain->ctx;
    domain->n = n;
    domain->missing_by = own.missing_by ? own.missing_by : SIPAS_MISSING_BY_ERROR;
    if ((status = read_columns(domain, &own, err)) < 0 || (status = make_cells(domain, err)) < 0 ||
        (status = make_levels(domain, &own, err)) < 0)
        sipas__domain_clear(domain);
    return status;
}

void sipas__domain_read(const sipas__domain *domain, int64_t row, int64_t n, int32_t *cell)
{
    sipas__patterns_find(&domain->patterns, row, n, cell);
    for (int64_t i = 0; i < n; i++) cell[i] = domain->pattern_cell[cell[i]];
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

    (void)sipas__text_format(buffer, size, "all");
    for (int32_t i = 0; i < domain->n_by; i++) {
        int written;

        if (!((domain->level[level].mask >> i) & 1u) || used >= size) continue;
        written = sipas__text_format(buffer + used, size - used, "%s%s", used ? "*" : "", domain->name[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

void sipas__domain_group_label(const sipas__domain *domain, int32_t level, int64_t group, char *buffer, size_t size)
{
    const sipas__domain_level *at = &domain->level[level];
    size_t used = 0;

    buffer[0] = '\0';
    for (int32_t i = 0; i < domain->n_by; i++) {
        const int64_t code = domain->cell_level[(int64_t)at->group_cell[group] * domain->n_by + i];
        char text[32];
        int written;

        if (!((at->mask >> i) & 1u) || used >= size) continue;
        written = sipas__text_format(buffer + used, size - used, "%s%s%s%s", used ? " " : "", domain->name[i],
                                     code < 0 ? " " : "=",
                                     code < 0 ? "missing" : sipas__codes_label(&domain->by[i].codes, code, text));
        used += written > 0 ? (size_t)written : 0;
    }
}

void sipas__domain_clear(sipas__domain *domain)
{
    sipas_ctx *ctx = domain->ctx;

    for (int32_t i = 0; i < domain->n_by; i++) {
        sipas__coded_clear(&domain->by[i]);
        sipas__free(ctx, domain->name[i]);
    }
    sipas__patterns_clear(&domain->patterns);
    sipas__free(ctx, domain->pattern_cell);
    for (int32_t i = 0; domain->level && i < domain->n_levels; i++) {
        sipas__free(ctx, domain->level[i].cell_group);
        sipas__free(ctx, domain->level[i].group_cell);
    }
    sipas__free(ctx, domain->level);
    sipas__free(ctx, domain->cell_level);
    sipas__free(ctx, domain->own_where);
    sipas__sayings_clear(&domain->sayings);
    sipas_ctx_free(ctx);
    memset(domain, 0, sizeof *domain);
}
