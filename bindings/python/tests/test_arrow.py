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
        self.released = []

        @ffi.callback("void(struct ArrowSchema *)")
        def release_schema(schema):
            self.released.append("schema")
            schema.release = ffi.NULL

        @ffi.callback("void(struct ArrowArray *)")
        def release_array(array):
            self.released.append("array")
            array.release = ffi.NULL

        self.keep += [release_schema, release_array]
        self.schema.release, self.array.release = release_schema, release_array

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

            @ffi.callback("int(struct ArrowArrayStream *, struct ArrowArray *)")
            def following(stream, out):
                return 5

            @ffi.callback("void(struct ArrowArrayStream *)")
            def release(stream):
                stream.release = ffi.NULL

            self.text = ffi.new("char[]", b"the disk is gone")
            self.keep = schema, following, error, release
            functions = {"get_schema": schema, "get_next": following, "get_last_error": error, "release": release}
            self.stream = ffi.new("struct ArrowArrayStream *", functions)
            self.label = b"arrow_array_stream"
            return capsule(self.stream, self.label)

    with pytest.raises(OSError, match="it: the Arrow stream failed: the disk is gone") as caught:
        read(Failing())
    assert isinstance(caught.value, sipas.StreamError)


def test_other_types_are_refused_by_name():
    with pytest.raises(TypeError, match="it: Arrow type 'ttm' is not numbers, bool, text, dates or times of a date"):
        read(ByHand(np.arange(3, dtype="i4"), [], 0, b"ttm"))


# ---- producers that are wrong ----


class Made:
    """An exporter of one array, whose structs say what a test wants."""

    def __init__(self, form, buffers, length, offset=0, nulls=-1, n_buffers=None, child=None, values=None, released=False):
        self.form = ffi.new("char[]", form) if form is not None else ffi.NULL
        self.buffers = ffi.new("const void *[8]")
        self.keep = [buffers, child, values]
        for i, buffer in enumerate(buffers):
            self.buffers[i] = ffi.NULL if buffer is None else ffi.cast("void *", buffer.ctypes.data)
        self.schema = ffi.new("struct ArrowSchema *", {"format": self.form, "flags": 2})
        self.array = ffi.new("struct ArrowArray *", {"length": length, "null_count": nulls, "offset": offset, "buffers": self.buffers})
        self.array.n_buffers = len(buffers) if n_buffers is None else n_buffers
        if child is not None:
            self.children = ffi.new("struct ArrowSchema *[1]", [child.schema]), ffi.new("struct ArrowArray *[1]", [child.array])
            self.schema.children, self.array.children = self.children
            self.schema.n_children = self.array.n_children = 1
        if values is not None:
            self.schema.dictionary, self.array.dictionary = values.schema, values.array
        self.release = [ffi.callback(f"void(struct Arrow{kind} *)", lambda struct: None) for kind in ("Schema", "Array")]
        self.schema.release = self.release[0]
        if not released:
            self.array.release = self.release[1]

    def __arrow_c_array__(self, requested_schema=None):
        self.names = [b"arrow_schema", b"arrow_array"]
        return capsule(self.schema, self.names[0]), capsule(self.array, self.names[1])


EIGHT = np.arange(1.0, 9.0)
CODES = np.array([0, 1, 2, 3, 0, 1, 2, 3], dtype="i1")
ENDS = np.arange(9, dtype="i4")
BYTES = np.frombuffer(b"abcdefgh", dtype="u1").copy()
BITS = np.array([0xB7], dtype="u1")  # rows 3 and 6 are null


def ends(*values):
    return np.array(values, dtype="i4")


def letters(offsets=ENDS, data=BYTES):
    return Made(b"u", [None, offsets, data], 8)


def window(length, offset=0, bits=None):
    return Made(b"+s", [bits], length, offset, child=Made(b"g", [None, EIGHT], 8))


def test_what_producers_may_do():
    assert read(Made(b"g", [None, EIGHT], 8)) == EIGHT.tolist()
    assert read(Made(b"g", [BITS, EIGHT], 8, nulls=2)) == [1, 2, 3, None, 5, 6, None, 8]
    assert read(window(3)) == [1, 2, 3]
    assert read(window(3, 2)) == [3, 4, 5]
    assert read(window(5, 2, BITS)) == [3, None, 5, 6, None]
    assert read(letters()) == list("abcdefgh")
    assert read(Made(b"c", [None, CODES], 8, values=letters())) == list("abcdabcd")
    twice = Made(b"c", [None, CODES], 8, values=Made(b"c", [None, CODES[::-1].copy()], 8, values=letters()))
    assert read(twice) == list("dcbadcba")


