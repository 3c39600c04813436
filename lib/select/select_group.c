/*
 * A group (a stratum of a list, the units below a parent) is divided into cells by class, each cell gets its n from the quotas
 * or the default, what some lack is moved to others where that is allowed, and each cell is drawn.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "select/method.h"

enum { SHOWN_NAME = 160 };

static const char *cell_name(const sipas__select_group *group, const sipas__select_cell *cell, char *buffer)
{
    return sipas__select_stratum_name(group->name, group->is_path, cell->class_name, buffer, SHOWN_NAME);
}

/* ---- which cells ---- */

static sipas__select_cell *add_cell(sipas__select_run *run, int64_t at)
{
    void *cells = run->scratch.cells;

    if (!sipas__grow(run->ctx, &cells, &run->scratch.cells_capacity, at + 1, sizeof *run->scratch.cells)) return NULL;
    run->scratch.cells = cells;
    memset(&run->scratch.cells[at], 0, sizeof *run->scratch.cells);
    return &run->scratch.cells[at];
}

/* One cell per quota of the group. -1 when there is no memory. */
static int64_t cells_from_quotas(sipas__select_run *run, const sipas__select_group *group)
{
    int64_t n, first = sipas__select_quotas_find(run->task.quotas, group->quota_key, &n);

    for (int64_t i = 0; i < n; i++) {
        sipas__select_cell *cell = add_cell(run, i);

        if (!cell) return -1;
        cell->class_name = run->task.quotas->class_name[first + i];
        cell->unit_class = run->task.quotas->unit_class[first + i];
        cell->wanted = run->task.quotas->n[first + i];
        cell->reserve_wanted = run->task.quotas->reserve[first + i] < 0 ? group->reserve
                                                                        : run->task.quotas->reserve[first + i];
    }
    return n;
}

/* One cell per class that the group has, in ascending order; a single one without classes. run->scratch.cell_of marks those met. */
static int64_t cells_from_classes(sipas__select_run *run, const sipas__select_group *group)
{
    int64_t n = 0;

    for (int64_t i = 0; run->frame.class_of && i < group->n_units; i++) {
        int32_t unit_class = run->frame.class_of[group->units[i]];

        if (unit_class < 0 || run->scratch.cell_of[unit_class]) continue;
        run->scratch.cell_of[unit_class] = 1;
        run->scratch.items[n].key = (uint64_t)unit_class;
        run->scratch.items[n++].index = unit_class;
    }
    sipas__order_sort(run->scratch.items, run->scratch.items + run->scratch.capacity, n, NULL, NULL);
    for (int64_t i = 0; i < (n > 0 ? n : 1); i++) {
        sipas__select_cell *cell = add_cell(run, i);

        if (!cell) return -1;
        cell->unit_class = n > 0 ? (int32_t)run->scratch.items[i].index : SIPAS__ANY;
        cell->class_name = n > 0 ? run->frame.class_texts[cell->unit_class] : NULL;
        cell->wanted = group->n;
        cell->reserve_wanted = group->reserve;
    }
    for (int64_t i = 0; i < n; i++) run->scratch.cell_of[run->scratch.items[i].index] = 0;
    return n > 0 ? n : 1;
}

/* ---- which units ---- */

static sipas_status no_quota(const sipas__select_run *run, const sipas__select_group *group, int64_t unit,
                             sipas_error *err)
{
    char unit_name[SHOWN_NAME], name[SHOWN_NAME];
    const char *class_name = run->frame.class_of ? run->frame.class_texts[run->frame.class_of[unit]] : NULL;

    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, unit, run->task.stage_index,
                            class_name ? class_name : group->name, "unit %s: there is no quota for stratum %s",
                            run->frame.name(run->frame.things, unit, unit_name, sizeof unit_name),
                            sipas__select_stratum_name(group->name, group->is_path, class_name, name, sizeof name));
}

static sipas_status check_unit(const sipas__select_run *run, int64_t unit, sipas_error *err)
{
    char name[SHOWN_NAME];

    if (run->frame.class_of && run->frame.class_of[unit] < 0)
        return sipas__error_set(err, SIPAS_ERR_MISSING, unit, run->task.stage_index,
                                run->frame.name(run->frame.things, unit, name, sizeof name),
                                "unit %s: its class is missing",
                                run->frame.name(run->frame.things, unit, name, sizeof name));
    if (!run->frame.size) return SIPAS_OK;
    if (isnan(run->frame.size[unit]))
        return sipas__error_set(err, SIPAS_ERR_MISSING, unit, run->task.stage_index,
                                run->frame.name(run->frame.things, unit, name, sizeof name),
                                "unit %s: its size is missing",
                                run->frame.name(run->frame.things, unit, name, sizeof name));
    if (run->frame.size[unit] < 0.0 || run->frame.size[unit] > SIPAS__SELECT_LARGEST_SIZE)
        return sipas__error_set(err, SIPAS_ERR_VALUE, unit, run->task.stage_index,
                                run->frame.name(run->frame.things, unit, name, sizeof name), "unit %s: its size is %g",
                                run->frame.name(run->frame.things, unit, name, sizeof name), run->frame.size[unit]);
    return SIPAS_OK;
}

