/*
 * Simple random sampling without replacement: the m units with the smallest numbers of their own, in that order.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "select/method.h"

static void draw(const sipas__select_run *run, const sipas__select_rest *from)
{
    sipas__select_sort_by_number(run, run->scratch.items, from->n_units, SIPAS__PURPOSE_DRAW);
}

const sipas__select_method sipas__select_method_srs = {
    .name = "srs/1", .draw = draw, .probabilities = sipas__select_equal_probabilities};
