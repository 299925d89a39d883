"""Build a neural network of any depth from an ONNX operator of your own, called once a layer.

You will have trained a network on scanned digits, defined the operator Dense as a function in a
domain of your own, built the network from it, watched the function dissolve into operators that
every runtime knows, and seen four programs agree with scikit-learn on every digit.

    H1 = Dense(X, W1, B1; 0)    H2 = Dense(H1, W2, B2; 0)    H3 = Dense(H2, W3, B3; 1)
    P = Softmax(H3)             Dense(X, W, B; alpha) = LeakyRelu(X @ W + B; alpha)

    X       (N, 64)  images of 8 x 8 pixels, 0 to 1    H1 (N, 32), H2 (N, 16)  hidden layers
    Wi, Bi           weights and bias of layer i       H3, P  (N, 10)  logits, probabilities

Run it:  python neural_network.py
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from numpy.testing import assert_, assert_allclose, assert_array_equal
from onnx import AttributeProto, TensorProto, helper, inliner, numpy_helper
from onnx.reference import ReferenceEvaluator
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

# onnx stamps the newest opset and IR version by default, which most runtimes refuse; these two load
# everywhere, and IR version 8 is the first that knows functions.
OPSET = 18
IR_VERSION = 8
DOMAIN = "tutorial"  # a family of operators of our own: no clash with anybody else's Dense
DOMAIN_VERSION = 1
HIDDEN = (32, 16)
TOLERANCE = 1e-5  # float32 keeps 7 digits: logits around 10 are good to 1e-5, probabilities more so
METADATA = {
    "features": "8 x 8 pixels, row by row, from 0 (paper) to 1 (ink)",
    "classes": "0,1,2,3,4,5,6,7,8,9",
    "data": "UCI digits, bundled with scikit-learn",
}


# 1. Data, training, reference ---------------------------------------------------------------------
def load_data():
    """Return X_train (1347, 64), X_test (450, 64), y_train, y_test: UCI's digits, pixels 0 to 1."""
    X, y = load_digits(return_X_y=True)
    return train_test_split(X / 16, y, stratify=y, random_state=0)


def train(X, y, hidden=HIDDEN):
    """Return a fitted classifier: weights in coefs_, biases in intercepts_, both float64."""
    return MLPClassifier(hidden, learning_rate_init=0.01, tol=1e-3, random_state=0).fit(X, y)


def reference(X, weights, biases):
    """Return the probabilities P (N, classes) by numpy alone: what the graph has to reproduce."""
    H = X
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), 1):
        alpha = float(i == len(weights))  # 0 makes LeakyRelu a ReLU, 1 no activation at all
        Z = H @ W + B  # (N, inputs) @ (inputs, outputs) -> (N, outputs)
        H = np.where(Z < 0, alpha * Z, Z)
    E = np.exp(H - H.max(axis=1, keepdims=True))  # without the maximum, exp overflows
    return E / E.sum(axis=1, keepdims=True)


# 2. Graph -----------------------------------------------------------------------------------------
def make_dense():
    """Return the function Dense(X, W, B; alpha): an operator made of operators."""
    matmul = helper.make_node("MatMul", ["X", "W"], ["XW"])
    add = helper.make_node("Add", ["XW", "B"], ["Z"])
    leaky_relu = helper.make_node("LeakyRelu", ["Z"], ["Y"])
    # This alpha is a reference, no number: it stands for the alpha with which Dense is called.
    alpha = AttributeProto(name="alpha", ref_attr_name="alpha", type=AttributeProto.FLOAT)
    leaky_relu.attribute.append(alpha)
    nodes, opset = [matmul, add, leaky_relu], helper.make_opsetid("", OPSET)  # the model's opset
    return helper.make_function(DOMAIN, "Dense", ["X", "W", "B"], ["Y"], nodes, [opset], ["alpha"])


def build_model(weights, biases):
    """Return the checked model of a network, a layer for each W (inputs, outputs) and B (outputs,).

    ValueError if there is no layer, a layer lacks W or B, or their shapes do not fit together.
    """
    if not weights or len(weights) != len(biases):
        raise ValueError(f"got {len(weights)} W and {len(biases)} B: expected one of each a layer")
    nodes, initializers, H, width = [], [], "X", len(weights[0])
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), 1):
        W, B = np.asarray(W, np.float32), np.asarray(B, np.float32)
        if W.ndim != 2 or len(W) != width or B.shape != W.shape[1:]:
            want = f"({width}, outputs) and (outputs,)"
            raise ValueError(f"layer {i}: W is {W.shape} and B is {B.shape}: expected {want}")
        initializers += [numpy_helper.from_array(W, f"W{i}"), numpy_helper.from_array(B, f"B{i}")]
        # Every call states alpha. A default in the function would do for onnxruntime, but inlining
        # forgets it without a word (LeakyRelu falls back to 0.01) and onnx.reference refuses it.
        alpha = float(i == len(weights))
        wires = [H, f"W{i}", f"B{i}"], [f"H{i}"]
        nodes.append(helper.make_node("Dense", *wires, domain=DOMAIN, alpha=alpha))
        H, width = f"H{i}", W.shape[1]
    nodes.append(helper.make_node("Softmax", [H], ["P"], axis=1))
    inputs = [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", len(weights[0])])]
    outputs = [helper.make_tensor_value_info("P", TensorProto.FLOAT, ["N", width])]
    graph = helper.make_graph(nodes, "digits", inputs, outputs, initializers)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(DOMAIN, DOMAIN_VERSION)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    model.functions.append(make_dense())  # the file brings the operator along
    model.producer_name, model.doc_string = "onnx-tutorial", "Handwritten digits: X to P"
    helper.set_model_props(model, METADATA)
    onnx.checker.check_model(model, full_check=True)  # without full_check wrong shapes pass
    return model


def inline(model):
    """Return the same model in standard operators alone, for runtimes that know no functions."""
    portable = inliner.inline_local_functions(model)
    portable.opset_import.remove(helper.make_opsetid(DOMAIN, DOMAIN_VERSION))  # the inliner forgets
    onnx.checker.check_model(portable, full_check=True)
    return portable


# 3. File ------------------------------------------------------------------------------------------
def save_model(model, path):
    """Write the model to a file, whole or not at all; ValueError where that is impossible."""
    try:
        if path.exists() and not path.is_file():
            raise OSError(None, "not a file")
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            complete = Path(folder, "model.onnx")
            complete.write_bytes(model.SerializeToString())
            complete.replace(path)  # in one step: a failed write costs nobody an earlier file
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}; expected a writable path") from error


