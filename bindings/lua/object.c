/*
 * Objects of the library as userdata: what kind one is, and how it is made, read and freed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

const char *const kind_names[KINDS] = {"",
                                       "sipas.null",
                                       "sipas.vec",
                                       "sipas.Context",
                                       "sipas.Table",
                                       "sipas.Design",
                                       "sipas.Instrument",
                                       "sipas.UnitTree"};
const char *const safe_names[KINDS] = {"",
                                       "sipas.null",
                                       "sipas.vec",
                                       "sipas.Context",
                                       "sipas.safe.Table",
                                       "sipas.safe.Design",
                                       "sipas.safe.Instrument",
                                       "sipas.safe.UnitTree"};

int kind_of(lua_State *L, int index)
{
    int kind = KIND_NONE;

    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return kind;
    lua_pushliteral(L, "__sipas");
    lua_rawget(L, -2);
    if (lua_type(L, -1) == LUA_TNUMBER) kind = (int)lua_tonumber(L, -1);
    lua_pop(L, 2);
    return kind;
}

/* What stands at `index`, for messages. */
const char *describe(lua_State *L, int index)
{
    const int kind = kind_of(L, index);

    if (kind != KIND_NONE) return kind_names[kind];
    return luaL_typename(L, index);
}

/* The text at `index`, an argument that is no option; `otherwise` when it is not given. */
const char *text_at(lua_State *L, int index, const char *name, const char *otherwise)
{
    if (lua_isnoneornil(L, index) && otherwise) return otherwise;
    if (lua_type(L, index) != LUA_TSTRING)
        fail(L, SIPAS_ERR_TYPE, name, "%s: text expected, got %s", name, describe(L, index));
    return lua_tostring(L, index);
}

/* Pushes an empty object, whose user value is a table. */
handle *new_handle(lua_State *L, int kind)
{
    handle *object = lua_newuserdata(L, sizeof *object);

    memset(object, 0, sizeof *object);
    luaL_getmetatable(L, kind_names[kind]);
    lua_setmetatable(L, -2);
    lua_newtable(L);
    lua_setuservalue(L, -2);
    return object;
}

int handle_gc(lua_State *L)
{
    handle *object = lua_touserdata(L, 1);

    switch (kind_of(L, 1)) {
    case KIND_TABLE:
        if (object->held)
            sipas_table_free(object->held);
        else
            sipas_table_free(object->pointer);
        break;
    case KIND_DESIGN: sipas_design_free(object->pointer); break;
    case KIND_INSTRUMENT: sipas_instrument_free(object->pointer); break;
    case KIND_TREE: sipas_unit_tree_free(object->pointer); break;
    default: return 0;
    }
    object->pointer = NULL;
    object->held = NULL;
    return 0;
}

handle *to_handle(lua_State *L, int index, int kind, const char *name)
{
    if (kind_of(L, index) != kind)
        fail(L, SIPAS_ERR_TYPE, name, "%s: %s expected, got %s", name, kind_names[kind], describe(L, index));
    handle *object = lua_touserdata(L, index);
    if (!object->pointer) fail(L, SIPAS_ERR_ARGUMENT, name, "%s: this %s is gone", name, kind_names[kind]);
    return object;
}

int null_tostring(lua_State *L)
{
    lua_pushliteral(L, "sipas.null");
    return 1;
}
