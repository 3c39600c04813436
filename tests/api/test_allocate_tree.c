/*
 * Allocation over a tree: whole numbers against dynamic programming over every total of every unit, against the flat
 * allocation, against the structure of a national round; precision, equal shares, multiples, order of rows, and the
 * sentence of every error.
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

enum { MOST = 64, TOTAL = 60, CODE = 24 };

/* A tree whose rows come in preorder; code of a unit = code of its parent and a letter. */
typedef struct problem {
    int64_t n, total, parent[MOST];
    char code[MOST][CODE];
    double size[MOST], sd[MOST], cost[MOST], mean[MOST], lower[MOST], upper[MOST], target[MOST];
    uint8_t equal[MOST];
    sipas_allocate_tree_opts opts;
} problem;

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static int64_t below(uint64_t *seed, int64_t limit)
{
    return (int64_t)(next_random(seed) % (uint64_t)limit);
}

static int is_leaf(const problem *p, int64_t unit)
{
    for (int64_t i = unit + 1; i < p->n; i++)
        if (p->parent[i] == unit) return 0;
    return 1;
}

static void add_unit(problem *p, int64_t parent, int number)
{
    const int64_t unit = p->n++;

    p->parent[unit] = parent;
    (void)snprintf(p->code[unit], CODE, "%.20s%c", parent < 0 ? "" : p->code[parent], 'a' + number);
    p->lower[unit] = p->upper[unit] = p->target[unit] = (double)NAN;
    p->size[unit] = p->sd[unit] = p->cost[unit] = p->mean[unit] = 1.0;
}

/* Up to `levels` levels; branches may lack some. */
static void grow(problem *p, uint64_t *seed, int64_t parent, int levels, int widest)
{
    const int children = 1 + (int)below(seed, widest);

    for (int i = 0; i < children && p->n < MOST; i++) {
        const int64_t unit = p->n;

        add_unit(p, parent, i);
        if (levels > 1 && below(seed, 4)) grow(p, seed, unit, levels - 1, widest);
    }
}

static sipas_status solve_in_order(const problem *p, const int64_t *order, sipas_table **table, sipas_error *err)
{
    const char *code[MOST], *parent[MOST];
    double values[7][MOST];
    uint8_t equal[MOST];
    sipas_column column[7], codes, parents, equals;
    sipas_allocate_tree_opts opts = p->opts;
    sipas_unit_tree *tree;
    sipas_status status;

    for (int64_t i = 0; i < p->n; i++) {
        const int64_t unit = order ? order[i] : i;
        const double of[7] = {p->size[unit],  p->sd[unit],    p->cost[unit],  p->mean[unit],
                              p->lower[unit], p->upper[unit], p->target[unit]};

        code[i] = p->code[unit];
        parent[i] = p->parent[unit] < 0 ? NULL : p->code[p->parent[unit]];
        equal[i] = p->equal[unit];
        for (int k = 0; k < 7; k++) values[k][i] = of[k];
    }
    for (int k = 0; k < 7; k++) column[k] = sipas_column_f64(values[k], p->n);
    codes = sipas_column_code(code, p->n);
    parents = sipas_column_code(parent, p->n);
    equals = sipas_column_bool(equal, p->n);
    check(sipas_unit_tree_new(NULL, &codes, &parents, NULL, &tree, err), err);
    opts.sd = &column[1];
    opts.cost = &column[2];
    opts.mean = &column[3];
    opts.lower = &column[4];
    opts.upper = &column[5];
    opts.target = &column[6];
    opts.equal = &equals;
    status = sipas_allocate_tree(NULL, p->total, tree, &column[0], &opts, table, err);
    sipas_unit_tree_free(tree);
    return status;
}

static sipas_table *solve(const problem *p)
{
    sipas_table *table;
    sipas_error err;

    check(solve_in_order(p, NULL, &table, &err), &err);
    return table;
}

static double meta_number(const sipas_table *table, const char *key)
{
    return strtod(meta(table, key), NULL);
}

/* ---- every total of every unit ---- */

/* w of a leaf, and its term of the objective. */
static double weight_of(const problem *p, int64_t unit)
{
    switch (p->opts.method) {
    case SIPAS_ALLOCATE_EQUAL: return 1.0;
    case SIPAS_ALLOCATE_PROPORTIONAL: return p->size[unit];
    case SIPAS_ALLOCATE_SQRT: return sqrt(p->size[unit]);
    case SIPAS_ALLOCATE_NEYMAN: return p->size[unit] * p->sd[unit];
    default: return p->size[unit] * p->sd[unit] / sqrt(p->cost[unit]);
    }
}

static int by_hill(const problem *p)
{
    return p->opts.method >= SIPAS_ALLOCATE_NEYMAN || p->opts.rounding == SIPAS_ROUNDING_HILL;
}

