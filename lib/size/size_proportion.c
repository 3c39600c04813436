/*
 * Sample size for a share, many units in one call.
 *
 *   yamane   n = N / (1 + N e²)                       Yamane 1967, Statistics: An Introductory Analysis, 2nd ed., p. 886
 *   cochran  n0 = deff z² p (1 - p) / e²              Cochran 1977, Sampling Techniques, 3rd ed., §4.4, eq. 4.1
 *            n = n0 / (1 + (n0 - 1) / N)              eq. 4.2
 *
 * The design effect multiplies n0: it is measured against simple random sampling without replacement, whose variance
 * (1 - f) p (1 - p) N / ((N - 1) n) already has the finite population correction; so n never passes N.
 *
 * O(units).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/size.h>

#include <math.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"
#include "data/table.h"
#include "num/distributions.h"

static const double LARGEST = 9007199254740992.0; /* 2^53 */

/* A formula with what has to be said about it. */
typedef struct size_method {
    const char *name, *finite, *infinite, *assumes;
} size_method;

static const size_method methods[] = {
    [SIPAS_SIZE_YAMANE] = {"yamane", "n = N / (1 + N e²)", "n = 1 / e²",
                           "z = 2, a share of 1/2, one simple random sample, one unit, one figure"},
    [SIPAS_SIZE_COCHRAN] = {"cochran", "n = n0 / (1 + (n0 - 1) / N), n0 = deff z² p (1 - p) / e²",
                            "n = deff z² p (1 - p) / e²",
                            "the expected share p and the design effect are right, one unit, one figure"},
};

void sipas_size_opts_init(sipas_size_opts *opts)
{
    const sipas_size_opts defaults = SIPAS_SIZE_OPTS_INIT;

    *opts = defaults;
}

/* ---- options ---- */

static sipas_status bad_option(sipas_error *err, const char *field, const char *sentence, double value)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, field, "option %s: %g %s", field,
                            value, sentence);
}

/* A number that 0 leaves at its default; it must lie above 0 and below `limit` (at it, when `closed`). */
static sipas_status load_number(const char *field, double *value, double standard, double limit, int closed,
                                sipas_error *err)
{
    if (*value == 0.0) *value = standard;
    if (*value > 0.0 && (*value < limit || (closed && *value <= limit))) return SIPAS_OK;
    if (isinf(limit)) return bad_option(err, field, "is not a finite number greater than 0", *value);
    return bad_option(err, field, closed ? "is not greater than 0 and at most 1" : "is not between 0 and 1", *value);
}

/* Yamane's formula has its share, level and design effect built in. */
static sipas_status check_yamane(const sipas_size_opts *opts, sipas_error *err)
{
    const char *sentence = "is given, but the formula of yamane has it built in (z = 2, p = 1/2, no design effect); "
                           "use cochran";

    if (opts->p != 0.0) return bad_option(err, "p", sentence, opts->p);
    if (opts->level != 0.0) return bad_option(err, "level", sentence, opts->level);
    if (opts->deff != 0.0) return bad_option(err, "deff", sentence, opts->deff);
    return SIPAS_OK;
}

static sipas_status load_counts(sipas_size_opts *own, sipas_error *err)
{
    if (own->minimum < 0) return bad_option(err, "minimum", "is negative", (double)own->minimum);
    if (own->maximum < 0) return bad_option(err, "maximum", "is negative", (double)own->maximum);
    if (own->multiple < 0) return bad_option(err, "multiple", "is negative", (double)own->multiple);
    if (own->minimum > (int64_t)LARGEST || own->multiple > (int64_t)LARGEST)
        return bad_option(err, own->multiple > (int64_t)LARGEST ? "multiple" : "minimum", "is beyond 2^53", LARGEST);
    if (own->maximum > 0 && own->minimum > own->maximum)
        return bad_option(err, "minimum", "is above the maximum", (double)own->minimum);
    if (own->multiple == 0) own->multiple = 1;
    if (own->rounding == SIPAS_SIZE_ROUND_DEFAULT) own->rounding = SIPAS_SIZE_ROUND_UP;
    return SIPAS_OK;
}

