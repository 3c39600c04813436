/*
 * The reader of CSV on files that nobody wrote by hand, from a seed: tables written as RFC 4180 has it come back cell by cell and
 * line by line; files with bytes changed, left out or put in are read or refused, and whatever is told is UTF-8; conditions and numbers
 * agree with plain comparisons. Made to be run under the sanitizers too. JUNK_SEED and JUNK_ROUNDS of the environment say others.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "condition.h"
#include "number.h"
#include "read_csv.h"
#include "success.h"
#include "text.h"

enum { MOST_ROWS = 12, MOST_COLUMNS = 6, ROOM = 1 << 14 };

static uint64_t state = 20241231;
static int rounds = 3000;
static char path[] = "/tmp/sipas_junk_XXXXXX";

/* xorshift64*: the same numbers everywhere. */
static uint64_t draw(uint64_t below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * UINT64_C(2685821657736338717) >> 16) % below;
}

static void write_file(const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void assert_utf8(const char *text)
{
    assert_int_equal(text_first_bad(text, strlen(text)), strlen(text));
}

/* ------------------------------------------------------------------------------------------------- tables there and back */

static const char *const pieces[] = {"a",         "B",    "7",  "0",  "-",   ".",   ",",  ";",   "\"",
                                     "\n",        "\r\n", "\t", " ",  "=",   "+",   "#x", "|",   "Nghệ An",
                                     "e\xCC\x81", "đ",    "'",  "NA", "nan", "4.0", "01", "1e3", "<",
                                     "\xC2\xA0",  "🙂", "\\", "%s", "\r",  "Hà"};

typedef struct made {
    char cell[MOST_ROWS + 1][MOST_COLUMNS][64]; /* row 0 is the header */
    long long line[MOST_ROWS + 1];
    int n_rows, n_columns;
    char separator, bytes[ROOM];
    size_t n_bytes;
} made;

static void make_cell(char *cell)
{
    *cell = '\0';
    for (uint64_t k = draw(5); k > 0; k--) strcat(cell, pieces[draw(sizeof pieces / sizeof *pieces)]);
}

static void put(made *m, const char *text, long long *line)
{
    for (const char *at = text; *at; at++) *line += *at == '\n' || (*at == '\r' && at[1] != '\n');
    m->n_bytes += (size_t)snprintf(m->bytes + m->n_bytes, ROOM - m->n_bytes, "%s", text);
}

static void put_cell(made *m, const char *cell, long long *line)
{
    const char special[] = {m->separator, '"', '\n', '\r', '\0'};
    if (!strpbrk(cell, special) && draw(3)) {
        put(m, cell, line);
        return;
    }
    put(m, "\"", line);
    for (const char *at = cell; *at; at++) {
        /* \r\n is one line's end: it must not be put in two halves */
        const size_t length = at[0] == '\r' && at[1] == '\n' ? 2 : 1;
        char one[3] = {at[0], length == 2 ? '\n' : '\0', '\0'};
        put(m, *at == '"' ? "\"\"" : one, line);
        at += length - 1;
    }
    put(m, "\"", line);
}

/* A table, written in one of the ways in which it may be. */
static void make_table(made *m)
{
    static const char separators[] = ",;\t|";
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    const char *end = ends[draw(3)];
    long long line = 1;
    m->n_rows = 1 + (int)draw(MOST_ROWS);
    m->n_columns = 1 + (int)draw(MOST_COLUMNS);
    m->separator = separators[draw(4)];
    m->n_bytes = 0;
    if (draw(2)) m->n_bytes = (size_t)snprintf(m->bytes, ROOM, "\xEF\xBB\xBF");
    for (int row = 0; row <= m->n_rows; row++) {
        m->line[row] = line;
        for (int col = 0; col < m->n_columns; col++) {
            if (row == 0)
                snprintf(m->cell[row][col], 64, "c%d", col);
            else
                make_cell(m->cell[row][col]);
            if (row > 0 && col == 0) strcat(m->cell[row][col], "x"); /* no empty line, no line of tags */
            if (col > 0) put(m, (char[]){m->separator, '\0'}, &line);
            put_cell(m, m->cell[row][col], &line);
        }
        if (row < m->n_rows || draw(2)) put(m, end, &line);
    }
}

static void check_cell(const sheet *s, const made *m, int row, int col, const char *written, const char *code)
{
    const char *cell = m->cell[row + 1][col];
    char *nfc = text_nfc(cell);
    assert_non_null(nfc);
    if (text_is_blank(cell)) {
        assert_null(written);
        assert_null(code);
    } else {
        assert_string_equal(written, cell);
        assert_string_equal(code, nfc);
    }
    assert_int_equal(sheet_get_line(s, row), m->line[row + 1]);
    free(nfc);
}

/* What is written after the rules comes back as it was. A row that begins with # in the first line would be a line of tags. */
static void test_round_trip(void **unused)
{
    (void)unused;
    made *m = malloc(sizeof *m);
    assert_non_null(m);
    for (int k = 0; k < rounds; k++) {
        sipas_error err = {0};
        sheet *s = NULL;
        make_table(m);
        const char separator[] = {m->separator, '\0'};
        const sheet_how how = {.separator = separator};
        write_file(m->bytes, m->n_bytes);
        if (m->cell[1][0][0] == '#') continue;
        if (sheet_read(path, &how, &s, &err) != 0)
            fail_msg("round %d: %s\n%.*s", k, err.message, (int)m->n_bytes, m->bytes);
        assert_int_equal(sheet_count_rows(s), m->n_rows);
        assert_int_equal(sheet_count_columns(s), m->n_columns);
        for (int col = 0; col < m->n_columns; col++) {
            const char *const *written, *const *code;
            assert_int_equal(sheet_get_written(s, m->cell[0][col], &written, &err), 0);
            assert_int_equal(sheet_get_text(s, m->cell[0][col], &code, &err), 0);
            for (int row = 0; row < m->n_rows; row++) check_cell(s, m, row, col, written[row], code[row]);
        }
        sheet_free(s);
    }
    free(m);
}

/* ------------------------------------------------------------------------------------------------------------------ junk */

static void damage(made *m)
{
    static const char *const junk[] = {"\"", "\n", "\r",       "\0",           "\xFF",    "\xC3",
                                       ";",  ",",  "\xE1\xBB", "\xEF\xBB\xBF", "sep=;\n", "#"};
    for (uint64_t k = 1 + draw(4); k > 0; k--) {
        const size_t at = (size_t)draw(m->n_bytes + 1), kind = (size_t)draw(3);
        if (kind == 0 && at < m->n_bytes) m->bytes[at] = (char)draw(256);
        if (kind == 1) m->n_bytes = at;
        if (kind == 2 && m->n_bytes + 8 < ROOM) {
            const char *text = junk[draw(sizeof junk / sizeof *junk)];
            const size_t length = *text ? strlen(text) : 1;
            memmove(m->bytes + at + length, m->bytes + at, m->n_bytes - at);
            memcpy(m->bytes + at, text, length);
            m->n_bytes += length;
        }
    }
}

/* A junk condition, option text or name. */
static void make_word(char *word, const sheet *s)
{
    static const char *const signs[] = {"=", "!=", "<", "<=", ">", ">=", "", "==", "!"};
    char value[64];
    make_cell(value);
    snprintf(word, 128, "%.40s%s%s",
             draw(4) ? sheet_get_name(s, (int64_t)draw((uint64_t)sheet_count_columns(s))) : value, signs[draw(9)],
             value);
    text_clean(word);
}

static void look_at(sheet *s)
{
    sipas_error err = {0};
    uint8_t *met = malloc((size_t)sheet_count_rows(s));
    assert_non_null(met);
    for (int64_t col = 0; col < sheet_count_columns(s); col++) {
        const char *name = sheet_get_name(s, col), *const * code;
        const double *number;
        double *successes;
        sipas_column column;
        char word[128];
        assert_utf8(name);
        assert_int_equal(sheet_get_text(s, name, &code, &err), 0);
        assert_int_equal(sheet_get_code(s, name, &column, &err), 0);
        for (int64_t row = 0; row < sheet_count_rows(s); row++) {
            if (code[row]) assert_utf8(code[row]);
            assert_true(sheet_get_line(s, row) > sheet_get_line(s, row - 1));
        }
        if (sheet_get_number(s, name, &number, &err) != 0) assert_utf8(err.message);
        make_word(word, s);
        const option_texts words = {1, {word}};
        if (conditions_apply(s, "--where", &words, met, &err) != 0) assert_utf8(err.message);
        if (success_read(s, name, &words, &successes, &err) != 0) assert_utf8(err.message);
        free(successes);
    }
    free(met);
}

static void test_junk(void **unused)
{
    (void)unused;
    made *m = malloc(sizeof *m);
    int read = 0, refused = 0;
    assert_non_null(m);
    for (int k = 0; k < 3 * rounds; k++) {
        sipas_error err = {0};
        sheet *s = NULL;
        char na[64];
        make_table(m);
        damage(m);
        write_file(m->bytes, m->n_bytes);
        make_cell(na);
        const sheet_how how = {
            .separator = draw(2) ? NULL : ";", .decimal = draw(2) ? NULL : ",", .na = {(int)draw(2), {na}}};
        if (sheet_read(path, &how, &s, &err) != 0) {
            assert_null(s);
            assert_utf8(err.message);
            assert_true(err.message[0] != '\0');
            refused++;
            continue;
        }
        read++;
        look_at(s);
        sheet_free(s);
    }
    free(m);
    assert_true(read > rounds / 10);
    assert_true(refused > rounds / 10);
}

/* --------------------------------------------------------------------------------------------------------------- numbers */

static void test_numbers(void **unused)
{
    (void)unused;
    for (int k = 0; k < 20 * rounds; k++) {
        char a[64], b[64];
        double back;
        const double x = ldexp((double)draw(UINT64_C(1) << 53), (int)draw(200) - 150) * (draw(2) ? 1 : -1);
        snprintf(a, sizeof a, "%s%.17g%s", draw(2) ? " " : "", x, draw(2) ? "\xC2\xA0" : "");
        assert_true(number_read(a, '.', &back));
        assert_true(x == back);
        const int64_t left = (int64_t)draw(UINT64_C(1) << 45) - (INT64_C(1) << 44), right = left + (int64_t)draw(5) - 2;
        /* The same digits before both: far beyond a double, with the order of the numbers that are compared in C. */
        snprintf(a, sizeof a, "%s%015lld", draw(2) ? "9007199254740993" : "00009007199254740993",
                 (long long)llabs(left));
        snprintf(b, sizeof b, "9007199254740993%015lld", (long long)llabs(right));
        const int wanted = (llabs(left) > llabs(right)) - (llabs(left) < llabs(right));
        assert_int_equal(number_compare(a, b, '.'), wanted);
        snprintf(a, sizeof a, "%lld", (long long)left);
        int64_t whole;
        assert_true(number_is_code(a, &whole));
        assert_int_equal(whole, left);
    }
}

/* A code goes as a number only where no other text of a cell would be the same number. */
static void test_codes(void **unused)
{
    (void)unused;
    static const char *const none[] = {"",    "-", "01", "-0", "+1", " 1", "1 ", "1.0", "1e0", "9223372036854775808",
                                       "0x1", "١", "00"};
    int64_t whole;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(number_is_code(none[i], &whole));
    assert_true(number_is_code("-9223372036854775808", &whole));
    assert_true(number_is_code("9223372036854775807", &whole));
    assert_true(number_is_code("0", &whole));
}

/* Notes come by the thousand; what cmocka has to say comes after the teardown. */
static int mute(void **heard)
{
    static int kept;
    kept = dup(STDERR_FILENO);
    *heard = &kept;
    return kept < 0 || !freopen("/dev/null", "w", stderr);
}

static int unmute(void **heard)
{
    fflush(stderr);
    return dup2(*(int *)*heard, STDERR_FILENO) < 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_round_trip, mute, unmute),
                                       cmocka_unit_test_setup_teardown(test_junk, mute, unmute),
                                       cmocka_unit_test(test_numbers), cmocka_unit_test(test_codes)};
    if (getenv("JUNK_SEED")) state = strtoull(getenv("JUNK_SEED"), NULL, 10) | 1;
    if (getenv("JUNK_ROUNDS")) rounds = (int)strtol(getenv("JUNK_ROUNDS"), NULL, 10);
    const int file = mkstemp(path);
    if (file < 0 || close(file) != 0) return 1;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
