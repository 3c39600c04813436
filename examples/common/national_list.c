/*
 * Printing the draw of a national round: counts and probabilities by stage, the units of the first stage by province, and
 * one province in full.
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

enum { LINE = 116, SHOWN_MAIN = 3, SHOWN_RESERVE = 2 };

/* The columns of the draw that are shown. */
typedef struct listing {
    int64_t n;
    const int64_t *stage, *unit, *parent, *certainty, *order;
    const char *const *level, *const *code, *const *role;
    const double *pi_stage, *pi, *pi_reserve;
    const int64_t *imputed; /* of the units of the frame */
} listing;

static sipas_status read_listing(const national *s, listing *l, sipas_error *err)
{
    l->n = sipas_table_count_rows(s->drawn);
    sipas_status status = sipas_table_get_i64(s->drawn, "stage", &l->stage, err);
    if (status == 0) status = sipas_table_get_i64(s->drawn, "row", &l->unit, err);
    if (status == 0) status = sipas_table_get_i64(s->drawn, "parent", &l->parent, err);
    if (status == 0) status = sipas_table_get_i64(s->drawn, "certainty", &l->certainty, err);
    if (status == 0) status = sipas_table_get_i64(s->drawn, "order", &l->order, err);
    if (status == 0) status = sipas_table_get_code(s->drawn, "level", &l->level, err);
    if (status == 0) status = sipas_table_get_code(s->drawn, "code", &l->code, err);
    if (status == 0) status = sipas_table_get_code(s->drawn, "role", &l->role, err);
    if (status == 0) status = sipas_table_get_f64(s->drawn, "pi_stage", &l->pi_stage, err);
    if (status == 0) status = sipas_table_get_f64(s->drawn, "pi", &l->pi, err);
    if (status == 0) status = sipas_table_get_f64(s->drawn, "pi_reserve", &l->pi_reserve, err);
    if (status == 0) status = sipas_table_get_i64(s->sizes, "imputed", &l->imputed, err);
    return status;
}

static int is_reserve(const listing *l, int64_t row)
{
    return strcmp(l->role[row], "reserve") == 0;
}

/* ------------------------------------------------------------------------------------------------------------ stages */

/* Units of a level in the table of units; 0 for villages and persons, which it has not. */
static int64_t count_listed(const national *s, const char *level)
{
    int64_t n = 0;
    for (int64_t i = 0; i < s->n_frame; i++) n += strcmp(sipas_unit_tree_get_level(s->tree, i), level) == 0;
    return n;
}

static void add_stage(grid *g, const national *s, const listing *l, int32_t stage)
{
    static const char *const methods[] = {"", "simple random", "systematic", "systematic, by size", "all"};
    int64_t main = 0, reserve = 0, certain = 0, listed = count_listed(s, s->stages[stage].level);
    double least = 1, most = 0;
    for (int64_t row = 0; row < l->n; row++) {
        if (l->stage[row] != stage + 1) continue;
        if (is_reserve(l, row)) {
            reserve++;
            continue;
        }
        main++;
        certain += l->certainty[row] == 1;
        least = fmin(least, l->pi_stage[row]);
        most = fmax(most, l->pi_stage[row]);
    }
    grid_text(g, s->stages[stage].level);
    grid_text(g, methods[s->stages[stage].method]);
    grid_number(g, listed ? (double)listed : NAN, 0);
    grid_count(g, main);
    grid_count(g, reserve);
    grid_count(g, certain);
    grid_number(g, least, 5);
    grid_number(g, most, 5);
}

static sipas_status print_stages(const national *s, const listing *l, sipas_error *err)
{
    static const char *const headings[] = {"stage",    "method",         "in the table", "drawn",
                                           "reserves", "with certainty", "least π",      "largest π"};
    grid *g = grid_new(headings, 8);
    int32_t last = l->n > 0 ? (int32_t)l->stage[l->n - 1] : 0;
    for (int32_t stage = 0; stage < last; stage++) add_stage(g, s, l, stage);
    sipas_status status = grid_print(g, stdout);
    grid_free(g);
    return status != 0 ? refuse(err, status, "not enough memory") : status;
}

/* The published number of communes against the rule's. */
static void print_communes(const national *s, const listing *l)
{
    int64_t districts = 0, communes = 0, without = 0;
    for (int64_t row = 0; row < l->n; row++) {
        districts += strcmp(l->level[row], "district") == 0;
        communes += strcmp(l->level[row], "commune") == 0;
        /* the first village of a district that stands in the place of a commune */
        without += strcmp(l->level[row], "village") == 0 && l->order[row] == 1 &&
                   strcmp(sipas_unit_tree_get_level(s->tree, l->parent[row]), "district") == 0;
    }
    if (districts == 0) return;
    printf(
        "\n  Communes: 2 x %" PRId64 " districts = %" PRId64 ", less 2 x %" PRId64
        " drawn districts without communes = %" PRId64 ". Published: %d.\n"
        "  The rule gives even numbers only, and no district of the frame has just one commune: something else held\n"
        "  in a few districts of the round itself, and what is not known.\n",
        districts, 2 * districts, without, communes, NATIONAL_COMMUNES_PUBLISHED);
}

/* ----------------------------------------------------------------------------------------------- units by province */

const char *national_digits(int64_t value, char text[NATIONAL_DIGITS])
{
    char plain[NATIONAL_DIGITS];
    int length = snprintf(plain, sizeof plain, "%" PRId64, value), n = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && plain[i - 1] != '-' && (length - i) % 3 == 0) text[n++] = ',';
        text[n++] = plain[i];
    }
    text[n] = '\0';
    return text;
}

