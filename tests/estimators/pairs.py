"""Combinations that people build: every two values of any two factors together, not the product.

python -m tests.estimators.pairs              runs what pairs.json lacks; minutes, resumable
python -m tests.estimators.pairs --anew       forgets it first
"""

import itertools
import random
import sys
import warnings
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from tests.estimators import page
from tests.estimators.ask import Answer, Trials, Way, convert_by
from tests.estimators.compare import answers, dense
from tests.estimators.options import OPTIONS
from tests.estimators.steps import load, run
from tests.estimators.verdicts import AGREES, CRASHED, REFUSED, SILENT, UNFIT, WRONG
from tests.kit import apart, record

FILE = Path(__file__).with_name("pairs.json")
ROWS = 120
SECONDS = 60
NAMES = ["holder", "member", "classes", "data", "option"]


# What is combined ---------------------------------------------------------------------------------
def beside(member):
    return [("member", member), ("bayes", GaussianNB())]


def before(transformer, member):
    return make_pipeline(transformer, member)


def union(member):
    return before(FeatureUnion([("pca", PCA(1)), ("scale", MinMaxScaler())]), member)


def columns(chosen, rest, member):
    return before(ColumnTransformer([("scale", StandardScaler(), chosen)], remainder=rest), member)


HOLDERS = {
    "alone": lambda member: member,
    "CalibratedClassifierCV": partial(CalibratedClassifierCV, cv=2),
    "AdaBoostClassifier": partial(AdaBoostClassifier, n_estimators=3, random_state=0),
    "BaggingClassifier": partial(BaggingClassifier, n_estimators=3, random_state=0),
    "OneVsRestClassifier": OneVsRestClassifier,
    "OneVsOneClassifier": OneVsOneClassifier,
    "OutputCodeClassifier": partial(OutputCodeClassifier, random_state=0),
    "ClassifierChain": ClassifierChain,
    "MultiOutputClassifier": MultiOutputClassifier,
    "StackingClassifier": lambda member: StackingClassifier(beside(member), cv=2),
    "VotingClassifier, hard": lambda member: VotingClassifier(beside(member)),
    "VotingClassifier, soft": lambda member: VotingClassifier(
        beside(member), voting="soft", flatten_transform=False
    ),
    "RFE": partial(RFE, n_features_to_select=1),
    "SelectFromModel": lambda member: before(SelectFromModel(LogisticRegression()), member),
    "TransformedTargetRegressor": TransformedTargetRegressor,
    "GridSearchCV": partial(GridSearchCV, param_grid={}, cv=2),
    "TunedThresholdClassifierCV": partial(TunedThresholdClassifierCV, cv=2),
    "FeatureUnion": union,
    "ColumnTransformer, passthrough": partial(columns, [0], "passthrough"),
    "ColumnTransformer, drop": partial(columns, [0], "drop"),
    "ColumnTransformer, negative": partial(columns, [-1], "passthrough"),
    "ColumnTransformer, slice": partial(columns, slice(0, None), "drop"),
}
MEMBERS = {
    "probabilities": LogisticRegression(),
    "scores": LinearSVC(random_state=0),
    "scores of a kernel": SVC(),
    "a pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
    "a tree": DecisionTreeClassifier(max_depth=3, random_state=0),
    "gradient boosting": GradientBoostingClassifier(n_estimators=5, random_state=0),
}
CLASSES = {
    "two": np.array([0, 1, 1]),
    "three": np.array([0, 1, 2]),
    "words": np.array(["ash", "birch", "cedar"]),
    "large whole numbers": np.array([7, 10**6, 10**12]),
    "plus and minus one": np.array([-1, 1, 1]),
    "booleans": np.array([False, True, True]),
}
DATA = [
    "floats",
    "whole numbers",
    "booleans",
    "float16",
    "one column",
    "a frame, whole numbers first",
    "around 1,000",
    "around 1e9",
    "a constant column, and duplicates",
    "more columns than rows",
    "2,000 rows",
    "a frame, dates as nanoseconds",
    "NaN",
    "inf",
    "one class",
    "one row",
    "no rows",
]