/* True when a unit can be drawn at all: under PPS not when its size is 0, unless it is marked as certain. */
static int is_able(const sipas__select_run *run, int64_t unit)
{
    return !run->frame.size || run->frame.size[unit] > 0.0 || (run->frame.certain && run->frame.certain[unit]);
}

/* Cell of a unit: 1 + the class's own, else the one without a class, else 0. run->scratch.cell_of[n_classes] is the latter's. */
static int64_t cell_of(const sipas__select_run *run, int64_t unit)
{
    int64_t own = run->frame.class_of ? run->scratch.cell_of[run->frame.class_of[unit]] : 0;

    return own ? own : run->scratch.cell_of[run->frame.n_classes];
}

static void mark_cells(const sipas__select_run *run, int64_t n_cells, int on)
{
    for (int64_t i = 0; i < n_cells; i++) {
        int32_t unit_class = run->scratch.cells[i].unit_class;

        if (unit_class >= SIPAS__ANY)
            run->scratch.cell_of[unit_class == SIPAS__ANY ? run->frame.n_classes : unit_class] = on ? i + 1 : 0;
    }
}

/* Puts the group's units into their cells, in the order they come. */
static sipas_status fill_cells(sipas__select_run *run, const sipas__select_group *group, int64_t n_cells,
                               sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    int64_t *at = run->scratch.members;

    mark_cells(run, n_cells, 1);
    for (int64_t i = 0; i < group->n_units && status == SIPAS_OK; i++) {
        int64_t unit = group->units[i], cell;

        status = sipas__progress_within(run->ctx, "draw", i, group->n_units, err);
        if (status == SIPAS_OK) status = check_unit(run, unit, err);
        if (status < 0) break;
        cell = cell_of(run, unit);
        if (cell == 0)
            status = no_quota(run, group, unit, err);
        else
            run->scratch.cells[cell - 1].n_units++;
    }
    for (int64_t i = 0; i < n_cells; i++) {
        run->scratch.cells[i].units = at;
        at += run->scratch.cells[i].n_units;
        run->scratch.cells[i].n_units = 0;
    }
    for (int64_t i = 0; i < group->n_units && status == SIPAS_OK; i++) {
        sipas__select_cell *cell = &run->scratch.cells[cell_of(run, group->units[i]) - 1];

        status = sipas__progress_within(run->ctx, "draw", i, group->n_units, err);
        cell->units[cell->n_units++] = group->units[i];
        cell->able += is_able(run, group->units[i]);
    }
    mark_cells(run, n_cells, 0);
    return status;
}

/* ---- how many of each ---- */

/* Main or reserve of a cell. */
static int64_t *count_of(sipas__select_cell *cell, int reserves)
{
    return reserves ? &cell->reserve : &cell->n;
}

static int64_t room_of(const sipas__select_cell *cell)
{
    return cell->able - cell->n - cell->reserve;
}

/* Hands out what cells lack, one unit at a time, to the cell with most room; returns what found no place. */
static int64_t move_lack(sipas__select_run *run, int64_t n_cells, int64_t lack, int reserves)
{
    while (lack > 0) {
        sipas__select_cell *best = NULL;

        for (int64_t i = 0; i < n_cells; i++) {
            sipas__select_cell *cell = &run->scratch.cells[i];

            if (cell->wanted > 0 && room_of(cell) > 0 && (!best || room_of(cell) > room_of(best))) best = cell;
        }
        if (!best) break;
        ++*count_of(best, reserves);
        lack--;
    }
    return lack;
}

