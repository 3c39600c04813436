"""Every argument reaches the library: with all of them given, no field of the struct that C gets is left at its default."""

import importlib

import numpy as np
import pytest
import sipas
from sipas._sipas import ffi, lib

C = [1.0, 2.0]
F = [True, False]
T = ["a", "b"]
TREE = sipas.UnitTree(["a", "b"], parent=[None, None], measures={"m": C})
D = sipas.Design(C, strata=T, lonely_psu="adjust")
FORM = sipas.Instrument.builtin("1001/2023")
RULES = {
    "sd": C, "cost": C, "rounding": "hill", "power": 0.5, "lower": C, "upper": C, "code": T, "unit_class": T, "class_n": {"a": 1},
    "size_is_measure": True, "multiple": 5, "remainder": "down", "fixed": C, "take_all": F, "mean": C, "importance": C,
    "kish": 0.5, "gains": True,
}  # fmt: skip
NUMBERS = {**RULES, "lower": 1, "upper": 2}
SIZES = {
    "level": 0.9, "deff": 2.0, "response": 0.5, "minimum": 1, "maximum": 9, "multiple": 3, "rounding": "nearest", "code": T,
    "per_household": 2.0, "df": 5.0, "psus": 6.0,
}  # fmt: skip
RANKING = {**SIZES, "N": C, "ascending": True, "power": 0.9, "delta": 0.1, "width": 1.0, "top": 1}
FIGURE = {
    "name": "f", "statistic": "index", "method": "wilson", "compare": "units", "weights": C, "covariance": np.eye(2), "answered": C,
    "p_of": C, "mean_of": C, "sd_of": C, "homogeneity_of": C, **dict.fromkeys(
        ["p", "mean", "sd", "mean_x", "sd_x", "correlation", "domain", "deff", "take", "homogeneity", "margin", "relative_margin", "cv",
         "se", "difference", "sd_other", "power", "ratio", "n_other", "overlap", "overlap_correlation", "df", "psus"], 0.5),
    "sides": 1,
}  # fmt: skip
STAGE = {
    "name": "s", "cost": 1.0, "homogeneity": 0.1, "k": 1.0, "relvariance": 1.0, "population": 9.0, "n": 2.0, "minimum": 1,
    "maximum": 3, "multiple": 2,
}  # fmt: skip
DRAW = {"level": "0", "method": "all", "order_key": C, "certainty": F, "if_fewer": "move", "strata": "urban"}
MULTI = {
    "sd": {"y": C}, "target": {"y": C}, "goal": "best_ratio", "measure": "se", "mean": {"y": C}, "by": {"g": T}, "target_by": T,
    "target_domain": T, "cost": C, "budget": 9.0, "code": T, "level": 0.9, "with_replacement": True, "max_iter": 9, "tol": 1e-9,
}  # fmt: skip
BRANCHES = {
    "size": C, "method": "power", "rounding": "hill", "power": 0.5, "sd": C, "mean": C, "cost": C, "equal": F, "target": C,
    "measure": "se", "level": 0.9, "size_is_measure": True, "multiple": 5, "class_level": T, "class_code": T, "class_lower": C,
    "class_upper": C,
}  # fmt: skip
DESIGN = {
    "strata": T, "clusters": T, "fpc": C, "certainty": F, "calibrated": True, "variance": "YG", "pps_square": C,
    "lonely_psu": "collapse", "collapse": "given", "collapse_by": "weight", "collapse_strata": T, "one_psu": "conditional", "nest": False, "phase2": F,
    "phase2_method": "bernoulli", "phase2_strata": T, "phase2_fpc": C, "phase1": "independent", "df": 5.0, "pps": np.eye(2),
}  # fmt: skip
ESTIMATE = {"missing": "complete", "level": 0.9, "deff": "wr", "cov": True, "simultaneous": "sidak"}
INDEX = {
    "scoring": "rescaled", "weighting": "factor", "missing": "complete", "level": 0.9, "deff": True, "cov": True, "unweighted": True,
    "whole": "population", "by": {"h": T, "g": T}, "whole_by": "g", "population": {"a": 1.0, "b": 2.0},
}  # fmt: skip
TABLE = D.mean(C, by={"g": T}, cov=True)
ONLY_NUMBERS = {"lower", "upper"}
ONLY_COLUMNS = {"lower_given", "lower_value", "upper_value"}
WHOLE = {"method", "margin", "p", "relative_margin", "cv", "se"}

