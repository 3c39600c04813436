/*
 * Tables: built and read back, notes and metadata, holds, what is not there, and what running out of memory does.
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

#include <cmocka.h>

#include <sipas.h>

#include "data/column.h"
#include "data/schema.h"
#include "data/table.h"
#include "failing_alloc.h"

enum { ROWS = 11 };

/* Column "x" doubles, "k" integers, "t" text; every third row is missing. */
static sipas_status build(sipas_ctx *ctx, int64_t n_rows, sipas_table **out, sipas_error *err)
{
    const sipas_field x = {"x", "points", "a double", SIPAS_TYPE_F64, 0, SIPAS_FIELD_OTHER, 0};
    const sipas_field k = {"k", "", "an integer", SIPAS_TYPE_I64, 0, SIPAS_FIELD_OTHER, 0};
    const sipas_field t = {"t", "", "a text", SIPAS_TYPE_CODE, 1, SIPAS_FIELD_OTHER, 0};
    sipas_table *table = sipas__table_new(ctx, n_rows);
    const int32_t of_x = sipas__table_add(table, &x), of_k = sipas__table_add(table, &k),
                  of_t = sipas__table_add(table, &t);

    for (int64_t row = 0; row < n_rows; row++) {
        char text[32];

        if (row % 3 == 2) {
            sipas__table_set_f64(table, of_x, row, (double)NAN);
            sipas__table_set_code(table, of_t, row, NULL);
            continue;
        }
        (void)snprintf(text, sizeof text, "xã %d", (int)row);
        sipas__table_set_f64(table, of_x, row, (double)row / 4);
        sipas__table_set_i64(table, of_k, row, -row);
        sipas__table_set_code(table, of_t, row, text);
    }
    sipas__table_meta(table, "method", "%s", "taylor");
    sipas__table_meta(table, "level", "%g", 0.95);
    sipas__table_note(table, "lonely_psu", "stratum 83", 4, "stratum %d has one PSU", 83);
    sipas__table_note(table, "weights", NULL, -1, "no weights are given");
    return sipas__table_finish(table, out, err);
}

