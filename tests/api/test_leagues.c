/*
 * From inclusion probabilities to a league table through the public face: weights, nonresponse, design, means by province,
 * ranks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "assert_close.h"

/* Three provinces as strata, four villages in each, ten people in each village. */
enum { PROVINCES = 3, VILLAGES = 4, PEOPLE = 10, ROWS = PROVINCES * VILLAGES * PEOPLE };

typedef struct survey {
    double village_prob[ROWS], person_prob[ROWS], weight[ROWS], adjusted[ROWS], satisfied[ROWS];
    int32_t province[ROWS], village[ROWS];
    uint8_t responded[ROWS];
} survey;

static void make_survey(survey *s)
{
    for (int i = 0; i < ROWS; i++) {
        s->province[i] = i / (VILLAGES * PEOPLE);
        s->village[i] = i / PEOPLE;
        s->village_prob[i] = 0.1 * (1 + s->province[i]);
        s->person_prob[i] = i % 2 ? 0.5 : 0.25;
        s->responded[i] = (uint8_t)(i * 13 % 10 != 0); /* nine of ten */
        s->satisfied[i] = (i * 37 + 11) % 100 < 50 + 18 * s->province[i];
    }
}

/* Weights, their adjustment within provinces, and what their spread costs. */
static void weigh(survey *s)
{
    const sipas_column prob[] = {sipas_column_f64(s->village_prob, ROWS), sipas_column_f64(s->person_prob, ROWS)};
    const sipas_column w = sipas_column_f64(s->weight, ROWS), adjusted = sipas_column_f64(s->adjusted, ROWS),
                       province = sipas_column_i32(s->province, ROWS),
                       responded = sipas_column_bool(s->responded, ROWS);
    sipas_table *cells = NULL;
    const double *rate;
    const int64_t *issued;
    double deff, n_eff, cv2;
    sipas_error err;

    if (sipas_weight_design(prob, 2, s->weight, &err) < 0) fail_msg("%s", err.message);
    assert_close(s->weight[0], 40.0, 1e-15);
    if (sipas_weight_response(NULL, &w, &province, &responded, s->adjusted, &cells, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(sipas_table_count_rows(cells), PROVINCES);
    assert_int_equal(sipas_table_get_f64(cells, "rate", &rate, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(cells, "issued", &issued, NULL), SIPAS_OK);
    assert_close(rate[1], 0.9, 1e-15);
    assert_int_equal(issued[2], VILLAGES * PEOPLE);
    sipas_table_free(cells);
    if (sipas_weight_kish(&adjusted, &deff, &n_eff, &cv2, &err) < 0) fail_msg("%s", err.message);
    assert_close(deff * n_eff, 0.9 * ROWS, 1e-12);
    assert_close(deff - cv2, 1.0, 1e-12);
}

static void from_probabilities_to_ranks(void **state)
{
    static survey s;
    sipas_column w, y, province, village;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    static const char *const names[] = {"province"};
    sipas_design *design = NULL;
    sipas_table *means = NULL, *league = NULL;
    const char *const *unit;
    const int64_t *rank, *lower, *upper;
    sipas_error err;

    (void)state;
    make_survey(&s);
    weigh(&s);
    w = sipas_column_f64(s.adjusted, ROWS);
    y = sipas_column_f64(s.satisfied, ROWS);
    province = sipas_column_i32(s.province, ROWS);
    village = sipas_column_i32(s.village, ROWS);
    domains.n_by = 1;
    domains.by = &province;
    domains.names = names;
    if (sipas_design_new(NULL, ROWS, &w, &province, &village, 1, NULL, NULL, &design, &err) < 0 ||
        sipas_estimate_mean(design, &y, 1, &domains, NULL, &means, &err) < 0 ||
        sipas_rank_league(NULL, means, NULL, &league, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(sipas_table_count_rows(league), PROVINCES);
    assert_int_equal(sipas_table_get_code(league, "unit", &unit, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(league, "rank", &rank, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(league, "rank_lower", &lower, NULL), SIPAS_OK);
    assert_int_equal(sipas_table_get_i64(league, "rank_upper", &upper, NULL), SIPAS_OK);
    assert_string_equal(unit[0], "2");
    assert_string_equal(unit[2], "0");
    for (int64_t i = 0; i < PROVINCES; i++) {
        assert_int_equal(rank[i], i + 1);
        assert_true(lower[i] >= 1 && lower[i] <= rank[i] && rank[i] <= upper[i] && upper[i] <= PROVINCES);
    }
    sipas_table_free(league);
    sipas_table_free(means);
    sipas_design_free(design);
}

/* The columns of a league are those of its published schema, in its order. */
static void a_league_follows_its_schema(void **state)
{
    static survey s;
    sipas_column y, province;
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_design *design = NULL;
    sipas_table *means = NULL, *league = NULL;
    const sipas_schema *schema = sipas_schema_get(0);

    (void)state;
    make_survey(&s);
    y = sipas_column_f64(s.satisfied, ROWS);
    province = sipas_column_i32(s.province, ROWS);
    domains.n_by = 1;
    domains.by = &province;
    assert_int_equal(sipas_design_new(NULL, ROWS, NULL, NULL, NULL, 0, NULL, NULL, &design, NULL), SIPAS_OK);
    assert_int_equal(sipas_estimate_mean(design, &y, 1, &domains, NULL, &means, NULL), SIPAS_OK);
    assert_int_equal(sipas_rank_league(NULL, means, NULL, &league, NULL), SIPAS_OK);
    for (int64_t i = 1; i < sipas_schema_count() && strcmp(schema->name, "league") != 0; i++)
        schema = sipas_schema_get(i);
    assert_string_equal(schema->name, "league");
    assert_int_equal(sipas_table_count_columns(league), schema->n_fields);
    for (int64_t i = 0; i < schema->n_fields; i++) {
        assert_string_equal(sipas_table_get_field(league, i)->name, schema->fields[i].name);
        assert_int_equal(sipas_table_get_field(league, i)->type, schema->fields[i].type);
    }
    sipas_table_free(league);
    sipas_table_free(means);
    sipas_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_probabilities_to_ranks),
        cmocka_unit_test(a_league_follows_its_schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
