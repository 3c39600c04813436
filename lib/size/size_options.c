/*
 * Options that the calls about one-stage sizes share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>

#include "base/options.h"
#include "data/column.h"
#include "num/distributions.h"
#include "size/size.h"

void sipas_size_opts_init(sipas_size_opts *opts)
{
    const sipas_size_opts defaults = SIPAS_SIZE_OPTS_INIT;

    if (opts) *opts = defaults;
}

sipas_status sipas__size_bad_option(sipas_error *err, const char *field, const char *sentence, double value)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, field, "option %s: %g %s", field,
                            value, sentence);
}

sipas_status sipas__size_load_number(const char *field, double *value, double standard, double limit, int closed,
                                     sipas_error *err)
{
    if (*value == 0.0) *value = standard;
    if (*value > 0.0 && (*value < limit || (closed && *value <= limit))) return SIPAS_OK;
    if (isinf(limit)) return sipas__size_bad_option(err, field, "is not a finite number greater than 0", *value);
    return sipas__size_bad_option(err, field, closed ? "is not greater than 0 and at most 1" : "is not between 0 and 1",
                                  *value);
}

sipas_status sipas__size_load_counts(int64_t minimum, int64_t maximum, int64_t *multiple, int32_t *rounding,
                                     sipas_error *err)
{
    sipas_status status = sipas__options_enum("rounding", *rounding, SIPAS__ENUM_SIZE_ROUND, err);

    if (status != SIPAS_OK) return status;
    if (minimum < 0) return sipas__size_bad_option(err, "minimum", "is negative", (double)minimum);
    if (maximum < 0) return sipas__size_bad_option(err, "maximum", "is negative", (double)maximum);
    if (*multiple < 0) return sipas__size_bad_option(err, "multiple", "is negative", (double)*multiple);
    if (minimum > (int64_t)SIPAS__LARGEST_SIZE || *multiple > (int64_t)SIPAS__LARGEST_SIZE)
        return sipas__size_bad_option(err, *multiple > (int64_t)SIPAS__LARGEST_SIZE ? "multiple" : "minimum",
                                      "is beyond 2^53", SIPAS__LARGEST_SIZE);
    if (maximum > 0 && minimum > maximum)
        return sipas__size_bad_option(err, "minimum", "is above the maximum", (double)minimum);
    if (*multiple == 0) *multiple = 1;
    if (*rounding == SIPAS_SIZE_ROUND_DEFAULT) *rounding = SIPAS_SIZE_ROUND_UP;
    return SIPAS_OK;
}

sipas_status sipas__size_load_opts(const sipas_size_opts *opts, sipas_size_opts *own, sipas_error *err)
{
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_size_opts", err);

    if (status == SIPAS_OK) status = sipas__options_check("reserved", own->reserved, 0, 0, err);
    if (status == SIPAS_OK) status = sipas__options_enum("method", own->method, SIPAS__ENUM_SIZE, err);
    if (status == SIPAS_OK)
        status = sipas__size_load_counts(own->minimum, own->maximum, &own->multiple, &own->rounding, err);
    if (status == SIPAS_OK) status = sipas__size_load_number("response", &own->response, 1.0, 1.0, 1, err);
    if (status != SIPAS_OK) return status;
    if (own->per_household != 0.0)
        status = sipas__size_load_number("per_household", &own->per_household, 0.0, INFINITY, 0, err);
    if (!sipas__column_given(own->code)) own->code = NULL;
    return status;
}

sipas_status sipas__size_load_df(double df, double psus, double *out, sipas_error *err)
{
    sipas_status status = SIPAS_OK;

    *out = INFINITY;
    if (df != 0.0 && psus != 0.0)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "psus",
                                "options df and psus are both given; df is psus less strata");
    if (psus != 0.0) {
        if (!(psus > 1.0 && psus < INFINITY)) return sipas__size_bad_option(err, "psus", "is not greater than 1", psus);
        *out = psus - 1.0;
    }
    if (df == 0.0) return status;
    if (!(df > 0.0)) return sipas__size_bad_option(err, "df", "is not greater than 0", df);
    *out = df;
    return status;
}

double sipas__size_welch(double df, double a, double b)
{
    const double both = (a + b) * (a + b);

    return isinf(df) || !(both > 0.0) ? df : df * both / (a * a + b * b) * (1.0 - 4.0 * a * b / both / (df + 2.0));
}

/* Yamane's formula has its share, level, design effect and kind of target built in. */
static sipas_status check_yamane(const sipas_size_opts *opts, sipas_error *err)
{
    const char *sentence = "is given, but the formula of yamane has it built in (z = 2, p = 1/2, no design effect); "
                           "use cochran";
    const char *target = "is given, but the formula of yamane has a margin only; use cochran";

    if (opts->p != 0.0) return sipas__size_bad_option(err, "p", sentence, opts->p);
    if (opts->level != 0.0) return sipas__size_bad_option(err, "level", sentence, opts->level);
    if (opts->deff != 0.0) return sipas__size_bad_option(err, "deff", sentence, opts->deff);
    if (opts->df != 0.0) return sipas__size_bad_option(err, "df", sentence, opts->df);
    if (opts->psus != 0.0) return sipas__size_bad_option(err, "psus", sentence, opts->psus);
    if (opts->relative_margin != 0.0)
        return sipas__size_bad_option(err, "relative_margin", target, opts->relative_margin);
    if (opts->cv != 0.0) return sipas__size_bad_option(err, "cv", target, opts->cv);
    if (opts->se != 0.0) return sipas__size_bad_option(err, "se", target, opts->se);
    return SIPAS_OK;
}

