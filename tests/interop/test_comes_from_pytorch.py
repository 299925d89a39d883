"""How do I get my model out of PyTorch?

Install it:  pip install torch==2.13.0 onnxscript
Try it:      pytest tests/interop/test_comes_from_pytorch.py
"""

import numpy as np
import onnx
import onnx.reference
import pytest
from numpy.testing import assert_allclose

import neural_network
from tests import networks
from tests.interop.common import PRECISIONS, check_export, need
from tests.interop.frameworks.pytorch import NAME, export
from tests.kit import apart

torch = need(NAME, "torch")
need(NAME, "onnxscript")  # the exporter does without until it is called
FREE = torch.export.Dim.DYNAMIC


def make_linear(W, B, dtype=torch.float32):
    """Return the layer for W (inputs, outputs) and B (outputs,)."""
    linear = torch.nn.Linear(*W.shape, dtype=dtype)
    linear.weight.data = torch.tensor(W.T, dtype=dtype)  # PyTorch keeps (outputs, inputs)
    linear.bias.data = torch.tensor(B, dtype=dtype)
    return linear


def build(weights, biases, dtype):
    """Return the network as a module."""
    layers = []
    for W, B in zip(weights, biases, strict=True):
        layers += [make_linear(W, B, dtype), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1], torch.nn.Softmax(dim=1))


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, measured):
    network = build(digits.weights, digits.biases, getattr(torch, dtype))
    export(network, tmp_path / "model.onnx", digits.X[:2].astype(dtype))
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    measured(dtype, f"{atol:.0e}")
    measured("verdict", "works")


def test_without_dynamic_shapes_the_batch_size_is_frozen(digits, tmp_path):
    network = build(digits.weights, digits.biases, torch.float32)
    X = digits.X.astype(np.float32)
    torch.onnx.export(network, (torch.tensor(X[:2]),), tmp_path / "model.onnx")  # no complaint
    session = neural_network.load_model(tmp_path / "model.onnx")
    assert session.get_inputs()[0].shape == [2, 64]
    with pytest.raises(Exception, match="Got: 7 Expected: 2"):
        session.run(None, {session.get_inputs()[0].name: X[:7]})


# Convolution --------------------------------------------------------------------------------------
def build_convolution(weights, dropout=0.0):
    """Return the convolution of networks.py as a module, with dropout before its last layer."""
    convolution = torch.nn.Conv2d(1, networks.FILTERS, 3, padding=1, bias=False)
    convolution.weight.data = torch.tensor(weights["filters"])
    norm = torch.nn.BatchNorm2d(networks.FILTERS, eps=networks.EPSILON)
    norm.running_mean.data = torch.tensor(weights["mean"])
    norm.running_var.data = torch.tensor(weights["variance"])
    return torch.nn.Sequential(
        convolution,
        norm,
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Dropout(dropout),
        make_linear(weights["W"], weights["B"]),
        torch.nn.Softmax(dim=1),
    )


def test_a_convolution_and_the_one_built_by_hand(networks_cases, tmp_path, measured):
    case = networks_cases["convolution"]
    weights = networks.read_weights(case.path)
    network = build_convolution(weights, dropout=0.5).eval()
    export(network, tmp_path / "model.onnx", case.seen[:2].astype(np.float32))
    # No BatchNormalization is left: the exporter has put it into the filters.
    operators = [node.op_type for node in onnx.load(tmp_path / "model.onnx").graph.node]
    assert operators == ["Conv", "Relu", "MaxPool", "Reshape", "Gemm", "Softmax"]
    exact = case.formula(case.seen)
    atol = networks.TOLERANCES["convolution"]
    for path in (case.path, tmp_path / "model.onnx"):
        check_export(path, case.seen, exact, atol, [weights["W"], weights["B"]])
    measured("convolution", "✓")


def test_without_eval_it_warns_and_the_file_normalises_as_with_it(networks_cases, tmp_path):
    case = networks_cases["convolution"]
    network = build_convolution(networks.read_weights(case.path))
    X = case.seen.astype(np.float32)
    with pytest.warns(UserWarning, match="Exporting a model while it is in training mode"):
        export(network, tmp_path / "model.onnx", X[:2])
    exact = case.formula(case.seen)
    atol = networks.TOLERANCES["convolution"]
    check_export(tmp_path / "model.onnx", X, exact, atol)
    # PyTorch itself takes, without eval, mean and variance of the rows that it is fed.
    P = network(torch.tensor(X[:7])).detach().numpy()
    assert abs(P - exact[:7]).max() > 100 * atol


