/*
 * Allocation for several variables and domains: the optimality conditions, every whole solution of small problems, single
 * variables against Neyman, the best ratio, order of rows, tables, and the sentence of every error.
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

#include "assert_close.h"
#include "result.h"

enum { MOST = 60, VARIABLES = 3, CUTS = 2, DOMAINS = 4, ROWS = 16 };

/* A problem, and its rows of targets: the whole, then each cut. */
typedef struct problem {
    int64_t n_strata;
    int32_t n_variables, n_cuts;
    double size[MOST], sd[VARIABLES][MOST], mean[VARIABLES][MOST], cost[MOST];
    int64_t lower[MOST], upper[MOST], code[MOST];
    int32_t domain[CUTS][MOST];
    double target[VARIABLES][CUTS + 1];
    sipas_allocate_multi_opts opts;
} problem;

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static double uniform(uint64_t *seed)
{
    return ((double)next_random(seed) + 0.5) / 2147483648.0;
}

static int64_t below(uint64_t *seed, int64_t limit)
{
    return (int64_t)(next_random(seed) % (uint64_t)limit);
}

typedef struct columns {
    sipas_column size, cost, lower, upper, code, sd[VARIABLES], mean[VARIABLES], by[CUTS], target[VARIABLES], target_by;
} columns;

static sipas_status solve_into(problem *p, sipas_table **table, sipas_table **precision, sipas_table **gain,
                               sipas_error *err)
{
    static const char *const cuts[] = {NULL, "1", "2"};
    columns c;
    sipas_allocate_multi_opts *opts = &p->opts;

    c.size = sipas_column_f64(p->size, p->n_strata);
    c.cost = sipas_column_f64(p->cost, p->n_strata);
    c.lower = sipas_column_i64(p->lower, p->n_strata);
    c.upper = sipas_column_i64(p->upper, p->n_strata);
    c.code = sipas_column_i64(p->code, p->n_strata);
    for (int v = 0; v < VARIABLES; v++) {
        c.sd[v] = sipas_column_f64(p->sd[v], p->n_strata);
        c.mean[v] = sipas_column_f64(p->mean[v], p->n_strata);
        c.target[v] = sipas_column_f64(p->target[v], p->n_cuts + 1);
    }
    for (int b = 0; b < CUTS; b++) c.by[b] = sipas_column_i32(p->domain[b], p->n_strata);
    c.target_by = sipas_column_code(cuts, p->n_cuts + 1);
    opts->n_variables = p->n_variables;
    opts->n_by = p->n_cuts;
    opts->code = &c.code;
    opts->cost = &c.cost;
    opts->lower = &c.lower;
    opts->upper = &c.upper;
    opts->sd = c.sd;
    opts->mean = c.mean;
    opts->by = c.by;
    opts->target_by = &c.target_by;
    opts->target = c.target;
    return sipas_allocate_multi(NULL, &c.size, opts, table, precision, gain, err);
}

static double meta_number(const sipas_table *table, const char *key)
{
    return strtod(meta(table, key), NULL);
}

/* ---- another way to the same figures ---- */

static int holds(const problem *p, int cut, int domain, int64_t h)
{
    return cut < 0 || p->domain[cut][h] == domain;
}

/* CV of a domain (cut -1 = the whole) with numbers n. */
static double cv_of(const problem *p, int cut, int domain, int v, const double *n)
{
    long double total = 0.0L, variance = 0.0L;

    for (int64_t h = 0; h < p->n_strata; h++) {
        const long double a = (long double)p->size[h] * p->sd[v][h];

        if (!holds(p, cut, domain, h)) continue;
        total += (long double)p->size[h] * p->mean[v][h];
        variance += a * a / n[h] - a * a / p->size[h];
    }
    return (double)(sqrtl(variance > 0.0L ? variance : 0.0L) / fabsl(total));
}

/* All domains that have strata. */
static int next_domain(const problem *p, int *cut, int *domain)
{
    for ((*domain)++; *cut < p->n_cuts; (*cut)++, *domain = 0)
        for (; *cut >= 0 && *domain < DOMAINS; (*domain)++)
            for (int64_t h = 0; h < p->n_strata; h++)
                if (p->domain[*cut][h] == *domain) return 1;
    return 0;
}

static int is_feasible(const problem *p, const double *n, double room)
{
    int cut = -1, domain = 0;

    do {
        for (int v = 0; v < p->n_variables; v++)
            if (cv_of(p, cut, domain, v, n) > p->target[v][cut + 1] * (1.0 + room)) return 0;
        if (cut < 0) cut = 0, domain = -1;
    } while (next_domain(p, &cut, &domain));
    return 1;
}

