"""Build a linear regression as an ONNX graph by hand, save it, load it back and run it.

You will have fitted real data with numpy, checked the fit against its published answer, written
the formula as a graph of two operators, and measured how closely onnxruntime agrees with numpy.

    Y = X @ W + B       X   (N, 3)  features, one row a day; N is any number of rows
                        W   (3, 1)  weights            B  (1,)    bias
                        XW  (N, 1)  X @ W              Y  (N, 1)  predicted stack loss

Run it:  python linear_regression.py
It follows "ONNX with Python" of the ONNX documentation, and also runs the graph it has built.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from numpy.testing import assert_, assert_allclose  # they check under `python -O` too
from onnx import TensorProto, helper, numpy_helper

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

# An opset is a numbered release of the operators, an IR version one of the file format. onnx stamps
# the newest of both by default, which most runtimes refuse; these two load everywhere.
OPSET = 18
IR_VERSION = 8
TOLERANCE = 1e-4  # float32 keeps 7 digits: sums of numbers around 100 are good to about 1e-5

# Brownlee (1965): 21 days of a plant that turns ammonia into nitric acid. Air flow, cooling water
# in Celsius, acid in per mille above 500; the stack loss is the ammonia that escapes, in per mille.
AIR = [80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70]
WATER = [27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20]
ACID = [89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91]
LOSS = [42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15]
PUBLISHED = "-39.92 +0.7156 air +1.295 water -0.1521 acid, RSS 178.83"  # residual sum of squares
METADATA = {"features": "air,water,acid", "data": "Brownlee (1965), 21 days of an ammonia plant"}


# 1. Data, training, reference ---------------------------------------------------------------------
def load_data():
    """Return the features X (21, 3) and the measured stack loss Y (21, 1), both float64."""
    return np.column_stack([AIR, WATER, ACID]).astype(float), np.array(LOSS, float).reshape(-1, 1)


def train(X, Y):
    """Return the weights W (3, 1) and the bias B (1,) of the least-squares fit, both float64."""
    X1 = np.column_stack([X, np.ones(len(X))])  # (21, 3) -> (21, 4): the bias weighs a constant 1
    coefficients = np.linalg.lstsq(X1, Y, rcond=None)[0]  # (4, 1)
    return coefficients[:-1], coefficients[-1]


def reference(X, W, B):
    """Return the predictions Y (N, 1) by numpy alone: what the graph has to reproduce."""
    XW = X @ W  # (N, 3) @ (3, 1) -> (N, 1)
    return XW + B


# 2. Graph -----------------------------------------------------------------------------------------
def build_model(W, B):
    """Return the checked model of Y = X @ W + B; ValueError if W and B do not fit together."""
    W, B = np.asarray(W, np.float32), np.asarray(B, np.float32)
    if W.ndim != 2 or B.shape != W.shape[1:]:
        raise ValueError(f"W is {W.shape} and B is {B.shape}: expected (features, 1) and (1,)")
    # A value info declares name, type and shape of what goes in or comes out; "N" is left open.
    inputs = [helper.make_tensor_value_info("X", TensorProto.FLOAT, ["N", len(W)])]
    outputs = [helper.make_tensor_value_info("Y", TensorProto.FLOAT, ["N", len(B)])]
    # An input is fed at every call; an initializer is a constant that the file brings along.
    initializers = [numpy_helper.from_array(W, "W"), numpy_helper.from_array(B, "B")]
    # A node applies one operator; the names are the wires from node to node.
    matmul = helper.make_node("MatMul", ["X", "W"], ["XW"])
    add = helper.make_node("Add", ["XW", "B"], ["Y"])
    # The graph is the function; the model around it says how to read it and what it is for.
    graph = helper.make_graph([matmul, add], "stack_loss", inputs, outputs, initializers)
    opset = helper.make_opsetid("", OPSET)  # a domain is a family of operators; "" is the standard
    model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
    model.producer_name, model.doc_string = "onnx-tutorial", "Stack loss: Y = X @ W + B"
    helper.set_model_props(model, METADATA)
    onnx.checker.check_model(model, full_check=True)  # without full_check wrong shapes pass
    return model


# 3. File ------------------------------------------------------------------------------------------
def save_model(model, path):
    """Write the model to a file, whole or not at all; ValueError where that is impossible."""
    try:
        if path.exists() and not path.is_file():
            raise OSError(None, "not a file")
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            complete = Path(folder, "model.onnx")
            complete.write_bytes(model.SerializeToString())  # protobuf: numbered fields, as bytes
            complete.replace(path)  # in one step: a failed write costs nobody an earlier file
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}; expected a writable path") from error


def load_model(path):
    """Return a session that runs the file; ValueError unless the file holds a whole model."""
    try:  # a session is a model made ready to run; a provider is the hardware that it runs on
        return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:  # the only class that onnxruntime's errors have in common
        raise ValueError(f"{path}: expected a model; {' '.join(str(error).split())}") from error


# 4. Run -------------------------------------------------------------------------------------------
def predict(session, X):
    """Return the predictions Y (N, 1) by onnxruntime; ValueError unless X is (N, 3) and finite."""
    X, width = np.asarray(X, float), session.get_inputs()[0].shape[1]
    if X.ndim != 2 or X.shape[1] != width:
        raise ValueError(f"X is {X.shape}: expected (N, {width})")
    if not (abs(X) < 1e30).all():  # False for NaN too; float32 itself ends near 3e38
        raise ValueError("X holds NaN, infinity or too large a number: expected less than 1e30")
    return session.run(None, {"X": X.astype(np.float32)})[0]  # it would refuse numpy's float64


# 5. Story -----------------------------------------------------------------------------------------
def main(argv=None) -> int:
    """Print each step and what it proves; return 1 if numbers disagree, 2 after bad input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default="linear_regression.onnx", metavar="PATH")
    parser.error = lambda message: parser.exit(2, f"error: {message}; {parser.format_usage()}")
    path = parser.parse_args(argv).output
    try:
        X, Y = load_data()
        W, B = train(X, Y)
        Y_numpy = reference(X, W, B)
        (air, water, acid), bias, rss = W[:, 0], B[0], ((Y - Y_numpy) ** 2).sum()
        learned = f"{bias:.4g} {air:+.4g} air {water:+.4g} water {acid:+.4g} acid, RSS {rss:.2f}"
        assert_(learned == PUBLISHED, f"learned {learned}, published {PUBLISHED}")
        print(f"learned    {learned}\npublished  {PUBLISHED}")
        terms = f"{bias:.4f} + {air:.4f} * 58 + {water:.4f} * 18 - {-acid:.4f} * 80"
        print(f"by hand    day 10: {terms} = {Y_numpy[9, 0]:.2f}")

        model = build_model(W, B)
        g = model.graph  # printed without its weights
        print(onnx.printer.to_text(helper.make_graph(g.node, g.name, g.input, g.output)))
        save_model(model, path)
        weights, size = 4 * (W.size + B.size), path.stat().st_size
        print(f"written    {path}, {size} bytes, {weights} of them weights")
        assert_(onnx.load(path) == model, f"{path} does not hold what was written")
        print("read back  equal to what was written, field by field")

        Y_onnx = predict(load_model(path), X)
        print(f"predicted  day 10: {Y_onnx[9, 0]:.2f}")
        assert_allclose(Y_onnx, Y_numpy, rtol=0, atol=TOLERANCE, err_msg="onnxruntime, numpy")
        distance = 10 ** np.log10(abs(Y_onnx - Y_numpy).max()).round()  # its digits vary by machine
        print(f"compared   onnxruntime (float32), numpy (float64): about {distance:.0e} apart")
        print("verdict    the file and the formula agree on all 21 days")
    except (ValueError, AssertionError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1 if isinstance(error, AssertionError) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
