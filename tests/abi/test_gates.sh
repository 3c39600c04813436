#!/bin/sh
# Each gate is shown a fault and must fail, and a clean tree and must pass. Works on copies in a temporary directory.
#
#   test_gates.sh --library FILE     FILE is the shared library as built
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
library=
while [ $# -gt 0 ]; do
    case $1 in
    --library) library=$2 && shift ;;
    *) echo "test_gates.sh: unknown argument $1" >&2 && exit 2 ;;
    esac
    shift
done
: "${CC:=gcc}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/copy
failed=0 passed=0

# A fresh copy of what the gates read.
fresh()
{
    rm -rf "$copy"
    mkdir -p "$copy/tests"
    cp -r "$root/include" "$root/lib" "$copy/"
    cp -r "$root/tests/abi" "$root/tests/support" "$copy/tests/"
}

# holds WHAT COMMAND...: the gate must pass.   catches WHAT COMMAND...: it must fail, and not for want of a tool.
holds()
{
    what=$1 && shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        echo "a gate fails on a clean case: $what" && cat "$work/log"
        failed=$((failed + 1))
    fi
}
catches()
{
    what=$1 && shift
    "$@" >"$work/log" 2>&1
    case $? in
    0 | 2 | 77 | 126 | 127)
        echo "a gate misses a fault: $what" && cat "$work/log"
        failed=$((failed + 1))
        ;;
    *) passed=$((passed + 1)) ;;
    esac
}

# ------------------------------------------------------------------------------------------------------------- floors

floors()
{
    "$root/tests/support/check_floors.sh" "$copy"
}
plant()
{
    mkdir -p "$(dirname "$copy/$1")"
    printf '%s\n' "$2" >"$copy/$1"
}

fresh
holds 'floors: the tree as it is' floors
plant lib/num/planted_num.h ''
plant lib/size/planted_size.h ''
plant lib/size/planted.c '#include "num/planted_num.h"
#include "size/planted_size.h" // own room
#include <sipas.h>
/* printf(never) "abort(" and #include "rank/planted_rank.h" are talk */
int f(char *s); /* snprintf( */ int f(char *s) { return sipas__text_format(s, 1, "exit(1)"); }'
holds 'floors: lower floor, own room, public header, talk in comments and strings' floors

fault()
{
    fresh
    plant lib/size/planted_size.h ''
    plant lib/rank/planted_rank.h ''
    plant lib/num/planted_num.h ''
    plant "$2" "$3"
    catches "floors: $1" floors
}
fault 'a file that looks up' lib/base/planted.c '#include "rank/planted_rank.h"'
fault 'a file that looks up, with odd spacing' lib/base/planted.c '  #  include   "num/planted_num.h"'
fault 'a file that looks sideways' lib/select/planted.c '#include "size/planted_size.h"'
fault 'a header that looks sideways' lib/estimate/planted.h '#include "size/planted_size.h"'
fault 'a room without a floor' lib/cellar/planted.c 'int f(void);'
fault 'a header without its room' lib/num/planted.c '#include "planted_num.h"'
fault 'a header that is not there' lib/num/planted.c '#include "num/planted_not_there.h"'
fault 'one base name in two rooms' lib/data/planted_num.c 'int f(void);'
fault 'GSL outside num' lib/data/planted.c '#include <gsl/gsl_cdf.h>'
fault 'POSIX outside threads.c' lib/num/planted.c '#include <unistd.h>'
fault 'POSIX in the room of threads.c' lib/base/planted.c '#include <sys/stat.h>'
fault 'printf' lib/base/planted.c 'void f(void) { printf("x"); }'
fault 'fprintf' lib/base/planted.c 'void f(void) { fprintf(stderr, "x"); }'
fault 'abort' lib/base/planted.c 'void f(void) { abort (); }'
fault 'exit' lib/base/planted.c 'void f(void) { exit(1); }'
fault 'setlocale' lib/base/planted.c 'void f(void) { setlocale(0, ""); }'
fault 'a number as text' lib/size/planted.c 'void f(char *s) { snprintf(s, 9, "%g", 0.5); }'
fault 'a number from text' lib/base/planted.c 'double f(char *s) { return strtod (s, 0); }'
fault 'signal' lib/base/planted.c 'void f(void) { signal(1, 0); }'

