/*
 * Instruments of the caller: checked node by node, then as a tree, then put in bottom-up order.
 *
 * Codes become dense levels once (data/codes.h); a parent is found by binary search among them. The order is a
 * depth-first walk that goes over the nodes as they were given and places what lies below a node before the node, so
 * an order that is bottom-up already stays as it is. O(n log n).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/instrument.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/enums.h"
#include "base/error.h"
#include "base/hash.h"
#include "data/codes.h"

enum { LEAST_CODE = INT16_MIN, GREATEST_CODE = INT16_MAX, MOST_LEVELS = 100, MOST_ASIDE = 4 };

/* ---- one node ---- */

static sipas_status node_error(sipas_error *err, sipas_status status, const sipas_node *nodes, int64_t i,
                               const char *sentence)
{
    return sipas__error_set(err, status, i, SIPAS__NOWHERE, nodes[i].code, "node \"%s\" %s", nodes[i].code, sentence);
}

static sipas_status check_code(const sipas_node *nodes, int64_t i, sipas_error *err)
{
    const char *fault;

    if (!nodes[i].code || !nodes[i].code[0])
        return sipas__error_set(err, SIPAS_ERR_ARGUMENT, i, SIPAS__NOWHERE, "code", "node %lld has no code",
                                (long long)i);
    fault = sipas__code_fault(nodes[i].code);
    if (!fault) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, i, SIPAS__NOWHERE, nodes[i].code, "node %lld: its code (\"%s\") %s",
                            (long long)i, nodes[i].code, fault);
}

/* What is an item's own must be zero in a node that is none. */
sipas_status sipas__node_check(const sipas_node *node, int64_t i, sipas_error *err)
{
    const int32_t item = node->kind == SIPAS_NODE_ITEM;
    const int32_t two = node->type == SIPAS_ITEM_MULTIPLE || node->type == SIPAS_ITEM_YES_NO;
    const int32_t levels = node->levels < 0 || node->levels > MOST_LEVELS ? MOST_LEVELS : node->levels;
    const struct {
        const char *name;
        int32_t value, low, high;
    } field[] = {
        {"kind", node->kind, SIPAS_NODE_ITEM, SIPAS__END_NODE - 1},
        {"type", node->type, item ? SIPAS_ITEM_LIKERT : 0, item ? SIPAS__END_ITEM - 1 : 0},
        {"role", node->role, item ? SIPAS_ROLE_JUDGEMENT : 0, item ? SIPAS__END_ROLE - 1 : 0},
        {"levels", node->levels, item ? 2 : 0,
         !item ? 0
         : two ? 2
               : MOST_LEVELS},
        {"first_code", node->first_code, item && !two ? LEAST_CODE : 0, item && !two ? GREATEST_CODE - levels + 1 : 0},
        {"reversed", node->reversed, 0, item},
        {"n_dont_know", node->n_dont_know, 0, item ? MOST_ASIDE : 0},
        {"n_not_applicable", node->n_not_applicable, 0, item ? MOST_ASIDE : 0},
    };

    for (size_t k = 0; k < sizeof field / sizeof field[0]; k++) {
        if (field[k].value >= field[k].low && field[k].value <= field[k].high) continue;
        return sipas__error_set(err, SIPAS_ERR_VALUE, i, SIPAS__NOWHERE, node->code,
                                "node \"%s\": %s is %d, which is not in %d to %d%s", node->code, field[k].name,
                                (int)field[k].value, (int)field[k].low, (int)field[k].high,
                                k > 0 && !item ? "; the node is no item" : "");
    }
    if (node->weight >= 0.0 && isfinite(node->weight)) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_VALUE, i, SIPAS__NOWHERE, node->code,
                            "node \"%s\": weight is %g, not a number that is 0 or more", node->code, node->weight);
}

static sipas_status check_aside(const sipas_node *nodes, int64_t i, sipas_error *err)
{
    const sipas_node *node = &nodes[i];

    for (int32_t k = 0; k < node->n_dont_know + node->n_not_applicable; k++) {
        const int unknown = k < node->n_dont_know;
        const int32_t code = unknown ? node->dont_know[k] : node->not_applicable[k - node->n_dont_know];
        const char *other = code >= node->first_code && code < node->first_code + node->levels ? "a valid answer"
                                                                                               : NULL;

        for (int32_t j = 0; unknown && !other && j < node->n_not_applicable; j++)
            if (node->not_applicable[j] == code) other = "not applicable";
        if (other)
            return sipas__error_set(err, SIPAS_ERR_VALUE, i, SIPAS__NOWHERE, node->code,
                                    "node \"%s\": code %d is both %s and %s", node->code, (int)code,
                                    unknown ? "don't know" : "not applicable", other);
    }
    return SIPAS_OK;
}

