/*
 * Distinct texts against comparing each with each: texts of every length up to 40 that differ in one byte, anywhere, and random ones.
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

#include "data/intern.h"

enum { LONGEST = 40, MOST = 4000 };

static char room[MOST][LONGEST + 1];
static const char *texts[MOST];

/* Numbers of n texts, a tile at a time, against brute force; and their order. */
static void check_texts(int64_t n)
{
    static int32_t number[MOST], place[MOST];
    static const char *sorted[MOST];
    sipas__intern set;
    int64_t distinct = 0;

    assert_true(sipas__intern_init(&set, NULL));
    for (int64_t i = 0; i < n; i += SIPAS__INTERN_TILE)
        assert_true(
            sipas__intern_texts(&set, texts + i, n - i < SIPAS__INTERN_TILE ? n - i : SIPAS__INTERN_TILE, number + i));
    for (int64_t i = 0; i < n; i++) {
        int64_t first = 0;

        if (!texts[i]) {
            assert_int_equal(number[i], -1);
            continue;
        }
        while (!texts[first] || strcmp(texts[first], texts[i]) != 0) first++;
        assert_int_equal(number[i], first == i ? distinct++ : number[first]);
        assert_string_equal(set.texts[number[i]].text, texts[i]);
    }
    assert_int_equal(set.n, distinct);
    assert_true(sipas__intern_sort(&set, sorted, place));
    for (int64_t k = 1; k < distinct; k++) assert_true(strcmp(sorted[k - 1], sorted[k]) < 0);
    for (int64_t i = 0; i < n; i++)
        if (texts[i]) assert_string_equal(sorted[place[number[i]]], texts[i]);
    sipas__intern_clear(&set);
}

static void test_one_byte(void **state)
{
    int64_t n = 0;

    (void)state;
    for (int length = 0; length <= LONGEST; length++)
        for (int at = -1; at < length; at++) { /* -1: none differs */
            memset(room[n], 'x', (size_t)length);
            room[n][length] = '\0';
            if (at >= 0) room[n][at] = '\xFF';
            texts[n] = room[n];
            n++;
        }
    check_texts(n);
    for (int64_t i = 0; i < n; i++) texts[n + i] = room[n - 1 - i]; /* all again, backwards */
    check_texts(2 * n);
}

static void test_random(void **state)
{
    (void)state;
    srand(20240501);
    for (int64_t i = 0; i < MOST; i++) {
        const int length = rand() % 12;

        for (int k = 0; k < length; k++) room[i][k] = (char)("01a"[rand() % 3]);
        room[i][length] = '\0';
        texts[i] = rand() % 10 == 0 ? NULL : rand() % 3 == 0 && i > 0 ? texts[i - 1] : room[i];
    }
    check_texts(MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_byte), cmocka_unit_test(test_random)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
