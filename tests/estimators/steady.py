"""Which verdicts another processor, or other data, would change: run by hand, takes an hour.

Runs the sweep once for each kind of processor that OpenBLAS tells apart and once with other random
numbers, and notes in results.json which other verdicts were seen:

    python -m tests.estimators.steady
"""

import sys

from tests.estimators import record
from tests.estimators.configurations import classes
from tests.estimators.pool import Pool

KERNELS = ["Haswell", "SkylakeX", "Prescott", "Zen"]


def sweep(seed, **environment):
    """Yield (estimator, key, result) of every configuration."""
    pool = Pool(**environment)
    futures = {}
    for name in classes():
        for key in record.keys(name):
            futures[name, key] = pool.submit(name, key, seed)
    for (name, key), future in futures.items():
        yield name, key, future.result()
    pool.close()


def note(recorded, name, key, result):
    """Add a verdict to the record where it is another one; return whether it is."""
    entry = recorded["estimators"].get(name, {}).get(key)
    if entry is None:
        return False
    flipped = False
    for precision in record.PRECISIONS:
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
        if title in KERNELS:
            found = list(sweep(0, OPENBLAS_CORETYPE=title))
        else:
            found = list(sweep(int(title)))
        recorded = record.load()
        flips = [entry for entry in found if note(recorded, *entry)]
        for entry in flips:
            print(title, *entry)
        recorded["steady"] = {**recorded.get("steady", {}), title: len(flips)}
        record.save(recorded)
        print(f"{title}: {len(flips)} of {len(found)} configurations flip", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or [*KERNELS, "1"])
