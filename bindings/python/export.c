/*
 * Tables as Arrow streams of one batch (https://arrow.apache.org/docs/format/CStreamInterface.html). Numbers are lent where
 * they lie: every array that leaves holds the table by a reference of its own, so it may outlive the stream, the Python object
 * and, being plain C, the interpreter. Texts become offsets and bytes. Part of the module that cffi makes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a stream holds: the table, the one that owns its memory (for notes, the table they belong to), and whether the batch is out. */
typedef struct lent_stream {
    const sipas_table *table;
    sipas_table *owner;
    int done;
} lent_stream;

/* What an array of a column holds. */
typedef struct lent_column {
    sipas_table *owner;
    const void *buffers[3];
    void *made[3]; /* those of the buffers that were made here */
} lent_column;

/* ------------------------------------------------------------------------------------------------------------ schema */

static void release_schema(struct ArrowSchema *schema)
{
    for (int64_t i = 0; i < schema->n_children; i++) {
        if (schema->children[i] && schema->children[i]->release) schema->children[i]->release(schema->children[i]);
        free(schema->children[i]);
    }
    free(schema->children);
    free((char *)schema->name);
    free((char *)schema->metadata);
    schema->release = NULL;
}

static char *put_text(char *at, const char *text)
{
    const int32_t size = (int32_t)strlen(text);

    memcpy(at, &size, sizeof size);
    memcpy(at + sizeof size, text, (size_t)size);
    return at + sizeof size + size;
}

/* Arrow's form of metadata: a count, then the lengths and bytes of keys and values. */
static char *encode_metadata(const char *const *pairs, int32_t n)
{
    size_t size = sizeof n;

    for (int32_t i = 0; i < 2 * n; i++) size += sizeof(int32_t) + strlen(pairs[i]);
    char *encoded = malloc(size), *at = encoded;
    if (!encoded) return NULL;
    memcpy(at, &n, sizeof n);
    at += sizeof n;
    for (int32_t i = 0; i < 2 * n; i++) at = put_text(at, pairs[i]);
    return encoded;
}

static char *table_metadata(const sipas_table *table)
{
    const int64_t n = sipas_table_count_meta(table);
    const char **pairs = calloc((size_t)(2 * n + 1), sizeof *pairs);

    if (!pairs) return NULL;
    for (int64_t i = 0; i < n; i++) sipas_table_get_meta(table, i, &pairs[2 * i], &pairs[2 * i + 1], NULL);
    char *encoded = encode_metadata(pairs, (int32_t)n);
    free(pairs);
    return encoded;
}

static char *copy_text(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    return copy ? memcpy(copy, text, size) : NULL;
}

static int field_schema(const sipas_field *field, struct ArrowSchema *out)
{
    const char *const pairs[4] = {"unit", field->unit ? field->unit : "", "meaning",
                                  field->meaning ? field->meaning : ""};

    memset(out, 0, sizeof *out);
    out->format = field->type == SIPAS_TYPE_F64 ? "g" : field->type == SIPAS_TYPE_I64 ? "l" : "u";
    out->name = copy_text(field->name);
    out->metadata = encode_metadata(pairs, 2);
    out->flags = 2; /* nullable */
    out->release = release_schema;
    return out->name && out->metadata ? 0 : ENOMEM;
}

static int table_schema(const sipas_table *table, struct ArrowSchema *out)
{
    const int64_t n = sipas_table_count_columns(table);

    memset(out, 0, sizeof *out);
    out->format = "+s";
    out->release = release_schema;
    out->name = copy_text("");
    out->metadata = table_metadata(table);
    out->children = calloc((size_t)n + 1, sizeof *out->children);
    if (!out->name || !out->metadata || !out->children) goto fail;
    for (int64_t i = 0; i < n; i++) {
        out->children[i] = calloc(1, sizeof **out->children);
        if (!out->children[i]) goto fail;
        out->n_children = i + 1;
        if (field_schema(sipas_table_get_field(table, i), out->children[i]) != 0) goto fail;
    }
    return 0;
fail:
    release_schema(out);
    return ENOMEM;
}

/* ------------------------------------------------------------------------------------------------------------- arrays */

static void release_column(struct ArrowArray *array)
{
    lent_column *lent = array->private_data;

    sipas_table_free(lent->owner);
    for (int i = 0; i < 3; i++) free(lent->made[i]);
    free(lent);
    array->release = NULL;
}

static void release_batch(struct ArrowArray *array)
{
    for (int64_t i = 0; i < array->n_children; i++) {
        if (array->children[i] && array->children[i]->release) array->children[i]->release(array->children[i]);
        free(array->children[i]);
    }
    free(array->children);
    free((void *)array->buffers);
    array->release = NULL;
}

/* Validity, offsets and bytes of texts; large (64-bit) offsets are not needed: messages and codes are short. */
static int text_buffers(const char *const *text, int64_t n, lent_column *lent, int64_t *null_count)
{
    size_t size = 0;
    uint8_t *bits = calloc((size_t)(n / 8 + 1), 1);
    int32_t *offsets = calloc((size_t)n + 1, sizeof *offsets);

    lent->made[0] = bits;
    lent->made[1] = offsets;
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
    char *bytes = malloc(size + 1);
    lent->made[2] = bytes;
    if (!bytes) return ENOMEM;
    for (int64_t i = 0; i < n; i++)
        if (text[i]) memcpy(bytes + offsets[i], text[i], (size_t)(offsets[i + 1] - offsets[i]));
    for (int i = 0; i < 3; i++) lent->buffers[i] = lent->made[i];
    return 0;
}

