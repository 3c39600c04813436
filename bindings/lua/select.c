/***
@module sipas
*/
/*
 * The face of room select, and of the random numbers that anyone can make again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

/***
Whom: selection
@section select
*/

/***
Inclusion probabilities proportional to size, with certainty units taken out until none is left.
@function inclusion_prob
@tparam table options
@param options.size sizes ≥ 0. [1]
@param options.n sample size. [2]
@return vec of f64; they add up to n
*/
/* Appends a key, or nothing, and a number to lists at stack positions. */
static void add_quota(lua_State *L, int lists, int row, const sort_key *stratum, const sort_key *unit_class)
{
    lua_rawseti(L, lists + 2, row);
    if (unit_class) {
        push_key(L, unit_class);
        lua_rawseti(L, lists + 1, row);
    }
    push_key(L, stratum);
    lua_rawseti(L, lists, row);
}

/* Quotas {stratum = n} or {stratum = {class = n}}, the table on top of the stack, as columns. */
static void quotas(call *c, sipas_draw_opts *opts)
{
    lua_State *L = c->L;
    const int table = lua_gettop(L), lists = table + 1;
    size_t n_strata, n_classes;
    int row = 0, classes = 0;
    const sort_key *strata = sorted_keys(c, "n", table, &n_strata);
    sipas_column *out = keep_memory(c, 3, sizeof *out);

    for (int i = 0; i < 3; i++) lua_newtable(L);
    for (size_t i = 0; i < n_strata; i++) {
        push_key(L, &strata[i]);
        lua_rawget(L, table);
        if (!lua_istable(L, -1)) {
            add_quota(L, lists, ++row, &strata[i], NULL);
            continue;
        }
        const int inner = lua_gettop(L);
        const sort_key *keys = sorted_keys(c, "n", inner, &n_classes);

        for (size_t j = 0; j < n_classes; j++) {
            push_key(L, &keys[j]);
            lua_rawget(L, inner);
            add_quota(L, lists, ++row, &strata[i], &keys[j]);
        }
        classes += (int)n_classes;
        lua_pop(L, 1);
    }
    lua_pushinteger(L, row);
    lua_setfield(L, lists + 1, "n"); /* strata without classes are missing there */
    to_column(c, "n", &out[2]);
    to_column(c, "n", &out[1]);
    to_column(c, "n", &out[0]);
    lua_settop(L, table - 1);
    opts->quota_stratum = &out[0];
    if (classes) opts->quota_class = &out[1];
    opts->quota_n = &out[2];
}

/***
Draws a one-stage sample from a list, stratum by stratum where strata are given. A pure function of seed, programme, codes and
sizes: the order of the rows changes nothing.
@function draw
@tparam table options
@param options.codes code of each unit, unique. [1]
@param options.n units to draw in every stratum, or quotas: {north = 5}, {north = {urban = 5, rural = 3}}. [2]
@param options.seed 0 to 2^64 - 1; from 2^53 on as a string of its digits. There is no default
@param options.method "srs" (default), "systematic", "pps_systematic" with `size`, "all"
@param options.strata (and unit_class) stratum of each unit, and class within it
@param options.reserve reserves to draw besides; certainty, excluded, order_key: columns; if_fewer "error", "take_all", "move", "move_take_all"
@param options.quota_stratum (and quota_class, quota_n, quota_reserve) quotas as columns
@param options.programme (and stage) tell draws apart that share a seed
@treturn Table row (from 0), code, stratum, pi, pi_reserve, n, population, certainty, order, role
@usage sipas.draw{codes = {"a", "b", "c", "d", "e"}, n = 2, seed = "20241231"}
*/
static int draw(lua_State *L)
{
    static const option own[] = {ARG("codes"), ARG("n"), END};
    static const option *const lists[] = {own, draw_opts_options, context_options, NULL};
    sipas_draw_opts opts;
    call c;

    begin(&c, L, "draw", 1, 2, lists);
    sipas_draw_opts_init(&opts);
    read_options(&c, draw_opts_options, &opts);
    const sipas_column *codes = need_column(&c, "codes", 1);

    need(&c, "seed", 0);
    lua_pop(L, 1);
    opts.has_seed = 1;
    if (given(&c, "n", 2)) {
        if (lua_istable(L, -1))
            quotas(&c, &opts);
        else
            opts.n = to_count(&c, "n");
    }
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_draw(ctx, codes, &opts, new_table(&c), &c.err));
    return 1;
}

static void init_plan_stage(void *stage)
{
    sipas_draw_stage_init(stage);
}

/***
Draws a multi-stage sample from a tree.
@function draw_plan
@tparam table options
@tparam UnitTree options.tree [1]
@param options.stages a list of tables: level, method, n or n_of, reserve, strata ("none", "class", "urban", "column" with strata_of), measure or
 size_of, order_key_of, certainty_of, if_fewer, quota_…. [2]
@param options.seed as for `draw`; programme; excluded: a column of units
@treturn Table stage, level, row, code, parent, stratum, pi_stage, pi, pi_reserve, n, population, certainty, order, role
*/
static int draw_plan(lua_State *L)
{
    static const option own[] = {ARG("tree"), ARG("stages"), END};
    static const option *const lists[] = {own, draw_plan_opts_options, context_options, NULL};
    sipas_draw_plan_opts opts;
    int64_t n;
    call c;

    begin(&c, L, "draw_plan", 1, 2, lists);
    sipas_draw_plan_opts_init(&opts);
    read_options(&c, draw_plan_opts_options, &opts);
    const sipas_unit_tree *tree = tree_argument(&c, "tree", 1);

    need(&c, "seed", 0);
    lua_pop(L, 1);
    opts.has_seed = 1;
    const sipas_draw_stage *of = structs(&c, "stages", 2, draw_stage_options, sizeof(sipas_draw_stage), init_plan_stage,
                                         NULL, &n);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_draw_plan(ctx, tree, of, (int32_t)n, &opts, new_table(&c), &c.err));
    return 1;
}

