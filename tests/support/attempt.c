/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "attempt.h"

#include <string.h>

void must(sipas_status status, const sipas_error *err)
{
    if (status < 0) fail_msg("%s: %s", sipas_status_name(status), err->message);
}

void fail_each(void (*run)(attempt *a))
{
    for (int64_t n = 0;; n++) {
        attempt a;

        memset(&a, 0, sizeof a);
        a.ctx = failing_alloc_ctx(&a.memory);
        a.fail_at = n;
        run(&a);
        sipas_ctx_free(a.ctx);
        assert_int_equal(a.memory.held, 0);
        assert_int_equal(a.memory.bytes, 0);
        if (a.refused == 0) {
            must(a.status, &a.err);
            assert_true(n > 0); /* the call does allocate */
            return;
        }
        assert_int_equal(a.status, SIPAS_ERR_MEMORY);
        assert_int_equal(a.err.status, SIPAS_ERR_MEMORY);
    }
}
