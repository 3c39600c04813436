/***
@module sipas
*/
/*
 * Designs: how the rows were drawn.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "face.h"

static const option design_options[] = {ARG("weights"),
                                        ARG("strata"),
                                        ARG("clusters"),
                                        ARG("fpc"),
                                        ARG("pps"),
                                        ARG("df"),
                                        ARG("n"),
                                        ARG("nest"),
                                        FIELD(sipas_design_opts, lonely_psu),
                                        FIELD(sipas_design_opts, calibrated),
                                        FIELD(sipas_design_opts, certainty),
                                        FIELD(sipas_design_opts, collapse),
                                        FIELD(sipas_design_opts, collapse_by),
                                        FIELD(sipas_design_opts, collapse_strata),
                                        FIELD_AS("variance", sipas_design_opts, pps_form),
                                        FIELD(sipas_design_opts, pps_square),
                                        FIELD(sipas_design_opts, one_psu),
                                        FIELD(sipas_design_opts, phase1),
                                        FIELD_AS("phase2", sipas_design_opts, phase2_sample),
                                        FIELD_AS("phase2_method", sipas_design_opts, phase2),
                                        FIELD(sipas_design_opts, phase2_strata),
                                        FIELD(sipas_design_opts, phase2_fpc),
                                        END};

/* A name of a rule, or a number, for which `given_rule` stands. */
void degrees_of_freedom(call *c, const choice *rules, int32_t given_rule, int32_t *rule, double *value)
{
    if (!given(c, "df", 0)) return;
    if (lua_type(c->L, -1) != LUA_TNUMBER) {
        *rule = to_choice(c, "df", rules, 0);
        return;
    }
    *value = to_real(c, "df");
    if (!(*value > 0)) fail(c->L, SIPAS_ERR_OPTION, "df", "df: %g is not positive", *value);
    *rule = given_rule;
}

