"""The cures on other data than their examples: in pipelines, with words as classes, with gaps."""

from importlib.util import find_spec

import numpy as np
import pytest
from skl2onnx import to_onnx
from skl2onnx.algebra.onnx_operator import OnnxOperator
from skl2onnx.common._registration import _converter_pool
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_classification
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Perceptron, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    MaxAbsScaler,
    Normalizer,
    OrdinalEncoder,
    PowerTransformer,
    QuantileTransformer,
    StandardScaler,
)
from sklearn.svm import SVC, LinearSVC, OneClassSVM
from sklearn.tree import DecisionTreeClassifier

from tests.estimators import cures
from tests.estimators.ask import Way, attempt
from tests.estimators.steps import convert
from tests.estimators.verdicts import AGREES

pytestmark = pytest.mark.filterwarnings("ignore")

X, y = make_classification(240, 6, n_informative=5, n_redundant=0, n_classes=3, random_state=7)
X[::17] = 0  # rows of zeros
X = X.astype(np.float32)
TWO = np.array(["no", "yes"])[(y > 0).astype(int)]
WORDS = np.array(["ash", "birch", "cedar"])[y]
GAPS = np.where(np.arange(X.size).reshape(X.shape) % 13 == 0, np.float32(np.nan), X)
EMPTY = np.column_stack([GAPS, np.full(len(X), np.nan, np.float32)])
CODES = np.column_stack([np.arange(240) % 9, X[:, 0]]).astype(np.float32)
WEIGHTS = {"w": [9, 1, 0, 2, 0.5, 1]}
BOTH = np.column_stack([y > 0, X[:, 0] > 0]).astype(int)
APART = X[X.any(axis=1)]  # no two rows alike: of equals any may be the nearest
TEXTS = np.array(["red red a Größe", "fox, fox and dog", "Ärger über a fox"] * 80, object)
LETTERS = np.array([["a", "x"], ["a", "x"], ["a", "y"], ["b", "y"], ["b", "z"], ["c", "x"]], object)
COUNTED = np.exp(X[:, 0]).round()


def scaled(model):
    return make_pipeline(StandardScaler(), model)


def members(margin):
    return [("margin", margin), ("line", LogisticRegression()), ("bayes", GaussianNB())]


# A model, its rows and its target: none of them is the example of a kind.
MODELS = {
    "calibration, 3 words": (CalibratedClassifierCV(scaled(SVC()), cv=3), X, WORDS),
    "calibration by steps": (CalibratedClassifierCV(scaled(SVC()), method="isotonic"), X, TWO),
    "calibration of trees": (CalibratedClassifierCV(RandomForestClassifier(9), cv=2), X, y),
    "one against the rest": (scaled(OneVsRestClassifier(LinearSVC())), X, WORDS),
    "one against the rest, 2": (scaled(OneVsRestClassifier(SVC())), X, TWO),
    "several at once": (OneVsRestClassifier(LogisticRegression()), X, BOTH),
    "one against one": (scaled(OneVsOneClassifier(LinearSVC())), X, 10**12 * y),
    "one against one, 2": (OneVsOneClassifier(scaled(LogisticRegression())), X, TWO),
    "bagged": (BaggingClassifier(scaled(LogisticRegression()), 3, max_features=3), X, 10**12 * y),
    "bagged margins": (scaled(BaggingClassifier(SVC(), n_estimators=3)), X, WORDS),
    "boosted margins": (scaled(AdaBoostClassifier(SVC(), n_estimators=4)), X, WORDS),
    "boosted trees": (AdaBoostClassifier(DecisionTreeClassifier(max_depth=2)), X, TWO),
    "stacked": (scaled(StackingClassifier(members(SVC()), passthrough=True)), X, WORDS),
    "stacked, 2": (StackingClassifier(members(LinearSVC()), LogisticRegression()), X, TWO),
    "hard votes": (scaled(VotingClassifier(members(SVC()), weights=[2, 1, 1])), X, WORDS),
    "soft votes": (VotingClassifier(members(SVC(probability=True)), voting="soft"), X, y),
    "missing values": (scaled(RandomForestClassifier(9, random_state=0)), GAPS, WORDS),
    "their regression": (ExtraTreesRegressor(9, random_state=0), GAPS, X[:, 0]),
    "categories": (HistGradientBoostingClassifier(categorical_features=[0]), CODES, WORDS),
    "categories of counts": (
        HistGradientBoostingRegressor(loss="gamma", categorical_features=[0]),
        CODES,
        COUNTED + 1,
    ),
    "one class": (scaled(RandomForestClassifier(3)), X, np.full(len(X), "ash")),
    "one class of a tree": (DecisionTreeClassifier(), X, np.full(len(X), "ash")),
    "one class, boosted": (scaled(AdaBoostClassifier()), X, np.full(len(X), 10**12)),
    "one class of histograms": (HistGradientBoostingClassifier(max_iter=2), X, np.full(len(X), 7)),
    "several labels": (scaled(MLPClassifier((5,), tol=9, random_state=0)), X, BOTH),
    "several outputs": (scaled(DecisionTreeClassifier(max_depth=3)), X, BOTH),
    "clip": (make_pipeline(MaxAbsScaler(clip=True), StandardScaler()), X, None),
    "largest": (scaled(make_pipeline(Normalizer("max"), LogisticRegression())), X, y),
    "zeros": (make_pipeline(Normalizer("max"), StandardScaler()), X, None),
    "threshold": (Binarizer(), X, None),
    "filled": (make_pipeline(SimpleImputer(add_indicator=True), LogisticRegression()), GAPS, y),
    "empty": (make_pipeline(SimpleImputer(strategy="median", add_indicator=True)), EMPTY, None),
    "powers": (make_pipeline(PowerTransformer(), StandardScaler()), GAPS, None),
    "quantiles by default": (
        make_pipeline(QuantileTransformer(), StandardScaler()),
        np.hstack([GAPS, X.round(), X**2]),
        None,
    ),
    "rare": (OrdinalEncoder(min_frequency=2), LETTERS, None),
    "by distance": (scaled(KNeighborsClassifier(weights="distance")), APART, WORDS[X.any(axis=1)]),
    "stretched": (KNeighborsRegressor(p=1, metric_params=WEIGHTS), X, X[:, 0]),
    "sublinear": (
        make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression()),
        TEXTS,
        y,
    ),
    "pairs": (TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), norm="l1"), TEXTS, None),
    "discriminant": (scaled(LinearDiscriminantAnalysis()), X, TWO),
    "quadratic": (scaled(QuadraticDiscriminantAnalysis()), X, WORDS),
    "sure": (scaled(SGDClassifier(loss="modified_huber", alpha=1e-6, random_state=0)), X, WORDS),
    "logarithms": (scaled(SGDClassifier(loss="log_loss", alpha=1e-6, random_state=0)), X, TWO),
    "plane": (scaled(OneClassSVM(kernel="linear", nu=0.3)), X, None),
    "margins": (scaled(SVC()), X, TWO),
    "three margins": (scaled(LinearSVC()), X, WORDS),
    "two margins": (GridSearchCV(scaled(LinearSVC()), {"linearsvc__C": [1]}), X, TWO),
    "perceptron": (scaled(Perceptron()), X, WORDS),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_cured_file_agrees_on_other_data(name):
    model, rows, target = MODELS[name]
    model.fit(rows, target)
    words = rows is TEXTS
    answer = attempt(model, rows[::-1], Way(cured=True, words=words))
    assert answer.verdict == AGREES, str(answer)


