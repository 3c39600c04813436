/***
@module sipas
*/
/*
 * Instruments: the questionnaire as a tree.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "face.h"

static const option node_options[] = {FIELD(sipas_node, code),     FIELD(sipas_node, parent),
                                      FIELD(sipas_node, name),     FIELD(sipas_node, name_vi),
                                      FIELD(sipas_node, weight),   FIELD(sipas_node, kind),
                                      FIELD(sipas_node, type),     FIELD(sipas_node, role),
                                      FIELD(sipas_node, levels),   FIELD(sipas_node, first_code),
                                      FIELD(sipas_node, reversed), ARG("dont_know"),
                                      ARG("not_applicable"),       END};

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
int instrument_new(lua_State *L)
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

/* The built-in instrument whose id is at `index`. */
const sipas_instrument *find_builtin(lua_State *L, int index)
{
    const char *id = text_at(L, index, "id", NULL);
    const sipas_instrument *builtin = sipas_instrument_builtin(id);

    if (!builtin) fail(L, SIPAS_ERR_NOT_FOUND, id, "no built-in instrument '%s'", id);
    return builtin;
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
    const sipas_instrument *builtin = find_builtin(L, 1);
    handle *out = new_handle(L, KIND_INSTRUMENT);

    memcpy(&out->pointer, &builtin, sizeof out->pointer); /* to free it does nothing */
    return 1;
}

const sipas_instrument *to_instrument(lua_State *L, int index)
{
    return to_handle(L, index, KIND_INSTRUMENT, "instrument")->pointer;
}

static void set_choice(lua_State *L, const char *key, const choice *choices, int32_t value)
{
    char name[32];
    size_t n = 0;

    while (choices->name && choices->value != value) choices++;
    if (!choices->name) return;
    for (const char *at = choices->name; *at && n + 1 < sizeof name; at++) name[n++] = lower(*at);
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
    set_choice(L, "kind", node_words, node->kind);
    set_choice(L, "type", item_words, node->type);
    set_choice(L, "role", role_words, node->role);
    set_int64(L, "levels", node->levels);
    set_int64(L, "first_code", node->first_code);
    lua_pushboolean(L, node->reversed);
    lua_setfield(L, -2, "reversed");
    lua_pushnumber(L, node->weight);
    lua_setfield(L, -2, "weight");
    set_codes(L, "dont_know", node->dont_know, node->n_dont_know);
    set_codes(L, "not_applicable", node->not_applicable, node->n_not_applicable);
}

int instrument_get(lua_State *L)
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

int instrument_length(lua_State *L)
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
All answers that an item declares, as `categories` of a distribution takes them: the valid codes ascending, then don't know, then not
applicable; none for another node.
@function Instrument:answers
@string code
@treturn table
@raise "not found"
*/
static int instrument_answers(lua_State *L)
{
    const sipas_instrument *of = to_instrument(L, 1);
    int64_t codes[108];
    const int64_t n = sipas_instrument_copy_answers(of, node_position(L, of), codes);

    lua_createtable(L, (int)n, 0);
    for (int64_t i = 0; i < n; i++) {
        push_int64(L, codes[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
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
    const choice *rule = scoring_words;
    int64_t answer;
    sipas_error err;
    double score;

    while (rule->name && !same_name(rule->name, word)) rule++;
    if (!rule->name)
        fail(L, SIPAS_ERR_OPTION, "scoring", "scoring: '%s' is not one of top2, mean_over_max, rescaled", word);
    if (!to_int64(L, 3, &answer) || answer < INT32_MIN || answer > INT32_MAX)
        fail(L, SIPAS_ERR_TYPE, "answer", "answer: whole number expected, got %s", shown(L, 3));
    if (sipas_index_score(node, rule->value, (int32_t)answer, &score, &err) < 0) {
        push_error(L, &err);
        return lua_error(L);
    }
    lua_pushnumber(L, score);
    return 1;
}

int instrument_tostring(lua_State *L)
{
    const sipas_instrument *of = to_instrument(L, 1);

    lua_pushfstring(L, "Instrument '%s': %d items, %d nodes", sipas_instrument_get_id(of),
                    (int)sipas_instrument_count_items(of), (int)sipas_instrument_count_nodes(of));
    return 1;
}

const luaL_Reg instrument_methods[] = {{"answers", instrument_answers},
                                       {"node", instrument_node},
                                       {"parent", instrument_parent},
                                       {"score", instrument_score},
                                       {NULL, NULL}};

const luaL_Reg instrument_class[] = {{"builtin", instrument_builtin}, {"builtins", instrument_builtins}, {NULL, NULL}};
