"""The check: its rows, its judgement, numpy's word on a node, and what it says of odd files."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose
from onnx import TensorProto, helper, numpy_helper, parser

from tests import engines
from tests.check import ask_model, facts, feed, messages, numpy_node, probes, report, trial
from tests.check.__main__ import main
from tests.engines.onnxruntime import open_session
from tests.kit import apart
from tests.kit.page import fence
from tests.kit.places import ROOT
from tests.mistakes.right import network_model, plant_model
from tests.security.cases import CASES

rng = np.random.default_rng(0)


# numpy's word on a node: ONNX Runtime is the second opinion ---------------------------------------
def normal(*shape):
    return rng.normal(size=shape).astype(np.float32)


def positive(*shape):
    return rng.uniform(0.5, 3, shape).astype(np.float32)


def gates(number):
    """Return X, W, R, B, the lengths and a first state of a recurrence with so many gates."""
    sizes = [(4, 3, 2), (2, number * 5, 2), (2, number * 5, 5), (2, 2 * number * 5)]
    return [*map(lambda size: normal(*size), sizes), np.int32([4, 2, 1]), normal(2, 3, 5)]


NODES = {  # a node: its inputs, by opset
    (18, "Y = Pow (A, B)"): [positive(2, 3), normal(3)],
    (18, "Y = Round (A)"): [np.float32([-2.5, -1.5, 0.5, 1.5])],
    (18, "Y = Where (A, B, C)"): [np.array([True, False]), normal(2), normal(2)],
    (18, "Y = Erf (A)"): [normal(4)],
    (18, "Y = Div (A, B)"): [np.int64([7, -7]), np.int64([2, 2])],
    (18, "Y = Mod (A, B)"): [np.int64([7, -7]), np.int64([3, 3])],
    (18, "Y = Mod <fmod = 1> (A, B)"): [np.float32([7, -7]), np.float32([3, 3])],
    (18, "Y = Softmax (A)"): [normal(2, 3, 4)],
    (18, "Y = Softmax <axis = 1> (A)"): [normal(2, 3, 4)],
    (11, "Y = Softmax (A)"): [normal(2, 3, 4)],
    (11, "Y = LogSoftmax <axis = 2> (A)"): [normal(2, 3, 4)],
    (10, "Y = Clip <min = -0.5, max = 0.25> (A)"): [normal(4)],
    (18, "Y = Clip (A, B, C)"): [normal(4), np.array(-0.5, np.float32), np.array(0.5, np.float32)],
    (18, "Y = Gemm <transB = 1, alpha = 0.5, beta = 2.0> (A, B, C)"): [
        normal(2, 3),
        normal(4, 3),
        normal(4),
    ],
    (15, "Y = BatchNormalization (A, B, C, D, E)"): [
        normal(2, 3, 4),
        normal(3),
        normal(3),
        normal(3),
        positive(3),
    ],
    (9, "Y = BatchNormalization <epsilon = 0.01> (A, B, C, D, E)"): [
        normal(2, 3, 4),
        normal(3),
        normal(3),
        normal(3),
        positive(3),
    ],
    (18, "Y = LayerNormalization <axis = 1> (A, B, C)"): [
        normal(2, 3, 4),
        normal(3, 4),
        normal(3, 4),
    ],
    (11, "Y = ReduceSum <axes = [1], keepdims = 0> (A)"): [normal(2, 3, 4)],
    (18, "Y = ReduceSum (A, B)"): [normal(2, 3, 4), np.int64([0, -1])],
    (18, "Y = ReduceL2 (A, B)"): [normal(2, 3, 4), np.int64([1])],
    (18, "Y = ReduceMean <noop_with_empty_axes = 1> (A)"): [normal(2, 3)],
    (18, "Y = CumSum <reverse = 1, exclusive = 1> (A, B)"): [normal(2, 3), np.array(1)],
    (18, "Y = ArgMax <axis = 1, select_last_index = 1> (A)"): [np.float32([[1, 3, 3], [2, 2, 0]])],
    (18, "Y = QuantizeLinear (A, B, C)"): [
        normal(5),
        np.array(0.02, np.float32),
        np.array(128, np.uint8),
    ],
    (18, "Y = DequantizeLinear (A, B, C)"): [
        np.uint8([0, 128, 255]),
        np.array(0.1, np.float32),
        np.array(3, np.uint8),
    ],
    (18, "Y = Flatten <axis = 2> (A)"): [normal(2, 3, 4)],
    (18, "Y = HardSigmoid <alpha = 0.3> (A)"): [normal(5)],
    (18, 'Y = RNN <hidden_size = 5, direction = "bidirectional"> (A, B, C, D, E, F)'): gates(1),
    (18, 'Y = GRU <hidden_size = 5, direction = "bidirectional"> (A, B, C, D, E, F)'): gates(3),
    (
        18,
        'Y = GRU <hidden_size = 5, direction = "bidirectional", linear_before_reset = 1>'
        " (A, B, C, D, E, F)",
    ): gates(3),
    (18, 'Y = LSTM <hidden_size = 5, direction = "bidirectional"> (A, B, C, D, E, F)'): gates(4),
}


def parse_node(opset, text, inputs):
    """Return a model of one node, its inputs called A, B, C, ..."""
    model = parser.parse_model(
        f'<ir_version: 8, opset_import: ["": {opset}]> g () => () {{{text}}}'
    )
    for name, array in zip("ABCDEF", inputs, strict=False):
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        model.graph.input.append(helper.make_tensor_value_info(name, kind, array.shape))
    model.graph.output.append(onnx.ValueInfoProto(name="Y"))
    return model


@pytest.mark.parametrize("opset, text", NODES, ids=str)
def test_numpy_and_onnxruntime_say_the_same_of_a_node(opset, text):
    inputs = NODES[opset, text]
    model = parse_node(opset, text, inputs)
    session = open_session(model.SerializeToString())
    (answer,) = session.run(None, dict(zip("ABCDEF", inputs, strict=False)))
    exact = numpy_node.evaluate(model.graph.node[0], inputs, opset)
    # float32 keeps 7 digits, sums of a few terms and functions cost one or two.
    assert_allclose(answer, exact, rtol=1e-5, atol=1e-5, equal_nan=True)


def test_numpy_has_no_word_where_it_was_given_none():
    node = helper.make_node("Resize", ["A"], ["Y"])
    assert numpy_node.evaluate(node, [normal(2)], 18) is None
    foreign = helper.make_node("Add", ["A", "B"], ["Y"], domain="stranger")
    assert numpy_node.evaluate(foreign, [normal(2), normal(2)], 18) is None


def test_numpy_says_who_of_two_is_right():
    node = helper.make_node("Mul", ["A", "B"], ["Y"])
    inputs = {"A": normal(3), "B": normal(3)}
    right = inputs["A"] * inputs["B"]
    outputs = {"one": right, "other": right * np.float32(1.01)}
    words, wrong = ask_model.settle(trial.Parting(node, "Y", 18, inputs, outputs, 0.01))
    assert (words, wrong) == (
        "numpy, in float64, says that one is right, and other is not",
        "other",
    )


# Rows ---------------------------------------------------------------------------------------------
SIZES = """<ir_version: 8, opset_import: ["": 18]> g
(float[N, 3, side] image, int64[N, length] tokens, float[2, batch, 4] state, int64 rate)
=> (float[N] Y)
<int64 known = {16000}> { same = Equal (rate, known)  Y = Identity (image) }"""


def test_made_rows_fit_their_inputs():
    model = parser.parse_model(SIZES)
    image, tokens, state, rate = next(iter(feed.list_attempts(model)))
    assert image.shape[:2] == (3, 3)  # N is the number of rows, three at first; three channels
    assert len(tokens) == len(image)
    assert state.shape == (2, 3, 4)  # layers, rows, hidden
    assert rate.shape == ()
    assert tokens.dtype == np.int64


def test_a_whole_number_that_chooses_is_tried_with_those_that_the_file_knows():
    model = parser.parse_model(SIZES)
    assert any(attempt[3] == 16000 for attempt in feed.list_attempts(model))


@pytest.mark.parametrize(
    "arrays, words",
    [
        ({}, "expected an array for the input X, found none"),
        ({"x": np.zeros((2, 3))}, "expected an array for the input X, found x"),
        ({"X": np.zeros((2, 4))}, "X: expected the shape (N, 3), found (2, 4)"),
        ({"X": np.array([["a", "b", "c"]])}, "X: expected float32, found <U1"),
        (
            {"X": np.zeros((2, 3)), "Z": np.zeros(2)},
            "no input or output is called Z",
        ),
    ],
)
def test_rows_that_do_not_fit_are_refused_in_a_line(arrays, words):
    with pytest.raises(feed.Unfit) as found:
        feed.choose(plant_model(), arrays)
    assert words in str(found.value)


# Comparing ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "given, differs",
    [
        ([1.0, 2.0005], False),
        ([1.0, 2.01], True),
        ([1.0, np.nan], True),
        ([1.0, 2.0, 3.0], True),
    ],
)
def test_floats_may_be_off_by_a_thousandth_of_the_largest(given, differs):
    right = [np.float32([1, 2])]
    assert trial.compare([np.float32(given)], right)[1] == differs


def test_labels_and_words_may_not_be_off():
    assert trial.compare([np.int64([1000, 1])], [np.int64([1001, 1])])[1]
    assert trial.compare([np.array(["a"])], [np.array(["b"], object)])[1]
    assert not trial.compare([np.array(["a"])], [np.array(["a"], object)])[1]
    assert trial.compare([[{0: 0.5}]], [[{0: 0.4}]])[1]


def test_an_engine_is_judged_by_the_rows_of_the_caller():
    ran = {"one": trial.Ran(trial.RUNS, outputs=[np.float32([1])]), "other": None}
    judged = trial.judge(ran, [np.float32([2])], "your rows")
    assert judged["one"].verdict == trial.DIFFERS
    assert "your rows" in judged["one"].words


@pytest.fixture(scope="module")
def plant(tmp_path_factory):
    """What is said of the first script's model, fed with rows and with what is right for them."""
    folder = tmp_path_factory.mktemp("plant")
    onnx.save(plant_model(), folder / "plant.onnx")
    X = normal(4, 3)
    weights = [numpy_helper.to_array(tensor) for tensor in plant_model().graph.initializer]
    right = X.astype(np.float64) @ weights[0] + weights[1]
    np.savez(folder / "rows.npz", X=X, Y=right)
    return folder


