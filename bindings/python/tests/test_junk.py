"""Junk of twenty kinds in every argument of every public call: it works, or raises what the package documents, and says something.

What is documented: `SipasError`, and ValueError, TypeError, LookupError (KeyError, IndexError) and MemoryError. What a caller's
callback raises is the caller's.
"""

import datetime
import decimal
import inspect

import numpy as np
import pytest
import sipas

ALLOWED = (sipas.SipasError, ValueError, TypeError, LookupError, MemoryError)


class Odd:
    """Something that says nothing of itself."""


class Liar:
    """Looks like an array, and is none."""

    __array_interface__ = {"shape": (3,), "typestr": "<f8", "version": 3}
    __array__ = None


JUNK = {
    "none": None, "text": "nope", "empty text": "", "surrogate": "\ud800", "zero byte": "a\0b",
    "bytes": b"\xff\x00", "true": True,
    "negative": -1, "zero": 0, "too large": 2**70, "too small": -(2**70), "long": 10**400,
    "nan": float("nan"), "inf": float("inf"), "complex": 1 + 2j,
    "object": Odd(), "class": Odd, "function": len, "liar": Liar(), "date": datetime.date(2024, 1, 1), "decimal": decimal.Decimal("1.5"),
    "empty list": [], "nested": [[1.0], [2.0, 3.0]], "mixed": [1, "a", None], "objects": [Odd(), Odd()], "long list": [1.0] * 7,
    "set": {1, 2}, "empty dict": {}, "odd dict": {None: 1, 3: Odd()}, "dict of dicts": {"a": {"b": 1}}, "generator": (i for i in range(3)),
    "complex array": np.array([1j, 2j]), "dates": np.array(["2024-01-01", "2024-01-02"], dtype="M8[D]"), "matrix": np.zeros((2, 2)),
    "no rows": np.zeros(0), "scalar array": np.array(3.0), "records": np.zeros(2, dtype=[("a", "f8"), ("b", "i4")]),
    "big": np.array([2**63], dtype="u8"), "range": range(1000), "itself": [],
}  # fmt: skip
JUNK["itself"].append(JUNK["itself"])

W, T = [1.0, 2.0, 1.0, 2.0], ["a", "b", "a", "b"]
D = sipas.Design(W, strata=T)
E = D.mean({"y": W}, by={"g": T}, cov=True)
TREE = sipas.UnitTree(["r", "a", "b"], parent=[None, "r", "r"], measures={"m": [0.0, 1.0, 2.0]})
FORM = sipas.Instrument.builtin("1001/2023")

# Every public call with arguments that work; each of its parameters is given junk in turn.
CALLS = {
    sipas.allocate: {"total": 10, "size": [100.0, 200.0]},
    sipas.allocate_precision: {"size": [100.0, 200.0], "cv": 0.1, "sd": [1.0, 2.0], "mean": [5.0, 5.0]},
    sipas.allocate_multi: {"size": [100.0, 200.0], "sd": {"y": [1.0, 2.0]}, "target": {"y": [0.1]}, "mean": {"y": [5.0, 5.0]}},
    sipas.allocate_tree: {"tree": TREE, "total": 2, "size": "m"},
    sipas.change: {"before": E, "after": E},
    sipas.code_hash: {},
    sipas.components_frame: {"y": W, "clusters": T},
    sipas.components_sample: {"y": W, "clusters": T},
    sipas.contrast: {"estimates": E, "functions": {"c": {0: 1, 1: -1}}},
    sipas.design_weights: {"inclusion_prob": [0.5, 0.5]},
    sipas.draw: {"codes": ["a", "b", "c"], "n": 1, "seed": 1},
    sipas.draw_plan: {"tree": TREE, "stages": [sipas.DrawStage(method="all"), sipas.DrawStage(n=1)], "seed": 1},
    sipas.frame_expand: {"tree": TREE, "count": [0, 1, 2], "level": "v"},
    sipas.frame_impute: {"tree": TREE, "measure": "m"},
    sipas.frame_summary: {"tree": TREE},
    sipas.inclusion_prob: {"size": W, "n": 2},
    sipas.kish: {"weights": W},
    sipas.league: {"estimates": E},
    sipas.pairs: {"estimates": E},
    sipas.plan_compare: {"total": 10, "size": [100.0, 200.0], "sd": [1.0, 2.0]},
    sipas.plan_expect: {"n": [10, 20], "size": [100.0, 200.0], "variables": sipas.PlanVariable(sd=[1.0, 2.0])},
    sipas.precision_figures: {"figures": sipas.SizeFigure(), "n": [100]},
    sipas.precision_proportion: {"n": 100, "N": 1000},
    sipas.precision_ranking: {"value": [50.0, 60.0], "n": [100.0, 100.0], "sd": 20.0},
    sipas.precision_stages: {"stages": [sipas.SizeStage(n=4.0, cost=1.0), sipas.SizeStage(n=5.0, cost=1.0)]},
    sipas.response_weights: {"weights": W, "responded": [True, False, True, True]},
    sipas.rng_philox: {"counter": [0, 0, 0, 0], "key": [0, 0]},
    sipas.rng_uniform: {"seed": 1, "unit": 2},
    sipas.sample_size: {"N": 1000},
    sipas.size_figures: {"figures": sipas.SizeFigure(margin=0.05)},
    sipas.size_ranking: {"value": [50.0, 60.0], "sd": 20.0, "width": 0.5},
    sipas.size_stages: {"stages": [sipas.SizeStage(cost=1.0, homogeneity=0.1), sipas.SizeStage(cost=1.0)], "cv": 0.1},
    sipas.strata_cut: {"x": [1, 1, 2, 2, 3, 9, 10, 40], "strata": 2, "n": 4},
    sipas.Design: {"weights": W},
    sipas.UnitTree: {"codes": T[:2], "parent": [None, "a"]},
    sipas.Context: {},
    sipas.Function: {"terms": ["y"]},
    sipas.Node: {"code": "q1"},
    sipas.DrawStage: {},
    sipas.PlanVariable: {},
    sipas.SizeFigure: {},
    sipas.SizeStage: {},
    sipas.Instrument: {"id": "x", "nodes": FORM.nodes},
    D.mean: {"y": W}, D.total: {"y": W}, D.ratio: {"y": W, "x": W}, D.quantile: {"y": W}, D.proportion: {"y": [0, 1, 0, 1]},
    D.distribution: {"y": T}, D.category: {"y": T}, D.category_total: {"y": T}, D.function: {"y": {"y": W}, "functions": {"f": {"y": 1.0}}},
    D.alpha: {"items": {"a": W, "b": W[::-1]}}, D.moment: {"y": {"a": W, "b": W[::-1]}},
    D.index: {"answers": np.ones((4, 39), dtype=np.int8), "instrument": FORM}, D.to_r: {"estimator": "mean", "y": W}, D.describe: {},
    D.subset: {"where": [True, False, True, True]}, D.phase2: {"sample": [True, False, True, True]},
    TREE.measure: {"name": "m"}, TREE.children: {"unit": 0}, FORM.score: {"item": "q01", "answer": 4}, E.cov: {},
    FORM.answers: {"item": "q01"}, sipas.Ordered: {"column": W, "order": W},
    E.__getitem__: {"name": "se"}, TREE.find: {}, sipas.Instrument.builtin: {"id": "2022"},
}  # fmt: skip


