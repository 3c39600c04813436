/***
@module sipas
*/
/*
 * The face of room allocate: allocations and cut points; plan.c has what is expected of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

/* The rules of a split: what `allocate` and `plan_compare` share. */
const option rule_options[] = {ARG("lower"),
                               ARG("upper"),
                               FIELD(sipas_allocate_opts, rounding),
                               FIELD(sipas_allocate_opts, size_is_measure),
                               FIELD(sipas_allocate_opts, remainder),
                               FIELD(sipas_allocate_opts, power),
                               FIELD(sipas_allocate_opts, kish),
                               FIELD(sipas_allocate_opts, multiple),
                               FIELD(sipas_allocate_opts, fixed),
                               FIELD(sipas_allocate_opts, take_all),
                               FIELD(sipas_allocate_opts, code),
                               FIELD(sipas_allocate_opts, sd),
                               FIELD(sipas_allocate_opts, mean),
                               FIELD(sipas_allocate_opts, importance),
                               FIELD(sipas_allocate_opts, cost),
                               END};

/* A bound: a number for all units, or a column. */
static void bound(call *c, const char *name, const sipas_column **each, int64_t *all, int32_t *all_given)
{
    if (!given(c, name, 0)) return;
    if (lua_type(c->L, -1) == LUA_TNUMBER) {
        *all = to_count(c, name);
        if (all_given) *all_given = 1;
        return;
    }
    lua_pop(c->L, 1);
    *each = column(c, name, 0);
}

/* An upper bound of 0 for all, which would be no bound in C, as a column. */
static void upper_bound(call *c, const sipas_column *size, sipas_allocate_opts *opts)
{
    const int number = given(c, "upper", 0);

    if (number) lua_pop(c->L, 1);
    bound(c, "upper", &opts->upper, &opts->upper_value, NULL);
    if (!number || opts->upper || opts->upper_value != 0) return;
    vec *zeros = new_vec(c->L, SIPAS_TYPE_I64, size ? size->n : 0, 0);

    (void)keep_value(c);
    opts->upper = &zeros->column;
}

void read_rules(call *c, const sipas_column *size, sipas_allocate_opts *opts)
{
    sipas_allocate_opts_init(opts);
    read_options(c, rule_options, opts);
    bound(c, "lower", &opts->lower, &opts->lower_value, &opts->lower_given);
    upper_bound(c, size, opts);
}

static const option target_options[] = {
    FIELD(sipas_allocate_target, of),         FIELD(sipas_allocate_target, variance), FIELD(sipas_allocate_target, se),
    FIELD(sipas_allocate_target, half_width), FIELD(sipas_allocate_target, level),    FIELD(sipas_allocate_target, cv),
    FIELD(sipas_allocate_target, mean),       FIELD(sipas_allocate_target, df),       END};

/* The precision wanted: a table of its own. */
static int read_target(call *c, sipas_allocate_target *target)
{
    static const option *const lists[] = {target_options, NULL};
    const call outer = *c;

    sipas_allocate_target_init(target);
    if (!given(c, "target", 0)) return 0;
    if (!lua_istable(c->L, -1)) expected(c, "target", "table, such as {cv = 0.02}");
    c->args = lua_gettop(c->L);
    c->name = "target";
    refuse_unknown(c, 0, lists);
    read_options(c, target_options, target);
    c->args = outer.args;
    c->name = outer.name;
    return 1;
}

/***
Where: allocation and strata
@section allocate
*/

