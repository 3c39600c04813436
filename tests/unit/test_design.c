/*
 * Designs: how ids nest, what FPCs and certainty flags make of the stages, where weights come from, what a design
 * says of itself, and everything that is refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"
#include "data/design.h"
#include "failing_alloc.h"

/* What a design is made of; what is NULL or zero is not given. */
typedef struct parts {
    int64_t n;
    const double *weights;
    const int32_t *strata, *strata2, *psu, *ssu;
    const double *fpc, *fpc2;
    const uint8_t *certainty;
    sipas_design_opts opts;
    sipas_column column[8];
} parts;

static parts new_parts(int64_t n)
{
    parts p = {0};

    p.n = n;
    sipas_design_opts_init(&p.opts);
    return p;
}

static sipas_status make(parts *p, sipas_ctx *ctx, sipas_design **out, sipas_error *err)
{
    sipas_column *weights = &p->column[0], *strata = &p->column[1], *ids = &p->column[3], *fpc = &p->column[5];

    if (p->weights) *weights = sipas_column_f64(p->weights, p->n);
    if (p->strata) strata[0] = sipas_column_i32(p->strata, p->n);
    if (p->strata2) strata[1] = sipas_column_i32(p->strata2, p->n);
    if (p->psu) ids[0] = sipas_column_i32(p->psu, p->n);
    if (p->ssu) ids[1] = sipas_column_i32(p->ssu, p->n);
    if (p->fpc) fpc[0] = sipas_column_f64(p->fpc, p->n);
    if (p->fpc2) fpc[1] = sipas_column_f64(p->fpc2, p->n);
    if (p->certainty) {
        p->column[7] = sipas_column_bool(p->certainty, p->n);
        p->opts.certainty = &p->column[7];
    }
    p->opts.n_strata = (p->strata != NULL) + (p->strata2 != NULL);
    p->opts.n_fpc = (p->fpc != NULL) + (p->fpc2 != NULL);
    return sipas_design_new(ctx, p->n, p->weights ? weights : NULL, p->strata ? strata : NULL, p->psu ? ids : NULL,
                            (p->psu != NULL) + (p->ssu != NULL), p->fpc ? fpc : NULL, &p->opts, out, err);
}

static sipas_design *open_design(parts *p)
{
    sipas_design *design = NULL;
    sipas_error err;

    if (make(p, NULL, &design, &err) < 0) fail_msg("%s", err.message);
    return design;
}

static void refuse(parts *p, sipas_status status, int64_t row, const char *name, const char *sentence)
{
    sipas_design *design = (sipas_design *)&design;
    sipas_error err;

    assert_int_equal(make(p, NULL, &design, &err), status);
    assert_null(design);
    assert_int_equal(err.status, status);
    assert_int_equal(err.row, row);
    assert_string_equal(err.name, name);
    if (!strstr(err.message, sentence)) fail_msg("\"%s\" does not say \"%s\"", err.message, sentence);
    assert_int_equal(make(p, NULL, &design, NULL), status);
}

static void check_counts(const sipas_design *design, int64_t strata, int64_t psus)
{
    assert_int_equal(sipas_design_count_strata(design), strata);
    assert_int_equal(sipas_design_count_psus(design), psus);
    assert_true(sipas_design_get_df(design) == (double)(psus - strata));
}

static void check_weights(const sipas_design *design, const double *expected)
{
    sipas__design_tile *tile = calloc(1, sizeof *tile);

    sipas__design_read(design, 0, sipas_design_count_rows(design), tile);
    for (int64_t i = 0; i < sipas_design_count_rows(design); i++) assert_close(tile->weight[i], expected[i], 1e-15);
    free(tile);
}

static sipas_table *describe(const sipas_design *design)
{
    sipas_table *table = NULL;

    assert_int_equal(sipas_design_describe(design, &table, NULL), SIPAS_OK);
    return table;
}

static double figure(const sipas_table *table, const char *name)
{
    const double *reals;
    const int64_t *wholes;

    if (sipas_table_get_f64(table, name, &reals, NULL) == SIPAS_OK) return reals[0];
    assert_int_equal(sipas_table_get_i64(table, name, &wholes, NULL), SIPAS_OK);
    return (double)wholes[0];
}

