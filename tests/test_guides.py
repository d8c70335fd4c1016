"""The guides in docs/ are done step by step: every command in a ```sh block, in a folder away from
this checkout, with the grader installed from its wheel."""

from __future__ import annotations

import csv
import os
import re
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

from grader.course import templates
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("guides")  # one environment for all

COURSE = ROOT / "tests" / "small_course"
ASSIGNMENT = "softmax_regression"  # as the guides call it; the small course is quicker
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


@pytest.fixture(scope="session")
def programs(tmp_path_factory) -> Path:
    """The programs of a fresh environment: the packages of this one, and the grader of a wheel."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"
    shutil.copytree(ROOT / "grader", source / "grader")
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / file, source / file)
    offline = ["--no-deps", "--no-index"]
    wheel = ["wheel", *offline, "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    subprocess.run([*PIP, *wheel], check=True)
    shutil.rmtree(source)

    environment = folder / "environment"
    venv.create(environment, symlinks=True)
    python = environment / "bin/python"
    (packages,) = environment.glob("lib/python3*/site-packages")
    ours = shutil.ignore_patterns("grader*", "gradebox*", "__editable__*")
    for own in site.getsitepackages():
        shutil.copytree(own, packages, copy_function=_linked, ignore=ours, dirs_exist_ok=True)
    shared = Path(sys.prefix) / "share/jupyter"  # the templates of nbconvert
    shutil.copytree(shared, environment / "share/jupyter", copy_function=_linked)
    wheels = map(str, folder.glob("*.whl"))
    subprocess.run([*PIP, "--python", str(python), "install", *offline, *wheels], check=True)
    return environment / "bin"


def _linked(source: str, target: str) -> None:
    """The same file once more; gigabytes are not copied where they need not be."""
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


@pytest.fixture
def folder(tmp_path, monkeypatch, programs) -> Path:
    """A course with three submissions, and the installed `grader` on the path."""
    course = tmp_path / "course"
    shutil.copytree(COURSE, course)
    solution = course / "solutions/greeting/solution.py"
    templates.write(solution, course / "assignments/greeting")
    (course / "submissions/bob").mkdir(parents=True)
    shutil.copyfile(solution, course / "submissions/ada.py")
    shutil.copyfile(solution, course / "submissions/bob/main.py")
    (course / "submissions/cy.pdf").write_text("%PDF")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return course


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command as a person types it."""
    return subprocess.run(
        ["bash", "-e", "-c", command], cwd=folder, capture_output=True, text=True, timeout=300
    )


def test_grader_is_that_of_the_wheel(folder, programs):
    """What the guides run here is no file of this checkout, and it has its data with it."""
    done = run("python -c 'import grader; print(grader.__file__)'; grader data", folder)

    file = done.stdout.splitlines()[0]
    assert file.startswith(str(programs.parent)), done.stderr
    assert "FashionMNIST" in done.stdout, done.stderr


