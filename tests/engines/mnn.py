"""MNN, by Alibaba, in C++, for phones. It converts a file into its own format first.

Beside TensorFlow, which brings another protobuf, its converter ends the process.
"""

import tempfile
from pathlib import Path

import numpy as np
import onnx

from tests.engines import read_names

NAME = "MNN"
PACKAGE = "mnn"
WRITTEN_IN = "C++"
INSTALL = "pip install MNN"
WINOGRAD_MEMORY_LEVEL = 3  # a hint by its number, since its Python names none; 3 is the default


def load():
    # The command mnnconvert, and MNN.tools.mnnconvert, install packages and report to their maker
    # what they convert; the module underneath does not.
    from _tools import mnnconvert
    from MNN import expr, nn

    return mnnconvert, expr, nn


def convert(path, converted):
    """Write a file in MNN's own format; RuntimeError if that cannot say what the file says."""
    mnnconvert, _, _ = load()
    command = ["mnnconvert", "-f", "ONNX", "--bizCode", "any"]
    mnnconvert([*command, "--modelFile", str(path), "--MNNModel", str(converted)])
    if not converted.exists():  # the answer of mnnconvert is True all the same
        raise RuntimeError("the converter wrote nothing")


def run(path, inputs, exactly=True):
    """Return the outputs; if not exactly, of three digits behind some convolutions, as it comes."""
    _, expr, nn = load()
    model = onnx.load(path, load_external_data=False)
    if any(value.type.HasField("sequence_type") for value in model.graph.output):
        raise TypeError("MNN has no sequences")
    # The converter takes int64 for int32, and bool, too; other types are not for its Python.
    types = {"float32": expr.float, "int32": expr.int, "uint8": expr.uint8}
    variables = []
    for array in inputs:
        if array.dtype in (np.int64, bool):
            array = array.astype(np.int32)
        variables.append(expr.const(array, list(array.shape), expr.NCHW, types[array.dtype.name]))
    with tempfile.TemporaryDirectory() as folder:
        converted = Path(folder, "model.mnn")
        convert(path, converted)
        runtime = nn.create_runtime_manager(({"numThread": 1},))
        if exactly:
            # By Winograd's way it multiplies less, and in large tiles loses digits; not at 0.
            runtime.set_hint(WINOGRAD_MEMORY_LEVEL, 0)
        names = read_names(path)
        network = nn.load_module_from_file(str(converted), *names, runtime_manager=runtime)
    answers = []
    for output in network.forward(variables):
        ordered = expr.convert(output, expr.NCHW)  # inside, MNN orders numbers to its liking
        answers.append(ordered.read().copy())  # what it reads is freed with the variable
    return answers
