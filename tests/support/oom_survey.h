/**
 * @file oom_survey.h
 * What the calls work on when memory runs out: 24 people in districts of three provinces, and a tree of twelve units.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_OOM_SURVEY_H
#define TESTS_OOM_SURVEY_H

#include "attempt.h"

enum { ROWS = 24, UNITS = 12 };

extern const char *const province[ROWS];
extern const int32_t district[ROWS];
extern const double weight[ROWS];
extern const double score[ROWS];
extern const int8_t answer[ROWS];
extern const double serial[ROWS];
extern const int64_t frame_size[ROWS];
extern const char *const unit_code[UNITS];
extern const char *const unit_parent[UNITS];
extern const char *const unit_level[UNITS];
extern const char *const unit_class[UNITS];
extern const double unit_people[UNITS];
extern const uint8_t people_known[2];
extern const int64_t unit_villages[UNITS];

/** Districts as PSUs in provinces, without replacement. */
sipas_design *make_design(attempt *a);

/** The units, with their people, of whom some are not known. */
sipas_unit_tree *make_tree(attempt *a);

/** Rows as PSUs in provinces. */
sipas_design *make_simple_design(attempt *a);

/** Provinces and the whole, by text and by number. */
typedef struct domain_parts {
    sipas_column by[2];
    uint32_t levels[3];
    sipas_domains domains;
} domain_parts;

const sipas_domains *make_domains(domain_parts *parts);

/** Design effects and covariances too. */
sipas_estimate_opts estimate_opts(void);

/** Means of the score by province, with covariances. */
sipas_table *make_estimates(attempt *a, const sipas_design *design);

#endif
