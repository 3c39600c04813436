#!/bin/sh
# province_round.sh FILE: FILE holds what examples/province_round printed. Checks published totals, sums of what is split,
# formulas that can be worked out again from the printed figures, and that simulated figures are called so.
set -u

out=$1
bad=0
complain()
{
    echo "province_round: $*"
    bad=1
}

while IFS= read -r line; do
    grep -qF -- "$line" "$out" || complain "not printed: $line"
done <<'LINES'
answers below are SIMULATED
1. The frame: 117 agencies of Bình Dương
transactions (assumed)
The table gives 5,000 and 15,800.
gives 5,000 and 16,150: seven xã
In all: 24,000 forms in 2017, 24,350 in this round.
Sở Nội vụ (210), Sở Tài chính (130), Sở Khoa học và Công nghệ (57), Sở Ngoại vụ (38).
(transactions assumed)
4. Draw and fieldwork (who answers is simulated)
call centre
home visit
5. Weights (from simulated fieldwork)
Sum of the weights: 389,002, for 389,002 transactions.
6. The index of the province (simulated answers: the figures mean nothing)
7. The index of each level (simulated answers)
League table of the 17 departments (simulated answers)
League table of the 9 districts (simulated answers)
League table of the 91 communes (simulated answers)
of 16 pairs of neighbours cannot be told apart
of 8 pairs of neighbours cannot be told apart
of 90 pairs of neighbours cannot be told apart
9. Đồng Tháp: the 6,045 people of 2023 over 12 districts and 143 communes, by every method
Found: 6,045
LINES

[ "$(grep -c 'simulated' "$out")" -ge 9 ] || complain 'too few headings say that figures are simulated'
[ "$(grep -c '6,045 *6,045 *6,045 *6,045 *6,045 *6,045$' "$out")" -eq 2 ] || complain 'a method does not give 6,045'

# Figures of a row stand at its end, names and their blanks before them.
awk '
    function near(a, b, tolerance) { return a - b <= tolerance && b - a <= tolerance }
    function fail(text) { print "province_round: " text; bad = 1 }
    { gsub(/,/, ""); gsub(/\*/, "") }
    /^[0-9]\. / { section = $1 + 0 }

    # Slovin: N / (1 + N e²) with e = 0.05, rounded up; the quotas add up.
    section == 3 && ($1 ~ /^D[0-9][0-9]$/ || $1 ~ /^7[0-9][0-9]$/) {
        exact = $(NF - 5) / (1 + $(NF - 5) / 400)
        whole = exact == int(exact) ? exact : int(exact) + 1
        if ($(NF - 4) != whole) fail("Slovin of " $1 ": " $(NF - 4) ", not " whole)
        if ($(NF - 1) > $(NF - 5)) fail("quota of " $1 " above its transactions")
        quota[$1 ~ /^D/ ? 1 : 2] += $(NF - 1)
        agencies++
    }

    # Estimates stand inside their intervals, which are not wider than a few standard errors.
    section == 6 && $1 ~ /^(II|II\.[A-E]|q[23][0-9])$/ {
        index_ = $(NF - 7); se = $(NF - 6); lower = $(NF - 5); upper = $(NF - 4)
        if (!(lower < index_ && index_ < upper && near(upper - lower, 2 * 1.96 * se, 0.04))) fail("interval of " $1)
        if (index_ < 60 || index_ > 100) fail("index of " $1 " is " index_)
        nodes++
    }
    section == 8 && /^ +[0-9]+ +[0-9]+ to [0-9]+ / {
        if (!($2 <= $1 && $1 <= $4)) fail("rank " $1 " outside " $2 " to " $4)
        ranked++
    }

    # The split: columns add up, and the expected standard errors follow from what is printed.
    section == 9 && /forms per commune/ { communes = 1 }
    section == 9 && !communes && $NF ~ /^[0-9]+$/ && /\((thành phố|huyện)\)/ {
        districts++
        size[districts] = $(NF - 6)
        people += $(NF - 6)
        sd[districts] = /thành phố/ ? 24 : 18
        for (m = 1; m <= 6; m++) { n[districts, m] = $(NF - 6 + m); sum[m] += n[districts, m] }
    }
    section == 9 && /expected SE of the province/ {
        for (m = 1; m <= 6; m++) {
            variance = 0
            for (h = 1; h <= districts; h++)
                variance += (size[h] / people) ^ 2 * sd[h] ^ 2 * (1 - n[h, m] / size[h]) / n[h, m]
            if (!near(sqrt(variance), $(NF - 6 + m), 0.0005001)) fail("SE of method " m ": " $(NF - 6 + m) ", not " sqrt(variance))
            if (m != 5 && $(NF - 6 + m) < $(NF - 1)) fail("method " m " beats Neyman")
        }
        compared = 1
    }
    END {
        if (agencies != 26) fail(agencies + 0 " departments and districts, not 26")
        if (quota[1] != 3200 || quota[2] != 5000) fail("quotas " quota[1] " and " quota[2] ", not 3200 and 5000")
        if (nodes != 22) fail(nodes + 0 " nodes, not 22")
        if (ranked != 46) fail(ranked + 0 " ranked agencies, not 17 + 9 + 20")
        if (districts != 12 || !near(people, 1599504, 1)) fail(districts + 0 " districts of " people + 0 " people")
        for (m = 1; m <= 6; m++) if (sum[m] != 6045) fail("method " m " gives " sum[m] + 0)
        if (!compared) fail("no expected standard errors")
        exit bad
    }' "$out" || bad=1

exit $bad
