/*
 * Option structs grow at their end only; their first field says how long the caller's is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/options.h"

#include <string.h>

#include "base/error.h"
#include "base/sizes.h"

/* Structs of options are aligned as their widest fields are, and never padded: a newer one ends where a pointer or double may begin. */
enum { ALIGNMENT = 8 };

/* Whether a struct ever had a size. Of one that is not in the list, as none is outside of tests, only that no field can be cut. */
static int was_size(const char *name, uint32_t size)
{
    for (const sipas__struct_sizes *of = sipas__published_sizes; of->name; of++) {
        if (strcmp(of->name, name) != 0) continue;
        for (int i = 0; i < SIPAS__MOST_SIZES; i++)
            if (of->size[i] == size) return 1;
        return 0;
    }
    return size % ALIGNMENT == 0;
}

sipas_status sipas__options_load(void *own, size_t size, const void *callers, const char *name, sipas_error *err)
{
    uint32_t callers_size;
    uint32_t own_size = (uint32_t)size;

    memset(own, 0, size);
    if (callers) {
        memcpy(&callers_size, callers, sizeof callers_size);
        if (callers_size < sizeof callers_size || callers_size > 65536)
            return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                                    "%s: struct_size is %u; set it with the _INIT macro or the _init function", name,
                                    (unsigned)callers_size);
        if (callers_size < size ? !was_size(name, callers_size) : callers_size % ALIGNMENT != 0)
            return sipas__error_set(
                err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                "%s: struct_size is %u, which no version of it had; set it with the _INIT macro or the _init "
                "function",
                name, (unsigned)callers_size);
        for (size_t i = size; i < callers_size; i++)
            if (((const unsigned char *)callers)[i] != 0)
                return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, name,
                                        "%s: a field at byte %zu is set that this version of the library does not know",
                                        name, i);
        memcpy(own, callers, callers_size < size ? callers_size : size);
    }
    memcpy(own, &own_size, sizeof own_size);
    return SIPAS_OK;
}

static sipas_status no_value(const char *field, int32_t value, int32_t low, int32_t high, sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, field,
                            "option %s: %d is not one of its values (%d to %d)", field, (int)value, (int)low,
                            (int)high);
}

sipas_status sipas__options_check(const char *field, int32_t value, int32_t low, int32_t high, sipas_error *err)
{
    return value >= low && value <= high ? SIPAS_OK : no_value(field, value, low, high, err);
}

sipas_status sipas__options_enum(const char *field, int32_t value, int32_t which, sipas_error *err)
{
    if (sipas__enum_has(which, value)) return SIPAS_OK;
    return no_value(field, value, sipas__enum_least(which), sipas__enum_most(which), err);
}

sipas_status sipas__options_level(double *level, sipas_error *err)
{
    if (*level == 0.0) *level = 0.95;
    if (*level > 0.0 && *level < 1.0) return SIPAS_OK;
    return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "level",
                            "option level: %g is not between 0 and 1", *level);
}
