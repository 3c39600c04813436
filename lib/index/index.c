/*
 * The index: every node of the question tree, for every group of every level, in one pass.
 *
 * Item j in domain d: R_j = Σ w s_j / Σ w over those who answered j. Node: Σ_j a_j R_j, with the a_j of the weighting.
 * Linearized value of a row: Σ_j a_j (s_j - R_j) 1[answered j] / Σ w 1[answered j] (Woodruff 1971).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/index.h>
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/schema.h"
#include "engine/estimation.h"
#include "index/answers.h"

/* Items are kept as bits of at most 32 words in the pass. */
enum { MOST_ITEMS = 2048 };

void sipas_index_opts_init(sipas_index_opts *opts)
{
    const sipas_index_opts initial = SIPAS_INDEX_OPTS_INIT;

    if (opts) *opts = initial;
}

static sipas_status load_options(sipas_index_opts *own, const sipas_index_opts *opts, sipas_error *err)
{
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_index_opts", err);

    if (status < 0) return status;
    if ((status = sipas__options_check("reserved", own->reserved, 0, 0, err)) < 0) return status;
    if ((status = sipas__options_enum("scoring", own->scoring, SIPAS__ENUM_SCORING, err)) < 0) return status;
    if ((status = sipas__options_enum("weighting", own->weighting, SIPAS__ENUM_WEIGHTING, err)) < 0) return status;
    if ((status = sipas__options_enum("missing", own->missing, SIPAS__ENUM_MISSING, err)) < 0) return status;
    if ((status = sipas__options_enum("deff", own->deff, SIPAS__ENUM_DEFF, err)) < 0) return status;
    if ((status = sipas__options_check("cov", own->cov, 0, 1, err)) < 0) return status;
    if ((status = sipas__options_check("unweighted", own->unweighted, 0, 1, err)) < 0) return status;
    if ((status = sipas__options_enum("whole", own->whole, SIPAS__ENUM_WHOLE, err)) < 0) return status;
    if (own->scoring == 0) own->scoring = SIPAS_SCORING_TOP2;
    if (own->weighting == 0) own->weighting = SIPAS_WEIGHTING_CRITERION;
    if (own->missing == 0) own->missing = SIPAS_MISSING_AVAILABLE;
    if (own->whole == 0) own->whole = SIPAS_WHOLE_POOLED;
    return sipas__options_level(&own->level, err);
}

/* ---- the whole as a mean over units ---- */

/* Adds the level of the units behind those asked for. `levels` has room for one more than there are. */
static sipas_status add_unit_level(sipas_domains *domains, const sipas_index_opts *own, uint32_t *levels,
                                   sipas_error *err)
{
    if (own->whole_by < 0 || own->whole_by >= domains->n_by)
        return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, SIPAS__NOWHERE, "whole_by",
                                "whole_by: there is no by column %d", (int)own->whole_by);
    if (domains->n_levels)
        memcpy(levels, domains->levels, (size_t)domains->n_levels * sizeof *levels);
    else
        levels[0] = domains->n_by == 32 ? UINT32_MAX : (1u << domains->n_by) - 1u;
    if (domains->n_levels == 0) domains->n_levels = 1;
    levels[domains->n_levels++] = 1u << own->whole_by;
    domains->levels = levels;
    return SIPAS_OK;
}

/* The whole is made of the units that have a code: rows without one can be left out of it, but are no unit. */
static sipas_status check_units(const sipas__domain *domain, const sipas_index_opts *own, sipas_error *err)
{
    const sipas__domain_level *level = &domain->level[domain->n_levels - 1];
    const int64_t last = level->group_cell[level->n_groups - 1];
    const char *name = domain->name[own->whole_by];

    if (domain->cell_level[last * domain->n_by + own->whole_by] >= 0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_MISSING, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                            "%s: rows without a code are no unit of the whole; missing_by = drop leaves them out of it",
                            name);
}

/* Populations of the units, matched by code. */
static sipas_status match_populations(const sipas__domain *domain, const sipas_index_opts *own, double *size,
                                      sipas_error *err)
{
    const sipas__domain_level *level = &domain->level[domain->n_levels - 1];
    const sipas__codes *codes = &domain->by[own->whole_by].codes;
    sipas_status status;
    char unit[32], text[32];

    if (!sipas__column_given(own->population_code))
        return sipas__error_argument(err, "population_code", "no column is given");
    status = sipas__column_check(own->population_code, own->population_code->n, SIPAS__CODES, "population_code", err);
    if (status < 0) return status;
    status = sipas__column_check(own->population, own->population_code->n, SIPAS__NUMBERS, "population", err);
    if (status < 0) return status;
    for (int64_t g = 0; g < level->n_groups; g++) {
        const int64_t code = domain->cell_level[(int64_t)level->group_cell[g] * domain->n_by + own->whole_by];
        const char *label = sipas__codes_label(codes, code, unit);

        for (int64_t row = 0; row < own->population_code->n; row++) {
            const char *given = sipas__column_code_text(own->population_code, row, text);
            const double value = sipas__column_f64(own->population, row);

            if (!given || strcmp(given, label) != 0) continue;
            if (size[g] != 0.0)
                return sipas__error_set(err, SIPAS_ERR_DUPLICATE, row, SIPAS__NOWHERE, label,
                                        "unit %s has two populations", label);
            if (!(value > 0.0) || value > 1e300)
                return sipas__error_set(err, SIPAS_ERR_VALUE, row, SIPAS__NOWHERE, label,
                                        "population of unit %s is %g; it must be positive", label, value);
            size[g] = value;
        }
        if (size[g] == 0.0)
            return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, label,
                                    "unit %s has no population", label);
    }
    return SIPAS_OK;
}

