/*
 * The table: columns with validity, metadata, notes, reference counted.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include "base/context.h"
#include "base/sure.h"
#include "base/text.h"
#include "data/schema.h"

typedef struct table_column {
    sipas_field field;
    void *data;
    uint8_t *validity;
} table_column;

typedef struct meta_entry {
    const char *key, *value;
} meta_entry;

typedef struct note_entry {
    const char *code, *name, *message;
    int64_t row;
} note_entry;

/* Texts live in blocks that are freed with the table. */
typedef struct text_block {
    struct text_block *next;
    size_t used, size;
    char bytes[];
} text_block;

enum { TEXT_BLOCK = 1 << 15, LONGEST_TEXT = 1024, MANY_BYTES = 1 << 22 };

struct sipas_table {
    atomic_int holds;
    sipas_ctx *ctx;
    int failed;
    int64_t n_rows;
    table_column *columns;
    int64_t n_columns, columns_capacity;
    meta_entry *meta;
    int64_t n_meta, meta_capacity;
    note_entry *notes;
    int64_t n_notes, notes_capacity;
    sipas_table *notes_table;
    text_block *texts;
    char *cells, *cells_end; /* what is left of the memory of sipas__table_expect() */
    void *together;          /* that memory, or NULL */
    sipas_cov *cov;
    void (*free_cov)(sipas_cov *cov);
};

/* ---- building ---- */

sipas_table *sipas__table_new(const sipas_ctx *ctx, int64_t n_rows)
{
    sipas_table *table = sipas__alloc(ctx, 1, sizeof *table);

    if (!table) return NULL;
    atomic_init(&table->holds, 1);
    table->ctx = sipas__ctx_ref(ctx);
    table->n_rows = n_rows;
    return table;
}

static const char *keep_text(sipas_table *table, const char *text)
{
    size_t need;
    text_block *block = table->texts;
    char *at;

    if (!text) return NULL;
    need = strlen(text) + 1;
    if (!block || block->size - block->used < need) {
        size_t size = need > TEXT_BLOCK ? need : TEXT_BLOCK;

        block = sipas__alloc(table->ctx, (int64_t)(sizeof *block + size), 1);
        if (!block) {
            table->failed = 1;
            return NULL;
        }
        block->size = size;
        block->next = table->texts;
        table->texts = block;
    }
    at = block->bytes + block->used;
    memcpy(at, text, need);
    block->used += need;
    return at;
}

void sipas__table_expect(sipas_table *table, int64_t n_columns)
{
    const int64_t bytes = table ? n_columns * table->n_rows * 8 : 0;

    if (!table || table->failed || table->together || bytes < MANY_BYTES) return;
    table->together = sipas__alloc(table->ctx, bytes, 1);
    if (!table->together) {
        table->failed = 1;
        return;
    }
    table->cells = table->together;
    table->cells_end = table->cells + bytes;
}

/* Memory for the cells of a column. */
static void *take_cells(sipas_table *table, size_t size)
{
    const int64_t bytes = table->n_rows * (int64_t)size;
    char *cells = table->cells;

    if (table->cells_end - cells < bytes || bytes == 0) return sipas__alloc(table->ctx, table->n_rows, size);
    table->cells += bytes;
    return cells;
}

/* Cells that lie together with others are freed with them. */
static int lie_together(const sipas_table *table, const void *cells)
{
    const uintptr_t at = (uintptr_t)cells;

    return table->together && at >= (uintptr_t)table->together && at < (uintptr_t)table->cells_end;
}

/* A column of zero cells, all missing. */
static int32_t add_column(sipas_table *table, const sipas_field *field)
{
    table_column *column;
    void *columns;

    if (!table || table->failed) return -1;
    columns = table->columns;
    if (!sipas__grow(table->ctx, &columns, &table->columns_capacity, table->n_columns + 1, sizeof *table->columns)) {
        table->failed = 1;
        return -1;
    }
    table->columns = columns;
    column = &table->columns[table->n_columns];
    column->field = *field;
    column->field.name = keep_text(table, field->name);
    column->field.unit = keep_text(table, field->unit);
    column->field.meaning = keep_text(table, field->meaning);
    column->data = take_cells(table, field->type == SIPAS_TYPE_CODE ? sizeof(char *) : 8);
    column->validity = sipas__alloc(table->ctx, (table->n_rows + 7) / 8, 1);
    table->n_columns++;
    if (!column->data || !column->validity) table->failed = 1;
    return table->failed ? -1 : (int32_t)(table->n_columns - 1);
}

int32_t sipas__table_add(sipas_table *table, const sipas_field *field)
{
    int32_t column = add_column(table, field);

    if (column >= 0 && field->type == SIPAS_TYPE_F64)
        for (int64_t i = 0; i < table->n_rows; i++) ((double *)table->columns[column].data)[i] = NAN;
    return column;
}

