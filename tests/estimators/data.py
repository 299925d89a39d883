"""The rows that each kind of estimator is fitted on and compared on.

On purpose classes overlap, targets bend, and no column is constant. Of four
columns two are measured in tenths and two in thousandths, as real measurements are: thresholds of
trees meet rows in the first two, and no two neighbours are equally far in the others.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.base import is_classifier, is_regressor
from sklearn.metrics import pairwise_distances
from sklearn.metrics.pairwise import rbf_kernel

TRAINED = 90  # rows that the estimator is fitted on
UNSEEN = 60  # rows that it has never seen
WORDS = np.array(["ash", "birch", "cedar"])  # classes as words
TEXTS = ["red fox", "a lazy dog", "the red dog sleeps", "quick foxes", "Quick fox", "dog and fox"]

ONLY_TWO_CLASSES = {"TargetEncoder", "TunedThresholdClassifierCV"}
IMPUTERS = {"KNNImputer", "SimpleImputer", "MissingIndicator"}


@dataclass
class Data:
    """Rows to fit on, their target (None if there is none), and rows that were not fitted on."""

    X: object
    y: object
    unseen: object

    def rows(self):
        """Return the rows that are compared: those that were fitted on and those that were not."""
        if hasattr(self.X, "iloc"):
            import pandas

            return pandas.concat([self.X, self.unseen], ignore_index=True)
        if isinstance(self.X, list):
            return self.X + self.unseen
        return np.concatenate([self.X, self.unseen])


def numbers(random, classes=3):
    """Return X (150, 4) around one centre a class, and the classes (150,)."""
    y = np.arange(TRAINED + UNSEEN) % classes
    centres = np.array([[-1.5, 0.5, 1.0, -0.7], [0.8, -1.2, 0.3, 1.1], [1.6, 1.4, -1.3, 0.2]])
    X = centres[y] + random.normal(size=(len(y), 4)) * [1.3, 0.9, 1.1, 1.6]
    return np.column_stack([X[:, :2].round(1), X[:, 2:].round(3)]), y


def bent(X, random):
    """Return a target (150,) that no straight line fits, with noise."""
    noise = random.normal(size=len(X)) * 0.3
    return 2 * X[:, 0] - X[:, 1] + X[:, 2] ** 2 / 2 + np.sin(X[:, 3]) + noise + 1.5


def categories(random, y, unseen):
    """Return words and whole numbers (150, 3) that go with the classes y."""
    shift = random.integers(0, 2, size=(len(y), 3))
    codes = (y[:, None] + shift) % 3
    words = np.array([["low", "middle", "high"], ["ash", "birch", "cedar"], ["n", "e", "s"]])
    X = np.column_stack([words[column][codes[:, column]] for column in range(3)]).astype(object)
    if unseen:
        X[-5:, 0] = "never seen"
    return X


def texts(random):
    """Return 150 short sentences of two of the phrases each."""
    pairs = random.integers(0, len(TEXTS), size=(TRAINED + UNSEEN, 2))
    return np.array([f"{TEXTS[first]} {TEXTS[second]}" for first, second in pairs])


def records(random):
    """Return 150 dictionaries from words to numbers."""
    X = random.normal(size=(TRAINED + UNSEEN, 3)).round(3)
    return [{"width": row[0], "height": row[1], "weight": row[2]} for row in X.tolist()]


def make(estimator, situation="default", seed=0, precomputed=None):
    """Return the Data that suit an estimator in a situation that configurations.py names."""
    random = np.random.default_rng(seed)
    tags = estimator.__sklearn_tags__()
    inputs = tags.input_tags
    two = situation == "two classes" or type(estimator).__name__ in ONLY_TWO_CLASSES
    X, classes = numbers(random, 2 if two else 3)
    y = classes
    if is_regressor(estimator):
        y = bent(X, random)
    if tags.target_tags.positive_only or situation == "positive target":
        y = np.exp(y / 4)
    if situation == "several outputs" or not tags.target_tags.single_output:
        second = (classes + (X[:, 0] > 0)) % 3 if is_classifier(estimator) else X[:, 3] - y / 2
        y = np.column_stack([y, second])
    if situation == "words as classes":
        y = WORDS[y]
    if inputs.positive_only:
        X = abs(X)
    if situation == "positive rows":
        X = abs(X) + 0.1
    if type(estimator).__name__ == "TfidfTransformer":
        X = abs(X).round()  # counts
    if situation == "large numbers":
        X[:, 0] = 1_700_000_000 + (X[:, 0] * 1000).round()  # seconds since 1970
    if situation == "missing values":
        X[::7, 1] = np.nan
    if type(estimator).__name__ in IMPUTERS:
        for column in range(4):
            X[column::5, column] = np.nan  # one a row: what is left has no equal distances
    if inputs.pairwise and not precomputed:
        precomputed = "kernel"
    if precomputed:
        square = pairwise_distances if precomputed == "metric" else rbf_kernel
        X = square(X, X[:TRAINED])
    if inputs.categorical:
        X = categories(random, classes, situation == "unseen category")
    if inputs.categorical and (inputs.positive_only or situation == "numbers as categories"):
        X = np.column_stack([np.unique(column, return_inverse=True)[1] for column in X[:, 1:].T])
        X = X.astype(float)
    if inputs.string and not inputs.two_d_array:
        X = texts(random)
    if inputs.dict:
        X = records(random)
    if inputs.one_d_array:
        X = X[:, 0]
    if inputs.three_d_array:
        X = random.normal(size=(TRAINED + UNSEEN, 8, 8)).round(3)
    if tags.target_tags.one_d_labels:
        X = WORDS[classes] if situation == "words as classes" else classes
        y = None
    if tags.target_tags.two_d_labels:
        X = [(first, second) for first, second in zip(classes, (classes * 2) % 5, strict=True)]
        y = None
    data = Data(X[:TRAINED], None if y is None else y[:TRAINED], X[TRAINED:])
    if situation == "data frame":
        import pandas

        data.X = pandas.DataFrame(data.X, columns=list("abcdefgh")[: data.X.shape[1]])
        data.unseen = pandas.DataFrame(data.unseen, columns=data.X.columns)
    return data
