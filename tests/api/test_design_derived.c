/*
 * Designs that are made from designs: a subset gives what `where` gives, a second phase what the options of a reading give, to
 * the last bit, for every kind of design, estimate and domain; the order in which they are freed; what is refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sipas.h>

#include "calls.h"
#include "matrix.h"
#include "result.h"

/* ---- one call under two designs ---- */

/* The same table, or the same refusal. Returns 1 for a table. */
static int check_same(const matrix_data *data, const matrix_call *call, const sipas_design *design,
                      const sipas_domains *domains, const sipas_design *other, const sipas_domains *other_domains)
{
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *one = NULL, *two = NULL;
    sipas_error err = {0}, other_err = {0};
    const sipas_status status = call->call(data, design, call->argument, domains, &opts, &one, &err);
    const int done = status == SIPAS_OK;

    assert_int_equal(call->call(data, other, call->argument, other_domains, &opts, &two, &other_err), status);
    if (done)
        check_identical(one, two);
    else
        assert_string_equal(err.message, other_err.message);
    sipas_table_free(one);
    sipas_table_free(two);
    return done;
}

static sipas_design *subset_of(const sipas_design *design, const sipas_column *where)
{
    sipas_design *out = NULL;
    sipas_error err;

    check(sipas_design_subset(design, where, &out, &err), &err);
    return out;
}

/* The part of `where`, and the domains less it. */
static void cross_subset(const matrix_data *data, const sipas_design *design, long *tables)
{
    static const int kinds[] = {MATRIX_WHERE, MATRIX_BY_WHERE, MATRIX_IN_PSU, MATRIX_EMPTY};

    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        sipas_domains domains, rest;
        sipas_column by[2], where;
        sipas_design *subset;

        matrix_domain(data, kinds[k], &domains, by, &where);
        rest = domains;
        rest.where = NULL;
        subset = subset_of(design, &where);
        assert_int_equal(sipas_design_count_psus(subset), sipas_design_count_psus(design));
        assert_true(sipas_design_get_df(subset) == sipas_design_get_df(design));
        for (size_t c = 0; c < matrix_n_calls; c++)
            *tables += check_same(data, &matrix_calls[c], design, &domains, subset, &rest);
        sipas_design_free(subset);
    }
}

static void test_subsets(void **state)
{
    static matrix_data data;
    long tables = 0;

    (void)state;
    matrix_fill(&data, 0);
    matrix_take_away(&data, MATRIX_GAPS);
    for (size_t k = 0; k < matrix_n_designs; k++) {
        sipas_design *design = matrix_open(&data, &matrix_designs[k], NULL, NULL, NULL);

        cross_subset(&data, design, &tables);
        sipas_design_free(design);
    }
    assert_true(tables > 10000);
}

/* Two conditions, one after the other, and one of them in `where`; the mask is gone by then, and so are the designs above. */
static void test_subset_of_subset(void **state)
{
    static matrix_data data;
    uint8_t both[MATRIX_ROWS], first[MATRIX_ROWS];
    const sipas_column by_psu = sipas_column_i32(data.by[0], MATRIX_ROWS), in = sipas_column_bool(both, MATRIX_ROWS);
    sipas_column half, other;
    sipas_domains by = SIPAS_DOMAINS_INIT, with_where, of_both;
    sipas_design *design, *one, *two;
    sipas_table *summary;
    int n = 0;

    (void)state;
    matrix_fill(&data, 0);
    for (int i = 0; i < MATRIX_ROWS; i++) {
        first[i] = i % 3 != 1;
        both[i] = first[i] && data.half[i];
        n += both[i];
    }
    half = sipas_column_bool(data.half, MATRIX_ROWS);
    other = sipas_column_bool(first, MATRIX_ROWS);
    by.n_by = 1;
    by.by = &by_psu;
    with_where = of_both = by;
    with_where.where = &half;
    of_both.where = &in;
    for (size_t k = 0; k < matrix_n_designs; k++) {
        char rows[32];

        design = matrix_open(&data, &matrix_designs[k], NULL, NULL, NULL);
        for (int i = 0; i < MATRIX_ROWS; i++) first[i] = i % 3 != 1;
        one = subset_of(design, &other);
        two = subset_of(one, &half);
        memset(first, 0, sizeof first);
        for (size_t c = 0; c < matrix_n_calls; c += 5) {
            check_same(&data, &matrix_calls[c], design, &of_both, two, &by);
            check_same(&data, &matrix_calls[c], design, &of_both, one, &with_where);
        }
        sipas_design_free(one);
        check_same(&data, &matrix_calls[0], design, &of_both, two, &by);
        sipas_design_free(design);
        check_same(&data, &matrix_calls[0], two, &by, two, &by);
        assert_int_equal(sipas_design_describe(two, &summary, NULL), SIPAS_OK);
        (void)snprintf(rows, sizeof rows, "%d of %d rows", n, MATRIX_ROWS);
        assert_string_equal(meta(summary, "subset"), rows);
        sipas_table_free(summary);
        sipas_design_free(two);
    }
}