static double term_of(const problem *p, int64_t unit, double k)
{
    const double w = weight_of(p, unit);

    if (w == 0.0) return 0.0;
    if (by_hill(p)) return w * w / k;
    switch (p->opts.rounding) {
    case SIPAS_ROUNDING_ADAMS: return k * (k - 1.0) / w;
    case SIPAS_ROUNDING_JEFFERSON: return k * (k + 1.0) / w;
    default: return k * k / w;
    }
}

static double least_bound(const problem *p, int64_t unit)
{
    const int need = is_leaf(p, unit) && isnan(p->lower[unit]) && weight_of(p, unit) > 0.0 &&
                     (by_hill(p) || p->opts.rounding == SIPAS_ROUNDING_ADAMS);

    return isnan(p->lower[unit]) ? (need && !(p->upper[unit] < 1.0) && p->size[unit] >= 1.0 ? 1.0 : 0.0)
                                 : p->lower[unit];
}

/* least[t] = the least objective below `unit` (-1 = the whole) with t there; infinite where the bounds forbid it. */
static void every_total(const problem *p, int64_t unit, double *least)
{
    double above[TOTAL + 1], child[TOTAL + 1];
    int first = 1;

    for (int64_t t = 0; t <= TOTAL; t++) least[t] = t == 0 ? 0.0 : (double)INFINITY;
    if (unit >= 0 && is_leaf(p, unit)) {
        for (int64_t t = 0; t <= TOTAL; t++)
            least[t] = (double)t <= p->size[unit] && (t > 0 || !by_hill(p) || weight_of(p, unit) == 0.0)
                           ? term_of(p, unit, (double)t)
                           : (double)INFINITY;
        first = 0;
    }
    for (int64_t c = unit + 1; first && c < p->n; c++) {
        if (p->parent[c] != unit) continue;
        every_total(p, c, child);
        memcpy(above, least, sizeof above);
        for (int64_t t = 0; t <= TOTAL; t++) {
            least[t] = (double)INFINITY;
            for (int64_t k = 0; k <= t; k++) least[t] = fmin(least[t], above[t - k] + child[k]);
        }
    }
    for (int64_t t = 0; unit >= 0 && t <= TOTAL; t++)
        if ((double)t < least_bound(p, unit) || (double)t > p->upper[unit]) least[t] = (double)INFINITY;
}

static problem random_problem(uint64_t *seed, int trial)
{
    problem p = {.n = 0};

    sipas_allocate_tree_opts_init(&p.opts);
    grow(&p, seed, -1, 1 + (int)below(seed, 4), trial % 3 ? 3 : 5);
    for (int64_t i = 0; i < p.n; i++) {
        p.size[i] = (double)(1 + below(seed, trial % 2 ? 8 : 60));
        p.sd[i] = (double)below(seed, 12 + (trial % 2 ? 0 : 50)) / 4.0;
        p.cost[i] = (double)(1 + below(seed, 3));
        if (!below(seed, 3)) p.lower[i] = (double)below(seed, is_leaf(&p, i) ? 3 : 9);
        if (!below(seed, 3)) p.upper[i] = (double)(1 + below(seed, is_leaf(&p, i) ? 8 : 30));
        if (p.upper[i] < p.lower[i]) p.upper[i] = p.lower[i];
    }
    p.total = below(seed, TOTAL + 1);
    return p;
}

static void check_sums_and_bounds(const problem *p, const sipas_table *table)
{
    for (int64_t i = -1; i < p->n; i++) {
        int64_t n = 0;
        double x = 0.0;

        for (int64_t c = i + 1; c < p->n; c++) {
            if (p->parent[c] != i) continue;
            n += whole(table, "n", c);
            x += real(table, "continuous", c);
        }
        if (i >= 0) {
            assert_true((double)whole(table, "n", i) >= least_bound(p, i));
            assert_false((double)whole(table, "n", i) > p->upper[i]);
            assert_true(real(table, "continuous", i) >= least_bound(p, i) * (1.0 - 1e-12));
            assert_false(real(table, "continuous", i) > p->upper[i] * (1.0 + 1e-12));
            if (is_leaf(p, i)) assert_true((double)whole(table, "n", i) <= p->size[i]);
        }
        if (i < 0 || !is_leaf(p, i)) {
            assert_int_equal(n, i < 0 ? p->total : whole(table, "n", i));
            assert_close_scaled(x, i < 0 ? (double)p->total : real(table, "continuous", i), 1e-11, 1.0);
        }
    }
}

