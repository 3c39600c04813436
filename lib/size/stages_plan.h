/**
 * @file size/stages_plan.h
 * A call about stages: what was given, and what it comes to.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SIZE_STAGES_PLAN_H
#define SIPAS_SIZE_STAGES_PLAN_H

#include <sipas/size.h>

#include "size/stages.h"

typedef struct sipas__stages_plan {
    sipas_size_stages_opts opts;
    sipas_size_stage given[SIPAS__SIZE_STAGES];
    char number[SIPAS__SIZE_STAGES][16];
    int32_t n_stages;
    sipas__stages own;
} sipas__stages_plan;

/** Name or number of a stage. */
const char *sipas__stage_name(const sipas__stages_plan *plan, int32_t stage);

/** Reads a call. With `need_target` n is sought and its bounds are found, otherwise each stage must have n. */
sipas_status sipas__stages_read(sipas__stages_plan *plan, const sipas_size_stage *stages, int32_t n_stages,
                                const sipas_size_stages_opts *opts, int need_target, sipas_error *err);

#endif
