"""Files with one wrong node each, which neither a checker nor onnxruntime notices.

numpy or scikit-learn says what the wires should be. Not here are the silent mistakes that sit at no
node: in the rows that are fed, in the name of an output that is right, and in how files are kept.
"""

from functools import cache
from types import SimpleNamespace

import numpy as np
import onnx
from onnx import helper, inliner, numpy_helper
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

import neural_network
import sklearn_converter
from tests.exercises.first_wrong import expose

RNG = np.random.default_rng(0)
HEAD = '<ir_version: 8, opset_import: ["" : 18]>\n'


def parse(notation, opset=18, **constants):
    """Return a model in ONNX's text notation, checked as a careful user would."""
    model = onnx.parser.parse_model(HEAD.replace("18", str(opset)) + notation)
    for name, array in constants.items():
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    onnx.checker.check_model(model, full_check=True)
    return model


def floats(*shape):
    """Return random numbers in float32."""
    return RNG.normal(size=shape).astype(np.float32)


def case(model, X, wire, exact, suspect=None):
    """Return a case: the wire that has to be named, and the operator of its node."""
    return SimpleNamespace(model=model, feed={"X": X}, wire=wire, exact=exact, suspect=suspect)


# A square network, as its formula has it
ROWS = floats(5, 4)
WEIGHTS = RNG.normal(size=(3, 4, 4))
BIASES = RNG.normal(size=(3, 4))


def layers(X, weights=WEIGHTS, biases=BIASES):
    """Return what the nodes of the inlined network have to write, in float64."""
    wires = []
    H = X.astype(np.float64)
    for i, (W, B) in enumerate(zip(weights, biases, strict=True), start=1):
        XW = H @ W
        Z = XW + B
        H = Z if i == len(weights) else np.maximum(Z, 0)
        wires += [XW, Z, H]
    E = np.exp(H)
    return [*wires, E / E.sum(axis=1, keepdims=True)]


def network_case(model, place, X=ROWS, exact=None):
    """Return the case of a model whose inlined nodes are those of the network."""
    names = [node.output[0] for node in expose(model).graph.node]
    exact = dict(zip(names, exact or layers(X), strict=True))
    return case(model, X, names[place], exact)


def bias_forgotten():
    biases = BIASES.copy()
    biases[1] = 0
    return network_case(neural_network.build_model(WEIGHTS, biases), 4)


def square_weights_transposed():
    weights = WEIGHTS.copy()
    weights[1] = weights[1].T
    return network_case(neural_network.build_model(weights, BIASES), 3)


def softmax_over_the_rows():
    model = neural_network.build_model(WEIGHTS, BIASES)
    model.graph.node[-1].attribute[0].i = 0
    return network_case(model, 9)


def default_lost_by_the_inliner():
    model = neural_network.build_model(WEIGHTS, BIASES)
    dense = model.functions[0]
    dense.ClearField("attribute")
    dense.attribute_proto.append(helper.make_attribute("alpha", 0.0))
    model.graph.node[1].ClearField("attribute")
    return network_case(inliner.inline_local_functions(model), 5)


def attribute_left_out():
    model = neural_network.build_model(WEIGHTS, BIASES)
    model.graph.node[1].ClearField("attribute")
    return network_case(model, 5)


def attribute_misspelt():
    model = neural_network.build_model(WEIGHTS, BIASES)
    model.graph.node[1].attribute[0].name = "Alpha"
    return network_case(model, 5)


def inputs_swapped():
    row = np.array([[1, -3]], np.float32)
    weights = np.eye(2)[np.newaxis]
    biases = np.zeros((1, 2))
    model = neural_network.build_model(weights, biases)
    model.graph.node[0].input[1:] = ["B1", "W1"]
    return network_case(model, 0, row, layers(row, weights, biases))


def scaling_left_out():
    pixels = 16 * ROWS  # the network was trained on numbers that were divided by 16
    model = neural_network.build_model(WEIGHTS, BIASES)
    return network_case(model, 0, pixels, layers(ROWS))


# Single operators, with a healthy node before and one after
def transpose_without_perm():
    X = floats(4, 4, 4)
    model = parse(
        "g (float[N,4,4] X) => (float[N,4,4] Y) { A = Neg (X)\nB = Transpose (A)\nY = Neg (B) }"
    )
    return case(model, X, "B", {"A": -X, "B": -X.transpose(0, 2, 1), "Y": X.transpose(0, 2, 1)})


def reshape_that_swallows_rows():
    X = floats(5, 2, 3)
    model = parse(
        "g (float[N,2,3] X) => (float[N,1] Y)"
        " { A = Neg (X)\nB = Reshape (A, shape)\nY = ReduceSum <keepdims = 1> (B, axes) }",
        shape=np.array([1, -1]),
        axes=np.array([1]),
    )
    B = -X.reshape(5, 6)
    return case(model, X, "B", {"A": -X, "B": B, "Y": B.sum(axis=1, keepdims=True)})


