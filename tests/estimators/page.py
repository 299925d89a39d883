"""The generated parts of the page, from the recorded results alone."""

import inspect
from collections import Counter, defaultdict
from fnmatch import fnmatchcase

from tests.estimators import record
from tests.estimators.advice import advice, gist
from tests.estimators.judge import AGREES, CRASHED, DRIFTS, MISNAMED, MISSING, REFUSED, UNFIT, WRONG
from tests.estimators.kinds import kinds

SILENT = [WRONG, MISNAMED, DRIFTS]
ORDER = [AGREES, DRIFTS, MISNAMED, WRONG, REFUSED, MISSING, CRASHED]
MEANING = {
    AGREES: "every output, on every row",
    DRIFTS: "the formula is right; rounding moves rows over a threshold, or between two classes",
    MISNAMED: "right numbers under a wrong name, or in another shape or order",
    WRONG: "another formula: float64 is wrong, too",
    REFUSED: "by skl2onnx, the checker or onnxruntime, in words",
    MISSING: "skl2onnx does not know the estimator",
    CRASHED: "the process ended, or did not answer",
}


def rows(results):
    """Yield (estimator, key, result) of every configuration."""
    for name, found in sorted(results["estimators"].items()):
        for key, result in found.items():
            yield name, key, result


def counts(results):
    """Return how many configurations have each verdict, for each precision."""
    found = {precision: Counter() for precision in record.PRECISIONS}
    for _, _, result in rows(results):
        for precision in record.PRECISIONS:
            found[precision][result[precision]["verdict"]] += 1
    return found


def silent(results):
    """Yield (estimator, key, verdict) of what no error betrays in one of the precisions."""
    for name, key, result in rows(results):
        for precision in record.PRECISIONS:
            if result[precision]["verdict"] in SILENT:
                yield name, key, result[precision]["verdict"]
                break


def kind_of(name, key):
    """Return the name of the kind that explains a configuration most precisely, or None."""
    found = [("", None)]
    for kind, module in kinds().items():
        for pattern in module.COVERS:
            if fnmatchcase(f"{name}({key})", pattern):
                found.append((pattern, kind))
    return max(found, key=lambda pair: len(pair[0]))[1]


def figure(results):
    """Return the page's most telling figure in one sentence."""
    found = counts(results)["float32"]
    tried = sum(found.values()) - found[UNFIT]
    quiet = found[WRONG] + found[MISNAMED] + found[DRIFTS]
    return (
        f"Of {tried} configurations of scikit-learn's {len(results['estimators'])} estimators "
        f"{found[AGREES]} agree as float32 files, {found[REFUSED]} are refused, and {quiet} answer "
        f"something else without a word ({found[WRONG]} of them by another formula).\n"
    )


def about(results):
    """Return versions, date and the table of counts."""
    versions = ", ".join(f"{package} {version}" for package, version in results["versions"].items())
    found = counts(results)
    lines = [f"Measured on {results['date']} with {versions}.", ""]
    lines += ["| verdict | float32 | float64 | |", "|---|---:|---:|---|"]
    for verdict in ORDER:
        numbers = " | ".join(str(found[precision][verdict]) for precision in record.PRECISIONS)
        lines.append(f"| {verdict} | {numbers} | {MEANING[verdict]} |")
    unfit = found["float32"][UNFIT]
    lines += ["", f"{unfit} more were refused by scikit-learn itself, mostly unsuitable metrics."]
    return "\n".join(lines) + "\n"


def number(error):
    """Return an error in a few characters."""
    return "another shape, or none" if error > 1e8 else f"{error:.1g}"


