"""How do I run my ONNX file in IREE?

Install it:  pip install iree-base-compiler iree-base-runtime
Try it:      pytest tests/interop/test_runs_in_iree.py
Rows go in:  as numpy arrays, in the order of the file's inputs
"""

import functools

import onnx

from tests.interop.common import need

NAME = "IREE"
ENGINE = "IREE"
WRITTEN_IN = "C++"
REFUSALS = {
    "recurrence": 'torch.operator "onnx.RNN"',  # below "unexpected result less than 0"
    # "failed to legalize operation 'torch.operator'", and then the line with the operator's name
    "user-defined operator": 'torch.operator "onnx.Dense"',
    "ai.onnx.ml": 'torch.operator "onnx.Scaler"',
}
compiler = need(NAME, "iree.compiler")
importer = need(NAME, "iree.compiler.extras.onnx_importer")
runtime = need(NAME, "iree.runtime")


@functools.cache
def load(path):
    """Return the file as a function of its inputs, compiled once for any number of rows."""
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


def run(path, feed):
    """Return the file's output for a feed {name of an input: array}."""
    function = load(path)
    return function(*feed.values()).to_host()


def test_a_file_gives_numpys_numbers_or_is_refused(check, column):
    check(run, column, REFUSALS)
