"""What was found, for a person: a paragraph for each subject, in 80 columns."""

import textwrap

from tests.estimators.__main__ import RUNS
from tests.security.inspector import escape

WIDTH = 80
SLOW = 10  # seconds, the start of the engine included
MARKS = {"runs": "runs", "differs": "DIFFERS", "crashes": "CRASHES", "refuses": "refuses"}


def safe(text):
    """Return a text in which a terminal finds nothing to obey."""
    return "".join(letter if letter.isprintable() else escape(letter) for letter in str(text))


def wrap(label, text, indent=13):
    """Return a text behind a label, its lines below one another."""
    return textwrap.fill(
        safe(text),
        WIDTH,
        initial_indent=f"{label:<{indent}}",
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def show_value(value):
    """Return an input or an output as words: X float32 (N, 3)."""
    shape = "of any rank" if value["shape"] is None else f"({', '.join(map(str, value['shape']))})"
    return f"{value['name']} {value['type']} {shape}"


def show_counts(counts):
    """Return how often each operator is there: 2 MatMul, 1 Add."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count} {name}" for name, count in ordered)


def tell_what_it_is(found):
    """Return the lines on what a file is."""
    opsets = ", ".join(f"{name} {version}" for name, version in found["opsets"].items())
    lines = [
        wrap("versions", f"opset {opsets}; IR version {found['ir_version']}"),
        wrap("nodes", f"{found['nodes']}: {show_counts(found['operators']) or 'none'}"),
        wrap("weights", f"{found['weights']}, the file {found['bytes']:,} bytes"),
    ]
    if found["functions"]:
        lines.append(wrap("functions", ", ".join(found["functions"])))
    if found["external_data"]:
        lines.append(wrap("other files", ", ".join(found["external_data"])))
    if found["producer"]:
        lines.append(wrap("made by", found["producer"]))
    lines.append(wrap("takes", ", ".join(map(show_value, found["inputs"])) or "nothing"))
    lines.append(wrap("gives", ", ".join(map(show_value, found["outputs"]))))
    return lines


def tell_rows(rows):
    """Return the lines on what a file was fed with."""
    if rows is None:
        return [wrap("rows", "none: nothing was run")]
    if rows["why"]:
        return [wrap("rows", f"{rows['why']}; give yours with --rows rows.npz")]
    shapes = ", ".join(f"{name} {tuple(shape)}" for name, shape in rows.get("shapes", {}).items())
    made = "made here, by chance: they may mean nothing; " if rows["from"] == "made here" else ""
    return [wrap("rows", f"{made}{shapes}")]


def tell_engine(name, each):
    """Return the line on one engine: expected, and what came of it."""
    ran = MARKS.get(each["ran"], each["ran"])
    line = f"  {name:<16}{each['expected']:<10}{ran:<14}"
    if (each["seconds"] or 0) > SLOW:
        line += f"{each['seconds']:>5.1f} s"
    if each["expected"] not in ["runs", "unknown"] and each["node"]:
        line += f"  expected for {each['node']}"
    return safe(line.rstrip())


def tell_finding(each):
    """Return the lines on a finding: what, the cure, the page."""
    lines = [wrap(f"- {each['about']}:", each["what"], max(4, len(each["about"]) + 4))]
    if each["cure"]:
        lines.append(wrap("    cure:", each["cure"], 10))
    if each["page"]:
        lines.append(f"    page: {each['page']}")
    return lines


def tell_parting(each):
    """Return the lines on where two engines part."""
    lines = [
        wrap("parts", f"{each['engine']} and ONNX Runtime, first at {each['node']}"),
        wrap(
            "", f"in opset {each['opset']}, by {each['off']} of the largest number; {each['who']}"
        ),
    ]
    if each["inputs"]:
        lines.append(wrap("", f"what this node reads: {each['inputs']}"))
    return lines


def tell_model(report):
    """Return the lines on an ONNX file."""
    lines = [safe(report["file"]), *tell_what_it_is(report["is"]), *tell_rows(report["rows"])]
    lines += ["", f"  {'engine':<16}{'expected':<10}{'ran':<14}"]
    lines += [tell_engine(name, each) for name, each in report["engines"].items()]
    for parting in report["partings"]:
        lines += ["", *tell_parting(parting)]
    for title in ["findings", "notes"]:
        if report[title]:
            lines += ["", title]
        for each in report[title]:
            lines += tell_finding(each)
    if not report["findings"]:
        lines += ["", "nothing found: each engine that is installed runs it, and they agree"]
    return lines


def tell_two(report):
    """Return the lines on two files."""
    lines = [f"{report['file']} and {report['against']}", *tell_rows(report["rows"])]
    if report["off"] is not None:
        words = "they agree" if report["status"] == 0 else "they differ"
        lines.append(wrap("apart", f"by {report['off']} of the largest number: {words}"))
    else:
        lines.append(wrap("apart", f"not known: {report['why']}"))
    for each in report["findings"]:
        lines += tell_finding(each)
    return lines


def tell_message(report):
    """Return the lines on an error message."""
    lines = []
    for each in report["entries"]:
        lines.append(wrap(f"- {each['kind']}:", each["what"], len(each["kind"]) + 4))
        if each["shows"]:
            lines.append(wrap("    says:", each["shows"], 10))
        if each["cure"]:
            lines.append(wrap("    cure:", each["cure"], 10))
        lines.append(f"    page: {each['page']}")
    if not lines:
        lines = [
            "nothing here has such words; try a part of the message without your own names, or",
            "look through tests/mistakes/README.md, tests/interop/exports/README.md and",
            "tests/questions/README.md",
        ]
    return lines


def tell_pipeline(report):
    """Return the lines on a fitted pipeline."""
    return [RUNS, *report["text"]]


TELL = {
    "model": tell_model,
    "two models": tell_two,
    "message": tell_message,
    "pipeline": tell_pipeline,
}


def tell(report):
    """Return a report as text."""
    return "\n".join(TELL[report["subject"]](report))
