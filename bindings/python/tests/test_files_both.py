"""Files and options from a seed: ``estimate`` and ``python -m sipas score`` read or refuse the same, and give the same figures."""

import csv
import io
import random
import subprocess
import unicodedata

import pytest
from sipas.__main__ import main

ROUNDS = 300


def nfd(text):
    return unicodedata.normalize("NFD", text)


CELLS = {
    "plain": ["1", "2", "3"],
    "code": ["01", "1", "001", "01 ", " 01", "2", "10", "NA", "nan", "Hà", "hà", nfd("Hà"), "", "  ", "\u00a0", "4.0", "4", "-1", "+1", "1e0"]
    + ["a=b", "x+y", "a,b", '"q"', "x;y", "<3", "#1"],
    "number": ["1", "2", "3", "4", "5", "4.0", " 4", "4 ", "NA", "NaN", "", "99", "99.0", "-1", "1e0", "+2", ".5", "5."],
    "odd": ["4", "5", "3", "inf", "0x4", "1,5", "1 000", "x", "4%", "١", "1_0", "1e999", "--1"],
    "label": ["Tốt", "tốt", "TỐT", nfd("Tốt"), " Tốt", "Tốt ", "Kém", "NA", "", "4"],
}
VALUES = ["1", "01", "4", "4.0", "NA", "Hà", nfd("Hà"), "2", "01 ", "99", "3", "x", "nan"]


def written(r, cell, separator):
    return '"' + cell.replace('"', '""') + '"' if r.random() < 0.2 or set(cell) & set(separator + '"\r\n') else cell


def made_file(r, separator):
    """The bytes of a table with columns h, g, w, y, z; now and then with something wrong."""
    kinds = [r.choice(kinds) for kinds in (["plain", "code"], ["code", "plain"], ["plain"] * 9 + ["number"])]
    kinds += [r.choice(["number"] * 6 + ["label"] * 4 + ["odd"]), r.choice(["number", "code"])]
    rows = [["h", "g", "w", "y", "z"]] + [[r.choice(CELLS[kind]) for kind in kinds] for _ in range(r.randint(4, 14))]
    lines = [separator.join(written(r, cell, separator) for cell in row) for row in rows]
    if r.random() < 0.05:
        lines.insert(1, separator.join(["#a"] * 5))
    if r.random() < 0.05:
        lines.insert(r.randint(0, len(lines)), "")
    if r.random() < 0.05:
        lines.insert(0, "sep=" + separator)
    if r.random() < 0.04:
        at = r.randrange(len(lines))
        lines[at] = lines[at][: r.randint(0, len(lines[at]))] + r.choice(['"', separator, "\0", "x"]) + lines[at][2:]
    end = r.choice(["\n", "\r\n", "\r"])
    data = (end.join(lines) + r.choice([end, ""])).encode()
    if r.random() < 0.03:
        at = r.randrange(len(data))
        data = data[:at] + bytes([r.randrange(128, 256)]) + data[at:]
    return (b"\xef\xbb\xbf" if r.random() < 0.1 else b"") + data


def made_options(r, separator, share):
    options = ["--weights", "w"] if r.random() < 0.7 else []
    if r.random() < 0.5:
        options += ["--strata", "h", "--lonely-psu", r.choice(["adjust", "certainty", "remove", "average"])]
    if r.random() < 0.5:
        options += ["--by", r.choice(["g", "h", "1,g", "g+h"])]
    if r.random() < 0.3:
        options += ["--where", r.choice("hgyz") + r.choice(["=", "!=", "<", "<=", ">", ">="]) + r.choice(VALUES)]
    if r.random() < 0.3:
        options += ["--na", r.choice(["NA", "99", "y=99", "y=99.0", "g=NA", "4", "h=1", "q=3", "Tốt"])]
    for _ in range(r.choice([0, 1, 2, 2]) if share else 0):
        options += ["--success", r.choice(["4", "5", "4.0", "Tốt", "tốt ", nfd("tốt"), "1", "x", "NA"])]
    return options + (["--separator", "|"] if separator == "|" else [])


def figures(text):
    """Rows by their groups: estimate, se, df, n, psus."""
    rows = {}
    for row in csv.DictReader(io.StringIO(text)):
        group = tuple(row.get(name) for name in ("level", "g", "h"))
        rows[group] = [float(row[name]) if row.get(name) else None for name in ("estimate", "se", "df", "n", "psus")]
    return rows


def test_both_read_alike(build, tmp_path, capsys):
    program = build / "examples/estimate"
    if not program.exists():
        pytest.skip(f"{program} is not built")
    r, done = random.Random(20241231), 0
    for k in range(ROUNDS):
        separator, share, y = r.choice(",,;\t|"), r.random() < 0.5, r.choice("yyz")
        file = tmp_path / "file.csv"
        file.write_bytes(made_file(r, separator))
        options = made_options(r, separator, share)
        c = subprocess.run([program, file, "proportion" if share else "mean", y, *options, "--csv"], capture_output=True, check=False)
        told = c.stderr.decode()  # UTF-8, whatever is in the file
        try:
            code = main(["score", str(file), "--share" if share else "--mean", y, *options, "--csv"])
        except SystemExit as wrong_usage:
            code = wrong_usage.code
        out, err = capsys.readouterr()
        case = f"round {k}: {y} {options}\n{file.read_bytes()!r}\nC: {told}\nPython: {err}"
        assert (c.returncode == 0) == (code == 0), case
        if code != 0:
            continue
        done += 1
        ours, theirs = figures(out), figures(c.stdout.decode())
        assert ours.keys() == theirs.keys(), case
        for group, row in ours.items():
            assert row == [None if x is None else pytest.approx(x, rel=1e-9, abs=1e-9) for x in theirs[group]], case
    assert done >= ROUNDS // 10
