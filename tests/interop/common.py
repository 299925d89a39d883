"""What all files of this folder share: how to import what may be missing, and what is compared."""

import importlib
import importlib.metadata
import os
import shutil
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import neural_network
from tests.interop import frameworks, runtimes

CLUSTER = "cluster"  # what INTEROP_REQUIRED calls the folder cluster
OPTIMISERS = "optimisers"  # and the folder optimisers
VERIFIERS = "verifiers"  # and the folder verifiers
REAL = "real"  # and the folder real
SERVER = "Flask"  # and what test_serves_under_load.py needs
INSTALL = "see the top of its file; bash .ci/interop installs everything"

# How far an exported network's probabilities may be from numpy's in float64. float32 keeps 7
# digits, and three layers lose a little; numpy itself is 7e-7 off in float32. float64 keeps 16.
PRECISIONS = [("float32", 2e-6), ("float64", 1e-14)]


def required():
    """Return the names that INTEROP_REQUIRED lists; UsageError for a name unknown here.

    "all" are those that live in one environment: the cluster has one of its own, and so has each
    file with ALONE.
    """
    found = frameworks.find()
    names = [*found, *runtimes.PLACES, CLUSTER, OPTIMISERS, REAL, SERVER, VERIFIERS]
    known = {name.lower() for name in names}
    words = os.environ.get("INTEROP_REQUIRED", "").split(",")
    listed = {word.strip().lower() for word in words}
    unknown = listed - known - {"all", ""}
    if unknown:
        expected = f"expected all, or some of {', '.join(sorted(known))}"
        raise pytest.UsageError(f"INTEROP_REQUIRED: unknown {', '.join(unknown)}; {expected}")
    alone = {name.lower() for name, module in found.items() if hasattr(module, "ALONE")}
    alone.add(CLUSTER)
    named = listed & known
    return named | (known - alone) if "all" in listed else named


def missing(name, cause, install=INSTALL):
    """Skip the file that needs it or, where it is required, fail."""
    message = f"{name} does not start: {cause}. To install it: {install}"
    if name.lower() in required():
        pytest.fail(message, pytrace=False)
    pytest.skip(message, allow_module_level=True)


def need(name, module, install=INSTALL):
    """Return the imported module; skip or fail, as missing does, where that is impossible."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # these packages warn of each other's next versions
            return importlib.import_module(module)
    except Exception as error:  # a broken installation raises whatever it likes
        missing(name, f"import {module} ends in {type(error).__name__}: {error}", install)


def need_installed(name, package):
    """Return a package's version; skip or fail, as missing does, where pip has not installed it.

    For a file whose verdict is that the import itself fails.
    """
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        missing(name, f"{package} is not installed")


def need_program(name, *programs, install=INSTALL):
    """Return the path of the first program there is; skip or fail, as missing does, without any."""
    places = [str(Path(sys.executable).parent), *os.get_exec_path()]  # this environment's own first
    for program in programs:
        path = shutil.which(program, path=os.pathsep.join(places))
        if path:
            return path
    missing(name, f"there is no program {' or '.join(programs)}", install)


def check_export(path, X, exact, atol=2e-6, weights=()):
    """Assert that an exported file is the model, for any number of rows; return the largest error.

    The precision is that of the file's input: X (N, features) is rounded to it, and so are the
    weights, which must then be in the file bit by bit, as they are or transposed.
    """
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = neural_network.load_model(path)
    (value,) = session.get_inputs()  # exactly one: weights that became inputs would be more
    assert isinstance(value.shape[0], str | None), f"the batch size is frozen: {value.shape}"
    dtype = {"tensor(float)": np.float32, "tensor(double)": np.float64}[value.type]
    stored = {onnx.numpy_helper.to_array(tensor).tobytes() for tensor in model.graph.initializer}
    for W in weights:
        same = stored & {W.astype(dtype).tobytes(), W.T.astype(dtype).tobytes()}
        assert same, f"the weights of shape {W.shape} are not in the file bit by bit"
    for rows in (1, 7, len(X)):
        # Not by predict, which rounds to float32: a float64 file would refuse that.
        P = session.run(None, {value.name: X[:rows].astype(dtype)})[-1]
        assert_allclose(P, exact[:rows], rtol=0, atol=atol)
        assert_array_equal(P.argmax(axis=1), exact[:rows].argmax(axis=1))
    return abs(P - exact).max()
