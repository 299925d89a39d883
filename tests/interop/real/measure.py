"""Run every real file in every engine, and record how each of them ended.

    python -m tests.interop.real.measure              # engines whose version is not recorded
    python -m tests.interop.real.measure OpenVINO     # one of them
    python -m tests.interop.real.measure --again      # all, only to say what changed
    python -m tests.interop.real.measure --nodes      # look for the nodes that no words name
    python -m tests.interop.real.measure --timed      # engines whose time is not known; sum it

An answer is right where it is onnxruntime's. Whether another engine says so too, which shares
nothing with it, is on the page. Each file runs in a copy of a process that has loaded the engine,
on one core; it, and each program that it calls, may take a minute of a processor. Needs Linux.
"""

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import onnx

from tests import engines
from tests.interop.real import nodes
from tests.interop.real.files import FILES, cache, here
from tests.interop.real.judge import (
    AGREES,
    DIFFERS,
    ENDS,
    ENGINES,
    ENVIRONMENT,
    REFUSES,
    UNFED,
    judge_apart,
    prepare_apart,
)
from tests.kit import apart, record
from tests.kit.graphs import list_nodes
from tests.kit.places import ROOT
from tests.security.inspector import inspect_all, read

RESULTS = Path(__file__).with_name("results.json")
SHORT = 160  # characters of an engine's words that are recorded
LOOKED_INTO = [REFUSES, DIFFERS, ENDS]


# What is recorded ---------------------------------------------------------------------------------
def pack(verdicts):
    """Return {file: verdict} as it is recorded: what agrees is implied, the rest by its words."""
    packed = {}
    for name, found in sorted(verdicts.items()):
        if found["verdict"] != AGREES:
            packed.setdefault(found["verdict"], {})[name] = found.get("why", "")[:SHORT]
    return packed


def unpack(recorded):
    """Return {file: {"verdict": ..., "why": ...}} of the record of an engine, or of a change."""
    verdicts = {name: {"verdict": AGREES} for name in recorded.get("files", [])}
    for verdict, words in recorded.items():
        if isinstance(words, dict) and verdict != "versions":
            for name, why in words.items():
                verdicts[name] = {"verdict": verdict, "why": why}
    return verdicts


def pack_costs(verdicts):
    """Return {file: [seconds, megabytes, how far off]} of those that were answered."""
    costs = {}
    for name, found in sorted(verdicts.items()):
        if "seconds" in found:
            numbers = [found["seconds"], found["megabytes"], found["off"]]
            costs[name] = [float(f"{number:.2g}") for number in numbers]
    return costs


def describe(path):
    """Return what is recorded of a file."""
    model = onnx.load(path)
    imports = {opset.domain: opset.version for opset in model.opset_import}
    found = list_nodes(model)
    exporter = " ".join([model.producer_name, *model.producer_version.split()[:1]])
    if any(node.name.startswith("jax2tf") for node in found):
        exporter = f"jax2tf, {exporter}"
    types = {tensor.data_type for tensor in model.graph.initializer}
    alarms, looks = inspect_all(read(path), folder=path.parent)
    kinds = {line.partition(": ")[0].partition(", ")[0] for line in looks}
    return {
        "bytes": path.stat().st_size,
        "exporter": exporter.split("+")[0].strip() or "not told",
        "opset": imports.get("", imports.get("ai.onnx")),
        "ir": model.ir_version,
        "nodes": len(found),
        "weights": sorted(onnx.TensorProto.DataType.Name(kind) for kind in types),
        "operators": sorted({node.op_type for node in found}),
        "alarms": alarms,
        "worth a look": sorted(kinds),
    }


# All files ----------------------------------------------------------------------------------------
def measure(engine, work):
    """Return {file: verdict} of an engine; where its words name a node, that as well."""
    module = ENGINES[engine]
    module.load()
    verdicts = {}
    for name, (path, inputs, right, tolerance) in work.items():
        found = judge_apart(module.run, path, inputs, right, tolerance)
        if found["verdict"] == REFUSES:
            model = onnx.load(path)
            node = nodes.by_words(model, found["why"])
            found["node"] = nodes.describe(node, model) if node else None
        print(f"{engine}: {name}: {found}", flush=True)
        verdicts[name] = found
    return verdicts


def without(results):
    """Return results without the entry of files."""
    return {key: value for key, value in results.items() if key != "files"}


