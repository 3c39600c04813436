"""Files as people have them: each of the corpus `tests/files` is read or refused as its name says, with the numbers that it says itself.

A file that INDEX.tsv does not list is called after the status that reading its column `y` as numbers must give, or `ok`; its column
`want` holds the right numbers. What the index lists is in test_files_index.py.
"""

import unicodedata

import numpy as np
import pytest
import sipas
from conftest import ROOT
from sipas._conditions import met, successes
from sipas._files import Frame, listed, number_of

INDEX = {line.partition("\t")[0] for line in (ROOT / "tests/files/INDEX.tsv").read_text(encoding="utf-8").splitlines()}
CORPUS = sorted(file for file in (ROOT / "tests/files").glob("*.csv") if file.name not in INDEX)


def frame_of(tmp_path, text, name="in.csv", **options):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Frame(str(file), **options)


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_corpus(file):
    expected = file.stem.partition("-")[0].replace("_", " ")
    try:
        frame = Frame(str(file))
        y = listed(frame.numbers("y"))
    except sipas.SipasError as error:
        assert error.status == expected
        assert file.name in str(error) or error.status == "duplicate"
        str(error).encode()
        return
    assert expected == "ok"
    assert y == [None if cell == "missing" else float(cell) for cell in frame.cells("want")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("value-quote_unclosed", "line 3: a quote that is never closed"),
        ("value-quote_unclosed_last", "line 2: a quote that is never closed"),
        ("value-quote_within", "line 3: a quote in a cell that does not begin with one"),
        ("value-quote_behind", "line 3: text behind the closing quote"),
        ("value-utf16_le", "UTF-16"),
        ("value-utf16_without_mark", "seems to be UTF-16"),
        ("value-zero_byte", "line 3: a zero byte"),
        ("value-windows_1258", "line 3: this is not UTF-8; it seems to be Windows-1258"),
        ("value-tcvn3", "line 3: this is not UTF-8; it seems to be TCVN3"),
        ("value-invalid_utf8", "line 3: this is not UTF-8"),
        ("value-xlsx", "Excel workbook (XLSX)"),
        ("value-parquet", "seems to be Parquet"),
        ("value-decimal_comma", "y: row 1: '2,5' is no number"),
        ("value-inf", "line 3"),
        ("length-few_cells", "line 3: 2 cells where the header has 3"),
        ("missing-name", "column 2 has no name"),
        ("missing-name_above_a_cell", "line 3: a cell in a column that has no name"),
    ],
)
def test_a_refusal_names_what_and_where(name, words):
    with pytest.raises(sipas.SipasError) as raised:
        Frame(str(ROOT / f"tests/files/{name}.csv")).numbers("y")
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("ok-semicolon", "separated by semicolons"),
        ("ok-tab", "separated by tabs"),
        ("ok-hxl", "line 2: a line of HXL tags is skipped"),
        ("ok-trailing_nameless_columns", "2 empty columns without a name at the end are dropped"),
        ("ok-empty_lines", "line 2: 3 empty lines are skipped"),
    ],
)
def test_nothing_is_skipped_in_silence(name, note):
    assert any(note in said for said in Frame(str(ROOT / f"tests/files/{name}.csv")).notes)


def test_plain_files_have_no_notes():
    for name in ("ok-plain", "ok-bom", "ok-crlf", "ok-cr", "ok-quotes", "ok-sep_line"):
        assert Frame(str(ROOT / f"tests/files/{name}.csv")).notes == []


def test_cells_are_as_they_are_written(tmp_path):
    frame = frame_of(tmp_path, 'id,t\n01 , a \n"1","say ""hi"", you"\n001,"two\r\nlines"\n')
    assert frame.codes("id") == ["01 ", "1", "001"]
    assert frame.codes("t") == [" a ", 'say "hi", you', "two\r\nlines"]
    assert frame.lines == [2, 3, 4]


