/*
 * Sources, columns, the audit, and a driver for a seed or for some seconds.
 *
 *     fuzz_x               the first 20,000 cases, as `make check` has them
 *     fuzz_x --seed N      one case
 *     fuzz_x --for S       the cases of S seconds, from a seed of the clock
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- the source ---- */

static uint64_t next_word(fuzz *f)
{
    uint64_t z = (f->state += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* The bytes of libFuzzer first, so that what it changes matters. */
static uint64_t next_byte(fuzz *f)
{
    return f->at < f->n_bytes ? f->bytes[f->at++] : next_word(f) & 255;
}

uint64_t fuzz_below(fuzz *f, uint64_t n)
{
    uint64_t value;

    if (n < 2) return 0;
    value = next_byte(f);
    for (uint64_t range = 256; range < 4 * n && range < UINT64_C(1) << 48; range *= 256)
        value = value * 256 + next_byte(f);
    return value % n;
}

int fuzz_once_in(fuzz *f, uint64_t n)
{
    return fuzz_below(f, n) == 0;
}

double fuzz_number(fuzz *f)
{
    static const double odd[] = {0.0,   -0.0, -1.0,  1e300, -1e300,    1e-300, 1e308,    5e-324,    9007199254740993.0,
                                 1e18,  1e19, 0.1,   1e12,  3.5,       -0.5,   INFINITY, -INFINITY, NAN,
                                 0.999, 2.0,  1e-12, -1e-9, 123456.789};

    if (f->hostile && fuzz_once_in(f, 8)) return odd[fuzz_below(f, sizeof odd / sizeof odd[0])];
    return fuzz_once_in(f, 4) ? (double)fuzz_below(f, 9) * 0.25 : (double)(1 + fuzz_below(f, 40));
}

int32_t fuzz_option(fuzz *f, int32_t last)
{
    if (f->hostile && fuzz_once_in(f, 30)) return (int32_t)fuzz_below(f, 256) - 100;
    return (int32_t)fuzz_below(f, (uint64_t)last + 1);
}

void *fuzz_room(fuzz *f, size_t bytes)
{
    void *block = calloc(bytes ? bytes : 1, 1);

    if (!block || f->n_blocks == FUZZ_MOST_BLOCKS) abort();
    f->block[f->n_blocks++] = block;
    return block;
}

/* ---- columns ---- */

static const size_t sizes[] = {[SIPAS_TYPE_F64] = 8, [SIPAS_TYPE_F32] = 4,  [SIPAS_TYPE_I64] = 8,
                               [SIPAS_TYPE_I32] = 4, [SIPAS_TYPE_I16] = 2,  [SIPAS_TYPE_I8] = 1,
                               [SIPAS_TYPE_U8] = 1,  [SIPAS_TYPE_BOOL] = 1, [SIPAS_TYPE_CODE] = sizeof(char *)};

static int32_t pick_type(fuzz *f, int kind)
{
    static const int32_t numbers[] = {SIPAS_TYPE_F64, SIPAS_TYPE_F64, SIPAS_TYPE_F32, SIPAS_TYPE_I64,
                                      SIPAS_TYPE_I32, SIPAS_TYPE_I16, SIPAS_TYPE_I8,  SIPAS_TYPE_U8};
    static const int32_t codes[] = {SIPAS_TYPE_I64, SIPAS_TYPE_I32, SIPAS_TYPE_I16,
                                    SIPAS_TYPE_I8,  SIPAS_TYPE_U8,  SIPAS_TYPE_CODE};
    static const int32_t flags[] = {SIPAS_TYPE_BOOL, SIPAS_TYPE_I8, SIPAS_TYPE_U8, SIPAS_TYPE_I32};

    if (kind == FUZZ_ANY || (f->hostile && fuzz_once_in(f, 40))) return codes[fuzz_below(f, 6)];
    if (kind == FUZZ_NUMBERS) return numbers[fuzz_below(f, 8)];
    if (kind == FUZZ_FLAGS) return flags[fuzz_below(f, 4)];
    return kind == FUZZ_TEXTS ? (int32_t)SIPAS_TYPE_CODE : codes[fuzz_below(f, 6)];
}

static void write_cell(fuzz *f, char *at, int32_t type, int kind, uint64_t range)
{
    static const char *const words[] = {
        "a", "b", "c", "HN", "01", "1", "01 ", "A", "", "x\x01", "\xff", "H\xC3\xA0 N\xE1\xBB\x99i", "a:b", "\\"};
    const double real = f->hostile ? fuzz_number(f) : (double)(1 + fuzz_below(f, range));
    const float single = (float)real;
    int64_t whole = (int64_t)(1 + fuzz_below(f, range));
    const char *word = f->hostile && fuzz_once_in(f, 60) ? NULL : words[fuzz_below(f, f->hostile ? 14 : 4)];

    if (kind == FUZZ_FLAGS) whole = !fuzz_once_in(f, 3);
    if (f->hostile && fuzz_once_in(f, 24)) whole = (int64_t)(next_word(f) >> fuzz_below(f, 64));
    switch (type) {
    case SIPAS_TYPE_F64: memcpy(at, &real, sizeof real); break;
    case SIPAS_TYPE_F32: memcpy(at, &single, sizeof single); break;
    case SIPAS_TYPE_CODE: memcpy(at, &word, sizeof word); break;
    default: memcpy(at, &whole, sizes[type]); /* little-endian hosts: the low bytes */
    }
}

static sipas_column column_of(fuzz *f, int64_t n, int kind)
{
    const int32_t type = pick_type(f, kind);
    const uint64_t range = 1 + fuzz_below(f, 6), shape = fuzz_below(f, 8);
    const int64_t size = (int64_t)sizes[type], wide = type == SIPAS_TYPE_CODE ? size : size + (int64_t)fuzz_below(f, 5);
    const int64_t stride = shape == 1 ? wide : shape == 2 ? -size : shape == 3 ? 0 : shape == 4 ? -wide : size;
    const int64_t step = stride < 0 ? -stride : stride;
    char *block = fuzz_room(f, n > 0 ? (size_t)(step * (n - 1) + size) : 0);
    sipas_column column;

    memset(&column, 0, sizeof column);
    column.data = stride < 0 && n > 0 ? block + step * (n - 1) : block;
    column.stride = stride;
    column.n = n;
    column.type = type;
    for (int64_t i = 0; i < n; i++) write_cell(f, (char *)(uintptr_t)column.data + i * stride, type, kind, range);
    if (fuzz_once_in(f, 6)) {
        uint8_t *bits;

        column.offset = (int64_t)fuzz_below(f, 20);
        bits = fuzz_room(f, (size_t)(column.offset + n + 7) / 8);
        for (int64_t i = 0; i < (column.offset + n + 7) / 8; i++)
            bits[i] = fuzz_once_in(f, 3) ? (uint8_t)next_byte(f) : 255;
        column.validity = bits;
    }
    if (f->hostile && fuzz_once_in(f, 100))
        column.type = fuzz_once_in(f, 2) ? 10 + (int32_t)fuzz_below(f, 200) : -1 - (int32_t)fuzz_below(f, 100);
    if (f->hostile && fuzz_once_in(f, 200)) column.offset = -64;
    return column;
}

sipas_column fuzz_column(fuzz *f, int64_t n, int kind)
{
    if (f->hostile && fuzz_once_in(f, 60)) n += fuzz_once_in(f, 2) || n == 0 ? 1 : -1; /* of another length */
    return column_of(f, n, kind);
}

const sipas_column *fuzz_column_of(fuzz *f, int64_t n, int kind)
{
    sipas_column *column = fuzz_room(f, sizeof *column);

    *column = fuzz_column(f, n, kind);
    return column;
}

const sipas_column *fuzz_column_or_null(fuzz *f, int64_t n, int kind, uint64_t often)
{
    return fuzz_once_in(f, often) ? fuzz_column_of(f, n, kind) : NULL;
}

/* ---- the host ---- */

static void *host_alloc(void *user, size_t size)
{
    fuzz *f = user;
    const int fails = f->fails_at >= 0 && (f->calls == f->fails_at || (f->fails_on && f->calls > f->fails_at));
    void *block;

    f->calls++;
    if (fails || size > (size_t)1 << 31 || !(block = malloc(size))) return NULL;
    memset(block, 0xA5, size);
    f->held++;
    return block;
}

static void host_free(void *user, void *block)
{
    ((fuzz *)user)->held--;
    free(block);
}

static int32_t host_progress(void *user, const char *task, int64_t done, int64_t total)
{
    fuzz *f = user;

    if (done < 0 || total < 0 || done > total) fuzz_finding(f, "progress beyond its end", task);
    return f->cancels_at >= 0 && f->words++ >= f->cancels_at;
}

sipas_ctx *fuzz_ctx(fuzz *f)
{
    sipas_ctx_opts opts = SIPAS_CTX_OPTS_INIT;
    sipas_ctx *ctx = NULL;

    f->calls = f->words = 0;
    f->fails_at = f->cancels_at = -1;
    opts.threads = fuzz_once_in(f, 4) ? (int32_t)(1 + fuzz_below(f, 3)) : 0;
    opts.alloc = host_alloc;
    opts.free = host_free;
    opts.alloc_user = opts.progress_user = f;
    opts.progress = host_progress;
    if (sipas_ctx_new(&opts, &ctx, NULL) < 0) fuzz_finding(f, "no context", "");
    f->fails_on = (int)fuzz_below(f, 2);
    if (fuzz_once_in(f, 8)) f->fails_at = f->calls + (long)fuzz_below(f, 200);
    if (fuzz_once_in(f, 8)) f->cancels_at = (long)fuzz_below(f, 6);
    return ctx;
}

/* ---- the audit ---- */

void fuzz_finding(fuzz *f, const char *what, const char *detail)
{
    f->findings++;
    (void)fprintf(stderr, "%s: %s (%s); --seed %llu\n", f->call ? f->call : "?", what, detail ? detail : "",
                  (unsigned long long)f->seed);
}

void fuzz_check(fuzz *f, const char *call, sipas_status status, const sipas_error *err)
{
    f->call = call;
    if (status > 0 || status < SIPAS_ERR_TOO_FEW) fuzz_finding(f, "a status that is none", "");
    if (status >= 0) return;
    if (err->status != status) fuzz_finding(f, "another status in the error", err->message);
    if (!memchr(err->message, 0, sizeof err->message) || !memchr(err->name, 0, sizeof err->name))
        fuzz_finding(f, "a text without end", "");
    else if (!err->message[0])
        fuzz_finding(f, "no sentence", sipas_status_name(status));
}

/* The numbers of a column by name, NaN where missing; NULL where there is none. */
static double *numbers(fuzz *f, const sipas_table *table, const char *name)
{
    const int64_t n = sipas_table_count_rows(table);
    double *own = fuzz_room(f, (size_t)n * sizeof *own);
    sipas_column column;
    int64_t at;

    if (sipas_table_find(table, name, &at, NULL) < 0 || sipas_table_get_column(table, at, &column, NULL) < 0)
        return NULL;
    if (column.type != SIPAS_TYPE_F64) return NULL;
    for (int64_t i = 0; i < n; i++) {
        const int64_t bit = column.offset + i;

        own[i] = !column.validity || (column.validity[bit / 8] >> (bit % 8)) & 1 ? ((const double *)column.data)[i]
                                                                                 : NAN;
    }
    return own;
}

static int has_note(const sipas_table *table, const char *code)
{
    const sipas_table *notes = sipas_table_get_notes(table);
    sipas_column column;
    int64_t at;

    if (!notes || sipas_table_find(notes, "code", &at, NULL) < 0 ||
        sipas_table_get_column(notes, at, &column, NULL) < 0)
        return 0;
    for (int64_t i = 0; i < column.n; i++)
        if (strcmp(((const char *const *)column.data)[i], code) == 0) return 1;
    return 0;
}

static void audit_column(fuzz *f, const sipas_table *table, int64_t c)
{
    const sipas_field *field = sipas_table_get_field(table, c);
    sipas_column column;

    if (sipas_table_get_column(table, c, &column, NULL) < 0) {
        fuzz_finding(f, "a column that is not there", "");
        return;
    }
    if (column.n != sipas_table_count_rows(table)) fuzz_finding(f, "a column of another length", field->name);
    for (int64_t i = 0; i < column.n; i++) {
        const int64_t bit = column.offset + i;

        if (column.validity && !((column.validity[bit / 8] >> (bit % 8)) & 1)) continue;
        if (column.type == SIPAS_TYPE_CODE) {
            const char *text = ((const char *const *)column.data)[i];

            if (!text) fuzz_finding(f, "a text that is there and NULL", field->name);
        } else if (column.type == SIPAS_TYPE_F64 && isnan(((const double *)column.data)[i])) {
            fuzz_finding(f, "a number that is there and NaN", field->name);
        }
    }
}

/* SE ≥ 0, lower ≤ upper, an estimate where there is an SE, probabilities between 0 and 1. */
static void audit_figures(fuzz *f, const sipas_table *table)
{
    const double *estimate = numbers(f, table, "estimate"), *se = numbers(f, table, "se");
    const double *lower = numbers(f, table, "lower"), *upper = numbers(f, table, "upper"), *p = numbers(f, table, "p");

    f->mirrored |= has_note(table, "limit_mirrored");
    for (int64_t i = 0; i < sipas_table_count_rows(table); i++) {
        if (se && se[i] < 0.0) fuzz_finding(f, "a standard error below 0", "");
        if (lower && upper && !f->mirrored && lower[i] > upper[i]) {
            char detail[128];

            (void)snprintf(detail, sizeof detail, "row %lld: %.17g ± %.17g: %.17g to %.17g", (long long)i,
                           estimate ? estimate[i] : NAN, se ? se[i] : NAN, lower[i], upper[i]);
            fuzz_finding(f, "limits the wrong way round", detail);
        }
        if (estimate && se && isnan(estimate[i]) && !isnan(se[i])) fuzz_finding(f, "a standard error of nothing", "");
        if (p && (p[i] < 0.0 || p[i] > 1.0)) fuzz_finding(f, "a probability outside 0 to 1", "");
    }
}

void fuzz_audit(fuzz *f, const sipas_table *table)
{
    for (int64_t c = 0; c < sipas_table_count_columns(table); c++) audit_column(f, table, c);
    audit_figures(f, table);
    for (int64_t i = 0; i < sipas_table_count_meta(table); i++) {
        const char *key = NULL, *value = NULL;

        if (sipas_table_get_meta(table, i, &key, &value, NULL) < 0 || !key || !value)
            fuzz_finding(f, "metadata that is not there", "");
    }
    if (sipas_table_get_notes(table) && sipas_table_get_notes(table) != table)
        fuzz_audit(f, sipas_table_get_notes(table));
}

void fuzz_check_table(fuzz *f, const char *call, sipas_status status, const sipas_error *err, sipas_table *table)
{
    fuzz_check(f, call, status, err);
    if (status < 0 && table) fuzz_finding(f, "a handle on failure", err->message);
    if (status >= 0 && !table) fuzz_finding(f, "no handle on success", "");
    if (status < 0 || !table) return;
    fuzz_audit(f, table);
    sipas_table_free(table);
}

/* ---- the driver ---- */

static int run_case(const uint8_t *bytes, size_t n_bytes, uint64_t seed)
{
    fuzz *f = calloc(1, sizeof *f);
    int findings;

    if (!f) abort();
    f->bytes = bytes;
    f->n_bytes = n_bytes;
    f->seed = seed;
    f->state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    f->hostile = fuzz_once_in(f, 3);
    fuzz_one(f);
    if (f->held) fuzz_finding(f, "memory that is held", "");
    while (f->n_blocks) free(f->block[--f->n_blocks]);
    findings = f->findings;
    free(f);
    return findings;
}

#ifdef LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    if (run_case(bytes, n_bytes, n_bytes ? bytes[n_bytes - 1] : 0)) abort();
    return 0;
}
#else
/* Cases that `make check` has of a target, the same on any machine, and the most findings that are worth reading. */
enum { SLICE_CASES = 20000, MOST_FINDINGS = 20 };

int main(int argc, char **argv)
{
    const int one = argc == 3 && strcmp(argv[1], "--seed") == 0, timed = argc == 3 && strcmp(argv[1], "--for") == 0;
    const double seconds = timed ? strtod(argv[2], NULL) : INFINITY;
    const clock_t start = clock();
    uint64_t seed = one ? strtoull(argv[2], NULL, 10) : timed ? (uint64_t)time(NULL) << 24 : 1;
    int64_t cases = 0;
    int findings = 0;

    do {
        findings += run_case(NULL, 0, seed++);
        cases++;
    } while (!one && findings < MOST_FINDINGS && (timed || cases < SLICE_CASES) &&
             (double)(clock() - start) < seconds * CLOCKS_PER_SEC);
    printf("%lld cases, %d findings\n", (long long)cases, findings);
    return findings ? EXIT_FAILURE : EXIT_SUCCESS;
}
#endif
