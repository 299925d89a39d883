"""The judge itself: verdicts that are known beforehand, and weights that are changed on purpose."""

import threading

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from tests.estimators import data, mutate, pool, record
from tests.estimators.compare import AGREES, BOUND, MISNAMED, WRONG, answers, compare
from tests.estimators.configurations import classes, configurations
from tests.estimators.judge import CRASHED, DRIFTS, REFUSED, compare_all, judge
from tests.estimators.steps import Refusal, convert, fit, load, run, stage

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


@pytest.fixture
def workers():
    """Return a pool that ends with the test."""
    running = pool.Pool()
    yield running
    running.close()


def test_a_dead_process_is_a_verdict(workers):
    for worker in workers.workers:
        killer = threading.Timer(0.5, worker.process.kill)
        killer.start()
    futures = [workers.submit("GridSearchCV", "default") for _ in workers.workers]
    assert [future.result()["float32"]["verdict"] for future in futures].count(CRASHED) > 0
    assert workers.submit("LinearRegression", "default").result()["float32"]["verdict"] == AGREES


def test_a_hanging_process_is_a_verdict(workers, monkeypatch):
    monkeypatch.setattr(pool, "WAIT", 0.001)
    assert workers.submit("GridSearchCV", "default").result()["float32"]["verdict"] == CRASHED


def test_a_mistake_of_the_harness_is_none(workers):
    with pytest.raises(RuntimeError, match="no such option"):
        workers.submit("LinearRegression", "no such option").result()


def test_news_says_better_and_worse():
    old = {"default": {"float32": {"verdict": WRONG}, "float64": {"verdict": AGREES}}}
    new = {"default": {"float32": {"verdict": AGREES}, "float64": {"verdict": REFUSED}}}
    lines = record.news("Name", old, new)
    assert [line.partition(":")[0] for line in lines] == ["better", "worse"]
    old["default"]["also"] = {"float32": [AGREES], "float64": [REFUSED]}
    assert not record.news("Name", old, new)


@pytest.mark.parametrize("name", sorted(classes()))
def test_a_changed_weight_is_noticed(name):
    """A constant added to any weight of the file of an estimator that converts: see mutate.py."""
    if len(record.keys(name)) == 1:
        return  # no converter
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
    survived = [weight for weight in survived if weight.partition("[")[0] not in inert]
    assert not survived, f"of {tried} changed weights these were not noticed"
