/*
 * Index and league tables of a provincial round. The design: each agency is a stratum, each answer a unit of its own,
 * drawn without replacement from the agency's transactions, which the finite population correction knows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "province.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "refuse.h"

enum { SHOWN = 10 }; /* of a long league table: so many from the top and from the bottom */

/* Figures of a table of index values, by row. */
typedef struct index_figures {
    const double *estimate, *se, *lower, *upper, *df, *deff, *unweighted;
    const int64_t *n;
} index_figures;

static sipas_status make_design(province_round *r, sipas_error *err)
{
    const province_person *p = r->persons;
    const sipas_column weight = province_column(sipas_column_f64(&p->weight, 1), r),
                       agency = province_column(sipas_column_code(&p->agency, 1), r),
                       population = province_column(sipas_column_f64(&p->population, 1), r);
    return sipas_design_new(NULL, r->n_persons, &weight, &agency, NULL, 0, &population, NULL, &r->design, err);
}

/* The index for the domains; answers are read where they lie in the persons' structs. */
static sipas_status estimate(const province_round *r, const sipas_domains *domains, const sipas_index_opts *wanted,
                             sipas_table **out, sipas_error *err)
{
    sipas_column answers[PROVINCE_ITEMS];
    sipas_index_opts opts = *wanted;
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    for (int i = 0; i < PROVINCE_ITEMS; i++)
        answers[i] = province_column(sipas_column_i8(&r->persons->answer[i], 1), r);
    return sipas_index_estimate(r->design, r->instrument, answers, domains, &opts, out, err);
}

static sipas_status get_figures(const sipas_table *table, index_figures *f, sipas_error *err)
{
    sipas_status status = sipas_table_get_f64(table, "estimate", &f->estimate, err);
    if (status == 0) status = sipas_table_get_f64(table, "se", &f->se, err);
    if (status == 0) status = sipas_table_get_f64(table, "lower", &f->lower, err);
    if (status == 0) status = sipas_table_get_f64(table, "upper", &f->upper, err);
    if (status == 0) status = sipas_table_get_f64(table, "df", &f->df, err);
    if (status == 0) status = sipas_table_get_f64(table, "deff", &f->deff, err);
    if (status == 0) status = sipas_table_get_f64(table, "unweighted", &f->unweighted, err);
    if (status == 0) status = sipas_table_get_i64(table, "n", &f->n, err);
    return status;
}

static sipas_status print_and_free(grid *g, sipas_error *err)
{
    sipas_status status = grid_print(g, stdout);
    if (status != 0) refuse(err, status, "not enough memory to print a table");
    grid_free(g);
    return status;
}

/* --------------------------------------------------------------------------------------------- province and its levels */

static void add_interval(grid *g, const index_figures *f, int64_t row)
{
    grid_number(g, f->estimate[row], 2);
    grid_number(g, f->se[row], 2);
    grid_number(g, f->lower[row], 2);
    grid_number(g, f->upper[row], 2);
}

static void add_node(grid *g, const sipas_node *node, const index_figures *f, int64_t row)
{
    char name[96];
    snprintf(name, sizeof name, "%s%s", node->kind == SIPAS_NODE_ITEM ? "  " : "", node->name);
    grid_text(g, node->code);
    grid_text(g, node->kind == SIPAS_NODE_INDEX ? "Services: the index" : name);
    add_interval(g, f, row);
    grid_number(g, f->df[row], 0);
    grid_count(g, f->n[row]);
    grid_number(g, f->deff[row], 2);
    grid_number(g, f->unweighted[row], 2);
}

static void print_model(void)
{
    printf(
        "\n6. The index of the province (simulated answers: the figures mean nothing)\n\n"
        "  Model: answer = mean of the agency + factor + 0.55 z(person) + 0.65 z(person, question), rounded, 1 to 5;\n"
        "  means of agencies:");
    for (int i = 0; i < PROVINCE_LEVELS; i++)
        printf("%s %s %.2f ± %.2f", i ? "," : "", province_levels[i].title, province_levels[i].mean,
               province_levels[i].spread);
    printf(".\n");
}

/* The tree from the top: the index, then each factor and its criteria. A node's first row is that of the whole. */
static sipas_status print_province(const province_round *r, const index_figures *f, int64_t rows_per_node,
                                   sipas_error *err)
{
    static const char *const headings[] = {"node",  "",   "index", "SE",   "lower",
                                           "upper", "df", "n",     "deff", "unweighted"};
    const sipas_instrument *form = r->instrument;
    const int64_t n_nodes = sipas_instrument_count_nodes(form), root = n_nodes - 1;
    grid *g = grid_new(headings, 10);
    add_node(g, sipas_instrument_get_node(form, root), f, root * rows_per_node);
    for (int64_t factor = sipas_instrument_count_items(form); factor < root; factor++) {
        grid_rule(g);
        add_node(g, sipas_instrument_get_node(form, factor), f, factor * rows_per_node);
        for (int64_t item = 0; item < sipas_instrument_count_items(form); item++)
            if (sipas_instrument_get_parent(form, item) == factor)
                add_node(g, sipas_instrument_get_node(form, item), f, item * rows_per_node);
    }
    print_model();
    printf(
        "  Score: answer / 5 × 100 (\"mean over max\"); every criterion counts the same. Complaints: only those who\n"
        "  ever complained. deff: variance over that of a simple random sample of as many; above 1 where weights\n"
        "  differ. unweighted: every form counts the same, as is usual in published tables.\n\n");
    return print_and_free(g, err);
}

