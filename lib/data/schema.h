/**
 * @file data/schema.h
 * The schemas of all calls: one place from which docs, tests and bindings read them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_DATA_SCHEMA_H
#define SIPAS_DATA_SCHEMA_H

#include <sipas/table.h>

extern const sipas_schema sipas__schema_notes;
extern const sipas_schema sipas__schema_design;
extern const sipas_schema sipas__schema_estimate;
extern const sipas_schema sipas__schema_proportion;
extern const sipas_schema sipas__schema_contrast;
extern const sipas_schema sipas__schema_moment;
extern const sipas_schema sipas__schema_alpha;
extern const sipas_schema sipas__schema_quantile;
extern const sipas_schema sipas__schema_index;
extern const sipas_schema sipas__schema_league;
extern const sipas_schema sipas__schema_size;
extern const sipas_schema sipas__schema_precision;
extern const sipas_schema sipas__schema_stages;
extern const sipas_schema sipas__schema_components;
extern const sipas_schema sipas__schema_precision_ranking;
extern const sipas_schema sipas__schema_allocation;
extern const sipas_schema sipas__schema_expectation;
extern const sipas_schema sipas__schema_comparison;
extern const sipas_schema sipas__schema_strata;
extern const sipas_schema sipas__schema_allocation_multi;
extern const sipas_schema sipas__schema_allocation_precision;
extern const sipas_schema sipas__schema_allocation_gain;
extern const sipas_schema sipas__schema_allocation_tree;
extern const sipas_schema sipas__schema_response;
extern const sipas_schema sipas__schema_frame;
extern const sipas_schema sipas__schema_frame_impute;
extern const sipas_schema sipas__schema_draw;
extern const sipas_schema sipas__schema_plan;

#endif
