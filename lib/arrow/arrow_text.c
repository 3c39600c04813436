/*
 * Texts of Arrow, by offsets (utf8, large_utf8) and by views (utf8_view: the length, then the text itself when it has up to
 * twelve bytes, else four of its bytes, the number of a buffer and an offset in it), as texts that end in NUL.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "arrow/cells.h"
#include "base/hash.h"

enum { INLINE_BYTES = 12 };

static sipas_status fault(int64_t row, const char *name, const char *sentence, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_VALUE, row, SIPAS__NOWHERE, name, "row %lld: %s: malformed Arrow: %s",
                            (long long)row, name, sentence);
}

static sipas_status too_long(int64_t row, const char *name, int64_t length, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_VALUE, row, SIPAS__NOWHERE, name,
                            "row %lld: %s: a text of %lld bytes, where a code or label has at most %d", (long long)row,
                            name, (long long)length, (int)SIPAS__ARROW_LONGEST_TEXT);
}

/* ---- by offsets ---- */

static int64_t offset_at(const sipas__arrow_span *span, int64_t row)
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

static sipas_status measure_offsets(const sipas__arrow_span *span, int64_t row, const char *name, int64_t *size,
                                    sipas_error *err)
{
    int64_t from = span->n > 0 ? offset_at(span, 0) : 0;
    const int64_t first = from;

    if (from < 0) return fault(row, name, "a negative offset", err);
    for (int64_t i = 0; i < span->n; i++) {
        const int64_t to = offset_at(span, i + 1);

        if (to < from) return fault(row + i, name, "offsets that run backwards", err);
        if (sipas__arrow_span_present(span, i)) {
            if (to - from > SIPAS__ARROW_LONGEST_TEXT) return too_long(row + i, name, to - from, err);
            *size += to - from + 1;
        }
        from = to;
    }
    if (from > first && !span->array->buffers[2]) return fault(row, name, "the buffer of the texts is NULL", err);
    return SIPAS_OK;
}

/* ---- by views ---- */

typedef struct text_view {
    int32_t length;
    int32_t prefix;
    int32_t buffer;
    int32_t offset;
} text_view;

static const char *view_address(const sipas__arrow_span *span, int64_t row)
{
    return (const char *)span->array->buffers[1] + (span->start + row) * (int64_t)sizeof(text_view);
}

static text_view view_at(const sipas__arrow_span *span, int64_t row)
{
    text_view view;

    memcpy(&view, view_address(span, row), sizeof view);
    return view;
}

/* What is wrong with a view, or NULL. The last buffer holds the sizes of those of the texts. */
static const char *view_fault(const struct ArrowArray *array, const text_view *view)
{
    const int64_t n = array->n_buffers - 3;
    const int64_t *sizes = array->buffers[array->n_buffers - 1];
    int64_t size;

    if (view->length < 0) return "a text of negative length";
    if (view->length <= INLINE_BYTES) return NULL;
    if (view->buffer < 0 || view->buffer >= n) return "a text in a buffer that is not there";
    if (!sizes || !array->buffers[2 + view->buffer]) return "a buffer of texts, or of their sizes, is NULL";
    memcpy(&size, (const char *)sizes + view->buffer * (int64_t)sizeof size, sizeof size);
    if (view->offset < 0 || view->offset > size - view->length) return "a text outside its buffer";
    return NULL;
}

static sipas_status measure_views(const sipas__arrow_span *span, int64_t row, const char *name, int64_t *size,
                                  sipas_error *err)
{
    for (int64_t i = 0; i < span->n; i++) {
        const text_view view = view_at(span, i);
        const char *wrong = sipas__arrow_span_present(span, i) ? view_fault(span->array, &view) : NULL;

        if (wrong) return fault(row + i, name, wrong, err);
        if (!sipas__arrow_span_present(span, i)) continue;
        if (view.length > SIPAS__ARROW_LONGEST_TEXT) return too_long(row + i, name, view.length, err);
        *size += (int64_t)view.length + 1;
    }
    return SIPAS_OK;
}

sipas_status sipas__arrow_text_measure(const sipas__arrow_span *span, int64_t row, const char *name, int64_t *size,
                                       sipas_error *err)
{
    return span->type.kind == SIPAS__ARROW_TEXT ? measure_offsets(span, row, name, size, err)
                                                : measure_views(span, row, name, size, err);
}

/* ---- both ---- */

/* The bytes of a present row, where they lie. */
static const char *bytes_at(const sipas__arrow_span *span, int64_t row, size_t *length)
{
    const void *const *buffers = span->array->buffers;

    if (span->type.kind == SIPAS__ARROW_TEXT) {
        const int64_t from = offset_at(span, row);

        *length = (size_t)(offset_at(span, row + 1) - from);
        return *length ? (const char *)buffers[2] + from : "";
    }
    const text_view view = view_at(span, row);

    *length = (size_t)view.length;
    if (view.length <= INLINE_BYTES) return view_address(span, row) + sizeof view.length;
    return (const char *)buffers[2 + view.buffer] + view.offset;
}

/* What is wrong with a text of that many bytes, which a NUL follows; or NULL. */
static const char *text_fault(const char *text, size_t length)
{
    for (size_t i = 0, step; i < length; i += step) {
        if (text[i] == '\0') return "a text with a NUL character";
        step = sipas__utf8_length(text + i);
        if (step == 0) return "a text that is not UTF-8";
    }
    return NULL;
}

sipas_status sipas__arrow_text_read(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                    const char *name, sipas_error *err)
{
    sipas__arrow_texts *texts = cells->texts;

    for (int64_t i = 0; i < span->n; i++) {
        char *text = texts->bytes + texts->used;
        const char *bytes, *wrong;
        size_t length;

        if (!sipas__arrow_span_present(span, i)) continue;
        bytes = bytes_at(span, i, &length);
        if ((int64_t)length >= texts->size - texts->used) return fault(row + i, name, "buffers that change", err);
        memcpy(text, bytes, length);
        text[length] = '\0';
        wrong = text_fault(text, length);
        if (wrong)
            return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, name, "row %lld: %s: %s",
                                    (long long)(row + i), name, wrong);
        memcpy(cells->data + (row + i) * cells->width, &text, sizeof text);
        texts->used += (int64_t)length + 1;
    }
    return SIPAS_OK;
}
