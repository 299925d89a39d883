"""Each exercise: what it plants is refused, its solution passes; and the runner in the terminal."""

import importlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import SimpleNamespace

import numpy as np
import onnx
import onnx.reference
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import neural_network
from tests.exercises import __main__ as runner
from tests.exercises import judge

EXERCISES = runner.find_exercises()


@pytest.fixture(scope="module", autouse=True)
def read_once():
    """Read the digits once: the exercises ask for them again and again, five milliseconds each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neural_network, "load_data", cache(neural_network.load_data))
        yield


@pytest.fixture(params=EXERCISES.values(), ids=lambda path: path.stem)
def exercise(request):
    """Return each exercise as a module in turn."""
    return importlib.import_module(f"tests.exercises.{request.param.stem}")


@pytest.fixture
def verdict(tmp_path):
    """Return a function that judges a model, in this process."""

    def check(exercise, model):
        path = tmp_path / "model.onnx"
        onnx.save(model, path)
        return judge.judge(exercise, path)

    return check


@pytest.fixture
def first():
    """Return the first exercise as a module."""
    return importlib.import_module(f"tests.exercises.{EXERCISES[1].stem}")


# Every exercise
def test_the_exercises_are_numbered_from_1():
    assert list(EXERCISES) == list(range(1, len(EXERCISES) + 1))


def test_an_exercise_says_what_the_runner_and_the_page_show(exercise):
    title, _, sentence = exercise.__doc__.splitlines()[0].partition(": ")
    assert title and sentence.endswith(".") and exercise.HINTS and exercise.ORACLE
    assert len(exercise.MISTAKES) >= 3


def test_the_start_runs_and_is_refused(exercise, verdict):
    model = exercise.start()
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    feed = exercise.feeds()[0]
    session.run(None, {info.name: feed[info.name] for info in session.get_inputs()})
    right, words = verdict(exercise, model)
    assert not right and words.startswith("wrong  ")


def test_the_solution_is_right(exercise, verdict):
    right, words = verdict(exercise, exercise.solve(exercise.start()))
    assert right, words
    assert words.startswith("right  at most 1e-")


def test_every_planted_mistake_is_refused_in_words_of_its_own(exercise, verdict):
    for words, mistake in exercise.MISTAKES.items():
        right, said = verdict(exercise, mistake(exercise.start()))
        assert not right and words in said
        assert sum(other in said for other in exercise.MISTAKES) == 1, said


def test_the_oracle_is_not_onnx_and_computes_in_float64(exercise, monkeypatch):
    monkeypatch.setattr(onnxruntime, "InferenceSession", None)
    monkeypatch.setattr(onnx.reference, "ReferenceEvaluator", None)
    answers = judge.reference(exercise)
    names = [info.rpartition(" ")[2] for info in exercise.OUTPUTS]
    for answer in answers:
        assert list(answer) == names
        assert np.float32 not in [array.dtype for array in answer.values()]


def test_every_free_size_of_the_inputs_is_tried_with_two_values(exercise):
    notation = f"graph ({', '.join(exercise.INPUTS)}) => () {{ }}"
    sizes = {}
    for info in onnx.parser.parse_graph(notation).input:
        for axis, dim in enumerate(info.type.tensor_type.shape.dim):
            for feed in exercise.feeds():
                if dim.dim_param:
                    sizes.setdefault(dim.dim_param, set()).add(feed[info.name].shape[axis])
    assert sizes and all(len(values) > 1 for values in sizes.values()), sizes


def test_ten_tolerances_beside_the_solution_are_refused(exercise, verdict):
    model = exercise.solve(exercise.start())
    output = model.graph.output[-1]
    for node in model.graph.node:
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                names[i] = "exact" if name == output.name else name
    error = np.array(10 * exercise.TOLERANCE, np.float32)
    model.graph.initializer.append(numpy_helper.from_array(error, "error"))
    model.graph.node.append(helper.make_node("Add", ["exact", "error"], [output.name]))
    right, words = verdict(exercise, model)
    assert not right and f"{exercise.ORACLE} says" in words


# The judge
def declare(model, side, name, kind, shape):
    """Declare the only input or output of the first exercise's solution otherwise."""
    infos = model.graph.input if side == "input" else model.graph.output
    infos[0].CopyFrom(helper.make_tensor_value_info(name, kind, shape))


