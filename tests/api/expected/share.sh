#!/bin/sh
# share.sh FILE: FILE holds what examples/share printed. A share p of 20 out of N: V = p (1 - p) / 19 (1 - 20 / N), and on the scale of
# log(p / (1 - p)) an interval of t sqrt(V) / (p (1 - p)) to both sides, t = 2.0930240544083096 (R: qt(0.975, 19)).
set -u
awk 'BEGIN { split("14 8 17", satisfied, " "); split("1200 800 400", people, " ") } {
    p = satisfied[NR] / 20
    half = 2.0930240544083096 * sqrt(p * (1 - p) / 19 * (1 - 20 / people[NR])) / (p * (1 - p))
    logit = log(p / (1 - p))
    wanted = sprintf("province %d: %.1f %%, with 95 %% confidence from %.1f to %.1f", NR, 100 * p, 100 / (1 + exp(half - logit)),
        100 / (1 + exp(-half - logit)))
    if ($0 != wanted) { print "share: " $0 ", not " wanted; bad = 1 }
} END { exit bad || NR != 3 }' "$1"
