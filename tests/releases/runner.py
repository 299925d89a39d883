"""Run prepared cases in the release that is installed here. Needs numpy and that release alone.

    python -m tests.releases.runner onnxruntime ORDERS ANSWERS

ORDERS holds a list of {"name", "model": bytes or a path, "names" of the inputs, "inputs"}, and what
becomes of each is written to ANSWERS, {name: ("answer", outputs) or (how it ended, words)}. Some
cases run in a copy of the process, since a release may end it; Linux only.
"""

import os
import pickle
import sys
from pathlib import Path

from tests.kit import apart

ANSWER = "answer"
REFUSED = "refused"
CRASHES = "crashes"
HANGS = "hangs"
SECONDS = 120  # for some cases by the clock: a busy machine is no verdict on a release
TOGETHER = 25  # cases in a process: to copy it takes longer than most of them
WORDS = 1000  # letters of a refusal


# One case, by each way to run it ------------------------------------------------------------------
def onnxruntime(order):
    """Return the outputs of onnxruntime, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        order["model"], options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, dict(zip(order["names"], order["inputs"], strict=True)))


def load(model):
    """Return a model by its path or its bytes."""
    import onnx

    return onnx.load(model) if isinstance(model, str) else onnx.load_from_string(model)


def reference(order):
    """Return the outputs of onnx.reference."""
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(load(order["model"]))
    return evaluator.run(None, dict(zip(order["names"], order["inputs"], strict=True)))


def checker(order):
    """Return nothing if the checker accepts a model in full, shapes and types included."""
    import onnx

    onnx.checker.check_model(order["model"], full_check=True)
    return []


def converter(order):
    """Return the bytes of a model that was converted to the opset that stands behind its name."""
    from onnx import version_converter

    opset = int(order["name"].rpartition(" ")[2])
    converted = version_converter.convert_version(load(order["model"]), opset)
    return [converted.SerializeToString()]


def older_tract(path, inputs):
    """Return the outputs of tract until 0.22, whose Python had other names."""
    import tract

    model = tract.onnx().model_for_path(path).into_optimized().into_runnable()
    return [output.to_numpy() for output in model.run(inputs)]


def engine(name):
    """Return the run of one of our engines, which take a file; this needs onnx as well."""
    import importlib
    import tempfile

    module = importlib.import_module(f"tests.engines.{name}")
    package = module.load()
    by_path = module.run
    if name == "tract" and not hasattr(package.onnx(), "load"):
        by_path = older_tract

    def run(order):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "model.onnx")
            path.write_bytes(order["model"])
            return by_path(path, order["inputs"])

    return run


WAYS = {
    "onnxruntime": onnxruntime,
    "onnx.reference": reference,
    "checker": checker,
    "converter": converter,
}


# All cases ----------------------------------------------------------------------------------------
def answer(run, order):
    """Return what becomes of a case."""
    try:
        return ANSWER, run(order)
    except Exception as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        return REFUSED, words.replace(str(order["model"]), "...")[:WORDS]


def answer_each(tell, run, orders):
    for order in orders:
        tell(answer(run, order))


def answer_all(run, orders):
    """Return {name: what becomes of it}; the case that ends a process, or never ends, is said."""
    found = []
    while len(found) < len(orders):
        batch = orders[len(found) : len(found) + TOGETHER]
        settings = {"seconds": SECONDS, "tell": True, "quiet": True, "fill": True}
        outcome = apart.copy(answer_each, run, batch, **settings)
        found += outcome.told
        if len(outcome.told) < len(batch):
            found.append((HANGS if outcome.ended == apart.LATE else CRASHES, outcome.error))
    return {order["name"]: came for order, came in zip(orders, found, strict=True)}


def main(way, orders, answers):
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read by the import
    run = WAYS.get(way) or engine(way)
    package = way.partition(".")[0]
    if package in ("onnxruntime", "onnx"):
        __import__(package)  # once, not in each copy
    found = answer_all(run, pickle.loads(Path(orders).read_bytes()))
    Path(answers).write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
