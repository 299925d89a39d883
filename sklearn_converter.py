"""Convert a scikit-learn pipeline to ONNX, and predict without scikit-learn.

You will have trained a classifier on Iris, converted it with skl2onnx, also for runtimes that know
the standard's core operators only, predicted from the file in a process that knows nothing else,
and found, explained and mended a conversion that drifts.

    Z = (X - mean) / scale      P = Softmax(Z @ W + B)      label = the class of the largest P

    X  (N, 4)  sepal length and width, petal length and width in cm     Z  (N, 4)  standardised
    W  (4, 3)  weights      B  (3,)  bias      P  (N, 3)  probabilities      label  (N,)  0, 1 or 2

Run it:  python sklearn_converter.py
Then:    python sklearn_converter.py --predict 5.1 3.5 1.4 0.2
"""

import argparse
import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

# onnx, scikit-learn and skl2onnx are imported inside the functions that train and convert: whoever
# only predicts with the file needs none of them.

# Stated, because a file of a newer opset or IR version is refused by older runtimes.
OPSET = 18
IR_VERSION = 8
TOLERANCE = 1e-5  # float32 keeps 7 digits: logits around 10 are good to 1e-5, probabilities more so
FEATURES = "sepal_length,sepal_width,petal_length,petal_width"
CLASSES = "setosa,versicolor,virginica"
FLOWER = [5.1, 3.5, 1.4, 0.2]  # the first of Fisher's table (1936), a setosa
LARGEST = 100  # cm: no flower is larger


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
    scaler = pipeline[0]
    classifier = pipeline[1]
    Z = (X - scaler.mean_) / scaler.scale_
    logits = Z @ classifier.coef_.T + classifier.intercept_  # (N, 4) @ (4, 3) -> (N, 3)
    E = np.exp(logits - logits.max(axis=1, keepdims=True))  # without the maximum, exp overflows
    return E / E.sum(axis=1, keepdims=True)


# 2. Graph -----------------------------------------------------------------------------------------
def build_model(classifier, X, portable=False):
    """Return a checked conversion for rows of X's width and precision; portable: core operators."""
    from onnx import checker, helper, utils
    from skl2onnx import to_onnx

    # Without probabilities, skl2onnx would write scores and call them probabilities.
    assert hasattr(classifier, "predict_proba"), f"expected probabilities, not {classifier}"
    # skl2onnx writes operators of the domain ai.onnx.ml, which are made for classical models, and
    # which few runtimes know. Told to avoid these three, it writes the formula out.
    avoided = {"Scaler", "LinearClassifier", "Normalizer"} if portable else None
    # Without zipmap=False the probabilities come back as a list of dictionaries, one for each row.
    options = {"zipmap": False}
    model = to_onnx(classifier, X[:1], target_opset=OPSET, options=options, black_op=avoided)
    if portable:
        # The label still takes ai.onnx.ml; it is the class of the largest P. Cut it off.
        model = utils.Extractor(model).extract_model(["X"], ["probabilities"])
        del model.graph.value_info[:]  # optional notes about the wires inside

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
    checker.check_model(model, full_check=True)  # without full_check wrong shapes, types pass
    load_model(model.SerializeToString())  # the checker passes operators that no runtime has
    return model


# 3. File ------------------------------------------------------------------------------------------
def save_model(model, path):
    """Write the model to a file, whole or not at all; OSError if that is impossible."""
    import onnx

    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, f"{path} is not a file")
    target = path.resolve()  # a symlink stays one: what it points to is written
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        complete = Path(folder, target.name)
        onnx.save(model, complete)
        complete.replace(target)  # in one step: a failed write costs nobody an earlier file


def load_model(file):
    """Return a session, a model made ready to run, for a path or for a model's bytes."""
    return onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])


# 4. Run -------------------------------------------------------------------------------------------
def predict(session, X):
    """Return the probabilities P (N, 3) for the flowers X (N, 4), by onnxruntime."""
    feed = {"X": X.astype(np.float32)}
    assert np.allclose(feed["X"], X, rtol=0, atol=TOLERANCE), "expected rows that float32 can hold"
    outputs = session.run(None, feed)  # label, if the file has it, and probabilities
    return outputs[-1]


def describe(session, flower):
    """Return the species of one flower, and the probability of each, as a line of text."""
    P = predict(session, np.array([flower]))[0]  # (1, 3) -> (3,)
    classes = session.get_modelmeta().custom_metadata_map["classes"].split(",")
    shares = [f"{name} {share:.3f}" for name, share in zip(classes, P, strict=True)]
    return f"{classes[P.argmax()]}: {' '.join(shares)}"


def predict_elsewhere(path, flower):
    """Return what this script's --predict prints in a process of its own, and what it imports."""
    # -X importtime makes Python list each import on standard error, the name at the line's end.
    command = [sys.executable, "-X", "importtime", __file__, "--output", path, "--predict"]
    command += [str(size) for size in flower]
    process = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    imported = {line.split("|")[-1].strip() for line in process.stderr.splitlines()}
    return process.stdout.strip(), imported


