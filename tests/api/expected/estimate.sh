#!/bin/sh
# estimate.sh FILE: FILE holds what examples/estimate printed without arguments.
#
# 1. Those figures, against the golden table of R's survey, to the digits printed.
# 2. Every case of the golden table that a command line can ask for, run with --csv and compared at the table's tolerances:
#    estimates, standard errors, degrees of freedom, intervals (with Student's t and normal), design effects, covariances.
# 3. Command lines and files that cannot be: one line on stderr that names what is wrong, and the exit status.
set -u

out=$1
estimate=${BUILD:-build}/examples/estimate
tests=$(dirname "$0")/../..
golden=$tests/golden/estimation.tsv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# ---------------------------------------------------------------------------------------------- 1. the examples shown

# shown COMMAND ROW ID VARIABLE GROUP N: below the command, the row that begins with ROW has R's estimate, se and interval,
# N of which the case has.
shown()
{
    awk -F '\t' -v command="$1" -v row="$2" -v id="$3" -v variable="$4" -v group="$5" -v n_figures="$6" '
        FILENAME == ARGV[1] && /^\$ / { here = index($0, command) > 0 }
        FILENAME == ARGV[1] && here {
            gsub(/,/, "")
            gsub(/^ +| +$/, "")
            gsub(/ +/, " ")
            n = split(row, r, " ")
            if (index($0 " ", row " ") == 1 && split($0, f, " ") > n + 4)
                for (i = 1; i <= 4; i++) printed[i] = f[n + i]
        }
        FILENAME == ARGV[1] || $1 != id || $11 != variable || $12 != group { next }
        { i = $13 == "estimate" ? 1 : $13 == "se" ? 2 : $13 == "ci_lo" ? 3 : $13 == "ci_hi" ? 4 : 0 }
        i { point = index(printed[i], "."); digits = point ? length(printed[i]) - point : 0 }
        i && sprintf("%.*f", digits, $14) != printed[i] {
            print "estimate: " id " " variable " " group " " $13 ": R has " $14 ", printed is " printed[i]
            wrong = 1
        }
        i { compared++ }
        END {
            if (compared != n_figures) print "estimate: " id " " variable ": " compared + 0 " figures, not " n_figures
            exit wrong || compared != n_figures
        }' "$out" "$golden" || bad=1
}
shown 'mean api00+enroll' api00 strat/mean api00 '' 4
shown 'mean api00+enroll' enroll strat/mean enroll '' 4
shown 'ratio api.stu/enroll' api.stu/enroll strat/ratio api.stu/enroll '' 2
shown 'proportion awards' awards clus1/ciprop_beta awards awards=Yes 3
shown 'HI_CHOL --by 1,race' 'HI_CHOL all -' nhanes/mean HI_CHOL '' 4

# -------------------------------------------------------------------------------------------- 2. all the golden cases

# The command line of each case, behind its id and what its rows are called by.
awk -F '\t' '
    function list(cell) { gsub(/;/, "+", cell); return cell }
    function option(name, n, part, i) {
        n = split($10, part, ";")
        for (i = 1; i <= n; i++) if (index(part[i], name "=") == 1) return substr(part[i], length(name) + 2)
        return ""
    }
    # The quantiles of a case stand in its rows: the table is read twice, first for them.
    FILENAME == ARGV[1] && FNR == NR {
        if ($7 == "quantile" && $13 == "estimate") probs[$1] = probs[$1] (probs[$1] == "" ? "" : "+") substr($12, 3)
        next
    }
    /^#/ || $1 == "case" || $1 == last { next }
    {
        last = $1
        verb = ""
        if ($7 == "mean" || $7 == "total") verb = $7 " " list($8)
        if ($7 == "mean_contrast") { verb = option("contrast"); gsub(/:/, "=", verb); verb = "mean " $8 " --contrast " verb }
        if ($7 == "ratio") { split($8, v, ";"); verb = "ratio " v[1] "/" v[2] }
        if ($7 == "proportions") verb = "distribution " $8 " --method mean"
        if ($7 == "category_totals") verb = "count " $8
        if ($7 == "proportion_ci") {
            split($8, v, "=")
            verb = "proportion " v[1] (v[2] == "" ? "" : " --success " v[2]) " --method " option("method")
        }
        if ($7 == "quantile") verb = "quantile " $8 " --centre estimate --probs " probs[$1]
        if (verb == "") next
        if ($9 != "") verb = verb " --by " list($9)
        if ($3 != "1") verb = verb " --ids " list($3)
        if ($4 != "") verb = verb " --strata " $4
        if ($5 != "" && $5 != "1") verb = verb " --weights " $5
        if ($6 != "") verb = verb " --fpc " list($6)
        if (option("na_rm") == "yes") verb = verb " --missing complete"
        if (option("lonely_psu") != "") verb = verb " --lonely " option("lonely_psu")
        if ($7 == "mean") verb = verb " --deff " (option("deff") == "replace" ? "replace" : "wor")
        if ($7 != "proportion_ci" && $7 != "quantile") verb = verb " --cov"
        print $1 "\t" $2 "\t" verb
    }' "$golden" "$golden" >"$work/cases"

