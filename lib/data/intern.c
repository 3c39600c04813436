/*
 * Texts to numbers by open addressing. A tile of texts is measured first, and the places of its hashes are asked for, so that the
 * memory of many texts is on its way at once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/intern.h"

#include <string.h>

#include "base/context.h"
#include "base/hash.h"
#include "num/processor.h"
#include "num/order.h"

enum { FIRST_SLOTS = 1024, WORD = 8 };

/* A number that is yet to be found. */
enum { NONE = -1, OPEN = -2, AS_BEFORE = -3 };

/* Up to eight bytes as a number; texts of one length have different ones. */
static inline uint64_t word_of(const char *bytes, size_t n)
{
    const unsigned char *at = (const unsigned char *)bytes;
    uint64_t word;
    uint32_t low, high;

    if (n >= WORD) {
        memcpy(&word, bytes, sizeof word);
        return word;
    }
    if (n >= 4) {
        memcpy(&low, bytes, sizeof low);
        memcpy(&high, bytes + n - sizeof high, sizeof high);
        return (uint64_t)high << 32 | low;
    }
    return n ? (uint64_t)at[0] | (uint64_t)at[n / 2] << 8 | (uint64_t)at[n - 1] << 16 : 0;
}

static inline uint64_t mix(uint64_t word, uint64_t hash)
{
    hash ^= word; /* the finalizer of MurmurHash3 */
    hash = (hash ^ (hash >> 33)) * UINT64_C(0xFF51AFD7ED558CCD);
    hash = (hash ^ (hash >> 33)) * UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ (hash >> 33);
}

static inline uint64_t hash_of(uint64_t salt, const sipas__interned *of)
{
    uint64_t hash = mix(of->word, salt + of->length * UINT64_C(0x9E3779B97F4A7C15));

    if (of->length <= WORD) return hash;
    for (size_t at = WORD; at + WORD < of->length; at += WORD) hash = mix(word_of(of->text + at, WORD), hash + salt);
    return mix(word_of(of->text + of->length - WORD, WORD), hash + salt);
}

static inline int same(const sipas__interned *a, const sipas__interned *b)
{
    return a->word == b->word && a->length == b->length &&
           (a->length <= WORD || memcmp(a->text + WORD, b->text + WORD, a->length - WORD) == 0);
}

static int64_t first_slot(const sipas__intern *set, uint64_t hash)
{
    return (int64_t)(hash & (uint64_t)(set->slots - 1));
}

/* The place of a text, or the empty one where it belongs. */
static int64_t find_slot(const sipas__intern *set, const sipas__interned *of, uint64_t hash)
{
    const uint32_t part = (uint32_t)(hash >> 32);
    int64_t at = first_slot(set, hash);

    while (set->slot[at].number && (set->slot[at].part != part || !same(&set->texts[set->slot[at].number - 1], of)))
        at = (at + 1) & (set->slots - 1);
    return at;
}

/* Twice as many places; the texts that are there are known to differ. */
static int widen(sipas__intern *set, int64_t slots)
{
    sipas__intern_slot *slot = sipas__alloc(set->ctx, slots, sizeof *slot);

    if (!slot) return 0;
    sipas__free(set->ctx, set->slot);
    set->slot = slot;
    set->slots = slots;
    for (int64_t i = 0; i < set->n; i++) {
        const uint64_t hash = hash_of(set->salt, &set->texts[i]);
        int64_t at = first_slot(set, hash);

        while (slot[at].number) at = (at + 1) & (slots - 1);
        slot[at].part = (uint32_t)(hash >> 32);
        slot[at].number = (int32_t)(i + 1);
    }
    return 1;
}

int sipas__intern_init(sipas__intern *set, const sipas_ctx *ctx)
{
    memset(set, 0, sizeof *set);
    set->ctx = ctx;
    if (!widen(set, FIRST_SLOTS)) return 0;
    set->salt = sipas__hash_salt(set->slot);
    return 1;
}

/* Number of a text, -1 when there is no memory. */
static int32_t number_of(sipas__intern *set, const sipas__interned *of, uint64_t hash)
{
    const int64_t at = find_slot(set, of, hash);
    void *texts = set->texts;

    if (set->slot[at].number) return set->slot[at].number - 1;
    if (set->n == INT32_MAX - 1 || !sipas__grow(set->ctx, &texts, &set->capacity, set->n + 1, sizeof *set->texts))
        return -1;
    set->texts = texts;
    set->texts[set->n++] = *of;
    set->slot[at].part = (uint32_t)(hash >> 32);
    set->slot[at].number = (int32_t)set->n;
    if (2 * set->n > set->slots && !widen(set, 2 * set->slots)) return -1;
    return (int32_t)(set->n - 1);
}

int sipas__intern_texts(sipas__intern *set, const char *const *texts, int64_t n, int32_t *number)
{
    sipas__interned met[SIPAS__INTERN_TILE];
    uint64_t hash[SIPAS__INTERN_TILE];

    for (int64_t i = 0; i < n; i++) {
        number[i] = NONE;
        if (!texts[i]) continue;
        met[i].text = texts[i];
        met[i].length = strlen(texts[i]);
        met[i].word = word_of(texts[i], met[i].length);
        number[i] = i > 0 && texts[i - 1] && same(&met[i], &met[i - 1]) ? AS_BEFORE : OPEN;
        if (number[i] == AS_BEFORE) continue; /* files are often sorted */
        hash[i] = hash_of(set->salt, &met[i]);
        SIPAS__FETCH(&set->slot[first_slot(set, hash[i])], 0);
    }
    for (int64_t i = 0; i < n; i++) {
        if (number[i] == AS_BEFORE)
            number[i] = number[i - 1];
        else if (number[i] == OPEN && (number[i] = number_of(set, &met[i], hash[i])) < 0)
            return 0;
    }
    return 1;
}

static int compare(const void *things, int64_t left, int64_t right)
{
    const sipas__interned *texts = things;

    return strcmp(texts[left].text, texts[right].text);
}

int sipas__intern_sort(const sipas__intern *set, const char **sorted, int32_t *place)
{
    sipas__item *items = sipas__alloc(set->ctx, 2 * set->n, sizeof *items);

    if (!items) return 0;
    for (int64_t i = 0; i < set->n; i++) {
        items[i].key = sipas__order_text(set->texts[i].text);
        items[i].index = i;
    }
    sipas__order_sort(items, items + set->n, set->n, compare, set->texts);
    for (int64_t k = 0; k < set->n; k++) {
        sorted[k] = set->texts[items[k].index].text;
        place[items[k].index] = (int32_t)k;
    }
    sipas__free(set->ctx, items);
    return 1;
}

void sipas__intern_clear(sipas__intern *set)
{
    sipas__free(set->ctx, set->texts);
    sipas__free(set->ctx, set->slot);
}
