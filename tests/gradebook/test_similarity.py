"""Similar programs: copies are found whatever was done to them, independent ones are not."""

from __future__ import annotations

import ast
import csv
import json
import random
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.course import assignment as assignments
from grader.course.cutting import cut
from grader.errors import UnreadableSubmission
from grader.gradebook.book import open_book
from grader.gradebook.similarity import MAX_CODE, Work, handout, matches, read_program
from grader.grading.records import Record
from grader.grading.results_folder import Store
from grader.grading.scoring import Result, score
from grader.submissions.uploads import Origin, Person, Upload
from tests.conftest import ROOT

DEMONSTRATION = ROOT / "tests" / "demonstration"
RIGHT = ROOT / "tests" / "scenarios" / "right"
SOFTMAX = assignments.load("softmax_regression", ROOT)
BOB = (DEMONSTRATION / "bob.py").read_text("utf-8")


class Renamed(ast.NodeTransformer):
    """Gives another name to every variable that a function binds."""

    def visit_arg(self, node):
        return node if node.arg in OUTSIDE else ast.arg(f"my_{node.arg}", None)

    def visit_Name(self, node):
        return ast.Name(node.id if node.id in OUTSIDE else f"my_{node.id}", node.ctx)


OUTSIDE = {"torch", "d2l", "range", "len", "float", "zip", "isinstance", "print", "time", "plt"}
OUTSIDE |= {"self", "Accumulator", "torchvision", "transforms"}


def renamed(source):
    """The same program with other names of variables, written in Python's own style."""
    return ast.unparse(ast.fix_missing_locations(Renamed().visit(ast.parse(source))))


