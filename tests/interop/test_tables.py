"""results.json against what this run has measured; test_page.py, which comes last, shows it."""

import json
from datetime import date

from tests.interop import tables
from tests.interop.common import MEASURED, required


def test_the_results_are_those_of_this_run(request):
    update = request.config.getoption("update") and not request.session.testsfailed
    after = {}
    for name, row in tables.read_results().items():
        row = row | MEASURED.get(name, {})
        if update and name.startswith(tables.COMES) and MEASURED.get(name):
            row["run on"] = date.today().isoformat()
        if row:
            after[name] = row
    if update:
        tables.RESULTS.write_text(json.dumps(after, indent=1) + "\n", encoding="utf-8")
    shown = tables.read_results()
    for name, row in after.items():
        assert row == shown[name], f"{name}: pytest tests/interop --update"


def test_no_cell_is_left_empty():
    """This run, or an earlier one where it is not required, filled a runtime's cells, say."""
    earlier = tables.read_results()
    wanted = {tables.RUNS: set(tables.FILES), tables.COMES: {"verdict", "version"}}
    for prefix, columns in wanted.items():
        for file, constants in tables.read_files(prefix).items():
            filled = MEASURED if constants["NAME"].lower() in required() else earlier
            assert columns <= filled.get(file, {}).keys(), f"{file} has not filled its cells"
