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
construct locale`; the locale C is on all of them, and leaves É as it is.
"""

from functools import cache

import numpy as np
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
ORACLE = "scikit-learn"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so
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
AWKWARD = [
    "the café is good",
    "crème",
    "cre\u0300me",  # the accent is a character of its own: neither takes it for crème
    "the.café",
    "cafés",  # has never been seen
    "bad; bad! bad",
    "good-cake",
    "good_cake",  # one word
    "good\n\ncake",
    "good\u00a0cake",  # a space that does not break
    "isn't good",
    "not a good café",  # without the single letter: not good
    "not à good café",
    "not 1 good café",
    "GOOD",
    "   ",
    "",
]


def fit(vectorizer):
    """Return a pipeline, fitted on the reviews."""
    y = len(GOOD) * [1] + len(BAD) * [0]
    return make_pipeline(vectorizer, LogisticRegression(C=10)).fit(GOOD + BAD, y)


@cache
def train():
    """Return the pipeline that is to be converted."""
    return fit(TfidfVectorizer(lowercase=False, ngram_range=(1, 2)))


def convert(pipeline, rows=None, **options):
    """Return the pipeline as a model for so many rows; options are the vectorizer's."""
    named = {f"tfidfvectorizer__{name}": option for name, option in options.items()}
    model = to_onnx(
        pipeline,
        initial_types=[("text", StringTensorType([rows, 1]))],  # None: any number
        target_opset=script.OPSET,
        options={"zipmap": False, **named},
    )
    model.ir_version = script.IR_VERSION
    return model


def start():
    """Return the model that the reader begins with."""
    return convert(train())


def feeds():
    """Return the awkward texts, and one of them alone."""
    text = np.array(AWKWARD, object).reshape(-1, 1)
    return [{"text": text}, {"text": text[:1]}]


def expected(text):
    """Return scikit-learn's answers."""
    reviews = text.ravel()  # (N, 1) -> (N,)
    return {"label": train().predict(reviews), "probabilities": train().predict_proba(reviews)}


def complain(model):
    """Return that the file needs a locale that a computer may not have, or None."""
    for node in model.graph.node:
        if node.op_type == "StringNormalizer":
            locales = [a.s.decode() for a in node.attribute if a.name == "locale"]
            if locales != ["C"]:
                return "StringNormalizer needs en_US.UTF-8, which a computer need not have"
    return None


LETTERS = r"[\p{L}\p{N}_]"  # of any alphabet, digits and underscore


def solve(model):
    """Convert anew, with a pattern that means to RE2 what scikit-learn's means to Python."""
    letters = r"[\p{L}\p{N}_]"
    return convert(train(), tokenexp=letters + "{2,}")


# Mistakes: each takes the starting model, and earns the words beside its name below.
def single_letters(model):
    return convert(train(), tokenexp=LETTERS + "+")


def ascii_letters(model):
    return convert(train(), tokenexp=r"\w\w+")


def ascii_boundaries(model):
    return convert(train(), tokenexp=rf"\b{LETTERS}{LETTERS}+\b")


def pattern_of_python(model):
    return convert(train(), tokenexp=train()[0].token_pattern)


def cut_at_spaces(model):
    return convert(train(), tokenexp=r"\S+")


def words_only(model):
    pipeline = fit(TfidfVectorizer(lowercase=False))
    return convert(pipeline, tokenexp=LETTERS + "{2,}")


def locale_of_the_computer(model):
    pipeline = fit(TfidfVectorizer(ngram_range=(1, 2)))
    return convert(pipeline, tokenexp=LETTERS + "{2,}")


def locale_c(model):
    pipeline = fit(TfidfVectorizer(ngram_range=(1, 2)))
    return convert(pipeline, tokenexp=LETTERS + "{2,}", locale="C")


def one_text(model):
    return convert(train(), rows=1, tokenexp=LETTERS + "{2,}")


MISTAKES = {
    "single letters count as words and part the pairs: two letters or more": single_letters,
    r"\w knows no accents to RE2: write the letters as \p{L}": ascii_letters,
    r"\b sees the end of a word before é: leave it out": ascii_boundaries,
    "the pattern is Python's, and RE2 has no (?u)": pattern_of_python,
    "commas and full stops are parts of words: cut at all that is no letter": cut_at_spaces,
    "the pairs of words are missing: ngram_range=(1, 2)": words_only,
    "StringNormalizer needs en_US.UTF-8": locale_of_the_computer,
    "the file takes GOOD for good: lower case is left to the caller": locale_c,
    "the size N is frozen": one_text,
}
