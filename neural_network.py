"""Build a neural network of any depth from an ONNX operator of your own, called once a layer.

You will have trained a network on scanned digits, written the operator Dense as a function in a
domain of your own, built the network from it, watched the function dissolve into the standard's
operators, and seen scikit-learn, numpy, onnxruntime and onnx.reference agree on every digit.

    H1 = ReLU(X @ W1 + B1)      ReLU sets negative numbers to 0: that makes a layer more than a
    H2 = ReLU(H1 @ W2 + B2)     matrix. A chain of such layers is a multi-layer perceptron.
    H3 = H2 @ W3 + B3           The last layer is plain; its numbers are called logits, and
    P  = Softmax(H3)            Softmax makes probabilities of them: exp(H3), divided by its sum.

    X       (N, 64)  images of 8 x 8 pixels, 0 to 1    H1 (N, 32), H2 (N, 16)  hidden layers
    Wi, Bi           weights and bias of layer i       H3, P  (N, 10)  logits, probabilities

Run it:  python neural_network.py
"""

import argparse
import os
import signal
import tempfile
from pathlib import Path

import numpy as np
import onnx
from numpy.testing import assert_allclose, assert_array_equal
from onnx import TensorProto, helper, inliner, numpy_helper
from onnx.reference import ReferenceEvaluator
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

# Stated, because onnx stamps the newest it knows by default, and older runtimes refuse that.
OPSET = 18  # DENSE, below, states it, too
IR_VERSION = 8  # the first whose specification has functions
DOMAIN = "tutorial"  # a family of operators of our own: no clash with anybody else's Dense
HIDDEN = (32, 16)  # neurons in each hidden layer
TOLERANCE = 1e-5  # float32 keeps 7 digits: logits around 10 are good to 1e-5, probabilities more so
FEATURES = "8 x 8 pixels, row by row, from 0 (paper) to 1 (ink)"
CLASSES = "0,1,2,3,4,5,6,7,8,9"


# 1. Data, training, reference ---------------------------------------------------------------------
def load_data():
    """Return X_train (1347, 64), X_test (450, 64), y_train, y_test: UCI's digits, pixels 0 to 1."""
    X, y = load_digits(return_X_y=True)
    return train_test_split(X / 16, y, stratify=y, random_state=0)


def train(X, y):
    """Return a fitted classifier: weights in coefs_, biases in intercepts_, both float64."""
    classifier = MLPClassifier(HIDDEN, learning_rate_init=0.01, tol=1e-3, random_state=0)
    return classifier.fit(X, y)


def reference(X, weights, biases):
    """Return the probabilities P (N, 10) by numpy alone: what the graph has to reproduce."""
    H = X
    for W, B in zip(weights[:-1], biases[:-1], strict=True):
        H = np.maximum(H @ W + B, 0)  # (N, inputs) @ (inputs, outputs) -> (N, outputs)
    logits = H @ weights[-1] + biases[-1]
    E = np.exp(logits - logits.max(axis=1, keepdims=True))  # without the maximum, exp overflows
    return E / E.sum(axis=1, keepdims=True)


# 2. Graph -----------------------------------------------------------------------------------------
# A function is an operator made of operators; this is ONNX's own text notation. alpha is an
# attribute, a setting that each call states, and @alpha stands for what the call has stated.
# LeakyRelu multiplies negative numbers by alpha: with 0 it is ReLU, with 1 it changes nothing. So
# one Dense serves hidden layers and the last one.
DENSE = """
<
  domain: "tutorial",
  opset_import: ["" : 18]
>
Dense <alpha>(X, W, B) => (Y)
{
   XW = MatMul (X, W)
   Z = Add (XW, B)
   Y = LeakyRelu <alpha: float = @alpha> (Z)
}
"""


def build_model(weights, biases):
    """Return the checked model, a layer for each W (inputs, outputs) and B (outputs,)."""
    nodes = []
    initializers = []
    wire = "X"  # what the next layer reads
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), start=1):
        initializers.append(numpy_helper.from_array(W.astype(np.float32), f"W{i}"))
        initializers.append(numpy_helper.from_array(B.astype(np.float32), f"B{i}"))
        # Every call states alpha. A default in the function would do for onnxruntime, but inlining
        # forgets it without a word, and LeakyRelu falls back to 0.01.
        alpha = 1.0 if i == len(weights) else 0.0
        inputs = [wire, f"W{i}", f"B{i}"]
        wire = f"H{i}"
        nodes.append(helper.make_node("Dense", inputs, [wire], domain=DOMAIN, alpha=alpha))
    nodes.append(helper.make_node("Softmax", [wire], ["P"], axis=1))

    X = helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", weights[0].shape[0]])
    P = helper.make_tensor_value_info("P", TensorProto.FLOAT, ["N", weights[-1].shape[1]])
    graph = helper.make_graph(nodes, "digits", [X], [P], initializers)
    model = helper.make_model(
        graph,
        functions=[onnx.parser.parse_function(DENSE)],  # the file brings the operator along
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(DOMAIN, 1)],
        ir_version=IR_VERSION,
    )
    helper.set_model_props(model, {"features": FEATURES, "classes": CLASSES})
    onnx.checker.check_model(model, full_check=True)  # without full_check wrong shapes, types pass
    return model


