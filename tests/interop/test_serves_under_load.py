"""How do I serve a file over HTTP?

Install it:  pip install flask waitress
Try it:      pytest tests/interop/test_serves_under_load.py

The answer, and the server itself, are on the page of questions; this is its proof: a minute under
load. With --update, the page gets what was counted; how fast it was is asserted nowhere.
"""

from tests.interop.common import SERVER, need
from tests.kit import record
from tests.questions import page, serving

need(SERVER, "flask")
need(SERVER, "waitress")

SECONDS = 60


def test_for_a_minute_every_answer_is_right_while_files_are_replaced(tmp_path, request):
    counted = serving.measure(tmp_path, SECONDS)
    assert counted["replacements"] >= len(serving.DAMAGED)  # each kind of damage was tried
    if request.config.getoption("update"):  # the pages are written when the session ends
        results = record.read(page.FILE)
        record.put(results, ["load"], counted | {"on": record.today()})
        record.write(page.FILE, results)
