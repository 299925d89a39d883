"""One framework, one file: what our tables show of it, and how a model gets out.

Each module of this folder has

    NAME        what our pages call the framework
    EXPORTER    what writes the file
    PACKAGES    whose versions count

and, where it applies,

    export()    writes a given model; heavy packages are imported inside
    WRONG       where the file answers otherwise, without a word
    BUT         where it is refused, or needs to be known
    INSTEAD     what to do, if no file comes out, or a wrong one
    BEFORE      the framework that this is an older release of
    ALONE       what an environment of its own has to hold, where it cannot live beside the others

The tests are in test_comes_from_NAME.py, by the name of the module.
"""

import importlib
import inspect
from pathlib import Path

FOLDER = Path(__file__).parent


def find():
    """Return {name: module} of all frameworks, in the order of their files."""
    modules = {}
    for path in sorted(FOLDER.glob("*.py")):
        if path.stem != "__init__":
            module = importlib.import_module(f"{__name__}.{path.stem}")
            modules[module.NAME] = module
    return modules


def test_file_of(module):
    """Return the name of a framework's test file."""
    return f"test_comes_from_{Path(module.__file__).stem}.py"


def count_lines(function):
    """Return how many lines of code a function has below its docstring, imports aside."""
    _, _, body = inspect.getsource(function).split('"""', 2)
    lines = [line.strip() for line in body.splitlines()]
    others = ("#", "import ", "from ")
    return len([line for line in lines if line and not line.startswith(others)])
