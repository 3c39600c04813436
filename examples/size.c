/*
 * A size: how many people to ask, for a margin of error of five points, and how many doors that means.
 *
 * Three communes, each of which is to have a figure of its own. Yamane's formula n = N / (1 + N e²), which the practice in Viet Nam
 * knows, stands beside Cochran's, which says what it rests on: a share near one half, 95 % confidence, and every fifth person not
 * answering.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include <sipas.h>

enum { COMMUNES = 3 };

static const int64_t adults[COMMUNES] = {420, 3100, 15000};

static void must(sipas_status status, const sipas_error *err)
{
    if (status == SIPAS_OK) return;
    fprintf(stderr, "%s\n", err->message); /* one sentence; it names the row or the unit */
    exit(EXIT_FAILURE);
}

int main(void)
{
    sipas_error err = {0};
    sipas_size_opts yamane = SIPAS_SIZE_OPTS_INIT, cochran = SIPAS_SIZE_OPTS_INIT;
    sipas_table *simple = NULL, *full = NULL;
    const int64_t *n, *answers, *asked;
    const sipas_column population = sipas_column_i64(adults, COMMUNES);

    yamane.method = SIPAS_SIZE_YAMANE, yamane.margin = 0.05;
    cochran.method = SIPAS_SIZE_COCHRAN, cochran.margin = 0.05, cochran.p = 0.5, cochran.response = 0.8;
    must(sipas_size_proportion(NULL, &population, &yamane, &simple, &err), &err);
    must(sipas_size_proportion(NULL, &population, &cochran, &full, &err), &err);
    must(sipas_table_get_i64(simple, "n", &n, &err), &err);
    must(sipas_table_get_i64(full, "n", &answers, &err), &err);
    must(sipas_table_get_i64(full, "issued", &asked, &err), &err);
    for (int c = 0; c < COMMUNES; c++)
        printf("%lld adults: Yamane %lld; Cochran %lld answers, from %lld who are asked\n", (long long)adults[c],
               (long long)n[c], (long long)answers[c], (long long)asked[c]);

    sipas_table_free(full);
    sipas_table_free(simple);
    return EXIT_SUCCESS;
}