/* a + b, or the largest number: nobody has as many units. */
static int64_t sum_up(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static sipas_status too_few(const sipas__select_run *run, const sipas__select_group *group,
                            const sipas__select_cell *cell, int64_t wanted, int64_t able, int reserves,
                            sipas_error *err)
{
    char name[SHOWN_NAME];

    return sipas__error_set(err, SIPAS_ERR_TOO_FEW, group->row, run->task.stage_index,
                            cell && cell->class_name ? cell->class_name : group->name,
                            "stratum %s: %lld units%s are wanted, only %lld can be drawn",
                            cell ? cell_name(group, cell, name) : group->name, (long long)wanted,
                            reserves ? " with their reserves" : "", (long long)able);
}

/*
 * Cuts each cell's n (or reserves) down to what is there, and does with the lack what `if_fewer` says. `n` comes before
 * the reserves, which are 0 until then.
 */
static sipas_status fit(sipas__select_run *run, const sipas__select_group *group, int64_t n_cells, int reserves,
                        sipas_error *err)
{
    const int moves = run->task.if_fewer == SIPAS_FEWER_MOVE || run->task.if_fewer == SIPAS_FEWER_MOVE_TAKE_ALL;
    const int takes = run->task.if_fewer == SIPAS_FEWER_TAKE_ALL || run->task.if_fewer == SIPAS_FEWER_MOVE_TAKE_ALL;
    int64_t lack = 0, left, drawn = 0;

    for (int64_t i = 0; i < n_cells; i++) {
        sipas__select_cell *cell = &run->scratch.cells[i];
        int64_t lacks = -room_of(cell);

        if (lacks <= 0) continue;
        if (!moves && !takes) return too_few(run, group, cell, cell->n + cell->reserve, cell->able, reserves, err);
        *count_of(cell, reserves) -= lacks;
        lack = sum_up(lack, lacks);
    }
    left = moves ? move_lack(run, n_cells, lack, reserves) : lack;
    if (left > 0 && !takes) {
        for (int64_t i = 0; i < n_cells; i++) drawn += run->scratch.cells[i].n + run->scratch.cells[i].reserve;
        return too_few(run, group, NULL, sum_up(drawn, left), drawn, reserves, err);
    }
    if (left < lack &&
        !sipas__select_remark_add(run, "moved", group->name, group->row,
                                  "stratum %s: %lld %s moved from classes that lack them to others", group->name,
                                  (long long)(lack - left), reserves ? "reserves" : "units"))
        return sipas__error_memory(err);
    if (left > 0 && !sipas__select_remark_add(run, "taken_all", group->name, group->row,
                                              "stratum %s: %lld %s fewer than wanted, for no more are there",
                                              group->name, (long long)left, reserves ? "reserves" : "units"))
        return sipas__error_memory(err);
    return SIPAS_OK;
}

static sipas_status set_counts(sipas__select_run *run, const sipas__select_group *group, int64_t n_cells,
                               sipas_error *err)
{
    sipas_status status;

    for (int64_t i = 0; i < n_cells; i++) {
        sipas__select_cell *cell = &run->scratch.cells[i];

        cell->n = cell->wanted;
        cell->reserve = 0;
    }
    status = fit(run, group, n_cells, 0, err);
    if (status < 0) return status;
    for (int64_t i = 0; i < n_cells; i++) {
        sipas__select_cell *cell = &run->scratch.cells[i];
        const int64_t most = INT64_MAX - cell->n; /* so that the sum of both is a number */

        cell->reserve = cell->reserve_wanted < most ? cell->reserve_wanted : most;
    }
    return fit(run, group, n_cells, 1, err);
}

/* ---- drawing ---- */

/* What a reader of the result must know about a cell. */
static int remark_cell(sipas__select_run *run, const sipas__select_group *group, const sipas__select_cell *cell)
{
    char name[SHOWN_NAME], unit[SHOWN_NAME];
    int64_t zero = cell->n_units - cell->able;

    if (zero > 0) {
        int64_t first = 0;

        while (is_able(run, cell->units[first])) first++;
        if (!sipas__select_remark_add(run, "zero_size", cell_name(group, cell, name), group->row,
                                      "stratum %s: %lld units of size 0 can never be drawn, %s among them", name,
                                      (long long)zero,
                                      run->frame.name(run->frame.things, cell->units[first], unit, sizeof unit)))
            return 0;
    }
    if (cell->n_units == 0 && run->task.method->takes_all)
        return sipas__select_remark_add(run, "empty", cell_name(group, cell, name), group->row,
                                        "stratum %s: no unit is there", name);
    if (cell->wanted == 0 && cell->able > 0 && !run->task.method->takes_all)
        return sipas__select_remark_add(run, "zero_quota", cell_name(group, cell, name), group->row,
                                        "stratum %s: none of %lld units is wanted", name, (long long)cell->able);
    return 1;
}

static sipas_status draw_cells(sipas__select_run *run, const sipas__select_group *group, int64_t n_cells,
                               sipas_error *err)
{
    for (int64_t i = 0; i < n_cells; i++) {
        const sipas__select_cell *cell = &run->scratch.cells[i];
        const char *fault = cell->class_name ? sipas__code_fault(cell->class_name) : NULL;
        sipas_status status;

        if (fault)
            return sipas__error_set(err, SIPAS_ERR_VALUE, group->row, run->task.stage_index, cell->class_name,
                                    "class \"%s\" %s", cell->class_name, fault);
        if (!remark_cell(run, group, cell)) return sipas__error_memory(err);
        status = sipas__select_draw_cell(run, group, cell, err);
        if (status < 0) return status;
    }
    return SIPAS_OK;
}

sipas_status sipas__select_draw_group(sipas__select_run *run, const sipas__select_group *group, sipas_error *err)
{
    int64_t n_cells;
    sipas_status status;

    if (!sipas__select_reserve(run, group->n_units)) return sipas__error_memory(err);
    n_cells = run->task.quotas ? cells_from_quotas(run, group) : cells_from_classes(run, group);
    if (n_cells < 0) return sipas__error_memory(err);
    status = fill_cells(run, group, n_cells, err);
    if (status < 0) return status;
    if (!run->task.method->takes_all) status = set_counts(run, group, n_cells, err);
    if (status < 0) return status;
    return draw_cells(run, group, n_cells, err);
}
