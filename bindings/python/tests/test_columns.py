"""What comes in: types, strides, masks, text, lists; and what is refused, by the name of its argument."""

import gc
import tracemalloc
import unicodedata

import numpy as np
import pytest
import sipas
from hypothesis import given
from hypothesis import strategies as st
from sipas import _columns
from sipas._sipas import ffi, lib

DTYPES = ["f8", "f4", "i8", "i4", "i2", "i1", "u1", "?"]


def read(value, n=None):
    """The cells of a column as the library would read them; None where missing."""
    struct = ffi.new("sipas_column *")
    keep = _columns.fill(struct, value, "it", n)
    kinds = {
        lib.SIPAS_TYPE_F64: "double", lib.SIPAS_TYPE_F32: "float", lib.SIPAS_TYPE_I64: "int64_t",
        lib.SIPAS_TYPE_I32: "int32_t", lib.SIPAS_TYPE_I16: "int16_t", lib.SIPAS_TYPE_I8: "int8_t",
        lib.SIPAS_TYPE_U8: "uint8_t", lib.SIPAS_TYPE_BOOL: "uint8_t", lib.SIPAS_TYPE_CODE: "const char *",
    }  # fmt: skip
    cells = []
    for row in range(struct.n):
        bit = struct.offset + row
        if struct.validity != ffi.NULL and not struct.validity[bit // 8] >> bit % 8 & 1:
            cells.append(None)
            continue
        address = ffi.cast("const char *", struct.data) + row * struct.stride
        cell = ffi.cast(kinds[struct.type] + " const *", address)[0]
        if struct.type == lib.SIPAS_TYPE_CODE:
            cell = None if cell == ffi.NULL else ffi.string(cell).decode()
        cells.append(bool(cell) if struct.type == lib.SIPAS_TYPE_BOOL else cell)
    del keep
    return cells


@given(st.sampled_from(DTYPES), st.integers(0, 40), st.sampled_from([1, 2, 3, -1, -2]), st.integers(0, 3))
def test_numpy_of_any_stride(dtype, n, step, start):
    base = np.arange(n * 3 + 4).astype(dtype)
    view = base[start::step][:n]
    assert read(view) == view.tolist()


@given(st.sampled_from(DTYPES), st.lists(st.booleans(), max_size=40), st.sampled_from([1, 2, -1]))
def test_masked_arrays(dtype, mask, step):
    values = np.ma.masked_array(np.arange(len(mask)).astype(dtype), mask)[::step]
    assert read(values) == values.tolist()


@pytest.mark.filterwarnings("ignore::sipas.CodesWarning")
@given(st.lists(st.one_of(st.none(), st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"])))))
def test_text(texts):
    expected = [None if text is None else unicodedata.normalize("NFC", text) for text in texts]
    assert read(texts) == expected
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    assert read(array) == expected
    assert read(array[::-1]) == expected[::-1]
    if any(text is not None for text in texts):
        assert read(np.array([text or "" for text in texts])) == [(text or "").rstrip("\0") for text in expected]


# Starters and marks of many scripts, composed, apart, and singletons that the form replaces (Å as a unit, Greek with oxia).
FORMS = "aeuoAẾếê̛̂́ạợ̣Åéж́가각각中神άΩ≠≠"


@pytest.mark.filterwarnings("ignore::sipas.CodesWarning")
@given(st.lists(st.text(st.sampled_from(FORMS), max_size=6), min_size=1))
def test_every_text_comes_in_form_nfc(texts):
    assert read(texts) == [unicodedata.normalize("NFC", text) for text in texts]


def test_fixed_width_text():
    assert read(np.array(["Huế", "a", "神", "😀"]).astype(">U3")) == ["Huế", "a", "神", "😀"]
    assert read(np.array(["ab", "", "cd", "é"])[::-2]) == ["é", ""]
    assert read(np.zeros(2, dtype="U0")) == ["", ""] and read(np.zeros(0, dtype="U3")) == []
    for bad in ("a\ud800", "a\0b"):
        with pytest.raises(ValueError, match="it: row 1: a text with a"):
            read(np.array(["fine", bad]))
    assert read(np.array(["a", "bc", ""])) == ["a", "bc", ""]
    assert read(np.array([b"a", b"bc"])) == ["a", "bc"]


@given(st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62))))
def test_lists_of_integers(values):
    assert read(values) == values


def test_lists():
    assert read([1.5, None, 2]) == [1.5, None, 2.0]
    assert read([True, False, None]) == [True, False, None]
    assert read((1, 2)) == [1, 2]
    assert read(range(3)) == [0, 1, 2]
    assert read([]) == []


@pytest.mark.parametrize("dtype", ["u2", "u4", "u8", "f2", ">f8", ">i4"])
def test_what_the_library_has_no_type_for_is_widened(dtype):
    assert read(np.array([1, 2, 3], dtype=dtype)) == [1, 2, 3]


def test_structured_arrays_are_strides():
    records = np.zeros(5, dtype=[("age", "i2"), ("weight", "f8")])
    records["age"], records["weight"] = range(5), 0.5
    assert read(records["age"]) == [0, 1, 2, 3, 4]


def test_a_view_is_no_copy():
    values = np.arange(10.0)
    struct = ffi.new("sipas_column *")
    _columns.fill(struct, values[2::3], "it", None)
    assert int(ffi.cast("uintptr_t", struct.data)) == values.ctypes.data + 16
    assert struct.stride == 24


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (np.zeros(4), ValueError, r"it: 4 rows where 5 are expected"),
        (np.zeros((5, 2)), ValueError, r"it: 2 dimensions"),
        (np.zeros(5, dtype=complex), TypeError, r"it: dtype complex128"),
        (np.zeros(5, dtype="m8[s]"), TypeError, r"it: dtype timedelta64"),
        ("abcde", TypeError, r"it: str is not a column"),
        (7, TypeError, r"it: int is not a column"),
        ({"a": 1}, TypeError, r"it: dict is not a column"),
        ([1, "a", 2, 3, 4], TypeError, r"it: row 0: int among texts"),
        ([object()] * 5, TypeError, r"it: the elements"),
        (["a\0b"] * 5, ValueError, r"it: row 0: a text with a NUL"),
        (np.full(5, 2**63, dtype="u8"), ValueError, r"it: a value of 2\^63"),
    ],
)
def test_refused_by_name(value, error, message):
    with pytest.raises(error, match=message):
        read(value, 5)


