"""The options of the command line.

What holds one thing is refused when it is given twice; lists may be repeated. The grammar is that of the C programs `estimate` and `plan`.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from typing import Any

import sipas
from sipas import _jobs
from sipas._csv import one_separator
from sipas._files import number_of
from sipas._words import WORDS

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
  python -m sipas draw people.csv --code id --n 20 --seed 7 --strata unit --keep name+phone --split unit --out drawn.csv
  python -m sipas draw units.csv --code id --method pps_systematic --size adults --n 50 --seed 7 --certainty big
"""
_SCORE = """\
What the survey says: the index over the question tree, or means and shares of columns, with standard errors that take the design
into account; or the league table of the groups.

examples:
  python -m sipas score answers.csv --weights w --strata province --clusters psu --by province --league
  python -m sipas score answers.csv --weights w --strata province --clusters district+commune --mean age --by 1,province
  python -m sipas score answers.csv --weights w --share q05 --success 4 --success 5 --by sex --where "age>=18" --na q05=99
"""
_CODES = "codes are compared as they are written"


class _Once(argparse.Action):
    """What holds one thing."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        if option_string is not None and self.dest in namespace.given:
            raise argparse.ArgumentError(self, "is given twice, and holds one thing")
        namespace.given = namespace.given | {self.dest}
        setattr(namespace, self.dest, values)


def whole(least: int, most: int = 2**63 - 1) -> Callable[[str], int]:
    """A whole number between bounds."""

    def read(text: str) -> int:
        value = number_of(text)
        if value is None or value != int(value) or not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(value)

    return read


def number(text: str) -> float:
    """A plain number."""
    value = number_of(text)
    if value is None or math.isinf(_as_float(value)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return _as_float(value)


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _deff(text: str) -> str:
    try:
        return {"wor": "wor", "true": "wor", "wr": "wr", "replace": "wr"}[text.lower()]
    except KeyError:
        raise argparse.ArgumentTypeError(f"{text!r} is none of wor, replace, wr, true") from None


def _yes_or_no(text: str) -> bool:
    try:
        return {"yes": True, "no": False}[text.lower()]
    except KeyError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither yes nor no") from None


def _df(text: str) -> str | float:
    if text.replace("-", "_") in ("domain", "domain_rows", "design"):
        return text.replace("-", "_")
    value = math.inf if text == "inf" else number_of(text)
    if value is None or not value > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is none of domain, domain_rows, design, inf, and no number above 0")
    return _as_float(value)


def _separator(text: str) -> str:
    try:
        return one_separator(text)
    except sipas.OptionError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parser() -> argparse.ArgumentParser:
    """The subcommands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m sipas",
        description="Survey sampling and satisfaction indices with honest margins of error.",
        epilog="Exit codes: 0 done; 1 refused, with the reason on standard error; 2 wrong usage; 130 interrupted.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"sipas {sipas.__version__}")
    jobs = top.add_subparsers(dest="job", required=True, metavar="plan | draw | score")
    _plan_options(_job(jobs, "plan", _jobs.plan, _PLAN, "rows that are left out are no units of the frame"))
    _draw_options(_job(jobs, "draw", _jobs.draw, _DRAW, "rows that are left out are no units of the list"))
    _score_options(_job(jobs, "score", _jobs.score, _SCORE, "a domain: the design is made of all rows"))
    return top


