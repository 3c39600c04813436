/*
 * Ids that cross strata. Ids nest in their strata, so that PSU 1 of stratum 1 and PSU 1 of stratum 2 are two PSUs; where a code was
 * meant to be one unit everywhere, that doubles units without a word. Here the codes are counted that stand, within one unit of the
 * stage above, in several strata of their stage: they are noted, or refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/context.h"
#include "data/design.h"
#include "data/map.h"

/* One stage: things (patterns, or rows) with their unit of the stage above, their id and their stratum. */
typedef struct crossing {
    const sipas_design *design;
    int32_t stage;
    int64_t n;
    uint64_t *key;   /* above × ids + id */
    int32_t *number; /* of the key; work place of the map */
    int32_t *stratum;
    int32_t *first; /* by number: 1 + the stratum of its first thing, negative when another one was met */
    const sipas__codes *ids;
    int64_t count; /* codes that cross */
    int64_t thing; /* the first thing in a second stratum; -1 = none */
    int32_t other; /* the first stratum of its code */
} crossing;

static sipas_status count_crossings(crossing *c, sipas_error *err)
{
    sipas__map map = {0};
    const uint64_t range = (uint64_t)c->n * (uint64_t)c->ids->n_levels;
    const sipas_status status = sipas__map_number_asking(&map, c->design->ctx, range, c->key, c->n, c->number, err);

    c->count = 0;
    c->thing = -1;
    for (int64_t i = 0; status == SIPAS_OK && i < c->n; i++) {
        int32_t *first = &c->first[c->number[i]];

        if (*first == 0) *first = c->stratum[i] + 1;
        if (*first < 0 || *first == c->stratum[i] + 1) continue;
        if (c->count++ == 0) {
            c->thing = i;
            c->other = *first - 1;
        }
        *first = -1;
    }
    sipas__map_clear(&map);
    return status;
}

/* The note, or the error that names the code and both strata. */
static sipas_status tell(sipas_design *design, const crossing *c, int64_t level, int64_t row, int refuse,
                         sipas_error *err)
{
    const sipas__codes *strata = &design->strata[c->stage].codes;
    const char *const what = c->stage > 0 ? "unit" : "PSU";
    char id[32], one[32], other[32], where[32] = "";
    const char *code = sipas__codes_label(c->ids, level, id);
    const char *first = sipas__codes_label(strata, c->other, one);
    const char *second = sipas__codes_label(strata, c->stratum[c->thing], other);
    int done;

    if (c->stage > 0) (void)sipas__text_format(where, sizeof where, " of stage %d", (int)c->stage + 1);
    if (refuse)
        return sipas__error_set(
            err, SIPAS_ERR_VALUE, row, c->stage, code,
            "row %lld: %s %.60s%s stands in stratum %.60s and in stratum %.60s, which option nest does not allow",
            (long long)row, what, code, where, first, second);
    if (c->count == 1)
        done = sipas__sayings_add(
            &design->sayings, "nested",
            "%s code %.60s%s stands in strata %.60s and %.60s, and is taken for a %s of its own in each", what, code,
            where, first, second, what);
    else
        done = sipas__sayings_add(
            &design->sayings, "nested",
            "%lld %s codes%s stand in several strata, as %.60s in %.60s and %.60s, and are taken for a %s of "
            "their own in each",
            (long long)c->count, what, where, code, first, second, what);
    return done ? SIPAS_OK : sipas__error_memory(err);
}

static int alloc_crossing(crossing *c)
{
    const sipas_ctx *ctx = c->design->ctx;

    c->key = sipas__alloc(ctx, c->n, sizeof *c->key);
    c->number = sipas__alloc(ctx, c->n, sizeof *c->number);
    c->stratum = sipas__alloc(ctx, c->n, sizeof *c->stratum);
    c->first = sipas__alloc(ctx, c->n, sizeof *c->first);
    return c->key && c->number && c->stratum && c->first;
}

static void clear_crossing(crossing *c)
{
    const sipas_ctx *ctx = c->design->ctx;

    sipas__free(ctx, c->key);
    sipas__free(ctx, c->number);
    sipas__free(ctx, c->stratum);
    sipas__free(ctx, c->first);
}

