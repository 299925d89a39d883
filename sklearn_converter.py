"""Convert a scikit-learn pipeline to ONNX, and find out where a conversion drifts.

You will have trained a classifier on Iris, converted it with skl2onnx, also for runtimes that know
no more than the standard's core operators, compared every answer with scikit-learn's, and measured
a conversion that answers otherwise, and its cure.

    Z = (X - mean) / scale      P = Softmax(Z @ W + B)      label = the class of the largest P

    X  (N, 4)  sepal length and width, petal length and width in cm     Z  (N, 4)  standardised
    W  (4, 3)  weights      B  (3,)  bias      P  (N, 3)  probabilities      label  (N,)  0, 1 or 2

The core operators are those of the domain "": MatMul, Add, Softmax and the like. skl2onnx prefers
those of ai.onnx.ml, a domain that the standard has for classical models, and few runtimes know.

Run it:  python sklearn_converter.py
"""

import argparse
import os
from pathlib import Path

import numpy as np
import onnx
from numpy.testing import assert_allclose, assert_array_equal
from onnx import helper, utils
from skl2onnx import to_onnx
from skl2onnx.sklapi import CastTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

# Stated, because a file of a newer opset or IR version is refused by older runtimes.
OPSET = 18
IR_VERSION = 8
TOLERANCE = 1e-5  # float32 keeps 7 digits: logits around 10 are good to 1e-5, probabilities more so
FEATURES = "sepal_length,sepal_width,petal_length,petal_width"
CLASSES = "setosa,versicolor,virginica"


# 1. Data, training, reference ---------------------------------------------------------------------
def load_data():
    """Return X_train (112, 4), X_test (38, 4) in cm, y_train, y_test as 0, 1, 2: Fisher's iris."""
    X, y = load_iris(return_X_y=True)
    return train_test_split(X, y, stratify=y, random_state=0)


def train(X, y):
    """Return the fitted pipeline of a StandardScaler and a LogisticRegression."""
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)


def reference(X, pipeline):
    """Return the probabilities P (N, 3) by numpy alone: what the graph has to reproduce."""
    scaler = pipeline[0]
    classifier = pipeline[1]
    Z = (X - scaler.mean_) / scaler.scale_
    logits = Z @ classifier.coef_.T + classifier.intercept_  # (N, 4) @ (4, 3) -> (N, 3)
    E = np.exp(logits - logits.max(axis=1, keepdims=True))  # without the maximum, exp overflows
    return E / E.sum(axis=1, keepdims=True)


# 2. Graph -----------------------------------------------------------------------------------------
def build_model(classifier, X, portable=False):
    """Return a checked conversion for rows of X's width and precision; portable: core operators."""
    # Without probabilities, skl2onnx would write scores and call them probabilities.
    assert hasattr(classifier, "predict_proba"), f"expected probabilities, not {classifier}"
    # Operators to avoid: for each of these three skl2onnx can write the formula out instead.
    avoided = {"Scaler", "LinearClassifier", "Normalizer"} if portable else None
    # Without zipmap=False the probabilities come back as a list of dictionaries, one for each row.
    options = {"zipmap": False}
    model = to_onnx(classifier, X[:1], target_opset=OPSET, options=options, black_op=avoided)
    if portable:
        # The label still takes ai.onnx.ml; it is the class of the largest P. Cut it off.
        model = utils.Extractor(model).extract_model(["X"], ["probabilities"])
        del model.graph.value_info[:]  # shapes and types of the wires inside: optional notes

    # skl2onnx imports domains twice, or unused, and leaves the number of rows without a name.
    versions = {opset.domain: opset.version for opset in model.opset_import}
    if portable:
        del versions["ai.onnx.ml"]
    del model.opset_import[:]
    for domain, version in versions.items():
        model.opset_import.append(helper.make_opsetid(domain, version))
    for info in [*model.graph.input, *model.graph.output]:
        info.type.tensor_type.shape.dim[0].dim_param = "N"
    model.ir_version = IR_VERSION
    helper.set_model_props(model, {"features": FEATURES, "classes": CLASSES})
    onnx.checker.check_model(model, full_check=True)  # without full_check wrong shapes, types pass
    return model


# 3. Run -------------------------------------------------------------------------------------------
def load_model(file):
    """Return a session, a model made ready to run, for a path or for a model's bytes."""
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