def find_nodes(engine, work):
    """Return {file: [operator, version, name]} of the first node with which an engine fails."""
    module = ENGINES[engine]
    module.load()
    found = {}
    verdicts = unpack(record.read(RESULTS)["engines"][engine])
    for name, (path, inputs, _right, tolerance) in work.items():
        model = onnx.load(path)
        verdict = verdicts[name]["verdict"]
        node = nodes.by_halves(module.run, model, inputs, tolerance, verdict)
        found[name] = nodes.describe(node, model) if node else None
        print(f"{engine}: {name}: {found[name]}", flush=True)
    return found


def run_apart(function, engine, work):
    """Return what a function finds of an engine, from a new process: no other's libraries."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        order = Path(folder, "order.pickle")
        order.write_bytes(pickle.dumps((function.__name__, engine, work)))
        command = [sys.executable, "-m", "tests.interop.real.measure", "--here", str(order)]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **ENVIRONMENT}, check=True)
        return pickle.loads(order.read_bytes()), round(time.monotonic() - start)


def is_recorded(engine, names):
    """Return whether what is recorded of an engine is of the version and files that are here."""
    recorded = record.read(RESULTS).get("engines", {}).get(engine, {})
    version = engines.version_of(ENGINES[engine])
    return recorded.get("version") == version and set(names) <= set(recorded["files"])


def time_of(engine):
    """Return how many seconds all files took an engine, as recorded of this version, or None."""
    recorded = record.read(RESULTS).get("engines", {}).get(engine, {})
    is_new = recorded.get("version") == engines.version_of(ENGINES[engine])
    return recorded.get("seconds") if is_new and recorded["files"] == sorted(FILES) else None


def last_time_of(engine):
    """Return how many seconds an engine's answers took when they were recorded."""
    costs = record.find(record.read(RESULTS), ["costs", engine]) or {}
    return sum(seconds for seconds, _megabytes, _off in costs.values())


def record_engine(engine, verdicts, seconds, again):
    """Record an engine's verdicts; again: say what changed, or that nothing did. Return that.

    What is recorded of other files, with the same version, stays.
    """
    results = record.read(RESULTS)
    recorded = results.get("engines", {}).get(engine, {})
    before = unpack(recorded)
    same = True
    for name, found in verdicts.items():
        was = before.get(name, {}).get("verdict")
        if was not in (None, found["verdict"]):
            same = False
            print(f"{engine}: {name} was {was}, is {found}", flush=True)
    if again:
        if same and set(verdicts) == set(before):
            record.put(results, ["engines", engine, "again"], record.today())
            record.write(RESULTS, results)
        return same
    version = engines.version_of(ENGINES[engine])
    costs = {}
    known = {}
    if recorded.get("version") == version:
        costs = record.find(results, ["costs", engine]) or {}
        known = record.find(results, ["nodes", engine]) or {}
    else:
        before = {}
    merged = {**before, **verdicts}
    head = {"version": version, "date": record.today(), "files": sorted(merged)}
    if len(verdicts) == len(merged):
        head["seconds"] = seconds
    if same and verdicts.keys() == before.keys():
        head["again"] = head["date"]
    record.put(results, ["engines", engine], {**head, **pack(merged)})
    rest = {name: cost for name, cost in costs.items() if name not in verdicts}
    record.put(results, ["costs", engine], dict(sorted({**rest, **pack_costs(verdicts)}.items())))
    nodes_of = {}
    for name, node in known.items():  # which took long to find: of the same verdict they stay
        if name not in verdicts or verdicts[name]["verdict"] == before[name]["verdict"]:
            nodes_of[name] = node
    nodes_of |= {name: found["node"] for name, found in verdicts.items() if found.get("node")}
    record.put(results, ["nodes", engine], dict(sorted(nodes_of.items())))
    record.write(RESULTS, results)
    return True


def without_node(engine):
    """Return the files that an engine fails with, as recorded, at no node that is known."""
    results = record.read(RESULTS)
    known = results.get("nodes", {}).get(engine, {})
    verdicts = unpack(results.get("engines", {}).get(engine, {}))
    failed = [name for name, found in verdicts.items() if is_of_a_node(found)]
    return [name for name in failed if name not in known]


