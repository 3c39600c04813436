/*
 * Running out of memory: the index and its league.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "oom_survey.h"

static void run_index(attempt *a)
{
    const sipas_instrument *instrument = sipas_instrument_builtin("2022");
    sipas_design *design = make_design(a);
    sipas_column answers[33];
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 0; i < 33; i++) answers[i] = sipas_column_i8(answer, ROWS);
    opts.deff = SIPAS_DEFF_WOR;
    opts.cov = 1;
    opts.unweighted = 1;
    TRY_FOR(a, out, sipas_index_estimate(design, instrument, answers, make_domains(&parts), &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

/* The whole as a population-weighted mean of provinces, respondents' means first, a mask, rows as units. */
static void run_index_of_units(attempt *a)
{
    static const char *const codes[] = {"HN", "LS", "AG"};
    static const double people[] = {40, 30, 30};
    static const uint8_t mask[ROWS] = {1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1};
    const sipas_column code = sipas_column_code(codes, 3), population = sipas_column_f64(people, 3),
                       where = sipas_column_bool(mask, ROWS);
    const sipas_instrument *instrument = sipas_instrument_builtin("2022");
    sipas_design *design = make_simple_design(a);
    sipas_column answers[33];
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    domain_parts parts;
    sipas_table *out = POISON(sipas_table, a);

    for (int i = 0; i < 33; i++) answers[i] = sipas_column_f64(score, ROWS);
    opts.missing = SIPAS_MISSING_RESPONDENT;
    opts.whole = SIPAS_WHOLE_POPULATION;
    opts.population_code = &code;
    opts.population = &population;
    opts.cov = 1;
    (void)make_domains(&parts);
    parts.domains.where = &where;
    TRY_FOR(a, out, sipas_index_estimate(design, instrument, answers, &parts.domains, &opts, &out, &a->err));
    sipas_table_free(out);
    sipas_design_free(design);
}

static void index_estimate(void **state)
{
    (void)state;
    fail_each(run_index);
    fail_each(run_index_of_units);
}

static void run_league(attempt *a)
{
    sipas_design *design = make_design(a);
    sipas_table *table = make_estimates(a, design), *out = POISON(sipas_table, a);

    TRY_FOR(a, out, sipas_rank_league(a->ctx, table, NULL, &out, &a->err));
    sipas_table_free(out);
    sipas_table_free(table);
    sipas_design_free(design);
}

static void league(void **state)
{
    (void)state;
    fail_each(run_league);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(index_estimate), cmocka_unit_test(league)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