def _job(jobs: Any, name: str, function: Callable[..., Any], description: str, where: str) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = jobs.add_parser(
        name, help=function.__doc__, description=description, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    sub.register("action", None, _Once)
    sub.add_argument("file", help="CSV in UTF-8 with a header line, or Parquet; options name its columns")
    _list(sub, "where", "C=V", f"only rows that meet this, = != < <= > >=, or a column of yes and no; {where}; may be repeated: all of them; {_CODES}")
    _list(sub, "na", "TEXT", "what stands for a missing value beside an empty cell; COLUMN=TEXT in one column; may be repeated")
    sub.add_argument("--separator", type=_separator, metavar="X", help="what separates the columns of CSV: one character, or tab")
    sub.add_argument("--decimal", choices=[".", ","], default=".", help="decimal point of the file (.)")
    sub.add_argument("--csv", action="store_true", help="write CSV with all digits")
    sub.add_argument("--out", metavar="FILE", help="write to a file: .csv, .parquet, .xlsx, or text (.txt)")
    sub.set_defaults(function=function, given=frozenset(), split=None, quotas=None)
    return sub


def _words(enumeration: str) -> str:
    """The words of an option, as a sentence has them."""
    words = [word for word in WORDS[enumeration] if word != "default"]
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _list(sub: Any, name: str, metavar: str, text: str, *aliases: str) -> None:
    options = [f"--{name}", *(f"--{alias}" for alias in aliases)]
    sub.add_argument(*options, dest=name, action="append", default=[], metavar=metavar, help=text)


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
    aim.add_argument("--total", "--n", dest="total", type=whole(0), metavar="N", help="so many interviews; by default Yamane's for --margin")
    aim.add_argument("--margin", "--e", dest="margin", type=number, default=0.05, help="margin of the whole for Yamane's formula (0.05)")
    aim.add_argument("--budget", type=number, metavar="B", help="so much money")
    aim.add_argument("--half-width", type=number, metavar="E", help="a 95 %% interval for the mean of plus or minus E")
    aim.add_argument("--cv", type=number, help="a coefficient of variation of the mean")
    rules = sub.add_argument_group("rules")
    rules.add_argument("--method", help="equal, proportional, sqrt, neyman, cost, bankier …; neyman with --sd, else proportional")
    rules.add_argument("--lower", "--minimum", dest="lower", type=whole(0), metavar="N", help="least number of a unit")
    rules.add_argument("--upper", "--maximum", dest="upper", type=whole(0), metavar="N", help="largest number of a unit")
    rules.add_argument("--multiple", type=whole(0), default=0, metavar="N", help="a multiple of N in every unit")
    rules.add_argument("--remainder", default="error", help=f"a total that is none: {_words('REMAINDER')}")
    rules.add_argument("--fixed", metavar="C", help="units with a number in this column get that number")
    rules.add_argument("--take-all", metavar="C", help="units that are taken whole")
    rules.add_argument("--size-is-measure", action="store_true", help="--size is no count of people")
    sub.add_argument("--compare", action="store_true", help="put every method beside the others for --total")
    sub.add_argument("--unit", metavar="C", help="for --compare: the unit that each row belongs to")


def _draw_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--code", required=True, metavar="C", help="code of each unit")
    sub.add_argument("--seed", type=whole(0, 2**64 - 1), required=True, help="0 to 2^64 - 1; there is no default")
    sub.add_argument("--programme", type=whole(0, 2**64 - 1), default=0, metavar="N", help="tells surveys apart that share a seed (0)")
    sub.add_argument("--n", type=whole(0), help="units to draw in every stratum")
    sub.add_argument("--quotas", metavar="FILE", help="instead: a file with a number for each stratum, as plan writes it")
    sub.add_argument("--quota-stratum", default="code", metavar="C", help="its column of strata (code)")
    sub.add_argument("--quota-n", default="n", metavar="C", help="its column of numbers (n)")
    sub.add_argument("--method", default="srs", help=f"{_words('DRAW')} (srs)")
    sub.add_argument("--reserve", type=whole(0), default=0, metavar="N", help="reserves besides, in every stratum")
    sub.add_argument("--if-fewer", default="error", help=f"{_words('FEWER')} (error)")
    for name, text in (
        ("size", "measure of size, for pps_systematic"), ("strata", "stratum of each unit"),
        ("certainty", "units drawn with certainty: yes or no"), ("excluded", "units out of the frame: yes or no"),
        ("order-key", "what the order of systematic draws follows: numbers by size, else texts"),
    ):  # fmt: skip
        sub.add_argument(f"--{name}", metavar="C", help=text)
    _list(sub, "keep", "C", "columns of the file that go along, joined by + or repeated; or all")
    sub.add_argument("--prefix", default="", metavar="TEXT", help="put before the names of --keep")
    sub.add_argument("--split", metavar="C", help="one file for each code of this column: --out drawn.csv makes drawn-CODE.csv")


def _score_options(sub: argparse.ArgumentParser) -> None:
    what = sub.add_argument_group("what, the index by default")
    what.add_argument("--instrument", default="1001/2023", help="1001/2023 or 2022: its items are columns of the file")
    what.add_argument("--scoring", default="top2", help=f"{_words('SCORING')} (top2)")
    what.add_argument("--weighting", default="criterion", help=f"{_words('WEIGHTING')} (criterion)")
    _list(what, "mean", "C", "the mean of a column; joined by + or repeated")
    _list(what, "share", "C", "a share, of 1 or of --success; joined by + or repeated")
    _list(what, "success", "V", "a value that counts, as a number or as text without regard to case and blanks around; may be repeated")
    what.add_argument(
        "--method", "--interval", dest="interval", metavar="NAME", default="logit",
        help="interval of a share: logit, wilson, beta, wald … (logit)",
    )  # fmt: skip
    sub.add_argument("--weights", metavar="C", help="weight of each row")
    stages = "once for each stage, joined by + or repeated"
    _list(sub, "strata", "C", f"stratum; {stages}")
    _list(sub, "clusters", "C", f"primary sampling unit; {stages}", "ids")
    _list(sub, "fpc", "C", f"population count or sampling fraction; {stages}")
    _list(sub, "certainty", "C=V", "rows whose first-stage unit was drawn with certainty, as --where")
    sub.add_argument(
        "--lonely-psu", "--lonely", dest="lonely_psu", default="error", metavar="RULE",
        help="error, remove, certainty, adjust, average … (error)",
    )  # fmt: skip
    sub.add_argument(
        "--nest", type=_yes_or_no, default=True, metavar="ANSWER",
        help="a unit's code may stand in several strata: yes, a unit of its own in each, or no (yes)",
    )  # fmt: skip
    sub.add_argument("--no-nest", dest="nest", action="store_false", help="the same as --nest no")
    sub.add_argument("--df", type=_df, default="domain", help="degrees of freedom: domain, domain_rows, design, a number, inf (domain)")
    _list(sub, "by", "C", "groups: g+h crosses, g,h are levels, 1 is the whole; repeated: crossed")
    sub.add_argument(
        "--missing-by", dest="missing_by", default="error", metavar="RULE",
        help="rows without a code of a group: error; drop, they are in none; group, in one of their own (error)",
    )  # fmt: skip
    _list(sub, "order", "C=V", "a code of a column of --by; all of them, in the order in which the groups come")
    sub.add_argument("--whole", action="store_true", help="the whole besides the groups")
    sub.add_argument("--prefix", default="", metavar="TEXT", help="put before the names of --by")
    sub.add_argument("--level", type=number, default=0.95, help="confidence level (0.95)")
    sub.add_argument(
        "--deff", nargs="?", const="wor", default=False, type=_deff, metavar="KIND",
        help="design effects: wor, without replacement (when no kind is given; true), or wr, with it (replace)",
    )  # fmt: skip
    sub.add_argument("--threads", type=whole(1, 1024), default=1, metavar="N", help="worker threads; figures do not depend on it (1)")
    sub.add_argument("--league", action="store_true", help="rank the groups of --by, with rank intervals")
    sub.add_argument("--variable", metavar="NAME", help="for --league: node or variable; the last by default")
    sub.add_argument("--ascending", action="store_true", help="for --league: the smallest is first")


def _is_given(name: str) -> Callable[[Any], bool]:
    return lambda options: name in options.given


#: Options that would do nothing without another: job, option, whether it is given, whether it does something, what it goes with.
_IDLE: list[tuple[str, str, Callable[[Any], Any], Callable[[Any], Any], str]] = [
    ("plan", "--margin", _is_given("margin"), lambda o: not {"total", "budget", "half_width", "cv"} & o.given, "without another aim only"),
    ("plan", "--unit", _is_given("unit"), lambda o: o.compare, "with --compare"),
    ("plan", "--method", _is_given("method"), lambda o: not o.compare, "without --compare, which takes every method"),
    ("plan", "--remainder", _is_given("remainder"), lambda o: o.multiple > 1, "with --multiple"),
    ("draw", "--quota-stratum", _is_given("quota_stratum"), lambda o: o.quotas is not None, "with --quotas"),
    ("draw", "--quota-n", _is_given("quota_n"), lambda o: o.quotas is not None, "with --quotas"),
    ("draw", "--prefix", _is_given("prefix"), lambda o: o.keep, "with --keep"),
    ("score", "--order", lambda o: o.order, lambda o: o.by, "with --by"),
    ("score", "--missing-by", _is_given("missing_by"), lambda o: o.by, "with --by"),
    ("score", "--method", _is_given("interval"), lambda o: o.share, "with --share"),
    ("score", "--success", lambda o: o.success, lambda o: o.share, "with --share"),
    ("score", "--instrument", _is_given("instrument"), lambda o: not (o.mean or o.share), "with the index"),
    ("score", "--scoring", _is_given("scoring"), lambda o: not (o.mean or o.share), "with the index"),
    ("score", "--weighting", _is_given("weighting"), lambda o: not (o.mean or o.share), "with the index"),
    ("score", "--prefix", _is_given("prefix"), lambda o: o.by, "with --by"),
    ("score", "--whole", lambda o: o.whole, lambda o: o.by, "with --by"),
    ("score", "--league", lambda o: o.league, lambda o: o.by, "with --by"),
    ("score", "--variable", _is_given("variable"), lambda o: o.league, "with --league"),
    ("score", "--ascending", lambda o: o.ascending, lambda o: o.league, "with --league"),
]  # fmt: skip


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Options of a command line; leaves with 2 when it is wrong, or when an option would do nothing."""
    top = parser()
    options = top.parse_args(arguments)
    for job, option, given, works, words in _IDLE:
        if options.job == job and given(options) and not works(options):
            top.error(f"{option}: it goes {words}")
    return options
