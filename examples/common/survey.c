/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "survey.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "refuse.h"

/* ------------------------------------------------------------------------------------------------- lists of names */

static sipas_status copy_text(const char *text, char **out, sipas_error *err)
{
    const size_t size = strlen(text) + 1;
    *out = malloc(size);
    if (!*out) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the name %.60s", text);
    memcpy(*out, text, size);
    return SIPAS_OK;
}

sipas_status survey_names(const char *list, survey_columns *out, sipas_error *err)
{
    memset(out, 0, sizeof *out);
    if (!list) return SIPAS_OK;
    sipas_status status = copy_text(list, &out->text, err);
    for (char *at = out->text; at && status == 0;) {
        char *plus = strchr(at, '+');
        if (plus) *plus++ = '\0';
        if (*at == '\0') return refuse(err, SIPAS_ERR_ARGUMENT, "'%.100s': a name is empty", list);
        if (out->n == SURVEY_MOST)
            return refuse(err, SIPAS_ERR_ARGUMENT, "%.100s: more than %d names", list, SURVEY_MOST);
        out->name[out->n++] = at;
        at = plus;
    }
    return status;
}

void survey_names_free(survey_columns *columns)
{
    free(columns->text);
    columns->text = NULL;
}

sipas_status survey_measures(survey *s, survey_columns *columns, sipas_error *err)
{
    for (int i = 0; i < columns->n; i++) {
        const double *number;
        const sipas_status status = sheet_get_number(s->sheet, columns->name[i], &number, err);
        if (status != 0) return status;
        columns->column[i] = sipas_column_f64(number, sheet_count_rows(s->sheet));
    }
    return SIPAS_OK;
}

/* True when every cell that is there is a whole number, so that 2 comes before 10; 01 is a text. */
static int is_whole(sheet *s, const char *name, const char *const *text, const double **number)
{
    if (sheet_get_number(s, name, number, NULL) != SIPAS_OK) return 0;
    for (int64_t i = 0; i < sheet_count_rows(s); i++)
        if (text[i] && ((*number)[i] != floor((*number)[i]) || (text[i][0] == '0' && text[i][1]))) return 0;
    return 1;
}

sipas_status survey_codes(survey *s, survey_columns *columns, sipas_error *err)
{
    const int64_t n = sheet_count_rows(s->sheet);
    for (int i = 0; i < columns->n; i++) {
        const char *const *text;
        const double *number;
        const sipas_status status = sheet_get_text(s->sheet, columns->name[i], &text, err);
        if (status != 0) return status;
        columns->column[i] = is_whole(s->sheet, columns->name[i], text, &number) ? sipas_column_f64(number, n)
                                                                                 : sipas_column_code(text, n);
    }
    return SIPAS_OK;
}

/* No cell of these columns may be blank. Looked for here because the library does not know the names of columns. */
static sipas_status need_all(const survey *s, const char *what, const survey_columns *columns, sipas_error *err)
{
    for (int i = 0; i < columns->n; i++) {
        const char *const *text;
        const sipas_status status = sheet_get_text(s->sheet, columns->name[i], &text, err);
        if (status != 0) return status;
        for (int64_t row = 0; row < sheet_count_rows(s->sheet); row++)
            if (!text[row])
                return refuse(err, SIPAS_ERR_MISSING, "%s, data row %lld, column '%s': the %s is missing", s->file,
                              (long long)row + 1, columns->name[i], what);
    }
    return SIPAS_OK;
}

/* ------------------------------------------------------------------------------------------------------ conditions */

/* The sign of a condition, the longest that fits: where it stands and how long it is. */
static const char *find_sign(const char *text, size_t *length)
{
    const char *at = strpbrk(text, "=!<>");
    *length = at ? 1 + (at[1] == '=') : 0;
    return at;
}

