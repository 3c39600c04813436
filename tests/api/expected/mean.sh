#!/bin/sh
# mean.sh FILE: FILE holds what examples/mean printed. The closed form: the residual totals of the villages are 10, -10, -40, 40, so
# V = 2 (100 + 100) + 2 (1600 + 1600) over 120², with 4 - 2 degrees of freedom, t = 4.302652729911275 (R: qt(0.975, 2)).
set -u
awk '{
    se = sqrt(6800) / 120
    wanted = sprintf("mean %.2f, standard error %.4f, with 95 %% confidence from %.2f to %.2f", 480 / 120, se,
        4 - 4.302652729911275 * se, 4 + 4.302652729911275 * se)
    if ($0 != wanted) { print "mean: " $0 ", not " wanted; bad = 1 }
} END { exit bad || NR != 1 }' "$1"
