"""How each engine runs a file of several inputs and outputs: one function an engine.

Each takes a file's path, the list of its inputs and the names of its outputs, and returns the list
of its outputs as numpy arrays. What an engine cannot do, it says by an exception of its own.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx


def input_names(path):
    """Return the names of a file's inputs."""
    return [value.name for value in onnx.load(path).graph.input]


def output_names(path):
    """Return the names of a file's outputs."""
    return [value.name for value in onnx.load(path).graph.output]


def as_list(outputs):
    """Return outputs as a list: some engines hand over a single one without."""
    single = hasattr(outputs, "shape")
    return [outputs] if single else list(outputs)


def run_onnxruntime(path, inputs):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(None, dict(zip(input_names(path), inputs, strict=True)))


def run_onnx_reference(path, inputs):
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(str(path))
    return evaluator.run(None, dict(zip(input_names(path), inputs, strict=True)))


def run_openvino(path, inputs):
    import openvino

    # Without the hint it computes in bfloat16, which keeps 3 digits, wherever the processor can.
    model = openvino.compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    outputs = model(inputs)
    return [outputs[i] for i in range(len(outputs))]


def run_opencv(path, inputs):
    import cv2

    network = cv2.dnn.readNetFromONNX(str(path))
    for name, array in zip(input_names(path), inputs, strict=True):
        network.setInput(array, name)
    return list(network.forward(output_names(path)))


def run_tract(path, inputs):
    import tract

    model = tract.onnx().load(path).into_model().into_runnable()
    return [output.to_numpy() for output in model.run(inputs)]


def run_tvm(path, inputs):
    import tvm
    from tvm.relax.frontend.onnx import from_onnx

    module = from_onnx(onnx.load(path))
    executable = tvm.compile(module, target="llvm")
    function = tvm.relax.VirtualMachine(executable, tvm.cpu())["main"]
    outputs = as_list(function(*[np.ascontiguousarray(array) for array in inputs]))
    arrays = [output.numpy() for output in outputs]
    sequence = len(arrays) > 1 and len(output_names(path)) == 1
    return [arrays] if sequence else arrays


def run_iree(path, inputs):
    from iree import compiler, runtime
    from iree.compiler.extras import onnx_importer

    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    info = onnx_importer.ModelInfo(model)
    module = info.create_module().operation
    onnx_importer.NodeImporter.define_function(info.main_graph, module).import_all()
    binary = compiler.compile_str(
        str(module),
        input_type="onnx",
        target_backends=["llvm-cpu"],
        extra_args=["--iree-llvmcpu-target-cpu=host"],
    )
    loaded = runtime.load_vm_flatbuffer(binary, driver="local-sync")
    outputs = loaded[model.graph.name](*inputs)
    return [output.to_host() for output in as_list(outputs)]


def run_pytorch(path, inputs):
    import onnx2torch
    import torch

    network = onnx2torch.convert(str(path))
    network.eval()  # or BatchNormalization would use the statistics of these inputs
    tensors = [torch.from_numpy(array.copy()) for array in inputs]
    with torch.inference_mode():
        outputs = as_list(network(*tensors))
    return [output.numpy() for output in outputs]


def run_tinygrad(path, inputs):
    from tinygrad.nn.onnx import OnnxRunner

    outputs = OnnxRunner(path)(dict(zip(input_names(path), inputs, strict=True)))
    return [outputs[name].numpy() for name in output_names(path)]


def run_plain_c(path, inputs):
    import ctypes

    from tests.interop.operators.import_emx_onnx_cgen import COMPILER

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "model.c")
        library = Path(folder, "model.so")
        source.write_text(COMPILER.compile(onnx.load(path)), encoding="utf-8")
        execute("cc", "-O1", "-shared", "-fPIC", source, "-o", library, "-lm")
        function = ctypes.CDLL(str(library)).model
    outputs = []
    for value in onnx.load(path).graph.output:
        tensor = value.type.tensor_type
        shape = [dim.dim_value for dim in tensor.shape.dim]
        outputs.append(np.zeros(shape, onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)))
    arguments = []
    arrays = []  # which stay in memory while C reads them
    for value, given in zip(onnx.load(path).graph.input, inputs, strict=True):
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


