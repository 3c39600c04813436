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
 * How it is made: options of every call are read through descriptors (name, kind, offset), so that all of them take and refuse
 * in one way. Whatever a call needs for a while is a full userdata in its table of kept values, so an error, which in Lua is
 * a longjmp, leaks nothing; a design keeps that table, and with it its columns. Results go into userdata that are made,
 * with their __gc, before C is called. Callbacks run under lua_pcall; their errors are raised when C has returned.
 *
 * One source for Lua 5.1 to 5.4; LuaJIT has the binary interface of 5.1.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <sipas.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int luaopen_sipas(lua_State *L);
EXPORT int luaopen_sipas_safe(lua_State *L);

/* ------------------------------------------------------------------------------------------------- versions of Lua */

#if LUA_VERSION_NUM < 502
#define lua_rawlen lua_objlen
#define lua_getuservalue lua_getfenv
#define lua_setuservalue lua_setfenv
#endif

enum { EXACT_BITS = 53 }; /* whole numbers up to 2^53 are exact in a double */

static const double EXACT = 9007199254740992.0;

static int absolute(lua_State *L, int index)
{
    return index > 0 || index <= LUA_REGISTRYINDEX ? index : lua_gettop(L) + index + 1;
}

/* A whole number: an integer where Lua has them, else a number when a double holds it, else its digits. */
static void push_int64(lua_State *L, int64_t value)
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

static void push_word(lua_State *L, uint64_t value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    lua_pushstring(L, digits);
}

static void push_text(lua_State *L, const char *text)
{
    if (text)
        lua_pushstring(L, text);
    else
        lua_pushnil(L);
}

/* ---------------------------------------------------------------------------------------------------------- errors */

static void set_text(lua_State *L, const char *key, const char *value)
{
    lua_pushstring(L, value);
    lua_setfield(L, -2, key);
}

static void set_int64(lua_State *L, const char *key, int64_t value)
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

static void push_error(lua_State *L, const sipas_error *err)
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
__attribute__((noreturn, format(printf, 4, 5))) static void fail(lua_State *L, sipas_status status, const char *name,
                                                                 const char *format, ...)
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

static int error_tostring(lua_State *L)
{
    lua_getfield(L, 1, "where");
    if (lua_isstring(L, -1) && lua_rawlen(L, -1) > 0) lua_pushliteral(L, " ");
    lua_getfield(L, 1, "message");
    if (!lua_isstring(L, -1)) lua_pushliteral(L, "error");
    lua_concat(L, lua_gettop(L) - 1);
    return 1;
}

/* ----------------------------------------------------------------------------------------------------------- kinds */

/* What a userdata of ours is: the field __sipas of its metatable, which programs cannot reach. */
enum { KIND_NONE, KIND_NULL, KIND_VEC, KIND_CONTEXT, KIND_TABLE, KIND_DESIGN, KIND_INSTRUMENT, KIND_TREE, KINDS };

static const char *const kind_names[KINDS] = {"",
                                              "sipas.null",
                                              "sipas.vec",
                                              "sipas.Context",
                                              "sipas.Table",
                                              "sipas.Design",
                                              "sipas.Instrument",
                                              "sipas.UnitTree"};
static const char *const safe_names[KINDS] = {"",
                                              "sipas.null",
                                              "sipas.vec",
                                              "sipas.Context",
                                              "sipas.safe.Table",
                                              "sipas.safe.Design",
                                              "sipas.safe.Instrument",
                                              "sipas.safe.UnitTree"};

static int kind_of(lua_State *L, int index)
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
static const char *describe(lua_State *L, int index)
{
    const int kind = kind_of(L, index);

    if (kind != KIND_NONE) return kind_names[kind];
    return luaL_typename(L, index);
}

/* The text at `index`, an argument that is no option; `otherwise` when it is not given. */
static const char *text_at(lua_State *L, int index, const char *name, const char *otherwise)
{
    if (lua_isnoneornil(L, index) && otherwise) return otherwise;
    if (lua_type(L, index) != LUA_TSTRING)
        fail(L, SIPAS_ERR_TYPE, name, "%s: text expected, got %s", name, describe(L, index));
    return lua_tostring(L, index);
}

/* An object of the library: made empty, with its __gc, before C fills it. */
typedef struct context context;
typedef struct handle {
    void *pointer;     /* of the type that the kind says */
    sipas_table *held; /* notes: a hold on the table that they are part of */
    context *context;  /* design: its context, which its kept values hold; NULL = none */
} handle;

/* Pushes an empty object, whose user value is a table. */
static handle *new_handle(lua_State *L, int kind)
{
    handle *object = lua_newuserdata(L, sizeof *object);

    memset(object, 0, sizeof *object);
    luaL_getmetatable(L, kind_names[kind]);
    lua_setmetatable(L, -2);
    lua_newtable(L);
    lua_setuservalue(L, -2);
    return object;
}

static int handle_gc(lua_State *L)
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

static handle *to_handle(lua_State *L, int index, int kind, const char *name)
{
    if (kind_of(L, index) != kind)
        fail(L, SIPAS_ERR_TYPE, name, "%s: %s expected, got %s", name, kind_names[kind], describe(L, index));
    handle *object = lua_touserdata(L, index);
    if (!object->pointer) fail(L, SIPAS_ERR_ARGUMENT, name, "%s: this %s is gone", name, kind_names[kind]);
    return object;
}

/* ------------------------------------------------------------------------------------------------- numbers and codes */

/* A whole number from an integer, a number without a fraction that a double holds exactly, or its digits. */
static int to_int64(lua_State *L, int index, int64_t *out)
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
static int to_word(lua_State *L, int index, uint64_t *out)
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

/* ------------------------------------------------------------------------------------------------------------- vec */

/* A column in memory that Lua owns: the cells lie behind the struct, texts are Lua's own, held by the user value. */
typedef struct vec {
    sipas_column column;
} vec;

typedef struct element {
    const char *name;
    int32_t type;
    size_t width;
} element;

static const element elements[] = {
    {"f64", SIPAS_TYPE_F64, 8}, {"f32", SIPAS_TYPE_F32, 4},   {"i64", SIPAS_TYPE_I64, 8},
    {"i32", SIPAS_TYPE_I32, 4}, {"i16", SIPAS_TYPE_I16, 2},   {"i8", SIPAS_TYPE_I8, 1},
    {"u8", SIPAS_TYPE_U8, 1},   {"bool", SIPAS_TYPE_BOOL, 1}, {"text", SIPAS_TYPE_CODE, sizeof(char *)},
};
enum { N_ELEMENTS = sizeof elements / sizeof elements[0] };

static const element *element_of(int32_t type)
{
    for (int i = 0; i < N_ELEMENTS; i++)
        if (elements[i].type == type) return &elements[i];
    return &elements[0];
}

/* Pushes a vector of zeros (texts: all missing); with validity all cells are missing until they are set. */
static vec *new_vec(lua_State *L, int32_t type, int64_t n, int with_validity)
{
    const size_t width = element_of(type)->width;

    if (n < 0 || (uint64_t)n > (SIZE_MAX / 2 - sizeof(vec)) / (width + 1))
        fail(L, SIPAS_ERR_MEMORY, NULL, "vec: %lld elements", (long long)n);
    const size_t cells = ((size_t)n * width + 7) / 8 * 8;
    const size_t size = sizeof(vec) + cells + (with_validity ? ((size_t)n + 7) / 8 : 0);
    vec *v = lua_newuserdata(L, size);

    memset(v, 0, size);
    v->column.data = v + 1;
    v->column.validity = with_validity ? (const uint8_t *)(v + 1) + cells : NULL;
    v->column.stride = (int64_t)width;
    v->column.n = n;
    v->column.type = type;
    luaL_getmetatable(L, kind_names[KIND_VEC]);
    lua_setmetatable(L, -2);
    if (type == SIPAS_TYPE_CODE) {
        lua_newtable(L);
        lua_setuservalue(L, -2);
    }
    return v;
}

static void *cell_of(vec *v, int64_t i)
{
    return (char *)(v + 1) + i * v->column.stride;
}

static void set_present(vec *v, int64_t i)
{
    if (v->column.validity) {
        const ptrdiff_t at = (const char *)v->column.validity - (const char *)(v + 1);

        ((uint8_t *)(v + 1))[at + i / 8] |= (uint8_t)(1U << i % 8);
    }
}

static int is_present(const sipas_column *column, int64_t i)
{
    const int64_t bit = column->offset + i;

    return !column->validity || (column->validity[bit / 8] >> bit % 8 & 1);
}

/* Pushes a cell: a number, boolean or text; nil where it is missing. */
static void push_cell(lua_State *L, const sipas_column *column, int64_t i)
{
    const char *at = (const char *)column->data + i * column->stride;

    if (!is_present(column, i)) {
        lua_pushnil(L);
        return;
    }
    switch (column->type) {
    case SIPAS_TYPE_F64: lua_pushnumber(L, *(const double *)(const void *)at); break;
    case SIPAS_TYPE_F32: lua_pushnumber(L, (lua_Number) * (const float *)(const void *)at); break;
    case SIPAS_TYPE_I64: push_int64(L, *(const int64_t *)(const void *)at); break;
    case SIPAS_TYPE_I32: push_int64(L, *(const int32_t *)(const void *)at); break;
    case SIPAS_TYPE_I16: push_int64(L, *(const int16_t *)(const void *)at); break;
    case SIPAS_TYPE_I8: push_int64(L, *(const int8_t *)(const void *)at); break;
    case SIPAS_TYPE_U8: push_int64(L, *(const uint8_t *)(const void *)at); break;
    case SIPAS_TYPE_BOOL: lua_pushboolean(L, *at != 0); break;
    case SIPAS_TYPE_CODE: push_text(L, *(const char *const *)(const void *)at); break;
    default: lua_pushnil(L); break;
    }
}

/* What a list holds. */
typedef struct contents {
    int64_t n, present, numbers, texts, booleans;
    int whole; /* every number is one that an int64 holds */
} contents;

static void count_value(lua_State *L, const char *name, int64_t row, contents *seen)
{
    int64_t whole;

    switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
        seen->numbers++;
        seen->whole = seen->whole && to_int64(L, -1, &whole);
        break;
    case LUA_TSTRING: seen->texts++; break;
    case LUA_TBOOLEAN: seen->booleans++; break;
    default:
        if (kind_of(L, -1) == KIND_NULL) return;
        fail(L, SIPAS_ERR_TYPE, name, "%s: [%lld] is a %s, not a number, text or boolean", name, (long long)row,
             describe(L, -1));
    }
    seen->present++;
}

/* Looks through the list on top of the stack. Its length is its largest index, or its field `n`. */
static contents look_through(lua_State *L, const char *name)
{
    contents seen = {0, 0, 0, 0, 0, 1};
    int64_t given = -1, row;

    lua_pushnil(L);
    while (lua_next(L, -2)) {
        if (lua_type(L, -2) == LUA_TNUMBER && to_int64(L, -2, &row) && row >= 1 && row <= INT32_MAX) {
            if (row > seen.n) seen.n = row;
            count_value(L, name, row, &seen);
        } else if (lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), "n") == 0) {
            if (!to_int64(L, -1, &given) || given < 0 || given > INT32_MAX)
                fail(L, SIPAS_ERR_TYPE, name, "%s: field n is no length", name);
        } else {
            const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : describe(L, -2);
            fail(L, SIPAS_ERR_TYPE, name, "%s: key '%s' in a list of values", name, key);
        }
        lua_pop(L, 1);
    }
    if (given >= 0 && given < seen.n)
        fail(L, SIPAS_ERR_LENGTH, name, "%s: [%lld] beyond its n = %lld", name, (long long)seen.n, (long long)given);
    if (given > seen.n) seen.n = given;
    return seen;
}

/* The type that holds all values of a list. */
static int32_t infer_type(lua_State *L, const char *name, const contents *seen)
{
    if (seen->texts == seen->present && seen->texts) return SIPAS_TYPE_CODE;
    if (seen->booleans == seen->present && seen->booleans) return SIPAS_TYPE_BOOL;
    if (seen->numbers != seen->present)
        fail(L, SIPAS_ERR_TYPE, name, "%s: the values are not all numbers, all texts or all booleans", name);
    return seen->numbers && seen->whole ? SIPAS_TYPE_I64 : SIPAS_TYPE_F64;
}

/* Keeps one copy of every text: the address of the text on top of the stack, which it pops. `held` = table of texts. */
static const char *intern(lua_State *L, int held, const char *name, int64_t row)
{
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);

    if (strlen(text) != length)
        fail(L, SIPAS_ERR_VALUE, name, "%s: [%lld] has a NUL character", name, (long long)row + 1);
    lua_pushvalue(L, -1);
    lua_rawget(L, held);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushvalue(L, -1);
        lua_rawset(L, held);
    } else {
        text = lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return text;
}

static void set_whole(lua_State *L, vec *v, int64_t i, const char *name)
{
    static const int64_t least[] = {0, 0, 0, INT64_MIN, INT32_MIN, INT16_MIN, INT8_MIN, 0};
    static const int64_t most[] = {0, 0, 0, INT64_MAX, INT32_MAX, INT16_MAX, INT8_MAX, UINT8_MAX};
    const int32_t type = v->column.type;
    int64_t value;

    if (!to_int64(L, -1, &value) || value < least[type] || value > most[type])
        fail(L, SIPAS_ERR_VALUE, name, "%s: [%lld] is no %s", name, (long long)i + 1, element_of(type)->name);
    switch (type) {
    case SIPAS_TYPE_I64: *(int64_t *)cell_of(v, i) = value; break;
    case SIPAS_TYPE_I32: *(int32_t *)cell_of(v, i) = (int32_t)value; break;
    case SIPAS_TYPE_I16: *(int16_t *)cell_of(v, i) = (int16_t)value; break;
    case SIPAS_TYPE_I8: *(int8_t *)cell_of(v, i) = (int8_t)value; break;
    default: *(uint8_t *)cell_of(v, i) = (uint8_t)value; break;
    }
}

/* Sets a cell to the value on top of the stack, which it pops. */
static void set_cell(lua_State *L, vec *v, int64_t i, int held, const char *name)
{
    const int32_t type = v->column.type;

    if (type == SIPAS_TYPE_CODE) {
        if (lua_type(L, -1) != LUA_TSTRING)
            fail(L, SIPAS_ERR_TYPE, name, "%s: [%lld] is a %s among texts", name, (long long)i + 1, describe(L, -1));
        *(const char **)cell_of(v, i) = intern(L, held, name, i);
        return;
    }
    if (type == SIPAS_TYPE_BOOL) {
        *(uint8_t *)cell_of(v, i) = (uint8_t)(lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) != 0
                                                                             : lua_toboolean(L, -1));
    } else if (type == SIPAS_TYPE_F64 || type == SIPAS_TYPE_F32) {
        if (lua_type(L, -1) != LUA_TNUMBER)
            fail(L, SIPAS_ERR_TYPE, name, "%s: [%lld] is no number", name, (long long)i + 1);
        if (type == SIPAS_TYPE_F64)
            *(double *)cell_of(v, i) = lua_tonumber(L, -1);
        else
            *(float *)cell_of(v, i) = (float)lua_tonumber(L, -1);
    } else {
        set_whole(L, v, i, name);
    }
    lua_pop(L, 1);
}

/* Puts a vector in the place of the list on top of the stack. Type 0: the one that holds all values. */
static vec *vec_from_list(lua_State *L, int32_t type, const char *name)
{
    const contents seen = look_through(L, name);
    const int list = lua_gettop(L);

    if (!type) type = infer_type(L, name, &seen);
    luaL_checkstack(L, 8, name);
    vec *v = new_vec(L, type, seen.n, seen.present < seen.n);
    if (type == SIPAS_TYPE_CODE) lua_getuservalue(L, -1);
    for (int64_t i = 0; i < seen.n; i++) {
        lua_rawgeti(L, list, (int)(i + 1));
        if (lua_isnil(L, -1) || kind_of(L, -1) == KIND_NULL) {
            lua_pop(L, 1);
            if (type == SIPAS_TYPE_F64) *(double *)cell_of(v, i) = NAN;
            continue;
        }
        set_cell(L, v, i, list + 2, name);
        set_present(v, i);
    }
    lua_settop(L, list + 1);
    lua_replace(L, list);
    return v;
}

/* A copy of a column of a table, which then has no need of the table. */
static void push_copy(lua_State *L, const sipas_column *column)
{
    vec *v = new_vec(L, column->type, column->n, column->validity != NULL);
    const int held = lua_gettop(L) + 1;

    if (column->type == SIPAS_TYPE_CODE) lua_getuservalue(L, -1);
    for (int64_t i = 0; i < column->n; i++) {
        const char *at = (const char *)column->data + i * column->stride;

        if (column->type != SIPAS_TYPE_CODE) {
            memcpy(cell_of(v, i), at, (size_t)v->column.stride);
        } else if (*(const char *const *)(const void *)at) {
            lua_pushstring(L, *(const char *const *)(const void *)at);
            *(const char **)cell_of(v, i) = intern(L, held, "table", i);
        }
        if (is_present(column, i)) set_present(v, i);
    }
    lua_settop(L, held - 1);
}

/* Name of an element type, after "<" or ">" for the order of its bytes: *swap = they are to be turned round. */
static const element *to_element(lua_State *L, int index, int *swap)
{
    static const uint16_t one = 1;
    const char *name = text_at(L, index, "type", "f64");
    const char *bare = name + (*name == '<' || *name == '>');
    const int little = *(const uint8_t *)&one;

    *swap = bare != name && (*name == '<') != little;
    for (int i = 0; i < N_ELEMENTS; i++)
        if (strcmp(elements[i].name, bare) == 0) return &elements[i];
    fail(L, SIPAS_ERR_OPTION, name, "vec: type '%s' is not one of f64, f32, i64, i32, i16, i8, u8, bool, text", name);
}

static void swap_bytes(char *data, int64_t n, size_t width)
{
    for (int64_t i = 0; i < n; i++, data += width)
        for (size_t a = 0, b = width - 1; a < b; a++, b--) {
            const char kept = data[a];
            data[a] = data[b];
            data[b] = kept;
        }
}

/* Pushes an empty vector for `size` bytes of packed numbers. */
static vec *new_packed(lua_State *L, const element *of, uint64_t size, const char *what)
{
    if (of->type == SIPAS_TYPE_CODE) fail(L, SIPAS_ERR_TYPE, NULL, "vec: texts are not packed");
    if (size % of->width)
        fail(L, SIPAS_ERR_LENGTH, NULL, "vec: %s: %llu bytes are no whole number of %s", what, (unsigned long long)size,
             of->name);
    return new_vec(L, of->type, (int64_t)(size / of->width), 0);
}

/***
Vectors
@section vectors
*/
/***
A vector: a typed column, which does not change.

`#v` is its length, `v[i]` a cell, nil where it is missing; `v.type` its type. It is made

- from a list: `sipas.vec{1, 2.5, sipas.null}`; the type is i64 where all numbers are whole, else f64; text; bool;
- from packed numbers: `sipas.vec(string, "<f64")`, in the machine's order of bytes without `<` or `>`;
- from a file of packed numbers: `sipas.vec.file(path, "i8")`.

@function vec
@param source list, string of packed numbers, or vec
@string[opt] type f64, f32, i64, i32, i16, i8, u8, bool or text
@return vec
@raise type, value, length, option: what does not fit, with its position
*/
static int vec_new(lua_State *L)
{
    int swap = 0;
    const int typed = !lua_isnoneornil(L, 2);
    const element *of = to_element(L, 2, &swap);

    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING) {
        size_t size;
        const char *bytes = lua_tolstring(L, 1, &size);
        vec *v = new_packed(L, of, size, "string");

        memcpy(v + 1, bytes, size);
        if (swap) swap_bytes((char *)(v + 1), v->column.n, of->width);
        return 1;
    }
    if (kind_of(L, 1) == KIND_VEC) return 1;
    if (!lua_istable(L, 1)) fail(L, SIPAS_ERR_TYPE, NULL, "vec: list or string expected, got %s", describe(L, 1));
    (void)vec_from_list(L, typed ? of->type : 0, "vec");
    return 1;
}

/***
A vector from a file of packed numbers.
@function vec.file
@string path
@string[opt="f64"] type as for `vec`
@return vec
@raise "not found" when it cannot be read, length
*/
static int vec_file(lua_State *L)
{
    const char *path = text_at(L, 1, "path", NULL);
    int swap;
    const element *of = to_element(L, 2, &swap);
    FILE *file = fopen(path, "rb");
    long size = -1;

    if (file && fseek(file, 0, SEEK_END) == 0) size = ftell(file);
    if (file) (void)fclose(file);
    if (size < 0) fail(L, SIPAS_ERR_NOT_FOUND, path, "vec: %s cannot be read", path);
    vec *v = new_packed(L, of, (uint64_t)size, path); /* no file is open while this may fail */
    size_t got = 0;

    file = fopen(path, "rb");
    if (file) {
        got = fread(v + 1, 1, (size_t)size, file);
        (void)fclose(file);
    }
    if (got != (size_t)size) fail(L, SIPAS_ERR_NOT_FOUND, path, "vec: %s cannot be read", path);
    if (swap) swap_bytes((char *)(v + 1), v->column.n, of->width);
    return 1;
}

static vec *check_vec(lua_State *L, int index)
{
    if (kind_of(L, index) != KIND_VEC) fail(L, SIPAS_ERR_TYPE, NULL, "sipas.vec expected, got %s", describe(L, index));
    return lua_touserdata(L, index);
}

