"""Unequal probabilities, two phases and several stages: every golden figure of designs.tsv, read by Python."""

import itertools

import numpy as np
import pytest
import sipas
from conftest import Data, read_golden

CASES = {case: list(rows) for case, rows in itertools.groupby(read_golden("designs.tsv"), key=lambda row: row["case"])}


def options(text):
    return dict(part.split("=", 1) for part in text.split(";") if part)


def design(row, data):
    def listed(cell, read):
        return [read(name) for name in cell.split(";") if name] or None

    def flags(name):
        return data.numbers(name) != 0 if name else None

    choice = options(row["options"])
    pps = choice.get("pps")
    if pps == "joint":
        joint = Data(choice["joint"].removeprefix("data/")).rows
        pps = np.array([[float(cell) for cell in line.values()] for line in joint])
    return sipas.Design(
        data.numbers(row["weights"]) if row["weights"] else None,
        strata=listed(row["strata"], data.codes),
        clusters=listed(row["ids"], data.codes) if row["ids"] != "1" else None,
        fpc=listed(row["fpc"], data.numbers),
        pps=pps,
        variance={"yg": "YG"}.get(choice.get("form")),
        pps_square=data.numbers(choice["square"]) if "square" in choice else None,
        lonely_psu=choice.get("lonely_psu", "error"),
        phase1=choice.get("phase1"),
        phase2_method=choice.get("phase2", "srs"),
        phase2=flags(choice.get("phase2_sample")),
        phase2_strata=data.codes(choice["phase2_strata"]) if "phase2_strata" in choice else None,
        n=len(data),
    )


@pytest.mark.parametrize("case", CASES)
def test_golden(case, data):
    rows = CASES[case]
    first, source = rows[0], data(rows[0]["data"])
    keywords = {"where": source.numbers(first["where"]) != 0} if first["where"] else {}
    if first["by"]:
        keywords["by"] = {name: source.codes(name) for name in first["by"].split(";")}
    names = first["y"].split(";")
    y = {name: source.numbers(name) for name in names}
    d = design(first, source)
    if first["estimator"] == "ratio":
        table = d.ratio(y, source.numbers(first["x"]), **keywords)
    else:
        table = getattr(d, first["estimator"])(y, **keywords)
    for row in rows:
        at = [
            i for i, cells in enumerate(table.rows())
            if cells["variable"] == row["variable"]
            and all(cells[k] == v for k, v in options(row["group"]).items())
        ]  # fmt: skip
        assert len(at) == 1
        np.testing.assert_allclose(table["estimate"][at[0]], float(row["estimate"]), rtol=float(row["tolerance"]))
        if row["se"] in ("NA", "NaN"):
            assert np.ma.getmaskarray(table["se"])[at[0]]
        else:
            np.testing.assert_allclose(table["se"][at[0]], float(row["se"]), rtol=float(row["tolerance"]))
        if options(row["options"]).get("df") != "skip":
            assert table["df"][at[0]] == float(row["df"])


def test_pps_is_refused_by_name():
    with pytest.raises(ValueError, match=r"pps: shape \(2, 3\) where a square"):
        sipas.Design([1.0, 2.0], pps=np.ones((2, 3)))
    with pytest.raises(ValueError, match="pps: 'best' is not one of"):
        sipas.Design([1.0, 2.0], pps="best")
    with pytest.raises(ValueError, match="variance: 'SYG' is not one of"):
        sipas.Design([1.0, 2.0], pps="overton", variance="SYG")


# ---- scales and moments, by the formulas ----

