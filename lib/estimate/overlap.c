/*
 * Two designs joined by their PSUs, which meet by the key of their code path (data/psu_key.h).
 *
 * The joined design is a design like any other, of one stage, whose rows are PSUs: those of the earlier round, then those of
 * the later. Rows of one PSU bear its names, so the reading of designs numbers them, and the one engine does the
 * variance: over the union of the PSUs, as if the rows of both rounds lay in one sample, or over the common PSUs, drawn with
 * replacement, whose totals carry the factor of Tam (1984), 1 - n_1 n_2 / (n_c N). It is negative where fewer PSUs are common than two
 * independent samples would have, as when they rotate: so is the covariance then.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/overlap.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "data/joined.h"
#include "data/psu_key.h"

/* PSUs of both rounds as the rows of a design. A PSU that the earlier round has bears its names in both. */
typedef struct psu_rows {
    sipas_ctx *ctx;
    int64_t n, n_of[2];
    int64_t *same; /* the first row of its PSU: sipas__psu_match() */
    const char **stratum, **psu;
    double *population, *one;
    char **texts; /* what `stratum` and `psu` point to */
    int64_t n_texts;
    int32_t *unit;
} psu_rows;

/* The texts stay with the design that is made of them. */
static void free_rows(psu_rows *rows, sipas__overlap *o)
{
    o->texts = rows->texts;
    o->n_texts = rows->n_texts;
    sipas__free(rows->ctx, rows->same);
    sipas__free(rows->ctx, (void *)rows->stratum);
    sipas__free(rows->ctx, (void *)rows->psu);
    sipas__free(rows->ctx, rows->population);
    sipas__free(rows->ctx, rows->one);
    sipas__free(rows->ctx, rows->unit);
}

/* Codes of a path as one text of their own, which the rows keep; NULL = no memory. */
static const char *join_codes(psu_rows *rows, const char *const *code, int32_t n)
{
    size_t bytes = 1, used = 0;
    char *text;

    for (int32_t i = 0; i < n; i++) bytes += 1 + sipas__joined_bytes(code[i]);
    text = sipas__alloc(rows->ctx, (int64_t)bytes, 1);
    for (int32_t i = 0; text && i < n; i++) used = sipas__joined_append(text, bytes, used, i ? ':' : 0, code[i]);
    if (text) rows->texts[rows->n_texts++] = text;
    return text;
}

/* Units drawn in the population of a stratum; a fraction given as a decimal is off by rounding. */
static double population(const sipas__stage *stage, int64_t h)
{
    const double n = (double)stage->stratum_units[h] / stage->stratum_f[h];

    if (!(stage->stratum_f[h] > 0.0)) return INFINITY;
    return fabs(n - round(n)) < 1e-6 * n ? round(n) : n;
}

/* The names of a PSU, by which the joined design keeps it apart from all others and in the order of codes. */
static int name_psu(psu_rows *rows, const sipas_design *design, int64_t unit, int64_t row, const char **stratum)
{
    sipas__psu_path path;
    char alone[64];
    const char *code = alone;

    sipas__psu_codes(design, unit, &path);
    if (!*stratum) {
        if (!*path.code[0]) path.code[0] = "the only one";
        *stratum = join_codes(rows, path.code, path.above);
    }
    if (path.depth > path.above) {
        rows->psu[row] = join_codes(rows, &path.code[path.above], 1);
    } else { /* a row of a certainty unit is no one else's: a name that no code has */
        (void)sipas__text_format(alone, sizeof alone, "unit %lld of round %d", (long long)unit,
                                 1 + (row >= rows->n_of[0]));
        rows->psu[row] = join_codes(rows, (const char *const[]){"", code}, 2);
    }
    rows->stratum[row] = *stratum;
    return rows->psu[row] && *stratum;
}

static int list_round(psu_rows *rows, const sipas_design *design, int64_t first)
{
    const sipas__stage *stage = &design->stage[0];
    int64_t last = -1;
    const char *name = NULL;

    for (int64_t u = 0; u < stage->n_units; u++) {
        const int64_t row = first + u, same = rows->same[row], stratum = stage->unit_stratum[u];

        if (stratum != last) name = NULL;
        last = stratum;
        rows->population[row] = population(stage, stratum);
        rows->one[row] = 1.0;
        if (same != row) {
            rows->stratum[row] = rows->stratum[same];
            rows->psu[row] = rows->psu[same];
        } else if (!name_psu(rows, design, u, row, &name)) {
            return 0;
        }
    }
    return 1;
}

