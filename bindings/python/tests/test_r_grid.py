"""Every kind of design × estimator × domain × missing as R code: R finds our figures to 1e-8, or the call is refused with the reason.

One R runs all of them. Skipped where Rscript or its package survey are not there.
"""

import itertools
import math
import shutil
import subprocess

import numpy as np
import pytest
import sipas

N = 48


def r_has_survey():
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True, check=False).returncode == 0


def joint_of(pi):
    """Joint probabilities of independent draws, less a little: any matrix that is one will do."""
    matrix = np.outer(pi, pi) * 0.97
    matrix[np.diag_indices(len(pi))] = pi
    return matrix


def designs():
    r = np.random.default_rng(20241231)
    weight = r.uniform(2, 9, N)
    strata = np.repeat(["B.1", "B", "Hà Nội", "1"], N // 4)
    psu = np.tile(np.repeat(np.arange(4), 3), 4)  # codes that stand in every stratum
    unsorted = np.array([f"{code}.{row % 2}" for row, code in enumerate(r.permutation(np.repeat(np.arange(12), 4)))])
    row = np.arange(N)
    pi = r.uniform(0.1, 0.7, N)
    pi_psu = r.uniform(0.2, 0.6, 16)[np.unique(np.char.add(strata, psu.astype(str)), return_inverse=True)[1]]
    sure = np.where(row < 2, 1.0, pi)
    lonely = np.where(row == 5, "alone", strata)
    two = {"clusters": [psu, row], "strata": strata}
    return {
        "rows": {"n": N},
        "weights": {"weights": weight},
        "zero weights": {"weights": np.where(row % 5 == 0, 0, weight), "strata": strata},
        "strata": {"weights": weight, "strata": strata},
        "strata, counts": {"weights": weight, "strata": strata, "fpc": np.full(N, 30)},
        "fractions alone": {"strata": strata, "fpc": np.full(N, 0.25)},
        "census": {"weights": np.ones(N), "strata": strata, "fpc": np.ones(N)},
        "clusters out of order": {"weights": weight, "clusters": unsorted},
        "clusters in strata": {"weights": weight, "strata": strata, "clusters": psu},
        "two stages": {"weights": weight, **two, "fpc": [np.full(N, 9), np.full(N, 11)]},
        "two stages, one count": {"weights": weight, **two, "fpc": [np.full(N, 9)]},
        "two stages, mixed": {**two, "fpc": [np.full(N, 9), np.full(N, 0.3)]},
        "two stages, none": {"weights": weight, **two},
        "strata of both stages": {"weights": weight, "clusters": [psu, row], "strata": [strata, row % 3 // 2], "fpc": [np.full(N, 9), np.full(N, 11)]},
        **{f"lonely {rule}": {"weights": weight, "strata": lonely, "lonely_psu": rule} for rule in ("Remove", "certainty", "adjust", "average", "adjust-zero")},
        **{f"df {df}": {"weights": weight, "strata": strata, "clusters": psu, "df": df} for df in ("Design", "domain_rows", 7, math.inf)},
        "brewer": {"fpc": pi, "pps": "Brewer", "strata": strata},
        "brewer, clusters": {"weights": weight, "fpc": pi_psu, "pps": "brewer", "strata": strata, "clusters": psu},
        "brewer, two stages": {"weights": weight, "fpc": [pi_psu, np.full(N, 11)], "pps": "brewer", **two},
        "brewer, certain": {"fpc": sure, "pps": "brewer"},
        "brewer, weights": {"weights": 1 / pi, "pps": "brewer"},
        "overton": {"weights": 1 / pi, "fpc": pi, "pps": "overton", "strata": strata},
        "overton, clusters": {"weights": 1 / pi_psu, "pps": "overton", "strata": strata, "clusters": psu},
        "overton, YG": {"fpc": pi, "pps": "overton", "variance": "yg"},
        "overton, other weights": {"weights": weight, "fpc": pi, "pps": "overton"},
        "hartley-rao": {"fpc": pi, "pps": "hartley-rao", "strata": strata},
        "hartley-rao, YG": {"fpc": pi, "pps": "hartley-rao", "variance": "YG"},
        "hartley-rao, population": {"fpc": pi, "pps": "hartley-rao", "strata": strata, "pps_square": np.repeat([0.3, 0.35, 0.4, 0.2], N // 4)},
        "hartley-rao, certain": {"fpc": sure, "pps": "hartley-rao"},
        "matrix": {"weights": 1 / pi, "pps": joint_of(pi)},
        "matrix, YG": {"weights": 1 / pi, "pps": joint_of(pi), "variance": "YG"},
        "matrix, other weights": {"weights": weight, "pps": joint_of(pi), "fpc": pi},
        "hajek": {"fpc": pi, "pps": "hajek"},
        "collapse": {"weights": weight, "strata": lonely, "lonely_psu": "collapse"},
        "phase 2": {"weights": weight, "phase2": row % 3 > 0},
        "calibrated": {"weights": np.where(row == 3, -1.5, weight), "calibrated": True, "strata": strata},
        "conditional": {"weights": weight, "strata": strata, "clusters": psu, "one_psu": "conditional"},
    }


def calls():
    r = np.random.default_rng(7)
    y = r.normal(10, 3, N)
    gaps = y.copy()
    gaps[::7] = np.nan
    x = r.uniform(1, 2, N)
    answer = r.integers(1, 6, N).astype(np.int8)
    by = {"g": np.where(np.arange(N) % 3 == 0, "Nghệ An", 'a "b", c'), "h": np.arange(N) % 2 == 0}
    few = np.repeat(["in", "out"], [9, N - 9])  # three PSUs of one stratum, or one of a design of rows
    domains = {
        "whole": {},
        "by": {"by": by},
        "levels": {"by": [by, {"g": by["g"]}, {}]},
        "where": {"where": np.arange(N) % 4},
        "few": {"by": {"few": few}, "where": np.arange(N) != 20},
    }
    lacking = np.where(np.arange(N) % 5 == 0, None, by["g"])
    domains["missing codes"] = {"by": [{"g": lacking, "h": by["h"]}, {"g": lacking}, {}], "missing_by": "drop"}
    for name, domain in domains.items():
        yield f"mean {name}", "mean", ({"y": y, "ỷ z": gaps},), domain
        yield f"total {name}", "total", (gaps,), domain
        yield f"ratio {name}", "ratio", (gaps,), {"x": x, **domain}
        yield f"logit {name}", "proportion", (answer,), {"success": [4.0, 5], "method": "Logit", **domain}
    yield "group", "mean", (y,), {"by": {"g": lacking}, "missing_by": "group"}
    yield "complete", "mean", ([y, gaps],), {"missing": "Complete"}
    yield "level", "mean", (y,), {"level": 0.9, **domains["by"]}
    yield "two ratios", "ratio", ([gaps, y],), {"x": [x, y], **domains["where"]}
    for effect in (True, "wr", "Replace" if "replace" in word_of_effects() else "WR"):
        for estimator in ("mean", "total"):
            yield f"{estimator} deff {effect}", estimator, (gaps,), {"deff": effect, **domains["by"]}
    for method in ("wald", "arcsine", "beta", "xlogit", "likelihood", "wilson"):
        yield method, "proportion", (answer,), {"success": [4, 5], "method": method, **domains["by"]}
    yield "text shares", "proportion", (by["g"],), {"success": "Nghệ An", "method": "xlogit"}


def word_of_effects():
    from sipas._estimator import _deff

    return _deff.values


#: What is refused, and the reason that is given; all else has to be written.
REFUSED = {
    "overton, other weights": "weights: with pps overton R's survey takes 1/weight",
    "hajek": "pps: R's survey has not 'hajek'",
    "collapse": "lonely_psu: 'collapse' is not what R has",
    "phase 2": "phase2: to_r writes designs without it",
    "conditional": "one_psu: to_r writes designs without it",
}


def refusal(design, call, keywords):
    if call in ("likelihood", "wilson"):
        return "method: "
    if call == "group":
        return "missing_by: 'group'"
    if keywords.get("deff") and design.split(",")[0] in ("brewer", "overton", "hartley-rao", "matrix"):
        return "deff: with unequal probabilities"
    if design == "lonely adjust" and call.startswith("total"):
        return "lonely_psu: 'adjust' is not what R has for a total"
    if design == "census" and call == "beta":
        return "method: R has no beta interval"
    return REFUSED.get(design)


@pytest.mark.skipif(not r_has_survey(), reason="Rscript with the package survey is not there")
def test_r_finds_our_figures(tmp_path):
    written, wrong = [], []
    for (name, options), (label, estimator, arguments, keywords) in itertools.product(designs().items(), calls()):
        reason = refusal(name, label, keywords)
        design = sipas.Design(**options)
        folder = tmp_path / str(len(written))
        folder.mkdir(exist_ok=True)
        try:
            design.to_r(estimator, *arguments, folder=folder, **keywords)
        except sipas.SipasError as error:  # ours does not give it either
            given = {key: value for key, value in keywords.items() if key != "x"}
            extra = (keywords["x"],) if "x" in keywords else ()
            with pytest.raises(type(error)):
                getattr(design, estimator)(*arguments, *extra, **given)
            continue
        except ValueError as error:
            if reason is None or not str(error).startswith((reason, REFUSED.get(name, reason))):
                wrong.append(f"{name}, {label}: refused: {error}")
            continue
        if reason is not None:
            wrong.append(f"{name}, {label}: not refused")
        written.append(f"{name}, {label}")
    assert len(written) > 900
    driver = """
        library(survey)
        for (folder in seq_len(%d) - 1) {
            setwd(file.path("%s", folder))
            done <- tryCatch({ suppressWarnings(capture.output(source("design.R", local = new.env()))); "" }, error = conditionMessage)
            if (nzchar(done)) cat("FAULT", folder, gsub("\\n", " ", done), "\\n")
        }
    """ % (len(written), tmp_path)
    done = subprocess.run(["Rscript", "-e", driver], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        if line.startswith("FAULT"):
            _, folder, message = line.split(" ", 2)
            wrong.append(f"{written[int(folder)]}: {message}")
    assert not wrong, "\n".join(wrong)
