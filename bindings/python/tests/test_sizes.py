"""Sizes, precision, stages, components, plans and allocations with several aims: golden figures and identities."""

import math

import numpy as np
import pytest
import sipas
from conftest import read_golden


def options(text):
    return dict(part.split("=", 1) for part in text.split(";") if part)


def figure(row):
    given = options(row["options"])
    statistic = {"share": "proportion"}.get(row["statistic"], row["statistic"])
    words = {name: given[name] for name in ("method", "compare") if name in given}
    names = ("p", "mean", "sd", "domain", "margin", "relative_margin", "cv", "se", "difference", "overlap", "overlap_correlation")
    return sipas.SizeFigure(statistic=statistic, **words, **{name: float(given[name]) for name in names if name in given})


@pytest.mark.parametrize("row", read_golden("sizes.tsv"), ids=lambda row: row["case"])
def test_sizes_golden(row):
    given = options(row["options"])
    N = float(given.get("N", "inf"))
    keywords = {name: float(given[name]) for name in ("deff",) if name in given}
    if "z" in given:
        keywords["level"] = math.erf(float(given["z"]) / math.sqrt(2))
    if row["statistic"] == "yamane":
        table = sipas.sample_size(N, method="yamane", e=float(given["margin"]))
    elif "n" in given:
        table = sipas.precision_figures(float(given["n"]), figure(row), N=N, **keywords)
    else:
        table = sipas.size_figures(figure(row), N=N, response=float(given.get("response", 1)), **keywords)
    value = table["margin"][0] / table["estimate"][0] if row["column"] == "relative" else table[row["column"]][0]
    assert value == pytest.approx(float(row["value"]), rel=float(row["tolerance"]), abs=0)


@pytest.mark.parametrize("row", read_golden("stages.tsv"), ids=lambda row: f"{row['case']}-{row['stage']}-{row['name']}")
def test_stages_golden(row):
    costs = [float(cell) for cell in row["cost"].split(";")]
    deltas = [float(cell) for cell in row["delta"].split(";")] + [None]
    stages = [sipas.SizeStage(cost=c, homogeneity=d) for c, d in zip(costs, deltas, strict=True)]
    target = {name: float(row[name]) for name in ("budget", "cv") if row[name]}
    table = sipas.size_stages(stages, **target)
    value = float(table.meta[row["name"]]) if row["where"] == "meta" else table[row["name"]][int(row["stage"]) - 1]
    assert value == pytest.approx(float(row["value"]), rel=float(row["tolerance"]), abs=0)


def test_precision_undoes_size():
    for method in ("cochran", "wilson", "log_odds"):
        n = sipas.sample_size(5000, method=method, e=0.03, p=0.2)["n_exact"][0]
        table = sipas.precision_proportion(n, N=5000, method=method, p=0.2)
        assert table["margin"][0] == pytest.approx(0.03, rel=1e-9)
    stages = [sipas.SizeStage(cost=500, homogeneity=0.05), sipas.SizeStage(cost=100)]
    table = sipas.size_stages(stages, budget=100000)
    held = [
        sipas.SizeStage(cost=s.cost, homogeneity=s.homogeneity, n=float(n)) for s, n in zip(stages, table["n"], strict=True)
    ]
    assert sipas.precision_stages(held).meta["cv"] == table.meta["cv"]


def test_zero_is_a_number_where_it_is_one_and_refused_elsewhere():
    stages = [sipas.SizeStage(cost=5, homogeneity=0.0), sipas.SizeStage(cost=1)]
    assert sipas.size_stages(stages, budget=1000, fixed_cost=0.0)["n"][0] == 2  # nothing is gained by more PSUs than two
    alike = sipas.SizeFigure(compare="rounds", overlap=0.0, overlap_correlation=0.0, difference=0.1)
    assert len(sipas.size_figures(alike)) == 1
    with pytest.raises(sipas.OptionError, match="cost"):
        sipas.size_stages([sipas.SizeStage(cost=0, homogeneity=0.1), sipas.SizeStage(cost=1)], budget=1000)
    for keywords in ({"level": 0}, {"deff": 0}, {"response": 0}):
        with pytest.raises(sipas.OptionError):
            sipas.size_figures(sipas.SizeFigure(margin=0.05), **keywords)
    with pytest.raises(sipas.OptionError):
        sipas.size_figures(sipas.SizeFigure(p=0, margin=0.05))
    with pytest.raises(sipas.OptionError):
        sipas.plan_expect([5], [10], sipas.PlanVariable(sd=[1.0]), level=0)


