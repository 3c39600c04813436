"""League tables.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from sipas import _calls
from sipas._context import Context
from sipas._sipas import lib
from sipas._table import Table


def league(
    estimates: Table,
    *,
    variable: str | None = None,
    domain_level: str | None = None,
    ascending: bool = False,
    level: float = 0.95,
    context: Context | None = None,
) -> Table:
    """The league table of the units of one level, from a table of estimates: ranks, and how sure they are.

    Parameters
    ----------
    estimates : Table
        Of a `Design` with one ``by`` column, or changes of such; with ``cov=True`` the units' covariance is used.
    variable : str, optional
        The node, variable or category to rank, or one figure of it: ``"y:0.25"`` of quantiles, ``"x:y"`` of covariances,
        ``"item_rest:q1"`` of alphas. Of several that it names, and by default, the last one.
    domain_level : str, optional
        The level to rank; by default the only one with one ``by`` column.
    ascending : bool
        The smallest value has rank 1.
    context : Context, optional
        Threads and progress.

    Returns
    -------
    Table
        unit, estimate, se, lower, upper, df, rank, rank_lower, rank_upper, gap_next, p_next, equal_next: the rank interval of each unit
        holds its true rank with the confidence asked for (Holm 1979; Mogstad, Romano, Shaikh and Wilhelm 2024).

    Raises
    ------
    NotFoundError, TooFewError
        No such variable or level, no units, or not a table of estimates; fewer than two units.
    """
    return _calls.league(lib, locals())
