"""``grader report`` as an instructor meets it: pages, zips for platforms, notes, exit codes."""

from __future__ import annotations

import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.cli.pages import OWN, file_names
from grader.gradebook.book import open_book
from grader.submissions.uploads import Person
from tests.gradebook.books import COURSE, EVENING, SOLUTION, keep, upload
from tests.submissions import layouts

TITLED = SOLUTION.replace("upper", "title")  # shout is wrong
MOODLE = {
    "Ada Meyer_101_assignsubmission_file_/hw.py": TITLED,
    "Bob_Li_102_assignsubmission_file_/hw.py": SOLUTION,
    "Cy Ng_103_assignsubmission_file_/hw.pdf": "%PDF",
}
CANVAS = {
    "meyerada_LATE_12001_67001_hw-1.py": TITLED,
    "libob_12002_67002_link_1.py": SOLUTION,
    "ngcy_12003_text.html": "I could not do it",
}


def command(*arguments):
    """Run a command; its result, with no traceback in it."""
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def report(*arguments, course=COURSE):
    return command("report", "greeting", *arguments, "--course", course)


def said(result):
    return " ".join((result.stdout + result.stderr).split())


def graded(folder: Path, files: layouts.Layout) -> Path:
    """A class, graded into a folder of results and a gradebook side by side."""
    place = layouts.write(folder / "class", files)
    options = ("--out", folder / "results", "--db", folder / "book.sqlite")
    where = ("--course", COURSE, "--isolation", "process", "--jobs", "1")
    done = command("grade", "greeting", place, *options, *where)
    assert done.exit_code == 0, said(done)
    return folder


@pytest.fixture(scope="module")
def moodle(tmp_path_factory):
    return graded(tmp_path_factory.mktemp("moodle"), MOODLE)


@pytest.fixture(scope="module")
def canvas(tmp_path_factory):
    return graded(tmp_path_factory.mktemp("canvas"), CANVAS)


def pages(folder: Path) -> dict[str, str]:
    """The pages of a folder by their names."""
    return {path.stem: path.read_text("utf-8") for path in folder.glob("*.html")}


