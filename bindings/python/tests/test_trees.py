"""Trees of units, frames, draws of several stages and allocation over a tree."""

import itertools

import numpy as np
import pytest
import sipas
from test_plan import fnv1a, uniform

CODES = ["VN", "01", "79", "001", "002", "760", "761", "762"]
PARENT = [None, "VN", "VN", "01", "01", "79", "79", "79"]
LEVEL = ["country", "province", "province"] + ["district"] * 5
ADULTS = [None, 50.0, 90.0, 20.0, 30.0, 40.0, None, 20.0]


def tree(**keywords):
    return sipas.UnitTree(
        CODES, parent=PARENT, level=LEVEL, name=["Việt Nam", "Hà Nội", "TP. HCM", *[None] * 5],
        unit_class=[None] * 3 + ["quận", "huyện", "quận", "quận", "huyện"], region=["", "Bắc", "Nam"] + [None] * 5,
        urban=[None, None, None, True, False, True, True, False], measures={"adults": ADULTS}, **keywords,
    )  # fmt: skip


def test_a_tree_says_what_it_was_told():
    t = tree()
    assert len(t) == 8 and repr(t) == "<UnitTree: 8 units, 1 roots>"
    assert t.codes == CODES and t.levels == LEVEL
    assert t.names[:4] == ["Việt Nam", "Hà Nội", "TP. HCM", None]
    assert t.classes[3:5] == ["quận", "huyện"] and t.regions[:3] == [None, "Bắc", "Nam"]
    assert t.urban == [None, None, None, True, False, True, True, False]
    assert t.parents.tolist() == [-1, 0, 0, 1, 1, 2, 2, 2] and t.depths.tolist() == [0, 1, 1, 2, 2, 2, 2, 2]
    assert t.children() == (0,) and t.children(0) == (1, 2) and t.children(3) == ()
    assert t.measures == ("adults",)
    np.testing.assert_array_equal(t.measure("adults"), [np.nan if a is None else a for a in ADULTS])
    assert t.find("VN", "79", "761") == 6 == t.find("761")
    assert t.hashes[6] == fnv1a("VN", "79", "761") == sipas.code_hash("VN", "79", "761")


def test_a_tree_refuses_by_name():
    with pytest.raises(sipas.TreeError, match="b"):
        sipas.UnitTree(["a", "b"], parent=[None, "c"])
    with pytest.raises(sipas.DuplicateError, match="a"):
        sipas.UnitTree(["a", "a"], parent=[None, None])
    with pytest.raises(sipas.ArgumentError):
        sipas.UnitTree(["a"])
    with pytest.raises(sipas.NotFoundError, match="no measure 'people'; there are adults"):
        tree().measure("people")
    with pytest.raises(sipas.NotFoundError, match="78"):
        tree().find("VN", "78")
    with pytest.raises(TypeError, match="measures: a dict of columns is expected"):
        sipas.UnitTree(["a"], parent=[None], measures=[1.0])
    with pytest.raises(sipas.RangeError, match="a"):
        sipas.UnitTree(["a"], parent=[None], measures={"adults": [-1.0]})


def test_the_same_codes_below_different_parents():
    t = sipas.UnitTree(["a", "b", "1", "1"], parent_row=[-1, None, 0, 1])
    assert t.find("a", 1) == 2 and t.find("b", "1") == 3
    with pytest.raises(sipas.DuplicateError):
        t.find("1")


def test_frames():
    t = tree()
    summary = sipas.frame_summary(t)
    whole = [row for row in summary.rows() if row["class"] is None]
    assert [(row["level"], row["units"], row["missing"]) for row in whole] == [
        ("country", 1, 1), ("province", 2, 0), ("district", 5, 1),
    ]  # fmt: skip
    filled = sipas.frame_impute(t, "adults", level="district")
    assert filled["value"][6] == 90 - 40 - 20 and filled["imputed"].tolist() == [0] * 6 + [1, 0]
    with pytest.raises(sipas.NotFoundError):
        sipas.frame_impute(t, "adults", level="village")
    grown = sipas.frame_expand(t, [0, 0, 0, 2, 0, 1, 0, 0], "village", width=3)
    assert len(grown) == 11 and grown.codes[8:] == ["001", "002", "001"] and grown.hashes[:8].tolist() == t.hashes.tolist()
    assert [grown.parents[i] for i in (8, 9, 10)] == [3, 3, 5]
    with pytest.raises(sipas.RangeError):
        sipas.frame_expand(t, [1] + [0] * 7, "village")