static void whole_numbers_are_the_best_there_are(void **state)
{
    (void)state;
    const int32_t methods[][2] = {{SIPAS_ALLOCATE_NEYMAN, 0},
                                  {SIPAS_ALLOCATE_COST, 0},
                                  {SIPAS_ALLOCATE_PROPORTIONAL, 0},
                                  {SIPAS_ALLOCATE_PROPORTIONAL, SIPAS_ROUNDING_JEFFERSON},
                                  {SIPAS_ALLOCATE_SQRT, SIPAS_ROUNDING_ADAMS},
                                  {SIPAS_ALLOCATE_SQRT, SIPAS_ROUNDING_HILL},
                                  {SIPAS_ALLOCATE_EQUAL, 0}};
    uint64_t seed = 1986;
    int solved = 0, infeasible = 0;

    for (int trial = 0; trial < 12000; trial++) {
        problem p = random_problem(&seed, trial);
        double least[TOTAL + 1];
        sipas_table *table;
        sipas_error err;
        sipas_status status;

        p.opts.method = methods[trial % 7][0];
        p.opts.rounding = methods[trial % 7][1];
        status = solve_in_order(&p, NULL, &table, &err);
        if (status == SIPAS_ERR_VALUE) continue; /* every weight is zero */
        every_total(&p, -1, least);
        if (status == SIPAS_ERR_INFEASIBLE) {
            infeasible++;
            if (isfinite(least[p.total])) {
                /* a leaf that needs one, and whose lower bound of 0 was given, may have none */
                fail_msg("trial %d: %s", trial, err.message);
            }
            continue;
        }
        check(status, &err);
        solved++;
        check_sums_and_bounds(&p, table);
        if (isfinite(least[p.total])) {
            double objective = meta_number(table, "objective");

            if (fabs(objective - least[p.total]) > 1e-11 * least[p.total])
                fail_msg("trial %d: %.17g, the least is %.17g", trial, objective, least[p.total]);
            if (strcmp(meta(table, "exchange"), "none") != 0) assert_true(meta_number(table, "exchange") >= 0.0);
            if (p.opts.rounding != SIPAS_ROUNDING_JEFFERSON && p.opts.rounding != SIPAS_ROUNDING_ADAMS)
                assert_true(objective >= meta_number(table, "bound") * (1.0 - 1e-10));
        }
        sipas_table_free(table);
    }
    print_message("%d solved, %d infeasible\n", solved, infeasible);
    assert_true(solved > 2500);
}

/* ---- against the flat allocation ---- */

/* Without bounds above the leaves the tree changes nothing, ties included. */
static void a_tree_without_bounds_is_flat(void **state)
{
    (void)state;
    const int32_t methods[][2] = {{SIPAS_ALLOCATE_NEYMAN, 0},
                                  {SIPAS_ALLOCATE_COST, 0},
                                  {SIPAS_ALLOCATE_PROPORTIONAL, SIPAS_ROUNDING_WEBSTER},
                                  {SIPAS_ALLOCATE_PROPORTIONAL, SIPAS_ROUNDING_HILL},
                                  {SIPAS_ALLOCATE_SQRT, SIPAS_ROUNDING_JEFFERSON},
                                  {SIPAS_ALLOCATE_EQUAL, SIPAS_ROUNDING_ADAMS}};
    uint64_t seed = 7;
    int compared = 0;

    for (int trial = 0; trial < 3000; trial++) {
        problem p = random_problem(&seed, trial);
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        double size[MOST], sd[MOST], cost[MOST], lower[MOST], upper[MOST];
        const char *code[MOST];
        int64_t leaf[MOST], n = 0;
        sipas_column columns[6];
        sipas_table *table, *flat;
        sipas_error err;

        p.opts.method = opts.method = methods[trial % 6][0];
        p.opts.rounding = opts.rounding = methods[trial % 6][1];
        for (int64_t i = 0; i < p.n; i++) {
            if (is_leaf(&p, i)) {
                p.lower[i] = isnan(p.lower[i]) ? (double)(below(&seed, 2) && p.size[i] > 0.0) : p.lower[i];
                p.upper[i] = isnan(p.upper[i]) ? 30.0 : p.upper[i];
                if (p.upper[i] < p.lower[i]) p.upper[i] = p.lower[i];
                size[n] = p.size[i], sd[n] = p.sd[i], cost[n] = p.cost[i], code[n] = p.code[i];
                lower[n] = p.lower[i], upper[n] = p.upper[i], leaf[n++] = i;
            } else {
                p.lower[i] = p.upper[i] = (double)NAN;
            }
        }
        columns[0] = sipas_column_f64(size, n), columns[1] = sipas_column_f64(sd, n);
        columns[2] = sipas_column_f64(cost, n), columns[3] = sipas_column_f64(lower, n);
        columns[4] = sipas_column_f64(upper, n), columns[5] = sipas_column_code(code, n);
        opts.sd = &columns[1], opts.cost = &columns[2], opts.lower = &columns[3], opts.upper = &columns[4];
        opts.code = &columns[5];
        if (sipas_allocate(NULL, p.total, &columns[0], &opts, &flat, &err) < 0) {
            assert_int_equal(solve_in_order(&p, NULL, &table, NULL), err.status);
            continue;
        }
        table = solve(&p);
        compared++;
        for (int64_t i = 0; i < n; i++) {
            if (whole(table, "n", leaf[i]) != whole(flat, "n", i))
                fail_msg("trial %d, leaf %s: %d, flat %d", trial, code[i], (int)whole(table, "n", leaf[i]),
                         (int)whole(flat, "n", i));
            if (!find_note(flat, "no_sample", -1))
                assert_close_scaled(real(table, "continuous", leaf[i]), real(flat, "continuous", i), 1e-10, 1.0);
        }
        sipas_table_free(table);
        sipas_table_free(flat);
    }
    assert_true(compared > 1000);
}

