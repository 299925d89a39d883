"""All three scripts alike: as modules, as files, and from the terminal."""

import ast
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import onnx
import pytest

from tests.conftest import ROOT, SCRIPTS

WIDTH = {"linear_regression": 3, "neural_network": 64, "sklearn_converter": 4}
FILES = {
    "linear_regression": ["linear_regression.onnx"],
    "neural_network": ["neural_network.onnx", "neural_network.portable.onnx"],
    "sklearn_converter": ["sklearn_converter.onnx", "sklearn_converter.portable.onnx"],
}
EVERY_FILE = [(name, file) for name, files in FILES.items() for file in files]


@pytest.fixture
def path(runs, name):
    """Return the file that each script wrote."""
    return runs[name].folder / f"{name}.onnx"


@pytest.fixture(params=EVERY_FILE, ids=lambda pair: pair[1])
def written(request, runs):
    """Return, as a model, each file that the scripts wrote."""
    name, file = request.param
    return onnx.load(runs[name].folder / file)


def assert_refused(finished, *fragments):
    """Assert that a script ended with status 2 and one line on standard error."""
    assert finished.returncode == 2
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1 and finished.stderr.endswith("\n")
    for fragment in fragments:
        assert fragment in finished.stderr


# Modules ------------------------------------------------------------------------------------------
def test_the_top_level_holds_three_scripts_and_what_belongs_to_them():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    top = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {entry for entry in top if not entry.startswith(".")} == {
        *(f"{name}.py" for name in SCRIPTS),
        *("tests", "README.md", "requirements.txt", "pyproject.toml"),
    }


def test_no_script_imports_another_or_anything_unannounced(name):
    tree = ast.parse((ROOT / f"{name}.py").read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    packages = {"onnx", "onnxruntime", "numpy", "sklearn", "skl2onnx"}
    assert imported <= packages | sys.stdlib_module_names


def test_importing_a_script_prints_writes_and_trains_nothing(name, terminal, tmp_path):
    program = f"""if True:
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        def refuse(*arguments, **options):
            raise RuntimeError("trained on import")
        import numpy, sklearn.base
        numpy.linalg.lstsq = sklearn.base.BaseEstimator.fit = refuse
        import {name}"""
    finished = terminal(tmp_path, "-B", "-c", program, HOME=str(tmp_path))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    assert not list(tmp_path.iterdir())


def test_the_scripts_are_siblings():
    """The same sections in the same order, the same functions for the same jobs."""
    common = ["load_data", "train", "reference", "build_model"]
    common += ["save_model", "load_model", "predict", "main"]
    sections = []
    for name in SCRIPTS:
        text = (ROOT / f"{name}.py").read_text(encoding="utf-8")
        sections.append(re.findall(r"^# (\d\. [\w, ]+?) -+$", text, flags=re.MULTILINE))
        defined = re.findall(r"^def (\w+)", text, flags=re.MULTILINE)
        assert [function for function in defined if function in common] == common
    assert len(sections[0]) == 5 and sections[0] == sections[1] == sections[2]


# Files --------------------------------------------------------------------------------------------
def test_every_file_passes_the_full_check(written):
    onnx.checker.check_model(written, full_check=True)


def test_every_file_pins_opset_18_and_ir_version_8(written):
    versions = {opset.domain: opset.version for opset in written.opset_import}
    assert versions[""] == 18
    assert written.ir_version == 8


def test_every_file_names_the_batch_dimension_and_fixes_the_others(written):
    for value in (*written.graph.input, *written.graph.output):
        batch, *others = value.type.tensor_type.shape.dim
        assert batch.dim_param == "N"
        assert all(dimension.dim_value > 0 for dimension in others)


def test_every_file_says_what_it_is(written):
    assert written.producer_name and written.doc_string and written.graph.name
    metadata = {entry.key: entry.value for entry in written.metadata_props}
    assert metadata["features"] and metadata["data"]
    outputs = written.graph.output[-1].type.tensor_type.shape.dim[1].dim_value
    if "classes" in metadata:
        assert len(metadata["classes"].split(",")) == outputs
    else:
        assert outputs == 1


@pytest.mark.parametrize("rows", [0, 1, 7, 1000])
def test_every_model_takes_no_row_one_row_and_many(rows, script, name, path):
    X = np.random.default_rng(rows).uniform(size=(rows, WIDTH[name]))
    answer = script.predict(script.load_model(path), X)
    for array in answer if isinstance(answer, list) else [answer]:
        assert len(array) == rows


def test_a_saved_model_equals_the_one_in_memory_field_by_field(script, written, tmp_path):
    script.save_model(written, tmp_path / "again.onnx")
    read = onnx.load(tmp_path / "again.onnx")
    fields = {field.name for field, _ in written.ListFields()}
    assert {"ir_version", "opset_import", "producer_name", "doc_string", "graph"} <= fields
    assert {field.name for field, _ in read.ListFields()} == fields
    for field in fields:
        assert getattr(read, field) == getattr(written, field), field


# Bad input to functions ---------------------------------------------------------------------------
def test_rows_with_the_wrong_number_of_features_are_refused_with_both_shapes(script, name, path):
    session, width = script.load_model(path), WIDTH[name]
    for shape in [(2, width + 1), (2, width - 1), (width,), (1, 1, width), ()]:
        with pytest.raises(ValueError) as refusal:
            script.predict(session, np.zeros(shape))
        assert str(shape) in str(refusal.value) and f"(N, {width})" in str(refusal.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e39, -1e300])
