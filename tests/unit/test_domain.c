/*
 * Domains: which cells and groups there are, in which order, under which names; who is in and who is out; and what is
 * refused.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "data/domain.h"
#include "failing_alloc.h"

/* Eight persons: province (text), sex (number), and a third column that says nothing new. */
enum { N = 8 };
static const char *const province[N] = {"HUE", "HN", "HN", "HUE", "DN", "HN", "DN", "HUE"};
static const int8_t sex[N] = {2, 1, 2, 2, 1, 1, 1, 2};
static const double wave[N] = {2024, 2024, 2024, 2024, 2024, 2024, 2024, 2024};
static const char *const names[] = {"province", "sex", "wave"};

static void set_by(sipas_domains *domains, sipas_column *by)
{
    by[0] = sipas_column_code(province, N);
    by[1] = sipas_column_i8(sex, N);
    by[2] = sipas_column_f64(wave, N);
    domains->n_by = 3;
    domains->by = by;
    domains->names = names;
}

static void init(sipas__domain *domain, const sipas_domains *domains)
{
    sipas_error err;

    if (sipas__domain_init(domain, NULL, N, domains, &err) < 0) fail_msg("%s", err.message);
}

/* The group of every row at a level, by label. */
static void check_groups(const sipas__domain *domain, int32_t level, const char *level_label, const char *const *of_row)
{
    int32_t cell[N];
    char label[64];

    sipas__domain_level_label(domain, level, label, sizeof label);
    assert_string_equal(label, level_label);
    sipas__domain_read(domain, 0, N, cell);
    for (int i = 0; i < N; i++) {
        sipas__domain_group_label(domain, level, domain->level[level].cell_group[cell[i]], label, sizeof label);
        assert_string_equal(label, of_row[i]);
    }
}

static void check_order(const sipas__domain *domain, int32_t level, int64_t n, const char *const *groups)
{
    char label[64];

    assert_int_equal(domain->level[level].n_groups, n);
    for (int64_t g = 0; g < n; g++) {
        sipas__domain_group_label(domain, level, g, label, sizeof label);
        assert_string_equal(label, groups[g]);
    }
}

static void test_the_whole(void **state)
{
    static const char *const whole[N] = {"", "", "", "", "", "", "", ""};
    static const uint32_t zero = 0;
    const sipas_domains none = SIPAS_DOMAINS_INIT;
    sipas_domains by_nothing = SIPAS_DOMAINS_INIT;
    const sipas_domains *given[3];
    sipas_column by[3];

    (void)state;
    set_by(&by_nothing, by);
    by_nothing.n_levels = 1;
    by_nothing.levels = &zero;
    given[0] = NULL;
    given[1] = &none;
    given[2] = &by_nothing;
    for (int i = 0; i < 3; i++) {
        sipas__domain domain;

        init(&domain, given[i]);
        assert_int_equal(domain.n_levels, 1);
        assert_int_equal(domain.level[0].n_groups, 1);
        check_groups(&domain, 0, "all", whole);
        sipas__domain_clear(&domain);
    }
}

/* Without levels: one level that crosses all. Only combinations that occur, the first column slowest. */
static void test_crossing(void **state)
{
    static const char *const of_row[N] = {"province=HUE sex=2 wave=2024", "province=HN sex=1 wave=2024",
                                          "province=HN sex=2 wave=2024",  "province=HUE sex=2 wave=2024",
                                          "province=DN sex=1 wave=2024",  "province=HN sex=1 wave=2024",
                                          "province=DN sex=1 wave=2024",  "province=HUE sex=2 wave=2024"};
    static const char *const order[] = {"province=DN sex=1 wave=2024", "province=HN sex=1 wave=2024",
                                        "province=HN sex=2 wave=2024", "province=HUE sex=2 wave=2024"};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_column by[3];
    sipas__domain domain;

    (void)state;
    set_by(&domains, by);
    init(&domain, &domains);
    assert_int_equal(domain.n_levels, 1);
    assert_int_equal(domain.n_cells, 4);
    check_groups(&domain, 0, "province*sex*wave", of_row);
    check_order(&domain, 0, 4, order);
    sipas__domain_clear(&domain);
}

