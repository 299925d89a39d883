"""All three scripts alike: as modules, as files, and from the terminal."""

import ast
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import pytest

import sklearn_converter
from tests.kit.places import ROOT, SCRIPTS

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


def assert_refused(status, complaint, *fragments):
    """Assert that a script ended with status 2 and one line on standard error."""
    assert status == 2
    assert complaint.startswith("error: ")
    assert complaint.count("\n") == 1 and complaint.endswith("\n")
    for fragment in fragments:
        assert fragment in complaint


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


@pytest.fixture(scope="module")
def imports(terminal, tmp_path_factory):
    """Return, for each script, the home of a process that has imported it, and that process."""

    def import_it(name):
        home = tmp_path_factory.mktemp(name)
        program = f"""if True:
            import sys
            sys.path.insert(0, {str(ROOT)!r})
            def refuse(*arguments, **options):
                raise RuntimeError("trained on import")
            import numpy, sklearn.base
            numpy.linalg.lstsq = sklearn.base.BaseEstimator.fit = refuse
            import {name}"""
        return home, terminal(home, "-B", "-c", program, HOME=str(home))

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor() as pool:
        patch.delenv("ORT_DISABLE_TELEMETRY")
        return dict(zip(SCRIPTS, pool.map(import_it, SCRIPTS), strict=True))


def test_importing_a_script_prints_writes_trains_and_reports_nothing(name, imports):
    """Unless told not to, onnxruntime keeps an identity and a database at home from its import."""
    home, finished = imports[name]
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    assert not list(home.iterdir())


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


def test_every_file_imports_a_domain_once_and_none_that_no_node_uses(written):
    imported = [opset.domain for opset in written.opset_import]
    used = {node.domain for node in written.graph.node}
    assert sorted(imported) == sorted(used | {""})


def test_every_file_names_its_features_and_its_classes(written):
    metadata = {entry.key: entry.value for entry in written.metadata_props}
    assert metadata["features"]
    outputs = written.graph.output[-1].type.tensor_type.shape.dim[1].dim_value
    assert len(metadata.get("classes", "prediction").split(",")) == outputs


@pytest.mark.parametrize("rows", [0, 1, 7, 1000])
def test_every_model_takes_no_row_one_row_and_many(rows, script, name, path):
    X = np.random.default_rng(rows).uniform(size=(rows, WIDTH[name]))
    answer = script.predict(script.load_model(path), X)
    assert answer.dtype == np.float32 and len(answer) == rows


def test_a_model_loads_from_a_path_and_from_bytes_alike(script, name, path):
    X = np.random.default_rng(0).uniform(size=(7, WIDTH[name]))
    answers = [script.predict(script.load_model(file), X) for file in (path, path.read_bytes())]
    np.testing.assert_array_equal(*answers)


def test_a_saved_model_equals_the_one_in_memory_field_by_field(script, written, tmp_path):
    script.save_model(written, tmp_path / "again.onnx")
    read = onnx.load(tmp_path / "again.onnx")
    fields = {field.name for field, _ in written.ListFields()}
    assert {"ir_version", "opset_import", "metadata_props", "graph"} <= fields
    assert {field.name for field, _ in read.ListFields()} == fields
    for field in fields:
        assert getattr(read, field) == getattr(written, field), field


@pytest.mark.parametrize("step", ["write", "replace"])
def test_a_write_that_fails_leaves_the_earlier_file_whole_and_nothing_beside_it(
    step, script, written, tmp_path, monkeypatch
):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"earlier")

    def fail(*arguments):
        if step == "write":
            arguments[1].write_bytes(b"half a mod")
        raise OSError(28, "No space left on device")

    if step == "write":
        monkeypatch.setattr(onnx, "save", fail)
    else:
        monkeypatch.setattr(type(path), "replace", fail)
    with pytest.raises(OSError, match="No space left on device"):
        script.save_model(written, path)
    monkeypatch.undo()
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_a_symlink_at_the_path_stays_one_and_what_it_points_to_is_written(
    script, written, tmp_path
):
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link.onnx"
    try:
        link.symlink_to(tmp_path / "folder" / "model.onnx")
    except OSError:
        pytest.skip("this user may make no symlinks")
    for _ in range(2):  # the second time, there is a file to be replaced
        script.save_model(written, link)
        assert link.is_symlink()
        assert onnx.load(tmp_path / "folder" / "model.onnx") == written


