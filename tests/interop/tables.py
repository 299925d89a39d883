"""Write down what the tests of this folder measured: a picture and two tables, in two READMEs.

Nothing here needs the runtimes and frameworks, so that the plain test suite can compare the pages.
"""

import ast
import json
import re
from math import log10
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS, PAGE = FOLDER / "results.json", FOLDER / "README.md"
README = FOLDER.parent.parent / "README.md"
BEGIN, END = "<!-- interop: written by its tests -->", "<!-- end of interop -->"
PRECISIONS = ["float32", "float64"]
COMES, RUNS = "test_comes_from_", "test_runs_in_"  # how the names of the test files begin
FILES = {  # a column of the table of runtimes: the file it is about
    "linear": "linear_regression.onnx",
    "network": "neural_network.portable.onnx",
    "classifier": "sklearn_converter.portable.onnx",
    "user-defined operator": "neural_network.onnx",
    "`ai.onnx.ml`": "sklearn_converter.onnx",
}
COLUMNS = {file: column for column, file in FILES.items()}


def read_constants(path):
    """Return the names and strings that a test file assigns at its top, and the lines of export."""
    constants = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            names = [target.id for target in node.targets[0].elts]
            constants |= zip(names, ast.literal_eval(node.value), strict=True)
        if isinstance(node, ast.FunctionDef) and node.name == "export":
            first = node.body[1] if ast.get_docstring(node) else node.body[0]
            lines = path.read_text(encoding="utf-8").splitlines()[
                first.lineno - 1 : node.end_lineno
            ]
            code = [line for line in lines if line.strip() and not line.strip().startswith("#")]
            constants["LINES"] = len(code)
    return constants


def read_files(prefix):
    """Return {name of the test file: its constants} for each file whose name begins so."""
    return {path.name: read_constants(path) for path in sorted(FOLDER.glob(f"{prefix}*.py"))}


def read_names():
    """Return the name of every framework and runtime."""
    files = (*read_files(COMES).values(), *read_files(RUNS).values())
    return [constants["NAME"] for constants in files]


def shown(value, before=None):
    """Return a word as it is, an error as a power of ten: the one before if it is a neighbour."""
    if isinstance(value, str):
        return value
    power = log10(max(value, 1e-17))
    if before and re.fullmatch(r"1e-\d\d", before) and abs(power - log10(float(before))) <= 1:
        return before  # noise does not rewrite the tables
    return f"{10 ** round(power):.0e}"


def merge(measured, before):
    """Return what the tables should show: what was measured in this run, and the rest as before."""
    results = {}
    for name in (*read_files(COMES), *read_files(RUNS)):
        old, new = before.get(name, {}), measured.get(name, {})
        results[name] = old | {column: shown(new[column], old.get(column)) for column in new}
    return results


