/**
 * @file province.h
 * A province's own round of the satisfaction survey, step by step: agencies and their transactions, quotas, draw,
 * simulated fieldwork and answers, index and league tables. And, for another province, one total split by every method.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_PROVINCE_H
#define EXAMPLES_PROVINCE_H

#include <sipas.h>

#include "read_csv.h"

enum {
    PROVINCE_LEVELS = 3, /**< departments, districts, communes */
    PROVINCE_ITEMS = 16, /**< criteria of the service block */
    PROVINCE_NODES = 22, /**< … with its 5 factors and the index */
    PROVINCE_DOES_NOT_APPLY = 9
};

/** Programmes of the random numbers (rng.h): the draw, and what is made up. */
enum { PROVINCE_DRAW = 1, PROVINCE_SIMULATION = 2 };

/** A way to reach people. Both figures are assumed. */
typedef struct province_mode {
    const char *name;
    double response; /**< share of those asked who answer */
    double reserve;  /**< reserves drawn per form of the quota */
} province_mode;

/** A level of agencies, and how its users are asked. */
typedef struct province_level {
    const char *level, *title;
    const province_mode *mode;
    double mean, spread; /**< of the model of answers: middle and half range of the agencies' means, 1 to 5 */
} province_level;

extern const province_level province_levels[PROVINCE_LEVELS];

/** An agency: its own administration, without the agencies below it. */
typedef struct province_agency {
    const char *code, *name, *class_name;
    const char *district; /**< name of the district that a commune lies in; NULL for others */
    int32_t level;        /**< position in province_levels */
    int64_t transactions; /**< assumed */
    int64_t quota, reserve;
    int64_t asked, from_reserve, answered;
    uint64_t hash;
} province_agency;

/** A person who was asked; after the fieldwork only those who answered are kept. Columns are read where they lie. */
typedef struct province_person {
    const char *agency; /**< code */
    int64_t row;        /**< of the agency */
    uint64_t hash;      /**< of the transaction's code */
    double pi;          /**< probability to be asked */
    double population;  /**< transactions of the agency */
    double weight;
    int32_t level;
    uint8_t responded;
    int8_t answer[PROVINCE_ITEMS];
} province_person;

/** A round. Zero it, set the seed, and free it with province_clear() after whatever happened. */
typedef struct province_round {
    uint64_t seed;
    sheet *agency_sheet, *quota_sheet;
    sipas_unit_tree *tree;
    province_agency *agencies; /**< level by level */
    int64_t n_agencies, first[PROVINCE_LEVELS + 1];
    province_person *persons;
    int64_t n_persons, room;
    sipas_instrument *instrument;
    sipas_design *design;
    char receipt[400]; /**< what was drawn for the first agency */
} province_round;

/** Frees what a round holds. */
void province_clear(province_round *r);

/** A column of the persons' struct, by one of its members. */
sipas_column province_column(sipas_column first, const province_round *r);

/** The agency of a code that is known to be there. */
const province_agency *province_find(const province_round *r, const char *code);

/** Reads agencies and quotas, and prints the frame. */
sipas_status province_read(province_round *r, sipas_error *err);

/** Sets every agency's quota and prints how the published totals come out. */
sipas_status province_plan(province_round *r, sipas_error *err);

/** Prints what the formulas of Slovin and Cochran would ask for. */
sipas_status province_sizes(const province_round *r, sipas_error *err);

/** Draws transactions in every agency, with reserves, and simulates who answers; prints both. */
sipas_status province_field(province_round *r, sipas_error *err);

/** Weights those who answered, prints what the weights cost, and drops the others. */
sipas_status province_weigh(province_round *r, sipas_error *err);

/** Makes the instrument of 5 factors and 16 criteria, and simulates the answers. */
sipas_status province_answer(province_round *r, sipas_error *err);

/** Estimates and prints the index for the province, the levels and the agencies, and the league table of each level. */
sipas_status province_score(province_round *r, sipas_error *err);

/** The other province: splits a total over districts and communes by every method. */
sipas_status province_split(sipas_error *err);

#endif
