"""How do I run my ONNX file in ncnn?

Install it:  pip install ncnn pnnx
Try it:      pytest tests/interop/test_runs_in_ncnn.py
Rows go in:  as they are, with the number of the axis that counts them

ncnn runs on phones. pnnx writes its two files, one for the graph and one for the weights, and has
to be told the shape of an input. It also writes an example in Python: which axis counts the rows of
an input or output stands there, and nowhere else.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.interop.common import need, need_program

NAME = "ncnn"
ENGINE = "ncnn"
WRITTEN_IN = "C++"
REFUSALS = {
    "recurrence": "ncnn does not load what pnnx wrote",
    "user-defined operator": "Duplicate definition of name",
    "ai.onnx.ml": "No Op registered for Scaler",
}
DIFFERENCES = {"attention": 0.1}  # the sum of each row becomes another one
ncnn = need(NAME, "ncnn")
pnnx = need_program(NAME, "pnnx")


def convert(path, feed, folder, *settings):
    """Write model.ncnn.param and model.ncnn.bin into a folder."""
    copy = Path(folder, "model.onnx")  # pnnx writes a dozen files beside it
    copy.write_bytes(path.read_bytes())
    shapes = ["[" + ",".join(map(str, array.shape)) + "]" for array in feed.values()]
    command = [pnnx, copy, f"inputshape={','.join(shapes)}", *settings]
    process = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder)
    if process.returncode:
        raise RuntimeError(process.stdout + process.stderr)


def read_axes(folder):
    """Return {input or output: the axis that counts its rows}; 233 stands for none."""
    example = Path(folder, "model_ncnn.py").read_text(encoding="utf-8")
    found = re.findall(r"(\w+)\.numpy\((?:\), )?batch_index=(\d+)\)", example)
    return {name: int(axis) for name, axis in found}


def run(path, feed, exactly=True):
    """Return the file's last output for a feed {name of an input: array}."""
    network = ncnn.Net()
    # float16, which keeps 3 digits, is the default of both, in the file and in the computation.
    settings = ["fp16=0"] if exactly else []
    if exactly:
        network.opt.use_fp16_packed = False
        network.opt.use_fp16_storage = False
        network.opt.use_fp16_arithmetic = False
    with tempfile.TemporaryDirectory() as folder:
        convert(path, feed, folder, *settings)
        axes = read_axes(folder)
        if network.load_param(str(Path(folder, "model.ncnn.param"))):
            raise RuntimeError(
                "ncnn does not load what pnnx wrote"
            )  # and ends the process if asked
        network.load_model(str(Path(folder, "model.ncnn.bin")))
    extractor = network.create_extractor()
    for i, array in enumerate(feed.values()):
        name = f"in{i}"  # inputs and outputs are renamed
        extractor.input(name, ncnn.Mat(array, batch_index=axes[name]).clone())
    last = network.output_names()[-1]
    _status, answer = extractor.extract(last)
    return answer.numpy(batch_index=axes[last])


def test_a_file_gives_numpys_numbers_or_is_refused_or_differs(check, column):
    check(run, column, REFUSALS, DIFFERENCES)


@pytest.mark.parametrize("column", ["linear", "network", "classifier", "convolution"])
def test_by_default_three_digits_are_left(column, answer):
    path, feed, exact = answer(column, 7)
    P = run(path, feed, exactly=False)  # no complaint
    assert 3e-5 < abs(P - exact).max() < 0.05
