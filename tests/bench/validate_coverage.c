/*
 * Do 95 % intervals cover in 95 of 100 samples? A finite population of persons in communes in provinces is made once;
 * then samples are drawn from it again and again with sipas_draw(), estimated, and held against the truth.
 *
 *   validate_coverage            10,000 samples of each design
 *   validate_coverage --slice    400, for `make check`
 *
 * Designs: simple random samples of persons; of whole communes; of whole communes within provinces; and of persons
 * within communes within provinces; each with finite population corrections. Statistics: a mean of skewed values, a
 * ratio, the median and the ninth decile of the skewed values, the index of six items of which some are not answered, and
 * the index of a domain.
 *
 * A line fails when the coverage is further from 0.95 than 3.29 binomial standard errors and a hundredth (a t interval for a
 * skewed or nonlinear statistic, or one with few degrees of freedom, is not exact), when the root mean square standard error
 * is further from the empirical one than 4 of its own standard errors and 2 %, or when the bias is more than 4 standard
 * errors of the mean and a twentieth of the empirical one. Where values thin out a quantile is biased, and its standard
 * error, the width of an interval, is too large: there the bias may be a fifth, and the standard error a fifth larger. Seeds
 * are fixed, so a run says the same every time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROVINCES = 6, COMMUNES = 50, ALL_COMMUNES = PROVINCES * COMMUNES, MOST = 40 * ALL_COMMUNES, ITEMS = 6 };

/* The population, and the samples drawn from it, person by person. */
typedef struct people {
    int64_t n;
    int32_t *province, *commune, *person, *urban; /* communes and persons: numbered through the country */
    double *weight, *fpc[2];
    double *y, *x;
    int8_t *answer[ITEMS]; /* 0 = not answered */
} people;

static void stop(const char *what, const sipas_error *err)
{
    fprintf(stderr, "validate_coverage: %s: %s\n", what, err ? err->message : "");
    exit(2);
}

static void *room(size_t size)
{
    void *block = calloc(MOST, size);

    if (!block) stop("out of memory", NULL);
    return block;
}

static void make_room(people *p)
{
    p->province = room(sizeof *p->province);
    p->commune = room(sizeof *p->commune);
    p->person = room(sizeof *p->person);
    p->urban = room(sizeof *p->urban);
    p->weight = room(sizeof *p->weight);
    p->fpc[0] = room(sizeof *p->fpc[0]);
    p->fpc[1] = room(sizeof *p->fpc[1]);
    p->y = room(sizeof *p->y);
    p->x = room(sizeof *p->x);
    for (int j = 0; j < ITEMS; j++) p->answer[j] = room(1);
}

static void free_room(people *p)
{
    free(p->province);
    free(p->commune);
    free(p->person);
    free(p->urban);
    free(p->weight);
    free(p->fpc[0]);
    free(p->fpc[1]);
    free(p->y);
    free(p->x);
    for (int j = 0; j < ITEMS; j++) free(p->answer[j]);
}

/* ---- the population ---- */

static double normal(int64_t unit, uint64_t stream)
{
    double sum = -6.0;

    for (uint64_t k = 0; k < 12; k++) sum += sipas_rng_uniform(1001, 2023, (uint64_t)unit, stream, k);
    return sum;
}

static double uniform(int64_t unit, uint64_t stream)
{
    return sipas_rng_uniform(1001, 2023, (uint64_t)unit, stream, 99);
}

static void add_person(people *p, int32_t province, int32_t commune, int32_t urban, double level)
{
    const int64_t i = p->n++;
    const double person = normal(i, 1);

    p->province[i] = province;
    p->commune[i] = commune;
    p->person[i] = (int32_t)i;
    p->urban[i] = urban;
    p->weight[i] = 1.0;
    p->x[i] = 1.0 + floor(4.0 * uniform(i, 2));
    p->y[i] = p->x[i] * exp(0.3 * level + 0.3 * person + 0.25 * normal(i, 3));
    for (int j = 0; j < ITEMS; j++) {
        const double z = 3.6 + 0.1 * j + 0.45 * level + 0.5 * person + 0.6 * normal(i, 10 + (uint64_t)j);
        const double k = floor(z + 0.5);

        p->answer[j][i] = (int8_t)(k < 1.0 ? 1.0 : k > 5.0 ? 5.0 : k);
        if (uniform(i, 20 + (uint64_t)j) < 0.02 * j) p->answer[j][i] = 0;
    }
}

