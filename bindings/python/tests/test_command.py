"""`python -m sipas`: the same figures as the calls, and clear refusals."""

import csv
import io

import numpy as np
import pytest
import sipas
from conftest import GOLDEN
from sipas.__main__ import main

STRAT = str(GOLDEN / "data/apistrat.csv")


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_plan(tmp_path, capsys):
    file = tmp_path / "frame.csv"
    file.write_text("province,adults\nHà Nội,9000\nHuế,7000\nVinh,4000\n", encoding="utf-8")
    assert main(["plan", str(file), "--size", "adults", "--code", "province", "--lower", "100", "--csv"]) == 0
    made = rows(capsys.readouterr().out)
    expected = sipas.allocate(393, size=[9000, 7000, 4000], lower=100, code=["Hà Nội", "Huế", "Vinh"])
    assert [int(row["n"]) for row in made] == expected["n"].tolist()
    assert [row["code"] for row in made] == ["Hà Nội", "Huế", "Vinh"]
    assert main(["plan", str(file), "--size", "adults", "--total", "30"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split()[0] == "n"


def test_draw(data, capsys):
    arguments = ["draw", STRAT, "--code", "snum", "--strata", "stype", "--n", "5", "--reserve", "2", "--seed", "7", "--csv"]
    assert main(arguments) == 0
    made = rows(capsys.readouterr().out)
    frame = data("apistrat.csv")
    expected = sipas.draw(frame.codes("snum"), 5, strata=frame.codes("stype"), reserve=2, seed=7)
    assert [row["code"] for row in made] == expected["code"].tolist()
    assert [float(row["pi"]) for row in made] == expected["pi"].tolist()


def test_score(tmp_path, capsys):
    form = sipas.Instrument.builtin("1001/2023")
    answers = np.random.default_rng(2).integers(1, 6, (60, 39))
    province = [f"{i // 20:02d}" for i in range(60)]
    file = tmp_path / "answers.csv"
    with open(file, "w", encoding="utf-8") as out:
        out.write(",".join([node.code for node in form.items] + ["province"]) + "\n")
        for line, code in zip(answers.tolist(), province, strict=True):
            out.write(",".join(map(str, line)) + f",{code}\n")
    assert main(["score", str(file), "--by", "province", "--strata", "province", "--csv"]) == 0
    made = rows(capsys.readouterr().out)
    expected = sipas.Design(strata=province, n=60).index(answers, form, by={"province": province})
    assert [float(row["estimate"]) for row in made] == expected["estimate"].tolist()
    assert {row["province"] for row in made} == {"00", "01", "02"}
    assert main(["score", str(file), "--by", "province", "--league"]) == 0
    assert "rank_lower" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["draw", STRAT, "--code", "nothing", "--n", "5", "--seed", "7"], "no column 'nothing'; there are snum"),
        (["draw", STRAT, "--code", "stype", "--n", "5", "--seed", "7"], "E"),
        (["plan", STRAT, "--size", "stype"], "stype: row 0: 'E' is no number"),
        (["plan", "nowhere.csv", "--size", "n"], "nowhere.csv"),
    ],
)
def test_refused(arguments, message, capsys):
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert message in said.err and said.out == ""
