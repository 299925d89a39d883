"""Measure what fewer bits bring, what breaks, and which engines run them; results.json keeps it.

    python -m tests.interop.bits.measure figures            bytes, answers, memory, what breaks
    python -m tests.interop.bits.measure engines [NAME ...]  of those that are installed

The page's tables are made from that, by pytest --update.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from tests import engines
from tests.exercises.measure import describe_machine
from tests.interop.bits import forms, networks
from tests.interop.bits.breaks import BREAKS
from tests.interop.bits.memory import open_session, weigh
from tests.interop.runtimes import ask
from tests.kit import apart, record

FILE = Path(__file__).with_name("results.json")
PLAIN = "float32"
GIVEN = ("digits", "convolution")  # to the engines
FEW = 7  # rows
# An engine answers otherwise if it is further than that from what the file says, in probability:
# the types of what flows are the file's, and rounding at other places moves less.
FAR = 0.01


def make(network, name):
    """Return a network in a form; an exception where the form does not fit."""
    model = onnx.ModelProto()
    model.CopyFrom(network.model)
    return forms.FORMS[name](model, feeds=network.seen)


def in_one_line(error):
    """Return what an exception says, short enough for a table."""
    line = " ".join(str(error).split())
    return f"{type(error).__name__}: {line[:100]}"


# Figures ------------------------------------------------------------------------------------------
def judge_form(network, name):
    """Return what a form weighs and answers: bytes, distance from float64, labels, neighbours."""
    try:
        model = make(network, name)
        session = open_session(model)
        answer = session.run(None, network.feed)[-1]
    except Exception as error:  # of the tools, of onnxruntime
        return {"refused": in_one_line(error)}
    row = {
        "bytes": round(model.ByteSize() / network.model.ByteSize(), 3),
        "off": float(f"{abs(answer - network.exact).max():.2g}"),
    }
    first = {key: array[:1] if key == "X" else array for key, array in network.feed.items()}
    alone = session.run(None, first)[-1]
    row["off, one row"] = float(f"{abs(alone - network.exact[:1]).max():.2g}")
    if network.labels:
        row["changed"] = int((answer.argmax(axis=1) != network.exact.argmax(axis=1)).sum())
    return row


def measure_memory():
    """Return {form: MiB} of the wide network."""
    network = networks.wide()
    found = {}
    for name in forms.FORMS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "wide.onnx")
            try:
                onnx.save(make(network, name), path)
            except Exception as error:
                found[name] = in_one_line(error)
                continue
            outcome = apart.fresh(weigh, path, environment={"PYTHONWARNINGS": "ignore"})
            assert outcome.ended == apart.RETURNED, outcome
            found[name] = round(outcome.value)
    return found


def measure_figures(results):
    """Add all that is measured with onnxruntime and onnx.reference."""
    figures = {}
    for title, load in networks.NETWORKS.items():
        network = load()
        figures[title] = {name: judge_form(network, name) for name in forms.FORMS}
    results["figures"] = figures
    results["memory"] = measure_memory()
    results["breaks"] = {made.what: list(made[1:]) for made in (make_it() for make_it in BREAKS)}
    results["machine"] = describe_machine()
    results["date"] = record.today()


# Engines ------------------------------------------------------------------------------------------
def without_own_operators(model):
    """Return a model in which each MatMulNBits is a MatMul with the numbers that it stands for."""
    plain = onnx.ModelProto()
    plain.CopyFrom(model)
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in plain.graph.initializer}
    for node in plain.graph.node:
        if node.op_type == "MatMulNBits":
            x, q, scales = node.input[:3]
            packed = arrays[q]  # (columns, blocks, bytes), two rows in a byte, the lower bits first
            halves = np.stack([packed & 15, packed >> 4], axis=-1).astype(float) - 8
            columns, blocks, _ = packed.shape
            steps = arrays[scales].reshape(columns, blocks, 1)
            W = (halves.reshape(columns, blocks, -1) * steps).reshape(columns, -1).T
            name = f"{q}_plain"
            plain.graph.initializer.append(numpy_helper.from_array(W.astype(np.float32), name))
            node.CopyFrom(helper.make_node("MatMul", [x, name], list(node.output)))
    return plain


def what_the_file_says(models, feed):
    """Return {form: answer} by onnx.reference; what it cannot say is left out.

    It has no DequantizeLinear of opset 18, but that of 21, which says the same without blocks.
    """
    said = {}
    for name, model in models.items():
        restated = without_own_operators(model)
        for opset in restated.opset_import:
            if opset.domain == "":
                opset.version = forms.OPSET_OF_FOUR_BITS
        try:
            with np.errstate(all="ignore"):
                said[name] = ReferenceEvaluator(restated).run(None, feed)[-1]
        except Exception:  # it raises whatever its operators do
            continue
    return said


def describe(kind, value, said):
    """Return what the table shows of an engine's answer: "agrees", or what it is instead."""
    if kind == "crash":
        return f"ends the process: {value}"
    if kind == "error":
        return "refused: " + " ".join(value.split())[:90]
    if said is None:
        return "runs"
    if np.shape(value) != said.shape:
        return f"differs: the shape is {np.shape(value)}"
    off = abs(np.asarray(value, dtype=float) - said).max()
    return "agrees" if off <= FAR else f"differs: {off:.2g}"


def measure_engine(results, name):
    """Add what an engine makes of each form of two networks."""
    found = {}
    for title in GIVEN:
        network = networks.NETWORKS[title]()
        feed = {"X": network.feed["X"][:FEW]}
        models = {}
        for form in forms.FORMS:
            models[form] = make(network, form)
        said = what_the_file_says(models, feed)
        with tempfile.TemporaryDirectory() as folder:
            tasks = []
            for i, model in enumerate(models.values()):
                path = Path(folder, f"form_{i}.onnx")
                onnx.save(model, path)
                tasks.append((path, [feed["X"]]))
            answers = ask(name, tasks)
        words = {}
        for form, (kind, value) in zip(models, answers, strict=True):
            words[form] = describe(kind, value, said.get(form))
        found[title] = words
    version = engines.version_of(engines.find()[name])
    entry = {"version": version, "date": record.today(), "forms": found}
    results.setdefault("engines", {})[name] = entry


def main(arguments):
    """Measure, and save what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["figures", "engines"])
    parser.add_argument("name", nargs="*", help="of an engine")
    options = parser.parse_args(arguments)
    if options.what == "figures":
        results = record.read(FILE)
        measure_figures(results)
        record.write(FILE, results)
        return 0
    known = engines.find()
    unknown = set(options.name) - set(known)
    if unknown:
        parser.error(f"no engine {', '.join(sorted(unknown))}; expected some of {', '.join(known)}")
    for name in options.name or known:
        if engines.version_of(known[name]) is None:
            print(f"{name} is not installed")
            continue
        results = record.read(FILE)
        measure_engine(results, name)
        record.write(FILE, results)
        print(name, results["engines"][name]["forms"], flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
