/*
 * Cuts of the strata into domains, and the rows that say what each domain has to reach.
 *
 * O(strata × cuts + rows).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "data/alike.h"
#include "data/column.h"

/* ---- cuts ---- */

static sipas_status make_cut(sipas__multi *m, sipas__cut *cut, sipas_error *err)
{
    const int64_t cells = cut->n_domains * m->opts.n_variables;

    cut->target = sipas__alloc(m->ctx, cells, sizeof *cut->target);
    cut->given = sipas__alloc(m->ctx, cut->n_domains + 1, sizeof *cut->given);
    cut->id = sipas__alloc(m->ctx, cells, sizeof *cut->id);
    if (!cut->target || !cut->given || !cut->id) return sipas__error_memory(err);
    for (int64_t i = 0; i < cells; i++) cut->target[i] = INFINITY;
    return SIPAS_OK;
}

static sipas_status read_cuts(sipas__multi *m, sipas_error *err)
{
    sipas_status status;

    m->cut = sipas__alloc(m->ctx, m->opts.n_by + 1, sizeof *m->cut);
    if (!m->cut) return sipas__error_memory(err);
    m->n_cuts = m->opts.n_by + 1;
    m->cut[0].n_domains = 1;
    status = make_cut(m, &m->cut[0], err);
    for (int32_t c = 1; status == SIPAS_OK && c < m->n_cuts; c++) {
        sipas__cut *cut = &m->cut[c];

        (void)sipas__text_format(cut->own_name, sizeof cut->own_name, "%d", (int)c);
        cut->name = m->opts.by_names && m->opts.by_names[c - 1] ? m->opts.by_names[c - 1] : cut->own_name;
        if (!sipas__column_given(&m->opts.by[c - 1]))
            return sipas__error_argument(err, "by", "a column of the cuts is not given");
        if (!*cut->name) return sipas__error_argument(err, "by_names", "holds an empty name");
        for (int32_t other = 1; other < c; other++)
            if (strcmp(m->cut[other].name, cut->name) == 0)
                return sipas__error_set(err, SIPAS_ERR_DUPLICATE, SIPAS__NOWHERE, c - 1, cut->name,
                                        "two cuts have the name %s", cut->name);
        status = sipas__labels_read(&cut->of, m->ctx, &m->opts.by[c - 1], m->n_strata, SIPAS__CODES, cut->name, 1, err);
        cut->n_domains = cut->of.n_texts;
        if (status == SIPAS_OK &&
            !sipas__alike_look(&m->sayings, (const char *const *)cut->of.texts, cut->of.n_texts, cut->name))
            status = sipas__error_memory(err);
        if (status == SIPAS_OK) status = make_cut(m, cut, err);
    }
    return status;
}

/* ---- rows of targets ---- */

/* The rows' cuts and domains as numbers. */
typedef struct target_rows {
    int64_t n;
    sipas__labels by, domain;
    int32_t *match; /* of each text of `domain` in the cut at hand */
} target_rows;

/* The cut that a row names. */
static sipas_status find_cut(const sipas__multi *m, const target_rows *rows, int64_t row, int32_t *cut,
                             sipas_error *err)
{
    const char *name = rows->by.of ? sipas__labels_get(&rows->by, row) : NULL;

    for (*cut = 0; name && *cut < m->n_cuts; (*cut)++)
        if (m->cut[*cut].name && strcmp(m->cut[*cut].name, name) == 0) break;
    if (*cut < m->n_cuts) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, row, SIPAS__NOWHERE, name,
                            "row %lld of the targets: there is no cut %.64s", (long long)row, name);
}