/* The index and its factors, level by level: rows 1 … 3 of a node. */
static sipas_status print_levels(const province_round *r, const index_figures *f, int64_t rows_per_node,
                                 sipas_error *err)
{
    static const char *const headings[] = {"level", "node", "", "index", "SE", "lower", "upper", "df", "n"};
    const int64_t root = sipas_instrument_count_nodes(r->instrument) - 1;
    const int64_t first = sipas_instrument_count_items(r->instrument);
    grid *g = grid_new(headings, 9);
    for (int level = 0; level < PROVINCE_LEVELS; level++) {
        if (level > 0) grid_rule(g);
        for (int64_t i = first; i <= root; i++) {
            const int64_t node = i == first ? root : i - 1, row = node * rows_per_node + 1 + level;
            const sipas_node *n = sipas_instrument_get_node(r->instrument, node);
            grid_text(g, province_levels[level].title);
            grid_text(g, n->code);
            grid_text(g, n->kind == SIPAS_NODE_INDEX ? "Services: the index" : n->name);
            add_interval(g, f, row);
            grid_number(g, f->df[row], 0);
            grid_count(g, f->n[row]);
        }
    }
    printf("\n7. The index of each level (simulated answers)\n\n");
    return print_and_free(g, err);
}

/* The province's figure under another rule for the whole: the last row is the index, for the whole. */
static sipas_status print_whole(const province_round *r, const sipas_domains *domains, const index_figures *pooled,
                                int64_t pooled_row, sipas_error *err)
{
    static const char *const headings[] = {"the province's figure as", "index", "SE", "lower", "upper"};
    sipas_table *table = NULL;
    index_figures f;
    sipas_domains whole = *domains;
    whole.n_levels = 1;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    opts.deff = SIPAS_DEFF_WOR;
    opts.unweighted = 1;
    opts.whole = SIPAS_WHOLE_MEAN_OF_UNITS;
    opts.whole_by = 1;
    sipas_status status = estimate(r, &whole, &opts, &table, err);
    if (status == 0) status = get_figures(table, &f, err);
    if (status == 0) {
        const int64_t row = sipas_instrument_count_nodes(r->instrument) - 1;
        grid *g = grid_new(headings, 5);
        grid_text(g, "every transaction counts the same (pooled by weights)");
        add_interval(g, pooled, pooled_row);
        grid_text(g, "every agency counts the same (mean of the 117 agencies)");
        add_interval(g, &f, row);
        grid_text(g, "every form counts the same (unweighted; no standard error)");
        grid_number(g, pooled->unweighted[pooled_row], 2);
        for (int i = 0; i < 3; i++) grid_right(g, "-");
        printf("\n  Three ways to one figure, from the same simulated answers; say which one is published:\n\n");
        status = print_and_free(g, err);
    }
    sipas_table_free(table);
    return status;
}

static sipas_status score_province(const province_round *r, sipas_error *err)
{
    static const char *const names[] = {"tier", "agency"};
    static const uint32_t levels[] = {0, 1}; /* the whole; by tier */
    const province_person *p = r->persons;
    const sipas_column by[] = {province_column(sipas_column_i32(&p->level, 1), r),
                               province_column(sipas_column_code(&p->agency, 1), r)};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    domains.n_by = 2;
    domains.by = by;
    domains.names = names;
    domains.n_levels = 2;
    domains.levels = levels;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    opts.deff = SIPAS_DEFF_WOR;
    opts.unweighted = 1;
    sipas_table *table = NULL;
    index_figures f;
    sipas_status status = estimate(r, &domains, &opts, &table, err);
    if (status == 0) status = get_figures(table, &f, err);
    if (status == 0) {
        const int64_t n_nodes = sipas_instrument_count_nodes(r->instrument);
        const int64_t rows_per_node = sipas_table_count_rows(table) / n_nodes;
        status = print_province(r, &f, rows_per_node, err);
        if (status == 0) status = print_whole(r, &domains, &f, (n_nodes - 1) * rows_per_node, err);
        if (status == 0) status = print_levels(r, &f, rows_per_node, err);
    }
    if (status == 0) print_notes(stdout, table, 5);
    sipas_table_free(table);
    return status;
}

/* ----------------------------------------------------------------------------------------------------------- leagues */

