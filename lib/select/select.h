/**
 * @file select/select.h
 * The engine behind every draw: a run draws group after group (stratum or parent), each group cell by cell (its classes), and
 * collects picks and notes, which the caller lays out as a table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_SELECT_SELECT_H
#define SIPAS_SELECT_SELECT_H

#include <sipas/select.h>

#include "base/error.h"
#include "data/labels.h"
#include "num/order.h"

/** Purposes of random numbers; the stream is 16 × stage + purpose. */
enum { SIPAS__PURPOSE_DRAW = 0, SIPAS__PURPOSE_ORDER = 1, SIPAS__PURPOSES = 16 };

/** Sizes beyond this are refused, so that no sum of them overflows. */
#define SIPAS__SELECT_LARGEST_SIZE 1e280

/** Every group, every class: a quota that names none. */
enum { SIPAS__ANY = -1 };

/** A quota table. Rows ascend by group, then by class (SIPAS__ANY last); all zero = none. */
typedef struct sipas__select_quotas {
    int64_t n_rows;
    int64_t *group;      /* group number or SIPAS__ANY */
    int32_t *unit_class; /* number of the class among the units' classes; SIPAS__ANY; -2 = a class that no unit has */
    const char **class_name; /* NULL where SIPAS__ANY; in `labels` */
    int64_t *n, *reserve;    /* reserve -1 = the default */
    sipas__labels labels;
} sipas__select_quotas;

/** One unit drawn. */
typedef struct sipas__select_pick {
    int64_t group; /* number of the group, as the caller counts */
    int64_t unit;
    int64_t order;         /* 1 … in its cell, main first */
    int64_t n, population; /* of its stratum */
    double pi, pi_reserve;
    const char *class_name; /* NULL = the cell has none */
    uint8_t certainty, own_stratum, is_reserve;
} sipas__select_pick;

/** Something to be noted on the result. */
typedef struct sipas__select_remark {
    const char *code; /* constant */
    int64_t row;
    char name[112];
    char message[384];
} sipas__select_remark;

/** The units that are drawn from, by number. Lent to a run. */
typedef struct sipas__select_frame {
    const void *things;
    uint64_t (*key)(const void *things, int64_t unit); /* canonical order: key, then tie (NULL = none) */
    sipas__tie_fn tie;
    const char *(*name)(const void *things, int64_t unit, char *buffer, size_t size); /* for messages */
    const uint64_t *hash;
    const double *size;       /* where the method needs it, else NULL; NaN = missing */
    double *prob;             /* beside `size`: room for each unit's probability as main or reserve */
    const uint8_t *certain;   /* NULL = none */
    const int32_t *class_of;  /* NULL = no classes; -1 = missing */
    char *const *class_texts; /* n_classes of them */
    int64_t n_classes;
} sipas__select_frame;

/** How units are drawn. */
typedef struct sipas__select_task {
    uint64_t seed, programme, stage;
    const struct sipas__select_method *method; /* see select/method.h */
    int32_t if_fewer;
    int32_t stage_index;                /* for errors; -1 = there are no stages */
    const sipas__select_quotas *quotas; /* NULL = none */
} sipas__select_task;

/** What came out. */
typedef struct sipas__select_result {
    sipas__select_pick *picks;
    int64_t n_picks, picks_capacity;
    sipas__select_remark *remarks;
    int64_t n_remarks, remarks_capacity;
} sipas__select_result;

/** Work space. */
typedef struct sipas__select_scratch {
    int64_t capacity;
    sipas__item *items, *sure; /* 2 × capacity each: the second half is for sorting */
    double *sizes, *pi;
    int64_t *members;
    int64_t *cell_of; /* n_classes + 1 */
    struct sipas__select_cell *cells;
    int64_t cells_capacity;
} sipas__select_scratch;

/** A draw at work. */
typedef struct sipas__select_run {
    const sipas_ctx *ctx;
    sipas__select_frame frame;
    sipas__select_task task;
    sipas__select_scratch scratch;
    sipas__select_result result;
} sipas__select_run;

/** Units of one stratum or parent, and what is asked of them where no quota says. */
typedef struct sipas__select_group {
    int64_t number;    /* told to the picks */
    int64_t quota_key; /* told to the quotas */
    int64_t row;       /* for errors and notes: the parent's unit number, or -1 */
    const char *name;  /* "all", "01", "VN/01" … */
    int is_path;       /* … which is a joined name */
    uint64_t hash;     /* of its path; 0 = empty */
    const int64_t *units;
    int64_t n_units;
    int64_t n, reserve;
} sipas__select_group;

/** Units of one class of a group. */
typedef struct sipas__select_cell {
    const char *class_name; /* NULL = none */
    int32_t unit_class;     /* SIPAS__ANY = none */
    int64_t wanted;         /* n as asked for, before anything is moved */
    int64_t reserve_wanted;
    int64_t n, reserve;    /* what will be drawn */
    int64_t n_units, able; /* units; those that can be drawn */
    int64_t *units;
} sipas__select_cell;

