/*
 * A program that knows the library from its installed files only: prints the version and Yamane's n of 20000 people at a
 * margin of 0.05, which is 20000 / (1 + 20000 · 0.0025) = 392.16, so 393.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas.h>
#include <stdio.h>

int main(void)
{
    const double people = 20000.0;
    sipas_column population = sipas_column_f64(&people, 1);
    sipas_size_opts opts = SIPAS_SIZE_OPTS_INIT;
    sipas_table *size = NULL;
    sipas_error err = {0};
    const int64_t *n = NULL;
    opts.method = SIPAS_SIZE_YAMANE;
    opts.margin = 0.05;
    if (sipas_size_proportion(NULL, &population, &opts, &size, &err) < 0 ||
        sipas_table_get_i64(size, "n", &n, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("%s %lld\n", sipas_version(), (long long)n[0]);
    sipas_table_free(size);
    return 0;
}
