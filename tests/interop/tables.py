"""What the page of this folder shows of results.json: one sentence, a picture and the tables.

Nothing here needs the runtimes and frameworks, so that the plain test suite can compare the page.
"""

import ast
import json
from pathlib import Path

import linear_regression
import neural_network
import sklearn_converter
from tests import networks
from tests.interop import optimise

FOLDER = Path(__file__).parent
PAGE = FOLDER / "README.md"
RESULTS = FOLDER / "results.json"  # {name of a test file: {column: what was measured}}
COMES = "test_comes_from_"  # how the names of the frameworks' test files begin
RUNS = "test_runs_in_"  # and those of the runtimes'
OPTIMISERS = "test_optimisers"  # and that of the optimisers'
SERVES = "test_serves_"  # and that of the server's
PRECISIONS = ["float32", "float64"]
GONE = {  # frameworks of the official lists that pip does not install, and what it is asked for
    "Chainer": "chainer",
    "CNTK": "cntk",
    "Neural Network Libraries": "nnabla",
    "SINGA": "singa",
}
VERDICTS = ["works", "answers wrongly", "broken"]

# The columns of the table of runtimes: a file, and how far an answer may be from numpy's. The
# tolerance is the one that the script which wrote the file asserts for onnxruntime.
KINDS = {
    "convolution": "convolution.onnx",
    "recurrence": "recurrence.onnx",
    "attention": "attention.onnx",
}
PORTABLE = {
    "linear": "linear_regression.onnx",
    "network": "neural_network.portable.onnx",
    "classifier": "sklearn_converter.portable.onnx",
}
SPECIAL = {
    "user-defined operator": "neural_network.onnx",
    "ai.onnx.ml": "sklearn_converter.onnx",
}
FILES = PORTABLE | KINDS | SPECIAL
TOLERANCES = {
    "linear": linear_regression.TOLERANCE,
    "network": neural_network.TOLERANCE,
    "classifier": sklearn_converter.TOLERANCE,
    **networks.TOLERANCES,
    "user-defined operator": neural_network.TOLERANCE,
    "ai.onnx.ml": sklearn_converter.TOLERANCE,
}
SIGNS = {"agrees": "✓", "refused": "refused", "differs": "**differs**"}


def read_constants(path):
    """Return {name: value} of what a test file assigns at its top, and the lines of its export."""
    source = path.read_text(encoding="utf-8")
    constants = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            name = ast.unparse(node.targets[0])
            constants[name] = node.value.value
        if isinstance(node, ast.FunctionDef) and node.name == "export":
            constants["LINES"] = count_lines(node, source.splitlines())
    return constants


def count_lines(function, lines):
    """Return how many lines of code a function has below its docstring."""
    first = function.body[1]
    body = lines[first.lineno - 1 : function.end_lineno]
    code = [line for line in body if line.strip() and not line.strip().startswith("#")]
    return len(code)


def read_files(prefix):
    """Return {name of the test file: its constants} for each file whose name begins so."""
    return {path.name: read_constants(path) for path in sorted(FOLDER.glob(f"{prefix}*.py"))}


def read_names(prefix):
    """Return the name of each framework, or of each runtime."""
    return [constants["NAME"] for constants in read_files(prefix).values()]


