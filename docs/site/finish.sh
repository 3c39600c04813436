#!/bin/sh
# What the tools leave out of the pages they write: the language of each page, and of the Lua reference a layout for a narrow screen.
#
#   finish.sh FOLDER    the site; its folder `lua` holds the Lua reference, where there is one
#
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
site=$1
here=$(cd "$(dirname "$0")" && pwd)

# Vietnamese pages are those of docs/vi, which doxygen calls vi.html and the like.
for page in "$site"/*.html "$site"/search/*.html; do
    [ -f "$page" ] || continue
    case ${page##*/} in vi.html | vi_*.html | *docs_2vi_*.html) language=vi ;; *) language=en ;; esac
    sed -i "1,3s|<html xmlns=\"http://www.w3.org/1999/xhtml\">|<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"$language\" xml:lang=\"$language\">|" "$page"
done

if [ -f "$site/lua/index.html" ]; then
    sed -i -e '1,5s|^<html>$|<html lang="en">|' \
        -e 's|^<head>$|<head>\n    <meta name="viewport" content="width=device-width, initial-scale=1" />|' "$site"/lua/*.html
    cat "$here/lua.css" >>"$site/lua/ldoc_pale.css"
fi
