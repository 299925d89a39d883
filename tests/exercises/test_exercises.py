"""Each exercise: what it plants is refused, its solution passes; and the runner in the terminal."""

import inspect
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from types import SimpleNamespace

import numpy as np
import onnx
import onnx.reference
import onnxruntime
import pytest
from numpy.testing import assert_allclose
from onnx import TensorProto, helper, numpy_helper

from tests.exercises import __main__ as runner
from tests.exercises import judge, registry
from tests.kit.places import ROOT

EXERCISES = registry.find()
SEED = int(np.random.default_rng().integers(10**6))  # a failing test shows it in its name


@pytest.fixture(scope="module", autouse=True)
def run_once():
    """Run the same file once: what is planted has been run before its own test asks of it."""
    examine = judge.examine
    examined = {}

    def look_up(exercise, path, seed):
        key = (exercise, path.read_bytes(), seed)
        if key not in examined:
            try:
                examined[key] = examine(exercise, path, seed)
            except judge.Wrong as wrong:
                examined[key] = str(wrong)
        if isinstance(examined[key], str):
            raise judge.Wrong(examined[key])
        return examined[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "examine", look_up)
        yield


@pytest.fixture(scope="module", autouse=True)
def begun(request, tmp_path_factory):
    """Return {name: future} of files that are judged in another process.

    They are judged in the background, all at once, while other tests go on; and only if a test
    asks.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    models = {name: onnx.parser.parse_model(HEAD + body) for name, body in HURTING.items()}
    models["solved"] = solved(FORECAST)
    seconds = {"hangs": 2}  # the others end by themselves

    def check(name):
        path = folder / f"{name}.onnx"
        onnx.save(models[name], path)
        limit = seconds.get(name, runner.SECONDS)
        return path, runner.judge_elsewhere(FORECAST, path, SEED, limit)

    asked = {name for item in request.session.items for name in item.fixturenames}
    with ThreadPoolExecutor() as pool:
        yield {name: pool.submit(check, name) for name in models if "elsewhere" in asked}


@pytest.fixture
def elsewhere(begun):
    """Return a function: the name of a file to its path, and what another process says of it."""
    return lambda name: begun[name].result()


@pytest.fixture(params=EXERCISES.values(), ids=lambda exercise: exercise.name)
def exercise(request):
    """Return each exercise in turn."""
    return request.param


@pytest.fixture
def verdict(tmp_path):
    """Return a function that judges a model, in this process."""

    def check(exercise, model, sizes=judge.ALL):
        path = tmp_path / "model.onnx"
        onnx.save(model, path)
        right, words = judge.judge(exercise, path, SEED, sizes)
        return right, f"{words} (seed {SEED})"

    return check


@pytest.fixture
def first():
    """Return the first exercise."""
    return EXERCISES[1]


def solved(exercise):
    """Return the right answer."""
    return exercise.answer.solve(exercise.start())


# Every exercise
def test_the_exercises_are_numbered_from_1():
    assert list(EXERCISES) == list(range(1, len(EXERCISES) + 1))


def test_an_exercise_says_what_the_runner_and_the_page_show(exercise):
    assert exercise.headline == exercise.task.__doc__.splitlines()[0]
    title, _, sentence = exercise.headline.partition(": ")
    assert title and sentence.endswith(".") and exercise.task.HINTS and exercise.answer.ORACLE
    assert len(exercise.answer.MISTAKES) >= 3


def test_the_task_does_not_hold_the_answer(exercise):
    for name in ("solve", "expected", "draw", "complain", "MISTAKES", "ORACLE", "TOLERANCE"):
        assert not hasattr(exercise.task, name)
    assert "tests.exercises.answers" not in inspect.getsource(exercise.task)


def test_the_start_runs_and_is_refused(exercise, verdict):
    model = exercise.start()
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    one = dict.fromkeys(judge.free_sizes(exercise), 1)  # exercise 12 begins with one row
    feed = exercise.answer.draw(np.random.default_rng(SEED), **one)
    session.run(None, {info.name: feed[info.name] for info in session.get_inputs()})
    right, words = verdict(exercise, model)
    assert not right and words.startswith("wrong  ")


def test_the_solution_is_right(exercise, verdict):
    sizes = range(SEED % 10 + 1, judge.LAST, 10)  # .ci/run has it judged with all, for seconds
    right, words = verdict(exercise, solved(exercise), sizes)
    assert right, words
    assert words.startswith("right  at most 1e-")


def test_every_planted_mistake_is_refused_in_words_of_its_own(exercise, verdict):
    for words, mistake in exercise.answer.MISTAKES.items():
        right, said = verdict(exercise, mistake(exercise.start()))
        assert not right and words in said
        assert sum(other in said for other in exercise.answer.MISTAKES) == 1, said


def test_the_oracle_is_not_onnx_and_computes_in_float64(exercise, monkeypatch):
    monkeypatch.setattr(onnxruntime, "InferenceSession", None)
    monkeypatch.setattr(onnx.reference, "ReferenceEvaluator", None)
    feeds = judge.main_feeds(exercise, SEED)[:2]
    answers = [judge.expect(exercise, feed) for feed in feeds]
    names = [info.rpartition(" ")[2] for info in exercise.task.OUTPUTS]
    for answer in answers:
        assert list(answer) == names
        assert np.float32 not in [array.dtype for array in answer.values()]


def test_every_free_size_is_fed_as_1_2_3_65_and_beyond_500_rows(exercise):
    infos = exercise.declare().input
    sizes = {name: set() for name in judge.free_sizes(exercise)}
    for feed in judge.main_feeds(exercise, SEED):
        for name, size in sizes_of(exercise, infos, feed).items():
            sizes[name].add(size)
    for seen in sizes.values():
        assert seen >= {1, 2, 3, 65} and max(seen) > 500
    if "K" in sizes:
        assert 0 in sizes["K"]


def test_few_sizes_are_fed_in_every_combination(exercise):
    infos = exercise.declare().input
    names = judge.free_sizes(exercise)
    feeds = judge.main_feeds(exercise, SEED)
    fed = {tuple(sizes_of(exercise, infos, feed)[name] for name in names) for feed in feeds}
    assert fed >= set(product((1, 2, 3), repeat=len(names)))


def cut_inputs_only(infos, arrays, name, size, cut=judge.cut):
    """Return the arrays cut; none where there are none."""
    return cut(infos, arrays, name, size) if arrays else {}


def sizes_of(exercise, infos, feed):
    """Return {name: size} of the free sizes of a feed; two exercises state one as a number."""
    sizes = {"K": int(feed["steps"])} if "steps" in feed else {}
    for info in infos:
        for dim, size in zip(info.type.tensor_type.shape.dim, feed[info.name].shape, strict=True):
            if dim.dim_param:
                assert sizes.setdefault(dim.dim_param, size) == size
    return sizes


def test_each_size_up_to_500_is_fed(exercise, monkeypatch):
    monkeypatch.setattr(judge, "expect", lambda exercise, feed: {})  # takes seconds
    monkeypatch.setattr(judge, "cut", cut_inputs_only)
    infos = exercise.declare().input
    rows = getattr(exercise.answer, "ROWS", "N")
    names = sorted(judge.free_sizes(exercise), key=lambda name: name != rows)
    fed = [sizes_of(exercise, infos, feed) for feed, _ in judge.sweep(exercise, SEED)]
    assert len(fed) == 500 * len(names)
    for i, name in enumerate(names):
        part = fed[500 * i : 500 * (i + 1)]
        assert [sizes[name] for sizes in part] == list(range(1, 501))


def test_what_is_fed_is_drawn_anew_and_the_same_seed_draws_it_again(exercise):
    sizes = judge.choose_sizes(exercise, np.random.default_rng(SEED))[0]

    def draw(seed):
        feed = exercise.answer.draw(np.random.default_rng(seed), **sizes)
        return {name: array.tolist() for name, array in feed.items()}

    assert draw(SEED) == draw(SEED) != draw(SEED + 1)


def test_ten_tolerances_beside_the_solution_are_refused(exercise, verdict, monkeypatch):
    monkeypatch.delattr(exercise.answer, "complain", raising=False)  # of a node more
    model = solved(exercise)
    output = model.graph.output[-1]
    for node in model.graph.node:
        for names in (node.input, node.output):
            for i, name in enumerate(names):
                names[i] = "exact" if name == output.name else name
    error = np.array(10 * exercise.answer.TOLERANCE, np.float32)
    model.graph.initializer.append(numpy_helper.from_array(error, "error"))
    model.graph.node.append(helper.make_node("Add", ["exact", "error"], [output.name]))
    right, words = verdict(exercise, model)
    assert not right and f"{exercise.answer.ORACLE} says" in words


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
    model = solved(first)
    declare(model, side, name, kind, shape)
    monkeypatch.setattr(first.answer, "expected", None)  # calling it would fail
    right, words = verdict(first, model)
    assert not right and complaint in words


@pytest.mark.parametrize("shape", [["rows", 3], [None, 3], ["N", None]])
def test_a_free_size_may_have_any_name_or_none(shape, first, verdict):
    model = solved(first)
    declare(model, "input", "X", TensorProto.FLOAT, shape)
    right, words = verdict(first, model)
    assert right, words


def test_a_weight_listed_as_an_input_as_old_files_do_is_no_input(first, verdict):
    model = solved(first)
    model.graph.input.append(helper.make_tensor_value_info("W", TensorProto.FLOAT, [3, 1]))
    right, words = verdict(first, model)
    assert right, words


def test_what_the_checker_refuses_is_refused_in_its_words(first, verdict):
    model = solved(first)
    model.graph.node[-1].op_type = "Sigmund"
    right, words = verdict(first, model)
    assert not right and "the checker refuses the file: No Op registered for Sigmund" in words


def test_a_file_that_answers_by_chance_is_refused(first, verdict):
    model = solved(first)
    model.graph.node[-1].output[0] = "S"
    chance = helper.make_node("RandomUniform", [], ["noise"], shape=[1, 1], high=1e-9)
    model.graph.node.extend([chance, helper.make_node("Add", ["S", "noise"], ["P"])])
    right, words = verdict(first, model)
    assert not right and "RandomUniform answers something else in each call" in words


def test_a_function_with_the_name_of_an_operator_is_refused(first, verdict):
    model = solved(first)
    opset = helper.make_opsetid("", 18)
    body = [helper.make_node("Sub", ["A", "B"], ["C"])]
    model.functions.append(helper.make_function("", "Add", ["A", "B"], ["C"], body, [opset]))
    right, words = verdict(first, model)
    assert not right and "the function Add has the name and domain of an operator" in words


def test_a_file_that_takes_one_row_only_is_stopped_with_the_end_of_the_runtime_s_message(
    first, verdict
):
    model = solved(first)
    shape = numpy_helper.from_array(np.array([1, 1]), "shape")
    model.graph.initializer.append(shape)
    model.graph.node[-1].output[0] = "S"
    model.graph.node.append(helper.make_node("Reshape", ["S", "shape"], ["P"]))
    right, words = verdict(first, model)
    assert not right and words.startswith("wrong  onnxruntime stops, fed with X (65, 3): [ONNXRun")
    assert "requested shape" in words.lower() and len(words.splitlines()) == 1


def test_an_unknown_mistake_is_told_by_its_first_wrong_number(first, verdict):
    model = solved(first)
    model.graph.node[-1].op_type = "Softsign"
    right, words = verdict(first, model)
    feed = judge.main_feeds(first, SEED)[0]
    right_P = judge.expect(first, feed)["P"]
    logit = first.task.train().decision_function(feed["X"].astype(float))[0]
    assert not right
    shown = float(re.search(r"P\[0, 0\] is (\S+);", words)[1])
    assert_allclose(shown, logit / (1 + abs(logit)), rtol=1e-3)  # a few digits are shown
    assert f"scikit-learn says {right_P[0, 0]:.5g} (65 of 65 differ), fed with X (65, 3)" in words
    assert "look" not in words


def test_not_a_number_is_wrong_wherever_it_stands():
    exercise = SimpleNamespace(TOLERANCE=1e-5, ORACLE="numpy")
    expected = np.array([[0.5], [0.25]])
    answer = np.array([[0.5], [np.nan]], np.float32)
    with pytest.raises(judge.Wrong, match=r"P\[1, 0\] is nan; numpy says 0.25 \(1 of 2 differ\)"):
        judge.compare(exercise, {"P": answer}, {"P": expected})


def test_words_and_whole_numbers_are_compared_as_they_are():
    exercise = SimpleNamespace(TOLERANCE=0.5, ORACLE="numpy")
    word, other = np.array(["one", "two"], object), np.array(["one", "too"], object)
    assert judge.compare(exercise, {"A": word}, {"A": word}) == 0
    with pytest.raises(judge.Wrong, match=r"A\[1\] is two; numpy says too \(1 of 2 differ\)"):
        judge.compare(exercise, {"A": word}, {"A": other})
    with pytest.raises(judge.Wrong, match=r"A has the shape \(2,\); expected \(1,\)"):
        judge.compare(exercise, {"A": np.zeros(2)}, {"A": np.zeros(1)})


@pytest.mark.parametrize("content", [b"", b"no model", b"\x08\x08", bytes(range(256))])
def test_a_file_that_is_no_model_is_wrong(content, first, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    right, words = judge.judge(first, path, SEED)
    assert not right and len(words.splitlines()) == 1
    assert words.startswith(("wrong  onnx cannot read the file", "wrong  the input is missing"))


# Files that hurt: each takes the names and shapes of exercise 17, or it would not be run. Another
# process imports that exercise at once; most take seconds, for they import scikit-learn.
FORECAST = EXERCISES[17]
HEAD = """
<
  ir_version: 8,
  opset_import: ["" : 18]