/* ---- order of the rows ---- */

static void order_of_rows_changes_nothing(void **state)
{
    (void)state;
    uint64_t seed = 31;

    for (int trial = 0; trial < 1500; trial++) {
        problem p = random_problem(&seed, 2 * trial + 1);
        int64_t order[MOST];
        sipas_table *one, *two;
        sipas_error err;

        p.opts.method = trial % 2 ? SIPAS_ALLOCATE_NEYMAN : SIPAS_ALLOCATE_PROPORTIONAL;
        for (int64_t i = 0; i < p.n; i++) {
            order[i] = i;
            p.equal[i] = trial % 4 == 0 && !below(&seed, 3);
        }
        for (int64_t i = p.n - 1; i > 0; i--) {
            const int64_t j = below(&seed, i + 1), kept = order[i];

            order[i] = order[j];
            order[j] = kept;
        }
        if (solve_in_order(&p, NULL, &one, NULL) < 0) continue;
        check(solve_in_order(&p, order, &two, &err), &err);
        for (int64_t i = 0; i < p.n; i++) {
            assert_int_equal(whole(two, "n", i), whole(one, "n", order[i]));
            assert_close(real(two, "continuous", i), real(one, "continuous", order[i]), 0.0);
        }
        sipas_table_free(one);
        sipas_table_free(two);
    }
}

static void ties_go_to_the_smaller_code(void **state)
{
    (void)state;
    problem p = {.n = 0};
    sipas_table *table;

    sipas_allocate_tree_opts_init(&p.opts);
    p.opts.method = SIPAS_ALLOCATE_EQUAL;
    for (int i = 0; i < 2; i++) {
        const int64_t unit = p.n;

        add_unit(&p, -1, 1 - i); /* b before a */
        for (int k = 0; k < 2; k++) add_unit(&p, unit, k);
    }
    for (int64_t i = 0; i < p.n; i++) p.size[i] = 100.0;
    p.total = 7;
    table = solve(&p);
    assert_int_equal(whole(table, "n", 0), 3); /* b */
    assert_int_equal(whole(table, "n", 2), 1); /* bb */
    assert_int_equal(whole(table, "n", 3), 4); /* a */
    sipas_table_free(table);
}

/* ---- precision ---- */

/* With a target at some units the numbers are the best of all that meet it, found by trying the units' totals. */
static double variance_below(const problem *p, const sipas_table *table, int64_t unit)
{
    double variance = 0.0;

    for (int64_t i = unit; i < p->n; i++) {
        int64_t above = i;
        const double n = (double)whole(table, "n", i), a = p->size[i] * p->sd[i];

        while (above > unit) above = p->parent[above];
        if (above == unit && is_leaf(p, i) && a > 0.0) variance += a * a / n - a * a / p->size[i];
    }
    return variance;
}

static void targets_are_met_and_not_overdone(void **state)
{
    (void)state;
    uint64_t seed = 5;
    int tried = 0, bound = 0;

    for (int trial = 0; trial < 3000; trial++) {
        problem p = random_problem(&seed, 2 * trial), q;
        sipas_table *table, *less;
        sipas_error err;
        int64_t unit = -1;

        p.opts.method = SIPAS_ALLOCATE_NEYMAN;
        p.opts.measure = SIPAS_TARGET_SE;
        p.total = SIPAS_ALLOCATE_NO_TOTAL;
        for (int64_t i = 0; i < p.n && unit < 0; i++)
            if (!is_leaf(&p, i) && !below(&seed, 2)) unit = i;
        if (unit < 0) continue;
        p.target[unit] = 0.05 + (double)below(&seed, 100) / 50.0;
        if (solve_in_order(&p, NULL, &table, &err) < 0) {
            assert_true(err.status == SIPAS_ERR_INFEASIBLE || err.status == SIPAS_ERR_VALUE);
            continue;
        }
        tried++;
        assert_true(real(table, "precision", unit) <= p.target[unit] * (1.0 + 1e-9));
        {
            double size = 0.0;

            for (int64_t i = unit; i < p.n; i++) {
                int64_t above = i;

                while (above > unit) above = p.parent[above];
                if (above == unit && is_leaf(&p, i)) size += p.size[i];
            }
            assert_close_scaled(real(table, "precision", unit), sqrt(fmax(0.0, variance_below(&p, table, unit))) / size,
                                1e-7, 1e-3);
        }
        q = p; /* one less there, best split, is not enough: unless bounds ask for that number anyway */
        q.target[unit] = (double)NAN;
        q.upper[unit] = (double)whole(table, "n", unit) - 1.0;
        q.lower[unit] = q.upper[unit];
        if ((isnan(p.lower[unit]) || p.lower[unit] <= q.lower[unit]) &&
            solve_in_order(&q, NULL, &less, NULL) == SIPAS_OK) {
            bound++;
            assert_true(real(less, "precision", unit) > p.target[unit] || missing(less, "precision", unit));
            sipas_table_free(less);
        }
        sipas_table_free(table);
    }
    assert_true(tried > 500 && bound > 100);
}

