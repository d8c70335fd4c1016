"""Data sets that other packages bring: those of docs/plugins.md, installed and graded on, and
broken ones."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.checking.comparison import Mismatch, observing
from grader.checking.training import hidden_accuracy, hidden_error
from grader.course import datasets
from grader.errors import AssignmentError, DatasetError
from tests.conftest import ROOT
from tests.course.test_plugins import installed  # noqa: F401 (a fixture)

SOLUTION = ROOT / "tests/data_course/solutions"
LEAVES = """
import io
from pathlib import Path
import numpy as np
from grader.course.datasets import DatasetSpec, Part, Split

class Leaves(DatasetSpec):
    columns = ("length", "width")
    classes = ("oak", "beech", "lime")
    digests = {"full": {"leaves.csv": "DIGEST"}}
    folder = Path(__file__).parent

    def read(self, files):
        rows = np.loadtxt(io.BytesIO(files["leaves.csv"]), delimiter=",", dtype=np.float32)
        part = Part(rows[:, :2], rows[:, 2].astype(int))
        return Split.of(part, part)
"""
TABLE = "".join(f"{n / 4},{n % 7},{n % 3}\n" for n in range(50))


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    """Each test prepares its data anew."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADER_DATA", raising=False)


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """Lay a package beside the grader, as pip does: its module and its entry points."""

    def brought(package: str, code: str, *names: str) -> Path:
        (tmp_path / "site").mkdir(exist_ok=True)
        (tmp_path / f"site/{package}.py").write_text(code)
        about = tmp_path / f"site/{package}-1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Name: {package}\nVersion: 1\n")
        lines = "".join(f"{name} = {package}:{name}\n" for name in names)
        (about / "entry_points.txt").write_text(f"[grader.datasets]\n{lines}")
        monkeypatch.delitem(sys.modules, package, raising=False)
        monkeypatch.syspath_prepend(tmp_path / "site")
        return tmp_path / "site"

    return brought


@pytest.fixture
def leaves(bring) -> Path:
    """A table in a file of its package; the folder with both."""
    digest = hashlib.sha256(TABLE.encode()).hexdigest()
    site = bring("leaf_course", LEAVES.replace("DIGEST", digest), "Leaves")
    (site / "leaves.csv.gz").write_bytes(gzip.compress(TABLE.encode()))
    return site


def grader(*arguments: object, beside: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """`grader ...` with a folder of packages beside it."""
    path = os.pathsep.join([str(beside), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "300"},
        capture_output=True,
        text=True,
    )


# --- A package, installed


@pytest.fixture
def course(tmp_path, installed) -> Path:  # noqa: F811
    """A course on the data of the guide's package."""
    course = Path(shutil.copytree(SOLUTION.parent, tmp_path / "course"))
    for name in ("shapes", "springs"):
        done = grader("template", name, "--course", course, beside=installed)
        assert done.returncode == 0, done.stderr
    return course


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [("shapes", "range(epochs)", "range(1)"), ("springs", ").solution", ").solution * 1.05")],
)
def test_an_assignment_is_graded_on_it(course, installed, name, right, wrong):  # noqa: F811
    """The solution has all, the template nothing, a wrong stub loses its own points."""
    folder = course / "submissions"
    folder.mkdir()
    text = (SOLUTION / name / "solution.py").read_text("utf-8")
    (folder / "right.py").write_text(text, "utf-8")
    (folder / "wrong.py").write_text(text.replace(right, wrong), "utf-8")
    shutil.copyfile(course / f"assignments/{name}/{name}.py", folder / "template.py")

    options = ["--course", course, "--out", course / "out"]
    done = grader("grade", name, folder, *options, beside=installed)

    assert done.returncode == 0, done.stderr
    found = {
        path.stem: json.loads(path.read_text("utf-8"))[0]
        for path in (course / "out").glob("*.json")
    }
    points = {who: [stub["points"] for stub in one["stubs"]] for who, one in found.items()}
    first, second = points["right"]
    assert points == {"right": [first, second], "wrong": [first, 0], "template": [0, 0]}
    assert first + second == 100
    assert found["template"]["status"] == "not_attempted"
    used = found["right"]["dataset"]
    assert (used["name"], used["variant"], len(used["sha256"])) == (name.title(), "full", 64)
    report = ["--feedback", course / "pages", "--course", course]
    done = grader("report", name, course / "out", *report, beside=installed)
    assert done.returncode == 0, done.stderr
    page = (course / "pages/wrong.html").read_text("utf-8")
    assert ('width="84" height="50"' in page) == (name == "shapes")


def test_students_have_its_public_part_and_check_without_the_package(course, installed):  # noqa: F811
    """The handout brings what the notebook reads, and `grader check` shows it to the program."""
    done = grader("release", "shapes", "--course", course, "--to", course / "h", beside=installed)
    assert done.returncode == 0, done.stderr
    home = course / "h"
    assert np.load(home / "data/Shapes/test_examples.npy").shape == (60, 12, 20, 3)
    shutil.copyfile(SOLUTION / "shapes/solution.py", home / "shapes/mine.py")

    done = grader("check", home / "shapes/mine.py")

    assert "2 of 2 stubs pass" in done.stdout, done.stderr


