"""Sizes, allocation, probabilities and draws: golden figures, and draws made again with numpy alone."""

from fractions import Fraction

import numpy as np
import pytest
import sipas
from conftest import read_golden


def numbers(cell):
    return [float(part) if part not in ("Inf", "inf") else np.inf for part in cell.split(";")]


@pytest.mark.parametrize("row", [r for r in read_golden("pps.tsv") if r["size"]], ids=lambda r: r["case"])
def test_inclusion_prob_golden(row):
    pi = sipas.inclusion_prob(numbers(row["size"]), int(row["n"]))
    np.testing.assert_allclose(pi, numbers(row["pik"]), rtol=float(row["tolerance"]))


def allocation(row):
    bounds = {"lower": row["lower"], "upper": row["upper"]}
    keywords = {name: numbers(cell) for name, cell in bounds.items() if cell}
    if row["cost"]:
        keywords["cost"] = numbers(row["cost"])
    if row["A"]:
        size, sd = numbers(row["A"]), [1.0] * len(numbers(row["A"]))
    else:
        size, sd = numbers(row["N"]), numbers(row["S"])
    method = "cost" if row["cost"] else "neyman"
    return sipas.allocate(int(row["n"]), size=size, sd=sd, method=method, size_is_measure=True, **keywords)


CASES = [r for r in read_golden("allocation.tsv") if r["n"] and r["result"] and not r["V"]]


@pytest.mark.parametrize("row", CASES, ids=lambda r: r["case"])
def test_allocation_golden(row):
    table = allocation(row)
    column = table["n"] if row["kind"] == "integer" else table["continuous"]
    np.testing.assert_allclose(column, numbers(row["result"]), rtol=float(row["tolerance"]))
    assert table["n"].dtype == np.int64 and table["n"].sum() == int(row["n"])


def test_yamane():
    # 20000 / (1 + 20000 · 0.0025) = 392.156…
    table = sipas.sample_size(N=20000, method="yamane", e=0.05)
    assert table["n"].tolist() == [393]
    assert sipas.sample_size([np.inf], method="yamane", e=0.05)["n"].tolist() == [400]


def test_zero_is_no_default():
    for keywords in ({"e": 0}, {"p": 0}, {"level": 0}, {"deff": 0}, {"response": 0}, {"cv": 0}):
        with pytest.raises(sipas.OptionError):
            sipas.sample_size(1000, **keywords)


def test_bounds_scalar_and_column():
    size = [100, 200, 300]
    assert sipas.allocate(60, size=size, lower=15)["lower"].tolist() == [15, 15, 15]
    assert sipas.allocate(60, size=size, upper=[10, 20, 30])["n"].tolist() == [10, 20, 30]
    with pytest.raises(sipas.InfeasibleError):
        sipas.allocate(60, size=size, upper=0)


def test_class_table():
    table = sipas.allocate(method="class_table", unit_class=["a", "b", "a"], class_n={"a": 3, "b": 5})
    assert table["n"].tolist() == [3, 5, 3]


def test_budget_and_blocks():
    size, sd, cost = [100.0, 200.0, 300.0], [1.0, 2.0, 3.0], [1.0, 2.0, 4.0]
    table = sipas.allocate(budget=100, size=size, sd=sd, cost=cost, method="cost")
    assert table["n"] @ np.array(cost) <= 100
    table = sipas.allocate(62, size=size, multiple=5, remainder="down", fixed=[None, None, 20])
    assert table["n"].sum() == 60 and (table["n"] % 5 == 0).all() and table["n"][2] == 20
    with pytest.raises(ValueError, match="budget: a total is given too"):
        sipas.allocate(10, budget=100, size=size)


# ---- draws made again with numpy's Philox ----


def fnv1a(*path):
    value = 0xCBF29CE484222325
    for byte in "\x1f".join(path).encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def uniform(seed, unit, stream, programme=0):
    """numpy adds one to its counter before the first block, so it gets ours less one."""
    counter = (unit + (stream << 64) - 1) % 2**256
    words = np.array([counter >> shift & (2**64 - 1) for shift in (0, 64, 128, 192)], dtype=np.uint64)
    philox = np.random.Philox(counter=words, key=np.array([seed, programme], dtype=np.uint64))
    return int(philox.random_raw()) >> 11, 2**53


