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
    entry = recorded["estimators"][name][key]
    flipped = False
    for precision in record.PRECISIONS:
        verdict = result[precision]["verdict"]
        if verdict != entry[precision]["verdict"]:
            flipped = True
            seen = entry.setdefault("also", {}).setdefault(precision, [])
            if verdict not in seen:
                seen.append(verdict)
    return flipped


def main(kernels):
    """Run the sweep under each kernel with seed 0, and once with seed 1."""
    recorded = record.load()
    recorded["steady"] = recorded.get("steady", {})
    runs = [(kernel, 0, {"OPENBLAS_CORETYPE": kernel}) for kernel in kernels]
    for title, seed, environment in [*runs, ("seed 1", 1, {})]:
        flipped = 0
        for name, key, result in sweep(seed, **environment):
            if note(recorded, name, key, result):
                flipped += 1
                print(title, name, key, result, flush=True)
        recorded["steady"][title] = flipped
        record.save(recorded)
        print(f"{title}: {flipped} configurations flip", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or KERNELS)
