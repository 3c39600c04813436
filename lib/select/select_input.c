/*
 * What the draws have in common before anything is drawn: checks of options, flags, the words of the frame's hash.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "base/options.h"
#include "data/column.h"
#include "select/method.h"

sipas_status sipas__select_check_seed(int32_t has_seed, sipas_error *err)
{
    if (has_seed == 0)
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, SIPAS__NOWHERE, "seed",
                                "option seed: a draw needs a seed; set seed, and has_seed to 1");
    return sipas__options_check("has_seed", has_seed, 0, 1, err);
}

sipas_status sipas__select_check_method(const sipas__select_method_use *use, int32_t stage_index, sipas_error *err)
{
    const sipas__select_method *method = sipas__select_method_of(use->method);

    if (use->n < 0 || use->reserve < 0)
        return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, stage_index, use->n < 0 ? "n" : "reserve",
                                "%s is negative", use->n < 0 ? "n" : "reserve");
    if (!method->takes_all && use->n == 0 && use->reserve == 0 && !use->counts_given)
        return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, stage_index, "n",
                                "nothing is asked for: give n or quotas, or take all units");
    if (method->takes_all && (use->n || use->reserve || use->counts_given))
        return sipas__error_set(err, SIPAS_ERR_OPTION, SIPAS__NOWHERE, stage_index, "method",
                                "option method: all units are taken, so neither n, reserve nor quotas may be given");
    if (method->needs_size != (use->size_given != 0))
        return sipas__error_set(err, SIPAS_ERR_ARGUMENT, SIPAS__NOWHERE, stage_index, "size",
                                method->needs_size ? "a draw proportional to size needs a size"
                                                   : "a size is given, but the method is not PPS");
    return SIPAS_OK;
}

sipas_status sipas__select_nothing_drawn(sipas_error *err)
{
    return sipas__error_set(err, SIPAS_ERR_TOO_FEW, SIPAS__NOWHERE, SIPAS__NOWHERE, "n",
                            "nothing is drawn: every number asked for is 0, or every unit is excluded");
}

sipas_status sipas__select_read_flags(const sipas_ctx *ctx, const sipas_column *column, int64_t n, const char *name,
                                      uint8_t **out, sipas_error *err)
{
    sipas_status status;

    if (!sipas__column_given(column)) return SIPAS_OK;
    status = sipas__column_check(column, n, SIPAS__FLAGS, name, err);
    if (status < 0) return status;
    *out = sipas__alloc(ctx, n, 1);
    if (!*out) return sipas__error_memory(err);
    for (int64_t i = 0; i < n; i++) {
        int64_t value = 0;

        (*out)[i] = sipas__column_whole(column, i, &value) == 1 && value != 0;
    }
    return SIPAS_OK;
}

uint64_t sipas__select_frame_hash(uint64_t hash, uint64_t word)
{
    char bytes[8];

    for (int i = 0; i < 8; i++) bytes[i] = (char)(word >> (8 * i) & 0xFF);
    return sipas__hash_bytes(hash, bytes, sizeof bytes);
}

uint64_t sipas__select_frame_word(double size)
{
    uint64_t bits;

    if (isnan(size)) return UINT64_C(0x7ff8000000000000);
    memcpy(&bits, &size, sizeof bits);
    return bits;
}