# From the terminal --------------------------------------------------------------------------------
def test_a_run_succeeds_and_ends_with_its_verdict(name, runs):
    finished = runs[name].process
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.splitlines()[-1].startswith("verdict    ")


def test_a_run_writes_its_files_into_the_current_folder_and_nothing_else(name, runs):
    assert sorted(path.name for path in runs[name].folder.iterdir()) == FILES[name]


def test_the_story_fits_into_80_columns(name, runs):
    lines = runs[name].process.stdout.splitlines()
    assert max(map(len, lines)) <= 80


def test_a_copy_prints_the_same_in_a_second_run_and_names_its_files_after_itself(
    name, runs, copies
):
    printed = runs[name].process.stdout.replace(f"{name}.", "mine.")
    assert copies[name].process.stdout == printed
    expected = {file.replace(name, "mine") for file in FILES[name]} | {"mine.py"}
    assert {path.name for path in copies[name].folder.iterdir()} == expected


def test_output_names_the_files(name, script, runs, tmp_path, capsys):
    script.main(["--output", str(tmp_path / "other.onnx")])
    prefix = str(tmp_path / "other")
    assert capsys.readouterr().out.replace(prefix, name) == runs[name].process.stdout
    expected = {file.replace(name, "other") for file in FILES[name]}
    assert {path.name for path in tmp_path.iterdir()} == expected


def test_the_sizes_that_are_printed_are_those_of_the_files(name, runs):
    sizes = re.findall(r"^written +(\S+), (\d+) bytes$", runs[name].process.stdout, re.MULTILINE)
    folder = runs[name].folder
    assert sizes == [(file, str((folder / file).stat().st_size)) for file in FILES[name]]


def test_help_begins_with_the_first_line_of_the_docstring(script, capsys):
    with pytest.raises(SystemExit) as end:
        script.main(["--help"])
    printed = capsys.readouterr()
    assert (end.value.code, printed.err) == (0, "")
    assert script.__doc__.split("\n")[0].split() == printed.out.split("\n\n")[1].split()


