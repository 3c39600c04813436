/*
 * Stages: the continuous optimum against random designs, the field design against all designs, round trips, bounds, and the
 * sentence of every error.
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
#include "result.h"

enum { STAGES = 3 };

static double uniform(uint64_t draw, uint64_t what, double low, double high)
{
    return low + (high - low) * sipas_rng_uniform(77, 0, draw, what, 0);
}

/* A problem of two or three stages; every third has populations, every second bounds. */
typedef struct problem {
    sipas_size_stage stages[STAGES];
    sipas_size_stages_opts opts;
    int32_t n_stages;
} problem;

static problem any_problem(uint64_t draw)
{
    problem p = {.n_stages = 2 + (int32_t)(draw % 2)};

    sipas_size_stages_opts_init(&p.opts);
    for (int32_t i = 0; i < p.n_stages; i++) {
        sipas_size_stage *stage = &p.stages[i];
        const uint64_t what = (uint64_t)i * 10;

        sipas_size_stage_init(stage);
        stage->cost = uniform(draw, what, 1.0, i == 0 ? 60.0 : 12.0);
        if (draw % 7 == 0)
            stage->relvariance = uniform(draw, what + 1, 0.0, 1.0) * (i == 2 ? 4.0 : 1.0);
        else if (i < p.n_stages - 1)
            stage->homogeneity = draw % 11 == 0 && i == 0 ? 0.0 : uniform(draw, what + 2, 0.01, 0.4);
        stage->population = floor(uniform(draw, what + 3, 4.0, 40.0)) * (i == 0 ? 10.0 : 1.0);
        if (draw % 3) stage->population = i == 0 ? 0.0 : 40.0;
        if (draw % 4 == 1) stage->maximum = 3 + (int64_t)uniform(draw, what + 4, 0.0, 30.0);
        if (draw % 4 == 2) stage->multiple = 1 + (int64_t)uniform(draw, what + 5, 0.0, 3.0);
        if (draw % 4 == 3) stage->minimum = 1 + (int64_t)uniform(draw, what + 6, 0.0, 3.0);
    }
    if (draw / 2 % 2)
        p.opts.budget = uniform(draw, 50, 500.0, 6000.0);
    else
        p.opts.cv = uniform(draw, 51, 0.05, 0.3);
    if (draw % 5 == 0) p.opts.components = SIPAS_COMPONENTS_POPULATION;
    return p;
}

/* Σ v_i/x_i (1 - n_i/N_i), from the definition; v_i = Σ_(k ≥ i) σ_k² / (N_(i+1) … N_k) of a model. */
static double cv2_of(const problem *p, const double *n)
{
    double x = 1.0, sum = 0.0;
    int direct = 0;

    for (int32_t i = 0; i < p->n_stages; i++) direct |= p->stages[i].relvariance != 0.0;
    for (int32_t i = 0; i < p->n_stages; i++) {
        double v = 0.0, units = 1.0;

        for (int32_t k = i; k < p->n_stages; k++) {
            const int last = k == p->n_stages - 1;
            const double delta = p->stages[last ? k - 1 : k].homogeneity;

            if (k > i) units *= p->stages[k].population > 0.0 ? p->stages[k].population : INFINITY;
            if (k > i && p->opts.components == SIPAS_COMPONENTS_POPULATION) break;
            v += (direct ? p->stages[k].relvariance : last ? 1.0 - delta : delta) / units;
        }
        const double fraction = p->stages[i].population > 0.0 ? n[i] / p->stages[i].population : 0.0;

        x *= n[i];
        sum += v / x * (1.0 - fraction);
    }
    return sum;
}

static double cost_of(const problem *p, const double *n)
{
    double x = 1.0, sum = 0.0;

    for (int32_t i = 0; i < p->n_stages; i++) {
        x *= n[i];
        sum += p->stages[i].cost * x;
    }
    return sum;
}

static int64_t low_of(const sipas_size_stage *stage, int first)
{
    const int64_t step = stage->multiple > 0 ? stage->multiple : 1;
    const int64_t low = stage->minimum > 0 ? stage->minimum : first ? 2 : 1;

    return (low + step - 1) / step * step;
}

static double high_of(const sipas_size_stage *stage)
{
    return fmin(stage->maximum > 0 ? (double)stage->maximum : INFINITY,
                stage->population > 0.0 ? stage->population : INFINITY);
}

