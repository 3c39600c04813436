"""The words of options as types, so that a type checker knows them: ``Lonely`` is what ``lonely_psu`` may be.

Made from the public headers by bindings/generate/generate.py: `make generated` writes it anew.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from typing import Literal, TypeAlias

# fmt: off
Type: TypeAlias = Literal[
    "none",
    "f64",
    "f32",
    "i64",
    "i32",
    "i16",
    "i8",
    "u8",
    "bool",
    "code",
]
Field: TypeAlias = Literal[
    "other",
    "figure",
    "key",
    "level",
    "by",
    "value",
    "se",
    "lower",
    "upper",
    "df",
    "df_design",
    "df-design",
    "rows",
    "psus",
]
Share: TypeAlias = Literal[
    "default",
    "children",
    "equal",
]
Node: TypeAlias = Literal[
    "item",
    "criterion",
    "factor",
    "block",
    "index",
]
Item: TypeAlias = Literal[
    "likert",
    "single",
    "multiple",
    "yes_no",
    "yes-no",
]
Role: TypeAlias = Literal[
    "judgement",
    "satisfaction",
    "expectation",
]
Lonely: TypeAlias = Literal[
    "default",
    "error",
    "remove",
    "certainty",
    "adjust",
    "average",
    "adjust_zero",
    "adjust-zero",
    "collapse",
]
Collapse: TypeAlias = Literal[
    "default",
    "next",
    "previous",
    "nearest",
    "smallest",
    "largest",
    "given",
]
CollapseBy: TypeAlias = Literal[
    "default",
    "weight",
    "units",
]
Pps: TypeAlias = Literal[
    "none",
    "brewer",
    "overton",
    "hartley_rao",
    "hartley-rao",
    "hajek",
    "deville",
    "hr",
]
PpsForm: TypeAlias = Literal[
    "default",
    "horvitz_thompson",
    "horvitz-thompson",
    "yates_grundy",
    "yates-grundy",
    "ht",
    "yg",
]
Phase2: TypeAlias = Literal[
    "srs",
    "bernoulli",
]
Phase1: TypeAlias = Literal[
    "default",
    "design",
    "independent",
]
Nest: TypeAlias = Literal[
    "default",
    "yes",
    "no",
]
OnePsu: TypeAlias = Literal[
    "default",
    "missing",
    "conditional",
]
Df: TypeAlias = Literal[
    "default",
    "domain",
    "design",
    "domain_rows",
    "domain-rows",
]
Size: TypeAlias = Literal[
    "default",
    "yamane",
    "cochran",
    "wilson",
    "log_odds",
    "log-odds",
]
SizeRound: TypeAlias = Literal[
    "default",
    "up",
    "nearest",
]
Figure: TypeAlias = Literal[
    "default",
    "proportion",
    "mean",
    "total",
    "ratio",
    "index",
]
Compare: TypeAlias = Literal[
    "none",
    "units",
    "rounds",
]
Components: TypeAlias = Literal[
    "default",
    "model",
    "population",
]
Psu: TypeAlias = Literal[
    "default",
    "equal",
    "persons",
    "measure",
]
Single: TypeAlias = Literal[
    "default",
    "zero",
    "mean",
]
Allocate: TypeAlias = Literal[
    "default",
    "equal",
    "proportional",
    "sqrt",
    "power",
    "neyman",
    "cost",
    "class_table",
    "class-table",
    "kish",
    "bankier",
]
Rounding: TypeAlias = Literal[
    "default",
    "largest_remainder",
    "largest-remainder",
    "webster",
    "hill",
    "adams",
    "jefferson",
]
Remainder: TypeAlias = Literal[
    "error",
    "down",
    "up",
    "part",
]
Of: TypeAlias = Literal[
    "default",
    "mean",
    "total",
]
Strata: TypeAlias = Literal[
    "default",
    "cum_root_f",
    "cum-root-f",
    "geometric",
    "lavallee",
    "optimal",
]
Multi: TypeAlias = Literal[
    "default",
    "least_cost",
    "least-cost",
    "best_ratio",
    "best-ratio",
]
Target: TypeAlias = Literal[
    "default",
    "cv",
    "se",
    "margin",
    "se_total",
    "se-total",
]
Draw: TypeAlias = Literal[
    "default",
    "srs",
    "systematic",
    "pps_systematic",
    "pps-systematic",
    "all",
]
Fewer: TypeAlias = Literal[
    "default",
    "error",
    "take_all",
    "take-all",
    "move",
    "move_take_all",
    "move-take-all",
]
StageStrata: TypeAlias = Literal[
    "none",
    "class",
    "urban",
    "column",
]
Missing: TypeAlias = Literal[
    "default",
    "available",
    "complete",
    "respondent",
]
Deff: TypeAlias = Literal[
    "none",
    "wor",
    "wr",
    "true",
    "replace",
]
Simultaneous: TypeAlias = Literal[
    "none",
    "bonferroni",
    "sidak",
    "scheffe",
]
MissingBy: TypeAlias = Literal[
    "default",
    "error",
    "drop",
    "group",
]
Category: TypeAlias = Literal[
    "share",
    "total",
]
Interval: TypeAlias = Literal[
    "default",
    "wald",
    "logit",
    "likelihood",
    "arcsine",
    "beta",
    "xlogit",
    "wilson",
    "agresti_coull",
    "agresti-coull",
    "jeffreys",
    "arcsine_cut",
    "arcsine-cut",
    "goodman",
    "quesenberry_hurst",
    "quesenberry-hurst",
    "mean",
    "asin",
    "agresti",
    "asin_cut",
    "asin-cut",
]
Function: TypeAlias = Literal[
    "linear",
    "power",
    "log",
    "exp",
    "ratios",
    "call",
]
Argument: TypeAlias = Literal[
    "total",
    "mean",
    "weight",
]
ContrastDf: TypeAlias = Literal[
    "default",
    "minimum",
    "design",
    "regression",
    "satterthwaite",
]
Adjust: TypeAlias = Literal[
    "none",
    "bonferroni",
    "holm",
]
Overlap: TypeAlias = Literal[
    "none",
    "common",
    "joined",
]
Moment: TypeAlias = Literal[
    "covariance",
    "variance",
    "correlation",
]
Scale: TypeAlias = Literal[
    "transformed",
    "plain",
]
Quantile: TypeAlias = Literal[
    "default",
    "hf1",
    "hf2",
    "hf3",
    "hf4",
    "hf5",
    "hf6",
    "hf7",
    "hf8",
    "hf9",
    "math",
    "school",
]
QuantileCentre: TypeAlias = Literal[
    "default",
    "p",
    "estimate",
]
QuantileInterval: TypeAlias = Literal[
    "default",
    "mean",
    "xlogit",
    "beta",
    "asin",
    "wald",
    "arcsine",
]
Scoring: TypeAlias = Literal[
    "default",
    "top2",
    "mean_over_max",
    "mean-over-max",
    "rescaled",
]
Weighting: TypeAlias = Literal[
    "default",
    "criterion",
    "factor",
    "block",
    "explicit",
]
Whole: TypeAlias = Literal[
    "default",
    "pooled",
    "mean_of_units",
    "mean-of-units",
    "population",
]
