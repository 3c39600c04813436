/*
 * The Arrow bridge: what is read and as what, windows and nulls of parents, malformed producers, who releases what, and tables out and in
 * again. Arrays are made by hand, after https://arrow.apache.org/docs/format/Columnar.html and …/CDataInterface.html.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

/* The layout of the interface is an ABI of its own, on 64-bit systems. */
#if defined(__LP64__)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), "size of " #type)
#define AT(type, field, offset, size) \
    _Static_assert(offsetof(type, field) == (offset) && sizeof(((type *)0)->field) == (size), #type "." #field)

/* NOLINTBEGIN(bugprone-sizeof-expression): the size of a pointer is what is meant. */
SIZE(struct ArrowSchema, 72);
AT(struct ArrowSchema, format, 0, 8);
AT(struct ArrowSchema, name, 8, 8);
AT(struct ArrowSchema, metadata, 16, 8);
AT(struct ArrowSchema, flags, 24, 8);
AT(struct ArrowSchema, n_children, 32, 8);
AT(struct ArrowSchema, children, 40, 8);
AT(struct ArrowSchema, dictionary, 48, 8);
AT(struct ArrowSchema, release, 56, 8);
AT(struct ArrowSchema, private_data, 64, 8);

SIZE(struct ArrowArray, 80);
AT(struct ArrowArray, length, 0, 8);
AT(struct ArrowArray, null_count, 8, 8);
AT(struct ArrowArray, offset, 16, 8);
AT(struct ArrowArray, n_buffers, 24, 8);
AT(struct ArrowArray, n_children, 32, 8);
AT(struct ArrowArray, buffers, 40, 8);
AT(struct ArrowArray, children, 48, 8);
AT(struct ArrowArray, dictionary, 56, 8);
AT(struct ArrowArray, release, 64, 8);
AT(struct ArrowArray, private_data, 72, 8);

SIZE(struct ArrowArrayStream, 40);
AT(struct ArrowArrayStream, get_schema, 0, 8);
AT(struct ArrowArrayStream, get_next, 8, 8);
AT(struct ArrowArrayStream, get_last_error, 16, 8);
AT(struct ArrowArrayStream, release, 24, 8);
AT(struct ArrowArrayStream, private_data, 32, 8);
/* NOLINTEND(bugprone-sizeof-expression) */
#endif

/* ---- a producer ---- */

enum { MOST = 6 };

/* One array with its schema, in the memory of a test. */
typedef struct made {
    struct ArrowSchema schema;
    struct ArrowArray array;
    const void *buffer[MOST];
    struct ArrowSchema *schemas[MOST];
    struct ArrowArray *arrays[MOST];
    int schema_released, array_released;
} made;

static void release_schema(struct ArrowSchema *schema)
{
    ((made *)schema->private_data)->schema_released++;
    schema->release = NULL;
}

static void release_array(struct ArrowArray *array)
{
    ((made *)array->private_data)->array_released++;
    array->release = NULL;
}

static void make(made *m, const char *format, int64_t length, const void *validity, const void *first,
                 const void *second, int64_t n_buffers)
{
    memset(m, 0, sizeof *m);
    m->buffer[0] = validity;
    m->buffer[1] = first;
    m->buffer[2] = second;
    m->schema.format = format;
    m->schema.name = "x";
    m->schema.flags = ARROW_FLAG_NULLABLE;
    m->schema.release = release_schema;
    m->schema.private_data = m;
    m->array.length = length;
    m->array.null_count = -1;
    m->array.n_buffers = n_buffers;
    m->array.buffers = m->buffer;
    m->array.release = release_array;
    m->array.private_data = m;
}

static void numbers(made *m, const char *format, int64_t length, const void *validity, const void *data)
{
    make(m, format, length, validity, data, NULL, 2);
}

static void texts(made *m, int64_t length, const void *validity, const int32_t *offsets, const char *bytes)
{
    make(m, "u", length, validity, offsets, bytes, 3);
}

static void parent(made *m, int64_t length, const void *validity, made *children, int64_t n)
{
    make(m, "+s", length, validity, NULL, NULL, 1);
    for (int64_t i = 0; i < n; i++) {
        m->schemas[i] = &children[i].schema;
        m->arrays[i] = &children[i].array;
    }
    m->schema.children = m->schemas;
    m->array.children = m->arrays;
    m->schema.n_children = m->array.n_children = n;
}

static void coded(made *m, made *values)
{
    m->schema.dictionary = &values->schema;
    m->array.dictionary = &values->array;
}

/* ---- a consumer ---- */

static sipas_arrow *take(made *m)
{
    sipas_arrow *arrow = NULL;
    sipas_error err;
    sipas_status status = sipas_arrow_read_array(NULL, &m->schema, &m->array, "x", &arrow, &err);

    if (status < 0) fail_msg("%s", err.message);
    assert_null(m->schema.release);
    assert_null(m->array.release);
    return arrow;
}

static sipas_column column_of(sipas_arrow *arrow, int64_t index)
{
    sipas_column column;
    sipas_error err;

    if (sipas_arrow_get_column(arrow, index, NULL, &column, &err) < 0) fail_msg("%s", err.message);
    return column;
}

static int present(const sipas_column *column, int64_t row)
{
    const int64_t bit = column->offset + row;

    return !column->validity || column->validity[bit / 8] >> (bit % 8) & 1;
}

static const void *cell(const sipas_column *column, int64_t row)
{
    return (const char *)column->data + row * column->stride;
}

/* A number as double; NaN = missing. */
static double number(const sipas_column *column, int64_t row)
{
    const void *at = cell(column, row);

    if (!present(column, row)) return (double)NAN;
    switch (column->type) {
    case SIPAS_TYPE_F64: return *(const double *)at;
    case SIPAS_TYPE_F32: return (double)*(const float *)at;
    case SIPAS_TYPE_I64: return (double)*(const int64_t *)at;
    case SIPAS_TYPE_I32: return *(const int32_t *)at;
    case SIPAS_TYPE_I16: return *(const int16_t *)at;
    case SIPAS_TYPE_I8: return *(const int8_t *)at;
    default: return *(const uint8_t *)at;
    }
}

static void check_numbers(const sipas_column *column, int64_t n, const double *expected)
{
    assert_int_equal(column->n, n);
    for (int64_t i = 0; i < n; i++) {
        const double value = number(column, i);

        if (isnan(expected[i]) ? !isnan(value) : value != expected[i])
            fail_msg("row %d: %.17g where %.17g is expected", (int)i, value, expected[i]);
    }
}

static void check_texts(const sipas_column *column, int64_t n, const char *const *expected)
{
    assert_int_equal(column->n, n);
    assert_int_equal(column->type, SIPAS_TYPE_CODE);
    for (int64_t i = 0; i < n; i++) {
        const char *text = *(const char *const *)cell(column, i);

        if (!expected[i] != !text) fail_msg("row %d: missing on one side only", (int)i);
        if (text) assert_string_equal(text, expected[i]);
    }
}

/* One array as one column of numbers, and as one of texts; everything is released. */
static void expect_numbers(made *m, int64_t n, const double *expected)
{
    sipas_arrow *arrow = take(m);
    const sipas_column column = column_of(arrow, 0);

    check_numbers(&column, n, expected);
    assert_int_equal(m->array_released, 0);
    sipas_arrow_free(arrow);
    assert_int_equal(m->schema_released, 1);
    assert_int_equal(m->array_released, 1);
}

static void expect_texts(made *m, int64_t n, const char *const *expected)
{
    sipas_arrow *arrow = take(m);
    const sipas_column column = column_of(arrow, 0);

    check_texts(&column, n, expected);
    sipas_arrow_free(arrow);
    assert_int_equal(m->array_released, 1);
}

/* ---- types ---- */

#define NA ((double)NAN)

static const double one_to_four[] = {1, 2, 3, 4};

static void test_numbers(void **state)
{
    const double f64[] = {1, 2, 3, 4};
    const float f32[] = {1, 2, 3, 4};
    const int64_t i64[] = {1, 2, 3, 4};
    const int32_t i32[] = {1, 2, 3, 4};
    const int16_t i16[] = {1, 2, 3, 4};
    const int8_t i8[] = {1, 2, 3, 4};
    const uint16_t half[] = {0x3C00, 0x4000, 0x4200, 0x4400}; /* IEEE 754 binary16 of 1, 2, 3, 4 */
    const struct {
        const char *format;
        const void *data;
        int32_t type;
        int lent;
    } kinds[] = {
        {"g", f64, SIPAS_TYPE_F64, 1}, {"f", f32, SIPAS_TYPE_F32, 1},  {"l", i64, SIPAS_TYPE_I64, 1},
        {"i", i32, SIPAS_TYPE_I32, 1}, {"s", i16, SIPAS_TYPE_I16, 1},  {"c", i8, SIPAS_TYPE_I8, 1},
        {"C", i8, SIPAS_TYPE_U8, 1},   {"S", i16, SIPAS_TYPE_I32, 0},  {"I", i32, SIPAS_TYPE_I64, 0},
        {"L", i64, SIPAS_TYPE_I64, 0}, {"e", half, SIPAS_TYPE_F32, 0},
    };
    const uint8_t bits = 0x0B; /* rows 0, 1 and 3 are there */
    const double with_null[] = {1, 2, NA, 4};
    made m;

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        sipas_arrow *arrow;
        sipas_column column;

        numbers(&m, kinds[k].format, 4, NULL, kinds[k].data);
        arrow = take(&m);
        column = column_of(arrow, 0);
        assert_int_equal(column.type, kinds[k].type);
        assert_int_equal(column.data == kinds[k].data, kinds[k].lent);
        check_numbers(&column, 4, one_to_four);
        sipas_arrow_free(arrow);
        numbers(&m, kinds[k].format, 4, &bits, kinds[k].data);
        expect_numbers(&m, 4, with_null);
        numbers(&m, kinds[k].format, 2, &bits, kinds[k].data);
        m.array.offset = 2;
        m.array.null_count = 1;
        expect_numbers(&m, 2, with_null + 2);
    }
}

