"""How do I run my ONNX file in OpenCV?

Install it:  pip install opencv-python-headless
Try it:      pytest tests/interop/test_runs_in_opencv.py
Rows go in:  as a numpy array for each input, by its name
"""

from tests.interop.common import need

NAME = "OpenCV"
ENGINE = "OpenCV"
WRITTEN_IN = "C++"
REFUSALS = {
    "recurrence": 'of type "RNN"',
    "user-defined operator": 'of type "tutorial.Dense"',
    "ai.onnx.ml": 'of type "ai.onnx.ml.Scaler"',
}
cv2 = need(NAME, "cv2")


def run(path, feed):
    """Return the file's output for a feed {name of an input: array}."""
    network = cv2.dnn.readNetFromONNX(path)
    for name, array in feed.items():
        network.setInput(array, name)  # not blobFromImage, which OpenCV's examples call for photos
    return network.forward()


def test_a_file_gives_numpys_numbers_or_is_refused(check, column):
    check(run, column, REFUSALS)