/* Writes a row's targets: those of all domains first, so that a domain's own row stands above them. */
static sipas_status read_row(sipas__multi *m, const target_rows *rows, int64_t row, sipas__cut *cut, sipas_error *err)
{
    const char *text = rows->domain.of && cut->name ? sipas__labels_get(&rows->domain, row) : NULL;
    const int64_t domain = text ? rows->match[rows->domain.of[row]] : cut->n_domains;
    const int64_t from = text ? domain : 0, to = text ? domain + 1 : cut->n_domains;

    if (domain < 0)
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, row, SIPAS__NOWHERE, text,
                                "row %lld of the targets: cut %.64s has no domain %.64s", (long long)row, cut->name,
                                text);
    if (cut->given[domain]++)
        return sipas__error_set(err, SIPAS_ERR_DUPLICATE, row, SIPAS__NOWHERE, text ? text : cut->name,
                                "row %lld of the targets: %s%s%.64s has a row already", (long long)row,
                                cut->name ? cut->name : "the whole", text ? " " : "", text ? text : "");
    for (int32_t v = 0; v < m->opts.n_variables; v++) {
        char buffer[16];
        const double value = sipas__column_f64(&m->opts.target[v], row);

        if (!sipas__column_present(&m->opts.target[v], row)) continue;
        if (!(value > 0.0))
            return sipas__error_set(err, SIPAS_ERR_VALUE, row, v, sipas__multi_variable(m, v, buffer),
                                    "row %lld of the targets: the target of variable %.64s is %.17g; it must be > 0",
                                    (long long)row, sipas__multi_variable(m, v, buffer), value);
        for (int64_t d = from; d < to; d++) cut->target[d * m->opts.n_variables + v] = value;
    }
    return SIPAS_OK;
}

/* All rows of one cut, those for all domains before the others. */
static sipas_status read_cut_rows(sipas__multi *m, target_rows *rows, int32_t c, const int32_t *cut_of,
                                  sipas_error *err)
{
    sipas__cut *cut = &m->cut[c];
    sipas_status status = SIPAS_OK;

    if (rows->domain.of && cut->name && !sipas__labels_match(m->ctx, &rows->domain, &cut->of, rows->match))
        return sipas__error_memory(err);
    for (int own = 0; own < 2; own++)
        for (int64_t row = 0; status == SIPAS_OK && row < rows->n; row++) {
            const int has_domain = rows->domain.of && cut->name && rows->domain.of[row] >= 0;

            if (cut_of[row] == c && has_domain == own) status = read_row(m, rows, row, cut, err);
        }
    return status;
}

static sipas_status read_rows(sipas__multi *m, target_rows *rows, sipas_error *err)
{
    int32_t *cut_of = sipas__alloc(m->ctx, rows->n, sizeof *cut_of);
    sipas_status status = SIPAS_OK;

    rows->match = sipas__alloc(m->ctx, rows->domain.n_texts, sizeof *rows->match);
    if (!cut_of || !rows->match) status = sipas__error_memory(err);
    for (int64_t row = 0; status == SIPAS_OK && row < rows->n; row++)
        status = find_cut(m, rows, row, &cut_of[row], err);
    for (int32_t c = 0; status == SIPAS_OK && c < m->n_cuts; c++) status = read_cut_rows(m, rows, c, cut_of, err);
    sipas__free(m->ctx, cut_of);
    sipas__free(m->ctx, rows->match);
    return status;
}

static sipas_status read_target_table(sipas__multi *m, sipas_error *err)
{
    target_rows rows;
    sipas_status status = SIPAS_OK;

    memset(&rows, 0, sizeof rows);
    rows.n = m->opts.target[0].n;
    for (int32_t v = 0; status == SIPAS_OK && v < m->opts.n_variables; v++)
        status = sipas__column_check(&m->opts.target[v], rows.n, SIPAS__NUMBERS, "target", err);
    if (status == SIPAS_OK)
        status = sipas__labels_read(&rows.by, m->ctx, m->opts.target_by, rows.n, SIPAS__CODES, "target_by", 1, err);
    if (status == SIPAS_OK)
        status = sipas__labels_read(&rows.domain, m->ctx, m->opts.target_domain, rows.n, SIPAS__CODES, "target_domain",
                                    1, err);
    if (status == SIPAS_OK) status = read_rows(m, &rows, err);
    sipas__labels_clear(m->ctx, &rows.by);
    sipas__labels_clear(m->ctx, &rows.domain);
    return status;
}
sipas_status sipas__multi_cuts(sipas__multi *m, sipas_error *err)
{
    sipas_status status = read_cuts(m, err);

    return status < 0 ? status : read_target_table(m, err);
}