/* The ids of a stage by pattern. `above`: unit of the stage above, by pattern. */
static sipas_status look_at_patterns(sipas_design *design, int32_t stage, const int32_t *above, int refuse,
                                     sipas_error *err)
{
    crossing c = {.design = design, .stage = stage, .n = design->patterns.n, .ids = &design->clusters[stage].codes};
    sipas_status status = alloc_crossing(&c) ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t p = 0; status == SIPAS_OK && p < c.n; p++) {
        c.key[p] = (uint64_t)above[p] * (uint64_t)c.ids->n_levels + (uint64_t)design->clusters[stage].level[p];
        c.stratum[p] = design->strata[stage].level[p];
    }
    if (status == SIPAS_OK) status = count_crossings(&c, err);
    if (status == SIPAS_OK && c.thing >= 0)
        status = tell(design, &c, design->clusters[stage].level[c.thing], design->patterns.row[c.thing], refuse, err);
    clear_crossing(&c);
    return status;
}

/* Ids that tell every row apart are in no pattern: they are read row by row. */
static sipas_status look_at_rows(sipas_design *design, int32_t stage, const int32_t *above, int refuse,
                                 sipas_error *err)
{
    sipas__codes ids = {0};
    crossing c = {.design = design, .stage = stage, .n = design->n, .ids = &ids};
    int32_t pattern[SIPAS__TILE], level[SIPAS__TILE];
    sipas_status status = sipas__codes_init(&ids, design->ctx, &design->clusters[stage].column, design->n, "cluster", 0,
                                            err);

    if (status == SIPAS_OK && !alloc_crossing(&c)) status = sipas__error_memory(err);
    for (int64_t row = 0; status == SIPAS_OK && row < c.n; row += SIPAS__TILE) {
        const int64_t count = c.n - row < SIPAS__TILE ? c.n - row : SIPAS__TILE;

        sipas__patterns_find(&design->patterns, row, count, pattern);
        sipas__codes_read(&ids, row, count, level);
        for (int64_t i = 0; i < count; i++) {
            c.key[row + i] = (uint64_t)above[pattern[i]] * (uint64_t)ids.n_levels + (uint64_t)level[i];
            c.stratum[row + i] = design->strata[stage].level[pattern[i]];
        }
    }
    if (status == SIPAS_OK) status = count_crossings(&c, err);
    if (status == SIPAS_OK && c.thing >= 0) {
        sipas__codes_read(&ids, c.thing, 1, level);
        status = tell(design, &c, level[0], c.thing, refuse, err);
    }
    clear_crossing(&c);
    sipas__codes_clear(&ids);
    return status;
}

/* Units of a stage by pattern, given those above: by their ids within strata. */
static int go_below(const sipas_design *design, int32_t stage, uint64_t *key, int32_t *unit)
{
    const int64_t n = design->patterns.n, n_ids = design->clusters[stage].codes.n_levels;
    const int64_t n_strata = design->strata[stage].codes.n_levels;
    sipas__map map = {0};
    int done = 1;

    for (int64_t p = 0; p < n; p++)
        key[p] = (uint64_t)unit[p] * (uint64_t)n_ids + (uint64_t)design->clusters[stage].level[p];
    done = sipas__map_number(&map, design->ctx, (uint64_t)n * (uint64_t)n_ids, key, n, unit);
    sipas__map_clear(&map);
    if (!done) return 0;
    for (int64_t p = 0; p < n; p++)
        key[p] = (uint64_t)unit[p] * (uint64_t)n_strata + (uint64_t)design->strata[stage].level[p];
    done = sipas__map_number(&map, design->ctx, (uint64_t)n * (uint64_t)n_strata, key, n, unit);
    sipas__map_clear(&map);
    return done;
}

sipas_status sipas__design_check_nesting(sipas_design *design, int refuse, sipas_error *err)
{
    const int32_t last = design->n_columns_clusters - 1;
    const int32_t stages = design->n_columns_strata <= last ? design->n_columns_strata : last + 1;
    uint64_t *key = sipas__alloc(design->ctx, design->patterns.n, sizeof *key);
    int32_t *above = sipas__alloc(design->ctx, design->patterns.n, sizeof *above);
    sipas_status status = key && above ? SIPAS_OK : sipas__error_memory(err);

    for (int32_t s = 0; s < stages && status == SIPAS_OK; s++) {
        status = s == last && design->last_ids_are_rows ? look_at_rows(design, s, above, refuse, err)
                                                        : look_at_patterns(design, s, above, refuse, err);
        if (status == SIPAS_OK && s + 1 < stages && !go_below(design, s, key, above)) status = sipas__error_memory(err);
    }
    sipas__free(design->ctx, key);
    sipas__free(design->ctx, above);
    return status;
}
