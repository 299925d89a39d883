"""The lists of the page in a second way, in the engines themselves, and the harness against harm.

Needs the engines, those that there are; the others are skipped by name.
"""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests import engines
from tests.interop.operators import cases as official
from tests.interop.operators import measure, page
from tests.interop.operators.measure import ENGINES
from tests.interop.operators.numpy_says import EXAMPLES
from tests.kit import apart, record

pytestmark = pytest.mark.skipif(not apart.POSSIBLE, reason="only Linux copies a process")
RESULTS = page.read()
CASES = RESULTS["cases"]
COMPLETE, IN_A_SAMPLE = page.safe(RESULTS, page.USUAL)
LISTED = [*COMPLETE, *IN_A_SAMPLE]


def need(name):
    """Skip a test of an engine that is not installed; its modules are not imported here."""
    if engines.version_of(ENGINES[name]) is None:
        pytest.skip(f"{ENGINES[name].PACKAGE} is not installed")


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    """Return the name of each engine that is installed."""
    need(request.param)
    return request.param


HOURS = 4 * 3600  # seconds for an engine on a machine that has other things to do


def judge_all(name, cases):
    """Return the verdict on each case, from a process of its own for each."""
    module = ENGINES[name]
    module.load()
    return [measure.judge_twice(module.run, case) for case in cases]


def verdicts_of(name, cases):
    """Return the verdicts, computed where the engine's libraries meet no other engine's.

    Hence a new process and no copy of this one, in which other tests may have loaded some: MNN
    beside TensorFlow ends it.
    """
    outcome = apart.fresh(judge_all, name, cases, seconds=HOURS, environment=measure.ENVIRONMENT)
    assert outcome.ended == apart.RETURNED, outcome
    return outcome.value


