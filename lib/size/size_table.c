/*
 * From a formula's value to whole numbers of answers, persons asked and households visited, and the table that holds them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "data/column.h"
#include "data/measure.h"
#include "data/schema.h"
#include "data/table.h"
#include "size/size.h"

/* ---- whole numbers ---- */

sipas__size_rule sipas__size_rule_of(const sipas_size_opts *own)
{
    const sipas__size_rule rule = {.response = own->response,
                                   .per_household = own->per_household,
                                   .minimum = (double)own->minimum,
                                   .maximum = own->maximum > 0 ? (double)own->maximum : INFINITY,
                                   .multiple = own->multiple,
                                   .rounding = own->rounding};

    return rule;
}

double sipas__size_whole(double value, int32_t rounding, int64_t multiple)
{
    double near = floor(value + 0.5), step = (double)multiple;

    if (fabs(value - near) > 1e-9 * value && rounding == SIPAS_SIZE_ROUND_UP) near = ceil(value);
    return ceil(near / step) * step;
}

sipas__size_unit sipas__size_unit_of(const sipas__size_rule *rule, double n_exact, double population)
{
    sipas__size_unit unit = {.population = population, .n_exact = n_exact};
    const double least = population < 1.0 ? 0.0 : 1.0; /* where nobody differs one answer is enough, and needed */
    const double most = floor(population), target = fmin(fmax(fmax(n_exact, least), rule->minimum), rule->maximum);

    unit.wanted_n = fmin(sipas__size_whole(target, rule->rounding, rule->multiple), rule->maximum);
    unit.wanted_issued = fmax(sipas__size_whole(target / rule->response, rule->rounding, rule->multiple),
                              unit.wanted_n);
    unit.n = fmin(unit.wanted_n, most);
    unit.issued = fmin(unit.wanted_issued, most);
    if (rule->per_household > 0.0) {
        const double asked = unit.issued < unit.wanted_issued ? unit.issued : target / rule->response;

        unit.households = sipas__size_whole(asked / rule->per_household, rule->rounding, 1);
    }
    return unit;
}

/* ---- the table ---- */

void sipas__size_table_begin(sipas__size_table *to, const sipas_ctx *ctx, int64_t n_units, const sipas_column *code,
                             int32_t columns)
{
    const sipas_schema *schema = &sipas__schema_size;
    sipas_table *table = sipas__table_new(ctx, n_units);

    *to = (sipas__size_table){.table = table, .code = code};
    to->code_at = code ? sipas__table_add_field(table, schema, "code") : -1;
    to->figure = columns & SIPAS__SIZE_FIGURE ? sipas__table_add_field(table, schema, "figure") : -1;
    to->population = sipas__table_add_field(table, schema, "population");
    to->n_exact = sipas__table_add_field(table, schema, "n_exact");
    to->n = sipas__table_add_field(table, schema, "n");
    to->n_other = columns & SIPAS__SIZE_OTHER ? sipas__table_add_field(table, schema, "n_other") : -1;
    to->issued = sipas__table_add_field(table, schema, "issued");
    to->households = columns & SIPAS__SIZE_HOUSEHOLDS ? sipas__table_add_field(table, schema, "households") : -1;
    to->fraction = sipas__table_add_field(table, schema, "fraction");
    to->formula = sipas__table_add_field(table, schema, "formula");
}

/* Where the population stops what is wanted. */
static void note_unit(const sipas__size_table *to, const sipas__size_rule *rule, int64_t row, const char *code,
                      const sipas__size_unit *unit)
{
    const double most = floor(unit->population);
    char label[192];

    if (rule->minimum > most)
        sipas__table_note(to->table, "minimum_above_population", code, row,
                          "%s: the minimum %.17g is above the population %.17g",
                          sipas__unit_label(to->code, row, label), rule->minimum, unit->population);
    if (unit->wanted_issued > most && most > 0.0)
        sipas__table_note(to->table, "population_reached", code, row,
                          "%s: %.17g are wanted and %.17g would have to be asked, but the population is %.17g",
                          sipas__unit_label(to->code, row, label), unit->wanted_n, unit->wanted_issued,
                          unit->population);
}

sipas_status sipas__size_table_write(sipas__size_table *to, const sipas__size_rule *rule, int64_t row,
                                     const sipas__size_unit *unit, const char *formula, sipas_error *err)
{
    const double largest = fmax(unit->issued, unit->households);
    char buffer[32];
    const char *code = to->code ? sipas__column_code_text(to->code, row, buffer) : NULL;

    if (!(largest <= SIPAS__LARGEST_SIZE))
        return sipas__unit_error(err, SIPAS_ERR_VALUE, to->code, row, "a sample size of %g is beyond 2^53", largest);
    note_unit(to, rule, row, code, unit);
    if (code) sipas__table_set_code(to->table, to->code_at, row, code);
    sipas__table_set_f64(to->table, to->population, row, unit->population);
    sipas__table_set_f64(to->table, to->n_exact, row, unit->n_exact);
    sipas__table_set_i64(to->table, to->n, row, (int64_t)unit->n);
    sipas__table_set_i64(to->table, to->issued, row, (int64_t)unit->issued);
    if (rule->per_household > 0.0) sipas__table_set_i64(to->table, to->households, row, (int64_t)unit->households);
    sipas__table_set_f64(to->table, to->fraction, row,
                         unit->population > 0.0 ? unit->n / unit->population : (double)NAN);
    sipas__table_set_code(to->table, to->formula, row, formula);
    to->total_n += unit->n;
    to->total_issued += unit->issued;
    to->total_households += unit->households;
    return SIPAS_OK;
}

void sipas__size_table_totals(const sipas__size_table *to)
{
    sipas__table_meta(to->table, "total_n", "%.17g", to->total_n);
    sipas__table_meta(to->table, "total_issued", "%.17g", to->total_issued);
    if (to->households >= 0) sipas__table_meta(to->table, "total_households", "%.17g", to->total_households);
}

void sipas__size_note_few(sipas_table *table, const sipas__figure *figure, const sipas_column *code, int64_t unit,
                          int64_t row, double n)
{
    char label[192];

    if (figure->own.take <= 1.0 || !isinf(figure->df) || n >= SIPAS__FEW_PSUS * figure->own.take) return;
    sipas__table_note(table, "few_psus", figure->name, row,
                      "%s: %g answers, %g in a PSU, come from %.3g PSUs, which z takes for many; give psus or df",
                      sipas__unit_label(code, unit, label), n, figure->own.take, n / figure->own.take);
}

void sipas__size_meta_df(sipas_table *table, double df, double z)
{
    if (isinf(df)) {
        sipas__table_meta(table, "z", "%.17g", z);
    } else {
        sipas__table_meta(table, "df", "%.17g", df);
        sipas__table_meta(table, "t", "%.17g", z);
    }
}
