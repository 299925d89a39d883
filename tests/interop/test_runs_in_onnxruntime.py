"""How do I run my ONNX file in ONNX Runtime?

Install it:  pip install onnxruntime
Try it:      pytest tests/interop/test_runs_in_onnxruntime.py
Rows go in:  as a dictionary of numpy arrays, by the names of the file's inputs
"""

import onnxruntime

NAME = "ONNX Runtime"
ENGINE = "ONNX Runtime"
WRITTEN_IN = "C++"
REFUSALS = {}


def run(path, feed):
    """Return the file's last output for a feed {name of an input: array}."""
    # Without providers it would run on whatever this build of the package likes best.
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, feed)[-1]


def test_a_file_gives_numpys_numbers(check, column):
    check(run, column, REFUSALS)
