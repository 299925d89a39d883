"""Measure what fewer bits bring, what breaks, and which engines run them; results.json keeps it.

    python -m tests.interop.bits.measure figures [NETWORK ...]  bytes, and answers
    python -m tests.interop.bits.measure real [FILE ...]        the same of files of others
    python -m tests.interop.bits.measure memory                 of a process that loads a form
    python -m tests.interop.bits.measure breaks                 what breaks, and the cures
    python -m tests.interop.bits.measure engines [NAME ...]     of those that are installed

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
from tests.interop.bits import forms, networks, real
from tests.interop.bits.breaks import BREAKS
from tests.interop.bits.memory import open_session, weigh
from tests.interop.runtimes import ask
from tests.kit import apart, record

FILE = Path(__file__).with_name("results.json")
GIVEN = ("digits", "convolution")  # to the engines
FEW = 7  # rows
# An engine answers otherwise if it is further than that from what the file says, in probability:
# the types of what flows are the file's, and rounding at other places moves less.
FAR = 0.01
# But for bfloat16, of 8 bits: onnx.reference, and tinygrad, are 0.009 off float32, on either side.
FARTHER = {"bfloat16": 0.02}


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
def run(model, feeds):
    """Return the last output for each feed, and by whom: onnx.reference where onnxruntime refuses.

    The exception is onnxruntime's if both refuse.
    """
    try:
        session = open_session(model)
        return [session.run(None, feed)[-1] for feed in feeds], "onnxruntime"
    except Exception as error:
        try:
            evaluator = ReferenceEvaluator(model)
            return [evaluator.run(None, feed)[-1] for feed in feeds], "onnx.reference"
        except Exception:  # it raises whatever its operators do
            raise error from None


def judge_form(network, name):
    """Return what a form weighs and answers: bytes, distance from float64, labels, neighbours."""
    try:
        model = make(network, name)
        (alone, answer), by = run(model, [network.first, network.feed])
    except Exception as error:  # of the tools, of onnxruntime
        return {"refused": in_one_line(error)}
    row = {
        "bytes": round(model.ByteSize() / network.model.ByteSize(), 3),
        "off": off_by(answer, network.exact, network.unit),
        "off, one row": off_by(alone, network.exact_first, network.unit),
    }
    if network.labels:
        row["changed"] = int((answer.argmax(axis=-1) != network.exact.argmax(axis=-1)).sum())
    if by != "onnxruntime":
        row["by"] = by
    return row


def off_by(answer, exact, unit):
    """Return the largest distance, in two digits."""
    return float(f"{abs(answer - exact).max() / unit:.2g}")


def measure_network(network):
    """Return {form: what it weighs and answers} of a network."""
    return {name: judge_form(network, name) for name in forms.FORMS}


def save(keys, found):
    """Save what was found, with the computer and the date."""
    results = record.read(FILE)  # now, as minutes have passed
    record.put(results, keys, found)
    if keys[0] != "engines":  # which have dates of their own
        results["machine"] = describe_machine()
        results["date"] = record.today()
    record.write(FILE, results)
    print(*keys, found, flush=True)


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
            assert outcome.ended in (apart.RETURNED, apart.RAISED), outcome
            raised = f"{outcome.error}: {outcome.words}"[:100]
            found[name] = round(outcome.value) if outcome.ended == apart.RETURNED else raised
    return found


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


def describe(kind, value, said, far=FAR):
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
    return "agrees" if off <= far else f"differs: {off:.2g}"


def measure_engine(name):
    """Return what an engine makes of each form of two networks."""
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
            words[form] = describe(kind, value, said.get(form), FARTHER.get(form, FAR))
        found[title] = words
    version = engines.version_of(engines.find()[name])
    return {"version": version, "date": record.today(), "forms": found}


def choose(parser, names, known):
    """Return the names, or all that are known without any; one that is not ends the program."""
    unknown = set(names) - set(known)
    if unknown:
        expected = ", ".join(known)
        parser.error(f"there is no {', '.join(sorted(unknown))}; expected some of {expected}")
    return names or list(known)


def main(arguments):
    """Measure, and save what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["figures", "real", "memory", "breaks", "engines"])
    parser.add_argument("name", nargs="*", help="of a network, a file, an engine")
    options = parser.parse_args(arguments)
    known = {
        "figures": networks.NETWORKS,
        "real": real.FILES,
        "engines": engines.find(),
    }.get(options.what, {})
    for name in choose(parser, options.name, known):
        if options.what == "engines":
            if engines.version_of(known[name]) is None:
                print(f"{name} is not installed")
                continue
            keys, found = ["engines", name], measure_engine(name)
        else:
            keys, found = [options.what, name], measure_network(known[name]())
        save(keys, found)
    if options.what == "memory":
        save(["memory"], measure_memory())
    if options.what == "breaks":
        made = [make_it() for make_it in BREAKS]
        save(["breaks"], {each.what: list(each[1:]) for each in made})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
