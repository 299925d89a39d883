"""Score the rows of CSV files with an ONNX file, on Apache Spark.

You will have a folder of CSV files: each row that came in, with the probability of every class or,
in the column "error", why it has none.

Run it:  spark-submit --properties-file one_machine.conf score_on_spark.py MODEL ROWS SCORED

MODEL is the file that sklearn_converter.py writes, ROWS a CSV file or a folder of them, whose first
line names the columns. On a cluster, --master and its address take the place of --properties-file.
"""

import argparse
import os
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # importing onnxruntime reports usage otherwise
import onnxruntime

BROKEN = "broken"  # the line as it was, where Spark finds something else than the numbers expected


# 1. One batch of rows -----------------------------------------------------------------------------
def open_session(path, threads=1):
    """Return a session that keeps to one core: Spark runs as many tasks as there are cores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def read_names(session):
    """Return the names of the features and of the classes, which the file brings along."""
    properties = session.get_modelmeta().custom_metadata_map
    return properties["features"].split(","), properties["classes"].split(",")


def find_errors(batch, X, X32):
    """Return, for each row, why it cannot be scored, or None."""
    error = np.full(len(X), None)
    error[np.isinf(X32).any(axis=1)] = "expected numbers that float32 can hold"
    error[np.isnan(X).any(axis=1)] = "expected a number for each feature"
    if BROKEN in batch.schema.names:  # only where the rows were text
        error[batch[BROKEN].is_valid()] = "expected a number for each feature, and no more"
    return error


def score_batch(session, batch):
    """Return a pyarrow.RecordBatch with a column more for each class, and with "error"."""
    features, classes = read_names(session)
    columns = [batch[name].to_numpy(zero_copy_only=False) for name in features]
    X = np.column_stack(columns)  # (N, 4) in float64; what is missing becomes NaN
    with np.errstate(over="ignore"):
        X32 = X.astype(np.float32)  # what is too large becomes infinite

    error = find_errors(batch, X, X32)
    bad = np.not_equal(error, None)
    P = np.zeros((len(X), len(classes)), np.float32)
    P[~bad] = session.run(["probabilities"], {"X": X32[~bad]})[0]  # (good rows, 3)
    for name, share in zip(classes, P.T, strict=True):
        batch = batch.append_column(name, pyarrow.array(share, mask=bad))
    return batch.append_column("error", pyarrow.array(error, pyarrow.string()))


# 2. All rows --------------------------------------------------------------------------------------
def read_rows(spark, path, features):
    """Return the rows of CSV files as a data frame: a number for each feature, and BROKEN."""
    columns = [f"{name} DOUBLE" for name in features]
    # Without this column, Spark would drop what a line has too much, and say nothing. Told to
    # enforce the schema, it would not look whether the header names the columns in this order.
    columns.append(f"{BROKEN} STRING")
    settings = {"columnNameOfCorruptRecord": BROKEN, "enforceSchema": False}
    return spark.read.csv(path, ", ".join(columns), header=True, **settings)


def score_part(batches, name):
    """Yield each batch of a part of the rows, scored: this is what runs in a task."""
    from pyspark import SparkFiles

    session = open_session(SparkFiles.get(name))  # one for all batches of the task
    for batch in batches:
        yield score_batch(session, batch)


def score(rows, model):
    """Return the data frame rows with a column more for each class, and with "error"."""
    rows.sparkSession.sparkContext.addFile(model)  # each machine fetches it once
    _, classes = read_names(open_session(model))
    columns = [f"{name} {kind}" for name, kind in rows.dtypes]
    columns += [f"{name} FLOAT" for name in classes]
    columns += ["error STRING"]
    return rows.mapInArrow(partial(score_part, name=Path(model).name), ", ".join(columns))


def main(argv=None):
    """Score the rows of a path and write them to a new folder."""
    parser = argparse.ArgumentParser(description="Score CSV files with an ONNX file, on Spark.")
    parser.add_argument("model", help="the file that sklearn_converter.py writes")
    parser.add_argument("rows", help="a CSV file with a header, or a folder of them")
    parser.add_argument("scored", help="a new folder")
    arguments = parser.parse_args(argv)

    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        features, _ = read_names(open_session(arguments.model))
    except Exception as error:  # onnxruntime raises whatever it likes
        parser.error(f"{arguments.model}: expected the file of sklearn_converter.py; {error!r}")
    # What the tasks import reports no usage, either.
    builder = SparkSession.builder.config("spark.executorEnv.ORT_DISABLE_TELEMETRY", "1")
    spark = builder.getOrCreate()
    try:
        columns = spark.read.csv(arguments.rows, header=True).columns
        if columns != features:
            expected = f"expected a header {','.join(features)}"
            parser.error(f"{arguments.rows}: {expected}; found {','.join(columns)}")
        rows = read_rows(spark, arguments.rows, features)
        score(rows, arguments.model).write.csv(arguments.scored, header=True)
    except PySparkException as error:
        parser.error(str(error).strip().splitlines()[0])
    spark.stop()


if __name__ == "__main__":
    main()