static problem random_problem(uint64_t *seed, int64_t n_strata, double largest)
{
    problem p = {.n_strata = n_strata};

    p.n_variables = 1 + (int32_t)below(seed, VARIABLES);
    p.n_cuts = (int32_t)below(seed, CUTS + 1);
    for (int64_t h = 0; h < n_strata; h++) {
        p.size[h] = floor(4.0 + largest * uniform(seed));
        p.cost[h] = below(seed, 2) ? 1.0 : 1.0 + (double)below(seed, 4);
        p.lower[h] = 1 + below(seed, 2);
        p.upper[h] = below(seed, 3) ? INT64_C(1) << 40 : p.lower[h] + (int64_t)(p.size[h] * uniform(seed));
        if (p.upper[h] > (int64_t)p.size[h]) p.upper[h] = (int64_t)p.size[h];
        p.code[h] = (37 * h + 11) % 1009;
        for (int b = 0; b < CUTS; b++) p.domain[b][h] = (int32_t)below(seed, DOMAINS);
        for (int v = 0; v < VARIABLES; v++) {
            p.mean[v][h] = 5.0 + 50.0 * uniform(seed);
            p.sd[v][h] = below(seed, 8) ? p.mean[v][h] * (0.1 + 1.4 * uniform(seed)) : 0.0;
        }
    }
    for (int v = 0; v < VARIABLES; v++)
        for (int b = 0; b <= CUTS; b++) p.target[v][b] = (0.02 + 0.3 * uniform(seed)) * (b ? 1.5 : 1.0);
    sipas_allocate_multi_opts_init(&p.opts);
    return p;
}

/* Targets that the upper bounds can reach, tight ones on purpose. */
static void make_feasible(problem *p)
{
    double upper[MOST];

    for (int64_t h = 0; h < p->n_strata; h++) upper[h] = (double)p->upper[h];
    for (int round = 0; round < 100 && !is_feasible(p, upper, -1e-3); round++)
        for (int v = 0; v < VARIABLES; v++)
            for (int b = 0; b <= CUTS; b++) p->target[v][b] *= 1.2;
}

/* ---- the optimality conditions ---- */

/* λ ≥ 0, targets kept, λ only where they bind, c = Σ λ term / n² between the bounds, the right sign at them. */
static void check_conditions(const problem *p, const sipas_table *table, const sipas_table *precision)
{
    double x[MOST], marginal[MOST] = {0.0};
    int cut = -1, domain = 0;
    int64_t row = 0;

    for (int64_t h = 0; h < p->n_strata; h++) x[h] = real(table, "continuous", h);
    do {
        for (int v = 0; v < p->n_variables; v++, row++) {
            const double lambda = real(precision, "multiplier", row), target = p->target[v][cut + 1];
            const double cv = cv_of(p, cut, domain, v, x);
            double total = 0.0, fpc = 0.0, limit;

            assert_true(lambda >= 0.0);
            assert_true(cv <= target * (1.0 + 1e-9));
            assert_close_scaled(real(precision, "continuous", row), cv, 1e-9, 1e-3 * target);
            if (lambda > 0.0) assert_close(cv, target, 1e-4);
            for (int64_t h = 0; h < p->n_strata; h++) {
                if (!holds(p, cut, domain, h)) continue;
                total += p->size[h] * p->mean[v][h];
                fpc += p->size[h] * p->sd[v][h] * p->sd[v][h];
            }
            limit = target * total * (target * total) + fpc;
            for (int64_t h = 0; h < p->n_strata; h++)
                if (holds(p, cut, domain, h)) marginal[h] += lambda * pow(p->size[h] * p->sd[v][h] / x[h], 2.0) / limit;
        }
        if (cut < 0) cut = 0, domain = -1;
    } while (next_domain(p, &cut, &domain));
    assert_int_equal(row, sipas_table_count_rows(precision));
    for (int64_t h = 0; h < p->n_strata; h++) {
        const double lower = (double)whole(table, "lower", h), upper = (double)whole(table, "upper", h);

        if (x[h] > lower && x[h] < upper)
            assert_close(marginal[h], p->cost[h], 1e-4);
        else
            assert_close_scaled(real(table, "price", h), p->cost[h] - marginal[h], 1e-9, p->cost[h]);
        if (x[h] <= lower && lower < upper) assert_true(marginal[h] <= p->cost[h] * (1.0 + 1e-4));
        if (x[h] >= upper && lower < upper) assert_true(marginal[h] >= p->cost[h] * (1.0 - 1e-4));
    }
}