set -f
while IFS='	' read -r id data words; do
    for df in design inf; do
        echo "@ $id $df"
        # shellcheck disable=SC2086
        "$estimate" "$tests/golden/data/$data" $words --df $df --csv 2>"$work/log" ||
            { echo "estimate: $id: $(cat "$work/log")" >&2; bad=1; }
    done
done <"$work/cases" >"$work/printed"
set +f

awk -F '\t' '
    function fail(text) { if (text) print "estimate: " text; bad = 1 }
    function close_to(a, b, tolerance, scale) {
        if (b < 0 ? -b > scale : b > scale) scale = b < 0 ? -b : b
        return a != "" && a - b <= tolerance * scale && b - a <= tolerance * scale
    }
    # What the row of a table is called: by columns with their values, category, variable.
    function remember(line, n, f, i, group) {
        n = split(line, f, ",")
        group = ""
        for (i = 1; i <= n; i++) if (!(head[i] in plain)) group = group (group == "" ? "" : ";") head[i] "=" f[i]
        for (i = 1; i <= n; i++) {
            if (head[i] == "category") group = f[1] "=" f[i]
            if (head[i] == "quantile") group = "p=" f[i] + 0
            value[id, df, f[1], group, head[i]] = f[i]
        }
    }
    # The name of a row in the covariance matrix, from its golden variable or group.
    function row_name(text, variables, n, f, i, name) {
        if (index(text, "=") == 0) return text
        if (estimator == "proportions" || estimator == "category_totals") { sub(/=/, "", text); return text }
        n = split(text, f, ";")
        for (i = 1; i <= n; i++) { sub(/.*=/, "", f[i]); name = name (i > 1 ? "." : "") f[i] }
        return name
    }
    BEGIN {
        n = split("variable category quantile cdf cdf_se estimate se lower upper df n psus deff n_eff kish_deff cv unweighted", names, " ")
        for (i = 1; i <= n; i++) plain[names[i]] = 1
    }
    FILENAME == ARGV[1] && /^@ / { split($0, at, " "); id = at[2]; df = at[3]; state = "head"; ran[id] = 1; next }
    FILENAME == ARGV[1] && state == "head" { n_head = split($0, head, ","); state = "row"; next }
    FILENAME == ARGV[1] && $0 == "" { state = "next head"; next }
    FILENAME == ARGV[1] && state == "next head" { state = /^row,/ ? "cov head" : /^contrast,/ ? "contrast head" : "?" }
    FILENAME == ARGV[1] && state == "contrast head" { state = "contrast"; next }
    FILENAME == ARGV[1] && state == "contrast" { # the name, which is quoted for its commas, estimate, se
        sub(/^".*",/, "")
        split($0, f, ",")
        value[id, df, "contrast", "", "estimate"] = f[1]
        value[id, df, "contrast", "", "se"] = f[2]
        next
    }
    FILENAME == ARGV[1] && state == "row" { remember($0); next }
    FILENAME == ARGV[1] && state == "cov head" { n_cov = split($0, cov, ","); state = "cov"; next }
    FILENAME == ARGV[1] { split($0, f, ","); for (i = 2; i <= n_cov; i++) covariance[id, f[1], cov[i]] = f[i]; next }
    /^#/ || !($1 in ran) || $14 == "NA" { next }
    {
        estimator = $7
        group = $7 == "proportion_ci" ? "" : $12
        column = $13; df = "design"
        if ($13 == "degf") {
            for (key in value) {
                split(key, k, SUBSEP)
                if (k[1] == $1 && k[2] == df && k[5] == "df" && value[key] != $14) fail($1 " df: " value[key] ", not " $14)
            }
            compared++
            next
        }
        if ($13 ~ /_root$/) next
        if ($13 ~ /^ci_/) { column = $13 ~ /lo/ ? "lower" : "upper"; if ($13 ~ /normal/) df = "inf" }
        actual = value[$1, df, $7 == "mean_contrast" && $12 == "" ? "contrast" : $11, group, column]
        if ($13 == "estimate") estimate[$1] = $14
        scale = 0
        if ($13 == "se" && $14 == 0) scale = value[$1, df, $11, group, "estimate"]
        if ($13 ~ /^cov:/) {
            a = row_name($12 == "" ? $11 : $12)
            b = row_name(substr($13, 5))
            actual = covariance[$1, a, b]
            scale = sqrt(covariance[$1, a, a] * covariance[$1, b, b])
            if ($14 == 0) scale = 1 + estimate[$1] * estimate[$1]
        }
        if ($1 ~ /likelihood/ && $13 ~ /^ci_/) $15 = 2e-5 # R interpolates: see golden/SOURCES.md
        if (!close_to(actual, $14, $15, scale)) fail($1 " " $11 " " $12 " " $13 ": " actual ", R has " $14)
        compared++
    }
    END {
        for (id in ran) n_cases++
        if (n_cases != 150 || compared != 1729) fail(n_cases " cases, " compared " figures, not 150 and 1729")
        exit bad
    }' "$work/printed" "$golden" || bad=1

