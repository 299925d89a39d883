"""Print one answer of a file, and the most memory that this process has used, in bytes.

The whole life of a process is timed: python first_answer.py FILE "[5.1, 3.5, 1.4, 0.2]"
"""

import json
import re
import sys
from pathlib import Path

import numpy as np


def predict(file, X):
    """Return the probabilities for the rows X; the file's ending says by what."""
    if file.endswith(".onnx"):
        import onnxruntime

        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
        return session.run(None, {"X": X.astype(np.float32)})[-1]

    import pickle  # imports scikit-learn, which is named in the file

    estimator = pickle.loads(Path(file).read_bytes())
    return estimator.predict_proba(X)


def peak_memory():
    """Return bytes, or 0 where only the system itself could tell."""
    status = Path("/proc/self/status")  # resource.getrusage would count the parent's, too
    if not status.exists():
        return 0
    peak = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="utf-8"))
    return int(peak[1]) * 1024


if __name__ == "__main__":
    P = predict(sys.argv[1], np.array([json.loads(sys.argv[2])]))
    print(json.dumps({"answer": P.tolist(), "memory": peak_memory()}))