/* Four people, each a PSU, two of whom are asked about: their mean is 6, z = w (y - 6) / 20 is -1, 1, 0, 0, and V = 4/3 · 2. */
static void test_by_hand(void **state)
{
    static const double y[4] = {4.0, 8.0, 100.0, 50.0}, w[4] = {10.0, 10.0, 10.0, 10.0};
    static const uint8_t in[4] = {1, 1, 0, 0};
    const sipas_column value = sipas_column_f64(y, 4), where = sipas_column_bool(in, 4);
    sipas_design *design = open_design(4, w, NULL, NULL, NULL, NULL), *subset = subset_of(design, &where);
    sipas_table *table = estimate(subset, MEAN, &value, NULL, 1, NULL, NULL);
    const double se = real(table, "se", 0);

    (void)state;
    assert_true(real(table, "estimate", 0) == 6.0 && whole(table, "n", 0) == 2);
    assert_true(se * se > 8.0 / 3.0 - 1e-12 && se * se < 8.0 / 3.0 + 1e-12);
    assert_string_equal(meta(table, "subset"), "2 of 4 rows");
    sipas_table_free(table);
    sipas_design_free(subset);
    sipas_design_free(design);
}

/* ---- two phases ---- */

/* The phase-1 part of a design of two phases, and the second phase of it. */
static sipas_design *derive_phase2(const matrix_data *data, const matrix_design *spec, sipas_design *first)
{
    const int elements = spec->ids == 0 || spec->rows_last;
    const uint8_t *taken = elements ? data->taken_row : spec->ids == 1 ? data->taken_psu : data->taken_ssu;
    const sipas_column sample = sipas_column_bool(taken, MATRIX_ROWS);
    const sipas_column strata = sipas_column_i32(data->phase2_stratum, MATRIX_ROWS);
    const sipas_column chance = sipas_column_f64(data->chance, MATRIX_ROWS);
    sipas_design_phase2_opts opts = SIPAS_DESIGN_PHASE2_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_error err;

    opts.method = spec->opts.phase2 == SIPAS_PHASE2_SRS ? 0 : spec->opts.phase2;
    opts.phase1 = spec->opts.phase1;
    if (spec->phase2_strata) opts.strata = &strata;
    if (spec->chance) opts.fpc = &chance;
    check(sipas_design_phase2(first, &sample, &opts, &design, &err), &err);
    return design;
}

static matrix_design phase1_of(const matrix_design *spec)
{
    matrix_design first = *spec;

    first.opts.phase2 = first.opts.phase1 = 0;
    first.phase2_strata = first.chance = 0;
    return first;
}

static void test_phases(void **state)
{
    static matrix_data data;
    long tables = 0, designs = 0;

    (void)state;
    matrix_fill(&data, 0);
    matrix_take_away(&data, MATRIX_GAPS);
    for (size_t k = 0; k < matrix_n_designs; k++) {
        const matrix_design *spec = &matrix_designs[k], without = phase1_of(spec);
        sipas_design *read, *first, *derived;

        if (!spec->opts.phase2) continue;
        designs++;
        read = matrix_open(&data, spec, NULL, NULL, NULL);
        first = matrix_open(&data, &without, NULL, NULL, NULL);
        derived = derive_phase2(&data, spec, first);
        sipas_design_free(first); /* what is derived holds it */
        assert_true(sipas_design_get_df(read) == sipas_design_get_df(derived));
        for (int kind = 0; kind < MATRIX_DOMAIN_KINDS; kind++) {
            sipas_domains domains;
            sipas_column by[2], where;

            matrix_domain(&data, kind, &domains, by, &where);
            for (size_t c = 0; c < matrix_n_calls; c++)
                tables += check_same(&data, &matrix_calls[c], read, &domains, derived, &domains);
        }
        cross_subset(&data, derived, &tables);
        sipas_design_free(read);
        sipas_design_free(derived);
    }
    assert_true(designs > 10 && tables > 5000);
}

