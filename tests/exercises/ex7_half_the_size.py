"""Halve the file, or cut it to a third: fewer bits for a weight, and W = Cast(raw) * step.

The file has to give what numpy computes in float64 from the weights that the graph restores.
"""

from timeit import repeat

import numpy as np
from numpy.testing import assert_, assert_allclose
from onnx import helper, numpy_helper

import neural_network as script


def main():
    X_train, X, y_train, y = script.load_data()
    network, feed, times = script.train(X_train, y_train), {"X": X.astype(np.float32)}, []
    for kind in ("float32", "float16", "int8"):  # of 2720 weights; the rest is 2 kB at most
        model, weights = script.build_model(network.coefs_, network.intercepts_), []
        for W, tensor in zip(network.coefs_, model.graph.initializer[::2], strict=True):
            n, step = tensor.name, np.array(abs(W).max() / 127, np.float32)
            raw = (np.rint(W / step) if kind == "int8" else W / step).astype(kind)  # -127 to 127
            weights.append(raw.astype(float) * step)
            tensor.CopyFrom(numpy_helper.from_array(raw, f"{n}_raw"))
            model.graph.initializer.append(numpy_helper.from_array(step, f"{n}_step"))
            model.graph.node.insert(0, helper.make_node("Mul", [f"{n}_big", f"{n}_step"], [n]))
            model.graph.node.insert(0, helper.make_node("Cast", [f"{n}_raw"], [f"{n}_big"], to=1))
        content, providers = model.SerializeToString(), ["CPUExecutionProvider"]
        session = script.onnxruntime.InferenceSession(content, providers=providers)
        P, P_numpy = session.run(None, feed)[0], script.reference(X, weights, network.intercepts_)
        assert_allclose(P, P_numpy, rtol=0, atol=1e-5)  # float32: logits near 10 are good to 1e-5
        times.append(min(repeat("session.run(None, feed)", globals=locals(), number=20)))
        right, changed = (P.argmax(1) == y).mean(), (P.argmax(1) != network.predict(X)).sum()
        size, speed, error = len(content), times[0] / times[-1], abs(raw - W / step).max()
        assert_(size < 2720 * np.dtype(kind).itemsize + 2000 and changed <= 4 and error <= 0.5)
        print(f"{kind}  {size} bytes, {speed:.1f} times as fast, {right:.1%} right, {changed} new")


if __name__ == "__main__":
    main()
