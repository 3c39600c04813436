/*
 * Reading a plan: its stages with their columns, what each stage's engine run is told, and who is excluded.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "select/plan.h"

enum { SHOWN_PATH = 160 };

#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"

void sipas_draw_stage_init(sipas_draw_stage *stage_to_set)
{
    const sipas_draw_stage initial = SIPAS_DRAW_STAGE_INIT;

    if (stage_to_set) *stage_to_set = initial;
}

void sipas_draw_plan_opts_init(sipas_draw_plan_opts *opts)
{
    const sipas_draw_plan_opts initial = SIPAS_DRAW_PLAN_OPTS_INIT;

    if (opts) *opts = initial;
}

/* ---- what the engine asks ---- */

static uint64_t canonical_key(const void *things, int64_t unit)
{
    const sipas__select_stage *from = things;
    char number[32];

    if (from->keyed && !from->key_is_text) return sipas__order_f64(sipas__column_f64(from->own.order_key_of, unit));
    if (from->keyed) return sipas__order_text(sipas__column_code_again(from->own.order_key_of, unit, number));
    return (uint64_t)from->tree->position[unit];
}

static int canonical_tie(const void *things, int64_t left, int64_t right)
{
    const sipas__select_stage *from = things;
    const int64_t *position = from->tree->position;
    char first[32], second[32];

    if (from->key_is_text) {
        int order = strcmp(sipas__column_code_again(from->own.order_key_of, left, first),
                           sipas__column_code_again(from->own.order_key_of, right, second));

        if (order != 0) return order;
    }
    return (position[left] > position[right]) - (position[left] < position[right]);
}

static const char *name_of(const void *things, int64_t unit, char *buffer, size_t size)
{
    return sipas__unit_path(((const sipas__select_stage *)things)->tree, unit, buffer, size);
}

/* ---- reading a stage ---- */

static sipas_status fault(int32_t status, int32_t index, const char *name, const char *sentence, sipas_error *err)
{
    return sipas__error_set(err, status, SIPAS__NOWHERE, index, name, "stage %d: %s", (int)index + 1, sentence);
}

static sipas_status check_stage(const sipas__select_stage *to, int32_t index, sipas_error *err)
{
    const sipas_draw_stage *given = &to->own;
    const int quotas = sipas__column_given(given->quota_n);
    const sipas__select_method_use use = {given->method, given->n, given->reserve,
                                          quotas || sipas__column_given(given->n_of) ||
                                              sipas__column_given(given->reserve_of),
                                          given->measure || sipas__column_given(given->size_of)};

    if (given->measure && sipas__column_given(given->size_of))
        return fault(SIPAS_ERR_ARGUMENT, index, "measure", "both measure and size_of are given", err);
    if ((given->strata == SIPAS_STAGE_STRATA_COLUMN) != sipas__column_given(given->strata_of))
        return fault(SIPAS_ERR_ARGUMENT, index, "strata_of", "strata_of and SIPAS_STAGE_STRATA_COLUMN go together",
                     err);
    if (!quotas && (sipas__column_given(given->quota_parent) || sipas__column_given(given->quota_stratum) ||
                    sipas__column_given(given->quota_reserve)))
        return fault(SIPAS_ERR_ARGUMENT, index, "quota_n", "quotas are given without quota_n", err);
    if (sipas__column_given(given->quota_stratum) && given->strata == SIPAS_STAGE_STRATA_NONE)
        return fault(SIPAS_ERR_ARGUMENT, index, "quota_stratum", "quota_stratum is given, but no strata", err);
    return sipas__select_check_method(&use, index, err);
}

