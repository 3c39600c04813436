/*
 * Targets: cuts of the strata into domains, what each domain has to reach, and the constants of the problem.
 *
 *   V = Σ N² S² / n - Σ N S² ≤ T²   ⇔   Σ [N² S² / (T² + Σ N S²)] / n ≤ 1
 *
 * Targets are numbered from the finest cut to the coarsest, so that the envelope of the normal matrix stays small:
 * domains of one cut share no stratum.
 *
 * O(strata × cuts × variables).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "data/column.h"
#include "data/measure.h"
#include "num/distributions.h"
#include "num/sum.h"

enum { TARGETS_MAX = 100000 };

/* ---- cuts ---- */

static int32_t domain_of(const sipas__cut *cut, int64_t stratum)
{
    return cut->of.of ? cut->of.of[stratum] : 0;
}

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

        (void)snprintf(cut->own_name, sizeof cut->own_name, "%d", (int)c);
        cut->name = m->opts.by_names && m->opts.by_names[c - 1] ? m->opts.by_names[c - 1] : cut->own_name;
        if (!*cut->name) return sipas__error_argument(err, "by_names", "holds an empty name");
        for (int32_t other = 1; other < c; other++)
            if (strcmp(m->cut[other].name, cut->name) == 0)
                return sipas__error_set(err, SIPAS_ERR_DUPLICATE, SIPAS__NOWHERE, c - 1, cut->name,
                                        "two cuts have the name %s", cut->name);
        status = sipas__labels_read(&cut->of, m->ctx, &m->opts.by[c - 1], m->n_strata, SIPAS__CODES, cut->name, 1, err);
        cut->n_domains = cut->of.n_texts;
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

/* ---- numbers of the targets ---- */

/* The cut with the most domains that has no numbers yet; -1 = all have. */
static int32_t next_cut(const sipas__multi *m, const uint8_t *done)
{
    int32_t best = -1;

    for (int32_t c = 0; c < m->n_cuts; c++)
        if (!done[c] && (best < 0 || m->cut[c].n_domains > m->cut[best].n_domains)) best = c;
    return best;
}

static sipas_status number_targets(sipas__multi *m, sipas_error *err)
{
    const int32_t n_variables = m->opts.n_variables;
    uint8_t *done = sipas__alloc(m->ctx, m->n_cuts, sizeof *done);

    for (int32_t c = 0; c < m->n_cuts; c++)
        for (int64_t i = 0; i < m->cut[c].n_domains * n_variables; i++) m->n_targets += isfinite(m->cut[c].target[i]);
    if (m->n_targets > TARGETS_MAX || m->n_targets == 0) {
        sipas__free(m->ctx, done);
        return sipas__error_argument(err, "target",
                                     m->n_targets ? "there are more than 100000 targets" : "no target has a value");
    }
    m->target = sipas__alloc(m->ctx, m->n_targets, sizeof *m->target);
    if (!m->target || !done) {
        sipas__free(m->ctx, done);
        return sipas__error_memory(err);
    }
    m->n_targets = 0;
    for (int32_t c = next_cut(m, done); c >= 0; done[c] = 1, c = next_cut(m, done))
        for (int64_t i = 0; i < m->cut[c].n_domains * n_variables; i++) {
            m->cut[c].id[i] = -1;
            if (!isfinite(m->cut[c].target[i])) continue;
            m->target[m->n_targets] = (sipas__target){.cut = c, .goal = m->cut[c].target[i]};
            m->target[m->n_targets].domain = (int32_t)(i / n_variables);
            m->target[m->n_targets].variable = (int32_t)(i % n_variables);
            m->cut[c].id[i] = (int32_t)m->n_targets++;
        }
    sipas__free(m->ctx, done);
    return SIPAS_OK;
}

/* Calls of a stratum's targets of one variable. */
static int32_t target_of(const sipas__multi *m, int32_t c, int64_t stratum, int32_t variable)
{
    const int32_t domain = domain_of(&m->cut[c], stratum);

    return domain < 0 ? -1 : m->cut[c].id[(int64_t)domain * m->opts.n_variables + variable];
}

/* ---- T² and Σ N S² ---- */

typedef struct totals {
    sipas__sum size, mean, fpc;
} totals;

static void add_stratum(const sipas__multi *m, totals *sums, int64_t h, int32_t v, double mean)
{
    const double sd = m->sd[v * m->n_strata + h], size = m->size[h];

    for (int32_t c = 0; c < m->n_cuts; c++) {
        const int32_t k = target_of(m, c, h, v);

        if (k < 0) continue;
        sipas__sum_add(&sums[k].size, size);
        sipas__sum_add(&sums[k].mean, size * mean);
        if (!m->opts.with_replacement) sipas__sum_add(&sums[k].fpc, size * sd * sd);
    }
}

