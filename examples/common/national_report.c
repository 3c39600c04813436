/*
 * From answers to figures: weights, design, the index over the question tree, the league table. Every line that comes
 * from answers says that they are simulated.
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

static const char instrument_id[] = "1001/2023";

/* Figures published for 2024. */
static const struct {
    const char *node, *value;
} published[] = {{"SIPAS", "83.94"}, {"I", "83.84"}, {"II", "84.09"}, {"II.A", "84.27"}};

/* What is made on the way, and the columns of the index. */
typedef struct report {
    double *weights;
    sipas_design *design, *design_df; /* the same with degrees of freedom of the whole design */
    sipas_table *cells, *index, *index_df, *league, *league_df;
    const char *const *node, *const *level, *const *province, *const *region;
    const double *estimate, *se, *lower, *upper, *df, *df_design, *deff, *unweighted;
    const int64_t *n;
} report;

static void clear(report *r)
{
    sipas_table_free(r->cells);
    sipas_table_free(r->index);
    sipas_table_free(r->index_df);
    sipas_table_free(r->league);
    sipas_table_free(r->league_df);
    sipas_design_free(r->design);
    sipas_design_free(r->design_df);
    free(r->weights);
}

static sipas_status no_memory(sipas_error *err)
{
    refuse(err, SIPAS_ERR_MEMORY, "not enough memory");
    return SIPAS_ERR_MEMORY;
}

/* ----------------------------------------------------------------------------------------------------------- weights */

static void print_kish(const char *what, double deff, double n_eff)
{
    char text[NATIONAL_DIGITS];
    printf("  %s: Kish design effect %.3f, effective sample size %s.\n", what, deff,
           national_digits((int64_t)n_eff, text));
}

/* The product of 1/π, then the response adjustment within villages. */
static sipas_status weigh(const national *s, report *r, sipas_error *err)
{
    sipas_column pi[NATIONAL_STAGES], weights = sipas_column_f64(r->weights, s->n);
    sipas_column cell = sipas_column_i64(s->village, s->n), returned = sipas_column_bool(s->returned, s->n);
    double deff, n_eff, sum = 0, adults = 0;
    for (int i = 0; i < s->n_stages; i++) pi[i] = sipas_column_f64(s->pi[i], s->n);
    sipas_status status = sipas_weight_design(pi, s->n_stages, r->weights, err);
    if (status == 0) status = sipas_weight_kish(&weights, &deff, &n_eff, NULL, err);
    if (status != 0) return status;
    for (int64_t i = 0; i < s->n; i++) sum += r->weights[i];
    for (int64_t p = 0; p < s->n_provinces; p++) adults += 0.70 * s->units.population[s->provinces[p]];
    printf(
        "\n5. WEIGHTS: the product of 1/π over the stages, then adjusted for forms not returned, village by village\n\n");
    printf("  Sum of the design weights: %.2f million; adults of the frame (assumed 70 %%): %.2f million.\n", sum / 1e6,
           adults / 1e6);
    print_kish("Design weights", deff, n_eff);
    status = sipas_weight_response(s->ctx, &weights, &cell, &returned, r->weights, &r->cells, err);
    if (status == 0) status = sipas_weight_kish(&weights, &deff, &n_eff, NULL, err);
    if (status == 0) print_kish("Adjusted weights", deff, n_eff);
    return status;
}

static sipas_status print_response(const report *r, sipas_error *err)
{
    const int64_t *issued, *responded;
    const double *rate;
    sipas_status status = sipas_table_get_i64(r->cells, "issued", &issued, err);
    if (status == 0) status = sipas_table_get_i64(r->cells, "responded", &responded, err);
    if (status == 0) status = sipas_table_get_f64(r->cells, "rate", &rate, err);
    if (status != 0) return status;
    int64_t n = 0, answered = 0;
    char text[2][NATIONAL_DIGITS];
    double least = 1;
    for (int64_t i = 0; i < sipas_table_count_rows(r->cells); i++) {
        n += issued[i];
        answered += responded[i];
        least = fmin(least, rate[i]);
    }
    printf("  Forms returned (simulated): %s of %s, %.2f %%; in the village with least %.1f %%.\n"
           "  Reserves were drawn, but none is used here: the weights make up for forms not returned.\n",
           national_digits(answered, text[0]), national_digits(n, text[1]), 100 * (double)answered / (double)n,
           100 * least);
    return SIPAS_OK;
}

