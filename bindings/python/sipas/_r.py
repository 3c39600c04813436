"""A design and a call as code for R's package survey, so that anyone can hold our numbers against R's.

R's figures are those of the same call to 1e-8, or the call is refused with the reason: the script has our figures too, and stops
where R finds others. What R does otherwise, and is written so that it does not matter:

- codes: R joins ids and strata with dots, so ids are whole numbers here, by their first row, and unique over strata (`nest` is not asked for);
- unequal probabilities: of a domain R drops units and gives the rest the factor of the first, and with Brewer's method takes the units in the
  order of their codes but their factors in that of the rows; so values are 0 outside the domain, and rows lie in the order of the units;
- FPCs: R takes fractions that are all 1, or stand beside counts, for an error, and asks for one at every stage; such are written as counts.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sipas._arguments import Choice, is_scalar
from sipas._columns import Column, fill, named
from sipas._domains import levels
from sipas._sipas import ffi, lib
from sipas._table import Table

_LONELY = {"default": "fail", "error": "fail", "remove": "remove", "certainty": "certainty", "adjust_zero": "adjust", "average": "average"}
_CALLS = {"mean": "svymean", "total": "svytotal", "ratio": "svyratio", "proportion": "svyciprop"}
_INTERVALS = {"wald": "mean", "logit": "logit", "arcsine": "asin", "beta": "beta", "xlogit": "xlogit"}
_MATRIX = ("overton", "hartley_rao", "joint")  # the methods that R's survey has a matrix for
_READ = {
    "weights", "strata", "clusters", "fpc", "calibrated", "pps", "variance", "pps_square", "lonely_psu", "df", "n", "threads", "context",
}  # fmt: skip


def word(prefix: str, argument: str, value: Any) -> str:
    """An option's name as the library has it, whatever its case and alias."""
    choice = Choice(prefix, argument)
    number = choice(value)
    return next((name for name, known in choice.values.items() if known == number and name != "default"), "default")


class _Data:
    """The data frame that the script reads: columns as texts, each with its class in R."""

    def __init__(self) -> None:
        self.columns: dict[str, list[str | None]] = {}
        self.classes: dict[str, str] = {}
        self.order: Any = None  # of the rows, where it matters

    def add(self, name: str, cells: Iterable[str | None], kind: str) -> str:
        """A column under a name that R takes and that is not there yet; gives that name."""
        name = re.sub(r"[^A-Za-z0-9_.]", ".", name)
        name = name if re.match(r"[A-Za-z]", name) else "x" + name
        while name in self.columns:
            name += "."
        self.columns[name], self.classes[name] = list(cells), kind
        return name

    def formula(self, name: str, columns: Sequence[Any], kind: str = "numeric") -> str:
        labels = [f"{name}{index + 1}" for index in range(len(columns))] if len(columns) > 1 else [name]
        return "~" + " + ".join(self.add(label, map(_number, one), kind) for label, one in zip(labels, columns, strict=True))

    def sort(self) -> None:
        self.columns = {name: [cells[row] for row in self.order] for name, cells in self.columns.items()}


def _number(value: Any) -> str:
    value = float(value)
    if math.isfinite(value):
        return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)
    return "NaN" if value != value else "Inf" if value > 0 else "-Inf"


def _cells(value: Column, name: str) -> list[Any]:
    """The cells of a column: texts, or numbers, and None where missing."""
    struct = ffi.new("sipas_column *")
    view = fill(struct, value, name, None)
    present = np.ones(struct.n, dtype=bool)
    if view.validity is not None:
        bits = np.unpackbits(np.frombuffer(view.validity, dtype=np.uint8), bitorder="little")
        present = bits[view.offset : view.offset + struct.n].astype(bool)
    cells: list[Any] = []
    for cell, there in zip(view.array.tolist(), present.tolist(), strict=True):
        if not there or cell != cell or (struct.type == lib.SIPAS_TYPE_CODE and cell == 0):
            cells.append(None)
        elif struct.type == lib.SIPAS_TYPE_CODE:
            cells.append(ffi.string(ffi.cast("const char *", cell)).decode())
        else:
            cells.append(cell)
    return cells


def meet(conditions: Sequence[Column]) -> list[bool]:
    """Where all of some conditions hold."""
    return [all(cells) for cells in zip(*(_cells(one, "where") for one in conditions), strict=True)]


