/*
 * Quota tables: rows (group, class) → n, reserves, sorted so that a group finds its own by binary search, and falls back on
 * those that name no group.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "data/column.h"
#include "data/measure.h"
#include "select/select.h"

enum { NO_UNIT_HAS_IT = -2, SHOWN_NAME = 160 };

/* Rows while they are being sorted: label of the class (its place among the table's labels), or SIPAS__ANY. */
typedef struct draft {
    int64_t *group, *wanted, *reserve;
    const sipas__labels *labels;
    int32_t *found; /* number of each label among the units' classes */
} draft;

static int32_t label_of(const draft *rows, int64_t row)
{
    return rows->labels->of ? rows->labels->of[row] : SIPAS__ANY;
}

static int compare_rows(const void *things, int64_t left, int64_t right)
{
    const draft *rows = things;
    int32_t a = label_of(rows, left), b = label_of(rows, right);

    if (a == b) return 0;
    if (a == SIPAS__ANY || b == SIPAS__ANY) return a == SIPAS__ANY ? 1 : -1;
    return a < b ? -1 : 1;
}

/* Groups by label: each row's text must be a group's. */
static sipas_status groups_by_label(const sipas_ctx *ctx, const sipas__select_quota_columns *columns, int64_t n,
                                    int64_t *group, sipas_error *err)
{
    sipas__labels labels = {0};
    int32_t *found = NULL;
    sipas_status status = sipas__labels_read(&labels, ctx, columns->group_labels, n, SIPAS__CODES, "quota_stratum", 1,
                                             err);

    if (status < 0) goto done;
    found = sipas__alloc(ctx, labels.n_texts, sizeof *found);
    if (!found || !sipas__labels_match(ctx, &labels, columns->groups, found)) {
        status = sipas__error_memory(err);
        goto done;
    }
    for (int64_t i = 0; i < n; i++) {
        group[i] = labels.of[i] < 0 ? SIPAS__ANY : found[labels.of[i]];
        if (labels.of[i] < 0 || group[i] >= 0) continue;
        status = sipas__error_set(err, SIPAS_ERR_NOT_FOUND, i, SIPAS__NOWHERE, labels.texts[labels.of[i]],
                                  "quota %lld is for stratum \"%s\", which is not there", (long long)i,
                                  labels.texts[labels.of[i]]);
        goto done;
    }
done:
    sipas__labels_clear(ctx, &labels);
    sipas__free(ctx, found);
    return status;
}

static sipas_status groups_by_unit(const sipas__select_quota_columns *columns, int64_t n, int64_t *group,
                                   sipas_error *err)
{
    sipas_status status = sipas__column_check(columns->group_units, n, SIPAS__NUMBERS, "quota_parent", err);

    if (status < 0) return status;
    for (int64_t i = 0; i < n; i++) {
        int64_t unit = -1;
        int state = sipas__column_whole(columns->group_units, i, &unit);

        group[i] = state == 0 ? SIPAS__ANY : unit;
        if (state == 0 || (state > 0 && unit >= 0 && unit < columns->n_units)) continue;
        return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, i, SIPAS__NOWHERE, "quota_parent",
                                "quota %lld is for unit %.17g, which is not there", (long long)i,
                                sipas__column_f64(columns->group_units, i));
    }
    return SIPAS_OK;
}

static sipas_status read_groups(const sipas_ctx *ctx, const sipas__select_quota_columns *columns, int64_t n,
                                int64_t *group, sipas_error *err)
{
    for (int64_t i = 0; i < n; i++) group[i] = SIPAS__ANY;
    if (sipas__column_given(columns->group_labels)) return groups_by_label(ctx, columns, n, group, err);
    if (sipas__column_given(columns->group_units)) return groups_by_unit(columns, n, group, err);
    return SIPAS_OK;
}

static sipas_status read_counts(const sipas__select_quota_columns *columns, int64_t n, int64_t *wanted,
                                int64_t *reserve, sipas_error *err)
{
    sipas_status status = sipas__measure_read_whole(columns->n, n, "quota_n", NULL, SIPAS__MAY_BE_ZERO, wanted, err);

    for (int64_t i = 0; i < n; i++) reserve[i] = -1;
    if (status < 0 || !sipas__column_given(columns->reserve)) return status;
    status = sipas__column_check(columns->reserve, n, SIPAS__NUMBERS, "quota_reserve", err);
    if (status < 0) return status;
    for (int64_t i = 0; i < n; i++)
        if (sipas__column_whole(columns->reserve, i, &reserve[i]) < 0 || reserve[i] < -1 ||
            (reserve[i] == -1 && sipas__column_present(columns->reserve, i)))
            return sipas__error_set(err, SIPAS_ERR_VALUE, i, SIPAS__NOWHERE, "quota_reserve",
                                    "row %lld: quota_reserve is %.17g, not a whole number of 0 or more", (long long)i,
                                    sipas__column_f64(columns->reserve, i));
    return SIPAS_OK;
}

/* Two rows for the same units, which are named. */
static sipas_status same_units(const sipas__select_quotas *quotas, const sipas__select_quota_columns *columns,
                               int64_t i, const int64_t row[2], sipas_error *err)
{
    const int64_t group = quotas->group[i];
    const char *unit_class = quotas->class_name[i],
               *stratum = group >= 0 && columns->groups ? columns->groups->texts[group] : NULL;
    const char *item = stratum ? stratum : unit_class ? unit_class : columns->class_column;
    char name[SHOWN_NAME] = "every group that no row names", number[32];

    (void)sipas__text_format(number, sizeof number, "unit %lld", (long long)group);
    if (group >= 0)
        (void)sipas__text_format(name, sizeof name, "%s%.100s", stratum ? "stratum " : "", stratum ? stratum : number);
    return sipas__error_set(err, SIPAS_ERR_DUPLICATE, row[1], SIPAS__NOWHERE, item,
                            "quotas %lld and %lld are for the same units: %s%s%.100s", (long long)row[0],
                            (long long)row[1], name, unit_class ? ", class " : "", unit_class ? unit_class : "");
}

