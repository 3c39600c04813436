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
    SIPAS_ALLOCATE_POWER = 4,  /**< N^power (Bankier 1988, Am. Stat. 42:174, with equal coefficients of variation) */
    SIPAS_ALLOCATE_NEYMAN = 5, /**< N S: the least Σ (N S)² / n (Neyman 1934, JRSS 97:558) */
    SIPAS_ALLOCATE_COST = 6,   /**< N S / √c: the least Σ (N S)² / (c n) */
    SIPAS_ALLOCATE_CLASS_TABLE = 7 /**< nothing: each unit gets the number of its class; `size` may be NULL */
};

/**
 * How the parts become whole numbers under SIPAS_ALLOCATE_EQUAL, _PROPORTIONAL, _SQRT and _POWER. The divisor methods
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

/** For `total` of sipas_allocate() with SIPAS_ALLOCATE_CLASS_TABLE: the sum follows from the table. */
#define SIPAS_ALLOCATE_NO_TOTAL (-1)

/** Options of sipas_allocate(). Columns are as long as the list of units; NULL = none. */
typedef struct sipas_allocate_opts {
    uint32_t struct_size;    /**< size of this struct as the caller knows it */
    int32_t method;          /**< SIPAS_ALLOCATE_ */
    int32_t rounding;        /**< SIPAS_ROUNDING_; not for neyman and cost, whose whole numbers are the exact optimum */
    int32_t size_is_measure; /**< 1 = `size` is a measure, not a count of people: a unit may get more than its size */
    int32_t power_given;     /**< 1 = `power` counts, even 0; 0 = ½ */
    int32_t lower_given;     /**< 1 = `lower_value` counts, even 0 (see the minimum of one below) */
    double power;            /**< exponent for SIPAS_ALLOCATE_POWER, 0 … 10 */
    int64_t lower_value;     /**< least number for every unit, ≥ 0; 0 = none */
    int64_t upper_value;     /**< largest number for every unit, ≥ 0; 0 = none */
    const sipas_column *lower;      /**< least number of each unit, whole ≥ 0; instead of lower_value */
    const sipas_column *upper;      /**< largest number of each unit, whole ≥ 0 or infinite; instead of upper_value */
    const sipas_column *code;       /**< codes of the units, all different; they name units and settle ties */
    const sipas_column *sd;         /**< S ≥ 0, standard deviation within the unit; read by neyman and cost */
    const sipas_column *cost;       /**< c > 0, cost of one interview; read by cost */
    const sipas_column *unit_class; /**< class of each unit, for the class table */
    const sipas_column *class_code; /**< the class table: the classes, all different … */
    const sipas_column *class_n;    /**< … and the number for a unit of each, whole ≥ 0 */
} sipas_allocate_opts;

/** Initialiser of a ::sipas_allocate_opts. */
#define SIPAS_ALLOCATE_OPTS_INIT                                                                              \
    {                                                                                                         \
        sizeof(sipas_allocate_opts), 0, 0, 0, 0, 0, 0.0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    }

/** Sets every option to its default. O(1). Since 0.1. */
SIPAS_API void sipas_allocate_opts_init(sipas_allocate_opts *opts);

