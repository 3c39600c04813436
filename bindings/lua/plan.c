/***
@module sipas
*/
/*
 * The face of room allocate: what a plan is worth.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "face.h"

/***
What a plan is worth
@section plan
*/

/***
The precision to expect of a plan: n of N in each stratum.
@function plan_expect
@tparam table options
@param options.n the plan, as the column `n` of `allocate`. [1]
@param options.size N of each stratum
@param options.variables a list of tables: name, sd or p, mean, deff, each a column
@param options.by (and where) domains, as for `Design:mean`
@param options.of "mean", "total"; level, cost, code, size_is_measure, df (of the survey's standard errors: t in place of z)
@treturn Table variable, level, by …, estimate, se, half_width, lower, upper, cv, n, size, fraction, cost
*/

/***
Methods of allocation side by side: the same total, split by each method under the same rules, and what that buys.
@function plan_compare
@tparam table options
@param options.total the number to split. [1]
@param options.size N of each stratum; sd, cost, mean, lower, upper … as for `allocate`
@param options.methods list of names; by default those that the columns allow
@param options.unit the unit that each stratum belongs to; of "mean", "total"; level, df
@treturn Table method, se, half_width, cv, loss, unit_se_median, unit_se_worst, worst, unsampled, n_least, n_most, cost
*/
static int plan_compare(lua_State *L)
{
    static const option own[] = {ARG("total"),
                                 ARG("size"),
                                 ARG("methods"),
                                 FIELD(sipas_plan_compare_opts, of),
                                 FIELD(sipas_plan_compare_opts, level),
                                 FIELD(sipas_plan_compare_opts, unit),
                                 FIELD(sipas_plan_compare_opts, df),
                                 END};
    static const option *const lists[] = {own, rule_options, context_options, NULL};
    sipas_plan_compare_opts opts;
    sipas_allocate_opts rules;
    call c;

    begin(&c, L, "plan_compare", 1, 1, lists);
    sipas_plan_compare_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_column *size = need_column(&c, "size", 0);

    read_rules(&c, size, &rules);
    need(&c, "total", 1);
    const int64_t total = to_count(&c, "total");

    if (given(&c, "methods", 0)) {
        if (!lua_istable(L, -1)) expected(&c, "methods", "list of names");
        const int list = lua_gettop(L);
        int32_t *methods = keep_memory(&c, lua_rawlen(L, list), sizeof *methods);

        opts.methods = methods;
        opts.n_methods = (int64_t)lua_rawlen(L, list);
        for (int64_t i = 0; i < opts.n_methods; i++) {
            lua_rawgeti(L, list, (int)i + 1);
            methods[i] = to_choice(&c, "methods", allocate_words, 0);
        }
        lua_pop(L, 1);
    }
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_plan_compare(ctx, total, size, &rules, &opts, new_table(&c), &c.err));
    return 1;
}

const luaL_Reg plan_functions[] = {{"plan_compare", plan_compare}, {NULL, NULL}};
