/*
 * Tables as Arrow streams of one chunk. Numbers are lent where they lie: every array that leaves holds the table by a reference of its
 * own, so it may outlive the stream and the handle. Texts become offsets and bytes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <string.h>

#include "arrow/span.h"
#include "base/context.h"
#include "data/table.h"

/* What a schema, an array or a stream holds: the table, which holds the context whose memory they are. */
typedef struct lent {
    sipas_table *table;
    int done;              /* stream: the chunk is out */
    const void *buffer[3]; /* column */
    void *made[3];         /* column: those of the buffers that were made here */
} lent;

/* One more hold on a table, which a const handle may have: it counts holds, nothing else of it changes. */
static sipas_table *hold(const sipas_table *table)
{
    return sipas_table_ref((sipas_table *)(uintptr_t)table);
}

static lent *new_lent(const sipas_table *table)
{
    lent *held = sipas__alloc(sipas__table_ctx(table), 1, sizeof *held);

    if (held) held->table = hold(table);
    return held;
}

static void free_lent(lent *held)
{
    sipas_table *table = held->table;

    for (int i = 0; i < 3; i++) sipas__free(sipas__table_ctx(table), held->made[i]);
    sipas__free(sipas__table_ctx(table), held);
    sipas_table_free(table);
}

/* ---- schema ---- */

static void release_schema(struct ArrowSchema *schema)
{
    lent *held = schema->private_data;
    const sipas_ctx *ctx = sipas__table_ctx(held->table);

    for (int64_t i = 0; i < schema->n_children; i++) {
        if (schema->children[i] && schema->children[i]->release) schema->children[i]->release(schema->children[i]);
        sipas__free(ctx, schema->children[i]);
    }
    sipas__free(ctx, schema->children);
    schema->release = NULL;
    free_lent(held);
}

static char *put_text(char *at, const char *text)
{
    const int32_t size = (int32_t)strlen(text);

    memcpy(at, &size, sizeof size);
    memcpy(at + sizeof size, text, (size_t)size);
    return at + sizeof size + size;
}

/* Arrow's form of metadata: a count, then the lengths and bytes of keys and values. */
static char *encode_metadata(const sipas_ctx *ctx, const char *const *pairs, int32_t n)
{
    size_t size = sizeof n;
    char *encoded, *at;

    for (int32_t i = 0; i < 2 * n; i++) size += sizeof(int32_t) + strlen(pairs[i]);
    encoded = sipas__alloc(ctx, (int64_t)size, 1);
    if (!encoded) return NULL;
    memcpy(encoded, &n, sizeof n);
    at = encoded + sizeof n;
    for (int32_t i = 0; i < 2 * n; i++) at = put_text(at, pairs[i]);
    return encoded;
}

static char *table_metadata(const sipas_table *table)
{
    const sipas_ctx *ctx = sipas__table_ctx(table);
    const int64_t n = sipas_table_count_meta(table);
    const char **pairs = sipas__alloc(ctx, 2 * n, sizeof *pairs);
    char *encoded = NULL;

    if (!pairs) return NULL;
    for (int64_t i = 0; i < n; i++) (void)sipas_table_get_meta(table, i, &pairs[2 * i], &pairs[2 * i + 1], NULL);
    encoded = encode_metadata(ctx, pairs, (int32_t)n);
    sipas__free(ctx, pairs);
    return encoded;
}

/* A schema that holds the table, and its metadata as the first of what was made here. False when there is no memory. */
static int open_schema(const sipas_table *table, struct ArrowSchema *out)
{
    lent *held = new_lent(table);

    memset(out, 0, sizeof *out);
    out->private_data = held;
    if (held) out->release = release_schema;
    return held != NULL;
}

static int close_schema(struct ArrowSchema *schema, char *metadata)
{
    lent *held = schema->private_data;

    held->made[0] = metadata;
    schema->metadata = metadata;
    return metadata != NULL;
}

static int field_schema(const sipas_table *table, const sipas_field *field, struct ArrowSchema *out)
{
    const char *const pairs[4] = {"unit", field->unit ? field->unit : "", "meaning",
                                  field->meaning ? field->meaning : ""};

    if (!open_schema(table, out)) return 0;
    out->format = field->type == SIPAS_TYPE_F64 ? "g" : field->type == SIPAS_TYPE_I64 ? "l" : "u";
    out->name = field->name; /* the table's, which is held */
    out->flags = ARROW_FLAG_NULLABLE;
    return close_schema(out, encode_metadata(sipas__table_ctx(table), pairs, 2));
}

static int table_schema(const sipas_table *table, struct ArrowSchema *out)
{
    const sipas_ctx *ctx = sipas__table_ctx(table);
    const int64_t n = sipas_table_count_columns(table);

    if (!open_schema(table, out)) return 0;
    out->format = "+s";
    out->name = "";
    out->children = sipas__alloc(ctx, n, sizeof(struct ArrowSchema *));
    if (!out->children || !close_schema(out, table_metadata(table))) goto fail;
    for (int64_t i = 0; i < n; i++) {
        out->children[i] = sipas__alloc(ctx, 1, sizeof(struct ArrowSchema));
        if (!out->children[i]) goto fail;
        out->n_children = i + 1;
        if (!field_schema(table, sipas_table_get_field(table, i), out->children[i])) goto fail;
    }
    return 1;
fail:
    release_schema(out);
    return 0;
}

