/*
 * What the files of the Lua module share; one file for each room of the library, beside those that every call needs.
 *
 * Options of every call are read through descriptors (name, kind, offset), so that all of them take and refuse in one way.
 * Whatever a call needs for a while is a full userdata in its table of kept values, so an error, which in Lua is a longjmp,
 * leaks nothing; a design keeps that table, and with it its columns. Results go into userdata that are made, with their
 * __gc, before C is called. Callbacks run under lua_pcall; their errors are raised when C has returned.
 *
 * The same source for Lua 5.1 to 5.4; LuaJIT has the binary interface of 5.1. Nothing but luaopen_… leaves the module, so
 * names have no prefix.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_LUA_FACE_H
#define SIPAS_LUA_FACE_H

#include <stddef.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>
#include <sipas.h>

#include "fields.h"
#include "words.h"

#if LUA_VERSION_NUM < 502
#define lua_rawlen lua_objlen
#define lua_getuservalue lua_getfenv
#define lua_setuservalue lua_setfenv
#endif

/* ------------------------------------------------------------------------------------------------ value.c, error.c */

enum { EXACT_BITS = 53 }; /* whole numbers below 2^53 are exact in a double, and are no other number rounded */

int absolute(lua_State *L, int index);
void push_int64(lua_State *L, int64_t value);
void push_word(lua_State *L, uint64_t value);
void push_text(lua_State *L, const char *text);
int to_int64(lua_State *L, int index, int64_t *out);
int to_word(lua_State *L, int index, uint64_t *out);

enum { NUMBER_ROOM = 64 };
void print_number(char out[NUMBER_ROOM], char format, int places, double value);
void push_number_text(lua_State *L, int index);
const char *push_code(lua_State *L, int index);

void set_text(lua_State *L, const char *key, const char *value);
void set_int64(lua_State *L, const char *key, int64_t value);
void push_error(lua_State *L, const sipas_error *err);
__attribute__((noreturn, format(printf, 4, 5))) void fail(lua_State *L, sipas_status status, const char *name,
                                                          const char *format, ...);
int error_tostring(lua_State *L);

/* -------------------------------------------------------------------------------------------------------- object.c */

/* What a userdata of ours is. */
enum { KIND_NONE, KIND_NULL, KIND_VEC, KIND_CONTEXT, KIND_TABLE, KIND_DESIGN, KIND_INSTRUMENT, KIND_TREE, KINDS };

extern const char *const kind_names[KINDS];
extern const char *const safe_names[KINDS];

/* An object of the library: made empty, with its __gc, before C fills it. */
typedef struct context context;
typedef struct handle {
    void *pointer;     /* of the type that the kind says */
    sipas_table *held; /* notes: a hold on the table that they are part of */
    context *context;  /* design: its context, which its kept values hold; NULL = none */
    const void *user;  /* which table its user value is */
} handle;

void set_kind(lua_State *L, int kind);
int kind_of(lua_State *L, int index);
const char *describe(lua_State *L, int index);
const char *shown(lua_State *L, int index);
const char *text_without_nul(lua_State *L, int index, const char *name);
const char *text_at(lua_State *L, int index, const char *name, const char *otherwise);
handle *new_handle(lua_State *L, int kind);
void set_user_table(lua_State *L);
handle *to_handle(lua_State *L, int index, int kind, const char *name);
int handle_gc(lua_State *L);
int null_tostring(lua_State *L);

/* -------------------------------------------------------------------------------------------------------- column.c */

/* A column in memory that Lua owns: the cells lie behind the struct, texts are Lua's own, held by the user value. */
typedef struct vec {
    sipas_column column;
} vec;

typedef struct element {
    const char *name;
    int32_t type;
    size_t width;
} element;

const element *element_of(int32_t type);
vec *new_vec(lua_State *L, int32_t type, int64_t n, int with_validity);
int is_present(const sipas_column *column, int64_t i);
void push_cell(lua_State *L, const sipas_column *column, int64_t i);
vec *vec_from_list(lua_State *L, int32_t type, const char *name);
void push_copy(lua_State *L, const sipas_column *column);

