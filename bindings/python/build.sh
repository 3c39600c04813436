#!/bin/sh
# Build the wheel and a virtual environment that has it: `make python`.
#
#   build.sh [--if-able] PYTHON STATIC    STATIC is libsipas.a; wheel and venv go to the folder `python` beside it
#   build.sh --frames PYTHON STATIC       the virtual environment only, with pandas, polars, pyarrow and DuckDB from PyPI, whose tests are
#                                         skipped where they are not there
#
# Debian's packages of numpy, cffi and the test tools are used where they are installed; what is not there comes from
# PyPI, but not with --if-able, which then leaves the reason in the file `missing` and ends with 0.
set -eu
able=
frames=
if [ "$1" = --if-able ]; then
    able=1
    shift
elif [ "$1" = --frames ]; then
    frames='pandas polars pyarrow duckdb'
    shift
fi
python=$1
static=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
here=$(cd "$(dirname "$0")" && pwd)
work=$(dirname "$static")/python
venv=$work/venv
needed='cffi, numpy, pytest, hypothesis, setuptools, wheel'
mkdir -p "$work"
rm -f "$work/missing"

give_up()
{
    if [ -n "$able" ]; then echo "$1" >"$work/missing" && exit 0; fi
    echo "python: $1" >&2
    exit 1
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || give_up "$python is not Python 3.11 or later"
"$python" -c "import ensurepip, $needed" 2>/dev/null || [ -z "$able" ] || give_up "$python lacks one of: ensurepip, $needed"
"$python" -c 'import pathlib, sys, sysconfig
sys.exit(not (pathlib.Path(sysconfig.get_path("include")) / "Python.h").exists())' || give_up 'Python.h is not there'

[ -x "$venv/bin/python" ] || "$python" -m venv --system-site-packages "$venv"
pip="$venv/bin/python -m pip --quiet --disable-pip-version-check"
"$venv/bin/python" -c "import $needed" 2>/dev/null || $pip install $(echo "$needed" | tr -d ,)
if [ -n "$frames" ]; then $pip install $frames && exit 0; fi
rm -rf "$work/dist"
SIPAS_STATIC=$static $pip wheel --no-build-isolation --no-deps --wheel-dir "$work/dist" "$here"
$pip install --no-deps --force-reinstall "$work"/dist/sipas-*.whl
