"""Convert a scikit-learn pipeline to ONNX, and predict without scikit-learn.

You will have trained a classifier on Iris, converted it with skl2onnx, predicted from the file in a
process that knows nothing else, and found, explained and mended a conversion that drifts.

    Z = (X - mean) / scale      P = Softmax(Z @ W + B)      label = the class of the largest P

    X  (N, 4)  sepal length and width, petal length and width in cm     Z  (N, 4)  standardised
    W  (4, 3)  weights      B  (3,)  bias      P  (N, 3)  probabilities      label  (N,)  0, 1 or 2

Run it:  python sklearn_converter.py
Then:    python sklearn_converter.py --predict 5.1 3.5 1.4 0.2
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.testing import assert_, assert_allclose, assert_array_equal

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

# onnx, scikit-learn and skl2onnx are imported where they are used, inside the functions that train
# and convert: whoever only predicts with the file needs none of them.

# The newest opset and IR version are refused by most runtimes; these two load everywhere.
OPSET = 18
IR_VERSION = 8
TOLERANCE = 1e-5  # float32 keeps 7 digits: logits around 10 are good to 1e-5, probabilities more so
FEATURES = ("SEPAL_LENGTH", "SEPAL_WIDTH", "PETAL_LENGTH", "PETAL_WIDTH")
METADATA = {"classes": "setosa,versicolor,virginica", "data": "Fisher (1936), iris, in cm"}


# 1. Data, training, reference ---------------------------------------------------------------------
def load_data():
    """Return X_train (112, 4), X_test (38, 4) in cm, y_train, y_test as 0, 1, 2: Fisher's iris."""
    from sklearn.datasets import load_iris
    from sklearn.model_selection import train_test_split

    X, y = load_iris(return_X_y=True)
    return train_test_split(X, y, stratify=y, random_state=0)


def train(X, y):
    """Return the fitted pipeline of a StandardScaler and a LogisticRegression."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)


def reference(X, pipeline):
    """Return the probabilities P (N, 3) by numpy alone: what the graph has to reproduce."""
    scaler, classifier = pipeline[0], pipeline[1]
    Z = (X - scaler.mean_) / scaler.scale_
    logits = Z @ classifier.coef_.T + classifier.intercept_  # (N, 4) @ (4, 3) -> (N, 3)
    E = np.exp(logits - logits.max(axis=1, keepdims=True))  # without the maximum, exp overflows
    return E / E.sum(axis=1, keepdims=True)


# 2. Graph -----------------------------------------------------------------------------------------
def build_model(classifier, X):
    """Return the checked conversion of a fitted classifier, for rows of X's width and precision."""
    import onnx
    from skl2onnx import to_onnx

    # Without zipmap=False the probabilities come back as a list of dictionaries, ten times slower.
    model = to_onnx(classifier, X[:1], target_opset=OPSET, options={"zipmap": False})
    model.ir_version = IR_VERSION
    for value_info in (*model.graph.input, *model.graph.output):
        rows = value_info.type.tensor_type.shape.dim[0]
        rows.dim_param = "N"  # any number of them; skl2onnx leaves the dimension unnamed
    model.graph.name, model.doc_string = "iris", "Iris species: X to label and probabilities"
    onnx.helper.set_model_props(model, {"features": ",".join(FEATURES).lower(), **METADATA})
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
            complete.write_bytes(model.SerializeToString())
            complete.replace(path)  # in one step: a failed write costs nobody an earlier file
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}; expected a writable path") from error


def load_model(path):
    """Return a session that runs the file; ValueError unless the file holds a whole model."""
    try:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        P = session.run(None, {"X": np.zeros((1, 4), np.float32)})[1]
        classes = session.get_modelmeta().custom_metadata_map["classes"].split(",")
        assert_(len(classes) == P.shape[1], "class names")  # another model fails before this ends
        return session
    except Exception as error:  # the only class that onnxruntime's errors have in common
        cause = " ".join(str(error).split())
        raise ValueError(f"{path}: expected the model that this script writes; {cause}") from error


# 4. Run -------------------------------------------------------------------------------------------
def predict(session, X):
    """Return label (N,) and P (N, 3) by onnxruntime; ValueError unless X is (N, 4) and finite."""
    X, width = np.asarray(X, float), session.get_inputs()[0].shape[1]
    if X.ndim != 2 or X.shape[1] != width:
        raise ValueError(f"X is {X.shape}: expected (N, {width})")
    if not (abs(X) < 1e30).all():  # False for NaN too; float32 itself ends near 3e38
        raise ValueError("X holds NaN, infinity or too large a number: expected less than 1e30")
    return session.run(["label", "probabilities"], {"X": X.astype(np.float32)})


def predict_elsewhere(path, X):
    """Return label, P and the training packages that were loaded, as a second process sees them."""
    program = """if True:
        import json, sys, sklearn_converter as script
        label, P = script.predict(script.load_model(sys.argv[1]), json.load(sys.stdin))
        loaded = [name for name in ("sklearn", "skl2onnx", "onnx") if name in sys.modules]
        print(json.dumps([label.tolist(), P.tolist(), loaded]))"""
    command, folder = [sys.executable, "-c", program, str(path.resolve())], Path(__file__).parent
    rows = json.dumps(X.tolist()).encode()
    return json.loads(subprocess.check_output(command, cwd=folder, input=rows))