static int vec_length(lua_State *L)
{
    push_int64(L, check_vec(L, 1)->column.n);
    return 1;
}

static int vec_index(lua_State *L)
{
    const vec *v = check_vec(L, 1);
    int64_t i;

    if (lua_type(L, 2) == LUA_TNUMBER) {
        if (to_int64(L, 2, &i) && i >= 1 && i <= v->column.n)
            push_cell(L, &v->column, i - 1);
        else
            lua_pushnil(L);
    } else if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "type") == 0) {
        lua_pushstring(L, element_of(v->column.type)->name);
    } else {
        lua_pushvalue(L, 2);
        lua_rawget(L, lua_upvalueindex(1));
    }
    return 1;
}

static int vec_next(lua_State *L)
{
    const vec *v = lua_touserdata(L, lua_upvalueindex(1));
    const int64_t i = (int64_t)lua_tonumber(L, lua_upvalueindex(2));

    if (i >= v->column.n) return 0;
    lua_pushnumber(L, (lua_Number)(i + 1));
    lua_replace(L, lua_upvalueindex(2));
    push_int64(L, i + 1);
    push_cell(L, &v->column, i);
    return 2;
}

/***
Index and cell of every element, missing ones too: `for i, x in v:iter() do`.
@function vec:iter
*/
static int vec_iter(lua_State *L)
{
    (void)check_vec(L, 1);
    lua_pushvalue(L, 1);
    lua_pushnumber(L, 0);
    lua_pushcclosure(L, vec_next, 2);
    return 1;
}

/***
A list of the cells.
@function vec:table
@param[opt] missing what stands for a missing cell; nil by default
@treturn table
*/
static int vec_table(lua_State *L)
{
    const vec *v = check_vec(L, 1);

    lua_settop(L, 2);
    lua_createtable(L, (int)(v->column.n < INT32_MAX ? v->column.n : INT32_MAX), 0);
    for (int64_t i = 0; i < v->column.n && i < INT32_MAX; i++) {
        push_cell(L, &v->column, i);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushvalue(L, 2);
        }
        lua_rawseti(L, -2, (int)(i + 1));
    }
    return 1;
}

/***
The cells as a string of packed numbers, in the machine's order of bytes; of a missing cell 0, or NaN in f64.
@function vec:pack
@treturn string
*/
static int vec_pack(lua_State *L)
{
    const vec *v = check_vec(L, 1);

    if (v->column.type == SIPAS_TYPE_CODE) fail(L, SIPAS_ERR_TYPE, NULL, "vec: texts are not packed");
    lua_pushlstring(L, (const char *)(v + 1), (size_t)(v->column.n * v->column.stride));
    return 1;
}

static int vec_tostring(lua_State *L)
{
    const vec *v = check_vec(L, 1);
    enum { SHOWN = 10 };

    lua_pushfstring(L, "%s[%d]:", element_of(v->column.type)->name, (int)v->column.n);
    for (int64_t i = 0; i < v->column.n && i < SHOWN; i++) {
        lua_pushliteral(L, " ");
        push_cell(L, &v->column, i);
        if (lua_isboolean(L, -1) || lua_isnil(L, -1)) {
            lua_pushstring(L, lua_isnil(L, -1) ? "-" : lua_toboolean(L, -1) ? "true" : "false");
            lua_remove(L, -2);
        }
        lua_concat(L, 3);
    }
    if (v->column.n > SHOWN) {
        lua_pushliteral(L, " ...");
        lua_concat(L, 2);
    }
    return 1;
}

static int null_tostring(lua_State *L)
{
    lua_pushliteral(L, "sipas.null");
    return 1;
}

/* ------------------------------------------------------------------------------------------------------- callbacks */

/* A function of the program's that C calls: its place on the stack of the call, where an error of it takes its place. */
typedef struct callback {
    lua_State *L;
    int function;
    int failed;
} callback;

struct context {
    sipas_ctx *ctx;
    callback progress; /* function 0 = none */
};

static int context_gc(lua_State *L)
{
    context *of = lua_touserdata(L, 1);

    sipas_ctx_free(of->ctx);
    of->ctx = NULL;
    return 0;
}

/* Leaves what a failed function raised for raise_failure(). */
static int32_t keep_failure(callback *of)
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
    const int32_t stop = lua_type(L, -1) == LUA_TBOOLEAN && !lua_toboolean(L, -1);

    lua_pop(L, 1);
    return stop;
}

/* ------------------------------------------------------------------------------------------------------- call frame */

/* A name of an enumeration: NAME(LONELY, ADJUST) is "adjust". */
typedef struct choice {
    const char *name;
    int32_t value;
} choice;
#define NAME(prefix, word)                              \
    {                                                   \
        .name = #word, .value = SIPAS_##prefix##_##word \
    }

/* How an option is read and where it goes. */
enum kind {
    ARGUMENT,  /* read by the call itself */
    REAL,      /* double whose 0 is "not given" in C: a 0 of the caller's is refused, as NaN */
    PLAIN,     /* double whose 0 means nothing else */
    FLAGGED,   /* double with a flag that says it is given */
    COUNT,     /* int64_t */
    WHOLE,     /* int32_t */
    WORD,      /* uint64_t */
    TRUTH,     /* int32_t from a boolean */
    CHOICE,    /* int32_t by name */
    CHOICE_OR, /* the same, or false and true for the first two names */
    COLUMN,    /* const sipas_column * */
    TEXT       /* const char * */
};

/* An option of a call; a list of them ends with END. */
typedef struct option {
    const char *name;
    enum kind kind;
    size_t offset;         /* of the field */
    size_t flag;           /* of the int32_t that says it is given */
    const choice *choices; /* their names, up to a NULL */
} option;
#define ARG(option_name)                        \
    {                                           \
        .name = (option_name), .kind = ARGUMENT \
    }
#define AS(option_name, option_kind, type, field)                                     \
    {                                                                                 \
        .name = (option_name), .kind = (option_kind), .offset = offsetof(type, field) \
    }
#define OPT(option_kind, type, field) AS(#field, option_kind, type, field)
#define ONE_OF(type, field, names)                                                          \
    {                                                                                       \
        .name = #field, .kind = CHOICE, .offset = offsetof(type, field), .choices = (names) \
    }
#define END          \
    {                \
        .name = NULL \
    }

/* One call: its table of options, and a table of all that it borrows or makes for a while. */
typedef struct call {
    lua_State *L;
    const char *name;
    int args;
    int keep;
    int kept;
    callback *callbacks; /* of this call */
    int n_callbacks;
    context *context;
    sipas_error err;
} call;

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

static void refuse_unknown(const call *c, int positions, const option *const *lists)
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
static void begin(call *c, lua_State *L, const char *name, int args, int positions, const option *const *lists)
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
        fail(L, SIPAS_ERR_TYPE, NULL, "%s: a table of options expected, got %s", name, describe(L, args));
    }
    refuse_unknown(c, positions, lists);
    lua_newtable(L);
    c->keep = lua_gettop(L);
}

/* Keeps the value on top of the stack, which it pops, as long as the call, or the design that it makes. */
static int keep_value(call *c)
{
    lua_rawseti(c->L, c->keep, ++c->kept);
    return c->kept;
}

static void *keep_memory(call *c, size_t n, size_t size)
{
    if (n > SIZE_MAX / 2 / (size ? size : 1)) fail(c->L, SIPAS_ERR_MEMORY, NULL, "%s: no memory", c->name);
    const size_t bytes = n * size + 1;
    void *memory = lua_newuserdata(c->L, bytes);

    memset(memory, 0, bytes);
    (void)keep_value(c);
    return memory;
}

/* Pushes an argument by name or, from 1, by position; pushes nothing and gives 0 when it is not there. */
static int given(call *c, const char *name, int position)
{
    lua_State *L = c->L;

    lua_pushstring(L, name);
    lua_rawget(L, c->args);
    if (position > 0) {
        lua_rawgeti(L, c->args, position);
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

__attribute__((noreturn)) static void expected(call *c, const char *name, const char *what)
{
    lua_State *L = c->L;

    if (lua_type(L, -1) == LUA_TNUMBER || lua_type(L, -1) == LUA_TSTRING)
        fail(L, SIPAS_ERR_TYPE, name, "%s: %s expected, got %s", name, what, lua_tostring(L, -1));
    fail(L, SIPAS_ERR_TYPE, name, "%s: %s expected, got %s", name, what, describe(L, -1));
}

static void need(call *c, const char *name, int position)
{
    if (!given(c, name, position)) fail(c->L, SIPAS_ERR_ARGUMENT, name, "%s: %s is needed", c->name, name);
}

/* ------------------------------------------------------------------------------------------------ reading arguments */

static const char *keep_text(call *c)
{
    const char *text = lua_tostring(c->L, -1);

    (void)keep_value(c);
    return text;
}

/* Reads the text on top of the stack, which it pops. */
static const char *to_text(call *c, const char *name)
{
    size_t length;

    if (lua_type(c->L, -1) != LUA_TSTRING) expected(c, name, "text");
    if (strlen(lua_tolstring(c->L, -1, &length)) != length)
        fail(c->L, SIPAS_ERR_VALUE, name, "%s: a text with a NUL character", name);
    return keep_text(c);
}

static double to_real(call *c, const char *name)
{
    if (lua_type(c->L, -1) != LUA_TNUMBER) expected(c, name, "number");
    const double value = lua_tonumber(c->L, -1);

    lua_pop(c->L, 1);
    return value;
}

static int64_t to_count(call *c, const char *name)
{
    int64_t value = 0;

    if (!to_int64(c->L, -1, &value)) expected(c, name, "whole number, as a number up to 2^53 or as its digits");
    lua_pop(c->L, 1);
    return value;
}

static int32_t to_whole(call *c, const char *name)
{
    int64_t value = 0;

    if (!to_int64(c->L, -1, &value) || value < INT32_MIN || value > INT32_MAX) expected(c, name, "whole number");
    lua_pop(c->L, 1);
    return (int32_t)value;
}

static int same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (tolower((unsigned char)*a) != (*b == '-' ? '_' : tolower((unsigned char)*b))) return 0;
    return !*a && !*b;
}

static int32_t to_choice(call *c, const char *name, const choice *choices, int or_truth)
{
    lua_State *L = c->L;
    luaL_Buffer known;

    if (or_truth && lua_isboolean(L, -1)) {
        const int32_t value = choices[lua_toboolean(L, -1)].value;

        lua_pop(L, 1);
        return value;
    }
    if (lua_type(L, -1) != LUA_TSTRING) expected(c, name, "name");
    const char *word = lua_tostring(L, -1);

    for (const choice *o = choices; o->name; o++)
        if (same_name(o->name, word)) {
            lua_pop(L, 1);
            return o->value;
        }
    luaL_buffinit(L, &known);
    for (const choice *o = choices; o->name; o++) {
        if (o > choices) luaL_addstring(&known, ", ");
        for (const char *at = o->name; *at; at++) luaL_addchar(&known, (char)tolower((unsigned char)*at));
    }
    luaL_pushresult(&known);
    fail(L, SIPAS_ERR_OPTION, name, "%s: '%s' is not one of %s", name, word, lua_tostring(L, -1));
}

/* Puts a list of the value on top of the stack in its place. */
static void list_of_one(lua_State *L)
{
    lua_createtable(L, 1, 0);
    lua_insert(L, -2);
    lua_rawseti(L, -2, 1);
}

/* Reads the column on top of the stack, which it pops and keeps; a number is a column of one row. */
static void to_column(call *c, const char *name, sipas_column *out)
{
    lua_State *L = c->L;

    if (lua_type(L, -1) == LUA_TNUMBER) list_of_one(L);
    if (lua_istable(L, -1))
        *out = vec_from_list(L, 0, name)->column;
    else if (kind_of(L, -1) == KIND_VEC)
        *out = ((const vec *)lua_touserdata(L, -1))->column;
    else
        expected(c, name, "sipas.vec or list");
    (void)keep_value(c);
}

/* A column by name; NULL when it is not given. */
static const sipas_column *column(call *c, const char *name, int position)
{
    if (!given(c, name, position)) return NULL;
    sipas_column *out = lua_newuserdata(c->L, sizeof *out);

    (void)keep_value(c);
    to_column(c, name, out);
    return out;
}

/* A column, or one value of any type. */
static const sipas_column *values(call *c, const char *name)
{
    if (!given(c, name, 0)) return NULL;
    sipas_column *out = lua_newuserdata(c->L, sizeof *out);

    (void)keep_value(c);
    if (lua_type(c->L, -1) == LUA_TSTRING || lua_isboolean(c->L, -1)) list_of_one(c->L);
    to_column(c, name, out);
    return out;
}

static const sipas_column *need_column(call *c, const char *name, int position)
{
    need(c, name, position);
    lua_pop(c->L, 1);
    return column(c, name, position);
}

/* Reads the option whose value is on top of the stack, which it pops, into its field. */
static void read_option(call *c, const option *o, void *struct_)
{
    char *field = (char *)struct_ + o->offset;
    double real;

    switch (o->kind) {
    case REAL:
    case PLAIN:
        real = to_real(c, o->name);
        *(double *)(void *)field = real == 0 && o->kind == REAL ? NAN : real;
        break;
    case FLAGGED:
        *(double *)(void *)field = to_real(c, o->name);
        *(int32_t *)(void *)((char *)struct_ + o->flag) = 1;
        break;
    case COUNT: *(int64_t *)(void *)field = to_count(c, o->name); break;
    case WHOLE: *(int32_t *)(void *)field = to_whole(c, o->name); break;
    case WORD:
        if (!to_word(c->L, -1, (uint64_t *)(void *)field))
            expected(c, o->name, "whole number from 0 to 2^64 - 1, above 2^53 as its digits");
        lua_pop(c->L, 1);
        break;
    case TRUTH:
        if (!lua_isboolean(c->L, -1)) expected(c, o->name, "true or false");
        *(int32_t *)(void *)field = lua_toboolean(c->L, -1);
        lua_pop(c->L, 1);
        break;
    case CHOICE:
    case CHOICE_OR: *(int32_t *)(void *)field = to_choice(c, o->name, o->choices, o->kind == CHOICE_OR); break;
    case TEXT: *(const char **)(void *)field = to_text(c, o->name); break;
    case COLUMN:
        lua_pop(c->L, 1);
        *(const sipas_column **)(void *)field = column(c, o->name, 0);
        break;
    case ARGUMENT: lua_pop(c->L, 1); break;
    }
}

static void read_options(call *c, const option *options, void *struct_)
{
    for (const option *o = options; o->name; o++)
        if (o->kind != ARGUMENT && given(c, o->name, 0)) read_option(c, o, struct_);
}

/* Is the value on top of the stack a column rather than a list of columns? */
static int is_one_column(lua_State *L)
{
    if (!lua_istable(L, -1)) return 1;
    lua_rawgeti(L, -1, 1);
    const int several = lua_istable(L, -1) || kind_of(L, -1) == KIND_VEC;

    lua_pop(L, 1);
    return !several;
}

/* One column or a list of them, as stages have; NULL and 0 when it is not given. */
static const sipas_column *stack(call *c, const char *name, int position, int32_t *n)
{
    lua_State *L = c->L;

    *n = 0;
    if (!given(c, name, position)) return NULL;
    if (is_one_column(L)) {
        lua_pop(L, 1);
        *n = 1;
        return column(c, name, position);
    }
    const int list = lua_gettop(L);
    const size_t count = lua_rawlen(L, list);
    sipas_column *out = keep_memory(c, count, sizeof *out);

    for (size_t i = 0; i < count; i++) {
        char label[96];

        (void)snprintf(label, sizeof label, "%s[%d]", name, (int)i + 1);
        lua_rawgeti(L, list, (int)i + 1);
        to_column(c, label, &out[i]);
    }
    lua_pop(L, 1);
    *n = (int32_t)count;
    return out;
}

/* ---- keys in order: a Lua table has none ---- */

typedef struct sort_key {
    const char *text; /* NULL: a number */
    double number;
} sort_key;

static int compare_keys(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;

    if (!x->text != !y->text) return x->text ? 1 : -1;
    if (x->text) return strcmp(x->text, y->text);
    return (x->number > y->number) - (x->number < y->number);
}

/* Keys of the table at `table`: numbers by value, then texts by bytes. */
static sort_key *sorted_keys(call *c, int table, size_t *n)
{
    lua_State *L = c->L;
    size_t count = 0;

    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) count++;
    sort_key *keys = keep_memory(c, count, sizeof *keys);

    *n = 0;
    for (lua_pushnil(L); lua_next(L, table);) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING) {
            lua_pushvalue(L, -1);
            keys[(*n)++].text = keep_text(c);
        } else if (lua_type(L, -1) == LUA_TNUMBER) {
            keys[(*n)++].number = lua_tonumber(L, -1);
        }
    }
    qsort(keys, *n, sizeof *keys, compare_keys);
    return keys;
}

static void push_key(lua_State *L, const sort_key *key)
{
    int64_t whole;

    if (key->text) {
        lua_pushstring(L, key->text);
        return;
    }
    lua_pushnumber(L, key->number);
    if (to_int64(L, -1, &whole)) {
        lua_pop(L, 1);
        push_int64(L, whole);
    }
}

/* A table from codes to numbers as two columns, codes ascending. */
static void mapping(call *c, const char *name, const sipas_column **codes, const sipas_column **values)
{
    lua_State *L = c->L;
    size_t n;

    if (!given(c, name, 0)) return;
    if (!lua_istable(L, -1)) expected(c, name, "table from codes to numbers");
    const int table = lua_gettop(L);
    const sort_key *keys = sorted_keys(c, table, &n);
    sipas_column *out = keep_memory(c, 2, sizeof *out);

    lua_createtable(L, (int)n, 0);
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        push_key(L, &keys[i]);
        lua_pushvalue(L, -1);
        lua_rawget(L, table);
        lua_rawseti(L, table + 2, (int)i + 1);
        lua_rawseti(L, table + 1, (int)i + 1);
    }
    to_column(c, name, &out[1]);
    to_column(c, name, &out[0]);
    lua_settop(L, table - 1);
    *codes = &out[0];
    *values = &out[1];
}

/* ---- named columns ---- */

typedef struct named {
    sipas_column *columns;
    const char **names; /* NULL: they have none */
    int *source;        /* where each, as given, is kept: the same column or another? */
    int64_t n;
} named;

static void add_named(call *c, const char *argument, named *of, const char *name)
{
    lua_State *L = c->L;
    char label[160];

    if (name)
        (void)snprintf(label, sizeof label, "%s['%s']", argument, name);
    else if (of->n)
        (void)snprintf(label, sizeof label, "%s[%d]", argument, (int)of->n + 1);
    else
        (void)snprintf(label, sizeof label, "%s", argument);
    lua_pushvalue(L, -1);
    of->source[of->n] = keep_value(c);
    if (of->names) of->names[of->n] = name;
    to_column(c, label, &of->columns[of->n++]);
}

static void named_room(call *c, named *of, size_t n, int with_names)
{
    of->n = 0;
    of->columns = keep_memory(c, n, sizeof *of->columns);
    of->source = keep_memory(c, n, sizeof *of->source);
    of->names = with_names ? keep_memory(c, n, sizeof *of->names) : NULL;
}

/* Is the table at `table` one of columns by name? Its only text key otherwise is the n of a list. */
static int has_names(lua_State *L, int table)
{
    int found = 0;

    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && (strcmp(lua_tostring(L, -2), "n") != 0 || lua_type(L, -1) != LUA_TNUMBER))
            found = 1;
    return found;
}

/* Is the value on top of the stack a pair {name, column}? */
static int is_pair(lua_State *L)
{
    if (!lua_istable(L, -1) || lua_rawlen(L, -1) != 2) return 0;
    lua_rawgeti(L, -1, 1);
    lua_rawgeti(L, -2, 2);
    const int pair = lua_type(L, -2) == LUA_TSTRING &&
                     (lua_istable(L, -1) || kind_of(L, -1) == KIND_VEC || lua_isnumber(L, -1)) &&
                     lua_type(L, -1) != LUA_TSTRING;

    lua_pop(L, 2);
    return pair;
}

static void read_list(call *c, const char *argument, int list, named *of)
{
    lua_State *L = c->L;
    const size_t n = lua_rawlen(L, list);

    lua_rawgeti(L, list, 1);
    const int pairs = is_pair(L);

    lua_pop(L, 1);
    named_room(c, of, n, pairs);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, list, (int)i + 1);
        if (is_pair(L) != pairs)
            fail(L, SIPAS_ERR_TYPE, argument, "%s: [%d]: columns, or pairs of name and column, but not both", argument,
                 (int)i + 1);
        if (!pairs) {
            add_named(c, argument, of, NULL);
            continue;
        }
        lua_rawgeti(L, -1, 1);
        const char *name = to_text(c, argument);

        lua_rawgeti(L, -1, 2);
        add_named(c, argument, of, name);
        lua_pop(L, 1);
    }
}

/* Reads columns and their names from the value on top of the stack, which it pops. */
static void to_named(call *c, const char *argument, named *of)
{
    lua_State *L = c->L;
    const int table = lua_gettop(L);

    if (lua_istable(L, table) && has_names(L, table)) {
        size_t n;
        const sort_key *keys = sorted_keys(c, table, &n);

        named_room(c, of, n, 1);
        for (size_t i = 0; i < n; i++) {
            if (!keys[i].text) fail(L, SIPAS_ERR_TYPE, argument, "%s: columns with and without names", argument);
            lua_pushstring(L, keys[i].text);
            lua_rawget(L, table);
            add_named(c, argument, of, keys[i].text);
        }
    } else if (!is_one_column(L)) {
        read_list(c, argument, table, of);
    } else {
        named_room(c, of, 1, 0);
        lua_pushvalue(L, table);
        add_named(c, argument, of, NULL);
    }
    lua_settop(L, table - 1);
}

