"""A child process that crashes, hangs or lacks memory: told to its parent, who lives on."""

import os
import time

import pytest

from tests.mistakes.child import GIGABYTES, POSSIBLE, watch

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="this system cannot copy a process")


def test_what_a_child_told_comes_back_in_order():
    assert watch(lambda tell: [tell("one"), tell("two")]) == (["one", "two"], "")


def test_a_crash_is_named_by_its_signal_and_what_was_told_before_is_kept():
    assert watch(lambda tell: [tell("one"), os.abort()]) == (["one"], "SIGABRT")


def test_a_child_that_hangs_is_late():
    assert watch(lambda tell: [tell("one"), time.sleep(60)], seconds=0.2) == (["one"], "late")


def test_a_child_cannot_take_all_the_memory():
    def greedy(tell):
        try:
            bytearray((GIGABYTES + 1) * 2**30)
        except MemoryError:
            tell("refused")

    assert watch(greedy) == (["refused"], "")
