/*
 * A part of a sample: what the women say, under the design of all who were asked.
 *
 * It was people that were drawn, not women: how many women a village brings is chance, and belongs into the standard error. So the women
 * are a subset of the design, as in R, and not a data set of their own, which would forget the last village.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include <sipas.h>

enum { PEOPLE = 12 };

/* Four villages of three people; nobody asked in the last one is a woman. */
static const int32_t village[PEOPLE] = {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};
static const double weight[PEOPLE] = {20, 20, 20, 30, 30, 30, 25, 25, 25, 25, 25, 25};
static const uint8_t is_woman[PEOPLE] = {1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0};
static const double points[PEOPLE] = {60, 80, 70, 75, 65, 60, 85, 80, 90, 55, 60, 50};

static void must(sipas_status status, const sipas_error *err)
{
    if (status == SIPAS_OK) return;
    fprintf(stderr, "%s\n", err->message);
    exit(EXIT_FAILURE);
}

static void print_mean(const char *who, const sipas_design *design)
{
    const sipas_column y = sipas_column_f64(points, PEOPLE);
    const double *mean, *se;
    sipas_table *table = NULL;
    sipas_error err = {0};

    must(sipas_estimate_mean(design, &y, 1, NULL, NULL, &table, &err), &err);
    must(sipas_table_get_f64(table, "estimate", &mean, &err), &err);
    must(sipas_table_get_f64(table, "se", &se, &err), &err);
    printf("%s: %.2f points, standard error %.2f\n", who, mean[0], se[0]);
    sipas_table_free(table);
}

int main(void)
{
    const sipas_column weights = sipas_column_f64(weight, PEOPLE), villages = sipas_column_i32(village, PEOPLE),
                       women = sipas_column_bool(is_woman, PEOPLE);
    sipas_design *all = NULL, *part = NULL;
    sipas_error err = {0};

    must(sipas_design_new(NULL, PEOPLE, &weights, NULL, &villages, 1, NULL, NULL, &all, &err), &err);
    must(sipas_design_subset(all, &women, &part, &err), &err);
    print_mean("all", all);
    print_mean("women", part);
    sipas_design_free(all); /* the part holds what it needs of it */
    sipas_design_free(part);
    return EXIT_SUCCESS;
}
