# The work of check_floors.sh, which says what is checked. Run with strip_comments.awk before it.

function fault(text)
{
    print FILENAME ":" FNR ": " text
    bad = 1
}

function check_include(include,    name, other)
{
    name = include
    gsub(/[<>"]/, "", name)
    other = name
    sub(/\/.*/, "", other)
    if (name ~ /^sipas(\.h$|\/)/) return
    if (name ~ /^gsl\//) {
        if (FILENAME !~ /^lib\/num\/[^\/]*\.c$/) fault("includes " name "; GSL belongs in the .c files of lib/num")
    } else if (name ~ /^(pthread|unistd|sched|semaphore|dirent|fcntl|dlfcn|poll|strings)\.h$/ || name ~ /^sys\//) {
        if (FILENAME != "lib/base/threads.c" && FILENAME != "lib/base/pages.c")
            fault("includes " name "; POSIX belongs in lib/base/threads.c")
    } else if (name ~ /^(locale|signal|setjmp|threads|windows)\.h$/) {
        fault("includes " name ", which has no place in the library")
    } else if (name ~ /\//) {
        if (!(("lib/" name) in tree)) fault("includes " name ", which is not a file of lib/")
        else if (!(other in floor)) fault("includes " name ", from a room without a floor")
        else if (other != room && floor[other] >= floor[room])
            fault("includes " name ", but " other " is not below " room)
    } else if (include ~ /^"/) {
        fault("includes " include "; name the room: \"" room "/" name "\"")
    }
}

BEGIN {
    while ((getline line < "lib/FLOORS") > 0) {
        if (line ~ /^#/ || line ~ /^[ \t]*$/) continue
        storey++
        n = split(line, rooms, " ")
        for (i = 1; i <= n; i++) floor[rooms[i]] = storey
    }
    calls = "(v?f?printf|puts|fputs|putchar|fputc|putc|perror|fopen|fwrite|abort|exit|_Exit|quick_exit|at_quick_exit" \
            "|atexit|setlocale|signal|raise|sigaction|longjmp|system|getenv|rand|srand|time)"
    calls = "(^|[^A-Za-z0-9_])" calls "[ \t]*\\("
    texts = "(^|[^A-Za-z0-9_])(v?sn?printf|v?s?scanf|strto(d|f|ld|l|ll|ul|ull)|ato[fil]l?)[ \t]*\\("
    for (i = 1; i < ARGC; i++) {
        tree[ARGV[i]] = 1
        n = split(ARGV[i], part, "/")
        base = part[n]
        sub(/\.[ch]$/, "", base)
        if (base in home && home[base] != part[2]) {
            print "lib: two files are called " base ": in " home[base] " and in " part[2]
            bad = 1
        }
        home[base] = part[2]
    }
}

FNR == 1 {
    in_comment = 0
    split(FILENAME, part, "/")
    room = part[2]
    if (!(room in floor)) fault("the room " room " has no floor in lib/FLOORS")
}

{
    was_in_comment = in_comment
    code = strip($0, 1)
    if (match(code, /^[ \t]*#[ \t]*include[ \t]*[<"][^>"]*[>"]/)) {
        include = substr(code, RSTART, RLENGTH)
        sub(/^[^<"]*/, "", include)
        check_include(include)
    } else {
        in_comment = was_in_comment
        code = strip($0, 0)
        if (match(code, calls)) fault("a call that hurts the host: " substr(code, RSTART, RLENGTH) ")")
        if (FILENAME != "lib/base/text.c" && match(code, texts))
            fault("the host's locale gets in: " substr(code, RSTART, RLENGTH) "); lib/base/text.h has what there is")
    }
}

END { exit bad }
