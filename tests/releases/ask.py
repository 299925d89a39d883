"""What of a file is known to be wrong in a release, from what became of cases like its nodes.

    ask(model, "1.26.0", Evidence(read()["onnxruntime"]))   [Finding("TreeEnsembleClassifier", ...)]

A node is known to be wrong if what tells the failing cases of its operator from those that were
right holds of it, too. No finding says no more than that.
"""

from dataclasses import dataclass
from functools import cache

from onnx import helper

from tests.interop.operators import conditions
from tests.interop.operators.cases import read_cases, read_use, write_use
from tests.interop.operators.measure import CASES
from tests.interop.operators.uses import NAMES, read_nodes, without_functions
from tests.kit import record
from tests.releases import history
from tests.releases.history import RESULTS, USES

SOME = "with some numbers"
# How far a node may be from a case, as on the page of operators: of the scripts' and the real files
# none that a release of onnxruntime was found to get wrong is called known, and not wrong.
FAR = conditions.FAR_IN["ONNX Runtime"]


@dataclass(frozen=True)
class Finding:
    """One thing of a file that is known not to be right in a release."""

    what: str  # an operator, an opset or an IR version
    verdict: str
    case: str  # a case that shows it
    condition: str  # what tells such cases from those that are right
    right_in: tuple  # the releases in which that case is right


def read():
    """Return what is recorded, {tool: ...}."""
    return record.read(RESULTS)


# What is like what --------------------------------------------------------------------------------
def literals_of_classifier(node):
    """Return what is true of a classifier of ai.onnx.ml besides: releases differ by it."""
    values = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    labels = [len(values[name]) for name in values if name.startswith("classlabels")]
    if not labels:
        return frozenset()
    found = {"two classes"} if labels == [2] else set()
    if values.get("post_transform", b"NONE") == b"NONE":
        found.add("post_transform=NONE")
    return frozenset(found)


def write_literals(model):
    """Return how the first node of a model uses its operator, as it is recorded."""
    node, use = read_nodes(model)[0]
    more = sorted(literals_of_classifier(node))
    return " | ".join([write_use(use), *more])


def read_literals(operator, line):
    """Return the literals of a recorded use, None if the installed onnx does not know it."""
    line, *more = line.split(" | ")
    use = read_use(operator, line)
    if use.version is None or not conditions.is_known(operator, use.version):
        return None
    return conditions.literals(use) | set(more)


class Evidence:
    """The cases of each operator, what is true of them, and what became of them in a tool."""

    def __init__(self, recorded):
        self.releases = recorded["releases"]
        self.histories = history.unpack(recorded)
        self.uses = {}
        for name, case in read_cases(CASES).items():
            use = case["use"]
            if use and use.version and conditions.is_known(use.operator, use.version):
                self.uses.setdefault(use.operator, {})[name] = conditions.literals(use)
        for operator, lines in record.read(USES).items():
            for name, line in lines.items():
                words = read_literals(operator, line)
                if words:
                    self.uses.setdefault(operator, {})[name] = words

    def verdict(self, name, release):
        """Return what became of a case: what is not recorded is right."""
        if name in self.histories:
            return self.histories[name][1][release]
        return history.RIGHT

    @cache  # noqa: B019 (it lives as long as the program)
    def rules(self, operator, release):
        """Return what tells the failing cases of an operator from the right ones, and the rest."""
        evidence = []
        for name, words in self.uses[operator].items():
            verdict = self.verdict(name, release)
            if verdict != history.TOO_NEW:
                evidence.append((name, words, "" if verdict == history.RIGHT else verdict))
        return conditions.learn(evidence)

    def right_in(self, name):
        """Return the releases in which a case is right."""
        return tuple(each for each in self.releases if self.verdict(name, each) == history.RIGHT)

    # One node -------------------------------------------------------------------------------------
    def is_measured(self, use, words):
        """Return whether a case is like a node."""
        if words is None or use.operator not in self.uses:
            return False
        nearest = min(conditions.distance(words, others) for others in self.of(use).values())
        return nearest <= FAR

    def of(self, use):
        return self.uses[use.operator]

    def find(self, use, words, release):
        """Return the Finding on a node in a release, or None."""
        rules, unexplained = self.rules(use.operator, release)
        for rule in rules:
            nearest = min(rule.examples, key=lambda name: self.distance(use, words, name))
            near = self.distance(use, words, nearest) <= FAR
            if near and words.issuperset(rule.conjunction):
                said = conditions.describe(rule)
                return Finding(use.operator, rule.verdict, nearest, said, self.right_in(nearest))
        for name, _others, verdict in unexplained:  # a case that was right has all that it has
            if self.distance(use, words, name) <= FAR:
                return Finding(use.operator, verdict, name, SOME, self.right_in(name))
        return None

    def distance(self, use, words, name):
        return conditions.distance(words, self.of(use)[name])

    # All of a file ------------------------------------------------------------------------------
    def ask(self, formats, nodes, release):
        """Return the findings in a release, and what no case is like."""
        findings = []
        unlike = set(formats) - set(history.name_formats())
        for name in formats:
            verdict = self.verdict(name, release)
            if verdict != history.RIGHT:
                findings.append(Finding(name, verdict, name, "always", self.right_in(name)))
        for use, words in nodes:
            if not self.is_measured(use, words):
                unlike.add(use.operator)
                continue
            finding = self.find(use, words, release)
            if finding:
                findings.append(finding)
        return list(dict.fromkeys(findings)), sorted(unlike)


# A file -------------------------------------------------------------------------------------------
def formats_of(model):
    """Return the cases of the format that a file is like: its IR version and its opsets."""
    names = [f"IR version {model.ir_version}"]
    for opset in model.opset_import:
        domain = NAMES.get(opset.domain, opset.domain)
        if domain in history.OPSETS:
            names.append(history.name_format(domain, opset.version))
    return sorted(set(names))


def nodes_of(model):
    """Return [(use, literals)] of the nodes whose operator the standard has, each kind once."""
    found = []
    for node, use in read_nodes(without_functions(model)):
        words = None
        if use.version is not None and conditions.is_known(use.operator, use.version):
            words = conditions.literals(use) | literals_of_classifier(node)
        found.append((use, words))
    return list(dict.fromkeys(found))


def ask(model, release, evidence):
    """Return the findings on a file in a release, and what of it no case is like."""
    return evidence.ask(formats_of(model), nodes_of(model), release)


def ranges(releases, all_releases):
    """Return releases as words, neighbours together: 1.16.3 to 1.25.1, 1.28.0."""
    groups = []
    for release in all_releases:
        if release in releases:
            place = all_releases.index(release)
            if groups and all_releases.index(groups[-1][-1]) == place - 1:
                groups[-1].append(release)
            else:
                groups.append([release])
    words = [group[0] if len(group) == 1 else f"{group[0]} to {group[-1]}" for group in groups]
    return ", ".join(words) or "none"
