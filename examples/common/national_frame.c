/*
 * The frame of a national round: units read from a table, the one without people set aside, missing populations filled.
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

void national_clear(national *s)
{
    free(s->units.population);
    free(s->units.excluded);
    free(s->units.stratum);
    free(s->units.n_of);
    free(s->units.reserve_of);
    free(s->quotas.parent);
    free(s->quotas.count);
    free(s->quotas.stratum);
    free(s->provinces);
    free(s->forms);
    free(s->villages);
    free(s->person);
    free(s->village);
    free(s->psu);
    free(s->ssu);
    free(s->province);
    free(s->stratum);
    free(s->province_code);
    free(s->region);
    free(s->certainty);
    free(s->returned);
    for (int i = 0; i < NATIONAL_STAGES; i++) free(s->pi[i]);
    free(s->answers);
    free(s->answered);
    free(s->effect);
    sipas_table_free(s->drawn);
    sipas_table_free(s->sizes);
    sipas_unit_tree_free(s->tree);
    sheet_free(s->sheet);
}

int64_t national_above(const national *s, int64_t unit, const char *level)
{
    while (unit >= 0 && strcmp(sipas_unit_tree_get_level(s->tree, unit), level) != 0)
        unit = sipas_unit_tree_get_parent(s->tree, unit);
    return unit;
}

const char *national_name(const national *s, int64_t unit)
{
    const char *name = sipas_unit_tree_get_name(s->tree, unit);
    return name ? name : sipas_unit_tree_get_code(s->tree, unit);
}

int32_t national_stage(const national *s, const char *level)
{
    for (int32_t i = 0; i < s->n_stages; i++)
        if (strcmp(s->stages[i].level, level) == 0) return i;
    return -1;
}

/* The urban flag as bytes with a validity bitmap: a blank cell is neither urban nor rural. */
static sipas_status read_urban(sheet *units, uint8_t *flags, uint8_t *valid, sipas_column *out, sipas_error *err)
{
    const double *urban;
    sipas_status status = sheet_get_number(units, "urban", &urban, err);
    if (status != 0) return status;
    int64_t n = sheet_count_rows(units);
    for (int64_t i = 0; i < n; i++) {
        if (isnan(urban[i])) continue;
        if (urban[i] != 0 && urban[i] != 1)
            return sheet_refuse(units, i, "urban", err, SIPAS_ERR_VALUE, "the flag is neither 0 nor 1");
        flags[i] = urban[i] == 1;
        valid[i / 8] |= (uint8_t)(1u << i % 8);
    }
    *out = sipas_column_bool(flags, n);
    out->validity = valid;
    return SIPAS_OK;
}

static sipas_status make_tree(national *s, const sipas_column *urban, sipas_error *err)
{
    static const char *const names[] = {"code", "parent", "level", "name", "class", "region"};
    static const char *const measure_names[] = {"population"};
    sipas_column columns[6], population;
    sipas_status status = sheet_get_measure(s->sheet, "population", &population, err);
    for (int i = 0; i < 6 && status == 0; i++) {
        const char *const *texts;
        status = sheet_get_text(s->sheet, names[i], &texts, err);
        if (status == 0) columns[i] = sipas_column_code(texts, sheet_count_rows(s->sheet));
    }
    if (status != 0) return status;
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    opts.level = &columns[2];
    opts.name = &columns[3];
    opts.unit_class = &columns[4];
    opts.region = &columns[5];
    opts.urban = urban;
    opts.n_measures = 1;
    opts.measures = &population;
    opts.measure_names = measure_names;
    status = sipas_unit_tree_new(s->ctx, &columns[0], &columns[1], &opts, &s->tree, err);
    if (status != 0) sheet_place(s->sheet, NULL, population.n, NULL, err);
    return status;
}

static sipas_status read_tree(national *s, sipas_error *err)
{
    sipas_status status = s->file ? sheet_read(s->file, NULL, &s->sheet, err)
                                  : sheet_read_shipped(s->two_tier ? "vietnam2025_units.csv" : "vietnam2023_units.csv",
                                                       &s->sheet, err);
    if (status != 0) return status;
    size_t n = (size_t)sheet_count_rows(s->sheet);
    uint8_t *flags = calloc(n, 1), *valid = calloc(n / 8 + 1, 1);
    sipas_column urban;
    if (flags && valid)
        status = read_urban(s->sheet, flags, valid, &urban, err);
    else
        status = refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    if (status == 0) status = make_tree(s, &urban, err);
    free(flags);
    free(valid);
    return status;
}

