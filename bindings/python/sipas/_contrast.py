"""Comparing rows of tables of estimates: contrasts, all differences between groups, change between rounds.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from typing import Any

from sipas import _choices
from sipas._arguments import Choice, flag, given, instance, positive
from sipas._columns import Call
from sipas._context import check, reraise
from sipas._errors import new_error
from sipas._function import Functions, function_structs
from sipas._sipas import ffi, lib
from sipas._table import Table

_contrast_df = Choice("CONTRAST_DF", "df")
_adjust = Choice("ADJUST", "adjust")
_overlap = Choice("OVERLAP", "overlap")


def _opts(df: _choices.ContrastDf | float | None, level: float, adjust: str) -> Any:
    opts = ffi.new("sipas_contrast_opts *")
    lib.sipas_contrast_opts_init(opts)
    opts.level, opts.adjust = given(level, "level"), _adjust(adjust)
    if df is None or isinstance(df, str):
        opts.df = _contrast_df(df)
    else:
        opts.df, opts.df_value = lib.SIPAS_CONTRAST_DF_GIVEN, positive(df, "df")
    return opts


def contrast(
    estimates: Table,
    functions: Functions,
    *,
    df: _choices.ContrastDf | float | None = None,
    level: float = 0.95,
    adjust: _choices.Adjust = "none",
    cov: bool = False,
) -> Table:
    """Functions of the rows of a table of estimates, with their covariance in it exactly.

    Parameters
    ----------
    estimates : Table
        Of a `Design`, with ``cov=True``.
    functions : Function, list of Function, or mapping
        Their terms are numbers of rows, from 0. A mapping gives plain contrasts by their names: ``{"a - b": {0: 1, 1: -1}}``.
    df, adjust
        As of `pairs`; all functions of a call are one family.
    cov : bool
        Keep what `Table.cov` needs.

    Returns
    -------
    Table
        contrast, estimate, se, lower, upper, df, t, p, with `adjust` also p_adjusted.

    Raises
    ------
    NotFoundError
        A term that is no row; the estimates were made without ``cov=True``.

    Examples
    --------
    >>> import sipas
    >>> d = sipas.Design(n=6)
    >>> t = d.mean([1.0, 2.0, 3.0, 4.0, 5.0, 7.0], by={"g": [1, 1, 1, 2, 2, 2]}, cov=True)
    >>> contrast(t, {"rise": {1: 1, 0: -1}})["estimate"].round(6)
    array([3.333333])
    """
    call, opts, out, error = Call(), _opts(df, level, adjust), ffi.new("sipas_table **"), new_error()
    opts.cov = flag(cov, "cov")
    structs, n = function_structs(call, functions, None)
    try:
        check(lib.sipas_estimate_contrast(instance(estimates, Table, "estimates")._handle, structs, n, opts, out, error), error)
        return Table(out[0], design=estimates)
    finally:
        reraise()


def pairs(
    estimates: Table, *, df: _choices.ContrastDf | float | None = None, level: float = 0.95, adjust: _choices.Adjust = "none"
) -> Table:
    """All differences between the groups of a level, for each variable and level, with their covariance.

    Parameters
    ----------
    estimates : Table
        Of a `Design`, with ``by`` and ``cov=True``.
    df : {"minimum", "design", "regression"} or float, optional
        Degrees of freedom of a difference: the least of the two rows' by default.
    adjust : {"none", "bonferroni", "holm"}
        Adjustment of the p-values of a variable and level: column p_adjusted.

    Returns
    -------
    Table
        variable, level, contrast, row, other, estimate, se, lower, upper, df, t, p.

    Raises
    ------
    NotFoundError
        The estimates were made without ``cov=True``.
    """
    out, error = ffi.new("sipas_table **"), new_error()
    check(lib.sipas_estimate_pairs(instance(estimates, Table, "estimates")._handle, _opts(df, level, adjust), out, error), error)
    return Table(out[0])


def change(
    before: Table,
    after: Table,
    *,
    overlap: _choices.Overlap = "none",
    relative: bool = False,
    df: _choices.ContrastDf | float | None = None,
    level: float = 0.95,
    adjust: _choices.Adjust = "none",
) -> Table:
    """Change between two rounds, after - before or after / before - 1, of the rows that have the same variable, level and groups.

    Parameters
    ----------
    before, after : Table
        Of the `Design` of each round, made by the same call; with ``cov=True`` and their designs alive where rounds overlap.
    overlap : {"none", "common", "joined"}
        What the rounds have in common: nothing; PSUs, matched by the codes of stratum and PSU; PSUs, the rounds as two domains
        of one sample.

    Returns
    -------
    Table
        The columns of `after`, before, after, estimate, se, lower, upper, df, t, p, correlation.

    Notes
    -----
    Kish (1965), §12.4; Tam (1984), Int. Stat. Rev. 52:211.
    """
    opts, out, error = _opts(df, level, adjust), ffi.new("sipas_table **"), new_error()
    opts.overlap, opts.relative = _overlap(overlap), flag(relative, "relative")
    check(
        lib.sipas_estimate_change(instance(before, Table, "before")._handle, instance(after, Table, "after")._handle, opts, out, error),
        error,
    )
    return Table(out[0])
