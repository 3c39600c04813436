/**
 * @file instrument.h
 * An instrument: the questionnaire as a tree, block → factor → criterion → item, given as data.
 *
 * Built in, with their source:
 * - "1001/2023": the 39 satisfaction items of the form of 2023-2026 (Decision 1001/QĐ-BNV of 11 December 2023), 51 nodes:
 *   the items `q01` … `q39`, then `I.A` … `I.D`, `II.A` … `II.E`, `I`, `II`, `SIPAS`;
 * - "2022": the 33 satisfaction items of the form of 2022, 45 nodes with the same aggregates.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_INSTRUMENT_H
#define SIPAS_INSTRUMENT_H

#include "base.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a node of an instrument is. */
enum {
    SIPAS_NODE_ITEM = 1,      /**< a question that is asked: a leaf */
    SIPAS_NODE_CRITERION = 2, /**< a criterion made of several items (an item alone is a criterion of its own) */
    SIPAS_NODE_FACTOR = 3,    /**< a factor: a group of criteria */
    SIPAS_NODE_BLOCK = 4,     /**< a block: a group of factors */
    SIPAS_NODE_INDEX = 5      /**< the root: the overall index */
};

/** Type of an item. */
enum {
    SIPAS_ITEM_LIKERT = 1,   /**< ordered levels, the higher the better */
    SIPAS_ITEM_SINGLE = 2,   /**< one choice of K, no order */
    SIPAS_ITEM_MULTIPLE = 3, /**< one of several boxes, each an item: 1 ticked, 0 not */
    SIPAS_ITEM_YES_NO = 4    /**< 1 yes, 0 no */
};

/** Role of an item in the survey. */
enum {
    SIPAS_ROLE_JUDGEMENT = 1,    /**< nhận định, đánh giá */
    SIPAS_ROLE_SATISFACTION = 2, /**< mức độ hài lòng */
    SIPAS_ROLE_EXPECTATION = 3   /**< nhu cầu, mong đợi */
};

/** An instrument. Opaque, immutable. */
typedef struct sipas_instrument sipas_instrument;

/**
 * A node, as given to sipas_instrument_new() and as read back. A frozen value struct; the texts are borrowed.
 *
 * Answers of an item: the codes first_code … first_code + levels - 1 are valid. Codes in `dont_know` and
 * `not_applicable` are told apart from them and from a missing answer, and none of the three is scored. Any other
 * value is an error with its row and item.
 */
typedef struct sipas_node {
    const char *code;    /**< unique, e.g. "q01", "I.A" */
    const char *parent;  /**< code of the parent; NULL = the root */
    const char *name;    /**< English name; may be NULL */
    const char *name_vi; /**< Vietnamese name; may be NULL */
    double weight;       /**< weight among its siblings for the weighting `explicit`; 0 = not given */
    int32_t kind;        /**< SIPAS_NODE_ */
    int32_t type;        /**< SIPAS_ITEM_; 0 for a node that is not an item */
    int32_t role;        /**< SIPAS_ROLE_; 0 for a node that is not an item */
    int32_t levels;      /**< K, the number of valid codes, 2 … 100 (2 for yes/no and boxes); 0 for a node that is
                                    not an item */
    int32_t first_code;  /**< the lowest valid code: 1 for most Likert scales; 0 for yes/no, boxes and a node that
                                    is not an item */
    int32_t reversed;    /**< 1 = the lowest code is the best */
    int32_t n_dont_know; /**< how many of dont_know are used */
    int32_t n_not_applicable;  /**< how many of not_applicable are used */
    int16_t dont_know[4];      /**< codes that mean "don't know" */
    int16_t not_applicable[4]; /**< codes that mean "not applicable" */
} sipas_node;

/**
 * A built-in instrument.
 *
 * @param id "1001/2023" or "2022"
 * @return borrowed, constant, never to be freed (sipas_instrument_free() of it does nothing); NULL when there is no
 *         such instrument. O(1). Since 0.1.
 *
 * Threads: any. Golden: test_changed_columns.
 */
SIPAS_API const sipas_instrument *sipas_instrument_builtin(const char *id);

/** Number of built-in instruments. O(1). Since 0.1. Threads: any. Test: test_instruments. */
SIPAS_API int64_t sipas_instrument_count_builtin(void);

