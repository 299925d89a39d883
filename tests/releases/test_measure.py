"""What is measured: cases with a right answer, and a runner that says how each ended."""

import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import onnx
import pytest

from tests.interop.operators import cases as official
from tests.kit import apart
from tests.releases import cases, convert, history, measure, ours, runner, tools
from tests.releases.history import OTHERWISE, REFUSED, RIGHT

pytestmark = pytest.mark.skipif(not apart.POSSIBLE, reason="it copies a process: Linux")


def verdicts(found, way="onnxruntime"):
    """Return the verdicts of cases in this very environment, as if it were a release."""
    orders = [case.order() for case in found]
    answers = measure.run(sys.executable, ["tests.releases.runner", way], orders)
    return [measure.judge(case, way, *answers[case.name])[0] for case in found]


def probes():
    return [cases.probe("opset 18", 3, "", 18), cases.probe("ai.onnx.ml 3", 3, cases.ML, 3)]


@pytest.mark.parametrize("way", ["onnxruntime", "onnx.reference", "checker"])
def test_a_right_answer_is_right_in_each_way(way):
    assert verdicts(probes(), way) == [RIGHT, RIGHT]


def test_an_expectation_that_is_shifted_is_noticed():
    right, _ml = probes()
    function, exact, tolerance = right.check
    shifted = replace(right, check=(function, exact + 1e-6, tolerance))
    other_shape = replace(right, check=(function, exact[:1], tolerance))
    assert verdicts([shifted, other_shape]) == [OTHERWISE, OTHERWISE]


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_a_case_of_the_standard_is_compared_with_what_it_states(kind):
    """Of float16 the largest number counts, which the case's model tells."""
    word = {np.float32: "float", np.float16: "float16"}[kind]
    model = onnx.parser.parse_model(
        f'<ir_version: 8, opset_import: ["" : 18]> '
        f"g ({word}[3] X) => ({word}[3] Y) {{ Y = Add (X, X) }}"
    )
    X = np.array([0.001, 1, 3], kind)
    right = official.Case("add", "Add", model, [X], [X + X], False)
    shifted = replace(right, outputs=[X + X + kind(0.1)])
    found = [cases.of_standard("right", right), cases.of_standard("shifted", shifted)]
    assert verdicts(found) == [RIGHT, OTHERWISE]


def test_an_answer_without_outputs_is_none():
    case = cases.probe("opset 18", 3, "", 18)
    assert measure.judge(case, "mnn", runner.ANSWER, []) == (REFUSED, "no outputs")
    assert measure.judge(case, "mnn", runner.ANSWER, [np.float32([2, 4])]) == (RIGHT, "")


def test_what_is_refused_is_said_and_what_follows_runs():
    case = cases.probe("opset 18", 3, "", 18).order()
    orders = [{**case, "name": "a", "model": b"no model"}, {**case, "name": "b"}]
    answers = measure.run(sys.executable, ["tests.releases.runner", "onnxruntime"], orders)
    assert [answers[name][0] for name in "ab"] == [REFUSED, runner.ANSWER]


def test_a_case_that_ends_the_process_is_said_and_what_follows_runs():
    def run(order):
        if order["name"] == "b":
            import os

            os.abort()
        return [order["name"]]

    found = runner.answer_all(run, [{"name": name, "model": ""} for name in "abc"])
    assert found["a"] == (runner.ANSWER, ["a"]) and found["c"] == (runner.ANSWER, ["c"])
    assert found["b"] == (runner.CRASHES, "SIGABRT")


# Ours ---------------------------------------------------------------------------------------------
def test_the_cases_of_ours_are_right_in_the_pinned_onnxruntime():
    found = list(ours.ours([]))
    assert verdicts(found) == [RIGHT] * len(found)
    assert len({case.name for case in found}) == len(found) > 15


def test_reversing_by_hand():
    """Of 0 1 2 3 the first three turned round are 2 1 0 3, the first none 0 1 2 3."""
    X = np.float32([[0, 1, 2, 3], [0, 1, 2, 3]])
    assert ours.reverse(X, 0, [3, 0]).tolist() == [[2, 1, 0, 3], [0, 1, 2, 3]]
    assert ours.reverse(X.T, 1, [3, 0]).T.tolist() == [[2, 1, 0, 3], [0, 1, 2, 3]]


