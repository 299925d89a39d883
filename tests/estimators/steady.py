"""Which verdicts another processor, or other data, would change: run by hand, takes an hour.

Runs the sweep once for each kind of processor that OpenBLAS tells apart and once with other random
numbers, and notes in results.json which other verdicts were seen:

    python -m tests.estimators.steady
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.estimators import page, verdicts
from tests.estimators.configurations import classes, keys
from tests.estimators.judge import judge_apart
from tests.kit import apart, record

KERNELS = ["Haswell", "SkylakeX", "Prescott", "Zen"]
SECONDS = 6 * 3600


def sweep(seed, names=None):
    """Return {estimator: {key: result}} of every configuration, or of those of some estimators."""
    found = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name in names or sorted(classes()):
            found[name] = {key: pool.submit(judge_apart, name, key, seed) for key in keys(name)}
        for futures in found.values():
            for key, future in futures.items():
                futures[key] = future.result()
    return found


def note(entry, result):
    """Add a verdict to a recorded result where it is another one; return whether it is."""
    flipped = False
    for precision in verdicts.PRECISIONS:
        verdict = result[precision]["verdict"]
        if verdict != entry[precision]["verdict"]:
            flipped = True
            seen = entry.setdefault("also", {}).setdefault(precision, [])
            if verdict not in seen:
                seen.append(verdict)
    return flipped


def main(titles):
    """Run the sweep under each kernel with seed 0, or with another seed, and note what flips."""
    for title in titles:
        kernel = title in KERNELS
        outcome = apart.fresh(
            sweep,
            0 if kernel else int(title),
            seconds=SECONDS,
            gigabytes=16,
            environment={"OPENBLAS_CORETYPE": title} if kernel else None,
        )
        assert outcome.ended == apart.RETURNED, outcome
        recorded = page.read()
        flips = []
        for name, entries in recorded["estimators"].items():
            for key, entry in entries.items():
                result = outcome.value.get(name, {}).get(key)
                if result and note(entry, result):
                    flips.append((name, key, result))
        print(title, *flips, sep="\n")
        packed = {name: verdicts.pack(found) for name, found in recorded["estimators"].items()}
        steady = {**recorded.get("steady", {}), title: len(flips)}
        record.write(page.FILE, {**recorded, "steady": steady, "estimators": packed})
        print(f"{title}: {len(flips)} configurations flip", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or [*KERNELS, "1"])