/* All halves against the definition: (-1)^s 2^(e-15) (1 + f/1024), 2^-14 f/1024 below the least exponent. */
static void test_halves(void **state)
{
    uint16_t *all = malloc(sizeof *all << 16);
    made m;
    sipas_arrow *arrow;
    sipas_column column;

    (void)state;
    assert_non_null(all);
    for (int i = 0; i < 1 << 16; i++) all[i] = (uint16_t)i;
    numbers(&m, "e", 1 << 16, NULL, all);
    arrow = take(&m);
    column = column_of(arrow, 0);
    for (int i = 0; i < 1 << 16; i++) {
        const int exponent = i >> 10 & 31, fraction = i & 1023;
        const double sign = i >> 15 ? -1 : 1;
        const double size = exponent ? ldexp(1 + fraction / 1024.0, exponent - 15) : ldexp(fraction / 1024.0, -14);
        const double value = number(&column, i);

        if (exponent < 31) {
            assert_true(value == sign * size);
        } else if (fraction) {
            assert_true(isnan(value));
        } else {
            assert_true(value == sign * (double)INFINITY);
        }
    }
    sipas_arrow_free(arrow);
    free(all);
}

static void test_flags_and_nulls(void **state)
{
    const uint8_t flags[] = {0x5A, 0x03}, bits[] = {0xFD, 0xFF};
    const double expected[] = {0, NA, 0, 1, 1, 0, 1, 0, 1, 1}, none[] = {NA, NA, NA};
    made m;

    (void)state;
    numbers(&m, "b", 10, bits, flags);
    expect_numbers(&m, 10, expected);
    numbers(&m, "b", 7, bits, flags);
    m.array.offset = 3;
    expect_numbers(&m, 7, expected + 3);
    make(&m, "n", 3, NULL, NULL, NULL, 0);
    expect_numbers(&m, 3, none);
}

static void test_texts(void **state)
{
    const char data[] = "H\xC3\xA0 Na"
                        "Hu\xE1\xBA\xBF"
                        "x";
    const int32_t at[] = {0, 6, 6, 11, 12};
    const int64_t wide[] = {0, 6, 6, 11, 12};
    const uint8_t bits = 0x0F, holes = 0x0D;
    const char *const all[] = {"Hà Na", "", "Huế", "x"}, *const with_null[] = {"Hà Na", NULL, "Huế", "x"};
    made m;

    (void)state;
    texts(&m, 4, NULL, at, data);
    expect_texts(&m, 4, all);
    texts(&m, 4, &bits, at, data);
    expect_texts(&m, 4, all);
    texts(&m, 4, &holes, at, data);
    expect_texts(&m, 4, with_null);
    texts(&m, 2, &holes, at, data);
    m.array.offset = 1;
    expect_texts(&m, 2, with_null + 1);
    make(&m, "U", 4, &holes, wide, data, 3);
    expect_texts(&m, 4, with_null);
    texts(&m, 0, NULL, NULL, NULL);
    expect_texts(&m, 0, NULL);
}

typedef struct text_view {
    int32_t length;
    char inlined[4];
    int32_t buffer, offset;
} text_view;

static void test_views(void **state)
{
    static const char far_text[] = "..a text of more than twelve bytes.";
    const text_view views[] = {{2, "ab", 0, 0}, {32, "a te", 0, 2}, {0, "", 0, 0}, {32, "a te", 0, 2}};
    const int64_t sizes[] = {sizeof far_text - 1};
    const uint8_t bits = 0x0B;
    const char *const expected[] = {"ab", far_text + 2, NULL, far_text + 2};
    made m;

    (void)state;
    make(&m, "vu", 4, &bits, views, far_text, 4);
    m.buffer[3] = sizes;
    {
        char without_dot[40] = "";
        const char *all[4];

        memcpy(all, expected, sizeof all);
        memcpy(without_dot, far_text + 2, 32);
        all[1] = all[3] = without_dot;
        expect_texts(&m, 4, all);
    }
}

static void test_dates(void **state)
{
    /* Day numbers by the civil calendar: 11016 = 2000-02-29, 18262 = 2020-01-01, -719528 = 0000-01-01, 2932896 = 9999-12-31. */
    const int32_t days[] = {0, -1, 11016, 18262, -719528, 2932896};
    const char *const dates[] = {"1970-01-01", "1969-12-31", "2000-02-29", "2020-01-01", "0000-01-01", "9999-12-31"};
    const int64_t ms[] = {0, 1, -1, 86400000, 1500, INT64_C(1577836800000)};
    const char *const local[] = {"1970-01-01", "1970-01-01T00:00:00.001", "1969-12-31T23:59:59.999",
                                 "1970-01-02", "1970-01-01T00:00:01.5",   "2020-01-01"};
    const char *const zoned[] = {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.001Z", "1969-12-31T23:59:59.999Z",
                                 "1970-01-02T00:00:00Z", "1970-01-01T00:00:01.5Z",   "2020-01-01T00:00:00Z"};
    made m;

    (void)state;
    numbers(&m, "tdD", 6, NULL, days);
    expect_texts(&m, 6, dates);
    numbers(&m, "tdm", 6, NULL, ms);
    expect_texts(&m, 6, local);
    numbers(&m, "tsm:", 6, NULL, ms);
    expect_texts(&m, 6, local);
    numbers(&m, "tsm:Asia/Ho_Chi_Minh", 6, NULL, ms);
    expect_texts(&m, 6, zoned);
}

