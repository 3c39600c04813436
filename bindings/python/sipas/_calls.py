"""The plain calls: each takes the library, and the arguments of the function of its name as locals() has them.

Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sipas._arguments import Choice, instance, whole
from sipas._columns import Call
from sipas._context import handle, table_of
from sipas._domains import Groups, domains
from sipas._estimator import Estimator, estimate_opts, variables
from sipas._frame import first
from sipas._plain import alone, each, matrix, numbers, one, structs, tree_argument, tree_of, values, vector_and_table, vector_of
from sipas._table import Table

if TYPE_CHECKING:  # slow to import, or not there yet
    import numpy as np
    from numpy.typing import NDArray

    from sipas._unit import UnitTree

# fmt: off
Given = dict[str, Any]
_method_SIZE = Choice("SIZE", "method")
_rounding_SIZE_ROUND = Choice("SIZE_ROUND", "rounding")
_statistic_FIGURE = Choice("FIGURE", "statistic")
_compare_COMPARE = Choice("COMPARE", "compare")
_components_COMPONENTS = Choice("COMPONENTS", "components")
_selection_PSU = Choice("PSU", "selection")
_single_SINGLE = Choice("SINGLE", "single")
_method_STRATA = Choice("STRATA", "method")
_allocation_ALLOCATE = Choice("ALLOCATE", "allocation")
_of_OF = Choice("OF", "of")
_missing_MISSING = Choice("MISSING", "missing")
_rule_QUANTILE = Choice("QUANTILE", "rule")
_interval_QUANTILE_INTERVAL = Choice("QUANTILE_INTERVAL", "interval")
_centre_QUANTILE_CENTRE = Choice("QUANTILE_CENTRE", "centre")
_method_INTERVAL = Choice("INTERVAL", "method")
_scale_SCALE = Choice("SCALE", "scale")
_kind_MOMENT = Choice("MOMENT", "kind")


def _sipas_size_figure(given: Any) -> tuple[Given, list[str]]:
    return {
        "statistic": _statistic_FIGURE(given.statistic), "method": _method_SIZE(given.method),
        "compare": _compare_COMPARE(given.compare), "name": given.name, "p": given.p, "mean": given.mean,
        "sd": given.sd, "sd_given": given.sd is not None, "mean_x": given.mean_x, "sd_x": given.sd_x, "correlation": given.correlation,
        "weights": given.weights, "covariance": matrix(given.covariance, "covariance"), "answered": given.answered, "p_of": given.p_of,
        "mean_of": given.mean_of, "sd_of": given.sd_of, "domain": given.domain, "deff": given.deff, "take": given.take,
        "homogeneity": given.homogeneity, "homogeneity_of": given.homogeneity_of, "margin": given.margin,
        "relative_margin": given.relative_margin, "cv": given.cv, "se": given.se, "difference": given.difference,
        "sd_other": given.sd_other, "sd_other_given": given.sd_other is not None, "power": given.power, "ratio": given.ratio,
        "n_other": given.n_other, "overlap": given.overlap, "overlap_correlation": given.overlap_correlation, "sides": given.sides,
        "df": given.df, "psus": given.psus,
    }, ["weights", "covariance", "answered", "homogeneity_of"]


def _sipas_size_stage(given: Any) -> tuple[Given, list[str]]:
    return {
        "name": given.name, "cost": given.cost, "homogeneity": given.homogeneity, "k": given.k, "relvariance": given.relvariance,
        "population": given.population, "n": given.n, "minimum": given.minimum, "maximum": given.maximum, "multiple": given.multiple,
    }, []


def _sipas_plan_variable(given: Any) -> tuple[Given, list[str]]:
    return {
        "name": given.name, "sd": given.sd, "p": given.p, "mean": given.mean, "deff": given.deff,
    }, []


def sample_size(lib: Any, given: Given) -> Table:
    call = Call()
    N = one(call, given["N"], "N")
    opts = call.options("sipas_size_opts", {
        "method": _method_SIZE(given["method"]), "margin": given["margin"], "p": given["p"], "level": given["level"],
        "deff": given["deff"], "response": given["response"], "minimum": given["minimum"], "maximum": given["maximum"],
        "multiple": given["multiple"], "rounding": _rounding_SIZE_ROUND(given["rounding"]), "code": given["code"],
        "per_household": given["per_household"], "relative_margin": given["relative_margin"], "cv": given["cv"], "se": given["se"],
        "df": given["df"], "psus": given["psus"],
    })
    return table_of(lib.sipas_size_proportion, handle(given["context"]), N, opts)


def precision_proportion(lib: Any, given: Given) -> Table:
    call = Call()
    N = each(call, given["N"], "N", True)
    n = each(call, given["n"], "n", False)
    opts = call.options("sipas_size_opts", {
        "method": _method_SIZE(given["method"]), "p": given["p"], "level": given["level"], "deff": given["deff"], "code": given["code"],
        "df": given["df"], "psus": given["psus"],
    })
    return table_of(lib.sipas_precision_proportion, handle(given["context"]), N, n, opts)


def size_figures(lib: Any, given: Given) -> Table:
    call = Call()
    N = each(call, given["N"], "N", True)
    figures, n_figures = structs(call, given["figures"], "figures", "sipas_size_figure", lib.sipas_size_figure_init, _sipas_size_figure)
    opts = call.options("sipas_size_opts", {
        "level": given["level"], "deff": given["deff"], "response": given["response"], "minimum": given["minimum"],
        "maximum": given["maximum"], "multiple": given["multiple"], "rounding": _rounding_SIZE_ROUND(given["rounding"]),
        "code": given["code"], "per_household": given["per_household"], "df": given["df"], "psus": given["psus"],
    })
    return table_of(lib.sipas_size_figures, handle(given["context"]), N, figures, n_figures, opts)


def precision_figures(lib: Any, given: Given) -> Table:
    call = Call()
    N = each(call, given["N"], "N", True)
    n = each(call, given["n"], "n", False)
    figures, n_figures = structs(call, given["figures"], "figures", "sipas_size_figure", lib.sipas_size_figure_init, _sipas_size_figure)
    opts = call.options("sipas_size_opts", {
        "level": given["level"], "deff": given["deff"], "code": given["code"], "df": given["df"], "psus": given["psus"],
    })
    return table_of(lib.sipas_precision_figures, handle(given["context"]), N, n, figures, n_figures, opts)


def size_ranking(lib: Any, given: Given) -> Table:
    frame, given["value"] = first(given["data"], given["value"], "value", (given["N"], given["code"],))
    call = Call(frame=frame)
    value = call.column(given["value"], "value")
    opts = call.options("sipas_size_ranking_opts", {
        "ascending": given["ascending"], "population": given["N"], "code": given["code"],
        "sd" if alone(given["sd"]) else "sd_of": given["sd"], "deff": given["deff"], "level": given["level"], "power": given["power"],
        "delta": given["delta"], "width": given["width"], "top": given["top"], "response": given["response"],
        "per_household": given["per_household"], "minimum": given["minimum"], "maximum": given["maximum"],
        "multiple": given["multiple"], "rounding": _rounding_SIZE_ROUND(given["rounding"]), "df": given["df"], "psus": given["psus"],
    }, names={"population": "N"})
    return table_of(lib.sipas_size_ranking, handle(given["context"]), value, opts)


def precision_ranking(lib: Any, given: Given) -> Table:
    frame, given["value"] = first(given["data"], given["value"], "value", (given["N"], given["code"],))
    call = Call(frame=frame)
    value = call.column(given["value"], "value")
    n = each(call, given["n"], "n", False)
    opts = call.options("sipas_size_ranking_opts", {
        "ascending": given["ascending"], "population": given["N"], "code": given["code"],
        "sd" if alone(given["sd"]) else "sd_of": given["sd"], "deff": given["deff"], "level": given["level"], "power": given["power"],
        "top": given["top"], "df": given["df"], "psus": given["psus"],
    }, names={"population": "N"})
    return table_of(lib.sipas_precision_ranking, handle(given["context"]), value, n, opts)


def size_stages(lib: Any, given: Given) -> Table:
    call = Call()
    stages, n_stages = structs(call, given["stages"], "stages", "sipas_size_stage", lib.sipas_size_stage_init, _sipas_size_stage)
    opts = call.options("sipas_size_stages_opts", {
        "relvariance": given["relvariance"], "budget": given["budget"], "cv": given["cv"], "fixed_cost": given["fixed_cost"],
        "response": given["response"], "level": given["level"], "per_household": given["per_household"], "df": given["df"],
        "components": _components_COMPONENTS(given["components"]),
    })
    return table_of(lib.sipas_size_stages, handle(given["context"]), stages, n_stages, opts)


def precision_stages(lib: Any, given: Given) -> Table:
    call = Call()
    stages, n_stages = structs(call, given["stages"], "stages", "sipas_size_stage", lib.sipas_size_stage_init, _sipas_size_stage)
    opts = call.options("sipas_size_stages_opts", {
        "relvariance": given["relvariance"], "fixed_cost": given["fixed_cost"], "response": given["response"], "level": given["level"],
        "df": given["df"], "components": _components_COMPONENTS(given["components"]),
    })
    return table_of(lib.sipas_precision_stages, handle(given["context"]), stages, n_stages, opts)


def components_sample(lib: Any, given: Given) -> Table:
    frame, given["y"] = first(given["data"], given["y"], "y", (given["weights"], given["strata"], given["clusters"],))
    call = Call(frame=frame)
    y = call.column(given["y"], "y")
    weights = call.column(given["weights"], "weights")
    strata = call.column(given["strata"], "strata")
    clusters, n_clusters = call.stack(given["clusters"], "clusters")
    return table_of(lib.sipas_components_sample, handle(given["context"]), y, weights, strata, clusters, n_clusters)


def components_frame(lib: Any, given: Given) -> Table:
    frame, given["y"] = first(given["data"], given["y"], "y", (given["clusters"], given["size"],))
    call = Call(frame=frame)
    y = call.column(given["y"], "y")
    clusters, n_clusters = call.stack(given["clusters"], "clusters")
    opts = call.options("sipas_components_opts", {
        "selection": _selection_PSU(given["selection"]), "single": _single_SINGLE(given["single"]), "size": given["size"],
    })
    return table_of(lib.sipas_components_frame, handle(given["context"]), y, clusters, n_clusters, opts)


def strata_cut(lib: Any, given: Given) -> Table:
    frame, given["x"] = first(given["data"], given["x"], "x", ())
    call = Call(frame=frame)
    x = call.column(given["x"], "x")
    opts = call.options("sipas_strata_opts", {
        "method": _method_STRATA(given["method"]), "allocation": _allocation_ALLOCATE(given["allocation"]),
        "take_all": given["take_all"], "bins": given["bins"], "power": given["power"], "power_given": given["power"] is not None,
        "cv": given["cv"], "n": given["n"], "least_size": given["least_size"],
    })
    return table_of(lib.sipas_strata_cut, handle(given["context"]), x, whole(given["strata"], "strata"), opts)


def plan_expect(lib: Any, given: Given) -> Table:
    frame, given["n"] = first(given["data"], given["n"], "n", (given["size"], given["by"], given["cost"], given["code"],))
    call = Call(frame=frame)
    n = call.column(given["n"], "n")
    size = call.column(given["size"], "size")
    variables, n_variables = structs(call, given["variables"], "variables", "sipas_plan_variable", None, _sipas_plan_variable)
    opts = call.options("sipas_plan_opts", {
        "of": _of_OF(given["of"]), "size_is_measure": given["size_is_measure"], "level": given["level"], "cost": given["cost"],
        "code": given["code"], "df": given["df"],
    })
    return table_of(lib.sipas_plan_expect, handle(given["context"]), n, size, variables, n_variables, domains(call, Groups(given["by"], None, given["missing_by"])), opts)


def design_weights(lib: Any, given: Given) -> NDArray[np.float64]:
    frame, given["inclusion_prob"] = first(given["data"], given["inclusion_prob"], "inclusion_prob", ())
    call = Call(frame=frame)
    inclusion_prob, n_inclusion_prob = call.stack(given["inclusion_prob"], "inclusion_prob")
    return vector_of(call, lib.sipas_weight_design, inclusion_prob, n_inclusion_prob)


def response_weights(lib: Any, given: Given) -> tuple[NDArray[np.float64], Table]:
    frame, given["weights"] = first(given["data"], given["weights"], "weights", (given["cell"], given["responded"],))
    call = Call(frame=frame)
    weights = call.column(given["weights"], "weights")
    cell = call.column(given["cell"], "cell")
    responded = call.column(given["responded"], "responded")
    return vector_and_table(call, lib.sipas_weight_response, handle(given["context"]), weights, cell, responded)


def frame_summary(lib: Any, given: Given) -> Table:
    call = tree_argument(given["tree"])._new_call()
    return table_of(lib.sipas_frame_summary, handle(given["context"]), given["tree"]._handle)


def frame_expand(lib: Any, given: Given) -> UnitTree:
    call = tree_argument(given["tree"])._new_call()
    count = call.column(given["count"], "count")
    opts = call.options("sipas_frame_expand_opts", {
        "width": given["width"],
    })
    return tree_of(lib.sipas_frame_expand, handle(given["context"]), given["tree"]._handle, count, call.text(given["level"], "level"), opts)


def league(lib: Any, given: Given) -> Table:
    call = Call()
    opts = call.options("sipas_rank_opts", {
        "ascending": given["ascending"], "level": given["level"], "variable": given["variable"], "domain_level": given["domain_level"],
    })
    return table_of(lib.sipas_rank_league, handle(given["context"]), instance(given["estimates"], Table, "estimates")._handle, opts)


def mean(lib: Any, given: Given) -> Table:
    design: Estimator = given["self"]
    call = design._new_call()
    y, n_y, names = variables(call, given["y"], "y")
    opts = estimate_opts(call, names, given["missing"], given["level"], given["deff"], given["cov"], given["simultaneous"])
    return design._finish(lib.sipas_estimate_mean, call, Groups(given["by"], given["where"], given["missing_by"]), y, n_y, opts=opts)


def total(lib: Any, given: Given) -> Table:
    design: Estimator = given["self"]
    call = design._new_call()
    y, n_y, names = variables(call, given["y"], "y")
    opts = estimate_opts(call, names, given["missing"], given["level"], given["deff"], given["cov"], given["simultaneous"])
    return design._finish(lib.sipas_estimate_total, call, Groups(given["by"], given["where"], given["missing_by"]), y, n_y, opts=opts)


def quantile(lib: Any, given: Given) -> Table:
    design: Estimator = given["self"]
    call = design._new_call()
    y, n_y, names = variables(call, given["y"], "y")
    probs, n_probs = numbers(call, given["probs"], "probs")
    opts = call.options("sipas_estimate_quantile_opts", {
        "missing": _missing_MISSING(given["missing"]), "level": given["level"], "rule": _rule_QUANTILE(given["rule"]),
        "interval": _interval_QUANTILE_INTERVAL(given["interval"]), "centre": _centre_QUANTILE_CENTRE(given["centre"]),
        "names": call.texts(names),
    })
    return design._finish(lib.sipas_estimate_quantile, call, Groups(given["by"], given["where"], given["missing_by"]), y, n_y, probs, n_probs, opts=opts)


def proportion(lib: Any, given: Given) -> Table:
    design: Estimator = given["self"]
    call = design._new_call()
    y, n_y, names = variables(call, given["y"], "y")
    success = values(call, given["success"], "success")
    opts = estimate_opts(call, names, given["missing"], given["level"], given["deff"], given["cov"], given["simultaneous"])
    return design._finish(lib.sipas_estimate_proportion, call, Groups(given["by"], given["where"], given["missing_by"]), y, n_y, success, _method_INTERVAL(given["method"]), opts=opts)


def alpha(lib: Any, given: Given) -> Table:
    design: Estimator = given["self"]
    call = design._new_call()
    items, n_items, names = variables(call, given["items"], "items")
    opts = estimate_opts(call, names, None, given["level"], given["deff"], given["cov"], None)
    return design._finish(lib.sipas_estimate_alpha, call, Groups(given["by"], given["where"], given["missing_by"]), items, n_items, _scale_SCALE(given["scale"]), opts=opts)


def moment(lib: Any, given: Given) -> Table:
    design: Estimator = given["self"]
    call = design._new_call()
    y, n_y, names = variables(call, given["y"], "y")
    opts = estimate_opts(call, names, given["missing"], given["level"], given["deff"], given["cov"], None)
    return design._finish(lib.sipas_estimate_moment, call, Groups(given["by"], given["where"], given["missing_by"]), y, n_y, _kind_MOMENT(given["kind"]), _scale_SCALE(given["scale"]), opts=opts)