def run_mnn(path, inputs):
    from _tools import mnnconvert  # the command itself reports to its maker what it converts
    from MNN import expr, nn

    if any(value.type.HasField("sequence_type") for value in onnx.load(path).graph.output):
        raise TypeError("MNN has no sequences")
    # MNN's converter takes int64 for int32, and bool, too; other types are not for its Python.
    types = {"float32": expr.float, "int32": expr.int, "uint8": expr.uint8}
    variables = []
    for array in inputs:
        if array.dtype in (np.int64, bool):
            array = array.astype(np.int32)
        variables.append(expr.const(array, list(array.shape), expr.NCHW, types[array.dtype.name]))
    with tempfile.TemporaryDirectory() as folder:
        converted = Path(folder, "model.mnn")
        command = f"mnnconvert -f ONNX --modelFile {path} --MNNModel {converted} --bizCode any"
        mnnconvert(command.split())
        if not converted.exists():
            raise RuntimeError("the converter wrote nothing")
        network = nn.load_module_from_file(str(converted), input_names(path), output_names(path))
    outputs = network.forward(variables)
    return [expr.convert(output, expr.NCHW).read() for output in outputs]


def run_ncnn(path, inputs):
    import ncnn

    if any(array.dtype != np.float32 for array in inputs):
        raise TypeError("ncnn takes float32 alone")
    shapes = [f"[{','.join(map(str, array.shape))}]" for array in inputs]
    pnnx = Path(sys.executable).with_name("pnnx")
    execute(pnnx, path.name, f"inputshape={','.join(shapes)}", "fp16=0", folder=path.parent)
    network = ncnn.Net()
    network.opt.use_fp16_packed = False  # or three digits are left
    network.opt.use_fp16_storage = False
    network.opt.use_fp16_arithmetic = False
    if network.load_param(str(path.with_suffix(".ncnn.param"))):
        raise RuntimeError("ncnn does not load what pnnx wrote")
    network.load_model(str(path.with_suffix(".ncnn.bin")))
    # Which axis of an input or output counts examples stands in a script that pnnx writes.
    script = path.with_name(f"{path.stem}_ncnn.py").read_text(encoding="utf-8")
    batch = dict(re.findall(r"(\w+)\.numpy\((?:\), )?batch_index=(\d+)\)", script))
    extractor = network.create_extractor()
    for i, array in enumerate(inputs):
        name = f"in{i}"
        extractor.input(name, ncnn.Mat(array, batch_index=int(batch[name])).clone())
    outputs = []
    for i in range(len(output_names(path))):
        name = f"out{i}"
        status, answer = extractor.extract(name)
        if status:
            raise RuntimeError(f"ncnn computes no {name}")
        outputs.append(answer.numpy(batch_index=int(batch[name])))
    return outputs


def execute(*command, folder=None):
    """Run a program in a folder; RuntimeError with the end of what it says if it fails."""
    process = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder)
    if process.returncode:
        raise RuntimeError((process.stdout + process.stderr)[-300:])


HERE = "tests.interop.operators"

# {name: (function, what to import before it runs, package whose version counts)}
ENGINES = {
    "ONNX Runtime": (run_onnxruntime, ["onnxruntime"], "onnxruntime"),
    "onnx.reference": (run_onnx_reference, ["onnx.reference"], "onnx"),
    "OpenVINO": (run_openvino, ["openvino"], "openvino"),
    "OpenCV": (run_opencv, ["cv2"], "opencv-python-headless"),
    "tract": (run_tract, ["tract"], "tract"),
    "Apache TVM": (run_tvm, ["tvm", "tvm.relax.frontend.onnx"], "apache-tvm"),
    "PyTorch": (run_pytorch, [f"{HERE}.import_onnx2torch"], "onnx2torch"),
    "IREE": (
        run_iree,
        ["iree.compiler.extras.onnx_importer", "iree.runtime"],
        "iree-base-compiler",
    ),
    "tinygrad": (run_tinygrad, ["tinygrad.nn.onnx"], "tinygrad"),
    "Plain C": (run_plain_c, [f"{HERE}.import_emx_onnx_cgen"], "emx-onnx-cgen"),
    "MNN": (run_mnn, ["_tools", "MNN"], "mnn"),
    "ncnn": (run_ncnn, ["ncnn"], "ncnn"),
}
# These compile each case, which takes seconds: {name: how many cases of an operator they run}.
SLOW = {"IREE": 2, "tinygrad": 2, "ncnn": 2}
