/*
 * What must hold of any result: cells that are there are numbers, within what they can be; what is not there is told why.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "matrix.h"

/* One sentence at a time. */
static char sentence[400];

typedef struct columns {
    const double *estimate, *se, *lower, *upper, *df, *deff, *n_eff, *kish, *cv, *p, *adjusted, *correlation;
    const int64_t *n, *psus;
    int64_t rows;
} columns;

static const double *reals(const sipas_table *table, const char *name)
{
    const double *out = NULL;

    return sipas_table_get_f64(table, name, &out, NULL) < 0 ? NULL : out;
}

static const int64_t *wholes(const sipas_table *table, const char *name)
{
    const int64_t *out = NULL;

    return sipas_table_get_i64(table, name, &out, NULL) < 0 ? NULL : out;
}

static columns read_columns(const sipas_table *t)
{
    const columns c = {reals(t, "estimate"), reals(t, "se"),    reals(t, "lower"),        reals(t, "upper"),
                       reals(t, "df"),       reals(t, "deff"),  reals(t, "n_eff"),        reals(t, "kish_deff"),
                       reals(t, "cv"),       reals(t, "p"),     reals(t, "p_adjusted"),   reals(t, "correlation"),
                       wholes(t, "n"),       wholes(t, "psus"), sipas_table_count_rows(t)};

    return c;
}

static int is_present(const sipas_column *column, int64_t row)
{
    const int64_t bit = column->offset + row;

    return !column->validity || (column->validity[bit / 8] >> bit % 8 & 1);
}

/* A cell that is there is a number; a cell that is not holds none. Degrees of freedom may be infinite. */
static const char *audit_cells(const sipas_table *table)
{
    for (int64_t c = 0; c < sipas_table_count_columns(table); c++) {
        const sipas_field *field = sipas_table_get_field(table, c);
        sipas_column column;

        if (sipas_table_get_column(table, c, &column, NULL) < 0 || !field) return "a column cannot be read";
        if (field->type != SIPAS_TYPE_F64) continue;
        for (int64_t row = 0; row < column.n; row++) {
            const double value = ((const double *)column.data)[row];
            const int there = is_present(&column, row);

            if (there ? isfinite(value) || strcmp(field->name, "df") == 0 : isnan(value) != 0) continue;
            (void)snprintf(sentence, sizeof sentence, "row %d: %s is %g and %s", (int)row, field->name, value,
                           there ? "there" : "missing");
            return sentence;
        }
    }
    return NULL;
}

/* A note about a row of the result, or about the first row of its group. */
static int is_noted(const sipas_table *table, int64_t row)
{
    const sipas_table *notes = sipas_table_get_notes(table);
    const int64_t *about = notes ? wholes(notes, "row") : NULL;

    for (int64_t i = 0; about && i < sipas_table_count_rows(notes); i++)
        if (about[i] >= 0 && about[i] <= row) return 1;
    return 0;
}

static const char *wrong(int64_t row, const char *what, double a, double b)
{
    (void)snprintf(sentence, sizeof sentence, "row %d: %s (%.17g, %.17g)", (int)row, what, a, b);
    return sentence;
}

/* Not below, where both are there. */
static int below(double a, double least, double scale)
{
    return a < least - 1e-9 * (fabs(scale) + fabs(least));
}

