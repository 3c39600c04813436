"""Junk to `python -m sipas`: files and options made at random from what goes wrong in the field. It is done, refused or wrong usage;
nothing else leaves the command, no exception and no words of Python.
"""

import random
import subprocess
import sys

import pytest
import sipas
from sipas.__main__ import main

CELLS = ["", " ", "NA", "nan", "0", "1", "01", "1 ", "-1", "4.0", "1e308", "1e-320", "1e999", "-0", "inf", "0x1",
         "1_0", "1,5", "9" * 25, "\ufeff1",
         "a", "A", "Huế", "Hue\u0302\u0301", "x" * 5000, "a:b", "a/b", "#x", "=1+1", "\u00a0", "\u0664", "true", "yes",
         "no", "2024-01-01",
         '"', '""', "a\tb", "é\x01"]  # fmt: skip
PLAIN = ["", "1", "2", "3", "4", "5", "4.0", "a", "b", "NA"]
NAMES = ["a", "b", "c", "n", "df", "level", "code", "q01", "a+b", "a=b", "", "Tổng", "1", "all"]
VALUES = [*NAMES, *CELLS[:20], "1e20", "18446744073709551616", "a=1", "b!=2", "c>=0", "c<x", "a==", "q=1", "--", "-",
          "\x00", "\udcff", "all", "1,a", "a,b+c",
          "nope", "adjust", "wilson", "neyman", "cost", "pps_systematic", "systematic", "take_all", "top2",
          "1001/2023", "tab", ";", ","]  # fmt: skip
OPTIONS = {
    "plan": ["--size", "--code", "--sd", "--mean", "--cost", "--total", "--e", "--budget", "--half-width", "--cv",
             "--method", "--lower", "--upper",
             "--multiple", "--remainder", "--fixed", "--take-all", "--unit"],
    "draw": ["--code", "--seed", "--programme", "--n", "--quotas", "--quota-stratum", "--quota-n", "--method",
             "--reserve", "--if-fewer", "--size",
             "--strata", "--certainty", "--excluded", "--order-key", "--keep", "--prefix", "--split"],
    "score": ["--instrument", "--scoring", "--weighting", "--mean", "--share", "--success", "--interval", "--weights",
             "--strata", "--clusters", "--ids",
              "--fpc", "--certainty", "--lonely-psu", "--lonely", "--by", "--prefix", "--level", "--deff", "--threads", "--variable"],
}  # fmt: skip
COMMON = ["--where", "--na", "--separator", "--decimal", "--out"]
FLAGS = {"plan": ["--compare", "--size-is-measure"], "draw": [], "score": ["--whole", "--league", "--ascending", "--deff"]}
NEEDED = {"plan": [["--size", "c"]], "draw": [["--code", "a"], ["--seed", "1"], ["--n", "1"]], "score": [["--mean", "c"]]}


def make_file(rng, path):
    """A file: mostly a table of a few rows, sometimes anything."""
    kind = rng.random()
    if kind < 0.08:
        path.write_bytes(rng.randbytes(rng.randrange(200)))
        return
    cells = CELLS if kind < 0.4 else PLAIN
    names = ["a", "b", "c"] if rng.random() < 0.7 else [rng.choice(NAMES) for _ in range(rng.randrange(1, 6))]
    lines = [names]
    for row in range(rng.randrange(12)):
        line = [rng.choice(cells) for _ in names]
        if kind >= 0.4 and len(line) > 2:
            line[0], line[2] = str(row), str(rng.randrange(1, 9))
        lines.append(line if rng.random() < 0.98 else line[1:])
    separator, end = rng.choice(",,,,,;\t|"), rng.choice(["\n", "\r\n", "\r"])
    text = end.join(separator.join(line) for line in lines) + end
    if rng.random() < 0.05:
        text = text[: rng.randrange(len(text) + 1)]
    data = text.encode(rng.choice(["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-8"]))
    if rng.random() < 0.05:
        data = bytearray(data)
        for _ in range(3 if data else 0):
            data[rng.randrange(len(data))] = rng.randrange(256)
    path.write_bytes(bytes(data))


def make_arguments(rng, folder):
    job = rng.choice(list(OPTIONS))
    files = [str(folder / name) for name in ("in.csv", "in.csv", "in.csv", "q.csv", "none.csv", "", "in.parquet")]
    arguments = [job, rng.choice(files)]
    for pair in NEEDED[job]:
        if rng.random() < 0.9:
            arguments += pair
    for _ in range(rng.randrange(5)):
        option = rng.choice(OPTIONS[job] + COMMON)
        value = rng.choice(VALUES) if rng.random() < 0.5 else rng.choice(["a", "b", "c", "1", "3"])
        if option in ("--quotas", "--out"):
            value = str(folder / rng.choice(["q.csv", "out.csv", "out.parquet", "out.xlsx", "out.doc", "none/x.csv", ".", "out.txt"]))
        arguments += [option, value]
    if FLAGS[job] and rng.random() < 0.3:
        arguments.append(rng.choice(FLAGS[job]))
    return arguments


