"""Sublinear counts are another logarithm

scikit-learn replaces a count c by 1 + log(c). The graph computes log(c + 1).
"""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from tests.estimators.kinds import Case, convert_texts, run

COVERS = ["Tfidf*(sublinear_tf=True)"]
SHOWS = ["TfIdfVectorizer", "Add", "Log"]
CURE = "Leave sublinear_tf at False."
REPORTED = None

texts = np.array(["red red red fox", "fox dog"], object)


def before():
    model = TfidfVectorizer(sublinear_tf=True).fit(texts)
    file = convert_texts(model)
    return Case(model.transform(texts).toarray(), run(file, texts), file)


def after():
    model = TfidfVectorizer().fit(texts)
    file = convert_texts(model)
    return Case(model.transform(texts).toarray(), run(file, texts), file)
