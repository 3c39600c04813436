"""Memory of a process before and after calls: no column is copied, neither by Python nor by C."""

import json
import os
import subprocess
import sys

import pytest

ROWS = 8_000_000
CODE = f"""
import json
import numpy as np
import sipas

n = {ROWS}
strata = np.arange(n, dtype=np.int32) % 63
psu = np.arange(n, dtype=np.int32) // 63 % 20
y, weights = np.ones(n), np.ones(n)
masked = np.ma.masked_array(np.ones(n), np.zeros(n, dtype=bool))
answers = np.full((n, 4), 3, dtype=np.int8)
grown = {{}}

def status(key):
    line = next(line for line in open("/proc/self/status") if line.startswith(key))
    return int(line.split()[1]) * 1024

def measure(name, call):
    open("/proc/self/clear_refs", "w").write("5")  # the peak begins anew
    before = status("VmRSS")
    call()
    grown[name] = (status("VmHWM") - before) / n

made = {{}}
measure("first", lambda: sipas.Design(weights[:1000], strata=strata[:1000], clusters=psu[:1000]).mean(y[:1000]))
measure("design", lambda: made.setdefault("design", sipas.Design(weights, strata=strata, clusters=psu)))
design = made["design"]
measure("mean", lambda: design.mean(y))
measure("columns", lambda: design.mean([answers[:, 1], answers[:, 3], masked, y[::-1][::-1]]))
measure("kish", lambda: sipas.kish(weights))
measure("a copy", lambda: sipas.kish(weights.copy()))
print(json.dumps(grown))
"""


def test_no_column_is_copied():
    if not os.access("/proc/self/clear_refs", os.W_OK):
        pytest.skip("the peak of a process is told by Linux only")
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    grown = json.loads(done.stdout)  # bytes a row
    for call in ("design", "mean", "columns", "kish"):  # a copy of the narrowest column is 1 byte a row, of one of doubles 8
        assert grown[call] < 0.5, grown
    assert grown["a copy"] > 7.5, grown  # so the measurement sees one