def make_rows(kind):
    """Return (X, places of the classes) of one kind of data."""
    count = {"more columns than rows": 20, "2,000 rows": 2000}.get(kind, ROWS)
    width = 30 if kind == "more columns than rows" else 4
    X, y = make_classification(
        count, width, n_informative=3, n_redundant=0, n_classes=3, random_state=5
    )
    if kind == "whole numbers":
        X = np.round(X * 5).astype(np.int64)
    if kind == "booleans":
        X = X > 0
    if kind == "float16":
        X = X.astype(np.float16)
    if kind == "one column":
        X = X[:, :1]
    if kind == "around 1,000":
        X = X + 1000
    if kind == "around 1e9":
        X = X + 1e9
    if kind == "a constant column, and duplicates":
        X = np.column_stack([np.repeat(X[::2, :2], 2, axis=0), np.ones(count)])
    if kind == "NaN":
        X[::7, 1] = np.nan
    if kind == "inf":
        X[::7, 1] = np.inf
    if kind == "one class":
        y = np.zeros(count, int)
    if kind == "a frame, dates as nanoseconds":
        import pandas

        days = 1_700_000_000_000_000_000 + np.arange(count) * 86_400_000_000_000
        X = pandas.DataFrame({"day": days, "a": X[:, 0], "b": X[:, 1]})
    if kind == "a frame, whole numbers first":
        import pandas

        X = pandas.DataFrame({"age": np.arange(count) % 50, "a": X[:, 0], "b": X[:, 1]})
    return X, y


def covering(sizes, begun=()):
    """Return tuples of places that hold every two places of any two factors, greedily few.

    The first of them are those that are begun with.
    """
    factors = list(enumerate(sizes))
    open_pairs = set()
    for (i, m), (j, n) in itertools.combinations(factors, 2):
        open_pairs |= {(i, a, j, b) for a in range(m) for b in range(n)}
    rows = list(begun)
    open_pairs -= {pair for row in rows for pair in pairs_of(row)}
    while open_pairs:
        i, a, j, b = min(open_pairs)
        row = {i: a, j: b}
        for k, size in factors:
            if k not in row:
                row[k] = max(range(size), key=lambda value: gained(row, k, value, open_pairs))
        rows.append(tuple(row[k] for k, _ in factors))
        open_pairs -= pairs_of(rows[-1])
    return rows


def pairs_of(row):
    """Return the pairs that a row of places holds."""
    return {(i, a, j, b) for (i, a), (j, b) in itertools.combinations(enumerate(row), 2)}


def gained(row, place, value, open_pairs):
    """Return how many open pairs a value would close beside those that are chosen."""
    count = 0
    for other, chosen in row.items():
        pair = (place, value, other, chosen) if place < other else (other, chosen, place, value)
        count += pair in open_pairs
    return count


FACTORS = [list(HOLDERS), list(MEMBERS), list(CLASSES), DATA, list(OPTIONS)]


def combinations(begun=()):
    """Return the combinations that are tried, as tuples of words, after those begun with."""
    places = []
    for combination in begun:
        words = zip(FACTORS, combination, strict=True)
        places.append(tuple(factor.index(word) for factor, word in words))
    found = []
    for row in covering([len(factor) for factor in FACTORS], places):
        found.append(tuple(factor[at] for factor, at in zip(FACTORS, row, strict=True)))
    added = found[len(places) :]
    random.Random(0).shuffle(added)  # what ran before an end is a sample of all
    return found[: len(places)] + added


