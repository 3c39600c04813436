/*
 * What a figure may say: which fields have a use, their ranges and defaults, what cannot be done without, the one target.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdarg.h>

#include "base/enums.h"
#include "base/text.h"
#include "data/column.h"
#include "num/distributions.h"
#include "num/noncentral.h"
#include "size/size.h"

enum { SENTENCE = 320 };

sipas_status sipas__figure_error(sipas_error *err, sipas_status status, const sipas__figure *figure, const char *field,
                                 const char *format, ...)
{
    char sentence[SENTENCE];
    va_list arguments;

    va_start(arguments, format);
    (void)sipas__text_vformat(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return sipas__error_set(err, status, SIPAS__NOWHERE, figure->index, field, "figure %.64s: %s: %s", figure->name,
                            field, sentence);
}

/* ---- ranges ---- */

/* A field, and the range it must lie in when it is given. */
typedef struct field_range {
    const char *name;
    double value;
    double low, high;
    int low_in, high_in; /* whether the ends belong to it */
} field_range;

static sipas_status check_range(const sipas__figure *figure, const field_range *range, sipas_error *err)
{
    const double v = range->value;

    if ((v > range->low || (range->low_in && v == range->low)) &&
        (v < range->high || (range->high_in && v == range->high)))
        return SIPAS_OK;
    if (isinf(range->high) && isinf(range->low))
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, range->name, "%g is not finite", v);
    if (isinf(range->high))
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, range->name, "%g is not a finite number %s %g", v,
                                   range->low_in ? "of at least" : "greater than", range->low);
    return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, range->name, "%g is not in %c%g, %g%c", v,
                               range->low_in ? '[' : '(', range->low, range->high, range->high_in ? ']' : ')');
}

static sipas_status check_ranges(const sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    const field_range ranges[] = {
        {"p", own->p, 0.0, 1.0, 0, 0},
        {"mean", own->mean, -INFINITY, INFINITY, 0, 0},
        {"sd", own->sd, 0.0, INFINITY, 1, 0},
        {"mean_x", own->mean_x, -INFINITY, INFINITY, 0, 0},
        {"sd_x", own->sd_x, 0.0, INFINITY, 1, 0},
        {"correlation", own->correlation, -1.0, 1.0, 1, 1},
        {"domain", own->domain, 0.0, 1.0, 0, 1},
        {"deff", own->deff, 0.0, INFINITY, 0, 0},
        {"take", own->take, 1.0, INFINITY, 1, 0},
        {"homogeneity", own->homogeneity, 0.0, 1.0, 1, 1},
        {"margin", own->margin, 0.0, INFINITY, 1, 0},
        {"relative_margin", own->relative_margin, 0.0, INFINITY, 1, 0},
        {"cv", own->cv, 0.0, INFINITY, 1, 0},
        {"se", own->se, 0.0, INFINITY, 1, 0},
        {"difference", own->difference, -INFINITY, INFINITY, 0, 0},
        {"sd_other", own->sd_other, 0.0, INFINITY, 1, 0},
        {"power", own->power, 0.0, 1.0, 0, 0},
        {"ratio", own->ratio, 0.0, INFINITY, 0, 0},
        {"n_other", own->n_other, 0.0, INFINITY, 1, 0},
        {"overlap", own->overlap, 0.0, 1.0, 1, 1},
        {"overlap_correlation", own->overlap_correlation, -1.0, 1.0, 0, 0},
        {"sides", (double)own->sides, 1.0, 2.0, 1, 1},
        {"df", own->df, 0.0, INFINITY, 1, 1},
        {"psus", own->psus, 0.0, INFINITY, 1, 0},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        sipas_status status = check_range(figure, &ranges[i], err);

        if (status != SIPAS_OK) return status;
    }
    return SIPAS_OK;
}

/* ---- which fields have a use ---- */

enum {
    OF_SHARE = 1 << SIPAS_FIGURE_PROPORTION,
    OF_MEAN = 1 << SIPAS_FIGURE_MEAN,
    OF_TOTAL = 1 << SIPAS_FIGURE_TOTAL,
    OF_RATIO = 1 << SIPAS_FIGURE_RATIO,
    OF_INDEX = 1 << SIPAS_FIGURE_INDEX,
    COMPARED = 1 << 6,
    OF_ROUNDS = 1 << 7
};

