/*
 * Reading stages: ranges, defaults, and what follows from them for the variance.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/options.h"
#include "base/text.h"
#include "size/size.h"
#include "size/stages_plan.h"

enum { SENTENCE = 320 };

void sipas_size_stage_init(sipas_size_stage *stage)
{
    const sipas_size_stage defaults = SIPAS_SIZE_STAGE_INIT;

    if (stage) *stage = defaults;
}

void sipas_size_stages_opts_init(sipas_size_stages_opts *opts)
{
    const sipas_size_stages_opts defaults = SIPAS_SIZE_STAGES_OPTS_INIT;

    if (opts) *opts = defaults;
}

static sipas_status fault(sipas_error *err, const sipas__stages_plan *plan, int32_t stage, const char *field,
                          const char *format, ...) SIPAS__PRINTF(5, 6);

static sipas_status fault(sipas_error *err, const sipas__stages_plan *plan, int32_t stage, const char *field,
                          const char *format, ...)
{
    char sentence[SENTENCE];
    va_list arguments;

    va_start(arguments, format);
    (void)sipas__text_vformat(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, stage, field, "stage %.64s: %s: %s",
                            sipas__stage_name(plan, stage), field, sentence);
}

const char *sipas__stage_name(const sipas__stages_plan *plan, int32_t stage)
{
    return plan->given[stage].name ? plan->given[stage].name : plan->number[stage];
}

/* ---- the options ---- */

static sipas_status load_opts(sipas__stages_plan *plan, const sipas_size_stages_opts *opts, int need_target,
                              sipas_error *err)
{
    sipas_size_stages_opts *own = &plan->opts;
    sipas_status status = sipas__options_load(own, sizeof *own, opts, "sipas_size_stages_opts", err);

    if (status == SIPAS_OK) status = sipas__options_check("reserved", own->reserved, 0, 0, err);
    if (status == SIPAS_OK) status = sipas__options_check("reserved2", own->reserved2, 0, 0, err);
    if (status == SIPAS_OK) status = sipas__options_enum("components", own->components, SIPAS__ENUM_COMPONENTS, err);
    if (status == SIPAS_OK) status = sipas__options_level(&own->level, err);
    if (own->components == SIPAS_COMPONENTS_DEFAULT) own->components = SIPAS_COMPONENTS_MODEL;
    if (status == SIPAS_OK && own->df != 0.0 && !(own->df > 0.0))
        status = sipas__size_bad_option(err, "df", "is not greater than 0", own->df);
    if (status == SIPAS_OK) status = sipas__size_load_number("response", &own->response, 1.0, 1.0, 1, err);
    if (status == SIPAS_OK && own->per_household != 0.0)
        status = sipas__size_load_number("per_household", &own->per_household, 0.0, INFINITY, 0, err);
    if (status == SIPAS_OK && own->budget != 0.0)
        status = sipas__size_load_number("budget", &own->budget, 0.0, INFINITY, 0, err);
    if (status == SIPAS_OK && own->cv != 0.0) status = sipas__size_load_number("cv", &own->cv, 0.0, INFINITY, 0, err);
    if (status == SIPAS_OK && own->relvariance != 0.0)
        status = sipas__size_load_number("relvariance", &own->relvariance, 0.0, INFINITY, 0, err);
    if (status == SIPAS_OK && own->fixed_cost != 0.0)
        status = sipas__size_load_number("fixed_cost", &own->fixed_cost, 0.0, INFINITY, 0, err);
    if (status != SIPAS_OK || !need_target) return status;
    if (own->budget != 0.0 && own->cv != 0.0)
        return sipas__size_bad_option(err, "cv", "is given beside a budget; there is one target", own->cv);
    if (own->budget == 0.0 && own->cv == 0.0)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "budget",
                                "a budget or a cv is needed");
    if (own->budget > 0.0 && own->fixed_cost >= own->budget)
        return sipas__size_bad_option(err, "fixed_cost", "leaves nothing of the budget", own->fixed_cost);
    return SIPAS_OK;
}

/* ---- the stages ---- */