static const sipas_field *find_field(const sipas_schema *schema, const char *name)
{
    for (int64_t i = 0; i < schema->n_fields; i++)
        if (strcmp(schema->fields[i].name, name) == 0) return &schema->fields[i];
    return NULL;
}

int32_t sipas__table_add_field(sipas_table *table, const sipas_schema *schema, const char *name)
{
    const sipas_field *field = find_field(schema, name);

    if (NEVER(!field)) { /* a misspelt name: the table cannot be finished */
        if (table) table->failed = 1;
        return -1;
    }
    return sipas__table_add(table, field);
}

void *sipas__table_add_cells(sipas_table *table, const sipas_schema *schema, const char *name, int32_t *column)
{
    const sipas_field *field = find_field(schema, name);

    if (NEVER(!field || field->type == SIPAS_TYPE_CODE) && table) table->failed = 1;
    *column = table && !table->failed ? add_column(table, field) : -1;
    if (*column < 0) return NULL;
    memset(table->columns[*column].validity, 0xFF, (size_t)((table->n_rows + 7) / 8));
    return table->columns[*column].data;
}

void sipas__table_set_missing(sipas_table *table, int32_t column, int64_t row)
{
    table_column *at;

    if (!table || table->failed || column < 0) return;
    at = &table->columns[column];
    at->validity[row >> 3] &= (uint8_t) ~(1u << (row & 7));
    if (at->field.type == SIPAS_TYPE_F64)
        ((double *)at->data)[row] = NAN;
    else if (at->field.type == SIPAS_TYPE_I64)
        ((int64_t *)at->data)[row] = 0;
    else
        ((const char **)at->data)[row] = NULL;
}

static table_column *cell_column(sipas_table *table, int32_t column, int64_t row)
{
    if (!table || table->failed || column < 0) return NULL;
    table->columns[column].validity[row >> 3] |= (uint8_t)(1u << (row & 7));
    return &table->columns[column];
}

void sipas__table_set_f64(sipas_table *table, int32_t column, int64_t row, double value)
{
    table_column *at = isnan(value) ? NULL : cell_column(table, column, row);

    if (at) ((double *)at->data)[row] = value;
}

void sipas__table_set_i64(sipas_table *table, int32_t column, int64_t row, int64_t value)
{
    table_column *at = cell_column(table, column, row);

    if (at) ((int64_t *)at->data)[row] = value;
}

void sipas__table_set_code(sipas_table *table, int32_t column, int64_t row, const char *value)
{
    table_column *at = value ? cell_column(table, column, row) : NULL;
    const char **cells = at ? at->data : NULL;

    if (!at) return;
    if (row > 0 && cells[row - 1] && strcmp(cells[row - 1], value) == 0)
        cells[row] = cells[row - 1]; /* rows of one group share their text */
    else
        cells[row] = keep_text(table, value);
}

/* Marks n cells from `row` on as present. */
static table_column *cell_columns(sipas_table *table, int32_t column, int64_t row, int64_t n)
{
    table_column *at;

    if (!table || table->failed || column < 0) return NULL;
    at = &table->columns[column];
    for (int64_t i = row; i < row + n;) {
        if (i % 8 == 0 && i + 8 <= row + n) {
            at->validity[i >> 3] = 0xFF;
            i += 8;
        } else {
            at->validity[i >> 3] |= (uint8_t)(1u << (i & 7));
            i++;
        }
    }
    return at;
}

void sipas__table_fill_f64(sipas_table *table, int32_t column, int64_t row, int64_t n, const double *values)
{
    table_column *at = cell_columns(table, column, row, n);

    if (!at) return;
    memcpy((double *)at->data + row, values, (size_t)n * sizeof *values);
    for (int64_t i = 0; i < n; i++)
        if (isnan(values[i])) at->validity[(row + i) >> 3] &= (uint8_t) ~(1u << ((row + i) & 7));
}

void sipas__table_fill_i64(sipas_table *table, int32_t column, int64_t row, int64_t n, const int64_t *values)
{
    table_column *at = cell_columns(table, column, row, n);

    if (at) memcpy((int64_t *)at->data + row, values, (size_t)n * sizeof *values);
}

void sipas__table_fill_code(sipas_table *table, int32_t column, int64_t row, int64_t n, const char *value)
{
    table_column *at = n > 0 ? cell_columns(table, column, row, n) : NULL;
    const char *kept = at ? keep_text(table, value) : NULL;

    for (int64_t i = 0; at && i < n; i++) ((const char **)at->data)[row + i] = kept;
}

