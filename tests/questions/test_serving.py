"""The page's server under load: good requests, bad ones and broken connections, nothing lost."""

import http.client
import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest

import linear_regression
from tests.conftest import ROOT
from tests.questions.test_page import BLOCK, TEXT

pytest.importorskip("flask", reason="pip install -r tests/questions/requirements.txt")
pytest.importorskip("waitress", reason="pip install -r tests/questions/requirements.txt")

CLIENTS = 16  # four times as many as the server has threads
REQUESTS = 50  # by each client
JSON = "application/json"
BAD = {  # name: (content type, body, status)
    "no JSON at all": (JSON, b"air, water, acid", 400),
    "of another type": ("text/plain", b'{"rows": [[58, 18, 80]]}', 415),
    "no rows": (JSON, b"{}", 400),
    "not an object": (JSON, b"[[58, 18, 80]]", 400),
    "empty rows": (JSON, b'{"rows": []}', 400),
    "a number too few": (JSON, b'{"rows": [[58, 18]]}', 400),
    "rows of different lengths": (JSON, b'{"rows": [[58, 18, 80], [58]]}', 400),
    "words": (JSON, b'{"rows": [["air", "water", "acid"]]}', 400),
    "not a number": (JSON, b'{"rows": [[58, 18, NaN]]}', 400),
    "infinite": (JSON, b'{"rows": [[58, 18, Infinity]]}', 400),
    "too large for float32": (JSON, b'{"rows": [[58, 18, 1e300]]}', 400),
    "too large for float64": (JSON, b'{"rows": [[58, 18, 1' + b"0" * 400 + b"]]}", 400),
    "too deep": (JSON, b"[" * 90_000, 400),
    "too long": (JSON, b" " * 100_001, 413),
}

WORDS = {400: b"<p>", 413: b"exceeds max_body", 415: b"Content-Type was not"}  # a sentence


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Return the port of a server in a process of its own, as the page's command starts it."""
    folder = tmp_path_factory.mktemp("serving")
    blocks = [text for _, text in BLOCK.findall(TEXT) if text.startswith("# serve.py\n")]
    (folder / "serve.py").write_text(blocks[0], encoding="utf-8")
    X, Y = linear_regression.load_data()
    W, B = linear_regression.train(X, Y)
    onnx.save(linear_regression.build_model(W, B), folder / "linear_regression.onnx")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        server = subprocess.Popen([sys.executable, "serve.py", str(port)], cwd=folder)
    try:
        wait_for(port, server)
        yield port
        assert server.poll() is None, "the server has died"
    finally:
        server.terminate()
        server.wait(30)


def wait_for(port, server):
    """Wait until the server answers, 30 seconds at most."""
    for _ in range(300):
        assert server.poll() is None, "the server did not start"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server does not answer")


def post(connection, body, content_type=JSON):
    """Return the status and the body of an answer."""
    connection.request("POST", "/predict", body, {"Content-Type": content_type})
    answer = connection.getresponse()
    return answer.status, answer.read()


def hang_up(port):
    """Announce a thousand bytes, send some of them, and go."""
    with socket.create_connection(("127.0.0.1", port)) as caller:
        head = f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\nContent-Length: 1000"
        caller.sendall(head.encode() + b'\r\n\r\n{"rows": [[58')


def be_a_client(number, port):
    """Return the largest error of many requests, with bad requests and broken ones in between."""
    random = np.random.default_rng(number)
    X, Y = linear_regression.load_data()
    W, B = linear_regression.train(X, Y)
    bad = list(BAD.values())
    largest = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for i in range(REQUESTS):
        rows = random.uniform(0, 100, size=(1 + i % 20, 3))  # nobody else's answer fits
        status, body = post(connection, json.dumps({"rows": rows.tolist()}))
        assert status == 200
        answer = np.array(json.loads(body)["stack_loss"])
        exact = (rows @ W + B)[:, 0]
        assert answer.shape == exact.shape
        largest = max(largest, abs(answer - exact).max())

        content_type, body, expected = bad[(number + i) % len(bad)]
        caller = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        status, _ = post(caller, body, content_type)
        caller.close()
        assert status == expected
        if i % 10 == 0:
            hang_up(port)
    connection.close()
    return largest


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_is_refused_in_words(name, port):
    content_type, body, expected = BAD[name]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    status, answer = post(connection, body, content_type)
    connection.close()
    assert status == expected
    assert WORDS[expected] in answer


def test_under_load_every_answer_is_right_and_none_is_lost(port):
    with ThreadPoolExecutor(CLIENTS) as pool:
        errors = list(pool.map(be_a_client, range(CLIENTS), [port] * CLIENTS))
    assert len(errors) == CLIENTS
    assert max(errors) < linear_regression.TOLERANCE