static sipas_status load_options(const sipas_size_opts *opts, sipas_size_opts *own, sipas_error *err)
{
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_size_opts", err);

    if (status < 0) return status;
    status = sipas__options_check("method", own->method, SIPAS_SIZE_DEFAULT, SIPAS_SIZE_COCHRAN, err);
    if (status < 0) return status;
    status = sipas__options_check("rounding", own->rounding, SIPAS_SIZE_ROUND_DEFAULT, SIPAS_SIZE_ROUND_NEAREST, err);
    if (status < 0) return status;
    if (own->method == SIPAS_SIZE_DEFAULT) own->method = SIPAS_SIZE_COCHRAN;
    if (own->method == SIPAS_SIZE_YAMANE) status = check_yamane(own, err);
    if (status < 0) return status;
    status = load_number("margin", &own->margin, 0.05, 1.0, 0, err);
    if (status < 0) return status;
    status = load_number("p", &own->p, 0.5, 1.0, 0, err);
    if (status < 0) return status;
    status = load_number("deff", &own->deff, 1.0, INFINITY, 0, err);
    if (status < 0) return status;
    status = load_number("response", &own->response, 1.0, 1.0, 1, err);
    if (status < 0) return status;
    status = sipas__options_level(&own->level, err);
    return status < 0 ? status : load_counts(own, err);
}

/* ---- the formulas ---- */

/* z of the formula: 2 for yamane, else the normal quantile of the level. */
static double normal_deviate(const sipas_size_opts *own)
{
    return own->method == SIPAS_SIZE_YAMANE ? 2.0 : sipas__normal_quantile(0.5 + own->level / 2.0);
}

/* The formula's value for a population. */
static double exact_size(const sipas_size_opts *own, double z, double population)
{
    const double e2 = own->margin * own->margin;
    double n0;

    if (population < 1.0) return population;
    if (own->method == SIPAS_SIZE_YAMANE) return isinf(population) ? 1.0 / e2 : population / (1.0 + population * e2);
    n0 = own->deff * z * z * own->p * (1.0 - own->p) / e2;
    return isinf(population) ? n0 : n0 / (1.0 + (n0 - 1.0) / population);
}

/* As a whole number: a value within 1e-9 of one is that one. */
static double whole(double value, int32_t rounding, int64_t multiple)
{
    double near = floor(value + 0.5), step = (double)multiple;

    if (fabs(value - near) > 1e-9 * value && rounding == SIPAS_SIZE_ROUND_UP) near = ceil(value);
    return ceil(near / step) * step;
}

/* What becomes of one unit: the formula's value, and whole numbers before the population stops them. */
typedef struct unit_size {
    double population, n_exact, n, issued;
} unit_size;

/* From the formula's value to whole numbers within minimum and maximum. */
static unit_size size_of(const sipas_size_opts *own, double z, double population)
{
    unit_size unit = {population, exact_size(own, z, population), 0.0, 0.0};
    double target = unit.n_exact;

    if (target < (double)own->minimum) target = (double)own->minimum;
    if (own->maximum > 0 && target > (double)own->maximum) target = (double)own->maximum;
    unit.n = whole(target, own->rounding, own->multiple);
    unit.issued = whole(target / own->response, own->rounding, own->multiple);
    if (own->maximum > 0 && unit.n > (double)own->maximum) unit.n = (double)own->maximum;
    if (unit.issued < unit.n) unit.issued = unit.n;
    return unit;
}

/* ---- the table ---- */

typedef struct size_table {
    sipas_table *table;
    int32_t code, population, n_exact, n, issued, fraction, formula;
    double total_n, total_issued;
} size_table;

static void begin_table(size_table *to, const sipas_ctx *ctx, int64_t n_units, int with_code)
{
    const sipas_schema *schema = &sipas__schema_size;

    to->table = sipas__table_new(ctx, n_units);
    to->code = with_code ? sipas__table_add_field(to->table, schema, "code") : -1;
    to->population = sipas__table_add_field(to->table, schema, "population");
    to->n_exact = sipas__table_add_field(to->table, schema, "n_exact");
    to->n = sipas__table_add_field(to->table, schema, "n");
    to->issued = sipas__table_add_field(to->table, schema, "issued");
    to->fraction = sipas__table_add_field(to->table, schema, "fraction");
    to->formula = sipas__table_add_field(to->table, schema, "formula");
    to->total_n = to->total_issued = 0.0;
}

/* Where the population stops what is wanted. */
static void note_unit(const size_table *to, const sipas_size_opts *own, int64_t row, const char *code,
                      const unit_size *unit)
{
    const double most = floor(unit->population);
    char label[192];

    if ((double)own->minimum > most)
        sipas__table_note(to->table, "minimum_above_population", code, row,
                          "%s: the minimum %lld is above the population %.17g",
                          sipas__unit_label(own->code, row, label), (long long)own->minimum, unit->population);
    if (unit->issued > most && most > 0.0)
        sipas__table_note(to->table, "population_reached", code, row,
                          "%s: %.17g are wanted and %.17g would have to be asked, but the population is %.17g",
                          sipas__unit_label(own->code, row, label), unit->n, unit->issued, unit->population);
}