def _codes(value: Column, name: str) -> list[str | None]:
    """The cells of a column of codes, as texts."""
    return [cell if cell is None or isinstance(cell, str) else _number(cell) for cell in _cells(value, name)]


def _numbers(value: Column, name: str) -> list[str | None]:
    return [None if cell is None else _number(cell) for cell in _cells(value, name)]


def _stack(value: Any, name: str) -> list[Any]:
    """None, one column or a list of them."""
    if value is None:
        return []
    several = isinstance(value, (list, tuple)) and bool(value) and not is_scalar(value[0])
    return list(value) if several else [value]


def _dense(*keys: Any) -> Any:
    """Numbers from 1 for the different rows of keys, in the order of their first rows."""
    seen: dict[Any, int] = {}
    return np.array([seen.setdefault(key, len(seen) + 1) for key in zip(*keys, strict=True)])


def _quoted(text: str) -> str:
    """A text in R, whatever the locale that R runs in."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return '"' + "".join(one if " " <= one <= "~" else f"\\U{ord(one):08x}" for one in plain) + '"'


def _listed(texts: Iterable[str]) -> str:
    return f"c({', '.join(map(_quoted, texts))})"


class _Stages:
    """Ids, strata and populations of every stage, as R takes them."""

    def __init__(self, given: Mapping[str, Any], n: int, pps: str) -> None:
        ids = [_codes(one, "clusters") for one in _stack(given["clusters"], "clusters")] or [[str(row) for row in range(n)]]
        strata = [_codes(one, "strata") for one in _stack(given["strata"], "strata")]
        self.pps = pps
        self.strata, self.ids, self.taken = [], [], []
        parent: Any = np.ones(n, dtype=int)
        for stage, codes in enumerate(ids):
            stratum = _dense(parent, strata[stage]) if stage < len(strata) else _dense(parent)
            parent = _dense(stratum, codes)
            pairs = np.unique(np.stack([stratum, parent]), axis=1)[0]
            self.strata.append(stratum)
            self.ids.append(parent)
            self.taken.append(np.bincount(pairs)[stratum])
        self.has_strata = len(strata)
        self.fpc = [np.array([float(cell) for cell in _cells(one, "fpc")]) for one in _stack(given["fpc"], "fpc")]
        self.weights = self._weights(given["weights"], n)
        if pps != "none":
            self._certain()

    def _weights(self, weights: Column | None, n: int) -> Any:
        if weights is not None:
            return np.array([float(cell) for cell in _cells(weights, "weights")])
        product = np.ones(n)
        for values, taken in zip(self.fpc, self.taken, strict=False):
            product *= 1 / values if np.all(values <= 1) else values / taken
        return product

    def _certain(self) -> None:
        """With unequal probabilities: π, and a stratum of its own for each unit that has π = 1."""
        if len(self.fpc) == 0:
            self.fpc = [1 / self.weights]
        if np.all(self.fpc[0] == 1):
            raise ValueError("fpc: every inclusion probability is 1, which R takes for counts")
        certain = self.fpc[0] == 1
        if np.any(certain) and self.pps != "joint":
            self.strata[0] = _dense(self.strata[0], np.where(certain, self.ids[0], 0))
            self.has_strata = max(1, self.has_strata)

    def populations(self) -> list[Any]:
        """One FPC column for each stage, or none; fractions where all are and R can tell, else counts."""
        if not self.fpc:
            return []
        fractions = [bool(np.all(values <= 1)) for values in self.fpc]
        unknown = len(self.ids) - len(self.fpc)
        if self.pps != "none":
            later = [values if is_one else taken / values for values, is_one, taken in zip(self.fpc, fractions, self.taken, strict=False)]
            return later + [np.zeros(len(self.weights))] * unknown
        if all(fractions) and not unknown and not all(np.all(values == 1) for values in self.fpc):
            return self.fpc
        counts = [taken / values if is_one else values for values, is_one, taken in zip(self.fpc, fractions, self.taken, strict=False)]
        if all(np.all(values == 1) for values in counts):
            raise ValueError("fpc: every unit is the only one of its stratum, and R takes populations of 1 for fractions")
        return counts + [np.full(len(self.weights), np.inf)] * unknown


def _refuse(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if name in _READ or name in ("variance", "phase2_method") or value is None:
            continue
        if not (isinstance(value, str) and isinstance(defaults.get(name), str) and _same(value, defaults[name])) and (
            not is_scalar(value) or value != defaults.get(name)
        ):
            raise ValueError(f"{name}: to_r writes designs without it, since R's survey has not the same")


def _same(one: str, other: str) -> bool:
    return one.replace("-", "_").lower() == other.replace("-", "_").lower()


def _pps(given: Mapping[str, Any]) -> str:
    if given["pps"] is None:
        return "none"
    method = word("PPS", "pps", given["pps"]) if isinstance(given["pps"], str) else "joint"
    if method not in ("none", "brewer", *_MATRIX):
        raise ValueError(f"pps: R's survey has not {given['pps']!r}; to_r writes brewer, overton, hartley_rao and a matrix")
    return method


def _design(data: _Data, given: Mapping[str, Any], n: int, pps: str) -> str:
    """The call of svydesign."""
    stages = _Stages(given, n, pps)
    if len(np.unique(stages.ids[0])) == 1:
        raise ValueError("clusters: the design has one PSU, which R's survey refuses")
    rows = len(np.unique(stages.ids[0])) == n
    parts = {"ids": "~1" if rows and len(stages.ids) == 1 else data.formula("id", stages.ids)}
    if stages.has_strata:
        parts["strata"] = data.formula("stratum", stages.strata[: stages.has_strata])
    if pps in _MATRIX:
        _matrix(data, given, pps, stages, parts, rows)
    else:
        parts["weights"] = data.formula("weight", [stages.weights])
        populations = stages.populations()
        if populations:
            parts["fpc"] = data.formula("fpc", populations)
        if pps == "brewer":
            parts["pps"] = '"brewer"'
            data.order = np.lexsort(tuple(reversed(stages.ids)))
    parts["data"] = "data"
    return "svydesign(" + ", ".join(f"{name} = {part}" for name, part in parts.items()) + ")"


def _matrix(data: _Data, given: Mapping[str, Any], pps: str, stages: _Stages, parts: dict[str, str], rows: bool) -> None:
    """The methods for which R makes, or takes, the matrix of joint probabilities."""
    if len(stages.ids) > 1:
        raise ValueError(f"clusters: R's survey has no stages with pps {pps}")
    joint = None if pps != "joint" else np.asarray(given["pps"], dtype=np.float64)
    probability = 1 / stages.weights
    if joint is not None:
        if not rows:
            raise ValueError("pps: R's ppsmat() takes each row for a unit of the matrix")
        parts.pop("strata", None)  # the matrix says all
        numbers = ", ".join(repr(float(value)) for value in joint.ravel())
        parts["probs"] = data.formula("probability", [probability])
        parts["pps"] = f"ppsmat(matrix(c({numbers}), {len(joint)}), tolerance = 0)"
        if given["strata"] is not None:
            parts["strata"] = data.formula("stratum", stages.strata[:1])
    else:
        if not np.allclose(probability, stages.fpc[0], rtol=1e-12, atol=0):
            raise ValueError(f"weights: with pps {pps} R's survey takes 1/weight for the inclusion probability, which fpc has otherwise")
        parts["probs"] = data.formula("probability", [probability])
        parts["pps"] = '"overton"' if pps == "overton" else "HR()"
        if given["pps_square"] is not None:
            square = data.add("pps.square", _numbers(given["pps_square"], "pps_square"), "numeric")
            stratum = data.formula("pps.stratum", [stages.strata[0]])[1:]
            parts["pps"] = f"HR(data[{_quoted(square)}], data[{_quoted(stratum)}])"
    if given["variance"] is not None and word("PPS_FORM", "variance", given["variance"]) in ("yates_grundy", "yg"):
        parts["variance"] = '"YG"'


def script(
    design: Any,
    given: Mapping[str, Any],
    estimator: str,
    y: Any,
    *,
    x: Any,
    success: Any,
    method: str,
    by: Any,
    where: Column | None,
    missing_by: str,
    missing: str,
    level: float,
    deff: str | bool,
    folder: str | Path | None,
) -> str:
    """The R code of `Design.to_r`."""
    if estimator not in _CALLS:
        raise ValueError(f"estimator: {estimator!r} is not one of {', '.join(_CALLS)}")
    if (estimator == "ratio") != (x is not None):
        raise ValueError("x: a ratio has a denominator, and nothing else has")
    if estimator != "proportion" and success is not None:
        raise ValueError("success: a proportion has it, and nothing else")
    _refuse(given, {name: one.default for name, one in inspect.signature(type(design).__init__).parameters.items()})
    pps = _pps(given)
    lonely = _lonely(given["lonely_psu"], estimator)
    interval = _interval(method) if estimator == "proportion" else ""
    effect = _effect(deff, pps)
    if word("MISSING_BY", "missing_by", missing_by) == "group":
        raise ValueError("missing_by: 'group' makes a group of NA, which R's svyby leaves out")
    keywords: dict[str, Any] = {"by": by, "where": where, "missing_by": missing_by, "missing": missing, "level": level}
    if effect != "FALSE":
        keywords["deff"] = deff
    if estimator == "proportion":
        keywords.update(success=success, method=method)
    arguments = (y, x) if estimator == "ratio" else (y,)
    table = getattr(design, estimator)(*arguments, **keywords)
    if interval and interval != "mean":
        _certain_shares(table, method, interval == "beta")
    if interval == "logit" and given["calibrated"]:
        interval = "xlogit"  # the same limits, for which R asks no regression, that takes no negative weight

    data = _Data()
    call = _design(data, given, len(design), pps)
    values, names = named(y, "y", None)
    labels = names or list(dict.fromkeys(str(label) for label in table["variable"]))
    read = _codes if success is not None else _numbers
    kind = "character" if success is not None else "numeric"
    columns = {label: data.add(label, read(value, "y"), kind) for label, value in zip(labels, values, strict=True)}
    below = _below(data, x, columns)
    crossed, _ = levels(by)
    groups = {name: data.add(name, _codes(column, "by"), "character") for name, column in crossed.items()}
    wanted = data.add("inside", ["1" if cell else "0" for cell in _cells(where, "where")], "numeric") if where is not None else None
    if data.order is not None:
        data.sort()
    wins = None if success is None else [code for code in _codes(_stack_of(success), "success") if code is not None]
    figures, keys = _figures(table, list(crossed), effect != "FALSE")
    texts = [_reading("data", data, folder), _reading("figures", figures, folder)]
    lines = [
        "# The same estimates by R's package survey; the figures are in `result`. They are held against ours, in `figures`.",
        "library(survey)",
        f'options(survey.lonely.psu = "{lonely}")',
        "",
        *[code for code, _ in texts],
        f"design <- {call}",
        "",
        "inside <- " + (f"data${wanted} == 1" if wanted else "rep(TRUE, nrow(data))"),
        *_complete(missing, [*columns.values(), *dict.fromkeys(below.values())]),
        *_estimate(estimator, bool(below), wins, interval, level, effect, given["df"], pps),
        "",
        *_result(columns, below, groups, keys, pps),
    ]
    text = "\n".join([*lines, ""])
    if folder is not None:
        for name, content in zip(("data.csv", "figures.csv"), (content for _, content in texts), strict=True):
            (Path(folder) / name).write_text(content, encoding="utf-8")
        (Path(folder) / "design.R").write_text(text, encoding="utf-8")
    return text


def _stack_of(success: Any) -> Any:
    return [success] if is_scalar(success) else success


def _lonely(rule: Any, estimator: str) -> str:
    name = word("LONELY", "lonely_psu", rule)
    if name == "adjust" and estimator != "total":
        name = "adjust_zero"  # what is linear in a mean has the mean 0
    if name not in _LONELY:
        raise ValueError(f"lonely_psu: {rule!r} is not what R has{' for a total' if name == 'adjust' else ''}; it has {', '.join(list(_LONELY)[1:])}")
    return _LONELY[name]


def _interval(method: str) -> str:
    name = word("INTERVAL", "method", method)
    if name == "likelihood":
        raise ValueError("method: R's likelihood limits come from a search that ends up to 3e-5 before the solution")
    if name not in _INTERVALS:
        raise ValueError(f"method: {method!r} is not what R has; it has {', '.join(_INTERVALS)}")
    return _INTERVALS[name]


def _effect(deff: str | bool, pps: str) -> str:
    name = word("DEFF", "deff", deff) if isinstance(deff, str) else "wor" if deff else "none"
    if name != "none" and pps != "none":
        raise ValueError("deff: with unequal probabilities R's survey has another one")
    return {"none": "FALSE", "wor": "TRUE", "wr": '"replace"'}[name]


def _certain_shares(table: Table, method: str, sample_size: bool) -> None:
    """Shares whose interval R divides by 0 for; `sample_size`: the method has an effective one."""
    for row in table.rows():
        if row["estimate"] in (0, 1) or (sample_size and row["se"] == 0):
            raise ValueError(f"method: R has no {method} interval of a share of 0 or 1 or without error, and there is one; wald it has")


def _below(data: _Data, x: Any, columns: Mapping[str, str]) -> dict[str, str]:
    """The denominator of each variable."""
    if x is None:
        return {}
    values, _ = named(x, "x", None)
    added = [data.add("x", _numbers(value, "x"), "numeric") for value in values]
    return dict(zip(columns.values(), added * len(columns) if len(added) == 1 else added, strict=True))


def _figures(table: Table, groups: list[str], effect: bool) -> tuple[_Data, dict[str, str]]:
    """Our figures as a data frame, and its columns that say whose they are."""
    data, keys = _Data(), {}
    rows = list(table.rows())
    for name in ("variable", "level", *groups):
        if name in table.columns:
            cells = [None if row[name] is None else str(row[name]) for row in rows]
            keys[name] = data.add(name, cells, "character")
    for name in ("estimate", "se", "lower", "upper", "df", *(["deff"] if effect else [])):
        data.add("ours." + name, [None if row[name] is None or row[name] != row[name] else _number(row[name]) for row in rows], "numeric")
    return data, keys


def _reading(name: str, data: _Data, folder: str | Path | None) -> tuple[str, str]:
    """Code that reads a data frame, from a file beside the script or from the script itself; and the CSV."""
    absent = "NA"
    while any(absent in cells for cells in data.columns.values()):
        absent += "."
    lines = [",".join(data.columns)]
    for row in zip(*data.columns.values(), strict=True):
        cells = [absent if cell is None else cell for cell in row]
        quote = [cell is not None and kind == "character" for cell, kind in zip(row, data.classes.values(), strict=True)]
        lines.append(",".join('"' + c.replace('"', '""') + '"' if q else c for c, q in zip(cells, quote, strict=True)))
    classes = ", ".join(f"{column} = {_quoted(kind)}" for column, kind in data.classes.items())
    source = _quoted(name + ".csv") if folder is not None else "text = c(" + ",\n    ".join(map(_quoted, lines)) + ")"
    code = f'{name} <- read.csv({source}, colClasses = c({classes}), na.strings = "{absent}", encoding = "UTF-8", check.names = FALSE)'
    return code, "\n".join(lines) + "\n"


def _complete(missing: str, columns: Sequence[str]) -> list[str]:
    rule = word("MISSING", "missing", missing)
    if rule not in ("default", "available", "complete"):
        raise ValueError(f"missing: {missing!r} is not what R has; it has available and complete")
    return [f"inside <- inside & complete.cases(data[{_listed(columns)}])"] if rule == "complete" else []


def _degrees(df: str | float) -> str:
    """Degrees of freedom: PSUs minus strata, of the rows that count."""
    if not isinstance(df, str):
        return "Inf" if df == math.inf else repr(float(df))
    rows = {"default": "here", "domain": "here", "domain_rows": "rows", "design": "rep(TRUE, nrow(data))"}[word("DF", "df", df)]
    return f"degrees({rows})"


def _estimate(
    estimator: str, over: bool, wins: list[str] | None, interval: str, level: float, effect: str, df: str | float, pps: str
) -> list[str]:
    """A function of R that estimates one variable of a part of the design."""
    if estimator == "proportion":
        value = "as.numeric(data[[variable]] %in% " + (_listed(wins) if wins is not None else "1") + ")"
    else:
        value = "data[[variable]]"
    call = {"mean": "svymean(~value., part", "total": "svytotal(~value., part", "ratio": "svyratio(~value., ~below., part"}
    if pps == "none":
        part = "subset(design, here)"
        fit = call.get(estimator, "svymean(~value., part") + f", deff = {effect})"
    else:
        part = "design"  # in which the values outside are 0
        fit = "svytotal(~value., part)" if estimator == "total" else "svyratio(~value., ~below., part)"
    below = "ifelse(here, data[[below]], 0)" if over else "as.numeric(here)"
    return [
        "",
        "degrees <- function(rows) {",
        "    counted <- rows & is.finite(1 / design$prob) & 1 / design$prob != 0",
        "    length(unique(design$cluster[counted, 1])) - length(unique(design$strata[counted, 1]))",
        "}",
        "estimate <- function(variable, below, rows) {",
        "    here <- rows & !is.na(data[[variable]])" + (" & !is.na(data[[below]])" if over else ""),
        f"    df <- {_degrees(df)}",
        "    if (!any(here)) return(c(NA, NA, NA, NA, df, NA))",
        f"    design <- update(design, value. = ifelse(here, {value}, 0), below. = {below})",
        f"    part <- {part}",
        f"    e <- {fit}",
        "    p <- as.numeric(coef(e))",
        "    se <- as.numeric(SE(e))",
        *_limits(interval, level, df, pps),
        "    c(p, se, limits, df, " + ("NA)" if effect == "FALSE" else "as.numeric(deff(e)))"),
        "}",
    ]


def _limits(interval: str, level: float, df: str | float, pps: str) -> list[str]:
    """The interval: R's own where the design lets it, else by R's formula."""
    half = f"qt(1 - (1 - {level!r}) / 2, df)"
    domain = isinstance(df, str) and word("DF", "df", df) in ("default", "domain")
    if pps == "none" and interval and (interval != "beta" or domain):
        return [f'    limits <- as.numeric(attr(svyciprop(~value., part, method = "{interval}", level = {level!r}, df = df), "ci"))']
    if interval in ("logit", "xlogit"):
        return [f"    limits <- plogis(qlogis(p) + c(-1, 1) * {half} * se / (p * (1 - p)))"]
    if interval == "asin":
        return [f"    limits <- sin(asin(sqrt(p)) + c(-1, 1) * {half} * se / (2 * sqrt(p * (1 - p))))^2"]
    if interval == "beta":
        a = f"(1 - {level!r}) / 2"
        return [
            f"    effective <- p * (1 - p) / se^2 * (qt({a}, sum(here) - 1) / qt({a}, df))^2",
            f"    limits <- c(qbeta({a}, effective * p, effective * (1 - p) + 1), qbeta(1 - {a}, effective * p + 1, effective * (1 - p)))",
        ]
    return [f"    limits <- p + c(-1, 1) * {half} * se"]


def _result(
    columns: Mapping[str, str], below: Mapping[str, str], groups: Mapping[str, str], keys: Mapping[str, str], pps: str
) -> list[str]:
    """Every row of our table by R, and both compared."""
    labels = ", ".join(map(_quoted, columns))
    lines = [
        f"variables <- setNames({_listed(columns.values())}, c({labels}))",
        f"below <- setNames({_listed(below.values()) if below else 'character(0)'}, {_listed(below) if below else 'character(0)'})",
        "found <- t(sapply(seq_len(nrow(figures)), function(row) {",
        "    rows <- inside",
    ]
    for name, column in groups.items():
        one = f"figures[[{_quoted(keys[name])}]][row]"
        lines.append(f"    if (!is.na({one})) rows <- rows & data[[{_quoted(column)}]] %in% {one}")
    lines += [
        f"    variable <- unname(variables[match(figures[[{_quoted(keys['variable'])}]][row], names(variables))])",
        "    estimate(variable, unname(below[variable]), rows)",
        "}))",
        'colnames(found) <- c("estimate", "se", "lower", "upper", "df", "deff")',
        'ours <- as.matrix(figures[startsWith(names(figures), "ours.")])',
        "found <- found[, seq_len(ncol(ours)), drop = FALSE]",
        "# What we leave out, as the standard error of a domain in one PSU, is left out; all else is the same to 1e-8.",
        "found[is.na(ours)] <- NA",
        'scale <- pmax(abs(ours[, "ours.estimate"]), ours[, "ours.se"], na.rm = TRUE)',
        "differs <- !is.na(ours) & (is.na(found) | abs(found - ours) > 1e-8 * pmax(abs(ours), scale, na.rm = TRUE))",
        "differs[is.infinite(ours) & found == ours] <- FALSE",
        f"result <- cbind(figures[{_listed(keys.values())}], found)",
        f"names(result)[seq_len({len(keys)})] <- {_listed(keys)}",
        "print(result, digits = 15, row.names = FALSE)",
        "if (any(differs)) {",
        "    print(which(differs, arr.ind = TRUE))",
        '    stop("R finds other figures than sipas, in the rows and columns above")',
        "}",
    ]
    return lines
