"""Rows scored on Apache Spark: all of them, as one process scores them, whatever happens.

Install it:  pip install -r tests/interop/cluster/requirements.txt, and Java by
             apt-get install openjdk-17-jre-headless
Try it:      pytest tests/interop/cluster/test_spark.py
"""

import csv
import os
import re
import shlex
import signal
import uuid
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import sklearn_converter
from tests.interop.cluster import page
from tests.interop.cluster.common import (
    CLASSES,
    FEATURES,
    FOLDER,
    INSTALL,
    PARTS,
    ROWS,
    need_spark,
)
from tests.interop.common import CLUSTER, need

score_on_spark = need(CLUSTER, "tests.interop.cluster.score_on_spark", INSTALL)
pytestmark = pytest.mark.usefixtures("java")

# How far two calls of the same file may be apart where they hold different numbers of rows. Numbers
# around 10, as the logits are, lie 1e-6 apart in float32; a probability changes by at most a
# quarter of what the logits change, and two of those may be rounded elsewhere.
CUT = 1e-6

NUMBERS = "expected a number for each feature"
BROKEN = "expected a number for each feature, and no more"
LARGE = "expected numbers that float32 can hold"
REPORTED = {  # a line of flowers.csv, and why it cannot be scored
    ",3.5,1.4,0.2": NUMBERS,
    "NaN,3.5,1.4,0.2": NUMBERS,
    "setosa,3.5,1.4,0.2": BROKEN,
    "5.1,3.5,1.4": BROKEN,
    "5.1,3.5,1.4,0.2,9": BROKEN,
    "1e39,3.5,1.4,0.2": LARGE,
    "Infinity,3.5,1.4,0.2": LARGE,
}


@pytest.fixture(scope="module")
def java():
    need_spark()


@pytest.fixture
def rows(spark, table):
    """Return the flowers as Spark's data frame of PARTS parts, cut alike whenever it is used."""
    rows = spark.createDataFrame(table)
    assert rows.rdd.getNumPartitions() == PARTS
    return rows


def collect(frame):
    """Return what came back, by column, in the order of the ids; each id exactly once."""
    found = frame.toArrow().sort_by("id")
    columns = {name: found[name].to_numpy(zero_copy_only=False) for name in found.column_names}
    assert_array_equal(columns["id"], np.arange(ROWS))
    return columns


def stack(columns, names=CLASSES):
    return np.column_stack([columns[name] for name in names])


# Every row, once, as one process scores it ------------------------------------------------------
def test_every_prediction_is_that_of_one_process(rows, model, flowers, note):
    scored = collect(score_on_spark.score(rows, str(model)))
    P = stack(scored)
    assert P.dtype == np.float32
    assert_array_equal(stack(scored, FEATURES), flowers.X)
    assert_allclose(P, flowers.exact, rtol=0, atol=sklearn_converter.TOLERANCE)
    assert_allclose(P, flowers.alone, rtol=0, atol=CUT)
    assert_array_equal(P.argmax(axis=1), flowers.alone.argmax(axis=1))
    assert not [error for error in scored["error"] if error is not None]
    differing = np.not_equal(P, flowers.alone).any(axis=1)
    assert 0 < differing.mean() < 1  # the last digits depend on how many rows a call holds
    note(page.RESULTS, "differing", value=float(f"{differing.mean():.2g}"), compare=False)


def test_cut_alike_one_process_gives_the_same_bits(rows, model, flowers):
    def number(batches):
        for batch in batches:
            first = batch["id"][0]
            yield batch.append_column("first", [first] * batch.num_rows)

    scored = collect(score_on_spark.score(rows, str(model)))
    numbered = collect(rows.mapInArrow(number, f"{schema_of(rows)}, first BIGINT"))
    cuts = np.unique(numbered["first"])
    assert len(cuts) > 2 * PARTS  # several batches in a part
    session = sklearn_converter.load_model(model)
    alone = [sklearn_converter.predict(session, X) for X in np.split(flowers.X, cuts[1:])]
    assert_array_equal(stack(scored).view(np.int32), np.vstack(alone).view(np.int32))


def schema_of(frame):
    return ", ".join(f"{name} {kind}" for name, kind in frame.dtypes)


