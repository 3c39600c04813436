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

/*
 * Which userdata are ours, and of which kind: a table in the registry whose keys are weak. A metatable proves nothing, since
 * debug.setmetatable gives any userdata the one of another.
 */
static void push_kinds(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "sipas.kinds");
    if (lua_istable(L, -1)) return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_newtable(L);
    set_text(L, "__mode", "k");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, "sipas.kinds");
}

/* Makes the userdata on top of the stack, whose memory is in order, one of a kind. */
void set_kind(lua_State *L, int kind)
{
    push_kinds(L);
    lua_pushvalue(L, -2);
    lua_pushnumber(L, kind);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    luaL_getmetatable(L, kind_names[kind]);
    lua_setmetatable(L, -2);
}

int kind_of(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TUSERDATA) return KIND_NONE;
    index = absolute(L, index);
    push_kinds(L);
    lua_pushvalue(L, index);
    lua_rawget(L, -2);
    const int kind = (int)lua_tonumber(L, -1); /* of nil 0 */

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

/* The same, but a text or a number as it is, and true and false; it stays on the stack. */
const char *shown(lua_State *L, int index)
{
    enum { MOST = 48 };
    size_t length;

    switch (lua_type(L, index)) {
    case LUA_TNUMBER: push_number_text(L, index); break;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); break;
    case LUA_TSTRING: {
        const char *text = lua_tolstring(L, index, &length);
        size_t cut = length < MOST ? length : MOST;

        while (cut < length && cut > 0 && (text[cut] & 0xC0) == 0x80) cut--; /* between characters */
        lua_pushliteral(L, "'");
        lua_pushlstring(L, text, cut);
        lua_pushstring(L, cut < length ? "...'" : "'");
        lua_concat(L, 3);
        break;
    }
    default: lua_pushstring(L, describe(L, index)); break;
    }
    return lua_tostring(L, -1);
}

/* The text at `index`, which C reads up to its NUL: there may be none within. */
const char *text_without_nul(lua_State *L, int index, const char *name)
{
    size_t length;
    const char *text = lua_tolstring(L, index, &length);

    if (strlen(text) != length) fail(L, SIPAS_ERR_VALUE, name, "%s: a text with a NUL character", name);
    return text;
}

/* The text at `index`, an argument that is no option; `otherwise` when it is not given. */
const char *text_at(lua_State *L, int index, const char *name, const char *otherwise)
{
    if (lua_isnoneornil(L, index) && otherwise) return otherwise;
    if (lua_type(L, index) != LUA_TSTRING)
        fail(L, SIPAS_ERR_TYPE, name, "%s: text expected, got %s", name, shown(L, index));
    return text_without_nul(L, index, name);
}

/* Pushes an empty object, whose user value is a table. */
handle *new_handle(lua_State *L, int kind)
{
    handle *object = lua_newuserdata(L, sizeof *object);

    memset(object, 0, sizeof *object);
    set_kind(L, kind);
    lua_newtable(L);
    set_user_table(L);
    return object;
}

/* Gives the object below it the table on top of the stack, which it pops, as user value: what it holds as long as it lives. */
void set_user_table(lua_State *L)
{
    handle *object = lua_touserdata(L, -2);

    object->user = lua_topointer(L, -1);
    lua_setuservalue(L, -2);
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
        fail(L, SIPAS_ERR_TYPE, name, "%s: %s expected, got %s", name, kind_names[kind], shown(L, index));
    handle *object = lua_touserdata(L, index);
    if (!object->pointer) fail(L, SIPAS_ERR_ARGUMENT, name, "%s: this %s is gone", name, kind_names[kind]);
    lua_getuservalue(L, index);
    if (lua_topointer(L, -1) != object->user) /* C may point into what it holds */
        fail(L, SIPAS_ERR_ARGUMENT, name, "%s: what this %s holds has been replaced", name, kind_names[kind]);
    lua_pop(L, 1);
    return object;
}

int null_tostring(lua_State *L)
{
    lua_pushliteral(L, "sipas.null");
    return 1;
}