static const char *audit_figures(const columns *c, int64_t i, const matrix_design *design, int holds)
{
    const int negative = design->weights == MATRIX_WEIGHT_NEGATIVE;
    const double e = c->estimate[i], se = c->se[i], low = c->lower[i], high = c->upper[i];

    if (se < 0.0) return wrong(i, "se below 0", se, 0.0);
    if (isnan(e) && !(isnan(se) && isnan(low) && isnan(high))) return wrong(i, "no estimate, but an error", se, low);
    if (isnan(se) && !(isnan(low) && isnan(high)) && !(holds == 0 || holds == MATRIX_IN_ORDER))
        return wrong(i, "no error, but limits", low, high);
    if (below(high, low, e) && !(holds & MATRIX_MIRRORED)) return wrong(i, "lower above upper", low, high);
    if ((holds & MATRIX_AROUND) && (below(e, low, high) || below(high, e, low)))
        return wrong(i, "the estimate is not within its interval", e, below(e, low, high) ? low : high);
    if (c->df && c->df[i] < 0.0 && !(holds & MATRIX_TABLE)) return wrong(i, "df below 0", c->df[i], 0.0);
    if (c->cv && c->cv[i] < 0.0) return wrong(i, "cv below 0", c->cv[i], 0.0);
    if (c->deff && c->deff[i] < 0.0) return wrong(i, "deff below 0", c->deff[i], 0.0);
    if (c->n_eff && c->n_eff[i] < 0.0) return wrong(i, "n_eff below 0", c->n_eff[i], 0.0);
    if (c->kish && !negative && below(c->kish[i], 1.0, 1.0)) return wrong(i, "kish_deff below 1", c->kish[i], 1.0);
    if (c->n && c->psus && (c->psus[i] > c->n[i] || (c->psus[i] == 0) != (c->n[i] == 0)))
        return wrong(i, "psus and n do not go together", (double)c->psus[i], (double)c->n[i]);
    if (c->n && c->n[i] == 0 && !isnan(e)) return wrong(i, "an estimate of no row", e, 0.0);
    if (c->p && (c->p[i] < 0.0 || c->p[i] > 1.0)) return wrong(i, "p outside 0-1", c->p[i], 0.0);
    if (c->adjusted && (below(c->adjusted[i], c->p[i], 1.0) || c->adjusted[i] > 1.0))
        return wrong(i, "p_adjusted below p", c->adjusted[i], c->p[i]);
    if (c->correlation && !design->opts.collapse && fabs(c->correlation[i]) > 1.0 + 1e-9)
        return wrong(i, "correlation", c->correlation[i], 1.0);
    if ((holds & MATRIX_CORRELATION) && fabs(e) > 1.0) return wrong(i, "correlation outside -1-1", e, 1.0);
    if ((holds & MATRIX_SHARE) && !negative && (e < 0.0 || e > 1.0 + 1e-15))
        return wrong(i, "share outside 0-1", e, 1.0);
    if ((holds & MATRIX_BOUNDED) && !negative && (low < (holds & MATRIX_CORRELATION ? -1.0 : 0.0) || high > 1.0))
        return wrong(i, "limits out of bounds", low, high);
    return NULL;
}

/* What is missing where it might be there: no row is silent about it. */
static const char *audit_gaps(const sipas_table *table, const columns *c, int64_t i)
{
    const int gap = isnan(c->estimate[i]) || isnan(c->se[i]) || isnan(c->lower[i]) || isnan(c->upper[i]);

    return gap && !is_noted(table, i) ? wrong(i, "figures are missing without a note", c->estimate[i], c->se[i]) : NULL;
}

/* The variances of a covariance are the squares of the errors, and it is symmetric. */
static const char *audit_covariance(const sipas_table *table, const columns *c)
{
    const sipas_cov *cov;
    double value[3];

    if (sipas_table_get_cov(table, &cov, NULL) < 0) return NULL;
    for (int64_t i = 0; i < c->rows; i++) {
        const int64_t row[2] = {i, (i * 5 + 1) % c->rows};

        if (sipas_cov_get_block(cov, row, 1, row, 2, value, NULL) < 0 ||
            sipas_cov_get_block(cov, row + 1, 1, row, 1, value + 2, NULL) < 0)
            return wrong(i, "covariance cannot be had", 0.0, 0.0);
        if (!isnan(value[0]) &&
            fabs(value[0] - c->se[i] * c->se[i]) > 1e-10 * value[0] + 1e-24 * c->estimate[i] * c->estimate[i])
            return wrong(i, "variance is not se²", value[0], c->se[i] * c->se[i]);
        if (isnan(value[1]) != isnan(value[2]) ||
            fabs(value[1] - value[2]) >
                1e-9 * c->se[i] * c->se[row[1]] + 1e-20 * (1.0 + c->estimate[i] * c->estimate[i]))
            return wrong(i, "covariance is not symmetric", value[1], value[2]);
    }
    return NULL;
}