/* ------------------------------------------------------------------------------------------------------------ design */

/* Strata, PSUs, and the units below them, which are the PSUs of a unit drawn with certainty. */
static sipas_status make_design(const national *s, const report *r, int32_t df, sipas_design **out, sipas_error *err)
{
    sipas_column weights = sipas_column_f64(r->weights, s->n), strata = sipas_column_code(s->stratum, s->n);
    sipas_column clusters[2] = {sipas_column_i64(s->psu, s->n), sipas_column_i64(s->ssu, s->n)};
    sipas_column certainty = sipas_column_bool(s->certainty, s->n);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    opts.lonely_psu = SIPAS_LONELY_ADJUST;
    opts.certainty = &certainty;
    opts.df = df;
    return sipas_design_new(s->ctx, s->n, &weights, &strata, clusters, 2, NULL, &opts, out, err);
}

static sipas_status print_design(const national *s, const report *r, sipas_error *err)
{
    static const print_column columns[] = {{"rows", "forms issued", 0},
                                           {"positive", "with weight", 0},
                                           {"strata", "strata", 0},
                                           {"psus", "PSUs", 0},
                                           {"df", "df", 0},
                                           {"weight_sum", "sum of weights", 0},
                                           {"kish_deff", "Kish deff", 3},
                                           {"n_eff", "n effective", 0}};
    const char *first = s->stages[1].level;
    sipas_table *about = NULL;
    sipas_status status = sipas_design_describe(r->design, &about, err);
    if (status == 0) {
        printf(
            "\n  Design: strata = %s; PSU = %s.\n"
            "  A %s drawn with certainty is its own stratum, and its %s are the PSUs.\n"
            "  With replacement at the first stage, so the stages below count with it. Lonely PSUs: centred on the mean\n"
            "  of all PSUs. df = PSUs - strata.\n\n",
            s->two_tier ? "urban and rural part of each province" : "province", first, first,
            s->two_tier ? "villages" : "communes");
        status = print_table(stdout, about, columns, 8, NULL, 0, err);
    }
    if (status == 0) print_notes(stdout, about, 4);
    sipas_table_free(about);
    return status;
}

/* ------------------------------------------------------------------------------------------------------------- index */

/*
 * The index of the whole, of provinces, and of regions where the frame has them, in one call; with `in_full` = 0 of
 * provinces only, without what a league table does not need.
 */
static sipas_status estimate(const national *s, const sipas_design *design, int in_full, sipas_table **out,
                             sipas_error *err)
{
    static const char *const names[] = {"province", "region"};
    static const uint32_t levels[] = {1, 0, 2}; /* bit masks of `by`: province, the whole, region */
    sipas_column answers[NATIONAL_ITEMS], by[2];
    for (int i = 0; i < NATIONAL_ITEMS; i++) {
        answers[i] = sipas_column_i8(s->answers + i * s->n, s->n);
        answers[i].validity = s->answered + i * s->bitmap_bytes;
    }
    by[0] = sipas_column_code(s->province_code, s->n);
    by[1] = sipas_column_code(s->region, s->n);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    domains.by = by;
    domains.names = names;
    domains.n_by = s->region[0] ? 2 : 1;
    domains.levels = levels;
    domains.n_levels = !in_full ? 1 : s->region[0] ? 3 : 2;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    opts.weighting = SIPAS_WEIGHTING_CRITERION;
    opts.deff = in_full ? SIPAS_DEFF_WOR : SIPAS_DEFF_NONE;
    opts.unweighted = in_full;
    opts.cov = 1;
    return sipas_index_estimate(design, sipas_instrument_builtin(instrument_id), answers, &domains, &opts, out, err);
}

