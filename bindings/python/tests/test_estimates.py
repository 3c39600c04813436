"""Estimates: every golden figure of means, totals, ratios, proportions, categories and intervals, read by Python."""

import itertools

import numpy as np
import pytest
import sipas
from conftest import read_golden

FIGURES = {
    case: list(rows) for case, rows in itertools.groupby(read_golden("estimation.tsv"), key=lambda row: row["case"])
}
# How many figures each estimator has in the table; all of them are compared.
ESTIMATORS = {"mean": 548, "total": 319, "ratio": 70, "proportions": 210, "category_totals": 210}
COLUMNS = {"estimate": "estimate", "se": "se", "ci_lo": "lower", "ci_hi": "upper", "deff": "deff"}


def options(text):
    return dict(part.split("=", 1) for part in text.split(";") if part)


def design(row, data):
    def listed(cell, read):
        return [read(name) for name in cell.split(";") if name] or None

    return sipas.Design(
        data.numbers(row["weights"]) if row["weights"] not in ("", "1") else None,
        strata=data.codes(row["strata"]) if row["strata"] else None,
        clusters=listed(row["ids"], data.codes) if row["ids"] != "1" else None,
        fpc=listed(row["fpc"], data.numbers),
        lonely_psu=options(row.get("options") or "").get("lonely_psu", "error"),
        df="domain_rows",  # R counts so
        n=len(data),
    )


def table_of(row, data):
    d, choice = design(row, data), options(row["options"])
    names = row["vars"].split(";")
    keywords = {"cov": True, "deff": "wr" if choice.get("deff") == "replace" else "wor"}
    if row["by"]:
        keywords["by"] = {name: data.codes(name) for name in row["by"].split(";")}
    if row["estimator"] == "proportions":
        return d.distribution({names[0]: data.codes(names[0])}, method="wald", **keywords)
    if row["estimator"] == "category_totals":
        return d.category_total({names[0]: data.codes(names[0])}, **keywords)
    if row["estimator"] == "ratio":
        return d.ratio({row["vars"].replace(";", "/"): data.numbers(names[0])}, data.numbers(names[1]), **keywords)
    y = {name: data.numbers(name) for name in names}
    return (d.mean if row["estimator"] == "mean" else d.total)(y, missing="complete", **keywords)


def find(table, variable, group, categories):
    wanted = [part.split("=", 1) for part in group.split(";") if part]
    for index, row in enumerate(table.rows()):
        named = not variable or row["variable"] == variable
        if named and all(str(row["category" if categories else name]) == value for name, value in wanted):
            return index
    raise AssertionError(f"no row for {variable} {group}")


def close(value, expected, tolerance, scale=0.0):
    assert abs(value - expected) <= float(tolerance) * (abs(expected) if expected != 0 else scale)


def check_covariance(table, row, at, categories):
    other, expected = row["statistic"].removeprefix("cov:"), float(row["value"])
    second = find(table, "", other, categories) if row["group"] else find(table, other, "", False)
    column = table["se" if expected != 0 else "estimate"]
    value = table.cov([at], [second])[0, 0]
    assert abs(value - expected) <= float(row["tolerance"]) * abs(column[at] * column[second])


def check_figure(table, row, categories):
    statistic, expected = row["statistic"], float(row["value"])
    at = find(table, "" if categories else row["variable"], row["group"], categories)
    if statistic.startswith("cov:"):
        check_covariance(table, row, at, categories)
    elif statistic.endswith("_normal"):
        sign = -1.0 if statistic.startswith("ci_lo") else 1.0
        close(table["estimate"][at] + sign * 1.959963984540054 * table["se"][at], expected, row["tolerance"])
    else:
        close(table[COLUMNS[statistic]][at], expected, row["tolerance"], abs(table["estimate"][at]))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_golden(estimator, data):
    figures = 0
    for rows in (rows for rows in FIGURES.values() if rows[0]["estimator"] == estimator):
        source = data(rows[0]["data"])
        df, table = design(rows[0], source).df, table_of(rows[0], source)
        for row in rows:
            if row["statistic"] == "degf":
                assert df == float(row["value"])
            elif row["value"] != "NA":  # R leaves missing values in; the library says which rule it uses instead
                check_figure(table, row, estimator in ("proportions", "category_totals"))
            figures += 1
    assert figures == ESTIMATORS[estimator]


QUANTILES = [case for case, rows in FIGURES.items() if rows[0]["estimator"] == "quantile"]


