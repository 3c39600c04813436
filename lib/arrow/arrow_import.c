/*
 * Columns from Arrow: arrays and streams are taken over whole, and a column is made ready when it is asked for.
 *
 * Numbers in one chunk are lent; all else is written to memory of the handle's. Cost: one pass over the rows of the column, two for
 * texts.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <string.h>

#include "arrow/cells.h"
#include "base/context.h"
#include "base/text.h"
#include "data/codes.h"

typedef struct arrow_column {
    int ready;
    sipas_column view;
    sipas__arrow_cells cells;
    sipas__arrow_texts texts;
    sipas__arrow_levels levels; /* of a dictionary; each once after sipas_arrow_get_levels() */
    int levels_ready;
} arrow_column;

struct sipas_arrow {
    sipas_ctx *ctx;
    struct ArrowSchema schema;
    struct ArrowArray *chunks;
    int64_t n_chunks, capacity;
    int64_t n_rows;
    arrow_column *columns;
    int64_t n_columns;
};

/* ---- taking over ---- */

static const char *name_of(const struct ArrowSchema *schema)
{
    return schema->name && *schema->name ? schema->name : "column";
}

static int64_t columns_of(const struct ArrowSchema *schema)
{
    return sipas__arrow_is_struct(schema) ? schema->n_children : 1;
}

/* The names of all fields are checked here, where none has been read. */
static sipas_status check_fields(const struct ArrowSchema *schema, const char *name, sipas_error *err)
{
    sipas_status status = sipas__arrow_check_schema(schema, name, err);

    if (status < 0 || !sipas__arrow_is_struct(schema)) return status;
    for (int64_t i = 0; status == SIPAS_OK && i < schema->n_children; i++)
        status = sipas__arrow_check_schema(schema->children[i], name, err);
    return status;
}

static sipas_arrow *new_arrow(const sipas_ctx *ctx)
{
    sipas_arrow *arrow = sipas__alloc(ctx, 1, sizeof *arrow);

    if (arrow) arrow->ctx = sipas__ctx_ref(ctx);
    return arrow;
}

/* Checks a chunk against `schema` and makes room for it; nothing is moved yet. */
static sipas_status admit(sipas_arrow *arrow, const struct ArrowSchema *schema, const struct ArrowArray *array,
                          const char *name, sipas_error *err)
{
    sipas__arrow_span span;
    void *chunks = arrow->chunks;
    sipas_status status = sipas__arrow_span_init(&span, schema, array, 0, name, err);

    if (status < 0) {
        if (err) err->row = arrow->n_rows;
        return status;
    }
    if (array->length > SIPAS__ARROW_ROWS - arrow->n_rows)
        return sipas__error_set(err, SIPAS_ERR_VALUE, arrow->n_rows, SIPAS__NOWHERE, name,
                                "%s: malformed Arrow: more rows than any memory holds", name);
    if (!sipas__grow(arrow->ctx, &chunks, &arrow->capacity, arrow->n_chunks + 1, sizeof *arrow->chunks))
        return sipas__error_memory(err);
    arrow->chunks = chunks;
    return SIPAS_OK;
}

static void move_chunk(sipas_arrow *arrow, struct ArrowArray *array)
{
    arrow->chunks[arrow->n_chunks++] = *array;
    arrow->n_rows += array->length;
    array->release = NULL;
}

/* Room for the columns of `schema`. */
static int open_columns(sipas_arrow *arrow, const struct ArrowSchema *schema)
{
    arrow->columns = sipas__alloc(arrow->ctx, columns_of(schema), sizeof *arrow->columns);
    if (arrow->columns) arrow->n_columns = columns_of(schema);
    return arrow->columns != NULL;
}

sipas_status sipas_arrow_read_array(const sipas_ctx *ctx, struct ArrowSchema *schema, struct ArrowArray *array,
                                    const char *name, sipas_arrow **out, sipas_error *err)
{
    sipas_arrow *arrow = NULL;
    sipas_status status = SIPAS_OK;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!schema) return sipas__error_argument(err, "schema", "is NULL");
    if (!array) return sipas__error_argument(err, "array", "is NULL");
    if (!name) name = "columns";
    status = check_fields(schema, name, err);
    if (status < 0) return status;
    arrow = new_arrow(ctx);
    if (!arrow) return sipas__error_memory(err);
    status = admit(arrow, schema, array, name, err);
    if (status < 0) goto fail;
    if (!open_columns(arrow, schema)) {
        status = sipas__error_memory(err);
        goto fail;
    }
    move_chunk(arrow, array);
    arrow->schema = *schema;
    schema->release = NULL;
    *out = arrow;
    return SIPAS_OK;
fail:
    sipas_arrow_free(arrow);
    return status;
}

/* ---- streams ---- */