static sipas_status check_range(const sipas__stages_plan *plan, int32_t i, const char *field, double value, double low,
                                int low_in, sipas_error *err)
{
    if ((value > low || (low_in && value == low)) && isfinite(value)) return SIPAS_OK;
    return fault(err, plan, i, field, "%g is not a finite number %s %g", value, low_in ? "of at least" : "greater than",
                 low);
}

/* δ and k, or relvariances: one of them in all stages. */
static sipas_status check_variance(const sipas__stages_plan *plan, int32_t i, int direct, sipas_error *err)
{
    const sipas_size_stage *given = &plan->given[i];
    const int last = i == plan->n_stages - 1;

    if (direct && (given->homogeneity != 0.0 || given->k != 0.0))
        return fault(err, plan, i, given->k != 0.0 ? "k" : "homogeneity", "is given beside relvariances");
    if (last && (given->homogeneity != 0.0 || given->k != 0.0))
        return fault(err, plan, i, given->k != 0.0 ? "k" : "homogeneity", "has no use at the last stage");
    if (!(given->homogeneity >= 0.0 && given->homogeneity <= 1.0))
        return fault(err, plan, i, "homogeneity", "%g is not in [0, 1]", given->homogeneity);
    if (given->k != 0.0 && !(given->k > 0.0 && isfinite(given->k)))
        return fault(err, plan, i, "k", "%g is not a finite number greater than 0", given->k);
    return check_range(plan, i, "relvariance", given->relvariance, 0.0, 1, err);
}

static sipas_status check_stage(const sipas__stages_plan *plan, int32_t i, int direct, sipas_error *err)
{
    const sipas_size_stage *given = &plan->given[i];
    sipas_status status = check_range(plan, i, "cost", given->cost, 0.0, 0, err);

    if (status == SIPAS_OK) status = check_variance(plan, i, direct, err);
    if (status == SIPAS_OK && given->population != 0.0 && !(given->population >= 1.0))
        status = fault(err, plan, i, "population", "%g is less than 1", given->population);
    if (status == SIPAS_OK && given->n != 0.0) status = check_range(plan, i, "n", given->n, 1.0, 1, err);
    if (status != SIPAS_OK) return status;
    if (given->minimum < 0) return fault(err, plan, i, "minimum", "%lld is negative", (long long)given->minimum);
    if (given->maximum < 0) return fault(err, plan, i, "maximum", "%lld is negative", (long long)given->maximum);
    if (given->multiple < 0) return fault(err, plan, i, "multiple", "%lld is negative", (long long)given->multiple);
    if (given->population > 0.0 && given->n > given->population)
        return fault(err, plan, i, "n", "%g is more than the population %g", given->n, given->population);
    return SIPAS_OK;
}

/* Bounds as multiples, the population counting. */
static sipas_status find_bounds(sipas__stages_plan *plan, int32_t i, sipas_error *err)
{
    const sipas_size_stage *given = &plan->given[i];
    const double step = given->multiple > 0 ? (double)given->multiple : 1.0;
    const double low = given->minimum > 0 ? (double)given->minimum : i == 0 ? 2.0 : 1.0;
    const double high = fmin(given->maximum > 0 ? (double)given->maximum : INFINITY, plan->own.population[i]);
    sipas__stages *own = &plan->own;

    own->step[i] = given->n > 0.0 ? 1.0 : step;
    own->low[i] = given->n > 0.0 ? given->n : ceil(low / step) * step;
    own->high[i] = given->n > 0.0 ? given->n : floor(high / step) * step;
    if (given->n > 0.0 && (given->n != floor(given->n) || given->n > SIPAS__LARGEST_SIZE))
        return fault(err, plan, i, "n", "%g is not a whole number", given->n);
    if (own->low[i] <= own->high[i]) return SIPAS_OK;
    if (i == 0 && given->minimum == 0 && own->high[i] >= 1.0) { /* one PSU only */
        own->low[i] = own->high[i];
        return SIPAS_OK;
    }
    return fault(err, plan, i, "minimum", "no multiple of %g lies between %g and %g", step, low, high);
}

