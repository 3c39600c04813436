#!/bin/sh
# Gate: every public header compiles on its own, as C99, C11 and C++17, without a warning, and stays plain enough for
# the bindings to read: no inline or static functions, no bit-fields, no headers but the standard ones that are named.
# All internal headers compile together, in their order and the other way round: no name is there twice.
#
#   check_headers.sh [ROOT]
set -u
support=$(cd "$(dirname "$0")/../support" && pwd)
root=${1:-$support/../..}
cd "$root" || exit 1
code=0
warnings='-Wall -Wextra -pedantic -Werror -Wconversion -Wsign-conversion -Wundef -Wshadow'
for header in include/sipas.h include/sipas/*.h; do
    name=${header#include/}
    for standard in c99 c11; do
        echo "#include <$name>
typedef int not_empty;" | ${CC:-gcc} -x c -std=$standard $warnings -Wstrict-prototypes -Iinclude -fsyntax-only - ||
            { echo "$header: not clean as $standard" >&2; code=1; }
    done
    echo "#include <$name>" | ${CXX:-g++} -x c++ -std=c++17 $warnings -Wold-style-cast -Iinclude -fsyntax-only - ||
        { echo "$header: not clean as C++17" >&2; code=1; }
done
for order in '' -r; do
    {
        echo 'typedef int not_empty;'
        for header in $(find lib -name '*.h' 2>/dev/null | LC_ALL=C sort $order); do
            echo "#include \"${header#lib/}\""
        done
    } | ${CC:-gcc} -x c -std=c11 $warnings -Iinclude -Ilib -fsyntax-only - ||
        { echo 'the internal headers of lib/ do not compile together' >&2; code=1; }
done
awk -f "$support/strip_comments.awk" -f "$support/../abi/check_headers.awk" include/sipas.h include/sipas/*.h >&2 || code=1
exit $code
