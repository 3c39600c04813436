/*
 * estimate: what R's package survey is asked for on two lines, from the command line.
 *
 *     estimate data.csv --ids dnum+snum --weights pw --fpc fpc1+fpc2 mean api00+enroll --by stype
 *     estimate             a few examples on real samples that come with the library
 *     estimate --help      the options
 *
 * The options have the names that svydesign() and its like give them, so that a line of R can be copied over. Names and
 * their columns: common/survey.c; the calls of the library: common/estimate_ask.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipas.h>

#include "estimate.h"
#include "progress.h"
#include "refuse.h"
#include "text.h"

enum { WRONG_DATA = 1, WRONG_CALL = 2, MOST_WORDS = 32 };

/* The examples that a call without arguments shows. */
static const char *const shown[] = {
    "examples/data/apistrat.csv --strata stype --weights pw --fpc fpc mean api00+enroll --deff true",
    "examples/data/apistrat.csv --strata stype --weights pw --fpc fpc total enroll --by stype",
    "examples/data/apistrat.csv --strata stype --weights pw --fpc fpc ratio api.stu/enroll",
    "examples/data/apistrat.csv --strata stype --weights pw --fpc fpc quantile api00 --probs 0.25+0.5+0.75",
    "examples/data/apiclus1.csv --ids dnum --weights pw --fpc fpc proportion awards --success Yes --method beta",
    "examples/data/nhanes.csv --ids SDMVPSU --strata SDMVSTRA --weights WTMEC2YR mean HI_CHOL --by 1,race",
};

static sipas_status answer(const request *r, sipas_ctx *ctx, sipas_error *err)
{
    survey *s = malloc(sizeof *s);
    sipas_table *table = NULL, *contrasts = NULL, *pairs = NULL, *league = NULL;
    if (!s) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory", r->survey.file);
    sipas_status status = survey_open(&r->survey, ctx, s, err);
    if (status == 0) status = estimate_ask(r, s, &table, err);
    if (status == 0) sheet_note_unused(s->sheet);
    if (status != 0) survey_error(s, err);
    if (status == 0) status = estimate_compare(r, s, table, &contrasts, &pairs, err);
    if (status == 0) status = estimate_rank(r, ctx, table, &league, err);
    if (status == 0) status = estimate_print(r, s, table, err);
    if (status == 0 && r->cov) status = estimate_print_cov(r, s, table, err);
    if (status == 0 && contrasts) status = estimate_print_more(r, contrasts, err);
    if (status == 0 && pairs) status = estimate_print_more(r, pairs, err);
    if (status == 0 && r->rank) status = estimate_print_more(r, league, err);
    if (status == 0 && r->unit) status = estimate_print_unit(r, league, err);
    sipas_table_free(league);
    sipas_table_free(pairs);
    sipas_table_free(contrasts);
    sipas_table_free(table);
    survey_close(s);
    free(s);
    return status;
}

static sipas_status run(const request *r, sipas_error *err)
{
    progress bar = {0};
    sipas_ctx *ctx = NULL;
    sipas_status status = progress_context(&bar, (int32_t)r->threads, &ctx, err);
    if (status == 0) status = answer(r, ctx, err);
    progress_end(&bar);
    sipas_ctx_free(ctx);
    return status;
}

/* Runs a line of `shown` as if it stood on the command line. */
static sipas_status show(const char *line, sipas_error *err)
{
    char text[512], *argv[MOST_WORDS] = {text};
    int argc = 1;
    request r;
    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok(text, " "); word && argc < MOST_WORDS; word = strtok(NULL, " ")) argv[argc++] = word;
    sipas_status status = estimate_read(argc, argv, &r, err);
    if (status != 0) return status;
    r.survey.file = strrchr(r.survey.file, '/') + 1;
    r.survey.shipped = 1;
    printf("$ estimate %s\n\n", line);
    status = run(&r, err);
    printf("\n");
    return status;
}

int main(int argc, char **argv)
{
    sipas_error err = {0};
    request r = {0};
    sipas_status status = SIPAS_OK;
    for (size_t i = 0; argc == 1 && i < sizeof shown / sizeof *shown && status == 0; i++) status = show(shown[i], &err);
    if (argc > 1) status = estimate_read(argc, argv, &r, &err);
    if (r.help) estimate_help(stdout);
    if (status == 0 && argc > 1 && !r.help) status = run(&r, &err);
    if (status == 0) return EXIT_SUCCESS;
    fprintf(stderr, "estimate: %s%s\n", text_clean(err.message),
            status == SIPAS_ERR_LONELY_PSU ? ": --lonely-psu adjust, for example" : "");
    return status == SIPAS_ERR_ARGUMENT || status == SIPAS_ERR_OPTION ? WRONG_CALL : WRONG_DATA;
}
