/*
 * A multi-stage draw from a tree: each stage draws below every unit that the stage before left, main units and reserves alike;
 * a unit that has nothing of the stage's level below it is left to the next stage as it is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "select/plan.h"

#include "base/context.h"
#include "data/column.h"

enum { SHOWN_PATH = 160 };

/* A unit to draw below, with the probability that it is there. */
typedef struct node {
    int64_t unit; /* or SIPAS__WHOLE_TREE */
    double pi, pi_reserve;
    uint8_t is_reserve;
} node;

typedef struct node_list {
    node *at;
    int64_t n, capacity;
} node_list;

static int append(const sipas__select_plan *plan, node_list *list, node item)
{
    void *at = list->at;

    if (!sipas__grow(plan->ctx, &at, &list->capacity, list->n + 1, sizeof *list->at)) return 0;
    list->at = at;
    list->at[list->n++] = item;
    return 1;
}

static int append_row(sipas__select_plan *plan, int32_t index, const node *parent, const sipas__select_pick *pick)
{
    void *rows = plan->rows;
    sipas__select_drawn *row;

    if (!sipas__grow(plan->ctx, &rows, &plan->rows_capacity, plan->n_rows + 1, sizeof *plan->rows)) return 0;
    plan->rows = rows;
    row = &plan->rows[plan->n_rows++];
    row->stage = index;
    row->parent = parent->unit;
    row->pick = *pick;
    row->pick.is_reserve = pick->is_reserve || parent->is_reserve;
    row->pi = parent->pi * pick->pi;
    row->pi_reserve = parent->pi_reserve * pick->pi_reserve;
    return 1;
}

static sipas_status check_candidate(const sipas__select_stage *from, int32_t index, int64_t unit, sipas_error *err)
{
    char path[SHOWN_PATH];

    if (!from->keyed || sipas__column_present(from->own.order_key_of, unit)) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_MISSING, unit, index, "order_key_of", "unit %s: its order key is missing",
                            sipas__unit_path(from->tree, unit, path, sizeof path));
}

/*
 * The highest units of the stage's level below a parent, in canonical order, into plan->units. *found counts the excluded
 * ones too, so that 0 means that the level is not there at all.
 */
static sipas_status find_below(sipas__select_plan *plan, const sipas__select_stage *from, int32_t index, int64_t parent,
                               int64_t *n, int64_t *found, sipas_error *err)
{
    const sipas_unit_tree *tree = plan->tree;
    int64_t at = parent == SIPAS__WHOLE_TREE ? 0 : tree->position[parent] + 1;
    const int64_t end = parent == SIPAS__WHOLE_TREE ? tree->n : tree->end[parent];
    int64_t uncovered = -1;
    char path[SHOWN_PATH];

    *n = *found = 0;
    while (at < end) {
        int64_t unit = tree->preorder[at];
        int is_wanted = from->level == SIPAS__NEXT_LEVEL || tree->level.of[unit] == from->level;

        if (is_wanted) ++*found;
        if (is_wanted && !sipas__select_plan_excludes(plan, unit)) {
            sipas_status status = check_candidate(from, index, unit, err);

            if (status < 0) return status;
            plan->units[(*n)++] = unit;
        }
        if (!is_wanted && !sipas__select_plan_excludes(plan, unit) && tree->end[unit] == at + 1 && uncovered < 0)
            uncovered = unit;
        at = is_wanted || sipas__select_plan_excludes(plan, unit) ? tree->end[unit] : at + 1;
    }
    if (*found == 0 || uncovered < 0) return SIPAS_OK;
    return sipas__error_set(
        err, SIPAS_ERR_TREE, uncovered, index, tree->code[uncovered],
        "stage %d: unit %s lies below no %s, so it could never be drawn; mark it as excluded if that is meant",
        (int)index + 1, sipas__unit_path(tree, uncovered, path, sizeof path), from->own.level);
}

/* n or reserve, read at the parent. */
static sipas_status count_at(const sipas__select_stage *from, int32_t index, const sipas_column *column,
                             const char *name, int64_t parent, int64_t *count, sipas_error *err)
{
    int64_t value = 0;
    char path[SHOWN_PATH];
    int state = parent == SIPAS__WHOLE_TREE || !sipas__column_given(column)
                    ? 0
                    : sipas__column_whole(column, parent, &value);

    if (state == 0) return SIPAS_OK;
    if (state < 0 || value < 0)
        return sipas__error_set(err, SIPAS_ERR_VALUE, parent, index, name,
                                "stage %d: unit %s: %s is %.17g, not a whole number of 0 or more", (int)index + 1,
                                sipas__unit_path(from->tree, parent, path, sizeof path), name,
                                sipas__column_f64(column, parent));
    *count = value;
    return SIPAS_OK;
}

static sipas_status pass(sipas__select_plan *plan, sipas__select_stage *from, const node *parent, node_list *next,
                         sipas_error *err)
{
    const char *level = from->own.level ? from->own.level : "unit";
    char path[SHOWN_PATH];

    if (!append(plan, next, *parent) ||
        !sipas__select_remark_add(&from->run, "passed", plan->tree->code[parent->unit], parent->unit,
                                  "unit %s has no %s below it and passes through stage %d",
                                  sipas__unit_path(plan->tree, parent->unit, path, sizeof path), level,
                                  from->run.task.stage_index + 1))
        return sipas__error_memory(err);
    return SIPAS_OK;
}

