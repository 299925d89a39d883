"""Write the nodes of a converter: `write("Add", x, np.ones(3))` returns the name of what it wrote.

Members of an estimator are written by skl2onnx itself; what is asked of them is here: their labels,
probabilities or scores, in scikit-learn's shapes.
"""

import copy

import numpy as np
from onnx import TensorProto, helper
from skl2onnx._parse import _parse_sklearn
from skl2onnx._supported_operators import sklearn_operator_name_map
from skl2onnx.common._registration import get_converter
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.base import is_classifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
)
from sklearn.linear_model._base import LinearClassifierMixin
from sklearn.svm import SVC, NuSVC

from tests.estimators.steps import parts

BOOL = TensorProto.BOOL
INT64 = TensorProto.INT64
STRING = TensorProto.STRING
RAW = (AdaBoostClassifier, GradientBoostingClassifier, HistGradientBoostingClassifier)


def knows_zipmap(model):
    """Return whether a classifier's converter takes the option that every classifier's should."""
    alias = sklearn_operator_name_map.get(type(model))
    return alias is not None and "zipmap" in (get_converter(alias).get_allowed_options() or {})


class Writer:
    """What a converter writes for one operator."""

    def __init__(self, scope, operator, container):
        self.scope = scope
        self.container = container
        self.model = operator.raw_operator
        self.inputs = operator.inputs
        self.outputs = [variable.full_name for variable in operator.outputs]
        double = isinstance(self.inputs[0].type, DoubleTensorType)
        self.dtype = np.float64 if double else np.float32
        self.float = TensorProto.DOUBLE if double else TensorProto.FLOAT
        self.float_type = DoubleTensorType if double else FloatTensorType

    def __call__(self, operator, *inputs, into=None, domain="", **attributes):
        """Write a node; arrays among its inputs become weights; return its output's name."""
        output = into or self.scope.get_unique_variable_name(operator.lower())
        names = [one if isinstance(one, str) else self.weight(one) for one in inputs]
        self.container.add_node(operator, names, output, op_domain=domain, **attributes)
        return output

    def weight(self, values):
        """Write a weight, floats in the precision of the operator's input; return its name."""
        values = np.asarray(values)
        if values.dtype.kind == "f":
            values = values.astype(self.dtype)
        name = self.scope.get_unique_variable_name("weight")
        kind = (
            STRING if values.dtype.kind in "OU" else helper.np_dtype_to_tensor_dtype(values.dtype)
        )
        content = values.ravel()
        if kind == STRING:
            content = [str(word).encode("utf-8") for word in content]
        self.container.add_initializer(name, kind, list(values.shape), content)
        return name

    def rows(self, inputs=None):
        """Return the inputs as one tensor of floats, its columns side by side."""
        floats = [self("Cast", one.full_name, to=self.float) for one in inputs or self.inputs]
        return floats[0] if len(floats) == 1 else self("Concat", *floats, axis=1)

    def variable(self, name, columns):
        """Return floats that were written as a variable, which a member's converter reads."""
        kind = self.float_type([None, columns])
        variable = self.scope.declare_local_variable("given", kind)
        self("Identity", name, into=variable.full_name)
        return variable

    def flat(self, name):
        """Return a column as a row of numbers."""
        return self("Reshape", name, np.array([-1]))

    def rename(self, node, number):
        """Give an output of a written node another name, which is returned; the old one is free."""
        self.container._added_names_.discard(node.output[number])
        node.output[number] = self.scope.get_unique_variable_name("uncured")
        return node.output[number]

    # Members --------------------------------------------------------------------------------------
    def member(self, model, inputs=None, **options):
        """Write a fitted estimator; return its output variables."""
        for part in parts(model):
            said = {"zipmap": False} if is_classifier(part) and knows_zipmap(part) else {}
            if part is model:
                said.update(options)
            self.scope.add_options(id(part), said)
            self.container.add_options(id(part), said)
        return _parse_sklearn(self.scope, model, inputs or self.inputs)

    def hand_over(self, model, variable):
        """Let another model, on other rows, write what this operator answers."""
        outputs = self.member(model, [variable])
        for output, name in zip(outputs, self.outputs, strict=True):
            self("Identity", output.full_name, into=name)

    def index(self, model, inputs=None):
        """Write a classifier; return the place of its label in `classes_` (N,)."""
        label = self.member(model, inputs)[0].full_name
        places = np.arange(len(model.classes_))
        if model.classes_.dtype.kind in "OU":
            keys = {"keys_strings": [str(word) for word in model.classes_]}
        else:
            keys = {"keys_int64s": model.classes_.astype(np.int64)}
        place = self("LabelEncoder", label, domain="ai.onnx.ml", values_int64s=places, **keys)
        return self.flat(place)

    def probabilities(self, model, inputs=None):
        """Write a classifier; return its `predict_proba` (N, C)."""
        if not hasattr(model, "predict_proba"):
            raise NotImplementedError(f"{type(model).__name__} has no predict_proba")
        return self.member(model, inputs)[1].full_name

    def scores(self, model, inputs=None):
        """Write a classifier; return its `decision_function` (N, C), or (N, 1) for two classes."""
        if hasattr(model, "best_estimator_"):
            return self.scores(model.best_estimator_, inputs)
        if hasattr(model, "steps"):
            if len(model.steps) > 1:
                inputs = self.member(model[:-1], inputs)
            return self.scores(model.steps[-1][1], inputs)
        if isinstance(model, LinearClassifierMixin):
            weighed = self("MatMul", self.rows(inputs), np.array(model.coef_.T))
            return self("Add", weighed, np.broadcast_to(model.intercept_, len(model.coef_)))
        second = 1
        twin = copy.copy(model)  # skl2onnx's options belong to an object
        if isinstance(model, SVC | NuSVC):
            second = 0  # skl2onnx writes the score first, its negative second
            twin._probA = twin._probB = np.empty(0)
            outputs = self.member(twin, inputs)
        elif isinstance(model, RAW):
            outputs = self.member(twin, inputs, raw_scores=True)
        else:
            raise NotImplementedError(f"the scores of {type(model).__name__} are not written here")
        if len(model.classes_) == 2:
            return self("Gather", outputs[1].full_name, np.array([second]), axis=1)
        return outputs[1].full_name

    def response(self, model, methods, inputs=None):
        """Return (method, scores or probabilities) of the first method that a classifier has."""
        for method in methods:
            if hasattr(model, method):
                write = {"predict_proba": self.probabilities, "decision_function": self.scores}
                return method, write[method](model, inputs)
        raise NotImplementedError(f"{type(model).__name__} has none of {', '.join(methods)}")

    # Classes --------------------------------------------------------------------------------------
    def label(self, index, classes, into=None):
        """Write the classes at some places; by default as the operator's label."""
        if classes.dtype.kind not in "OU":
            classes = classes.astype(np.int64)
        return self("Gather", classes, self.flat(index), into=into or self.outputs[0])

    def best(self, scores):
        """Return the place of the largest score in each row; of equals the first."""
        return self("ArgMax", scores, axis=1, keepdims=0)

    def above(self, score, threshold):
        """Return 1 where a score (N, 1) is above a threshold, 0 elsewhere."""
        return self("Cast", self("Greater", score, np.array(threshold, float)), to=INT64)

    def one_hot(self, index, count):
        """Return (N, count): 1 in the column of each row's place, 0 in the others."""
        column = self("Reshape", index, np.array([-1, 1]))
        return self("Cast", self("Equal", column, np.arange(count)), to=self.float)

    def both(self, second):
        """Return the probabilities of two classes from the second one's (N, 1)."""
        return self("Concat", self("Sub", np.array(1.0), second), second, axis=1)

    def share(self, values):
        """Return each row divided by its sum; rows of zeros as equal shares."""
        total = self("ReduceSum", values, np.array([1]), keepdims=1)
        nothing = self("Equal", total, np.array(0.0))
        size = self("Shape", values)
        count = self("Cast", self("Gather", size, np.array([1])), to=self.float)
        equal = self("Div", np.array(1.0), count)
        return self("Where", nothing, equal, self("Div", values, total))
