"""Scales of several items: reliability, moments, and the index over the question tree.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sipas import _calls, _choices
from sipas._arguments import Choice, flag, given, instance
from sipas._columns import Column, Columns
from sipas._domains import By, Groups, levels
from sipas._estimator import Estimator, design_effect, missing_rule
from sipas._instrument import Instrument, answer_columns, scoring_rule
from sipas._sipas import ffi, lib
from sipas._table import Table

_weighting = Choice("WEIGHTING", "weighting")
_whole = Choice("WHOLE", "whole")


class Scales(Estimator):
    """Estimators of several items of a `Design`."""

    __slots__ = ()

    def alpha(
        self,
        items: Columns,
        *,
        scale: _choices.Scale = "transformed",
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
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
            A note ``reversed`` names an item that runs against the others: its correlation with the rest is below 0, for its whole interval
            or with a larger alpha without it.

        Notes
        -----
        Cronbach (1951), Psychometrika 16:297; standard errors by the delta method.
        """
        return _calls.alpha(lib, locals())

    def moment(
        self,
        y: Columns,
        *,
        kind: _choices.Moment = "covariance",
        scale: _choices.Scale = "transformed",
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        missing: _choices.Missing = "complete",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
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
        return _calls.moment(lib, locals())

    def index(
        self,
        answers: Columns,
        instrument: Instrument | str,
        *,
        scoring: _choices.Scoring = "top2",
        weighting: _choices.Weighting = "criterion",
        by: By = None,
        where: Column | None = None,
        missing_by: _choices.MissingBy = "error",
        missing: _choices.Missing = "available",
        level: float = 0.95,
        deff: _choices.Deff | bool = False,
        cov: bool = False,
        unweighted: bool = False,
        whole: _choices.Whole = "pooled",
        whole_by: str | None = None,
        population: Mapping[Any, float] | None = None,
    ) -> Table:
        """The index over the question tree: every node, for every group of every level, in one pass over the rows.

        Parameters
        ----------
        answers : dict of columns, data frame, list of columns or array, shape (rows, items)
            One column for each item of the instrument; int8 is read where it lies.
        instrument : Instrument or str
            The question tree; or the name of a built-in one, such as ``"1001/2023"``.
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
        if isinstance(instrument, str):
            instrument = Instrument.builtin(instrument)
        instance(instrument, Instrument, "instrument")
        call, opts = self._new_call(), ffi.new("sipas_index_opts *")
        lib.sipas_index_opts_init(opts)
        columns = call.columns(*answer_columns(call.open(answers, "answers"), instrument))
        opts.scoring, opts.weighting, opts.missing = scoring_rule(scoring), _weighting(weighting), missing_rule(missing)
        opts.level, opts.deff, opts.cov = given(level, "level"), design_effect(deff), flag(cov, "cov")
        opts.unweighted, opts.whole = flag(unweighted, "unweighted"), _whole(whole)
        if whole_by is not None:
            order = levels(call.groups(by))[0]
            if whole_by not in order:
                raise ValueError(f"whole_by: {whole_by!r} is not in by")
            opts.whole_by = list(order).index(whole_by)
        if population is not None:
            instance(population, Mapping, "population")
            opts.population_code = call.column(list(population), "population", None)
            opts.population = call.column(list(population.values()), "population", None)
        return self._finish(lib.sipas_index_estimate, call, Groups(by, where, missing_by), instrument._handle, columns, opts=opts)
