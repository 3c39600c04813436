/*
 * Domains that lie in one PSU, when an error *within that PSU* is asked for: the estimation is made again under the same
 * design with those PSUs flagged as certain, so that each is a stratum and its next stage's units are the PSUs. Only the
 * rows of such domains are taken from it. Costs one more estimation.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "engine/estimation.h"

struct sipas__conditional {
    sipas_design *design;
    uint8_t *flags; /* by row: in a PSU that is taken as certain */
    sipas__estimation estimation;
};

/* Marks the PSU of every domain that lies in one; returns how many there are. */
static int64_t mark_psus(const sipas__estimation *e, uint8_t *marks)
{
    const sipas__moments *m = &e->moments;
    int64_t met = 0;

    for (int32_t i = 0; i < e->linear.n_levels; i++) {
        const sipas__linear_level *at = &e->linear.level[i];

        for (int64_t g = 0; g < at->n_groups; g++)
            for (int64_t j = at->start[g]; at->domain_psus[g] == 1 && j < at->start[g + 1]; j++) {
                const int64_t s = at->segments[j], psu = sipas__moments_psu(m, s);

                if (sipas__moments_rows(m, s) == 0 || psu < 0) continue;
                met += !marks[psu];
                marks[psu] = 1;
            }
    }
    return met;
}

/* Flags their rows. A unit that is certain already has given way to its next stage: nothing is flagged there. */
static int flag_rows(const sipas_design *design, const uint8_t *marks, uint8_t *flags)
{
    sipas__design_tile *tile = sipas__alloc(design->ctx, 1, sizeof *tile);
    uint8_t certain[SIPAS__TILE];

    for (int64_t row = 0; tile && row < design->n; row += SIPAS__TILE) {
        const int64_t n = design->n - row < SIPAS__TILE ? design->n - row : SIPAS__TILE;

        sipas__design_read(design, row, n, tile);
        sipas__design_certain_rows(design, row, n, certain);
        for (int64_t i = 0; i < n; i++) flags[row + i] = certain[i] || marks[tile->unit[0][i]];
    }
    sipas__free(design->ctx, tile);
    return tile != NULL;
}

static sipas_status make(const sipas__estimation *e, sipas__conditional *c, sipas_error *err)
{
    sipas__request request = e->request;
    sipas_status status = sipas__design_with_certain(e->request.design, c->flags, &c->design, err);

    if (status < 0) return status;
    request.design = c->design;
    request.cov = 0;
    request.deff = SIPAS_DEFF_NONE;
    return sipas__estimation_init(&c->estimation, &request, err);
}

sipas_status sipas__estimation_conditional(sipas__estimation *e, sipas_error *err)
{
    const sipas_design *design = e->request.design;
    uint8_t *marks;
    sipas_status status = SIPAS_OK;

    if (design->one_psu != SIPAS_ONE_PSU_CONDITIONAL || e->request.totals || design->stage[0].rows_are_units)
        return SIPAS_OK;
    marks = sipas__alloc(e->ctx, design->n_psus, 1);
    if (!marks) return sipas__error_memory(err);
    if (mark_psus(e, marks) > 0) {
        e->conditional = sipas__alloc(e->ctx, 1, sizeof *e->conditional);
        if (e->conditional) e->conditional->flags = sipas__alloc(e->ctx, design->n, 1);
        if (!e->conditional || !e->conditional->flags || !flag_rows(design, marks, e->conditional->flags))
            status = sipas__error_memory(err);
        if (status == SIPAS_OK) status = make(e, e->conditional, err);
    }
    sipas__free(e->ctx, marks);
    return status;
}

const sipas__estimation *sipas__conditional_of(const sipas__estimation *e, int32_t level, int64_t group)
{
    return e->conditional && e->linear.level[level].domain_psus[group] == 1 ? &e->conditional->estimation : NULL;
}

sipas__estimation *sipas__conditional_made(const sipas__estimation *e)
{
    return e->conditional ? &e->conditional->estimation : NULL;
}

void sipas__conditional_clear(sipas__estimation *e)
{
    if (!e->conditional) return;
    sipas__estimation_clear(&e->conditional->estimation);
    sipas_design_free(e->conditional->design);
    sipas__free(e->ctx, e->conditional->flags);
    sipas__free(e->ctx, e->conditional);
}
