"""Columns by name from one frame, of every kind: the same numbers as column by column. And columns that carry an index."""

import numpy as np
import pytest
import sipas
from sipas._frame import Frame

DATA = {
    "tinh": ["01", "01", "01", "01", "79", "79", "79", "79"],
    "xa": [1, 1, 2, 2, 3, 3, 4, 4],
    "w": [1.0, 2.0, 1.0, 2.0, 3.0, 1.0, 2.0, 1.0],
    "q01": [1, 5, 4, 3, 2, 5, 4, 4],
    "q02": [2, 4, 4, 2, 1, 5, 3, 5],
    "urban": [True, False, True, True, False, True, False, True],
    "size": [10, 20, 30, 40, 50, 60, 70, 80],
    "above": [-1] * 8,
    "id": ["a", "b", "c", "d", "e", "f", "g", "h"],
}


def structured():
    rows = list(zip(*DATA.values(), strict=True))
    return np.array(rows, dtype=[(name, np.array(column).dtype) for name, column in DATA.items()])


class Relation:
    """DuckDB has one of its own; this is any exporter of Arrow."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


def duckdb_relation():
    duckdb = pytest.importorskip("duckdb")
    here = pytest.importorskip("pyarrow").table(DATA)  # noqa: F841 (DuckDB finds it by its name)
    return duckdb.sql("select * from here")


KINDS = {
    "dict": lambda: DATA,
    "arrays": lambda: {name: np.array(column) for name, column in DATA.items()},
    "structured": structured,
    "pandas": lambda: pytest.importorskip("pandas").DataFrame(DATA),
    "pandas, odd index": lambda: pytest.importorskip("pandas").DataFrame(DATA, index=list("hgfedcba")),
    "polars": lambda: pytest.importorskip("polars").DataFrame(DATA),
    "pyarrow": lambda: pytest.importorskip("pyarrow").table(DATA),
    "batch": lambda: pytest.importorskip("pyarrow").table(DATA).to_batches()[0],
    "exporter": lambda: Relation(pytest.importorskip("pyarrow").table(DATA)),
    "duckdb": duckdb_relation,
}


def same(one, other):
    assert one.columns == other.columns and len(one) == len(other)
    for name in one.columns:
        assert one[name].tolist() == other[name].tolist(), name


@pytest.mark.parametrize("kind", KINDS)
def test_designs_by_name(kind):
    assert len(sipas.Design(KINDS[kind](), weights="w", strata="tinh", clusters=["xa", "id"])) == 8
    plain = sipas.Design(weights=DATA["w"], strata=DATA["tinh"], clusters=DATA["xa"])
    design = sipas.Design(KINDS[kind](), weights="w", strata="tinh", clusters="xa")
    assert len(design) == 8
    same(design.describe(), plain.describe())
    one, two, tinh = {"q01": DATA["q01"]}, {"q01": DATA["q01"], "q02": DATA["q02"]}, {"tinh": DATA["tinh"]}
    crossed = {**tinh, "urban": DATA["urban"]}
    same(design.mean("q01"), plain.mean(one))
    same(design.mean("q01", by="tinh"), plain.mean(one, by=tinh))
    same(design.mean(["q01", "q02"], by=["tinh", "urban"]), plain.mean(two, by=crossed))
    same(design.mean({"a": "q01"}, by={"g": "tinh"}), plain.mean({"a": DATA["q01"]}, by={"g": DATA["tinh"]}))
    levels = [{}, tinh, crossed]
    same(design.mean("q01", by=[(), "tinh", ("tinh", "urban")]), plain.mean(one, by=levels))
    same(design.mean("q01", where="urban"), plain.mean(one, where=DATA["urban"]))
    same(design.total("q01", by=tinh), plain.total(one, by=tinh))
    same(design.ratio("q01", "q02"), plain.ratio(one, {"q02": DATA["q02"]}))
    same(design.quantile("q01", [0.5]), plain.quantile(one, [0.5]))
    same(design.proportion("q01", success=[4, 5]), plain.proportion(one, success=[4, 5]))
    same(design.mean({"other": np.arange(8.0)}), plain.mean({"other": np.arange(8.0)}))
    assert design.to_r("mean", "q01", by="tinh") == plain.to_r("mean", one, by=tinh)


@pytest.mark.parametrize("kind", KINDS)
def test_calls_by_name(kind):
    frame = KINDS[kind]
    same(sipas.draw(frame(), 2, codes="id", seed=1, strata="tinh"), sipas.draw(DATA["id"], 2, seed=1, strata=DATA["tinh"]))
    assert sipas.kish(frame(), weights="w") == sipas.kish(DATA["w"])
    weights, cells = sipas.response_weights(frame(), weights="w", responded="urban", cell="tinh")
    other, cells_too = sipas.response_weights(DATA["w"], DATA["urban"], cell=DATA["tinh"])
    assert weights.tolist() == other.tolist()
    same(cells, cells_too)
    same(sipas.allocate(frame(), 30, size="size", sd="q01", method="neyman", lower="xa"),
         sipas.allocate(30, size=DATA["size"], sd=DATA["q01"], method="neyman", lower=DATA["xa"]))  # fmt: skip
    assert sipas.inclusion_prob(frame(), 3, size="w").tolist() == sipas.inclusion_prob(DATA["w"], 3).tolist()
    same(sipas.strata_cut(frame(), 2, x="q02", n=4), sipas.strata_cut(DATA["q02"], 2, n=4))
    same(sipas.components_sample(frame(), ["xa"], y="q01"), sipas.components_sample(DATA["q01"], DATA["xa"]))
    same(sipas.allocate_precision(frame(), size="w", sd="q02", half_width=0.5), sipas.allocate_precision(DATA["w"], sd=DATA["q02"], half_width=0.5))
    tree = sipas.UnitTree(frame(), codes="id", parent_row="above", measures=["w"])
    assert tree.codes == DATA["id"] and tree.measure("w").tolist() == DATA["w"]


def test_names_that_are_not_there():
    design = sipas.Design(DATA, weights="w")
    for call in (
        lambda: sipas.Design(DATA, weights="weight"),
        lambda: sipas.Design(DATA, weights="w", clusters=["xa", "thon"]),
        lambda: design.mean("q03"),
        lambda: design.mean("q01", by="huyen"),
        lambda: design.mean("q01", by=["tinh", "huyen"]),
        lambda: design.mean("q01", where="man"),
    ):
        with pytest.raises(sipas.NotFoundError, match="there are tinh, xa, w, q01, q02, urban, size, above, id"):
            call()
    plain = sipas.Design(DATA["w"])
    for call in (lambda: plain.mean("q01"), lambda: plain.mean(DATA["q01"], by="tinh"), lambda: sipas.Design(strata="tinh", n=8)):
        with pytest.raises(TypeError, match="is a name, and there is no frame"):
            call()
    with pytest.raises(TypeError, match="weights: given twice"):
        sipas.Design(DATA["w"], weights=DATA["w"])
    with pytest.raises(TypeError, match="codes: given twice"):
        sipas.draw(DATA["id"], 2, codes=DATA["id"], seed=1)


def test_two_columns_of_one_name():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame([[1.0, 2.0, 3.0]] * 4, columns=["w", "y", "y"])
    design = sipas.Design(frame, weights="w")
    with pytest.raises(sipas.NotFoundError, match="y: no column 'y'; 2 have that name"):
        design.mean("y")


def test_a_list_of_texts_is_a_column():
    design = sipas.Design(DATA, weights="w")
    answers = ["yes", "no"] * 4
    same(design.proportion(answers, success="yes"), sipas.Design(DATA["w"]).proportion(answers, success="yes"))
    assert sipas.Design(DATA["w"], strata=DATA["tinh"]).strata == 2


def test_what_exports_one_column_is_a_column_unless_it_is_named():
    pa = pytest.importorskip("pyarrow")
    weights = pa.StructArray.from_arrays([pa.array(DATA["w"])], ["w"])
    assert sipas.Design(weights).describe()["weight_sum"].tolist() == [13.0]
    assert sipas.Design(pa.table({"w": DATA["w"]})).describe()["weight_sum"].tolist() == [13.0]
    assert sipas.Design(pa.table({"w": DATA["w"]}), weights="w").describe()["weight_sum"].tolist() == [13.0]
    strata = sipas.Design(pa.table({"g": DATA["tinh"]}), strata="g")
    assert strata.strata == 2 and strata.describe()["weight_sum"].tolist() == [8.0]


def test_a_frame_is_read_where_it_is_named():
    pa = pytest.importorskip("pyarrow")
    table = pa.table({**DATA, "list": [[1]] * 8})
    assert len(sipas.Design(table, weights="w").mean("q01")) == 1
    with pytest.raises(sipas.ColumnTypeError, match="list: Arrow type"):
        sipas.Design(table, weights="w").mean("list")
    assert Frame.of(3, "x") is None and Frame.of("abc", "x") is None


# ---- columns that carry an index ----


def indexed():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(DATA, index=[10, 11, 12, 13, 14, 15, 16, 17])
    return pd, frame, sipas.Design(frame["w"], strata=frame["tinh"])


def test_columns_are_aligned():
    _, frame, design = indexed()
    expected = design.mean(frame["q01"], by={"u": frame["urban"]})
    mixed = frame.sample(frac=1, random_state=3)
    assert mixed.index.tolist() != frame.index.tolist()
    same(design.mean(mixed["q01"], by={"u": mixed["urban"]}), expected)
    same(design.mean(mixed["q01"], by={"u": frame["urban"]}), expected)
    same(design.mean(mixed[["q01"]], by={"u": frame["urban"]}), expected)
    same(design.mean(frame["q01"], where=mixed["urban"]), design.mean(frame["q01"], where=frame["urban"]))
    same(sipas.Design(frame["w"], strata=mixed["tinh"]).mean(frame["q01"], by={"u": mixed["urban"]}), expected)
    same(sipas.Design(frame, weights="w", strata=mixed["tinh"]).mean("q01", by={"u": mixed["urban"]}), expected)
    part = sipas.Design(frame["w"][2:6]).mean(frame["q01"])  # more rows than the design has: its own are taken
    same(part, sipas.Design(frame["w"][2:6]).mean(frame["q01"][2:6]))
    drawn = sipas.draw(frame["id"], 2, seed=1, strata=mixed["tinh"])
    same(drawn, sipas.draw(frame["id"], 2, seed=1, strata=frame["tinh"]))
    assert design.to_r("mean", mixed["q01"]) == design.to_r("mean", frame["q01"])


def test_columns_that_cannot_be_aligned():
    pd, frame, design = indexed()
    for column in (frame["q01"].reset_index(drop=True), frame["q01"][1:], pd.Series(DATA["q01"], index=list("abcdefgh"), name="q01")):
        with pytest.raises(ValueError, match=r"y: its index is not that of the columns before: . rows are not in it, the first is 10"):
            design.mean(column)
    twice = pd.Series(DATA["q01"], index=[10, 10, 12, 13, 14, 15, 16, 17])
    with pytest.raises(ValueError, match="y: its index .* has values twice"):
        design.mean(twice)
    same(design.mean(twice.to_numpy()), design.mean(frame["q01"].to_numpy()))
    repeated = frame.set_axis([1, 1, 2, 2, 3, 3, 4, 4])  # one index with values twice is itself
    assert len(sipas.Design(repeated["w"]).mean(repeated["q01"])) == 1


def test_a_design_without_index_takes_columns_as_they_stand():
    _, frame, _ = indexed()
    plain = sipas.Design(DATA["w"])
    same(plain.mean({"q01": frame["q01"][::-1].to_numpy()}), plain.mean(frame["q01"][::-1]))