static sipas_status write_unit(size_table *to, const sipas_size_opts *own, int64_t row, double z, double population,
                               sipas_error *err)
{
    const unit_size unit = size_of(own, z, population);
    const double most = floor(population), n = unit.n < most ? unit.n : most;
    const double issued = unit.issued < most ? unit.issued : most;
    const size_method *method = &methods[own->method];
    char buffer[32];
    const char *code = own->code ? sipas__column_code_text(own->code, row, buffer) : NULL;

    if (issued > LARGEST)
        return sipas__unit_error(err, SIPAS_ERR_VALUE, own->code, row, "a sample size of %g is beyond 2^53", issued);
    note_unit(to, own, row, code, &unit);
    sipas__table_set_code(to->table, to->code, row, code);
    sipas__table_set_f64(to->table, to->population, row, population);
    sipas__table_set_f64(to->table, to->n_exact, row, unit.n_exact);
    sipas__table_set_i64(to->table, to->n, row, (int64_t)n);
    sipas__table_set_i64(to->table, to->issued, row, (int64_t)issued);
    sipas__table_set_f64(to->table, to->fraction, row, n / population); /* missing for an empty population */
    sipas__table_set_code(to->table, to->formula, row, isinf(population) ? method->infinite : method->finite);
    to->total_n += n;
    to->total_issued += issued;
    return SIPAS_OK;
}

static void write_meta(const size_table *to, const sipas_size_opts *own, double z)
{
    const size_method *method = &methods[own->method];

    sipas__table_meta(to->table, "method", "%s/1", method->name);
    sipas__table_meta(to->table, "formula", "%s", method->finite);
    sipas__table_meta(to->table, "assumes", "%s", method->assumes);
    sipas__table_meta(to->table, "margin", "%.17g", own->margin);
    sipas__table_meta(to->table, "p", "%.17g", own->p);
    sipas__table_meta(to->table, "z", "%.17g", z);
    sipas__table_meta(to->table, "deff", "%.17g", own->deff);
    sipas__table_meta(to->table, "response", "%.17g", own->response);
    if (own->method != SIPAS_SIZE_YAMANE) sipas__table_meta(to->table, "level", "%.17g", own->level);
    sipas__table_meta(to->table, "total_n", "%.17g", to->total_n);
    sipas__table_meta(to->table, "total_issued", "%.17g", to->total_issued);
}

static sipas_status check_codes(const sipas_column *code, int64_t n_units, sipas_error *err)
{
    sipas_status status = sipas__column_check(code, n_units, SIPAS__CODES, "code", err);
    char buffer[32];

    for (int64_t i = 0; status == SIPAS_OK && i < n_units; i++) {
        if (!sipas__column_present(code, i))
            status = sipas__error_set(err, SIPAS_ERR_MISSING, i, SIPAS__NOWHERE, "code", "row %lld: code is missing",
                                      (long long)i);
        else if (!sipas__column_code_text(code, i, buffer))
            status = sipas__error_set(err, SIPAS_ERR_TYPE, i, SIPAS__NOWHERE, "code",
                                      "row %lld: code is not a whole number", (long long)i);
    }
    return status;
}

sipas_status sipas_size_proportion(sipas_ctx *ctx, const sipas_column *population, const sipas_size_opts *opts,
                                   sipas_table **out, sipas_error *err)
{
    const double unlimited = INFINITY;
    const sipas_column one = sipas_column_f64(&unlimited, 1);
    sipas_size_opts own;
    size_table to = {.table = NULL};
    double *sizes = NULL, z;
    int64_t n_units;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    status = load_options(opts, &own, err);
    if (status < 0) return status;
    if (!population) population = &one;
    n_units = population->n;
    if (n_units < 1) return sipas__error_argument(err, "population", "there are no units");
    if (!sipas__column_given(own.code)) own.code = NULL;
    if (own.code) status = check_codes(own.code, n_units, err);
    if (status < 0) return status;
    sizes = sipas__alloc(ctx, n_units, sizeof *sizes);
    if (!sizes) return sipas__error_memory(err);
    status = sipas__measure_read(population, n_units, "population", own.code,
                                 SIPAS__MAY_BE_ZERO | SIPAS__MAY_BE_INFINITE, sizes, err);
    if (status < 0) goto fail;
    z = normal_deviate(&own);
    begin_table(&to, ctx, n_units, own.code != NULL);
    for (int64_t i = 0; status == SIPAS_OK && i < n_units; i++) status = write_unit(&to, &own, i, z, sizes[i], err);
    if (status < 0) goto fail;
    write_meta(&to, &own, z);
    sipas__free(ctx, sizes);
    return sipas__table_finish(to.table, out, err);
fail:
    sipas_table_free(to.table);
    sipas__free(ctx, sizes);
    return status;
}
