"""Columns from pandas and from what speaks Arrow: the same numbers as from numpy."""

import numpy as np
import pytest
import sipas
from test_columns import read


def mean_of(columns):
    design = sipas.Design(columns["w"], strata=columns["s"])
    return design.mean(columns["y"], by={"g": columns["g"]})["estimate"].tolist()


NUMPY = {
    "w": np.array([1.0, 2.0, 3.0, 4.0]),
    "s": np.array([1, 1, 2, 2]),
    "y": np.ma.masked_array([5, 0, 7, 9], [0, 1, 0, 0]),
    "g": np.array(["a", "b", "b", "a"], dtype=object),
}


def test_pandas():
    pd = pytest.importorskip("pandas")
    series = {
        "w": pd.Series(NUMPY["w"]),
        "s": pd.Series(NUMPY["s"].astype("i2")),
        "y": pd.Series([5, None, 7, 9], dtype="Int8", name="y"),
        "g": pd.Series(["a", "b", "b", "a"], dtype="category"),
    }
    assert mean_of(series) == mean_of(NUMPY)
    assert read(series["y"]) == [5, None, 7, 9]
    assert read(pd.Series([True, None, False], dtype="boolean")) == [True, None, False]
    assert read(pd.Series(["x", None, "é"], dtype="string")) == ["x", None, "é"]
    assert read(pd.Series(["x", None, "é"])) == ["x", None, "é"]
    assert read(pd.Series(["x", None, "y"], dtype="category")) == ["x", None, "y"]
    assert read(pd.Series([3, None, 5], dtype="category")) == [3, None, 5]
    assert read(pd.DataFrame({"a": range(6)})["a"][::2]) == [0, 2, 4]
    with pytest.raises(TypeError, match="it: "):
        read(pd.Series(pd.timedelta_range("1 day", periods=3)))


def test_data_frame_of_variables():
    pd = pytest.importorskip("pandas")
    design = sipas.Design(NUMPY["w"])
    frame = pd.DataFrame({"b": [1.0, 2, 3, 4], "a": [4.0, 3, 2, 1]})
    assert design.mean(frame)["variable"].tolist() == ["b", "a"]
    assert design.mean(frame["a"])["variable"].tolist() == ["a"]
    assert design.mean([1.0, 2, 3, 4])["variable"].tolist() == ["y1"]
    assert design.mean(frame, by=pd.DataFrame({"g": [1, 1, 2, 2]}))["g"].tolist() == [1, 2] * 2


def arrow_makers():
    try:
        import polars

        yield pytest.param(lambda values, kind: polars.Series(values, dtype=getattr(polars, kind)), id="polars")
    except ImportError:
        pass
    try:
        import pyarrow

        kinds = {"Float64": "float64", "Int8": "int8", "String": "string", "Boolean": "bool_", "UInt32": "uint32"}

        def make(values, kind):
            return pyarrow.array(values, getattr(pyarrow, kinds[kind])())

        yield pytest.param(make, id="array")
        yield pytest.param(lambda v, k: pyarrow.chunked_array([make(v[:2], k), make(v[2:], k)]), id="chunked")
        yield pytest.param(lambda v, k: make([None, *v], k)[1:], id="sliced")
        yield pytest.param(lambda v, k: make(v, k).dictionary_encode(), id="dictionary")
        if hasattr(pyarrow, "string_view"):
            kinds["View"] = "string_view"
    except ImportError:
        pass


MAKERS = list(arrow_makers())


@pytest.mark.skipif(not MAKERS, reason="neither polars nor pyarrow")
@pytest.mark.parametrize("make", MAKERS)
def test_arrow(make):
    long = "a text of more than twelve bytes, đủ dài"
    assert read(make([1.5, None, 2.5], "Float64")) == [1.5, None, 2.5]
    assert read(make([1, None, -3, 4, 5, 6, 7, 8, None], "Int8")) == [1, None, -3, 4, 5, 6, 7, 8, None]
    assert read(make([1, 2, 3], "UInt32")) == [1, 2, 3]
    assert read(make(["x", None, long, ""], "String")) == ["x", None, long, ""]
    assert read(make([True, None, False], "Boolean")) == [True, None, False]