WRONG = {
    "no data": (lambda: Made(b"g", [None, None], 8), "the buffer of the elements is NULL"),
    "no buffers": (lambda: Made(b"g", [], 8), "a buffer of the type is absent"),
    "one buffer": (lambda: Made(b"g", [None], 8), "a buffer of the type is absent"),
    "negative length": (lambda: Made(b"g", [None, EIGHT], -1), "a negative length"),
    "huge length": (lambda: Made(b"g", [None, EIGHT], 2**62), "more rows than any memory holds"),
    "longest length": (lambda: Made(b"g", [None, EIGHT], 2**63 - 1), "more rows than any memory holds"),
    "negative offset": (lambda: Made(b"g", [None, EIGHT], 4, -2), "a negative offset"),
    "huge offset": (lambda: Made(b"g", [None, EIGHT], 4, 2**60), "more rows than any memory holds"),
    "both huge": (lambda: Made(b"g", [None, EIGHT], 2**62, 2**62), "more rows than any memory holds"),
    "many nulls": (lambda: Made(b"g", [BITS, EIGHT], 8, nulls=100), "more nulls than rows"),
    "wrong nulls": (lambda: Made(b"g", [BITS, EIGHT], 8, nulls=0), "0 nulls are stated, the bitmap has 2"),
    "nulls, no bitmap": (lambda: Made(b"g", [None, EIGHT], 8, nulls=2), "nulls, but no bitmap"),
    "longer parent": (lambda: window(9), "a field has fewer rows than its struct"),
    "no format": (lambda: Made(None, [None, EIGHT], 8), "the format is NULL"),
    "bits before": (lambda: Made(b"b", [None, BITS], 4, -4), "a negative offset"),
    "released": (lambda: Made(b"g", [None, EIGHT], 8, released=True), "has been released"),
    "ends descend": (lambda: letters(ENDS[::-1].copy()), "row 0: it: malformed Arrow: offsets that run backwards"),
    "ends begin below": (lambda: letters(ends(-5, 1, 2, 3, 4, 5, 6, 7, 8)), "row 0: it: malformed Arrow: a negative offset"),
    "ends end below": (lambda: letters(ends(0, 1, 2, 3, 4, 5, 6, 7, -8)), "row 7: it: malformed Arrow: offsets that run backwards"),
    "ends far": (lambda: letters(ends(0, 1, 2, 3, 4, 5, 6, 7, 2**31 - 1)), "row 7: it: a text of 2147483640 bytes"),
    "no ends": (lambda: letters(None), "the buffer of the elements is NULL"),
    "no bytes": (lambda: letters(ENDS, None), "the buffer of the texts is NULL"),
    "not UTF-8": (lambda: letters(ENDS, BYTES | 0x80), "row 0: it: a text that is not UTF-8"),
    "NUL": (lambda: letters(ENDS, BYTES * 0), "row 0: it: a text with a NUL character"),
    "view of no buffer": (lambda: Made(b"vu", [None, ends(20, 0, 1000, 0), BYTES], 1), "a text in a buffer that is not there"),
    "view of buffer -3": (lambda: Made(b"vu", [None, ends(20, 0, -3, 0), BYTES], 1), "a text in a buffer that is not there"),
    "view of length -20": (lambda: Made(b"vu", [None, ends(-20, 0, 0, 0), BYTES], 1), "a text of negative length"),
    "code out": (lambda: Made(b"c", [None, CODES + 95], 8, values=letters()), "row 0: it: code 95 of a dictionary of 8 values"),
    "code below": (lambda: Made(b"c", [None, CODES - 1], 8, values=letters()), "row 0: it: code -1 of a dictionary of 8 values"),
    "codes are floats": (lambda: Made(b"g", [None, EIGHT], 8, values=letters()), "a dictionary whose codes are not whole numbers"),
    "codes are text": (
        lambda: Made(b"u", [None, ENDS, BYTES], 8, values=letters()),
        "a dictionary whose codes are not whole numbers",
    ),
    "one column": (lambda: Made(b"+l", [None, ENDS], 7), r"Arrow type '\+l' is not"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_producers(what):
    make, message = WRONG[what]
    with pytest.raises((sipas.RangeError, sipas.ArgumentError, sipas.ColumnTypeError), match=message):
        read(make())


@pytest.mark.parametrize("junk", [lambda: None, lambda: (None, None), lambda: ("a", 1), lambda: (1, 2, 3), lambda: 7])
def test_no_capsules(junk):
    class Exporter:
        def __arrow_c_array__(self, requested_schema=None):
            return junk()

    class Streamer:
        def __arrow_c_stream__(self, requested_schema=None):
            return junk()

    for exporter in (Exporter(), Streamer()):
        with pytest.raises(TypeError, match="it: "):
            read(exporter)


def test_pyarrow_structs():
    pa = pytest.importorskip("pyarrow")
    values = pa.array([1.0, 2.0, None, 4.0, 5.0, 6.0, 7.0, 8.0])
    parent = pa.StructArray.from_arrays([values], ["w"])
    for start, length in ((0, 3), (1, 3), (2, 6), (8, 0)):
        expected = values.slice(start, length).to_pylist()
        assert read(parent.slice(start, length)) == expected
        assert read(pa.StructArray.from_arrays([parent.slice(start, length)], ["outer"])) == expected
        assert read(pa.chunked_array([parent.slice(start, length), parent])) == expected + values.to_pylist()
    masked = pa.StructArray.from_arrays([values], ["w"], mask=pa.array([True] + [False] * 7))
    assert read(masked.slice(0, 4)) == [None, 2.0, None, 4.0]
    table = pa.table({"w": values.fill_null(3.0)})
    assert len(sipas.Design(table.slice(1, 3))) == 3
    assert sipas.Design(table.slice(1, 3)).describe()["weight_sum"].tolist() == [9.0]
    batch = table.to_batches()[0].slice(4, 2)
    assert read(batch) == [5.0, 6.0]


def test_times_and_decimals():
    pa = pytest.importorskip("pyarrow")
    from datetime import UTC, date, datetime
    from decimal import Decimal

    days = [date(2026, 3, 1), None, date(1969, 12, 31)]
    assert read(pa.array(days)) == read(days) == ["2026-03-01", None, "1969-12-31"]
    times = [datetime(2026, 3, 1, 7, 30), None, datetime(2026, 3, 1), datetime(2026, 3, 1, 0, 0, 0, 500)]
    expected = ["2026-03-01T07:30:00", None, "2026-03-01", "2026-03-01T00:00:00.0005"]
    assert read(pa.array(times)) == read(times) == read(np.array(times, dtype="M8[us]")) == expected
    assert read(np.array(times, dtype="M8[ns]")) == expected
    assert read(np.array(days, dtype="M8[D]")) == ["2026-03-01", None, "1969-12-31"]
    zoned = [datetime(2026, 3, 1, tzinfo=UTC), None]
    assert read(pa.array(zoned)) == read(zoned) == ["2026-03-01T00:00:00Z", None]
    amounts = [Decimal("1.50"), None, Decimal("-0.125")]
    for kind in (pa.decimal128(20, 3), pa.decimal256(50, 3)):
        assert read(pa.array(amounts, kind)) == read(amounts) == [1.5, None, -0.125]
    whole = [Decimal(2**63 - 1), None, Decimal(-(2**63))]
    assert read(pa.array(whole, pa.decimal128(38, 0))) == read(whole) == [2**63 - 1, None, -(2**63)]
    for values, kind in (([Decimal(2**63)], pa.decimal128(38, 0)), ([Decimal("1234567890.1234567")], pa.decimal128(38, 7))):
        for column in (pa.array([None, *values], kind), [None, *values]):
            with pytest.raises(ValueError, match="row 1"):
                read(column)
    with pytest.raises(ValueError, match="row 1: a date outside"):
        read(np.array(["2020-01-01", "10000-01-01"], dtype="M8[D]"))
    with pytest.raises(TypeError, match="with a time zone and without"):
        read([datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1)])


def test_integers_of_128_bits():
    pl = pytest.importorskip("polars")
    if not hasattr(pl, "Int128"):
        pytest.skip("this polars has none")
    assert read(pl.Series([5, None, -(2**63)], dtype=pl.Int128)) == [5, None, -(2**63)]
    with pytest.raises(ValueError, match="row 1: it: a whole number beyond 64 bits"):
        read(pl.Series([5, 2**63], dtype=pl.Int128))


# ---- out, by our own way in ----


def struct_children(table):
    """The columns of a table by its stream."""
    arrow = _arrow.Arrow(table, "it")
    return {name: arrow.column(index, name) for index, name in enumerate(arrow.names)}, arrow


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
