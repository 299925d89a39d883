"""How do I run my ONNX file in tract?"""

from tests.interop.common import need

NAME, WRITTEN_IN = "tract", "Rust"
tract = need(NAME, "tract")


def run(path, X):
    """Return the file's output for the rows X."""
    # into_model derives all types and shapes; into_runnable optimises for this processor.
    model = tract.onnx().load(path).into_model().into_runnable()
    return model.run([X])[0].to_numpy()  # inputs and outputs by position: tract may rename them


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_it_refuses_the_operator_of_our_own(refused):
    refused(run, "neural_network.onnx", "Unimplemented(Dense)")


def test_it_refuses_ai_onnx_ml(refused):
    refused(run, "sklearn_converter.onnx", "Unimplemented(Scaler)")
