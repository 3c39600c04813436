/*
 * Codes brought to a plain form, a character at a time: blanks at both ends are left out, several within are one, Latin letters are small, and
 * zeros before a number are left out. What has one plain form is alike; the forms are told apart by 64-bit hashes, as FNV-1a by characters,
 * and a pair that is named is compared.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/alike.h"

#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "num/order.h"

/* Capital letters `first`, `first` + step … `last`, and how far their small ones are (Unicode 15, UnicodeData.txt, field 13). */
static const struct small {
    uint16_t first, last;
    uint8_t step;
    int16_t by;
} small_letters[] = {
    {0x00C0, 0x00D6, 1, 32},    {0x00D8, 0x00DE, 1, 32},   {0x0100, 0x012E, 2, 1},     {0x0132, 0x0136, 2, 1},
    {0x0139, 0x0147, 2, 1},     {0x014A, 0x0176, 2, 1},    {0x0178, 0x0178, 1, -121},  {0x0179, 0x017D, 2, 1},
    {0x0181, 0x0181, 1, 210},   {0x0182, 0x0184, 2, 1},    {0x0186, 0x0186, 1, 206},   {0x0187, 0x0187, 1, 1},
    {0x0189, 0x018A, 1, 205},   {0x018B, 0x018B, 1, 1},    {0x018E, 0x018E, 1, 79},    {0x018F, 0x018F, 1, 202},
    {0x0190, 0x0190, 1, 203},   {0x0191, 0x0191, 1, 1},    {0x0193, 0x0193, 1, 205},   {0x0194, 0x0194, 1, 207},
    {0x0196, 0x0196, 1, 211},   {0x0197, 0x0197, 1, 209},  {0x0198, 0x0198, 1, 1},     {0x019C, 0x019C, 1, 211},
    {0x019D, 0x019D, 1, 213},   {0x019F, 0x019F, 1, 214},  {0x01A0, 0x01A4, 2, 1},     {0x01A6, 0x01A6, 1, 218},
    {0x01A7, 0x01A7, 1, 1},     {0x01A9, 0x01A9, 1, 218},  {0x01AC, 0x01AC, 1, 1},     {0x01AE, 0x01AE, 1, 218},
    {0x01AF, 0x01AF, 1, 1},     {0x01B1, 0x01B2, 1, 217},  {0x01B3, 0x01B5, 2, 1},     {0x01B7, 0x01B7, 1, 219},
    {0x01B8, 0x01B8, 1, 1},     {0x01BC, 0x01BC, 1, 1},    {0x01C4, 0x01C4, 1, 2},     {0x01C5, 0x01C5, 1, 1},
    {0x01C7, 0x01C7, 1, 2},     {0x01C8, 0x01C8, 1, 1},    {0x01CA, 0x01CA, 1, 2},     {0x01CB, 0x01DB, 2, 1},
    {0x01DE, 0x01EE, 2, 1},     {0x01F1, 0x01F1, 1, 2},    {0x01F2, 0x01F4, 2, 1},     {0x01F6, 0x01F6, 1, -97},
    {0x01F7, 0x01F7, 1, -56},   {0x01F8, 0x021E, 2, 1},    {0x0220, 0x0220, 1, -130},  {0x0222, 0x0232, 2, 1},
    {0x023A, 0x023A, 1, 10795}, {0x023B, 0x023B, 1, 1},    {0x023D, 0x023D, 1, -163},  {0x023E, 0x023E, 1, 10792},
    {0x0241, 0x0241, 1, 1},     {0x0243, 0x0243, 1, -195}, {0x0244, 0x0244, 1, 69},    {0x0245, 0x0245, 1, 71},
    {0x0246, 0x024E, 2, 1},     {0x1E00, 0x1E94, 2, 1},    {0x1E9E, 0x1E9E, 1, -7615}, {0x1EA0, 0x1EFE, 2, 1}};

enum { N_SMALL = sizeof small_letters / sizeof small_letters[0] };

static uint32_t small_of(uint32_t c)
{
    size_t low = 0, high = N_SMALL;

    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const struct small *at = &small_letters[middle];

        if (c > at->last)
            low = middle + 1;
        else if (c < at->first)
            high = middle;
        else
            return (c - at->first) % at->step == 0 ? (uint32_t)((int32_t)c + at->by) : c;
    }
    return c;
}

static int is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F ||
           c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