def read_results():
    """Return what the last run has measured, nothing for a file that it did not know."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    for name in read_files("test_"):
        results.setdefault(name, {})
    return results


def count_engines(results):
    """Return how many engines there are, and {column: how many agree with numpy on it}.

    An engine that runs in several places agrees if it does in each of them.
    """
    places = read_files(RUNS)
    engines = {constants["ENGINE"] for constants in places.values()}
    counts = {}
    for column in FILES:
        others = set()
        for name, constants in places.items():
            if results[name].get(column) != "agrees":
                others.add(constants["ENGINE"])
        counts[column] = len(engines - others)
    return len(engines), counts


def names_of(verdict, results):
    """Return {name of a framework: its constants} of those whose files have this verdict."""
    names = {}
    for name, constants in read_files(COMES).items():
        if results[name].get("verdict") == verdict:
            names[constants["NAME"]] = constants
    return names


def count_frameworks(results):
    """Return how many frameworks, in their releases of today, end in each way."""
    today = {}
    for verdict in VERDICTS:
        found = names_of(verdict, results).values()
        today[verdict] = [constants for constants in found if "BEFORE" not in constants]
    works = today["works"]
    wrong = [constants for constants in works if "WRONG" in constants]
    but = [constants for constants in works if "WRONG" in constants or "BUT" in constants]
    return {
        "all": sum(map(len, today.values())),
        "works": len(works) - len(but),
        "but": len(but),
        "wrong somewhere": len(wrong),
        "broken": len(today["broken"]),
        "answers wrongly": len(today["answers wrongly"]),
    }


# The generated parts of the page -----------------------------------------------------------------
def figure(results):
    """Return the sentence that the README of the repository quotes."""
    engines, counts = count_engines(results)
    everywhere = [column for column in FILES if counts[column] == engines]
    elsewhere = sorted({counts[column] for column in FILES} - {engines}, reverse=True)
    largest = max(TOLERANCES[column] for column in everywhere)
    ways = count_frameworks(results)
    return (
        f"Of {len(FILES)} files {len(everywhere)} give numpy's numbers in all {engines} engines, "
        f"at most {largest:.0e} apart; the others in {', '.join(map(str, elsewhere))}. Of "
        f"{ways['all']} frameworks {ways['works']} kept the answers of what was tried, "
        f"{ways['but']} did with exceptions ({ways['wrong somewhere']} of them answer otherwise "
        f"there, without a word), {ways['broken']} write no file, and "
        f"{ways['answers wrongly']} answers otherwise.\n"
    )


def picture(results):
    """Return the picture: frameworks on the left, one file in the middle, runtimes on the right."""
    left = "<br/>".join(names_of("works", results))
    right = "<br/>".join(read_names(RUNS))
    return f"""```mermaid
flowchart LR
    frameworks["{left}"] --> file[("one<br/>.onnx<br/>file")]
    file --> runtimes["{right}"]
```
"""


def table(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def sources(results):
    """Return the table of verdicts: the frameworks, and whether the way out of them works today."""
    rows = []
    for name, constants in read_files(COMES).items():
        link = f"[{constants['NAME']}]({name})"
        measured = results[name]
        verdict = measured.get("verdict", "")
        if verdict != "works":
            verdict = f"**{verdict}**"
        words = {"WRONG": "wrong: ", "BUT": "", "INSTEAD": "instead: "}
        exceptions = [words[key] + constants[key] for key in words if key in constants]
        but = "; ".join(exceptions)
        version = measured.get("version", "")
        rows.append([link, version, verdict, but, measured.get("run on", "")])
    return table(["framework", "version", "verdict", "but", "run on"], rows)


def exports(results):
    """Return the table of bounds: the frameworks that write a file, and how exact it is."""
    rows = []
    for name, constants in read_files(COMES).items():
        if results[name].get("verdict") != "broken":
            measured = results[name]
            exporter = f"`{constants['EXPORTER']}`"
            bounds = [measured.get(precision, "") for precision in PRECISIONS]
            if "mended" in measured:
                bounds[0] += f"; mended {measured['mended']}"
            others = ", ".join(f"{kind} {measured[kind]}" for kind in KINDS if kind in measured)
            rows.append([constants["NAME"], exporter, constants["LINES"], *bounds, others])
    return table(["framework", "exporter", "lines", *PRECISIONS, "other networks"], rows)


def mend(results):
    """Return the function that mends PySpark's file, as its test has it."""
    source = (FOLDER / "test_comes_from_pyspark.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == "mend":
            return f"```python\n{ast.get_source_segment(source, node)}\n```\n"
    raise LookupError("there is no function mend")


def gone(results):
    """Return the table of what cannot be installed any more, with pip's words."""
    measured = results["test_cannot_be_installed.py"]
    rows = []
    for name, package in GONE.items():
        rows.append([name, f"`pip install {package}`", f"`{measured.get(name, '')}`"])
    return table(["framework", "command", "pip's words"], rows)


def runtimes(results):
    """Return the table of runtimes."""
    tolerances = [f"{TOLERANCES[column]:.0e}" for column in FILES]
    rows = [["*tolerance*", "", "", *tolerances]]
    for name, constants in read_files(RUNS).items():
        link = f"[{constants['NAME']}]({name})"
        cells = [SIGNS.get(results[name].get(column), "") for column in FILES]
        rows.append([link, constants["ENGINE"], constants["WRITTEN_IN"], *cells])
    return table(["where", "engine", "written in", *FILES], rows)


def plain_c(results):
    """Return the table of sizes: each is below the power of two that is shown, as asserted."""
    sizes = results["test_runs_in_plain_c.py"]
    rows = []
    for column, file in PORTABLE.items():
        cells = [sizes.get(f"{kind} of {column}", "") for kind in ("source", "object")]
        rows.append([f"`{file}`", *cells])
    return table(["file", "C source, KiB at most", "object, KiB at most"], rows)


def optimisers(results):
    """Return the table of what each optimiser makes of each file."""
    measured = results[f"{OPTIMISERS}.py"]
    rows = []
    for tool in optimise.TOOLS:
        rows.append([tool, *(measured.get(f"{tool}: {column}", "") for column in FILES)])
    return table(["optimiser", *FILES], rows)


PARTS = {
    "figure": figure,
    "picture": picture,
    "sources": sources,
    "exports": exports,
    "mend": mend,
    "gone": gone,
    "runtimes": runtimes,
    "plain C": plain_c,
    "optimisers": optimisers,
}
