"""What a mistake is: a function in one of the modules of kinds/ that makes one, and mends it.

It takes `mended` and a folder, and returns the attempt as people make it or, if mended is true, as
they should.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx


class Attempt(NamedTuple):
    """A model as a user hands it on, a call of it, and what numpy or scikit-learn answers."""

    model: onnx.ModelProto | bytes | Path
    feed: dict
    expected: np.ndarray
    output: str | None = None  # None is the last one
    disabled: tuple = ()  # optimisers of onnxruntime that are left out


class Result(NamedTuple):
    """What came of a step in which no model runs, and what should have come of it."""

    answer: object
    expected: object


class Mistake(NamedTuple):
    """A row of the page."""

    make: Callable  # make(mended, folder) -> Attempt or Result, or raises if nothing comes of it
    topic: str  # the module that it stands in
    happened: str
    mend: str
    shows: str  # the part of the message, or of what one sees, that a reader will look for
    tell: str  # what tells it from other mistakes with the same message
    by: str  # who raises while the file is made
    common: bool  # among the first that people meet
    dangerous: bool  # with some version the process dies of it
    surprise: bool  # every answer is right, and something else is not what people expect


MISTAKES = []  # in the order of the page, once kinds.collect() was called


def mistake(
    happened,
    mend,
    shows="",
    tell="",
    by="onnx",
    common=False,
    dangerous=False,
    surprise=False,
):
    """Enter the decorated function into the page."""

    def enter(make):
        topic = make.__module__.rpartition(".")[2]
        row = Mistake(make, topic, happened, mend, shows, tell, by, common, dangerous, surprise)
        MISTAKES.append(row)
        return make

    return enter
