"""What the page to search is made of: the other folders' records, read here and nowhere else."""

import json

from tests import engines as called
from tests.estimators import page as estimators_page
from tests.estimators.page import anchor, kind_of
from tests.estimators.remedies import remedy
from tests.estimators.verdicts import PRECISIONS, REFUSED, SILENT
from tests.interop import frameworks
from tests.interop import page as interop_page
from tests.interop.exports import page as exports_page
from tests.interop.operators import foresee, known
from tests.interop.operators import page as operators_page
from tests.interop.operators.cases import IR_VERSION, ML_OPSET, OPSET, SEVERAL
from tests.kit.page import code, headings
from tests.lookup import programs, standard
from tests.mistakes import page as mistakes_page
from tests.mistakes.kinds import collect
from tests.questions import page as questions_page

WORDS = {  # of the operators' records: of ours
    "agrees": "runs",
    "refused": "refuses",
    "differs": "differs",
    "crashes": "crashes",
    "hangs": "crashes",
}
WORST_FIRST = ["differs", "crashes", "refuses", "runs"]
UNKNOWN = "unknown"
MOST = 3  # conditions that are shown
CONSTANTS = "constants"  # all inputs but the first are, or else none
ENGINES = called.find()


# Operators ----------------------------------------------------------------------------------------
def versions_of(cases):
    """Return {operator: {its version: names of its cases, the smallest first}}, by name."""
    found = {}
    for name, case in cases.items():
        if case["operator"] != SEVERAL:
            versions = found.setdefault(case["operator"], {})
            versions.setdefault(case["use"].version, []).append(name)
    ordered = {}
    for operator in sorted(found, key=str.lower):
        ordered[operator] = {}
        for version, names in sorted(found[operator].items()):
            names.sort(key=lambda name: (operators_page.count_numbers(cases[name]), name))
            ordered[operator][str(version)] = names
    return ordered


def reports_of(operator, engine, newer):
    """Return where a difference is known."""
    key = (operator, engine, known.NEWER) if newer else (operator, engine)
    report = known.REPORTS.get(key, known.REPORTS.get((operator, engine), ""))
    found = {}
    if "/" in report:
        found["report"] = known.GITHUB + report
    if key in known.LISTS:
        found["own list"] = {"url": known.SEARCHED[engine], "entry": known.LISTS[key]}
    return found


def condition_of(operator, engine, verdict):
    """Return what the trials that end like this have and no trial that ran, in words."""
    conditions = []
    for rule in foresee.rules_of(engine, operator):
        if rule.verdict == verdict:
            conditions.append(" and ".join(code(word) for word in rule.conjunction) or "always")
    return ", or ".join(conditions[:MOST])


def read_trials():
    """Return {operator: {version: {engine: {word: names}}}} of what was restated."""
    found = {}
    for engine, lines in operators_page.read_evidence().items():
        for name, use, word in lines:
            if name.startswith("test_") and "@" in name:
                versions = found.setdefault(use.operator, {})
                ended = versions.setdefault(str(use.version), {}).setdefault(engine, {})
                ended.setdefault(WORDS[word], set()).add(name)
    return found


def other_versions(operator, trials, versions):
    """Return {version: what each engine makes of it} of the versions that only trials have."""
    found = {}
    for version, ended_by in trials.items():
        if version in versions:
            continue
        names = set()
        for ended in ended_by.values():
            names |= set().union(*ended.values())
        support = {}
        for engine in ENGINES:
            ended = ended_by.get(engine, {})
            worst = next((word for word in WORST_FIRST if word in ended), UNKNOWN)
            if worst != "runs":
                support[engine] = {"verdict": worst}
                if ended:
                    counted = {word: len(ended[word]) for word in WORST_FIRST if word in ended}
                    support[engine]["cases"] = counted
                    condition = condition_of(operator, engine, worst)
                    if condition:
                        support[engine]["condition"] = condition
        found[version] = {"cases": len(names), "support": support}
    return found


def support_of(results, operator, version, engine, names):
    """Return what an engine makes of an operator's cases; None if all are right."""
    verdicts = results["verdicts"][engine]
    ended = {}
    for name in names:
        if name in verdicts:
            ended.setdefault(WORDS[verdicts[name]["verdict"]], []).append(name)
    if not ended:
        return {"verdict": UNKNOWN}
    beside = operators_page.BESIDES.get((operator, engine))
    if list(ended) == ["runs"]:
        if beside:
            return {"verdict": "refuses", "condition": beside}
        return None
    worst = next(word for word in WORST_FIRST if word in ended)
    guilty = ended[worst]
    counted = {word: len(ended[word]) for word in WORST_FIRST if word in ended}
    whys = [verdicts[name]["why"] for name in guilty]
    said = {"verdict": worst, "cases": counted}
    if worst != "differs":
        said |= {"example": guilty[0], "words": max(whys, key=whys.count)}
        condition = condition_of(operator, engine, worst)
        return {**said, "condition": condition} if condition else said
    answered = [name for name in guilty if "answer" in verdicts[name]]
    shown = (answered or guilty)[0]
    said["differing"] = guilty
    said["example"] = shown
    if answered:
        right, answer = operators_page.compare(results["examples"][shown], verdicts[shown])
        if right:
            said["right"] = right.strip("`")
        said["answer"] = answer.strip("`")
        if verdicts[shown].get("constants"):
            said["constants"] = True
    else:
        said["answer"] = verdicts[shown]["why"]
    condition = condition_of(operator, engine, worst)
    if condition:
        said["condition"] = condition
    said |= reports_of(operator, engine, results["cases"][shown]["newer"])
    if "report" not in said:
        key = standard.find(operator, version, engine)
        said["standard"] = standard.SAYS[key] if key else "tests/lookup/standard.py lacks it"
    return said


