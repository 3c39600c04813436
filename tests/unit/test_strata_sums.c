/*
 * Sums of any run of sorted values, against the definition in 64 bits, over all magnitudes and numbers of values.
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

#include "strata/strata.h"
#include "assert_close.h"
#include "base/context.h"

enum { MOST = 1100, RUNS = 200 };

static int64_t below(uint64_t *seed, int64_t limit)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((*seed >> 33) % (uint64_t)limit);
}

static void check_run(const sipas__strata *s, int64_t from, int64_t to)
{
    const sipas__stratum run = sipas__strata_of(s, from, to);
    const long double least = s->value[from], units = (long double)(s->below[to] - s->below[from]);
    long double off = 0.0L, squares = 0.0L;

    for (int64_t i = from; i < to; i++) off += (s->value[i] - least) * (long double)(s->below[i + 1] - s->below[i]);
    off /= units;
    for (int64_t i = from; i < to; i++) {
        const long double gap = s->value[i] - least - off;

        squares += gap * gap * (long double)(s->below[i + 1] - s->below[i]);
    }
    assert_int_equal(run.size, s->below[to] - s->below[from]);
    assert_true(run.least == s->value[from]);
    assert_close(run.off, (double)off, 1e-13);
    assert_close(run.squares, (double)squares, 1e-13);
}

static void runs_are_summed_at_all_magnitudes(void **state)
{
    (void)state;
    static double value[MOST];
    static int64_t units[MOST + 1];
    uint64_t seed = 77;

    for (int64_t n_values = 1; n_values <= MOST; n_values += 1 + n_values / 9) {
        sipas__strata s = {.n_values = n_values, .value = value, .below = units};
        const int64_t kind = below(&seed, 3);

        for (int64_t i = 0; i < n_values; i++) {
            value[i] = kind == 0   ? 1e12 + (double)i
                       : kind == 1 ? pow(10.0, 24.0 * (double)i / (double)MOST - 12.0)
                                   : (double)(i * i) + (i == n_values - 1 ? 1e12 : 0.0);
            units[i + 1] = units[i] + 1 + below(&seed, 50);
        }
        assert_true(sipas__strata_sum(&s));
        for (int run = 0; run < RUNS; run++) {
            const int64_t from = below(&seed, n_values);

            check_run(&s, from, from + 1 + below(&seed, n_values - from));
        }
        check_run(&s, 0, n_values);
        sipas__free(NULL, s.from_begin);
        sipas__free(NULL, s.to_end);
        sipas__free(NULL, s.of_blocks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_summed_at_all_magnitudes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
