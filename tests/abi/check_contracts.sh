#!/bin/sh
# Gate: the contract of every public function says its cost, since when it is there, its thread class and its test.
#
#   check_contracts.sh [ROOT]
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${PYTHON:=python3}"
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "$PYTHON is not Python 3.11 or later"; exit 77; }
exec "$PYTHON" -B "$here/bindings/generate/check_contracts.py" "${1:-$here}"
