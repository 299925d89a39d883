"""Run a model that you don't trust in a process of its own, with limits of time and memory.

    outputs = run_apart("stranger.onnx", {"X": X}, seconds=10, gigabytes=4)

What the model does to its process, a crash included, it does not do to yours. It is no sandbox: the
process may still read and write what you may.
"""

from pathlib import Path

from tests.kit import apart


def load_and_run(path, feed):
    """Return the list of outputs."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, feed)


def run_apart(path, feed, seconds=10, gigabytes=4):
    """Return the list of outputs of a model that runs in another process; RuntimeError if none."""
    place = Path(path).resolve()  # the other process starts in another folder
    outcome = apart.fresh(load_and_run, str(place), feed, seconds=seconds, gigabytes=gigabytes)
    if outcome.ended != apart.RETURNED:
        raise RuntimeError(f"{path}: {outcome.ended} {outcome.error} {outcome.words}".strip())
    return outcome.value