def test_households_of_a_field_design():
    stages = [sipas.SizeStage(cost=500, homogeneity=0.05), sipas.SizeStage(cost=100)]
    table = sipas.size_stages(stages, budget=100000, response=0.8, per_household=0.5)
    assert table["households"][1] == math.ceil(table["n"][1] / 0.8 / 0.5)


def test_ranking_both_ways():
    value = np.linspace(0.6, 0.9, 8)
    n = sipas.size_ranking(value, width=2.0)["n_exact"][0]
    table = sipas.precision_ranking(value, n)
    assert float(table.meta["width"]) == pytest.approx(2.0, rel=1e-6)
    with pytest.raises(sipas.OptionError):
        sipas.size_ranking(value)
    assert sipas.size_ranking(value, delta=0.1, sd=[0.4] * 8)["n"].tolist() == sipas.size_ranking(
        value, delta=0.1, sd=0.4
    )["n"].tolist()


def test_index_figure():
    covariance = np.array([[1.0, 0.5], [0.5, 2.0]])
    index = sipas.SizeFigure(statistic="index", weights=[0.5, 0.5], covariance=covariance, se=0.1)
    assert sipas.size_figures(index)["n"].tolist() == [100]  # S² = ¼ (1 + 2 + 2·½) = 1
    with pytest.raises(sipas.OptionError, match="index: "):
        sipas.size_figures(sipas.SizeFigure(name="index", margin=0.05, cv=0.1))


def test_components_of_a_textbook_analysis_of_variance():
    rng = np.random.default_rng(3)
    m, b = 20, 6
    y = rng.normal(size=(m, 1)) + rng.normal(size=(m, b)) + 5
    table = sipas.components_sample(y.ravel(), np.repeat(np.arange(m), b))
    between, within = b * y.mean(axis=1).var(ddof=1), y.var(axis=1, ddof=1).mean()
    np.testing.assert_allclose(table["variance"], [(between - within) / b, within], rtol=1e-12)
    frame = sipas.components_frame(y.ravel(), np.repeat(np.arange(m), b))
    total = y.sum(axis=1)
    assert frame["relvariance"][0] == pytest.approx(m**2 * total.var(ddof=1) / total.sum() ** 2, rel=1e-12)


def numbers(cell):
    return [float(part) for part in cell.split(";")]


def test_plan_expect_by_hand():
    n, size = np.array([10, 20, 5]), np.array([100.0, 400.0, 50.0])
    sd, deff = np.array([5.0, 3.0, 2.0]), np.array([1.5, 1.0, 2.0])
    table = sipas.plan_expect(
        n, size, [sipas.PlanVariable(name="y", sd=sd, deff=deff)], by=[{"region": ["a", "a", "b"]}, {}], cost=[1.0, 2.0, 3.0]
    )
    v = size**2 * deff * (1 - n / size) * sd**2 / n
    expected = [np.sqrt(v[:2].sum()) / 500, np.sqrt(v[2]) / 50, np.sqrt(v.sum()) / 550]
    np.testing.assert_allclose(table["se"], expected, rtol=1e-12)
    assert table["level"].tolist() == ["region", "region", "all"] and table["cost"].tolist() == [50.0, 15.0, 65.0]
    share = sipas.plan_expect(n, size, sipas.PlanVariable(p=[0.5, 0.2, 0.9]))
    assert share["estimate"][0] == pytest.approx(size @ [0.5, 0.2, 0.9] / 550)


def test_plan_compare():
    size, sd = [100.0, 400.0, 50.0], [5.0, 3.0, 2.0]
    table = sipas.plan_compare(60, size, sd=sd, lower=2, methods=["proportional", "neyman"])
    assert table["method"].tolist() == ["proportional/1", "neyman/1"] and table["loss"][1] == 1.0 < table["loss"][0]
    n = sipas.allocate(60, size=size, sd=sd, method="neyman", lower=2)["n"]
    assert table["se"][1] == sipas.plan_expect(n, size, sipas.PlanVariable(sd=sd))["se"][0]
    with pytest.raises(TypeError, match="lowest"):
        sipas.plan_compare(60, size, sd=sd, lowest=2)


