/*
 * A host that changes its arrays after they were given, or from the progress callback while they are read: figures of no
 * meaning or an error, and nothing else. Every design that reads codes again, every estimator; run it under the sanitizers.
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

enum { ROWS = 20000, FEW = 3000, ITEMS = 39 };

/* What a host holds; `wild` is what it becomes. */
typedef struct host {
    int64_t n;
    double *weight, *y, *fpc;
    int32_t *stratum, *psu, *group;
    int8_t *answer;
    int64_t *wide;
    int armed, wild;
} host;

static host *host_new(int64_t n, int sorted)
{
    host *h = calloc(1, sizeof *h);

    h->n = n;
    h->weight = calloc((size_t)n, 8);
    h->y = calloc((size_t)n, 8);
    h->fpc = calloc((size_t)n, 8);
    h->stratum = calloc((size_t)n, 4);
    h->psu = calloc((size_t)n, 4);
    h->group = calloc((size_t)n, 4);
    h->answer = calloc((size_t)n, 1);
    h->wide = calloc((size_t)n, 8);
    for (int64_t i = 0; i < n; i++) {
        const int64_t unit = sorted ? i * 60 / n : (i * 7919) % 60;

        h->weight[i] = 1.0 + (double)(i % 3);
        h->y[i] = (double)(i % 100);
        h->fpc[i] = 100.0;
        h->stratum[i] = (int32_t)(unit / 6);
        h->psu[i] = (int32_t)unit;
        h->group[i] = (int32_t)(i % 4);
        h->answer[i] = (int8_t)(1 + i % 5);
        h->wide[i] = (unit * INT64_C(1000003)) << 20;
    }
    return h;
}

static void host_free(host *h)
{
    void *blocks[] = {h->weight, h->y, h->fpc, h->stratum, h->psu, h->group, h->answer, h->wide};

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) free(blocks[i]);
    free(h);
}

static void change(host *h)
{
    for (int64_t i = 0; i < h->n; i++) {
        const int32_t far = (int32_t)((uint32_t)i * 2654435761u);

        h->stratum[i] = h->wild == 1 ? far : INT32_MIN + (int32_t)(i % 7);
        h->psu[i] = h->wild == 1 ? (int32_t)i : INT32_MAX;
        h->group[i] = h->wild == 1 ? 1 << 30 : -(far & 63);
        h->wide[i] = h->wild == 1 ? INT64_MAX - i : INT64_MIN + i;
        h->answer[i] = (int8_t)(far % 9);
        h->y[i] = i % 3 ? 1e18 * (double)far : (i % 2 ? NAN : -1e300);
        h->fpc[i] = (double)far;
        h->weight[i] = h->wild == 1 ? 1.0 : 0.5 + (double)(i % 11);
    }
}

