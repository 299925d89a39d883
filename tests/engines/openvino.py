"""OpenVINO, by Intel, in C++. It may rename inputs and outputs: they go by their order."""

import sys

NAME = "OpenVINO"
PACKAGE = "openvino"
WRITTEN_IN = "C++"
INSTALL = "pip install openvino"


def load():
    sys.modules["openvino_telemetry"] = None  # which reports usage; it does without
    import openvino

    return openvino


def run(path, inputs):
    openvino = load()
    # Without the hint it computes in bfloat16, which keeps 3 digits, wherever the processor can.
    model = openvino.compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    outputs = model(inputs)
    return [outputs[i] for i in range(len(outputs))]