@pytest.mark.skipif(not MAKERS, reason="neither polars nor pyarrow")
@pytest.mark.parametrize("make", MAKERS)
def test_arrow_estimates(make):
    columns = {
        "w": make([1.0, 2.0, 3.0, 4.0], "Float64"),
        "s": make([1, 1, 2, 2], "Int8"),
        "y": make([5, None, 7, 9], "Int8"),
        "g": make(["a", "b", "b", "a"], "String"),
    }
    assert mean_of(columns) == mean_of(NUMPY)


def test_polars_frames_and_categories():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"b": [1.0, 2, 3, 4], "a": [4, 3, 2, 1]})
    assert sipas.Design(NUMPY["w"]).mean(frame)["variable"].tolist() == ["b", "a"]
    assert read(polars.Series(["u", None, "v"], dtype=polars.Categorical)) == ["u", None, "v"]
    with pytest.raises(TypeError, match="it: Arrow type"):
        read(polars.Series([[1], [2]]))


def test_arrow_numbers_are_no_copy():
    pyarrow = pytest.importorskip("pyarrow")
    from sipas import _columns
    from sipas._sipas import ffi

    array = pyarrow.array([1.0, None, 3.0])
    struct = ffi.new("sipas_column *")
    _columns.fill(struct, array, "it", None)
    assert int(ffi.cast("uintptr_t", struct.data)) == array.buffers()[1].address
    assert int(ffi.cast("uintptr_t", struct.validity)) == array.buffers()[0].address


# ---- trees and rankings ----

TREE = {
    "ma": ["VN", "01", "79", "001", "002", "003"],
    "cha": [None, "VN", "VN", "01", "01", "79"],
    "dan": [None, 6.0, 7.0, 2.0, None, 7.0],
    "so": [0, 0, 0, 3, 2, 1],
    "bo": [False, False, False, True, False, False],
    "khoa": [6, 5, 4, 3, 2, 1],
}


def same_tables(one, other):
    assert list(one) == list(other)
    for column in one:
        np.testing.assert_array_equal(np.ma.filled(one[column], -1), np.ma.filled(other[column], -1))


def test_calls_of_a_tree_name_columns_of_its_frame():
    tree = sipas.UnitTree(TREE, codes="ma", parent="cha", measures=["dan"])
    plain = sipas.UnitTree(TREE["ma"], parent=TREE["cha"], measures={"dan": TREE["dan"]})
    calls = [
        lambda t, of: sipas.frame_impute(t, "dan", excluded=of("bo")),
        lambda t, of: sipas.draw_plan(
            t, [sipas.DrawStage(method="all"), sipas.DrawStage(n=1, order_key=of("khoa")), sipas.DrawStage(n=of("so"), if_fewer="take_all")],
            seed=3, excluded=of("bo"),
        ),
        lambda t, of: sipas.allocate_tree(t, 4, size=np.array(TREE["so"]), cost=of("khoa"), method="cost", sd=of("khoa")),
    ]  # fmt: skip
    for call in calls:
        same_tables(call(tree, lambda name: name), call(plain, TREE.get))
    assert sipas.frame_expand(tree, "so", "ho").codes == sipas.frame_expand(plain, TREE["so"], "ho").codes
    with pytest.raises(sipas.NotFoundError, match="nope"):
        sipas.frame_impute(tree, "dan", excluded="nope")
    with pytest.raises(TypeError, match="there is no frame"):
        sipas.frame_impute(plain, "dan", excluded="bo")


def test_rankings_name_columns_of_a_frame():
    frame = {"diem": [0.8, 0.7, 0.6], "dan": [9000, 7000, 4000], "ma": ["a", "b", "c"], "lech": [0.4, 0.5, 0.3], "n": [100, 200, 300]}
    same_tables(
        sipas.size_ranking(frame, value="diem", N="dan", code="ma", sd="lech", delta=0.1),
        sipas.size_ranking(frame["diem"], N=frame["dan"], code=frame["ma"], sd=frame["lech"], delta=0.1),
    )
    same_tables(
        sipas.precision_ranking(frame, value="diem", n="n", sd="lech"), sipas.precision_ranking(frame["diem"], frame["n"], sd=frame["lech"])
    )
