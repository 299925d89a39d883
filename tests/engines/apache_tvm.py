"""Apache TVM, in C++. It brings its own LLVM, and takes arrays that lie row by row."""

import numpy as np
import onnx

from tests.engines import as_list, read_names

NAME = "Apache TVM"
PACKAGE = "apache-tvm"
WRITTEN_IN = "C++"
INSTALL = "pip install apache-tvm"


def load():
    import tvm
    from tvm.relax.frontend import onnx as frontend

    return tvm, frontend


def compile_file(path):
    """Return a file as a function of TVM's, for any number of rows that the file takes."""
    tvm, frontend = load()
    executable = tvm.compile(frontend.from_onnx(onnx.load(path)), target="llvm")
    return tvm.relax.VirtualMachine(executable, tvm.cpu())["main"]


def run(path, inputs):
    function = compile_file(path)
    outputs = as_list(function(*[np.ascontiguousarray(array) for array in inputs]))
    arrays = [output.numpy() for output in outputs]
    _, names = read_names(path)
    is_sequence = len(arrays) > 1 and len(names) == 1
    return [arrays] if is_sequence else arrays
