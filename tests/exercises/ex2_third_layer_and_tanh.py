"""Give the network a third hidden layer, then let its hidden layers use Tanh.

The third layer changes one constant and no line of the graph; Tanh changes the operator, and what
the calls say. Both networks have to give scikit-learn's probabilities, which are float64.
"""

from numpy.testing import assert_allclose
from onnx import checker, helper
from sklearn.neural_network import MLPClassifier

import neural_network as script


def use_tanh(model):
    """Make every Dense but the last one a DenseTanh(X, W, B) = Tanh(X @ W + B)."""
    function = script.make_dense()
    function.name, function.node[2].op_type = "DenseTanh", "Tanh"
    del function.attribute[:], function.node[2].attribute[:]  # Tanh has no alpha
    model.functions.append(function)
    for node in model.graph.node[:-2]:  # the last two are the output layer and Softmax
        node.CopyFrom(helper.make_node("DenseTanh", node.input, node.output, domain=script.DOMAIN))
    checker.check_model(model, full_check=True)


def main():
    X_train, X_test, y_train, _ = script.load_data()
    for name, edit in (("relu", checker.check_model), ("tanh", use_tanh)):
        network = MLPClassifier((32, 16, 8), name, learning_rate_init=0.01, random_state=0)
        network.fit(X_train, y_train)
        model = script.build_model(network.coefs_, network.intercepts_)
        edit(model)
        content, providers = model.SerializeToString(), ["CPUExecutionProvider"]
        session = script.onnxruntime.InferenceSession(content, providers=providers)
        P, P_sklearn = script.predict(session, X_test), network.predict_proba(X_test)
        assert_allclose(P, P_sklearn, rtol=0, atol=1e-5)  # float32: logits near 10 are good to 1e-5
        print(f"{name} ", *(node.op_type for node in model.graph.node))


if __name__ == "__main__":
    main()