static void make_population(people *p)
{
    for (int32_t province = 0; province < PROVINCES; province++)
        for (int32_t k = 0; k < COMMUNES; k++) {
            const int32_t commune = province * COMMUNES + k;
            const int32_t urban = uniform(commune, 100) < 0.4;
            const double level = 0.5 * normal(province, 101) + 0.8 * normal(commune, 102) + 0.3 * urban;
            const int persons = 20 + (int)(20.0 * uniform(commune, 103));

            for (int i = 0; i < persons; i++) add_person(p, province, commune, urban, level);
        }
}

/* ---- drawing ---- */

enum { PERSONS_SRS, COMMUNES_SRS, COMMUNES_STRATIFIED, TWO_STAGES, DESIGNS };

static const char *const design_names[DESIGNS] = {"persons, srs", "communes, srs", "communes, stratified",
                                                  "two stages, stratified"};

/* Rows drawn by sipas_draw(): SRS of n units in each stratum. The table is the caller's. */
static sipas_table *draw(const int32_t *code, const int32_t *stratum, int64_t n_units, int64_t n, uint64_t seed,
                         int64_t stage)
{
    const sipas_column codes = sipas_column_i32(code, n_units), strata = sipas_column_i32(stratum, n_units);
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;
    sipas_table *drawn = NULL;
    sipas_error err;

    opts.has_seed = 1;
    opts.seed = seed;
    opts.stage = stage;
    opts.n = n;
    if (stratum) opts.strata = &strata;
    if (sipas_draw(NULL, &codes, &opts, &drawn, &err) < 0) stop("sipas_draw", &err);
    return drawn;
}

static void take(people *to, const people *from, int64_t i, double pi, double units, double persons)
{
    const int64_t at = to->n++;

    to->province[at] = from->province[i];
    to->commune[at] = from->commune[i];
    to->person[at] = from->person[i];
    to->urban[at] = from->urban[i];
    to->weight[at] = 1.0 / pi;
    to->fpc[0][at] = units;
    to->fpc[1][at] = persons;
    to->y[at] = from->y[i];
    to->x[at] = from->x[i];
    for (int j = 0; j < ITEMS; j++) to->answer[j][at] = from->answer[j][i];
}

/* The columns of a draw that are used here. */
typedef struct selection {
    sipas_table *table;
    const int64_t *row, *population;
    const double *pi;
    int64_t n;
} selection;

static selection read_draw(sipas_table *table)
{
    selection s = {table, NULL, NULL, NULL, sipas_table_count_rows(table)};
    sipas_error err;

    if (sipas_table_get_i64(table, "row", &s.row, &err) < 0 || sipas_table_get_f64(table, "pi", &s.pi, &err) < 0 ||
        sipas_table_get_i64(table, "population", &s.population, &err) < 0)
        stop("columns of a draw", &err);
    return s;
}

static void draw_persons(const people *all, people *sample, uint64_t seed)
{
    const selection s = read_draw(draw(all->person, NULL, all->n, 300, seed, 1));

    for (int64_t k = 0; k < s.n; k++) take(sample, all, s.row[k], s.pi[k], (double)s.population[k], 1.0);
    sipas_table_free(s.table);
}

/* First person of each commune, in the order of the population. */
static void find_communes(const people *all, int64_t *first)
{
    for (int64_t i = all->n - 1; i >= 0; i--) first[all->commune[i]] = i;
    first[ALL_COMMUNES] = all->n;
}