/* The best of all whole designs: every n_2, every n_3, and every n_1 up to a limit that no test reaches. */
static double best_of_all(const problem *p)
{
    const int64_t step1 = p->stages[0].multiple > 0 ? p->stages[0].multiple : 1;
    const int64_t step2 = p->stages[1].multiple > 0 ? p->stages[1].multiple : 1;
    const int64_t step3 = p->n_stages == 3 && p->stages[2].multiple > 0 ? p->stages[2].multiple : 1;
    double best = INFINITY;

    for (int64_t n2 = low_of(&p->stages[1], 0); (double)n2 <= high_of(&p->stages[1]); n2 += step2)
        for (int64_t n3 = p->n_stages == 3 ? low_of(&p->stages[2], 0) : 1;
             (double)n3 <= (p->n_stages == 3 ? high_of(&p->stages[2]) : 1.0); n3 += step3)
            for (int64_t n1 = low_of(&p->stages[0], 1); (double)n1 <= fmin(high_of(&p->stages[0]), 1e5); n1 += step1) {
                const double n[STAGES] = {(double)n1, (double)n2, (double)n3};

                if (p->opts.budget > 0.0) {
                    if (cost_of(p, n) > p->opts.budget) break;
                    best = fmin(best, cv2_of(p, n));
                } else if (cv2_of(p, n) <= p->opts.cv * p->opts.cv * (1.0 + 1e-12)) {
                    best = fmin(best, cost_of(p, n));
                    break;
                }
            }
    return best;
}

static void the_field_design_is_the_best_of_all(void **state)
{
    (void)state;
    int feasible = 0, not = 0;

    for (uint64_t draw = 0; draw < 400; draw++) {
        const problem p = any_problem(draw);
        const double best = best_of_all(&p);
        sipas_table *table = NULL;
        sipas_error err;
        const sipas_status status = sipas_size_stages(NULL, p.stages, p.n_stages, &p.opts, &table, &err);
        double n[STAGES];

        if (isinf(best)) {
            assert_int_equal(status, SIPAS_ERR_INFEASIBLE);
            not ++;
            continue;
        }
        check(status, &err);
        for (int64_t i = 0; i < p.n_stages; i++) n[i] = (double)whole(table, "n", i);
        assert_close(p.opts.budget > 0.0 ? cv2_of(&p, n) : cost_of(&p, n), best, 1e-9);
        assert_close(strtod(meta(table, "cv"), NULL) * strtod(meta(table, "cv"), NULL), cv2_of(&p, n), 1e-9);
        assert_close(strtod(meta(table, "cost"), NULL), cost_of(&p, n), 1e-12);
        sipas_table_free(table);
        feasible++;
    }
    assert_true(feasible > 250 && not > 5);
}

/* No design at random within the bounds, with n_1 as large or small as it has to be, is better. */
static void no_real_design_is_better(void **state)
{
    (void)state;
    for (uint64_t draw = 0; draw < 200; draw++) {
        const problem p = any_problem(draw);
        sipas_table *table = NULL;
        sipas_error err;
        double exact[STAGES] = {1.0, 1.0, 1.0}, best;

        if (sipas_size_stages(NULL, p.stages, p.n_stages, &p.opts, &table, &err) < 0) continue;
        for (int64_t i = 0; i < p.n_stages; i++) {
            exact[i] = real(table, "n_exact", i);
            assert_true(exact[i] >= (double)low_of(&p.stages[i], i == 0) * (1.0 - 1e-9));
            assert_true(exact[i] <= high_of(&p.stages[i]) * (1.0 + 1e-9));
        }
        sipas_table_free(table);
        best = p.opts.budget > 0.0 ? cv2_of(&p, exact) : cost_of(&p, exact);
        if (p.opts.budget > 0.0)
            assert_true(cost_of(&p, exact) <= p.opts.budget * (1.0 + 1e-9));
        else
            assert_true(cv2_of(&p, exact) <= p.opts.cv * p.opts.cv * (1.0 + 1e-9));
        for (uint64_t i = 0; i < 3000; i++) {
            double n[STAGES] = {1.0, 1.0, 1.0};

            for (int32_t k = 0; k < p.n_stages; k++) {
                const int64_t step = p.stages[k].multiple > 0 ? p.stages[k].multiple : 1;
                const double high = fmin(floor(high_of(&p.stages[k]) / (double)step) * (double)step, 300.0);
                const double low = (double)low_of(&p.stages[k], k == 0);

                n[k] = low * pow(high / low, uniform(draw * 100000 + i, (uint64_t)k, 0.0, 1.0));
                if (i % 3 == 0)
                    n[k] = fmin(fmax(exact[k] * uniform(draw * 100000 + i, 9U + (uint64_t)k, 0.9, 1.1), low), high);
            }
            if (p.opts.budget > 0.0 && cost_of(&p, n) <= p.opts.budget)
                assert_true(cv2_of(&p, n) >= best * (1.0 - 1e-9));
            if (p.opts.cv > 0.0 && cv2_of(&p, n) <= p.opts.cv * p.opts.cv)
                assert_true(cost_of(&p, n) >= best * (1.0 - 1e-9));
        }
    }
}