def measure_drift(X_train, y_train, X):
    """Return (pipeline, what its file rounds, largest difference, labels changed) for conversions.

    Each is a forest trained anew, and compared with its file on the rows X.
    """
    from skl2onnx.sklapi import CastTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X32 = X.astype(np.float32)  # makes a file that computes in float32
    X_rounded = X32.astype(np.float64)  # makes one that computes in float64, from the same numbers
    scaler = StandardScaler()
    cast = CastTransformer(dtype=np.float32)
    cases = [  # name, steps before the forest, what the file rounds, rows of the pipeline, the file
        ("forest", [], "the row", X, X32),
        ("forest", [], "nothing", X, X),
        ("scaler, forest", [scaler], "the row, scaling", X, X32),
        ("scaler, forest", [scaler], "scaling", X_rounded, X32),
        ("scaler, cast, forest", [scaler, cast], "the row", X, X_rounded),
        ("scaler, cast, forest", [scaler, cast], "the row, scaling", X, X32),
        ("scaler, cast, forest", [scaler, cast], "after scaling", X, X),
    ]
    rows = []
    for name, steps, rounded, X_pipeline, X_file in cases:
        forest = RandomForestClassifier(n_estimators=20, random_state=2)
        pipeline = make_pipeline(*steps, forest).fit(X_train, y_train)
        session = load_model(build_model(pipeline, X_file).SerializeToString())
        label, P = session.run(["label", "probabilities"], {"X": X_file})
        difference = abs(P - pipeline.predict_proba(X_pipeline)).max()
        changed = (label != pipeline.predict(X_pipeline)).sum()
        rows.append((name, rounded, difference, changed))
    return rows


# 5. Story -----------------------------------------------------------------------------------------
def main(argv=None):
    """Print each step and what it proves; an AssertionError says which numbers disagree."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = f"{Path(__file__).stem}.onnx"
    parser.add_argument("--output", type=Path, default=default, metavar="PATH")
    parser.add_argument(
        "--predict", type=float, nargs=4, metavar=tuple(FEATURES.upper().split(","))
    )
    arguments = parser.parse_args(argv)
    path = arguments.output
    portable_path = path.parent / f"{path.stem}.portable.onnx"

    if arguments.predict:
        flower = arguments.predict
        if not all(0 < size < LARGEST for size in flower):  # NaN is neither
            parser.exit(2, f"error: {flower}: expected cm, each above 0 and below {LARGEST}\n")
        onnxruntime.set_default_logger_severity(4)  # its log would say again what an error says
        try:
            print(describe(load_model(path), flower))
        except Exception as error:  # the only class that onnxruntime's errors have in common
            cause = " ".join(str(error).split())
            parser.exit(2, f"error: {path}: expected the model that this script writes; {cause}\n")
        return

    import onnx

    X_train, X_test, y_train, y_test = load_data()
    pipeline = train(X_train, y_train)
    P_numpy = reference(X_test, pipeline)
    X32 = X_test.astype(np.float32)
    try:
        model = build_model(pipeline, X32)
        save_model(model, path)
        session = load_model(path)
        P_onnx = predict(session, X_test)

        portable = build_model(pipeline, X32, portable=True)
        save_model(portable, portable_path)
        P_portable = predict(load_model(portable_path), X_test)
    except OSError as error:
        parser.exit(2, f"error: {path}: {error.strerror}; expected a path to write to\n")

    right = (P_numpy.argmax(axis=1) == y_test).mean()
    print(f"learned    {right:.1%} of {len(y_test)} unseen flowers right")
    for file, content in [(path, model), (portable_path, portable)]:
        operators = [f"{node.domain}.{node.op_type}".lstrip(".") for node in content.graph.node]
        print(f"written    {file}, {file.stat().st_size} bytes")
        print(f"           {' '.join(operators)}")
        assert onnx.load(file) == content, f"{file} does not hold what was written"
    print("read back  both equal to what was written, field by field")

    label = session.run(["label"], {"X": X32})[0]
    assert_array_equal(label, pipeline.predict(X_test), "labels: onnxruntime, scikit-learn")
    answers = {
        "scikit-learn": pipeline.predict_proba(X_test),
        "onnxruntime": P_onnx,
        "portable file": P_portable,
    }
    for name, P in answers.items():
        assert_allclose(P, P_numpy, rtol=0, atol=TOLERANCE, err_msg=f"{name}, numpy")
    print(f"compared   {', '.join(answers)}, numpy: at most {TOLERANCE:.0e} apart")

    answer, imported = predict_elsewhere(path, FLOWER)
    assert answer == describe(session, FLOWER), f"another process says {answer}"
    training = imported & {"onnx", "skl2onnx", "sklearn"}
    assert not training, f"the other process imported {training}"
    print(f"elsewhere  {answer}")
    print("           by a process that imported no scikit-learn, skl2onnx or onnx")

    print("drift      A tree compares features with thresholds, one after another, and")
    print("           scikit-learn's round the feature to float32 before. A file that")
    print("           rounds elsewhere, or not at all, may put a row on the other side.")
    print("           pipeline              the file rounds   off by       labels changed")
    drift = measure_drift(X_train, y_train, np.vstack([X_train, X_test]))
    for name, rounded, difference, changed in drift:
        off = f"below {TOLERANCE:.0e}" if difference < TOLERANCE else f"{difference:.2f}"
        print(f"           {name:21} {rounded:17} {off:12} {changed}")
    agree = [difference < TOLERANCE for _, _, difference, _ in drift]
    assert agree == [True, *[False] * 5, True], f"the forest drifts elsewhere: {drift}"
    print("cure       Scale in float64 and round just before the forest, in training too.")
    print("           Such a file takes float64 rows, and refuses those of predict.")
    print("verdict    the file alone predicts like the pipeline, and the drift is mended")


if __name__ == "__main__":
    main()
