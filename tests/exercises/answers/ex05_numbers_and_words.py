"""The answer to exercise 5, Numbers and words: what is right, one way to it, and mistakes."""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

import sklearn_converter as script
from tests.exercises.draw import decided, span
from tests.exercises.ex05_numbers_and_words import convert, fit, table, train

ORACLE = "scikit-learn"
TOLERANCE = 1e-5  # float32: logits near 10 are good to 1e-5, probabilities more so


def draw(random, N):
    """Return so many days that never were; some have a word that nobody has heard of."""

    def rows(count):
        other = "".join(random.choice(list("abcdefghijklmnopqrstuvwxyz"), 8))
        words = ["sunny", "overcast", "rainy", other, "Sunny", ""]
        outlook = random.choice(words, count, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.1])
        degrees = span(random, 0, 120, count)
        return table(outlook, degrees, span(random, 0, 100, count))

    outlook, degrees, humidity = decided(train().predict_proba, rows, N).T[..., np.newaxis]
    return {
        "outlook": outlook,
        "degrees": degrees.astype(np.float32),
        "humidity": humidity.astype(np.float32),
    }


def expected(outlook, degrees, humidity):
    """Return scikit-learn's answers."""
    X = table(outlook, degrees, humidity)
    return {"label": train().predict(X), "probabilities": train().predict_proba(X)}


def solve(model):
    """Convert the whole pipeline, and give each column a name and a type."""
    word = StringTensorType([None, 1])
    number = FloatTensorType([None, 1])
    columns = [("outlook", word), ("degrees", number), ("humidity", number)]
    return convert(train(), columns)


WORD = StringTensorType([None, 1])
NUMBER = FloatTensorType([None, 1])
COLUMNS = [("outlook", WORD), ("degrees", NUMBER), ("humidity", NUMBER)]


# Mistakes: each takes the starting model, and earns the words beside its name below.
def numbers_swapped(model):
    columns = [("outlook", WORD), ("humidity", NUMBER), ("degrees", NUMBER)]
    model = convert(train(), columns)
    inputs = list(model.graph.input)
    model.graph.ClearField("input")
    model.graph.input.extend([inputs[0], inputs[2], inputs[1]])
    return model


def words_as_ranks(model):
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return convert(fit(encoder, StandardScaler()), COLUMNS)


def numbers_not_scaled(model):
    return convert(fit(OneHotEncoder(handle_unknown="ignore"), "passthrough"), COLUMNS)


def one_day(model):
    word = StringTensorType([1, 1])
    number = FloatTensorType([1, 1])
    columns = [("outlook", word), ("degrees", number), ("humidity", number)]
    return convert(train(), columns)


def dictionaries(model):
    model = to_onnx(train(), initial_types=COLUMNS, target_opset=script.OPSET)
    model.ir_version = script.IR_VERSION
    return model


MISTAKES = {
    "degrees and humidity are swapped: columns go by position, not by name": numbers_swapped,
    "the words became ranks (OrdinalEncoder), and ranks have an order": words_as_ranks,
    "the numbers were not scaled: the pipeline has a StandardScaler": numbers_not_scaled,
    "the size N is frozen": one_day,
    "probabilities as a list of dictionaries: switch the option zipmap off": dictionaries,
}
