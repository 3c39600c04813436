/*
 * Domains as columns of a result: the level, and the code of every `by` column that the level crosses.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/enums.h"
#include "data/domain.h"
#include "data/schema.h"

enum { LONGEST_LABEL = 256 };

sipas_status sipas__domain_check_names(const sipas__domain *domain, const sipas_schema *schema, sipas_error *err)
{
    for (int32_t i = 0; i < domain->n_by; i++) {
        int taken = 0;

        for (int64_t f = 0; f < schema->n_fields; f++) taken |= strcmp(schema->fields[f].name, domain->name[i]) == 0;
        for (int32_t j = 0; j < i; j++) taken |= strcmp(domain->name[j], domain->name[i]) == 0;
        if (taken)
            return sipas__error_set(err, SIPAS_ERR_DUPLICATE, SIPAS__NOWHERE, i, domain->name[i],
                                    "by column \"%s\": another column of the result has this name", domain->name[i]);
    }
    return SIPAS_OK;
}

void sipas__domain_note(const sipas__domain *domain, sipas_table *table)
{
    sipas__sayings_note(&domain->sayings, table);
    if (domain->missing_by != SIPAS_MISSING_BY_ERROR)
        sipas__table_meta(table, "missing_by", "%s", sipas__enum_word(SIPAS__ENUM_MISSING_BY, domain->missing_by));
}

void sipas__domain_add_columns(const sipas__domain *domain, sipas_table *table, const sipas_schema *schema,
                               int with_level, sipas__domain_columns *columns)
{
    columns->level = with_level ? sipas__table_add_field(table, schema, "level") : -1;
    for (int32_t i = 0; i < domain->n_by; i++) {
        const sipas_field field = {domain->name[i],
                                   "",
                                   "code of the group",
                                   sipas__codes_are_text(&domain->by[i].codes) ? SIPAS_TYPE_CODE : SIPAS_TYPE_I64,
                                   0,
                                   SIPAS_FIELD_BY,
                                   0};

        columns->by[i] = sipas__table_add(table, &field);
    }
}

void sipas__domain_write_groups(const sipas__domain *domain, sipas_table *table, const sipas__domain_columns *columns,
                                int64_t row, int32_t level)
{
    const sipas__domain_level *at = &domain->level[level];
    char text[LONGEST_LABEL];

    sipas__domain_level_label(domain, level, text, sizeof text);
    if (columns->level >= 0) sipas__table_fill_code(table, columns->level, row, at->n_groups, text);
    for (int32_t i = 0; i < domain->n_by; i++) {
        const int is_text = sipas__codes_are_text(&domain->by[i].codes);

        for (int64_t g = 0; ((at->mask >> i) & 1u) && g < at->n_groups; g++) {
            const int64_t code = domain->cell_level[(int64_t)at->group_cell[g] * domain->n_by + i];

            if (code < 0) continue;
            if (is_text)
                sipas__table_set_code(table, columns->by[i], row + g,
                                      sipas__codes_label(&domain->by[i].codes, code, text));
            else
                sipas__table_set_i64(table, columns->by[i], row + g, sipas__codes_value(&domain->by[i].codes, code));
        }
    }
}