/* Days of 400 years, counted one by one with the rule of leap years. */
static void test_every_day(void **state)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    enum { DAYS = 146097 };
    int32_t *days = malloc(DAYS * sizeof *days);
    int year = 1970, month = 1, day = 1;
    made m;
    sipas_arrow *arrow;
    sipas_column column;

    (void)state;
    assert_non_null(days);
    for (int i = 0; i < DAYS; i++) days[i] = i;
    numbers(&m, "tdD", DAYS, NULL, days);
    arrow = take(&m);
    column = column_of(arrow, 0);
    for (int i = 0; i < DAYS; i++) {
        const char *text = *(const char *const *)cell(&column, i);
        const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        if (strtol(text, NULL, 10) != year || strtol(text + 5, NULL, 10) != month || strtol(text + 8, NULL, 10) != day)
            fail_msg("%s where %d-%d-%d is expected", text, year, month, day);
        if (++day <= length[month - 1] + (month == 2 && leap)) continue;
        day = 1;
        if (++month <= 12) continue;
        month = 1;
        year++;
    }
    assert_int_equal(year, 2370);
    sipas_arrow_free(arrow);
    free(days);
}

static void test_decimals(void **state)
{
    const int64_t two_words[][2] = {{150, 0}, {-150, -1}, {0, 0}, {5, 0}}; /* 128 bits, the low word first */
    const double places[] = {1.5, -1.5, 0, 0.05}, whole[] = {150, -150, 0, 5}, hundreds[] = {15000, -15000, 0, 500};
    const int64_t four_words[][4] = {{-1, -1, -1, -1}, {INT64_MAX, 0, 0, 0}, {INT64_MIN, -1, -1, -1}};
    const double ends[] = {-1, (double)INT64_MAX, (double)INT64_MIN};
    const int32_t narrow[] = {125, -125};
    const double eighths[] = {1.25, -1.25};
    made m;

    (void)state;
    numbers(&m, "d:10,2", 4, NULL, two_words);
    expect_numbers(&m, 4, places);
    numbers(&m, "d:38,0", 4, NULL, two_words);
    expect_numbers(&m, 4, whole);
    numbers(&m, "d:38,-2,128", 4, NULL, two_words);
    expect_numbers(&m, 4, hundreds);
    numbers(&m, "d:76,0,256", 3, NULL, four_words);
    expect_numbers(&m, 3, ends);
    numbers(&m, "d:9,2,32", 2, NULL, narrow);
    expect_numbers(&m, 2, eighths);
}

static void test_dictionaries(void **state)
{
    const int32_t at[] = {0, 1, 2, 3};
    const uint8_t holes = 0x05, codes_there = 0x17;
    const int8_t codes[] = {2, 0, 1, 99, 2};
    const double values[] = {5, 7, 9}, numbers_expected[] = {9, 5, 7, NA, 9};
    const char *const expected[] = {"c", "a", NULL, NULL, "c"};
    const int8_t inner[] = {0, 0, 2};
    const char *const twice[] = {"c", "a", "a", NULL, "c"};
    made m, dictionary, deeper;

    (void)state;
    texts(&dictionary, 3, &holes, at, "abc");
    numbers(&m, "c", 5, &codes_there, codes);
    coded(&m, &dictionary);
    expect_texts(&m, 5, expected);
    numbers(&dictionary, "g", 3, NULL, values);
    numbers(&m, "c", 5, &codes_there, codes);
    coded(&m, &dictionary);
    expect_numbers(&m, 5, numbers_expected);
    texts(&deeper, 3, NULL, at, "abc");
    numbers(&dictionary, "c", 3, NULL, inner);
    coded(&dictionary, &deeper);
    numbers(&m, "c", 5, &codes_there, codes);
    coded(&m, &dictionary);
    expect_texts(&m, 5, twice);
}

/* The levels of the only column. */
static sipas_column levels_of(sipas_arrow *arrow)
{
    sipas_column levels;
    sipas_error err;

    if (sipas_arrow_get_levels(arrow, 0, NULL, &levels, &err) < 0) fail_msg("%s", err.message);
    return levels;
}

