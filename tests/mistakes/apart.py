"""Run a model in a process of its own, with limits of time and memory.

    outputs = run_apart("stranger.onnx", {"X": X}, seconds=10, gigabytes=4)

What the model does to its process, a crash included, it does not do to yours. It is no sandbox: the
process may still read and write what you may.
"""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np


def run_apart(path, feed, seconds=10, gigabytes=4):
    """Return the list of outputs; TimeoutExpired or CalledProcessError if the model misbehaves."""
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder, "feed.npz"), **feed)
        command = [sys.executable, __file__, str(path), folder, str(gigabytes)]
        subprocess.run(command, check=True, capture_output=True, timeout=seconds)
        with np.load(Path(folder, "outputs.npz")) as outputs:
            return [outputs[name] for name in sorted(outputs)]  # arr_0, arr_1, ...


def main(path, folder, gigabytes):
    """Load and run the model with the arrays of feed.npz, and write outputs.npz."""
    # Windows has no such limit, and macOS does not keep it; the one of time still holds.
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        limit = int(float(gigabytes) * 2**30)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    with np.load(Path(folder, "feed.npz")) as feed:
        outputs = session.run(None, dict(feed))
    np.savez(Path(folder, "outputs.npz"), *outputs)


if __name__ == "__main__":
    main(*sys.argv[1:])
