/*
 * Finding patterns.
 *
 * A row's key is Σ (value - low) times over its columns, times so chosen that every pattern has a key of its own: the one column
 * of widest range, for codes often nest (a commune says its district and province); mixed radix, where the ranges
 * multiply to little; else odd multipliers. The pass that finds the patterns compares every row with the pattern
 * that has its key, and starts anew with the next choice when two patterns meet on one key. From then on a key is enough.
 *
 * Rows are cut into one stretch per thread. Workers do not allocate: one whose table is full stops, and goes on once there is
 * more room. Their patterns are joined in the order of the rows, so the result does not depend on the number of threads.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/patterns.h"

#include <stdatomic.h>
#include <string.h>

#include "base/context.h"
#include "base/threads.h"
#include "data/column.h"

/* Keys in mixed radix that are as quick as one column's, and that are still worth an array. */
#define SMALL_RANGE (UINT64_C(1) << 12)
#define RADIX_RANGE (UINT64_C(1) << 20)

/* Fewest rows for which another thread is asked. */
enum { ROWS_PER_THREAD = 1 << 16 };

enum { FIRST_ROOM = 1024 };

/* Values of a key at n places from `at` on: runs, or rows where there are no runs. */
static void read_places(const sipas__patterns *p, int32_t key, int64_t at, int64_t n, int64_t *values)
{
    if (p->runs.n == 0) {
        sipas__key_read(&p->key[key], at, n, values);
        return;
    }
    for (int64_t i = 0; i < n; i++) sipas__key_read(&p->key[key], p->runs.start[at + i], 1, &values[i]);
}

static int64_t count_places(const sipas__patterns *p)
{
    return p->runs.n ? p->runs.n : p->n_rows;
}

/* Runs, where every key can have them. */
static int find_runs(sipas__patterns *p)
{
    const sipas_column *columns[SIPAS__MOST_KEYS];

    if (p->n_keys == 2 && p->key[0].kind == SIPAS__KEY_PATTERNS && p->key[1].kind == SIPAS__KEY_PATTERNS)
        return sipas__runs_cross(&p->runs, p->ctx, &p->key[0].patterns->runs, &p->key[1].patterns->runs);
    for (int32_t c = 0; c < p->n_keys; c++) {
        if (p->key[c].kind != SIPAS__KEY_WHOLE && p->key[c].kind != SIPAS__KEY_NUMBERS) return 1;
        columns[c] = &p->key[c].column;
    }
    return sipas__runs_init(&p->runs, p->ctx, columns, p->n_keys, p->n_rows);
}

/* The patterns of one stretch of places (runs, or rows). */
typedef struct stretch {
    int64_t next, end; /* places yet to be looked at */
    int64_t asked;     /* where the host was asked last */
    int64_t n, room;
    int64_t *values[SIPAS__MOST_KEYS]; /* by pattern */
    int64_t *row, *rows;
    sipas__pattern_table table;
    int conflict; /* two patterns with one key */
    int full;
    int64_t low[SIPAS__MOST_KEYS], high[SIPAS__MOST_KEYS];
    int64_t *tile; /* values of a tile, by key */
} stretch;

typedef struct search {
    sipas__patterns *patterns;
    stretch *stretches;
    int32_t count;
    atomic_int cancelled;
    uint8_t sure[SIPAS__MOST_KEYS]; /* the key says the value: no need to compare */
} search;

static uint64_t key_of(const sipas__patterns *p, const int64_t *values)
{
    uint64_t key = 0;

    for (int32_t c = 0; c < p->n_keys; c++) key += ((uint64_t)values[c] - (uint64_t)p->low[c]) * p->times[c];
    return key;
}

static void keys_of_tile(const sipas__patterns *p, const int64_t *tile, int64_t n, uint64_t *keys)
{
    memset(keys, 0, (size_t)n * sizeof *keys);
    for (int32_t c = 0; c < p->n_keys; c++) {
        const uint64_t low = (uint64_t)p->low[c], times = p->times[c];
        const int64_t *value = tile + (int64_t)c * SIPAS__TILE;

        if (times)
            for (int64_t i = 0; i < n; i++) keys[i] += ((uint64_t)value[i] - low) * times;
    }
}

