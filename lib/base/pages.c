/*
 * Where a block is long, large pages are asked for if there are any: handing out small ones took a third of the time of an
 * allocation over a million strata (tests/bench).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifdef __linux__
#define _DEFAULT_SOURCE /* madvise() */
#include <sys/mman.h>
#endif

#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>

void *sipas__pages_take(size_t bytes)
{
    char *block = calloc(1, bytes);

#if defined(MADV_HUGEPAGE)
    enum { MANY_BYTES = 1 << 22, LARGE_PAGE = 1 << 21 };

    if (block && bytes >= MANY_BYTES) {
        const size_t skip = (LARGE_PAGE - (uintptr_t)block % LARGE_PAGE) % LARGE_PAGE;

        (void)madvise(block + skip, (bytes - skip) / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
    }
#endif
    return block;
}
