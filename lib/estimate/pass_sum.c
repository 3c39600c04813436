/*
 * Summing a tile.
 *
 * Within a tile, rows of one segment that follow each other form a run. Long runs (data sorted by PSU) are summed
 * variable by variable; short runs (scattered data) row by row into the segment's block of sums. Either way a segment's
 * sum takes its contributions a block or a run at a time, with compensation (Neumaier 1974; Knuth, TAOCP 2, §4.2.2, for
 * the branch-free two-sum), and which way is chosen depends on the data only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate/pass_sum.h"

#include <math.h>
#include <string.h>

/* Rows that are turned from columns to lines at a time, in scattered data. */
enum { BATCH = 64 };

/* Mean length of a run from which summing variable by variable is faster (measured in tests/bench). */
enum { LONG_RUN = 12 };

_Static_assert(SIPAS__TILE / LONG_RUN + 1 <= (int)SIPAS__PASS_SUMS && (int)BATCH <= (int)SIPAS__PASS_SUMS,
               "room for the sums of a tile");

/* As sipas__sum_add(), but without a branch: in these loops the branch would be taken at random. */
static inline void two_sum(double *high, double *low, double x)
{
    const double sum = *high + x;
    const double part = sum - *high;

    *low += (*high - (sum - part)) + (x - part);
    *high = sum;
}

typedef struct run {
    int64_t first, n, segment;
    int64_t rows; /* of non-zero weight */
    int clean;    /* every answer is scored */
} run;

static void add_missing(sipas__moments *m, int64_t segment, int64_t variable, double weight)
{
    const int64_t at = segment * m->n_vars + variable;

    if (weight == 0.0) return;
    m->gone[at] += weight;
    m->n_gone[at]++;
}

/* Sums a run of one variable from its values. Returns 1 when something was missing. */
static int sum_values(const sipas__source *source, sipas__moments *m, const run *r, int64_t v, const double *values,
                      const double *weight)
{
    const int64_t at = r->segment * m->n_vars + v;
    double sum = 0.0, plain = 0.0;
    int missing = 0;

    for (int64_t i = r->first; i < r->first + r->n; i++) {
        if (isnan(values[i])) {
            add_missing(m, r->segment, v, weight[i]);
            missing = 1;
        } else if (weight[i] != 0.0) {
            sum += weight[i] * values[i];
            plain += values[i];
        }
    }
    two_sum(&m->sum[at], &m->sum_low[at], sum);
    if (source->plain) m->plain[at] += plain;
    return missing;
}

/* The same for one-byte answers that are all scored: four running sums, to keep the adder busy. */
static double sum_scored(const int8_t *answers, int64_t stride, const double *score, const double *weight, int64_t n)
{
    double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
    int64_t i = 0;

    if (stride == 1) {
        for (; i + 4 <= n; i += 4) {
            s0 += weight[i] * score[(uint8_t)answers[i]];
            s1 += weight[i + 1] * score[(uint8_t)answers[i + 1]];
            s2 += weight[i + 2] * score[(uint8_t)answers[i + 2]];
            s3 += weight[i + 3] * score[(uint8_t)answers[i + 3]];
        }
    }
    for (; i < n; i++) s0 += weight[i] * score[(uint8_t)answers[i * stride]];
    return (s0 + s1) + (s2 + s3);
}

/* Rows where every variable of a set is missing. `missing`: words of bits per row of the tile. */
static void count_silent(const sipas__source *source, sipas__moments *m, const sipas__reader *reader, int64_t segment,
                         int64_t first, int64_t n)
{
    const int64_t words = source->set_words;

    for (int64_t i = first; i < first + n; i++) {
        uint64_t missing[32] = {0};

        if (reader->weight[i] == 0.0) continue;
        for (int64_t v = 0; v < source->n_vars; v++)
            if (isnan(reader->values[v * SIPAS__TILE + i])) missing[v >> 6] |= UINT64_C(1) << (v & 63);
        for (int64_t s = 0; s < source->n_sets; s++) {
            int silent = 1;

            for (int64_t w = 0; w < words; w++) silent &= (source->sets[s * words + w] & ~missing[w]) == 0;
            if (!silent) continue;
            m->silent[segment * m->n_sets + s]++;
            m->silent_weight[segment * m->n_sets + s] += reader->weight[i];
        }
    }
}

