/*
 * Plain calls, by their rows: what is read, what is made, what is returned.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "plain.h"

enum { MOST_LISTS = 6 };

static int has(const row *of, enum read read)
{
    for (int i = 0; i < of->n; i++)
        if (of->read[i].read == read) return 1;
    return 0;
}

/* The lists of options of a call, which end with NULL; its arguments by name go into `own`. Gives how many may have no name. */
static int list_options(const row *of, option own[MOST_READ + 1], const option *lists[MOST_LISTS])
{
    int n = 0, n_own = 0, positions = 0;

    lists[n++] = own;
    for (int i = 0; i < of->n; i++) {
        const argument *a = &of->read[i];

        if (a->name) own[n_own++] = (option)ARG(a->name);
        if (a->read == READ_OPTIONS) lists[n++] = ((const form *)a->of)->options;
        if (a->position > positions) positions = a->position;
    }
    own[n_own] = (option)END;
    if (has(of, READ_DOMAINS)) lists[n++] = domain_options;
    if (of->context) lists[n++] = context_options;
    lists[n] = NULL;
    return positions;
}

static void *read_form(call *c, const form *of, const char *const *names)
{
    char *out = keep_memory(c, 1, of->size);

    if (of->begin) of->begin(out);
    read_options(c, of->options, out);
    if (of->names) *(const char *const **)(void *)(out + of->names) = names;
    return out;
}

static void read_variables(call *c, const argument *a, slot *s, const char *const **names)
{
    named of;

    named_columns(c, a->name, a->position, &of);
    if (!of.n) fail(c->L, SIPAS_ERR_ARGUMENT, a->name, "%s: no variable", a->name);
    s->pointer = of.columns;
    s->n = of.n;
    *names = of.names;
}

static void read_numbers(call *c, const argument *a, slot *s)
{
    s->pointer = a->of;
    s->n = 1;
    if (a->of && !given(c, a->name, a->position)) return;
    if (a->of) lua_pop(c->L, 1);
    s->pointer = numbers(c, a->name, a->position, &s->n);
}

static void read_stack(call *c, const argument *a, slot *s)
{
    int32_t n;

    s->pointer = stack(c, a->name, a->position, &n);
    s->n = n;
    if (n == 0 && !a->optional) need(c, a->name, a->position);
}

/* Is a value there? Pushes it if so. One that is needed and is not is an error. */
static int there(call *c, const argument *a)
{
    if (!a->optional) need(c, a->name, a->position);
    return !a->optional || given(c, a->name, a->position);
}

static void read_value(call *c, const argument *a, slot *s)
{
    if (!there(c, a)) return;
    switch (a->read) {
    case READ_WHOLE: s->n = to_count(c, a->name); break;
    case READ_WORD: s->n = to_choice(c, a->name, a->of, 0); break;
    case READ_REAL: s->real = to_real(c, a->name); break;
    case READ_TEXT: s->pointer = to_text(c, a->name); break;
    default: lua_pop(c->L, 1); break;
    }
}

static void read_argument(plain *p, const argument *a, slot *s, const char *const **names)
{
    call *c = &p->c;
    const form *of = a->of;

    switch (a->read) {
    case READ_DESIGN: s->pointer = p->design; break;
    case READ_DOMAINS: s->pointer = p->domains; break;
    case READ_OPTIONS: s->pointer = read_form(c, of, *names); break;
    case READ_COLUMN:
        s->pointer = a->optional ? column(c, a->name, a->position) : need_column(c, a->name, a->position);
        break;
    case READ_VALUES: s->pointer = values(c, a->name); break;
    case READ_STACK: read_stack(c, a, s); break;
    case READ_VARIABLES: read_variables(c, a, s, names); break;
    case READ_STRUCTS:
        s->pointer = structs(c, a->name, a->position, of->options, of->size, of->begin, NULL, &s->n);
        break;
    case READ_NUMBERS: read_numbers(c, a, s); break;
    case READ_TREE: s->pointer = tree_argument(c, a->name, a->position); break;
    case READ_ESTIMATES: s->pointer = table_argument(c, a->name, a->position); break;
    case READ_WHOLE:
    case READ_WORD:
    case READ_REAL:
    case READ_TEXT: read_value(c, a, s); break;
    }
}

/* Rows of the first column, or of the first of several. */
static int64_t rows_of(const row *of, const slot *s)
{
    for (int i = 0; i < of->n; i++)
        if (of->read[i].position == 1) return ((const sipas_column *)s[i].pointer)->n;
    return 0;
}

/* Pushes what C fills, which the call returns. */
static int push_results(plain *p, lua_State *L, const row *of, const slot *s)
{
    if (of->vector) p->vector = new_doubles(&p->c, rows_of(of, s));
    if (of->new_tree) p->tree = (sipas_unit_tree **)(void *)&new_handle(L, KIND_TREE)->pointer;
    for (int i = 0; i < of->tables; i++) p->table[i] = p->design ? estimate_table(&p->c) : new_table(&p->c);
    return of->vector + of->new_tree + of->tables;
}

int plain_call(lua_State *L, const row *of)
{
    option own[MOST_READ + 1];
    const option *lists[MOST_LISTS];
    slot s[MOST_READ];
    const char *const *names = NULL;
    const int positions = list_options(of, own, lists);
    plain p;

    memset(&p, 0, sizeof p);
    memset(s, 0, sizeof s);
    if (has(of, READ_DESIGN)) {
        begin_method(&p.c, L, of->name, positions, lists, &p.design, &p.domains);
    } else {
        begin(&p.c, L, of->name, 1, positions, lists);
        if (has(of, READ_DOMAINS)) p.domains = read_domains(&p.c);
    }
    for (int i = 0; i < of->n; i++) read_argument(&p, &of->read[i], &s[i], &names);
    if (of->context) p.ctx = own_context(&p.c);
    const int n = push_results(&p, L, of, s);

    check(&p.c, of->run(&p, s));
    return n;
}