/* ---- equal shares ---- */

static void equal_shares_are_equal(void **state)
{
    (void)state;
    uint64_t seed = 44;
    int solved = 0;

    for (int trial = 0; trial < 2000; trial++) {
        problem p = random_problem(&seed, trial);
        sipas_table *table;

        p.opts.method = trial % 2 ? SIPAS_ALLOCATE_NEYMAN : SIPAS_ALLOCATE_PROPORTIONAL;
        for (int64_t i = 0; i < p.n; i++) p.equal[i] = !below(&seed, 2);
        if (solve_in_order(&p, NULL, &table, NULL) < 0) continue;
        solved++;
        check_sums_and_bounds(&p, table);
        for (int64_t i = 0; i < p.n; i++)
            for (int64_t a = 0; a < p.n; a++)
                for (int64_t b = 0; p.equal[i] && b < p.n; b++) {
                    if (p.parent[a] != i || p.parent[b] != i) continue;
                    if (whole(table, "n", a) > whole(table, "n", b) + 1) /* only where bounds force it */
                        assert_true(whole(table, "n", a) == whole(table, "lower", a) ||
                                    whole(table, "n", b) == whole(table, "upper", b));
                }
        assert_true(meta_number(table, "objective") >= meta_number(table, "bound") * (1.0 - 1e-9));
        sipas_table_free(table);
    }
    assert_true(solved > 500);
}

/* ---- multiples ---- */

/* Multiples of m are the allocation of a mth of everything. */
static void multiples_are_optimal_in_multiples(void **state)
{
    (void)state;
    uint64_t seed = 30;
    int solved = 0;

    for (int trial = 0; trial < 1000; trial++) {
        problem p = random_problem(&seed, trial), q;
        const int64_t m = 2 + below(&seed, 9);
        sipas_table *one, *many;

        p.opts.method = SIPAS_ALLOCATE_NEYMAN;
        q = p;
        q.opts.multiple = m;
        q.total *= m;
        for (int64_t i = 0; i < p.n; i++) {
            q.lower[i] = p.lower[i] * (double)m;
            if (p.lower[i] > 0.0) q.lower[i] -= (double)below(&seed, m); /* rounded up */
            q.upper[i] = p.upper[i] * (double)m + (double)below(&seed, m);
            q.size[i] = p.size[i] * (double)m;
        }
        if (solve_in_order(&p, NULL, &one, NULL) < 0) continue;
        many = solve(&q);
        solved++;
        for (int64_t i = 0; i < p.n; i++) assert_int_equal(whole(many, "n", i), m * whole(one, "n", i));
        sipas_table_free(one);
        sipas_table_free(many);
    }
    assert_true(solved > 200);
}

/* ---- a national round ---- */

enum { PROVINCES = 63, DISTRICTS = 195, COMMUNES = 390, VILLAGES = 1170 };

typedef struct country {
    int64_t n, parent[1 + PROVINCES + DISTRICTS + COMMUNES + VILLAGES];
    char code[1 + PROVINCES + DISTRICTS + COMMUNES + VILLAGES][8];
    const char *codes[1 + PROVINCES + DISTRICTS + COMMUNES + VILLAGES];
    const char *level[1 + PROVINCES + DISTRICTS + COMMUNES + VILLAGES];
    const char *of_class[1 + PROVINCES + DISTRICTS + COMMUNES + VILLAGES];
    uint8_t equal[1 + PROVINCES + DISTRICTS + COMMUNES + VILLAGES];
} country;

static int64_t found_unit(country *c, int64_t parent, const char *level, const char *of_class)
{
    const int64_t unit = c->n++;

    c->parent[unit] = parent;
    (void)snprintf(c->code[unit], sizeof c->code[unit], "%05d", (int)unit);
    c->codes[unit] = c->code[unit];
    c->level[unit] = level;
    c->of_class[unit] = of_class;
    return unit;
}

/* 2024: three districts a province, six in two cities, two communes a district, three villages a commune: 195 and 1,170;
 * 36,525 answers; 2,700 in each of the two cities (450, 225 and 75). */
