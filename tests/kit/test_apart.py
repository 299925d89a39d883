"""Each end of a call is told from the others, in a copy of the process and in a new Python."""

import mmap
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.kit import apart, ends

WAYS = [apart.fresh] + ([apart.copy] if apart.POSSIBLE else [])
pytestmark = pytest.mark.parametrize("run", WAYS, ids=lambda way: way.__name__)


@pytest.fixture(scope="module")
def late():
    """Return {(way, function): future} of calls that end by a limit on time: they wait together.

    Each future gives the outcome, and after how many seconds it was there.
    """
    limits = {
        ends.hang: {"seconds": 0.5},
        ends.start_another: {"seconds": 2, "tell": True},
        ends.toil: {"work": 1, "seconds": 300},
    }

    def measure(run, function):
        began = time.monotonic()
        outcome = run(function, **limits[function])
        return outcome, time.monotonic() - began

    with ThreadPoolExecutor() as pool:
        yield {
            (run, function): pool.submit(measure, run, function)
            for run in WAYS
            for function in limits
        }


def test_what_is_returned_comes_back(run):
    assert run(ends.add, [1], [2, 3]).value == [1, 2, 3]
    assert run(ends.add, 1, 2) == apart.Outcome(apart.RETURNED, value=3)


def test_what_is_raised_comes_back_in_words(run):
    outcome = run(ends.refuse, "no such thing")
    assert outcome == apart.Outcome(apart.RAISED, error="ValueError", words="no such thing")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals of this kind")
def test_a_crash_is_told_by_its_signal(run):
    outcome = run(ends.crash)
    assert (outcome.ended, outcome.error) == (apart.CRASHED, "SIGSEGV")


def test_an_exit_is_told_by_its_status(run):
    outcome = run(ends.leave)
    assert (outcome.ended, outcome.error) == (apart.CRASHED, "status 7")


def test_a_call_that_does_not_end_is_late(run, late):
    outcome, seconds = late[run, ends.hang].result()
    assert outcome.ended == apart.LATE
    assert seconds < 2.20


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of a process")
def test_what_a_call_started_ends_with_it(run, late):
    outcome, _seconds = late[run, ends.start_another].result()
    (number,) = outcome.told
    deadline = time.monotonic() + 10
    while is_alive(number) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(number)


def is_alive(number):
    """Return whether a process still runs; one that ended may stand in the list for a while."""
    try:
        state = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except FileNotFoundError:
        return False
    return state.split()[0] not in "ZX"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of work and memory hold on Linux")
def test_a_call_that_works_too_long_is_late(run, late):
    outcome, seconds = late[run, ends.toil].result()
    assert outcome.ended == apart.LATE
    assert seconds < 200  # a second's work, on a busy machine


@pytest.mark.skipif(sys.platform != "linux", reason="limits of work and memory hold on Linux")
def test_too_much_memory_is_told(run):
    assert run(ends.ask, gigabytes=0.5).ended == apart.MEMORY
    assert run(ends.ask, gigabytes=1.5).ended == apart.RETURNED


@pytest.mark.skipif(sys.platform != "linux", reason="limits of work and memory hold on Linux")
def test_what_the_process_that_asks_holds_is_not_counted(run):
    block = mmap.mmap(-1, 3 * 2**30, flags=mmap.MAP_PRIVATE)  # reserved, written to by nobody
    assert apart.held() > len(block)
    assert run(ends.ask, gigabytes=1.5).ended == apart.RETURNED
    assert run(ends.ask, gigabytes=0.5).ended == apart.MEMORY
    block.close()


def test_what_was_told_survives_a_crash(run):
    outcome = run(ends.say_and_crash, "half way", tell=True)
    assert outcome.ended == apart.CRASHED
    assert outcome.told == ("half way",)


def test_what_it_changes_is_its_own(run):
    place = []
    assert run(ends.write_in, place).value == [1]
    assert place == []


@pytest.mark.skipif(not apart.POSSIBLE, reason="of copies only")
def test_memory_that_nobody_wrote_is_filled(run):
    if run is apart.copy:
        filled = partial(run, fill=True)
        assert filled(ends.read_unwritten).value == 255 - 85  # the complement, as C does


@pytest.mark.skipif(not apart.POSSIBLE, reason="processes cannot be copied here")
def test_a_crash_beside_a_long_call_is_seen_at_once(run, monkeypatch, tmp_path):
    """Of calls from two threads the one copy holds no end of the other's pipe open.

    The long call ends once the crash was seen; else by its limit, and then it was seen too late.
    """
    if run is not apart.copy:
        return
    close = Connection.close

    def close_slowly(connection):
        time.sleep(0.3)
        close(connection)

    monkeypatch.setattr(Connection, "close", close_slowly)
    seen = tmp_path / "seen"
    with ThreadPoolExecutor(2) as pool:
        crash = pool.submit(apart.copy, ends.leave)
        time.sleep(0.1)
        long = pool.submit(apart.copy, ends.wait_for, seen, seconds=10)
        assert crash.result().error == "status 7"
        seen.touch()
        assert long.result().ended == apart.RETURNED