@pytest.mark.parametrize("seed", range(6))
def test_junk(seed, tmp_path, capsys):
    rng = random.Random(seed)
    ends = dict.fromkeys((0, 1, 2), 0)
    for _ in range(120):
        make_file(rng, tmp_path / "in.csv")
        make_file(rng, tmp_path / "q.csv")
        make_file(rng, tmp_path / "in.parquet")
        arguments = make_arguments(rng, tmp_path)
        before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
        try:
            end = main(arguments)
        except SystemExit as left:
            end = left.code
        said = capsys.readouterr()
        ends[end] += 1
        assert "unexpected" not in said.err and "Traceback" not in said.err and "object at 0x" not in said.err, (arguments, said.err)
        assert end == 0 or said.err.strip(), arguments
        if end != 0:
            assert said.out == "", arguments
            assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before, arguments
    assert ends[1] and ends[2]


@pytest.mark.parametrize(
    ("arguments", "end", "words"),
    [
        (
            ["draw", "in.csv", "--code", "a", "--n", "1", "--seed", "-1"],
            2,
            "--seed: '-1' is not a whole number from 0 to 18446744073709551615",
        ),
        (["draw", "in.csv", "--code", "a", "--n", "1", "--seed", "18446744073709551616"], 2, "--seed"),
        (["draw", "in.csv", "--code", "a", "--n", "1e20", "--seed", "1"], 2, "--n: '1e20' is not a whole number"),
        (["draw", "in.csv", "--code", "a", "--n", "9223372036854775807", "--seed", "1"], 1,
        "9223372036854775807 units are wanted, only 2"),
        (["draw", "in.csv", "--code", "a", "--n", "1", "--reserve", "9223372036854775807", "--seed", "1"], 1, ""),
        (["plan", "in.csv", "--size", "b", "--total", "1e20"], 2, "'1e20' is not a whole number"),
        (["plan", "in.csv", "--size", "b", "--total", "9223372036854775807"], 1, ""),
        (["plan", "in.csv", "--size", "b", "--e", "nan"], 2, "--e: 'nan' is not a number"),
        (["score", "in.csv", "--mean", "b", "--threads", "0"], 2, "--threads"),
        (["score", "in.csv", "--mean", "b", "--level", "1.5"], 1, "level"),
        (["score", "in.csv", "--mean", "b", "--lonely", "nope"], 1, "'nope' is not one of"),
        (["score", "in.csv", "--mean", "b", "--separator", "ab"], 2, "--separator"),
        (["score", ".", "--mean", "b"], 1, "directory"),
        (["score", "in\0.csv", "--mean", "b"], 1, "null byte"),
    ],
)
def test_numbers_out_of_bounds(arguments, end, words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("a,b\nx,3\ny,5\n")
    try:
        assert main(arguments) == end
    except SystemExit as left:
        assert left.code == end
    said = capsys.readouterr()
    assert words in said.err and said.err and said.out == "" and "unexpected" not in said.err


def test_streams_that_cannot_take_what_is_said(tmp_path):
    """A locale without Vietnamese, a full disk, names that are no UTF-8."""
    file = tmp_path / "in.csv"
    file.write_text("tên,y\nHuế,3\nVinh,5\n", encoding="utf-8")
    command = [sys.executable, "-m", "sipas", "score", str(file), "--mean", "y", "--by", "tên"]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}, check=False)
    assert done.returncode == 0 and "Huế" in done.stdout.decode() and b"Traceback" not in done.stderr
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1 and b"No space left" in done.stderr and b"Traceback" not in done.stderr and b"Exception" not in done.stderr
    done = subprocess.run([*command[:-1], b"\xff"], capture_output=True, check=False)
    assert done.returncode == 1 and b"no column" in done.stderr and b"Traceback" not in done.stderr
    done.stderr.decode()


def test_what_nobody_foresaw(tmp_path, capsys, monkeypatch):
    (tmp_path / "in.csv").write_text("a\n1\n")
    monkeypatch.setattr(sipas, "allocate", lambda *_, **__: 1 / 0)
    assert main(["plan", str(tmp_path / "in.csv"), "--size", "a"]) == 1
    assert "unexpected ZeroDivisionError" in capsys.readouterr().err