def is_of_a_node(found):
    """Return whether a file may have failed at one of its nodes, not at what it is fed."""
    return found["verdict"] in LOOKED_INTO and not any(words in found["why"] for words in UNFED)


def record_nodes(engine, found):
    """Record the nodes that an engine fails at."""
    results = record.read(RESULTS)
    known = record.find(results, ["nodes", engine]) or {}
    record.put(results, ["nodes", engine], dict(sorted({**known, **found}.items())))
    record.write(RESULTS, results)


def read_pairs(results=None):
    """Return {(file, engine): (verdict, [operator, version, name of the node] or None)}."""
    results = record.read(RESULTS) if results is None else results
    pairs = {}
    for engine, recorded in results["engines"].items():
        known = results.get("nodes", {}).get(engine, {})
        for name, found in unpack(recorded).items():
            pairs[name, engine] = (found["verdict"], known.get(name))
    return pairs


def read_changes(results, change):
    """Return {file: verdict} as recorded, with size, distance and node where they are known."""
    verdicts = unpack(record.find(results, ["changes", change]) or {})
    for name, (size, off) in (record.find(results, ["change costs", change]) or {}).items():
        verdicts[name] |= {"size": size, "off": off}
    for name, node in (record.find(results, ["change nodes", change]) or {}).items():
        verdicts[name]["node"] = node
    return verdicts


def main(argv=None):
    parser = argparse.ArgumentParser(description="Run real files in all engines.")
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=", ".join(ENGINES))
    parser.add_argument("--again", action="store_true", help="compare with what is recorded")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="engines at a time")
    parser.add_argument("--nodes", action="store_true", help="find the nodes that no words name")
    parser.add_argument("--timed", action="store_true", help="those whose time is not known")
    parser.add_argument("--files", nargs="+", metavar="FILE", help="some of the files only")
    parser.add_argument("--here", metavar="ORDER", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    unknown = set(arguments.engines) - set(ENGINES)
    if unknown:
        parser.error(f"unknown {', '.join(sorted(unknown))}; expected {', '.join(ENGINES)}")
    if not apart.POSSIBLE:
        parser.error("this needs Linux, which can copy a process")
    if arguments.here:
        name, engine, work = pickle.loads(arguments.here.read_bytes())
        arguments.here.write_bytes(pickle.dumps(globals()[name](engine, work)))
        return 0
    names = list(here())
    if not names:
        parser.error(f"no file is in {cache()}: python -m tests.interop.real.files gets them")
    if arguments.files:
        unknown = set(arguments.files) - set(names)
        if unknown:
            parser.error(f"no file {', '.join(sorted(unknown))}; there are {', '.join(names)}")
        names = arguments.files
    installed = [name for name in ENGINES if engines.version_of(ENGINES[name])]
    named = arguments.engines or installed
    missing = set(named) - set(installed)
    if missing:
        parser.error(f"not installed: {', '.join(sorted(missing))}")
    if arguments.timed:
        named = [engine for engine in named if not time_of(engine)]
    elif not (arguments.engines or arguments.again or arguments.nodes or arguments.files):
        named = [engine for engine in named if not is_recorded(engine, names)]
    named = sorted(named, key=last_time_of, reverse=True)  # so that no core waits at the end
    start = time.monotonic()
    work = prepare_apart(names)
    if not arguments.again:
        results = record.read(RESULTS)
        described = {**results.get("files", {}), **{n: describe(work[n][0]) for n in names}}
        ordered = {name: described[name] for name in FILES if name in described}
        record.write(RESULTS, {"files": ordered, **without(results)})
    same = True
    with ThreadPoolExecutor(arguments.workers) as pool:
        futures = {}
        for engine in named:
            if arguments.nodes:
                given = {name: work[name] for name in without_node(engine) if name in work}
                futures[engine] = pool.submit(run_apart, find_nodes, engine, given)
            else:
                futures[engine] = pool.submit(run_apart, measure, engine, work)
        for engine, future in futures.items():
            found, seconds = future.result()
            if arguments.nodes:
                record_nodes(engine, found)
            else:
                same &= record_engine(engine, found, seconds, arguments.again)
    print(f"{', '.join(named) or 'nothing'}: {round(time.monotonic() - start)} s")
    if arguments.timed:
        known = {engine: time_of(engine) for engine in installed if time_of(engine)}
        print(f"all files in {len(known)} of {len(installed)} engines: {sum(known.values())} s")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
