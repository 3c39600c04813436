/*
 * Summing a tile.
 *
 * Rows of one segment that follow each other form a run. Long runs (data sorted by PSU) are summed variable by variable; short
 * runs (scattered data) row by row into the segment's block of sums. Either way a segment's sum takes its contributions a block
 * or a run at a time, with compensation (Neumaier 1974; Knuth, TAOCP 2, §4.2.2, for the branch-free two-sum), and which
 * way is chosen depends on the data only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/moments_sum.h"

#include <math.h>
#include <string.h>

#include "engine/moments_planes.h"
#include "num/finite.h"

/* Mean length of a run from which summing variable by variable is faster (measured in tests/bench). */
enum { LONG_RUN = 12 };

/* Rows after which a segment's block is folded: no longer than a long run is. */
enum { BLOCK_ROWS = 256 };

/* ---- blocks ---- */

void sipas__pass_fold_block(sipas__moments *m, int64_t segment)
{
    double *block = m->block + segment * m->block_pitch;
    const int64_t first = segment * m->n_vars;

    for (int64_t v = 0; v < m->n_vars; v++) {
        sipas__pass_two_sum(&m->sum[first + v], &m->sum_low[first + v], block[v]);
        block[v] = 0.0;
    }
    sipas__pass_two_sum(&m->weight[segment], &m->weight_low[segment], block[m->n_vars]);
    block[m->n_vars] = 0.0;
    m->rows[segment] += m->n_block[segment];
    m->n_block[segment] = 0;
}

void sipas__pass_count_block(sipas__moments *m, const int32_t *segment, const double *weight, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        m->n_block[segment[i]] += weight[i] != 0.0;
        if (m->n_block[segment[i]] >= BLOCK_ROWS) sipas__pass_fold_block(m, segment[i]);
    }
}

/* ---- what is missing ---- */

/* Marks the missing values of a tile. Returns 1 when there is any. */
static int mark_missing(const sipas__source *source, sipas__reader *reader, int64_t n)
{
    const int64_t words = sipas__pass_words(source->n_vars);
    int any = 0;

    for (int64_t v = 0; v < source->n_vars; v++) {
        const double *values = reader->values + v * SIPAS__TILE;

        if (sipas__all_finite(values, n)) continue;
        if (!any) memset(reader->missing, 0, (size_t)(n * words) * sizeof *reader->missing);
        any = 1;
        for (int64_t i = 0; i < n; i++)
            if (isnan(values[i])) reader->missing[i * words + v / 64] |= UINT64_C(1) << (v % 64);
    }
    return any;
}

/* The sets of variables that a row lacks altogether. */
static void add_silent(const sipas__source *source, sipas__moments *m, const uint64_t *missing, int64_t segment,
                       double weight)
{
    for (int64_t s = 0; s < source->n_sets; s++) {
        int silent = 1;

        for (int64_t w = 0; w < source->set_words; w++)
            silent &= (source->sets[s * source->set_words + w] & ~missing[w]) == 0;
        if (!silent) continue;
        m->silent[segment * m->n_sets + s]++;
        m->silent_weight[segment * m->n_sets + s] += weight;
    }
}

/* Takes note of what a run of rows lacks. */
static void add_missing(const sipas__source *source, sipas__moments *m, const sipas__reader *reader,
                        const sipas__run *run)
{
    const int64_t words = sipas__pass_words(m->n_vars);

    m->any_gone = 1;
    for (int64_t i = run->first; i < run->first + run->n; i++) {
        const uint64_t *missing = reader->missing + i * words;
        const double weight = reader->weight[i];
        uint64_t any = 0;

        for (int64_t w = 0; w < words; w++) any |= missing[w];
        if (!any || weight == 0.0) continue;
        for (int64_t v = 0; v < m->n_vars; v++) {
            const int64_t at = run->segment * m->n_vars + v;

            if (!((missing[v / 64] >> (v % 64)) & 1u)) continue;
            m->gone[at] += weight;
            m->n_gone[at]++;
        }
        add_silent(source, m, missing, run->segment, weight);
    }
}

