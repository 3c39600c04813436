"""What the tests share: golden tables and their data."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests/golden"


def read_golden(path, delimiter=None):
    """A table of texts: a list of dicts. Lines beginning with # are comments, the first other line names the columns."""
    with open(GOLDEN / path, encoding="utf-8") as file:
        lines = [line for line in file if line.strip() and not line.startswith("#")]
    delimiter = delimiter or ("\t" if str(path).endswith(".tsv") else ",")
    return list(csv.DictReader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))


class Data:
    """A data file; an empty cell is missing."""

    def __init__(self, name):
        self.rows = read_golden(Path("data") / name)

    def __len__(self):
        return len(self.rows)

    def numbers(self, name):
        return np.array([float(row[name]) if row[name] not in ("", "NA") else np.nan for row in self.rows])

    def codes(self, name):
        return [row[name] or None for row in self.rows]


@pytest.fixture(scope="session")
def data():
    """Data files by name, each read once."""
    read = {}

    def get(name):
        if name not in read:
            read[name] = Data(name)
        return read[name]

    return get


@pytest.fixture(scope="session")
def build():
    return Path(os.environ.get("BUILD", ROOT / "build"))


def pytest_configure(config):
    from hypothesis import settings

    settings.register_profile("check", max_examples=60, deadline=None, database=None)
    settings.load_profile("check")
