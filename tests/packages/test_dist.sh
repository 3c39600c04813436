#!/bin/sh
# The source tarball is the same each time, holds what is tracked and nothing that was made, makes itself again, and where it
# is unpacked the library, its tests, the wheel and the rock build. Run by `make check`, which sets MAKE, BUILD, CC, VERSION.
set -eu
cd "$(dirname "$0")/../.."
: "${MAKE:=make}" "${BUILD:=build}" "${CC:=gcc}" "${PYTHON:=/usr/bin/python3}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail()
{
    echo "$*" >&2
    exit 1
}

# A name that nobody else writes to at the same time.
tarball()
{
    $MAKE -s BUILD="$work/$1" dist >/dev/null
}

tarball one
sleep 1
tarball two
cmp "$work/one/libsipas-$VERSION.tar.gz" "$work/two/libsipas-$VERSION.tar.gz" || fail 'make dist differs each time'
tar -xzf "$work/one/libsipas-$VERSION.tar.gz" -C "$work"
there=$work/libsipas-$VERSION
if git rev-parse --git-dir >/dev/null 2>&1; then
    git ls-files | LC_ALL=C sort >"$work/tracked"
    (cd "$there" && find . -type f | sed 's|^\./||' | LC_ALL=C sort) | cmp - "$work/tracked" || fail 'it holds other files'
fi
# Neither when a file was written nor who may read it makes a difference.
touch "$there/README.md"
chmod g+w,o-r "$there/CHANGELOG.md"
GIT_CEILING_DIRECTORIES=$work $MAKE -s -C "$there" BUILD="$work/three" dist >/dev/null
cmp "$work/one/libsipas-$VERSION.tar.gz" "$work/three/libsipas-$VERSION.tar.gz" || fail 'it does not make itself again'

# Optimised code is what the other tests look at.
cd "$there"
$MAKE -s BUILD=build CFLAGS=-O0 CHECKS='tests/unit/test_base tests/api/test_size gates/floors gates/symbols' check ||
    fail 'the library does not build there, or fails its tests'

missing=
bindings/python/build.sh --if-able "$PYTHON" build/libsipas.a >"$work/log" 2>&1 || { cat "$work/log"; fail 'no wheel'; }
if [ -f build/python/missing ]; then
    missing=$(cat build/python/missing)
else
    says=$(cd / && "$there/build/python/venv/bin/python" -c 'import sipas; print(sipas.__version__)')
    [ "$says" = "$VERSION" ] || fail "the wheel says $says"
fi
if command -v luarocks >/dev/null 2>&1; then
    luarocks --tree "$work/rocks" make --deps-mode=none bindings/lua/sipas-scm-1.rockspec >"$work/log" 2>&1 ||
        { cat "$work/log"; fail 'the rock does not build'; }
    module=$(find "$work/rocks" -name sipas.so)
    lua=lua$(basename "$(dirname "$module")")
    says=$(cd / && LUA_CPATH=$(dirname "$module")/?.so $lua -e 'print((require "sipas").version)')
    [ "$says" = "$VERSION" ] || fail "the rock says $says"
else
    missing="${missing:+$missing; }luarocks is not there"
fi
[ -z "$missing" ] || { echo "$missing"; exit 77; }
