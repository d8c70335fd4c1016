"""What an instructor reads of a class: who needs a look, what all have in common, one line each."""

from __future__ import annotations

import msgspec
import pytest

from grader.grading.scoring import Result
from grader.reports.attention import MOST_NAMES, concerns
from grader.reports.class_report import class_report, totals
from grader.reports.notes import common_notes, own_notes
from grader.reports.screen import Screen
from grader.submissions.uploads import Origin, Person
from tests.reports.examples import (
    ADA,
    CLASS,
    EVE,
    FAY,
    LARGE_CLASS,
    RIGHT,
    check,
    fitted,
    handed_in,
    shown,
)

PUBLIC_ONLY = "public checks pass, hidden ones do not"
HIDDEN_ONLY = "hidden checks pass, public ones do not"


def looks(*results: Result) -> dict[str, list[str]]:
    """The reasons to look, each with the people."""
    return {one.reason: [case.text() for case in one.cases] for one in concerns(results)}


def by(name: str, code: str, *people: str) -> Result:
    """A right submission of these people."""
    origin = Origin(tuple(map(Person, people)), reader="moodle")
    return handed_in(name, code, RIGHT, origin=origin)


def renamed(result: Result, name: str) -> Result:
    """The same for another student."""
    record = msgspec.structs.replace(result.record, submission=name, path=f"{name}.py")
    return msgspec.structs.replace(result, record=record)


# ------------------------------------------------------------------------------ to look at


def test_same_code_of_different_people_is_told():
    """Two attempts of one person, or of a group and one of its members, are none."""
    assert looks(by("a1", "x", "Ada"), by("a2", "x", "Ada")) == {}
    assert looks(by("a1", "x", "Ada", "Bob"), by("a2", "x", "Bob")) == {}
    assert looks(by("a1", "x", "Ada"), by("b", "y", "Bob")) == {}
    same = looks(by("b", "x", "Bob"), by("a1", "x", "Ada"), by("a2", "x", "Ada"))
    assert same == {"the same code": ["Ada = Bob"]}


def test_template_of_several_is_no_copy():
    """Nothing is written in it, and its record has no code."""
    dan = CLASS[2]

    assert list(looks(dan, renamed(dan, "dora"))) == ["not attempted"]


@pytest.mark.parametrize(
    ("public", "hidden", "reasons"),
    [
        ("passed", "failed", [PUBLIC_ONLY]),
        ("passed", "error", [PUBLIC_ONLY]),
        ("failed", "passed", [HIDDEN_ONLY]),
        ("passed", "passed", []),
        ("failed", "failed", []),
        ("passed", "skipped", []),
        ("passed", "timeout", ["no answer in time"]),
    ],
)
def test_public_and_hidden_checks_that_disagree_are_told(public, hidden, reasons):
    """In either direction; not where a check had no answer or was not met."""
    assert list(looks(handed_in("ada", "x", fitted(public, hidden)))) == reasons


def test_known_mistake_needs_no_look():
    """What is explained is no riddle, though the public checks pass."""
    checks = fitted("passed", "failed")
    checks[1] = msgspec.structs.replace(checks[1], misconception="softmax_over_columns")

    assert looks(handed_in("ada", "x", checks)) == {}


def test_gate_that_fails_is_no_hidden_check_that_passes():
    """A hidden gate takes the points of the others."""
    checks = [*RIGHT, check("test_from_scratch", "softmax", gate=True, outcome="failed")]

    assert looks(handed_in("ada", "x", checks)) == {PUBLIC_ONLY: ["ada (softmax)"]}


def test_many_are_a_few_names_and_a_count():
    """One line each; the file has them all, if there is one."""
    (concern,) = concerns([renamed(EVE, f"student {number}") for number in range(MOST_NAMES + 3)])

    few = "student 0, student 1, student 2, student 3"
    assert concern.line("out/summary.md") == f"unreadable: {few} and 3 more (all: out/summary.md)"
    assert concern.line("") == f"unreadable: {few} and 3 more"


def test_many_with_the_same_code_are_one_short_case():
    """Of a short program half of the class may have it."""
    (concern,) = concerns([by(str(n), "x", f"student {n}") for n in range(30, 50)])

    assert concern.line("").endswith("student 30 = student 31 = student 32 = student 33 = 16 more")


def test_order_of_the_results_does_not_matter():
    """The same results give the same text."""
    assert shown(LARGE_CLASS, 80) == shown(LARGE_CLASS[::-1], 80)


# ------------------------------------------------------------------------------ notes


def test_note_of_nearly_everybody_is_said_once():
    """Whatever their files and lines are; it is nobody's own."""
    several = [
        handed_in(name, name, fitted("passed", "failed")) for name in ("ada", "bo", "hw 2", "zoe")
    ]

    (common,) = common_notes(several)

    assert (common.count, common.sample) == (4, "ada.py, line 3: left out: it needs a display")
    assert [own_notes(result, [common]) for result in several] == [[], [], [], []]


def test_two_people_have_nothing_in_common():
    """Their notes are their own, where something was lost."""
    lost, kept = (handed_in(n, n, fitted("passed", n)) for n in ("failed", "passed"))

    assert common_notes([lost, kept]) == []
    assert own_notes(lost, []) == lost.record.warnings
    assert own_notes(kept, []) == []


# ------------------------------------------------------------------------------ the table


def test_every_person_has_one_line():
    """Whatever stands in a name; sorted, capitals and accents aside."""
    names = ["zoe", "Élodie", "eve\nforged 22", "Adam", "adam"]
    lines = shown([renamed(ADA, name) for name in names], 80).splitlines()

    first_words = [line.split()[0] for line in lines[1:6]]
    assert first_words == ["Adam", "adam", "Élodie", "eve", "zoe"]
    assert lines[6] == ""


def test_known_mistakes_are_counted_in_the_line():
    """So that it is clear at once who can help himself."""
    (line,) = [line for line in shown(CLASS, 80).splitlines() if line.startswith("ada ")]

    assert line.split() == ["ada", "13", "softmax", "1", "known", "mistake,", "1", "note"]


def test_class_that_failed_altogether_has_no_figures():
    """Nothing is computed from nothing, and the machine's failure is no zero."""
    assert totals([EVE, FAY]) == "0 graded; 2 not: 1 infrastructure error, 1 unreadable"
    assert shown([EVE, FAY], 80).splitlines()[2].split()[:2] == ["fay", "-"]


def test_terminal_that_knows_ascii_only_gets_the_class(tmp_path):
    """Where a character cannot be written, another one stands in its place."""
    with (tmp_path / "said").open("w", encoding="ascii", errors="replace") as file:
        Screen(file=file, width=60).print(class_report(LARGE_CLASS, 60))

    assert "Alex Meyer" in (tmp_path / "said").read_text("ascii")
