"""What compares two runs: each tool is given a file, a row or a few, and what every wire should be.

A tool returns the name of the first wire that it calls wrong, "" if it calls none wrong, or raises.
What compares two files is given one whose outputs are constants: the right answers.
"""

import logging

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from tests.exercises.first_wrong import find_first_wrong, open_session
from tests.interop.common import VERIFIERS, need

OFF = 1e-4  # beyond what float32 costs these networks, below what any of the mistakes does
OUTPUT = "*"  # the answers differ; the tool does not say which


def ours(case):
    found = find_first_wrong(case.model, case.feed, case.exact)
    return found.wire if found else ""


def polygraphy(case):
    """Mark every wire as an output, run onnxruntime, and compare it with the right answers."""
    need(VERIFIERS, "polygraphy")
    from polygraphy import constants
    from polygraphy.backend.onnx import BytesFromOnnx, ModifyOutputs
    from polygraphy.backend.onnxrt import OnnxrtRunner, SessionFromOnnx
    from polygraphy.comparator import Comparator, IterationResult, RunResults, SimpleCompareFunc
    from polygraphy.logger import G_LOGGER

    G_LOGGER.module_severity = G_LOGGER.CRITICAL
    marked = ModifyOutputs(case.model, outputs=constants.MARK_ALL, copy=True)
    runner = OnnxrtRunner(SessionFromOnnx(BytesFromOnnx(marked)))
    run = Comparator.run([runner], data_loader=[case.feed])
    right = {name: np.asarray(value) for name, value in case.exact.items()}
    both = RunResults([*run, ("numpy", [IterationResult(right, runner_name="numpy")])])
    compare = SimpleCompareFunc(rtol=0, atol=OFF)
    (result,) = Comparator.compare_accuracy(both, compare_func=compare)
    ((verdicts,),) = result.values()
    return next((name for name, agrees in verdicts.items() if not agrees), "")


def answering(model, names, answers=None):
    """Return the model with some of its outputs; made of constants, if the answers are given."""
    other = onnx.ModelProto()
    other.CopyFrom(model)
    outputs = [info for info in model.graph.output if info.name in names]
    del other.graph.output[:]
    other.graph.output.extend(outputs)
    if answers is not None:
        del other.graph.node[:], other.graph.initializer[:], other.functions[:]
        for name in names:
            tensor = numpy_helper.from_array(answers[name])
            other.graph.node.append(helper.make_node("Constant", [], [name], value=tensor))
    return other


def onnxscript(case):
    """Compare with a file whose outputs are the right answers, at OFF, not at its own tolerance."""
    compare = need(VERIFIERS, "onnxscript.rewriter.testing").assert_numerically_equal
    answers = {}
    for info in open_session(case.model).get_outputs():
        if info.name in case.exact:
            right = np.asarray(case.exact[info.name])
            answers[info.name] = right.astype(np.float32) if "float" in info.type else right
    golden = answering(case.model, list(answers), answers)
    try:
        compare(golden, answering(case.model, list(answers)), case.feed, rtol=0, atol=OFF)
    except AssertionError:
        return OUTPUT
    return ""


def reference(case):
    """Run the same file in onnxruntime and in onnx's reference: the outputs, as both name them."""
    names = [info.name for info in case.model.graph.output]
    there = open_session(case.model).run(names, case.feed)
    here = ReferenceEvaluator(case.model).run(names, case.feed)
    for name, one, other in zip(names, there, here, strict=True):
        one, other = np.asarray(one), np.asarray(other)
        if one.dtype.kind != "f":
            if not np.array_equal(one, other):
                return name
        elif one.shape != other.shape or not np.allclose(one, other, rtol=0, atol=OFF):
            return name
    return ""


def qdq_loss_debug(case):
    """Match the wires of two files as onnxruntime does for a quantised one and its original."""
    debug = need(VERIFIERS, "onnxruntime.quantization.qdq_loss_debug")
    right = {name: [np.asarray(value)] for name, value in case.exact.items()}
    pairs = debug.create_activation_matching(right, right)
    return next(iter(pairs), "")


def torch_onnx(case):
    """Verify what torch.onnx.export has made; of another file its words say why it does not."""
    torch = need(VERIFIERS, "torch")
    need(VERIFIERS, "onnxscript")
    import onnx_ir
    from torch.onnx.verification import verify_onnx_program

    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    program, arguments = case.exported or (None, None)
    if program is None:
        program = torch.onnx.ONNXProgram(onnx_ir.from_proto(case.model), None)
    infos = verify_onnx_program(program, arguments, compare_intermediates=True)
    return next((info.name for info in infos if not info.max_abs_diff <= OFF), "")


TOOLS = {  # as shown: what compares
    "first_wrong": ours,
    "Polygraphy": polygraphy,
    "onnxscript": onnxscript,
    "onnx.reference": reference,
    "onnxruntime.quantization": qdq_loss_debug,
    "torch.onnx.verification": torch_onnx,
}


NODE, CALL, ANSWER, NOTHING = "the node", "the call", "the answer", "nothing"


def judge(tool, case):
    """Return what a tool finds, or its words of refusal; the case knows which wire is wrong."""
    try:
        wire = tool(case)
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    if not wire:
        return NOTHING
    if wire == OUTPUT:
        return ANSWER
    if wire in [case.wire, case.wire_of_torch]:
        return NODE
    calls = {(function.domain, function.name) for function in case.model.functions}
    for node in case.model.graph.node:
        if wire in node.output and (node.domain, node.op_type) in calls:
            return CALL
    return f"another wire, {wire}"