static sipas_status sum_up(const sipas__multi *m, totals *sums, sipas_error *err)
{
    const int need_means = m->opts.measure == SIPAS_TARGET_CV;
    sipas_status status = SIPAS_OK;

    for (int32_t v = 0; status == SIPAS_OK && v < m->opts.n_variables; v++) {
        char buffer[16];

        if (need_means) status = sipas__column_check(&m->opts.mean[v], m->n_strata, SIPAS__NUMBERS, "mean", err);
        for (int64_t h = 0; status == SIPAS_OK && h < m->n_strata; h++) {
            const double mean = need_means ? sipas__column_f64(&m->opts.mean[v], h) : 0.0;

            if (isfinite(mean))
                add_stratum(m, sums, h, v, mean);
            else
                status = sipas__unit_error(err, isnan(mean) ? SIPAS_ERR_MISSING : SIPAS_ERR_VALUE, m->opts.code, h,
                                           "the mean of variable %.64s is %s", sipas__multi_variable(m, v, buffer),
                                           isnan(mean) ? "missing or NaN" : "infinite");
        }
    }
    return status;
}

const char *sipas__multi_label(const sipas__multi *m, int64_t target, char *label)
{
    const sipas__target *of = &m->target[target];
    const sipas__cut *cut = &m->cut[of->cut];
    char buffer[16];

    if (cut->name)
        (void)snprintf(label, 256, "variable %.64s in %.64s %.64s", sipas__multi_variable(m, of->variable, buffer),
                       cut->name, cut->of.texts[of->domain]);
    else
        (void)snprintf(label, 256, "variable %.64s in the whole", sipas__multi_variable(m, of->variable, buffer));
    return label;
}

static sipas_status set_squares(sipas__multi *m, const totals *sums, sipas_error *err)
{
    const double z = m->opts.measure == SIPAS_TARGET_MARGIN ? sipas__normal_quantile(0.5 + 0.5 * m->opts.level) : 1.0;
    char label[256];

    for (int64_t k = 0; k < m->n_targets; k++) {
        sipas__target *of = &m->target[k];
        const double fpc = sipas__sum_value(&sums[k].fpc);
        double square;

        of->scale = m->opts.measure == SIPAS_TARGET_CV         ? fabs(sipas__sum_value(&sums[k].mean))
                    : m->opts.measure == SIPAS_TARGET_SE_TOTAL ? 1.0
                                                               : sipas__sum_value(&sums[k].size) / z;
        square = of->goal * of->scale * (of->goal * of->scale);
        of->total = square + fpc;
        if (!(square >= 1e-280 && of->total <= 1e280))
            return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE,
                                    sipas__multi_label(m, k, label), "%s: a target of %g times %g (%s) has no meaning",
                                    label, of->goal, of->scale,
                                    m->opts.measure == SIPAS_TARGET_CV ? "the total" : "the size");
        of->square = square / of->total;
        of->fpc = fpc / of->total;
    }
    return SIPAS_OK;
}

static sipas_status make_squares(sipas__multi *m, sipas_error *err)
{
    totals *sums = sipas__alloc(m->ctx, m->n_targets, sizeof *sums);
    sipas_status status = sums ? sum_up(m, sums, err) : sipas__error_memory(err);

    if (status == SIPAS_OK) status = set_squares(m, sums, err);
    sipas__free(m->ctx, sums);
    return status;
}

/* ---- terms ---- */

/* Lists a stratum's terms at `at`, or only counts them (of NULL). The cuts in the order of their numbers. */
static int64_t list_terms(const sipas__multi *m, const int32_t *order, int64_t h, int64_t at, int32_t *of, double *term)
{
    for (int32_t i = 0; i < m->n_cuts; i++)
        for (int32_t v = 0; v < m->opts.n_variables; v++) {
            const int32_t k = target_of(m, order[i], h, v);
            const double a = m->size[h] * m->sd[v * m->n_strata + h];

            if (k < 0 || a == 0.0) continue;
            if (of) {
                of[at] = k;
                term[at] = a / m->target[k].total * a;
            }
            at++;
        }
    return at;
}

/* A stratum that a target is about needs at least one. */
static sipas_status need_one(sipas__multi *m, int64_t h, sipas_error *err)
{
    if (m->lower[h] == 0) m->lower[h] = 1;
    if (m->upper[h] > 0) return SIPAS_OK;
    return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, m->opts.code, h,
                             "a target is about it, but its upper bound is 0");
}

