"""Tell which engines should run a file, judged by ONNX's own test cases of its operators.

    python -m tests.interop.operators mine.onnx

Needs only the onnx package: what the engines did is recorded beside this file.
"""

import argparse
import sys

import onnx

from tests.interop.operators import report

NAMES = {"": "", "ai.onnx": ""}  # the two ways to write the domain of the standard's own operators


def find_operators(nodes):
    """Return the names of the operators of some nodes, and of the graphs inside them."""
    found = set()
    for node in nodes:
        domain = NAMES.get(node.domain, f"{node.domain}.")
        found.add(domain + node.op_type)
        for attribute in node.attribute:
            for graph in [attribute.g, *attribute.graphs]:
                found |= find_operators(graph.node)
    return found


def operators_of(model):
    """Return the names of all operators that a model uses, those in its functions included."""
    found = find_operators(model.graph.node)
    for function in model.functions:
        found |= find_operators(function.node)
    return found


def types_of(model):
    """Return the names of the types in a model, or None where they cannot all be told."""
    try:
        graph = onnx.shape_inference.infer_shapes(model).graph
    except Exception:  # of a model that contradicts itself, say
        return None
    numbers = {tensor.data_type for tensor in graph.initializer}
    told = set()
    for value in [*graph.input, *graph.output, *graph.value_info]:
        numbers.add(value.type.tensor_type.elem_type)
        told.add(value.name)
    for node in graph.node:
        if not told.issuperset(filter(None, node.output)):  # of operators that nobody knows, say
            return None
    names = set()
    for number in numbers - {onnx.TensorProto.UNDEFINED}:
        names.add(onnx.helper.tensor_dtype_to_np_dtype(number).name)
    return names


def cases_of(operator, cases, types=None):
    """Return the cases that say most of an operator in a file of these types.

    Those of these types, or else of any; those that travel, or else the newer ones.
    """
    for newer in (False, True):
        for some in (types, None):
            names = report.names_of(cases, operator, newer, some)
            if names:
                return names
    return []


def judge(operators, types, cases, verdicts):
    """Return {word: {operator: the cases that earn it the word}} for one engine."""
    words = {}
    for operator in sorted(operators):
        names = cases_of(operator, cases, types)
        word = report.cell(verdicts, names)
        worst = "none" if word == "some" else word  # a case alone is refused, or it is not
        guilty = [name for name in names if report.cell(verdicts, [name]) == worst]
        words.setdefault(word, {})[operator] = guilty
    return words


def sentences(words):
    """Return what there is to say of an engine, a line each, the worst first."""
    lines = []
    for operator, names in words.get("differs", {}).items():
        lines.append(f"answers differently, without a word: {operator}, as in {names[0]}")
    for operator, names in words.get("crashes", {}).items():
        lines.append(f"ends the process, or never ends: {operator}, as in {names[0]}")
    for operator in words.get("none", {}):
        lines.append(f"stands in the way: {operator}")
    for operator, names in words.get("some", {}).items():
        lines.append(f"refused in some cases: {operator}, as in {names[0]}")
    for operator in words.get("", {}):
        lines.append(f"not tried: {operator}")
    return lines


def tell(name, model):
    """Print what the recorded results say of a model."""
    cases = report.read_cases()
    operators = operators_of(model)
    tested = {operator for operator in operators if cases_of(operator, cases)}
    types = types_of(model)
    print(f"{name} uses {', '.join(sorted(operators))}")
    if operators - tested:
        print(f"No official case tests {', '.join(sorted(operators - tested))}.")
    if model.functions:
        print(
            "It has functions, which most engines refuse: inline them, as neural_network.py does."
        )
    for domain in model.opset_import:
        if domain.domain in NAMES and domain.version > 18:
            print(f"It is stated at opset {domain.version}; the cases are, where possible, at 18.")
    for engine, verdicts in report.read_verdicts().items():
        words = judge(tested, types, cases, verdicts)
        lines = sentences(words) or ["runs each of them in every case"]
        print(f"\n{engine}")
        for line in lines:
            print(f"  {line}")


def main(argv=None):
    parser = argparse.ArgumentParser(
        prog="python -m tests.interop.operators",
        description="Tell which engines should run a file, judged by ONNX's own test cases.",
    )
    parser.add_argument("file", help="an ONNX file")
    name = parser.parse_args(argv).file
    try:
        # Weights that lie in other files are of no interest here.
        model = onnx.load(name, load_external_data=False)
        onnx.checker.check_model(model)
    except Exception as error:  # of the file system, of protobuf or of the checker
        print(f"error: {name}: {error}", file=sys.stderr)
        sys.exit(2)
    tell(name, model)


if __name__ == "__main__":
    main()
