"""Damaged files: a light sample of what `python -m tests.mistakes.damage` counts in full."""

import json
import subprocess
import sys

import onnx
import pytest

from tests.mistakes import damage, results
from tests.mistakes.right import plant_model


@pytest.fixture
def path(tmp_path):
    """Return the path of the first script's file."""
    path = tmp_path / "linear_regression.onnx"
    onnx.save(plant_model(), path)
    return path


def test_the_smallest_file_is_counted_as_on_the_page(path):
    places = damage.choose_places(path.stat().st_size)
    counts = damage.count(path, places)
    recorded = json.loads(damage.RESULTS.read_text(encoding="utf-8"))[path.name]
    for kind in damage.KINDS:
        assert sum(counts[kind].values()) == len(places)
        assert "crash" not in counts[kind] and "hang" not in counts[kind]
    if results.here() == "pinned":  # another onnxruntime may refuse more, or less
        assert counts == recorded


def test_what_a_flipped_byte_does_depends_on_where_it_is(path):
    content = path.read_bytes()
    weight = content.index(plant_model().graph.initializer[0].raw_data) + 2  # its larger bits
    text = content.index(b"air,water,acid")
    assert damage.count(path, [weight])["flipped"] == {"different answer": 1}
    assert damage.count(path, [0])["flipped"] == {"refused": 1}
    flipped = damage.damage(content, "flipped", text)
    assert flipped[text] == content[text] ^ 255 and len(flipped) == len(content)
    assert damage.damage(content, "truncated", text) == content[:text]


@pytest.mark.parametrize(
    ("deed", "outcome"), [("pass", "crash"), ("import time; time.sleep(60)", "hang")]
)
def test_a_child_that_is_lost_is_counted(deed, outcome, path, monkeypatch):
    program = f"print('ready', flush=True)\ninput()\n{deed}"

    def start(path):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
        child = subprocess.Popen([sys.executable, "-c", program], **pipes)
        child.stdout.readline()
        return child

    monkeypatch.setattr(damage, "start", start)
    monkeypatch.setattr(damage, "PATIENCE", 0.1 if outcome == "hang" else 20)
    counts = damage.count(path, [0])
    assert counts == {"truncated": {outcome: 1}, "flipped": {outcome: 1}}


def test_a_large_file_is_damaged_in_a_sample_without_repetition():
    assert damage.choose_places(10) == list(range(10))
    sample = damage.choose_places(100_000)
    assert len(set(sample)) == damage.EVERY and sample == damage.choose_places(100_000)