# Probes -------------------------------------------------------------------------------------------
SCALED = """<ir_version: 8, opset_import: ["": 18]> g (float[N, 4] X) => (float[N, 4] Y)
{ Q, s, z = DynamicQuantizeLinear (X)  Y = DequantizeLinear (Q, s, z) }"""


def runner(model):
    session = open_session(model.SerializeToString())
    return lambda inputs: session.run(
        None, {value.name: x for value, x in zip(session.get_inputs(), inputs, strict=True)}
    )


def test_a_row_that_changes_with_its_neighbours_is_told_and_no_other():
    inputs = [normal(3, 4)]
    model = parser.parse_model(SCALED)
    ((what, cure, _),) = probes.try_neighbours(model, runner(model), inputs)
    assert what.startswith("a row's answer changes")
    assert cure.startswith("quantise statically")
    sound = plant_model()
    assert probes.try_neighbours(sound, runner(sound), [normal(3, 3)]) == []


def test_digits_are_counted_against_float64():
    """X + 10,000 - 10,000: of the 7 digits 3 or so are left, as with pencil and paper."""
    model = parser.parse_model(
        '<ir_version: 8, opset_import: ["": 18]> g (float[N] X) => (float[N] Y)'
        "<float far = {10000}> { A = Add (X, far)  Y = Sub (A, far) }"
    )
    ((what, _, _),) = probes.count_digits(model, runner(model), [normal(5)])
    assert what.startswith(("of float32's 7 digits 3", "of float32's 7 digits 4"))


