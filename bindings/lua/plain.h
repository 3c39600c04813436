/*
 * Plain calls: those that read their arguments, call C and return what it made. calls.c has a row for each, which plain_call()
 * goes by; it is made from the public headers and from bindings/generate/calls.py.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_LUA_PLAIN_H
#define SIPAS_LUA_PLAIN_H

#include "face.h"

enum { MOST_READ = 12, MOST_TABLES = 3 };

/* How an argument is read, and what it leaves in its slot. */
enum read {
    READ_DESIGN,
    READ_DOMAINS,   /* by and where */
    READ_OPTIONS,   /* of a form */
    READ_COLUMN,    /* or a number */
    READ_VALUES,    /* a column, or one value of any type */
    READ_STACK,     /* columns, and n of them */
    READ_VARIABLES, /* the same with their names, which go into the options; at least one */
    READ_STRUCTS,   /* n structs of a form, from a list of tables */
    READ_NUMBERS,   /* n doubles, or one that stands for them */
    READ_TREE,
    READ_ESTIMATES, /* a table of the library */
    READ_WHOLE,     /* n */
    READ_WORD,      /* n, by the words of an enumeration */
    READ_REAL,
    READ_TEXT
};

/* A struct that is read from a table: its fields, and how it begins. */
typedef struct form {
    const option *options;
    size_t size;
    void (*begin)(void *); /* NULL: zeros */
    size_t names;          /* where the names of variables go; 0 = nowhere */
} form;
#define NAMES_IN(type) offsetof(type, names)

typedef struct argument {
    enum read read;
    const char *name;
    int position; /* where it may stand without its name; 0 = nowhere */
    int optional;
    const void *of; /* form, words, or the double that stands for numbers */
} argument;

/* What was read of one argument. */
typedef struct slot {
    const void *pointer;
    int64_t n;
    double real;
} slot;

/* A plain call while it runs. */
typedef struct plain {
    call c;
    const sipas_design *design;
    const sipas_domains *domains;
    sipas_ctx *ctx;
    double *vector; /* as long as the first argument at position 1 */
    sipas_unit_tree **tree;
    sipas_table **table[MOST_TABLES];
} plain;

typedef struct row {
    const char *name;
    sipas_status (*run)(plain *p, const slot *s);
    int context, vector, new_tree, tables; /* what it takes and makes */
    int n;
    argument read[MOST_READ];
} row;

int plain_call(lua_State *L, const row *of);

#endif
