"""Write what the page to search holds as data, or a report that can be sent.

python -m tests.lookup                   onnx-compat.json, beside its schema
python -m tests.lookup --output PATH     the same somewhere else
python -m tests.lookup MNN ArgMax        a report on an engine's answer, in Markdown
"""

import argparse
import sys
from pathlib import Path

from tests.lookup import records, reports
from tests.lookup.page import FOLDER

FILE = FOLDER / "onnx-compat.json"


def complain(words):
    """End with one line, status 2."""
    print(f"error: {words}", file=sys.stderr)
    sys.exit(2)


def find_report(found, engine, operator):
    """Return the report on an engine and an operator, whichever way they are written."""
    listed = reports.list_unreported(found)
    names = {name.lower(): name for name in listed}
    if engine.lower() not in names:
        complain(f"nothing to report of {engine}; expected one of {', '.join(listed)}")
    engine = names[engine.lower()]
    versions = {name.lower(): (name, version) for name, version, _ in listed[engine]}
    if operator.lower() not in versions:
        known = ", ".join(sorted(name for name, _ in versions.values()))
        complain(f"nothing to report of {operator} in {engine}; expected one of {known}")
    return reports.write(found, engine, *versions[operator.lower()])


def main(argv=None):
    parser = argparse.ArgumentParser(
        prog="python -m tests.lookup",
        description="Write what the page to search holds as JSON, or a report that can be sent.",
    )
    parser.add_argument("engine", nargs="?", help="of a report: MNN, say")
    parser.add_argument("operator", nargs="?", help="of a report: ArgMax, say")
    parser.add_argument("--output", type=Path, default=FILE, metavar="PATH")
    arguments = parser.parse_args(argv)
    found = records.read()
    if arguments.engine:
        if not arguments.operator:
            complain("expected an engine and an operator, as in MNN ArgMax")
        print(find_report(found, arguments.engine, arguments.operator), end="")
        return
    path = arguments.output
    try:
        path.write_text(records.dumps(found), encoding="utf-8")
    except OSError as error:
        complain(f"cannot write {path}: {error.strerror}")
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