def test_odd_numbers_are_told_as_they_come_out():
    model = plant_model()
    ((what, _, _),) = probes.try_odd_numbers(model, runner(model), [normal(3, 3)])
    assert "NaN is answered with NaN" in what


def test_the_nodes_that_take_the_time_are_named(plant):
    ((what, _, _),) = probes.find_slow_nodes(str(plant / "plant.onnx"), [normal(4, 3)])
    assert "% MatMul" in what or "% Gemm" in what


# Numbers in other files ---------------------------------------------------------------------------
OUTSIDE = [what for what in CASES if what.startswith("data outside")]


@pytest.mark.parametrize("what", OUTSIDE)
def test_nothing_outside_the_folder_of_a_file_is_read(what, tmp_path):
    folder = tmp_path / "inside"
    folder.mkdir()
    path = CASES[what][0](folder)
    model = ask_model.read(path)
    assert facts.refuse_outside(path, facts.list_external(model)).startswith("its numbers lie in")


def test_of_a_file_with_numbers_outside_nothing_is_run(here, monkeypatch, tmp_path):
    folder = tmp_path / "inside"
    folder.mkdir()
    path = CASES[OUTSIDE[0]][0](folder)
    monkeypatch.setattr(trial, "run_all", pytest.fail)
    monkeypatch.setattr(trial, "try_rows", pytest.fail)
    found = ask_model.ask(path, None, quiet)
    assert found["status"] == 1
    assert {each["ran"] for each in found["engines"].values()} <= {"unknown", "not installed"}


