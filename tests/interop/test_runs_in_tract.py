"""How do I run my ONNX file in tract?

Install it:  pip install tract
Try it:      pytest tests/interop/test_runs_in_tract.py
Rows go in:  as a list of numpy arrays, in the order of the file's inputs
"""

from tests.interop.common import need

NAME = "tract"
ENGINE = "tract"
WRITTEN_IN = "Rust"
REFUSALS = {
    "user-defined operator": "Unimplemented(Dense)",
    "ai.onnx.ml": "Unimplemented(Scaler)",
}
tract = need(NAME, "tract")


def run(path, feed):
    """Return the file's last output for a feed {name of an input: array}."""
    # into_model derives all types and shapes; into_runnable optimises for this processor.
    model = tract.onnx().load(path).into_model().into_runnable()
    outputs = model.run(list(feed.values()))  # by position: tract may rename inputs and outputs
    return outputs[-1].to_numpy()


def test_a_file_gives_numpys_numbers_or_is_refused(check, column):
    check(run, column, REFUSALS)
