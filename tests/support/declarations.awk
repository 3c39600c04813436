# A header as code only: no comments, no strings, no preprocessor lines. Run with strip_comments.awk before it.
FNR == 1 { in_comment = 0; continued = 0 }
{
    code = strip($0, 0)
    directive = continued || code ~ /^[ \t]*#/
    continued = directive && code ~ /\\$/
    if (!directive) print code
}
