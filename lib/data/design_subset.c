/*
 * A subset of a design: a domain that every estimate is about, under the design of all rows. Strata, PSUs, stages and populations
 * stay those of the whole, since it is the whole that was drawn; rows outside count with z = 0, as those outside `where`.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "base/options.h"
#include "data/column.h"
#include "data/design.h"

/* The rows of `within` (NULL = all) that have the flag; returns how many there are. */
static int64_t meet(const sipas_column *flags, const uint8_t *within, int64_t n, uint8_t *out)
{
    int64_t count = 0;

    for (int64_t row = 0; row < n; row++) {
        int64_t flag = 0;

        out[row] = (!within || within[row]) && sipas__column_whole(flags, row, &flag) == 1 && flag != 0;
        count += out[row];
    }
    return count;
}

sipas_status sipas_design_subset(const sipas_design *design, const sipas_column *where, sipas_design **out,
                                 sipas_error *err)
{
    sipas_design *part;
    uint8_t *subset;
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!design) return sipas__error_argument(err, "design", "is NULL");
    if (!sipas__column_given(where)) return sipas__error_argument(err, "where", "is NULL");
    if ((status = sipas__column_check(where, design->n, SIPAS__FLAGS, "where", err)) < 0) return status;
    subset = sipas__alloc(design->ctx, design->n, 1);
    if (!subset || !(part = sipas__design_derive(design))) {
        sipas__free(design->ctx, subset);
        return sipas__error_memory(err);
    }
    part->n_subset = meet(where, design->subset, design->n, subset);
    part->subset = subset;
    part->owns |= SIPAS__OWNS_SUBSET;
    *out = part;
    return SIPAS_OK;
}

sipas_status sipas__design_domains(const sipas_design *design, const sipas_domains *opts, sipas__domain *domain,
                                   sipas_error *err)
{
    sipas_domains own;
    sipas_column both;
    uint8_t *rows = NULL;
    sipas_status status;

    if (!design->subset) return sipas__domain_init(domain, design->ctx, design->n, opts, err);
    memset(domain, 0, sizeof *domain);
    if ((status = sipas__options_load(&own, sizeof own, opts, "sipas_domains", err)) < 0) return status;
    both = sipas_column_bool(design->subset, design->n);
    if (sipas__column_given(own.where)) {
        if ((status = sipas__column_check(own.where, design->n, SIPAS__FLAGS, "where", err)) < 0) return status;
        if (!(rows = sipas__alloc(design->ctx, design->n, 1))) return sipas__error_memory(err);
        (void)meet(own.where, design->subset, design->n, rows);
        both = sipas_column_bool(rows, design->n);
    }
    own.struct_size = sizeof own;
    own.where = &both;
    status = sipas__domain_init(domain, design->ctx, design->n, &own, err);
    if (status < 0)
        sipas__free(design->ctx, rows);
    else
        domain->own_where = rows;
    return status;
}