/** Makes sure of work space for groups of up to n_units. False when there is no memory. */
int sipas__select_reserve(sipas__select_run *run, int64_t n_units);

/** Takes a note; the sentence is cut where it is too long. False when there is no memory. */
int sipas__select_remark_add(sipas__select_run *run, const char *code, const char *name, int64_t row,
                             const char *format, ...) SIPAS__PRINTF(5, 6);

/** Writes the notes taken into a table. */
void sipas__select_remarks_write(const sipas__select_run *run, sipas_table *table);

/** The columns that every table of picks ends with. */
typedef struct sipas__select_pick_columns {
    int32_t n, population, certainty, order, role;
} sipas__select_pick_columns;

/** Adds them. */
sipas__select_pick_columns sipas__select_pick_columns_add(sipas_table *table, const sipas_schema *schema);

/** Sets them in a row. */
void sipas__select_pick_columns_set(sipas_table *table, const sipas__select_pick_columns *columns, int64_t row,
                                    const sipas__select_pick *pick);

/** Frees what a run has made, not what it was given. */
void sipas__select_run_clear(sipas__select_run *run);

/**
 * "VN/01:urban", for messages and the column `stratum`, joined as data/joined.h says; cut where it does not fit. `is_path`: the group
 * is a joined name already. Returns `buffer`.
 */
const char *sipas__select_stratum_name(const char *group, int is_path, const char *class_name, char *buffer,
                                       size_t size);

/** Draws a group: SIPAS_ERR_MISSING, _VALUE, _NOT_FOUND, _TOO_FEW, _INFEASIBLE, _MEMORY as sipas_draw() says. */
sipas_status sipas__select_draw_group(sipas__select_run *run, const sipas__select_group *group, sipas_error *err);

/** Draws a cell; enough units are there. SIPAS_ERR_INFEASIBLE, _VALUE, _MEMORY. */
sipas_status sipas__select_draw_cell(sipas__select_run *run, const sipas__select_group *group,
                                     const sipas__select_cell *cell, sipas_error *err);

/** sipas_inclusion_prob() without its checks. */
void sipas__select_inclusion_prob(const sipas_column *size, int64_t n, double *pi);

/**
 * Reads a quota table. `classes` are the units' (NULL or empty: there are none). The first column of the table is either
 * `group_labels` matched with `groups`, or `group_units`, numbers 0 … n_units-1. On failure cleared.
 */
typedef struct sipas__select_quota_columns {
    const sipas_column *group_labels; /* quota_stratum of sipas_draw(), or NULL */
    const sipas__labels *groups;
    const sipas_column *group_units; /* quota_parent, or NULL */
    int64_t n_units;
    const sipas_column *unit_class; /* quota_class, or quota_stratum of a stage */
    const char *class_column;       /* its name, for messages */
    const sipas__labels *classes;
    const sipas_column *n, *reserve;
} sipas__select_quota_columns;

sipas_status sipas__select_quotas_read(sipas__select_quotas *quotas, const sipas_ctx *ctx,
                                       const sipas__select_quota_columns *columns, sipas_error *err);

/** First of the rows for a group, their number in *n; the rows for every group when none names it. */
int64_t sipas__select_quotas_find(const sipas__select_quotas *quotas, int64_t group, int64_t *n);

/** Units and reserves that rows of its own ask of a group; 0 when it has none. All-zero quotas are fine. */
int64_t sipas__select_quotas_want(const sipas__select_quotas *quotas, int64_t group);

/** SIPAS_ERR_TOO_FEW: a draw that has no unit. */
sipas_status sipas__select_nothing_drawn(sipas_error *err);

/** Frees what it holds. All-zero quotas are fine. */
void sipas__select_quotas_clear(const sipas_ctx *ctx, sipas__select_quotas *quotas);

/** What a draw or stage says about its method. */
typedef struct sipas__select_method_use {
    int32_t method;
    int64_t n, reserve;
    int counts_given; /* by columns: quotas, n_of, reserve_of */
    int size_given;
} sipas__select_method_use;

/** SIPAS_ERR_OPTION without a seed. */
sipas_status sipas__select_check_seed(int32_t has_seed, sipas_error *err);

/** SIPAS_ERR_ARGUMENT, SIPAS_ERR_OPTION when method, counts and sizes do not go together. */
sipas_status sipas__select_check_method(const sipas__select_method_use *use, int32_t stage_index, sipas_error *err);

/** Reads a bool column into *out, missing = 0; a column that is not given leaves *out alone. The caller frees it. */
sipas_status sipas__select_read_flags(const sipas_ctx *ctx, const sipas_column *column, int64_t n, const char *name,
                                      uint8_t **out, sipas_error *err);

/** FNV-1a over eight bytes, the least significant first. */
uint64_t sipas__select_frame_hash(uint64_t hash, uint64_t word);

/** The eight bytes of a size for the frame's hash. */
uint64_t sipas__select_frame_word(double size);

#endif