static sipas_status stream_failed(struct ArrowArrayStream *stream, int code, int64_t row, const char *name,
                                  sipas_error *err)
{
    const char *text = stream->get_last_error ? stream->get_last_error(stream) : NULL;

    if (code == ENOMEM) return sipas__error_memory(err);
    return sipas__error_set(err, SIPAS_ERR_STREAM, row, SIPAS__NOWHERE, name,
                            "%s: the Arrow stream failed: %s (error %d)", name,
                            text && *text ? text : "it does not say why", code);
}

/* One more chunk; *more = 0 at the end of the stream. */
static sipas_status take_chunk(sipas_arrow *arrow, struct ArrowArrayStream *stream, int *more, const char *name,
                               sipas_error *err)
{
    struct ArrowArray array;
    sipas_status status;
    int code;

    memset(&array, 0, sizeof array);
    code = stream->get_next(stream, &array);
    if (code != 0) return stream_failed(stream, code, arrow->n_rows, name, err);
    *more = array.release != NULL;
    if (!*more) return SIPAS_OK;
    status = admit(arrow, &arrow->schema, &array, name, err);
    if (status == SIPAS_OK)
        move_chunk(arrow, &array);
    else
        array.release(&array);
    return status;
}

sipas_status sipas_arrow_read_stream(const sipas_ctx *ctx, struct ArrowArrayStream *stream, const char *name,
                                     sipas_arrow **out, sipas_error *err)
{
    sipas_arrow *arrow = NULL;
    sipas_status status = SIPAS_OK;
    int code, more = 1;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!stream) return sipas__error_argument(err, "stream", "is NULL");
    if (!stream->release)
        return sipas__error_argument(err, "stream", "the Arrow stream has been released, or was moved away");
    if (!stream->get_schema || !stream->get_next) return sipas__error_argument(err, "stream", "has no functions");
    if (!name) name = "columns";
    arrow = new_arrow(ctx);
    if (!arrow) return sipas__error_memory(err);
    code = stream->get_schema(stream, &arrow->schema);
    if (code != 0) {
        memset(&arrow->schema, 0, sizeof arrow->schema); /* what a failed call leaves means nothing */
        status = stream_failed(stream, code, SIPAS__NOWHERE, name, err);
        goto fail;
    }
    status = check_fields(&arrow->schema, name, err);
    if (status < 0) goto fail;
    if (!open_columns(arrow, &arrow->schema)) {
        status = sipas__error_memory(err);
        goto fail;
    }
    while (status == SIPAS_OK && more) status = take_chunk(arrow, stream, &more, name, err);
    if (status < 0) goto fail;
    stream->release(stream);
    stream->release = NULL;
    *out = arrow;
    return SIPAS_OK;
fail:
    sipas_arrow_free(arrow);
    return status;
}

void sipas_arrow_free(sipas_arrow *arrow)
{
    sipas_ctx *ctx;

    if (!arrow) return;
    ctx = arrow->ctx;
    for (int64_t i = 0; i < arrow->n_columns; i++) {
        sipas__arrow_cells_clear(&arrow->columns[i].cells);
        sipas__free(ctx, arrow->columns[i].texts.memory);
        sipas__free(ctx, arrow->columns[i].levels.data);
    }
    for (int64_t i = 0; i < arrow->n_chunks; i++) arrow->chunks[i].release(&arrow->chunks[i]);
    if (arrow->schema.release) arrow->schema.release(&arrow->schema);
    sipas__free(ctx, arrow->chunks);
    sipas__free(ctx, arrow->columns);
    sipas__free(ctx, arrow);
    sipas_ctx_free(ctx);
}

/* ---- columns ---- */

int64_t sipas_arrow_count_rows(const sipas_arrow *arrow)
{
    return arrow ? arrow->n_rows : 0;
}

int64_t sipas_arrow_count_columns(const sipas_arrow *arrow)
{
    return arrow ? arrow->n_columns : 0;
}

static const struct ArrowSchema *column_schema(const sipas_arrow *arrow, int64_t index)
{
    return sipas__arrow_is_struct(&arrow->schema) ? arrow->schema.children[index] : &arrow->schema;
}

const char *sipas_arrow_get_name(const sipas_arrow *arrow, int64_t index)
{
    const char *name;

    if (!arrow || index < 0 || index >= arrow->n_columns) return NULL;
    name = column_schema(arrow, index)->name;
    return name ? name : "";
}