def zipped(file: Path) -> dict[str, str]:
    """What is in a zip."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize("results", ["results", "book.sqlite"])
def test_pages_and_a_zip_for_moodle(moodle, tmp_path, results):
    """Everybody has a page, and Moodle's zip has it in the folder with the participant's number."""
    done = report(moodle / results, "--feedback", tmp_path, "--class", tmp_path / "class/all.html")

    assert done.exit_code == 0, said(done)
    found = pages(tmp_path)
    assert {*found} == {"Ada Meyer", "Bob_Li", "Cy Ng"}
    assert zipped(tmp_path / "feedback_moodle.zip") == {
        "Ada Meyer_101_assignsubmission_file_/greeting_feedback.html": found["Ada Meyer"],
        "Bob Li_102_assignsubmission_file_/greeting_feedback.html": found["Bob_Li"],
        "Cy Ng_103_assignsubmission_file_/greeting_feedback.html": found["Cy Ng"],
    }
    assert "text.title()" in found["Ada Meyer"]
    assert "../Ada%20Meyer.html" in (tmp_path / "class/all.html").read_text("utf-8")
    assert not list(tmp_path.glob("*canvas*"))
    assert f"class report: {tmp_path / 'class/all.html'}" in said(done)


def test_the_same_results_give_the_same_bytes(moodle, tmp_path):
    """Pages and zip, made twice."""
    for name in ("one", "two"):
        assert report(moodle / "results", "--feedback", tmp_path / name).exit_code == 0

    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


@pytest.mark.parametrize("results", ["results", "book.sqlite"])
def test_pages_and_a_zip_for_canvas(canvas, tmp_path, results):
    """The names begin as those of Canvas, and none ends in a way that Canvas passes over; whoever
    typed a text gets a page, and the command says that Canvas cannot take it."""
    done = report(canvas / results, "--feedback", tmp_path)

    assert done.exit_code == 0, said(done)
    found = pages(tmp_path)
    assert {*found} == {"meyerada", "libob", "ngcy"}
    assert zipped(tmp_path / "feedback_canvas.zip") == {
        "meyerada_LATE_12001_67001_hw-1_feedback.html": found["meyerada"],
        "libob_12002_67002_link_1_feedback.html": found["libob"],
    }
    assert "1 in no zip, for the platform's number of them is not known: ngcy" in said(done)


def test_canvas_knows_the_last_attempt_only(tmp_path):
    """The page is about the attempt that counts, and goes to the file that was handed in last."""
    place = tmp_path / "book.sqlite"
    with open_book(str(place)) as book:
        for number, shout in (("67001", "passed"), ("67009", "failed")):
            file = tmp_path / number / f"meyerada_12001_{number}_hw.py"
            text = f"# {number}\n{SOLUTION}"
            keep(book, upload(file, text, Person("Ada", "12001"), reader="canvas"), shout=shout)

    assert report(place, "--feedback", tmp_path / "feedback").exit_code == 0

    (name,) = zipped(tmp_path / "feedback/feedback_canvas.zip")
    assert name == "meyerada_12001_67009_hw_feedback.html"
    assert "attempt 1 of 2" in pages(tmp_path / "feedback")["Ada"]


def test_page_says_how_the_grade_came_about(tmp_path):
    """What lateness took, and what was given by hand and why; who handed in nothing has a page,
    too, and who has no grade yet has none."""
    course = Path(shutil.copytree(COURSE, tmp_path / "course"))
    rules = (
        '[assignment.greeting]\ndue = 2026-11-27T12:00:00+08:00\nlate = { per = "day", points = 7 }'
    )
    (course / "course.toml").write_text(f'[course]\ntimezone = "Asia/Shanghai"\n{rules}', "utf-8")
    people = tmp_path / "people.csv"
    people.write_text("Name,ID\nAda,1\nBob,2\nEve,3\n", "utf-8")
    place = course / "gradebook.sqlite"
    assert command("gradebook", "roster", people, "--db", place).exit_code == 0
    with open_book(str(place)) as book:
        late = EVENING + timedelta(hours=1)
        keep(book, upload(tmp_path / "ada.py", SOLUTION, Person("Ada", "1"), time=late))
        lost = upload(tmp_path / "eve.py", SOLUTION, Person("Eve", "3"), time=EVENING)
        keep(book, lost, status="infrastructure_error")
        book.adjust("greeting", book.find("Ada"), "greet", 0, "Well done!", "", "Kim")
        book.adjust("greeting", book.find("Ada"), None, -3, "", "copied a line", "Kim")

    done = report("--feedback", tmp_path / "feedback", course=course)

    assert done.exit_code == 0, said(done)
    found = pages(tmp_path / "feedback")
    assert {*found} == {"Ada", "Bob"}
    assert "7 late" in found["Ada"] or "−7" in found["Ada"]
    assert "copied a line" in found["Ada"]
    assert "nothing was handed in" in found["Bob"]
    assert "1 have no grade yet, and no page: Eve" in said(done)


def test_nobody_of_a_group_or_of_one_name_is_lost(tmp_path):
    """Each member of a group has a page; so has each of two people who are called alike."""
    place = tmp_path / "book.sqlite"
    people = [(Person("Ada", "1"), Person("Bob", "2")), (Person("Li", "3"),), (Person("Li", "4"),)]
    with open_book(str(place)) as book:
        uploads = [
            upload(tmp_path / f"{number}.py", f"# {number}\n{SOLUTION}", *group)
            for number, group in enumerate(people)
        ]
        keep(book, *uploads)

    assert report(place, "--feedback", tmp_path / "feedback").exit_code == 0

    assert {*pages(tmp_path / "feedback")} == {"Ada", "Bob", "Li (3)", "Li (4)"}


def test_attack_by_a_name_is_text(tmp_path):
    """Of a person who is called like a script."""
    name = "<script>alert(1)</script>"
    files = layouts.gradescope([name, "Bob"])
    folder = graded(tmp_path, files)

    done = report(folder / "results", "--feedback", tmp_path / "feedback")

    assert done.exit_code == 0, said(done)
    found = pages(tmp_path / "feedback")
    assert {*found} == {"Bob", "script_alert(1)__script"}
    assert "<script>alert(1)" not in found["script_alert(1)__script"]


def test_hidden_means_absent(moodle, tmp_path):
    """No page of a student names a hidden check or says what it expects."""
    assert report(moodle / "results", "--feedback", tmp_path).exit_code == 0

    for page in pages(tmp_path).values():
        assert "test_shout" not in page
        assert "test_greet_other_names" not in page
        assert "Hello, Grace!" not in page.replace(SOLUTION, "")


def test_files_that_have_gone(moodle, tmp_path):
    """A folder of results alone gives pages without code, and says so once; a gradebook has the
    code itself. What was changed since is not shown as what was graded."""
    for name in ("results", "book.sqlite", "class"):
        copied = shutil.copytree if (moodle / name).is_dir() else shutil.copyfile
        copied(moodle / name, tmp_path / name)
    (tmp_path / "class/Ada Meyer_101_assignsubmission_file_/hw.py").write_text("x = 1\n", "utf-8")
    shutil.rmtree(tmp_path / "class/Bob_Li_102_assignsubmission_file_")

    done = report(tmp_path / "results", "--feedback", tmp_path / "feedback")

    assert done.exit_code == 0
    assert "2 without code" in said(done)
    assert "Ada Meyer, Bob_Li" in said(done)
    assert "def shout" not in pages(tmp_path / "feedback")["Bob_Li"]


def test_a_gradebook_has_the_code_itself(tmp_path):
    """Of files that are not there any more."""
    folder = graded(tmp_path, MOODLE)
    shutil.rmtree(folder / "class")

    done = report(folder / "book.sqlite", "--feedback", tmp_path / "feedback")

    assert "without code" not in said(done)
    assert "text.title()" in pages(tmp_path / "feedback")["Ada Meyer"]


def test_pages_of_the_past_are_not_left_to_be_sent(moodle, tmp_path):
    """Whoever has left has no page after the next run; a file of somebody else stays."""
    results = Path(shutil.copytree(moodle / "results", tmp_path / "results"))
    assert report(results, "--feedback", tmp_path / "feedback").exit_code == 0
    (tmp_path / "feedback/mine.txt").write_text("a note")
    next(results.glob("Bob*.json")).unlink()

    done = report(results, "--feedback", tmp_path / "feedback")

    assert "1 files of an earlier run are gone: Bob_Li.html" in said(done)
    names = {path.name for path in (tmp_path / "feedback").iterdir()}
    assert names == {"Ada Meyer.html", "Cy Ng.html", "feedback_moodle.zip", "mine.txt", OWN}


def test_a_folder_of_something_else_is_refused(moodle, tmp_path):
    """Pages of another assignment stay, and so does a file that no run has written."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / OWN).write_text('{"assignment": "mlp", "files": ["Ada.html"]}')
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/Ada Meyer.html").write_text("my own")

    other = report(moodle / "results", "--feedback", tmp_path / "other")
    mine = report(moodle / "results", "--feedback", tmp_path / "mine")

    assert (other.exit_code, mine.exit_code) == (2, 2)
    assert "holds the pages of mlp" in said(other)
    assert "is in the way" in said(mine)
    assert (tmp_path / "mine/Ada Meyer.html").read_text() == "my own"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["results"], "--feedback feedback --class class.html"),
        (["nowhere", "--feedback", "x"], "There is no folder or gradebook nowhere"),
        ([".", "--feedback", "x"], ". holds no results of greeting"),
        (["results", "--class", "."], "Name a file: --class ./class.html"),
        (["results", "--feedback", "book.sqlite"], "is a file; the pages need a folder"),
        (["results", "--feedback", "x", "--class", "x/all.html"], "Put it beside the folder"),
    ],
)
def test_wrong_usage_says_what_to_do(moodle, monkeypatch, arguments, text):
    """In a sentence, with exit code 2."""
    monkeypatch.chdir(moodle)

    done = report(*arguments)

    assert done.exit_code == 2
    assert text in said(done)