static sipas_status list_provinces(national *s, sipas_error *err)
{
    s->n_frame = sipas_unit_tree_count(s->tree);
    s->two_tier = 1;
    s->provinces = malloc((size_t)s->n_frame * sizeof *s->provinces);
    if (!s->provinces) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    int64_t n_roots, n_children;
    const int64_t *roots = sipas_unit_tree_get_children(s->tree, -1, &n_roots);
    for (int64_t r = 0; r < n_roots; r++) {
        const int64_t *children = sipas_unit_tree_get_children(s->tree, roots[r], &n_children);
        for (int64_t i = 0; i < n_children; i++)
            if (strcmp(sipas_unit_tree_get_level(s->tree, children[i]), "province") == 0)
                s->provinces[s->n_provinces++] = children[i];
    }
    for (int64_t i = 0; i < s->n_frame; i++)
        if (strcmp(sipas_unit_tree_get_level(s->tree, i), "district") == 0) s->two_tier = 0;
    if (s->n_provinces < 2)
        return refuse(err, SIPAS_ERR_TOO_FEW, "the frame needs a country with two provinces or more; it has %" PRId64,
                      s->n_provinces);
    return SIPAS_OK;
}

/*
 * Hoàng Sa has no enumerated people: out of the frame. Communes are stratified by their urban flag; an island zone (đặc
 * khu), which has none, stands with the rural ones.
 */
static sipas_status describe_units(national *s, sipas_error *err)
{
    national_units *u = &s->units;
    size_t n = (size_t)s->n_frame;
    u->n = s->n_frame;
    u->population = malloc(n * sizeof *u->population);
    u->n_of = malloc(n * sizeof *u->n_of);
    u->reserve_of = malloc(n * sizeof *u->reserve_of);
    u->stratum = calloc(n, sizeof *u->stratum);
    u->excluded = calloc(n, 1);
    if (!u->population || !u->n_of || !u->reserve_of || !u->stratum || !u->excluded)
        return refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    for (int64_t i = 0; i < s->n_frame; i++) {
        double known;
        int has_people = sipas_unit_tree_get_measure(s->tree, i, 0, &known, NULL) == 0;
        u->n_of[i] = u->reserve_of[i] = u->population[i] = NAN;
        u->excluded[i] = strcmp(national_name(s, i), "Hoàng Sa") == 0 && !has_people;
        if (strcmp(sipas_unit_tree_get_level(s->tree, i), "commune") == 0)
            u->stratum[i] = sipas_unit_tree_get_urban(s->tree, i) == 1 ? "urban" : "rural";
    }
    return SIPAS_OK;
}

/* A missing population is a part of what the province (or district) above has left, shared by number of communes. */
static sipas_status fill_populations(national *s, sipas_error *err)
{
    sipas_column excluded = sipas_column_bool(s->units.excluded, s->n_frame);
    sipas_frame_impute_opts opts = SIPAS_FRAME_IMPUTE_OPTS_INIT;
    opts.share = SIPAS_SHARE_CHILDREN;
    opts.excluded = &excluded;
    const double *value;
    sipas_status status = sipas_frame_impute(s->ctx, s->tree, 0, &opts, &s->sizes, err);
    if (status == 0) status = sipas_table_get_f64(s->sizes, "value", &value, err);
    for (int64_t i = 0; i < s->n_frame && status == 0; i++) {
        s->units.population[i] = value[i];
        if (isnan(value[i]) && !s->units.excluded[i])
            return refuse(err, SIPAS_ERR_MISSING, "unit %s %s: its population is not known and cannot be filled in",
                          sipas_unit_tree_get_code(s->tree, i), national_name(s, i));
    }
    return status;
}

sipas_status national_read(national *s, sipas_error *err)
{
    sipas_status status = read_tree(s, err);
    if (status == 0) status = list_provinces(s, err);
    if (status == 0) status = describe_units(s, err);
    if (status == 0) status = fill_populations(s, err);
    return status;
}

