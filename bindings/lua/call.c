/*
 * One call: its table of options, what it keeps for a while, its context, and the functions of the program's that C calls.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

int context_gc(lua_State *L)
{
    if (kind_of(L, 1) != KIND_CONTEXT) return 0;
    context *of = lua_touserdata(L, 1);

    sipas_ctx_free(of->ctx);
    of->ctx = NULL;
    return 0;
}

/* Leaves what a failed function raised for raise_failure(). */
int32_t keep_failure(callback *of)
{
    lua_replace(of->L, of->function);
    of->failed = 1;
    return 1;
}

/* sipas_progress_fn. A function may make calls of its own under the same context: these put back what they find. */
static int32_t progress(void *user, const char *task, int64_t done, int64_t total)
{
    callback *of = user;
    const callback before = *of;
    lua_State *L = of->L;

    if (of->failed || !of->function) return of->failed;
    if (!lua_checkstack(L, 8)) return 1;
    lua_pushvalue(L, of->function);
    push_text(L, task);
    push_int64(L, done);
    push_int64(L, total);
    const int code = lua_pcall(L, 3, 1, 0);

    *of = before;
    if (code) return keep_failure(of);
    const int zero = lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) == 0; /* which is true in Lua */
    const int32_t stop = lua_toboolean(L, -1) && !zero;

    lua_pop(L, 1);
    return stop;
}

/* Pushes the names of all options, for messages. */
static const char *push_known(lua_State *L, const option *const *lists)
{
    luaL_Buffer names;

    luaL_buffinit(L, &names);
    for (int i = 0; lists[i]; i++)
        for (const option *o = lists[i]; o->name; o++) {
            luaL_addstring(&names, " ");
            luaL_addstring(&names, o->name);
        }
    luaL_pushresult(&names);
    return lua_tostring(L, -1);
}

static int is_known(const char *key, const option *const *lists)
{
    for (int i = 0; lists[i]; i++)
        for (const option *o = lists[i]; o->name; o++)
            if (strcmp(o->name, key) == 0) return 1;
    return 0;
}

/*
 * Other names of options: those of C, of the command line, of R, and those that were there before. CONVENTIONS has the table. A name
 * is taken for another where a call has the other and not itself; `call` NULL = in every call.
 */
static const struct {
    const char *call, *name, *other;
} others[] = {
    {"sample_size", "margin", "e"},
    {NULL, "clusters", "ids"},
    {NULL, "lonely_psu", "lonely"},
    {NULL, "code", "codes"},
    {NULL, "codes", "code"},
    {NULL, "lower", "minimum"},
    {NULL, "upper", "maximum"},
    {NULL, "minimum", "lower"},
    {NULL, "maximum", "upper"},
    {"allocate", "total", "n"},
    {"allocate_tree", "total", "n"},
    {"plan_compare", "total", "n"},
    {"functions", "argument", "of"},
    {"proportion", "method", "interval"},
    {"distribution", "method", "interval"},
};
enum { N_OTHERS = sizeof others / sizeof others[0] };

/* Is `key` another name, number i, of an option of these? */
static int is_other(const char *of, const char *key, int i, const option *const *lists)
{
    return strcmp(others[i].other, key) == 0 && (!others[i].call || strcmp(others[i].call, of) == 0) &&
           is_known(others[i].name, lists) && !is_known(key, lists);
}

/* Puts options that have another name under their own, into a copy of the table of options. */
static void rename_options(call *c, const option *const *lists)
{
    lua_State *L = c->L;

    for (int i = 0; i < N_OTHERS; i++) {
        if (!is_other(c->name, others[i].other, i, lists)) continue;
        lua_pushstring(L, others[i].other);
        lua_rawget(L, c->args);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            continue;
        }
        lua_getfield(L, c->args, others[i].name);
        if (!lua_isnil(L, -1))
            fail(L, SIPAS_ERR_ARGUMENT, others[i].name, "%s: %s is given twice, as %s too", c->name, others[i].name,
                 others[i].other);
        lua_pop(L, 2);
        lua_newtable(L); /* the program's own table stays as it is */
        if (lua_getmetatable(L, c->args)) lua_setmetatable(L, -2);
        for (lua_pushnil(L); lua_next(L, c->args);) {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            if (lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), others[i].other) == 0) {
                lua_pushstring(L, others[i].name);
                lua_replace(L, -3);
            }
            lua_rawset(L, -4);
        }
        lua_replace(L, c->args);
    }
}

void refuse_unknown(const call *c, int positions, const option *const *lists)
{
    lua_State *L = c->L;
    int64_t at;

    for (lua_pushnil(L); lua_next(L, c->args);) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING) {
            const char *key = lua_tostring(L, -1);

            if (!is_known(key, lists))
                fail(L, SIPAS_ERR_OPTION, key, "%s: no option '%s'; there are%s", c->name, key, push_known(L, lists));
        } else if (!to_int64(L, -1, &at) || at < 1 || at > positions) {
            fail(L, SIPAS_ERR_ARGUMENT, NULL, "%s: %d values without a name are taken; the options are%s", c->name,
                 positions, push_known(L, lists));
        }
    }
}

