/**
 * @file allocate.h
 * Splitting a sample over strata or units into whole numbers whose sum is exact.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_ALLOCATE_H
#define SIPAS_ALLOCATE_H

#include "base.h"
#include "column.h"
#include "table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What each unit's part is proportional to, where no bound stops it. N = size, S = sd, c = cost. */
enum {
    SIPAS_ALLOCATE_DEFAULT = 0,      /**< = SIPAS_ALLOCATE_PROPORTIONAL */
    SIPAS_ALLOCATE_EQUAL = 1,        /**< 1; `size` may be NULL */
    SIPAS_ALLOCATE_PROPORTIONAL = 2, /**< N */
    SIPAS_ALLOCATE_SQRT = 3,         /**< √N */
    SIPAS_ALLOCATE_POWER = 4,        /**< N^power: bankier with equal coefficients of variation and X = N */
    SIPAS_ALLOCATE_NEYMAN = 5,       /**< N S: the least Σ (N S)² / n (Neyman 1934, JRSS 97:558) */
    SIPAS_ALLOCATE_COST = 6,         /**< N S / √c: the least Σ (N S)² / (c n) */
    SIPAS_ALLOCATE_CLASS_TABLE = 7,  /**< nothing: each unit gets the number of its class; `size` may be NULL */
    SIPAS_ALLOCATE_KISH = 8, /**< √(k W² + (1 - k) / H²), W = N / Σ N, H units: k = 0 is equal, k = 1 proportional, and
                                  the root between them serves the units and the whole (Kish 1976, JRSS A 139:80;
                                  1988, Surv. Methodol. 14:19, where the whole counts I times as much as the units,
                                  √(I² W² + 1 / H²): k = I² / (1 + I²)) */
    SIPAS_ALLOCATE_BANKIER = 9 /**< X^q S / Ȳ: the least Σ (X^q CV)², CV = S / (Ȳ √n) that of the unit's own mean or
                                    total, X its importance: q = 0 gives all units nearly the same precision, q = 1
                                    with X = N Ȳ is neyman (Bankier 1988, Am. Stat. 42:174) */
};

/**
 * How the parts become whole numbers under SIPAS_ALLOCATE_EQUAL, _PROPORTIONAL, _SQRT, _POWER and _KISH. The divisor methods
 * give one after the other the unit with the largest w / d(k), k = what it has (Balinski and Young 2001, Fair
 * Representation, 2nd ed., app. A).
 */
enum {
    SIPAS_ROUNDING_DEFAULT = 0,           /**< = SIPAS_ROUNDING_LARGEST_REMAINDER */
    SIPAS_ROUNDING_LARGEST_REMAINDER = 1, /**< Hamilton, Hare-Niemeyer: never further than 1 from the exact part */
    SIPAS_ROUNDING_WEBSTER = 2,           /**< Sainte-Laguë: d = k + ½ */
    SIPAS_ROUNDING_HILL = 3,     /**< Hill-Huntington, equal proportions: d = √(k (k + 1)); each has at least one */
    SIPAS_ROUNDING_ADAMS = 4,    /**< d = k, favours small units; each has at least one */
    SIPAS_ROUNDING_JEFFERSON = 5 /**< D'Hondt: d = k + 1, favours large units */
};

/** What becomes of a total, or a small unit, that does not fit the workload rule (option `multiple`). */
enum {
    SIPAS_REMAINDER_ERROR = 0, /**< an error that names it */
    SIPAS_REMAINDER_DOWN = 1,  /**< the total goes down to a multiple, with a note ("total_rounded") */
    SIPAS_REMAINDER_UP = 2,    /**< the total goes up to a multiple, with the same note */
    SIPAS_REMAINDER_PART = 3   /**< the total holds: one unit, the one whose next block would be given first, gets the
                                    part of a block that is left over, with a note ("part_block") */
};

