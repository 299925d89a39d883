"""Damaged files: a light sample of what `python -m tests.security.measure` counts in full."""

import onnx
import pytest

from tests.kit import environments, record
from tests.mistakes.right import plant_model
from tests.security import damage, lost
from tests.security.page import FILE


@pytest.fixture
def path(tmp_path):
    """Return the path of the first script's file."""
    path = tmp_path / "linear_regression.onnx"
    onnx.save(plant_model(), path)
    return path


def test_the_smallest_file_is_counted_as_on_the_page(path):
    places = damage.choose_places(path.stat().st_size)
    counts = damage.count(path, places)
    for kind in damage.KINDS:
        assert set(counts[kind]) <= set(damage.OUTCOMES)
        assert sum(counts[kind].values()) == len(places)
        assert "crash" not in counts[kind] and "hang" not in counts[kind]
    if environments.here() == "pinned":  # another onnxruntime may refuse more, or less
        assert counts == record.read(FILE)["damage"]["counts"][path.name]


def test_what_a_flipped_byte_does_depends_on_where_it_is(path):
    content = path.read_bytes()
    weight = content.index(plant_model().graph.initializer[0].raw_data) + 2  # its larger bits
    text = content.index(b"air,water,acid")
    assert damage.count(path, [weight], ["flipped"]) == {"flipped": {"different answer": 1}}
    assert damage.count(path, [0], ["flipped"]) == {"flipped": {"refused": 1}}
    flipped = damage.damage(content, "flipped", text)
    assert flipped[text] == content[text] ^ 255 and len(flipped) == len(content)
    assert damage.damage(content, "truncated", text) == content[:text]


@pytest.mark.parametrize(
    ("worker", "outcome"),
    [(lost.crash_at_one, "crash"), (lost.hang_at_one, "hang")],
    ids=["crash", "hang"],
)
def test_a_process_that_is_lost_is_counted_and_the_rest_goes_on(worker, outcome, path):
    patience = 0.5 if outcome == "hang" else 60  # it is doubled until the process is ready
    counts = damage.count(path, [0, 1, 2], ["flipped"], worker, patience)
    assert counts == {"flipped": {outcome: 1, "refused": 2}}


def test_a_large_file_is_damaged_in_a_sample_without_repetition():
    assert damage.choose_places(10) == list(range(10))
    sample = damage.choose_places(100_000)
    assert len(set(sample)) == damage.EVERY and sample == damage.choose_places(100_000)
