/*
 * Trees of units from examples/data.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "unit_table.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { CODE, PARENT, LEVEL, NAME, CLASS, REGION, TEXTS };

static const char *const text_name[TEXTS] = {"code", "parent", "level", "name", "class", "region"};

/* What the tree is made from, in the order asked for. */
typedef struct columns {
    const char **text[TEXTS];
    double *population;
    uint8_t *urban, *known, *said; /* the last two: validity of population and urban */
    sipas_column of[TEXTS], of_population, of_urban;
} columns;

static void *reserve(size_t n, size_t size)
{
    void *block = calloc(n, size);

    assert_non_null(block);
    return block;
}

static void fill(columns *to, golden_table *file, size_t n, const int64_t *order)
{
    const double *population = golden_numbers(file, "population"), *urban = golden_numbers(file, "urban");

    for (int k = 0; k < TEXTS; k++) {
        const char *const *given = golden_texts(file, text_name[k]);

        to->text[k] = reserve(n, sizeof *to->text[k]);
        for (size_t i = 0; i < n; i++) to->text[k][i] = given[order ? (size_t)order[i] : i];
        to->of[k] = sipas_column_code(to->text[k], (int64_t)n);
    }
    to->population = reserve(n, sizeof *to->population);
    to->urban = reserve(n, 1);
    to->known = reserve((n + 7) / 8, 1);
    to->said = reserve((n + 7) / 8, 1);
    for (size_t i = 0; i < n; i++) {
        size_t row = order ? (size_t)order[i] : i;

        to->population[i] = population[row];
        to->urban[i] = urban[row] > 0.0;
        if (!isnan(population[row])) to->known[i / 8] |= (uint8_t)(1u << (i % 8));
        if (!isnan(urban[row])) to->said[i / 8] |= (uint8_t)(1u << (i % 8));
    }
    to->of_population = sipas_column_f64(to->population, (int64_t)n);
    to->of_population.validity = to->known;
    to->of_urban = sipas_column_bool(to->urban, (int64_t)n);
    to->of_urban.validity = to->said;
}

static void clear(columns *of)
{
    for (int k = 0; k < TEXTS; k++) free((void *)of->text[k]);
    free(of->population);
    free(of->urban);
    free(of->known);
    free(of->said);
}

unit_table *unit_table_read_in_order(const char *path, const int64_t *order)
{
    static const char *const measure_name[] = {"population"};
    unit_table *units = reserve(1, sizeof *units);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    columns from;
    sipas_error err;

    units->file = golden_read(path);
    units->n = (int64_t)golden_count(units->file);
    fill(&from, units->file, (size_t)units->n, order);
    opts.level = &from.of[LEVEL];
    opts.name = &from.of[NAME];
    opts.unit_class = &from.of[CLASS];
    opts.region = &from.of[REGION];
    opts.urban = &from.of_urban;
    opts.n_measures = 1;
    opts.measures = &from.of_population;
    opts.measure_names = measure_name;
    if (sipas_unit_tree_new(NULL, &from.of[CODE], &from.of[PARENT], &opts, &units->tree, &err) < 0)
        fail_msg("%s: %s", path, err.message);
    clear(&from);
    return units;
}

unit_table *unit_table_read(const char *path)
{
    return unit_table_read_in_order(path, NULL);
}

void unit_table_free(unit_table *units)
{
    sipas_unit_tree_free(units->tree);
    golden_free(units->file);
    free(units);
}
