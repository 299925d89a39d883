"""Trees send missing values down the wrong branch

A tree learns for each threshold to which side NaN goes. The list that says so in the graph,
`nodes_missing_value_tracks_true`, is all zeros, so that NaN goes right everywhere.
"""

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from tests.estimators.kinds import Case, convert, run

COVERS = [
    "*Tree*(missing values)",
    "*Forest*(missing values)",
    "Bagging*(missing values)",
]
SHOWS = ["TreeEnsembleClassifier", "nodes_missing_value_tracks_true"]
CURE = "Write what each tree has learned (`missing_go_to_left`) into that list."
REPORTED = ["https://github.com/onnx/sklearn-onnx/issues/1253"]

X = np.array([[np.nan], [1.0], [2.0], [3.0]], np.float32)
y = [0, 0, 1, 1]


def explains(step, rows):
    trees = ("Tree", "Forest", "Bagging")
    gaps = np.asarray(rows).dtype.kind == "f" and np.isnan(np.asarray(rows)).any()
    return gaps and any(word in type(step).__name__ for word in trees)


def before():
    model = DecisionTreeClassifier().fit(X, y)
    file = convert(model, X, zipmap=False)
    return Case(model.predict_proba(X), run(file, X), file)


def after():
    model = DecisionTreeClassifier().fit(X, y)
    file = convert(model, X, zipmap=False)
    for attribute in file.graph.node[0].attribute:
        if attribute.name == "nodes_missing_value_tracks_true":
            attribute.ints[:] = model.tree_.missing_go_to_left  # of a forest: tree after tree
    return Case(model.predict_proba(X), run(file, X), file)
