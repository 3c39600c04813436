/*
 * plan: how many people to ask, and where.
 *
 *     plan                      the 34 provinces of Viet Nam, with assumed spread and costs
 *     plan FILE --size N …      your own frame; `plan --help` lists the options
 *
 * A frame with one row per unit (its people, how much answers differ in it, what an interview costs) and an aim (a number
 * of interviews, a budget, or a precision) become an allocation, unit by unit, with the precision to expect of each; then
 * every method is put beside the others for the same number of interviews.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "print.h"
#include "read_csv.h"
#include "refuse.h"

static const char help[] =
    "How many people to ask, and where: from a frame and an aim to an allocation.\n"
    "\n"
    "usage: plan                        the 34 provinces of Viet Nam, spread and costs assumed\n"
    "       plan FILE --size COLUMN --sd NUMBER-OR-COLUMN AIM [options]\n"
    "\n"
    "  FILE              CSV: one header line, one row per unit\n"
    "  --code COLUMN     codes of the units; \"code\" when it is not given\n"
    "  --size COLUMN     people in each unit\n"
    "  --sd WHAT         standard deviation of the answers within a unit: a number, or a column\n"
    "  --mean WHAT       expected mean of the answers (bankier and --ranks need it); LOW..HIGH: from HIGH in the first row\n"
    "                    evenly down to LOW in the last\n"
    "  --cost WHAT       cost of an interview (cost and --budget need it)\n"
    "  --where C=V       only the rows whose column C holds V\n"
    "\n"
    "the aim, one of\n"
    "  --total N         so many interviews\n"
    "  --budget B        so much money\n"
    "  --half-width E    a 95 % interval for the whole of plus or minus E\n"
    "\n"
    "rules\n"
    "  --method M        equal, proportional, sqrt, power, kish, bankier, neyman, cost; neyman when it is not given\n"
    "  --minimum N       no unit with fewer\n"
    "  --maximum N       no unit with more\n"
    "  --multiple N      a multiple of N in every unit (5 forms make a village)\n"
    "  --fixed COLUMN    units with a number in this column get that number\n"
    "\n"
    "besides\n"
    "  --ranks A,B       how many interviews in every unit would tell rank A from rank B\n";

/* What is asked for, as words. NULL = not given. */
typedef struct request {
    const char *file, *code, *size, *sd, *mean, *cost, *where, *total, *budget, *half_width, *method, *minimum,
        *maximum, *multiple, *fixed, *ranks;
    int shipped;
} request;

/* The frame: one cell a unit. */
typedef struct frame {
    sheet *sheet;
    int64_t n;
    const char **code;
    double *size, *sd, *mean, *cost, *fixed; /* NULL = not given */
} frame;

/* The frame as columns, and the options made of them. */
typedef struct task {
    frame frame;
    sipas_column code, size, sd, mean, cost, fixed;
    sipas_allocate_opts opts;
    int64_t total;
    double budget, half_width;
    sipas_table *allocation;
    int64_t n_total;
} task;

/* ---------------------------------------------------------------------------------------------------------- the frame */

static sipas_status no_memory(sipas_error *err)
{
    return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the frame");
}

/* The rows that --where wants. `keep` is the caller's to free. */
static sipas_status choose_rows(const request *r, frame *f, int64_t **keep, sipas_error *err)
{
    const int64_t n = sheet_count_rows(f->sheet);
    const char *const *text = NULL, *equals = r->where ? strchr(r->where, '=') : NULL;
    char column[128] = "";

    *keep = calloc((size_t)n, sizeof **keep);
    if (!*keep) return no_memory(err);
    if (r->where && (!equals || equals == r->where || (size_t)(equals - r->where) >= sizeof column))
        return refuse(err, SIPAS_ERR_ARGUMENT, "--where %s: write COLUMN=VALUE", r->where);
    if (equals) {
        memcpy(column, r->where, (size_t)(equals - r->where));
        sipas_status status = sheet_get_text(f->sheet, column, &text, err);
        if (status != 0) return status;
    }
    for (int64_t i = 0; i < n; i++)
        if (!text || (text[i] && strcmp(text[i], equals + 1) == 0)) (*keep)[f->n++] = i;
    return f->n > 0 ? SIPAS_OK : refuse(err, SIPAS_ERR_NOT_FOUND, "--where %s: no row holds that", r->where);
}

