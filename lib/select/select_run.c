/*
 * A run's work space, its notes, and what it puts into tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdarg.h>
#include <string.h>

#include "base/context.h"
#include "base/enums.h"
#include "base/text.h"
#include "data/joined.h"
#include "data/table.h"
#include "select/select.h"

enum { LEAST_ROOM = 64 };

int sipas__run_reserve(sipas__run *run, int64_t n_units)
{
    if (!run->cell_of) run->cell_of = sipas__alloc(run->ctx, run->n_classes + 1, sizeof *run->cell_of);
    if (!run->cell_of) return 0;
    if (n_units <= run->capacity && run->capacity > 0) return 1;
    if (n_units < 2 * run->capacity) n_units = 2 * run->capacity; /* groups often grow a little */
    if (n_units < LEAST_ROOM) n_units = LEAST_ROOM;
    sipas__free(run->ctx, run->items);
    sipas__free(run->ctx, run->sure);
    sipas__free(run->ctx, run->sizes);
    sipas__free(run->ctx, run->pi);
    sipas__free(run->ctx, run->members);
    run->capacity = 0;
    run->items = sipas__alloc(run->ctx, 2 * n_units, sizeof *run->items);
    run->sure = sipas__alloc(run->ctx, 2 * n_units, sizeof *run->sure);
    run->sizes = sipas__alloc(run->ctx, run->size ? n_units : 0, sizeof *run->sizes);
    run->pi = sipas__alloc(run->ctx, run->size ? n_units : 0, sizeof *run->pi);
    run->members = sipas__alloc(run->ctx, n_units, sizeof *run->members);
    if (!run->items || !run->sure || !run->sizes || !run->pi || !run->members) return 0;
    run->capacity = n_units;
    return 1;
}

int sipas__run_remark(sipas__run *run, const char *code, const char *name, int64_t row, const char *format, ...)
{
    va_list arguments;
    sipas__remark *remark;
    void *remarks = run->remarks;
    sipas_error text; /* cuts at whole characters */
    char sentence[sizeof text.message];

    if (!sipas__grow(run->ctx, &remarks, &run->remarks_capacity, run->n_remarks + 1, sizeof *run->remarks)) return 0;
    run->remarks = remarks;
    remark = &run->remarks[run->n_remarks++];
    va_start(arguments, format);
    (void)sipas__text_vformat(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    (void)sipas__error_set(&text, SIPAS_OK, row, SIPAS__NOWHERE, name, "%s", sentence);
    remark->code = code;
    remark->row = row;
    memcpy(remark->name, text.name, sizeof remark->name);
    memcpy(remark->message, text.message, sizeof remark->message);
    return 1;
}

void sipas__run_notes(const sipas__run *run, sipas_table *table)
{
    for (int64_t i = 0; i < run->n_remarks; i++) {
        const sipas__remark *remark = &run->remarks[i];

        sipas__table_note(table, remark->code, remark->name, remark->row, "%s", remark->message);
    }
}

void sipas__run_clear(sipas__run *run)
{
    sipas__free(run->ctx, run->picks);
    sipas__free(run->ctx, run->remarks);
    sipas__free(run->ctx, run->items);
    sipas__free(run->ctx, run->sure);
    sipas__free(run->ctx, run->sizes);
    sipas__free(run->ctx, run->pi);
    sipas__free(run->ctx, run->members);
    sipas__free(run->ctx, run->cell_of);
    sipas__free(run->ctx, run->cells);
    memset(run, 0, sizeof *run);
}

const char *sipas__stratum_name(const char *group, int is_path, const char *class_name, char *buffer, size_t size)
{
    size_t used;

    if (!class_name || is_path)
        used = (size_t)sipas__text_format(buffer, size, "%s", group);
    else
        used = sipas__joined_append(buffer, size, 0, 0, group);
    if (class_name) (void)sipas__joined_append(buffer, size, used, ':', class_name);
    return buffer;
}

const char *sipas__method_name(int32_t method)
{
    static const char *const name[] = {
        [SIPAS_DRAW_SRS] = "srs/1",
        [SIPAS_DRAW_SYSTEMATIC] = "systematic/1",
        [SIPAS_DRAW_PPS_SYSTEMATIC] = "pps_systematic/1",
        [SIPAS_DRAW_ALL] = "all/1",
    };

    SIPAS__EVERY(name, DRAW);
    return name[method];
}

sipas__pick_columns sipas__pick_columns_add(sipas_table *table, const sipas_schema *schema)
{
    sipas__pick_columns columns;

    columns.n = sipas__table_add_field(table, schema, "n");
    columns.population = sipas__table_add_field(table, schema, "population");
    columns.certainty = sipas__table_add_field(table, schema, "certainty");
    columns.order = sipas__table_add_field(table, schema, "order");
    columns.role = sipas__table_add_field(table, schema, "role");
    return columns;
}

void sipas__pick_columns_set(sipas_table *table, const sipas__pick_columns *columns, int64_t row,
                             const sipas__pick *pick)
{
    sipas__table_set_i64(table, columns->n, row, pick->n);
    sipas__table_set_i64(table, columns->population, row, pick->population);
    sipas__table_set_i64(table, columns->certainty, row, pick->certainty);
    sipas__table_set_i64(table, columns->order, row, pick->order);
    sipas__table_set_code(table, columns->role, row, pick->is_reserve ? "reserve" : "main");
}