static void size_undoes_precision(void **state)
{
    (void)state;
    sipas_size_stage stages[STAGES] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
    sipas_table *table, *worth;
    sipas_error err;

    stages[0].name = "commune";
    stages[0].cost = 500.0;
    stages[0].homogeneity = 0.03;
    stages[0].k = 1.1;
    stages[1].name = "village";
    stages[1].cost = 100.0;
    stages[1].homogeneity = 0.08;
    stages[1].population = 12.0;
    stages[2].name = "household";
    stages[2].cost = 20.0;
    opts.relvariance = 0.25;
    opts.fixed_cost = 5000.0;
    opts.cv = 0.015;
    opts.response = 0.7;
    opts.per_household = 0.8;
    check(sipas_size_stages(NULL, stages, 3, &opts, &table, &err), &err);
    assert_int_equal(whole(table, "issued", 2), (int64_t)ceil((double)whole(table, "n", 2) / 0.7));
    assert_int_equal(whole(table, "households", 2), (int64_t)ceil((double)whole(table, "n", 2) / 0.7 / 0.8));
    assert_true(missing(table, "households", 1));
    assert_int_equal(whole(table, "total", 2), whole(table, "n", 0) * whole(table, "n", 1) * whole(table, "n", 2));
    for (int i = 0; i < 3; i++) stages[i].n = real(table, "n_exact", i);
    check(sipas_precision_stages(NULL, stages, 3, &opts, &worth, &err), &err);
    assert_close(strtod(meta(worth, "cv"), NULL), 0.015, 1e-12);
    assert_close(strtod(meta(worth, "relative_margin"), NULL), 0.015 * 1.959963984540054, 1e-12);
    assert_close(strtod(meta(worth, "cost"), NULL), strtod(meta(table, "cost_exact"), NULL), 1e-12);
    assert_close(real(worth, "share", 0) + real(worth, "share", 1) + real(worth, "share", 2), 1.0, 1e-12);
    assert_string_equal(text(worth, "name", 1), "village");
    sipas_table_free(worth);
    sipas_table_free(table);
    /* the same cost buys the same design */
    for (int i = 0; i < 3; i++) stages[i].n = 0.0;
    check(sipas_size_stages(NULL, stages, 3, &opts, &table, &err), &err);
    opts.budget = strtod(meta(table, "cost_exact"), NULL);
    opts.cv = 0.0;
    check(sipas_size_stages(NULL, stages, 3, &opts, &worth, &err), &err);
    for (int i = 0; i < 3; i++) assert_close(real(worth, "n_exact", i), real(table, "n_exact", i), 1e-9);
    sipas_table_free(worth);
    sipas_table_free(table);
}

/* Villages of 8 persons, villages and persons drawn from a model: what precision_stages() says of the model's components is the
 * variance of two-stage samples from such a population, S_1²/n_1 (1 - n_1/N_1) + S_2²/(n_1 n_2) (1 - n_2/8) (Cochran 1977, eq. 10.13),
 * S² counted over all of it; its own components are those of the other convention. */
