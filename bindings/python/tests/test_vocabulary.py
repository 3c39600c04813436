"""Names and words of docs/dev/CONVENTIONS.md: each call takes each argument by every name, once, and each word means what the one beside it does."""

import inspect
import re

import pytest
import sipas
from conftest import ROOT
from sipas._words import WORDS


def rows(header):
    """Rows of the table under "Names in Python and Lua" whose header begins with a word, as lists of cells."""
    text = (ROOT / "docs/dev/CONVENTIONS.md").read_text(encoding="utf-8")
    text = text.partition("### Names in Python and Lua\n")[2].partition("\n## ")[0]
    body = re.search(rf"\n\| {header} \|[^\n]*\n\|[-|]+\n(.*?)\n\n", text, re.DOTALL)[1]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()]


def names(cell):
    return re.findall(r"`([\w.]+)`", cell)


OPTIONS = [(names(row[0])[0], names(row[1])[0], call) for row in rows("name") for call in names(row[2])]


def bound(call):
    """A call that may be made with keywords alone."""
    owner, _, method = call.rpartition(".")
    return getattr(sipas.Design(n=4), method) if owner else getattr(sipas, call)


def test_the_tables_are_read():
    assert len(OPTIONS) > 20
    assert len(rows("word")) > 6


@pytest.mark.parametrize(("name", "other", "call"), OPTIONS)
def test_an_argument_has_both_names_once(name, other, call):
    function = bound(call)
    known = inspect.signature(function).parameters
    assert name in known or other in known or "rules" in known
    with pytest.raises(TypeError, match="given twice"):
        function(**{name: 1, other: 1})
    for one in (name, other):  # what is wrong is the other argument
        with pytest.raises(TypeError, match="nothing|missing|NoneType"):
            function(**{one: 1, "nothing": 1})


def test_both_names_do_the_same():
    assert sipas.sample_size(1000, margin=0.05, lower=100, upper=200)["n"].tolist() == [200]
    assert sipas.sample_size(1000, e=0.05, minimum=100, maximum=200)["n"].tolist() == [200]
    assert sipas.allocate(n=10, size=[30, 30])["n"].tolist() == sipas.allocate(10, size=[30, 30])["n"].tolist()
    assert sipas.Design(ids=[1, 1, 2, 2]).psus == 2
    assert sipas.draw(code=["a"], n=1, seed="1")["code"].tolist() == ["a"]
    d = sipas.Design(n=4)
    assert d.functions([1.0] * 4, sipas.Function([0]), argument="total")["estimate"].tolist() == [4]
    assert d.category(["a", "b", "a", "a"])["estimate"].tolist() == [0.75, 0.25]
    assert d.category(["a", "b", "a", "a"], "total")["estimate"].tolist() == d.category_total(["a", "b", "a", "a"])["estimate"].tolist() == [3, 1]
    with pytest.raises(TypeError):
        sipas.allocate(10, n=10, size=[30, 30])


def test_methods_are_there():
    for row in rows("method"):
        for name in names(row[0]) + names(row[1]):
            assert callable(getattr(sipas.Design, name))


def test_words_mean_the_same():
    for row in rows("word"):
        words = WORDS[names(row[2])[0]]
        assert words[names(row[0])[0]] == words[names(row[1])[0]]


@pytest.mark.parametrize("seed", [7, 2**53 + 1, 2**64 - 1])
def test_a_seed_may_be_its_digits(seed):
    codes = [str(one) for one in range(50)]
    assert sipas.draw(codes, 5, seed=str(seed))["code"].tolist() == sipas.draw(codes, 5, seed=seed)["code"].tolist()
    assert sipas.rng_uniform(str(seed), 1) == sipas.rng_uniform(seed, 1)
    for wrong in ("", "-1", "1.5", "1e3", " 1", str(2**64), "٣"):
        with pytest.raises((TypeError, ValueError)):
            sipas.draw(codes, 5, seed=wrong)


@pytest.mark.parametrize("answer", [True, 1, "stop", -1])
def test_progress_stops_by_what_is_true(answer):
    with pytest.raises(sipas.CancelledError):
        sipas.Design([1.0] * 100, context=sipas.Context(progress=lambda *told: answer)).mean([1.0] * 100)


@pytest.mark.parametrize("answer", [None, False, 0, 0.0])
def test_progress_goes_on_by_what_is_not(answer):
    assert len(sipas.Design([1.0] * 100, context=sipas.Context(progress=lambda *told: answer)).mean([1.0] * 100)) == 1
