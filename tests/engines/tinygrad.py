"""tinygrad, which writes C for each step of a graph, and calls clang; without, it runs nothing."""

import contextlib
import functools
import importlib.util
import os
from pathlib import Path
from unittest.mock import patch

from tests.engines import make_feed, read_names

NAME = "tinygrad"
PACKAGE = "tinygrad"
WRITTEN_IN = "C, Python"
INSTALL = "pip install tinygrad ziglang"  # ziglang carries clang, of which there may be another
SETTINGS = {  # read by the import
    "DEV": "CPU:CLANG",
    "CACHELEVEL": "0",  # or it keeps what it compiles in a database under HOME
    "PARALLEL": "0",  # or it compiles in processes that last as long as this one
}


def compiler():
    """Return {"CC": a program that calls the clang of ziglang}; {}: tinygrad looks for clang."""
    ziglang = importlib.util.find_spec("ziglang")
    if ziglang is None or os.name != "posix":
        return {}
    os.environ["ZIG"] = str(Path(ziglang.submodule_search_locations[0], "zig"))
    return {"CC": str(Path(__file__).with_name("clang.sh"))}


@functools.cache
def load():
    """Return its runner, with the device open, which compiles for a second: copies need not.

    Nothing is computed here: what it takes memory for is kept, and shared with all copies.
    """
    os.environ.update(SETTINGS)
    from tinygrad import Device
    from tinygrad.nn.onnx import OnnxRunner

    # CC is read once, here; afterwards others would read it, TVM for one. Without any clang, each
    # call of the runner says so.
    with patch.dict(os.environ, compiler()), contextlib.suppress(FileNotFoundError):
        Device["CPU"]
    return OnnxRunner


def run(path, inputs):
    runner = load()(path)  # which takes arrays of one size only
    outputs = runner(make_feed(path, inputs))
    _, names = read_names(path)
    return [outputs[name].numpy() for name in names]
