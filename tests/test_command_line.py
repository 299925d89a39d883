"""All three scripts alike: as modules, as files, and from the terminal."""

import ast
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys

import numpy as np
import onnx
import pytest

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


@pytest.fixture
def tree(name):
    """Return the syntax of each script in turn."""
    return ast.parse((ROOT / f"{name}.py").read_text(encoding="utf-8"))


def test_no_script_imports_another_or_anything_unannounced(tree):
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    packages = {"onnx", "onnxruntime", "numpy", "sklearn", "skl2onnx"}
    assert imported <= packages | sys.stdlib_module_names


def test_importing_a_script_imports_defines_and_does_nothing_else(tree):
    """Imports stand on top, functions below; between them there are constants and one setting."""
    docstring, *body, last = tree.body
    assert isinstance(docstring.value, ast.Constant)
    assert ast.unparse(last).startswith("if __name__ == '__main__':")
    settings = [node for node in body if isinstance(node, ast.Expr)]
    expected = "os.environ.setdefault('ORT_DISABLE_TELEMETRY', '1')"
    assert [ast.unparse(node) for node in settings] == [expected]
    assigned = [node for node in body if isinstance(node, ast.Assign)]
    for node in assigned:
        ast.literal_eval(node.value)  # no call
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert len(body) == len(settings) + len(assigned) + len(functions) + len(imports)


def test_a_run_reports_nothing(name, runs):
    """Unless told not to, onnxruntime keeps an identity and a database at home from its import."""
    assert not list(runs[name].home.iterdir())


def test_the_scripts_are_siblings():
    """The same sections in the same order, the same functions for the same jobs."""
    common = ["load_data", "train", "reference", "build_model", "load_model", "predict", "main"]
    sections = []
    for name in SCRIPTS:
        text = (ROOT / f"{name}.py").read_text(encoding="utf-8")
        sections.append(re.findall(r"^# (\d\. [\w, ]+?) -+$", text, flags=re.MULTILINE))
        defined = re.findall(r"^def (\w+)", text, flags=re.MULTILINE)
        assert [function for function in defined if function in common] == common
    assert len(sections[0]) == 4 and sections[0] == sections[1] == sections[2]


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


def test_a_second_run_prints_the_same_and_output_names_the_files(
    name, script, runs, tmp_path, capsys
):
    """In this process, whose hashes of words are others than those of the first run."""
    script.main(["--output", str(tmp_path / "other.onnx")])
    prefix = str(tmp_path / "other")
    assert capsys.readouterr().out.replace(prefix, name) == runs[name].process.stdout
    expected = {file.replace(name, "other") for file in FILES[name]}
    assert {path.name for path in tmp_path.iterdir()} == expected


def test_a_copy_names_its_file_after_itself(name, tmp_path, monkeypatch, capsys):
    copy = tmp_path / "mine.py"
    shutil.copy(ROOT / f"{name}.py", copy)
    monkeypatch.setattr(sys, "argv", ["mine.py", "--help"])
    with pytest.raises(SystemExit):
        runpy.run_path(str(copy), run_name="__main__")
    assert "mine.onnx by default" in " ".join(capsys.readouterr().out.split())


def test_the_sizes_that_are_printed_are_those_of_the_files(name, runs):
    sizes = re.findall(r"^written +(\S+), (\d+) bytes$", runs[name].process.stdout, re.MULTILINE)
    folder = runs[name].folder
    assert sizes == [(file, str((folder / file).stat().st_size)) for file in FILES[name]]


def test_help_begins_with_the_first_line_of_the_docstring(script, capsys):
    with pytest.raises(SystemExit) as end:
        script.main(["--help"])
    printed = capsys.readouterr()
    assert (end.value.code, printed.err) == (0, "")
    _, about, options = printed.out.split("\n\n")
    assert about.split() == script.__doc__.split("\n")[0].split()
    expected = f"--output PATH  the file to write, {script.__name__}.onnx by default"
    assert expected in re.sub(r"\n +(?! *-)", " ", options)


