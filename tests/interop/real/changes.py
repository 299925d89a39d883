"""Change every real file in each way that a reader may, and let onnxruntime answer again.

    python -m tests.interop.real.changes                   # what is not recorded yet
    python -m tests.interop.real.changes "dynamic int8"    # one of the changes, in any case
    python -m tests.interop.real.changes --again           # all, only to say what is different

The optimisers are those of ../optimisers, the forms with fewer bits those of ../bits. The changed
file is fed as the original is, by the original's names, and compared with the original's answer.
Static int8 is calibrated with that one input, which no user should do. Needs Linux.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from onnx.version_converter import convert_version

from tests.engines import make_feed, onnxruntime, output_names
from tests.exercises.first_wrong import Tracer, read_wires
from tests.interop.bits import forms
from tests.interop.optimisers.tools import TOOLS
from tests.interop.real import nodes
from tests.interop.real.files import FILES, here
from tests.interop.real.judge import (
    AGREES,
    ALLOWED,
    COARSE,
    DIFFERS,
    ENDS,
    ENVIRONMENT,
    MEMORY,
    REFUSES,
    SECONDS,
    SLOW,
    UNFIT,
    UNFIT_ENDS,
    compare,
    distance,
    prepare_apart,
    words_of,
)
from tests.interop.real.measure import RESULTS, pack, read_changes
from tests.kit import apart, record


# The changes --------------------------------------------------------------------------------------
class Change(NamedTuple):
    """What writes a changed file, and the package whose version counts."""

    write: object  # of a path, of the path to write, and of {name: input}
    package: str


def by_tool(tool):
    """Return what calls an optimiser."""
    return lambda source, target, feed: TOOLS[tool][0](source, target)


def by_form(form):
    """Return what makes a form with fewer bits."""

    def write(source, target, feed):
        onnx.save(form(onnx.load(source), feeds=[feed]), target)

    return write


def convert(source, target, version):
    onnx.save(convert_version(onnx.load(source), version), target)


def to_opset_18(source, target, feed):
    convert(source, target, 18)


def to_the_newest(source, target, feed):
    convert(source, target, onnx.defs.onnx_opset_version())


def two_down(source, target, feed):
    imports = {opset.domain: opset.version for opset in onnx.load(source).opset_import}
    convert(source, target, imports.get("", imports.get("ai.onnx")) - 2)


CHANGES = {
    **{name: Change(by_tool(name), package) for name, (_, package) in TOOLS.items()},
    "to opset 18": Change(to_opset_18, "onnx"),
    "to the newest opset": Change(to_the_newest, "onnx"),
    "2 opsets down": Change(two_down, "onnx"),
    "float16": Change(by_form(forms.float16), "onnxruntime"),
    "dynamic int8": Change(by_form(forms.dynamic), "onnxruntime"),
    "static int8": Change(by_form(forms.FORMS["static S8S8"]), "onnxruntime"),
}


# One file -----------------------------------------------------------------------------------------
def tell_words(error, folder):
    """Return what an exception says, without the temporary folder."""
    return words_of(error).replace(f".../{Path(folder).name}/", "")


def find_node(path, target, feed, allowed):
    """Return the first node of a changed file that writes a wire of the original's otherwise."""
    try:
        changed = onnx.load(target)
        exact = read_wires(onnx.load(path), feed)
        for node, values, _place in Tracer(changed).run(feed):
            for wire in set(node.output) & set(exact):
                is_array = isinstance(exact[wire], np.ndarray) and wire in values
                if is_array and distance(values[wire], exact[wire]) > allowed:
                    return nodes.describe(node, changed)
    except Exception:  # where wires can't be shown, none is named
        return None
    return None


def judge_change(tell, change, path, inputs, right, tolerance):
    """Return the verdict on a changed file; tell when it is written."""
    feed = make_feed(path, inputs)
    with tempfile.TemporaryDirectory(prefix="change-") as folder:
        target = Path(folder, "changed.onnx")
        try:
            CHANGES[change].write(path, target, feed)
        except Exception as error:
            return {"verdict": REFUSES, "why": tell_words(error, folder)}
        tell("written")
        before = onnx.load(path).ByteSize()
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / before
        try:
            outputs = output_names(onnx.load(path, load_external_data=False))
            answer = onnxruntime.open_session(target).run(outputs, feed)
        except Exception as error:
            return {"verdict": UNFIT, "why": tell_words(error, folder)}
        allowed = max(tolerance, ALLOWED.get(change, 0))
        sentence, off = compare(answer, right, allowed)
        if sentence is None:
            verdict = AGREES if off <= tolerance else COARSE
            return {"verdict": verdict, "size": size, "off": off}
        node = find_node(path, target, feed, allowed)
        return {"verdict": DIFFERS, "why": sentence, "size": size, "off": off, "node": node}


