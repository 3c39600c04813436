#!/bin/sh
# docs/dev/ADDING.md is true: a rule, a statistic and a plain call are planted in a copy of the tree, and every gate that the page
# names asks for its line. Run by `make check`, which sets BUILD, CC and PYTHON.
set -u
cd "$(dirname "$0")/../.."
root=$(pwd)
: "${BUILD:=build}" "${CC:=gcc}" "${PYTHON:=python3}"
export CC PYTHON
page=docs/dev/ADDING.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/copy
code=0

fail()
{
    echo "$*" >&2
    code=1
}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "$PYTHON is not Python 3.11 or later"; exit 77; }

# places KIND: what a table of the page lists, one a line.
places()
{
    sed -n "/^<!-- places: $1 -->/,/^\$/p" $page | sed -n 's/^| [0-9]* | `\([^`]*\)` .*/\1/p'
}
for kind in rule:6 statistic:8 plain:7; do
    n=$(places "${kind%:*}" | wc -l)
    [ "$n" -gt 0 ] && [ "$n" -le "${kind#*:}" ] || fail "$page: a ${kind%:*} costs $n places, not 1 to ${kind#*:}"
    for place in $(places "${kind%:*}"); do
        [ -e "$place" ] || fail "$page: $place is not there"
    done
done