static void named_columns(call *c, const char *argument, int position, named *of)
{
    memset(of, 0, sizeof *of);
    if (given(c, argument, position)) to_named(c, argument, of);
}

/* Numbers, from a number or a column of them. */
static double *numbers(call *c, const char *name, int position, int64_t *n)
{
    lua_State *L = c->L;
    const sipas_column *from = need_column(c, name, position);
    double *out = keep_memory(c, (size_t)from->n, sizeof *out);

    for (int64_t i = 0; i < from->n; i++) {
        push_cell(L, from, i);
        if (lua_type(L, -1) != LUA_TNUMBER)
            fail(L, SIPAS_ERR_TYPE, name, "%s: [%lld] is no number", name, (long long)i + 1);
        out[i] = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    *n = from->n;
    return out;
}

/*
 * A list of tables as an array of structs: each is made by `init` (NULL = zeros), then read by `options`, then by `more`, for
 * what they cannot say. NULL and 0 when it is not given.
 */
static void *structs(call *c, const char *name, int position, const option *options, size_t size, void (*init)(void *),
                     void (*more)(call *, void *), int64_t *n)
{
    lua_State *L = c->L;
    const option *const lists[] = {options, NULL};

    *n = 0;
    if (!given(c, name, position)) return NULL;
    if (!lua_istable(L, -1)) expected(c, name, "list of tables");
    const int list = lua_gettop(L);
    const size_t count = lua_rawlen(L, list);
    char *out = keep_memory(c, count, size);
    const call outer = *c;

    for (size_t i = 0; i < count; i++) {
        char label[96];

        (void)snprintf(label, sizeof label, "%s[%d]", name, (int)i + 1);
        lua_rawgeti(L, list, (int)i + 1);
        if (!lua_istable(L, -1)) expected(c, label, "table");
        c->args = lua_gettop(L);
        c->name = label;
        refuse_unknown(c, 0, lists);
        if (init) init(out + i * size);
        read_options(c, options, out + i * size);
        if (more) more(c, out + i * size);
        lua_settop(L, list);
        c->args = outer.args;
        c->name = outer.name;
    }
    lua_pop(L, 1);
    *n = (int64_t)count;
    return out;
}

/* ------------------------------------------------------------------------------------------------ context and result */

static const option context_options[] = {ARG("threads"), ARG("progress"), END};

/* Enters the context on top of the stack: its progress function takes its place there as long as the call. */
static void enter(call *c)
{
    lua_State *L = c->L;

    c->context = lua_touserdata(L, -1);
    lua_getuservalue(L, -1);
    lua_getfield(L, -1, "progress");
    lua_replace(L, -3);
    lua_pop(L, 1);
    c->context->progress.L = L;
    c->context->progress.function = lua_isfunction(L, -1) ? lua_gettop(L) : 0;
    c->context->progress.failed = 0;
}

/* The context that the options `threads` and `progress` ask for; NULL when neither does. */
static sipas_ctx *own_context(call *c)
{
    lua_State *L = c->L;
    const int threads = given(c, "threads", 0);
    sipas_ctx_opts opts;

    sipas_ctx_opts_init(&opts);
    if (threads) {
        opts.threads = to_whole(c, "threads");
        if (opts.threads == 0) opts.threads = -1; /* 0 would be the default */
    }
    const int watched = given(c, "progress", 0);

    if (!threads && !watched) return NULL;
    if (watched && !lua_isfunction(L, -1)) expected(c, "progress", "function");
    context *of = lua_newuserdata(L, sizeof *of);

    memset(of, 0, sizeof *of);
    luaL_getmetatable(L, kind_names[KIND_CONTEXT]);
    lua_setmetatable(L, -2);
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
static void check(call *c, sipas_status status)
{
    if (c->context) raise_failure(c, &c->context->progress);
    for (int i = 0; i < c->n_callbacks; i++) raise_failure(c, &c->callbacks[i]);
    if (status >= 0) return;
    push_error(c->L, &c->err);
    (void)lua_error(c->L);
}

static sipas_table **new_table(call *c)
{
    return (sipas_table **)(void *)&new_handle(c->L, KIND_TABLE)->pointer;
}

/* Pushes a vector of n doubles for C to fill. */
static double *new_doubles(call *c, int64_t n)
{
    return (double *)(void *)(new_vec(c->L, SIPAS_TYPE_F64, n, 0) + 1);
}

/* ---------------------------------------------------------------------------------------------------------- tables */

/* Pushes the column at `index`, which the table keeps once it has been asked for. */
static void push_column(lua_State *L, const sipas_table *table, int64_t index)
{
    sipas_column column;
    sipas_error err;

    lua_getuservalue(L, 1);
    lua_pushstring(L, sipas_table_get_field(table, index)->name);
    lua_rawget(L, -2);
    if (!lua_isnil(L, -1)) return;
    lua_pop(L, 1);
    if (sipas_table_get_column(table, index, &column, &err) < 0) {
        push_error(L, &err);
        (void)lua_error(L);
    }
    push_copy(L, &column);
    lua_pushstring(L, sipas_table_get_field(table, index)->name);
    lua_pushvalue(L, -2);
    lua_rawset(L, -4);
}

static const sipas_table *to_table(lua_State *L, int index, const char *name)
{
    return to_handle(L, index, KIND_TABLE, name)->pointer;
}

/***
What a call returns: named columns, metadata, notes.

`#t` is the number of rows, `t.estimate` a column; `t.columns` the names, `t.fields` name, unit, meaning and type of each;
`t.meta` method, version, formula and options by key; `t.notes` warnings, as a table: code, name, row, message. `tostring(t)` is
the table as text.
@section tables
*/
/***
A column as a vector; what `t.estimate` and `t["estimate"]` give too, where no property or method has that name.
@function Table:column
@string name
@return vec
@raise "not found": the message lists the columns
*/
static int table_column(lua_State *L)
{
    const sipas_table *table = to_table(L, 1, "table");
    sipas_error err;
    int64_t index;

    if (sipas_table_find(table, text_at(L, 2, "column", NULL), &index, &err) < 0) {
        push_error(L, &err);
        return lua_error(L);
    }
    push_column(L, table, index);
    return 1;
}

static void push_meta(lua_State *L, const sipas_table *table)
{
    const char *key, *value;

    lua_newtable(L);
    for (int64_t i = 0; i < sipas_table_count_meta(table); i++) {
        if (sipas_table_get_meta(table, i, &key, &value, NULL) < 0) continue;
        lua_pushstring(L, value);
        lua_setfield(L, -2, key);
    }
}

/* Pushes name, unit and meaning of a column. */
static void push_field(lua_State *L, const sipas_field *field)
{
    lua_createtable(L, 0, 4);
    set_text(L, "name", field->name);
    set_text(L, "unit", field->unit);
    set_text(L, "meaning", field->meaning);
    set_text(L, "type", element_of(field->type)->name);
}

static void push_fields(lua_State *L, const sipas_table *table, int only_names)
{
    const int64_t n = sipas_table_count_columns(table);

    lua_createtable(L, (int)n, 0);
    for (int64_t i = 0; i < n; i++) {
        if (only_names)
            lua_pushstring(L, sipas_table_get_field(table, i)->name);
        else
            push_field(L, sipas_table_get_field(table, i));
        lua_rawseti(L, -2, (int)i + 1);
    }
}

/* The notes are a part of their table, and hold it. */
static void push_notes(lua_State *L, handle *of)
{
    const sipas_table *notes = sipas_table_get_notes(of->pointer);

    if (!notes) {
        lua_pushvalue(L, 1);
        return;
    }
    handle *object = new_handle(L, KIND_TABLE);

    object->held = sipas_table_ref(of->held ? of->held : of->pointer);
    memcpy(&object->pointer, &notes, sizeof object->pointer); /* read only, as all tables are */
}

static int table_get(lua_State *L)
{
    handle *of = to_handle(L, 1, KIND_TABLE, "table");
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";

    if (strcmp(key, "notes") == 0)
        push_notes(L, of);
    else if (strcmp(key, "meta") == 0)
        push_meta(L, of->pointer);
    else if (strcmp(key, "columns") == 0)
        push_fields(L, of->pointer, 1);
    else if (strcmp(key, "fields") == 0)
        push_fields(L, of->pointer, 0);
    else
        return table_column(L);
    return 1;
}

static int table_length(lua_State *L)
{
    push_int64(L, sipas_table_count_rows(to_table(L, 1, "table")));
    return 1;
}

static void push_row(lua_State *L, const sipas_table *table, int64_t row)
{
    const int64_t n = sipas_table_count_columns(table);
    sipas_column column;

    lua_createtable(L, 0, (int)n);
    for (int64_t i = 0; i < n; i++) {
        if (sipas_table_get_column(table, i, &column, NULL) < 0) continue;
        push_cell(L, &column, row);
        lua_setfield(L, -2, sipas_table_get_field(table, i)->name);
    }
}

/***
A row as a Lua table by the names of the columns; what is missing is nil.
@function Table:row
@int i from 1; from the end when negative
@treturn table nil when there is no such row
*/
static int table_row(lua_State *L)
{
    const sipas_table *table = to_table(L, 1, "table");
    const int64_t n = sipas_table_count_rows(table);
    int64_t row = 0;

    (void)to_int64(L, 2, &row);
    if (row < 0) row += n + 1;
    if (row < 1 || row > n)
        lua_pushnil(L);
    else
        push_row(L, table, row - 1);
    return 1;
}

static int next_row(lua_State *L)
{
    const sipas_table *table = to_table(L, lua_upvalueindex(1), "table");
    const int64_t row = (int64_t)lua_tonumber(L, lua_upvalueindex(2));

    if (row >= sipas_table_count_rows(table)) return 0;
    lua_pushnumber(L, (lua_Number)(row + 1));
    lua_replace(L, lua_upvalueindex(2));
    push_row(L, table, row);
    return 1;
}

/***
All rows: `for row in t:rows() do print(row.unit, row.estimate) end`.
@function Table:rows
*/
static int table_rows(lua_State *L)
{
    (void)to_table(L, 1, "table");
    lua_settop(L, 1);
    lua_pushnumber(L, 0);
    lua_pushcclosure(L, next_row, 2);
    return 1;
}

/* Row numbers from 1, as C has them; all rows when none are given. */
static int64_t *row_numbers(lua_State *L, int index, int64_t all, int64_t *n)
{
    const int some = !lua_isnoneornil(L, index);
    int64_t *out;

    if (some && !lua_istable(L, index)) fail(L, SIPAS_ERR_TYPE, NULL, "cov: list of rows expected");
    *n = some ? (int64_t)lua_rawlen(L, index) : all;
    out = lua_newuserdata(L, (size_t)*n * sizeof *out + 1);
    for (int64_t i = 0; i < *n; i++) {
        out[i] = i;
        if (!some) continue;
        lua_rawgeti(L, index, (int)i + 1);
        if (!to_int64(L, -1, &out[i])) fail(L, SIPAS_ERR_TYPE, NULL, "cov: [%d] is no row", (int)i + 1);
        out[i]--;
        lua_pop(L, 1);
    }
    return out;
}

/***
Covariances between rows of a table of estimates that was asked for with `cov = true`.
@function Table:cov
@param[opt] rows list of rows from 1; all by default
@param[opt] columns list of rows; by default as `rows`
@treturn table a list of rows of numbers; NaN where either has no standard error
@raise "not found": made without `cov = true`, or no such row
*/
static int table_cov(lua_State *L)
{
    const sipas_table *table = to_table(L, 1, "table");
    const sipas_cov *cov;
    sipas_error err;
    int64_t n_rows, n_columns;

    lua_settop(L, 3);
    if (lua_isnil(L, 3)) {
        lua_pushvalue(L, 2);
        lua_replace(L, 3);
    }
    const int64_t *rows = row_numbers(L, 2, sipas_table_count_rows(table), &n_rows);
    const int64_t *columns = row_numbers(L, 3, sipas_table_count_rows(table), &n_columns);
    double *block = lua_newuserdata(L, (size_t)n_rows * (size_t)n_columns * sizeof *block + 1);
    sipas_status status = sipas_table_get_cov(table, &cov, &err);

    if (status >= 0 && n_rows && n_columns)
        status = sipas_cov_get_block(cov, rows, n_rows, columns, n_columns, block, &err);
    if (status < 0) {
        push_error(L, &err);
        return lua_error(L);
    }
    lua_createtable(L, (int)n_rows, 0);
    for (int64_t i = 0; i < n_rows; i++) {
        lua_createtable(L, (int)n_columns, 0);
        for (int64_t j = 0; j < n_columns; j++) {
            lua_pushnumber(L, block[i * n_columns + j]);
            lua_rawseti(L, -2, (int)j + 1);
        }
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* ---- a table as text ---- */

enum { SHOWN_ROWS = 40 };

/* Decimals that show five digits of the largest number of a column; -1 = %.5g. */
static int decimals(const sipas_column *column, int64_t rows)
{
    double largest = 0;
    int whole = 1;

    for (int64_t i = 0; i < rows; i++) {
        const double x = ((const double *)column->data)[i];

        if (!is_present(column, i) || !isfinite(x)) continue;
        if (fabs(x) > largest) largest = fabs(x);
        whole = whole && floor(x) == x;
    }
    if (whole && largest < 1e15) return 0;
    if (largest < 1e-4 || largest >= 1e9) return -1;
    const int digits = 4 - (int)floor(log10(largest));

    return digits > 0 ? digits : 0;
}

/* Pushes the cells of a column as a list of texts, its name the first; gives its width. */
static size_t push_printed(lua_State *L, const sipas_table *table, int64_t index, int64_t rows)
{
    sipas_column column;
    char cell[64];
    size_t widest = 0;

    (void)sipas_table_get_column(table, index, &column, NULL);
    const int places = column.type == SIPAS_TYPE_F64 ? decimals(&column, rows) : 0;

    lua_createtable(L, (int)rows + 1, 0);
    for (int64_t i = -1; i < rows; i++) {
        const char *text = cell;

        cell[0] = '\0';
        if (i < 0)
            text = sipas_table_get_field(table, index)->name;
        else if (!is_present(&column, i))
            text = "";
        else if (column.type == SIPAS_TYPE_CODE)
            text = ((const char *const *)column.data)[i];
        else if (column.type == SIPAS_TYPE_I64)
            (void)snprintf(cell, sizeof cell, "%lld", (long long)((const int64_t *)column.data)[i]);
        else if (places < 0)
            (void)snprintf(cell, sizeof cell, "%.5g", ((const double *)column.data)[i]);
        else
            (void)snprintf(cell, sizeof cell, "%.*f", places, ((const double *)column.data)[i]);
        size_t width = 0;
        for (const char *at = text; *at; at++) width += (*at & 0xC0) != 0x80; /* characters, not bytes */
        if (width > widest) widest = width;
        lua_pushstring(L, text);
        lua_rawseti(L, -2, (int)i + 2);
    }
    return widest;
}

static void add_spaces(luaL_Buffer *out, size_t n)
{
    while (n-- > 0) luaL_addchar(out, ' ');
}

/* Pushes one line: the cells at `line` of the columns in the list at index 2. */
static void push_line(lua_State *L, const sipas_table *table, int64_t line, const size_t *width)
{
    luaL_Buffer out;
    size_t pending = 0; /* spaces that nothing has followed yet */

    luaL_buffinit(L, &out);
    for (int64_t j = 0; j < sipas_table_count_columns(table); j++) {
        const int number = sipas_table_get_field(table, j)->type != SIPAS_TYPE_CODE;

        lua_rawgeti(L, 2, (int)j + 1);
        lua_rawgeti(L, -1, (int)line + 1);
        const char *text = lua_tostring(L, -1); /* held by the list */
        size_t used = 0;

        lua_pop(L, 2);
        for (const char *at = text; *at; at++) used += (*at & 0xC0) != 0x80;
        pending += (j ? 2 : 0) + (number ? width[j] - used : 0);
        if (*text) {
            add_spaces(&out, pending);
            luaL_addstring(&out, text);
            pending = 0;
        } else {
            pending += used;
        }
        if (!number) pending += width[j] - used;
    }
    luaL_pushresult(&out);
}

static void push_as_text(lua_State *L, const sipas_table *table, int64_t rows)
{
    const int64_t n = sipas_table_count_columns(table), left = sipas_table_count_rows(table) - rows;
    const sipas_table *notes = sipas_table_get_notes(table);
    const int64_t n_notes = notes ? sipas_table_count_rows(notes) : 0;

    lua_settop(L, 1);
    lua_createtable(L, (int)n, 0);
    size_t *width = lua_newuserdata(L, (size_t)n * sizeof *width + 1);

    for (int64_t j = 0; j < n; j++) {
        width[j] = push_printed(L, table, j, rows);
        lua_rawseti(L, 2, (int)j + 1);
    }
    lua_newtable(L);
    for (int64_t i = 0; i <= rows; i++) {
        push_line(L, table, i, width);
        lua_rawseti(L, 4, (int)i + 1);
    }
    luaL_Buffer out;

    luaL_buffinit(L, &out);
    for (int64_t i = 0; i <= rows; i++) {
        if (i) luaL_addchar(&out, '\n');
        lua_rawgeti(L, 4, (int)i + 1);
        luaL_addvalue(&out);
    }
    if (left > 0) {
        lua_pushfstring(L, "\n... %d more rows", (int)left);
        luaL_addvalue(&out);
    }
    if (n_notes > 0) {
        lua_pushfstring(L, "\n%d note%s: see .notes", (int)n_notes, n_notes > 1 ? "s" : "");
        luaL_addvalue(&out);
    }
    luaL_pushresult(&out);
}

static int table_tostring(lua_State *L)
{
    const sipas_table *table = to_table(L, 1, "table");
    const int64_t rows = sipas_table_count_rows(table);

    push_as_text(L, table, rows < SHOWN_ROWS ? rows : SHOWN_ROWS);
    return 1;
}

/***
All rows as text, aligned; `tostring` shows the first 40.
@function Table:text
@treturn string
*/
static int table_text(lua_State *L)
{
    const sipas_table *table = to_table(L, 1, "table");

    push_as_text(L, table, sipas_table_count_rows(table));
    return 1;
}

/***
The columns that each kind of result may have, by the name of its schema.
@function schemas
@treturn table from the name of a schema to a list of fields {name, unit, meaning, type, optional}
*/
static int schemas(lua_State *L)
{
    lua_newtable(L);
    for (int64_t i = 0; i < sipas_schema_count(); i++) {
        const sipas_schema *schema = sipas_schema_get(i);

        lua_createtable(L, (int)schema->n_fields, 0);
        for (int64_t j = 0; j < schema->n_fields; j++) {
            push_field(L, &schema->fields[j]);
            lua_pushboolean(L, schema->fields[j].optional);
            lua_setfield(L, -2, "optional");
            lua_rawseti(L, -2, (int)j + 1);
        }
        lua_setfield(L, -2, schema->name);
    }
    return 1;
}

/* ------------------------------------------------------------------------------------------------------- how many */

static const choice size_methods[] = {
    NAME(SIZE, COCHRAN), NAME(SIZE, YAMANE), NAME(SIZE, WILSON), NAME(SIZE, LOG_ODDS), {NULL, 0}};
static const choice size_roundings[] = {NAME(SIZE_ROUND, UP), NAME(SIZE_ROUND, NEAREST), {NULL, 0}};

static const option size_options[] = {ONE_OF(sipas_size_opts, method, size_methods),
                                      AS("e", REAL, sipas_size_opts, margin),
                                      OPT(REAL, sipas_size_opts, p),
                                      OPT(REAL, sipas_size_opts, level),
                                      OPT(REAL, sipas_size_opts, deff),
                                      OPT(REAL, sipas_size_opts, response),
                                      OPT(COUNT, sipas_size_opts, minimum),
                                      OPT(COUNT, sipas_size_opts, maximum),
                                      OPT(COUNT, sipas_size_opts, multiple),
                                      ONE_OF(sipas_size_opts, rounding, size_roundings),
                                      OPT(COLUMN, sipas_size_opts, code),
                                      OPT(REAL, sipas_size_opts, per_household),
                                      OPT(REAL, sipas_size_opts, relative_margin),
                                      OPT(REAL, sipas_size_opts, cv),
                                      OPT(REAL, sipas_size_opts, se),
                                      END};

/***
How many people to ask
@section size
*/
/***
Sample size of a share, for one unit or for each of a list.
@function sample_size
@tparam table options
@param options.N population of each unit; `math.huge` or nothing: no finite population correction. [1]
@param options.method "cochran" (default), "yamane", "wilson", "log_odds"
@param options.e margin, half the interval (0.05); or `relative_margin`, `cv`, `se`
@param options.p expected share (0.5), `level` (0.95), `deff` (1): not for yamane
@param options.response share of those asked who answer (1); `minimum`, `maximum`, `multiple`, `rounding` ("up", "nearest"), `per_household`
@param options.code codes of the units
@treturn Table code, population, n_exact, n, issued, households, fraction, formula
@usage sipas.sample_size{N = 20000, method = "yamane", e = 0.05}.n[1] --> 393
*/
static int sample_size(lua_State *L)
{
    static const option own[] = {ARG("N"), END};
    static const option *const lists[] = {own, size_options, context_options, NULL};
    sipas_size_opts opts;
    call c;

    begin(&c, L, "sample_size", 1, 1, lists);
    sipas_size_opts_init(&opts);
    read_options(&c, size_options, &opts);
    const sipas_column *population = column(&c, "N", 1);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_size_proportion(ctx, population, &opts, new_table(&c), &c.err));
    return 1;
}

/***
What n answers are worth for a share: the inverse of `sample_size`.
@function precision_proportion
@tparam table options
@param options.n answers of each unit; a number stands for all. [1]
@param options.N (and method, p, level, deff) … as for `sample_size`
@treturn Table code, population, n, estimate, se, margin, lower, upper, cv, formula
*/
static int precision_proportion(lua_State *L)
{
    static const option own[] = {ARG("n"), ARG("N"), END};
    static const option *const lists[] = {own, size_options, context_options, NULL};
    sipas_size_opts opts;
    call c;

    begin(&c, L, "precision_proportion", 1, 2, lists);
    sipas_size_opts_init(&opts);
    read_options(&c, size_options, &opts);
    const sipas_column *n = need_column(&c, "n", 1), *population = column(&c, "N", 2);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_precision_proportion(ctx, population, n, &opts, new_table(&c), &c.err));
    return 1;
}

static const choice figure_statistics[] = {NAME(FIGURE, PROPORTION), NAME(FIGURE, MEAN),  NAME(FIGURE, TOTAL),
                                           NAME(FIGURE, RATIO),      NAME(FIGURE, INDEX), {NULL, 0}};
static const choice figure_comparisons[] = {
    NAME(COMPARE, NONE), NAME(COMPARE, UNITS), NAME(COMPARE, ROUNDS), {NULL, 0}};

static const option figure_options[] = {ONE_OF(sipas_size_figure, statistic, figure_statistics),
                                        ONE_OF(sipas_size_figure, method, size_methods),
                                        ONE_OF(sipas_size_figure, compare, figure_comparisons),
                                        OPT(TEXT, sipas_size_figure, name),
                                        OPT(REAL, sipas_size_figure, p),
                                        OPT(PLAIN, sipas_size_figure, mean),
                                        OPT(PLAIN, sipas_size_figure, sd),
                                        OPT(PLAIN, sipas_size_figure, mean_x),
                                        OPT(PLAIN, sipas_size_figure, sd_x),
                                        OPT(PLAIN, sipas_size_figure, correlation),
                                        OPT(COLUMN, sipas_size_figure, weights),
                                        OPT(COLUMN, sipas_size_figure, covariance),
                                        OPT(COLUMN, sipas_size_figure, answered),
                                        OPT(COLUMN, sipas_size_figure, p_of),
                                        OPT(COLUMN, sipas_size_figure, mean_of),
                                        OPT(COLUMN, sipas_size_figure, sd_of),
                                        OPT(REAL, sipas_size_figure, domain),
                                        OPT(REAL, sipas_size_figure, deff),
                                        OPT(REAL, sipas_size_figure, take),
                                        OPT(PLAIN, sipas_size_figure, homogeneity),
                                        OPT(COLUMN, sipas_size_figure, homogeneity_of),
                                        OPT(REAL, sipas_size_figure, margin),
                                        OPT(REAL, sipas_size_figure, relative_margin),
                                        OPT(REAL, sipas_size_figure, cv),
                                        OPT(REAL, sipas_size_figure, se),
                                        OPT(PLAIN, sipas_size_figure, difference),
                                        OPT(REAL, sipas_size_figure, sd_other),
                                        OPT(REAL, sipas_size_figure, power),
                                        OPT(REAL, sipas_size_figure, ratio),
                                        OPT(REAL, sipas_size_figure, n_other),
                                        OPT(PLAIN, sipas_size_figure, overlap),
                                        OPT(PLAIN, sipas_size_figure, overlap_correlation),
                                        OPT(WHOLE, sipas_size_figure, sides),
                                        END};

static void init_figure(void *figure)
{
    sipas_size_figure_init(figure);
}

static sipas_size_figure *figures_of(call *c, int32_t *n)
{
    int64_t count;
    sipas_size_figure *figures = structs(c, "figures", 1, figure_options, sizeof *figures, init_figure, NULL, &count);

    *n = (int32_t)count;
    return figures;
}

/***
The least number of answers that serves all of several figures, for each unit.
@function size_figures
@tparam table options
@param options.figures a list of tables: `statistic` ("proportion", "mean", "total", "ratio", "index"), what is expected (p, mean, sd …), one target
 (`margin`, `relative_margin`, `cv`, `se`), and for a difference `compare` ("units", "rounds"), `difference`, `power`, `overlap` …. [1]
@param options.N population of each unit; level, deff, response, minimum, maximum, multiple, rounding, per_household, code: as `sample_size`
@treturn Table as of `sample_size`, with figure, the one that binds, and n_other
*/
static int size_figures(lua_State *L)
{
    static const option own[] = {ARG("figures"), ARG("N"), END};
    static const option *const lists[] = {own, size_options, context_options, NULL};
    sipas_size_opts opts;
    int32_t n;
    call c;

    begin(&c, L, "size_figures", 1, 1, lists);
    sipas_size_opts_init(&opts);
    read_options(&c, size_options, &opts);
    const sipas_size_figure *figures = figures_of(&c, &n);
    const sipas_column *population = column(&c, "N", 0);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_size_figures(ctx, population, figures, n, &opts, new_table(&c), &c.err));
    return 1;
}

/***
What n answers are worth for several figures: the inverse of `size_figures`.
@function precision_figures
@tparam table options
@param options.figures as for `size_figures`. [1]
@param options.n answers of each unit; a number stands for all
@param options.N and the rest as for `size_figures`
@treturn Table code, figure, population, n, estimate, se, margin, lower, upper, cv, power, minimum_difference, formula
*/
static int precision_figures(lua_State *L)
{
    static const option own[] = {ARG("figures"), ARG("n"), ARG("N"), END};
    static const option *const lists[] = {own, size_options, context_options, NULL};
    sipas_size_opts opts;
    int32_t n;
    call c;

    begin(&c, L, "precision_figures", 1, 1, lists);
    sipas_size_opts_init(&opts);
    read_options(&c, size_options, &opts);
    const sipas_size_figure *figures = figures_of(&c, &n);
    const sipas_column *answers = need_column(&c, "n", 0), *population = column(&c, "N", 0);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_precision_figures(ctx, population, answers, figures, n, &opts, new_table(&c), &c.err));
    return 1;
}

