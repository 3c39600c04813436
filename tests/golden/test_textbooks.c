/*
 * Textbook samples: golden/textbooks.tsv, which names its sources, through means, totals, ratios, design effects and
 * quantiles.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sipas.h>

#include "assert_close.h"
#include "calls.h"
#include "golden.h"
#include "golden_design.h"
#include "result.h"

enum { MOST = 2 };

static sipas_table *run_row(golden_table *data, const golden_table *table, size_t at, const sipas_design *design)
{
    const char *estimator = golden_text(table, at, "estimator"), *statistic = golden_text(table, at, "statistic");
    sipas_estimate_opts opts = SIPAS_ESTIMATE_OPTS_INIT;
    sipas_column y[MOST] = {{0}};
    sipas_table *result = NULL;
    sipas_error err;

    (void)golden_columns(data, golden_text(table, at, "variable"), y, MOST, 0);
    opts.deff = strcmp(statistic, "deff_wr") == 0 ? SIPAS_DEFF_WR : SIPAS_DEFF_WOR;
    if (strncmp(estimator, "quantile=", 9) == 0) {
        const double p = strtod(estimator + 9, NULL);
        sipas_estimate_quantile_opts own = SIPAS_ESTIMATE_QUANTILE_OPTS_INIT;

        own.centre = SIPAS_QUANTILE_CENTRE_ESTIMATE; /* as svyquantile has it */
        check(sipas_estimate_quantile(design, y, 1, &p, 1, NULL, &own, &result, &err), &err);
        return result;
    }
    return estimate(design,
                    strcmp(estimator, "ratio") == 0   ? RATIO
                    : strcmp(estimator, "total") == 0 ? TOTAL
                                                      : MEAN,
                    y, &y[1], 1, NULL, &opts);
}

static void test_textbooks(void **state)
{
    golden_table *table = golden_read("golden/textbooks.tsv");

    (void)state;
    assert_int_equal(golden_count(table), 69);
    for (size_t at = 0; at < golden_count(table); at++) {
        const char *statistic = golden_text(table, at, "statistic");
        char path[128];
        golden_table *data;
        sipas_design *design;
        sipas_table *result;

        (void)snprintf(path, sizeof path, "golden/data/%s", golden_text(table, at, "data"));
        data = golden_read(path);
        design = golden_design(data, golden_text(table, at, "ids"), golden_text(table, at, "strata"),
                               golden_text(table, at, "weights"), golden_text(table, at, "fpc"));
        result = run_row(data, table, at, design);
        assert_close(real(result, strncmp(statistic, "deff", 4) == 0 ? "deff" : statistic, 0),
                     golden_number(table, at, "value"), golden_number(table, at, "tolerance"));
        sipas_table_free(result);
        sipas_design_free(design);
        golden_free(data);
    }
    golden_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_textbooks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
