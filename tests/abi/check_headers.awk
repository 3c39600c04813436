# What the bindings cannot read in a public header. Run with strip_comments.awk before it.
function fault(text)
{
    print FILENAME ":" FNR ": " text ": " $0
    bad = 1
}
FNR == 1 { in_comment = 0 }
{ code = strip($0, 0) }
code ~ /(^|[^a-zA-Z0-9_])(inline|static)([^a-zA-Z0-9_]|$)/ { fault("inline or static") }
code ~ /^[ \t]+[a-z0-9_ ]*[a-z0-9_][ \t]*:[ \t]*[0-9]+[ \t]*;/ { fault("a bit-field") }
code ~ /^[ \t]*#[ \t]*include[ \t]*</ && code !~ /<(stddef|stdint)\.h>/ { fault("a foreign header") }
END { exit bad }