sipas_status sipas_arrow_find(const sipas_arrow *arrow, const char *name, int64_t *out, sipas_error *err)
{
    int64_t found = -1, n = 0;
    char names[256] = "";
    size_t used = 0;

    if (!arrow) return sipas__error_argument(err, "arrow", "is NULL");
    if (!name) return sipas__error_argument(err, "name", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    for (int64_t i = arrow->n_columns; i-- > 0;)
        if (strcmp(sipas_arrow_get_name(arrow, i), name) == 0) {
            found = i;
            n++;
        }
    if (n > 1)
        return sipas__error_set(err, SIPAS_ERR_DUPLICATE, SIPAS__NOWHERE, found, name, "%lld columns are called \"%s\"",
                                (long long)n, name);
    if (n == 1) {
        *out = found;
        return SIPAS_OK;
    }
    for (int64_t i = 0; i < arrow->n_columns && used < sizeof names; i++) {
        int written = sipas__text_format(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                         sipas_arrow_get_name(arrow, i));

        used += written > 0 ? (size_t)written : 0;
    }
    sipas__text_cut(names, sizeof names);
    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                            "there is no column \"%s\"; there are %s", name, names);
}

/* The leaf of a column in one chunk. */
static sipas_status column_span(const sipas_arrow *arrow, int64_t index, int64_t chunk, const char *name,
                                sipas__arrow_span *span, sipas_error *err)
{
    sipas_status status = sipas__arrow_span_init(span, &arrow->schema, &arrow->chunks[chunk], 0, name, err);

    if (status == SIPAS_OK && sipas__arrow_is_struct(&arrow->schema))
        status = sipas__arrow_span_enter(span, index, name, err);
    return status < 0 ? status : sipas__arrow_span_leaf(span, name, err);
}

/* The only chunk with rows; -1 when there are several, or none. */
static int64_t only_chunk(const sipas_arrow *arrow)
{
    int64_t only = -1;

    for (int64_t i = 0; i < arrow->n_chunks; i++) {
        if (arrow->chunks[i].length == 0) continue;
        if (only >= 0) return -1;
        only = i;
    }
    return only;
}

/* Lends numbers where they lie; 0 when they must be written out. */
static int lend(const sipas__arrow_span *span, sipas_column *view)
{
    const sipas__arrow_type *type = &span->type;

    if (type->kind != SIPAS__ARROW_NUMBER || span->schema->dictionary || span->n_masks > 1) return 0;
    if (type->width != sipas__arrow_cells_width(type->cell) || span->schema->format[0] == 'L') return 0;
    *view = (sipas_column){.stride = type->width, .n = span->n, .type = type->cell};
    view->data = (const char *)span->array->buffers[1] + span->start * type->width;
    if (span->n_masks > 0) {
        view->validity = span->mask[0].bits;
        view->offset = span->mask[0].start;
    }
    return 1;
}

/* Room for the texts of all chunks. */
static sipas_status open_texts(const sipas_arrow *arrow, int64_t index, const char *name, sipas__arrow_texts *texts,
                               sipas_error *err)
{
    int64_t row = 0, size = 0;

    for (int64_t i = 0; i < arrow->n_chunks; row += arrow->chunks[i++].length) {
        sipas__arrow_span span;
        sipas_status status = column_span(arrow, index, i, name, &span, err);

        if (status == SIPAS_OK) status = sipas__arrow_span_measure(&span, row, name, &size, err);
        if (status < 0) return status;
        texts->size += size;
    }
    texts->memory = sipas__alloc(arrow->ctx, texts->size + SIPAS__ARROW_BEFORE, 1);
    if (!texts->memory) return sipas__error_memory(err);
    texts->bytes = texts->memory + SIPAS__ARROW_BEFORE;
    return SIPAS_OK;
}

/* Writes all chunks to memory of the column's. */
static sipas_status write_out(const sipas_arrow *arrow, int64_t index, int32_t cell, const char *name,
                              arrow_column *column, sipas_error *err)
{
    sipas__arrow_cells *cells = &column->cells;
    sipas_status status = open_texts(arrow, index, name, &column->texts, err);
    int64_t row = 0;

    if (status == SIPAS_OK)
        status = sipas__arrow_cells_init(cells, arrow->ctx, cell, arrow->n_rows, &column->texts, err);
    cells->levels = &column->levels;
    for (int64_t i = 0; status == SIPAS_OK && i < arrow->n_chunks; row += arrow->chunks[i++].length) {
        sipas__arrow_span span;

        status = column_span(arrow, index, i, name, &span, err);
        if (status == SIPAS_OK) status = sipas__arrow_span_read(&span, cells, row, name, err);
    }
    column->view = (sipas_column){.data = cells->data, .stride = cells->width, .n = arrow->n_rows, .type = cell};
    for (int64_t i = 0; cells->validity && i < arrow->n_rows && !column->view.validity; i++)
        if (!(cells->validity[i / 8] >> (i % 8) & 1)) column->view.validity = cells->validity;
    return status;
}

