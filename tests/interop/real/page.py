"""What the page shows of real files: the files, a verdict for each engine, what it cost.

Needs neither the files nor the engines, only what measure.py and changes.py wrote.
"""

from statistics import median

from tests.interop.real.files import FILES
from tests.interop.real.judge import (
    AGREES,
    COARSE,
    DIFFERS,
    ENDS,
    ENGINES,
    GROUPS,
    MEMORY,
    NOT_TRIED,
    OF_8_BITS,
    OF_16_BITS,
    ORACLE,
    ORACLES,
    OUTCOMES,
    REFUSES,
    SLOW,
    TOLERANCE,
    TOLERANCE_OF_8_BITS,
    TOLERANCE_OF_16_BITS,
    UNFIT,
    UNFIT_ENDS,
    VERDICTS,
)
from tests.interop.real.measure import RESULTS, read_changes, read_pairs
from tests.interop.real.reasons import (
    BY_CHANCE,
    CHANGE_REASONS,
    CHANGE_SMALLEST,
    REASONS,
    SMALLEST,
)
from tests.kit import record
from tests.kit.page import code, table

SIGNS = {
    AGREES: "✓",
    REFUSES: "refuses",
    DIFFERS: "**otherwise**",
    ENDS: "**ends**",
    SLOW: "slow",
    MEMORY: "memory",
    NOT_TRIED: "",
}
# {what a file may hold: operators, any of which makes it such a file}
KINDS = {
    "a convolution": ["Conv", "ConvInteger"],
    "a ConvTranspose": ["ConvTranspose"],
    "a Resize": ["Resize"],
    "an LSTM or GRU": ["LSTM", "GRU", "DynamicQuantizeLSTM"],
    "an If": ["If"],
    "a Loop": ["Loop"],
    "weights of 8 bits": ["DequantizeLinear", "ConvInteger", "MatMulInteger"],
    "weights of float16": [],
    "a tree": ["TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"],
    "a Softmax and a MatMul": ["Softmax and MatMul"],
}


def read():
    """Return {"files": ..., "engines": ..., "nodes": ..., "costs": ...}."""
    return record.read(RESULTS)


def engines_of(results):
    """Return the names of the engines that are recorded, in alphabetical order."""
    return [name for name in ENGINES if name in results["engines"]]


def has(found, kind):
    """Return whether a file is of a kind, by the operators that are recorded of it."""
    operators = set(found["operators"])
    if kind == "weights of float16":
        return "FLOAT16" in found["weights"]
    if kind == "a Softmax and a MatMul":
        return {"Softmax", "MatMul"} <= operators
    return bool(operators & set(KINDS[kind]))


def list_pairs(results, verdict):
    """Return [(engine, file)] of a verdict."""
    pairs = read_pairs(results)
    return sorted((engine, name) for (name, engine), (word, _) in pairs.items() if word == verdict)


def oracle_of(name):
    """Return the engine whose answer to a file counts as right."""
    return ORACLES.get(name, ORACLE)


def confirmed_by(results, name):
    """Return the other engines that give the answer to a file that counts as right."""
    pairs = read_pairs(results)
    engines = [engine for engine in engines_of(results) if engine != oracle_of(name)]
    return [engine for engine in engines if pairs.get((name, engine), ("",))[0] == AGREES]


# The generated parts of the page -----------------------------------------------------------------
def figure(results):
    """Return the sentence that tells the most."""
    engines = engines_of(results)
    pairs = [word for word, _ in read_pairs(results).values() if word != NOT_TRIED]
    makers = {FILES[name].maker for name in results["files"]}
    return (
        f"{len(results['files'])} files that packages ship, of {len(makers)} makers, in "
        f"{len(engines)} engines: of {len(pairs)} pairs tried {pairs.count(AGREES)} are answered "
        f"rightly, {pairs.count(REFUSES)} are refused, **{pairs.count(DIFFERS)} answer "
        f"otherwise, without a word**, {pairs.count(ENDS)} end the process, {pairs.count(SLOW)} "
        f"take more than a minute, and {pairs.count(MEMORY)} more memory than there was.\n"
    )


