"""An assignment's own files: what they say, and the sentence when they say it wrongly."""

from __future__ import annotations

import pytest

from grader.course import assignment
from grader.errors import AssignmentError
from tests.conftest import ROOT

GOOD = """
title = "Greeting"
helpers = ["course"]

[limits]
load_seconds = 5

[names]
W = ["w"]

[[stub]]
signature = "greet(name, punctuation)"
points = 6.5
aliases = ["hello"]

[[stub]]
signature = "shout()"
points = 3.5
"""
FILES = {
    "solutions/greeting/solution.py": "def greet(name): pass\n",
    "solutions/greeting/test_hidden.py": "",
    "assignments/greeting/test_public.py": "",
    "assignments/helpers/course/__init__.py": "",
    "assignments/helpers/course/torch.py": "x = 1\n",
}


@pytest.fixture
def course(tmp_path):
    """A course with one assignment: course(its assignment.toml, files that are missing)."""

    def course(text=GOOD, without=()):
        files = FILES | {"solutions/greeting/assignment.toml": text}
        for name, content in files.items():
            if name not in without:
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return course


def test_assignment_is_read(course):
    """Title, stubs, points, aliases and limits are what the file says; the rest has defaults."""
    found = assignment.load("greeting", course())

    assert found.title == "Greeting"
    assert found.max_score == 10
    assert (found.load_seconds, found.call_seconds) == (5, 10)
    assert found.datasets == ()
    greet, shout = found.stubs
    assert (greet.name, greet.parameters, greet.aliases) == (
        "greet",
        ("name", "punctuation"),
        ("hello",),
    )
    assert (shout.parameters, shout.forbidden) == ((), ())


def test_paths_are_absolute(course, monkeypatch):
    """A course that is named by a relative path can be used from another folder."""
    monkeypatch.chdir(course())

    found = assignment.load("greeting", assignment.Path())

    assert found.solution.is_absolute()
    assert all(path.is_absolute() for path in found.suite)


def test_contract_holds_nothing_secret(course):
    """What is sent into a sandbox: names, parameters and spellings, no points."""
    contract = assignment.load("greeting", course()).contract

    assert contract == {
        "stubs": {
            "greet": {"parameters": ["name", "punctuation"], "aliases": ["hello"]},
            "shout": {"parameters": [], "aliases": []},
        },
        "spellings": {},
        "names": {"W": ["w"]},
    }


def test_stand_ins_are_modules(course):
    """A helper package becomes modules by their dotted names."""
    found = assignment.load("greeting", course()).stand_ins()

    assert found == {
        "course": [("course/__init__.py", "", 1)],
        "course.torch": [("course/torch.py", "x = 1\n", 1)],
    }


def test_digest_changes_with_what_decides(course):
    """Another suite, solution or point gives another digest; the same files the same one."""
    root = course()
    first = assignment.load("greeting", root).digest
    again = assignment.load("greeting", root).digest
    (root / "solutions/greeting/test_hidden.py").write_text("# stricter\n")
    other = assignment.load("greeting", root).digest

    assert first == again != other


def test_assignments_of_a_course_are_listed(course):
    """Only folders with an assignment.toml count."""
    root = course()
    (root / "solutions" / "draft").mkdir()

    assert assignment.available(root) == ["greeting"]


@pytest.mark.parametrize("name", ["unknown", "", "../greeting/x", "draft"])
def test_unknown_assignment_is_a_sentence(course, name):
    """The sentence names what was asked for and lists what there is."""
    with pytest.raises(AssignmentError, match="Available: greeting") as raised:
        assignment.load(name, course())

    assert repr(name) in str(raised.value)


@pytest.mark.parametrize("missing", [name for name in FILES if "helpers" not in name])
def test_missing_file_is_named(course, missing):
    """An assignment without its solution or its checks is not complete."""
    with pytest.raises(AssignmentError, match=missing.rpartition("/")[2]):
        assignment.load("greeting", course(without=[missing]))


@pytest.mark.parametrize(
    ("entry", "names"), [('"MNIST"', ("MNIST",)), ('["MNIST", "Other"]', ("MNIST", "Other"))]
)
def test_several_data_sets_may_serve(course, entry, names):
    """One data set, or a list of which the first that is found is taken."""
    found = assignment.load("greeting", course(f"dataset = {entry}\n{GOOD}"))

    assert found.datasets == names


def test_stub_may_be_a_method_and_have_defaults(course):
    """A dot makes it a method of a class; a default is kept for whoever calls it."""
    text = GOOD.replace("shout()", "Voice.shout(text, loud = True)")

    shout = assignment.load("greeting", course(text)).stubs[1]

    assert (shout.name, shout.parameters) == ("Voice.shout", ("text", "loud=True"))


WRONG = {
    "not TOML": (GOOD + "x = = 1", "assignment.toml"),
    "not text": (b"title = '\xff'", "assignment.toml"),
    "no title": (GOOD.replace("title", "name"), "'title' is missing"),
    "no stubs": ('title = "x"', "'stub' is missing"),
    "no points": (GOOD.replace("points = 6.5", ""), "'points' is missing"),
    "no signature": (GOOD.replace("signature", "name"), "'signature' is missing"),
    "negative points": (GOOD.replace("6.5", "-1"), "points of greet are negative"),
    "points that are no number": (GOOD.replace("6.5", '"many"'), "many"),
    "points that are nan": (GOOD.replace("6.5", "nan"), "greet"),
    "points that are infinite": (GOOD.replace("6.5", "inf"), "greet"),
    "signature without brackets": (GOOD.replace("shout()", "shout"), "name\\(a, b\\)"),
    "signature with brackets in it": (GOOD.replace("shout()", "shout(x=(1))"), "name\\(a, b\\)"),
    "signature with two dots": (GOOD.replace("shout()", "a.b.shout()"), "name\\(a, b\\)"),
    "same name twice": (GOOD.replace("shout()", "greet(x)"), "same name"),
    "reserved name": (GOOD.replace("shout()", "bind(x)"), "may not be called bind"),
    "stubs that are no list": ('title = "x"\nstub = 3', "assignment.toml"),
    "limits that are no table": ('limits = 3\ntitle = "x"\nstub = []', "assignment.toml"),
    "limit that is no number": (GOOD.replace("= 5", '= "long"'), "long"),
}


@pytest.mark.parametrize(("text", "problem"), WRONG.values(), ids=WRONG)
def test_mistake_of_the_author_is_a_sentence(course, text, problem):
    """The file is named, and what is wrong in it."""
    with pytest.raises(AssignmentError, match=problem) as raised:
        assignment.load("greeting", course(text))

    assert "assignment.toml" in str(raised.value)


@pytest.mark.parametrize("name", assignment.available(ROOT))
def test_assignments_of_this_course_are_complete(name):
    """Every assignment of the repository can be loaded and gives 100 points in all."""
    found = assignment.load(name, ROOT)

    assert found.max_score == 100
