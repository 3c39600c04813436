/**
 * @file plan.h
 * The parts of examples/plan: reading the frame, asking for an allocation, printing it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_PLAN_H
#define EXAMPLES_PLAN_H

#include <sipas.h>

#include "options.h"
#include "read_csv.h"

/** What is asked for, as words. NULL = not given. */
typedef struct plan_request {
    const char *file, *code, *size, *sd, *mean, *cost, *total, *budget, *half_width, *lower, *upper, *multiple, *fixed,
        *ranks;
    int32_t method; /**< SIPAS_ALLOCATE_; 0 = not given */
    option_texts where;
    sheet_how how; /**< how the file is read */
    int shipped;   /**< 1 = the file is one of examples/data */
    int help;
} plan_request;

/** The frame: one cell a unit. */
typedef struct plan_frame {
    sheet *sheet;
    int64_t n;
    int64_t *row; /**< of the sheet, for each unit */
    const char **code;
    double *size, *sd, *mean, *cost, *fixed; /**< NULL = not given */
} plan_frame;

/** The frame as columns, the options made of them, and what came of it. */
typedef struct plan_task {
    plan_frame frame;
    sipas_column code, size, sd, mean, cost, fixed;
    sipas_allocate_opts opts;
    int64_t total;
    double budget, half_width;
    sipas_table *allocation;
    int64_t n_total;
} plan_task;

/** Reads the frame: the rows that meet --where, its columns as codes and numbers. */
sipas_status plan_read_frame(const plan_request *r, plan_frame *f, sipas_error *err);

/** Notes units that look like a total of the others. */
void plan_note_totals(const plan_frame *f);

/** Frees what plan_read_frame() took. */
void plan_clear_frame(plan_frame *f);

/** Reads the aim and the rules, and asks the library for the allocation. */
sipas_status plan_allocate(const plan_request *r, plan_task *t, sipas_error *err);

/** Reads a whole number of at least 0, or a number above 0; a NULL text leaves *out as it is. `name` is that of the option. */
sipas_status plan_read_whole(const char *name, const char *text, int64_t *out, sipas_error *err);
sipas_status plan_read_positive(const char *name, const char *text, double *out, sipas_error *err);

/** Prints the allocation unit by unit, the proof that none is better, and every method for the same number. */
sipas_status plan_print(const plan_task *t, sipas_error *err);

/** Prints how many interviews in every unit would tell two ranks, "A,B", apart. */
sipas_status plan_print_ranks(const plan_task *t, const char *ranks, sipas_error *err);

#endif
