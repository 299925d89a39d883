"""One engine, one file: what runs an ONNX file besides the scripts' own onnxruntime, and how.

Each module of this folder has

    NAME                what our pages call the engine
    PACKAGE             the package whose version counts
    WRITTEN_IN          the language that it computes in
    INSTALL             how pip brings it
    load()              import it, past its traps; it takes up to three seconds
    run(path, inputs)   the list of the outputs as numpy arrays, for the list of the inputs, in the
                        order of the file's graph; an exception of the engine's own if it refuses

and nothing heavy that is imported with the module. A sequence is a list of arrays, an optional that
is not there None.
"""

import importlib
import importlib.metadata
from pathlib import Path

import onnx

FOLDER = Path(__file__).parent


def find():
    """Return {name: module} of all engines, in alphabetical order."""
    modules = []
    for path in FOLDER.glob("*.py"):
        if path.stem != "__init__" and not path.stem.startswith("test_"):
            modules.append(importlib.import_module(f"{__name__}.{path.stem}"))
    modules.sort(key=lambda module: module.NAME.lower())
    return {module.NAME: module for module in modules}


def version_of(engine):
    """Return the version of an engine's package, or None where it is not installed."""
    try:
        return importlib.metadata.version(engine.PACKAGE).split("+")[0]  # 2.13.0 of 2.13.0+cpu
    except importlib.metadata.PackageNotFoundError:
        return None


# What the modules share ---------------------------------------------------------------------------
def input_names(model):
    """Return the names of what a graph is fed: until IR 3 its weights stood among the inputs."""
    weights = {tensor.name for tensor in model.graph.initializer}
    return [value.name for value in model.graph.input if value.name not in weights]


def output_names(model):
    """Return the names of a graph's outputs."""
    return [value.name for value in model.graph.output]


def read_names(path):
    """Return the names of a file's inputs and those of its outputs; weights are not read."""
    model = onnx.load(path, load_external_data=False)
    return input_names(model), output_names(model)


def make_feed(path, inputs):
    """Return {name: input} of a file."""
    names, _ = read_names(path)
    return dict(zip(names, inputs, strict=True))


def as_list(outputs):
    """Return outputs as a list: some engines hand over a single one without."""
    single = hasattr(outputs, "shape")
    return [outputs] if single else list(outputs)
