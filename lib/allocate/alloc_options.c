/*
 * Options of an allocation: defaults, ranges, and what does not go together.
 *
 * O(1).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/allocate.h"

#include "base/options.h"
#include "data/column.h"
#include "data/methods.h"

static const int64_t LARGEST_BLOCK = INT64_C(1000000000);

void sipas_allocate_opts_init(sipas_allocate_opts *opts)
{
    const sipas_allocate_opts defaults = SIPAS_ALLOCATE_OPTS_INIT;

    if (opts) *opts = defaults;
}

static sipas_status bad_option(sipas_error *err, const char *field, const char *sentence)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, field, "option %s: %s", field,
                            sentence);
}

static sipas_status check_flags(const sipas_allocate_opts *own, sipas_error *err)
{
    const struct {
        const char *field;
        int32_t value, most;
    } flags[] = {{"method", own->method, SIPAS__END_ALLOCATE - 1},
                 {"rounding", own->rounding, SIPAS__END_ROUNDING - 1},
                 {"size_is_measure", own->size_is_measure, 1},
                 {"power_given", own->power_given, 1},
                 {"kish_given", own->kish_given, 1},
                 {"lower_given", own->lower_given, 1},
                 {"remainder", own->remainder, SIPAS__END_REMAINDER - 1},
                 {"gains", own->gains, 1}};
    sipas_status status = SIPAS_OK;

    for (size_t i = 0; i < sizeof flags / sizeof *flags && status == SIPAS_OK; i++)
        status = sipas__options_check(flags[i].field, flags[i].value, 0, flags[i].most, err);
    return status;
}

static void drop_empty_columns(sipas_allocate_opts *own)
{
    const sipas_column **columns[] = {&own->lower, &own->upper,      &own->fixed,      &own->take_all,
                                      &own->code,  &own->sd,         &own->mean,       &own->importance,
                                      &own->cost,  &own->unit_class, &own->class_code, &own->class_n};

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (!sipas__column_given(*columns[i])) *columns[i] = NULL;
}

/* True for the methods whose whole numbers are an exact optimum. */
static sipas_status load_rounding(sipas__allocation *a, sipas_error *err)
{
    sipas_allocate_opts *own = &a->opts;
    const int exact = sipas__method_is_exact(own->method);

    if ((exact || own->method == SIPAS_ALLOCATE_CLASS_TABLE) && own->rounding != SIPAS_ROUNDING_DEFAULT)
        return bad_option(err, "rounding", "neyman, cost, bankier and the class table have whole numbers of their own");
    if (own->rounding == SIPAS_ROUNDING_DEFAULT) own->rounding = SIPAS_ROUNDING_LARGEST_REMAINDER;
    a->seats.rounding = exact ? SIPAS_ROUNDING_HILL : own->rounding;
    return SIPAS_OK;
}

static sipas_status load_parameters(sipas_allocate_opts *own, sipas_error *err)
{
    if (!own->power_given) own->power = 0.5;
    if (!(own->power >= 0.0 && own->power <= 10.0)) return bad_option(err, "power", "it must be from 0 to 10");
    if (!own->kish_given) own->kish = 0.5;
    if (!(own->kish >= 0.0 && own->kish <= 1.0)) return bad_option(err, "kish", "it must be from 0 to 1");
    return SIPAS_OK;
}

static sipas_status load_bounds(sipas__allocation *a, sipas_error *err)
{
    const sipas_allocate_opts *own = &a->opts;
    const int rules = own->fixed || own->take_all || own->multiple;

    if (own->lower_value < 0) return bad_option(err, "lower_value", "it must not be negative");
    if (own->upper_value < 0) return bad_option(err, "upper_value", "it must not be negative");
    if (own->multiple < 0 || own->multiple > LARGEST_BLOCK)
        return bad_option(err, "multiple", "it must be from 0 to 10^9");
    if (own->lower && (own->lower_given || own->lower_value))
        return sipas__error_argument(err, "lower", "give the column or lower_value, not both");
    if (own->upper && own->upper_value)
        return sipas__error_argument(err, "upper", "give the column or upper_value, not both");
    if (own->take_all && own->size_is_measure)
        return sipas__error_argument(err, "take_all", "size is a measure, so there is no whole to take");
    if (rules && own->method == SIPAS_ALLOCATE_CLASS_TABLE)
        return sipas__error_argument(err, "class_n",
                                     "the class table fixes every number: no fixed, take_all or "
                                     "multiple besides");
    a->bounds.free_lower = !own->lower && !own->lower_given && own->lower_value == 0;
    a->block = own->multiple > 0 ? own->multiple : 1;
    return SIPAS_OK;
}

sipas_status sipas__allocate_load(sipas__allocation *a, const sipas_allocate_opts *opts, sipas_error *err)
{
    sipas_allocate_opts *own = &a->opts;
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_allocate_opts", err);

    if (status == SIPAS_OK) status = sipas__options_check("reserved", own->reserved, 0, 0, err);
    if (status == SIPAS_OK) status = check_flags(own, err);
    if (status < 0) return status;
    drop_empty_columns(own);
    if (own->method == SIPAS_ALLOCATE_DEFAULT)
        own->method = a->default_method ? a->default_method : SIPAS_ALLOCATE_PROPORTIONAL;
    status = load_rounding(a, err);
    if (status == SIPAS_OK) status = load_parameters(own, err);
    return status < 0 ? status : load_bounds(a, err);
}

/* What is no multiple of the block is an error, or goes the way of the rule. */
sipas_status sipas__allocate_set_total(sipas__allocation *a, int64_t total, sipas_error *err)
{
    const int64_t over = total > 0 ? total % a->block : 0;

    a->total = total;
    if (total == SIPAS_ALLOCATE_NO_TOTAL && a->opts.method == SIPAS_ALLOCATE_CLASS_TABLE) return SIPAS_OK;
    if (total < 0 || total > SIPAS__TOTAL_MAX)
        return sipas__error_set(err, SIPAS_ERR_VALUE, SIPAS__NOWHERE, SIPAS__NOWHERE, "total",
                                "total is %lld; it must be from 0 to 10^12", (long long)total);
    a->total = total / a->block;
    if (over == 0) return SIPAS_OK;
    if (a->opts.remainder == SIPAS_REMAINDER_ERROR)
        return sipas__error_set(err, SIPAS_ERR_INFEASIBLE, SIPAS__NOWHERE, SIPAS__NOWHERE, "total",
                                "the total %lld is no multiple of %lld: %lld are left over", (long long)total,
                                (long long)a->block, (long long)over);
    if (a->opts.remainder == SIPAS_REMAINDER_UP) a->total++;
    if (a->opts.remainder == SIPAS_REMAINDER_PART)
        a->part = over;
    else
        sipas__table_note(a->table, "total_rounded", NULL, SIPAS__NOWHERE,
                          "the total %lld is no multiple of %lld; %lld are split", (long long)total,
                          (long long)a->block, (long long)(a->total * a->block));
    return SIPAS_OK;
}
