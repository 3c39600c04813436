/*
 * Collapsed strata: a first-stage stratum with one PSU is taken together with a partner (Cochran 1977, §5A.12; Wolter
 * 2007, §2.5). The variance within a collapsed stratum is too large by what sets its strata apart, never too small
 * on average.
 *
 * The sampling fraction of a collapsed stratum is all units drawn over all units there are, Σ n_h / Σ (n_h / f_h), and 0
 * (with replacement) where one of its strata has none. O(rows + strata × lonely strata).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/context.h"
#include "data/alike.h"
#include "data/column.h"
#include "data/design.h"

/* What the search for partners looks at. */
typedef struct search {
    const sipas__stage *first;
    int32_t rule;
    double *size;   /* by stratum */
    int32_t *given; /* by stratum: level of its code in `collapse_strata`; NULL = not given */
    int32_t *root;  /* by stratum: first stratum of its group */
} search;

static int taken_whole(const search *s, int64_t h)
{
    return s->first->stratum_f[h] >= SIPAS__TAKEN_WHOLE;
}

/* How far stratum g is from being the partner of h: the least is taken. */
static double distance(const search *s, int64_t h, int64_t g)
{
    const double steps = (double)(g > h ? g - h : h - g), other_side = (double)s->first->n_strata;

    switch (s->rule) {
    case SIPAS_COLLAPSE_SMALLEST: return s->size[g];
    case SIPAS_COLLAPSE_LARGEST: return -s->size[g];
    case SIPAS_COLLAPSE_NEAREST: return fabs(s->size[g] - s->size[h]);
    case SIPAS_COLLAPSE_PREVIOUS: return g < h ? steps : steps + other_side;
    default: return g > h ? steps : steps + other_side;
    }
}

static int64_t find_partner(const search *s, int64_t h)
{
    int64_t best = -1;

    for (int64_t g = 0; g < s->first->n_strata; g++) {
        if (g == h || taken_whole(s, g)) continue;
        if (best < 0 || distance(s, h, g) < distance(s, h, best)) best = g;
    }
    return best;
}

static void join(const search *s, int64_t a, int64_t b)
{
    const int32_t low = s->root[a] < s->root[b] ? s->root[a] : s->root[b];
    const int32_t high = s->root[a] < s->root[b] ? s->root[b] : s->root[a];

    for (int64_t h = 0; low != high && h < s->first->n_strata; h++)
        if (s->root[h] == high) s->root[h] = low;
}

static int in_a_group(const search *s, int64_t h)
{
    int64_t members = 0;

    for (int64_t g = 0; g < s->first->n_strata; g++) members += s->root[g] == s->root[h];
    return members > 1;
}

static void find_partners(const search *s)
{
    for (int64_t h = 0; h < s->first->n_strata; h++) s->root[h] = (int32_t)h;
    for (int64_t h = 0; h < s->first->n_strata; h++) {
        if (s->first->stratum_units[h] != 1 || taken_whole(s, h) || in_a_group(s, h)) continue;
        if (s->rule == SIPAS_COLLAPSE_GIVEN) {
            for (int64_t g = 0; g < s->first->n_strata; g++)
                if (s->given[g] == s->given[h] && !taken_whole(s, g)) join(s, h, g);
        } else {
            const int64_t partner = find_partner(s, h);

            if (partner >= 0) join(s, h, partner);
        }
    }
}

/* Numbers the groups and sums what they hold. */
static int make_groups(sipas_design *design, const search *s)
{
    sipas__collapse *c = &design->collapse;
    const int64_t n = s->first->n_strata;

    c->group = sipas__alloc(design->ctx, n, sizeof *c->group);
    c->units = sipas__alloc(design->ctx, n, sizeof *c->units);
    c->strata = sipas__alloc(design->ctx, n, sizeof *c->strata);
    c->f = sipas__alloc(design->ctx, n, sizeof *c->f);
    if (!c->group || !c->units || !c->strata || !c->f) return 0;
    for (int64_t h = 0; h < n; h++) {
        const int32_t g = s->root[h] == h ? (int32_t)c->n_groups++ : c->group[s->root[h]];

        c->group[h] = g;
        c->units[g] += s->first->stratum_units[h];
        c->strata[g]++;
        c->f[g] += s->first->stratum_f[h] > 0.0 ? (double)s->first->stratum_units[h] / s->first->stratum_f[h]
                                                : INFINITY;
    }
    for (int64_t g = 0; g < c->n_groups; g++) c->f[g] = (double)c->units[g] / c->f[g];
    return 1;
}

