"""The weights of LSTM and GRU: the order of their gates in PyTorch, Keras and ONNX.

LSTM    i input, f forget, g cell, o output
GRU     r reset, z update, n new

         weights of x      of h             biases
PyTorch  (gates H, I)      (gates H, H)     two, (gates H,) each
Keras    (I, gates H)      (H, gates H)     LSTM one (gates H,); GRU two rows (2, gates H)
ONNX     (D, gates H, I)   (D, gates H, H)  (D, 2 gates H): that of x, that of h; D directions
"""

import numpy as np

ORDER = {
    "LSTM": {"PyTorch": "ifgo", "Keras": "ifgo", "ONNX": "iofg"},
    "GRU": {"PyTorch": "rzn", "Keras": "zrn", "ONNX": "zrn"},
}


def reorder(array, kind, source, target="ONNX"):
    """Return an array whose rows are gates in the order of a source, in that of a target."""
    order = ORDER[kind][source]
    gates = dict(zip(order, np.split(array, len(order)), strict=True))
    return np.concatenate([gates[gate] for gate in ORDER[kind][target]])


def from_pytorch(kind, directions):
    """Return {"W", "R", "B"} for ONNX of [(W, R, b, b_h)], one a direction, of PyTorch."""
    found = {"W": [], "R": [], "B": []}
    for W, R, b, b_h in directions:
        found["W"].append(reorder(W, kind, "PyTorch"))
        found["R"].append(reorder(R, kind, "PyTorch"))
        both = [reorder(b, kind, "PyTorch"), reorder(b_h, kind, "PyTorch")]
        found["B"].append(np.concatenate(both))
    return {name: np.stack(arrays).astype(np.float32) for name, arrays in found.items()}


def from_keras(kind, directions):
    """Return {"W", "R", "B"} for ONNX of [get_weights()], one a direction, of Keras."""
    found = {"W": [], "R": [], "B": []}
    for W, R, b in directions:
        found["W"].append(reorder(W.T, kind, "Keras"))
        found["R"].append(reorder(R.T, kind, "Keras"))
        rows = b if b.ndim == 2 else [b, np.zeros_like(b)]  # LSTM has one bias
        found["B"].append(np.concatenate([reorder(row, kind, "Keras") for row in rows]))
    return {name: np.stack(arrays).astype(np.float32) for name, arrays in found.items()}