static void the_round_of_2024(void **state)
{
    (void)state;
    static country c;
    static const char *const class_level[] = {"province"}, *const class_code[] = {"special"};
    static const double number[] = {2700.0};
    const sipas_column table_level = sipas_column_code(class_level, 1), table_class = sipas_column_code(class_code, 1),
                       fixed = sipas_column_f64(number, 1);
    sipas_column code, parent_row, level, of_class, equal;
    sipas_allocate_tree_opts opts = SIPAS_ALLOCATE_TREE_OPTS_INIT;
    sipas_unit_opts unit_opts = SIPAS_UNIT_OPTS_INIT;
    sipas_unit_tree *tree;
    sipas_table *table;
    sipas_error err;
    int64_t root = found_unit(&c, -1, "country", NULL), sum = 0;

    for (int p = 0; p < PROVINCES; p++) {
        const int64_t province = found_unit(&c, root, "province", p < 2 ? "special" : "other");

        for (int d = 0; d < (p < 2 ? 6 : 3); d++) {
            const int64_t district = found_unit(&c, province, "district", NULL);

            for (int k = 0; k < 2; k++) {
                const int64_t commune = found_unit(&c, district, "commune", NULL);

                for (int v = 0; v < 3; v++) (void)found_unit(&c, commune, "village", NULL);
            }
        }
    }
    for (int64_t i = 0; i < c.n; i++) c.equal[i] = i > 0;
    code = sipas_column_code(c.codes, c.n);
    parent_row = sipas_column_i64(c.parent, c.n);
    level = sipas_column_code(c.level, c.n);
    of_class = sipas_column_code(c.of_class, c.n);
    equal = sipas_column_bool(c.equal, c.n);
    unit_opts.parent_row = &parent_row;
    unit_opts.level = &level;
    unit_opts.unit_class = &of_class;
    check(sipas_unit_tree_new(NULL, &code, NULL, &unit_opts, &tree, &err), &err);
    opts.method = SIPAS_ALLOCATE_EQUAL;
    opts.equal = &equal;
    opts.class_level = &table_level;
    opts.class_code = &table_class;
    opts.class_lower = opts.class_upper = &fixed;
    check(sipas_allocate_tree(NULL, 36525, tree, NULL, &opts, &table, &err), &err);
    for (int64_t i = 0; i < c.n; i++) {
        int64_t province = i;

        while (c.parent[province] > 0) province = c.parent[province];
        if (strcmp(c.level[i], "village") == 0) sum++;
        if (i == 0 || strcmp(c.of_class[province], "special") != 0) continue;
        assert_int_equal(whole(table, "n", i), strcmp(c.level[i], "province") == 0   ? 2700
                                               : strcmp(c.level[i], "district") == 0 ? 450
                                               : strcmp(c.level[i], "commune") == 0  ? 225
                                                                                     : 75);
    }
    assert_int_equal(sum, VILLAGES);
    assert_int_equal(whole(table, "n", 0), 36525);
    for (int64_t i = 1; i < c.n; i++)
        if (strcmp(c.level[i], "province") == 0 && strcmp(c.of_class[i], "other") == 0)
            assert_true(whole(table, "n", i) == 510 || whole(table, "n", i) == 511); /* (36525 - 5400) / 61 */
    sipas_table_free(table);
    sipas_unit_tree_free(tree);
}

/* ---- the table of bounds ---- */