static void test_levels(void **state)
{
    static const uint32_t levels[] = {2, 0, 1, 5, 3};
    static const char *const by_sex[N] = {"sex=2", "sex=1", "sex=2", "sex=2", "sex=1", "sex=1", "sex=1", "sex=2"};
    static const char *const whole[N] = {"", "", "", "", "", "", "", ""};
    static const char *const by_province[N] = {"province=HUE", "province=HN", "province=HN", "province=HUE",
                                               "province=DN",  "province=HN", "province=DN", "province=HUE"};
    static const char *const sexes[] = {"sex=1", "sex=2"},
                             *const provinces[] = {"province=DN", "province=HN", "province=HUE"},
                             *const both[] = {"province=DN wave=2024", "province=HN wave=2024",
                                              "province=HUE wave=2024"},
                             *const crossed[] = {"province=DN sex=1", "province=HN sex=1", "province=HN sex=2",
                                                 "province=HUE sex=2"};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_column by[3];
    sipas__domain domain;
    char label[64];

    (void)state;
    set_by(&domains, by);
    domains.n_levels = 5;
    domains.levels = levels;
    init(&domain, &domains);
    assert_int_equal(domain.n_levels, 5);
    check_groups(&domain, 0, "sex", by_sex);
    check_groups(&domain, 1, "all", whole);
    check_groups(&domain, 2, "province", by_province);
    check_order(&domain, 0, 2, sexes);
    check_order(&domain, 2, 3, provinces);
    check_order(&domain, 3, 3, both);
    check_order(&domain, 4, 4, crossed);
    sipas__domain_level_label(&domain, 3, label, sizeof label);
    assert_string_equal(label, "province*wave");
    sipas__domain_clear(&domain);
}

static void test_names_by_default(void **state)
{
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_column by[3];
    sipas__domain domain;
    char label[64];

    (void)state;
    set_by(&domains, by);
    domains.names = NULL;
    domains.n_by = 2;
    init(&domain, &domains);
    sipas__domain_group_label(&domain, 0, 0, label, sizeof label);
    assert_string_equal(label, "by1=DN by2=1");
    sipas__domain_clear(&domain);
}

/* Labels longer than their buffer are cut, not overrun. */
static void test_short_buffers(void **state)
{
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_column by[3];
    sipas__domain domain;
    char label[10];

    (void)state;
    set_by(&domains, by);
    init(&domain, &domains);
    sipas__domain_level_label(&domain, 0, label, sizeof label);
    assert_string_equal(label, "province*");
    sipas__domain_group_label(&domain, 0, 0, label, sizeof label);
    assert_string_equal(label, "province=");
    sipas__domain_clear(&domain);
}

/* ---- in and out ---- */

static void test_where(void **state)
{
    static const uint8_t flag[N] = {1, 0, 1, 2, 0, 1, 1, 1}, valid = 0xBF; /* row 6 is missing */
    static const int32_t mask[N] = {1, 0, -5, 7, 0, 1, 0, 1};
    static const double after[N] = {10, 0, 12, 13, 0, 15, 0, 17};
    sipas_column columns[2] = {sipas_column_bool(flag, N), sipas_column_i32(mask, N)};

    (void)state;
    columns[0].validity = &valid;
    for (int i = 0; i < 2; i++) {
        double weight[N] = {10, 11, 12, 13, 14, 15, 16, 17}, part[2] = {10, 11};
        sipas_domains domains = SIPAS_DOMAINS_INIT;
        sipas__domain domain;

        domains.where = &columns[i];
        init(&domain, &domains);
        sipas__domain_where(&domain, 0, N, weight);
        for (int r = 0; r < N; r++) assert_true(weight[r] == after[r]);
        sipas__domain_where(&domain, 5, 2, part); /* from any row on */
        assert_true(part[0] == 10.0 && part[1] == 0.0);
        sipas__domain_clear(&domain);
    }
}

/* ---- sorted rows are read run by run; the same cells come out as from scattered ones ---- */

static void test_runs(void **state)
{
    enum { ROWS = 20000, GROUP = 400 };
    static int32_t sorted[ROWS], inner[ROWS];
    sipas_column by[2] = {sipas_column_i32(sorted, ROWS), sipas_column_i32(inner, ROWS)};
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas__domain domain;
    int32_t cell[SIPAS__TILE];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        sorted[i] = 1000 - i / GROUP; /* 50 groups, descending */
        inner[i] = i % GROUP < 100;   /* two runs in each */
    }
    domains.n_by = 2;
    domains.by = by;
    assert_int_equal(sipas__domain_init(&domain, NULL, ROWS, &domains, NULL), SIPAS_OK);
    assert_int_equal(domain.n_cells, 100);
    for (int64_t row = 0; row < ROWS; row += 777) {
        const int64_t n = ROWS - row < 777 ? ROWS - row : 777;

        sipas__domain_read(&domain, row, n, cell);
        for (int64_t i = 0; i < n; i++)
            assert_int_equal(cell[i], 2 * (49 - (row + i) / GROUP) + ((row + i) % GROUP < 100));
    }
    sipas__domain_clear(&domain);
}

