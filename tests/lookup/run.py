"""Run a program as somebody who has copied it does: alone, in an empty folder.

In a new process, which has imported nothing but, for onnx2torch, what its own package needs where
torchvision was built for another torch.
"""

import contextlib
import io
import os
import runpy
import tempfile
from pathlib import Path

from tests import engines
from tests.kit import apart

SECONDS = 300
EXCUSED = ["onnx2torch"]


def execute(text, engine):
    """Return what a program prints."""
    if engine in EXCUSED:
        engines.find()[engine].load()
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        path = Path(folder, "program.py")
        path.write_text(text, encoding="utf-8")
        with contextlib.redirect_stdout(printed):
            runpy.run_path(str(path), run_name="__main__")
        os.chdir(path.anchor)
    return printed.getvalue()


def run(text, engine):
    """Return how a program ends, and what it prints, in a process of its own."""
    environment = {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}  # engines warn a lot
    return apart.fresh(execute, text, engine, seconds=SECONDS, gigabytes=8, environment=environment)