RNG = np.random.default_rng(3)
ITEMS = np.clip(RNG.normal(3, 1, (300, 1)) + RNG.normal(0, 0.8, (300, 4)), 1, 5).round()
W = RNG.random(300) + 0.5
D = sipas.Design(W, clusters=np.arange(300) // 6)


def weighted_cov(y):
    return np.cov(y.T, aweights=W, ddof=0) * len(y) / (len(y) - 1)


def test_alpha_by_the_formula():
    table = D.alpha({f"i{j}": ITEMS[:, j] for j in range(4)})
    cov = weighted_cov(ITEMS)

    def alpha(c):
        return len(c) / (len(c) - 1) * (1 - np.trace(c) / c.sum())

    deleted = [alpha(np.delete(np.delete(cov, j, 0), j, 1)) for j in range(4)]
    rest = [(cov[j].sum() - cov[j, j]) / np.sqrt(cov[j, j] * (cov.sum() - 2 * cov[j].sum() + cov[j, j])) for j in range(4)]
    np.testing.assert_allclose(table["estimate"], [alpha(cov), *deleted, *rest], rtol=1e-12)
    assert table["item"].tolist() == [None, "i0", "i1", "i2", "i3", "i0", "i1", "i2", "i3"]
    assert (table["lower"] < table["estimate"]).all() and (table["estimate"] < table["upper"]).all()
    assert D.alpha(list(ITEMS.T))["estimate"].tobytes() == table["estimate"].tobytes()


def test_moments_by_the_formula():
    cov = weighted_cov(ITEMS)
    table = D.moment(list(ITEMS.T), kind="covariance")
    np.testing.assert_allclose(table["estimate"], cov[np.tril_indices(4)], rtol=1e-12)
    table = D.moment(list(ITEMS.T), kind="correlation")
    sd = np.sqrt(np.diag(cov))
    np.testing.assert_allclose(table["estimate"], (cov / np.outer(sd, sd))[np.tril_indices(4, -1)], rtol=1e-12)


# ---- designs made from designs ----


def same(a, b):
    assert a.columns == b.columns
    for name in a.columns:
        left, right = np.asarray(a[name]), np.asarray(b[name])
        assert left.tobytes() == right.tobytes() if left.dtype.kind == "f" else left.tolist() == right.tolist()


def sample():
    rng = np.random.default_rng(8)
    psu = np.repeat(np.arange(24), 5)
    return {
        "w": rng.random(120) + 1, "h": psu // 8, "psu": psu, "y": rng.normal(size=120), "x": rng.random(120) + 1,
        "g": np.array([f"g{i}" for i in rng.integers(0, 3, 120)]), "in": rng.random(120) < 0.6, "old": rng.random(120) < 0.7,
        "taken": psu % 3 > 0,
    }  # fmt: skip


def test_a_subset_is_where():
    s = sample()
    whole = sipas.Design(s, weights="w", strata="h", clusters="psu")
    part = whole.subset("in")
    assert (len(part), part.psus, part.strata, part.df) == (120, 24, 3, 21.0)
    same(part.mean("y", by="g"), whole.mean("y", by="g", where="in"))
    same(part.ratio("y", "x"), whole.ratio("y", "x", where=s["in"]))
    same(part.quantile("y", probs=[0.5]), whole.quantile("y", probs=[0.5], where="in"))
    both = s["in"] & s["old"]
    same(part.subset("old").total("y"), whole.total("y", where=both))
    same(part.total("y", where="old"), whole.total("y", where=both))
    assert part.mean("y").meta["subset"] == f"{s['in'].sum()} of 120 rows"
    code = part.subset("old").to_r("mean", "y")
    assert f'"{both.sum()}"' in code or "inside" in code
    missing = np.ma.masked_array(s["in"], mask=~s["old"])
    same(whole.subset(missing).mean("y"), whole.mean("y", where=missing))


def test_a_second_phase_is_that_of_the_options():
    s = sample()
    columns = {"weights": s["w"], "strata": s["h"], "clusters": [s["psu"], np.arange(120)]}
    first = sipas.Design(**columns, fpc=np.full(120, 40.0))
    taken = np.arange(120) % 4 > 0
    y = np.where(taken, s["y"], np.nan)
    for keywords in ({}, {"strata": s["g"]}, {"method": "bernoulli", "fpc": np.full(120, 0.7)}):
        named = {f"phase2_{name}": value for name, value in keywords.items()}
        read = sipas.Design(**columns, fpc=np.full(120, 40.0), phase2=taken, **named)
        derived = first.phase2(taken, **keywords)
        same(derived.mean(y, by={"g": s["g"]}), read.mean(y, by={"g": s["g"]}))
        same(derived.subset(s["in"]).total(y), read.total(y, where=s["in"]))
    with pytest.raises(ValueError, match="phase2"):
        derived.to_r("mean", y)
    with pytest.raises(sipas.ArgumentError, match="two phases already"):
        derived.phase2(taken)


def test_derived_designs_keep_what_they_borrow():
    s = sample()

    def part():
        whole = sipas.Design(weights=s["w"].copy(), strata=s["h"].copy(), clusters=s["psu"].copy(), threads=2)
        return whole.subset(s["in"].copy()).phase2(s["taken"].copy(), strata=[str(i) for i in s["h"]])

    design = part()
    table = design.mean(s["y"], by={"g": s["g"]})
    read = sipas.Design(weights=s["w"], strata=s["h"], clusters=s["psu"], phase2=s["taken"], phase2_strata=s["h"])
    same(table, read.mean(s["y"], by={"g": s["g"]}, where=s["in"]))


def test_what_a_subset_refuses():
    d = sipas.Design([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="where"):
        d.subset(None)
    with pytest.raises(ValueError, match="where: 2 rows where 3 are expected"):
        d.subset([True, False])
    with pytest.raises(sipas.ColumnTypeError):
        d.subset([0.5, 1.0, 2.0])
    with pytest.raises(ValueError, match="sample"):
        d.phase2(None)