/* ---- values ---- */

/* Values that are missing, or of rows without weight, become 0: nothing is added for them. Unweighted sums come first. */
static void blank_missing(const sipas__source *source, sipas__moments *m, sipas__reader *reader, int64_t n,
                          const sipas__run *runs, int64_t n_runs)
{
    for (int64_t v = 0; v < m->n_vars; v++) {
        double *values = reader->values + v * SIPAS__TILE;

        for (int64_t i = 0; i < n; i++)
            if (isnan(values[i]) || reader->weight[i] == 0.0) values[i] = 0.0;
        for (int64_t k = 0; source->plain && k < n_runs; k++)
            for (int64_t i = runs[k].first; i < runs[k].first + runs[k].n; i++)
                m->plain[runs[k].segment * m->n_vars + v] += values[i];
        for (int64_t i = 0; source->plain && n_runs == 0 && i < n; i++)
            m->plain[reader->segment[i] * m->n_vars + v] += values[i];
    }
}

/* In four lanes, to keep the adder busy. */
static double dot(const double *weight, const double *value, int64_t n)
{
    double sum[4] = {0.0};
    int64_t i = 0;

    for (; i + 4 <= n; i += 4)
        for (int lane = 0; lane < 4; lane++) sum[lane] += weight[i + lane] * value[i + lane];
    for (; i < n; i++) sum[0] += weight[i] * value[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void add_value_runs(sipas__moments *m, const sipas__reader *reader, const sipas__run *runs, int64_t n_runs)
{
    for (int64_t v = 0; v < m->n_vars; v++) {
        const double *values = reader->values + v * SIPAS__TILE;

        for (int64_t k = 0; k < n_runs; k++) {
            const int64_t at = runs[k].segment * m->n_vars + v, first = runs[k].first;

            sipas__pass_two_sum(&m->sum[at], &m->sum_low[at], dot(reader->weight + first, values + first, runs[k].n));
        }
    }
}

/* The same of one variable: blocks are counted, and folded when they are long, at once. */
static void add_single_rows(sipas__moments *m, const sipas__reader *reader, int64_t n)
{
    double *block = m->block;

    for (int64_t i = 0; i < n; i++) {
        const int32_t segment = reader->segment[i];
        const double weight = reader->weight[i];

        block[2 * (int64_t)segment] += weight * reader->values[i];
        block[2 * (int64_t)segment + 1] += weight;
        m->n_block[segment] += weight != 0.0;
        if (m->n_block[segment] >= BLOCK_ROWS) sipas__pass_fold_block(m, segment);
    }
}

/* Variable by variable; the first takes the weights along. */
static void add_value_rows(sipas__moments *m, const sipas__reader *reader, int64_t n)
{
    const int64_t pitch = m->block_pitch, n_vars = m->n_vars;
    const int32_t *segment = reader->segment;
    const double *weight = reader->weight;

    if (n_vars == 1) {
        add_single_rows(m, reader, n);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        double *to = m->block + segment[i] * pitch;

        to[0] += weight[i] * reader->values[i];
        to[n_vars] += weight[i];
    }
    for (int64_t v = 1; v < n_vars; v++) {
        const double *values = reader->values + v * SIPAS__TILE;

        for (int64_t i = 0; i < n; i++) m->block[segment[i] * pitch + v] += weight[i] * values[i];
    }
    sipas__pass_count_block(m, segment, weight, n);
}

/* Rows that are segments each: their values are the sums, and the weight follows them. */
static void place_values(sipas__moments *m, const sipas__reader *reader, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const int64_t s = reader->segment[i];
        const double weight = reader->weight[i];
        double *sum = m->sum + s * m->sum_pitch;

        sum[m->n_vars] = weight;
        for (int64_t v = 0; v < m->n_vars; v++) sum[v] = weight * reader->values[v * SIPAS__TILE + i];
    }
}

/* As sipas__pass_add_points(), of any values. */
static int add_values(const sipas__source *source, sipas__moments *m, sipas__reader *reader, const sipas__run *runs,
                      int64_t n_runs, int64_t row, int64_t n)
{
    const int missing = sipas__reader_values(reader, source, row, n) && mark_missing(source, reader, n);

    if (missing || source->plain) blank_missing(source, m, reader, n, runs, n_runs);
    if (m->single)
        place_values(m, reader, n);
    else if (n_runs)
        add_value_runs(m, reader, runs, n_runs);
    else
        add_value_rows(m, reader, n);
    return missing;
}

/* ---- a tile ---- */

/* In four lanes, to keep the adder busy. */
static void add_weights(sipas__moments *m, const double *weight, const sipas__run *run)
{
    const double *w = weight + run->first;
    double sum[4] = {0.0};
    int64_t zero = 0, i = 0;

    for (; i + 4 <= run->n; i += 4)
        for (int lane = 0; lane < 4; lane++) {
            sum[lane] += w[i + lane];
            zero += w[i + lane] == 0.0;
        }
    for (; i < run->n; i++) {
        sum[0] += w[i];
        zero += w[i] == 0.0;
    }
    sipas__pass_two_sum(&m->weight[run->segment], &m->weight_low[run->segment], (sum[0] + sum[1]) + (sum[2] + sum[3]));
    m->rows[run->segment] += run->n - zero;
}

/* Runs of rows row … row+n-1 as the patterns have them. */
static int64_t known_runs(const sipas__moments *m, int64_t row, int64_t n, sipas__run *runs)
{
    const sipas__runs *known = &m->pairs->runs;
    int64_t n_runs = 0;

    for (int64_t r = sipas__runs_at(known, row); r < known->n && known->start[r] < row + n; r++) {
        const int64_t first = known->start[r] > row ? known->start[r] - row : 0;
        const int64_t last = known->start[r + 1] < row + n ? known->start[r + 1] - row : n;
        const sipas__run run = {first, last - first, m->pair_segment[m->pairs->run_pattern[r]]};

        runs[n_runs++] = run;
    }
    return n_runs;
}

/* Runs of a tile by the segments of its rows. */
static int64_t find_runs(const int32_t *segment, int64_t n, sipas__run *runs)
{
    int64_t n_runs = 0;

    for (int64_t i = 0; i < n; i++) {
        const sipas__run run = {i, 0, segment[i]};

        if (i == 0 || segment[i] != segment[i - 1]) runs[n_runs++] = run;
        runs[n_runs - 1].n++;
    }
    return n_runs;
}

static int has_long_runs(const int32_t *segment, int64_t n)
{
    int32_t n_runs = 1;

    for (int64_t i = 1; i < n; i++) n_runs += segment[i] != segment[i - 1];
    return n >= (int64_t)n_runs * LONG_RUN;
}

int sipas__pass_sum_tile(const sipas__source *source, sipas__moments *m, sipas__reader *reader, int64_t row, int64_t n)
{
    sipas__run runs[SIPAS__TILE];
    const int in_runs = m->pairs->runs.n && !m->row_segment;
    int64_t n_runs = in_runs ? known_runs(m, row, n, runs) : 0;
    int by_runs = n >= n_runs * LONG_RUN;
    int missing;

    if (!in_runs || !by_runs) sipas__reader_segments(reader, m, row, n);
    if (!in_runs) by_runs = !m->single && has_long_runs(reader->segment, n);
    if (!in_runs && by_runs) n_runs = find_runs(reader->segment, n, runs);
    if (!by_runs) n_runs = 0;
    if (m->exact) return sipas__plane_sums_add(m->exact, source, reader, runs, n_runs, row, n);
    for (int64_t k = 0; k < n_runs; k++) add_weights(m, reader->weight, &runs[k]);
    missing = source->scored ? sipas__pass_add_points(source, m, reader, runs, n_runs, row, n)
                             : add_values(source, m, reader, runs, n_runs, row, n);
    if (!missing) return 1;
    if (n_runs == 0) n_runs = find_runs(reader->segment, n, runs);
    for (int64_t k = 0; k < n_runs; k++) add_missing(source, m, reader, &runs[k]);
    return 1;
}
