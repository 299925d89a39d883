"""What the tests share: the scripts as modules, and each script run once from the terminal."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # tests send nothing anywhere
os.environ["PYTHONWARNINGS"] = "error"  # in child processes as well as here

ROOT = Path(__file__).parent.parent
SCRIPTS = ["linear_regression", "neural_network", "sklearn_converter"]


@pytest.fixture(scope="session")
def terminal():
    """Return a function that runs Python with arguments in a folder, as a user would."""

    def run(folder, *arguments, **environment):
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "COLUMNS": "80", **environment},
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def runs(terminal, tmp_path_factory):
    """Return, for each script's name, its finished process and the folder it ran in."""
    finished = {}
    for name in SCRIPTS:
        folder = tmp_path_factory.mktemp(name)
        process = terminal(folder, ROOT / f"{name}.py")
        finished[name] = SimpleNamespace(
            folder=folder, process=process, lines=process.stdout.split("\n")
        )
    return finished


@pytest.fixture
def disagrees(monkeypatch, tmp_path, capsys):
    """Return a function that asserts that a script ends with status 1 if one function is another.

    It must not have printed the word of the story that would claim the agreement.
    """

    def check(script, name, dishonest, unsaid, complaint=""):
        monkeypatch.setattr(script, name, dishonest)
        assert script.main(["--output", str(tmp_path / "model.onnx")]) == 1
        printed = capsys.readouterr()
        assert unsaid not in printed.out
        assert printed.err.startswith("error: ") and complaint in printed.err

    return check


@pytest.fixture(params=SCRIPTS)
def name(request):
    """Return the name of each script in turn."""
    return request.param


@pytest.fixture
def script(name):
    """Return each script as a module in turn."""
    return importlib.import_module(name)