# ------------------------------------------------------------------------------------------------------------ symbols

symbols()
{
    "$root/tests/abi/check_symbols.sh" --root "$copy" "$@"
}
# A shared library that exports the names on standard input.
stub()
{
    sed 's/.*/void &(void); void &(void) {}/' | $CC -x c -shared -fPIC -o "$1" -
}

fresh
holds 'symbols: the tree as it is' symbols --library "$library"
nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' >"$work/names"
stub "$work/same.so" <"$work/names"
holds 'symbols: a library with the same names' symbols --library "$work/same.so"
(cat "$work/names" && echo sipas_planted) | stub "$work/more.so"
catches 'symbols: a name exported but not mapped' symbols --library "$work/more.so"
sed 1d "$work/names" | stub "$work/less.so"
catches 'symbols: a name mapped but not exported' symbols --library "$work/less.so"

echo 'SIPAS_API int32_t sipas_planted(void);' >>"$copy/include/sipas/version.h"
catches 'symbols: a name declared but not mapped' symbols
holds 'symbols: --update adds it to the map' symbols --update
holds 'symbols: the map after --update' symbols
fresh
sed -i 's/^    sipas_version;/&\n    sipas_planted;/' "$copy/lib/sipas.map"
catches 'symbols: a name mapped but not declared' symbols
fresh
sed -i 's/^    sipas_version;/    sipas_*;/' "$copy/lib/sipas.map"
catches 'symbols: a wildcard in the map' symbols
fresh
sed -i 's/^    sipas_version;/&\n&/' "$copy/lib/sipas.map"
catches 'symbols: a name mapped twice' symbols
fresh
echo 'int32_t sipas_planted(void);' >>"$copy/include/sipas/version.h"
catches 'symbols: a declaration without SIPAS_API' symbols
fresh
echo 'SIPAS_API extern int32_t sipas_planted;' >>"$copy/include/sipas/version.h"
catches 'symbols: exported data' symbols
fresh
sed -i 's/^#define SIPAS_VERSION_MINOR .*/#define SIPAS_VERSION_MINOR 999/' "$copy/include/sipas/version.h"
cp "$copy/lib/sipas.map" "$work/before.map"
echo 'SIPAS_API int32_t sipas_planted(void);' >>"$copy/include/sipas/version.h"
holds 'symbols: --update for a new minor version' symbols --update
holds 'symbols: the map with two nodes' symbols
head -n "$(wc -l <"$work/before.map")" "$copy/lib/sipas.map" >"$work/kept.map"
holds 'symbols: earlier nodes stay as they were' cmp "$work/before.map" "$work/kept.map"

# ------------------------------------------------------------------------------------------------------------ objects

objects()
{
    printf '%s\n' "$1" | $CC -x c -std=c11 -O2 -fPIC -fvisibility=hidden -w -c -o "$work/planted.o" - || return 2
    "$root/tests/abi/check_objects.sh" "$work/planted.o"
}
holds 'objects: constants, and constants that hold addresses' \
    objects 'static const char *const t[] = {"a", "b"};
             const char *sipas__f(int i); const char *sipas__f(int i) { return t[i]; } const double sipas__c[2] = {1.0, 2.0};'
catches 'objects: a global name that is not sipas_' objects 'void planted(void); void planted(void) {}'
catches 'objects: an initialised global' objects 'int sipas__planted = 1;'
catches 'objects: a zero global' objects 'int sipas__planted;'
catches 'objects: a static counter' objects 'int sipas__f(void); int sipas__f(void) { static int n; return ++n; }'
catches 'objects: a thread-local' objects '_Thread_local int sipas__planted;'
catches 'objects: a table of pointers that is not const' \
    objects 'static const char *t[] = {"a", "b"}; const char **sipas__f(void); const char **sipas__f(void) { return t; }'
