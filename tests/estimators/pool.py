"""Configurations judged in other processes, whose crash or hang does not take the run along."""

import multiprocessing
import os
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from tests.estimators.judge import CRASHED

SECONDS = 20  # of a processor's work, for one file: the slowest takes three, whoever else works
WAIT = 300  # by the clock, for what does not even work
TOO_LONG = 97  # the status with which a process ends itself

DONE = "done"
# One thread each, since the processes are what is parallel; and no warnings, which are many.
QUIET = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "LOKY_MAX_CPU_COUNT": "1",
    "PYTHONWARNINGS": "ignore",
}


def work(connection):
    """Judge what comes through the connection until it closes."""
    import warnings

    from tests.estimators.configurations import configurations
    from tests.estimators.judge import judge

    warnings.simplefilter("ignore")
    clock = Clock()
    while True:
        try:
            name, key, seed = connection.recv()
        except EOFError:
            return

        def report(known):
            clock.restart()
            connection.send(known)

        clock.restart()
        try:
            result = judge(configurations(name)[key], seed, report)
        except Exception as error:  # a mistake of the harness, not a verdict: it goes to the parent
            result = RuntimeError(f"{name}, {key}: {error!r}")
        connection.send(result)
        connection.send(DONE)


class Clock:
    """Ends the process when it has worked too long without a restart."""

    def __init__(self):
        self.restart()
        threading.Thread(target=self.watch, daemon=True).start()

    def restart(self):
        """Begin to count anew."""
        self.began = time.process_time()

    def watch(self):
        """Look every second."""
        while True:
            time.sleep(1)
            if time.process_time() - self.began > SECONDS:
                os._exit(TOO_LONG)


class Worker:
    """A process that judges, and is replaced when it dies."""

    def __init__(self, environment):
        self.environment = environment
        self.start()

    def start(self):
        """Start a fresh process."""
        context = multiprocessing.get_context("spawn")  # the one that every system has
        self.connection, end = context.Pipe()
        self.process = context.Process(target=work, args=(end,), daemon=True)
        with patch.dict(os.environ, self.environment):
            self.process.start()
        end.close()

    def judge(self, name, key, seed):
        """Return the result; what kills the process, or takes too long, is a verdict."""
        self.connection.send((name, key, seed))
        result = {}
        try:
            while self.connection.poll(WAIT):
                message = self.connection.recv()
                if message == DONE:
                    return result
                result = message
            cause = f"no answer in {WAIT} seconds"
        except (EOFError, OSError):
            self.process.join()
            cause = f"the process ended with status {self.process.exitcode}"
            if self.process.exitcode == TOO_LONG:
                cause = f"no answer after {SECONDS} seconds of work"
        self.stop()
        self.start()
        finding = {"verdict": CRASHED, "words": cause}
        return {"float32": finding, "float64": finding, **result}

    def stop(self):
        """End the process."""
        self.process.kill()
        self.process.join()
        self.connection.close()


class Pool:
    """Several workers; `submit` returns a future."""

    def __init__(self, **environment):
        workers = os.cpu_count() or 1
        self.free = queue.SimpleQueue()
        self.workers = [Worker({**QUIET, **environment}) for _ in range(workers)]
        for worker in self.workers:
            self.free.put(worker)
        self.threads = ThreadPoolExecutor(workers)

    def submit(self, name, key, seed=0):
        """Return a future of one configuration's result."""
        return self.threads.submit(self.run, name, key, seed)

    def run(self, name, key, seed):
        """Judge one configuration in the next free worker."""
        worker = self.free.get()
        try:
            result = worker.judge(name, key, seed)
        finally:
            self.free.put(worker)
        if isinstance(result, Exception):
            raise result
        return result

    def close(self):
        """Forget what has not begun, and end the workers."""
        self.threads.shutdown(cancel_futures=True)
        for worker in self.workers:
            worker.stop()
