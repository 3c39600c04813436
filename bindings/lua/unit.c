/***
@module sipas
*/
/*
 * Trees of units, and the frames that they are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

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
    static const option own[] = {ARG("code"), ARG("parent"), ARG("measures"), END};
    static const option *const lists[] = {own, unit_opts_options, context_options, NULL};
    sipas_unit_opts opts;
    named measures;
    call c;

    begin(&c, L, "UnitTree", 1, 2, lists);
    sipas_unit_opts_init(&opts);
    read_options(&c, unit_opts_options, &opts);
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

const sipas_unit_tree *tree_argument(call *c, const char *name, int position)
{
    need(c, name, position);
    const handle *of = to_handle(c->L, -1, KIND_TREE, name);

    (void)keep_value(c);
    return of->pointer;
}

static int64_t to_unit(lua_State *L)
{
    int64_t unit;

    if (!to_int64(L, 2, &unit)) fail(L, SIPAS_ERR_TYPE, "unit", "unit: number of a unit expected, got %s", shown(L, 2));
    return unit;
}

int tree_length(lua_State *L)
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

int tree_get(lua_State *L)
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

int tree_tostring(lua_State *L)
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
    static const option own[] = {ARG("tree"), ARG("measure"), END};
    static const option *const lists[] = {own, frame_impute_opts_options, context_options, NULL};
    sipas_frame_impute_opts opts;
    int64_t measure = 0;
    call c;

    begin(&c, L, "frame_impute", 1, 1, lists);
    sipas_frame_impute_opts_init(&opts);
    read_options(&c, frame_impute_opts_options, &opts);
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

const luaL_Reg tree_methods[] = {{"code", tree_code},
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

const luaL_Reg unit_functions[] = {{"frame_impute", frame_impute}, {"UnitTree", tree_new}, {NULL, NULL}};