def test_attending_by_hand():
    """With scores of 0, a row is the mean of the values that it may see, and 0 if it sees none."""
    Q = K = np.zeros((1, 1, 3, 2))
    V = np.float64([[[[1, 2], [3, 4], [11, 12]]]])
    mask = np.float64([[0, 0, 0], [0, 0, -np.inf], [-np.inf] * 3])
    assert ours.attend(Q, K, V, mask).tolist() == [[[[5, 6], [2, 3], [0, 0]]]]
    rising = K + np.arange(3)[:, None]
    sharp = ours.attend(Q + 20, rising, V, mask[:1])
    np.testing.assert_allclose(sharp[0, 0, 0], [11, 12], rtol=1e-9)  # the last key by far
    capped = ours.attend(Q + 20, rising, V, mask[:1], softcap=np.log(2))
    weighted = V[0, 0, 0] + 2 * V[0, 0, 1] + 2 * V[0, 0, 2]  # exp of 0, log 2 and log 2
    np.testing.assert_allclose(capped[0, 0, 0], weighted / 5, rtol=1e-9)


def test_a_label_of_another_word_is_noticed():
    P = np.float64([[0.9, 0.1], [0.2, 0.8]])
    assert ours.by_words(["no", "yes"], P, [np.array(["no", "yes"]), P]) is None
    said = ours.by_words(["no", "yes"], P, [np.array(["no", "no"]), P])
    assert said == "other words for 1 of 2 rows"
    assert ours.by_words(["no", "yes"], P, [np.array(["no", "yes"]), P + 1e-3]) == "off by 0.001"


def official_case(name):
    (found,) = [case for case in cases.official_cases() if case.name == name]
    return found


def test_a_case_in_float16_is_right_and_one_that_is_shifted_is_not():
    case = official_case("test_softmax_example")
    assert ours.is_single(case) and not ours.is_single(official_case("test_cast_FLOAT16_to_FLOAT"))
    half = ours.halved(case)
    assert half.name == "test_softmax_example, float16"
    assert [array.dtype.name for array in half.inputs] == ["float16"]
    assert verdicts([half]) == [RIGHT]
    function, expected = half.check
    moved = replace(expected, outputs=[array + np.float16(0.05) for array in expected.outputs])
    assert verdicts([replace(half, check=(function, moved))]) == [OTHERWISE]


def test_the_files_of_the_scripts_are_right_and_the_converter_forgets_the_function():
    found = list(cases.scripts())
    assert verdicts(found) == [RIGHT] * 5
    converted = [case for case in cases.conversions(found[:3]) if case.name.endswith("to opset 19")]
    names = [case.name.partition(" to ")[0] for case in converted]
    expected = dict.fromkeys(names, RIGHT) | {"neural_network": OTHERWISE}
    assert dict(zip(names, verdicts(converted, "converter"), strict=True)) == expected


def test_an_estimator_is_judged_as_in_the_sweep(monkeypatch):
    monkeypatch.setattr(cases, "classes", lambda: ["SVC", "Ridge", "RandomForestClassifier"])
    found = {name: convert.judge(*order)[0] for name, order in cases.estimator_rows().items()}
    assert found["Ridge, default"] == RIGHT
    assert found["RandomForestClassifier, two classes"] == RIGHT
    assert found["SVC, default"] == "named wrongly"  # scores are called probabilities
    order = ("NoSuchEstimator", None, None, None)
    assert convert.judge(*order)[0] == history.TOO_NEW


def test_an_estimators_file_comes_with_its_nodes_of_ai_onnx_ml_alone():
    found = list(cases.estimators(["RandomForestClassifier"]))
    kinds = [case.kind for case in found]
    assert kinds.count(history.ESTIMATOR) == 2  # the default, and two classes
    assert kinds.count("ai.onnx.ml.TreeEnsembleClassifier") == 2
    assert verdicts(found) == [RIGHT] * len(found)


# Installing ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", tools.TOOLS)
def test_each_release_says_what_it_needs(name):
    tool = tools.TOOLS[name]
    for release in tool.releases:
        wanted = [*tool.beside(release), *tool.installs(release)]
        packages = [requirement.split("==")[0] for requirement in wanted]
        assert all("==" in requirement for requirement in wanted)
        assert len(set(packages)) == len(packages) and "numpy" in packages


def test_from_one_pair_of_releases_to_the_next_one_package_is_another():
    releases = tools.TOOLS["skl2onnx/scikit-learn"].releases
    for before, after in pairwise(releases):
        same = [one == two for one, two in zip(before.split("/"), after.split("/"), strict=True)]
        assert sorted(same) == [False, True]


def test_what_does_not_install_is_said_in_the_words_of_pip():
    printed = "WARNING: a\nERROR: Could not find a version\nERROR: No matching distribution for x\n"
    assert measure.last_error(printed) == "No matching distribution for x"
