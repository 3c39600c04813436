/*
 * Reading arguments: texts, numbers, names of an enumeration, columns, lists of them and of tables, as the descriptors say.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "face.h"

static const char *keep_text(call *c)
{
    const char *text = lua_tostring(c->L, -1);

    (void)keep_value(c);
    return text;
}

/* Reads the text on top of the stack, which it pops. */
const char *to_text(call *c, const char *name)
{
    if (lua_type(c->L, -1) != LUA_TSTRING) expected(c, name, "text");
    (void)text_without_nul(c->L, -1, name);
    return keep_text(c);
}

double to_real(call *c, const char *name)
{
    if (lua_type(c->L, -1) != LUA_TNUMBER) expected(c, name, "number");
    const double value = lua_tonumber(c->L, -1);

    lua_pop(c->L, 1);
    return value;
}

int64_t to_count(call *c, const char *name)
{
    int64_t value = 0;

    if (!to_int64(c->L, -1, &value)) expected(c, name, "whole number, as a number below 2^53 or as its digits");
    lua_pop(c->L, 1);
    return value;
}

int32_t to_whole(call *c, const char *name)
{
    int64_t value = 0;

    if (!to_int64(c->L, -1, &value) || value < INT32_MIN || value > INT32_MAX) expected(c, name, "whole number");
    lua_pop(c->L, 1);
    return (int32_t)value;
}

/* A letter of an option's name: tolower() is the host's locale's, in which I may have no small i. */
char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

int same_name(const char *a, const char *b)
{
    for (; *a && *b; a++, b++)
        if (lower(*a) != (*b == '-' ? '_' : lower(*b))) return 0;
    return !*a && !*b;
}

int32_t to_choice(call *c, const char *name, const choice *choices, int or_truth)
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
        for (const char *at = o->name; *at; at++) luaL_addchar(&known, lower(*at));
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
void to_column(call *c, const char *name, sipas_column *out)
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
const sipas_column *column(call *c, const char *name, int position)
{
    if (!given(c, name, position)) return NULL;
    sipas_column *out = lua_newuserdata(c->L, sizeof *out);

    (void)keep_value(c);
    to_column(c, name, out);
    return out;
}

/* A column, or one value of any type. */
const sipas_column *values(call *c, const char *name)
{
    if (!given(c, name, 0)) return NULL;
    sipas_column *out = lua_newuserdata(c->L, sizeof *out);

    (void)keep_value(c);
    if (lua_type(c->L, -1) == LUA_TSTRING || lua_isboolean(c->L, -1)) list_of_one(c->L);
    to_column(c, name, out);
    return out;
}

const sipas_column *need_column(call *c, const char *name, int position)
{
    need(c, name, position);
    lua_pop(c->L, 1);
    return column(c, name, position);
}

