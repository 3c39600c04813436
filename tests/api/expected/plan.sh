#!/bin/sh
# plan.sh FILE: FILE holds what examples/plan printed. Checks sums, rules and figures that can be worked out again, and
# that wrong inputs are refused in words.
set -u

out=$1
plan=${BUILD:-build}/examples/plan
bad=0
complain()
{
    echo "plan: $*"
    bad=1
}

while IFS= read -r line; do
    grep -qF -- "$line" "$out" || complain "not printed: $line"
done <<'LINES'
answers are ASSUMED to differ
40,230 interviews in 34 units
Least is sum n.
No other whole numbers do better: that is proved.
kish/1
neyman/1
LINES

# Units: code, people, interviews, exact, SE, half-width, gain. The whole: people, interviews, SE, half-width.
awk '
    function near(a, b, tolerance) { return a - b <= tolerance && b - a <= tolerance }
    function fail(text) { print "plan: " text; bad = 1 }
    { gsub(/,/, "") }
    /^[0-9]\. / { section = $1 + 0 }
    NF == 7 && $1 ~ /^[0-9][0-9]$/ {
        people[section] += $2
        sum[section] += $3
        variance[section] += $2 * $2 * 400 * (1 / $3 - 1 / $2)
        units[section]++
        if (section == 1 && ($3 < 300 || $3 % 5 != 0)) fail($1 ": " $3 " is below 300 or no multiple of 5")
        if (!near($5, 20 * sqrt(1 / $3 - 1 / $2), 0.0006)) fail($1 ": standard error " $5)
    }
    /^  the whole/ {
        if (sum[section] != $4 || people[section] != $3) fail("section " section ": the units do not add up")
        se = sqrt(variance[section]) / people[section]
        if (!near($5, se, 0.0006)) fail("section " section ": standard error " $5 ", not " se)
        if (section == 2 && $6 > 0.5) fail("half-width " $6)
    }
    /^To tell rank 20 from rank 30/ {
        # (z(0.05 / 66) + z(0.8)) sqrt(2) 20 / sqrt(n) = 10 / 33 of the range, finite populations apart
        n = 800 * ((3.1717657833516224 + 0.8416212335729144) / (15.58 * 10 / 33)) ^ 2
        if ($12 < n - 1 || $12 > n + 1) fail("to tell ranks apart " $12 " are needed, by the formula " n)
        told++
    }
    END {
        if (told != 1) fail("no sentence about ranks")
        if (units[1] != 34 || units[2] != 34) fail("there are not 34 provinces in each table")
        if (sum[1] != 40230) fail("the first table has " sum[1] " interviews")
        # Without rules, for answers that differ alike: n = N² S² / (V N + N S²)
        n = 400 * people[2] / (people[2] * (0.5 / 1.959963984540054) ^ 2 + 400)
        if (sum[2] < n || sum[2] > n + 34) fail("the second table has " sum[2] " interviews, the formula " n)
        exit bad
    }
' "$out" || bad=1

# Wrong inputs.
frame=$(mktemp)
printf 'code,people,sd,cost\n01,1000,10,2\n02,500,20,3\n03,20,-1,0\n' >"$frame"
refused()
{
    wanted=$1
    shift
    if "$plan" "$@" >"$frame.out" 2>"$frame.err"; then complain "not refused: $*"; fi
    grep -qF -- "$wanted" "$frame.err" || complain "$*: $(cat "$frame.err"), not: $wanted"
}
if [ -x "$plan" ]; then
    refused 'unit 03 (line 4): sd is -1; it must be at least 0' "$frame" --size people --sd sd --total 50
    refused '--sd: a value is missing' "$frame" --size people --total 50 --sd
    refused 'give one of --total, --budget and --half-width' "$frame" --size people --sd 10
    refused 'give only one of --total' "$frame" --size people --sd 10 --total 5 --budget 3
    refused '--total x: give a whole number, at least 0' "$frame" --size people --sd 10 --total x
    refused 'no such option' "$frame" --sizes people
    refused 'its upper bound 20 is the smallest of the' "$frame" --size people --sd 10 --total 5000
    refused 'is the largest of the' "$frame" --size people --sd 10 --total 10 --minimum 10
    refused 'is no multiple of 7' "$frame" --size people --sd 10 --total 50 --multiple 7
    refused 'unit 03 (line 4): cost is 0; it must be greater than 0' "$frame" --size people --sd 10 --cost cost --budget 50
    refused 'cost: no column is given' "$frame" --size people --sd 10 --budget 50
    refused "--where code=99: no row of $frame holds that in column 'code'" "$frame" --size people --sd 10 --total 5 --where code=99
    refused 'the target cannot be met' "$frame" --size people --sd 10 --half-width 0.1 --maximum 5
    refused 'people2' "$frame" --size people2 --sd 10 --total 5
    refused '--mean is missing' "$frame" --size people --sd 10 --total 30 --ranks 1,2
    refused 'give two ranks' "$frame" --size people --sd 10 --total 30 --mean 1..9 --ranks 2,4
    refused 'nothing tells them apart' "$frame" --size people --sd 10 --total 30 --mean 7 --ranks 1,2
    refused "1 cell does but for blanks, case or the form of a number: here '01'" "$frame" --size people --sd 10 --total 5 --where code=1
    refused '--lower and --minimum are one option' "$frame" --size people --sd 10 --total 50 --lower 1 --minimum 2
    refused '--sd is given twice' "$frame" --size people --sd 10 --sd 20 --total 50
    refused "no column 'C'" "$frame" --size people --sd 10 --total 50 --where C=1
    refused "line 4, column 'code': the code of the unit is missing" "$frame" --size people --sd 10 --total 50 --na 03
    refused '--total 1e20: give a whole number' "$frame" --size people --sd 10 --total 1e20
    for words in '--where people>=500 --n 30' '--where code!=03 --total 30' '--where code=01 --na 3 --total=30' '--minimum 1 --maximum 1000 --na sd=-1 --where sd>0 --total 30'; do
        # shellcheck disable=SC2086
        "$plan" "$frame" --size people --sd 10 $words >"$frame.out" 2>"$frame.err" || complain "$words: $(cat "$frame.err")"
        units=2
        [ "${words#*=01}" = "$words" ] || units=1
        grep -q "^30 interviews in $units units" "$frame.out" || complain "$words: $(head -n 1 "$frame.out")"
    done
    printf 'code,ten,people\n01,A,10\n02,B,20\n03,C,30\n04,TỔNG  CỘNG:,60\n' >"$frame.totals"
    "$plan" "$frame.totals" --size people --sd 10 --total 20 2>&1 >/dev/null | grep -q "line 5: 'TỔNG  CỘNG:' looks like a total" || complain 'a total is not noted'
    sed 's/TỔNG  CỘNG:/D/' "$frame.totals" >"$frame.out"
    "$plan" "$frame.out" --size people --sd 10 --total 20 2>&1 >/dev/null | grep -q 'line 5: its size is the sum' || complain 'a sum is not noted'
    sed '$d' "$frame.totals" >"$frame.out"
    [ -z "$("$plan" "$frame.out" --size people --sd 10 --total 20 2>&1 >/dev/null)" ] || complain 'something is noted'
    rm -f "$frame.totals"
    "$plan" "$frame" --size people --sd 10 --cost 2 --budget 100 >"$frame.out" 2>"$frame.err" ||
        complain "a budget: $(cat "$frame.err")"
    grep -q '^50 interviews in 3 units' "$frame.out" || complain "100 pays for 50 interviews at 2 each"
fi
rm -f "$frame" "$frame.out" "$frame.err"
exit $bad