def test_the_library_names_row_and_column():
    weights = np.ones(10)
    weights[7] = np.nan
    with pytest.raises(sipas.MissingError, match="row 7") as caught:
        sipas.Design(weights)
    assert caught.value.row == 7 and caught.value.column is None or caught.value.column == 0
    assert caught.value.status == "missing" or caught.value.status
    assert isinstance(caught.value, ValueError)


def test_no_column_is_copied():
    n = 2_000_000
    weights = np.ones(n)
    answers = np.ones((n, 4), dtype=np.int8)
    masked = np.ma.masked_array(np.ones(n), np.zeros(n, dtype=bool))
    strata = np.arange(n, dtype=np.int32) % 50
    gc.collect()
    tracemalloc.start()
    design = sipas.Design(weights, strata=strata)
    design.mean({"a": answers[:, 1], "b": answers[:, 3], "c": masked}, by={"s": strata})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < n / 4  # a bitmap of one bit a row would pass, a copy of one byte a row would not


NFD, NFC = (unicodedata.normalize(form, "Huế") for form in ("NFD", "NFC"))


def test_codes_are_compared_in_form_nfc():
    for column in ([NFD, NFC, "a"], np.array([NFD, NFC, "a"]), np.array([NFD, NFC, "a"], dtype=object)):
        with pytest.warns(sipas.CodesWarning, match=r"by\['g'\]: 1 codes differ from others in their Unicode form only"):
            t = sipas.Design(n=3).mean([1.0, 2.0, 9.0], by={"g": column})
        assert t["g"].tolist() == [NFC, "a"] and t["estimate"].tolist() == [1.5, 9.0]
    assert sipas.Design(n=2).proportion([NFD, "x"], success=NFC)["estimate"][0] == 0.5
    drawn = sipas.draw([NFD, "b"], {NFC: 1}, strata=[NFD, NFC], seed=1)
    assert drawn["stratum"].tolist() == [NFC]
    assert sipas.code_hash(NFD) == sipas.code_hash(NFC)
    assert sipas.UnitTree([NFD, "b"], parent=[None, NFC]).find(NFC, "b") == 1
    with pytest.raises(sipas.DuplicateError):
        sipas.draw([NFD, NFC], 1, seed=1)


def test_texts_that_utf8_does_not_have():
    for bad in ("a\ud800", "\udcff", "a\0b"):
        with pytest.raises(ValueError, match="codes: row 0: a text with a"):
            sipas.draw([bad, "b"], 1, seed=1)
        with pytest.raises(ValueError, match="a text with a"):
            sipas.code_hash(bad)