static sipas_status read_index(const national *s, report *r, sipas_error *err)
{
    const struct {
        const char *name;
        const double **out;
    } numbers[] = {{"estimate", &r->estimate},
                   {"se", &r->se},
                   {"lower", &r->lower},
                   {"upper", &r->upper},
                   {"df", &r->df},
                   {"df_design", &r->df_design},
                   {"deff", &r->deff},
                   {"unweighted", &r->unweighted}};
    sipas_status status = sipas_table_get_code(r->index, "node", &r->node, err);
    if (status == 0) status = sipas_table_get_code(r->index, "level", &r->level, err);
    if (status == 0) status = sipas_table_get_code(r->index, "province", &r->province, err);
    if (status == 0 && s->region[0]) status = sipas_table_get_code(r->index, "region", &r->region, err);
    if (status == 0) status = sipas_table_get_i64(r->index, "n", &r->n, err);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == 0; i++)
        status = sipas_table_get_f64(r->index, numbers[i].name, numbers[i].out, err);
    return status;
}

/* Row of a node in a level ("all", "province", "region") and unit (NULL for the whole); -1 = none. */
static int64_t find_row(const report *r, const char *node, const char *level, const char *unit)
{
    int by_region = strcmp(level, "region") == 0;
    for (int64_t i = 0; i < sipas_table_count_rows(r->index); i++) {
        const char *here = by_region ? r->region[i] : r->province[i];
        if (strcmp(r->node[i], node) == 0 && strcmp(r->level[i], level) == 0 && (!unit || strcmp(here, unit) == 0))
            return i;
    }
    return -1;
}

static void add_interval(grid *g, double lower, double upper)
{
    char text[64] = "-";
    if (!isnan(lower)) snprintf(text, sizeof text, "%.2f - %.2f", lower, upper);
    grid_right(g, text);
}

/* Code of a node, set in by its depth in the question tree, and its name. */
static void add_node(grid *g, const sipas_instrument *form, int64_t node, int depth)
{
    char code[32];
    const sipas_node *n = sipas_instrument_get_node(form, node);
    snprintf(code, sizeof code, "%*s%s", depth, "", n->code);
    grid_text(g, code);
    grid_text(g, n->name);
}

/* A node and, below it, its children: the index first, then blocks, factors and items. */
static void add_nodes(grid *g, const report *r, const sipas_instrument *form, int64_t node, int depth)
{
    const char *code = sipas_instrument_get_node(form, node)->code, *value = "";
    int64_t row = find_row(r, code, "all", NULL);
    if (row < 0) return;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        if (strcmp(published[i].node, code) == 0) value = published[i].value;
    add_node(g, form, node, depth);
    grid_number(g, r->estimate[row], 2);
    grid_number(g, r->se[row], 3);
    add_interval(g, r->lower[row], r->upper[row]);
    grid_number(g, r->df[row], 0);
    grid_number(g, r->df_design[row], 0);
    grid_count(g, r->n[row]);
    grid_number(g, r->deff[row], 1);
    grid_number(g, r->unweighted[row], 2);
    grid_right(g, value);
    grid_text(g, "simulated");
    for (int64_t i = 0; i < sipas_instrument_count_nodes(form); i++)
        if (sipas_instrument_get_parent(form, i) == node) add_nodes(g, r, form, i, depth + 1);
}

static sipas_status print_national(const report *r, sipas_error *err)
{
    static const char *const headings[] = {"node", "name", "estimate", "SE",         "95 % interval", "df",
                                           "df*",  "n",    "deff",     "unweighted", "published",     "answers"};
    const sipas_instrument *form = sipas_instrument_builtin(instrument_id);
    printf(
        "\n6. THE COUNTRY: all 51 nodes of the form %s, mean over max, every criterion with equal weight (simulated)\n\n"
        "  df: PSUs - strata where the node has answers; df*: of the whole design. deff: variance against a simple random\n"
        "  sample of as many forms. unweighted: as the ministry publishes. published: official figures of 2024.\n\n",
        instrument_id);
    grid *g = grid_new(headings, 12);
    add_nodes(g, r, form, sipas_instrument_count_nodes(form) - 1, 0);
    sipas_status status = grid_print(g, stdout);
    grid_free(g);
    return status != 0 ? no_memory(err) : status;
}