void sipas__table_meta(sipas_table *table, const char *key, const char *format, ...)
{
    char text[LONGEST_TEXT];
    va_list arguments;
    void *meta;

    if (!table || table->failed) return;
    va_start(arguments, format);
    (void)sipas__text_vformat(text, sizeof text, format, arguments);
    va_end(arguments);
    sipas__text_cut(text, sizeof text);
    meta = table->meta;
    if (!sipas__grow(table->ctx, &meta, &table->meta_capacity, table->n_meta + 1, sizeof *table->meta)) {
        table->failed = 1;
        return;
    }
    table->meta = meta;
    table->meta[table->n_meta].key = keep_text(table, key);
    table->meta[table->n_meta].value = keep_text(table, text);
    table->n_meta++;
}

void sipas__table_note(sipas_table *table, const char *code, const char *name, int64_t row, const char *format, ...)
{
    char text[LONGEST_TEXT];
    va_list arguments;
    note_entry *note;
    void *notes;

    if (!table || table->failed) return;
    va_start(arguments, format);
    (void)sipas__text_vformat(text, sizeof text, format, arguments);
    va_end(arguments);
    sipas__text_cut(text, sizeof text);
    notes = table->notes;
    if (!sipas__grow(table->ctx, &notes, &table->notes_capacity, table->n_notes + 1, sizeof *table->notes)) {
        table->failed = 1;
        return;
    }
    table->notes = notes;
    note = &table->notes[table->n_notes++];
    note->code = keep_text(table, code);
    note->name = keep_text(table, name);
    note->message = keep_text(table, text);
    note->row = row;
}

const sipas_ctx *sipas__table_ctx(const sipas_table *table)
{
    return table->ctx;
}

void sipas__table_set_cov(sipas_table *table, sipas_cov *cov, void (*free_cov)(sipas_cov *cov))
{
    if (!table) {
        free_cov(cov);
        return;
    }
    table->cov = cov;
    table->free_cov = free_cov;
}

/* The notes as a table of their own. */
static void finish_notes(sipas_table *table)
{
    const sipas_schema *schema = &sipas__schema_notes;
    sipas_table *notes = sipas__table_new(table->ctx, table->n_notes);
    int32_t code = sipas__table_add_field(notes, schema, "code");
    int32_t name = sipas__table_add_field(notes, schema, "name");
    int32_t row = sipas__table_add_field(notes, schema, "row");
    int32_t message = sipas__table_add_field(notes, schema, "message");

    for (int64_t i = 0; i < table->n_notes; i++) {
        sipas__table_set_code(notes, code, i, table->notes[i].code);
        sipas__table_set_code(notes, name, i, table->notes[i].name);
        if (table->notes[i].row >= 0) sipas__table_set_i64(notes, row, i, table->notes[i].row);
        sipas__table_set_code(notes, message, i, table->notes[i].message);
    }
    table->notes_table = notes;
    if (!notes || notes->failed) table->failed = 1;
}

void sipas__table_fail(sipas_table *table)
{
    if (table) table->failed = 1;
}

int sipas__table_is_whole(const sipas_table *table)
{
    return table && !table->failed;
}

sipas_status sipas__table_finish(sipas_table *table, sipas_table **out, sipas_error *err)
{
    if (table && !table->failed) finish_notes(table);
    if (!table || table->failed) {
        sipas_table_free(table);
        *out = NULL;
        return sipas__error_memory(err);
    }
    *out = table;
    return SIPAS_OK;
}

sipas_status sipas__table_close(sipas_table *table, sipas_status status, sipas_table **out, sipas_error *err)
{
    if (status == SIPAS_OK) return sipas__table_finish(table, out, err);
    sipas_table_free(table);
    return status;
}

/* ---- holding ---- */

sipas_table *sipas_table_ref(sipas_table *table)
{
    if (table) atomic_fetch_add_explicit(&table->holds, 1, memory_order_relaxed);
    return table;
}

void sipas_table_free(sipas_table *table)
{
    sipas_ctx *ctx;

    if (!table || atomic_fetch_sub_explicit(&table->holds, 1, memory_order_acq_rel) > 1) return;
    ctx = table->ctx;
    for (int64_t i = 0; i < table->n_columns; i++) {
        if (!lie_together(table, table->columns[i].data)) sipas__free(ctx, table->columns[i].data);
        sipas__free(ctx, table->columns[i].validity);
    }
    while (table->texts) {
        text_block *next = table->texts->next;

        sipas__free(ctx, table->texts);
        table->texts = next;
    }
    if (table->cov) table->free_cov(table->cov);
    sipas_table_free(table->notes_table);
    sipas__free(ctx, table->together);
    sipas__free(ctx, table->columns);
    sipas__free(ctx, table->meta);
    sipas__free(ctx, table->notes);
    sipas__free(ctx, table);
    sipas_ctx_free(ctx);
}

/* ---- reading ---- */

int64_t sipas_table_count_rows(const sipas_table *table)
{
    return table ? table->n_rows : 0;
}