static sipas_status list_rows(psu_rows *rows, const sipas__overlap *o, sipas_error *err)
{
    const sipas_design *const designs[2] = {o->of[0]->design, o->of[1]->design};
    sipas_status status;

    rows->ctx = o->ctx;
    rows->n_of[0] = designs[0]->n_psus;
    rows->n_of[1] = designs[1]->n_psus;
    rows->n = rows->n_of[0] + rows->n_of[1];
    rows->same = sipas__alloc(o->ctx, rows->n, sizeof *rows->same);
    rows->stratum = sipas__alloc(o->ctx, rows->n, sizeof *rows->stratum);
    rows->psu = sipas__alloc(o->ctx, rows->n, sizeof *rows->psu);
    rows->population = sipas__alloc(o->ctx, rows->n, sizeof *rows->population);
    rows->one = sipas__alloc(o->ctx, rows->n, sizeof *rows->one);
    rows->texts = sipas__alloc(o->ctx, 2 * rows->n, sizeof *rows->texts);
    rows->unit = sipas__alloc(o->ctx, rows->n, sizeof *rows->unit);
    if (!rows->same || !rows->stratum || !rows->psu || !rows->population || !rows->one || !rows->texts || !rows->unit)
        return sipas__error_memory(err);
    if ((status = sipas__psu_match(designs, rows->same, err)) < 0) return status;
    return list_round(rows, designs[0], 0) && list_round(rows, designs[1], rows->n_of[0]) ? SIPAS_OK
                                                                                          : sipas__error_memory(err);
}

/* The rows as a design, and the unit of each. */
static sipas_status make_design(sipas__overlap *o, psu_rows *rows, int with_fpc, sipas_error *err)
{
    const sipas_column weights = sipas_column_f64(rows->one, rows->n);
    const sipas_column strata = sipas_column_code(rows->stratum, rows->n);
    const sipas_column psus = sipas_column_code(rows->psu, rows->n);
    const sipas_column fpc = sipas_column_f64(rows->population, rows->n);
    sipas_design_opts opts = SIPAS_DESIGN_OPTS_INIT;
    sipas__design_tile *tile = sipas__alloc(o->ctx, 1, sizeof *tile);
    sipas_status status;

    if (!tile) return sipas__error_memory(err);
    opts.lonely_psu = o->common ? SIPAS_LONELY_REMOVE : o->of[1]->design->lonely_psu;
    status = sipas_design_new(o->ctx, rows->n, &weights, &strata, &psus, 1, with_fpc ? &fpc : NULL, &opts, &o->design,
                              err);
    for (int64_t row = 0; status == SIPAS_OK && row < rows->n; row += SIPAS__TILE) {
        const int64_t n = rows->n - row < SIPAS__TILE ? rows->n - row : SIPAS__TILE;

        sipas__design_read(o->design, row, n, tile);
        memcpy(rows->unit + row, tile->unit[0], (size_t)n * sizeof *rows->unit);
    }
    sipas__free(o->ctx, tile);
    return status;
}

/* Tam's factor. h: n_c, n_1, n_2, N_1, N_2 of a stratum. */
static double factor_of(const double *h)
{
    const double n = h[3] == h[4] ? h[3] : sqrt(h[3]) * sqrt(h[4]);

    return 1.0 - h[1] * h[2] / (h[0] * n);
}

/*
 * Keeps one row of each common unit, and its factor; `kept` gets the units. By stratum five numbers are counted: n_c, n_1, n_2, N_1,
 * N_2.
 */
