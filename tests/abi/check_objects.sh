#!/bin/sh
# Gate: no object of the library has writable globals, none calls what could hurt its host, and every name that a static
# link can see begins with sipas_.
#
#   check_objects.sh OBJECT...
#
# .data, .bss, thread-local data and COMMON are empty; tables of constants that hold addresses may lie in .data.rel.ro.
# The list of calls sees through macros and the compiler's own substitutions, where the floors gate reads the source.
set -u
[ $# -gt 0 ] || { echo 'no objects' >&2; exit 1; }
code=0
for object in "$@"; do
    size -A "$object" | awk -v object="$object" '
        $1 ~ /^\.(data|bss|tdata|tbss)(\.|$)/ && $1 !~ /^\.data\.rel\.ro/ && $2 > 0 {
            print object ": " $2 " bytes in " $1; bad = 1 }
        END { exit bad }' >&2 || code=1
    nm "$object" | awk -v object="$object" '
        $2 == "C" { print object ": " $3 " is COMMON"; bad = 1 }
        NF == 3 && $2 ~ /^[A-TVWX]$/ && $3 !~ /^sipas_/ { print object ": " $3 " is global and not sipas_"; bad = 1 }
        $1 == "U" && $2 ~ /^_*(v?f?printf|puts|fputs|putchar|fputc|putc|perror|fopen|fopen64|fwrite|std(in|out|err)|abort|exit|_Exit|quick_exit|atexit|assert_fail|setlocale|signal|raise|sigaction|longjmp|longjmp_chk|system|getenv|secure_getenv|rand|srand|time|strtok|gsl_set_error_handler|gsl_set_error_handler_off|gsl_error)(_chk)?$/ {
            print object ": calls " $2; bad = 1 }
        END { exit bad }' >&2 || code=1
done
exit $code
