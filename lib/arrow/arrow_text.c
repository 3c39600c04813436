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

/* An offset, of 4 or 8 bytes: there is one more than rows. */
static inline int64_t offset_at(const sipas__arrow_span *span, int64_t row)
{
    const char *at = (const char *)span->array->buffers[1] + (span->start + row) * span->type.width;
    int64_t wide;
    int32_t narrow;

    if (span->type.width == (int32_t)sizeof wide) {
        memcpy(&wide, at, sizeof wide);
        return wide;
    }
    memcpy(&narrow, at, sizeof narrow);
    return narrow;
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
        if (span->n_masks == 0 || sipas__arrow_span_present(span, i)) {
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

enum { BLOCK = 255 }; /* what one byte counts */

/*
 * True when n bytes are UTF-8 and as many of them as said are NUL; the three bytes before them are there, and end a character. Without
 * branches, so that compilers look at many bytes at once: a byte continues a character exactly where one of the three before it says so, and
 * some first bytes bound the second (RFC 3629, §4).
 */
static int are_fine(const char *bytes, int64_t n, int64_t wanted_nuls)
{
    const unsigned char *at = (const unsigned char *)bytes;
    int64_t nuls = 0;
    uint8_t wrong = 0;

    for (int64_t from = 0; from < n; from += BLOCK) {
        const int64_t to = n - from < BLOCK ? n : from + BLOCK;
        uint8_t zeros = 0;

        for (int64_t i = from; i < to; i++) {
            const uint8_t b = at[i], one = at[i - 1], two = at[i - 2], three = at[i - 3];
            const uint8_t goes_on = (uint8_t)((one >= 0xC2 ? 1 : 0) | (two >= 0xE0 ? 1 : 0) | (three >= 0xF0 ? 1 : 0));
            uint8_t bad = (uint8_t)(goes_on ^ ((uint8_t)(b - 0x80) < 0x40 ? 1 : 0));

            bad |= (uint8_t)(((uint8_t)(b - 0xC0) < 2 ? 1 : 0) | (b > 0xF4 ? 1 : 0));
            bad |= (uint8_t)((one == 0xE0 ? 1 : 0) & (b < 0xA0 ? 1 : 0));
            bad |= (uint8_t)((one == 0xED ? 1 : 0) & (b > 0x9F ? 1 : 0));
            bad |= (uint8_t)((one == 0xF0 ? 1 : 0) & (b < 0x90 ? 1 : 0));
            bad |= (uint8_t)((one == 0xF4 ? 1 : 0) & (b > 0x8F ? 1 : 0));
            wrong |= bad;
            zeros = (uint8_t)(zeros + (b == 0 ? 1 : 0));
        }
        nuls += zeros;
    }
    return !wrong && nuls == wanted_nuls;
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

/* The first row whose text, as it was written, is none. */
static sipas_status find_fault(const sipas__arrow_span *span, const char *text, int64_t row, const char *name,
                               sipas_error *err)
{
    for (int64_t i = 0; i < span->n; i++) {
        const char *wrong;
        size_t length;

        if (!sipas__arrow_span_present(span, i)) continue;
        (void)bytes_at(span, i, &length);
        wrong = text_fault(text, length);
        if (wrong)
            return sipas__error_set(err, SIPAS_ERR_VALUE, row + i, SIPAS__NOWHERE, name, "row %lld: %s: %s",
                                    (long long)(row + i), name, wrong);
        text += length + 1;
    }
    return fault(row, name, "buffers that change", err);
}

enum { FEW_BYTES = 16 };

/* Bytes that may be read from the texts of a span on, whatever the length of the one that begins there. */
static const char *readable_end(const sipas__arrow_span *span)
{
    const char *bytes = span->array->buffers[2];

    return span->type.kind == SIPAS__ARROW_TEXT && bytes && span->n > 0 ? bytes + offset_at(span, span->n) : NULL;
}

sipas_status sipas__arrow_text_read(const sipas__arrow_span *span, sipas__arrow_cells *cells, int64_t row,
                                    const char *name, sipas_error *err)
{
    sipas__arrow_texts *texts = cells->texts;
    const char **cell = (const char **)(void *)cells->data + row;
    char *const first = texts->bytes + texts->used, *text = first;
    const char *const end = readable_end(span);
    int64_t room = texts->size - texts->used, n = 0;

    for (int64_t i = 0; i < span->n; i++) {
        const char *bytes;
        size_t length;

        if (span->n_masks > 0 && !sipas__arrow_span_present(span, i)) continue;
        bytes = bytes_at(span, i, &length);
        if ((int64_t)length >= room) return fault(row + i, name, "buffers that change", err);
        if (length <= FEW_BYTES && room > FEW_BYTES && end && end - bytes >= FEW_BYTES)
            memcpy(text, bytes,
                   FEW_BYTES); /* more than there is, for the sake of one move; what follows is written next */
        else
            memcpy(text, bytes, length);
        text[length] = '\0';
        cell[i] = text;
        text += length + 1;
        room -= (int64_t)length + 1;
        n++;
    }
    texts->used = texts->size - room;
    return are_fine(first, text - first, n) ? SIPAS_OK : find_fault(span, first, row, name, err);
}