# The same for unequal probabilities, two phases, lonely units and several stages: one row of designs.tsv each.
designs=$tests/golden/designs.tsv
awk -F '\t' '
    function list(cell) { gsub(/;/, "+", cell); return cell }
    function option(name, n, part, i) {
        n = split($7, part, ";")
        for (i = 1; i <= n; i++) if (index(part[i], name "=") == 1) return substr(part[i], length(name) + 2)
        return ""
    }
    /^#/ || $1 == "case" || $7 ~ /joint|square|collapse|certain=/ { next }
    {
        words = $8 " " ($8 == "ratio" ? $9 "/" $10 : $9)
        if ($8 == "ratio" && $9 ~ /;/) next
        words = list(words) ($11 != "" ? " --by " list($11) : "") ($12 != "" ? " --where " $12 "=1" : "")
        if ($3 != "1") words = words " --ids " list($3)
        if ($4 != "") words = words " --strata " list($4)
        if ($5 != "") words = words " --weights " $5
        if ($6 != "") words = words " --fpc " list($6)
        rule = option("lonely_psu"); gsub(/_/, "-", rule)
        if (rule != "") words = words " --lonely " rule
        if (option("pps") != "") words = words " --pps " option("pps")
        if (option("form") != "") words = words " --pps-form " option("form")
        if (option("phase1") != "") words = words " --phase1 " option("phase1")
        if (option("phase2") != "") words = words " --phase2 " option("phase2_sample") "=1"
        if (option("phase2_strata") != "") words = words " --phase2-strata " option("phase2_strata")
        if (!(words in seen)) print $1 "\t" $2 "\t" words
        seen[words] = 1
    }' "$designs" >"$work/cases"
set -f
while IFS='	' read -r id data words; do
    echo "@ $id"
    # shellcheck disable=SC2086
    "$estimate" "$tests/golden/data/$data" $words --csv 2>"$work/log" ||
        { echo "estimate: $id: $(cat "$work/log")" >&2; bad=1; }
