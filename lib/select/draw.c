/*
 * A one-stage draw from a list: the rows go into strata, the engine draws each, the picks become a table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "base/options.h"
#include "base/text.h"
#include "data/alike.h"
#include "data/column.h"
#include "data/joined.h"
#include "data/schema.h"
#include "data/table.h"
#include "select/method.h"

#define LAST_STAGE (INT64_C(1) << 58)

/* The list, and what the engine asks of it. */
typedef struct list {
    const sipas_ctx *ctx;
    int64_t n, n_units; /* rows; those not excluded */
    sipas_column code;
    sipas_draw_opts opts;
    int keyed, key_is_text;
    size_t shared; /* bytes with which every code begins: text codes only */
    uint64_t *hash;
    double *size, *prob;
    uint8_t *certain, *excluded;
    sipas__labels strata, classes;
    sipas__select_quotas quotas;
    int64_t *unit;  /* rows not excluded, stratum by stratum */
    int64_t *start; /* of each stratum in `unit` */
    int64_t n_strata;
    uint64_t frame;
    sipas__sayings sayings; /* for the notes */
} list;

void sipas_draw_opts_init(sipas_draw_opts *opts)
{
    const sipas_draw_opts initial = SIPAS_DRAW_OPTS_INIT;

    if (opts) *opts = initial;
}

/* ---- what the engine asks ---- */

/* A code less what all codes begin with. */
static const char *own_part(const list *from, int64_t unit, char *number)
{
    const char *code = sipas__column_code_again(&from->code, unit, number);

    return strlen(code) < from->shared ? "" : code + from->shared;
}

static uint64_t canonical_key(const void *things, int64_t unit)
{
    const list *from = things;
    char number[32];

    if (from->keyed && !from->key_is_text) return sipas__order_f64(sipas__column_f64(from->opts.order_key, unit));
    if (from->keyed) return sipas__order_text(sipas__column_code_again(from->opts.order_key, unit, number));
    return sipas__order_text(own_part(from, unit, number));
}

static int canonical_tie(const void *things, int64_t left, int64_t right)
{
    const list *from = things;
    char first[32], second[32];

    if (from->key_is_text) {
        int order = strcmp(sipas__column_code_again(from->opts.order_key, left, first),
                           sipas__column_code_again(from->opts.order_key, right, second));

        if (order != 0) return order;
    }
    return strcmp(sipas__column_code_again(&from->code, left, first),
                  sipas__column_code_again(&from->code, right, second));
}

static const char *name_of(const void *things, int64_t unit, char *buffer, size_t size)
{
    const list *from = things;
    char number[32];

    (void)sipas__text_format(buffer, size, "%s (row %lld)", sipas__column_code_again(&from->code, unit, number),
                             (long long)unit);
    return buffer;
}

/* ---- options ---- */

static sipas_status needs(const sipas_column *column, const char *name, const sipas_column *other,
                          const char *other_name, sipas_error *err)
{
    if (!sipas__column_given(column) || sipas__column_given(other)) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, SIPAS__NOWHERE, name, "%s is given without %s",
                            name, other_name);
}

static sipas_status check_quota_columns(const sipas_draw_opts *own, sipas_error *err)
{
    sipas_status status = needs(own->quota_stratum, "quota_stratum", own->quota_n, "quota_n", err);

    if (status == SIPAS_OK) status = needs(own->quota_class, "quota_class", own->quota_n, "quota_n", err);
    if (status == SIPAS_OK) status = needs(own->quota_reserve, "quota_reserve", own->quota_n, "quota_n", err);
    if (status == SIPAS_OK) status = needs(own->quota_stratum, "quota_stratum", own->strata, "strata", err);
    if (status == SIPAS_OK) status = needs(own->quota_class, "quota_class", own->unit_class, "unit_class", err);
    return status;
}

