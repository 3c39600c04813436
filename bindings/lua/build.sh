#!/bin/sh
# Build the module for one binary interface of Lua: build.sh VERSION STATIC OUT. Used by `make lua`.
#
#   CC, FLAGS, LINK_FLAGS, PKG_CONFIG   from the environment
#   LUA_INCDIR                          the folder of lua.h; VERSION does not matter then
#   VERSION                             5.1, 5.2, 5.3 or 5.4; LuaJIT has the interface of 5.1
#   STATIC                              libsipas.a, which goes into the module with GSL
#
# Headers are found by pkg-config under the names that Debian, Fedora, Arch, BSD and upstream give them. Where there are none
# nothing is built, and it leaves with 0.
set -eu
version=$1 static=$2 out=$3
short=$(echo "$version" | tr -d .)
names="lua$version lua-$version lua$short"
[ "$version" = 5.1 ] && names="$names luajit"
names="$names lua"
rm -f "$out"

if [ -n "${LUA_INCDIR:-}" ]; then
    include="-isystem $LUA_INCDIR"
else
    of=
    for name in $names; do
        if $PKG_CONFIG --exists "$name" 2>/dev/null; then
            case $name in
            lua) case $($PKG_CONFIG --modversion lua) in "$version"*) of=lua && break ;; esac ;;
            *) of=$name && break ;;
            esac
        fi
    done
    [ -n "$of" ] || exit 0
    include=$($PKG_CONFIG --cflags "$of" | sed 's/-I/-isystem /g') # not ours to warn about
fi

# GSL inside where there is a static library, so that nothing else is needed where the module goes.
gsl="$($PKG_CONFIG --variable=libdir gsl 2>/dev/null || :)/libgsl.a"
[ -f "$gsl" ] || gsl='-lgsl -lgslcblas'

# Only luaopen_… leaves the module: another libsipas or GSL in the process is another one. Lua's own functions come from the
# program that loads it.
# shellcheck disable=SC2086
exec $CC $FLAGS $include -shared -o "$out" "$(dirname "$0")"/*.c "$static" $gsl $LINK_FLAGS \
    -Wl,--exclude-libs,ALL -Wl,-z,relro -Wl,-z,now -lm