extern const luaL_Reg vec_class[], vec_methods[];
int vec_new(lua_State *L);
int vec_length(lua_State *L);
int vec_index(lua_State *L);
int vec_tostring(lua_State *L);

/* ---------------------------------------------------------------------------------------------------------- call.c */

/* A function of the program's that C calls: its place on the stack of the call, where an error of it takes its place. */
typedef struct callback {
    lua_State *L;
    int function;
    int failed;
} callback;

struct context {
    sipas_ctx *ctx;
    callback progress; /* function 0 = none */
};

/* How an option is read and where it goes. */
enum kind {
    ARGUMENT,  /* read by the call itself */
    REAL,      /* double whose 0 is "not given" in C: a 0 of the caller's is refused */
    PLAIN,     /* double whose 0 means nothing else */
    FLAGGED,   /* double with a flag that says it is given */
    COUNT,     /* int64_t */
    WHOLE,     /* int32_t */
    WORD,      /* uint64_t */
    TRUTH,     /* int32_t from a boolean */
    CHOICE,    /* int32_t by name */
    CHOICE_OR, /* the same, or false and true for the first two names */
    COLUMN,    /* const sipas_column * */
    TEXT       /* const char * */
};

/* An option of a call; a list of them ends with END. */
typedef struct option {
    const char *name;
    enum kind kind;
    size_t offset;         /* of the field */
    size_t flag;           /* of the int32_t that says it is given */
    const choice *choices; /* their names, up to a NULL */
} option;
#define ARG(option_name)                        \
    {                                           \
        .name = (option_name), .kind = ARGUMENT \
    }
#define FIELD_AS(option_name, type, field)    \
    {                                         \
        (option_name), FIELD_##type##_##field \
    }
#define FIELD(type, field) FIELD_AS(#field, type, field)
#define END          \
    {                \
        .name = NULL \
    }

/* One call: its table of options, and a table of all that it borrows or makes for a while. */
typedef struct call {
    lua_State *L;
    const char *name;
    int args;
    int keep;
    int kept;
    callback *callbacks; /* of this call */
    int n_callbacks;
    context *context;
    sipas_error err;
} call;

void begin(call *c, lua_State *L, const char *name, int args, int positions, const option *const *lists);
void refuse_unknown(const call *c, int positions, const option *const *lists);
int keep_value(call *c);
void *keep_memory(call *c, size_t n, size_t size);
int given(call *c, const char *name, int position);
void need(call *c, const char *name, int position);
__attribute__((noreturn)) void expected(call *c, const char *name, const char *what);
__attribute__((noreturn)) void refuse_zero(call *c, const char *name);
void check(call *c, sipas_status status);
int32_t keep_failure(callback *of);

extern const option context_options[];
sipas_ctx *own_context(call *c);
void enter(call *c);
int context_gc(lua_State *L);

sipas_table **new_table(call *c);
double *new_doubles(call *c, int64_t n);

/* ------------------------------------------------------------------------------------------------------ argument.c */

/* A key of a Lua table. */
typedef struct sort_key {
    int type;         /* LUA_TSTRING, LUA_TNUMBER or LUA_TBOOLEAN */
    const char *text; /* NULL: a number or boolean */
    int64_t whole;
} sort_key;

/* Columns with their names. */
typedef struct named {
    sipas_column *columns;
    const char **names; /* NULL: they have none */
    int *source;        /* where each, as given, is kept: the same column or another? */
    int64_t n;
} named;

