"""The generated parts of the pages, from the recorded results alone."""

import itertools
import re
from collections import Counter, defaultdict
from fnmatch import fnmatchcase
from pathlib import Path

from tests.estimators import verdicts
from tests.estimators.configurations import NEEDS, beside
from tests.estimators.picture import picture
from tests.estimators.remedies import gist, remedy
from tests.estimators.verdicts import (
    AGREES,
    CRASHED,
    DRIFTS,
    MISNAMED,
    MISSING,
    ORDER,
    PRECISIONS,
    REFUSED,
    SILENT,
    UNFIT,
    WRONG,
)
from tests.kit import record
from tests.kit.page import code, fence, headings, table

FILE = Path(__file__).with_name("results.json")
PACKAGES = ["scikit-learn", "skl2onnx", "onnx", "onnxruntime", "numpy", "protobuf"]
MEANING = {
    AGREES: "every output, on every row that was compared",
    DRIFTS: "rounding moves rows over a threshold, or between two classes",
    MISNAMED: "right numbers under a wrong name, or in another shape or order",
    WRONG: "other numbers, which rounding does not explain",
    REFUSED: "by skl2onnx, the checker or onnxruntime, in words",
    MISSING: "skl2onnx does not know the estimator",
    CRASHED: "the process ended, or did not answer",
}
PLAINLY = ["the same labels", "other labels", REFUSED]
SHOWN = 4  # nodes of a kind's graph
ANOTHER_SHAPE = 1e9  # stands for a difference where there are no two numbers to compare


def read():
    """Return the recorded results, every configuration spelled out, pairs and cures among them."""
    pairs = record.read(FILE.with_name("pairs.json"))
    cured = record.read(FILE.with_name("cured.json")).get("found", {})
    said = {"pairs": pairs.get("found", {}), "all pairs": pairs.get("all pairs")}
    return {**read_sweep(), **said, "cured": cured}


def read_sweep():
    """Return what the sweep of options found, every configuration spelled out."""
    results = record.read(FILE)
    estimators = results.get("estimators", {})
    found = {name: verdicts.unpack(packed) for name, packed in sorted(estimators.items())}
    return {"kinds": {}, **results, "estimators": found}


# Counting -----------------------------------------------------------------------------------------
def rows(results):
    """Yield (estimator, key, result) of every configuration."""
    for name, found in results["estimators"].items():
        for key, result in found.items():
            yield name, key, result


def counts(results):
    """Return how many configurations have each verdict, for each precision."""
    found = {precision: Counter() for precision in PRECISIONS}
    for _, _, result in rows(results):
        for precision in PRECISIONS:
            found[precision][result[precision]["verdict"]] += 1
    return found


def silent(results):
    """Yield (estimator, key, verdict) of what no error betrays in one of the precisions."""
    for name, key, result in rows(results):
        for precision in PRECISIONS:
            if result[precision]["verdict"] in SILENT:
                yield name, key, result[precision]["verdict"]
                break


def kind_of(results, name, key):
    """Return the name of the kind that explains a configuration most precisely, or None."""
    found = [("", None)]
    for kind, said in results["kinds"].items():
        for pattern in said["covers"]:
            if fnmatchcase(f"{name}({key})", pattern):
                found.append((pattern, kind))
    return max(found, key=lambda pair: len(pair[0]))[1]


def kinds_in_order(results):
    """Return [(kind, how many configurations it explains)], the most frequent kind first."""
    found = Counter(kind_of(results, name, key) for name, key, _ in silent(results))
    return sorted(
        ((kind, found[kind]) for kind in results["kinds"]), key=lambda pair: (-pair[1], pair[0])
    )


# README.md ----------------------------------------------------------------------------------------
def figure(results):
    """Return the page's most telling figure in plain sentences."""
    found = counts(results)["float32"]
    tried = sum(found.values()) - found[UNFIT]
    loud = found[REFUSED] + found[MISSING] + found[CRASHED]
    quiet = found[WRONG] + found[MISNAMED] + found[DRIFTS]
    settings = results["settings"]
    return (
        f"scikit-learn's {len(results['estimators'])} estimators, by default and with one option "
        f"changed at a time, make {tried} models. Converted to float32, {found[AGREES]} answer as "
        f"before on all rows that were tried, mostly {settings['trained'] + settings['unseen']}; "
        f"{loud} end in an error; and {quiet} answer otherwise without one: {found[MISNAMED]} with "
        f"the right numbers under a wrong name or in another shape, {found[DRIFTS]} by rounding, "
        f"{found[WRONG]} with something else.\n"
    )


