"""Categories and groups in the order of the caller: of categoricals, of `Ordered`, or given."""

import numpy as np
import pytest
import sipas

W = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
TEXTS = ["b", "a", "b", None, "a", "b"]  # totals: b 10, a 7
CODES = [3, 1, 3, None, 1, 3]


def categoricals():
    """Columns of TEXTS with the levels c, b, a in this order, and of CODES with 9, 3, 1."""
    yield pytest.param(lambda: sipas.Ordered(TEXTS, ["c", "b", "a"]), ["c", "b", "a"], id="ordered")
    yield pytest.param(lambda: sipas.Ordered(CODES, np.array([9, 3, 1], dtype="i2")), [9, 3, 1], id="ordered-codes")
    try:
        import pandas as pd

        for ordered in (False, True):
            dtype = pd.CategoricalDtype(["c", "b", "a"], ordered=ordered)
            yield pytest.param(lambda dtype=dtype: pd.Series(TEXTS, dtype=dtype), ["c", "b", "a"], id=f"pandas-{ordered}")
        yield pytest.param(lambda: pd.Categorical(CODES, categories=[9, 3, 1]), [9, 3, 1], id="pandas-codes")
        yield pytest.param(
            lambda: pd.Series(CODES, dtype=object).astype(pd.CategoricalDtype(pd.Index([9, 3, 1], dtype=object))), [9, 3, 1],
            id="pandas-objects",
        )  # fmt: skip
    except ImportError:
        pass
    try:
        import polars as pl

        yield pytest.param(lambda: pl.Series(TEXTS, dtype=pl.Enum(["c", "b", "a"])), ["c", "b", "a"], id="polars-enum")
    except ImportError:
        pass
    try:
        import pyarrow as pa

        for ordered in (False, True):
            yield pytest.param(
                lambda ordered=ordered: pa.DictionaryArray.from_arrays([1, 2, 1, None, 2, 1], ["c", "b", "a"], ordered=ordered),
                ["c", "b", "a"], id=f"arrow-{ordered}",
            )  # fmt: skip
        yield pytest.param(
            lambda: pa.DictionaryArray.from_arrays([1, 2, 1, None, 2, 1], pa.array([9, 3, 1], pa.int16())), [9, 3, 1], id="arrow-codes"
        )
    except ImportError:
        pass
    try:
        import duckdb

        def enum():
            con = duckdb.connect()
            con.execute("CREATE TYPE level AS ENUM ('c', 'b', 'a')")
            con.execute("CREATE TABLE t (i INTEGER, y level)")
            con.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(TEXTS)))
            return con.sql("SELECT y FROM t ORDER BY i")

        yield pytest.param(enum, ["c", "b", "a"], id="duckdb-enum")
    except ImportError:
        pass


@pytest.mark.parametrize(("make", "levels"), categoricals())
def test_a_categorical_brings_its_categories(make, levels):
    design, column = sipas.Design(W), make()
    total = design.category_total(column)
    assert total["category"].tolist() == [str(level) for level in levels]
    assert total["estimate"].tolist() == [0.0, 10.0, 7.0]
    assert total["se"][0] == 0.0
    for table in (design.distribution(column), design.category(column)):
        assert table["category"].tolist() == [str(level) for level in levels]
        np.testing.assert_allclose(table["estimate"], [0, 10 / 17, 7 / 17], rtol=1e-15)
    groups = design.total(np.ones(6), by={"g": column}, where=[1, 1, 1, 0, 1, 1])
    assert groups["g"].tolist() == levels[1:]
    assert groups["estimate"].tolist() == [10.0, 7.0]
    given = design.category_total(column, categories=[levels[2], levels[1]])  # what is given comes first
    assert given["estimate"].tolist() == [7.0, 10.0]


def test_polars_categorical():
    pl = pytest.importorskip("polars")
    design = sipas.Design(W)
    assert design.category_total(pl.Series(TEXTS, dtype=pl.Categorical))["category"].tolist() == ["b", "a"]


def test_frames_keep_their_categories():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"w": W, "q": pd.Categorical(["b", "a", "b", "b", "a", "b"], categories=["c", "b", "a"]), "y": [1, 2, 1, 1, 2, 1]})
    design = sipas.Design(frame, weights="w")
    assert design.category_total("q")["estimate"].tolist() == [0.0, 14.0, 7.0]
    assert design.mean("y", by="q")["q"].tolist() == ["b", "a"]
    shuffled = frame["q"].iloc[::-1]  # aligned by its index, and still a categorical
    assert design.category_total(shuffled)["estimate"].tolist() == [0.0, 14.0, 7.0]
    assert design.total("y", by={"q": sipas.Ordered("q", ["a", "b"])})["q"].tolist() == ["a", "b"]


def test_chunks_add_to_the_levels():
    pa = pytest.importorskip("pyarrow")
    first, second = pa.DictionaryArray.from_arrays([0, 1], ["b", "z"]), pa.DictionaryArray.from_arrays([0, 1, 1, 0], ["a", "b"])
    total = sipas.Design(W).category_total(pa.chunked_array([first, second]))
    assert total["category"].tolist() == ["b", "z", "a"]
    assert total["estimate"].tolist() == [10.0, 2.0, 9.0]


@pytest.mark.filterwarnings("ignore::sipas.CodesWarning")
def test_levels_that_are_one_in_nfc():
    design, two = sipas.Design([1.0, 2.0, 4.0]), ["e\u0301", "\u00e9", "b"]
    assert design.category_total(sipas.Ordered(two, ["b", "\u00e9"]))["estimate"].tolist() == [4.0, 3.0]
    pd = pytest.importorskip("pandas")
    assert design.category_total(pd.Categorical(two, categories=[*two, "z"]))["estimate"].tolist() == [3.0, 4.0, 0.0]
    pa = pytest.importorskip("pyarrow")
    assert design.category_total(pa.array(two).dictionary_encode())["estimate"].tolist() == [3.0, 4.0]


def test_an_item_has_its_scale():
    form = sipas.Instrument.builtin("1001/2023")
    assert form.answers("q01") == (1, 2, 3, 4, 5)
    assert form.answers("SIPAS") == ()
    with pytest.raises(sipas.NotFoundError):
        form.answers("q99")
    table = sipas.Design(W).distribution([5, 4, 5, 5, 4, 5], categories=form.answers("q01"))
    assert table["category"].tolist() == ["1", "2", "3", "4", "5"]
    assert table["estimate"].tolist() == [0.0, 0.0, 0.0, 7 / 21, 14 / 21]


def test_what_is_refused():
    design = sipas.Design(W)
    with pytest.raises(sipas.RangeError, match="row 1: y1 is 4, which is not among its categories"):
        design.distribution([5, 4, 5, 5, 4, 5], categories=[5, 3])
    with pytest.raises(sipas.DuplicateError, match="5 stands twice, at 0 and 2"):
        design.category([5, 4, 5, 5, 4, 5], categories=[5, 4, 5])
    with pytest.raises(sipas.ColumnTypeError, match="categories: text, but y1 holds numbers"):
        design.category([5, 4, 5, 5, 4, 5], categories=["5", "4"])
    with pytest.raises(sipas.RangeError, match="row 1: g is a, which is not among its orders"):
        design.mean(W, by={"g": sipas.Ordered(["b", "a"] * 3, ["b"])})
    with pytest.raises(TypeError, match="y: its order"):
        design.category(sipas.Ordered(["b", "a"] * 3, 5))