def follow(guide: str, folder: Path, **others: str) -> str:
    """Run the commands of a guide; everything that they said. others: further words of the guide,
    with what stands in their place here."""
    commands = "".join(BLOCK.findall((ROOT / "docs" / guide).read_text("utf-8")))
    assert commands.count("grader ") >= 2
    commands = commands.replace(ASSIGNMENT, "greeting")
    for word, other in others.items():
        commands = re.sub(rf"\b{word}\b", other, commands)
    done = run(commands, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def evening(folder) -> Path:
    """What an instructor has of Moodle: the zip of a class, the participants, the worksheet."""
    code = (folder / "submissions/ada.py").read_text("utf-8")
    uploads = {"Ada Meyer_101": code.replace("upper", "title"), "Bob Li_102": code}
    with zipfile.ZipFile(folder / "class.zip", "w") as zipped:
        for person, text in uploads.items():
            zipped.writestr(f"{person}_assignsubmission_file/hw.py", text)
        zipped.writestr("Cy Ng_103_assignsubmission_file/hw.pdf", "%PDF")
    people = ["First name,Last name,Email address"]
    sheet = ["Identifier,Full name,Email address,Status,Grade,Maximum Grade"]
    for number, name in enumerate(["Ada Meyer", "Bob Li", "Cy Ng", "Dora Roe"], start=101):
        first, last = name.split()
        people.append(f"{first},{last},{first.lower()}@example.org")
        sheet.append(f"Participant {number},{name},{first.lower()}@example.org,,,100.00")
    (folder / "participants.csv").write_text("\n".join(people), "utf-8")
    (folder / "worksheet.csv").write_text("\n".join(sheet), "utf-8")
    return folder


def test_guide_for_instructors(evening):
    """From the handout to the grades in the platform's own worksheet, and the feedback."""
    said = follow("instructors.md", evening, softmax="shout")

    assert (evening / "handout.zip").is_file()
    assert "Dora Roe" in said
    names = {path.name for path in (evening / "results").iterdir()}
    assert names == {"ada.json", "bob.json", "cy.json", "grades.csv", "summary.md"}
    assert {path.name for path in (evening / "feedback").glob("*.html")} == {
        *("Ada Meyer.html", "Bob Li.html", "Cy Ng.html", "Dora Roe.html")
    }
    assert (evening / "feedback/feedback_moodle.zip").is_file()
    assert "Ada Meyer" in (evening / "class.html").read_text("utf-8")
    assert "## ada: 100 of 100" in (evening / "feedback/ada.md").read_text("utf-8")
    grades = csv.DictReader((evening / "upload.csv").read_text("utf-8-sig").splitlines())
    assert {row["Full name"]: row["Grade"] for row in grades} == {
        "Ada Meyer": "63.00",
        "Bob Li": "100.00",
        "Cy Ng": "0.00",
        "Dora Roe": "0.00",
    }


def test_guide_for_authors(folder, tmp_path, monkeypatch):
    """In an empty folder: begun, changed, proved, looked at, handed out and graded."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("BROWSER", "true")  # nobody looks
    said = follow("authoring.md", empty)

    assert re.findall(r"findings\s+│\s+(\d+) │", said) == ["0", "0"]
    assert "weights" in (empty / "preview/week_3.html").read_text("utf-8")
    assert (empty / "week_3.zip").is_file()
    grades = csv.DictReader((empty / "results/grades.csv").read_text("utf-8").splitlines())
    assert [float(row["score"]) for row in grades] == [20]


def test_guide_for_ci(folder):
    """The packages and the report of a CI job are written."""
    follow("ci.md", folder)

    assert (folder / "autograder.zip").is_file()
    assert (folder / "student_repository/.github/workflows/check.yml").is_file()
    assert (folder / "results.xml").read_text("utf-8").count("<testsuite ") == 3


def test_workflow_in_the_guide_is_yaml():
    """The workflow for the instructor's repository can be copied as it stands."""
    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/ci.md").read_text("utf-8"), re.DOTALL)

    steps = yaml.safe_load(block)["jobs"]["grade"]["steps"]
    assert "grader grade" in steps[-1]["run"]
    assert steps[1]["with"]["persist-credentials"] is False


def test_guide_for_students(folder, tmp_path):
    """Each command of the table does what it says, in the folder that students have."""
    text = (ROOT / "grader/student/students.md").read_text("utf-8")
    commands = re.findall(r"^\| `(grader check[^`]*)` \|", text, flags=re.MULTILINE)
    assert run("grader release greeting --form both --to ../handout.zip", folder).returncode == 0
    zipfile.ZipFile(tmp_path / "handout.zip").extractall(tmp_path / "home")
    work = tmp_path / "home/greeting"
    shutil.copyfile(work / "greeting.py", work / "my_work.py")
    said = []

    for command in [line for line in commands if "--watch" not in line]:
        done = run(command.replace("net", "greet").replace(".ipynb", ".py"), work)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.splitlines()[0])

    assert said == [
        "greeting.ipynb: 1 of 1 stubs pass their public checks",
        "my_work.py: 1 of 1 stubs pass their public checks",
        "greeting.ipynb: 1 of 1 stubs pass their public checks",
        "greeting.ipynb：1 个小题中有 1 个通过公开检查",
    ]


def test_completion_in_bash(folder, tmp_path, monkeypatch):
    """As the README says: after it is installed, commands and options are completed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    typed = {"release": "grader rel", "--lang": "grader check --la", "zh": "grader check --lang z"}
    script = "grader --install-completion bash >/dev/null\nsource ~/.bashrc\n"
    for line in typed.values():
        script += f"COMP_WORDS=({line}); COMP_CWORD={line.count(' ')}\n"
        script += '_grader_completion grader; echo "${COMPREPLY[@]}"\n'

    assert run(script, folder).stdout.split() == list(typed)
