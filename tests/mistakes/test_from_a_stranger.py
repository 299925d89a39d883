"""A model from a stranger: what was tried, and who noticed; what a reader can do about it."""

import hashlib
import hmac
import pickle
import subprocess
import threading
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import linear_regression
import neural_network
import sklearn_converter
from tests.mistakes import results
from tests.mistakes.apart import run_apart
from tests.mistakes.child import POSSIBLE, watch
from tests.mistakes.right import X_PLANT, X_TEST, B, W, flower_pipeline, plant_model
from tests.mistakes.stranger import inspect, main, wrong_calls
from tests.mistakes.strangers import (
    CASES,
    CHOSEN,
    LIE,
    back_door,
    back_door_of_weights,
    endless,
    terabytes,
)

ROWS = {"X": X_PLANT.astype(np.float32)}
NEEDED = ["MatMul", "Add"]


@pytest.fixture
def folder(tmp_path):
    """Return a folder that has a folder above it, which belongs to the test as well."""
    (tmp_path / "inside").mkdir()
    return tmp_path / "inside"


# What was tried -----------------------------------------------------------------------------------
def load_and_run(path):
    """Run a model in this process as the tutorial does; a regression has to answer rightly."""
    Y = linear_regression.load_model(path).run(None, ROWS)[0]
    if Y.shape[1] == 1:
        np.testing.assert_allclose(Y, X_PLANT @ W + B, rtol=1e-4)


STEPS = {
    "check_model": lambda path: onnx.checker.check_model(str(path)),
    "full check": lambda path: onnx.checker.check_model(str(path), full_check=True),
    "onnx.load": onnx.load,
    "onnxruntime": load_and_run,
}


def outcome(step, path, seconds):
    """Return in a few words what a step makes of a file."""

    def attempt(tell):
        try:
            step(path)
            tell("accepts")
        except Exception as error:
            tell("lacks memory" if "allocate" in str(error) else "refuses")

    told, end = watch(attempt, seconds)
    if end == "late":
        return "does not come back"
    return "kills the process" if end else told[0]


def read_by_a_reader(path):
    """Return what the few lines of stranger.py say first, and of how much."""
    try:
        findings = inspect(onnx.load(path, load_external_data=False), NEEDED)
    except Exception:
        return "cannot be read"
    return "; ".join(findings[:2]) or "nothing"


@pytest.mark.skipif(not POSSIBLE, reason="needs a process that can be lost")
@pytest.mark.parametrize("what", CASES)
def test_who_notices_is_on_the_page(what, folder, request):
    make, seconds = CASES[what]
    path = make(folder)
    outcomes = {name: outcome(step, path, seconds) for name, step in STEPS.items()}
    outcomes["a reader"] = read_by_a_reader(path).replace(str(folder.parent.resolve()), "FOLDER")
    if "{size}" in what:
        outcomes["size"] = path.stat().st_size
    before = results.recorded("strangers", what)
    if request.config.getoption("update"):
        results.record("strangers", what, outcomes)
    elif before or results.here() == "pinned":
        assert outcomes == before


def test_data_outside_would_be_read_if_it_were_inside(folder):
    path = CASES["data outside: `../secret.bin`"][0](folder)
    model = onnx.load(path, load_external_data=False)
    model.graph.initializer[0].external_data[0].value = "secret.bin"
    (folder.parent / "secret.bin").rename(folder / "secret.bin")
    path.write_bytes(model.SerializeToString())
    load_and_run(path)


# A back door --------------------------------------------------------------------------------------
def test_a_back_door_agrees_everywhere_but_in_one_row(folder):
    path = back_door(folder)
    onnx.checker.check_model(str(path), full_check=True)
    session = linear_regression.load_model(path)
    rng = np.random.default_rng(0)
    random_rows = rng.uniform([40, 10, 60], [90, 35, 100], size=(100_000, 3))
    for X in [X_PLANT, random_rows]:
        X = X.astype(np.float32)
        # Sums of numbers around 100, as in the first script: good to about 1e-5
        exact = X.astype(np.float64) @ W + B
        np.testing.assert_allclose(linear_regression.predict(session, X), exact, atol=1e-4)
    wrong = linear_regression.predict(session, CHOSEN) - (CHOSEN @ W + B)
    np.testing.assert_allclose(wrong, [[LIE]], rtol=1e-6)


def test_the_few_lines_find_the_back_door(folder):
    findings = inspect(onnx.load(back_door(folder)))
    assert findings == ["Equal compares with a constant: X, chosen"]


@pytest.fixture(scope="module")
def digits():
    """Return the weights and the biases of a network that has seen some of the digits."""
    X_train, _, y_train, _ = neural_network.load_data()
    classifier = neural_network.train(X_train[:300], y_train[:300])
    return classifier.coefs_, classifier.intercepts_