def test_numbers_that_float32_cannot_hold_are_refused(bad, script, name, path):
    X = np.zeros((3, WIDTH[name]))
    X[1, -1] = bad
    with pytest.raises(ValueError, match="NaN, infinity"):
        script.predict(script.load_model(path), X)


def test_a_file_that_is_no_model_is_refused_by_name(script, path, tmp_path):
    content = path.read_bytes()
    damaged = {
        "truncated": content[: len(content) // 2],
        "empty": b"",
        "text": b"hello, world\n" * 20,
        "zeros": bytes(len(content)),
    }
    for kind, content in damaged.items():
        (tmp_path / kind).write_bytes(content)
    for kind in [*damaged, "missing", "."]:
        with pytest.raises(ValueError, match=re.escape(str(tmp_path / kind))):
            script.load_model(tmp_path / kind)


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_write_that_fails_leaves_the_earlier_file_whole_and_nothing_beside_it(
    step, script, written, tmp_path, monkeypatch
):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"earlier")
    real = type(path).write_bytes

    def fail(self, content):
        if step == "write_bytes":
            real(self, content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), step, fail)
    with pytest.raises(ValueError, match="No space left on device; expected a writable path"):
        script.save_model(written, path)
    monkeypatch.undo()
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


# From the terminal --------------------------------------------------------------------------------
def test_a_run_succeeds_and_ends_with_its_verdict(name, runs):
    finished = runs[name].process
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.splitlines()[-1].startswith("verdict    ")


def test_a_run_writes_its_files_into_the_current_folder_and_nothing_else(name, runs):
    assert sorted(path.name for path in runs[name].folder.iterdir()) == FILES[name]


def test_the_story_has_12_to_30_lines_of_at_most_80_columns(name, runs):
    lines = runs[name].process.stdout.splitlines()
    assert 12 <= len(lines) <= 30
    assert max(map(len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)


def test_a_second_run_prints_the_same_and_output_names_the_file(name, runs, terminal, tmp_path):
    finished = terminal(tmp_path, ROOT / f"{name}.py", "--output", "other.onnx", PYTHONHASHSEED="1")
    assert finished.stdout.replace("other.", f"{name}.") == runs[name].process.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        file.replace(name, "other") for file in FILES[name]
    ]


def test_the_sizes_that_are_printed_are_those_of_the_files(name, runs):
    for line in runs[name].process.stdout.splitlines():
        if line.startswith("written"):
            file, size, weights = re.search(r"(\S+), (\d+) bytes, (\d+) of them", line).groups()
            model = onnx.load(runs[name].folder / file)
            assert int(size) == (runs[name].folder / file).stat().st_size
            numbers = sum(np.prod(tensor.dims, dtype=int) for tensor in model.graph.initializer)
            numbers += sum(len(a.floats) for node in model.graph.node for a in node.attribute)
            assert int(weights) == 4 * numbers  # bytes of a float32


def test_help_begins_with_the_first_line_of_the_docstring(name, script, terminal, tmp_path):
    finished = terminal(tmp_path, ROOT / f"{name}.py", "--help")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert script.__doc__.split("\n")[0].split() == finished.stdout.split("\n\n")[1].split()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", [["--frobnicate"], ["model.onnx"], ["--output"]])
def test_an_unknown_option_is_refused_and_known_ones_are_named(option, name, terminal, tmp_path):
    finished = terminal(tmp_path, ROOT / f"{name}.py", *option)
    assert_refused(finished, "usage: ", "--output PATH", option[0])
    assert finished.stdout == "" and not list(tmp_path.iterdir())