/* The method of unequal probabilities, or their matrix: a list of rows. */
static void first_stage(call *c, sipas_design_opts *opts)
{
    lua_State *L = c->L;

    if (!given(c, "pps", 0)) return;
    if (!lua_istable(L, -1)) {
        opts->pps = to_choice(c, "pps", pps_words, 0);
        return;
    }
    const int list = lua_gettop(L);
    const int64_t order = (int64_t)lua_rawlen(L, list);
    double *joint = keep_memory(c, (size_t)order * (size_t)order, sizeof *joint);
    sipas_column row;

    for (int64_t i = 0; i < order; i++) {
        lua_rawgeti(L, list, (int)i + 1);
        to_column(c, "pps", &row);
        if (row.n != order)
            fail(L, SIPAS_ERR_LENGTH, "pps", "pps: row %d has %d cells where %d are expected", (int)i + 1, (int)row.n,
                 (int)order);
        for (int64_t j = 0; j < order; j++) {
            push_cell(L, &row, j);
            joint[i * order + j] = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : NAN;
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
    opts->pps = SIPAS_PPS_JOINT;
    opts->joint = joint;
    opts->joint_order = order;
}

/* Whether codes of units may stand in several strata: true or false. */
static void nesting(call *c, sipas_design_opts *opts)
{
    int32_t nest = 1;

    if (!given(c, "nest", 0)) return;
    if (lua_isboolean(c->L, -1)) {
        nest = lua_toboolean(c->L, -1);
        lua_pop(c->L, 1);
        opts->nest = nest ? SIPAS_NEST_YES : SIPAS_NEST_NO;
    } else {
        opts->nest = to_choice(c, "nest", nest_words, 0);
    }
}

/* Number of rows: what `n` says, or the first column that is there. */
static int64_t design_rows(call *c, const sipas_column *const *columns, size_t n)
{
    if (given(c, "n", 0)) return to_count(c, "n");
    for (size_t i = 0; i < n; i++)
        if (columns[i]) return columns[i]->n;
    fail(c->L, SIPAS_ERR_ARGUMENT, "weights", "weights: a design needs a column, or its number of rows n");
}

/***
Designs
@section design
*/
/***
A design: weights, strata, stages, finite populations, and the rules for what the data alone do not settle. It keeps its columns.
`#d` rows; `d.strata`, `d.psus`, `d.df`.
@function Design
@tparam table options
@param options.weights weight of each row ≥ 0. [1]
@param options.strata (and clusters, fpc) a column or a list of columns, the first stage's first
@param options.certainty (and calibrated) rows drawn with certainty; weights may be negative
@param options.pps "brewer", "overton", "hartley-rao", "hajek", "deville", or a matrix of joint probabilities; `variance` "HT", "YG"; `pps_square`
@param options.lonely_psu "error" (default), "remove", "certainty", "adjust", "average", "adjust_zero", "collapse" with collapse,
 collapse_by, collapse_strata
@param options.one_psu "missing", "conditional"
@param options.nest false: the code of a unit that stands in several strata is an error; by default it is a unit of its own in each, with a note
@param options.phase2 rows in a second phase, with phase2_method "srs", "bernoulli", phase2_strata, phase2_fpc, phase1 "design", "independent"
@param options.df "domain" (default), "domain_rows" (R's count), "design", or a number
@param options.threads workers of a call; results do not depend on it, to the bit
@param options.progress function(task, done, total): true (anything but nil, false and 0) cancels the call
@param options.n rows, where no column says it
@treturn Design
*/
static int design_new(lua_State *L)
{
    static const option *const lists[] = {design_options, context_options, NULL};
    sipas_design_opts opts;
    int32_t n_stages;
    call c;

    begin(&c, L, "Design", 1, 1, lists);
    sipas_design_opts_init(&opts);
    read_options(&c, design_options, &opts);
    if (opts.phase2_sample && !opts.phase2) opts.phase2 = SIPAS_PHASE2_SRS;
    degrees_of_freedom(&c, df_words, SIPAS_DF_GIVEN, &opts.df, &opts.df_value);
    first_stage(&c, &opts);
    nesting(&c, &opts);
    const sipas_column *weights = column(&c, "weights", 1), *strata = stack(&c, "strata", 0, &opts.n_strata);
    const sipas_column *clusters = stack(&c, "clusters", 0, &n_stages), *fpc = stack(&c, "fpc", 0, &opts.n_fpc);
    const sipas_column *const columns[] = {weights, strata, clusters, fpc, opts.certainty, opts.phase2_sample};
    const int64_t n = design_rows(&c, columns, sizeof columns / sizeof columns[0]);
    sipas_ctx *ctx = own_context(&c);
    handle *out = new_handle(L, KIND_DESIGN);

    check(&c, sipas_design_new(ctx, n, weights, strata, clusters, n_stages, fpc, &opts,
                               (sipas_design **)(void *)&out->pointer, &c.err));
    out->context = c.context;
    lua_pushvalue(L, c.keep);
    set_user_table(L);
    return 1;
}

const sipas_design *to_design(lua_State *L)
{
    return to_handle(L, 1, KIND_DESIGN, "design")->pointer;
}

/* Enters the context of the design that a method is called on. */
void enter_design(call *c)
{
    lua_State *L = c->L;
    const handle *self = lua_touserdata(L, 1);

    if (!self->context) return;
    lua_getuservalue(L, 1);
    lua_getfield(L, -1, "context");
    lua_remove(L, -2);
    if (lua_touserdata(L, -1) != self->context)
        fail(L, SIPAS_ERR_ARGUMENT, NULL, "%s: the design's context is gone", c->name);
    enter(c);
}

int design_length(lua_State *L)
{
    push_int64(L, sipas_design_count_rows(to_design(L)));
    return 1;
}

int design_get(lua_State *L)
{
    const sipas_design *design = to_design(L);
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";

    if (strcmp(key, "strata") == 0)
        push_int64(L, sipas_design_count_strata(design));
    else if (strcmp(key, "psus") == 0)
        push_int64(L, sipas_design_count_psus(design));
    else if (strcmp(key, "df") == 0)
        lua_pushnumber(L, sipas_design_get_df(design));
    else
        lua_pushnil(L);
    return 1;
}

int design_tostring(lua_State *L)
{
    const sipas_design *design = to_design(L);

    lua_pushfstring(L, "Design: %d rows, %d PSUs in %d strata", (int)sipas_design_count_rows(design),
                    (int)sipas_design_count_psus(design), (int)sipas_design_count_strata(design));
    return 1;
}

/***
One row: rows, positive, strata, psus, df, weight_sum, kish_deff, n_eff; its notes say what was assumed.
@function Design:describe
@treturn Table
*/
static int design_describe(lua_State *L)
{
    const sipas_design *design = to_design(L);
    handle *out = new_handle(L, KIND_TABLE);
    sipas_error err;

    if (sipas_design_describe(design, (sipas_table **)(void *)&out->pointer, &err) >= 0) return 1;
    push_error(L, &err);
    return lua_error(L);
}

static const option subset_options[] = {ARG("where"), END};
static const option phase2_options[] = {ARG("sample"),
                                        FIELD(sipas_design_phase2_opts, method),
                                        FIELD(sipas_design_phase2_opts, phase1),
                                        FIELD(sipas_design_phase2_opts, strata),
                                        FIELD(sipas_design_phase2_opts, fpc),
                                        END};

/* Begins a method that makes a design from the one it is called on. */
static const sipas_design *begin_derived(call *c, lua_State *L, const char *name, const option *own)
{
    const option *const lists[] = {own, NULL};
    const sipas_design *from = to_design(L);

    lua_settop(L, 2);
    begin(c, L, name, 2, 1, lists);
    enter_design(c);
    return from;
}

/* Pushes the design to be made. It keeps the other, whose columns it borrows, and works in its context. */
static sipas_design **derived_design(call *c)
{
    lua_State *L = c->L;
    handle *out = new_handle(L, KIND_DESIGN);
    const handle *from = lua_touserdata(L, 1);

    lua_pushvalue(L, 1);
    (void)keep_value(c);
    if (from->context) {
        lua_getuservalue(L, 1);
        lua_getfield(L, -1, "context");
        lua_setfield(L, c->keep, "context");
        lua_pop(L, 1);
    }
    out->context = from->context;
    lua_pushvalue(L, c->keep);
    set_user_table(L);
    return (sipas_design **)(void *)&out->pointer;
}

/***
The part for which a condition holds, as R's subset(): every estimate is the one whose `where` holds there too. Strata, PSUs and
populations stay those of all rows.
@function Design:subset
@param options.where rows that are in it, true or 1
@treturn Design
*/
static int design_subset(lua_State *L)
{
    call c;
    const sipas_design *from = begin_derived(&c, L, "subset", subset_options);
    const sipas_column *where = need_column(&c, "where", 1);
    sipas_design **out = derived_design(&c);

    check(&c, sipas_design_subset(from, where, out, &c.err));
    return 1;
}

/***
A design of two phases from that of the first: what `Design` makes with phase2 and what belongs to it.
@function Design:phase2
@param options.sample rows in the sample of phase 2
@param options.method "srs" (default), "bernoulli"; phase1 "design" (default), "independent"
@param options.strata codes of the strata of phase 2
@param options.fpc fraction of phase 1 taken, or number of units in phase 1; "bernoulli": the probability of the unit
@treturn Design
*/
static int design_phase2(lua_State *L)
{
    sipas_design_phase2_opts opts;
    call c;
    const sipas_design *from = begin_derived(&c, L, "phase2", phase2_options);

    sipas_design_phase2_opts_init(&opts);
    read_options(&c, phase2_options, &opts);
    const sipas_column *sample = need_column(&c, "sample", 1);
    sipas_design **out = derived_design(&c);

    check(&c, sipas_design_phase2(from, sample, &opts, out, &c.err));
    return 1;
}

const luaL_Reg design_methods[] = {
    {"describe", design_describe}, {"subset", design_subset}, {"phase2", design_phase2}, {NULL, NULL}};

const luaL_Reg design_functions[] = {{"Design", design_new}, {NULL, NULL}};
