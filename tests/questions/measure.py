"""Measure what the pages' tables say, and keep it in results.json.

    python -m tests.questions.measure versions           the onnxruntime that is installed here
    python -m tests.questions.measure versions --others  and each other engine that is, too
    python -m tests.questions.measure lowering           how far down onnx's converter gets: minutes
    python -m tests.questions.measure spinning           what waiting threads cost: a quiet machine

The tables are written by pytest --update. For another onnxruntime:

    pip install --no-deps --target older onnxruntime==1.24.4
    PYTHONPATH=older python -m tests.questions.measure versions
"""

import argparse
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper, version_converter
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier

import linear_regression
import sklearn_converter
from tests import engines
from tests.engines import onnxruntime as ours
from tests.kit import apart, clock, record

FILE = Path(__file__).with_name("results.json")

# Cast changes with almost every opset, so a runtime that does not follow the standard refuses it.
LAYER = """
<ir_version: 8, opset_import: ["": 18]>
layer (float[N,3] X) => (float[N,2] Y)
<float[3,2] W = {1, 0, 0, 1, 1, 1}, float[2] B = {0.5, -4}>
{
   XW = MatMul (X, W)
   Z = Add (XW, B)
   R = Relu (Z)
   Y = Cast <to: int = 1> (R)
}
"""
ROWS = np.array([[1, 2, 3], [0, 1, 1]], np.float32)
ANSWER = [[4.5, 1], [1.5, 0]]  # by hand: 1 + 3 + 0.5, 2 + 3 - 4; 0 + 1 + 0.5, and 2 - 4 made 0

# The newest IR version and opset that the installed onnx knows: what it stamps by default.
NEWEST_OPSET = onnx.defs.onnx_opset_version()
NEWEST_IR = int(onnx.IR_VERSION)

OLDEST_OPSET = 7  # that onnxruntime reads
CALLS = 50
PAUSE = 0.02  # seconds between two calls: 50 calls a second


# 1. Versions that an engine reads -----------------------------------------------------------------
def answers(run, opset, ir_version):
    """Return whether an engine gives the answer for the layer, stamped with these versions."""
    model = onnx.parser.parse_model(LAYER)
    model.opset_import[0].version = opset
    model.ir_version = ir_version
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "layer.onnx")
        onnx.save(model, path)
        try:
            (Y,) = run(str(path), [ROWS])
        except Exception:  # each engine has exceptions of its own
            return False
    return np.array_equal(Y, ANSWER)


def measure(run):
    """Return what an engine reads, by its function run."""
    opsets = [v for v in range(1, NEWEST_OPSET + 1) if answers(run, v, ir_version=8)]
    ir_versions = [v for v in range(3, NEWEST_IR + 1) if answers(run, 18, ir_version=v)]
    return {
        "opsets": describe(opsets),
        "IR versions": describe(ir_versions),
        "newest of both": "yes" if answers(run, NEWEST_OPSET, NEWEST_IR) else "no",
    }


def describe(numbers):
    """Return numbers as text: "7 to 28", or, with gaps, each range."""
    ranges = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(f"{first} to {last}" for first, last in ranges)


def parse(text):
    """Return the set of numbers that describe has described."""
    numbers = set()
    for part in text.split(", "):
        first, last = part.split(" to ")
        numbers |= set(range(int(first), int(last) + 1))
    return numbers


def measure_forest():
    """Return how many of the labels of a forest with two classes onnxruntime gets wrong."""
    X, y = load_breast_cancer(return_X_y=True)
    X = X.astype(np.float32)
    forest = RandomForestClassifier(n_estimators=21, random_state=0).fit(X[::2], y[::2])
    model = sklearn_converter.build_model(forest, X)
    session = linear_regression.load_model(model.SerializeToString())
    label = session.run(["label"], {"X": X[1::2]})[0]
    return int((label != forest.predict(X[1::2])).sum())


def measure_onnxruntime():
    """Return what the installed onnxruntime reads, and how many labels of a forest are wrong."""
    onnxruntime.set_default_logger_severity(4)  # it warns of every opset below 7
    try:
        return measure(ours.run) | {"wrong labels": measure_forest()}
    finally:
        onnxruntime.set_default_logger_severity(2)


def measure_engine(name):
    """Return what the engine of a name reads."""
    return measure(engines.find()[name].run)


def measure_others():
    """Return {name: what it reads} of the other engines that are installed, each in a process."""
    measured = {}
    for name, engine in engines.find().items():
        version = engines.version_of(engine)
        if engine is ours or not version:
            continue
        outcome = apart.fresh(measure_engine, name, seconds=600)
        if outcome.ended == apart.RETURNED:
            measured[name] = outcome.value | {"version": version}
        else:
            print(f"{name}: {outcome.ended} {outcome.error} {outcome.words}")
    return measured