/***
Splits a sample over strata or units into whole numbers whose sum is exact.
@function allocate
@tparam table options
@param options.total the number to split [1]; or `budget`, what may be spent on interviews; or `target`, the precision wanted, a table with one of
variance, se, half_width (of t with `df` degrees of freedom), cv, and level, mean, of ("mean", "total"). None of them for "class_table"
@param options.size N of each unit
@param options.sd (and cost, mean, importance) what the method needs of each unit
@param options.method "proportional" (default), "equal", "sqrt", "power", "neyman", "cost", "kish", "bankier", "class_table"
@param options.lower (and upper) bounds, a number for all units or a column
@param options.fixed (and take_all) numbers that are fixed; units that are taken whole
@param options.rounding (and power, kish, multiple, remainder, size_is_measure, gains, code)
@param options.unit_class (and class_n) class of each unit, and a table from classes to numbers
@treturn Table code, n, fraction, continuous, lower, upper, share, gain; the metadata hold the certificate of the optimum
@raise infeasible: bounds that cannot be kept together, named
@usage sipas.allocate{n = 10, size = {100, 200, 700}, sd = {3, 2, 1}, method = "neyman"}
*/
static int allocate(lua_State *L)
{
    static const option own[] = {ARG("total"),
                                 ARG("budget"),
                                 ARG("target"),
                                 ARG("size"),
                                 ARG("class_n"),
                                 FIELD(sipas_allocate_opts, method),
                                 FIELD(sipas_allocate_opts, gains),
                                 FIELD(sipas_allocate_opts, unit_class),
                                 END};
    static const option *const lists[] = {own, rule_options, context_options, NULL};
    sipas_allocate_opts opts;
    sipas_allocate_target target;
    call c;

    begin(&c, L, "allocate", 1, 1, lists);
    const sipas_column *size = column(&c, "size", 0);

    read_rules(&c, size, &opts);
    read_options(&c, own, &opts);
    mapping(&c, "class_n", &opts.class_code, &opts.class_n);
    const int has_n = given(&c, "total", 1);
    const int64_t total = has_n ? to_count(&c, "total") : SIPAS_ALLOCATE_NO_TOTAL;
    const int has_budget = given(&c, "budget", 0);
    const double budget = has_budget ? to_real(&c, "budget") : 0;
    const int has_target = read_target(&c, &target);
    sipas_ctx *ctx = own_context(&c);

    if (has_n + has_budget + has_target > 1)
        fail(L, SIPAS_ERR_ARGUMENT, NULL, "allocate: one of n, budget and target is given, not several");
    sipas_table **out = new_table(&c);

    if (has_budget)
        check(&c, sipas_allocate_budget(ctx, budget, size, &opts, out, &c.err));
    else if (has_target)
        check(&c, sipas_allocate_precision(ctx, size, &target, &opts, out, &c.err));
    else
        check(&c, sipas_allocate(ctx, total, size, &opts, out, &c.err));
    return 1;
}

/* Columns of the same variables as `like`, in the same order. */
static const sipas_column *alike(call *c, const char *name, const named *like)
{
    named of;

    named_columns(c, name, 0, &of);
    if (!of.columns) return NULL;
    if (of.n != like->n)
        fail(c->L, SIPAS_ERR_LENGTH, name, "%s: %d columns where sd has %d", name, (int)of.n, (int)like->n);
    for (int64_t i = 0; of.names && like->names && i < of.n; i++)
        if (strcmp(of.names[i], like->names[i]) != 0)
            fail(c->L, SIPAS_ERR_ARGUMENT, name, "%s: '%s' where sd has '%s'", name, of.names[i], like->names[i]);
    return of.columns;
}

