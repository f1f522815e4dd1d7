"""Do to a box what the street does to it, and measure: ``python -m tests.chaos [NAME...]``.

Exit code 0 if all that is asked was kept to, 1 if something was not, 2 for an unknown name.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from edge.bench.machine import this_machine
from tests.chaos.catalogue import EXPERIMENTS
from tests.chaos.experiment import Report, comparable, table


def main() -> int:
    """Run what was chosen; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("--short", action="store_true", help="seconds instead of minutes each")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there too")
    parser.add_argument("--list", action="store_true", help="say what there is, and run nothing")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave what the boxes wrote there")
    arguments = parser.parse_args()
    known = {one.name: one for one in EXPERIMENTS}
    if arguments.list:
        sys.stdout.writelines(f"{one.name:<12} {one.does}\n" for one in EXPERIMENTS)
        return 0
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    sys.stdout.write(f"on {this_machine().line}\n")
    reports: list[Report] = []
    for name in arguments.names or known:
        with tempfile.TemporaryDirectory(prefix=f"gridwatch-{name}-") as scratch:
            folder = Path(scratch) if arguments.keep is None else arguments.keep / name
            folder.mkdir(parents=True, exist_ok=True)
            reports.append(known[name].run(folder, arguments.short))
        sys.stdout.write("\n" + table(reports[-1]))
        sys.stdout.flush()
        if arguments.json is not None:  # after each: a later one may be broken off
            arguments.json.parent.mkdir(parents=True, exist_ok=True)
            content = json.dumps(comparable(reports), ensure_ascii=False, indent=1)
            arguments.json.write_text(content + "\n", encoding="utf-8")
    return 0 if all(report.held for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