done <"$work/cases" >"$work/printed"
set +f
awk -F '\t' '
    # R has NaN where the figure is missing here.
    function near(a, b, tolerance) {
        if (a == "" || b == "NaN") return a == "" && b == "NaN"
        tolerance *= b < 0 ? -b : b
        return a - b <= tolerance && b - a <= tolerance
    }
    FILENAME == ARGV[1] && /^@ / { id = substr($0, 3); ran[id] = 1; state = "head"; next }
    FILENAME == ARGV[1] && state == "head" { n = split($0, head, ","); state = "row"; next }
    FILENAME == ARGV[1] { split($0, f, ","); for (i = 1; i <= n; i++) value[id, f[1], head[i]] = f[i]; next }
    /^#/ || !($1 in ran) || $14 != "" { next }
    {
        variable = $8 == "ratio" ? $13 "/" $10 : $13
        if (!near(value[$1, variable, "estimate"], $15, $18) || !near(value[$1, variable, "se"], $16, $18) ||
            ($7 !~ /df=skip/ && value[$1, variable, "df"] != $17)) {
            print "estimate: " $1 " " variable ": " value[$1, variable, "estimate"] " " value[$1, variable, "se"] " " \
                value[$1, variable, "df"] ", R has " $15 " " $16 " " $17
            bad = 1
        }
        compared++
    }
    END {
        for (id in ran) n_cases++
        if (n_cases != 208 || compared != 278) { print "estimate: " n_cases " designs, " compared " rows, not 208 and 278"; bad = 1 }
        exit bad
    }' "$work/printed" "$designs" || bad=1

# -------------------------------------------------------------------------------------- 3. what is refused, and whom not

data=$work/data.csv
cat >"$data" <<'END'
unit,group,w,y,text,lone
a,1,2,1,red,1
b,1,,2,blue,2
c,2,2,,red,2
d,2,2,4,NA,2
END
good=$work/good.csv
sed 's/,,2/,2,2/' "$data" >"$good"

# refuses STATUS TEXT ARGUMENTS...: the exit status, nothing on stdout, and one line on stderr that holds TEXT.
refuses()
{
    status=$1 text=$2
    shift 2
    "$estimate" "$@" >"$work/stdout" 2>"$work/stderr"
    code=$?
    if [ $code -ne "$status" ] || [ -s "$work/stdout" ] || [ "$(wc -l <"$work/stderr")" -ne 1 ] ||
        ! grep -qF -- "$text" "$work/stderr"; then
        echo "estimate $*: left with $code, not $status; stderr should hold: $text; it is:"
        cat "$work/stderr"
        bad=1
    fi
}
refuses 1 "none.csv: the file cannot be opened" none.csv mean y
refuses 1 "no column 'z'; there are unit, group, w, y, text" "$good" mean z
refuses 1 "no column 'z'" "$good" mean y --by z
refuses 1 "no column 'z'" "$good" --strata z mean y
refuses 1 "no column 'z'" "$good" --where z=1 mean y
refuses 1 "good.csv, line 2, column 'text': 'red' is not a number" "$good" mean text
refuses 1 "good.csv, line 2, column 'text': 'red' is not a number" "$good" --weights text mean y
refuses 1 "data.csv, line 3, column 'w': the weight is missing" "$data" --weights w mean y
refuses 1 "good.csv, line 5, column 'text': the group is missing" "$good" mean y --by text --na NA
refuses 1 'stratum 1 has one PSU; choose a rule with the option lonely_psu: --lonely-psu adjust, for example' "$good" --strata lone --weights w mean y
refuses 1 'good.csv, line 3: y is 2' "$good" proportion y
refuses 2 "--unit: there is no group 'z'" "$good" mean y --by group --unit z
refuses 2 '--rank ranks the groups of --by by one variable' "$good" mean y --rank
refuses 2 '--unit ranks the groups of --by by one variable' "$good" mean y+w --by group --unit 1
refuses 2 '--rank does not go with quantile' "$good" quantile y --by group --rank
refuses 2 '--weigths: no such option' "$good" --weigths w mean y
refuses 2 '--weights: a value is missing' "$good" mean y --weights
refuses 2 '--level 95: give a number from' "$good" mean y --level 95
refuses 2 '--weights is given twice' "$good" mean y --weights w --weights w
refuses 2 '--lonely-psu and --lonely are one option' "$good" mean y --lonely-psu error --lonely remove
refuses 2 'this is no UTF-8' "$good" mean y --na "$(printf '\340')"
refuses 2 'this is no UTF-8' "$good" mean y --where "$(printf 'unit=\340')"
refuses 2 '--lonely fix: choose one of error, remove' "$good" mean y --lonely fix
refuses 2 '--df few: choose one of domain, design, domain-rows' "$good" mean y --df few
refuses 2 'average: there is no such estimate' "$good" average y
refuses 2 'the name of the CSV file is missing' --weights w
refuses 2 'what to estimate is missing' "$good"
refuses 2 'mean of which columns?' "$good" mean
refuses 2 'one argument too many' "$good" mean y text
refuses 2 '--success does not go with mean' "$good" mean y --success 1
refuses 2 '--method does not go with total' "$good" total y --method beta
refuses 2 '--method woodruff: choose one of wald' "$good" proportion group --success 1 --method woodruff
refuses 2 'y!2: give COLUMN' "$good" mean y --where 'y!2'
refuses 2 "ratio y: give numerator/denominator" "$good" ratio y
refuses 1 "good.csv holds it; it holds '1', '2'" "$good" proportion group --success red
refuses 2 "--contrast: no row 'X'; there are 1, 2" "$good" mean y --by group --contrast X=1
refuses 2 '--contrast 1: give ROW=NUMBER' "$good" mean y --by group --contrast 1
refuses 2 "'few' is not a number" "$good" mean y --by group --contrast 1=few
refuses 2 '--adjust goes with' "$good" mean y --adjust holm
refuses 2 '--collapse goes with' "$good" mean y --collapse next
refuses 2 '--phase2 is missing' "$good" mean y --phase2-strata group
refuses 2 '--deff does not go with quantile' "$good" quantile y --deff wor
refuses 2 '--probs 50: give numbers from 0 to 1' "$good" quantile y --probs 50
refuses 2 '--qrule hf10: choose one of hf1, hf2' "$good" quantile y --qrule hf10
refuses 2 'one column at a time' "$good" distribution group+text
refuses 2 '--order text1: give COLUMN' "$good" mean y --order text1
refuses 2 '--order y: neither groups nor categories' "$good" mean y --by group --order y=1
refuses 1 'group is 2, which is not among its categories' "$good" count group --order group=1
refuses 1 'group is 2, which is not among its orders' "$good" mean y --by group --order group=1
refuses 2 'the column holds whole numbers' "$good" count group --order group=one

