/*
 * N, mean and Σ (x - mean)² of any run of the sorted values, in O(1) and without a difference of sums: a run is put
 * together from runs that are known, and
 *
 *   Σ (x - mean)² of both = that of one + that of the other + gap² N₁ N₂ / (N₁ + N₂)
 *
 * with gap the distance of their means (Chan, Golub and LeVeque 1983, Am. Stat. 37:242) has no minus in it. A mean is kept as
 * its distance from the least value of its run, so that the gap is exact to a few roundings of itself, whatever lies beside:
 * an outlier of 10^11 in another stratum, or a spread of one in values of 10^12.
 *
 * Known are, for blocks of 16 values, the runs from a block's begin and to its end, and of whole blocks, for every power of
 * two, the runs from its multiples backwards and onwards: any run of blocks is two of these (a disjoint sparse table). Within
 * a block values are added one by one.
 *
 * O(values log values) once, O(16) a run.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "strata/strata.h"

#include "base/context.h"

enum { BLOCK = 16 };

sipas__stratum sipas__strata_join(const sipas__stratum *low, const sipas__stratum *high)
{
    const double n_low = (double)low->size, n_high = (double)high->size, share = n_high / (n_low + n_high);
    const double gap = ((high->least - low->least) - low->off) + high->off;

    return (sipas__stratum){.size = low->size + high->size,
                            .least = low->least,
                            .off = low->off + gap * share,
                            .squares = low->squares + high->squares + gap * (n_low * share) * gap};
}

sipas__stratum sipas__strata_value(const sipas__strata *s, int64_t value)
{
    return (sipas__stratum){.size = s->below[value + 1] - s->below[value], .least = s->value[value]};
}

/* What is kept of a run that begins with value `from` and ends before `to`. */
static sipas__stratum unpack(const sipas__strata *s, const sipas__run_sums *kept, int64_t from, int64_t to)
{
    return (sipas__stratum){s->below[to] - s->below[from], s->value[from], kept->off, kept->squares};
}

static sipas__run_sums pack(const sipas__stratum *run)
{
    return (sipas__run_sums){run->off, run->squares};
}

static int64_t least_of(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

/* The runs from a block's begin, and those to its end. */
static void sum_within(sipas__strata *s, int64_t begin, int64_t end)
{
    sipas__stratum run = sipas__strata_value(s, begin);

    s->from_begin[begin] = pack(&run);
    for (int64_t i = begin + 1; i < end; i++) {
        const sipas__stratum next = sipas__strata_value(s, i);

        run = sipas__strata_join(&run, &next);
        s->from_begin[i] = pack(&run);
    }
    run = sipas__strata_value(s, end - 1);
    s->to_end[end - 1] = pack(&run);
    for (int64_t i = end - 2; i >= begin; i--) {
        const sipas__stratum next = sipas__strata_value(s, i);

        run = sipas__strata_join(&next, &run);
        s->to_end[i] = pack(&run);
    }
}

static sipas__stratum whole_block(const sipas__strata *s, int64_t block)
{
    const int64_t begin = block * BLOCK, end = least_of(begin + BLOCK, s->n_values);

    return unpack(s, &s->to_end[begin], begin, end);
}

/* The runs of blocks from `middle` backwards to `begin`, and onwards to before `end`. */
static void sum_blocks(const sipas__strata *s, sipas__run_sums *level, int64_t begin, int64_t middle, int64_t end)
{
    sipas__stratum run = whole_block(s, middle - 1);

    level[middle - 1] = pack(&run);
    for (int64_t b = middle - 2; b >= begin; b--) {
        const sipas__stratum next = whole_block(s, b);

        run = sipas__strata_join(&next, &run);
        level[b] = pack(&run);
    }
    run = whole_block(s, middle);
    level[middle] = pack(&run);
    for (int64_t b = middle + 1; b < end; b++) {
        const sipas__stratum next = whole_block(s, b);

        run = sipas__strata_join(&run, &next);
        level[b] = pack(&run);
    }
}

int sipas__strata_sum(sipas__strata *s)
{
    int32_t levels = 0;

    s->n_blocks = (s->n_values + BLOCK - 1) / BLOCK;
    while (INT64_C(1) << levels < s->n_blocks) levels++;
    s->from_begin = sipas__alloc(s->ctx, s->n_values, sizeof *s->from_begin);
    s->to_end = sipas__alloc(s->ctx, s->n_values, sizeof *s->to_end);
    s->of_blocks = sipas__alloc(s->ctx, levels * s->n_blocks, sizeof *s->of_blocks);
    if (!s->from_begin || !s->to_end || !s->of_blocks) return 0;
    for (int64_t begin = 0; begin < s->n_values; begin += BLOCK)
        sum_within(s, begin, least_of(begin + BLOCK, s->n_values));
    for (int32_t level = 0; level < levels; level++) {
        const int64_t half = INT64_C(1) << level;

        for (int64_t middle = half; middle < s->n_blocks; middle += 2 * half)
            sum_blocks(s, s->of_blocks + level * s->n_blocks, middle - half, middle,
                       least_of(middle + half, s->n_blocks));
    }
    return 1;
}

/* Blocks first … last, at least one. */
static sipas__stratum blocks_of(const sipas__strata *s, int64_t first, int64_t last)
{
    const sipas__run_sums *of;
    sipas__stratum low, high;
    int64_t middle;
    int32_t level = 0;

    if (first == last) return whole_block(s, first);
    while ((first ^ last) >> (level + 1)) level++; /* they lie on two sides of a multiple of 2^level */
    middle = last >> level << level;
    of = s->of_blocks + level * s->n_blocks;
    low = unpack(s, &of[first], first * BLOCK, middle * BLOCK);
    high = unpack(s, &of[last], middle * BLOCK, least_of((last + 1) * BLOCK, s->n_values));
    return sipas__strata_join(&low, &high);
}

sipas__stratum sipas__strata_of(const sipas__strata *s, int64_t from, int64_t to)
{
    const int64_t first = from / BLOCK, last = (to - 1) / BLOCK;
    sipas__stratum run, next;

    if (first == last) {
        run = sipas__strata_value(s, from);
        for (int64_t i = from + 1; i < to; i++) {
            next = sipas__strata_value(s, i);
            run = sipas__strata_join(&run, &next);
        }
        return run;
    }
    run = unpack(s, &s->to_end[from], from, (first + 1) * BLOCK);
    if (first + 1 < last) {
        next = blocks_of(s, first + 1, last - 1);
        run = sipas__strata_join(&run, &next);
    }
    next = unpack(s, &s->from_begin[to - 1], last * BLOCK, to);
    return sipas__strata_join(&run, &next);
}
