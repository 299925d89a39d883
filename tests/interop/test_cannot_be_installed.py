"""What the official lists of converters name and pip cannot install any more, in pip's own words.

.ci/interop asks pip and keeps its answers; here nothing is installed.
"""

import re
import sys
from pathlib import Path

import pytest

from tests.interop.page import GONE, RESULTS
from tests.kit import record


@pytest.mark.parametrize("name", GONE)
def test_pip_says_why(name, note):
    answer = Path(sys.prefix) / f"{GONE[name]}.txt"
    if not answer.exists():
        pytest.skip("nobody has asked pip: see .ci/interop")
    said = answer.read_text(encoding="utf-8")
    assert "Would install" not in said, f"pip installs {name} now: good news, which this file lacks"
    reasons = re.findall(r"^(?:ERROR: | +)(No matching.*|\w+Error: .*)$", said, flags=re.MULTILINE)
    note(RESULTS, "gone", name, value=reasons[-1])
    note(RESULTS, "gone", "run on", value=record.today(), compare=False)
