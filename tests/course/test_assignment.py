"""An assignment's own files: what they say, and the sentence when they say it wrongly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import assignment
from grader.errors import AssignmentError
from tests.conftest import ROOT

GOOD = """\
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
    "solutions/greeting/solution.py": "W = 1\ndef greet(name): pass\n",
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

    found = assignment.load("greeting", Path())

    assert found.solution.is_absolute()
    assert all(path.is_absolute() for path in found.suite)


def test_contract_holds_nothing_secret(course):
    """What is sent into a sandbox: names, parameters and spellings, no points."""
    contract = assignment.load("greeting", course()).contract

    assert contract == {
        "stubs": {
            "greet": {
                "parameters": ["name", "punctuation"],
                "aliases": ["hello"],
                "ready_made": True,
            },
            "shout": {"parameters": [], "aliases": [], "ready_made": True},
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


DECISIVE = [
    "solutions/greeting/assignment.toml",
    "solutions/greeting/solution.py",
    "solutions/greeting/test_hidden.py",
    "solutions/greeting/misconceptions.py",
    "solutions/greeting/parts.py",
    "solutions/greeting/locale/zh/LC_MESSAGES/greeting.mo",
    "assignments/greeting/assignment.toml",
    "assignments/greeting/test_public.py",
    "assignments/greeting/parts.py",
    "assignments/helpers/course/torch.py",
    "assignments/helpers/course/more/table.csv",
]


@pytest.mark.parametrize("name", DECISIVE)
def test_digest_changes_with_each_file_that_decides(course, name):
    """A file that appears, changes, or is called otherwise; also one of a helper package."""
    root = course()
    path = root / name
    digests = [assignment.load("greeting", root).digest]
    path.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(2):
        with path.open("a") as file:
            file.write("\n# changed")
        digests.append(assignment.load("greeting", root).digest)

    assert len({*digests}) == 3


def test_digest_covers_the_names_of_files(course):
    """Of a helper package they are the names of modules."""
    root = course()
    before = assignment.load("greeting", root).digest
    helper = root / "assignments/helpers/course/torch.py"
    helper.rename(helper.with_name("nn.py"))

    assert assignment.load("greeting", root).digest != before


def test_digest_is_that_of_the_files_wherever_they_lie(course, tmp_path):
    """Another copy of the course, its caches and a helper that it does not name change nothing."""
    root = course()
    copy = Path(shutil.copytree(root, tmp_path / "copy"))
    for name in ("course/__pycache__/torch.pyc", "other/__init__.py"):
        path = copy / "assignments/helpers" / name
        path.parent.mkdir()
        path.write_text("")

    digests = [assignment.load("greeting", each).digest for each in (root, copy)]

    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("name", "decides"),
    [
        ("checking/marks.py", True),
        ("sandbox/new.py", True),
        ("course/data/D/SHA256SUMS", True),
        ("reports/summary.py", False),
    ],
)
def test_digest_covers_the_engine(course, tmp_path, name, decides):
    """A copy of the grader in which one file is different gives another digest, unless the file
    only shows what was seen."""
    program = (
        "import sys; from pathlib import Path; from grader.course import assignment; "
        "print(assignment.load('greeting', Path(sys.argv[1])).digest)"
    )
    package = tmp_path / "engine/grader"
    shutil.copytree(ROOT / "grader", package, ignore=shutil.ignore_patterns("*-ubyte*"))
    command = [sys.executable, "-c", program, str(course())]
    digests = []
    for _ in range(2):
        done = subprocess.run(
            command,
            cwd=package.parent,
            env={**os.environ, "PYTHONPATH": str(package.parent)},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.append(done.stdout)
        (package / name).parent.mkdir(exist_ok=True)
        with (package / name).open("a") as file:
            file.write("\n# changed\n")

    assert (digests[0] != digests[1]) == decides


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
    ("entry", "names"),
    [('"MNIST"', ("MNIST",)), ('["MNIST", "FashionMNIST"]', ("MNIST", "FashionMNIST"))],
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


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


# A file with one mistake, the line that is named, and what is said of it.
WRONG = {
    "unknown key": (
        changed("points = 6.5", "pionts = 6.5"),
        12,
        "stub greet, pionts: there is no such key; did you mean 'points'?",
    ),
    "key of another table": (
        changed("[limits]", "load_seconds = 5\n[limits]"),
        4,
        "load_seconds: there is no such key; known are dataset, framework, helpers, limits, names, "
        "spellings, stub, title",
    ),
    "unknown framework": (
        changed('title = "Greeting"\n', 'title = "Greeting"\nframework = "jaxx"\n'),
        2,
        "framework: there is no framework 'jaxx'; did you mean 'jax'?",
    ),
    "misspelt limit": (changed("load_", "laod_"), 5, "limits, laod_seconds: there is no such key"),
    "name, which is the folder's": ('name = "x"\n' + GOOD, 1, "name: there is no such key"),
    "no title": (changed('title = "Greeting"\n', ""), 1, "the key 'title' is missing"),
    "no stubs": ('title = "x"', 1, "the key 'stub' is missing"),
    "an empty list of stubs": ('title = "x"\nstub = []', 2, "stub: there is no [[stub]]"),
    "no points": (changed("points = 3.5", ""), 15, "stub shout: the key 'points' is missing"),
    "no signature": (changed('signature = "shout()"', ""), 15, "stub 2: the key 'signature' is"),
    "stubs that are no list": ('title = "x"\nstub = 3', 2, "stub: expected `array`, got `integer`"),
    "stub that is no table": ('title = "x"\nstub = [3]', 2, "stub: expected `table`, got"),
    "limits that are no table": (
        changed("[limits]\nload_seconds", "limits"),
        4,
        "limits: expected",
    ),
    "limit that is no number": (changed("= 5", '= "long"'), 5, "limits, load_seconds: expected"),
    "limit of nothing": (changed("= 5", "= 0"), 5, "limits, load_seconds: 0 is no number of"),
    "limit without end": (changed("= 5", "= inf"), 5, "limits, load_seconds: inf is no number of"),
    "negative points": (changed("6.5", "-1"), 12, "stub greet, points: -1 is no number of points"),
    "points that are text": (changed("6.5", '"many"'), 12, "stub greet, points: expected `float`"),
    "points that are true": (changed("6.5", "true"), 12, "points: expected `float`, got `boolean`"),
    "points that are nan": (changed("6.5", "nan"), 12, "stub greet, points: nan is no number"),
    "points that are infinite": (changed("3.5", "inf"), 17, "stub shout, points: inf is no number"),
    "signature without brackets": (changed("shout()", "shout"), 16, "binds no such value"),
    "signature with brackets in it": (changed("shout()", "shout(x=(1))"), 16, "form name(a, b)"),
    "signature with two dots": (changed("shout()", "a.b.shout()"), 16, "of the form name(a, b)"),
    "signature with more behind it": (changed("shout()", "shout() -> x"), 16, "form name(a, b)"),
    "signature of a keyword": (changed("shout()", "class(x)"), 16, "of the form name(a, b)"),
    "parameter that is no name": (changed("shout()", "shout(a b)"), 16, "has no such parameters"),
    "parameter without its default": (
        changed("shout()", "shout(a=1, b)"),
        16,
        "no such parameters",
    ),
    "parameter with a star": (changed("shout()", "shout(*a)"), 16, "neither `a` nor `a=value`"),
    "parameter with a type": (changed("shout()", "shout(a: int)"), 16, "neither `a` nor `a=value`"),
    "parameter twice": (changed("shout()", "shout(a, a)"), 16, "has a parameter twice"),
    "same name twice": (changed("shout()", "greet(x)"), 16, "greet stands for the stub greet alr"),
    "name that is an alias": (changed("shout()", "hello()"), 16, "hello stands for the stub greet"),
    "reserved name": (changed("shout()", "bind(x)"), 16, "stub bind, signature: a stub may not be"),
    "alias that is no name": (
        changed('"hello"', '"he llo"'),
        13,
        "stub greet, aliases: 'he llo' is",
    ),
    "alias that is no text": (
        changed('"hello"', "1"),
        13,
        "stub greet, aliases: expected `string`",
    ),
    "aliases that are no list": (changed('["hello"]', '"hello"'), 13, "aliases: expected `array`"),
    "alias twice": (changed('"hello"', '"hi", "hi"'), 13, "hi stands for the stub greet already"),
    "unknown operation": (
        GOOD + 'forbidden = ["sofmax"]',
        18,
        "stub shout, forbidden: there is no operation 'sofmax'; did you mean 'softmax'?",
    ),
    "unknown data set": ('dataset = "FashionMINST"\n' + GOOD, 1, "did you mean 'FashionMNIST'?"),
    "data set that is no text": (f"dataset = [1]\n{GOOD}", 1, "dataset: expected `string`, got"),
    "helper without a folder": (changed('["course"]', '["d2l"]'), 2, "helpers: there is no folder"),
    "helper elsewhere": (changed('["course"]', '["../helpers/course"]'), 2, "there is no folder"),
    "spelling of no parameter": (
        changed("[names]", '[spellings]\nnmae = ["n"]\n[names]'),
        8,
        "spellings, nmae: no stub has such a parameter; did you mean 'name'?",
    ),
    "spellings that are no list": (
        changed("[names]", '[spellings]\nname = "n"\n[names]'),
        8,
        "spellings, name: expected `array`, got `string`",
    ),
    "spelling that is no name": (
        changed("[names]", '[spellings]\nname = ["the name"]\n[names]'),
        8,
        "spellings, name: 'the name' is no other name",
    ),
    "name of no value": (changed("W = ", "V = "), 8, "names, V: the solution has no such value"),
}


@pytest.mark.parametrize(("text", "line", "problem"), WRONG.values(), ids=WRONG)
def test_mistake_of_the_author_is_told_with_its_line(course, text, line, problem):
    """File, line, stub and key are named, and what is wrong."""
    root = course(text)

    with pytest.raises(AssignmentError) as raised:
        assignment.load("greeting", root)

    path = root / "solutions/greeting/assignment.toml"
    start, _, rest = str(raised.value).partition(f"{path}, line {line}")
    assert (start, rest[:1] in (",", ":")) == ("", True), raised.value
    assert problem in rest


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (GOOD + "x = = 1", r"assignment\.toml is not TOML: .*line 18, column 5"),
        (b"title = '\xff'", r"assignment\.toml cannot be read"),
    ],
    ids=["not TOML", "not text"],
)
def test_file_that_is_no_toml_is_a_sentence(course, text, problem):
    """The parser's own line and column are passed on."""
    with pytest.raises(AssignmentError, match=problem):
        assignment.load("greeting", course(text))