static void keep_common(sipas__overlap *o, psu_rows *rows, uint8_t *in, double *strata, int32_t *kept)
{
    const sipas__stage *stage = &o->design->stage[0];
    int64_t n = 0;

    for (int64_t i = 0; i < rows->n; i++) {
        const int round = i >= rows->n_of[0];
        double *h = strata + 5 * (int64_t)stage->unit_stratum[rows->unit[i]];

        in[rows->unit[i]] |= (uint8_t)(1 << round);
        h[0] += in[rows->unit[i]] == 3;
        h[1 + round] += 1.0;
        h[3 + round] = rows->population[i];
    }
    for (int64_t i = 0; i < rows->n_of[0]; i++) {
        const double *h = strata + 5 * (int64_t)stage->unit_stratum[rows->unit[i]];

        if (in[rows->unit[i]] != 3) continue;
        rows->stratum[n] = rows->stratum[i];
        rows->psu[n] = rows->psu[i];
        rows->population[n] = factor_of(h);
        kept[n++] = rows->unit[i];
    }
    for (int64_t h = 0; h < stage->n_strata; h++) {
        const double *of = strata + 5 * h;

        o->n_one += of[0] == 1.0;
        o->n_apart += of[0] == 0.0 && of[1] > 0.0 && of[2] > 0.0 && isfinite(of[3]) && isfinite(of[4]);
    }
    rows->n = o->n_common = n;
}

/* From the design of all PSUs to that of the common ones. */
static sipas_status restrict_to_common(sipas__overlap *o, psu_rows *rows, sipas_error *err)
{
    const int64_t n_units = o->design->n_psus;
    uint8_t *in = sipas__alloc(o->ctx, n_units, 1);
    double *strata = sipas__alloc(o->ctx, 5 * o->design->stage[0].n_strata, sizeof *strata);
    int32_t *kept = sipas__alloc(o->ctx, rows->n, sizeof *kept),
            *number = sipas__alloc(o->ctx, n_units, sizeof *number);
    sipas_status status = in && strata && kept && number ? SIPAS_OK : sipas__error_memory(err);

    if (status == SIPAS_OK) {
        keep_common(o, rows, in, strata, kept);
        sipas_design_free(o->design);
        o->design = NULL;
        if (rows->n) status = make_design(o, rows, 0, err);
        o->factor = sipas__alloc(o->ctx, rows->n, sizeof *o->factor);
        if (status == SIPAS_OK && !o->factor) status = sipas__error_memory(err);
    }
    if (status == SIPAS_OK) {
        for (int64_t i = 0; i < rows->n; i++) o->factor[rows->unit[i]] = rows->population[i];
        for (int64_t u = 0; u < n_units; u++) number[u] = -1;
        for (int64_t i = 0; i < rows->n; i++) number[kept[i]] = rows->unit[i];
        for (int round = 0; round < 2; round++)
            for (int64_t u = 0; u < rows->n_of[round]; u++) o->unit[round][u] = number[o->unit[round][u]];
    }
    sipas__free(o->ctx, in);
    sipas__free(o->ctx, strata);
    sipas__free(o->ctx, kept);
    sipas__free(o->ctx, number);
    return status;
}

/* ---- making it ---- */

static sipas_status check_designs(const sipas__overlap *o, sipas_error *err)
{
    static const char *const name[] = {"before", "after"};

    for (int round = 0; round < 2; round++) {
        const sipas_design *design = o->of[round]->design;

        if (design->stage[0].rows_are_units)
            return sipas__error_argument(
                err, name[round],
                "the units of its design are its rows, which have no codes to match by; give the codes as clusters");
        if (design->pps.method != SIPAS_PPS_NONE || design->phase2.kind != SIPAS_PHASE2_NONE)
            return sipas__error_argument(
                err, name[round],
                "its design has unequal probabilities or two phases, which an overlap does not "
                "know; lay the rows of both rounds in one design instead");
        if (!o->common && design->n_stages > 1)
            return sipas__error_argument(
                err, name[round],
                "its design has several stages of variance; lay the rows of both rounds in one design instead");
    }
    return SIPAS_OK;
}

static int has_population(const psu_rows *rows)
{
    for (int64_t i = 0; i < rows->n; i++)
        if (isfinite(rows->population[i])) return 1;
    return 0;
}