/* -1, 0 or 1: cell before, at or after the value. Numbers by size where both are numbers, else texts by bytes. */
static int compare(const char *cell, const char *value)
{
    char *end_cell, *end_value;
    const double x = strtod(cell, &end_cell), y = strtod(value, &end_value);
    const int order = strcmp(cell, value);
    if (end_cell == cell || *end_cell || end_value == value || *end_value) return (order > 0) - (order < 0);
    return (x > y) - (x < y);
}

static int meets(const char *cell, const char *sign, size_t length, const char *value)
{
    if (!cell) return 0; /* a missing cell meets no condition */
    if (length == 0) return compare(cell, "0") != 0 && strcmp(cell, "FALSE") != 0;
    const int order = compare(cell, value);
    switch (sign[0]) {
    case '<': return order < 0 || (length == 2 && order == 0);
    case '>': return order > 0 || (length == 2 && order == 0);
    case '!': return order != 0;
    default: return order == 0;
    }
}

static sipas_status apply_condition(survey *s, const char *condition, uint8_t *met, sipas_error *err)
{
    char *name;
    size_t length;
    const char *const *text = NULL;
    sipas_status status = copy_text(condition, &name, err);
    if (status != 0) return status;
    const char *sign = find_sign(condition, &length), *value = sign ? sign + length : "";
    if (sign) name[sign - condition] = '\0';
    if (sign && ((sign[0] == '!' && length == 1) || !*value || !*name))
        status = refuse(err, SIPAS_ERR_ARGUMENT,
                        "%.100s: give COLUMN, or COLUMN=VALUE with = != < <= > or >=", condition);
    if (status == 0) status = sheet_get_text(s->sheet, name, &text, err);
    for (int64_t i = 0; i < sheet_count_rows(s->sheet) && status == 0; i++)
        if (!meets(text[i], sign, length, value)) met[i] = 0;
    free(name);
    return status;
}

/* Which rows meet all conditions, 1 or 0; *met stays NULL where there are no conditions. */
static sipas_status apply_conditions(survey *s, const option_texts *conditions, uint8_t **met, sipas_column *out,
                                     sipas_error *err)
{
    const int64_t n = sheet_count_rows(s->sheet);
    if (conditions->n == 0) return SIPAS_OK;
    *met = malloc((size_t)n);
    if (!*met) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory", conditions->text[0]);
    memset(*met, 1, (size_t)n);
    for (int i = 0; i < conditions->n; i++) {
        const sipas_status status = apply_condition(s, conditions->text[i], *met, err);
        if (status != 0) return status;
    }
    *out = sipas_column_bool(*met, n);
    return SIPAS_OK;
}

/* ---------------------------------------------------------------------------------------------------------- design */

static sipas_status read_df(const char *text, sipas_design_opts *opts, sipas_error *err)
{
    char *end;
    if (!text) return SIPAS_OK;
    if (strcmp(text, "domain") == 0) opts->df = SIPAS_DF_DOMAIN;
    if (strcmp(text, "domain_rows") == 0) opts->df = SIPAS_DF_DOMAIN_ROWS;
    if (strcmp(text, "design") == 0) opts->df = SIPAS_DF_DESIGN;
    if (opts->df) return SIPAS_OK;
    opts->df = SIPAS_DF_GIVEN;
    opts->df_value = strtod(text, &end);
    if (end != text && *end == '\0' && opts->df_value > 0) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_ARGUMENT, "--df %.60s: give domain, domain_rows, design, a number above 0, or inf",
                  text);
}

