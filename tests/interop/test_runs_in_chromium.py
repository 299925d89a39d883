"""How do I run my ONNX file in a web page?

Install it:  npm install onnxruntime-web
Try it:      pytest tests/interop/test_runs_in_chromium.py
Rows go in:  as the numbers of a tensor in one long row and its shape, by the names of the inputs

How it is done is in run_in_browser.html; this file only checks it. To have the package where it is
looked for: npm install --prefix tests/interop
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose

from tests.interop.browser import FLAGS, NAME, PACKAGE, listen, need_chromium, need_package

PAGE = Path(__file__).parent / "run_in_browser.html"
chromium = need_chromium()
need_package()

# Added to the page: when its last line is there, send back what it shows, as well-formed XML.
REPORT = """<script>
  new MutationObserver(() => {
    fetch("/", { method: "POST", body: new XMLSerializer().serializeToString(document) });
  }).observe(document.querySelector("#status"), { childList: true });
</script>"""


def show(path, feed):
    """Return the page, as Chromium shows it for a file and a feed, as a tree of elements."""
    # pytest's own folder may be too long: of a socket in it, Chromium takes 107 letters.
    # While Chromium ends, it may still write to its profile.
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return show_in(Path(folder), path, feed)


def show_in(folder, path, feed):
    properties = {prop.key: prop.value for prop in onnx.load(path).metadata_props}
    columns = properties.get("classes", "prediction").split(",")  # JavaScript cannot ask the file
    rows = {name: array.tolist() for name, array in feed.items()}
    (folder / "rows.json").write_text(json.dumps({"columns": columns, "feed": rows}), "utf-8")
    (folder / "page.html").write_text(PAGE.read_text("utf-8") + REPORT, "utf-8")
    (folder / "node_modules").symlink_to(PACKAGE.parent)
    shutil.copy(path, folder / "model.onnx")
    log = folder / "chromium.log"
    with log.open("wb") as output, listen(folder) as server:
        server.timeout = 0.1
        url = f"http://127.0.0.1:{server.server_port}/page.html"
        with subprocess.Popen(
            [chromium, *FLAGS, f"--user-data-dir={folder / 'profile'}", url],
            stdout=output,
            stderr=output,
            env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)},  # it writes to both
        ) as process:
            end = time.monotonic() + 60
            try:
                while server.page is None and process.poll() is None and time.monotonic() < end:
                    server.handle_request()  # in a thread; returns after 0.1 s without any
            finally:
                process.terminate()
    if server.page is None:
        pytest.fail(f"Chromium shows nothing: {log.read_text('utf-8', 'replace')[-2000:]}")
    return ElementTree.fromstring(server.page)


def run(path, feed):
    """Return the file's last output for a feed {name of an input: array}."""
    page = show(path, feed)
    cells = page.findall(".//{*}td")
    if not cells:
        raise RuntimeError(page.find(".//*[@id='status']").text)
    numbers = [float(cell.get("title")) for cell in cells]
    rows = len(page.findall(".//{*}tr")) - 1  # without the header
    return np.reshape(numbers, (rows, -1))


def test_a_file_gives_numpys_numbers(check, column):
    check(run, NAME, column)


def test_the_page_shows_three_decimals_and_marks_the_predicted_class(answer):
    path, feed, exact = answer("classifier", 3)
    header, *rows = show(path, feed).findall(".//{*}tr")
    assert [cell.text for cell in header] == ["row", "setosa", "versicolor", "virginica"]
    assert [row[0].text for row in rows] == ["1", "2", "3"]
    for row, P in zip(rows, exact, strict=True):
        assert all(len(cell.text) == len("0.123") for cell in row[1:])
        assert_allclose([float(cell.text) for cell in row[1:]], P, rtol=0, atol=0.00051)
        marked = [cell.get("class") == "largest" for cell in row[1:]]
        assert marked.index(True) == P.argmax() and sum(marked) == 1


def test_the_page_shows_an_error(answer):
    path, _, _ = answer("linear", 1)
    _, feed, _ = answer("network", 1)
    with pytest.raises(RuntimeError, match="Got: 64 Expected: 3"):
        run(path, feed)
