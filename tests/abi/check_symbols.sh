#!/bin/sh
# Gate: declared = mapped = exported. What the public headers declare, what lib/sipas.map lists and what the shared
# library exports are the same names.
#
#   check_symbols.sh [--root DIR] --library FILE    compare; without --library only declared = mapped
#   check_symbols.sh [--root DIR] --update          rewrite the current version's node of the map from the headers
#
# Nodes of earlier versions are never touched: a name stays in the node it first came out with.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
support=$root/tests/support
library=
update=
while [ $# -gt 0 ]; do
    case $1 in
    --root) root=$2 && shift ;;
    --library) library=$2 && shift ;;
    --update) update=1 ;;
    *) echo "check_symbols.sh: unknown argument $1" >&2 && exit 2 ;;
    esac
    shift
done
map=$root/lib/sipas.map
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

# One statement a line, without comments and preprocessor lines; then the name before the first parenthesis.
for header in "$root"/include/sipas.h "$root"/include/sipas/*.h; do
    awk -f "$support/strip_comments.awk" -f "$support/declarations.awk" "$header" |
        tr '\n{}' ' ;;' | tr ';' '\n' | sed 's/^[[:space:]]*//' >"$work/statements"
    grep SIPAS_API "$work/statements" | sed 's/.*[^a-zA-Z0-9_]\(sipas_[a-z0-9_]*\)[[:space:]]*(.*/NAME \1/; t
        s/^/NOT A FUNCTION: /' >>"$work/marked"
    grep -v SIPAS_API "$work/statements" | grep -v '^typedef' | grep -E '(^|[^a-zA-Z0-9_])sipas_[a-z0-9_]*[[:space:]]*\(' |
        sed "s|^|${header##*/}: not marked SIPAS_API: |" >>"$work/unmarked"
done
if grep -v '^NAME' "$work/marked" >&2; then exit 1; fi
if [ -s "$work/unmarked" ]; then cat "$work/unmarked" >&2 && exit 1; fi
sed 's/^NAME //' "$work/marked" | sort >"$work/declared.all"
sort -u "$work/declared.all" >"$work/declared"

# "node name" for every listed symbol.
mapped()
{
    awk -f "$support/strip_comments.awk" -f "$support/declarations.awk" "$1" |
        awk '{ gsub(/[{};]/, " & ") } { for (i = 1; i <= NF; i++) {
                 if ($i ~ /^SIPAS_[0-9.]+$/) node = $i
                 else if ($i ~ /^sipas_[a-z0-9_]+$/) print node, $i
                 else if ($i !~ /^([{};]|global:|local:|\*)$/) print "UNREADABLE", $i } }'
}

if [ -n "$update" ]; then
    current=$(awk '$2 == "SIPAS_VERSION_MAJOR" { major = $3 } $2 == "SIPAS_VERSION_MINOR" { minor = $3 }
                   END { print "SIPAS_" major "." minor }' "$root/include/sipas/version.h")
    mapped "$map" >"$work/mapped"
    awk -v node="$current" '$1 != node { print $2 }' "$work/mapped" | sort -u >"$work/earlier"
    comm -23 "$work/declared" "$work/earlier" >"$work/new"
    # The earlier nodes as they stand, then the current one, which inherits from the last of them.
    sed "/^$current {/,\$d" "$map" >"$work/map"
    last=$(awk '/^SIPAS_[0-9.]+ \{/ { last = $1 } END { print last }' "$work/map")
    {
        cat "$work/map"
        echo "$current {"
        echo 'global:'
        sed 's/.*/    &;/' "$work/new"
        [ -n "$last" ] || printf 'local:\n    *;\n'
        echo "}${last:+ $last};"
    } >"$work/new.map"
    cmp -s "$work/new.map" "$map" || cp "$work/new.map" "$map"
    echo "$(wc -l <"$work/new") symbols in $current"
    exit 0
fi

code=0
report()
{
    if [ -s "$2" ]; then
        echo "$1:" >&2
        sed 's/^/    /' "$2" >&2
        code=1
    fi
}

uniq -d "$work/declared.all" >"$work/twice"
report 'declared twice' "$work/twice"
mapped "$map" >"$work/mapped"
grep '^UNREADABLE' "$work/mapped" >"$work/unreadable"
report 'not understood in lib/sipas.map' "$work/unreadable"
awk '{ print $2 }' "$work/mapped" | sort >"$work/mapped.names"
uniq -d "$work/mapped.names" >"$work/twice"
report 'mapped twice' "$work/twice"
comm -23 "$work/declared" "$work/mapped.names" >"$work/missing"
report 'declared in a header but not in lib/sipas.map (make symbols)' "$work/missing"
comm -13 "$work/declared" "$work/mapped.names" >"$work/missing"
report 'in lib/sipas.map but declared in no header' "$work/missing"

if [ -n "$library" ]; then
    nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$work/exported"
    [ -s "$work/exported" ] || { echo "$library exports nothing" >&2; code=1; }
    comm -23 "$work/mapped.names" "$work/exported" >"$work/missing"
    report 'in lib/sipas.map but not exported: no such function in lib/' "$work/missing"
    comm -13 "$work/mapped.names" "$work/exported" >"$work/missing"
    report 'exported but not in lib/sipas.map' "$work/missing"
fi
exit $code