static int32_t on_progress(void *user, const char *task, int64_t done, int64_t total)
{
    host *h = user;

    (void)task;
    (void)done;
    (void)total;
    if (h->armed) change(h);
    return 0;
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

enum { BY_PSU, BY_ROW, BY_WIDE, WITH_FPC, IN_TWO_PHASES, SHAPES };

static sipas_status open_design(host *h, int shape, sipas_ctx *ctx, sipas_design **design)
{
    const sipas_column w = sipas_column_f64(h->weight, h->n), strata = sipas_column_i32(h->stratum, h->n);
    const sipas_column psu = sipas_column_i32(h->psu, h->n), wide = sipas_column_i64(h->wide, h->n);
    const sipas_column fpc = sipas_column_f64(h->fpc, h->n);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_column in = sipas_column_i8(h->answer, h->n);

    opts.lonely_psu = SIPAS_LONELY_ADJUST;
    if (shape == IN_TWO_PHASES) {
        opts.phase2 = SIPAS_PHASE2_SRS;
        opts.phase2_sample = &in;
    }
    return sipas_design_new(ctx, h->n, &w, &strata, shape == BY_WIDE ? &wide : &psu, shape != BY_ROW,
                            shape == WITH_FPC ? &fpc : NULL, &opts, design, NULL);
}

/* Every estimator once; whatever comes back is freed. */
static void ask_all(const sipas_design *design, host *h)
{
    static const double probs[] = {0.25, 0.5};
    static const char *const names[] = {"g"};
    const sipas_column by = sipas_column_i32(h->group, h->n), y = sipas_column_f64(h->y, h->n);
    const sipas_column answers = sipas_column_i8(h->answer, h->n), w = sipas_column_f64(h->weight, h->n);
    const sipas_column two[2] = {answers, y};
    static const int8_t good[] = {4, 5};
    sipas_column items[ITEMS];
    const sipas_column success = sipas_column_i8(good, 2);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_table *t = NULL;

    domains.n_by = 1;
    domains.by = &by;
    domains.names = names;
    opts.deff = SIPAS_DEFF_WR;
    opts.cov = 1;
    (void)sipas_estimate_mean(design, &y, 1, &domains, &opts, &t, NULL);
    sipas_table_free(t);
    (void)sipas_estimate_total(design, &y, 1, &domains, NULL, &t, NULL);
    sipas_table_free(t);
    (void)sipas_estimate_ratio(design, &y, &w, 1, &domains, NULL, &t, NULL);
    sipas_table_free(t);
    (void)sipas_estimate_proportion(design, &answers, 1, &success, SIPAS_INTERVAL_DEFAULT, &domains, NULL, &t, NULL);
    sipas_table_free(t);
    (void)sipas_estimate_distribution(design, &answers, SIPAS_INTERVAL_DEFAULT, &domains, NULL, &t, NULL);
    sipas_table_free(t);
    for (int j = 0; j < ITEMS; j++) items[j] = answers;
    (void)sipas_index_estimate(design, sipas_instrument_builtin("1001/2023"), items, &domains, NULL, &t, NULL);
    sipas_table_free(t);
    (void)sipas_estimate_category(design, &answers, SIPAS_CATEGORY_TOTAL, &domains, NULL, &t, NULL);
    sipas_table_free(t);
    (void)sipas_estimate_quantile(design, &y, 1, probs, 2, &domains, NULL, &t, NULL);
    sipas_table_free(t);
    (void)sipas_estimate_quantile(design, &answers, 1, probs, 2, NULL, NULL, &t, NULL);
    sipas_table_free(t);
    (void)sipas_estimate_moment(design, two, 2, SIPAS_MOMENT_VARIANCE, SIPAS_SCALE_PLAIN, &domains, NULL, &t, NULL);
    sipas_table_free(t);
    (void)sipas_estimate_alpha(design, two, 2, SIPAS_SCALE_PLAIN, &domains, NULL, &t, NULL);
    sipas_table_free(t);
}

/* ---- frames: draws, plans, allocations, rankings ---- */

enum { UNITS = 60, CLASSES = 3 };

/* A frame in columns that change: codes as floats, texts with a bitmap, sizes, keys, quotas. */
typedef struct frame {
    double code[UNITS], size[UNITS], sd[UNITS], key[UNITS], class_code[CLASSES];
    int64_t stratum[UNITS], quota_stratum[CLASSES], count[UNITS];
    const char *text[UNITS];
    char texts[UNITS][16];
    uint8_t bits[UNITS / 8 + 1];
    int asked, at; /* changed at the at-th question, and before at -1 */
} frame;

static void frame_fill(frame *f)
{
    for (int i = 0; i < UNITS; i++) {
        f->code[i] = i + 1;
        f->size[i] = 100 + i;
        f->sd[i] = 1 + i % 4;
        f->key[i] = 100 - i;
        f->stratum[i] = 1 + i % CLASSES;
        f->count[i] = 2 + i % 3;
        (void)snprintf(f->texts[i], sizeof f->texts[i], "VN/%02d", i);
        f->text[i] = f->texts[i];
    }
    for (int i = 0; i < CLASSES; i++) {
        f->class_code[i] = i + 1;
        f->quota_stratum[i] = i + 1;
    }
    memset(f->bits, 0xFF, sizeof f->bits);
    f->asked = 0;
}

static void frame_change(frame *f)
{
    for (int i = 0; i < UNITS; i++) {
        f->code[i] = i % 3 ? i + 0.5 : NAN;
        f->size[i] = i % 2 ? NAN : -1e300;
        f->sd[i] = INFINITY;
        f->key[i] = NAN;
        f->stratum[i] = INT64_MIN + i;
        f->count[i] = INT64_MAX - i;
        f->text[i] = i % 2 ? NULL : "";
    }
    for (int i = 0; i < CLASSES; i++) {
        f->class_code[i] = NAN;
        f->quota_stratum[i] = INT64_MAX;
    }
    memset(f->bits, 0, sizeof f->bits);
}

static int32_t on_frame(void *user, const char *task, int64_t done, int64_t total)
{
    frame *f = user;

    (void)task;
    (void)done;
    (void)total;
    if (f->asked++ >= f->at) frame_change(f);
    return 0;
}

static void draw_from(sipas_ctx *ctx, frame *f, int text)
{
    sipas_column code = sipas_column_f64(f->code, UNITS), key = sipas_column_code(f->text, UNITS);
    const sipas_column size = sipas_column_f64(f->size, UNITS), strata = sipas_column_i64(f->stratum, UNITS);
    const sipas_column quota = sipas_column_i64(f->quota_stratum, CLASSES), n = sipas_column_i64(f->count, CLASSES);
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;
    sipas_table *t = NULL;

    if (text) code = key;
    key.validity = code.validity = f->bits;
    opts.has_seed = 1;
    opts.n = 3;
    opts.strata = &strata;
    opts.order_key = text ? NULL : &key;
    (void)sipas_draw(ctx, &code, &opts, &t, NULL);
    sipas_table_free(t);
    frame_fill(f);
    opts.method = SIPAS_DRAW_PPS_SYSTEMATIC;
    opts.size = &size;
    opts.n = 0;
    opts.quota_stratum = &quota;
    opts.quota_n = &n;
    (void)sipas_draw(ctx, &code, &opts, &t, NULL);
    sipas_table_free(t);
}

static void draw_below(sipas_ctx *ctx, frame *f)
{
    int64_t parents[UNITS];
    sipas_column code = sipas_column_f64(f->code, UNITS), parent = sipas_column_i64(parents, UNITS);
    const sipas_column key = sipas_column_code(f->text, UNITS), counts = sipas_column_i64(f->count, UNITS);
    sipas_unit_opts how = SIPAS_UNIT_OPTS_INIT;
    sipas_draw_stage stages[2] = {SIPAS_DRAW_STAGE_INIT, SIPAS_DRAW_STAGE_INIT};
    sipas_draw_plan_opts opts = SIPAS_DRAW_PLAN_OPTS_INIT;
    sipas_unit_tree *tree = NULL;
    sipas_table *t = NULL;

    for (int i = 0; i < UNITS; i++) parents[i] = i < 10 ? -1 : i % 10;
    how.parent_row = &parent;
    assert_int_equal(sipas_unit_tree_new(ctx, &code, NULL, &how, &tree, NULL), SIPAS_OK);
    stages[0].n = 8;
    stages[0].order_key_of = &key;
    stages[1].n_of = &counts;
    opts.has_seed = 1;
    (void)sipas_draw_plan(ctx, tree, stages, 2, &opts, &t, NULL);
    sipas_table_free(t);
    sipas_unit_tree_free(tree);
}

static void allocate_to(sipas_ctx *ctx, frame *f)
{
    const sipas_column size = sipas_column_f64(f->size, UNITS), sd = sipas_column_f64(f->sd, UNITS);
    const sipas_column code = sipas_column_f64(f->code, UNITS);
    sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_strata_opts cut = SIPAS_STRATA_OPTS_INIT;
    sipas_table *t = NULL;

    opts.method = SIPAS_ALLOCATE_NEYMAN;
    opts.sd = &sd;
    opts.code = &code;
    (void)sipas_allocate(ctx, 300, &size, &opts, &t, NULL);
    sipas_table_free(t);
    cut.n = 20;
    frame_fill(f);
    (void)sipas_strata_cut(ctx, &size, 3, &cut, &t, NULL);
    sipas_table_free(t);
}

/* Changed at the first, second … question of the callback. */
static void test_frames_changed_within(void **state)
{
    (void)state;
    for (int at = 0; at < 6; at++)
        for (int task = 0; task < 4; task++) {
            sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
            frame f;
            sipas_ctx *ctx = NULL;

            frame_fill(&f);
            f.at = at;
            opts.progress = on_frame;
            opts.progress_user = &f;
            assert_int_equal(sipas_ctx_new(&opts, &ctx, NULL), SIPAS_OK);
            if (task < 2)
                draw_from(ctx, &f, task);
            else if (task == 2)
                draw_below(ctx, &f);
            else
                allocate_to(ctx, &f);
            sipas_ctx_free(ctx);
        }
}

/* Changed once the design is there. */
static void test_changed_after(void **state)
{
    (void)state;
    for (int shape = 0; shape < SHAPES; shape++)
        for (int wild = 1; wild <= 2; wild++)
            for (int sorted = 0; sorted <= 1; sorted++) {
                host *h = host_new(sorted ? ROWS : FEW, sorted);
                sipas_ctx *ctx = open_ctx(h, 2);
                sipas_design *design = NULL;

                assert_int_equal(open_design(h, shape, ctx, &design), SIPAS_OK);
                h->wild = wild;
                change(h);
                ask_all(design, h);
                sipas_design_free(design);
                sipas_ctx_free(ctx);
                host_free(h);
            }
}

/* Changed from the callback, at every word of it, while the design is made and the estimates are. */
static void test_changed_within(void **state)
{
    (void)state;
    for (int shape = 0; shape < SHAPES; shape++)
        for (int wild = 1; wild <= 2; wild++)
            for (int from_start = 0; from_start <= 1; from_start++) {
                host *h = host_new(FEW, 0);
                sipas_ctx *ctx = open_ctx(h, 1);
                sipas_design *design = NULL;

                h->wild = wild;
                h->armed = from_start;
                (void)open_design(h, shape, ctx, &design);
                h->armed = 1;
                if (design) ask_all(design, h);
                sipas_design_free(design);
                sipas_ctx_free(ctx);
                host_free(h);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_changed_after), cmocka_unit_test(test_changed_within),
                                       cmocka_unit_test(test_frames_changed_within)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
