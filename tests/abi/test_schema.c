/*
 * Gate: the columns that results come with. Every line of tests/abi/schema.txt, as written at the last release, is still
 * there: same schema, column, type and unit. New columns and new schemas are free to come.
 *
 *   test_schema            compares with $TESTS_ROOT/abi/schema.txt; leaves with 77 when there is none
 *   test_schema --print    prints the present columns (make abi-baseline)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 512 };

static void write_line(char line[LINE], const sipas_schema *schema, const sipas_field *field)
{
    snprintf(line, LINE, "%s\t%s\t%" PRId32 "\t%" PRId32 "\t%" PRId32 "\t%s", schema->name, field->name, field->type,
             field->optional, field->role, field->unit);
}

static int is_there(const char *wanted)
{
    char line[LINE];

    for (int64_t i = 0; i < sipas_schema_count(); i++) {
        const sipas_schema *schema = sipas_schema_get(i);

        for (int64_t j = 0; j < schema->n_fields; j++) {
            write_line(line, schema, &schema->fields[j]);
            if (strcmp(line, wanted) == 0) return 1;
        }
    }
    return 0;
}

static void print_all(void)
{
    char line[LINE];

    for (int64_t i = 0; i < sipas_schema_count(); i++) {
        const sipas_schema *schema = sipas_schema_get(i);

        for (int64_t j = 0; j < schema->n_fields; j++) {
            write_line(line, schema, &schema->fields[j]);
            puts(line);
        }
    }
}

int main(int argc, char **argv)
{
    const char *root = getenv("TESTS_ROOT");
    char path[4096], line[LINE];
    int lost = 0;

    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        print_all();
        return 0;
    }
    snprintf(path, sizeof path, "%s/abi/schema.txt", root ? root : "tests");
    FILE *file = fopen(path, "r");
    if (!file) {
        puts("there is no list of columns yet (make abi-baseline)");
        return 77;
    }
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (!is_there(line)) {
            fprintf(stderr, "gone or changed: %s\n", line);
            lost = 1;
        }
    }
    fclose(file);
    return lost;
}