static void check_whole(const problem *p, const sipas_table *table, const sipas_table *precision)
{
    double n[MOST], cost = 0.0;

    for (int64_t h = 0; h < p->n_strata; h++) {
        n[h] = (double)whole(table, "n", h);
        cost += p->cost[h] * n[h];
        assert_true(whole(table, "n", h) >= whole(table, "lower", h));
        assert_true(whole(table, "n", h) <= whole(table, "upper", h));
    }
    assert_true(is_feasible(p, n, 1e-9));
    for (int64_t row = 0; row < sipas_table_count_rows(precision); row++)
        assert_true(real(precision, "ratio", row) <= 1.0 + 1e-9);
    assert_close(meta_number(table, "cost"), cost, 1e-12);
    assert_true(meta_number(table, "cost") >= meta_number(table, "bound") * (1.0 - 1e-9));
    assert_true(meta_number(table, "bound") >= meta_number(table, "cost_continuous") * (1.0 - 1e-8));
    assert_true(meta_number(table, "gap_continuous") <= 1e-9);
}

static void optimality_conditions_hold(void **state)
{
    (void)state;
    uint64_t seed = 1989;

    for (int trial = 0; trial < 1500; trial++) {
        problem p = random_problem(&seed, 1 + below(&seed, MOST), trial % 3 ? 500.0 : 20.0);
        sipas_table *table, *precision;
        sipas_error err;

        make_feasible(&p);
        check(solve_into(&p, &table, &precision, NULL, &err), &err);
        check_conditions(&p, table, precision);
        check_whole(&p, table, precision);
        sipas_table_free(table);
        sipas_table_free(precision);
    }
}

/* ---- every whole solution ---- */

static double cheapest(const problem *p, double *n, int64_t h, double cost, double least)
{
    if (cost >= least) return least;
    if (h == p->n_strata) return is_feasible(p, n, 1e-12) ? cost : least;
    for (int64_t k = p->lower[h]; k <= p->upper[h]; k++) {
        n[h] = (double)k;
        least = cheapest(p, n, h + 1, cost + p->cost[h] * n[h], least);
    }
    return least;
}

static void whole_numbers_are_near_the_cheapest(void **state)
{
    (void)state;
    uint64_t seed = 4;
    int best = 0;
    enum { TRIALS = 400 };

    for (int trial = 0; trial < TRIALS; trial++) {
        problem p = random_problem(&seed, 1 + below(&seed, 4), 12.0);
        double n[MOST], least, cost;
        sipas_table *table;
        sipas_error err;

        make_feasible(&p);
        check(solve_into(&p, &table, NULL, NULL, &err), &err);
        cost = meta_number(table, "cost");
        least = cheapest(&p, n, 0, 0.0, (double)INFINITY);
        assert_true(cost >= least * (1.0 - 1e-12));
        assert_true(meta_number(table, "bound") <= least * (1.0 + 1e-9));
        assert_true(cost <= least + 4.0); /* never more than a respondent or two above */
        best += cost <= least * (1.0 + 1e-12);
        sipas_table_free(table);
    }
    print_message("%d of %d are the cheapest\n", best, TRIALS);
    assert_true(best * 100 >= TRIALS * 95);
}

/* ---- one variable, one domain ---- */

/* The least n for a variance is Neyman's: n ∝ N S, with n = (Σ N S)² / (T² + Σ N S²) (Cochran 1977, eq. 5.25). */
static void one_target_is_neyman(void **state)
{
    (void)state;
    uint64_t seed = 1934;

    for (int trial = 0; trial < 200; trial++) {
        problem p = random_problem(&seed, 2 + below(&seed, 20), 5000.0);
        double sum = 0.0, fpc = 0.0, total = 0.0, n;
        sipas_table *table;
        sipas_error err;

        p.n_variables = 1;
        p.n_cuts = 0;
        p.target[0][0] = 0.02 + 0.05 * uniform(&seed);
        for (int64_t h = 0; h < p.n_strata; h++) {
            p.size[h] += 2000.0;
            p.sd[0][h] = p.mean[0][h] * (0.5 + uniform(&seed));
            p.cost[h] = 1.0;
            p.lower[h] = 1;
            p.upper[h] = INT64_C(1) << 40;
            sum += p.size[h] * p.sd[0][h];
            fpc += p.size[h] * p.sd[0][h] * p.sd[0][h];
            total += p.size[h] * p.mean[0][h];
        }
        n = sum * sum / (p.target[0][0] * total * p.target[0][0] * total + fpc);
        p.opts.tol = 1e-12;
        check(solve_into(&p, &table, NULL, NULL, &err), &err);
        for (int64_t h = 0; h < p.n_strata; h++) {
            const double x = n * p.size[h] * p.sd[0][h] / sum;

            if (x > 1.0 && x < p.size[h]) assert_close(real(table, "continuous", h), x, 1e-9);
        }
        assert_close(meta_number(table, "cost_continuous"), n, 1e-9);
        sipas_table_free(table);
    }
}

