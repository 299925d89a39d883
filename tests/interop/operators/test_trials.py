"""The trials at other versions and in other ways, and what is recorded of them."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from tests import engines
from tests.interop.operators import (
    by_version,
    census,
    foresee,
    measure,
    page,
    recorded,
    trials,
    usual,
)
from tests.interop.operators import cases as official
from tests.kit import apart, record

TRIALS = recorded.read(measure.TRIALS)
RECORDED = [path.name for path in (page.FOLDER / "trials").glob("*.json")]


def make_case(operator, inputs, right, **attributes):
    """Return a case at opset 18; every input is the file's."""
    values = []
    for i, array in enumerate(inputs):
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        values.append(helper.make_tensor_value_info(f"input{i}", kind, array.shape))
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, right.shape)
    names = [value.name for value in values]
    node = helper.make_node(operator, names, ["Y"], **attributes)
    graph = helper.make_graph([node], "graph", values, [output])
    imports = [helper.make_opsetid("", 18)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=8)
    return official.Case(operator, operator, model, inputs, [right], False)


X = np.float32([[[1, -2], [3, 4]]])


@pytest.mark.parametrize(
    "case, version, valid",
    [
        (make_case("Softmax", [X], X, axis=2), 11, True),
        (make_case("Softmax", [X], X, axis=1), 11, False),  # there over axes 1 and 2 together
        (make_case("Softmax", [X], X), 1, False),  # the default was another axis
        (make_case("Concat", [X, X], np.tile(X, 2), axis=-1), 11, True),
        (make_case("Concat", [X, X], np.tile(X, 2), axis=-1), 4, False),  # none below zero
        (make_case("Max", [X, X[0]], X), 8, True),
        (make_case("Max", [X, X[0]], X), 6, False),  # no broadcasting
        (make_case("Add", [X, X], 2 * X), 7, True),
        (make_case("Gather", [X, np.int64([-1])], X[-1:]), 11, True),
        (make_case("Gather", [X, np.int64([-1])], X[-1:]), 1, False),
    ],
)
def test_a_case_counts_at_a_version_where_it_says_the_same(case, version, valid):
    assert (trials.at_version(case, version) is not None) == valid


def test_what_was_an_attribute_becomes_one_again():
    case = make_case("Clip", [X, np.float32(0), np.float32(3)], X.clip(0, 3))
    older = trials.at_version(case, 6)
    node = older.model.graph.node[0]
    stated = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    assert stated == {"min": 0, "max": 3}
    assert list(node.input) == ["input0"]
    assert len(older.inputs) == 1
    onnx.checker.check_model(older.model, full_check=True)


def test_other_ways_change_the_file_alone():
    case = make_case("Mul", [X, 2 * X], 2 * X * X)
    ways = dict(trials.in_other_ways(case, 14, set()))
    assert ways.keys() == {trials.CONSTANTS, trials.FREE, trials.FIRST, trials.HALF}
    for way, other in ways.items():
        assert len(other.model.graph.input) == (2 if way == trials.FIRST else 1)
        assert len(other.model.graph.initializer) == (0 if way == trials.FIRST else 1)
        sizes = other.model.graph.input[0].type.tensor_type.shape.dim
        assert any(size.dim_param for size in sizes) == (way in (trials.FREE, trials.FIRST))
        assert (other.inputs[0].dtype == np.float16) == (way == trials.HALF)


@pytest.mark.parametrize(
    ("shape", "way", "free"),
    [
        ((2, 3), trials.FREE, [0]),
        ((2, 3, 4), trials.FREE, [0, 2]),
        ((2, 3, 4), trials.FIRST, [0, 1]),
        ((2, 3, 4, 5), trials.FIRST, [0, 1]),
        ((3,), trials.FIRST, [0]),
        ((1, 3, 4), trials.FIRST, [1]),  # a size of one stays: it may be there to be repeated
    ],
)
def test_which_sizes_are_free(shape, way, free):
    ones = np.ones(shape, np.float32)
    case = trials.with_free_sizes(make_case("Neg", [ones], -ones), way)
    assert free_axes(case) == free


def free_axes(case):
    sizes = case.model.graph.input[0].type.tensor_type.shape.dim
    return [axis for axis, size in enumerate(sizes) if size.dim_param]


def test_of_what_has_channels_the_first_size_alone_is_free():
    ones = np.ones((2, 3, 4), np.float32)
    case = make_case("GlobalMaxPool", [ones], ones[:, :, :1])
    assert free_axes(trials.with_free_sizes(case, trials.FIRST)) == [0]


