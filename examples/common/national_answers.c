/*
 * Simulated answers: no answers of the national round are public. The model:
 *
 *     answer = 1 + Binomial(4, p),    p = item + province + district + commune + village + person
 *
 * so the expected score under mean over max is 20 (1 + 4 E p), and that is linear in the effects. Effects of units are
 * numbers of mean zero over the units below one parent, weighted by population (adults, for villages), so they cancel in
 * the country; a person's effect is uniform around zero, as far as the room left below p = 1 allows. The items are set so
 * that the expected national figures are the ones published for 2024: policy 83.84, services 84.09, access 84.27; hence the
 * index 83.94, as the mean of the 39 items. Whether a form comes back, and whether an item is answered, does not depend on
 * the answers.
 *
 * Numbers: sipas_rng_uniform(seed, PROGRAMME, hash of the unit's path, stream, draw), so they have nothing to do with
 * the ones that draw the sample.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "national.h"
#include "print.h"
#include "refuse.h"

enum { PROGRAMME = 1, STREAM_EFFECT = 1, STREAM_VILLAGE_RETURNS, STREAM_PERSON, STREAM_RETURNED, STREAM_ANSWER };

static const double share_unanswered = 0.02;                 /* of items on a form that came back; assumed */
static const double least_return = 0.92, most_return = 0.98; /* of a village's forms; assumed */

/* Factors: items, and the expected level; NAN = what is left of the block's level. */
static const struct {
    const char *code;
    int n_items;
    double level;
} factors[] = {{"I.A", 2, 84.10},  {"I.B", 2, 83.20},  {"I.C", 9, 84.00},  {"I.D", 10, NAN},  /* assumed */
               {"II.A", 3, 84.27},                                                            /* published */
               {"II.B", 4, 84.20}, {"II.C", 3, 84.35}, {"II.D", 3, 84.25}, {"II.E", 3, NAN}}; /* assumed */

enum { N_FACTORS = sizeof factors / sizeof *factors, N_POLICY = 4, POLICY_ITEMS = 23 };
static const double policy_level = 83.84, services_level = 84.09; /* published */
static const double between_items = 0.3;                          /* from one item of a factor to the next; assumed */

static double chance(double level)
{
    return (level / 20 - 1) / 4;
}

/* p of each item, before effects. The last factor of a block takes what the others leave. */
static void item_chances(double p[NATIONAL_ITEMS])
{
    int item = 0;
    double left = 0;
    for (int f = 0; f < N_FACTORS; f++) {
        if (f == 0) left = policy_level * POLICY_ITEMS;
        if (f == N_POLICY) left = services_level * (NATIONAL_ITEMS - POLICY_ITEMS);
        int n = factors[f].n_items;
        double level = isnan(factors[f].level) ? left / n : factors[f].level;
        left -= level * n;
        for (int i = 0; i < n; i++) p[item++] = chance(level + between_items * (i - 0.5 * (n - 1)));
    }
}

static double uniform(const national *s, int64_t unit, uint64_t stream, uint64_t draw)
{
    return sipas_rng_uniform(s->seed, PROGRAMME, sipas_unit_tree_get_hash(s->tree, unit), stream, draw);
}

/* ------------------------------------------------------------------------------------------------- effects of units */

/* Width of the effects of a level, on the scale of p. */
static double width_of(const national *s, int64_t unit)
{
    if (strcmp(sipas_unit_tree_get_level(s->tree, unit), "village") == 0) return 0.03;
    switch (sipas_unit_tree_get_depth(s->tree, unit)) {
    case 1: return 0.14;
    case 2: return 0.04;
    default: return 0.02;
    }
}

/* The effects of all units below one parent: their weighted mean is zero. */
static void set_effects(national *s, int64_t parent)
{
    int64_t n;
    const int64_t *unit = sipas_unit_tree_get_children(s->tree, parent, &n);
    double sum = 0, people = 0;
    for (int64_t i = 0; i < n; i++) {
        double size = s->units.population[unit[i]];
        if (s->units.excluded[unit[i]]) continue;
        if (isnan(size)) size = 1; /* villages of one commune have one size */
        sum += size * uniform(s, unit[i], STREAM_EFFECT, 0);
        people += size;
    }
    for (int64_t i = 0; i < n && people > 0; i++)
        s->effect[unit[i]] = width_of(s, unit[i]) * (uniform(s, unit[i], STREAM_EFFECT, 0) - sum / people);
}

/* The effect of a unit with those of all units above it. */
static double effect_of(national *s, int64_t unit)
{
    double sum = 0;
    for (int64_t parent = sipas_unit_tree_get_parent(s->tree, unit); parent >= 0;
         unit = parent, parent = sipas_unit_tree_get_parent(s->tree, unit)) {
        if (isnan(s->effect[unit])) set_effects(s, parent);
        sum += s->effect[unit];
    }
    return sum;
}

static sipas_status make_effects(national *s, sipas_error *err)
{
    s->effect = malloc((size_t)s->units.n * sizeof *s->effect);
    if (!s->effect) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    for (int64_t i = 0; i < s->units.n; i++) s->effect[i] = NAN;
    set_effects(s, sipas_unit_tree_get_parent(s->tree, s->provinces[0]));
    return SIPAS_OK;
}