def make_case(operator):
    """Return one node of the operator as a case, with numpy's answer in float64."""
    example = EXAMPLES[operator]
    values = []
    tensors = []
    for number, array in enumerate(example.inputs):
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        values.append(helper.make_tensor_value_info(f"input{number}", kind, array.shape))
    for number, array in enumerate(example.constants):
        tensors.append(numpy_helper.from_array(array, f"constant{number}"))
    exact = [a.astype(float) if a.dtype == np.float32 else a for a in example.inputs]
    right = np.asarray(example.function(*exact))
    kinds = {"f": TensorProto.FLOAT, "i": TensorProto.INT64, "b": TensorProto.BOOL}
    output = helper.make_tensor_value_info("output", kinds[right.dtype.kind], right.shape)
    names = [item.name for item in [*values, *tensors]]
    node = helper.make_node(operator, names, ["output"], **example.attributes)
    graph = helper.make_graph([node], operator, values, [output], tensors)
    imports = [helper.make_opsetid("", official.OPSET)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=official.IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    right = right.astype(np.float32) if right.dtype == float else right  # float32's tolerance
    return official.Case(operator, operator, model, example.inputs, [right], newer=False)


def test_what_is_safe_everywhere_gives_numpys_answer_for_other_numbers(engine):
    operators = [operator for operator in LISTED if operator in EXAMPLES]
    verdicts = verdicts_of(engine, [make_case(operator) for operator in operators])
    wrong = {}
    for operator, verdict in zip(operators, verdicts, strict=True):
        if verdict["verdict"] != "agrees":
            wrong[operator] = verdict
    assert not wrong


def test_what_no_official_case_shows_is_refused(engine):
    operators = [operator for operator, other in page.BESIDES if other == engine]
    verdicts = verdicts_of(engine, [make_case(operator) for operator in operators])
    assert all(verdict["verdict"] == "refused" for verdict in verdicts)


def test_most_of_what_is_safe_has_a_formula_in_numpy():
    missing = set(LISTED) - EXAMPLES.keys()
    assert len(missing) < len(LISTED) / 4, missing


@pytest.fixture(scope="module")
def all_cases():
    """Return {name: case} of all official cases."""
    cases, _left_out = official.collect()
    return {case.name: case for case in cases}


def test_what_is_answered_differently_is_so_again(engine, all_cases):
    """The smallest case of each row of both tables."""
    names = []
    for newer in (False, True):
        for (_operator, other), wrong in page.differing(RESULTS, newer).items():
            if other == engine:
                names.append(min(wrong, key=lambda name: page.count_numbers(CASES[name])))
    verdicts = verdicts_of(engine, [all_cases[name] for name in names])
    assert {name: verdict["verdict"] for name, verdict in zip(names, verdicts, strict=True)} == {
        name: "differs" for name in names
    }


@pytest.mark.parametrize("operator", ["Abs", "Add", "Equal", "Exp", "MatMul", "Softplus", "Where"])
def test_the_official_outputs_are_those_of_numpy(operator, all_cases):
    """Which tells that nothing happens to them on their way here."""
    function = EXAMPLES[operator].function
    found = [case for case in all_cases.values() if case.operator == operator]
    assert found
    for case in found:
        (expected,) = case.outputs
        np.testing.assert_allclose(expected, function(*case.inputs), rtol=1e-6, err_msg=case.name)


def test_inputs_and_outputs_are_those_that_the_standard_ships(all_cases):
    """Number by number, for every case."""
    from onnx.backend.test.case.node import collect_testcases  # takes seconds, and warns

    compared = 0
    for shipped in collect_testcases(None):
        if shipped.name not in all_cases:
            continue
        case = all_cases[shipped.name]
        (data,) = shipped.data_sets
        for values, arrays in zip(data, (case.inputs, case.outputs), strict=True):
            for value, array in zip(values, arrays, strict=True):
                if isinstance(value, onnx.TensorProto):
                    value = numpy_helper.to_array(value)
                np.testing.assert_equal(array, value, err_msg=shipped.name)
        compared += 1
    assert compared == len(all_cases)


def make_own_case(operator, inputs, right, **attributes):
    """Return a case of one node with numpy's answer; every input is an input of the file."""
    values = []
    for number, array in enumerate(inputs):
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        values.append(helper.make_tensor_value_info(f"input{number}", kind, array.shape))
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, right.shape)
    node = helper.make_node(operator, [value.name for value in values], ["output"], **attributes)
    graph = helper.make_graph([node], operator, values, [output])
    imports = [helper.make_opsetid("", official.OPSET)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=official.IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    return official.Case(operator, operator, model, inputs, [right], newer=False)


def tile_of_four_dimensions():
    """Four dimensions, each of them repeated, and the repeats are an input."""
    numbers = np.arange(16, dtype=np.float32).reshape(2, 2, 2, 2)
    repeats = np.int64([2, 2, 2, 2])
    return make_own_case("Tile", [numbers, repeats], np.tile(numbers, repeats))


def average_with_padding_before():
    """Windows of two numbers; of the one that is missing, SAME_LOWER puts the zero before."""
    numbers = np.float32([[[[1, 2, 4]]]])
    means = np.float32([[[[1, 1.5, 3]]]])  # the padding is not counted: the first mean is of 1
    settings = {"kernel_shape": [1, 2], "auto_pad": "SAME_LOWER"}
    return make_own_case("AveragePool", [numbers], means, **settings)


@pytest.mark.parametrize(
    ("name", "make"),
    [("OpenVINO", tile_of_four_dimensions), ("OpenCV", average_with_padding_before)],
)
def test_what_has_no_small_official_case_is_answered_differently(name, make):
    """The two rows whose official cases have thousands of numbers."""
    need(name)
    (verdict,) = verdicts_of(name, [make()])
    assert verdict["verdict"] == "differs"


def test_the_cases_are_those_that_the_results_are_about(all_cases):
    assert all_cases.keys() == CASES.keys()
    for name, case in all_cases.items():
        assert case.operator == CASES[name]["operator"]


def test_what_is_recorded_of_a_case_is_what_its_model_says(all_cases):
    for name, case in all_cases.items():
        assert case.newer == CASES[name]["newer"]
        if case.operator != official.SEVERAL:
            line = official.write_use(official.read_model(case.model)[0])
            assert official.read_use(case.operator, line) == CASES[name]["use"], name


def numbers_and_rest(value):
    """Return the numbers in a text of JSON, and what is left of it."""
    text = json.dumps(value, sort_keys=True)
    number = r"-?\b\d+\.?\d*(?:e[+-]?\d+)?\b"
    return [float(found) for found in re.findall(number, text)], re.sub(number, "#", text)


def test_the_examples_are_those_cases_with_a_wrong_answer(all_cases):
    """But for the last digit of float32, in which numpy differs from processor to processor."""
    names = set()
    for verdicts in RESULTS["verdicts"].values():
        names |= {name for name, verdict in verdicts.items() if "answer" in verdict}
    examples = {name: record.plain(official.example(all_cases[name])) for name in names}
    numbers, rest = numbers_and_rest(examples)
    recorded, recorded_rest = numbers_and_rest(RESULTS["examples"])
    assert rest == recorded_rest
    np.testing.assert_allclose(recorded, numbers, rtol=2 * np.finfo(np.float32).eps)


# The harness -------------------------------------------------------------------------------------
def right(path, inputs):
    return [inputs[0] + inputs[1]]


def wrong(path, inputs):
    return [inputs[0] - inputs[1]]


def refuse(path, inputs):
    raise ValueError("no such\noperator")


def name_the_file(path, inputs):
    raise ValueError(f"cannot read {path}: no such operator")


def crash(path, inputs):
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(path, inputs):
    os._exit(3)


def hang(path, inputs):
    time.sleep(60)


def want_constants(path, inputs):
    model = onnx.load(path)
    if len(inputs) > 1:
        raise ValueError("an input that is no constant")
    return [inputs[0] + numpy_helper.to_array(model.graph.initializer[0])]


def crash_without_constants(path, inputs):
    return want_constants(path, inputs) if len(inputs) == 1 else crash(path, inputs)


def take_all_memory(path, inputs):
    return [np.ones(2**30)]


def call_what_is_not_there(path, inputs):
    subprocess.run(["no such program"])


def give_nothing(path, inputs):
    return []


def delete_the_file(path, inputs):
    Path(path).unlink()
    return right(path, inputs)


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (right, {"verdict": "agrees"}),
        (refuse, {"verdict": "refused", "why": "ValueError: no such operator"}),
        (
            name_the_file,
            {"verdict": "refused", "why": "ValueError: cannot read model.onnx: no such operator"},
        ),
        (crash, {"verdict": "crashes", "why": "SIGSEGV"}),
        (leave, {"verdict": "crashes", "why": "status 3"}),
        (hang, {"verdict": "hangs", "why": "no answer in 1 seconds"}),
        (want_constants, {"verdict": "agrees", "constants": True}),
        (crash_without_constants, {"verdict": "agrees", "constants": True}),
        (
            call_what_is_not_there,
            {"verdict": "not tried", "why": "there is no no such program"},
        ),
        (give_nothing, {"verdict": "refused", "why": "ValueError: 0 of 1 outputs"}),
        (delete_the_file, {"verdict": "agrees"}),
    ],
)
def test_a_case_ends_in_its_verdict_and_the_next_one_is_unharmed(run, verdict):
    case = make_case("Add")
    assert measure.judge_twice(run, case, seconds=1) == verdict
    assert measure.judge_twice(right, case) == {"verdict": "agrees"}


