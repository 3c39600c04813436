/*
 * A host that asks to stop, at every question in turn: the call ends with SIPAS_ERR_CANCELLED and gives nothing, and the question comes
 * while codes are read too, not only while answers are, and where results are many, while these are made.
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

enum { ROWS = 300000, BETWEEN = 1 << 17, WIDTH = 12 };

/* What comes after the answers, and between codes and answers, by the name that the host is told. */
enum { TASKS = 5, NUMBERING = 4 };

static const char *const tasks[TASKS] = {"estimates", "variances", "results", "covariances", "numbering units"};

/* What the host asks for: to go on until question `stop_at`. */
typedef struct host {
    int64_t asked, stop_at;
    int64_t told[TASKS]; /* how often of each of `tasks` */
    double *weight, *y;
    int32_t *stratum, *psu;
    int64_t *wide;
    const char **text;
    char *texts;
} host;

static int32_t on_progress(void *user, const char *task, int64_t done, int64_t total)
{
    host *h = user;

    for (int i = 0; i < TASKS; i++) h->told[i] += strcmp(task, tasks[i]) == 0;
    assert_true(done >= 0 && done <= total);
    return h->asked++ == h->stop_at;
}

static void host_open(host *h)
{
    memset(h, 0, sizeof *h);
    h->weight = calloc(ROWS, sizeof *h->weight);
    h->y = calloc(ROWS, sizeof *h->y);
    h->stratum = calloc(ROWS, sizeof *h->stratum);
    h->psu = calloc(ROWS, sizeof *h->psu);
    h->wide = calloc(ROWS, sizeof *h->wide);
    h->text = calloc(ROWS, sizeof *h->text);
    h->texts = calloc(ROWS, WIDTH);
    for (int64_t i = 0; i < ROWS; i++) {
        const int64_t unit = i * 7919 % 600;

        h->weight[i] = 1.0 + (double)(i % 3);
        h->y[i] = (double)(i % 100);
        h->stratum[i] = (int32_t)(unit / 60);
        h->psu[i] = (int32_t)unit;
        h->wide[i] = (unit * INT64_C(1000003)) << 20;
        (void)snprintf(h->texts + i * WIDTH, WIDTH, "VN/%04d", (int)unit);
        h->text[i] = h->texts + i * WIDTH;
    }
}

static void host_close(host *h)
{
    free(h->weight);
    free(h->y);
    free(h->stratum);
    free(h->psu);
    free(h->wide);
    free((void *)h->text);
    free(h->texts);
}

static sipas_ctx *open_ctx(host *h, int32_t threads)
{
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = NULL;

    opts.progress = on_progress;
    opts.progress_user = h;
    opts.threads = threads;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, NULL), SIPAS_OK);
    return ctx;
}

enum { BY_NUMBER, BY_WIDE, BY_TEXT, SHAPES };

static sipas_column codes_of(const host *h, int shape)
{
    if (shape == BY_TEXT) return sipas_column_code(h->text, ROWS);
    return shape == BY_WIDE ? sipas_column_i64(h->wide, ROWS) : sipas_column_i32(h->psu, ROWS);
}

static sipas_status make(const host *h, int shape, sipas_ctx *ctx, sipas_design **design, sipas_error *err)
{
    const sipas_column w = sipas_column_f64(h->weight, ROWS), strata = sipas_column_i32(h->stratum, ROWS);
    const sipas_column psu = codes_of(h, shape);

    return sipas_design_new(ctx, ROWS, &w, &strata, &psu, 1, NULL, NULL, design, err);
}

static sipas_status ask(const host *h, int shape, const sipas_design *design, sipas_table **t, sipas_error *err)
{
    const sipas_column y = sipas_column_f64(h->y, ROWS), by = codes_of(h, shape);
    sipas_domains domains = SIPAS_DOMAINS_INIT;

    domains.n_by = 1;
    domains.by = &by;
    return sipas_estimate_mean(design, &y, 1, &domains, NULL, t, err);
}

/* Stops a design at each of its questions; then there is one. Returns how many there were. */
static int64_t stop_designs(host *h, int shape, sipas_ctx *ctx, sipas_design **design)
{
    sipas_error err;
    sipas_status status;

    for (h->stop_at = 0;; h->stop_at++) {
        h->asked = 0;
        *design = (sipas_design *)&err;
        status = make(h, shape, ctx, design, &err);
        if (status == SIPAS_OK) return h->asked;
        assert_int_equal(status, SIPAS_ERR_CANCELLED);
        assert_int_equal(err.status, SIPAS_ERR_CANCELLED);
        assert_non_null(strstr(err.message, "cancelled"));
        assert_null(*design);
        assert_true(h->asked >= h->stop_at + 1);
    }
}