static sipas_status load_stage(sipas__select_stage *to, const void *callers, int32_t index, sipas_error *err)
{
    sipas_status status = sipas__options_load(&to->own, sizeof to->own, callers, "sipas_draw_stage", err);

    if (status == SIPAS_OK) status = sipas__options_enum("method", to->own.method, SIPAS__ENUM_DRAW, err);
    if (status == SIPAS_OK) status = sipas__options_enum("if_fewer", to->own.if_fewer, SIPAS__ENUM_FEWER, err);
    if (status == SIPAS_OK) status = sipas__options_enum("strata", to->own.strata, SIPAS__ENUM_STAGE_STRATA, err);
    if (status < 0) return status;
    if (to->own.method == SIPAS_DRAW_DEFAULT) to->own.method = SIPAS_DRAW_SRS;
    if (to->own.if_fewer == SIPAS_FEWER_DEFAULT) to->own.if_fewer = SIPAS_FEWER_ERROR;
    return check_stage(to, index, err);
}

static sipas_status read_level(const sipas__select_plan *plan, sipas__select_stage *to, int32_t index, sipas_error *err)
{
    to->level = SIPAS__NEXT_LEVEL;
    if (!to->own.level) return SIPAS_OK;
    to->level = sipas__labels_find(&plan->tree->level, to->own.level);
    if (to->level >= 0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, index, to->own.level,
                            "stage %d: the tree has no level \"%s\"", (int)index + 1, to->own.level);
}

static sipas_status read_size(const sipas__select_plan *plan, sipas__select_stage *to, int32_t index, sipas_error *err)
{
    const sipas_unit_tree *tree = plan->tree;
    sipas_status status;

    for (int64_t m = 0; to->own.measure && m < tree->n_measures; m++)
        if (strcmp(tree->measure_name[m], to->own.measure) == 0) to->size = tree->measure + m * tree->n;
    if (to->own.measure && !to->size)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, index, to->own.measure,
                                "stage %d: the tree has no measure \"%s\"", (int)index + 1, to->own.measure);
    if (sipas__column_given(to->own.size_of)) {
        status = sipas__column_check(to->own.size_of, tree->n, SIPAS__NUMBERS, "size_of", err);
        if (status < 0) return status;
        to->own_size = sipas__alloc(plan->ctx, tree->n, sizeof *to->own_size);
        if (!to->own_size) return sipas__error_memory(err);
        sipas__column_read_f64(to->own.size_of, 0, tree->n, to->own_size);
        to->size = to->own_size;
    }
    if (!to->size) return SIPAS_OK;
    to->run.frame.prob = sipas__alloc(plan->ctx, tree->n, sizeof *to->run.frame.prob);
    return to->run.frame.prob ? SIPAS_OK : sipas__error_memory(err);
}

/* The urban flag as labels: 0 = "rural", 1 = "urban", which is also their ascending order. */
static sipas_status label_urban(const sipas__select_plan *plan, sipas__labels *labels, sipas_error *err)
{
    static const char *const name[] = {"rural", "urban"};

    labels->of = sipas__alloc(plan->ctx, plan->tree->n, sizeof *labels->of);
    labels->texts = sipas__alloc(plan->ctx, 2, sizeof *labels->texts);
    if (!labels->of || !labels->texts) return sipas__error_memory(err);
    for (int64_t i = 0; i < plan->tree->n; i++) labels->of[i] = plan->tree->urban[i];
    for (; labels->n_texts < 2; labels->n_texts++) {
        labels->texts[labels->n_texts] = sipas__text_copy(plan->ctx, name[labels->n_texts]);
        if (!labels->texts[labels->n_texts]) return sipas__error_memory(err);
    }
    return SIPAS_OK;
}

static sipas_status read_strata(const sipas__select_plan *plan, sipas__select_stage *to, int32_t index,
                                sipas_error *err)
{
    to->classes = &to->own_labels;
    switch (to->own.strata) {
    case SIPAS_STAGE_STRATA_CLASS:
        to->classes = &plan->tree->unit_class;
        return to->classes->of ? SIPAS_OK : fault(SIPAS_ERR_ARGUMENT, index, "strata", "the tree has no classes", err);
    case SIPAS_STAGE_STRATA_URBAN:
        if (!plan->tree->urban) return fault(SIPAS_ERR_ARGUMENT, index, "strata", "the tree has no urban flag", err);
        return label_urban(plan, &to->own_labels, err);
    case SIPAS_STAGE_STRATA_COLUMN:
        return sipas__labels_read(&to->own_labels, plan->ctx, to->own.strata_of, plan->tree->n, SIPAS__CODES,
                                  "strata_of", 1, err);
    default: return SIPAS_OK;
    }
}

