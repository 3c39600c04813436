/*
 * plan: how many people to ask, and where.
 *
 *     plan                      the 34 provinces of Viet Nam, with assumed spread and costs
 *     plan FILE --size N …      your own frame; `plan --help` lists the options
 *
 * A frame with one row per unit (its people, how much answers differ in it, what an interview costs) and an aim (a number
 * of interviews, a budget, or a precision) become an allocation, unit by unit, with the precision to expect of each; then
 * every method is put beside the others for the same number of interviews.
 *
 * The frame: common/plan_frame.c; the calls of the library: common/plan_allocate.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include <sipas.h>

#include "plan.h"
#include "text.h"

static const char help[] =
    "How many people to ask, and where: from a frame and an aim to an allocation.\n"
    "\n"
    "usage: plan                        the 34 provinces of Viet Nam, spread and costs assumed\n"
    "       plan FILE --size COLUMN --sd NUMBER-OR-COLUMN AIM [options]\n"
    "\n"
    "  FILE              CSV in UTF-8: one header line, one row per unit; docs/files.md has what is read\n"
    "  --code COLUMN     codes of the units; \"code\" when it is not given\n"
    "  --size COLUMN     people in each unit\n"
    "  --sd WHAT         standard deviation of the answers within a unit: a number, or a column\n"
    "  --mean WHAT       expected mean of the answers (bankier and --ranks need it); LOW..HIGH: from HIGH in the first row\n"
    "                    evenly down to LOW in the last\n"
    "  --cost WHAT       cost of an interview (cost and --budget need it)\n"
    "  --where C=V       only rows that meet this: = != < <= > >=; several conditions: all. Codes are compared as they are\n"
    "                    written; the other rows are no units of the frame\n"
    "\n"
    "  --na TEXT         what stands for a missing value beside a blank cell, and NA in numbers; several times\n"
    "  --na COLUMN=TEXT  in one column only\n"
    "  --separator X     of the cells: one character, or tab; without it what the header shows, a comma first\n"
    "  --decimal ,       decimals stand behind a comma\n"
    "\n"
    "the aim, one of\n"
    "  --total N         so many interviews; --n is the same\n"
    "  --budget B        so much money\n"
    "  --half-width E    a 95 % interval for the whole of plus or minus E\n"
    "\n"
    "rules\n"
    "  --method M        equal, proportional, sqrt, power, kish, bankier, neyman, cost; neyman when it is not given\n"
    "  --lower N         no unit with fewer; --minimum is the same\n"
    "  --upper N         no unit with more; --maximum is the same\n"
    "  --multiple N      a multiple of N in every unit (5 forms make a village)\n"
    "  --fixed COLUMN    units with a number in this column get that number\n"
    "\n"
    "besides\n"
    "  --ranks A,B       how many interviews in every unit would tell rank A from rank B\n";

static const option options[] = {{"--code", OPTION_TEXT, offsetof(plan_request, code), NULL, 0, 0},
                                 {"--size", OPTION_TEXT, offsetof(plan_request, size), NULL, 0, 0},
                                 {"--sd", OPTION_TEXT, offsetof(plan_request, sd), NULL, 0, 0},
                                 {"--mean", OPTION_TEXT, offsetof(plan_request, mean), NULL, 0, 0},
                                 {"--cost", OPTION_TEXT, offsetof(plan_request, cost), NULL, 0, 0},
                                 {"--total", OPTION_TEXT, offsetof(plan_request, total), NULL, 0, 0},
                                 {"--n", OPTION_TEXT, offsetof(plan_request, total), NULL, 0, 0},
                                 {"--budget", OPTION_TEXT, offsetof(plan_request, budget), NULL, 0, 0},
                                 {"--half-width", OPTION_TEXT, offsetof(plan_request, half_width), NULL, 0, 0},
                                 {"--lower", OPTION_TEXT, offsetof(plan_request, lower), NULL, 0, 0},
                                 {"--minimum", OPTION_TEXT, offsetof(plan_request, lower), NULL, 0, 0},
                                 {"--upper", OPTION_TEXT, offsetof(plan_request, upper), NULL, 0, 0},
                                 {"--maximum", OPTION_TEXT, offsetof(plan_request, upper), NULL, 0, 0},
                                 {"--multiple", OPTION_TEXT, offsetof(plan_request, multiple), NULL, 0, 0},
                                 {"--fixed", OPTION_TEXT, offsetof(plan_request, fixed), NULL, 0, 0},
                                 {"--ranks", OPTION_TEXT, offsetof(plan_request, ranks), NULL, 0, 0},
                                 {"--separator", OPTION_TEXT, offsetof(plan_request, how.separator), NULL, 0, 0},
                                 {"--decimal", OPTION_TEXT, offsetof(plan_request, how.decimal), NULL, 0, 0},
                                 {"--method", OPTION_CHOICE, offsetof(plan_request, method), allocate_words, 0, 0},
                                 {"--where", OPTION_TEXTS, offsetof(plan_request, where), NULL, 0, 0},
                                 {"--na", OPTION_TEXTS, offsetof(plan_request, how.na), NULL, 0, 0},
                                 {"--help", OPTION_FLAG, offsetof(plan_request, help), NULL, 0, 0},
                                 {NULL, OPTION_FLAG, 0, NULL, 0, 0}};

static sipas_status plan(const plan_request *r, sipas_error *err)
{
    plan_task *t = calloc(1, sizeof *t);
    if (!t) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the plan");
    sipas_status status = plan_allocate(r, t, err);
    if (status == 0) status = plan_print(t, err);
    if (status == 0 && r->ranks) status = plan_print_ranks(t, r->ranks, err);
    sipas_table_free(t->allocation);
    plan_clear_frame(&t->frame);
    free(t);
    return status;
}

/* The shipped frame, two ways. Spread and costs are assumed: no answers of the national survey are public. */
static sipas_status plan_shipped(sipas_error *err)
{
    const plan_request base = {.file = "vietnam2025_units.csv",
                               .size = "population",
                               .sd = "20",
                               .where = {1, {"level=province"}},
                               .shipped = 1};
    plan_request total = base, precision = base;

    printf(
        "The 34 provinces of Viet Nam, with libsipas %s. Within a province answers are ASSUMED to differ by a standard\n"
        "deviation of 20 points of 100, and the means of provinces to lie evenly between 75.03 and 90.61, the ends of\n"
        "the published list of 2023; people are those of the census of 2019.\n\n"
        "1. The 40,230 interviews of 2023, at least 300 in each province, in villages of 5\n\n",
        sipas_version());
    total.total = "40230";
    total.method = SIPAS_ALLOCATE_KISH;
    total.lower = "300";
    total.multiple = "5";
    total.mean = "75.03..90.61";
    total.ranks = "20,30";
    sipas_status status = plan(&total, err);
    if (status == 0) printf("\n2. How many for the country to within half a point?\n\n");
    precision.half_width = "0.5";
    if (status == 0) status = plan(&precision, err);
    return status;
}

int main(int argc, char **argv)
{
    sipas_error err = {0};
    plan_request r = {0};
    sipas_status status = argc > 1 ? options_read(argc, argv, options, &r, &r.file, 1, &err) : plan_shipped(&err);
    if (r.help) fputs(help, stdout);
    if (status == 0 && argc > 1 && !r.help && !r.file)
        status = refuse(&err, SIPAS_ERR_ARGUMENT, "the name of the CSV file is missing; see --help");
    if (status == 0 && argc > 1 && !r.help) status = plan(&r, &err);
    if (status == 0) return EXIT_SUCCESS;
    fprintf(stderr, "plan: %s\n", text_clean(err.message));
    return EXIT_FAILURE;
}