/* Columns of a league table, as the library has them. */
typedef struct league_figures {
    const char *const *unit;
    const double *estimate, *se, *lower, *upper;
    const int64_t *rank, *rank_lower, *rank_upper, *equal_next;
} league_figures;

static sipas_status get_league(const sipas_table *table, league_figures *f, sipas_error *err)
{
    sipas_status status = sipas_table_get_code(table, "unit", &f->unit, err);
    if (status == 0) status = sipas_table_get_f64(table, "estimate", &f->estimate, err);
    if (status == 0) status = sipas_table_get_f64(table, "se", &f->se, err);
    if (status == 0) status = sipas_table_get_f64(table, "lower", &f->lower, err);
    if (status == 0) status = sipas_table_get_f64(table, "upper", &f->upper, err);
    if (status == 0) status = sipas_table_get_i64(table, "rank", &f->rank, err);
    if (status == 0) status = sipas_table_get_i64(table, "rank_lower", &f->rank_lower, err);
    if (status == 0) status = sipas_table_get_i64(table, "rank_upper", &f->rank_upper, err);
    if (status == 0) status = sipas_table_get_i64(table, "equal_next", &f->equal_next, err);
    return status;
}

static void add_unit(grid *g, const province_round *r, const league_figures *f, int64_t row, int last)
{
    const province_agency *a = province_find(r, f->unit[row]);
    char text[160];
    grid_count(g, f->rank[row]);
    snprintf(text, sizeof text, "%lld to %lld", (long long)f->rank_lower[row], (long long)f->rank_upper[row]);
    grid_right(g, text);
    snprintf(text, sizeof text, a->district ? "%s, %s" : "%s", a->name, a->district);
    grid_text(g, text);
    grid_text(g, a->class_name);
    grid_count(g, a->answered);
    grid_number(g, f->estimate[row], 2);
    grid_number(g, f->se[row], 2);
    grid_number(g, f->lower[row], 2);
    grid_number(g, f->upper[row], 2);
    grid_text(g, last ? "-" : f->equal_next[row] ? "not told apart" : "differs");
}

static sipas_status print_league(const province_round *r, int level, const league_figures *f, int64_t n,
                                 sipas_error *err)
{
    static const char *const headings[] = {"rank",  "true rank", "agency", "class", "answers",
                                           "index", "SE",        "lower",  "upper", "the next"};
    const int cut = n > 2 * SHOWN + 5;
    int64_t equal = 0, maybe_first = 0;
    grid *g = grid_new(headings, 10);
    for (int64_t i = 0; i < n; i++) {
        equal += i + 1 < n && f->equal_next[i];
        maybe_first += f->rank_lower[i] == 1;
        if (cut && i == SHOWN) grid_rule(g);
        if (!cut || i < SHOWN || i >= n - SHOWN) add_unit(g, r, f, i, i + 1 == n);
    }
    printf("\n  League table of the %lld %s (simulated answers)%s\n\n", (long long)n, province_levels[level].title,
           cut ? ": the first and the last ten" : "");
    sipas_status status = print_and_free(g, err);
    printf("\n  %lld of %lld pairs of neighbours cannot be told apart; %lld of %lld %s may truly be first.\n",
           (long long)equal, (long long)n - 1, (long long)maybe_first, (long long)n, province_levels[level].title);
    return status;
}

/* Index of each agency of a level, and the league table that follows. */
static sipas_status score_level(const province_round *r, int level, sipas_error *err)
{
    static const char *const names[] = {"agency"};
    const sipas_column agency = province_column(sipas_column_code(&r->persons->agency, 1), r);
    uint8_t *inside = calloc((size_t)r->n_persons, 1);
    if (!inside) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for a league table");
    for (int64_t i = 0; i < r->n_persons; i++) inside[i] = r->persons[i].level == level;
    const sipas_column where = sipas_column_bool(inside, r->n_persons);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    domains.n_by = 1;
    domains.by = &agency;
    domains.names = names;
    domains.where = &where;
    const sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_table *table = NULL, *league = NULL;
    league_figures f;
    sipas_status status = estimate(r, &domains, &opts, &table, err);
    if (status == 0) status = sipas_rank_league(NULL, table, NULL, &league, err);
    if (status == 0) status = get_league(league, &f, err);
    /* Agencies of the other levels have no answers here, and so no rank: they come last. */
    if (status == 0) status = print_league(r, level, &f, r->first[level + 1] - r->first[level], err);
    sipas_table_free(league);
    sipas_table_free(table);
    free(inside);
    return status;
}

sipas_status province_score(province_round *r, sipas_error *err)
{
    sipas_status status = make_design(r, err);
    if (status == 0) status = score_province(r, err);
    if (status == 0)
        printf(
            "\n8. Index and rank of each agency (simulated answers)\n\n"
            "  true rank: holds the agency's true rank with 95 %% confidence. the next: 95 %% test of the difference to it.\n");
    for (int level = 0; level < PROVINCE_LEVELS && status == 0; level++) status = score_level(r, level, err);
    return status;
}