static void model_components_become_those_of_the_population(void **state)
{
    enum { VILLAGES = 20000, PERSONS = 8 };
    const double between = 0.4, within = 2.0, centre = 10.0;
    sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
    double mean = 0.0, s1 = 0.0, s2 = 0.0, cv2;
    sipas_table *table;
    sipas_error err;

    (void)state;
    for (uint64_t i = 0; i < VILLAGES; i++) {
        double y[PERSONS], sum = 0.0;
        const double effect = between * sqrt(12.0) * (uniform(i, 0, 0.0, 1.0) - 0.5);

        for (uint64_t j = 0; j < PERSONS; j++) {
            y[j] = centre + effect + within * sqrt(12.0) * (uniform(i, 1 + j, 0.0, 1.0) - 0.5);
            sum += y[j];
        }
        for (int j = 0; j < PERSONS; j++) s2 += pow(y[j] - sum / PERSONS, 2.0) / (PERSONS - 1) / VILLAGES;
        mean += sum / PERSONS / VILLAGES;
        s1 += pow(sum / PERSONS - centre, 2.0) / VILLAGES;
    }
    cv2 = (s1 / 100.0 * (1.0 - 100.0 / VILLAGES) + s2 / 400.0 * 0.5) / (mean * mean);
    stages[0].cost = stages[1].cost = 1.0;
    stages[0].relvariance = between * between / (centre * centre);
    stages[1].relvariance = within * within / (centre * centre);
    stages[0].population = VILLAGES;
    stages[1].population = PERSONS;
    stages[0].n = 100.0;
    stages[1].n = 4.0;
    check(sipas_precision_stages(NULL, stages, 2, &opts, &table, &err), &err);
    assert_close(pow(strtod(meta(table, "cv"), NULL), 2.0), cv2, 0.03);
    assert_string_equal(meta(table, "components"), "model");
    sipas_table_free(table);
    /* an intraclass correlation says the same */
    opts.relvariance = stages[0].relvariance + stages[1].relvariance;
    stages[0].homogeneity = stages[0].relvariance / opts.relvariance;
    stages[0].relvariance = stages[1].relvariance = 0.0;
    check(sipas_precision_stages(NULL, stages, 2, &opts, &table, &err), &err);
    assert_close(pow(strtod(meta(table, "cv"), NULL), 2.0), cv2, 0.03);
    sipas_table_free(table);
    opts.relvariance = stages[0].homogeneity = 0.0;
    opts.components = SIPAS_COMPONENTS_POPULATION;
    stages[0].relvariance = s1 / (mean * mean);
    stages[1].relvariance = s2 / (mean * mean);
    check(sipas_precision_stages(NULL, stages, 2, &opts, &table, &err), &err);
    assert_close(pow(strtod(meta(table, "cv"), NULL), 2.0), cv2, 1e-12);
    sipas_table_free(table);
}

/* 6 persons wanted, 4 there: whoever is in the households of these 4. */
static void households_end_at_the_population(void **state)
{
    (void)state;
    sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
    sipas_table *table;
    sipas_error err;

    stages[0].cost = 500.0;
    stages[0].homogeneity = 0.05;
    stages[0].n = 40.0;
    stages[1].cost = 50.0;
    stages[1].n = 3.0;
    stages[1].population = 4.0;
    opts.budget = 26000.0;
    opts.response = 0.5;
    opts.per_household = 2.0;
    check(sipas_size_stages(NULL, stages, 2, &opts, &table, &err), &err);
    assert_int_equal(whole(table, "issued", 1), 4);
    assert_int_equal(whole(table, "households", 1), 2);
    sipas_table_free(table);
    opts.per_household = -1.0;
    assert_int_equal(sipas_size_stages(NULL, stages, 2, &opts, &table, &err), SIPAS_ERR_OPTION);
    assert_string_equal(err.message, "option per_household: -1 is not a finite number greater than 0");
}

/* svyplan: n_cluster(c(500, 50), delta = .05, m = 40): n_2 by budget 40, by cv = .05 (1 - δ) / (cv² m - δ) = 19. */
static void given_stages_stay(void **state)
{
    (void)state;
    sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
    sipas_table *table;
    sipas_error err;

    stages[0].cost = 500.0;
    stages[0].homogeneity = 0.05;
    stages[0].n = 40.0;
    stages[1].cost = 50.0;
    opts.budget = 1e5;
    check(sipas_size_stages(NULL, stages, 2, &opts, &table, &err), &err);
    assert_close(real(table, "n_exact", 0), 40.0, 0.0);
    assert_close(real(table, "n_exact", 1), 40.0, 1e-12);
    assert_int_equal(whole(table, "n", 1), 40);
    assert_close(strtod(meta(table, "deff"), NULL), 1.0 + 0.05 * 39.0, 1e-12);
    sipas_table_free(table);
    opts.budget = 0.0;
    opts.cv = 0.05;
    check(sipas_size_stages(NULL, stages, 2, &opts, &table, &err), &err);
    assert_close(real(table, "n_exact", 1), 0.95 / (0.0025 * 40.0 - 0.05), 1e-12);
    assert_int_equal(whole(table, "n", 1), 19);
    sipas_table_free(table);
}

