"""How do I get my model out of MXNet, which was retired in 2023?

Install it:  pip install mxnet
Try it:      pytest tests/interop/test_comes_from_mxnet.py
"""

import subprocess
import sys

import numpy as np

from tests.interop.common import missing, need_installed
from tests.interop.frameworks.mxnet import NAME

need_installed(NAME, "mxnet")
if np.lib.NumpyVersion(np.__version__) < "1.24.0":
    missing(NAME, f"this is numpy {np.__version__}", install="python -m tests.interop.alone")


def test_the_import_fails(measured):
    # In a process of its own: half of a package would stay behind in this one.
    command = [sys.executable, "-W", "ignore", "-c", "import mxnet"]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 1
    assert "AttributeError: module 'numpy' has no attribute 'bool'" in run.stderr
    measured("verdict", "broken")
