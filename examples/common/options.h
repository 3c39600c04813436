/**
 * @file options.h
 * Options of a command line, read after a table into a struct of the program's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_OPTIONS_H
#define EXAMPLES_OPTIONS_H

#include <stddef.h>

#include <sipas.h>

#include "words.h"

/** What follows an option, and the type of the field that it goes to. */
enum option_kind {
    OPTION_FLAG,   /**< nothing; int: 1 */
    OPTION_TEXT,   /**< a text; const char * */
    OPTION_TEXTS,  /**< a text, each time the option stands there; option_texts */
    OPTION_CHOICE, /**< one of `choices`; int32_t */
    OPTION_NUMBER  /**< a number from `low` to `high`; double */
};

/** Texts of an option that may be repeated. */
typedef struct option_texts {
    int n;
    const char *text[32];
} option_texts;

/** One option. A list of them ends with a NULL name. Two with one field are one option with two names. */
typedef struct option {
    const char *name; /**< "--level" */
    enum option_kind kind;
    size_t field; /**< offsetof() the struct */
    const choice *choices;
    double low, high;
} option;

/** Finds a word, in which - and _ are the same; the error lists those there are, as choices of the option `name`. */
sipas_status choose(const char *name, const char *word, const choice *choices, int32_t *out, sipas_error *err);

/**
 * Reads a command line: "--level 0.9" or "--level=0.9". What does not begin with "--" is given to `positional` in order.
 *
 * @param argc,argv as main() has them
 * @param options the options there are
 * @param target the struct
 * @param positional room for `most` of them
 * @param most their greatest number; one more is an error
 * @param err an option that is not there, whose value is missing or wrong, or that holds one thing and is given twice: the message
 *        names it
 */
sipas_status options_read(int argc, char **argv, const option *options, void *target, const char **positional, int most,
                          sipas_error *err);

#endif