def kind_parts(results):
    """Return the section of each kind: reason, graph, example, cure, and how many it explains."""
    found = Counter(kind_of(name, key) for name, key, _ in silent(results))
    titles = {name: inspect.getdoc(kind).partition("\n")[0] for name, kind in kinds().items()}
    parts = ["| what goes wrong | off by | configurations | public report |", "|---|---:|---:|---|"]
    for name in sorted(titles, key=lambda name: -found[name]):
        public = f"[yes]({kinds()[name].REPORTED})" if kinds()[name].REPORTED else "none found"
        before = number(results["kinds"][name]["before"])
        parts.append(f"| {titles[name]} | {before} | {found[name]} | {public} |")
    parts.append("")
    for name, kind in kinds().items():
        title, _, reason = inspect.getdoc(kind).partition("\n\n")
        measured = results["kinds"][name]
        parts += [f"### {title}", "", " ".join(reason.split()), ""]
        parts += ["```text", *measured["graph"], "```", ""]
        source = inspect.getsource(kind).partition("REPORTED = ")[2].partition("\n\n")[2]
        parts += ["<details><summary>The example</summary>", ""]
        parts += ["```python", source.strip(), "```", "", "</details>", ""]
        parts += [f"**Cure.** {kind.CURE}", ""]
        before = number(measured["before"])
        parts += [f"Off by, before: {before}; after: {number(measured['after'])}.", ""]
    return "\n".join(parts) + "\n"


def cell(finding, also=()):
    """Return a verdict for a cell of the table; ~ marks what lies near a limit."""
    near = "~" if finding.get("near") or also else ""
    return near + finding["verdict"]


def short(options):
    """Return the options of one cell, those of one parameter together."""
    grouped = defaultdict(list)
    for key in options:
        parameter, equals, value = key.partition("=")
        grouped[parameter + equals].append(value)
    pieces = []
    for parameter, values in grouped.items():
        text = parameter + ", ".join(values)
        pieces.append(f"`{text}`" if parameter.endswith("=") else text)
    return "; ".join(pieces)


def changes(found):
    """Return the options that have another verdict than the default, grouped by verdict."""
    grouped = defaultdict(list)
    default = found["default"]
    for key, result in found.items():
        for precision in record.PRECISIONS:
            verdict = result[precision]["verdict"]
            if verdict != default[precision]["verdict"]:
                label = verdict if precision == "float32" else f"float64 {verdict}"
                grouped[label].append(key)
                break
    grouped.pop(UNFIT, None)
    pieces = [f"**{verdict}**: {short(options)}" for verdict, options in grouped.items()]
    return "<br>".join(pieces).replace("|", "\\|")


def table(results):
    """Return the table of all estimators that have a converter, and the list of the others."""
    lines = ["| estimator | float32 | off by | float64 | off by | operators | other verdicts |"]
    lines += ["|---|---|---:|---|---:|---|---|"]
    missing = []
    for name, found in sorted(results["estimators"].items()):
        default = found["default"]
        if default["float32"]["verdict"] == MISSING:
            missing.append(name)
            continue
        cells = [name]
        for precision in record.PRECISIONS:
            also = default.get("also", {}).get(precision, [])
            error = default[precision].get("error")
            cells += [cell(default[precision], also), "" if error is None else number(error)]
        cells += [default.get("operators", ""), changes(found)]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", f"No converter, {len(missing)} estimators: {', '.join(missing)}."]
    return "\n".join(lines) + "\n"


def refused(results):
    """Return the refusals, grouped by their words, the most frequent ones first."""
    groups = defaultdict(list)
    words = {}
    for name, key, result in rows(results):
        for precision in record.PRECISIONS:
            finding = result[precision]
            if finding["verdict"] == REFUSED:
                group = (advice(finding["words"]), finding["by"])
                groups[group].append((name, key))
                words.setdefault(group, Counter())[gist(finding["words"])] += 1
    lines = ["| by | in these words | files | for example | what to do |", "|---|---|---:|---|---|"]
    for group, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        sentence, by = group
        said = words[group].most_common(1)[0][0]
        name, key = members[0]
        lines.append(f"| {by} | {said} | {len(members)} | {name}, {short([key])} | {sentence} |")
    return "\n".join(lines) + "\n"


PARTS = {
    "figure": figure,
    "about": about,
    "kinds": kind_parts,
    "table": table,
    "refused": refused,
}
