/*
 * Names of variables and targets for messages and tables.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "allocate/multi.h"

#include <stdio.h>

const char *sipas__multi_variable(const sipas__multi *m, int32_t variable, char *buffer)
{
    if (m->opts.names && m->opts.names[variable]) return m->opts.names[variable];
    (void)sipas__text_format(buffer, 16, "%d", (int)variable + 1);
    return buffer;
}

const char *sipas__multi_label(const sipas__multi *m, int64_t target, char *label)
{
    const sipas__target *of = &m->target[target];
    const sipas__cut *cut = &m->cut[of->cut];
    char buffer[16];

    if (cut->name)
        (void)sipas__text_format(label, 256, "variable %.64s in %.64s %.64s",
                                 sipas__multi_variable(m, of->variable, buffer), cut->name, cut->of.texts[of->domain]);
    else
        (void)sipas__text_format(label, 256, "variable %.64s in the whole",
                                 sipas__multi_variable(m, of->variable, buffer));
    return label;
}