def url_of(operator):
    """Return the address of an operator's page in the standard."""
    return operators_page.link(operator).partition("](")[2].rstrip(")")


def operators(results):
    """Return {operator: its page in the standard, and {its version: what each engine makes of it}}.

    An engine that is not named is right in all cases.
    """
    found = {}
    trials = read_trials()
    for operator, versions in versions_of(results["cases"]).items():
        found[operator] = {"url": url_of(operator), "versions": {}}
        for version, names in versions.items():
            said = {"cases": len(names), "example": names[0]}
            support = {}
            for engine in results["verdicts"]:
                statement = support_of(results, operator, version, engine, names)
                if statement:
                    support[engine] = statement
            found[operator]["versions"][version] = {**said, "support": support}
        others = other_versions(operator, trials.get(operator, {}), versions)
        named = found[operator]["versions"] | others
        found[operator]["versions"] = dict(sorted(named.items(), key=by_number))
    return found


def by_number(item):
    return int(item[0])


def list_examples(found):
    """Return {case that is an example: its operator} and {the same: with constants, or without}."""
    names = {}
    ways = {}
    for operator, said in found.items():
        for version in said["versions"].values():
            for statement in [version, *version["support"].values()]:
                if "example" in statement:
                    names[statement["example"]] = operator
                    way = CONSTANTS if CONSTANTS in statement else "inputs"
                    ways.setdefault(statement["example"], set()).add(way)
    return names, ways


def examples(results, found):
    """Return {case: how it is written, and the lines of a program that make it}."""
    shown = {}
    names, ways = list_examples(found)
    for name, operator in sorted(names.items()):
        case = results["cases"][name]
        opset = case["use"].version if case["newer"] else OPSET
        ir_version = programs.NEWER_IR if case["newer"] else IR_VERSION
        if operator.startswith("ai.onnx.ml."):
            opsets = {"ai.onnx.ml": case["use"].version if case["newer"] else ML_OPSET}
        else:
            opsets = {"": opset}
        if name not in results["examples"]:
            shown[name] = {"as it is": True} if case["newer"] else {}
            continue
        example = results["examples"][name]
        shown[name] = {"shown": operators_page.show(operator, example).strip("`"), "program": {}}
        for way in sorted(ways[name]):
            lines = programs.from_numbers(operator, example, opsets, ir_version, way == CONSTANTS)
            shown[name]["program"][way] = lines.split("\n")
    return shown


# Engines ------------------------------------------------------------------------------------------
def searched(engine):
    """Return where reports of an engine's differences were looked for."""
    places = ["public reports"]
    if engine in known.SEARCHED:
        places.append("its own list of tests")
    return places


def engines(results, runtimes, reads):
    """Return {engine: its version, how to install and to call it, and what it runs}."""
    pins = programs.pins()
    found = {}
    for engine, packed in results["engines"].items():
        module = ENGINES[engine]
        number = packed["cases of an operator"]
        found[engine] = {
            "version": packed["version"],
            "date": packed["date"],
            "package": module.PACKAGE,
            "written in": module.WRITTEN_IN,
            "install": programs.install_line(engine, pins),
            "cases of an operator": number,
            "opsets": reads.get(engine, {}).get("opsets", ""),
            "IR versions": reads.get(engine, {}).get("IR versions", ""),
            "files": {
                column: WORDS[runtimes[engine][column]]
                for column in interop_page.FILES
                if column in runtimes.get(engine, {})
            },
            "searched": [
                "public reports",
                *(["its own list of tests"] if engine in known.SEARCHED else []),
            ],
            "called in": f"../engines/{module.__name__.rpartition('.')[2]}.py",
            "program": programs.template(engine, packed["version"], pins).split("\n"),
        }
    return found


def releases(runtimes):
    """Return {release: which versions of the format it reads}."""
    found = {}
    for name, said in runtimes.items():
        if name not in ENGINES:
            found[name] = {
                "opsets": said["opsets"],
                "IR versions": said["IR versions"],
                "wrong labels": said["wrong labels"],
                "date": said["on"],
            }
    return found


# Estimators ---------------------------------------------------------------------------------------
def finding_of(results, name, key, precision):
    """Return what became of a configuration, with its kind or its cure."""
    found = results["estimators"][name]
    finding = found[key][precision]
    said = {"verdict": finding["verdict"]}
    for word in ("by", "words", "note"):
        if word in finding:
            said[word] = finding[word]
    if said["verdict"] in SILENT:
        said["kind"] = kind_of(results, name, key)
    if said["verdict"] == REFUSED:
        said["cure"], then = remedy(name, found, key, precision)
        if then:
            said["then"] = then
    return said