def test_grade_writes_pages_on_request(tmp_path):
    """Beside the records; the last line is the path of the page about the class."""
    file = tmp_path / "ada.py"
    file.write_text(SOLUTION, "utf-8")
    where = ("--course", COURSE, "--isolation", "process")

    done = command("grade", "greeting", file, "--out", tmp_path / "out", "--pages", *where)

    assert done.exit_code == 0, said(done)
    assert said(done).endswith(f"class report: {tmp_path / 'out/class.html'}")
    assert {*pages(tmp_path / "out/pages")} == {"ada"}
    assert "--out DIR" in said(command("grade", "greeting", file, "--pages", *where))


def test_names_of_files_are_safe_and_differ():
    """Whatever people are called, on file systems that know neither capitals nor accents."""
    people = ["Anna Meyer", "ANNA MEYER", "Zoé", "Zoe", "CON", "nul.txt", "../../etc", "李明", "…"]

    names = file_names([*people, "a" * 300, "a" * 301, "Seán O'Brien", "tab\there:*?"])

    assert names[:4] == ["Anna Meyer", "ANNA MEYER-2", "Zoé", "Zoe-2"]
    assert names[4:9] == ["_CON", "_nul.txt", "etc", "李明", "nobody"]
    assert len(names[9].encode()) <= 100
    assert names[10] == f"{names[9]}-2"
    assert names[11:] == ["Seán O_Brien", "tab_here"]