static sipas_status load_options(sipas_draw_opts *own, const sipas_draw_opts *opts, sipas_error *err)
{
    sipas__select_method_use use;
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_draw_opts", err);

    if (status == SIPAS_OK) status = sipas__options_enum("method", own->method, SIPAS__ENUM_DRAW, err);
    if (status == SIPAS_OK) status = sipas__options_enum("if_fewer", own->if_fewer, SIPAS__ENUM_FEWER, err);
    if (status == SIPAS_OK) status = sipas__select_check_seed(own->has_seed, err);
    if (status == SIPAS_OK && (own->stage < 0 || own->stage > LAST_STAGE))
        status = sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "stage",
                                  "option stage: %lld is not between 0 and 2^58", (long long)own->stage);
    if (status == SIPAS_OK) status = check_quota_columns(own, err);
    if (status < 0) return status;
    if (own->method == SIPAS_DRAW_DEFAULT) own->method = SIPAS_DRAW_SRS;
    if (own->if_fewer == SIPAS_FEWER_DEFAULT) own->if_fewer = SIPAS_FEWER_ERROR;
    use.method = own->method;
    use.n = own->n;
    use.reserve = own->reserve;
    use.counts_given = sipas__column_given(own->quota_n);
    use.size_given = sipas__column_given(own->size);
    return sipas__select_check_method(&use, SIPAS__NOWHERE, err);
}

/* ---- reading ---- */

/* How many bytes all codes begin with: "VN/01/…" tells nothing, and keys have room for eight bytes only. */
static size_t shared_prefix(const list *from)
{
    const char *first;
    size_t shared;

    if (from->code.type != SIPAS_TYPE_CODE) return 0;
    first = sipas__column_text(&from->code, 0);
    shared = strlen(first);
    for (int64_t i = 1; i < from->n && shared > 0; i++) {
        const char *code = sipas__column_text(&from->code, i);
        size_t same = 0;

        while (same < shared && code[same] == first[same]) same++; /* stops at the end of `code`, for `first` goes on */
        shared = same;
    }
    return shared;
}

/* Hashes of the codes, all different; and the hash of the frame. */
static sipas_status read_codes(list *from, sipas_error *err)
{
    sipas__item *items = sipas__alloc(from->ctx, 2 * from->n, sizeof *items);
    sipas_status status = SIPAS_OK;
    char number[32], other[32];

    from->hash = sipas__alloc(from->ctx, from->n, sizeof *from->hash);
    if (!items || !from->hash) {
        status = sipas__error_memory(err);
        goto done;
    }
    for (int64_t i = 0; i < from->n; i++) {
        const char *code = sipas__column_code_text(&from->code, i, number);
        const char *fault = code ? sipas__code_fault(code) : "is missing";

        if ((status = sipas__progress_within(from->ctx, "draw", i, from->n, err)) < 0) goto done;
        if (!code || fault) {
            int whole = code || !sipas__column_present(&from->code, i);

            status = sipas__error_set(err,
                                      !whole ? SIPAS_ERR_TYPE
                                      : code ? SIPAS_ERR_VALUE
                                             : SIPAS_ERR_MISSING,
                                      i, SIPAS__NOWHERE, "code", "row %lld: its code %s", (long long)i,
                                      whole ? fault : "is not a whole number below 2^53");
            goto done;
        }
        from->hash[i] = items[i].key = sipas__hash_child(SIPAS__HASH_ROOT, code);
        items[i].index = i;
    }
    sipas__order_sort(items, items + from->n, from->n, NULL, NULL);
    from->frame = SIPAS__HASH_ROOT;
    for (int64_t i = 0; i < from->n; i++) {
        int64_t row = items[i].index, before = i > 0 ? items[i - 1].index : 0;

        if ((status = sipas__progress_within(from->ctx, "draw", i, from->n, err)) < 0) goto done;
        if (i > 0 && items[i - 1].key == items[i].key) {
            status = sipas__error_set(err, SIPAS_ERR_DUPLICATE, row, SIPAS__NOWHERE,
                                      sipas__column_code_again(&from->code, row, number),
                                      "rows %lld (%s) and %lld (%s) have one code, or codes with one hash",
                                      (long long)before, sipas__column_code_again(&from->code, before, other),
                                      (long long)row, sipas__column_code_again(&from->code, row, number));
            goto done;
        }
        if (from->excluded && from->excluded[row]) continue;
        from->frame = sipas__select_frame_hash(from->frame, items[i].key);
        if (from->size) from->frame = sipas__select_frame_hash(from->frame, sipas__select_frame_word(from->size[row]));
    }
done:
    sipas__free(from->ctx, items);
    return status;
}

