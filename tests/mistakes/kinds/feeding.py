"""Mistakes at the call: rows of another type, shape, name, order or size than the model expects."""

import pickle

import numpy as np
from onnx import helper
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import linear_regression
import sklearn_converter
from tests.mistakes.catalogue import Attempt, Result, mistake
from tests.mistakes.right import (
    X_FLOWERS,
    X_NET,
    X_PLANT,
    B,
    W,
    flower_pipeline,
    network,
    plant,
    plant_model,
)


@mistake(
    "numpy computes in float64, the model in float32",
    "`X.astype(np.float32)`",
    shows="Unexpected input data type. Actual: (tensor(double)) , expected: (tensor(float))",
    common=True,
)
def float64_rows(mended, folder):
    X = X_PLANT
    if mended:
        X = X.astype(np.float32)
    return Attempt(plant_model(), {"X": X}, X_PLANT @ W + B)


@mistake(
    "the model was converted from a float64 sample, and computes in float64",
    "feed float64, for here `X.astype(np.float32)` is the mistake; `session.get_inputs()[0].type` "
    "says which",
    shows="Unexpected input data type. Actual: (tensor(float)) , expected: (tensor(double))",
)
def float32_rows_for_a_float64_model(mended, folder):
    pipeline = flower_pipeline()
    model = sklearn_converter.build_model(pipeline, X_FLOWERS)
    X = X_FLOWERS if mended else X_FLOWERS.astype(np.float32)
    return Attempt(model, {"X": X}, pipeline.predict_proba(X_FLOWERS))


@mistake(
    "inputs are fed by name",
    "`session.get_inputs()[0].name`",
    common=True,
)
def wrong_input_name(mended, folder):
    return plant(name="X" if mended else "x")


@mistake(
    "the batch size was fixed when the model was made",
    'a named dimension, `"N"`, in `make_tensor_value_info`; in a file that is there: '
    "[exercise 12](../exercises/ex12_free_batch.py)",
    shows="index: 0 Got: 21 Expected: 1",
    common=True,
)
def fixed_batch_size(mended, folder):
    model = plant_model()
    for info in [model.graph.input[0], model.graph.output[0]]:
        size = info.type.tensor_type.shape.dim[0]
        if mended:
            size.dim_param = "N"
        else:
            size.dim_value = 1
    return plant(model)


@mistake(
    "one row was fed as a vector",
    "`row[np.newaxis]`, or `row.reshape(1, -1)`",
    shows="Invalid rank for input: X Got: 1 Expected: 2",
    common=True,
)
def one_row_as_a_vector(mended, folder):
    row = X_PLANT[0].astype(np.float32)
    if mended:
        row = row[np.newaxis]
    return Attempt(plant_model(), {"X": row}, X_PLANT[:1] @ W + B)


@mistake(
    "a row has a feature too few",
    "compare with `session.get_inputs()[0].shape`",
    shows="index: 1 Got: 2 Expected: 3",
    common=True,
)
def wrong_number_of_features(mended, folder):
    X = X_PLANT if mended else X_PLANT[:, :2]
    return plant(X=X)


@mistake(
    "the rows are a tuple, or a data frame such as `frame[[name]]`, and no array",
    "`np.asarray(rows, np.float32)`, `frame[[name]].to_numpy(np.float32)`",
    shows="Input must be a list of dictionaries or a single numpy array for input 'X'",
)
def rows_in_a_tuple(mended, folder):
    rows = tuple(map(tuple, X_PLANT))  # as a database hands them over
    if mended:
        rows = np.asarray(rows, np.float32)
    return Attempt(plant_model(), {"X": rows}, X_PLANT @ W + B)


@mistake(
    "outputs are asked for by name",
    "`session.get_outputs()[0].name`; or `None`, for all of them",
)
def output_that_does_not_exist(mended, folder):
    return plant(output="Y" if mended else "prediction")


