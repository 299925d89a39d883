"""Run what may hang, crash or take too much memory in another process, and say how it ended.

    outcome = copy(function, argument)     in a copy of this process: a millisecond; Linux only
    outcome = fresh(function, argument)    in a new Python, which imports the function: any system

It is no sandbox: the other process may still read and write what you may.
"""

import contextlib
import ctypes
import faulthandler
import importlib
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import NamedTuple

from tests.kit.places import ROOT

POSSIBLE = sys.platform == "linux"  # Windows cannot copy a process, macOS forbids copies too much
SECONDS = 60
GIGABYTES = 4  # before the system looks for a process to end, any process
M_PERTURB = -6  # of the C library's malloc.h
# Threads copy one after another, or a copy would hold an end of its neighbour's pipe, whose end
# would not be seen; the copy itself holds the lock, too, and may copy. New Pythons are started so,
# too, for a copy would hold an end of their pipes.
LOCK = threading.RLock()

RETURNED = "returned"
RAISED = "raised"
CRASHED = "crashed"
LATE = "late"
MEMORY = "memory"


class Outcome(NamedTuple):
    """How a call ended, and what there is to say."""

    ended: str  # RETURNED, RAISED, CRASHED, LATE or MEMORY
    value: object = None  # what it returned
    error: str = ""  # the type of what it raised; the signal, or the status, that it crashed with
    words: str = (
        ""  # the message of what it raised; for a fresh process, the end of what it printed
    )
    told: tuple = ()  # what it handed to tell() on the way


# In the other process -----------------------------------------------------------------------------
def held():
    """Return how many bytes of data this process holds, as Linux counts them; 0 elsewhere."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))


def limit(gigabytes, work):
    """Refuse so many gigabytes more than it holds, and end after so many seconds of work.

    Work is a processor's. A copy holds all that its parent had reserved, stacks of threads that it
    has not, too. Windows has no such limits, and macOS keeps none of memory.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        if work:
            resource.setrlimit(resource.RLIMIT_CPU, (work, work + 1))
        size = held() + int(gigabytes * 2**30)
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def fill_memory():
    """Fill memory that nobody wrote: who reads it answers wrongly each time, not by chance."""
    ctypes.CDLL(None).mallopt(M_PERTURB, 85)


def silence():
    """Send what is printed, by C, too, nowhere."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def call(say, function, arguments, tell):
    """Call a function, and say what came of it."""
    handed = [lambda note: say(("told", note))] if tell else []
    try:
        say((RETURNED, function(*handed, *arguments)))
    except MemoryError as error:
        say((MEMORY, type(error).__name__, str(error)))
    except Exception as error:
        say((RAISED, type(error).__name__, str(error)))


def end_group(leader):
    """End what a process started that leads a group: a limit on its time is one on theirs."""
    if hasattr(os, "killpg"):  # Windows has no such groups
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it is gone already
            os.killpg(leader, signal.SIGKILL)


def conclude(messages, late, status, printed=""):
    """Return the outcome of a process by what it said, whether it was late, and its status."""
    told = tuple(message[1] for message in messages if message[0] == "told")
    last = messages[-1] if messages else ("nothing",)
    if last[0] == RETURNED:
        return Outcome(RETURNED, value=last[1], told=told)
    if last[0] in (RAISED, MEMORY):
        return Outcome(last[0], error=last[1], words=last[2], told=told)
    if late or -status == getattr(signal, "SIGXCPU", None):
        return Outcome(LATE, told=told, words=printed)
    error = signal.Signals(-status).name if status < 0 else f"status {status}"
    return Outcome(CRASHED, error=error, told=told, words=printed)


# A copy of this process ---------------------------------------------------------------------------
def copy(
    function,
    *arguments,
    seconds=SECONDS,
    gigabytes=GIGABYTES,
    work=None,
    tell=False,
    quiet=False,
    fill=False,
):
    """Return the outcome of function(*arguments) in a copy of this process.

    What it changes, it changes in the copy. It may take so many seconds by the clock and, if work
    is given, of a processor's work, which says the same on a busy machine. With tell, the function
    is handed one more argument before the others: tell(x) hands over x at once, before any crash.
    """

    def obey(say):
        os.setpgrp()  # so that what it starts ends with it
        faulthandler.disable()  # pytest's, which would print a page for each crash
        limit(gigabytes, work)
        if fill:
            fill_memory()
        if quiet:
            silence()
        call(say, function, arguments, tell)
        os._exit(0)  # what ends badly after its answer has answered

    context = multiprocessing.get_context("fork")
    with LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns that threads don't survive a fork
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=obey, args=(sender.send,))
        child.start()
        sender.close()

    messages = []
    deadline = time.monotonic() + seconds
    late = False
    try:
        with contextlib.suppress(EOFError):  # the child is gone
            while not late:
                late = not receiver.poll(max(0, deadline - time.monotonic()))
                if not late:
                    messages.append(receiver.recv())
    finally:  # Ctrl-C does not reach another group
        end_group(child.pid)
        child.kill()
        child.join()
        receiver.close()
    return conclude(messages, late, child.exitcode)


# A new Python -------------------------------------------------------------------------------------
def fresh(
    function,
    *arguments,
    seconds=SECONDS,
    gigabytes=GIGABYTES,
    work=None,
    tell=False,
    python=sys.executable,
    environment=None,
):
    """Return the outcome of function(*arguments) in a new Python, which has nothing imported.

    The function stands at the top of a module below the repository; it is found there by name.
    """
    with tempfile.TemporaryDirectory() as folder:
        order = (function.__module__, function.__qualname__, arguments, (gigabytes, work), tell)
        Path(folder, "order.pickle").write_bytes(pickle.dumps(order))
        said = Path(folder, "said.pickle")
        said.touch()
        late = False
        status = 0
        printed = ""
        with LOCK:
            process = subprocess.Popen(
                [python, "-X", "utf8", "-m", "tests.kit.apart", folder],
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                process_group=0,
            )
        with process:
            try:
                _printed, complained = process.communicate(timeout=seconds)
                status = process.returncode
                printed = complained.decode("utf-8", "replace")[-300:].strip()
            except subprocess.TimeoutExpired:
                late = True
            finally:
                end_group(process.pid)
                process.kill()
        messages = []
        with said.open("rb") as file, contextlib.suppress(EOFError):
            while True:
                messages.append(pickle.load(file))
    return conclude(messages, late, status, printed)


def main(folder):
    """Carry out the order in a folder, and write there what is said."""
    order = Path(folder, "order.pickle").read_bytes()
    module, name, arguments, limits, tell = pickle.loads(order)
    limit(*limits)
    function = getattr(importlib.import_module(module), name)
    with Path(folder, "said.pickle").open("ab") as file:

        def say(message):
            file.write(pickle.dumps(message))
            file.flush()

        call(say, function, arguments, tell)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # what ends badly after its answer has answered


if __name__ == "__main__":
    main(*sys.argv[1:])
