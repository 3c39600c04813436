#!/bin/sh
# Gate: what `make generated` writes is what the public headers say, and lib/ keeps no copy of it.
#
#   check_generated.sh [ROOT]
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${PYTHON:=python3}"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "$PYTHON is not Python 3.11 or later"; exit 77; }
"$PYTHON" -B "$here/bindings/generate/generate.py" --check --root "${1:-$here}" &&
    exec "$PYTHON" -B "$here/bindings/generate/check_lib.py" "${1:-$here}"
