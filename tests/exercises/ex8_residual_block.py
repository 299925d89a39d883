"""Define an operator that calls another of your own: a residual block made of two Dense.

As a function and inlined, it has to give what numpy computes in float64, to float32's 7 digits.
"""

import numpy as np
import onnx
from numpy.testing import assert_allclose

import neural_network as script

MODEL = """<ir_version: 8, opset_import: ["": 18, "tutorial": 1]>
block (float[N,8] X, float[8,5] W1, float[5] B1, float[5,8] W2, float[8] B2) => (float[N,8] Y) {
   Y = tutorial.Residual (X, W1, B1, W2, B2)
}
<domain: "tutorial", opset_import: ["": 18, "tutorial": 1]>
Residual (X, W1, B1, W2, B2) => (Y) {
   H = tutorial.Dense <alpha: float = 0.0> (X, W1, B1)
   Z = tutorial.Dense <alpha: float = 1.0> (H, W2, B2)
   Y = Add (X, Z)
}"""


def main():
    model = onnx.parser.parse_model(MODEL)
    model.functions.append(script.make_dense())  # a file brings every operator along that it calls
    onnx.checker.check_model(model, full_check=True)
    shapes, normal = [(100, 8), (8, 5), (5,), (5, 8), (8,)], np.random.default_rng(0).normal
    X, W1, B1, W2, B2 = inputs = [normal(size=shape) for shape in shapes]
    expected = X + np.maximum(X @ W1 + B1, 0) @ W2 + B2
    feed = {value.name: np.float32(a) for value, a in zip(model.graph.input, inputs, strict=True)}
    for each in (model, script.inline(model)):
        content, providers = each.SerializeToString(), ["CPUExecutionProvider"]
        session = script.onnxruntime.InferenceSession(content, providers=providers)
        assert_allclose(session.run(["Y"], feed)[0], expected, rtol=0, atol=1e-5)  # sums near 10
        print("agrees with numpy:", *(node.op_type for node in each.graph.node))


if __name__ == "__main__":
    main()