/* A dictionary's values in its order, whether a row has them or not; null ones left out, and those that stand twice. */
static void test_levels(void **state)
{
    const int32_t at[] = {0, 1, 2, 3, 4};
    const uint8_t holes = 0x0B;
    const int8_t codes[] = {3, 0};
    const double values[] = {9, 5, 9, -1}, halves[] = {1.5, 2};
    made m, dictionary, wrapped;
    sipas_arrow *arrow;
    sipas_column levels;
    sipas_error err;

    (void)state;
    texts(&dictionary, 4, &holes, at, "cabc"); /* c, a, none, c */
    numbers(&m, "c", 2, NULL, codes);
    coded(&m, &dictionary);
    parent(&wrapped, 2, NULL, &m, 1);
    arrow = take(&wrapped);
    levels = levels_of(arrow);
    assert_int_equal(levels.type, SIPAS_TYPE_CODE);
    assert_int_equal(levels.n, 2);
    assert_string_equal(((const char *const *)levels.data)[0], "c");
    assert_string_equal(((const char *const *)levels.data)[1], "a");
    levels = levels_of(arrow); /* asked for again */
    assert_int_equal(levels.n, 2);
    sipas_arrow_free(arrow);

    numbers(&dictionary, "g", 4, NULL, values);
    numbers(&m, "c", 2, NULL, codes);
    coded(&m, &dictionary);
    m.schema.flags |= ARROW_FLAG_DICTIONARY_ORDERED;
    arrow = take(&m);
    levels = levels_of(arrow);
    assert_int_equal(levels.type, SIPAS_TYPE_F64);
    assert_int_equal(levels.n, 3);
    assert_true(((const double *)levels.data)[0] == 9 && ((const double *)levels.data)[1] == 5 &&
                ((const double *)levels.data)[2] == -1);
    sipas_arrow_free(arrow);

    numbers(&dictionary, "g", 2, NULL, halves);
    numbers(&m, "c", 1, NULL, codes + 1);
    coded(&m, &dictionary);
    arrow = take(&m);
    assert_int_equal(sipas_arrow_get_levels(arrow, 0, NULL, &levels, &err), SIPAS_ERR_TYPE);
    sipas_arrow_free(arrow);

    numbers(&m, "g", 2, NULL, values); /* no dictionary */
    arrow = take(&m);
    levels = levels_of(arrow);
    assert_int_equal(levels.type, SIPAS_TYPE_NONE);
    assert_int_equal(sipas_arrow_get_levels(arrow, 1, NULL, &levels, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(sipas_arrow_get_levels(arrow, 0, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_get_levels(NULL, 0, NULL, &levels, &err), SIPAS_ERR_ARGUMENT);
    sipas_arrow_free(arrow);
}

/* ---- structs ---- */

static void test_windows(void **state)
{
    const double values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const uint8_t of_child[] = {0xDF, 0x03}, of_parent[] = {0xBF, 0x03}; /* child 5 and parent 6 are null */
    const double three[] = {0, 1, 2}, middle[] = {3, 4, NA, NA, 7};
    made child, m, outer;

    (void)state;
    numbers(&child, "g", 10, NULL, values); /* StructArray.slice(0, 3) */
    parent(&m, 3, NULL, &child, 1);
    expect_numbers(&m, 3, three);

    numbers(&child, "g", 10, of_child, values); /* slice(3, 5): nulls of the child's row 5 and the parent's row 6 */
    child.array.null_count = 1;
    parent(&m, 5, of_parent, &child, 1);
    m.array.offset = 3;
    expect_numbers(&m, 5, middle);

    numbers(&child, "g", 9, of_child, values); /* the child has an offset of its own: its row 0 is value 1 */
    child.array.offset = 1;
    parent(&m, 6, NULL, &child, 1);
    parent(&outer, 5, NULL, &m, 1);
    m.array.offset = 1;
    outer.array.offset = 1;
    {
        const double expected[] = {3, 4, NA, 6, 7};

        expect_numbers(&outer, 5, expected);
    }
}

static void test_frames(void **state)
{
    const double values[] = {1, 2, 3, 4};
    const int32_t at[] = {0, 1, 2, 3, 4};
    const char *const expected[] = {"b", "c"};
    made child[3], m;
    sipas_arrow *arrow;
    sipas_column column;
    sipas_error err;
    int64_t index = 77;

    (void)state;
    numbers(&child[0], "g", 4, NULL, values);
    texts(&child[1], 4, NULL, at, "abcd");
    child[1].schema.name = "tên";
    make(&child[2], "+l", 4, NULL, at, NULL, 2); /* what is not read harms nobody who does not ask for it */
    child[2].schema.name = "list";
    parent(&m, 2, NULL, child, 3);
    m.array.offset = 1;
    arrow = take(&m);
    assert_int_equal(sipas_arrow_count_rows(arrow), 2);
    assert_int_equal(sipas_arrow_count_columns(arrow), 3);
    assert_string_equal(sipas_arrow_get_name(arrow, 1), "tên");
    assert_null(sipas_arrow_get_name(arrow, 3));
    assert_int_equal(sipas_arrow_find(arrow, "tên", &index, &err), SIPAS_OK);
    assert_int_equal(index, 1);
    column = column_of(arrow, 1);
    check_texts(&column, 2, expected);
    column = column_of(arrow, 0);
    check_numbers(&column, 2, one_to_four + 1);
    assert_int_equal(sipas_arrow_get_column(arrow, 2, "q", &column, &err), SIPAS_ERR_TYPE);
    assert_non_null(strstr(err.message, "q: Arrow type '+l'"));
    assert_int_equal(sipas_arrow_find(arrow, "y", &index, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.message, "there is no column \"y\"; there are x, tên, list");
    assert_int_equal(sipas_arrow_get_column(arrow, 3, NULL, &column, &err), SIPAS_ERR_NOT_FOUND);
    sipas_arrow_free(arrow);
}

static void test_texts_in_one_piece(void **state)
{
    const int32_t at[] = {0, 1, 2, 3};
    const uint8_t holes = 0x05;
    const char *all = NULL;
    int64_t size = 0;
    made m;
    sipas_arrow *arrow;
    sipas_column column;
    sipas_error err;

    (void)state;
    texts(&m, 3, &holes, at, "abc");
    arrow = take(&m);
    assert_int_equal(sipas_arrow_get_texts(arrow, 0, &all, &size, &err), SIPAS_ERR_NOT_FOUND);
    column = column_of(arrow, 0);
    assert_int_equal(sipas_arrow_get_texts(arrow, 0, &all, &size, &err), SIPAS_OK);
    assert_int_equal(size, 4);
    assert_memory_equal(all, "a\0c", 4);
    assert_ptr_equal(*(const char *const *)cell(&column, 2), all + 2);
    sipas_arrow_free(arrow);
    numbers(&m, "c", 3, NULL, "abc");
    arrow = take(&m);
    (void)column_of(arrow, 0);
    assert_int_equal(sipas_arrow_get_texts(arrow, 0, &all, &size, &err), SIPAS_ERR_TYPE);
    sipas_arrow_free(arrow);
}

/* ---- malformed ---- */

static const double eight[] = {1, 2, 3, 4, 5, 6, 7, 8};
static const int32_t nine[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
static const uint8_t some[] = {0xB7}; /* rows 3 and 6 are null */

typedef struct fault_case {
    const char *what;
    void (*make)(made *m, made *other);
    sipas_status status;
    const char *message;
} fault_case;

#define CASE(name, ...)                           \
    static void case_##name(made *m, made *other) \
    {                                             \
        (void)other;                              \
        __VA_ARGS__                               \
    }

CASE(null_data, numbers(m, "g", 8, NULL, NULL);)
CASE(no_buffers, make(m, "g", 8, NULL, NULL, NULL, 0);)
CASE(one_buffer, make(m, "g", 8, NULL, NULL, NULL, 1);)
CASE(three_buffers, make(m, "g", 8, NULL, eight, NULL, 3);)
CASE(negative_buffers, make(m, "g", 8, NULL, eight, NULL, -1);)
CASE(buffers_null, numbers(m, "g", 8, NULL, eight); m->array.buffers = NULL;)
CASE(negative_length, numbers(m, "g", -1, NULL, eight);)
CASE(huge_length, numbers(m, "g", INT64_C(1) << 62, NULL, eight);)
CASE(most_length, numbers(m, "g", INT64_MAX, NULL, eight);)
CASE(negative_offset, numbers(m, "g", 4, NULL, eight + 2); m->array.offset = -2;)
CASE(huge_offset, numbers(m, "g", 4, NULL, eight); m->array.offset = INT64_C(1) << 60;)
CASE(sum_overflows, numbers(m, "g", INT64_MAX, NULL, eight); m->array.offset = INT64_MAX;)
CASE(more_nulls_than_rows, numbers(m, "g", 8, some, eight); m->array.null_count = 100;)
CASE(nulls_below_minus_one, numbers(m, "g", 8, some, eight); m->array.null_count = -2;)
CASE(wrong_null_count, numbers(m, "g", 8, some, eight); m->array.null_count = 0;)
CASE(nulls_without_bitmap, numbers(m, "g", 8, NULL, eight); m->array.null_count = 2;)
CASE(bits_before, numbers(m, "b", 4, NULL, some); m->array.offset = -4;)
CASE(released_array, numbers(m, "g", 8, NULL, eight); m->array.release = NULL;)
CASE(released_schema, numbers(m, "g", 8, NULL, eight); m->schema.release = NULL;)
CASE(no_format, numbers(m, "g", 8, NULL, eight); m->schema.format = NULL;)
CASE(name_not_utf8, numbers(m, "g", 8, NULL, eight); m->schema.name = "T\xEA"
                                                                      "n";)
CASE(longer_parent, numbers(other, "g", 3, NULL, eight); parent(m, 8, NULL, other, 1);)
CASE(parent_beyond, numbers(other, "g", 8, NULL, eight); parent(m, 3, NULL, other, 1); m->array.offset = 6;)
CASE(fields_differ, numbers(other, "g", 8, NULL, eight); parent(m, 8, NULL, other, 1); m->array.n_children = 0;)
CASE(fields_null, numbers(other, "g", 8, NULL, eight); parent(m, 8, NULL, other, 1); m->array.children = NULL;)
CASE(field_null, numbers(other, "g", 8, NULL, eight); parent(m, 8, NULL, other, 1); m->arrays[0] = NULL;)
CASE(schema_field_null, numbers(other, "g", 8, NULL, eight); parent(m, 8, NULL, other, 1); m->schemas[0] = NULL;)
CASE(negative_fields, numbers(m, "g", 8, NULL, eight); m->schema.n_children = m->array.n_children = -1;)
CASE(released_field, numbers(other, "g", 8, NULL, eight); other->array.release = NULL; parent(m, 8, NULL, other, 1);)
CASE(fields_of_a_number, numbers(other, "g", 8, NULL, eight); parent(m, 8, NULL, other, 1); m->schema.format = "g";
     m->array.n_buffers = 2; m->buffer[1] = eight;)
CASE(itself_a_field, parent(other, 8, NULL, other, 1); parent(m, 8, NULL, other, 1);)
CASE(list, make(m, "+l", 7, NULL, nine, NULL, 2);)
CASE(unknown, numbers(m, "\x01%s", 8, NULL, eight);)
CASE(odd_decimal, numbers(m, "d:10", 8, NULL, eight);)
CASE(odd_decimal_width, numbers(m, "d:10,2,77", 8, NULL, eight);)
CASE(binary, make(m, "z", 8, NULL, nine, "abcdefgh", 3);)
CASE(time_of_day, numbers(m, "ttm", 8, NULL, nine);)

static const int32_t backwards[] = {8, 7, 6, 5, 4, 3, 2, 1, 0}, begins_negative[] = {-5, 1, 2, 3, 4, 5, 6, 7, 8},
                     ends_negative[] = {0, 1, 2, 3, 4, 5, 6, 7, -8}, ends_far[] = {0, 1, 2, 3, 4, 5, 6, 7, INT32_MAX};
static const int64_t ends_very_far[] = {0, INT64_MAX};
static const int32_t three_bytes[] = {0, 3};

CASE(offsets_backwards, texts(m, 8, NULL, backwards, "abcdefgh");)
CASE(offsets_negative, texts(m, 8, NULL, begins_negative, "abcdefgh");)
CASE(offsets_end_negative, texts(m, 8, NULL, ends_negative, "abcdefgh");)
CASE(offsets_far, texts(m, 8, NULL, ends_far, "abcdefgh");)
CASE(offsets_very_far, make(m, "U", 1, NULL, ends_very_far, "abcdefgh", 3);)
CASE(no_offsets, texts(m, 8, NULL, NULL, "abcdefgh");)
CASE(no_bytes, texts(m, 8, NULL, nine, NULL);)
CASE(no_utf8, texts(m, 8, NULL, nine,
                    "ab\xFF"
                    "defgh");)
CASE(cut_utf8, texts(m, 8, NULL, nine, "abcdefg\xE1");)
CASE(surrogate, texts(m, 1, NULL, three_bytes, "\xED\xA0\x80");)
CASE(nul, texts(m, 8, NULL, nine, "abc\0efgh");)

static const text_view far_buffer = {20, "", 1000, 0}, negative_length = {-20, "", 0, 0},
                       negative_buffer = {20, "", -3, 0}, negative_offset = {20, "", 0, -1},
                       behind_end = {20, "", 0, 13};
static const int64_t thirty[] = {32};

static void views(made *m, const text_view *view)
{
    make(m, "vu", 1, NULL, view, "12345678901234567890123456789012", 4);
    m->buffer[3] = thirty;
}

CASE(view_buffer, views(m, &far_buffer);)
CASE(view_length, views(m, &negative_length);)
CASE(view_negative_buffer, views(m, &negative_buffer);)
CASE(view_offset, views(m, &negative_offset);)
CASE(view_end, views(m, &behind_end);)
CASE(view_without_sizes, views(m, &behind_end); m->buffer[3] = NULL;)
CASE(view_without_buffers, make(m, "vu", 1, NULL, &far_buffer, thirty, 3);)

static const int8_t code_99[] = {0, 1, 2, 3, 0, 1, 2, 99}, code_minus[] = {0, 1, 2, 3, 0, 1, 2, -1};
static const uint64_t code_most[] = {0, UINT64_MAX};

static void dictionary(made *m, made *other, const char *format, int64_t n, const void *codes)
{
    texts(other, 8, NULL, nine, "abcdefgh");
    numbers(m, format, n, NULL, codes);
    coded(m, other);
}

CASE(code_out, dictionary(m, other, "c", 8, code_99);)
CASE(code_negative, dictionary(m, other, "c", 8, code_minus);)
CASE(code_largest, dictionary(m, other, "L", 2, code_most);)
CASE(codes_float, dictionary(m, other, "g", 8, eight);)
CASE(codes_text, dictionary(m, other, "u", 8, nine); m->array.n_buffers = 3; m->buffer[2] = "abcdefgh";)
CASE(dictionary_on_one_side, dictionary(m, other, "c", 8, code_99); m->array.dictionary = NULL;)
CASE(dictionary_released, dictionary(m, other, "c", 4, code_99); other->array.release = NULL;)
CASE(dictionary_of_itself, numbers(other, "c", 4, NULL, code_99); coded(other, other);
     numbers(m, "c", 4, NULL, code_99); coded(m, other);)
CASE(dictionary_broken, dictionary(m, other, "c", 4, code_99); other->buffer[1] = backwards;)

static const uint64_t too_large[] = {1, UINT64_C(1) << 63};
static const int64_t too_wide[][2] = {{5, 0}, {0, 1}}, sixteen_digits[][2] = {{INT64_C(1234567890123456), 0}};
static const int32_t year_10000[] = {0, 2932897};

CASE(large_u64, numbers(m, "L", 2, NULL, too_large);)
CASE(wide_decimal, numbers(m, "d:38,0", 2, NULL, too_wide);)
CASE(long_decimal, numbers(m, "d:38,3", 1, NULL, sixteen_digits);)
CASE(late_date, numbers(m, "tdD", 2, NULL, year_10000);)

#define FAULT(name, status, message)                    \
    {                                                   \
#name, case_##name, SIPAS_ERR_##status, message \
    }

static const fault_case faults[] = {
    FAULT(null_data, VALUE, "x: malformed Arrow: the buffer of the elements is NULL"),
    FAULT(no_buffers, VALUE, "x: malformed Arrow: a buffer of the type is absent"),
    FAULT(one_buffer, VALUE, "a buffer of the type is absent"),
    FAULT(three_buffers, VALUE, "more buffers than the type has"),
    FAULT(negative_buffers, VALUE, "a negative number of buffers"),
    FAULT(buffers_null, VALUE, "the buffers are NULL"),
    FAULT(negative_length, VALUE, "a negative length"),
    FAULT(huge_length, VALUE, "more rows than any memory holds"),
    FAULT(most_length, VALUE, "more rows than any memory holds"),
    FAULT(negative_offset, VALUE, "a negative offset"),
    FAULT(huge_offset, VALUE, "more rows than any memory holds"),
    FAULT(sum_overflows, VALUE, "more rows than any memory holds"),
    FAULT(more_nulls_than_rows, VALUE, "more nulls than rows"),
    FAULT(nulls_below_minus_one, VALUE, "a negative number of nulls"),
    FAULT(wrong_null_count, VALUE, "0 nulls are stated, the bitmap has 2"),
    FAULT(nulls_without_bitmap, VALUE, "nulls, but no bitmap"),
    FAULT(bits_before, VALUE, "a negative offset"),
    FAULT(released_array, ARGUMENT, "x: the Arrow array has been released, or was moved away"),
    FAULT(released_schema, ARGUMENT, "x: the Arrow schema has been released"),
    FAULT(no_format, VALUE, "the format is NULL"),
    FAULT(name_not_utf8, VALUE, "the name of a field is not UTF-8"),
    FAULT(longer_parent, VALUE, "a field has fewer rows than its struct"),
    FAULT(parent_beyond, VALUE, "a field has fewer rows than its struct"),
    FAULT(fields_differ, VALUE, "array and schema differ in their fields"),
    FAULT(fields_null, VALUE, "the fields are NULL"),
    FAULT(field_null, VALUE, "a field is NULL"),
    FAULT(schema_field_null, VALUE, "a field is NULL"),
    FAULT(negative_fields, VALUE, "a negative number of fields"),
    FAULT(released_field, ARGUMENT, "the Arrow array has been released"),
    FAULT(fields_of_a_number, VALUE, "fields where the type has none"),
    FAULT(itself_a_field, VALUE, "more than 16 deep"),
    FAULT(list, TYPE, "x: Arrow type '+l' is not"),
    FAULT(unknown, TYPE, "x: Arrow type '?%s' is not"),
    FAULT(odd_decimal, TYPE, "x: Arrow type 'd:10' is not"),
    FAULT(odd_decimal_width, TYPE, "x: Arrow type 'd:10,2,77' is not"),
    FAULT(binary, TYPE, "x: Arrow type 'z' is not"),
    FAULT(time_of_day, TYPE, "x: Arrow type 'ttm' is not"),
    FAULT(offsets_backwards, VALUE, "row 0: x: malformed Arrow: offsets that run backwards"),
    FAULT(offsets_negative, VALUE, "row 0: x: malformed Arrow: a negative offset"),
    FAULT(offsets_end_negative, VALUE, "row 7: x: malformed Arrow: offsets that run backwards"),
    FAULT(offsets_far, VALUE, "row 7: x: a text of 2147483640 bytes"),
    FAULT(offsets_very_far, VALUE, "row 0: x: a text of 9223372036854775807 bytes"),
    FAULT(no_offsets, VALUE, "the buffer of the elements is NULL"),
    FAULT(no_bytes, VALUE, "the buffer of the texts is NULL"),
    FAULT(no_utf8, VALUE, "row 2: x: a text that is not UTF-8"),
    FAULT(cut_utf8, VALUE, "row 7: x: a text that is not UTF-8"),
    FAULT(surrogate, VALUE, "row 0: x: a text that is not UTF-8"),
    FAULT(nul, VALUE, "row 3: x: a text with a NUL character"),
    FAULT(view_buffer, VALUE, "row 0: x: malformed Arrow: a text in a buffer that is not there"),
    FAULT(view_length, VALUE, "a text of negative length"),
    FAULT(view_negative_buffer, VALUE, "a text in a buffer that is not there"),
    FAULT(view_offset, VALUE, "a text outside its buffer"),
    FAULT(view_end, VALUE, "a text outside its buffer"),
    FAULT(view_without_sizes, VALUE, "a buffer of texts, or of their sizes, is NULL"),
    FAULT(view_without_buffers, VALUE, "a text in a buffer that is not there"),
    FAULT(code_out, VALUE, "row 7: x: code 99 of a dictionary of 8 values"),
    FAULT(code_negative, VALUE, "row 7: x: code -1 of a dictionary of 8 values"),
    FAULT(code_largest, VALUE, "row 1: x: code -1 of a dictionary of 8 values"),
    FAULT(codes_float, VALUE, "a dictionary whose codes are not whole numbers"),
    FAULT(codes_text, VALUE, "a dictionary whose codes are not whole numbers"),
    FAULT(dictionary_on_one_side, VALUE, "only one of array and schema has a dictionary"),
    FAULT(dictionary_released, ARGUMENT, "the Arrow array has been released"),
    FAULT(dictionary_of_itself, VALUE, "more than 16 deep"),
    FAULT(dictionary_broken, VALUE, "offsets that run backwards"),
    FAULT(large_u64, VALUE, "row 1: x: a value of 2^63 or more"),
    FAULT(wide_decimal, VALUE, "row 1: x: a whole number beyond 64 bits"),
    FAULT(long_decimal, VALUE, "row 0: x: a decimal of more digits"),
    FAULT(late_date, VALUE, "row 1: x: a date outside the years 0000 to 9999"),
};

/* Reads all there is; the first status that is not OK. On failure of the first call the structs stay the caller's, untouched. */
static sipas_status read_all(made *m, sipas_error *err)
{
    const struct ArrowSchema schema = m->schema;
    const struct ArrowArray array = m->array;
    sipas_arrow *arrow = (sipas_arrow *)(uintptr_t)m;
    sipas_status status = sipas_arrow_read_array(NULL, &m->schema, &m->array, "x", &arrow, err);
    sipas_column column, before;

    if (status < 0) {
        assert_null(arrow);
        assert_memory_equal(&schema, &m->schema, sizeof schema);
        assert_memory_equal(&array, &m->array, sizeof array);
        assert_int_equal(m->schema_released + m->array_released, 0);
        return status;
    }
    memset(&before, 0x5A, sizeof before);
    for (int64_t i = 0; status == SIPAS_OK && i < sipas_arrow_count_columns(arrow); i++) {
        column = before;
        status = sipas_arrow_get_column(arrow, i, "x", &column, err);
        if (status < 0) assert_memory_equal(&column, &before, sizeof column);
    }
    sipas_arrow_free(arrow);
    assert_int_equal(m->schema_released, 1);
    assert_int_equal(m->array_released, 1);
    return status;
}

static void test_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const fault_case *f = &faults[i];
        made m, other;
        sipas_error err = {0};
        sipas_status status;

        f->make(&m, &other);
        status = read_all(&m, &err);
        if (status != f->status || !strstr(err.message, f->message))
            fail_msg("%s: %s, \"%s\", where \"%s\" is expected", f->what, sipas_status_name(status), err.message,
                     f->message);
    }
}

/* The character that `size` bytes are, by the definition of RFC 3629; -1 when they are none. */
static int32_t decode(const unsigned char *byte, int size)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const int wanted = byte[0] < 0x80 ? 1 : byte[0] >> 5 == 6 ? 2 : byte[0] >> 4 == 14 ? 3 : byte[0] >> 3 == 30 ? 4 : 0;
    int32_t c = wanted == 1 ? byte[0] : byte[0] & (0xFF >> (wanted + 1));

    if (wanted != size) return -1;
    for (int i = 1; i < size; i++) {
        if (byte[i] >> 6 != 2) return -1;
        c = c << 6 | (byte[i] & 63);
    }
    return c < least[size] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) ? -1 : c;
}

/* Every first byte with every kind of those that follow, between other texts: read as one character, or refused with its row. */
static void test_utf8(void **state)
{
    static const unsigned char edge[] = {0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xFF};
    enum { EDGES = sizeof edge };

    (void)state;
    for (int first = 1; first < 256; first++)
        for (int size = 1; size <= 4; size++)
            for (int k = 0; k < (size == 1   ? 1
                                 : size == 2 ? EDGES
                                 : size == 3 ? EDGES * EDGES
                                             : EDGES * EDGES * EDGES);
                 k++) {
                const unsigned char text[] = {'x',
                                              (unsigned char)first,
                                              edge[k % EDGES],
                                              edge[k / EDGES % EDGES],
                                              edge[k / EDGES / EDGES % EDGES],
                                              'y'};
                char data[8];
                const int32_t at[] = {0, 1, 1 + size, 2 + size};
                int fine = decode(text + 1, size) > 0;
                made m;
                sipas_error err;

                /* several characters may be fine too: the whole is cut into those that are */
                for (int from = 0; !fine && from < size;) {
                    int step = 1;

                    while (step <= size - from && decode(text + 1 + from, step) < 0) step++;
                    if (step > size - from) break;
                    from += step;
                    fine = from == size;
                }
                memcpy(data, text, (size_t)size + 1);
                data[size + 1] = 'y';
                texts(&m, 3, NULL, at, data);
                if ((read_all(&m, &err) == SIPAS_OK) != fine || (!fine && err.row != 1))
                    fail_msg("%02x %02x %02x %02x, %d bytes: %s", text[1], text[2], text[3], text[4], size,
                             fine ? "refused" : "not refused");
            }
}

/*
 * Random producers whose buffers are large enough for every row that passes: whatever else they say, the sanitizers see no read
 * outside, and what comes out is a column.
 */
static uint64_t next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407); /* Knuth's MMIX generator */
    return *seed >> 33;
}

