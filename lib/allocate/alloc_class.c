/*
 * The class table: every unit gets the number of its class (500 per rural district, 600 per town), and the
 * total is their sum.
 *
 * O(units + classes²): each class that occurs is looked up once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include <string.h>

#include "base/context.h"
#include "data/alike.h"
#include "data/codes.h"
#include "data/column.h"
#include "data/measure.h"

/* The table: classes and the number of each. */
typedef struct class_table {
    const sipas_column *code;
    int64_t *n, n_classes;
} class_table;

/* Line of a class; n_classes when it is not there. */
static int64_t find_class(const class_table *table, const char *wanted, int64_t from)
{
    char buffer[32];

    for (; from < table->n_classes; from++)
        if (strcmp(sipas__column_code_again(table->code, from, buffer), wanted) == 0) break;
    return from;
}

static sipas_status check_classes(const class_table *table, sipas_error *err)
{
    for (int64_t line = 0; line < table->n_classes; line++) {
        char buffer[32];
        const char *code = sipas__column_code_text(table->code, line, buffer);

        if (!code)
            return sipas__error_set(err, SIPAS_ERR_MISSING, line, SIPAS__NOWHERE, "class_code",
                                    "line %lld of the class table: the class is missing", (long long)line);
    }
    for (int64_t line = 0; line < table->n_classes; line++) {
        char buffer[32];
        const char *code = sipas__column_code_text(table->code, line, buffer);

        if (find_class(table, code, line + 1) < table->n_classes)
            return sipas__error_set(err, SIPAS_ERR_DUPLICATE, line, SIPAS__NOWHERE, code,
                                    "line %lld of the class table: class %s is there twice", (long long)line, code);
    }
    return SIPAS_OK;
}

static sipas_status read_table(const sipas__allocation *a, class_table *table, sipas_error *err)
{
    const sipas_allocate_opts *opts = &a->opts;
    sipas_status status;

    if (!opts->class_code) return sipas__error_argument(err, "class_code", "the class table needs it");
    table->code = opts->class_code;
    table->n_classes = opts->class_code->n;
    table->n = sipas__alloc(a->ctx, table->n_classes, sizeof *table->n);
    if (!table->n) return sipas__error_memory(err);
    status = sipas__column_check(opts->class_code, table->n_classes, SIPAS__CODES, "class_code", err);
    if (status == SIPAS_OK)
        status = sipas__measure_read_whole(opts->class_n, table->n_classes, "class_n", opts->class_code,
                                           SIPAS__MAY_BE_ZERO, table->n, err);
    return status < 0 ? status : check_classes(table, err);
}

/* The line of the table for each class that units have; -1 = none. */
static sipas_status match_classes(const sipas__allocation *a, const sipas__codes *classes, const class_table *table,
                                  int64_t **line, sipas_error *err)
{
    char buffer[32];

    *line = sipas__alloc(a->ctx, classes->n_levels, sizeof **line);
    if (!*line) return sipas__error_memory(err);
    for (int64_t level = 0; level < classes->n_levels; level++) {
        (*line)[level] = find_class(table, sipas__codes_label(classes, level, buffer), 0);
        if ((*line)[level] == table->n_classes) (*line)[level] = -1;
    }
    return SIPAS_OK;
}

static sipas_status give(sipas__allocation *a, const sipas__codes *classes, const class_table *table,
                         const int64_t *line, sipas_error *err)
{
    int32_t levels[SIPAS__TILE];
    char buffer[32];

    for (int64_t i = 0; i < a->n_units; i++) {
        int64_t at = i % SIPAS__TILE, left = a->n_units - i;

        if (at == 0) sipas__codes_read(classes, i, left < SIPAS__TILE ? left : SIPAS__TILE, levels);
        if (line[levels[at]] < 0)
            return sipas__unit_error(err, SIPAS_ERR_NOT_FOUND, a->opts.code, i,
                                     "its class \"%s\" is not in the class table",
                                     sipas__codes_label(classes, levels[at], buffer));
        a->n[i] = table->n[line[levels[at]]];
        if (a->n[i] < a->bounds.lower[i] || a->n[i] > a->bounds.upper[i])
            return sipas__unit_error(err, SIPAS_ERR_INFEASIBLE, a->opts.code, i, "its class \"%s\" gives %lld, %s",
                                     sipas__codes_label(classes, levels[at], buffer), (long long)a->n[i],
                                     a->n[i] < a->bounds.lower[i] ? "below its lower bound"
                                                                  : "above its upper bound or size");
        a->continuous[i] = (double)a->n[i];
    }
    return SIPAS_OK;
}

static sipas_status check_sum(sipas__allocation *a, sipas_error *err)
{
    int64_t sum = 0;

    for (int64_t i = 0; i < a->n_units; i++) sum = sipas__allocate_add(sum, a->n[i]);
    if (sum > SIPAS__TOTAL_MAX)
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "class_n",
                                "the class table gives more than 10^12 in all");
    if (a->total != SIPAS_ALLOCATE_NO_TOTAL && a->total != sum)
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "total",
                                "the class table gives %lld in all, but the total is %lld", (long long)sum,
                                (long long)a->total);
    a->total = sum;
    return SIPAS_OK;
}

sipas_status sipas__allocate_class(sipas__allocation *a, sipas_error *err)
{
    sipas__codes classes;
    class_table table = {NULL, NULL, 0};
    int64_t *line = NULL;
    sipas_status status;

    memset(&classes, 0, sizeof classes);
    status = read_table(a, &table, err);
    if (status == SIPAS_OK)
        status = sipas__codes_init(&classes, a->ctx, a->opts.unit_class, a->n_units, "unit_class", 0, err);
    if (status == SIPAS_OK) sipas__alike_note_codes(a->table, &classes, "unit_class");
    if (status == SIPAS_OK) status = match_classes(a, &classes, &table, &line, err);
    if (status == SIPAS_OK) status = give(a, &classes, &table, line, err);
    if (status == SIPAS_OK) status = check_sum(a, err);
    sipas__free(a->ctx, line);
    sipas__free(a->ctx, table.n);
    sipas__codes_clear(&classes);
    return status;
}
