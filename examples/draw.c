/*
 * A draw and its re-draw: ten of a hundred people, by a seed that is made public beforehand.
 *
 * Whether a person is drawn follows from the seed and the person's code alone. So anyone with the list and the seed draws the same ten
 * again, whatever the order of the list, on any machine; and nobody can have chosen them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sipas.h>

enum { PEOPLE = 100, DRAWN = 10 };

static int64_t person[PEOPLE];

static void must(sipas_status status, const sipas_error *err)
{
    if (status == SIPAS_OK) return;
    fprintf(stderr, "%s\n", err->message); /* one sentence; it names the row or the unit */
    exit(EXIT_FAILURE);
}

/* Draws, with the list forwards or backwards; the codes drawn are the table's. */
static const char *const *draw(uint64_t seed, int backwards, sipas_table **table)
{
    sipas_error err = {0};
    sipas_draw_opts how = SIPAS_DRAW_OPTS_INIT;
    sipas_column list = sipas_column_i64(person, PEOPLE);
    const char *const *drawn;

    if (backwards) list.data = person + PEOPLE - 1, list.stride = -list.stride;
    how.has_seed = 1, how.seed = seed, how.n = DRAWN;
    must(sipas_draw(NULL, &list, &how, table, &err), &err);
    must(sipas_table_get_code(*table, "code", &drawn, &err), &err);
    return drawn;
}

int main(void)
{
    sipas_error err = {0};
    sipas_table *first = NULL, *second = NULL, *other = NULL;
    const char *method, *frame;
    int same = 0, shared = 0;

    for (int i = 0; i < PEOPLE; i++) person[i] = 1001 + i;
    const char *const *drawn = draw(20241231, 0, &first), *const *again = draw(20241231, 1, &second),
                      *const *others = draw(20250101, 0, &other);

    printf("drawn:");
    for (int i = 0; i < DRAWN; i++) printf(" %s", drawn[i]);
    for (int i = 0; i < DRAWN; i++) same += strcmp(drawn[i], again[i]) == 0;
    for (int i = 0; i < DRAWN; i++)
        for (int j = 0; j < DRAWN; j++) shared += strcmp(drawn[i], others[j]) == 0;
    printf("\nagain, from the list backwards: %d of %d the same\n", same, DRAWN);
    printf("by another seed: %d of %d the same\n", shared, DRAWN);

    must(sipas_table_find_meta(first, "method", &method, &err), &err);
    must(sipas_table_find_meta(first, "frame", &frame, &err), &err);
    printf("receipt: method %s, seed 20241231, list %s\n", method, frame);

    sipas_table_free(other);
    sipas_table_free(second);
    sipas_table_free(first);
    return EXIT_SUCCESS;
}
