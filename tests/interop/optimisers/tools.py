"""Let an optimiser rewrite a file:  python -m tests.interop.optimisers.tools TOOL IN.onnx OUT.onnx

Install them:  pip install onnxslim onnxsim onnxoptimizer onnxruntime
"""

import sys

import onnx


def by_onnxslim(source, target):
    import onnxslim

    onnx.save(onnxslim.slim(onnx.load(source)), target)


def by_onnxsim(source, target):
    import onnxsim

    model, _agrees = onnxsim.simplify(onnx.load(source))  # it compares, but only if it is asked to
    onnx.save(model, target)


def by_onnx_optimizer(source, target):
    import onnxoptimizer

    onnx.save(onnxoptimizer.optimize(onnx.load(source)), target)


def by_onnxruntime(level, source, target):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, level)
    options.optimized_model_filepath = str(target)
    onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def by_onnxruntime_basic(source, target):
    by_onnxruntime("ORT_ENABLE_BASIC", source, target)


def by_onnxruntime_extended(source, target):
    by_onnxruntime("ORT_ENABLE_EXTENDED", source, target)


def by_onnxruntime_all(source, target):
    by_onnxruntime("ORT_ENABLE_ALL", source, target)


# {name: (function, package that it imports and whose version counts)}
TOOLS = {
    "onnxslim": (by_onnxslim, "onnxslim"),
    "onnxsim": (by_onnxsim, "onnxsim"),
    "ONNX Optimizer": (by_onnx_optimizer, "onnxoptimizer"),
    "onnxruntime, basic": (by_onnxruntime_basic, "onnxruntime"),
    "onnxruntime, extended": (by_onnxruntime_extended, "onnxruntime"),
    "onnxruntime, all": (by_onnxruntime_all, "onnxruntime"),
}

if __name__ == "__main__":
    _, tool, original, optimised = sys.argv
    function, _package = TOOLS[tool]
    function(original, optimised)
