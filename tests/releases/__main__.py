"""Ask what of a file is known to be wrong in a release, and which release is the oldest without.

    python -m tests.releases mine.onnx --release 1.24
    python -m tests.releases mine.onnx --release 1.20 --tool onnx.reference

Status 0: nothing of it is known to be wrong there, which is not "right"; 1: something is; 2: not to
be read, in one line. The file is not run, and the release need not be installed.
"""

import argparse
import os
import sys
import textwrap
from pathlib import Path

from tests.interop.operators.__main__ import load
from tests.releases.ask import Evidence, formats_of, nodes_of, ranges, read
from tests.releases.history import CRASHES, HANGS, OTHERWISE, REFUSED
from tests.releases.tools import TOOLS
from tests.security.inspector import escape

# Not the engines: in the cases all inputs are fed, and some engines want constants.
ASKED = ["onnxruntime", "onnx.reference", "onnx.checker"]
SAID = {
    OTHERWISE: "answers otherwise, without a word",
    REFUSED: "is refused",
    CRASHES: "ends the process",
    HANGS: "never ends",
}


def safe(text):
    """Return a text in which a terminal finds nothing to obey."""
    return "".join(letter if letter.isprintable() else escape(letter) for letter in str(text))


def find_release(asked, releases):
    """Return the measured release that somebody means by 1.24 or 1.24.4; ValueError if none."""
    meant = [each for each in releases if f"{each}.".startswith(f"{asked.strip()}.")]
    if len(meant) != 1:
        why = f"may be {' or '.join(meant[:2])}" if meant else "was not measured"
        raise ValueError(f"release {asked!r} {why}; expected one of {', '.join(releases)}")
    return meant[0]


def find_tool(asked):
    """Return the tool that somebody means, whatever its capitals, or by a package of its own."""
    meant = [tool for tool in ASKED if asked.lower() == tool.lower()]
    meant = meant or [tool for tool in ASKED if asked.lower() == TOOLS[tool].package]
    if len(meant) != 1:
        raise argparse.ArgumentTypeError(f"{asked!r}: expected one of {', '.join(ASKED)}")
    return meant[0]


def wrap(text):
    return textwrap.fill(
        safe(text), 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def tell(name, model, tool, release, evidence):
    """Return the lines on a file, and whether anything is known to be wrong."""
    nodes = nodes_of(model)
    formats = formats_of(model)
    findings, unlike = evidence.ask(formats, nodes, release)
    lines = [f"{safe(name)} in {tool} {release}"]
    for each in findings:
        shown = f", as in {each.case}" if each.case != each.what else ""
        right = f"right in {ranges(each.right_in, evidence.releases)}"
        lines.append(wrap(f"- {each.what} {SAID[each.verdict]}: {each.condition}{shown}; {right}"))
    if not findings:
        lines.append("Nothing of it is known to be wrong there: that is less than right.")
    if unlike:
        lines.append(wrap(f"Not known, for no case is like it: {', '.join(unlike)}."))
    if nodes and not any(evidence.is_measured(*node) for node in nodes):
        lines.append("No case is like any of its nodes: what follows is known of its format alone.")
    without = [each for each in evidence.releases if not evidence.ask(formats, nodes, each)[0]]
    lines.append(wrap(f"Nothing known to be wrong: {ranges(without, evidence.releases)}."))
    if without:
        lines.append(f"The oldest of these is {without[0]}.")
    return lines, bool(findings)


def main(argv=None):
    """Print what is known; return the status."""
    recorded = read()
    parser = argparse.ArgumentParser(
        prog="python -m tests.releases",
        description="Ask what of a file is known to be wrong in a release.",
    )
    parser.add_argument("file", help="an ONNX file; it is not run")
    parser.add_argument("--release", required=True, help="such as 1.24 or 1.24.4")
    parser.add_argument("--tool", type=find_tool, default="onnxruntime", help=", ".join(ASKED))
    arguments = parser.parse_args(argv)
    evidence = Evidence(recorded[arguments.tool])
    try:
        release = find_release(arguments.release, evidence.releases)
    except ValueError as error:
        print(f"error: {arguments.tool}: {safe(error)}", file=sys.stderr)
        return 2
    try:
        model = load(arguments.file)
    except Exception as error:  # of the file system, of protobuf or of the checker
        words = " ".join(str(error).split()) or "expected an ONNX file"
        print(f"error: {safe(arguments.file)}: {safe(words)}", file=sys.stderr)
        return 2
    name = Path(arguments.file).name
    lines, wrong = tell(name, model, arguments.tool, release, evidence)
    try:
        print("\n".join(lines), flush=True)
    except BrokenPipeError:  # who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
