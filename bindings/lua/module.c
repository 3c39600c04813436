/***
Survey sampling and satisfaction indices with honest margins of error: the Lua face of libsipas.

Every number comes from the C library, to the bit. `require "sipas"` raises errors, `require "sipas.safe"` returns
`nil, err`; the names are the same. Each call takes one table of options, whose `[1]`, `[2]` … may hold the first arguments;
a single vector, table or tree may stand for it.

Errors are tables: status ("infeasible"), code, message (one sentence), row, column (from 0, as the message counts), name, and where in the
program ("survey.lua:12:"); `tostring` gives place and message.

Columns are a `sipas.vec`; or a list of numbers, texts or booleans, in which `nil` and `sipas.null` are missing; or a number,
which stands for a column of one row. Codes are texts or whole numbers and match by value.

Named columns (y, items, by, sd …) are a column; a list of columns; a table of columns by name, taken in ascending order of the
names, since a Lua table has none; or a list of pairs `{name, column}`, in that order.

Counting. What Lua indexes (vectors, rows of a table, terms of a function) counts from 1. Rows and units in messages, errors and
columns (row, other, parent) count from 0, as in C and Python.

@module sipas
@license GPL-3.0-or-later
*/
/*
 * The module: its functions and classes, from the files of the rooms, in two faces.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "face.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int luaopen_sipas(lua_State *L);
EXPORT int luaopen_sipas_safe(lua_State *L);

static const luaL_Reg *const module_functions[] = {
    table_functions,  plain_functions, allocate_functions, plan_functions,     select_functions,
    weight_functions, unit_functions,  design_functions,   contrast_functions, NULL};

/* A class of objects: its kind, methods, how a property is read, and its length and text. */
typedef struct class_of {
    int kind;
    const luaL_Reg *methods[6]; /* up to a NULL */
    lua_CFunction get;
    lua_CFunction length;
    lua_CFunction tostring;
} class_of;

static const class_of classes[] = {
    {KIND_TABLE, {table_methods}, table_get, table_length, table_tostring},
    {KIND_DESIGN,
     {design_methods, plain_methods, estimate_methods, function_methods, index_methods},
     design_get,
     design_length,
     design_tostring},
    {KIND_INSTRUMENT, {instrument_methods}, instrument_get, instrument_length, instrument_tostring},
    {KIND_TREE, {tree_methods}, tree_get, tree_length, tree_tostring},
};
enum { N_CLASSES = sizeof classes / sizeof classes[0] };

/* Gives objects that a safe call returns the methods that return nil and the error. */
static void make_safe(lua_State *L, int index)
{
    const int kind = kind_of(L, index);

    if (kind < KIND_TABLE) return;
    index = absolute(L, index);
    luaL_getmetatable(L, safe_names[kind]);
    lua_setmetatable(L, index);
}

/* Calls the function in its upvalue: its results, or nil and the error. */
static int safe_call(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    if (lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0)) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    for (int i = 1; i <= lua_gettop(L); i++) make_safe(L, i);
    return lua_gettop(L);
}

static void push_function(lua_State *L, lua_CFunction function, int safe)
{
    lua_pushcfunction(L, function);
    if (safe) lua_pushcclosure(L, safe_call, 1);
}

/* Puts functions into the table on top of the stack. */
static void set_functions(lua_State *L, const luaL_Reg *functions_of, int safe)
{
    for (; functions_of->name; functions_of++) {
        push_function(L, functions_of->func, safe);
        lua_setfield(L, -2, functions_of->name);
    }
}

/* __index of an object: upvalue 1 has its methods, upvalue 2 reads its properties. */
static int object_index(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    lua_gettable(L, lua_upvalueindex(1));
    if (!lua_isnil(L, -1)) return 1;
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 1);
    lua_call(L, 2, 1);
    return 1;
}

/* __call of a class: its constructor, in the upvalue, without the class itself. */
static int class_call(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_replace(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* Begins the metatable of a kind; 0 when it is there already. Programs cannot reach it. */
static int new_metatable(lua_State *L, const char *name)
{
    if (!luaL_newmetatable(L, name)) {
        lua_pop(L, 1);
        return 0;
    }
    set_text(L, "__name", name);
    set_text(L, "__metatable", name);
    return 1;
}

static void set_metamethod(lua_State *L, const char *name, lua_CFunction function)
{
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
}

static void new_class(lua_State *L, const class_of *of, int safe)
{
    if (!new_metatable(L, safe ? safe_names[of->kind] : kind_names[of->kind])) return;
    set_metamethod(L, "__gc", handle_gc);
    set_metamethod(L, "__len", of->length);
    set_metamethod(L, "__tostring", of->tostring);
    lua_newtable(L);
    for (int i = 0; of->methods[i]; i++) set_functions(L, of->methods[i], safe);
    push_function(L, of->get, safe);
    lua_pushcclosure(L, object_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

static void register_kinds(lua_State *L)
{
    for (int i = 0; i < 2 * N_CLASSES; i++) new_class(L, &classes[i / 2], i % 2);
    if (new_metatable(L, kind_names[KIND_CONTEXT])) {
        set_metamethod(L, "__gc", context_gc);
        lua_pop(L, 1);
    }
    if (new_metatable(L, kind_names[KIND_VEC])) {
        set_metamethod(L, "__len", vec_length);
        set_metamethod(L, "__tostring", vec_tostring);
        lua_newtable(L);
        set_functions(L, vec_methods, 0);
        lua_pushcclosure(L, vec_index, 1);
        lua_setfield(L, -2, "__index");
        lua_pop(L, 1);
    }
    if (luaL_newmetatable(L, "sipas.Error")) {
        set_metamethod(L, "__tostring", error_tostring);
        set_text(L, "__name", "sipas.Error");
    }
    lua_pop(L, 1);
    if (!new_metatable(L, kind_names[KIND_NULL])) return;
    set_metamethod(L, "__tostring", null_tostring);
    lua_pop(L, 1);
    (void)lua_newuserdata(L, 1);
    set_kind(L, KIND_NULL);
    lua_setfield(L, LUA_REGISTRYINDEX, "sipas.the_null");
}

/* Pushes a class: a table of functions that makes an object when it is called. */
static void push_class(lua_State *L, const luaL_Reg *functions_of, lua_CFunction constructor, int safe)
{
    lua_newtable(L);
    set_functions(L, functions_of, safe);
    lua_newtable(L);
    push_function(L, constructor, safe);
    lua_pushcclosure(L, class_call, 1);
    lua_setfield(L, -2, "__call");
    lua_setmetatable(L, -2);
}

/***
Constants
@section constants
*/
/***
What the module holds besides functions.
@table constants
@field null stands for a missing value in a list
@field version of the library, "0.1.0"
@field abi_version number of its binary interface
*/
static int open_face(lua_State *L, int safe)
{
    luaL_checkstack(L, 20, "sipas");
    register_kinds(L);
    lua_newtable(L);
    for (int i = 0; module_functions[i]; i++) set_functions(L, module_functions[i], safe);
    push_class(L, vec_class, vec_new, safe);
    lua_setfield(L, -2, "vec");
    push_class(L, instrument_class, instrument_new, safe);
    lua_setfield(L, -2, "Instrument");
    lua_getfield(L, LUA_REGISTRYINDEX, "sipas.the_null");
    lua_setfield(L, -2, "null");
    set_text(L, "version", sipas_version());
    set_int64(L, "abi_version", sipas_abi_version());
    return 1;
}

int luaopen_sipas(lua_State *L)
{
    return open_face(L, 0);
}

int luaopen_sipas_safe(lua_State *L)
{
    return open_face(L, 1);
}
