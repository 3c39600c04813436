#!/bin/sh
# What the pages name is there: functions and constants in the public headers, files in the tree. Run by `make check`.
set -eu
cd "$(dirname "$0")/../.."
code=0
pages="README.md docs/*.md docs/vi/*.md docs/dev/*.md"

# Names that end in _ or … stand for several; SIPAS_NOUN_VALUE explains how names are made, sipas__ is the library's own.
for name in $(grep -ohE '\b(sipas_[a-z0-9_]*[a-z0-9]\(\)|SIPAS_[A-Z0-9_]*[A-Z0-9]\b)' $pages | tr -d '()' | sort -u); do
    case $name in SIPAS_NOUN_VALUE | sipas__*) continue ;; esac
    grep -qrw "$name" include || { echo "the pages name $name, which no header has" >&2; code=1; }
done
for page in $pages; do
    for link in $(grep -oE '\]\([^)#:@]+\)' "$page" | sed 's/^](//; s/)$//'); do
        case $link in python/index.html | lua/index.html) continue ;; esac # of the site
        [ -e "$(dirname "$page")/$link" ] || { echo "$page: $link is not there" >&2; code=1; }
    done
done
exit $code
