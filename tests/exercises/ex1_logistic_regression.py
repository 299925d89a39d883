"""Turn the linear regression into a logistic regression: one more node, Sigmoid.

    P = Sigmoid(X @ W + B)     X  (N, 3)  features, one row a day
                               P  (N, 1)  probability that more than 15 per mille escape

scikit-learn fits the weights; the file has to give its predict_proba, which is computed in float64.
"""

import tempfile
from pathlib import Path

import onnx
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

import linear_regression as script


def main():
    X, Y = script.load_data()
    classifier = LogisticRegression(max_iter=1000).fit(X, Y[:, 0] > 15)
    model = script.build_model(classifier.coef_.T, classifier.intercept_)  # (1, 3).T -> (3, 1)
    model.graph.node.append(onnx.helper.make_node("Sigmoid", ["Y"], ["P"]))
    model.graph.output[0].name = "P"  # Y is now a wire inside; type and shape stay as they were
    model.doc_string = "Much stack loss: P = Sigmoid(X @ W + B)"  # the old one would be a lie
    onnx.checker.check_model(model, full_check=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "logistic_regression.onnx")
        script.save_model(model, path)
        P = script.predict(script.load_model(path), X)
    # Terms of up to 60 add up to the logit: float32 is off by 2e-5, and Sigmoid divides by 4.
    expected = classifier.predict_proba(X)[:, 1:]  # (N, 2) -> (N, 1)
    assert_allclose(P, expected, rtol=0, atol=1e-5)
    print("nodes      ", *(node.op_type for node in model.graph.node))
    print(f"compared    {abs(P - expected).max():.0e} from scikit-learn, on {len(X)} days")


if __name__ == "__main__":
    main()
