"""Survey sampling and satisfaction indices with honest margins of error.

Every number comes from the C library libsipas, to the bit; columns are read where they lie.

How many: `sample_size`; where: `allocate`; whom: `inclusion_prob`, `draw`; with which weight:
`design_weights`, `response_weights`, `kish`; what the survey then says: `Design`;
who stands where: `league`; what differs: `pairs`, `change`.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from sipas._columns import Column, Columns
from sipas._design import Design, change, league, pairs
from sipas._errors import (
    ArgumentError,
    CancelledError,
    ColumnTypeError,
    ConvergenceError,
    DuplicateError,
    InfeasibleError,
    LengthError,
    LonelyPsuError,
    MissingError,
    NotFoundError,
    OptionError,
    OutOfMemoryError,
    RangeError,
    SipasError,
    TooFewError,
    TreeError,
)
from sipas._instrument import Instrument, Node
from sipas._plan import allocate, draw, inclusion_prob, sample_size
from sipas._sipas import ffi as _ffi
from sipas._sipas import lib as _lib
from sipas._table import Field, Table
from sipas._weight import Kish, design_weights, kish, response_weights

__version__: str = _ffi.string(_lib.sipas_version()).decode()

__all__ = [
    "ArgumentError",
    "CancelledError",
    "Column",
    "ColumnTypeError",
    "Columns",
    "ConvergenceError",
    "Design",
    "DuplicateError",
    "Field",
    "InfeasibleError",
    "Instrument",
    "Kish",
    "LengthError",
    "LonelyPsuError",
    "MissingError",
    "Node",
    "NotFoundError",
    "OptionError",
    "OutOfMemoryError",
    "RangeError",
    "SipasError",
    "Table",
    "TooFewError",
    "TreeError",
    "allocate",
    "change",
    "design_weights",
    "draw",
    "inclusion_prob",
    "kish",
    "league",
    "pairs",
    "response_weights",
    "sample_size",
]
