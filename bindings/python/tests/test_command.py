"""`python -m sipas`: the same figures as the calls, and clear refusals."""

import csv
import io
import subprocess
import sys

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


@pytest.fixture
def frame_file(tmp_path):
    file = tmp_path / "frame.csv"
    file.write_text(
        "code,region,adults,sd,cost,done\nA,n,9000,20,10,\n\nB,n,7000,15,12,\nC,s,4000,30,9,50\nD,s,6000,25,11,\n", encoding="utf-8"
    )
    return file


SIZE, SD, COST = [9000.0, 7000.0, 4000.0, 6000.0], [20.0, 15.0, 30.0, 25.0], [10.0, 12.0, 9.0, 11.0]


@pytest.mark.parametrize(
    ("options", "call"),
    [
        (["--total", "300"], lambda: sipas.allocate(300, size=SIZE)),
        (["--total", "300", "--sd", "sd"], lambda: sipas.allocate(300, size=SIZE, sd=SD, method="neyman")),
        (["--total", "300", "--sd", "20"], lambda: sipas.allocate(300, size=SIZE, sd=[20.0] * 4, method="neyman")),
        (["--budget", "2000", "--sd", "sd", "--cost", "cost"],
         lambda: sipas.allocate(budget=2000, size=SIZE, sd=SD, cost=COST, method="cost")),
        (["--half-width", "2", "--sd", "sd"], lambda: sipas.allocate_precision(SIZE, half_width=2, sd=SD)),
        (["--cv", "0.02", "--sd", "sd", "--mean", "80"], lambda: sipas.allocate_precision(SIZE, cv=0.02, sd=SD, mean=[80.0] * 4)),
        (["--total", "300", "--multiple", "5", "--fixed", "done"],
         lambda: sipas.allocate(300, size=SIZE, multiple=5, fixed=[None, None, 50.0, None])),
        (["--where", "region=s", "--total", "100"], lambda: sipas.allocate(100, size=SIZE[2:])),
    ],
)  # fmt: skip
def test_plan_aims(options, call, frame_file, capsys):
    assert main(["plan", str(frame_file), "--size", "adults", "--csv", *options]) == 0
    assert [int(row["n"]) for row in rows(capsys.readouterr().out)] == call()["n"].tolist()


def test_plan_compare(frame_file, capsys):
    arguments = ["plan", str(frame_file), "--size", "adults", "--sd", "sd", "--total", "300", "--compare", "--csv"]
    assert main(arguments) == 0
    made = rows(capsys.readouterr().out)
    assert [row["method"] for row in made] == sipas.plan_compare(300, SIZE, sd=SD)["method"].tolist()
    assert main([*arguments, "--budget", "5"]) == 1
    assert "--total and --budget: one aim is enough" in capsys.readouterr().err


def test_a_plan_is_quotas(frame_file, tmp_path, capsys):
    plan = tmp_path / "plan.csv"
    units = tmp_path / "units.csv"
    units.write_text("id,unit,big,out\n" + "".join(f"{u}{i},{u},{'x' if i == 3 else ''},no\n" for u in "ABCD" for i in range(40)))
    assert main(["plan", str(frame_file), "--size", "adults", "--code", "code", "--total", "20", "--out", str(plan)]) == 0
    drawn = ["draw", str(units), "--code", "id", "--strata", "unit", "--quotas", str(plan), "--seed", "5", "--csv"]
    assert main([*drawn, "--certainty", "big", "--excluded", "out", "--programme", "2"]) == 0
    made = rows(capsys.readouterr().out)
    counts = {row["code"]: int(row["n"]) for row in rows(plan.read_text())}
    assert {u: sum(row["code"].startswith(u) for row in made) for u in "ABCD"} == counts
    assert {"A3", "B3", "C3", "D3"} <= {row["code"] for row in made}
    assert main([*drawn, "--n", "3"]) == 1
    assert "--n and --quotas: one of them is enough" in capsys.readouterr().err


