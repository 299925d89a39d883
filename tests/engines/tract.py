"""tract, by Sonos, in Rust. It may rename inputs and outputs: they go by their order."""

NAME = "tract"
PACKAGE = "tract"
WRITTEN_IN = "Rust"
INSTALL = "pip install tract"


def load():
    import tract

    return tract


def run(path, inputs):
    tract = load()
    # into_model derives all types and shapes; into_runnable optimises for this processor.
    model = tract.onnx().load(path).into_model().into_runnable()
    return [output.to_numpy() for output in model.run(inputs)]