static sipas_status check_nodes(const sipas_node *nodes, int64_t n, sipas_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        sipas_status status = check_code(nodes, i, err);

        if (status == SIPAS_OK) status = sipas__node_check(&nodes[i], i, err);
        if (status == SIPAS_OK) status = check_aside(nodes, i, err);
        if (status < 0) return status;
    }
    return SIPAS_OK;
}

/* ---- the tree ---- */

/* All by the position in which the nodes were given; -1 = none. */
typedef struct tree {
    const sipas_ctx *ctx;
    const sipas_node *nodes;
    int64_t n;
    sipas__codes codes;
    int64_t *node_of_level; /* the node that has a code */
    int64_t *parent;
    int64_t *first_child, *next_sibling; /* children in the order given */
    int64_t *mark;                       /* which walk has met the node */
    int64_t *order;                      /* the node in each place of the new order */
    int64_t *place;                      /* the place of each node, -1 = none yet */
} tree;

static void clear_tree(tree *t)
{
    sipas__codes_clear(&t->codes);
    sipas__free(t->ctx, t->node_of_level);
    sipas__free(t->ctx, t->parent);
    sipas__free(t->ctx, t->first_child);
    sipas__free(t->ctx, t->next_sibling);
    sipas__free(t->ctx, t->mark);
    sipas__free(t->ctx, t->order);
    sipas__free(t->ctx, t->place);
}

static int64_t *new_positions(const tree *t)
{
    int64_t *positions = sipas__alloc(t->ctx, t->n, sizeof *positions);

    for (int64_t i = 0; positions && i < t->n; i++) positions[i] = -1;
    return positions;
}

static sipas_status read_codes(tree *t, sipas_error *err)
{
    const sipas_column code = {&t->nodes[0].code, NULL, (int64_t)sizeof t->nodes[0], t->n, 0, SIPAS_TYPE_CODE, 0};
    sipas_status status = sipas__codes_init(&t->codes, t->ctx, &code, t->n, "code", 0, err);

    for (int64_t i = 0; status == SIPAS_OK && i < t->n; i++) {
        int32_t level;

        sipas__codes_read(&t->codes, i, 1, &level);
        if (t->node_of_level[level] >= 0) status = node_error(err, SIPAS_ERR_DUPLICATE, t->nodes, i, "is given twice");
        t->node_of_level[level] = i;
    }
    return status;
}