def test_separator_and_decimal(tmp_path):
    frame = frame_of(tmp_path, "id;y\n01;2,5\n02;-1e2\n", decimal=",")
    assert frame.numbers("y") == [2.5, -100.0]
    with pytest.raises(sipas.RangeError, match="'2,5' is no number .*--decimal ,"):
        frame_of(tmp_path, "id;y\n01;2,5\n").numbers("y")
    with pytest.raises(sipas.RangeError, match="'2.5' is no number"):
        frame_of(tmp_path, "id;y\n01;2.5\n", decimal=",").numbers("y")
    assert frame_of(tmp_path, "a|y\nb|3\n", separator="|").numbers("y") == [3]
    with pytest.raises(sipas.RangeError, match="semicolons or by tabs"):
        frame_of(tmp_path, "a;b\tc\n1;2\t3\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [("4", 4), (" 4 ", 4), ("+4", 4), ("-0.5", -0.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0)]
    + [("202411010000000001", 202411010000000001)]
    + [
        (text, None)
        for text in ("", " ", "NA", "nan", "inf", "-inf", "1e999", "0x10", "1_000", "1,000", "1 000", "４", "1e", "--1", "1.2.3")
    ],
)
def test_numbers_are_plain_decimals(text, value):
    assert number_of(text) == value


NFD = unicodedata.normalize("NFD", "Huế")


def test_missing_is_declared(tmp_path):
    text = f"id,g,y,z\nNA,NA,NA,99\n01,,99,99.0\n02, ,1,3\n03,-,-,4\n04,{NFD},5,5\n"
    plain = frame_of(tmp_path, text.replace("-,-", "-,2"))
    assert plain.codes("id") == ["NA", "01", "02", "03", "04"]
    assert plain.codes("g") == ["NA", None, None, "-", "Huế"]
    assert plain.numbers("y") == [None, 99, 1, 2, 5]
    frame = frame_of(tmp_path, text, na=["y=99", "-", "g=Huế", "z=99"])
    assert frame.codes("id") == ["NA", "01", "02", "03", "04"]
    assert frame.codes("g") == ["NA", None, None, None, None]
    assert frame.numbers("y") == [None, None, 1, None, 5]
    assert frame.numbers("z") == [None, None, 3, 4, 5]  # 99 matches 99.0
    assert frame_of(tmp_path, text, na=["NA"]).codes("id")[0] is None
    assert frame_of(tmp_path, text, na=["99"]).codes("z") == [None, "99.0", "3", "4", "5"]  # codes: exactly
    with pytest.raises(sipas.NotFoundError, match="no column 'q'"):
        frame_of(tmp_path, text, na=["q=99"])
    unmet = frame_of(tmp_path, text, na=["77", "g=-"])
    unmet.codes("g")
    unmet.tell_unmet()
    assert unmet.notes == ["--na 77: no cell of the columns in use holds that"]


LONG = "psu,y\n" + "".join(f"20241101000000000{i},{i}\n" for i in range(4)) + "01,7\n1,8\n001,9\n,nan\n"


@pytest.mark.parametrize(
    ("conditions", "rows"),
    [
        (["psu=202411010000000001"], [1]),
        (["psu==202411010000000001"], [1]),
        (["psu!=202411010000000001"], [0, 2, 3, 4, 5, 6]),
        (["psu>202411010000000001"], [2, 3]),
        (["psu<=202411010000000001", "psu>1"], [0, 1]),
        (["psu=1"], [5]),
        (["psu=01"], [4]),
        (["psu=001"], [6]),
        (["psu<2"], [4, 5, 6]),
        (["y>=7", "y!=8"], [4, 6]),
        (["y<1.5"], [0, 1]),
    ],
)
def test_conditions_compare_codes(conditions, rows, tmp_path):
    frame = frame_of(tmp_path, LONG)
    assert [row for row, meets in enumerate(met(frame, "where", conditions)) if meets] == rows


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("psu=0001", "3 cells would but for blanks, case or the form of a number, such as '01'"),
        ("psu=20241101000000000", "no row holds that"),
        ("y>inf", "'inf' is no number"),
        ("y=", "the value is missing"),
        ("=3", "write COLUMN, or COLUMN=VALUE"),
        ("nope", "nope"),
        ("q=1", "no column 'q'"),
        ("y!7", "write COLUMN, or COLUMN=VALUE"),
    ],
)
def test_conditions_refused(condition, words, tmp_path):
    with pytest.raises(sipas.SipasError) as raised:
        met(frame_of(tmp_path, LONG), "where", [condition])
    assert words in str(raised.value)