/* ---- arrays ---- */

static void release_column(struct ArrowArray *array)
{
    array->release = NULL;
    free_lent(array->private_data);
}

static void release_chunk(struct ArrowArray *array)
{
    lent *held = array->private_data;
    const sipas_ctx *ctx = sipas__table_ctx(held->table);

    for (int64_t i = 0; array->children && i < array->n_children; i++) {
        if (array->children[i] && array->children[i]->release) array->children[i]->release(array->children[i]);
        sipas__free(ctx, array->children[i]);
    }
    sipas__free(ctx, array->children);
    array->release = NULL;
    free_lent(held);
}

/* Validity, offsets and bytes of texts; 64-bit offsets are not needed: messages and codes are short. */
static int text_buffers(const char *const *text, int64_t n, lent *held, int64_t *null_count)
{
    const sipas_ctx *ctx = sipas__table_ctx(held->table);
    size_t size = 0;
    uint8_t *bits = held->made[0] = sipas__alloc(ctx, n / 8 + 1, 1);
    int32_t *offsets = held->made[1] = sipas__alloc(ctx, n + 1, sizeof *offsets);
    char *bytes;

    if (!bits || !offsets) return ENOMEM;
    for (int64_t i = 0; i < n; i++) {
        if (text[i]) {
            bits[i / 8] |= (uint8_t)(1u << (i % 8));
            size += strlen(text[i]);
        } else {
            ++*null_count;
        }
        if (size > INT32_MAX) return EOVERFLOW;
        offsets[i + 1] = (int32_t)size;
    }
    bytes = held->made[2] = sipas__alloc(ctx, (int64_t)size, 1);
    if (!bytes) return ENOMEM;
    for (int64_t i = 0; i < n; i++)
        if (text[i]) memcpy(bytes + offsets[i], text[i], (size_t)(offsets[i + 1] - offsets[i]));
    for (int i = 0; i < 3; i++) held->buffer[i] = held->made[i];
    return 0;
}

static int column_array(const sipas_table *table, int64_t index, struct ArrowArray *out)
{
    sipas_column column;
    lent *held = new_lent(table);

    if (!held) return ENOMEM;
    (void)sipas_table_get_column(table, index, &column, NULL); /* index is one of the table's */
    out->length = column.n;
    out->buffers = held->buffer;
    out->n_buffers = column.type == SIPAS_TYPE_CODE ? 3 : 2;
    out->private_data = held;
    out->release = release_column;
    if (column.type == SIPAS_TYPE_CODE) return text_buffers(column.data, column.n, held, &out->null_count);
    held->buffer[0] = column.validity; /* begins at its first bit */
    held->buffer[1] = column.data;
    out->null_count = column.validity ? -1 : 0;
    return 0;
}

/* ---- stream ---- */

static int stream_schema(struct ArrowArrayStream *self, struct ArrowSchema *out)
{
    return table_schema(((const lent *)self->private_data)->table, out) ? 0 : ENOMEM;
}

static int stream_next(struct ArrowArrayStream *self, struct ArrowArray *out)
{
    lent *stream = self->private_data, *held;
    const sipas_table *table = stream->table;
    const sipas_ctx *ctx = sipas__table_ctx(table);
    const int64_t n = sipas_table_count_columns(table);
    int code = ENOMEM;

    memset(out, 0, sizeof *out);
    if (stream->done) return 0;
    held = new_lent(table);
    if (!held) return ENOMEM;
    out->private_data = held;
    out->release = release_chunk;
    out->length = sipas_table_count_rows(table);
    out->n_buffers = 1;
    out->buffers = held->buffer;
    out->children = sipas__alloc(ctx, n, sizeof(struct ArrowArray *));
    if (!out->children) goto fail;
    for (int64_t i = 0; i < n; i++) {
        code = ENOMEM;
        out->children[i] = sipas__alloc(ctx, 1, sizeof(struct ArrowArray));
        if (!out->children[i]) goto fail;
        out->n_children = i + 1;
        code = column_array(table, i, out->children[i]);
        if (code != 0) goto fail;
    }
    stream->done = 1;
    return 0;
fail:
    release_chunk(out);
    return code;
}

static const char *stream_error(struct ArrowArrayStream *self)
{
    (void)self;
    return "no memory for an Arrow array, or more than 2 GiB of text in a column";
}

static void release_stream(struct ArrowArrayStream *self)
{
    self->release = NULL;
    free_lent(self->private_data);
}

sipas_status sipas_arrow_write_stream(const sipas_table *table, struct ArrowArrayStream *out, sipas_error *err)
{
    lent *stream;

    if (!table) return sipas__error_argument(err, "table", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    stream = new_lent(table);
    if (!stream) return sipas__error_memory(err);
    *out = (struct ArrowArrayStream){stream_schema, stream_next, stream_error, release_stream, stream};
    return SIPAS_OK;
}

sipas_status sipas_arrow_write_schema(const sipas_table *table, struct ArrowSchema *out, sipas_error *err)
{
    struct ArrowSchema schema;

    if (!table) return sipas__error_argument(err, "table", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    if (!table_schema(table, &schema)) return sipas__error_memory(err);
    *out = schema;
    return SIPAS_OK;
}