def test_without_eval_dropout_stays_in_the_file_and_only_some_engines_let_it_rest(
    networks_cases, tmp_path
):
    case = networks_cases["convolution"]
    network = build_convolution(networks.read_weights(case.path), dropout=0.5)
    X = case.seen[:7].astype(np.float32)
    with pytest.warns(UserWarning, match="Exporting a model while it is in training mode"):
        export(network, tmp_path / "model.onnx", X)
    model = onnx.load(tmp_path / "model.onnx")
    (dropout,) = [node for node in model.graph.node if node.op_type == "Dropout"]
    assert networks.read_weights(tmp_path / "model.onnx")[dropout.input[2]]  # "training_mode"
    # onnxruntime takes it out as it loads the file, and the answers are right;
    exact = case.formula(case.seen)
    check_export(tmp_path / "model.onnx", case.seen, exact, networks.TOLERANCES["convolution"])
    # an engine that does what the file says throws away half of the numbers.
    engine = onnx.reference.ReferenceEvaluator(model)
    (P,) = engine.run(None, {model.graph.input[0].name: X})
    assert abs(P - exact[:7]).max() > 0.1


# Recurrence ---------------------------------------------------------------------------------------
class Recurrence(torch.nn.Module):
    """X (length, N, 1), state (1, N, 64) -> next_state (1, N, 64), Y (length, N, 1)."""

    def __init__(self, weights):
        super().__init__()
        self.neurons = torch.nn.RNN(1, networks.NEURONS)
        self.neurons.weight_ih_l0.data = torch.tensor(weights["W"][0])
        self.neurons.weight_hh_l0.data = torch.tensor(weights["R"][0])
        of_x, of_h = np.split(weights["B"][0], 2)  # one bias for x, one for h, as in ONNX
        self.neurons.bias_ih_l0.data = torch.tensor(of_x)
        self.neurons.bias_hh_l0.data = torch.tensor(of_h)
        self.out = make_linear(weights["out"], weights["bias"])

    def forward(self, X, state):
        H, next_state = self.neurons(X, state)
        return next_state, self.out(H)


class Scan(Recurrence):
    """The same, step by step: PyTorch's scan becomes ONNX's Scan."""

    def forward(self, X, state):
        W, R, of_x, of_h = self.neurons.parameters()

        def step(h, x):
            h = torch.tanh(x @ W.T + of_x + h @ R.T + of_h)
            return h, h.clone()

        last, H = torch._higher_order_ops.scan(step, state[0], X)  # a prototype: no public name yet
        return last[None], self.out(H)


def export_recurrence(network, path, dynamo):
    """Write the network, for any length and any number of series."""
    X = torch.rand(5, 3, 1)
    state = torch.rand(1, 3, networks.NEURONS)
    names = {"input_names": ["X", "state"], "output_names": ["next_state", "Y"]}
    if dynamo:  # the exporter of today
        shapes = ({0: FREE, 1: FREE}, {1: FREE})
        torch.onnx.export(network, (X, state), path, dynamic_shapes=shapes, **names)
    else:  # the older one, which PyTorch calls deprecated, knows which axes are free by their names
        axes = {"X": {0: "length", 1: "N"}, "state": {1: "N"}}
        torch.onnx.export(network, (X, state), path, dynamo=False, dynamic_axes=axes, **names)