@mistake(
    "the columns are in another order than at training",
    "store the names of the features in the file's metadata, and feed by them",
)
def columns_in_another_order(mended, folder):
    model = plant_model()  # its metadata say: air,water,acid
    columns = {"acid": X_PLANT[:, 2], "water": X_PLANT[:, 1], "air": X_PLANT[:, 0]}
    names = list(columns)
    if mended:
        names = model.metadata_props[0].value.split(",")
    return plant(model, X=np.column_stack([columns[name] for name in names]))


@mistake(
    "the features are not scaled as at training",
    "put the scaling into the graph: `Div`, or a pipeline with its scaler",
)
def features_without_their_scaling(mended, folder):
    attempt = network()
    pixels = (X_NET * 16).astype(np.float32)  # 0 to 16, where the network was trained on 0 to 1
    model = attempt.model
    if mended:
        model.graph.node.insert(0, helper.make_node("Div", ["X", "sixteen"], ["scaled"]))
        model.graph.node[1].input[0] = "scaled"
        model.graph.initializer.append(helper.make_tensor("sixteen", 1, [], [16.0]))
    return Attempt(model, {"X": pixels}, attempt.expected)


@mistake(
    "numbers read from a file of another computer are big-endian; onnxruntime takes their bytes "
    "in the wrong order",
    "`X.astype(np.float32)`, which is of this computer's order",
)
def big_endian_numbers(mended, folder):
    X = X_PLANT.astype(">f4")
    if mended:
        X = X.astype(np.float32)
    return Attempt(plant_model(), {"X": X}, X_PLANT @ W + B)


@mistake(
    "seconds since 1970 need 10 digits, and float32 keeps 7: about two minutes become one number",
    "convert with, and feed, float64; or subtract a constant before the rounding",
)
def large_numbers(mended, folder):
    rng = np.random.default_rng(0)
    day = rng.uniform(0, 86400, size=(600, 1))
    X = 1.7e9 + day
    y = (day[:, 0] > 43200).astype(int)  # morning or afternoon
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=1e6)).fit(X, y)
    dtype = np.float64 if mended else np.float32
    model = to_onnx(pipeline, X[:1].astype(dtype), target_opset=18, options={"zipmap": False})
    return Attempt(model, {"X": X.astype(dtype)}, pipeline.predict_proba(X))


@mistake(
    "a number beyond 3e38 becomes infinity in float32; half of it would not",
    "another unit; `np.isfinite(X.astype(np.float32)).all()` says when one is needed",
    by="numpy",
)
def infinity(mended, folder):
    X = np.array([[1e39, 0, 0]])
    expected = X @ W
    if mended:
        X = X / 1e30  # another unit; the weight stays
        expected = expected / 1e30
    X = X.astype(np.float32)
    return Attempt(linear_regression.build_model(W, B * 0), {"X": X}, expected)


@mistake(
    "a value is missing (NaN): scikit-learn refuses the row, the file answers with some class",
    "ask about the rows of `np.isfinite(X).all(axis=1)` only; or an imputer in the pipeline",
)
def missing_value(mended, folder):
    X = X_FLOWERS.astype(np.float32)
    X[0, 0] = np.nan
    rows = np.isfinite(X).all(axis=1)
    pipeline = flower_pipeline()
    model = sklearn_converter.build_model(pipeline, X)
    expected = np.full(len(X), -1)  # no class at all
    expected[rows] = pipeline.predict(X[rows])
    if mended:
        X = X[rows]
        expected = expected[rows]
    return Attempt(model, {"X": X}, expected, "label")


@mistake(
    "a session holds memory of this process, and cannot be sent to another",
    "send the model's bytes, and make a session in each process",
    by="pickle",
)
def session_sent_to_another_process(mended, folder):
    content = plant_model().SerializeToString()
    X = X_PLANT.astype(np.float32)
    if mended:
        received = pickle.loads(pickle.dumps(content))
        session = linear_regression.load_model(received)
    else:
        session = pickle.loads(pickle.dumps(linear_regression.load_model(content)))
    return Result(linear_regression.predict(session, X), X_PLANT @ W + B)