# One combination ----------------------------------------------------------------------------------
def fitted(holder, member, classes, kind, option):
    """Return (model, rows) of a combination."""
    from sklearn.base import clone

    X, places = make_rows(kind)
    y = CLASSES[classes][places]
    if holder in ("MultiOutputClassifier", "ClassifierChain"):
        y = np.column_stack([y, np.roll(y, 1)])
    model = HOLDERS[holder](clone(MEMBERS[member])).fit(X, y)
    return model, X[:1] if kind in ("one row", "no rows") else X


def run_on_nothing(model, row, way):
    """Return the Answer for no rows, which scikit-learn itself refuses: no answers are right."""
    try:
        session = load(convert_by(model, row, way))
        outputs = run(session, row[:0], np.dtype("float32"))
    except Exception as error:  # whatever refuses
        return Answer(REFUSED, words=" ".join(f"{type(error).__name__}: {error}".split()))
    rows = sum(len(dense(output)) for output in outputs.values())
    return Answer(WRONG if rows else AGREES)


def plainly(model, rows):
    """Return the verdict on the labels of the file of `to_onnx(model, rows[:1])`."""
    try:
        session = load(to_onnx(model, rows[:1]))
        feeds = {}
        for number, given in enumerate(session.get_inputs()):
            feeds[given.name] = rows.iloc[:, [number]].to_numpy() if hasattr(rows, "iloc") else rows
        label = np.asarray(session.run(None, feeds)[0])
        wanted = answers(model, rows)["predict"]
    except Exception:  # whatever refuses
        return REFUSED
    same = label.size == wanted.size and (label.ravel() == wanted.ravel()).all()
    return "the same labels" if same else "other labels"


def judge(combination):
    """Return what became of a combination: the verdict, with the cures, by the plain call."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        try:
            model, rows = fitted(*combination)
            answers(model, rows)
        except Exception as error:  # scikit-learn's own
            return {"verdict": UNFIT, "words": " ".join(str(error).split())[:90]}
        *_, kind, option = combination
        if kind == "no rows":
            answer = run_on_nothing(model, rows, Way(option=option))
        else:
            answer = Trials(model, rows).verdict(Way(option=option))
        found = {"verdict": answer.verdict, "plain": plainly(model, rows)}
        if answer.verdict != AGREES:
            found["words"] = answer.words[:90]
            cured_way = Way(cured=True, option=option)
            if kind == "no rows":
                cured = run_on_nothing(model, rows, cured_way)
            else:
                cured = Trials(model, rows).verdict(cured_way)
            found["cured"] = cured.verdict
            if cured.verdict in [*SILENT, REFUSED]:
                found["then"] = cured.words[:90]
    return found


def judge_apart(combination):
    """Return what became of a combination, judged in a copy of this process."""
    outcome = apart.copy(judge, combination, seconds=10 * SECONDS, work=SECONDS, quiet=True)
    if outcome.ended == apart.RETURNED:
        return outcome.value
    return {"verdict": CRASHED, "words": f"{outcome.error} {outcome.words}".strip()}


def name_of(combination):
    return "; ".join(combination)


def read():
    """Return what was found, by the name of the combination."""
    return record.read(FILE).get("found", {})


def write(found):
    """Record what was found."""
    said = {"versions": record.versions(page.PACKAGES), "date": record.today()}
    record.write(FILE, {**said, "all pairs": all_pairs(), "found": found})


def all_pairs():
    """Return how many pairs of two values of any two factors there are."""
    return sum(len(one) * len(other) for one, other in itertools.combinations(FACTORS, 2))


def main(arguments):
    """Judge each combination that the record lacks."""
    found = {} if "--anew" in arguments else read()
    tried = combinations([tuple(name.split("; ")) for name in found])
    if find_spec("pandas") is None:
        tried = [combination for combination in tried if "a frame" not in name_of(combination)]
    for number, combination in enumerate(tried):
        name = name_of(combination)
        if name not in found:
            found[name] = judge_apart(combination)
            write(found)
            said = found[name]
            print(f"{number + 1} of {len(tried)}: {name}: {said}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
