"""Clients for the page's server, and files that take each other's place while it is asked.

All answers are compared with numpy's; the second model's stack loss is larger by one.
"""

import http.client
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx

import linear_regression
from tests.kit.places import ROOT

PAGE = Path(__file__).with_name("serving.md")
FILE = "linear_regression.onnx"
CLIENTS = 8  # twice as many as the server has threads
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
    "numbers as words": (JSON, b'{"rows": [["58", "18", "80"]]}', 400),
    "a number as a word": (JSON, b'{"rows": [[58, 18, "80"]]}', 400),
    "true": (JSON, b'{"rows": [[58, 18, true]]}', 400),
    "true alone": (JSON, b'{"rows": [[true, true, true]]}', 400),
    "rows of rows": (JSON, b'{"rows": [[[58, 18, 80]]]}', 400),
    "not a number": (JSON, b'{"rows": [[58, 18, NaN]]}', 400),
    "infinite": (JSON, b'{"rows": [[58, 18, Infinity]]}', 400),
    "too large for float32": (JSON, b'{"rows": [[58, 18, 1e300]]}', 400),
    "too large for float64": (JSON, b'{"rows": [[58, 18, 1' + b"0" * 400 + b"]]}", 400),
    "too deep": (JSON, b"[" * 90_000, 400),
    "too long": (JSON, b" " * 100_001, 413),
}

W, B = linear_regression.train(*linear_regression.load_data())
MODELS = [  # their answers are 0 and 1 larger than X @ W + B
    linear_regression.build_model(W, B).SerializeToString(),
    linear_regression.build_model(W, B + 1).SerializeToString(),
]
ONE_ROW = """<ir_version: 8, opset_import: ["": 18]>
plant (float[1,3] X) => (float[1,1] Y) { Y = ReduceSum <keepdims = 1> (X) }"""
ENDLESS = """<ir_version: 8, opset_import: ["": 18]>
plant (float[N,3] X) => (float[N,1] Y) <int64 often = {9223372036854775807}, int64[1] axis = {1}> {
   sums = ReduceSum <keepdims = 1> (X, axis)
   Y = Loop (often, , sums) <body = body (int64 turn, bool going, float[N,1] before)
      => (bool still, float[N,1] after) {
      still = Identity (going)
      after = Neg (before)
   }>
}"""
NEVER_ANSWERS = onnx.parser.parse_model(ENDLESS).SerializeToString()
DAMAGED = {
    "empty": b"",
    "cut off": MODELS[0][:100],
    "no model": b"<html>404 Not Found</html>",
    "of four features": linear_regression.build_model(np.ones((4, 1)), B).SerializeToString(),
    "of two answers": linear_regression.build_model(np.ones((3, 2)), B).SerializeToString(),
    "not a number": linear_regression.build_model(W * np.nan, B).SerializeToString(),
    "of one row": onnx.parser.parse_model(ONE_ROW).SerializeToString(),
}


# 1. The server ------------------------------------------------------------------------------------
def write_server(folder):
    """Write the page's serve.py, its trial.py and the first model into a folder."""
    text = PAGE.read_text(encoding="utf-8")
    for name in ["serve.py", "trial.py"]:
        pattern = rf"```python\n(# {re.escape(name)}\n.*?)```"
        source = re.search(pattern, text, flags=re.DOTALL)[1]
        (folder / name).write_text(source, encoding="utf-8")
    (folder / FILE).write_bytes(MODELS[0])


