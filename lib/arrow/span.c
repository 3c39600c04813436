/*
 * The validator of Arrow arrays. The interface gives no sizes of buffers; what it does give must agree: counts with pointers, arrays
 * with schemas, fields with the windows of their parents, numbers of nulls with bitmaps.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "arrow/span.h"

#include <string.h>

#include "base/hash.h"
#include "base/text.h"

static sipas_status fault(const char *name, const char *sentence, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, name, "%s: malformed Arrow: %s", name,
                            sentence);
}

static sipas_status released(const char *name, const char *what, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                            "%s: the Arrow %s has been released, or was moved away", name, what);
}

int sipas__arrow_is_struct(const struct ArrowSchema *schema)
{
    return !schema->dictionary && strcmp(schema->format, "+s") == 0;
}

static int is_utf8(const char *text)
{
    for (size_t step; *text; text += step) {
        step = sipas__utf8_length(text);
        if (step == 0) return 0;
    }
    return 1;
}

sipas_status sipas__arrow_check_schema(const struct ArrowSchema *schema, const char *name, sipas_error *err)
{
    if (!schema->release) return released(name, "schema", err);
    if (!schema->format) return fault(name, "the format is NULL", err);
    if (schema->name && !is_utf8(schema->name)) return fault(name, "the name of a field is not UTF-8", err);
    if (schema->n_children < 0) return fault(name, "a negative number of fields", err);
    if (schema->n_children > 0 && !schema->children) return fault(name, "the fields are NULL", err);
    for (int64_t i = 0; i < schema->n_children; i++)
        if (!schema->children[i]) return fault(name, "a field is NULL", err);
    return SIPAS_OK;
}

static sipas_status check_array(const struct ArrowSchema *schema, const struct ArrowArray *array, const char *name,
                                sipas_error *err)
{
    if (!array->release) return released(name, "array", err);
    if (array->length < 0) return fault(name, "a negative length", err);
    if (array->offset < 0) return fault(name, "a negative offset", err);
    if (array->length > SIPAS__ARROW_ROWS || array->offset > SIPAS__ARROW_ROWS - array->length)
        return fault(name, "more rows than any memory holds", err);
    if (array->null_count < -1) return fault(name, "a negative number of nulls", err);
    if (array->null_count > array->length) return fault(name, "more nulls than rows", err);
    if (array->n_buffers < 0) return fault(name, "a negative number of buffers", err);
    if (array->n_buffers > 0 && !array->buffers) return fault(name, "the buffers are NULL", err);
    if (array->n_children != schema->n_children) return fault(name, "array and schema differ in their fields", err);
    if (array->n_children > 0 && !array->children) return fault(name, "the fields are NULL", err);
    for (int64_t i = 0; i < array->n_children; i++)
        if (!array->children[i]) return fault(name, "a field is NULL", err);
    if (!array->dictionary != !schema->dictionary)
        return fault(name, "only one of array and schema has a dictionary", err);
    return SIPAS_OK;
}

static int64_t count_nulls(const uint8_t *bits, int64_t start, int64_t n)
{
    int64_t set = 0, bit = start;
    const int64_t end = start + n;

    for (; bit < end && bit % 8; bit++) set += bits[bit / 8] >> (bit % 8) & 1;
    for (; bit + 8 <= end; bit += 8) {
        unsigned byte = bits[bit / 8]; /* sums of bits, of pairs, of fours */

        byte = byte - (byte >> 1 & 0x55u);
        byte = (byte & 0x33u) + (byte >> 2 & 0x33u);
        set += (byte + (byte >> 4)) & 0x0Fu;
    }
    for (; bit < end; bit++) set += bits[bit / 8] >> (bit % 8) & 1;
    return n - set;
}

/* Adds the array's own bitmap to those of its parents. */
static sipas_status add_mask(sipas__arrow_span *span, const char *name, sipas_error *err)
{
    const struct ArrowArray *array = span->array;
    const uint8_t *bits = array->n_buffers > 0 ? array->buffers[0] : NULL;
    char sentence[112];

    if (array->length == 0) return SIPAS_OK;
    if (!bits && array->null_count > 0) return fault(name, "nulls, but no bitmap", err);
    if (!bits) return SIPAS_OK;
    if (array->null_count >= 0) {
        const int64_t nulls = count_nulls(bits, array->offset, array->length);

        (void)sipas__text_format(sentence, sizeof sentence, "%lld nulls are stated, the bitmap has %lld",
                                 (long long)array->null_count, (long long)nulls);
        if (nulls != array->null_count) return fault(name, sentence, err);
        if (nulls == 0) return SIPAS_OK;
    }
    span->mask[span->n_masks++] = (sipas__arrow_mask){bits, span->start};
    return SIPAS_OK;
}

sipas_status sipas__arrow_span_init(sipas__arrow_span *span, const struct ArrowSchema *schema,
                                    const struct ArrowArray *array, int32_t depth, const char *name, sipas_error *err)
{
    sipas_status status = sipas__arrow_check_schema(schema, name, err);

    if (status == SIPAS_OK) status = check_array(schema, array, name, err);
    if (status < 0) return status;
    if (depth >= SIPAS__ARROW_DEPTH) return fault(name, "dictionaries within each other, more than 16 deep", err);
    memset(span, 0, sizeof *span);
    span->schema = schema;
    span->array = array;
    span->start = array->offset;
    span->n = array->length;
    span->depth = depth;
    return sipas__arrow_is_struct(schema) ? add_mask(span, name, err) : SIPAS_OK;
}

