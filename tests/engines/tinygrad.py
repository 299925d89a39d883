"""tinygrad, in Python, which here does the arithmetic, too: slow, but it needs nothing else."""

import os

from tests.engines import make_feed, read_names

NAME = "tinygrad"
PACKAGE = "tinygrad"
WRITTEN_IN = "Python"
INSTALL = "pip install tinygrad"
SETTINGS = {  # read by the import
    "DEV": "PYTHON",  # without it, it wants clang or a graphics card
    "CACHELEVEL": "0",  # or it keeps what it compiles in a database under HOME
    "PARALLEL": "0",  # or it compiles in processes that last as long as this one
}


def load():
    os.environ.update(SETTINGS)
    from tinygrad.nn.onnx import OnnxRunner

    return OnnxRunner


def run(path, inputs):
    runner = load()(path)  # which takes arrays of one size only
    outputs = runner(make_feed(path, inputs))
    _, names = read_names(path)
    return [outputs[name].numpy() for name in names]
