"""How an array has to lie for Apache TVM."""

import numpy as np
import pytest

from tests.engines import apache_tvm as engine
from tests.interop.common import need

need(engine.NAME, "tvm.relax.frontend.onnx")


def test_it_refuses_an_array_that_lies_column_by_column(answer):
    path, feed, _ = answer("linear", 7)
    function = engine.compile_file(path)
    with pytest.raises(ValueError, match="expected to be compact array"):
        function(np.asfortranarray(feed["X"]))
