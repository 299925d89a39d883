"""How do I serve a file over HTTP?

Install it:  pip install flask waitress
Try it:      pytest tests/interop/test_serves_under_load.py

The answer, and the server itself, are on the page of questions; this is its proof: a minute under
load. With --update, the page gets what was counted; how fast it was is asserted nowhere.
"""

import json

from tests.interop.common import need
from tests.questions import serving

NAME = "Flask"
need(NAME, "flask")
need(NAME, "waitress")

SECONDS = 60
COUNTED = serving.PAGE.with_name("load.json")


def test_for_a_minute_every_answer_is_right_while_files_are_replaced(tmp_path, request):
    counted = serving.measure(tmp_path, SECONDS)
    assert counted["replacements"] > 10 * len(serving.DAMAGED)  # each kind of damage, many times
    if request.config.getoption("update"):
        COUNTED.write_text(json.dumps(counted, indent=1) + "\n", encoding="utf-8")