static void randomise(made *m, uint64_t *seed, const uint8_t *junk)
{
    static const char *const format[] = {"g", "f",  "l",   "i",      "s",      "c",          "C",   "S",
                                         "I", "L",  "e",   "b",      "n",      "u",          "U",   "vu",
                                         "d", "+s", "tdD", "d:38,3", "d:76,0", "d:76,2,256", "ts:", "tsn:UTC"};
    static const int64_t count[] = {-1, 0, 1, 2, 3, INT64_MIN, INT64_MAX, (INT64_C(1) << 48) + 1};
    static const int64_t small[] = {16};

    make(m, format[next(seed) % (sizeof format / sizeof *format)], (int64_t)(next(seed) % 16), NULL, NULL, NULL, 2);
    if (next(seed) % 2) m->array.offset = (int64_t)(next(seed) % 16);
    if (next(seed) % 16 == 0) m->array.length = count[next(seed) % 8];
    if (next(seed) % 16 == 0) m->array.offset = count[next(seed) % 8];
    if (next(seed) % 8 == 0) m->array.null_count = count[next(seed) % 5];
    if (strchr("uUv", m->schema.format[0])) m->array.n_buffers = m->schema.format[0] == 'v' ? 4 : 3;
    if (next(seed) % 16 == 0) m->array.n_buffers = (int64_t)(next(seed) % 5);
    for (int i = 0; i < 4; i++)
        if (next(seed) % 8) m->buffer[i] = junk + 8 * (next(seed) % 8);
    if (m->schema.format[0] == 'v') { /* the last buffer holds the sizes, and those are true by contract */
        m->buffer[2] = junk;
        m->array.n_buffers = next(seed) % 8 ? 4 : 3;
        m->buffer[m->array.n_buffers - 1] = small;
        if (m->array.n_buffers == 3) m->buffer[2] = NULL;
    }
}