catches 'objects: COMMON' objects '__attribute__((common)) int sipas__planted;'
catches 'objects: assert' objects '#include <assert.h>
void sipas__f(int i); void sipas__f(int i) { assert(i); }'
catches 'objects: abort behind a macro' objects '#include <stdlib.h>
#define GIVE_UP abort
void sipas__f(void); void sipas__f(void) { GIVE_UP(); }'
catches 'objects: print to stdout' objects '#include <stdio.h>
void sipas__f(void); void sipas__f(void) { (puts)("x"); }'

# ------------------------------------------------------------------------------------------------------------ headers

headers()
{
    "$root/tests/abi/check_headers.sh" "$copy"
}
# The planted header stands alone, so that each case costs little.
header()
{
    rm -rf "$copy"
    mkdir -p "$copy/include/sipas"
    cp "$root/include/sipas/version.h" "$copy/include/sipas/"
    printf '#ifndef P_H\n#define P_H\n%s\n#endif\n' "$1" >"$copy/include/sipas/planted.h"
    echo '#include "sipas/planted.h"' >"$copy/include/sipas.h"
}
header '#include "version.h"
struct planted { int32_t x; };'
holds 'headers: a clean one' headers
header 'struct planted { int32_t x; };'
catches 'headers: one that leans on another' headers
header 'struct planted { union { int a; float b; }; };'
catches 'headers: C11 in C99' headers
header 'struct planted { int class; };'
catches 'headers: a word of C++' headers
header '#if PLANTED
#endif'
catches 'headers: an undefined macro' headers
header ''
plant lib/size/one.h 'typedef struct sipas__planted { int x; } sipas__planted;'
plant lib/rank/two.h 'typedef struct sipas__planted_too { int x; } sipas__planted_too;'
holds 'headers: internal ones with names of their own' headers
plant lib/rank/two.h 'typedef struct sipas__planted { int y; } sipas__planted;'
catches 'headers: an internal name that is there twice' headers
plant lib/rank/two.h 'enum { SIPAS__PLANTED = 2 };'
plant lib/size/one.h 'enum { SIPAS__PLANTED = 1 };'
catches 'headers: an internal constant that is there twice' headers
header 'static inline int planted(void) { return 0; }'
catches 'headers: an inline function' headers
header 'struct planted {
    unsigned int a : 3;
};'
catches 'headers: a bit-field' headers
header '#include <stdio.h>'
catches 'headers: a foreign header' headers

# ------------------------------------------------------------------------------------------------------------- layout

layout()
{
    $CC -std=c11 -fsyntax-only -I"$copy/include" "$root/tests/abi/test_layout.c"
}
fresh
holds 'layout: the tree as it is' layout
sed -i 's/^    char message\[384\]/    char message[512]/' "$copy/include/sipas/base.h"
catches 'layout: a longer struct' layout
fresh
sed -i 's/^    SIPAS_ERR_MEMORY = -3/    SIPAS_ERR_MEMORY = -33/' "$copy/include/sipas/base.h"
catches 'layout: another value of a constant' layout
fresh
sed -i 's/^    int64_t n; /    int64_t offset; /; t
        s/^    int64_t offset; /    int64_t n; /' "$copy/include/sipas/column.h"
catches 'layout: two fields that change places' layout
fresh
holds 'layout: every struct and constant has its line' "$root/tests/abi/check_layout.sh" "$copy"
echo 'enum { SIPAS_PLANTED = 1, SIPAS_ERR_MEMORY_2 = 2 };' >>"$copy/include/sipas/base.h"
catches 'layout: a constant without a line' "$root/tests/abi/check_layout.sh" "$copy"
fresh
echo 'typedef struct sipas_planted { int32_t x; } sipas_planted;' >>"$copy/include/sipas/base.h"
catches 'layout: a struct without a line' "$root/tests/abi/check_layout.sh" "$copy"

# ---------------------------------------------------------------------------------------------------------- generated