@pytest.mark.parametrize(
    "side, name, kind, shape, complaint",
    [
        ("input", "x", TensorProto.FLOAT, ["N", 3], "the input is x; expected X"),
        ("input", "X", TensorProto.INT64, ["N", 3], "the input is int64[N,3] X; expected float["),
        ("input", "X", TensorProto.FLOAT, [3], "the input is float[3] X; expected float[N,3] X"),
        ("input", "X", TensorProto.FLOAT, [None, 4], "the input is float[?,4] X; expected"),
        ("output", "P", TensorProto.FLOAT, [1, 1], "is float[1,1] P; expected float[N,1] P: the s"),
        ("output", "P", TensorProto.FLOAT, ["N", 2], "is float[N,2] P; expected float[N,1] P"),
    ],
)
def test_what_is_not_the_exercise_is_refused_before_numbers_are_compared(
    side, name, kind, shape, complaint, first, verdict, monkeypatch
):
    model = first.solve(first.start())
    declare(model, side, name, kind, shape)
    monkeypatch.setattr(first, "expected", None)  # calling it would fail
    right, words = verdict(first, model)
    assert not right and complaint in words


@pytest.mark.parametrize("shape", [["rows", 3], [None, 3], ["N", None]])
def test_a_free_size_may_have_any_name_or_none(shape, first, verdict):
    model = first.solve(first.start())
    declare(model, "input", "X", TensorProto.FLOAT, shape)
    right, words = verdict(first, model)
    assert right, words


def test_a_weight_listed_as_an_input_as_old_files_do_is_no_input(first, verdict):
    model = first.solve(first.start())
    model.graph.input.append(helper.make_tensor_value_info("W", TensorProto.FLOAT, [3, 1]))
    right, words = verdict(first, model)
    assert right, words


def test_what_the_checker_refuses_is_refused_in_its_words(first, verdict):
    model = first.solve(first.start())
    model.graph.node[-1].op_type = "Sigmund"
    right, words = verdict(first, model)
    assert not right and "the checker refuses the file: No Op registered for Sigmund" in words


def test_a_file_that_takes_one_row_only_is_stopped_with_the_end_of_the_runtime_s_message(
    first, verdict
):
    model = first.solve(first.start())
    shape = numpy_helper.from_array(np.array([1, 1]), "shape")
    model.graph.initializer.append(shape)
    model.graph.node[-1].output[0] = "S"
    model.graph.node.append(helper.make_node("Reshape", ["S", "shape"], ["P"]))
    right, words = verdict(first, model)
    assert not right and words.startswith("wrong  onnxruntime stops, fed with X (40, 3): [ONNXRun")
    assert "requested shape" in words.lower() and len(words.splitlines()) == 1


def test_an_unknown_mistake_is_told_by_its_first_wrong_number(first, verdict):
    model = first.solve(first.start())
    model.graph.node[-1].op_type = "Softsign"
    right, words = verdict(first, model)
    assert not right and words.startswith("wrong  P[0, 0] is 0.8546")  # 5.88 / (1 + 5.88)
    assert "scikit-learn says 0.99722 (40 of 40 differ)" in words and "look" not in words


def test_not_a_number_is_wrong_wherever_it_stands():
    exercise = SimpleNamespace(TOLERANCE=1e-5, ORACLE="numpy")
    expected = np.array([[0.5], [0.25]])
    answer = np.array([[0.5], [np.nan]], np.float32)
    with pytest.raises(judge.Wrong, match=r"P\[1, 0\] is nan; numpy says 0.25 \(1 of 2 differ\)"):
        judge.compare(exercise, [{"P": answer}], [{"P": expected}])


def test_words_and_whole_numbers_are_compared_as_they_are():
    exercise = SimpleNamespace(TOLERANCE=0.5, ORACLE="numpy")
    word, other = np.array(["one", "two"], object), np.array(["one", "too"], object)
    assert judge.compare(exercise, [{"A": word}], [{"A": word}]) == 0
    with pytest.raises(judge.Wrong, match=r"A\[1\] is two; numpy says too \(1 of 2 differ\)"):
        judge.compare(exercise, [{"A": word}], [{"A": other}])
    with pytest.raises(judge.Wrong, match=r"A has the shape \(2,\); expected \(1,\)"):
        judge.compare(exercise, [{"A": np.zeros(2)}], [{"A": np.zeros(1)}])


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x08", bytes(range(256))])
def test_a_file_that_is_no_model_is_wrong(content, first, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    right, words = judge.judge(first, path)
    assert not right and len(words.splitlines()) == 1
    assert words.startswith(("wrong  onnx cannot read the file", "wrong  the input is missing"))


# Files that hurt: each takes the names and shapes of the first exercise, or it would not be run.
HEAD = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
evil (float[N,3] X) => (float[N,1] P)
"""
HANGS = """{
   start = Constant <value = float[1,1] {0}> ()
   yes = Constant <value = bool {1}> ()
   P = Loop (, yes, start) <body = again (int64 i, bool on, float[1,1] a) => (bool go, float[1,1] b)
   {
      go = Identity (on)
      b = Identity (a)
   }>
}"""
# 3 GiB of ones
EATS = """{
   size = Constant <value = int64[1] {805306368}> ()
   many = ConstantOfShape <value = float[1] {1}> (size)
   sum = ReduceSum (many)
   shape = Constant <value = int64[2] {1, 1}> ()
   P = Reshape (sum, shape)
}"""
# The smallest int64 divided by -1 is no int64: x86 processors stop the process, others do not.
CRASHES = """{
   least = Constant <value = int64[1] {-9223372036854775808}> ()
   zero = Constant <value = float {0}> ()
   nothing = Mul (X, zero)
   noughts = Cast <to = 7> (nothing)
   numbers = Add (noughts, least)
   minus = Constant <value = int64[1] {-1}> ()
   quotient = Div (numbers, minus)
   Q = Cast <to = 1> (quotient)
   axes = Constant <value = int64[1] {1}> ()
   P = ReduceSum (Q, axes)
}"""


def test_a_file_that_hangs_eats_memory_or_crashes_is_survived(tmp_path):
    for name, body in [("hangs", HANGS), ("eats", EATS), ("crashes", CRASHES)]:
        onnx.save(onnx.parser.parse_model(HEAD + body), tmp_path / f"{name}.onnx")

    def check(name, seconds):
        return runner.judge_elsewhere(EXERCISES[1].stem, tmp_path / f"{name}.onnx", seconds)

    with ThreadPoolExecutor() as pool:
        hung, eaten, crashed = pool.map(check, ["hangs", "eats", "crashes"], [2, 60, 60])
    assert hung == (False, "wrong  it took more than 2 seconds, and was stopped")
    assert not crashed[0] and not eaten[0]
    if sys.platform == "linux":
        assert "Failed to allocate memory" in eaten[1]
        assert "wrong  it ended the process that ran it: status " in crashed[1]


# The runner
def run(capsys, *arguments):
    """Return the status and the printed text of the runner, in this process."""
    try:
        status = runner.main([str(argument) for argument in arguments])
    except SystemExit as stopped:
        status = stopped.code
    printed = capsys.readouterr()
    return status, printed.out + printed.err


def test_each_call_shows_one_hint_more_and_the_list_what_is_solved(
    first, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    for call in range(1, len(first.HINTS) + 2):
        _, text = run(capsys, 1)
        assert text.count("\nhint ") == min(call, len(first.HINTS))
    assert "solve() in tests/exercises/ex01_logistic_regression.py" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ex1_start.onnx", "exercises.json"]

    monkeypatch.setattr(runner, "judge_elsewhere", lambda name, file: (True, "right  it is"))
    assert run(capsys, 1, "ex1_start.onnx")[0] == 0
    _, text = run(capsys)
    marks = [line.startswith("solved") for line in text.splitlines()]
    assert marks == [True] + [False] * (len(EXERCISES) - 1)


def test_a_starting_file_that_was_edited_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    edited = tmp_path / "ex1_start.onnx"
    edited.write_text("edited", encoding="utf-8")
    run(capsys, 1)
    assert edited.read_text(encoding="utf-8") == "edited"


@pytest.mark.parametrize(
    "arguments, state, message",
    [
        ([0], None, "error: no exercise 0; expected 1 to "),
        ([999], None, "error: no exercise 999; expected 1 to "),
        ([1, "none.onnx"], None, "error: none.onnx: no such file; expected an ONNX file"),
        ([1, "."], None, "error: .: no such file; expected an ONNX file"),
        ([], "[]", "error: exercises.json: not what was written there; delete it to begin"),
        ([], "{", "error: exercises.json: not what was written there; delete it to begin"),
        ([], json.dumps({"hints": 1, "solved": {}}), "error: exercises.json: not what was"),
    ],
)
def test_a_wrong_command_gets_one_line_and_status_2(
    arguments, state, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    if state:
        (tmp_path / "exercises.json").write_text(state, encoding="utf-8")
    status, text = run(capsys, *arguments)
    assert status == 2 and text.startswith(message) and len(text.splitlines()) == 1
