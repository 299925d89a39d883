"""What an optimiser makes of an ONNX file:  python -m tests.interop.optimise TOOL IN.onnx OUT.onnx

Install them:  pip install onnxslim onnxsim onnxoptimizer onnxruntime
"""

import sys

import onnx


def operators(graph):
    """Return the operators of a graph in their order, those of the graphs inside it included."""
    found = []
    for node in graph.node:
        found.append((node.domain, node.op_type))
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:  # g is empty unless there is one
                found.extend(operators(inner))
    return found


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
