# strip(line, keep_strings): a line of C with comments blanked and, unless keep_strings, the inside of strings too.
# Carries on from the line before; set in_comment = 0 at the start of a file. Used by the gates:
#
#   awk -f strip_comments.awk -f check.awk FILE...
function strip(line, keep_strings,    out, n, i, two, c, quote, text)
{
    if (!in_comment && line !~ /["'\/]/) return line
    out = ""; n = length(line); i = 1
    while (i <= n) {
        two = substr(line, i, 2); c = substr(line, i, 1)
        if (in_comment) {
            if (two == "*/") { in_comment = 0; i += 2 } else i++
        } else if (two == "/*") {
            in_comment = 1; out = out " "; i += 2
        } else if (two == "//") {
            break
        } else if (c == "\"" || c == "'") {
            quote = c; text = c; i++
            while (i <= n) {
                c = substr(line, i, 1)
                if (c == "\\") { text = text substr(line, i, 2); i += 2; continue }
                text = text c; i++
                if (c == quote) break
            }
            out = out (keep_strings ? text : quote quote)
        } else {
            out = out c; i++
        }
    }
    return out
}
