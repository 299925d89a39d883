"""What a runner of tinygrad takes, needs and leaves behind, and where it answers otherwise."""

import os
import sys
import threading
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from tests.engines import make_feed
from tests.engines import tinygrad as engine
from tests.interop.common import need
from tests.interop.real import judge
from tests.kit import apart

os.environ.update(engine.SETTINGS)  # read by the import
need(engine.NAME, "tinygrad.nn.onnx")

X = np.arange(12, dtype=np.float32).reshape(3, 4)
MODEL = """
<ir_version: 8, opset_import: ["": 18]>
sums (float[3, 4] x) => (float[3, 1] y) <int64[1] axes = {1}> { y = ReduceSum (x, axes) }
"""

ONE_MORE = """
<ir_version: 10, opset_import: ["": 23]>
one_more (float[1, 1, 1, 1] q, float[1, 1, 1, 1] k, float[1, 1, 1, 1] v,
          float[1, 1, 1, 1] past_k, float[1, 1, 1, 1] past_v)
    => (float[1, 1, 1, 1] y, float[1, 1, 2, 1] present_k, float[1, 1, 2, 1] present_v) {
    y, present_k, present_v = Attention <is_causal = 1> (q, k, v, , past_k, past_v)
}
"""


@pytest.fixture
def path(tmp_path):
    """Return the path of a file that adds up rows."""
    onnx.save(onnx.parser.parse_model(MODEL), tmp_path / "sums.onnx")
    return tmp_path / "sums.onnx"


def run_in_copies(path, inputs):
    """Return what a loaded engine leaves to copies and to others, and what some copies answer."""
    engine.load()
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    shared = [line for line in maps if "/dev/zero" in line]
    found = threading.active_count() - 1, shared, os.environ.get("CC")
    return found, [apart.copy(engine.run, path, [x]) for x in inputs]


def run_without_a_compiler(path):
    """Return the verdict where neither ziglang nor clang is there."""
    sys.modules["ziglang"] = None
    os.environ.pop("CC", None)
    os.environ["PATH"] = ""
    engine.load()
    return judge.judge(engine.run, path, [X], [X.sum(axis=1, keepdims=True)], tolerance=0)


def test_a_runner_takes_only_as_many_rows_as_at_its_first_call(answer):
    path, feed, _ = answer("linear", 7)
    runner = engine.load()(path)
    runner(feed)
    with pytest.raises(RuntimeError, match="Expected 7, received 1"):
        runner({"X": feed["X"][:1]})


def test_a_causal_mask_begins_at_the_top_left_corner_and_hides_what_comes_after_a_cache(tmp_path):
    """A query of zeros likes both values: their mean is 3. tinygrad shows it the first alone."""
    path = tmp_path / "one_more.onnx"
    onnx.save(onnx.parser.parse_model(ONE_MORE), path)
    inputs = [np.full((1, 1, 1, 1), number, np.float32) for number in (0, 1, 5, 1, 1)]
    y, _, present_v = engine.run(path, inputs)
    assert present_v.ravel().tolist() == [1, 5]
    assert y.item() == 1
    assert onnxruntime.InferenceSession(path).run(None, make_feed(path, inputs))[0].item() == 3


@pytest.mark.skipif(not apart.POSSIBLE, reason="Linux alone copies a process")
def test_copies_of_a_process_that_has_loaded_it_answer_and_leave_nothing_behind(path, tmp_path):
    """A thread would be lost in a copy; in memory that copies share, one writes over another."""
    home = tmp_path / "home"
    home.mkdir()
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(home), "TMPDIR": str(home)}
    outcome = apart.fresh(run_in_copies, path, [X, -X, X[::-1]], environment=places)
    assert outcome.ended == apart.RETURNED, outcome
    found, copies = outcome.value
    assert found == (0, [], os.environ.get("CC"))
    for x, copy in zip([X, -X, X[::-1]], copies, strict=True):
        assert copy.ended == apart.RETURNED, copy
        np.testing.assert_array_equal(copy.value[0], x.sum(axis=1, keepdims=True))
    assert list(home.iterdir()) == []


def test_without_a_compiler_a_file_is_not_tried(path):
    outcome = apart.fresh(run_without_a_compiler, path)
    assert outcome.value == {"verdict": judge.NOT_TRIED, "why": "there is no clang"}, outcome
