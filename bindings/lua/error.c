/*
 * Errors: a table with what sipas_error has and the place in the program, raised by lua_error().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdarg.h>
#include <stdio.h>

#include "face.h"

void set_text(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

void set_int64(lua_State *L, const char *key, int64_t value)
{
    push_int64(L, value);
    lua_setfield(L, -2, key);
}

/* Where in the Lua program the call stands; "" when it is not called from Lua. */
static void push_where(lua_State *L)
{
    lua_Debug at;

    for (int level = 1; level < 8 && lua_getstack(L, level, &at); level++) {
        lua_getinfo(L, "Sl", &at);
        if (at.currentline > 0) {
            lua_pushfstring(L, "%s:%d:", at.short_src, at.currentline);
            return;
        }
    }
    lua_pushliteral(L, "");
}

void push_error(lua_State *L, const sipas_error *err)
{
    luaL_checkstack(L, 6, "error");
    lua_newtable(L);
    set_int64(L, "code", err->status);
    set_text(L, "status", sipas_status_name(err->status));
    set_text(L, "message", err->message);
    if (err->row >= 0) set_int64(L, "row", err->row);
    if (err->column >= 0) set_int64(L, "column", err->column);
    if (err->name[0]) set_text(L, "name", err->name);
    push_where(L);
    lua_setfield(L, -2, "where");
    luaL_getmetatable(L, "sipas.Error");
    lua_setmetatable(L, -2);
}

/* Raises an error of the binding itself, as a status of the library. */
void fail(lua_State *L, sipas_status status, const char *name, const char *format, ...)
{
    sipas_error err = {status, -1, -1, "", ""};
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(err.message, sizeof err.message, format, arguments);
    va_end(arguments);
    if (name) (void)snprintf(err.name, sizeof err.name, "%s", name);
    push_error(L, &err);
    for (;;) (void)lua_error(L);
}

int error_tostring(lua_State *L)
{
    lua_getfield(L, 1, "where");
    if (lua_isstring(L, -1) && lua_rawlen(L, -1) > 0) lua_pushliteral(L, " ");
    lua_getfield(L, 1, "message");
    if (!lua_isstring(L, -1)) lua_pushliteral(L, "error");
    lua_concat(L, lua_gettop(L) - 1);
    return 1;
}
