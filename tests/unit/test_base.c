/*
 * The ground: status names, the caller's error and its texts, hashes of unit codes, the version.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "base/error.h"
#include "base/hash.h"

static void every_status_has_a_name_of_its_own(void **state)
{
    (void)state;
    assert_string_equal(sipas_status_name(SIPAS_OK), "ok");
    assert_string_equal(sipas_status_name(SIPAS_ERR_TOO_FEW), "too few");
    for (sipas_status a = SIPAS_ERR_STREAM; a <= SIPAS_OK; a++) {
        assert_string_not_equal(sipas_status_name(a), "unknown status");
        for (sipas_status b = SIPAS_ERR_STREAM; b < a; b++)
            assert_string_not_equal(sipas_status_name(a), sipas_status_name(b));
    }
    assert_string_equal(sipas_status_name(1), "unknown status");
    assert_string_equal(sipas_status_name(SIPAS_ERR_STREAM - 1), "unknown status");
    assert_string_equal(sipas_status_name(INT32_MIN), "unknown status");
}

static void an_error_is_filled_whole(void **state)
{
    sipas_error err;

    (void)state;
    memset(&err, 0xA5, sizeof err);
    assert_int_equal(sipas__error_set(&err, SIPAS_ERR_VALUE, 31207, 2, "weight", "row %d: weight is %s", 31207, "NaN"),
                     SIPAS_ERR_VALUE);
    assert_int_equal(err.status, SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 31207);
    assert_int_equal(err.column, 2);
    assert_string_equal(err.name, "weight");
    assert_string_equal(err.message, "row 31207: weight is NaN");
    for (size_t i = strlen(err.message); i < sizeof err.message; i++) assert_int_equal(err.message[i], 0);

    assert_int_equal(sipas__error_memory(&err), SIPAS_ERR_MEMORY);
    assert_int_equal(err.row, -1);
    assert_int_equal(err.column, -1);
    assert_string_equal(err.name, "");
    assert_int_equal(sipas__error_argument(&err, "out", "is NULL"), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "out");
    assert_string_equal(err.message, "out: is NULL");
}

static void an_error_may_be_null(void **state)
{
    (void)state;
    assert_int_equal(sipas__error_set(NULL, SIPAS_ERR_TREE, 1, 2, "x", "%s", "y"), SIPAS_ERR_TREE);
    assert_int_equal(sipas__error_memory(NULL), SIPAS_ERR_MEMORY);
    assert_int_equal(sipas__error_argument(NULL, "x", "y"), SIPAS_ERR_ARGUMENT);
}

/* Whatever the text and wherever it is cut, what remains are whole characters. */
static void long_texts_are_cut_at_a_character(void **state)
{
    static const char *const letters[] = {"a", "đ", "ặ", "😀"};
    char text[2 * sizeof(((sipas_error *)NULL)->message)];
    sipas_error err;

    (void)state;
    for (size_t kind = 0; kind < 4; kind++) {
        const size_t width = strlen(letters[kind]);

        for (size_t before = 0; before < 4; before++) {
            size_t used = before;

            memset(text, 'x', before);
            while (used + width < sizeof text) {
                memcpy(text + used, letters[kind], width);
                used += width;
            }
            text[used] = '\0';
            (void)sipas__error_set(&err, SIPAS_ERR_VALUE, 0, 0, text, "%s", text);
            assert_int_equal(strlen(err.message), before + (sizeof err.message - 1 - before) / width * width);
            assert_int_equal(strlen(err.name), before + (sizeof err.name - 1 - before) / width * width);
            assert_memory_equal(err.message, text, strlen(err.message));
            assert_memory_equal(err.name, text, strlen(err.name));
        }
    }
}

static void cutting_leaves_shorter_texts_alone(void **state)
{
    char full[] = "ab\xc4\x91";  /* fills its buffer with whole characters */
    char half[] = "abc\xe1\xba"; /* two bytes of three */
    char lone[] = "\xf0";
    char empty[1] = "";

    (void)state;
    sipas__text_cut(full, sizeof full);
    assert_string_equal(full, "ab\xc4\x91");
    sipas__text_cut(half, sizeof half + 1);
    assert_string_equal(half, "abc\xe1\xba");
    sipas__text_cut(half, sizeof half);
    assert_string_equal(half, "abc");
    sipas__text_cut(lone, sizeof lone);
    assert_string_equal(lone, "");
    sipas__text_cut(empty, sizeof empty);
    assert_string_equal(empty, "");
}

/* The vectors of draft-eastlake-fnv, 64-bit FNV-1a. */
static void hashes_agree_with_the_published_vectors(void **state)
{
    const struct {
        const char *text;
        uint64_t hash;
    } vector[] = {{"a", UINT64_C(0xaf63dc4c8601ec8c)},
                  {"b", UINT64_C(0xaf63df4c8601f1a5)},
                  {"foo", UINT64_C(0xdcb27518fed9d577)},
                  {"foobar", UINT64_C(0x85944171f73967e8)}};

    (void)state;
    assert_true(sipas__hash_bytes(SIPAS__HASH_ROOT, "", 0) == UINT64_C(0xcbf29ce484222325));
    for (size_t i = 0; i < sizeof vector / sizeof vector[0]; i++) {
        uint64_t hash = 0;

        assert_int_equal(sipas_code_hash(&vector[i].text, 1, &hash, NULL), SIPAS_OK);
        assert_true(hash == vector[i].hash);
    }
}

static void a_path_is_hashed_with_separators(void **state)
{
    const char *const path[] = {"VN", "01", "001"};
    const char *const other[] = {"VN", "010", "01"};
    const char joined[] = "VN\x1f"
                          "01\x1f"
                          "001";
    uint64_t hash = 0, other_hash = 0, stepwise = SIPAS__HASH_ROOT;

    (void)state;
    assert_int_equal(sipas_code_hash(path, 3, &hash, NULL), SIPAS_OK);
    assert_true(hash == sipas__hash_bytes(SIPAS__HASH_ROOT, joined, sizeof joined - 1));
    assert_int_equal(sipas_code_hash(other, 3, &other_hash, NULL), SIPAS_OK);
    assert_true(hash != other_hash);
    for (size_t i = 0; i < 3; i++) stepwise = sipas__hash_child(stepwise, path[i]);
    assert_true(hash == stepwise);
}

static void bad_codes_are_refused_by_name(void **state)
{
    static const char *const bad[] = {
        "",     /* empty */
        "a\tb", /* control characters */
        "\x7f",
        "a\x1f"
        "b",
        "\xff",  /* no UTF-8 at all */
        "a\x80", /* a continuation without lead */
        "\xc3",  /* a lead without continuation */
        "\xc3(",
        "\xc0\x80", /* overlong */
        "\xe0\x80\xaf",
        "\xf0\x80\x80\xaf",
        "\xed\xa0\x80",     /* a surrogate */
        "\xf4\x90\x80\x80", /* beyond U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xe1\xba", /* cut short */
    };
    static const char *const good[] = {"0", "Huyện Đắk Glei", "😀", "a b/c-d", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *path[] = {"ok", bad[i]};
        uint64_t hash = 42;
        sipas_error err;

        assert_int_equal(sipas_code_hash(path, 2, &hash, &err), SIPAS_ERR_VALUE);
        assert_true(hash == 42);
        assert_int_equal(err.row, 1);
        assert_string_equal(err.name, bad[i]);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) assert_null(sipas__code_fault(good[i]));
}

static void hash_arguments_are_checked(void **state)
{
    const char *const path[] = {"a", NULL};
    uint64_t hash = 42;

    (void)state;
    assert_int_equal(sipas_code_hash(NULL, 1, &hash, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_code_hash(path, 0, &hash, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_code_hash(path, 1, NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_code_hash(path, 2, &hash, NULL), SIPAS_ERR_ARGUMENT);
    assert_true(hash == 42);
}

static void the_version_is_that_of_the_headers(void **state)
{
    char text[32];

    (void)state;
    (void)snprintf(text, sizeof text, "%d.%d.%d", SIPAS_VERSION_MAJOR, SIPAS_VERSION_MINOR, SIPAS_VERSION_PATCH);
    assert_string_equal(sipas_version(), text);
    assert_int_equal(sipas_abi_version(), SIPAS_ABI_VERSION);
}

static int evaluated;

static sipas_status count_and_fail(void)
{
    evaluated++;
    return SIPAS_ERR_VALUE;
}

/* The status is given as an expression, which is evaluated once. */
static void a_status_is_evaluated_once(void **state)
{
    (void)state;
    sipas_error err;

    evaluated = 0;
    assert_int_equal(sipas__error_set(&err, count_and_fail(), 1, 2, "x", "row %d", 1), SIPAS_ERR_VALUE);
    assert_int_equal(evaluated, 1);
    assert_int_equal(err.status, SIPAS_ERR_VALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_is_evaluated_once),
        cmocka_unit_test(every_status_has_a_name_of_its_own),
        cmocka_unit_test(an_error_is_filled_whole),
        cmocka_unit_test(an_error_may_be_null),
        cmocka_unit_test(long_texts_are_cut_at_a_character),
        cmocka_unit_test(cutting_leaves_shorter_texts_alone),
        cmocka_unit_test(hashes_agree_with_the_published_vectors),
        cmocka_unit_test(a_path_is_hashed_with_separators),
        cmocka_unit_test(bad_codes_are_refused_by_name),
        cmocka_unit_test(hash_arguments_are_checked),
        cmocka_unit_test(the_version_is_that_of_the_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