/* The one target; a margin of 5 points when there is none. */
static sipas_status load_target(const sipas_size_opts *own, sipas__figure *figure, sipas_error *err)
{
    const struct {
        const char *field;
        double value, limit;
        int32_t target;
    } targets[] = {
        {"margin", own->margin, 1.0, SIPAS__TARGET_MARGIN},
        {"relative_margin", own->relative_margin, INFINITY, SIPAS__TARGET_RELATIVE_MARGIN},
        {"cv", own->cv, INFINITY, SIPAS__TARGET_CV},
        {"se", own->se, INFINITY, SIPAS__TARGET_SE},
    };
    const int interval = figure->own.method == SIPAS_SIZE_WILSON || figure->own.method == SIPAS_SIZE_LOG_ODDS;
    const char *chosen = NULL;

    figure->target = SIPAS__TARGET_MARGIN;
    figure->value = 0.05;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        sipas_status status;

        if (targets[i].value == 0.0) continue;
        if (chosen)
            return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, targets[i].field,
                                    "options %s and %s are both given; there is one target", chosen, targets[i].field);
        chosen = targets[i].field;
        figure->target = targets[i].target;
        figure->value = targets[i].value;
        status = sipas__size_load_number(chosen, &figure->value, 0.0, targets[i].limit, 0, err);
        if (status != SIPAS_OK) return status;
    }
    if (interval && (figure->target == SIPAS__TARGET_CV || figure->target == SIPAS__TARGET_SE))
        return sipas__size_bad_option(
            err, chosen, "is given, but this method is about the length of an interval; use cochran", figure->value);
    if (interval && figure->value * (figure->target == SIPAS__TARGET_RELATIVE_MARGIN ? figure->own.p : 1.0) >= 0.5)
        return sipas__size_bad_option(err, chosen,
                                      "asks for a half-length of 1/2 or more; no interval of this method is so "
                                      "wide",
                                      figure->value);
    return SIPAS_OK;
}

sipas_status sipas__figure_from_opts(sipas_size_opts *own, sipas__figure *figure, sipas_error *err)
{
    static const sipas_size_figure defaults = SIPAS_SIZE_FIGURE_INIT;
    const int yamane = own->method == SIPAS_SIZE_YAMANE;
    double level = own->level, p = own->p, deff = own->deff;
    sipas_status status = yamane ? check_yamane(own, err) : SIPAS_OK;

    if (status == SIPAS_OK) status = sipas__size_load_number("p", &p, 0.5, 1.0, 0, err);
    if (status == SIPAS_OK) status = sipas__size_load_number("deff", &deff, 1.0, INFINITY, 0, err);
    if (status == SIPAS_OK) status = sipas__options_level(&level, err);
    if (status != SIPAS_OK) return status;
    if (!yamane) own->level = level;
    *figure = (sipas__figure){.own = defaults, .index = -1, .name = ""};
    figure->own.statistic = SIPAS_FIGURE_PROPORTION;
    figure->own.method = own->method == SIPAS_SIZE_DEFAULT ? SIPAS_SIZE_COCHRAN : own->method;
    figure->own.p = p;
    figure->own.deff = deff;
    figure->own.domain = 1.0;
    if ((status = sipas__size_load_df(own->df, own->psus, &figure->df, err)) < 0) return status;
    figure->z = yamane ? 2.0 : -sipas__t_quantile((1.0 - level) / 2.0, figure->df);
    return load_target(own, figure, err);
}
