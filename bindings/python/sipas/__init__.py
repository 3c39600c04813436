"""Survey sampling and satisfaction indices with honest margins of error.

Every number comes from the C library libsipas, to the bit; columns are read where they lie.

How many: `sample_size`, `size_figures`, `size_ranking`, `size_stages`, and with `precision_` what a number is worth; where:
`allocate`, `allocate_precision`, `allocate_multi`, `allocate_tree`, `plan_expect`, `plan_compare`, `strata_cut`; from which
frame: `UnitTree`, `frame_summary`, `frame_impute`, `frame_expand`; whom: `inclusion_prob`, `draw`, `draw_plan`; with which weight:
`design_weights`, `response_weights`, `kish`; what the survey then says: `Design`; who stands where: `league`; what differs:
`contrast`, `pairs`, `change`.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from sipas._allocate import MultiAllocation, allocate, allocate_multi, allocate_precision, allocate_tree
from sipas._columns import Column, Columns, Ordered
from sipas._context import Context
from sipas._contrast import change, contrast, pairs
from sipas._design import Design
from sipas._draw import DrawStage, code_hash, draw, draw_plan, inclusion_prob, rng_philox, rng_uniform
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
    StreamError,
    TooFewError,
    TreeError,
)
from sipas._function import Function
from sipas._instrument import Instrument, Node
from sipas._plan import PlanVariable, plan_compare, plan_expect, strata_cut
from sipas._rank import league
from sipas._sipas import ffi as _ffi
from sipas._sipas import lib as _lib
from sipas._size import SizeFigure, precision_figures, precision_proportion, sample_size, size_figures
from sipas._stages import (
    SizeStage,
    components_frame,
    components_sample,
    precision_ranking,
    precision_stages,
    size_ranking,
    size_stages,
)
from sipas._table import Field, Table
from sipas._texts import CodesWarning
from sipas._unit import UnitTree, frame_expand, frame_impute, frame_summary
from sipas._weight import Kish, design_weights, kish, response_weights

__version__: str = _ffi.string(_lib.sipas_version()).decode()

__all__ = [
    "ArgumentError",
    "CancelledError",
    "CodesWarning",
    "Column",
    "ColumnTypeError",
    "Columns",
    "Context",
    "ConvergenceError",
    "Design",
    "DrawStage",
    "DuplicateError",
    "Field",
    "Function",
    "InfeasibleError",
    "Instrument",
    "Kish",
    "LengthError",
    "LonelyPsuError",
    "MissingError",
    "MultiAllocation",
    "Node",
    "NotFoundError",
    "OptionError",
    "Ordered",
    "OutOfMemoryError",
    "PlanVariable",
    "RangeError",
    "SipasError",
    "SizeFigure",
    "SizeStage",
    "StreamError",
    "Table",
    "TooFewError",
    "TreeError",
    "UnitTree",
    "allocate",
    "allocate_multi",
    "allocate_precision",
    "allocate_tree",
    "change",
    "code_hash",
    "components_frame",
    "components_sample",
    "contrast",
    "design_weights",
    "draw",
    "draw_plan",
    "frame_expand",
    "frame_impute",
    "frame_summary",
    "inclusion_prob",
    "kish",
    "league",
    "pairs",
    "plan_compare",
    "plan_expect",
    "precision_figures",
    "precision_proportion",
    "precision_ranking",
    "precision_stages",
    "response_weights",
    "rng_philox",
    "rng_uniform",
    "sample_size",
    "size_figures",
    "size_ranking",
    "size_stages",
    "strata_cut",
]