/* ---- numbers that anyone can make ---- */

static uint64_t word_argument(call *c, const char *name, int needed)
{
    uint64_t value = 0;

    if (needed) {
        need(c, name, 0);
        lua_pop(c->L, 1);
    }
    if (!given(c, name, 0)) return value;
    if (!to_word(c->L, -1, &value)) expected(c, name, "whole number from 0 to 2^64 - 1, from 2^53 on as its digits");
    lua_pop(c->L, 1);
    return value;
}

/***
The number in [0, 1) of a unit.
@function rng_uniform
@tparam table options
@param options.seed (and programme, unit, stream, draw) words from 0 to 2^64 - 1, from 2^53 on as digits; 0 by default, but for the seed
@treturn number
*/
static int rng_uniform(lua_State *L)
{
    static const option own[] = {ARG("seed"), ARG("programme"), ARG("unit"), ARG("stream"), ARG("draw"), END};
    static const option *const lists[] = {own, NULL};
    call c;

    begin(&c, L, "rng_uniform", 1, 0, lists);
    const uint64_t seed = word_argument(&c, "seed", 1), programme = word_argument(&c, "programme", 0);
    const uint64_t unit = word_argument(&c, "unit", 0), stream = word_argument(&c, "stream", 0);

    lua_pushnumber(L, sipas_rng_uniform(seed, programme, unit, stream, word_argument(&c, "draw", 0)));
    return 1;
}

static void words(call *c, const char *name, uint64_t *out, size_t n)
{
    lua_State *L = c->L;

    need(c, name, 0);
    if (!lua_istable(L, -1) || lua_rawlen(L, -1) != n)
        expected(c, name, n == 4 ? "list of 4 words" : "list of 2 words");
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (int)i + 1);
        if (!to_word(L, -1, &out[i])) expected(c, name, "word from 0 to 2^64 - 1");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/***
One block of Philox4x64-10.
@function rng_philox
@tparam table options
@param options.counter list of four words
@param options.key list of two words
@treturn table list of four words, as decimal strings
*/
static int rng_philox(lua_State *L)
{
    static const option own[] = {ARG("counter"), ARG("key"), END};
    static const option *const lists[] = {own, NULL};
    uint64_t counter[4], key[2], out[4];
    call c;

    begin(&c, L, "rng_philox", 1, 0, lists);
    words(&c, "counter", counter, 4);
    words(&c, "key", key, 2);
    sipas_rng_philox(counter, key, out);
    lua_createtable(L, 4, 0);
    for (int i = 0; i < 4; i++) {
        push_word(L, out[i]);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

enum { DEEPEST = 1000 }; /* codes of a path: they lie on the stack */

/* Pushes code number i of a path: of the vector or list at `index`, or of the arguments from there on. */
static const char *push_step(lua_State *L, int index, int64_t i)
{
    if (kind_of(L, index) == KIND_VEC)
        push_cell(L, &((const vec *)lua_touserdata(L, index))->column, i);
    else if (lua_istable(L, index))
        lua_rawgeti(L, index, (int)i + 1);
    else
        lua_pushvalue(L, index + (int)i);
    const char *code = push_code(L, -1);

    if (!code)
        fail(L, SIPAS_ERR_TYPE, "path", "path: [%lld] is no code, a text or a whole number below 2^53, but %s",
             (long long)i + 1, shown(L, -1));
    (void)text_without_nul(L, -1, "path");
    lua_remove(L, -2);
    return code;
}

/* A path of codes, from a list or vector at `index` or from the arguments from there on; its texts stay on the stack. */
const char **path_of(lua_State *L, int index, int64_t *depth)
{
    if (kind_of(L, index) == KIND_VEC)
        *depth = ((const vec *)lua_touserdata(L, index))->column.n;
    else
        *depth = lua_istable(L, index) ? (int64_t)lua_rawlen(L, index) : lua_gettop(L) - index + 1;
    if (*depth < 1) fail(L, SIPAS_ERR_ARGUMENT, "path", "path: no code");
    if (*depth > DEEPEST)
        fail(L, SIPAS_ERR_LENGTH, "path", "path: %lld codes, %d are the most", (long long)*depth, DEEPEST);
    const char **path = lua_newuserdata(L, (size_t)(*depth > 0 ? *depth : 1) * sizeof *path);

    luaL_checkstack(L, (int)*depth + 8, "path");
    for (int64_t i = 0; i < *depth; i++) path[i] = push_step(L, index, i);
    return path;
}

/***
Hash of a unit's code path, its word in every draw.
@function code_hash
@param ... codes from the root down, or a list of them
@treturn string its decimal digits
*/
static int code_hash(lua_State *L)
{
    int64_t depth;
    const char *const *path = path_of(L, 1, &depth);
    sipas_error err;
    uint64_t hash;

    if (sipas_code_hash(path, depth, &hash, &err) < 0) {
        push_error(L, &err);
        return lua_error(L);
    }
    push_word(L, hash);
    return 1;
}

const luaL_Reg select_functions[] = {{"draw", draw},
                                     {"draw_plan", draw_plan},
                                     {"rng_uniform", rng_uniform},
                                     {"rng_philox", rng_philox},
                                     {"code_hash", code_hash},
                                     {NULL, NULL}};
