#!/bin/sh
# Gate: tests/abi/test_layout.c speaks of every public struct and every public constant. (That it holds, the compiler
# says when it builds the program.)
#
#   check_layout.sh [ROOT]
set -u
support=$(cd "$(dirname "$0")/../support" && pwd)
root=${1:-$support/../..}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

: >"$work/wanted"
for header in "$root"/include/sipas/*.h; do
    sed -n 's/^#define \(SIPAS_[A-Z0-9_]*\)  *[(]*-*[0-9].*/IS(\1,/p' "$header" |
        grep -v -e '(SIPAS_VERSION_' -e '(SIPAS_ABI_VERSION' >>"$work/wanted"
    awk -f "$support/strip_comments.awk" -f "$support/declarations.awk" "$header" | tr '\n\t' '  '
    echo
done >"$work/text"
{
    grep -o 'enum[^{;]*{[^}]*}' "$work/text" | tr ',{}' '\n\n\n' |
        sed -n 's/^[[:space:]]*\(SIPAS_[A-Z0-9_]*\).*/IS(\1,/p'
    grep -o 'struct *[a-z0-9_]* *{' "$work/text" | sed 's/struct *\([a-z0-9_]*\) *{/SIZE(\1,/'
} >>"$work/wanted"
[ -s "$work/wanted" ] || { echo 'no public struct and no public constant was found' >&2; exit 1; }

code=0
while read -r line; do
    grep -qF "$line" "$root/tests/abi/test_layout.c" ||
        { echo "tests/abi/test_layout.c has no line $line ...)" >&2; code=1; }
done <"$work/wanted"
exit $code
