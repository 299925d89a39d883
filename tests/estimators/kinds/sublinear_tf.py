"""Sublinear counts are another logarithm

scikit-learn replaces a count c by 1 + log(c). The graph computes log(c + 1).
"""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from tests.estimators.kinds import Case, convert_texts, rewrite, run

COVERS = ["Tfidf*(sublinear_tf=True)"]
SHOWS = ["TfIdfVectorizer", "Add", "Log"]
CURE = "Write scikit-learn's formula instead: Max, Log, Add, and Where the count is 0."
REPORTED = []

texts = np.array(["red red red fox", "fox dog"], object)


model = TfidfVectorizer(sublinear_tf=True).fit(texts)


def explains(step, rows):
    return bool(getattr(step, "sublinear_tf", False))


def before():
    file = convert_texts(model)
    return Case(model.transform(texts).toarray(), run(file, texts), file)


def after():
    file = convert_texts(model)
    rewrite(
        file,
        ["plus1", "plus1logged"],
        """one = Constant <value_float = 1.0> ()
           at_least_one = Max (output, one)
           logged = Log (at_least_one)
           sublinear = Add (logged, one)
           found = Cast <to = 9> (output)
           plus1logged = Where (found, sublinear, output)""",
    )
    return Case(model.transform(texts).toarray(), run(file, texts), file)