int64_t sipas_table_count_columns(const sipas_table *table)
{
    return table ? table->n_columns : 0;
}

const sipas_field *sipas_table_get_field(const sipas_table *table, int64_t index)
{
    return table && index >= 0 && index < table->n_columns ? &table->columns[index].field : NULL;
}

sipas_status sipas_table_get_column(const sipas_table *table, int64_t index, sipas_column *out, sipas_error *err)
{
    const table_column *column;

    if (!table) return sipas__error_argument(err, "table", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    if (index < 0 || index >= table->n_columns)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, index, NULL, "the table has no column %lld",
                                (long long)index);
    column = &table->columns[index];
    out->data = column->data;
    out->validity = column->validity;
    out->stride = 8;
    out->n = table->n_rows;
    out->offset = 0;
    out->type = column->field.type;
    out->reserved = 0;
    return SIPAS_OK;
}

sipas_status sipas_table_find(const sipas_table *table, const char *name, int64_t *out, sipas_error *err)
{
    char names[256] = "";
    size_t used = 0;

    if (!table) return sipas__error_argument(err, "table", "is NULL");
    if (!name) return sipas__error_argument(err, "name", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    for (int64_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].field.name, name) == 0) {
            *out = i;
            return SIPAS_OK;
        }
    for (int64_t i = 0; i < table->n_columns && used < sizeof names; i++) {
        int written = sipas__text_format(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                         table->columns[i].field.name);

        used += written > 0 ? (size_t)written : 0;
    }
    sipas__text_cut(names, sizeof names);
    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                            "the table has no column \"%s\"; it has %s", name, names);
}

static sipas_status get_typed(const sipas_table *table, const char *name, int32_t type, const void **out,
                              sipas_error *err)
{
    int64_t index;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    status = sipas_table_find(table, name, &index, err);
    if (status < 0) return status;
    if (table->columns[index].field.type != type)
        return sipas__error_set(err, SIPAS_ERR_TYPE, SIPAS__NOWHERE, index, name, "column \"%s\" does not hold %s",
                                name,
                                type == SIPAS_TYPE_F64   ? "doubles"
                                : type == SIPAS_TYPE_I64 ? "integers"
                                                         : "text");
    *out = table->columns[index].data;
    return SIPAS_OK;
}

sipas_status sipas_table_get_f64(const sipas_table *table, const char *name, const double **out, sipas_error *err)
{
    const void *data = NULL;
    sipas_status status = get_typed(table, name, SIPAS_TYPE_F64, out ? &data : NULL, err);

    if (status == SIPAS_OK) *out = data;
    return status;
}

sipas_status sipas_table_get_i64(const sipas_table *table, const char *name, const int64_t **out, sipas_error *err)
{
    const void *data = NULL;
    sipas_status status = get_typed(table, name, SIPAS_TYPE_I64, out ? &data : NULL, err);

    if (status == SIPAS_OK) *out = data;
    return status;
}

sipas_status sipas_table_get_code(const sipas_table *table, const char *name, const char *const **out, sipas_error *err)
{
    const void *data = NULL;
    sipas_status status = get_typed(table, name, SIPAS_TYPE_CODE, out ? &data : NULL, err);

    if (status == SIPAS_OK) *out = data;
    return status;
}

int64_t sipas_table_count_meta(const sipas_table *table)
{
    return table ? table->n_meta : 0;
}

sipas_status sipas_table_get_meta(const sipas_table *table, int64_t index, const char **key, const char **value,
                                  sipas_error *err)
{
    if (!table) return sipas__error_argument(err, "table", "is NULL");
    if (!key || !value) return sipas__error_argument(err, !key ? "key" : "value", "is NULL");
    if (index < 0 || index >= table->n_meta)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, NULL,
                                "the table has no metadata entry %lld", (long long)index);
    *key = table->meta[index].key;
    *value = table->meta[index].value;
    return SIPAS_OK;
}

sipas_status sipas_table_find_meta(const sipas_table *table, const char *key, const char **value, sipas_error *err)
{
    if (!table) return sipas__error_argument(err, "table", "is NULL");
    if (!key || !value) return sipas__error_argument(err, !key ? "key" : "value", "is NULL");
    for (int64_t i = 0; i < table->n_meta; i++)
        if (strcmp(table->meta[i].key, key) == 0) {
            *value = table->meta[i].value;
            return SIPAS_OK;
        }
    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, key,
                            "the table has no metadata \"%s\"", key);
}

const sipas_table *sipas_table_get_notes(const sipas_table *table)
{
    return table ? table->notes_table : NULL;
}

sipas_status sipas_table_get_cov(const sipas_table *table, const sipas_cov **out, sipas_error *err)
{
    if (!table) return sipas__error_argument(err, "table", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = table->cov;
    if (table->cov) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, "cov",
                            "the table carries no covariance; ask for it with the option cov");
}