def judge_change_apart(change, path, inputs, right, tolerance):
    """Return the verdict on a changed file; who crashes may be the tool, or who reads its file."""
    outcome = apart.copy(
        judge_change,
        change,
        path,
        inputs,
        right,
        tolerance,
        seconds=10 * SECONDS,
        work=SECONDS,
        gigabytes=8,
        tell=True,
        quiet=True,
        fill=True,
    )
    if outcome.ended == apart.RETURNED:
        return outcome.value
    if outcome.ended in (apart.LATE, apart.MEMORY):
        return {"verdict": SLOW if outcome.ended == apart.LATE else MEMORY}
    return {"verdict": UNFIT_ENDS if outcome.told else ENDS, "why": outcome.error}


# All files ----------------------------------------------------------------------------------------
def measure(change, work):
    """Return {file: verdict} of a change."""
    return {name: judge_change_apart(change, *given) for name, given in work.items()}


def versions(change):
    """Return the versions that a record of a change is of."""
    return record.versions(sorted({CHANGES[change].package, "onnx", "onnxruntime"}))


def missing(change, names):
    """Return the files that are not recorded with the versions that are here."""
    recorded = record.find(record.read(RESULTS), ["changes", change]) or {}
    known = recorded["files"] if recorded.get("versions") == versions(change) else []
    return [name for name in names if name not in known]


def record_change(change, verdicts, again):
    """Record the verdicts on a change; again: only say what changed. Return whether nothing did."""
    results = record.read(RESULTS)
    before = read_changes(results, change)
    same = True
    for name, found in verdicts.items():
        was = before.get(name, {}).get("verdict")
        if was not in (None, found["verdict"]):
            same = False
            print(f"{change}: {name} was {was}, is {found}", flush=True)
    if again:
        return same
    if record.find(results, ["changes", change, "versions"]) != versions(change):
        before = {}
    merged = {**before, **verdicts}
    head = {"versions": versions(change), "date": record.today(), "files": sorted(merged)}
    record.put(results, ["changes", change], {**head, **pack(merged)})
    costs = {}
    found_nodes = {}
    for name, found in sorted(merged.items()):
        if "size" in found:
            costs[name] = [float(f"{found[key]:.2g}") for key in ("size", "off")]
        if found.get("node"):
            found_nodes[name] = found["node"]
    record.put(results, ["change costs", change], costs)
    record.put(results, ["change nodes", change], found_nodes)
    record.write(RESULTS, results)
    return True


def main(argv=None):
    parser = argparse.ArgumentParser(description="Change real files, and run what comes of it.")
    parser.add_argument("changes", nargs="*", metavar="CHANGE", help=", ".join(CHANGES))
    parser.add_argument("--again", action="store_true", help="compare with what is recorded")
    parser.add_argument("--files", nargs="+", metavar="FILE", help="some of the files only")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.changes) - set(CHANGES)
    if unknown:
        parser.error(f"unknown {', '.join(sorted(unknown))}; expected {', '.join(CHANGES)}")
    if not apart.POSSIBLE:
        parser.error("this needs Linux, which can copy a process")
    unknown = set(arguments.files or []) - set(here())
    if unknown or not here():
        parser.error(f"no file {', '.join(sorted(unknown))}; there are {', '.join(here())}")
    os.environ.update(ENVIRONMENT)
    names = arguments.files or list(here())
    work = {}
    same = True
    for change in arguments.changes or CHANGES:
        everything = arguments.changes or arguments.again
        given = names if everything else missing(change, names)
        if not given:
            continue
        work = work or prepare_apart([name for name in FILES if name in names], {})
        start = time.monotonic()
        part = {name: work[name] for name in given}
        # A process for each, as their libraries may not agree with each other.
        outcome = apart.copy(measure, change, part, seconds=3600, gigabytes=16)
        if outcome.ended != apart.RETURNED:
            print(f"{change}: {outcome.ended} {outcome.error} {outcome.words}")
            return 1
        same &= record_change(change, outcome.value, arguments.again)
        print(f"{change}: {len(part)} files, {round(time.monotonic() - start)} s", flush=True)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
