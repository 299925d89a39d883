"""What is run in each release: files, what they are fed with, and what is right.

    for case in collect(): ...       the official cases, the scripts' files, estimators, real files

All of it is made once, by the pinned packages. A release is handed model and inputs alone, and what
it answers is judged here: by the standard, by numpy, by scikit-learn; of the real files, by the
pinned onnxruntime, beside which the page of real files sets other engines.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper

import linear_regression
import neural_network
import sklearn_converter
from tests.engines import input_names
from tests.estimators import data, steps
from tests.estimators.compare import answers
from tests.estimators.configurations import Configuration, classes, has_converter, situations_of
from tests.estimators.judge import compare_all
from tests.estimators.verdicts import AGREES
from tests.interop.operators import cases as official
from tests.interop.operators.uses import find_schema, name_operator
from tests.interop.real import judge as real
from tests.interop.real.files import here
from tests.releases.history import (
    ESTIMATOR,
    FORMAT,
    IR_VERSIONS,
    ML,
    OPSETS,
    REAL,
    SCRIPT,
    name_format,
)

NO_OPERATOR = [FORMAT, SCRIPT, ESTIMATOR, REAL, official.SEVERAL]
SITUATIONS = ["default", "two classes"]
WORDS = 150  # letters of a refusal


@dataclass
class Case:
    """One file with its inputs, and what says whether an answer is right."""

    name: str
    kind: str  # the operator that it tests, or one of the words above
    model: bytes | str  # a real file by its path
    inputs: list
    check: tuple  # a function of this module and its first arguments; the last is the answer

    def order(self):
        """Return what a release is handed."""
        model = onnx.load(self.model) if isinstance(self.model, str) else self.load()
        return {
            "name": self.name,
            "model": self.model,
            "names": input_names(model),
            "inputs": self.inputs,
        }

    def load(self):
        """Return the model, without weights that lie in other files."""
        if isinstance(self.model, str):
            return onnx.load(self.model, load_external_data=False)
        return onnx.load_from_string(self.model)

    def size(self):
        """Return how many numbers are fed."""
        return sum(np.asarray(array).size for array in official.arrays_of(self.inputs))

    def judge(self, answer):
        """Return None if an answer is right, or what is wrong with it."""
        function, *arguments = self.check
        return function(*arguments, answer)


# What is right ------------------------------------------------------------------------------------
def by_standard(case, answer):
    return official.difference(case, answer)


def by_numbers(exact, tolerance, answer):
    """Compare the last output with what numpy computed in float64."""
    given = np.asarray(answer[-1])
    if given.shape != exact.shape:
        return f"the shape is {list(given.shape)} in place of {list(exact.shape)}"
    off = abs(given - exact).max()
    return None if off <= tolerance else f"off by {off:.2g}"


def by_scikit_learn(estimator, known, names, answer):
    """Compare each output with what scikit-learn answers."""
    finding, _ = compare_all(estimator, dict(zip(names, answer, strict=True)), known)
    return None if finding["verdict"] == AGREES else finding.get("note", finding["verdict"])


def by_pinned(right, tolerance, answer):
    """Compare with what the pinned onnxruntime answers."""
    return real.compare(answer, right, tolerance)[0]


# The official cases, and the format ---------------------------------------------------------------
def at_their_own_opset(restated):
    """Yield the cases that travel as they are published, where that is another version."""
    from onnx.backend.test.case.node import collect_testcases

    published = {case.name: case.model for case in collect_testcases(None)}
    for case in restated:
        model = published[case.name]
        if case.newer or versions_of(model) == versions_of(case.model):
            continue
        own = official.Case(case.name, case.operator, model, case.inputs, case.outputs, True)
        yield f"{case.name}, opset {opset_of(model)}", own


def opset_of(model):
    return max(opset.version for opset in model.opset_import)


def versions_of(model):
    """Return the version of each node's operator."""
    imports = {opset.domain: opset.version for opset in model.opset_import}
    schemas = [find_schema(node, imports) for node in model.graph.node]
    return [schema.since_version if schema else None for schema in schemas]


def of_standard(name, case):
    """Return a case of ONNX's own as one of a release; right is what it states."""
    check = (by_standard, case)
    return Case(name, case.operator, case.model.SerializeToString(), case.inputs, check)