def whole_numbers_divided():
    X = np.array([[-7], [7], [-8]])
    model = parse(
        "g (int64[N,1] X) => (int64[N,1] Y) { A = Neg (X)\nB = Div (A, two)\nY = Neg (B) }",
        two=np.array([2]),
    )
    return case(model, X, "B", {"A": -X, "B": -X // 2, "Y": -(-X // 2)})


def resize_by_another_rule():
    X = floats(1, 1, 1, 4)
    model = parse(
        "g (float[1,1,1,4] X) => (float[1,1,1,7] Y)"
        ' { A = Neg (X)\nB = Resize <mode = "linear"> (A, , , sizes)\nY = Neg (B) }',
        sizes=np.array([1, 1, 1, 7]),
    )
    B = -np.interp(np.linspace(0, 3, 7), np.arange(4), X.ravel()).reshape(1, 1, 1, 7)
    return case(model, X, "B", {"A": -X, "B": B, "Y": -B})


def padding_not_counted():
    X = floats(2, 1, 6, 6)
    model = parse(
        "g (float[N,1,6,6] X) => (float[N,1,6,6] Y) { A = Neg (X)\nB = AveragePool"
        " <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (A)\nY = Neg (B) }"
    )
    padded = np.pad(-X.astype(np.float64), [(0, 0), (0, 0), (1, 1), (1, 1)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    B = windows.mean(axis=(4, 5))
    return case(model, X, "B", {"A": -X, "B": B, "Y": -B})


def opset_changed_by_hand():
    X = floats(2, 3, 4)
    model = parse("g (float[N,3,4] X) => (float[N,3,4] Y) { A = Neg (X)\nY = Softmax (A) }", 12)
    model.opset_import[0].version = 13
    E = np.exp(-X.astype(np.float64))
    return case(model, X, "Y", {"A": -X, "Y": E / E.sum(axis=(1, 2), keepdims=True)})


def gates_in_another_order():
    X = floats(5, 2, 2)
    W = floats(4, 3, 2)  # input, forget, cell, output, as PyTorch stores them
    R = floats(4, 3, 3)
    state = np.zeros((2, 3))
    cell = np.zeros((2, 3))
    states = []
    for x in -X.astype(np.float64):
        i, f, c, o = (x @ W[gate].T + state @ R[gate].T for gate in range(4))
        cell = cell / (1 + np.exp(-f)) + np.tanh(c) / (1 + np.exp(-i))
        state = np.tanh(cell) / (1 + np.exp(-o))
        states.append(state[np.newaxis])
    model = parse(
        "g (float[T,N,2] X) => (float[T,1,N,3] Y) { A = Neg (X)\nB = LSTM <hidden_size = 3>"
        " (A, W, R)\nY = Neg (B) }",
        W=W.reshape(1, 12, 2),
        R=R.reshape(1, 12, 3),
    )
    B = np.array(states)
    return case(model, X, "B", {"A": -X, "B": B, "Y": -B})


# What skl2onnx writes
@cache
def flowers():
    """Return flowers (150, 4) in float32 and their species."""
    X, X_more, y, y_more = sklearn_converter.load_data()
    return np.vstack([X, X_more]).astype(np.float32), np.concatenate([y, y_more])


def convert(estimator, X, options=None):
    """Return the estimator as skl2onnx writes it."""
    return to_onnx(estimator, X[:1], target_opset=18, options=options)


def scaler_before_a_forest():
    X, y = flowers()
    pipeline = make_pipeline(StandardScaler(), RandomForestClassifier(20, random_state=0))
    pipeline.fit(X.astype(np.float64), y)
    model = convert(pipeline, X, {"zipmap": False})
    scaled = model.graph.node[0].output[0]
    X64 = X.astype(np.float64)
    exact = {scaled: pipeline[0].transform(X64), "probabilities": pipeline.predict_proba(X64)}
    return case(model, X, "probabilities", exact, "TreeEnsembleClassifier")


def weights_of_neighbours_lost():
    X, y = flowers()
    neighbours = KNeighborsClassifier(5, weights="distance").fit(X[::2], y[::2])
    model = convert(neighbours, X, {"zipmap": False})
    exact = {"probabilities": neighbours.predict_proba(X)}
    return case(model, X, "probabilities", exact, "TopK")


def indicator_dropped():
    X = floats(6, 2)
    X[2, 0] = np.nan
    imputer = SimpleImputer(add_indicator=True).fit(X)
    return case(convert(imputer, X), X, "variable", {"variable": imputer.transform(X)}, "Imputer")


def unseen_category():
    encoder = OrdinalEncoder().fit(np.array([["red"], ["green"]], dtype=object))
    model = to_onnx(encoder, np.array([["red"]], dtype=object), target_opset=18)
    wire = model.graph.output[0].name
    X = np.array([["green"], ["purple"]], dtype=object)
    return case(model, X, wire, {wire: np.array([[0], [np.nan]])}, "LabelEncoder")


MISTAKES = [
    bias_forgotten,
    square_weights_transposed,
    softmax_over_the_rows,
    default_lost_by_the_inliner,
    attribute_left_out,
    attribute_misspelt,
    inputs_swapped,
    scaling_left_out,
    transpose_without_perm,
    reshape_that_swallows_rows,
    whole_numbers_divided,
    resize_by_another_rule,
    padding_not_counted,
    opset_changed_by_hand,
    gates_in_another_order,
    scaler_before_a_forest,
    weights_of_neighbours_lost,
    indicator_dropped,
    unseen_category,
]
