/***
@module sipas
*/
/*
 * Columns: a vector of typed cells that Lua owns, and the lists, strings and files that one is made from.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <float.h>
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

/*
 * Pushes a vector of zeros (texts: all missing) with room for `bytes` of text, which begins at text_room(); with validity all
 * cells are missing until they are set.
 */
static vec *new_text_vec(lua_State *L, int32_t type, int64_t n, int with_validity, size_t bytes)
{
    const size_t width = element_of(type)->width;

    if (n < 0 || (uint64_t)n > (SIZE_MAX / 4 - sizeof(vec)) / (width + 1) || bytes > SIZE_MAX / 4)
        fail(L, SIPAS_ERR_MEMORY, NULL, "vec: %lld elements", (long long)n);
    const size_t cells = ((size_t)n * width + 7) / 8 * 8;
    const size_t flags = with_validity ? ((size_t)n + 7) / 8 : 0;
    vec *v = lua_newuserdata(L, sizeof(vec) + cells + flags + bytes);

    memset(v, 0, sizeof(vec) + cells + flags + bytes);
    v->column.data = v + 1;
    v->column.validity = with_validity ? (const uint8_t *)(v + 1) + cells : NULL;
    v->column.stride = (int64_t)width;
    v->column.n = n;
    v->column.type = type;
    set_kind(L, KIND_VEC);
    return v;
}

vec *new_vec(lua_State *L, int32_t type, int64_t n, int with_validity)
{
    return new_text_vec(L, type, n, with_validity, 0);
}

static char *text_room(vec *v)
{
    const size_t n = (size_t)v->column.n, cells = (n * (size_t)v->column.stride + 7) / 8 * 8;

    return (char *)(v + 1) + cells + (v->column.validity ? (n + 7) / 8 : 0);
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

static const char *text_of(const sipas_column *column, int64_t i)
{
    return *(const char *const *)(const void *)((const char *)column->data + i * column->stride);
}

static int is_null_text(const sipas_column *column, int64_t i)
{
    return column->type == SIPAS_TYPE_CODE && !text_of(column, i);
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
                fail(L, SIPAS_ERR_TYPE, name, "%s: field n is no length, but %s", name, shown(L, -1));
        } else {
            fail(L, SIPAS_ERR_TYPE, name, "%s: key %s in a list of values", name, shown(L, -2));
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

/*
 * Texts of a vector lie behind its cells, each once. They are laid out before it is made: a table from text to its place, on top
 * of the stack, and the bytes that all take.
 */
static size_t lay_out(lua_State *L, int layout, size_t bytes, const char *name, int64_t row)
{
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);

    if (strlen(text) != length)
        fail(L, SIPAS_ERR_VALUE, name, "%s: [%lld] has a NUL character", name, (long long)row + 1);
    lua_pushvalue(L, -1);
    lua_rawget(L, layout);
    const int known = !lua_isnil(L, -1);

    lua_pop(L, 1);
    if (known) return bytes;
    lua_pushvalue(L, -1);
    lua_pushnumber(L, (lua_Number)bytes);
    lua_rawset(L, layout);
    return bytes + length + 1;
}

/* Sets a cell to the text on top of the stack. */
static void set_text_cell(lua_State *L, vec *v, int64_t i, int layout, const char *name)
{
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);

    lua_pushvalue(L, -1);
    lua_rawget(L, layout);
    if (lua_isnil(L, -1))
        fail(L, SIPAS_ERR_VALUE, name, "%s: [%lld] changed while it was read", name, (long long)i + 1);
    char *at = text_room(v) + (size_t)lua_tonumber(L, -1);

    lua_pop(L, 1);
    memcpy(at, text, length + 1);
    *(const char **)cell_of(v, i) = at;
}

static void set_whole(lua_State *L, vec *v, int64_t i, const char *name)
{
    static const int64_t least[] = {0, 0, 0, INT64_MIN, INT32_MIN, INT16_MIN, INT8_MIN, 0, 0};
    static const int64_t most[] = {0, 0, 0, INT64_MAX, INT32_MAX, INT16_MAX, INT8_MAX, UINT8_MAX, 1};
    const int32_t type = v->column.type;
    int64_t value;

    if (!to_int64(L, -1, &value) || value < least[type] || value > most[type])
        fail(L, SIPAS_ERR_VALUE, name, "%s: [%lld] is no %s, but %s", name, (long long)i + 1, element_of(type)->name,
             shown(L, -1));
    switch (type) {
    case SIPAS_TYPE_I64: *(int64_t *)cell_of(v, i) = value; break;
    case SIPAS_TYPE_I32: *(int32_t *)cell_of(v, i) = (int32_t)value; break;
    case SIPAS_TYPE_I16: *(int16_t *)cell_of(v, i) = (int16_t)value; break;
    case SIPAS_TYPE_I8: *(int8_t *)cell_of(v, i) = (int8_t)value; break;
    default: *(uint8_t *)cell_of(v, i) = (uint8_t)value; break;
    }
}