def load_model(path):
    """Return a session that runs the file; ValueError unless the file holds a whole model."""
    try:
        return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:  # the only class that onnxruntime's errors have in common
        raise ValueError(f"{path}: expected a model; {' '.join(str(error).split())}") from error


# 4. Run -------------------------------------------------------------------------------------------
def predict(session, X):
    """Return the probabilities P (N, 10) by onnxruntime; ValueError unless X is (N, 64), finite."""
    X, width = np.asarray(X, float), session.get_inputs()[0].shape[1]
    if X.ndim != 2 or X.shape[1] != width:
        raise ValueError(f"X is {X.shape}: expected (N, {width})")
    if not (abs(X) < 1e30).all():  # False for NaN too; float32 itself ends near 3e38
        raise ValueError("X holds NaN, infinity or too large a number: expected less than 1e30")
    return session.run(None, {"X": X.astype(np.float32)})[0]  # it would refuse numpy's float64


def optimise(path):
    """Return the model that onnxruntime really executes, by way of a temporary folder."""
    options = onnxruntime.SessionOptions()
    # One level below the default, whose result would suit this computer's processor only.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    with tempfile.TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder, "optimised.onnx"))
        onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return onnx.load(options.optimized_model_filepath)


def draw(image, caption):
    """Return 64 pixels as 8 lines of text, denser where there is ink, with a caption beside."""
    rows = ["".join(2 * " .:-=+*#%@"[round(9 * ink)] for ink in row) for row in image.reshape(8, 8)]
    rows[4] += f"   {caption}"
    return "\n".join(row.rstrip() for row in rows)


# 5. Story -----------------------------------------------------------------------------------------
def main(argv=None) -> int:
    """Print each step and what it proves; return 1 if numbers disagree, 2 after bad input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default="neural_network.onnx", metavar="PATH")
    parser.error = lambda message: parser.exit(2, f"error: {message}; {parser.format_usage()}")
    path = parser.parse_args(argv).output
    try:
        X_train, X_test, y_train, y_test = load_data()
        classifier = train(X_train, y_train)
        weights, biases = classifier.coefs_, classifier.intercepts_
        P_numpy = reference(X_test, weights, biases)
        digits = P_numpy.argmax(axis=1)
        print(f"learned    {(digits == y_test).mean():.1%} of {len(digits)} unseen digits right")

        model = build_model(weights, biases)
        portable = inline(model)
        print(onnx.printer.to_text(model.functions[0]).partition(">\n")[2])  # without its header
        g = model.graph
        print(onnx.printer.to_text(helper.make_graph(g.node, g.name, g.input, g.output)))
        kinds = ", ".join(dict.fromkeys(node.op_type for node in portable.graph.node))
        print(f"inlined    Dense is gone: {len(portable.graph.node)} nodes of {kinds}")

        portable_path = path.parent / f"{path.stem}.portable.onnx"
        for file, content in ((path, model), (portable_path, portable)):
            save_model(content, file)
            size = sum(len(tensor.raw_data) for tensor in content.graph.initializer)
            print(f"written    {file}, {file.stat().st_size} bytes, {size} of them weights")
            assert_(onnx.load(file) == content, f"{file} does not hold what was written")
        print("read back  both equal to what was written, field by field")
        executed = optimise(path)
        assert_(not executed.functions, "onnxruntime kept the function")
        print("executed  ", *(node.op_type for node in executed.graph.node))

        P = predict(load_model(path), X_test)
        print(draw(X_test[0], f"predicted  a {P[0].argmax()}, with probability {P[0].max():.3f}"))
        answers = {"scikit-learn": classifier.predict_proba(X_test), "onnxruntime": P}
        answers["portable file"] = predict(load_model(portable_path), X_test)
        evaluator = ReferenceEvaluator(portable)  # onnx's own runtime: slow, to check others by
        answers["onnx.reference"] = evaluator.run(["P"], {"X": X_test.astype(np.float32)})[0]
        for name, P in answers.items():
            assert_array_equal(P.argmax(axis=1), digits, err_msg=f"digits by {name}, by numpy")
            assert_allclose(P, P_numpy, rtol=0, atol=TOLERANCE, err_msg=f"{name}, numpy")
        distance = 10 ** np.log10(max(abs(P - P_numpy).max() for P in answers.values())).round()
        print(f"compared   {', '.join(answers)}, numpy")
        print(f"verdict    the same {len(digits)} digits, probabilities about {distance:.0e} apart")
    except (ValueError, AssertionError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1 if isinstance(error, AssertionError) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