/* v_i, and a_i and b of them. */
static void find_variances(sipas__stages_plan *plan, int direct)
{
    sipas__stages *own = &plan->own;
    const double unit = plan->opts.relvariance > 0.0 ? plan->opts.relvariance : 1.0;
    const int32_t last = plan->n_stages - 1;

    for (int32_t i = 0; i < plan->n_stages; i++) {
        const sipas_size_stage *of = &plan->given[i < last ? i : i - 1];
        const double k = of->k > 0.0 ? of->k : 1.0;

        own->v[i] = direct ? plan->given[i].relvariance
                           : unit * k * (i < last ? of->homogeneity : 1.0 - of->homogeneity);
        own->relvariance += direct ? own->v[i] : 0.0;
    }
    if (!direct) own->relvariance = unit;
    for (int32_t i = last - 1; plan->opts.components == SIPAS_COMPONENTS_MODEL && i >= 0; i--)
        own->v[i] += own->v[i + 1] / own->population[i + 1];
    for (int32_t i = 0; i < SIPAS__SIZE_STAGES; i++)
        own->a[i] = own->v[i] - (i + 1 < SIPAS__SIZE_STAGES ? own->v[i + 1] / own->population[i + 1] : 0.0);
    own->b = own->v[0] / own->population[0];
}

static sipas_status load_stages(sipas__stages_plan *plan, const sipas_size_stage *stages, sipas_error *err)
{
    const uint32_t step = stages[0].struct_size;
    sipas_status status = SIPAS_OK;

    for (int32_t i = 0; status == SIPAS_OK && i < plan->n_stages; i++) {
        const char *callers = (const char *)stages + (size_t)i * step;
        uint32_t size;

        memcpy(&size, callers, sizeof size);
        (void)sipas__text_format(plan->number[i], sizeof plan->number[i], "%d", (int)i + 1);
        status = size == step
                     ? sipas__options_load(&plan->given[i], sizeof plan->given[i], callers, "sipas_size_stage", err)
                     : sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, i, "struct_size",
                                        "stage %d: its struct_size differs from the first stage's", (int)i + 1);
        if (status == SIPAS_OK) status = sipas__options_check("reserved", plan->given[i].reserved, 0, 0, err);
    }
    return status;
}

sipas_status sipas__stages_read(sipas__stages_plan *plan, const sipas_size_stage *stages, int32_t n_stages,
                                const sipas_size_stages_opts *opts, int need_target, sipas_error *err)
{
    sipas__stages *own = &plan->own;
    int direct = 0;
    sipas_status status;

    *plan = (sipas__stages_plan){.n_stages = n_stages};
    status = load_opts(plan, opts, need_target, err);
    if (status == SIPAS_OK) status = load_stages(plan, stages, err);
    if (status != SIPAS_OK) return status;
    for (int32_t i = 0; i < n_stages; i++) direct |= plan->given[i].relvariance != 0.0;
    if (direct && plan->opts.relvariance != 0.0)
        return sipas__size_bad_option(err, "relvariance", "is given, but the stages have theirs",
                                      plan->opts.relvariance);
    for (int32_t i = 0; i < SIPAS__SIZE_STAGES; i++) { /* a stage that is not there */
        own->low[i] = own->high[i] = own->step[i] = 1.0;
        own->population[i] = INFINITY;
    }
    for (int32_t i = 0; status == SIPAS_OK && i < n_stages; i++) {
        status = check_stage(plan, i, direct, err);
        own->c[i] = plan->given[i].cost;
        if (plan->given[i].population > 0.0) own->population[i] = plan->given[i].population;
        if (status == SIPAS_OK && need_target) status = find_bounds(plan, i, err);
        if (status == SIPAS_OK && !need_target && plan->given[i].n == 0.0)
            status = fault(err, plan, i, "n", "is needed");
    }
    if (status != SIPAS_OK) return status;
    find_variances(plan, direct);
    own->fixed = plan->opts.fixed_cost;
    own->budget = plan->opts.budget > 0.0 ? plan->opts.budget - own->fixed : INFINITY;
    own->cv2 = plan->opts.cv > 0.0 ? plan->opts.cv * plan->opts.cv : INFINITY;
    own->room = own->cv2 + own->b;
    return SIPAS_OK;
}
