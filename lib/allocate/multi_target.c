/*
 * Targets: the constants of the problem.
 *
 *   V = Σ N² S² (1 / n - 1 / N) ≤ T²   ⇔   Σ [N² S² / (T² + Σ N S²)] (1 / n - 1 / N) ≤ T² / (T² + Σ N S²)
 *
 * O(strata × cuts × variables).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <math.h>

#include "base/context.h"
#include "base/text.h"
#include "data/column.h"
#include "data/measure.h"
#include "num/distributions.h"
#include "num/sum.h"

/* The target of one variable in the domain of a cut that a stratum is in; -1 = none. */
static int32_t target_of(const sipas__multi *m, int32_t cut, int64_t stratum, int32_t variable)
{
    const int32_t domain = sipas__multi_domain(m, cut, stratum);

    return domain < 0 ? -1 : m->cut[cut].id[(int64_t)domain * m->opts.n_variables + variable];
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

/* Lists a stratum's terms from `at` on, by ascending target, or only counts them (of NULL). Returns where they end. */
static int64_t list_terms(const sipas__multi *m, int64_t h, int64_t at, int32_t *of, double *term)
{
    const int64_t begin = at;

    for (int32_t c = 0; c < m->n_cuts; c++)
        for (int32_t v = 0; v < m->opts.n_variables; v++) {
            const int32_t k = target_of(m, c, h, v);
            const double a = m->size[h] * m->sd[v * m->n_strata + h];
            int64_t to = at;

            if (k < 0 || a == 0.0) continue;
            for (; of && to > begin && of[to - 1] > k; to--) {
                of[to] = of[to - 1];
                term[to] = term[to - 1];
            }
            if (of) {
                of[to] = k;
                term[to] = a / m->target[k].total * a;
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

static sipas_status make_terms(sipas__multi *m, sipas_error *err)
{
    int64_t *filled;

    m->start = sipas__alloc(m->ctx, m->n_strata + 1, sizeof *m->start);
    if (!m->start) return sipas__error_memory(err);
    for (int64_t h = 0; h < m->n_strata; h++) {
        sipas_status status = SIPAS_OK;

        m->start[h + 1] = list_terms(m, h, m->start[h], NULL, NULL);
        if (m->start[h + 1] > m->start[h]) status = need_one(m, h, err);
        if (status < 0) return status;
    }
    m->of = sipas__alloc(m->ctx, m->start[m->n_strata], sizeof *m->of);
    m->term = sipas__alloc(m->ctx, m->start[m->n_strata], sizeof *m->term);
    m->stratum = sipas__alloc(m->ctx, m->start[m->n_strata], sizeof *m->stratum);
    m->within = sipas__alloc(m->ctx, m->n_targets + 2, sizeof *m->within);
    if (!m->of || !m->term || !m->stratum || !m->within) return sipas__error_memory(err);
    for (int64_t h = 0; h < m->n_strata; h++) (void)list_terms(m, h, m->start[h], m->of, m->term);
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

sipas_status sipas__multi_targets(sipas__multi *m, sipas_error *err)
{
    sipas_status status = sipas__multi_cuts(m, err);

    if (status == SIPAS_OK) status = sipas__multi_number(m, err);
    if (status == SIPAS_OK) status = make_squares(m, err);
    if (status == SIPAS_OK) status = make_terms(m, err);
    if (status == SIPAS_OK) status = make_matrix(m, err);
    if (status == SIPAS_OK) status = make_work(m, err);
    return status;
}