static void test_every_question(void **state)
{
    host h;

    (void)state;
    host_open(&h);
    for (int32_t threads = 1; threads <= 2; threads++)
        for (int shape = 0; shape < SHAPES; shape++) {
            sipas_ctx *ctx = open_ctx(&h, threads);
            sipas_design *design = NULL;
            sipas_table *table = NULL;
            sipas_error err;
            sipas_status status;

            /* a worker of several asks for the rows that it reads itself */
            assert_true(stop_designs(&h, shape, ctx, &design) >= ROWS / BETWEEN / threads);
            for (h.stop_at = 0;; h.stop_at++) {
                h.asked = 0;
                table = (sipas_table *)&err;
                status = ask(&h, shape, design, &table, &err);
                if (status == SIPAS_OK) break;
                assert_int_equal(status, SIPAS_ERR_CANCELLED);
                assert_null(table);
            }
            assert_true(h.asked >= 2 * (ROWS / BETWEEN / threads)); /* codes, and answers */
            sipas_table_free(table);
            sipas_design_free(design);
            sipas_ctx_free(ctx);
        }
    host_close(&h);
}

/* ---- draws and trees: the units are many, the strata few ---- */

enum { MANY = 140000 }; /* two questions a walk over them */

static sipas_status draw_units(const host *h, sipas_ctx *ctx, int32_t method, int as_text, sipas_table **t,
                               sipas_error *err)
{
    static int64_t number[MANY];
    const sipas_column code = as_text ? sipas_column_code(h->text, MANY) : sipas_column_i64(number, MANY);
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;

    for (int64_t i = 0; i < MANY; i++) number[i] = i;
    opts.has_seed = 1;
    opts.method = method;
    if (method != SIPAS_DRAW_ALL) opts.n = MANY / 2;
    return sipas_draw(ctx, &code, &opts, t, err);
}

static void test_draws(void **state)
{
    static const int32_t methods[] = {SIPAS_DRAW_SRS, SIPAS_DRAW_SYSTEMATIC, SIPAS_DRAW_ALL};
    host h;
    sipas_ctx *ctx;

    (void)state;
    host_open(&h);
    for (int64_t i = 0; i < MANY; i++) (void)snprintf(h.texts + i * WIDTH, WIDTH, "%07d", (int)i);
    ctx = open_ctx(&h, 1);
    for (int i = 0; i < 3; i++)
        for (int as_text = 0; as_text < 2; as_text++)
            for (h.stop_at = 0;; h.stop_at++) {
                sipas_table *table = (sipas_table *)&h;
                sipas_error err;
                sipas_status status;

                h.asked = 0;
                status = draw_units(&h, ctx, methods[i], as_text, &table, &err);
                if (status == SIPAS_OK) {
                    /* hashes, frame, cells, members, the draw, the result: each asks */
                    assert_true(h.asked >= 12 + 2 * as_text);
                    sipas_table_free(table);
                    break;
                }
                assert_int_equal(status, SIPAS_ERR_CANCELLED);
                assert_null(table);
            }
    sipas_ctx_free(ctx);
    host_close(&h);
}

static void test_trees(void **state)
{
    host h;
    sipas_ctx *ctx;
    int64_t *parents = calloc(MANY, sizeof *parents);

    (void)state;
    host_open(&h);
    for (int64_t i = 0; i < MANY; i++) {
        (void)snprintf(h.texts + i * WIDTH, WIDTH, "%07d", (int)i);
        parents[i] = i < 100 ? -1 : i % 100;
    }
    ctx = open_ctx(&h, 1);
    {
        const sipas_column code = sipas_column_code(h.text, MANY), parent = sipas_column_i64(parents, MANY);
        sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
        sipas_draw_plan_opts how = SIPAS_DRAW_PLAN_OPTS_INIT;
        sipas_draw_stage stages[2] = {SIPAS_DRAW_STAGE_INIT, SIPAS_DRAW_STAGE_INIT};
        sipas_unit_tree *tree = NULL;
        sipas_table *table = NULL;
        sipas_error err;
        sipas_status status = SIPAS_ERR_CANCELLED;

        opts.parent_row = &parent;
        how.has_seed = 1;
        stages[0].method = stages[1].method = SIPAS_DRAW_ALL;
        for (h.stop_at = 0; status == SIPAS_ERR_CANCELLED; h.stop_at++) {
            h.asked = 0;
            tree = (sipas_unit_tree *)&h;
            status = sipas_unit_tree_new(ctx, &code, NULL, &opts, &tree, &err);
            if (status < 0) assert_null(tree);
        }
        assert_int_equal(status, SIPAS_OK);
        assert_true(h.asked >= 12); /* codes, sorted, children, walk, all different, alike */
        status = SIPAS_ERR_CANCELLED;
        for (h.stop_at = 0; status == SIPAS_ERR_CANCELLED; h.stop_at += 20) { /* it asks at every parent as well */
            h.asked = 0;
            table = (sipas_table *)&h;
            status = sipas_draw_plan(ctx, tree, stages, 2, &how, &table, &err);
            if (status < 0) assert_null(table);
        }
        assert_int_equal(status, SIPAS_OK);
        assert_true(h.asked >= 101 + 5); /* the frame and the result too */
        sipas_table_free(table);
        sipas_unit_tree_free(tree);
    }
    sipas_ctx_free(ctx);
    free(parents);
    host_close(&h);
}

