"""Pairs of words are not found across a word that is too short

scikit-learn's pattern drops words of one letter *before* it pairs neighbours: "red a fox" has the
pair "red fox". The graph's Tokenizer keeps every word (`tokenexp`), so that the pair is not there.
"""

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from tests.estimators.kinds import Case, convert_texts, run

COVERS = ["CountVectorizer(ngram_range=(1, 2))", "TfidfVectorizer(ngram_range=(1, 2))"]
SHOWS = ["Tokenizer", "tokenexp"]
CURE = r"Give the Tokenizer scikit-learn's pattern: the option `tokenexp=r'[\pL\pN_]{2,}'`."
REPORTED = ["https://github.com/microsoft/onnxruntime/issues/4201"]

texts = np.array(["red a fox", "fox a dog"], object)


model = CountVectorizer(ngram_range=(1, 2)).fit(texts)


def explains(step, rows):
    return getattr(step, "ngram_range", (1, 1)) != (1, 1) and all(map(str.isascii, rows))


def before():
    file = convert_texts(model)
    return Case(model.transform(texts).toarray(), run(file, texts), file)


def after():
    file = convert_texts(model, tokenexp=r"[\pL\pN_]{2,}", locale="C.UTF-8")
    return Case(model.transform(texts).toarray(), run(file, texts), file)
