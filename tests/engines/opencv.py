"""OpenCV, in C++. Arrays go in as they are, not by blobFromImage, which is for photos."""

from tests.engines import read_names

NAME = "OpenCV"
PACKAGE = "opencv-python-headless"
WRITTEN_IN = "C++"
INSTALL = "pip install opencv-python-headless"


def load():
    import cv2

    return cv2


def run(path, inputs):
    cv2 = load()
    network = cv2.dnn.readNetFromONNX(str(path))
    names, outputs = read_names(path)
    for name, array in zip(names, inputs, strict=True):
        network.setInput(array, name)
    return list(network.forward(outputs))
