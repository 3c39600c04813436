/*
 * Groups and subsets of the rows: the options `by`, `where` and `missing_by`.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

const option domain_options[] = {ARG("by"), ARG("where"), ARG("orders"), FIELD(sipas_domains, missing_by), END};

enum { MOST_BY = 32 };

/* Domains, and room for what they point to. */
typedef struct domains {
    sipas_domains of;
    sipas_column columns[MOST_BY], orders[MOST_BY];
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

/* The codes of `by` columns in the order of their groups: a table of lists by the name of the column. */
static void read_orders(call *c, domains *to)
{
    lua_State *L = c->L;

    if (!given(c, "orders", 0)) return;
    if (!lua_istable(L, -1)) expected(c, "orders", "table of lists by the name of a by column");
    const int table = lua_gettop(L);

    lua_pushnil(L);
    while (lua_next(L, table)) {
        int32_t at = 0;
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;

        while (name && at < to->of.n_by && strcmp(to->names[at], name) != 0) at++;
        if (!name || at == to->of.n_by) fail(L, SIPAS_ERR_NOT_FOUND, name, "orders: %s is no by column", shown(L, -2));
        to_column(c, "orders", &to->orders[at]);
    }
    lua_pop(L, 1);
    to->of.orders = to->orders;
}

const sipas_domains *read_domains(call *c)
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
    read_orders(c, to);
    to->of.where = column(c, "where", 0);
    read_options(c, domain_options, &to->of);
    return &to->of;
}
