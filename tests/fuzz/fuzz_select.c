/*
 * Draws, one stage and several, unit trees and frames, weights of what was drawn. A draw is made twice, and with its rows in
 * another order: the units must be the same.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "fuzz.h"

static sipas_draw_opts draw_opts(fuzz *f, int64_t n)
{
    sipas_draw_opts o = SIPAS_DRAW_OPTS_INIT;

    o.method = fuzz_option(f, SIPAS_DRAW_ALL);
    o.has_seed = !fuzz_once_in(f, 20);
    o.if_fewer = fuzz_option(f, 4);
    o.seed = fuzz_below(f, 1000);
    o.stage = f->hostile && fuzz_once_in(f, 20) ? -1 : (int64_t)fuzz_below(f, 3);
    o.n = (int64_t)fuzz_below(f, 6);
    o.reserve = f->hostile && fuzz_once_in(f, 20) ? INT64_C(1) << 40 : (int64_t)fuzz_below(f, 3);
    o.size = fuzz_column_or_null(f, n, FUZZ_NUMBERS, 2);
    o.order_key = fuzz_column_or_null(f, n, FUZZ_ANY, 3);
    o.strata = fuzz_column_or_null(f, n, FUZZ_CODES, 2);
    o.unit_class = fuzz_column_or_null(f, n, FUZZ_CODES, 5);
    o.certainty = fuzz_column_or_null(f, n, FUZZ_FLAGS, 6);
    o.excluded = fuzz_column_or_null(f, n, FUZZ_FLAGS, 6);
    if (fuzz_once_in(f, 4)) {
        const int64_t quotas = 1 + (int64_t)fuzz_below(f, 4);

        o.quota_stratum = fuzz_column_or_null(f, quotas, FUZZ_CODES, 2);
        o.quota_class = fuzz_column_or_null(f, quotas, FUZZ_CODES, 4);
        o.quota_n = fuzz_column_of(f, quotas, FUZZ_NUMBERS);
        o.quota_reserve = fuzz_column_or_null(f, quotas, FUZZ_NUMBERS, 4);
    }
    return o;
}

/* Codes that are all different. */
static sipas_column unit_codes(fuzz *f, int64_t n)
{
    int64_t *codes = fuzz_room(f, (size_t)n * sizeof *codes);

    for (int64_t i = 0; i < n; i++) codes[i] = 1000 + 7 * i;
    return f->hostile ? fuzz_column(f, n, FUZZ_CODES) : sipas_column_i64(codes, n);
}

static void draw(fuzz *f, int64_t n)
{
    const sipas_column code = unit_codes(f, n);
    const sipas_draw_opts o = draw_opts(f, n);
    sipas_table *table = NULL, *again = NULL;
    sipas_ctx *ctx = fuzz_ctx(f);
    sipas_error err;
    sipas_status status = sipas_draw(ctx, &code, &o, &table, &err);

    fuzz_check(f, "draw", status, &err);
    if (status < 0 && table) fuzz_finding(f, "a handle on failure", err.message);
    if (status >= 0) {
        fuzz_audit(f, table);
        if (sipas_draw(NULL, &code, &o, &again, &err) < 0) {
            fuzz_finding(f, "a draw that cannot be made again", err.message);
        } else {
            sipas_column a, b;

            if (sipas_table_count_rows(table) != sipas_table_count_rows(again))
                fuzz_finding(f, "another number of units", "");
            (void)sipas_table_get_column(table, 0, &a, NULL);
            (void)sipas_table_get_column(again, 0, &b, NULL);
            if (a.n == b.n && a.type == SIPAS_TYPE_I64 && a.n && memcmp(a.data, b.data, (size_t)a.n * 8) != 0)
                fuzz_finding(f, "other units", "");
        }
    }
    sipas_table_free(again);
    sipas_table_free(table);
    sipas_ctx_free(ctx);
}

static sipas_unit_tree *some_tree(fuzz *f, sipas_ctx *ctx, int64_t n)
{
    int32_t *parent = fuzz_room(f, (size_t)n * sizeof *parent), *code = fuzz_room(f, (size_t)n * sizeof *code);
    static const char *const levels[] = {"province", "commune", "village"};
    const char **level = fuzz_room(f, (size_t)n * sizeof *level);
    static const char *const names[] = {"adults"};
    sipas_unit_opts *o = fuzz_room(f, sizeof *o);
    sipas_column *columns = fuzz_room(f, 5 * sizeof *columns);
    sipas_unit_tree *tree = NULL;
    sipas_error err;
    sipas_status status;

    for (int64_t i = 0; i < n; i++) {
        parent[i] = i == 0 ? -1 : (int32_t)fuzz_below(f, (uint64_t)i);
        if (f->hostile && fuzz_once_in(f, 30)) parent[i] = (int32_t)fuzz_below(f, (uint64_t)n + 2);
        code[i] = (int32_t)(f->hostile ? fuzz_below(f, 9) : (uint64_t)i);
        level[i] = levels[fuzz_below(f, 3)];
    }
    sipas_unit_opts_init(o);
    columns[0] = sipas_column_i32(code, n);
    columns[1] = sipas_column_i32(parent, n);
    columns[2] = sipas_column_code(level, n);
    columns[3] = fuzz_column(f, n, FUZZ_NUMBERS);
    o->parent_row = &columns[1];
    o->level = fuzz_once_in(f, 2) ? &columns[2] : NULL;
    o->unit_class = fuzz_column_or_null(f, n, FUZZ_CODES, 4);
    o->region = fuzz_column_or_null(f, n, FUZZ_CODES, 4);
    o->urban = fuzz_column_or_null(f, n, FUZZ_FLAGS, 4);
    o->measures = &columns[3];
    o->measure_names = names;
    o->n_measures = (int32_t)fuzz_below(f, 2);
    status = sipas_unit_tree_new(ctx, &columns[0], NULL, o, &tree, &err);
    fuzz_check(f, "unit_tree_new", status, &err);
    if (status < 0 && tree) fuzz_finding(f, "a handle on failure", err.message);
    return status < 0 ? NULL : tree;
}

