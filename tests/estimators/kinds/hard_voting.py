"""Votes are called probabilities

A VotingClassifier that counts votes has no `predict_proba`. The file's output `probabilities` holds
a 1 for the class that won: a certainty that nobody computed.
"""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from tests.estimators.kinds import Case, convert, run

COVERS = ["VotingClassifier(*"]
SHOWS = ["Cast", "Sum", "Add", "OneHotEncoder"]
CURE = 'Let them vote with probabilities: `voting="soft"`.'
REPORTED = []

X, y = load_iris(return_X_y=True)
X = X.astype(np.float32)
members = [("line", LogisticRegression()), ("bayes", GaussianNB())]
soft = VotingClassifier(members, flatten_transform=False, voting="soft").fit(X, y)


def explains(step, rows):
    if not isinstance(step, VotingClassifier) or step.voting != "hard":
        return False
    return all(hasattr(member, "predict_proba") for member in step.estimators_)


def before():
    model = VotingClassifier(members, flatten_transform=False).fit(X, y)
    file = convert(model, X, zipmap=False)
    return Case(soft.predict_proba(X), run(file, X), file)


def after():
    file = convert(soft, X, zipmap=False)
    return Case(soft.predict_proba(X), run(file, X), file)
