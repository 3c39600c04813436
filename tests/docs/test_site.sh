#!/bin/sh
# Pages say their language, the Lua reference fits a narrow screen, and what a stranger looks for first is there and says this version.
# Run by `make check`, which sets VERSION.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail()
{
    echo "$*" >&2
    exit 1
}

mkdir "$work/lua" "$work/search"
page='<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">\n<head>\n</head></html>\n'
for name in index vi search/all_0; do printf "$page" >"$work/$name.html"; done
printf '<!DOCTYPE html>\n\n<html>\n<meta charset="UTF-8">\n<head>\n</head></html>\n' >"$work/lua/index.html"
echo 'body { margin: 0 }' >"$work/lua/ldoc_pale.css"
docs/site/finish.sh "$work"
for pair in index:en vi:vi search/all_0:en; do
    grep -q "<html .*lang=\"${pair#*:}\"" "$work/${pair%:*}.html" || fail "${pair%:*}.html does not say ${pair#*:}"
done
grep -q '<html lang="en">' "$work/lua/index.html" || fail 'the Lua reference does not say its language'
grep -q 'name="viewport"' "$work/lua/index.html" || fail 'the Lua reference has no viewport'
grep -q 'max-width: 800px' "$work/lua/ldoc_pale.css" || fail 'the Lua reference has no layout for narrow screens'

# The site that was made, where it was.
if [ -f "${BUILD:-build}/docs/html/index.html" ]; then
    for file in "${BUILD:-build}"/docs/html/*.html; do
        head -n 3 "$file" | grep -q 'lang="' || fail "$file does not say its language"
    done
fi

grep -qx "version: ${VERSION:?}" CITATION.cff || fail "CITATION.cff is not of version $VERSION"
for file in SECURITY.md LICENSE CHANGELOG.md README.md .editorconfig; do [ -s "$file" ] || fail "$file is not there"; done
grep -q '^\[project.urls\]' bindings/python/pyproject.toml || fail 'the Python package has no addresses'
grep -q 'sipas::sipas' README.md || fail 'README does not name the target of CMake'