static sipas_status make_terms(sipas__multi *m, const int32_t *order, sipas_error *err)
{
    int64_t *filled;

    m->start = sipas__alloc(m->ctx, m->n_strata + 1, sizeof *m->start);
    if (!m->start) return sipas__error_memory(err);
    for (int64_t h = 0; h < m->n_strata; h++) {
        sipas_status status = SIPAS_OK;

        m->start[h + 1] = list_terms(m, order, h, m->start[h], NULL, NULL);
        if (m->start[h + 1] > m->start[h]) status = need_one(m, h, err);
        if (status < 0) return status;
    }
    m->of = sipas__alloc(m->ctx, m->start[m->n_strata], sizeof *m->of);
    m->term = sipas__alloc(m->ctx, m->start[m->n_strata], sizeof *m->term);
    m->stratum = sipas__alloc(m->ctx, m->start[m->n_strata], sizeof *m->stratum);
    m->within = sipas__alloc(m->ctx, m->n_targets + 2, sizeof *m->within);
    if (!m->of || !m->term || !m->stratum || !m->within) return sipas__error_memory(err);
    for (int64_t h = 0; h < m->n_strata; h++) (void)list_terms(m, order, h, m->start[h], m->of, m->term);
    filled = m->within + 1; /* while filling, within[k + 1] is where target k goes on */
    for (int64_t i = 0; i < m->start[m->n_strata]; i++) m->within[m->of[i] + 2]++;
    for (int64_t k = 0; k < m->n_targets; k++) m->within[k + 2] += m->within[k + 1];
    for (int64_t h = 0; h < m->n_strata; h++)
        for (int64_t i = m->start[h]; i < m->start[h + 1]; i++) m->stratum[filled[m->of[i]]++] = (int32_t)h;
    return SIPAS_OK;
}

/* The envelope: a target's row begins with the first that it shares a stratum with. */
static sipas_status make_matrix(sipas__multi *m, sipas_error *err)
{
    int64_t *first = sipas__alloc(m->ctx, m->n_targets, sizeof *first);
    int made;

    if (!first) return sipas__error_memory(err);
    for (int64_t k = 0; k < m->n_targets; k++) first[k] = k;
    for (int64_t h = 0; h < m->n_strata; h++)
        for (int64_t i = m->start[h]; i < m->start[h + 1]; i++)
            if (m->of[m->start[h]] < first[m->of[i]]) first[m->of[i]] = m->of[m->start[h]];
    made = sipas__skyline_init(&m->matrix, m->ctx, m->n_targets, first);
    sipas__free(m->ctx, first);
    return made ? SIPAS_OK : sipas__error_memory(err);
}

static sipas_status make_work(sipas__multi *m, sipas_error *err)
{
    double **const arrays[] = {&m->limit, &m->lambda, &m->slack, &m->used, &m->step, &m->trial, &m->trial_used};

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        *arrays[i] = sipas__alloc(m->ctx, m->n_targets, sizeof **arrays[i]);
        if (!*arrays[i]) return sipas__error_memory(err);
    }
    return SIPAS_OK;
}

/* The cuts in the order in which their targets are numbered. */
static sipas_status order_and_list(sipas__multi *m, sipas_error *err)
{
    int32_t *order = sipas__alloc(m->ctx, m->n_cuts, sizeof *order);
    uint8_t *done = sipas__alloc(m->ctx, m->n_cuts, sizeof *done);
    sipas_status status = order && done ? SIPAS_OK : sipas__error_memory(err);

    for (int32_t i = 0; status == SIPAS_OK && i < m->n_cuts; i++) {
        order[i] = next_cut(m, done);
        done[order[i]] = 1;
    }
    if (status == SIPAS_OK) status = make_terms(m, order, err);
    sipas__free(m->ctx, order);
    sipas__free(m->ctx, done);
    return status;
}

sipas_status sipas__multi_targets(sipas__multi *m, sipas_error *err)
{
    sipas_status status = read_cuts(m, err);

    if (status == SIPAS_OK) status = read_target_table(m, err);
    if (status == SIPAS_OK) status = number_targets(m, err);
    if (status == SIPAS_OK) status = make_squares(m, err);
    if (status == SIPAS_OK) status = order_and_list(m, err);
    if (status == SIPAS_OK) status = make_matrix(m, err);
    if (status == SIPAS_OK) status = make_work(m, err);
    return status;
}
