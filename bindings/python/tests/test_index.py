"""Instruments, the index over the question tree, league tables."""

import numpy as np
import pytest
import sipas

FORM = sipas.Instrument.builtin("1001/2023")
RNG = np.random.default_rng(11)
N = 400
ANSWERS = RNG.integers(1, 6, (N, 39)).astype(np.int8)
PROVINCE = RNG.integers(1, 5, N)
D = sipas.Design(RNG.random(N) + 0.5, strata=PROVINCE, clusters=RNG.integers(0, 8, N))


def test_built_in():
    assert sipas.Instrument.builtins() == ("1001/2023", "2022")
    assert len(FORM.nodes) == 51 and len(FORM.items) == 39
    assert FORM.nodes[-1].kind == "index" and FORM.nodes[-1].parent is None
    assert {node.kind for node in FORM.items} == {"item"} and FORM.items[0].levels == 5
    with pytest.raises(sipas.NotFoundError, match="no built-in instrument '1999'; there are 1001/2023, 2022"):
        sipas.Instrument.builtin("1999")


def test_own_instrument_round_trip():
    nodes = [
        sipas.Node("a", "all", "A", "Câu A", type="likert", role="satisfaction", levels=5, first_code=1, dont_know=(9,)),
        sipas.Node("b", "all", type="yes_no", role="judgement", levels=2, weight=2.0),
        sipas.Node("all", kind="index"),
    ]
    own = sipas.Instrument("own", nodes, source="a test")
    assert list(own.nodes) == nodes and own.id == "own" and own.source == "a test"
    assert own.score("a", 4) == 100.0 and own.score("a", 4, scoring="mean_over_max") == 80.0
    with pytest.raises(sipas.RangeError):
        own.score("a", 7)
    with pytest.raises(sipas.TreeError):
        sipas.Instrument("own", nodes[:2])


def test_index_of_an_item_is_a_mean():
    table = D.index(ANSWERS, FORM, by={"province": PROVINCE})
    top2 = 100.0 * (ANSWERS[:, 4] >= 4)
    mean = D.mean(top2, by={"province": PROVINCE})
    rows = table["node"] == "q05"
    np.testing.assert_allclose(table["estimate"][rows], mean["estimate"], rtol=1e-12)
    np.testing.assert_allclose(table["se"][rows], mean["se"], rtol=1e-10)


def test_index_by_hand():
    table = D.index(ANSWERS, FORM, scoring="mean-over-max")
    # The index is the plain mean of its criteria; every item of this form is a criterion of its own.
    if all(node.kind != "criterion" for node in FORM.nodes):
        score = (20.0 * ANSWERS).mean(axis=1)
        np.testing.assert_allclose(table["estimate"][-1], D.mean(score)["estimate"][0], rtol=1e-12)
    assert table["node"][-1] == "SIPAS"


def test_forms_of_answers_change_nothing():
    expected = D.index(ANSWERS, FORM)["se"].tobytes()
    names = [node.code for node in FORM.items]
    as_dict = {name: ANSWERS[:, i] for i, name in reversed(list(enumerate(names)))}
    for answers in (as_dict, list(ANSWERS.T), np.asfortranarray(ANSWERS), ANSWERS[::-1][::-1]):
        assert D.index(answers, FORM)["se"].tobytes() == expected
    # int8 answers take a way of their own through the kernel, with another order of summation.
    np.testing.assert_allclose(D.index(ANSWERS.astype("f8"), FORM)["se"], np.frombuffer(expected), rtol=1e-14)
    pandas = pytest.importorskip("pandas")
    assert D.index(pandas.DataFrame(as_dict), FORM)["se"].tobytes() == expected


def test_answers_are_refused_by_name():
    with pytest.raises(ValueError, match=r"answers: shape \(400, 38\) where \(rows, 39\) is expected"):
        D.index(ANSWERS[:, 1:], FORM)
    with pytest.raises(ValueError, match="answers: no column for item q01 and 38 more"):
        D.index({"x": ANSWERS[:, 0]}, FORM)
    wrong = ANSWERS.copy()
    wrong[17, 3] = 8
    with pytest.raises(sipas.RangeError, match="17") as caught:
        D.index(wrong, FORM)
    assert caught.value.row == 17 and caught.value.column == 3 and caught.value.name == "q04"


def test_masked_answers_are_missing():
    masked = np.ma.masked_array(ANSWERS, RNG.random(ANSWERS.shape) < 0.1)
    table = D.index(masked, FORM)
    floats = np.where(masked.mask, np.nan, ANSWERS)
    assert table["se"].tobytes() == D.index(floats, FORM)["se"].tobytes()
    assert table["n"][0] == int((~masked.mask[:, 0]).sum())


def test_whole_and_population():
    by = [{"province": PROVINCE}, {}]
    units = D.index(ANSWERS, FORM, by=by)
    whole = D.index(ANSWERS, FORM, by=by, whole="mean_of_units", whole_by="province")
    provinces = units["estimate"][units["node"] == "SIPAS"][:-1]
    np.testing.assert_allclose(whole["estimate"][-1], provinces.mean(), rtol=1e-12)
    shares = {1: 10.0, 2: 20.0, 3: 30.0, 4: 40.0}
    whole = D.index(ANSWERS, FORM, by=by, whole="population", whole_by="province", population=shares)
    np.testing.assert_allclose(whole["estimate"][-1], provinces @ [0.1, 0.2, 0.3, 0.4], rtol=1e-12)
    with pytest.raises(ValueError, match="whole_by: 'district' is not in by"):
        D.index(ANSWERS, FORM, by=by, whole="mean_of_units", whole_by="district")


def test_league():
    table = D.index(ANSWERS, FORM, by={"province": PROVINCE}, cov=True)
    league = sipas.league(table)
    estimates = table["estimate"][table["node"] == "SIPAS"]
    assert league["estimate"].tolist() == sorted(estimates, reverse=True)
    assert league["rank"].tolist() == [1, 2, 3, 4]
    assert (league["rank_lower"] <= league["rank"]).all() and (league["rank"] <= league["rank_upper"]).all()
    assert sipas.league(table, variable="q01", ascending=True)["estimate"].tolist() == sorted(
        table["estimate"][table["node"] == "q01"]
    )
    with pytest.raises(sipas.NotFoundError):
        sipas.league(table, variable="q99")


def test_leagues_of_quantiles_and_moments():
    rng = np.random.default_rng(3)
    y, g = rng.normal(size=90), np.repeat(["a", "b", "c"], 30)
    design = sipas.Design(np.ones(90), clusters=np.arange(90) // 3)
    table = design.quantile({"y": y}, [0.1, 0.5], by={"g": g})
    lowest = {u: e for u, q, e in zip(table["g"], table["quantile"], table["estimate"], strict=True) if q == 0.1}
    league = sipas.league(table, variable="y:0.1")
    assert list(league["unit"]) == sorted(lowest, key=lambda unit: -lowest[unit])
    assert league.meta["variable"] == "y" and league.meta["quantile"] == "0.1"
    for without in (design.quantile({"y": y}, [0.1, 0.5]), design.moment({"y": y, "x": y**2})):
        with pytest.raises(sipas.NotFoundError, match="no level with one by column"):
            sipas.league(without)
    assert sorted(sipas.league(design.moment({"y": y}, kind="variance", by={"g": g}))["unit"]) == ["a", "b", "c"]
