"""neural_network.py against scikit-learn, onnx.reference, and numpy in float64."""

from itertools import pairwise

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

import neural_network as script
from tests.kit.numbers import assert_within, dense_bound, softmax, softmax_bound

ROWS = [0, 1, 7, 1000]
DEPTHS = [1, 2, 3, 10, 100]


@pytest.fixture(scope="module")
def digits():
    """Return the fitted classifier and the test part."""
    X_train, X_test, y_train, y_test = script.load_data()
    return script.train(X_train, y_train), X_test, y_test


def load(model):
    return script.load_model(model.SerializeToString())


def random_network(seed, depth):
    """Return weights and biases of random sizes, exact in float32.

    The weights into a neuron add up to 1 or less in size, so that errors do not grow with depth.
    """
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 30, size=depth + 1)
    weights = [rng.uniform(-1, 1, size=shape) for shape in pairwise(sizes)]
    weights = [(W / np.abs(W).sum(axis=0)).astype(np.float32) for W in weights]
    biases = [rng.normal(scale=0.1, size=size).astype(np.float32) for size in sizes[1:]]
    return weights, biases


def exact_and_bound(X, weights, biases, roundings=0):
    """Return the probabilities in float64, by ReLU layers, and their float32 error bound."""
    H, error = X.astype(float), np.zeros(X.shape)
    for i, (W, B) in enumerate(zip(weights, biases, strict=True)):
        W, B = W.astype(float), B.astype(float)
        error = dense_bound(H, W, B, error, roundings)
        H = H @ W + B
        if i < len(weights) - 1:
            H = np.maximum(H, 0)  # exact, and it never moves two numbers further apart
    return softmax(H), softmax_bound(H, error)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("depth", DEPTHS)
def test_function_model_and_portable_model_stay_within_the_error_bound(depth, rows):
    weights, biases = random_network(depth, depth)
    X = np.random.default_rng(rows).normal(size=(rows, len(weights[0]))).astype(np.float32)
    exact, bound = exact_and_bound(X, weights, biases)
    model = script.build_model(weights, biases)
    for each in (model, script.inline(model)):
        assert_within(script.predict(load(each), X), exact, bound)


@pytest.mark.parametrize("seed", range(5))
def test_random_weights_and_shapes_stay_within_the_error_bound(seed):
    weights, biases = random_network(seed + 1000, 3)
    X = np.random.default_rng(seed).normal(scale=5, size=(50, len(weights[0]))).astype(np.float32)
    P = script.predict(load(script.build_model(weights, biases)), X)
    assert_within(P, *exact_and_bound(X, weights, biases))


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_reference_evaluator_stays_within_the_error_bound_too(depth):
    weights, biases = random_network(depth, depth)
    X = np.random.default_rng(1).normal(size=(7, len(weights[0]))).astype(np.float32)
    portable = script.inline(script.build_model(weights, biases))
    P = ReferenceEvaluator(portable).run(["P"], {"X": X})[0]
    assert_within(P, *exact_and_bound(X, weights, biases))


def test_the_trained_network_stays_within_the_error_bound(digits):
    classifier, X, _ = digits
    weights, biases = classifier.coefs_, classifier.intercepts_
    X = X.astype(np.float32)  # sixteenths: exact
    P = script.predict(load(script.build_model(weights, biases)), X)
    assert_within(P, *exact_and_bound(X, weights, biases, roundings=1))


def test_the_numpy_reference_is_the_network_that_scikit_learn_trained(digits):
    classifier, X, _ = digits
    P = script.reference(X, classifier.coefs_, classifier.intercepts_)
    np.testing.assert_allclose(
        P, classifier.predict_proba(X), rtol=0, atol=1e-13
    )  # float64's 1e-16


def test_at_least_95_percent_of_the_unseen_digits_are_right(digits):
    classifier, X, y = digits
    P = script.predict(load(script.build_model(classifier.coefs_, classifier.intercepts_)), X)
    assert (P.argmax(axis=1) == y).mean() >= 0.95


def test_train_and_test_part_are_the_1797_digits_without_overlap():
    X_train, X_test, y_train, y_test = script.load_data()
    assert X_train.shape == (1347, 64) and X_test.shape == (450, 64)
    assert y_train.shape == (1347,) and y_test.shape == (450,)
    assert X_train.min() == X_test.min() == 0 and X_train.max() == X_test.max() == 1
    assert not {row.tobytes() for row in X_train} & {row.tobytes() for row in X_test}