def test_draw_plan_again_with_numpy():
    """Simple random samples at two stages: the units of smallest number, streams 16 × stage."""
    provinces = [f"p{i:02d}" for i in range(12)]
    districts = [(p, f"{p}d{j}") for p in provinces for j in range(5)]
    t = sipas.UnitTree(provinces + [d for _, d in districts], parent=[None] * 12 + [p for p, _ in districts])
    table = sipas.draw_plan(t, [sipas.DrawStage(n=4), sipas.DrawStage(n=2, reserve=1)], seed=99, programme=3)
    first = sorted(provinces, key=lambda p: uniform(99, fnv1a(p), 16, 3))[:4]
    rows = list(table.rows())
    assert [row["code"] for row in rows if row["stage"] == 1] == first
    for province in first:
        below = sorted((d for p, d in districts if p == province), key=lambda d: uniform(99, fnv1a(province, d), 32, 3))
        drawn = [row for row in rows if row["stage"] == 2 and row["code"].startswith(province + "/")]
        assert {row["code"].split("/")[1] for row in drawn} == set(below[:3])
        assert {row["pi"] for row in drawn} == {4 / 12 * 2 / 5} and [row["role"] for row in drawn].count("reserve") == 1


def test_draw_plan_options():
    t = tree()
    stages = [
        sipas.DrawStage(level="province", method="all"),
        sipas.DrawStage(level="district", n={(1, "quận"): 1, (1, "huyện"): 1, (None, "quận"): 2, (None, "huyện"): 1}, strata="class"),
    ]
    table = sipas.draw_plan(t, stages, seed=5)
    assert sorted(row["row"] for row in table.rows() if row["stage"] == 2) == [3, 4, 5, 6, 7]
    size = sipas.frame_impute(t, "adults", level="district")["value"]
    stages[1] = sipas.DrawStage(level="district", n=[None, 1, 2, *[None] * 5], method="pps_systematic", size=size)
    table = sipas.draw_plan(t, stages, seed=5)
    drawn = [row for row in table.rows() if row["stage"] == 2]
    assert [row["parent"] for row in drawn] == [1, 2, 2]
    for row in drawn:
        below = size[[i for i in range(8) if t.parents[i] == row["parent"]]].sum()
        assert row["pi"] == pytest.approx(row["n"] * size[row["row"]] / below)
    with pytest.raises(sipas.MissingError) as caught:
        sipas.draw_plan(t, [stages[0], sipas.DrawStage(level="district", n=1, method="pps_systematic", size="adults")], seed=5)
    assert caught.value.column == 1 and caught.value.row == 6
    by_area = sipas.DrawStage(level="district", n=1, strata="urban", if_fewer="take_all")
    assert len(sipas.draw_plan(t, [stages[0], by_area], seed=5, excluded=[False] * 3 + [True] + [False] * 4)) == 2 + 1 + 2
    codes = sipas.DrawStage(level="district", n=1, strata=["x", "x", "x", "a", "b", "a", "a", "b"], reserve=[0] * 8)
    assert len(sipas.draw_plan(t, [stages[0], codes], seed=5)) == 2 + 4
    with pytest.raises(ValueError, match="strata: 'column' is not one of class, none, urban"):
        sipas.draw_plan(t, [sipas.DrawStage(strata="column")], seed=5)
    with pytest.raises(ValueError, match="n_of: 2 rows where 8 are expected"):
        sipas.draw_plan(t, [sipas.DrawStage(n=[1, 2])], seed=5)