def test_rows_beyond_the_trained_range_are_clipped_on_both_sides():
    model = make_pipeline(MaxAbsScaler(clip=True), StandardScaler()).fit(X / 3)
    scaled_rows = X / model[0].scale_
    assert scaled_rows.max() > 1
    assert scaled_rows.min() < -1
    answer = attempt(model, X, Way(cured=True))
    assert answer.verdict == AGREES, str(answer)


def test_tuned_thresholds_of_words_and_of_scores():
    tuning = pytest.importorskip("sklearn.model_selection").TunedThresholdClassifierCV
    for inner in (LogisticRegression(), scaled(LogisticRegression())):
        for method in ("auto", "decision_function"):
            target = TWO if method == "auto" else np.where(y > 0, 1, -1)
            scoring = "balanced_accuracy"
            model = tuning(inner, scoring=scoring, response_method=method).fit(X, target)
            answer = attempt(scaled(model).fit(X, target), X, Way(cured=True))
            assert answer.verdict == AGREES, str(answer)


@pytest.mark.skipif(find_spec("pandas") is None, reason="no pandas")
def test_a_frame_of_whole_numbers_and_floats():
    import pandas

    frame = pandas.DataFrame({"age": np.arange(240) % 60, "a": X[:, 0], "b": X[:, 1]})
    for model in (scaled(LogisticRegression()), make_pipeline(PowerTransformer(), GaussianNB())):
        answer = attempt(model.fit(frame, WORDS), frame, Way(cured=True))
        assert answer.verdict == AGREES, str(answer)


def test_twice_the_quantiles_take_thrice_the_time(monkeypatch):
    """In calls of what skl2onnx spends its time in, which are the same on any machine."""
    original = OnnxOperator._verify_add_to_
    calls = []

    def counted(*arguments):
        calls.append(None)
        return original(*arguments)

    monkeypatch.setattr(OnnxOperator, "_verify_add_to_", counted)
    found = []
    for quantiles in (4, 8):
        calls.clear()
        to_onnx(QuantileTransformer(n_quantiles=quantiles).fit(X), X[:1])
        found.append(len(calls))
    assert 2.5 < found[1] / found[0] < 3.5


def test_what_a_cure_does_not_know_is_refused():
    model = OneVsRestClassifier(OneVsRestClassifier(LinearSVC())).fit(X, y)
    answer = attempt(model, X, Way(cured=True))
    assert "NotImplementedError" in answer.words


def test_the_converters_of_skl2onnx_come_back():
    before = dict(_converter_pool)
    with cures.registered():
        assert _converter_pool != before
    assert _converter_pool == before


def test_the_calls_of_the_page_serve():
    """What the page shows: register, convert, mend."""
    model = scaled(SVC()).fit(X, TWO)
    with cures.registered():
        file = cures.mend(to_onnx(model, X[:1], options=cures.options_for(model)), model)
    assert [output.name for output in file.graph.output] == ["label", "scores"]
    assert convert(model, X, np.float32).graph.output[1].name == "probabilities"
