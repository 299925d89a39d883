"""What the page of this folder shows of results.json: one sentence, a picture and the tables.

Nothing here needs the runtimes and frameworks, so that the plain test suite can compare the page.
"""

import inspect
from pathlib import Path

from tests.interop import frameworks
from tests.interop.files import FILES, KINDS, PORTABLE, TOLERANCES
from tests.interop.frameworks import pyspark
from tests.interop.real import page as real
from tests.interop.runtimes import PLACES, engine_of, file_of, language_of
from tests.kit import record
from tests.kit.page import code, fence, table
from tests.page import rooms

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
FRAMEWORKS = frameworks.find()
PRECISIONS = ["float32", "float64"]
GONE = {  # frameworks of the official lists that pip does not install, and what it is asked for
    "Chainer": "chainer",
    "CNTK": "cntk",
    "Neural Network Libraries": "nnabla",
    "SINGA": "singa",
}
VERDICTS = ["works", "answers wrongly", "broken"]
SIGNS = {"agrees": "✓", "refused": "refused", "differs": "**differs**"}
EXCEPTIONS = {"WRONG": "wrong: ", "BUT": "", "INSTEAD": "instead: "}


def read():
    """Return {"frameworks": {name: {column: word}}, "runtimes": {place: ...}, ...}."""
    return record.read(RESULTS)


# What is counted ----------------------------------------------------------------------------------
def count_engines(results):
    """Return how many engines there are, and {column: how many agree with numpy on it}.

    An engine that runs in several places agrees if it does in each of them.
    """
    engines = {engine_of(place) for place in PLACES}
    counts = {}
    for column in FILES:
        others = set()
        for place in PLACES:
            if results["runtimes"].get(place, {}).get(column) != "agrees":
                others.add(engine_of(place))
        counts[column] = len(engines - others)
    return len(engines), counts


def list_frameworks(verdict, results):
    """Return {name: module} of the frameworks whose files have this verdict."""
    found = {}
    for name, framework in FRAMEWORKS.items():
        if results["frameworks"].get(name, {}).get("verdict") == verdict:
            found[name] = framework
    return found


def count_frameworks(results):
    """Return how many frameworks, older releases aside, end in each way."""
    today = {}
    for verdict in VERDICTS:
        found = list_frameworks(verdict, results).values()
        today[verdict] = [framework for framework in found if not hasattr(framework, "BEFORE")]
    works = today["works"]
    wrong = [framework for framework in works if hasattr(framework, "WRONG")]
    but = [framework for framework in works if list_exceptions(framework)]
    return {
        "all": sum(map(len, today.values())),
        "works": len(works) - len(but),
        "but": len(but),
        "wrong somewhere": len(wrong),
        "broken": len(today["broken"]),
        "answers wrongly": len(today["answers wrongly"]),
    }


def list_exceptions(framework):
    """Return what stands beside a framework's verdict."""
    found = []
    for key, words in EXCEPTIONS.items():
        if hasattr(framework, key):
            found.append(words + getattr(framework, key))
    return found


# The generated parts of the page -----------------------------------------------------------------
def figure(results):
    """Return the sentence that the README of the repository quotes."""
    unknown = [place for place in PLACES if place not in results["runtimes"]]
    if unknown:
        command = "bash .ci/interop --update records it"
        raise LookupError(f"nobody has recorded {', '.join(unknown)} yet: {command}")
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
    left = "<br/>".join(list_frameworks("works", results))
    right = "<br/>".join(PLACES)
    return fence(
        "mermaid",
        [
            "flowchart LR",
            f'    frameworks["{left}"] --> file[("one<br/>.onnx<br/>file")]',
            f'    file --> runtimes["{right}"]',
        ],
    )


def sources(results):
    """Return the table of verdicts: the frameworks, and whether the way out of them works today."""
    rows = []
    for name, framework in FRAMEWORKS.items():
        link = f"[{name}]({frameworks.test_file_of(framework)})"
        measured = results["frameworks"].get(name, {})
        verdict = measured.get("verdict", "")
        if verdict != "works":
            verdict = f"**{verdict}**"
        but = "; ".join(list_exceptions(framework))
        rows.append([link, measured.get("version", ""), verdict, but, measured.get("run on", "")])
    return table(["framework", "version", "verdict", "but", "run on"], rows)


def exports(results):
    """Return the table of bounds: the frameworks that write a file, and how exact it is."""
    rows = []
    for name, framework in FRAMEWORKS.items():
        if name not in list_frameworks("broken", results):
            measured = results["frameworks"].get(name, {})
            bounds = [measured.get(precision, "") for precision in PRECISIONS]
            if "mended" in measured:
                bounds[0] += f"; mended {measured['mended']}"
            others = ", ".join(f"{kind} {measured[kind]}" for kind in KINDS if kind in measured)
            link = f"[{name}](frameworks/{Path(framework.__file__).name})"
            lines = frameworks.count_lines(framework.export)
            rows.append([link, code(framework.EXPORTER), lines, *bounds, others])
    return table(["framework", "exporter", "lines", *PRECISIONS, "other networks"], rows)


def mend(results):
    """Return the function that mends PySpark's file, as its test has it."""
    return fence("python", inspect.getsource(pyspark.mend).rstrip().splitlines())


def gone(results):
    """Return the table of what cannot be installed any more, with pip's words."""
    measured = results["gone"]
    rows = []
    for name, package in GONE.items():
        rows.append([name, f"`pip install {package}`", code(measured.get(name, ""))])
    return table(["framework", "command", f"pip's words, {measured['run on']}"], rows)


def runtimes(results):
    """Return the table of runtimes."""
    tolerances = [f"{TOLERANCES[column]:.0e}" for column in FILES]
    rows = [["*tolerance*", "", "", "", *tolerances, ""]]
    for place in PLACES:
        link = f"[{place}]({file_of(place)})"
        measured = results["runtimes"].get(place, {})
        cells = [SIGNS.get(measured.get(column), "") for column in FILES]
        about = [engine_of(place), language_of(place), measured.get("version", "")]
        rows.append([link, *about, *cells, measured.get("run on", "")])
    return table(["where", "engine", "written in", "version", *FILES, "run on"], rows)


def plain_c(results):
    """Return the table of sizes: each is below the power of two that is shown, as asserted."""
    sizes = results["plain C"]
    rows = []
    for column, file in PORTABLE.items():
        cells = [sizes.get(f"{kind} of {column}", "") for kind in ("source", "object")]
        rows.append([code(file), *cells])
    head = ["file", "C source, KiB at most", "object, KiB at most"]
    return f"{table(head, rows)}\n{sizes['version']}, {sizes['run on']}.\n"


def real_files(results):
    """Return how many of the files that people ship an engine runs, by what they hold."""
    shipped = real.read()
    return f"{real.advice(shipped)}\n{real.kinds(shipped)}\n{real.untried(shipped)}"


def pages(_results):
    """Return the table of the pages below this one."""
    return rooms("interop")


PAGES = {
    "README.md": {
        "pages": pages,
        "real files": real_files,
        "figure": figure,
        "picture": picture,
        "sources": sources,
        "exports": exports,
        "mend": mend,
        "gone": gone,
        "runtimes": runtimes,
        "plain C": plain_c,
    }
}
