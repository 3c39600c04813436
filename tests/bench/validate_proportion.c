/*
 * Which interval of a proportion to trust? A finite population of persons in communes in provinces is made once, with
 * answers that exactly p of them give, for p from 0.02 to 0.98; samples are drawn with sipas_draw(), and every method's
 * interval is held against p.
 *
 *   validate_proportion            10,000 samples of each design
 *   validate_proportion --slice    150, for `make check`
 *
 * Designs: 60 persons by simple random sampling; 2 communes in each of 6 provinces by simple random sampling and 8 persons
 * in each (6 degrees of freedom); 5 communes likewise (24); 10 communes with probability proportional to size and 10 persons in
 * each (54). Persons of a commune are alike: the intraclass correlation of the variable behind the answers is 0.1.
 *
 * Columns: coverage of the 95 % interval and its mean width, over the samples where the method has an interval; the rest is
 * `missing`. `bound`: samples without or only with successes. A line fails when the mean of the estimates is more than 4
 * standard errors from p; where 0.2 ≤ p ≤ 0.8, when the coverage is below 0.93 less 3.29 of its standard errors; anywhere,
 * when that of beta is. Seeds are fixed, so a run says the same every time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROVINCES = 6, COMMUNES = 150, ALL_COMMUNES = PROVINCES * COMMUNES, MOST = 48 * ALL_COMMUNES, SHARES = 9 };

static const double shares[SHARES] = {0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98};

enum { METHODS = 9 };

static const int32_t methods[METHODS] = {
    SIPAS_INTERVAL_WALD,          SIPAS_INTERVAL_LOGIT,    SIPAS_INTERVAL_LIKELIHOOD,
    SIPAS_INTERVAL_ARCSINE,       SIPAS_INTERVAL_BETA,     SIPAS_INTERVAL_WILSON,
    SIPAS_INTERVAL_AGRESTI_COULL, SIPAS_INTERVAL_JEFFREYS, SIPAS_INTERVAL_ARCSINE_CUT};
static const char *const method_names[METHODS] = {"wald",   "logit",         "likelihood", "arcsine",    "beta",
                                                  "wilson", "agresti_coull", "jeffreys",   "arcsine_cut"};

/* The population, person by person; communes numbered through the country. */
typedef struct people {
    int64_t n;
    int32_t *commune, *person;
    double *behind; /* the variable behind the answers */
    int8_t *answer[SHARES];
    int64_t first[ALL_COMMUNES + 1];
    int32_t code[ALL_COMMUNES], province[ALL_COMMUNES];
    double size[ALL_COMMUNES];
} people;

/* A sample. */
typedef struct sample {
    int64_t n;
    double weight[1024];
    int32_t province[1024], commune[1024];
    int8_t answer[SHARES][1024];
} sample;

static void stop(const char *what, const sipas_error *err)
{
    fprintf(stderr, "validate_proportion: %s: %s\n", what, err ? err->message : "");
    exit(2);
}

static void *room(size_t size)
{
    void *block = calloc(MOST, size);

    if (!block) stop("out of memory", NULL);
    return block;
}

/* ---- the population ---- */

