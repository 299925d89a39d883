"""A program that shows what an engine makes of one case. It needs what pip brings, nothing of ours.

template(engine, ...)      a program with a gap
from_numbers(...)          what fills it: a model as text, its inputs and the right answers
OFFICIAL                   the same for a case of too many numbers, which the onnx package holds
program_of(found, ...)     a whole program, as the page composes it, too
"""

import inspect
import json
import math
import re
import textwrap
from pathlib import Path

import numpy as np

from tests.engines import find
from tests.interop.operators.cases import IR_VERSION, OPSET
from tests.kit.places import TESTS
from tests.lookup import calls

GAP = "# the case"
WIDTH = 98
ENGINES = find()
PINS = TESTS / "interop" / "requirements.txt"
NAMES = "XABCDEFGHIJKLM"  # of inputs
OUTPUTS = "YZUVW"

NEWER_IR = 10

# What fills the gap for a case of which the onnx package has the numbers: a case that is newer than
# opset 18 runs as it is, and has the two lines with a version not.
OFFICIAL = [
    "from onnx.backend.test.case.node import collect_testcases",
    "",
    'cases = {case.name: case for case in collect_testcases("OPERATOR")}',
    'case = cases["NAME"]',
    f"case.model.ir_version = {IR_VERSION}",
    f"case.model.opset_import[0].version = {OPSET}",
    'onnx.save(case.model, "case.onnx")',
    "((inputs, right),) = case.data_sets",
    "inputs = dict(zip([value.name for value in case.model.graph.input], inputs, strict=True))",
]

MODEL = '''model = onnx.parser.parse_model("""
{text}
""")
{raw}onnx.save(model, "case.onnx")'''

# The parser keeps 16-bit constants as 32-bit numbers, which MNN does not read; exporters do not.
RAW = """for weight in model.graph.initializer:
    array = onnx.numpy_helper.to_array(weight)
    weight.CopyFrom(onnx.numpy_helper.from_array(array, weight.name))
"""


# The engine's part --------------------------------------------------------------------------------
def pins():
    """Return {package, in small letters: its version} of the packages that run together here."""
    lines = PINS.read_text(encoding="utf-8").splitlines()
    found = dict(line.split("==") for line in lines if "==" in line)
    return {package.lower(): version for package, version in found.items()}


def install_line(engine, versions):
    """Return the command that brings an engine and onnx, each in the version that was measured."""
    command, comma, rest = ENGINES[engine].INSTALL.partition(",")
    words = command.split()[2:]
    if "onnx" not in words:
        words.insert(0, "onnx")
    pinned = []
    for word in words:
        version = versions.get(word.lower())
        pinned.append(f"{word}=={version}" if version and "==" not in word else word)
    return f"pip install {' '.join(pinned)}{comma}{rest}"


def call_of(engine):
    """Return the lines of a call: those of the top, and those behind the case."""
    function = getattr(calls, Path(ENGINES[engine].__file__).stem)
    body = textwrap.dedent(inspect.getsource(function).partition("\n")[2]).strip()
    last_import = [match.end() for match in re.finditer(r"^(import|from) .*$", body, re.MULTILINE)]
    top = body[: last_import[-1]]
    rest = re.sub(r"^return ", "answers = ", body[last_import[-1] :].strip(), flags=re.MULTILINE)
    return top, rest


def template(engine, version, versions):
    """Return the program for an engine, with a gap where a case goes."""
    top, rest = call_of(engine)
    return "\n".join(
        [
            f"# {install_line(engine, versions)}",
            "import numpy as np",
            "import onnx",
            top,
            "",
            GAP,
            "",
            rest,
            'print("right:", *right, sep="\\n")',
            f'print("{engine} {version}:", *answers, sep="\\n")',
            "",
        ]
    )


# The case -----------------------------------------------------------------------------------------
def show_number(value):
    """Return a number as Python reads it."""
    if isinstance(value, float):
        if math.isnan(value):
            return "np.nan"
        if math.isinf(value):
            return "np.inf" if value > 0 else "-np.inf"
        whole = value == int(value) and abs(value) < 1e5 and str(value) != "-0.0"
        return f"{value:g}" if whole else repr(value)
    return repr(value)


def show_list(values):
    """Return nested lists as Python reads them."""
    if isinstance(values, list):
        return f"[{', '.join(map(show_list, values))}]"
    return show_number(values)


def show_array(value):
    """Return an array of an example as Python reads it."""
    kind = "bool_" if value["type"] == "bool" else value["type"]
    if 0 in value["shape"]:
        return f"np.zeros({tuple(value['shape'])}, np.{kind})"
    numbers = np.array(value["values"]).ravel().tolist()
    if len(numbers) > 4 and len(set(numbers)) == 1 and kind != "float64":
        return f"np.full({tuple(value['shape'])}, {show_number(numbers[0])}, np.{kind})"
    if kind == "float64" and is_single(value["values"]):
        # The records write such a number with the digits of float32: here its bits may matter.
        return f"np.array({show_list(value['values'])}, np.float32).astype(np.float64)"
    return f"np.array({show_list(value['values'])}, np.{kind})"