static void sum_run_weights(sipas__moments *m, run *r, const double *weight)
{
    double sum = 0.0;

    r->rows = 0;
    for (int64_t i = r->first; i < r->first + r->n; i++) {
        sum += weight[i];
        r->rows += weight[i] != 0.0;
    }
    two_sum(&m->weight[r->segment], &m->weight_low[r->segment], sum);
    m->rows[r->segment] += r->rows;
}

/* Three items at a time share the weights: two running sums each, as many as the adder can keep in flight. */
static void sum_scored_three(const int8_t *const answers[3], const double *const score[3], const double *weight,
                             int64_t n, double sums[3])
{
    const uint8_t *a = (const uint8_t *)answers[0], *b = (const uint8_t *)answers[1], *c = (const uint8_t *)answers[2];
    double a0 = 0.0, a1 = 0.0, b0 = 0.0, b1 = 0.0, c0 = 0.0, c1 = 0.0;
    int64_t i = 0;

    for (; i + 2 <= n; i += 2) {
        a0 += weight[i] * score[0][a[i]];
        b0 += weight[i] * score[1][b[i]];
        c0 += weight[i] * score[2][c[i]];
        a1 += weight[i + 1] * score[0][a[i + 1]];
        b1 += weight[i + 1] * score[1][b[i + 1]];
        c1 += weight[i + 1] * score[2][c[i + 1]];
    }
    if (i < n) {
        a0 += weight[i] * score[0][a[i]];
        b0 += weight[i] * score[1][b[i]];
        c0 += weight[i] * score[2][c[i]];
    }
    sums[0] = a0 + a1;
    sums[1] = b0 + b1;
    sums[2] = c0 + c1;
}

/* Items v, v+1, v+2 as plain arrays of bytes from `row` on; 0 when they are not. */
static int three_arrays(const sipas__source *source, int64_t v, int64_t row, const int8_t *answers[3],
                        const double *score[3])
{
    for (int64_t j = 0; j < 3; j++) {
        if (v + j >= source->n_vars || source->scored[v + j].column.stride != 1) return 0;
        answers[j] = (const int8_t *)source->scored[v + j].column.data + row;
        score[j] = source->scored[v + j].score;
    }
    return 1;
}

/*
 * Long runs of scored items, straight from the answers' bytes: sums[k * n_vars + v] of run k. A byte that is not scored
 * makes its sum NaN; the run is then read the general way, which tells missing answers from wrong ones.
 */
static void sum_scored_runs(const sipas__source *source, const run *runs, int64_t n_runs, int64_t row,
                            const double *weight, double *sums)
{
    const int64_t n_vars = source->n_vars;
    int64_t v = 0;
    const int8_t *three[3];
    const double *score[3];

    for (; three_arrays(source, v, row, three, score); v += 3)
        for (int64_t k = 0; k < n_runs; k++) {
            const int64_t first = runs[k].first;
            const int8_t *const from[3] = {three[0] + first, three[1] + first, three[2] + first};
            double *to = sums + k * n_vars + v;

            sum_scored_three(from, score, weight + first, runs[k].n, to);
        }
    for (; v < n_vars; v++) {
        const sipas__scored *item = &source->scored[v];
        const int64_t stride = item->column.stride;
        const int8_t *answers = (const int8_t *)((const char *)item->column.data + row * stride);

        for (int64_t k = 0; k < n_runs; k++) {
            const int64_t first = runs[k].first;

            sums[k * n_vars + v] = sum_scored(answers + first * stride, stride, item->score, weight + first, runs[k].n);
        }
    }
}

