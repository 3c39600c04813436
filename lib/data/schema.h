/**
 * @file data/schema.h
 * The schemas of all calls: one place from which docs, tests and bindings read them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_SCHEMA_H
#define SIPAS_DATA_SCHEMA_H

#include <sipas/table.h>

/** The meaning of every `by` column of a result, by which it is told from the columns of the schema. */
#define SIPAS__BY_MEANING "code of the group"

extern const sipas_schema sipas__schema_notes, sipas__schema_design, sipas__schema_estimate, sipas__schema_proportion,
    sipas__schema_index, sipas__schema_league, sipas__schema_size, sipas__schema_allocation, sipas__schema_response,
    sipas__schema_frame, sipas__schema_frame_impute, sipas__schema_draw, sipas__schema_plan, sipas__schema_contrast,
    sipas__schema_moment, sipas__schema_alpha;

#endif
