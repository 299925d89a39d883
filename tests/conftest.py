"""What the tests share: each script run once from the terminal, generated parts of pages."""

import importlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests.kit import page as pages
from tests.kit import record
from tests.kit.places import HEAVY, ROOT, SCRIPTS, TESTS

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # tests send nothing anywhere
os.environ["PYTHONWARNINGS"] = "error"  # in child processes as well as here
# joblib warns where it cannot tell physical cores from others, as in many containers.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", str(os.cpu_count()))

NOTES = pytest.StashKey()  # what the tests of this session have measured
NEWS = pytest.StashKey()  # what --update has changed


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="rewrite the generated parts of pages")


def pytest_configure(config):
    """Let numpy and scikit-learn compute in one thread, unless something is measured.

    The matrices are small: threads that wait for each other would take a quarter of the suite's
    time. Both read this when they are imported, which is later.
    """
    if not any(folder in argument for argument in config.args for folder in HEAVY):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        os.environ.setdefault("OMP_NUM_THREADS", "1")
    config.stash[NOTES] = record.Notes()


def pytest_ignore_collect(collection_path, config):
    """Leave out the measurements of a heavy folder, and of those in it, unless they are named."""
    folders = [folder for folder in collection_path.parents if folder.is_relative_to(TESTS)]
    heavy = [folder for folder in folders if folder.name in HEAVY]
    if not heavy or collection_path.name == "test_page.py":
        return None  # nothing to say: pytest's own rules hold
    named = [config.invocation_params.dir / argument.split("::")[0] for argument in config.args]
    if any(path.resolve().is_relative_to(heavy[-1]) for path in named):
        return None
    return collection_path.suffix == ".py"


# What --update writes -----------------------------------------------------------------------------
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Remember the files of which a test failed."""
    outcome = yield
    if outcome.get_result().failed:
        item.config.stash[NOTES].failed.add(item.path)


def pytest_sessionfinish(session):
    """With --update, save what was measured, then write all pages, then read them once more."""
    if not session.config.getoption("update"):
        return
    lines = session.config.stash[NOTES].save()
    lines += pages.write_all()
    faults = pages.find_faults()
    if faults:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    session.config.stash[NEWS] = [*lines, *faults]


def pytest_terminal_summary(terminalreporter, config):
    """Say what --update has changed, and what was measured but not saved."""
    for line in config.stash.get(NEWS, []):
        terminalreporter.write_line(line)
    if config.getoption("update"):
        for path in sorted(config.stash[NOTES].failed):
            terminalreporter.write_line(f"{path.name} failed: what it measured was not saved")


@pytest.fixture
def note(request):
    """Return a function that compares what was measured with what is recorded; --update saves it.

    `note(path, key, ..., value=..., compare=True)`: what differs from run to run, as times, dates
    and versions do, is not compared.
    """
    notes = request.config.stash[NOTES]
    update = request.config.getoption("update")

    def check(path, *keys, value, compare=True):
        if update:
            notes.note(request.path, path, keys, value)
        elif compare:
            recorded = record.find(record.read(path), keys)
            lines = record.news(recorded, record.plain(value), ", ".join(keys))
            command = f"pytest {request.path.relative_to(ROOT).as_posix()} --update records it"
            assert not lines, "\n".join([*lines, command])

    return check


@pytest.fixture
def keep(request):
    """Return a function that lets --update forget the entries of a record that have other names."""
    notes = request.config.stash[NOTES]

    def forget_others(path, *keys, names):
        notes.keep(request.path, path, keys, names)

    return forget_others


@pytest.fixture
def generated(request):
    """Return a function that compares a part of a page with what a run gave; --update writes it.

    For what no record holds: parts that are made of a record stand in the page.py of the folder.
    """
    update = request.config.getoption("update")

    def check(path, name, text):
        shown = path.read_text(encoding="utf-8")
        if update:
            record.write_text(path, pages.replace(shown, name, text))
        else:
            _, part, _ = pages.split(shown, name)
            assert part == text, f"{path} differs; pytest --update rewrites it"

    return check


# Scripts ------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def terminal():
    """Return a function that runs Python with arguments in a folder, as a user would.

    Settings of the environment are added or, if None, left out.
    """

    def run(folder, *arguments, **settings):
        environment = {**os.environ, "COLUMNS": "80", **settings}
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            env={key: value for key, value in environment.items() if value is not None},
            timeout=120,
        )

    return run


@pytest.fixture(scope="session", autouse=True)
def started(request, terminal, tmp_path_factory):
    """Return {name: future} of each script.

    They run in the background, one at a time, while other tests go on; and only if a test asks.
    """

    def run(name):
        folder = tmp_path_factory.mktemp(name)
        home = tmp_path_factory.mktemp(f"home_of_{name}")
        settings = {"HOME": str(home), "ORT_DISABLE_TELEMETRY": None}
        process = terminal(folder, "-B", ROOT / f"{name}.py", **settings)
        return SimpleNamespace(folder=folder, home=home, process=process)

    asked = {name for item in request.session.items for name in item.fixturenames}
    with ThreadPoolExecutor(1) as pool:
        yield {name: pool.submit(run, name) for name in SCRIPTS if "runs" in asked}


@pytest.fixture(scope="session")
def runs(started):
    """Return, for each script's name, its finished process, its folder and its user's home."""
    return {name: started[name].result() for name in SCRIPTS}


@pytest.fixture
def disagrees(monkeypatch, tmp_path, capsys):
    """Return a function that asserts that a script stops if a function that it calls is another.

    It must not have printed the word of the story that would claim the agreement. Nobody catches
    the AssertionError, so Python ends with status 1.
    """

    def check(script, name, dishonest, unsaid, complaint):
        monkeypatch.setattr(f"{script.__name__}.{name}", dishonest)
        with pytest.raises(AssertionError, match=complaint):
            script.main(["--output", str(tmp_path / "model.onnx")])
        assert unsaid not in capsys.readouterr().out

    return check


@pytest.fixture(params=SCRIPTS)
def name(request):
    """Return the name of each script in turn."""
    return request.param


@pytest.fixture
def script(name):
    """Return each script as a module in turn."""
    return importlib.import_module(name)
