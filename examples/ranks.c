/*
 * An index with ranks: three questions in two groups, four provinces, and between which ranks each province truly is.
 *
 * An answer of 4 or 5, of five, scores 100, any other 0. The index of a province is the mean of its groups, a group the mean of its
 * questions. Any four numbers can be put in an order; the rank intervals say how much of that order the sample can vouch for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include <sipas.h>

enum { PROVINCES = 4, EACH = 50, PEOPLE = PROVINCES * EACH, QUESTIONS = 3 };

/* The questionnaire is data: a tree of nodes, each with the code of its parent. */
#define QUESTION(CODE, GROUP)                                                                               \
    {                                                                                                       \
        .code = (CODE), .parent = (GROUP), .weight = 1, .kind = SIPAS_NODE_ITEM, .type = SIPAS_ITEM_LIKERT, \
        .role = SIPAS_ROLE_SATISFACTION, .levels = 5, .first_code = 1                                       \
    }
static const sipas_node nodes[] = {QUESTION("wait", "service"),
                                   QUESTION("staff", "service"),
                                   QUESTION("result", "all"),
                                   {.code = "service", .parent = "all", .weight = 1, .kind = SIPAS_NODE_FACTOR},
                                   {.code = "all", .kind = SIPAS_NODE_INDEX}};

/* Made up: of 50 people of a province so many are satisfied with each question. */
static const int satisfied[PROVINCES][QUESTIONS] = {{40, 42, 38}, {39, 41, 40}, {25, 30, 28}, {45, 44, 47}};

static void must(sipas_status status, const sipas_error *err)
{
    if (status == SIPAS_OK) return;
    fprintf(stderr, "%s\n", err->message); /* one sentence; it names the row or the unit */
    exit(EXIT_FAILURE);
}

int main(void)
{
    sipas_error err = {0};
    sipas_instrument *form = NULL;
    sipas_design *design = NULL;
    sipas_table *index = NULL, *league = NULL;
    const char *const *unit;
    const double *value;
    const int64_t *rank, *best, *worst;
    static const char *const name = "province";
    static int8_t answer[QUESTIONS][PEOPLE];
    static int32_t province[PEOPLE];
    sipas_column y[QUESTIONS];

    for (int i = 0; i < PEOPLE; i++) {
        province[i] = i / EACH + 1;
        for (int q = 0; q < QUESTIONS; q++) answer[q][i] = i % EACH < satisfied[i / EACH][q] ? 4 : 2;
    }
    for (int q = 0; q < QUESTIONS; q++) y[q] = sipas_column_i8(answer[q], PEOPLE);
    const sipas_column stratum = sipas_column_i32(province, PEOPLE);
    sipas_domains by_province = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    by_province.n_by = 1, by_province.by = &stratum, by_province.names = &name;
    opts.weighting = SIPAS_WEIGHTING_EXPLICIT; /* all weights 1: every node the plain mean of its children */
    opts.cov = 1;                              /* for the ranks */

    must(sipas_instrument_new(NULL, "three questions", NULL, nodes, sizeof nodes / sizeof *nodes, &form, &err), &err);
    must(sipas_design_new(NULL, PEOPLE, NULL, &stratum, NULL, 0, NULL, NULL, &design, &err), &err);
    must(sipas_index_estimate(design, form, y, &by_province, &opts, &index, &err), &err);
    must(sipas_rank_league(NULL, index, NULL, &league, &err), &err);
    must(sipas_table_get_code(league, "unit", &unit, &err), &err);
    must(sipas_table_get_f64(league, "estimate", &value, &err), &err);
    must(sipas_table_get_i64(league, "rank", &rank, &err), &err);
    must(sipas_table_get_i64(league, "rank_lower", &best, &err), &err);
    must(sipas_table_get_i64(league, "rank_upper", &worst, &err), &err);
    for (int i = 0; i < PROVINCES; i++)
        printf("%lld. province %s: %.2f, truly between rank %lld and %lld\n", (long long)rank[i], unit[i], value[i],
               (long long)best[i], (long long)worst[i]);

    sipas_table_free(league);
    sipas_table_free(index);
    sipas_design_free(design);
    sipas_instrument_free(form);
    return EXIT_SUCCESS;
}