def test_quantile_golden(data):
    figures = 0
    for case in QUANTILES:
        rows = FIGURES[case]
        source = data(rows[0]["data"])
        assert rows[0]["options"] == "qrule=inverse_cdf;interval=woodruff_t"
        probs = list(dict.fromkeys(float(row["group"].removeprefix("p=")) for row in rows))
        d = design(rows[0], source)
        table = d.quantile({name: source.numbers(name) for name in rows[0]["vars"].split(";")}, probs, centre="estimate")
        for row in rows:
            p = float(row["group"].removeprefix("p="))
            at = (table["variable"] == row["variable"]) & (table["quantile"] == p)
            close(table[COLUMNS[row["statistic"]]][at][0], float(row["value"]), row["tolerance"])
            figures += 1
    assert figures == 140


PROPORTIONS = read_golden("proportion.tsv")


@pytest.mark.parametrize("method", sorted({row["method"] for row in PROPORTIONS}))
def test_proportion_golden(method, data):
    source = data("proportion.csv")
    q = np.ma.masked_invalid(source.numbers("q"))
    for row in (r for r in PROPORTIONS if r["method"] == method):
        t = design(row, source).proportion(
            q,
            success=[int(part) for part in row["success"].split(";")],
            method=method,
            where=[code == row["domain"] for code in source.codes("g")] if row["domain"] else None,
            level=float(row["level"]),
        )
        for column in ("estimate", "se", "lower", "upper"):
            close(t[column][0], float(row[column]), row["tolerance"])
        assert t["df"][0] == float(row["df"]) and t["n"][0] == int(row["n"])


# ---- the shape of a call ----


def sample(n=240):
    rng = np.random.default_rng(7)
    return {
        "w": rng.random(n) + 0.5,
        "s": rng.integers(0, 4, n).astype("i2"),
        "c": rng.integers(0, 10, n).astype("i4"),
        "q": rng.integers(1, 6, n).astype("i1"),
        "x": rng.random(n),
        "g": np.array(["p", "q", "r"], dtype=object)[rng.integers(0, 3, n)],
        "h": rng.integers(0, 2, n),
    }


S = sample()
D = sipas.Design(S["w"], strata=S["s"], clusters=S["c"])


def test_levels_in_one_pass():
    table = D.mean({"q": S["q"]}, by=[{"g": S["g"]}, {"g": S["g"], "h": S["h"]}, {}])
    alone = [D.mean(S["q"], by=by)["se"] for by in ({"g": S["g"]}, {"g": S["g"], "h": S["h"]}, None)]
    np.testing.assert_allclose(table["se"], np.concatenate(alone), rtol=1e-13)
    assert len(set(table["level"])) == 3 and len(table) == 3 + 6 + 1


def test_levels_must_agree():
    with pytest.raises(ValueError, match="by: 'g' is another column in another level"):
        D.mean(S["q"], by=[{"g": S["g"]}, {"g": S["h"], "h": S["h"]}])
    with pytest.raises(TypeError, match="by: a dict of columns is expected"):
        D.mean(S["q"], by=S["g"])


def test_where_keeps_the_design():
    inside = S["x"] > 0.5
    table = D.mean(S["x"], where=inside)
    as_group = D.mean(S["x"], by={"inside": inside})
    assert table["se"][0] == as_group["se"][1] and table["n"][0] == int(inside.sum())


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_nothing(threads):
    other = sipas.Design(S["w"], strata=S["s"], clusters=S["c"], threads=threads)
    for by in (None, {"g": S["g"]}):
        one, many = D.mean({"x": S["x"], "q": S["q"]}, by=by), other.mean({"x": S["x"], "q": S["q"]}, by=by)
        assert one["se"].tobytes() == many["se"].tobytes() and one["estimate"].tobytes() == many["estimate"].tobytes()
    with pytest.raises(sipas.OptionError):
        sipas.Design(S["w"], threads=0)


def test_dtypes_and_strides_change_nothing():
    expected = D.mean(S["q"].astype("f8"))["se"].tobytes()
    wide = np.zeros((len(S["q"]), 3))
    wide[:, 1] = S["q"]
    for y in (S["q"], S["q"].astype("i8"), S["q"].astype("f4"), wide[:, 1], S["q"].tolist()):
        assert D.mean(y)["se"].tobytes() == expected
    text = D.distribution(S["g"])
    codes = D.distribution(np.unique(S["g"], return_inverse=True)[1])
    assert text["se"].tobytes() == codes["se"].tobytes() and text["category"].tolist() == ["p", "q", "r"]