def test_allocate_tree_by_brute_force():
    """The optimum over all whole numbers, with a bound on one province."""
    t = sipas.UnitTree(["r", "a", "b", "a1", "a2", "b1"], parent=[None, "r", "r", "a", "a", "b"])
    size, sd = [0, 0, 0, 50.0, 80.0, 200.0], [0, 0, 0, 4.0, 2.0, 3.0]
    table = sipas.allocate_tree(t, 20, size=size, sd=sd, method="neyman", lower=[None, 9, None, 2, 2, 2])
    w = [n * s for n, s in zip(size[3:], sd[3:], strict=True)]

    def objective(n):
        return sum(x * x / k for x, k in zip(w, n, strict=True))

    legal = [n for n in itertools.product(range(2, 17), repeat=3) if sum(n) == 20 and n[0] + n[1] >= 9]
    assert tuple(table["n"][3:]) == min(legal, key=objective)
    assert table["n"][:3].tolist() == [20, 9, 11]
    by_table = sipas.allocate_tree(t, 20, size=size, sd=sd, method="neyman", lower=2, class_level=["1"], class_lower=[9])
    assert by_table["n"].tolist() == table["n"].tolist()
    with pytest.raises(sipas.InfeasibleError, match="a"):
        sipas.allocate_tree(t, 20, size=size, lower=[None, 19, None, None, None, 2])
    small = sipas.UnitTree(["a", "b"], parent=[None, None], measures={"adults": [10.0, 30.0]})
    assert sipas.allocate_tree(small, 8, size="adults")["n"].tolist() == [2, 6]
    assert sipas.allocate_tree(small, size="adults", lower=[3, 4])["n"].tolist() == [3, 4]
    with pytest.raises(ValueError, match="class_table"):
        sipas.allocate_tree(t, 20, size=size, method="class-tables")


def test_random_numbers():
    for unit, stream in ((0, 0), (fnv1a("x"), 33)):
        numerator, denominator = uniform(7, unit, stream, 2)
        assert sipas.rng_uniform(7, unit, stream=stream, programme=2) == numerator / denominator
    ones = [2**64 - 1] * 4
    # Random123's kat_vectors, philox4x64 10
    assert sipas.rng_philox(ones, ones[:2])[0] == 0x87B092C3013FE90B
    with pytest.raises(ValueError, match="3 and 2 words"):
        sipas.rng_philox([1, 2, 3], [1, 2])
    with pytest.raises(sipas.ArgumentError):
        sipas.code_hash()


WHOLE = [0, -0.0, 1, 1.0, -7, True, False, np.int8(5), np.float32(3), np.bool_(True), 10**14 + 1, 2.0**53 - 1, 2**53 + 1, 2**63 - 1, -(2**63)]


@pytest.mark.parametrize("code", WHOLE, ids=repr)
def test_a_code_is_the_same_in_every_call(code):
    digits = str(int(code))
    assert sipas.draw([code], 1, seed=1)["code"].tolist() == [digits]
    tree = sipas.UnitTree([code], parent=[None])
    assert list(tree.codes) == [digits]
    assert tree.hashes[0] == sipas.code_hash(code) == sipas.code_hash(digits)
    assert tree.find(code) == tree.find(digits) == 0
    other = int(code) + 1 if int(code) < 5 else int(code) - 1
    if not isinstance(code, (bool, np.bool_)):
        assert len(sipas.draw(["a", "b", "c"], {code: 2, other: 1}, strata=[code, code, other], seed=1)) == 3


@pytest.mark.parametrize("code", [1.5, 2.0**53, -(2.0**53), 1e300, float("nan"), float("inf"), None, b"a", ["a"], object()], ids=repr)
def test_what_is_no_code_is_refused(code):
    tree = sipas.UnitTree(["a"], parent=[None])
    with pytest.raises(TypeError, match=r"path\[1\]: .* is no code"):
        sipas.code_hash("a", code)
    with pytest.raises(TypeError, match=r"path\[0\]: .* is no code"):
        tree.find(code)
    if isinstance(code, float) and code == code:
        with pytest.raises(sipas.ColumnTypeError, match="not a whole number below 2\\^53"):
            sipas.draw(np.array([code]), 1, seed=1)


def test_whole_numbers_are_not_rounded_among_floats():
    with pytest.raises(ValueError, match="codes: row 0: 9007199254740993 is among floats"):
        sipas.draw([2**53 + 1, 0.5], 1, seed=1)
