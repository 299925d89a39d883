"""How do I get my model out of H2O?

Install it:  pip install h2o
Try it:      pytest tests/interop/test_comes_from_h2o.py

H2O needs Java: on Debian, apt-get install openjdk-17-jre-headless.
"""

import pytest
from sklearn.datasets import load_iris

from tests.interop.common import need, need_program
from tests.interop.frameworks.h2o import NAME

h2o = need(NAME, "h2o")
estimators = need(NAME, "h2o.estimators")
need_program(NAME, "java", install="apt-get install openjdk-17-jre-headless")


def test_the_file_that_the_converter_reads_asks_for_a_licence(tmp_path, measured):
    # A port of its own: at 54321, the usual one, somebody's H2O may be at work.
    h2o.init(port=54399, nthreads=1, max_mem_size="1G", bind_to_localhost=True, verbose=False)
    try:
        X, y = load_iris(return_X_y=True)
        rows = [[*features, f"species {label}"] for features, label in zip(X, y, strict=True)]
        frame = h2o.H2OFrame(rows, column_names=["a", "b", "c", "d", "y"])
        model = estimators.H2OGradientBoostingEstimator(ntrees=20, seed=1)
        model.train(x=["a", "b", "c", "d"], y="y", training_frame=frame)
        with pytest.raises(Exception, match="MOJO export requires H2O-3 Secure"):
            model.download_mojo(str(tmp_path / "model.zip"))
    finally:
        h2o.cluster().shutdown()
    measured("verdict", "broken")