/* Provinces (level "1") 15 to 25, all communes at most 12; a row that no unit answers to, or with no number, is an error. */
static void a_table_bounds_levels(void **state)
{
    (void)state;
    const char *const code[] = {"VN", "a", "b", "a1", "a2", "b1", "b2"}, *const parent[] = {NULL, "VN", "VN", "a",
                                                                                            "a",  "b",  "b"};
    const double size[] = {0, 0, 0, 900, 100, 50, 50};
    int32_t level[] = {1, 2}, unknown[] = {1, 5};
    double lower[] = {15, (double)NAN}, upper[] = {25, 12}, broken[] = {25, 1.5};
    const sipas_column codes = sipas_column_code(code, 7), parents = sipas_column_code(parent, 7),
                       sizes = sipas_column_f64(size, 7), levels = sipas_column_i32(level, 2),
                       unknowns = sipas_column_i32(unknown, 2), lowers = sipas_column_f64(lower, 2),
                       uppers = sipas_column_f64(upper, 2), brokens = sipas_column_f64(broken, 2);
    sipas_allocate_tree_opts opts = SIPAS_ALLOCATE_TREE_OPTS_INIT;
    sipas_unit_tree *tree;
    sipas_table *table;
    sipas_error err;

    check(sipas_unit_tree_new(NULL, &codes, &parents, NULL, &tree, &err), &err);
    opts.class_level = &levels;
    opts.class_lower = &lowers;
    opts.class_upper = &uppers;
    check(sipas_allocate_tree(NULL, 40, tree, &sizes, &opts, &table, &err), &err);
    assert_int_equal(whole(table, "n", 1), 24);
    assert_int_equal(whole(table, "n", 3), 12);
    assert_int_equal(whole(table, "n", 4), 12);
    assert_int_equal(whole(table, "n", 5), 8);
    assert_string_equal(text(table, "held", 3), "upper");
    assert_true(missing(table, "held", 5));
    assert_string_equal(text(table, "code", 5), "VN/b/b1");
    sipas_table_free(table);
    opts.class_level = &unknowns;
    assert_int_equal(sipas_allocate_tree(NULL, 40, tree, &sizes, &opts, &table, &err), SIPAS_ERR_NOT_FOUND);
    assert_string_equal(err.message, "row 1 of the class table: no unit is of its level and class");
    opts.class_level = &levels;
    opts.class_upper = &brokens;
    assert_int_equal(sipas_allocate_tree(NULL, 40, tree, &sizes, &opts, &table, &err), SIPAS_ERR_VALUE);
    assert_string_equal(err.message, "row 1 of the class table: its bound is not a whole number >= 0");
    assert_int_equal(sipas_allocate_tree(NULL, 40, NULL, &sizes, &opts, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_allocate_tree(NULL, 40, tree, NULL, NULL, &table, &err), SIPAS_ERR_ARGUMENT);
    assert_int_equal(sipas_allocate_tree(NULL, 40, tree, &sizes, NULL, NULL, &err), SIPAS_ERR_ARGUMENT);
    sipas_unit_tree_free(tree);
}

/* ---- faults ---- */

/* A country of two provinces with two communes each. */
static problem small_country(void)
{
    problem p = {.n = 0};

    sipas_allocate_tree_opts_init(&p.opts);
    p.opts.method = SIPAS_ALLOCATE_NEYMAN;
    add_unit(&p, -1, 0);
    for (int i = 0; i < 2; i++) {
        const int64_t unit = p.n;

        add_unit(&p, 0, i);
        for (int k = 0; k < 2; k++) add_unit(&p, unit, k);
    }
    for (int64_t i = 0; i < p.n; i++) p.size[i] = 100.0, p.mean[i] = 10.0, p.sd[i] = 5.0;
    p.total = 40;
    return p;
}

static void expect(const problem *p, sipas_status status, const char *message)
{
    sipas_table *table = (sipas_table *)(uintptr_t)1;
    sipas_error err = {.status = 0};

    assert_int_equal(solve_in_order(p, NULL, &table, &err), status);
    if (status < 0) {
        assert_string_equal(err.message, message);
        assert_null(table);
    }
    sipas_table_free(table);
}

static void conflicts_name_the_units(void **state)
{
    (void)state;
    problem p = small_country();

    expect(&p, SIPAS_OK, "");
    p.lower[2] = 9.0, p.lower[3] = 4.0, p.upper[1] = 12.0;
    expect(
        &p, SIPAS_ERR_INFEASIBLE,
        "unit a/aa (row 1): its upper bound 12 is below 13, the sum of the lower bounds below; the largest is 9 of unit "
        "a/aa/aaa (row 2)");
    p = small_country(), p.upper[5] = 3.0, p.upper[6] = 8.0, p.lower[4] = 12.0;
    expect(
        &p, SIPAS_ERR_INFEASIBLE,
        "unit a/ab (row 4): its lower bound 12 is above 11, the sum of the upper bounds below; the smallest is 3 of unit "
        "a/ab/aba (row 5)");
    p = small_country(), p.lower[1] = 30.0, p.lower[4] = 20.0;
    expect(
        &p, SIPAS_ERR_INFEASIBLE,
        "the whole: the total 40 is below 50, the sum of the lower bounds below; the largest is 30 of unit a/aa (row 1)");
    p = small_country(), p.upper[1] = 10.0, p.upper[4] = 20.0;
    expect(
        &p, SIPAS_ERR_INFEASIBLE,
        "the whole: the total 40 is above 30, the sum of the upper bounds below; the smallest is 10 of unit a/aa (row 1)");
    p = small_country(), p.upper[1] = 1.0;
    expect(
        &p, SIPAS_ERR_INFEASIBLE,
        "unit a/aa (row 1): its upper bound 1 is below 2, the sum of the lower bounds below; the largest is 1 of unit "
        "a/aa/aaa (row 2) (a lower bound of 0 has to be given)");
    p = small_country(), p.lower[2] = 5.0, p.upper[2] = 4.0;
    expect(&p, SIPAS_ERR_INFEASIBLE, "unit a/aa/aaa (row 2): the lower bound 5 is above the upper bound 4");
    p = small_country(), p.lower[2] = 101.0;
    expect(&p, SIPAS_ERR_INFEASIBLE, "unit a/aa/aaa (row 2): the lower bound 101 is above its size 100");
    p = small_country(), p.opts.multiple = 10, p.lower[1] = 11.0, p.upper[1] = 19.0;
    expect(&p, SIPAS_ERR_INFEASIBLE, "unit a/aa (row 1): no multiple of 10 lies between its bounds 11 and 19");
    p = small_country(), p.lower[1] = 41.0;
    expect(
        &p, SIPAS_ERR_INFEASIBLE,
        "the whole: the total 40 is below 43, the sum of the lower bounds below; the largest is 41 of unit a/aa (row 1)");
    p = small_country(), p.target[1] = 0.01, p.upper[1] = 20.0;
    expect(&p, SIPAS_ERR_INFEASIBLE,
           "unit a/aa (row 1): the target 0.01 is not met with its largest number 20; it is 0.106066 then");
}

static void faults_are_named(void **state)
{
    (void)state;
    problem p = small_country();

    p.sd[3] = (double)NAN;
    expect(&p, SIPAS_ERR_MISSING, "unit a/aa/aab (row 3): sd is missing or NaN");
    p = small_country(), p.size[3] = -1.0;
    expect(&p, SIPAS_ERR_VALUE, "unit a/aa/aab (row 3): size is -1; it must be at least 0");
    p = small_country(), p.lower[1] = 2.5;
    expect(&p, SIPAS_ERR_VALUE, "unit a/aa (row 1): lower is 2.5; it must be a whole number >= 0");
    p = small_country(), p.upper[1] = -3.0;
    expect(&p, SIPAS_ERR_VALUE, "unit a/aa (row 1): upper is -3; it must be a whole number >= 0");
    p = small_country(), p.target[4] = 0.0;
    expect(&p, SIPAS_ERR_VALUE, "unit a/ab (row 4): target is 0; it must be greater than 0");
    p = small_country(), p.target[4] = 0.1, p.mean[5] = p.mean[6] = 0.0;
    expect(&p, SIPAS_ERR_VALUE, "unit a/ab (row 4): a target has no meaning where the total of the leaves below is 0");
    p = small_country(), p.total = 45, p.opts.multiple = 10;
    expect(&p, SIPAS_ERR_VALUE, "total is 45, which is no multiple of 10");
    p = small_country(), p.total = -2;
    expect(&p, SIPAS_ERR_VALUE, "total is -2; it must be from 0 to 10^12");
    p = small_country();
    for (int64_t i = 0; i < p.n; i++) p.sd[i] = 0.0;
    expect(&p, SIPAS_ERR_VALUE, "the weight of every leaf is 0: there is nothing to split by");
    p = small_country(), p.opts.rounding = SIPAS_ROUNDING_WEBSTER;
    expect(&p, SIPAS_ERR_OPTION, "option rounding: neyman and cost have whole numbers of their own");
    p = small_country(), p.opts.method = SIPAS_ALLOCATE_SQRT, p.opts.rounding = SIPAS_ROUNDING_LARGEST_REMAINDER;
    expect(&p, SIPAS_ERR_OPTION,
           "option rounding: largest remainder has no optimum over a tree; take a divisor method");
    p = small_country(), p.opts.method = SIPAS_ALLOCATE_CLASS_TABLE;
    expect(&p, SIPAS_ERR_OPTION, "option method: 7 is not one of its values (0 to 6)");
}

/* Edges: nobody, everybody, leaves of weight zero, fewer than the leaves that need one. */
static void edges_have_answers(void **state)
{
    (void)state;
    problem p = small_country();
    sipas_table *table;

    p.total = 400;
    table = solve(&p);
    for (int64_t i = 0; i < p.n; i++) assert_close(real(table, "fraction", i), 1.0, 0.0);
    sipas_table_free(table);

    p = small_country();
    for (int64_t i = 0; i < p.n; i++) p.lower[i] = 0.0;
    p.total = 0;
    table = solve(&p);
    assert_int_equal(whole(table, "n", 0), 0);
    assert_true(missing(table, "share", 0));
    sipas_table_free(table);
    p.total = 3;
    p.sd[6] = 9.0;
    table = solve(&p);
    assert_int_equal(whole(table, "n", 2), 1);
    assert_int_equal(whole(table, "n", 3), 1);
    assert_int_equal(whole(table, "n", 5), 0);
    assert_int_equal(whole(table, "n", 6), 1);
    assert_non_null(find_note(table, "no_sample", 5));
    sipas_table_free(table);

    p = small_country();
    p.sd[2] = p.sd[3] = 0.0;
    p.lower[1] = 7.0;
    p.upper[2] = 4.0;
    table = solve(&p);
    assert_int_equal(whole(table, "n", 2), 4);
    assert_int_equal(whole(table, "n", 3), 3);
    assert_non_null(find_note(table, "zero_weight", 2));
    sipas_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_the_best_there_are),
        cmocka_unit_test(a_tree_without_bounds_is_flat),
        cmocka_unit_test(order_of_rows_changes_nothing),
        cmocka_unit_test(ties_go_to_the_smaller_code),
        cmocka_unit_test(targets_are_met_and_not_overdone),
        cmocka_unit_test(equal_shares_are_equal),
        cmocka_unit_test(multiples_are_optimal_in_multiples),
        cmocka_unit_test(the_round_of_2024),
        cmocka_unit_test(a_table_bounds_levels),
        cmocka_unit_test(conflicts_name_the_units),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(edges_have_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
