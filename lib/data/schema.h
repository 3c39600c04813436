/**
 * @file data/schema.h
 * The schemas of all calls: one place from which docs, tests and bindings read them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_SCHEMA_H
#define SIPAS_DATA_SCHEMA_H

#include <sipas/table.h>

extern const sipas_schema sipas__schema_notes, sipas__schema_design, sipas__schema_estimate, sipas__schema_proportion,
    sipas__schema_index, sipas__schema_league, sipas__schema_size, sipas__schema_allocation, sipas__schema_response,
    sipas__schema_frame, sipas__schema_frame_impute, sipas__schema_draw, sipas__schema_plan, sipas__schema_strata,
    sipas__schema_expectation, sipas__schema_comparison, sipas__schema_allocation_multi,
    sipas__schema_allocation_precision, sipas__schema_allocation_gain, sipas__schema_allocation_tree;

#endif