def files(results):
    """Return the table of files."""
    rows = []
    for name, found in results["files"].items():
        file = FILES[name]
        kinds = ", ".join(kind.split(" ", 1)[1] for kind in KINDS if has(found, kind))
        size = f"{found['bytes'] / 1e6:.1f}"
        package = f"{file.package} {file.version}"
        about = [found["exporter"], found["opset"], found["nodes"], size, kinds]
        rows.append([name, package, file.task, *about])
    head = ["file", "package", "it says", "exporter", "opset:", "nodes:", "MB:", "holds"]
    return table(head, rows)


def verdicts(results):
    """Return the table of verdicts: a row for each file, a column for each engine."""
    pairs = read_pairs(results)
    engines = engines_of(results)
    rows = []
    for name in results["files"]:
        words = [pairs.get((name, engine), (NOT_TRIED,))[0] for engine in engines]
        rows.append([name, *(SIGNS[word] for word in words)])
    return table(["file", *engines], rows)


def counts(results):
    """Return the table of engines: how many files ended in which way, and what that cost."""
    pairs = read_pairs(results)
    rows = []
    for engine in engines_of(results):
        recorded = results["engines"][engine]
        words = [word for (_, name), (word, _) in pairs.items() if name == engine]
        costs = results["costs"][engine].values()
        seconds = [cost[0] for cost in costs]
        memory = [cost[1] for cost in costs]
        numbers = [words.count(verdict) for verdict in VERDICTS]
        time = f"{median(seconds):.2g} ({max(seconds):.2g})" if seconds else ""
        size = f"{median(memory):.0f} ({max(memory):.0f})" if memory else ""
        version = f"{engine} {recorded['version']}"
        rows.append([version, *numbers, time, size, recorded["date"], recorded.get("again", "")])
    head = ["engine", *(f"{verdict}:" for verdict in VERDICTS)]
    made = table([*head, "seconds a file:", "MB:", "run on", "again, the same"], rows)
    times = [recorded.get("seconds") for recorded in results["engines"].values()]
    if all(times):
        made += f"\nAll files in all engines, once: {sum(times)} seconds on one core.\n"
    return made


def untried(results):
    """Return which engines were not given every file, or wanted a program that was not there."""
    lines = []
    for engine in ENGINES:
        recorded = results["engines"].get(engine, {})
        given = len(recorded.get("files", []))
        if given < len(results["files"]):
            lines.append(f"{engine} was given {given} of the {len(results['files'])} files. ")
        for why, names in sorted(by_words(recorded.get(NOT_TRIED, {})).items()):
            lines.append(f"{engine} did not come to {', '.join(names)}: {why}. ")
    return "".join(lines).strip() + "\n" if lines else "Every engine was given every file.\n"


def by_words(words):
    """Return {words: files} of {file: words}."""
    groups = {}
    for name, why in words.items():
        groups.setdefault(why, []).append(name)
    return groups


def tolerances(results):
    """Return how far an answer may be off."""
    return (
        f"An answer agrees if no number is off by more than {TOLERANCE:.0e} of the largest of its "
        f"output; of the files with weights of 8 bits ({', '.join(sorted(OF_8_BITS))}) by more "
        f"than {TOLERANCE_OF_8_BITS:.0e}: what stands between two steps of 8 bits may fall to "
        f"either; of those that compute in float16 ({', '.join(OF_16_BITS)}) by more than "
        f"{TOLERANCE_OF_16_BITS:.0e}.\n"
    )


def oracles(results):
    """Return whose answers count, how many others confirm them, and where none does."""
    alone = [name for name in results["files"] if not confirmed_by(results, name)]
    confirmed = len(results["files"]) - len(alone)
    others = {name: engine for name, engine in ORACLES.items() if name in results["files"]}
    words = "The answers that count are onnxruntime's"
    if others:
        named = [f"{name} ({engine}'s)" for name, engine in others.items()]
        words += f", but for {', '.join(named)}, which onnxruntime answers otherwise"
    words += f". {confirmed} of the {len(results['files'])} are those of at least one other engine"
    if alone:
        words += f"; for {', '.join(alone)} **there is no second opinion**"
    return f"{words}.\n"


def node_of(results, engine, name):
    """Return the node at which an engine fails, in words."""
    found = record.find(results, ["nodes", engine, name])
    if not found:
        return "a node that was not looked for, or not found"
    operator, version, node = found
    return f"{operator} of version {version}, {code(node)}"


