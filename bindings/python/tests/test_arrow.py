"""The Arrow C data interface, both ways: what other libraries hand in, and what a table hands out."""

import ctypes
import gc

import numpy as np
import pytest
import sipas
from hypothesis import given
from hypothesis import strategies as st
from sipas import _arrow
from sipas._sipas import ffi, lib
from test_columns import read

D = sipas.Design([1.0, 2.0, 1.0, 2.0, 1.0, 3.0], strata=["a", "a", "a", "b", "b", "b"])
Y = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


def estimates():
    """A table with text, integers, numbers, and a missing standard error."""
    return D.mean({"y": Y}, by={"g": [1, 1, 2, 2, 2, 3]})


# ---- arrays made by hand: nothing but the interface is needed ----


def capsule(struct, label):
    new = ctypes.pythonapi["PyCapsule_New"]
    new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return new(int(ffi.cast("uintptr_t", struct)), label, None)


class ByHand:
    """An exporter of one array of numbers, with a bitmap and an offset."""

    def __init__(self, values, present, offset, form):
        n = len(values) - offset
        bits = np.packbits(np.asarray(present, dtype=bool), bitorder="little")
        self.keep = [values, bits, ffi.new("char[]", form), ffi.new("const void *[2]")]
        self.keep[3][0] = ffi.cast("void *", bits.ctypes.data) if bits.size else ffi.NULL
        self.keep[3][1] = ffi.cast("void *", values.ctypes.data)
        self.schema = ffi.new("struct ArrowSchema *", {"format": self.keep[2], "flags": 2})
        self.array = ffi.new(
            "struct ArrowArray *",
            {"length": n, "null_count": -1, "offset": offset, "n_buffers": 2, "buffers": self.keep[3]},
        )

    def __arrow_c_array__(self, requested_schema=None):
        self.names = [b"arrow_schema", b"arrow_array"]
        return capsule(self.schema, self.names[0]), capsule(self.array, self.names[1])


@given(
    st.sampled_from([(b"c", "i1"), (b"s", "i2"), (b"i", "i4"), (b"l", "i8"), (b"f", "f4"), (b"g", "f8"), (b"S", "u2")]),
    st.lists(st.booleans(), min_size=1, max_size=70),
    st.data(),
)
def test_null_bitmaps_with_offsets(kind, present, data):
    form, dtype = kind
    offset = data.draw(st.integers(0, len(present)))
    values = np.arange(len(present)).astype(dtype)
    expected = [value if there else None for value, there in zip(values.tolist(), present, strict=True)][offset:]
    assert read(ByHand(values, present, offset, form)) == expected


def test_a_failing_stream_says_why():
    class Failing:
        def __arrow_c_stream__(self, requested_schema=None):
            @ffi.callback("int(struct ArrowArrayStream *, struct ArrowSchema *)")
            def schema(stream, out):
                return 5

            @ffi.callback("const char *(struct ArrowArrayStream *)")
            def error(stream):
                return self.text

            self.text = ffi.new("char[]", b"the disk is gone")
            self.keep = schema, error
            self.stream = ffi.new("struct ArrowArrayStream *", {"get_schema": schema, "get_last_error": error})
            self.label = b"arrow_array_stream"
            return capsule(self.stream, self.label)

    with pytest.raises(OSError, match="it: the disk is gone"):
        read(Failing())


def test_other_types_are_refused_by_name():
    with pytest.raises(TypeError, match="it: Arrow type 'tdD' is not numbers, bool or text"):
        read(ByHand(np.arange(3, dtype="i4"), [], 0, b"tdD"))


# ---- out, by our own way in ----


def struct_children(table):
    """The columns of a table by its stream, read with nothing but the interface."""
    schema, arrays, keep = _arrow._import(table, "it")
    assert len(arrays) == 1 and ffi.string(schema.format) == b"+s"
    views = {}
    for i in range(schema.n_children):
        name = ffi.string(schema.children[i].name).decode()
        views[name] = _arrow._chunk(schema.children[i], arrays[0].children[i], name)
    return views, keep


def test_export_is_no_copy():
    table = estimates()
    views, keep = struct_children(table)
    assert list(views) == list(table.columns)
    for name in ("estimate", "se", "n"):
        data = np.ma.getdata(table[name])
        assert views[name].array.ctypes.data == data.ctypes.data, name
    assert views["se"].validity is not None
    del keep


def test_export_outlives_its_table():
    table = estimates()
    expected = table["estimate"].tolist()
    views, keep = struct_children(table)
    del table
    gc.collect()
    junk = [estimates() for _ in range(50)]
    assert views["estimate"].array.tolist() == expected
    del junk, keep


def test_capsules_that_nobody_takes():
    for _ in range(100):
        estimates().__arrow_c_stream__()
        estimates().__arrow_c_schema__()
        sipas.Design(n=3).describe().notes.__arrow_c_stream__()
    assert lib.sipas_table_count_rows(estimates()._handle) == 3


# ---- pyarrow ----


def test_pyarrow_takes_a_table():
    pa = pytest.importorskip("pyarrow")
    table = estimates()
    arrow = pa.table(table)
    arrow.validate(full=True)
    assert arrow.to_pylist() == list(table.rows())
    assert [str(kind) for kind in arrow.schema.types[:4]] == ["string", "int64", "double", "double"]
    assert arrow["se"].null_count == 1
    assert arrow.schema.metadata[b"formula"].decode() == table.meta["formula"]
    assert arrow.schema.field("n").metadata[b"unit"] == b"rows"
    assert pa.schema(table) == arrow.schema
    notes = sipas.Design(n=3).describe().notes
    assert pa.table(notes).to_pylist() == list(notes.rows())
    assert pa.table(D.describe().notes).num_rows == 0