static const option ranking_options[] = {OPT(TRUTH, sipas_size_ranking_opts, ascending),
                                         AS("N", COLUMN, sipas_size_ranking_opts, population),
                                         OPT(COLUMN, sipas_size_ranking_opts, code),
                                         OPT(COLUMN, sipas_size_ranking_opts, sd_of),
                                         OPT(REAL, sipas_size_ranking_opts, sd),
                                         OPT(REAL, sipas_size_ranking_opts, deff),
                                         OPT(REAL, sipas_size_ranking_opts, level),
                                         OPT(REAL, sipas_size_ranking_opts, power),
                                         OPT(REAL, sipas_size_ranking_opts, delta),
                                         OPT(REAL, sipas_size_ranking_opts, width),
                                         OPT(COUNT, sipas_size_ranking_opts, top),
                                         OPT(REAL, sipas_size_ranking_opts, response),
                                         OPT(REAL, sipas_size_ranking_opts, per_household),
                                         OPT(COUNT, sipas_size_ranking_opts, minimum),
                                         OPT(COUNT, sipas_size_ranking_opts, maximum),
                                         OPT(COUNT, sipas_size_ranking_opts, multiple),
                                         ONE_OF(sipas_size_ranking_opts, rounding, size_roundings),
                                         END};

/***
How many answers each unit needs before a ranking says something.
@function size_ranking
@tparam table options
@param options.value assumed true value of each unit. [1]
@param options.delta (and top, width) the targets: differences to tell, the best so many, mean width of the rank intervals
@param options.sd of all units, or `sd_of` each; N, code, deff, level, power, ascending, response, minimum …
@treturn Table as of `sample_size`
*/
static int size_ranking(lua_State *L)
{
    static const option own[] = {ARG("value"), END};
    static const option *const lists[] = {own, ranking_options, context_options, NULL};
    sipas_size_ranking_opts opts;
    call c;

    begin(&c, L, "size_ranking", 1, 1, lists);
    sipas_size_ranking_opts_init(&opts);
    read_options(&c, ranking_options, &opts);
    const sipas_column *value = need_column(&c, "value", 1);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_size_ranking(ctx, value, &opts, new_table(&c), &c.err));
    return 1;
}

/***
What n answers in each unit are worth for a ranking: the inverse of `size_ranking`.
@function precision_ranking
@tparam table options
@param options.value assumed true value of each unit. [1]
@param options.n answers of each unit; a number stands for all. [2]
@param options.sd and the rest as for `size_ranking`
@treturn Table code, value, n, se, rank, rank_lower, rank_upper, width, power_next
*/
static int precision_ranking(lua_State *L)
{
    static const option own[] = {ARG("value"), ARG("n"), END};
    static const option *const lists[] = {own, ranking_options, context_options, NULL};
    sipas_size_ranking_opts opts;
    call c;

    begin(&c, L, "precision_ranking", 1, 2, lists);
    sipas_size_ranking_opts_init(&opts);
    read_options(&c, ranking_options, &opts);
    const sipas_column *value = need_column(&c, "value", 1), *n = need_column(&c, "n", 2);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_precision_ranking(ctx, value, n, &opts, new_table(&c), &c.err));
    return 1;
}

static const option stage_options[] = {OPT(TEXT, sipas_size_stage, name),
                                       OPT(REAL, sipas_size_stage, cost),
                                       OPT(PLAIN, sipas_size_stage, homogeneity),
                                       OPT(REAL, sipas_size_stage, k),
                                       OPT(PLAIN, sipas_size_stage, relvariance),
                                       OPT(REAL, sipas_size_stage, population),
                                       OPT(REAL, sipas_size_stage, n),
                                       OPT(COUNT, sipas_size_stage, minimum),
                                       OPT(COUNT, sipas_size_stage, maximum),
                                       OPT(COUNT, sipas_size_stage, multiple),
                                       END};
static const option stages_options[] = {ARG("stages"),
                                        OPT(REAL, sipas_size_stages_opts, relvariance),
                                        OPT(REAL, sipas_size_stages_opts, budget),
                                        OPT(REAL, sipas_size_stages_opts, cv),
                                        OPT(PLAIN, sipas_size_stages_opts, fixed_cost),
                                        OPT(REAL, sipas_size_stages_opts, response),
                                        OPT(REAL, sipas_size_stages_opts, level),
                                        OPT(REAL, sipas_size_stages_opts, per_household),
                                        END};

static void init_stage(void *stage)
{
    sipas_size_stage_init(stage);
}

typedef sipas_status stages_function(sipas_ctx *, const sipas_size_stage *, int32_t, const sipas_size_stages_opts *,
                                     sipas_table **, sipas_error *);

static int stages(lua_State *L, const char *name, stages_function *function)
{
    static const option *const lists[] = {stages_options, context_options, NULL};
    sipas_size_stages_opts opts;
    int64_t n;
    call c;

    begin(&c, L, name, 1, 1, lists);
    sipas_size_stages_opts_init(&opts);
    read_options(&c, stages_options, &opts);
    const sipas_size_stage *of = structs(&c, "stages", 1, stage_options, sizeof(sipas_size_stage), init_stage, NULL,
                                         &n);
    sipas_ctx *ctx = own_context(&c);

    check(&c, function(ctx, of, (int32_t)n, &opts, new_table(&c), &c.err));
    return 1;
}

/***
How many units at each of two or three stages: the most precise design for a budget, or the cheapest for a CV.
@function size_stages
@tparam table options
@param options.stages a list of tables, PSUs first, persons last: name, cost, homogeneity, k or relvariance, population, n, minimum, maximum, multiple.
 [1]
@param options.budget or `cv`; relvariance, fixed_cost, response, per_household, level
@treturn Table stage, name, n_exact, total_exact, n, total, issued, households, cost, relvariance, share
*/
static int size_stages(lua_State *L)
{
    return stages(L, "size_stages", sipas_size_stages);
}

/***
What a multi-stage design is worth and costs: every stage has its n.
@function precision_stages
@tparam table options
@param options.stages as for `size_stages`. [1]
@treturn Table stage, name, n_exact, total_exact, cost, relvariance, share
*/
static int precision_stages(lua_State *L)
{
    return stages(L, "precision_stages", sipas_precision_stages);
}

/***
Variance components and intraclass correlations from the answers of the last round.
@function components_sample
@tparam table options
@param options.y answers. [1]
@param options.clusters one column or a list, PSUs first
@param options.weights (and strata) columns
@treturn Table stage, name, units, variance, relvariance, homogeneity, k
*/
static int components_sample(lua_State *L)
{
    static const option own[] = {ARG("y"), ARG("weights"), ARG("strata"), ARG("clusters"), END};
    static const option *const lists[] = {own, context_options, NULL};
    int32_t n;
    call c;

    begin(&c, L, "components_sample", 1, 1, lists);
    const sipas_column *y = need_column(&c, "y", 1), *weights = column(&c, "weights", 0);
    const sipas_column *strata = column(&c, "strata", 0), *clusters = stack(&c, "clusters", 0, &n);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_components_sample(ctx, y, weights, strata, clusters, n, new_table(&c), &c.err));
    return 1;
}

/***
Relvariance components of an estimated total under two- or three-stage sampling, from a whole frame.
@function components_frame
@tparam table options
@param options.y value of each person. [1]
@param options.clusters one column or a list, PSUs first
@param options.selection "equal", "persons", "measure" with `size`; `single` "zero", "mean"
@treturn Table stage, name, units, relvariance, homogeneity, k
*/
static int components_frame(lua_State *L)
{
    static const choice selections[] = {NAME(PSU, EQUAL), NAME(PSU, PERSONS), NAME(PSU, MEASURE), {NULL, 0}};
    static const choice singles[] = {NAME(SINGLE, ZERO), NAME(SINGLE, MEAN), {NULL, 0}};
    static const option own[] = {ARG("y"),
                                 ARG("clusters"),
                                 ONE_OF(sipas_components_opts, selection, selections),
                                 ONE_OF(sipas_components_opts, single, singles),
                                 OPT(COLUMN, sipas_components_opts, size),
                                 END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_components_opts opts;
    int32_t n;
    call c;

    begin(&c, L, "components_frame", 1, 1, lists);
    sipas_components_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_column *y = need_column(&c, "y", 1), *clusters = stack(&c, "clusters", 0, &n);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_components_frame(ctx, y, clusters, n, &opts, new_table(&c), &c.err));
    return 1;
}

/* ----------------------------------------------------------------------------------------------------------- where */

static const choice allocate_methods[] = {NAME(ALLOCATE, EQUAL),       NAME(ALLOCATE, PROPORTIONAL),
                                          NAME(ALLOCATE, SQRT),        NAME(ALLOCATE, POWER),
                                          NAME(ALLOCATE, NEYMAN),      NAME(ALLOCATE, COST),
                                          NAME(ALLOCATE, KISH),        NAME(ALLOCATE, BANKIER),
                                          NAME(ALLOCATE, CLASS_TABLE), {NULL, 0}};
static const choice roundings[] = {NAME(ROUNDING, LARGEST_REMAINDER),
                                   NAME(ROUNDING, WEBSTER),
                                   NAME(ROUNDING, HILL),
                                   NAME(ROUNDING, ADAMS),
                                   NAME(ROUNDING, JEFFERSON),
                                   {NULL, 0}};
static const choice remainders[] = {
    NAME(REMAINDER, ERROR), NAME(REMAINDER, DOWN), NAME(REMAINDER, UP), NAME(REMAINDER, PART), {NULL, 0}};

/* The rules of a split: what `allocate` and `plan_compare` share. */
static const option rule_options[] = {
    ARG("lower"),
    ARG("upper"),
    ONE_OF(sipas_allocate_opts, rounding, roundings),
    OPT(TRUTH, sipas_allocate_opts, size_is_measure),
    ONE_OF(sipas_allocate_opts, remainder, remainders),
    {"power", FLAGGED, offsetof(sipas_allocate_opts, power), offsetof(sipas_allocate_opts, power_given), NULL},
    {"kish", FLAGGED, offsetof(sipas_allocate_opts, kish), offsetof(sipas_allocate_opts, kish_given), NULL},
    OPT(COUNT, sipas_allocate_opts, multiple),
    OPT(COLUMN, sipas_allocate_opts, fixed),
    OPT(COLUMN, sipas_allocate_opts, take_all),
    OPT(COLUMN, sipas_allocate_opts, code),
    OPT(COLUMN, sipas_allocate_opts, sd),
    OPT(COLUMN, sipas_allocate_opts, mean),
    OPT(COLUMN, sipas_allocate_opts, importance),
    OPT(COLUMN, sipas_allocate_opts, cost),
    END};

/* A bound: a number for all units, or a column. */
static void bound(call *c, const char *name, const sipas_column **each, int64_t *all, int32_t *all_given)
{
    if (!given(c, name, 0)) return;
    if (lua_type(c->L, -1) == LUA_TNUMBER) {
        *all = to_count(c, name);
        if (all_given) *all_given = 1;
        return;
    }
    lua_pop(c->L, 1);
    *each = column(c, name, 0);
}

/* An upper bound of 0 for all, which would be no bound in C, as a column. */
static void upper_bound(call *c, const sipas_column *size, sipas_allocate_opts *opts)
{
    const int number = given(c, "upper", 0);

    if (number) lua_pop(c->L, 1);
    bound(c, "upper", &opts->upper, &opts->upper_value, NULL);
    if (!number || opts->upper || opts->upper_value != 0) return;
    vec *zeros = new_vec(c->L, SIPAS_TYPE_I64, size ? size->n : 0, 0);

    (void)keep_value(c);
    opts->upper = &zeros->column;
}

static void read_rules(call *c, const sipas_column *size, sipas_allocate_opts *opts)
{
    sipas_allocate_opts_init(opts);
    read_options(c, rule_options, opts);
    bound(c, "lower", &opts->lower, &opts->lower_value, &opts->lower_given);
    upper_bound(c, size, opts);
}

static const choice target_subjects[] = {NAME(OF, MEAN), NAME(OF, TOTAL), {NULL, 0}};
static const option target_options[] = {ONE_OF(sipas_allocate_target, of, target_subjects),
                                        OPT(REAL, sipas_allocate_target, variance),
                                        OPT(REAL, sipas_allocate_target, se),
                                        OPT(REAL, sipas_allocate_target, half_width),
                                        OPT(REAL, sipas_allocate_target, level),
                                        OPT(REAL, sipas_allocate_target, cv),
                                        OPT(REAL, sipas_allocate_target, mean),
                                        END};

/* The precision wanted: a table of its own. */
static int read_target(call *c, sipas_allocate_target *target)
{
    static const option *const lists[] = {target_options, NULL};
    const call outer = *c;

    sipas_allocate_target_init(target);
    if (!given(c, "target", 0)) return 0;
    if (!lua_istable(c->L, -1)) expected(c, "target", "table, such as {cv = 0.02}");
    c->args = lua_gettop(c->L);
    c->name = "target";
    refuse_unknown(c, 0, lists);
    read_options(c, target_options, target);
    c->args = outer.args;
    c->name = outer.name;
    return 1;
}

/***
Where: allocation, strata, plans
@section allocate
*/
/***
Splits a sample over strata or units into whole numbers whose sum is exact.
@function allocate
@tparam table options
@param options.n the number to split [1]; or `budget`, what may be spent on interviews; or `target`, the precision wanted, a table with one of
 variance, se, half_width, cv, and level, mean, of ("mean", "total"). None of them for "class_table"
@param options.size N of each unit
@param options.sd (and cost, mean, importance) what the method needs of each unit
@param options.method "proportional" (default), "equal", "sqrt", "power", "neyman", "cost", "kish", "bankier", "class_table"
@param options.lower (and upper) bounds, a number for all units or a column
@param options.fixed (and take_all) numbers that are fixed; units that are taken whole
@param options.rounding (and power, kish, multiple, remainder, size_is_measure, gains, code)
@param options.unit_class (and class_n) class of each unit, and a table from classes to numbers
@treturn Table code, n, fraction, continuous, lower, upper, share, gain; the metadata hold the certificate of the optimum
@raise infeasible: bounds that cannot be kept together, named
@usage sipas.allocate{n = 10, size = {100, 200, 700}, sd = {3, 2, 1}, method = "neyman"}
*/
static int allocate(lua_State *L)
{
    static const option own[] = {ARG("n"),
                                 ARG("budget"),
                                 ARG("target"),
                                 ARG("size"),
                                 ARG("class_n"),
                                 ONE_OF(sipas_allocate_opts, method, allocate_methods),
                                 OPT(TRUTH, sipas_allocate_opts, gains),
                                 OPT(COLUMN, sipas_allocate_opts, unit_class),
                                 END};
    static const option *const lists[] = {own, rule_options, context_options, NULL};
    sipas_allocate_opts opts;
    sipas_allocate_target target;
    call c;

    begin(&c, L, "allocate", 1, 1, lists);
    const sipas_column *size = column(&c, "size", 0);

    read_rules(&c, size, &opts);
    read_options(&c, own, &opts);
    mapping(&c, "class_n", &opts.class_code, &opts.class_n);
    const int has_n = given(&c, "n", 1);
    const int64_t total = has_n ? to_count(&c, "n") : SIPAS_ALLOCATE_NO_TOTAL;
    const int has_budget = given(&c, "budget", 0);
    const double budget = has_budget ? to_real(&c, "budget") : 0;
    const int has_target = read_target(&c, &target);
    sipas_ctx *ctx = own_context(&c);

    if (has_n + has_budget + has_target > 1)
        fail(L, SIPAS_ERR_ARGUMENT, NULL, "allocate: one of n, budget and target is given, not several");
    sipas_table **out = new_table(&c);

    if (has_budget)
        check(&c, sipas_allocate_budget(ctx, budget, size, &opts, out, &c.err));
    else if (has_target)
        check(&c, sipas_allocate_precision(ctx, size, &target, &opts, out, &c.err));
    else
        check(&c, sipas_allocate(ctx, total, size, &opts, out, &c.err));
    return 1;
}