static void draw_communes(const people *all, people *sample, int design, uint64_t seed)
{
    int32_t code[ALL_COMMUNES], province[ALL_COMMUNES];
    int64_t first[ALL_COMMUNES + 1];
    const int stratified = design != COMMUNES_SRS;
    selection s;

    for (int32_t c = 0; c < ALL_COMMUNES; c++) {
        code[c] = c;
        province[c] = c / COMMUNES;
    }
    find_communes(all, first);
    s = read_draw(draw(code, stratified ? province : NULL, ALL_COMMUNES, stratified ? 6 : 30, seed, 1));
    for (int64_t k = 0; k < s.n; k++) {
        const int64_t from = first[s.row[k]], persons = first[s.row[k] + 1] - from;
        selection within = {NULL, NULL, NULL, NULL, persons};

        if (design == TWO_STAGES) within = read_draw(draw(all->person + from, NULL, persons, 8, seed, 2));
        for (int64_t i = 0; i < within.n; i++)
            take(sample, all, from + (within.row ? within.row[i] : i), s.pi[k] * (within.pi ? within.pi[i] : 1.0),
                 (double)s.population[k], (double)persons);
        sipas_table_free(within.table);
    }
    sipas_table_free(s.table);
}

/* ---- estimating ---- */

enum { MEAN, RATIO, MEDIAN, DECILE, INDEX, INDEX_URBAN, STATISTICS };

static const char *const statistic_names[STATISTICS] = {"mean",         "ratio", "median",
                                                        "ninth decile", "index", "index, urban"};

typedef struct figure {
    double estimate, se, lower, upper, df;
} figure;

static double number(const sipas_table *table, const char *column, int64_t row)
{
    const double *cells;
    sipas_error err;

    if (sipas_table_get_f64(table, column, &cells, &err) < 0) stop(column, &err);
    return cells[row];
}

static figure read_figure(const sipas_table *table, int64_t row)
{
    const figure f = {number(table, "estimate", row), number(table, "se", row), number(table, "lower", row),
                      number(table, "upper", row), number(table, "df", row)};

    return f;
}

static sipas_instrument *make_instrument(void)
{
    static const char *const code[ITEMS + 4] = {"q1", "q2", "q3", "q4", "q5", "q6", "A", "B", "C", "ALL"},
                                          *const parent[ITEMS + 4] = {"A", "A",   "B",   "B",   "B",
                                                                      "C", "ALL", "ALL", "ALL", NULL};
    sipas_node node[ITEMS + 4];
    sipas_instrument *instrument = NULL;
    sipas_error err;

    memset(node, 0, sizeof node);
    for (int k = 0; k < ITEMS + 4; k++) {
        node[k].code = code[k];
        node[k].parent = parent[k];
        node[k].kind = k < ITEMS ? SIPAS_NODE_ITEM : k < ITEMS + 3 ? SIPAS_NODE_FACTOR : SIPAS_NODE_INDEX;
        if (k >= ITEMS) continue;
        node[k].type = SIPAS_ITEM_LIKERT;
        node[k].role = SIPAS_ROLE_SATISFACTION;
        node[k].levels = 5;
        node[k].first_code = 1;
        node[k].n_not_applicable = 1; /* 0 */
    }
    if (sipas_instrument_new(NULL, "validate", NULL, node, ITEMS + 4, &instrument, &err) < 0) stop("instrument", &err);
    return instrument;
}

static sipas_design *open_design(const people *p, int design)
{
    const sipas_column weight = sipas_column_f64(p->weight, p->n), province = sipas_column_i32(p->province, p->n);
    const sipas_column ids[2] = {sipas_column_i32(p->commune, p->n), sipas_column_i32(p->person, p->n)};
    const sipas_column fpc[2] = {sipas_column_f64(p->fpc[0], p->n), sipas_column_f64(p->fpc[1], p->n)};
    const int32_t n_stages = design == PERSONS_SRS ? 0 : design == TWO_STAGES ? 2 : 1;
    const int stratified = design == COMMUNES_STRATIFIED || design == TWO_STAGES;
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_design *made = NULL;
    sipas_error err;

    opts.n_fpc = n_stages == 2 ? 2 : 1;
    if (sipas_design_new(NULL, p->n, &weight, stratified ? &province : NULL, n_stages ? ids : NULL, n_stages, fpc,
                         &opts, &made, &err) < 0)
        stop("sipas_design_new", &err);
    return made;
}

