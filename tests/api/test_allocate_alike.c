/*
 * Units that are alike, in any number: totals at, just below and just above a multiple of theirs, all methods, roundings and
 * goals, groups of alike, weights of all magnitudes. Against the closed form, and against every seat in its exact order. The
 * allocator is watched: no request beyond what the problem is worth.
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

#include "result.h"

enum { MOST = 20000, BYTES_EACH = 4096 };

static int64_t below(uint64_t *seed, int64_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((*seed >> 33) % (uint64_t)limit);
}

static const int64_t *column_n(const sipas_table *table)
{
    const int64_t *n;

    assert_int_equal(sipas_table_get_i64(table, "n", &n, NULL), SIPAS_OK);
    return n;
}

/* ---- a watched allocator ---- */

static void *watch(void *user, size_t bytes)
{
    size_t *most = user;

    if (bytes > *most) *most = bytes;
    return bytes > (size_t)MOST * BYTES_EACH ? NULL : malloc(bytes);
}

static void release(void *user, void *block)
{
    (void)user;
    free(block);
}

static sipas_ctx *watched(size_t *most)
{
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx;

    opts.alloc = watch;
    opts.free = release;
    opts.alloc_user = most;
    *most = 0;
    assert_int_equal(sipas_ctx_new(&opts, &ctx, NULL), SIPAS_OK);
    return ctx;
}

/* ---- all alike ---- */

static double hundred[MOST], one[MOST];

/* Everybody has total / units, and the rest go to the smallest codes: here the first rows. */
static void check_even(const sipas_table *table, int64_t units, int64_t total)
{
    const int64_t *n = column_n(table), each = total / units, more = total % units;

    for (int64_t i = 0; i < units; i++) assert_int_equal(n[i], each + (i < more));
}

static void check_total(sipas_ctx *ctx, int64_t units, int64_t total)
{
    static const int32_t methods[] = {SIPAS_ALLOCATE_EQUAL, SIPAS_ALLOCATE_PROPORTIONAL, SIPAS_ALLOCATE_POWER,
                                      SIPAS_ALLOCATE_NEYMAN, SIPAS_ALLOCATE_COST};
    const sipas_column size = sipas_column_f64(hundred, units), ones = sipas_column_f64(one, units);

    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        const int32_t last = m < 3 ? SIPAS_ROUNDING_JEFFERSON : SIPAS_ROUNDING_DEFAULT;

        for (int32_t rounding = SIPAS_ROUNDING_DEFAULT; rounding <= last; rounding++) {
            sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
            sipas_table *table;
            sipas_error err;

            opts.method = methods[m];
            opts.rounding = rounding;
            opts.sd = &ones;
            opts.cost = &ones;
            check(sipas_allocate(ctx, total, &size, &opts, &table, &err), &err);
            check_even(table, units, total);
            sipas_table_free(table);
        }
    }
}

static void totals_near_multiples_are_split_evenly(void **state)
{
    (void)state;
    static const int64_t numbers[] = {1, 2, 3, 7, 100, 1299, 1300, 1301, 1500, 2000, 4096, 20000};
    size_t most;
    sipas_ctx *ctx = watched(&most);

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (int64_t each = 1; each <= 5; each += 2) {
            const int64_t units = numbers[i], at = each * units, near[] = {at - 1, at, at + 1, at + 2, at + units / 2};

            for (size_t k = 0; k < sizeof near / sizeof *near; k++)
                if (near[k] >= units) check_total(ctx, units, near[k]);
        }
    assert_true(most <= (size_t)MOST * BYTES_EACH);
    sipas_ctx_free(ctx);
}

static void goals_near_multiples_are_split_evenly(void **state)
{
    (void)state;
    static const int64_t numbers[] = {3, 100, 1300, 1500, 3000};
    size_t most;
    sipas_ctx *ctx = watched(&most);

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (int64_t more = -1; more <= 2; more++) {
            const int64_t units = numbers[i], total = 3 * units + more, rest = total % units, each = total / units;
            const sipas_column size = sipas_column_f64(hundred, units), ones = sipas_column_f64(one, units);
            sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
            sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;
            sipas_table *table;
            sipas_error err;

            opts.sd = &ones;
            opts.cost = &ones;
            check(sipas_allocate_budget(ctx, (double)total, &size, &opts, &table, &err), &err);
            check_even(table, units, total);
            sipas_table_free(table);
            opts.cost = NULL;
            target.of = SIPAS_OF_TOTAL;
            target.variance = 100.0 * ((double)rest * (double)(99 - each) / (double)(each + 1) +
                                       (double)(units - rest) * (double)(100 - each) / (double)each);
            check(sipas_allocate_precision(ctx, &size, &target, &opts, &table, &err), &err);
            check_even(table, units, total);
            sipas_table_free(table);
        }
    sipas_ctx_free(ctx);
}