/* Begins a call whose table of options is at `args`; `positions` of them may stand without a name. */
void begin(call *c, lua_State *L, const char *name, int args, int positions, const option *const *lists)
{
    memset(c, 0, sizeof *c);
    c->L = L;
    c->name = name;
    c->args = args;
    luaL_checkstack(L, 60, name);
    lua_settop(L, args);
    if (lua_isnil(L, args) || (positions > 0 && kind_of(L, args) != KIND_NONE)) {
        lua_newtable(L);
        lua_insert(L, args);
        lua_rawseti(L, args, 1);
    } else if (!lua_istable(L, args)) {
        fail(L, SIPAS_ERR_TYPE, NULL, "%s: a table of options expected, got %s", name, shown(L, args));
    }
    rename_options(c, lists);
    refuse_unknown(c, positions, lists);
    lua_newtable(L);
    c->keep = lua_gettop(L);
}

/* Keeps the value on top of the stack, which it pops, as long as the call, or the design that it makes. */
int keep_value(call *c)
{
    lua_rawseti(c->L, c->keep, ++c->kept);
    return c->kept;
}

void *keep_memory(call *c, size_t n, size_t size)
{
    if (n > SIZE_MAX / 2 / (size ? size : 1)) fail(c->L, SIPAS_ERR_MEMORY, NULL, "%s: no memory", c->name);
    const size_t bytes = n * size + 1;
    void *memory = lua_newuserdata(c->L, bytes);

    memset(memory, 0, bytes);
    (void)keep_value(c);
    return memory;
}

/* Pushes an argument by name or, from 1, by position; pushes nothing and gives 0 when it is not there. */
int given(call *c, const char *name, int position)
{
    lua_State *L = c->L;

    lua_getfield(L, c->args, name); /* defaults of a metatable count */
    if (position > 0) {
        lua_pushinteger(L, position);
        lua_gettable(L, c->args);
        if (!lua_isnil(L, -1) && !lua_isnil(L, -2))
            fail(L, SIPAS_ERR_ARGUMENT, name, "%s: %s is given twice", c->name, name);
        if (lua_isnil(L, -2))
            lua_remove(L, -2);
        else
            lua_pop(L, 1);
    }
    if (!lua_isnil(L, -1) && kind_of(L, -1) != KIND_NULL) return 1;
    lua_pop(L, 1);
    return 0;
}

void expected(call *c, const char *name, const char *what)
{
    lua_State *L = c->L;

    fail(L, SIPAS_ERR_TYPE, name, "%s: %s expected, got %s", name, what, shown(L, -1));
}

/* In C a 0 stands for the default here, so one that is given is no value. */
__attribute__((noreturn)) void refuse_zero(call *c, const char *name)
{
    fail(c->L, SIPAS_ERR_OPTION, name, "%s: 0 is not one of its values; leave it out for the default", name);
}

void need(call *c, const char *name, int position)
{
    if (!given(c, name, position)) fail(c->L, SIPAS_ERR_ARGUMENT, name, "%s: %s is needed", c->name, name);
}

const option context_options[] = {ARG("threads"), ARG("progress"), END};

/* Enters the context on top of the stack: its progress function takes its place there as long as the call. */
void enter(call *c)
{
    lua_State *L = c->L;

    c->context = lua_touserdata(L, -1);
    lua_getuservalue(L, -1);
    if (!lua_istable(L, -1)) fail(L, SIPAS_ERR_ARGUMENT, NULL, "%s: the context's function is gone", c->name);
    lua_getfield(L, -1, "progress");
    lua_replace(L, -3);
    lua_pop(L, 1);
    c->context->progress.L = L;
    c->context->progress.function = lua_isfunction(L, -1) ? lua_gettop(L) : 0;
    c->context->progress.failed = 0;
}

/* The context that the options `threads` and `progress` ask for; NULL when neither does. */
sipas_ctx *own_context(call *c)
{
    lua_State *L = c->L;
    const int threads = given(c, "threads", 0);
    sipas_ctx_opts opts;

    sipas_ctx_opts_init(&opts);
    if (threads) {
        opts.threads = to_whole(c, "threads");
        if (opts.threads == 0) refuse_zero(c, "threads");
    }
    const int watched = given(c, "progress", 0);

    if (!threads && !watched) return NULL;
    if (watched && !lua_isfunction(L, -1)) expected(c, "progress", "function");
    context *of = lua_newuserdata(L, sizeof *of);

    memset(of, 0, sizeof *of);
    set_kind(L, KIND_CONTEXT);
    lua_newtable(L);
    if (watched) {
        lua_pushvalue(L, -3);
        lua_setfield(L, -2, "progress");
        opts.progress = progress;
        opts.progress_user = &of->progress;
    }
    lua_setuservalue(L, -2);
    if (sipas_ctx_new(&opts, &of->ctx, &c->err) < 0) {
        push_error(L, &c->err);
        (void)lua_error(L);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, c->keep, "context");
    enter(c);
    return of->ctx;
}

/* Raises what a function of the program's raised while C was running. */
static void raise_failure(call *c, const callback *of)
{
    if (!of->failed) return;
    lua_pushvalue(c->L, of->function);
    (void)lua_error(c->L);
}

/* Raises what a call left in its error, if it failed. */
void check(call *c, sipas_status status)
{
    if (c->context) raise_failure(c, &c->context->progress);
    for (int i = 0; i < c->n_callbacks; i++) raise_failure(c, &c->callbacks[i]);
    if (status >= 0) return;
    push_error(c->L, &c->err);
    (void)lua_error(c->L);
}

sipas_table **new_table(call *c)
{
    return (sipas_table **)(void *)&new_handle(c->L, KIND_TABLE)->pointer;
}

/* Pushes a vector of n doubles for C to fill. */
double *new_doubles(call *c, int64_t n)
{
    return (double *)(void *)(new_vec(c->L, SIPAS_TYPE_F64, n, 0) + 1);
}