/* A subset of phase 1 stays one in two phases; and the first phase is what it was. */
static void test_phase2_of_subset(void **state)
{
    static matrix_data data;

    (void)state;
    matrix_fill(&data, 0);
    for (size_t k = 0; k < matrix_n_designs; k++) {
        const matrix_design *spec = &matrix_designs[k], without = phase1_of(spec);
        const sipas_column half = sipas_column_bool(data.half, MATRIX_ROWS);
        sipas_domains where = SIPAS_DOMAINS_INIT, all = SIPAS_DOMAINS_INIT;
        sipas_design *first, *subset, *both, *read, *again;

        if (!spec->opts.phase2) continue;
        where.where = &half;
        first = matrix_open(&data, &without, NULL, NULL, NULL);
        again = matrix_open(&data, &without, NULL, NULL, NULL);
        read = matrix_open(&data, spec, NULL, NULL, NULL);
        subset = subset_of(first, &half);
        both = derive_phase2(&data, spec, subset);
        sipas_design_free(subset);
        for (size_t c = 0; c < matrix_n_calls; c += 3) {
            check_same(&data, &matrix_calls[c], read, &where, both, &all);
            check_same(&data, &matrix_calls[c], first, &where, again, &where);
        }
        sipas_design_free(both);
        sipas_design_free(first);
        sipas_design_free(again);
        sipas_design_free(read);
    }
}

/* What is found while codes are read is said once of each: of phase 1 by both designs, of phase 2 by the second. */
static void test_notes(void **state)
{
    static const char *const village[4] = {"01", "1", "02", "03"}, *const block[4] = {"a", "A", "a", "A"};
    static const uint8_t taken[4] = {1, 1, 1, 1};
    const sipas_column psu = sipas_column_code(village, 4), strata = sipas_column_code(block, 4);
    const sipas_column sample = sipas_column_bool(taken, 4);
    sipas_design_phase2_opts opts = SIPAS_DESIGN_PHASE2_OPTS_INIT;
    sipas_design *first = NULL, *both = NULL;
    sipas_table *summary = NULL;
    sipas_error err;
    int64_t alike = 0;

    (void)state;
    opts.strata = &strata;
    check(sipas_design_new(NULL, 4, NULL, NULL, &psu, 1, NULL, NULL, &first, &err), &err);
    check(sipas_design_phase2(first, &sample, &opts, &both, &err), &err);
    for (int k = 0; k < 2; k++) {
        const sipas_table *notes;

        alike = 0;
        check(sipas_design_describe(k ? both : first, &summary, &err), &err);
        notes = sipas_table_get_notes(summary);
        for (int64_t i = 0; i < sipas_table_count_rows(notes); i++)
            alike += strcmp(text(notes, "code", i), "codes_alike") == 0;
        assert_int_equal(alike, 1 + k);
        sipas_table_free(summary);
    }
    sipas_design_free(both);
    sipas_design_free(first);
}

/* ---- what is refused ---- */