@pytest.mark.parametrize("option", [["--frobnicate"], ["model.onnx"], ["--output"]])
def test_an_unknown_option_is_refused_and_known_ones_are_named(option, script, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        script.main(option)
    printed = capsys.readouterr()
    assert end.value.code == 2 and printed.out == ""
    assert "usage: " in printed.err and "--output PATH" in printed.err and option[0] in printed.err


@pytest.fixture
def refused(script, capsys):
    """Return a function that asserts that a script refuses an output path, and why."""

    def run(path, *fragments):
        with pytest.raises(SystemExit) as end:
            script.main(["--output", str(path)])
        printed = capsys.readouterr()
        assert printed.out == ""
        expected = [f"{path}: ", "; expected a path to write to"]
        assert_refused(end.value.code, printed.err, *expected, *fragments)

    return run


def test_a_folder_that_does_not_exist_is_refused(refused, tmp_path):
    refused(tmp_path / "nowhere" / "model.onnx", "No such file")
    assert not list(tmp_path.iterdir())


def test_a_refusal_is_one_line_in_the_terminal_and_status_2(terminal, tmp_path):
    script = ROOT / "linear_regression.py"  # main is tested above for each, and prints no more
    finished = terminal(tmp_path, script, "--output", "nowhere/model.onnx")
    path = os.path.join("nowhere", "model.onnx")
    assert_refused(finished.returncode, finished.stderr, f"{path}: ", "expected a path to write to")
    assert finished.stdout == "" and not list(tmp_path.iterdir())


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
        return honest(session, X) * np.float32(1.001)

    disagrees(script, "predict", dishonest, "verdict", "onnxruntime, numpy")


def test_a_numpy_reference_that_disagrees_ends_with_status_1(script, disagrees):
    honest = script.reference
    disagrees(script, "reference", lambda *values: honest(*values) * 1.001, "verdict", "numpy|RSS")


def test_a_file_unlike_the_model_ends_with_status_1(script, disagrees):
    honest = script.save_model

    def dishonest(model, path):
        other = type(model)()
        other.CopyFrom(model)
        other.doc_string = "another"
        honest(other, path)

    disagrees(script, "save_model", dishonest, "read back", "does not hold what was written")


# sklearn_converter.py --predict -------------------------------------------------------------------
SETOSA = ["5.1", "3.5", "1.4", "0.2"]
CONVERTER = ROOT / "sklearn_converter.py"


@pytest.mark.parametrize(
    "values, fragment",
    [
        (SETOSA[:3], "expected 4 arguments"),
        ([*SETOSA, "1"], "unrecognized arguments: 1"),
        (["5,1", *SETOSA[1:]], "invalid float value: '5,1'"),
    ],
)
def test_predict_refuses_other_than_four_numbers(values, fragment, capsys):
    with pytest.raises(SystemExit) as end:
        sklearn_converter.main(["--predict", *values])
    assert end.value.code == 2
    assert fragment in capsys.readouterr().err


@pytest.fixture
def predict_refused(capfd):
    """Return a function that asserts that --predict refuses its arguments in one line, and why."""

    def run(arguments, *fragments):
        with pytest.raises(SystemExit) as end:
            sklearn_converter.main(arguments)
        printed = capfd.readouterr()
        assert printed.out == ""
        assert_refused(end.value.code, printed.err, *fragments)

    return run


@pytest.mark.parametrize("size", ["nan", "inf", "0", "-1", "100", "1e39"])
def test_predict_refuses_impossible_sizes_in_one_line(size, predict_refused):
    predict_refused(["--predict", *SETOSA[:3], size], str(float(size)), "above 0 and below 100")


def test_predict_before_the_model_is_written_says_so(terminal, tmp_path):
    finished = terminal(tmp_path, CONVERTER, "--predict", *SETOSA)
    expected = "sklearn_converter.onnx: expected the model that this script writes; "
    assert_refused(finished.returncode, finished.stderr, expected)


@pytest.mark.parametrize("kind", ["truncated", "text", "of another script"])
def test_predict_refuses_a_file_that_is_not_its_model(kind, runs, predict_refused, tmp_path):
    content = (runs["sklearn_converter"].folder / "sklearn_converter.onnx").read_bytes()
    other = (runs["linear_regression"].folder / "linear_regression.onnx").read_bytes()
    contents = {"truncated": content[:-100], "text": b"species", "of another script": other}
    path = tmp_path / "model.onnx"
    path.write_bytes(contents[kind])
    expected = f"{path}: expected the model that this script writes; "
    predict_refused(["--output", str(path), "--predict", *SETOSA], expected)
    assert path.read_bytes() == contents[kind]


def test_predict_survives_its_file_with_any_byte_damaged(runs, tmp_path, capfd):
    whole = (runs["sklearn_converter"].folder / "sklearn_converter.onnx").read_bytes()
    path = tmp_path / "model.onnx"
    virginica = ["6.3", "3.3", "6.0", "2.5"]  # the last class: it needs all the names
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= [255, 1][place % 2]  # all of its bits, or one
        path.write_bytes(damaged)
        try:
            sklearn_converter.main(["--output", str(path), "--predict", *virginica])
        except SystemExit as end:
            assert_refused(end.code, capfd.readouterr().err)