/* ---- the table ---- */

static void write_meta(sipas_table *table, const sipas_instrument *instrument, const sipas_index_opts *own)
{
    sipas__table_meta(table, "method", "index/1");
    sipas__table_meta(table, "formula", "%s",
                      own->missing == SIPAS_MISSING_RESPONDENT
                          ? "sum(w m) / sum(w), m = respondent's mean over the items answered"
                          : "sum over items of a * sum(w s) / sum(w)");
    sipas__table_meta(table, "instrument", "%s", sipas_instrument_get_id(instrument));
    sipas__table_meta(table, "source", "%s", sipas_instrument_get_source(instrument));
    sipas__table_meta(table, "scoring", "%s", sipas__enum_word(SIPAS__ENUM_SCORING, own->scoring));
    sipas__table_meta(table, "weighting", "%s", sipas__enum_word(SIPAS__ENUM_WEIGHTING, own->weighting));
    sipas__table_meta(table, "missing", "%s", sipas__enum_word(SIPAS__ENUM_MISSING, own->missing));
    sipas__table_meta(table, "whole", "%s", sipas__enum_word(SIPAS__ENUM_WHOLE, own->whole));
}

static sipas_status write_table(const sipas__estimation *estimation, const sipas_instrument *instrument,
                                const sipas_index_opts *own, sipas_table **out, sipas_error *err)
{
    const int64_t n_rows = sipas__estimation_rows(estimation), n_nodes = sipas_instrument_count_nodes(instrument);
    sipas_table *table = sipas__table_new(estimation->ctx, n_rows);
    const int32_t node = sipas__table_add_field(table, &sipas__schema_index, "node");
    const char **names = sipas__alloc(estimation->ctx, n_nodes, sizeof *names);
    const sipas__report report = {.confidence = own->level, .names = names};
    sipas_status status = names ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t k = 0; names && k < n_nodes; k++) names[k] = sipas_instrument_get_node(instrument, k)->code;
    for (int64_t k = 0; names && k < n_nodes; k++)
        sipas__table_fill_code(table, node, k * (n_rows / n_nodes), n_rows / n_nodes, names[k]);
    write_meta(table, instrument, own);
    if (status == SIPAS_OK) status = sipas__estimation_report(estimation, &report, table, &sipas__schema_index, err);
    sipas__free(estimation->ctx, names);
    return sipas__table_close(table, status, out, err);
}

/* ---- the call ---- */

static sipas_status estimate_index(const sipas_design *design, const sipas_instrument *instrument,
                                   const sipas_column *columns, sipas_domains *domains, const sipas_index_opts *own,
                                   sipas_table **out, sipas_error *err)
{
    sipas__domain domain = {0};
    sipas__answers answers = {0};
    sipas__estimation estimation = {0};
    sipas__request request = {0};
    double *size = NULL;
    sipas_status status = sipas__design_domains(design, domains, &domain, err);

    if (status < 0) return status;
    request.whole.source = -1;
    if (own->whole != SIPAS_WHOLE_POOLED) {
        request.whole.source = domain.n_levels - 1;
        request.n_levels = domain.n_levels - 1;
        status = check_units(&domain, own, err);
    }
    if (status == SIPAS_OK && own->whole == SIPAS_WHOLE_POPULATION) {
        size = sipas__alloc(design->ctx, domain.level[domain.n_levels - 1].n_groups, sizeof *size);
        status = size ? match_populations(&domain, own, size, err) : sipas__error_memory(err);
        request.whole.size = size;
    }
    if (status == SIPAS_OK)
        status = sipas__answers_init(&answers, design->ctx, instrument, columns, design->n, own, err);
    if (status == SIPAS_OK) {
        request.design = design;
        request.domain = &domain;
        request.source = &answers.source;
        request.nodes = &answers.nodes;
        request.deff = own->deff;
        request.cov = own->cov;
        status = sipas__estimation_init(&estimation, &request, err);
    }
    if (status == SIPAS_OK) status = write_table(&estimation, instrument, own, out, err);
    sipas__estimation_clear(&estimation);
    sipas__answers_clear(&answers);
    sipas__free(design->ctx, size);
    sipas__domain_clear(&domain);
    return status;
}

sipas_status sipas_index_estimate(const sipas_design *design, const sipas_instrument *instrument,
                                  const sipas_column *answers, const sipas_domains *domains,
                                  const sipas_index_opts *opts, sipas_table **out, sipas_error *err)
{
    sipas_index_opts own;
    sipas_domains own_domains;
    uint32_t levels[1025];
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if (!instrument) return sipas__error_argument(err, "instrument", "is NULL");
    if (!answers) return sipas__error_argument(err, "answers", "is NULL");
    if (sipas_instrument_count_items(instrument) > MOST_ITEMS)
        return sipas__error_argument(err, "instrument", "has more than 2048 items");
    if ((status = load_options(&own, opts, err)) < 0) return status;
    if ((status = sipas__options_load(&own_domains, sizeof own_domains, domains, "sipas_domains", err)) < 0)
        return status;
    if ((status = sipas__options_check("n_by", own_domains.n_by, 0, SIPAS__MOST_BY, err)) < 0) return status;
    if ((status = sipas__options_check("n_levels", own_domains.n_levels, 0, 1023, err)) < 0) return status;
    if (own_domains.n_levels && !own_domains.levels)
        return sipas__error_argument(err, "levels", "is NULL though n_levels is not 0");
    if (own.whole != SIPAS_WHOLE_POOLED && (status = add_unit_level(&own_domains, &own, levels, err)) < 0)
        return status;
    return estimate_index(design, instrument, answers, &own_domains, &own, out, err);
}
