"""Convert a pipeline of your own: wines told apart by a support vector classifier.

Labels and probabilities have to be scikit-learn's own, on wines that it has not seen.
"""

import warnings

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from onnx import helper
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import sklearn_converter as script


def main():
    X, y = load_wine(return_X_y=True)  # (178, 13) and (178,): every other wine is for the test
    steps = StandardScaler(), CalibratedClassifierCV(SVC(), ensemble=False)  # scores to P
    pipeline = make_pipeline(*steps).fit(X[::2], y[::2])
    with warnings.catch_warnings():  # skl2onnx reads what scikit-learn 1.9 calls outdated
        warnings.simplefilter("ignore", FutureWarning)
        model = script.build_model(pipeline, X.astype(np.float32))
    model.graph.name = model.doc_string = "wine"  # build_model has described iris
    helper.set_model_props(model, {"data": "UCI wine"})
    content, providers = model.SerializeToString(), ["CPUExecutionProvider"]
    session = script.onnxruntime.InferenceSession(content, providers=providers)
    label, P = script.predict(session, X[1::2])
    assert_array_equal(label, pipeline.predict(X[1::2]))
    P_sklearn = pipeline.predict_proba(X[1::2])
    assert_allclose(P, P_sklearn, rtol=0, atol=1e-5)  # float32: logits near 10 are good to 1e-5
    print(f"learned   {(label == y[1::2]).mean():.1%} of {len(P)} unseen wines right")
    print(f"compared  {abs(P - P_sklearn).max():.0e} from scikit-learn, the same labels")


if __name__ == "__main__":
    main()