/* ---- what strata are like ---- */

static sipas_status read_sizes(sipas_design *design, const sipas_design_opts *opts, search *s, sipas__design_tile *tile,
                               sipas_error *err)
{
    sipas__codes codes = {0};
    int32_t levels[SIPAS__TILE] = {0};
    sipas_status status = SIPAS_OK;

    if (s->rule == SIPAS_COLLAPSE_GIVEN)
        status = sipas__codes_init(&codes, design->ctx, opts->collapse_strata, design->n, "collapse_strata", 0, err);
    if (status == SIPAS_OK && !sipas__alike_codes(&design->sayings, &codes, "collapse_strata"))
        status = sipas__error_memory(err);
    for (int64_t h = 0; h < s->first->n_strata; h++) s->given[h] = -1;
    for (int64_t row = 0; status == SIPAS_OK && row < design->n; row += SIPAS__TILE) {
        const int64_t n = design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;

        sipas__design_read(design, row, n, tile);
        if (s->rule == SIPAS_COLLAPSE_GIVEN) sipas__codes_read(&codes, row, n, levels);
        for (int64_t i = 0; i < n && status == SIPAS_OK; i++) {
            const int64_t h = tile->stratum[0][i];

            s->size[h] += tile->weight[i];
            if (s->given[h] < 0) s->given[h] = levels[i];
            if (s->given[h] != levels[i])
                status =
                    sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, "collapse_strata",
                                     "row %lld: collapse_strata differs from that of an earlier row of its stratum",
                                     (long long)(row + i));
        }
    }
    for (int64_t h = 0; opts->collapse_by == SIPAS_COLLAPSE_BY_UNITS && h < s->first->n_strata; h++)
        s->size[h] = (double)s->first->stratum_units[h];
    sipas__codes_clear(&codes);
    return status;
}

static sipas_status check_options(const sipas_design_opts *opts, sipas_error *err)
{
    const int given = sipas__column_given(opts->collapse_strata);

    if (opts->lonely_psu == SIPAS_LONELY_COLLAPSE && opts->pps)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "lonely_psu",
                                "option lonely_psu: collapse is not for unequal probabilities");
    if ((opts->lonely_psu == SIPAS_LONELY_COLLAPSE && opts->collapse == SIPAS_COLLAPSE_GIVEN) == given) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "collapse_strata",
                            "option collapse_strata: belongs to SIPAS_COLLAPSE_GIVEN, and that to it");
}

sipas_status sipas__design_collapse(sipas_design *design, const sipas_design_opts *opts, sipas__design_tile *tile,
                                    sipas_error *err)
{
    const int64_t n = design->stage[0].n_strata;
    search s = {&design->stage[0], opts->collapse, NULL, NULL, NULL};
    sipas_status status = check_options(opts, err);
    int64_t lonely = 0;

    if (status < 0 || design->lonely_psu != SIPAS_LONELY_COLLAPSE) return status;
    for (int64_t h = 0; h < n; h++) lonely += s.first->stratum_units[h] == 1 && !taken_whole(&s, h);
    if (lonely == 0 && opts->collapse != SIPAS_COLLAPSE_GIVEN) return SIPAS_OK;
    s.size = sipas__alloc(design->ctx, n, sizeof *s.size);
    s.given = sipas__alloc(design->ctx, n, sizeof *s.given);
    s.root = sipas__alloc(design->ctx, n, sizeof *s.root);
    if (!s.size || !s.given || !s.root) status = sipas__error_memory(err);
    if (status == SIPAS_OK) status = read_sizes(design, opts, &s, tile, err);
    if (status == SIPAS_OK && lonely > 0) {
        find_partners(&s);
        if (!make_groups(design, &s)) status = sipas__error_memory(err);
    }
    sipas__free(design->ctx, s.size);
    sipas__free(design->ctx, s.given);
    sipas__free(design->ctx, s.root);
    return status;
}

void sipas__design_clear_collapse(sipas_design *design)
{
    sipas__collapse *c = &design->collapse;

    sipas__free(design->ctx, c->group);
    sipas__free(design->ctx, c->units);
    sipas__free(design->ctx, c->strata);
    sipas__free(design->ctx, c->f);
}
