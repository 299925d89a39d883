"""How do I run my ONNX file in ONNX Runtime?"""

import onnxruntime

NAME, WRITTEN_IN = "ONNX Runtime", "C++"


def run(path, X):
    """Return the file's last output for the rows X."""
    # Without providers it would run on whatever this build of the package likes best.
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: X})[-1]


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_it_runs_the_operator_of_our_own(runs_as_numpy, rows):
    runs_as_numpy(run, "neural_network.onnx", rows)


def test_it_runs_ai_onnx_ml(runs_as_numpy, rows):
    runs_as_numpy(run, "sklearn_converter.onnx", rows)
