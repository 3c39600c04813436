/*
 * Joined names: written out, cut, and no two lists of codes with one name.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/joined.h"

enum { SIZE = 32, LETTERS = 4, CODES = LETTERS + LETTERS * LETTERS + LETTERS * LETTERS * LETTERS };

static const char *join(char *name, const char *one, char separator, const char *two)
{
    const size_t used = sipas__joined_append(name, SIZE, 0, 0, one);

    assert_int_equal(used, sipas__joined_bytes(one));
    assert_int_equal(sipas__joined_append(name, SIZE, used, separator, two), used + 1 + sipas__joined_bytes(two));
    return name;
}

static void names_are_as_written(void **state)
{
    (void)state;
    char name[SIZE];

    assert_string_equal(join(name, "01", ':', "urban"), "01:urban");
    assert_string_equal(join(name, "1:2", ':', "x"), "1\\:2:x");
    assert_string_equal(join(name, "1", ':', "2:x"), "1:2\\:x");
    assert_string_equal(join(name, "a\\", '/', "b/c"), "a\\\\/b\\/c");
    assert_string_equal(join(name, "Hà Nội", '/', "xã"), "Hà Nội/xã");
}

static int compare(const void *left, const void *right)
{
    return strcmp(left, right);
}

/* All pairs of codes of one to three bytes of "a\/:", joined by `/` and by `:`. */
static void different_codes_have_different_names(void **state)
{
    (void)state;
    static char code[CODES][4], name[2 * CODES * CODES][SIZE];
    static const char letters[] = "a\\/:";
    size_t n = 0, n_names = 0;

    for (size_t length = 1; length <= 3; length++) {
        size_t all = 1;

        for (size_t i = 0; i < length; i++) all *= LETTERS;
        for (size_t k = 0; k < all; k++, n++)
            for (size_t i = 0, rest = k; i < length; i++, rest /= LETTERS) code[n][i] = letters[rest % LETTERS];
    }
    assert_int_equal(n, CODES);
    for (size_t i = 0; i < CODES; i++)
        for (size_t j = 0; j < CODES; j++) {
            (void)join(name[n_names++], code[i], '/', code[j]);
            (void)join(name[n_names++], code[i], ':', code[j]);
        }
    qsort(name, n_names, SIZE, compare);
    for (size_t i = 1; i < n_names; i++) assert_string_not_equal(name[i - 1], name[i]);
}

/* Cut where it does not fit, never after a `\` of its own, always ended; the length is that of the whole. */
static void what_does_not_fit_is_cut(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 9; size++) {
        char name[SIZE], whole[SIZE];
        size_t used;

        memset(name, '#', sizeof name);
        (void)join(whole, "a:b", '/', "c:");
        used = sipas__joined_append(name, size, 0, 0, "a:b");
        used = sipas__joined_append(name, size, used, '/', "c:");
        assert_int_equal(used, strlen(whole));
        assert_true(strlen(name) < size);
        assert_memory_equal(name, whole, strlen(name));
        assert_int_equal(name[size], '#');
        assert_true(!strlen(name) || name[strlen(name) - 1] != '\\');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_as_written),
        cmocka_unit_test(different_codes_have_different_names),
        cmocka_unit_test(what_does_not_fit_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