def table(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def picture():
    """Return the picture: frameworks on the left, one file in the middle, runtimes on the right."""
    left, right = (
        "<br/>".join(constants["NAME"] for constants in read_files(prefix).values())
        for prefix in (COMES, RUNS)
    )
    return f"""```mermaid
flowchart LR
    frameworks["{left}"] --> file[("one<br/>.onnx<br/>file")]
    file --> runtimes["{right}"]
```"""


def frameworks(results):
    """Return the table of frameworks."""
    rows = []
    for name, constants in read_files(COMES).items():
        errors = [results[name].get(precision, "") for precision in PRECISIONS]
        link = f"[{constants['NAME']}]({name})"
        rows.append([link, f"`{constants['EXPORTER']}`", constants["LINES"], *errors])
    return table(["framework", "exporter", "lines", "largest error", "in float64"], rows)


def runtimes(results):
    """Return the table of runtimes."""
    rows = []
    for name, constants in read_files(RUNS).items():
        cells = [results[name].get(column, "") for column in FILES]
        rows.append([f"[{constants['NAME']}]({name})", constants["WRITTEN_IN"], *cells])
    return table(["runtime", "written in", *FILES], rows)


def page(results):
    """Return the page of this folder."""
    return f"""# One file runs everywhere, one network comes from everywhere

{picture()}

## Bring it from there

The network of [`neural_network.py`](../../neural_network.py), rebuilt with the same weights in
every framework (LightGBM, which has trees and no layers, learns Iris instead), exported by the
framework's own exporter and run with onnxruntime. Each file answers "how do I get my model out of
it?", shows what goes wrong where one thing is forgotten, and asserts: one input, any number of
rows, the same bits in the weights, the same labels, and numpy's probabilities.

{frameworks(results)}

*Lines* are those of the export, given a model. The *largest error* is the largest difference
between a probability and numpy's, which computes in float64 (for LightGBM: its own prediction); the
next column is the same for a model that was exported in float64, where that is possible.

## Run it there

The three files that the scripts leave for every runtime, with 1, 7 and 1,000 rows, and what becomes
of the two others. Each file answers "how do I run my ONNX file there?".

{runtimes(results)}

Chromium and Node.js run ONNX Runtime as WebAssembly (onnxruntime-web), PyTorch runs what onnx2torch
makes of a file. A number is the largest difference from numpy in float64; that of the linear
regression is of a target up to 42, the others are of probabilities. *Refused* is asserted, too, in
the runtime's own words: when a new release accepts such a file, the test says so.

## What goes wrong without a word

Each of these is a test in the file that it links to.

- [OpenVINO](test_runs_in_openvino.py) computes in bfloat16, three digits, wherever the processor
  can, unless it is told otherwise.
- [PyTorch](test_comes_from_pytorch.py), [Transformers](test_comes_from_transformers.py) and
  [JAX](test_comes_from_jax.py) freeze the batch size at that of the example, unless the dimension
  is declared free.
- [TensorFlow](test_comes_from_tensorflow.py): weights that are constants of its eager mode become
  inputs of the file; conversion and checker pass, running fails.
- [Keras](test_comes_from_keras.py): without `format="onnx"`, a *folder* of another format gets the
  name `model.onnx`.
- [JAX](test_comes_from_jax.py): a float64 file of weights that were made outside `enable_x64` has
  the digits of float32.
- [Transformers](test_comes_from_transformers.py): `save_pretrained` puts the weights into a second
  file, which has to travel along.
- [LightGBM](test_comes_from_lightgbm.py): the file, fed float32, gives the answers that LightGBM
  gives for float64; LightGBM itself, fed float32, may give others.
- [scikit-learn](test_comes_from_scikit_learn.py): probabilities come back as a list of
  dictionaries, unless ZipMap is off.

## Run it all

```
bash .ci/interop
```

installs all of it into an environment of its own, `.venv-interop`, and runs it: on Linux, with
Python 3.11. It takes some minutes, and about 5 GB. Two things are the system's: a browser, and the
OpenMP library that LightGBM wants (`apt-get install chromium libgomp1`).

To run what you happen to have, `pytest tests/interop`: what is missing is skipped by name, unless
`INTEROP_REQUIRED` lists it (`INTEROP_REQUIRED=tract,jax`) or says `all`. With `--update` the run
writes the tables; without, it compares them. A figure is the nearest power of ten; a run that finds
it within a factor of ten leaves it as it is.
"""


def summary():
    """Return what the README of the repository says about this."""
    comes, runs = (len(read_files(prefix)) for prefix in (COMES, RUNS))
    return f"""

{picture()}

Models come out of {comes} frameworks, and the three files of core operators
(`linear_regression.onnx` and the two called portable) run in {runs} runtimes:
[`tests/interop`](tests/interop/README.md) has a short file for each, to copy from, and measures how
far each is from numpy. One command installs and runs it all, on Linux with Python 3.11 and
Chromium:

```
bash .ci/interop
```
"""


def update(results):
    """Write the results, and the pages that show them."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(results), encoding="utf-8")
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    README.write_text(before + BEGIN + summary() + END + rest.partition(END)[2], encoding="utf-8")
