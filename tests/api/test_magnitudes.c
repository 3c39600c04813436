/*
 * Figures that are small beside what they are made of: samples that are nearly everybody, spreads that lie orders of
 * magnitude apart, values that differ in their last digits. Against the definitions in 64 bits, N S² (N - n) / n, and against
 * every whole number there is.
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

enum { STRATA = 3 };

static int64_t below(uint64_t *seed, int64_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((*seed >> 33) % (uint64_t)limit);
}

typedef struct problem {
    double size[STRATA], sd[STRATA], cost[STRATA], variance;
} problem;

static const int64_t *ints(const sipas_table *table, const char *name)
{
    const int64_t *values;

    assert_int_equal(sipas_table_get_i64(table, name, &values, NULL), SIPAS_OK);
    return values;
}

static long double variance_of(const problem *p, const int64_t *n)
{
    long double sum = 0.0L;

    for (int h = 0; h < STRATA; h++)
        if ((double)n[h] < p->size[h])
            sum += (long double)p->size[h] * p->sd[h] * p->sd[h] * ((long double)p->size[h] - (long double)n[h]) /
                   (long double)n[h];
    return sum;
}

static double cost_of(const problem *p, const int64_t *n)
{
    double sum = 0.0;

    for (int h = 0; h < STRATA; h++) sum += p->cost[h] * (double)n[h];
    return sum;
}

/* The least cost of all whole numbers that keep the variance. */
static double cheapest(const problem *p)
{
    double least = (double)INFINITY;
    int64_t n[STRATA];

    for (n[0] = 1; n[0] <= (int64_t)p->size[0]; n[0]++)
        for (n[1] = 1; n[1] <= (int64_t)p->size[1]; n[1]++)
            for (n[2] = 1; n[2] <= (int64_t)p->size[2]; n[2]++)
                if ((double)variance_of(p, n) <= p->variance) least = fmin(least, cost_of(p, n));
    return least;
}

/* Spreads of 1e-6 … 1e6, a variance that some numbers have. */
static problem random_problem(uint64_t *seed, int with_costs)
{
    problem p;
    int64_t n[STRATA];

    do {
        for (int h = 0; h < STRATA; h++) {
            p.size[h] = (double)(2 + below(seed, 20));
            p.sd[h] = (double)(1 + below(seed, 9)) * pow(10.0, (double)(below(seed, 13) - 6));
            p.cost[h] = with_costs ? (double)(1 + below(seed, 5)) : 1.0;
            n[h] = below(seed, 2) ? (int64_t)p.size[h] : 1 + below(seed, (int64_t)p.size[h]);
        }
        p.variance = (double)(variance_of(&p, n) * 1.000001L);
    } while (!(p.variance > 0.0));
    return p;
}

static void a_precision_is_kept_whatever_the_spreads(void **state)
{
    (void)state;
    uint64_t seed = 12;

    for (int trial = 0; trial < 2000; trial++) {
        const problem p = random_problem(&seed, trial % 2);
        const sipas_column size = sipas_column_f64(p.size, STRATA), sd = sipas_column_f64(p.sd, STRATA),
                           cost = sipas_column_f64(p.cost, STRATA);
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;
        sipas_table *table;
        sipas_error err;

        target.of = SIPAS_OF_TOTAL;
        target.variance = p.variance;
        opts.sd = &sd;
        if (trial % 2) opts.method = SIPAS_ALLOCATE_COST, opts.cost = &cost;
        check(sipas_allocate_precision(NULL, &size, &target, &opts, &table, &err), &err);
        assert_true((double)variance_of(&p, ints(table, "n")) <= p.variance * (1.0 + 1e-12));
        assert_close(cost_of(&p, ints(table, "n")), cheapest(&p), 1e-12);
        sipas_table_free(table);
    }
}

static void several_targets_are_kept_whatever_the_spreads(void **state)
{
    (void)state;
    uint64_t seed = 21;

    for (int trial = 0; trial < 2000; trial++) {
        const problem p = random_problem(&seed, trial % 2);
        const double se = sqrt(p.variance);
        const sipas_column size = sipas_column_f64(p.size, STRATA), sd = sipas_column_f64(p.sd, STRATA),
                           cost = sipas_column_f64(p.cost, STRATA), target = sipas_column_f64(&se, 1);
        sipas_allocate_multi_opts opts = SIPAS_ALLOCATE_MULTI_OPTS_INIT;
        double least;
        sipas_table *table, *precision;
        sipas_error err;

        opts.n_variables = 1;
        opts.sd = &sd;
        opts.cost = &cost;
        opts.measure = SIPAS_TARGET_SE_TOTAL;
        opts.target = &target;
        check(sipas_allocate_multi(NULL, &size, &opts, &table, &precision, NULL, &err), &err);
        least = cheapest(&p);
        assert_true((double)variance_of(&p, ints(table, "n")) <= p.variance * (1.0 + 1e-11));
        assert_close(real(precision, "expected", 0), (double)sqrtl(variance_of(&p, ints(table, "n"))), 1e-13);
        assert_true(strtod(meta(table, "bound"), NULL) <= least * (1.0 + 1e-9));
        assert_true(cost_of(&p, ints(table, "n")) <= least * 1.2);
        sipas_table_free(table);
        sipas_table_free(precision);
    }
}

