"""Pairs of words are not found across a word that is too short

scikit-learn's pattern drops words of one letter *before* it pairs neighbours: "red a fox" has the
pair "red fox". The graph's Tokenizer keeps every word (`tokenexp`), so that the pair is not there.
"""

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from tests.estimators.kinds import Case, convert_texts, run

COVERS = ["CountVectorizer(ngram_range=(1, 2))", "TfidfVectorizer(ngram_range=(1, 2))"]
SHOWS = ["Tokenizer", "tokenexp"]
CURE = 'Give a pattern that both read alike: `token_pattern="[a-zA-Z]+"`.'
REPORTED = "https://github.com/microsoft/onnxruntime/issues/4201"

texts = np.array(["red a fox", "fox a dog"], object)


def before():
    model = CountVectorizer(ngram_range=(1, 2)).fit(texts)
    file = convert_texts(model)
    return Case(model.transform(texts).toarray(), run(file, texts), file)


def after():
    model = CountVectorizer(ngram_range=(1, 2), token_pattern="[a-zA-Z]+").fit(texts)
    file = convert_texts(model)
    return Case(model.transform(texts).toarray(), run(file, texts), file)