def inline(model):
    """Return the model with each call of our functions replaced by the function's nodes.

    ValueError if these might answer otherwise; the checker refuses what is left over.
    """
    for function in model.functions:
        # A default would be forgotten. In a domain that is not ours the runtime may have an
        # operator of the function's name: it would run that, and the inlined file the function.
        if function.domain != DOMAIN or function.attribute_proto:
            expected = f"expected one of the domain {DOMAIN}, its attributes without defaults"
            raise ValueError(f"cannot inline {function.domain}.{function.name}: {expected}")
    portable = inliner.inline_local_functions(model)
    # Our domain is still imported, and some runtimes refuse a domain that they do not know, even if
    # no node uses it.
    standard = [opset for opset in model.opset_import if opset.domain == ""]
    del portable.opset_import[:]
    portable.opset_import.extend(standard)
    onnx.checker.check_model(portable, full_check=True)
    return portable


# 3. Run -------------------------------------------------------------------------------------------
def load_model(file):
    """Return a session, a model made ready to run, for a path or for a model's bytes."""
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def predict(session, X):
    """Return the probabilities P (N, 10) for the images X (N, 64), by onnxruntime."""
    feed = {"X": X.astype(np.float32)}
    outputs = session.run(["P"], feed)
    return outputs[0]


def optimise(file):
    """Return the model that onnxruntime makes of a file, and really executes.

    Its own operator FusedGemm is product, sum and activation in one.
    """
    options = onnxruntime.SessionOptions()
    # Two levels below the default: the higher ones suit the result to this computer's processor.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "optimised.onnx")
        options.optimized_model_filepath = str(path)
        onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        return onnx.load(path)


def draw(image):
    """Return 64 pixels as 8 lines of text, denser where there is ink."""
    lines = []
    for row in image.reshape(8, 8):
        characters = [2 * " .:-=+*#%@"[round(9 * ink)] for ink in row]  # two are about a square
        lines.append("".join(characters).rstrip())
    return "\n".join(lines)


# 4. Story -----------------------------------------------------------------------------------------
def main(argv=None):
    """Print each step and what it proves; an AssertionError says which numbers disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--output",
        type=Path,
        default=f"{Path(__file__).stem}.onnx",
        metavar="PATH",
        help="the file to write, %(default)s by default, and NAME.portable.onnx beside it",
    )
    path = parser.parse_args(argv).output
    portable_path = path.parent / f"{path.stem}.portable.onnx"

    X_train, X_test, y_train, y_test = load_data()
    classifier = train(X_train, y_train)
    weights = classifier.coefs_
    biases = classifier.intercepts_
    P_numpy = reference(X_test, weights, biases)
    model = build_model(weights, biases)
    portable = inline(model)
    for file, content in [(path, model), (portable_path, portable)]:
        try:
            onnx.save(content, file)
        except OSError as error:
            parser.exit(2, f"error: {file}: {error.strerror}; expected a path to write to\n")
    P_onnx = predict(load_model(path), X_test)
    P_portable = predict(load_model(portable_path), X_test)

    digits = P_numpy.argmax(axis=1)
    right = (digits == y_test).mean()
    print(f"learned    {right:.1%} of {len(digits)} unseen digits right")

    print(onnx.printer.to_text(model.functions[0]))
    graph = model.graph
    bare = helper.make_graph(graph.node, graph.name, graph.input, graph.output)  # without weights
    print(onnx.printer.to_text(bare))
    print(f"written    {path}, {path.stat().st_size} bytes")
    print(f"written    {portable_path}, {portable_path.stat().st_size} bytes")
    assert onnx.load(path) == model, f"{path} does not hold what was written"
    assert onnx.load(portable_path) == portable, f"{portable_path} does not hold what was written"
    print("read back  both equal to what was written, field by field")
    kinds = dict.fromkeys(node.op_type for node in portable.graph.node)
    print(f"inlined    {len(portable.graph.node)} nodes of {', '.join(kinds)}")
    executed = optimise(path)
    assert not executed.functions, "onnxruntime kept the function"
    print("executed  ", *(node.op_type for node in executed.graph.node))

    print(draw(X_test[0]))
    print(f"predicted  a {P_onnx[0].argmax()}, with probability {P_onnx[0].max():.3f}")
    evaluator = ReferenceEvaluator(portable)  # onnx's own, in numpy: right for these operators
    answers = {
        "scikit-learn": classifier.predict_proba(X_test),
        "onnxruntime": P_onnx,
        "portable file": P_portable,
        "onnx.reference": evaluator.run(None, {"X": X_test.astype(np.float32)})[0],
    }
    for name, P in answers.items():
        assert_array_equal(P.argmax(axis=1), digits, err_msg=f"digits by {name}, by numpy")
        assert_allclose(P, P_numpy, rtol=0, atol=TOLERANCE, err_msg=f"{name}, numpy")
    print(f"compared   {', '.join(answers)}, numpy")
    print(f"verdict    the same {len(digits)} digits, probabilities at most {TOLERANCE:.0e} apart")


if __name__ == "__main__":
    # Ctrl-C ends the script. Python would raise KeyboardInterrupt, which scikit-learn swallows: it
    # would stop training, and return what it has.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main()