/* ---- measures ---- */

/* The same target said in four ways gives the same numbers. */
static void measures_agree(void **state)
{
    (void)state;
    const double size[] = {4000, 2500, 900}, sd[] = {20, 35, 50}, mean[] = {61, 52, 44};
    const double total = 4000.0 * 61 + 2500.0 * 52 + 900.0 * 44, z = 1.6448536269514722;
    const double goal[] = {0.02, 0.02 * total / 7400.0, z * 0.02 * total / 7400.0, 0.02 * total};
    const sipas_column sizes = sipas_column_f64(size, 3), sds = sipas_column_f64(sd, 3),
                       means = sipas_column_f64(mean, 3);
    double first[3] = {0.0};

    for (int32_t measure = SIPAS_TARGET_CV; measure <= SIPAS_TARGET_SE_TOTAL; measure++) {
        const sipas_column target = sipas_column_f64(&goal[measure - 1], 1);
        sipas_allocate_multi_opts opts = SIPAS_ALLOCATE_MULTI_OPTS_INIT;
        sipas_table *table, *precision;
        sipas_error err;

        opts.n_variables = 1;
        opts.measure = measure;
        opts.level = 0.9;
        opts.sd = &sds;
        opts.mean = measure == SIPAS_TARGET_CV ? &means : NULL;
        opts.target = &target;
        opts.tol = 1e-12;
        check(sipas_allocate_multi(NULL, &sizes, &opts, &table, &precision, NULL, &err), &err);
        for (int64_t h = 0; h < 3; h++) {
            if (measure == SIPAS_TARGET_CV) first[h] = real(table, "continuous", h);
            assert_close(real(table, "continuous", h), first[h], 1e-10);
        }
        assert_close(real(precision, "continuous", 0), goal[measure - 1], 1e-10);
        sipas_table_free(table);
        sipas_table_free(precision);
    }
}

/* ---- what is asked and what it costs ---- */

/* The saving of a 1 % looser target, and the price of a bound, against solving again. */
static void savings_and_prices_are_derivatives(void **state)
{
    (void)state;
    uint64_t seed = 77;

    for (int trial = 0; trial < 60; trial++) {
        problem p = random_problem(&seed, 20, 400.0);
        sipas_table *table, *precision, *other;
        sipas_error err;
        int64_t row = 0;

        p.n_cuts = 0;
        make_feasible(&p);
        p.opts.tol = 1e-12;
        check(solve_into(&p, &table, &precision, NULL, &err), &err);
        for (int v = 0; v < p.n_variables; v++, row++) {
            const double kept = p.target[v][0], saving = real(precision, "saving", row);

            p.target[v][0] = kept * 1.0001;
            check(solve_into(&p, &other, NULL, NULL, &err), &err);
            p.target[v][0] = kept;
            assert_close_scaled(meta_number(table, "cost_continuous") - meta_number(other, "cost_continuous"),
                                0.01 * saving, 0.02, 1e-3 * meta_number(table, "cost"));
            sipas_table_free(other);
        }
        sipas_table_free(table);
        sipas_table_free(precision);
    }
}

