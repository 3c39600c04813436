/*
 * Equal shares within bounds: clamp(level, lower, upper) with the level that the total asks for; what whole numbers leave
 * over goes to the first in canonical order that can have one more.
 *
 * O(units directly below × log total).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/tree.h"

static int64_t share_at(const sipas__forest *f, int64_t place, int64_t level)
{
    return level < f->lower[place] ? f->lower[place] : level > f->most[place] ? f->most[place] : level;
}

static int64_t sum_at(const sipas__forest *f, int64_t place, int64_t level)
{
    int64_t sum = 0;

    for (int64_t below = place + 1; below < f->end[place]; below = f->end[below]) sum += share_at(f, below, level);
    return sum;
}

/* The largest level whose sum does not pass the total. */
static int64_t find_level(const sipas__forest *f, int64_t place, double total)
{
    int64_t low = 0, high = SIPAS__TOTAL_MAX;

    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;

        if ((double)sum_at(f, place, middle) <= total)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

void sipas__forest_share(sipas__forest *f, int64_t place, int64_t total)
{
    const int64_t level = find_level(f, place, (double)total);
    int64_t rest = total - sum_at(f, place, level);

    for (int64_t below = place + 1; below < f->end[place]; below = f->end[below]) {
        f->whole[below] = share_at(f, below, level);
        if (rest > 0 && share_at(f, below, level + 1) > f->whole[below]) {
            f->whole[below]++;
            rest--;
        }
    }
}

void sipas__forest_share_part(sipas__forest *f, int64_t place, double total, double *x)
{
    const int64_t level = find_level(f, place, total);
    const double rest = total - (double)sum_at(f, place, level);
    int64_t able = 0;

    for (int64_t below = place + 1; below < f->end[place]; below = f->end[below])
        able += share_at(f, below, level + 1) > share_at(f, below, level);
    for (int64_t below = place + 1; below < f->end[place]; below = f->end[below]) {
        x[below] = (double)share_at(f, below, level);
        if (share_at(f, below, level + 1) > share_at(f, below, level)) x[below] += rest / (double)able;
    }
}
