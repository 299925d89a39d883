"""The tables in README.md against this run, which has measured them."""

import json

from tests.interop import tables
from tests.interop.common import MEASURED, required


def test_the_tables_show_what_this_run_measured(request):
    before = json.loads(tables.RESULTS.read_text(encoding="utf-8"))
    results = tables.merge(MEASURED, before)
    if request.config.getoption("update") and not request.session.testsfailed:
        tables.update(results)
        return
    assert results == before


def test_no_cell_is_left_empty():
    """This run, or an earlier one where it is not required, filled a runtime's five cells, say."""
    earlier = json.loads(tables.RESULTS.read_text(encoding="utf-8"))
    wanted = {tables.RUNS: set(tables.FILES), tables.COMES: {"float32"}}
    for prefix, columns in wanted.items():
        for file, constants in tables.read_files(prefix).items():
            measured = MEASURED if constants["NAME"].lower() in required() else earlier
            assert columns <= measured.get(file, {}).keys(), f"{file} has not filled its cells"
