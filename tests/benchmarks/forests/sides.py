"""Ways to run one forest, one core and one thread each: {side: function that answers all rows}."""

import ctypes
import subprocess
import sys
from functools import cache, partial

import numpy as np
import onnx

from tests.benchmarks import models

OPSET = 15  # the newest that onnxmltools converts LightGBM to
UNITS = 8  # files of C that tl2cgen writes a forest into: one would take the compiler minutes
TREES = 20  # for each of ten digits


# C ------------------------------------------------------------------------------------------------
def compile_c(sources, library, optimise):
    """Compile C into a library; the standard's arithmetic, so no -ffast-math."""
    flags = [optimise, "-shared", "-fPIC", "-o", str(library)]
    subprocess.run(["cc", *flags, *map(str, sources), "-lm"], check=True)
    return library


@cache
def library_of_tl2cgen(folder):
    """Return the path of scikit-learn's forest as tl2cgen's C, with -O1: -O3 takes far longer."""
    import tl2cgen
    import treelite

    forest = treelite.sklearn.import_model(models.forest().estimator)
    tl2cgen.generate_c_code(forest, dirpath=str(folder / "tl"), params={"parallel_comp": UNITS})
    return compile_c(sorted((folder / "tl").glob("*.c")), folder / "tl.so", "-O1")


@cache
def library_of_emx(folder, rows):
    """Return the path of the forest's ONNX file as emx-onnx-cgen's C; rows 0 leaves them free."""
    model = onnx.ModelProto()
    model.CopyFrom(models.forest().model)
    for info in [*model.graph.input, *model.graph.output]:
        if rows:
            info.type.tensor_type.shape.dim[0].dim_value = rows
    onnx.save(model, folder / "forest.onnx")
    translate = [sys.executable, "-m", "emx_onnx_cgen", "compile", "--large-temp-threshold", "1"]
    source = folder / f"emx{rows}.c"
    subprocess.run([*translate, "forest.onnx", source.name], cwd=folder, check=True)
    return compile_c([source], folder / f"emx{rows}.so", "-O3")


def call_emx(library, X32, free=False):
    """Return a function that calls the C function on X (N, 64), and returns P (N, 10)."""
    function = ctypes.CDLL(str(library)).model
    P = np.zeros((len(X32), 10), np.float32)
    labels = np.zeros(len(X32), np.int64)
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in (X32, labels, P)]
    arguments = [ctypes.c_int(len(X32)), *pointers] if free else pointers
    return lambda: run_c(function, arguments, P)


def run_c(function, arguments, P):
    function(*arguments)
    return P


# scikit-learn's forest ----------------------------------------------------------------------------
def of_sklearn(count, folder):
    """Return the sides and the right answer, scikit-learn's in float64."""
    import tl2cgen
    import treelite

    subject = models.forest()
    X = subject.rows(count)
    X32 = X.astype(np.float32)
    tree = treelite.sklearn.import_model(subject.estimator)
    predictor = tl2cgen.Predictor(str(library_of_tl2cgen(folder)), nthread=1)
    matrix = tl2cgen.DMatrix(X)
    sides = {
        "onnxruntime": models.call(models.open_session(subject.model, intra_op_num_threads=1), X32),
        "scikit-learn": partial(subject.estimator.predict_proba, X),
        "treelite": lambda: treelite.gtil.predict(tree, X, nthread=1)[:, 0],
        "tl2cgen": lambda: predictor.predict(matrix)[:, 0],
        # It looks each node up in a list of all: 100,000 rows would take hours.
        "C": call_emx(library_of_emx(folder, 1), X32) if count == 1 else None,
    }
    return sides, subject.exact(X)


# LightGBM's forest --------------------------------------------------------------------------------
@cache
def boosted():
    """Return LightGBM's classifier of digits, on one thread."""
    import lightgbm

    X, classes = models.forest().X, models.forest().estimator
    y = classes.predict(X)
    return lightgbm.LGBMClassifier(n_estimators=TREES, n_jobs=1, verbose=-1, random_state=0).fit(
        X, y
    )


@cache
def compiled_by_lleaves(folder):
    """Return LightGBM's forest as lleaves compiles it."""
    import lleaves

    boosted().booster_.save_model(folder / "forest.txt")
    model = lleaves.Model(model_file=str(folder / "forest.txt"))
    model.compile()
    return model


def of_lightgbm(count, folder):
    """Return the sides and the right answer, LightGBM's in float64."""
    import treelite
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    X = models.forest().rows(count)
    X32 = X.astype(np.float32)
    booster = boosted().booster_
    tree = treelite.frontend.from_lightgbm(booster)
    compiled = compiled_by_lleaves(folder)
    types = [("X", FloatTensorType([None, X.shape[1]]))]
    model = convert_lightgbm(boosted(), initial_types=types, zipmap=False, target_opset=OPSET)
    sides = {
        "onnxruntime": models.call(models.open_session(model, intra_op_num_threads=1), X32),
        "LightGBM": lambda: booster.predict(X, num_threads=1),
        "treelite": lambda: treelite.gtil.predict(tree, X, nthread=1)[:, 0],
        "lleaves": lambda: compiled.predict(X, n_jobs=1),
    }
    return sides, booster.predict(X, num_threads=1)
