"""The three jobs of the command line: from a file and its options to a table.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

import sipas
from sipas._columns import categories
from sipas._conditions import met, successes
from sipas._errors import ArgumentError
from sipas._files import Frame, listed, nfc
from sipas._hints import note_alike, note_totals
from sipas._output import Sheet

#: Columns that a table of estimates or a draw may have, so that a column of the file needs another name.
RESERVED = frozenset({
    "variable", "level", "estimate", "se", "lower", "upper", "df", "df_design", "n", "psus", "deff", "n_eff", "kish_deff", "cv", "node",
    "unweighted", "row", "code", "stratum", "pi", "pi_reserve", "population", "certainty", "order", "role",
})  # fmt: skip
_CLASH = "file_"


def plan(frame: Frame, options: argparse.Namespace) -> Sheet:
    """How many people to ask, and where: from a frame and an aim to an allocation."""
    _only(frame, options)
    size = frame.numbers(options.size)
    rules = {
        "sd": frame.numbers_or(options.sd), "cost": frame.numbers_or(options.cost), "mean": frame.numbers_or(options.mean),
        "lower": options.lower, "upper": options.upper, "code": frame.codes(options.code), "multiple": options.multiple,
        "remainder": options.remainder, "fixed": frame.numbers(options.fixed), "take_all": frame.flags(options.take_all),
        "size_is_measure": options.size_is_measure,
    }  # fmt: skip
    note_alike(frame, [options.code, options.unit])
    note_totals(frame, options.size)
    aims = [name for name in ("total", "budget", "half_width", "cv") if getattr(options, name) is not None]
    if len(aims) > 1:
        raise sipas.ArgumentError(f"--{aims[0].replace('_', '-')} and --{aims[1].replace('_', '-')}: one aim is enough")
    return Sheet(_allocated(frame, options, size, rules))


def _allocated(frame: Frame, options: argparse.Namespace, size: Any, rules: dict[str, Any]) -> sipas.Table:
    if options.compare:
        return sipas.plan_compare(_total(size, options), size, unit=frame.codes(options.unit), **rules)
    if options.half_width is not None or options.cv is not None:
        return sipas.allocate_precision(size, half_width=options.half_width, cv=options.cv, method=options.method, **rules)
    method: Any = options.method or ("neyman" if options.sd is not None else "proportional")
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
    return int(sipas.sample_size(population, method="yamane", margin=options.margin)["n"][0])


def _only(frame: Frame, options: argparse.Namespace) -> None:
    """Rows that do not meet --where are no units of the frame."""
    rows = met(frame, "where", options.where)
    if rows is not None:
        frame.keep([row for row, meets in enumerate(rows) if meets])


def draw(frame: Frame, options: argparse.Namespace) -> Sheet:
    """Whom: units of a list, drawn stratum by stratum."""
    _only(frame, options)
    kept = _kept_names(frame, options)
    note_alike(frame, [options.code, options.strata])
    note_totals(frame, options.size)
    table = sipas.draw(
        frame.codes(options.code),
        _quotas(options) if options.quotas is not None else options.n,
        method=options.method,
        size=frame.numbers(options.size),
        strata=frame.codes(options.strata),
        reserve=options.reserve,
        certainty=frame.flags(options.certainty),
        excluded=frame.flags(options.excluded),
        order_key=frame.order(options.order_key),
        if_fewer=options.if_fewer,
        programme=options.programme,
        seed=options.seed,
    )
    rows = table["row"].tolist()
    columns = {out: [cells[row] for row in rows] for name, out in kept.items() for cells in (frame.cells(name),)}
    sheet = Sheet(table, [frame.rows[row] for row in rows], columns)
    if options.split is not None:
        options.split = _parts(frame, sheet, options.split, rows)
    return sheet


def _parts(frame: Frame, sheet: Sheet, name: str, rows: Sequence[int]) -> list[Any]:
    """The code of each unit drawn in the column of --split, of the file or else of the result."""
    if nfc(name) in frame:
        codes = listed(frame.codes(name))
        return [codes[row] for row in rows]
    if name not in sheet.columns:
        raise sipas.NotFoundError(f"--split {name}: neither the file nor the result has such a column", name=name)
    return sheet.columns[name]


def _kept_names(frame: Frame, options: argparse.Namespace) -> dict[str, str]:
    """Columns of the file that go along, and what they are called in the result."""
    given = list(options.keep)
    if "all" in given and "all" not in frame:
        given = [name for name in frame.columns if not (name == options.code == "code" or name == options.strata == "stratum")]
    return renamed(frame, frame.names(given) if given != list(frame.columns) else given, options.prefix)


def renamed(frame: Frame, names: Sequence[str], prefix: str) -> dict[str, str]:
    """Names of columns of the file as the result has them: after a prefix, and another one where the result has that name already."""
    result: dict[str, str] = {}
    for name in names:
        out = prefix + name
        while out in RESERVED or out in result.values():
            out = _CLASH + out
        if out != prefix + name:
            frame.notes.append(f"column {prefix + name!r} of the file is {out!r} in the result, where that name is taken; see --prefix")
        result[name] = out
    return result


def _quotas(options: argparse.Namespace) -> dict[Any, int]:
    """Units to draw in each stratum, of a file: the output of plan will do.

    Raises
    ------
    SipasError
        A number that is none, negative or not whole; a stratum that is missing or stands twice. Names the file and the line.
    """
    if options.n is not None:
        raise sipas.ArgumentError("--n and --quotas: one of them is enough")
    if options.strata is None:
        raise sipas.ArgumentError("--quotas: --strata is missing: which column of the list holds the strata?")
    table = Frame(options.quotas, na=[text for text in options.na if "=" not in text])
    numbers = listed(table.numbers(options.quota_n))
    quotas: dict[Any, int] = {}
    first: dict[Any, int] = {}
    for row, (stratum, n) in enumerate(zip(listed(table.codes(options.quota_stratum)), numbers, strict=True)):
        place = table.place(row)
        if stratum is None:
            raise sipas.MissingError(f"{place}: {options.quota_stratum}: the stratum is missing")
        if n is None:
            raise sipas.MissingError(f"{place}: {options.quota_n}: the number for stratum {stratum!r} is missing")
        if n != int(n) or not 0 <= n < 2**63:
            raise sipas.RangeError(f"{place}: {options.quota_n} is {n:.17g}, no whole number of 0 or more")
        if stratum in quotas:
            before = table.place(first[stratum])
            raise sipas.DuplicateError(f"{place}: stratum {stratum!r} has a number already ({before})", name=str(stratum))
        quotas[stratum], first[stratum] = int(n), row
    return quotas


def score(frame: Frame, options: argparse.Namespace) -> Sheet:
    """What the survey says: the index, means and shares, or a league table."""
    clusters = [] if options.clusters == ["1"] and "1" not in frame else frame.names(options.clusters)
    design = sipas.Design(
        frame.numbers(options.weights),
        strata=[frame.present(name, "stratum") for name in frame.names(options.strata)] or None,
        clusters=[frame.present(name, "cluster") for name in clusters] or None,
        fpc=[frame.numbers(name) for name in frame.names(options.fpc)] or None,
        certainty=met(frame, "certainty", options.certainty),
        lonely_psu=options.lonely_psu,
        nest=options.nest,
        df=options.df,
        threads=options.threads,
        n=len(frame),
    )
    frame.notes += [note["message"] for note in design.describe().notes.rows() if note["code"] != "codes_alike"]  # with lines, below
    levels = _levels(frame, options.by)
    if levels and options.whole and [] not in levels:
        levels.append([])
    names = renamed(frame, list(dict.fromkeys(name for level in levels for name in level)), options.prefix)
    groups = _ordered(frame, {name: frame.groups(name) for name in names}, options.order)
    note_alike(frame, [*frame.names(options.strata), *clusters, *names])
    by = [{names[name]: groups[name] for name in level} for level in levels]
    common = {
        "by": by[0] if len(by) == 1 and by[0] else by or None, "where": met(frame, "where", options.where), "level": options.level,
        "missing_by": options.missing_by, "cov": options.league, "deff": options.deff,
    }  # fmt: skip
    table = _estimate(frame, options, design, common)
    if not options.league:
        return Sheet(table)
    fine = [level for level in by if level]
    return Sheet(sipas.league(
        table, variable=options.variable, ascending=options.ascending, level=options.level,
        domain_level="*".join(fine[0]) if len(by) > 1 and len(fine) == 1 else None,
    ))  # fmt: skip


def _ordered(frame: Frame, groups: dict[str, Any], said: Sequence[str]) -> dict[str, Any]:
    """Groups with the order of their codes: that of a categorical column of Parquet, or as said, ``COLUMN=CODE`` of one after the other."""
    codes: dict[str, list[str]] = {name: order for name in groups if (order := categories(frame[name], name))}
    given: dict[str, list[str]] = {}
    for one in said:
        places = [place for place, letter in enumerate(one) if letter == "=" and nfc(one[:place]) in frame]
        if not places:
            raise ArgumentError(f"--order {one}: give COLUMN=CODE, of a column that is there")
        given.setdefault(nfc(one[: places[0]]), []).append(nfc(one[places[0] + 1 :]))
    for name, order in {**codes, **given}.items():
        if name not in groups:
            raise ArgumentError(f"--order {name}: no groups are of this column")
        texts = isinstance(groups[name], list) and any(isinstance(code, str) for code in groups[name])
        listed: list[Any] = list(order) if texts else [_whole(name, code) for code in order]
        groups[name] = sipas.Ordered(groups[name], listed)
    return groups


def _whole(name: str, code: str) -> int:
    try:
        return int(code)
    except ValueError:
        raise ArgumentError(f"--order {name}={code}: the column holds whole numbers") from None


def _levels(frame: Frame, given: Sequence[str]) -> list[list[str]]:
    """Groups: ``+`` crosses columns, ``,`` separates levels, ``1`` is the whole; the option given again crosses."""
    crossed: list[list[str]] = []
    for text in given:
        parts = [text] if nfc(text) in frame else text.split(",")
        levels = [[] if part == "1" and part not in frame else frame.names([part]) for part in parts]
        if crossed:
            levels = [[*first, *(name for name in second if name not in first)] for first in crossed for second in levels]
        crossed = levels
    found: list[list[str]] = []
    for level in crossed:
        if not any(set(level) == set(other) for other in found):
            found.append(list(dict.fromkeys(level)))
    return found


def _estimate(frame: Frame, options: argparse.Namespace, design: sipas.Design, common: Mapping[str, Any]) -> sipas.Table:
    if options.mean and options.share:
        raise sipas.ArgumentError("--mean and --share: one of them is enough")
    if options.mean:
        return design.mean({name: frame.numbers(name) for name in frame.names(options.mean)}, **common)
    if options.share:
        names = frame.names(options.share)
        if options.success:
            y = {name: successes(frame, name, options.success) for name in names}
        else:
            y = {name: frame.numbers(name) for name in names}
        return design.proportion(y, method=options.interval, **common)
    instrument = sipas.Instrument.builtin(options.instrument)
    items = {node.code: frame.numbers(node.code) for node in instrument.items}
    return design.index(items, instrument, scoring=options.scoring, weighting=options.weighting, **common)