static sipas_status print_regions(const national *s, const report *r, sipas_error *err)
{
    static const char *const headings[] = {"region", "estimate", "SE", "95 % interval", "df", "n", "deff", "answers"};
    grid *g = s->region[0] ? grid_new(headings, 8) : NULL;
    if (!s->region[0]) return SIPAS_OK;
    for (int64_t i = 0; i < sipas_table_count_rows(r->index); i++) {
        if (strcmp(r->node[i], "SIPAS") != 0 || strcmp(r->level[i], "region") != 0) continue;
        grid_text(g, r->region[i]);
        grid_number(g, r->estimate[i], 2);
        grid_number(g, r->se[i], 3);
        add_interval(g, r->lower[i], r->upper[i]);
        grid_number(g, r->df[i], 0);
        grid_count(g, r->n[i]);
        grid_number(g, r->deff[i], 1);
        grid_text(g, "simulated");
    }
    printf("\n7. THE REGIONS: overall index (simulated)\n\n");
    sipas_status status = grid_print(g, stdout);
    grid_free(g);
    return status != 0 ? no_memory(err) : status;
}

/* ------------------------------------------------------------------------------------------------------------ league */

/* Columns of a league table. */
typedef struct ranks {
    const char *const *unit;
    const double *estimate, *se, *lower, *upper, *df;
    const int64_t *rank, *first, *last, *equal_next;
    int64_t n;
} ranks;

static sipas_status read_league(const sipas_table *league, ranks *k, sipas_error *err)
{
    k->n = sipas_table_count_rows(league);
    sipas_status status = sipas_table_get_code(league, "unit", &k->unit, err);
    if (status == 0) status = sipas_table_get_f64(league, "estimate", &k->estimate, err);
    if (status == 0) status = sipas_table_get_f64(league, "se", &k->se, err);
    if (status == 0) status = sipas_table_get_f64(league, "lower", &k->lower, err);
    if (status == 0) status = sipas_table_get_f64(league, "upper", &k->upper, err);
    if (status == 0) status = sipas_table_get_f64(league, "df", &k->df, err);
    if (status == 0) status = sipas_table_get_i64(league, "rank", &k->rank, err);
    if (status == 0) status = sipas_table_get_i64(league, "rank_lower", &k->first, err);
    if (status == 0) status = sipas_table_get_i64(league, "rank_upper", &k->last, err);
    if (status == 0) status = sipas_table_get_i64(league, "equal_next", &k->equal_next, err);
    return status;
}

/* Position of a province by code. */
static int64_t province_of(const national *s, const char *code)
{
    for (int64_t p = 0; p < s->n_provinces; p++)
        if (strcmp(sipas_unit_tree_get_code(s->tree, s->provinces[p]), code) == 0) return p;
    return 0;
}

static int64_t row_of(const ranks *k, const char *unit)
{
    for (int64_t i = 0; i < k->n; i++)
        if (strcmp(k->unit[i], unit) == 0) return i;
    return 0;
}

static void add_rank_interval(grid *g, const ranks *k, int64_t row)
{
    char text[48];
    snprintf(text, sizeof text, "%" PRId64 " - %" PRId64, k->first[row], k->last[row]);
    grid_right(g, text);
}

static sipas_status print_ranks(const national *s, const report *r, const ranks *own, const ranks *wide,
                                sipas_error *err)
{
    static const char *const headings[] = {"rank", "province", "estimate", "SE",    "95 % interval", "df",     "ranks",
                                           "df*",  "ranks*",   "n",        "forms", "unweighted",    "answers"};
    grid *g = grid_new(headings, 13);
    for (int64_t i = 0; i < own->n; i++) {
        int64_t p = province_of(s, own->unit[i]), row = find_row(r, "SIPAS", "province", own->unit[i]);
        grid_count(g, own->rank[i]);
        grid_text(g, national_name(s, s->provinces[p]));
        grid_number(g, own->estimate[i], 2);
        grid_number(g, own->se[i], 2);
        add_interval(g, own->lower[i], own->upper[i]);
        grid_number(g, own->df[i], 0);
        add_rank_interval(g, own, i);
        grid_number(g, r->df_design[row], 0);
        add_rank_interval(g, wide, row_of(wide, own->unit[i]));
        grid_count(g, r->n[row]);
        grid_count(g, s->forms[p]);
        grid_number(g, r->unweighted[row], 2);
        grid_text(g, "simulated");
    }
    sipas_status status = grid_print(g, stdout);
    grid_free(g);
    return status != 0 ? no_memory(err) : status;
}

