"""Where float16 ends: beyond 65504 there is infinity, below 6e-8 there is 0.

onnxruntime brings a tool that computes in float16, onnxruntime.transformers.float16. Each case is a
graph whose answer float16 cannot hold on the way, and another graph that gets by: its cure.
"""

from typing import NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from onnxruntime.transformers.float16 import convert_float_to_float16

import neural_network as script

HEAD = '<ir_version: 8, opset_import: ["": 18]> g (float[N,2] X) => (float[N,2] Y) '
WEIGHED = HEAD + "{ Y = Mul (X, W) }"
STORED = HEAD + "{ A = Cast <to = 1> (W)  B = Mul (A, step)  Y = Mul (X, B) }"
SHARES = """<float two = {2}, int64[1] last = {1}> {
   S = Pow (X, two)
   T = ReduceSum <keepdims = 1> (S, last)
   Y = Div (S, T)
}"""
DIVIDED = """<float two = {2}, int64[1] last = {1}> {
   A = Abs (X)
   M = ReduceMax <keepdims = 1> (A, last)
   Z = Div (X, M)
   S = Pow (Z, two)
   T = ReduceSum <keepdims = 1> (S, last)
   Y = Div (S, T)
}"""


class Case(NamedTuple):
    """A graph that float16 spoils, the row it is fed, its answer, and a graph that gets by."""

    model: onnx.ModelProto
    row: list
    exact: list
    cure: onnx.ModelProto
    words: str  # what the cure does
    converted: bool = False  # whether the cure goes through the tool, or stores float16 only


def parse(notation, **constants):
    """Return a model in ONNX's text notation, with constants."""
    model = onnx.parser.parse_model(notation)
    for name, array in constants.items():
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    return model


def weigh(weights, step):
    """Return the case of weights that are beyond float16, and within it once divided by a step."""
    weights = np.array(weights)
    stored = (weights / step).astype(np.float16)
    return Case(
        parse(WEIGHED, W=weights.astype(np.float32)),
        [1, 1],
        weights.tolist(),
        parse(STORED, W=stored, step=np.float32(step)),
        f"store {weights[0] / step:g} in float16, multiply by {step:g} in float32",
    )


CASES = {
    "weights 70000 and 3000": weigh([70000, 3000], 1000),
    "weights 1e-9 and 3e-9": weigh([1e-9, 3e-9], 1e-9),
    "300 and 400, squared, divided by their sum": Case(
        parse(HEAD + SHARES),
        [300, 400],
        [0.36, 0.64],
        parse(HEAD + DIVIDED),
        "divide by the largest before",
        converted=True,
    ),
}


def sort_nodes(graph):
    """Put each node behind those that it reads: the tool appends casts at the end."""
    ready = {""}
    ready.update(info.name for info in graph.input)
    ready.update(tensor.name for tensor in graph.initializer)
    waiting = list(graph.node)
    del graph.node[:]
    while waiting:
        node = next(node for node in waiting if ready.issuperset(node.input))
        waiting.remove(node)
        graph.node.append(node)
        ready.update(node.output)


def convert(model, kept=()):
    """Return the model as the tool makes it compute in float16, but for the operators in kept."""
    converted = convert_float_to_float16(
        model, keep_io_types=True, op_block_list=list(kept) or None
    )
    sort_nodes(converted.graph)
    onnx.checker.check_model(converted, full_check=True)
    return converted


def run_both(model, row):
    """Return what onnxruntime answers to a row, and onnx.reference, which rounds every wire."""
    X = np.array([row], np.float32)
    with np.errstate(all="ignore"):  # an overflow is what this is about
        reference = ReferenceEvaluator(model).run(None, {"X": X})[0]
    session = script.load_model(model.SerializeToString())
    return session.run(None, {"X": X})[0][0].tolist(), reference[0].tolist()


def measure():
    """Return {name: what each way answers}."""
    answers = {}
    for name, case in CASES.items():
        kept = {node.op_type for node in case.model.graph.node}
        here, reference = run_both(convert(case.model), case.row)
        cure = convert(case.cure) if case.converted else case.cure
        cured, cured_reference = run_both(cure, case.row)
        answers[name] = {
            "exact": case.exact,
            "onnxruntime": here,
            "reference": reference,
            "kept": run_both(convert(case.model, kept), case.row)[0],
            "cured": cured,
            "cured, reference": cured_reference,
        }
    return answers