def about(results):
    """Return versions, date and the table of counts."""
    versions = ", ".join(f"{package} {version}" for package, version in results["versions"].items())
    found = counts(results)
    lines = []
    for verdict in ORDER:
        numbers = [found[precision][verdict] for precision in PRECISIONS]
        lines.append([verdict, *numbers, MEANING[verdict]])
    return "\n".join(
        [
            f"Measured on {results['date']} with {versions}.",
            "",
            table(["verdict", "float32:", "float64:", ""], lines),
            unfit(results),
        ]
    )


def unfit(results):
    """Return what could not be tried, as scikit-learn itself refused it, and what it needs."""
    grouped = defaultdict(list)
    for name, key, result in rows(results):
        if result["float32"]["verdict"] == UNFIT:
            grouped[beside(NEEDS, name, key) or "not known"].append(f"{name}, {short([key])}")
    lines = []
    for need, members in sorted(grouped.items(), key=lambda item: -len(item[1])):
        lines.append([need, len(members), members[0]])
    return (
        f"{sum(map(len, grouped.values()))} more were not tried, because scikit-learn itself "
        "refuses to fit them on these data, or to answer. They need\n\n"
        + table(["", "configurations:", "such as"], lines)
    )


def settings(results):
    """Return what every figure of the page was measured with."""
    said = results["settings"]
    opsets = ", ".join(f"`{domain or 'ai.onnx'}` {n}" for domain, n in said["target_opset"].items())
    return (
        f"Fitted on {said['trained']} rows of 4 columns of floats (words, texts or dictionaries "
        f"where the estimator needs them), compared on these and on {said['unseen']} more; "
        f"converted with `target_opset` {opsets}, `zipmap={said['zipmap']}` and, for texts, "
        f'`locale="{said["locale"]}"`; run by onnxruntime alone, on {said["threads"]} thread. A '
        "call without these says other things: IsolationForest is refused, classifiers answer with "
        "dictionaries, and a file of texts names no locale: onnxruntime takes en_US, and does not "
        "load it where that is not installed.\n"
    )


def number(error):
    """Return an error in a few characters."""
    return "another shape, or none" if error >= ANOTHER_SHAPE else f"{error:.1g}"


def link(url):
    """Return a link to a public report, or to a page, named by where it leads."""
    found = re.search(r"/([^/]+)/(issues|pull)/(\d+)$", url)
    if not found:
        return f"[documented]({url})"
    project, kind, number = found.groups()
    return f"[{project} {'pull request ' * (kind == 'pull')}{number}]({url})"


def reports(said):
    """Return the public reports of a kind, and those near it, or when they were searched."""
    parts = [link(url) for url in said["reported"]]
    parts += [f"near it: {link(url)}" for url in said.get("related", [])]
    return ", ".join(parts) or f"none found on {said['searched']}"


def anchor(title):
    """Return the name by which a link reaches a heading."""
    return headings(f"# {title}\n")[0][2]


def silent_table(results):
    """Return the kinds of silent failure in the order of their frequency."""
    lines = []
    for kind, times in kinds_in_order(results):
        said = results["kinds"][kind]
        title = f"[{said['title']}](KINDS.md#{anchor(said['title'])})"
        lines.append([title, number(said["before"]), times, reports(said)])
    return table(["what goes wrong", "off by:", "configurations:", "public report"], lines)


def cured(results):
    """Return what became, with the cures, of the files that are silently off."""
    found = Counter(tuple(pair) for pair in results["cured"].values())
    lines = []
    for before in SILENT:
        after = {now: times for (was, now), times in found.items() if was == before}
        others = ", ".join(
            f"{now} ({times})" for now, times in sorted(after.items()) if now != AGREES
        )
        lines.append([before, sum(after.values()), after.get(AGREES, 0), others])
    return table(["float32 file before", "tried:", "agree now:", "the others"], lines)


