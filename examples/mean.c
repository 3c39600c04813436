/*
 * One mean with its interval: what eight answers say of everyone, and how sure that is.
 *
 * Two strata (town, country), in each of them two villages drawn, in each village two people asked. A person in the country stands
 * for twice as many as one in the town. Answers within a village are alike, so what counts is how the villages differ: a design that
 * knows strata and villages gives an honest interval, one that takes the eight for a simple random sample does not.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include <sipas.h>

enum { PEOPLE = 8 };

static const double weight[PEOPLE] = {10, 10, 10, 10, 20, 20, 20, 20};
static const int32_t stratum[PEOPLE] = {1, 1, 1, 1, 2, 2, 2, 2}, village[PEOPLE] = {1, 1, 2, 2, 3, 3, 4, 4};
static const int8_t answer[PEOPLE] = {5, 4, 3, 4, 2, 4, 5, 5};

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
    const double *mean, *se, *lower, *upper;

    /* A column is a view of an array: nothing is copied. */
    const sipas_column w = sipas_column_f64(weight, PEOPLE), h = sipas_column_i32(stratum, PEOPLE),
                       psu = sipas_column_i32(village, PEOPLE), y = sipas_column_i8(answer, PEOPLE);

    must(sipas_design_new(NULL, PEOPLE, &w, &h, &psu, 1, NULL, NULL, &design, &err), &err);
    must(sipas_estimate_mean(design, &y, 1, NULL, NULL, &table, &err), &err);
    must(sipas_table_get_f64(table, "estimate", &mean, &err), &err);
    must(sipas_table_get_f64(table, "se", &se, &err), &err);
    must(sipas_table_get_f64(table, "lower", &lower, &err), &err);
    must(sipas_table_get_f64(table, "upper", &upper, &err), &err);
    printf("mean %.2f, standard error %.4f, with 95 %% confidence from %.2f to %.2f\n", mean[0], se[0], lower[0],
           upper[0]);

    sipas_table_free(table);
    sipas_design_free(design);
    return EXIT_SUCCESS;
}