def parameters(call):
    kinds = (inspect.Parameter.VAR_KEYWORD,)
    return [p for p in inspect.signature(call).parameters.values() if p.kind not in kinds]


def attempt(call, arguments, varied, value):
    """One call with junk in one place."""
    star = next((p for p in parameters(call) if p.kind is p.VAR_POSITIONAL), None)
    if star is not None and varied == star.name:
        return call(*([value] if not isinstance(value, list) else value), **arguments)
    return call(**{**arguments, varied: value})


def test_every_public_call_is_here():
    missing = []
    for name in set(sipas.__all__) - {"Column", "Columns"}:
        thing = getattr(sipas, name)
        made_by_calls = inspect.isclass(thing) and issubclass(thing, (Exception, tuple, sipas.Table))
        if callable(thing) and thing not in CALLS and not made_by_calls:
            missing.append(name)
    for thing in (D, E, TREE, FORM):
        for name, method in inspect.getmembers(thing, inspect.ismethod):
            if not name.startswith("_") and parameters(method) and method not in CALLS:
                missing.append(method.__qualname__)
    assert not missing


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__qualname__)
def test_junk(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = CALLS[call]
    if arguments or call not in (sipas.code_hash, TREE.find):
        call(**arguments)
    bad = []
    for parameter in parameters(call):
        for kind, value in JUNK.items():
            if kind == "generator":
                value = (i for i in range(3))
            if parameter.name == "folder" and isinstance(value, str) and value.strip():
                continue  # a folder of that name may be made
            try:
                attempt(call, arguments, parameter.name, value)
            except ALLOWED as error:
                if not str(error):
                    bad.append(f"{parameter.name}={kind}: {type(error).__name__} says nothing")
            except Exception as error:
                bad.append(f"{parameter.name}={kind}: {type(error).__name__}: {error}")
    assert not bad, "\n".join(bad)


def test_what_is_refused_is_named():
    with pytest.raises((ValueError, TypeError), match="seed"):
        sipas.draw(["a", "b"], 1, seed=-1)
    with pytest.raises((ValueError, TypeError), match="seed"):
        sipas.draw(["a", "b"], 1, seed=2**64)
    with pytest.raises((ValueError, TypeError), match="seed"):
        sipas.draw_plan(TREE, [sipas.DrawStage(method="all")], seed=-1)
    with pytest.raises((ValueError, TypeError), match="threads"):
        sipas.Context(threads=2**40)
    with pytest.raises((ValueError, TypeError), match="total"):
        sipas.allocate(2**70, size=[1.0])
    with pytest.raises(TypeError, match="total"):
        sipas.allocate("ten", size=[1.0])
    with pytest.raises(TypeError, match="level"):
        D.mean(W, level="0.9")


def test_the_index_takes_the_name_of_a_built_in_instrument():
    answers = np.ones((4, 39), dtype=np.int8)
    assert D.index(answers, "1001/2023")["estimate"].tolist() == D.index(answers, FORM)["estimate"].tolist()
    with pytest.raises(LookupError, match="nope"):
        D.index(answers, "nope")
    with pytest.raises(TypeError, match="instrument"):
        D.index(answers, 3)
