"""Words: text goes in, and the file itself cuts it up, counts it and judges it.

Twelve short reviews taught this pipeline which are good: a TfidfVectorizer counts words and
pairs of words (not good is a word of its own kind), weighs down what everybody says, and a
LogisticRegression judges. train() of this exercise's file fits it:

    from tests.exercises.ex15_words import train

The starting file is its conversion, and it is wrong without a word: it takes the ASCII
letters for all there are, so that it reads café as caf. Convert the pipeline so that the file
cuts text as scikit-learn does. It worked if both agree on the awkward texts of the check:
accents, punctuation, single letters, line breaks, nothing at all.

What is upper or lower case is left to the caller, text.lower(). In a graph StringNormalizer
does it, by a locale: without en_US.UTF-8 on the computer the file fails to load, `Failed to
construct locale`; the locale C comes with the C library, and leaves É as it is.
"""

from functools import cache

from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import sklearn_converter as script

INPUTS = {"string[N,1] text": "a review in lower case, accents and all"}
OUTPUTS = {
    "int64[N] label": "1: good",
    "float[N,2] probabilities": "bad, good",
}
HINTS = [
    "scikit-learn takes for a word what its token_pattern finds, two or more letters, digits or"
    " underscores in a row, of any alphabet. The file's Tokenizer has a pattern, too: look at its"
    " attribute tokenexp.",
    "to_onnx(pipeline, options={'tfidfvectorizer__tokenexp': pattern, ...}) writes another"
    " pattern; the name before the two underscores is the step's. It is an expression of the"
    r" library RE2, which has no (?u), and whose \w and \b know ASCII only.",
    r"To RE2 any letter is \p{L}, any digit \p{N}; {2,} is two or more of them.",
]

GOOD = [
    "a good café, really good",
    "the crème brûlée was superb",
    "not bad at all",
    "good coffee and good cake",
    "a superb café",
    "the best crème in town",
]
BAD = [
    "not good",
    "a bad café",
    "the coffee was cold, the crème too",
    "bad music, bad cake",
    "the worst soufflé in town",
    "cold soup, not good at all",
]


def fit(vectorizer):
    """Return a pipeline, fitted on the reviews."""
    y = len(GOOD) * [1] + len(BAD) * [0]
    return make_pipeline(vectorizer, LogisticRegression(C=10)).fit(GOOD + BAD, y)


@cache
def train():
    """Return the pipeline that is to be converted."""
    return fit(TfidfVectorizer(lowercase=False, ngram_range=(1, 2)))


def start():
    """Return the model that the reader begins with."""
    model = to_onnx(
        train(),
        initial_types=[("text", StringTensorType([None, 1]))],  # None: any number
        target_opset=script.OPSET,
        options={"zipmap": False},
    )
    model.ir_version = script.IR_VERSION
    return model