/* Marks the clean runs, each by itself: the way a run is summed must not depend on which others are the worker's. Returns
 * how many are not clean. */
static int64_t mark_clean(run *runs, int64_t n_runs, int64_t n_vars, const double *sums)
{
    int64_t dirty = 0;

    for (int64_t k = 0; k < n_runs; k++) {
        double all = 0.0;

        for (int64_t v = 0; v < n_vars; v++) all += sums[k * n_vars + v];
        runs[k].clean = !isnan(all);
        dirty += !runs[k].clean;
    }
    return dirty;
}

static void add_runs(sipas__moments *m, const run *runs, int64_t n_runs, const double *sums)
{
    for (int64_t k = 0; k < n_runs; k++)
        for (int64_t v = 0; v < m->n_vars && runs[k].clean; v++) {
            const int64_t at = runs[k].segment * m->n_vars + v;

            two_sum(&m->sum[at], &m->sum_low[at], sums[k * m->n_vars + v]);
        }
}

static void add_plain_runs(sipas__moments *m, const run *runs, int64_t n_runs, const double *sums)
{
    for (int64_t k = 0; k < n_runs; k++)
        for (int64_t v = 0; v < m->n_vars && runs[k].clean; v++)
            m->plain[runs[k].segment * m->n_vars + v] += sums[k * m->n_vars + v];
}

static void sum_valued_runs(const sipas__source *source, sipas__moments *m, const run *runs, int64_t n_runs,
                            const sipas__reader *reader)
{
    for (int64_t k = 0; k < n_runs; k++) {
        int missing = 0;

        if (runs[k].clean) continue;
        for (int64_t v = 0; v < source->n_vars; v++)
            missing |= sum_values(source, m, &runs[k], v, reader->values + v * SIPAS__TILE, reader->weight);
        if (missing && source->n_sets) count_silent(source, m, reader, runs[k].segment, runs[k].first, runs[k].n);
    }
}

/* A segment's block of plain sums goes into its compensated ones. */
void sipas__pass_fold_block(sipas__moments *m, int64_t segment)
{
    const int64_t first = segment * m->n_vars;

    for (int64_t v = first; v < first + m->n_vars; v++) {
        two_sum(&m->sum[v], &m->sum_low[v], m->block[v]);
        m->block[v] = 0.0;
    }
    m->n_block[segment] = 0;
}

/* The rows of a scattered tile that are a worker's. */
typedef struct share {
    int64_t n;
    int32_t at[SIPAS__TILE];      /* rows within the tile, ascending */
    int32_t segment[SIPAS__TILE]; /* their segments */
    double weight[SIPAS__TILE];   /* their weights */
} share;

#if defined(__GNUC__) || defined(__clang__)
#define PREFETCH(address, write) __builtin_prefetch(address, write)
#else
#define PREFETCH(address, write) ((void)(address))
#endif

static void prefetch_line(const double *line, int64_t n)
{
    for (int64_t v = 0; v < n; v += 8) PREFETCH(line + v, 1);
}

/*
 * Adds the lines of rows first … first+n-1 of a share to the blocks of their segments; what the rows to come need is fetched
 * meanwhile. A block is folded every BLOCK_ROWS rows of its segment, so that it is never longer than a long run is.
 */
static void add_lines(sipas__moments *m, const share *rows, int64_t first, int64_t n, const double *lines)
{
    enum { AHEAD = 8, BLOCK_ROWS = 256 };
    const int64_t n_vars = m->n_vars;

    for (int64_t i = 0; i < n; i++) {
        const int64_t segment = rows->segment[first + i];
        const double weight = rows->weight[first + i];
        double *restrict block = m->block + segment * n_vars;
        const double *restrict line = lines + i * n_vars;

        if (first + i + AHEAD < rows->n) {
            const int64_t next = rows->segment[first + i + AHEAD];

            prefetch_line(m->block + next * n_vars, n_vars);
            PREFETCH(&m->weight[next], 1);
            PREFETCH(&m->weight_low[next], 1);
            PREFETCH(&m->rows[next], 1);
            PREFETCH(&m->n_block[next], 1);
        }
        if (weight == 0.0) continue;
        for (int64_t v = 0; v < n_vars; v++) block[v] += line[v];
        two_sum(&m->weight[segment], &m->weight_low[segment], weight);
        m->rows[segment]++;
        if (++m->n_block[segment] == BLOCK_ROWS) sipas__pass_fold_block(m, segment);
    }
}

