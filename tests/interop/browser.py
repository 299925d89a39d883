"""A page in Chromium, used as people use it, without any package, and a server for its folder."""

import json
import os
import select
import subprocess
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.interop.common import missing, need_program

# Chrome first: Ubuntu grants the sandbox to Chrome, and to Chromium only from its own packages.
PROGRAMS = ["google-chrome", "chromium", "chromium-browser"]
FLAGS = [
    "--headless",
    "--disable-gpu",
    "--enable-logging=stderr",  # the page's own messages, too
    # Only what the page asks for, over plain HTTP:
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
if hasattr(os, "geteuid") and os.geteuid() == 0:
    FLAGS.append("--no-sandbox")  # Chromium refuses to start with its sandbox as root
NAME = "Chromium"
PACKAGE = Path(__file__).parent / "node_modules" / "onnxruntime-web"


def need_chromium():
    """Return the path of Chromium; skip the file that needs it or, where it is required, fail."""
    return need_program(NAME, *PROGRAMS, install="apt-get install chromium")


def need_package():
    """Skip the file that needs onnxruntime-web or, where it is required, fail."""
    if not PACKAGE.is_dir():
        missing(NAME, f"there is no {PACKAGE}", "npm install --prefix tests/interop")


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and keeps what a page sends back."""

    def do_POST(self):
        self.server.page = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def listen(folder):
    """Return a server of a folder, at a port that is free."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    server.page = None
    return server


@contextmanager
def serve(folder):
    """Serve a folder as long as the block runs, which is given the address."""
    with listen(folder) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def start(program, folder):
    """Run Chromium as long as the block runs, which is given the browser."""
    browser = Browser(program, FLAGS, folder)
    yield browser
    browser.close()


class Browser:
    """A running Chromium with one page, by commands of its DevTools protocol.

    Commands go through one pipe, answers come through another: JSON texts that each end in a zero.
    """

    def __init__(self, program, flags, folder):
        self.count = 0
        self.receiver = {}  # of commands: first Chromium itself, then its page
        self.received = b""
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        # Chromium reads from file 3 and writes to file 4; Python cannot choose a child's numbers.
        redirect = f'exec "$@" 3<&{commands} 4>&{answers}'
        own = ["--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}"]
        self.process = subprocess.Popen(
            ["bash", "-c", redirect, "bash", program, *flags, *own],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[commands, answers],
            env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)},  # it writes to both
        )
        os.close(commands)
        os.close(answers)
        page = self.call("Target.createTarget", url="about:blank")
        session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self.receiver = {"sessionId": session["sessionId"]}

    def close(self):
        """End Chromium."""
        self.process.terminate()
        self.process.wait()
        os.close(self.commands)
        os.close(self.answers)

    def call(self, method, **parameters):
        """Return what Chromium answers to a command."""
        self.count += 1
        command = {"id": self.count, "method": method, "params": parameters, **self.receiver}
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        message = self.receive()
        while message.get("id") != self.count:  # news that nobody asked for
            message = self.receive()
        assert "error" not in message, f"{method}: {message['error']}"
        return message["result"]

    def receive(self):
        """Return the next message from Chromium."""
        while b"\0" not in self.received:
            ready, _, _ = select.select([self.answers], [], [], 60)
            part = os.read(self.answers, 65536) if ready else b""
            assert part, "Chromium does not answer"
            self.received += part
        message, _, self.received = self.received.partition(b"\0")
        return json.loads(message)

    def load(self, url, width=1280, scheme="light"):
        """Load a page, on a screen of this width, for somebody who likes it light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        self.call("Page.navigate", url=url)

    def evaluate(self, expression):
        """Return the value of an expression in JavaScript, evaluated in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, expression):
        """Return as soon as an expression is true; fail after a minute."""
        end = time.monotonic() + 60
        while not self.evaluate(expression):
            assert time.monotonic() < end, f"after a minute, this is still not so: {expression}"

    def find(self, selector):
        """Return the box of an element on the screen."""
        return self.evaluate(
            f"document.querySelector('{selector}').getBoundingClientRect().toJSON()"
        )

    def mouse(self, kind, point, button="left", buttons=1):
        """Let the mouse do something at a point {"x": ..., "y": ...} of the screen."""
        pressed = {"button": button, "buttons": buttons, "clickCount": 1}
        self.call("Input.dispatchMouseEvent", type=kind, **point, **pressed)

    def touch(self, kind, points):
        """Let fingers do something at points of the screen."""
        self.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    def drag(self, points):
        """Press the mouse at the first point, move it to the others, release it at the last."""
        self.mouse("mousePressed", points[0])
        for point in points[1:]:
            self.mouse("mouseMoved", point)
        self.mouse("mouseReleased", points[-1])

    def click(self, selector):
        """Click on the middle of an element."""
        box = self.find(selector)
        middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        self.drag([middle])

    def swipe(self, points):
        """Touch the first point with a finger, move it to the others, lift it."""
        self.touch("touchStart", points[:1])
        for point in points[1:]:
            self.touch("touchMove", [point])
        self.touch("touchEnd", [])

    def press(self, *keys):
        """Press and release keys, by their names in JavaScript."""
        for key in keys:
            self.call("Input.dispatchKeyEvent", type="rawKeyDown", key=key)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key)
