"""The page of what is shipped against the last run's results, and the counting on made-up packages.

Every cell is computed here once more, from the file of results alone.
"""

import json
import re
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, PathDistribution, version
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

import sklearn_converter
from tests.interop.shipped import measure, page

UNITS = {"s": 1, "ms": 1e-3, "µs": 1e-6, "MB": 1e6, "kB": 1e3, "B": 1}


def read_ways():
    """Return {way: what the last run has measured of it}, which may be this run."""
    return page.read()["ways"]


def read_part(name):
    """Return the text of a generated part of the page."""
    text = (page.RESULTS.parent / "README.md").read_text(encoding="utf-8")
    return text.split(f"<!-- {name}: written by pytest --update -->\n")[1].split("<!-- end of")[0]


def read_table(name):
    """Return the cells of a generated table: {first cell of a line: the others}."""
    lines = [line.strip("| ").split(" | ") for line in read_part(name).splitlines()]
    return {first: cells for first, *cells in lines[2:]}


def number(cell):
    """Return a cell's number in seconds, bytes or pieces; 0 for a dash."""
    words = cell.strip("*").replace(",", "").split()
    if words == ["-"]:
        return 0
    return float(words[0]) * UNITS.get(words[1] if len(words) > 1 else "", 1)


def near(figure):
    """Return what two digits of a figure may be: the second is rounded, by at most 0.05 in 1."""
    return pytest.approx(figure, rel=0.05)


def files_of(way, model):
    """Return the bytes of everything that a way ships, one after another."""
    found = read_ways()[way]
    sizes = [package["bytes"] for package in found["packages"].values()]
    sizes += found["system"].values()
    return [*sizes, found["interpreter"]["bytes"], found["models"][model]["file"]]


# The page -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", page.MODELS)
def test_a_line_adds_up_what_is_shipped(model):
    ways = read_ways()
    table = read_table(f"{model} on disk")
    assert list(table) == [way for way in ways if model in ways[way]["models"]]
    first = sum(files_of("onnxruntime", model))
    for way, cells in table.items():
        count, packages, interpreter, system, file, together, ratio = map(number, cells)
        found = ways[way]
        assert count == len(found["packages"])
        assert packages == near(sum(item["bytes"] for item in found["packages"].values()))
        assert interpreter == near(found["interpreter"]["bytes"])
        assert system == near(sum(found["system"].values()))
        assert file == near(found["models"][model]["file"])
        assert together == near(sum(files_of(way, model)))
        assert ratio == near(sum(files_of(way, model)) / first)


@pytest.mark.parametrize("model", page.MODELS)
def test_a_line_shows_what_a_process_took(model):
    ways = read_ways()
    first = ways["onnxruntime"]["models"][model]
    for way, (first_answer, memory, load) in read_table(f"{model} in a process").items():
        found = ways[way]["models"][model]
        assert number(memory) == near(statistics.median(found["memory"]))
        for cell, what in [(first_answer, "seconds"), (load, "load")]:
            if way == "onnxruntime":
                assert number(cell) == near(statistics.median(found[what]))
            elif found[what]:
                rounds = zip(found[what], first[what], strict=True)
                ratio = statistics.median(a / b for a, b in rounds)
                assert number(cell) == near(ratio)
            else:
                assert (way, cell) == ("C", "nothing to load")


def test_the_first_sentence_quotes_the_table():
    sentence = page.figure(page.read())
    for way, cells in read_table("network on disk").items():
        assert f"{cells[-2].strip('*')} with {way}" in sentence
    assert read_table("network on disk")["onnxruntime"][4] in sentence


def test_the_list_names_every_package_once_with_its_version():
    ways = read_ways()
    lines = read_part("packages").splitlines()
    for way, line in zip(ways, lines, strict=True):
        assert line.startswith(f"- **{way}:** ")
        named = re.findall(r"([\w@/-]+ [\w.+]+) \([\d.]+ \wB\)", line)
        packages = ways[way]["packages"]
        assert sorted(named) == sorted(f"{k} {found['version']}" for k, found in packages.items())


@pytest.mark.parametrize("way", ["onnxruntime", "scikit-learn"])
def test_the_recorded_packages_are_those_that_the_installed_one_asks_for(way):
    recorded = read_ways()[way]["packages"]
    if version(way) != recorded[way]["version"]:
        pytest.skip(f"another version of {way} was measured")
    installed = measure.find_packages(way)
    assert installed.keys() == recorded.keys()
    if sys.platform == "linux":  # a wheel of another system has other files
        size = measure.measure_packages(installed)[way]["bytes"]
        assert size == pytest.approx(recorded[way]["bytes"], rel=0.1)  # or of another processor