/* One character; what is no UTF-8 is taken byte by byte, as characters beyond all. */
static uint32_t next_character(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    const int length = at[0] < 0x80 ? 1 : at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : at[0] < 0xF5 ? 4 : 0;
    uint32_t c = length < 2 ? at[0] : at[0] & (0x7Fu >> length);

    for (int i = 1; i < length; i++) {
        if ((at[i] & 0xC0u) != 0x80u) {
            *text += 1;
            return 0x110000u + at[0];
        }
        c = c << 6 | (at[i] & 0x3Fu);
    }
    *text += length ? length : 1;
    return length ? c : 0x110000u + c;
}

/* A text on its way to its plain form. */
typedef struct plain {
    const char *at;
    int begun;
} plain;

static const char *skip_blanks(const char *text)
{
    for (const char *next = text; *text && is_blank(next_character(&next)); text = next) {
    }
    return text;
}

static plain plain_begin(const char *text)
{
    plain form = {skip_blanks(text), 0};

    while (form.at[0] == '0' && form.at[1] >= '0' && form.at[1] <= '9') form.at++;
    return form;
}

/* The next character, 0 at the end. */
static uint32_t plain_next(plain *form)
{
    const char *const rest = skip_blanks(form->at);

    if (!*rest) return 0;
    if (rest != form->at) {
        form->at = rest;
        return ' ';
    }
    return small_of(next_character(&form->at));
}

static uint64_t hash_plain(const char *text)
{
    uint64_t hash = SIPAS__HASH_ROOT;
    plain form = plain_begin(text);

    for (uint32_t c = plain_next(&form); c; c = plain_next(&form)) hash = (hash ^ c) * UINT64_C(0x100000001B3);
    return hash;
}

int sipas__alike(const char *left, const char *right)
{
    plain a = plain_begin(left), b = plain_begin(right);

    for (;;) {
        const uint32_t c = plain_next(&a);

        if (c != plain_next(&b)) return 0;
        if (c == 0) return 1;
    }
}

/* Codes that share a plain form with another one, and two that share the first such form. */
static int64_t count_alike(const char *const *texts, const sipas__item *items, int64_t n, int64_t pair[2])
{
    int64_t count = 0;

    for (int64_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && items[end].key == items[i].key; end++) {
        }
        if (end - i < 2 || !sipas__alike(texts[items[i].index], texts[items[i + 1].index])) continue;
        if (count == 0 || items[i].index < pair[0]) {
            pair[0] = items[i].index;
            pair[1] = items[i + 1].index;
        }
        count += end - i;
    }
    return count;
}

/* Items of one key ascend by their numbers. */
static int by_number(const void *things, int64_t left, int64_t right)
{
    (void)things;
    return (left > right) - (left < right);
}

int sipas__alike_within(sipas__sayings *sayings, const char *const *texts, const int64_t *parent, int64_t n,
                        const char *name)
{
    sipas__item *items = sipas__alloc(sayings->ctx, 2 * n, sizeof *items);
    int64_t count, pair[2] = {0, 0};

    if (!items) return 0;
    for (int64_t i = 0; i < n; i++) {
        items[i].key = hash_plain(texts[i]);
        if (parent) items[i].key ^= (uint64_t)(parent[i] + 2) * UINT64_C(0x9E3779B97F4A7C15);
        items[i].index = i;
    }
    sipas__order_sort(items, items + n, n, by_number, NULL);
    count = count_alike(texts, items, n, pair);
    sipas__free(sayings->ctx, items);
    if (count == 0) return 1;
    return sipas__sayings_add(
        sayings, "codes_alike",
        "%lld codes of %.60s differ from others only by blanks, case or leading zeros, and are codes of their "
        "own: \"%.60s\" and \"%.60s\"%s",
        (long long)count, name, texts[pair[0]], texts[pair[1]], count > 2 ? " among them" : "");
}

int sipas__alike_look(sipas__sayings *sayings, const char *const *texts, int64_t n, const char *name)
{
    return sipas__alike_within(sayings, texts, NULL, n, name);
}

int sipas__alike_codes(sipas__sayings *sayings, const sipas__codes *codes, const char *name)
{
    return !codes->texts || sipas__alike_look(sayings, codes->texts, codes->n_levels, name);
}

void sipas__alike_note(sipas_table *table, const char *const *texts, int64_t n, const char *name)
{
    sipas__sayings sayings = {0};

    if (!sipas__table_is_whole(table)) return;
    sayings.ctx = sipas__table_ctx(table);
    if (sipas__alike_look(&sayings, texts, n, name))
        sipas__sayings_note(&sayings, table);
    else
        sipas__table_fail(table);
    sipas__sayings_clear(&sayings);
}

void sipas__alike_note_codes(sipas_table *table, const sipas__codes *codes, const char *name)
{
    if (codes->texts) sipas__alike_note(table, codes->texts, codes->n_levels, name);
}