# prints TEXT ARGUMENTS...: exit status 0 and a line of the CSV that begins so.
prints()
{
    text=$1
    shift
    "$estimate" "$@" --csv >"$work/stdout" 2>"$work/stderr" && grep -q "^$text" "$work/stdout" && return
    echo "estimate $*: no line begins with: $text"
    cat "$work/stdout" "$work/stderr"
    bad=1
}
# 1, 2 and 4 are the values of y; every weight is 2.
prints 'y,14,' "$good" --weights w total y
prints 'y,6,' "$good" --weights w total y --where group=1
prints 'y,8,' "$good" --weights w total y --where 'group!=1'
prints 'y,12,' "$good" --weights w total y --where 'y>=2'
prints 'y,8,' "$good" --weights w total y --where 'y>2'
prints 'y,2,' "$good" --weights w total y --where 'y<2'
prints 'y,6,' "$good" --weights w total y --where 'y<=2'
prints 'y,4,' "$good" --weights w total y --where 'y<=2' --where unit=b
prints 'y,14,' "$good" --weights w total y --where y
prints 'y,2,' "$good" --weights w total y --where text=red
prints 'text,blue,2,' "$good" --weights w count text
prints 'text,NA,2,' "$good" --weights w count text
prints 'text,red,4,' "$good" --weights w count text --na NA
# Answers that are whole numbers but for NA; the same as groups.
printf 'q,g\n1,1\n10,NA\nNA,2\n2,2\n2,1\n' >"$data"
prints 'q,2,2,' "$data" count q
# All of a scale, in its order: nobody says 3.
prints 'q,3,0,0,' "$data" count q --order q=10 --order q=3 --order q=2 --order q=1
"$estimate" "$data" count q --csv --order q=10 --order q=3 --order q=2 --order q=1 2>/dev/null | sed -n '2p' | grep -q '^q,10,' ||
    { echo 'estimate --order: 10 does not come first'; bad=1; }
