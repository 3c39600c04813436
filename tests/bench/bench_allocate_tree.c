/*
 * Measures sipas_allocate_tree() on a country of 34 provinces, 3,321 communes and 30,000 villages: one JSON line a case, the
 * least of several runs, one thread. Making the tree, which reads and hashes the codes, is timed apart.
 *
 *   bench_allocate_tree            all cases
 *   bench_allocate_tree --quick    the same, one run each
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PROVINCES = 34, COMMUNES = 3321, VILLAGES = 30000, UNITS = 1 + PROVINCES + COMMUNES + VILLAGES, CODE = 16 };

/* Which bounds: 1 = at every level, 2 = tight ones at every level, so that most units are stopped. */
typedef struct bench_case {
    const char *name;
    int64_t total;
    int32_t method, bounds, equal, targets, multiple;
} bench_case;

static const bench_case cases[] = {
    {"neyman_without_bounds", 150000, SIPAS_ALLOCATE_NEYMAN, 0, 0, 0, 1},
    {"neyman_bounds_at_each_level", 150000, SIPAS_ALLOCATE_NEYMAN, 1, 0, 0, 1},
    {"neyman_tight_bounds", 150000, SIPAS_ALLOCATE_NEYMAN, 2, 0, 0, 1},
    {"webster_bounds_at_each_level", 150000, SIPAS_ALLOCATE_PROPORTIONAL, 1, 0, 0, 1},
    {"neyman_multiples_of_5", 450000, SIPAS_ALLOCATE_NEYMAN, 1, 0, 0, 5},
    {"neyman_equal_communes", 150000, SIPAS_ALLOCATE_NEYMAN, 0, 1, 0, 1},
    {"neyman_targets_of_provinces", 0, SIPAS_ALLOCATE_NEYMAN, 1, 0, 1, 1},
};

typedef struct country {
    char code[UNITS][CODE];
    const char *codes[UNITS];
    int64_t parent[UNITS];
    int32_t depth[UNITS];
    double size[UNITS], sd[UNITS], mean[UNITS];
} country;

static double now_ms(void)
{
    struct timespec at;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return 1e3 * (double)at.tv_sec + 1e-6 * (double)at.tv_nsec;
}

static double uniform(int64_t unit, uint64_t stream)
{
    return sipas_rng_uniform(20240103, 0, (uint64_t)unit, stream, 0);
}

static void found(country *c, int64_t unit, int64_t parent, int32_t depth)
{
    (void)snprintf(c->code[unit], CODE, "%06d", (int)unit);
    c->codes[unit] = c->code[unit];
    c->parent[unit] = parent;
    c->depth[unit] = depth;
    c->size[unit] = floor(50.0 + 2000.0 * uniform(unit, 1) * uniform(unit, 2));
    c->mean[unit] = 60.0 + 30.0 * uniform(unit, 3);
    c->sd[unit] = 10.0 + 25.0 * uniform(unit, 4);
}

static void make_country(country *c)
{
    found(c, 0, -1, 0);
    for (int64_t i = 0; i < PROVINCES; i++) found(c, 1 + i, 0, 1);
    for (int64_t i = 0; i < COMMUNES; i++) found(c, 1 + PROVINCES + i, 1 + i * PROVINCES / COMMUNES, 2);
    for (int64_t i = 0; i < VILLAGES; i++)
        found(c, 1 + PROVINCES + COMMUNES + i, 1 + PROVINCES + i * COMMUNES / VILLAGES, 3);
}

