"""The jobs of a survey from the command line: `python -m sipas plan | draw | score FILE`.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import sipas
from sipas._files import Frame, listed, write

_PLAN = """\
How many people to ask, and where: a frame with one row per unit and an aim become an allocation, unit by unit.

examples:
  python -m sipas plan frame.csv --code province --size adults --total 6045 --lower 10
  python -m sipas plan frame.csv --size adults --sd 20 --half-width 0.5 --multiple 5
  python -m sipas plan frame.csv --size adults --sd sd --cost cost --budget 250000 --method cost
  python -m sipas plan frame.csv --size adults --sd 20 --total 6045 --compare
"""
_DRAW = """\
Whom: units of a list, drawn stratum by stratum. The same seed and codes give the same sample, whatever the order of the rows.

examples:
  python -m sipas draw units.csv --code id --strata province --n 20 --reserve 5 --seed 20241231 --out drawn.csv
  python -m sipas draw units.csv --code id --strata province --quotas plan.csv --quota-stratum code --seed 20241231
  python -m sipas draw units.csv --code id --method pps_systematic --size adults --n 50 --seed 7 --certainty big
"""
_SCORE = """\
What the survey says: the index over the question tree, or means and shares of columns, with standard errors that take the design
into account; or the league table of the groups.

examples:
  python -m sipas score answers.csv --weights w --strata province --clusters psu --by province --league
  python -m sipas score answers.csv --weights w --strata province --clusters district --clusters commune --mean age --whole
  python -m sipas score answers.csv --weights w --share q05 --success 4 --success 5 --by sex
"""


def plan(frame: Frame, options: argparse.Namespace) -> sipas.Table:
    """How many people to ask, and where: from a frame and an aim to an allocation."""
    size = frame.numbers(options.size)
    rules = {
        "sd": frame.numbers_or(options.sd), "cost": frame.numbers_or(options.cost), "mean": frame.numbers_or(options.mean),
        "lower": options.lower, "upper": options.upper, "code": frame.codes(options.code), "multiple": options.multiple,
        "remainder": options.remainder, "fixed": frame.numbers(options.fixed), "take_all": frame.flags(options.take_all),
        "size_is_measure": options.size_is_measure,
    }  # fmt: skip
    aims = [name for name in ("total", "budget", "half_width", "cv") if getattr(options, name) is not None]
    if len(aims) > 1:
        raise sipas.ArgumentError(f"--{aims[0].replace('_', '-')} and --{aims[1].replace('_', '-')}: one aim is enough")
    if options.compare:
        return sipas.plan_compare(_total(size, options), size, unit=frame.codes(options.unit), **rules)
    if options.half_width is not None or options.cv is not None:
        return sipas.allocate_precision(size, half_width=options.half_width, cv=options.cv, method=options.method, **rules)
    method = options.method or ("neyman" if options.sd is not None else "proportional")
    if options.budget is not None:
        return sipas.allocate(budget=options.budget, size=size, method=options.method or "cost", **rules)
    return sipas.allocate(_total(size, options), size=size, method=method, **rules)


def _total(size: Any, options: argparse.Namespace) -> int:
    """The number to split: that given, or what the whole needs for the margin."""
    if options.total is not None:
        return int(options.total)
    if options.budget is not None or options.half_width is not None or options.cv is not None:
        raise sipas.ArgumentError("--compare: methods are compared for a --total")
    population = float(sum(value for value in listed(size) if value is not None))
    return int(sipas.sample_size(population, method="yamane", e=options.e)["n"][0])


def draw(frame: Frame, options: argparse.Namespace) -> sipas.Table:
    """Whom: units of a list, drawn stratum by stratum."""
    return sipas.draw(
        frame.codes(options.code),
        _quotas(options) if options.quotas is not None else options.n,
        method=options.method,
        size=frame.numbers(options.size),
        strata=frame.codes(options.strata),
        reserve=options.reserve,
        certainty=frame.flags(options.certainty),
        excluded=frame.flags(options.excluded),
        order_key=frame.codes(options.order_key),
        if_fewer=options.if_fewer,
        programme=options.programme,
        seed=options.seed,
    )


def _quotas(options: argparse.Namespace) -> dict[Any, int]:
    """Units to draw in each stratum, of a file: the output of plan will do."""
    if options.n is not None:
        raise sipas.ArgumentError("--n and --quotas: one of them is enough")
    table = Frame(options.quotas)
    numbers, strata = listed(table.numbers(options.quota_n)), listed(table[options.quota_stratum])
    for row, n in enumerate(numbers):
        if n is None or n != int(n):
            raise sipas.RangeError(f"{table.place(row)}: {options.quota_n} is no whole number", row=row, name=options.quota_n)
    return {stratum: int(n) for stratum, n in zip(strata, numbers, strict=True)}


def score(frame: Frame, options: argparse.Namespace) -> sipas.Table:
    """What the survey says: the index, means and shares, or a league table."""
    design = sipas.Design(
        frame.numbers(options.weights),
        strata=[frame.codes(name) for name in options.strata] or None,
        clusters=[frame.codes(name) for name in options.clusters] or None,
        fpc=[frame.numbers(name) for name in options.fpc] or None,
        lonely_psu=options.lonely_psu,
        threads=options.threads,
        n=len(frame),
    )
    groups = {name: frame.codes(name) for name in options.by}
    by: Any = [groups, {}] if groups and options.whole else groups or None
    common = {"by": by, "level": options.level, "cov": options.league, "deff": options.deff}
    table = _estimate(frame, options, design, common)
    if not options.league:
        return table
    return sipas.league(
        table, variable=options.variable, ascending=options.ascending, level=options.level,
        domain_level=":".join(groups) if options.whole else None,
    )  # fmt: skip


def _estimate(frame: Frame, options: argparse.Namespace, design: sipas.Design, common: dict[str, Any]) -> sipas.Table:
    if options.mean and options.share:
        raise sipas.ArgumentError("--mean and --share: one of them is enough")
    if options.mean:
        return design.mean({name: frame.numbers(name) for name in options.mean}, **common)
    if options.share:
        y = {name: frame.codes(name) for name in options.share}
        if not options.success:
            y = {name: frame.numbers(name) for name in options.share}
        return design.proportion(y, success=options.success or None, method=options.interval, **common)
    instrument = sipas.Instrument.builtin(options.instrument)
    items = {node.code: frame.numbers(node.code) for node in instrument.items}
    return design.index(items, instrument, scoring=options.scoring, weighting=options.weighting, **common)


def parser() -> argparse.ArgumentParser:
    """The subcommands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m sipas",
        description="Survey sampling and satisfaction indices with honest margins of error.",
        epilog="Exit codes: 0 done; 1 refused, with the reason on standard error; 2 wrong usage; 130 interrupted.",
    )
    top.add_argument("--version", action="version", version=f"sipas {sipas.__version__}")
    jobs = top.add_subparsers(dest="job", required=True, metavar="plan | draw | score")
    _plan_options(_job(jobs, "plan", plan, _PLAN))
    _draw_options(_job(jobs, "draw", draw, _DRAW))
    _score_options(_job(jobs, "score", score, _SCORE))
    return top


