"""How do I run my ONNX file in onnx.reference?

The onnx package evaluates files itself, in numpy: slowly, to check other runtimes by.
"""

from onnx.reference import ReferenceEvaluator

NAME, WRITTEN_IN = "onnx.reference", "Python"


def run(path, X):
    """Return the file's last output for the rows X."""
    evaluator = ReferenceEvaluator(str(path))  # it refuses a Path
    return evaluator.run(None, {evaluator.input_names[0]: X})[-1]


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_it_refuses_the_operator_of_our_own(refused):
    # It knows functions, but no LeakyRelu whose alpha is a reference, as the one inside Dense.
    words = "attributes ['alpha'] and linked attributes=[] (operator 'OpFunction')"
    refused(run, "neural_network.onnx", words)


def test_it_runs_ai_onnx_ml(runs_as_numpy, rows):
    runs_as_numpy(run, "sklearn_converter.onnx", rows)