def test_strata_cut_by_brute_force():
    x = np.array([1, 1, 2, 3, 5, 8, 9, 14, 20, 21, 40.0])
    table = sipas.strata_cut(x, 2, n=6, method="optimal")

    def spread(cut):
        parts = x[x <= cut], x[x > cut]
        return sum(len(part) * part.std(ddof=1) for part in parts) if min(map(len, parts)) >= 2 else math.inf

    assert table["boundary"][0] == min(np.unique(x)[:-1], key=spread)
    assert table["n"].sum() == 6 and table["size"].sum() == len(x)
    with pytest.raises(ValueError, match="method: 'column' is not one of cum_root_f, geometric, lavallee, optimal"):
        sipas.strata_cut(x, 2, n=6, method="column")


@pytest.mark.parametrize("half_width", [0.3, 0.5, 1.0])
def test_allocate_precision_is_the_least(half_width):
    size, sd = np.array([100.0, 200.0, 700.0]), np.array([3.0, 2.0, 1.0])

    def reached(n):
        return 1.959963984540054 * math.sqrt((size**2 * sd**2 * (1 / n - 1 / size)).sum()) / size.sum()

    table = sipas.allocate_precision(size, half_width=half_width, sd=sd)
    n = int(table["n"].sum())
    assert reached(table["n"]) <= half_width * (1 + 1e-12)
    assert reached(sipas.allocate(n - 1, size=size, sd=sd, method="neyman")["n"]) > half_width
    with pytest.raises(sipas.OptionError):
        sipas.allocate_precision(size, sd=sd)


@pytest.mark.parametrize("row", read_golden("allocation_multi.tsv"), ids=lambda row: row["case"])
def test_allocate_multi_golden(row):
    size = numbers(row["N"])
    spread = np.array(numbers(row["S"])).reshape(-1, len(size))
    keywords = {name: numbers(row[name]) for name in ("cost", "lower", "upper") if row[name]}
    if row["M"]:
        keywords["mean"] = list(np.array(numbers(row["M"])).reshape(spread.shape))
    if row["budget"]:
        keywords.update(goal="best_ratio", budget=float(row["budget"]))
    by = {name: numbers(row[name]) for name in ("cut1", "cut2") if row[name]}
    targets = targets_of(row, by, len(spread))
    with_replacement = row["measure"].endswith("_wr")
    made = sipas.allocate_multi(
        size, sd=list(spread), by=by, measure=row["measure"].removesuffix("_wr"), with_replacement=with_replacement, tol=1e-12,
        target_by=[cut for cut, _, _ in targets], target_domain=[domain for _, domain, _ in targets],
        target=list(np.array([values for _, _, values in targets]).T), **keywords,
    )  # fmt: skip
    tolerance = float(row["tolerance"])
    found = made.allocation["continuous"]
    np.testing.assert_allclose(found if tolerance else np.ceil(found), numbers(row["result"]), rtol=tolerance)
    assert (made.precision["ratio"] <= 1 + 1e-9).all() or row["budget"]
    assert len(made.gain) >= 0 and set(made.precision["variable"]) <= {"1", "2", "3"}


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("margin", lambda: sipas.sample_size(1000, e=0)),
        ("p", lambda: sipas.sample_size(1000, p=0.0)),
        ("level", lambda: sipas.sample_size(1000, level=0)),
        ("margin", lambda: sipas.size_figures(sipas.SizeFigure(margin=0.0))),
        ("cv", lambda: sipas.strata_cut([1, 2, 3, 4, 5, 6], 2, cv=0)),
        ("threads", lambda: sipas.Context(threads=0)),
        ("df", lambda: sipas.Design([1.0, 2.0], df=0)),
    ],
)
def test_a_zero_without_meaning_is_named_as_it_was_given(name, call):
    with pytest.raises(sipas.OptionError, match=f"^option {name}: it is 0") as caught:
        call()
    assert caught.value.name == name


def test_a_spread_of_none_is_a_spread():
    assert sipas.size_figures(sipas.SizeFigure(statistic="mean", mean=3, sd=0.0, margin=0.1), N=1000)["n"].tolist() == [1]
    assert sipas.size_figures(sipas.SizeFigure(statistic="mean", mean=3, sd_of=[0.0, 1.0], margin=0.1), N=[9, 9])["n"][0] == 1


def targets_of(row, by, variables):
    """Rows (cut, domain, targets of the variables); one value a variable stands for all domains of a cut."""
    rows = []
    for column, cut in (("target", None), ("target1", "cut1"), ("target2", "cut2")):
        if not row[column]:
            continue
        values = np.array(numbers(row[column]))
        if values.size == variables:
            rows.append((cut, None, values))
        else:
            domains = sorted(set(by[cut]))
            rows += [(cut, d, v) for d, v in zip(domains, values.reshape(len(domains), -1), strict=True)]
    return rows
