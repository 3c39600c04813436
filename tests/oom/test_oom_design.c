/*
 * Running out of memory: designs of every kind, made and used.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "oom_survey.h"

static void run_design(attempt *a)
{
    const sipas_column w = sipas_column_f64(weight, ROWS), strata = sipas_column_code(province, ROWS),
                       clusters[] = {sipas_column_i32(district, ROWS), sipas_column_f64(score, ROWS)},
                       fpc[] = {sipas_column_i64(frame_size, ROWS), sipas_column_i64(frame_size, ROWS)};
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *out = POISON(sipas_design, a);

    opts.lonely_psu = SIPAS_LONELY_ADJUST;
    TRY_FOR(a, out, sipas_design_new(a->ctx, ROWS, &w, &strata, clusters, 2, fpc, &opts, &out, &a->err));
    sipas_design_free(out);
}

enum { JOINT, HARTLEY_RAO, PHASES, COLLAPSED, CONDITIONAL, KINDS };

/* What the options of a kind point to. */
typedef struct design_kind {
    double joint[ROWS * ROWS], probability[ROWS], square[ROWS];
    uint8_t taken[ROWS];
    int32_t first_alone[ROWS], blocks[ROWS];
    sipas_column squares, sample, strata2, given;
} design_kind;

static sipas_status make_kind(attempt *a, int kind, design_kind *k, sipas_design **out)
{
    const sipas_column strata = sipas_column_i32(kind == COLLAPSED ? k->first_alone : district, ROWS);
    const sipas_column ids = sipas_column_code(province, ROWS), fpc = sipas_column_f64(k->probability, ROWS);
    const sipas_column w = sipas_column_f64(weight, ROWS);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;

    for (int i = 0; i < ROWS; i++) {
        k->probability[i] = 0.2 + 0.03 * (i % 5);
        k->square[i] = 0.3;
        k->taken[i] = i % 3 != 0;
        k->first_alone[i] = i == 0 ? 0 : district[i];
        k->blocks[i] = 1;
        for (int j = 0; j < ROWS; j++)
            k->joint[i * ROWS + j] = (0.2 + 0.03 * (i % 5)) * (i == j ? 1.0 : 0.9 * (0.2 + 0.03 * (j % 5)));
    }
    k->squares = sipas_column_f64(k->square, ROWS);
    k->sample = sipas_column_bool(k->taken, ROWS);
    k->strata2 = sipas_column_code(province, ROWS);
    k->given = sipas_column_i32(k->blocks, ROWS);
    if (kind == JOINT) {
        opts.pps = SIPAS_PPS_JOINT;
        opts.joint = k->joint;
        opts.joint_order = ROWS;
    } else if (kind == HARTLEY_RAO) {
        opts.pps = SIPAS_PPS_HARTLEY_RAO;
        opts.pps_square = &k->squares;
    } else if (kind == PHASES) {
        opts.phase2 = SIPAS_PHASE2_SRS;
        opts.phase2_sample = &k->sample;
        opts.phase2_strata = &k->strata2;
    } else if (kind == COLLAPSED) {
        opts.lonely_psu = SIPAS_LONELY_COLLAPSE;
        opts.collapse = SIPAS_COLLAPSE_GIVEN;
        opts.collapse_strata = &k->given;
    } else {
        opts.one_psu = SIPAS_ONE_PSU_CONDITIONAL;
    }
    return sipas_design_new(a->ctx, ROWS, kind <= HARTLEY_RAO ? NULL : &w, kind == CONDITIONAL ? NULL : &strata,
                            kind == CONDITIONAL ? &ids : NULL, kind == CONDITIONAL, kind <= HARTLEY_RAO ? &fpc : NULL,
                            &opts, out, &a->err);
}

static void run_kind(attempt *a, int kind)
{
    design_kind parts;
    sipas_design *out = POISON(sipas_design, a);

    TRY_FOR(a, out, make_kind(a, kind, &parts, &out));
    sipas_design_free(out);
}

