"""Answer for one row, by whatever the ending of the file asks for:

    python answer.py model.onnx 5.1 3.5 1.4 0.2

Prints the probabilities and waits for a line: whoever has started this process looks now at what it
holds. Then it loads the file again, some times, and prints the seconds of the fastest.
"""

import json
import sys
import time


def load_onnx(path):
    """Return a function from a row to its probabilities, by onnxruntime."""
    import numpy as np
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def predict(row):
        return session.run(None, {"X": np.array([row], np.float32)})[0][0].tolist()

    return predict


def load_pickle(path):
    """Return a function from a row to its probabilities, by scikit-learn."""
    import pickle  # imports scikit-learn, which is named in the file

    with open(path, "rb") as file:
        estimator = pickle.load(file)

    def predict(row):
        return estimator.predict_proba([row])[0].tolist()

    return predict


def load_torch(path):
    """Return a function from a row to its probabilities, by PyTorch; the file has the weights."""
    import torch
    from torch import nn

    network = nn.Sequential(
        nn.Linear(64, 32),
        nn.ReLU(),
        nn.Linear(32, 16),
        nn.ReLU(),
        nn.Linear(16, 10),
        nn.Softmax(dim=1),
    )
    network.load_state_dict(torch.load(path))
    network.eval()

    def predict(row):
        with torch.inference_mode():
            return network(torch.tensor([row]))[0].tolist()

    return predict


if __name__ == "__main__":
    path = sys.argv[1]
    row = [float(word) for word in sys.argv[2:]]
    loaders = {"onnx": load_onnx, "pickle": load_pickle, "pt": load_torch}
    load = loaders[path.rpartition(".")[2]]
    print(json.dumps(load(path)(row)), flush=True)
    sys.stdin.readline()
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        load(path)
        seconds.append(time.perf_counter() - begin)
    print(min(seconds))