# 2. How far down the converter gets ---------------------------------------------------------------
def lower(case):
    """Return the lowest opset to which onnx converts a case, and whether it answers rightly there.

    "refused" is what the converter did next, "invalid" what the checker said of its result.
    """
    lowest = case.model
    for opset in range(case.model.opset_import[0].version - 1, OLDEST_OPSET - 1, -1):
        try:
            converted = version_converter.convert_version(case.model, opset)
            onnx.checker.check_model(converted, full_check=True)
        except Exception:  # RuntimeError, ConvertError, or one of the checker's
            break
        lowest = converted
    right = gives(case.model, case) <= gives(lowest, case)  # what ran before has to run now
    return lowest.opset_import[0].version, right


def gives(model, case):
    """Return whether onnxruntime gives a case's answers."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        names = [fed.name for fed in session.get_inputs()]
        found = session.run(None, dict(zip(names, case.inputs, strict=True)))
        for answer, expected in zip(found, case.outputs, strict=True):
            np.testing.assert_allclose(answer, expected, rtol=1e-3, atol=1e-5)  # onnx's own
    except Exception:  # it refuses the case, or answers otherwise
        return False
    return True


def first_opset(operator):
    """Return the opset in which an operator came into the standard."""
    schemas = onnx.defs.get_all_schemas_with_history()
    return min(s.since_version for s in schemas if s.name == operator and s.domain == "")


def measure_lowering():
    """Return {operator: [lowest opset of its best case, of its worst]} where it stays too high.

    The cases are onnx's own of one operator, as they are valid at opset 18.
    """
    from tests.interop.operators import cases

    reached = defaultdict(set)
    wrong = []
    tried = 0
    for case in cases.collect()[0]:
        if case.newer or case.operator == cases.SEVERAL or "." in case.operator:
            continue
        tried += 1
        opset, right = lower(case)
        reached[case.operator].add(opset)
        if not right:
            wrong.append(case.name)
    stuck = {}
    free = 0
    for operator, opsets in sorted(reached.items()):
        if max(opsets) <= max(first_opset(operator), OLDEST_OPSET):
            free += 1
        else:
            stuck[operator] = [min(opsets), max(opsets)]
    return {"cases": tried, "wrong": wrong, "as low as it exists": free, "stuck": stuck}


# 3. What waiting threads cost ---------------------------------------------------------------------
def measure_spinning():
    """Return the share of a core that a session takes, by whether its threads spin.

    Two threads, a layer of 64 rows by 256 numbers, 50 calls a second.
    """
    shares = {}
    model = onnx.parser.parse_model("""<ir_version: 8, opset_import: ["": 18]>
    layer (float[N,256] X, float[256,256] W) => (float[N,256] Y) { Y = MatMul (X, W) }""")
    W = numpy_helper.from_array(np.ones((256, 256), np.float32), "W")
    model.graph.initializer.append(W)
    del model.graph.input[1]
    feed = {"X": np.ones((64, 256), np.float32)}
    for spinning in ["1", "0"]:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        options.add_session_config_entry("session.intra_op.allow_spinning", spinning)
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        session.run(None, feed)
        worked = time.process_time()
        began = time.perf_counter()
        for _ in range(CALLS):
            session.run(None, feed)
            time.sleep(PAUSE)
        share = (time.process_time() - worked) / (time.perf_counter() - began)
        shares["spinning" if spinning == "1" else "not spinning"] = round(share, 3)
        del session
    return shares


# 4. The record ------------------------------------------------------------------------------------
def measure_versions(others):
    """Return {name: what it reads, and when it was asked} of the engines that are installed."""
    on_gpu = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    package = "onnxruntime-gpu" if on_gpu else "onnxruntime"
    measured = {f"{package} {onnxruntime.__version__}": measure_onnxruntime()}
    if others:
        measured |= measure_others()
    return {name: row | {"on": record.today()} for name, row in measured.items()}


def note_versions(results, measured):
    """Add what engines read; what was measured with another onnx is forgotten."""
    if results.get("versions", {}).get("onnx") != onnx.__version__:
        newest = {"onnx": onnx.__version__, "opset": NEWEST_OPSET, "IR version": NEWEST_IR}
        results["versions"] = newest | {"runtimes": {}}
    results["versions"]["runtimes"].update(measured)


def main():
    """Measure, and put what was found into results.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["versions", "lowering", "spinning"])
    parser.add_argument("--others", action="store_true", help="all engines that are installed")
    arguments = parser.parse_args()
    if arguments.what == "versions":
        found = measure_versions(arguments.others)
    elif arguments.what == "lowering":
        made_with = record.versions(["onnx", "onnxruntime"]) | {"on": record.today()}
        found = made_with | measure_lowering()
    else:
        machine = clock.describe_machine(["onnxruntime"]) | {"on": record.today()}
        found = {"machine": machine, "share of a core": measure_spinning()}
    results = record.read(FILE)  # now: another run may have added to it meanwhile
    if arguments.what == "versions":
        note_versions(results, found)
    else:
        results[arguments.what] = found
    record.write(FILE, results)


if __name__ == "__main__":
    from tests.questions import measure as by_its_name  # by which other processes find it

    by_its_name.main()
