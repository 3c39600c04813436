#!/bin/sh
# size.sh FILE: FILE holds what examples/size printed. Yamane: N / (1 + N e²). Cochran: n0 = z² / 4 / e², n0 / (1 + (n0 - 1) / N), of
# whom 80 % answer; z = 1.959963984540054 (R: qnorm(0.975)). All rounded up.
set -u
awk 'function up(x) { return x == int(x) ? x : int(x) + 1 }
BEGIN { split("420 3100 15000", people, " "); z = 1.959963984540054 } {
    N = people[NR]
    n0 = z * z / 4 / 0.0025
    n = up(n0 / (1 + (n0 - 1) / N))
    wanted = sprintf("%d adults: Yamane %d; Cochran %d answers, from %d who are asked", N, up(N / (1 + N * 0.0025)), n, up(n / 0.8))
    if ($0 != wanted) { print "size: " $0 ", not " wanted; bad = 1 }
} END { exit bad || NR != 3 }' "$1"
