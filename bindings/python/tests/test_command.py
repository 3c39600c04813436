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


def test_groups_in_their_order(tmp_path, capsys):
    file = tmp_path / "survey.csv"
    file.write_text("w,g,k,y\n1,north,3,1\n2,south,1,2\n3,north,3,3\n4,mid,3,4\n5,mid,1,5\n6,south,1,6\n")
    job = ["score", str(file), "--weights", "w", "--mean", "y", "--csv"]
    assert main([*job, "--by", "g", "--order", "g=south", "--order", "g=none", "--order", "g=north", "--order", "g=mid"]) == 0
    assert [row["g"] for row in rows(capsys.readouterr().out)] == ["south", "north", "mid"]
    assert main([*job, "--by", "k", "--order", "k=3", "--order", "k=2", "--order", "k=1"]) == 0
    assert [row["k"] for row in rows(capsys.readouterr().out)] == ["3", "1"]
    for order, message in {
        "k=3": "k is 1, which is not among its orders", "k=a": "the column holds whole numbers", "g=mid": "no groups are of this column",
        "mid": "give COLUMN=CODE",
    }.items():  # fmt: skip
        assert main([*job, "--by", "k", "--order", order]) != 0
        assert message in capsys.readouterr().err
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    groups = pa.DictionaryArray.from_arrays([2, 0, 2, 1, 1, 0], ["south", "mid", "north", "none"])
    made = str(tmp_path / "survey.parquet")
    parquet.write_table(pa.table({"w": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "g": groups, "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}), made)
    assert main(["score", made, "--weights", "w", "--mean", "y", "--csv", "--by", "g"]) == 0
    assert [row["g"] for row in rows(capsys.readouterr().out)] == ["south", "mid", "north"]


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("a,b\n1,2\n\n3\n", ["plan", "--size", "a"], "line 4: 1 cells where the header has 2"),
        ("a,a\n1,2\n", ["plan", "--size", "a"], "two columns are named 'a'"),
        ("a\n1\n\nx\n", ["plan", "--size", "a"], "a: row 1: 'x' is no number ({file}, line 4)"),
        ("a\n1\n-5\n", ["plan", "--size", "a", "--total", "5"], "{file}, line 3"),
        ("a\n1\nx\n", ["plan", "--size", "a", "--where", "a"], "line 3: a: 'x' is neither a number nor TRUE or FALSE"),
        ("a,b\n1,0\n2,\n", ["plan", "--size", "a", "--where", "b"], "--where b: no row holds that"),
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


# Two strata of ten PSUs, of 40 each; region R lies in two PSUs of each stratum, four rows in each. R: subset(design, reg == "R").
def domain_file(tmp_path, psus_with_r=2):
    rng, lines = np.random.default_rng(7), ["h,psu,w,reg,y,N"]
    for h in (1, 2):
        for psu in range(1, 11):
            for row in range(8):
                region = "R" if psu <= psus_with_r and row < 4 else "S"
                lines.append(f"{h},{h}{psu:02d},20,{region},{rng.integers(1, 6)},40")
    file = tmp_path / "domain.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def by_hand(file):
    """Mean and standard error of y over region R by the textbook: Taylor, between PSUs of each stratum, zeros outside the domain."""
    table = rows(file.read_text())
    inside = [row for row in table if row["reg"] == "R"]
    weight = sum(float(row["w"]) for row in inside)
    mean = sum(float(row["w"]) * float(row["y"]) for row in inside) / weight
    variance = 0.0
    for h in ("1", "2"):
        psus = sorted({row["psu"] for row in table if row["h"] == h})
        z = [sum(float(row["w"]) * (float(row["y"]) - mean) for row in inside if row["psu"] == psu) / weight for psu in psus]
        n, centre = len(z), sum(z) / len(z)
        variance += (1 - n / 40) * n / (n - 1) * sum((one - centre) ** 2 for one in z)
    return mean, variance**0.5


@pytest.mark.parametrize("psus_with_r", [2, 1])  # with one PSU in each stratum the subset alone would be refused
def test_where_is_a_domain_of_estimates(psus_with_r, tmp_path, capsys):
    file = domain_file(tmp_path, psus_with_r)
    job = ["score", str(file), "--weights", "w", "--strata", "h", "--clusters", "psu", "--fpc", "N", "--mean", "y", "--csv"]
    assert main([*job, "--where", "reg=R"]) == 0
    made = rows(capsys.readouterr().out)[0]
    mean, se = by_hand(file)
    assert [float(made["estimate"]), float(made["se"])] == pytest.approx([mean, se], rel=1e-12)
    assert main([*job, "--by", "reg"]) == 0
    assert float(rows(capsys.readouterr().out)[0]["se"]) == float(made["se"])


def test_where_keeps_rows_of_a_list(tmp_path, capsys):
    file = tmp_path / "units.csv"
    file.write_text("id,zone\n" + "".join(f"u{i},{'ab'[i % 2]}\n" for i in range(20)))
    assert main(["draw", str(file), "--code", "id", "--n", "10", "--seed", "3", "--where", "zone=b", "--csv"]) == 0
    made = rows(capsys.readouterr().out)
    assert {row["code"] for row in made} == {f"u{i}" for i in range(1, 20, 2)}
    assert all(row["code"] == f"u{row['row']}" for row in made)  # rows of the file, not of what is left of it


def test_shares_compare_what_is_meant(tmp_path, capsys):
    file = tmp_path / "q.csv"
    file.write_text("w,q,t\n1,4.0,Tốt\n1,5,tốt \n2,NA,Kém\n2,3,\n", encoding="utf-8")
    job = ["score", str(file), "--weights", "w", "--csv", "--share"]
    assert main([*job, "q", "--success", "4", "--success", "5"]) == 0
    said = capsys.readouterr()
    assert float(rows(said.out)[0]["estimate"]) == 2 / 4 and said.err == ""
    assert main([*job, "t", "--success", "Tốt"]) == 0
    said = capsys.readouterr()
    assert float(rows(said.out)[0]["estimate"]) == 2 / 4 and "1 cell of t" in said.err
    assert main([*job, "q", "--success", "6"]) == 1
    assert "no cell of q holds that" in capsys.readouterr().err
    assert main([*job, "q", "--success", "4", "--success", "5", "--na", "q=5"]) == 0
    assert float(rows(capsys.readouterr().out)[0]["estimate"]) == 1 / 3


def test_one_grammar(tmp_path, capsys):
    file = str(domain_file(tmp_path))
    job = ["score", file, "--weights", "w", "--mean", "y", "--csv"]

    def out(*more):
        assert main([*job, *more]) == 0
        return capsys.readouterr().out

    assert out("--strata", "h", "--ids", "psu") == out("--strata", "h", "--clusters", "psu")
    staged = out("--strata", "h", "--ids", "psu+reg", "--lonely", "adjust")
    assert staged == out("--strata", "h", "--ids", "psu", "--ids", "reg", "--lonely-psu", "adjust")
    assert out("--by", "h+reg") == out("--by", "h", "--by", "reg")
    assert [row["level"] for row in rows(out("--by", "1,h,h+reg"))] == ["all"] + ["h"] * 2 + ["h*reg"] * 4
    assert [row["level"] for row in rows(out("--by", "1,h", "--by", "reg"))] == ["reg"] * 2 + ["reg*h"] * 4
    assert out("--deff") == out("--deff", "wor") == out("--deff", "true")
    assert out("--deff", "wr") == out("--deff", "replace") != out("--deff")
    for twice in (["--weights", "w"], ["--level", "0.9", "--level", "0.8"], ["--lonely", "adjust", "--lonely-psu", "remove"],
                  ["--out", "a", "--out", "b"]):  # fmt: skip
        with pytest.raises(SystemExit) as left:
            main([*job, *twice])
        assert left.value.code == 2
        assert "is given twice, and holds one thing" in capsys.readouterr().err


def test_whole_numbers_are_ordered_as_numbers(tmp_path, capsys):
    file = tmp_path / "g.csv"
    file.write_text("g,y\n" + "".join(f"{g},{g}\n" for g in (10, 2, 1, 10, 2, 1)))
    assert main(["score", str(file), "--mean", "y", "--by", "g", "--csv"]) == 0
    assert [row["g"] for row in rows(capsys.readouterr().out)] == ["1", "2", "10"]


@pytest.fixture
def list_file(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("id,unit,out,n,name,km\n" + "".join(
        f"{u}{i:02d},{u},{'x' if u == 'C' else ''},{i},Người {i},{i}\n" for u in "ABC" for i in range(1, 21)
    ), encoding="utf-8")  # fmt: skip
    return file


@pytest.mark.parametrize(
    ("quotas", "words"),
    [
        ("code,n\nA,3\nB,4\nC,0\nA,2\n", "quotas.csv, line 5: stratum 'A' has a number already ({file}, line 2)"),
        ("code,n\nA,3\nB,inf\n", "'inf' is no number ({file}, line 3)"),
        ("code,n\nA,3\nB,-1\n", "{file}, line 3: n is -1, no whole number of 0 or more"),
        ("code,n\nA,3\nB,2.5\n", "{file}, line 3: n is 2.5, no whole"),
        ("code,n\nA,1e19\nB,2\n", "{file}, line 2: n is"),
        ("code,n\nA,3\nB,\n", "{file}, line 3: n: the number for stratum 'B' is missing"),
        ("code,n\nA,3\n,2\n", "{file}, line 3: code: the stratum is missing"),
        ("code,n\nA,3\n", "no quota for stratum"),
        ("code,n\nA,3\nB,2\nD,2\n", 'stratum "D", which is not there'),
        ("code,m\nA,3\n", "{file}: no column 'n'"),
        ("code,n\nA,3\nB,2\nC,2\n", "stratum C: 2 units are wanted, only 0"),
    ],
)
def test_quotas_refused(quotas, words, list_file, tmp_path, capsys):
    file = tmp_path / "quotas.csv"
    file.write_text(quotas)
    job = ["draw", str(list_file), "--code", "id", "--strata", "unit", "--seed", "1", "--excluded", "out"]
    assert main([*job, "--quotas", str(file)]) == 1
    said = capsys.readouterr()
    assert words.format(file=file) in said.err and said.out == "" and "list.csv, line" not in said.err


def test_a_draw_of_nothing_is_refused(list_file, tmp_path, capsys):
    assert main(["draw", str(list_file), "--code", "id", "--seed", "1"]) == 1
    assert "n: how many units to draw is missing" in capsys.readouterr().err
    with pytest.raises(sipas.ArgumentError, match="how many"):
        sipas.draw(["a", "b"], seed=1)
    assert len(sipas.draw(["a", "b"], method="all", seed=1)) == 2
    quotas = tmp_path / "q.csv"
    quotas.write_text("code,n\nA,3\n")
    assert main(["draw", str(list_file), "--code", "id", "--seed", "1", "--quotas", str(quotas)]) == 1
    assert "--strata is missing" in capsys.readouterr().err


def test_an_order_key_of_numbers(list_file, tmp_path, capsys):
    job = ["draw", str(list_file), "--code", "id", "--n", "6", "--seed", "4", "--method", "systematic", "--order-key", "km", "--csv"]
    assert main(job) == 0
    made = [row["code"] for row in rows(capsys.readouterr().out)]
    frame = rows(list_file.read_text(encoding="utf-8"))
    expected = sipas.draw([r["id"] for r in frame], 6, seed=4, method="systematic", order_key=[int(r["km"]) for r in frame])
    assert made == expected["code"].tolist()


def test_keep_and_split(list_file, tmp_path, capsys):
    job = ["draw", str(list_file), "--code", "id", "--strata", "unit", "--n", "4", "--seed", "9"]
    people = {row["id"]: row for row in rows(list_file.read_text(encoding="utf-8"))}
    assert main([*job, "--keep", "name+km", "--csv"]) == 0
    made = rows(capsys.readouterr().out)
    assert len(made) == 12 and all((row["name"], row["km"]) == (people[row["code"]]["name"], people[row["code"]]["km"]) for row in made)
    assert main([*job, "--keep", "all", "--csv"]) == 0
    said = capsys.readouterr()
    assert all(row["file_n"] == people[row["code"]]["n"] and row["id"] == row["code"] for row in rows(said.out))
    assert "'n' of the file is 'file_n'" in said.err
    assert main([*job, "--keep", "n", "--prefix", "in_", "--csv"]) == 0
    said = capsys.readouterr()
    assert all(row["in_n"] == people[row["code"]]["n"] for row in rows(said.out)) and said.err == ""
    assert main([*job, "--keep", "name", "--split", "unit", "--out", str(tmp_path / "drawn.csv")]) == 0
    parts = {unit: rows((tmp_path / f"drawn-{unit}.csv").read_text(encoding="utf-8")) for unit in "ABC"}
    assert all([row["stratum"] for row in part] == [unit] * 4 for unit, part in parts.items())
    assert not (tmp_path / "drawn.csv").exists()
    assert main([*job, "--split", "unit"]) == 1
    assert main([*job, "--split", "nothing", "--out", str(tmp_path / "x.csv")]) == 1


def test_names_that_a_result_has_itself(tmp_path, capsys):
    file = tmp_path / "f.csv"
    file.write_text("level,n,df,y\n" + "".join(f"{i % 2},{i % 3},{i % 2},{i}\n" for i in range(12)))
    job = ["score", str(file), "--mean", "y", "--csv", "--by"]
    for name in ("level", "n", "df"):
        assert main([*job, name]) == 0
        said = capsys.readouterr()
        assert f"file_{name}" in rows(said.out)[0] and "see --prefix" in said.err
        assert main([*job, name, "--whole", "--league"]) == 0
        assert len(rows(capsys.readouterr().out)) == (3 if name == "n" else 2)
    assert main([*job, "level+n", "--prefix", "my_"]) == 0
    assert {"my_level", "my_n"} <= set(rows(capsys.readouterr().out)[0])


def test_a_total_row_is_suspected(tmp_path, capsys):
    file = tmp_path / "frame.csv"
    units = "A,Hà Nội,9000\nB,Huế,7000\nC,Vinh,4000\n"
    for total, words in (
        ("T,Tổng cộng,20000\n", "'Tổng cộng' looks like a total, not a unit, and its adults is the sum of all others"),
        ("T,CẢ NƯỚC,19000\n", "'CẢ NƯỚC' looks like a total, not a unit;"),
        ("T, Total: ,20000\n", "looks like a total"),
        ("T,Đà Nẵng,20000\n", "line 5: its adults is the sum of all others"),
    ):
        file.write_text("code,name,adults\n" + units + total, encoding="utf-8")
        assert main(["plan", str(file), "--size", "adults", "--code", "code", "--total", "300"]) == 0
        assert words in capsys.readouterr().err
        assert main(["draw", str(file), "--code", "code", "--size", "adults", "--method", "pps_systematic", "--n", "1", "--seed", "1"]) == 0
        assert words in capsys.readouterr().err
    file.write_text("code,name,adults\n" + units + "D,Tống Thị Cộng,19999\n", encoding="utf-8")
    assert main(["plan", str(file), "--size", "adults", "--code", "code", "--total", "300"]) == 0
    assert capsys.readouterr().err == ""


def test_out(frame_file, tmp_path, capsys):
    job = ["plan", str(frame_file), "--size", "adults", "--code", "code"]
    out = tmp_path / "plan.csv"
    out.write_text("precious\n")
    assert main([*job, "--total", "300000", "--out", str(out)]) == 1  # more than there are
    assert main([*job, "--lower", "5", "--upper", "4", "--out", str(out)]) == 1
    assert out.read_text() == "precious\n" and [p.name for p in tmp_path.glob(".*")] == []
    assert main([*job, "--out", str(out)]) == 0
    assert out.read_text().startswith("code,")
    assert main([*job, "--out", str(frame_file)]) == 1
    assert "this is the file that is read" in capsys.readouterr().err
    for name in ("x.xls", "x.json", "x.dta"):
        assert main([*job, "--out", str(tmp_path / name)]) == 1
        assert "no file ." in capsys.readouterr().err and not (tmp_path / name).exists()
    assert main([*job, "--out", str(tmp_path / "none" / "x.csv")]) == 1
    assert main([*job, "--out", str(tmp_path)]) == 1
    assert main([*job, "--out", str(tmp_path / "x.txt")]) == 0
    assert (tmp_path / "x.txt").read_text(encoding="utf-8").split()[:2] == ["code", "n"]


def test_xlsx(list_file, tmp_path, capsys, monkeypatch):
    job = ["draw", str(list_file), "--code", "id", "--n", "2", "--seed", "9", "--keep", "name", "--csv"]
    assert main(job) == 0
    made = rows(capsys.readouterr().out)
    monkeypatch.setattr("sipas._output._XLSX", ("no_such_module",))
    assert main([*job, "--out", str(tmp_path / "no.xlsx")]) == 1
    assert "neither is installed" in capsys.readouterr().err and not (tmp_path / "no.xlsx").exists()
    monkeypatch.undo()
    openpyxl = pytest.importorskip("openpyxl")
    assert main([*job, "--out", str(tmp_path / "drawn.xlsx")]) == 0
    sheet = list(openpyxl.load_workbook(tmp_path / "drawn.xlsx").active.values)
    assert list(sheet[0]) == list(made[0])
    for cells, row in zip(sheet[1:], made, strict=True):
        assert [str(cell) for cell in cells] == [str(type(cell)(text)) for cell, text in zip(cells, row.values(), strict=True)]


def test_codes_that_are_alike(tmp_path, capsys):
    file = tmp_path / "a.csv"
    file.write_text("h,psu,y\n01,a,1\n01 ,b,2\n1,c,3\n01,d,4\n01 ,e,5\n1,f,6\n02,g,2\n02,h,1\n")
    assert main(["score", str(file), "--strata", "h", "--clusters", "psu", "--mean", "y", "--csv"]) == 0
    said = capsys.readouterr().err
    assert f"codes_alike: column 'h': '01' ({file}, line 2) and '01 ' ({file}, line 3) differ only by" in said
    assert "there are 2 such pairs" in said and said.count("codes_alike") == 1
    assert "every weight is taken as 1" in said
    units = tmp_path / "u.csv"
    units.write_text("id\nA1\na1\nB\n0\n00\nb\n")
    assert main(["draw", str(units), "--code", "id", "--n", "2", "--seed", "1"]) == 0
    assert "there are 3 such pairs" in capsys.readouterr().err


def test_totals_of_every_province(tmp_path, capsys):
    file = tmp_path / "frame.csv"
    file.write_text(
        "p,u,n\n" + "".join(f"{p},{u},{10 * i}\n" for p in "abc" for i, u in enumerate(["x", "y", "z", "Tổng số"], 1)), encoding="utf-8"
    )
    assert main(["plan", str(file), "--size", "n", "--n", "30"]) == 0
    assert "line 5: 'Tổng số' looks like a total, not a unit, and so do 2 more rows of that name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["plan", "--size", "a", "--e", "0.1", "--total", "5"], "--margin: it goes without another aim only"),
        (["plan", "--size", "a", "--unit", "a"], "--unit: it goes with --compare"),
        (["plan", "--size", "a", "--remainder", "up"], "--remainder: it goes with --multiple"),
        (["plan", "--size", "a", "--compare", "--method", "sqrt"], "--method: it goes without --compare"),
        (["draw", "--code", "a", "--seed", "1", "--n", "1", "--quota-n", "a"], "--quota-n: it goes with --quotas"),
        (["draw", "--code", "a", "--seed", "1", "--n", "1", "--prefix", "a"], "--prefix: it goes with --keep"),
        (["score", "--mean", "a", "--success", "1"], "--success: it goes with --share"),
        (["score", "--mean", "a", "--interval", "beta"], "--method: it goes with --share"),
        (["score", "--share", "a", "--scoring", "rescaled"], "--scoring: it goes with the index"),
        (["score", "--mean", "a", "--whole"], "--whole: it goes with --by"),
        (["score", "--mean", "a", "--league"], "--league: it goes with --by"),
        (["score", "--mean", "a", "--by", "a", "--ascending"], "--ascending: it goes with --league"),
        (["score", "--mean", "a", "--by", "a", "--variable", "a"], "--variable: it goes with --league"),
    ],
)
def test_no_option_does_nothing(options, words, tmp_path, capsys):
    file = tmp_path / "in.csv"
    file.write_text("a\n1\n2\n")
    with pytest.raises(SystemExit) as left:
        main([options[0], str(file), *options[1:]])
    said = capsys.readouterr()
    assert left.value.code == 2 and words in said.err and said.out == ""


def test_split_keeps_the_list(list_file, tmp_path):
    """A part that would have the name of the list itself."""
    own = tmp_path / "drawn-A.csv"
    own.write_bytes(list_file.read_bytes())
    job = ["draw", str(own), "--code", "id", "--strata", "unit", "--n", "4", "--seed", "9", "--split", "unit"]
    assert main([*job, "--out", str(tmp_path / "drawn.csv")]) == 1
    assert own.read_bytes() == list_file.read_bytes() and not (tmp_path / "drawn-B.csv").exists()
