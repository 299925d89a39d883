"""The judge itself: verdicts that are known beforehand, and weights that are changed on purpose."""

import os

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from tests.estimators import data, mutate, steady, verdicts
from tests.estimators import judge as judging
from tests.estimators.compare import BOUND, answers, compare
from tests.estimators.configurations import classes, configurations, drawn, has_converter, today
from tests.estimators.judge import compare_all, judge, nudge
from tests.estimators.steps import Refusal, convert, fit, load, run, stage
from tests.estimators.verdicts import AGREES, CRASHED, DRIFTS, MISNAMED, REFUSED, WRONG
from tests.kit import apart

pytestmark = pytest.mark.filterwarnings("ignore")

X = np.array([[0.0], [1.0], [2.0], [3.0]])
classifier = LogisticRegression().fit(X, [0, 0, 1, 1])
regressor = LinearRegression().fit(X, [0.0, 1.0, 2.0, 3.0])
P = classifier.predict_proba(X)

COMPARISONS = {
    "equal": ("probabilities", P, AGREES),
    "within the bound": ("probabilities", P + BOUND / 2, AGREES),
    "beyond it": ("probabilities", P + BOUND * 2, WRONG),
    "one row is not a number": ("probabilities", np.vstack([P[:3], [[np.nan] * 2]]), WRONG),
    "other order": ("probabilities", P[:, ::-1], MISNAMED),
    "scores": (
        "probabilities",
        np.column_stack([-classifier.decision_function(X), classifier.decision_function(X)]),
        MISNAMED,
    ),
    "labels": ("label", np.array([0, 0, 1, 1]), AGREES),
    "one label is another": ("label", np.array([0, 0, 1, 0]), WRONG),
    "labels are words": ("label", np.array(["0", "0", "1", "1"]), MISNAMED),
    "a row of labels": ("label", np.array([[0, 0, 1, 1]]), MISNAMED),
}


@pytest.mark.parametrize("case", COMPARISONS)
def test_compare(case):
    name, got, expected = COMPARISONS[case]
    verdict, _, note, _ = compare(name, got, classifier, answers(classifier, X))
    assert verdict == expected, note


def test_a_column_stands_for_numbers():
    known = answers(regressor, X)
    assert compare("variable", np.array([[0.0], [1], [2], [3]]), regressor, known)[0] == AGREES
    assert compare("variable", np.array([[0.0], [1], [2], [4]]), regressor, known)[0] == WRONG


# Estimator, configuration, verdict for float32 and for float64: read off the graphs by hand.
KNOWN = [
    ("KNeighborsRegressor", "default", AGREES, AGREES),
    ("KNeighborsRegressor", "weights='distance'", WRONG, WRONG),
    ("LinearRegression", "large numbers", DRIFTS, AGREES),
    ("SVC", "default", MISNAMED, MISNAMED),
    ("ExtraTreesRegressor", "default", AGREES, REFUSED),
    ("RandomForestClassifier", "default", AGREES, DRIFTS),
]


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: f"{known[0]}-{known[1]}")
def test_judge(known):
    name, key, float32, float64 = known
    result = judge(configurations(name)[key])
    assert result["float32"]["verdict"] == float32
    assert result["float64"]["verdict"] == float64


def test_each_precision_is_its_own():
    """A sum of four products in float64 is exact to 1e-14, in float32 it cannot be to 1e-9."""
    result = judge(configurations("LinearRegression")["default"])
    assert result["float64"]["error"] < 1e-14
    assert result["float32"]["error"] > 1e-9


def die(configuration, seed, report):
    """Report what is known of float32, and end the process."""
    report({"float32": {"verdict": AGREES}})
    os.abort()


def toil(configuration, seed, report):
    """Report what is known of float32, and never end."""
    report({"float32": {"verdict": AGREES}})
    while True:
        pass


@pytest.mark.skipif(not apart.POSSIBLE, reason="processes cannot be copied here")
@pytest.mark.parametrize("end, cause", [(die, "SIGABRT"), (toil, "no answer after 1 seconds")])
def test_a_process_that_ends_or_never_ends_is_a_verdict(end, cause, monkeypatch):
    monkeypatch.setattr(judging, "SECONDS", 1)
    monkeypatch.setattr(judging, "judge", end)
    result = judging.judge_apart("LinearRegression", "default")
    assert result["float32"] == {"verdict": AGREES}
    assert result["float64"]["verdict"] == CRASHED
    assert result["float64"]["words"].startswith(cause)


def test_a_mistake_of_the_harness_is_none():
    with pytest.raises((RuntimeError, KeyError), match="no such option"):
        judging.judge_apart("LinearRegression", "no such option")