def test_a_design_keeps_its_columns():
    import gc

    d = sipas.Design((S["w"] * 1.0).tolist(), strata=[str(s) for s in S["s"]])
    gc.collect()
    junk = [np.full(240, 1e9) for _ in range(200)]
    assert d.mean(S["x"])["se"].tobytes() == sipas.Design(S["w"], strata=S["s"]).mean(S["x"])["se"].tobytes()
    del junk


def test_options_are_refused_by_name():
    for keywords, message in (
        ({"missing": "no"}, "missing: 'no' is not one of available, complete, respondent"),
        ({"deff": "srs"}, "deff: 'srs' is not one of"),
        ({"simultaneous": "tukey"}, "simultaneous: 'tukey'"),
    ):
        with pytest.raises(ValueError, match=message):
            D.mean(S["x"], **keywords)
    for level in (0, 1, -0.5, float("nan")):
        with pytest.raises(sipas.OptionError):
            D.mean(S["x"], level=level)
    with pytest.raises(ValueError, match="x: 2 denominators for 1 numerators"):
        D.ratio(S["x"], {"a": S["x"], "b": S["x"]})
    with pytest.raises(ValueError, match=r"y: 3 rows where 240 are expected"):
        D.mean([1, 2, 3])
    with pytest.raises(ValueError, match=r"strata\[1\]: 3 rows"):
        sipas.Design(S["w"], strata=[S["s"], [1, 2, 3]])
    with pytest.raises(ValueError, match="weights: a design needs"):
        sipas.Design()


def test_lonely_psu_is_named():
    d = sipas.Design([1.0, 1.0, 1.0], strata=["a", "a", "lonely"])
    with pytest.raises(sipas.LonelyPsuError, match="lonely") as caught:
        d.mean([1.0, 2.0, 3.0])
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, sipas.SipasError)


def test_several_threads_of_python_share_a_design():
    from concurrent.futures import ThreadPoolExecutor

    expected = D.mean(S["x"], by={"g": S["g"]})["se"].tobytes()
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(lambda _: D.mean(S["x"], by={"g": S["g"]})["se"].tobytes(), range(64))
    assert set(results) == {expected}


def test_pairs_are_differences():
    table = D.mean({"x": S["x"]}, by={"g": S["g"]}, cov=True)
    differences = sipas.pairs(table, adjust="holm")
    cov, estimate = table.cov(), table["estimate"]
    for row in differences.rows():
        i, j = row["row"], row["other"]
        np.testing.assert_allclose(row["estimate"], estimate[i] - estimate[j], rtol=1e-12)
        np.testing.assert_allclose(row["se"], np.sqrt(cov[i, i] + cov[j, j] - 2 * cov[i, j]), rtol=1e-9)
    assert len(differences) == 3 and "p_adjusted" in differences
    with pytest.raises(sipas.SipasError):
        sipas.pairs(D.mean({"x": S["x"]}, by={"g": S["g"]}))


def test_change_of_independent_rounds():
    before, after = D.mean({"x": S["x"]}), D.mean({"x": S["x"] + 1.0})
    change = sipas.change(before, after)
    np.testing.assert_allclose(change["estimate"], [1.0], rtol=1e-12)
    np.testing.assert_allclose(change["se"], np.hypot(before["se"], after["se"]), rtol=1e-12)


def test_change_reads_the_codes_of_designs_that_only_tables_hold():
    import gc

    def estimate(shift):
        d = sipas.Design([float(w) for w in S["w"]], strata=[str(s) for s in S["s"]], clusters=[str(c) for c in S["c"]])
        return d.mean({"x": S["x"] + shift}, cov=True)

    before, after = estimate(0.0), estimate(1.0)
    gc.collect()
    junk = [np.full(240, 1 << 40) for _ in range(200)]
    change = sipas.change(before, after, overlap="common")
    assert change["se"][0] < 1e-9 and change["correlation"][0] > 0.999999
    del junk


def test_quantile_shapes():
    table = D.quantile({"x": S["x"], "q": S["q"]}, [0.75, 0.25], by={"g": S["g"]}, rule="hf7")
    assert len(table) == 2 * 2 * 3 and table["quantile"].tolist()[:4] == [0.75, 0.75, 0.75, 0.25]
    assert D.quantile(S["x"])["quantile"].tolist() == [0.5]
    with pytest.raises(sipas.SipasError):
        D.quantile(S["x"], [0.5, 1.5])
    with pytest.raises(ValueError, match="rule: 'hf10' is not one of"):
        D.quantile(S["x"], rule="hf10")
