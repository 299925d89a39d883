"""Score the same rows in several ways, on some of the cores, and print how long each takes.

    python -m tests.interop.cluster.measure CORES MODEL ROWS

It reads the name of a way a line, and answers with the seconds that it took. ROWS is a folder of
Parquet files, as write_rows writes it.
"""

import os
import sys
import tempfile
import time
from functools import partial
from types import SimpleNamespace

if __name__ == "__main__" and hasattr(os, "sched_setaffinity"):
    # Before anything starts threads or Java: they all keep to these cores.
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[: int(sys.argv[1])])

import numpy as np
import pyarrow
from numpy.testing import assert_allclose, assert_array_equal
from pyarrow import dataset, parquet
from sklearn.dummy import DummyClassifier

import sklearn_converter
from tests.interop.cluster.page import TASKS
from tests.interop.cluster.score_on_spark import open_session, score, score_batch

FEATURES = sklearn_converter.FEATURES.split(",")
CLASSES = sklearn_converter.CLASSES.split(",")
BATCH = 10_000  # rows; what Spark hands over at a time, unless it is told otherwise
FILES = 8


def write_rows(folder, count):
    """Write count flowers within the range of Fisher's as Parquet files; return X (count, 4)."""
    seen = sklearn_converter.load_data()[0]
    rng = np.random.default_rng(0)
    X = rng.uniform(seen.min(axis=0), seen.max(axis=0), (count, 4))
    table = pyarrow.table({"id": np.arange(count), **dict(zip(FEATURES, X.T, strict=True))})
    size = -(-count // FILES)
    for i in range(FILES):
        parquet.write_table(table.slice(i * size, size), folder / f"{i}.parquet")
    return X


# What stands in for onnxruntime's session ---------------------------------------------------------
class Pipeline:
    """What score_batch needs of a session, by scikit-learn."""

    def __init__(self, pipeline):
        self.pipeline = pipeline

    def get_modelmeta(self):
        names = {"features": sklearn_converter.FEATURES, "classes": sklearn_converter.CLASSES}
        return SimpleNamespace(custom_metadata_map=names)

    def run(self, outputs, feed):
        return [self.pipeline.predict_proba(feed["X"]).astype(np.float32)]


def score_part(batches, broadcast):
    """Yield each batch, scored by what was broadcast to the task in place of a file."""
    session = Pipeline(broadcast.value)
    for batch in batches:
        yield score_batch(session, batch)


# The ways -----------------------------------------------------------------------------------------
def read_batches(path):
    return dataset.dataset(path).to_batches(batch_size=BATCH)


def make_ways(spark, count, model, path, pipeline):
    """Return {name: function}; a function returns scored rows: batches, or Spark's data frame."""
    rows = spark.read.parquet(path)
    broadcast = spark.sparkContext.broadcast
    scored = score(rows, model)
    session = open_session(model, threads=count)
    columns = dataset.dataset(path).to_table(columns=FEATURES)
    X = np.column_stack([columns[name] for name in FEATURES]).astype(np.float32)
    nothing = DummyClassifier().fit(X[:3], range(3))  # the same answer to every row
    small = spark.range(0, TASKS, 1, TASKS)  # as many parts as rows
    for name in FEATURES:
        small = small.selectExpr("*", f"1.5D AS {name}")

    def alone(session):
        return [score_batch(session, batch) for batch in read_batches(path)]

    def in_spark(pipeline):
        return rows.mapInArrow(partial(score_part, broadcast=broadcast(pipeline)), scored.schema)

    def run_alone():
        for i in range(0, len(X), BATCH):
            session.run(["probabilities"], {"X": X[i : i + BATCH]})

    return {
        "onnxruntime, one process": partial(alone, session),
        "scikit-learn, one process": partial(alone, Pipeline(pipeline)),
        "onnxruntime in Spark": lambda: scored,
        "scikit-learn in Spark": partial(in_spark, pipeline),
        "no model in Spark": partial(in_spark, nothing),
        "Spark without Python": lambda: rows,
        "session.run alone": run_alone,
        "small tasks": lambda: score(small, model),
        "empty tasks": lambda: small,
    }


def finish(result):
    """Let Spark compute a data frame to its end, and throw the rows away."""
    if hasattr(result, "write"):
        result.write.format("noop").mode("overwrite").save()


def check(result, exact):
    """Assert that what a way returns is exact (N, 3), each row once."""
    table = result.toArrow() if hasattr(result, "toArrow") else pyarrow.Table.from_batches(result)
    table = table.sort_by("id")
    assert_array_equal(table["id"], np.arange(len(exact)))
    P = np.column_stack([table[name] for name in CLASSES])
    assert_allclose(P, exact, rtol=0, atol=sklearn_converter.TOLERANCE)
    assert table["error"].null_count == len(exact)


def open_spark(count, folder):
    from pyspark.sql import SparkSession

    from tests.interop.cluster.common import read_settings
    from tests.kit.places import ROOT

    os.environ["PYSPARK_PYTHON"] = sys.executable  # in the tasks; otherwise some python3
    settings = {
        **read_settings(),
        "spark.master": f"local[{count},4]",
        "spark.local.dir": folder,
        "spark.ui.showConsoleProgress": False,
        "spark.executorEnv.PYTHONPATH": ROOT,
        "spark.executorEnv.PYTHONWARNINGS": "ignore",
        "spark.executorEnv.ORT_DISABLE_TELEMETRY": 1,
    }
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, str(value))
    return builder.getOrCreate()


def main(count, model, path):
    X, _, y, _ = sklearn_converter.load_data()
    pipeline = sklearn_converter.train(X, y)
    X = np.column_stack([dataset.dataset(path).to_table()[name] for name in FEATURES])
    exact = sklearn_converter.reference(X, pipeline)
    with tempfile.TemporaryDirectory() as folder:
        spark = open_spark(int(count), folder)
        ways = make_ways(spark, int(count), model, path, pipeline)
        for name in list(ways)[:4]:
            check(ways[name](), exact)
        print(*ways, sep=";", flush=True)
        for line in sys.stdin:
            before = time.perf_counter()
            finish(ways[line.strip()]())
            print(time.perf_counter() - before, flush=True)
        spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