/* "LOW..HIGH": numbers from HIGH evenly down to LOW. */
static int spread_evenly(const char *what, double *out, int64_t n)
{
    char low_text[32] = "", *end;
    const char *dots = strstr(what, "..");

    if (!dots || dots == what || (size_t)(dots - what) >= sizeof low_text) return 0;
    memcpy(low_text, what, (size_t)(dots - what));
    const double low = strtod(low_text, &end);
    if (*end != '\0') return 0;
    const double high = strtod(dots + 2, &end);
    if (end == dots + 2 || *end != '\0' || !(high >= low)) return 0;
    for (int64_t i = 0; i < n; i++) out[i] = n > 1 ? high - (high - low) * (double)i / (double)(n - 1) : high;
    return 1;
}

/* A number for all units, a range, or a column of them. */
static sipas_status read_numbers(frame *f, const char *what, const int64_t *keep, double **out, sipas_error *err)
{
    char *end;
    const double *cells;

    if (!what) return SIPAS_OK;
    *out = malloc((size_t)f->n * sizeof **out);
    if (!*out) return no_memory(err);
    if (spread_evenly(what, *out, f->n)) return SIPAS_OK;
    const double number = strtod(what, &end);
    if (end != what && *end == '\0') {
        for (int64_t i = 0; i < f->n; i++) (*out)[i] = number;
        return SIPAS_OK;
    }
    sipas_status status = sheet_get_number(f->sheet, what, &cells, err);
    if (status != 0) return status;
    for (int64_t i = 0; i < f->n; i++) (*out)[i] = cells[keep[i]];
    return SIPAS_OK;
}

static sipas_status read_codes(frame *f, const char *column, const int64_t *keep, sipas_error *err)
{
    const char *const *text;
    sipas_status status = sheet_get_text(f->sheet, column, &text, err);

    if (status != 0) return status;
    f->code = malloc((size_t)f->n * sizeof *f->code);
    if (!f->code) return no_memory(err);
    for (int64_t i = 0; i < f->n; i++) f->code[i] = text[keep[i]];
    return SIPAS_OK;
}

static sipas_status read_frame(const request *r, frame *f, sipas_error *err)
{
    int64_t *keep = NULL;
    sipas_status status = r->shipped ? sheet_read_shipped(r->file, &f->sheet, err)
                                     : sheet_read(r->file, NULL, &f->sheet, err);

    if (status == 0) status = choose_rows(r, f, &keep, err);
    if (status == 0) status = read_codes(f, r->code ? r->code : "code", keep, err);
    if (status == 0) status = read_numbers(f, r->size, keep, &f->size, err);
    if (status == 0) status = read_numbers(f, r->sd, keep, &f->sd, err);
    if (status == 0) status = read_numbers(f, r->mean, keep, &f->mean, err);
    if (status == 0) status = read_numbers(f, r->cost, keep, &f->cost, err);
    if (status == 0) status = read_numbers(f, r->fixed, keep, &f->fixed, err);
    free(keep);
    return status;
}

static void clear(task *t)
{
    sipas_table_free(t->allocation);
    free(t->frame.code);
    free(t->frame.size);
    free(t->frame.sd);
    free(t->frame.mean);
    free(t->frame.cost);
    free(t->frame.fixed);
    sheet_free(t->frame.sheet);
}

/* ------------------------------------------------------------------------------------------------------------ the aim */

