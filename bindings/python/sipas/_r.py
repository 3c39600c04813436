"""A design and a call as code for R's package survey, so that anyone can hold our numbers against R's.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sipas._columns import Column, Columns, fill, is_scalar, named
from sipas._domains import By, levels
from sipas._sipas import ffi, lib

_LONELY = {"error": "fail", "remove": "remove", "certainty": "certainty", "adjust_zero": "adjust", "average": "average"}
_CALLS = {"mean": "svymean", "total": "svytotal", "ratio": "svyratio", "proportion": "svyciprop"}
_INTERVALS = {
    "wald": "mean", "logit": "logit", "likelihood": "likelihood", "arcsine": "asin", "beta": "beta", "xlogit": "xlogit",
}  # fmt: skip
_PPS = {"brewer": '"brewer"', "overton": '"overton"'}


class _Data:
    """The data frame that the script reads: columns as texts, each with its class in R."""

    def __init__(self) -> None:
        self.columns: dict[str, list[str]] = {}
        self.classes: dict[str, str] = {}

    def add(self, name: str, value: Column, kind: str) -> str:
        """A column under a name that R takes and that is not there yet; gives that name."""
        name = re.sub(r"\W", ".", name)
        name = name if re.match(r"[^\W\d_]", name) else "x" + name
        while name in self.columns:
            name += "."
        self.columns[name] = list(_cells(value, name, kind))
        self.classes[name] = kind
        return name

    def add_stack(self, name: str, value: Any, kind: str) -> str | None:
        """None, one column or a list of them, as a formula."""
        if value is None:
            return None
        several = isinstance(value, (list, tuple)) and bool(value) and not is_scalar(value[0])
        values = list(value) if several else [value]
        labels = [f"{name}{index + 1}" for index in range(len(values))] if several else [name]
        return "~" + " + ".join(self.add(label, one, kind) for label, one in zip(labels, values, strict=True))

    def csv(self) -> str:
        names = ",".join(self.columns)
        return "\n".join([names, *map(",".join, zip(*self.columns.values(), strict=True))]) + "\n"


def _cells(value: Column, name: str, kind: str) -> Iterable[str]:
    """The cells of a column as CSV has them; "" where missing."""
    struct = ffi.new("sipas_column *")
    view = fill(struct, value, name, None)
    present = np.ones(struct.n, dtype=bool)
    if view.validity is not None:
        bits = np.unpackbits(np.frombuffer(view.validity, dtype=np.uint8), bitorder="little")
        present = bits[view.offset : view.offset + struct.n].astype(bool)
    for cell, there in zip(view.array.tolist(), present.tolist(), strict=True):
        if not there or cell != cell or (struct.type == lib.SIPAS_TYPE_CODE and cell == 0):
            yield ""
        elif struct.type == lib.SIPAS_TYPE_CODE:
            text = ffi.string(ffi.cast("const char *", cell)).decode()
            yield '"' + text.replace('"', '""') + '"'
        elif kind == "character":
            yield f'"{int(cell) if cell == int(cell) else cell!r}"'
        else:
            yield repr(float(cell)) if math.isfinite(cell) else ("Inf" if cell > 0 else "-Inf")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _design(data: _Data, given: Mapping[str, Any], estimator: str) -> tuple[str, str]:
    """The call of svydesign and the rule for lonely PSUs."""
    for name in ("certainty", "phase2", "pps_square", "collapse_strata", "variance"):
        if given[name] is not None:
            raise ValueError(f"{name}: to_r writes designs without it")
    lonely = "adjust_zero" if given["lonely_psu"] == "adjust" and estimator != "total" else given["lonely_psu"]
    if lonely not in _LONELY:
        raise ValueError(f"lonely_psu: {given['lonely_psu']!r} is not what R has; it has {', '.join(_LONELY)}")
    if given["pps"] is not None and given["pps"] not in _PPS:
        raise ValueError(f"pps: to_r writes {', '.join(_PPS)}")
    parts = {
        "ids": data.add_stack("id", given["clusters"], "character") or "~1",
        "strata": data.add_stack("stratum", given["strata"], "character"),
        "weights": data.add_stack("weight", given["weights"], "numeric"),
        "fpc": data.add_stack("fpc", given["fpc"], "numeric"),
        "pps": None if given["pps"] is None else _PPS[given["pps"]],
        "nest": "TRUE",
        "data": "data",
    }
    if parts["weights"] is None and parts["fpc"] is None:
        rows = next(iter(data.columns.values()), None)
        count = given["n"] if rows is None else len(rows)
        parts["weights"] = "~" + data.add("weight", np.ones(count), "numeric")
    return "svydesign(" + ", ".join(f"{name} = {part}" for name, part in parts.items() if part) + ")", _LONELY[lonely]


def script(
    given: Mapping[str, Any],
    n: int,
    estimator: str,
    y: Column | Columns,
    *,
    x: Column | None,
    success: Any,
    method: str,
    by: By,
    where: Column | None,
    missing: str,
    level: float,
    deff: str | bool,
    folder: str | Path | None,
) -> str:
    """The R code of `Design.to_r`."""
    if estimator not in _CALLS:
        raise ValueError(f"estimator: {estimator!r} is not one of {', '.join(_CALLS)}")
    if estimator == "proportion" and method not in _INTERVALS:
        raise ValueError(f"method: {method!r} is not what R has; it has {', '.join(_INTERVALS)}")
    if (estimator == "ratio") != (x is not None):
        raise ValueError("x: a ratio has a denominator, and nothing else has")
    data = _Data()
    design, lonely = _design(data, {**given, "n": n}, estimator)
    values, names = named(y, "y", "y")
    labels = names or [f"y{index + 1}" for index in range(len(values))]
    kind = "character" if success is not None else "numeric"
    columns = {label: data.add(label, value, kind) for label, value in zip(labels, values, strict=True)}
    below = None if x is None else data.add("x", x, "numeric")
    crossed, masks = levels(by)
    groups = {name: data.add(name, column, "character") for name, column in crossed.items()}
    inside = "rep(TRUE, nrow(data))" if where is None else f"data${data.add('where', where, 'numeric')} %in% 1"
    lines = [
        "# The same estimates by R's package survey; the figures are in `result`.",
        "library(survey)",
        f'options(survey.lonely.psu = "{lonely}")',
        "",
        _reading(data, folder),
        f"design <- {design}",
        "",
        *_estimate(estimator, below, success, method, level, deff, given["df"]),
        "",
        f"inside <- {inside}",
        *_complete(missing, columns.values()),
        "result <- list()",
    ]
    names_by = list(crossed)
    for mask in masks or [(1 << len(names_by)) - 1]:
        chosen = [name for index, name in enumerate(names_by) if mask >> index & 1]
        lines += _level(columns, {name: groups[name] for name in chosen}, names_by, bool(masks))
    text = "\n".join([*lines, "result <- do.call(rbind, result)", "print(result, digits = 15, row.names = FALSE)", ""])
    if folder is not None:
        (Path(folder) / "data.csv").write_text(data.csv(), encoding="utf-8")
        (Path(folder) / "design.R").write_text(text, encoding="utf-8")
    return text


def _reading(data: _Data, folder: str | Path | None) -> str:
    """The data, beside the script or in it."""
    classes = ", ".join(f"{name} = {_quoted(kind)}" for name, kind in data.classes.items())
    source = '"data.csv"' if folder is not None else f'text = r"----(\n{data.csv()})----"'
    return f'data <- read.csv({source}, colClasses = c({classes}), na.strings = "", encoding = "UTF-8", check.names = FALSE)'


def _complete(missing: str, columns: Iterable[str]) -> list[str]:
    if missing != "complete":
        return []
    listed = ", ".join(_quoted(name) for name in columns)
    return [f"inside <- inside & complete.cases(data[c({listed})])"]


def _estimate(
    estimator: str, below: str | None, success: Any, method: str, level: float, deff: str | bool, df: str | float
) -> list[str]:
    """A function of R that estimates one variable of a part of the design."""
    wanted = f"deff = {'FALSE' if not deff else _quoted('replace') if deff == 'wr' else 'TRUE'}"
    rules = {"domain": "degf(part)", "domain_rows": "degf(subset(design, rows))", "design": "degf(design)"}
    degrees = rules.get(str(df), "Inf" if df == math.inf else str(df))
    if estimator == "proportion":
        listed = success if isinstance(success, (list, tuple)) or success is None else [success]
        values = "1" if listed is None else f"c({', '.join(_quoted(str(one)) for one in listed)})"
        call = (
            f"    part <- update(part, success. = as.numeric(part$variables[[variable]] %in% {values}))\n"
            f'    e <- svyciprop(~success., part, method = "{_INTERVALS[method]}", level = {level!r}, df = df)\n'
            '    limits <- attr(e, "ci")\n'
            "    se <- SE(svymean(~success., part))"
        )
    else:
        formula = "reformulate(variable)"
        over = f", ~{below}" if below else ""
        call = (
            f"    e <- {_CALLS[estimator]}({formula}{over}, part, {wanted})\n"
            f"    limits <- confint(e, level = {level!r}, df = df)\n"
            "    se <- SE(e)"
        )
    present = "!is.na(data[[variable]])" + (f" & !is.na(data[[{_quoted(below)}]])" if below else "")
    effect = ", deff = as.numeric(deff(e))" if deff and estimator != "proportion" else ""
    return [
        "estimate <- function(name, variable, rows) {",
        f"    part <- subset(design, rows & {present})",
        f"    df <- {degrees}",
        call,
        "    data.frame(variable = name, estimate = as.numeric(coef(e)), se = as.numeric(se), lower = as.numeric(limits)[1],",
        f"               upper = as.numeric(limits)[2], df = df{effect})",
        "}",
    ]


def _level(columns: Mapping[str, str], groups: Mapping[str, str], all_names: list[str], several: bool) -> list[str]:
    """Every variable in every group of a level, the groups in the order of their codes."""
    cells = [f'level = {_quoted(":".join(groups) or "all")}'] if several else []
    for name in all_names:
        cells.append(f"{_quoted(name)} = " + (f"group[[{_quoted(groups[name])}]]" if name in groups else "NA_character_"))
    beside = f"data.frame({', '.join(cells)}, check.names = FALSE), " if cells else ""
    body = [
        f"    result[[length(result) + 1]] <- cbind({beside}estimate({_quoted(name)}, {_quoted(variable)}, rows))"
        for name, variable in columns.items()
    ]
    if not groups:
        return ["rows <- inside", *(line.strip() for line in body)]
    listed = ", ".join(_quoted(group) for group in groups.values())
    same = " & ".join(f"data[[{_quoted(group)}]] %in% group[[{_quoted(group)}]]" for group in groups.values())
    return [
        f"found <- unique(data[inside, c({listed}), drop = FALSE])",
        "found <- found[complete.cases(found), , drop = FALSE]",
        "for (index in seq_len(nrow(found))) {",
        "    group <- found[index, , drop = FALSE]",
        f"    rows <- inside & {same}",
        *body,
        "}",
    ]