def test_gradescope_gets_the_package(course, installed):  # noqa: F811
    """Code and entry points lie beside the grader, where they are found without pip."""
    to = course / "autograder"
    options = ["--course", course, "--to", to]
    done = grader("package", "gradescope", "shapes", *options, beside=installed)

    assert done.returncode == 0, done.stderr
    assert (to / "our_shapes.py").is_file()
    assert "Shapes" in (to / "our_course-1.dist-info/entry_points.txt").read_text("utf-8")


def test_without_the_package_the_one_that_brought_it_is_named(course, installed):  # noqa: F811
    """Once it was used on this machine; file, line and key are named as well."""
    grader("data", "Shapes", beside=installed)

    done = grader("template", "shapes", "--course", course)

    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert "assignment.toml, line 3, dataset: There is no data set 'Shapes'" in said
    assert "the package our-course, which brought it, is not installed here" in said


# --- What is found


def test_a_table_is_read_from_the_file_of_its_package(leaves):
    """Rows with classes; students have them as .npy and as a table with names."""
    found = datasets.find("Leaves")

    assert found.source == "package leaf_course"
    assert found.columns == ("length", "width")
    assert found.public_examples().shape == (10, 2)
    assert found.hidden_examples().shape == (40, 2)
    assert found.hidden_labels().dtype == np.int64
    text = (found.public_root / "Leaves/test.csv").read_text().splitlines()
    assert text[:2] == ["length,width,label", "0.0,0.0,oak"]
    assert len(text) == 11


def test_a_given_folder_comes_first_and_is_the_only_one(leaves, tmp_path):
    """As for our own data: --data and nowhere else."""
    (tmp_path / "mine").mkdir()
    with pytest.raises(
        DatasetError, match=r"There is no Leaves in .*mine: put the files leaves.csv"
    ):
        datasets.find("Leaves", tmp_path / "mine")
    (tmp_path / "mine/leaves.csv").write_text(TABLE)

    assert datasets.find("Leaves", tmp_path / "mine").source == f"files in {tmp_path / 'mine'}"


def test_another_split_of_the_same_files_is_prepared_anew(leaves):
    """The class decides on the parts, so what an earlier one gave does not stay."""
    before = datasets.find("Leaves")
    code = leaves / "leaf_course.py"
    code.write_text(code.read_text().replace("Split.of(part, part)", "Split(part, part, part)"))
    del sys.modules["leaf_course"]

    after = datasets.find("Leaves")

    assert (len(before.public_labels()), len(after.public_labels())) == (10, 50)
    assert before.sha256 != after.sha256


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("DIGEST", "0" * 64, r"leaves.csv.gz is not the one of Leaves \(full\).*expected was 000"),
        ("np.float32", "np.float64", "the examples of train are float64 .* not float32"),
        ('("oak", "beech", "lime")', '("oak", "beech")', "not all whole numbers from 0 to 1"),
        ('("length", "width")', '("length",)', "the examples of train are"),
        ("np.loadtxt", "np.no_such_function", "cannot be read: AttributeError"),
        ("return Split.of(part, part)", "return part", "not a Split"),
        ("import io", "raise SystemExit(3)", "of leaf_course cannot be loaded: SystemExit"),
        ('columns = ("length", "width")', "pass", "either `image` or `columns`"),
        ("(DatasetSpec)", "", "not a subclass of DatasetSpec"),
    ],
)
def test_what_is_wrong_with_a_class_is_one_sentence(bring, old, new, words):
    """With the names of the data set; and the others can be used."""
    digest = hashlib.sha256(TABLE.encode()).hexdigest()
    code = LEAVES.replace(old, new).replace("DIGEST", digest)
    (bring("leaf_course", code, "Leaves") / "leaves.csv.gz").write_bytes(
        gzip.compress(TABLE.encode())
    )

    with pytest.raises(DatasetError, match=words):
        datasets.find("Leaves")
    assert datasets.find("FashionMNIST", Path("embedded")).variant == "embedded"


def test_two_packages_with_one_name_are_both_named(bring):
    """Neither is taken."""
    bring("course_a", "", "Leaves")
    bring("course_b", "", "Leaves")

    with pytest.raises(
        DatasetError, match=r"course_[ab] and course_[ab] bring a data set 'Leaves'"
    ):
        datasets.find("Leaves")


# --- Judged by labels that no box sees


def test_hidden_help_is_for_its_kind_of_label(leaves, bring):
    """Accuracies are those of classes, errors those of numbers; the wrong one says so."""
    found = datasets.find("Leaves")
    with observing() as observed:
        model = lambda X: np_scores(X, found)  # noqa: E731
        assert 0 <= hidden_accuracy(model, found, "no") <= 1
        assert observed.kept.predictions.counts
    with pytest.raises(AssignmentError, match="hidden_accuracy"):
        hidden_error(model, found, "no")
    with pytest.raises(Mismatch, match="no tensor"):
        hidden_accuracy(lambda X: X[:, 0], found, "no tensor")


def np_scores(X, found):
    import torch

    return torch.stack([X[:, 0], X[:, 1], X.sum(1)], dim=1)
