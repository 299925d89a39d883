"""Build a linear regression as an ONNX graph by hand, save it, load it back and run it.

You will have fitted real data with numpy, checked the fit against its published answer, written
the formula as a graph, and measured how closely onnxruntime agrees with numpy.

    Y = X @ W + B       X   (N, 3)  features, one row a day; N is any number of rows
                        W   (3, 1)  weights            B  (1,)    bias
                        XW  (N, 1)  X @ W              Y  (N, 1)  predicted stack loss

An ONNX model is a graph of operators, the mathematical functions of the standard: MatMul is the
matrix product, Add the sum. A runtime is a program that executes such a graph; onnxruntime is one.

Run it:  python linear_regression.py
It follows "ONNX with Python" of the ONNX documentation, and also runs the graph it has built.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import onnx
from numpy.testing import assert_allclose
from onnx import TensorProto, helper, numpy_helper

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

# An opset is a numbered release of the operators, an IR version one of the file format around them.
# By default onnx stamps the newest that it knows, and a runtime that knows less refuses the file.
# With these two, this file runs wherever tests/interop tries it.
OPSET = 18
IR_VERSION = 8
TOLERANCE = 1e-4  # float32 keeps 7 digits: sums of numbers around 100 are good to about 1e-5

# Brownlee (1965): 21 days of a plant that turns ammonia into nitric acid. Air flow, cooling water
# in Celsius, acid in per mille above 500; the stack loss is the ammonia that escapes, in per mille.
AIR = [80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70]
WATER = [27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20]
ACID = [89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91]
LOSS = [42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15]
FEATURES = "air,water,acid"  # the order of the columns
PUBLISHED = "-39.92 +0.7156 air +1.295 water -0.1521 acid, RSS 178.83"  # residual sum of squares


# 1. Data, training, reference ---------------------------------------------------------------------
def load_data():
    """Return the features X (21, 3) and the measured stack loss Y (21, 1), both float64."""
    X = np.column_stack([AIR, WATER, ACID]).astype(float)
    Y = np.array(LOSS, float).reshape(-1, 1)  # (21,) -> (21, 1)
    return X, Y


def train(X, Y):
    """Return the weights W (3, 1) and the bias B (1,) of the least-squares fit, both float64."""
    X1 = np.column_stack([X, np.ones(len(X))])  # (N, 3) -> (N, 4): the bias weighs a constant 1
    solution = np.linalg.lstsq(X1, Y, rcond=None)
    coefficients = solution[0]  # (4, 1)
    W = coefficients[:-1]
    B = coefficients[-1]
    return W, B


def reference(X, W, B):
    """Return the predictions Y (N, 1) by numpy alone: what the graph has to reproduce."""
    XW = X @ W  # (N, 3) @ (3, 1) -> (N, 1)
    Y = XW + B
    return Y


# 2. Graph -----------------------------------------------------------------------------------------
def build_model(W, B):
    """Return the checked model of Y = X @ W + B for weights W (3, 1) and a bias B (1,)."""
    # What is fed at a call and what comes back: name, type and shape. "N" is a size that is known
    # only at the call; wherever a model says "N", the same size is meant.
    X_info = helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", W.shape[0]])
    Y_info = helper.make_tensor_value_info("Y", TensorProto.FLOAT, ["N", W.shape[1]])

    # Initializers are constants that the file brings along.
    W_tensor = numpy_helper.from_array(W.astype(np.float32), "W")
    B_tensor = numpy_helper.from_array(B.astype(np.float32), "B")

    # A node applies one operator. The names are wires: what one node writes, another may read.
    matmul = helper.make_node("MatMul", ["X", "W"], ["XW"])
    add = helper.make_node("Add", ["XW", "B"], ["Y"])

    # The graph is the formula; the model around it says how to read it.
    graph = helper.make_graph([matmul, add], "stack_loss", [X_info], [Y_info], [W_tensor, B_tensor])
    opset = helper.make_opsetid("", OPSET)  # a domain is a family of operators; "" is the standard
    model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
    helper.set_model_props(model, {"features": FEATURES})  # in the file, for whoever has to feed it
    onnx.checker.check_model(model, full_check=True)  # without full_check wrong shapes, types pass
    return model


# 3. Run -------------------------------------------------------------------------------------------
def load_model(file):
    """Return a session, a model made ready to run, for a path or for a model's bytes."""
    # A provider is the runtime's code for one kind of hardware.
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def predict(session, X):
    """Return the predictions Y (N, 1) for the rows X (N, 3), by onnxruntime."""
    feed = {"X": X.astype(np.float32)}  # numpy computes in float64, which the model would refuse
    outputs = session.run(["Y"], feed)  # a list, of what is asked for by name
    return outputs[0]


# 4. Story -----------------------------------------------------------------------------------------
def main(argv=None):
    """Print each step and what it proves; an AssertionError says which numbers disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--output",
        type=Path,
        default=f"{Path(__file__).stem}.onnx",
        metavar="PATH",
        help="the file to write, %(default)s by default",
    )
    path = parser.parse_args(argv).output

    X, Y = load_data()
    W, B = train(X, Y)
    Y_numpy = reference(X, W, B)
    model = build_model(W, B)
    try:
        onnx.save(model, path)  # in protobuf, a binary format of numbered fields
    except OSError as error:
        parser.exit(2, f"error: {path}: {error.strerror}; expected a path to write to\n")
    session = load_model(path)
    Y_onnx = predict(session, X)

    air, water, acid = W[:, 0]
    bias = B[0]
    rss = ((Y - Y_numpy) ** 2).sum()
    learned = f"{bias:.4g} {air:+.4g} air {water:+.4g} water {acid:+.4g} acid, RSS {rss:.2f}"
    assert learned == PUBLISHED, f"learned {learned}, published {PUBLISHED}"
    print(f"learned    {learned}")
    print(f"published  {PUBLISHED}")
    terms = f"{bias:.4f} {air:+.4f} * 58 {water:+.4f} * 18 {acid:+.4f} * 80"
    print(f"by hand    day 10: {terms} = {Y_numpy[9, 0]:.2f}")

    graph = model.graph
    bare = helper.make_graph(graph.node, graph.name, graph.input, graph.output)  # without weights
    print(onnx.printer.to_text(bare))
    print(f"written    {path}, {path.stat().st_size} bytes")
    assert onnx.load(path) == model, f"{path} does not hold what was written"
    print("read back  equal to what was written, field by field")

    print(f"predicted  day 10: {Y_onnx[9, 0]:.2f}")
    assert_allclose(Y_onnx, Y_numpy, rtol=0, atol=TOLERANCE, err_msg="onnxruntime, numpy")
    print(f"compared   onnxruntime (float32), numpy (float64): at most {TOLERANCE:.0e} apart")
    print("verdict    the file and the formula agree on all 21 days")


if __name__ == "__main__":
    main()
