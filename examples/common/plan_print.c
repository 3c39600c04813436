/*
 * What examples/plan prints of an allocation.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "refuse.h"

/* What each unit gets, and the precision that follows; the whole in the last line. */
static sipas_status print_units(const plan_task *t, sipas_error *err)
{
    static const char *const headings[] = {"unit", "people", "interviews", "exact", "SE", "± (95 %)", "one more buys"};
    const sipas_plan_variable variable = {"y", &t->sd, NULL, t->opts.mean, NULL};
    const uint32_t levels[] = {0, 1};
    const char *const name = "unit";
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_plan_opts opts = SIPAS_PLAN_OPTS_INIT;
    const double *exact, *gain, *se, *half, *people;
    const int64_t *n;
    const char *const *unit;
    sipas_table *expected = NULL;

    domains.n_by = 1, domains.by = &t->code, domains.names = &name, domains.n_levels = 2, domains.levels = levels;
    opts.code = &t->code;
    sipas_status status = sipas_table_get_i64(t->allocation, "n", &n, err);
    if (status == 0) status = sipas_table_get_f64(t->allocation, "continuous", &exact, err);
    if (status == 0) status = sipas_table_get_f64(t->allocation, "gain", &gain, err);
    if (status == 0) {
        const sipas_column plan = sipas_column_i64(n, t->frame.n);
        status = sipas_plan_expect(NULL, &plan, &t->size, &variable, 1, &domains, &opts, &expected, err);
    }
    if (status == 0) status = sipas_table_get_f64(expected, "se", &se, err);
    if (status == 0) status = sipas_table_get_f64(expected, "half_width", &half, err);
    if (status == 0) status = sipas_table_get_f64(expected, "size", &people, err);
    if (status == 0) status = sipas_table_get_code(expected, "unit", &unit, err);
    if (status != 0) {
        sipas_table_free(expected);
        return status;
    }
    grid *g = grid_new(headings, 7);
    for (int64_t i = 0; i < t->frame.n; i++) {
        int64_t row = 1;
        while (strcmp(unit[row], t->frame.code[i]) != 0) row++; /* the expectation is in the order of codes */
        grid_text(g, t->frame.code[i]);
        grid_count(g, (int64_t)t->frame.size[i]);
        grid_count(g, n[i]);
        grid_number(g, exact[i], 2);
        grid_number(g, se[row], 3);
        grid_number(g, half[row], 3);
        grid_number(g, 100 * gain[i] / (people[0] * people[0] * se[0] * se[0]), 4);
    }
    grid_rule(g);
    grid_text(g, "the whole");
    grid_count(g, (int64_t)people[0]);
    grid_count(g, t->n_total);
    grid_text(g, "");
    grid_number(g, se[0], 3);
    grid_number(g, half[0], 3);
    grid_text(g, "");
    status = grid_print(g, stdout);
    if (status != 0) (void)refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the report");
    printf("  One more buys: by how much of a hundred one more interview there lowers the variance of the whole.\n");
    print_notes(stdout, t->allocation, 5);
    grid_free(g);
    sipas_table_free(expected);
    return status;
}

/* The proof, in words. */
static sipas_status print_proof(const plan_task *t, sipas_error *err)
{
    const char *exchange, *objective, *gap = NULL, *bound = NULL;
    sipas_status status = sipas_table_find_meta(t->allocation, "exchange", &exchange, err);

    if (status == 0) status = sipas_table_find_meta(t->allocation, "objective_formula", &objective, err);
    if (status != 0) return status;
    (void)sipas_table_find_meta(t->allocation, "gap", &gap, NULL);
    (void)sipas_table_find_meta(t->allocation, "bound", &bound, NULL);
    printf("  Least is %s. ", objective);
    if (strcmp(exchange, "none") == 0)
        printf("No move is left.\n");
    else
        printf("The best move that is left would raise it by %.4g: there is nothing to gain.\n",
               strtod(exchange, NULL));
    if (gap && strtod(gap, NULL) == 0)
        printf("  No other whole numbers do better: that is proved.\n");
    else if (gap && bound)
        printf("  No whole numbers go below %.6g; these are %.3g above.\n", strtod(bound, NULL), strtod(gap, NULL));
    return SIPAS_OK;
}

/* Every method for the same number of interviews, under the same rules. */
static sipas_status print_methods(const plan_task *t, sipas_error *err)
{
    static const print_column columns[] = {{"method", NULL, 0},
                                           {"se", "SE of the whole", 4},
                                           {"half_width", "± (95 %)", 4},
                                           {"loss", "variance / best", 3},
                                           {"unit_se_median", "SE of the median unit", 3},
                                           {"unit_se_worst", "of the worst", 3},
                                           {"worst", "which is", 0},
                                           {"n_least", "fewest", 0},
                                           {"n_most", "most", 0},
                                           {"cost", "cost", 0}};
    sipas_table *table = NULL;
    sipas_allocate_opts rules = t->opts;

    rules.gains = 0;
    sipas_status status = sipas_plan_compare(NULL, t->n_total, &t->size, &rules, NULL, &table, err);
    if (status == 0)
        status = print_table(stdout, table, columns, (int)(sizeof columns / sizeof *columns) - !t->frame.cost, NULL, 0,
                             err);
    sipas_table_free(table);
    return status;
}

sipas_status plan_print(const plan_task *t, sipas_error *err)
{
    char digits[32];
    printf("%s interviews in %lld units\n\n", count_text(digits, t->n_total), (long long)t->frame.n);
    sipas_status status = print_units(t, err);
    if (status == 0) status = print_proof(t, err);
    if (status == 0) printf("\nThe same number by every method, under the same rules\n\n");
    if (status == 0) status = print_methods(t, err);
    return status;
}