@pytest.mark.parametrize("module, dynamo", [(Recurrence, False), (Scan, True)])
def test_a_recurrence_of_any_length_and_the_one_built_by_hand(
    module, dynamo, networks_cases, tmp_path, measured
):
    case = networks_cases["recurrence"]
    network = module(networks.read_weights(case.path))
    export_recurrence(network, tmp_path / "model.onnx", dynamo)
    onnx.checker.check_model(tmp_path / "model.onnx", full_check=True)
    exported = neural_network.load_model(tmp_path / "model.onnx")
    by_hand = neural_network.load_model(case.path)
    exact = networks.train_recurrence(case.seen)  # the same weights in float64
    rng = np.random.default_rng(0)
    for length, N in [(1, 1), (7, 3), (1000, 2)]:
        X = rng.uniform(case.seen.min(), case.seen.max(), (length, N, 1)).astype(np.float32)
        state = rng.uniform(-1, 1, (1, N, networks.NEURONS)).astype(np.float32)
        next_state, Y = exported.run(["next_state", "Y"], {"X": X, "state": state})
        assert Y.shape == X.shape
        assert next_state.shape == state.shape
        for i in range(N):  # the file that is built by hand, like the formula, takes one series
            feed = {"X": X[:, i : i + 1], "state": state[:, i : i + 1]}
            expected, last = networks.reference_recurrence(feed["X"], feed["state"], exact)
            last_by_hand, Y_by_hand = by_hand.run(["next_state", "Y"], feed)
            for answer in (Y[:, i], Y_by_hand):
                assert_allclose(answer, expected, rtol=0, atol=networks.TOLERANCES["recurrence"])
            for answer in (next_state[:, i : i + 1], last_by_hand):
                assert_allclose(answer, last, rtol=0, atol=1e-6)  # a tanh: below 1
    measured("recurrence", "✓")


def test_the_exporter_of_today_refuses_a_free_length(networks_cases, tmp_path):
    network = Recurrence(networks.read_weights(networks_cases["recurrence"].path))
    with pytest.raises(Exception, match=r"inferred a static shape of 5 for dimension .*shape\[0\]"):
        export_recurrence(network, tmp_path / "model.onnx", dynamo=True)


SHAPES = [(1, 1, 1), (7, 3, 1), (10, 3, 1), (20, 2, 1)]  # the example is (5, 3, 1)
ATOL_MEMORY = 1e-5  # numbers below 1, after at most 20 steps that round a few times each


def export_memory(kind, batch_first, layers, bidirectional, path):
    """Write an LSTM or a GRU of a free length and a free batch; return the network."""
    options = {"num_layers": layers, "bidirectional": bidirectional, "batch_first": batch_first}
    network = getattr(torch.nn, kind)(1, 8, **options).eval()
    free = ({0: FREE, 1: FREE},)
    torch.onnx.export(network, (torch.rand(5, 3, 1),), path, dynamic_shapes=free)  # no complaint
    onnx.checker.check_model(path, full_check=True)  # none here, either
    return network


def compare_memory(*options):
    """Return for each of SHAPES how the file answers: its shape, how far from PyTorch, or an error.

    For a new process: in one that has exported an LSTM or a GRU before, the next is refused.
    """
    network = export_memory(*options)
    session = neural_network.load_model(options[-1])
    (value,) = session.get_inputs()
    assert isinstance(value.shape[0], str) and isinstance(value.shape[1], str)  # free, it says
    answers = []
    for shape in SHAPES:
        X = torch.rand(*shape)
        expected = network(X)[0].detach().numpy()
        try:
            Y = session.run(None, {value.name: X.numpy()})[0]
        except Exception as error:
            answers.append(str(error))
            continue
        same = Y.shape == expected.shape
        answers.append((Y.shape, float(abs(Y - expected).max()) if same else None))
    return answers


def export_twice(path):
    """Export one network after another, in one process."""
    export_memory("LSTM", True, 1, False, path)
    export_memory("LSTM", True, 1, False, path)


def in_new_process(function, *arguments):
    """Return the outcome of a function in a new process, in which PyTorch may warn."""
    return apart.fresh(function, *arguments, seconds=300, environment={"PYTHONWARNINGS": "ignore"})


SIZES = [(1, False), (2, True)]  # layers, and whether the series is read backwards, too
sizes = pytest.mark.parametrize("layers, bidirectional", SIZES)


@sizes
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_of_lstm_and_gru_a_free_length_is_right_if_the_batch_comes_first(
    kind, layers, bidirectional, tmp_path
):
    path = tmp_path / "model.onnx"
    outcome = in_new_process(compare_memory, kind, True, layers, bidirectional, path)
    assert outcome.ended == apart.RETURNED, outcome
    for (shape, error), (N, length, _) in zip(outcome.value, SHAPES, strict=True):
        assert shape == (N, length, 8 * (1 + bidirectional))
        assert error < ATOL_MEMORY