static void what_is_written_is_read(void **state)
{
    sipas_table *table = NULL;
    const double *x;
    const int64_t *k;
    const char *const *t;
    int64_t at = -1;

    (void)state;
    assert_int_equal(build(NULL, ROWS, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), ROWS);
    assert_int_equal(sipas_table_count_columns(table), 3);
    assert_int_equal(sipas_table_get_f64(table, "x", &x, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(table, "k", &k, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_code(table, "t", &t, NULL), SIPAS_OK);
    for (int64_t c = 0; c < 3; c++) {
        sipas_column column;

        assert_int_equal(sipas_table_get_column(table, c, &column, NULL), SIPAS_OK);
        assert_int_equal(column.n, ROWS);
        assert_int_equal(column.type, sipas_table_get_field(table, c)->type);
        for (int64_t row = 0; row < ROWS; row++) assert_int_equal(sipas__column_present(&column, row), row % 3 != 2);
    }
    for (int64_t row = 0; row < ROWS; row++) {
        char text[32];

        (void)snprintf(text, sizeof text, "xã %d", (int)row);
        if (row % 3 == 2) {
            assert_true(isnan(x[row]));
            assert_int_equal(k[row], 0);
            assert_null(t[row]);
        } else {
            assert_true(x[row] == (double)row / 4);
            assert_int_equal(k[row], -row);
            assert_string_equal(t[row], text);
        }
    }
    assert_int_equal(sipas_table_find(table, "t", &at, NULL), SIPAS_OK);
    assert_int_equal(at, 2);
    assert_string_equal(sipas_table_get_field(table, 0)->unit, "points");
    assert_string_equal(sipas_table_get_field(table, 1)->meaning, "an integer");
    assert_int_equal(sipas_table_get_field(table, 2)->optional, 1);
    sipas_table_free(table);
}

static void metadata_and_notes_are_data(void **state)
{
    sipas_table *table = NULL;
    const sipas_table *notes;
    const char *key, *value, *const *code, *const *name, *const *message;
    const int64_t *row;
    sipas_column rows;
    int64_t at;

    (void)state;
    assert_int_equal(build(NULL, ROWS, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_meta(table), 2);
    assert_int_equal(sipas_table_get_meta(table, 1, &key, &value, NULL), SIPAS_OK);
    assert_string_equal(key, "level");
    assert_string_equal(value, "0.95");
    assert_int_equal(sipas_table_find_meta(table, "method", &value, NULL), SIPAS_OK);
    assert_string_equal(value, "taylor");

    notes = sipas_table_get_notes(table);
    assert_int_equal(sipas_table_count_rows(notes), 2);
    assert_int_equal(sipas_table_get_code(notes, "code", &code, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_code(notes, "name", &name, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_code(notes, "message", &message, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(notes, "row", &row, NULL), SIPAS_OK);
    assert_string_equal(code[0], "lonely_psu");
    assert_string_equal(name[0], "stratum 83");
    assert_string_equal(message[0], "stratum 83 has one PSU");
    assert_int_equal(row[0], 4);
    assert_string_equal(code[1], "weights");
    assert_null(name[1]);
    assert_int_equal(sipas_table_find(notes, "row", &at, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_column(notes, at, &rows, NULL), SIPAS_OK);
    assert_true(sipas__column_present(&rows, 0));
    assert_false(sipas__column_present(&rows, 1));
    assert_null(sipas_table_get_notes(notes));
    sipas_table_free(table);
}

static void a_table_may_be_empty(void **state)
{
    sipas_table *table = NULL;
    const double *x;

    (void)state;
    assert_int_equal(build(NULL, 0, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(table), 0);
    assert_int_equal(sipas_table_get_f64(table, "x", &x, NULL), SIPAS_OK);
    sipas_table_free(table);
    assert_int_equal(sipas__table_finish(sipas__table_new(NULL, 0), &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_columns(table), 0);
    assert_int_equal(sipas_table_count_meta(table), 0);
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 0);
    sipas_table_free(table);
}

static void what_is_not_there_is_a_status(void **state)
{
    sipas_table *table = NULL;
    const double *x = NULL;
    const int64_t *k = NULL;
    const char *const *t = NULL;
    const char *key = NULL, *value = NULL;
    const sipas_cov *cov = NULL;
    sipas_column column;
    int64_t at = 5;
    sipas_error err;

    (void)state;
    assert_int_equal(build(NULL, ROWS, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_find(table, "estimat", &at, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(at, 5);
    assert_string_equal(err.name, "estimat");
    assert_non_null(strstr(err.message, "x, k, t"));
    assert_int_equal(sipas_table_get_f64(table, "y", &x, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(sipas_table_get_f64(table, "k", &x, &err), SIPAS_ERR_TYPE);
    assert_int_equal(sipas_table_get_i64(table, "x", &k, &err), SIPAS_ERR_TYPE);
    assert_int_equal(sipas_table_get_code(table, "x", &t, &err), SIPAS_ERR_TYPE);
    assert_null(x);
    assert_null(k);
    assert_null(t);
    assert_null(sipas_table_get_field(table, -1));
    assert_null(sipas_table_get_field(table, 3));
    assert_int_equal(sipas_table_get_column(table, 3, &column, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(err.column, 3);
    assert_int_equal(sipas_table_get_column(table, -1, &column, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(sipas_table_get_meta(table, 2, &key, &value, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(sipas_table_get_meta(table, -1, &key, &value, &err), SIPAS_ERR_NOT_FOUND);
    assert_int_equal(sipas_table_find_meta(table, "formula", &value, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.name, "formula");
    assert_null(key);
    assert_null(value);
    assert_int_equal(sipas_table_get_cov(table, &cov, &err), SIPAS_ERR_NOT_FOUND);
    assert_null(cov);
    sipas_table_free(table);
}

static void null_arguments_are_refused(void **state)
{
    sipas_table *table = NULL;
    const double *x;
    const char *key, *value;
    const sipas_cov *cov;
    sipas_column column;
    int64_t at;

    (void)state;
    assert_int_equal(build(NULL, ROWS, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_rows(NULL), 0);
    assert_int_equal(sipas_table_count_columns(NULL), 0);
    assert_int_equal(sipas_table_count_meta(NULL), 0);
    assert_null(sipas_table_get_field(NULL, 0));
    assert_null(sipas_table_get_notes(NULL));
    assert_null(sipas_table_ref(NULL));
    sipas_table_free(NULL);
    assert_int_equal(sipas_table_get_column(NULL, 0, &column, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_column(table, 0, NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_find(NULL, "x", &at, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_find(table, NULL, &at, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_find(table, "x", NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_f64(NULL, "x", &x, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_f64(table, NULL, &x, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_f64(table, "x", NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_i64(table, "k", NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_code(table, "t", NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_meta(NULL, 0, &key, &value, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_meta(table, 0, NULL, &value, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_meta(table, 0, &key, NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_find_meta(NULL, "method", &value, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_find_meta(table, NULL, &value, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_find_meta(table, "method", NULL, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_cov(NULL, &cov, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_table_get_cov(table, NULL, NULL), SIPAS_ERR_ARGUMENT);
    sipas_table_free(table);
}

static void the_last_hold_frees(void **state)
{
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    sipas_table *table = NULL, *held;
    const double *x;

    (void)state;
    assert_int_equal(build(ctx, ROWS, &table, NULL), SIPAS_OK);
    sipas_ctx_free(ctx); /* the table holds on to it */
    assert_int_equal(sipas_table_get_f64(table, "x", &x, NULL), SIPAS_OK);
    held = sipas_table_ref(table);
    assert_ptr_equal(held, table);
    sipas_table_free(table);
    assert_true(x[4] == 1.0);
    assert_true(memory.held > 0);
    sipas_table_free(held);
    assert_int_equal(memory.held, 0);
}

static void many_columns_texts_and_notes_fit(void **state)
{
    enum { MANY = 500, LONG = 100000 };
    sipas_table *table = sipas__table_new(NULL, 1);
    char *text = malloc(LONG + 1);
    const char *const *cell;
    const int64_t *number;

    (void)state;
    memset(text, 'z', LONG);
    text[LONG] = '\0';
    for (int i = 0; i < MANY; i++) {
        char name[16];
        const sipas_field wide = {name, "", "", i % 2 ? SIPAS_TYPE_CODE : SIPAS_TYPE_I64, 0, SIPAS_FIELD_OTHER, 0};
        int32_t column;

        (void)snprintf(name, sizeof name, "c%d", i);
        column = sipas__table_add(table, &wide);
        assert_int_equal(column, i);
        if (i % 2)
            sipas__table_set_code(table, column, 0, text + LONG - (ptrdiff_t)i * 100);
        else
            sipas__table_set_i64(table, column, 0, i);
        sipas__table_note(table, "note", name, i, "%s", text);
        sipas__table_meta(table, name, "%s", text);
    }
    free(text);
    assert_int_equal(sipas__table_finish(table, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_count_columns(table), MANY);
    assert_int_equal(sipas_table_count_meta(table), MANY);
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), MANY);
    assert_int_equal(sipas_table_get_code(table, "c499", &cell, NULL), SIPAS_OK);
    assert_int_equal(strlen(cell[0]), 49900);
    assert_int_equal(sipas_table_get_i64(table, "c498", &number, NULL), SIPAS_OK);
    assert_int_equal(number[0], 498);
    sipas_table_free(table);
}

/* Notes and metadata longer than their buffer end with a whole character; so does the list of columns in a message. */
static void long_texts_end_with_whole_characters(void **state)
{
    char text[4001];
    sipas_table *table = sipas__table_new(NULL, 1);
    const char *value, *const *message;
    const sipas_field field = {text, "", "", SIPAS_TYPE_I64, 0, SIPAS_FIELD_OTHER, 0};
    int64_t at;
    sipas_error err;

    (void)state;
    for (size_t i = 0; i < 4000; i += 2) memcpy(text + i, "đ", 2);
    text[4000] = '\0';
    (void)sipas__table_add(table, &field);
    sipas__table_meta(table, "long", "%s", text);
    sipas__table_note(table, "long", NULL, -1, "x%s", text);
    assert_int_equal(sipas__table_finish(table, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_find_meta(table, "long", &value, NULL), SIPAS_OK);
    assert_int_equal(strlen(value), 1022);
    assert_int_equal(sipas_table_get_code(sipas_table_get_notes(table), "message", &message, NULL), SIPAS_OK);
    assert_int_equal(strlen(message[0]), 1023);
    assert_int_equal(sipas_table_find(table, "nope", &at, &err), SIPAS_ERR_NOT_FOUND);
    for (const char *c = strchr(err.message, '\xc4'); c && *c; c += 2) {
        assert_int_equal((unsigned char)c[0], 0xc4);
        assert_int_equal((unsigned char)c[1], 0x91);
    }
    sipas_table_free(table);
}

static int freed_covs;

static void free_cov(sipas_cov *cov)
{
    if (cov) freed_covs++;
}

static void the_covariance_goes_with_its_table(void **state)
{
    int stand_in = 0;
    sipas_cov *cov = (sipas_cov *)(uintptr_t)&stand_in;
    const sipas_cov *got = NULL;
    sipas_table *table = sipas__table_new(NULL, 2);

    (void)state;
    freed_covs = 0;
    sipas__table_set_cov(table, cov, free_cov);
    assert_int_equal(sipas__table_finish(table, &table, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_cov(table, &got, NULL), SIPAS_OK);
    assert_ptr_equal(got, cov);
    sipas_table_free(table);
    assert_int_equal(freed_covs, 1);
    sipas__table_set_cov(NULL, cov, free_cov);
    assert_int_equal(freed_covs, 2);
}

/* Whichever allocation fails: one error, no table, nothing left behind, and no setter trips. */
static void running_out_of_memory_is_one_error(void **state)
{
    (void)state;
    for (int64_t n = 0;; n++) {
        failing_alloc memory;
        sipas_ctx *ctx = failing_alloc_ctx(&memory);
        sipas_table *table = (sipas_table *)(uintptr_t)&memory;
        sipas_error err;
        sipas_status status;

        failing_alloc_arm(&memory, n);
        status = build(ctx, ROWS, &table, &err);
        if (memory.failed == 0) {
            assert_int_equal(status, SIPAS_OK);
            assert_true(n > 10);
            sipas_table_free(table);
            sipas_ctx_free(ctx);
            return;
        }
        assert_int_equal(status, SIPAS_ERR_MEMORY);
        assert_int_equal(err.status, SIPAS_ERR_MEMORY);
        assert_null(table);
        sipas_ctx_free(ctx);
        assert_int_equal(memory.held, 0);
    }
}

/* A long table whose columns lie together: two of three, the third was not expected. */
static sipas_status build_long(sipas_ctx *ctx, sipas_table **out, sipas_error *err)
{
    enum { LONG = 300000 };
    const sipas_field field = {"x", "", "", SIPAS_TYPE_I64, 0, SIPAS_FIELD_OTHER, 0};
    sipas_table *table = sipas__table_new(ctx, LONG);
    int32_t column[3];

    sipas__table_expect(table, 2);
    sipas__table_expect(table, 5); /* once only */
    for (int c = 0; c < 3; c++) column[c] = sipas__table_add(table, &field);
    for (int64_t row = 0; row < LONG; row += row == 0 ? LONG - 1 : 1)
        for (int c = 0; c < 3; c++) sipas__table_set_i64(table, column[c], row, 10 * row + c);
    return sipas__table_finish(table, out, err);
}

static void long_columns_lie_together(void **state)
{
    (void)state;
    for (int64_t n = 0;; n++) {
        failing_alloc memory;
        sipas_ctx *ctx = failing_alloc_ctx(&memory);
        sipas_table *table = NULL;
        sipas_column column[3];

        failing_alloc_arm(&memory, n);
        if (build_long(ctx, &table, NULL) < 0) {
            assert_null(table);
            sipas_ctx_free(ctx);
            assert_int_equal(memory.held, 0);
            continue;
        }
        assert_int_equal(memory.failed, 0);
        for (int64_t c = 0; c < 3; c++) {
            const int64_t *cells;

            assert_int_equal(sipas_table_get_column(table, c, &column[c], NULL), SIPAS_OK);
            cells = column[c].data;
            assert_int_equal(cells[0], c);
            assert_int_equal(cells[1], 0);
            assert_int_equal(cells[column[c].n - 1], 10 * (column[c].n - 1) + c);
            assert_true(sipas__column_present(&column[c], 0) && !sipas__column_present(&column[c], 1));
        }
        assert_ptr_equal(column[1].data, (const int64_t *)column[0].data + column[0].n);
        sipas_table_free(table);
        sipas_ctx_free(ctx);
        assert_int_equal(memory.held, 0);
        return;
    }
}

/* A fault of the library's own: where it does not stop the program (base/sure.h) the table cannot be finished. */
static void a_field_that_its_schema_lacks_is_refused(void **state)
{
    (void)state;
#ifndef SIPAS_ASSERT
    sipas_table *table = sipas__table_new(NULL, 1);

    assert_int_equal(sipas__table_add_field(table, &sipas__schema_league, "rank"), 0);
    assert_int_equal(sipas__table_add_field(table, &sipas__schema_league, "no such"), -1);
    assert_true(sipas__table_finish(table, &table, NULL) < 0);
    assert_null(table);
#endif
}

/* Every schema: names unique, within it and among them; types a table can hold; a sentence for each field. */
static void schemas_are_well_formed(void **state)
{
    (void)state;
    assert_true(sipas_schema_count() >= 5);
    assert_null(sipas_schema_get(-1));
    assert_null(sipas_schema_get(sipas_schema_count()));
    for (int64_t s = 0; s < sipas_schema_count(); s++) {
        const sipas_schema *schema = sipas_schema_get(s);

        for (int64_t other = 0; other < s; other++)
            assert_string_not_equal(schema->name, sipas_schema_get(other)->name);
        assert_true(schema->n_fields > 0);
        for (int64_t i = 0; i < schema->n_fields; i++) {
            const sipas_field *field = &schema->fields[i];

            assert_true(strlen(field->name) > 0 && strlen(field->meaning) > 0);
            assert_non_null(field->unit);
            assert_true(field->type == SIPAS_TYPE_F64 || field->type == SIPAS_TYPE_I64 ||
                        field->type == SIPAS_TYPE_CODE);
            assert_true(field->optional == 0 || field->optional == 1);
            for (int64_t j = 0; j < i; j++) assert_string_not_equal(field->name, schema->fields[j].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(metadata_and_notes_are_data),
        cmocka_unit_test(a_table_may_be_empty),
        cmocka_unit_test(what_is_not_there_is_a_status),
        cmocka_unit_test(null_arguments_are_refused),
        cmocka_unit_test(the_last_hold_frees),
        cmocka_unit_test(many_columns_texts_and_notes_fit),
        cmocka_unit_test(long_texts_end_with_whole_characters),
        cmocka_unit_test(the_covariance_goes_with_its_table),
        cmocka_unit_test(running_out_of_memory_is_one_error),
        cmocka_unit_test(long_columns_lie_together),
        cmocka_unit_test(a_field_that_its_schema_lacks_is_refused),
        cmocka_unit_test(schemas_are_well_formed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
