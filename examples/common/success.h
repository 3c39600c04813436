/**
 * @file success.h
 * Which cells of a column hold a success.
 *
 * A column whose cells are all numbers (or missing, NA among it) is compared as numbers: 4.0 is 4. Any other is compared as text, in
 * NFC and without blanks around it or differences of case; where one of these was needed, a note says in how many cells. There NA is
 * a text.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_SUCCESS_H
#define EXAMPLES_SUCCESS_H

#include "read_csv.h"

/**
 * @param s the sheet
 * @param column name of the column
 * @param success values, also several in one text with + between where the text as a whole is not held
 * @param[out] out one number a row, 1 = a success, 0 = none, NaN = missing; to be freed, whatever the status
 * @param err SIPAS_ERR_NOT_FOUND: the column holds none of the values; lists what it holds. One that it does not hold beside others
 *        that it does is noted.
 */
sipas_status success_read(sheet *s, const char *column, const option_texts *success, double **out, sipas_error *err);

#endif
