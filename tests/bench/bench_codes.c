/*
 * Codes as text beside the same codes as integers: making a design with strata and PSUs, of 1,000,000 rows in 34 provinces and
 * 3,321 communes (sorted, and scattered), and with a code of its own for every row; the texts as C strings, and as Arrow has them
 * (by offsets, and by views), read by this library. Runs are interleaved; the minimum of each counts.
 *
 *     bench_codes [ROWS [RUNS]]
 *
 * One JSON line per case: milliseconds, and how many times those of integers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipas.h>

#include "bench.h"

enum { PROVINCES = 34, COMMUNES = 3321, WIDTH = 12 };

enum { INTEGERS, STRINGS, OFFSETS, VIEWS, FORMS };

/* A column of codes in every form. */
typedef struct codes {
    int64_t n;
    int64_t *number;
    char *bytes; /* n texts of WIDTH bytes, ended */
    const char **text;
    int32_t *offset; /* of `packed` */
    char *packed;
    char *view; /* 16 bytes each */
} codes;

static codes make_codes(int64_t n)
{
    return (codes){n,
                   bench_need((size_t)n * 8),
                   bench_need((size_t)n * WIDTH),
                   bench_need((size_t)n * sizeof(char *)),
                   bench_need((size_t)(n + 1) * 4),
                   bench_need((size_t)n * WIDTH),
                   bench_need((size_t)n * 16)};
}

static void set_code(codes *c, int64_t row, int64_t code, int digits)
{
    char *text = c->bytes + row * WIDTH;
    const int length = snprintf(text, WIDTH, "%0*lld", digits, (long long)code);
    const int32_t from = row ? c->offset[row] : 0;

    c->number[row] = code;
    c->text[row] = text;
    c->offset[row] = from;
    c->offset[row + 1] = from + length;
    memcpy(c->packed + from, text, (size_t)length);
    memset(c->view + row * 16, 0, 16);
    memcpy(c->view + row * 16, &length, 4);
    memcpy(c->view + row * 16 + 4, text, (size_t)length);
}

static void free_codes(codes *c)
{
    free(c->number);
    free(c->bytes);
    free((void *)c->text);
    free(c->offset);
    free(c->packed);
    free(c->view);
}

/* ---- as Arrow ---- */

static void release_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static void release_array(struct ArrowArray *array)
{
    array->release = NULL;
}

static sipas_arrow *read_arrow(const sipas_ctx *ctx, const codes *c, int form, sipas_column *column)
{
    static const int64_t no_sizes = 0;
    const void *buffers[3] = {NULL, form == OFFSETS ? (const void *)c->offset : c->view,
                              form == OFFSETS ? (const void *)c->packed : &no_sizes};
    struct ArrowSchema schema = {form == OFFSETS ? "u" : "vu", "code", NULL, 0, 0, NULL, NULL, release_schema, NULL};
    struct ArrowArray array = {c->n, 0, 0, 3, 0, buffers, NULL, NULL, release_array, NULL};
    sipas_arrow *arrow = NULL;
    sipas_error err;

    bench_check(sipas_arrow_read_array(ctx, &schema, &array, NULL, &arrow, &err), &err);
    bench_check(sipas_arrow_get_column(arrow, 0, NULL, column, &err), &err);
    return arrow;
}

/* Seconds to make a design from columns of a form, what Arrow asks for included. */
static double time_design(sipas_ctx *ctx, const codes *stratum, const codes *psu, int form)
{
    const double start = bench_seconds();
    sipas_arrow *held[2] = {NULL, NULL};
    sipas_column column[2];
    sipas_design *design = NULL;
    sipas_error err;
    double taken;

    for (int i = 0; i < 2; i++) {
        const codes *c = i ? psu : stratum;

        if (form == INTEGERS)
            column[i] = sipas_column_i64(c->number, c->n);
        else if (form == STRINGS)
            column[i] = sipas_column_code(c->text, c->n);
        else
            held[i] = read_arrow(ctx, c, form, &column[i]);
    }
    bench_check(sipas_design_new(ctx, stratum->n, NULL, &column[0], &column[1], 1, NULL, NULL, &design, &err), &err);
    taken = bench_seconds() - start;
    sipas_design_free(design);
    for (int i = 0; i < 2; i++) sipas_arrow_free(held[i]);
    return taken;
}

static void compare(const char *name, const codes *stratum, const codes *psu, int runs)
{
    static const char *const forms[FORMS] = {"integers", "strings", "arrow, offsets", "arrow, views"};
    sipas_ctx *ctx = bench_ctx(NULL, 1);
    double least[FORMS] = {0};

    for (int run = 0; run < runs; run++)
        for (int form = 0; form < FORMS; form++) bench_keep_least(&least[form], time_design(ctx, stratum, psu, form));
    for (int form = 0; form < FORMS; form++)
        (void)printf("{\"case\": \"%s\", \"codes\": \"%s\", \"rows\": %lld, \"ms\": %.1f, \"times\": %.2f}\n", name,
                     forms[form], (long long)stratum->n, least[form] * 1e3, least[form] / least[INTEGERS]);
    sipas_ctx_free(ctx);
}

int main(int argc, char **argv)
{
    const int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
    const int runs = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    codes province = make_codes(n), commune = make_codes(n), own = make_codes(n);

    for (int scattered = 0; scattered < 2; scattered++) {
        uint64_t state = 1;

        for (int64_t i = 0; i < n; i++) {
            const int64_t unit = scattered ? (int64_t)(bench_next(&state) % COMMUNES) : i * COMMUNES / n;

            set_code(&province, i, unit * PROVINCES / COMMUNES, 2);
            set_code(&commune, i, unit, 5);
        }
        compare(scattered ? "communes, scattered" : "communes, sorted", &province, &commune, runs);
    }
    for (int64_t i = 0; i < n; i++) set_code(&own, i, (i * 7919) % n, 9);
    compare("every row a PSU", &province, &own, runs);
    free_codes(&province);
    free_codes(&commune);
    free_codes(&own);
    return 0;
}