static int64_t count_equal(const ranks *k)
{
    int64_t n = 0;
    for (int64_t i = 0; i + 1 < k->n; i++) n += k->equal_next[i] == 1;
    return n;
}

/* How many of the provinces' intervals hold the value that the model expects. */
static int64_t count_hits(const national *s, const ranks *k, int64_t *with_interval)
{
    int64_t hits = 0;
    *with_interval = 0;
    for (int64_t i = 0; i < k->n; i++) {
        double expected = national_expected(s, province_of(s, k->unit[i]), "SIPAS");
        if (isnan(k->lower[i])) continue;
        ++*with_interval;
        hits += k->lower[i] <= expected && expected <= k->upper[i];
    }
    return hits;
}

static void print_between(const national *s, const ranks *k, const char *code, const char *tail)
{
    int64_t row = row_of(k, code);
    if (strcmp(k->unit[row], code) != 0) return;
    printf("  %s is between %" PRId64 "%s and %" PRId64 "%s of %" PRId64 "%s (simulated).\n",
           national_name(s, s->provinces[province_of(s, code)]), k->first[row], ordinal(k->first[row]), k->last[row],
           ordinal(k->last[row]), k->n, tail);
}

static void print_findings(const national *s, const ranks *own, const ranks *wide, const char *code)
{
    int64_t with_interval, hits = count_hits(s, own, &with_interval), wide_with,
                           wide_hits = count_hits(s, wide, &wide_with);
    printf("\n  Neighbours in rank that cannot be told apart: %" PRId64 " of %" PRId64 " pairs with df, %" PRId64
           " with df* (simulated).\n",
           count_equal(own), own->n - 1, count_equal(wide));
    printf("  95 %% intervals of provinces that hold the value the model expects: %" PRId64 " of %" PRId64
           " with df, %" PRId64 " of %" PRId64 " with df* (simulated).\n\n",
           hits, with_interval, wide_hits, wide_with);
    print_between(s, own, code, "");
    print_between(s, wide, code, " if one trusts df*");
}

static sipas_status print_league(const national *s, report *r, const char *code, sipas_error *err)
{
    sipas_rank_opts opts = SIPAS_RANK_OPTS_INIT;
    opts.variable = "SIPAS";
    opts.domain_level = "province";
    ranks own, wide;
    sipas_status status = sipas_rank_league(s->ctx, r->index, &opts, &r->league, err);
    opts.domain_level = NULL; /* the only one */
    if (status == 0) status = sipas_rank_league(s->ctx, r->index_df, &opts, &r->league_df, err);
    if (status == 0) status = read_league(r->league, &own, err);
    if (status == 0) status = read_league(r->league_df, &wide, err);
    if (status != 0) return status;
    printf(
        "\n8. THE PROVINCES: overall index, best first (simulated)\n\n"
        "  ranks: where the province's true rank is, with 95 %% confidence. df: PSUs - strata within the province, so the\n"
        "  interval is as wide as %s permit. df*, ranks*: with the degrees of freedom of the whole design,\n"
        "  as is often done; it takes each province's variance for as well known as the country's, and is too narrow.\n\n",
        s->two_tier ? "its few communes" : "three districts");
    status = print_ranks(s, r, &own, &wide, err);
    if (status == 0) print_findings(s, &own, &wide, code);
    return status;
}

sipas_status national_estimate(const national *s, const char *shown_province, sipas_error *err)
{
    report r = {0};
    r.weights = calloc((size_t)s->n, sizeof *r.weights);
    sipas_status status = r.weights ? weigh(s, &r, err) : no_memory(err);
    if (status == 0) status = print_response(&r, err);
    if (status == 0) status = make_design(s, &r, SIPAS_DF_DOMAIN, &r.design, err);
    if (status == 0) status = make_design(s, &r, SIPAS_DF_DESIGN, &r.design_df, err);
    if (status == 0) status = print_design(s, &r, err);
    if (status == 0) status = estimate(s, r.design, 1, &r.index, err);
    if (status == 0) status = estimate(s, r.design_df, 0, &r.index_df, err);
    if (status == 0) status = read_index(s, &r, err);
    if (status == 0) status = print_national(&r, err);
    if (status == 0) status = print_regions(s, &r, err);
    if (status == 0) status = print_league(s, &r, shown_province, err);
    clear(&r);
    return status;
}