"$estimate" "$data" mean q --by g --csv --order g=2 --order g=NA --order g=1 2>/dev/null | sed -n '2p' | grep -q '^q,2,' ||
    { echo 'estimate --order: group 2 does not come first'; bad=1; }
prints 'q,10,1,' "$data" count q
"$estimate" "$data" count q --csv 2>/dev/null | grep -q 'NA' && { echo 'estimate count: NA is a category among numbers'; bad=1; }
prints 'q,NA,10,' "$data" total q --by g --where q=10
"$estimate" "$data" mean q --by g --csv 2>&1 >/dev/null | grep -q "column 'g': NA is a code like any other here, in 1 row" ||
    { echo 'estimate --by: NA among numbers is not noted'; bad=1; }
prints 'y,14,' "$good" --weights=w total y --lonely=adjust_zero --deff=wr

# Names of columns, groups and rows are found in either form of Unicode; e and an acute are é.
printf 't\303\251n,y\nHu\303\251,1\nHue\314\201,3\nB,5\nB,6\n' >"$data"
prints 'y,B,11,' "$data" total y --by "$(printf 'te\314\201n')"
prints "$(printf '"B=1,Hu\303\251=-1"'),7," "$data" total y --by "$(printf 't\303\251n')" --contrast "$(printf 'B=1,Hue\314\201=-1')"
"$estimate" "$data" mean y --by "$(printf 'te\314\201n')" --unit "$(printf 'Hue\314\201')" 2>/dev/null | tail -n 1 | grep -q "^  $(printf 'Hu\303\251') is between" ||
    { echo 'estimate --unit: the name in the other form of Unicode'; bad=1; }
# Codes of joined names are told apart: ("1:2", "x") and ("1", "2:x"), ("a.b", "c") and ("a", "b.c").
printf 'g,h,y\n1:2,x,1\n1,2:x,2\na.b,c,3\na,b.c,4\n' >"$data"
"$estimate" "$data" total y --by g+h --cov --csv 2>/dev/null | grep -qxF 'row,1.2\:x,1\:2.x,a.b\.c,a\.b.c' ||
    { echo 'estimate --cov: joined names'; "$estimate" "$data" total y --by g+h --cov --csv; bad=1; }
prints '"1:2=1,1=-1",-1,' "$data" total y --by g --contrast '1:2=1,1=-1'
# What the design assumes is told beside CSV too.
"$estimate" "$data" mean y --csv 2>&1 >/dev/null | grep -q 'weights_one' || { echo 'estimate --csv: no note of the design'; bad=1; }

# E and H differ by t = 2.5 with some 120 df: of 6 hypotheses in one direction Holm rejects that one alone.
sentence=$("$estimate" "$tests/../examples/data/apistrat.csv" --strata stype --weights pw --fpc fpc mean api00 --by stype --unit H |
    tail -n 1)
[ "$sentence" = '  H is between 2nd and 3rd of 3, with 95 % confidence.' ] || { echo "estimate --unit: $sentence"; bad=1; }

# ------------------------------------------------------------------------- 4. what README and the guide say was printed

# Below a line "$ build/examples/estimate …" stand lines of its output, in its order, up to the end of the block.
for page in README.md docs/from_r.md; do
    grep -n '^\$ build/examples/estimate' "$tests/../$page" >"$work/calls" || { echo "$page: no call of estimate"; bad=1; }
    while IFS=: read -r line call; do
        # shellcheck disable=SC2086
        (cd "$tests/.." && "$estimate" ${call#\$ build/examples/estimate }) >"$work/stdout"
        awk -v from="$line" 'NR > from && /^```/ { exit } NR > from' "$tests/../$page" |
            awk 'FNR == NR { line[n++] = $0; next } { while (at < n && line[at] != $0) at++; if (at == n) { print; exit 1 } }
                 END { exit at == n }' "$work/stdout" - || { echo "$page, line $line: not what is printed"; bad=1; }
    done <"$work/calls"
done

exit $bad