/* A number into a cell that is one: not a whole number that the cell does not hold, nor one beyond its range. */
static void set_number(lua_State *L, vec *v, int64_t i, const char *name)
{
    const int32_t type = v->column.type;

    if (lua_type(L, -1) != LUA_TNUMBER)
        fail(L, SIPAS_ERR_TYPE, name, "%s: [%lld] is no number, but %s", name, (long long)i + 1, shown(L, -1));
    const double value = (double)lua_tonumber(L, -1), held = type == SIPAS_TYPE_F64 ? value : (double)(float)value;
    int64_t whole;

    if (to_int64(L, -1, &whole) && !(fabs(held) < 0x1p63 && (int64_t)held == whole))
        fail(L, SIPAS_ERR_VALUE, name, "%s: [%lld] is %s, which %s does not hold exactly", name, (long long)i + 1,
             shown(L, -1), element_of(type)->name);
    if (type == SIPAS_TYPE_F64) {
        *(double *)cell_of(v, i) = value;
        return;
    }
    if (isfinite(value) && fabs(value) > FLT_MAX)
        fail(L, SIPAS_ERR_VALUE, name, "%s: [%lld] is %s, beyond what f32 holds", name, (long long)i + 1, shown(L, -1));
    *(float *)cell_of(v, i) = (float)value;
}

/* Sets a cell to the value on top of the stack, which it pops. */
static void set_cell(lua_State *L, vec *v, int64_t i, int layout, const char *name)
{
    const int32_t type = v->column.type;

    if (type == SIPAS_TYPE_CODE)
        set_text_cell(L, v, i, layout, name);
    else if (type == SIPAS_TYPE_BOOL && lua_isboolean(L, -1))
        *(uint8_t *)cell_of(v, i) = (uint8_t)lua_toboolean(L, -1);
    else if (type == SIPAS_TYPE_F64 || type == SIPAS_TYPE_F32)
        set_number(L, v, i, name);
    else
        set_whole(L, v, i, name);
    lua_pop(L, 1);
}

/* Pushes cell i of the list or vector at `from`; nil where it is missing. */
static void push_value(lua_State *L, int from, int64_t i)
{
    if (kind_of(L, from) == KIND_VEC) {
        push_cell(L, &((const vec *)lua_touserdata(L, from))->column, i);
        return;
    }
    lua_rawgeti(L, from, (int)(i + 1));
    if (kind_of(L, -1) != KIND_NULL) return;
    lua_pop(L, 1);
    lua_pushnil(L);
}

/* Puts a vector of n cells of a type in the place of the list or vector on top of the stack; `present`: how many it has. */
static vec *fill_vec(lua_State *L, int32_t type, int64_t n, int64_t present, const char *name)
{
    const int from = lua_gettop(L), layout = from + 1;
    size_t bytes = 0;

    luaL_checkstack(L, 12, name);
    lua_newtable(L);
    for (int64_t i = 0; type == SIPAS_TYPE_CODE && i < n; i++) {
        push_value(L, from, i);
        if (lua_type(L, -1) == LUA_TSTRING)
            bytes = lay_out(L, layout, bytes, name, i);
        else if (!lua_isnil(L, -1))
            fail(L, SIPAS_ERR_TYPE, name, "%s: [%lld] is no text, but %s", name, (long long)i + 1, shown(L, -1));
        lua_pop(L, 1);
    }
    vec *v = new_text_vec(L, type, n, present < n, bytes);

    for (int64_t i = 0; i < n; i++) {
        push_value(L, from, i);
        if (lua_isnil(L, -1)) {
            if (present == n)
                fail(L, SIPAS_ERR_VALUE, name, "%s: [%lld] changed while it was read", name, (long long)i + 1);
            lua_pop(L, 1);
            if (type == SIPAS_TYPE_F64) *(double *)cell_of(v, i) = NAN;
            continue;
        }
        set_cell(L, v, i, layout, name);
        set_present(v, i);
    }
    lua_settop(L, from + 2);
    lua_replace(L, from);
    lua_settop(L, from);
    return v;
}

