#!/bin/sh
# Gate: the rooms of lib/ look down, never up or sideways. The floors are read from lib/FLOORS.
#
#   check_floors.sh [ROOT]     ROOT is the checkout; by default the one this script lies in
#
# Also: every room has a floor, base names are unique, GSL is met in lib/num only, POSIX in lib/base/threads.c and lib/base/pages.c only,
# nothing in lib/ prints, aborts, exits, or touches the locale or signals, and numbers become text in lib/base/text.c only.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/../..}" || exit 1
files=$(find lib -name '*.[ch]' | LC_ALL=C sort)
[ -n "$files" ] || { echo 'lib/ is empty' >&2; exit 1; }
# Names in lib/ hold no blanks.
LC_ALL=C awk -f "$here/strip_comments.awk" -f "$here/check_floors.awk" $files >&2
