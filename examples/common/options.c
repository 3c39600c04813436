/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refuse.h"

sipas_status choose(const char *name, const char *word, const choice *choices, int32_t *out, sipas_error *err)
{
    char words[256] = "";
    size_t length = 0;
    for (const choice *c = choices; c->word; c++) {
        if (strcmp(word, c->word) == 0) {
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
    char *end;
    const double number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number >= o->low && number <= o->high))
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s %.60s: give a number from %g to %g", o->name, text, o->low, o->high);
    *out = number;
    return SIPAS_OK;
}

static sipas_status read_value(const option *o, const char *value, void *field, sipas_error *err)
{
    option_texts *texts = field;
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

sipas_status options_read(int argc, char **argv, const option *options, void *target, const char **positional, int most,
                          sipas_error *err)
{
    int n = 0;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (n == most) return refuse(err, SIPAS_ERR_ARGUMENT, "%.100s: one argument too many; see --help", argv[i]);
            positional[n++] = argv[i];
            continue;
        }
        const option *o = options;
        while (o->name && strcmp(argv[i], o->name) != 0) o++;
        if (!o->name) return refuse(err, SIPAS_ERR_ARGUMENT, "%.100s: no such option; see --help", argv[i]);
        const char *value = "";
        if (o->kind != OPTION_FLAG) value = ++i < argc ? argv[i] : NULL;
        if (!value) return refuse(err, SIPAS_ERR_ARGUMENT, "%s: a value is missing; see --help", o->name);
        const sipas_status status = read_value(o, value, (char *)target + o->field, err);
        if (status != 0) return status;
    }
    return SIPAS_OK;
}
