"""The list of a course: whoever wrote it, who is on it, and who an upload's people are."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.assignment import load
from grader.errors import UsageError
from grader.gradebook.roster import Joined, Roster, RosterEntry, joined, read_roster
from grader.submissions.discovery import submissions, telling_names
from grader.submissions.uploads import Origin, Person, Upload
from tests.conftest import ROOT
from tests.submissions import layouts

GREETING = load("greeting", ROOT / "tests/small_course")


def roster(folder: Path, text: str, encoding: str = "utf-8") -> Roster:
    (folder / "people.csv").write_bytes(text.encode(encoding))
    return read_roster(folder / "people.csv")


ANNA = RosterEntry("Anna Meyer", "anna@uni.example", ("123456",), "A")

LISTS = {
    "moodle participants": (
        "\ufeffFirst name,Last name,ID number,Email address,Groups\n"
        "Anna,Meyer,123456,anna@uni.example,A\n"
    ),
    "moodle worksheet": (
        "Identifier,Full name,Email address,Status,Group,Grade,Maximum Grade,"
        '"Last modified (submission)",Feedback comments\n'
        "Participant 123456,Anna Meyer,anna@uni.example,Submitted for grading,A,,10.00,-,\n"
    ),
    "moodle worksheet in German": (
        "ID;Vollständiger Name;E-Mail-Adresse;Status;Gruppe;Bewertung\n"
        "Teilnehmer/in 123456;Anna Meyer;anna@uni.example;Zur Bewertung abgegeben;A;\n"
    ),
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (998),Current Score\n"
        "    Points Possible,,,,,10,(read only)\n"
        '"Meyer, Anna",123456,s7,anna@uni.example,A,,\n"Student, Test",9,,0ff,A,,\n'
    ),
    "gradescope": (
        "First Name,Last Name,SID,Email,Role,Sections\n"
        "Anna,Meyer,123456,anna@uni.example,Student,A\nPat,Prof,,p@uni.example,Instructor,\n"
    ),
    "nbgrader": (
        "id,first_name,last_name,email,lms_user_id\n123456,Anna,Meyer,anna@uni.example,\n"
    ),
    "github classroom": (
        '"identifier","github_username","github_id","name"\n'
        '"anna@uni.example","ameyer","77","Anna Meyer"\n"Bo Li","","",""\n'
    ),
    "blackboard": (
        '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\n'
        '"Meyer"\t"Anna"\t"am123"\t"123456"\t"2026-11-20 10:00:00"\t"Yes"\n'
    ),
    "by hand": (
        "sep=;\n\nMatrikel-Nr.;Name;Vorname;Mail;Kurs\n123456;Meyer;Anna;anna@uni.example;A\n"
    ),
    "by hand with a title": "Deep Learning 2026\nName, E-mail\nAnna Meyer, anna@uni.example\n",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_lists_of_every_platform_are_read(tmp_path, text, encoding):
    """What is nobody, such as points or a student for tests, is left out."""
    entry, *others = roster(tmp_path, text, encoding).entries

    assert entry.name == "Anna Meyer"
    assert entry.email in ("anna@uni.example", "")
    assert [other.name for other in others] in ([], ["Bo Li"])


def test_all_that_may_be_an_id_is_kept(tmp_path):
    """The number in "Participant 123456", too."""
    texts = [LISTS["moodle worksheet"], LISTS["canvas"], LISTS["github classroom"]]

    ids = [roster(tmp_path, text).entries[0].ids for text in texts]

    assert ids == [
        ("Participant 123456", "123456"),
        ("123456", "s7", "anna@uni.example"),
        ("anna@uni.example", "ameyer", "77"),
    ]


def test_columns_are_said(tmp_path):
    """As the list calls them; those of no use are not."""
    assert roster(tmp_path, LISTS["moodle participants"]).columns == {
        "name": "First name, Last name",
        "id": "ID number",
        "email": "Email address",
        "section": "Groups",
    }


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("学号,姓名,班级,邮箱\n2026001,李明,一班,li@uni.example\n", "gb18030"),
        ("学号\t姓\t名\n2026001\t李\t明\n", "utf-8-sig"),
    ],
)
def test_chinese_lists(tmp_path, text, encoding):
    """In the encoding of a Chinese spreadsheet, too; a name has no blank."""
    (entry,) = roster(tmp_path, text, encoding).entries

    assert (entry.name, entry.ids) == ("李明", ("2026001",))


def test_western_lists_of_old_spreadsheets(tmp_path):
    """Which are in cp1252."""
    entries = roster(tmp_path, "Name;Email\nJürgen Müller;j@uni.example\n", "cp1252").entries

    assert entries[0].name == "Jürgen Müller"


def test_lines_of_one_person_are_one_entry(tmp_path):
    """Of one name with one id or email. Two of one name and different ids are two, and a number
    that a group shares makes nobody one."""
    text = (
        "Name,ID,Email,Group ID,Section\nAnna Meyer,1,,7,A\n,,,,\nAnna Meyer,1,a@uni.example,7,B\n"
        "Anna Meyer,2,,7,A\nBo Li,3,,7,A\n"
    )

    assert roster(tmp_path, text).entries == (
        RosterEntry("Anna Meyer", "a@uni.example", ("1",), "A, B"),
        RosterEntry("Anna Meyer", "", ("2",), "A"),
        RosterEntry("Bo Li", "", ("3",), "A"),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Shoe size,Colour\n43,red\n", r"such as Name.*It has: Shoe size, Colour\."),
        ("", "It has: nothing"),
        ("Name,Email\n,\n", "lists nobody"),
        ("PK\x03\x04", "Save it as CSV"),
    ],
)
def test_a_list_of_something_else_is_a_sentence(tmp_path, text, says):
    """It says what is there and what is needed."""
    with pytest.raises(UsageError, match=says):
        roster(tmp_path, text)


def test_a_list_that_is_not_there_is_a_sentence(tmp_path):
    """And so is a folder."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_roster(path)


