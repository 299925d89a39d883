"""What a file takes in memory: for a process of its own, which finds this module by its name."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from tests.interop.bits import networks


def open_session(model):
    """Return a session of one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def weigh(path):
    """Return by how many MiB this process grows as it loads and runs a file: for a new process."""
    # A first session brings what each has.
    text = '<ir_version: 8, opset_import: ["": 18]> g (float[N] x) => (float[N] y) {y = Add (x, x)}'
    open_session(onnx.parser.parse_model(text))
    before = resident()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    session.run(None, {"X": np.ones((1, networks.WIDTH), np.float32)})
    return resident() - before


def resident():
    """Return what this process holds in memory, in MiB; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * 4096 / 2**20
