"""The example that draws: its pictures are made, and say what they must. Skipped where matplotlib is not there."""

import importlib.util
import re

import pytest
import sipas
from conftest import ROOT

EXAMPLE = ROOT / "bindings/python/examples/pictures.py"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    pytest.importorskip("matplotlib")
    spec = importlib.util.spec_from_file_location("pictures", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("pictures")
    module.main(folder)
    return module, folder


def texts(folder, name):
    svg = (folder / f"{name}.svg").read_text(encoding="utf-8")
    return " ".join(part.strip() for part in re.findall(r">([^<>]+)<", svg))


@pytest.mark.parametrize("name", ["provinces", "answers", "tree"])
def test_every_picture_says_that_answers_are_simulated(name, pictures):
    text = texts(pictures[1], name)
    assert "MÔ PHỎNG, không phải kết quả điều tra" in text and "95 %" in text
    assert (pictures[1] / f"{name}.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_provinces(pictures):
    text = texts(pictures[1], "provinces")
    for name in ("Hà Nội", "Đắk Lắk", "Quảng Ngãi", "Huế", "Thứ hạng và khoảng thứ hạng 95 %"):
        assert name in text
    assert "trục không bắt đầu từ 0" in text


def test_answers_and_tree(pictures):
    module, folder = pictures
    text = texts(folder, "answers")
    assert all(f"{answer} {word}" in text for answer, word in module.WORDS.items())
    text = texts(folder, "tree")
    for node in sipas.Instrument.builtin("1001/2023").items:
        assert node.name_vi in text


def test_the_figures_are_those_of_the_survey(pictures):
    module, folder = pictures
    survey = module.Survey()
    index = survey.whole()["SIPAS"]
    assert index[1] < index[0] < index[2]
    assert f"cả nước {module.number(index[0])}" in texts(folder, "provinces")
    assert sum(survey.shares("q24")) == pytest.approx(100.0)