PEOPLE = Roster(
    (
        RosterEntry("Kai Andersen", "kai@uni.example", ("12355", "ka1")),
        RosterEntry("Jan van der Berg", "", ("12356",)),
        RosterEntry("Jürgen O'Brien", "", ("12357",)),
        RosterEntry("Anna Meyer", "", ("12358",)),
        RosterEntry("Anna Meyer", "", ("12359",)),
        RosterEntry("李明", "", ("12360",)),
    ),
    {},
)


@pytest.mark.parametrize(
    ("person", "number"),
    [
        (Person("whoever", "12355"), 0),
        (Person("whoever", "KA1"), 0),
        (Person("whoever", "", "Kai@uni.example"), 0),
        (Person("andersenkai"), 0),
        (Person("Andersen, Kai", "99"), 0),
        (Person("ka1"), 0),
        (Person("vanderbergjan"), 1),
        (Person("BERG  Jan van-der"), 1),
        (Person("Juergen O’Brien"), 2),
        (Person("jurgen_obrien"), 2),
        (Person("Anna Meyer"), None),
        (Person("Anna Meyer", "12359"), 4),
        (Person("李明"), 5),
        (Person("Kai Andersen", "12356"), None),
        (Person("Kai"), None),
        (Person(), None),
    ],
    ids=str,
)
def test_a_person_is_found(person, number):
    """By id, email or name; who may be several, or is two, is nobody."""
    assert PEOPLE.find(person) == (None if number is None else PEOPLE.entries[number])


def test_uploads_get_what_the_roster_knows():
    """The platform's id stays; who is nobody's stays as it is, and everybody missing is told."""
    uploads = [
        Upload(Path("a.py"), Origin((Person("andersenkai", "12355"), Person("zed", "1")))),
        Upload(Path("12356.py")),
        Upload(Path("hw.py")),
    ]

    result = joined(uploads, PEOPLE)

    assert [upload.origin.people for upload in result.uploads] == [
        (Person("Kai Andersen", "12355", "kai@uni.example"), Person("zed", "1")),
        (Person("Jan van der Berg", "12356"),),
        (),
    ]
    assert result.unknown == [Person("zed", "1"), Person("hw")]
    assert result.missing == [*PEOPLE.entries[2:]]


@pytest.mark.parametrize("layout", layouts.LAYOUTS, ids=lambda layout: layout.__name__)
def test_everybody_is_found_in_every_layout(tmp_path, layout):
    """With one list that has names, logins and emails: the uploads are called as people are."""
    text = "Name;Login;Email\n" + "".join(
        f"{name};{layouts.login_of(number)};{layouts.login_of(number)}@uni.example\n"
        for number, name in enumerate(layouts.AWKWARD)
    )
    people = roster(tmp_path, text)
    found = submissions([layouts.write(tmp_path / "class", layout(layouts.AWKWARD))], GREETING)

    result: Joined = joined(found.uploads, people)

    assert result.unknown == []
    assert result.missing == []
    assert sorted(telling_names(result.uploads)) == sorted(e.name for e in people.entries)
