"""Beyond the sweep: what agrees on its rows, and answers something else on these.

The sweep tries one option at a time, around a few inner models, on 90 rows of 4 columns of floats.
Each case here steps outside of that once; `share` says how many of its rows differ.
"""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_classification
from sklearn.ensemble import (
    AdaBoostClassifier,
    HistGradientBoostingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from tests.estimators.compare import BOUND, errors, label_errors
from tests.estimators.kinds import OPSET, convert, convert_texts, run

ISSUES = "https://github.com/onnx/sklearn-onnx/issues"

X, y = make_classification(600, 6, n_informative=5, n_redundant=0, random_state=4)
X = X.astype(np.float32)
unseen = X[300:]
X = X[:300]
y = y[:300]


def share(answered, wanted):
    """Return the share of rows in which two answers differ; 1 if their shapes do."""
    answered = np.asarray(answered)
    wanted = np.asarray(wanted)
    if answered.shape != wanted.shape:
        return 1.0
    measure = errors if wanted.dtype.kind == "f" else label_errors
    return float((measure(answered, wanted) > BOUND).mean())


def labels(model, rows=unseen):
    """Fit a classifier, and return the share of rows that get another label."""
    model.fit(X, y)
    return share(run(convert(model, X), rows, output=0).ravel(), model.predict(rows))


def frame_of_whole_numbers():
    import pandas

    frame = pandas.DataFrame({"age": np.arange(300) % 60, "a": X[:, 0], "b": X[:, 1]})
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(frame, y)
    file = to_onnx(model, frame[:1], target_opset=OPSET)
    rows = {name: frame[[name]].to_numpy() for name in frame}
    return share(run(file, rows, output=0), model.predict(frame))


def calibrated_pipeline():
    return labels(CalibratedClassifierCV(make_pipeline(StandardScaler(), LogisticRegression())))


def one_against_the_rest():
    return labels(OneVsRestClassifier(SVC()))


def boosted():
    return labels(AdaBoostClassifier(SVC()))


def stacked():
    members = [("margin", SVC()), ("line", LogisticRegression())]
    return labels(StackingClassifier(members, DecisionTreeClassifier(max_depth=3)))


def voted():
    members = [("margin", LinearSVC()), ("line", LogisticRegression()), ("bayes", GaussianNB())]
    return labels(VotingClassifier(members, flatten_transform=False))


def categories_of_boosting():
    rows = np.column_stack([np.arange(300) % 12, X[:, 0]]).astype(np.float32)
    classes = (rows[:, 0] % 3 == 0) ^ (rows[:, 1] > 1)
    model = HistGradientBoostingClassifier(categorical_features=[0], max_iter=20)
    model.fit(rows, classes.astype(int))
    return share(run(convert(model, rows), rows, output=0), model.predict(rows))


def shallow_tree_of_two_outputs():
    both = np.column_stack([y, X[:, 0] > 0]).astype(int)
    model = DecisionTreeClassifier(max_depth=3).fit(X, both)
    answered = run(convert(model, X, zipmap=False), unseen)[0]
    return share(answered, model.predict_proba(unseen)[0])


def letters_beyond_ascii():
    texts = np.array(["Größe schön", "die Größe"], object)
    model = CountVectorizer().fit(texts)
    wanted = model.transform(texts).toarray().astype(float)
    return share(run(convert_texts(model), texts), wanted)


def smooth_process():
    rows = np.linspace(0, 10, 60, dtype=np.float32)[:, None]
    wave = (rows * np.sin(rows)).ravel()
    model = GaussianProcessRegressor(RBF(1.0), optimizer=None).fit(rows.astype(float), wave)
    between = rows + np.float32(0.05)
    return share(run(convert(model, rows), between).ravel(), model.predict(between))


def missing_category():
    rows = np.array([[1.0], [2.0], [np.nan]], np.float32)
    model = OrdinalEncoder().fit(rows)
    return share(run(convert(model, rows), rows), model.transform(rows))


def rare_categories():
    words = np.array([["a", "x"], ["a", "x"], ["a", "y"], ["b", "y"], ["b", "y"], ["c", "z"]])
    model = OrdinalEncoder(max_categories=2).fit(words)
    types = [("X", StringTensorType([None, 2]))]
    file = to_onnx(model, initial_types=types, target_opset=OPSET)
    return share(run(file, words.astype(object)).astype(float), model.transform(words))


def weighted_distance():
    return labels(KNeighborsClassifier(metric_params={"w": [9, 0, 0, 0, 0, 0]}))


def empty_column():
    rows = X.copy()
    rows[:, 1] = np.nan
    model = SimpleImputer().fit(rows)
    return share(run(convert(model, rows), rows), model.transform(rows))


# What it is, and public reports of it.
CASES = {
    frame_of_whole_numbers: ("a frame whose first column holds whole numbers", []),
    calibrated_pipeline: ("CalibratedClassifierCV around a pipeline", [f"{ISSUES}/1246"]),
    one_against_the_rest: ("OneVsRestClassifier of an SVC", []),
    boosted: ("AdaBoostClassifier of an SVC", []),
    stacked: ("StackingClassifier of an SVC and a regression", []),
    voted: ("VotingClassifier with a LinearSVC among its members", []),
    categories_of_boosting: (
        "HistGradientBoostingClassifier with `categorical_features`",
        [f"{ISSUES}/1051", f"{ISSUES}/1101"],
    ),
    shallow_tree_of_two_outputs: (
        "DecisionTreeClassifier with several outputs and `max_depth`",
        [f"{ISSUES}/1080"],
    ),
    letters_beyond_ascii: (
        "CountVectorizer, words with letters beyond ASCII",
        [f"{ISSUES}/981", f"{ISSUES}/1175"],
    ),
    smooth_process: ("GaussianProcessRegressor on 60 rows of one column, float32", []),
    missing_category: ("OrdinalEncoder, a missing value", []),
    rare_categories: ("OrdinalEncoder with `max_categories`", []),
    weighted_distance: ("KNeighborsClassifier with `metric_params`", []),
    empty_column: ("SimpleImputer, a column without any value", []),
}