static void trees_near_multiples_are_split_evenly(void **state)
{
    (void)state;
    static const int64_t numbers[] = {3, 100, 1300, 1500, 3000};
    size_t most;
    sipas_ctx *ctx = watched(&most);

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (int64_t more = -1; more <= 1; more++) {
            static int64_t code[MOST + 1], parent[MOST + 1];
            const int64_t units = numbers[i], total = 3 * units + more;
            const sipas_column codes = sipas_column_i64(code, units + 1), parents = sipas_column_i64(parent, units + 1),
                               size = sipas_column_f64(hundred, units + 1), sd = sipas_column_f64(one, units + 1);
            sipas_unit_opts unit_opts = SIPAS_UNIT_OPTS_INIT;
            sipas_allocate_tree_opts opts = SIPAS_ALLOCATE_TREE_OPTS_INIT;
            sipas_unit_tree *tree;
            sipas_table *table;
            sipas_error err;
            int64_t least = total, most_n = 0, sum = 0;

            for (int64_t u = 0; u <= units; u++) code[u] = 100000 + u, parent[u] = u > 0 ? 0 : -1;
            unit_opts.parent_row = &parents;
            check(sipas_unit_tree_new(ctx, &codes, NULL, &unit_opts, &tree, &err), &err);
            opts.method = SIPAS_ALLOCATE_NEYMAN;
            opts.sd = &sd;
            check(sipas_allocate_tree(ctx, total, tree, &size, &opts, &table, &err), &err);
            for (int64_t u = 1; u <= units; u++) {
                const int64_t n = column_n(table)[u];

                least = n < least ? n : least;
                most_n = n > most_n ? n : most_n;
                sum += n;
            }
            assert_int_equal(sum, total);
            assert_true(most_n - least <= 1);
            sipas_table_free(table);
            sipas_unit_tree_free(tree);
        }
    sipas_ctx_free(ctx);
}

/* ---- groups of alike ---- */

enum { GROUPS = 6 };

/* True when one more for a unit of weight w that has k is worth more than for one of weight v that has j: w² j (j + 1) > v² k (k + 1). */
static int is_worth_more(int64_t w, int64_t k, int64_t v, int64_t j)
{
    return (__extension__(__int128) w * w * j * (j + 1)) > (__extension__(__int128) v * v * k * (k + 1));
}

/* The groups' seats, the dearest first; units of a group have theirs in the order of their rows. */
static void give(const int64_t *weight, const int64_t *count, int64_t total, int64_t *given)
{
    int64_t level[GROUPS], at[GROUPS]; /* the next seat of group g is that of its unit at[g], which has level[g] */

    for (int g = 0; g < GROUPS; g++) level[g] = 1, at[g] = 0, given[g] = count[g], total -= count[g];
    for (; total > 0; total--) {
        int best = 0;

        for (int g = 1; g < GROUPS; g++)
            if (is_worth_more(weight[g], level[g], weight[best], level[best])) best = g;
        given[best]++;
        if (++at[best] == count[best]) at[best] = 0, level[best]++;
    }
}

static void groups_of_alike_have_what_the_dearest_seats_give(void **state)
{
    (void)state;
    static double size[MOST], sd[MOST];
    size_t most;
    sipas_ctx *ctx = watched(&most);
    uint64_t seed = 1500;

    for (int trial = 0; trial < 150; trial++) {
        const double unit = trial % 3 ? 1.0 : pow(10.0, (double)(below(&seed, 121) - 60));
        int64_t weight[GROUPS], count[GROUPS], given[GROUPS], units = 0, total, row = 0;
        sipas_allocate_opts opts = SIPAS_ALLOCATE_OPTS_INIT;
        sipas_column sizes, sds;
        sipas_table *table;
        sipas_error err;

        for (int g = 0; g < GROUPS; g++) {
            weight[g] = 1 + below(&seed, trial % 2 ? 5 : 100000);
            count[g] = 1 + below(&seed, trial % 5 ? 700 : 3000);
            for (int64_t i = 0; i < count[g]; i++) size[units] = 1e6, sd[units++] = (double)weight[g] * unit;
        }
        total = units * (1 + below(&seed, 4)) + below(&seed, 5) - 2;
        if (total < units) total = units;
        sizes = sipas_column_f64(size, units);
        sds = sipas_column_f64(sd, units);
        opts.method = SIPAS_ALLOCATE_NEYMAN;
        opts.sd = &sds;
        check(sipas_allocate(ctx, total, &sizes, &opts, &table, &err), &err);
        give(weight, count, total, given);
        for (int g = 0; g < GROUPS; g++) {
            int64_t sum = 0;

            for (int64_t i = 0; i < count[g]; i++) sum += column_n(table)[row++];
            assert_int_equal(sum, given[g]);
        }
        sipas_table_free(table);
    }
    sipas_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_near_multiples_are_split_evenly),
        cmocka_unit_test(goals_near_multiples_are_split_evenly),
        cmocka_unit_test(trees_near_multiples_are_split_evenly),
        cmocka_unit_test(groups_of_alike_have_what_the_dearest_seats_give),
    };

    for (int i = 0; i < MOST; i++) hundred[i] = 100.0, one[i] = 1.0;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
