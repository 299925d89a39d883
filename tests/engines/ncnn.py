"""ncnn, by Tencent, in C++, for phones.

pnnx writes its two files, one for the graph and one for the weights, and has to be told the shapes
of the inputs. It also writes an example in Python: which axis of an input or output counts the rows
stands there, and nowhere else.
"""

import re
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx

from tests.engines import read_names

NAME = "ncnn"
PACKAGE = "ncnn"
WRITTEN_IN = "C++"
INSTALL = "pip install ncnn pnnx"
EXACTLY = ["fp16=0"]  # float16, which keeps 3 digits, is the default of both programs


def load():
    import ncnn

    return ncnn


def find_pnnx():
    """Return pnnx's own program: the command first imports torch, longer than most files take."""
    package = find_spec("pnnx")
    return shutil.which("pnnx", path=Path(package.origin).parent) if package else "pnnx"


def convert(path, inputs, folder, settings):
    """Write model.ncnn.param, model.ncnn.bin and model_ncnn.py into a folder."""
    copy = Path(folder, "model.onnx")  # it writes a dozen files beside it
    onnx.save(onnx.load(path), copy)
    shapes = [f"[{','.join(map(str, array.shape))}]" for array in inputs]
    command = [find_pnnx(), copy.name, f"inputshape={','.join(shapes)}", *settings]
    process = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder)
    if process.returncode:
        raise RuntimeError((process.stdout + process.stderr)[-300:])


def read_axes(folder):
    """Return {input or output: the axis that counts its rows}; 233 stands for none."""
    example = Path(folder, "model_ncnn.py").read_text(encoding="utf-8")
    found = re.findall(r"(\w+)\.numpy\((?:\), )?batch_index=(\d+)\)", example)
    return {name: int(axis) for name, axis in found}


def run(path, inputs, exactly=True):
    """Return the outputs; if not exactly, in float16, as it comes."""
    ncnn = load()
    if any(array.dtype != np.float32 for array in inputs):
        raise TypeError("ncnn takes float32 alone")
    network = ncnn.Net()
    if exactly:
        network.opt.use_fp16_packed = False
        network.opt.use_fp16_storage = False
        network.opt.use_fp16_arithmetic = False
    with tempfile.TemporaryDirectory() as folder:
        convert(path, inputs, folder, EXACTLY if exactly else [])
        axes = read_axes(folder)
        if network.load_param(str(Path(folder, "model.ncnn.param"))):
            # Asked all the same, it would end the process.
            raise RuntimeError("ncnn does not load what pnnx wrote")
        network.load_model(str(Path(folder, "model.ncnn.bin")))
    extractor = network.create_extractor()
    for i, array in enumerate(inputs):
        name = f"in{i}"  # inputs and outputs are renamed
        extractor.input(name, ncnn.Mat(array, batch_index=axes[name]).clone())
    outputs = []
    _, names = read_names(path)
    for i in range(len(names)):
        name = f"out{i}"
        status, answer = extractor.extract(name)
        if status:
            raise RuntimeError(f"ncnn computes no {name}")
        outputs.append(answer.numpy(batch_index=axes[name]))
    return outputs