double national_expected(const national *s, int64_t province, const char *node)
{
    int first = strcmp(node, "II") == 0 ? POLICY_ITEMS : 0,
        end = strcmp(node, "I") == 0 ? POLICY_ITEMS : NATIONAL_ITEMS;
    double p[NATIONAL_ITEMS], sum = 0;
    item_chances(p);
    for (int i = first; i < end; i++) sum += p[i];
    return 20 * (1 + 4 * (sum / (end - first) + s->effect[s->provinces[province]]));
}

/* ---------------------------------------------------------------------------------------------------------- answers */

/* 1 + the number of successes among 4, by inversion: u in [0, 1). */
static int8_t draw_answer(double p, double u)
{
    double q = 1 - p, term = q * q * q * q, below = term;
    int8_t answer = 1;
    for (int k = 1; k <= 4 && u >= below; k++) {
        term *= (5 - k) / (double)k * p / q;
        below += term;
        answer++;
    }
    return answer;
}

/* One form. A number below the share of unanswered items is no answer; the rest of [0, 1) is stretched over the answers. */
static sipas_status fill_form(national *s, int64_t row, const double items[NATIONAL_ITEMS], double units,
                              sipas_error *err)
{
    double highest = 0, lowest = 1;
    for (int i = 0; i < NATIONAL_ITEMS; i++) {
        highest = fmax(highest, items[i] + units);
        lowest = fmin(lowest, items[i] + units);
    }
    double room = fmin(1 - highest, lowest);
    if (!(room > 0))
        return refuse(err, SIPAS_ERR_VALUE, "the model of the simulated answers leaves [0, 1] in village %s",
                      sipas_unit_tree_get_code(s->tree, s->village[row]));
    double person = 0.98 * room * (2 * uniform(s, s->person[row], STREAM_PERSON, 0) - 1);
    for (int i = 0; i < NATIONAL_ITEMS; i++) {
        double u = uniform(s, s->person[row], STREAM_ANSWER, (uint64_t)i);
        if (u < share_unanswered) continue;
        s->answers[i * s->n + row] = draw_answer(items[i] + units + person,
                                                 (u - share_unanswered) / (1 - share_unanswered));
        s->answered[i * s->bitmap_bytes + row / 8] |= (uint8_t)(1u << row % 8);
    }
    return SIPAS_OK;
}

sipas_status national_simulate(national *s, sipas_error *err)
{
    double items[NATIONAL_ITEMS];
    s->bitmap_bytes = s->n / 8 + 1;
    s->answers = calloc((size_t)s->n, NATIONAL_ITEMS);
    s->answered = calloc((size_t)s->bitmap_bytes, NATIONAL_ITEMS);
    s->returned = calloc((size_t)s->n, 1);
    if (!s->answers || !s->answered || !s->returned) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    sipas_status status = make_effects(s, err);
    item_chances(items);
    for (int64_t row = 0; row < s->n && status == 0; row++) {
        double returns = least_return +
                         (most_return - least_return) * uniform(s, s->village[row], STREAM_VILLAGE_RETURNS, 0);
        s->returned[row] = uniform(s, s->person[row], STREAM_RETURNED, 0) < returns;
        if (s->returned[row]) status = fill_form(s, row, items, effect_of(s, s->village[row]), err);
    }
    return status;
}

/* --------------------------------------------------------------------------------------------------------- printing */

sipas_status national_print_model(const national *s, sipas_error *err)
{
    static const char *const nodes[] = {"I", "II", "SIPAS"}, *const names[] = {"policy", "services", "index"},
                             *const published[] = {"83.84", "84.09", "83.94"};
    static const char *const headings[] = {"", "expected by the model", "published 2024", "kind of line"};
    double people = 0;
    for (int64_t p = 0; p < s->n_provinces; p++) people += s->units.population[s->provinces[p]];
    printf(
        "\n4. ANSWERS: simulated. No answers of the national round are public, so every figure from here on is\n"
        "   simulated; it says nothing about the places named.\n\n"
        "  Model (assumed): answer 1 … 5 = 1 + Binomial(4, p), p = item + province + %scommune + village + person.\n"
        "  The effects of places have mean zero over the population, those of persons too, and the answers' mean is\n"
        "  linear in them, so the expected national levels are exact. Forms returned: 92 to 98 %% of a village's;\n"
        "  items not answered on them: 2 %% (both assumed; of the forms issued in 2023, 98.84 %% were valid).\n\n",
        s->two_tier ? "" : "district + ");
    grid *g = grid_new(headings, 4);
    for (int i = 0; i < 3; i++) {
        double sum = 0;
        for (int64_t p = 0; p < s->n_provinces; p++)
            sum += s->units.population[s->provinces[p]] / people * national_expected(s, p, nodes[i]);
        grid_text(g, names[i]);
        grid_number(g, sum, 4);
        grid_right(g, published[i]);
        grid_text(g, "simulated");
    }
    sipas_status status = grid_print(g, stdout);
    grid_free(g);
    return status != 0 ? refuse(err, status, "not enough memory") : status;
}
