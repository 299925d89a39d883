"""The words for what became of a file, and how results.json holds them.

What agrees is implied: of an estimator the record holds the list of what ran, the default's largest
differences and, for each other verdict, which configurations have it in which precision.
"""

AGREES = "agrees"
DRIFTS = "drifts"
MISNAMED = "named wrongly"
WRONG = "wrong"
REFUSED = "refused"
MISSING = "no converter"
UNFIT = "not fitted"
CRASHED = "crashes or hangs"

WORST_FIRST = [CRASHED, WRONG, MISNAMED, DRIFTS, REFUSED, AGREES, MISSING, UNFIT]
BEST_FIRST = [AGREES, DRIFTS, REFUSED, MISSING, UNFIT, MISNAMED, WRONG, CRASHED]
SILENT = [WRONG, MISNAMED, DRIFTS]
ORDER = [AGREES, DRIFTS, MISNAMED, WRONG, REFUSED, MISSING, CRASHED]  # on the page

PRECISIONS = ["float32", "float64"]
DEFAULT = "default"
FRAME = "data frame"  # the one situation that needs pandas
AGREEMENT = {"verdict": AGREES}


def pack(found):
    """Return {configuration: result} of one estimator as the record holds it."""
    packed = {"ran": list(found)}
    groups = []
    for key, result in found.items():
        for name in ("operators", "also"):
            if name in result:
                packed.setdefault(name, {})[key] = result[name]
        for precision in PRECISIONS:
            finding = dict(result[precision])
            error = finding.pop("error", None)
            near = finding.pop("near", None)
            if key == DEFAULT and error is not None:
                packed.setdefault("error", {})[precision] = error
            if key == DEFAULT and near:
                packed.setdefault("near", []).append(precision)
            if finding != AGREEMENT:
                group = next((group for group in groups if group["is"] == finding), None)
                if group is None:
                    group = {"is": finding}
                    groups.append(group)
                group.setdefault(precision, []).append(key)
    packed["found"] = groups
    return packed


def unpack(packed):
    """Return {configuration: result} of one estimator from what the record holds."""
    found = {key: {precision: AGREEMENT for precision in PRECISIONS} for key in packed["ran"]}
    for group in packed["found"]:
        for precision in PRECISIONS:
            for key in group.get(precision, []):
                found[key][precision] = group["is"]
    default = found[DEFAULT]
    for precision, error in packed.get("error", {}).items():
        near = precision in packed.get("near", [])
        default[precision] = {**default[precision], "error": error, "near": near}
    for name in ("operators", "also"):
        for key, value in packed.get(name, {}).items():
            found[key][name] = value
    return found


def news(name, old, new):
    """Return a line for each verdict of an estimator that is not the recorded one."""
    lines = []
    for key, result in new.items():
        if key not in old:
            lines.append(f"{name}({key}) is new: {result['float32']['verdict']}")
            continue
        for precision in PRECISIONS:
            before = old[key][precision]["verdict"]
            now = result[precision]["verdict"]
            if now == before or now in old[key].get("also", {}).get(precision, []):
                continue
            better = BEST_FIRST.index(now) < BEST_FIRST.index(before)
            change = "better" if better else "worse"
            words = result[precision].get("words", result[precision].get("note", ""))
            lines.append(f"{change}: {name}({key}), {precision}: {before} -> {now} {words}")
    for key in old:
        if key not in new and key != FRAME:
            lines.append(f"{name}({key}) is gone: {old[key]['float32']['verdict']}")
    return lines


def merged(old, new):
    """Return new results that keep what this run could not see: other kernels, and a frame.

    What processors or seeds were seen to decide stays noted, and without pandas the old verdict on
    a data frame.
    """
    kept = {}
    for key, result in new.items():
        also = old.get(key, {}).get("also")
        kept[key] = {**result, "also": also} if also else result
    if FRAME in old and FRAME not in new:
        kept[FRAME] = old[FRAME]
    return kept