/* A bitmap that begins at its first bit is lent, another one copied: offsets of Arrow would move the cells too. */
static int number_buffers(const sipas_column *column, lent_column *lent, int64_t *null_count)
{
    lent->buffers[1] = column->data;
    if (!column->validity) return 0;
    *null_count = -1; /* not counted */
    lent->buffers[0] = column->validity;
    if (column->offset == 0) return 0;
    uint8_t *bits = calloc((size_t)(column->n / 8 + 1), 1);
    lent->made[0] = bits;
    lent->buffers[0] = bits;
    if (!bits) return ENOMEM;
    for (int64_t i = 0; i < column->n; i++) {
        const int64_t bit = column->offset + i;
        bits[i / 8] |= (uint8_t)((column->validity[bit / 8] >> (bit % 8) & 1) << (i % 8));
    }
    return 0;
}

static int column_array(const lent_stream *stream, int64_t index, struct ArrowArray *out)
{
    sipas_column column;
    lent_column *lent = calloc(1, sizeof *lent);

    if (!lent || sipas_table_get_column(stream->table, index, &column, NULL) != 0) {
        free(lent);
        return ENOMEM;
    }
    lent->owner = sipas_table_ref(stream->owner);
    out->length = column.n;
    out->buffers = lent->buffers;
    out->n_buffers = column.type == SIPAS_TYPE_CODE ? 3 : 2;
    out->private_data = lent;
    out->release = release_column;
    return column.type == SIPAS_TYPE_CODE ? text_buffers(column.data, column.n, lent, &out->null_count)
                                          : number_buffers(&column, lent, &out->null_count);
}

static int stream_next(struct ArrowArrayStream *self, struct ArrowArray *out)
{
    lent_stream *stream = self->private_data;
    const int64_t n = sipas_table_count_columns(stream->table);
    int code = ENOMEM;

    memset(out, 0, sizeof *out);
    if (stream->done) return 0;
    out->length = sipas_table_count_rows(stream->table);
    out->release = release_batch;
    out->n_buffers = 1;
    out->buffers = calloc(1, sizeof *out->buffers);
    out->children = calloc((size_t)n + 1, sizeof *out->children);
    if (!out->buffers || !out->children) goto fail;
    for (int64_t i = 0; i < n; i++) {
        code = ENOMEM;
        out->children[i] = calloc(1, sizeof **out->children);
        if (!out->children[i]) goto fail;
        out->n_children = i + 1;
        code = column_array(stream, i, out->children[i]);
        if (code != 0) goto fail;
    }
    stream->done = 1;
    return 0;
fail:
    release_batch(out);
    return code;
}

/* ------------------------------------------------------------------------------------------------------------ stream */

static int stream_schema(struct ArrowArrayStream *self, struct ArrowSchema *out)
{
    return table_schema(((const lent_stream *)self->private_data)->table, out);
}

static const char *stream_error(struct ArrowArrayStream *self)
{
    (void)self;
    return "no memory for an Arrow array, or 2 GB of text in a column";
}

static void release_stream(struct ArrowArrayStream *self)
{
    lent_stream *stream = self->private_data;

    sipas_table_free(stream->owner);
    free(stream);
    self->release = NULL;
}

/* Capsules own what they hold; a consumer that moved the struct out of one has set its release to NULL. */
static void free_stream(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");

    if (stream->release) stream->release(stream);
    free(stream);
}

static void free_schema(PyObject *capsule)
{
    struct ArrowSchema *schema = PyCapsule_GetPointer(capsule, "arrow_schema");

    if (schema->release) schema->release(schema);
    free(schema);
}

static void *export_stream(const sipas_table *table, sipas_table *owner)
{
    struct ArrowArrayStream *out = calloc(1, sizeof *out);
    lent_stream *stream = calloc(1, sizeof *stream);

    if (!out || !stream) {
        free(out);
        free(stream);
        return NULL;
    }
    stream->table = table;
    stream->owner = sipas_table_ref(owner);
    *out = (struct ArrowArrayStream){stream_schema, stream_next, stream_error, release_stream, stream};
    return out;
}

static void *export_schema(const sipas_table *table)
{
    struct ArrowSchema *out = calloc(1, sizeof *out);

    if (out && table_schema(table, out) == 0) return out;
    free(out);
    return NULL;
}

/* The capsules' names and destructors; the names are constants here because a capsule may outlive every Python object. */
static void *export_part(int part)
{
    static const char names[2][24] = {"arrow_array_stream", "arrow_schema"};

    switch (part) {
    case 0: return (void *)(uintptr_t)names[0];
    case 1: return (void *)(uintptr_t)free_stream;
    case 2: return (void *)(uintptr_t)names[1];
    default: return (void *)(uintptr_t)free_schema;
    }
}
