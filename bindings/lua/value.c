/*
 * Whole numbers, words and texts between Lua and C.
 *
 * Lua 5.1, 5.2 and LuaJIT have doubles only: what a double does not hold exactly goes as its decimal digits, both ways.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "face.h"

static const double EXACT = 9007199254740992.0; /* 2^53: itself it may be 2^53 + 1, rounded */

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

    if (value > -((int64_t)1 << EXACT_BITS) && value < (int64_t)1 << EXACT_BITS) {
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

static int read_digits(const char *digits, size_t length, uint64_t most, uint64_t *out)
{
    uint64_t value = 0;

    if (length == 0) return 0;
    for (size_t i = 0; i < length; i++) {
        const unsigned digit = (unsigned)(digits[i] - '0');

        if (digit > 9 || value > (most - digit) / 10) return 0;
        value = 10 * value + digit;
    }
    *out = value;
    return 1;
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

        if (!(fabs(value) < EXACT) || floor(value) != value) return 0;
        *out = (int64_t)value;
        return 1;
    }
    if (lua_type(L, index) != LUA_TSTRING) return 0;
    size_t length;
    const char *digits = lua_tolstring(L, index, &length);
    const int negative = digits[0] == '-';
    uint64_t value;

    if (!read_digits(digits + negative, length - (size_t)negative, (uint64_t)INT64_MAX + (uint64_t)negative, &value))
        return 0;
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
    size_t length;
    const char *digits = lua_tolstring(L, index, &length);

    return read_digits(digits, length, UINT64_MAX, out);
}

/* Writes a number as printf does with %.*f or %.*g, but with a point whatever the host's locale has. */
void print_number(char out[NUMBER_ROOM], char format, int places, double value)
{
    const char *mark = localeconv()->decimal_point;
    const size_t length = strlen(mark);

    if (format == 'f')
        (void)snprintf(out, NUMBER_ROOM, "%.*f", places, value);
    else
        (void)snprintf(out, NUMBER_ROOM, "%.*g", places, value);
    char *at = length && strcmp(mark, ".") != 0 ? strstr(out, mark) : NULL;

    if (!at) return;
    *at = '.';
    memmove(at + 1, at + length, strlen(at + length) + 1);
}

/* Pushes the number at `index` as text: digits of a whole one, else the fewest that give the same number back. */
void push_number_text(lua_State *L, int index)
{
    char text[NUMBER_ROOM], again[NUMBER_ROOM];
    int64_t whole;

    if (to_int64(L, index, &whole)) {
        (void)snprintf(text, sizeof text, "%lld", (long long)whole);
    } else {
        const double value = lua_tonumber(L, index);

        for (int digits = 15; digits <= 17; digits++) {
            (void)snprintf(again, sizeof again, "%.*g", digits, value);
            print_number(text, 'g', digits, value == value ? value : NAN);
            if (strtod(again, NULL) == value || value != value) break;
        }
    }
    lua_pushstring(L, text);
}

/*
 * Pushes the code at `index` as its text, the one way for all calls: a text is its own, a whole number its digits, true and
 * false 1 and 0, as of columns of such. Pushes nothing and gives NULL when it is none.
 */
const char *push_code(lua_State *L, int index)
{
    int64_t whole;

    switch (lua_type(L, index)) {
    case LUA_TSTRING: lua_pushvalue(L, index); break;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "1" : "0"); break;
    case LUA_TNUMBER:
        if (!to_int64(L, index, &whole)) return NULL;
        push_number_text(L, index);
        break;
    default: return NULL;
    }
    return lua_tostring(L, -1);
}
