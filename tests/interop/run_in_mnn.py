"""Run an ONNX file in MNN:  python run_in_mnn.py MODEL.onnx FEED.npz ANSWER.npy

FEED.npz has an array for each input, by its name: numpy.savez("feed.npz", X=X) writes it.
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx

# The command mnnconvert, and MNN.tools.mnnconvert, report to their maker what they convert; the
# module underneath does not.
from _tools import mnnconvert
from MNN import expr, nn


def convert(path, converted):
    """Write MNN's own format; RuntimeError if it cannot say what the file says."""
    command = f"mnnconvert -f ONNX --modelFile {path} --MNNModel {converted} --bizCode any"
    mnnconvert(command.split())
    if not os.path.exists(converted):  # the answer of mnnconvert is True all the same
        raise RuntimeError("the converter wrote nothing; its messages say why")


def run(path, feed):
    """Return the file's last output for a feed {name of an input: array}."""
    outputs = [value.name for value in onnx.load(path).graph.output]
    with tempfile.TemporaryDirectory() as folder:
        converted = str(Path(folder, "model.mnn"))
        convert(path, converted)
        network = nn.load_module_from_file(converted, list(feed), outputs)
    variables = []
    for array in feed.values():
        variables.append(expr.const(array, list(array.shape), expr.NCHW, expr.float))
    answer = network.forward(variables)[-1]
    return expr.convert(answer, expr.NCHW).read()  # inside, MNN orders numbers to its liking


if __name__ == "__main__":
    _, model, feed, answer = sys.argv
    np.save(answer, run(model, dict(np.load(feed))))