def show_cases(cases):
    """Return a sentence that names the smallest cases, if there are any."""
    if not cases:
        return ""
    links = ", ".join(f"[{case}](smallest.py)" for case in cases)
    return f" Smallest case{'s' if len(cases) > 1 else ''}: {links}."


def silent(results):
    """Return a line for each answer that is another, without a word: the node, and the reason."""
    lines = []
    for engine, name in list_pairs(results, DIFFERS):
        why = results["engines"][engine][DIFFERS][name]
        reason = REASONS.get((engine, name), "not found out")
        place = node_of(results, engine, name)
        shown = show_cases([SMALLEST[engine, name]] if (engine, name) in SMALLEST else [])
        shown += " In some runs only: in others it agrees." if (engine, name) in BY_CHANCE else ""
        lines.append(f"- **{engine}, {name}**: {why}, from {place} on: {reason}.{shown}\n")
    return "".join(lines) or "None.\n"


def failures(results, verdict):
    """Return the table of a verdict: what stopped the engine, and how many files that stopped."""
    groups = {}
    versions = {}
    for engine, name in list_pairs(results, verdict):
        operator, version, _node = record.find(results, ["nodes", engine, name]) or ("", "", "")
        groups.setdefault((engine, operator), []).append(name)
        versions.setdefault((engine, operator), set()).add(version)
    rows = []
    for (engine, operator), names in groups.items():
        words = results["engines"][engine][verdict][names[0]]
        known = ", ".join(str(version) for version in sorted(versions[engine, operator]))
        which = ", ".join(names)
        rows.append([engine, f"{operator} {known}".strip(), len(names), which, code(words[:100])])
    return table(["engine", "operator, version", "files:", "which", "the first one's words"], rows)


def refused(results):
    return failures(results, REFUSES)


def ended(results):
    return failures(results, ENDS)


def kinds(results):
    """Return the table for the page of interop: how many files of a kind an engine runs."""
    pairs = read_pairs(results)
    files_of = {}
    for kind in KINDS:
        names = [name for name, found in results["files"].items() if has(found, kind)]
        if names:
            files_of[kind] = names
    rows = []
    for engine in engines_of(results):
        words = {name: pairs.get((name, engine), ("",))[0] for name in results["files"]}
        cells = []
        for names in files_of.values():
            right = [name for name in names if words[name] == AGREES]
            cells.append(f"**{len(right)}**" if len(right) == len(names) else len(right))
        counts = [list(words.values()).count(verdict) for verdict in (AGREES, DIFFERS)]
        rows.append([engine, *counts, *cells])
    sizes = [f"{kind}, of {len(names)}:" for kind, names in files_of.items()]
    head = ["engine", f"all, of {len(results['files'])}:", "answers otherwise:", *sizes]
    rows.sort(key=lambda row: (-row[1], row[0].lower()))
    return table(head, rows)


def advice(results):
    """Return which engines answer the most, and which of them none otherwise, as sentences."""
    counted = []
    for engine in engines_of(results):
        words = [word for (_, name), (word, _) in read_pairs(results).items() if name == engine]
        if words:
            counted.append((words.count(AGREES), words.count(DIFFERS), engine))
    counted.sort(reverse=True)
    quiet = [(agree, engine) for agree, wrong, engine in counted if not wrong]
    most = [f"{engine} ({agree}, and {wrong} otherwise)" for agree, wrong, engine in counted[:5]]
    return (
        f"Of {len(results['files'])} files, the most are answered by {', '.join(most)}. Of those "
        f"that answer none otherwise, {quiet[0][1]} answers the most ({quiet[0][0]}).\n"
    )


# Changed files ------------------------------------------------------------------------------------
CHANGED = {
    AGREES: "✓",
    COARSE: "≈",
    DIFFERS: "**otherwise**",
    UNFIT: "*unfit*",
    UNFIT_ENDS: "*unfit*, **ends**",
    REFUSES: "refuses",
    ENDS: "**ends**",
    SLOW: "slow",
    MEMORY: "memory",
}


def show_change(found):
    """Return a cell: the verdict on a changed file, and its size in parts of the original's."""
    size = f" {found['size']:.2f}" if "size" in found else ""
    return CHANGED[found["verdict"]] + size if found else ""