def test_a_case_that_takes_all_memory_is_refused():
    verdict = measure.judge_twice(take_all_memory, make_case("Add"))
    assert verdict["verdict"] == "refused"
    assert "Unable to allocate 8.00 GiB" in verdict["why"]


def test_another_answer_is_recorded_with_the_difference():
    case = make_case("Add")
    verdict = measure.judge_twice(wrong, case)
    a, b = case.inputs
    assert verdict["verdict"] == "differs"
    assert verdict["why"] == f"off by {np.abs((a - b) - (a + b)).max():.2g}"
    np.testing.assert_allclose(verdict["answer"][0], a - b)


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Return a function that measures an engine, called mine, on one case, and its results."""
    monkeypatch.setattr(measure, "RESULTS", tmp_path)
    case = make_case("Add")
    cases = {case.name: case}
    described = {case.name: {"operator": "Add", "newer": False}}

    def run_once(run, again=False):
        module = SimpleNamespace(NAME="mine", PACKAGE="onnx", load=lambda: None, run=run)
        monkeypatch.setitem(measure.ENGINES, "mine", module)
        measure.measure("mine", cases, described, again)
        packed = record.read(measure.results_file("mine"))
        return packed, measure.unpack(packed, described)["Add"]

    return run_once


def test_what_is_measured_carries_versions_and_a_date(mine):
    packed, verdict = mine(right)
    assert verdict == {"verdict": "agrees"}
    assert (packed["version"], packed["onnx"]) == (onnx.__version__, onnx.__version__)
    assert packed["date"] == record.today()
    assert measure.is_recorded("mine")
    packed["version"] = "0"
    record.write(measure.results_file("mine"), packed)
    assert not measure.is_recorded("mine")


@pytest.mark.parametrize("now", [right, wrong])
@pytest.mark.parametrize("earlier", [right, refuse, crash, wrong])
def test_to_run_again_says_what_changed_and_keeps_the_worse(earlier, now, mine, capsys):
    before, verdict_before = mine(earlier)
    after, verdict = mine(now, again=True)
    said = capsys.readouterr().out
    words = [verdict_before["verdict"], "agrees" if now is right else "differs"]
    if words[0] == words[1]:
        assert (after, said) == (before, "")
    else:
        assert verdict["verdict"] == max(words, key=measure.SEVERITY.index)
        assert verdict["by chance"]
        assert said.startswith(f"mine: Add was {{'verdict': '{words[0]}'")
        assert f"is {{'verdict': '{words[1]}'" in said
        assert after["date"] == before["date"]


def test_only_the_smallest_wrong_answer_to_an_operator_is_kept():
    small = make_case("Gather")
    large = make_case("Sub")
    small.name, large.name = "small", "large"
    small.operator = large.operator = "Any"
    verdicts = {case.name: {"verdict": "differs", "answer": [[1]]} for case in (large, small)}
    measure.keep_smallest(verdicts, {"large": large, "small": small})
    assert "answer" in verdicts["small"]
    assert "answer" not in verdicts["large"]


def test_an_engine_that_does_not_start_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(measure, "RESULTS", tmp_path)
    monkeypatch.setattr(measure, "CASES", tmp_path / "cases.json")
    monkeypatch.setattr(measure, "EXAMPLES", tmp_path / "examples.json")
    monkeypatch.setitem(measure.ENGINES, "no such engine", SimpleNamespace(PACKAGE="none"))
    monkeypatch.setattr(official, "collect", lambda: ([], {}))
    assert measure.main(["no such engine"]) == 1
    assert "no such engine: ended with status 2" in capsys.readouterr().out


def test_a_case_of_a_newer_onnx_is_not_right_where_it_has_not_run(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "RESULTS", tmp_path)
    monkeypatch.setattr(measure, "ENGINES", {"old": None, "sampled": None, "new": None})
    before = {name: {"operator": name[0], "newer": False} for name in ("a 2", "a 3", "b 1", "gone")}
    cases = {name: {"operator": name[0], "newer": False} for name in ("a 1", "a 2", "a 3", "b 1")}
    old = {"onnx": "1.0", "cases of an operator": "all"}
    old |= {"with constants": ["gone"], "by chance": [], "refused": {"no": ["b 1", "gone"]}}
    old |= {"not tried": {"no clang": ["gone 2"]}}
    for engine, changed in {
        "old": old,
        "sampled": {**old, "cases of an operator": 1},
        "new": {**old, "onnx": onnx.__version__},
    }.items():
        record.write(measure.results_file(engine), changed)
    for _again in range(2):  # a run that was ended begins once more
        measure.set_aside(before, cases)
    seen = {}
    for engine in measure.ENGINES:
        packed = record.read(measure.results_file(engine))
        verdicts = measure.unpack(packed, cases)
        seen[engine] = {name: verdict["verdict"] for name, verdict in verdicts.items()}
    assert seen["old"] == {"a 2": "agrees", "a 3": "agrees", "b 1": "refused"}
    assert seen["sampled"] == {"b 1": "refused"}  # that it ran another one of a's is forgotten
    assert seen["new"] == {"a 1": "agrees", **seen["old"]}
    packed = record.read(measure.results_file("old"))
    why = "they are newer than onnx 1.0, whose cases it ran"
    assert packed["not tried"] == {"no clang": ["gone 2"], why: ["a 1"]}


def test_the_numbers_of_a_case_that_onnx_has_no_more_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "RESULTS", tmp_path)
    monkeypatch.setattr(measure, "EXAMPLES", tmp_path / "examples.json")
    monkeypatch.setattr(measure, "ENGINES", {"old": None})
    record.write(measure.EXAMPLES, {"gone": [1], "nobody's": [2]})
    case = make_case("Add")
    answers = {"gone": [[3]], case.name: [[4]]}
    record.write(measure.results_file("old"), {"answers": answers})
    measure.write_examples({case.name: case})
    known = record.read(measure.EXAMPLES)
    assert known == {"gone": [1], case.name: record.plain(official.example(case))}
