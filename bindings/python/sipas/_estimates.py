"""Means, totals, ratios, quantiles, proportions, categories and functions of them.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sipas import _calls, _choices
from sipas._aliases import aliased
from sipas._arguments import Choice
from sipas._columns import Column, Columns, named
from sipas._context import reraise
from sipas._domains import By, Groups
from sipas._estimator import Estimator, estimate_opts, variables
from sipas._function import Functions, function_structs
from sipas._sipas import ffi, lib
from sipas._table import Table

_interval = Choice("INTERVAL", "method")
_argument = Choice("ARGUMENT", "of")
_category = Choice("CATEGORY", "kind")


class Estimates(Estimator):
    """Estimators of a `Design`."""

    __slots__ = ()

    def mean(
        self,
        y: Column | Columns,
        *,
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        missing: _choices.Missing = "available",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        cov: bool = False,
        simultaneous: _choices.Simultaneous = "none",
    ) -> Table:
        """Means, Σ w y / Σ w over the rows of the domain that have y, with Taylor variance (Woodruff 1971; Binder 1983).

        Parameters
        ----------
        y : column, dict of columns or data frame
            Variables; NaN, null and masked = missing. Rows of the result follow their order.
        by : dict of columns, or list of dicts, optional
            Domains: the columns of a dict are crossed. A list asks for several levels in one pass, ``{}`` being the whole, and adds a
            column ``level``.
        where : column of bool, optional
            Rows with 0 or missing are out of every domain; their PSUs stay in the design.
        missing_by : {"error", "drop", "group"}
            Rows without a code of a `by` column: an error; in no group of the levels that cross it (as R's svyby), with a note; or a
            group of their own, the last, whose cell there is missing.
        missing : {"available", "complete"}
            Each variable over the rows that have it, or rows that have all variables.
        level : float
            Confidence level, in (0, 1).
        deff : bool or {"wor", "wr"}
            Design effects against simple random sampling without (True) or with replacement; one more pass over the rows.
        cov : bool
            Keep what `Table.cov` needs.
        simultaneous : {"none", "bonferroni", "sidak", "scheffe"}
            Whether the intervals of one variable and level hold jointly.

        Returns
        -------
        Table
            variable, level, the `by` columns, estimate, se, lower, upper, df, n, psus, with `deff` also deff, n_eff, kish_deff; cv.
            An empty domain is a row with n = 0 and missing values.

        Raises
        ------
        LonelyPsuError
            A stratum has one PSU and the design's rule is ``"error"``.
        LengthError, ColumnTypeError, MissingError, RangeError
            A column that does not fit; names it and the row.
        """
        return _calls.mean(lib, locals())

    def total(
        self,
        y: Column | Columns,
        *,
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        missing: _choices.Missing = "available",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        cov: bool = False,
        simultaneous: _choices.Simultaneous = "none",
    ) -> Table:
        """Totals, Σ w y; otherwise as `mean`."""
        return _calls.total(lib, locals())

    def ratio(
        self,
        y: Column | Columns,
        x: Column | Columns,
        *,
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        missing: _choices.Missing = "available",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        cov: bool = False,
        simultaneous: _choices.Simultaneous = "none",
    ) -> Table:
        """Ratios Σ w y / Σ w x of each y to its x, over the rows that have both; otherwise as `mean`.

        Parameters
        ----------
        y, x : column, dict of columns or data frame
            As many denominators as numerators, or one for all.
        """
        call = self._new_call()
        columns, count, names = variables(call, y, "y")
        denominators, _ = named(call.open(x, "x"), "x", None)
        if len(denominators) == 1:
            denominators *= count
        if len(denominators) != count:
            raise ValueError(f"x: {len(denominators)} denominators for {count} numerators")
        below = call.columns(denominators, [f"x[{index}]" for index in range(count)] if count > 1 else ["x"])
        opts = estimate_opts(call, names, missing, level, deff, cov, simultaneous)
        return self._finish(lib.sipas_estimate_ratio, call, Groups(by, where, missing_by), columns, below, count, opts=opts)

    def quantile(
        self,
        y: Column | Columns,
        probs: float | Sequence[float] = 0.5,
        *,
        rule: _choices.Quantile = "hf1",
        interval: _choices.QuantileInterval = "mean",
        centre: _choices.QuantileCentre = "p",
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        missing: _choices.Missing = "available",
        level: float = 0.95,
    ) -> Table:
        """Quantiles: where the distribution function Σ {w : y ≤ x} / Σ w reaches p, with Woodruff's intervals.

        Parameters
        ----------
        y : column, dict of columns or data frame
            Variables.
        probs : float or sequence of float
            The p, each in (0, 1).
        rule : {"hf1", …, "hf9", "math", "school"}
            Rules of Hyndman and Fan (1996), with sums of weights in place of counts.
        interval : {"mean", "xlogit", "beta", "asin"}
            The scale of the interval of the distribution function that is carried back (Woodruff 1952, JASA 47:635).
        centre : {"p", "estimate"}
            What that is an interval of: p itself, or the distribution function at the estimate, as R's svyquantile has it. On a
            scale of few values, as answers are, the latter is an interval of another quantile.

        Returns
        -------
        Table
            variable, quantile, level, the `by` columns, estimate, se, lower, upper, df, n, psus, cdf, cdf_se.
        """
        return _calls.quantile(lib, locals())

    @aliased(interval="method")
    def proportion(
        self,
        y: Column | Columns,
        *,
        success: Any = None,
        method: _choices.Interval = "logit",
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        missing: _choices.Missing = "available",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        cov: bool = False,
        simultaneous: _choices.Simultaneous = "none",
    ) -> Table:
        """Proportions, 0-1: the share of the rows whose value is a success, with the interval methods of the field.

        Parameters
        ----------
        y : column, dict of columns or data frame
            Integers, whole floats, bool or text.
        success : value or list of values, optional
            The values that are successes; by default variables are of 0 and 1, and 1 is a success.
        method : str
            "wald", "logit", "likelihood", "arcsine", "arcsine_cut", "beta", "xlogit", "wilson", "agresti" (Agresti and Coull) or
            "jeffreys".

        Returns
        -------
        Table
            As of `mean`, with n_eff = p(1 - p)/V always there.
        """
        return _calls.proportion(lib, locals())

    @aliased(interval="method")
    def distribution(
        self,
        y: Column | Columns,
        *,
        method: _choices.Interval = "logit",
        categories: Column | None = None,
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        cov: bool = False,
        simultaneous: _choices.Simultaneous = "none",
    ) -> Table:
        """The share of every category of one variable, 0-1: text, integers or whole floats.

        Parameters
        ----------
        categories : column, optional
            All categories, in the order of the rows; one that nobody chose has an estimate of 0. By default those of a categorical (pandas,
            polars, an Arrow dictionary, `Ordered`), else those that occur, ascending. `Instrument.answers` are those of an item.
        method : str
            As for `proportion`; or "goodman", "quesenberry_hurst": all categories at once.
        simultaneous : {"none", "bonferroni", "sidak", "scheffe"}
            Whether the intervals of all categories of a group hold jointly.

        Returns
        -------
        Table
            As of `proportion`, with a column ``category`` after ``variable``.
        """
        return self._run_categories(
            lib.sipas_estimate_distribution, y, Groups(by, where, missing_by), _interval(method), categories,
            level=level, deff=deff, cov=cov, simultaneous=simultaneous,
        )  # fmt: skip

    def category(
        self,
        y: Column | Columns,
        kind: _choices.Category = "share",
        *,
        categories: Column | None = None,
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        cov: bool = False,
    ) -> Table:
        """The share, 0-1, or the number of population members in every category of one variable, with Wald intervals.

        Parameters
        ----------
        kind : {"share", "total"}
            What of each category; `category_total` is this one with ``"total"``.
        categories : column, optional
            As for `distribution`.

        Returns
        -------
        Table
            As of `distribution`, which has the intervals of shares.
        """
        return self._run_categories(
            lib.sipas_estimate_category, y, Groups(by, where, missing_by), _category(kind), categories,
            level=level, deff=deff, cov=cov,
        )  # fmt: skip

    def category_total(
        self,
        y: Column | Columns,
        *,
        categories: Column | None = None,
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        cov: bool = False,
    ) -> Table:
        """The number of population members in every category of one variable; columns as of `distribution`."""
        return self.category(
            y, "total", categories=categories, by=by, where=where, missing_by=missing_by, level=level, deff=deff, cov=cov
        )

    @aliased(argument="of")
    def function(
        self,
        y: Column | Columns,
        functions: Functions,
        *,
        of: _choices.Argument | Sequence[_choices.Argument] = "total",
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        missing: _choices.Missing = "available",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        cov: bool = False,
        simultaneous: _choices.Simultaneous = "none",
    ) -> Table:
        """Smooth functions of totals, means or weights of variables, by the delta method (Woodruff 1971; Wolter 2007, ch. 6).

        Parameters
        ----------
        y : column, dict of columns or data frame
            Variables: the arguments of the functions. One may stand several times.
        functions : Function, list of Function, or mapping
            A mapping gives linear functions by their names: ``{"gap": {"a": 1, "b": -1}}``. Terms are names or positions of variables.
        of : {"total", "mean", "weight"} or list
            What of each variable is an argument: Σ w y, Σ w y / Σ w, or Σ w over the rows that have y.

        Returns
        -------
        Table
            As of `mean`, `variable` being the name of the function. Where it has no value, the estimate is missing, with a note.

        Raises
        ------
        NotFoundError
            A term that is no variable.
        RangeError
            A derivative that central differences contradict, under ``Function(check=True)``; names function, argument and domain.

        Whatever a callable of the caller's raises is raised.

        Examples
        --------
        >>> import sipas
        >>> d = sipas.Design([1.0, 2.0, 1.0])
        >>> half = sipas.Function(["a", "b"], call=lambda x: (x[0] / x[1], [1 / x[1], -x[0] / x[1] ** 2]))
        >>> t = d.function({"a": [1.0, 2.0, 3.0], "b": [2.0, 4.0, 6.0]}, half)
        >>> t["estimate"]
        array([0.5])
        """
        call = self._new_call()
        columns, count, names = variables(call, y, "y")
        opts = estimate_opts(call, names, missing, level, deff, cov, simultaneous)
        kinds = [_argument(of)] * count if isinstance(of, str) else [_argument(one) for one in of]
        if len(kinds) != count:
            raise ValueError(f"of: {len(kinds)} kinds for {count} variables")
        structs, n = function_structs(call, functions, names)
        try:
            return self._finish(
                lib.sipas_estimate_function, call, Groups(by, where, missing_by), columns, ffi.new("int32_t[]", kinds), count, structs, n,
                opts=opts,
            )  # fmt: skip
        finally:
            reraise()

    functions = function  # its name in Lua, where function is a word of the language