# module, struct, call, fields that stay at their default: those of another call, or of the other way to give an argument
CASES = [
    ("allocate", "allocate_opts", lambda: sipas.allocate(9, size=C, method="power", **RULES), ONLY_COLUMNS),
    ("allocate", "allocate_opts", lambda: sipas.allocate(9, size=C, method="power", **NUMBERS), ONLY_NUMBERS),
    ("allocate", "allocate_target", lambda: sipas.allocate_precision(
        C, variance=1.0, se=1.0, half_width=1.0, cv=1.0, of="total", level=0.9, mean_of_all=5.0, df=5.0, sd=C), set()),
    ("allocate", "allocate_multi_opts", lambda: sipas.allocate_multi(C, lower=1, upper=2, **MULTI), ONLY_NUMBERS),
    ("allocate", "allocate_multi_opts", lambda: sipas.allocate_multi(C, lower=C, upper=C, **MULTI), ONLY_COLUMNS - {"lower_given"}),
    ("allocate", "allocate_tree_opts", lambda: sipas.allocate_tree(TREE, 9, lower=1, upper=2, **BRANCHES), ONLY_NUMBERS),
    ("allocate", "allocate_tree_opts", lambda: sipas.allocate_tree(TREE, 9, lower=C, upper=C, **BRANCHES), ONLY_COLUMNS),
    ("plan", "plan_opts", lambda: sipas.plan_expect(
        C, C, sipas.PlanVariable(sd=C), of="total", cost=C, code=T, size_is_measure=True, level=0.9, df=5.0), set()),
    ("plan", "plan_variable", lambda: sipas.plan_expect(
        C, C, sipas.PlanVariable(name="y", sd=C, p=C, mean=C, deff=C)), set()),
    ("plan", "plan_compare_opts", lambda: sipas.plan_compare(
        9, C, methods=["sqrt"], unit=T, of="total", level=0.9, df=5.0, sd=C), set()),
    ("plan", "strata_opts", lambda: sipas.strata_cut(
        C, 2, n=5, cv=0.1, method="geometric", allocation="power", power=0.5, take_all=True, bins=5, least_size=3), set()),
    ("size", "size_opts", lambda: sipas.sample_size(
        C, method="wilson", e=0.1, p=0.2, relative_margin=0.1, cv=0.1, se=0.1, **SIZES), set()),
    ("size", "size_opts", lambda: sipas.size_figures(sipas.SizeFigure(), N=C, **SIZES), WHOLE),
    ("size", "size_figure", lambda: sipas.size_figures(sipas.SizeFigure(**FIGURE), N=C), set()),
    ("stages", "size_ranking_opts", lambda: sipas.size_ranking(C, sd=C, **RANKING), {"sd"}),
    ("stages", "size_ranking_opts", lambda: sipas.size_ranking(C, sd=1.0, **RANKING), {"sd_of"}),
    ("stages", "size_stages_opts", lambda: sipas.size_stages(
        [sipas.SizeStage()], budget=9.0, cv=0.1, relvariance=2.0, fixed_cost=1.0, response=0.5, per_household=2.0, level=0.9, df=5.0,
        components="population"), set()),
    ("stages", "size_stage", lambda: sipas.size_stages([sipas.SizeStage(**STAGE)]), set()),
    ("stages", "components_opts", lambda: sipas.components_frame(C, T, selection="measure", single="mean", size=C), set()),
    ("draw", "draw_opts", lambda: sipas.draw(
        T, {("a", "x"): 1}, seed=5, method="systematic", size=C, strata=T, unit_class=T, reserve={("a", "x"): 2}, certainty=F,
        excluded=F, order_key=C, if_fewer="move", programme=3, stage=4), {"n", "reserve"}),
    ("draw", "draw_stage", lambda: sipas.draw_plan(TREE, [sipas.DrawStage(n=3, reserve=2, size="m", **DRAW)], seed=1),
        {"n_of", "reserve_of", "strata_of", "size_of", "quota_parent", "quota_stratum", "quota_n", "quota_reserve"}),
    ("draw", "draw_stage", lambda: sipas.draw_plan(
        TREE, [sipas.DrawStage(n=C, reserve=C, size=C, **{**DRAW, "strata": T})], seed=1),
        {"n", "reserve", "measure", "quota_parent", "quota_stratum", "quota_n", "quota_reserve"}),
    ("draw", "draw_plan_opts", lambda: sipas.draw_plan(TREE, [sipas.DrawStage()], seed=1, programme=2, excluded=F), set()),
    ("unit", "unit_opts", lambda: sipas.UnitTree(
        T, parent_row=C, level=T, name=T, unit_class=T, region=T, urban=F, measures={"m": C}), set()),
    ("unit", "frame_impute_opts", lambda: sipas.frame_impute(TREE, "m", share="equal", level="0", excluded=F), set()),
    ("unit", "frame_expand_opts", lambda: sipas.frame_expand(TREE, C, "v", width=3), set()),
    ("design", "design_opts", lambda: sipas.Design(C, **DESIGN), set()),
    ("estimates", "estimate_opts", lambda: D.mean({"y": C}, **ESTIMATE), {"categories"}),
    ("estimates", "domains", lambda: D.mean({"y": C}, by=[{"g": T}, {}], where=F, **ESTIMATE), {"orders"}),  # of categoricals
    ("estimates", "estimate_quantile_opts", lambda: D.quantile(
        {"y": C}, rule="hf7", interval="beta", centre="estimate", missing="complete", level=0.9), set()),
    ("estimates", "function", lambda: D.function({"y": C}, sipas.Function(
        ["y"], "call", [2.0], 3.0, 4.0, "f", lambda x: None, True)), set()),
    ("scales", "index_opts", lambda: D.index(np.ones((2, 39), dtype=np.int8), FORM, **INDEX), set()),
    ("contrast", "contrast_opts", lambda: sipas.contrast(TABLE, {"c": {0: 1}}, df=5.0, level=0.9, adjust="holm", cov=True),
        {"overlap", "relative"}),
    ("contrast", "contrast_opts", lambda: sipas.change(
        TABLE, TABLE, overlap="common", relative=True, df=5.0, level=0.9, adjust="holm"), {"cov"}),
    ("rank", "rank_opts", lambda: sipas.league(TABLE, variable="y", domain_level="g", ascending=True, level=0.9), set()),
]  # fmt: skip