static int has_sd(const sipas_size_figure *own)
{
    return own->sd != 0.0 || own->sd_given;
}

static int has_other(const sipas_size_figure *own)
{
    return own->sd_other != 0.0 || own->sd_other_given;
}

/* A field that is given must have a use in the figure; said before defaults are filled in. */
static sipas_status check_uses(const sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    const int32_t statistic = own->statistic == SIPAS_FIGURE_DEFAULT ? SIPAS_FIGURE_PROPORTION : own->statistic;
    const int is = 1 << statistic | (own->compare != SIPAS_COMPARE_NONE ? COMPARED : 0) |
                   (own->compare == SIPAS_COMPARE_ROUNDS ? OF_ROUNDS : 0);
    const struct {
        const char *name;
        int given, of;
    } fields[] = {
        {"method", own->method != 0, OF_SHARE},
        {"p", own->p != 0.0, OF_SHARE},
        {"p_of", sipas__column_given(own->p_of), OF_SHARE},
        {"mean", own->mean != 0.0, OF_MEAN | OF_TOTAL | OF_RATIO | OF_INDEX},
        {"mean_of", sipas__column_given(own->mean_of), OF_MEAN | OF_TOTAL | OF_INDEX},
        {"sd", has_sd(own), OF_MEAN | OF_TOTAL | OF_RATIO},
        {"sd_of", sipas__column_given(own->sd_of), OF_MEAN | OF_TOTAL},
        {"mean_x", own->mean_x != 0.0, OF_RATIO},
        {"sd_x", own->sd_x != 0.0, OF_RATIO},
        {"correlation", own->correlation != 0.0, OF_RATIO},
        {"weights", sipas__column_given(own->weights), OF_INDEX},
        {"covariance", sipas__column_given(own->covariance), OF_INDEX},
        {"answered", sipas__column_given(own->answered), OF_INDEX},
        {"homogeneity_of", sipas__column_given(own->homogeneity_of), OF_INDEX},
        {"difference", own->difference != 0.0, COMPARED},
        {"sd_other", has_other(own), OF_MEAN | OF_TOTAL | OF_RATIO | OF_INDEX},
        {"sd_other", has_other(own), COMPARED},
        {"power", own->power != 0.0, COMPARED},
        {"ratio", own->ratio != 0.0, COMPARED},
        {"n_other", own->n_other != 0.0, COMPARED},
        {"sides", own->sides != 0, COMPARED},
        {"overlap", own->overlap != 0.0, OF_ROUNDS},
        {"overlap_correlation", own->overlap_correlation != 0.0, OF_ROUNDS},
    };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].given && !(fields[i].of & is))
            return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, fields[i].name,
                                       "is given, but has no use in this figure");
    if (own->p != 0.0 && sipas__column_given(own->p_of))
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "p_of", "is given beside p");
    if (own->mean != 0.0 && sipas__column_given(own->mean_of))
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "mean_of", "is given beside mean");
    if (has_sd(own) && sipas__column_given(own->sd_of))
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "sd_of", "is given beside sd");
    if (own->homogeneity != 0.0 && sipas__column_given(own->homogeneity_of))
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "homogeneity_of", "is given beside homogeneity");
    if (own->take == 0.0 && (own->homogeneity != 0.0 || sipas__column_given(own->homogeneity_of)))
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "take", "is needed beside a homogeneity");
    if (own->ratio != 0.0 && own->n_other != 0.0)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "n_other", "is given beside ratio");
    return SIPAS_OK;
}

static sipas_status check_flags(const sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;

    if (!((own->sd_given | own->sd_other_given) & ~1)) return SIPAS_OK;
    return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, own->sd_given & ~1 ? "sd_given" : "sd_other_given",
                               "it must be 0 or 1");
}