/* Codes of units that are alike. */
static sipas_status look_at_codes(list *from, sipas_error *err)
{
    const char **texts;
    char number[32];
    sipas_status status;
    int done;

    if (from->code.type != SIPAS_TYPE_CODE) return SIPAS_OK;
    status = sipas__progress_between(from->ctx, "draw", from->n, err);
    if (status < 0) return status;
    texts = sipas__alloc(from->ctx, from->n, sizeof *texts);
    if (!texts) return sipas__error_memory(err);
    for (int64_t i = 0; i < from->n; i++) texts[i] = sipas__column_code_again(&from->code, i, number);
    done = sipas__alike_look(&from->sayings, texts, from->n, "units");
    sipas__free(from->ctx, texts);
    return done ? sipas__progress_between(from->ctx, "draw", from->n, err) : sipas__error_memory(err);
}

static sipas_status read_sizes(list *from, sipas_error *err)
{
    sipas_status status;

    if (!sipas__select_method_of(from->opts.method)->needs_size) return SIPAS_OK;
    status = sipas__column_check(from->opts.size, from->n, SIPAS__NUMBERS, "size", err);
    if (status < 0) return status;
    from->size = sipas__alloc(from->ctx, from->n, sizeof *from->size);
    from->prob = sipas__alloc(from->ctx, from->n, sizeof *from->prob);
    if (!from->size || !from->prob) return sipas__error_memory(err);
    sipas__column_read_f64(from->opts.size, 0, from->n, from->size);
    return SIPAS_OK;
}

static sipas_status check_present(const list *from, const sipas_column *column, const sipas__labels *labels,
                                  const char *name, sipas_error *err)
{
    char unit[160];

    for (int64_t i = 0; i < from->n; i++) {
        if ((from->excluded && from->excluded[i]) || (labels ? labels->of[i] >= 0 : sipas__column_present(column, i)))
            continue;
        return sipas__error_set(err, SIPAS_ERR_MISSING, i, SIPAS__NOWHERE, name, "unit %s: its %s is missing",
                                name_of(from, i, unit, sizeof unit), name);
    }
    return SIPAS_OK;
}

static sipas_status read_labels(list *from, const sipas_column *column, const char *name, sipas__labels *labels,
                                sipas_error *err)
{
    sipas_status status = sipas__labels_read(labels, from->ctx, column, from->n, SIPAS__CODES, name, 1, err);

    if (status < 0 || !labels->of) return status;
    for (int64_t i = 0; i < labels->n_texts; i++) {
        const char *fault = *labels->texts[i] ? sipas__code_fault(labels->texts[i]) : NULL;

        if (fault)
            return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, labels->texts[i],
                                    "%s \"%s\" %s", name, labels->texts[i], fault);
    }
    if (column->type == SIPAS_TYPE_CODE &&
        !sipas__alike_look(&from->sayings, (const char *const *)labels->texts, labels->n_texts, name))
        return sipas__error_memory(err);
    return check_present(from, column, labels, name, err);
}

static sipas_status read_key(list *from, sipas_error *err)
{
    const sipas_column *key = from->opts.order_key;
    sipas_status status;

    if (!sipas__column_given(key)) return SIPAS_OK;
    status = sipas__column_check(key, from->n, SIPAS__CODES, "order_key", err);
    if (status < 0) return status;
    from->keyed = 1;
    from->key_is_text = key->type == SIPAS_TYPE_CODE;
    return check_present(from, key, NULL, "order_key", err);
}

