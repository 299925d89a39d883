"""Does every engine give numpy's numbers? Those of tests/engines, each in a process of its own.

Try it:  pytest tests/interop/test_runs_elsewhere.py -k OpenVINO
"""

import numpy as np
import pytest

from tests import engines
from tests.interop.common import missing
from tests.interop.files import FILES, ROWS
from tests.interop.runtimes import ENGINES, answer_all
from tests.kit import apart

# What an engine refuses, in its own words.
REFUSALS = {
    "Apache TVM": {
        "recurrence": "operators are not supported for frontend ONNX: RNN",
        "user-defined operator": "operators are not supported for frontend ONNX: Dense",
        "ai.onnx.ml": "operators are not supported for frontend ONNX: ",  # three, in any order
    },
    "IREE": {
        "recurrence": 'torch.operator "onnx.RNN"',  # below "unexpected result less than 0"
        # "failed to legalize operation 'torch.operator'", and then a line with its name
        "user-defined operator": 'torch.operator "onnx.Dense"',
        "ai.onnx.ml": 'torch.operator "onnx.Scaler"',
    },
    "MNN": {  # what it prints is in test_runs_in_mnn.py
        "user-defined operator": "the converter wrote nothing",
        "ai.onnx.ml": "the converter wrote nothing",
    },
    "ncnn": {
        "recurrence": "ncnn does not load what pnnx wrote",
        "user-defined operator": "Duplicate definition of name",
        "ai.onnx.ml": "No Op registered for Scaler",
    },
    "onnx2torch": {
        "recurrence": "is not implemented (OperationDescription(domain='', operation_type='RNN'",
        "user-defined operator": "is not implemented (OperationDescription(domain='tutorial'",
        "ai.onnx.ml": "is not implemented (OperationDescription(domain='ai.onnx.ml'",
    },
    "onnx.reference": {
        # It knows functions, but no LeakyRelu whose alpha is a reference, as the one inside Dense.
        "user-defined operator": "linked attributes=[] (operator 'OpFunction')",
    },
    "ONNX Runtime": {},
    "OpenCV": {
        "recurrence": 'of type "RNN"',
        "user-defined operator": 'of type "tutorial.Dense"',
        "ai.onnx.ml": 'of type "ai.onnx.ml.Scaler"',
    },
    "OpenVINO": {
        "user-defined operator": "No conversion rule found for operations: tutorial.Dense",
        "ai.onnx.ml": "No conversion rule found for operations: ai.onnx.ml.LinearClassifier",
    },
    "Plain C": {
        "user-defined operator": "Unsupported op tutorial.Dense",
        "ai.onnx.ml": "Code generation requires static shapes",
    },
    "tinygrad": {
        "recurrence": "op='RNN' is not supported",
        "user-defined operator": "'tutorial' is not a valid Domain",
        "ai.onnx.ml": "op='Scaler' is not supported",
    },
    "tract": {
        "user-defined operator": "Unimplemented(Dense)",
        "ai.onnx.ml": "Unimplemented(Scaler)",
    },
}
# Where an answer is wrong without a word, and by how much at least.
DIFFERENCES = {"ncnn": {"attention": 0.1}}  # the sum of each row becomes another one


def rows_of(name, column):
    """Return how many rows an engine is fed of a file, one number after another."""
    if column in REFUSALS[name] or column in DIFFERENCES.get(name, {}):
        return (7,)
    return ROWS


@pytest.fixture(scope="module")
def answers(answer):
    """Return a function: an engine to {(path, rows): its last output, or the words of an error}."""
    found = {}

    def ask(name):
        if name not in found:
            keys = []
            tasks = []
            for column in FILES:
                for rows in rows_of(name, column):
                    path, feed, _ = answer(column, rows)
                    keys.append((path, rows))
                    tasks.append((path, list(feed.values())))
            quiet = {"PYTHONWARNINGS": "ignore"}
            outcome = apart.fresh(
                answer_all, name, tasks, tell=True, seconds=1800, gigabytes=32, environment=quiet
            )
            assert outcome.ended == apart.RETURNED, (name, outcome)
            found[name] = dict(zip(keys, outcome.told, strict=True))
        return found[name]

    return ask


@pytest.mark.parametrize("name", ENGINES)
def test_a_file_gives_numpys_numbers_or_is_refused_or_differs(name, column, check, answers):
    if engines.version_of(ENGINES[name]) is None:
        missing(name, "it is not installed", ENGINES[name].INSTALL)
    refusals = REFUSALS[name]
    differences = DIFFERENCES.get(name, {})

    def run(path, feed):
        kind, value = answers(name)[path, len(feed["X"])]
        if kind == "error":
            raise RuntimeError(value)
        return np.asarray(value)

    check(run, name, column, refusals, differences, numbers=rows_of(name, column))