/* Adds the patterns that a tile brings; returns how many of its places were dealt with before there was no more room. */
static int64_t add_patterns(const search *job, stretch *s, int64_t at, int64_t n, const uint64_t *keys, int32_t *number)
{
    const sipas__patterns *p = job->patterns;

    for (int64_t i = 0; i < n; i++) {
        int32_t *place;

        if (number[i] >= 0) continue;
        place = sipas__pattern_table_place(&s->table, keys[i]);
        if (*place == 0) {
            if (s->n == s->room || s->n == s->table.most) {
                s->full = 1;
                return i;
            }
            for (int32_t c = 0; c < p->n_keys; c++) s->values[c][s->n] = s->tile[(int64_t)c * SIPAS__TILE + i];
            s->row[s->n] = p->runs.n ? p->runs.start[at + i] : at + i;
            sipas__pattern_table_add(&s->table, place, keys[i], s->n++);
        }
        number[i] = *place - 1;
    }
    return n;
}

/* True when every row has the values of the pattern that has its key. */
static int all_agree(const search *job, const stretch *s, const int32_t *number, int64_t n)
{
    for (int32_t c = 0; c < job->patterns->n_keys; c++) {
        const int64_t *known = s->values[c], *value = s->tile + (int64_t)c * SIPAS__TILE;
        int64_t differ = 0;

        if (job->sure[c]) continue;
        for (int64_t i = 0; i < n; i++) differ |= known[number[i]] ^ value[i];
        if (differ) return 0;
    }
    return 1;
}

static void count_rows(const sipas__patterns *p, stretch *s, int64_t at, int64_t n, const int32_t *number)
{
    if (!s->rows) return;
    for (int64_t i = 0; i < n; i++)
        s->rows[number[i]] += p->runs.n ? p->runs.start[at + i + 1] - p->runs.start[at + i] : 1;
}

/* A tile of known patterns whose keys say all there is to compare: found without a look at the values. */
static int all_known(const search *job, const stretch *s, int64_t n, int32_t *number)
{
    const sipas__patterns *p = job->patterns;
    uint32_t index[SIPAS__TILE];
    int32_t least = 1;

    if (!s->table.direct || p->runs.n) return 0;
    for (int32_t c = 0; c < p->n_keys; c++)
        if (!job->sure[c]) return 0;
    if (!sipas__patterns_index(p, s->next, n, index)) return 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t place = s->table.direct[index[i] < s->table.range ? index[i] : 0];

        number[i] = place - 1;
        least = place < least ? place : least;
    }
    return least > 0;
}

/* Asks the host, on its own thread, whether to go on. */
static void ask(search *job, stretch *s, int32_t index)
{
    const sipas__patterns *p = job->patterns;

    if (index > 0 || s->next - s->asked < ROWS_PER_THREAD) return;
    s->asked = s->next;
    if (sipas__progress(p->ctx, "reading codes", s->next, count_places(p), NULL) < 0) atomic_store(&job->cancelled, 1);
}

/* One worker, until its stretch is done, its table is full, or two patterns met on one key. */
static void walk(void *state, int32_t index)
{
    search *job = state;
    stretch *s = &job->stretches[index];
    const sipas__patterns *p = job->patterns;
    uint64_t keys[SIPAS__TILE];
    int32_t number[SIPAS__TILE];

    while (s->next < s->end && !s->full && !s->conflict) {
        int64_t n = s->end - s->next < SIPAS__TILE ? s->end - s->next : SIPAS__TILE;

        ask(job, s, index);
        if (atomic_load_explicit(&job->cancelled, memory_order_relaxed)) return;

        if (all_known(job, s, n, number)) {
            count_rows(p, s, s->next, n, number);
            s->next += n;
            continue;
        }
        for (int32_t c = 0; c < p->n_keys; c++) read_places(p, c, s->next, n, s->tile + (int64_t)c * SIPAS__TILE);
        keys_of_tile(p, s->tile, n, keys);
        if (sipas__pattern_table_find(&s->table, keys, n, number)) n = add_patterns(job, s, s->next, n, keys, number);
        s->conflict = !all_agree(job, s, number, n);
        if (p->run_pattern) memcpy(p->run_pattern + s->next, number, (size_t)n * sizeof *number);
        count_rows(p, s, s->next, n, number);
        s->next += n;
    }
}