/* Words of eight bytes: -1, or small numbers that mostly run on, as offsets and codes do; none points behind the junk. */
static void fill_junk(uint8_t *junk, int size, uint64_t *seed)
{
    memset(junk, 0, (size_t)size);
    for (int i = 0; i + 8 <= size; i += 8) {
        const uint64_t dice = next(seed) % 16;

        if (dice == 0)
            memset(junk + i, 0xFF, 8);
        else
            junk[i] = (uint8_t)(dice < 12 ? (uint64_t)(i / 8) : next(seed));
        if (dice == 15) junk[i + 1] = (uint8_t)next(seed);
    }
}

static void test_random_producers(void **state)
{
    enum { ROUNDS = 60000, JUNK = 140000 };
    uint8_t *junk = malloc(JUNK);
    uint64_t seed = 20261201;
    int64_t fine = 0, refused = 0;

    (void)state;
    assert_non_null(junk);
    for (int round = 0; round < ROUNDS; round++) {
        made m[4];
        sipas_error err;

        if (round % 16 == 0) fill_junk(junk, JUNK, &seed);
        for (int i = 0; i < 4; i++) randomise(&m[i], &seed, junk);
        if (next(&seed) % 4 == 0) coded(&m[0], &m[1]);
        if (m[0].schema.format[0] == '+') {
            m[0].schemas[0] = &m[1].schema;
            m[0].arrays[0] = &m[1].array;
            m[0].schemas[1] = &m[2].schema;
            m[0].arrays[1] = &m[2].array;
            m[0].schema.children = m[0].schemas;
            m[0].array.children = m[0].arrays;
            m[0].schema.n_children = m[0].array.n_children = (int64_t)(next(&seed) % 3);
        }
        m[0].array.buffers = m[0].buffer;
        if (read_all(&m[0], &err) < 0)
            refused++;
        else
            fine++;
    }
    assert_true(fine > ROUNDS / 50 && refused > ROUNDS / 50);
    free(junk);
}