HARD = """\
# [[stub]] in a comment
title = '''
[[stub]]
points = 1''' # a text

[ limits ] # seconds
"call_seconds" = 5

[[ stub ]] # the first
  signature = "greet(name)"
  aliases = [
    "hello", # ]
    # "hi",
    "good day",
  ]
  points = 1
[[stub]]
signature = "shout()"
points = 1
"""


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("good day", "good_day", None),
        ("good day", "good day", 11),
        ('"good day",', "", None),
        ('"good day",\n  ]\n  points = 1', "\n  ]\n  points = -1", 16),
        ('"good day",\n  ]\n  points = 1', "\n  ]", 9),
        ('"call_seconds" = 5', '"call_seconds" = -5', 7),
        ("[ limits ] # seconds\n", "limits.load_seconds = 0\nlimits.", 6),
    ],
)
def test_line_is_found_among_comments_and_values_of_several_lines(course, old, new, line):
    """A comment, a text or a list of several lines does not shift it."""
    assert old in HARD
    root = course(HARD.replace(old, new))
    if line is None:
        assert len(assignment.load("greeting", root).stubs) == 2
        return

    with pytest.raises(AssignmentError, match=rf"assignment\.toml, line {line}[,:]"):
        assignment.load("greeting", root)


def test_solution_that_is_no_python_is_a_sentence(course):
    """[names] are looked up in it."""
    root = course()
    (root / "solutions/greeting/solution.py").write_text("W = 1\ndef\n")

    with pytest.raises(AssignmentError, match=r"solution\.py, line 2: "):
        assignment.load("greeting", root)


