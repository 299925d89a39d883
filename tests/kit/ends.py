"""A function for each way in which a call may end, for the tests of apart.

They stand by themselves, as a new Python that is to call one imports the module around it.
"""

import ctypes
import os
import subprocess
import sys
import time


def add(a, b):
    """Return a sum."""
    return a + b


def refuse(words):
    """Raise an error."""
    raise ValueError(words)


def crash():
    """Read memory that is nobody's."""
    ctypes.string_at(0)


def hang():
    """Wait for a minute."""
    time.sleep(60)


def start_another(tell):
    """Start a process that sleeps, tell its number, and wait for it."""
    another = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    tell(another.pid)
    another.wait()


def toil():
    """Work for ever."""
    while True:
        pass


def ask():
    """Ask for a gigabyte, which nobody writes to, and return its size."""
    return len(bytes(2**30))


def say_and_crash(tell, word):
    """Tell a word, and crash."""
    tell(word)
    os.abort()


def wait_for(path):
    """Wait until a file is there."""
    while not path.exists():
        time.sleep(0.01)


def leave():
    """End the process with a status of its own."""
    os._exit(7)


def write_in(place):
    """Append to a list, and return it."""
    place.append(1)
    return place


def read_unwritten():
    """Return a byte of memory that nobody wrote, of more than the C library keeps for reuse."""
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    return ctypes.string_at(library.malloc(5000), 5000)[2500]