static void gains_are_differences(void **state)
{
    (void)state;
    uint64_t seed = 12;
    problem p = random_problem(&seed, 30, 400.0);
    sipas_table *table, *gain;
    double n[MOST];
    sipas_error err;

    p.n_cuts = 1;
    p.n_variables = 2;
    make_feasible(&p);
    check(solve_into(&p, &table, NULL, &gain, &err), &err);
    assert_true(sipas_table_count_rows(gain) > 0);
    for (int64_t h = 0; h < p.n_strata; h++) n[h] = (double)whole(table, "n", h);
    for (int64_t row = 0; row < sipas_table_count_rows(gain); row++) {
        const int64_t h = whole(gain, "row", row);
        const int cut = missing(gain, "by", row) ? -1 : 0, v = atoi(text(gain, "variable", row)) - 1;
        const int domain = cut < 0 ? 0 : atoi(text(gain, "domain", row));
        const double before = cv_of(&p, cut, domain, v, n);
        double after;

        n[h] += 1.0;
        after = cv_of(&p, cut, domain, v, n);
        n[h] -= 1.0;
        assert_int_equal(atoi(text(gain, "code", row)), p.code[h]);
        if (missing(gain, "change", row))
            assert_int_equal(whole(table, "n", h), whole(table, "upper", h));
        else
            assert_close_scaled(real(gain, "change", row), after - before, 1e-6, 1e-4 * before);
    }
    sipas_table_free(table);
    sipas_table_free(gain);
}

/* ---- the best ratio ---- */

/* Least cost at the ratio found comes to the budget, and the whole numbers stay within it. */
static void best_ratio_is_the_inverse_of_least_cost(void **state)
{
    (void)state;
    uint64_t seed = 828;

    for (int trial = 0; trial < 400; trial++) {
        problem p = random_problem(&seed, 2 + below(&seed, 40), 400.0), q;
        double low = 0.0, high = 0.0, ratio, cost = 0.0, worst = 0.0;
        sipas_table *table, *precision, *other;
        sipas_error err;

        for (int64_t h = 0; h < p.n_strata; h++) {
            low += p.cost[h] * (double)p.lower[h];
            high += p.cost[h] * (double)p.upper[h];
        }
        p.opts.goal = SIPAS_MULTI_BEST_RATIO;
        p.opts.budget = low + (0.01 + 0.98 * uniform(&seed)) * (high - low) + 1.0;
        p.opts.tol = 1e-11;
        check(solve_into(&p, &table, &precision, NULL, &err), &err);
        ratio = meta_number(table, "ratio_continuous");
        for (int64_t h = 0; h < p.n_strata; h++) cost += p.cost[h] * (double)whole(table, "n", h);
        for (int64_t row = 0; row < sipas_table_count_rows(precision); row++)
            worst = fmax(worst, real(precision, "ratio", row));
        assert_true(cost <= p.opts.budget * (1.0 + 1e-12));
        assert_close_scaled(worst, meta_number(table, "ratio"), 1e-9, 1e-6);
        assert_true(worst >= ratio * (1.0 - 1e-9));
        if (ratio > 1e-6 && !find_note(table, "budget_left", -1)) {
            q = p;
            q.opts.goal = SIPAS_MULTI_LEAST_COST;
            q.opts.budget = 0.0;
            for (int v = 0; v < VARIABLES; v++)
                for (int b = 0; b <= CUTS; b++) q.target[v][b] *= ratio;
            check(solve_into(&q, &other, NULL, NULL, &err), &err);
            assert_close(meta_number(other, "cost_continuous"), p.opts.budget, 1e-8);
            sipas_table_free(other);
        }
        sipas_table_free(table);
        sipas_table_free(precision);
    }
}

static void a_budget_for_everybody_takes_everybody(void **state)
{
    (void)state;
    uint64_t seed = 3;
    problem p = random_problem(&seed, 5, 40.0);
    sipas_table *table;
    sipas_error err;

    p.opts.goal = SIPAS_MULTI_BEST_RATIO;
    p.opts.budget = 1e6;
    check(solve_into(&p, &table, NULL, NULL, &err), &err);
    for (int64_t h = 0; h < 5; h++) assert_int_equal(whole(table, "n", h), whole(table, "upper", h));
    assert_non_null(find_note(table, "budget_left", -1));
    sipas_table_free(table);
    p.opts.budget = 1.0;
    assert_int_equal(solve_into(&p, &table, NULL, NULL, &err), SIPAS_ERR_INFEASIBLE);
    assert_null(table);
}

/* ---- order of the rows ---- */