static sipas_status read_whole(const char *name, const char *text, int64_t *out, sipas_error *err)
{
    char *end;

    if (!text) return SIPAS_OK;
    errno = 0;
    *out = strtoll(text, &end, 10);
    if (!errno && end != text && *end == '\0' && *out >= 0) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_ARGUMENT, "%s %s: give a whole number, at least 0", name, text);
}

static sipas_status read_positive(const char *name, const char *text, double *out, sipas_error *err)
{
    char *end;

    if (!text) return SIPAS_OK;
    *out = strtod(text, &end);
    if (end != text && *end == '\0' && *out > 0 && isfinite(*out)) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_ARGUMENT, "%s %s: give a number greater than 0", name, text);
}

static sipas_status read_aim(const request *r, task *t, sipas_error *err)
{
    const int aims = !!r->total + !!r->budget + !!r->half_width;

    if (aims != 1)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s of --total, --budget and --half-width; see --help",
                      aims ? "give only one" : "give one");
    if (!r->size || !r->sd)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s is missing; see --help", r->size ? "--sd" : "--size");
    t->opts.method = r->budget ? SIPAS_ALLOCATE_COST : SIPAS_ALLOCATE_NEYMAN;
    sipas_status status = r->method ? choose("--method", r->method, allocate_words, &t->opts.method, err) : SIPAS_OK;
    if (status == 0) status = read_whole("--total", r->total, &t->total, err);
    if (status == 0) status = read_positive("--budget", r->budget, &t->budget, err);
    if (status == 0) status = read_positive("--half-width", r->half_width, &t->half_width, err);
    if (status == 0) status = read_whole("--minimum", r->minimum, &t->opts.lower_value, err);
    if (status == 0) status = read_whole("--maximum", r->maximum, &t->opts.upper_value, err);
    if (status == 0) status = read_whole("--multiple", r->multiple, &t->opts.multiple, err);
    return status;
}

static void make_columns(task *t)
{
    const frame *f = &t->frame;

    t->code = sipas_column_code(f->code, f->n);
    t->size = sipas_column_f64(f->size, f->n);
    t->sd = sipas_column_f64(f->sd, f->n);
    t->mean = sipas_column_f64(f->mean, f->n);
    t->cost = sipas_column_f64(f->cost, f->n);
    t->fixed = sipas_column_f64(f->fixed, f->n);
    t->opts.code = &t->code;
    t->opts.sd = &t->sd;
    t->opts.mean = f->mean ? &t->mean : NULL;
    t->opts.cost = f->cost ? &t->cost : NULL;
    t->opts.fixed = f->fixed ? &t->fixed : NULL;
    t->opts.gains = 1;
}

static sipas_status allocate(task *t, sipas_error *err)
{
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;
    const int64_t *n;
    sipas_status status;

    target.half_width = t->half_width;
    if (t->budget > 0)
        status = sipas_allocate_budget(NULL, t->budget, &t->size, &t->opts, &t->allocation, err);
    else if (t->half_width > 0)
        status = sipas_allocate_precision(NULL, &t->size, &target, &t->opts, &t->allocation, err);
    else
        status = sipas_allocate(NULL, t->total, &t->size, &t->opts, &t->allocation, err);
    if (status == 0) status = sipas_table_get_i64(t->allocation, "n", &n, err);
    if (status != 0) return status;
    for (int64_t i = 0; i < t->frame.n; i++) t->n_total += n[i];
    return SIPAS_OK;
}

/* ------------------------------------------------------------------------------------------------------------ the report */