/* What the figure cannot do without. */
static sipas_status check_needs(const sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    const char *lacks = NULL;

    if (own->statistic == SIPAS_FIGURE_MEAN || own->statistic == SIPAS_FIGURE_TOTAL)
        lacks = !has_sd(own) && !sipas__column_given(own->sd_of) ? "sd" : NULL;
    if (own->statistic == SIPAS_FIGURE_TOTAL && own->domain < 1.0 && own->mean == 0.0 &&
        !sipas__column_given(own->mean_of))
        lacks = "mean";
    if (own->statistic == SIPAS_FIGURE_RATIO && own->mean_x == 0.0) lacks = "mean_x";
    if (own->statistic == SIPAS_FIGURE_RATIO && own->mean == 0.0) lacks = "mean";
    if (own->statistic == SIPAS_FIGURE_RATIO && !has_sd(own)) lacks = "sd";
    if (own->statistic == SIPAS_FIGURE_INDEX && !sipas__column_given(own->covariance)) lacks = "covariance";
    if (own->statistic == SIPAS_FIGURE_INDEX && !sipas__column_given(own->weights)) lacks = "weights";
    if (lacks) return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, lacks, "is needed for this figure");
    if (own->n_other == 0.0 && own->overlap > own->ratio)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "overlap",
                                   "%g of the answers here are more persons than the other round has (ratio %g)",
                                   own->overlap, own->ratio);
    return SIPAS_OK;
}

/* ---- the target ---- */

static sipas_status choose_target(sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    const struct {
        const char *name;
        double value;
        int32_t target;
    } targets[] = {
        {"margin", own->margin, SIPAS__TARGET_MARGIN},
        {"relative_margin", own->relative_margin, SIPAS__TARGET_RELATIVE_MARGIN},
        {"cv", own->cv, SIPAS__TARGET_CV},
        {"se", own->se, SIPAS__TARGET_SE},
    };
    const char *chosen = NULL;

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        if (targets[i].value == 0.0) continue;
        if (chosen)
            return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, targets[i].name,
                                       "is given beside %s; there is one target", chosen);
        chosen = targets[i].name;
        figure->target = targets[i].target;
        figure->value = targets[i].value;
    }
    if (!chosen && own->compare != SIPAS_COMPARE_NONE) figure->target = SIPAS__TARGET_POWER;
    if (!chosen && own->compare == SIPAS_COMPARE_NONE && own->statistic == SIPAS_FIGURE_PROPORTION) {
        figure->target = SIPAS__TARGET_MARGIN;
        figure->value = 0.05;
    }
    return SIPAS_OK;
}

/* An interval method knows only the length of its interval, yamane only a margin. */
static sipas_status check_method(const sipas__figure *figure, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    const int relative = figure->target == SIPAS__TARGET_RELATIVE_MARGIN;

    if (own->statistic != SIPAS_FIGURE_PROPORTION || own->method == SIPAS_SIZE_COCHRAN) return SIPAS_OK;
    if (own->compare != SIPAS_COMPARE_NONE)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "method", "only cochran compares shares");
    if (own->method == SIPAS_SIZE_YAMANE)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "method",
                                   "yamane stands alone: see sipas_size_proportion()");
    if (figure->target != SIPAS__TARGET_MARGIN && !relative)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, figure->target == SIPAS__TARGET_CV ? "cv" : "se",
                                   "this method is about the length of an interval; use cochran");
    if (figure->target == SIPAS__TARGET_MARGIN && figure->value >= 0.5)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "margin",
                                   "%g is 1/2 or more; no interval of this method is so wide", figure->value);
    return SIPAS_OK;
}

/* Where the target needs something that is not known. */
static sipas_status check_target(const sipas__figure *figure, int need_target, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    const int relative = figure->target == SIPAS__TARGET_RELATIVE_MARGIN || figure->target == SIPAS__TARGET_CV;

    if (!need_target) return SIPAS_OK;
    if (figure->target == SIPAS__TARGET_NONE)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "margin",
                                   "a target is needed: margin, relative_margin, cv or se");
    if (own->compare != SIPAS_COMPARE_NONE && (figure->target == SIPAS__TARGET_POWER || relative) &&
        own->difference == 0.0)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "difference", "is needed for this target");
    if (own->compare == SIPAS_COMPARE_NONE && relative && own->statistic != SIPAS_FIGURE_PROPORTION &&
        own->mean == 0.0 && !sipas__column_given(own->mean_of))
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "mean", "is needed for a relative target");
    if (figure->target == SIPAS__TARGET_POWER && figure->z_find <= 0.0)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "power",
                                   "%g is no more than the test has without any answers", own->power);
    return SIPAS_OK;
}