/* ---- errors ---- */

static void expect(const sipas_size_stage *stages, const sipas_size_stages_opts *opts, sipas_status status,
                   int32_t column, const char *message)
{
    sipas_table *table = (sipas_table *)&status;
    sipas_error err;

    assert_int_equal(sipas_size_stages(NULL, stages, 2, opts, &table, &err), status);
    assert_null(table);
    assert_string_equal(err.message, message);
    assert_int_equal(err.column, column);
}

static void bad_stages_are_named(void **state)
{
    (void)state;
    sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
    sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
    sipas_table *table;

    stages[0].cost = 500.0;
    stages[0].homogeneity = 0.05;
    stages[1].cost = 50.0;
    expect(stages, &opts, SIPAS_ERR_OPTION, -1, "a budget or a cv is needed");
    opts.budget = 1000.0;
    expect(stages, &opts, SIPAS_ERR_INFEASIBLE, -1,
           "the budget 1000 does not pay for the fewest units, which cost 1100");
    opts.cv = 0.1;
    expect(stages, &opts, SIPAS_ERR_OPTION, -1, "option cv: 0.1 is given beside a budget; there is one target");
    opts.cv = 0.0;
    opts.fixed_cost = 1000.0;
    expect(stages, &opts, SIPAS_ERR_OPTION, -1, "option fixed_cost: 1000 leaves nothing of the budget");
    opts.fixed_cost = opts.budget = 0.0;
    opts.cv = 0.05;
    stages[0].maximum = 15;
    expect(stages, &opts, SIPAS_ERR_INFEASIBLE, -1,
           "a cv of 0.05 is not reached with the most units, which have 0.057735");
    stages[0].maximum = 7;
    stages[0].multiple = 10;
    expect(stages, &opts, SIPAS_ERR_OPTION, 0, "stage 1: minimum: no multiple of 10 lies between 2 and 7");
    stages[0].maximum = stages[0].multiple = 0;
    stages[0].n = 2.5;
    expect(stages, &opts, SIPAS_ERR_OPTION, 0, "stage 1: n: 2.5 is not a whole number");
    stages[0].n = 0.0;
    stages[1].name = "person";
    stages[1].homogeneity = 0.1;
    expect(stages, &opts, SIPAS_ERR_OPTION, 1, "stage person: homogeneity: has no use at the last stage");
    stages[1].homogeneity = 0.0;
    stages[1].relvariance = 0.1;
    expect(stages, &opts, SIPAS_ERR_OPTION, 0, "stage 1: homogeneity: is given beside relvariances");
    stages[1].relvariance = 0.0;
    stages[1].cost = 0.0;
    expect(stages, &opts, SIPAS_ERR_OPTION, 1, "stage person: cost: 0 is not a finite number greater than 0");
    stages[1].cost = 50.0;
    stages[0].homogeneity = 1.5;
    expect(stages, &opts, SIPAS_ERR_OPTION, 0, "stage 1: homogeneity: 1.5 is not in [0, 1]");
    stages[0].homogeneity = 0.05;
    stages[1].population = 5.0;
    stages[1].n = 6.0;
    expect(stages, &opts, SIPAS_ERR_OPTION, 1, "stage person: n: 6 is more than the population 5");
    assert_int_equal(sipas_size_stages(NULL, stages, 4, &opts, &table, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_size_stages(NULL, stages, 2, NULL, &table, NULL), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_precision_stages(NULL, stages, 2, &opts, &table, NULL), SIPAS_ERR_OPTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_field_design_is_the_best_of_all),
        cmocka_unit_test(no_real_design_is_better),
        cmocka_unit_test(size_undoes_precision),
        cmocka_unit_test(model_components_become_those_of_the_population),
        cmocka_unit_test(households_end_at_the_population),
        cmocka_unit_test(given_stages_stay),
        cmocka_unit_test(bad_stages_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
