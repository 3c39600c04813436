/*
 * province_round: a province's own satisfaction survey, from the list of agencies to the league tables.
 *
 *     province_round [--seed N]
 *
 * Bình Dương: 17 departments, 9 districts, 91 communes; the numbers of forms are those published for 2017. Then Đồng Tháp:
 * 6,045 people split over districts and communes by every method. Numbers of transactions are assumed, and who answers
 * what is simulated; both are said wherever they matter.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "province.h"
#include "refuse.h"

static const char help[] =
    "A provincial round of the satisfaction survey: frame, quotas, draw, simulated answers, index, ranks.\n"
    "\n"
    "usage: province_round [--seed N]\n"
    "\n"
    "  --seed N   seed of the draw and of the simulation, a whole number; 2023 when it is not given\n"
    "  --help     this page\n";

static sipas_status read_seed(int argc, char **argv, uint64_t *seed, sipas_error *err)
{
    *seed = 2023;
    if (argc == 1) return SIPAS_OK;
    if (argc != 3 || strcmp(argv[1], "--seed") != 0)
        return refuse(err, SIPAS_ERR_ARGUMENT, "usage: province_round [--seed N]");
    char *end;
    errno = 0;
    *seed = strtoull(argv[2], &end, 10);
    if (errno || argv[2][0] < '0' || argv[2][0] > '9' || *end)
        return refuse(err, SIPAS_ERR_ARGUMENT, "--seed %s: give a whole number from 0 to 18446744073709551615",
                      argv[2]);
    return SIPAS_OK;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return EXIT_SUCCESS;
    }
    province_round round = {0};
    sipas_error err = {0};
    sipas_status status = read_seed(argc, argv, &round.seed, &err);
    if (status == 0) {
        printf(
            "A province's own round, with libsipas %s, seed %llu. No answers of such a round are public: fieldwork and\n"
            "answers below are SIMULATED, and tables made of them say so.\n\n",
            sipas_version(), (unsigned long long)round.seed);
        status = province_read(&round, &err);
    }
    if (status == 0) status = province_plan(&round, &err);
    if (status == 0) status = province_sizes(&round, &err);
    if (status == 0) status = province_field(&round, &err);
    if (status == 0) status = province_weigh(&round, &err);
    if (status == 0) status = province_answer(&round, &err);
    if (status == 0) status = province_score(&round, &err);
    province_clear(&round);
    if (status == 0) status = province_split(&err);
    if (status == 0) return EXIT_SUCCESS;
    fprintf(stderr, "province_round: %s\n", err.message);
    return EXIT_FAILURE;
}