/* How many units of a level were filled in, and with how many people. */
static sipas_status count_imputed(const national *s, const char *level, int64_t *n, double *people, sipas_error *err)
{
    const int64_t *imputed;
    sipas_status status = sipas_table_get_i64(s->sizes, "imputed", &imputed, err);
    *n = 0, *people = 0;
    for (int64_t i = 0; i < s->n_frame && status == 0; i++) {
        if (!imputed[i] || strcmp(sipas_unit_tree_get_level(s->tree, i), level) != 0) continue;
        ++*n;
        *people += s->units.population[i];
    }
    return status;
}

static void print_island_districts(const national *s)
{
    static const char label[] = "  Districts without communes: ";
    int64_t n_children, found = 0;
    int width = (int)strlen(label);
    for (int64_t i = 0; i < s->n_frame; i++) {
        char text[160];
        if (strcmp(sipas_unit_tree_get_level(s->tree, i), "district") != 0) continue;
        sipas_unit_tree_get_children(s->tree, i, &n_children);
        if (n_children > 0) continue;
        snprintf(text, sizeof text, "%s (%s)", national_name(s, i),
                 national_name(s, sipas_unit_tree_get_parent(s->tree, i)));
        if (found == 0) fputs(label, stdout);
        national_print_item(text, found++ == 0, 4, &width);
    }
    if (found) printf(".\n");
}

static sipas_status print_filled(const national *s, sipas_error *err)
{
    int64_t districts, communes;
    double in_districts, in_communes;
    sipas_status status = count_imputed(s, "district", &districts, &in_districts, err);
    if (status == 0) status = count_imputed(s, "commune", &communes, &in_communes, err);
    if (status != 0) return status;
    if (districts > 0)
        printf("  Imputed: %" PRId64
               " districts without a census figure of their own share what their province has left,\n"
               "  by number of communes (%.1f million people). Marked in the list of districts drawn.\n",
               districts, in_districts / 1e6);
    printf("  Assumed: a commune has an equal part of the population of its %s; the table has none for communes.\n"
           "  Only the numbers of villages and of adults are made from it.\n",
           s->two_tier ? "province" : "district");
    return SIPAS_OK;
}

/* The summary of the frame; a level without any known population shows none. */
static sipas_status print_levels(const sipas_table *summary, sipas_error *err)
{
    static const char *const headings[] = {"level", "class",         "units",           "urban",
                                           "rural", "nothing below", "population 2019", "not known"};
    static const char *const counts[] = {"units", "urban", "rural", "without_next", "missing"};
    const char *const *level, *const *unit_class;
    const int64_t *count[5];
    const double *sum;
    sipas_status status = sipas_table_get_code(summary, "level", &level, err);
    if (status == 0) status = sipas_table_get_code(summary, "class", &unit_class, err);
    if (status == 0) status = sipas_table_get_f64(summary, "sum", &sum, err);
    for (int i = 0; i < 5 && status == 0; i++) status = sipas_table_get_i64(summary, counts[i], &count[i], err);
    if (status != 0) return status;
    grid *g = grid_new(headings, 8);
    for (int64_t row = 0; row < sipas_table_count_rows(summary); row++) {
        grid_text(g, level[row]);
        grid_text(g, unit_class[row] ? unit_class[row] : "(all)");
        for (int i = 0; i < 4; i++) grid_count(g, count[i][row]);
        grid_number(g, count[4][row] == count[0][row] ? NAN : sum[row], 0);
        grid_count(g, count[4][row]);
    }
    status = grid_print(g, stdout);
    grid_free(g);
    return status != 0 ? refuse(err, status, "not enough memory") : status;
}

sipas_status national_print_frame(const national *s, sipas_error *err)
{
    sipas_table *summary = NULL;
    sipas_status status = sipas_frame_summary(s->ctx, s->tree, &summary, err);
    if (status == 0) {
        printf("\n1. FRAME: the administrative units of Viet Nam, %s\n\n", s->file       ? s->file
                                                                           : s->two_tier ? "1 July 2025 (two tiers)"
                                                                                         : "2023 (three tiers)");
        status = print_levels(summary, err);
    }
    sipas_table_free(summary);
    if (status != 0) return status;
    printf("\n");
    for (int64_t i = 0; i < s->n_frame; i++)
        if (s->units.excluded[i])
            printf("  Out of the frame: %s (%s), where the census of 2019 counted nobody.\n", national_name(s, i),
                   national_name(s, sipas_unit_tree_get_parent(s->tree, i)));
    print_island_districts(s);
    return print_filled(s, err);
}