def test_onnxruntime_refuses_a_valid_file():
    stream = helper.make_tensor_value_info("stream", TensorProto.UINT8, ["N"])
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["H", "W", 3])
    node = helper.make_node("ImageDecoder", ["stream"], ["image"], pixel_format="RGB")
    graph = helper.make_graph([node], "picture", [stream], [image])
    imports = [helper.make_opsetid("", 20)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    with pytest.raises(Exception, match="Could not find an implementation for ImageDecoder"):
        sklearn_converter.load_model(model.SerializeToString())


# Counting, on packages whose files are known ------------------------------------------------------
def install(site, name, requires=(), **files):
    """Install a made-up package that has files {name: number of bytes}."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    (info / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    listed = [f"{info.name}/METADATA,,"]
    for file, size in files.items():
        path = site / name / file.replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(size))
        listed.append(f"{name}/{path.name},,")
    (info / "RECORD").write_text("\n".join(listed) + "\n", encoding="utf-8")


@pytest.fixture
def site(tmp_path):
    """Return a folder with five packages: four belong together, in a circle; one is an option."""
    site = tmp_path / "site"
    install(site, "top", ["Left_Part>=1", "right", "extra; extra == 'all'"], a_py=100, a_pyc=7)
    install(site, "left_part", ["bottom (>=0.5)"], b_py=20)
    install(site, "right", ["bottom", "top", "other; sys_platform == 'none'"], c_py=3)
    install(site, "bottom", d_py=4000)
    install(site, "extra", e_py=50_000)
    return site


@pytest.fixture
def find(site):
    """Return a function that finds a made-up package by its name."""

    def look(name):
        for info in site.glob("*.dist-info"):
            package = PathDistribution(info)
            if measure.normalise(package.metadata["Name"]) == name:
                return package
        raise PackageNotFoundError(name)

    return look


def test_all_that_a_package_needs_is_found_once_and_nothing_else(find):
    assert sorted(measure.find_packages("top", find)) == ["bottom", "left-part", "right", "top"]
    assert list(measure.find_packages("bottom", find)) == ["bottom"]


def test_what_is_needed_and_not_there_is_no_small_package(site, find):
    install(site, "broken", ["nowhere"])
    with pytest.raises(PackageNotFoundError):
        measure.find_packages("broken", find)


def test_files_are_counted_without_what_python_caches(find):
    measured = measure.measure_packages(measure.find_packages("top", find))
    code = {"top": 100, "left-part": 20, "right": 3, "bottom": 4000}
    for name, size in code.items():
        size += len(find(name).read_text("METADATA"))
        assert measured[name] == {"version": "1.0", "bytes": size}


@pytest.mark.skipif(sys.platform == "win32", reason="folders have other names there")
def test_an_environment_has_the_files_of_its_packages_and_a_file_of_two_is_refused(
    site, find, tmp_path
):
    packages = measure.find_packages("top", find)
    python = measure.make_environment(tmp_path / "environment", packages)
    assert python.exists()
    (place,) = (tmp_path / "environment").glob("lib/python3.*/site-packages")
    found = {path.name: path.stat().st_size for path in place.rglob("*.py")}
    assert found == {"a.py": 100, "b.py": 20, "c.py": 3, "d.py": 4000}
    record = site / "right-1.0.dist-info" / "RECORD"
    record.write_text(record.read_text("utf-8") + "bottom/d.py,,\n", encoding="utf-8")
    with pytest.raises(FileExistsError):
        measure.make_environment(tmp_path / "another", measure.find_packages("top", find))


def test_a_package_of_node_is_counted_without_those_inside_it(tmp_path):
    modules = tmp_path / "node_modules"
    sizes = {"a": 10, "a/node_modules/b": 200, "@c/d": 3000}
    listed = {}
    for name, size in sizes.items():
        (modules / name).mkdir(parents=True)
        (modules / name / "index.js").write_bytes(bytes(size))
        listed[f"node_modules/{name}"] = {"version": "1.0.0"}
    lock = modules / ".package-lock.json"
    lock.write_text(json.dumps({"packages": listed}), encoding="utf-8")
    measured = measure.measure_node_packages(modules)
    assert {name: found["bytes"] for name, found in measured.items()} == sizes


# Asking a process ---------------------------------------------------------------------------------
PROGRAM = """
import sys, time
block = b"x" * int(sys.argv[1])
del block
time.sleep(0.2)
print("[1.5]", flush=True)
time.sleep(0.5)
sys.stdin.readline()
print(0.25)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_a_process_is_asked_for_its_answer_time_and_peak(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")

    def ask(size):
        return measure.ask([sys.executable, str(program), size])

    with ThreadPoolExecutor() as pool:  # both wait, most of the time
        small, large = pool.map(ask, ["0", "100000000"])
    peak = large["memory"] - small["memory"]  # it was given back before the answer
    assert peak == pytest.approx(100e6, rel=0.05)
    assert small["answer"] == [1.5]
    assert small["load"] == 0.25
    # Not the half second after it. A machine that is busy may take longer, but how much?
    assert small["seconds"] > 0.2
    assert Path(sys.executable).resolve() in {path.resolve() for path in small["mapped"]}
    assert any(path.name.startswith("libc") for path in small["mapped"])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_a_process_that_fails_says_why(tmp_path):
    with pytest.raises(AssertionError, match="no_such_module"):
        measure.ask([sys.executable, "-c", "import no_such_module"])
