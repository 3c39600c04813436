"""The jobs of a survey from the command line: `python -m sipas plan | draw | score FILE`.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from typing import Any

import sipas


class Frame:
    """A file of columns: CSV with a header line, where an empty cell is missing; or Parquet, by polars or pandas."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.columns: dict[str, Any] = _parquet(path) if path.endswith(".parquet") else _csv(path)

    def __getitem__(self, name: str) -> Any:
        if name not in self.columns:
            raise sipas.NotFoundError(f"{self.path}: no column {name!r}; there are {', '.join(self.columns)}", name=name)
        return self.columns[name]

    def codes(self, name: str | None) -> Any:
        """A column as codes, kept as they are written."""
        return None if name is None else self[name]

    def numbers(self, name: str | None) -> Any:
        """A column as numbers."""
        if name is None:
            return None
        column = self[name]
        if not isinstance(column, list):
            return column
        values: list[float | None] = []
        for row, cell in enumerate(column):
            try:
                values.append(None if cell is None else float(cell))
            except ValueError:
                raise sipas.RangeError(f"{name}: row {row}: {cell!r} is no number", row=row, name=name) from None
        return values


def _csv(path: str) -> dict[str, Any]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        names: list[str] = next(reader, [])
        rows = [row for row in reader if row]
    for line, row in enumerate(rows):
        if len(row) != len(names):
            raise sipas.LengthError(f"{path}: row {line}: {len(row)} cells where {len(names)} are expected", row=line)
    return {name: [row[index] or None for row in rows] for index, name in enumerate(names)}


def _parquet(path: str) -> dict[str, Any]:
    try:
        import polars

        frame = polars.read_parquet(path)
    except ImportError:
        import pandas

        frame = pandas.read_parquet(path)
    return {str(name): frame[name] for name in frame.columns}


def plan(frame: Frame, options: argparse.Namespace) -> sipas.Table:
    """How many, where there is no total, and how they are shared out."""
    size = frame.numbers(options.size)
    total = options.total
    if total is None:
        population = sum(value for value in size if value is not None)
        total = int(sipas.sample_size(population, method="yamane", e=options.e)["n"][0])
    return sipas.allocate(
        total,
        size=size,
        sd=frame.numbers(options.sd),
        cost=frame.numbers(options.cost),
        method=options.method,
        lower=options.lower,
        upper=options.upper,
        code=frame.codes(options.code),
    )


def draw(frame: Frame, options: argparse.Namespace) -> sipas.Table:
    """Whom."""
    return sipas.draw(
        frame.codes(options.code),
        options.n,
        method=options.method,
        size=frame.numbers(options.size),
        strata=frame.codes(options.strata),
        reserve=options.reserve,
        seed=options.seed,
    )


def score(frame: Frame, options: argparse.Namespace) -> sipas.Table:
    """The index, or the league table of the groups of `--by`."""
    instrument = sipas.Instrument.builtin(options.instrument)
    items = {node.code: frame.numbers(node.code) for node in instrument.items}
    design = sipas.Design(
        frame.numbers(options.weights),
        strata=frame.codes(options.strata),
        clusters=frame.codes(options.clusters),
        fpc=frame.numbers(options.fpc),
        lonely_psu=options.lonely_psu,
        n=len(next(iter(items.values()))),
    )
    by = {name: frame.codes(name) for name in options.by} or None
    table = design.index(items, instrument, scoring=options.scoring, by=by, cov=options.league)
    return sipas.league(table) if options.league else table


def parser() -> argparse.ArgumentParser:
    """The subcommands and their options."""
    top = argparse.ArgumentParser(prog="python -m sipas", description=__doc__.partition("\n")[0])
    top.add_argument("--version", action="version", version=sipas.__version__)
    jobs = top.add_subparsers(dest="job", required=True)

    def job(name: str, function: Any) -> argparse.ArgumentParser:
        sub = jobs.add_parser(name, help=function.__doc__)
        sub.add_argument("file", help="CSV with a header line, or Parquet; options name its columns")
        sub.add_argument("--csv", action="store_true", help="write CSV, all digits")
        sub.set_defaults(function=function)
        return sub

    sub = job("plan", plan)
    sub.add_argument("--size", required=True, help="population of each unit")
    sub.add_argument("--total", type=int, help="the number to split; by default Yamane's for --e")
    sub.add_argument("--e", type=float, default=0.05, help="margin of the whole (0.05)")
    sub.add_argument("--method", default="proportional")
    sub.add_argument("--lower", type=int, help="least number of a unit")
    sub.add_argument("--upper", type=int, help="largest number of a unit")
    for name in ("code", "sd", "cost"):
        sub.add_argument(f"--{name}")

    sub = job("draw", draw)
    sub.add_argument("--code", required=True, help="code of each unit")
    sub.add_argument("--n", type=int, help="units to draw in every stratum")
    sub.add_argument("--seed", type=int, required=True)
    sub.add_argument("--method", default="srs")
    sub.add_argument("--reserve", type=int, default=0)
    for name in ("size", "strata"):
        sub.add_argument(f"--{name}")

    sub = job("score", score)
    sub.add_argument("--instrument", default="1001/2023", help="its items are columns of the file")
    sub.add_argument("--by", action="append", default=[], help="groups; may stand several times")
    sub.add_argument("--scoring", default="top2")
    sub.add_argument("--lonely-psu", default="error")
    sub.add_argument("--league", action="store_true", help="rank the groups")
    for name in ("weights", "strata", "clusters", "fpc"):
        sub.add_argument(f"--{name}")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one job; 0 is done, 1 is not done, with the reason on standard error."""
    options = parser().parse_args(arguments)
    try:
        table = options.function(Frame(options.file), options)
    except (sipas.SipasError, ValueError, TypeError, OSError) as error:
        print(f"sipas {options.job}: {error}", file=sys.stderr)
        return 1
    if options.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(["" if cell is None else cell for cell in row.values()] for row in table.rows())
        return 0
    print(table.to_text())
    for note in table.notes.rows():
        print(f"note: {note['message']}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
