"""Mistakes with models that come from scikit-learn, by skl2onnx."""

import numpy as np
from onnx import TensorProto, helper, parser
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from skl2onnx.sklapi import CastTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multiclass import OneVsOneClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler
from sklearn.semi_supervised import LabelPropagation
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

import sklearn_converter
from tests.mistakes.catalogue import Attempt, mistake
from tests.mistakes.right import X_FLOWERS, X_TEST, X_TRAIN, Y_TRAIN, flower_pipeline

ARRAYS = {"zipmap": False}


def convert(estimator, sample, **options):
    """Return the estimator as skl2onnx writes it for opset 18."""
    return to_onnx(estimator, sample[:1], target_opset=18, options=options or None)


@mistake(
    "skl2onnx ends a classifier with ZipMap, an operator that makes dictionaries",
    '`options={"zipmap": False}`',
    shows="a list of dictionaries, one for each row",
    common=True,
    surprise=True,
)
def zipmap_left_on(mended, folder):
    pipeline = flower_pipeline()
    X = X_TEST.astype(np.float32)
    model = convert(pipeline, X, **ARRAYS) if mended else convert(pipeline, X)
    return Attempt(model, {"X": X}, pipeline.predict_proba(X))


@mistake(
    "skl2onnx has no converter for this estimator",
    "another estimator, or a converter of your own: "
    "[exercise 14](../exercises/ex14_own_converter.py)",
    shows="Unable to find a shape calculator for type",
    by="skl2onnx",
    common=True,
)
def no_converter(mended, folder):
    X = X_TRAIN.astype(np.float32)
    estimator = flower_pipeline() if mended else LabelPropagation().fit(X_TRAIN, Y_TRAIN)
    return Attempt(convert(estimator, X, **ARRAYS), {"X": X}, estimator.predict_proba(X))


@mistake(
    "converted with a float64 sample and ZipMap on",
    "a float32 sample, ZipMap off",
    shows="has unsupported type: tensor(double)",
    common=True,
)
def float64_sample_with_zipmap(mended, folder):
    pipeline = flower_pipeline()
    X = X_TEST.astype(np.float32) if mended else X_TEST
    model = convert(pipeline, X, **ARRAYS) if mended else convert(pipeline, X)
    return Attempt(model, {"X": X}, pipeline.predict_proba(X_TEST))


@mistake(
    "converted with a float64 sample, where the operator for trees answers in float32",
    "a float32 sample; or a file for which the declared type is changed to float32",
    shows="Inferred elem type differs from existing elem type: (1) vs (11)",
    tell="the node is a TreeEnsembleClassifier; onnxruntime says `Type (tensor(double)) of output "
    "arg (probabilities) ... does not match expected type (tensor(float))`",
)
def float64_sample_before_trees(mended, folder):
    tree = DecisionTreeClassifier(random_state=0).fit(X_TRAIN, Y_TRAIN)
    X = X_TEST.astype(np.float32) if mended else X_TEST
    return Attempt(convert(tree, X, **ARRAYS), {"X": X}, tree.predict_proba(X_TEST))


@mistake(
    "the option belongs to classifiers, and this is none",
    "leave it out",
    by="skl2onnx",
)
def option_that_does_not_exist(mended, folder):
    regression = LinearRegression().fit(X_TRAIN, Y_TRAIN)
    X = X_TEST.astype(np.float32)
    model = convert(regression, X) if mended else convert(regression, X, **ARRAYS)
    return Attempt(model, {"X": X}, regression.predict(X_TEST)[:, np.newaxis])


@mistake(
    "scaling in float32 pushes rows over the thresholds of a forest",
    "cast to float32 just before the forest, in training, too, *and* convert with and feed "
    "float64 rows: the cast alone does not help",
)
def scaler_before_a_forest(mended, folder):
    forest = RandomForestClassifier(n_estimators=20, random_state=2)
    cast = CastTransformer(dtype=np.float32)
    pipeline = make_pipeline(StandardScaler(), cast, forest).fit(X_TRAIN, Y_TRAIN)
    X = X_FLOWERS if mended else X_FLOWERS.astype(np.float32)
    model = sklearn_converter.build_model(pipeline, X)
    return Attempt(model, {"X": X}, pipeline.predict_proba(X_FLOWERS))