/* 51 nodes for 3,000 groups of two PSUs each, and their covariances. */
enum { UNITS = 6000, GROUPS = 3000, ITEMS = 39, NODES = 51, STEPS = 1 << 16 };

static sipas_status ask_index(const sipas_design *design, const int32_t *group, const int8_t *answer, sipas_table **t,
                              sipas_error *err)
{
    const sipas_column by = sipas_column_i32(group, UNITS);
    sipas_column answers[ITEMS];
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;

    for (int j = 0; j < ITEMS; j++) answers[j] = sipas_column_i8(answer, UNITS);
    domains.n_by = 1;
    domains.by = &by;
    opts.cov = 1;
    return sipas_index_estimate(design, sipas_instrument_builtin("1001/2023"), answers, &domains, &opts, t, err);
}

static void test_many_results(void **state)
{
    static int32_t psu[UNITS], group[UNITS];
    static int8_t answer[UNITS];
    host h = {0};
    sipas_ctx *ctx = open_ctx(&h, 1);
    const sipas_column psus = sipas_column_i32(psu, UNITS);
    sipas_design *design = NULL;
    sipas_table *table = NULL;
    sipas_error err;
    int64_t stops = 0;

    (void)state;
    for (int i = 0; i < UNITS; i++) {
        psu[i] = i;
        group[i] = i / 2;
        answer[i] = (int8_t)(1 + i % 5);
    }
    h.stop_at = -1;
    assert_int_equal(sipas_design_new(ctx, UNITS, NULL, NULL, &psus, 1, NULL, NULL, &design, &err), SIPAS_OK);
    for (h.stop_at = 0;; h.stop_at++, stops++) {
        h.asked = 0;
        memset(h.told, 0, sizeof h.told);
        table = (sipas_table *)&err;
        if (ask_index(design, group, answer, &table, &err) == SIPAS_OK) break;
        assert_int_equal(err.status, SIPAS_ERR_CANCELLED);
        assert_null(table);
    }
    assert_int_equal(h.told[0], UNITS * ITEMS / STEPS);
    assert_int_equal(h.told[1], UNITS * NODES / STEPS);
    assert_int_equal(h.told[2], GROUPS * NODES / STEPS);
    assert_int_equal(h.told[3], UNITS * NODES / STEPS);
    assert_true(stops > h.told[0] + h.told[1] + h.told[2] + h.told[3]);
    sipas_table_free(table);
    sipas_design_free(design);
    sipas_ctx_free(ctx);
}

/*
 * A PSU for each row, wide codes and narrow, with and without a group for each: units are numbered three times (strata, PSUs, and whether
 * ids nest), each in two steps, and asked for after every 2^16 of them.
 */
static void test_many_units(void **state)
{
    host h;
    sipas_error err;

    (void)state;
    host_open(&h);
    for (int64_t i = 0; i < ROWS; i++) {
        h.psu[i] = (int32_t)(i * 7919 % ROWS);
        h.stratum[i] = h.psu[i] % 50;
        h.wide[i] = (h.psu[i] * INT64_C(1000003)) << 20;
    }
    for (int shape = BY_NUMBER; shape <= BY_WIDE; shape++) {
        sipas_ctx *ctx = open_ctx(&h, 1);
        sipas_design *design = NULL;
        sipas_table *table = NULL;

        for (h.stop_at = 0;; h.stop_at += 7) {
            h.asked = 0;
            memset(h.told, 0, sizeof h.told);
            if (make(&h, shape, ctx, &design, &err) == SIPAS_OK) break;
            assert_int_equal(err.status, SIPAS_ERR_CANCELLED);
            assert_null(design);
        }
        assert_int_equal(h.told[NUMBERING], 3 * (2 * ROWS / STEPS));
        for (h.stop_at = 0;; h.stop_at += 7) {
            h.asked = 0;
            memset(h.told, 0, sizeof h.told);
            if (ask(&h, shape, design, &table, &err) == SIPAS_OK) break;
            assert_int_equal(err.status, SIPAS_ERR_CANCELLED);
            assert_null(table);
        }
        assert_int_equal(h.told[0], ROWS / STEPS);
        sipas_table_free(table);
        sipas_design_free(design);
        sipas_ctx_free(ctx);
    }
    host_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_question), cmocka_unit_test(test_draws),
                                       cmocka_unit_test(test_trees), cmocka_unit_test(test_many_results),
                                       cmocka_unit_test(test_many_units)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
