/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "survey.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "condition.h"
#include "number.h"
#include "options.h"
#include "print.h"
#include "refuse.h"
#include "text.h"

/* ------------------------------------------------------------------------------------------------- lists of names */

static sipas_status add_name(survey_columns *out, const char *name, size_t length, sipas_error *err)
{
    if (length == 0) return refuse(err, SIPAS_ERR_ARGUMENT, "a list of columns has an empty name: '%.100s'", name);
    if (out->n == SURVEY_MOST) return refuse(err, SIPAS_ERR_ARGUMENT, "%.100s: more than %d names", name, SURVEY_MOST);
    char *copy = text_copy(name, length);
    out->name[out->n] = copy ? text_nfc(copy) : NULL; /* as the names of a sheet are */
    free(copy);
    if (!out->name[out->n]) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the name %.60s", name);
    out->n++;
    return SIPAS_OK;
}

/* How long the name at the beginning of a list is: the longest stretch up to a + or the end that is a column, else up to the first +. */
static size_t name_length(const sheet *s, const char *list, size_t length)
{
    const char *plus = memchr(list, '+', length);
    char *text = text_copy(list, length);
    size_t longest = length;
    while (text && longest > 0 && !sheet_has(s, text)) {
        while (longest > 0 && text[--longest] != '+') text[longest] = '\0';
        text[longest] = '\0';
    }
    free(text);
    return longest > 0 ? longest : plus ? (size_t)(plus - list) : length;
}

static sipas_status add_names(const sheet *s, const char *list, size_t length, survey_columns *out, sipas_error *err)
{
    for (;;) {
        const size_t first = name_length(s, list, length);
        const sipas_status status = add_name(out, list, first, err);
        if (status != 0 || first == length) return status;
        list += first + 1;
        length -= first + 1;
    }
}

sipas_status survey_names(const sheet *s, const char *list, survey_columns *out, sipas_error *err)
{
    memset(out, 0, sizeof *out);
    return list ? add_names(s, list, strlen(list), out, err) : SIPAS_OK;
}

/* The names of several lists, one behind the other. */
static sipas_status join_names(const sheet *s, const option_texts *lists, survey_columns *out, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    memset(out, 0, sizeof *out);
    for (int i = 0; i < lists->n && status == 0; i++)
        status = add_names(s, lists->text[i], strlen(lists->text[i]), out, err);
    return status;
}

void survey_names_free(survey_columns *columns)
{
    for (int i = 0; i < columns->n; i++) free(columns->name[i]);
    columns->n = 0;
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

sipas_status survey_codes(survey *s, survey_columns *columns, sipas_error *err)
{
    for (int i = 0; i < columns->n; i++) {
        const sipas_status status = sheet_get_code(s->sheet, columns->name[i], &columns->column[i], err);
        if (status != 0) return status;
        const int64_t gaps = sheet_count_gaps(s->sheet, columns->name[i]);
        if (gaps > 0)
            note("column '%.60s': NA is a code like any other here, in %lld %s; --na NA declares it missing",
                 columns->name[i], (long long)gaps, gaps == 1 ? "row" : "rows");
    }
    return SIPAS_OK;
}

/* No code of these columns may be missing, in the rows that count (NULL = all). Looked for here because the library does not know the names of columns. */
static sipas_status need_codes(survey *s, const char *what, const survey_columns *columns, const uint8_t *rows,
                               sipas_error *err)
{
    for (int i = 0; i < columns->n; i++) {
        const char *const *text;
        const sipas_status status = sheet_get_text(s->sheet, columns->name[i], &text, err);
        if (status != 0) return status;
        for (int64_t row = 0; row < sheet_count_rows(s->sheet); row++)
            if (!text[row] && (!rows || rows[row]))
                return sheet_refuse(s->sheet, row, columns->name[i], err, SIPAS_ERR_MISSING, "the %s is missing", what);
    }
    return SIPAS_OK;
}

static sipas_status need_numbers(const survey *s, const char *what, const survey_columns *columns, sipas_error *err)
{
    for (int i = 0; i < columns->n; i++) {
        const double *number;
        const sipas_status status = sheet_get_number(s->sheet, columns->name[i], &number, err);
        if (status != 0) return status;
        for (int64_t row = 0; row < sheet_count_rows(s->sheet); row++)
            if (isnan(number[row]))
                return sheet_refuse(s->sheet, row, columns->name[i], err, SIPAS_ERR_MISSING, "the %s is missing", what);
    }
    return SIPAS_OK;
}

/* Which rows meet all conditions, 1 or 0; *met stays NULL where there are no conditions. */
static sipas_status read_conditions(survey *s, const char *name, const option_texts *conditions, uint8_t **met,
                                    sipas_column *out, sipas_error *err)
{
    const int64_t n = sheet_count_rows(s->sheet);
    if (conditions->n == 0) return SIPAS_OK;
    *met = malloc((size_t)n);
    if (!*met) return refuse(err, SIPAS_ERR_MEMORY, "%s: not enough memory", name);
    *out = sipas_column_bool(*met, n);
    return conditions_apply(s->sheet, name, conditions, *met, err);
}

/* ---------------------------------------------------------------------------------------------------------- design */

static sipas_status read_df(const char *text, sipas_design_opts *opts, sipas_error *err)
{
    if (!text) return SIPAS_OK;
    if (strcmp(text, "inf") == 0)
        opts->df_value = INFINITY;
    else if (!number_read(text, '.', &opts->df_value))
        return choose("--df", text, df_words, &opts->df, err);
    opts->df = SIPAS_DF_GIVEN;
    if (opts->df_value > 0) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_ARGUMENT, "--df %.60s: give a rule, a number above 0, or inf", text);
}