static void frames(fuzz *f, int64_t n)
{
    sipas_ctx *ctx = fuzz_ctx(f);
    sipas_unit_tree *tree = some_tree(f, ctx, n), *expanded = NULL;
    sipas_draw_plan_opts o = SIPAS_DRAW_PLAN_OPTS_INIT;
    sipas_frame_impute_opts impute = SIPAS_FRAME_IMPUTE_OPTS_INIT;
    sipas_allocate_tree_opts rules = SIPAS_ALLOCATE_TREE_OPTS_INIT;
    sipas_draw_stage stage[2];
    sipas_table *table = NULL;
    sipas_error err;
    sipas_status status;

    if (!tree) {
        sipas_ctx_free(ctx);
        return;
    }
    status = sipas_frame_summary(ctx, tree, &table, &err);
    fuzz_check_table(f, "frame_summary", status, &err, table);
    impute.share = fuzz_option(f, 2);
    impute.level = fuzz_once_in(f, 2) ? "village" : NULL;
    table = NULL;
    status = sipas_frame_impute(ctx, tree, 0, &impute, &table, &err);
    fuzz_check_table(f, "frame_impute", status, &err, table);
    status = sipas_frame_expand(ctx, tree, fuzz_column_of(f, n, FUZZ_NUMBERS), "household", NULL, &expanded, &err);
    fuzz_check(f, "frame_expand", status, &err);
    table = NULL;
    status = sipas_allocate_tree(ctx, (int64_t)fuzz_below(f, 50), tree, fuzz_column_of(f, n, FUZZ_NUMBERS), &rules,
                                 &table, &err);
    fuzz_check_table(f, "allocate_tree", status, &err, table);
    for (int i = 0; i < 2; i++) {
        sipas_draw_stage_init(&stage[i]);
        stage[i].method = fuzz_option(f, SIPAS_DRAW_ALL);
        stage[i].if_fewer = fuzz_option(f, 4);
        stage[i].strata = fuzz_option(f, 2);
        stage[i].level = i ? "village" : "commune";
        stage[i].n = (int64_t)fuzz_below(f, 4);
        stage[i].reserve = (int64_t)fuzz_below(f, 2);
        stage[i].size_of = fuzz_column_or_null(f, n, FUZZ_NUMBERS, 2);
        stage[i].certainty_of = fuzz_column_or_null(f, n, FUZZ_FLAGS, 6);
    }
    o.has_seed = 1;
    o.seed = fuzz_below(f, 1000);
    o.excluded = fuzz_column_or_null(f, n, FUZZ_FLAGS, 5);
    table = NULL;
    status = sipas_draw_plan(ctx, tree, stage, 1 + (int32_t)fuzz_below(f, 2), &o, &table, &err);
    fuzz_check_table(f, "draw_plan", status, &err, table);
    sipas_unit_tree_free(expanded);
    sipas_unit_tree_free(tree);
    sipas_ctx_free(ctx);
}

static void weights(fuzz *f, int64_t n)
{
    const sipas_column prob[2] = {fuzz_column(f, n, FUZZ_NUMBERS), fuzz_column(f, n, FUZZ_NUMBERS)};
    double *out = fuzz_room(f, (size_t)(n + 1) * sizeof *out), deff, n_eff, cv2;
    sipas_ctx *ctx = fuzz_ctx(f);
    sipas_table *cells = NULL;
    sipas_error err;
    sipas_status status = sipas_weight_design(prob, 1 + (int32_t)fuzz_below(f, 2), out, &err);

    fuzz_check(f, "weight_design", status, &err);
    status = sipas_weight_response(ctx, fuzz_column_of(f, n, FUZZ_NUMBERS), fuzz_column_or_null(f, n, FUZZ_CODES, 2),
                                   fuzz_column_of(f, n, FUZZ_FLAGS), out, &cells, &err);
    fuzz_check_table(f, "weight_response", status, &err, cells);
    status = sipas_weight_kish(fuzz_column_of(f, n, FUZZ_NUMBERS), &deff, &n_eff, &cv2, &err);
    fuzz_check(f, "weight_kish", status, &err);
    status = sipas_inclusion_prob(fuzz_column_of(f, n, FUZZ_NUMBERS), (int64_t)fuzz_below(f, 6), out, &err);
    fuzz_check(f, "inclusion_prob", status, &err);
    sipas_ctx_free(ctx);
}

void fuzz_one(fuzz *f)
{
    const int64_t n = 1 + (int64_t)fuzz_below(f, fuzz_once_in(f, 4) ? 60 : 12);

    switch (fuzz_below(f, 3)) {
    case 0: draw(f, n); break;
    case 1: frames(f, n); break;
    default: weights(f, n);
    }
}