/* What each unit gets, and the precision that follows; the whole in the last line. */
static sipas_status print_units(const task *t, sipas_error *err)
{
    static const char *const headings[] = {"unit", "people", "interviews", "exact", "SE", "± (95 %)", "one more buys"};
    const sipas_plan_variable variable = {"y", &t->sd, NULL, t->opts.mean, NULL};
    const uint32_t levels[] = {0, 1};
    const char *const name = "unit";
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_plan_opts opts = SIPAS_PLAN_OPTS_INIT;
    const double *exact, *gain, *se, *half, *people;
    const int64_t *n;
    const char *const *unit;
    sipas_table *expected = NULL;

    domains.n_by = 1, domains.by = &t->code, domains.names = &name, domains.n_levels = 2, domains.levels = levels;
    opts.code = &t->code;
    sipas_status status = sipas_table_get_i64(t->allocation, "n", &n, err);
    if (status == 0) status = sipas_table_get_f64(t->allocation, "continuous", &exact, err);
    if (status == 0) status = sipas_table_get_f64(t->allocation, "gain", &gain, err);
    if (status == 0) {
        const sipas_column plan = sipas_column_i64(n, t->frame.n);
        status = sipas_plan_expect(NULL, &plan, &t->size, &variable, 1, &domains, &opts, &expected, err);
    }
    if (status == 0) status = sipas_table_get_f64(expected, "se", &se, err);
    if (status == 0) status = sipas_table_get_f64(expected, "half_width", &half, err);
    if (status == 0) status = sipas_table_get_f64(expected, "size", &people, err);
    if (status == 0) status = sipas_table_get_code(expected, "unit", &unit, err);
    if (status != 0) {
        sipas_table_free(expected);
        return status;
    }
    grid *g = grid_new(headings, 7);
    for (int64_t i = 0; i < t->frame.n; i++) {
        int64_t row = 1;
        while (strcmp(unit[row], t->frame.code[i]) != 0) row++; /* the expectation is in the order of codes */
        grid_text(g, t->frame.code[i]);
        grid_count(g, (int64_t)t->frame.size[i]);
        grid_count(g, n[i]);
        grid_number(g, exact[i], 2);
        grid_number(g, se[row], 3);
        grid_number(g, half[row], 3);
        grid_number(g, 100 * gain[i] / (people[0] * people[0] * se[0] * se[0]), 4);
    }
    grid_rule(g);
    grid_text(g, "the whole");
    grid_count(g, (int64_t)people[0]);
    grid_count(g, t->n_total);
    grid_text(g, "");
    grid_number(g, se[0], 3);
    grid_number(g, half[0], 3);
    grid_text(g, "");
    status = grid_print(g, stdout);
    if (status != 0) (void)no_memory(err);
    printf("  One more buys: by how much of a hundred one more interview there lowers the variance of the whole.\n");
    print_notes(stdout, t->allocation, 5);
    grid_free(g);
    sipas_table_free(expected);
    return status;
}

/* The proof, in words. */
static sipas_status print_proof(const task *t, sipas_error *err)
{
    const char *exchange, *objective, *gap = NULL, *bound = NULL;
    sipas_status status = sipas_table_find_meta(t->allocation, "exchange", &exchange, err);

    if (status == 0) status = sipas_table_find_meta(t->allocation, "objective_formula", &objective, err);
    if (status != 0) return status;
    (void)sipas_table_find_meta(t->allocation, "gap", &gap, NULL);
    (void)sipas_table_find_meta(t->allocation, "bound", &bound, NULL);
    printf("  Least is %s. ", objective);
    if (strcmp(exchange, "none") == 0)
        printf("No move is left.\n");
    else
        printf("The best move that is left would raise it by %.4g: there is nothing to gain.\n",
               strtod(exchange, NULL));
    if (gap && strtod(gap, NULL) == 0)
        printf("  No other whole numbers do better: that is proved.\n");
    else if (gap && bound)
        printf("  No whole numbers go below %.6g; these are %.3g above.\n", strtod(bound, NULL), strtod(gap, NULL));
    return SIPAS_OK;
}