static void order_of_rows_changes_little(void **state)
{
    (void)state;
    uint64_t seed = 5;

    for (int trial = 0; trial < 100; trial++) {
        problem p = random_problem(&seed, 2 + below(&seed, 40), 300.0), q;
        sipas_table *one, *two;
        sipas_error err;

        make_feasible(&p);
        p.opts.tol = 1e-12;
        q = p;
        for (int64_t h = 0; h < p.n_strata; h++) {
            const int64_t from = p.n_strata - 1 - h;

            q.size[h] = p.size[from], q.cost[h] = p.cost[from], q.code[h] = p.code[from];
            q.lower[h] = p.lower[from], q.upper[h] = p.upper[from];
            for (int v = 0; v < VARIABLES; v++) q.sd[v][h] = p.sd[v][from], q.mean[v][h] = p.mean[v][from];
            for (int b = 0; b < CUTS; b++) q.domain[b][h] = p.domain[b][from];
        }
        check(solve_into(&p, &one, NULL, NULL, &err), &err);
        check(solve_into(&q, &two, NULL, NULL, &err), &err);
        assert_close(meta_number(one, "cost_continuous"), meta_number(two, "cost_continuous"), 1e-11);
        for (int64_t h = 0; h < p.n_strata; h++)
            assert_close(real(one, "continuous", h), real(two, "continuous", p.n_strata - 1 - h), 1e-4);
        sipas_table_free(one);
        sipas_table_free(two);
    }
}

/* ---- edges ---- */

/* Strata that no target is about have their lower bounds; one that is about nobody has none. */
static void strata_without_targets_have_their_lower_bounds(void **state)
{
    (void)state;
    const double size[] = {1000, 500, 0, 800}, sd[] = {3, 5, 4, 0}, mean[] = {10, 10, 10, 10}, target[] = {0.05};
    const char *const region[] = {"a", NULL, "a", "a"}, *const names[] = {"region"}, *const by_name[] = {"region"};
    const sipas_column sizes = sipas_column_f64(size, 4), sds = sipas_column_f64(sd, 4),
                       means = sipas_column_f64(mean, 4), by = sipas_column_code(region, 4),
                       targets = sipas_column_f64(target, 1), target_by = sipas_column_code(by_name, 1);
    sipas_allocate_multi_opts opts = SIPAS_ALLOCATE_MULTI_OPTS_INIT;
    sipas_table *table, *precision;
    sipas_error err;

    opts.n_variables = opts.n_by = 1;
    opts.sd = &sds;
    opts.mean = &means;
    opts.by = &by;
    opts.by_names = names;
    opts.target = &targets;
    opts.target_by = &target_by;
    opts.lower_value = 2;
    check(sipas_allocate_multi(NULL, &sizes, &opts, &table, &precision, NULL, &err), &err);
    assert_true(whole(table, "n", 0) > 2);
    assert_int_equal(whole(table, "n", 1), 2);
    assert_int_equal(whole(table, "n", 2), 0);
    assert_int_equal(whole(table, "n", 3), 2);
    assert_true(missing(table, "fraction", 2));
    assert_int_equal(sipas_table_count_rows(precision), 1);
    assert_string_equal(text(precision, "by", 0), "region");
    assert_string_equal(text(precision, "domain", 0), "a");
    sipas_table_free(table);
    sipas_table_free(precision);
}

/* A row for one domain stands above that for all domains of its cut. */
static void a_domain_s_own_row_counts(void **state)
{
    (void)state;
    const double size[] = {1000, 500}, sd[] = {3, 5}, mean[] = {10, 10}, target[] = {0.01, 0.05};
    const int32_t region[] = {7, 9}, rows[] = {9, 0};
    const uint8_t valid[] = {1};
    const char *const by_name[] = {"1", "1"};
    const sipas_column sizes = sipas_column_f64(size, 2), sds = sipas_column_f64(sd, 2),
                       means = sipas_column_f64(mean, 2), by = sipas_column_i32(region, 2),
                       targets = sipas_column_f64(target, 2), target_by = sipas_column_code(by_name, 2);
    sipas_column domain = sipas_column_i32(rows, 2);
    sipas_allocate_multi_opts opts = SIPAS_ALLOCATE_MULTI_OPTS_INIT;
    sipas_table *table, *precision;
    sipas_error err;

    domain.validity = valid;
    opts.n_variables = opts.n_by = 1;
    opts.sd = &sds;
    opts.mean = &means;
    opts.by = &by;
    opts.target = &targets;
    opts.target_by = &target_by;
    opts.target_domain = &domain;
    check(sipas_allocate_multi(NULL, &sizes, &opts, &table, &precision, NULL, &err), &err);
    assert_close(real(precision, "target", 0), 0.05, 0.0);
    assert_close(real(precision, "target", 1), 0.01, 0.0);
    sipas_table_free(table);
    sipas_table_free(precision);
}

/* ---- faults ---- */