/**
 * Splits `total` over the units of a list: strata, provinces, communes, villages.
 *
 * **Bounds.** lower ≤ n ≤ upper holds for every unit, and Σ n = total, or the call fails and says which
 * bounds cannot be kept together; none is ever dropped. A unit never gets more than its size (rounded down)
 * unless `size_is_measure`. Under neyman, cost, hill and adams every unit whose weight is not zero gets at
 * least one when its upper bound permits: without one its variance is infinite. A lower bound given as 0
 * (column, or lower_value with lower_given) gives way to a total that is too small for that: then the largest
 * N S (N S / √c, w) among them have one, and a note names each that has none ("no_sample").
 *
 * **Continuous optimum** (column `continuous`): x = clamp(s w, lower, upper) with Σ x = total, by a bracketed
 * Newton search for s (Stenger and Gabler 2005, Metrika 61:137); for neyman it is what RNABOX gives
 * (Wesołowski, Wieczorkowski and Wójciak 2024, Surv. Methodol. 50:487). Σ x is the total to 1e-12.
 *
 * **Whole numbers.** neyman and cost minimise Σ (N S)² / (c n) over the whole numbers within the bounds,
 * exactly: the next one always goes to the largest (N S)² / (c k (k + 1)) (Wright 2012, Am. Stat. 66:217;
 * Wright 2017, Stat. Probab. Lett. 129:50; Friedrich, Münnich, de Vries and Wagner 2015, Comput. Stat. Data
 * Anal. 92:1). Rounding the continuous optimum does not always give that. The others follow `rounding`,
 * within the same bounds: largest remainder rounds the continuous column. Comparisons that doubles cannot
 * settle are made in whole-number arithmetic on the values as given, so a tie is a tie; it goes to the
 * smaller code (numbers by value, text by bytes; the row when there are no codes), and the order of the rows
 * changes nothing. (Exceptions: `power`, and largest remainder of sizes that are not whole or of square
 * roots, are as exact as doubles are.) What is left when every unit with a weight is full goes to units of
 * weight zero, smallest code first, with a note ("zero_weight").
 *
 * Returns the schema "allocation", one row per unit in the order given: code (when given), n, fraction (n /
 * size; missing without size or for size 0), continuous, lower, upper (missing = none), share (n / total;
 * missing when total is 0).
 *
 * Metadata: method ("neyman/1" …), rounding, formula, total, sum_lower, sum_upper ("none" when a unit has
 * none), and the certificate: objective (what the method makes least; its formula in objective_formula),
 * objective_continuous (the same for the continuous optimum), exchange (the least growth of the objective
 * when one moves from a unit to another within the bounds: ≥ 0 proves the optimum; "none" when no move is
 * legal). Objectives: Σ (N S)² / (c n) for neyman and cost, Σ w² / n for hill, Σ n² / w for webster,
 * Σ n (n + 1) / w for jefferson, Σ n (n - 1) / w for adams, Σ (n - continuous)² for largest remainder, each
 * over the units of positive weight. The class table has no certificate.
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
 * @retval SIPAS_ERR_OPTION an option outside its range; rounding given for neyman, cost or the class table
 * @retval SIPAS_ERR_LENGTH a column has another length than the list
 * @retval SIPAS_ERR_TYPE a column of a type that does not fit
 * @retval SIPAS_ERR_MISSING a size, sd, cost, bound, code or class is missing or NaN; names the unit
 * @retval SIPAS_ERR_VALUE total is negative or beyond 10^12; a size, sd or cost is negative or infinite, a
 *        cost 0, a bound negative or not whole, N S too large; every weight is zero; names the unit
 * @retval SIPAS_ERR_DUPLICATE two units with one code, or two lines of the class table with one class
 * @retval SIPAS_ERR_NOT_FOUND a unit's class is not in the class table; names both
 * @retval SIPAS_ERR_INFEASIBLE a lower bound above its upper bound or size (names the unit); lower bounds
 *        that sum to more than the total, or upper bounds to less (names the sums and the unit with the
 *        largest, or smallest, bound); too small a total for one each; a class table that does not fit a
 *        unit's bounds or the total
 * @retval SIPAS_ERR_CANCELLED the progress callback asked to stop
 * @retval SIPAS_ERR_MEMORY no memory
 *
 * O(units) expected time; memory besides the table: 8 bytes a unit for each of size, sd and cost that is not
 * a column of plain doubles, 4 for codes, up to 48 where many units tie. Since 0.1. Golden: test_allocation.
 */
SIPAS_API sipas_status sipas_allocate(sipas_ctx *ctx, int64_t total, const sipas_column *size,
                                      const sipas_allocate_opts *opts, sipas_table **out, sipas_error *err);

#ifdef __cplusplus
}
#endif

#endif