def test_names_of_a_file_are_no_paths_where_its_inputs_are_written(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    node = helper.make_node("Add", ["file", "../B\0"], ["../../Y"])
    inputs = {"file": normal(2), "../B\0": normal(2)}
    parting = trial.Parting(node, "../../Y", 18, inputs, {}, 1.0)
    place = ask_model.write_inputs(Path("model.onnx"), parting)
    assert [each.name for each in tmp_path.iterdir()] == [place]
    written = feed.read_arrays(place)
    assert_allclose(written["0_file"], inputs["file"])
    missing = Path("model.onnx").with_name("x" * 300)  # longer than a name may be
    assert ask_model.write_inputs(missing, parting) is None


def test_no_rows_are_made_for_an_input_of_terabytes():
    value = helper.make_tensor_value_info("X", TensorProto.FLOAT, [2**20, 2**20])
    graph = helper.make_graph([], "g", [value], [value])
    with pytest.raises(feed.Unfit, match="none are made"):
        next(iter(feed.list_attempts(helper.make_model(graph))))


def test_numbers_beside_a_file_are_read_and_missing_ones_told(tmp_path):
    path = tmp_path / "model.onnx"
    onnx.save(plant_model(), path, save_as_external_data=True, location="w.bin", size_threshold=0)
    assert facts.refuse_outside(path, ["w.bin"]) is None
    with pytest.raises(FileNotFoundError, match=r"w\.bin, which is not there"):
        (tmp_path / "w.bin").unlink()
        facts.refuse_outside(path, ["w.bin"])


# Messages -----------------------------------------------------------------------------------------
def test_each_mistake_is_found_by_its_own_message():
    for words, entry in messages.list_mistakes():
        if entry["shows"]:
            found = [(hit["what"], hit["cure"]) for hit in messages.search(entry["shows"])]
            assert (entry["what"], entry["cure"]) in found or len(found) == messages.MOST, words


def test_each_export_is_found_by_its_own_message_and_by_all_that_was_said():
    before = "torch.onnx.errors.TorchExportError: Failed to export the model. This is step 1/3\n"
    for words, entry in messages.list_exports():
        says = entry["shows"]
        whole = [says, f"{before * 9}{says} and so on{before * 9}"] if says else []
        for pasted in [words, *whole]:
            found = [hit["what"] for hit in messages.search(pasted)]
            assert entry["what"] in found, pasted


def test_a_message_of_nobody_belongs_to_nothing():
    assert messages.search("the cat sat on the mat") == []


# The whole of it ----------------------------------------------------------------------------------
@pytest.fixture
def here(monkeypatch):
    """Let what runs in a process of its own run in this one: the files here are harmless.

    tests/interop/test_asked_about.py has the processes.
    """

    def call(function, *arguments, tell=False, **limits):
        messages = []
        apart.call(messages.append, function, arguments, tell)
        return apart.conclude(messages, False, 0)

    monkeypatch.setattr(apart, "fresh", call)


def quiet(words):
    """Take a word of progress, and print nothing."""


def test_a_sound_file_is_left_in_peace(plant, here):
    found = ask_model.ask(plant / "plant.onnx", plant / "rows.npz", quiet)
    assert found["status"] == 0, found["findings"]
    assert json.loads(json.dumps(found)) == found
    assert found["rows"]["shapes"] == {"X": [4, 3]}
    assert set(found["engines"]) == set(engines.find())
    home = found["engines"]["ONNX Runtime"]
    assert (home["expected"], home["ran"]) == ("runs", "runs")
    words = {each["ran"] for each in found["engines"].values()}
    assert words <= {"runs", "not installed"}


PARTS = """<ir_version: 6, opset_import: ["": 11]> g (float[N, 2, 3] X) => (float[N, 2, 3] Y)
<float[2] one = {1, 2}, float[2] mean = {3, 4}, float[2] variance = {5, 6}>
{ A = Add (X, X)  B = BatchNormalization (A, one, one, mean, variance)  Y = Relu (B) }"""


def test_the_node_at_which_two_engines_part_is_found_and_numpy_says_who_is_right(tmp_path):
    """onnx.reference takes the statistics of the rows where the opset is below 14."""
    path = tmp_path / "parts.onnx"
    onnx.save(parser.parse_model(PARTS), path)
    parting = trial.part(path, [normal(4, 2, 3)], "onnx.reference")
    assert parting.node.op_type == "BatchNormalization"
    assert ask_model.settle(parting)[1] == "onnx.reference"


def test_blame_goes_to_whom_numpy_finds_wrong():
    ran = {name: trial.Ran(trial.RUNS) for name in ["ONNX Runtime", "other"]}
    ran["other"] = trial.Ran(trial.DIFFERS, "off")
    part = {"engine": "other", "node": "Y = Add (A, B)", "wrong": "ONNX Runtime"}
    turned = ask_model.turn_verdict(ran, "ONNX Runtime", [part])
    assert turned["ONNX Runtime"].verdict == trial.DIFFERS
    assert turned["other"].verdict == trial.RUNS


def test_two_files_part_at_the_node_that_was_changed(plant):
    model = plant_model()
    weights = numpy_helper.to_array(model.graph.initializer[0])
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(weights * np.float32(1.01), "W"))
    onnx.save(model, plant / "other.onnx")
    paths = [str(plant / "plant.onnx"), str(plant / "other.onnx")]
    _, node, _ = ask_model.compare_files(*paths, [normal(4, 3)])
    assert node.startswith("XW is off by")
    assert ask_model.compare_files(paths[0], paths[0], [normal(4, 3)]) == (0.0, None, "")


