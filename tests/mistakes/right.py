"""The tutorial's own models and calls as they should be: what the mistakes are made on."""

from functools import cache

import numpy as np
from onnx import TensorProto, helper, numpy_helper

import linear_regression
import neural_network
import sklearn_converter
from tests.mistakes.catalogue import Attempt

# The regression of the first script
X_PLANT, Y_PLANT = linear_regression.load_data()
W, B = linear_regression.train(X_PLANT, Y_PLANT)


def plant_model():
    """Return the regression's model."""
    return linear_regression.build_model(W, B)


def plant(model=None, X=X_PLANT, name="X", output=None):
    """Return the regression's attempt; without arguments it is right."""
    model = plant_model() if model is None else model
    if X.dtype == np.float64:
        X = X.astype(np.float32)
    return Attempt(model, {name: X}, X_PLANT @ W + B, output)


# A network like that of the second script, small, and square: any layer fits any other
RNG = np.random.default_rng(0)
X_NET = RNG.normal(size=(5, 4))
WEIGHTS = list(RNG.normal(size=(3, 4, 4)))
BIASES = list(RNG.normal(size=(3, 4)))


def network_model(weights=WEIGHTS):
    """Return the network's model."""
    return neural_network.build_model(weights, BIASES)


def network(model=None, X=X_NET):
    """Return the network's attempt; without arguments it is right."""
    model = network_model() if model is None else model
    P = neural_network.reference(X_NET, WEIGHTS, BIASES)
    return Attempt(model, {"X": X.astype(np.float32)}, P)


# The flowers and the pipeline of the third script
X_TRAIN, X_TEST, Y_TRAIN, Y_TEST = sklearn_converter.load_data()
X_FLOWERS = np.vstack([X_TRAIN, X_TEST])
Y_FLOWERS = np.concatenate([Y_TRAIN, Y_TEST])


@cache
def flower_pipeline():
    """Return the fitted pipeline of a scaler and a logistic regression."""
    return sklearn_converter.train(X_TRAIN, Y_TRAIN)


# A model of a few operators
def small_model(nodes, inputs, outputs, constants, opset=18, notes=()):
    """Return a model of nodes that nobody has checked.

    inputs and outputs are {name: (type, shape)} where the type is numpy's, constants {name: array},
    notes are value infos of wires inside.
    """
    infos = []
    for values in (inputs, outputs):
        infos.append([])
        for name, (dtype, shape) in values.items():
            elem_type = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
            infos[-1].append(helper.make_tensor_value_info(name, elem_type, shape))
    tensors = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "small", *infos, tensors, value_info=list(notes))
    imports = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=imports, ir_version=8)


def small(node, X, Y, opset=18, **constants):
    """Return the attempt of one node that makes Y of X, for any first dimension."""
    shapes = [["N", *array.shape[1:]] for array in (X, Y)]
    inputs = {"X": (X.dtype, shapes[0])}
    outputs = {"Y": (X.dtype, shapes[1])}
    return Attempt(small_model([node], inputs, outputs, constants, opset), {"X": X}, Y)


# Repeated fields of protobuf
def replace(repeated, *items):
    """Give a repeated protobuf field new items."""
    items = [type(item).FromString(item.SerializeToString()) for item in items]
    del repeated[:]
    repeated.extend(items)


FLOAT = TensorProto.FLOAT
DOUBLE = TensorProto.DOUBLE
