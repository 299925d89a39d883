"""Convert a scikit-learn pipeline to ONNX, and predict without scikit-learn.

You will have trained a classifier on Iris, converted it with skl2onnx, also for runtimes that know
core operators only, predicted from the file in a process that knows nothing else, and found,
explained and mended a conversion that drifts.

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

# onnx, scikit-learn and skl2onnx are imported inside the functions that train and convert: whoever
# only predicts with the file needs none of them.

# The newest opset and IR version are refused by most runtimes; these two load everywhere.
OPSET = 18
IR_VERSION = 8
TOLERANCE = 1e-5  # float32 keeps 7 digits: logits around 10 are good to 1e-5, probabilities more so
FEATURES = ("SEPAL_LENGTH", "SEPAL_WIDTH", "PETAL_LENGTH", "PETAL_WIDTH")
ML_OPERATORS = {"Scaler", "LinearClassifier", "Normalizer"}  # of ai.onnx.ml: few runtimes know it
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
def build_model(classifier, X, portable=False):
    """Return a checked conversion for rows of X's width and precision; portable: core operators."""
    from onnx import checker, helper, utils
    from skl2onnx import to_onnx

    # Without zipmap=False the probabilities come back as a list of dictionaries, ten times slower.
    options, avoid = {"zipmap": False}, ML_OPERATORS if portable else None
    model = to_onnx(classifier, X[:1], target_opset=OPSET, options=options, black_op=avoid)
    if portable:  # only the label still takes ai.onnx.ml; it is the class of the largest P
        graph = utils.Extractor(model).extract_model(["X"], ["probabilities"]).graph
        del graph.value_info[:]  # optional notes about inner wires
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version, model.producer_name = IR_VERSION, "skl2onnx"
    for value_info in (*model.graph.input, *model.graph.output):
        value_info.type.tensor_type.shape.dim[0].dim_param = "N"  # skl2onnx leaves rows unnamed
    model.graph.name, model.doc_string = "iris", "Iris species of a flower by its four sizes"
    helper.set_model_props(model, {"features": ",".join(FEATURES).lower(), **METADATA})
    checker.check_model(model, full_check=True)  # without full_check wrong shapes pass
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
        P = session.run(None, {"X": np.zeros((1, 4), np.float32)})[-1]
        classes = session.get_modelmeta().custom_metadata_map["classes"].split(",")
        assert_(len(classes) == P.shape[1], "class names")  # another model fails before this ends
        return session
    except Exception as error:  # the only class that onnxruntime's errors have in common
        cause = " ".join(str(error).split())
        raise ValueError(f"{path}: expected the model that this script writes; {cause}") from error


# 4. Run -------------------------------------------------------------------------------------------
def predict(session, X):
    """Return all outputs by onnxruntime, P (N, 3) last; ValueError unless X is (N, 4), finite."""
    X, width = np.asarray(X, float), session.get_inputs()[0].shape[1]
    if X.ndim != 2 or X.shape[1] != width:
        raise ValueError(f"X is {X.shape}: expected (N, {width})")
    if not (abs(X) < 1e30).all():  # False for NaN too; float32 itself ends near 3e38
        raise ValueError("X holds NaN, infinity or too large a number: expected less than 1e30")
    return session.run(None, {"X": X.astype(np.float32)})


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
            P = predict(session, [arguments.predict])[-1][0]
            classes = session.get_modelmeta().custom_metadata_map["classes"].split(",")
            print(f"{classes[P.argmax()]}:", *map("{} {:.3f}".format, classes, P))
            return 0

        import onnx

        X_train, X_test, y_train, y_test = load_data()
        pipeline = train(X_train, y_train)
        right = pipeline.score(X_test, y_test)
        print(f"learned    {right:.1%} of {len(y_test)} unseen flowers right")

        P_numpy = reference(X_test, pipeline)
        answers = {"scikit-learn": pipeline.predict_proba(X_test)}
        portable_path = path.parent / f"{path.stem}.portable.onnx"
        for file, portable in ((path, False), (portable_path, True)):
            model = build_model(pipeline, X_train.astype(np.float32), portable)
            g, make_node = model.graph, onnx.helper.make_node  # without attributes: weights, mostly
            nodes = [make_node(n.op_type, n.input, n.output, domain=n.domain) for n in g.node]
            print(onnx.printer.to_text(onnx.helper.make_graph(nodes, g.name, g.input, g.output)))
            save_model(model, file)
            floats = [a.floats for n in g.node for a in n.attribute]
            size = 4 * sum(map(len, floats + [tensor.float_data for tensor in g.initializer]))
            print(f"written    {file}, {file.stat().st_size} bytes, {size} of them weights")
            assert_(onnx.load(file) == model, f"{file} does not hold what was written")
            answers[f"onnxruntime with {file}"] = predict(load_model(file), X_test)[-1]
        print("portable   few runtimes know ai.onnx.ml, all know the operators in this file")
        print("read back  both equal to what was written, field by field")

        label, answers["second process"], loaded = predict_elsewhere(path, X_test)
        for name, P in answers.items():
            assert_allclose(P, P_numpy, rtol=0, atol=TOLERANCE, err_msg=f"{name}, numpy")
        distance = 10 ** np.log10(max(abs(P - P_numpy).max() for P in answers.values())).round()
        print(f"compared   both files, scikit-learn, numpy: about {distance:.0e} apart")
        assert_array_equal(label, pipeline.predict(X_test), "labels: second process, scikit-learn")
        assert_(not loaded, f"the second process loaded {loaded}")
        print("elsewhere  the same, in a process that loaded no scikit-learn, skl2onnx or onnx")

        print("\ndrift      pipeline                         fed      off by up to  new labels")
        drift = measure_drift(X_train, y_train, np.vstack([X_train, X_test]))
        for name, dtype, difference, changed in drift:  # below 1e-6 it is rounding, and varies
            print(f"           {name:32} {dtype:8} {max(difference, 1e-6):<13.2g} {changed}")
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
