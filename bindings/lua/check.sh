#!/bin/sh
# Run one file of tests under every Lua that is installed: check.sh FOLDER FILE. Leaves with 77 where there is none.
#
# Debian's busted begins with the Lua that `lua` stands for; it runs under all of them when they are named. MALLOC_PERTURB_ makes
# glibc overwrite what is freed, so that what is read too late is seen.
folder=$1 file=$2
busted=$(command -v busted) || { echo 'busted is not there' >&2 && exit 77; }
log=$(mktemp)
locales=$(mktemp -d)
trap 'rm -rf "$log" "$locales"' EXIT
# Locales of other hosts, for the tests that ask for one: a comma in numbers, an i without a dot. None where they cannot be made.
if [ "$(basename "$file")" = codes_spec.lua ] && command -v localedef >/dev/null 2>&1; then
    localedef -i de_DE -f UTF-8 "$locales/de_DE.UTF-8" >/dev/null 2>&1 || :
    localedef -i tr_TR -f ISO-8859-9 "$locales/tr_TR.ISO-8859-9" >/dev/null 2>&1 || :
    export LOCPATH="$locales"
fi
ran=
for pair in lua5.1:5.1 lua5.2:5.2 lua5.3:5.3 lua5.4:5.4 luajit:5.1; do
    lua=${pair%:*} module=$folder/${pair#*:}
    command -v "$lua" >/dev/null 2>&1 && [ -f "$module/sipas.so" ] || continue
    echo "== $lua" >&2
    LUA=$lua LUA_PATH="bindings/lua/spec/?.lua;/usr/share/lua/5.1/?.lua;/usr/share/lua/5.1/?/init.lua;;" \
        LUA_CPATH="$module/?.so;;" MALLOC_PERTURB_=165 "$lua" "$busted" --output=TAP "$file" >"$log" 2>&1
    code=$?
    grep -v '^ok ' "$log" >&2
    [ $code -eq 0 ] || exit 1
    ran=1
done
[ -n "$ran" ] && exit 0
echo 'no Lua with a module is there' >&2
exit 77
