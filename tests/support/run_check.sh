#!/bin/sh
# Run one check and write its result, or sum the results up. Used by `make check`.
#
#   run_check.sh [--expect SCRIPT] NAME COMMAND...   result and log go to $RESULTS/NAME and $RESULTS/NAME.log
#   run_check.sh --summary RESULTS NAME...           prints what failed and "N passed, N failed"
#
# A result is one word: pass, fail or skip (the command left with 77). SCRIPT, when it is there, is run with the file
# that holds the command's standard output, as its argument and as its standard input; it must leave with 0.
set -u

summary()
{
    results=$1
    shift
    passed=0 failed=0 failures= skipped=
    for name in "$@"; do
        case $(cat "$results/$name" 2>/dev/null) in
        pass) passed=$((passed + 1)) ;;
        skip) skipped="$skipped $name" ;;
        *) failed=$((failed + 1)) failures="$failures $name" ;;
        esac
    done
    for name in $failures; do
        echo "---- $name failed"
        if [ -f "$results/$name.log" ]; then cat "$results/$name.log"; else echo "did not build"; fi
    done
    for name in $skipped; do
        echo "---- $name skipped: $(tail -n 1 "$results/$name.log")"
    done
    [ -z "$failures" ] || echo "---- failed:$failures"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

if [ "$1" = --summary ]; then
    shift
    summary "$@"
    exit
fi

expect=
if [ "$1" = --expect ]; then
    expect=$2
    shift 2
fi
name=$1
shift
result=$RESULTS/$name
mkdir -p "$(dirname "$result")"
rm -f "$result"

timeout "${TEST_TIMEOUT:-1200}" "$@" >"$result.out" 2>"$result.log"
code=$?
if [ $code -eq 0 ] && [ -n "$expect" ] && [ -f "$expect" ]; then
    sh "$expect" "$result.out" <"$result.out" >>"$result.log" 2>&1 || code=$?
    [ $code -eq 0 ] || echo "$expect: the output is not the expected one" >>"$result.log"
fi
# The log keeps both streams; the output of an example stays in its own file too.
cat "$result.out" >>"$result.log"

case $code in
0) word=pass ;;
77) word=skip ;;
124) word=fail && echo "stopped after ${TEST_TIMEOUT:-1200} seconds" >>"$result.log" ;;
*) word=fail && echo "left with code $code" >>"$result.log" ;;
esac
printf '  %-5s %s\n' "$word" "$name"
echo $word >"$result"