def test_news_says_better_and_worse():
    old = {"default": {"float32": {"verdict": WRONG}, "float64": {"verdict": AGREES}}}
    new = {"default": {"float32": {"verdict": AGREES}, "float64": {"verdict": REFUSED}}}
    lines = verdicts.news("Name", old, new)
    assert [line.partition(":")[0] for line in lines] == ["better", "worse"]
    old["default"]["also"] = {"float32": [AGREES], "float64": [REFUSED]}
    assert not verdicts.news("Name", old, new)


def test_a_record_holds_what_does_not_agree_and_gives_all_of_it_back():
    refusal = {"verdict": REFUSED, "by": "skl2onnx", "words": "no"}
    agreement = {"verdict": AGREES}
    found = {
        "default": {
            "float32": {"verdict": AGREES, "error": 1e-7, "near": True},
            "float64": {"verdict": WRONG, "error": 0.5, "note": "x"},
            "operators": "core",
        },
        "a=1": {"float32": agreement, "float64": {"verdict": AGREES, "error": 1e-9}},
        "a=2": {"float32": refusal, "float64": refusal, "also": {"float32": [WRONG]}},
        "a=3": {"float32": refusal, "float64": agreement},
    }
    packed = verdicts.pack(found)
    assert packed["found"] == [
        {"is": {"verdict": WRONG, "note": "x"}, "float64": ["default"]},
        {"is": refusal, "float32": ["a=2", "a=3"], "float64": ["a=2"]},
    ]
    found["a=1"]["float64"] = agreement  # the default's differences alone are kept
    found["default"]["float64"]["near"] = False
    assert verdicts.unpack(packed) == found


def test_a_sweep_under_another_kernel_is_one_of_another_process():
    """OpenBLAS reads its kernel when it is loaded; what it decides otherwise is noted."""
    kernel = {"OPENBLAS_CORETYPE": "Prescott"}
    outcome = apart.fresh(steady.sweep, 0, ["LabelBinarizer"], environment=kernel, gigabytes=16)
    found = outcome.value["LabelBinarizer"]
    assert found["default"]["float32"]["verdict"] == AGREES
    other = {"float32": {"verdict": WRONG}, "float64": found["default"]["float64"]}
    entry = dict(other)
    assert steady.note(entry, found["default"])
    assert entry["also"] == {"float32": [AGREES]}
    assert not steady.note(dict(other), other)


def test_a_nudge_moves_what_float32_does_not_hold():
    random = np.random.default_rng(0)
    ids = np.array([[2**40 + 1], [2**40 + 3]])
    assert (nudge(ids, random) != ids).all()
    for held in (np.array([[7, 2**24]]), np.array([[7.0, 2.0**24]]), np.array([[True]])):
        assert np.array_equal(nudge(held, random), held)
    assert nudge(np.array([[0.1]]), random) != 0.1


def test_what_a_run_cannot_see_is_kept():
    agreement = {"float32": {"verdict": AGREES}, "float64": {"verdict": AGREES}}
    also = {"float32": [WRONG]}
    old = {"default": {**agreement, "also": also}, "data frame": agreement, "gone": agreement}
    kept = verdicts.merged(old, {"default": agreement})
    assert kept == {"default": {**agreement, "also": also}, "data frame": agreement}


@pytest.mark.parametrize("name", sorted(classes()))
def test_a_changed_weight_is_noticed(name, share):
    """A constant added to any weight of the file of an estimator that converts: see mutate.py."""
    if not has_converter(name):
        return
    if not drawn(name, share, today()):
        pytest.skip("its day is another one")
    estimator = configurations(name)["default"].estimator()
    rows = data.make(estimator)
    try:
        stage("fit", fit, estimator, rows)
        model = stage("skl2onnx", convert, estimator, rows.X, np.float32)
        known = answers(estimator, rows.rows())
        outputs = stage("running", run, load(model), rows.rows(), np.float32)
    except Refusal:
        return  # nothing to change
    before, _ = compare_all(estimator, outputs, known)

    def noticed(mutant):
        try:
            changed = run(load(mutant), rows.rows(), np.float32)
        except Exception:  # onnxruntime refuses it: noticed, too
            return True
        after, _ = compare_all(estimator, changed, known)
        return after["verdict"] != before["verdict"] or after["error"] > BOUND

    tried, survived = mutate.survivors(model, noticed)
    inert = mutate.INERT_FOR.get(name, {})
    survived = [each for each in survived if not {each, each.partition("[")[0]} & set(inert)]
    assert not survived, f"of {tried} changed weights these were not noticed"
