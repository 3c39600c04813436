#!/bin/sh
# What the pages name is there: functions and constants in the public headers, files in the tree. Run by `make check`.
set -eu
cd "$(dirname "$0")/../.."
code=0
pages="README.md docs/*.md docs/vi/*.md docs/dev/*.md"

# Names that end in _ or … stand for several; SIPAS_NOUN_VALUE explains how names are made, HALF and gini how they are added; two
# underscores are the library's own.
for name in $(grep -ohE '\b(sipas_[a-z0-9_]*[a-z0-9]\(\)|SIPAS_[A-Z0-9_]*[A-Z0-9]\b)' $pages | tr -d '()' | sort -u); do
    case $name in SIPAS_NOUN_VALUE | sipas__* | SIPAS__* | SIPAS_LONELY_HALF | sipas_estimate_gini) continue ;; esac
    grep -qrw "$name" include || { echo "the pages name $name, which no header has" >&2; code=1; }
done
for page in $pages; do
    for link in $(grep -oE '\]\([^)#:@]+\)' "$page" | sed 's/^](//; s/)$//'); do
        case $link in python/index.html | lua/index.html) continue ;; esac # of the site
        [ -e "$(dirname "$page")/$link" ] || { echo "$page: $link is not there" >&2; code=1; }
    done
done
# Files that the pages for those who work on the library name, by their path or, in lib/, by their room.
for path in $(grep -ohE '`(lib|tests|docs|bindings|examples|include)/[a-zA-Z0-9_./]*[a-zA-Z0-9_]`' docs/dev/*.md | tr -d '`' | sort -u); do
    [ -e "$path" ] || { echo "docs/dev: $path is not there" >&2; code=1; }
done
for path in $(grep -ohE '`[a-z]+/[a-z_]+\.[ch]`' docs/dev/*.md | tr -d '`' | sort -u); do
    [ -e "$path" ] || [ -e "lib/$path" ] || { echo "docs/dev: $path is not there" >&2; code=1; }
done
for room in lib/*/; do
    grep -q "\b$(basename "$room")\b" docs/dev/ARCHITECTURE.md || { echo "docs/dev/ARCHITECTURE.md lacks $room" >&2; code=1; }
done
exit $code
