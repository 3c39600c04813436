/*
 * What needs Python's own headers: capsules of Arrow streams and schemas, which may outlive every object of ours, and the texts of
 * an array of objects, read where Python keeps them. Part of the module that cffi makes.
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
enum { KIND_NONE = 0, KIND_TEXT = 1, KIND_FORM = 2, KIND_OTHER = 3, KIND_SURROGATE = 4, KIND_NUL = 5 };

/*
 * True when a text is certainly in form NFC: every character is below U+0300, or one of Latin Extended Additional (the Vietnamese letters),
 * of the unified ideographs or of the Hangul syllables. All of these have the property NFC_Quick_Check=Yes and are starters (UAX #15).
 */
static int surely_nfc(const unsigned char *text)
{
    while (*text) {
        if (*text < 0xCC) { /* one byte, or two below U+0300 */
            text += *text < 0x80 ? 1 : 2;
        } else if (*text == 0xE1 && text[1] >= 0xB8 && text[1] <= 0xBB) { /* U+1E00 to U+1EFF */
            text += 3;
        } else if (*text >= 0xE5 &&
                   *text <= 0xEC) { /* U+5000 to U+CFFF: ideographs, Yi, Hangul; but for A000 to ABFF */
            if (*text == 0xEA) return 0;
            text += 3;
        } else {
            return 0;
        }
    }
    return 1;
}

/*
 * The texts of an array of objects, as UTF-8 that Python keeps within them: nothing is copied but what Python makes of texts that are not
 * ASCII, once. Rows that are no text, or cannot be one here, are told by their kind.
 */
static void read_texts(void *objects, int64_t n, const char **texts, uint8_t *kinds)
{
    PyObject *const *object = objects;
    PyGILState_STATE lock = PyGILState_Ensure();

    for (int64_t row = 0; row < n; row++) {
        Py_ssize_t size = 0;

        texts[row] = NULL;
        kinds[row] = KIND_NONE;
        if (!object[row] || object[row] == Py_None) continue;
        kinds[row] = KIND_OTHER;
        if (!PyUnicode_Check(object[row])) continue;
        texts[row] = PyUnicode_AsUTF8AndSize(object[row], &size);
        if (!texts[row]) {
            PyErr_Clear();
            kinds[row] = KIND_SURROGATE;
        } else if (strlen(texts[row]) != (size_t)size) {
            kinds[row] = KIND_NUL;
        } else {
            kinds[row] = surely_nfc((const unsigned char *)texts[row]) ? KIND_TEXT : KIND_FORM;
        }
    }
    PyGILState_Release(lock);
}