/** For `total` of sipas_allocate() with SIPAS_ALLOCATE_CLASS_TABLE: the sum follows from the table. */
#define SIPAS_ALLOCATE_NO_TOTAL (-1)

/** Options of sipas_allocate(). Columns are as long as the list of units; NULL = none. */
typedef struct sipas_allocate_opts {
    uint32_t struct_size;    /**< size of this struct as the caller knows it */
    int32_t method;          /**< SIPAS_ALLOCATE_ */
    int32_t rounding;        /**< SIPAS_ROUNDING_; not for neyman, cost and bankier, whose whole numbers are exact */
    int32_t size_is_measure; /**< 1 = `size` is a measure, not a count of people: a unit may get more than its size */
    int32_t power_given;     /**< 1 = `power` counts, even 0; 0 = ½ */
    int32_t kish_given;      /**< 1 = `kish` counts, even 0; 0 = ½ */
    int32_t lower_given;     /**< 1 = `lower_value` counts, even 0 (see the minimum of one below) */
    int32_t remainder;       /**< SIPAS_REMAINDER_, with `multiple` */
    int32_t gains;           /**< 1 = the column `gain`; reads `size` and `sd` whatever the method */
    int32_t reserved;        /**< 0 */
    double power;            /**< exponent for SIPAS_ALLOCATE_POWER and _BANKIER, 0 … 10 */
    double kish;             /**< k for SIPAS_ALLOCATE_KISH, 0 … 1 */
    int64_t lower_value;     /**< least number for every unit, ≥ 0; 0 = none */
    int64_t upper_value;     /**< largest number for every unit, ≥ 0; 0 = none */
    int64_t multiple; /**< workload rule: every unit gets a multiple of this (5 forms make a village); 0 = none */
    const sipas_column *lower;      /**< least number of each unit, whole ≥ 0; instead of lower_value */
    const sipas_column *upper;      /**< largest number of each unit, whole ≥ 0 or infinite; instead of upper_value */
    const sipas_column *fixed;      /**< the number of each unit that is fixed, whole ≥ 0; missing = free */
    const sipas_column *take_all;   /**< bool or integer: not 0 = the unit is taken whole: its size, rounded down */
    const sipas_column *code;       /**< codes of the units, all different; they name units and settle ties */
    const sipas_column *sd;         /**< S ≥ 0, standard deviation within the unit; read by neyman, cost, bankier */
    const sipas_column *mean;       /**< Ȳ, mean of the unit; read by bankier (> 0) and for a target in CVs (≥ 0) */
    const sipas_column *importance; /**< X ≥ 0 of bankier; NULL = N Ȳ, the unit's total */
    const sipas_column *cost;       /**< c > 0, cost of one interview; read by cost */
    const sipas_column *unit_class; /**< class of each unit, for the class table */
    const sipas_column *class_code; /**< the class table: the classes, all different … */
    const sipas_column *class_n;    /**< … and the number for a unit of each, whole ≥ 0 */
} sipas_allocate_opts;

/** Initialiser of a ::sipas_allocate_opts. */
#define SIPAS_ALLOCATE_OPTS_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(sipas_allocate_opts), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, \
            NULL, NULL, NULL, NULL, NULL, NULL                                                                         \
    }

