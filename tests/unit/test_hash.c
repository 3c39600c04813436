/*
 * Hash of unit codes: the published vectors of FNV-1a-64, the separator, and codes that are refused.
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

#include "base/hash.h"

static uint64_t hash_of(const char *const *path, int64_t depth)
{
    uint64_t out = 0;
    sipas_error err;

    assert_int_equal(sipas_code_hash(path, depth, &out, &err), SIPAS_OK);
    return out;
}

/* Landon Curt Noll's test_fnv.c (also in draft-eastlake-fnv, appendix). */
static void published_vectors(void **state)
{
    static const struct {
        const char *text;
        uint64_t hash;
    } known[] = {
        {"", 0xcbf29ce484222325},       {"a", 0xaf63dc4c8601ec8c},  {"b", 0xaf63df4c8601f1a5},
        {"foobar", 0x85944171f73967e8}, {"hi", 0x08ba5f07b55ec3da}, {"chongo was here!\n", 0x46810940eff5f915},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const char *text = known[i].text;

        assert_true(sipas__hash_bytes(SIPAS__HASH_ROOT, text, strlen(text)) == known[i].hash);
        if (*text && !sipas__code_fault(text)) assert_true(hash_of(&text, 1) == known[i].hash);
    }
}

/* The whole path is hashed as if it were one text with 0x1F between the codes; values from ten lines of Python:
 *
 *     h = 0xcbf29ce484222325
 *     for byte in b"01\x1f001": h = (h ^ byte) * 0x100000001b3 % 2**64
 */
static void codes_are_kept_apart(void **state)
{
    const char *a_b[] = {"a", "b"}, *ab[] = {"ab"}, *ward[] = {"01", "001"}, *other[] = {"1", "001"};

    (void)state;
    assert_true(hash_of(a_b, 2) == 0xe5eaa319043b0991);
    assert_true(hash_of(ab, 1) == 0x089c4407b545986a);
    assert_true(hash_of(ward, 2) == 0xa21f664a34804f32);
    assert_true(hash_of(other, 2) == 0xce80ac357cb19610); /* "1" and "01" differ */
    assert_true(hash_of(ward, 1) == sipas__hash_child(SIPAS__HASH_ROOT, "01"));
    assert_true(hash_of(ward, 2) == sipas__hash_child(hash_of(ward, 1), "001"));
}

static void utf8_is_hashed_byte_by_byte(void **state)
{
    const char *hanoi[] = {"H\xC3\xA0 N\xE1\xBB\x99i"}; /* in NFC */
    const char *decomposed[] = {"Ha\xCC\x80 No\xCC\xA3\xCC\x82i"};
    const char *highest[] = {"\xF4\x8F\xBF\xBF"};

    (void)state;
    assert_true(hash_of(hanoi, 1) == 0x7a6f5fd90b46f600);
    assert_true(hash_of(decomposed, 1) != hash_of(hanoi, 1));
    assert_true(hash_of(highest, 1) == 0x6eb1861c2c1fff5a);
}

static void good_codes_are_accepted(void **state)
{
    static const char *const good[] = {" ",
                                       "~",
                                       "79",
                                       "a b",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBD",
                                       "\xF0\x90\x80\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) assert_null(sipas__code_fault(good[i]));
}

/* Each bad code stands second in a path of three. */
static void assert_refused(const char *code, const char *fault)
{
    const char *path[] = {"79", code, "7"};
    char message[128];
    sipas_error err;
    uint64_t out = 77;

    assert_int_equal(sipas_code_hash(path, 3, &out, &err), SIPAS_ERR_VALUE);
    assert_int_equal(err.status, SIPAS_ERR_VALUE);
    assert_int_equal(err.row, 1);
    assert_string_equal(err.name, code);
    (void)snprintf(message, sizeof message, "code 1 of the path (\"%s\") %s", code, fault);
    assert_string_equal(err.message, message);
    assert_int_equal(sipas_code_hash(path, 3, &out, NULL), SIPAS_ERR_VALUE);
    assert_true(out == 77);
}

static void bad_codes_are_refused_by_name(void **state)
{
    static const char *const broken[] = {
        "\x80",             /* a continuation byte alone */
        "a\xC3",            /* cut short at the end */
        "\xC3(",            /* cut short before another character */
        "\xC0\xAF",         /* overlong "/" */
        "\xC1\xBF",         /* overlong */
        "\xE0\x9F\xBF",     /* overlong */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",     /* a surrogate */
        "\xE1\xBB",         /* cut short at the end */
        "\xE1\xBB(",        /* cut short before another character */
        "\xF1\x80\x80",     /* cut short at the end */
        "\xF4\x90\x80\x80", /* above U+10FFFF */
        "\xF5\x80\x80\x80", /* no such lead byte */
        "\xFF",
    };
    static const char *const control[] = {"\n", "a\tb", "a\x1F", "\x01", "\x7F"};

    (void)state;
    assert_refused("", "is empty");
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) assert_refused(broken[i], "is not UTF-8");
    for (size_t i = 0; i < sizeof control / sizeof control[0]; i++)
        assert_refused(control[i], "holds a control character");
}

static void missing_arguments_are_named(void **state)
{
    const char *path[] = {"79", NULL};
    uint64_t out = 77;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_code_hash(NULL, 1, &out, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "path");
    assert_int_equal(sipas_code_hash(path, 2, &out, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "path");
    assert_int_equal(sipas_code_hash(path, 0, &out, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "depth");
    assert_int_equal(sipas_code_hash(path, -1, &out, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_code_hash(path, 1, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "out");
    assert_true(out == 77);
    assert_int_equal(sipas_code_hash(path, 1, &out, NULL), SIPAS_OK);
    assert_true(out != 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(codes_are_kept_apart),
        cmocka_unit_test(utf8_is_hashed_byte_by_byte),
        cmocka_unit_test(good_codes_are_accepted),
        cmocka_unit_test(bad_codes_are_refused_by_name),
        cmocka_unit_test(missing_arguments_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
