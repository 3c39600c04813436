/*
 * Reading result tables in cmocka tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "result.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "assert_close.h"

void check(sipas_status status, const sipas_error *err)
{
    if (status < 0) fail_msg("%s: %s", sipas_status_name(status), err ? err->message : "");
}

double real(const sipas_table *table, const char *column, int64_t row)
{
    const double *cells;
    sipas_error err;

    check(sipas_table_get_f64(table, column, &cells, &err), &err);
    assert_true(row >= 0 && row < sipas_table_count_rows(table));
    return cells[row];
}

int64_t whole(const sipas_table *table, const char *column, int64_t row)
{
    const int64_t *cells;
    sipas_error err;

    check(sipas_table_get_i64(table, column, &cells, &err), &err);
    assert_true(row >= 0 && row < sipas_table_count_rows(table));
    return cells[row];
}

const char *text(const sipas_table *table, const char *column, int64_t row)
{
    const char *const *cells;
    sipas_error err;

    check(sipas_table_get_code(table, column, &cells, &err), &err);
    assert_true(row >= 0 && row < sipas_table_count_rows(table));
    return cells[row];
}

int missing(const sipas_table *table, const char *column, int64_t row)
{
    sipas_column view;
    sipas_error err;
    int64_t at;

    check(sipas_table_find(table, column, &at, &err), &err);
    check(sipas_table_get_column(table, at, &view, &err), &err);
    assert_true(row >= 0 && row < view.n);
    return view.validity && !((view.validity[(view.offset + row) >> 3] >> ((view.offset + row) & 7)) & 1);
}

int has_column(const sipas_table *table, const char *column)
{
    int64_t at;

    return sipas_table_find(table, column, &at, NULL) == SIPAS_OK;
}

const char *meta(const sipas_table *table, const char *key)
{
    const char *value = NULL;
    sipas_error err;

    check(sipas_table_find_meta(table, key, &value, &err), &err);
    return value;
}

double covariance(const sipas_table *table, int64_t a, int64_t b)
{
    const sipas_cov *cov;
    sipas_error err;
    double value;

    check(sipas_table_get_cov(table, &cov, &err), &err);
    check(sipas_cov_get_block(cov, &a, 1, &b, 1, &value, &err), &err);
    return value;
}

const char *find_note(const sipas_table *table, const char *code, int64_t row)
{
    const sipas_table *notes = sipas_table_get_notes(table);

    for (int64_t i = 0; i < sipas_table_count_rows(notes); i++) {
        const int64_t about = missing(notes, "row", i) ? -1 : whole(notes, "row", i);

        if (about == row && strcmp(text(notes, "code", i), code) == 0) return text(notes, "message", i);
    }
    return NULL;
}

int64_t node_row(const sipas_table *table, const char *node, int64_t group)
{
    for (int64_t row = 0; row < sipas_table_count_rows(table); row++) {
        if (strcmp(text(table, "node", row), node) != 0) continue;
        assert_string_equal(text(table, "node", row + group), node);
        return row + group;
    }
    fail_msg("no row for node %s", node);
    return -1;
}

static uint64_t bits(double value)
{
    uint64_t pattern;

    memcpy(&pattern, &value, sizeof pattern);
    return pattern;
}

static void check_identical_cells(const sipas_table *a, const sipas_table *b, const char *name, int32_t type,
                                  int64_t row)
{
    assert_int_equal(missing(a, name, row), missing(b, name, row));
    if (missing(a, name, row)) return;
    if (type == SIPAS_TYPE_F64) {
        const double x = real(a, name, row), y = real(b, name, row);

        if (bits(x) != bits(y)) fail_msg("%s of row %d: %.17g and %.17g", name, (int)row, x, y);
    } else if (type == SIPAS_TYPE_I64) {
        assert_true(whole(a, name, row) == whole(b, name, row));
    } else {
        assert_string_equal(text(a, name, row), text(b, name, row));
    }
}

/* How codes stand in strata is a note of the codes, which samples that are otherwise one may differ in. */
static const char *const of_the_codes[] = {"nested", "codes_alike"};

/* The next note that is of the figures, from `row` on; the number of rows when there is none. */
static int64_t next_note(const sipas_table *notes, int64_t row)
{
    for (; row < sipas_table_count_rows(notes); row++)
        if (strcmp(text(notes, "code", row), of_the_codes[0]) != 0 &&
            strcmp(text(notes, "code", row), of_the_codes[1]) != 0)
            break;
    return row;
}

static void check_identical_notes(const sipas_table *a, const sipas_table *b)
{
    int64_t i = a ? next_note(a, 0) : 0, j = b ? next_note(b, 0) : 0;
    const int64_t n = a ? sipas_table_count_rows(a) : 0, m = b ? sipas_table_count_rows(b) : 0;

    for (; i < n && j < m; i = next_note(a, i + 1), j = next_note(b, j + 1)) {
        assert_string_equal(text(a, "code", i), text(b, "code", j));
        assert_string_equal(text(a, "message", i), text(b, "message", j));
    }
    assert_true(i == n && j == m);
}

void check_identical(const sipas_table *a, const sipas_table *b)
{
    const sipas_table *notes_a = sipas_table_get_notes(a), *notes_b = sipas_table_get_notes(b);

    assert_int_equal(sipas_table_count_rows(a), sipas_table_count_rows(b));
    assert_int_equal(sipas_table_count_columns(a), sipas_table_count_columns(b));
    for (int64_t c = 0; c < sipas_table_count_columns(a); c++) {
        const sipas_field *field = sipas_table_get_field(a, c);

        assert_string_equal(sipas_table_get_field(b, c)->name, field->name);
        assert_int_equal(sipas_table_get_field(b, c)->type, field->type);
        for (int64_t row = 0; row < sipas_table_count_rows(a); row++)
            check_identical_cells(a, b, field->name, field->type, row);
    }
    check_identical_notes(notes_a, notes_b);
}

void check_rows_alike(const sipas_table *a, int64_t i, const sipas_table *b, int64_t j, double tolerance)
{
    static const char *const reals[] = {"estimate", "se", "lower", "upper", "df", "cv"};
    const double size = fabs(real(a, "estimate", i)), scale[] = {size * 1e-2, size * 1e-2, size, size, 0.0, 1e-2};

    for (size_t c = 0; c < sizeof reals / sizeof reals[0]; c++)
        if (has_column(a, reals[c]))
            assert_close_scaled(real(a, reals[c], i), real(b, reals[c], j), tolerance, scale[c]);
    assert_true(whole(a, "n", i) == whole(b, "n", j));
    assert_true(whole(a, "psus", i) == whole(b, "psus", j));
}

void check_alike(const sipas_table *a, const sipas_table *b, double tolerance)
{
    assert_int_equal(sipas_table_count_rows(a), sipas_table_count_rows(b));
    for (int64_t row = 0; row < sipas_table_count_rows(a); row++) check_rows_alike(a, row, b, row, tolerance);
}
