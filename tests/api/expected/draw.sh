#!/bin/sh
# draw.sh FILE: FILE holds what examples/draw printed: ten different people of the list, drawn again the same, and a receipt. That the draw
# is the one of the method is tests/golden's.
set -u
awk '
    /^drawn:/ { for (i = 2; i <= NF; i++) if ($i >= 1001 && $i <= 1100 && !seen[$i]++) n++ }
    /^again.*: 10 of 10 the same$/ { again = 1 }
    /^by another seed: [0-5] of 10 the same$/ { other = 1 }
    /^receipt: method srs\/1, seed 20241231, list [0-9a-f]+$/ { receipt = 1 }
    END { if (n != 10 || !again || !other || !receipt) { print "draw: " n " people, " again other receipt; exit 1 } }' "$1"
