#!/bin/sh
# score_survey.sh FILE: FILE holds what examples/score_survey printed without arguments. Every figure of the golden table
# that the example prints must stand there, to the digits printed.
set -u

out=$1
golden=$(dirname "$0")/../../golden/estimation.tsv

for line in 'NHANES 2009-2010' 'sample stratified by type of school' 'sample of 15 school districts' \
    '8591 rows; 31 primary units in 15 strata; 16 degrees of freedom' \
    '200 rows; 200 primary units in 3 strata; 197 degrees of freedom' \
    '183 rows; 15 primary units in 1 stratum; 14 degrees of freedom' \
    'svydesign(data = read.csv("nhanes.csv"), ids = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE)' \
    'svydesign(data = read.csv("apistrat.csv"), ids = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, nest = TRUE)' \
    'svydesign(data = read.csv("apiclus1.csv"), ids = ~dnum, weights = ~pw, fpc = ~fpc)'; do
    grep -qF -- "$line" "$out" || { echo "score_survey: not printed: $line"; exit 1; }
done

# Rows of the output: variable, group, then n mean SE lower upper df deff from the right. The case is told by the title.
awk -F '\t' '
    FILENAME == ARGV[1] {
        gsub(/,/, "")
        n = split($0, f, " +")
        first = f[1] == "" ? 2 : 1
    }
    FILENAME == ARGV[1] && /^NHANES/ { sample = "nhanes"; digits = 5 }
    FILENAME == ARGV[1] && /^California.*stratified/ { sample = "strat"; digits = 3 }
    FILENAME == ARGV[1] && /^California.*districts/ { sample = "clus1"; digits = 3 }
    FILENAME == ARGV[1] && n - first >= 8 && f[n] ~ /^[0-9.]+$/ && f[n - 6] ~ /^[0-9]+$/ {
        group = f[first + 1] == "all" ? "" : f[first + 1] "=" f[first + 2]
        key = sample SUBSEP f[first] SUBSEP group SUBSEP
        printed[key "estimate"] = f[n - 5]
        printed[key "se"] = f[n - 4]
        printed[key "ci_lo"] = f[n - 3]
        printed[key "ci_hi"] = f[n - 2]
        printed[key "degf"] = f[n - 1]
        printed[key "deff"] = f[n]
    }
    FILENAME == ARGV[1] || $1 !~ /^(nhanes|strat|clus1)\/mean(_by_stype|_by_race|_by_agecat)?$/ { next }
    $13 !~ /^(estimate|se|ci_lo|ci_hi|deff)$/ { next }
    {
        split($1, c, "/")
        key = c[1] SUBSEP $11 SUBSEP $12 SUBSEP $13
        expected = sprintf("%.*f", $13 == "deff" ? 3 : c[1] == "nhanes" ? 5 : 3, $14)
        if (printed[key] != expected) {
            print "score_survey: " $1 " " $11 " " $12 " " $13 ": R has " expected ", printed is " printed[key]
            bad = 1
        }
        compared++
    }
    END {
        if (compared != 73) { print "score_survey: " compared + 0 " figures compared, not 73"; bad = 1 }
        exit bad
    }' "$out" "$golden"