static void run_kind_mean(attempt *a, int kind)
{
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    design_kind parts;
    domain_parts by;
    sipas_design *design = NULL;
    sipas_table *out = POISON(sipas_table, a);

    must(make_kind(a, kind, &parts, &design), &a->err);
    TRY_FOR(a, out, sipas_estimate_mean(design, &y, 1, make_domains(&by), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

#define KIND(name, kind)                      \
    static void run_##name(attempt *a)        \
    {                                         \
        run_kind(a, kind);                    \
    }                                         \
    static void run_##name##_mean(attempt *a) \
    {                                         \
        run_kind_mean(a, kind);               \
    }

KIND(joint, JOINT)
KIND(hartley_rao, HARTLEY_RAO)
KIND(phases, PHASES)
KIND(collapsed, COLLAPSED)
KIND(conditional, CONDITIONAL)

static void run_conditional_median(attempt *a)
{
    static const double half = 0.5;
    const sipas_column y = sipas_column_f64(score, ROWS);
    design_kind kind;
    domain_parts by;
    sipas_design *design = NULL;
    sipas_table *out = POISON(sipas_table, a);

    must(make_kind(a, CONDITIONAL, &kind, &design), &a->err);
    TRY_FOR(a, out, sipas_estimate_quantile(design, &y, 1, &half, 1, make_domains(&by), NULL, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* ---- designs from designs ---- */

static sipas_status derive(attempt *a, const sipas_design *from, int phases, design_kind *k, sipas_design **out)
{
    sipas_design_phase2_opts opts = SIPAS_DESIGN_PHASE2_OPTS_INIT;

    opts.strata = &k->strata2;
    return phases ? sipas_design_phase2(from, &k->sample, &opts, out, &a->err)
                  : sipas_design_subset(from, &k->sample, out, &a->err);
}

/* Two stages of ids, of which one phase needs one only: the second is numbered anew. */
static sipas_design *make_first(attempt *a, design_kind *k)
{
    const sipas_column w = sipas_column_f64(weight, ROWS),
                       ids[] = {sipas_column_code(province, ROWS), sipas_column_f64(serial, ROWS)};
    sipas_design *design = NULL;

    for (int i = 0; i < ROWS; i++) k->taken[i] = i % 3 != 0;
    k->sample = sipas_column_bool(k->taken, ROWS);
    k->strata2 = sipas_column_code(province, ROWS);
    must(sipas_design_new(a->ctx, ROWS, &w, NULL, ids, 2, NULL, NULL, &design, &a->err), &a->err);
    return design;
}

static void run_derived(attempt *a, int phases)
{
    design_kind k;
    sipas_design *first = make_first(a, &k), *out = POISON(sipas_design, a);

    TRY_FOR(a, out, derive(a, first, phases, &k, &out));
    sipas_design_free(first);
    sipas_design_free(out);
}

static void run_subset(attempt *a)
{
    run_derived(a, 0);
}

static void run_phase2(attempt *a)
{
    run_derived(a, 1);
}

/* Under both at once, and with a condition more. */
static void run_derived_mean(attempt *a)
{
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    design_kind k;
    domain_parts parts;
    sipas_domains by = *make_domains(&parts);
    sipas_design *first = make_first(a, &k), *subset = NULL, *phases = NULL;
    sipas_table *out = POISON(sipas_table, a);

    must(derive(a, first, 0, &k, &subset), &a->err);
    must(derive(a, subset, 1, &k, &phases), &a->err);
    sipas_design_free(first);
    sipas_design_free(subset);
    by.where = &k.sample;
    TRY_FOR(a, out, sipas_estimate_mean(phases, &y, 1, &by, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(phases);
}

static void derived_designs(void **state)
{
    (void)state;
    fail_each(run_subset);
    fail_each(run_phase2);
    fail_each(run_derived_mean);
}

static void kinds_of_design(void **state)
{
    static void (*const runs[2 * KINDS])(attempt *) = {
        run_joint,       run_joint_mean, run_hartley_rao,    run_hartley_rao_mean, run_phases,
        run_phases_mean, run_collapsed,  run_collapsed_mean, run_conditional,      run_conditional_mean};

    (void)state;
    for (int i = 0; i < 2 * KINDS; i++) fail_each(runs[i]);
    fail_each(run_conditional_median);
}

static void run_describe(attempt *a)
{
    sipas_design *design = make_design(a);
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_design_describe(design, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void designs(void **state)
{
    (void)state;
    fail_each(run_design);
    fail_each(run_describe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds_of_design), cmocka_unit_test(derived_designs),
                                       cmocka_unit_test(designs)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