static void a_plan_of_nearly_everybody_has_its_standard_error(void **state)
{
    (void)state;
    uint64_t seed = 33;

    for (int trial = 0; trial < 500; trial++) {
        const double size = floor(pow(10.0, 1.0 + 0.01 * (double)below(&seed, 1100)));
        const double sd = pow(10.0, (double)(below(&seed, 25) - 12));
        const int64_t n = (int64_t)size - below(&seed, 9);
        const problem p = {{size, 1.0, 1.0}, {sd, 0.0, 0.0}, {1.0, 1.0, 1.0}, 0.0};
        const int64_t all[STRATA] = {n, 1, 1};
        const sipas_column sizes = sipas_column_f64(&size, 1), ns = sipas_column_i64(&n, 1),
                           sds = sipas_column_f64(&sd, 1);
        const sipas_plan_variable variable = {.sd = &sds};
        sipas_plan_opts opts = SIPAS_PLAN_OPTS_INIT;
        sipas_table *table;
        sipas_error err;

        opts.of = SIPAS_OF_TOTAL;
        check(sipas_plan_expect(NULL, &ns, &sizes, &variable, 1, NULL, &opts, &table, &err), &err);
        assert_close(real(table, "se", 0), (double)sqrtl(variance_of(&p, all)), 1e-14);
        sipas_table_free(table);
    }
}

/* V of a difference: S² (A + B) - 2 ρ S² C of samples of n and m = r n with g n in both (Tam 1984). */
static void figures_of_nearly_everybody_have_their_standard_error(void **state)
{
    (void)state;
    uint64_t seed = 44;

    for (int trial = 0; trial < 500; trial++) {
        const double size = floor(pow(10.0, 1.0 + 0.01 * (double)below(&seed, 1100)));
        const double n = size - (double)(1 + below(&seed, 8)), sd = pow(10.0, (double)(below(&seed, 25) - 12));
        const long double people = size, gap = (people - n) / people / n, rho = 1.0L - powl(10.0L, -1 - trial % 12);
        const sipas_column sizes = sipas_column_f64(&size, 1), ns = sipas_column_f64(&n, 1);
        sipas_size_figure figures[2] = {SIPAS_SIZE_FIGURE_INIT, SIPAS_SIZE_FIGURE_INIT};
        const long double s2 = (long double)sd * sd;
        sipas_table *table;
        sipas_error err;

        for (int i = 0; i < 2; i++) figures[i].statistic = SIPAS_FIGURE_MEAN, figures[i].sd = sd;
        figures[1].compare = SIPAS_COMPARE_ROUNDS;
        figures[1].overlap = 1.0;
        figures[1].overlap_correlation = (double)rho;
        check(sipas_precision_figures(NULL, &sizes, &ns, figures, 2, NULL, &table, &err), &err);
        assert_close(real(table, "se", 0), (double)sqrtl(s2 * gap), 1e-14);
        assert_close(real(table, "se", 1), (double)sqrtl(2.0L * s2 * gap * (1.0L - (long double)(double)rho)), 1e-14);
        sipas_table_free(table);
    }
}

/* Relvariances of values about 10^12 that differ by a few, and of values 10^-12 … 10^12. */
static void components_keep_the_last_digits(void **state)
{
    (void)state;
    enum { PSUS = 5, PERSONS = 35 };
    uint64_t seed = 55;

    for (int trial = 0; trial < 300; trial++) {
        const double base = trial % 2 ? 1e12 : 0.0;
        double y[PERSONS];
        int32_t psu[PERSONS];
        long double within = 0.0L, total = 0.0L;
        sipas_column values = sipas_column_f64(y, PERSONS), clusters = sipas_column_i32(psu, PERSONS);
        sipas_table *table;
        sipas_error err;

        for (int i = 0; i < PERSONS; i++) {
            psu[i] = i % PSUS;
            y[i] = base + (double)(1 + below(&seed, 9)) * (base > 0.0 ? 1.0 : pow(10.0, (double)(6 * psu[i] - 12)));
            total += y[i];
        }
        for (int u = 0; u < PSUS; u++) {
            long double mean = 0.0L, sum = 0.0L;

            for (int i = u; i < PERSONS; i += PSUS) mean += ((long double)y[i] - base) * PSUS / PERSONS;
            for (int i = u; i < PERSONS; i += PSUS) sum += (y[i] - base - mean) * (y[i] - base - mean);
            within += sum / (PERSONS / PSUS - 1) * (PERSONS / PSUS) * (PERSONS / PSUS) * PSUS;
        }
        check(sipas_components_frame(NULL, &values, &clusters, 1, NULL, &table, &err), &err);
        assert_close(real(table, "relvariance", 1), (double)(within / (total * total)), 1e-13);
        sipas_table_free(table);
    }
}