static void measure(void *state, int32_t index)
{
    search *job = state;
    stretch *s = &job->stretches[index];
    const sipas__patterns *p = job->patterns;
    int64_t values[SIPAS__TILE];

    for (int32_t c = 0; c < p->n_keys; c++) {
        const sipas__key *key = &p->key[c];

        s->low[c] = INT64_MAX;
        s->high[c] = INT64_MIN;
        if (key->kind == SIPAS__KEY_NUMBERS) continue;
        if (key->kind == SIPAS__KEY_PATTERNS || key->kind == SIPAS__KEY_LEVELS) {
            s->low[c] = key->kind == SIPAS__KEY_LEVELS && key->codes->may_miss ? SIPAS__NO_LEVEL : 0;
            s->high[c] = (key->kind == SIPAS__KEY_LEVELS ? key->codes->n_levels : key->patterns->n) - 1;
            continue;
        }
        if (p->runs.n == 0 && key->kind == SIPAS__KEY_WHOLE) {
            sipas__column_range(&key->column, s->next, s->end - s->next, &s->low[c], &s->high[c]);
            continue;
        }
        for (int64_t at = s->next; at < s->end; at += SIPAS__TILE) {
            const int64_t n = s->end - at < SIPAS__TILE ? s->end - at : SIPAS__TILE;

            read_places(p, c, at, n, values);
            for (int64_t i = 0; i < n; i++) {
                s->low[c] = values[i] < s->low[c] ? values[i] : s->low[c];
                s->high[c] = values[i] > s->high[c] ? values[i] : s->high[c];
            }
        }
    }
}

/* ---- choosing keys ---- */

/* Number of values in the range of a column; 0 = too many to say, or told apart by bits. */
static uint64_t width(const sipas__patterns *p, int32_t c)
{
    if (p->key[c].kind == SIPAS__KEY_NUMBERS) return 0;
    return (uint64_t)p->high[c] - (uint64_t)p->low[c] + 1;
}

/* Digits of a power of two each, so that a shift makes them. */
static int choose_radix(search *job, uint64_t most)
{
    sipas__patterns *p = job->patterns;
    uint64_t range = 1, times = 1;

    for (int32_t c = 0; c < p->n_keys; c++) {
        p->times[c] = 0;
        job->sure[c] = p->key[c].kind != SIPAS__KEY_NUMBERS;
        if (!job->sure[c]) continue;
        if (width(p, c) == 0 || width(p, c) > most / times) return 0;
        p->times[c] = times;
        range += (width(p, c) - 1) * times;
        while (times < range) times *= 2;
    }
    p->range = range;
    return 1;
}

static int choose_lead(search *job)
{
    sipas__patterns *p = job->patterns;
    int32_t lead = -1;

    for (int32_t c = 0; c < p->n_keys; c++) {
        p->times[c] = 0;
        job->sure[c] = 0;
        if (p->key[c].kind == SIPAS__KEY_NUMBERS) continue;
        if (lead < 0 || width(p, c) - 1 > width(p, lead) - 1) lead = c;
    }
    if (lead < 0) return 0;
    p->times[lead] = 1;
    job->sure[lead] = 1;
    p->range = width(p, lead);
    return 1;
}

/* Odd multipliers from a Weyl sequence through a finalizer (Steele, Lea and Flood 2014, OOPSLA, fig. 14). */
static void choose_odd(search *job, uint64_t attempt)
{
    sipas__patterns *p = job->patterns;

    for (int32_t c = 0; c < p->n_keys; c++) {
        uint64_t z = (attempt * SIPAS__MOST_KEYS + (uint64_t)c + 1) * UINT64_C(0x9E3779B97F4A7C15);

        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        p->times[c] = (z ^ (z >> 31)) | 1;
        job->sure[c] = 0;
    }
    p->range = 0;
}

/* ---- the stretches ---- */

static void stretch_clear(const sipas__patterns *p, stretch *s)
{
    for (int32_t c = 0; c < p->n_keys; c++) sipas__free(p->ctx, s->values[c]);
    sipas__free(p->ctx, s->row);
    sipas__free(p->ctx, s->rows);
    sipas__free(p->ctx, s->tile);
    sipas__pattern_table_clear(&s->table, p->ctx);
    memset(s, 0, sizeof *s);
}

/* Room for `need` patterns. */
static int stretch_grow(const sipas__patterns *p, stretch *s, int64_t need, int count)
{
    int64_t room = 0;

    while (s->table.most < need)
        if (!sipas__pattern_table_grow(&s->table, p->ctx)) return 0;
    for (int32_t c = -2; c < p->n_keys; c++) {
        int64_t **array = c == -2 ? &s->row : c == -1 ? &s->rows : &s->values[c];
        void *block = *array;

        room = s->room;
        if (c == -1 && !count) continue;
        if (!sipas__grow(p->ctx, &block, &room, need, sizeof **array)) return 0;
        *array = block;
    }
    s->room = room;
    s->full = 0;
    return 1;
}

static int stretch_open(const sipas__patterns *p, stretch *s, int64_t next, int64_t end, int count)
{
    stretch_clear(p, s);
    s->next = next;
    s->end = end;
    s->tile = sipas__alloc(p->ctx, (int64_t)p->n_keys * SIPAS__TILE, sizeof *s->tile);
    return s->tile && sipas__pattern_table_init(&s->table, p->ctx, p->range) && stretch_grow(p, s, FIRST_ROOM, count);
}

static int64_t stretch_start(const search *job, int32_t index)
{
    return count_places(job->patterns) * index / job->count;
}

/* Walks all stretches to their ends. 1 = done, 0 = two patterns on one key, -1 = no memory. */
static int walk_all(search *job, int count)
{
    const sipas__patterns *p = job->patterns;

    for (int32_t t = 0; t < job->count; t++)
        if (!stretch_open(p, &job->stretches[t], stretch_start(job, t), stretch_start(job, t + 1), count)) return -1;
    for (int more = 1; more;) {
        sipas__threads_run(job->count, walk, job);
        if (atomic_load(&job->cancelled)) return -1;
        more = 0;
        for (int32_t t = 0; t < job->count; t++) {
            stretch *s = &job->stretches[t];

            if (s->conflict) return 0;
            if (!s->full) continue;
            if (s->n >= INT32_MAX - 1 || !stretch_grow(p, s, 2 * s->n, count)) return -1;
            more = 1;
        }
    }
    return 1;
}

/* Joins the patterns of stretch t to those of the first. */
static int join(search *job, int32_t t, int count)
{
    const sipas__patterns *p = job->patterns;
    stretch *first = &job->stretches[0], *s = &job->stretches[t];

    for (int64_t q = 0; q < s->n; q++) {
        int64_t values[SIPAS__MOST_KEYS];
        uint64_t key;
        int32_t *place;

        for (int32_t c = 0; c < p->n_keys; c++) values[c] = s->values[c][q];
        if ((first->n == first->room || first->n == first->table.most) &&
            (first->n >= INT32_MAX - 1 || !stretch_grow(p, first, 2 * first->n, count)))
            return -1;
        key = key_of(p, values);
        place = sipas__pattern_table_place(&first->table, key);
        if (*place == 0) {
            for (int32_t c = 0; c < p->n_keys; c++) first->values[c][first->n] = values[c];
            first->row[first->n] = s->row[q];
            sipas__pattern_table_add(&first->table, place, key, first->n++);
        }
        for (int32_t c = 0; c < p->n_keys; c++)
            if (first->values[c][*place - 1] != values[c]) return 0;
        if (count) first->rows[*place - 1] += s->rows[q];
        s->row[q] = *place - 1; /* from now on: its number among all */
    }
    for (int64_t r = stretch_start(job, t); p->run_pattern && r < stretch_start(job, t + 1); r++)
        p->run_pattern[r] = (int32_t)s->row[p->run_pattern[r]];
    return 1;
}

static int find_patterns(search *job, int count)
{
    int done = walk_all(job, count);

    for (int32_t t = 1; t < job->count && done == 1; t++) done = join(job, t, count);
    return done;
}

static void measure_all(search *job)
{
    sipas__patterns *p = job->patterns;

    for (int32_t t = 0; t < job->count; t++) {
        job->stretches[t].next = stretch_start(job, t);
        job->stretches[t].end = stretch_start(job, t + 1);
    }
    sipas__threads_run(job->count, measure, job);
    for (int32_t c = 0; c < p->n_keys; c++) {
        p->low[c] = p->high[c] = 0;
        if (p->key[c].kind == SIPAS__KEY_NUMBERS) continue;
        for (int32_t t = 0; t < job->count; t++) {
            const stretch *s = &job->stretches[t];

            if (t == 0 || s->low[c] < p->low[c]) p->low[c] = s->low[c];
            if (t == 0 || s->high[c] > p->high[c]) p->high[c] = s->high[c];
        }
    }
}

/* 1 = found, 0 = one column does not tell the others, where only such codes are looked for (`nested`), -1 = no memory. */
static int search_all(search *job, int count, int nested)
{
    int done = 0;

    measure_all(job);
    if (nested) return choose_lead(job) ? find_patterns(job, count) : 0;
    if (choose_radix(job, SMALL_RANGE)) done = find_patterns(job, count);
    if (done == 0 && choose_lead(job)) done = find_patterns(job, count);
    if (done == 0 && choose_radix(job, RADIX_RANGE)) done = find_patterns(job, count);
    for (uint64_t attempt = 0; done == 0; attempt++) {
        choose_odd(job, attempt);
        done = find_patterns(job, count);
    }
    return done;
}

/* All rows alike. */
static int one_pattern(sipas__patterns *p, int count)
{
    p->n = 1;
    p->row = sipas__alloc(p->ctx, 1, sizeof *p->row);
    if (count) p->rows = sipas__alloc(p->ctx, 1, sizeof *p->rows);
    if (!p->row || (count && !p->rows)) return 0;
    if (count) p->rows[0] = p->n_rows;
    return 1;
}

/* Takes over the patterns, all of them in the first stretch. */
static void take_patterns(sipas__patterns *p, stretch *first)
{
    p->n = first->n;
    p->row = first->row;
    p->rows = first->rows;
    p->table = first->table;
    first->row = first->rows = NULL;
    memset(&first->table, 0, sizeof first->table);
}

static int make_patterns(sipas__patterns *p, const sipas_ctx *ctx, int64_t n, const sipas__key *keys, int32_t n_keys,
                         int count, int nested)
{
    search job = {0};
    int64_t most;
    int done, found = 0;

    memset(p, 0, sizeof *p);
    p->ctx = ctx;
    p->n_rows = n;
    p->n_keys = n_keys;
    for (int32_t c = 0; c < n_keys; c++) p->key[c] = keys[c];
    if (n_keys == 0 || n == 0) {
        done = one_pattern(p, count);
        if (!done) sipas__patterns_clear(p);
        return done;
    }
    done = find_runs(p);
    if (done && p->runs.n) {
        p->run_pattern = sipas__alloc(ctx, p->runs.n, sizeof *p->run_pattern);
        done = p->run_pattern != NULL;
    }
    most = 1 + count_places(p) / ROWS_PER_THREAD;
    job.patterns = p;
    job.count = sipas__ctx_threads(ctx) < most ? sipas__ctx_threads(ctx) : (int32_t)most;
    job.stretches = sipas__alloc(ctx, job.count, sizeof *job.stretches);
    if (done && job.stretches) {
        found = search_all(&job, count, nested);
        if (found == 1) take_patterns(p, &job.stretches[0]);
    }
    done = done && job.stretches && found >= 0;
    for (int32_t t = 0; job.stretches && t < job.count; t++) stretch_clear(p, &job.stretches[t]);
    sipas__free(ctx, job.stretches);
    if (found != 1) sipas__patterns_clear(p);
    p->cancelled = atomic_load(&job.cancelled);
    return done;
}

int sipas__patterns_init(sipas__patterns *patterns, const sipas_ctx *ctx, int64_t n, const sipas__key *keys,
                         int32_t n_keys, int count_rows)
{
    return make_patterns(patterns, ctx, n, keys, n_keys, count_rows, 0);
}

int sipas__patterns_init_nested(sipas__patterns *patterns, const sipas_ctx *ctx, int64_t n, const sipas__key *keys,
                                int32_t n_keys)
{
    return make_patterns(patterns, ctx, n, keys, n_keys, 0, 1);
}
