"""What `tests/files/INDEX.tsv` says of its files, by ``python -m sipas score``; the C reader is held to the same lines."""

import csv
import io

import pytest
from conftest import ROOT
from sipas.__main__ import main

FOLDER = ROOT / "tests/files"
with (FOLDER / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
    LINES = list(csv.DictReader((line for line in index if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE))


def run(line, capsys):
    """Exit code, output and what is said on standard error."""
    options = [word.replace("␣", " ") for word in line["options"].split()]
    try:
        code = main(["score", str(FOLDER / line["file"]), f"--{line['what']}", line["of"], *options, "--csv"])
    except SystemExit as wrong_usage:
        code = wrong_usage.code
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['file']} {line['options']} {line['row']} {line['figure']}")
def test_index(line, capsys):
    code, out, err = run(line, capsys)
    if line["figure"] == "refused":
        assert code != 0
        assert "Traceback" not in err
        assert [text for text in line["value"].split("; ") if text not in err] == []
        return
    assert code == 0, err
    rows = list(csv.DictReader(io.StringIO(out)))
    if line["figure"] == "rows":
        assert len(rows) == float(line["value"])
    else:
        column, _, group = line["row"].partition("=")
        row = next(row for row in rows if line["row"] == "-" or row[column] == group)
        assert float(row[line["figure"]]) == pytest.approx(float(line["value"]), rel=1e-12)
    if line["note"] == "yes":
        assert "note" in err
    if line["note"] == "no":
        assert err == ""