@contextmanager
def serving(folder):
    """Start the server in a process of its own, as the page's command does; yield its port.

    What it logs is in the folder's serve.log.
    """
    write_server(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "serve.py", str(port)]
    with (folder / "serve.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stderr=log)
    try:
        wait_for(port, server)
        yield port
        assert server.poll() is None, "the server has died"
    finally:
        server.terminate()
        server.wait(30)


def wait_for(port, server):
    """Wait until the server answers, 30 seconds at most."""

    def answers():
        assert server.poll() is None, "the server did not start"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            return False
        return True

    wait_until(answers, "the server does not answer")


def wait_until(condition, complaint, seconds=60):
    """Wait until a condition holds; a TimeoutError with the complaint if that takes too long."""
    end = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > end:
            raise TimeoutError(complaint)
        time.sleep(0.02)


# 2. Requests --------------------------------------------------------------------------------------
@contextmanager
def connect(port):
    """Yield a connection, which is closed in the end, whatever happens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


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


def ask(connection, rows):
    """Return which of the two models has answered for some rows; an AssertionError if neither."""
    status, body = post(connection, json.dumps({"rows": rows.tolist()}))
    assert status == 200, body
    answer = np.array(json.loads(body)["stack_loss"])
    exact = (rows @ W + B)[:, 0]
    assert answer.shape == exact.shape
    for model in range(len(MODELS)):
        if np.allclose(answer, exact + model, rtol=0, atol=linear_regression.TOLERANCE):
            return model
    raise AssertionError(f"{answer} is no model's answer: {exact} or one more")


# 3. Files that take each other's place ------------------------------------------------------------
@dataclass
class Placement:
    """A model, and between which times it has been put in place."""

    model: int
    begin: float
    end: float = np.inf


class Load:
    """Clients that ask a server while its file is replaced, and what became of it."""

    def __init__(self, port, folder):
        self.port = port
        self.folder = folder
        self.placements = [Placement(model=0, begin=-np.inf, end=-np.inf)]
        self.damaged = 0  # files that were put in place
        self.over = threading.Event()

    def find_allowed(self, sent, received):
        """Return the models that may answer a request: those in place meanwhile, no older one."""
        allowed = set()
        for placement in reversed(list(self.placements)):
            if placement.begin < received:
                allowed.add(placement.model)
            if placement.end <= sent:
                break
        return allowed

    def be_a_client(self, number):
        """Return how many requests were answered; after each of them, a bad one was refused."""
        random = np.random.default_rng(number)
        bad = list(BAD.values())
        answered = 0
        with connect(self.port) as connection:
            while not self.over.is_set():
                rows = random.uniform(0, 100, size=(1 + answered % 20, 3))  # fit no other answer
                sent = time.perf_counter()
                model = ask(connection, rows)
                allowed = self.find_allowed(sent, time.perf_counter())
                assert model in allowed, f"model {model} answers, in place of {allowed}"

                content_type, body, expected = bad[(number + answered) % len(bad)]
                with connect(self.port) as another:
                    status, _ = post(another, body, content_type)
                assert status == expected
                if answered % 10 == 0:
                    hang_up(self.port)
                answered += 1
        return answered

    def put_in_place(self, content):
        """Replace the served file in one step."""
        new = self.folder / "new.onnx"
        new.write_bytes(content)
        os.replace(new, self.folder / FILE)

    def count_refused(self):
        """Return how many files the server's log says that it has refused."""
        return (self.folder / "serve.log").read_text(encoding="utf-8").count(f"refused {FILE}")

    def replace(self, seconds):
        """Put the two models in place by turns, and a damaged file after each of them.

        A model is in place when it answers: until it has passed its trial, the old one may.
        """
        rows = linear_regression.load_data()[0]
        contents = itertools.cycle(DAMAGED.values())
        model = 0
        end = time.perf_counter() + seconds
        with connect(self.port) as connection:
            while time.perf_counter() < end or self.damaged < len(DAMAGED):
                model = 1 - model
                placement = Placement(model, begin=time.perf_counter())
                self.placements.append(placement)
                self.put_in_place(MODELS[model])
                wait_until(lambda m=model: ask(connection, rows) == m, "the old model serves on")
                placement.end = time.perf_counter()

                self.put_in_place(next(contents))
                self.damaged += 1
                expected = self.damaged
                wait_until(
                    lambda m=model, n=expected: (
                        ask(connection, rows) == m and self.count_refused() == n
                    ),
                    "a damaged file was not refused once, or is served",
                )

    def run(self, seconds):
        """Return the number of requests that each client got answered."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(self.be_a_client, number) for number in range(CLIENTS)]
            try:
                self.replace(seconds)
            finally:
                self.over.set()
            return [client.result() for client in clients]


def measure(folder, seconds):
    """Return what a load test has counted; an AssertionError for a wrong answer or a lost one."""
    with serving(folder) as port:
        load = Load(port, folder)
        answered = load.run(seconds)
    assert min(answered) > 0
    log = (folder / "serve.log").read_text(encoding="utf-8").splitlines()
    lines = [line for line in log if "Task queue depth" not in line]  # waitress: clients wait
    for line in lines:
        assert f"refused {FILE}, the old one serves on: " in line
    assert len(lines) == load.damaged  # each was noticed, once
    return {
        "clients": CLIENTS,
        "seconds": seconds,
        "answers": sum(answered),
        "bad requests": sum(answered),
        "replacements": len(load.placements) - 1,
        "damaged files": load.damaged,
    }
