"""The jobs of a survey from the command line: `python -m sipas plan | draw | score FILE`.

SPDX-License-Identifier: GPL-3.0-or-later
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import sys
from collections.abc import Sequence

import sipas
from sipas._files import Frame
from sipas._output import check_out, write
from sipas._parser import parse

_OF_A_ROW = (sipas.MissingError, sipas.RangeError, sipas.DuplicateError, sipas.ColumnTypeError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one job; 0 is done, 1 is not done, with the reason on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # whatever the locale says, what is written is UTF-8
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = parse(arguments)
    try:
        return _run(options)
    except BrokenPipeError:  # head and its like have read enough
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"sipas {options.job}: interrupted", file=sys.stderr)
        return 130
    except MemoryError as error:
        print(f"sipas {options.job}: {error or 'there is no memory'}", file=sys.stderr)
        return 1
    except (sipas.SipasError, ValueError, TypeError, OSError) as error:
        print(f"sipas {options.job}: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        print(f"sipas {options.job}: unexpected {type(error).__name__}: {error}; please report this", file=sys.stderr)
        return 1


def _with_lines(message: str, frame: Frame) -> str:
    """The rows that a sentence of the library names, which count from 0, as lines of the file where it has some."""
    lines: Sequence[int] = frame.lines or ()

    def line(row: str) -> str:
        return str(lines[int(row)])

    def known(*rows: str) -> bool:
        return all(int(row) < len(lines) for row in rows)

    message = re.sub(
        r"^rows (\d+) (\(.*\)) and (\d+) (?=\()",
        lambda m: f"lines {line(m[1])} {m[2]} and {line(m[3])} " if known(m[1], m[3]) else m[0], message,
    )  # fmt: skip
    return re.sub(r"(^|\(|\bin )row (\d+)(?=:|\)| already)", lambda m: f"{m[1]}line {line(m[2])}" if known(m[2]) else m[0], message)


def _run(options: argparse.Namespace) -> int:
    read = [path for path in (options.file, options.quotas) if path is not None]
    check_out(options.out, read, options.split)
    frame = Frame(options.file, na=options.na, separator=options.separator, decimal=options.decimal)
    try:
        sheet = options.function(frame, options)
    except _OF_A_ROW as error:
        if error.row is None or error.row >= len(frame):
            raise
        print(f"sipas {options.job}: {_with_lines(str(error), frame)} ({frame.place(error.row)})", file=sys.stderr)
        return 1
    frame.tell_unmet()
    write(sheet, options.out, options.csv, options.split, read)
    for note in dict.fromkeys([*frame.notes, *(note["message"] for note in sheet.table.notes.rows())]):
        print(f"note: {note}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
