/***
@module sipas
*/
/*
 * Functions of estimates: what is given as terms, coefficients or a function of the program's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

static const option function_options[] = {FIELD(sipas_function, name),
                                          FIELD(sipas_function, kind),
                                          FIELD(sipas_function, check),
                                          ARG("terms"),
                                          ARG("coef"),
                                          FIELD(sipas_function, scale),
                                          FIELD(sipas_function, constant),
                                          ARG("call"),
                                          END};

/* The derivatives, in the list on top of the stack; 0 when one is no number. */
static int read_gradient(lua_State *L, int64_t n, double *gradient)
{
    if (!lua_istable(L, -1)) return 0;
    for (int64_t j = 0; j < n; j++) {
        lua_rawgeti(L, -1, (int)j + 1);
        if (lua_type(L, -1) != LUA_TNUMBER) return 0;
        gradient[j] = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    return 1;
}

/* sipas_function_call: value, {derivatives} = f({arguments}); nil = no value there. */
static int32_t call_function(void *user, int64_t n, const double *x, double *value, double *gradient)
{
    callback *of = user;
    lua_State *L = of->L;

    if (of->failed || !lua_checkstack(L, 8)) return 1;
    const int top = lua_gettop(L);

    lua_pushvalue(L, of->function);
    lua_createtable(L, (int)n, 0);
    for (int64_t j = 0; j < n; j++) {
        lua_pushnumber(L, x[j]);
        lua_rawseti(L, -2, (int)j + 1);
    }
    if (lua_pcall(L, 1, 2, 0)) return keep_failure(of);
    const int known = lua_type(L, -2) == LUA_TNUMBER;

    if (known) *value = lua_tonumber(L, -2);
    const int done = known && read_gradient(L, n, gradient);
    const int wrong = !done && !lua_isnil(L, top + 1);

    lua_settop(L, top);
    if (!wrong) return !done;
    lua_pushliteral(L, "call: a number and a list of its derivatives expected");
    return keep_failure(of);
}

/* Number of a term: a number from 1, or the name of a variable. */
static int64_t to_term(call *c, const named *y)
{
    int64_t term;

    if (lua_type(c->L, -1) == LUA_TNUMBER && to_int64(c->L, -1, &term)) return term - 1;
    if (lua_type(c->L, -1) != LUA_TSTRING || !y || !y->names) expected(c, "terms", "number of an argument");
    const char *name = lua_tostring(c->L, -1);

    for (int64_t i = 0; i < y->n; i++)
        if (strcmp(y->names[i], name) == 0) return i;
    fail(c->L, SIPAS_ERR_NOT_FOUND, name, "terms: no variable '%s'", name);
}

static void read_terms(call *c, sipas_function *function, const named *y)
{
    lua_State *L = c->L;
    int64_t n;

    need(c, "terms", 0);
    if (!lua_istable(L, -1)) expected(c, "terms", "list of terms");
    function->n_terms = (int64_t)lua_rawlen(L, -1);
    int64_t *term = keep_memory(c, (size_t)function->n_terms, sizeof *term);

    for (int64_t j = 0; j < function->n_terms; j++) {
        lua_rawgeti(L, -1, (int)j + 1);
        term[j] = to_term(c, y);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    function->term = term;
    if (!given(c, "coef", 0)) return;
    lua_pop(L, 1);
    function->coef = numbers(c, "coef", 0, &n);
    const int64_t wanted = function->kind == SIPAS_FUNCTION_RATIOS ? function->n_terms / 2 : function->n_terms;

    if (n != wanted) fail(L, SIPAS_ERR_LENGTH, "coef", "coef: %d numbers for %d", (int)n, (int)wanted);
}

/* Reads a function; its Lua function stays on the stack of the call. */
static void read_function(call *c, sipas_function *function, callback *of, const named *y)
{
    lua_State *L = c->L;

    read_options(c, function_options, function);
    read_terms(c, function, y);
    if (!given(c, "call", 0)) return;
    if (!lua_isfunction(L, -1)) expected(c, "call", "function");
    lua_replace(L, of->function);
    of->L = L;
    function->kind = SIPAS_FUNCTION_CALL;
    function->call = call_function;
    function->user = of;
}

sipas_function *functions(call *c, const named *y, int64_t *n)
{
    static const option *const lists[] = {function_options, NULL};
    lua_State *L = c->L;

    need(c, "functions", 2);
    if (!lua_istable(L, -1)) expected(c, "functions", "list of tables");
    const int list = lua_gettop(L);
    const int count = (int)lua_rawlen(L, list);
    sipas_function *out = keep_memory(c, (size_t)count, sizeof *out);
    const call outer = *c;

    c->callbacks = keep_memory(c, (size_t)count, sizeof *c->callbacks);
    luaL_checkstack(L, count + 20, "functions");
    for (int i = 0; i < count; i++) lua_pushnil(L); /* the places of the Lua functions */
    for (int i = 0; i < count; i++) {
        char label[96];

        (void)snprintf(label, sizeof label, "functions[%d]", i + 1);
        c->callbacks[i].function = list + 1 + i;
        lua_rawgeti(L, list, i + 1);
        if (!lua_istable(L, -1)) expected(c, label, "table");
        c->args = lua_gettop(L);
        c->name = label;
        refuse_unknown(c, 0, lists);
        read_function(c, &out[i], &c->callbacks[i], y);
        lua_settop(L, list + count);
        c->args = outer.args;
        c->name = outer.name;
    }
    c->n_callbacks = count;
    *n = count;
    return out;
}

/***
Functions of estimates
@section function
*/
/***
Functions of totals, means and weights of variables, with standard errors by the delta method.
@function Design:functions
@tparam table options
@param options.y named columns: the arguments. [1]
@param options.functions a list of tables: terms (numbers from 1, or names, of arguments), kind ("linear", "power", "log", "exp", "ratios"), coef, scale,
 constant, name; or `call`, a function that is given a list of numbers and returns the value and a list of its derivatives, or nil
 where there is no value; `check = true` holds the derivatives against differences. [2]
@param options.argument "total" (default), "mean", "weight", or a list of them, one for each column
@param options.by (and where, missing_by, missing, level, deff, cov, simultaneous) as for `Design:mean`
@treturn Table as of `Design:mean`
@usage d:functions{y = {a = a, b = b}, functions = {{name = "a/b", kind = "power", terms = {"a", "b"}, coef = {1, -1}}}}
*/
static int estimate_function(lua_State *L)
{
    static const option own[] = {ARG("functions"), ARG("argument"), END};
    estimate e;
    int64_t n;

    begin_estimate(&e, L, "functions", 2, own);
    int32_t *argument = keep_memory(&e.c, (size_t)e.y.n, sizeof *argument);

    if (given(&e.c, "argument", 0)) {
        const int listed = lua_istable(L, -1), at = lua_gettop(L);

        for (int64_t i = 0; i < e.y.n; i++) {
            if (listed)
                lua_rawgeti(L, at, (int)i + 1);
            else
                lua_pushvalue(L, at);
            argument[i] = to_choice(&e.c, "argument", argument_words, 0);
        }
        lua_pop(L, 1);
    }
    const sipas_function *of = functions(&e.c, &e.y, &n);

    check(&e.c, sipas_estimate_function(e.design, e.y.columns, argument, e.y.n, of, n, e.domains, &e.opts,
                                        estimate_table(&e.c), &e.c.err));
    return 1;
}

const luaL_Reg function_methods[] = {{"functions", estimate_function}, {NULL, NULL}};