void national_print_item(const char *text, int first, int indent, int *width)
{
    int wide = text_width(text);
    if (!first) {
        int is_full = *width + wide + 2 > LINE;
        printf(",%s%*s", is_full ? "\n" : "", is_full ? indent : 1, "");
        *width = is_full ? indent : *width + 2;
    }
    fputs(text, stdout);
    *width += wide;
}

/* The units of stage 2: what is drawn first after the provinces. */
static void print_first_units(const national *s, const listing *l)
{
    const char *level = s->stages[1].level;
    int64_t province = -1;
    int width = 0;
    printf("\n  Drawn %ss (! with certainty%s):\n", level, s->two_tier ? "" : ", * population imputed, ~ no communes");
    for (int64_t row = 0; row < l->n; row++) {
        char text[160];
        int64_t unit = l->unit[row], n_children, above = national_above(s, unit, "province");
        if (l->stage[row] != 2) continue;
        if (above != province) {
            if (province >= 0) printf("\n");
            printf("  ");
            print_padded(stdout, national_name(s, above), 19);
            width = 21;
        }
        int is_island = !s->two_tier;
        const int64_t *children = sipas_unit_tree_get_children(s->tree, unit, &n_children);
        if (n_children > 0 && strcmp(sipas_unit_tree_get_level(s->tree, children[0]), "commune") == 0) is_island = 0;
        snprintf(text, sizeof text, "%s%s%s%s", national_name(s, unit), l->certainty[row] == 1 ? "!" : "",
                 !s->two_tier && l->imputed[unit] ? "*" : "", is_island ? "~" : "");
        national_print_item(text, above != province, 21, &width);
        province = above;
    }
    printf("\n");
}

/* ---------------------------------------------------------------------------------------------------- one province */

/* Of the persons, the first few of the first village; of the other stages, every unit. */
static int is_shown(const national *s, const listing *l, int64_t row, int64_t province, int64_t *village)
{
    if (strcmp(l->level[row], "province") == 0 || national_above(s, l->unit[row], "province") != province) return 0;
    if (strcmp(l->level[row], "person") != 0) return 1;
    if (*village < 0) *village = l->parent[row];
    if (l->parent[row] != *village) return 0;
    int64_t n_main = (int64_t)s->units.n_of[*village];
    return is_reserve(l, row) ? l->order[row] <= n_main + SHOWN_RESERVE : l->order[row] <= SHOWN_MAIN;
}

static sipas_status print_province(const national *s, const listing *l, int64_t province, sipas_error *err)
{
    static const char *const headings[] = {"level",           "code",  "name", "π of stage", "π",
                                           "π with reserves", "order", "role"};
    int64_t village = -1;
    grid *g = grid_new(headings, 8);
    for (int64_t row = 0; row < l->n; row++) {
        if (!is_shown(s, l, row, province, &village)) continue;
        const char *name = sipas_unit_tree_get_name(s->tree, l->unit[row]);
        grid_text(g, l->level[row]);
        grid_text(g, l->code[row]);
        grid_text(g, name);
        grid_number(g, l->pi_stage[row], 6);
        grid_number(g, is_reserve(l, row) ? NAN : l->pi[row], 8);
        grid_number(g, l->pi_reserve[row], 8);
        grid_count(g, l->order[row]);
        grid_text(g, l->role[row]);
    }
    printf("\n  %s in full, of the persons the first %d and %d reserves of one village (--out FILE writes all):\n\n",
           national_name(s, province), SHOWN_MAIN, SHOWN_RESERVE);
    sipas_status status = grid_print(g, stdout);
    grid_free(g);
    return status != 0 ? refuse(err, status, "not enough memory") : status;
}

sipas_status national_print_draw(const national *s, const char *shown_province, sipas_error *err)
{
    listing l;
    const char *frame;
    sipas_status status = read_listing(s, &l, err);
    if (status == 0) status = sipas_table_find_meta(s->drawn, "frame", &frame, err);
    if (status != 0) return status;
    printf("\n3. DRAW: seed %" PRIu64 ", frame %s. The same seed and unit codes draw the same sample anywhere.\n\n",
           s->seed, frame);
    status = print_stages(s, &l, err);
    if (status != 0) return status;
    print_communes(s, &l);
    print_first_units(s, &l);
    for (int64_t p = 0; p < s->n_provinces && status == 0; p++)
        if (strcmp(sipas_unit_tree_get_code(s->tree, s->provinces[p]), shown_province) == 0)
            status = print_province(s, &l, s->provinces[p], err);
    return status;
}

sipas_status national_print_summary(const national *s, sipas_error *err)
{
    listing l;
    int64_t listed[2] = {0, 0}, drawn[2] = {0, 0}; /* rural, urban communes */
    char text[2][NATIONAL_DIGITS];
    sipas_status status = read_listing(s, &l, err);
    if (status == 0) status = national_print_rules(s, err);
    if (status != 0) return status;
    printf("\n");
    status = print_stages(s, &l, err);
    for (int64_t i = 0; i < s->n_frame; i++)
        if (s->units.stratum[i] && !s->units.excluded[i]) listed[strcmp(s->units.stratum[i], "urban") == 0]++;
    for (int64_t row = 0; row < l.n; row++)
        if (strcmp(l.level[row], "commune") == 0) drawn[strcmp(s->units.stratum[l.unit[row]], "urban") == 0]++;
    printf("\n  Communes drawn: %" PRId64 " of %s urban, %" PRId64 " of %s rural ones; Hoàng Sa is out of the frame.\n",
           drawn[1], national_digits(listed[1], text[0]), drawn[0], national_digits(listed[0], text[1]));
    return status;
}