static const choice goals[] = {NAME(MULTI, LEAST_COST), NAME(MULTI, BEST_RATIO), {NULL, 0}};
static const choice target_measures[] = {
    NAME(TARGET, CV), NAME(TARGET, SE), NAME(TARGET, MARGIN), NAME(TARGET, SE_TOTAL), {NULL, 0}};

/* Columns of the same variables as `like`, in the same order. */
static const sipas_column *alike(call *c, const char *name, const named *like)
{
    named of;

    named_columns(c, name, 0, &of);
    if (!of.columns) return NULL;
    if (of.n != like->n)
        fail(c->L, SIPAS_ERR_LENGTH, name, "%s: %d columns where sd has %d", name, (int)of.n, (int)like->n);
    for (int64_t i = 0; of.names && like->names && i < of.n; i++)
        if (strcmp(of.names[i], like->names[i]) != 0)
            fail(c->L, SIPAS_ERR_ARGUMENT, name, "%s: '%s' where sd has '%s'", name, of.names[i], like->names[i]);
    return of.columns;
}

/***
The least sample with which every domain meets its target for every variable, or the best common precision for a budget.
@function allocate_multi
@tparam table options
@param options.size N of each stratum. [1]
@param options.sd named columns: standard deviation of each variable in each stratum
@param options.mean named columns, for targets that are a CV
@param options.target named columns (or numbers): the target of each variable, one row for each of `target_by` and `target_domain`
@param options.by named columns: the cuts, the domain of each stratum in each; target_by, target_domain: name of the cut, code of the domain
@param options.measure "cv", "se", "margin", "se_total"; goal "least_cost", "best_ratio" with `budget`
@param options.cost (and lower, upper, code, with_replacement, level, tol, max_iter)
@treturn Table the allocation: code, n, continuous, lower, upper, fraction, cost, price
@treturn Table the targets: by, domain, variable, target, continuous, expected, ratio, binding, multiplier, saving
@treturn Table what one more buys: row, code, by, domain, variable, change
*/
static int allocate_multi(lua_State *L)
{
    static const option own[] = {ARG("size"),
                                 ARG("sd"),
                                 ARG("mean"),
                                 ARG("target"),
                                 ARG("by"),
                                 ARG("lower"),
                                 ARG("upper"),
                                 ONE_OF(sipas_allocate_multi_opts, goal, goals),
                                 ONE_OF(sipas_allocate_multi_opts, measure, target_measures),
                                 OPT(TRUTH, sipas_allocate_multi_opts, with_replacement),
                                 OPT(WHOLE, sipas_allocate_multi_opts, max_iter),
                                 OPT(REAL, sipas_allocate_multi_opts, tol),
                                 OPT(REAL, sipas_allocate_multi_opts, level),
                                 OPT(REAL, sipas_allocate_multi_opts, budget),
                                 OPT(COLUMN, sipas_allocate_multi_opts, code),
                                 OPT(COLUMN, sipas_allocate_multi_opts, cost),
                                 OPT(COLUMN, sipas_allocate_multi_opts, target_by),
                                 OPT(COLUMN, sipas_allocate_multi_opts, target_domain),
                                 END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_allocate_multi_opts opts;
    named sd, by;
    call c;

    begin(&c, L, "allocate_multi", 1, 1, lists);
    sipas_allocate_multi_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_column *size = need_column(&c, "size", 1);

    named_columns(&c, "sd", 0, &sd);
    named_columns(&c, "by", 0, &by);
    opts.sd = sd.columns, opts.names = sd.names, opts.n_variables = (int32_t)sd.n;
    opts.by = by.columns, opts.by_names = by.names, opts.n_by = (int32_t)by.n;
    opts.mean = alike(&c, "mean", &sd);
    opts.target = alike(&c, "target", &sd);
    bound(&c, "lower", &opts.lower, &opts.lower_value, NULL);
    bound(&c, "upper", &opts.upper, &opts.upper_value, NULL);
    sipas_ctx *ctx = own_context(&c);
    sipas_table **out = new_table(&c), **precision = new_table(&c), **gain = new_table(&c);

    check(&c, sipas_allocate_multi(ctx, size, &opts, out, precision, gain, &c.err));
    return 3;
}

static const sipas_unit_tree *tree_argument(call *c, const char *name, int position)
{
    need(c, name, position);
    const handle *of = to_handle(c->L, -1, KIND_TREE, name);

    (void)keep_value(c);
    return of->pointer;
}

/***
Splits a total over the leaves of a tree so that every unit above them keeps its bounds.
@function allocate_tree
@tparam table options
@tparam UnitTree options.tree the units. [1]
@param options.n the number to split; without it the least that all bounds and targets permit
@param options.size N of each unit, read at leaves
@param options.lower (and upper) a number for every leaf, or a column for all units; `equal`, `target`, `sd`, `mean`, `cost`: columns of units
@param options.class_level (and class_code, class_lower, class_upper) a table of bounds, one row for each kind of unit
@param options.method (and rounding, power, measure, level, multiple, size_is_measure)
@treturn Table code, level, n, continuous, lower, upper, held, share, fraction, target, precision
*/
static int allocate_tree(lua_State *L)
{
    static const option own[] = {ARG("tree"),
                                 ARG("n"),
                                 ARG("size"),
                                 ARG("lower"),
                                 ARG("upper"),
                                 ONE_OF(sipas_allocate_tree_opts, method, allocate_methods),
                                 ONE_OF(sipas_allocate_tree_opts, rounding, roundings),
                                 ONE_OF(sipas_allocate_tree_opts, measure, target_measures),
                                 OPT(TRUTH, sipas_allocate_tree_opts, size_is_measure),
                                 {"power", FLAGGED, offsetof(sipas_allocate_tree_opts, power),
                                  offsetof(sipas_allocate_tree_opts, power_given), NULL},
                                 OPT(REAL, sipas_allocate_tree_opts, level),
                                 OPT(COUNT, sipas_allocate_tree_opts, multiple),
                                 OPT(COLUMN, sipas_allocate_tree_opts, equal),
                                 OPT(COLUMN, sipas_allocate_tree_opts, target),
                                 OPT(COLUMN, sipas_allocate_tree_opts, sd),
                                 OPT(COLUMN, sipas_allocate_tree_opts, mean),
                                 OPT(COLUMN, sipas_allocate_tree_opts, cost),
                                 OPT(COLUMN, sipas_allocate_tree_opts, class_level),
                                 OPT(COLUMN, sipas_allocate_tree_opts, class_code),
                                 OPT(COLUMN, sipas_allocate_tree_opts, class_lower),
                                 OPT(COLUMN, sipas_allocate_tree_opts, class_upper),
                                 END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_allocate_tree_opts opts;
    call c;

    begin(&c, L, "allocate_tree", 1, 1, lists);
    sipas_allocate_tree_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_unit_tree *tree = tree_argument(&c, "tree", 1);
    const sipas_column *size = column(&c, "size", 0);

    bound(&c, "lower", &opts.lower, &opts.lower_value, &opts.lower_given);
    bound(&c, "upper", &opts.upper, &opts.upper_value, NULL);
    const int64_t total = given(&c, "n", 0) ? to_count(&c, "n") : SIPAS_ALLOCATE_NO_TOTAL;
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_allocate_tree(ctx, total, tree, size, &opts, new_table(&c), &c.err));
    return 1;
}

static const choice strata_methods[] = {
    NAME(STRATA, CUM_ROOT_F), NAME(STRATA, GEOMETRIC), NAME(STRATA, LAVALLEE), NAME(STRATA, OPTIMAL), {NULL, 0}};

/***
Cuts the units of a frame into strata by a size variable.
@function strata_cut
@tparam table options
@param options.x the size variable. [1]
@param options.strata how many
@param options.n the sample size, or `cv`, the precision wanted
@param options.method "lavallee" (default), "cum_root_f", "geometric", "optimal"
@param options.allocation "neyman" (default), "proportional", "equal", "power"; take_all, power, bins, least_size
@treturn Table stratum, boundary, least, most, size, total, mean, sd, take_all, n_exact, n
*/
static int strata_cut(lua_State *L)
{
    static const option own[] = {
        ARG("x"),
        ARG("strata"),
        ONE_OF(sipas_strata_opts, method, strata_methods),
        ONE_OF(sipas_strata_opts, allocation, allocate_methods),
        OPT(TRUTH, sipas_strata_opts, take_all),
        {"power", FLAGGED, offsetof(sipas_strata_opts, power), offsetof(sipas_strata_opts, power_given), NULL},
        OPT(WHOLE, sipas_strata_opts, bins),
        OPT(REAL, sipas_strata_opts, cv),
        OPT(COUNT, sipas_strata_opts, n),
        OPT(COUNT, sipas_strata_opts, least_size),
        END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_strata_opts opts;
    call c;

    begin(&c, L, "strata_cut", 1, 1, lists);
    sipas_strata_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_column *x = need_column(&c, "x", 1);

    need(&c, "strata", 0);
    const int64_t strata = to_count(&c, "strata");
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_strata_cut(ctx, x, strata, &opts, new_table(&c), &c.err));
    return 1;
}

/* --------------------------------------------------------------------------------------------------------- domains */

static const option domain_options[] = {ARG("by"), ARG("where"), END};

enum { MOST_BY = 32 };

/* Domains, and room for what they point to. */
typedef struct domains {
    sipas_domains of;
    sipas_column columns[MOST_BY];
    const char *names[MOST_BY];
    int source[MOST_BY];
} domains;

/* Adds the columns of one level, on top of the stack, which it pops; gives the level as a bit mask. */
static uint32_t add_level(call *c, domains *to)
{
    lua_State *L = c->L;
    named level;
    uint32_t mask = 0;

    memset(&level, 0, sizeof level);
    if (!lua_istable(L, -1)) expected(c, "by", "table of columns by name, or list of such tables");
    const int empty = lua_rawlen(L, -1) == 0 && !has_names(L, lua_gettop(L));

    if (empty)
        lua_pop(L, 1);
    else
        to_named(c, "by", &level);
    if (!empty && !level.names) fail(L, SIPAS_ERR_TYPE, "by", "by: columns have to have names");
    for (int64_t i = 0; i < level.n; i++) {
        int32_t at = 0;

        while (at < to->of.n_by && strcmp(to->names[at], level.names[i]) != 0) at++;
        if (at == MOST_BY) fail(L, SIPAS_ERR_ARGUMENT, "by", "by: more than %d columns", MOST_BY);
        if (at == to->of.n_by) {
            to->columns[at] = level.columns[i];
            to->names[at] = level.names[i];
            to->source[at] = level.source[i];
            to->of.n_by++;
        }
        lua_rawgeti(L, c->keep, to->source[at]);
        lua_rawgeti(L, c->keep, level.source[i]);
        if (!lua_rawequal(L, -1, -2))
            fail(L, SIPAS_ERR_ARGUMENT, level.names[i], "by: '%s' is another column in another level", level.names[i]);
        lua_pop(L, 2);
        mask |= (uint32_t)1 << at;
    }
    return mask;
}

/* Is the value on top of the stack a list of levels: of tables that are not pairs? */
static int is_list_of_levels(lua_State *L)
{
    if (!lua_istable(L, -1) || has_names(L, lua_gettop(L))) return 0;
    lua_rawgeti(L, -1, 1);
    const int levels = lua_istable(L, -1) && !is_pair(L);

    lua_pop(L, 1);
    return levels;
}

static const sipas_domains *read_domains(call *c)
{
    lua_State *L = c->L;
    domains *to = keep_memory(c, 1, sizeof *to);

    sipas_domains_init(&to->of);
    if (given(c, "by", 0)) {
        if (is_list_of_levels(L)) {
            const int list = lua_gettop(L);
            const size_t n = lua_rawlen(L, list);
            uint32_t *levels = keep_memory(c, n, sizeof *levels);

            for (size_t i = 0; i < n; i++) {
                lua_rawgeti(L, list, (int)i + 1);
                levels[i] = add_level(c, to);
            }
            lua_pop(L, 1);
            to->of.n_levels = (int32_t)n;
            to->of.levels = levels;
        } else {
            (void)add_level(c, to);
        }
        to->of.by = to->columns;
        to->of.names = to->names;
    }
    to->of.where = column(c, "where", 0);
    return &to->of;
}

/* ------------------------------------------------------------------------------------------------------------ plan */

static const option variable_options[] = {
    OPT(TEXT, sipas_plan_variable, name),   OPT(COLUMN, sipas_plan_variable, sd),   OPT(COLUMN, sipas_plan_variable, p),
    OPT(COLUMN, sipas_plan_variable, mean), OPT(COLUMN, sipas_plan_variable, deff), END};

/***
The precision to expect of a plan: n of N in each stratum.
@function plan_expect
@tparam table options
@param options.n the plan, as the column `n` of `allocate`. [1]
@param options.size N of each stratum
@param options.variables a list of tables: name, sd or p, mean, deff, each a column
@param options.by (and where) domains, as for `Design:mean`
@param options.of "mean", "total"; level, cost, code, size_is_measure
@treturn Table variable, level, by …, estimate, se, half_width, lower, upper, cv, n, size, fraction, cost
*/
static int plan_expect(lua_State *L)
{
    static const option own[] = {ARG("n"),
                                 ARG("size"),
                                 ARG("variables"),
                                 ONE_OF(sipas_plan_opts, of, target_subjects),
                                 OPT(TRUTH, sipas_plan_opts, size_is_measure),
                                 OPT(REAL, sipas_plan_opts, level),
                                 OPT(COLUMN, sipas_plan_opts, cost),
                                 OPT(COLUMN, sipas_plan_opts, code),
                                 END};
    static const option *const lists[] = {own, domain_options, context_options, NULL};
    sipas_plan_opts opts;
    int64_t n_variables;
    call c;

    begin(&c, L, "plan_expect", 1, 1, lists);
    sipas_plan_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_column *n = need_column(&c, "n", 1), *size = need_column(&c, "size", 0);
    const sipas_plan_variable *variables = structs(&c, "variables", 0, variable_options, sizeof *variables, NULL, NULL,
                                                   &n_variables);
    const sipas_domains *of = read_domains(&c);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_plan_expect(ctx, n, size, variables, n_variables, of, &opts, new_table(&c), &c.err));
    return 1;
}

/***
Methods of allocation side by side: the same total, split by each method under the same rules, and what that buys.
@function plan_compare
@tparam table options
@param options.n the number to split. [1]
@param options.size N of each stratum; sd, cost, mean, lower, upper … as for `allocate`
@param options.methods list of names; by default those that the columns allow
@param options.unit the unit that each stratum belongs to; of "mean", "total"; level
@treturn Table method, se, half_width, cv, loss, unit_se_median, unit_se_worst, worst, unsampled, n_least, n_most, cost
*/
static int plan_compare(lua_State *L)
{
    static const option own[] = {ARG("n"),
                                 ARG("size"),
                                 ARG("methods"),
                                 ONE_OF(sipas_plan_compare_opts, of, target_subjects),
                                 OPT(REAL, sipas_plan_compare_opts, level),
                                 OPT(COLUMN, sipas_plan_compare_opts, unit),
                                 END};
    static const option *const lists[] = {own, rule_options, context_options, NULL};
    sipas_plan_compare_opts opts;
    sipas_allocate_opts rules;
    call c;

    begin(&c, L, "plan_compare", 1, 1, lists);
    sipas_plan_compare_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_column *size = need_column(&c, "size", 0);

    read_rules(&c, size, &rules);
    need(&c, "n", 1);
    const int64_t total = to_count(&c, "n");

    if (given(&c, "methods", 0)) {
        if (!lua_istable(L, -1)) expected(&c, "methods", "list of names");
        const int list = lua_gettop(L);
        int32_t *methods = keep_memory(&c, lua_rawlen(L, list), sizeof *methods);

        opts.methods = methods;
        opts.n_methods = (int64_t)lua_rawlen(L, list);
        for (int64_t i = 0; i < opts.n_methods; i++) {
            lua_rawgeti(L, list, (int)i + 1);
            methods[i] = to_choice(&c, "methods", allocate_methods, 0);
        }
        lua_pop(L, 1);
    }
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_plan_compare(ctx, total, size, &rules, &opts, new_table(&c), &c.err));
    return 1;
}

/* ------------------------------------------------------------------------------------------------------------ whom */

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
static int inclusion_prob(lua_State *L)
{
    static const option own[] = {ARG("size"), ARG("n"), END};
    static const option *const lists[] = {own, NULL};
    call c;

    begin(&c, L, "inclusion_prob", 1, 2, lists);
    const sipas_column *size = need_column(&c, "size", 1);

    need(&c, "n", 2);
    const int64_t n = to_count(&c, "n");

    check(&c, sipas_inclusion_prob(size, n, new_doubles(&c, size->n), &c.err));
    return 1;
}

static const choice draw_methods[] = {
    NAME(DRAW, SRS), NAME(DRAW, SYSTEMATIC), NAME(DRAW, PPS_SYSTEMATIC), NAME(DRAW, ALL), {NULL, 0}};
static const choice if_fewer[] = {
    NAME(FEWER, ERROR), NAME(FEWER, TAKE_ALL), NAME(FEWER, MOVE), NAME(FEWER, MOVE_TAKE_ALL), {NULL, 0}};

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
    const sort_key *strata = sorted_keys(c, table, &n_strata);
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
        const sort_key *keys = sorted_keys(c, inner, &n_classes);

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
@param options.seed 0 to 2^64 - 1; above 2^53 as a string of its digits. There is no default
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
    static const option own[] = {ARG("codes"),
                                 ARG("n"),
                                 ARG("seed"),
                                 ONE_OF(sipas_draw_opts, method, draw_methods),
                                 ONE_OF(sipas_draw_opts, if_fewer, if_fewer),
                                 OPT(WORD, sipas_draw_opts, programme),
                                 OPT(COUNT, sipas_draw_opts, stage),
                                 OPT(COUNT, sipas_draw_opts, reserve),
                                 OPT(COLUMN, sipas_draw_opts, size),
                                 OPT(COLUMN, sipas_draw_opts, order_key),
                                 OPT(COLUMN, sipas_draw_opts, strata),
                                 OPT(COLUMN, sipas_draw_opts, unit_class),
                                 OPT(COLUMN, sipas_draw_opts, certainty),
                                 OPT(COLUMN, sipas_draw_opts, excluded),
                                 OPT(COLUMN, sipas_draw_opts, quota_stratum),
                                 OPT(COLUMN, sipas_draw_opts, quota_class),
                                 OPT(COLUMN, sipas_draw_opts, quota_n),
                                 OPT(COLUMN, sipas_draw_opts, quota_reserve),
                                 END};
    static const option seed = AS("seed", WORD, sipas_draw_opts, seed);
    static const option *const lists[] = {own, context_options, NULL};
    sipas_draw_opts opts;
    call c;

    begin(&c, L, "draw", 1, 2, lists);
    sipas_draw_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_column *codes = need_column(&c, "codes", 1);

    need(&c, "seed", 0);
    read_option(&c, &seed, &opts);
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

static const choice plan_strata[] = {NAME(STAGE_STRATA, NONE),
                                     NAME(STAGE_STRATA, CLASS),
                                     NAME(STAGE_STRATA, URBAN),
                                     NAME(STAGE_STRATA, COLUMN),
                                     {NULL, 0}};
static const option plan_stage_options[] = {ONE_OF(sipas_draw_stage, method, draw_methods),
                                            ONE_OF(sipas_draw_stage, if_fewer, if_fewer),
                                            ONE_OF(sipas_draw_stage, strata, plan_strata),
                                            OPT(TEXT, sipas_draw_stage, level),
                                            OPT(COUNT, sipas_draw_stage, n),
                                            OPT(COUNT, sipas_draw_stage, reserve),
                                            OPT(COLUMN, sipas_draw_stage, n_of),
                                            OPT(COLUMN, sipas_draw_stage, reserve_of),
                                            OPT(COLUMN, sipas_draw_stage, strata_of),
                                            OPT(TEXT, sipas_draw_stage, measure),
                                            OPT(COLUMN, sipas_draw_stage, size_of),
                                            OPT(COLUMN, sipas_draw_stage, order_key_of),
                                            OPT(COLUMN, sipas_draw_stage, certainty_of),
                                            OPT(COLUMN, sipas_draw_stage, quota_parent),
                                            OPT(COLUMN, sipas_draw_stage, quota_stratum),
                                            OPT(COLUMN, sipas_draw_stage, quota_n),
                                            OPT(COLUMN, sipas_draw_stage, quota_reserve),
                                            END};

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
    static const option own[] = {ARG("tree"),
                                 ARG("stages"),
                                 ARG("seed"),
                                 OPT(WORD, sipas_draw_plan_opts, programme),
                                 OPT(COLUMN, sipas_draw_plan_opts, excluded),
                                 END};
    static const option seed = AS("seed", WORD, sipas_draw_plan_opts, seed);
    static const option *const lists[] = {own, context_options, NULL};
    sipas_draw_plan_opts opts;
    int64_t n;
    call c;

    begin(&c, L, "draw_plan", 1, 2, lists);
    sipas_draw_plan_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_unit_tree *tree = tree_argument(&c, "tree", 1);

    need(&c, "seed", 0);
    read_option(&c, &seed, &opts);
    opts.has_seed = 1;
    const sipas_draw_stage *of = structs(&c, "stages", 2, plan_stage_options, sizeof(sipas_draw_stage), init_plan_stage,
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
    if (!to_word(c->L, -1, &value)) expected(c, name, "whole number from 0 to 2^64 - 1, above 2^53 as its digits");
    lua_pop(c->L, 1);
    return value;
}