/**
 * Id of a built-in instrument by position; NULL when out of range. O(1). Since 0.1.
 * Threads: any. Test: test_instruments.
 */
SIPAS_API const char *sipas_instrument_get_builtin_id(int64_t index);

/**
 * Makes an instrument from its nodes. All texts are copied.
 *
 * The nodes may come in any order; they are kept as: items first, in the order given, then every other node after
 * its children, otherwise in the order given, the root last. An item alone is a tree too: its own root.
 *
 * @param ctx context or NULL
 * @param id its name, e.g. "my-province/2025"
 * @param source where it comes from, one sentence; may be NULL
 * @param nodes n nodes
 * @param n their number
 * @param[out] out the instrument; the caller's, to give to sipas_instrument_free()
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT id, nodes or out is NULL, n < 1, or a node without code
 * @retval SIPAS_ERR_DUPLICATE two nodes with one code
 * @retval SIPAS_ERR_TREE no root or two, an orphan, a cycle, an item with children, a node that is no item without any
 * @retval SIPAS_ERR_VALUE kind, type, role, levels, first_code, weight or a don't-know or not-applicable code is out of
 *         range, or one code is in two of valid, don't-know and not-applicable; a node's code is not UTF-8 or has a control
 *         character
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * Every message names the node. O(n log n). Since 0.1.
 * Threads: context. Golden: test_index.
 */
SIPAS_API sipas_status sipas_instrument_new(sipas_ctx *ctx, const char *id, const char *source, const sipas_node *nodes,
                                            int64_t n, sipas_instrument **out, sipas_error *err);

/**
 * Frees an instrument made by sipas_instrument_new(); NULL and built-in ones are fine. O(nodes). Since 0.1.
 * Threads: last. Test: test_instruments.
 */
SIPAS_API void sipas_instrument_free(sipas_instrument *instrument);

/** Its id. Borrowed. O(1). Since 0.1. Threads: any. Test: test_instruments. */
SIPAS_API const char *sipas_instrument_get_id(const sipas_instrument *instrument);

/** Its source; "" when none was given. Borrowed. O(1). Since 0.1. Threads: any. Test: test_instruments. */
SIPAS_API const char *sipas_instrument_get_source(const sipas_instrument *instrument);

/** Number of nodes. O(1). Since 0.1. Threads: any. Test: test_instruments. */
SIPAS_API int64_t sipas_instrument_count_nodes(const sipas_instrument *instrument);

/** Number of items; they are the nodes 0 … items-1. O(1). Since 0.1. Threads: any. Test: test_instruments. */
SIPAS_API int64_t sipas_instrument_count_items(const sipas_instrument *instrument);

/** A node by position; NULL when out of range. Borrowed. O(1). Since 0.1. Threads: any. Test: test_instruments. */
SIPAS_API const sipas_node *sipas_instrument_get_node(const sipas_instrument *instrument, int64_t index);

/**
 * Position of a node's parent; -1 for the root or when out of range. O(1). Since 0.1.
 * Threads: any. Test: test_instruments.
 */
SIPAS_API int64_t sipas_instrument_get_parent(const sipas_instrument *instrument, int64_t index);

/**
 * All answers that an item declares, as the option `categories` of a distribution takes them: the valid codes ascending, then those
 * of don't know, then those of not applicable.
 *
 * @param instrument an instrument
 * @param index position of an item
 * @param[out] codes room for levels + n_dont_know + n_not_applicable codes of its node, at most 108
 * @return their number; 0 where the node is no item, or the index is out of range. O(answers). Since 0.1.
 *
 * Threads: any. Test: test_instruments.
 */
SIPAS_API int64_t sipas_instrument_copy_answers(const sipas_instrument *instrument, int64_t index, int64_t *codes);

/**
 * Position of a node by code.
 *
 * @retval SIPAS_ERR_ARGUMENT an argument is NULL
 * @retval SIPAS_ERR_NOT_FOUND no such node; the message names it
 *
 * O(nodes). Since 0.1.
 * Threads: any. Test: test_instruments.
 */
SIPAS_API sipas_status sipas_instrument_find(const sipas_instrument *instrument, const char *code, int64_t *out,
                                             sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif
