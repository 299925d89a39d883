"""How many rows a second each way scores, and what a start costs; --update writes it.

Install it:  pip install -r tests/interop/cluster/requirements.txt, and Java by
             apt-get install openjdk-17-jre-headless
Try it:      pytest tests/interop/cluster/test_speed.py

Without --update it takes few rows, and only checks that every way gives the right answers.
"""

import re
import subprocess
import sys
import time
from importlib.metadata import version

import pytest

from tests.interop.cluster import page
from tests.interop.cluster.common import make_environment, need, need_spark
from tests.kit import record
from tests.kit.clock import describe_machine
from tests.kit.places import ROOT

ROUNDS = 9
STARTS = 5


@pytest.fixture(scope="module")
def update(request):
    return request.config.getoption("update")


@pytest.fixture(scope="module", autouse=True)
def installed():
    need_spark()
    need("dask", "duckdb")


def describe():
    """Return the machine, and what the speed depends on."""
    packages = {name: version(name) for name in ("pyspark", "pyarrow", "dask", "duckdb")}
    java = subprocess.run(["java", "-version"], capture_output=True, encoding="utf-8").stderr
    return describe_machine() | packages | {"Java": re.search(r'"(.*?)"', java)[1]}


@pytest.fixture
def keep(note, update):
    """Return a function that lets --update save a figure; without it, there are too few rows."""

    def save(key, value):
        if update:
            note(page.RESULTS, "speed", key, value=value)

    return save


def start(cores, model, folder, home):
    """Return a process of measure.py, which keeps to so many cores, and the ways that it knows."""
    words = ["-m", "tests.interop.cluster.measure", cores, model, folder]
    environment = make_environment(home) | {"PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=home,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    ways = process.stdout.readline().strip().split(";")
    assert len(ways) > 1, "a way gives wrong answers: see above"
    return process, ways


def test_every_way_gives_the_right_answers_and_has_its_turn(keep, update, model, tmp_path):
    from tests.interop.cluster import measure

    folder = tmp_path / "rows"
    folder.mkdir()
    count = 1_000_000 if update else 20_000
    measure.write_rows(folder, count)
    processes = {cores: start(cores, model, folder, tmp_path) for cores in page.CORES}
    seconds = {cores: {way: [] for way in ways} for cores, (_, ways) in processes.items()}
    for turn in range(1 + ROUNDS if update else 1):
        for cores, (process, ways) in processes.items():
            for way in ways:
                print(way, file=process.stdin, flush=True)
                one_run = float(process.stdout.readline())
                if turn or not update:  # the first one warms Java up
                    seconds[cores][way].append(float(f"{one_run:.4g}"))
    for process, _ways in processes.values():
        process.stdin.close()
        assert process.wait(timeout=60) == 0
    keep("machine", describe())
    keep("run on", record.today())
    keep("rows", count)
    keep("bytes", sum(path.stat().st_size for path in folder.iterdir()))
    keep("model", model.stat().st_size)
    keep("seconds", seconds)
    assert all(figure > 0 for ways in seconds.values() for way in ways.values() for figure in way)


def test_every_command_starts_and_ends(keep, update, model, table, run):
    from pyarrow import parquet

    rows = run.folder / "rows.parquet"
    parquet.write_table(table.slice(0, 8), rows)
    spark = ["spark-submit", "--properties-file", "one_machine.conf", "score_on_spark.py"]
    commands = {
        "score_with_duckdb.py": [sys.executable, "score_with_duckdb.py", model, rows],
        "score_with_dask.py": [sys.executable, "score_with_dask.py", model, rows],
        "score_on_spark.py": [*spark, model, "flowers.csv"],
    }
    times = {name: [] for name in commands}
    for turn in range(STARTS if update else 1):
        for name, words in commands.items():
            before = time.perf_counter()
            run.command(*words, f"scored-{name}-{turn}")
            times[name].append(float(f"{time.perf_counter() - before:.4g}"))
    assert len(list(run.folder.glob("scored-*"))) == sum(map(len, times.values()))
    keep("start", times)
