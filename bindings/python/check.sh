#!/bin/sh
# Run one file of tests in the environment of build.sh: check.sh FOLDER FILE. Leaves with 77 where there is none.
folder=$1
if [ -f "$folder/missing" ]; then
    cat "$folder/missing" >&2
    exit 77
fi
exec env PYTHONDONTWRITEBYTECODE=1 "$folder/venv/bin/python" -m pytest -q -p no:cacheprovider "$2"