def pairs_run(results):
    """Return how many combinations and pairs ran, and what became of the files."""
    found = results["pairs"]
    tried = [said for said in found.values() if said["verdict"] != UNFIT]
    before = Counter(said["verdict"] for said in tried)
    after = Counter(said.get("cured", said["verdict"]) for said in tried)
    by_plain_call = Counter((said["verdict"], said.get("plain")) for said in tried)
    lines = []
    for verdict in ORDER:
        if before[verdict] or after[verdict]:
            called = [by_plain_call[verdict, label] for label in PLAINLY]
            lines.append([verdict, before[verdict], after[verdict], *called])
    head = ["verdict", "as converted here:", "with the cures:"]
    held = {
        pair for name in found for pair in itertools.combinations(enumerate(name.split("; ")), 2)
    }
    return (
        f"{len(found)} combinations ran, which hold {len(held)} of the {results['all pairs']} "
        f"pairs that there are; scikit-learn itself refused {len(found) - len(tried)} of them. "
        "On the right, what a plain `to_onnx(model, X[:1])` gave of those on the left.\n\n"
        + table([*head, *(f"plain call: {label}:" for label in PLAINLY)], lines)
    )


def pairs_silent(results):
    """Return which holders answer otherwise around which members, and what the cures leave."""
    grouped = defaultdict(lambda: ([], Counter(), Counter()))
    for name, said in results["pairs"].items():
        holder, member, *_ = name.split("; ")
        if said["verdict"] == UNFIT:
            continue
        members, before, after = grouped[holder]
        before[said["verdict"]] += 1
        after[said.get("cured", said["verdict"])] += 1
        if said["verdict"] in SILENT and member not in members:
            members.append(member)
    lines = []
    for holder, (members, before, after) in sorted(grouped.items()):
        silent_now = sum(after[verdict] for verdict in SILENT)
        silent_then = sum(before[verdict] for verdict in SILENT)
        tried = sum(before.values())
        lines.append([holder, tried, silent_then, ", ".join(sorted(members)), silent_now])
    head = ["what holds the member", "tried:", "silently off:", "around", "with the cures:"]
    return table(head, lines)


def pairs_by_option(results):
    """Return what skl2onnx's own options make of the files: how many have which verdict."""
    grouped = defaultdict(Counter)
    for name, said in results["pairs"].items():
        if said["verdict"] != UNFIT:
            grouped[name.split("; ")[-1]][said["verdict"]] += 1
    seen = [verdict for verdict in ORDER if any(found[verdict] for found in grouped.values())]
    lines = []
    for option, found in sorted(grouped.items()):
        lines.append([option, *[found[verdict] for verdict in seen]])
    return table(["option", *[f"{verdict}:" for verdict in seen]], lines)


def gaps(results):
    """Return which estimators of those that take missing values keep what they mean."""
    grouped = defaultdict(list)
    for name, found in results["estimators"].items():
        if "missing values" in found:
            grouped[found["missing values"]["float32"]["verdict"]].append(name)
    lines = []
    for verdict in [*ORDER, UNFIT]:
        if grouped[verdict]:
            lines.append([verdict, len(grouped[verdict]), ", ".join(grouped[verdict])])
    return table(["float32 file", "estimators:", ""], lines)


# Refusals -----------------------------------------------------------------------------------------
def refusals(results):
    """Return {what helped: [(estimator, key, finding, verdict then)]}, the most frequent first."""
    groups = defaultdict(list)
    for name, key, result in rows(results):
        for precision in PRECISIONS:
            finding = result[precision]
            if finding["verdict"] == REFUSED:
                step, then = remedy(name, results["estimators"][name], key, precision)
                groups[step].append((name, key, finding, then))
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def tally(words, most=3):
    """Return the most frequent of some words, with how often."""
    counted = Counter(words).most_common(most)
    return "<br>".join(f"{word} ({times})" for word, times in counted)


def refused(results):
    """Return the refusals by what helped against them."""
    lines = []
    for place, (step, members) in enumerate(refusals(results).items(), 1):
        said = tally(f"{finding['by']}: {gist(finding['words'])}" for _, _, finding, _ in members)
        then = tally((then for *_, then in members if then), most=9)
        name, key, *_ = members[0]
        mark = f'<a id="refused-{place}"></a>{place}'
        lines.append([mark, step, then, len(members), said, f"{name}, {short([key])}"])
    return table(["", "what helped", "and then", "files:", "mostly in these words", "as"], lines)