/***
The number in [0, 1) of a unit.
@function rng_uniform
@tparam table options
@param options.seed (and programme, unit, stream, draw) words from 0 to 2^64 - 1, above 2^53 as digits; 0 by default, but for the seed
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

/* Codes from a list at `index`, or from the arguments from there on; numbers are their decimal text. */
static const char **path_of(lua_State *L, int index, int64_t *depth)
{
    const int listed = lua_istable(L, index);

    *depth = listed ? (int64_t)lua_rawlen(L, index) : lua_gettop(L) - index + 1;
    const char **path = lua_newuserdata(L, (size_t)(*depth > 0 ? *depth : 1) * sizeof *path);

    luaL_checkstack(L, (int)*depth + 4, "path");
    for (int64_t i = 0; i < *depth; i++) {
        if (listed)
            lua_rawgeti(L, index, (int)i + 1);
        else
            lua_pushvalue(L, index + (int)i);
        if (!lua_isstring(L, -1)) fail(L, SIPAS_ERR_TYPE, NULL, "path: [%d] is no code", (int)i + 1);
        path[i] = lua_tostring(L, -1); /* stays on the stack */
    }
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

/* --------------------------------------------------------------------------------------------------------- weights */

/***
Weights
@section weight
*/
/***
Design weights, the product of 1/π over the stages.
@function design_weights
@tparam table options
@param options.inclusion_prob a column, or a list of columns, one for each stage. [1]
@return vec of f64
*/
static int design_weights(lua_State *L)
{
    static const option own[] = {ARG("inclusion_prob"), END};
    static const option *const lists[] = {own, NULL};
    int32_t n;
    call c;

    begin(&c, L, "design_weights", 1, 1, lists);
    const sipas_column *stages_of = stack(&c, "inclusion_prob", 1, &n);

    if (n == 0) need(&c, "inclusion_prob", 1);
    check(&c, sipas_weight_design(stages_of, n, new_doubles(&c, stages_of->n), &c.err));
    return 1;
}

/***
Weights adjusted for nonresponse: the respondents of a cell stand for all of it, the others get 0.
@function response_weights
@tparam table options
@param options.weights weights ≥ 0. [1]
@param options.responded who responded, booleans. [2]
@param options.cell code of each row's cell; by default one cell
@return vec of f64
@treturn Table cell, issued, responded, rate, factor
*/
static int response_weights(lua_State *L)
{
    static const option own[] = {ARG("weights"), ARG("responded"), ARG("cell"), END};
    static const option *const lists[] = {own, context_options, NULL};
    call c;

    begin(&c, L, "response_weights", 1, 2, lists);
    const sipas_column *weights = need_column(&c, "weights", 1), *responded = need_column(&c, "responded", 2);
    const sipas_column *cell = column(&c, "cell", 0);
    sipas_ctx *ctx = own_context(&c);
    double *out = new_doubles(&c, weights->n);

    check(&c, sipas_weight_response(ctx, weights, cell, responded, out, new_table(&c), &c.err));
    return 2;
}

/***
What unequal weights cost.
@function kish
@tparam table options
@param options.weights [1]
@treturn table deff = n Σw² / (Σw)², n_eff, cv2
*/
static int kish(lua_State *L)
{
    static const option own[] = {ARG("weights"), END};
    static const option *const lists[] = {own, NULL};
    double out[3];
    call c;

    begin(&c, L, "kish", 1, 1, lists);
    check(&c, sipas_weight_kish(need_column(&c, "weights", 1), &out[0], &out[1], &out[2], &c.err));
    lua_createtable(L, 0, 3);
    lua_pushnumber(L, out[0]);
    lua_setfield(L, -2, "deff");
    lua_pushnumber(L, out[1]);
    lua_setfield(L, -2, "n_eff");
    lua_pushnumber(L, out[2]);
    lua_setfield(L, -2, "cv2");
    return 1;
}

/* ------------------------------------------------------------------------------------------------- units and frames */

/***
Units and frames
@section unit
*/
/***
A tree of units of any depth. Units have the numbers of their rows, from 0. `#tree` is their number, `tree.measures` the names of
the measures of size.
@function UnitTree
@tparam table options
@param options.code code of each unit. [1]
@param options.parent code of the parent; missing or "" = a root. [2] Or `parent_row`: row of the parent from 0
@param options.level (and name, unit_class, region) texts; urban: booleans or 0 and 1
@param options.measures named columns: sizes ≥ 0
@treturn UnitTree
@raise duplicate, tree: two units with one code, an orphan, a cycle; names the unit
*/
static int tree_new(lua_State *L)
{
    static const option own[] = {ARG("code"),
                                 ARG("parent"),
                                 ARG("measures"),
                                 OPT(COLUMN, sipas_unit_opts, parent_row),
                                 OPT(COLUMN, sipas_unit_opts, level),
                                 OPT(COLUMN, sipas_unit_opts, name),
                                 OPT(COLUMN, sipas_unit_opts, unit_class),
                                 OPT(COLUMN, sipas_unit_opts, region),
                                 OPT(COLUMN, sipas_unit_opts, urban),
                                 END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_unit_opts opts;
    named measures;
    call c;

    begin(&c, L, "UnitTree", 1, 2, lists);
    sipas_unit_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_column *code = need_column(&c, "code", 1), *parent = column(&c, "parent", 2);

    named_columns(&c, "measures", 0, &measures);
    if (measures.n && !measures.names) fail(L, SIPAS_ERR_TYPE, "measures", "measures: columns have to have names");
    opts.measures = measures.columns;
    opts.measure_names = measures.names;
    opts.n_measures = (int32_t)measures.n;
    sipas_ctx *ctx = own_context(&c);
    handle *out = new_handle(L, KIND_TREE);

    check(&c, sipas_unit_tree_new(ctx, code, parent, &opts, (sipas_unit_tree **)(void *)&out->pointer, &c.err));
    return 1;
}

static const sipas_unit_tree *to_tree(lua_State *L)
{
    return to_handle(L, 1, KIND_TREE, "tree")->pointer;
}

static int64_t to_unit(lua_State *L)
{
    int64_t unit;

    if (!to_int64(L, 2, &unit)) fail(L, SIPAS_ERR_TYPE, "unit", "unit: number of a unit expected");
    return unit;
}

static int tree_length(lua_State *L)
{
    push_int64(L, sipas_unit_tree_count(to_tree(L)));
    return 1;
}

/***
Facts of a unit, by its number from 0; nil where there is none: `tree:code(u)`, `name`, `level`, `class`, `region`, `urban`, `parent`,
`depth`, `hash` (decimal string).
@function UnitTree:code
@int unit
*/
static int tree_code(lua_State *L)
{
    push_text(L, sipas_unit_tree_get_code(to_tree(L), to_unit(L)));
    return 1;
}

static int tree_name(lua_State *L)
{
    push_text(L, sipas_unit_tree_get_name(to_tree(L), to_unit(L)));
    return 1;
}

static int tree_level(lua_State *L)
{
    push_text(L, sipas_unit_tree_get_level(to_tree(L), to_unit(L)));
    return 1;
}

static int tree_class(lua_State *L)
{
    push_text(L, sipas_unit_tree_get_class(to_tree(L), to_unit(L)));
    return 1;
}

static int tree_region(lua_State *L)
{
    push_text(L, sipas_unit_tree_get_region(to_tree(L), to_unit(L)));
    return 1;
}

static int tree_urban(lua_State *L)
{
    const int32_t urban = sipas_unit_tree_get_urban(to_tree(L), to_unit(L));

    if (urban < 0)
        lua_pushnil(L);
    else
        lua_pushboolean(L, urban);
    return 1;
}

static int tree_parent(lua_State *L)
{
    const int64_t parent = sipas_unit_tree_get_parent(to_tree(L), to_unit(L));

    if (parent < 0)
        lua_pushnil(L);
    else
        push_int64(L, parent);
    return 1;
}

static int tree_depth(lua_State *L)
{
    const int64_t depth = sipas_unit_tree_get_depth(to_tree(L), to_unit(L));

    if (depth < 0)
        lua_pushnil(L);
    else
        push_int64(L, depth);
    return 1;
}

static int tree_hash(lua_State *L)
{
    push_word(L, sipas_unit_tree_get_hash(to_tree(L), to_unit(L)));
    return 1;
}

/* Position of a measure by the name at `index`; the first one when there is no name. */
static int64_t to_measure(lua_State *L, int index, const sipas_unit_tree *tree)
{
    const char *name = text_at(L, index, "measure", "");

    if (!*name) return 0;
    for (int64_t i = 0; i < sipas_unit_tree_count_measures(tree); i++)
        if (strcmp(sipas_unit_tree_get_measure_name(tree, i), name) == 0) return i;
    fail(L, SIPAS_ERR_NOT_FOUND, name, "the tree has no measure '%s'", name);
}

/***
A measure of size of a unit; nil when it is not known.
@function UnitTree:measure
@int unit
@string[opt] name the first measure by default
*/
static int tree_measure(lua_State *L)
{
    const sipas_unit_tree *tree = to_tree(L);
    sipas_error err;
    double value;
    const sipas_status status = sipas_unit_tree_get_measure(tree, to_unit(L), to_measure(L, 3, tree), &value, &err);

    if (status == SIPAS_ERR_MISSING) {
        lua_pushnil(L);
    } else if (status < 0) {
        push_error(L, &err);
        return lua_error(L);
    } else {
        lua_pushnumber(L, value);
    }
    return 1;
}

/***
Children of a unit in canonical order; the roots without one.
@function UnitTree:children
@int[opt] unit
@treturn table list of unit numbers
*/
static int tree_children(lua_State *L)
{
    const sipas_unit_tree *tree = to_tree(L);
    int64_t n;
    const int64_t *children = sipas_unit_tree_get_children(tree, lua_isnoneornil(L, 2) ? -1 : to_unit(L), &n);

    lua_createtable(L, (int)n, 0);
    for (int64_t i = 0; i < n; i++) {
        push_int64(L, children[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/***
Finds a unit by its code path: `tree:find("VN", "01")`; one code finds a unit anywhere when it is unique.
@function UnitTree:find
@param ... codes, or a list of them
@treturn int
@raise "not found", duplicate
*/
static int tree_find(lua_State *L)
{
    const sipas_unit_tree *tree = to_tree(L);
    int64_t depth, unit;
    const char *const *path = path_of(L, 2, &depth);
    sipas_error err;

    if (sipas_unit_tree_find(tree, path, depth, &unit, &err) < 0) {
        push_error(L, &err);
        return lua_error(L);
    }
    push_int64(L, unit);
    return 1;
}

static int tree_get(lua_State *L)
{
    const sipas_unit_tree *tree = to_tree(L);

    if (lua_type(L, 2) != LUA_TSTRING || strcmp(lua_tostring(L, 2), "measures") != 0) return 0;
    lua_newtable(L);
    for (int64_t i = 0; i < sipas_unit_tree_count_measures(tree); i++) {
        lua_pushstring(L, sipas_unit_tree_get_measure_name(tree, i));
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

static int tree_tostring(lua_State *L)
{
    lua_pushfstring(L, "UnitTree: %d units", (int)sipas_unit_tree_count(to_tree(L)));
    return 1;
}

/***
What a frame holds, level by level and class by class.
@function frame_summary
@tparam table options
@tparam UnitTree options.tree [1]
@treturn Table level, class, units, urban, rural, without_next, measure, sum, missing
*/
static int frame_summary(lua_State *L)
{
    static const option own[] = {ARG("tree"), END};
    static const option *const lists[] = {own, context_options, NULL};
    call c;

    begin(&c, L, "frame_summary", 1, 1, lists);
    const sipas_unit_tree *tree = tree_argument(&c, "tree", 1);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_frame_summary(ctx, tree, new_table(&c), &c.err));
    return 1;
}

/***
Fills the values that a measure lacks from what the parents have left.
@function frame_impute
@tparam table options
@tparam UnitTree options.tree [1]
@param options.measure name; the first by default
@param options.share "children" (default), "equal"; level: only units of this level; excluded: a column of units
@treturn Table row, code, level, value, imputed
*/
static int frame_impute(lua_State *L)
{
    static const choice shares[] = {NAME(SHARE, CHILDREN), NAME(SHARE, EQUAL), {NULL, 0}};
    static const option own[] = {ARG("tree"),
                                 ARG("measure"),
                                 ONE_OF(sipas_frame_impute_opts, share, shares),
                                 OPT(TEXT, sipas_frame_impute_opts, level),
                                 OPT(COLUMN, sipas_frame_impute_opts, excluded),
                                 END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_frame_impute_opts opts;
    int64_t measure = 0;
    call c;

    begin(&c, L, "frame_impute", 1, 1, lists);
    sipas_frame_impute_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_unit_tree *tree = tree_argument(&c, "tree", 1);

    if (given(&c, "measure", 0)) {
        measure = to_measure(L, -1, tree);
        lua_pop(L, 1);
    }
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_frame_impute(ctx, tree, measure, &opts, new_table(&c), &c.err));
    return 1;
}

/***
A new tree with numbered units below the leaves of an old one, of which only the number is known.
@function frame_expand
@tparam table options
@tparam UnitTree options.tree [1]
@param options.count how many below each unit
@param options.level level of the new units; width: least number of digits of their codes
@treturn UnitTree
*/
static int frame_expand(lua_State *L)
{
    static const option own[] = {ARG("tree"), ARG("count"), ARG("level"), OPT(WHOLE, sipas_frame_expand_opts, width),
                                 END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_frame_expand_opts opts;
    call c;

    begin(&c, L, "frame_expand", 1, 1, lists);
    sipas_frame_expand_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_unit_tree *tree = tree_argument(&c, "tree", 1);
    const sipas_column *count = need_column(&c, "count", 0);

    need(&c, "level", 0);
    const char *level = to_text(&c, "level");
    sipas_ctx *ctx = own_context(&c);
    handle *out = new_handle(L, KIND_TREE);

    check(&c, sipas_frame_expand(ctx, tree, count, level, &opts, (sipas_unit_tree **)(void *)&out->pointer, &c.err));
    return 1;
}

/* ----------------------------------------------------------------------------------------------------- instruments */

static const choice node_kinds[] = {NAME(NODE, ITEM),  NAME(NODE, CRITERION), NAME(NODE, FACTOR),
                                    NAME(NODE, BLOCK), NAME(NODE, INDEX),     {NULL, 0}};
static const choice item_types[] = {
    NAME(ITEM, LIKERT), NAME(ITEM, SINGLE), NAME(ITEM, MULTIPLE), NAME(ITEM, YES_NO), {NULL, 0}};
static const choice item_roles[] = {
    NAME(ROLE, JUDGEMENT), NAME(ROLE, SATISFACTION), NAME(ROLE, EXPECTATION), {NULL, 0}};
static const choice scorings[] = {
    NAME(SCORING, TOP2), NAME(SCORING, MEAN_OVER_MAX), NAME(SCORING, RESCALED), {NULL, 0}};

static const option node_options[] = {OPT(TEXT, sipas_node, code),
                                      OPT(TEXT, sipas_node, parent),
                                      OPT(TEXT, sipas_node, name),
                                      OPT(TEXT, sipas_node, name_vi),
                                      OPT(PLAIN, sipas_node, weight),
                                      ONE_OF(sipas_node, kind, node_kinds),
                                      ONE_OF(sipas_node, type, item_types),
                                      ONE_OF(sipas_node, role, item_roles),
                                      OPT(WHOLE, sipas_node, levels),
                                      OPT(WHOLE, sipas_node, first_code),
                                      OPT(TRUTH, sipas_node, reversed),
                                      ARG("dont_know"),
                                      ARG("not_applicable"),
                                      END};

static void init_node(void *node)
{
    memset(node, 0, sizeof(sipas_node));
    ((sipas_node *)node)->kind = SIPAS_NODE_ITEM;
}

static int32_t node_codes(call *c, const char *name, int16_t *out)
{
    int64_t n = 0;
    const double *codes;

    if (!given(c, name, 0)) return 0;
    lua_pop(c->L, 1);
    codes = numbers(c, name, 0, &n);
    if (n > 4) fail(c->L, SIPAS_ERR_LENGTH, name, "%s: %s has %d codes, 4 are the most", c->name, name, (int)n);
    for (int64_t i = 0; i < n; i++) {
        if (floor(codes[i]) != codes[i] || fabs(codes[i]) > INT16_MAX)
            fail(c->L, SIPAS_ERR_VALUE, name, "%s: %s is no list of codes", c->name, name);
        out[i] = (int16_t)codes[i];
    }
    return (int32_t)n;
}

static void more_of_node(call *c, void *node)
{
    sipas_node *of = node;

    of->n_dont_know = node_codes(c, "dont_know", of->dont_know);
    of->n_not_applicable = node_codes(c, "not_applicable", of->not_applicable);
}

/***
Instruments
@section instrument
*/
/***
An instrument: the questionnaire as a tree, block, factor, criterion, item. `form.id`, `form.source`, `form.nodes`, `form.items`, a list of
tables like those given; `#form` the number of items.
@function Instrument
@tparam table options
@tparam string options.id its name
@param options.nodes a list of tables: code, parent, name, name_vi, kind ("item", "criterion", "factor", "block", "index"), type ("likert", "single",
 "multiple", "yes_no"), role ("judgement", "satisfaction", "expectation"), levels, first_code, reversed, weight, dont_know, not_applicable
@tparam string options.source
@treturn Instrument
@raise duplicate, tree, value: names the node
*/
static int instrument_new(lua_State *L)
{
    static const option own[] = {ARG("id"), ARG("nodes"), ARG("source"), END};
    static const option *const lists[] = {own, context_options, NULL};
    int64_t n;
    call c;

    begin(&c, L, "Instrument", 1, 0, lists);
    need(&c, "id", 0);
    const char *id = to_text(&c, "id"), *source = given(&c, "source", 0) ? to_text(&c, "source") : NULL;
    const sipas_node *nodes = structs(&c, "nodes", 0, node_options, sizeof(sipas_node), init_node, more_of_node, &n);
    sipas_ctx *ctx = own_context(&c);
    handle *out = new_handle(L, KIND_INSTRUMENT);

    check(&c, sipas_instrument_new(ctx, id, source, nodes, n, (sipas_instrument **)(void *)&out->pointer, &c.err));
    return 1;
}

/***
Ids of the built-in instruments.
@function Instrument.builtins
@treturn table
*/
static int instrument_builtins(lua_State *L)
{
    lua_newtable(L);
    for (int64_t i = 0; i < sipas_instrument_count_builtin(); i++) {
        lua_pushstring(L, sipas_instrument_get_builtin_id(i));
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/***
A built-in instrument.
@function Instrument.builtin
@string id "1001/2023" (39 items, 2023 to 2026) or "2022" (33 items)
@treturn Instrument
@raise "not found"
*/
static int instrument_builtin(lua_State *L)
{
    const char *id = text_at(L, 1, "id", NULL);
    const sipas_instrument *builtin = sipas_instrument_builtin(id);

    if (!builtin) fail(L, SIPAS_ERR_NOT_FOUND, id, "no built-in instrument '%s'", id);
    handle *out = new_handle(L, KIND_INSTRUMENT);

    memcpy(&out->pointer, &builtin, sizeof out->pointer); /* to free it does nothing */
    return 1;
}

static const sipas_instrument *to_instrument(lua_State *L, int index)
{
    return to_handle(L, index, KIND_INSTRUMENT, "instrument")->pointer;
}

static void set_choice(lua_State *L, const char *key, const choice *choices, int32_t value)
{
    char name[32];
    size_t n = 0;

    while (choices->name && choices->value != value) choices++;
    if (!choices->name) return;
    for (const char *at = choices->name; *at && n + 1 < sizeof name; at++)
        name[n++] = (char)tolower((unsigned char)*at);
    name[n] = '\0';
    set_text(L, key, name);
}

static void set_codes(lua_State *L, const char *key, const int16_t *codes, int32_t n)
{
    if (n == 0) return;
    lua_createtable(L, n, 0);
    for (int32_t i = 0; i < n; i++) {
        push_int64(L, codes[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, key);
}

static void push_node(lua_State *L, const sipas_node *node)
{
    lua_newtable(L);
    set_text(L, "code", node->code);
    if (node->parent) set_text(L, "parent", node->parent);
    if (node->name) set_text(L, "name", node->name);
    if (node->name_vi) set_text(L, "name_vi", node->name_vi);
    set_choice(L, "kind", node_kinds, node->kind);
    set_choice(L, "type", item_types, node->type);
    set_choice(L, "role", item_roles, node->role);
    set_int64(L, "levels", node->levels);
    set_int64(L, "first_code", node->first_code);
    lua_pushboolean(L, node->reversed);
    lua_setfield(L, -2, "reversed");
    lua_pushnumber(L, node->weight);
    lua_setfield(L, -2, "weight");
    set_codes(L, "dont_know", node->dont_know, node->n_dont_know);
    set_codes(L, "not_applicable", node->not_applicable, node->n_not_applicable);
}

static int instrument_get(lua_State *L)
{
    const sipas_instrument *of = to_instrument(L, 1);
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    const int nodes = strcmp(key, "nodes") == 0;

    if (strcmp(key, "id") == 0) {
        push_text(L, sipas_instrument_get_id(of));
    } else if (strcmp(key, "source") == 0) {
        push_text(L, sipas_instrument_get_source(of));
    } else if (nodes || strcmp(key, "items") == 0) {
        const int64_t n = nodes ? sipas_instrument_count_nodes(of) : sipas_instrument_count_items(of);

        lua_createtable(L, (int)n, 0);
        for (int64_t i = 0; i < n; i++) {
            push_node(L, sipas_instrument_get_node(of, i));
            lua_rawseti(L, -2, (int)i + 1);
        }
    } else {
        lua_pushnil(L);
    }
    return 1;
}

static int instrument_length(lua_State *L)
{
    push_int64(L, sipas_instrument_count_items(to_instrument(L, 1)));
    return 1;
}

static int64_t node_position(lua_State *L, const sipas_instrument *of)
{
    sipas_error err;
    int64_t at;

    if (sipas_instrument_find(of, text_at(L, 2, "code", NULL), &at, &err) >= 0) return at;
    push_error(L, &err);
    return lua_error(L);
}

/***
A node by its code.
@function Instrument:node
@string code
@treturn table
@raise "not found"
*/
static int instrument_node(lua_State *L)
{
    const sipas_instrument *of = to_instrument(L, 1);

    push_node(L, sipas_instrument_get_node(of, node_position(L, of)));
    return 1;
}

/***
The parent of a node; nil for the root.
@function Instrument:parent
@string code
@treturn table
*/
static int instrument_parent(lua_State *L)
{
    const sipas_instrument *of = to_instrument(L, 1);
    const int64_t parent = sipas_instrument_get_parent(of, node_position(L, of));

    if (parent < 0)
        lua_pushnil(L);
    else
        push_node(L, sipas_instrument_get_node(of, parent));
    return 1;
}

/***
Score of one answer, 0-100.
@function Instrument:score
@string item
@int answer
@string[opt="top2"] scoring "top2", "mean_over_max", "rescaled"
@treturn number
*/
static int instrument_score(lua_State *L)
{
    const sipas_instrument *of = to_instrument(L, 1);
    const sipas_node *node = sipas_instrument_get_node(of, node_position(L, of));
    const char *word = text_at(L, 4, "scoring", "top2");
    const choice *rule = scorings;
    int64_t answer;
    sipas_error err;
    double score;

    while (rule->name && !same_name(rule->name, word)) rule++;
    if (!rule->name)
        fail(L, SIPAS_ERR_OPTION, "scoring", "scoring: '%s' is not one of top2, mean_over_max, rescaled", word);
    if (!to_int64(L, 3, &answer) || answer < INT32_MIN || answer > INT32_MAX)
        fail(L, SIPAS_ERR_TYPE, "answer", "answer: whole number expected");
    if (sipas_index_score(node, rule->value, (int32_t)answer, &score, &err) < 0) {
        push_error(L, &err);
        return lua_error(L);
    }
    lua_pushnumber(L, score);
    return 1;
}

static int instrument_tostring(lua_State *L)
{
    const sipas_instrument *of = to_instrument(L, 1);

    lua_pushfstring(L, "Instrument '%s': %d items, %d nodes", sipas_instrument_get_id(of),
                    (int)sipas_instrument_count_items(of), (int)sipas_instrument_count_nodes(of));
    return 1;
}

/* ---------------------------------------------------------------------------------------------------------- design */

static const choice lonely[] = {
    NAME(LONELY, ERROR),   NAME(LONELY, REMOVE),      NAME(LONELY, CERTAINTY), NAME(LONELY, ADJUST),
    NAME(LONELY, AVERAGE), NAME(LONELY, ADJUST_ZERO), NAME(LONELY, COLLAPSE),  {NULL, 0}};
static const choice collapses[] = {NAME(COLLAPSE, NEXT),
                                   NAME(COLLAPSE, PREVIOUS),
                                   NAME(COLLAPSE, NEAREST),
                                   NAME(COLLAPSE, SMALLEST),
                                   NAME(COLLAPSE, LARGEST),
                                   NAME(COLLAPSE, GIVEN),
                                   {NULL, 0}};
static const choice collapse_sizes[] = {NAME(COLLAPSE_BY, WEIGHT), NAME(COLLAPSE_BY, UNITS), {NULL, 0}};
static const choice one_psu[] = {NAME(ONE_PSU, MISSING), NAME(ONE_PSU, CONDITIONAL), {NULL, 0}};
static const choice pps_methods[] = {NAME(PPS, NONE),  NAME(PPS, BREWER),  NAME(PPS, OVERTON), NAME(PPS, HARTLEY_RAO),
                                     NAME(PPS, HAJEK), NAME(PPS, DEVILLE), {NULL, 0}};
static const choice pps_forms[] = {NAME(PPS_FORM, HORVITZ_THOMPSON),
                                   NAME(PPS_FORM, YATES_GRUNDY),
                                   {"HT", SIPAS_PPS_FORM_HORVITZ_THOMPSON},
                                   {"YG", SIPAS_PPS_FORM_YATES_GRUNDY},
                                   {NULL, 0}};
static const choice phase1_methods[] = {NAME(PHASE1, DESIGN), NAME(PHASE1, INDEPENDENT), {NULL, 0}};
static const choice phase2_methods[] = {NAME(PHASE2, SRS), NAME(PHASE2, BERNOULLI), {NULL, 0}};
static const choice df_rules[] = {NAME(DF, DOMAIN), NAME(DF, DESIGN), {NULL, 0}};

static const option design_options[] = {
    ARG("weights"),
    ARG("strata"),
    ARG("clusters"),
    ARG("fpc"),
    ARG("pps"),
    ARG("df"),
    ARG("n"),
    ONE_OF(sipas_design_opts, lonely_psu, lonely),
    OPT(TRUTH, sipas_design_opts, calibrated),
    OPT(COLUMN, sipas_design_opts, certainty),
    ONE_OF(sipas_design_opts, collapse, collapses),
    ONE_OF(sipas_design_opts, collapse_by, collapse_sizes),
    OPT(COLUMN, sipas_design_opts, collapse_strata),
    {"variance", CHOICE, offsetof(sipas_design_opts, pps_form), 0, pps_forms},
    OPT(COLUMN, sipas_design_opts, pps_square),
    ONE_OF(sipas_design_opts, one_psu, one_psu),
    ONE_OF(sipas_design_opts, phase1, phase1_methods),
    AS("phase2", COLUMN, sipas_design_opts, phase2_sample),
    {"phase2_method", CHOICE, offsetof(sipas_design_opts, phase2), 0, phase2_methods},
    OPT(COLUMN, sipas_design_opts, phase2_strata),
    OPT(COLUMN, sipas_design_opts, phase2_fpc),
    END};

/* A name of a rule, or a number, for which `given_rule` stands. */
static void degrees_of_freedom(call *c, const choice *rules, int32_t given_rule, int32_t *rule, double *value)
{
    if (!given(c, "df", 0)) return;
    if (lua_type(c->L, -1) != LUA_TNUMBER) {
        *rule = to_choice(c, "df", rules, 0);
        return;
    }
    *value = to_real(c, "df");
    if (*value == 0) *value = NAN; /* 0 would stand for "not given" */
    *rule = given_rule;
}

/* The method of unequal probabilities, or their matrix: a list of rows. */
static void first_stage(call *c, sipas_design_opts *opts)
{
    lua_State *L = c->L;

    if (!given(c, "pps", 0)) return;
    if (!lua_istable(L, -1)) {
        opts->pps = to_choice(c, "pps", pps_methods, 0);
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

/* Number of rows: what `n` says, or the first column that is there. */
static int64_t design_rows(call *c, const sipas_column *const *columns, size_t n)
{
    if (given(c, "n", 0)) return to_count(c, "n");
    for (size_t i = 0; i < n; i++)
        if (columns[i]) return columns[i]->n;
    fail(c->L, SIPAS_ERR_ARGUMENT, "weights", "weights: a design needs a column, or its number of rows n");
}

/***
Designs and estimates
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
@param options.phase2 rows in a second phase, with phase2_method "srs", "bernoulli", phase2_strata, phase2_fpc, phase1 "design", "independent"
@param options.df "domain" (default), "design", or a number
@param options.threads workers of a call; results do not depend on it, to the bit
@param options.progress function(task, done, total): false cancels the call
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
    degrees_of_freedom(&c, df_rules, SIPAS_DF_GIVEN, &opts.df, &opts.df_value);
    first_stage(&c, &opts);
    const sipas_column *weights = column(&c, "weights", 1), *strata = stack(&c, "strata", 0, &opts.n_strata);
    const sipas_column *clusters = stack(&c, "clusters", 0, &n_stages), *fpc = stack(&c, "fpc", 0, &opts.n_fpc);
    const sipas_column *const columns[] = {weights, strata, clusters, fpc, opts.certainty, opts.phase2_sample};
    const int64_t n = design_rows(&c, columns, sizeof columns / sizeof columns[0]);
    sipas_ctx *ctx = own_context(&c);
    handle *out = new_handle(L, KIND_DESIGN);

    check(&c, sipas_design_new(ctx, n, weights, strata, clusters, n_stages, fpc, &opts,
                               (sipas_design **)(void *)&out->pointer, &c.err));
    lua_pushvalue(L, c.keep);
    lua_setuservalue(L, -2);
    return 1;
}

static const sipas_design *to_design(lua_State *L)
{
    return to_handle(L, 1, KIND_DESIGN, "design")->pointer;
}

static int design_length(lua_State *L)
{
    push_int64(L, sipas_design_count_rows(to_design(L)));
    return 1;
}

static int design_get(lua_State *L)
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

static int design_tostring(lua_State *L)
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

/* ------------------------------------------------------------------------------------------------------- estimates */

static const choice missing_rules[] = {
    NAME(MISSING, AVAILABLE), NAME(MISSING, COMPLETE), NAME(MISSING, RESPONDENT), {NULL, 0}};
static const choice deffs[] = {NAME(DEFF, NONE), NAME(DEFF, WOR), NAME(DEFF, WR), {NULL, 0}};
static const choice simultaneous[] = {NAME(SIMULTANEOUS, NONE),
                                      NAME(SIMULTANEOUS, BONFERRONI),
                                      NAME(SIMULTANEOUS, SIDAK),
                                      NAME(SIMULTANEOUS, SCHEFFE),
                                      {NULL, 0}};
static const choice intervals[] = {NAME(INTERVAL, WALD),
                                   NAME(INTERVAL, LOGIT),
                                   NAME(INTERVAL, LIKELIHOOD),
                                   NAME(INTERVAL, ARCSINE),
                                   NAME(INTERVAL, ARCSINE_CUT),
                                   NAME(INTERVAL, BETA),
                                   NAME(INTERVAL, XLOGIT),
                                   NAME(INTERVAL, WILSON),
                                   NAME(INTERVAL, AGRESTI_COULL),
                                   {"AGRESTI", SIPAS_INTERVAL_AGRESTI_COULL},
                                   NAME(INTERVAL, JEFFREYS),
                                   NAME(INTERVAL, GOODMAN),
                                   NAME(INTERVAL, QUESENBERRY_HURST),
                                   {NULL, 0}};

static const option estimate_options[] = {ONE_OF(sipas_estimate_opts, missing, missing_rules),
                                          OPT(REAL, sipas_estimate_opts, level),
                                          {"deff", CHOICE_OR, offsetof(sipas_estimate_opts, deff), 0, deffs},
                                          OPT(TRUTH, sipas_estimate_opts, cov),
                                          ONE_OF(sipas_estimate_opts, simultaneous, simultaneous),
                                          END};
static const option y_options[] = {ARG("y"), END}, item_options[] = {ARG("items"), END};

/* What all estimates begin with. */
typedef struct estimate {
    call c;
    const sipas_design *design;
    named y;
    const sipas_domains *domains;
    sipas_estimate_opts opts;
} estimate;

/* Reads design, domains and the context's function: d:mean{…}. */
static void begin_method(call *c, lua_State *L, const char *name, int positions, const option *const *lists,
                         const sipas_design **design, const sipas_domains **of)
{
    *design = to_design(L);
    lua_settop(L, 2);
    begin(c, L, name, 2, positions, lists);
    *of = read_domains(c);
    lua_getuservalue(L, 1);
    lua_getfield(L, -1, "context");
    lua_remove(L, -2);
    if (lua_isuserdata(L, -1)) enter(c);
}

/* `variables`: the option that holds the variables. */
static void begin_with(estimate *e, lua_State *L, const char *name, int positions, const option *variables,
                       const option *own)
{
    const option *const lists[] = {variables, domain_options, estimate_options, own, NULL};

    begin_method(&e->c, L, name, positions, lists, &e->design, &e->domains);
    sipas_estimate_opts_init(&e->opts);
    read_options(&e->c, estimate_options, &e->opts);
    named_columns(&e->c, variables->name, 1, &e->y);
    if (!e->y.n) fail(L, SIPAS_ERR_ARGUMENT, variables->name, "%s: no variable", variables->name);
    e->opts.names = e->y.names;
}

static void begin_estimate(estimate *e, lua_State *L, const char *name, int positions, const option *own)
{
    begin_with(e, L, name, positions, y_options, own);
}

/* Makes the object on top of the stack hold the value at `index`. */
static void hold(lua_State *L, int index)
{
    lua_getuservalue(L, -1);
    lua_pushvalue(L, index);
    lua_rawseti(L, -2, 1);
    lua_pop(L, 1);
}

/* Pushes the table to be filled. It holds the design, whose columns comparisons and covariances read. */
static sipas_table **estimate_table(call *c)
{
    sipas_table **out = new_table(c);

    hold(c->L, 1);
    return out;
}

static int32_t choice_option(call *c, const char *name, const choice *choices)
{
    return given(c, name, 0) ? to_choice(c, name, choices, 0) : 0;
}

static void one_variable(const estimate *e)
{
    if (e->y.n != 1) fail(e->c.L, SIPAS_ERR_ARGUMENT, "y", "y: %d variables where one is expected", (int)e->y.n);
}

/***
Means of variables, Σ w y / Σ w over the rows of the domain that have y.
@function Design:mean
@tparam table options
@param options.y named columns. [1]
@param options.by named columns, which are crossed; or a list of such tables, one for each level, `{}` being the whole
@param options.where booleans: the rows that are in
@param options.missing "available" (default), "complete"
@param options.level confidence level (0.95)
@param options.deff true or "wor", "wr": design effects
@param options.cov true: keep what `Table:cov`, `contrast`, `pairs`, `league` need
@param options.simultaneous "none", "bonferroni", "sidak", "scheffe"
@treturn Table variable, level, by …, estimate, se, lower, upper, df, n, psus, deff, n_eff, kish_deff, cv
@raise "lonely psu": names the stratum; others name column and row
@usage d:mean{y = {age = age}, by = {{stype = stype}, {}}}
*/
static int estimate_mean(lua_State *L)
{
    static const option none[] = {END};
    estimate e;

    begin_estimate(&e, L, "mean", 1, none);
    check(&e.c, sipas_estimate_mean(e.design, e.y.columns, e.y.n, e.domains, &e.opts, estimate_table(&e.c), &e.c.err));
    return 1;
}

/***
Totals, Σ w y; otherwise as `Design:mean`.
@function Design:total
*/
static int estimate_total(lua_State *L)
{
    static const option none[] = {END};
    estimate e;

    begin_estimate(&e, L, "total", 1, none);
    check(&e.c, sipas_estimate_total(e.design, e.y.columns, e.y.n, e.domains, &e.opts, estimate_table(&e.c), &e.c.err));
    return 1;
}

/***
Ratios Σ w y / Σ w x of each y to its x; otherwise as `Design:mean`.
@function Design:ratio
@tparam table options
@param options.y named columns. [1]
@param options.x as many columns, or one for all. [2]
*/
static int estimate_ratio(lua_State *L)
{
    static const option own[] = {ARG("x"), END};
    estimate e;
    named x;

    begin_estimate(&e, L, "ratio", 2, own);
    named_columns(&e.c, "x", 2, &x);
    if (x.n != 1 && x.n != e.y.n)
        fail(L, SIPAS_ERR_LENGTH, "x", "x: %d denominators for %d numerators", (int)x.n, (int)e.y.n);
    sipas_column *below = keep_memory(&e.c, (size_t)e.y.n, sizeof *below);

    for (int64_t i = 0; i < e.y.n; i++) below[i] = x.columns[x.n == 1 ? 0 : i];
    check(&e.c, sipas_estimate_ratio(e.design, e.y.columns, below, e.y.n, e.domains, &e.opts, estimate_table(&e.c),
                                     &e.c.err));
    return 1;
}

/***
Quantiles with Woodruff's intervals.
@function Design:quantile
@tparam table options
@param options.y named columns. [1]
@param options.probs a number in (0, 1) or a list (0.5). [2]
@param options.rule "hf1" (default) … "hf9", "math", "school"
@param options.interval "mean" (default), "xlogit", "beta", "asin"
@param options.by (and where, missing, level) as for `Design:mean`
@treturn Table variable, quantile, level, by …, estimate, se, lower, upper, df, n, psus, cdf, cdf_se
*/
static int estimate_quantile(lua_State *L)
{
    static const choice rules[] = {NAME(QUANTILE, HF1),  NAME(QUANTILE, HF2),    NAME(QUANTILE, HF3),
                                   NAME(QUANTILE, HF4),  NAME(QUANTILE, HF5),    NAME(QUANTILE, HF6),
                                   NAME(QUANTILE, HF7),  NAME(QUANTILE, HF8),    NAME(QUANTILE, HF9),
                                   NAME(QUANTILE, MATH), NAME(QUANTILE, SCHOOL), {NULL, 0}};
    static const choice scales[] = {NAME(QUANTILE_INTERVAL, MEAN),
                                    NAME(QUANTILE_INTERVAL, XLOGIT),
                                    NAME(QUANTILE_INTERVAL, BETA),
                                    NAME(QUANTILE_INTERVAL, ASIN),
                                    {NULL, 0}};
    static const option own[] = {ARG("y"),
                                 ARG("probs"),
                                 ONE_OF(sipas_estimate_quantile_opts, missing, missing_rules),
                                 OPT(REAL, sipas_estimate_quantile_opts, level),
                                 ONE_OF(sipas_estimate_quantile_opts, rule, rules),
                                 ONE_OF(sipas_estimate_quantile_opts, interval, scales),
                                 END};
    static const option *const lists[] = {own, domain_options, NULL};
    static const double median = 0.5;
    sipas_estimate_quantile_opts opts;
    const sipas_design *design;
    const sipas_domains *of;
    const double *probs = &median;
    int64_t n_probs = 1;
    named y;
    call c;

    begin_method(&c, L, "quantile", 2, lists, &design, &of);
    sipas_estimate_quantile_opts_init(&opts);
    read_options(&c, own, &opts);
    named_columns(&c, "y", 1, &y);
    opts.names = y.names;
    if (given(&c, "probs", 2)) {
        lua_pop(L, 1);
        probs = numbers(&c, "probs", 2, &n_probs);
    }
    check(&c, sipas_estimate_quantile(design, y.columns, y.n, probs, n_probs, of, &opts, estimate_table(&c), &c.err));
    return 1;
}

/***
Proportions, 0-1, with the interval methods of the field.
@function Design:proportion
@tparam table options
@param options.y named columns: whole numbers, booleans or texts. [1]
@param options.success a value or a list of values; by default variables are of 0 and 1
@param options.method "logit" (default), "wald", "likelihood", "arcsine", "arcsine_cut", "beta", "xlogit", "wilson", "agresti_coull", "jeffreys"
@param options.by (and where, missing, level, deff, cov, simultaneous) as for `Design:mean`
@treturn Table as of `Design:mean`, n_eff always
*/
static int estimate_proportion(lua_State *L)
{
    static const option own[] = {ARG("success"), ARG("method"), END};
    estimate e;

    begin_estimate(&e, L, "proportion", 1, own);
    const int32_t method = choice_option(&e.c, "method", intervals);

    const sipas_column *success = values(&e.c, "success");

    check(&e.c, sipas_estimate_proportion(e.design, e.y.columns, e.y.n, success, method, e.domains, &e.opts,
                                          estimate_table(&e.c), &e.c.err));
    return 1;
}

/***
The share of every category of one variable, 0-1.
@function Design:distribution
@tparam table options
@param options.y one column: texts or whole numbers. [1]
@param options.method as for `Design:proportion`, or "goodman", "quesenberry_hurst": all categories at once
@param options.by (and where, level, deff, cov, simultaneous) as for `Design:mean`
@treturn Table as of `Design:proportion`, with category
*/
static int estimate_distribution(lua_State *L)
{
    static const option own[] = {ARG("method"), END};
    estimate e;

    begin_estimate(&e, L, "distribution", 1, own);
    one_variable(&e);
    const int32_t method = choice_option(&e.c, "method", intervals);

    check(&e.c, sipas_estimate_distribution(e.design, e.y.columns, method, e.domains, &e.opts, estimate_table(&e.c),
                                            &e.c.err));
    return 1;
}

static int category(lua_State *L, const char *name, int32_t kind)
{
    static const option none[] = {END};
    estimate e;

    begin_estimate(&e, L, name, 1, none);
    one_variable(&e);
    check(&e.c,
          sipas_estimate_category(e.design, e.y.columns, kind, e.domains, &e.opts, estimate_table(&e.c), &e.c.err));
    return 1;
}

/***
The share of every category of one variable, with plain intervals.
@function Design:category
@tparam table options
@param options.y one column. [1]
*/
static int category_share(lua_State *L)
{
    return category(L, "category", SIPAS_CATEGORY_SHARE);
}

/***
The number of population members in every category of one variable.
@function Design:category_total
@tparam table options
@param options.y one column. [1]
*/
static int category_total(lua_State *L)
{
    return category(L, "category_total", SIPAS_CATEGORY_TOTAL);
}

static const choice scales[] = {NAME(SCALE, TRANSFORMED), NAME(SCALE, PLAIN), {NULL, 0}};

/***
Cronbach's alpha of a scale of items, alpha without each item, and correlations of item and rest.
@function Design:alpha
@tparam table options
@param options.items named columns, at least two. [1]
@param options.scale "transformed" (default), "plain"
@param options.by (and where, level, deff, cov) as for `Design:mean`
@treturn Table statistic, item, level, by …, estimate, se, lower, upper, df, n, psus, deff, cv
*/
static int estimate_alpha(lua_State *L)
{
    static const option own[] = {ARG("scale"), END};
    estimate e;

    begin_with(&e, L, "alpha", 1, item_options, own);
    const int32_t scale = choice_option(&e.c, "scale", scales);

    check(&e.c, sipas_estimate_alpha(e.design, e.y.columns, e.y.n, scale, e.domains, &e.opts, estimate_table(&e.c),
                                     &e.c.err));
    return 1;
}

/***
Population variances, covariances or correlations.
@function Design:moment
@tparam table options
@param options.y named columns. [1]
@param options.kind "covariance" (default), "variance", "correlation"
@param options.scale "transformed" (default), "plain"
@param options.by (and where, missing, level, deff, cov) as for `Design:mean`
@treturn Table variable, with, level, by …, estimate, se, lower, upper, df, n, psus, deff, cv
*/
static int estimate_moment(lua_State *L)
{
    static const choice kinds[] = {
        NAME(MOMENT, COVARIANCE), NAME(MOMENT, VARIANCE), NAME(MOMENT, CORRELATION), {NULL, 0}};
    static const option own[] = {ARG("kind"), ARG("scale"), END};
    estimate e;

    begin_estimate(&e, L, "moment", 1, own);
    const int32_t kind = choice_option(&e.c, "kind", kinds), scale = choice_option(&e.c, "scale", scales);

    check(&e.c, sipas_estimate_moment(e.design, e.y.columns, e.y.n, kind, scale, e.domains, &e.opts,
                                      estimate_table(&e.c), &e.c.err));
    return 1;
}

/* ---- functions of estimates ---- */

static const choice function_kinds[] = {NAME(FUNCTION, LINEAR),
                                        NAME(FUNCTION, POWER),
                                        NAME(FUNCTION, LOG),
                                        NAME(FUNCTION, EXP),
                                        NAME(FUNCTION, RATIOS),
                                        NAME(FUNCTION, CALL),
                                        {NULL, 0}};
static const option function_options[] = {OPT(TEXT, sipas_function, name),
                                          ONE_OF(sipas_function, kind, function_kinds),
                                          OPT(TRUTH, sipas_function, check),
                                          ARG("terms"),
                                          ARG("coef"),
                                          OPT(PLAIN, sipas_function, scale),
                                          OPT(PLAIN, sipas_function, constant),
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

static sipas_function *functions(call *c, const named *y, int64_t *n)
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
Functions of totals, means and weights of variables, with standard errors by the delta method.
@function Design:functions
@tparam table options
@param options.y named columns: the arguments. [1]
@param options.functions a list of tables: terms (numbers from 1, or names, of arguments), kind ("linear", "power", "log", "exp", "ratios"), coef, scale,
 constant, name; or `call`, a function that is given a list of numbers and returns the value and a list of its derivatives, or nil
 where there is no value; `check = true` holds the derivatives against differences. [2]
@param options.argument "total" (default), "mean", "weight", or a list of them, one for each column
@param options.by (and where, missing, level, deff, cov, simultaneous) as for `Design:mean`
@treturn Table as of `Design:mean`
@usage d:functions{y = {a = a, b = b}, functions = {{name = "a/b", kind = "power", terms = {"a", "b"}, coef = {1, -1}}}}
*/
static int estimate_function(lua_State *L)
{
    static const choice arguments[] = {NAME(ARGUMENT, TOTAL), NAME(ARGUMENT, MEAN), NAME(ARGUMENT, WEIGHT), {NULL, 0}};
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
            argument[i] = to_choice(&e.c, "argument", arguments, 0);
        }
        lua_pop(L, 1);
    }
    const sipas_function *of = functions(&e.c, &e.y, &n);

    check(&e.c, sipas_estimate_function(e.design, e.y.columns, argument, e.y.n, of, n, e.domains, &e.opts,
                                        estimate_table(&e.c), &e.c.err));
    return 1;
}

/* ---- the index ---- */

static const choice weightings[] = {
    NAME(WEIGHTING, CRITERION), NAME(WEIGHTING, FACTOR), NAME(WEIGHTING, BLOCK), NAME(WEIGHTING, EXPLICIT), {NULL, 0}};
static const choice wholes[] = {NAME(WHOLE, POOLED), NAME(WHOLE, MEAN_OF_UNITS), NAME(WHOLE, POPULATION), {NULL, 0}};

/* Answers in the instrument's order: a list of columns, or columns by item, of which others may be there. */
static sipas_column *answers(call *c, const sipas_instrument *instrument)
{
    lua_State *L = c->L;
    const int64_t n = sipas_instrument_count_items(instrument);
    sipas_column *out = keep_memory(c, (size_t)n, sizeof *out);

    need(c, "answers", 1);
    if (!lua_istable(L, -1)) expected(c, "answers", "table of columns by item, or list of columns");
    const int table = lua_gettop(L), named_ones = has_names(L, table);

    if (!named_ones && (int64_t)lua_rawlen(L, table) != n)
        fail(L, SIPAS_ERR_LENGTH, "answers", "answers: %d columns where %d are expected", (int)lua_rawlen(L, table),
             (int)n);
    for (int64_t i = 0; i < n; i++) {
        const char *item = sipas_instrument_get_node(instrument, i)->code;
        char label[96];

        (void)snprintf(label, sizeof label, "answers['%s']", item);
        if (named_ones) {
            lua_pushstring(L, item);
            lua_rawget(L, table);
        } else {
            lua_rawgeti(L, table, (int)i + 1);
        }
        if (lua_isnil(L, -1)) fail(L, SIPAS_ERR_ARGUMENT, item, "answers: no column for item %s", item);
        to_column(c, label, &out[i]);
    }
    lua_pop(L, 1);
    return out;
}

/* Position among the `by` columns of the name that `whole_by` gives. */
static void read_whole_by(call *c, const sipas_domains *of, sipas_index_opts *opts)
{
    if (!given(c, "whole_by", 0)) return;
    const char *name = to_text(c, "whole_by");

    for (int32_t i = 0; i < of->n_by; i++)
        if (strcmp(of->names[i], name) == 0) {
            opts->whole_by = i;
            return;
        }
    fail(c->L, SIPAS_ERR_ARGUMENT, "whole_by", "whole_by: '%s' is not in by", name);
}

/***
The index over the question tree: every node, for every group of every level, in one pass over the rows.
@function Design:index
@tparam table options
@param options.answers columns by item, or a list of columns in the instrument's order; vectors of i8 are read where they lie. [1]
@tparam Instrument options.instrument [2]
@param options.scoring "top2" (default), "mean_over_max", "rescaled"
@param options.weighting "criterion" (default), "factor", "block", "explicit"
@param options.missing "available" (default), "complete", "respondent"
@param options.unweighted true: the unweighted figure too
@param options.whole "pooled" (default), "mean_of_units", "population" with whole_by, a name in `by`, and population, a table from its codes to numbers
@param options.by (and where, level, deff, cov) as for `Design:mean`
@treturn Table node, level, by …, estimate (0-100), se, lower, upper, df, df_design, n, psus, deff, unweighted
@raise value: an answer outside its scale; names row and item
*/
static int index_estimate(lua_State *L)
{
    static const option own[] = {ARG("answers"),
                                 ARG("instrument"),
                                 ARG("whole_by"),
                                 ARG("population"),
                                 ONE_OF(sipas_index_opts, scoring, scorings),
                                 ONE_OF(sipas_index_opts, weighting, weightings),
                                 ONE_OF(sipas_index_opts, missing, missing_rules),
                                 OPT(REAL, sipas_index_opts, level),
                                 {"deff", CHOICE_OR, offsetof(sipas_index_opts, deff), 0, deffs},
                                 OPT(TRUTH, sipas_index_opts, cov),
                                 OPT(TRUTH, sipas_index_opts, unweighted),
                                 ONE_OF(sipas_index_opts, whole, wholes),
                                 END};
    static const option *const lists[] = {own, domain_options, NULL};
    sipas_index_opts opts;
    const sipas_design *design;
    const sipas_domains *of;
    call c;

    begin_method(&c, L, "index", 2, lists, &design, &of);
    sipas_index_opts_init(&opts);
    read_options(&c, own, &opts);
    need(&c, "instrument", 2);
    const sipas_instrument *instrument = to_instrument(L, -1);

    (void)keep_value(&c);
    const sipas_column *columns = answers(&c, instrument);

    read_whole_by(&c, of, &opts);
    mapping(&c, "population", &opts.population_code, &opts.population);
    check(&c, sipas_index_estimate(design, instrument, columns, of, &opts, estimate_table(&c), &c.err));
    return 1;
}

/* --------------------------------------------------------------------------------------------- comparing and ranking */

static const choice contrast_dfs[] = {NAME(CONTRAST_DF, MINIMUM),
                                      NAME(CONTRAST_DF, DESIGN),
                                      NAME(CONTRAST_DF, REGRESSION),
                                      NAME(CONTRAST_DF, SATTERTHWAITE),
                                      {NULL, 0}};
static const choice adjustments[] = {NAME(ADJUST, NONE), NAME(ADJUST, BONFERRONI), NAME(ADJUST, HOLM), {NULL, 0}};
static const choice overlaps[] = {NAME(OVERLAP, NONE), NAME(OVERLAP, COMMON), NAME(OVERLAP, JOINED), {NULL, 0}};
static const option contrast_options[] = {ARG("df"), OPT(REAL, sipas_contrast_opts, level),
                                          ONE_OF(sipas_contrast_opts, adjust, adjustments), END};

static const sipas_table *table_argument(call *c, const char *name, int position)
{
    need(c, name, position);
    const sipas_table *table = to_table(c->L, -1, name);

    (void)keep_value(c);
    return table;
}

static void read_contrast(call *c, sipas_contrast_opts *opts)
{
    sipas_contrast_opts_init(opts);
    read_options(c, contrast_options, opts);
    degrees_of_freedom(c, contrast_dfs, SIPAS_CONTRAST_DF_GIVEN, &opts->df, &opts->df_value);
}

/***
Comparing and ranking
@section compare
*/
/***
Functions of the rows of a table of estimates that was made with `cov = true`.
@function contrast
@tparam table options
@tparam Table options.estimates [1]
@param options.functions as for `Design:functions`; terms are rows from 1. [2]
@param options.df "minimum" (default), "design", "regression", or a number; level; adjust "none", "bonferroni", "holm"; cov
@treturn Table contrast, estimate, se, lower, upper, df, t, p, p_adjusted
*/
static int contrast(lua_State *L)
{
    static const option own[] = {ARG("estimates"), ARG("functions"), OPT(TRUTH, sipas_contrast_opts, cov), END};
    static const option *const lists[] = {own, contrast_options, NULL};
    sipas_contrast_opts opts;
    int64_t n;
    call c;

    begin(&c, L, "contrast", 1, 2, lists);
    read_contrast(&c, &opts);
    read_options(&c, own, &opts);
    const sipas_table *estimates = table_argument(&c, "estimates", 1);
    const sipas_function *of = functions(&c, NULL, &n);

    sipas_table **out = new_table(&c);

    hold(L, c.keep);
    check(&c, sipas_estimate_contrast(estimates, of, n, &opts, out, &c.err));
    return 1;
}

/***
All differences between the groups of a level, for each variable and level, with their covariance.
@function pairs
@tparam table options
@tparam Table options.estimates made with `by` and `cov = true`. [1]
@param options.df (and level, adjust) as for `contrast`
@treturn Table variable, level, contrast, row, other, estimate, se, lower, upper, df, t, p, p_adjusted
*/
static int pairs(lua_State *L)
{
    static const option own[] = {ARG("estimates"), END};
    static const option *const lists[] = {own, contrast_options, NULL};
    sipas_contrast_opts opts;
    call c;

    begin(&c, L, "pairs", 1, 1, lists);
    read_contrast(&c, &opts);
    const sipas_table *estimates = table_argument(&c, "estimates", 1);

    check(&c, sipas_estimate_pairs(estimates, &opts, new_table(&c), &c.err));
    return 1;
}

/***
Change between two rounds, after - before or after / before - 1, of the rows that have the same variable, level and groups.
@function change
@tparam table options
@tparam Table options.before [1]
@tparam Table options.after [2]; both with `cov = true` where rounds overlap
@param options.overlap "none" (default), "common", "joined"; relative: true
@param options.df (and level, adjust) as for `contrast`, and df "satterthwaite"
@treturn Table the columns of `after`, before, after, estimate, se, lower, upper, df, t, p, correlation
*/
static int change(lua_State *L)
{
    static const option own[] = {ARG("before"), ARG("after"), ONE_OF(sipas_contrast_opts, overlap, overlaps),
                                 OPT(TRUTH, sipas_contrast_opts, relative), END};
    static const option *const lists[] = {own, contrast_options, NULL};
    sipas_contrast_opts opts;
    call c;

    begin(&c, L, "change", 1, 2, lists);
    read_contrast(&c, &opts);
    read_options(&c, own, &opts);
    const sipas_table *before = table_argument(&c, "before", 1), *after = table_argument(&c, "after", 2);

    check(&c, sipas_estimate_change(before, after, &opts, new_table(&c), &c.err));
    return 1;
}

/***
The league table of the units of one level: ranks, and how sure they are.
@function league
@tparam table options
@tparam Table options.estimates of a `Design`, with one `by` column; with `cov = true` the units' covariance is used. [1]
@param options.variable the node, variable or category to rank; by default the last
@param options.domain_level the level to rank; ascending: the smallest has rank 1; level (0.95)
@treturn Table unit, estimate, se, lower, upper, df, rank, rank_lower, rank_upper, gap_next, p_next, equal_next
*/
static int league(lua_State *L)
{
    static const option own[] = {ARG("estimates"),
                                 OPT(TRUTH, sipas_rank_opts, ascending),
                                 OPT(REAL, sipas_rank_opts, level),
                                 OPT(TEXT, sipas_rank_opts, variable),
                                 OPT(TEXT, sipas_rank_opts, domain_level),
                                 END};
    static const option *const lists[] = {own, context_options, NULL};
    sipas_rank_opts opts;
    call c;

    begin(&c, L, "league", 1, 1, lists);
    sipas_rank_opts_init(&opts);
    read_options(&c, own, &opts);
    const sipas_table *estimates = table_argument(&c, "estimates", 1);
    sipas_ctx *ctx = own_context(&c);

    check(&c, sipas_rank_league(ctx, estimates, &opts, new_table(&c), &c.err));
    return 1;
}

/* ---------------------------------------------------------------------------------------------------------- module */

static const luaL_Reg vec_methods[] = {{"iter", vec_iter}, {"table", vec_table}, {"pack", vec_pack}, {NULL, NULL}};
static const luaL_Reg table_methods[] = {{"column", table_column}, {"row", table_row},   {"rows", table_rows},
                                         {"cov", table_cov},       {"text", table_text}, {NULL, NULL}};
static const luaL_Reg design_methods[] = {{"describe", design_describe},
                                          {"mean", estimate_mean},
                                          {"total", estimate_total},
                                          {"ratio", estimate_ratio},
                                          {"quantile", estimate_quantile},
                                          {"proportion", estimate_proportion},
                                          {"distribution", estimate_distribution},
                                          {"category", category_share},
                                          {"category_total", category_total},
                                          {"alpha", estimate_alpha},
                                          {"moment", estimate_moment},
                                          {"functions", estimate_function},
                                          {"index", index_estimate},
                                          {NULL, NULL}};
static const luaL_Reg instrument_methods[] = {
    {"node", instrument_node}, {"parent", instrument_parent}, {"score", instrument_score}, {NULL, NULL}};
static const luaL_Reg tree_methods[] = {{"code", tree_code},
                                        {"name", tree_name},
                                        {"level", tree_level},
                                        {"class", tree_class},
                                        {"region", tree_region},
                                        {"urban", tree_urban},
                                        {"parent", tree_parent},
                                        {"depth", tree_depth},
                                        {"hash", tree_hash},
                                        {"measure", tree_measure},
                                        {"find", tree_find},
                                        {"children", tree_children},
                                        {NULL, NULL}};

static const luaL_Reg module_functions[] = {{"sample_size", sample_size},
                                            {"precision_proportion", precision_proportion},
                                            {"size_figures", size_figures},
                                            {"precision_figures", precision_figures},
                                            {"size_ranking", size_ranking},
                                            {"precision_ranking", precision_ranking},
                                            {"size_stages", size_stages},
                                            {"precision_stages", precision_stages},
                                            {"components_sample", components_sample},
                                            {"components_frame", components_frame},
                                            {"allocate", allocate},
                                            {"allocate_multi", allocate_multi},
                                            {"allocate_tree", allocate_tree},
                                            {"strata_cut", strata_cut},
                                            {"plan_expect", plan_expect},
                                            {"plan_compare", plan_compare},
                                            {"inclusion_prob", inclusion_prob},
                                            {"draw", draw},
                                            {"draw_plan", draw_plan},
                                            {"rng_uniform", rng_uniform},
                                            {"rng_philox", rng_philox},
                                            {"code_hash", code_hash},
                                            {"design_weights", design_weights},
                                            {"response_weights", response_weights},
                                            {"kish", kish},
                                            {"frame_summary", frame_summary},
                                            {"frame_impute", frame_impute},
                                            {"frame_expand", frame_expand},
                                            {"contrast", contrast},
                                            {"pairs", pairs},
                                            {"change", change},
                                            {"league", league},
                                            {"schemas", schemas},
                                            {"Design", design_new},
                                            {"UnitTree", tree_new},
                                            {NULL, NULL}};
static const luaL_Reg vec_class[] = {{"file", vec_file}, {NULL, NULL}};
static const luaL_Reg instrument_class[] = {
    {"builtin", instrument_builtin}, {"builtins", instrument_builtins}, {NULL, NULL}};

/* A class of objects: its kind, methods, how a property is read, and its length and text. */
typedef struct class_of {
    int kind;
    const luaL_Reg *methods;
    lua_CFunction get;
    lua_CFunction length;
    lua_CFunction tostring;
} class_of;

static const class_of classes[] = {
    {KIND_TABLE, table_methods, table_get, table_length, table_tostring},
    {KIND_DESIGN, design_methods, design_get, design_length, design_tostring},
    {KIND_INSTRUMENT, instrument_methods, instrument_get, instrument_length, instrument_tostring},
    {KIND_TREE, tree_methods, tree_get, tree_length, tree_tostring},
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
    lua_rawget(L, lua_upvalueindex(1));
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
static int new_metatable(lua_State *L, const char *name, int kind)
{
    if (!luaL_newmetatable(L, name)) {
        lua_pop(L, 1);
        return 0;
    }
    lua_pushnumber(L, kind);
    lua_setfield(L, -2, "__sipas");
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
    if (!new_metatable(L, safe ? safe_names[of->kind] : kind_names[of->kind], of->kind)) return;
    set_metamethod(L, "__gc", handle_gc);
    set_metamethod(L, "__len", of->length);
    set_metamethod(L, "__tostring", of->tostring);
    lua_newtable(L);
    set_functions(L, of->methods, safe);
    push_function(L, of->get, safe);
    lua_pushcclosure(L, object_index, 2);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

static void register_kinds(lua_State *L)
{
    for (int i = 0; i < 2 * N_CLASSES; i++) new_class(L, &classes[i / 2], i % 2);
    if (new_metatable(L, kind_names[KIND_CONTEXT], KIND_CONTEXT)) {
        set_metamethod(L, "__gc", context_gc);
        lua_pop(L, 1);
    }
    if (new_metatable(L, kind_names[KIND_VEC], KIND_VEC)) {
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
    if (!new_metatable(L, kind_names[KIND_NULL], KIND_NULL)) return;
    set_metamethod(L, "__tostring", null_tostring);
    (void)lua_newuserdata(L, 1);
    lua_insert(L, -2);
    lua_setmetatable(L, -2);
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
    set_functions(L, module_functions, safe);
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