def test_score_means_and_shares(data, capsys):
    frame = data("apistrat.csv")
    arguments = ["score", STRAT, "--weights", "pw", "--strata", "stype", "--fpc", "fpc", "--csv", "--by", "stype", "--whole"]
    design = sipas.Design(frame.numbers("pw"), strata=frame.codes("stype"), fpc=frame.numbers("fpc"))
    by = [{"stype": frame.codes("stype")}, {}]
    assert main([*arguments, "--mean", "api00", "--mean", "enroll", "--deff"]) == 0
    expected = design.mean({n: frame.numbers(n) for n in ("api00", "enroll")}, by=by, deff=True)
    made = rows(capsys.readouterr().out)
    assert [row["se"] for row in made] == [str(value) for value in expected["se"].tolist()] and "deff" in made[0]
    assert main([*arguments, "--share", "awards", "--success", "Yes", "--interval", "wilson"]) == 0
    expected = design.proportion({"awards": frame.codes("awards")}, success=["Yes"], method="wilson", by=by)
    assert [row["upper"] for row in rows(capsys.readouterr().out)] == [str(value) for value in expected["upper"].tolist()]
    assert main([*arguments, "--mean", "api00", "--league", "--ascending"]) == 0
    assert [row["rank"] for row in rows(capsys.readouterr().out)] == ["1", "2", "3"]


def test_parquet(data, tmp_path, capsys):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    frame = data("apistrat.csv")
    file = str(tmp_path / "apistrat.parquet")
    parquet.write_table(pa.table({"pw": frame.numbers("pw"), "stype": frame.codes("stype"), "api00": frame.numbers("api00")}), file)
    out = str(tmp_path / "made.parquet")
    job = ["score", file, "--weights", "pw", "--strata", "stype", "--mean", "api00"]
    assert main([*job, "--out", out]) == 0
    expected = sipas.Design(frame.numbers("pw"), strata=frame.codes("stype")).mean({"api00": frame.numbers("api00")})
    assert parquet.read_table(out).to_pylist() == list(expected.rows())
    assert main(["score", file, "--weights", "stype", "--mean", "api00"]) == 1
    assert main([*job, "--where", "stype=E", "--csv"]) == 0
    assert rows(capsys.readouterr().out)[0]["n"] == "100"
    drawn = ["draw", file, "--code", "api00", "--n", "2", "--seed", "1"]
    assert main(drawn) == 1  # the same value twice
    assert f"({file}, row " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("a,b\n1,2\n\n3\n", ["plan", "--size", "a"], "line 4: 1 cells where 2 are expected"),
        ("a,a\n1,2\n", ["plan", "--size", "a"], "two columns are named 'a'"),
        ("a\n1\n\nx\n", ["plan", "--size", "a"], "a: row 1: 'x' is no number ({file}, line 4)"),
        ("a\n1\n-5\n", ["plan", "--size", "a", "--total", "5"], "{file}, line 3"),
        ("a\n1\n2\n", ["plan", "--size", "a", "--where", "a"], "--where a: write COLUMN=VALUE"),
        ("a\n1\n2\n", ["plan", "--size", "a", "--where", "a=7"], "--where a=7: no row holds that"),
        ("a\n1\n2\n", ["plan", "--size", "a", "--sd", "spread"], "no column 'spread'; there are a"),
        ("a,z\n1,maybe\n", ["draw", "--code", "a", "--n", "1", "--seed", "1", "--excluded", "z"], "z: row 0: 'maybe' is neither"),
        ("a\n1\n1\n", ["draw", "--code", "a", "--n", "1", "--seed", "1"], "{file}, line 3"),
        ("a\n1\n2\n", ["score", "--mean", "a", "--share", "a"], "--mean and --share: one of them is enough"),
        ("a\n1\n2\n", ["score"], "no column 'q01'; there are a"),
    ],
)
def test_refused_with_its_place(text, arguments, message, tmp_path, capsys):
    file = tmp_path / "in.csv"
    file.write_text(text)
    assert main([arguments[0], str(file), *arguments[1:]]) == 1
    said = capsys.readouterr()
    assert message.format(file=file) in said.err and said.out == ""


def test_usage_and_help(capsys):
    for arguments, code in ((["--version"], 0), (["--help"], 0), (["plan", "--help"], 0), (["draw", "x.csv"], 2), ([], 2)):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == code
    said = capsys.readouterr()
    assert sipas.__version__ in said.out and "Exit codes: 0 done" in said.out and "--half-width E" in said.out
    assert "the following arguments are required: --code, --seed" in said.err


def test_a_reader_that_leaves(tmp_path):
    file = tmp_path / "long.csv"
    file.write_text("a\n" + "".join(f"{i}\n" for i in range(1, 20001)))
    command = f"'{sys.executable}' -m sipas plan '{file}' --size a --total 30000 --csv | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("n,") and done.stderr == ""
