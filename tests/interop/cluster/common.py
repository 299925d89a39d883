"""What the tests of this folder share: names, what they need, and the environment of a command."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

import sklearn_converter
from tests.interop.common import CLUSTER, missing

FOLDER = Path(__file__).parent
FEATURES = sklearn_converter.FEATURES.split(",")
CLASSES = sklearn_converter.CLASSES.split(",")
ROWS = 30_000
PARTS = 4  # of the rows: each is a task
INSTALL = "pip install -r tests/interop/cluster/requirements.txt"
JAVA = "apt-get install openjdk-17-jre-headless"


def need(*modules):
    for module in modules:
        if importlib.util.find_spec(module) is None:
            missing(CLUSTER, f"there is no module {module}", INSTALL)


def need_spark():
    need("pyspark", "pandas", "pyarrow")
    if not shutil.which("java") and "JAVA_HOME" not in os.environ:
        missing(CLUSTER, "there is no program java", JAVA)


def make_environment(home):
    """Return the environment variables of a command: a home of its own, this Python, its tools."""
    return {
        **os.environ,
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONWARNINGS": "default",  # PySpark leaves files open, and would stop at its own warning
    }


def read_settings():
    """Return the settings of one_machine.conf by name."""
    lines = (FOLDER / "one_machine.conf").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if line and not line.startswith("#"))
