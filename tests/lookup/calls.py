"""How each engine is called, in as few lines as it takes: what a program to copy consists of.

tests/engines calls them for any file and past all their traps, and imports our own code; a program
that is sent to somebody can't. Each function here becomes lines of such a program: what stands
before its first blank line goes to the top, and what it returns is called `answers` there. They
find the model in case.onnx, and take the inputs by name and the right answers.
"""

import numpy as np
import onnx


def apache_tvm(inputs, right):
    import tvm
    from tvm.relax.frontend.onnx import from_onnx

    executable = tvm.compile(from_onnx(onnx.load("case.onnx")), target="llvm")
    function = tvm.relax.VirtualMachine(executable, tvm.cpu())["main"]
    outputs = function(*inputs.values())
    outputs = [outputs] if len(right) == 1 else outputs
    return [output.numpy() for output in outputs]


def iree(inputs, right):
    from iree import compiler, runtime
    from iree.compiler.extras import onnx_importer

    info = onnx_importer.ModelInfo(onnx.shape_inference.infer_shapes(onnx.load("case.onnx")))
    module = info.create_module().operation
    onnx_importer.NodeImporter.define_function(info.main_graph, module).import_all()
    target = {"target_backends": ["llvm-cpu"], "extra_args": ["--iree-llvmcpu-target-cpu=host"]}
    binary = compiler.compile_str(str(module), input_type="onnx", **target)
    function = runtime.load_vm_flatbuffer(binary, driver="local-sync")[info.model_proto.graph.name]
    outputs = function(*inputs.values())
    outputs = [outputs] if len(right) == 1 else outputs
    return [output.to_host() for output in outputs]


def mnn(inputs, right):
    from _tools import mnnconvert
    from MNN import expr, nn

    command = "mnnconvert -f ONNX --bizCode any --modelFile case.onnx --MNNModel case.mnn"
    mnnconvert(command.split())
    names = [output.name for output in onnx.load("case.onnx").graph.output]
    network = nn.load_module_from_file("case.mnn", list(inputs), names)
    types = {"float32": expr.float, "int32": expr.int, "uint8": expr.uint8}
    variables = []
    for array in inputs.values():
        if array.dtype.name not in types:
            array = array.astype(np.int32)  # what its converter makes of int64 and bool
        shape = list(array.shape)
        variables.append(expr.const(array, shape, expr.NCHW, types[array.dtype.name]))
    return [expr.convert(output, expr.NCHW).read() for output in network.forward(variables)]


def ncnn(inputs, right):
    import re
    import subprocess
    from pathlib import Path

    import ncnn

    shapes = ",".join(str(list(array.shape)).replace(" ", "") for array in inputs.values())
    subprocess.run(["pnnx", "case.onnx", f"inputshape={shapes}", "fp16=0"], check=True)
    # Which axis counts the rows stands in the example that pnnx writes.
    example = Path("case_ncnn.py").read_text()
    axes = re.findall(r"(\w+)\.numpy\((?:\), )?batch_index=(\d+)\)", example)
    axes = {name: int(axis) for name, axis in axes}
    network = ncnn.Net()
    network.opt.use_fp16_packed = False
    network.opt.use_fp16_storage = False
    network.opt.use_fp16_arithmetic = False
    network.load_param("case.ncnn.param")
    network.load_model("case.ncnn.bin")
    extractor = network.create_extractor()
    for i, array in enumerate(inputs.values()):
        extractor.input(f"in{i}", ncnn.Mat(array, batch_index=axes[f"in{i}"]).clone())
    outputs = [f"out{i}" for i in range(len(right))]
    return [extractor.extract(name)[1].numpy(batch_index=axes[name]) for name in outputs]


def onnx2torch(inputs, right):
    import onnx2torch
    import torch

    network = onnx2torch.convert("case.onnx").eval()
    with torch.inference_mode():
        outputs = network(*[torch.from_numpy(array) for array in inputs.values()])
    outputs = [outputs] if len(right) == 1 else outputs
    return [output.numpy() for output in outputs]


def onnx_reference(inputs, right):
    from onnx.reference import ReferenceEvaluator

    return ReferenceEvaluator("case.onnx").run(None, inputs)


def onnxruntime(inputs, right):
    import os

    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read by the import
    import onnxruntime

    session = onnxruntime.InferenceSession("case.onnx", providers=["CPUExecutionProvider"])
    return session.run(None, inputs)


def opencv(inputs, right):
    import cv2

    network = cv2.dnn.readNetFromONNX("case.onnx")
    for name, array in inputs.items():
        network.setInput(array, name)
    return network.forward([output.name for output in onnx.load("case.onnx").graph.output])


def openvino(inputs, right):
    import sys

    sys.modules["openvino_telemetry"] = None  # which reports usage
    import openvino

    compiled = openvino.compile_model("case.onnx", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    outputs = compiled(list(inputs.values()))
    return [outputs[i] for i in range(len(right))]


def plain_c(inputs, right):
    import ctypes
    import subprocess
    from pathlib import Path

    from emx_onnx_cgen import Compiler

    Path("case.c").write_text(Compiler().compile(onnx.load("case.onnx")))
    command = ["cc", "-O1", "-shared", "-fPIC", "case.c", "-o", "case.so", "-lm"]
    subprocess.run(command, check=True)
    outputs = [np.zeros_like(array) for array in right]
    arrays = [*inputs.values(), *outputs]
    function = ctypes.CDLL("./case.so").model
    function(*[ctypes.c_void_p(array.ctypes.data) for array in arrays])
    return outputs


def tinygrad(inputs, right):
    import os
    import sys
    from pathlib import Path

    clang = Path("clang").absolute()  # tinygrad calls its compiler by one word
    clang.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ziglang clang "$@"\n')
    clang.chmod(0o755)
    os.environ |= {"DEV": "CPU:CLANG", "CC": str(clang), "CACHELEVEL": "0"}  # read by the import
    from tinygrad.nn.onnx import OnnxRunner

    outputs = OnnxRunner("case.onnx")(inputs)
    return [output.numpy() for output in outputs.values()]


def tract(inputs, right):
    import tract

    runnable = tract.onnx().load("case.onnx").into_model().into_runnable()
    return [output.to_numpy() for output in runnable.run(list(inputs.values()))]