static sipas_status draw_below(sipas__select_plan *plan, int32_t index, const node *parent, node_list *next,
                               sipas_error *err)
{
    sipas__select_stage *from = &plan->stages[index];
    const int64_t unit = parent->unit, first_pick = from->run.result.n_picks;
    sipas__select_group group = {0};
    int64_t found;
    sipas_status status = find_below(plan, from, index, unit, &group.n_units, &found, err);

    if (status < 0) return status;
    if (found == 0 && unit != SIPAS__WHOLE_TREE) return pass(plan, from, parent, next, err);
    group.number = group.quota_key = group.row = unit;
    group.name = unit == SIPAS__WHOLE_TREE
                     ? "all"
                     : sipas__unit_path(plan->tree, unit, plan->path, (size_t)plan->tree->longest_path);
    group.is_path = 1;
    group.hash = unit == SIPAS__WHOLE_TREE ? 0 : plan->tree->hash[unit];
    group.units = plan->units;
    group.n = from->own.n;
    group.reserve = from->own.reserve;
    status = count_at(from, index, from->own.n_of, "n_of", unit, &group.n, err);
    if (status == SIPAS_OK)
        status = count_at(from, index, from->own.reserve_of, "reserve_of", unit, &group.reserve, err);
    if (status == SIPAS_OK) status = sipas__select_draw_group(&from->run, &group, err);
    for (int64_t i = first_pick; i < from->run.result.n_picks && status == SIPAS_OK; i++) {
        const sipas__select_pick *pick = &from->run.result.picks[i];
        node item;

        if (!append_row(plan, index, parent, pick)) return sipas__error_memory(err);
        item.unit = pick->unit;
        item.pi = plan->rows[plan->n_rows - 1].pi;
        item.pi_reserve = plan->rows[plan->n_rows - 1].pi_reserve;
        item.is_reserve = plan->rows[plan->n_rows - 1].pick.is_reserve;
        from->main += !item.is_reserve;
        from->reserve += item.is_reserve;
        if (!append(plan, next, item)) return sipas__error_memory(err);
    }
    return status;
}

/* Where the first stage draws: in the whole tree when a root has its level, else below each root. */
static sipas_status start(const sipas__select_plan *plan, node_list *front, sipas_error *err)
{
    const int64_t *root = plan->tree->child + plan->tree->child_start[0];
    const int64_t n_roots = plan->tree->child_start[1];
    node item = {SIPAS__WHOLE_TREE, 1.0, 1.0, 0};
    int whole = plan->stages[0].level == SIPAS__NEXT_LEVEL;

    for (int64_t i = 0; i < n_roots; i++)
        if (plan->tree->level.of[root[i]] == plan->stages[0].level) whole = 1;
    for (int64_t i = 0; i < (whole ? 1 : n_roots); i++) {
        if (!whole) item.unit = root[i];
        if (!whole && sipas__select_plan_excludes(plan, item.unit)) continue;
        if (!append(plan, front, item)) return sipas__error_memory(err);
    }
    return SIPAS_OK;
}

static sipas_status draw_stages(sipas__select_plan *plan, sipas_error *err)
{
    node_list front = {0}, next = {0}, swap;
    sipas_status status = start(plan, &front, err);

    for (int32_t k = 0; k < plan->n_stages && status == SIPAS_OK; k++) {
        next.n = 0;
        for (int64_t i = 0; i < front.n && status == SIPAS_OK; i++) {
            status = sipas__progress(plan->ctx, "draw_plan", k * front.n + i, plan->n_stages * front.n, err);
            if (status == SIPAS_OK) status = draw_below(plan, k, &front.at[i], &next, err);
        }
        swap = front;
        front = next;
        next = swap;
    }
    sipas__free(plan->ctx, front.at);
    sipas__free(plan->ctx, next.at);
    return status;
}

sipas_status sipas_draw_plan(sipas_ctx *ctx, const sipas_unit_tree *tree, const sipas_draw_stage *stages,
                             int32_t n_stages, const sipas_draw_plan_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas__select_plan plan = {0};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!tree) return sipas__error_argument(err, "tree", "is NULL");
    if (!stages) return sipas__error_argument(err, "stages", "is NULL");
    if (n_stages < 1 || n_stages > SIPAS__SELECT_STAGES)
        return sipas__error_argument(err, "n_stages", "is not between 1 and 8");
    plan.ctx = ctx;
    plan.tree = tree;
    plan.n_stages = n_stages;
    status = sipas__select_plan_read(&plan, stages, opts, err);
    if (status < 0) goto done;
    plan.path = sipas__alloc(ctx, tree->longest_path, 1);
    plan.units = sipas__alloc(ctx, tree->n, sizeof *plan.units);
    status = plan.path && plan.units ? draw_stages(&plan, err) : sipas__error_memory(err);
    if (status == SIPAS_OK && plan.n_rows == 0) status = sipas__select_nothing_drawn(err);
    if (status < 0) goto done;
    status = sipas__select_plan_write(&plan, out, err);
done:
    sipas__select_plan_clear(&plan);
    return status;
}
