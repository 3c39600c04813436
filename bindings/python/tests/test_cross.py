"""The same draws and estimates by C and by Python, compared to the last bit."""

import subprocess

import numpy as np
import pytest
import sipas
from conftest import ROOT, Data


@pytest.fixture(scope="module")
def c_cells(build):
    """What tests/api/cross.c prints: {case: {column: [text, …]}}."""
    program = build / "tests/api/cross"
    if not program.exists():
        pytest.skip(f"{program} is not built")
    text = subprocess.run([program], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    cells = {}
    for line in text.splitlines():
        case, column, row, value = line.split("\t")
        rows = cells.setdefault(case, {}).setdefault(column, [])
        assert len(rows) == int(row)
        rows.append(value)
    return cells


def same(table, cells):
    assert list(table.columns) == list(cells)
    for name in table.columns:
        column = table[name]
        ours = ["missing" if value is None else value for value in column.tolist()]
        theirs = cells[name]
        if column.dtype == np.float64:
            theirs = [cell if cell == "missing" else float.fromhex(cell) for cell in theirs]
            assert np.array([v for v in ours if v != "missing"]).tobytes() == np.array(
                [v for v in theirs if v != "missing"]
            ).tobytes(), name
        assert [str(value) for value in ours] == [str(value) for value in theirs], name


@pytest.mark.parametrize("method", ["srs", "systematic", "pps_systematic"])
def test_draws(method, c_cells):
    data = Data("apistrat.csv")
    table = sipas.draw(
        data.codes("snum"), 12, method=method, reserve=3, strata=data.codes("stype"), seed=20241231, programme=7,
        size=data.numbers("enroll") if method == "pps_systematic" else None,
    )  # fmt: skip
    same(table, c_cells[method])


def test_allocation(c_cells):
    table = sipas.allocate(333, size=[3000, 4000, 5000, 2000], sd=[20, 35, 14.5, 51], method="neyman", lower=40)
    same(table, c_cells["allocate"])


def test_estimates(c_cells):
    data = Data("apiclus2.csv")
    design = sipas.Design(
        data.numbers("pw"),
        clusters=[data.numbers("dnum"), data.numbers("snum")],
        fpc=[data.numbers("fpc1"), data.numbers("fpc2")],
    )
    y = {name: data.numbers(name) for name in ("api00", "enroll")}
    stype = data.codes("stype")
    same(design.mean(y, by=[{"stype": stype}, {}], deff=True), c_cells["mean"])
    same(design.total(y, deff=True), c_cells["total"])
    same(design.distribution({"stype": stype}, method="beta"), c_cells["distribution"])


@pytest.mark.parametrize("threads", [1, 4])
def test_index_and_league(threads, c_cells):
    i, j = np.ogrid[:240, :39]
    answers = (1 + (7 * i + 3 * j + i * j) % 5).astype(np.int8)
    province = np.arange(240) // 40
    design = sipas.Design(strata=province, threads=threads)
    table = design.index(answers, sipas.Instrument.builtin("1001/2023"), by={"province": province}, cov=True)
    same(table, c_cells["index"])
    same(sipas.league(table), c_cells["league"])