/* CV² of a two-stage design by definition. */
static long double cv2_of(const sipas_size_stage *stages, double n1, double n2)
{
    const long double first = stages[0].relvariance * (stages[0].population - n1) / stages[0].population / n1;

    return first + stages[1].relvariance * (stages[1].population - n2) / stages[1].population / n2 / n1;
}

static void a_small_cv_of_a_small_frame_is_kept(void **state)
{
    (void)state;
    uint64_t seed = 66;

    for (int trial = 0; trial < 1000; trial++) {
        sipas_size_stage stages[2] = {SIPAS_SIZE_STAGE_INIT, SIPAS_SIZE_STAGE_INIT};
        sipas_size_stages_opts opts = SIPAS_SIZE_STAGES_OPTS_INIT;
        long double wanted = 0.0L;
        double least = (double)INFINITY;
        sipas_table *table;
        sipas_error err;

        while (!(wanted > 0.0L)) {
            double n[2];

            for (int i = 0; i < 2; i++) {
                stages[i].cost = (double)(1 + below(&seed, 9));
                stages[i].relvariance = (double)(1 + below(&seed, 9)) * pow(10.0, (double)(below(&seed, 13) - 12));
                stages[i].population = (double)(3 + below(&seed, 20));
                n[i] = below(&seed, 2) ? stages[i].population : 2.0 + (double)below(&seed, 2);
            }
            wanted = cv2_of(stages, n[0], n[1]) * 1.000001L;
        }
        opts.cv = (double)sqrtl(wanted);
        opts.components = SIPAS_COMPONENTS_POPULATION;
        check(sipas_size_stages(NULL, stages, 2, &opts, &table, &err), &err);
        for (double n1 = 2.0; n1 <= stages[0].population; n1++)
            for (double n2 = 1.0; n2 <= stages[1].population; n2++)
                if (cv2_of(stages, n1, n2) <= wanted) least = fmin(least, n1 * (stages[0].cost + stages[1].cost * n2));
        assert_true(cv2_of(stages, (double)whole(table, "n", 0), (double)whole(table, "n", 1)) <=
                    wanted * (1.0L + 1e-9L));
        assert_close(strtod(meta(table, "cost"), NULL), least, 1e-12);
        sipas_table_free(table);
    }
}

/* A floor of precision beside a leaf that is taken whole and whose Σ N S² hides the variance: the least number to the unit. */
static void a_floor_beside_a_leaf_taken_whole_is_exact(void **state)
{
    (void)state;
    static const int64_t code[] = {1, 2, 3}, parent[] = {-1, 0, 0};
    static const double size[] = {0.0, 100.0, 100000.0}, sd[] = {0.0, 1e6, 1e-3}, lower[] = {0.0, 100.0, 0.0};

    for (int64_t n = 10000; n < 100000; n += 17771) {
        const double people = size[1] + size[2];
        const double se = sqrt(size[2] * sd[2] * sd[2] * (size[2] - (double)n) / (double)n) / people;
        const double target[] = {se, (double)INFINITY, (double)INFINITY};
        const sipas_column codes = sipas_column_i64(code, 3), parents = sipas_column_i64(parent, 3),
                           sizes = sipas_column_f64(size, 3), sds = sipas_column_f64(sd, 3),
                           lowers = sipas_column_f64(lower, 3), targets = sipas_column_f64(target, 3);
        sipas_unit_opts unit_opts = SIPAS_UNIT_OPTS_INIT;
        sipas_allocate_tree_opts opts = SIPAS_ALLOCATE_TREE_OPTS_INIT;
        sipas_unit_tree *tree;
        sipas_table *table;
        sipas_error err;

        unit_opts.parent_row = &parents;
        check(sipas_unit_tree_new(NULL, &codes, NULL, &unit_opts, &tree, &err), &err);
        opts.method = SIPAS_ALLOCATE_NEYMAN;
        opts.measure = SIPAS_TARGET_SE;
        opts.sd = &sds;
        opts.lower = &lowers;
        opts.target = &targets;
        check(sipas_allocate_tree(NULL, SIPAS_ALLOCATE_NO_TOTAL, tree, &sizes, &opts, &table, &err), &err);
        assert_int_equal(ints(table, "n")[1], 100);
        assert_int_equal(ints(table, "n")[2], n);
        sipas_table_free(table);
        sipas_unit_tree_free(tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_precision_is_kept_whatever_the_spreads),
        cmocka_unit_test(several_targets_are_kept_whatever_the_spreads),
        cmocka_unit_test(a_plan_of_nearly_everybody_has_its_standard_error),
        cmocka_unit_test(figures_of_nearly_everybody_have_their_standard_error),
        cmocka_unit_test(components_keep_the_last_digits),
        cmocka_unit_test(a_small_cv_of_a_small_frame_is_kept),
        cmocka_unit_test(a_floor_beside_a_leaf_taken_whole_is_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
