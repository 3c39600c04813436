"""The design of a sample.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from sipas import _choices
from sipas._aliases import aliased
from sipas._arguments import Choice, array_of, flag, positive
from sipas._columns import Call, Column, Columns
from sipas._context import Context, check, handle
from sipas._domains import By
from sipas._errors import new_error
from sipas._estimates import Estimates
from sipas._frame import first
from sipas._scales import Scales
from sipas._sipas import ffi, lib
from sipas._table import Table

if TYPE_CHECKING:  # slow to import
    from numpy.typing import NDArray

_lonely = Choice("LONELY", "lonely_psu")
_df = Choice("DF", "df")
_pps = Choice("PPS", "pps")
_pps_form = Choice("PPS_FORM", "variance")
_one_psu = Choice("ONE_PSU", "one_psu")
_collapse = Choice("COLLAPSE", "collapse")
_collapse_by = Choice("COLLAPSE_BY", "collapse_by")
_phase1 = Choice("PHASE1", "phase1")
_phase2 = Choice("PHASE2", "phase2")

# Arguments that are columns, or lists of them, and may be names.
_COLUMNS = (
    "weights", "strata", "clusters", "fpc", "certainty", "pps_square", "collapse_strata", "phase2", "phase2_strata", "phase2_fpc",
)  # fmt: skip


class Design(Estimates, Scales):
    """A design: weights, strata, stages, finite populations, and the rules for what the data alone do not settle.

    Columns are read where they lie and must not change as long as the design lives, which keeps them. Wherever a design has
    ``clusters``, ``strata`` or ``fpc``, one column or a list may stand, the first stage's first. Codes may be text, integers or whole
    floats and match by value; ids nest in their parents.

    Parameters
    ----------
    data : frame or column, optional
        A frame (dict of columns, pandas or polars data frame, Arrow table, DuckDB relation): wherever a column stands, here and in the methods,
        its name may stand, and where a list of columns stands, a list of names. Anything else is `weights`.
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
    variance : {"ht", "yg"}, optional
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
    nest : bool
        The code of a unit may stand in several strata and is a unit of its own in each, with a note; False refuses it.
    phase2 : column of bool, optional
        Rows in the sample of a second phase; everything else then speaks of the first, and all its rows are given.
    phase2_method : {"srs", "bernoulli"}
        How the second phase was drawn.
    phase2_strata, phase2_fpc : column, optional
        Strata of the second phase; fraction taken, or number of units in phase 1.
    phase1 : {"design", "independent"}
        How the units of phase 1 were drawn.
    df : {"domain", "domain_rows", "design"} or float
        Degrees of freedom of the intervals: PSUs minus strata, both where the domain has an answer, or a row (R's count), or of the
        whole; or a number.
    threads : int
        Worker threads of a call. Results do not depend on it, to the bit.
    context : Context, optional
        Threads and progress of the calls of this design; instead of `threads`.
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

    __slots__ = ("_call", "_context", "_given", "_within")

    @aliased(ids="clusters", lonely="lonely_psu")
    def __init__(
        self,
        data: Column | Columns | None = None,
        /,
        *,
        weights: Column | str | None = None,
        strata: Column | Sequence[Column] | None = None,
        clusters: Column | Sequence[Column] | None = None,
        fpc: Column | Sequence[Column] | None = None,
        certainty: Column | None = None,
        calibrated: bool = False,
        pps: _choices.Pps | NDArray[Any] | Sequence[Sequence[float]] | None = None,
        variance: _choices.PpsForm | None = None,
        pps_square: Column | None = None,
        lonely_psu: _choices.Lonely = "error",
        collapse: _choices.Collapse | None = None,
        collapse_by: _choices.CollapseBy | None = None,
        collapse_strata: Column | None = None,
        one_psu: _choices.OnePsu = "missing",
        nest: bool = True,
        phase2: Column | None = None,
        phase2_method: _choices.Phase2 = "srs",
        phase2_strata: Column | None = None,
        phase2_fpc: Column | None = None,
        phase1: _choices.Phase1 | None = None,
        df: _choices.Df | float = "domain",
        threads: int = 1,
        context: Context | None = None,
        n: int | None = None,
    ) -> None:
        given_by_name = {name: value for name, value in locals().items() if name not in ("self", "data")}
        columns = (strata, clusters, fpc, certainty, pps_square, collapse_strata, phase2, phase2_strata, phase2_fpc)
        frame, weights = first(data, weights, "weights", columns)
        call, opts, error = Call(n if frame is None or n is not None else frame.rows, frame), ffi.new("sipas_design_opts *"), new_error()
        lib.sipas_design_opts_init(opts)
        opts.lonely_psu, opts.calibrated = _lonely(lonely_psu), flag(calibrated, "calibrated")
        if isinstance(df, str):
            opts.df = _df(df)
        else:
            opts.df, opts.df_value = lib.SIPAS_DF_GIVEN, positive(df, "df")
        weight = call.column(weights, "weights")
        strata_columns, opts.n_strata = call.stack(strata, "strata")
        cluster_columns, n_stages = call.stack(clusters, "clusters")
        fpc_columns, opts.n_fpc = call.stack(fpc, "fpc")
        opts.certainty = call.column(certainty, "certainty")
        opts.collapse, opts.collapse_by = _collapse(collapse), _collapse_by(collapse_by)
        opts.collapse_strata = call.column(collapse_strata, "collapse_strata")
        opts.nest = lib.SIPAS_NEST_YES if flag(nest, "nest") else lib.SIPAS_NEST_NO
        opts.one_psu, opts.pps_form = _one_psu(one_psu), _pps_form(variance)
        opts.pps_square = call.column(pps_square, "pps_square")
        _first_stage(call, opts, pps)
        opts.phase1 = _phase1(phase1)
        opts.phase2 = lib.SIPAS_PHASE2_NONE if phase2 is None else _phase2(phase2_method)
        opts.phase2_sample = call.column(phase2, "phase2")
        opts.phase2_strata = call.column(phase2_strata, "phase2_strata")
        opts.phase2_fpc = call.column(phase2_fpc, "phase2_fpc")
        if call.n is None and frame is not None and frame.names:
            call.column(frame.at(0), frame.names[0])  # for its number of rows
        if call.n is None:
            raise ValueError("weights: a design needs a column, or its number of rows n")
        if context is None and threads != 1:
            context = Context(threads=threads)
        elif threads != 1:
            raise ValueError("threads: a context is given too")
        self._context = context
        out = ffi.new("sipas_design **")
        status = lib.sipas_design_new(
            handle(context), call.n, weight, strata_columns, cluster_columns, n_stages, fpc_columns, opts, out, error
        )
        check(status, error)
        self._call = call  # the columns that the design borrows
        self._given = {**given_by_name, "weights": weights}  # what `to_r` writes
        for name in _COLUMNS:
            self._given[name] = call.many(self._given[name], name)
        self._within: list[Any] = []  # the conditions of subsets
        self._handle = ffi.gc(out[0], lib.sipas_design_free)

    def _derived(self, call: Call, pointer: Any) -> Design:
        """A design made from this one, whose columns it borrows."""
        design = Design.__new__(Design)
        call.keep.append(self._call)
        design._call, design._context, design._given, design._within = call, self._context, self._given, self._within
        design._handle = ffi.gc(pointer, lib.sipas_design_free)
        return design

    def subset(self, where: Column) -> Design:
        """The part for which a condition holds, as R's ``subset()``.

        Every estimate under it is the one under this design whose `where` holds where both conditions do, to the bit. Strata, PSUs,
        stages and populations stay those of all rows, and so do the counts of the design; a subset of a subset is what lies in both.

        Parameters
        ----------
        where : column of bool
            Rows that are in it; a missing cell is out.

        Returns
        -------
        Design
            Its results have the metadata ``"subset"``, as ``"120 of 400 rows"``.

        Raises
        ------
        LengthError, ColumnTypeError
            A column of another length, of text or of floats.

        Examples
        --------
        >>> d = Design(weights=[10.0, 10.0, 10.0, 10.0])
        >>> t = d.subset([True, True, False, False]).mean([4.0, 8.0, 100.0, 50.0])
        >>> float(t["estimate"][0]), round(float(t["se"][0]) ** 2, 6)
        (6.0, 2.666667)
        """
        call, out, error = self._new_call(), ffi.new("sipas_design **"), new_error()
        if where is None:
            raise ValueError("where: a subset needs a condition")
        condition = call.one(where, "where")
        check(lib.sipas_design_subset(self._handle, call.column(condition, "where"), out, error), error)
        design = self._derived(call, out[0])
        design._within = [*self._within, condition]
        return design

    def phase2(
        self,
        sample: Column,
        *,
        method: _choices.Phase2 = "srs",
        strata: Column | None = None,
        fpc: Column | None = None,
        phase1: _choices.Phase1 | None = None,
    ) -> Design:
        """A design of two phases from this one, the first: what ``Design(…, phase2=sample)`` is, to the bit.

        Parameters
        ----------
        sample : column of bool
            Rows in the sample of phase 2; all rows of phase 1 are in this design.
        method : {"srs", "bernoulli"}
            How the second phase was drawn.
        strata, fpc : column, optional
            Strata of phase 2; fraction taken, or number of units in phase 1, by default counted (``"bernoulli"``: the probability).
        phase1 : {"design", "independent"}
            How the units of phase 1 were drawn.

        Returns
        -------
        Design
            Weights are those of phase 1 over the probability of being taken from it.

        Raises
        ------
        ArgumentError, OptionError
            Two phases already; a design with certainty, or a rule that two phases do not know.
        LengthError, ColumnTypeError, MissingError, RangeError
            A column that does not fit; called ``phase2_sample``, ``phase2_strata``, ``phase2_fpc``, with row.

        Examples
        --------
        >>> first = Design(weights=[2.0, 2.0, 2.0, 2.0])
        >>> t = first.phase2([1, 1, 1, 0]).total([3.0, 4.0, 5.0, None])
        >>> round(float(t["estimate"][0]), 6)
        32.0
        """
        call, out, error = self._new_call(), ffi.new("sipas_design **"), new_error()
        opts = ffi.new("sipas_design_phase2_opts *")
        lib.sipas_design_phase2_opts_init(opts)
        if sample is None:
            raise ValueError("sample: phase 2 needs its rows")
        opts.method, opts.phase1 = _phase2(method), _phase1(phase1)
        opts.strata, opts.fpc = call.column(strata, "strata"), call.column(fpc, "fpc")
        rows = call.one(sample, "sample")
        check(lib.sipas_design_phase2(self._handle, call.column(rows, "sample"), opts, out, error), error)
        design = self._derived(call, out[0])
        design._given = {**self._given, "phase2": rows}  # which `to_r` refuses
        return design

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

    def to_r(
        self,
        estimator: Literal["mean", "total", "ratio", "proportion"],
        y: Column | Columns,
        *,
        x: Column | None = None,
        success: Any = None,
        method: _choices.Interval = "logit",
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        missing: _choices.Missing = "available",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        folder: str | None = None,
    ) -> str:
        """The same estimates as code for R's package survey, with the data: anyone can check us there.

        Parameters
        ----------
        estimator : {"mean", "total", "ratio", "proportion"}
            The method of this design that is called; the other arguments as of that method.
        x : column
            The denominator of ``"ratio"``.
        folder : str, optional
            Where to write ``design.R`` and ``data.csv``; by default the data are in the code.

        Returns
        -------
        str
            The code. It leaves R's figures in the data frame ``result``: variable, level, the `by` columns, estimate, se, lower,
            upper, df, in the order of our table, holds them against ours, and stops where one differs by more than 1e-8.

        Raises
        ------
        ValueError
            What R's survey does not have, or has by another rule: ``lonely_psu="collapse"``, a second phase, certainty units, likelihood
            limits (its search ends early), design effects with unequal probabilities, a group of rows without a code; names it and says why.
        SipasError
            What the method itself raises.

        Examples
        --------
        >>> code = Design([1.0, 2.0], strata=["a", "a"]).to_r("mean", [3.0, 4.0])
        >>> [line for line in code.splitlines() if "svydesign" in line]
        ['design <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = data)']
        """
        from sipas import _r  # only where there is R

        call = self._new_call()
        y, x, by = call.open(y, "y"), None if x is None else call.open(x, "x"), call.groups(by)
        where = None if where is None else call.one(where, "where")
        if self._within:
            where = _r.meet([*self._within, *([] if where is None else [where])])
        return _r.script(
            self, self._given, estimator, y, x=x, success=success, method=method, by=by, where=where, missing_by=missing_by,
            missing=missing, level=level, deff=deff, folder=folder,
        )  # fmt: skip


def _first_stage(call: Call, opts: Any, pps: Any) -> None:
    """The method of unequal probabilities, or their matrix."""
    if pps is None or isinstance(pps, str):
        opts.pps = _pps(pps)
        return
    joint = array_of(pps, "pps")
    if joint.ndim != 2 or joint.shape[0] != joint.shape[1]:
        raise ValueError(f"pps: shape {joint.shape} where a square matrix of joint probabilities is expected")
    opts.pps, opts.joint_order = lib.SIPAS_PPS_JOINT, joint.shape[0]
    opts.joint = ffi.from_buffer("double[]", joint)
    call.keep.append(joint)