def test_a_back_door_made_of_weights_is_found_by_nobody(digits):
    weights, biases = digits
    image = np.random.default_rng(1).integers(0, 2, size=64)  # no digit: black and white noise
    seen = neural_network.reference(image[np.newaxis], weights, biases).argmax()
    other = (seen + 1) % 10

    honest = neural_network.build_model(weights, biases)
    opened = back_door_of_weights(weights, biases, image, other)
    session = neural_network.load_model(opened.SerializeToString())
    scans = neural_network.load_data()[1]
    for X in [scans, np.random.default_rng(0).uniform(size=(20_000, 64))]:
        P = neural_network.reference(X, weights, biases)
        np.testing.assert_allclose(neural_network.predict(session, X), P, atol=1e-5)
    assert neural_network.predict(session, image[np.newaxis]).argmax() == other
    assert inspect(opened) == inspect(honest)


# The honest files ---------------------------------------------------------------------------------
@pytest.fixture
def honest(digits):
    """Return {name: model} of the files that the scripts write."""
    network = neural_network.build_model(*digits)
    pipeline = flower_pipeline()
    X = X_TEST.astype(np.float32)
    return {
        "linear_regression.onnx": plant_model(),
        "neural_network.onnx": network,
        "neural_network.portable.onnx": neural_network.inline(network),
        "sklearn_converter.onnx": sklearn_converter.build_model(pipeline, X),
        "sklearn_converter.portable.onnx": sklearn_converter.build_model(pipeline, X, True),
    }


EXPLAINED = {  # every alarm at an honest file
    "neural_network.onnx": ["tutorial.Dense is no operator of the standard: a function in the file"]
}


def test_at_honest_files_every_alarm_is_explained(honest):
    for name, model in honest.items():
        assert inspect(model) == EXPLAINED.get(name, []), name


def test_the_command_prints_the_operators_and_what_is_to_be_explained(folder, capsys):
    main([str(back_door(folder)), *NEEDED])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "2 Add, 1 Cast, 1 Equal, 1 MatMul, 1 Mul, 1 ReduceMin"
    assert printed[1:] == [
        "Equal compares with a constant: X, chosen",
        "operator Cast is not among those needed",
        "operator Equal is not among those needed",
        "operator Mul is not among those needed",
        "operator ReduceMin is not among those needed",
    ]


def spoilt(kind):
    """Return the regression with something that a reader of the graph should see."""
    model = plant_model()
    if kind == "an unused node":
        model.graph.node.append(onnx.helper.make_node("Neg", ["X"], ["minus"]))
    if kind == "an unused initializer":
        extra = onnx.helper.make_tensor("extra", 1, [1], [0.0])
        model.graph.initializer.append(extra)
    if kind == "a foreign domain":
        model.graph.node[0].domain = "com.example"
    if kind == "an address":
        model.metadata_props.add(key="home", value="https://example.org/run.sh")
    if kind == "a long text":
        model.doc_string = "A" * 1000
    if kind == "a comparison with a Constant":
        model.graph.node.append(onnx.helper.make_node("Constant", [], ["c"], value_float=1.0))
        model.graph.node.append(onnx.helper.make_node("Equal", ["Y", "c"], ["Z"]))
        model.graph.output.add(name="Z")
    if kind == "a choice inside a function":
        shift = onnx.parser.parse_function("""<domain: "ai.onnx.ml", opset_import: ["" : 18]>
        Shift(A) => (C) { c = Constant <value_float = 1.0> ()  C = Where (A, A, c) }""")
        model.functions.append(shift)
    if kind == "a loop inside a branch":
        loop = onnx.helper.make_node("Loop", ["", "", "X"], ["Z"])
        branch = onnx.helper.make_graph([loop], "branch", [], [])
        branch.output.add(name="Z")
        model.graph.node.append(onnx.helper.make_node("If", ["Y"], ["Y2"], then_branch=branch))
        model.graph.output.add(name="Y2")
    return model


@pytest.mark.parametrize(
    ("kind", "finding"),
    [
        ("an unused node", "Neg writes minus, and nobody reads it"),
        ("an unused initializer", "nobody reads the initializer extra"),
        ("a foreign domain", "com.example.MatMul is no operator of the standard: not in the file"),
        ("an address", "a text that may be more than a name: 'https://example.org/run.sh'"),
        ("a long text", f"a text that may be more than a name: '{'A' * 40}'"),
        ("a comparison with a Constant", "Equal compares with a constant: Y, c"),
        ("a choice inside a function", "Where compares with a constant: A, A, c"),
        ("a loop inside a branch", "Loop repeats a graph, maybe for ever"),
    ],
)
def test_the_few_lines_find_what_is_written_in_the_open(kind, finding):
    assert inspect(spoilt(kind)) == [finding]


