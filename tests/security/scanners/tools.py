"""Scanners of others beside our inspector: what each says of a file, in its own words.

A tool is a function that takes the path of a model and returns its findings. What it says of the
sound twin of a file as well is no finding about that file.
"""

import atexit
import os
import re
import socket
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

from tests.security import inspector

GRAVE = ["medium", "warning", "high", "critical", "error"]  # levels that the tools call so
WARNS, NOTES = "warns", "notes"


class Finding(NamedTuple):
    """What a tool says: its own level, and its words."""

    level: str
    words: str


# The tools ----------------------------------------------------------------------------------------
def modelaudit(path):
    from modelaudit.core import scan_model_directory_or_file

    issues = scan_model_directory_or_file(str(path), cache_enabled=False).issues
    return [Finding(issue.severity.value, issue.message) for issue in issues]


def modelscan(path):
    from modelscan.modelscan import ModelScan

    report = ModelScan().scan(str(path))
    issues = [Finding(issue["severity"], issue["description"]) for issue in report["issues"]]
    skipped = report["summary"]["skipped"]["skipped_files"]
    return issues + [Finding("skipped", file["category"]) for file in skipped]


def hayward(path):
    from hayward import ModelFileScanner

    findings = ModelFileScanner().scan_file(Path(path))
    return [Finding(finding.severity.value, finding.message) for finding in findings]


def aisbom(path):
    from aisbom.scanner import DeepScanner

    scanner = DeepScanner(str(path))
    scanner.scan()
    findings = []
    for artifact in scanner.artifacts:
        level = artifact["risk_level"].split(" ")[0]
        findings += [Finding(level, words) for words in artifact["details"].get("threats", [])]
    return findings + [Finding("error", str(error)) for error in scanner.errors]


def palisade(path):
    from palisade import scan_and_evaluate

    findings = []
    for result in scan_and_evaluate(str(path), policy_preset="default")["validation_results"]:
        for warning in result["warnings"]:
            patterns = ", ".join(map(str, warning["details"].get("patterns", [])))
            findings.append(Finding(warning["severity"], f"{warning['type']}: {patterns}"))
    return findings


def weightguard(path):
    from weightguard.scanner import scan_path

    findings = scan_path(Path(path)).findings
    return [Finding(finding.severity.value, finding.description) for finding in findings]


def ours(path):
    try:
        findings, notes = inspector.inspect_all(inspector.read(path), folder=Path(path).parent)
    except ValueError as error:
        return [Finding("error", str(error).partition(": ")[2])]
    found = [Finding("warning", line) for line in findings]
    return found + [Finding(inspector.LOOK, line) for line in notes]


TOOLS = {  # package: what it does with a file
    "our inspector": ours,
    "modelaudit": modelaudit,
    "aisbom-cli": aisbom,
    "hayward": hayward,
    "weightguard": weightguard,
    "palisade": palisade,
    "modelscan": modelscan,
}
MODULES = {  # what each imports; once, before the copies of the process that scan
    "our inspector": ["tests.security.inspector"],
    "modelaudit": ["modelaudit.core", "scipy.stats", "onnx.checker"],
    "aisbom-cli": ["aisbom.scanner"],
    "hayward": ["hayward.scanner"],
    "weightguard": ["weightguard.scanner"],
    "palisade": ["palisade.api"],
    "modelscan": ["modelscan.modelscan"],
}
SKIPPED = "skipped"  # it has not read the file, as it says
LOST = "no answer"  # it did not come back
COMMANDS = {  # package: its command
    "modelaudit": "modelaudit scan",
    "aisbom-cli": "aisbom scan",
    "hayward": "hayward scan",
    "weightguard": "weightguard scan",
    "palisade": "palisade scan",
    "modelscan": "modelscan scan --path",
}
QUIET = {  # what each tool asks for if it is to send nothing
    "PROMPTFOO_DISABLE_TELEMETRY": "1",  # modelaudit
    "NO_ANALYTICS": "1",  # modelaudit
    "AISBOM_OFFLINE": "1",  # aisbom-cli
    "HF_HUB_OFFLINE": "1",  # what modelaudit and weightguard load files with
}


# One file -----------------------------------------------------------------------------------------
def refuse_network(tell):
    """Let this process reach no other computer, and tell which it asked for."""

    def refuse(address, *rest, **settings):
        tell(str(address))
        raise OSError("no network in tests")

    socket.getaddrinfo = refuse
    socket.create_connection = refuse
    socket.socket.connect = lambda self, address: refuse(address)


def scan(tell, name, path):
    """Return the findings of a tool; tell which computers it asked for."""
    refuse_network(tell)
    os.environ.update(QUIET)
    return [tuple(finding) for finding in TOOLS[name](path)]


def kind(words):
    """Return what a tool says without the names and the numbers of one file."""
    return re.sub(r"'[^']*'|\S*[\d/\\]\S*", "*", words.partition(": ")[0])


def start(tell, command, path):
    """Run a tool's command as somebody does who has set nothing; return its status.

    Tell which computers it asks for, also when it ends.
    """
    refuse_network(tell)
    for setting in [*QUIET, "CI", "GITHUB_ACTIONS"]:
        os.environ.pop(setting, None)
    os.chdir(Path(path).parent)  # some leave a file where they were called
    program, *words = command.split()
    (entry,) = entry_points(group="console_scripts", name=program)
    sys.argv = [program, *words, str(path)]
    try:
        status = entry.load()()
    except SystemExit as error:
        status = error.code
    atexit._run_exitfuncs()
    return status or 0


def verdict(findings, of_the_twin=()):
    """Return (word, words): how a tool judges a file beyond what it says of its sound twin."""
    said = {kind(words) for _, words in of_the_twin}
    for level, words in findings:
        if level in (SKIPPED, LOST):
            return level, words
    news = [finding for finding in findings if kind(finding[1]) not in said]
    if not news:
        return "", ""
    level, words = min(news, key=lambda finding: finding[0].lower() not in GRAVE)
    return WARNS if level.lower() in GRAVE else NOTES, f"{level}: {words}"