static sipas_status read_design_columns(const survey_spec *spec, survey *s, sipas_error *err)
{
    const char *ids = spec->ids && strcmp(spec->ids, "1") != 0 ? spec->ids : NULL;
    sipas_status status = survey_names(ids, &s->ids, err);
    if (status == 0) status = survey_names(spec->strata, &s->strata, err);
    if (status == 0) status = survey_names(spec->weights, &s->weights, err);
    if (status == 0) status = survey_names(spec->fpc, &s->fpc, err);
    if (status == 0 && s->weights.n > 1)
        status = refuse(err, SIPAS_ERR_ARGUMENT, "--weights %s: one column only", spec->weights);
    if (status == 0) status = survey_codes(s, &s->ids, err);
    if (status == 0) status = survey_codes(s, &s->strata, err);
    if (status == 0) status = survey_measures(s, &s->weights, err);
    if (status == 0) status = survey_measures(s, &s->fpc, err);
    if (status == 0) status = survey_names(spec->phase2_strata, &s->phase2_strata, err);
    if (status == 0) status = survey_names(spec->phase2_fpc, &s->phase2_fpc, err);
    if (status == 0) status = survey_codes(s, &s->phase2_strata, err);
    if (status == 0) status = survey_measures(s, &s->phase2_fpc, err);
    if (status == 0) status = apply_conditions(s, &spec->certainty, &s->is_certain, &s->certainty, err);
    if (status == 0) status = apply_conditions(s, &spec->phase2, &s->in_phase2, &s->phase2, err);
    if (status == 0) status = need_all(s, "cluster id", &s->ids, err);
    if (status == 0) status = need_all(s, "stratum", &s->strata, err);
    if (status == 0) status = need_all(s, "weight", &s->weights, err);
    if (status == 0) status = need_all(s, "population size", &s->fpc, err);
    return status;
}

static sipas_status make_design(const survey_spec *spec, sipas_ctx *ctx, survey *s, sipas_error *err)
{
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_status status = read_df(spec->df, &opts, err);
    if (status == 0) status = read_design_columns(spec, s, err);
    if (status != 0) return status;
    opts.n_strata = s->strata.n;
    opts.n_fpc = s->fpc.n;
    opts.lonely_psu = spec->lonely_psu;
    opts.collapse = spec->collapse;
    opts.one_psu = spec->one_psu;
    opts.pps = spec->pps;
    opts.pps_form = spec->pps_form;
    opts.calibrated = spec->calibrated;
    opts.certainty = s->is_certain ? &s->certainty : NULL;
    if (s->in_phase2) {
        opts.phase1 = spec->phase1;
        opts.phase2 = SIPAS_PHASE2_SRS;
        opts.phase2_sample = &s->phase2;
        opts.phase2_strata = s->phase2_strata.n ? s->phase2_strata.column : NULL;
        opts.phase2_fpc = s->phase2_fpc.n ? s->phase2_fpc.column : NULL;
    }
    return sipas_design_new(ctx, sheet_count_rows(s->sheet), s->weights.n ? s->weights.column : NULL,
                            s->strata.n ? s->strata.column : NULL, s->ids.n ? s->ids.column : NULL, s->ids.n,
                            s->fpc.n ? s->fpc.column : NULL, &opts, &s->design, err);
}

/* --------------------------------------------------------------------------------------------------------- domains */

/* One part of `by`: a bit for each of its names, which join s->by where they are new. */
static sipas_status read_level(char *part, survey *s, uint32_t *level, sipas_error *err)
{
    *level = 0;
    if (strcmp(part, "1") == 0) return SIPAS_OK;
    for (char *at = part; at;) {
        char *plus = strchr(at, '+');
        if (plus) *plus++ = '\0';
        int i = 0;
        while (i < s->by.n && strcmp(s->by.name[i], at) != 0) i++;
        if (*at == '\0' || i == SURVEY_MOST)
            return refuse(err, SIPAS_ERR_ARGUMENT, "--by: an empty name, or more than %d names", SURVEY_MOST);
        if (i == s->by.n) s->by.name[s->by.n++] = at;
        *level |= UINT32_C(1) << i;
        at = plus;
    }
    return SIPAS_OK;
}

