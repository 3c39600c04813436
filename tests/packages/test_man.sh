#!/bin/sh
# The manual page has no fault that mandoc or man can see, names only calls that are there, and its example says what its
# comment says. Run by `make check`, which sets BUILD and CC.
set -eu
cd "$(dirname "$0")/../.."
: "${BUILD:=build}" "${CC:=gcc}"
page=docs/man/libsipas.3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

grep -o '^\.Fn sipas_[a-z0-9_]*' $page | sed 's/^\.Fn //' | sort -u >"$work/named"
grep -o 'sipas_[a-z0-9_]*;' lib/sipas.map | tr -d ';' | sort -u >"$work/exported"
gone=$(comm -23 "$work/named" "$work/exported")
[ -z "$gone" ] || { echo "$page names what is not exported: $gone" >&2; exit 1; }
# Of the calls that do the work, none is forgotten.
forgotten=$(grep -E '^sipas_(size|allocate|strata|plan|draw|weight|estimate|components|frame|rank|index)_?' "$work/exported" |
    grep -v '_init$' | comm -23 - "$work/named")
[ -z "$forgotten" ] || { echo "$page does not name: $forgotten" >&2; exit 1; }

sed -n '/^\.Bd -literal/,/^\.Ed/p' $page | sed -e '/^\./d' -e 's/\\e/\\/g' >"$work/example.c"
$CC -std=c11 -Wall -Wextra -Werror -Iinclude -o "$work/example" "$work/example.c" -L"$BUILD" -lsipas
says=$(LD_LIBRARY_PATH=$BUILD "$work/example")
grep -q "/\* $says \*/" "$work/example.c" || { echo "the example says $says" >&2; exit 1; }

command -v mandoc >/dev/null 2>&1 || { echo 'mandoc is not there'; exit 77; }
mandoc -T lint -W warning $page >&2
