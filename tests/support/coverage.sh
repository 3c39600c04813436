#!/bin/sh
# Lines and branches of each room that a run of the tests has reached, against the floors of tests/support/coverage.tsv.
#
#   coverage.sh BUILD            after the tests have run there, built with --coverage
#   coverage.sh BUILD --update   raises the floors to what was reached; they never fall. A room without one fails the first call
#
# Branches that only a broken assumption takes (ALWAYS, NEVER) are not counted.
set -eu
build=$1
floors=tests/support/coverage.tsv
command -v gcovr >/dev/null 2>&1 || { echo 'coverage: gcovr is not there' >&2; exit 77; }
gcovr --root . --object-directory "$build" --filter 'lib/' --exclude-throw-branches \
    --exclude-branches-by-pattern '.*\b(ALWAYS|NEVER)\(.*' --exclude-lines-by-pattern '.*\b(ALWAYS|NEVER)\(.*' \
    --json-summary "$build/coverage.json" "$build/obj/lib" >/dev/null 2>"$build/coverage.log" || { cat "$build/coverage.log" >&2; exit 1; }
python3 - "$build/coverage.json" "$floors" "${2:-}" <<'PYTHON'
import json
import sys
from collections import defaultdict
from pathlib import Path

report, floors, update = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "--update"
rooms = defaultdict(lambda: [0, 0, 0, 0])
for file in json.loads(Path(report).read_text())["files"]:
    room = Path(file["filename"]).parts[1]
    for at, name in enumerate(("line_covered", "line_total", "branch_covered", "branch_total")):
        rooms[room][at] += file[name]
known = {}
if floors.exists():
    for line in floors.read_text().splitlines():
        if line and not line.startswith("#"):
            room, lines, branches = line.split("\t")
            known[room] = (float(lines), float(branches))
bad = 0
rows = []
print(f"{'room':<10}{'lines':>8}{'floor':>8}{'branches':>10}{'floor':>8}")
for room, (lines, all_lines, branches, all_branches) in sorted(rooms.items()):
    reached = (100 * lines / max(all_lines, 1), 100 * branches / max(all_branches, 1))
    floor = known.get(room, (0.0, 0.0))
    low = room not in known or any(has < least for has, least in zip(reached, floor))
    bad += low
    print(f"{room:<10}{reached[0]:8.1f}{floor[0]:8.1f}{reached[1]:10.1f}{floor[1]:8.1f}{'' if not low else '  below its floor' if room in known else '  has no floor'}")
    # half a point is left for what a compiler or a seed moves
    rows.append((room, max(floor[0], round(reached[0] - 0.5, 1)), max(floor[1], round(reached[1] - 0.5, 1))))
if update:
    text = "# Least share of lines and of branches that the tests reach in each room, in percent. They only rise.\n"
    floors.write_text(text + "".join(f"{room}\t{lines}\t{branches}\n" for room, lines, branches in rows))
sys.exit(bool(bad and not update))
PYTHON
