"""What foresee() says of the real files, against what was measured of them: said.json.

    python -m tests.interop.operators.judge

A file's own maker never helps: what files of the same maker told is left out. The nodes of the real
files are recorded in graphs.json, so that the files need not be here.
"""

from tests.interop.operators import page, recorded
from tests.interop.operators.foresee import CRASHES, DIFFERS, REFUSES, RUNS, expect_of_uses
from tests.interop.operators.measure import GRAPHS
from tests.kit import record

SAID = page.FOLDER / "said.json"
ENGINES = ["ONNX Runtime", "onnx.reference", "OpenVINO", "OpenCV", "tract"]
WORDS = {
    "refuses": REFUSES,
    "answers otherwise": DIFFERS,
    "ends the process": CRASHES,
    "too slow": CRASHES,
    "too much memory": CRASHES,
}


def measured(engine):
    """Return {file: verdict} of the real files in an engine."""
    results = record.read(recorded.REAL)["engines"][engine]
    found = dict.fromkeys(results["files"], RUNS)
    for words, verdict in WORDS.items():
        found |= dict.fromkeys(results.get(words, {}), verdict)
    return found


def judge():
    """Return {engine: {"maker: file": [said, measured]}}."""
    graphs = recorded.read_graphs(GRAPHS)
    found = {}
    for engine in ENGINES:
        verdicts = measured(engine)
        found[engine] = {}
        for graph, uses in graphs.items():
            maker, _, name = graph.partition(": ")
            if name in verdicts:
                said = expect_of_uses(uses, engine, maker).verdict
                found[engine][graph] = [said, verdicts[name]]
    return found


if __name__ == "__main__":
    record.write(SAID, judge())
