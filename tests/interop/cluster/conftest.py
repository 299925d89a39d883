"""The fixtures of this folder: rows, what one process answers, Spark, commands."""

import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import onnx
import pytest

import sklearn_converter
from tests.interop.cluster.common import (
    FEATURES,
    FOLDER,
    PARTS,
    ROWS,
    make_environment,
    need,
    need_spark,
    read_settings,
)
from tests.kit.places import ROOT


@pytest.fixture(scope="session")
def pipeline():
    X, _, y, _ = sklearn_converter.load_data()
    return sklearn_converter.train(X, y)


@pytest.fixture(scope="session")
def model(pipeline, tmp_path_factory):
    """Return the path of the classifier's file, as the script writes it."""
    X = sklearn_converter.load_data()[0].astype(np.float32)
    path = tmp_path_factory.mktemp("model") / "sklearn_converter.onnx"
    onnx.save(sklearn_converter.build_model(pipeline, X), path)
    return path


@pytest.fixture(scope="session")
def flowers(model, pipeline):
    """Return X (N, 4), and P (N, 3) by one process in one call, and by numpy in float64."""
    seen = sklearn_converter.load_data()[0]
    X = np.random.default_rng(0).uniform(seen.min(axis=0), seen.max(axis=0), (ROWS, 4))
    session = sklearn_converter.load_model(model)
    exact = sklearn_converter.reference(X, pipeline)
    return SimpleNamespace(X=X, alone=sklearn_converter.predict(session, X), exact=exact)


@pytest.fixture(scope="session")
def table(flowers):
    """Return the flowers as an Arrow table whose first column, id, counts them."""
    need("pyarrow")
    import pyarrow

    columns = dict(zip(FEATURES, flowers.X.T, strict=True))
    return pyarrow.table({"id": np.arange(ROWS), **columns})


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """Return Spark on two cores, which hands over 1,000 rows at a time."""
    need_spark()
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    folder = tmp_path_factory.mktemp("spark")
    settings = {
        **read_settings(),
        "spark.master": "local[2,4]",
        "spark.default.parallelism": PARTS,
        "spark.local.dir": folder,
        "spark.sql.warehouse.dir": folder / "warehouse",
        "spark.sql.execution.arrow.maxRecordsPerBatch": 1000,
        "spark.executorEnv.PYTHONPATH": ROOT,
        "spark.executorEnv.PYTHONWARNINGS": "ignore",
    }
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, str(value))
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a command as a reader does, in a folder with this one's files."""
    folder = tmp_path / "here"
    home = tmp_path / "home"
    home.mkdir()
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py[co]", "__pycache__"))

    def run_command(*words, status=0, **environment):
        process = subprocess.run(
            [str(word) for word in words],
            cwd=folder,
            env=make_environment(home) | environment,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
        assert process.returncode == status, process.stderr
        return process

    return SimpleNamespace(command=run_command, folder=folder, home=home)
