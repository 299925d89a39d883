"""The answer to exercise 15, Words: what is right, one way to it, and mistakes."""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import TfidfVectorizer

import sklearn_converter as script
from tests.exercises.draw import decided
from tests.exercises.ex15_words import BAD, GOOD, fit, train
from tests.kit.graphs import list_nodes

ORACLE = "scikit-learn"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so
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


def draw(random, N):
    """Return so many texts: words of the reviews, others, letters and signs in any order."""
    words = " ".join(GOOD + BAD).split()
    others = ["é", "x", "1", "42", "naïve", "жаль", "_", "__", "co2", ",", "!", "-", "\n", "\t", ""]

    def texts(count):
        rows = []
        for _ in range(count):
            chosen = random.choice(words + others, random.integers(12))
            rows.append(random.choice(["", " ", " ", " ", "-"]).join(chosen))
        return np.array(rows, object)

    return {"text": decided(train().predict_proba, texts, N).reshape(-1, 1)}


def special(random):
    """Return the awkward texts, and one of 600 words."""
    long = " ".join(random.choice(" ".join(GOOD + BAD).split(), 600))
    return [
        {"text": np.array(AWKWARD, object).reshape(-1, 1)},
        {"text": np.array([[long]], object)},
    ]


def expected(text):
    """Return scikit-learn's answers."""
    reviews = text.ravel()  # (N, 1) -> (N,)
    return {"label": train().predict(reviews), "probabilities": train().predict_proba(reviews)}


def complain(model):
    """Return that the file needs a locale that a computer may not have, or None."""
    for node in list_nodes(model):
        if node.op_type == "StringNormalizer":
            locales = [a.s.decode() for a in node.attribute if a.name == "locale"]
            if locales != ["C"]:
                return "StringNormalizer needs en_US.UTF-8, which a computer need not have"
    return None


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

# From these test_wrong_files.py makes more.
FORBIDDEN = {"StringNormalizer": locale_of_the_computer}
