"""Functions of estimates, moments, reliability and contrasts: golden figures of R, and callables of the caller's."""

import itertools
import math

import numpy as np
import pytest
import sipas
from conftest import read_golden

ROWS = [row for row in read_golden("functions.tsv") if row["kind"] in ("covariance", "correlation", "alpha", "function")]
# How many figures of each kind the table has; all of them are compared.
KINDS = {"covariance": 470, "correlation": 272, "alpha": 450, "function": 486}


def call(x):
    """√(a² + b c) and its derivatives."""
    a, b, c = x
    value = math.sqrt(a * a + b * c)
    return value, [a / value, c / (2 * value), b / (2 * value)]


def functions(names):
    a, b, c = names
    change = sipas.Function([a, b], "power", [1, -1], scale=100, constant=-100, name="change")
    return [
        sipas.Function([a, b], "linear", [2, -3], constant=5, name="linear"),
        sipas.Function([a, b], "power", [1, -1], name="quotient"),
        sipas.Function([a, b], "power", name="product"),
        sipas.Function([a, b, c], "power", [1 / 3] * 3, name="geometric"),
        sipas.Function([a, b], "log", [1, -1], name="log_quotient"),
        sipas.Function([a, c, b, c], "ratios", [1, -1], name="ratios"),
        change,
    ], [
        sipas.Function([a, b], "exp", [1 / 1000, -1 / 500], name="exp_means"),
        sipas.Function([a, b, c], call=call, check=True, name="call_means"),
    ]


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


def tables(row, data):
    names = row["vars"].split(";")
    y = {name: data.numbers(name) for name in names}
    if row["kind"] == "alpha":
        complete = np.all([~np.isnan(column) for column in y.values()], axis=0)
        y = {name: np.where(complete, column, np.nan) for name, column in y.items()}
    by = {row["by"]: data.codes(row["by"])} if row["by"] else None
    d = design(row, data)
    if row["kind"] == "alpha":
        return [d.alpha(y, by=by)]
    if row["kind"] == "function":
        totals, means = functions(names)
        return [
            d.function(y, totals, by=by, missing="complete"),
            d.function(y, means, of="mean", by=by, missing="complete"),
        ]
    return [d.moment(y, kind=row["kind"], by=by)]


def at(table, row):
    for index, cells in enumerate(table.rows()):
        if row["by"] and str(cells[row["by"]]) != row["group"]:
            continue
        if row["kind"] == "alpha":
            if cells["statistic"] == row["with"] and (cells["item"] or "") == row["variable"]:
                return index
        elif cells["variable"] == row["variable"] and (row["kind"] == "function" or cells["with"] == row["with"]):
            return index
    return None


@pytest.mark.parametrize("kind", KINDS)
def test_golden(kind, data):
    figures = 0
    for _, group in itertools.groupby(
        (row for row in ROWS if row["kind"] == kind), key=lambda row: (row["case"], row["vars"], row["by"])
    ):
        rows = list(group)
        found = tables(rows[0], data(rows[0]["data"]))
        for row in rows:
            table, index = next((t, at(t, row)) for t in found if at(t, row) is not None)
            expected = float(row["value"])
            assert abs(table[row["statistic"]][index] - expected) <= float(row["tolerance"]) * abs(expected), row
            figures += 1
    assert figures == KINDS[kind]


Y = {"a": [1.0, 2.0, 4.0, 7.0], "b": [2.0, 2.0, 3.0, 5.0]}
D = sipas.Design([1.0, 2.0, 1.0, 2.0])


def test_what_a_callable_raises_is_raised():
    seen = []

    def broken(x):
        seen.append(x.tolist())
        raise LookupError("no such tariff")

    with pytest.raises(LookupError, match="no such tariff"):
        D.function(Y, sipas.Function(["a"], call=broken), by={"g": [1, 1, 2, 3]})
    assert len(seen) == 1  # the other groups are passed through without it
    assert D.mean(Y)["estimate"].tolist() == pytest.approx([23 / 6, 19 / 6])

    def stop(x):
        raise KeyboardInterrupt

    table = D.mean(Y, cov=True)
    with pytest.raises(KeyboardInterrupt):
        sipas.contrast(table, sipas.Function([0], call=stop))


def test_no_value_and_bad_gradients():
    table = D.function(Y, sipas.Function(["a"], call=lambda x: None))
    assert table["estimate"].mask.tolist() == [True] and table.notes["code"].tolist() == ["no_value"]
    wrong = sipas.Function(["a", "b"], call=lambda x: (x[0] * x[1], [1.0, 1.0]), check=True, name="area")
    with pytest.raises(sipas.RangeError, match="area"):
        D.function(Y, wrong)
    with pytest.raises(ValueError, match=r"area: a gradient of shape \(1,\) where \(2,\) is expected"):
        D.function(Y, sipas.Function(["a", "b"], call=lambda x: (1.0, [1.0]), name="area"))
    with pytest.raises(TypeError):
        D.function(Y, sipas.Function(["a"], call=lambda x: ("text", [1.0])))


def test_terms_are_refused_by_name():
    with pytest.raises(ValueError, match="gap: 'c' is none of the variables a, b"):
        D.function(Y, {"gap": {"a": 1, "c": -1}})
    with pytest.raises(ValueError, match="f1: 1 coefficients where 2 are expected"):
        D.function(Y, sipas.Function(["a", "b"], coef=[1.0]))
    with pytest.raises(sipas.NotFoundError):
        D.function(Y, sipas.Function([7]))
    with pytest.raises(ValueError, match="of: 3 kinds for 2 variables"):
        D.function(Y, sipas.Function([0]), of=["total"] * 3)


def test_of_each_variable():
    table = D.function({"y": Y["a"], "w": Y["a"]}, {"t": {"y": 1}, "n": {"w": 1}}, of=["total", "weight"])
    assert table["estimate"].tolist() == [23.0, 6.0]


def test_contrasts_are_differences():
    table = D.mean(Y, by={"g": [1, 1, 2, 2]}, cov=True)
    pairs = sipas.pairs(table)
    made = sipas.contrast(table, {"a": {0: 1, 1: -1}, "b": {2: 1, 3: -1}}, adjust="holm", cov=True)
    for column in ("estimate", "se", "df", "p"):
        assert made[column].tolist() == pairs[column].tolist(), column
    assert "p_adjusted" in made and made.cov().shape == (2, 2)
    ratio = sipas.contrast(table, sipas.Function([0, 1], "power", [1, -1]))
    by_call = sipas.contrast(
        table, sipas.Function([0, 1], call=lambda x: (x[0] / x[1], [1 / x[1], -x[0] / x[1] ** 2]), check=True)
    )
    np.testing.assert_allclose(by_call["se"], ratio["se"], rtol=1e-14)