static sipas_unit_tree *make_tree(const country *c, double *took)
{
    const sipas_column code = sipas_column_code(c->codes, UNITS), parent = sipas_column_i64(c->parent, UNITS);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_unit_tree *tree;
    sipas_error err;

    opts.parent_row = &parent;
    *took = now_ms();
    if (sipas_unit_tree_new(NULL, &code, NULL, &opts, &tree, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    *took = now_ms() - *took;
    return tree;
}

typedef struct inputs {
    double lower[UNITS], upper[UNITS], target[UNITS];
    uint8_t equal[UNITS];
} inputs;

/* Villages 2 to 25; communes and provinces around their part of the total. */
static void make_inputs(const bench_case *c, const country *of, inputs *in)
{
    static const double share[] = {1.0, 1.0 / PROVINCES, 1.0 / COMMUNES, 1.0 / VILLAGES};
    const double width = c->bounds == 2 ? 0.05 : 0.6;

    for (int64_t i = 0; i < UNITS; i++) {
        const double part = (double)c->total * share[of->depth[i]];

        in->lower[i] = in->upper[i] = in->target[i] = (double)NAN;
        in->equal[i] = c->equal && of->depth[i] == 1;
        if (c->targets && of->depth[i] == 1) in->target[i] = 0.004;
        if (!c->bounds || of->depth[i] == 0) continue;
        if (of->depth[i] == 3) {
            in->lower[i] = (double)c->multiple;
            in->upper[i] = 25.0 * c->multiple;
        } else if (!c->targets) {
            in->lower[i] = floor(part * (1.0 - width * (0.5 + uniform(i, 5))));
            in->upper[i] = ceil(part * (1.0 + width * (0.5 + uniform(i, 6)))) + 2.0 * c->multiple;
        }
    }
}

static double run(const bench_case *c, const country *of, const inputs *in, const sipas_unit_tree *tree, int print)
{
    const sipas_column size = sipas_column_f64(of->size, UNITS), sd = sipas_column_f64(of->sd, UNITS),
                       mean = sipas_column_f64(of->mean, UNITS), lower = sipas_column_f64(in->lower, UNITS),
                       upper = sipas_column_f64(in->upper, UNITS), target = sipas_column_f64(in->target, UNITS),
                       equal = sipas_column_bool(in->equal, UNITS);
    sipas_allocate_tree_opts opts = SIPAS_ALLOCATE_TREE_OPTS_INIT;
    const char *exchange = "", *gap = "", *total = "";
    sipas_table *table;
    sipas_error err;
    double took;

    opts.method = c->method;
    opts.multiple = c->multiple;
    opts.size_is_measure = c->multiple > 1;
    opts.sd = &sd;
    opts.mean = &mean;
    opts.lower = &lower;
    opts.upper = &upper;
    opts.equal = &equal;
    opts.target = c->targets ? &target : NULL;
    took = now_ms();
    if (sipas_allocate_tree(NULL, c->targets ? SIPAS_ALLOCATE_NO_TOTAL : c->total, tree, &size, &opts, &table, &err) <
        0) {
        fprintf(stderr, "%s: %s\n", c->name, err.message);
        exit(1);
    }
    took = now_ms() - took;
    (void)sipas_table_find_meta(table, "exchange", &exchange, NULL);
    (void)sipas_table_find_meta(table, "gap", &gap, NULL);
    (void)sipas_table_find_meta(table, "total", &total, NULL);
    if (print) printf("\"total\": %s, \"exchange\": \"%s\", \"gap\": %s}\n", total, exchange, gap);
    sipas_table_free(table);
    return took;
}

int main(int argc, char **argv)
{
    const int runs = argc > 1 && strcmp(argv[1], "--quick") == 0 ? 1 : 7;
    country *c = malloc(sizeof *c);
    inputs *in = malloc(sizeof *in);

    if (!c || !in) return 1;
    make_country(c);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double least = (double)INFINITY, least_tree = (double)INFINITY;

        make_inputs(&cases[i], c, in);
        for (int r = 0; r < runs; r++) {
            double took;
            sipas_unit_tree *tree = make_tree(c, &took);

            least_tree = fmin(least_tree, took);
            least = fmin(least, run(&cases[i], c, in, tree, 0));
            if (r == runs - 1) {
                printf(
                    "{\"bench\": \"allocate_tree\", \"case\": \"%s\", \"units\": %d, \"cpu_ms\": %.3f, \"tree_ms\": %.3f, ",
                    cases[i].name, (int)UNITS, least, least_tree);
                (void)run(&cases[i], c, in, tree, 1);
            }
            sipas_unit_tree_free(tree);
        }
    }
    free(c);
    free(in);
    return 0;
}
