"""How do I run my ONNX file in OpenCV?"""

from tests.interop.common import need

NAME, WRITTEN_IN = "OpenCV", "C++"
cv2 = need(NAME, "cv2")


def run(path, X):
    """Return the file's output for the rows X."""
    network = cv2.dnn.readNetFromONNX(path)
    network.setInput(X)  # as it is: blobFromImage, which OpenCV's examples call, is for images
    return network.forward()


def test_it_gives_numpys_numbers(runs_as_numpy, portable, rows):
    runs_as_numpy(run, portable, rows)


def test_it_refuses_the_operator_of_our_own(refused):
    refused(run, "neural_network.onnx", 'of type "tutorial.Dense"')


def test_it_refuses_ai_onnx_ml(refused):
    refused(run, "sklearn_converter.onnx", 'of type "ai.onnx.ml.Scaler"')
