"""Words with letters beyond ASCII are cut or lost

scikit-learn's words are letters of every alphabet. The graph's Tokenizer looks for `[a-zA-Z0-9_]+`,
and its StringNormalizer, in the locale C, has no lower case of them.
"""

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from tests.estimators.kinds import Case, convert_texts, run
from tests.estimators.steps import WORDS

COVERS = []  # the sweep of options does not try it
SHOWS = ["StringNormalizer", "Tokenizer", "tokenexp"]
CURE = "Two options: `options_for(model)` gives `tokenexp` and `locale`."
REPORTED = [
    "https://github.com/onnx/sklearn-onnx/issues/981",
    "https://github.com/onnx/sklearn-onnx/issues/1175",
]

texts = np.array(["Größe schön", "die Größe"], object)
model = CountVectorizer().fit(texts)


def explains(step, rows):
    return hasattr(step, "token_pattern") and not all(map(str.isascii, rows))


def before():
    file = convert_texts(model)
    return Case(model.transform(texts).toarray(), run(file, texts), file)


def after():
    file = convert_texts(model, **WORDS)
    return Case(model.transform(texts).toarray(), run(file, texts), file)
