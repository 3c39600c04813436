/***
@module sipas
*/
/*
 * Tables of results: columns, rows, metadata, notes, covariances, and the table as text.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "face.h"

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

const sipas_table *to_table(lua_State *L, int index, const char *name)
{
    return to_handle(L, index, KIND_TABLE, name)->pointer;
}

/***
What a call returns: named columns, metadata, notes.

`#t` is the number of rows, `t.estimate` a column; `t.columns` the names, `t.fields` name, unit, meaning, type and role of each;
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

/* Pushes name, unit, meaning, type and role of a column. */
static void push_field(lua_State *L, const sipas_field *field)
{
    const choice *role = field_words;

    while (role->name && role->value != field->role) role++;
    lua_createtable(L, 0, 5);
    set_text(L, "role", role->name ? role->name : "other");
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

int table_get(lua_State *L)
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

int table_length(lua_State *L)
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
    int64_t row;

    if (!to_int64(L, 2, &row)) fail(L, SIPAS_ERR_TYPE, "row", "row: whole number expected, got %s", shown(L, 2));
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

    if (row < 0 || row >= sipas_table_count_rows(table)) return 0;
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

    if (some && !lua_istable(L, index))
        fail(L, SIPAS_ERR_TYPE, NULL, "cov: list of rows expected, got %s", shown(L, index));
    *n = some ? (int64_t)lua_rawlen(L, index) : all;
    out = lua_newuserdata(L, (size_t)*n * sizeof *out + 1);
    for (int64_t i = 0; i < *n; i++) {
        out[i] = i;
        if (!some) continue;
        lua_rawgeti(L, index, (int)i + 1);
        if (!to_int64(L, -1, &out[i]))
            fail(L, SIPAS_ERR_TYPE, NULL, "cov: [%d] is no row, but %s", (int)i + 1, shown(L, -1));
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
    char cell[NUMBER_ROOM];
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
            print_number(cell, 'g', 5, ((const double *)column.data)[i]);
        else
            print_number(cell, 'f', places, ((const double *)column.data)[i]);
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

int table_tostring(lua_State *L)
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
@treturn table from the name of a schema to a list of fields {name, unit, meaning, type, role, optional}
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

const luaL_Reg table_methods[] = {{"column", table_column}, {"row", table_row},   {"rows", table_rows},
                                  {"cov", table_cov},       {"text", table_text}, {NULL, NULL}};

const luaL_Reg table_functions[] = {{"schemas", schemas}, {NULL, NULL}};
