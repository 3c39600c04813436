#!/bin/sh
# The same survey through R's package survey and through the library: svydesign() and svymean(), beside making the design and
# the mean. Reading the CSV is in neither time. Prints one JSON line with both times, their ratio and how far the figures are
# apart, and fails when that is more than 1e-9.
#
#   beside_r.sh [ROWS]     ROWS: 100000 when not given
#
# Leaves with 77 and a message where R or its package survey is not installed.
set -u
rows=${1:-100000}
bench=${BUILD:-build}/tests/bench/bench_estimate

if ! command -v Rscript >/dev/null 2>&1 || ! Rscript -e 'library(survey)' >/dev/null 2>&1; then
    echo 'beside_r.sh: skipped: Rscript with package survey is not installed' >&2
    exit 77
fi
[ -x "$bench" ] || { echo "beside_r.sh: $bench is not there: make $bench" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$bench" --csv "$rows" >"$work/survey.csv"
Rscript - "$work/survey.csv" >"$work/r" 2>"$work/log" <<'END' || { cat "$work/log" >&2; exit 1; }
suppressMessages(library(survey))
data <- read.csv(commandArgs(trailingOnly = TRUE)[1])
least <- Inf
for (i in 1:3) {
    taken <- system.time({
        design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = data, nest = TRUE)
        mean <- svymean(~y, design)
    })[["elapsed"]]
    least <- min(least, taken)
}
cat(sprintf("%.17g %.17g %.17g %s\n", least, coef(mean), SE(mean), packageVersion("survey")))
END
"$bench" "$rows" 3 >"$work/ours" || exit 1
awk '
    FNR == NR { r = $1; estimate = $2; se = $3; version = $4; next }
    /"estimate_scattered"/ {
        gsub(/[",{}:]/, " ")
        for (i = 1; i < NF; i++) { if ($i == "mean_1_thread_s") ours = $(i + 1); if ($i == "rows") rows = $(i + 1)
            if ($i == "estimate") e = $(i + 1); if ($i == "se") s = $(i + 1) }
    }
    function apart(a, b) { return a > b ? (a - b) / b : (b - a) / b }
    END {
        worst = apart(e, estimate) > apart(s, se) ? apart(e, estimate) : apart(s, se)
        printf "{\"case\": \"beside_r\", \"rows\": %d, \"survey\": \"%s\", \"r_s\": %.4f, \"mean_1_thread_s\": %.5f, " \
            "\"r_over_ours\": %.0f, \"apart\": %.1e}\n", rows, version, r, ours, r / ours, worst
        exit !(ours > 0 && worst < 1e-9)
    }' "$work/r" "$work/ours"
