"""The smallest cases that show why engines answer real files otherwise, in the form of by_hand.py.

Each function returns (model, inputs, right answers); numpy computes what is right, in float64.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def build(nodes, inputs, constants, shape, opset):
    """Return a model of {name: array} inputs and constants whose only output is y."""
    values = []
    for name, array in inputs.items():
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        values.append(helper.make_tensor_value_info(name, kind, array.shape))
    tensors = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)
    graph = helper.make_graph(nodes, "smallest", values, [output], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=7)
    onnx.checker.check_model(model, full_check=True)
    return model


def conv_with_a_kernel_of_nine_in_a_row(taps=9):
    """Conv 11, four filters of 1 by 9: OpenCV 5 answers otherwise. taps=8 is right."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 1, 1, 21)).astype(np.float32)
    w = rng.normal(size=(4, 1, 1, taps)).astype(np.float32)
    node = helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=[1, taps])
    row = x.ravel().astype(float)
    exact = np.stack([np.correlate(row, line.ravel(), "valid") for line in w])[None, :, None]
    model = build([node], {"x": x}, {"w": w}, exact.shape, 11)
    return model, [x], [exact.astype(np.float32)]


def batch_normalization_by_its_own_statistics(opset=12):
    """BatchNormalization 9: onnx.reference takes the statistics of x. Of opset 14 it is right."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 4)).astype(np.float32)
    scale, bias, mean = rng.normal(size=(3, 3)).astype(np.float32)
    variance = rng.uniform(1, 2, 3).astype(np.float32)
    names = ["x", "scale", "bias", "mean", "variance"]
    node = helper.make_node("BatchNormalization", names, ["y"], epsilon=1e-5)
    arrays = [array.astype(float).reshape(1, 3, 1) for array in (scale, bias, mean, variance)]
    exact = (x - arrays[2]) / np.sqrt(arrays[3] + 1e-5) * arrays[0] + arrays[1]
    constants = dict(zip(names[1:], [scale, bias, mean, variance], strict=True))
    model = build([node], {"x": x}, constants, exact.shape, opset)
    return model, [x], [exact.astype(np.float32)]