static sipas_status read_quotas(const sipas__select_plan *plan, sipas__select_stage *to, sipas_error *err)
{
    sipas__select_quota_columns columns = {0};

    if (!sipas__column_given(to->own.quota_n)) return SIPAS_OK;
    columns.group_units = to->own.quota_parent;
    columns.n_units = plan->tree->n;
    columns.unit_class = to->own.quota_stratum;
    columns.class_column = "quota_stratum";
    columns.classes = to->classes;
    columns.n = to->own.quota_n;
    columns.reserve = to->own.quota_reserve;
    return sipas__select_quotas_read(&to->quotas, plan->ctx, &columns, err);
}

/* A unit that is out of the frame has nothing to draw below it: what a quota wants there is missing, as in sipas_draw(). */
static sipas_status check_excluded(const sipas__select_plan *plan, sipas__select_stage *to, int32_t index,
                                   sipas_error *err)
{
    const int takes = to->own.if_fewer == SIPAS_FEWER_TAKE_ALL || to->own.if_fewer == SIPAS_FEWER_MOVE_TAKE_ALL;

    for (int64_t i = 0; to->quotas.group && i < to->quotas.n_rows; i++) {
        const int64_t unit = to->quotas.group[i], wanted = unit < 0 ? 0 : sipas__select_quotas_want(&to->quotas, unit);
        char path[SHOWN_PATH];

        if (wanted == 0 || !sipas__select_plan_excludes(plan, unit) || (i > 0 && to->quotas.group[i - 1] == unit))
            continue;
        (void)sipas__unit_path(plan->tree, unit, path, sizeof path);
        if (!takes)
            return sipas__error_set(err, SIPAS_ERR_TOO_FEW, unit, index, path,
                                    "stage %d: stratum %s: %lld units are wanted, but it is excluded", (int)index + 1,
                                    path, (long long)wanted);
        if (!sipas__select_remark_add(&to->run, "taken_all", path, unit,
                                      "stratum %s: %lld units fewer than wanted, for it is excluded", path,
                                      (long long)wanted))
            return sipas__error_memory(err);
    }
    return SIPAS_OK;
}

static sipas_status read_columns(const sipas__select_plan *plan, sipas__select_stage *to, sipas_error *err)
{
    const sipas_column *key = to->own.order_key_of, *const count[] = {to->own.n_of, to->own.reserve_of};
    static const char *const count_name[] = {"n_of", "reserve_of"};
    sipas_status status = SIPAS_OK;

    for (int i = 0; i < 2 && status == SIPAS_OK; i++)
        if (sipas__column_given(count[i]))
            status = sipas__column_check(count[i], plan->tree->n, SIPAS__NUMBERS, count_name[i], err);
    if (status == SIPAS_OK && sipas__column_given(key)) {
        status = sipas__column_check(key, plan->tree->n, SIPAS__CODES, "order_key_of", err);
        to->keyed = 1;
        to->key_is_text = key->type == SIPAS_TYPE_CODE;
    }
    if (status < 0) return status;
    return sipas__select_read_flags(plan->ctx, to->own.certainty_of, plan->tree->n, "certainty_of", &to->certain, err);
}

