"""How many rows a runner of tinygrad takes."""

import os

import pytest

from tests.engines import tinygrad as engine
from tests.interop.common import need

os.environ.update(engine.SETTINGS)  # read by the import
need(engine.NAME, "tinygrad.nn.onnx")


def test_a_runner_takes_only_as_many_rows_as_at_its_first_call(answer):
    path, feed, _ = answer("linear", 7)
    runner = engine.load()(path)
    runner(feed)
    with pytest.raises(RuntimeError, match="Expected 7, received 1"):
        runner({"X": feed["X"][:1]})
