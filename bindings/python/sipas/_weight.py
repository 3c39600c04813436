"""Weights: from inclusion probabilities, adjusted for who did not answer, and what their spread costs.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sipas import _calls
from sipas._columns import Call, Column, Columns
from sipas._context import Context, check
from sipas._errors import new_error
from sipas._frame import first
from sipas._sipas import ffi, lib
from sipas._table import Table

if TYPE_CHECKING:  # slow to import
    from numpy.typing import NDArray


class Kish(NamedTuple):
    """What unequal weights cost (Kish 1965, *Survey Sampling*, §11.7)."""

    deff: float
    n_eff: float
    cv2: float


def design_weights(data: Any = None, /, *, inclusion_prob: Any = None) -> NDArray[np.float64]:
    """Design weights, the product of 1/π over the stages (Horvitz and Thompson 1952, JASA 47:663).

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `inclusion_prob`.
    inclusion_prob : column or list of columns
        Inclusion probability of the row's unit of each stage within its unit of the stage above, in (0, 1].

    Raises
    ------
    MissingError, RangeError
        A probability that is missing or not in (0, 1]; names stage and row.

    Examples
    --------
    >>> import numpy as np
    >>> design_weights([np.array([0.5, 0.25]), np.array([0.1, 0.1])])
    array([20., 40.])
    """
    return _calls.design_weights(lib, locals())


def response_weights(
    data: Column | Columns | None = None,
    /,
    responded: Column | None = None,
    *,
    weights: Column | None = None,
    cell: Column | None = None,
    context: Context | None = None,
) -> tuple[NDArray[np.float64], Table]:
    """Weights adjusted for nonresponse: the respondents of a cell stand for all of it, the others get 0.

    Parameters
    ----------
    data : frame or column
        A frame, of which the other arguments may name columns (see `Design`); anything else is `weights`.
    weights : column
        Weights ≥ 0.
    responded : column of bool
        Who responded.
    cell : column, optional
        Code of each row's cell; by default one cell.

    Returns
    -------
    weights : ndarray of float64
        Sums by cell stay as they are (Särndal, Swensson and Wretman 1992, §15.6).
    cells : Table
        cell, issued, responded, rate, factor.

    Raises
    ------
    TooFewError
        A cell without respondents; names it.

    Examples
    --------
    >>> response_weights([10.0, 10.0, 20.0], [True, False, True], cell=["a", "a", "b"])[0]
    array([20.,  0., 20.])
    """
    return _calls.response_weights(lib, locals())


def kish(data: Column | Columns | None = None, /, *, weights: Column | None = None) -> Kish:
    """What unequal weights cost: design effect n Σw² / (Σw)², effective sample size, squared coefficient of variation.

    Examples
    --------
    >>> kish([1.0, 1.0, 2.0])
    Kish(deff=1.125, n_eff=2.6666666666666665, cv2=0.125)
    """
    frame, weights = first(data, weights, "weights")
    call, error, out = Call(frame=frame), new_error(), ffi.new("double[3]")
    check(lib.sipas_weight_kish(call.column(weights, "weights"), out, out + 1, out + 2, error), error)
    return Kish(out[0], out[1], out[2])
