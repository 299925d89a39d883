"""What the page says of fewer bits: what breaks, on the spot; and what is recorded."""

import numpy as np
import pytest

from tests.interop.bits import page
from tests.interop.bits.breaks import BREAKS


@pytest.mark.parametrize("make", BREAKS, ids=lambda make: make.__name__)
def test_the_broken_file_is_far_off_and_the_cured_one_near(make):
    found = make()
    exact = np.array(found.exact)
    largest = abs(exact).max()
    near = abs(exact - found.cured) / largest
    far = abs(exact - found.broken) / np.maximum(abs(exact), 1e-9)
    assert near.max() < 0.03  # half a step of 255, of a tenth of the range, or three digits
    assert far.max() > 0.3
    recorded = page.read()["breaks"][found.what]
    assert recorded == [found.exact, found.broken, found.cure, found.cured]


def test_every_form_is_recorded_for_every_network_and_engine():
    results = page.read()
    forms = set(results["figures"]["digits"])
    for rows in [*results["figures"].values(), *results["real"].values(), results["memory"]]:
        assert set(rows) == forms
    for name, entry in results["engines"].items():
        command = f"python -m tests.interop.bits.measure engines {name!r} records it"
        assert all(set(of) == forms for of in entry["forms"].values()), command


def test_an_engine_counts_if_it_says_the_same_of_every_network():
    one = {"forms": {"a": {"x": "agrees"}, "b": {"x": "runs"}}}
    other = {"forms": {"a": {"x": "agrees"}, "b": {"x": "differs: 1"}}}
    assert page.count_agreeing({"engines": {"one": one, "other": other}}, "x") == 1
    assert page.sign("differs: 1") == "**differs**"
    assert page.sign("ends the process: SIGSEGV") == page.ENDS


def test_fewer_bits_are_further_off():
    rows = page.read()["figures"]["digits"]
    order = ["float32", "stored as float16", "stored as bfloat16", "INT4, DequantizeLinear"]
    off = [rows[form]["off"] for form in order]
    assert off == sorted(off)


def test_sixteen_bits_save_no_memory_and_eight_and_four_do():
    memory = page.read()["memory"]
    for form, found in memory.items():
        if "int8" in form or form.startswith(("static", "INT4")):
            assert found < 0.5 * memory["float32"], form
        elif form in ("stored as float16", "stored as bfloat16", "float16"):
            assert found > memory["float32"], form


def test_a_cell_holds_all_networks_and_who_answered():
    plain = {"bytes": 1.0, "off": 1e-6, "off, one row": 1e-7}
    labelled = {**plain, "changed": 0}
    figures = {
        "a": {"float32": labelled, "x": {**labelled, "changed": 3, "by": "onnx.reference"}},
        "b": {"float32": plain, "x": {"refused": "no"}},
    }
    assert page.cells_of(figures, "x") == ["100% / refused†", "1e-07 / -", "1e-06 / -", "3"]
    assert page.cells_of(figures, "float32")[0] == "100% / 100%"