# Rows that cannot be scored -----------------------------------------------------------------------
def test_rows_that_cannot_be_scored_are_reported_wherever_they_stand(spark, table, model, flowers):
    """A third of the rows, each spoilt in one feature, among the good ones."""
    rng = np.random.default_rng(1)
    spoilt = [(None, NUMBERS), (np.nan, NUMBERS), (1e39, LARGE), (-np.inf, LARGE)]
    lines = table.to_pylist()
    expected = np.full(ROWS, None)
    for i in rng.permutation(ROWS)[: ROWS // 3]:
        value, expected[i] = spoilt[rng.integers(len(spoilt))]
        lines[i][FEATURES[rng.integers(4)]] = value
    rows = spark.createDataFrame(type(table).from_pylist(lines, table.schema))
    found = score_on_spark.score(rows, str(model)).toArrow().sort_by("id").to_pylist()
    assert len(found) == ROWS
    for i, row in enumerate(found):
        assert row["error"] == expected[i]
        P = [row[name] for name in CLASSES]
        if expected[i]:
            assert P == [None] * 3
        else:
            assert abs(P - flowers.alone[i]).max() < CUT
        assert [repr(row[name]) for name in FEATURES] == [repr(lines[i][n]) for n in FEATURES]


def test_columns_in_another_order_are_refused(spark, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(",".join(FEATURES[::-1]) + "\n0.2,1.4,3.5,5.1\n", encoding="utf-8")
    with pytest.raises(Exception, match=r"CSV header does not conform to the schema"):
        score_on_spark.read_rows(spark, str(path), FEATURES).collect()


# The command --------------------------------------------------------------------------------------
def read_command():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^spark-submit .*$", page, flags=re.MULTILINE)
    return shlex.split(command)


def read_scored(folder):
    """Return the lines of all parts that Spark wrote, as {column: text}, and how many parts."""
    found = []
    parts = sorted(folder.glob("part-*.csv"))
    assert (folder / "_SUCCESS").exists()
    for part in parts:
        with part.open(encoding="utf-8", newline="") as lines:
            found += csv.DictReader(lines)
    return found, len(parts)


def test_the_page_s_command_scores_or_reports_each_line(run, model, note):
    (run.folder / "sklearn_converter.onnx").write_bytes(model.read_bytes())
    before = {path.name for path in run.folder.iterdir()}
    process = run.command(*read_command())
    scored, _parts = read_scored(run.folder / "scored")
    given = (run.folder / "flowers.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(scored) == len(given)
    session = sklearn_converter.load_model(model)
    for line, row in zip(given, scored, strict=True):
        assert row["error"] == REPORTED.get(line, "")
        if row["error"]:
            assert [row[name] for name in CLASSES] == [""] * 3
        else:
            x = np.array([line.split(",")], float)
            P = np.array([float(row[name]) for name in CLASSES])
            assert_allclose(P, sklearn_converter.predict(session, x)[0], rtol=0, atol=CUT)
        assert row["broken"] == (line if row["error"] == BROKEN else "")
    assert {row["error"] for row in scored} == {"", NUMBERS, BROKEN, LARGE}

    assert re.search(r"\[Stage \d:", process.stderr)  # the bar of tasks, after half a second
    assert "Error" not in process.stderr and "Traceback" not in process.stderr
    assert {path.name for path in run.folder.iterdir()} - before == {"scored"}
    assert list(run.home.rglob("*")) == []  # nothing is left behind, nobody was told of it
    note(page.RESULTS, "scored", value=scored, compare=False)


BAD = {  # what a reader may get wrong, and the line that says so
    "": "the following arguments are required: model, rows, scored",
    "none.onnx flowers.csv scored": "none.onnx: expected the file of sklearn_converter.py; ",
    "flowers.csv flowers.csv scored": "flowers.csv: expected the file of sklearn_converter.py; ",
    "sklearn_converter.onnx none.csv scored": "[PATH_NOT_FOUND] Path does not exist: ",
    "sklearn_converter.onnx flowers.csv .": "[PATH_ALREADY_EXISTS] Path ",
    "sklearn_converter.onnx turned.csv scored": "turned.csv: expected a header "
    "sepal_length,sepal_width,petal_length,petal_width; found petal_width,petal_length,",
}


@pytest.mark.parametrize("words", BAD)
def test_bad_input_gets_one_line_and_status_2_and_nothing_is_written(words, run, model):
    (run.folder / "sklearn_converter.onnx").write_bytes(model.read_bytes())
    text = ",".join(FEATURES[::-1]) + "\n0.2,1.4,3.5,5.1\n"
    (run.folder / "turned.csv").write_text(text, encoding="utf-8")
    before = {path: path.read_bytes() for path in run.folder.iterdir()}
    command = [*read_command()[:4], *words.split()]
    process = run.command(*command, status=2)
    said = process.stdout + process.stderr  # spark-submit turns one into the other
    (line,) = re.findall(r"^score_on_spark.py: error: (.*)", said, flags=re.MULTILINE)
    assert line.startswith(BAD[words])
    assert "Traceback" not in said
    assert {path: path.read_bytes() for path in run.folder.iterdir()} == before


# Tasks --------------------------------------------------------------------------------------------
def run_tasks(rows, model, task):
    """Return rows scored by task(batches, score_part), which wraps what the script runs."""
    schema = schema_of(score_on_spark.score(rows, str(model)))
    scorer = partial(score_on_spark.score_part, name=model.name)
    return collect(rows.mapInArrow(lambda batches: task(batches, scorer), schema))


def test_a_task_that_dies_is_run_again_and_changes_nothing(rows, model, tmp_path):
    folder = str(tmp_path)

    def die_once(batches, scorer):
        from pyspark import TaskContext

        context = TaskContext.get()
        attempt = context.attemptNumber()
        Path(folder, f"{context.partitionId()}-{attempt}").touch()
        for count, batch in enumerate(scorer(batches)):
            if attempt == 0 and count == 2 and context.partitionId() == 1:
                os.kill(os.getpid(), signal.SIGKILL)  # after two batches were handed over
            yield batch

    undisturbed = collect(score_on_spark.score(rows, str(model)))
    disturbed = run_tasks(rows, model, die_once)
    attempts = sorted(path.name for path in tmp_path.iterdir())
    assert attempts == ["0-0", "1-0", "1-1", "2-0", "3-0"]
    assert_array_equal(stack(disturbed).view(np.int32), stack(undisturbed).view(np.int32))


def test_a_task_has_one_session_for_all_its_batches(rows, model, tmp_path):
    folder = str(tmp_path)

    def count_sessions(batches, scorer):
        import onnxruntime

        open_session = onnxruntime.InferenceSession

        def open_and_count(*arguments, **named):
            Path(folder, f"session-{uuid.uuid4()}").touch()
            return open_session(*arguments, **named)

        def count_batches():
            for batch in batches:
                Path(folder, f"batch-{uuid.uuid4()}").touch()
                yield batch

        onnxruntime.InferenceSession = open_and_count
        yield from scorer(count_batches())
        onnxruntime.InferenceSession = open_session  # the next task may run in this process

    run_tasks(rows, model, count_sessions)
    assert len(list(tmp_path.glob("session-*"))) == PARTS
    assert len(list(tmp_path.glob("batch-*"))) > 2 * PARTS


def test_a_cluster_fetches_the_file_once_for_each_executor(run, model, table, flowers, tmp_path):
    """Two executors, which share no folder with the script: processes of Spark's own cluster."""
    import pyspark

    shadow = tmp_path / "spark"  # Spark's folder, by links: executors work below it
    shadow.mkdir()
    for path in Path(pyspark.__file__).parent.iterdir():
        (shadow / path.name).symlink_to(path)
    (run.folder / "sklearn_converter.onnx").write_bytes(model.read_bytes())
    lines = [",".join(map(repr, row)) for row in flowers.X.tolist()]
    (run.folder / "flowers.csv").write_text(
        "\n".join([",".join(FEATURES), *lines]), encoding="utf-8"
    )
    settings = {
        "spark.master": "local-cluster[2,1,1024]",  # executors, cores and MB of each
        "spark.sql.files.maxPartitionBytes": "200k",
        "spark.sql.files.openCostInBytes": "0",
    }
    words = read_command()
    for name, value in settings.items():
        words[1:1] = ["--conf", f"{name}={value}"]
    run.command(*words, SPARK_HOME=str(shadow))
    scored, parts = read_scored(run.folder / "scored")
    executors = list(shadow.glob("work/app-*/*/"))
    copies = list(shadow.glob("work/app-*/**/sklearn_converter.onnx"))
    assert 1 <= len(copies) <= len(executors) == 2
    assert len({copy.parent for copy in copies}) == len(copies)
    assert parts > 2 * len(copies)
    P = np.array([[float(row[name]) for name in CLASSES] for row in scored])
    assert_allclose(P, flowers.alone, rtol=0, atol=CUT)  # in the order of the parts