const char *matrix_audit(const sipas_table *table, const matrix_design *design, int holds)
{
    const char *fault = audit_cells(table);
    const columns c = read_columns(table);

    if (fault) return fault;
    if (!c.estimate || !c.se || !c.lower || !c.upper || !c.df) return "a column of estimates is not there";
    for (int64_t i = 0; i < c.rows && !fault; i++) {
        fault = audit_figures(&c, i, design, holds);
        if (!fault) fault = audit_gaps(table, &c, i);
    }
    return fault ? fault : audit_covariance(table, &c);
}

/* ---- two results ---- */

/* Scale of what a column holds, in a row. */
static double scale_of(const columns *c, int64_t row, const char *name)
{
    const double e = fabs(c->estimate[row]), se = fabs(c->se[row]);
    const double size = (isnan(e) ? 0.0 : e) + (isnan(se) ? 0.0 : se);

    if (strcmp(name, "correlation") == 0 || strcmp(name, "p") == 0 || strcmp(name, "p_adjusted") == 0) return 1.0;
    return strcmp(name, "estimate") == 0 || strcmp(name, "se") == 0 || strcmp(name, "lower") == 0 ||
                   strcmp(name, "upper") == 0
               ? size
               : 0.0;
}

/* Without an error to speak of, ratios to it are what rounding made of them. */
static int is_noise(const columns *c, int64_t row, const char *name)
{
    const int of_error = strcmp(name, "deff") == 0 || strcmp(name, "n_eff") == 0 || strcmp(name, "cv") == 0 ||
                         strcmp(name, "t") == 0 || strcmp(name, "p") == 0 || strcmp(name, "p_adjusted") == 0 ||
                         strcmp(name, "correlation") == 0 || strcmp(name, "p_next") == 0 ||
                         strcmp(name, "equal_next") == 0 || strcmp(name, "rank_lower") == 0 ||
                         strcmp(name, "rank_upper") == 0;

    return of_error && !(c->se[row] > 1e-7 * (fabs(c->estimate[row]) + 1e-3));
}

static double value_at(const sipas_column *column, int64_t row)
{
    return column->type == SIPAS_TYPE_F64 ? ((const double *)column->data)[row]
                                          : (double)((const int64_t *)column->data)[row];
}

static const char *differ_in(const sipas_column *a, const sipas_column *b, const char *name, const columns *c,
                             double tolerance)
{
    for (int64_t row = 0; row < a->n; row++) {
        const int there = is_present(a, row);
        double x, y;

        if (tolerance > 0.0 && is_noise(c, row, name)) continue;
        if (there != is_present(b, row)) return wrong(row, name, there, !there);
        if (!there) continue;
        x = value_at(a, row);
        y = value_at(b, row);
        if (x == y || (tolerance > 0.0 && fabs(x - y) <= tolerance * (strcmp(name, "estimate") == 0 ? 1.0 : 1e2) *
                                                             (fmax(fabs(x), fabs(y)) + scale_of(c, row, name))))
            continue;
        return wrong(row, name, x, y);
    }
    return NULL;
}

const char *matrix_differ(const sipas_table *a, const sipas_table *b, double tolerance, int holds)
{
    const columns c = read_columns(a);

    if (sipas_table_count_rows(a) != sipas_table_count_rows(b) ||
        sipas_table_count_columns(a) != sipas_table_count_columns(b))
        return "the results differ in shape";
    for (int64_t k = 0; k < sipas_table_count_columns(a); k++) {
        const sipas_field *field = sipas_table_get_field(a, k);
        const char *name = field->name, *fault;
        sipas_column of[2];

        (void)sipas_table_get_column(a, k, &of[0], NULL);
        (void)sipas_table_get_column(b, k, &of[1], NULL);
        if (field->type == SIPAS_TYPE_CODE) continue;
        if ((holds & MATRIX_BY_ROWS) && (strcmp(name, "lower") == 0 || strcmp(name, "upper") == 0)) continue;
        if ((holds & MATRIX_OUTSIDE) && strcmp(name, "df_design") == 0) continue;
        if ((holds & MATRIX_OUTSIDE) && (holds & MATRIX_OF_DESIGN) && strchr("dlup", name[0]) &&
            strcmp(name, "psus") != 0)
            continue;
        if ((fault = differ_in(&of[0], &of[1], name, &c, tolerance)) != NULL) return fault;
    }
    return NULL;
}
