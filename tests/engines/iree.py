"""IREE, in C++: a compiler, and a runtime for what it makes."""

import onnx

from tests.engines import as_list

NAME = "IREE"
PACKAGE = "iree-base-compiler"
WRITTEN_IN = "C++"
INSTALL = "pip install iree-base-compiler iree-base-runtime"


def load():
    from iree import compiler, runtime
    from iree.compiler.extras import onnx_importer

    return compiler, runtime, onnx_importer


def compile_file(path):
    """Return a file as a function of IREE's, for any number of rows that the file takes.

    What the program iree-import-onnx does: write the graph in MLIR, the compiler's language.
    """
    compiler, runtime, importer = load()
    model = onnx.shape_inference.infer_shapes(onnx.load(path))  # it needs the type of every wire
    info = importer.ModelInfo(model)
    module = info.create_module().operation
    importer.NodeImporter.define_function(info.main_graph, module).import_all()
    binary = compiler.compile_str(
        str(module),
        input_type="onnx",
        target_backends=["llvm-cpu"],
        extra_args=["--iree-llvmcpu-target-cpu=host"],  # or a page of warnings, and slower code
    )
    return runtime.load_vm_flatbuffer(binary, driver="local-sync")[model.graph.name]


def run(path, inputs):
    function = compile_file(path)
    return [output.to_host() for output in as_list(function(*inputs))]
