#!/bin/sh
# ranks.sh FILE: FILE holds what examples/ranks printed. The index is counted again, person by person, with its standard error; provinces
# that are more than 4 standard errors apart must be told apart (six comparisons need 2.7 of them), provinces within one must not.
set -u
awk '
    function score(p, i, q) { return i < satisfied[p, q] ? 100 : 0 }
    BEGIN {
        split("40 42 38 39 41 40 25 30 28 45 44 47", cell, " ")
        for (k = 0; k < 12; k++) satisfied[int(k / 3) + 1, k % 3 + 1] = cell[k + 1]
        for (p = 1; p <= 4; p++) {
            for (i = 0; i < 50; i++) {
                x = ((score(p, i, 1) + score(p, i, 2)) / 2 + score(p, i, 3)) / 2
                sum[p] += x; square[p] += x * x
            }
            mean[p] = sum[p] / 50
            variance[p] = (square[p] / 50 - mean[p] * mean[p]) / 49
        }
    }
    {
        p = $3 + 0
        if ($1 + 0 != NR || sprintf("%.2f,", mean[p]) != $4) { print "ranks: " $0; bad = 1 }
        if (NR > 1 && mean[p] > mean[last]) { print "ranks: order: " $0; bad = 1 }
        last = p
        low[p] = $8; high[p] = $NF
    }
    END {
        for (a = 1; a <= 4; a++) for (b = 1; b <= 4; b++) if (mean[a] > mean[b]) {
            z = (mean[a] - mean[b]) / sqrt(variance[a] + variance[b])
            if (z > 4 && high[a] >= low[b]) { print "ranks: " a " and " b " are not told apart: " z; bad = 1 }
            if (z < 1 && high[a] < low[b]) { print "ranks: " a " and " b " are told apart: " z; bad = 1 }
            compared++
        }
        exit bad || NR != 4 || compared != 6
    }' "$1"
