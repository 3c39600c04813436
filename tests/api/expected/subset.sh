#!/bin/sh
# subset.sh FILE: FILE holds what examples/subset printed. With z = w d (y - R) / Σ w d, d = 1 for all or for women, and four villages that were
# drawn: V = 4/3 Σ (z - 0)² over the villages' totals, which add to 0.
set -u
awk 'BEGIN { split("20 30 25 25", w, " "); split("60 80 70 75 65 60 85 80 90 55 60 50", y, " "); split("1 1 0 1 0 0 1 1 1 0 0 0", f, " ") } {
    all = NR == 1; size = sum = v = 0
    for (i = 1; i <= 12; i++) { d[i] = w[int((i + 2) / 3)] * (all || f[i]); size += d[i]; sum += d[i] * y[i] }
    for (k = 0; k < 4; k++) { z = 0; for (i = 3 * k + 1; i <= 3 * k + 3; i++) z += d[i] * (y[i] - sum / size) / size; v += 4 / 3 * z * z }
    wanted = sprintf("%s: %.2f points, standard error %.2f", all ? "all" : "women", sum / size, sqrt(v))
    if ($0 != wanted) { print "subset: " $0 ", not " wanted; bad = 1 }
} END { exit bad || NR != 2 }' "$1"
