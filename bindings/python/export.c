/*
 * What needs Python's own headers: capsules of Arrow streams and schemas, which may outlive every object of ours, and the texts of
 * Python and numpy. Part of the module that cffi makes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>

/* ---- capsules ---- */

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

/* NULL with SIPAS_OK in err: no memory for the struct itself. */
static void *export_stream(const sipas_table *table, sipas_error *err)
{
    struct ArrowArrayStream *out = malloc(sizeof *out);

    err->status = SIPAS_OK;
    if (!out || sipas_arrow_write_stream(table, out, err) == SIPAS_OK) return out;
    free(out);
    return NULL;
}

static void *export_schema(const sipas_table *table, sipas_error *err)
{
    struct ArrowSchema *out = malloc(sizeof *out);

    err->status = SIPAS_OK;
    if (!out || sipas_arrow_write_schema(table, out, err) == SIPAS_OK) return out;
    free(out);
    return NULL;
}

/* For arrays that are made of numpy's memory: nothing to free. */
static void forget_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static void forget_array(struct ArrowArray *array)
{
    array->release = NULL;
}

/* The capsules' names and destructors, constants here because a capsule may outlive every Python object; and the two above. */
static void *export_part(int part)
{
    static const char names[2][24] = {"arrow_array_stream", "arrow_schema"};

    switch (part) {
    case 0: return (void *)(uintptr_t)names[0];
    case 1: return (void *)(uintptr_t)free_stream;
    case 2: return (void *)(uintptr_t)names[1];
    case 3: return (void *)(uintptr_t)free_schema;
    case 4: return (void *)(uintptr_t)forget_schema;
    default: return (void *)(uintptr_t)forget_array;
    }
}

/* ---- texts of Python ---- */

/* Of the stable interface since Python 3.10; cffi asks for that of 3.2, whose headers hide it. */
const char *PyUnicode_AsUTF8AndSize(PyObject *text, Py_ssize_t *size);

/* What stands in a cell; _columns.py has the same numbers. */
enum {
    KIND_NONE = 0,
    KIND_TEXT = 1,
    KIND_FORM = 2,
    KIND_OTHER = 3,
    KIND_SURROGATE = 4,
    KIND_NUL = 5,
    KIND_NO_MEMORY = 6
};

/*
 * True when texts, which a NUL ends, are certainly in form NFC: every character is below U+0300, or one of Latin Extended Additional (the
 * Vietnamese letters), of the unified ideographs or of the Hangul syllables. All of these have the property NFC_Quick_Check=Yes and are
 * starters (UAX #15). The bytes are UTF-8, so that the first byte of a character, and the second after E1, tell. Without branches: compilers
 * look at many bytes at once.
 */
static int surely_nfc(const char *texts, int64_t size)
{
    const uint8_t *byte = (const uint8_t *)texts;
    uint8_t other = 0;

    for (int64_t i = 0; i < size; i++) {
        const uint8_t first = byte[i], second = byte[i + 1];
        uint8_t fine = first < 0xCC ? 1 : 0; /* U+0000 to U+02FF, and bytes that continue */

        fine |= (uint8_t)((first == 0xE1 ? 1 : 0) & ((uint8_t)(second - 0xB8) < 4 ? 1 : 0)); /* U+1E00 to U+1EFF */
        fine |= (uint8_t)(((uint8_t)(first - 0xE5) < 8 ? 1 : 0) & (first != 0xEA ? 1 : 0)); /* U+5000…9FFF, B000…CFFF */
        other |= (uint8_t)(fine ^ 1);
    }
    return !other;
}

/* Texts that are being written, one after another, each ending in NUL. */
typedef struct blob {
    char *bytes;
    size_t size, room;
} blob;

/* Room for `more` bytes at the end; NULL when there is none. */
static char *make_room(blob *texts, size_t more)
{
    if (texts->room - texts->size < more) {
        const size_t room = 2 * (texts->room + more);
        char *bytes = realloc(texts->bytes, room);

        if (!bytes) return NULL;
        texts->bytes = bytes;
        texts->room = room;
    }
    return texts->bytes + texts->size;
}

/* Of a text that has been written: its kind. */
static uint8_t kind_of(const char *text, size_t size)
{
    if (memchr(text, '\0', size)) return KIND_NUL;
    return surely_nfc(text, (int64_t)size) ? KIND_TEXT : KIND_FORM;
}

/* One object: its kind, and a text is written at the end of the blob. */
static uint8_t read_object(PyObject *object, blob *texts)
{
    Py_ssize_t size = 0;
    const char *text;
    char *to;

    if (!object || object == Py_None) return KIND_NONE;
    if (!PyUnicode_Check(object)) return KIND_OTHER;
    text = PyUnicode_AsUTF8AndSize(object, &size);
    if (!text) {
        const int memory = PyErr_ExceptionMatches(PyExc_MemoryError);

        PyErr_Clear();
        return memory ? KIND_NO_MEMORY : KIND_SURROGATE;
    }
    to = make_room(texts, (size_t)size + 1);
    if (!to) return KIND_NO_MEMORY;
    memcpy(to, text, (size_t)size + 1);
    texts->size += (size_t)size + 1;
    return kind_of(to, (size_t)size);
}

/* Bytes of a character as UTF-8, written to `to`; 0 for what is no character. */
static size_t write_character(uint32_t c, char *to)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return 0;
    const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = n; i-- > 1; c >>= 6) to[i] = (char)(0x80 | (c & 0x3F));
    to[0] = (char)((n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0) | c);
    return n;
}

/* One text of numpy's fixed width, which zeros fill up: likewise. */
static uint8_t read_wide(const uint32_t *wide, int64_t width, blob *texts)
{
    char *const to = make_room(texts, 4 * (size_t)width + 1), *end = to;

    if (!to) return KIND_NO_MEMORY;
    while (width > 0 && wide[width - 1] == 0) width--;
    for (int64_t i = 0; i < width; i++) {
        const size_t n = write_character(wide[i], end);

        if (n == 0) return KIND_SURROGATE;
        end += n;
    }
    *end = '\0';
    texts->size += (size_t)(end - to) + 1;
    return kind_of(to, (size_t)(end - to));
}

/*
 * The texts of n objects (width 0), or of an array of fixed width, as UTF-8 in one piece, which is handed out to be freed by free_texts();
 * NULL when there is no memory. `texts` gets their addresses, NULL for rows that are no text, and `kinds` what each row is.
 */
static char *read_texts(const void *cells, int64_t n, int64_t width, const char **texts, uint8_t *kinds)
{
    blob all = {malloc(64), 0, 64};
    PyGILState_STATE lock = PyGILState_Ensure();
    int done = all.bytes != NULL;

    for (int64_t row = 0; done && row < n; row++) {
        const size_t before = all.size;

        kinds[row] = width ? read_wide((const uint32_t *)cells + row * width, width, &all)
                           : read_object(((PyObject *const *)cells)[row], &all);
        done = kinds[row] != KIND_NO_MEMORY;
        texts[row] = all.size > before ? (const char *)(before + 1) : NULL; /* a place for now: the piece may move */
    }
    PyGILState_Release(lock);
    for (int64_t row = 0; done && row < n; row++)
        if (texts[row]) texts[row] = all.bytes + ((uintptr_t)texts[row] - 1);
    if (done) return all.bytes;
    free(all.bytes);
    return NULL;
}

static void free_texts(char *bytes)
{
    free(bytes);
}
