"""Apache TVM, in C++. It brings its own LLVM, and takes arrays that lie row by row."""

import numpy as np
import onnx

from tests.engines import as_list

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
    fed = []
    for given in inputs:  # numpy would make one array of a sequence, which TVM refuses in its words
        # A copy: TVM refuses what must not be written to.
        fed.append(given if isinstance(given, list) else np.array(given, order="C"))
    outputs = as_list(function(*fed))
    arrays = [output.numpy() for output in outputs]
    answers = onnx.load(path, load_external_data=False).graph.output
    is_sequence = len(answers) == 1 and answers[0].type.HasField("sequence_type")
    return [arrays] if is_sequence else arrays