def test_conditions_together_must_be_met(tmp_path):
    with pytest.raises(sipas.NotFoundError, match="no row meets all of these"):
        met(frame_of(tmp_path, LONG), "where", ["psu=1", "y=9"])


def test_a_condition_on_a_column_whose_name_holds_a_sign(tmp_path):
    frame = frame_of(tmp_path, "a=b,a\n1,x\n2,b=1\n")
    assert met(frame, "where", ["a=b=2"]) == [False, True]
    assert met(frame_of(tmp_path, "c,a\n1,x\n2,b=1\n"), "where", ["a=b=1"]) == [False, True]


def test_order_of_text_is_refused(tmp_path):
    with pytest.raises(sipas.RangeError, match="a: row 1: 'x' is no number"):
        met(frame_of(tmp_path, "a\n1\nx\n"), "where", ["a>0"])


@pytest.mark.parametrize(
    ("cells", "values", "expected", "note"),
    [
        (["4", "5", "3", "", "NA"], ["4", "5"], [1, 1, 0, None, None], None),
        (["4.0", "5.0", "3.0", " "], ["4", "5"], [1, 1, 0, None], None),
        (["4", "5.0"], ["4.00"], [1, 0], None),
        (["yes", "no", ""], ["yes"], [1, 0, None], None),
        (["yes", "Yes ", " YES", "no"], ["yes"], [1, 1, 1, 0], "2 cells"),
        ([unicodedata.normalize("NFD", "Tốt"), "Tốt", "Kém"], ["Tốt"], [1, 1, 0], "1 cell"),
        (["Tốt", "TỐT", "Kém"], [unicodedata.normalize("NFD", "tốt")], [1, 1, 0], "2 cells"),
        (["yes", "NA", "no"], ["yes"], [1, 0, 0], "--na NA"),
        (["yes", "no"], ["yes", "perhaps"], [1, 0], "--success perhaps: no cell"),
        (["4", "x"], ["4"], [1, 0], None),
    ],
)
def test_success(cells, values, expected, note, tmp_path):
    frame = frame_of(tmp_path, "id,q\n" + "".join(f"{row},{cell}\n" for row, cell in enumerate(cells)))
    assert successes(frame, "q", values) == expected
    assert frame.notes == [] if note is None else any(note in said for said in frame.notes)


def test_success_that_nobody_holds(tmp_path):
    with pytest.raises(sipas.NotFoundError, match="no cell of q holds that; there is '3', '2'"):
        successes(frame_of(tmp_path, "q\n3\n2\n3\n"), "q", ["4", "5"])
    with pytest.raises(sipas.NotFoundError, match="nothing but missing values"):
        successes(frame_of(tmp_path, "q,r\nNA,1\n"), "q", ["4"])


def test_groups_and_order_are_numbers_where_all_are(tmp_path):
    frame = frame_of(tmp_path, "a,b,c,d\n10,01,x,1.5\n2,2,3,10\n,,,\n")
    assert frame.groups("a") == [10, 2, None]
    assert frame.groups("b") == ["01", "2", None]
    assert frame.order("a") == [10, 2, None]
    assert frame.order("b") == [1, 2, None]
    assert frame.order("c") == ["x", "3", None]
    assert frame.order("d") == [1.5, 10.0, None]


def test_names(tmp_path):
    frame = frame_of(tmp_path, "a,b,a+b,Tên\n1,2,3,4\n")
    assert frame.names(["a+b", "a"]) == ["a+b", "a"]
    assert frame.names(["b+a"]) == ["b", "a"]
    assert frame.names([unicodedata.normalize("NFD", "Tên")]) == ["Tên"]
    with pytest.raises(sipas.NotFoundError, match="no column 'c'"):
        frame.names(["a+c"])
    with pytest.raises(sipas.NotFoundError, match="is it 'Tên'"):
        frame["tên"]


