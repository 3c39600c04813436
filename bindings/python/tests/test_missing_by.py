"""Rows without a code of a `by` column, in Python and on the command line; tests/api/test_missing_by.c crosses them with every design.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import numpy as np
import pytest

import sipas
from sipas.__main__ import main

DISTRICT = ["01", None, "NA", "02", "01", None, "02", "NA"]
SEX = [1, 2, 1, 2, 1, 2, 1, 2]
W = [1.0, 1, 1, 1, 2, 1, 1, 1]
Y = [1.0, 4, 3, 5, 2, 6, 7, 7]
BY = [{}, {"district": DISTRICT}, {"district": DISTRICT, "sex": SEX}]

CALLS = {
    "mean": lambda d, **k: d.mean(Y, **k),
    "total": lambda d, **k: d.total(Y, **k),
    "ratio": lambda d, **k: d.ratio(Y, W, **k),
    "quantile": lambda d, **k: d.quantile(Y, 0.5, **k),
    "proportion": lambda d, **k: d.proportion(SEX, success=1, method="wilson", **k),
    "distribution": lambda d, **k: d.distribution(SEX, **k),
    "category": lambda d, **k: d.category(SEX, **k),
    "category_total": lambda d, **k: d.category_total(SEX, **k),
    "functions": lambda d, **k: d.functions({"y": Y}, {"f": {"y": 2.0}}, **k),
    "moment": lambda d, **k: d.moment({"y": Y, "w": W}, kind="variance", **k),
    "alpha": lambda d, **k: d.alpha({"y": Y, "w": W, "s": np.asarray(SEX, float)}, **k),
}


def weighted(rows):
    return sum(W[i] * Y[i] for i in rows) / sum(W[i] for i in rows)


def test_an_error_unless_said():
    with pytest.raises(sipas.MissingError, match="row 1: district is missing"):
        sipas.Design(W).mean(Y, by={"district": DISTRICT})


@pytest.mark.parametrize("rule", ["drop", "group"])
def test_means(rule):
    t = sipas.Design(W).mean(Y, by=BY, missing_by=rule)
    groups = sorted({(d, s) for d, s in zip(DISTRICT, SEX) if d or rule == "group"}, key=lambda g: (g[0] is None, g))
    ones = sorted({d for d, _ in groups}, key=lambda d: (d is None, d))
    rows = [(None, None, range(8))]
    rows += [(d, None, [i for i in range(8) if DISTRICT[i] == d]) for d in ones]
    rows += [(d, s, [i for i in range(8) if DISTRICT[i] == d and SEX[i] == s]) for d, s in groups]
    assert list(t["district"]) == [d for d, _, _ in rows]
    assert [None if s is np.ma.masked else s for s in t["sex"]] == [s for _, s, _ in rows]
    np.testing.assert_allclose(t["estimate"], [weighted(members) for _, _, members in rows], rtol=1e-14)
    assert t.meta["missing_by"] == rule
    assert [note["code"] for note in t.notes.rows() if note["code"] == "by_missing"] == ["by_missing"]


@pytest.mark.parametrize("name", CALLS)
def test_drop_is_where(name):
    design = sipas.Design(W)
    there = [d is not None for d in DISTRICT]
    dropped = CALLS[name](design, by={"district": DISTRICT}, missing_by="drop")
    inside = CALLS[name](design, by={"district": DISTRICT}, where=there)
    for column in inside:
        np.testing.assert_array_equal(np.ma.filled(dropped[column], -1), np.ma.filled(inside[column], -1))
    grouped = CALLS[name](design, by={"district": DISTRICT}, missing_by="group")
    assert len(grouped) > len(dropped)


def test_other_kinds_of_missing():
    wanted = [1.0, 2.0, np.nan, 2.0, 1.0, np.nan, 2.0, 2.0]
    given = {
        "numbers": [None if np.isnan(v) else int(v) for v in wanted],
        "floats": np.array(wanted),
        "masked": np.ma.masked_invalid(wanted),
    }
    for codes in given.values():
        t = sipas.Design(W).mean(Y, by={"g": codes}, missing_by="group")
        assert [None if g is np.ma.masked else int(g) for g in t["g"]] == [1, 2, None]
        assert list(t["n"]) == [2, 4, 2]


def test_index_and_plan():
    instrument = sipas.Instrument.builtin("1001/2023")
    answers = {node.code: np.array([5, 4, 3, 2, 5, 4, 3, 1], np.int8) for node in instrument.items}
    design = sipas.Design(W)
    pooled = design.index(answers, instrument, by=[{"district": DISTRICT}, {}], missing_by="drop")
    assert len(pooled) == len(list(instrument.nodes)) * 4
    with pytest.raises(sipas.MissingError, match="are no unit of the whole"):
        design.index(answers, instrument, by=[{"district": DISTRICT}, {}], missing_by="group", whole="mean_of_units")
    t = sipas.plan_expect(
        [5, 5, 5], [100, 200, 300], sipas.PlanVariable(sd=[1.0, 2.0, 3.0]), by={"u": ["a", None, "a"]}, missing_by="drop"
    )
    assert list(t["size"]) == [400.0]


@pytest.mark.parametrize("junk", ["nope", 1, b"drop", ["drop"]])
def test_no_such_rule(junk):
    with pytest.raises((ValueError, TypeError), match="missing_by"):
        sipas.Design(W).mean(Y, by={"district": DISTRICT}, missing_by=junk)


def test_command(tmp_path, capsys):
    file = tmp_path / "a.csv"
    cells = [f"{d or ''},{w},{y}" for d, w, y in zip(DISTRICT, W, Y)]
    file.write_text("\n".join(["district,w,y", *cells, ""]), encoding="utf-8")
    call = ["score", str(file), "--weights", "w", "--mean", "y", "--by", "district", "--csv"]
    assert main(call) == 1
    assert "line 3" in capsys.readouterr().err
    assert main([*call, "--missing-by", "drop"]) == 0
    told = capsys.readouterr()
    assert [line.split(",")[1] for line in told.out.splitlines()[1:]] == ["01", "02", "NA"]
    assert "2 rows have no code of district" in told.err
    assert main([*call, "--missing-by", "group"]) == 0
    assert [line.split(",")[1] for line in capsys.readouterr().out.splitlines()[1:]] == ["01", "02", "NA", ""]
    with pytest.raises(SystemExit):
        main(["score", str(file), "--mean", "y", "--missing-by", "drop"])
    assert "--missing-by: it goes with --by" in capsys.readouterr().err