def test_pyarrow_columns():
    pa = pytest.importorskip("pyarrow")
    values = [1.5, None, 3.0, 4.5, None, 6.0]
    assert read(pa.array(values)) == values
    assert read(pa.array(values)[1:5]) == values[1:5]
    assert read(pa.chunked_array([values[:2], [], values[2:]])) == values
    assert read(pa.chunked_array([], type=pa.float64())) == []
    assert read(pa.chunked_array([values, values])[5:8]) == (values + values)[5:8]
    texts = ["Hà Nội", None, "Huế", "a text of more than twelve bytes", "", "Huế"]
    for kind in (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())):
        array = pa.array(texts, pa.string()).cast(kind)
        assert read(array) == texts, kind
        assert read(array[1:4]) == texts[1:4], kind
        assert read(pa.chunked_array([array[:3], array[3:]])) == texts, kind
    flags = [True, None, False, True, True, None, False, True, True]
    assert read(pa.array(flags)) == flags and read(pa.array(flags)[3:8]) == flags[3:8]
    codes = pa.array([7, None, 9, 7]).dictionary_encode()
    assert read(codes) == [7, None, 9, 7] and read(codes[1:3]) == [None, 9]
    assert read(pa.nulls(3)) == [None] * 3
    for kind in ("uint16", "uint32", "uint64", "float16"):
        assert read(pa.array([1, None, 3]).cast(kind)) == [1, None, 3]


@given(st.lists(st.one_of(st.none(), st.integers(-100, 100)), max_size=80), st.data())
def test_pyarrow_slices(values, data):
    pa = pytest.importorskip("pyarrow")
    start = data.draw(st.integers(0, len(values)))
    stop = data.draw(st.integers(start, len(values)))
    for kind in (pa.int8(), pa.int64(), pa.float64()):
        assert read(pa.array(values, kind)[start:stop]) == values[start:stop]


# ---- pandas, polars, DuckDB ----


def test_pandas_columns():
    pd = pytest.importorskip("pandas")
    assert read(pd.Series([1, 2, 3], dtype="int8")) == [1, 2, 3]
    for dtype in ("Int8", "Int64", "Float64", "Float32"):
        assert read(pd.array([1, None, 3], dtype=dtype)) == [1, None, 3]
        assert read(pd.Series([1, None, 3], dtype=dtype)[1:]) == [None, 3]
    assert read(pd.Series([True, None, False], dtype="boolean")) == [True, None, False]
    texts = ["Hà Nội", None, "Huế", "Hà Nội"]
    for dtype in ("object", "string", "category"):
        assert read(pd.Series(texts, dtype=dtype)) == texts, dtype
        assert read(pd.Series(texts, dtype=dtype)[::-1]) == texts[::-1], dtype
    assert read(pd.Series([3, 1, 3]).astype("category")) == [3, 1, 3]
    assert read(pd.Series(pd.Categorical([None, 5, 5]))) == [None, 5, 5]
    frame = pd.DataFrame({"y": Y, "g": [1, 1, 2, 2, 2, 3]})
    table = D.mean(frame[["y"]], by={"g": frame["g"]})
    assert table["estimate"].tolist() == estimates()["estimate"].tolist()
    assert table.to_pandas()["se"].isna().tolist() == [False, False, True]
    if hasattr(pd.DataFrame, "from_arrow"):
        assert pd.DataFrame.from_arrow(table)["n"].tolist() == table["n"].tolist()


def test_pandas_of_arrow():
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    assert read(pd.Series([1, None, 3], dtype="int64[pyarrow]")) == [1, None, 3]
    assert read(pd.Series(["a", None], dtype="string[pyarrow]")) == ["a", None]
    assert read(pd.Series([1.5, None, 3], dtype="double[pyarrow]")[1:]) == [None, 3]


def test_polars_columns():
    pl = pytest.importorskip("polars")
    assert read(pl.Series([1, None, 3], dtype=pl.Int8)) == [1, None, 3]
    assert read(pl.Series([1.0, None, 3.0])[1:]) == [None, 3.0]
    texts = ["Hà Nội", None, "a text of more than twelve bytes", "Hà Nội"]
    assert read(pl.Series(texts)) == texts
    assert read(pl.Series(texts, dtype=pl.Categorical)) == texts
    assert read(pl.Series(["a", None, "b"], dtype=pl.Enum(["b", "a"]))) == ["a", None, "b"]
    assert read(pl.Series([True, None, False])) == [True, None, False]
    assert read(pl.concat([pl.Series([1, 2]), pl.Series([3, None])], rechunk=False)) == [1, 2, 3, None]
    frame = pl.DataFrame({"y": Y, "g": [1, 1, 2, 2, 2, 3]})
    table = D.mean(frame.select("y"), by={"g": frame["g"]})
    assert table["estimate"].tolist() == estimates()["estimate"].tolist()
    out = pl.DataFrame(table)
    assert out.to_dicts() == list(table.rows()) == table.to_polars().to_dicts()


def test_duckdb():
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    made = duckdb.sql("select i::double as y, i % 2 as g, nullif(i, 3) as x from range(6) t(i)").to_arrow_table()
    assert read(made["x"]) == [0, 1, 2, None, 4, 5]
    result = D.mean({"y": made["y"]}, by={"g": made["g"]})
    assert len(result) == 2
    assert duckdb.sql("select g, n from result order by g").fetchall() == [(0, 3), (1, 3)]
    relation = duckdb.sql("select i as y from range(6) t(i)")
    assert read(relation) == list(range(6))  # a relation of one column is a column
    assert D.mean(relation)["estimate"].tolist() == D.mean(np.arange(6.0))["estimate"].tolist()
