"""The steps from an estimator to the file's answers: fit, convert, load, run.

Each may refuse; a `Refusal` keeps which one did, and its words.
"""

import re
import warnings

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import (
    BooleanTensorType,
    DictionaryType,
    DoubleTensorType,
    FloatTensorType,
    Int64TensorType,
    StringTensorType,
)
from sklearn.base import is_classifier

OPSET = {"": 18, "ai.onnx.ml": 3}
WORDS = {"locale": "C.UTF-8", "tokenexp": r"[\pL\pN_]{2,}"}  # scikit-learn's letters and pattern
IR_VERSION = 8
FLOATS = {"float32": FloatTensorType, "float64": DoubleTensorType}
LOCALE = "C"  # without it a file of texts wants one that containers lack, en_US


class Refusal(Exception):
    """A stage that said no, and in which words."""

    def __init__(self, stage, error):
        super().__init__(stage, error)
        self.stage = stage
        self.whole = plain(f"{type(error).__name__}: {error}" if str(error) else repr(error))
        self.words = self.whole[:150]


def plain(message):
    """Return an error in one line, without what differs from run to run."""
    text = " ".join(str(message).split())
    text = re.sub(r"\[ONNXRuntimeError\] : \d+ : \w+ : ", "", text)
    text = re.sub(r"0x[0-9a-f]+", "0x...", text)
    return re.sub(r"(?<![\w:/])/\S*/", "", text)  # a folder, and no address


def stage(name, action, *arguments):
    """Return action(*arguments); what it raises becomes a Refusal of that stage."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return action(*arguments)
    except Exception as error:
        raise Refusal(name, error) from error


def fit(estimator, rows):
    """Fit the estimator on rows.X as its signature wants it."""
    if rows.y is None:
        return estimator.fit(rows.X)
    return estimator.fit(rows.X, rows.y)


def sample_types(X, dtype):
    """Return what to_onnx wants to know of the input, as keyword arguments."""
    if isinstance(X, list):
        return {
            "initial_types": [("X", DictionaryType(StringTensorType([1]), FloatTensorType([1])))]
        }
    if hasattr(X, "iloc"):
        return {"initial_types": [column_type(X[name], dtype) for name in X.columns]}
    if X.dtype.kind in "OU" and X.ndim == 1:
        return {"initial_types": [("X", StringTensorType([None]))]}
    return {"X": cast(X[:1], dtype)}


def column_type(column, dtype):
    """Return the name and the type of the input that a column of a frame becomes."""
    kinds = {"f": FLOATS[np.dtype(dtype).name], "b": BooleanTensorType}
    kinds.update(dict.fromkeys("iu", Int64TensorType))
    kind = getattr(column.dtype, "kind", "O")
    return str(column.name), kinds.get(kind, StringTensorType)([None, 1])


def cast(X, dtype):
    """Return the rows in that precision; words, whole numbers and dictionaries as they are."""
    if hasattr(X, "iloc"):
        floats = [name for name in X.columns if getattr(X[name].dtype, "kind", "O") == "f"]
        return X.astype(dict.fromkeys(floats, dtype))
    if not isinstance(X, list) and X.dtype.kind == "f":
        return X.astype(dtype)
    return X


def parts(estimator):
    """Yield an estimator and those that it holds, once each."""
    seen = set()
    waiting = [estimator]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list | tuple):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
        elif hasattr(part, "get_params") and id(part) not in seen:
            seen.add(id(part))
            yield part
            waiting += vars(part).values()


def last_step(model):
    """Return the estimator that answers: of a pipeline its last step, of a search its best."""
    while True:
        if hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        elif hasattr(model, "steps"):
            model = model.steps[-1][1]
        else:
            return model


def convert(estimator, X, dtype, words=None, said=None, **avoid):
    """Return the ONNX model of a fitted estimator.

    words are options for those that read texts, said are options for the one that answers.
    """
    options = {}
    if is_classifier(estimator):
        options[id(estimator)] = {"zipmap": False}  # arrays instead of lists of dictionaries
    for part in parts(estimator):
        if hasattr(part, "token_pattern"):
            options.setdefault(id(part), {}).update(words or {"locale": LOCALE})
    if said:
        answering = id(estimator if "zipmap" in said else last_step(estimator))
        options.setdefault(answering, {}).update(said)
    given = {**sample_types(X, dtype), "target_opset": OPSET, **avoid}
    try:
        model = to_onnx(estimator, **given, options=options)
    except NameError:  # some estimators do not know the option zipmap
        model = to_onnx(estimator, **given, options={answering: said} if said else None)
    model.ir_version = IR_VERSION
    return model


def load(model):
    """Return a session on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # its words are in the exception
    content = model.SerializeToString()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def feeds(session, X, dtype):
    """Return what the session is fed for rows X."""
    X = cast(X, dtype)
    if hasattr(X, "iloc"):
        given = [value.name for value in session.get_inputs()]
        if set(given) != set(X.columns) and len(given) == len(X.columns):
            names = given  # skl2onnx writes "a_b" for the column "a b"; the order stays
        else:
            names = X.columns
        return {name: to_array(X[column]) for name, column in zip(names, X, strict=True)}
    name = session.get_inputs()[0].name
    if not isinstance(X, list) and X.dtype.kind == "U":
        X = X.astype(object)
    return {name: X}


def to_array(column):
    """Return a column of a frame as onnxruntime takes it: (N, 1), words as objects."""
    kind = getattr(column.dtype, "kind", "O")
    if kind in "iu":
        return column.to_numpy(np.int64)[:, None]
    return column.to_numpy(None if kind in "bf" else object)[:, None]


def run(session, X, dtype):
    """Return every output by name."""
    if isinstance(X, list):  # dictionaries go in one at a time
        answers = [session.run(None, {session.get_inputs()[0].name: row})[0] for row in X]
        return {"variable": np.concatenate(answers)}
    names = [output.name for output in session.get_outputs()]
    answers = session.run(None, feeds(session, X, dtype))
    return dict(zip(names, answers, strict=True))