static sipas_status join(sipas__overlap *o, psu_rows *rows, sipas_error *err)
{
    sipas_status status;

    for (int round = 0; round < 2; round++) {
        o->unit[round] = sipas__alloc(o->ctx, o->of[round]->design->n_psus, sizeof *o->unit[round]);
        if (!o->unit[round]) return sipas__error_memory(err);
    }
    if ((status = list_rows(rows, o, err)) < 0) return status;
    if ((status = make_design(o, rows, !o->common && has_population(rows), err)) < 0) return status;
    if (!o->common && has_population(rows) &&
        (o->design->n_psus != rows->n_of[0] || o->design->n_psus != rows->n_of[1]))
        return sipas__error_argument(
            err, "overlap",
            "joined takes the rounds for one sample, of which every PSU is in both: with a finite population that is so only "
            "where all PSUs are common; use common");
    memcpy(o->unit[0], rows->unit, (size_t)rows->n_of[0] * sizeof *rows->unit);
    memcpy(o->unit[1], rows->unit + rows->n_of[0], (size_t)rows->n_of[1] * sizeof *rows->unit);
    return o->common ? restrict_to_common(o, rows, err) : SIPAS_OK;
}

sipas_status sipas__overlap_init(sipas__overlap *o, const sipas_cov *before, const sipas_cov *after, int common,
                                 sipas_error *err)
{
    psu_rows rows = {0};
    int64_t n_units;
    sipas_status status;

    memset(o, 0, sizeof *o);
    o->ctx = after->ctx;
    o->of[0] = before;
    o->of[1] = after;
    o->common = common;
    if ((status = check_designs(o, err)) < 0) return status;
    status = join(o, &rows, err);
    free_rows(&rows, o);
    if (status == SIPAS_OK && o->design) {
        n_units = o->design->n_psus;
        o->z[0] = sipas__alloc(o->ctx, n_units, sizeof *o->z[0]);
        o->z[1] = sipas__alloc(o->ctx, n_units, sizeof *o->z[1]);
        if (!o->z[0] || !o->z[1] || !sipas__entries_new(o->ctx, n_units, 3, &o->entries))
            status = sipas__error_memory(err);
        if (status == SIPAS_OK) status = sipas__variance_init(&o->engine, o->design, err);
    }
    if (status < 0) sipas__overlap_clear(o);
    return status;
}

void sipas__overlap_clear(sipas__overlap *o)
{
    for (int round = 0; round < 2; round++) {
        sipas__free(o->ctx, o->unit[round]);
        sipas__free(o->ctx, o->z[round]);
    }
    sipas__free(o->ctx, o->factor);
    sipas__entries_clear(o->ctx, &o->entries);
    sipas__variance_clear(&o->engine);
    sipas_design_free(o->design);
    for (int64_t i = 0; o->texts && i < o->n_texts; i++) sipas__free(o->ctx, o->texts[i]);
    sipas__free(o->ctx, o->texts);
    memset(o, 0, sizeof *o);
}

/* ---- rows ---- */

static void sum_units(sipas__overlap *o, int round, int64_t row)
{
    const sipas_cov *cov = o->of[round];
    const sipas__entries *from = &cov->entries[row % cov->n_groups];
    const int64_t node = row / cov->n_groups;

    memset(o->z[round], 0, (size_t)o->design->n_psus * sizeof *o->z[round]);
    for (int64_t i = 0; i < from->n; i++) {
        const int32_t unit = o->unit[round][sipas__entries_psu(cov->design, from, i)];

        if (unit >= 0) o->z[round][unit] += from->z[i * from->n_nodes + node];
    }
}

sipas_status sipas__overlap_rows(sipas__overlap *o, int64_t before, int64_t after, const double *gradient,
                                 double *variance, double *covariance, sipas_error *err)
{
    sipas_status status;

    sum_units(o, 0, before);
    sum_units(o, 1, after);
    o->entries.n = 0;
    o->entries.n_nodes = 3;
    for (int64_t u = 0; u < o->design->n_psus; u++) {
        double *z = o->entries.z + 3 * o->entries.n;

        o->entries.id[o->entries.n] = (int32_t)u;
        o->entries.stratum[o->entries.n++] = o->design->stage[0].unit_stratum[u];
        z[0] = gradient[0] * o->z[0][u];
        z[1] = gradient[1] * o->z[1][u];
        if (o->factor) { /* z_1 z_2 carries the factor, with its sign */
            z[0] *= sqrt(fabs(o->factor[u]));
            z[1] *= copysign(sqrt(fabs(o->factor[u])), o->factor[u]);
        }
        z[2] = z[0] + z[1];
    }
    status = sipas__variance_of_units(&o->engine, &o->entries, variance, err);
    *covariance = (variance[2] - variance[0] - variance[1]) / 2.0;
    return status;
}
