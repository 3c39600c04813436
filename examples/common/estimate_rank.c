/*
 * The ranks of the groups, and one sentence on one of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "estimate.h"
#include "print.h"
#include "refuse.h"
#include "text.h"

/* The row of a unit, whose name is compared in NFC, as codes of files are; -1 when there is none. */
static int64_t find_unit(const sipas_table *league, const char *name)
{
    const char *const *unit = NULL;
    char *wanted = text_nfc(name);
    int64_t row = -1;
    if (wanted && sipas_table_get_code(league, "unit", &unit, NULL) == 0) row = sipas_table_count_rows(league) - 1;
    while (row >= 0 && strcmp(unit[row], wanted) != 0) row--;
    free(wanted);
    return row;
}

sipas_status estimate_rank(const request *r, sipas_ctx *ctx, const sipas_table *table, sipas_table **league,
                           sipas_error *err)
{
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    if (!r->rank && !r->unit) return SIPAS_OK;
    opts.level = r->level;
    const sipas_status status = sipas_rank_league(ctx, table, &opts, league, err);
    if (status != 0 || !r->unit || find_unit(*league, r->unit) >= 0) return status;
    return refuse(err, SIPAS_ERR_ARGUMENT, "--unit: there is no group '%.100s'", r->unit);
}

/* How many units have a rank. */
static int64_t count_ranked(const sipas_table *league, const int64_t *rank)
{
    int64_t n = 0;
    for (int64_t row = 0; row < sipas_table_count_rows(league); row++) n += rank[row] > 0;
    return n;
}

sipas_status estimate_print_unit(const request *r, const sipas_table *league, sipas_error *err)
{
    const int64_t row = find_unit(league, r->unit), *rank, *first, *last;
    const char *const *unit = NULL;
    FILE *out = r->csv ? stderr : stdout;
    sipas_status status = sipas_table_get_i64(league, "rank", &rank, err);
    if (status == 0) status = sipas_table_get_i64(league, "rank_lower", &first, err);
    if (status == 0) status = sipas_table_get_i64(league, "rank_upper", &last, err);
    if (status == 0) status = sipas_table_get_code(league, "unit", &unit, err);
    if (status != 0) return status;
    if (rank[row] > 0)
        fprintf(out, "\n  %s is between %" PRId64 "%s and %" PRId64 "%s of %" PRId64 ", with %g %% confidence.\n",
                unit[row], first[row], ordinal(first[row]), last[row], ordinal(last[row]), count_ranked(league, rank),
                100.0 * r->level);
    else
        fprintf(out, "\n  %s has no estimate, and so no rank.\n", unit[row]);
    return SIPAS_OK;
}