/* Number of notes of a code; `name` gets the first one's name, or NULL. */
static int count_notes(const sipas_table *table, const char *code, const char **name)
{
    const sipas_table *notes = sipas_table_get_notes(table);
    const char *const *codes, *const *names;
    int found = 0;

    assert_int_equal(sipas_table_get_code(notes, "code", &codes, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_code(notes, "name", &names, NULL), SIPAS_OK);
    for (int64_t i = 0; i < sipas_table_count_rows(notes); i++) {
        if (strcmp(codes[i], code) != 0) continue;
        if (found++ == 0 && name) *name = names[i];
    }
    return found;
}

/* ---- ids ---- */

static void test_rows_are_psus(void **state)
{
    static const int32_t strata[6] = {2, 1, 2, 1, 1, 2};
    parts p = new_parts(6);
    sipas_design *design = open_design(&p);

    (void)state;
    assert_int_equal(sipas_design_count_rows(design), 6);
    check_counts(design, 1, 6);
    sipas_design_free(design);
    p.strata = strata;
    design = open_design(&p);
    check_counts(design, 2, 6);
    sipas_design_free(design);
}

/* PSU 1 of stratum 1 and PSU 1 of stratum 2 are two; and so with the second stage in the first. */
static void test_ids_nest(void **state)
{
    static const int32_t strata[8] = {1, 1, 1, 1, 2, 2, 2, 2}, psu[8] = {1, 1, 2, 2, 1, 1, 2, 2},
                         ssu[8] = {1, 2, 1, 2, 1, 2, 1, 1}, rows[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const double none[8] = {INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY};
    static const double one[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    parts p = new_parts(8);
    sipas_design *design;

    (void)state;
    p.strata = strata;
    p.psu = psu;
    design = open_design(&p);
    check_counts(design, 2, 4);
    assert_int_equal(design->n_stages, 1);
    sipas_design_free(design);

    p.ssu = ssu; /* without FPC the second stage adds nothing and is not read */
    design = open_design(&p);
    assert_int_equal(design->n_stages, 1);
    sipas_design_free(design);

    p.fpc = p.fpc2 = none;
    p.weights = one;
    design = open_design(&p);
    check_counts(design, 2, 4);
    assert_int_equal(design->n_stages, 2);
    assert_int_equal(design->stage[1].n_strata, 4);
    assert_int_equal(design->stage[1].n_units, 7);
    sipas_design_free(design);

    p.strata = rows; /* every row a stratum */
    design = open_design(&p);
    check_counts(design, 8, 8);
    sipas_design_free(design);
}

/* Any labels do, as long as they tell units apart in their stratum; and text, integers and whole floats do the same. */
static void test_labels_do_not_matter(void **state)
{
    static const int8_t strata[6] = {1, 1, 1, 2, 2, 2};
    static const int64_t far[6] = {5, INT64_C(9000000000000), 5, -1, -1, 5};
    static const double reals[6] = {2, 1, 2, 1, 1, 2};
    static const char *const text[6] = {"b", "a", "b", "a", "a", "b"};
    const sipas_column stratum = sipas_column_i8(strata, 6);
    const sipas_column psu[3] = {sipas_column_i64(far, 6), sipas_column_f64(reals, 6), sipas_column_code(text, 6)};

    (void)state;
    for (int i = 0; i < 3; i++) {
        sipas__design_tile *tile = calloc(1, sizeof *tile);
        sipas_design *design = NULL;

        assert_int_equal(sipas_design_new(NULL, 6, NULL, &stratum, &psu[i], 1, NULL, NULL, &design, NULL), SIPAS_OK);
        check_counts(design, 2, 4);
        sipas__design_read(design, 0, 6, tile);
        assert_int_equal(tile->unit[0][0], tile->unit[0][2]);
        assert_int_equal(tile->unit[0][3], tile->unit[0][4]);
        assert_int_not_equal(tile->unit[0][0], tile->unit[0][1]);
        assert_int_not_equal(tile->unit[0][0], tile->unit[0][5]); /* one label, two strata */
        sipas_design_free(design);
        free(tile);
    }
}

/* Sorted data are read run by run, scattered data row by row: the same units either way. */
static void test_sorted_rows(void **state)
{
    enum { ROWS = 8192, PSU = 128 };
    static int32_t strata[ROWS], psu[ROWS];
    parts p = new_parts(ROWS);
    sipas_design *design;
    sipas__design_tile *tile = calloc(1, sizeof *tile);

    (void)state;
    for (int scattered = 0; scattered <= 1; scattered++) {
        for (int i = 0; i < ROWS; i++) {
            const int at = scattered ? (int)((int64_t)i * 4097 % ROWS) : i; /* odd: a permutation */

            strata[i] = at / PSU / 8;
            psu[i] = at / PSU % 8;
        }
        p.strata = strata;
        p.psu = psu;
        design = open_design(&p);
        check_counts(design, ROWS / PSU / 8, ROWS / PSU);
        for (int64_t row = 100; row + 1000 < ROWS; row += 1000) {
            sipas__design_read(design, row, 1000, tile);
            for (int64_t i = 0; i < 1000; i++) {
                assert_int_equal(tile->stratum[0][i], strata[row + i]);
                assert_int_equal(tile->unit[0][i], 8 * strata[row + i] + psu[row + i]);
            }
        }
        sipas_design_free(design);
    }
    free(tile);
}

/* ---- certainty ---- */

/* PSU 1 of stratum 1 was drawn with certainty: a stratum of its own, whose rows are PSUs. */
static void test_certainty_of_one_stage(void **state)
{
    static const int32_t strata[8] = {1, 1, 1, 1, 1, 2, 2, 2}, psu[8] = {1, 1, 1, 2, 3, 1, 2, 2};
    static const uint8_t certainty[8] = {1, 1, 1, 0, 0, 0, 0, 0};
    parts p = new_parts(8);
    sipas_design *design;
    sipas__design_tile *tile = calloc(1, sizeof *tile);
    char name[64];

    (void)state;
    p.strata = strata;
    p.psu = psu;
    p.certainty = certainty;
    design = open_design(&p);
    check_counts(design, 3, 3 + 2 + 2); /* three rows; PSUs 2 and 3; PSUs 1 and 2 */
    sipas__design_read(design, 0, 8, tile);
    assert_int_equal(tile->stratum[0][0], tile->stratum[0][2]);
    assert_int_not_equal(tile->unit[0][0], tile->unit[0][2]);
    assert_int_not_equal(tile->stratum[0][0], tile->stratum[0][3]);
    sipas__design_stratum_name(design, tile->stratum[0][0], name, sizeof name);
    assert_string_equal(name, "stratum 1, certainty unit 1");
    sipas__design_stratum_name(design, tile->stratum[0][5], name, sizeof name);
    assert_string_equal(name, "stratum 2");
    sipas_design_free(design);
    free(tile);
}

/* Two certainty units are two strata; in each the second-stage units are the PSUs, in their own strata and with their
 * FPC. */
static void test_certainty_of_two_stages(void **state)
{
    static const int32_t psu[10] = {7, 7, 7, 7, 8, 8, 8, 9, 9, 10}, ssu[10] = {1, 1, 2, 3, 1, 2, 2, 1, 2, 1},
                         within[10] = {1, 1, 1, 2, 1, 1, 1, 5, 6, 1}, pairs[10] = {1, 1, 2, 2, 1, 2, 2, 1, 2, 1};
    static const uint8_t certainty[10] = {1, 1, 1, 1, 1, 1, 1, 0, 0, 0};
    static const double fpc[10] = {1, 1, 1, 1, 1, 1, 1, 20, 20, 20}, fpc2[10] = {4, 4, 4, 4, 8, 8, 8, 5, 5, 2};
    parts p = new_parts(10);
    sipas_design *design;
    sipas__design_tile *tile = calloc(1, sizeof *tile);
    char name[64];

    (void)state;
    p.psu = psu;
    p.ssu = ssu;
    p.certainty = certainty;
    design = open_design(&p);
    check_counts(design, 3, 3 + 2 + 2); /* of 7: 1, 2, 3; of 8: 1, 2; and 9 and 10 */
    sipas_design_free(design);

    p.strata = psu; /* any first-stage strata */
    p.strata2 = within;
    design = open_design(&p);
    check_counts(design, 2 + 1 + 1 + 1, 3 + 2 + 1 + 1);
    sipas_design_free(design);

    p.strata = p.strata2 = NULL;
    p.fpc = fpc;
    p.fpc2 = fpc2;
    p.ssu = pairs;
    design = open_design(&p);
    sipas__design_read(design, 0, 10, tile);
    sipas__design_stratum_name(design, tile->stratum[0][0], name, sizeof name);
    assert_string_equal(name, "certainty unit 7");
    assert_true(design->stage[0].stratum_f[tile->stratum[0][0]] == 2.0 / 4.0);
    assert_true(design->stage[0].stratum_f[tile->stratum[0][4]] == 2.0 / 8.0);
    assert_true(design->stage[0].stratum_f[tile->stratum[0][8]] == 2.0 / 20.0);
    assert_true(design->stage[1].stratum_f[tile->stratum[1][8]] == 2.0 / 5.0);
    /* weights: 4/2 in the certainty unit 7, 20/2 × 5/2 in PSU 9, 20/2 × 2/1 in PSU 10 */
    assert_close(tile->weight[0], 2.0, 1e-15);
    assert_close(tile->weight[4], 4.0, 1e-15);
    assert_close(tile->weight[7], 25.0, 1e-15);
    assert_close(tile->weight[9], 20.0, 1e-15);
    sipas_design_free(design);
    free(tile);
}

static void test_certainty_refused(void **state)
{
    static const int32_t strata[5] = {1, 1, 1, 2, 2}, psu[5] = {1, 1, 2, 1, 2};
    static const uint8_t certainty[5] = {1, 0, 0, 0, 0};
    parts p = new_parts(5);

    (void)state;
    p.certainty = certainty;
    refuse(&p, SIPAS_ERR_OPTION, -1, "certainty", "without clusters");
    p.strata = strata;
    p.psu = psu; /* PSU 1 of stratum 1 cannot be both */
    refuse(&p, SIPAS_ERR_VALUE, 1, "certainty", "row 1: ");
}

/* ---- finite population corrections ---- */

static void test_counts_and_fractions(void **state)
{
    static const int32_t strata[7] = {1, 1, 1, 2, 2, 2, 2}, psu[7] = {1, 2, 2, 1, 2, 3, 4};
    static const double counts[7] = {10, 10, 10, 16, 16, 16, 16}, fractions[7] = {.2, .2, .2, .25, .25, .25, .25},
                        weights[7] = {5, 5, 5, 4, 4, 4, 4};
    parts p = new_parts(7);

    (void)state;
    p.strata = strata;
    p.psu = psu;
    for (int i = 0; i < 2; i++) {
        sipas_design *design;

        p.fpc = i ? fractions : counts;
        design = open_design(&p);
        assert_close(design->stage[0].stratum_f[0], 0.2, 1e-15);
        assert_close(design->stage[0].stratum_f[1], 0.25, 1e-15);
        check_weights(design, weights);
        sipas_design_free(design);
    }
}

/* A column of ones is a fraction: all taken. A one among larger counts is a population of one. */
static void test_ones(void **state)
{
    static const int32_t strata[3] = {1, 2, 2};
    static const double ones[3] = {1, 1, 1}, counts[3] = {1, 4, 4}, weights[3] = {1, 2, 2};
    parts p = new_parts(3);
    sipas_design *design;

    (void)state;
    p.strata = strata;
    p.fpc = ones;
    design = open_design(&p);
    assert_true(design->stage[0].stratum_f[0] == 1.0 && design->stage[0].stratum_f[1] == 1.0);
    sipas_design_free(design);
    p.fpc = counts;
    design = open_design(&p);
    assert_true(design->stage[0].stratum_f[0] == 1.0 && design->stage[0].stratum_f[1] == 0.5);
    check_weights(design, weights);
    sipas_design_free(design);
}

/* Stages beyond the last FPC count as with replacement; an infinite count says the same of its stratum. */
static void test_stages_that_count(void **state)
{
    static const int32_t psu[6] = {1, 1, 2, 2, 3, 3}, ssu[6] = {1, 2, 1, 2, 1, 2};
    static const double counts[6] = {6, 6, 6, 6, 6, 6}, second[6] = {4, 4, INFINITY, INFINITY, 8, 8},
                        one[6] = {1, 1, 1, 1, 1, 1};
    parts p = new_parts(6);
    sipas_design *design;

    (void)state;
    p.psu = psu;
    p.ssu = ssu;
    p.fpc = counts;
    design = open_design(&p);
    assert_int_equal(design->n_stages, 2);
    for (int u = 0; u < 3; u++) assert_true(design->stage[1].stratum_f[u] == 0.0);
    sipas_design_free(design);
    p.fpc2 = second;
    p.weights = one;
    design = open_design(&p);
    assert_int_equal(design->n_stages, 2);
    assert_true(design->stage[1].stratum_f[0] == 0.5);
    assert_true(design->stage[1].stratum_f[1] == 0.0);
    assert_true(design->stage[1].stratum_f[2] == 0.25);
    sipas_design_free(design);
}

static void test_fpc_refused(void **state)
{
    static const int32_t strata[4] = {1, 1, 2, 2}, psu[4] = {1, 2, 1, 2}, ssu[4] = {1, 1, 1, 1};
    static const double mixed[4] = {10, 10, .5, .5}, differs[4] = {10, 11, 12, 12}, below[4] = {10, 10, 1.5, 1.5},
                        zero[4] = {10, 10, 0, 12}, negative[4] = {-1, 10, 12, 12}, gap[4] = {10, 10, 12, NAN},
                        fine[4] = {10, 10, 12, 12}, second[4] = {2, 2, 2, .5},
                        forever[4] = {10, 10, INFINITY, INFINITY};
    parts p = new_parts(4);

    (void)state;
    p.strata = strata;
    p.psu = psu;
    p.fpc = mixed;
    refuse(&p, SIPAS_ERR_VALUE, 0, "fpc", "fractions (row 2) and population counts (row 0)");
    p.fpc = differs;
    refuse(&p, SIPAS_ERR_VALUE, 1, "fpc", "row 1: fpc of stage 1 differs");
    p.fpc = below;
    refuse(&p, SIPAS_ERR_VALUE, 2, "fpc", "population of 1.5, but stratum 2 has 2 units");
    p.fpc = zero;
    refuse(&p, SIPAS_ERR_VALUE, 2, "fpc", "row 2: fpc of stage 1 is 0");
    p.fpc = negative;
    refuse(&p, SIPAS_ERR_VALUE, 0, "fpc", "row 0: fpc of stage 1 is -1");
    p.fpc = gap;
    refuse(&p, SIPAS_ERR_MISSING, 3, "fpc", "row 3: fpc of stage 1 is missing");
    p.fpc = forever; /* with replacement, so N/n says no weight */
    refuse(&p, SIPAS_ERR_VALUE, 2, "fpc", "row 2: fpc of stage 1 is infinite");
    p.fpc = fine;
    p.fpc2 = second;
    p.ssu = ssu;
    refuse(&p, SIPAS_ERR_VALUE, 0, "fpc", "fpc of stage 2 mixes");
}

/* ---- weights ---- */

static void test_where_weights_come_from(void **state)
{
    static const double given[4] = {2, 0, 3, 5}, ones[4] = {1, 1, 1, 1}, from_fpc[4] = {3, 3, 3, 3},
                        counts[4] = {12, 12, 12, 12};
    parts p = new_parts(4);
    sipas_design *design = open_design(&p);
    sipas_table *table = describe(design);

    (void)state;
    check_weights(design, ones);
    assert_int_equal(count_notes(table, "weights_one", NULL), 1);
    assert_int_equal(count_notes(table, "weights_from_fpc", NULL), 0);
    sipas_table_free(table);
    sipas_design_free(design);

    p.fpc = counts;
    design = open_design(&p);
    table = describe(design);
    check_weights(design, from_fpc);
    assert_int_equal(count_notes(table, "weights_from_fpc", NULL), 1);
    assert_int_equal(count_notes(table, "weights_one", NULL), 0);
    sipas_table_free(table);
    sipas_design_free(design);

    p.weights = given;
    design = open_design(&p);
    table = describe(design);
    check_weights(design, given);
    assert_int_equal(sipas_table_count_rows(sipas_table_get_notes(table)), 0);
    sipas_table_free(table);
    sipas_design_free(design);
}

static void test_weights_refused(void **state)
{
    static const double nan_weight[4] = {1, 2, NAN, 4}, infinite[4] = {1, INFINITY, 3, 4}, negative[4] = {1, 2, 3, -4},
                        zeros[4] = {0, 0, 0, 0};
    static const uint8_t valid = 0x0E;
    const double fine[4] = {1, 2, 3, 4};
    sipas_column column = sipas_column_f64(fine, 4);
    parts p = new_parts(4);
    sipas_design *design = NULL;
    sipas_error err;

    (void)state;
    p.weights = nan_weight;
    assert_int_equal(make(&p, NULL, &design, &err), SIPAS_ERR_MISSING);
    assert_int_equal(err.row, 2);
    assert_string_equal(err.message, "row 2: weight is NaN");
    p.weights = infinite;
    refuse(&p, SIPAS_ERR_VALUE, 1, "weight", "row 1: weight is infinite");
    p.weights = negative;
    refuse(&p, SIPAS_ERR_VALUE, 3, "weight", "row 3: weight is negative");
    p.weights = zeros;
    refuse(&p, SIPAS_ERR_VALUE, -1, "weight", "no row has a positive weight");
    p.weights = infinite;
    p.opts.calibrated = 1;
    refuse(&p, SIPAS_ERR_VALUE, 1, "weight", "infinite");
    column.validity = &valid;
    assert_int_equal(sipas_design_new(NULL, 4, &column, NULL, NULL, 0, NULL, NULL, &design, &err), SIPAS_ERR_MISSING);
    assert_int_equal(err.row, 0);
    assert_string_equal(err.message, "row 0: weight is missing");
}

static void test_calibrated_weights(void **state)
{
    static const double weights[5] = {4, -1, 0, 3, -0.5};
    parts p = new_parts(5);
    sipas_design *design;
    sipas_table *table;

    (void)state;
    p.weights = weights;
    p.opts.calibrated = 1;
    design = open_design(&p);
    table = describe(design);
    assert_int_equal(count_notes(table, "weights_negative", NULL), 1);
    assert_true(figure(table, "positive") == 2.0);
    assert_true(figure(table, "weight_sum") == 5.5);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- what a design says of itself ---- */

static void test_describe(void **state)
{
    static const int32_t strata[6] = {3, 3, 4, 4, 5, 5}, psu[6] = {1, 2, 1, 1, 1, 2};
    static const double weights[6] = {1, 2, 3, 0, 4, 2};
    const char *name = NULL;
    parts p = new_parts(6);
    sipas_design *design;
    sipas_table *table;

    (void)state;
    p.strata = strata;
    p.psu = psu;
    p.weights = weights;
    design = open_design(&p);
    table = describe(design);
    assert_int_equal(sipas_table_count_rows(table), 1);
    assert_true(figure(table, "rows") == 6.0);
    assert_true(figure(table, "positive") == 5.0);
    assert_true(figure(table, "strata") == 3.0);
    assert_true(figure(table, "psus") == 5.0);
    assert_true(figure(table, "df") == 2.0);
    assert_true(figure(table, "weight_sum") == 12.0);
    /* Kish: n Σw² / (Σw)² = 5 · 34 / 144; effective size 144 / 34 */
    assert_close(figure(table, "kish_deff"), 170.0 / 144.0, 1e-15);
    assert_close(figure(table, "n_eff"), 144.0 / 34.0, 1e-15);
    assert_int_equal(count_notes(table, "lonely_psu", &name), 1);
    assert_string_equal(name, "stratum 4");
    sipas_table_free(table);
    sipas_design_free(design);
}

/* A stratum that is taken whole is not lonely. */
static void test_no_note_for_a_stratum_taken_whole(void **state)
{
    static const int32_t strata[3] = {1, 2, 2};
    static const double fpc[3] = {1, 5, 5};
    parts p = new_parts(3);
    sipas_design *design;
    sipas_table *table;

    (void)state;
    p.strata = strata;
    p.fpc = fpc;
    design = open_design(&p);
    table = describe(design);
    assert_int_equal(count_notes(table, "lonely_psu", NULL), 0);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* ---- arguments and options ---- */

static void test_arguments(void **state)
{
    static const int32_t codes[3] = {1, 2, 3};
    const sipas_column column = sipas_column_i32(codes, 3), short_one = sipas_column_i32(codes, 2);
    sipas_design *design = NULL;
    sipas_table *table = (sipas_table *)&table;
    sipas_error err;
    parts p = new_parts(0);

    (void)state;
    refuse(&p, SIPAS_ERR_ARGUMENT, -1, "n", "at least one row");
    p = new_parts(3);
    p.opts.lonely_psu = 8;
    refuse(&p, SIPAS_ERR_OPTION, -1, "lonely_psu", "8");
    p = new_parts(3);
    p.opts.df = SIPAS_DF_GIVEN;
    refuse(&p, SIPAS_ERR_OPTION, -1, "df_value", "not positive");
    p.opts.df_value = NAN;
    refuse(&p, SIPAS_ERR_OPTION, -1, "df_value", "not positive");
    p = new_parts(3);
    p.opts.calibrated = 2;
    refuse(&p, SIPAS_ERR_OPTION, -1, "calibrated", "2");
    p = new_parts(3);
    p.opts.struct_size = 3;
    refuse(&p, SIPAS_ERR_OPTION, -1, "sipas_design_opts", "struct_size");
    assert_int_equal(sipas_design_new(NULL, 3, NULL, NULL, NULL, 0, NULL, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_design_new(NULL, 3, NULL, NULL, NULL, 1, NULL, NULL, &design, &err), SIPAS_ERR_ARGUMENT);
    assert_string_equal(err.name, "clusters");
    assert_int_equal(sipas_design_new(NULL, 3, NULL, NULL, &column, 9, NULL, NULL, &design, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_design_new(NULL, 3, NULL, NULL, &column, -1, NULL, NULL, &design, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_design_new(NULL, 3, NULL, &short_one, NULL, 0, NULL, NULL, &design, &err), SIPAS_ERR_LENGTH);
    assert_string_equal(err.name, "stratum");
    assert_int_equal(sipas_design_new(NULL, 3, &short_one, NULL, NULL, 0, NULL, NULL, &design, &err), SIPAS_ERR_LENGTH);
    assert_int_equal(sipas_design_describe(NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_null(table);
    sipas_design_free(NULL);
    assert_int_equal(sipas_design_count_rows(NULL), 0);
    assert_int_equal(sipas_design_count_psus(NULL), 0);
}

static void test_codes_refused(void **state)
{
    static const double half[3] = {1, 1.5, 2};
    static const char *const gap[3] = {"a", NULL, "b"};
    const sipas_column halves = sipas_column_f64(half, 3), gaps = sipas_column_code(gap, 3);
    sipas_column both[2] = {gaps, gaps};
    sipas_design *design = NULL;
    sipas_error err;

    (void)state;
    both[0] = sipas_column_code((const char *const[]){"x", "y", "z"}, 3);
    assert_int_equal(sipas_design_new(NULL, 3, NULL, &halves, NULL, 0, NULL, NULL, &design, &err), SIPAS_ERR_TYPE);
    assert_int_equal(err.row, 1);
    assert_string_equal(err.name, "stratum");
    assert_int_equal(sipas_design_new(NULL, 3, NULL, NULL, both, 2, NULL, NULL, &design, &err), SIPAS_ERR_MISSING);
    assert_int_equal(err.row, 1);
    assert_string_equal(err.message, "row 1: cluster of stage 2 is missing");
}

static void test_no_memory(void **state)
{
    static const int32_t strata[6] = {1, 1, 1, 2, 2, 2}, psu[6] = {1, 2, 2, 1, 2, 2}, ssu[6] = {1, 1, 2, 1, 1, 2};
    static const double fpc[6] = {5, 5, 5, 5, 5, 5}, fpc2[6] = {4, 2, 2, 4, 2, 2};
    static const uint8_t certainty[6] = {1, 0, 0, 0, 0, 0};
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    sipas_status status = SIPAS_ERR_MEMORY;
    parts p = new_parts(6);
    int64_t fail_at = 0;

    (void)state;
    p.strata = strata;
    p.psu = psu;
    p.ssu = ssu;
    p.fpc = fpc;
    p.fpc2 = fpc2;
    p.certainty = certainty;
    for (; status != SIPAS_OK; fail_at++) {
        sipas_design *design = NULL;

        failing_alloc_arm(&memory, fail_at);
        status = make(&p, ctx, &design, NULL);
        assert_int_equal(status, memory.failed ? SIPAS_ERR_MEMORY : SIPAS_OK);
        assert_int_equal(design != NULL, status == SIPAS_OK);
        sipas_design_free(design);
        assert_int_equal(memory.held, 1);
    }
    assert_true(fail_at > 20);
    sipas_ctx_free(ctx);
}

/* ---- nesting, and codes that are alike ---- */

/* The sentence of a note of a design, and how many notes have its code; NULL when none has. */
static const char *note_of(const sipas_table *table, const char *code, int64_t *count)
{
    const sipas_table *notes = sipas_table_get_notes(table);
    const char *const *codes, *const *messages, *found = NULL;

    *count = 0;
    if (!notes) return NULL;
    assert_int_equal(sipas_table_get_code(notes, "code", &codes, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_code(notes, "message", &messages, NULL), SIPAS_OK);
    for (int64_t i = 0; i < sipas_table_count_rows(notes); i++) {
        if (strcmp(codes[i], code) != 0) continue;
        if (!found) found = messages[i];
        ++*count;
    }
    return found;
}

/* Describes a design, frees it, and looks for a note; NULL = there must be none. */
static void close_with_note(sipas_design *design, const char *code, const char *sentence)
{
    sipas_table *table = describe(design);
    int64_t count;
    const char *message = note_of(table, code, &count);

    if (!sentence)
        assert_null(message);
    else if (!message || !strstr(message, sentence))
        fail_msg("\"%s\" does not say \"%s\"", message ? message : "nothing", sentence);
    assert_true(count <= 1);
    sipas_table_free(table);
    sipas_design_free(design);
}

/* R's survey: svydesign(ids = ~psu, strata = ~h) without nest = TRUE stops at PSUs 1 and 2, which stand in both strata. */
static void test_ids_that_cross_strata(void **state)
{
    static const int32_t h[] = {1, 1, 1, 1, 2, 2, 2, 2}, psu[] = {1, 1, 2, 2, 1, 1, 2, 2};
    static const int32_t own[] = {1, 1, 2, 2, 3, 3, 4, 4};
    parts p = new_parts(8);

    (void)state;
    p.strata = h;
    p.psu = psu;
    close_with_note(
        open_design(&p), "nested",
        "2 PSU codes stand in several strata, as 1 in 1 and 2, and are taken for a PSU of their own in each");
    p.opts.nest = SIPAS_NEST_NO;
    refuse(&p, SIPAS_ERR_VALUE, 4, "1", "row 4: PSU 1 stands in stratum 1 and in stratum 2");
    p.opts.nest = 3;
    refuse(&p, SIPAS_ERR_OPTION, -1, "nest", "option nest: 3");
    p.psu = own;
    p.opts.nest = SIPAS_NEST_NO;
    close_with_note(open_design(&p), "nested", NULL);
    p.strata = NULL;
    p.psu = psu;
    close_with_note(open_design(&p), "nested", NULL);
}

/* Units of later stages nest in their PSUs whatever `nest` says; within one they may not cross its strata. */
static void test_later_ids_that_cross_strata(void **state)
{
    static const int32_t h[] = {1, 1, 1, 1, 1, 1, 1, 1}, psu[] = {1, 1, 1, 1, 2, 2, 2, 2};
    static const int32_t inner[] = {1, 1, 2, 2, 1, 1, 2, 2}, ssu[] = {7, 8, 7, 9, 7, 8, 9, 10};
    static const int32_t twice[] = {7, 7, 7, 7, 7, 7, 8, 8}, fine[] = {7, 8, 9, 10, 7, 8, 9, 10};
    parts p = new_parts(8);

    (void)state;
    p.strata = h;
    p.strata2 = inner;
    p.psu = psu;
    p.ssu = ssu; /* they tell every row of a stratum apart */
    close_with_note(open_design(&p), "nested", "unit code 7 of stage 2 stands in strata 1 and 2");
    p.ssu = twice;
    close_with_note(open_design(&p), "nested", "unit code 7 of stage 2 stands in strata 1 and 2");
    p.opts.nest = SIPAS_NEST_NO;
    refuse(&p, SIPAS_ERR_VALUE, 2, "7", "row 2: unit 7 of stage 2 stands in stratum 1 and in stratum 2");
    p.ssu = ssu;
    refuse(&p, SIPAS_ERR_VALUE, 2, "7", "row 2: unit 7 of stage 2 stands in stratum 1 and in stratum 2");
    p.ssu = fine;
    close_with_note(open_design(&p), "nested", NULL);
}

static void expect_alike(const char *const *codes, int64_t n, const char *sentence)
{
    const sipas_column strata = sipas_column_code(codes, n);
    sipas_design *design = NULL;

    assert_int_equal(sipas_design_new(NULL, n, NULL, &strata, NULL, 0, NULL, NULL, &design, NULL), SIPAS_OK);
    close_with_note(design, "codes_alike", sentence);
}

#define EXPECT_ALIKE(sentence, ...)                                                                               \
    expect_alike((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), \
                 sentence)

static void test_codes_that_are_alike(void **state)
{
    (void)state;
    EXPECT_ALIKE(
        "2 codes of stratum differ from others only by blanks, case or leading zeros, and are codes of their own: "
        "\"01\" and \"01 \"",
        "01", "01 ", "02");
    EXPECT_ALIKE("3 codes of stratum", "1", "01", "001");
    EXPECT_ALIKE("\"0\" and \"000\"", "0", "000");
    EXPECT_ALIKE("\"\t7\" and \"7\"", "7", "\t7");
    EXPECT_ALIKE("2 codes", "HA NOI", "Ha  Noi", "Hai Noi");
    EXPECT_ALIKE("2 codes", "ĐẮK LẮK", "Đắk Lắk", "Đắk Nông");
    EXPECT_ALIKE("2 codes", "THỪA THIÊN-HUẾ", "Thừa Thiên-Huế");
    EXPECT_ALIKE("2 codes", "Ưng Ơ", "ưng ơ");
    EXPECT_ALIKE("2 codes", "Żółć", "żÓŁĆ");
    EXPECT_ALIKE("2 codes", "a\u00a0b", "A b");
    EXPECT_ALIKE("4 codes", "a", "A", "b", "B", "c");
    EXPECT_ALIKE(NULL, "1", "10", "100", "0a", "a", "a b", "ab", "\xff", "\xfe", "×", "÷", "ß", "ss", "d", "đ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_that_cross_strata),
        cmocka_unit_test(test_later_ids_that_cross_strata),
        cmocka_unit_test(test_codes_that_are_alike),
        cmocka_unit_test(test_rows_are_psus),
        cmocka_unit_test(test_ids_nest),
        cmocka_unit_test(test_labels_do_not_matter),
        cmocka_unit_test(test_sorted_rows),
        cmocka_unit_test(test_certainty_of_one_stage),
        cmocka_unit_test(test_certainty_of_two_stages),
        cmocka_unit_test(test_certainty_refused),
        cmocka_unit_test(test_counts_and_fractions),
        cmocka_unit_test(test_ones),
        cmocka_unit_test(test_stages_that_count),
        cmocka_unit_test(test_fpc_refused),
        cmocka_unit_test(test_where_weights_come_from),
        cmocka_unit_test(test_weights_refused),
        cmocka_unit_test(test_calibrated_weights),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_no_note_for_a_stratum_taken_whole),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_codes_refused),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
