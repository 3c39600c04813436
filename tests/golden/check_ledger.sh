#!/bin/sh
# Gate: tests/golden/ledger.tsv says of every golden case which test checks it.
#
#   check_ledger.sh [ROOT]     ROOT is the checkout; by default the one this script lies in
#
# Every case of every table whose first column is `case` stands there once, with its table, and nothing else does. (But for
# proportion.tsv: each of its rows is a case, and one test reads all of them.) The state is a test program that is there and
# reads the table, or `pending`, for what no room has yet: the list below.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}/tests/golden" || exit 2
[ -f ledger.tsv ] || { echo 'ledger.tsv is not there' >&2; exit 1; }

# The cases that may be pending, as patterns of awk.
pending='^weighting/|^replicate/|/glm_|/rao_scott_F$|^pps/joint|^ranks/'

tables=
for file in *.tsv; do
    [ "$file" != ledger.tsv ] && [ "$file" != proportion.tsv ] || continue
    [ "$(grep -v '^#' "$file" | head -n 1 | cut -f 1)" != case ] || tables="$tables $file"
done
for file in estimation allocation pps ranks; do
    case " $tables " in *" $file.tsv "*) ;; *) echo "$file.tsv is not there, or has no column case" >&2; exit 1 ;; esac
done

# What a test program reads: its name, a tab, the table.
reads=$(mktemp)
trap 'rm -f "$reads"' EXIT
for program in test_*.c ../*/test_*.c; do
    name=$(basename "$program" .c)
    grep -o 'golden/[a-z_]*\.tsv' "$program" | sed "s|^golden/|$name	|"
done | sort -u >"$reads"

# shellcheck disable=SC2086
LC_ALL=C awk -F '\t' -v pending="$pending" '
    function fail(text) { print "ledger.tsv: " text; bad = 1 }
    FNR == 1 { n_files++ }
    n_files == 1 { reads[$1, $2] = 1; is_test[$1] = 1; next }
    /^#/ || $0 == "" || $1 == "case" { next }
    n_files == 2 {
        if (NF != 3 || $1 == "" || $2 == "" || $3 == "") fail("line " FNR ": a blank: " $0)
        if ($1 in state) fail("case \"" $1 "\" stands there twice")
        state[$1] = $3
        table[$1] = $2
        if ($3 == "pending") { if ($1 !~ pending) fail("case \"" $1 "\" is pending, and should not be") }
        else if (!($3 in is_test)) fail("case \"" $1 "\": there is no test " $3)
        else if (!(($3, $2) in reads)) fail("case \"" $1 "\": " $3 " does not read " $2)
        next
    }
    $1 == last { next }
    {
        last = $1
        if (!($1 in state)) fail("case \"" $1 "\" of " FILENAME " is missing")
        else if (table[$1] != FILENAME) fail("case \"" $1 "\" is one of " FILENAME ", not of " table[$1])
        known[$1] = 1
    }
    END {
        for (id in state) if (!(id in known)) fail("case \"" id "\" is in no table")
        exit bad
    }' "$reads" ledger.tsv $tables >&2