/** Sets every option to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_allocate_opts_init(sipas_allocate_opts *opts);

/**
 * Splits `total` over the units of a list: strata, provinces, communes, villages.
 *
 * **Bounds.** lower ≤ n ≤ upper holds for every unit, and Σ n = total, or the call fails and says which
 * bounds cannot be kept together; none is ever dropped. A unit never gets more than its size (rounded down)
 * unless `size_is_measure`. A fixed number, or the whole of a unit taken whole, is both its bounds, and must lie
 * within the others. Under neyman, cost, bankier, hill and adams every unit whose weight is not zero gets at
 * least one when its upper bound permits: without one its variance is infinite. A lower bound given as 0
 * (column, or lower_value with lower_given) gives way to a total that is too small for that: then the largest
 * N S (N S / √c, w) among them have one, and a note names each that has none ("no_sample").
 *
 * **Workload rule.** With `multiple` = m every unit gets 0, m, 2m … within its bounds: the same method, with
 * blocks of m in the place of people (lower bounds go up to a multiple, upper bounds down), so the whole numbers
 * are as exact as without. A total that is no multiple goes the way of `remainder`. A unit that needs at least
 * one but has no room for a block is an error under SIPAS_REMAINDER_ERROR; under the other rules it gets none,
 * with a note ("no_block"). A fixed number must be a multiple.
 *
 * **Continuous optimum** (column `continuous`): x = clamp(s w, lower, upper) with Σ x = total, by a bracketed
 * Newton search for s (Stenger and Gabler 2005, Metrika 61:137); for neyman it is what RNABOX gives
 * (Wesołowski, Wieczorkowski and Wójciak 2024, Surv. Methodol. 50:487). Σ x is the total to 1e-12.
 *
 * **Whole numbers.** neyman, cost and bankier minimise Σ w² / n over the whole numbers within the bounds,
 * exactly: the next one always goes to the largest w² / (k (k + 1)) (Wright 2012, Am. Stat. 66:217;
 * Wright 2017, Stat. Probab. Lett. 129:50; Friedrich, Münnich, de Vries and Wagner 2015, Comput. Stat. Data
 * Anal. 92:1). Rounding the continuous optimum does not always give that. The others follow `rounding`,
 * within the same bounds: largest remainder rounds the continuous column. Comparisons that doubles cannot
 * settle are made in whole-number arithmetic on the values as given, so a tie is a tie; it goes to the
 * smaller code (numbers by value, text by bytes; the row when there are no codes), and the order of the rows
 * changes nothing. (Exceptions: `power`, `kish` and `bankier`, and largest remainder of sizes that are not whole or of square
 * roots, are as exact as doubles are.) What is left when every unit with a weight is full goes to units of
 * weight zero, smallest code first, with a note ("zero_weight").
 *
 * Returns the schema "allocation", one row per unit in the order given: code (when given), n, fraction (n /
 * size; missing without size or for size 0), continuous, lower, upper (missing = none), share (n / total;
 * missing when total is 0), and on request gain: the shadow price of one more respondent in the unit, by which
 * the variance of the estimated total, Σ N² S² (1 / n - 1 / N), would fall: N² S² / (n (n + 1)), whatever the
 * method and also at an upper bound; missing where nobody is left to ask, and for n = 0 < S.
 *
 * Metadata: method ("neyman/1" …), rounding, formula, power, kish, total, multiple, goal ("total"), sum_lower, sum_upper ("none" when a
 * unit has none), gain_total (the largest gain of a unit that is not at its upper bound: what one more in all
 * buys) and gain_unit (which it is), and the certificate: objective (what the method makes least; its formula in objective_formula),
 * objective_continuous (the same for the continuous optimum), exchange (the least growth of the objective
 * when one, or one block, moves from a unit to another within the bounds: ≥ 0 proves the optimum; "none" when no
 * move is legal). Objectives: Σ w² / n for neyman, cost, bankier and hill, Σ n² / w for webster,
 * Σ n (n + m) / w for jefferson, Σ n (n - m) / w for adams, Σ (n - continuous)² for largest remainder, each
 * over the units of positive weight, m = 1 or the multiple. The class table has no certificate.
 *
 * @param ctx context or NULL
 * @param total the number to split, 0 … 10^12; SIPAS_ALLOCATE_NO_TOTAL for the class table, where a total
 *        given is checked
 * @param size N of each unit: finite numbers ≥ 0, need not be whole. May be NULL for equal (with `code`,
 *        `lower` or `upper`) and for the class table
 * @param opts options, or NULL
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_ARGUMENT out is NULL; no units; a column that the method needs is not given; a column and
 *        its scalar
 * @retval SIPAS_ERR_OPTION an option outside its range; rounding given for a method that has none
 * @retval SIPAS_ERR_LENGTH a column has another length than the list
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit
 * @retval SIPAS_ERR_MISSING a size, sd, cost, bound, code or class is missing or NaN; names the unit
 * @retval SIPAS_ERR_VALUE total is negative or beyond 10^12; a size, sd or cost is negative or infinite, a
 *        cost 0, a bound negative or not whole, N S too large; every weight is zero; names the unit
 * @retval SIPAS_ERR_DUPLICATE two units with one code, or two lines of the class table with one class
 * @retval SIPAS_ERR_NOT_FOUND a unit's class is not in the class table; names both
 * @retval SIPAS_ERR_INFEASIBLE a lower bound above its upper bound or size, a fixed number outside them, no multiple
 *        between them (names the unit); a total that is no multiple; lower bounds that sum to more than the total, or upper bounds to less (names the sums and the unit with the
 *        largest, or smallest, bound); too small a total for one each; a class table that does not fit a
 *        unit's bounds or the total
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units) expected time; memory besides the table: 8 bytes a unit for each of size, sd and cost that is not
 * a column of plain doubles, 4 for codes, up to 48 where many units tie. Since 0.1. Golden: test_allocation.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_allocate(sipas_ctx *ctx, int64_t total, const sipas_column *size,
                                      const sipas_allocate_opts *opts, sipas_table **out, sipas_error *err);

/**
 * Splits a budget: the least variance of the estimated total, Σ N² S² (1 / n - 1 / N), with Σ c n ≤ budget.
 *
 * Method SIPAS_ALLOCATE_COST (the default here) is the optimum; every other but the class table is split as
 * sipas_allocate() does, with the largest total that the budget pays for (one more costs too much). Bounds, fixed units
 * and blocks as there, but under neyman, cost, bankier, hill and adams every unit of positive weight has at least one,
 * also where its lower bound is 0. A budget that pays for more than the upper bounds is
 * not used up.
 *
 * **Whole numbers.** For cost the problem is a knapsack. From the largest total that sipas_allocate() with costs can give within
 * the budget, a search over the changes that may still pay (Nemhauser and Ullmann 1969, Manage. Sci. 15:494; Balas and
 * Zemel 1980, Oper. Res. 28:1130) finds the optimum; when it runs out of room, the best so far stands and `gap` is greater
 * than 0. A cost that passes the budget by 10^-12 of it counts as within: the roundings of a sum.
 *
 * Returns the schema "allocation" with metadata as sipas_allocate(), where objective and exchange are of this problem: the
 * variance Σ N² S² / n, and its least growth when one, or one block, is added, or moves from a unit to another, within
 * bounds and budget ("none" = none fits). Besides: limit (the budget), cost (Σ c n), variance, bound (no whole numbers
 * within bounds and budget have a smaller variance), gap (variance - bound; 0 = the optimum is proved).
 * `continuous` is the optimum over real numbers, n = clamp(s N S / √c) with Σ c n = budget (Cochran 1977, Sampling
 * Techniques, 3rd ed., eq. 5.23).
 *
 * @param ctx context or NULL
 * @param budget what may be spent on interviews, ≥ 0: fixed costs are taken off before
 * @param size N of each unit, as in sipas_allocate()
 * @param opts options with `sd` and `cost`
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_OPTION the class table
 * @retval SIPAS_ERR_VALUE budget is negative, infinite or NaN; the weight of every unit is 0
 * @retval SIPAS_ERR_INFEASIBLE the lower bounds, and one each, cost more than the budget; a unit with a spread may have
 *         none
 * @retval others as sipas_allocate()
 *
 * O(units) for each of some ten splits; the search takes up to 16 MB. Since 0.1. Golden: test_allocation.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_allocate_budget(sipas_ctx *ctx, double budget, const sipas_column *size,
                                             const sipas_allocate_opts *opts, sipas_table **out, sipas_error *err);

/** What a precision target is about. */
enum {
    SIPAS_OF_DEFAULT = 0, /**< = SIPAS_OF_MEAN */
    SIPAS_OF_MEAN = 1,    /**< the mean of all units together, Σ N ȳ / Σ N */
    SIPAS_OF_TOTAL = 2    /**< their total, Σ N ȳ */
};