/* Bytes from one item's answers to the next in a copied tile; not a power of two, so that items do not share cache sets. */
enum { PITCH = SIPAS__TILE + 64 };

/*
 * The answers of a share side by side: read from memory in long stretches, then used a batch at a time. Returns 0 when one
 * is not scored; the tile is then read the general way.
 */
static int copy_answers(const sipas__source *source, const share *rows, int64_t row, uint8_t *bytes)
{
    unsigned outside = 0;

    for (int64_t v = 0; v < source->n_vars; v++) {
        const sipas__scored *item = &source->scored[v];
        const int64_t stride = item->column.stride;
        const uint8_t *answers = (const uint8_t *)item->column.data + row * stride;
        const uint8_t low = item->low, span = item->span;
        uint8_t *copy = bytes + v * PITCH;

        if (stride == 1 && rows->at[rows->n - 1] - rows->at[0] == rows->n - 1)
            memcpy(copy, answers + rows->at[0], (size_t)rows->n);
        else
            for (int64_t i = 0; i < rows->n; i++) copy[i] = answers[rows->at[i] * stride];
        for (int64_t i = 0; i < rows->n; i++) outside |= (uint8_t)(copy[i] - low) > span;
    }
    return !outside;
}

static void score_lines(const sipas__source *source, const share *rows, int64_t first, int64_t n, const uint8_t *bytes,
                        double *restrict lines)
{
    const int64_t n_vars = source->n_vars;
    const double *weight = rows->weight + first;

    for (int64_t v = 0; v < n_vars; v++) {
        const uint8_t *answers = bytes + v * PITCH + first;
        const double *score = source->scored[v].score;

        for (int64_t i = 0; i < n; i++) lines[i * n_vars + v] = weight[i] * score[answers[i]];
    }
}

static void value_lines(const sipas__source *source, const sipas__reader *reader, const share *rows, int64_t first,
                        int64_t n, double *lines)
{
    for (int64_t v = 0; v < source->n_vars; v++) {
        const double *values = reader->values + v * SIPAS__TILE;

        for (int64_t i = 0; i < n; i++) {
            const double value = values[rows->at[first + i]], weight = rows->weight[first + i];

            lines[i * source->n_vars + v] = isnan(value) || weight == 0.0 ? 0.0 : weight * value;
        }
    }
}

/* What lines leave out: missing values, and, where `values` tells them, unweighted sums. */
static void add_details(const sipas__source *source, sipas__moments *m, const sipas__reader *reader, const share *rows)
{
    for (int64_t i = 0; i < rows->n; i++) {
        const int64_t at = rows->at[i], segment = rows->segment[i];
        int missing = 0;

        if (rows->weight[i] == 0.0) continue;
        for (int64_t v = 0; v < source->n_vars; v++) {
            const double value = reader->values[v * SIPAS__TILE + at];

            if (isnan(value)) {
                add_missing(m, segment, v, rows->weight[i]);
                missing = 1;
            } else if (source->plain) {
                m->plain[segment * m->n_vars + v] += value;
            }
        }
        if (missing && source->n_sets) count_silent(source, m, reader, segment, at, 1);
    }
}

/* Runs of one segment within rows row … row+n-1. */
static int64_t find_runs(const sipas__moments *m, const sipas__reader *reader, int64_t row, int64_t n, run *runs)
{
    int64_t n_runs = 0;

    if (m->runs.n) {
        for (int64_t r = sipas__runs_at(&m->runs, row); r < m->runs.n && m->runs.start[r] < row + n; r++) {
            const int64_t first = m->runs.start[r] > row ? m->runs.start[r] - row : 0;
            const int64_t last = m->runs.start[r + 1] < row + n ? m->runs.start[r + 1] - row : n;

            runs[n_runs].first = first;
            runs[n_runs].n = last - first;
            runs[n_runs].clean = 0;
            runs[n_runs++].segment = m->run_segment[r];
        }
        return n_runs;
    }
    for (int64_t i = 0; i < n; i++) {
        if (i == 0 || reader->segment[i] != reader->segment[i - 1]) {
            runs[n_runs].first = i;
            runs[n_runs].n = 0;
            runs[n_runs].clean = 0;
            runs[n_runs++].segment = reader->segment[i];
        }
        runs[n_runs - 1].n++;
    }
    return n_runs;
}

static void sum_long_runs(const sipas__source *source, sipas__moments *m, sipas__reader *reader, double *sums,
                          run *runs, int64_t n_runs, int64_t row, int64_t n)
{
    double ones[SIPAS__TILE];
    int64_t dirty = n_runs;

    if (source->scored) {
        sum_scored_runs(source, runs, n_runs, row, reader->weight, sums);
        dirty = mark_clean(runs, n_runs, source->n_vars, sums);
        add_runs(m, runs, n_runs, sums);
        if (source->plain && dirty < n_runs) {
            for (int64_t i = 0; i < n; i++) ones[i] = reader->weight[i] != 0.0;
            sum_scored_runs(source, runs, n_runs, row, ones, sums);
            add_plain_runs(m, runs, n_runs, sums);
        }
    }
    if (dirty == 0) return;
    sipas__reader_values(reader, source, row, n);
    sum_valued_runs(source, m, runs, n_runs, reader);
}

static void sum_short_runs(const sipas__source *source, sipas__moments *m, sipas__reader *reader, double *lines,
                           int64_t row, int64_t n, int64_t low, int64_t high)
{
    uint8_t *bytes = (uint8_t *)reader->values; /* room for a tile of doubles, of which only one is used at a time */
    share rows;
    int scored;

    rows.n = 0;
    for (int64_t i = 0; i < n; i++) {
        if (reader->segment[i] < low || reader->segment[i] >= high) continue;
        rows.at[rows.n] = (int32_t)i;
        rows.segment[rows.n] = reader->segment[i];
        rows.weight[rows.n++] = reader->weight[i];
    }
    if (rows.n == 0) return;
    scored = source->scored && !source->plain && copy_answers(source, &rows, row, bytes);
    if (!scored) {
        sipas__reader_values(reader, source, row, n);
        add_details(source, m, reader, &rows);
    }
    for (int64_t first = 0; first < rows.n; first += BATCH) {
        const int64_t count = rows.n - first < BATCH ? rows.n - first : BATCH;

        if (scored)
            score_lines(source, &rows, first, count, bytes, lines);
        else
            value_lines(source, reader, &rows, first, count, lines);
        add_lines(m, &rows, first, count, lines);
    }
}

void sipas__pass_sum_tile(const sipas__source *source, sipas__moments *m, sipas__reader *reader, double *sums,
                          int64_t row, int64_t n, int64_t low, int64_t high)
{
    run runs[SIPAS__TILE];
    const int64_t n_runs = find_runs(m, reader, row, n, runs);
    int64_t mine = 0;

    for (int64_t k = 0; k < n_runs; k++)
        if (runs[k].segment >= low && runs[k].segment < high) runs[mine++] = runs[k];
    if (mine == 0) return; /* the worker whose rows they are reads them */
    if (n < n_runs * LONG_RUN) {
        if (m->runs.n) sipas__reader_spread(reader, m, row, n);
        sum_short_runs(source, m, reader, sums, row, n, low, high);
        return;
    }
    for (int64_t k = 0; k < mine; k++) sum_run_weights(m, &runs[k], reader->weight);
    sum_long_runs(source, m, reader, sums, runs, mine, row, n);
}
