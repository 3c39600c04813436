#!/bin/sh
# Run what a page of the documentation shows, and compare it with what stands there.
#
#   check_page.sh PAGE [LANGUAGE...]    PAGE is Markdown; LANGUAGE is c, python or lua; run from the top of the checkout
#
# 1. The fenced blocks of each LANGUAGE, in their order, are one program. It must print what the fenced blocks without a language
#    hold, in their order, line by line. The programs are then run with every figure in full (%.17g for %.1f and its like), and
#    must print the same in all languages, so their numbers are equal to the bit.
# 2. In a block without a language, a line "$ build/…" is a command, and the lines below it are lines of its output, in their order.
#
# Languages that are not built are left out; with none left, and no command, it leaves with 77. Every Lua there is is run.
set -u
page=$1
shift
: "${BUILD:=build}" "${CC:=gcc}"
build=$(cd "$BUILD" && pwd) || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0 ran=

complain()
{
    echo "$page: $*" >&2
    bad=1
}

# ---------------------------------------------------------------------------------------------- the blocks of the page

# Files c, python, lua, output and commands; a block loses the indent of its fence.
awk -v work="$work" -v page="$page" '
    match($0, /^ *```/) {
        if (!inside) {
            indent = RLENGTH - 3
            file = substr($0, RLENGTH + 1)
            inside = 1
            next
        }
        if (RLENGTH - 3 == indent && RLENGTH == length($0)) { inside = 0; next }
    }
    !inside { next }
    { line = substr($0, 1, indent) ~ /[^ ]/ ? $0 : substr($0, indent + 1) }
    file == "" { file = line ~ /^\$ / ? "commands" : "output" }
    { print line >> (work "/" file) }
    END { if (inside) { print page ": a block without an end" > "/dev/stderr"; exit 1 } }' "$page" || exit 1

# -------------------------------------------------------------------------------------------------------- the programs

# run LANGUAGE FILE COMMAND...: its output to FILE.out.
run()
{
    name=$1 file=$2
    shift 2
    "$@" >"$file.out" 2>"$file.err" || { complain "$name leaves with $?" && cat "$file.err" >&2; }
}

# in_full FILE: a copy that prints all digits.
in_full()
{
    mkdir -p "$work/full"
    sed -E 's/%(\([a-z_]+\))?-?[0-9]*\.[0-9]+f/%\1.17g/g' "$work/$1" >"$work/full/$1"
}

# compare NAME FILE: FILE.out of the page's program with the page, that in full with the first one of these.
compare()
{
    diff "$work/output" "$work/$2.out" >&2 || complain "$1 prints something else (right) than the page has (left)"
    if [ -f "$work/full/first" ]; then
        diff "$work/full/first" "$work/full/$2.out" >&2 || complain "$1 (right) and $first (left) differ in some bits"
    else
        cp "$work/full/$2.out" "$work/full/first"
        first=$1
    fi
    ran="$ran $1"
}

run_c()
{
    for folder in "$work" "$work/full"; do
        cp "$folder/c" "$folder/c.c"
        "$CC" -std=c11 -Wall -Wextra -Werror -Iinclude -o "$folder/program" "$folder/c.c" -L"$build" -lsipas \
            -Wl,-rpath,"$build" || { complain 'C does not compile' && return; }
        run C "$folder/c" "$folder/program"
    done
    compare C c
}

run_python()
{
    [ -x "$build/python/venv/bin/python" ] && [ ! -f "$build/python/missing" ] || return
    for folder in "$work" "$work/full"; do
        run Python "$folder/python" env PYTHONDONTWRITEBYTECODE=1 "$build/python/venv/bin/python" "$folder/python"
    done
    compare Python python
}

run_lua()
{
    for pair in lua5.4:5.4 lua5.3:5.3 lua5.2:5.2 lua5.1:5.1 luajit:5.1; do
        lua=${pair%:*} module=$build/lua/${pair#*:}
        command -v "$lua" >/dev/null 2>&1 && [ -f "$module/sipas.so" ] || continue
        for folder in "$work" "$work/full"; do
            run "$lua" "$folder/lua" env LUA_CPATH="$module/?.so;;" "$lua" "$folder/lua"
        done
        compare "$lua" lua
    done
}

[ $# -eq 0 ] || [ -s "$work/output" ] || complain 'no output is shown'
for language in "$@"; do
    [ -s "$work/$language" ] || { complain "no block in $language" && continue; }
    in_full "$language"
    "run_$language"
done

# -------------------------------------------------------------------------------------------------------- the commands

# Each command to its output, and the lines that stand below it, in their order, among those.
if [ -s "$work/commands" ]; then
    awk -v work="$work" '
        /^\$ build\// { n++; print substr($0, 3) > (work "/command" n); next }
        n { print > (work "/shown" n) }
        END { print n + 0 > (work "/count") }' "$work/commands"
    count=$(cat "$work/count")
    i=0
    while [ $i -lt "$count" ]; do
        i=$((i + 1))
        command=$(sed "s|^build/|$BUILD/|" "$work/command$i")
        run "$command" "$work/told$i" sh -c "$command"
        [ -s "$work/shown$i" ] || { complain "$command: no output is shown" && continue; }
        awk 'FNR == NR { told[++n] = $0; next }
             { while (at < n && told[at + 1] != $0) at++; if (at++ >= n) { print; exit 1 } }' "$work/told$i.out" "$work/shown$i" >&2 ||
            complain "$command does not print this line, or not there"
    done
    ran="$ran $count commands"
fi

[ "$bad" -eq 0 ] || exit 1
[ -n "$ran" ] || { echo "$page: no language is built" >&2 && exit 77; }
echo "$page: ran$ran"
