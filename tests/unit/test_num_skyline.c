/*
 * Systems within an envelope, against the residual of what was asked, and a matrix without full rank.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "assert_close.h"
#include "num/skyline.h"

enum { MOST = 40 };

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static double uniform(uint64_t *seed)
{
    return (double)next_random(seed) / 2147483648.0;
}

/* Random envelopes and cells, dominated by the diagonal: A x = b gives back x. */
static void solutions_solve(void **state)
{
    (void)state;
    uint64_t seed = 1966;

    for (int trial = 0; trial < 300; trial++) {
        const int64_t n = 1 + (int64_t)(next_random(&seed) % MOST);
        double dense[MOST][MOST] = {{0.0}}, x[MOST], b[MOST] = {0.0};
        int64_t first[MOST];
        sipas__skyline matrix;

        for (int64_t i = 0; i < n; i++) first[i] = (int64_t)(next_random(&seed) % (uint64_t)(i + 1));
        assert_true(sipas__skyline_init(&matrix, NULL, n, first));
        sipas__skyline_zero(&matrix);
        for (int64_t i = 0; i < n; i++) {
            x[i] = uniform(&seed) - 0.5;
            for (int64_t j = first[i]; j <= i; j++) {
                const double cell = i == j ? (double)n * (0.5 + uniform(&seed)) : uniform(&seed) - 0.5;

                dense[i][j] = dense[j][i] = cell;
                *sipas__skyline_at(&matrix, i, j) = cell;
            }
        }
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < n; j++) b[i] += dense[i][j] * x[j];
        sipas__skyline_factor(&matrix, 1e-14);
        sipas__skyline_solve(&matrix, b);
        for (int64_t i = 0; i < n; i++) assert_close_scaled(b[i], x[i], 1e-12, 1.0);
        sipas__skyline_clear(&matrix, NULL);
    }
}

/* Two rows that say the same: the pivot that is lost does not blow up. */
static void a_lost_pivot_stays_finite(void **state)
{
    (void)state;
    const int64_t first[] = {0, 0, 2};
    double b[] = {1.0, 1.0, 0.0};
    sipas__skyline matrix;

    assert_true(sipas__skyline_init(&matrix, NULL, 3, first));
    *sipas__skyline_at(&matrix, 0, 0) = *sipas__skyline_at(&matrix, 1, 0) = *sipas__skyline_at(&matrix, 1, 1) = 2.0;
    sipas__skyline_factor(&matrix, 1e-14);
    sipas__skyline_solve(&matrix, b);
    for (int i = 0; i < 3; i++) assert_true(isfinite(b[i]));
    assert_close(b[0] + b[1], 0.5, 1e-14);
    sipas__skyline_clear(&matrix, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solutions_solve),
        cmocka_unit_test(a_lost_pivot_stays_finite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