def reordered(source):
    """The same program with its definitions in another order, behind its other statements."""
    body = ast.parse(source).body
    definitions = [node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    others = [node for node in body if node not in definitions]
    random.Random(1).shuffle(definitions)
    return "\n\n".join(map(ast.unparse, [*others, *definitions]))


def commented(source):
    """The same program with a comment and an empty line around every line, and docstrings."""
    lines = [f"{line}  # what I think of it: {n}\n" for n, line in enumerate(source.splitlines())]
    text = "\n".join(lines).replace("(  #", "(  # my own")
    return text.replace("    X_exp", '    """My very own softmax."""\n    X_exp', 1)


def works(folder, programs):
    """A work for each program, by name: a file's text or the file."""
    found = []
    for name, program in programs.items():
        path = folder / f"{name}.py" if isinstance(program, str) else program
        if isinstance(program, str):
            path.write_text(program, "utf-8")
        found.append(Work(name, frozenset({name}), str(path), Upload(path)))
    return found


def compared(works, least=0.5, assignment=SOFTMAX):
    programs = [read_program(work, assignment) for work in works]
    return matches(programs, handout(assignment), least, [s.name for s in assignment.stubs])


def names(found):
    return [{work.name for work in match.works} for match in found]


@pytest.mark.parametrize("change", [str, renamed, reordered, commented])
def test_a_copy_is_found_whatever_was_done_to_it(tmp_path, change):
    """Other names, another order and comments hide no copy, and no other pair is listed."""
    class_ = {
        "ada": DEMONSTRATION / "ada.ipynb",
        "bob": BOB,
        "eve": DEMONSTRATION / "eve.py",
        "copy": change(BOB),
    }
    (match,) = compared(works(tmp_path, class_))

    assert {work.name for work in match.works} == {"bob", "copy"}
    assert min(match.shares) > 0.8
    assert {"Accumulator", "train_epoch", "evaluate_accuracy"} <= {*match.stubs}


def test_the_most_alike_stand_first(tmp_path):
    """Half a copy stands below a whole one, with the stubs that were taken."""
    half = BOB[: BOB.index("def evaluate_accuracy")]
    ada = "".join(
        "".join(cell["source"]) + "\n\n"
        for cell in json.loads((DEMONSTRATION / "ada.ipynb").read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code" and "class Accumulator" not in "".join(cell["source"])
    )
    class_ = {"bob": BOB, "copy": renamed(BOB), "mixed": ada + half}
    found = compared(works(tmp_path, class_), 0.2)

    assert names(found)[0] == {"bob", "copy"}
    assert {frozenset(pair) for pair in names(found)[1:]} == {
        frozenset({"bob", "mixed"}),
        frozenset({"copy", "mixed"}),
    }
    assert max(found[1].shares) < 0.8 < min(found[0].shares)
    assert "Accumulator" in found[1].stubs


@pytest.mark.parametrize("name", ["softmax_regression", "mlp", "classifier", "logistic_regression"])
def test_independent_styles_are_not_alike(name):
    """Of the right styles, in which the same stubs are written differently, no two are a pair."""
    known = assignments.load(name, ROOT)
    styles = {path.stem: path for path in (RIGHT / name).glob("*.py")}

    assert compared(works(Path(), styles), 0.5, known) == []


def test_the_handout_is_nobodys(tmp_path):
    """Templates with little in them share nothing."""
    template = cut(SOFTMAX.solution.read_text("utf-8"))
    class_ = {"empty": template, "also": template + "\nprint('I have begun')\n"}

    assert compared(works(tmp_path, class_), 0.01) == []


def test_what_much_of_the_class_has_is_nobodys(tmp_path):
    """Code out of a book that all have read makes no pairs; what two of them share besides does."""
    own = "\n".join(
        f"def own_{n}(a, b):\n    return a * {n} + b ** {n} - {n * n}" for n in range(9)
    )
    class_ = {f"reader {n}": BOB for n in range(14)}
    class_ |= {"one": BOB + own, "two": renamed(own) + "\n" + BOB}

    assert names(compared(works(tmp_path, class_))) == [{"one", "two"}]


def test_people_are_not_compared_with_themselves(tmp_path):
    """Attempts of one person and works of partners are no pair; of attempts the likest counts."""
    first, second, third, fourth = works(
        tmp_path, {"first": BOB, "second": BOB, "third": BOB[:2500], "fourth": BOB}
    )
    people = [{"ada"}, {"ada", "bob"}, {"eve"}, {"eve"}]
    found = compared(
        [
            Work(work.name, frozenset(who), work.place, work.upload)
            for work, who in zip([first, second, third, fourth], people)
        ]
    )

    assert names(found) == [{"first", "fourth"}, {"second", "fourth"}]


@pytest.mark.parametrize(
    "source",
    [
        "\n " * 50_000 + "\nx = 1\n",
        'x = """' + "\n " * 50_000 + '"""\n',
        "x = " + "-" * 3_000 + "1\n",
        "",
        "x = 1\n",
        "def f():\n" + "".join(f"    x{n} = '\\x00{n}'\n" for n in range(3_000)),
    ],
    ids=["blanks", "blanks in a text", "nested", "empty", "short", "long"],
)
def test_odd_programs_are_read(tmp_path, source):
    """What would keep a lexer busy for minutes, or is nested deeply, costs nothing."""
    (work,) = works(tmp_path, {"odd": source})
    with suppress(UnreadableSubmission):
        read_program(work, SOFTMAX)


def test_a_program_that_is_too_long_is_refused(tmp_path):
    """The lexer knows no deadline, so a text is bounded before."""
    (work,) = works(tmp_path, {"long": f"x = '{'a' * MAX_CODE}'\n"})

    with pytest.raises(UnreadableSubmission, match="300,000"):
        read_program(work, SOFTMAX)


# ------------------------------------------------------------------------------ the command


def command(*arguments):
    result = CliRunner().invoke(app, ["gradebook", "similar", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def result_of(path, *people):
    """What was seen of an upload; nothing was run for it."""
    record = Record(
        path.stem, SOFTMAX.name, "graded", None, "cpu", None, [], [], "", 0.0, {}, {}, str(path)
    )
    origin = Origin(tuple(Person(name=name, id=name.lower()) for name in people))
    record = msgspec.structs.replace(record, origin=origin)
    return Result(record, score(record, SOFTMAX))


@pytest.fixture
def class_(tmp_path):
    """Results of a class with a copy, one that is gone, and two who handed in together."""
    programs = {"bob": BOB, "copy": renamed(BOB), "partner": BOB + "\nx = 1\n", "gone": BOB}
    paths = {work.name: work.upload.path for work in works(tmp_path, programs)}
    return [
        result_of(paths["bob"], "Bob", "Dan"),
        result_of(paths["partner"], "Dan"),
        result_of(paths["copy"], "=Eve"),
        result_of(paths["gone"], "Gone"),
    ]


def test_command_lists_pairs_of_a_folder_of_results(tmp_path, class_):
    """Names, shares and stubs are shown and written; who cannot be read is named."""
    store = Store(tmp_path / "results", SOFTMAX.name)
    for result in class_:
        store.keep(result)
    Path(class_[3].record.path).unlink()
    file = tmp_path / "alike.csv"
    shown = command(SOFTMAX.name, store.folder, "--to", file, "--course", ROOT)
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))

    assert shown.exit_code == 0
    assert "a reason to look, not a verdict" in " ".join(shown.stdout.split())
    assert "not compared: Gone" in shown.stdout
    assert [{row["first"], row["second"]} for row in rows] == [
        {"Bob, Dan", "'=Eve"},
        {"Dan", "'=Eve"},
    ]
    assert {row["first_path"] for row in rows} | {row["second_path"] for row in rows} == {
        class_[n].record.path for n in (0, 1, 2)
    }


def test_command_reads_the_gradebook(tmp_path, class_):
    """Without a folder the programs are those of the gradebook, also where the files are gone."""
    place = str(tmp_path / "book.sqlite")
    with open_book(place) as book:
        uploads = [Upload(Path(each.record.path), each.record.origin) for each in class_[:3]]
        keeper = book.keeper(SOFTMAX, uploads)
        for result in class_[:3]:
            keeper.keep(result)
    for result in class_[:3]:
        Path(result.record.path).unlink()
    shown = command(SOFTMAX.name, "--db", place, "--course", ROOT)

    assert shown.exit_code == 0
    assert "3 programs, 2 pairs" in shown.stdout


def test_command_says_what_is_missing(tmp_path):
    """No folder, an empty folder, no gradebook: what to do instead."""
    shutil.copytree(DEMONSTRATION, tmp_path / "class")
    nowhere = command(SOFTMAX.name, tmp_path / "nowhere", "--course", ROOT)
    empty = command(SOFTMAX.name, tmp_path / "class", "--course", ROOT)
    no_book = command(SOFTMAX.name, "--db", tmp_path / "b.sqlite", "--course", ROOT)

    assert [each.exit_code for each in (nowhere, empty, no_book)] == [2, 2, 2]
    assert "holds no results" in " ".join(empty.stderr.split())
