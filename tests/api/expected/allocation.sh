#!/bin/sh
# allocation.sh FILE: FILE holds what examples/allocation printed. A thousand in all, at least 50 in each district; and of all moves of one
# interview from one district to another that the bound allows, none lowers sum N² S² / n: the best of them raises it by what is printed.
set -u
awk '
    BEGIN { split("52000 31000 24000 9000 2500", N, " "); split("18 24 15 30 20", S, " ") }
    /^district/ { n[NR] = $3; sum += $3; if ($3 < 50) { print "allocation: " $0; bad = 1 } }
    /^to move/ {
        least = 1e300
        for (i = 1; i <= 5; i++) for (j = 1; j <= 5; j++) if (i != j && n[i] > 50) {
            change = (N[i] * S[i])^2 * (1 / (n[i] - 1) - 1 / n[i]) + (N[j] * S[j])^2 * (1 / (n[j] + 1) - 1 / n[j])
            if (change < least) least = change
        }
        if (least < 0 || sprintf("%.4g", least) != $NF) { print "allocation: the best move changes it by " least ", printed is " $NF; bad = 1 }
        told = 1
    }
    END { if (sum != 1000 || !told) { print "allocation: " sum " interviews"; bad = 1 } exit bad }' "$1"