@pytest.mark.parametrize("option", [["--frobnicate"], ["model.onnx"], ["--output"]])
def test_an_unknown_option_is_refused_and_known_ones_are_named(option, script, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        script.main(option)
    printed = capsys.readouterr()
    assert end.value.code == 2 and printed.out == ""
    assert "usage: " in printed.err and "--output PATH" in printed.err and option[0] in printed.err


PORTABLE = ["neural_network", "sklearn_converter"]  # these write a second file
LEARNED = {}  # what each script has learned


@pytest.fixture
def learned(script, monkeypatch):
    """Let a script learn once for all tests in which it is stopped afterwards."""
    train = script.train

    def learn(X, y):
        if script not in LEARNED:
            LEARNED[script] = train(X, y)
        return LEARNED[script]

    monkeypatch.setattr(script, "train", learn)


def make_folder(path):
    path.mkdir()


def make_full(path):
    """Put a file in place that takes no byte: Linux has a device for it."""
    if not os.path.exists("/dev/full"):
        pytest.skip("no device here that is always full")
    path.symlink_to("/dev/full")


@pytest.fixture
def refused(script, learned, tmp_path, capsys):
    """Return a function that asserts that a script refuses to write one file, and names it."""

    def run(output, named):
        with pytest.raises(SystemExit) as end:
            script.main(["--output", str(tmp_path / output)])
        printed = capsys.readouterr()
        assert printed.out == ""
        assert_refused(end.value.code, printed.err)
        assert printed.err.startswith(f"error: {tmp_path / named}: ")
        assert printed.err.endswith("; expected a path to write to\n")

    return run


@pytest.mark.parametrize("make", [make_folder, make_full])
def test_a_file_that_cannot_be_written_is_named(make, refused, tmp_path):
    make(tmp_path / "model.onnx")
    refused("model.onnx", "model.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


def test_a_path_that_cannot_be_is_refused(refused, tmp_path):
    refused("nowhere/model.onnx", "nowhere/model.onnx")
    refused("a" * 300, "a" * 300)
    (tmp_path / "file").write_bytes(b"earlier")
    refused("file/model.onnx", "file/model.onnx")
    assert (tmp_path / "file").read_bytes() == b"earlier"


@pytest.mark.parametrize("name", PORTABLE)
@pytest.mark.parametrize("make", [make_folder, make_full])
def test_a_second_file_that_cannot_be_written_is_the_one_that_is_named(
    make, name, refused, tmp_path
):
    make(tmp_path / "model.portable.onnx")
    refused("model.onnx", "model.portable.onnx")
    assert onnx.load(tmp_path / "model.onnx").graph.node  # the first is new by then: README says so


@pytest.mark.parametrize("name", PORTABLE)
def test_a_name_that_only_the_second_file_makes_too_long_is_named(name, refused):
    refused("a" * 242 + ".onnx", "a" * 242 + ".portable.onnx")  # 255 is what most systems take


def test_a_refusal_is_one_line_in_the_terminal_and_status_2(terminal, tmp_path):
    script = ROOT / "linear_regression.py"  # main is tested above for each, and prints no more
    finished = terminal(tmp_path, script, "--output", "nowhere/model.onnx")
    path = os.path.join("nowhere", "model.onnx")
    assert_refused(finished.returncode, finished.stderr, f"{path}: ", "expected a path to write to")
    assert finished.stdout == "" and not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a whole console")
def test_ctrl_c_ends_the_training_with_nothing_written_and_no_verdict(tmp_path):
    """scikit-learn swallows KeyboardInterrupt: it would go on with a network trained by half."""
    program = f"""if True:
        import runpy, sys
        from sklearn import neural_network

        class Endless(neural_network.MLPClassifier):
            def fit(self, X, y):
                self.set_params(max_iter=10**9, n_iter_no_change=10**9, verbose=True)
                return super().fit(X, y)

        neural_network.MLPClassifier = Endless
        sys.argv[1:] = []
        runpy.run_path({str(ROOT / "neural_network.py")!r}, run_name="__main__")"""
    command = [sys.executable, "-u", "-c", program]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("Iteration 1, loss = ")
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert "learned" not in printed and not list(tmp_path.iterdir())


def test_predictions_off_by_a_thousandth_end_with_status_1(script, learned, disagrees):
    honest = script.predict

    def dishonest(session, X):
        return honest(session, X) * np.float32(1.001)

    disagrees(script, "predict", dishonest, "verdict", "onnxruntime, numpy")


def test_a_numpy_reference_that_disagrees_ends_with_status_1(script, learned, disagrees):
    honest = script.reference
    disagrees(script, "reference", lambda *values: honest(*values) * 1.001, "verdict", "numpy|RSS")


@pytest.mark.parametrize(
    "name, ending",
    [*((name, "l.onnx") for name in SCRIPTS), *((name, "e.onnx") for name in PORTABLE)],
)
def test_a_file_unlike_the_model_ends_with_status_1(name, ending, script, learned, disagrees):
    honest = onnx.save

    def dishonest(model, path):
        other = type(model)()
        other.CopyFrom(model)
        if path.name.endswith(ending):
            other.doc_string = "another"
        honest(other, path)

    disagrees(script, "onnx.save", dishonest, "read back", "does not hold what was written")