/* Two strata in regions a and b, one variable; each fault changes one thing. */
typedef struct call {
    double size[2], sd[2], mean[2], cost[2], target[2];
    int64_t lower[2], upper[2];
    const char *code[2], *region[2], *by[2], *domain[2];
    sipas_allocate_multi_opts opts;
} call;

static call good_call(void)
{
    call c = {{1000, 500}, {3, 5},     {10, 12},   {1, 1},      {0.05, 0.05}, {1, 1},
              {1000, 500}, {"x", "y"}, {"a", "b"}, {"1", NULL}, {NULL, NULL}, SIPAS_ALLOCATE_MULTI_OPTS_INIT};

    c.opts.n_variables = c.opts.n_by = 1;
    return c;
}

static void expect(call *c, sipas_status status, const char *message)
{
    const sipas_column size = sipas_column_f64(c->size, 2), sd = sipas_column_f64(c->sd, 2),
                       mean = sipas_column_f64(c->mean, 2), cost = sipas_column_f64(c->cost, 2),
                       lower = sipas_column_i64(c->lower, 2), upper = sipas_column_i64(c->upper, 2),
                       code = sipas_column_code(c->code, 2), by = sipas_column_code(c->region, 2),
                       target = sipas_column_f64(c->target, 2), target_by = sipas_column_code(c->by, 2),
                       domain = sipas_column_code(c->domain, 2);
    sipas_table *table = (sipas_table *)(uintptr_t)1, *precision = table, *gain = table;
    sipas_error err = {.status = 0};

    c->opts.code = &code;
    c->opts.sd = &sd;
    c->opts.mean = &mean;
    c->opts.cost = &cost;
    if (!c->opts.lower_value) c->opts.lower = &lower;
    if (!c->opts.upper_value) c->opts.upper = &upper;
    c->opts.by = &by;
    c->opts.target = &target;
    c->opts.target_by = &target_by;
    c->opts.target_domain = &domain;
    assert_int_equal(sipas_allocate_multi(NULL, &size, &c->opts, &table, &precision, &gain, &err), status);
    if (status < 0) {
        assert_string_equal(err.message, message);
        assert_null(table);
        assert_null(precision);
        assert_null(gain);
    }
    sipas_table_free(table);
    sipas_table_free(precision);
    sipas_table_free(gain);
}

static void faults_in_strata_are_named(void **state)
{
    (void)state;
    call c = good_call();

    expect(&c, SIPAS_OK, "");
    c = good_call(), c.size[1] = (double)NAN;
    expect(&c, SIPAS_ERR_MISSING, "unit y (row 1): size is missing or NaN");
    c = good_call(), c.sd[0] = -1.0;
    expect(&c, SIPAS_ERR_VALUE, "unit x (row 0): sd of 1 is -1; it must be at least 0");
    c = good_call(), c.mean[1] = (double)NAN;
    expect(&c, SIPAS_ERR_MISSING, "unit y (row 1): the mean of variable 1 is missing or NaN");
    c = good_call(), c.cost[0] = 0.0;
    expect(&c, SIPAS_ERR_VALUE, "unit x (row 0): cost is 0; it must be greater than 0");
    c = good_call(), c.lower[1] = 501;
    expect(&c, SIPAS_ERR_INFEASIBLE,
           "unit y (row 1): the lower bound 501 is above the upper bound 500 (no stratum gets more than its size)");
    c = good_call(), c.lower[0] = 9, c.upper[0] = 8;
    expect(&c, SIPAS_ERR_INFEASIBLE, "unit x (row 0): the lower bound 9 is above the upper bound 8");
    c = good_call(), c.lower[0] = 0, c.upper[0] = 0;
    expect(&c, SIPAS_ERR_INFEASIBLE, "unit x (row 0): a target is about it, but its upper bound is 0");
    c = good_call(), c.code[1] = "x";
    expect(&c, SIPAS_ERR_DUPLICATE, "unit x (row 1): its code stands in row 0 already");
}