def official_cases():
    """Yield ONNX's own cases at opset 18, the newer ones and the other versions as they are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some are computed from infinite numbers
        restated, _left_out = official.collect()
        named = [(case.name, case) for case in restated] + list(at_their_own_opset(restated))
    for name, case in named:
        yield of_standard(name, case)


def formats():
    """Yield a file of one node for each IR version and opset: what it says of itself is tested."""
    for version in IR_VERSIONS:
        yield probe(f"IR version {version}", version, "", 7)
    for domain, opsets in OPSETS.items():
        for opset in opsets:
            yield probe(name_format(domain, opset), 3, domain, opset)


def probe(name, ir_version, domain, opset):
    """Return a case of a file that says so of its format: a sum, or a binary number of ai.onnx.ml.

    The IR version is the oldest that is allowed with its opset, or the one to be tested.
    """
    node = helper.make_node("Add", ["X", "X"], ["Y"])
    exact = np.float32([2, 4])
    if domain:
        node = helper.make_node("Binarizer", ["X"], ["Y"], domain=domain, threshold=1.5)
        exact = np.float32([0, 1])
    X = helper.make_tensor_value_info("X", TensorProto.FLOAT, [2])
    Y = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [2])
    imports = [helper.make_opsetid(domain, opset)]
    ir_version = max(ir_version, 3 if domain else oldest_ir(opset))
    model = helper.make_model(
        helper.make_graph([node], "probe", [X], [Y]), opset_imports=imports, ir_version=ir_version
    )
    inputs = [np.float32([1, 2])]
    return Case(name, FORMAT, model.SerializeToString(), inputs, (by_numbers, exact, 0))


def oldest_ir(opset):
    return helper.find_min_ir_version_for([helper.make_opsetid("", opset)])


# Files --------------------------------------------------------------------------------------------
def scripts():
    """Yield the files that the three scripts write, with numpy's answers in float64."""
    X, Y = linear_regression.load_data()
    W, B = linear_regression.train(X, Y)
    exact = linear_regression.reference(X, W, B)
    yield script_case("linear_regression", linear_regression.build_model(W, B), X, exact)

    X_train, X, y_train, _ = neural_network.load_data()
    classifier = neural_network.train(X_train, y_train)
    model = neural_network.build_model(classifier.coefs_, classifier.intercepts_)
    exact = neural_network.reference(X, classifier.coefs_, classifier.intercepts_)
    yield script_case("neural_network", model, X, exact)
    yield script_case("neural_network, portable", neural_network.inline(model), X, exact)

    X_train, X, y_train, _ = sklearn_converter.load_data()
    pipeline = sklearn_converter.train(X_train, y_train)
    exact = sklearn_converter.reference(X, pipeline)
    X32 = X.astype(np.float32)
    yield script_case("sklearn_converter", sklearn_converter.build_model(pipeline, X32), X, exact)
    portable = sklearn_converter.build_model(pipeline, X32, portable=True)
    yield script_case("sklearn_converter, portable", portable, X, exact)


def script_case(name, model, X, exact):
    # float32 keeps 7 digits, of answers of up to 40 in the linear regression
    tolerance = 1e-5 * max(1, abs(exact).max())
    inputs = [X.astype(np.float32)]
    check = (by_numbers, exact, tolerance)
    return Case(name, SCRIPT, model.SerializeToString(), inputs, check)


def estimators(names=None):
    """Yield the file of each estimator's default, and for two classes, that the pins get right.

    And each of their nodes of ai.onnx.ml as a case of its own: the standard has few of them.
    """
    seen = set()
    for name in names or classes():
        if not has_converter(name):
            continue
        for situation in SITUATIONS:
            if situation != "default" and situation not in situations_of(name):
                continue
            case = estimator_case(Configuration(name, situation, {}, situation))
            if case:
                yield case
                yield from nodes_of(case, seen)


def estimator_rows():
    """Return {name: (estimator, rows, target, unseen rows)} of what has a converter today."""
    orders = {}
    for name in classes():
        for situation in SITUATIONS if has_converter(name) else []:
            if situation == "default" or situation in situations_of(name):
                configuration = Configuration(name, situation, {}, situation)
                rows = data.make(configuration.estimator(), situation)
                orders[f"{name}, {situation}"] = (name, rows.X, rows.y, rows.unseen)
    return orders


def fit(configuration):
    """Return the fitted estimator, its rows and scikit-learn's answers."""
    estimator = configuration.estimator()
    rows = data.make(estimator, configuration.situation)
    steps.fit(estimator, rows)
    return estimator, rows, answers(estimator, rows.rows())


