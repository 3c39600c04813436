/*
 * The table of a multi-stage draw, its notes, and what an auditor needs to make the draw again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "base/text.h"
#include "data/alike.h"
#include "data/joined.h"
#include "data/schema.h"
#include "data/table.h"
#include "select/plan.h"

static sipas_status hash_frame(const sipas__select_plan *plan, uint64_t *hash, sipas_error *err)
{
    const sipas_unit_tree *tree = plan->tree;
    sipas__item *items = sipas__alloc(plan->ctx, 2 * tree->n, sizeof *items);
    sipas_status status;

    if (!items) return sipas__error_memory(err);
    status = sipas__progress_between(plan->ctx, "draw_plan", tree->n, err);
    for (int64_t i = 0; i < tree->n; i++) {
        items[i].key = tree->hash[i];
        items[i].index = i;
    }
    sipas__order_sort(items, items + tree->n, tree->n, NULL, NULL);
    *hash = SIPAS__HASH_ROOT;
    for (int64_t i = 0; i < tree->n && status == SIPAS_OK; i++) {
        status = sipas__progress_within(plan->ctx, "draw_plan", i, tree->n, err);
        if (sipas__select_plan_excludes(plan, items[i].index)) continue;
        *hash = sipas__select_frame_hash(*hash, items[i].key);
        for (int32_t k = 0; k < plan->n_stages; k++)
            if (plan->stages[k].size)
                *hash = sipas__select_frame_hash(*hash, sipas__select_frame_word(plan->stages[k].size[items[i].index]));
    }
    sipas__free(plan->ctx, items);
    return status;
}

static void write_meta(const sipas__select_plan *plan, uint64_t frame, sipas_table *table)
{
    int64_t units = plan->tree->n;

    for (int64_t i = 0; i < plan->tree->n; i++) units -= sipas__select_plan_excludes(plan, i);
    sipas__table_meta(table, "method", "plan/1");
    sipas__table_meta(table, "seed", "%llu", (unsigned long long)plan->opts.seed);
    sipas__table_meta(table, "programme", "%llu", (unsigned long long)plan->opts.programme);
    sipas__table_meta(table, "stages", "%d", (int)plan->n_stages);
    sipas__table_meta(table, "units", "%lld", (long long)units);
    sipas__table_meta(table, "frame", "%016llx", (unsigned long long)frame);
    for (int32_t k = 0; k < plan->n_stages; k++) {
        const sipas__select_stage *from = &plan->stages[k];
        char key[24];

        (void)sipas__text_format(key, sizeof key, "stage_%d", (int)k + 1);
        sipas__table_meta(table, key, "%s, %s, %lld main, %lld reserve",
                          from->own.level ? from->own.level : "next level", from->run.task.method->name,
                          (long long)from->main, (long long)from->reserve);
        sipas__select_remarks_write(&from->run, table);
    }
}

static const char *stratum_of(const sipas__select_plan *plan, const sipas__select_drawn *row, char *buffer, size_t size)
{
    if (row->pick.own_stratum) return sipas__unit_path(plan->tree, row->pick.unit, buffer, size);
    if (row->parent == SIPAS__WHOLE_TREE)
        return sipas__select_stratum_name("all", 1, row->pick.class_name, buffer, size);
    return sipas__select_stratum_name(
        sipas__unit_path(plan->tree, row->parent, plan->path, (size_t)plan->tree->longest_path), 1,
        row->pick.class_name, buffer, size);
}

static int64_t stratum_bytes(const sipas__select_plan *plan)
{
    size_t longest = 0;

    for (int64_t i = 0; i < plan->n_rows; i++) {
        const char *class_name = plan->rows[i].pick.class_name;

        if (class_name && sipas__joined_bytes(class_name) > longest) longest = sipas__joined_bytes(class_name);
    }
    return plan->tree->longest_path + (int64_t)longest + 8;
}

static sipas_status write_rows(const sipas__select_plan *plan, sipas_table *table, char *buffer, size_t bytes,
                               sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    const sipas_schema *schema = &sipas__schema_plan;
    const sipas_unit_tree *tree = plan->tree;
    int32_t stage_at = sipas__table_add_field(table, schema, "stage"),
            level = sipas__table_add_field(table, schema, "level");
    int32_t unit = sipas__table_add_field(table, schema, "row"), code = sipas__table_add_field(table, schema, "code");
    int32_t parent = sipas__table_add_field(table, schema, "parent");
    int32_t stratum = sipas__table_add_field(table, schema, "stratum");
    int32_t pi_stage = sipas__table_add_field(table, schema, "pi_stage"),
            pi = sipas__table_add_field(table, schema, "pi");
    int32_t pi_reserve = sipas__table_add_field(table, schema, "pi_reserve");
    sipas__select_pick_columns columns = sipas__select_pick_columns_add(table, schema);

    for (int64_t i = 0; i < plan->n_rows && status == SIPAS_OK; i++) {
        const sipas__select_drawn *row = &plan->rows[i];

        status = sipas__progress_within(plan->ctx, "draw_plan", i, plan->n_rows, err);
        sipas__table_set_i64(table, stage_at, i, row->stage + 1);
        sipas__table_set_code(table, level, i, sipas__labels_get(&tree->level, row->pick.unit));
        sipas__table_set_i64(table, unit, i, row->pick.unit);
        sipas__table_set_code(table, code, i, sipas__unit_path(tree, row->pick.unit, buffer, bytes));
        if (row->parent != SIPAS__WHOLE_TREE) sipas__table_set_i64(table, parent, i, row->parent);
        sipas__table_set_code(table, stratum, i, stratum_of(plan, row, buffer, bytes));
        sipas__table_set_f64(table, pi_stage, i, row->pick.pi);
        sipas__table_set_f64(table, pi, i, row->pi);
        sipas__table_set_f64(table, pi_reserve, i, row->pi_reserve);
        sipas__select_pick_columns_set(table, &columns, i, &row->pick);
    }
    return status;
}

sipas_status sipas__select_plan_write(const sipas__select_plan *plan, sipas_table **out, sipas_error *err)
{
    const int64_t bytes = stratum_bytes(plan);
    char *buffer = sipas__alloc(plan->ctx, bytes, 1);
    sipas_table *table = buffer ? sipas__table_new(plan->ctx, plan->n_rows) : NULL;
    sipas_status status = SIPAS_OK;
    uint64_t frame;

    if (table) status = hash_frame(plan, &frame, err);
    if (table && status == SIPAS_OK) status = write_rows(plan, table, buffer, (size_t)bytes, err);
    if (table && status == SIPAS_OK) write_meta(plan, frame, table);
    sipas__free(plan->ctx, buffer);
    sipas__sayings_note(&plan->tree->sayings, table);
    for (int32_t i = 0; i < plan->n_stages; i++) {
        const sipas__labels *own = &plan->stages[i].own_labels;

        if (plan->stages[i].own.strata == SIPAS_STAGE_STRATA_COLUMN)
            sipas__alike_note(table, (const char *const *)own->texts, own->n_texts, "strata_of");
    }
    return sipas__table_close(table, status, out, err);
}
