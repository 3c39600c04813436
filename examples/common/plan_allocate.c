/*
 * The aim of examples/plan and its rules, and the call of the library that meets them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "plan.h"

#include <errno.h>
#include <stdlib.h>

#include "number.h"
#include "refuse.h"

sipas_status plan_read_whole(const char *name, const char *text, int64_t *out, sipas_error *err)
{
    if (!text || (number_is_code(text, out) && *out >= 0)) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_ARGUMENT, "%s %.60s: give a whole number, at least 0", name, text);
}

sipas_status plan_read_positive(const char *name, const char *text, double *out, sipas_error *err)
{
    if (!text || (number_read(text, '.', out) && *out > 0)) return SIPAS_OK;
    return refuse(err, SIPAS_ERR_ARGUMENT, "%s %.60s: give a number greater than 0", name, text);
}

static sipas_status read_aim(const plan_request *r, plan_task *t, sipas_error *err)
{
    const int aims = !!r->total + !!r->budget + !!r->half_width;
    if (aims != 1)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s of --total, --budget and --half-width; see --help",
                      aims ? "give only one" : "give one");
    if (!r->size || !r->sd)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s is missing; see --help", r->size ? "--sd" : "--size");
    t->opts.method = r->method ? r->method : r->budget ? SIPAS_ALLOCATE_COST : SIPAS_ALLOCATE_NEYMAN;
    sipas_status status = plan_read_whole("--total", r->total, &t->total, err);
    if (status == 0) status = plan_read_positive("--budget", r->budget, &t->budget, err);
    if (status == 0) status = plan_read_positive("--half-width", r->half_width, &t->half_width, err);
    if (status == 0) status = plan_read_whole("--lower", r->lower, &t->opts.lower_value, err);
    if (status == 0) status = plan_read_whole("--upper", r->upper, &t->opts.upper_value, err);
    if (status == 0) status = plan_read_whole("--multiple", r->multiple, &t->opts.multiple, err);
    return status;
}

static void make_columns(plan_task *t)
{
    const plan_frame *f = &t->frame;

    t->code = sipas_column_code(f->code, f->n);
    t->size = sipas_column_f64(f->size, f->n);
    t->sd = sipas_column_f64(f->sd, f->n);
    t->mean = sipas_column_f64(f->mean, f->n);
    t->cost = sipas_column_f64(f->cost, f->n);
    t->fixed = sipas_column_f64(f->fixed, f->n);
    t->opts.code = &t->code;
    t->opts.sd = &t->sd;
    t->opts.mean = f->mean ? &t->mean : NULL;
    t->opts.cost = f->cost ? &t->cost : NULL;
    t->opts.fixed = f->fixed ? &t->fixed : NULL;
    t->opts.gains = 1;
}

static sipas_status ask(plan_task *t, sipas_error *err)
{
    sipas_allocate_target target = SIPAS_ALLOCATE_TARGET_INIT;
    const int64_t *n;
    sipas_status status;

    target.half_width = t->half_width;
    if (t->budget > 0)
        status = sipas_allocate_budget(NULL, t->budget, &t->size, &t->opts, &t->allocation, err);
    else if (t->half_width > 0)
        status = sipas_allocate_precision(NULL, &t->size, &target, &t->opts, &t->allocation, err);
    else
        status = sipas_allocate(NULL, t->total, &t->size, &t->opts, &t->allocation, err);
    if (status == 0) status = sipas_table_get_i64(t->allocation, "n", &n, err);
    if (status != 0) return status;
    for (int64_t i = 0; i < t->frame.n; i++) t->n_total += n[i];
    return SIPAS_OK;
}

sipas_status plan_allocate(const plan_request *r, plan_task *t, sipas_error *err)
{
    sipas_allocate_opts_init(&t->opts);
    sipas_status status = read_aim(r, t, err);
    if (status == 0) status = plan_read_frame(r, &t->frame, err);
    if (status != 0) return status;
    make_columns(t);
    status = ask(t, err);
    if (status != 0) sheet_place(t->frame.sheet, t->frame.row, t->frame.n, NULL, err);
    return status;
}
