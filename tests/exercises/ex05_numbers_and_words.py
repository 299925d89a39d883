"""Numbers and words: a table whose columns are inputs of their own, words included.

Shall we play outside? Fourteen days (after Quinlan, 1986), each with the outlook in a word,
and with two numbers, taught this pipeline to answer that. train() of this exercise's file
fits it: a OneHotEncoder for the word, a StandardScaler for the numbers, and a
LogisticRegression behind both:

    from tests.exercises.ex05_numbers_and_words import train

The starting file converts a pipeline that knows nothing of the outlook. Convert the whole
one, each column an input. It worked if scikit-learn agrees, also on a word that neither has
ever seen.
"""

from functools import cache

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import sklearn_converter as script

INPUTS = {
    "string[N,1] outlook": "sunny, overcast, rainy, or any other word",
    "float[N,1] degrees": "the temperature in Fahrenheit, 0 to 120",
    "float[N,1] humidity": "in per cent, 0 to 100",
}
OUTPUTS = {
    "int64[N] label": "1: play",
    "float[N,2] probabilities": "no, yes",
}
HINTS = [
    "to_onnx(pipeline, initial_types=[...]) takes a pair of name and type for each column:"
    " StringTensorType and FloatTensorType of skl2onnx.common.data_types.",
    "The types take a shape: [None, 1] is any number of rows, one column.",
    "Columns go by position: the first pair is column 0 of the table in training, whatever its"
    " name is.",
]


def table(outlook, degrees, humidity):
    """Return three columns (N,) or (N, 1) as one table (N, 3) of words and numbers."""
    columns = [np.array(column, object).ravel() for column in (outlook, degrees, humidity)]
    return np.column_stack(columns)


def days():
    """Return the fourteen days X (14, 3) and whether somebody played, y (14,)."""
    outlook = 5 * ["sunny"] + 4 * ["overcast"] + 5 * ["rainy"]
    degrees = [85, 80, 72, 69, 75, 83, 64, 72, 81, 70, 68, 65, 75, 71]
    humidity = [85, 90, 95, 70, 70, 86, 65, 90, 75, 96, 80, 70, 80, 91]
    play = [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0]
    return table(outlook, degrees, humidity), np.array(play)


def fit(word_encoder, number_scaler):
    """Return a pipeline, fitted on the fourteen days."""
    X, y = days()
    columns = make_column_transformer((word_encoder, [0]), (number_scaler, [1, 2]))
    return make_pipeline(columns, LogisticRegression()).fit(X, y)


@cache
def train():
    """Return the pipeline that is to be converted."""
    return fit(OneHotEncoder(handle_unknown="ignore"), StandardScaler())


def convert(pipeline, columns):
    """Return the pipeline as a model, by skl2onnx; columns are pairs of a name and a type."""
    options = {"zipmap": False}
    model = to_onnx(pipeline, initial_types=columns, target_opset=script.OPSET, options=options)
    model.ir_version = script.IR_VERSION
    return model


def start():
    """Return the model that the reader begins with."""
    X, y = days()
    columns = make_column_transformer((StandardScaler(), [0, 1]))
    pipeline = make_pipeline(columns, LogisticRegression()).fit(X[:, 1:].astype(float), y)
    number = FloatTensorType([None, 1])  # None: any number of rows
    return convert(pipeline, [("degrees", number), ("humidity", number)])