def test_what_follows_from_the_file_alone_is_multiplied_by_what_is_fed():
    rows = np.int64([[2, 0]])
    case = make_case("Gather", [X, rows % 1], X[rows % 1])
    held = trials.with_all_held(case)
    assert [value.name for value in held.model.graph.input] == ["times"]
    assert len(held.model.graph.initializer) == 2
    (used,) = [use for use in official.read_model(held.model) if use.operator == "Gather"]
    assert foresee.is_folded(used)
    session = ReferenceEvaluator(held.model)
    for times in (2, 3):
        (answer,) = session.run(None, {"times": np.array(times, np.float32)})
        np.testing.assert_array_equal(answer, times * X[rows % 1])
    assert held.inputs == [2] and isinstance(held.inputs[0], np.ndarray)  # as engines are fed
    np.testing.assert_array_equal(held.outputs[0], 2 * X[rows % 1])


def test_of_types_that_some_do_not_cast_nothing_is_held():
    half = X.astype(np.float16)
    case = trials.in_float16(make_case("Mul", [X, X], X * X))
    assert case.inputs[0].dtype == half.dtype
    assert trials.with_all_held(case) is None


@pytest.mark.parametrize("name", by_version.EXAMPLES)
def test_onnxruntime_says_what_numpy_says_of_older_versions(name):
    """But where it is known to say something else."""
    example = by_version.EXAMPLES[name]
    verdicts = page.read_trial_verdicts("ONNX Runtime")
    for version in example.versions:
        case = trials.make_case(name, example, version)
        recorded_one = verdicts[trials.key(name, version, trials.AS_IT_IS)]["verdict"]
        if recorded_one == "refused":
            with pytest.raises(Exception, match=r"NOT_IMPLEMENTED|FAIL|deprecated"):
                trials.by_onnxruntime(case.model, case.inputs)
            continue
        answer = trials.by_onnxruntime(case.model, case.inputs)
        assert (official.difference(case, answer) is None) == (recorded_one == "agrees")


@pytest.mark.parametrize("name", RECORDED)
def test_what_is_recorded_is_of_trials_that_there_are(name):
    packed = record.read(page.FOLDER / "trials" / name)
    ran = set(recorded.chosen(TRIALS, packed["trials"]))
    for reasons in packed["verdicts"].values():
        for group in reasons.values():
            for case, ways in group.items():
                assert {f"{case}@{way}" for way in ways.split(", ")} <= ran
    verdicts = recorded.unpack(packed, TRIALS)
    untried = {recorded.NOT_TRIED: packed["verdicts"].get(recorded.NOT_TRIED, {})}
    again = recorded.unpack({**packed, "verdicts": recorded.pack(verdicts) | untried}, TRIALS)
    assert again == verdicts


def test_a_verdict_on_another_node_of_the_same_name_is_forgotten():
    before = {"a@13": "one", "b@13": "two", "c@13": "three"}
    uses = {"a@13": "one", "b@13": "another"}
    verdicts = dict.fromkeys(before, "agrees")
    assert census.of_same_nodes(verdicts, before, uses) == {"a@13": "agrees"}


def test_what_numpy_says_of_usual_nodes_onnxruntime_says_too():
    """Or they would be left out without a word."""
    nodes = usual.list_nodes()
    of_numpy = [i for i, node in enumerate(nodes) if node.right is not None]
    kept = [i for i in of_numpy if trials.make_usual(i, nodes[i], 18)]
    refused = {nodes[i].operator for i in set(of_numpy) - set(kept)}
    assert refused <= {"OneHot"}  # of some pairs of types
    assert {nodes[i].operator for i in kept} >= {"GatherElements", "GlobalMaxPool", "OneHot"}


def test_what_is_behind_the_end_of_a_row_does_not_count():
    """By onnx, a row at a time; ONNX Runtime says the same, as make_usual asks."""
    node = next(node for node in usual.list_nodes() if isinstance(node.right, list))
    X, *held = node.fed
    longer = X.copy()
    longer[4:, 0] += 1  # the first row has 4 of 6
    same = usual.of_lengths(node.operator, longer, held, node.attributes, node.outputs)
    for one, other in zip(node.right, same, strict=True):
        np.testing.assert_array_equal(one, other)
    longer[3, 0] += 1
    other = usual.of_lengths(node.operator, longer, held, node.attributes, node.outputs)
    assert not np.array_equal(node.right[0], other[0])
    wrong = node._replace(right=[array + 1 for array in node.right])
    assert trials.make_usual(0, node, 18)
    assert not trials.make_usual(0, wrong, 18)


