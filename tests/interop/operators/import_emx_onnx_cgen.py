"""Import emx-onnx-cgen with a compiler that has read its templates.

It reads them for the first model that it compiles, which takes a second. A process that is copied
from one that has done so need not.
"""

from emx_onnx_cgen import Compiler
from onnx import TensorProto, helper

X = helper.make_tensor_value_info("X", TensorProto.FLOAT, [1])
Y = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [1])
GRAPH = helper.make_graph([helper.make_node("Abs", ["X"], ["Y"])], "graph", [X], [Y])
IMPORTS = [helper.make_opsetid("", 18)]

COMPILER = Compiler()
COMPILER.compile(helper.make_model(GRAPH, opset_imports=IMPORTS, ir_version=8))
