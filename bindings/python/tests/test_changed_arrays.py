"""Arrays that their owner changes after they were given, or from the progress callback: no assignment ends the process."""

import subprocess
import sys

import pytest

CHANGES = {
    "after the design": """
code = (np.arange(n) % 5).astype(kind)
design = sipas.Design(np.ones(n), strata=code, clusters=(np.arange(n) // 2).astype(kind))
design.mean(np.arange(float(n)))
code[:] = (np.arange(n) * 1000003).astype(kind)
""",
    "groups, from the callback": """
code = (np.arange(n) % 3).astype(kind)
def change(task, done, total):
    code[:] = (2**30 + np.arange(n)).astype(kind)
    return 0
design = sipas.Design(np.ones(n), context=sipas.Context(progress=change))
""",
    "clusters, from the callback": """
code = (np.arange(n) // 4).astype(kind)
def change(task, done, total):
    code[:] = np.arange(n)[::-1].astype(kind)
    return 0
design = sipas.Design(np.ones(n), clusters=code, context=sipas.Context(progress=change))
""",
}

ASKED = """
import numpy as np, sipas
n, kind = {n}, "{kind}"
{change}
try:
    for call in (lambda: design.mean(np.arange(float(n)), by={{"g": code}}), lambda: design.quantile(np.arange(float(n)), [0.5]),
                 lambda: design.proportion(code, success=[1], by={{"g": code}})):
        call()
except sipas.SipasError as error:
    print("refused:", error)
print("alive")
"""


@pytest.mark.parametrize("kind", ["i1", "i4", "i8", "f8"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_process_goes_on(change, kind):
    """A figure of no meaning or an error of the library, and the program goes on."""
    script = ASKED.format(n=20000, kind=kind, change=CHANGES[change])
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0 and run.stdout.endswith("alive\n"), run.stderr[-2000:]