def test_all_five_agree_on_every_label_of_the_test_part(runs, digits):
    classifier, X, _ = digits
    folder = runs["neural_network"].folder
    portable = folder / "neural_network.portable.onnx"
    expected = classifier.predict_proba(X).argmax(axis=1)
    answers = [
        script.reference(X, classifier.coefs_, classifier.intercepts_),
        script.predict(script.load_model(folder / "neural_network.onnx"), X),
        script.predict(script.load_model(portable), X),
        ReferenceEvaluator(onnx.load(portable)).run(["P"], {"X": X.astype(np.float32)})[0],
    ]
    for P in answers:
        np.testing.assert_array_equal(P.argmax(axis=1), expected)


def test_the_network_is_one_dense_a_layer_and_a_softmax():
    model = script.build_model(*random_network(0, 4))
    kinds = [(node.domain, node.op_type) for node in model.graph.node]
    assert kinds == [("tutorial", "Dense")] * 4 + [("", "Softmax")]
    assert [function.name for function in model.functions] == ["Dense"]


def test_every_call_states_alpha_0_for_hidden_layers_and_1_for_the_last():
    graph = script.build_model(*random_network(0, 4)).graph
    alphas = [onnx.helper.get_node_attr_value(node, "alpha") for node in graph.node[:-1]]
    assert alphas == [0.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_dense_hands_its_alpha_to_leaky_relu(alpha):
    node = onnx.helper.make_node("Dense", ["X", "W", "B"], ["Y"], domain="tutorial", alpha=alpha)
    values = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in {"X": [1, 2], "W": [2, 2], "B": [2], "Y": [1, 2]}.items()
    ]
    graph = onnx.helper.make_graph([node], "one_layer", values[:3], values[3:])
    opsets = [onnx.helper.make_opsetid("", 18), onnx.helper.make_opsetid("tutorial", 1)]
    model = onnx.helper.make_model(
        graph,
        functions=[onnx.parser.parse_function(script.DENSE)],
        opset_imports=opsets,
        ir_version=8,
    )
    feed = {"X": [[1, 2]], "W": [[3, -5], [4, -6]], "B": [1, 1]}
    feed = {name: np.array(value, np.float32) for name, value in feed.items()}
    # 1 * 3 + 2 * 4 + 1 = 12 stays; -1 * 5 - 2 * 6 + 1 = -16 is multiplied by alpha
    assert load(model).run(["Y"], feed)[0].tolist() == [[12, -16 * alpha]]


def test_class_names_in_the_file_are_those_of_the_classifier_in_order(runs, digits):
    path = runs["neural_network"].folder / "neural_network.onnx"
    names = script.load_model(path).get_modelmeta().custom_metadata_map["classes"].split(",")
    assert names == [str(digit) for digit in digits[0].classes_]


def test_the_domain_has_a_version_of_its_own(runs):
    model = onnx.load(runs["neural_network"].folder / "neural_network.onnx")
    assert {opset.domain: opset.version for opset in model.opset_import} == {"": 18, "tutorial": 1}
    assert model.functions[0].domain == "tutorial"


def test_the_portable_file_knows_neither_the_function_nor_its_domain(runs):
    model = onnx.load(runs["neural_network"].folder / "neural_network.portable.onnx")
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 18)]
    assert not model.functions
    kinds = ["MatMul", "Add", "LeakyRelu"] * 3 + ["Softmax"]
    assert [node.op_type for node in model.graph.node] == kinds
    assert {node.domain for node in model.graph.node} == {""}
    assert b"Dense" not in model.SerializeToString()


@pytest.mark.parametrize("depth", [1, 3, 100])
def test_nothing_is_left_of_the_function_in_what_onnxruntime_executes(depth, tmp_path):
    path = tmp_path / "network.onnx"
    onnx.save(script.build_model(*random_network(0, depth)), path)
    executed = script.optimise(path)
    assert not executed.functions
    assert "Dense" not in {node.op_type for node in executed.graph.node}
    assert len(executed.graph.node) >= depth + 1
    assert list(tmp_path.iterdir()) == [path]


def test_the_drawing_shows_ink_where_the_pixels_are_dark():
    image = np.zeros(64)
    image[8 * 2 + 3] = 1.0  # third row, fourth pixel
    image[8 * 7] = 0.5
    lines = script.draw(image).split("\n")
    assert lines == ["", "", 6 * " " + "@@", "", "", "", "", "=="]


def test_the_script_prints_the_function_as_it_is_written(runs):
    assert script.DENSE in runs["neural_network"].process.stdout


def zeros(*shapes):
    return [np.zeros(shape) for shape in shapes]