const char *to_text(call *c, const char *name);
double to_real(call *c, const char *name);
int64_t to_count(call *c, const char *name);
int32_t to_whole(call *c, const char *name);
char lower(char letter);
int same_name(const char *a, const char *b);
int32_t to_choice(call *c, const char *name, const choice *choices, int or_truth);
void to_column(call *c, const char *name, sipas_column *out);
const sipas_column *column(call *c, const char *name, int position);
const sipas_column *values(call *c, const char *name);
const sipas_column *need_column(call *c, const char *name, int position);
const sipas_column *stack(call *c, const char *name, int position, int32_t *n);
void read_option(call *c, const option *o, void *struct_);
void read_options(call *c, const option *options, void *struct_);
sort_key *sorted_keys(call *c, const char *name, int table, size_t *n);
void push_key(lua_State *L, const sort_key *key);
void mapping(call *c, const char *name, const sipas_column **codes, const sipas_column **values);
int has_names(lua_State *L, int table);
int is_pair(lua_State *L);
void to_named(call *c, const char *argument, named *of);
void named_columns(call *c, const char *argument, int position, named *of);
double *numbers(call *c, const char *name, int position, int64_t *n);
void *structs(call *c, const char *name, int position, const option *options, size_t size, void (*init)(void *),
              void (*more)(call *, void *), int64_t *n);

/* ------------------------------------------------------------------------------------------------- the rooms' files */

/* What each room brings: functions of the module, methods of its objects, and what the others of its family share. */

extern const luaL_Reg table_functions[], table_methods[];
const sipas_table *to_table(lua_State *L, int index, const char *name);
int table_get(lua_State *L);
int table_length(lua_State *L);
int table_tostring(lua_State *L);

/* calls.c: plain calls, and the options of others that are read by their list. */
extern const luaL_Reg plain_functions[], plain_methods[];
extern const option draw_opts_options[], draw_plan_opts_options[], draw_stage_options[], unit_opts_options[];
extern const option frame_impute_opts_options[], allocate_multi_opts_options[], allocate_tree_opts_options[];

extern const luaL_Reg allocate_functions[], plan_functions[];
extern const option rule_options[];
void read_rules(call *c, const sipas_column *size, sipas_allocate_opts *opts);

extern const option domain_options[];
const sipas_domains *read_domains(call *c);

extern const luaL_Reg select_functions[];
const char **path_of(lua_State *L, int index, int64_t *depth);

extern const luaL_Reg weight_functions[];

extern const luaL_Reg unit_functions[], tree_methods[];
const sipas_unit_tree *tree_argument(call *c, const char *name, int position);
int tree_get(lua_State *L);
int tree_length(lua_State *L);
int tree_tostring(lua_State *L);

extern const luaL_Reg instrument_class[], instrument_methods[];
const sipas_instrument *find_builtin(lua_State *L, int index);
const sipas_instrument *to_instrument(lua_State *L, int index);
int instrument_new(lua_State *L);
int instrument_get(lua_State *L);
int instrument_length(lua_State *L);
int instrument_tostring(lua_State *L);

extern const luaL_Reg design_functions[], design_methods[];
const sipas_design *to_design(lua_State *L);
void enter_design(call *c);
void degrees_of_freedom(call *c, const choice *rules, int32_t given_rule, int32_t *rule, double *value);
int design_get(lua_State *L);
int design_length(lua_State *L);
int design_tostring(lua_State *L);

/* What every call of a design's reads. */
typedef struct estimate {
    call c;
    const sipas_design *design;
    named y;
    const sipas_domains *domains;
    sipas_estimate_opts opts;
} estimate;

extern const luaL_Reg estimate_methods[], function_methods[], index_methods[];
void begin_method(call *c, lua_State *L, const char *name, int positions, const option *const *lists,
                  const sipas_design **design, const sipas_domains **of);
void begin_estimate(estimate *e, lua_State *L, const char *name, int positions, const option *own);
void hold(lua_State *L, int index);
sipas_table **estimate_table(call *c);
sipas_function *functions(call *c, const named *y, int64_t *n);

extern const luaL_Reg contrast_functions[];
const sipas_table *table_argument(call *c, const char *name, int position);

#endif
