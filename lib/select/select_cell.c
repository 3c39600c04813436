/*
 * Drawing within one cell (a stratum, or a class of it): certainty units first, then the rest by the method, then main and
 * reserves told apart.
 *
 * The n + r units of main and reserve are one draw; the main ones are a simple random subsample of it, so that
 * π_main = π_{n+r} n / (n + r) for each unit that is not certain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "select/method.h"

/* Selection decides by comparing doubles: they must not carry hidden digits. */
_Static_assert(FLT_EVAL_METHOD == 0, "doubles are evaluated as doubles");

/* Hash of the stratum with its class. */
static uint64_t hash_of(const sipas__select_group *group, const sipas__select_cell *cell)
{
    if (!cell->class_name) return group->hash;
    return sipas__hash_child(group->hash ? group->hash : SIPAS__HASH_ROOT, cell->class_name);
}

/* Divides a cell into certainty units and the rest; units of size 0 fall away. */
static int64_t divide(const sipas__select_run *run, const sipas__select_cell *cell, int64_t *sure)
{
    int64_t n_units = 0;

    *sure = 0;
    for (int64_t i = 0; i < cell->n_units; i++) {
        int64_t unit = cell->units[i];

        if (run->task.method->takes_all || (run->frame.certain && run->frame.certain[unit]))
            run->scratch.sure[(*sure)++].index = unit;
        else if (!run->frame.size || run->frame.size[unit] > 0.0)
            run->scratch.items[n_units++].index = unit;
    }
    return n_units;
}

static int add_pick(sipas__select_run *run, const sipas__select_pick *pick)
{
    void *picks = run->result.picks;

    if (!sipas__grow(run->ctx, &picks, &run->result.picks_capacity, run->result.n_picks + 1, sizeof *run->result.picks))
        return 0;
    run->result.picks = picks;
    run->result.picks[run->result.n_picks++] = *pick;
    return 1;
}

/* Certainty units in canonical order. */
static int add_certain(sipas__select_run *run, sipas__select_pick *pick, int64_t sure, int whole)
{
    sipas__select_sort_canonically(run, run->scratch.sure, sure);
    pick->pi = pick->pi_reserve = 1.0;
    pick->certainty = 1;
    pick->own_stratum = !whole;
    if (!whole) pick->n = pick->population = 1;
    for (int64_t i = 0; i < sure; i++) {
        pick->unit = run->scratch.sure[i].index;
        pick->order++;
        if (!add_pick(run, pick)) return 0;
    }
    return 1;
}

/* The units drawn stand in run->scratch.items, in their order of use. */
static int add_drawn(sipas__select_run *run, sipas__select_pick *pick, const sipas__select_rest *from)
{
    pick->own_stratum = 0;
    for (int64_t i = 0; i < from->total; i++) {
        double pi[2];

        pick->unit = run->scratch.items[i].index;
        run->task.method->probabilities(run, from, pick->unit, pi);
        pick->order++;
        pick->is_reserve = i >= from->main;
        pick->pi = pi[0];
        pick->pi_reserve = pi[1];
        pick->certainty = from->main == from->n_units;
        if (!add_pick(run, pick)) return 0;
    }
    return 1;
}

sipas_status sipas__select_draw_cell(sipas__select_run *run, const sipas__select_group *group,
                                     const sipas__select_cell *cell, sipas_error *err)
{
    const sipas__select_method *method = run->task.method;
    const int64_t wanted = method->takes_all ? cell->n_units : cell->n;
    char name[160];
    sipas__select_pick pick = {0};
    sipas__select_rest from;
    sipas_status status;
    int64_t sure;

    from.n_units = divide(run, cell, &sure);
    if ((status = sipas__progress_between(run->ctx, "draw", cell->n_units, err)) < 0) return status;
    if (sure > wanted)
        return sipas__error_set(
            err, SIPAS_ERR_INFEASIBLE, group->row, run->task.stage_index, group->name,
            "stratum %s: %lld units are marked as certain, only %lld are wanted",
            sipas__select_stratum_name(group->name, group->is_path, cell->class_name, name, sizeof name),
            (long long)sure, (long long)wanted);
    if (method->find_certain) from.n_units = method->find_certain(run, from.n_units, wanted - sure, &sure);
    from.main = wanted - sure;
    from.total = from.main + cell->reserve;
    from.hash = hash_of(group, cell);
    pick.group = group->number;
    pick.class_name = cell->class_name;
    pick.n = wanted;
    pick.population = cell->able;
    if (!add_certain(run, &pick, sure, cell->able == wanted)) return sipas__error_memory(err);
    pick.n = cell->able == wanted ? wanted : from.main;
    pick.population = cell->able == wanted ? wanted : from.n_units;
    if ((status = sipas__progress_between(run->ctx, "draw", cell->n_units, err)) < 0 || from.total == 0) return status;
    method->draw(run, &from);
    if ((status = sipas__progress_between(run->ctx, "draw", cell->n_units, err)) < 0) return status;
    return add_drawn(run, &pick, &from) ? SIPAS_OK : sipas__error_memory(err);
}
