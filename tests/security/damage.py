"""Damage every file that the scripts write, in every place, and count what comes of it.

    truncated  the file ends after byte 0, 1, 2, ...      flipped  all bits of one byte are turned

Each damaged model is loaded and run in another process. It is refused, or it answers as before, or
it answers otherwise; or it takes the process with it, by a crash or by not coming back.

`python -m tests.security.measure` records the counts.
"""

import random
from collections import Counter

from tests.kit import apart

WIDTHS = {"linear": 3, "neural": 64, "sklearn": 4}  # features, by the beginning of a file's name
KINDS = ["truncated", "flipped"]
OUTCOMES = ["refused", "same answer", "different answer", "crash", "hang"]
EVERY = 2000  # a larger file is damaged in a sample of so many places
BATCH = 500  # models for one process
PATIENCE = 60  # seconds for them; milliseconds for each are usual


# In the other process -----------------------------------------------------------------------------
def answer(content, X):
    """Return the bytes of everything that a model answers to the rows X."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return [array.tobytes() for array in session.run(None, {"X": X})]


def try_all(tell, path, kind, places):
    """Tell that all is ready, then what comes of a file that is damaged in each of the places."""
    import numpy as np
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    width = WIDTHS[path.name.split("_")[0]]
    X = np.random.default_rng(0).uniform(0, 8, size=(20, width)).astype(np.float32)
    content = path.read_bytes()
    whole = answer(content, X)
    tell("ready")
    for place in places:
        try:
            same = answer(damage(content, kind, place), X) == whole
        except Exception:
            tell("refused")
        else:
            tell("same answer" if same else "different answer")


def damage(content, kind, place):
    """Return the bytes of a file with the damage."""
    if kind == "truncated":
        return content[:place]
    flipped = bytearray(content)
    flipped[place] ^= 255
    return bytes(flipped)


# In this one --------------------------------------------------------------------------------------
def choose_places(size, every=EVERY):
    """Return the places to damage in a file: all, or a sample that is the same each time."""
    if size <= every:
        return list(range(size))
    return sorted(random.Random(0).sample(range(size), every))


def count(path, places, kinds=KINDS, worker=try_all, patience=PATIENCE):
    """Return {kind: {outcome: how often}} for the places of one file."""
    counts = {kind: Counter() for kind in kinds}
    for kind in kinds:
        left = list(places)
        while left:
            batch = left[:BATCH]
            outcome = apart.fresh(worker, path, kind, batch, tell=True, seconds=patience)
            if outcome.ended == apart.LATE and not outcome.told:
                patience *= 2  # a busy machine: not even ready
                continue
            assert outcome.told[:1] == ("ready",), outcome
            told = outcome.told[1:]
            counts[kind].update(told)
            left = left[len(told) :]
            if outcome.ended == apart.RETURNED:
                continue
            # The next place took the process with it.
            assert outcome.ended in [apart.CRASHED, apart.LATE], outcome
            counts[kind]["hang" if outcome.ended == apart.LATE else "crash"] += 1
            left = left[1:]
    return {kind: dict(sorted(counts[kind].items())) for kind in kinds}
