/*
 * A questionnaire with one of everything.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "small_instrument.h"

#include <stddef.h>

#include "result.h"

const char *const small_nodes[SMALL_NODES] = {"q1", "q2", "q3", "q4", "q5", "q6", "A",
                                              "B1", "B",  "C",  "I",  "II", "ALL"};

#define ITEMS                                                                                           \
    {1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}, {0, 0, 1, 0, 0, 0}, {0, 0, 0, 1, 0, 0}, {0, 0, 0, 0, 1, 0}, \
    {                                                                                                   \
        0, 0, 0, 0, 0, 1                                                                                \
    }

/* Explicit: q1 : q2 = 3 : 1, q3 : q4 = 1 : 1, B1 : q5 = 2 : 3, A : B = 1 : 4, I : II = 3 : 1. */
const double small_coef[4][SMALL_NODES][SMALL_ITEMS] = {
    {ITEMS,
     {1.0 / 2, 1.0 / 2, 0, 0, 0, 0},
     {0, 0, 1.0 / 2, 1.0 / 2, 0, 0},
     {0, 0, 1.0 / 4, 1.0 / 4, 1.0 / 2, 0},
     {0, 0, 0, 0, 0, 1},
     {1.0 / 4, 1.0 / 4, 1.0 / 8, 1.0 / 8, 1.0 / 4, 0},
     {0, 0, 0, 0, 0, 1},
     {1.0 / 5, 1.0 / 5, 1.0 / 10, 1.0 / 10, 1.0 / 5, 1.0 / 5}},
    {ITEMS,
     {1.0 / 2, 1.0 / 2, 0, 0, 0, 0},
     {0, 0, 1.0 / 2, 1.0 / 2, 0, 0},
     {0, 0, 1.0 / 4, 1.0 / 4, 1.0 / 2, 0},
     {0, 0, 0, 0, 0, 1},
     {1.0 / 4, 1.0 / 4, 1.0 / 8, 1.0 / 8, 1.0 / 4, 0},
     {0, 0, 0, 0, 0, 1},
     {1.0 / 6, 1.0 / 6, 1.0 / 12, 1.0 / 12, 1.0 / 6, 1.0 / 3}},
    {ITEMS,
     {1.0 / 2, 1.0 / 2, 0, 0, 0, 0},
     {0, 0, 1.0 / 2, 1.0 / 2, 0, 0},
     {0, 0, 1.0 / 4, 1.0 / 4, 1.0 / 2, 0},
     {0, 0, 0, 0, 0, 1},
     {1.0 / 4, 1.0 / 4, 1.0 / 8, 1.0 / 8, 1.0 / 4, 0},
     {0, 0, 0, 0, 0, 1},
     {1.0 / 8, 1.0 / 8, 1.0 / 16, 1.0 / 16, 1.0 / 8, 1.0 / 2}},
    {ITEMS,
     {3.0 / 4, 1.0 / 4, 0, 0, 0, 0},
     {0, 0, 1.0 / 2, 1.0 / 2, 0, 0},
     {0, 0, 1.0 / 5, 1.0 / 5, 3.0 / 5, 0},
     {0, 0, 0, 0, 0, 1},
     {3.0 / 20, 1.0 / 20, 4.0 / 25, 4.0 / 25, 12.0 / 25, 0},
     {0, 0, 0, 0, 0, 1},
     {9.0 / 80, 3.0 / 80, 3.0 / 25, 3.0 / 25, 9.0 / 25, 1.0 / 4}},
};

static const struct {
    int first_code, levels, reversed, type;
} items[SMALL_ITEMS] = {{1, 5, 0, SIPAS_ITEM_LIKERT}, {1, 5, 1, SIPAS_ITEM_LIKERT}, {-2, 5, 0, SIPAS_ITEM_LIKERT},
                        {1, 4, 0, SIPAS_ITEM_LIKERT}, {0, 2, 0, SIPAS_ITEM_YES_NO}, {200, 3, 0, SIPAS_ITEM_LIKERT}};

static const struct {
    const char *code, *parent;
    double weight;
    int kind;
} tree[SMALL_NODES] = {
    {"q1", "A", 3.0, SIPAS_NODE_ITEM},    {"q2", "A", 1.0, SIPAS_NODE_ITEM},      {"q3", "B1", 7.0, SIPAS_NODE_ITEM},
    {"q4", "B1", 7.0, SIPAS_NODE_ITEM},   {"q5", "B", 3.0, SIPAS_NODE_ITEM},      {"q6", "C", 1.0, SIPAS_NODE_ITEM},
    {"A", "I", 0.2, SIPAS_NODE_FACTOR},   {"B1", "B", 2.0, SIPAS_NODE_CRITERION}, {"B", "I", 0.8, SIPAS_NODE_FACTOR},
    {"C", "II", 1.0, SIPAS_NODE_FACTOR},  {"I", "ALL", 75.0, SIPAS_NODE_BLOCK},   {"II", "ALL", 25.0, SIPAS_NODE_BLOCK},
    {"ALL", NULL, 0.0, SIPAS_NODE_INDEX},
};

sipas_instrument *small_instrument_new(void)
{
    sipas_instrument *instrument = NULL;
    sipas_node nodes[SMALL_NODES] = {{0}};
    sipas_error err;

    for (int k = 0; k < SMALL_NODES; k++) {
        nodes[k].code = tree[k].code;
        nodes[k].parent = tree[k].parent;
        nodes[k].weight = tree[k].weight;
        nodes[k].kind = tree[k].kind;
        if (k >= SMALL_ITEMS) continue;
        nodes[k].type = items[k].type;
        nodes[k].role = SIPAS_ROLE_SATISFACTION;
        nodes[k].levels = items[k].levels;
        nodes[k].first_code = items[k].first_code;
        nodes[k].reversed = items[k].reversed;
        nodes[k].n_dont_know = nodes[k].n_not_applicable = 1;
        nodes[k].dont_know[0] = k == 5 ? 300 : 98;
        nodes[k].not_applicable[0] = -9;
    }
    check(sipas_instrument_new(NULL, "small", "made for tests", nodes, SMALL_NODES, &instrument, &err), &err);
    return instrument;
}

int small_first_code(int item)
{
    return items[item].first_code;
}

int small_levels(int item)
{
    return items[item].levels;
}

double small_score(int item, int scoring, int code)
{
    const int levels = items[item].levels, up = code - items[item].first_code + 1;
    const int k = items[item].reversed ? levels - up + 1 : up;

    if (items[item].type == SIPAS_ITEM_YES_NO) return k == 2 ? 100.0 : 0.0; /* a plain share under every rule */
    if (scoring == SIPAS_SCORING_MEAN_OVER_MAX) return 100.0 * k / levels;
    if (scoring == SIPAS_SCORING_RESCALED) return 100.0 * (k - 1) / (levels - 1);
    if (levels == 2) return k == 2 ? 100.0 : 0.0;
    return k >= levels - 1 ? 100.0 : 0.0;
}
