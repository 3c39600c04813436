/*
 * Running out of memory: weights.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "oom_survey.h"

static void run_response(attempt *a)
{
    const sipas_column w = sipas_column_f64(weight, ROWS), cell = sipas_column_code(province, ROWS),
                       responded = sipas_column_i8(answer, ROWS);
    double out[ROWS] = {0.0};
    sipas_table *cells = POISON(sipas_table, a);

    out[3] = -1.0;
    TRY_FOR(a, cells, sipas_weight_response(a->ctx, &w, &cell, &responded, out, &cells, &a->err));
    if (a->status < 0) assert_true(out[3] == -1.0); /* nothing is written */
    sipas_table_free(cells);
}

static void weight_response(void **state)
{
    (void)state;
    fail_each(run_response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(weight_response)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