/***
The least sample with which every domain meets its target for every variable, or the best common precision for a budget.
@function allocate_multi
@tparam table options
@param options.size N of each stratum. [1]
@param options.sd named columns: standard deviation of each variable in each stratum
@param options.mean named columns, for targets that are a CV
@param options.target named columns (or numbers): the target of each variable, one row for each of `target_by` and `target_domain`
@param options.by named columns: the cuts, the domain of each stratum in each; target_by, target_domain: name of the cut, code of the domain
@param options.measure "cv", "se", "margin", "se_total"; goal "least_cost", "best_ratio" with `budget`
@param options.cost (and lower, upper, code, with_replacement, level, tol, max_iter)
@treturn Table the allocation: code, n, continuous, lower, upper, fraction, cost, price
@treturn Table the targets: by, domain, variable, target, continuous, expected, ratio, binding, multiplier, saving
@treturn Table what one more buys: row, code, by, domain, variable, change
*/
static int allocate_multi(lua_State *L)
{
    static const option own[] = {ARG("size"), ARG("sd"),    ARG("mean"),  ARG("target"),
                                 ARG("by"),   ARG("lower"), ARG("upper"), END};
    static const option *const lists[] = {own, allocate_multi_opts_options, context_options, NULL};
    sipas_allocate_multi_opts opts;
    named sd, by;
    call c;

    begin(&c, L, "allocate_multi", 1, 1, lists);
    sipas_allocate_multi_opts_init(&opts);
    read_options(&c, allocate_multi_opts_options, &opts);
    const sipas_column *size = need_column(&c, "size", 1);

    named_columns(&c, "sd", 0, &sd);
    named_columns(&c, "by", 0, &by);
    opts.sd = sd.columns, opts.names = sd.names, opts.n_variables = (int32_t)sd.n;
    opts.by = by.columns, opts.by_names = by.names, opts.n_by = (int32_t)by.n;
    opts.mean = alike(&c, "mean", &sd);
    opts.target = alike(&c, "target", &sd);
    bound(&c, "lower", &opts.lower, &opts.lower_value, NULL);
    bound(&c, "upper", &opts.upper, &opts.upper_value, NULL);
    sipas_ctx *ctx = own_context(&c);
    sipas_table **out = new_table(&c), **precision = new_table(&c), **gain = new_table(&c);

    check(&c, sipas_allocate_multi(ctx, size, &opts, out, precision, gain, &c.err));
    return 3;
}

/***
Splits a total over the leaves of a tree so that every unit above them keeps its bounds.
@function allocate_tree
@tparam table options
@tparam UnitTree options.tree the units. [1]
@param options.total the number to split; without it the least that all bounds and targets permit
@param options.size N of each unit, read at leaves
@param options.lower (and upper) a number for every leaf, or a column for all units; `equal`, `target`, `sd`, `mean`, `cost`: columns of units
@param options.class_level (and class_code, class_lower, class_upper) a table of bounds, one row for each kind of unit
@param options.method (and rounding, power, measure, level, multiple, size_is_measure)
@treturn Table code, level, n, continuous, lower, upper, held, share, fraction, target, precision
*/
static int allocate_tree(lua_State *L)
{
    static const option own[] = {ARG("tree"), ARG("total"), ARG("size"), ARG("lower"), ARG("upper"), END};
    static const option *const lists[] = {own, allocate_tree_opts_options, context_options, NULL};
    sipas_allocate_tree_opts opts;
    call c;

    begin(&c, L, "allocate_tree", 1, 1, lists);
    sipas_allocate_tree_opts_init(&opts);
    read_options(&c, allocate_tree_opts_options, &opts);
    const sipas_unit_tree *tree = tree_argument(&c, "tree", 1);
    const sipas_column *size = column(&c, "size", 0);

    bound(&c, "lower", &opts.lower, &opts.lower_value, &opts.lower_given);
    bound(&c, "upper", &opts.upper, &opts.upper_value, NULL);
    const int64_t total = given(&c, "total", 0) ? to_count(&c, "total") : SIPAS_ALLOCATE_NO_TOTAL;
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_allocate_tree(ctx, total, tree, size, &opts, new_table(&c), &c.err));
    return 1;
}

/***
Cuts the units of a frame into strata by a size variable.
@function strata_cut
@tparam table options
@param options.x the size variable. [1]
@param options.strata how many
@param options.total the sample size, or `cv`, the precision wanted
@param options.method "lavallee" (default), "cum_root_f", "geometric", "optimal"
@param options.allocation "neyman" (default), "proportional", "equal", "power"; take_all, power, bins, least_size
@treturn Table stratum, boundary, least, most, size, total, mean, sd, take_all, n_exact, n
*/

const luaL_Reg allocate_functions[] = {
    {"allocate", allocate}, {"allocate_multi", allocate_multi}, {"allocate_tree", allocate_tree}, {NULL, NULL}};