static const double probs[] = {0.5, 0.9};

static void estimate(const people *p, int design, const sipas_instrument *instrument, figure *figures)
{
    static const uint32_t levels[] = {0, 1};
    const sipas_column y = sipas_column_f64(p->y, p->n), x = sipas_column_f64(p->x, p->n),
                       urban = sipas_column_i32(p->urban, p->n);
    sipas_design *made = open_design(p, design);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts opts = SIPAS_INDEX_OPTS_INIT;
    sipas_table *mean = NULL, *ratio = NULL, *quantile = NULL, *index = NULL;
    sipas_column answers[ITEMS];
    sipas_error err;
    int64_t last;

    for (int j = 0; j < ITEMS; j++) answers[j] = sipas_column_i8(p->answer[j], p->n);
    domains.n_by = 1;
    domains.by = &urban;
    domains.n_levels = 2;
    domains.levels = levels;
    opts.scoring = SIPAS_SCORING_MEAN_OVER_MAX;
    if (sipas_estimate_mean(made, &y, 1, NULL, NULL, &mean, &err) < 0) stop("sipas_estimate_mean", &err);
    if (sipas_estimate_ratio(made, &y, &x, 1, NULL, NULL, &ratio, &err) < 0) stop("sipas_estimate_ratio", &err);
    if (sipas_estimate_quantile(made, &y, 1, probs, 2, NULL, NULL, &quantile, &err) < 0)
        stop("sipas_estimate_quantile", &err);
    if (sipas_index_estimate(made, instrument, answers, &domains, &opts, &index, &err) < 0)
        stop("sipas_index_estimate", &err);
    figures[MEAN] = read_figure(mean, 0);
    figures[RATIO] = read_figure(ratio, 0);
    figures[MEDIAN] = read_figure(quantile, 0);
    figures[DECILE] = read_figure(quantile, 1);
    last = sipas_table_count_rows(index) - 3; /* the root: whole, rural, urban */
    figures[INDEX] = read_figure(index, last);
    figures[INDEX_URBAN] = read_figure(index, last + 2);
    sipas_table_free(mean);
    sipas_table_free(ratio);
    sipas_table_free(quantile);
    sipas_table_free(index);
    sipas_design_free(made);
}

