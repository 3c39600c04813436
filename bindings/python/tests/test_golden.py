"""Golden tables of the rooms that no other file of these tests reads: textbooks, ranks; weights of published samples."""

import collections

import numpy as np
import pytest
import sipas
from conftest import read_golden

TEXTBOOKS = read_golden("textbooks.tsv")


def design(row, data):
    def listed(cell, read):
        return [read(name) for name in cell.split(";") if name] or None

    return sipas.Design(
        data.numbers(row["weights"]) if row["weights"] else None,
        strata=data.codes(row["strata"]) if row["strata"] else None,
        clusters=listed(row["ids"], data.codes) if row["ids"] != "1" else None,
        fpc=listed(row["fpc"], data.numbers),
        n=len(data),
    )


@pytest.mark.parametrize("row", TEXTBOOKS, ids=lambda row: f"{row['case']}-{row['estimator']}-{row['variable']}-{row['statistic']}")
def test_textbooks(row, data):
    source = data(row["data"])
    d, y = design(row, source), [source.numbers(name) for name in row["variable"].split(";")]
    if row["estimator"].startswith("quantile="):
        table = d.quantile(y[0], float(row["estimator"].partition("=")[2]), centre="estimate")  # as svyquantile has it
    elif row["estimator"] == "ratio":
        table = d.ratio(y[0], y[1])
    else:
        effect = row["statistic"].removeprefix("deff_") if row["statistic"].startswith("deff") else False
        table = getattr(d, row["estimator"])(y[0], deff=effect)
    name = "deff" if row["statistic"].startswith("deff") else row["statistic"]
    assert table[name][0] == pytest.approx(float(row["value"]), rel=float(row["tolerance"]), abs=0)


def test_all_textbooks_are_there():
    assert len(TEXTBOOKS) == 69


def test_ranks():
    """Rank intervals of the countries of PISA by the package csranks for R, which adjusts by simulation: ours contain them, hardly wider.

    Two rows a country, estimate ± se, are a design of its own stratum with just that mean and standard error.
    """
    rows = [row for row in read_golden("ranks.tsv") if row["case"] == "ranks/pisa_two-sided_marginal_stepdown"]
    assert len(rows) == 37
    y = [float(row["estimate"]) + sign * float(row["se"]) for row in rows for sign in (1, -1)]
    unit = [row["unit"] for row in rows for _ in range(2)]
    table = sipas.Design(strata=unit, df=float("inf"), n=len(y)).mean(y, by={"unit": unit}, cov=True)
    np.testing.assert_allclose(sorted(table["se"]), sorted(float(row["se"]) for row in rows), rtol=1e-6)
    league = {row["unit"]: row for row in sipas.league(table).rows()}
    wider = 0
    for row in rows:
        ours, lower, upper = league[row["unit"]], int(row["lower"]), int(row["upper"])
        assert ours["rank"] == int(row["rank"])
        assert lower - 2 <= ours["rank_lower"] <= lower and upper <= ours["rank_upper"] <= upper + 2
        wider += lower - ours["rank_lower"] + ours["rank_upper"] - upper
    assert wider <= 37  # on the average at most half a rank at each end


def test_weights_of_a_published_two_stage_sample(data):
    """The weights that come with apiclus2 (package survey for R): 40 of 757 districts, then up to 5 schools of each."""
    frame = data("apiclus2.csv")
    district, schools = frame.codes("dnum"), frame.numbers("fpc2")
    taken = collections.Counter(district)
    second = np.array([taken[code] for code in district]) / schools
    made = sipas.design_weights([len(taken) / frame.numbers("fpc1"), second])
    np.testing.assert_allclose(made, frame.numbers("pw"), rtol=1e-6)
    # Kish's design effect of them, by its formula.
    w = frame.numbers("pw")
    assert sipas.kish(w).deff == pytest.approx(len(w) * (w**2).sum() / w.sum() ** 2, rel=1e-13)


def test_response_weights_keep_sums(data):
    frame = data("apistrat.csv")
    weights, cell = frame.numbers("pw"), frame.codes("stype")
    responded = frame.numbers("api99") % 3 != 0
    made, table = sipas.response_weights(weights, responded, cell=cell)
    for code in set(cell):
        inside = np.array([one == code for one in cell])
        assert made[inside].sum() == pytest.approx(weights[inside].sum(), rel=1e-13)
    assert (made[~responded] == 0).all() and table["issued"].sum() == len(weights)
