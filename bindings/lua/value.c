/*
 * Whole numbers, words and texts between Lua and C.
 *
 * Lua 5.1, 5.2 and LuaJIT have doubles only: what a double does not hold exactly goes as its decimal digits, both ways.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdio.h>

#include "face.h"

static const double EXACT = 9007199254740992.0;

int absolute(lua_State *L, int index)
{
    return index > 0 || index <= LUA_REGISTRYINDEX ? index : lua_gettop(L) + index + 1;
}

/* A whole number: an integer where Lua has them, else a number when a double holds it, else its digits. */
void push_int64(lua_State *L, int64_t value)
{
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(L, (lua_Integer)value);
#else
    char digits[24];

    if (value >= -((int64_t)1 << EXACT_BITS) && value <= (int64_t)1 << EXACT_BITS) {
        lua_pushnumber(L, (lua_Number)value);
        return;
    }
    (void)snprintf(digits, sizeof digits, "%lld", (long long)value);
    lua_pushstring(L, digits);
#endif
}

void push_word(lua_State *L, uint64_t value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    lua_pushstring(L, digits);
}

void push_text(lua_State *L, const char *text)
{
    if (text)
        lua_pushstring(L, text);
    else
        lua_pushnil(L);
}

/* A whole number from an integer, a number without a fraction that a double holds exactly, or its digits. */
int to_int64(lua_State *L, int index, int64_t *out)
{
#if LUA_VERSION_NUM >= 503
    if (lua_isinteger(L, index)) {
        *out = (int64_t)lua_tointeger(L, index);
        return 1;
    }
#endif
    if (lua_type(L, index) == LUA_TNUMBER) {
        const double value = lua_tonumber(L, index);

        if (!(fabs(value) <= EXACT) || floor(value) != value) return 0;
        *out = (int64_t)value;
        return 1;
    }
    if (lua_type(L, index) != LUA_TSTRING) return 0;
    const char *digits = lua_tostring(L, index);
    const int negative = digits[0] == '-';
    const uint64_t most = (uint64_t)INT64_MAX + (uint64_t)negative;
    uint64_t value = 0;

    digits += negative;
    if (!*digits) return 0;
    for (; *digits; digits++) {
        const unsigned digit = (unsigned)(*digits - '0');

        if (digit > 9 || value > (most - digit) / 10) return 0;
        value = 10 * value + digit;
    }
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return 1;
}

/* The same for 0 … 2^64 - 1. */
int to_word(lua_State *L, int index, uint64_t *out)
{
    int64_t whole;

    if (to_int64(L, index, &whole)) {
        *out = (uint64_t)whole;
        return whole >= 0;
    }
    if (lua_type(L, index) != LUA_TSTRING) return 0;
    const char *digits = lua_tostring(L, index);
    uint64_t value = 0;

    if (!*digits) return 0;
    for (; *digits; digits++) {
        const unsigned digit = (unsigned)(*digits - '0');

        if (digit > 9 || value > (UINT64_MAX - digit) / 10) return 0;
        value = 10 * value + digit;
    }
    *out = value;
    return 1;
}