static sipas_status read_quotas(list *from, sipas_error *err)
{
    sipas__select_quota_columns columns = {0};

    if (!sipas__column_given(from->opts.quota_n)) return SIPAS_OK;
    columns.group_labels = from->opts.quota_stratum;
    columns.groups = &from->strata;
    columns.unit_class = from->opts.quota_class;
    columns.class_column = "quota_class";
    columns.classes = &from->classes;
    columns.n = from->opts.quota_n;
    columns.reserve = from->opts.quota_reserve;
    return sipas__select_quotas_read(&from->quotas, from->ctx, &columns, err);
}

/* Rows by stratum: a counting sort, rows in the order they come. */
static sipas_status bucket_strata(list *from, sipas_error *err)
{
    from->n_strata = from->strata.of ? from->strata.n_texts : 1;
    from->unit = sipas__alloc(from->ctx, from->n, sizeof *from->unit);
    from->start = sipas__alloc(from->ctx, from->n_strata + 2, sizeof *from->start);
    if (!from->unit || !from->start) return sipas__error_memory(err);
    for (int64_t i = 0; i < from->n; i++)
        if (!from->excluded || !from->excluded[i]) from->start[(from->strata.of ? from->strata.of[i] : 0) + 2]++;
    for (int64_t i = 1; i < from->n_strata + 2; i++) from->start[i] += from->start[i - 1];
    for (int64_t i = 0; i < from->n; i++)
        if (!from->excluded || !from->excluded[i])
            from->unit[from->start[(from->strata.of ? from->strata.of[i] : 0) + 1]++] = i;
    from->n_units = from->start[from->n_strata];
    return SIPAS_OK;
}

static sipas_status read_list(list *from, sipas_error *err)
{
    sipas_status status = sipas__select_read_flags(from->ctx, from->opts.excluded, from->n, "excluded", &from->excluded,
                                                   err);

    if (status == SIPAS_OK)
        status = sipas__select_read_flags(from->ctx, from->opts.certainty, from->n, "certainty", &from->certain, err);
    if (status == SIPAS_OK) status = read_sizes(from, err);
    if (status == SIPAS_OK) status = read_codes(from, err);
    if (status == SIPAS_OK) status = look_at_codes(from, err);
    if (status == SIPAS_OK) from->shared = shared_prefix(from);
    if (status == SIPAS_OK) status = read_key(from, err);
    if (status == SIPAS_OK) status = read_labels(from, from->opts.strata, "stratum", &from->strata, err);
    if (status == SIPAS_OK) status = read_labels(from, from->opts.unit_class, "class", &from->classes, err);
    if (status == SIPAS_OK) status = read_quotas(from, err);
    if (status == SIPAS_OK) status = bucket_strata(from, err);
    return status;
}

static void clear_list(list *from)
{
    sipas__free(from->ctx, from->hash);
    sipas__free(from->ctx, from->size);
    sipas__free(from->ctx, from->prob);
    sipas__free(from->ctx, from->certain);
    sipas__free(from->ctx, from->excluded);
    sipas__free(from->ctx, from->unit);
    sipas__free(from->ctx, from->start);
    sipas__labels_clear(from->ctx, &from->strata);
    sipas__labels_clear(from->ctx, &from->classes);
    sipas__sayings_clear(&from->sayings);
    sipas__select_quotas_clear(from->ctx, &from->quotas);
}

/* ---- drawing ---- */

