/*
 * Designs of golden tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "golden_design.h"

#include <string.h>

#include "result.h"

enum { MOST_STAGES = 8 };

int32_t golden_columns(golden_table *data, const char *cell, sipas_column *columns, int32_t most, int text)
{
    const int64_t rows = (int64_t)golden_count(data);
    char name[64];
    int32_t n = 0;

    while (n < most && golden_part(cell, (size_t)n, name, sizeof name) && *name) {
        columns[n] = text ? sipas_column_code(golden_texts(data, name), rows)
                          : sipas_column_f64(golden_numbers(data, name), rows);
        n++;
    }
    return n;
}

sipas_design *golden_design(golden_table *data, const char *ids, const char *strata, const char *weights,
                            const char *fpc)
{
    const int64_t n = (int64_t)golden_count(data);
    sipas_column w = {0}, h = {0}, id[MOST_STAGES] = {{0}}, population[MOST_STAGES] = {{0}};
    const int32_t n_ids = strcmp(ids, "1") == 0 ? 0 : golden_columns(data, ids, id, MOST_STAGES, 1);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_error err;

    opts.df = SIPAS_DF_DOMAIN_ROWS; /* R's */
    opts.n_fpc = golden_columns(data, fpc, population, MOST_STAGES, 0);
    if (*weights) w = sipas_column_f64(golden_numbers(data, weights), n);
    if (*strata) h = sipas_column_code(golden_texts(data, strata), n);
    check(sipas_design_new(NULL, n, *weights ? &w : NULL, *strata ? &h : NULL, n_ids ? id : NULL, n_ids,
                           *fpc ? population : NULL, &opts, &design, &err),
          &err);
    return design;
}