/* Puts a vector in the place of the list on top of the stack. Type 0: the one that holds all values. */
vec *vec_from_list(lua_State *L, int32_t type, const char *name)
{
    const contents seen = look_through(L, name);

    return fill_vec(L, type ? type : infer_type(L, name, &seen), seen.n, seen.present, name);
}

/* Puts a vector of a type in the place of the one on top of the stack. */
static vec *vec_from_vec(lua_State *L, int32_t type, const char *name)
{
    const sipas_column *column = &((const vec *)lua_touserdata(L, -1))->column;
    int64_t present = 0;

    for (int64_t i = 0; i < column->n; i++) present += is_present(column, i) && !is_null_text(column, i);
    return fill_vec(L, type, column->n, present, name);
}

/* A copy of a column of a table, which then has no need of the table. */
void push_copy(lua_State *L, const sipas_column *column)
{
    const int text = column->type == SIPAS_TYPE_CODE;
    size_t bytes = 0;

    for (int64_t i = 0; text && i < column->n; i++)
        if (!is_null_text(column, i)) bytes += strlen(text_of(column, i)) + 1;
    vec *v = new_text_vec(L, column->type, column->n, column->validity != NULL, bytes);
    char *at = text_room(v);

    for (int64_t i = 0; i < column->n; i++) {
        if (!text) {
            memcpy(cell_of(v, i), (const char *)column->data + i * column->stride, (size_t)v->column.stride);
        } else if (!is_null_text(column, i)) {
            *(const char **)cell_of(v, i) = strcpy(at, text_of(column, i));
            at += strlen(at) + 1;
        }
        if (is_present(column, i)) set_present(v, i);
    }
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
- from a file of packed numbers: `sipas.vec.file(path, "i8")`;
- from a vector, as another type.

A value that the type does not hold is refused with its position; f32 rounds.

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
    if (swap) fail(L, SIPAS_ERR_OPTION, "type", "vec: an order of bytes, which only packed numbers have");
    if (kind_of(L, 1) == KIND_VEC) {
        if (typed && ((const vec *)lua_touserdata(L, 1))->column.type != of->type)
            (void)vec_from_vec(L, of->type, "vec");
        return 1;
    }
    if (!lua_istable(L, 1)) fail(L, SIPAS_ERR_TYPE, NULL, "vec: list or string expected, got %s", shown(L, 1));
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

    /* Of a folder there is no byte to read, whatever its size is said to be. */
    if (file && (fgetc(file) != EOF || !ferror(file)) && fseek(file, 0, SEEK_END) == 0) size = ftell(file);
    if (file) (void)fclose(file);
    if (size < 0) fail(L, SIPAS_ERR_NOT_FOUND, path, "vec: %s is no file that can be read", path);
    vec *v = new_packed(L, of, (uint64_t)size, path); /* no file is open while this may fail */
    size_t got = 0;
    int more = 1;

    file = fopen(path, "rb");
    if (file) {
        got = fread(v + 1, 1, (size_t)size, file);
        more = fgetc(file) != EOF;
        (void)fclose(file);
    }
    if (got != (size_t)size || more)
        fail(L, SIPAS_ERR_NOT_FOUND, path, "vec: %s has another number of bytes than the %ld it is said to have", path,
             size);
    if (swap) swap_bytes((char *)(v + 1), v->column.n, of->width);
    return 1;
}

static vec *check_vec(lua_State *L, int index)
{
    if (kind_of(L, index) != KIND_VEC) fail(L, SIPAS_ERR_TYPE, NULL, "sipas.vec expected, got %s", shown(L, index));
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
        lua_gettable(L, lua_upvalueindex(1));
    }
    return 1;
}

static int vec_next(lua_State *L)
{
    const vec *v = check_vec(L, lua_upvalueindex(1));
    const int64_t i = (int64_t)lua_tonumber(L, lua_upvalueindex(2));

    if (i < 0 || i >= v->column.n) return 0;
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
        if (lua_type(L, -1) == LUA_TNUMBER)
            push_number_text(L, -1);
        else if (lua_type(L, -1) == LUA_TSTRING)
            lua_pushvalue(L, -1);
        else
            lua_pushstring(L, lua_isnil(L, -1) ? "-" : lua_toboolean(L, -1) ? "true" : "false");
        lua_remove(L, -2);
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
