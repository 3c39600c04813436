#!/bin/sh
# check_page.sh is shown pages that are right, and must pass, and pages that are not, and must fail. From the top of the checkout.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 passed=0

# holds WHAT LANGUAGE...: the page passes.   catches WHAT LANGUAGE...: it does not, and not for want of a tool.
page=$work/page.md
check()
{
    "$here/check_page.sh" "$page" "$@" >"$work/log" 2>&1
    code=$?
}
holds()
{
    what=$1 && shift
    check "$@"
    if [ $code -eq 0 ]; then passed=$((passed + 1)); else
        echo "a page that is right fails: $what" && cat "$work/log"
        failed=$((failed + 1))
    fi
}
catches()
{
    what=$1 && shift
    check "$@"
    if [ $code -eq 1 ]; then passed=$((passed + 1)); else
        echo "a fault is missed (code $code): $what" && cat "$work/log"
        failed=$((failed + 1))
    fi
}

# in_c FORMAT VALUE SHOWN: a program in two blocks, the second one in a list, and what it prints.
in_c()
{
    cat <<END
Text.
\`\`\`c
#include <sipas.h>
#include <stdio.h>
int main(void)
{
\`\`\`
- item
  \`\`\`c
      printf("$1\\n", $2);
      return 0;
  }
  \`\`\`

\`\`\`
$3
\`\`\`
END
}

in_c %.1f 0.5 0.5 >"$page"
holds 'C, in two blocks' c
in_c '%.0f%%' sipas_rng_uniform\(1,0,0,0,0\)*0 '0%' >"$page"
holds 'a call of the library' c
in_c %.1f 0.5 0.6 >"$page"
catches 'another digit' c
in_c %.1f 0.5 '0.5
0.5' >"$page"
catches 'a line more' c
in_c %.1f nowhere 0.5 >"$page"
catches 'C that does not compile' c
in_c %.1f '(printf("0.5\\n"), exit(3), 0.0)' 0.5 | sed 's/<stdio.h>/<stdio.h>\n#include <stdlib.h>/' >"$page"
catches 'a program that fails' c
in_c %.1f 0.5 0.5 | sed '$d' >"$page"
catches 'a block without an end' c
in_c %.1f 0.5 0.5 >"$page"
catches 'a language without a block' c python
printf '```c\nint main(void) { return 0; }\n```\n' >"$page"
catches 'no output' c

# The other languages, where they are built: the digits shown are the same, the bits are not.
languages()
{
    in_c '%-4.1f|' 0.5 '0.5 |'
    # shellcheck disable=SC2016
    printf '```python\nprint("%%-4.1f|" %% %s)\n```\n```lua\nprint(("%%-4.1f|"):format(%s))\n```\n' "$1" "$2"
}
build=${BUILD:-build}
if [ -x "$build/python/venv/bin/python" ] && [ ! -f "$build/python/missing" ]; then
    languages 0.5 0.5 >"$page"
    holds 'C and Python' c python
    languages 0.5000000000000001 0.5 >"$page"
    catches 'another bit in Python' c python
fi
if command -v lua5.4 >/dev/null && [ -f "$build/lua/5.4/sipas.so" ]; then
    languages 0.5 0.5 >"$page"
    holds 'C and Lua' c lua
    languages 0.5 0.5000000000000001 >"$page"
    catches 'another bit in Lua' c lua
fi

# Commands, whose name begins with the folder of what is built.
mkdir -p "$work/build"
printf '#!/bin/sh\necho one\necho two\necho "  three"\n' >"$work/build/count"
chmod +x "$work/build/count"
commands()
{
    # shellcheck disable=SC2016
    printf '```\n$ build/count %s\n%s\n```\n' "$1" "$2"
}
export BUILD="$work/build"
commands '' 'one
  three' >"$page"
holds 'lines of an output, in their order'
commands '' 'two
one' >"$page"
catches 'lines in another order'
commands '' ' three' >"$page"
catches 'another indent'
commands '| grep -v two' 'two' >"$page"
catches 'a line that is not there'
commands '; exit 4' 'one' >"$page"
catches 'a command that fails'

echo "$passed pages as they should be, $failed not"
[ "$failed" -eq 0 ]
