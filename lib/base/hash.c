/*
 * FNV-1a, 64 bits, over a path of unit codes (Fowler, Noll and Vo; IETF draft-eastlake-fnv).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/hash.h"

#include <sipas/rng.h>
#include <string.h>

#include "base/error.h"

enum { SEPARATOR = 0x1F };

uint64_t sipas__hash_bytes(uint64_t hash, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        hash ^= (unsigned char)bytes[i];
        hash *= UINT64_C(0x100000001b3);
    }
    return hash;
}

size_t sipas__utf8_length(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;

    if (s[0] < 0x80) return 1;
    if (s[0] >= 0xC2 && s[0] <= 0xDF) return (s[1] & 0xC0) == 0x80 ? 2 : 0;
    if ((s[0] & 0xF0) == 0xE0) {
        if ((s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80) return 0;
        if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F)) return 0;
        return 3;
    }
    if (s[0] >= 0xF0 && s[0] <= 0xF4) {
        if ((s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80 || (s[3] & 0xC0) != 0x80) return 0;
        if ((s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F)) return 0;
        return 4;
    }
    return 0;
}

const char *sipas__code_fault(const char *code)
{
    if (!*code) return "is empty";
    for (const char *s = code; *s;) {
        size_t step = sipas__utf8_length(s);

        if (step == 0) return "is not UTF-8";
        if ((unsigned char)*s < 0x20 || *s == 0x7F) return "holds a control character";
        s += step;
    }
    return NULL;
}

uint64_t sipas__hash_child(uint64_t parent, const char *code)
{
    const char separator = SEPARATOR;

    if (parent != SIPAS__HASH_ROOT) parent = sipas__hash_bytes(parent, &separator, 1);
    return sipas__hash_bytes(parent, code, strlen(code));
}

sipas_status sipas_code_hash(const char *const *path, int64_t depth, uint64_t *out, sipas_error *err)
{
    uint64_t hash = SIPAS__HASH_ROOT;

    if (!path) return sipas__error_argument(err, "path", "is NULL");
    if (!out) return sipas__error_argument(err, "out", "is NULL");
    if (depth < 1) return sipas__error_argument(err, "depth", "is less than 1");
    for (int64_t i = 0; i < depth; i++) {
        const char *fault = path[i] ? sipas__code_fault(path[i]) : NULL;

        if (!path[i]) return sipas__error_argument(err, "path", "holds a NULL code");
        if (fault)
            return sipas__error_set(err, SIPAS_ERR_VALUE, i, SIPAS__NOWHERE, path[i],
                                    "code %lld of the path (\"%s\") %s", (long long)i, path[i], fault);
        hash = sipas__hash_child(hash, path[i]);
    }
    *out = hash;
    return SIPAS_OK;
}

uint64_t sipas__hash_salt(const void *block)
{
    const uint64_t here = (uint64_t)(uintptr_t)&block, there = (uint64_t)(uintptr_t)block;
    const uint64_t code = (uint64_t)(uintptr_t)&sipas__hash_salt;
    uint64_t salt = SIPAS__HASH_ROOT;

    salt = sipas__hash_bytes(salt, (const char *)&here, sizeof here);
    salt = sipas__hash_bytes(salt, (const char *)&there, sizeof there);
    return sipas__hash_bytes(salt, (const char *)&code, sizeof code);
}