static sipas_status read_by(const char *by, survey *s, sipas_error *err)
{
    if (!by) return SIPAS_OK;
    sipas_status status = copy_text(by, &s->by.text, err);
    for (char *at = s->by.text; at && status == 0;) {
        char *comma = strchr(at, ',');
        if (comma) *comma++ = '\0';
        if (s->domains.n_levels == SURVEY_MOST)
            return refuse(err, SIPAS_ERR_ARGUMENT, "--by %.100s: more than %d levels", by, SURVEY_MOST);
        status = read_level(at, s, &s->levels[s->domains.n_levels++], err);
        at = comma;
    }
    if (status == 0) status = survey_codes(s, &s->by, err);
    if (status == 0) status = need_all(s, "group", &s->by, err);
    s->domains.n_by = s->by.n;
    s->domains.by = s->by.column;
    s->domains.names = s->by.name;
    s->domains.levels = s->levels;
    return status;
}

/* ------------------------------------------------------------------------------------------------------------ whole */

sipas_status survey_open(const survey_spec *spec, sipas_ctx *ctx, survey *s, sipas_error *err)
{
    memset(s, 0, sizeof *s);
    s->file = spec->file;
    sipas_domains_init(&s->domains);
    sipas_status status = spec->shipped ? sheet_read_shipped(spec->file, &s->sheet, err)
                                        : sheet_read(spec->file, &s->sheet, err);
    if (status == 0 && spec->na && *spec->na) sheet_set_missing(s->sheet, spec->na);
    if (status == 0) status = make_design(spec, ctx, s, err);
    if (status == 0) status = read_by(spec->by, s, err);
    if (status == 0) status = apply_conditions(s, &spec->where, &s->in, &s->where, err);
    if (s->in) s->domains.where = &s->where;
    return status;
}

sipas_status survey_describe(FILE *out, const survey_spec *spec, const survey *s, sipas_error *err)
{
    sipas_table *table = NULL;
    const double *weight_sum, *kish;
    const int64_t *positive;
    sipas_status status = sipas_design_describe(s->design, &table, err);
    if (status == 0) status = sipas_table_get_f64(table, "weight_sum", &weight_sum, err);
    if (status == 0) status = sipas_table_get_f64(table, "kish_deff", &kish, err);
    if (status == 0) status = sipas_table_get_i64(table, "positive", &positive, err);
    if (status == 0) {
        const int64_t rows = sipas_design_count_rows(s->design), strata = sipas_design_count_strata(s->design);
        fprintf(out, "  %s: %lld rows", spec->file, (long long)rows);
        if (*positive < rows) fprintf(out, ", %lld of them with weight 0", (long long)(rows - *positive));
        fprintf(out, "; %lld primary units in %lld %s; %.0f degrees of freedom.\n",
                (long long)sipas_design_count_psus(s->design), (long long)strata, strata == 1 ? "stratum" : "strata",
                sipas_design_get_df(s->design));
        fprintf(out, "  Sum of the weights %.0f; unequal weights alone cost a factor of %.2f (Kish).\n", *weight_sum,
                *kish);
        print_notes(out, table, 5);
    }
    sipas_table_free(table);
    return status;
}

void survey_close(survey *s)
{
    sipas_design_free(s->design);
    survey_names_free(&s->ids);
    survey_names_free(&s->strata);
    survey_names_free(&s->weights);
    survey_names_free(&s->fpc);
    survey_names_free(&s->by);
    survey_names_free(&s->phase2_strata);
    survey_names_free(&s->phase2_fpc);
    free(s->in);
    free(s->is_certain);
    free(s->in_phase2);
    sheet_free(s->sheet);
}

void survey_error(const survey_spec *spec, sipas_error *err)
{
    char message[sizeof err->message], *rest;
    if (strncmp(err->message, "row ", 4) != 0) return;
    const long long row = strtoll(err->message + 4, &rest, 10);
    if (rest == err->message + 4 || row != err->row) return;
    snprintf(message, sizeof message, "%.100s, data row %lld%s", spec->file, row + 1, rest);
    memcpy(err->message, message, sizeof message);
}