/* ---- what is refused ---- */

static void refuse(const sipas_domains *domains, sipas_status status, int64_t row, const char *name,
                   const char *sentence)
{
    sipas__domain domain;
    sipas_error err;

    assert_int_equal(sipas__domain_init(&domain, NULL, N, domains, &err), status);
    assert_int_equal(err.row, row);
    assert_string_equal(err.name, name);
    if (!strstr(err.message, sentence)) fail_msg("\"%s\" does not say \"%s\"", err.message, sentence);
}

static void test_refused(void **state)
{
    static const char *const gap[N] = {"a", "b", "c", NULL, "e", "f", "g", "h"};
    static const double half[N] = {1, 2, 3, 4, 5, 6.5, 7, 8};
    static const uint32_t unknown[] = {1, 8};
    sipas_column by[3], other;
    sipas_domains domains = SIPAS_DOMAINS_INIT;

    (void)state;
    set_by(&domains, by);
    by[1] = sipas_column_code(gap, N);
    refuse(&domains, SIPAS_ERR_MISSING, 3, "sex", "row 3: sex is missing");
    by[1] = sipas_column_f64(half, N);
    refuse(&domains, SIPAS_ERR_TYPE, 5, "sex", "6.5");
    by[1] = sipas_column_i8(sex, N - 1);
    refuse(&domains, SIPAS_ERR_LENGTH, -1, "sex", "7 rows where 8 are wanted");
    set_by(&domains, by);
    domains.n_levels = 2;
    refuse(&domains, SIPAS_ERR_ARGUMENT, -1, "levels", "NULL");
    domains.levels = unknown;
    refuse(&domains, SIPAS_ERR_OPTION, -1, "levels", "mask 8");
    domains.n_levels = -1;
    refuse(&domains, SIPAS_ERR_OPTION, -1, "n_levels", "-1");
    domains.n_levels = 0;
    domains.n_by = 33;
    refuse(&domains, SIPAS_ERR_OPTION, -1, "n_by", "33");
    domains.n_by = 3;
    domains.by = NULL;
    refuse(&domains, SIPAS_ERR_ARGUMENT, -1, "by", "NULL");
    set_by(&domains, by);
    other = sipas_column_f64(half, N);
    domains.where = &other;
    refuse(&domains, SIPAS_ERR_TYPE, -1, "where", "integer");
    other = sipas_column_i8(sex, 3);
    refuse(&domains, SIPAS_ERR_LENGTH, -1, "where", "3 rows");
    domains.struct_size = 0;
    refuse(&domains, SIPAS_ERR_OPTION, -1, "sipas_domains", "struct_size");
}

static void test_no_memory(void **state)
{
    static const uint32_t levels[] = {0, 1, 7};
    failing_alloc memory;
    sipas_ctx *ctx = failing_alloc_ctx(&memory);
    sipas_domains domains = SIPAS_DOMAINS_INIT;
    sipas_column by[3];
    sipas_status status = SIPAS_ERR_MEMORY;
    int64_t fail_at = 0;

    (void)state;
    set_by(&domains, by);
    domains.n_levels = 3;
    domains.levels = levels;
    for (; status != SIPAS_OK; fail_at++) {
        sipas__domain domain;

        failing_alloc_arm(&memory, fail_at);
        status = sipas__domain_init(&domain, ctx, N, &domains, NULL);
        assert_int_equal(status, memory.failed ? SIPAS_ERR_MEMORY : SIPAS_OK);
        if (status == SIPAS_OK) sipas__domain_clear(&domain);
        assert_int_equal(memory.held, 1);
    }
    assert_true(fail_at > 20);
    sipas_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_whole),     cmocka_unit_test(test_crossing),
        cmocka_unit_test(test_levels),        cmocka_unit_test(test_names_by_default),
        cmocka_unit_test(test_short_buffers), cmocka_unit_test(test_where),
        cmocka_unit_test(test_runs),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