def estimator_case(configuration):
    """Return the case of an estimator, or None where there is no right file to begin with."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator, rows, known = fit(configuration)
            X = rows.rows()
            model = steps.convert(estimator, rows.X, np.float32)
            session = steps.load(model)
            if isinstance(X, list) or len(session.get_inputs()) != 1:
                return None  # dictionaries, which are fed one at a time
            (feed,) = steps.feeds(session, X, np.float32).values()
            names = [output.name for output in session.get_outputs()]
            answer = session.run(None, {session.get_inputs()[0].name: feed})
    except Exception:  # of scikit-learn, skl2onnx or onnxruntime: the sweep says which
        return None
    check = (by_scikit_learn, estimator, known, names)
    name = f"{configuration.name}, {configuration.situation}"
    case = Case(name, ESTIMATOR, model.SerializeToString(), [feed], check)
    return None if case.judge(answer) else case


def nodes_of(case, seen):
    """Yield the nodes of ai.onnx.ml in a file that are like none before, each as a case."""
    model = case.load()
    wires = {name for node in model.graph.node for name in node.output if name}
    graph = onnx.ModelProto()
    graph.CopyFrom(model)
    del graph.graph.output[:]
    graph.graph.output.extend(onnx.ValueInfoProto(name=name) for name in sorted(wires))
    session = steps.load(graph)
    (fed,) = session.get_inputs()
    values = dict(zip(sorted(wires), session.run(None, {fed.name: case.inputs[0]}), strict=True))
    values[fed.name] = case.inputs[0]
    for node in model.graph.node:
        kind = (node.op_type, *sorted(attribute.name for attribute in node.attribute))
        names = [name for name in node.input if name]
        if node.domain != ML or (kind, classes_of(node)) in seen or not set(names) <= set(values):
            continue
        seen.add((kind, classes_of(node)))
        right = [values[name] for name in node.output if name]
        if not all(isinstance(array, np.ndarray) for array in right):
            continue
        alone = alone_model(node, model, {name: values[name] for name in names}, right)
        check = (by_pinned, right, real.TOLERANCE)
        inputs = [values[name] for name in names]
        yield Case(f"{node.op_type} of {case.name}", name_operator(node), alone, inputs, check)


def classes_of(node):
    """Return how many classes a node of ai.onnx.ml tells apart, and of how many it adds scores."""
    sizes = {}
    for attribute in node.attribute:
        if attribute.name.startswith("classlabels"):
            sizes["classes"] = len(attribute.ints) or len(attribute.strings)
        if attribute.name == "class_ids":
            sizes["scored"] = len(set(attribute.ints))
    return sizes.get("classes"), sizes.get("scored")


def alone_model(node, model, values, right):
    """Return a model of one node."""
    arrays = {**values, **dict(zip([name for name in node.output if name], right, strict=True))}
    infos = {}
    for name, array in arrays.items():
        kind = TensorProto.STRING
        if array.dtype.kind not in "OU":
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        infos[name] = helper.make_tensor_value_info(name, kind, array.shape)
    outputs = [infos[name] for name in node.output if name]
    graph = helper.make_graph([node], node.op_type, [infos[name] for name in values], outputs)
    imports = [opset for opset in model.opset_import if opset.domain == node.domain][:1]
    alone = helper.make_model(graph, opset_imports=imports, ir_version=model.ir_version)
    return alone.SerializeToString()


def real_files():
    """Yield the real files that are here, with their inputs and onnxruntime's answers."""
    for name, (path, inputs, right, tolerance) in real.prepare_apart(list(here())).items():
        yield Case(name, REAL, str(path), inputs, (by_pinned, right, tolerance))


def conversions(scripts_cases):
    """Yield the scripts' files with each opset that they are to be converted to."""
    for case in scripts_cases:
        for opset in OPSETS[""]:
            name = f"{case.name} to opset {opset}"
            yield Case(name, f"to opset {opset}", case.model, case.inputs, (by_running, case))


def by_running(case, answer):
    """Run a model that was converted, in the pinned onnxruntime, and compare its answer."""
    try:
        session = steps.load(onnx.load_from_string(answer[0]))
        (fed,) = session.get_inputs()
        return case.judge(session.run(None, {fed.name: case.inputs[0]}))
    except Exception as error:  # of onnxruntime, which refuses what was written
        return steps.plain(f"{type(error).__name__}: {error}")[:WORDS]


def collect():
    """Yield every case."""
    yield from official_cases()
    yield from formats()
    yield from scripts()
    yield from estimators()
    yield from real_files()