static sipas_status make_ready(const sipas_arrow *arrow, int64_t index, const char *name, arrow_column *column,
                               sipas_error *err)
{
    const int64_t chunk = only_chunk(arrow);
    int32_t cell = 0;
    sipas__arrow_span span;
    sipas_status status = sipas__arrow_cell_of(column_schema(arrow, index), name, &cell, err);

    if (status < 0) return status;
    if (chunk >= 0) {
        status = column_span(arrow, index, chunk, name, &span, err);
        if (status < 0 || lend(&span, &column->view)) return status;
    }
    status = write_out(arrow, index, cell, name, column, err);
    if (status == SIPAS_OK) return status;
    sipas__arrow_cells_clear(&column->cells);
    sipas__free(arrow->ctx, column->texts.memory);
    sipas__free(arrow->ctx, column->levels.data);
    memset(column, 0, sizeof *column);
    return status;
}

sipas_status sipas_arrow_get_column(sipas_arrow *arrow, int64_t index, const char *name, sipas_column *out,
                                    sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    if (!arrow) return sipas__error_argument(err, "arrow", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    if (index < 0 || index >= arrow->n_columns)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, index, NULL, "there is no column %lld",
                                (long long)index);
    if (!name) name = name_of(column_schema(arrow, index));
    if (!arrow->columns[index].ready) status = make_ready(arrow, index, name, &arrow->columns[index], err);
    if (status < 0) return status;
    arrow->columns[index].ready = 1;
    *out = arrow->columns[index].view;
    return SIPAS_OK;
}

/* The schema of a column's leaf: structs of one field stand for their field. */
static const struct ArrowSchema *leaf_schema(const sipas_arrow *arrow, int64_t index)
{
    const struct ArrowSchema *schema = column_schema(arrow, index);

    while (sipas__arrow_is_struct(schema) && schema->n_children == 1) schema = schema->children[0];
    return schema;
}

static sipas_column view_levels(const arrow_column *column)
{
    const sipas_column view = {
        .data = column->levels.data, .stride = column->cells.width, .n = column->levels.n, .type = column->view.type};

    return view;
}

/* Leaves out what stands there already. */
static sipas_status merge_levels(const sipas_arrow *arrow, arrow_column *column, const char *name, sipas_error *err)
{
    const sipas_column all = view_levels(column);
    const int64_t width = column->cells.width;
    sipas__codes codes;
    uint8_t *met;
    int64_t n = 0;
    sipas_status status = sipas__codes_init(&codes, arrow->ctx, &all, all.n, name, 1, err);

    if (status < 0) return status;
    met = sipas__alloc(arrow->ctx, codes.n_levels, 1);
    for (int64_t i = 0; met && i < all.n; i++) {
        int32_t level;

        sipas__codes_read(&codes, i, 1, &level);
        if (level < 0 || met[level]) continue;
        memmove(column->levels.data + n++ * width, column->levels.data + i * width, (size_t)width);
        met[level] = 1;
    }
    sipas__codes_clear(&codes);
    if (!met) return sipas__error_memory(err);
    sipas__free(arrow->ctx, met);
    column->levels.n = n;
    column->levels_ready = 1;
    return SIPAS_OK;
}

sipas_status sipas_arrow_get_levels(sipas_arrow *arrow, int64_t index, const char *name, sipas_column *out,
                                    sipas_error *err)
{
    const sipas_column none = {0};
    sipas_column column;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    if ((status = sipas_arrow_get_column(arrow, index, name, &column, err)) < 0) return status;
    if (!leaf_schema(arrow, index)->dictionary) {
        *out = none;
        return SIPAS_OK;
    }
    if (!name) name = name_of(column_schema(arrow, index));
    if (!arrow->columns[index].levels_ready && arrow->columns[index].levels.n > 0)
        status = merge_levels(arrow, &arrow->columns[index], name, err);
    if (status < 0) return status;
    *out = view_levels(&arrow->columns[index]);
    return SIPAS_OK;
}

sipas_status sipas_arrow_get_texts(const sipas_arrow *arrow, int64_t index, const char **bytes, int64_t *size,
                                   sipas_error *err)
{
    if (!arrow) return sipas__error_argument(err, "arrow", "is NULL");
    if (!bytes || !size) return sipas__error_argument(err, !bytes ? "bytes" : "size", "is NULL");
    if (index < 0 || index >= arrow->n_columns || !arrow->columns[index].ready)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, index, NULL,
                                "column %lld is not there, or has not been asked for", (long long)index);
    if (arrow->columns[index].view.type != SIPAS_TYPE_CODE)
        return sipas__error_set(err, SIPAS_ERR_TYPE, SIPAS__NOWHERE, index, NULL, "column %lld holds no codes",
                                (long long)index);
    *bytes = arrow->columns[index].texts.bytes;
    *size = arrow->columns[index].texts.used;
    return SIPAS_OK;
}
