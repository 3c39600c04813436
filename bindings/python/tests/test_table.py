"""What comes out: views that outlive their table, masks, texts, notes, metadata, covariances, printing."""

import gc
import pickle

import numpy as np
import pytest
import sipas

D = sipas.Design([1.0, 2.0, 1.0, 2.0, 1.0, 3.0], strata=["a", "a", "a", "b", "b", "b"])
Y = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


def estimates(**keywords):
    return D.mean({"y": Y}, by={"g": ["u", "u", "v", "v", "v", "v"]}, **keywords)


def test_columns_are_views():
    table = estimates()
    column = table["estimate"]
    assert column is table["estimate"]
    assert not column.flags.writeable and not column.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1.0
    assert table["variable"].tolist() == ["y", "y"] and table["g"].tolist() == ["u", "v"]
    assert len(table) == 2 and "se" in table and "no" not in table
    assert list(table) == list(table.columns) == list(table.to_dict())


def test_a_view_outlives_its_table():
    table = estimates()
    column, expected = table["estimate"], table["estimate"].tolist()
    del table
    gc.collect()
    junk = [estimates() for _ in range(50)]
    assert column.tolist() == expected
    del junk


def test_notes_outlive_their_table():
    notes = sipas.Design(n=3).describe().notes
    gc.collect()
    assert len(notes) == 1 and notes["code"].dtype == object
    assert "weight" in notes["message"][0]
    assert len(notes.notes) == len(notes)  # notes have no notes of their own


def test_missing_cells_are_masked():
    table = D.mean({"y": Y}, by={"g": [1, 1, 2, 2, 2, 3]})
    assert isinstance(table["se"], np.ma.MaskedArray)
    assert table["se"].mask.tolist() == [False, False, True]
    assert not isinstance(table["estimate"], np.ma.MaskedArray)
    assert [row["se"] is None for row in table.rows()] == [False, False, True]


def test_unknown_column():
    with pytest.raises(KeyError, match="no column 'median'; there are variable, g, estimate"):
        estimates()["median"]


def test_meta_and_fields():
    table = estimates()
    assert table.meta["method"]
    assert {field.name for field in table.fields} == set(table.columns)
    assert all(field.meaning for field in table.fields if field.name != "g")
    roles = {field.name: field.role for field in table.fields}
    assert (roles["variable"], roles["g"], roles["estimate"], roles["se"]) == ("figure", "by", "value", "se")


def test_covariance():
    table = estimates(cov=True)
    cov = table.cov()
    assert cov.shape == (2, 2) and (cov == cov.T).all()
    np.testing.assert_allclose(np.sqrt(np.diag(cov)), table["se"], rtol=1e-14)
    assert table.cov([1], [0, 1]).tolist() == [cov[1].tolist()]
    with pytest.raises(sipas.NotFoundError):
        estimates().cov()
    with pytest.raises(sipas.NotFoundError):
        table.cov([5])


def test_printing():
    table = sipas.allocate(1000, size=np.arange(1.0, 61.0), code=[f"<{i}>" for i in range(60)])
    lines = repr(table).splitlines()
    assert lines[0].split() == list(table.columns)
    assert len({len(line) for line in lines[:3]}) == 1 and lines[-1] == "… 20 more rows"
    html = table._repr_html_()
    assert html.count("<tr>") == 41 and "&lt;0&gt;" in html and "<0>" not in html
    assert repr(sipas.Design(n=3).describe()).endswith("1 note: see .notes")


def test_pandas():
    pandas = pytest.importorskip("pandas")
    frame = D.mean({"y": Y}, by={"g": [1, 1, 2, 2, 2, 3]}).to_pandas()
    assert frame["se"].isna().tolist() == [False, False, True]
    assert frame["variable"].tolist() == ["y"] * 3
    frame = sipas.allocate(6, size=[1.0, 2.0], size_is_measure=True).to_pandas()
    assert frame["upper"].isna().all() and isinstance(frame, pandas.DataFrame)


def test_polars():
    polars = pytest.importorskip("polars")
    frame = D.mean({"y": Y}, by={"g": [1, 1, 2, 2, 2, 3]}).to_polars()
    assert frame["se"].null_count() == 1
    assert frame["n"].dtype == polars.Int64 and frame["variable"].to_list() == ["y"] * 3


def test_what_holds_memory_of_the_library_does_not_pickle():
    design = sipas.Design([1.0, 2.0])
    things = {
        design: "make it anew", design.mean([1.0, 2.0]): "to_dict()", sipas.Context(): "make it anew",
        sipas.UnitTree(["a"], parent=[None]): "make it anew", sipas.Instrument.builtin("2022"): "its nodes do",
    }  # fmt: skip
    for thing, instead in things.items():
        with pytest.raises(TypeError, match="does not pickle") as raised:
            pickle.dumps(thing)
        assert instead in str(raised.value)
    nodes = sipas.Instrument.builtin("2022").nodes
    assert pickle.loads(pickle.dumps(nodes)) == nodes
    assert isinstance(pickle.loads(pickle.dumps(sipas.RangeError("x", row=3))), sipas.RangeError)


def test_an_index_that_is_cut_shows_its_root_first():
    answers = np.random.default_rng(3).integers(1, 6, (30, 39))
    table = sipas.Design(n=30).index(answers, "1001/2023", by={"g": [1, 2, 3] * 10})
    lines = repr(table).splitlines()
    assert [line.split()[:2] for line in lines[1:4]] == [["SIPAS", "1"], ["SIPAS", "2"], ["SIPAS", "3"]]
    assert f"… {len(table) - 40} more rows" in lines and table["node"][0] == "q01"
    assert ">SIPAS<" in table._repr_html_() and ">q01<" not in table._repr_html_()
    assert table.to_text().splitlines()[1].split()[0] == "q01"  # all rows, in their order


def test_as_array_and_as_data_frame():
    """Right, or refused: an array of the names of the columns is no table."""
    design = sipas.Design([1.0, 2.0, 3.0], strata=["a", "a", "a"])
    t = design.mean({"y": [1.0, 2.0, 4.0]}, by={"g": ["u", "u", "v"]})
    for convert in (np.asarray, np.array, lambda one: np.asarray(one, dtype=float)):
        with pytest.raises(TypeError, match=r"a table is no array: .* t.to_pandas\(\) a data frame"):
            convert(t)
    array = t.to_numpy()
    assert array.dtype.names == t.columns and array.shape == (2,)
    assert array["g"].tolist() == ["u", "v"] and array["n"].tolist() == [2, 1]
    assert array["estimate"].tolist() == t["estimate"].tolist()
    assert np.isnan(array["se"]).tolist() == np.ma.getmaskarray(t["se"]).tolist() == [False, True]
    notes = sipas.Design(n=3).describe().notes.to_numpy()
    assert notes["code"].tolist() == sipas.Design(n=3).describe().notes["code"].tolist()


def test_as_data_frame_of_pandas():
    pd = pytest.importorskip("pandas")
    t = sipas.Design([1.0, 2.0, 3.0]).mean({"y": [1.0, 2.0, 4.0]}, by={"g": ["u", "u", "v"]})
    with pytest.raises(TypeError, match="a table is no array"):
        pd.DataFrame(t)
    frame = pd.DataFrame(t.to_numpy())
    assert list(frame.columns) == list(t.columns) and frame["estimate"].tolist() == t.to_pandas()["estimate"].tolist()
