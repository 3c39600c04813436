/*
 * Running out of memory: sample sizes and precisions.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "oom_survey.h"

static void run_size(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), code = sipas_column_code(unit_code, UNITS);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.code = &code;
    TRY_FOR(a, out, sipas_size_proportion(a->ctx, &people, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_precision(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), code = sipas_column_code(unit_code, UNITS);
    const double answers = 1.0;
    const sipas_column n = sipas_column_f64(&answers, 1);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.code = &code;
    TRY_FOR(a, out, sipas_precision_proportion(a->ctx, &people, &n, &opts, &out, &a->err));
    sipas_table_free(out);
}

/* An index, a share and a difference, with means and shares by unit. */
static void make_figures(sipas_size_figure figures[3], const sipas_column columns[4])
{
    for (int i = 0; i < 3; i++) sipas_size_figure_init(&figures[i]);
    figures[0].statistic = SIPAS_FIGURE_INDEX;
    figures[0].weights = &columns[0];
    figures[0].covariance = &columns[1];
    figures[0].mean_of = &columns[2];
    figures[0].se = 1.0;
    figures[1].p_of = &columns[3];
    figures[2].compare = SIPAS_COMPARE_ROUNDS;
    figures[2].difference = 0.1;
}

static const double item_weight[] = {0.5, 0.5}, item_covariance[] = {4.0, 1.0, 1.0, 4.0}, one_share = 0.3,
                    one_mean = 3.0;

static void run_figures(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), code = sipas_column_code(unit_code, UNITS);
    const sipas_column columns[] = {sipas_column_f64(item_weight, 2), sipas_column_f64(item_covariance, 4),
                                    sipas_column_f64(&one_mean, 1), sipas_column_f64(&one_share, 1)};
    sipas_size_figure figures[3];
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    make_figures(figures, columns);
    opts.code = &code;
    opts.per_household = 1.0;
    TRY_FOR(a, out, sipas_size_figures(a->ctx, &people, figures, 3, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_precision_figures(attempt *a)
{
    const sipas_column people = sipas_column_f64(unit_people, UNITS), n = sipas_column_f64(&one_mean, 1);
    const sipas_column columns[] = {sipas_column_f64(item_weight, 2), sipas_column_f64(item_covariance, 4),
                                    sipas_column_f64(&one_mean, 1), sipas_column_f64(&one_share, 1)};
    sipas_size_figure figures[3];
    sipas_table *out = POISON(sipas_table, a);

    make_figures(figures, columns);
    TRY_FOR(a, out, sipas_precision_figures(a->ctx, &people, &n, figures, 3, NULL, &out, &a->err));
    sipas_table_free(out);
}

static void run_stages(attempt *a)
{
    sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    stages[0].cost = 10.0;
    stages[0].homogeneity = 0.05;
    stages[1].cost = 1.0;
    opts.budget = 1000.0;
    TRY_FOR(a, out, sipas_size_stages(a->ctx, stages, 2, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_precision_stages(attempt *a)
{
    sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_table *out = POISON(sipas_table, a);

    stages[0].cost = stages[1].cost = 10.0;
    stages[0].n = stages[1].n = 5.0;
    TRY_FOR(a, out, sipas_precision_stages(a->ctx, stages, 2, NULL, &out, &a->err));
    sipas_table_free(out);
}

static void run_components_sample(attempt *a)
{
    const sipas_column y = sipas_column_f64(score, ROWS), strata = sipas_column_code(province, ROWS);
    const sipas_column clusters[] = {sipas_column_i32(district, ROWS)};
    sipas_table *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_components_sample(a->ctx, &y, NULL, &strata, clusters, 1, &out, &a->err));
    sipas_table_free(out);
}

static void run_components_frame(attempt *a)
{
    const sipas_column y = sipas_column_f64(score, ROWS);
    const sipas_column clusters[] = {sipas_column_code(province, ROWS), sipas_column_i32(district, ROWS)};
    sipas_components_opts opts = SIPAS_COMPONENTS_OPTS_INIT;
    const sipas_column size = sipas_column_i64(frame_size, ROWS);
    sipas_table *out = POISON(sipas_table, a);

    opts.selection = SIPAS_PSU_MEASURE;
    opts.size = &size;
    TRY_FOR(a, out, sipas_components_frame(a->ctx, &y, clusters, 2, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_ranking(attempt *a)
{
    const sipas_column value = sipas_column_f64(unit_people, UNITS), code = sipas_column_code(unit_code, UNITS);
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.code = &code;
    opts.sd = 1.0;
    opts.delta = 0.5;
    opts.top = 2;
    opts.width = 5.0;
    TRY_FOR(a, out, sipas_size_ranking(a->ctx, &value, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void run_precision_ranking(attempt *a)
{
    const sipas_column value = sipas_column_f64(unit_people, UNITS), n = sipas_column_f64(&one_mean, 1);
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_table *out = POISON(sipas_table, a);

    opts.sd = 1.0;
    TRY_FOR(a, out, sipas_precision_ranking(a->ctx, &value, &n, &opts, &out, &a->err));
    sipas_table_free(out);
}

static void sizes(void **state)
{
    (void)state;
    fail_each(run_size);
    fail_each(run_precision);
    fail_each(run_figures);
    fail_each(run_precision_figures);
    fail_each(run_stages);
    fail_each(run_precision_stages);
    fail_each(run_components_sample);
    fail_each(run_components_frame);
    fail_each(run_ranking);
    fail_each(run_precision_ranking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
