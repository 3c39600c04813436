/*
 * Running out of memory on the Arrow bridge: each allocation of each call fails once. The call says so, the structs of others stay
 * theirs, and everything that was taken comes back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sipas.h>

#include "failing_alloc.h"

typedef struct producer {
    struct ArrowSchema schema, dictionary_schema;
    struct ArrowArray array, dictionary;
    const void *buffer[2], *text_buffer[3];
    int released;
} producer;

static void release_schema(struct ArrowSchema *schema)
{
    ((producer *)schema->private_data)->released++;
    schema->release = NULL;
}

static void release_array(struct ArrowArray *array)
{
    ((producer *)array->private_data)->released++;
    array->release = NULL;
}

/* Codes of a dictionary of texts, which takes every kind of memory there is. */
static void open_producer(producer *p)
{
    static const int32_t offsets[] = {0, 1, 2};
    static const int8_t codes[] = {1, 0, 1};

    memset(p, 0, sizeof *p);
    p->buffer[1] = codes;
    p->text_buffer[1] = offsets;
    p->text_buffer[2] = "ab";
    p->dictionary_schema = (struct ArrowSchema){.format = "u", .release = release_schema, .private_data = p};
    p->dictionary = (struct ArrowArray){
        .length = 2, .n_buffers = 3, .buffers = p->text_buffer, .release = release_array, .private_data = p};
    p->schema = (struct ArrowSchema){
        .format = "c", .dictionary = &p->dictionary_schema, .release = release_schema, .private_data = p};
    p->array = (struct ArrowArray){.length = 3,
                                   .n_buffers = 2,
                                   .buffers = p->buffer,
                                   .dictionary = &p->dictionary,
                                   .release = release_array,
                                   .private_data = p};
}

static void test_reading(void **state)
{
    sipas_status status = SIPAS_ERR_MEMORY;

    (void)state;
    for (int64_t n = 0; status != SIPAS_OK; n++) {
        failing_alloc memory;
        sipas_ctx *ctx = failing_alloc_ctx(&memory);
        producer p;
        sipas_arrow *arrow = NULL;
        sipas_column column;

        open_producer(&p);
        failing_alloc_arm(&memory, n);
        status = sipas_arrow_read_array(ctx, &p.schema, &p.array, "x", &arrow, NULL);
        if (status < 0) assert_non_null(p.array.release);
        if (status == SIPAS_OK) status = sipas_arrow_get_column(arrow, 0, NULL, &column, NULL);
        if (status == SIPAS_OK) status = sipas_arrow_get_levels(arrow, 0, NULL, &column, NULL);
        assert_int_equal(status, memory.failed ? SIPAS_ERR_MEMORY : SIPAS_OK);
        failing_alloc_arm(&memory, -1);
        if (arrow) assert_int_equal(sipas_arrow_get_column(arrow, 0, NULL, &column, NULL), SIPAS_OK); /* once more */
        sipas_arrow_free(arrow);
        assert_int_equal(p.released, arrow ? 2 : 0);
        sipas_ctx_free(ctx);
        assert_int_equal(memory.held, 0);
    }
}

/* A table out and in again, both by one context. */
static sipas_status round_trip(sipas_ctx *ctx, const sipas_table *table, int *schema_too)
{
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    sipas_arrow *arrow = NULL;
    sipas_column column;
    sipas_status status = sipas_arrow_write_schema(table, &schema, NULL);

    if (status < 0) return status;
    *schema_too = 1;
    schema.release(&schema);
    status = sipas_arrow_write_stream(table, &stream, NULL);
    if (status < 0) return status;
    status = sipas_arrow_read_stream(ctx, &stream, NULL, &arrow, NULL);
    if (status < 0) stream.release(&stream);
    for (int64_t i = 0; status == SIPAS_OK && i < sipas_arrow_count_columns(arrow); i++)
        status = sipas_arrow_get_column(arrow, i, NULL, &column, NULL);
    sipas_arrow_free(arrow);
    return status;
}

static void test_tables(void **state)
{
    static const double w[] = {1, 2, 3, 4};
    const sipas_column weight = sipas_column_f64(w, 4);
    sipas_status status = SIPAS_ERR_MEMORY;
    int schema_too = 0;

    (void)state;
    for (int64_t n = 0; status != SIPAS_OK; n++) {
        failing_alloc memory;
        sipas_ctx *ctx = failing_alloc_ctx(&memory);
        sipas_design *design = NULL;
        sipas_table *table = NULL;

        assert_int_equal(sipas_design_new(ctx, 4, &weight, NULL, NULL, 0, NULL, NULL, &design, NULL), SIPAS_OK);
        assert_int_equal(sipas_estimate_mean(design, &weight, 1, NULL, NULL, &table, NULL), SIPAS_OK);
        failing_alloc_arm(&memory, n);
        status = round_trip(ctx, table, &schema_too);
        assert_int_equal(status, memory.failed ? SIPAS_ERR_MEMORY : SIPAS_OK);
        failing_alloc_arm(&memory, -1);
        sipas_table_free(table);
        sipas_design_free(design);
        sipas_ctx_free(ctx);
        assert_int_equal(memory.held, 0);
    }
    assert_true(schema_too);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