generated()
{
    "$root/tests/abi/check_generated.sh" "$copy"
}
rewrite()
{
    "${PYTHON:-python3}" -B "$root/bindings/generate/generate.py" --root "$copy"
}
with_generated()
{
    fresh
    mkdir -p "$copy/docs" "$copy/bindings/python"
    cp -r "$root/examples" "$copy/"
    cp -r "$root/docs/man" "$copy/docs/"
    cp -r "$root/bindings/python/sipas" "$copy/bindings/python/"
    cp -r "$root/bindings/lua" "$copy/bindings/"
}
# planted WHAT FILE SCRIPT: a header has changed; the gate says so, and is content when the files are written anew.
planted()
{
    with_generated
    sed -i "$3" "$copy/include/sipas/$2"
    catches "generated: $1" generated
    holds "generated: $1, written anew" rewrite
    holds "generated: $1, when it is written anew" generated
}
with_generated
if generated >"$work/log" 2>&1 || [ $? -ne 77 ]; then
    holds 'generated: the tree as it is' generated
    planted 'a constant' design.h 's/^    SIPAS_LONELY_ADJUST_ZERO = 6,/    SIPAS_LONELY_PLANTED = 8,\n&/'
    planted 'a field at the end of an options struct' rank.h 's/^} sipas_rank_opts;/    int64_t planted;\n&/'
    planted 'a function' rank.h '$s/^#endif/SIPAS_API int32_t sipas_planted(double x);\n&/'
    for file in include/sipas.h lib/base/enums.h lib/base/enums.c examples/common/words.h examples/common/words.c bindings/lua/words.h \
        bindings/lua/words.c bindings/lua/calls.c bindings/python/sipas/_words.py bindings/python/sipas/_calls.py \
        bindings/python/sipas/_public.pyi docs/man/libsipas.3 tests/abi/test_layout.c; do
        with_generated
        sed -i '/lonely\|LONELY\|sipas_rank_league\|rank\.h/{s/$/ planted/;:a;n;ba}' "$copy/$file"
        catches "generated: $file changed by hand" generated
    done
    with_generated
    : >"$copy/include/sipas/planted.h"
    catches 'generated: a header in no group' generated
    with_generated
    sed -i 's/^    SIPAS_LONELY_COLLAPSE = 7/    SIPAS_LONELY_COLLAPSE = 17/' "$copy/include/sipas/design.h"
    catches 'generated: writing another value of a constant' rewrite
    with_generated
    sed -i 's/^    SIPAS_LONELY_COLLAPSE = 7 /    SIPAS_LONELY_COLLAPSE /' "$copy/include/sipas/design.h"
    catches 'generated: a constant without a number' rewrite
    with_generated
    sed -i '/^    int32_t ascending;/d' "$copy/include/sipas/rank.h"
    catches 'generated: writing a struct that lost a field' rewrite
    # copies WHAT CODE: a file of lib/ that knows an enumeration by heart.
    copies()
    {
        with_generated
        plant lib/data/planted.c "$2"
        catches "generated: $1" generated
    }
    copies 'a check up to the last constant' 'int f(int x) { return sipas__options_check("lonely", x, 0, SIPAS_LONELY_COLLAPSE, err); }'
    copies 'a comparison with the last constant' 'int f(int x) { return x > SIPAS_ADJUST_HOLM; }'
    copies 'an array as long as the last constant' 'int f[SIPAS_ADJUST_HOLM + 1];'
    copies 'an array whose length is not asserted' 'static const int f[] = {[SIPAS_DF_DOMAIN] = 1, [SIPAS_DF_GIVEN] = 2};'
    copies 'words' 'static const char *const f[] = {"none", "bonferroni", "holm"};'
    copies 'words by their constants' 'static const char *const f[] = {[SIPAS_ADJUST_HOLM] = "holm"}; SIPAS__EVERY(f, ADJUST);'
    copies 'words behind a default' 'static const char *const f[] = {"", "up", "nearest"};'
    with_generated
    plant lib/data/planted.c 'static const int f[] = {[SIPAS_DF_DOMAIN] = 1, [SIPAS_DF_GIVEN] = 2};
