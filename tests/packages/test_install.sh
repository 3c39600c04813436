#!/bin/sh
# What `make install` puts somewhere, moved elsewhere, serves a program through pkg-config alone and through CMake alone,
# shared and static; and `make uninstall` leaves nothing behind. Run by `make check`, which sets MAKE, BUILD, CC, VERSION.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/packages
: "${MAKE:=make}" "${BUILD:=build}" "${CC:=gcc}" "${PKG_CONFIG:=pkg-config}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"

fail()
{
    echo "$*" >&2
    exit 1
}

# says PROGRAM: what the consumer must print, whichever way it was linked.
says()
{
    said=$(LD_LIBRARY_PATH=$lib "$1")
    [ "$said" = "$VERSION 393" ] || fail "$1 says '$said', not '$VERSION 393'"
}

# installed NAME VARIABLE=VALUE...: installs with a prefix that will not be there, and moves it to $work/NAME.
installed()
{
    name=$1
    shift
    $MAKE -s BUILD="$BUILD" prefix=/nowhere/sipas DESTDIR="$work/stage" "$@" install >/dev/null
    mv "$work/stage/nowhere/sipas" "$work/$name"
}

with_pkg_config()
{
    export PKG_CONFIG_PATH="$lib/pkgconfig"
    prefix=--define-variable=prefix=$work/$1
    [ "$($PKG_CONFIG --modversion libsipas)" = "$VERSION" ] || fail 'libsipas.pc has another version'
    $CC -o "$work/shared" "$here/consumer.c" $($PKG_CONFIG "$prefix" --cflags --libs libsipas)
    says "$work/shared"
    readelf -d "$work/shared" | grep -q 'NEEDED.*libgsl' && fail 'a program of the shared library needs GSL itself'
    $CC -o "$work/static" "$here/consumer.c" -Wl,-Bstatic $($PKG_CONFIG "$prefix" --cflags --libs libsipas) \
        -Wl,-Bdynamic $($PKG_CONFIG "$prefix" --static --libs gsl libsipas | sed 's/-lsipas//')
    readelf -d "$work/static" | grep -q 'NEEDED.*libsipas' && fail 'the static program needs libsipas.so'
    says "$work/static"
}

with_cmake()
{
    cmake -S "$here/cmake" -B "$work/cmake-$1" -DCMAKE_C_COMPILER="$CC" -DCMAKE_PREFIX_PATH="$work/$1" -DWANTED="$2" \
        >"$work/log" 2>&1 && cmake --build "$work/cmake-$1" >>"$work/log" 2>&1 || { cat "$work/log"; fail cmake; }
    readelf -d "$work/cmake-$1/static" | grep -q 'NEEDED.*libsipas' && fail 'sipas::static is shared'
    for kind in sipas static; do says "$work/cmake-$1/$kind"; done
}

# refused VERSION: find_package() must not take this library for it.
refused()
{
    rm -rf "$work/refused"
    cmake -S "$here/cmake" -B "$work/refused" -DCMAKE_C_COMPILER="$CC" -DCMAKE_PREFIX_PATH="$work/plain" -DWANTED="$1" \
        >"$work/log" 2>&1 && fail "find_package(libsipas $1) takes $VERSION"
    grep -q 'version' "$work/log" || { cat "$work/log"; fail "find_package(libsipas $1) fails for another reason"; }
}

installed plain
lib=$work/plain/lib
with_pkg_config plain

if command -v cmake >/dev/null 2>&1; then
    with_cmake plain "$VERSION"
    refused "$((${VERSION%%.*} + 1)).0"
    refused "${VERSION%.*}.999"
    refused "${VERSION%%.*}.999"
    # As Debian has it: the library in a folder of its architecture.
    installed multiarch libdir=/nowhere/sipas/lib/x-y-z
    lib=$work/multiarch/lib/x-y-z
    with_pkg_config multiarch
    CMAKE_PREFIX_PATH=$lib/cmake with_cmake multiarch "${VERSION%.*}"
    # Without a static library, and without a shared one.
    rm "$work/plain/lib/libsipas.so" "$work/plain/lib/"libsipas.so.*
    lib=$work/plain/lib
    rm -rf "$work/cmake-plain"
    with_cmake plain ''
fi

$MAKE -s BUILD="$BUILD" prefix=/nowhere/sipas DESTDIR="$work/gone" install >/dev/null
$MAKE -s BUILD="$BUILD" prefix=/nowhere/sipas DESTDIR="$work/gone" uninstall >/dev/null
left=$(find "$work/gone" ! -type d)
[ -z "$left" ] || fail "make uninstall leaves $left"

if ! command -v cmake >/dev/null 2>&1; then
    echo 'pkg-config is fine; cmake is not there'
    exit 77
fi
