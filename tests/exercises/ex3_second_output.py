"""Return the last hidden layer beside the probabilities: what the network sees, in 16 numbers.

    X  (N, 64)  pixels     P  (N, 10)  probabilities     H2  (N, 16)  last hidden layer

No node is added: H2 is a wire already, and an output is a wire that is declared. Both outputs are
compared with numpy in float64; a nearest-neighbour classifier shows what H2 is good for.
"""

import numpy as np
from numpy.testing import assert_allclose
from onnx import TensorProto, checker, helper
from sklearn.neighbors import KNeighborsClassifier

import neural_network as script


def main():
    X_train, X_test, y_train, y_test = script.load_data()
    classifier = script.train(X_train, y_train)
    (W1, W2, _), (B1, B2, _) = weights, biases = classifier.coefs_, classifier.intercepts_
    model = script.build_model(weights, biases)
    H2 = helper.make_tensor_value_info("H2", TensorProto.FLOAT, ["N", W2.shape[1]])
    model.graph.output.append(H2)  # behind P: whoever takes the first output still gets P
    checker.check_model(model, full_check=True)
    content, providers = model.SerializeToString(), ["CPUExecutionProvider"]
    session = script.onnxruntime.InferenceSession(content, providers=providers)
    P, seen = session.run(["P", "H2"], {"X": X_test.astype(np.float32)})
    known = session.run(["H2"], {"X": X_train.astype(np.float32)})[0]  # (N, 64) -> (N, 16)
    expected = np.maximum(np.maximum(X_test @ W1 + B1, 0) @ W2 + B2, 0)
    # float32 keeps 7 digits: sums around 10 are good to 1e-5, probabilities more so.
    assert_allclose(seen, expected, rtol=0, atol=1e-5)
    assert_allclose(P, script.reference(X_test, weights, biases), rtol=0, atol=1e-5)
    right = KNeighborsClassifier(1).fit(known, y_train).score(seen, y_test)
    print(f"compared    H2 is {abs(seen - expected).max():.0e} from numpy")
    print(f"neighbours  {right:.1%} of {len(y_test)} unseen digits right, by H2 alone")


if __name__ == "__main__":
    main()
