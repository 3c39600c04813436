/*
 * national_survey: a national satisfaction survey of Viet Nam from end to end, on the real administrative units.
 *
 *     national_survey                the round of 2024 with three tiers, then a plan for the two tiers of 2025
 *     national_survey --two-tier     the same from end to end for the two tiers
 *     national_survey --help         the options
 *
 * Frame, plan, draw, weights, index, league table. Units and populations are real. Villages and persons are numbered by
 * assumed rules. The answers are simulated, since none are public, and the output says so wherever they show.
 *
 * The steps are in examples/common: national_frame.c, national_plan.c, national_draw.c, national_list.c,
 * national_answers.c, national_report.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "national.h"
#include "print.h"
#include "progress.h"
#include "refuse.h"

static const char help[] =
    "A national satisfaction survey of Viet Nam: frame, plan, draw, simulated answers, weights, index, league table.\n"
    "\n"
    "usage: national_survey [options]\n"
    "\n"
    "  --seed N        seed of the draw and of the simulated answers, a whole number (20241231)\n"
    "  --two-tier      the country since 1 July 2025: 34 provinces and 3,321 communes, no districts\n"
    "  --units FILE    another table of units (CSV: code, parent, level, name, class, region, urban, population);\n"
    "                  with districts it is planned as three tiers, without as two\n"
    "  --out FILE      write every unit drawn, reserves too, with its inclusion probabilities (CSV)\n"
    "  --threads N     threads of the library's calls (1); the figures do not depend on it\n"
    "  --help          this page\n";

static const char shown_province[] = "20"; /* Lạng Sơn */

typedef struct options {
    uint64_t seed;
    const char *units, *out;
    int32_t threads;
    int two_tier, help;
} options;

static sipas_status read_whole(const char *name, const char *text, uint64_t most, uint64_t *out, sipas_error *err)
{
    char *end = NULL;
    errno = 0;
    if (text && isdigit((unsigned char)text[0])) *out = strtoull(text, &end, 10);
    if (!end || *end != '\0' || errno == ERANGE || *out > most)
        return refuse(err, SIPAS_ERR_OPTION, "%s needs a whole number from 0 to %" PRIu64 ", not '%s'", name, most,
                      text ? text : "");
    return SIPAS_OK;
}

static sipas_status read_options(int argc, char **argv, options *o, sipas_error *err)
{
    uint64_t threads = 1;
    sipas_status status = SIPAS_OK;
    for (int i = 1; i < argc && status == 0; i++) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(name, "--help") == 0) {
            o->help = 1;
        } else if (strcmp(name, "--two-tier") == 0) {
            o->two_tier = 1;
        } else if (strcmp(name, "--seed") == 0 && ++i) {
            status = read_whole(name, value, UINT64_MAX, &o->seed, err);
        } else if (strcmp(name, "--threads") == 0 && ++i) {
            status = read_whole(name, value, 1024, &threads, err);
        } else if (strcmp(name, "--units") == 0 || strcmp(name, "--out") == 0) {
            *(name[2] == 'u' ? &o->units : &o->out) = value;
            if (!value) return refuse(err, SIPAS_ERR_OPTION, "%s needs the name of a file", name);
            i++;
        } else {
            return refuse(err, SIPAS_ERR_OPTION, "unknown option '%s'; --help lists them", name);
        }
    }
    o->threads = (int32_t)threads;
    if (status == 0 && o->two_tier && o->units)
        return refuse(err, SIPAS_ERR_OPTION,
                      "give --two-tier or --units, not both: the tiers of a file are read from it");
    return status;
}

static sipas_status write_units(const sipas_table *drawn, const char *path, sipas_error *err)
{
    FILE *file = fopen(path, "w");
    if (!file) return refuse(err, SIPAS_ERR_NOT_FOUND, "%s: the file cannot be written", path);
    sipas_status status = write_csv(file, drawn, err);
    int failed = ferror(file);
    failed |= fclose(file) != 0;
    if (status == 0 && failed) status = refuse(err, SIPAS_ERR_VALUE, "%s: writing failed", path);
    if (status == 0) printf("\n  %" PRId64 " units drawn are in %s.\n", sipas_table_count_rows(drawn), path);
    return status;
}

/* The whole job, step by step. */
static sipas_status run(sipas_ctx *ctx, const options *o, sipas_error *err)
{
    national s = {.ctx = ctx, .seed = o->seed, .file = o->units, .two_tier = o->two_tier};
    sipas_status status = national_read(&s, err);
    if (status == 0) status = national_print_frame(&s, err);
    if (status == 0) status = national_plan(&s, err);
    if (status == 0) status = national_print_plan(&s, err);
    if (status == 0) status = national_draw(&s, 1, err);
    if (status == 0) status = national_print_draw(&s, shown_province, err);
    if (status == 0 && o->out) status = write_units(s.drawn, o->out, err);
    if (status == 0) status = national_simulate(&s, err);
    if (status == 0) status = national_print_model(&s, err);
    if (status == 0) status = national_estimate(&s, shown_province, err);
    national_clear(&s);
    return status;
}

/* The same steps, as far as the villages, for the country of two tiers. */
static sipas_status plan_two_tiers(sipas_ctx *ctx, const options *o, sipas_error *err)
{
    national s = {.ctx = ctx, .seed = o->seed, .two_tier = 1};
    printf("\n9. TWO TIERS: the same total for the country since 1 July 2025, by the same code\n\n");
    sipas_status status = national_read(&s, err);
    if (status == 0) status = national_plan(&s, err);
    if (status == 0) status = national_draw(&s, 0, err);
    if (status == 0) status = national_print_summary(&s, err);
    if (status == 0) printf("  `--two-tier` runs it to the end, with persons and simulated answers.\n");
    national_clear(&s);
    return status;
}

int main(int argc, char **argv)
{
    options o = {.seed = 20241231, .threads = 1};
    progress shown = {0};
    sipas_ctx *ctx = NULL;
    sipas_error err;
    sipas_status status = read_options(argc, argv, &o, &err);
    if (status == 0 && o.help) {
        fputs(help, stdout);
        return 0;
    }
    if (status == 0) status = progress_context(&shown, o.threads, &ctx, &err);
    if (status == 0) {
        printf("A NATIONAL SATISFACTION SURVEY OF VIET NAM, with libsipas %s\n"
               "Units and populations are real; villages and persons are assumed; all answers are simulated.\n",
               sipas_version());
        status = run(ctx, &o, &err);
    }
    if (status == 0 && !o.two_tier && !o.units) status = plan_two_tiers(ctx, &o, &err);
    sipas_ctx_free(ctx);
    progress_end(&shown);
    if (status == 0 && fflush(stdout) != 0) status = refuse(&err, SIPAS_ERR_VALUE, "writing the output failed");
    if (status < 0) fprintf(stderr, "national_survey: %s\n", err.message);
    return status < 0;
}