@pytest.fixture
def parquet_of(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")

    def write(columns, name="in.parquet"):
        parquet.write_table(pyarrow.table(columns), tmp_path / name)
        return Frame(str(tmp_path / name))

    return write


def test_parquet(parquet_of):
    columns = {"q": [4, 5, None, 3], "f": [4.0, float("nan"), 5.0, None], "t": ["yes", None, " ", NFD], "b": [True, False, None, True]}
    frame = parquet_of(columns, "x.PARQUET")
    assert successes(frame, "q", ["4", "5.0"]) == [1, 1, None, 0]
    assert successes(frame, "f", ["4"]) == [1, None, 0, None]
    assert met(frame, "where", ["q=4.0"]) == [True, False, False, False]
    assert met(frame, "where", ["q!=4"]) == [False, True, False, True]
    assert met(frame, "where", ["f>4.5"]) == [False, False, True, False]
    assert met(frame, "where", ["b=true"]) == [True, False, False, True]
    assert met(frame, "where", ["t=Huế"]) == [False, False, False, True]
    assert frame.codes("t") == ["yes", None, None, "Huế"]
    with pytest.raises(sipas.ArgumentError, match="'x' is no number"):
        met(frame, "where", ["q=x"])


def test_parquet_missing(tmp_path, parquet_of):
    parquet_of({"q": [99, 5, None], "t": ["1", "99", "x"]})
    frame = Frame(str(tmp_path / "in.parquet"), na=["99", "t=x"])
    assert frame.numbers("q") == [None, 5, None]
    assert frame.codes("t") == ["1", None, None]
    assert frame.numbers("t") == [1, None, None]


@pytest.mark.parametrize("content", [b"PAR1 nothing", b"a,b\n1,2\n", b""])
def test_what_is_called_parquet(content, tmp_path):
    file = tmp_path / "x.parquet"
    file.write_bytes(content)
    with pytest.raises((sipas.RangeError, OSError), match="Parquet"):
        Frame(str(file))


def test_long_whole_numbers_survive(parquet_of):
    frame = parquet_of({"id": np.array([2**60, 2**60 + 1])})
    assert met(frame, "where", [f"id={2**60 + 1}"]) == [False, True]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!DOCTYPE html><table><tr><td>a</td></tr></table>", "seems to be HTML"),
        (b"\n <table border=1>\n", "seems to be HTML"),
        (b'<?xml version="1.0"?><Workbook/>', "seems to be XML"),
        (b"$FL2@(#) SPSS DATA FILE", "SPSS"),
        (b"<stata_dta><header>", "Stata"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\x28\xb5\x2f\xfd\x04", "Zstandard"),
        (b"BZh91AY", "bzip2"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_files_of_other_programs(data, words, tmp_path):
    with pytest.raises(sipas.RangeError, match="this is no CSV") as raised:
        frame_of(tmp_path, data)
    assert words in str(raised.value)


def test_parquet_of_odd_columns(tmp_path, parquet_of):
    pyarrow = pytest.importorskip("pyarrow")
    frame = parquet_of({"a": [[1], [2]], "b": [{"x": 1}, None], "c": [1, 2]})
    for name in "ab":
        for read in (frame.codes, frame.numbers, frame.flags):
            with pytest.raises(sipas.ColumnTypeError, match=f"{name}: a cell is a"):
                read(name)
    twice = pyarrow.Table.from_arrays([pyarrow.array([1]), pyarrow.array([2])], names=["a", "a"])
    pyarrow.parquet.write_table(twice, tmp_path / "twice.parquet")
    with pytest.raises((sipas.DuplicateError, OSError), match="twice.parquet"):  # pyarrow refuses it itself
        Frame(str(tmp_path / "twice.parquet"))


def test_flags(tmp_path):
    frame = frame_of(tmp_path, "a,f\n" + "".join(f"1,{cell}\n" for cell in ("1", "0", "x", "", "Yes", "no", "TRUE", "Có", "không", "1.0")))
    assert frame.flags("f") == [True, False, True, False, True, False, True, True, False, True]
    with pytest.raises(sipas.RangeError, match="f: row 1: '2' is neither yes nor no .*, line 3"):
        frame_of(tmp_path, "a,f\n1,1\n1,2\n").flags("f")
