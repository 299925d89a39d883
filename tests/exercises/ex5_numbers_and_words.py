"""Convert a table of numbers and words: one named input for each column, strings included.

The file has to give scikit-learn's probabilities, also for a word that neither has ever seen.
"""

import numpy as np
from numpy.testing import assert_allclose
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import sklearn_converter as script


def main():
    outlook = 5 * ["sunny"] + 4 * ["overcast"] + 5 * ["rainy"] + ["snow"]
    degrees = [85, 80, 72, 69, 75, 83, 64, 72, 81, 70, 68, 65, 75, 71, 30]  # Fahrenheit
    humidity = [85, 90, 95, 70, 70, 86, 65, 90, 75, 96, 80, 70, 80, 91, 80]
    play = [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0]  # after Quinlan (1986); nobody knows of snow
    X = np.array([outlook, degrees, humidity], object).T  # (3, N) -> (N, 3)
    steps = (OneHotEncoder(handle_unknown="ignore"), [0]), (StandardScaler(), [1, 2])
    fitted = make_pipeline(make_column_transformer(*steps), LogisticRegression()).fit(X[:-1], play)
    word, number = StringTensorType([None, 1]), FloatTensorType([None, 1])  # any number of rows
    columns = [("outlook", word), ("degrees", number), ("humidity", number)]
    model = to_onnx(fitted, None, "weather", columns, script.OPSET, {"zipmap": False})
    model.ir_version = script.IR_VERSION
    content, providers = model.SerializeToString(), ["CPUExecutionProvider"]
    session = script.onnxruntime.InferenceSession(content, providers=providers)
    feed = {"outlook": X[:, :1], "degrees": np.float32(X[:, 1:2]), "humidity": np.float32(X[:, 2:])}
    P, P_sklearn = session.run(["probabilities"], feed)[0], fitted.predict_proba(X)
    assert_allclose(P, P_sklearn, rtol=0, atol=1e-5)  # float32: logits near 10 are good to 1e-5
    print("inputs ", *(f"{value.name} {value.type}" for value in session.get_inputs()))
    print(f"snow    {P[-1, 1]:.3f} by the file, {P_sklearn[-1, 1]:.3f} by scikit-learn")


if __name__ == "__main__":
    main()
