"""How do I run my ONNX file without any runtime, as C? By the program emx-onnx-cgen.

Rows go in as an array of C; after their number, if the file was generated for any number of rows.

The generator writes one C file, and the system's compiler makes a program of it: see main.c. Fix
the number of rows, by --input-dim N=7, say: a free one is right for simple files only.
"""

import ctypes
import functools
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose

from tests.interop.common import need_program
from tests.interop.files import PORTABLE, TOLERANCES
from tests.interop.page import RESULTS
from tests.kit.record import today

NAME = "Plain C"
generator = need_program(NAME, "emx-onnx-cgen")
compiler = need_program(NAME, "cc", "gcc", "clang", install="apt-get install gcc")


def execute(*command):
    """Run a program; RuntimeError with what it says if it fails."""
    process = subprocess.run(command, capture_output=True, encoding="utf-8")
    if process.returncode:
        raise RuntimeError(process.stdout + process.stderr)
    return process.stdout


@functools.cache
def load(path, *settings):
    """Return the file as a function of C, compiled into a library that Python can load."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "model.c")
        library = Path(folder, "model.so")
        execute(generator, "compile", path, source, *settings)
        execute(compiler, "-O2", "-shared", "-fPIC", source, "-o", library, "-lm")
        return ctypes.CDLL(str(library)).model


def call(function, path, feed, *numbers):
    """Return the last output of a function of C; numbers come before inputs and outputs."""
    outputs = []
    for value in onnx.load(path).graph.output:
        dims = value.type.tensor_type.shape.dim
        shape = [len(feed["X"]) if dim.dim_param else dim.dim_value for dim in dims]
        outputs.append(np.zeros(shape, np.float32))
    arrays = [*feed.values(), *outputs]
    function(*numbers, *(ctypes.c_void_p(array.ctypes.data) for array in arrays))
    return outputs[-1]


def run_any(path, feed):
    """Return the last output by code that was generated for any number of rows."""
    function = load(path)
    return call(function, path, feed, ctypes.c_int(len(feed["X"])))


@pytest.mark.parametrize("rows", [1, 7, 1000])
@pytest.mark.parametrize("column", PORTABLE)
def test_the_number_of_rows_may_stay_free_in_the_portable_files(column, rows, answer):
    path, feed, exact = answer(column, rows)
    assert_allclose(run_any(path, feed), exact, rtol=0, atol=TOLERANCES[column])


@pytest.mark.parametrize("column", ["recurrence", "attention"])
def test_a_free_number_of_rows_is_taken_for_another_one_without_a_word(column, answer):
    # The loops over the rows end at 1 in ReduceSum, and at -1 in RNN: most rows stay as they were.
    path, feed, exact = answer(column, 7)
    P = run_any(path, feed)
    assert not (abs(P - exact) < 0.1).all()  # it may be NaN, too: some memory was never written


def test_a_free_number_of_rows_gives_a_convolution_that_no_compiler_takes(answer):
    path, feed, _ = answer("convolution", 7)
    with pytest.raises(RuntimeError, match="dim_0"):  # an undeclared name, in BatchNormalization
        run_any(path, feed)


def test_the_main_to_copy_predicts_day_10(answer, tmp_path):
    path, _, _ = answer("linear", 1)
    source = tmp_path / "model.c"
    program = tmp_path / "predict"
    execute(generator, "compile", path, source)
    execute(compiler, "-O2", RESULTS.parent / "main.c", source, "-lm", "-o", program)
    assert execute(program) == "day 10: 12.73\n"  # as with a pocket calculator


@pytest.mark.parametrize("column", PORTABLE)
def test_the_code_is_small(column, answer, tmp_path, note):
    path, _, _ = answer(column, 1)
    source = tmp_path / "model.c"
    library = tmp_path / "model.o"
    execute(generator, "compile", path, source)
    execute(compiler, "-Os", "-c", source, "-o", library)
    limits = {"linear": (4, 2), "network": (64, 16), "classifier": (8, 4)}[column]
    for kind, file, limit in zip(("source", "object"), (source, library), limits, strict=True):
        size = file.stat().st_size / 1024
        assert limit / 2 < size < limit, f"the {kind} has {size:.1f} KiB"
        # a power of two, which another compiler keeps to
        note(RESULTS, "plain C", f"{kind} of {column}", value=str(limit))
    compiler_version = execute(compiler, "--version").splitlines()[0]
    used = f"emx-onnx-cgen {version('emx-onnx-cgen')}, {compiler_version}"
    note(RESULTS, "plain C", "version", value=used, compare=False)
    note(RESULTS, "plain C", "run on", value=today(), compare=False)
