/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oom_survey.h"

const char *const province[ROWS] = {"HN", "HN", "HN", "HN", "HN", "HN", "HN", "HN", "LS", "LS", "LS", "LS",
                                    "LS", "LS", "LS", "LS", "AG", "AG", "AG", "AG", "AG", "AG", "AG", "AG"};
const int32_t district[ROWS] = {1, 1, 1, 2, 2, 2, 3, 3, 1, 1, 1, 2, 2, 2, 3, 3, 1, 1, 1, 2, 2, 2, 3, 3};
const double weight[ROWS] = {1, 2, 1, 2, 1, 2, 1, 2, 3, 1, 3, 1, 3, 1, 3, 1, 2, 2, 2, 2, 2, 2, 2, 2};
const double score[ROWS] = {3, 4, 5, 2, 3, 1, 4, 5, 3, 3, 2, 4, 1, 5, 4, 2, 5, 5, 4, 3, 4, 5, 2, 1};
const int8_t answer[ROWS] = {3, 4, 5, 2, 3, 1, 4, 5, 3, 3, 2, 4, 1, 5, 4, 2, 5, 5, 4, 3, 4, 5, 2, 1};
const double serial[ROWS] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};
const int64_t frame_size[ROWS] = {8, 8, 8, 8, 8, 8, 8, 8, 6, 6, 6, 6, 6, 6, 6, 6, 9, 9, 9, 9, 9, 9, 9, 9};

const char *const unit_code[UNITS] = {"VN", "HN", "LS", "AG", "a", "b", "c", "d", "e", "f", "g", "h"};
const char *const unit_parent[UNITS] = {NULL, "VN", "VN", "VN", "HN", "HN", "LS", "LS", "LS", "AG", "AG", "AG"};
const char *const unit_level[UNITS] = {"country", "province", "province", "province", "commune", "commune",
                                       "commune", "commune",  "commune",  "commune",  "commune", "commune"};
const char *const unit_class[UNITS] = {NULL,      "city", "mountain", "delta",   "ward",    "ward",
                                       "commune", "ward", "commune",  "commune", "commune", "ward"};
const double unit_people[UNITS] = {100, 40, 30, 30, 15, 25, 10, 12, 8, 9, 11, 10};
const uint8_t people_known[2] = {0x7F, 0x0D}; /* not of units 7 and 9 */
const int64_t unit_villages[UNITS] = {0, 0, 0, 0, 3, 4, 2, 2, 2, 3, 3, 2};

sipas_design *make_design(attempt *a)
{
    const sipas_column w = sipas_column_f64(weight, ROWS), strata = sipas_column_code(province, ROWS),
                       psu = sipas_column_i32(district, ROWS), fpc = sipas_column_i64(frame_size, ROWS);
    sipas_design *design = NULL;

    must(sipas_design_new(a->ctx, ROWS, &w, &strata, &psu, 1, &fpc, NULL, &design, &a->err), &a->err);
    return design;
}

sipas_unit_tree *make_tree(attempt *a)
{
    const sipas_column code = sipas_column_code(unit_code, UNITS), parent = sipas_column_code(unit_parent, UNITS),
                       level = sipas_column_code(unit_level, UNITS), class_of = sipas_column_code(unit_class, UNITS);
    static const char *const names[] = {"people"};
    sipas_column people = sipas_column_f64(unit_people, UNITS);
    sipas_unit_opts opts = SIPAS_UNIT_OPTS_INIT;
    sipas_unit_tree *tree = NULL;

    people.validity = people_known;
    opts.level = &level;
    opts.unit_class = &class_of;
    opts.measures = &people;
    opts.measure_names = names;
    opts.n_measures = 1;
    must(sipas_unit_tree_new(a->ctx, &code, &parent, &opts, &tree, &a->err), &a->err);
    return tree;
}

/* Rows are the units of the only stage: a path of its own through the variance. */
sipas_design *make_simple_design(attempt *a)
{
    const sipas_column w = sipas_column_f64(weight, ROWS), strata = sipas_column_code(province, ROWS);
    sipas_design *design = NULL;

    must(sipas_design_new(a->ctx, ROWS, &w, &strata, NULL, 0, NULL, NULL, &design, &a->err), &a->err);
    return design;
}

const sipas_domains *make_domains(domain_parts *parts)
{
    const sipas_domains initial = SIPAS_DOMAINS_INIT;

    parts->by[0] = sipas_column_code(province, ROWS);
    parts->by[1] = sipas_column_i32(district, ROWS);
    parts->levels[0] = 0;
    parts->levels[1] = 1;
    parts->levels[2] = 3;
    parts->domains = initial;
    parts->domains.n_by = 2;
    parts->domains.by = parts->by;
    parts->domains.n_levels = 3;
    parts->domains.levels = parts->levels;
    return &parts->domains;
}

sipas_estimate_opts estimate_opts(void)
{
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;

    opts.deff = SIPAS_DEFF_WOR;
    opts.cov = 1;
    return opts;
}

sipas_table *make_estimates(attempt *a, const sipas_design *design)
{
    const sipas_column y = sipas_column_f64(score, ROWS), by = sipas_column_code(province, ROWS);
    const sipas_estimate_opts opts = estimate_opts();
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_table *out = NULL;

    domains.n_by = 1;
    domains.by = &by;
    must(sipas_estimate_mean(design, &y, 1, &domains, &opts, &out, &a->err), &a->err);
    return out;
}