static void test_refused_subsets(void **state)
{
    static const uint8_t in[4] = {1, 1, 0, 0};
    static const double y[4] = {1.0, 2.0, 3.0, 4.0};
    const sipas_column where = sipas_column_bool(in, 4), shorter = sipas_column_bool(in, 3);
    const sipas_column real_numbers = sipas_column_f64(y, 4);
    const sipas_column nothing = {0};
    sipas_design *design = open_design(4, y, NULL, NULL, NULL, NULL), *out = design;
    sipas_error err;

    (void)state;
    assert_int_equal(sipas_design_subset(design, &where, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_design_subset(NULL, &where, &out, &err), SIPAS_ERR_ARGUMENT);
    assert_null(out);
    assert_int_equal(sipas_design_subset(design, NULL, &out, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_design_subset(design, &nothing, &out, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_design_subset(design, &shorter, &out, &err), SIPAS_ERR_LENGTH);
    assert_int_equal(sipas_design_subset(design, &real_numbers, &out, &err), SIPAS_ERR_TYPE);
    assert_null(out);
    sipas_design_free(design);
}

static void refuse_phase2(const sipas_design *design, const sipas_column *sample, const sipas_design_phase2_opts *opts,
                          sipas_status status)
{
    sipas_design *out = (sipas_design *)(uintptr_t)design;
    sipas_error err = {0};

    assert_int_equal(sipas_design_phase2(design, sample, opts, &out, &err), status);
    assert_null(out);
    assert_true(err.message[0] != '\0');
}

static void test_refused_phases(void **state)
{
    static const uint8_t in[4] = {1, 1, 1, 0};
    static const double w[4] = {2.0, 2.0, 2.0, 2.0}, less[4] = {0.5, 0.5, 0.5, -1.0};
    static const int32_t psu[4] = {1, 1, 2, 2}, strata[4] = {1, 1, 1, 2};
    const sipas_column sample = sipas_column_bool(in, 4), shorter = sipas_column_bool(in, 3);
    const sipas_column bad = sipas_column_f64(less, 4), two = sipas_column_i32(strata, 4);
    sipas_design_opts how = SIPAS_DESIGN_OPTS_INIT;
    sipas_design_phase2_opts opts = SIPAS_DESIGN_PHASE2_OPTS_INIT;
    sipas_design *rows = open_design(4, w, NULL, NULL, NULL, NULL), *units, *phases = NULL, *conditional;
    sipas_error err;

    (void)state;
    units = open_design(4, w, NULL, psu, NULL, NULL);
    how.one_psu = SIPAS_ONE_PSU_CONDITIONAL;
    conditional = open_design(4, w, NULL, psu, NULL, &how);
    assert_int_equal(sipas_design_phase2(rows, &sample, NULL, NULL, NULL), SIPAS_ERR_ARGUMENT);
    refuse_phase2(NULL, &sample, NULL, SIPAS_ERR_ARGUMENT);
    refuse_phase2(rows, NULL, NULL, SIPAS_ERR_ARGUMENT);
    refuse_phase2(rows, &shorter, NULL, SIPAS_ERR_LENGTH);
    refuse_phase2(units, &sample, NULL, SIPAS_ERR_VALUE); /* rows of PSU 2 differ */
    refuse_phase2(conditional, &sample, NULL, SIPAS_ERR_OPTION);
    opts.method = 9;
    refuse_phase2(rows, &sample, &opts, SIPAS_ERR_OPTION);
    opts.method = SIPAS_PHASE2_BERNOULLI;
    refuse_phase2(rows, &sample, &opts, SIPAS_ERR_OPTION); /* no probabilities */
    opts.method = SIPAS_PHASE2_SRS;
    opts.phase1 = 9;
    refuse_phase2(rows, &sample, &opts, SIPAS_ERR_OPTION);
    opts.phase1 = 0;
    opts.reserved = 1;
    refuse_phase2(rows, &sample, &opts, SIPAS_ERR_OPTION);
    opts.reserved = 0;
    opts.strata = &two;
    refuse_phase2(rows, &sample, &opts, SIPAS_ERR_VALUE); /* stratum 2 has nobody in it */
    opts.strata = NULL;
    opts.fpc = &bad;
    check(sipas_design_phase2(rows, &sample, &opts, &phases, &err), &err); /* only rows in the sample are asked */
    refuse_phase2(phases, &sample, &opts, SIPAS_ERR_ARGUMENT);
    sipas_design_free(phases);
    sipas_design_free(conditional);
    sipas_design_free(units);
    sipas_design_free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subsets),          cmocka_unit_test(test_subset_of_subset),
        cmocka_unit_test(test_by_hand),          cmocka_unit_test(test_phases),
        cmocka_unit_test(test_phase2_of_subset), cmocka_unit_test(test_refused_subsets),
        cmocka_unit_test(test_refused_phases),   cmocka_unit_test(test_notes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