class Stop(Exception):  # noqa: N818
    """The call has been seen."""


class Spy:
    """The library; a call that makes something (its last argument is the error) is seen and not made."""

    def __getattr__(self, name):
        thing = getattr(lib, name)
        if not callable(thing) or name.endswith(("_init", "_count", "_get_measure_name", "_count_measures", "_count_rows")):
            return thing
        return self.see

    def see(self, *arguments):
        self.arguments = arguments
        raise Stop


def defaults(struct, name):
    """Fields of a struct that are 0 or NULL."""
    return {
        field for field, form in ffi.typeof(name).fields
        if field not in ("struct_size", "reserved", "reserved2") and getattr(struct, field) == (ffi.NULL if form.type.kind == "pointer" else 0)
    }  # fmt: skip


@pytest.mark.parametrize(("module", "struct", "call", "excused"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_every_argument_arrives(module, struct, call, excused, monkeypatch):
    spy, name = Spy(), "sipas_" + struct
    monkeypatch.setattr(importlib.import_module("sipas._" + module), "lib", spy)
    with pytest.raises(Stop):
        call()
    kinds = {f"struct {name} *", f"{name} *", f"struct {name}[]", f"{name}[]"}
    found = [a for a in spy.arguments if isinstance(a, ffi.CData) and ffi.typeof(a).cname.replace("[1]", "[]") in kinds]
    assert len(found) == 1
    assert defaults(found[0][0], name) == excused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sipas.draw(["a", "b"], 1, seed=None), "seed: NoneType"),
        (lambda: sipas.draw_plan(sipas.UnitTree(["a"], parent=[None]), [sipas.DrawStage(n=1)], seed=None), "seed: NoneType"),
        (lambda: sipas.code_hash(), "path: no code"),
        (lambda: sipas.Design([1.0, 2.0]).quantile([1.0, 2.0], []), "probs: no number"),
        (lambda: sipas.Design([1.0, 2.0], df=-1), "option df: -1 is not positive"),
        (lambda: sipas.Design([1.0, 2.0], df=float("nan")), "option df: nan is not positive"),
    ],
)
def test_messages_name_the_argument_as_it_was_given(call, words):
    with pytest.raises((sipas.SipasError, ValueError, TypeError), match=words):
        call()