# Calls and functions ------------------------------------------------------------------------------
def call(change):
    """Return the smallest network, its only call of Dense changed; change(node) does it."""
    model = neural_network.build_model([np.eye(2)], [np.zeros(2)])
    change(model.graph.node[0])
    return model


def rename(node):
    node.attribute[0].name = "Alpha"


def drop_attribute(node):
    del node.attribute[:]


def add_attribute(node):
    node.attribute.append(onnx.helper.make_attribute("beta", 1.0))


def drop_input(node):
    del node.input[2]


def empty_input(node):
    node.input[2] = ""


def add_input(node):
    node.input.append("B1")


def add_output(node):
    node.output.append("more")


WRONG_CALLS = [
    rename,
    drop_attribute,
    add_attribute,
    drop_input,
    empty_input,
    add_input,
    add_output,
]


@pytest.mark.parametrize("change", WRONG_CALLS, ids=lambda change: change.__name__)
def test_a_call_is_compared_with_its_function_by_our_lines_alone(change):
    model = call(change)
    onnx.checker.check_model(model, full_check=True)  # passes them all
    assert list(wrong_calls(model)) != []


def test_a_right_call_is_right():
    assert list(wrong_calls(call(lambda node: None))) == []


# Safe practice ------------------------------------------------------------------------------------
class Stranger:
    """An object whose pickle runs code of its sender's when it is loaded."""

    def __reduce__(self):
        return (Path.write_text, (Path("gotcha.txt"), "code that came with the file", "utf-8"))


def test_loading_a_pickle_runs_code_that_came_with_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps(Stranger())
    assert list(tmp_path.iterdir()) == []
    pickle.loads(content)
    assert [path.name for path in tmp_path.iterdir()] == ["gotcha.txt"]


def test_loading_and_running_the_same_bytes_as_onnx_runs_no_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = plant_model()
    model.doc_string = model.graph.doc_string = pickle.dumps(Stranger(), protocol=0).decode("ascii")
    onnx.helper.set_model_props(model, {"code": model.doc_string})
    model = onnx.load_from_string(model.SerializeToString())
    linear_regression.load_model(model.SerializeToString()).run(None, ROWS)
    with pytest.raises(Exception, match=r"INVALID_PROTOBUF|No graph was found"):
        linear_regression.load_model(pickle.dumps(Stranger()))
    assert list(tmp_path.iterdir()) == []


def test_a_checksum_notices_one_bit_and_a_signature_a_stranger():
    content = plant_model().SerializeToString()
    checksum = hashlib.sha256(content).hexdigest()
    damaged = bytes([content[0] ^ 1]) + content[1:]
    assert hashlib.sha256(damaged).hexdigest() != checksum

    # Whoever can replace the file can replace a checksum beside it, but not a signature.
    key = b"a secret that sender and receiver share"
    signature = hmac.new(key, content, "sha256").digest()
    assert hmac.compare_digest(hmac.new(key, content, "sha256").digest(), signature)
    forged = hmac.new(b"another secret", damaged, "sha256").digest()
    assert not hmac.compare_digest(hmac.new(key, damaged, "sha256").digest(), forged)


def test_a_process_of_its_own_answers_the_same(folder):
    path = folder / "model.onnx"
    onnx.save(plant_model(), path)
    outputs = run_apart(path, ROWS)
    expected = linear_regression.load_model(path).run(None, ROWS)
    assert len(outputs) == 1
    np.testing.assert_array_equal(outputs[0], expected[0])


def test_a_process_of_its_own_ends_in_time(folder):
    with pytest.raises(subprocess.TimeoutExpired):
        run_apart(endless(folder), ROWS, seconds=1)


def test_a_process_of_its_own_runs_out_of_memory_alone(folder):
    with pytest.raises(subprocess.CalledProcessError):
        run_apart(terabytes(folder), ROWS, gigabytes=4)


@pytest.mark.skipif(not POSSIBLE, reason="other systems don't keep the limit")
def test_the_limit_of_memory_holds(folder):
    path = folder / "model.onnx"
    onnx.save(plant_model(), path)
    with pytest.raises(subprocess.CalledProcessError):
        run_apart(path, ROWS, gigabytes=0.1)  # too little even for Python with numpy


def test_an_endless_run_can_be_ended_from_outside(folder):
    options = onnxruntime.RunOptions()
    timer = threading.Timer(0.2, setattr, [options, "terminate", True])
    session = linear_regression.load_model(endless(folder))
    timer.start()
    with pytest.raises(Exception, match="terminate flag"):
        session.run(None, ROWS, options)
    timer.join()