/* Reads the option whose value is on top of the stack, which it pops, into its field. */
void read_option(call *c, const option *o, void *struct_)
{
    char *field = (char *)struct_ + o->offset;
    double real;

    switch (o->kind) {
    case REAL:
    case PLAIN:
        real = to_real(c, o->name);
        if (real == 0 && o->kind == REAL) refuse_zero(c, o->name);
        *(double *)(void *)field = real;
        break;
    case FLAGGED:
        *(double *)(void *)field = to_real(c, o->name);
        *(int32_t *)(void *)((char *)struct_ + o->flag) = 1;
        break;
    case COUNT: *(int64_t *)(void *)field = to_count(c, o->name); break;
    case WHOLE: *(int32_t *)(void *)field = to_whole(c, o->name); break;
    case WORD:
        if (!to_word(c->L, -1, (uint64_t *)(void *)field))
            expected(c, o->name, "whole number from 0 to 2^64 - 1, from 2^53 on as its digits");
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

void read_options(call *c, const option *options, void *struct_)
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
const sipas_column *stack(call *c, const char *name, int position, int32_t *n)
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

static int compare_keys(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;

    if (x->type != y->type) return x->type < y->type ? -1 : 1; /* LUA_TBOOLEAN, LUA_TNUMBER, LUA_TSTRING */
    if (x->text) return strcmp(x->text, y->text);
    return (x->whole > y->whole) - (x->whole < y->whole);
}

/* Keys of the table at `table`, which are codes: true and false, numbers by value, texts by bytes. */
sort_key *sorted_keys(call *c, const char *name, int table, size_t *n)
{
    lua_State *L = c->L;
    size_t count = 0;

    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) count++;
    sort_key *keys = keep_memory(c, count, sizeof *keys);

    *n = 0;
    for (lua_pushnil(L); lua_next(L, table) && *n < count;) {
        sort_key *key = &keys[(*n)++];

        lua_pop(L, 1);
        key->type = lua_type(L, -1);
        if (key->type == LUA_TSTRING) {
            (void)text_without_nul(L, -1, name);
            lua_pushvalue(L, -1);
            key->text = keep_text(c);
        } else if (key->type == LUA_TBOOLEAN) {
            key->whole = lua_toboolean(L, -1);
        } else if (key->type != LUA_TNUMBER || !to_int64(L, -1, &key->whole)) {
            fail(L, SIPAS_ERR_TYPE, name, "%s: key %s is no code: a text, or a whole number below 2^53", name,
                 shown(L, -1));
        }
    }
    lua_settop(L, table);
    qsort(keys, *n, sizeof *keys, compare_keys);
    return keys;
}

void push_key(lua_State *L, const sort_key *key)
{
    if (key->type == LUA_TSTRING)
        lua_pushstring(L, key->text);
    else if (key->type == LUA_TBOOLEAN)
        lua_pushboolean(L, key->whole != 0);
    else
        push_int64(L, key->whole);
}

/* A table from codes to numbers as two columns, codes ascending. */
void mapping(call *c, const char *name, const sipas_column **codes, const sipas_column **values)
{
    lua_State *L = c->L;
    size_t n;

    if (!given(c, name, 0)) return;
    if (!lua_istable(L, -1)) expected(c, name, "table from codes to numbers");
    const int table = lua_gettop(L);
    const sort_key *keys = sorted_keys(c, name, table, &n);
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
int has_names(lua_State *L, int table)
{
    int found = 0;

    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && (strcmp(lua_tostring(L, -2), "n") != 0 || lua_type(L, -1) != LUA_TNUMBER))
            found = 1;
    return found;
}

/* Is the value on top of the stack a pair {name, column}? */
int is_pair(lua_State *L)
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
void to_named(call *c, const char *argument, named *of)
{
    lua_State *L = c->L;
    const int table = lua_gettop(L);

    if (lua_istable(L, table) && has_names(L, table)) {
        size_t n;
        const sort_key *keys = sorted_keys(c, argument, table, &n);

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

void named_columns(call *c, const char *argument, int position, named *of)
{
    memset(of, 0, sizeof *of);
    if (given(c, argument, position)) to_named(c, argument, of);
}

/* Numbers, from a number or a column of them. */
double *numbers(call *c, const char *name, int position, int64_t *n)
{
    lua_State *L = c->L;
    const sipas_column *from = need_column(c, name, position);
    double *out = keep_memory(c, (size_t)from->n, sizeof *out);

    if (from->n == 0) fail(L, SIPAS_ERR_ARGUMENT, name, "%s: no number", name);
    for (int64_t i = 0; i < from->n; i++) {
        push_cell(L, from, i);
        if (lua_type(L, -1) != LUA_TNUMBER)
            fail(L, SIPAS_ERR_TYPE, name, "%s: [%lld] is no number, but %s", name, (long long)i + 1, shown(L, -1));
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
void *structs(call *c, const char *name, int position, const option *options, size_t size, void (*init)(void *),
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
