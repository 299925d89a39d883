"""The judge of exports tells a file that agrees from others."""

import math
from pathlib import Path

import numpy as np
import onnx

from tests.interop.exports import judge


def test_what_is_compared_can_be_wrong(tmp_path):
    path = Path(tmp_path, "double.onnx")
    text = (
        '<ir_version: 8, opset_import: ["" : 18]> g (float[N] x) => (float[N] y) {y = Add (x, x)}'
    )
    onnx.save(onnx.parser.parse_model(text), path)
    x = np.ones(3, np.float32)
    assert judge.compare(path, [([x], [2 * x])])[0] == judge.AGREES
    assert judge.compare(path, [([x], [2.001 * x])])[0] == judge.DIFFERS
    assert judge.compare(path, [([x], [np.full(3, math.nan)])])[0] == judge.DIFFERS
    assert judge.compare(path, [([x], [np.full((3, 1), 2.0)])])[0] == judge.DIFFERS
    assert judge.compare(path, [([np.ones((3, 1), np.float32)], [x])])[0] == judge.STOPPED
    path.write_bytes(b"")
    assert judge.compare(path, [([x], [x])])[0] == judge.NOT_LOADED