static double normal(int64_t unit, uint64_t stream)
{
    double sum = -6.0;

    for (uint64_t k = 0; k < 12; k++) sum += sipas_rng_uniform(1001, 2026, (uint64_t)unit, stream, k);
    return sum;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Persons with the lowest values answer: exactly p of them. Returns what p is, of whole persons. */
static double set_answer(people *p, int share, const double *sorted)
{
    const int64_t hits = (int64_t)(shares[share] * (double)p->n + 0.5);

    for (int64_t i = 0; i < p->n; i++) p->answer[share][i] = p->behind[i] < sorted[hits];
    return (double)hits / (double)p->n;
}

static void make_population(people *p, double *truth)
{
    double *sorted = room(sizeof *sorted);

    p->commune = room(sizeof *p->commune);
    p->person = room(sizeof *p->person);
    p->behind = room(sizeof *p->behind);
    for (int s = 0; s < SHARES; s++) p->answer[s] = room(1);
    for (int32_t c = 0; c < ALL_COMMUNES; c++) {
        const double level = 0.1 * normal(c / COMMUNES, 1) + 0.33 * normal(c, 2);
        const int persons = 16 + (int)(32.0 * sipas_rng_uniform(1001, 2026, (uint64_t)c, 3, 0));

        p->first[c] = p->n;
        p->code[c] = c;
        p->province[c] = c / COMMUNES;
        p->size[c] = persons;
        for (int k = 0; k < persons; k++, p->n++) {
            p->commune[p->n] = c;
            p->person[p->n] = (int32_t)p->n;
            p->behind[p->n] = sorted[p->n] = level + normal(p->n, 4);
        }
    }
    p->first[ALL_COMMUNES] = p->n;
    qsort(sorted, (size_t)p->n, sizeof *sorted, compare);
    for (int s = 0; s < SHARES; s++) truth[s] = set_answer(p, s, sorted);
    free(sorted);
}

static void free_population(people *p)
{
    free(p->commune);
    free(p->person);
    free(p->behind);
    for (int s = 0; s < SHARES; s++) free(p->answer[s]);
}

/* ---- drawing ---- */

typedef struct plan {
    const char *name;
    int64_t persons;  /* in all, or in a commune */
    int64_t communes; /* in a province; 0 = persons are drawn from the whole country */
    int pps;
} plan;

static const plan plans[] = {{"60 persons, srs", 60, 0, 0},
                             {"6 x 2 communes x 8", 8, 2, 0},
                             {"6 x 5 communes x 8", 8, 5, 0},
                             {"6 x 10 communes x 10, pps", 10, 10, 1}};

enum { PLANS = sizeof plans / sizeof plans[0] };

static sipas_table *draw(const int32_t *code, const int32_t *stratum, const double *size, int64_t n_units, int64_t n,
                         uint64_t seed, int64_t stage)
{
    const sipas_column codes = sipas_column_i32(code, n_units), strata = sipas_column_i32(stratum, n_units),
                       sizes = sipas_column_f64(size, n_units);
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;
    sipas_table *drawn = NULL;
    sipas_error err;

    opts.has_seed = 1;
    opts.seed = seed;
    opts.stage = stage;
    opts.n = n;
    if (stratum) opts.strata = &strata;
    if (size) opts.method = SIPAS_DRAW_PPS_SYSTEMATIC;
    if (size) opts.size = &sizes;
    if (sipas_draw(NULL, &codes, &opts, &drawn, &err) < 0) stop("sipas_draw", &err);
    return drawn;
}

/* Adds the persons drawn from `from` on; `pi` is the probability of their commune. */
static void take(sample *s, const people *all, int64_t from, int64_t persons, int64_t n, double pi, uint64_t seed)
{
    sipas_table *drawn = draw(all->person + from, NULL, NULL, persons, n < persons ? n : persons, seed, 2);
    const int64_t *row;
    const double *within;
    sipas_error err;

    if (sipas_table_get_i64(drawn, "row", &row, &err) < 0 || sipas_table_get_f64(drawn, "pi", &within, &err) < 0)
        stop("columns of a draw", &err);
    for (int64_t k = 0; k < sipas_table_count_rows(drawn); k++, s->n++) {
        const int64_t i = from + row[k];

        s->weight[s->n] = 1.0 / (pi * within[k]);
        s->commune[s->n] = all->commune[i];
        s->province[s->n] = all->commune[i] / COMMUNES;
        for (int v = 0; v < SHARES; v++) s->answer[v][s->n] = all->answer[v][i];
    }
    sipas_table_free(drawn);
}

static void draw_sample(sample *s, const people *all, const plan *design, uint64_t seed)
{
    sipas_table *drawn;
    const int64_t *row;
    const double *pi;
    sipas_error err;

    s->n = 0;
    if (design->communes == 0) {
        take(s, all, 0, all->n, design->persons, 1.0, seed);
        return;
    }
    drawn = draw(all->code, all->province, design->pps ? all->size : NULL, ALL_COMMUNES, design->communes, seed, 1);
    if (sipas_table_get_i64(drawn, "row", &row, &err) < 0 || sipas_table_get_f64(drawn, "pi", &pi, &err) < 0)
        stop("columns of a draw", &err);
    for (int64_t k = 0; k < sipas_table_count_rows(drawn); k++)
        take(s, all, all->first[row[k]], all->first[row[k] + 1] - all->first[row[k]], design->persons, pi[k], seed);
    sipas_table_free(drawn);
}

/* ---- estimating ---- */

/* What the samples say of one method and share; the estimate about the truth. */
typedef struct tally {
    double n, sum, square, bound, intervals, covered, width;
} tally;

static const double *column(const sipas_table *table, const char *name)
{
    const double *cells;
    sipas_error err;

    if (sipas_table_get_f64(table, name, &cells, &err) < 0) stop(name, &err);
    return cells;
}

static void count(const sipas_table *table, const double *truth, tally *tallies)
{
    const double *estimate = column(table, "estimate"), *lower = column(table, "lower"),
                 *upper = column(table, "upper");

    for (int s = 0; s < SHARES; s++) {
        tally *t = &tallies[s];
        const double off = estimate[s] - truth[s];

        t->n += 1.0;
        t->sum += off;
        t->square += off * off;
        t->bound += estimate[s] == 0.0 || estimate[s] == 1.0;
        if (isnan(lower[s])) continue;
        t->intervals += 1.0;
        t->covered += lower[s] <= truth[s] && truth[s] <= upper[s];
        t->width += upper[s] - lower[s];
    }
}

static void estimate_sample(const sample *s, const plan *design, const double *truth, tally tallies[METHODS][SHARES])
{
    const sipas_column weight = sipas_column_f64(s->weight, s->n), province = sipas_column_i32(s->province, s->n),
                       commune = sipas_column_i32(s->commune, s->n);
    const int clusters = design->communes > 0;
    sipas_column y[SHARES];
    sipas_design *made = NULL;
    sipas_error err;

    for (int v = 0; v < SHARES; v++) y[v] = sipas_column_i8(s->answer[v], s->n);
    if (sipas_design_new(NULL, s->n, &weight, clusters ? &province : NULL, clusters ? &commune : NULL, clusters, NULL,
                         NULL, &made, &err) < 0)
        stop("sipas_design_new", &err);
    for (int m = 0; m < METHODS; m++) {
        sipas_table *table = NULL;

        if (sipas_estimate_proportion(made, y, SHARES, NULL, methods[m], NULL, NULL, &table, &err) < 0)
            stop("sipas_estimate_proportion", &err);
        count(table, truth, tallies[m]);
        sipas_table_free(table);
    }
    sipas_design_free(made);
}

/* ---- the verdict ---- */

/* Prints a line; 1 = all is well. */
static int judge(const tally *t, const plan *design, int method, int share)
{
    const double bias = t->sum / t->n, sd = sqrt((t->square - t->n * bias * bias) / (t->n - 1.0));
    const double coverage = t->covered / t->intervals, least = 0.93 - 3.29 * sqrt(0.93 * 0.07 / t->intervals);
    const int strict = (shares[share] >= 0.2 && shares[share] <= 0.8) || methods[method] == SIPAS_INTERVAL_BETA;
    const int covers = !strict || coverage >= least, centred = fabs(bias) <= 4.0 * sd / sqrt(t->n);

    printf("%-26s %4.2f  %-13s %8.4f %7.4f %8.4f %8.4f  %s%s%s\n", design->name, shares[share], method_names[method],
           coverage, t->width / t->intervals, 1.0 - t->intervals / t->n, t->bound / t->n,
           covers && centred ? "ok" : "FAIL:", covers ? "" : " coverage", centred ? "" : " bias");
    return covers && centred;
}

int main(int argc, char **argv)
{
    const int slice = argc == 2 && strcmp(argv[1], "--slice") == 0, samples = slice ? 150 : 10000;
    people *all = calloc(1, sizeof *all);
    sample *s = calloc(1, sizeof *s);
    double truth[SHARES];
    int passed = 0, lines = 0;

    if (argc > 1 && !slice) {
        fprintf(stderr, "usage: validate_proportion [--slice]\n");
        return 2;
    }
    if (!all || !s) stop("out of memory", NULL);
    make_population(all, truth);
    printf("# tests/bench/validate_proportion%s: %d samples of each design\n", slice ? " --slice" : "", samples);
    printf("# population: %lld persons in %d communes of %d provinces; seeds 1000000 * design + 0 ... %d\n",
           (long long)all->n, ALL_COMMUNES, PROVINCES, samples - 1);
    printf("%-26s %4s  %-13s %8s %7s %8s %8s\n", "# design", "p", "method", "coverage", "width", "missing", "bound");
    for (int k = 0; k < PLANS; k++) {
        tally tallies[METHODS][SHARES] = {{{0}}};

        for (int i = 0; i < samples; i++) {
            draw_sample(s, all, &plans[k], 1000000u * (uint64_t)k + (uint64_t)i);
            estimate_sample(s, &plans[k], truth, tallies);
        }
        for (int v = 0; v < SHARES; v++)
            for (int m = 0; m < METHODS; m++, lines++) passed += judge(&tallies[m][v], &plans[k], m, v);
    }
    printf("%d passed, %d failed\n", passed, lines - passed);
    free_population(all);
    free(all);
    free(s);
    return passed == lines ? 0 : 1;
}