/* Lays the rows down in order; refuses two for one class of a group. */
static sipas_status order_rows(sipas__select_quotas *quotas, const sipas__select_quota_columns *columns,
                               const draft *rows, sipas__item *items, sipas_error *err)
{
    const int64_t n = quotas->n_rows;

    for (int64_t i = 0; i < n; i++) {
        items[i].key = (uint64_t)(rows->group[i] + 1);
        items[i].index = i;
    }
    sipas__order_sort(items, items + n, n, compare_rows, rows);
    for (int64_t i = 0; i < n; i++) {
        int64_t row = items[i].index;
        int32_t label = label_of(rows, row);

        quotas->group[i] = rows->group[row];
        quotas->n[i] = rows->wanted[row];
        quotas->reserve[i] = rows->reserve[row];
        quotas->class_name[i] = label < 0 ? NULL : quotas->labels.texts[label];
        quotas->unit_class[i] = label < 0 ? SIPAS__ANY : rows->found[label] < 0 ? NO_UNIT_HAS_IT : rows->found[label];
        if (i > 0 && items[i - 1].key == items[i].key && compare_rows(rows, items[i - 1].index, row) == 0)
            return same_units(quotas, columns, i, (int64_t[]){items[i - 1].index, row}, err);
    }
    return SIPAS_OK;
}

sipas_status sipas__select_quotas_read(sipas__select_quotas *quotas, const sipas_ctx *ctx,
                                       const sipas__select_quota_columns *columns, sipas_error *err)
{
    const int64_t n = columns->n->n;
    int64_t *group = sipas__alloc(ctx, n, sizeof *group), *wanted = sipas__alloc(ctx, n, sizeof *wanted);
    int64_t *reserve = sipas__alloc(ctx, n, sizeof *reserve);
    sipas__item *items = sipas__alloc(ctx, 2 * n, sizeof *items);
    int32_t *found = NULL;
    draft rows = {group, wanted, reserve, &quotas->labels, NULL};
    sipas_status status;

    memset(quotas, 0, sizeof *quotas);
    quotas->n_rows = n;
    quotas->group = sipas__alloc(ctx, n, sizeof *quotas->group);
    quotas->unit_class = sipas__alloc(ctx, n, sizeof *quotas->unit_class);
    quotas->class_name = sipas__alloc(ctx, n, sizeof *quotas->class_name);
    quotas->n = sipas__alloc(ctx, n, sizeof *quotas->n);
    quotas->reserve = sipas__alloc(ctx, n, sizeof *quotas->reserve);
    status = group && wanted && reserve && items && quotas->group && quotas->unit_class && quotas->class_name &&
                     quotas->n && quotas->reserve
                 ? SIPAS_OK
                 : sipas__error_memory(err);
    if (status == SIPAS_OK) status = read_groups(ctx, columns, n, group, err);
    if (status == SIPAS_OK) status = read_counts(columns, n, wanted, reserve, err);
    if (status == SIPAS_OK)
        status = sipas__labels_read(&quotas->labels, ctx, columns->unit_class, n, SIPAS__CODES, columns->class_column,
                                    1, err);
    if (status < 0) goto fail;
    found = sipas__alloc(ctx, quotas->labels.n_texts, sizeof *found);
    if (!found || !sipas__labels_match(ctx, &quotas->labels, columns->classes, found)) {
        status = sipas__error_memory(err);
        goto fail;
    }
    rows.found = found;
    status = order_rows(quotas, columns, &rows, items, err);
fail:
    sipas__free(ctx, group);
    sipas__free(ctx, wanted);
    sipas__free(ctx, reserve);
    sipas__free(ctx, items);
    sipas__free(ctx, found);
    if (status < 0) sipas__select_quotas_clear(ctx, quotas);
    return status;
}

/* First row whose group is not below `group`. */
static int64_t lower_bound(const sipas__select_quotas *quotas, int64_t group)
{
    int64_t low = 0, high = quotas->n_rows;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (quotas->group[middle] < group)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t sipas__select_quotas_find(const sipas__select_quotas *quotas, int64_t group, int64_t *n)
{
    int64_t first = lower_bound(quotas, group), end = lower_bound(quotas, group + 1);

    if (first == end) {
        first = 0;
        end = lower_bound(quotas, 0);
    }
    *n = end - first;
    return first;
}

int64_t sipas__select_quotas_want(const sipas__select_quotas *quotas, int64_t group)
{
    int64_t n, wanted = 0, first;

    if (!quotas->group) return 0;
    first = sipas__select_quotas_find(quotas, group, &n);
    for (int64_t i = first; i < first + n; i++)
        if (quotas->group[i] == group) wanted += quotas->n[i] + (quotas->reserve[i] > 0 ? quotas->reserve[i] : 0);
    return wanted;
}

void sipas__select_quotas_clear(const sipas_ctx *ctx, sipas__select_quotas *quotas)
{
    sipas__labels_clear(ctx, &quotas->labels);
    sipas__free(ctx, quotas->group);
    sipas__free(ctx, quotas->unit_class);
    sipas__free(ctx, (void *)quotas->class_name);
    sipas__free(ctx, quotas->n);
    sipas__free(ctx, quotas->reserve);
    memset(quotas, 0, sizeof *quotas);
}
