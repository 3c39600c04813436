#!/bin/sh
# The Debian packages, unpacked in a folder that no tool knows: a program is compiled, linked and run through pkg-config
# alone, an installed example too; Python and every Lua load their modules. Run by `make check-deb`.
#
#   test_deb.sh FOLDER    the folder of the packages
set -eu
packages=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
: "${CC:=gcc}" "${PKG_CONFIG:=pkg-config}" "${PYTHON:=/usr/bin/python3}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail()
{
    echo "$*" >&2
    exit 1
}

for package in "$packages"/*.deb; do
    case $package in *-dbgsym_*) ;; *) dpkg -x "$package" root ;; esac
done
lib=$(dirname "$(find root -name libsipas.so)")
export LD_LIBRARY_PATH="$work/$lib"
# What is there is what the packages hold, not what the machine has.
export PKG_CONFIG_SYSROOT_DIR="$work/root" PKG_CONFIG_PATH="$work/$lib/pkgconfig"
flags=$($PKG_CONFIG --cflags --libs libsipas)
case $flags in *"$work/root"*) ;; *) fail "pkg-config says $flags" ;; esac

$CC -o consumer "$here/consumer.c" $flags
says=$(./consumer)
[ "$says" = "$VERSION 393" ] || fail "a program says $says"
ldd consumer | grep -q "libsipas.so.$ABI => $work/root" || fail 'a program runs with another libsipas'
$CC -o static "$here/consumer.c" $($PKG_CONFIG --cflags libsipas) "$lib/libsipas.a" \
    $(PKG_CONFIG_SYSROOT_DIR='' $PKG_CONFIG --libs gsl) -pthread
[ "$(./static)" = "$says" ] || fail 'a program of the static library says something else'

examples=root/usr/share/doc/libsipas-dev/examples
gunzip -r $examples
$CC -I$examples/common -o estimate $examples/estimate.c $examples/common/*.c $flags -lcsv -lutf8proc -lm
./estimate $examples/data/apiclus1.csv --ids dnum --weights pw --fpc fpc mean api00 | grep -q '644.169  23.542' ||
    fail 'the example estimate says something else'

says=$(PYTHONPATH=$work/root/usr/lib/python3/dist-packages "$PYTHON" -c 'import sipas
print(sipas.__version__, sipas.sample_size(20000, method="yamane", e=0.05)["n"][0], sipas.__file__)')
[ "$says" = "$VERSION 393 $work/root/usr/lib/python3/dist-packages/sipas/__init__.py" ] || fail "Python says $says"

ran=
for lua in lua5.1:5.1 lua5.2:5.2 lua5.3:5.3 lua5.4:5.4 luajit:5.1; do
    command -v ${lua%:*} >/dev/null 2>&1 || continue
    says=$(LUA_CPATH="$work/$lib/lua/${lua#*:}/?.so" ${lua%:*} -e 'local sipas = require "sipas"
io.write(sipas.version, " ", tostring(sipas.sample_size{N = 20000, method = "yamane", e = 0.05}.n[1]), "\n")')
    case $says in "$VERSION 393" | "$VERSION 393.0") ran=1 ;; *) fail "${lua%:*} says $says" ;; esac
done
[ -n "$ran" ] || { echo 'no Lua is there'; exit 77; }

# The packages depend on what they are linked with, and on nothing that they do not need.
depends()
{
    dpkg -f "$packages"/"$1"_*.deb Depends
}
depends libsipas0 | grep -q libgsl || fail 'libsipas0 does not depend on GSL'
for package in python3-sipas lua-sipas; do
    depends $package | grep -q "libsipas$ABI (>=" || fail "$package does not depend on libsipas$ABI"
    depends $package | grep -q libgsl && fail "$package depends on GSL itself"
done
exit 0
