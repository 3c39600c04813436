/*
 * Critical values of single and of simultaneous intervals. K intervals, spanning d dimensions, joint level 1 - α:
 *
 *   none        t(1 - α/2, df)                    each holds for itself
 *   bonferroni  t(1 - α/(2K), df)                 the first Bonferroni inequality, whatever the dependence (Dunn 1961, JASA 56:52)
 *   sidak       t(1 - α'/2, df), 1 - α' = (1 - α)^(1/K)
 *                                                 Šidák 1967, JASA 62:626: two-sided intervals of jointly normal estimates
 *   scheffe     √(d F(1 - α; d, df))              Scheffé 1953, Biometrika 40:87: every linear combination too
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/critical.h"

#include <math.h>
#include <sipas/estimate.h>

#include "base/enums.h"
#include "num/distributions.h"

sipas__critical sipas__critical_value(int32_t rule, int64_t members, int64_t dimension, double df, double level)
{
    const double k = members > 1 ? (double)members : 1.0, d = dimension > 1 ? (double)dimension : 1.0;
    sipas__critical c = {NAN, NAN};

    if (!(df > 0.0)) return c;
    if (rule == SIPAS_SIMULTANEOUS_SCHEFFE && d > 1.0) {
        c.quantile = sqrt(d * sipas__f_quantile(level, d, df));
        c.alpha = 2.0 * sipas__t_upper(c.quantile, df);
        return c;
    }
    c.alpha = 1.0 - level;
    if (rule == SIPAS_SIMULTANEOUS_BONFERRONI) c.alpha /= k;
    if (rule == SIPAS_SIMULTANEOUS_SIDAK && k > 1.0) c.alpha = -expm1(log(level) / k);
    c.quantile = -sipas__t_quantile(c.alpha / 2.0, df);
    return c;
}

const char *sipas__critical_name(int32_t rule)
{
    return sipas__enum_word(SIPAS__ENUM_SIMULTANEOUS, rule);
}
