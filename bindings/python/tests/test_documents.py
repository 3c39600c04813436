"""What is written is true: doctests, types, a docstring for every public name."""

import doctest
import importlib
import inspect
import pkgutil
import shutil
import subprocess
import sys

import pytest
import sipas
from conftest import ROOT

MODULES = ["sipas"] + [f"sipas.{m.name}" for m in pkgutil.iter_modules(sipas.__path__) if m.name not in ("_sipas", "__main__")]


@pytest.mark.parametrize("name", MODULES)
def test_doctests(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_page_of_the_manual():
    done = doctest.testfile(str(ROOT / "docs/python.md"), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert done.failed == 0 and done.attempted > 10


def test_doctests_are_there():
    found = doctest.DocTestFinder().find(importlib.import_module("sipas._draw"))
    assert sum(len(test.examples) for test in found) >= 5


def test_every_public_name_is_documented():
    for name in sipas.__all__:
        thing = getattr(sipas, name)
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        assert inspect.getdoc(thing), name
        if inspect.isclass(thing):
            for attribute, value in vars(thing).items():
                if not attribute.startswith("_") and (callable(value) or isinstance(value, property)):
                    assert inspect.getdoc(value), f"{name}.{attribute}"
    assert sorted(sipas.__all__) == sipas.__all__


def test_types(tmp_path):
    mypy = shutil.which("mypy")
    if mypy is None:
        pytest.skip("mypy is not there")
    done = subprocess.run(
        [mypy, "--strict", "--cache-dir", str(tmp_path), "--no-error-summary"],
        cwd=ROOT / "bindings/python", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_words_of_options_are_types(tmp_path):
    mypy = shutil.which("mypy")
    if mypy is None:
        pytest.skip("mypy is not there")
    calls = {
        'sipas.allocate(9, size=[1.0], method="{}")': "neyman", 'sipas.Design([1.0], lonely_psu="{}")': "adjust-zero",
        'sipas.Design([1.0], pps="{}")': "hartley_rao", 'sipas.Design([1.0]).mean([1.0], missing="{}")': "complete",
        'sipas.Design([1.0]).proportion([1.0], method="{}")': "agresti", 'sipas.Design([1.0]).quantile([1.0], rule="{}")': "hf7",
        'sipas.draw([1], 1, seed=1, if_fewer="{}")': "take-all", 'sipas.SizeFigure(statistic="{}")': "mean",
        'sipas.Design([1.0]).mean([1.0], deff="{}")': "replace", 'sipas.plan_compare(9, [1.0], methods=["{}"])': "sqrt",
        'sipas.DrawStage(method="{}")': "all", 'sipas.sample_size(9, method="{}")': "yamane",
    }  # fmt: skip
    file = tmp_path / "calls.py"
    lines = [call.format(word) for call, right in calls.items() for word in (right, "nope")]
    file.write_text("import sipas\n" + "\n".join(lines) + "\n")
    done = subprocess.run(
        [mypy, "--cache-dir", str(tmp_path), "--no-error-summary", "--hide-error-context", str(file)],
        cwd=ROOT / "bindings/python", capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line for line in done.stdout.splitlines() if "calls.py:" in line and "error" in line]
    assert [int(line.split(":")[1]) for line in said] == list(range(3, 2 * len(calls) + 3, 2)), done.stdout


def test_import_is_light():
    code = "import sys, numpy; before = set(sys.modules); import sipas; print(*sorted(set(sys.modules) - before))"
    new = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"cffi", "pandas", "polars", "pyarrow", "numpy.typing", "sipas._arrow", "csv", "argparse"}
    assert heavy.isdisjoint(new), heavy & set(new)
