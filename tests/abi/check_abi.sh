#!/bin/sh
# Gate: the binary interface of the library is the one of the committed baseline, tests/abi/baseline.abi.
#
#   check_abi.sh [--root DIR] [--baseline FILE] --library FILE            compare; 77 = there is no baseline
#   check_abi.sh [--root DIR] [--baseline FILE] --library FILE --update   write the baseline
#
# libabigail 2.2 passes broken interfaces when the baseline is written without --headers-dir, or with --no-show-locs.
# Any exit but 0 fails; what may change is listed in tests/abi/allowed.abignore.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
library=
baseline=
update=
while [ $# -gt 0 ]; do
    case $1 in
    --root) root=$2 && shift ;;
    --library) library=$2 && shift ;;
    --baseline) baseline=$2 && shift ;;
    --update) update=1 ;;
    *) echo "check_abi.sh: unknown argument $1" >&2 && exit 2 ;;
    esac
    shift
done
baseline=${baseline:-$root/tests/abi/baseline.abi}
allowed=$root/tests/abi/allowed.abignore

if [ -n "$update" ]; then
    abidw --headers-dir "$root/include" --no-comp-dir-path --no-corpus-path --out-file "$baseline" "$library"
    exit
fi
if [ ! -f "$baseline" ]; then
    echo 'there is no baseline yet (make abi-baseline)'
    exit 77
fi
command -v abidiff >/dev/null || { echo 'abidiff is not installed (make deps)' >&2; exit 1; }
# New functions harm no one; the symbols gate sees to their names.
abidiff --no-added-syms --headers-dir2 "$root/include" --suppressions "$allowed" "$baseline" "$library"