SIPAS__EVERY(f, DF); /* x > SIPAS_ADJUST_HOLM and {"none", "bonferroni", "holm"} are talk */
static const char *const g[] = {"none", "holm"};'
    holds 'generated: an array whose length is asserted, other words' generated
    # every CODE: an array with its assertion, as the compiler sees it.
    every()
    {
        printf '#include <sipas.h>\n#include "base/enums.h"\n%s\n' "$1" |
            $CC -x c -std=c11 -fsyntax-only -I"$root/include" -I"$root/lib" -
    }
    holds 'generated: an array with every place' every 'static const int f[] = {[SIPAS_ADJUST_HOLM] = 2}; SIPAS__EVERY(f, ADJUST);'
    catches 'generated: an array that lacks the last place' every \
        'static const int f[] = {[SIPAS_ADJUST_BONFERRONI] = 2}; SIPAS__EVERY(f, ADJUST);'
else
    cat "$work/log"
fi

# ---------------------------------------------------------------------------------------------------------- contracts

contracts()
{
    "$root/tests/abi/check_contracts.sh" "$copy"
}
# breaks WHAT SCRIPT: rank.h, whose functions are sipas_rank_opts_init and sipas_rank_league, changed by a script of sed.
breaks()
{
    fresh
    cp -r "$root/tests/unit" "$root/tests/api" "$root/tests/golden" "$root/tests/oom" "$copy/tests/"
    sed -i "$2" "$copy/include/sipas/rank.h"
    catches "contracts: $1" contracts
}
fresh
cp -r "$root/tests/unit" "$root/tests/api" "$root/tests/golden" "$root/tests/oom" "$copy/tests/"
if contracts >"$work/log" 2>&1 || [ $? -ne 77 ]; then
    holds 'contracts: as they are' contracts
    breaks 'no thread class' 's/Threads: context\.//'
    breaks 'a thread class that is none' 's/Threads: context\./Threads: many./'
    breaks 'no test' 's/Test: test_options\.//'
    breaks 'a test that is not there' 's/Test: test_options/Test: test_planted/'
    breaks 'a test of something else' 's/Test: test_options/Test: test_base/'
    breaks 'a golden table that is not there' 's/ranks\.tsv/planted.tsv/'
    breaks 'no cost' 's/O(1)\.//'
    breaks 'not since when' 's/Since 0\.1\.//'
    breaks 'no comment' 's/^\/\*\* Sets every option.*//'
fi

# ------------------------------------------------------------------------------------------------------------- ledger

ledger()
{
    "$root/tests/golden/check_ledger.sh" "$copy"
}
# The tables and what is asked of the tests: their names, and which tables they read.
golden()
{
    rm -rf "$copy"
    mkdir -p "$copy/tests/golden"
    cp "$root"/tests/golden/*.tsv "$copy/tests/golden/"
    for room in "$root"/tests/*/; do
        mkdir -p "$copy/tests/$(basename "$room")"
        cp "$room"test_*.c "$copy/tests/$(basename "$room")/" 2>/dev/null
    done
}
# misses WHAT SCRIPT: the ledger as it is but for what the script of sed does to it.
misses()
{
    golden
    sed -i "$2" "$copy/tests/golden/ledger.tsv"
    catches "ledger: $1" ledger
}
golden
holds 'ledger: as it is' ledger
misses 'a blank state' 's/^\(srs\/mean\t.*\t\).*/\1/'
misses 'no state at all' 's/^\(srs\/mean\t[^\t]*\).*/\1/'
misses 'a case that no table has' 's/^srs\/mean\t/srs\/meen\t/'
misses 'a case too many' '$a planted/case\testimation.tsv\ttest_estimation'
misses 'a case of estimation.tsv that is not there' '/^strat\/total\t/d'
misses 'a case of ranks.tsv that is not there' '/^ranks\/pisa_upper_marginal\t/d'
misses 'a case of pps.tsv that is not there' '/^pps\/pik_2\t/d'
misses 'a case of allocation.tsv that is not there' '/^allocation\/neyman_4\t/d'
misses 'a case twice' '/^srs\/mean\t/p'
misses 'a case of another table' 's/^\(srs\/mean\t\)estimation/\1designs/'
misses 'a test that is not there' 's/^\(srs\/mean\t.*\t\).*/\1test_planted/'
misses 'a test that does not read the table' 's/^\(srs\/mean\t.*\t\).*/\1test_allocation/'
misses 'a quantile that waits' 's/^\(clus2\/quantile_woodruff\t.*\t\).*/\1pending/'
misses 'an inclusion probability that waits' 's/^\(pps\/pik_2\t.*\t\).*/\1pending/'
golden
printf 'case\tvalue\nplanted/one\t1\n' >"$copy/tests/golden/planted.tsv"
catches 'ledger: a new table' ledger
rm "$copy/tests/golden/planted.tsv" "$copy/tests/golden/ranks.tsv"
catches 'ledger: a table that is gone' ledger

