/*
 * Instruments, built in and made up, the index over their question tree, and single scores.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "fuzz.h"

enum { MOST_NODES = 8, MOST_ITEMS = 45 };

static const char *some_code(fuzz *f)
{
    static const char *const codes[] = {"root", "A", "B", "a1", "a2", "b1", "", "\xff", "H\xC3\xA0"};

    return f->hostile && fuzz_once_in(f, 40) ? NULL : codes[fuzz_below(f, f->hostile ? 9 : 6)];
}

static sipas_instrument *made_up(fuzz *f, sipas_ctx *ctx)
{
    const int64_t n = (int64_t)fuzz_below(f, MOST_NODES + 1);
    sipas_node *nodes = fuzz_room(f, MOST_NODES * sizeof *nodes);
    sipas_instrument *instrument = NULL;
    sipas_error err;
    sipas_status status;

    for (int64_t i = 0; i < n; i++) {
        sipas_node *node = &nodes[i];

        node->code = some_code(f);
        node->parent = i == 0 ? NULL : some_code(f);
        node->name = node->name_vi = "x";
        node->weight = f->hostile ? fuzz_number(f) : 1.0;
        node->kind = fuzz_option(f, SIPAS_NODE_ITEM);
        node->type = fuzz_option(f, SIPAS_ITEM_YES_NO);
        node->role = fuzz_option(f, 2);
        node->levels = f->hostile && fuzz_once_in(f, 10) ? INT32_MAX : (int32_t)fuzz_below(f, 8);
        node->first_code = f->hostile && fuzz_once_in(f, 10) ? INT32_MAX - 3 : (int32_t)fuzz_below(f, 3);
        node->reversed = fuzz_option(f, 1);
        node->n_dont_know = fuzz_option(f, 2);
        node->dont_know[0] = 9;
        node->n_not_applicable = fuzz_option(f, 1);
        node->not_applicable[0] = 8;
    }
    for (int64_t i = 0; i < n; i++) {
        double score;

        status = sipas_index_score(&nodes[i], fuzz_option(f, SIPAS_SCORING_RESCALED), (int32_t)fuzz_below(f, 10),
                                   &score, &err);
        fuzz_check(f, "index_score", status, &err);
    }
    status = sipas_instrument_new(ctx, "own", "made up", nodes, n, &instrument, &err);
    fuzz_check(f, "instrument_new", status, &err);
    if (status < 0 && instrument) fuzz_finding(f, "a handle on failure", err.message);
    return status < 0 ? NULL : instrument;
}

/* Answers within the scales, but for a few. */
static const sipas_column *some_answers(fuzz *f, const sipas_instrument *instrument, int64_t n)
{
    sipas_column *answers = fuzz_room(f, MOST_ITEMS * sizeof *answers);
    int64_t item = 0;

    for (int64_t k = 0; k < sipas_instrument_count_nodes(instrument); k++) {
        const sipas_node *node = sipas_instrument_get_node(instrument, k);
        int8_t *codes = fuzz_room(f, (size_t)n);

        if (node->kind != SIPAS_NODE_ITEM || item == MOST_ITEMS) continue;
        for (int64_t i = 0; i < n; i++)
            codes[i] = (int8_t)(node->first_code + (int32_t)fuzz_below(f, (uint64_t)node->levels));
        if (f->hostile && fuzz_once_in(f, 20)) codes[fuzz_below(f, (uint64_t)n)] = (int8_t)fuzz_below(f, 256);
        answers[item] = sipas_column_i8(codes, n);
        if (fuzz_once_in(f, 20)) answers[item] = fuzz_column(f, n, FUZZ_NUMBERS);
        item++;
    }
    return answers;
}

static void estimate(fuzz *f, const sipas_instrument *instrument, sipas_ctx *ctx, int64_t n)
{
    const sipas_column *strata = fuzz_column_or_null(f, n, FUZZ_CODES, 2),
                       *psu = fuzz_column_or_null(f, n, FUZZ_CODES, 2);
    const sipas_column *by = fuzz_column_of(f, n, FUZZ_CODES);
    static const uint32_t levels[] = {0, 1};
    const int64_t groups = 1 + (int64_t)fuzz_below(f, 4);
    sipas_design_opts design_opts = SIPAS_DESIGN_OPTS_INIT;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_index_opts o = SIPAS_INDEX_OPTS_INIT;
    sipas_design *design = NULL;
    sipas_table *table = NULL;
    sipas_error err;
    sipas_status status;

    design_opts.lonely_psu = 2 + (int32_t)fuzz_below(f, 5);
    status = sipas_design_new(ctx, n, fuzz_column_or_null(f, n, FUZZ_NUMBERS, 2), strata, psu, psu != NULL, NULL,
                              &design_opts, &design, &err);
    fuzz_check(f, "design_new", status, &err);
    if (status < 0) return;
    domains.n_by = 1;
    domains.by = by;
    domains.levels = levels;
    domains.n_levels = (int32_t)fuzz_below(f, 3);
    domains.where = fuzz_column_or_null(f, n, FUZZ_FLAGS, 6);
    o.scoring = fuzz_option(f, SIPAS_SCORING_RESCALED);
    o.weighting = fuzz_option(f, SIPAS_WEIGHTING_EXPLICIT);
    o.missing = fuzz_option(f, 3);
    o.deff = fuzz_option(f, SIPAS_DEFF_WR);
    o.cov = fuzz_option(f, 1);
    o.unweighted = fuzz_option(f, 1);
    o.whole = fuzz_option(f, SIPAS_WHOLE_POPULATION);
    o.whole_by = fuzz_option(f, 2);
    o.population_code = fuzz_column_or_null(f, groups, FUZZ_CODES, 2);
    o.population = fuzz_column_or_null(f, groups, FUZZ_NUMBERS, 2);
    status = sipas_index_estimate(design, instrument, some_answers(f, instrument, n), &domains, &o, &table, &err);
    fuzz_check_table(f, "index_estimate", status, &err, table);
    sipas_design_free(design);
}

void fuzz_one(fuzz *f)
{
    static const char *const builtin[] = {"1001/2023", "2022"};
    const int64_t n = 1 + (int64_t)fuzz_below(f, fuzz_once_in(f, 4) ? 80 : 12);
    sipas_ctx *ctx = fuzz_ctx(f);
    sipas_instrument *own = fuzz_once_in(f, 2) ? made_up(f, ctx) : NULL;
    const sipas_instrument *instrument = own ? own : sipas_instrument_builtin(builtin[fuzz_below(f, 2)]);

    if (sipas_instrument_count_items(instrument) <= MOST_ITEMS) estimate(f, instrument, ctx, n);
    sipas_instrument_free(own);
    sipas_ctx_free(ctx);
}