def predict(session, X):
    """Return the probabilities P (N, 3) for the flowers X (N, 4), by onnxruntime."""
    feed = {"X": X.astype(np.float32)}
    outputs = session.run(["probabilities"], feed)
    return outputs[0]


def measure_drift(X_train, y_train, X):
    """Return lines of (pipeline, rows for scikit-learn, for the file, off by, labels changed).

    Each is a forest trained anew, and converted for the rows that its file is fed.
    """
    X32 = X.astype(np.float32)  # a file for float32 rows computes in float32
    rows = {"float64": X, "float32": X32, "rounded": X32.astype(np.float64)}
    scaler = StandardScaler()
    cast = CastTransformer(dtype=np.float32)  # rounds what comes before it
    cases = [
        ("forest", [], "float64", "float32"),
        ("forest", [], "float64", "float64"),
        ("scaler, forest", [scaler], "float64", "float32"),
        ("scaler, forest", [scaler], "rounded", "float32"),
        ("scaler, cast, forest", [scaler, cast], "float64", "float32"),
        ("scaler, cast, forest", [scaler, cast], "float64", "rounded"),
        ("scaler, cast, forest", [scaler, cast], "float64", "float64"),
    ]
    table = []
    for name, steps, fed, fed_to_file in cases:
        forest = RandomForestClassifier(n_estimators=20, random_state=2)
        pipeline = make_pipeline(*steps, forest).fit(X_train, y_train)
        session = load_model(build_model(pipeline, rows[fed_to_file]).SerializeToString())
        label, P = session.run(["label", "probabilities"], {"X": rows[fed_to_file]})
        difference = abs(P - pipeline.predict_proba(rows[fed])).max()
        changed = (label != pipeline.predict(rows[fed])).sum()
        table.append((name, fed, fed_to_file, difference, changed))
    return table


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
    pipeline = train(X_train, y_train)
    P_numpy = reference(X_test, pipeline)
    X32 = X_test.astype(np.float32)
    model = build_model(pipeline, X32)
    portable = build_model(pipeline, X32, portable=True)
    for file, content in [(path, model), (portable_path, portable)]:
        try:
            onnx.save(content, file)
        except OSError as error:
            parser.exit(2, f"error: {file}: {error.strerror}; expected a path to write to\n")
    session = load_model(path)
    P_onnx = predict(session, X_test)
    P_portable = predict(load_model(portable_path), X_test)

    right = (P_numpy.argmax(axis=1) == y_test).mean()
    print(f"learned    {right:.1%} of {len(y_test)} unseen flowers right")
    for file, content in [(path, model), (portable_path, portable)]:
        operators = [f"{node.domain}.{node.op_type}".lstrip(".") for node in content.graph.node]
        print(f"written    {file}, {file.stat().st_size} bytes")
        print(f"           {' '.join(operators)}")
        assert onnx.load(file) == content, f"{file} does not hold what was written"
    print("read back  both equal to what was written, field by field")

    label = session.run(["label"], {"X": X32})[0]
    species = CLASSES.split(",")[label[0]]
    print(f"predicted  a {species}, with probability {P_onnx[0].max():.3f}")
    assert_array_equal(label, pipeline.predict(X_test), "labels: onnxruntime, scikit-learn")
    answers = {
        "scikit-learn": pipeline.predict_proba(X_test),
        "onnxruntime": P_onnx,
        "portable file": P_portable,
    }
    for name, P in answers.items():
        assert_allclose(P, P_numpy, rtol=0, atol=TOLERANCE, err_msg=f"{name}, numpy")
    print(f"compared   {', '.join(answers)}, numpy: at most {TOLERANCE:.0e} apart")

    print("drift      fed:                  scikit-learn  the file  off by  labels changed")
    table = measure_drift(X_train, y_train, np.vstack([X_train, X_test]))
    for name, fed, fed_to_file, difference, changed in table:
        off = f"<{TOLERANCE:.0e}" if difference < TOLERANCE else f"{difference:.2f}"
        print(f"           {name:21} {fed:13} {fed_to_file:9} {off:7} {changed}")
    print("           rounded: float64 rows of the numbers that float32 has")
    agree = [difference < TOLERANCE for *_, difference, _ in table]
    assert agree == [True, *[False] * 5, True], f"the forest drifts elsewhere: {table}"
    print("verdict    the files agree with the pipeline, a forest's where both round alike")


if __name__ == "__main__":
    main()
