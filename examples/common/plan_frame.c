/*
 * The frame of examples/plan: units, one a row, of a CSV file.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codes_alike.h"
#include "condition.h"
#include "number.h"
#include "refuse.h"

static sipas_status no_memory(sipas_error *err)
{
    return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the frame");
}

/* The rows that --where wants; the others are no units. */
static sipas_status choose_rows(const option_texts *where, plan_frame *f, sipas_error *err)
{
    const int64_t n = sheet_count_rows(f->sheet);
    uint8_t *met = malloc((size_t)n);
    f->row = calloc((size_t)n, sizeof *f->row);
    if (!met || !f->row) {
        free(met);
        return no_memory(err);
    }
    const sipas_status status = conditions_apply(f->sheet, "--where", where, met, err);
    for (int64_t i = 0; i < n && status == 0; i++)
        if (met[i]) f->row[f->n++] = i;
    free(met);
    return status;
}

/* "LOW..HIGH": numbers from HIGH evenly down to LOW. */
static int spread_evenly(const char *what, double *out, int64_t n)
{
    char low_text[32] = "";
    double low, high;
    const char *dots = strstr(what, "..");

    if (!dots || dots == what || (size_t)(dots - what) >= sizeof low_text) return 0;
    memcpy(low_text, what, (size_t)(dots - what));
    if (!number_read(low_text, '.', &low) || !number_read(dots + 2, '.', &high) || !(high >= low)) return 0;
    for (int64_t i = 0; i < n; i++) out[i] = n > 1 ? high - (high - low) * (double)i / (double)(n - 1) : high;
    return 1;
}

/* A column, or a number for all units, or a range. */
static sipas_status read_numbers(plan_frame *f, const char *what, double **out, sipas_error *err)
{
    const double *cells;
    double number;
    if (!what) return SIPAS_OK;
    *out = malloc((size_t)f->n * sizeof **out);
    if (!*out) return no_memory(err);
    if (!sheet_has(f->sheet, what)) {
        if (spread_evenly(what, *out, f->n)) return SIPAS_OK;
        if (number_read(what, '.', &number)) {
            for (int64_t i = 0; i < f->n; i++) (*out)[i] = number;
            return SIPAS_OK;
        }
    }
    const sipas_status status = sheet_get_number(f->sheet, what, &cells, err);
    for (int64_t i = 0; i < f->n && status == 0; i++) (*out)[i] = cells[f->row[i]];
    return status;
}

static sipas_status read_codes(plan_frame *f, const char *column, sipas_error *err)
{
    const char *const *text;
    const sipas_status status = sheet_get_text(f->sheet, column, &text, err);
    if (status != 0) return status;
    f->code = malloc((size_t)f->n * sizeof *f->code);
    if (!f->code) return no_memory(err);
    for (int64_t i = 0; i < f->n; i++) {
        f->code[i] = text[f->row[i]];
        if (!f->code[i])
            return sheet_refuse(f->sheet, f->row[i], column, err, SIPAS_ERR_MISSING, "the code of the unit is missing");
    }
    return codes_alike_note(f->sheet, column, err);
}

sipas_status plan_read_frame(const plan_request *r, plan_frame *f, sipas_error *err)
{
    sipas_status status = r->shipped ? sheet_read_shipped(r->file, &f->sheet, err)
                                     : sheet_read(r->file, &r->how, &f->sheet, err);
    if (status == 0) status = choose_rows(&r->where, f, err);
    if (status == 0) status = read_codes(f, r->code ? r->code : "code", err);
    if (status == 0) status = read_numbers(f, r->size, &f->size, err);
    if (status == 0) status = read_numbers(f, r->sd, &f->sd, err);
    if (status == 0) status = read_numbers(f, r->mean, &f->mean, err);
    if (status == 0) status = read_numbers(f, r->cost, &f->cost, err);
    if (status == 0) status = read_numbers(f, r->fixed, &f->fixed, err);
    if (status == 0) sheet_note_unused(f->sheet);
    if (status == 0) plan_note_totals(f);
    return status;
}

void plan_clear_frame(plan_frame *f)
{
    free(f->row);
    free(f->code);
    free(f->size);
    free(f->sd);
    free(f->mean);
    free(f->cost);
    free(f->fixed);
    sheet_free(f->sheet);
}
