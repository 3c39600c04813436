/*
 * An allocation: where a thousand interviews go, so that the figure for the whole is as sure as it can be.
 *
 * Neyman's rule gives more to districts that are large and where answers differ more; whole numbers, at least 50 in each district, so
 * that each can be told something of itself. The library proves its answer: `exchange` is what the best move of one interview would gain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include <sipas.h>

enum { DISTRICTS = 5, INTERVIEWS = 1000 };

static const int64_t people[DISTRICTS] = {52000, 31000, 24000, 9000, 2500};
static const double spread[DISTRICTS] = {18, 24, 15, 30,
                                         20}; /* standard deviation of the answers, from an earlier round */

static void must(sipas_status status, const sipas_error *err)
{
    if (status == SIPAS_OK) return;
    fprintf(stderr, "%s\n", err->message); /* one sentence; it names the row or the unit */
    exit(EXIT_FAILURE);
}

int main(void)
{
    sipas_error err = {0};
    sipas_allocate_opts rule = SIPAS_ALLOCATE_OPTS_INIT;
    sipas_table *table = NULL;
    const char *exchange;
    const double *exact;
    const int64_t *n;
    const sipas_column size = sipas_column_i64(people, DISTRICTS), sd = sipas_column_f64(spread, DISTRICTS);

    rule.method = SIPAS_ALLOCATE_NEYMAN;
    rule.sd = &sd;
    rule.lower_value = 50;
    must(sipas_allocate(NULL, INTERVIEWS, &size, &rule, &table, &err), &err);
    must(sipas_table_get_i64(table, "n", &n, &err), &err);
    must(sipas_table_get_f64(table, "continuous", &exact, &err), &err);
    must(sipas_table_find_meta(table, "exchange", &exchange, &err), &err);
    for (int d = 0; d < DISTRICTS; d++)
        printf("district %d: %lld of %lld people (%.2f before rounding)\n", d + 1, (long long)n[d],
               (long long)people[d], exact[d]);
    printf("to move one interview would raise the variance of the total by at least %.4g\n", strtod(exchange, NULL));

    sipas_table_free(table);
    return EXIT_SUCCESS;
}