/* A stratum whose units are all excluded: what a quota wants of it is missing there; without one it is passed over, with a note. */
static sipas_status draw_strata(const list *from, sipas__select_run *run, sipas_error *err)
{
    for (int64_t i = 0; i < from->n_strata; i++) {
        const char *name = from->strata.of ? from->strata.texts[i] : "all";
        sipas__select_group group = {0};
        sipas_status status = sipas__progress(from->ctx, "draw", i, from->n_strata, err);

        if (status < 0) return status;
        group.number = group.quota_key = i;
        group.row = SIPAS__NOWHERE;
        group.name = name;
        group.hash = from->strata.of ? sipas__hash_child(SIPAS__HASH_ROOT, name) : 0;
        group.units = from->unit + from->start[i];
        group.n_units = from->start[i + 1] - from->start[i];
        group.n = from->opts.n;
        group.reserve = from->opts.reserve;
        if (group.n_units == 0 && from->strata.of && sipas__select_quotas_want(&from->quotas, i) == 0) {
            if (!sipas__select_remark_add(run, "excluded", name, SIPAS__NOWHERE, "stratum %s: every unit is excluded",
                                          name))
                return sipas__error_memory(err);
            continue;
        }
        status = sipas__select_draw_group(run, &group, err);
        if (status < 0) return status;
    }
    return SIPAS_OK;
}

/* ---- the table ---- */

static void write_meta(const list *from, const sipas__select_run *run, sipas_table *table)
{
    int64_t main = 0;

    for (int64_t i = 0; i < run->result.n_picks; i++) main += !run->result.picks[i].is_reserve;
    sipas__table_meta(table, "method", "%s", run->task.method->name);
    sipas__table_meta(table, "seed", "%llu", (unsigned long long)run->task.seed);
    sipas__table_meta(table, "programme", "%llu", (unsigned long long)run->task.programme);
    sipas__table_meta(table, "stage", "%llu", (unsigned long long)run->task.stage);
    sipas__table_meta(table, "units", "%lld", (long long)from->n_units);
    sipas__table_meta(table, "main", "%lld", (long long)main);
    sipas__table_meta(table, "reserve", "%lld", (long long)(run->result.n_picks - main));
    sipas__table_meta(table, "strata", "%lld", (long long)from->n_strata);
    sipas__table_meta(table, "frame", "%016llx", (unsigned long long)from->frame);
}

/* Whether some names of strata are joined: then all are written as joined names are. */
static int has_joined(const list *from, const sipas__select_run *run)
{
    int joined = from->classes.of != NULL;

    for (int64_t i = 0; i < run->result.n_picks && !joined; i++) joined = run->result.picks[i].own_stratum;
    return joined;
}

/* "01:urban", or for a certainty unit "01/code". `buffer` holds what stratum_bytes() says. */
static const char *stratum_of(const list *from, const sipas__select_pick *pick, int joined, char *buffer, size_t size)
{
    const char *stratum = from->strata.of ? from->strata.texts[pick->group] : NULL;
    char number[32];
    size_t used = 0;

    if (!joined || !stratum)
        used = (size_t)sipas__text_format(buffer, size, "%s", stratum ? stratum : pick->own_stratum ? "" : "all");
    else
        used = sipas__joined_append(buffer, size, 0, 0, stratum);
    if (pick->own_stratum)
        (void)sipas__joined_append(buffer, size, used, stratum ? '/' : 0,
                                   sipas__column_code_again(&from->code, pick->unit, number));
    else if (pick->class_name)
        (void)sipas__joined_append(buffer, size, used, ':', pick->class_name);
    return buffer;
}

static sipas_status stratum_bytes(const list *from, const sipas__select_run *run, int64_t *bytes, sipas_error *err)
{
    sipas_status status = SIPAS_OK;
    size_t longest = 0;
    char number[32];

    for (int64_t i = 0; i < run->result.n_picks && status == SIPAS_OK; i++) {
        const sipas__select_pick *pick = &run->result.picks[i];
        size_t length = from->strata.of ? sipas__joined_bytes(from->strata.texts[pick->group]) : 0;

        length += pick->class_name ? sipas__joined_bytes(pick->class_name) : 0;
        status = sipas__progress_within(from->ctx, "draw", i, run->result.n_picks, err);
        length += sipas__joined_bytes(sipas__column_code_again(&from->code, pick->unit, number));
        if (length > longest) longest = length;
    }
    *bytes = (int64_t)longest + 8;
    return status;
}

