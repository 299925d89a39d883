"""The same rows with Dask and with DuckDB, on one machine and without Java.

Install it:  pip install -r tests/interop/cluster/requirements.txt
Try it:      pytest tests/interop/cluster/test_one_machine.py
"""

import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tests.interop.cluster.common import CLASSES, FEATURES, PARTS, ROWS, need
from tests.interop.cluster.test_spark import CUT, LARGE, NUMBERS

SPOILT = {7: (None, NUMBERS), 8: (np.nan, NUMBERS), 9: (1e39, LARGE), 29_999: (-np.inf, LARGE)}


@pytest.fixture
def spoilt(table):
    """Return the flowers as an Arrow table in which some rows cannot be scored."""
    lines = table.to_pylist()
    for i, (value, _error) in SPOILT.items():
        lines[i][FEATURES[i % 4]] = value
    return type(table).from_pylist(lines, table.schema)


@pytest.mark.parametrize("library", ["dask", "duckdb"])
def test_each_row_is_scored_or_reported(library, run, model, spoilt, flowers):
    need(library, "pandas", "pyarrow")
    from pyarrow import parquet

    (run.folder / "rows").mkdir()
    size = ROWS // PARTS
    for i in range(PARTS):
        parquet.write_table(spoilt.slice(i * size, size), run.folder / "rows" / f"{i}.parquet")
    script = f"score_with_{library}.py"
    run.command(sys.executable, script, model, "rows/*.parquet", "scored.parquet")
    scored = parquet.read_table(run.folder / "scored.parquet").sort_by("id")
    assert_array_equal(scored["id"], np.arange(ROWS))
    for name in FEATURES:
        assert_array_equal(scored[name], spoilt[name].to_numpy())

    expected = np.full(ROWS, None)
    for i, (_value, error) in SPOILT.items():
        expected[i] = error
    assert_array_equal(scored["error"].to_pylist(), expected)
    good = expected == np.full(ROWS, None)
    P = np.column_stack([scored[name].to_numpy() for name in CLASSES])
    assert P.dtype == np.float32 and np.isnan(P[~good]).all()
    assert_allclose(P[good], flowers.alone[good], rtol=0, atol=CUT)
    assert_array_equal(P[good].argmax(axis=1), flowers.alone[good].argmax(axis=1))
    assert list(run.home.rglob("*")) == []