@sizes
@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_of_lstm_and_gru_a_free_length_is_taken_for_that_of_the_example_if_it_does_not(
    kind, layers, bidirectional, tmp_path
):
    path = tmp_path / "model.onnx"
    outcome = in_new_process(compare_memory, kind, False, layers, bidirectional, path)
    assert outcome.ended == apart.RETURNED, outcome
    first, second, third, last = outcome.value
    width = 8 * (1 + bidirectional)
    assert third == ((5, 6, width), None)  # as many steps as the example had, of 6 series, not 3
    assert last == ((5, 8, width), None)
    for message in (first, second):  # 1 and 7 steps, which 5 does not divide
        assert f"requested shape:{{5,-1,{width}}}" in message


def test_in_one_process_a_second_lstm_of_a_free_length_is_refused(tmp_path):
    outcome = in_new_process(export_twice, tmp_path / "model.onnx")
    assert outcome.ended == apart.RAISED
    assert "tracing inferred a static shape of" in outcome.words


# The older exporter's argument --------------------------------------------------------------------
def export_by_axes(path, axes, **options):
    """Write a layer with its axes named as the older exporter wants it; return the shape of X."""
    names = {"input_names": ["X"], "output_names": ["Y"]}
    layer = torch.nn.Linear(4, 3).eval()
    torch.onnx.export(layer, (torch.rand(2, 4),), path, dynamic_axes=axes, **names, **options)
    (X,) = neural_network.load_model(path).get_inputs()
    return X.shape


def test_dynamic_axes_still_frees_a_batch_and_warns(tmp_path):
    with pytest.warns(UserWarning, match="'dynamic_axes' is not recommended when dynamo=True"):
        shape = export_by_axes(tmp_path / "model.onnx", {"X": {0: "N"}})
    assert shape == ["N", 4]


def test_a_misspelt_input_in_dynamic_axes_is_refused_today_and_was_a_frozen_batch_before(tmp_path):
    path = tmp_path / "model.onnx"
    with pytest.raises(RuntimeError, match="Failed to convert 'dynamic_axes' to 'dynamic_shapes'"):
        export_by_axes(path, {"Z": {0: "N"}})
    with pytest.warns(UserWarning, match="Provided key Z for dynamic axes is not a valid input"):
        shape = export_by_axes(path, {"Z": {0: "N"}}, dynamo=False)
    assert shape == [2, 4]


def test_the_older_exporter_refuses_the_newer_argument(tmp_path):
    layer = torch.nn.Linear(4, 3)
    with pytest.raises(ValueError, match="dynamic shapes through parameter dynamic_axes when"):
        path = tmp_path / "model.onnx"
        free = ({0: FREE},)
        torch.onnx.export(layer, (torch.rand(2, 4),), path, dynamic_shapes=free, dynamo=False)


# Attention ----------------------------------------------------------------------------------------
class Attention(torch.nn.Module):
    """X (N, 64) -> P (N, 10)."""

    def __init__(self, weights):
        super().__init__()
        # Four axes, or it is not exported: examples, heads, what is known, pixels or labels.
        self.keys = torch.nn.Parameter(torch.tensor(weights["K"].T[None, None]))
        self.values = torch.nn.Parameter(torch.tensor(weights["V"][None, None]))
        self.sharpness = float(weights["sharpness"])

    def forward(self, X):
        Q = torch.nn.functional.normalize(X, dim=1)
        attend = torch.nn.functional.scaled_dot_product_attention
        return attend(Q[None, None], self.keys, self.values, scale=self.sharpness)[0, 0]


def test_an_attention_and_the_one_built_by_hand(networks_cases, tmp_path, measured):
    case = networks_cases["attention"]
    weights = networks.read_weights(case.path)
    export(Attention(weights), tmp_path / "model.onnx", case.seen[:2].astype(np.float32))
    exact = case.formula(case.seen)
    for path in (case.path, tmp_path / "model.onnx"):
        check_export(path, case.seen, exact, networks.TOLERANCES["attention"], [weights["V"]])
    measured("attention", "✓")