/** A precision wanted: one of variance, se, half_width and cv is given, the others are 0. */
typedef struct sipas_allocate_target {
    uint32_t struct_size; /**< size of this struct as the caller knows it */
    int32_t of;           /**< SIPAS_OF_ */
    double variance;      /**< largest variance, > 0 */
    double se;            /**< largest standard error, > 0 */
    double half_width;    /**< largest half-width of the interval of level `level`, > 0: normal, or t with `df` */
    double level;         /**< its confidence level in (0, 1); 0 = 0.95 */
    double cv;            /**< largest coefficient of variation, > 0 */
    double mean;          /**< the mean that the cv refers to, > 0; 0 = that of the column `mean` */
    double df; /**< degrees of freedom of that interval, PSUs less strata, > 0; 0 = many. With half_width only */
} sipas_allocate_target;

/** Initialiser of a ::sipas_allocate_target. */
#define SIPAS_ALLOCATE_TARGET_INIT                                          \
    {                                                                       \
        sizeof(sipas_allocate_target), 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0 \
    }

/** Sets everything to its default. O(1). Since 0.1. Threads: any. Test: test_options. */
SIPAS_API void sipas_allocate_target_init(sipas_allocate_target *target);

/**
 * The least sample that has a precision: least n (method SIPAS_ALLOCATE_NEYMAN, the default here) or least cost
 * (SIPAS_ALLOCATE_COST). Every other method but the class table is split as sipas_allocate() does, with a total that has
 * the precision where one (or one block) fewer has not.
 *
 * The variance is that of simple random sampling within the units, V = Σ N² S² (1 / n - 1 / N) for the total, without 1 / N
 * when `size_is_measure`; a target of design-based surveys takes the design effect into `sd` (S √deff). Bounds, fixed units
 * and blocks as in sipas_allocate_budget().
 *
 * **Whole numbers.** Least n is exact: the optimum for each total is known (see sipas_allocate()), and its variance
 * falls with the total. Least cost is a knapsack, solved as in sipas_allocate_budget(), with `bound` and `gap` of the cost.
 * A variance that passes the one wanted by 10^-12 of it counts as within, however small it is beside Σ N S².
 *
 * Returns the schema "allocation" with metadata as sipas_allocate_budget(): limit is that of Σ N² S² / n, objective
 * is Σ n or Σ c n, exchange its least growth, bound and gap are of that. `continuous` is the optimum over real numbers (Cochran 1977, eq. 5.24 and 5.25; with
 * bounds Wójciak 2023, arXiv 2204.04035).
 *
 * @param ctx context or NULL
 * @param size N of each unit, as in sipas_allocate()
 * @param target the precision
 * @param opts options with `sd`, and `cost` for least cost
 * @param[out] out the table; the caller's
 * @param err may be NULL
 * @retval SIPAS_ERR_OPTION the class table; a target with none or several of its numbers, or a bad one
 * @retval SIPAS_ERR_INFEASIBLE not even the upper bounds have the precision (says what they have); a unit with a spread
 *         may have none
 * @retval others as sipas_allocate()
 *
 * O(units) for each of some ten splits; the search for least cost takes up to 16 MB. Since 0.1. Golden: test_allocation.
 * Threads: context.
 */
SIPAS_API sipas_status sipas_allocate_precision(sipas_ctx *ctx, const sipas_column *size,
                                                const sipas_allocate_target *target, const sipas_allocate_opts *opts,
                                                sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif
