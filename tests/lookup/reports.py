"""What can be sent to the makers of an engine: wrong answers that nobody has reported."""

from tests.kit.page import code, table
from tests.lookup.programs import program_of

SHAPE = "the shape is"  # begins an answer of another shape, which is noticed sooner


def list_unreported(found):
    """Return {engine: [(operator, version, statement)]}, the most harmful answer first."""
    reports = {engine: [] for engine in found["engines"]}
    for operator, said in found["operators"].items():
        for version, cases in said["versions"].items():
            for engine, statement in cases["support"].items():
                if "standard" in statement:
                    reports[engine].append((operator, version, statement))
    for listed in reports.values():
        listed.sort(key=lambda report: harm(found, *report))
    return {engine: listed for engine, listed in reports.items() if listed}


def harm(found, operator, version, statement):
    """Return what orders answers: a right shape, older versions and many cases come first."""
    other_shape = statement["answer"].startswith(SHAPE)
    newer = "as it is" in found["examples"][statement["example"]]
    share = statement["cases"]["differs"] / sum(statement["cases"].values())
    return other_shape, newer, -share, operator.lower()


# The page -----------------------------------------------------------------------------------------
def address(engine, operator, version):
    """Return where the page to search shows an answer, seen from its folder."""
    return f"index.html#{operator}/{engine.replace(' ', '-')}/{version}"


def right_and_answer(statement):
    """Return the cells of a table: what is right, and what came out."""
    right = code(statement["right"]) if "right" in statement else ""
    return right, code(statement["answer"]) if right else statement["answer"]


def row(engine, operator, version, statement):
    """Return the row of an answer."""
    cases = statement["cases"]
    own = ""
    if "own list" in statement:
        own = f"[{statement['own list']['entry']}]({statement['own list']['url']})"
    return [
        f"[{operator}]({address(engine, operator, version)})",
        version,
        f"{cases['differs']} of {sum(cases.values())}",
        statement["standard"],
        *right_and_answer(statement),
        own,
    ]


def sections(found):
    """Return a section for each engine."""
    head = ["operator", "version:", "cases:", "the standard says", "right", "answer", "own list"]
    parts = []
    for engine, listed in list_unreported(found).items():
        said = found["engines"][engine]
        rows = [row(engine, *report) for report in listed]
        parts.append(
            f"### {engine}\n\n"
            f"{len(rows)} answers of {engine} {said['version']}, measured on {said['date']} with "
            f"the cases of onnx {found['onnx']}; searched: {' and '.join(said['searched'])}.\n\n"
            f"{table(head, rows)}"
        )
    return "\n".join(parts)


def counted(found):
    """Return how many there are, in a sentence."""
    listed = list_unreported(found)
    own = sum("own list" in report[-1] for reports in listed.values() for report in reports)
    return (
        f"{sum(map(len, listed.values()))} answers of {len(listed)} engines, {own} of which stand "
        f"in the engine's own list of tests that it skips or expects to fail.\n"
    )


# A report -----------------------------------------------------------------------------------------
def write(found, engine, operator, version):
    """Return a report in Markdown, to be sent; KeyError if there is no such answer."""
    statement = found["operators"][operator]["versions"][version]["support"][engine]
    said = found["engines"][engine]
    cases = statement["cases"]
    lines = [
        f"# {operator} (version {version}): another answer than the standard's, without an error",
        "",
        f"{engine} {said['version']}, on {said['date']}; the case is `{statement['example']}` of "
        f"onnx {found['onnx']}. {cases['differs']} of the {sum(cases.values())} cases of this "
        f"operator that were run are answered otherwise.",
        "",
        f"[The standard]({found['operators'][operator]['url']}) says: {statement['standard']}",
        "",
        "The program prints what is right, and what comes out:",
        "",
        "```python",
        program_of(found, operator, version, engine).rstrip(),
        "```",
    ]
    if "right" in statement:
        lines += ["", f"Right: `{statement['right']}`", ""]
    lines.append(f"Comes out: `{statement['answer']}`")
    if "own list" in statement:
        entry = statement["own list"]
        lines += ["", f"It is in your own list of tests: {entry['entry']}, {entry['url']}"]
    return "\n".join(lines) + "\n"
