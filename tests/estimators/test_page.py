"""The pages: a record of ten lines in, five lines out; and no silent verdict without a kind."""

import re

import pytest

from tests.estimators import page, remedies
from tests.estimators.verdicts import AGREES, CRASHED, DRIFTS, MISNAMED, REFUSED, UNFIT, WRONG

GOOD = {"verdict": AGREES}
REFUSAL = {"verdict": REFUSED, "by": "skl2onnx", "words": "Error: 'x' is 3"}


def both(finding):
    return {"float32": finding, "float64": finding}


@pytest.fixture
def results():
    """Return a record of two estimators with a converter, and one without."""
    kind = {
        "title": "All is 1",
        "reason": "It is.",
        "cure": "Add.",
        "covers": ["Line(b=*"],
        "reported": ["https://github.com/onnx/sklearn-onnx/issues/7"],
        "graph": ["y = Cast(x)"],
        "before": 1e9,
        "after": 0.0,
    }
    line = {
        "default": {**both({**GOOD, "error": 1e-7}), "operators": "core"},
        "a=1": {"float32": GOOD, "float64": REFUSAL},
        "b=1": both({"verdict": WRONG, "note": "all is 1"}),
        "b=2": both({"verdict": WRONG, "note": "all is 1"}),
        "data frame": both(REFUSAL),
        "large numbers": both({"verdict": CRASHED, "words": "SIGABRT"}),
        "metric='x'": both({"verdict": UNFIT, "words": "no"}),
    }
    other = {"default": both({"verdict": "no converter"})}
    return {
        "kinds": {"one": kind},
        "estimators": {"Line": line, "Other": other},
        "settings": {"trained": 2, "unseen": 1},
    }


def test_the_figure_counts_each_configuration_once(results):
    assert page.figure(results) == (
        "scikit-learn's 2 estimators, by default and with one option changed at a time, make 7 "
        "models. Converted to float32, 2 answer as before on all rows that were tried, mostly 3; "
        "3 end in an error; and 2 answer otherwise without one: 0 with the right numbers under a "
        "wrong name or in another shape, 0 by rounding, 2 with something else.\n"
    )


def test_every_bad_verdict_of_the_table_is_a_link(results):
    assert page.estimators(results).splitlines()[2] == (
        "| Line | agrees | 1e-07 | agrees | 1e-07 | core "
        "| float64 [refused](README.md#refused-2): `a=1`"
        "<br>[wrong](KINDS.md#all-is-1): `b=1, 2`"
        "<br>[refused](README.md#refused-1): data frame"
        "<br>[crashes or hangs](README.md#what-crashes-or-hangs): large numbers |"
    )
    without_links = re.sub(r"\[[^]]*\]\([^)]*\)", "", page.estimators(page.read()))
    for bad in (WRONG, MISNAMED, REFUSED, CRASHED, DRIFTS):
        assert bad not in without_links


def test_refusals_are_grouped_by_what_helped(results):
    assert page.refused(results).splitlines()[2:] == [
        f'| <a id="refused-1"></a>1 | {remedies.FRAME} | agrees (2) | 2 '
        "| skl2onnx: Error: … is … (2) | Line, data frame |",
        f'| <a id="refused-2"></a>2 | {remedies.FLOAT32} | agrees (1) | 1 '
        "| skl2onnx: Error: … is … (1) | Line, `a=1` |",
    ]


def test_a_kind_is_told_with_its_reason_graph_and_cure(results):
    assert page.kinds(results) == (
        "## All is 1\n\nIt is.\n```text\ny = Cast(x)\n```\n**Cure.** Add. [The example]"
        "(kinds/one.py) is off by another shape, or none before, 0 after.\n"
    )
    assert page.silent_table(results).splitlines()[2] == (
        "| [All is 1](KINDS.md#all-is-1) | another shape, or none | 2 "
        "| [sklearn-onnx 7](https://github.com/onnx/sklearn-onnx/issues/7) |"
    )


def test_what_scikit_learn_refuses_is_counted_apart(results):
    text = page.unfit(results)
    assert text.startswith("1 more were not tried")
    assert "| not known | 1 | Line, `metric='x'` |" in text


def test_what_could_not_be_fitted_is_told_with_what_it_needs():
    assert "not known" not in page.unfit(page.read())


def test_the_nearest_step_that_agrees_is_the_remedy():
    drifts = {"verdict": "drifts"}
    found = {
        "default": {"float32": GOOD, "float64": REFUSAL},
        "data frame": both(REFUSAL),
        "a=1": {"float32": drifts, "float64": {**REFUSAL, "mended": AGREES}},
        "a=2": {"float32": drifts, "float64": REFUSAL},
        "b=1": {"float32": REFUSAL, "float64": {**REFUSAL, "otherwise": WRONG}},
    }
    expected = {
        ("default", "float64"): (remedies.FLOAT32, AGREES),
        ("data frame", "float32"): (remedies.FRAME, AGREES),
        ("data frame", "float64"): (f"{remedies.FRAME}; and {remedies.FLOAT32}", AGREES),
        ("a=1", "float64"): (remedies.INTERCEPT, AGREES),
        ("a=2", "float64"): (f"{remedies.DEFAULT}, and {remedies.FLOAT32}", AGREES),
        ("b=1", "float32"): (remedies.DEFAULT, AGREES),
    }
    for place, step in expected.items():
        assert remedies.remedy("Line", found, *place) == step
    found = {"default": both(REFUSAL), "p=3": both(REFUSAL), "radius=None": both(GOOD)}
    step = f"{remedies.DEFAULT}, and set `radius=None`"
    assert remedies.remedy("NearestNeighbors", found, "p=3", "float32") == (step, AGREES)
    assert remedies.remedy("Line", found, "default", "float32") == (remedies.OTHER, AGREES)
    nothing = {"default": both(REFUSAL)}
    assert remedies.remedy("Line", nothing, "default", "float32") == (remedies.NOTHING, None)
    runs = {"default": {"float32": drifts, "float64": REFUSAL}}
    assert remedies.remedy("Line", runs, "default", "float64") == (remedies.FLOAT32, "drifts")


def test_every_silent_verdict_belongs_to_a_kind():
    results = page.read()
    unexplained = []
    for name, key, verdict in page.silent(results):
        if page.kind_of(results, name, key) is None:
            unexplained.append(f"{name}({key}): {verdict}")
    assert not unexplained
