/*
 * A share by province: how many of a hundred are satisfied, province by province, in one pass.
 *
 * Satisfied are those who answer 4 or 5. Three provinces; in each of them a simple random sample of people was asked, so the province is
 * the stratum, and the finite population correction says of how many people each sample speaks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include <sipas.h>

enum { PROVINCES = 3, PEOPLE = 60 };

/* How many gave the answers 1 to 5, and the people of the province. */
static const int counts[PROVINCES][5] = {{1, 2, 3, 8, 6}, {3, 5, 4, 6, 2}, {0, 1, 2, 7, 10}};
static const int64_t population[PROVINCES] = {1200, 800, 400};

static void must(sipas_status status, const sipas_error *err)
{
    if (status == SIPAS_OK) return;
    fprintf(stderr, "%s\n", err->message); /* one sentence; it names the row or the unit */
    exit(EXIT_FAILURE);
}

int main(void)
{
    sipas_error err = {0};
    sipas_design *design = NULL;
    sipas_table *table = NULL;
    const double *share, *lower, *upper;
    static const int64_t satisfied[] = {4, 5};
    static const char *const name = "province";
    int32_t province[PEOPLE];
    int64_t people_of[PEOPLE];
    int8_t answer[PEOPLE];
    int n = 0;

    for (int p = 0; p < PROVINCES; p++)
        for (int k = 0; k < 5; k++)
            for (int i = 0; i < counts[p][k]; i++, n++)
                province[n] = p + 1, people_of[n] = population[p], answer[n] = (int8_t)(k + 1);

    const sipas_column stratum = sipas_column_i32(province, PEOPLE), fpc = sipas_column_i64(people_of, PEOPLE),
                       y = sipas_column_i8(answer, PEOPLE), success = sipas_column_i64(satisfied, 2);
    sipas_domains by_province = SIPAS_DOMAINS_INIT;
    by_province.n_by = 1, by_province.by = &stratum, by_province.names = &name;

    /* No weights are given: they follow from the populations, 60, 40 and 20 people for each answer. */
    must(sipas_design_new(NULL, PEOPLE, NULL, &stratum, NULL, 0, &fpc, NULL, &design, &err), &err);
    must(sipas_estimate_proportion(design, &y, 1, &success, SIPAS_INTERVAL_LOGIT, &by_province, NULL, &table, &err),
         &err);
    must(sipas_table_get_f64(table, "estimate", &share, &err), &err);
    must(sipas_table_get_f64(table, "lower", &lower, &err), &err);
    must(sipas_table_get_f64(table, "upper", &upper, &err), &err);
    for (int p = 0; p < PROVINCES; p++)
        printf("province %d: %.1f %%, with 95 %% confidence from %.1f to %.1f\n", p + 1, 100 * share[p], 100 * lower[p],
               100 * upper[p]);

    sipas_table_free(table);
    sipas_design_free(design);
    return EXIT_SUCCESS;
}