# What skl2onnx writes, and nobody objects to ------------------------------------------------------
BY_DISTANCE = """
<ir_version: 8, opset_import: ["" : 18]>
neighbours (float[N, 2] X) => (float[N, 2] P)
<
  float[3, 2] points = {0, 0, 1, 0, 0, 1},
  float[3, 2] classes = {0, 1, 1, 0, 1, 0},
  int64[1] k = {3}, int64[1] one = {1}, int64[1] last = {-1}, int64[1] middle = {1}
>
{
   row = Unsqueeze (X, one)
   difference = Sub (row, points)
   distance = ReduceL2 <keepdims: int = 0> (difference, last)
   nearest, index = TopK <largest: int = 0> (distance, k)
   weight = Reciprocal (nearest)
   weights = Unsqueeze (weight, last)
   class = Gather (classes, index)
   share = Mul (class, weights)
   sum = ReduceSum <keepdims: int = 0> (share, middle)
   total = ReduceSum (weight, last)
   P = Div (sum, total)
}
"""


@mistake(
    "k nearest neighbours, weighted by distance: the weights are lost in the conversion",
    "write the graph by hand, as `BY_DISTANCE` in `kinds/converting.py`; or train with "
    '`weights="uniform"`',
)
def neighbours_by_distance(mended, folder):
    points = np.array([[0, 0], [1, 0], [0, 1]], np.float32)
    X = np.array([[0.1, 0.1]], np.float32)
    neighbours = KNeighborsClassifier(3, weights="distance").fit(points, [1, 0, 0])
    model = parser.parse_model(BY_DISTANCE) if mended else convert(neighbours, X, **ARRAYS)
    return Attempt(model, {"X": X}, neighbours.predict_proba(X))


@mistake(
    "`SimpleImputer(add_indicator=True)`: the columns that say what was missing are dropped",
    "make the columns yourself, before the pipeline: `np.isnan(X)`",
)
def indicators_dropped(mended, folder):
    X = np.array([[1, 5], [2, np.nan], [3, 5], [np.nan, 6]], np.float32)
    y = [0, 1, 0, 1]
    pipeline = make_pipeline(SimpleImputer(add_indicator=True), LogisticRegression()).fit(X, y)
    expected = pipeline.predict_proba(X)
    if mended:
        X = np.column_stack([X, np.isnan(X)]).astype(np.float32)
        pipeline = make_pipeline(SimpleImputer(), LogisticRegression()).fit(X, y)
    return Attempt(convert(pipeline, X, **ARRAYS), {"X": X}, expected)


@mistake(
    "a support vector machine without probabilities: the output called `probabilities` holds "
    "scores; of two classes the larger one is the wrong one",
    "take `label`, or train what has probabilities",
)
def scores_called_probabilities(mended, folder):
    X = X_TRAIN[Y_TRAIN < 2].astype(np.float32)
    y = Y_TRAIN[Y_TRAIN < 2]
    machine = SVC().fit(X, y)
    model = convert(machine, X, **ARRAYS)
    if mended:
        return Attempt(model, {"X": X}, machine.predict(X), "label")
    # The class with the largest "probability", as many programs compute it
    model.graph.node.append(helper.make_node("ArgMax", ["probabilities"], ["class"], keepdims=0))
    model.graph.node[-1].attribute.append(helper.make_attribute("axis", 1))
    info = helper.make_tensor_value_info("class", TensorProto.INT64, [None])
    model.graph.output.append(info)
    return Attempt(model, {"X": X}, machine.predict(X), "class")


@mistake(
    "a category that was not in the training data becomes -1, where scikit-learn raises an error",
    "refuse what is not in `encoder.categories_` before the call",
)
def unseen_category(mended, folder):
    known = np.array([["red"], ["green"], ["blue"]], dtype=object)
    encoder = OrdinalEncoder().fit(known)
    X = np.array([["green"], ["purple"]], dtype=object)
    expected = np.array([[1], [np.nan]], np.float32)  # no number for purple
    if mended:
        rows = np.isin(X[:, 0], encoder.categories_[0])
        X = X[rows]
        expected = expected[rows]
    return Attempt(to_onnx(encoder, known[:1], target_opset=18), {"X": X}, expected)


@mistake(
    "a data frame as sample makes an input of each column, in the frame's order: fed in another "
    "order by position, no complaint",
    "feed by name, an array each: `{name: frame[[name]].to_numpy(np.float32) for name in ...}`",
)
def columns_fed_by_position(mended, folder):
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    pipeline = flower_pipeline()
    types = [(name, FloatTensorType([None, 1])) for name in names]
    model = to_onnx(pipeline, initial_types=types, target_opset=18, options=ARRAYS)
    columns = dict(zip(names, X_FLOWERS.astype(np.float32).T[..., np.newaxis], strict=True))
    moved = {name: columns[name] for name in reversed(names)}  # another file, another order
    feed = moved if mended else dict(zip(names, moved.values(), strict=True))
    return Attempt(model, feed, pipeline.predict(X_FLOWERS), "label")


