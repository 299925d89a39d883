"""The tables in README.md against this run, which has measured them."""

import json
import os

from interop import tables
from interop.common import MEASURED


def test_the_tables_show_what_this_run_measured(request):
    before = json.loads(tables.RESULTS.read_text(encoding="utf-8"))
    results = tables.merge(MEASURED, before)
    if request.config.getoption("update") and not request.session.testsfailed:
        tables.update(results)
        return
    assert results == before


def test_no_cell_is_left_empty():
    """Each runtime has a result for each file, each framework at least one in float32."""
    measured = MEASURED
    if os.environ.get("INTEROP_REQUIRED") != "all":  # then an earlier run has filled some
        measured = json.loads(tables.RESULTS.read_text(encoding="utf-8"))
    for name in tables.read_files("test_runs_in_"):
        assert measured.get(name, {}).keys() == set(tables.FILES), f"{name}: not all five files"
    for name in tables.read_files("test_comes_from_"):
        assert "float32" in measured.get(name, {}), f"{name}: no file"