static void prepare_run(const sipas__select_plan *plan, sipas__select_stage *to, int32_t index)
{
    sipas__select_run *run = &to->run;

    run->ctx = plan->ctx;
    run->task.seed = plan->opts.seed;
    run->task.programme = plan->opts.programme;
    run->task.stage = (uint64_t)index + 1;
    run->task.method = sipas__select_method_of(to->own.method);
    run->task.if_fewer = to->own.if_fewer;
    run->task.stage_index = index;
    run->frame.things = to;
    run->frame.key = canonical_key;
    run->frame.tie = canonical_tie;
    run->frame.name = name_of;
    run->frame.hash = plan->tree->hash;
    run->frame.size = to->size;
    run->frame.certain = to->certain;
    run->frame.class_of = to->classes->of;
    run->frame.class_texts = to->classes->texts;
    run->frame.n_classes = to->classes->n_texts;
    run->task.quotas = to->quotas.group ? &to->quotas : NULL;
}

static sipas_status read_stage(sipas__select_plan *plan, const void *callers, int32_t index, sipas_error *err)
{
    sipas__select_stage *to = &plan->stages[index];
    sipas_status status = load_stage(to, callers, index, err);

    to->tree = plan->tree;
    if (status == SIPAS_OK) status = read_level(plan, to, index, err);
    if (status == SIPAS_OK) status = read_size(plan, to, index, err);
    if (status == SIPAS_OK) status = read_strata(plan, to, index, err);
    if (status == SIPAS_OK) status = read_quotas(plan, to, err);
    if (status == SIPAS_OK) status = read_columns(plan, to, err);
    if (status == SIPAS_OK) prepare_run(plan, to, index);
    if (status == SIPAS_OK) status = check_excluded(plan, to, index, err);
    return status;
}

/* What a unit excludes, it excludes with all that lies below. */
static sipas_status read_excluded(sipas__select_plan *plan, sipas_error *err)
{
    const sipas_unit_tree *tree = plan->tree;
    sipas_status status = sipas__select_read_flags(plan->ctx, plan->opts.excluded, tree->n, "excluded", &plan->excluded,
                                                   err);

    for (int64_t i = 0; plan->excluded && i < tree->n; i++) {
        int64_t unit = tree->preorder[i];

        if (tree->parent[unit] >= 0 && plan->excluded[tree->parent[unit]]) plan->excluded[unit] = 1;
    }
    return status;
}

int sipas__select_plan_excludes(const sipas__select_plan *plan, int64_t unit)
{
    return plan->excluded && plan->excluded[unit];
}

sipas_status sipas__select_plan_read(sipas__select_plan *plan, const sipas_draw_stage *stages,
                                     const sipas_draw_plan_opts *opts, sipas_error *err)
{
    const uint32_t step = stages[0].struct_size;
    sipas_status status = sipas__options_load(&plan->opts, sizeof plan->opts, opts, "sipas_draw_plan_opts", err);

    if (status == SIPAS_OK) status = sipas__select_check_seed(plan->opts.has_seed, err);
    if (status == SIPAS_OK) status = read_excluded(plan, err);
    for (int32_t k = 0; k < plan->n_stages && status == SIPAS_OK; k++) {
        const char *callers = (const char *)stages + (size_t)k * step;
        uint32_t size;

        memcpy(&size, callers, sizeof size);
        status = size == step
                     ? read_stage(plan, callers, k, err)
                     : fault(SIPAS_ERR_OPTION, k, "struct_size", "its struct_size differs from the first stage's", err);
        if (status < 0 && err) err->column = k;
    }
    return status;
}

void sipas__select_plan_clear(sipas__select_plan *plan)
{
    for (int32_t k = 0; k < plan->n_stages; k++) {
        sipas__select_stage *from = &plan->stages[k];

        sipas__free(plan->ctx, from->own_size);
        sipas__free(plan->ctx, from->run.frame.prob);
        sipas__free(plan->ctx, from->certain);
        sipas__labels_clear(plan->ctx, &from->own_labels);
        sipas__select_quotas_clear(plan->ctx, &from->quotas);
        from->run.ctx = plan->ctx;
        sipas__select_run_clear(&from->run);
    }
    sipas__free(plan->ctx, plan->excluded);
    sipas__free(plan->ctx, plan->path);
    sipas__free(plan->ctx, plan->units);
    sipas__free(plan->ctx, plan->rows);
}