@mistake(
    "skl2onnx changes names of columns: `sepal length (cm)` becomes `sepal_length__cm_`",
    "the inputs stand in the order of the columns of the sample: `{info.name: "
    "frame[[column]].to_numpy(np.float32) for info, column in zip(session.get_inputs(), columns)}`",
    shows="Required inputs (['sepal_length__cm_', 'sepal_width__cm_', 'petal_length__cm_', "
    "'petal_width__cm_']) are missing from input feed",
    tell="each blank, bracket and the like is an underscore",
)
def columns_renamed(mended, folder):
    columns = load_iris().feature_names  # sepal length (cm), ...
    pipeline = flower_pipeline()
    types = [(column, FloatTensorType([None, 1])) for column in columns]
    model = to_onnx(pipeline, initial_types=types, target_opset=18, options=ARRAYS)
    names = columns
    if mended:
        names = [info.name for info in model.graph.input]
    feed = dict(zip(names, X_FLOWERS.astype(np.float32).T[..., np.newaxis], strict=True))
    return Attempt(model, feed, pipeline.predict(X_FLOWERS), "label")


@mistake(
    "a data frame as sample makes an input of each column, which a `LogisticRegression` does not "
    "take without a pipeline's step in front",
    "an array as sample, `frame.to_numpy(np.float32)[:1]`, and rows fed as one",
    shows="at most 1 input(s) is(are) supported but we got 4 input(s)",
    by="skl2onnx",
)
def columns_for_an_estimator_alone(mended, folder):
    X = X_FLOWERS.astype(np.float32)
    classifier = LogisticRegression(max_iter=1000).fit(X_TRAIN, Y_TRAIN)
    types = [(f"column_{i}", FloatTensorType([None, 1])) for i in range(4)]
    if mended:
        types = [("X", FloatTensorType([None, 4]))]
    model = to_onnx(classifier, initial_types=types, target_opset=18, options=ARRAYS)
    return Attempt(model, {"X": X}, classifier.predict(X_FLOWERS), "label")


# What skl2onnx writes, and somebody refuses -------------------------------------------------------
@mistake(
    "skl2onnx wrote an operator that neither onnx nor onnxruntime has; the full check does not "
    "look into domains that it doesn't know",
    "another estimator: `functions=[...]` doesn't help, for the operator is not yours",
    shows="com.microsoft:Solve(-1) is not a registered function/op",
    tell="the domain is not yours",
)
def operator_that_no_runtime_has(mended, folder):
    X = X_TRAIN[Y_TRAIN < 2].astype(np.float32)
    y = Y_TRAIN[Y_TRAIN < 2]
    classifier = LogisticRegression() if mended else GaussianProcessClassifier()
    classifier.fit(X, y)
    return Attempt(convert(classifier, X, **ARRAYS), {"X": X}, classifier.predict_proba(X))


@mistake(
    "the converter declared another shape for the label than its ArgMax makes; the file runs, and "
    "is right",
    "restate the shape as `session.run` returns it, check again, and compare the answers",
    shows="Inferred shape and existing shape differ in rank: (2) vs (1)",
    tell="the node is one that the converter wrote",
)
def full_check_refuses_what_runs(mended, folder):
    X = X_TRAIN.astype(np.float32)
    estimator = OneVsOneClassifier(LogisticRegression()).fit(X, Y_TRAIN)
    model = convert(estimator, X, **ARRAYS)
    if mended:
        label = model.graph.output[0].type.tensor_type.shape
        label.dim.add().dim_value = 1  # (N,) -> (N, 1)
    return Attempt(model, {"X": X}, estimator.predict(X)[:, np.newaxis], "label")


@mistake(
    "no rows at all: some converters' graphs cannot answer about nothing",
    "`if len(X)` before the call",
    shows="Invalid Y argument: num_indices = 0",
    dangerous=True,
)
def no_rows(mended, folder):
    X = X_TRAIN.astype(np.float32)
    neighbours = KNeighborsClassifier(3).fit(X, Y_TRAIN)
    model = convert(neighbours, X, **ARRAYS)
    rows = X[:20] if mended else X[:0]
    return Attempt(model, {"X": rows}, neighbours.predict_proba(X[:20])[: len(rows)])