def _job(
    jobs: Any, name: str, function: Callable[[Frame, argparse.Namespace], sipas.Table], description: str
) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = jobs.add_parser(
        name, help=function.__doc__, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    sub.add_argument("file", help="CSV with a header line, where an empty cell is missing, or Parquet; options name its columns")
    sub.add_argument("--where", action="append", default=[], metavar="C=V", help="only rows whose column C holds V; may be repeated")
    sub.add_argument("--csv", action="store_true", help="write CSV with all digits")
    sub.add_argument("--out", metavar="FILE", help="write to a file: .csv, .parquet, or text")
    sub.set_defaults(function=function)
    return sub


def _plan_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--size", required=True, metavar="C", help="people in each unit")
    sub.add_argument("--code", metavar="C", help="code of each unit")
    for name, text in (
        ("sd", "standard deviation of the answers within a unit: a number, or a column"),
        ("mean", "expected mean of the answers: a number, or a column"),
        ("cost", "cost of an interview: a number, or a column"),
    ):
        sub.add_argument(f"--{name}", metavar="WHAT", help=text)
    aim = sub.add_argument_group("the aim, one of")
    aim.add_argument("--total", type=int, metavar="N", help="so many interviews; by default Yamane's for --e")
    aim.add_argument("--e", type=float, default=0.05, help="margin of the whole for Yamane's formula (0.05)")
    aim.add_argument("--budget", type=float, metavar="B", help="so much money")
    aim.add_argument("--half-width", type=float, metavar="E", help="a 95 %% interval for the mean of plus or minus E")
    aim.add_argument("--cv", type=float, help="a coefficient of variation of the mean")
    rules = sub.add_argument_group("rules")
    rules.add_argument("--method", help="equal, proportional, sqrt, neyman, cost, bankier …; neyman with --sd, else proportional")
    rules.add_argument("--lower", type=int, metavar="N", help="least number of a unit")
    rules.add_argument("--upper", type=int, metavar="N", help="largest number of a unit")
    rules.add_argument("--multiple", type=int, default=0, metavar="N", help="a multiple of N in every unit")
    rules.add_argument("--remainder", default="error", help="a total that is none: error, down, up or part")
    rules.add_argument("--fixed", metavar="C", help="units with a number in this column get that number")
    rules.add_argument("--take-all", metavar="C", help="units that are taken whole")
    rules.add_argument("--size-is-measure", action="store_true", help="--size is no count of people")
    sub.add_argument("--compare", action="store_true", help="put every method beside the others for --total")
    sub.add_argument("--unit", metavar="C", help="for --compare: the unit that each row belongs to")


def _draw_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--code", required=True, metavar="C", help="code of each unit")
    sub.add_argument("--seed", type=int, required=True, help="0 to 2^64 - 1; there is no default")
    sub.add_argument("--programme", type=int, default=0, metavar="N", help="tells surveys apart that share a seed (0)")
    sub.add_argument("--n", type=int, help="units to draw in every stratum")
    sub.add_argument("--quotas", metavar="FILE", help="instead: a file with a number for each stratum, as plan writes it")
    sub.add_argument("--quota-stratum", default="code", metavar="C", help="its column of strata (code)")
    sub.add_argument("--quota-n", default="n", metavar="C", help="its column of numbers (n)")
    sub.add_argument("--method", default="srs", help="srs, systematic, pps_systematic or all (srs)")
    sub.add_argument("--reserve", type=int, default=0, metavar="N", help="reserves besides, in every stratum")
    sub.add_argument("--if-fewer", default="error", help="error, take_all, move or move_take_all (error)")
    for name, text in (
        ("size", "measure of size, for pps_systematic"), ("strata", "stratum of each unit"),
        ("certainty", "units drawn with certainty: yes or no"), ("excluded", "units out of the frame: yes or no"),
        ("order-key", "what the order of systematic draws follows"),
    ):  # fmt: skip
        sub.add_argument(f"--{name}", metavar="C", help=text)


def _score_options(sub: argparse.ArgumentParser) -> None:
    what = sub.add_argument_group("what, the index by default")
    what.add_argument("--instrument", default="1001/2023", help="1001/2023 or 2022: its items are columns of the file")
    what.add_argument("--scoring", default="top2", help="top2, mean_over_max or rescaled (top2)")
    what.add_argument("--weighting", default="criterion", help="criterion, factor, block or explicit (criterion)")
    what.add_argument("--mean", action="append", default=[], metavar="C", help="the mean of a column; may be repeated")
    what.add_argument("--share", action="append", default=[], metavar="C", help="a share, of 1 or of --success; may be repeated")
    what.add_argument("--success", action="append", default=[], metavar="V", help="a value that counts; may be repeated")
    what.add_argument("--interval", default="logit", help="of a share: logit, wilson, beta, wald … (logit)")
    sub.add_argument("--weights", metavar="C", help="weight of each row")
    for name, text in (
        ("strata", "stratum"), ("clusters", "primary sampling unit"), ("fpc", "population count or sampling fraction"),
    ):  # fmt: skip
        sub.add_argument(f"--{name}", action="append", default=[], metavar="C", help=f"{text}; once for each stage")
    sub.add_argument("--lonely-psu", default="error", help="error, remove, certainty, adjust, average … (error)")
    sub.add_argument("--by", action="append", default=[], metavar="C", help="groups; columns that are given together are crossed")
    sub.add_argument("--whole", action="store_true", help="the whole besides the groups")
    sub.add_argument("--level", type=float, default=0.95, help="confidence level (0.95)")
    sub.add_argument("--deff", action="store_true", help="design effects")
    sub.add_argument("--threads", type=int, default=1, metavar="N", help="worker threads; figures do not depend on it (1)")
    sub.add_argument("--league", action="store_true", help="rank the groups of --by, with rank intervals")
    sub.add_argument("--variable", metavar="NAME", help="for --league: node or variable; the last by default")
    sub.add_argument("--ascending", action="store_true", help="for --league: the smallest is first")


_OF_A_ROW = (sipas.MissingError, sipas.RangeError, sipas.DuplicateError, sipas.ColumnTypeError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one job; 0 is done, 1 is not done, with the reason on standard error."""
    options = parser().parse_args(arguments)
    frame = None
    try:
        frame = Frame(options.file)
        for condition in options.where:
            frame.keep(condition)
        table = options.function(frame, options)
        write(table, options.out, options.csv)
    except BrokenPipeError:  # head and its like have read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"sipas {options.job}: interrupted", file=sys.stderr)
        return 130
    except (sipas.SipasError, ValueError, TypeError, OSError) as error:
        place = ""
        if frame is not None and isinstance(error, _OF_A_ROW) and error.row is not None and error.row < len(frame):
            place = f" ({frame.place(error.row)})"
        print(f"sipas {options.job}: {error}{place}", file=sys.stderr)
        return 1
    for note in table.notes.rows():
        print(f"note: {note['message']}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