def test_how_many_sizes_a_file_computes_stays_known():
    node = next(node for node in usual.with_parameters_computed() if node.operator == "Reshape")
    case = trials.with_free_sizes(trials.make_usual(0, node, 18))
    first, sizes = case.model.graph.input
    assert first.type.tensor_type.shape.dim[0].dim_param
    assert sizes.type.tensor_type.shape.dim[0].dim_value == 2
    node = next(node for node in usual.with_parameters_computed() if node.operator == "Resize")
    names = trials.make_usual(0, node, 18).model.graph.node[0].input
    assert [*names] == ["A", "", "", "D"]


def telling(engine):
    """Return trials of official cases that tell an engine from others: its faults, and theirs."""
    mine = page.read_trial_verdicts(engine)
    others = []
    for other in ENGINES:
        if other != engine:
            others.append(page.read_trial_verdicts(other))
    alone = {}
    for name, verdict in mine.items():
        same = [found[name]["verdict"] == verdict["verdict"] for found in others if name in found]
        if name in BY_CHANCE:
            continue
        if name.startswith("test_") and len(same) >= SEVERAL and verdict["verdict"] not in SLOW:
            alone.setdefault(verdict["verdict"], []).append((sum(same) / len(same), name))
    return [name for found in alone.values() for _share, name in sorted(found)[:EACH]]


ENGINES = [name for name in engines.find() if measure.trials_file(name).exists()]
SEVERAL = 3  # engines that ran a trial, too
EACH = 6  # trials of each verdict
SLOW = ("hangs",)
# IREE reads what nobody wrote: off by 9.5e-5, by 1.7e37, and right in six runs.
BY_CHANCE = {"test_gridsample_zeros_padding@16 constants"}


def judge_again(engine, chosen):
    """Return the verdicts on trials in an engine, in a process of its own."""
    names = {name.partition("@")[0] for name in chosen}
    cases, _left_out = official.collect()
    found = {}
    for one in trials.of_cases([case for case in cases if case.name in names]):
        found[trials.key(one.name, one.version, one.way)] = one.case
    module = engines.find()[engine]
    module.load()
    here = [name for name in chosen if name in found]
    verdicts = measure.judge_many(module.run, [found[name] for name in here])
    return dict(zip(here, verdicts, strict=True))


@pytest.mark.skipif(not apart.POSSIBLE, reason="only Linux copies a process")
@pytest.mark.parametrize("engine", ENGINES)
def test_what_tells_an_engine_from_the_others_is_so_again(engine):
    """Another's record, a wider tolerance, a wrong input, a missing output: each changes it."""
    version = record.read(measure.trials_file(engine))["version"]
    if version != engines.version_of(engines.find()[engine]):
        pytest.skip(f"{engine} {version} is not installed")
    chosen = telling(engine)
    outcome = apart.fresh(
        judge_again, engine, chosen, seconds=3600, environment=measure.ENVIRONMENT
    )
    assert outcome.ended == apart.RETURNED, outcome
    recorded_ones = page.read_trial_verdicts(engine)
    again = {name: found["verdict"] for name, found in outcome.value.items()}
    assert len(again) > EACH
    assert again == {name: recorded_ones[name]["verdict"] for name in again}


def answer_ends(path, inputs):
    """Add two numbers, but end the process where the first is 13."""
    if inputs[0].item() == 13:
        raise SystemExit(3)
    return [inputs[0] + inputs[1]]


@pytest.mark.skipif(not apart.POSSIBLE, reason="only Linux copies a process")
def test_one_that_ends_the_process_does_not_take_the_others_with_it():
    cases = []
    for first in (1.0, 13.0, 2.0):
        inputs = [np.float32([first]), np.float32([1])]
        right = np.float32([4]) if first == 2 else np.float32([first + 1])
        cases.append(make_case("Add", inputs, right))
    verdicts = [verdict["verdict"] for verdict in measure.judge_many(answer_ends, cases)]
    assert verdicts[0] == "agrees"
    assert verdicts[1] in ("crashes", "refused")
    assert verdicts[2] == "differs"


def test_engines_that_are_told_the_sizes_run_none_that_are_open():
    fixed = set(recorded.chosen(TRIALS, recorded.NOT_FREE_KINDS))
    assert not [name for name in fixed if "free" in name]
    few = recorded.chosen(TRIALS, recorded.FEW)
    assert len(few) < len(fixed)
    assert not [name for name in few if name.endswith((" free", " float16"))]
    assert fixed < set(recorded.chosen(TRIALS, recorded.KINDS)) < set(TRIALS)
    assert set(recorded.chosen(TRIALS, recorded.ALL)) == set(TRIALS)
    assert set(engines.find()) >= {"ncnn", "Plain C"}