sipas_status sipas__arrow_span_enter(sipas__arrow_span *span, int64_t index, const char *name, sipas_error *err)
{
    const struct ArrowSchema *schema = span->schema->children[index];
    const struct ArrowArray *array = span->array->children[index];
    sipas_status status = sipas__arrow_check_schema(schema, name, err);

    if (status == SIPAS_OK) status = check_array(schema, array, name, err);
    if (status < 0) return status;
    if (++span->depth >= SIPAS__ARROW_DEPTH) return fault(name, "structs within each other, more than 16 deep", err);
    if (array->length - span->start < span->n) return fault(name, "a field has fewer rows than its struct", err);
    span->schema = schema;
    span->array = array;
    span->start += array->offset;
    return sipas__arrow_is_struct(schema) ? add_mask(span, name, err) : SIPAS_OK;
}

static sipas_status wrong_type(const struct ArrowSchema *schema, const char *name, sipas_error *err)
{
    char format[48];
    size_t n = 0;

    for (; n < sizeof format - 1 && schema->format[n]; n++)
        format[n] = (char)(schema->format[n] >= 0x20 && schema->format[n] < 0x7F ? schema->format[n] : '?');
    format[n] = '\0';
    if (sipas__arrow_is_struct(schema))
        return sipas__error_set(err, SIPAS_ERR_TYPE, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                                "%s: Arrow type '+s': a struct of %lld fields where one column is wanted", name,
                                (long long)schema->n_children);
    return sipas__error_set(err, SIPAS_ERR_TYPE, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                            "%s: Arrow type '%s' is not numbers, bool, text, dates or times of a date", name, format);
}

sipas_status sipas__arrow_cell_of(const struct ArrowSchema *schema, const char *name, int32_t *cell, sipas_error *err)
{
    sipas__arrow_type type;

    for (int depth = 0; depth <= SIPAS__ARROW_DEPTH; depth++) {
        const sipas_status status = sipas__arrow_check_schema(schema, name, err);

        if (status < 0) return status;
        if (sipas__arrow_is_struct(schema) && schema->n_children == 1) {
            schema = schema->children[0];
            continue;
        }
        if (!sipas__arrow_type_of(schema->format, &type)) return wrong_type(schema, name, err);
        *cell = type.cell;
        if (!schema->dictionary) return SIPAS_OK;
        if (!type.is_index) return fault(name, "a dictionary whose codes are not whole numbers", err);
        schema = schema->dictionary;
    }
    return fault(name, "structs or dictionaries within each other, more than 16 deep", err);
}

/* As many buffers as the type has, and none that is NULL where there is something to read. */
static sipas_status check_buffers(const sipas__arrow_span *span, const char *name, sipas_error *err)
{
    const struct ArrowArray *array = span->array;
    const int64_t wanted = span->type.n_buffers;

    if (array->n_children > 0) return fault(name, "fields where the type has none", err);
    if (wanted == 0) return SIPAS_OK;
    if (array->n_buffers < wanted) return fault(name, "a buffer of the type is absent", err);
    if (array->n_buffers > wanted && span->type.kind != SIPAS__ARROW_TEXT_VIEW)
        return fault(name, "more buffers than the type has", err);
    if (span->n > 0 && !array->buffers[1]) return fault(name, "the buffer of the elements is NULL", err);
    return SIPAS_OK;
}

sipas_status sipas__arrow_span_leaf(sipas__arrow_span *span, const char *name, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    while (status == SIPAS_OK && sipas__arrow_is_struct(span->schema) && span->schema->n_children == 1)
        status = sipas__arrow_span_enter(span, 0, name, err);
    if (status < 0) return status;
    if (!sipas__arrow_type_of(span->schema->format, &span->type)) return wrong_type(span->schema, name, err);
    if (span->schema->dictionary && !span->type.is_index)
        return fault(name, "a dictionary whose codes are not whole numbers", err);
    status = check_buffers(span, name, err);
    if (status < 0 || span->type.kind == SIPAS__ARROW_NULL) return status;
    return add_mask(span, name, err);
}

int64_t sipas__arrow_span_whole(const sipas__arrow_span *span, int64_t row)
{
    const char *at = (const char *)span->array->buffers[1] + (span->start + row) * span->type.width;
    int32_t narrow;
    int64_t wide;

    if (span->type.width == 4) {
        memcpy(&narrow, at, sizeof narrow);
        return narrow;
    }
    memcpy(&wide, at, sizeof wide);
    return wide;
}

int sipas__arrow_span_present(const sipas__arrow_span *span, int64_t row)
{
    for (int32_t i = 0; i < span->n_masks; i++) {
        const int64_t bit = span->mask[i].start + row;

        if (!(span->mask[i].bits[bit / 8] >> (bit % 8) & 1)) return 0;
    }
    return span->type.kind != SIPAS__ARROW_NULL;
}
