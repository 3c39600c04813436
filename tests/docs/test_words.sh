#!/bin/sh
# The words of the command line, as the tables of docs/dev/CONVENTIONS.md have them, against the commands: an option is in --help of each
# of its commands and is taken under every name; a word gives what the word beside it gives. Commands of Python are left out where Python
# is not built.
set -u
: "${BUILD:=build}"
page=docs/dev/CONVENTIONS.md
python=$BUILD/python/venv/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0 options=0 words=0

complain()
{
    echo "$*" >&2
    bad=1
}

# run COMMAND ARGUMENTS...: "estimate" and "plan" are the C programs, "py score" is python -m sipas score.
run()
{
    command=$1
    shift
    case $command in
    py\ *) env PYTHONDONTWRITEBYTECODE=1 "$python" -m sipas "${command#py }" "$@" ;;
    *) "$BUILD/examples/$command" "$@" ;;
    esac
}

is_built()
{
    case $1 in
    py\ *) [ -x "$python" ] && [ ! -f "$BUILD/python/missing" ] ;;
    *) [ -x "$BUILD/examples/$1" ] ;;
    esac
}

# check_option NAME COMMAND: it stands in --help as a word of its own, and the command knows it.
check_option()
{
    [ -f "$work/$2" ] || run "$2" --help >"$work/$2" 2>&1
    tr -c 'a-z-' '\n' <"$work/$2" | grep -qx -e "$1" || complain "$2 --help does not have $1"
    run "$2" no.csv "$1" >"$work/out" 2>&1 # its value is missing: that is what must be complained of, not the option
    grep -q 'no such option\|unrecognized arguments' "$work/out" && complain "$2 does not take $1: $(cat "$work/out")"
}

# Rows of a table whose first cell begins with --, cells split at |, without blanks and back quotes.
sed -n '/^### Words of the command line/,/^## /s/^| `\(--.*\) |$/\1/p' $page | sed 's/`//g; s/ *| */|/g' >"$work/rows"
while IFS='|' read -r first also commands; do
    if [ -n "$commands" ]; then
        options=$((options + 1))
        echo "$commands" | sed 's/, */\n/g' >"$work/commands"
        while read -r command; do
            is_built "$command" || continue
            for name in $first $also; do check_option "$name" "$command" </dev/null; done
        done <"$work/commands"
        continue
    fi
    words=$((words + 1))
    file=tests/files/ok-sample.csv
    for word in ${first#* } $also; do
        run estimate $file --strata h --weights w proportion y --success 4 "${first% *}" "$word" --csv >"$work/c-$word" 2>&1 </dev/null ||
            complain "estimate ${first% *} $word: $(cat "$work/c-$word")"
        is_built 'py score' || continue
        run 'py score' $file --strata h --weights w --share y --success 4 "${first% *}" "$word" --csv >"$work/py-$word" 2>&1 </dev/null ||
            complain "py score ${first% *} $word: $(cat "$work/py-$word")"
    done
    for word in $also; do
        cmp -s "$work/c-${first#* }" "$work/c-$word" || complain "estimate: ${first#* } and $word differ"
        is_built 'py score' || continue
        cmp -s "$work/py-${first#* }" "$work/py-$word" || complain "py score: ${first#* } and $word differ"
    done
done <"$work/rows"
[ "$options" -ge 25 ] && [ "$words" -ge 6 ] || complain "$page: $options options and $words words are read"
exit $bad