def test_random_numbers_are_not_compared():
    draw = helper.make_node("RandomNormalLike", ["X"], ["Y"])
    value = helper.make_tensor_value_info("X", TensorProto.FLOAT, [2])
    graph = helper.make_graph([draw], "g", [value], [value])
    assert trial.draws(helper.make_model(graph))
    assert not trial.draws(network_model())


# Not to be read -----------------------------------------------------------------------------------
def spoil(folder):
    """Write what cannot be read, and return {name: arguments}."""
    (folder / "empty.onnx").write_bytes(b"")
    (folder / "text.onnx").write_text("no model", encoding="utf-8")
    (folder / "text.joblib").write_text("no model", encoding="utf-8")
    (folder / "folder.onnx").mkdir()
    onnx.save(plant_model(), folder / "plant.onnx")
    (folder / "text.npz").write_text("no rows", encoding="utf-8")
    return [
        ["nowhere.onnx"],
        ["nowhere.joblib", "rows.csv"],
        ["empty.onnx"],
        ["text.onnx"],
        ["folder.onnx"],
        ["text.joblib", "rows.csv"],
        ["text.joblib"],
        ["plant.onnx", "--rows", "nowhere.npz"],
        ["plant.onnx", "--rows", "text.npz"],
        ["plant.onnx", "rows.csv"],
        ["plant.onnx", "--against", "empty.onnx"],
        ["plant.onnx", "--against", "nowhere.onnx"],
    ]


def test_what_cannot_be_read_is_one_line_and_status_2(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for arguments in spoil(tmp_path):
        assert main(arguments) == 2, arguments
        out, err = capsys.readouterr()
        assert out == "", arguments
        assert err.startswith("error: "), arguments
        assert err.count("\n") == 1, err


# What the page shows ------------------------------------------------------------------------------
PAGE = Path(__file__).with_name("README.md")


def test_the_page_shows_what_is_said_of_a_file(tmp_path, generated, here):
    names = [name for name, engine in engines.find().items() if engines.version_of(engine)]
    if names != ["ONNX Runtime", "onnx.reference"]:
        pytest.skip("the page shows what the six packages say; more engines are installed here")
    path = tmp_path / "neural_network.onnx"
    onnx.save(network_model(), path)
    lines = report.tell_model(ask_model.ask(path, None, quiet))
    generated(PAGE, "file", fence("", ["$ python -m tests.check neural_network.onnx", *lines]))


def test_the_page_shows_what_is_said_of_a_message(capsys, generated):
    message = "Unexpected input data type. Actual"
    assert main([message]) == 0
    lines = capsys.readouterr().out.splitlines()
    generated(PAGE, "message", fence("", [f'$ python -m tests.check "{message}"', *lines]))


def test_nothing_that_a_terminal_obeys_is_printed():
    assert report.safe("a\x1b[31mb") == "a\\x1b[31mb"


COMMAND = re.compile(r"`python -m (tests\.[a-z.]+) ([^`]*)`")


def test_each_command_of_the_readme_exists_and_takes_its_options(capsys):
    commands = COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(commands) == 5
    for name, arguments in commands:
        package = importlib.util.find_spec(name).submodule_search_locations
        module = importlib.import_module(f"{name}.__main__" if package else name)
        with pytest.raises(SystemExit):
            module.main(["--help"])
        told = capsys.readouterr().out
        for option in re.findall(r"--[a-z]+", arguments):
            assert option in told, (name, option)