/* ---- one figure ---- */

/*
 * Degrees of freedom: those of the figure, else of the options, else so many that z will do. The difference of two samples drawn
 * apart has Welch's; a round that shares PSUs with the other has those of one.
 */
static sipas_status choose_df(sipas__figure *figure, const sipas_size_opts *own_opts, sipas_error *err)
{
    const sipas_size_figure *own = &figure->own;
    const int by_figure = own->df != 0.0 || own->psus != 0.0;
    sipas_status status;

    if (own->df != 0.0 && own->psus != 0.0)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "psus", "is given beside df");
    if (own->psus != 0.0 && own->psus <= 1.0)
        return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, "psus", "%g is not greater than 1", own->psus);
    status = sipas__size_load_df(by_figure ? own->df : own_opts->df, by_figure ? own->psus : own_opts->psus,
                                 &figure->df, err);
    if (own->compare == SIPAS_COMPARE_UNITS || (own->compare == SIPAS_COMPARE_ROUNDS && own->overlap == 0.0))
        figure->df = sipas__size_welch(figure->df, 1.0, 1.0);
    return status;
}

static void fill_defaults(sipas__figure *figure, const sipas_size_opts *own_opts)
{
    sipas_size_figure *own = &figure->own;
    const double level = own_opts->level;

    if (own->statistic == SIPAS_FIGURE_DEFAULT) own->statistic = SIPAS_FIGURE_PROPORTION;
    if (own->method == SIPAS_SIZE_DEFAULT) own->method = SIPAS_SIZE_COCHRAN;
    if (own->p == 0.0) own->p = 0.5;
    if (own->domain == 0.0) own->domain = 1.0;
    if (own->deff == 0.0) own->deff = own_opts->deff;
    if (own->take == 0.0) own->take = 1.0;
    if (own->power == 0.0) own->power = 0.8;
    if (own->ratio == 0.0) own->ratio = 1.0;
    if (own->sides == 0) own->sides = 2;
    figure->z = -sipas__t_quantile((1.0 - level) / 2.0, figure->df);
    figure->z_test = -sipas__t_quantile((1.0 - level) / (double)own->sides, figure->df);
    figure->z_find = sipas__noncentral_shift(figure->z_test, figure->df, own->power);
}

static sipas_status check_value(const sipas__figure *figure, const char *field, int32_t value, int32_t which,
                                sipas_error *err)
{
    if (sipas__enum_has(which, value)) return SIPAS_OK;
    return sipas__figure_error(err, SIPAS_ERR_OPTION, figure, field, "%d is not one of its values (%d to %d)",
                               (int)value, (int)sipas__enum_least(which), (int)sipas__enum_most(which));
}

sipas_status sipas__figure_check(sipas__figure *figure, const sipas_size_opts *own_opts, int need_target,
                                 sipas_error *err)
{
    sipas_size_figure *own = &figure->own;
    sipas_status status;

    status = check_value(figure, "statistic", own->statistic, SIPAS__ENUM_FIGURE, err);
    if (status == SIPAS_OK) status = check_value(figure, "method", own->method, SIPAS__ENUM_SIZE, err);
    if (status == SIPAS_OK) status = check_value(figure, "compare", own->compare, SIPAS__ENUM_COMPARE, err);
    if (status == SIPAS_OK) status = check_flags(figure, err);
    if (status == SIPAS_OK) status = check_uses(figure, err);
    if (status == SIPAS_OK) status = choose_df(figure, own_opts, err);
    if (status != SIPAS_OK) return status;
    fill_defaults(figure, own_opts);
    status = check_ranges(figure, err);
    if (status == SIPAS_OK) status = check_needs(figure, err);
    if (status == SIPAS_OK) status = choose_target(figure, err);
    if (status == SIPAS_OK) status = check_method(figure, err);
    return status != SIPAS_OK ? status : check_target(figure, need_target, err);
}