/* ---- streams ---- */

typedef struct producer {
    struct ArrowArrayStream stream;
    made chunk[4];
    int n, next, released;
    int schema_code, fail_at, code;
    const char *text;
} producer;

static int give_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    producer *p = stream->private_data;

    if (p->schema_code) return p->schema_code;
    *out = p->chunk[0].schema;
    return 0;
}

static int give_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    producer *p = stream->private_data;

    if (p->code && p->next == p->fail_at) return p->code;
    if (p->next == p->n)
        out->release = NULL;
    else
        *out = p->chunk[p->next++].array;
    return 0;
}

static const char *give_error(struct ArrowArrayStream *stream)
{
    return ((producer *)stream->private_data)->text;
}

static void release_stream(struct ArrowArrayStream *stream)
{
    ((producer *)stream->private_data)->released++;
    stream->release = NULL;
}

static void open_stream(producer *p, int n)
{
    p->n = n;
    p->stream = (struct ArrowArrayStream){give_schema, give_next, give_error, release_stream, p};
}

static void test_streams(void **state)
{
    const uint8_t bits = 0x02;
    const double expected[] = {1, 2, NA, 4, 5, 6};
    producer p = {.n = 0};
    sipas_arrow *arrow = NULL;
    sipas_column column;
    sipas_error err;

    (void)state;
    numbers(&p.chunk[0], "g", 2, NULL, eight);
    numbers(&p.chunk[1], "g", 0, NULL, NULL);
    numbers(&p.chunk[2], "g", 2, &bits, eight + 2);
    numbers(&p.chunk[3], "g", 2, NULL, eight);
    p.chunk[3].array.offset = 4;
    open_stream(&p, 4);
    assert_int_equal(sipas_arrow_read_stream(NULL, &p.stream, "x", &arrow, &err), SIPAS_OK);
    assert_null(p.stream.release);
    assert_int_equal(p.released, 1);
    assert_int_equal(sipas_arrow_count_rows(arrow), 6);
    column = column_of(arrow, 0);
    check_numbers(&column, 6, expected);
    sipas_arrow_free(arrow);
    for (int i = 0; i < 4; i++) assert_int_equal(p.chunk[i].array_released, 1);
    assert_int_equal(p.chunk[0].schema_released, 1);

    memset(&p, 0, sizeof p); /* no chunks: no rows, but a type */
    texts(&p.chunk[0], 0, NULL, NULL, NULL);
    open_stream(&p, 0);
    assert_int_equal(sipas_arrow_read_stream(NULL, &p.stream, NULL, &arrow, &err), SIPAS_OK);
    column = column_of(arrow, 0);
    check_texts(&column, 0, NULL);
    sipas_arrow_free(arrow);
}

