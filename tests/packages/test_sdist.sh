#!/bin/sh
# The source distribution of the Python package: alone in an empty folder, without make and without anything fetched, it builds
# with a compiler and GSL, and gives the same figure. Run by `make check`, which sets PYTHON, VERSION.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${PYTHON:=/usr/bin/python3}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail()
{
    echo "$*" >&2
    exit 1
}

"$PYTHON" -c 'import ensurepip, cffi, numpy, setuptools, wheel' 2>/dev/null || { echo 'a Python with cffi, numpy, setuptools and wheel is not there'; exit 77; }
(cd "$here/bindings/python" && BUILD=$work/build "$PYTHON" -c "import setuptools.build_meta as b; b.build_sdist('$work')") >"$work/log" 2>&1 ||
    { cat "$work/log"; fail 'it cannot be made'; }
made=$work/sipas-$VERSION.tar.gz
[ -f "$made" ] || fail "$made is not there"
tar -tzf "$made" >"$work/list"
for file in c/include/sipas.h c/lib/sipas.map c/lib/FLOORS; do
    case $file in
    *.h) grep -qx "sipas-$VERSION/$file" "$work/list" || fail "it lacks $file" ;;
    *) ! grep -qx "sipas-$VERSION/$file" "$work/list" || fail "it holds $file, which nothing reads" ;;
    esac
done

mkdir "$work/bin"
printf '#!/bin/sh\necho "make is called" >&2\nexit 1\n' >"$work/bin/make"
chmod +x "$work/bin/make"
"$PYTHON" -m venv --system-site-packages "$work/venv"
# Optimised code is what the other tests look at.
(cd / && env -u MAKEFLAGS -u SIPAS_STATIC -u BUILD CFLAGS=-O0 PATH="$work/bin:$PATH" "$work/venv/bin/python" -m pip --quiet --disable-pip-version-check \
    install --no-index --no-deps --no-build-isolation --no-cache-dir "$made") >"$work/log" 2>&1 || { tail -n 40 "$work/log"; fail 'it does not build'; }
says=$(cd / && "$work/venv/bin/python" -c 'import sipas
print(sipas.__version__, sipas.sample_size(20000, method="yamane", e=0.05)["n"][0], sipas.__file__.startswith("'"$work"'"))')
[ "$says" = "$VERSION 393 True" ] || fail "it says $says"
[ "$(cd / && "$work/venv/bin/python" -m sipas --version)" = "sipas $VERSION" ] || fail 'its command says something else'
