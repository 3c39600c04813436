"""What a call from Python costs over the call from C: one JSON line a case, as the other benchmarks. Run by `make bench`."""

import json
import sys
import timeit

import numpy as np
import sipas
from sipas import _columns
from sipas._sipas import ffi, lib


def best(functions, seconds=2.0, turn=0.001):
    """Least time of a call of each, in short turns: what is left when nothing disturbs."""
    once = max(timeit.timeit(function, number=1) for function in functions)
    number = max(1, int(turn / once))
    repeats = max(9, int(seconds / (number * once * len(functions))))
    times = [[timeit.timeit(function, number=number) / number for function in functions] for _ in range(repeats)]
    return [min(column) for column in zip(*times, strict=True)]


def measure(rows):
    rng = np.random.default_rng(rows)
    weights, y = rng.random(rows) + 0.5, rng.random(rows)
    strata = rng.integers(0, 63, rows).astype(np.int32)
    psu = rng.integers(0, 20, rows).astype(np.int32)
    design = sipas.Design(weights, strata=strata, clusters=psu)
    column = ffi.new("sipas_column *")
    keep = _columns.fill(column, y, "y", rows)
    opts, out, error = ffi.new("sipas_estimate_opts *"), ffi.new("sipas_table **"), ffi.new("sipas_error *")
    lib.sipas_estimate_opts_init(opts)

    def from_c():
        lib.sipas_estimate_mean(design._handle, column, 1, ffi.NULL, opts, out, error)
        lib.sipas_table_free(out[0])

    bare, full = best([from_c, lambda: design.mean(y)])
    del keep
    print(json.dumps({
        "case": "python_mean", "rows": rows, "c_us": round(bare * 1e6, 2), "python_us": round(full * 1e6, 2),
        "over_us": round((full - bare) * 1e6, 2), "over": round(full / bare - 1, 4),
    }))  # fmt: skip


for size in [1000, 1_000_000] if "--slice" in sys.argv else [1000, 1_000_000, 10_000_000]:
    measure(size)