/* The same of the whole population, by plain loops. */
static double true_index(const people *p, int urban_only)
{
    double index = 0.0;

    for (int j = 0; j < ITEMS; j++) {
        double sum = 0.0, answered = 0.0;

        for (int64_t i = 0; i < p->n; i++) {
            if (p->answer[j][i] == 0 || (urban_only && !p->urban[i])) continue;
            sum += 20.0 * p->answer[j][i];
            answered += 1.0;
        }
        index += sum / answered / ITEMS;
    }
    return index;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The least value that at least the share p do not exceed. */
static double true_quantile(const people *p, double share)
{
    double *sorted = room(sizeof *sorted), value;

    memcpy(sorted, p->y, (size_t)p->n * sizeof *sorted);
    qsort(sorted, (size_t)p->n, sizeof *sorted, by_value);
    value = sorted[(int64_t)ceil(share * (double)p->n) - 1];
    free(sorted);
    return value;
}

static void find_truth(const people *p, double *truth)
{
    double y = 0.0, x = 0.0;

    for (int64_t i = 0; i < p->n; i++) {
        y += p->y[i];
        x += p->x[i];
    }
    truth[MEAN] = y / (double)p->n;
    truth[RATIO] = y / x;
    truth[MEDIAN] = true_quantile(p, probs[0]);
    truth[DECILE] = true_quantile(p, probs[1]);
    truth[INDEX] = true_index(p, 0);
    truth[INDEX_URBAN] = true_index(p, 1);
}

/* ---- the verdict ---- */

/* What the samples of one design say of one statistic; sums of estimates are about the truth. */
typedef struct tally {
    double n, sum, square, se, se_square, df, covered;
} tally;

static void count(tally *t, const figure *f, double truth)
{
    const double off = f->estimate - truth;

    t->n += 1.0;
    t->sum += off;
    t->square += off * off;
    t->se += f->se;
    t->se_square += f->se * f->se;
    t->df += f->df;
    t->covered += f->lower <= truth && truth <= f->upper;
}

/* Prints a line; 1 = all is well. A figure that is missing in one sample makes sums NaN, and the line fail. */
static int judge(const tally *t, int design, int statistic, double truth)
{
    const double n = t->n, bias = t->sum / n, sd = sqrt((t->square - n * bias * bias) / (n - 1.0)), se = t->se / n;
    const double root_mean_square = sqrt(t->se_square / n), coverage = t->covered / n;
    const double binomial = 3.29 * sqrt(0.05 * 0.95 / n);
    const int covers = fabs(coverage - 0.95) <= 0.01 + binomial;
    const int wide = statistic == MEDIAN || statistic == DECILE;
    const double spread_limit = 4.0 / sqrt(2.0 * n) + 0.02, ratio = root_mean_square / sd - 1.0;
    const int spread = ratio >= -spread_limit && ratio <= spread_limit + (wide ? 0.2 : 0.0);
    const int centred = fabs(bias) <= sd * (4.0 / sqrt(n) + (wide ? 0.2 : 0.05));

    printf("%-24s %-13s %9.4f %9.4f %8.4f %8.4f %7.3f %8.4f %6.1f  %s%s%s%s\n", design_names[design],
           statistic_names[statistic], truth, bias, sd, se, root_mean_square / sd, coverage, t->df / n,
           covers && spread && centred ? "ok" : "FAIL:", covers ? "" : " coverage", spread ? "" : " se",
           centred ? "" : " bias");
    return covers && spread && centred;
}

int main(int argc, char **argv)
{
    const int slice = argc == 2 && strcmp(argv[1], "--slice") == 0, samples = slice ? 400 : 10000;
    people all = {0}, sample = {0};
    sipas_instrument *instrument = make_instrument();
    double truth[STATISTICS];
    int passed = 0;

    if (argc > 1 && !slice) {
        fprintf(stderr, "usage: validate_coverage [--slice]\n");
        return 2;
    }
    make_room(&all);
    make_room(&sample);
    make_population(&all);
    find_truth(&all, truth);
    printf("# tests/bench/validate_coverage%s: %d samples of each design\n", slice ? " --slice" : "", samples);
    printf("# population: %lld persons in %d communes of %d provinces\n", (long long)all.n, ALL_COMMUNES, PROVINCES);
    printf("# seeds 1000000 * design + 0 ... %d; 95 %% t intervals; se/sd: root mean square SE over empirical SD\n",
           samples - 1);
    printf("%-24s %-13s %9s %9s %8s %8s %7s %8s %6s\n", "# design", "statistic", "truth", "bias", "sd", "mean_se",
           "se/sd", "coverage", "df");
    for (int design = 0; design < DESIGNS; design++) {
        tally tallies[STATISTICS] = {{0}};

        for (int k = 0; k < samples; k++) {
            const uint64_t seed = 1000000u * (uint64_t)design + (uint64_t)k;
            figure figures[STATISTICS];

            sample.n = 0;
            if (design == PERSONS_SRS)
                draw_persons(&all, &sample, seed);
            else
                draw_communes(&all, &sample, design, seed);
            estimate(&sample, design, instrument, figures);
            for (int s = 0; s < STATISTICS; s++) count(&tallies[s], &figures[s], truth[s]);
        }
        for (int s = 0; s < STATISTICS; s++) passed += judge(&tallies[s], design, s, truth[s]);
    }
    printf("%d passed, %d failed\n", passed, DESIGNS * STATISTICS - passed);
    free_room(&all);
    free_room(&sample);
    sipas_instrument_free(instrument);
    return passed == DESIGNS * STATISTICS ? 0 : 1;
}