/* Every method for the same number of interviews, under the same rules. */
static sipas_status print_methods(const task *t, sipas_error *err)
{
    static const print_column columns[] = {{"method", NULL, 0},
                                           {"se", "SE of the whole", 4},
                                           {"half_width", "± (95 %)", 4},
                                           {"loss", "variance / best", 3},
                                           {"unit_se_median", "SE of the median unit", 3},
                                           {"unit_se_worst", "of the worst", 3},
                                           {"worst", "which is", 0},
                                           {"n_least", "fewest", 0},
                                           {"n_most", "most", 0},
                                           {"cost", "cost", 0}};
    sipas_table *table = NULL;
    sipas_allocate_opts rules = t->opts;

    rules.gains = 0;
    sipas_status status = sipas_plan_compare(NULL, t->n_total, &t->size, &rules, NULL, &table, err);
    if (status == 0)
        status = print_table(stdout, table, columns, (int)(sizeof columns / sizeof *columns) - !t->frame.cost, NULL, 0,
                             err);
    sipas_table_free(table);
    return status;
}

static int downwards(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a < b) - (a > b);
}

/* The difference between the expected means of two ranks, from "A,B". */
static sipas_status read_ranks(const task *t, const char *text, int64_t rank[2], double *apart, sipas_error *err)
{
    const int64_t n = t->frame.n;
    char *end, *last = NULL;
    double *sorted;

    rank[0] = strtoll(text, &end, 10);
    rank[1] = *end == ',' ? strtoll(end + 1, &last, 10) : 0;
    if (*end != ',' || last == end + 1 || *last || rank[0] < 1 || rank[1] <= rank[0] || rank[1] > n)
        return refuse(err, SIPAS_ERR_ARGUMENT, "--ranks %s: give two ranks A,B with 1 <= A < B <= %lld", text,
                      (long long)n);
    if (!t->frame.mean) return refuse(err, SIPAS_ERR_ARGUMENT, "--ranks %s: --mean is missing", text);
    sorted = malloc((size_t)n * sizeof *sorted);
    if (!sorted) return no_memory(err);
    memcpy(sorted, t->frame.mean, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, downwards);
    *apart = sorted[rank[0] - 1] - sorted[rank[1] - 1];
    free(sorted);
    if (*apart > 0) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_VALUE, "--ranks %s: their expected means are the same, so nothing tells them apart",
                  text);
}

/* The sentence a planner needs. */
static sipas_status print_ranks(const task *t, const char *text, sipas_error *err)
{
    sipas_size_ranking_opts opts = SIPAS_SIZE_RANKING_OPTS_INIT;
    sipas_table *table = NULL;
    const int64_t *n;
    int64_t rank[2], most = 0, enough = 0;
    const int64_t *have;
    char digits[32];

    opts.population = &t->size;
    opts.code = &t->code;
    opts.sd_of = &t->sd;
    sipas_status status = read_ranks(t, text, rank, &opts.delta, err);
    if (status == 0) status = sipas_size_ranking(NULL, &t->mean, &opts, &table, err);
    if (status == 0) status = sipas_table_get_i64(table, "n", &n, err);
    if (status == 0) status = sipas_table_get_i64(t->allocation, "n", &have, err);
    if (status != 0) {
        sipas_table_free(table);
        return status;
    }
    for (int64_t i = 0; i < t->frame.n; i++) {
        if (n[i] > most) most = n[i];
        enough += have[i] >= n[i];
    }
    printf(
        "\nTo tell rank %lld from rank %lld you need n = %s in every unit (%.2f points apart, 80 %% power, 95 %% rank\n"
        "intervals); of the %lld units %lld have that many here.\n",
        (long long)rank[0], (long long)rank[1], count_text(digits, most), opts.delta, (long long)t->frame.n,
        (long long)enough);
    sipas_table_free(table);
    return SIPAS_OK;
}

static sipas_status report(const task *t, const char *ranks, sipas_error *err)
{
    char digits[32];

    printf("%s interviews in %lld units\n\n", count_text(digits, t->n_total), (long long)t->frame.n);
    sipas_status status = print_units(t, err);
    if (status == 0) status = print_proof(t, err);
    if (status == 0) printf("\nThe same number by every method, under the same rules\n\n");
    if (status == 0) status = print_methods(t, err);
    if (status == 0 && ranks) status = print_ranks(t, ranks, err);
    return status;
}

