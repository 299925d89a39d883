"""`--update` heals a verdict, a kind and the pages at once, and a second time changes nothing."""

import shutil

from tests.kit import record
from tests.kit.places import ROOT

SOME = "test_verdicts and Binarizer or test_kind and binarizer"  # what takes seconds
PAGES = ["README.md", "KINDS.md", "TABLE.md", "results.json", "verdicts.svg"]


def test_one_update_heals_a_verdict_a_kind_and_the_pages(terminal, tmp_path):
    for part in ["README.md", "pyproject.toml", ".github", ".ci", "tests"]:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    for script in ROOT.glob("*.py"):
        shutil.copy(script, tmp_path)
    folder = tmp_path / "tests" / "estimators"
    right = [(folder / name).read_text(encoding="utf-8") for name in PAGES]
    door = (tmp_path / "README.md").read_text(encoding="utf-8")

    results = record.read(folder / "results.json")
    spoilt = results["estimators"]["Binarizer"]["found"]
    spoilt[:] = [{"is": {"verdict": "wrong"}, "float32": ["one row"]}]
    results["kinds"]["binarizer_at_threshold"]["cure"] = "None."
    record.write(folder / "results.json", results)
    page = folder / "README.md"
    page.write_text(
        page.read_text(encoding="utf-8").replace("to float32, ", "to float16, "), "utf-8"
    )

    for _ in range(2):
        command = ["-m", "pytest", "-q", "tests/estimators", "-k", SOME, "--update"]
        finished = terminal(tmp_path, *command)
        assert finished.returncode == 0, finished.stdout + finished.stderr
        healed = [(folder / name).read_text(encoding="utf-8") for name in PAGES]
        assert healed == right
        assert (tmp_path / "README.md").read_text(encoding="utf-8") == door
    assert "written" not in finished.stdout
