"""The design of a sample, and what is estimated under it.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sipas._columns import Call, Choice, Column, Columns, given, named
from sipas._errors import check, new_error
from sipas._instrument import Instrument, answer_columns, scoring_rule
from sipas._sipas import ffi, lib
from sipas._table import Table

_lonely = Choice("SIPAS_LONELY_", "lonely_psu")
_df = Choice("SIPAS_DF_", "df")
_pps = Choice("SIPAS_PPS_", "pps", without="FORM_")
_pps_form = Choice("SIPAS_PPS_FORM_", "variance", {"ht": "horvitz_thompson", "yg": "yates_grundy"})
_one_psu = Choice("SIPAS_ONE_PSU_", "one_psu")
_collapse = Choice("SIPAS_COLLAPSE_", "collapse", without="BY_")
_collapse_by = Choice("SIPAS_COLLAPSE_BY_", "collapse_by")
_phase1 = Choice("SIPAS_PHASE1_", "phase1")
_phase2 = Choice("SIPAS_PHASE2_", "phase2")
_quantile = Choice("SIPAS_QUANTILE_", "rule", without="INTERVAL_")
_quantile_interval = Choice("SIPAS_QUANTILE_INTERVAL_", "interval")
_moment = Choice("SIPAS_MOMENT_", "kind")
_scale = Choice("SIPAS_SCALE_", "scale")
_missing = Choice("SIPAS_MISSING_", "missing")
_deff = Choice("SIPAS_DEFF_", "deff")
_simultaneous = Choice("SIPAS_SIMULTANEOUS_", "simultaneous")
_interval = Choice("SIPAS_INTERVAL_", "method", {"agresti": "agresti_coull"})
_weighting = Choice("SIPAS_WEIGHTING_", "weighting")
_whole = Choice("SIPAS_WHOLE_", "whole")

#: A dict of columns, which are crossed; or a list of such dicts, one for each level, `{}` being the whole.
By = Mapping[str, Column] | Sequence[Mapping[str, Column]] | None


class Design:
    """A design: weights, strata, stages, finite populations, and the rules for what the data alone do not settle.

    Columns are read where they lie and must not change as long as the design lives, which keeps them. Wherever a design has
    ``clusters``, ``strata`` or ``fpc``, one column or a list may stand, the first stage's first. Codes may be text, integers or whole
    floats and match by value; ids nest in their parents.

    Parameters
    ----------
    weights : column, optional
        Weight of each row ≥ 0; 0 = out of every domain. By default the product over the stages of N/n when `fpc` is given, else 1
        with a note.
    strata : column or list, optional
        One column for each stage, from the first.
    clusters : column or list, optional
        Unit ids, the PSU first; by default each row is a PSU.
    fpc : column or list, optional
        Population counts of the stages, or sampling fractions when all are ≤ 1; by default with replacement.
    certainty : column of bool, optional
        Rows whose first-stage unit was drawn with certainty: its own stratum, and its next stage's units are the PSUs.
    calibrated : bool
        Weights are calibrated: a negative one is legal, and noted.
    pps : {"brewer", "overton", "hartley-rao", "hajek", "deville"} or array, shape (PSUs, PSUs), optional
        How the first stage was drawn when not with equal probabilities; or the joint inclusion probabilities, the PSUs in the order of
        their first rows. `fpc` then holds the inclusion probability of the row's PSU; without it that is 1/weight.
    variance : {"HT", "YG"}, optional
        Form of the variance where there are joint probabilities: Horvitz and Thompson's, or Yates and Grundy's.
    pps_square : column, optional
        Σ π²/n over the population, for ``"hartley-rao"``.
    lonely_psu : {"error", "remove", "certainty", "adjust", "average", "adjust_zero", "collapse"}
        What to do with a stratum that has one PSU and is not taken whole.
    collapse, collapse_by : str, optional
        For ``lonely_psu="collapse"``: how strata are joined.
    collapse_strata : column, optional
        For ``collapse="given"``: codes of the joined strata.
    one_psu : {"missing", "conditional"}
        What a mean or share gets whose domain lies in one PSU.
    phase2 : column of bool, optional
        Rows in the sample of a second phase; everything else then speaks of the first, and all its rows are given.
    phase2_method : {"srs", "bernoulli"}
        How the second phase was drawn.
    phase2_strata, phase2_fpc : column, optional
        Strata of the second phase; fraction taken, or number of units in phase 1.
    phase1 : {"design", "independent"}
        How the units of phase 1 were drawn.
    df : {"domain", "design"} or float
        Degrees of freedom of the intervals: PSUs minus strata, of the domain or of the whole; or a number.
    threads : int
        Worker threads of a call. Results do not depend on it, to the bit.
    n : int, optional
        Number of rows, where no column says it.

    Raises
    ------
    LengthError, ColumnTypeError, MissingError, RangeError
        A column that does not fit; names column and row.

    Examples
    --------
    >>> d = Design(weights=[10.0, 10.0, 20.0, 20.0], strata=["a", "a", "b", "b"])
    >>> t = d.mean({"age": [30.0, 40.0, 50.0, 60.0]})
    >>> round(float(t["estimate"][0]), 6), int(t["n"][0])
    (48.333333, 4)
    """

    __slots__ = ("_call", "_context", "_handle")

    def __init__(
        self,
        weights: Column | None = None,
        *,
        strata: Column | Sequence[Column] | None = None,
        clusters: Column | Sequence[Column] | None = None,
        fpc: Column | Sequence[Column] | None = None,
        certainty: Column | None = None,
        calibrated: bool = False,
        pps: Any = None,
        variance: str | None = None,
        pps_square: Column | None = None,
        lonely_psu: str = "error",
        collapse: str | None = None,
        collapse_by: str | None = None,
        collapse_strata: Column | None = None,
        one_psu: str = "missing",
        phase2: Column | None = None,
        phase2_method: str = "srs",
        phase2_strata: Column | None = None,
        phase2_fpc: Column | None = None,
        phase1: str | None = None,
        df: str | float = "domain",
        threads: int = 1,
        n: int | None = None,
    ) -> None:
        call, opts, error = Call(n), ffi.new("sipas_design_opts *"), new_error()
        lib.sipas_design_opts_init(opts)
        opts.lonely_psu, opts.calibrated = _lonely(lonely_psu), calibrated
        if isinstance(df, str):
            opts.df = _df(df)
        else:
            opts.df, opts.df_value = lib.SIPAS_DF_GIVEN, given(df)
        weight = call.column(weights, "weights")
        strata_columns, opts.n_strata = call.stack(strata, "strata")
        cluster_columns, n_stages = call.stack(clusters, "clusters")
        fpc_columns, opts.n_fpc = call.stack(fpc, "fpc")
        opts.certainty = call.column(certainty, "certainty")
        opts.collapse, opts.collapse_by = _collapse(collapse), _collapse_by(collapse_by)
        opts.collapse_strata = call.column(collapse_strata, "collapse_strata")
        opts.one_psu, opts.pps_form = _one_psu(one_psu), _pps_form(variance)
        opts.pps_square = call.column(pps_square, "pps_square")
        _first_stage(call, opts, pps)
        opts.phase1 = _phase1(phase1)
        opts.phase2 = lib.SIPAS_PHASE2_NONE if phase2 is None else _phase2(phase2_method)
        opts.phase2_sample = call.column(phase2, "phase2")
        opts.phase2_strata = call.column(phase2_strata, "phase2_strata")
        opts.phase2_fpc = call.column(phase2_fpc, "phase2_fpc")
        if call.n is None:
            raise ValueError("weights: a design needs a column, or its number of rows n")
        self._context = _context(threads)
        out = ffi.new("sipas_design **")
        status = lib.sipas_design_new(
            self._context, call.n, weight, strata_columns, cluster_columns, n_stages, fpc_columns, opts, out, error
        )
        check(status, error)
        self._call = call  # the columns that the design borrows
        self._handle = ffi.gc(out[0], lib.sipas_design_free)

    def __len__(self) -> int:
        """Number of rows."""
        return int(lib.sipas_design_count_rows(self._handle))

    @property
    def strata(self) -> int:
        """Number of first-stage strata, a certainty unit counting as one."""
        return int(lib.sipas_design_count_strata(self._handle))

    @property
    def psus(self) -> int:
        """Number of PSUs."""
        return int(lib.sipas_design_count_psus(self._handle))

    @property
    def df(self) -> float:
        """Design degrees of freedom: PSUs minus strata."""
        return float(lib.sipas_design_get_df(self._handle))

    def __repr__(self) -> str:
        return f"<Design: {len(self)} rows, {self.psus} PSUs in {self.strata} strata>"

    def describe(self) -> Table:
        """One row: rows, positive, strata, psus, df, weight_sum, kish_deff, n_eff; its notes say what was assumed."""
        out, error = ffi.new("sipas_table **"), new_error()
        check(lib.sipas_design_describe(self._handle, out, error), error)
        return Table(out[0])

    def mean(
        self,
        y: Column | Columns,
        *,
        by: By = None,
        where: Column | None = None,
        missing: str = "available",
        level: float = 0.95,
        deff: str | bool = False,
        cov: bool = False,
        simultaneous: str = "none",
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
        call = Call(len(self))
        columns, count, names = _variables(call, y, "y")
        opts = _estimate_opts(call, names, missing, level, deff, cov, simultaneous)
        return self._estimate(lib.sipas_estimate_mean, call, by, where, columns, count, opts=opts)

    def total(
        self,
        y: Column | Columns,
        *,
        by: By = None,
        where: Column | None = None,
        missing: str = "available",
        level: float = 0.95,
        deff: str | bool = False,
        cov: bool = False,
        simultaneous: str = "none",
    ) -> Table:
        """Totals, Σ w y; otherwise as `mean`."""
        call = Call(len(self))
        columns, count, names = _variables(call, y, "y")
        opts = _estimate_opts(call, names, missing, level, deff, cov, simultaneous)
        return self._estimate(lib.sipas_estimate_total, call, by, where, columns, count, opts=opts)

    def ratio(
        self,
        y: Column | Columns,
        x: Column | Columns,
        *,
        by: By = None,
        where: Column | None = None,
        missing: str = "available",
        level: float = 0.95,
        deff: str | bool = False,
        cov: bool = False,
        simultaneous: str = "none",
    ) -> Table:
        """Ratios Σ w y / Σ w x of each y to its x, over the rows that have both; otherwise as `mean`.

        Parameters
        ----------
        y, x : column, dict of columns or data frame
            As many denominators as numerators, or one for all.
        """
        call = Call(len(self))
        columns, count, names = _variables(call, y, "y")
        denominators, _ = named(x, "x", None)
        if len(denominators) == 1:
            denominators *= count
        if len(denominators) != count:
            raise ValueError(f"x: {len(denominators)} denominators for {count} numerators")
        below = call.columns(denominators, [f"x[{index}]" for index in range(count)] if count > 1 else ["x"])
        opts = _estimate_opts(call, names, missing, level, deff, cov, simultaneous)
        return self._estimate(lib.sipas_estimate_ratio, call, by, where, columns, below, count, opts=opts)

    def quantile(
        self,
        y: Column | Columns,
        probs: float | Sequence[float] = 0.5,
        *,
        rule: str = "hf1",
        interval: str = "mean",
        by: By = None,
        where: Column | None = None,
        missing: str = "available",
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
            How the interval of the distribution function is made that is carried back (Woodruff 1952, JASA 47:635).

        Returns
        -------
        Table
            variable, quantile, level, the `by` columns, estimate, se, lower, upper, df, n, psus, cdf, cdf_se.
        """
        call, opts = Call(len(self)), ffi.new("sipas_estimate_quantile_opts *")
        lib.sipas_estimate_quantile_opts_init(opts)
        columns, count, names = _variables(call, y, "y")
        opts.missing, opts.level, opts.names = _missing(missing), given(level), call.texts(names)
        opts.rule, opts.interval = _quantile(rule), _quantile_interval(interval)
        array = np.atleast_1d(np.asarray(probs, dtype=np.float64))
        if array.ndim != 1:
            raise ValueError(f"probs: {array.ndim} dimensions where a column has one")
        array = np.ascontiguousarray(array)
        pointer = ffi.from_buffer("double[]", array)
        return self._estimate(
            lib.sipas_estimate_quantile, call, by, where, columns, count, pointer, len(array), opts=opts
        )

    def proportion(
        self,
        y: Column | Columns,
        *,
        success: Any = None,
        method: str = "logit",
        by: By = None,
        where: Column | None = None,
        missing: str = "available",
        level: float = 0.95,
        deff: str | bool = False,
        cov: bool = False,
        simultaneous: str = "none",
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
        call = Call(len(self))
        columns, count, names = _variables(call, y, "y")
        if success is None:
            values = ffi.NULL
        else:
            listed = success if isinstance(success, (list, tuple)) else [success]
            values = call.column(listed if not hasattr(success, "ndim") or success.ndim == 0 else success, "success", None)
        opts = _estimate_opts(call, names, missing, level, deff, cov, simultaneous)
        return self._estimate(
            lib.sipas_estimate_proportion, call, by, where, columns, count, values, _interval(method), opts=opts
        )

    def distribution(
        self,
        y: Column | Columns,
        *,
        method: str = "logit",
        by: By = None,
        where: Column | None = None,
        level: float = 0.95,
        deff: str | bool = False,
        cov: bool = False,
        simultaneous: str = "none",
    ) -> Table:
        """The share of every category of one variable, 0-1: text, integers or whole floats.

        Parameters
        ----------
        method : str
            As for `proportion`; or "goodman", "quesenberry_hurst": all categories at once.
        simultaneous : {"none", "bonferroni", "sidak", "scheffe"}
            Whether the intervals of all categories of a group hold jointly.

        Returns
        -------
        Table
            As of `proportion`, with a column ``category`` after ``variable``.
        """
        call = Call(len(self))
        columns, count, names = _variables(call, y, "y")
        if count != 1:
            raise ValueError(f"y: {count} variables where a distribution has one")
        opts = _estimate_opts(call, names, "available", level, deff, cov, simultaneous)
        return self._estimate(lib.sipas_estimate_distribution, call, by, where, columns, _interval(method), opts=opts)

    def category_total(
        self,
        y: Column | Columns,
        *,
        by: By = None,
        where: Column | None = None,
        level: float = 0.95,
        deff: str | bool = False,
        cov: bool = False,
    ) -> Table:
        """The number of population members in every category of one variable; columns as of `distribution`."""
        call = Call(len(self))
        columns, count, names = _variables(call, y, "y")
        if count != 1:
            raise ValueError(f"y: {count} variables where a distribution has one")
        opts = _estimate_opts(call, names, "available", level, deff, cov, "none")
        return self._estimate(
            lib.sipas_estimate_category, call, by, where, columns, lib.SIPAS_CATEGORY_TOTAL, opts=opts
        )

    def alpha(
        self,
        items: Columns,
        *,
        scale: str = "transformed",
        by: By = None,
        where: Column | None = None,
        level: float = 0.95,
        deff: str | bool = False,
        cov: bool = False,
    ) -> Table:
        """Cronbach's alpha of a scale of items, alpha without each item, and correlations of item and rest.

        Parameters
        ----------
        items : dict of columns, data frame or list of columns
            At least two, all scored in one direction; rows that have all of them count.
        scale : {"transformed", "plain"}
            Intervals on the scale log(1 - alpha), for correlations on Fisher's; or plain.

        Returns
        -------
        Table
            statistic ("alpha", "alpha_deleted", "item_rest"), item, level, the `by` columns, estimate, se, lower, upper, df, n, psus, deff,
            cv.

        Notes
        -----
        Cronbach (1951), Psychometrika 16:297; standard errors by the delta method.
        """
        call = Call(len(self))
        columns, count, names = _variables(call, items, "items")
        opts = _estimate_opts(call, names, "complete", level, deff, cov, "none")
        return self._estimate(lib.sipas_estimate_alpha, call, by, where, columns, count, _scale(scale), opts=opts)

    def moment(
        self,
        y: Columns,
        *,
        kind: str = "covariance",
        scale: str = "transformed",
        by: By = None,
        where: Column | None = None,
        missing: str = "complete",
        level: float = 0.95,
        deff: str | bool = False,
        cov: bool = False,
    ) -> Table:
        """Population variances, covariances or correlations of variables.

        Parameters
        ----------
        y : column, dict of columns, data frame or list of columns
            Variables.
        kind : {"covariance", "variance", "correlation"}
            Of every two variables and the variances; of each; of every two different ones.
        scale : {"transformed", "plain"}
            Intervals of correlations on Fisher's scale, or plain.

        Returns
        -------
        Table
            variable, with, level, the `by` columns, estimate, se, lower, upper, df, n, psus, deff, cv.
        """
        call = Call(len(self))
        columns, count, names = _variables(call, y, "y")
        opts = _estimate_opts(call, names, missing, level, deff, cov, "none")
        return self._estimate(
            lib.sipas_estimate_moment, call, by, where, columns, count, _moment(kind), _scale(scale), opts=opts
        )

    def index(
        self,
        answers: Columns,
        instrument: Instrument,
        *,
        scoring: str = "top2",
        weighting: str = "criterion",
        by: By = None,
        where: Column | None = None,
        missing: str = "available",
        level: float = 0.95,
        deff: str | bool = False,
        cov: bool = False,
        unweighted: bool = False,
        whole: str = "pooled",
        whole_by: str | None = None,
        population: Mapping[Any, float] | None = None,
    ) -> Table:
        """The index over the question tree: every node, for every group of every level, in one pass over the rows.

        Parameters
        ----------
        answers : dict of columns, data frame, list of columns or array, shape (rows, items)
            One column for each item of the instrument; int8 is read where it lies.
        instrument : Instrument
            The question tree.
        scoring : {"top2", "mean_over_max", "rescaled"}
            Score of answer k on a scale of K, 0-100: 100 when k ≥ K-1; 100 k/K; 100 (k-1)/(K-1).
        weighting : {"criterion", "factor", "block", "explicit"}
            How items are averaged on the way up.
        missing : {"available", "complete", "respondent"}
            Each item over those who answered it; rows with all answers; each respondent's mean first.
        unweighted : bool
            Also the unweighted figure.
        whole : {"pooled", "mean_of_units", "population"}
            How the row of the whole is made: by weights; as the mean over the groups of the `by` column `whole_by`; or with the shares
            of `population`, a mapping from its codes to populations.

        Returns
        -------
        Table
            node, level, the `by` columns, estimate (0-100), se, lower, upper, df, df_design, n, psus, deff, unweighted.

        Raises
        ------
        RangeError
            An answer outside its scale; names row and item.

        Notes
        -----
        Variance of the linearized tree: Särndal, Swensson and Wretman (1992), §5.5.
        """
        call, opts = Call(len(self)), ffi.new("sipas_index_opts *")
        lib.sipas_index_opts_init(opts)
        columns = call.columns(*answer_columns(answers, instrument))
        opts.scoring, opts.weighting, opts.missing = scoring_rule(scoring), _weighting(weighting), _missing(missing)
        opts.level, opts.deff, opts.cov = given(level), _design_effect(deff), cov
        opts.unweighted, opts.whole = unweighted, _whole(whole)
        if whole_by is not None:
            order = _levels(by)[0]
            if whole_by not in order:
                raise ValueError(f"whole_by: {whole_by!r} is not in by")
            opts.whole_by = list(order).index(whole_by)
        if population is not None:
            opts.population_code = call.column(list(population), "population", None)
            opts.population = call.column(list(population.values()), "population", None)
        return self._estimate(lib.sipas_index_estimate, call, by, where, instrument._handle, columns, opts=opts)

    def _estimate(self, function: Any, call: Call, by: By, where: Column | None, *arguments: Any, opts: Any) -> Table:
        domains = ffi.NULL if by is None and where is None else _domains(call, by, where)
        out, error = ffi.new("sipas_table **"), new_error()
        check(function(self._handle, *arguments, domains, opts, out, error), error)
        return Table(out[0], design=self)  # `change` and covariances read its columns


_contrast_df = Choice("SIPAS_CONTRAST_DF_", "df")
_adjust = Choice("SIPAS_ADJUST_", "adjust")
_overlap = Choice("SIPAS_OVERLAP_", "overlap")


def _contrast_opts(df: str | float | None, level: float, adjust: str) -> Any:
    opts = ffi.new("sipas_contrast_opts *")
    lib.sipas_contrast_opts_init(opts)
    opts.level, opts.adjust = given(level), _adjust(adjust)
    if df is None or isinstance(df, str):
        opts.df = _contrast_df(df)
    else:
        opts.df, opts.df_value = lib.SIPAS_CONTRAST_DF_GIVEN, given(df)
    return opts


def pairs(
    estimates: Table, *, df: str | float | None = None, level: float = 0.95, adjust: str = "none"
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
    check(lib.sipas_estimate_pairs(estimates._handle, _contrast_opts(df, level, adjust), out, error), error)
    return Table(out[0])


def change(
    before: Table,
    after: Table,
    *,
    overlap: str = "none",
    relative: bool = False,
    df: str | float | None = None,
    level: float = 0.95,
    adjust: str = "none",
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
    opts, out, error = _contrast_opts(df, level, adjust), ffi.new("sipas_table **"), new_error()
    opts.overlap, opts.relative = _overlap(overlap), relative
    check(lib.sipas_estimate_change(before._handle, after._handle, opts, out, error), error)
    return Table(out[0])


def league(
    estimates: Table,
    *,
    variable: str | None = None,
    domain_level: str | None = None,
    ascending: bool = False,
    level: float = 0.95,
) -> Table:
    """The league table of the units of one level, from a table of estimates: ranks, and how sure they are.

    Parameters
    ----------
    estimates : Table
        Of a `Design` with one ``by`` column; with ``cov=True`` the units' covariance is used.
    variable : str, optional
        The node, variable or category to rank; by default the last one.
    domain_level : str, optional
        The level to rank; by default the only one with one ``by`` column.
    ascending : bool
        The smallest value has rank 1.

    Returns
    -------
    Table
        unit, estimate, se, lower, upper, df, rank, rank_lower, rank_upper, gap_next, p_next, equal_next: the rank interval of each unit
        holds its true rank with the confidence asked for (Holm 1979; Mogstad, Romano, Shaikh and Wilhelm 2024).

    Raises
    ------
    NotFoundError, TooFewError
        No such variable or level, or not a table of estimates; fewer than two units.
    """
    call, opts, out, error = Call(), ffi.new("sipas_rank_opts *"), ffi.new("sipas_table **"), new_error()
    lib.sipas_rank_opts_init(opts)
    opts.ascending, opts.level = ascending, given(level)
    opts.variable, opts.domain_level = call.text(variable), call.text(domain_level)
    check(lib.sipas_rank_league(ffi.NULL, estimates._handle, opts, out, error), error)
    return Table(out[0])


def _first_stage(call: Call, opts: Any, pps: Any) -> None:
    """The method of unequal probabilities, or their matrix."""
    if pps is None or isinstance(pps, str):
        opts.pps = _pps(pps)
        return
    joint = np.ascontiguousarray(pps, dtype=np.float64)
    if joint.ndim != 2 or joint.shape[0] != joint.shape[1]:
        raise ValueError(f"pps: shape {joint.shape} where a square matrix of joint probabilities is expected")
    opts.pps, opts.joint_order = lib.SIPAS_PPS_JOINT, joint.shape[0]
    opts.joint = ffi.from_buffer("double[]", joint)
    call.keep.append(joint)


def _context(threads: int) -> Any:
    if threads == 1:
        return ffi.NULL
    opts, out, error = ffi.new("sipas_ctx_opts *"), ffi.new("sipas_ctx **"), new_error()
    lib.sipas_ctx_opts_init(opts)
    opts.threads = threads if threads != 0 else -1  # 0 would be the default
    check(lib.sipas_ctx_new(opts, out, error), error)
    return ffi.gc(out[0], lib.sipas_ctx_free)


def _variables(call: Call, y: Column | Columns, argument: str) -> tuple[Any, int, list[str] | None]:
    values, names = named(y, argument, None)
    if not values:
        raise ValueError(f"{argument}: no variable")
    if names is not None:
        labels = [f"{argument}[{name!r}]" for name in names]
    else:
        labels = [argument] if len(values) == 1 else [f"{argument}[{index}]" for index in range(len(values))]
    return call.columns(values, labels), len(values), names


def _design_effect(deff: str | bool) -> int:
    return _deff(deff) if isinstance(deff, str) else int(deff)  # SIPAS_DEFF_NONE = 0, _WOR = 1


def _estimate_opts(
    call: Call,
    names: Sequence[str] | None,
    missing: str,
    level: float,
    deff: str | bool,
    cov: bool,
    simultaneous: str,
) -> Any:
    opts = ffi.new("sipas_estimate_opts *")
    lib.sipas_estimate_opts_init(opts)
    opts.missing, opts.level, opts.deff, opts.cov = _missing(missing), given(level), _design_effect(deff), cov
    opts.names, opts.simultaneous = call.texts(names), _simultaneous(simultaneous)
    return opts


def _levels(by: By) -> tuple[dict[str, Column], list[int]]:
    """All `by` columns, in the order of their first appearance, and the levels as bit masks of them."""
    if by is None:
        return {}, []
    dicts = [by] if not isinstance(by, (list, tuple)) else list(by)
    columns: dict[str, Column] = {}
    for one in dicts:
        for column, name in zip(*_by_columns(one), strict=True):
            if columns.setdefault(name, column) is not column:
                raise ValueError(f"by: {name!r} is another column in another level")
    order = list(columns)
    masks = [sum(1 << order.index(name) for name in _by_columns(one)[1]) for one in dicts]
    return columns, masks if isinstance(by, (list, tuple)) else []


def _by_columns(one: Any) -> tuple[list[Any], list[str]]:
    if isinstance(one, Mapping) and not one:
        return [], []
    columns, names = named(one, "by", None)
    if names is None:
        raise TypeError("by: a dict of columns is expected, or a list of such dicts")
    return columns, names


def _domains(call: Call, by: By, where: Column | None) -> Any:
    domains = ffi.new("sipas_domains *")
    lib.sipas_domains_init(domains)
    columns, levels = _levels(by)
    domains.n_by = len(columns)
    domains.by = call.columns(list(columns.values()), [f"by[{name!r}]" for name in columns])
    domains.names = call.texts(list(columns)) if columns else ffi.NULL
    if levels:
        masks = ffi.new("uint32_t[]", levels)
        domains.n_levels, domains.levels = len(levels), masks
        call.keep.append(masks)
    domains.where = call.column(where, "where")
    return domains
