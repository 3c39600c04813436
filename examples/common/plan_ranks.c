/*
 * How many interviews tell ranks apart.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "refuse.h"

static int downwards(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a < b) - (a > b);
}

/* The difference between the expected means of two ranks, from "A,B". */
static sipas_status read_ranks(const plan_task *t, const char *text, int64_t rank[2], double *apart, sipas_error *err)
{
    const int64_t n = t->frame.n;
    char *end, *last = NULL;
    double *sorted;

    rank[0] = strtoll(text, &end, 10);
    rank[1] = *end == ',' ? strtoll(end + 1, &last, 10) : 0;
    if (*end != ',' || last == end + 1 || *last || rank[0] < 1 || rank[1] <= rank[0] || rank[1] > n)
        return refuse(err, SIPAS_ERR_ARGUMENT, "--ranks %s: give two ranks A,B with 1 <= A < B <= %lld", text,
                      (long long)n);
    if (!t->frame.mean) return refuse(err, SIPAS_ERR_ARGUMENT, "--ranks %s: --mean is missing", text);
    sorted = malloc((size_t)n * sizeof *sorted);
    if (!sorted) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the ranks");
    memcpy(sorted, t->frame.mean, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, downwards);
    *apart = sorted[rank[0] - 1] - sorted[rank[1] - 1];
    free(sorted);
    if (*apart > 0) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_VALUE, "--ranks %s: their expected means are the same, so nothing tells them apart",
                  text);
}

/* The sentence a planner needs. */
sipas_status plan_print_ranks(const plan_task *t, const char *ranks, sipas_error *err)
{
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_table *table = NULL;
    const int64_t *n;
    int64_t rank[2], most = 0, enough = 0;
    const int64_t *have;
    char digits[32];

    opts.population = &t->size;
    opts.code = &t->code;
    opts.sd_of = &t->sd;
    sipas_status status = read_ranks(t, ranks, rank, &opts.delta, err);
    if (status == 0) status = sipas_size_ranking(NULL, &t->mean, &opts, &table, err);
    if (status == 0) status = sipas_table_get_i64(table, "n", &n, err);
    if (status == 0) status = sipas_table_get_i64(t->allocation, "n", &have, err);
    if (status != 0) {
        sipas_table_free(table);
        return status;
    }
    for (int64_t i = 0; i < t->frame.n; i++) {
        if (n[i] > most) most = n[i];
        enough += have[i] >= n[i];
    }
    printf(
        "\nTo tell rank %lld from rank %lld you need n = %s in every unit (%.2f points apart, 80 %% power, 95 %% rank\n"
        "intervals); of the %lld units %lld have that many here.\n",
        (long long)rank[0], (long long)rank[1], count_text(digits, most), opts.delta, (long long)t->frame.n,
        (long long)enough);
    sipas_table_free(table);
    return SIPAS_OK;
}