# ---------------------------------------------------------------------------------------------------------------- abi

if command -v abidiff >/dev/null 2>&1; then
    small=$work/small
    # small OPTS_FIELDS ERROR_FIELDS PRIVATE_FIELDS PARAMETERS EXTRA
    make_small()
    {
        rm -rf "$small"
        mkdir -p "$small/include/sipas" "$small/tests/abi" "$small/lib"
        cp "$root/tests/abi/allowed.abignore" "$small/tests/abi/"
        cat >"$small/include/sipas/small.h" <<END
typedef struct sipas_small sipas_small;
typedef struct sipas_small_opts { unsigned int struct_size; int a; $1 } sipas_small_opts;
typedef struct sipas_small_error { int status; $2 } sipas_small_error;
int sipas_small_new($4 const sipas_small_opts *opts, sipas_small **out, sipas_small_error *err);
$5
END
        cat >"$small/lib/small.c" <<END
#include <sipas/small.h>
struct sipas_small { int n; $3 };
int sipas_small_new($4 const sipas_small_opts *opts, sipas_small **out, sipas_small_error *err)
{
    (*out)->n = opts->a;
    return err->status;
}
END
        (cd "$small" && $CC -w -g -shared -fPIC -Iinclude -Wl,-soname,libsmall.so.0 -o small.so lib/small.c)
    }
    abi()
    {
        make_small "$@" || return 2
        "$root/tests/abi/check_abi.sh" --root "$small" --baseline "$work/small.abi" --library "$small/small.so"
    }
    make_small '' '' '' '' ''
    holds 'abi: writing a baseline' "$root/tests/abi/check_abi.sh" --root "$small" --baseline "$work/small.abi" \
        --library "$small/small.so" --update
    holds 'abi: nothing changed' abi '' '' '' '' ''
    holds 'abi: a field appended to an options struct' abi 'int b;' '' '' '' ''
    holds 'abi: another inside of an opaque handle' abi '' '' 'double x[4];' '' ''
    holds 'abi: a new function' abi '' '' '' '' 'int sipas_planted(void); int sipas_planted(void) { return 0; }'
    catches 'abi: a field appended to a frozen struct' abi '' 'int b;' '' '' ''
    catches 'abi: a new parameter' abi '' '' '' 'int b,' ''
    change()
    {
        make_small '' '' '' '' ''
        sed -i "$1" "$small/include/sipas/small.h"
        sed -i "$2" "$small/lib/small.c"
        (cd "$small" && $CC -w -g -shared -fPIC -Iinclude -Wl,-soname,libsmall.so."${3:-0}" -o small.so lib/small.c) ||
            return 2
        "$root/tests/abi/check_abi.sh" --root "$small" --baseline "$work/small.abi" --library "$small/small.so"
    }
    catches 'abi: a field put in the middle of an options struct' change 's/int a; /int b; int a; /' ''
    catches 'abi: a field of another type' change 's/int status;/long status;/' ''
    catches 'abi: a function that is gone' change 's/sipas_small_new/sipas_small_make/' 's/sipas_small_new/sipas_small_make/'
    catches 'abi: another return type' change 's/^int sipas/long sipas/' 's/^int sipas/long sipas/'
    catches 'abi: another soname' change '' '' 1
else
    echo 'abidiff is not installed (make deps)' && failed=$((failed + 1))
fi

echo "$passed cases right, $failed wrong"
[ "$failed" -eq 0 ]