def test_public_file_is_read_as_strictly(course):
    """A student's folder has its name in the file, and no solution to look into."""
    folder = course() / "assignments/greeting"
    (folder / "assignment.toml").write_text(f'name = "greeting"\n{GOOD}')
    assert assignment.load_public(folder).name == "greeting"

    for old, new in (('name = "greeting"\n', ""), ("points", "pionts"), ("6.5", "-1")):
        text = f'name = "greeting"\n{GOOD}'
        assert old in text
        (folder / "assignment.toml").write_text(text.replace(old, new))
        with pytest.raises(AssignmentError, match=r"assignment\.toml, line \d+"):
            assignment.load_public(folder)


def test_default_is_kept_as_it_is_written(course):
    """Quotes, spaces and commas in it are the author's."""
    text = GOOD.replace('"shout()"', "'shout(a, b = \"x, y\", c=[1, 2])'")

    assert assignment.load("greeting", course(text)).stubs[1].parameters == (
        "a",
        'b="x, y"',
        "c=[1, 2]",
    )


@pytest.mark.parametrize("name", assignment.available(ROOT))
def test_assignments_of_this_course_are_complete(name):
    """Every assignment of the repository can be loaded and gives 100 points in all."""
    found = assignment.load(name, ROOT)

    assert found.max_score == 100