>
evil (float[T] history, int64 steps) => (float[K] forecast)
"""
HANGS = """{
   start = Constant <value = float[1] {0}> ()
   yes = Constant <value = bool {1}> ()
   forecast = Loop (, yes, start) <
      body = again (int64 i, bool on, float[1] a) => (bool go, float[1] b)
      {
         go = Identity (on)
         b = Identity (a)
      }
   >
}"""
# 3 GiB of ones
EATS = """{
   size = Constant <value = int64[1] {805306368}> ()
   many = ConstantOfShape <value = float[1] {1}> (size)
   forecast = ReduceSum (many)
}"""
# The smallest int64 divided by -1 is no int64: x86 processors stop the process, others do not.
CRASHES = """{
   least = Constant <value = int64[1] {-9223372036854775808}> ()
   zero = Constant <value = float {0}> ()
   nothing = Mul (history, zero)
   noughts = Cast <to = 7> (nothing)
   numbers = Add (noughts, least)
   minus = Constant <value = int64[1] {-1}> ()
   quotient = Div (numbers, minus)
   forecast = Cast <to = 1> (quotient)
}"""


HURTING = {"hangs": HANGS, "eats": EATS, "crashes": CRASHES}


def test_a_file_that_hangs_eats_memory_or_crashes_is_survived(elsewhere):
    hung, eaten, crashed = [elsewhere(name)[1] for name in HURTING]
    assert hung == (False, "wrong  it took more than 2 seconds, and was stopped")
    assert not crashed[0] and not eaten[0]
    if sys.platform == "linux":
        assert "Failed to allocate memory" in eaten[1]
        assert "wrong  it ended the process that ran it: crashed SIGFPE" in crashed[1]


def test_a_verdict_comes_back_from_the_process_that_found_it(elsewhere):
    path, (right, words) = elsewhere("solved")
    assert right and words == judge.judge(FORECAST, path, SEED)[1]


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
    for call in range(1, len(first.task.HINTS) + 2):
        _, text = run(capsys, 1)
        assert text.count("\nhint ") == min(call, len(first.task.HINTS))
    assert "solve() in tests/exercises/answers/ex01_logistic_regression.py" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ex1_start.onnx", "exercises.json"]

    monkeypatch.setattr(
        runner, "judge_elsewhere", lambda exercise, file, seed: (True, "right  it is")
    )
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
        ([1, "README.md", "--seed", "-1"], None, "error: README.md: no such file; expected an"),
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


def test_a_broken_note_of_what_is_solved_does_not_spoil_the_verdict(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exercises.json").write_text("{", encoding="utf-8")
    (tmp_path / "mine.onnx").write_bytes(b"")
    monkeypatch.setattr(runner, "judge_elsewhere", lambda *arguments: (True, "right  it is"))
    status, text = run(capsys, 1, "mine.onnx", "--seed", 7)
    assert status == 0
    assert text.startswith("right  it is\n       --seed 7 draws the same rows again\n")
    assert "not noted in exercises.json: not what was written there; delete it" in text


def test_a_reader_who_stops_reading_ends_the_list_quietly(tmp_path):
    command = [sys.executable, "-m", "tests.exercises"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