static sipas_status plan(const request *r, sipas_error *err)
{
    task *t = calloc(1, sizeof *t);
    if (!t) return no_memory(err);
    sipas_allocate_opts_init(&t->opts);
    sipas_status status = read_aim(r, t, err);
    if (status == 0) status = read_frame(r, &t->frame, err);
    if (status == 0) {
        make_columns(t);
        status = allocate(t, err);
    }
    if (status == 0) status = report(t, r->ranks, err);
    clear(t);
    free(t);
    return status;
}

/* ---------------------------------------------------------------------------------------------------------- arguments */

static sipas_status read_arguments(int argc, char **argv, request *r, sipas_error *err)
{
    const struct {
        const char *name;
        const char **value;
    } options[] = {{"--code", &r->code},         {"--size", &r->size},       {"--sd", &r->sd},
                   {"--mean", &r->mean},         {"--cost", &r->cost},       {"--where", &r->where},
                   {"--total", &r->total},       {"--budget", &r->budget},   {"--half-width", &r->half_width},
                   {"--method", &r->method},     {"--minimum", &r->minimum}, {"--maximum", &r->maximum},
                   {"--multiple", &r->multiple}, {"--fixed", &r->fixed},     {"--ranks", &r->ranks}};
    const size_t n_options = sizeof options / sizeof *options;

    for (int i = 1; i < argc; i++) {
        size_t at = 0;
        if (strncmp(argv[i], "--", 2) != 0) {
            if (r->file) return refuse(err, SIPAS_ERR_ARGUMENT, "%s: one file at a time", argv[i]);
            r->file = argv[i];
            continue;
        }
        while (at < n_options && strcmp(argv[i], options[at].name) != 0) at++;
        if (at == n_options) return refuse(err, SIPAS_ERR_ARGUMENT, "%s: no such option; see --help", argv[i]);
        if (!argv[i + 1]) return refuse(err, SIPAS_ERR_ARGUMENT, "%s: a value is missing; see --help", argv[i]);
        *options[at].value = argv[++i];
    }
    return r->file ? SIPAS_OK : refuse(err, SIPAS_ERR_ARGUMENT, "the name of the CSV file is missing; see --help");
}

/* The shipped frame, three ways. Spread and costs are assumed: no answers of the national survey are public. */
static sipas_status plan_shipped(sipas_error *err)
{
    const request base = {
        .file = "vietnam2025_units.csv", .size = "population", .sd = "20", .where = "level=province", .shipped = 1};
    request total = base, precision = base;

    printf(
        "The 34 provinces of Viet Nam, with libsipas %s. Within a province answers are ASSUMED to differ by a standard\n"
        "deviation of 20 points of 100, and the means of provinces to lie evenly between 75.03 and 90.61, the ends of\n"
        "the published list of 2023; people are those of the census of 2019.\n\n"
        "1. The 40,230 interviews of 2023, at least 300 in each province, in villages of 5\n\n",
        sipas_version());
    total.total = "40230";
    total.method = "kish";
    total.minimum = "300";
    total.multiple = "5";
    total.mean = "75.03..90.61";
    total.ranks = "20,30";
    sipas_status status = plan(&total, err);
    if (status == 0) printf("\n2. How many for the country to within half a point?\n\n");
    precision.half_width = "0.5";
    if (status == 0) status = plan(&precision, err);
    return status;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") != 0) continue;
        fputs(help, stdout);
        return EXIT_SUCCESS;
    }
    sipas_error err = {0};
    request r = {0};
    sipas_status status = argc > 1 ? read_arguments(argc, argv, &r, &err) : plan_shipped(&err);
    if (status == 0 && argc > 1) status = plan(&r, &err);
    if (status == 0) return EXIT_SUCCESS;
    fprintf(stderr, "plan: %s\n", err.message);
    return EXIT_FAILURE;
}