static sipas_status write_table(const list *from, const sipas__select_run *run, sipas_table **out, sipas_error *err)
{
    const sipas_schema *schema = &sipas__schema_draw;
    int64_t bytes = 0;
    sipas_status status = stratum_bytes(from, run, &bytes, err);
    const int joined = has_joined(from, run);
    char *buffer = sipas__alloc(from->ctx, bytes, 1), number[32];
    sipas_table *table = buffer ? sipas__table_new(from->ctx, run->result.n_picks) : NULL;
    int32_t row = sipas__table_add_field(table, schema, "row"), code = sipas__table_add_field(table, schema, "code");
    int32_t stratum = sipas__table_add_field(table, schema, "stratum");
    int32_t pi = sipas__table_add_field(table, schema, "pi"),
            pi_reserve = sipas__table_add_field(table, schema, "pi_reserve");
    sipas__select_pick_columns columns = sipas__select_pick_columns_add(table, schema);

    for (int64_t i = 0; table && i < run->result.n_picks && status == SIPAS_OK; i++) {
        const sipas__select_pick *pick = &run->result.picks[i];

        status = sipas__progress_within(from->ctx, "draw", i, run->result.n_picks, err);
        sipas__table_set_i64(table, row, i, pick->unit);
        sipas__table_set_code(table, code, i, sipas__column_code_again(&from->code, pick->unit, number));
        sipas__table_set_code(table, stratum, i, stratum_of(from, pick, joined, buffer, (size_t)bytes));
        sipas__table_set_f64(table, pi, i, pick->pi);
        sipas__table_set_f64(table, pi_reserve, i, pick->pi_reserve);
        sipas__select_pick_columns_set(table, &columns, i, pick);
    }
    if (status == SIPAS_OK) status = sipas__progress_between(from->ctx, "draw", run->result.n_picks, err);
    write_meta(from, run, table);
    sipas__select_remarks_write(run, table);
    sipas__sayings_note(&from->sayings, table);
    sipas__free(from->ctx, buffer);
    if (status == SIPAS_OK) return sipas__table_finish(table, out, err);
    sipas_table_free(table);
    return status;
}

sipas_status sipas_draw(sipas_ctx *ctx, const sipas_column *code, const sipas_draw_opts *opts, sipas_table **out,
                        sipas_error *err)
{
    sipas__select_run run = {0};
    list from = {0};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    status = load_options(&from.opts, opts, err);
    if (status < 0) return status;
    if (!code || code->n < 1) return sipas__error_argument(err, "code", code ? "there are no units" : "is NULL");
    status = sipas__column_check(code, code->n, SIPAS__CODES, "code", err);
    if (status < 0) return status;
    from.ctx = run.ctx = ctx;
    from.sayings.ctx = ctx;
    from.n = code->n;
    from.code = *code;
    status = read_list(&from, err);
    if (status < 0) goto done;

    run.task.seed = from.opts.seed;
    run.task.programme = from.opts.programme;
    run.task.stage = (uint64_t)from.opts.stage;
    run.task.method = sipas__select_method_of(from.opts.method);
    run.task.if_fewer = from.opts.if_fewer;
    run.task.stage_index = SIPAS__NOWHERE;
    run.frame.things = &from;
    run.frame.key = canonical_key;
    run.frame.tie = canonical_tie;
    run.frame.name = name_of;
    run.frame.hash = from.hash;
    run.frame.size = from.size;
    run.frame.prob = from.prob;
    run.frame.certain = from.certain;
    run.frame.class_of = from.classes.of;
    run.frame.class_texts = from.classes.texts;
    run.frame.n_classes = from.classes.n_texts;
    run.task.quotas = from.quotas.group ? &from.quotas : NULL;
    status = draw_strata(&from, &run, err);
    if (status == SIPAS_OK && run.result.n_picks == 0) status = sipas__select_nothing_drawn(err);
    if (status < 0) goto done;
    status = write_table(&from, &run, out, err);
done:
    sipas__select_run_clear(&run);
    clear_list(&from);
    return status;
}
