/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "refuse.h"
#include "text.h"

enum { MOST_OPTIONS = 64 };

/* adjust_zero is adjust-zero. */
static int same_word(const char *a, const char *b)
{
    while (*a && (*a == *b || (*a == '_' && *b == '-'))) a++, b++;
    return *a == *b;
}

sipas_status choose(const char *name, const char *word, const choice *choices, int32_t *out, sipas_error *err)
{
    char words[256] = "";
    size_t length = 0;
    for (const choice *c = choices; c->word; c++) {
        if (same_word(word, c->word)) {
            *out = c->value;
            return SIPAS_OK;
        }
        if (length + strlen(c->word) + 3 > sizeof words) continue;
        length += (size_t)snprintf(words + length, sizeof words - length, "%s%s", length ? ", " : "", c->word);
    }
    return refuse(err, SIPAS_ERR_ARGUMENT, "%s %.60s: choose one of %s", name, word, words);
}

static sipas_status read_number(const option *o, const char *text, double *out, sipas_error *err)
{
    double number;
    if (!number_read(text, '.', &number) || !(number >= o->low && number <= o->high))
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s %.60s: give a number from %g to %g", o->name, text, o->low, o->high);
    *out = number;
    return SIPAS_OK;
}

static sipas_status read_value(const option *o, const char *value, void *field, sipas_error *err)
{
    option_texts *texts = field;
    if (text_first_bad(value, strlen(value)) < strlen(value))
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s %.60s: this is no UTF-8", o->name, value);
    switch (o->kind) {
    case OPTION_CHOICE: return choose(o->name, value, o->choices, field, err);
    case OPTION_NUMBER: return read_number(o, value, field, err);
    case OPTION_TEXT: *(const char **)field = value; return SIPAS_OK;
    case OPTION_FLAG: *(int *)field = 1; return SIPAS_OK;
    case OPTION_TEXTS: break;
    }
    if (texts->n == (int)(sizeof texts->text / sizeof *texts->text))
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s: no more than %d of them", o->name, texts->n);
    texts->text[texts->n++] = value;
    return SIPAS_OK;
}

/* The option that an argument names, of which only what stands before a = counts; its place in the list, or -1. */
static int find_option(const option *options, const char *argument)
{
    const size_t length = strcspn(argument, "=");
    for (int i = 0; i < MOST_OPTIONS && options[i].name; i++)
        if (strlen(options[i].name) == length && strncmp(argument, options[i].name, length) == 0) return i;
    return -1;
}

/* What holds one thing is given once, under whichever of its names. `given` tells which names were met. */
static sipas_status check_once(const option *options, int at, char *given, sipas_error *err)
{
    const option *o = &options[at];
    if (o->kind == OPTION_FLAG || o->kind == OPTION_TEXTS) return SIPAS_OK;
    for (int i = 0; options[i].name; i++)
        if (options[i].field == o->field && given[i])
            return i == at ? refuse(err, SIPAS_ERR_ARGUMENT, "%s is given twice, but holds one thing", o->name)
                           : refuse(err, SIPAS_ERR_ARGUMENT, "%s and %s are one option, which holds one thing",
                                    options[i].name, o->name);
    given[at] = 1;
    return SIPAS_OK;
}

/* The option at argv[*i], and its value, there or in the argument behind it, to which *i then moves. */
static sipas_status read_option(int argc, char **argv, int *i, const option *options, char *given, void *target,
                                sipas_error *err)
{
    const char *argument = argv[*i], *equals = strchr(argument, '='), *value = "";
    const int at = find_option(options, argument);
    if (at < 0) return refuse(err, SIPAS_ERR_ARGUMENT, "%.100s: no such option; see --help", argument);
    const option *o = &options[at];
    if (o->kind == OPTION_FLAG && equals)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%.100s: %s takes no value", argument, o->name);
    if (o->kind != OPTION_FLAG) value = equals ? equals + 1 : ++*i < argc ? argv[*i] : NULL;
    if (!value) return refuse(err, SIPAS_ERR_ARGUMENT, "%s: a value is missing; see --help", o->name);
    const sipas_status status = check_once(options, at, given, err);
    return status != 0 ? status : read_value(o, value, (char *)target + o->field, err);
}

sipas_status options_read(int argc, char **argv, const option *options, void *target, const char **positional, int most,
                          sipas_error *err)
{
    char given[MOST_OPTIONS] = {0};
    int n = 0;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (n == most) return refuse(err, SIPAS_ERR_ARGUMENT, "%.100s: one argument too many; see --help", argv[i]);
            positional[n++] = argv[i];
            continue;
        }
        const sipas_status status = read_option(argc, argv, &i, options, given, target, err);
        if (status != 0) return status;
    }
    return SIPAS_OK;
}
