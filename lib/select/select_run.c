/*
 * A run's work space, its notes, and what it puts into tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdarg.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "data/joined.h"
#include "data/table.h"
#include "select/select.h"

enum { LEAST_ROOM = 64 };

int sipas__select_reserve(sipas__select_run *run, int64_t n_units)
{
    if (!run->scratch.cell_of)
        run->scratch.cell_of = sipas__alloc(run->ctx, run->frame.n_classes + 1, sizeof *run->scratch.cell_of);
    if (!run->scratch.cell_of) return 0;
    if (n_units <= run->scratch.capacity && run->scratch.capacity > 0) return 1;
    if (n_units < 2 * run->scratch.capacity) n_units = 2 * run->scratch.capacity; /* groups often grow a little */
    if (n_units < LEAST_ROOM) n_units = LEAST_ROOM;
    sipas__free(run->ctx, run->scratch.items);
    sipas__free(run->ctx, run->scratch.sure);
    sipas__free(run->ctx, run->scratch.sizes);
    sipas__free(run->ctx, run->scratch.pi);
    sipas__free(run->ctx, run->scratch.members);
    run->scratch.capacity = 0;
    run->scratch.items = sipas__alloc(run->ctx, 2 * n_units, sizeof *run->scratch.items);
    run->scratch.sure = sipas__alloc(run->ctx, 2 * n_units, sizeof *run->scratch.sure);
    run->scratch.sizes = sipas__alloc(run->ctx, run->frame.size ? n_units : 0, sizeof *run->scratch.sizes);
    run->scratch.pi = sipas__alloc(run->ctx, run->frame.size ? n_units : 0, sizeof *run->scratch.pi);
    run->scratch.members = sipas__alloc(run->ctx, n_units, sizeof *run->scratch.members);
    if (!run->scratch.items || !run->scratch.sure || !run->scratch.sizes || !run->scratch.pi || !run->scratch.members)
        return 0;
    run->scratch.capacity = n_units;
    return 1;
}

int sipas__select_remark_add(sipas__select_run *run, const char *code, const char *name, int64_t row,
                             const char *format, ...)
{
    va_list arguments;
    sipas__select_remark *remark;
    void *remarks = run->result.remarks;
    sipas_error text; /* cuts at whole characters */
    char sentence[sizeof text.message];

    if (!sipas__grow(run->ctx, &remarks, &run->result.remarks_capacity, run->result.n_remarks + 1,
                     sizeof *run->result.remarks))
        return 0;
    run->result.remarks = remarks;
    remark = &run->result.remarks[run->result.n_remarks++];
    va_start(arguments, format);
    (void)sipas__text_vformat(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    (void)sipas__error_set(&text, SIPAS_ERR_VALUE, row, SIPAS__NOWHERE, name, "%s", sentence);
    remark->code = code;
    remark->row = row;
    memcpy(remark->name, text.name, sizeof remark->name);
    memcpy(remark->message, text.message, sizeof remark->message);
    return 1;
}

void sipas__select_remarks_write(const sipas__select_run *run, sipas_table *table)
{
    for (int64_t i = 0; i < run->result.n_remarks; i++) {
        const sipas__select_remark *remark = &run->result.remarks[i];

        sipas__table_note(table, remark->code, remark->name, remark->row, "%s", remark->message);
    }
}

void sipas__select_run_clear(sipas__select_run *run)
{
    sipas__free(run->ctx, run->result.picks);
    sipas__free(run->ctx, run->result.remarks);
    sipas__free(run->ctx, run->scratch.items);
    sipas__free(run->ctx, run->scratch.sure);
    sipas__free(run->ctx, run->scratch.sizes);
    sipas__free(run->ctx, run->scratch.pi);
    sipas__free(run->ctx, run->scratch.members);
    sipas__free(run->ctx, run->scratch.cell_of);
    sipas__free(run->ctx, run->scratch.cells);
    memset(run, 0, sizeof *run);
}

const char *sipas__select_stratum_name(const char *group, int is_path, const char *class_name, char *buffer,
                                       size_t size)
{
    size_t used;

    if (!class_name || is_path)
        used = (size_t)sipas__text_format(buffer, size, "%s", group);
    else
        used = sipas__joined_append(buffer, size, 0, 0, group);
    if (class_name) (void)sipas__joined_append(buffer, size, used, ':', class_name);
    return buffer;
}

sipas__select_pick_columns sipas__select_pick_columns_add(sipas_table *table, const sipas_schema *schema)
{
    sipas__select_pick_columns columns;

    columns.n = sipas__table_add_field(table, schema, "n");
    columns.population = sipas__table_add_field(table, schema, "population");
    columns.certainty = sipas__table_add_field(table, schema, "certainty");
    columns.order = sipas__table_add_field(table, schema, "order");
    columns.role = sipas__table_add_field(table, schema, "role");
    return columns;
}

void sipas__select_pick_columns_set(sipas_table *table, const sipas__select_pick_columns *columns, int64_t row,
                                    const sipas__select_pick *pick)
{
    sipas__table_set_i64(table, columns->n, row, pick->n);
    sipas__table_set_i64(table, columns->population, row, pick->population);
    sipas__table_set_i64(table, columns->certainty, row, pick->certainty);
    sipas__table_set_i64(table, columns->order, row, pick->order);
    sipas__table_set_code(table, columns->role, row, pick->is_reserve ? "reserve" : "main");
}
