"""Plain C: emx-onnx-cgen writes one C file, and the system's compiler makes a library of it.

Free sizes are fixed before: the code for free ones is right for simple files only.
"""

import ctypes
import functools
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.engines import input_names

NAME = "Plain C"
PACKAGE = "emx-onnx-cgen"
WRITTEN_IN = "C"
INSTALL = "pip install emx-onnx-cgen, and a compiler for C"


@functools.cache
def load():
    """Return a compiler that has read its templates: it reads them for its first model."""
    from emx_onnx_cgen import Compiler
    from emx_onnx_cgen.compiler import CompilerOptions

    # Beyond 100 KiB weights would go into a second file, and be nothing until that is loaded.
    compiler = Compiler(CompilerOptions(large_weight_threshold=sys.maxsize))
    X = helper.make_tensor_value_info("X", TensorProto.FLOAT, [1])
    Y = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Abs", ["X"], ["Y"])], "graph", [X], [Y])
    imports = [helper.make_opsetid("", 18)]
    compiler.compile(helper.make_model(graph, opset_imports=imports, ir_version=8))
    return compiler


def fix_sizes(model, inputs):
    """Give the free dimensions of a model the sizes that its inputs have."""
    sizes = {}
    fed = set(input_names(model))
    values = [value for value in model.graph.input if value.name in fed]
    for value, array in zip(values, inputs, strict=True):
        for dim, size in zip(value.type.tensor_type.shape.dim, np.shape(array), strict=False):
            if dim.dim_param:
                sizes[dim.dim_param] = size
            if not dim.HasField("dim_value"):
                dim.dim_value = size
    for value in [*model.graph.output, *model.graph.value_info]:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in sizes:
                dim.dim_value = sizes[dim.dim_param]
    if has_free_size(model):  # as converters write outputs: under other names than the inputs
        for value in model.graph.output:
            value.type.tensor_type.ClearField("shape")
        del model.graph.value_info[:]
        model.CopyFrom(onnx.shape_inference.infer_shapes(model, data_prop=True))
    if has_free_size(model):
        raise ValueError("the sizes of an output are not known")


def has_free_size(model):
    """Return whether the size of an output is not known, so that no memory can be kept for it."""
    for value in model.graph.output:
        tensor = value.type.tensor_type
        known = [dim.HasField("dim_value") and dim.dim_value >= 0 for dim in tensor.shape.dim]
        if not tensor.HasField("shape") or not all(known):
            return True
    return False


def compile_file(source, library):
    """Make a library of C code; RuntimeError with the end of what the compiler says if it fails."""
    command = ["cc", "-O1", "-shared", "-fPIC", source, "-o", library, "-lm"]
    process = subprocess.run(command, capture_output=True, encoding="utf-8")
    if process.returncode:
        raise RuntimeError((process.stdout + process.stderr)[-300:])


def run(path, inputs):
    model = onnx.load(path)
    fix_sizes(model, inputs)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "model.c")
        library = Path(folder, "model.so")
        source.write_text(load().compile(model), encoding="utf-8")
        compile_file(source, library)
        function = ctypes.CDLL(str(library)).model
    outputs = []
    for value in model.graph.output:
        tensor = value.type.tensor_type
        shape = [dim.dim_value for dim in tensor.shape.dim]
        outputs.append(np.zeros(shape, helper.tensor_dtype_to_np_dtype(tensor.elem_type)))
    arguments = []
    arrays = []  # which stay in memory while C reads them
    fed = set(input_names(model))
    values = [value for value in model.graph.input if value.name in fed]
    for value, given in zip(values, inputs, strict=True):
        array = np.ascontiguousarray(np.zeros(1) if given is None else given)
        if array.dtype == object or isinstance(given, list):
            raise TypeError("words and sequences are something else in C")
        arrays.append(array)
        arguments.append(ctypes.c_void_p(array.ctypes.data))
        if value.type.HasField("optional_type"):  # the next argument says whether it is there
            arguments.append(ctypes.c_bool(given is not None))
    for array in outputs:
        arguments.append(ctypes.c_void_p(array.ctypes.data))
    function(*arguments)
    return outputs
