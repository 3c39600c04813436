/**
 * @file select/plan.h
 * A multi-stage plan from within: read by plan_read.c, drawn by draw_plan.c, written by plan_table.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SELECT_PLAN_H
#define SIPAS_SELECT_PLAN_H

#include "data/unit.h"
#include "select/method.h"

enum {
    SIPAS__SELECT_STAGES = 8,
    SIPAS__WHOLE_TREE = -1, /* instead of a unit to draw below */
    SIPAS__NEXT_LEVEL = -1  /* instead of a level: the children */
};

/** A unit drawn, in its stage. */
typedef struct sipas__select_drawn {
    int32_t stage; /* from 0 */
    int64_t parent;
    double pi, pi_reserve; /* products */
    sipas__select_pick pick;
} sipas__select_drawn;

/** One stage as read, and its run. */
typedef struct sipas__select_stage {
    sipas_draw_stage own;
    const sipas_unit_tree *tree;
    int32_t level; /* number of the level, or SIPAS__NEXT_LEVEL */
    int keyed, key_is_text;
    const double *size; /* the tree's measure or own_size */
    double *own_size;
    uint8_t *certain;
    sipas__labels own_labels;
    const sipas__labels *classes; /* the tree's or own_labels; NULL = no strata */
    sipas__select_quotas quotas;
    sipas__select_run run;
    int64_t main, reserve; /* drawn */
} sipas__select_stage;

/** The whole plan: what it was given, and what came out. */
typedef struct sipas__select_plan {
    const sipas_ctx *ctx;
    const sipas_unit_tree *tree;
    sipas_draw_plan_opts opts;
    sipas__select_stage stages[SIPAS__SELECT_STAGES];
    int32_t n_stages;
    uint8_t *excluded; /* with all that lies below; NULL = none */
    char *path;        /* room for the longest path */
    int64_t *units;    /* room for the units below a parent */
    sipas__select_drawn *rows;
    int64_t n_rows, rows_capacity;
} sipas__select_plan;

/** Reads stages and options. On failure the plan is to be cleared all the same. */
sipas_status sipas__select_plan_read(sipas__select_plan *plan, const sipas_draw_stage *stages,
                                     const sipas_draw_plan_opts *opts, sipas_error *err);

/** True when a unit, or one above it, is out of the frame. */
int sipas__select_plan_excludes(const sipas__select_plan *plan, int64_t unit);

/** Lays the rows out as a table. */
sipas_status sipas__select_plan_write(const sipas__select_plan *plan, sipas_table **out, sipas_error *err);

/** Frees what a plan holds. */
void sipas__select_plan_clear(sipas__select_plan *plan);

#endif