def test_a_folder_that_does_not_exist_is_refused(name, terminal, tmp_path):
    finished = terminal(tmp_path, ROOT / f"{name}.py", "--output", "nowhere/model.onnx")
    assert_refused(finished, os.path.join("nowhere", "model.onnx"), "expected a writable path")
    assert not list(tmp_path.iterdir())


@pytest.fixture
def refused(script, capsys):
    """Return a function that asserts that a script refuses an output path, and why."""

    def run(path, *fragments):
        status = script.main(["--output", str(path)])
        finished = SimpleNamespace(returncode=status, stderr=capsys.readouterr().err)
        assert_refused(finished, f"{path}: ", "; expected a writable path", *fragments)

    return run


def test_a_folder_in_place_of_a_file_is_refused(refused, tmp_path):
    refused(tmp_path, "not a file")
    refused(".", "not a file")
    assert not list(tmp_path.iterdir())


def test_a_path_through_a_file_is_refused_and_the_file_is_kept(refused, tmp_path):
    (tmp_path / "file").write_bytes(b"earlier")
    refused(tmp_path / "file" / "model.onnx")
    assert (tmp_path / "file").read_bytes() == b"earlier"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_no_file_is_refused_and_stays_what_it_is(refused, tmp_path):
    """A pipe stands for the devices: as root, replacing /dev/null would break the machine."""
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "not a file")
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may write anywhere"
)
def test_a_folder_without_permission_is_refused_and_the_file_in_it_kept(refused, tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"earlier")
    tmp_path.chmod(0o555)
    refused(tmp_path / "model.onnx")
    tmp_path.chmod(0o755)
    assert (tmp_path / "model.onnx").read_bytes() == b"earlier"


def test_predictions_off_by_a_thousandth_end_with_status_1(script, disagrees):
    honest = script.predict

    def dishonest(session, X):
        answer = honest(session, X)
        return [array * 1.001 for array in answer] if isinstance(answer, list) else answer * 1.001

    disagrees(script, "predict", dishonest, "verdict", "onnxruntime")


def test_a_numpy_reference_that_disagrees_ends_with_status_1(script, disagrees):
    honest = script.reference
    disagrees(script, "reference", lambda *values: honest(*values) * 1.001, "verdict")


def test_a_file_unlike_the_model_ends_with_status_1(script, disagrees):
    honest = script.save_model

    def dishonest(model, path):
        other = type(model)()
        other.CopyFrom(model)
        other.doc_string += "!"
        honest(other, path)

    disagrees(script, "save_model", dishonest, "read back", "does not hold what was written")


# sklearn_converter.py --predict -------------------------------------------------------------------
SETOSA = ["5.1", "3.5", "1.4", "0.2"]


@pytest.mark.parametrize(
    "values, fragment",
    [
        (SETOSA[:3], "expected 4 arguments"),
        ([*SETOSA, "1"], "unrecognized arguments: 1"),
        (["5,1", *SETOSA[1:]], "invalid float value: '5,1'"),
        (["nan", *SETOSA[1:]], "expected less than 1e30"),
        (["1e39", *SETOSA[1:]], "expected less than 1e30"),
    ],
)
def test_predict_refuses_other_than_four_finite_numbers(values, fragment, runs, terminal):
    folder = runs["sklearn_converter"].folder
    finished = terminal(folder, ROOT / "sklearn_converter.py", "--predict", *values)
    assert_refused(finished, fragment)
    assert finished.stdout == ""


def test_predict_before_the_model_is_written_says_so(terminal, tmp_path):
    finished = terminal(tmp_path, ROOT / "sklearn_converter.py", "--predict", *SETOSA)
    assert_refused(finished, "sklearn_converter.onnx: expected the model that this script writes; ")


@pytest.mark.parametrize("kind", ["truncated", "text", "of another script"])
def test_predict_refuses_a_file_that_is_not_its_model(kind, runs, terminal, tmp_path):
    content = (runs["sklearn_converter"].folder / "sklearn_converter.onnx").read_bytes()
    other = (runs["linear_regression"].folder / "linear_regression.onnx").read_bytes()
    contents = {"truncated": content[:-100], "text": b"species", "of another script": other}
    (tmp_path / "model.onnx").write_bytes(contents[kind])
    arguments = ["--output", "model.onnx", "--predict", *SETOSA]
    finished = terminal(tmp_path, ROOT / "sklearn_converter.py", *arguments)
    assert_refused(finished, "model.onnx: expected the model that this script writes; ")
    assert (tmp_path / "model.onnx").read_bytes() == contents[kind]
