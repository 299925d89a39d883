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
from tests.interop import networks
from tests.interop.common import PRECISIONS, check_export, need

NAME = "PyTorch"
EXPORTER = "torch.onnx.export"
PACKAGES = "torch onnxscript"
BUT = "wrong: `LSTM` and `GRU` of a free length; `RNN` of one needs the older exporter, or `scan`"
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


def export(network, path, X):
    """Write the network; X (N, ...) is an example of its input."""
    torch.onnx.export(
        network,
        (torch.tensor(X),),
        path,
        dynamic_shapes=({0: FREE},),  # or the batch size is that of X for ever
        external_data=False,  # or the weights go to a second file
    )


@pytest.mark.parametrize("dtype, atol", PRECISIONS)
def test_the_file_is_the_network(dtype, atol, digits, tmp_path, note):
    network = build(digits.weights, digits.biases, getattr(torch, dtype))
    export(network, tmp_path / "model.onnx", digits.X[:2].astype(dtype))
    weights = digits.weights + digits.biases
    check_export(tmp_path / "model.onnx", digits.X, digits.P, atol, weights)
    note(dtype, f"{atol:.0e}")
    note("verdict", "works")


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


def test_a_convolution_and_the_one_built_by_hand(networks_cases, tmp_path, note):
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
    note("convolution", "✓")


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
    module, dynamo, networks_cases, tmp_path, note
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
    note("recurrence", "✓")


def test_the_exporter_of_today_refuses_a_free_length(networks_cases, tmp_path):
    network = Recurrence(networks.read_weights(networks_cases["recurrence"].path))
    with pytest.raises(Exception, match=r"inferred a static shape of 5 for dimension .*shape\[0\]"):
        export_recurrence(network, tmp_path / "model.onnx", dynamo=True)


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
def test_of_lstm_and_gru_it_accepts_a_free_length_and_answers_in_another_shape(kind, tmp_path):
    network = getattr(torch.nn, kind)(1, 64)
    X = torch.rand(10, 3, 1)
    path = tmp_path / "model.onnx"
    torch.onnx.export(network, (X[:5],), path, dynamic_shapes=({0: FREE, 1: FREE},))  # no complaint
    onnx.checker.check_model(path, full_check=True)  # none here, either
    session = neural_network.load_model(path)
    (value,) = session.get_inputs()
    assert isinstance(value.shape[0], str)  # free, it says
    Y = session.run(None, {value.name: X.numpy()})[0]
    assert network(X)[0].shape == (10, 3, 64)
    assert Y.shape == (5, 6, 64)  # as many steps as the example had
    with pytest.raises(Exception, match=r"cannot be reshaped .* requested shape:\{5,-1,64\}"):
        session.run(None, {value.name: X[:7].numpy()})


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


def test_an_attention_and_the_one_built_by_hand(networks_cases, tmp_path, note):
    case = networks_cases["attention"]
    weights = networks.read_weights(case.path)
    export(Attention(weights), tmp_path / "model.onnx", case.seen[:2].astype(np.float32))
    exact = case.formula(case.seen)
    for path in (case.path, tmp_path / "model.onnx"):
        check_export(path, case.seen, exact, networks.TOLERANCES["attention"], [weights["V"]])
    note("attention", "✓")