@pytest.mark.parametrize(
    "weights, biases",
    [
        (zeros((4, 3)), []),
        (zeros((4, 3)), zeros((4,))),
        (zeros((4, 3), (2, 5)), zeros((3,), (5,))),
        (zeros((4, 3), (3, 5)), zeros((3,), (3,))),
    ],
)
def test_layers_that_do_not_fit_together_are_refused(weights, biases):
    with pytest.raises((ValueError, onnx.shape_inference.InferenceError)):
        script.build_model(weights, biases)


# inline -------------------------------------------------------------------------------------------
def parse(text, *functions):
    """Return a model and its functions, each in ONNX's text notation."""
    model = onnx.parser.parse_model(text)
    model.functions.extend(onnx.parser.parse_function(function) for function in functions)
    return model


CALL = """<ir_version: 8, opset_import: ["": 18, "tutorial": 1]>
call (float[N,2] X) => (float[N,2] P) { P = tutorial.Outer (X) }"""
BRANCH = """<ir_version: 8, opset_import: ["": 18, "tutorial": 1]>
choose (float[N,2] X, bool first) => (float[N,2] P) {
   P = If (first) <
      then_branch = one () => (float[N,2] A) { A = tutorial.Outer (X) },
      else_branch = two () => (float[N,2] B) { B = Neg (X) }
   >
}"""
FEED = {"X": np.array([[1.0, -3.0], [2.0, 6.0]], np.float32), "first": np.array(True)}


def function(body, opsets='"": 18, "tutorial": 1', domain="tutorial", name="Outer"):
    return f'<domain: "{domain}", opset_import: [{opsets}]> {name} {body}'


NESTED = [
    function("(X) => (P) { Z = tutorial.Inner (X) P = Neg (Z) }"),
    function("(X) => (P) { P = Relu (X) }", name="Inner"),
]


@pytest.mark.parametrize("text", [CALL, BRANCH])
def test_a_call_in_a_branch_or_in_a_function_is_inlined_and_our_domain_with_it(text):
    portable = script.inline(parse(text, *NESTED))
    assert [(opset.domain, opset.version) for opset in portable.opset_import] == [("", 18)]
    session = load(portable)
    feed = {value.name: FEED[value.name] for value in session.get_inputs()}
    assert session.run(["P"], feed)[0].tolist() == [[-1, 0], [-2, -6]]


def test_inlining_leaves_the_model_as_it_was_and_keeps_its_opset():
    text = CALL.replace('"": 18', '"": 21')
    model = parse(text, function("(X) => (P) { P = Relu (X) }", '"": 21'))
    before = model.SerializeToString()
    assert script.inline(model).opset_import[0].version == 21
    assert model.SerializeToString() == before


DEFAULT = """<domain: "tutorial", opset_import: ["": 18]>
Outer <alpha: float = 0.5> (X) => (P) { P = LeakyRelu <alpha: float = @alpha> (X) }"""


@pytest.mark.parametrize("text", [CALL, BRANCH])
@pytest.mark.parametrize(
    "domain, name, definition",
    [
        ("tutorial", "Outer", DEFAULT),
        ("", "Abs", None),  # onnxruntime computes the standard's Abs, the inlined file Neg
        ("ai.onnx", "Abs", None),  # the same domain by its other name
        ("com.microsoft", "QuickGelu", None),  # and this is an operator of onnxruntime
    ],
)
def test_a_function_that_would_answer_otherwise_is_refused(text, domain, name, definition):
    call = f"{domain}.{name}".lstrip(".")
    imports = f'"": 18, "{domain}": 1' if domain.startswith("com") else '"": 18, "tutorial": 1'
    text = text.replace('"": 18, "tutorial": 1', imports).replace("tutorial.Outer", call)
    definition = definition or function("(X) => (P) { P = Neg (X) }", '"": 18', domain, name)
    model = parse(text, definition)
    with pytest.raises(
        ValueError, match=rf"cannot inline {domain}\.{name}: expected one of the dom"
    ):
        script.inline(model)


@pytest.mark.parametrize("text", [CALL, BRANCH])
@pytest.mark.parametrize(
    "functions",
    [
        [],
        [function("(X) => (P) { P = tutorial.Gone (X) }")],
        [function("(X) => (P) { P = Relu (X) }", '"": 17')],  # of another opset
        [function("(X) => (P) { P = Relu (X) }", '"": 18, "tutorial": 2')],
        [function("(X) => (P) { P = ai.onnx.ml.Binarizer (X) }", '"": 18, "ai.onnx.ml": 3')],
    ],
    ids=["no function", "none in a function", "opset", "version", "another domain"],
)
def test_what_is_left_over_is_refused(text, functions):
    with pytest.raises(onnx.checker.ValidationError, match="No opset import for domain"):
        script.inline(parse(text, *functions))