def changed(results):
    """Return the table of changes by file: a row for each file, a column for each change."""
    found = {change: read_changes(results, change) for change in list_changes()}
    rows = []
    for name in results["files"]:
        rows.append([name, *(show_change(found[change].get(name, {})) for change in found)])
    return table(["file", *found], rows)


def list_changes():
    """Return the names of all changes."""
    return [change for changes in GROUPS.values() for change in changes]


def changes(results):
    """Return the table of changes: how many files came through each, and how large they became."""
    rows = []
    for change in list_changes():
        recorded = results["changes"][change]
        found = read_changes(results, change)
        words = [each["verdict"] for each in found.values()]
        sizes = [each["size"] for each in found.values() if "size" in each]
        size = f"{median(sizes):.2f} ({min(sizes):.2f} to {max(sizes):.2f})" if sizes else ""
        versions = recorded["versions"]
        tools = [name for name in versions if name not in ("onnx", "onnxruntime")]
        tool = tools[0] if tools else "onnx" if change in GROUPS["opsets"] else "onnxruntime"
        counts = [words.count(outcome) or "" for outcome in OUTCOMES]
        rows.append([change, f"{tool} {versions[tool]}", *counts, size, recorded["date"]])
    head = ["change", "by", *(f"{outcome}:" for outcome in OUTCOMES), "size", "run on"]
    return table(head, rows)


def spoilt(results):
    """Return how far off each changed file is that answers otherwise, where, and why.

    One line for each, and one for all of a change that have the same reason.
    """
    found_by = {}
    for change in list_changes():
        for name, found in sorted(read_changes(results, change).items()):
            if found["verdict"] == DIFFERS:
                place = ""
                if "node" in found:
                    operator, version, node = found["node"]
                    place = f", from {operator} of version {version}, {code(node)} on"
                reason = CHANGE_REASONS.get((change, name), "not found out")
                words = f"{name}**: {found['why']}{place}"
                shown = show_cases(CHANGE_SMALLEST.get((change, name)))
                found_by.setdefault((change, reason, shown), []).append(words)
    lines = []
    for (change, reason, shown), listed in found_by.items():
        lines.append(f"- **{change}, {'; **'.join(listed)}: {reason}.{shown}\n")
    return "".join(lines) or "None.\n"


def change_refused(results):
    """Return the table of what stopped a change, how many files that stopped, and first words."""
    groups = {}
    for change in list_changes():
        for name, found in sorted(read_changes(results, change).items()):
            if found["verdict"] not in [AGREES, COARSE, DIFFERS]:
                groups.setdefault((change, found["verdict"]), {})[name] = found.get("why", "")
    rows = []
    for (change, verdict), words in groups.items():
        first = next(iter(words.values())).split("failed: ")[-1][:100]
        shown = code(first) if first else ""
        rows.append([change, verdict, len(words), ", ".join(words), shown])
    return table(["change", "verdict", "files:", "which", "the first one's words"], rows)


def inspector(results):
    """Return what the inspector of strangers says of these files."""
    alarms = {name: found["alarms"] for name, found in results["files"].items() if found["alarms"]}
    kinds = {}
    for found in results["files"].values():
        for kind in found["worth a look"]:
            kinds[kind] = kinds.get(kind, 0) + 1
    noted = [name for name, found in results["files"].items() if found["worth a look"]]
    counted = [f"*{kind}* {number}" for kind, number in sorted(kinds.items(), key=lambda k: -k[1])]
    words = "".join(f"\n- **{name}**: {'; '.join(lines)}" for name, lines in alarms.items())
    return (
        f"Of {len(results['files'])} files it raises an alarm at {len(alarms)}; at {len(noted)} it "
        f"names what is worth a look, and ends with status 0: {', '.join(counted)}.\n{words}"
    )


PAGES = {
    "README.md": {
        "figure": figure,
        "files": files,
        "tolerances": tolerances,
        "oracles": oracles,
        "verdicts": verdicts,
        "untried": untried,
        "counts": counts,
        "silent": silent,
        "changes": changes,
        "changed": changed,
        "spoilt": spoilt,
        "change refused": change_refused,
        "inspector": inspector,
        "ended": ended,
        "refused": refused,
    }
}