def estimators(results):
    """Return {estimator: what became of it, and with which options or data}."""
    found = {}
    for name, configurations in results["estimators"].items():
        groups = []
        for precision in PRECISIONS:
            for said, keys in group_keys(results, name, configurations, precision):
                same = [group for group in groups if group["is"] == said and group["with"] == keys]
                if same:
                    same[0]["precision"].append(precision)
                else:
                    groups.append({"precision": [precision], "is": said, "with": keys})
        found[name] = [
            {"precision": group["precision"], **group["is"], "with": group["with"]}
            for group in groups
        ]
    return found


def group_keys(results, name, configurations, precision):
    """Return [(what became of them, configurations)] of an estimator in one precision."""
    groups = []
    for key in configurations:
        said = finding_of(results, name, key, precision)
        for other, keys in groups:
            if other == said:
                keys.append(key)
                break
        else:
            groups.append((said, [key]))
    return groups


def kinds(results):
    """Return {kind: what goes wrong, why, what gives it away, and the cure}."""
    found = {}
    for name, said in results["kinds"].items():
        found[name] = {
            "title": said["title"],
            "reason": said["reason"],
            "cure": said["cure"],
            "graph": said["graph"],
            "reported": said["reported"],
            "page": f"../estimators/KINDS.md#{anchor(said['title'])}",
            "example": f"../estimators/kinds/{name}.py",
        }
    return found


# Frameworks, mistakes, exports, questions ---------------------------------------------------------
def frameworks_of(results):
    """Return {framework: whether the way out of it works, and how exact the file is}."""
    found = {}
    for name, module in frameworks.find().items():
        measured = results["frameworks"].get(name, {})
        found[name] = {
            "exporter": module.EXPORTER,
            "versions": measured.get("version", ""),
            "verdict": measured.get("verdict", ""),
            "but": interop_page.list_exceptions(module),
            "date": measured.get("run on", ""),
            "page": f"../interop/{frameworks.test_file_of(module)}",
        }
        for precision in interop_page.PRECISIONS:
            if precision in measured:
                found[name][precision] = measured[precision]
    return found


def mistakes(results):
    """Return {mistake: the message, what happened, and the mend}."""
    found = {}
    for row in collect():
        _, outcome = mistakes_page.telling(row, results)
        found[row.make.__name__] = {
            "message": outcome["message"],
            "happened": row.happened,
            "mend": row.mend,
            "noticed by": mistakes_page.all_who(row, results),
            "page": f"../mistakes/kinds/{row.topic}.py",
        }
        if row.shows and row.shows != outcome["message"]:
            found[row.make.__name__]["shows"] = row.shows
        if row.tell:
            found[row.make.__name__]["tell"] = row.tell
    return found


def exports(results):
    """Return {export: what it says, what was written, the reason and the mend}."""
    found = {}
    for name, said in exports_page.CASES.items():
        found[name] = {
            "says": said.says,
            "message": results["cases"][name].get("words", said.says),
            "written": said.title,
            "reason": said.reason,
            "mend": said.mend,
            "page": f"../interop/exports/README.md#{exports_page.anchor_of(results, name)}",
            "example": f"../interop/exports/cases/{said.module}.py",
        }
    return found


def questions(results):
    """Return {question: where its answer stands}."""
    found = {}
    for file, text in results["pages"].items():
        for depth, title, place in headings(text):
            if depth == 2:
                found[title] = f"../questions/{file}#{place}"
    return found


# All of it ----------------------------------------------------------------------------------------
def read():
    """Return everything, as onnx-compat.json has it."""
    of_operators = operators_page.read()
    of_estimators = estimators_page.read()
    of_interop = interop_page.read()
    of_questions = questions_page.read()
    runtimes = of_questions["results"]["versions"]["runtimes"]
    found = operators(of_operators)
    return {
        "$schema": "onnx-compat.schema.json",
        "format": 1,
        "onnx": of_operators["onnx"],
        "estimators measured": {
            "date": of_estimators["date"],
            "versions": of_estimators["versions"],
        },
        "engines": engines(of_operators, of_interop["runtimes"], runtimes),
        "operators": found,
        "examples": examples(of_operators, found),
        "official case": programs.OFFICIAL,
        "gap": programs.GAP,
        "estimators": estimators(of_estimators),
        "kinds": kinds(of_estimators),
        "frameworks": frameworks_of(of_interop),
        "releases": releases(runtimes),
        "mistakes": mistakes(mistakes_page.read()),
        "exports": exports(exports_page.read()),
        "questions": questions(of_questions),
    }


def dumps(found):
    """Return everything as JSON, an entry a line, so that a changed verdict is a changed line."""
    sections = []
    for name, section in found.items():
        if isinstance(section, dict):
            lines = [f"{compact(key)}: {compact(value)}" for key, value in section.items()]
            text = "{\n" + ",\n".join(lines) + "\n}"
        else:
            text = compact(section)
        sections.append(f"{compact(name)}: {text}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
