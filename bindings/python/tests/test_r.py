"""Designs as R code: R runs it and gets our figures. Skipped where Rscript or its package survey are not there."""

import csv
import shutil
import subprocess

import numpy as np
import pytest
import sipas

CHECK = 'source("design.R"); options(digits = 17); write.csv(result, "result.csv", row.names = FALSE)'


def r_has_survey():
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True, check=False).returncode == 0


needs_r = pytest.mark.skipif(not r_has_survey(), reason="Rscript with the package survey is not there")


def run(folder):
    done = subprocess.run(["Rscript", "-e", CHECK], capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    with open(folder / "result.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def same(table, rows, keys):
    """Every row that has a figure on both sides; by its keys."""
    ours = {tuple(str(row[key]) if row[key] is not None else "NA" for key in keys): row for row in table.rows()}
    assert len(ours) == len(table) == len(rows)
    for row in rows:
        mine = ours[tuple(row[key] for key in keys)]
        for name in ("estimate", "se", "lower", "upper", "df") + (("deff",) if "deff" in row else ()):
            if mine[name] is None:
                continue  # R has no rule for a domain in one PSU
            assert float(row[name]) == pytest.approx(mine[name], rel=1e-9), (row, name)


def two_stage(data, **keywords):
    frame = data("apiclus2.csv")
    design = sipas.Design(
        frame.numbers("pw"), clusters=[frame.numbers("dnum"), frame.numbers("snum")],
        fpc=[frame.numbers("fpc1"), frame.numbers("fpc2")], **keywords,
    )  # fmt: skip
    return design, frame


def with_gaps(values):
    values = values.copy()
    values[::7] = np.nan
    return values


@needs_r
@pytest.mark.parametrize("estimator", ["mean", "total"])
def test_two_stages(estimator, data, tmp_path):
    design, frame = two_stage(data)
    y = {"api00": frame.numbers("api00"), "1 odd name": with_gaps(frame.numbers("enroll"))}
    by = [{"stype": frame.codes("stype")}, {}]
    code = design.to_r(estimator, y, by=by, deff=True, folder=tmp_path)
    assert code == (tmp_path / "design.R").read_text(encoding="utf-8")
    same(getattr(design, estimator)(y, by=by, deff=True), run(tmp_path), ("variable", "level", "stype"))


@needs_r
def test_strata_and_where(data, tmp_path):
    frame = data("apistrat.csv")
    design = sipas.Design(frame.numbers("pw"), strata=frame.codes("stype"), fpc=frame.numbers("fpc"), df="design")
    where = frame.numbers("api99") > 500
    y = with_gaps(frame.numbers("api00"))
    by = {"a quoted \"name\"": frame.codes("awards"), "comp": frame.codes("comp.imp")}
    design.to_r("mean", {"y": y}, by=by, where=where, level=0.9, folder=tmp_path)
    rows = [{name.strip(): cell for name, cell in row.items()} for row in run(tmp_path)]
    same(design.mean({"y": y}, by=by, where=where, level=0.9), rows, ("variable", *by))


@needs_r
@pytest.mark.parametrize("missing", ["available", "complete"])
def test_missing(missing, data, tmp_path):
    frame = data("apistrat.csv")
    design = sipas.Design(frame.numbers("pw"), strata=frame.codes("stype"), df=float("inf"))
    y = {"a": with_gaps(frame.numbers("api00")), "b": frame.numbers("api99")}
    design.to_r("mean", y, missing=missing, folder=tmp_path)
    same(design.mean(y, missing=missing), run(tmp_path), ("variable",))


@needs_r
def test_ratio(data, tmp_path):
    design, frame = two_stage(data)
    y, x = {"api.stu": frame.numbers("api.stu")}, with_gaps(frame.numbers("enroll"))
    design.to_r("ratio", y, x=x, folder=tmp_path)
    same(design.ratio(y, x), run(tmp_path), ("variable",))


@needs_r
@pytest.mark.parametrize("method", ["wald", "logit", "arcsine", "xlogit", "beta"])
def test_proportion(method, data, tmp_path):
    design, frame = two_stage(data)
    y = {"stype": frame.codes("stype")}
    design.to_r("proportion", y, success=["H", "M"], method=method, folder=tmp_path)
    same(design.proportion(y, success=["H", "M"], method=method), run(tmp_path), ("variable",))


@needs_r
def test_lonely_psus_and_data_in_the_code(tmp_path):
    design = sipas.Design([1.0, 2.0, 3.0, 1.0, 2.0], strata=["Hà Nội", "Hà Nội", 'H"u\\ế', "V", "V"], lonely_psu="adjust")
    y = np.array([1.0, 5.0, 2.0, 8.0, 3.0])
    (tmp_path / "design.R").write_text(design.to_r("mean", {"y": y}), encoding="utf-8")
    same(design.mean({"y": y}), run(tmp_path), ("variable",))


@pytest.mark.parametrize(
    ("design", "arguments", "keywords", "message"),
    [
        ({"lonely_psu": "collapse"}, ("mean",), {}, "lonely_psu: 'collapse' is not what R has"),
        ({"lonely_psu": "adjust"}, ("total",), {}, "lonely_psu: 'adjust' is not what R has"),
        ({"certainty": [True, False], "clusters": ["a", "b"]}, ("mean",), {}, "certainty: to_r writes designs without it"),
        ({}, ("median",), {}, "estimator: 'median' is not one of mean, total, ratio, proportion"),
        ({}, ("ratio",), {}, "x: a ratio has a denominator"),
        ({}, ("proportion",), {"method": "likelihood"}, "method: R's likelihood limits come from a search"),
        ({}, ("proportion",), {"method": "logit", "where": [True, False]}, "method: R has no logit interval of a share of 0 or 1"),
        ({"one_psu": "conditional"}, ("mean",), {}, "one_psu: to_r writes designs without it"),
        ({"pps": "hajek", "fpc": [0.5, 0.25]}, ("mean",), {}, "pps: R's survey has not 'hajek'"),
        ({"clusters": ["a", "a"], "lonely_psu": "certainty"}, ("total",), {}, "clusters: the design has one PSU"),
        ({}, ("proportion",), {"method": "jeffreys"}, "method: 'jeffreys' is not what R has"),
    ],
)
def test_refused_by_name(design, arguments, keywords, message):
    with pytest.raises(ValueError, match=message):
        sipas.Design([1.0, 2.0], **design).to_r(*arguments, [1.0, 0.0], **keywords)


@needs_r
def test_the_index_of_complete_answers_is_a_mean_of_scores(data, tmp_path):
    """All questions answered, the index is the mean of the forms' mean scores, which R has."""
    design, frame = two_stage(data)
    form = sipas.Instrument.builtin("1001/2023")
    answers = 1 + (np.arange(len(frame))[:, None] * 7 + np.arange(len(form.items)) * 3 + frame.numbers("snum")[:, None]) % 5
    by = {"stype": frame.codes("stype")}
    table = design.index(answers.astype(np.int8), form, scoring="mean_over_max", by=by)
    design.to_r("mean", {"SIPAS": 20.0 * answers.mean(axis=1)}, by=by, folder=tmp_path)
    rows = {row["stype"]: row for row in run(tmp_path)}
    for row in table.rows():
        if row["node"] == "SIPAS" and row["se"] is not None:
            for name in ("estimate", "se", "lower", "upper"):
                assert float(rows[row["stype"]][name]) == pytest.approx(row[name], rel=1e-9)
