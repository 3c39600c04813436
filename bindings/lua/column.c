/***
@module sipas
*/
/*
 * Columns: a vector of typed cells that Lua owns, and the lists, strings and files that one is made from.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "face.h"

static const element elements[] = {
    {"f64", SIPAS_TYPE_F64, 8}, {"f32", SIPAS_TYPE_F32, 4},   {"i64", SIPAS_TYPE_I64, 8},
    {"i32", SIPAS_TYPE_I32, 4}, {"i16", SIPAS_TYPE_I16, 2},   {"i8", SIPAS_TYPE_I8, 1},
    {"u8", SIPAS_TYPE_U8, 1},   {"bool", SIPAS_TYPE_BOOL, 1}, {"text", SIPAS_TYPE_CODE, sizeof(char *)},
};
enum { N_ELEMENTS = sizeof elements / sizeof elements[0] };

const element *element_of(int32_t type)
{
    for (int i = 0; i < N_ELEMENTS; i++)
        if (elements[i].type == type) return &elements[i];
    return &elements[0];
}

/* Pushes a vector of zeros (texts: all missing); with validity all cells are missing until they are set. */
vec *new_vec(lua_State *L, int32_t type, int64_t n, int with_validity)
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

int is_present(const sipas_column *column, int64_t i)
{
    const int64_t bit = column->offset + i;

    return !column->validity || (column->validity[bit / 8] >> bit % 8 & 1);
}

/* Pushes a cell: a number, boolean or text; nil where it is missing. */
void push_cell(lua_State *L, const sipas_column *column, int64_t i)
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
vec *vec_from_list(lua_State *L, int32_t type, const char *name)
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
void push_copy(lua_State *L, const sipas_column *column)
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
int vec_new(lua_State *L)
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

int vec_length(lua_State *L)
{
    push_int64(L, check_vec(L, 1)->column.n);
    return 1;
}

int vec_index(lua_State *L)
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

int vec_tostring(lua_State *L)
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

const luaL_Reg vec_methods[] = {{"iter", vec_iter}, {"table", vec_table}, {"pack", vec_pack}, {NULL, NULL}};

const luaL_Reg vec_class[] = {{"file", vec_file}, {NULL, NULL}};
