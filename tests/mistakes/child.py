"""Try something in a child process, which a crash, an endless loop or a lack of memory may take."""

import contextlib
import faulthandler
import multiprocessing
import signal
import sys
import time
import warnings

POSSIBLE = sys.platform == "linux"  # Windows cannot copy a process, macOS forbids copies too much
GIGABYTES = 16  # of addresses; a Python process with these packages takes a few


def watch(step, seconds=60):
    """Return what step(tell) told, as a list, and how it ended: "", "late" or a signal's name.

    The child is a copy of this process: what it changes, it changes in the copy.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def limited():
        import resource

        faulthandler.disable()  # a crash is no surprise here
        resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES * 2**30,) * 2)
        step(sender.send)

    child = context.Process(target=limited)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns that threads don't survive a fork
        child.start()
    sender.close()

    told = []
    deadline = time.monotonic() + seconds
    late = False
    with contextlib.suppress(EOFError):  # the child is gone
        while True:
            late = not receiver.poll(max(0, deadline - time.monotonic()))
            if late:
                child.kill()
                break
            told.append(receiver.recv())
    child.join()
    receiver.close()
    if late:
        return told, "late"
    return told, signal.Signals(-child.exitcode).name if child.exitcode < 0 else ""
