"""How do I run my ONNX file in onnx.reference?

Install it:  pip install onnx
Try it:      pytest tests/interop/test_runs_in_onnx_reference.py
Rows go in:  as a dictionary of numpy arrays, by the names of the file's inputs

The onnx package evaluates files itself, in numpy: slowly, to check other runtimes by.
"""

from onnx.reference import ReferenceEvaluator

NAME = "onnx.reference"
ENGINE = "onnx.reference"
WRITTEN_IN = "Python"
REFUSALS = {
    # It knows functions, but no LeakyRelu whose alpha is a reference, as the one inside Dense.
    "user-defined operator": "linked attributes=[] (operator 'OpFunction')",
}


def run(path, feed):
    """Return the file's last output for a feed {name of an input: array}."""
    evaluator = ReferenceEvaluator(str(path))  # it refuses a Path
    return evaluator.run(None, feed)[-1]


def test_a_file_gives_numpys_numbers_or_is_refused(check, column):
    check(run, column, REFUSALS)