fresh()
{
    rm -rf "$copy"
    mkdir "$copy"
    cp -r include lib bindings examples docs tests "$copy/"
    ln -s "$(cd "$BUILD" && pwd)" "$copy/build"
}
# asks FOR COMMAND...: it fails, and says what is wanted.   content WHAT COMMAND...: it passes.
asks()
{
    wanted=$1 && shift
    "$@" >"$work/log" 2>&1 && fail "nobody asks for $wanted: $*"
    grep -q -- "$wanted" "$work/log" || { fail "$* does not speak of $wanted:" && cat "$work/log" >&2; }
}
content()
{
    what=$1 && shift
    "$@" >"$work/log" 2>&1 || { fail "$what: $* fails:" && cat "$work/log" >&2; }
}
generated()
{
    "$root/tests/abi/check_generated.sh" "$copy"
}
rewrite()
{
    "$PYTHON" -B "$root/bindings/generate/generate.py" --root "$copy"
}
compiles()
{
    for file in $(grep -l SIPAS_LONELY_ "$copy"/lib/*/*.c); do
        $CC -std=c11 -D_POSIX_C_SOURCE=200809L -I"$copy/include" -I"$copy/lib" -fsyntax-only -w "$file" || return 1
    done
}

# ---------------------------------------------------------------------------------------------------------------- a rule

fresh
content 'the tree as it is' generated
last=$(sed -n 's/^    SIPAS_LONELY_[A-Z_]* = \([0-9]*\).*/\1/p' include/sipas/design.h | sort -n | tail -n 1)
sed -i "s|^    SIPAS_LONELY_DEFAULT = 0,|&\n    SIPAS_LONELY_PLANTED = $((last + 1)), /**< planted */|" "$copy/include/sipas/design.h"
for file in lib/base/enums.c examples/common/words.c bindings/lua/words.c bindings/python/sipas/_words.py \
    bindings/python/sipas/_public.pyi tests/abi/test_layout.c; do
    asks "^$file is not what the headers say" generated
done
content 'writing what follows' rewrite
content 'what follows, written' generated
asks 'done has not a place for every SIPAS_LONELY_' compiles
sed -i 's|^        \[SIPAS_LONELY_REMOVE\] = .*|&\n        [SIPAS_LONELY_PLANTED] = "is planted",|' "$copy/lib/estimate/report.c"
content 'the rule with its sentence' compiles
for word in bindings/python/sipas/_words.py bindings/lua/words.c examples/common/words.c lib/base/enums.c; do
    grep -q '"planted"' "$copy/$word" || fail "$word does not know the word"
done
grep -q 'lonely_psu : .*"planted"' "$copy/bindings/python/sipas/_design.py" || fail 'the docstring does not know the word'
grep -q 'options.lonely_psu .*"planted"' "$copy/bindings/lua/design.c" || fail 'the documentation of Lua does not know the word'
places rule | grep -qx lib/estimate/report.c || fail "$page does not name lib/estimate/report.c"

# ----------------------------------------------------------------------------------------------------------- a statistic

fresh
sed -i 's|^SIPAS_API sipas_status sipas_estimate_total(.*|SIPAS_API sipas_status sipas_estimate_planted(const sipas_design *design, sipas_table **out, sipas_error *err);\n\n/** As it was. Otherwise as sipas_estimate_mean(). Threads: context. Golden: test_estimation. */\n&|' \
    "$copy/include/sipas/estimate.h"
contracts()
{
    "$root/tests/abi/check_contracts.sh" "$copy"
}
symbols()
{
    "$root/tests/abi/check_symbols.sh" --root "$copy" "$@"
}
asks 'sipas_estimate_planted' contracts
sed -i 's|^SIPAS_API sipas_status sipas_estimate_planted|/** Planted. */\n&|' "$copy/include/sipas/estimate.h"
for part in 'no cost' 'not since when' 'no thread class' 'no test'; do
    asks "sipas_estimate_planted: $part" contracts
done
sed -i 's|^/\*\* Planted. \*/|/** Planted. O(1). Since 0.1. Threads: context. Golden: test_planted. */|' "$copy/include/sipas/estimate.h"
asks 'test_planted is not there' contracts
asks 'no program of tests/oom calls it' contracts
echo 'sipas_estimate_planted' >"$copy/tests/api/test_planted.c"
echo 'sipas_estimate_planted' >>"$copy/tests/oom/test_oom_estimate.c"
content 'the contract' contracts
for file in docs/man/libsipas.3 bindings/python/sipas/_public.pyi; do
    asks "^$file is not what the headers say" generated
done
content 'writing what follows' rewrite
content 'what follows, written' generated
asks 'sipas_estimate_planted' symbols
content 'its name in the map' symbols --update
asks 'sipas_estimate_planted' symbols --library "$copy/build/libsipas.so"

# The faces, where their tools are.
lua_face()
{
    (cd "$copy" && bindings/lua/check.sh build/lua bindings/lua/spec/module_spec.lua)
}
python_face()
{
    (cd "$copy" && build/python/venv/bin/python -m pytest -q -k has_its_face bindings/python/tests/test_declarations.py)
}
if command -v busted >/dev/null 2>&1 && ls "$copy"/build/lua/*/sipas.so >/dev/null 2>&1; then
    asks 'sipas_estimate_planted' lua_face
    echo '// sipas_estimate_planted' >>"$copy/bindings/lua/estimate.c"
    content 'the call in Lua' lua_face
fi
if "$copy/build/python/venv/bin/python" -c 'import pytest, sipas' 2>/dev/null; then
    asks 'sipas_estimate_planted' python_face
    echo '# sipas_estimate_planted' >>"$copy/bindings/python/sipas/_estimates.py"
    content 'the call in Python' python_face
fi

# --------------------------------------------------------------------------------------------------------- a plain call
#
# A row of calls.py and a signature in Python are all that is written by hand; what is made of them reads arguments, and calls.

fresh
plant()
{
    "$PYTHON" -B "$copy/bindings/generate/generate.py" --root "$copy"
}
sed -i 's|^SIPAS_API sipas_status sipas_rank_league(.*|SIPAS_API sipas_status sipas_rank_planted(sipas_ctx *ctx, const sipas_column *x, int64_t times, const sipas_size_opts *opts,\n                                          sipas_table **out, sipas_error *err);\n\n/** As it was. */\n&|
        s|^#include "table.h"|#include "size.h"\n&|' "$copy/include/sipas/rank.h"
content 'writing what follows' plant
grep -q planted "$copy/bindings/lua/calls.c" && fail 'a call without a row has a body'
row='sipas_rank_planted planted x@1 times'
sed -i "s/^ROWS = .*/&\n${row% times}/" "$copy/bindings/generate/calls.py"
asks 'the row of sipas_rank_planted does not name .times.' plant
sed -i "s/^${row% times}/& times/" "$copy/bindings/generate/calls.py"
asks 'has no function planted' plant
cat >"$work/planted.py" <<'END'


def planted(
    data: Any = None, /, times: int = 1, *, x: Any = None, level: float = 0.95, margin: float | None = None, rounding: str = "up",
    code: Any = None, context: Any = None, colour: int = 0,
) -> Any:
    return _calls.planted(lib, locals())
END
cat "$work/planted.py" >>"$copy/bindings/python/sipas/_rank.py"
asks 'planted of Python has the argument colour' plant
sed -i 's/, colour: int = 0//' "$copy/bindings/python/sipas/_rank.py" "$work/planted.py"
sed -i 's/^from sipas import _calls/from typing import Any\n\n&/' "$copy/bindings/python/sipas/_rank.py"
content 'writing what follows' plant
[ $(($(grep -c . "$work/planted.py") + 1)) -le 15 ] || fail 'a plain call costs more than 15 lines'

# In Lua the planted call is made, by a function that hands it to another one; in Python it is seen how it would be made.
cat >"$copy/bindings/lua/planted.c" <<'END'
#include <sipas.h>

sipas_status sipas_rank_planted(sipas_ctx *ctx, const sipas_column *x, int64_t times, const sipas_size_opts *opts,
                                sipas_table **out, sipas_error *err)
{
    const sipas_status status = sipas_size_proportion(ctx, x, opts, out, err);

    return times == 2 ? status : SIPAS_ERR_ARGUMENT;
}
END
called_from_lua()
{
    CC=$CC FLAGS="-std=gnu11 -fPIC -fvisibility=hidden -I$copy/include" LINK_FLAGS='' PKG_CONFIG="${PKG_CONFIG:-pkg-config}" \
        "$copy/bindings/lua/build.sh" 5.4 "$BUILD/libsipas.a" "$work/sipas.so" && [ -f "$work/sipas.so" ] &&
        LUA_CPATH="$work/?.so" lua5.4 -e 'local sipas = require "sipas"
            assert(sipas.planted{20000, times = 2, method = "yamane", margin = 0.05}.n[1] == 393)
            assert(not pcall(sipas.planted, {20000}))
            assert(select(2, pcall(sipas.planted, {20000, times = 2, shape = 1})).name == "shape")'
}
called_from_python()
{
    cp "$("$python" -c 'import sipas._sipas; print(sipas._sipas.__file__)')" "$copy/bindings/python/sipas/" &&
        (cd "$copy/bindings/python" && "$python" -c 'import types, sipas._rank as rank
from sipas._sipas import lib
def seen(ctx, x, times, opts, out, error):
    assert (x.n, times, opts.level, opts.rounding) == (3, 2, 0.9, lib.SIPAS_SIZE_ROUND_NEAREST)
    return lib.sipas_size_proportion(ctx, x, opts, out, error)
rank.lib = types.SimpleNamespace(sipas_rank_planted=seen)
assert rank.planted({"c": [100.0, 200.0, 300.0]}, 2, x="c", level=0.9, rounding="nearest")["n"].size == 3')
}
python=$(cd "$BUILD" && pwd)/python/venv/bin/python
if command -v lua5.4 >/dev/null 2>&1 && [ -f "$BUILD/lua/5.4/sipas.so" ]; then content 'the plain call in Lua' called_from_lua; fi
if "$python" -c 'import sipas' 2>/dev/null; then content 'the plain call in Python' called_from_python; fi
exit $code
