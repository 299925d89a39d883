"""How do I run my ONNX file in IREE?"""

import functools

import onnx

from tests.interop.common import need

NAME, WRITTEN_IN = "IREE", "C++"
compiler = need(NAME, "iree.compiler")
importer = need(NAME, "iree.compiler.extras.onnx_importer")
runtime = need(NAME, "iree.runtime")


@functools.cache
def load(path):
    """Return the file as a function of X, compiled once for any number of rows."""
    # What the program iree-import-onnx does: write the graph in MLIR, the compiler's language.
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


def run(path, X):
    """Return the file's output for the rows X."""
    return load(path)(X).to_host()


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_it_refuses_the_operator_of_our_own(refused):
    # "failed to legalize operation 'torch.operator'", and then the line with the operator's name
    refused(run, "neural_network.onnx", 'torch.operator "onnx.Dense"')


def test_it_refuses_ai_onnx_ml(refused):
    refused(run, "sklearn_converter.onnx", 'torch.operator "onnx.Scaler"')
