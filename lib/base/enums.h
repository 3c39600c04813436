/**
 * @file base/enums.h
 * The public enumerations: which values they have, their words, and the length of an array that one of them indexes.
 * Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_BASE_ENUMS_H
#define SIPAS_BASE_ENUMS_H

#include <stddef.h>
#include <stdint.h>

/* clang-format off */

/** Which enumeration: SIPAS__ENUM_LONELY is that of SIPAS_LONELY_ERROR. */
enum {
    SIPAS__ENUM_TYPE,
    SIPAS__ENUM_FIELD,
    SIPAS__ENUM_SHARE,
    SIPAS__ENUM_NODE,
    SIPAS__ENUM_ITEM,
    SIPAS__ENUM_ROLE,
    SIPAS__ENUM_LONELY,
    SIPAS__ENUM_COLLAPSE,
    SIPAS__ENUM_COLLAPSE_BY,
    SIPAS__ENUM_PPS,
    SIPAS__ENUM_PPS_FORM,
    SIPAS__ENUM_PHASE2,
    SIPAS__ENUM_PHASE1,
    SIPAS__ENUM_NEST,
    SIPAS__ENUM_ONE_PSU,
    SIPAS__ENUM_DF,
    SIPAS__ENUM_SIZE,
    SIPAS__ENUM_SIZE_ROUND,
    SIPAS__ENUM_FIGURE,
    SIPAS__ENUM_COMPARE,
    SIPAS__ENUM_COMPONENTS,
    SIPAS__ENUM_PSU,
    SIPAS__ENUM_SINGLE,
    SIPAS__ENUM_ALLOCATE,
    SIPAS__ENUM_ROUNDING,
    SIPAS__ENUM_REMAINDER,
    SIPAS__ENUM_OF,
    SIPAS__ENUM_STRATA,
    SIPAS__ENUM_MULTI,
    SIPAS__ENUM_TARGET,
    SIPAS__ENUM_DRAW,
    SIPAS__ENUM_FEWER,
    SIPAS__ENUM_STAGE_STRATA,
    SIPAS__ENUM_MISSING,
    SIPAS__ENUM_DEFF,
    SIPAS__ENUM_SIMULTANEOUS,
    SIPAS__ENUM_MISSING_BY,
    SIPAS__ENUM_CATEGORY,
    SIPAS__ENUM_INTERVAL,
    SIPAS__ENUM_FUNCTION,
    SIPAS__ENUM_ARGUMENT,
    SIPAS__ENUM_CONTRAST_DF,
    SIPAS__ENUM_ADJUST,
    SIPAS__ENUM_OVERLAP,
    SIPAS__ENUM_MOMENT,
    SIPAS__ENUM_SCALE,
    SIPAS__ENUM_QUANTILE,
    SIPAS__ENUM_QUANTILE_CENTRE,
    SIPAS__ENUM_QUANTILE_INTERVAL,
    SIPAS__ENUM_SCORING,
    SIPAS__ENUM_WEIGHTING,
    SIPAS__ENUM_WHOLE
};

/** One more than the largest value. */
enum {
    SIPAS__END_TYPE = 10,
    SIPAS__END_FIELD = 13,
    SIPAS__END_SHARE = 3,
    SIPAS__END_NODE = 6,
    SIPAS__END_ITEM = 5,
    SIPAS__END_ROLE = 4,
    SIPAS__END_LONELY = 8,
    SIPAS__END_COLLAPSE = 7,
    SIPAS__END_COLLAPSE_BY = 3,
    SIPAS__END_PPS = 7,
    SIPAS__END_PPS_FORM = 3,
    SIPAS__END_PHASE2 = 3,
    SIPAS__END_PHASE1 = 3,
    SIPAS__END_NEST = 3,
    SIPAS__END_ONE_PSU = 3,
    SIPAS__END_DF = 5,
    SIPAS__END_SIZE = 5,
    SIPAS__END_SIZE_ROUND = 3,
    SIPAS__END_FIGURE = 6,
    SIPAS__END_COMPARE = 3,
    SIPAS__END_COMPONENTS = 3,
    SIPAS__END_PSU = 4,
    SIPAS__END_SINGLE = 3,
    SIPAS__END_ALLOCATE = 10,
    SIPAS__END_ROUNDING = 6,
    SIPAS__END_REMAINDER = 4,
    SIPAS__END_OF = 3,
    SIPAS__END_STRATA = 5,
    SIPAS__END_MULTI = 3,
    SIPAS__END_TARGET = 5,
    SIPAS__END_DRAW = 5,
    SIPAS__END_FEWER = 5,
    SIPAS__END_STAGE_STRATA = 4,
    SIPAS__END_MISSING = 4,
    SIPAS__END_DEFF = 3,
    SIPAS__END_SIMULTANEOUS = 4,
    SIPAS__END_MISSING_BY = 4,
    SIPAS__END_CATEGORY = 2,
    SIPAS__END_INTERVAL = 13,
    SIPAS__END_FUNCTION = 6,
    SIPAS__END_ARGUMENT = 3,
    SIPAS__END_CONTRAST_DF = 6,
    SIPAS__END_ADJUST = 3,
    SIPAS__END_OVERLAP = 3,
    SIPAS__END_MOMENT = 3,
    SIPAS__END_SCALE = 2,
    SIPAS__END_QUANTILE = 10,
    SIPAS__END_QUANTILE_CENTRE = 3,
    SIPAS__END_QUANTILE_INTERVAL = 5,
    SIPAS__END_SCORING = 4,
    SIPAS__END_WEIGHTING = 5,
    SIPAS__END_WHOLE = 4
};

/* clang-format on */

/** An array by an enumeration has a place for its largest value, or it does not compile: SIPAS__EVERY(formulas, ALLOCATE). */
#define SIPAS__EVERY(array, NAME)                                        \
    _Static_assert(sizeof(array) / sizeof *(array) == SIPAS__END_##NAME, \
                   #array " has not a place for every SIPAS_" #NAME "_")

/** The same for a call that takes an enumeration up to `last`, and refuses the others. */
#define SIPAS__UP_TO(array, last) \
    _Static_assert(sizeof(array) / sizeof *(array) == (size_t)(last) + 1, #array " has not a place up to " #last)

/** Whether an enumeration has this value. */
int sipas__enum_has(int32_t which, int32_t value);

/** The word of a value that the enumeration has: "adjust_zero" of SIPAS_LONELY_ADJUST_ZERO. */
const char *sipas__enum_word(int32_t which, int32_t value);

/** The least and the largest value. */
int32_t sipas__enum_least(int32_t which);
int32_t sipas__enum_most(int32_t which);

#endif