def crashed(results):
    """Return the files that ended the process, or did not answer."""
    lines = []
    for name, key, result in rows(results):
        for precision in PRECISIONS:
            if result[precision]["verdict"] == CRASHED:
                lines.append([name, short([key]), precision, result[precision]["words"]])
    return table(["estimator", "with", "precision", "what happened"], lines)


# TABLE.md -----------------------------------------------------------------------------------------
def short(options):
    """Return the options of one cell, those of one parameter together."""
    grouped = defaultdict(list)
    for key in options:
        parameter, equals, value = key.partition("=")
        grouped[parameter + equals].append(value)
    pieces = []
    for parameter, values in grouped.items():
        text = parameter + ", ".join(values)
        pieces.append(code(text) if parameter.endswith("=") else text)
    return "; ".join(pieces)


class Linker:
    """Links a verdict to the kind, the remedy or the list that says more of it."""

    def __init__(self, results):
        self.results = results
        self.places = {step: place for place, step in enumerate(refusals(results), 1)}

    def link(self, name, key, precision):
        """Return a verdict as a link, where it is not good news."""
        found = self.results["estimators"][name]
        verdict = found[key][precision]["verdict"]
        if verdict in SILENT:
            kind = kind_of(self.results, name, key)
            return f"[{verdict}](KINDS.md#{anchor(self.results['kinds'][kind]['title'])})"
        if verdict == REFUSED:
            step, _ = remedy(name, found, key, precision)
            return f"[{verdict}](README.md#refused-{self.places[step]})"
        if verdict == CRASHED:
            return f"[{verdict}](README.md#what-crashes-or-hangs)"
        return verdict

    def others(self, name):
        """Return the options that have another verdict than the default, grouped by verdict."""
        found = self.results["estimators"][name]
        grouped = defaultdict(list)
        for key, result in found.items():
            for precision in PRECISIONS:
                verdict = result[precision]["verdict"]
                if verdict != found["default"][precision]["verdict"] and verdict != UNFIT:
                    before = "" if precision == "float32" else "float64 "
                    grouped[before + self.link(name, key, precision)].append(key)
                    break
        return "<br>".join(f"{verdict}: {short(options)}" for verdict, options in grouped.items())

    def row(self, name):
        """Return the row of one estimator."""
        default = self.results["estimators"][name]["default"]
        cells = [name]
        for precision in PRECISIONS:
            finding = default[precision]
            near = finding.get("near") or default.get("also", {}).get(precision)
            error = finding.get("error")
            cells.append(("~" if near else "") + self.link(name, "default", precision))
            cells.append("" if error is None else number(error))
        return [*cells, default.get("operators", ""), self.others(name)]


def estimators(results):
    """Return the table of all estimators that have a converter."""
    linker = Linker(results)
    lines = []
    for name, found in results["estimators"].items():
        if found["default"]["float32"]["verdict"] != MISSING:
            lines.append(linker.row(name))
    head = ["estimator", "float32", "off by:", "float64", "off by:", "operators", "other verdicts"]
    return table(head, lines)


def missing(results):
    """Return the list of the estimators that have no converter."""
    names = []
    for name, found in results["estimators"].items():
        if found["default"]["float32"]["verdict"] == MISSING:
            names.append(name)
    return f"{len(names)} estimators: {', '.join(names)}.\n"


# KINDS.md -----------------------------------------------------------------------------------------
def kinds(results):
    """Return the section of each kind: reason, graph, cure, and where its example stands."""
    parts = []
    for kind, _ in kinds_in_order(results):
        said = results["kinds"][kind]
        before = number(said["before"])
        parts += [
            f"## {said['title']}\n\n{said['reason']}\n{fence('text', said['graph'][:SHOWN])}"
            f"**Cure.** {said['cure']} [The example](kinds/{kind}.py) is off by {before} before, "
            f"{number(said['after'])} after.\n",
        ]
    return "\n".join(parts)


def bars(results):
    """Return the picture of the counts."""
    return picture(counts(results))


PAGES = {
    "README.md": {
        "figure": figure,
        "about": about,
        "settings": settings,
        "silent": silent_table,
        "cured": cured,
        "pairs": pairs_run,
        "pairs by holder": pairs_silent,
        "pairs by option": pairs_by_option,
        "missing values": gaps,
        "refused": refused,
        "crashed": crashed,
    },
    "KINDS.md": {"kinds": kinds},
    "TABLE.md": {"estimators": estimators, "missing": missing},
    "verdicts.svg": bars,
}