static void faults_in_targets_are_named(void **state)
{
    (void)state;
    call c = good_call();

    c.by[1] = "2";
    expect(&c, SIPAS_ERR_NOT_FOUND, "row 1 of the targets: there is no cut 2");
    c = good_call(), c.domain[0] = "c";
    expect(&c, SIPAS_ERR_NOT_FOUND, "row 0 of the targets: cut 1 has no domain c");
    c = good_call(), c.by[1] = "1";
    expect(&c, SIPAS_ERR_DUPLICATE, "row 1 of the targets: 1 has a row already");
    c = good_call(), c.by[1] = "1", c.domain[0] = c.domain[1] = "a";
    expect(&c, SIPAS_ERR_DUPLICATE, "row 1 of the targets: 1 a has a row already");
    c = good_call(), c.target[0] = 0.0;
    expect(&c, SIPAS_ERR_VALUE, "row 0 of the targets: the target of variable 1 is 0; it must be > 0");
    c = good_call(), c.target[0] = c.target[1] = (double)INFINITY;
    expect(&c, SIPAS_ERR_ARGUMENT, "target: no target has a value");
    c = good_call(), c.mean[0] = 0.0;
    expect(&c, SIPAS_ERR_VALUE, "variable 1 in 1 a: a target of 0.05 times 0 (the total) has no meaning");
    c = good_call(), c.upper[1] = 20;
    expect(&c, SIPAS_ERR_INFEASIBLE,
           "variable 1 in 1 b: the target 0.05 cannot be met; with every stratum at its upper bound it is 0.0912871");
}

static void faults_in_options_are_named(void **state)
{
    (void)state;
    const double size[] = {10.0};
    const sipas_column sizes = sipas_column_f64(size, 1);
    sipas_table *table;
    sipas_error err;
    call c = good_call();

    c.opts.goal = 3;
    expect(&c, SIPAS_ERR_OPTION, "option goal: 3 is not one of its values (0 to 2)");
    c = good_call(), c.opts.budget = 10.0;
    expect(&c, SIPAS_ERR_OPTION, "option budget: it is for the goal of the best ratio only");
    c = good_call(), c.opts.goal = SIPAS_MULTI_BEST_RATIO;
    expect(&c, SIPAS_ERR_OPTION, "option budget: the goal of the best ratio needs a finite number > 0");
    c = good_call(), c.opts.tol = 0.5;
    expect(&c, SIPAS_ERR_OPTION, "option tol: it must be from 1e-12 to 1e-2");
    c = good_call(), c.opts.n_variables = 0;
    expect(&c, SIPAS_ERR_OPTION, "option n_variables: 0 is not one of its values (1 to 1000)");
    assert_int_equal(sipas_allocate_multi(NULL, &sizes, NULL, &table, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    {
        const sipas_column by[2] = {sizes, {.type = SIPAS_TYPE_NONE}};
        sipas_allocate_multi_opts opts = SIPAS_ALLOCATE_MULTI_OPTS_INIT;

        opts.n_variables = 1;
        opts.n_by = 2;
        opts.sd = opts.mean = opts.target = &sizes;
        opts.by = by;
        assert_int_equal(sipas_allocate_multi(NULL, &sizes, &opts, &table, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
        assert_string_equal(err.message, "by: a column of the cuts is not given");
        opts.n_by = 1;
        opts.max_iter = -1;
        assert_int_equal(sipas_allocate_multi(NULL, &sizes, &opts, &table, NULL, NULL, &err), SIPAS_ERR_OPTION);
    }
    assert_int_equal(sipas_allocate_multi(NULL, &sizes, NULL, NULL, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
}

/* One step is not enough: the sentence says how far it got. */
static void not_converging_is_an_error(void **state)
{
    (void)state;
    uint64_t seed = 8;
    problem p = random_problem(&seed, 40, 400.0);
    sipas_table *table;
    sipas_error err;

    make_feasible(&p);
    p.opts.max_iter = 1;
    assert_int_equal(solve_into(&p, &table, NULL, NULL, &err), SIPAS_ERR_CONVERGENCE);
    assert_non_null(strstr(err.message, "no optimum after 1 Newton steps: the relative gap is "));
    assert_null(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimality_conditions_hold),
        cmocka_unit_test(whole_numbers_are_near_the_cheapest),
        cmocka_unit_test(one_target_is_neyman),
        cmocka_unit_test(measures_agree),
        cmocka_unit_test(savings_and_prices_are_derivatives),
        cmocka_unit_test(gains_are_differences),
        cmocka_unit_test(best_ratio_is_the_inverse_of_least_cost),
        cmocka_unit_test(a_budget_for_everybody_takes_everybody),
        cmocka_unit_test(order_of_rows_changes_little),
        cmocka_unit_test(strata_without_targets_have_their_lower_bounds),
        cmocka_unit_test(a_domain_s_own_row_counts),
        cmocka_unit_test(faults_in_strata_are_named),
        cmocka_unit_test(faults_in_targets_are_named),
        cmocka_unit_test(faults_in_options_are_named),
        cmocka_unit_test(not_converging_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