static int64_t find_code(const tree *t, const char *code)
{
    int64_t low = 0, high = t->codes.n_levels;
    char buffer[32];

    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        int order = strcmp(sipas__codes_label(&t->codes, middle, buffer), code);

        if (order == 0) return t->node_of_level[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static sipas_status find_parents(tree *t, sipas_error *err)
{
    int64_t root = -1;

    for (int64_t i = 0; i < t->n; i++) {
        const char *parent = t->nodes[i].parent;

        if (!parent && root >= 0)
            return sipas__error_set(err, SIPAS_ERR_TREE, i, SIPAS__NOWHERE, t->nodes[i].code,
                                    "node \"%s\" has no parent, and neither has \"%s\": there must be one root",
                                    t->nodes[i].code, t->nodes[root].code);
        if (!parent) {
            root = i;
            continue;
        }
        t->parent[i] = find_code(t, parent);
        if (t->parent[i] < 0)
            return sipas__error_set(err, SIPAS_ERR_TREE, i, SIPAS__NOWHERE, t->nodes[i].code,
                                    "node \"%s\": its parent \"%s\" is not there", t->nodes[i].code, parent);
    }
    return SIPAS_OK;
}

/* From each node up until the root or ground that an earlier walk has covered. Without a root there is a cycle. */
static sipas_status refuse_cycles(tree *t, sipas_error *err)
{
    for (int64_t i = 0; i < t->n; i++) {
        int64_t at = i;

        while (at >= 0 && t->mark[at] < 0) {
            t->mark[at] = i;
            at = t->parent[at];
        }
        if (at >= 0 && t->mark[at] == i) return node_error(err, SIPAS_ERR_TREE, t->nodes, at, "is its own ancestor");
    }
    return SIPAS_OK;
}

static sipas_status link_children(tree *t, sipas_error *err)
{
    for (int64_t i = t->n - 1; i >= 0; i--) {
        if (t->parent[i] < 0) continue;
        t->next_sibling[i] = t->first_child[t->parent[i]];
        t->first_child[t->parent[i]] = i;
    }
    for (int64_t i = 0; i < t->n; i++) {
        const int item = t->nodes[i].kind == SIPAS_NODE_ITEM;

        if (item && t->first_child[i] >= 0)
            return node_error(err, SIPAS_ERR_TREE, t->nodes, i, "is an item and has children");
        if (!item && t->first_child[i] < 0)
            return node_error(err, SIPAS_ERR_TREE, t->nodes, i, "is no item and has no children");
    }
    return SIPAS_OK;
}

/* Places `top` after what lies below it. `first_child` serves as the cursor over the children that are left. */
static int64_t place_below(tree *t, int64_t top, int64_t placed)
{
    int64_t at = top;

    for (;;) {
        const int64_t child = t->first_child[at];

        if (child >= 0) {
            t->first_child[at] = t->next_sibling[child];
            if (t->place[child] < 0) at = child;
            continue;
        }
        t->place[at] = placed;
        t->order[placed++] = at;
        if (at == top) return placed;
        at = t->parent[at];
    }
}

/* Returns the number of items. */
static int64_t put_in_order(tree *t)
{
    int64_t placed = 0, n_items;

    for (int64_t i = 0; i < t->n; i++) {
        if (t->nodes[i].kind != SIPAS_NODE_ITEM) continue;
        t->place[i] = placed;
        t->order[placed++] = i;
    }
    n_items = placed;
    for (int64_t i = 0; i < t->n; i++)
        if (t->place[i] < 0) placed = place_below(t, i, placed);
    return n_items;
}

static sipas_status read_tree(tree *t, sipas_error *err)
{
    sipas_status status;

    t->node_of_level = new_positions(t);
    t->parent = new_positions(t);
    t->first_child = new_positions(t);
    t->next_sibling = new_positions(t);
    t->mark = new_positions(t);
    t->order = new_positions(t);
    t->place = new_positions(t);
    if (!t->node_of_level || !t->parent || !t->first_child || !t->next_sibling || !t->mark || !t->order || !t->place)
        return sipas__error_memory(err);
    status = read_codes(t, err);
    if (status == SIPAS_OK) status = find_parents(t, err);
    if (status == SIPAS_OK) status = refuse_cycles(t, err);
    if (status == SIPAS_OK) status = link_children(t, err);
    return status;
}

/* ---- making and freeing ---- */

static void release(sipas_instrument *instrument)
{
    sipas_ctx *ctx = instrument->ctx;

    sipas__free(ctx, (void *)(uintptr_t)instrument->nodes);
    sipas__free(ctx, (void *)(uintptr_t)instrument->parent);
    sipas__free(ctx, instrument->texts);
    sipas__free(ctx, instrument);
    sipas_ctx_free(ctx);
}

static int64_t bytes_of(const char *text)
{
    return text ? (int64_t)strlen(text) + 1 : 0;
}

static const char *copy_text(char **at, const char *text)
{
    char *copy = *at;

    if (!text) return NULL;
    memcpy(copy, text, strlen(text) + 1);
    *at += strlen(text) + 1;
    return copy;
}

static void fill(const sipas_instrument *instrument, const tree *t, sipas_node *nodes, int64_t *parent, char *at)
{
    for (int64_t place = 0; place < t->n; place++) {
        const sipas_node *given = &t->nodes[t->order[place]];
        const int64_t above = t->parent[t->order[place]];

        nodes[place] = *given;
        nodes[place].code = copy_text(&at, given->code);
        nodes[place].name = copy_text(&at, given->name);
        nodes[place].name_vi = copy_text(&at, given->name_vi);
        parent[place] = above < 0 ? -1 : t->place[above];
    }
    for (int64_t place = 0; place < instrument->n_nodes; place++)
        nodes[place].parent = parent[place] < 0 ? NULL : nodes[parent[place]].code;
}

/* NULL when there is no memory. */
static sipas_instrument *make(const tree *t, const char *id, const char *source, int64_t n_items)
{
    sipas_instrument *instrument = sipas__alloc(t->ctx, 1, sizeof *instrument);
    sipas_node *nodes = sipas__alloc(t->ctx, t->n, sizeof *nodes);
    int64_t *parent = sipas__alloc(t->ctx, t->n, sizeof *parent);
    int64_t bytes = bytes_of(id) + bytes_of(source);
    char *texts, *at;

    for (int64_t i = 0; i < t->n; i++)
        bytes += bytes_of(t->nodes[i].code) + bytes_of(t->nodes[i].name) + bytes_of(t->nodes[i].name_vi);
    texts = sipas__alloc(t->ctx, bytes, 1);
    if (!instrument || !nodes || !parent || !texts) goto fail;
    at = texts;
    instrument->id = copy_text(&at, id);
    instrument->source = copy_text(&at, source);
    instrument->n_nodes = t->n;
    instrument->n_items = n_items;
    instrument->nodes = nodes;
    instrument->parent = parent;
    instrument->texts = texts;
    instrument->ctx = sipas__ctx_ref(t->ctx);
    fill(instrument, t, nodes, parent, at);
    return instrument;
fail:
    sipas__free(t->ctx, instrument);
    sipas__free(t->ctx, nodes);
    sipas__free(t->ctx, parent);
    sipas__free(t->ctx, texts);
    return NULL;
}

sipas_status sipas_instrument_new(sipas_ctx *ctx, const char *id, const char *source, const sipas_node *nodes,
                                  int64_t n, sipas_instrument **out, sipas_error *err)
{
    tree t = {ctx, nodes, n, {0}, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    sipas_status status;

    if (!out) return sipas__error_argument(err, "out", "is NULL");
    *out = NULL;
    if (!id) return sipas__error_argument(err, "id", "is NULL");
    if (!nodes) return sipas__error_argument(err, "nodes", "is NULL");
    if (n < 1) return sipas__error_argument(err, "n", "there are no nodes");
    status = check_nodes(nodes, n, err);
    if (status < 0) return status;
    status = read_tree(&t, err);
    if (status == SIPAS_OK) {
        *out = make(&t, id, source ? source : "", put_in_order(&t));
        if (!*out) status = sipas__error_memory(err);
    }
    clear_tree(&t);
    return status;
}

void sipas_instrument_free(sipas_instrument *instrument)
{
    if (instrument && instrument->texts) release(instrument);
}

/* ---- reading ---- */

const sipas_instrument *sipas_instrument_builtin(const char *id)
{
    for (int64_t i = 0; id && i < sipas__instrument_n_builtins; i++)
        if (strcmp(sipas__instrument_builtins[i].id, id) == 0) return &sipas__instrument_builtins[i];
    return NULL;
}

int64_t sipas_instrument_count_builtin(void)
{
    return sipas__instrument_n_builtins;
}

const char *sipas_instrument_get_builtin_id(int64_t index)
{
    return index >= 0 && index < sipas__instrument_n_builtins ? sipas__instrument_builtins[index].id : NULL;
}

const char *sipas_instrument_get_id(const sipas_instrument *instrument)
{
    return instrument ? instrument->id : NULL;
}

const char *sipas_instrument_get_source(const sipas_instrument *instrument)
{
    return instrument ? instrument->source : NULL;
}

int64_t sipas_instrument_count_nodes(const sipas_instrument *instrument)
{
    return instrument ? instrument->n_nodes : 0;
}

int64_t sipas_instrument_count_items(const sipas_instrument *instrument)
{
    return instrument ? instrument->n_items : 0;
}

const sipas_node *sipas_instrument_get_node(const sipas_instrument *instrument, int64_t index)
{
    return instrument && index >= 0 && index < instrument->n_nodes ? &instrument->nodes[index] : NULL;
}

int64_t sipas_instrument_get_parent(const sipas_instrument *instrument, int64_t index)
{
    return instrument && index >= 0 && index < instrument->n_nodes ? instrument->parent[index] : -1;
}

int64_t sipas_instrument_copy_answers(const sipas_instrument *instrument, int64_t index, int64_t *codes)
{
    const sipas_node *node = sipas_instrument_get_node(instrument, index);
    int64_t n = 0;

    if (!node || node->kind != SIPAS_NODE_ITEM || !codes) return 0;
    for (int64_t i = 0; i < node->levels; i++) codes[n++] = (int64_t)node->first_code + i;
    for (int32_t i = 0; i < node->n_dont_know; i++) codes[n++] = node->dont_know[i];
    for (int32_t i = 0; i < node->n_not_applicable; i++) codes[n++] = node->not_applicable[i];
    return n;
}

sipas_status sipas_instrument_find(const sipas_instrument *instrument, const char *code, int64_t *out, sipas_error *err)
{
    if (!instrument) return sipas__error_argument(err, "instrument", "is NULL");
    if (!code) return sipas__error_argument(err, "code", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    for (int64_t i = 0; i < instrument->n_nodes; i++)
        if (strcmp(instrument->nodes[i].code, code) == 0) {
            *out = i;
            return SIPAS_OK;
        }
    return sipas__error_set(err, SIPAS_ERR_NOT_FOUND, SIPAS__NOWHERE, SIPAS__NOWHERE, code,
                            "the instrument %s has no node \"%s\"", instrument->id, code);
}