static sipas_status read_design_columns(const survey_spec *spec, survey *s, sipas_error *err)
{
    static const option_texts none = {0};
    const int rows = spec->ids.n == 1 && strcmp(spec->ids.text[0], "1") == 0 && !sheet_has(s->sheet, "1");
    sipas_status status = join_names(s->sheet, rows ? &none : &spec->ids, &s->ids, err);
    if (status == 0) status = join_names(s->sheet, &spec->strata, &s->strata, err);
    if (status == 0) status = survey_names(s->sheet, spec->weights, &s->weights, err);
    if (status == 0) status = join_names(s->sheet, &spec->fpc, &s->fpc, err);
    if (status == 0 && s->weights.n > 1)
        status = refuse(err, SIPAS_ERR_ARGUMENT, "--weights %.100s: one column only", spec->weights);
    if (status == 0) status = survey_codes(s, &s->ids, err);
    if (status == 0) status = survey_codes(s, &s->strata, err);
    if (status == 0) status = survey_measures(s, &s->weights, err);
    if (status == 0) status = survey_measures(s, &s->fpc, err);
    if (status == 0) status = survey_names(s->sheet, spec->phase2_strata, &s->phase2_strata, err);
    if (status == 0) status = survey_names(s->sheet, spec->phase2_fpc, &s->phase2_fpc, err);
    if (status == 0) status = survey_codes(s, &s->phase2_strata, err);
    if (status == 0) status = survey_measures(s, &s->phase2_fpc, err);
    if (status == 0) status = read_conditions(s, "--certainty", &spec->certainty, &s->is_certain, &s->certainty, err);
    if (status == 0) status = read_conditions(s, "--phase2", &spec->phase2, &s->in_phase2, &s->phase2, err);
    if (status == 0) status = need_codes(s, "cluster id", &s->ids, NULL, err);
    if (status == 0) status = need_codes(s, "stratum", &s->strata, NULL, err);
    if (status == 0) status = need_numbers(s, "weight", &s->weights, err);
    if (status == 0) status = need_numbers(s, "population size", &s->fpc, err);
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
    opts.nest = spec->nest;
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

/* The place of a name in s->by, which it joins where it is new; -1 when there is no room or no memory. */
static int place_of(survey *s, const char *name)
{
    int i = 0;
    while (i < s->by.n && strcmp(s->by.name[i], name) != 0) i++;
    return i < s->by.n || add_name(&s->by, name, strlen(name), NULL) == 0 ? i : -1;
}

/* One level of `by`: a bit for each of its names. */
static sipas_status read_level(survey *s, const char *part, size_t length, uint32_t *level, sipas_error *err)
{
    survey_columns names = {0};
    *level = 0;
    sipas_status status = add_names(s->sheet, part, length, &names, err);
    if (status == 0 && names.n == 1 && strcmp(names.name[0], "1") == 0 && !sheet_has(s->sheet, "1"))
        names.name[0][0] = '\0';
    for (int i = 0; i < names.n && status == 0; i++) {
        if (!names.name[i][0]) continue;
        const int at = place_of(s, names.name[i]);
        if (at < 0)
            status = refuse(err, SIPAS_ERR_ARGUMENT, "--by: more than %d names", SURVEY_MOST);
        else
            *level |= UINT32_C(1) << at;
    }
    survey_names_free(&names);
    return status;
}

/* The levels of one text of `by`, of which there are at most SURVEY_MOST. */
static sipas_status read_levels(survey *s, const char *text, uint32_t *levels, int *n, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    const int whole = sheet_has(s->sheet, text);
    for (*n = 0; text && status == 0;) {
        const char *comma = whole ? NULL : strchr(text, ',');
        if (*n == SURVEY_MOST) return refuse(err, SIPAS_ERR_ARGUMENT, "--by: more than %d levels", SURVEY_MOST);
        status = read_level(s, text, comma ? (size_t)(comma - text) : strlen(text), &levels[(*n)++], err);
        text = comma ? comma + 1 : NULL;
    }
    return status;
}

/* Adds the levels of one text of `by`: each that is there, crossed with each of these. A level that comes twice is one. */
static sipas_status cross_levels(survey *s, const char *text, sipas_error *err)
{
    uint32_t right[SURVEY_MOST], left[SURVEY_MOST];
    const int64_t n_left = s->domains.n_levels;
    int n_right;
    const sipas_status status = read_levels(s, text, right, &n_right, err);
    memcpy(left, s->levels, sizeof left);
    s->domains.n_levels = 0;
    for (int64_t i = 0; i < n_left && status == 0; i++)
        for (int j = 0; j < n_right; j++) {
            int64_t k = 0;
            while (k < s->domains.n_levels && s->levels[k] != (left[i] | right[j])) k++;
            if (k == SURVEY_MOST) return refuse(err, SIPAS_ERR_ARGUMENT, "--by: more than %d levels", SURVEY_MOST);
            if (k == s->domains.n_levels) s->levels[s->domains.n_levels++] = left[i] | right[j];
        }
    return status;
}

static sipas_status read_by(const option_texts *by, int32_t missing_by, survey *s, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    if (by->n == 0) return SIPAS_OK;
    s->domains.n_levels = 1; /* the whole, which the first text is crossed with */
    for (int i = 0; i < by->n && status == 0; i++) status = cross_levels(s, by->text[i], err);
    if (status == 0) status = survey_codes(s, &s->by, err);
    if (status == 0 && missing_by <= SIPAS_MISSING_BY_ERROR) status = need_codes(s, "group", &s->by, s->in, err);
    s->domains.n_by = s->by.n;
    s->domains.by = s->by.column;
    s->domains.names = (const char *const *)s->by.name;
    s->domains.levels = s->levels;
    s->domains.missing_by = missing_by;
    for (int i = 0; i < s->by.n && status == 0; i++)
        status = orders_get(&s->orders, s->by.name[i], &s->by.column[i], &s->by_order[i], err);
    s->domains.orders = s->by_order;
    return status;
}

/* ------------------------------------------------------------------------------------------------------------ whole */

sipas_status survey_open(const survey_spec *spec, sipas_ctx *ctx, survey *s, sipas_error *err)
{
    memset(s, 0, sizeof *s);
    s->file = spec->file;
    sipas_domains_init(&s->domains);
    sipas_status status = spec->shipped ? sheet_read_shipped(spec->file, &s->sheet, err)
                                        : sheet_read(spec->file, &spec->how, &s->sheet, err);
    if (status == 0) status = make_design(spec, ctx, s, err);
    if (status == 0) status = read_conditions(s, "--where", &spec->where, &s->in, &s->where, err);
    if (status == 0) status = orders_read(s->sheet, &spec->order, &s->orders, err);
    if (status == 0) status = read_by(&spec->by, spec->missing_by, s, err);
    if (s->in) s->domains.where = &s->where;
    return status;
}

sipas_status survey_describe(FILE *out, const survey *s, sipas_error *err)
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
        fprintf(out, "  %s: %lld rows", sheet_get_path(s->sheet), (long long)rows);
        if (*positive < rows) fprintf(out, ", %lld of them with weight 0", (long long)(rows - *positive));
        fprintf(out, "; %lld primary units in %lld %s; %.0f degrees of freedom.\n",
                (long long)sipas_design_count_psus(s->design), (long long)strata, strata == 1 ? "stratum" : "strata",
                sipas_design_get_df(s->design));
        fprintf(out, "  Sum of the weights %.0f; unequal weights alone cost a factor of %.2f (Kish).\n", *weight_sum,
                *kish);
    }
    sipas_table_free(table);
    return status;
}

sipas_status survey_tell(FILE *out, const survey *s, const sipas_table *result, sipas_error *err)
{
    sipas_table *table = NULL;
    const sipas_status status = sipas_design_describe(s->design, &table, err);
    if (status == 0) print_notes_but(out, table, result, 5);
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
    orders_free(&s->orders);
    free(s->in);
    free(s->is_certain);
    free(s->in_phase2);
    sheet_free(s->sheet);
}

void survey_error(const survey *s, sipas_error *err)
{
    const survey_columns *columns = NULL;
    const int at = err->column > 0 ? err->column : 0;
    if (!s->sheet) return;
    if (strncmp(err->name, "weight", 6) == 0) columns = &s->weights;
    if (strcmp(err->name, "fpc") == 0) columns = &s->fpc;
    sheet_place(s->sheet, NULL, sheet_count_rows(s->sheet), columns && at < columns->n ? columns->name[at] : NULL, err);
}