def measure_drift(X_train, y_train, X):
    """Return (steps, precision, largest difference, labels changed) for four conversions."""
    from skl2onnx.sklapi import CastTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    scaler, cast = StandardScaler(), CastTransformer(dtype=np.float32)
    forest, rows = RandomForestClassifier(n_estimators=20, random_state=2), []
    for name, steps, dtype in (
        ("forest", [forest], np.float32),
        ("forest", [forest], np.float64),
        ("scaler, forest", [scaler, forest], np.float32),
        ("scaler, cast to float32, forest", [scaler, cast, forest], np.float64),
    ):
        pipeline = make_pipeline(*steps).fit(X_train, y_train)
        content = build_model(pipeline, X.astype(dtype)).SerializeToString()
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        label, P = session.run(["label", "probabilities"], {"X": X.astype(dtype)})
        difference = abs(P - pipeline.predict_proba(X)).max()
        rows.append((name, np.dtype(dtype).name, difference, (label != pipeline.predict(X)).sum()))
    return rows


def magnitude(difference):
    """Return two decimals as text or, where only rounding is left, the nearest power of ten."""
    return f"{difference:.2f}" if difference > 1e-3 else f"{10 ** np.log10(difference).round():.0e}"


# 5. Story -----------------------------------------------------------------------------------------
def main(argv=None) -> int:
    """Print each step and what it proves; return 1 if numbers disagree, 2 after bad input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default="sklearn_converter.onnx", metavar="PATH")
    parser.add_argument("--predict", type=float, nargs=4, metavar=FEATURES)
    usage = " ".join(parser.format_usage().split())
    parser.error = lambda message: parser.exit(2, f"error: {message}; {usage}\n")
    arguments = parser.parse_args(argv)
    path = arguments.output
    try:
        if arguments.predict:
            session = load_model(path)
            P = predict(session, [arguments.predict])[1][0]
            classes = session.get_modelmeta().custom_metadata_map["classes"].split(",")
            print(f"{classes[P.argmax()]}:", *map("{} {:.3f}".format, classes, P))
            return 0

        import onnx

        X_train, X_test, y_train, y_test = load_data()
        pipeline = train(X_train, y_train)
        P_numpy, P_sklearn = reference(X_test, pipeline), pipeline.predict_proba(X_test)
        right = (P_numpy.argmax(axis=1) == y_test).mean()
        print(f"learned    {right:.1%} of {len(y_test)} unseen flowers right")

        model = build_model(pipeline, X_train.astype(np.float32))
        g, make_node = model.graph, onnx.helper.make_node  # the weights are the nodes' attributes
        nodes = [make_node(n.op_type, n.input, n.output, domain=n.domain) for n in g.node]
        print(onnx.printer.to_text(onnx.helper.make_graph(nodes, g.name, g.input, g.output)))
        save_model(model, path)
        weights = sum(4 * len(a.floats) for n in g.node for a in n.attribute)
        print(f"written    {path}, {path.stat().st_size} bytes, {weights} of them weights")
        assert_(onnx.load(path) == model, f"{path} does not hold what was written")
        print("read back  equal to what was written, field by field")

        label, P = predict(load_model(path), X_test)
        assert_array_equal(label, pipeline.predict(X_test), "labels: onnxruntime, scikit-learn")
        assert_allclose(P, P_sklearn, rtol=0, atol=TOLERANCE, err_msg="onnxruntime, scikit-learn")
        assert_allclose(P, P_numpy, rtol=0, atol=TOLERANCE, err_msg="onnxruntime, numpy")
        distance = max(abs(P - P_sklearn).max(), abs(P - P_numpy).max())
        print(f"compared   onnxruntime, scikit-learn, numpy: about {magnitude(distance)} apart")
        label_elsewhere, P_elsewhere, loaded = predict_elsewhere(path, X_test)
        assert_array_equal(label_elsewhere, label, "labels: second process, first process")
        assert_array_equal(P_elsewhere, P, "probabilities: second process, first process")
        assert_(not loaded, f"the second process loaded {loaded}")
        print("elsewhere  the same, in a process that loaded no scikit-learn, skl2onnx or onnx")

        print("\ndrift      pipeline                         fed      difference  new labels")
        drift = measure_drift(X_train, y_train, np.vstack([X_train, X_test]))
        for name, dtype, difference, changed in drift:
            print(f"           {name:32} {dtype:8} {magnitude(difference):11} {changed}")
        print("why        scikit-learn's trees compare in float32: float64 rows, and rows that")
        print("           a scaler rounds differently, may cross a threshold.")
        print("cure       scale in float64, and cast to float32 just before the forest.")
        agree = [difference < TOLERANCE for _, _, difference, _ in drift]
        assert_(agree == [True, False, False, True], f"the forest drifts elsewhere: {drift}")
        print("verdict    the file alone predicts like the pipeline, and the drift is mended")
    except (ValueError, AssertionError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1 if isinstance(error, AssertionError) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