def is_single(values):
    """Return whether all of nested lists are numbers of float32, written with its digits."""
    if isinstance(values, list):
        return all(map(is_single, values))
    with np.errstate(over="ignore"):
        return math.isnan(values) or float(str(np.float32(values))) == values


def wrap(line):
    """Return a line in lines that fit."""
    deeper = " " * (len(line) - len(line.lstrip()) + 4)
    return "\n".join(textwrap.wrap(line, WIDTH, subsequent_indent=deeper, break_long_words=False))


# The model, in ONNX's own notation ----------------------------------------------------------------
def show_type(value):
    """Return the type of an array of an example."""
    kind = {"float32": "float", "float64": "double"}.get(value["type"], value["type"])
    sizes = ", ".join(map(str, value["shape"]))
    return f"{kind}[{sizes}]" if sizes else kind  # [] would be any number of sizes


def show_weight(name, value):
    """Return an input that is a constant of the file."""
    numbers = np.array(value["values"]).ravel().tolist()
    return f"{show_type(value)} {name} = {{{', '.join(map(str, numbers))}}}"


def show_attribute(name, value):
    """Return an attribute of a node; the type of an empty list has to be said."""
    return f"{name}: ints = []" if value == [] else f"{name} = {json.dumps(value)}"


def show_model(operator, example, opsets, ir_version, names, fed):
    """Return the text of a model of one node; what is not fed is a constant of the file."""
    named = dict(zip(names, example["inputs"], strict=True))
    outputs = ['""'] * (max(example["outputs"]) + 1)
    results = []
    for letter, place, value in zip(OUTPUTS, example["outputs"], example["expected"], strict=False):
        outputs[place] = letter
        results.append(f"{show_type(value)} {letter}")
    imports = ", ".join(f'"{domain}" : {version}' for domain, version in opsets.items())
    inputs = ", ".join(f"{show_type(named[name])} {name}" for name in fed)
    weights = [show_weight(name, named[name]) for name in names if name and name not in fed]
    attributes = [show_attribute(*pair) for pair in example["attributes"].items()]
    settings = f"<{', '.join(attributes)}> " if attributes else ""
    arguments = ", ".join(name or '""' for name in names)
    lines = [
        f"<ir_version: {ir_version}, opset_import: [{imports}]>",
        f"case ({inputs}) => ({', '.join(results)})",
        f"  <{', '.join(weights)}>" if weights else "",
        f"{{ {', '.join(outputs)} = {operator} {settings}({arguments}) }}",
    ]
    return "\n".join(wrap(line) for line in lines if line)


def from_numbers(operator, example, opsets, ir_version, constants=False):
    """Return the lines of a case whose numbers are recorded.

    With constants, all inputs but the first are constants of the file.
    """
    letters = iter(NAMES)
    names = [next(letters) if value is not None else "" for value in example["inputs"]]
    named = {name: value for name, value in zip(names, example["inputs"], strict=True) if name}
    fed = list(named)[: 1 if constants else None]
    text = show_model(operator, example, opsets, ir_version, names, fed)
    constants_of = {named[name]["type"] for name in named if name not in fed}
    raw = RAW if constants_of & {"int16", "uint16"} else ""
    lines = [MODEL.format(text=text, raw=raw), "inputs = {"]
    for name in fed:
        lines.append(wrap(f'    "{name}": {show_array(named[name])},'))
    right = ", ".join(show_array(value) for value in example["expected"])
    lines += ["}", wrap(f"right = [{right}]")]
    return "\n".join(lines)


# The whole program --------------------------------------------------------------------------------
def case_of(found, operator, name, constants):
    """Return the lines of a case, by its numbers or, of too many numbers, by its name."""
    example = found["examples"][name]
    if "program" in example:
        return example["program"]["constants" if constants else "inputs"]
    lines = []
    for line in found["official case"]:
        if not ("as it is" in example and "version =" in line):
            kind = operator.rpartition(".")[2]
            lines.append(line.replace("OPERATOR", kind).replace("NAME", name))
    return lines


def program_of(found, operator, version, engine):
    """Return the program for an engine and a version of an operator, found being records.read()."""
    said = found["operators"][operator]["versions"][version]
    statement = said["support"].get(engine, {})
    name = statement.get("example", said["example"])
    case = case_of(found, operator, name, "constants" in statement)
    lines = []
    for line in found["engines"][engine]["program"]:
        lines += case if line == found["gap"] else [line]
    return "\n".join(lines)