def test_srs_again_with_numpy():
    codes = [f"u{i:03d}" for i in range(200)]
    table = sipas.draw(codes, 25, seed=20241231)
    ours = sorted(codes, key=lambda code: uniform(20241231, fnv1a(code), 0))
    assert table["code"].tolist() == ours[:25]
    assert table["pi"].tolist() == [25 / 200] * 25
    small = sorted("abcde", key=lambda code: uniform(20241231, fnv1a(code), 0))
    assert small[:2] == ["c", "a"]  # the example of the documentation


def test_srs_of_strata_again_with_numpy():
    codes = list(range(1000, 1100))
    strata = np.array(["x", "y"], dtype=object)[np.arange(100) % 2]
    table = sipas.draw(np.array(codes), {"x": 5, "y": 7}, strata=strata, seed=3, programme=9)
    for stratum, n in (("x", 5), ("y", 7)):
        units = [str(c) for c, s in zip(codes, strata, strict=True) if s == stratum]
        units.sort(key=lambda code: uniform(3, fnv1a(code), 0, 9))
        assert table["code"][table["stratum"] == stratum].tolist() == units[:n]


def test_systematic_again_with_numpy():
    codes = sorted(f"k{i}" for i in range(97))
    n, size = 13, len(codes)
    table = sipas.draw(codes[::-1], n, method="systematic", seed=77)
    start = int(Fraction(*uniform(77, 0, 0)) * size)
    drawn = {codes[k] for k in range(size) if ((k + 1) * n + start) // size > (k * n + start) // size}
    order = sorted(drawn, key=lambda code: uniform(77, fnv1a(code), 1))
    assert table["code"].tolist() == order


def test_order_of_rows_changes_nothing():
    rng = np.random.default_rng(5)
    codes = np.array([f"u{i}" for i in range(300)], dtype=object)
    size = rng.random(300) + 0.5
    first = sipas.draw(codes, 20, method="pps_systematic", size=size, reserve=5, seed=1)
    order = rng.permutation(300)
    second = sipas.draw(codes[order], 20, method="pps_systematic", size=size[order], reserve=5, seed=1)
    for column in ("code", "pi", "role", "order"):
        assert first[column].tolist() == second[column].tolist()
    assert set(first["role"]) == {"main", "reserve"}
    assert (codes[first["row"]] == first["code"]).all()


def test_draw_refuses():
    with pytest.raises(TypeError, match="seed"):
        sipas.draw(["a", "b"], 1)
    with pytest.raises(sipas.DuplicateError) as caught:
        sipas.draw(["a", "b", "a"], 1, seed=1)
    assert "a" in str(caught.value) and isinstance(caught.value, ValueError)
    with pytest.raises(sipas.TooFewError):
        sipas.draw(["a", "b"], 3, seed=1)
    with pytest.raises(ValueError, match="method: 'best' is not one of all, pps_systematic, srs, systematic"):
        sipas.draw(["a", "b"], 1, seed=1, method="best")


def test_reserves_of_each_stratum():
    codes, strata = [f"u{i}" for i in range(20)], ["x"] * 10 + ["y"] * 10
    table = sipas.draw(codes, {"x": 3, "y": 2}, strata=strata, reserve={"x": 4}, seed=8)
    roles = [(row["stratum"], row["role"]) for row in table.rows()]
    assert [roles.count(pair) for pair in (("x", "main"), ("x", "reserve"), ("y", "main"), ("y", "reserve"))] == [3, 4, 2, 0]
    with pytest.raises(ValueError, match="reserve: 'z' has no number in n"):
        sipas.draw(codes, {"x": 3, "y": 2}, strata=strata, reserve={"z": 4}, seed=8)
    with pytest.raises(ValueError, match="reserve: a mapping goes with a mapping n"):
        sipas.draw(codes, 2, strata=strata, reserve={"x": 4}, seed=8)
    tree = sipas.UnitTree(["a", "b", *codes], parent=[None, None] + ["a"] * 10 + ["b"] * 10)
    stage = sipas.DrawStage(n={0: 2, 1: 2}, reserve={1: 3})
    table = sipas.draw_plan(tree, [sipas.DrawStage(method="all"), stage], seed=8)
    assert [row["parent"] for row in table.rows() if row["role"] == "reserve"] == [1, 1, 1]