/* Chunks of a dictionary type have a dictionary each; rows of messages count over all chunks. */
static void test_streams_of_texts(void **state)
{
    const int32_t at[] = {0, 1, 2};
    const int8_t codes[] = {1, 0, 1}, wrong[] = {0, 7};
    const char *const expected[] = {"b", "a", "b", "d", "c", "d"};
    made dictionary[2];
    producer p = {.n = 0};
    sipas_arrow *arrow = NULL;
    sipas_column column;
    sipas_error err;

    (void)state;
    for (int i = 0; i < 2; i++) {
        texts(&dictionary[i], 2, NULL, at, i ? "cd" : "ab");
        numbers(&p.chunk[i], "c", 3, NULL, codes);
        coded(&p.chunk[i], &dictionary[i]);
    }
    open_stream(&p, 2);
    assert_int_equal(sipas_arrow_read_stream(NULL, &p.stream, "x", &arrow, &err), SIPAS_OK);
    column = column_of(arrow, 0);
    check_texts(&column, 6, expected);
    sipas_arrow_free(arrow);

    memset(&p, 0, sizeof p);
    for (int i = 0; i < 2; i++) {
        numbers(&p.chunk[i], "c", i ? 2 : 3, NULL, i ? wrong : codes);
        coded(&p.chunk[i], &dictionary[i]);
    }
    open_stream(&p, 2);
    assert_int_equal(sipas_arrow_read_stream(NULL, &p.stream, "x", &arrow, &err), SIPAS_OK);
    assert_int_equal(sipas_arrow_get_column(arrow, 0, "g", &column, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 4);
    assert_string_equal(err.message, "row 4: g: code 7 of a dictionary of 2 values");
    sipas_arrow_free(arrow);
}

static void expect_stream(producer *p, sipas_status status, const char *message, int chunks_given)
{
    sipas_arrow *arrow = (sipas_arrow *)(uintptr_t)p;
    sipas_error err;

    assert_int_equal(sipas_arrow_read_stream(NULL, &p->stream, "x", &arrow, &err), status);
    assert_null(arrow);
    assert_non_null(strstr(err.message, message));
    assert_int_equal(p->released, 0); /* the caller's still */
    for (int i = 0; i < chunks_given; i++) assert_int_equal(p->chunk[i].array_released, 1);
}

static void test_streams_that_fail(void **state)
{
    producer p = {.schema_code = EIO, .text = "the disk is gone"};
    sipas_arrow *arrow;
    sipas_error err;

    (void)state;
    numbers(&p.chunk[0], "g", 2, NULL, eight);
    open_stream(&p, 1);
    expect_stream(&p, SIPAS_ERR_STREAM, "x: the Arrow stream failed: the disk is gone", 0);

    memset(&p, 0, sizeof p);
    numbers(&p.chunk[0], "g", 2, NULL, eight);
    numbers(&p.chunk[1], "g", 2, NULL, eight);
    open_stream(&p, 2);
    p.fail_at = 1;
    p.code = EIO;
    expect_stream(&p, SIPAS_ERR_STREAM, "it does not say why (error 5)", 1);
    assert_int_equal(p.chunk[0].schema_released, 1);

    memset(&p, 0, sizeof p);
    numbers(&p.chunk[0], "g", 2, NULL, eight);
    open_stream(&p, 1);
    p.fail_at = 1;
    p.code = ENOMEM;
    expect_stream(&p, SIPAS_ERR_MEMORY, "memory", 1);

    memset(&p, 0, sizeof p);
    numbers(&p.chunk[0], "g", 2, NULL, eight);
    numbers(&p.chunk[1], "g", -2, NULL, eight);
    open_stream(&p, 2);
    expect_stream(&p, SIPAS_ERR_VALUE, "a negative length", 2);

    p.stream.release = NULL;
    assert_int_equal(sipas_arrow_read_stream(NULL, &p.stream, "x", &arrow, &err), SIPAS_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "released"));
}

static void test_arguments(void **state)
{
    made m;
    sipas_arrow *arrow;
    sipas_column column;
    sipas_error err;
    int64_t index;
    const char *text;

    (void)state;
    numbers(&m, "g", 2, NULL, eight);
    assert_int_equal(sipas_arrow_read_array(NULL, NULL, &m.array, NULL, &arrow, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_read_array(NULL, &m.schema, NULL, NULL, &arrow, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_read_array(NULL, &m.schema, &m.array, NULL, NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_read_stream(NULL, NULL, NULL, &arrow, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_get_column(NULL, 0, NULL, &column, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_find(NULL, "x", &index, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_get_texts(NULL, 0, &text, &index, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_write_stream(NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_write_schema(NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_arrow_count_rows(NULL), 0);
    assert_int_equal(sipas_arrow_count_columns(NULL), 0);
    assert_null(sipas_arrow_get_name(NULL, 0));
    sipas_arrow_free(NULL);
}

/* ---- tables out ---- */

/* Three groups, the last of one row: texts, counts, numbers, and a standard error that is missing. */
static sipas_table *estimates(void)
{
    static const double y[] = {1, 2, 4, 8, 16, 32};
    static const char *const group[] = {"a", "a", "b", "b", "b", "c"};
    const sipas_column w = sipas_column_f64(y, 6), g = sipas_column_code(group, 6);
    sipas_design *design = NULL;
    sipas_domains domains;
    const char *const name = "g";
    sipas_table *table = NULL;
    sipas_error err;

    sipas_domains_init(&domains);
    domains.n_by = 1;
    domains.by = &g;
    domains.names = &name;
    if (sipas_design_new(NULL, 6, &w, NULL, NULL, 0, NULL, NULL, &design, &err) < 0 ||
        sipas_estimate_mean(design, &w, 1, &domains, NULL, &table, &err) < 0)
        fail_msg("%s", err.message);
    sipas_design_free(design);
    return table;
}

static void check_same(const sipas_table *table, sipas_arrow *arrow, int64_t index)
{
    sipas_column expected, column = column_of(arrow, index);

    assert_int_equal(sipas_table_get_column(table, index, &expected, NULL), SIPAS_OK);
    assert_string_equal(sipas_arrow_get_name(arrow, index), sipas_table_get_field(table, index)->name);
    assert_int_equal(column.type, expected.type);
    if (column.type == SIPAS_TYPE_CODE) {
        check_texts(&column, expected.n, expected.data);
        return;
    }
    assert_ptr_equal(column.data, expected.data); /* lent */
    for (int64_t i = 0; i < expected.n; i++) {
        assert_int_equal(present(&column, i), present(&expected, i));
        if (present(&column, i)) assert_true(number(&column, i) == number(&expected, i));
    }
}

static void test_tables(void **state)
{
    sipas_table *table = estimates();
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    sipas_arrow *arrow = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_arrow_write_schema(table, &schema, &err), SIPAS_OK);
    assert_string_equal(schema.format, "+s");
    assert_int_equal(schema.n_children, sipas_table_count_columns(table));
    schema.release(&schema);
    assert_null(schema.release);

    assert_int_equal(sipas_arrow_write_stream(table, &stream, &err), SIPAS_OK);
    assert_int_equal(sipas_arrow_read_stream(NULL, &stream, NULL, &arrow, &err), SIPAS_OK);
    assert_int_equal(sipas_arrow_count_rows(arrow), 3);
    assert_int_equal(sipas_arrow_count_columns(arrow), sipas_table_count_columns(table));
    for (int64_t i = 0; i < sipas_table_count_columns(table); i++) check_same(table, arrow, i);
    sipas_table_free(table); /* what was lent stays */
    for (int64_t i = 0; i < sipas_arrow_count_columns(arrow); i++) {
        const sipas_column column = column_of(arrow, i);

        if (column.type != SIPAS_TYPE_CODE) (void)number(&column, 2);
    }
    sipas_arrow_free(arrow);
}

static void test_notes_and_streams_that_nobody_reads(void **state)
{
    sipas_table *table = estimates();
    const sipas_table *notes = sipas_table_get_notes(table);
    struct ArrowArrayStream stream;
    sipas_arrow *arrow = NULL;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_arrow_write_stream(table, &stream, &err), SIPAS_OK);
    stream.release(&stream);
    assert_int_equal(sipas_arrow_write_stream(notes, &stream, &err), SIPAS_OK);
    sipas_table_free(table);
    assert_int_equal(sipas_arrow_read_stream(NULL, &stream, NULL, &arrow, &err), SIPAS_OK);
    assert_true(sipas_arrow_count_rows(arrow) > 0);
    assert_string_equal(sipas_arrow_get_name(arrow, 0), "code");
    for (int64_t i = 0; i < sipas_arrow_count_columns(arrow); i++) (void)column_of(arrow, i);
    sipas_arrow_free(arrow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_flags_and_nulls),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_dictionaries),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_texts_in_one_piece),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_random_producers),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_streams_of_texts),
        cmocka_unit_test(test_streams_that_fail),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_notes_and_streams_that_nobody_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
