"""Grades on their way out: to spreadsheets, and into the files of learning platforms."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta, timezone

import pytest

from grader.errors import UsageError
from grader.gradebook.grades import AssignmentGrade, CourseGrade, Member
from grader.gradebook.steps import Attempt, Line
from grader.grading.scoring import Grade
from grader.reports import gradesheets
from grader.reports.gradesheets import Sheet
from grader.reports.tables import BOM

NAME = "softmax_regression"
TITLE = "Softmax regression"
HANDED_IN = datetime(2026, 11, 20, 23, 5, 7, tzinfo=timezone(timedelta(hours=1)))
DUE = datetime(2026, 11, 20, 22, 59, tzinfo=timezone.utc)


def member(number, name, email="", ids=(), section=""):
    return Member(number, name, email, tuple(ids), section, True)


ADA = member(1, "Ada Lovelace", "ada@uni.example", ("123456", "al42"), "A")
MEYER = member(2, "Anna Meyer", "a.meyer@uni.example", ("123457",), "A")
OTHER_MEYER = member(3, "Anna Meyer", "anna.meyer@uni.example", ("123458",), "B")
WANG = member(4, "王伟", "wang@uni.example", ("0123459",))
EVIL = member(5, '=HYPERLINK("http://x.example","Eve, ""E"" O\'Neill")', "eve@uni.example")
GONE = member(6, "Bob Gone", "bob@uni.example", ("123460",))


def grade(points, *others, status="graded", most=100.0):
    """A grade in the assignment. others: the steps after what was earned."""
    lines = [Line(points or 0.0, f"attempt 1: {points}"), *others]
    total = None if points is None else sum(line.points for line in lines)
    attempt = Attempt(7, 1, HANDED_IN, True, "graded", Grade(points or 0.0, most, []))
    return AssignmentGrade(NAME, total, most, lines, attempt, status)


LATE = Line(-10, "1 day late: −10", "late", "late")
GIVEN = Line(3, "adjusted: +3: a < b & so on, by Bob", "adjusted", "adjusted")


def sheet(*grades, **more):
    courses = [
        CourseGrade(who, [each], each.points or 0, each.max_points, []) for who, each in grades
    ]
    return Sheet(courses, {NAME: TITLE}, {NAME: DUE}, **more)


CLASS = sheet(
    (ADA, grade(87.0, LATE, GIVEN)),
    (MEYER, grade(62.5)),
    (OTHER_MEYER, grade(100.0)),
    (WANG, grade(None, status="infrastructure_error")),
    (EVIL, grade(5.0)),
)


def rows(text, delimiter=","):
    return list(csv.reader(io.StringIO(text.removeprefix(BOM)), delimiter=delimiter))


def changed(before, after, delimiter=","):
    """The cells that differ, by line and column."""
    old, new = rows(before, delimiter), rows(after, delimiter)
    assert [len(row) for row in old] == [len(row) for row in new]
    return {
        (line, column): cell
        for line, row in enumerate(new)
        for column, cell in enumerate(row)
        if cell != old[line][column]
    }


# ------------------------------------------------------------------------------ csv, nbgrader


def test_csv_adds_up_and_opens_in_a_spreadsheet():
    """The columns of an assignment are steps that add up; umlauts need the byte-order mark."""
    text = gradesheets.render("csv", CLASS, None).text
    header, ada, *others = rows(text)

    assert text.startswith(BOM)
    assert header[:4] == ["name", "ids", "email", "section"]
    assert header[4:] == [f"{NAME} {c}" for c in ("points", "late", "adjusted", "total", "status")]
    assert ada[1:] == ["123456; al42", "ada@uni.example", "A", "87", "-10", "3", "80", "graded"]
    assert others[2][4:] == ["", "", "", "", "infrastructure error"]


@pytest.mark.parametrize("name", ["csv", "nbgrader", "moodle", "canvas"])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
def test_no_name_is_a_formula(name, start):
    """A spreadsheet shows a name as it is, whatever it begins with."""
    evil = member(5, f"{start}cmd|' /C calc'!A0", f"{start}1@uni.example", (f"{start}x2",))
    text = gradesheets.render(name, sheet((evil, grade(5.0))), None).text

    assert not [c for row in rows(text) for c in row if c.startswith(tuple("=+-@\t＝"))]


def test_csv_of_several_assignments_has_the_sum():
    """The points of the course stand behind those of the assignments."""
    other = AssignmentGrade("mlp", 10.0, 20.0, [Line(10.0, "")], None, "graded", is_dropped=True)
    course = CourseGrade(ADA, [grade(50.0), other], 50.0, 100.0, [])
    text = gradesheets.render("csv", Sheet([course], {NAME: TITLE, "mlp": "MLP"}), None).text

    assert rows(text)[0][-2:] == ["points", "max_points"]
    assert rows(text)[1][-3:] == ["graded, dropped", "50", "100"]


def test_nbgrader_has_exactly_its_columns():
    """Header, times and scores are as `nbgrader export` writes them."""
    text = gradesheets.render("nbgrader", CLASS, None).text
    expected = (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,"
        "late_submission_penalty,score,max_score\n"
        "softmax_regression,2026-11-20 22:59:00,2026-11-20 22:05:07,123456,Lovelace,Ada,"
        "ada@uni.example,90.0,10.0,80.0,100.0\n"
    )

    assert text.startswith(expected)
    assert rows(text)[4][4:] == ["王伟", "", "wang@uni.example", "", "", "", "100.0"]


def test_who_has_no_grade_is_named():
    """An empty cell is no zero, and it is said whose it is and why."""
    notes = gradesheets.render("csv", CLASS, None).notes

    assert notes == [f"1 without a grade in {NAME}: 王伟 (infrastructure error)"]


# ------------------------------------------------------------------------------ moodle

ENGLISH = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
    '"Feedback comments"\n'
    'Participant 123456,"Ada Lovelace",,ada@uni.example,"Submitted for grading",,100.00,Yes,'
    '"Friday, 20 November 2026, 11:05 PM",-,\n'
    'Participant 123457,"Anna Meyer",,a.meyer@uni.example,"Submitted for grading",12.00,100.00,Yes,'
    '"Friday, 20 November 2026, 9:00 PM",-,"<p>See, me &amp; talk</p>"\n'
    'Participant 123458,"Anna Meyer",,anna.meyer@uni.example,"No submission",,100.00,Yes,-,-,\n'
    "Participant 123459,王伟,,wang@uni.example,Submitted,,100.00,Yes,-,-,\n"
    'Participant 999,"Carl, von ""X""",,carl@uni.example,"No submission",,100.00,Yes,-,-,\n'
)
GERMAN = (
    "ID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;"
    "Bewertung kann geändert werden;Zuletzt geändert (Bewertung);Feedback als Kommentar\r\n"
    "Teilnehmer/in123456;Ada Lovelace;ADA@uni.example;Zur Bewertung abgegeben;;50,00;Ja;-;\r\n"
    "Teilnehmer/in123457;Anna Meyer;a.meyer@uni.example;Keine Abgabe;;50,00;Ja;-;\r\n"
    "Teilnehmer/in123458;Anna Meyer;anna.meyer@uni.example;Keine Abgabe;;50,00;Ja;-;\r\n"
)


def fill(name, data, what=CLASS):
    return gradesheets.render(name, what, data)


def test_moodle_worksheet_changes_in_grades_and_comments_only():
    """Every other cell, and every comment of somebody else, stays; who is not on both sides or has
    a comment is named."""
    written = fill("moodle", ENGLISH.encode())

    assert changed(ENGLISH, written.text) == {
        (1, 5): "80.00",
        (1, 10): "attempt 1: 87.0<br>1 day late: −10<br>adjusted: +3: a &lt; b &amp; so on, by Bob"
        "<br>= 80 / 100",
        (2, 5): "62.50",
        (3, 5): "100.00",
        (3, 10): "attempt 1: 100.0<br>= 100 / 100",
    }
    assert written.notes == [
        "1 have a comment already, which stays: Anna Meyer (123457)",
        '1 in the file, and not in the gradebook: Carl, von "X"',
        f"1 in the gradebook, and not in the file: {EVIL.name}",
        f"1 without a grade in {NAME}: 王伟 (infrastructure error)",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_moodle_worksheet_keeps_the_style_of_its_country(encoding):
    """Semicolons, decimal commas, line ends and encoding are the file's; another maximum scales."""
    written = fill("moodle", GERMAN.encode(encoding))
    text = written.text.encode(written.encoding).decode(encoding)

    grades = {place: cell for place, cell in changed(GERMAN, text, ";").items() if place[1] == 4}
    assert grades == {(1, 4): "40,00", (2, 4): "31,25", (3, 4): "50,00"}
    assert "Scaled from 100 to 50 points." in written.notes
    assert text.count("\r\n") == GERMAN.count("\r\n")


def test_moodle_worksheet_is_filled_in_again():
    """After a change of grades our own comments are replaced; the same grades change nothing."""
    once = fill("moodle", ENGLISH.encode()).text
    better = sheet((ADA, grade(90.0)))

    assert fill("moodle", once.encode()).text == once
    assert changed(once, fill("moodle", once.encode(), better).text) == {
        (1, 5): "90.00",
        (1, 10): "attempt 1: 90.0<br>= 90 / 100",
    }


def test_moodle_worksheet_without_names_is_matched_by_number():
    """Where submissions are anonymous, there is nothing but the number of the participant."""
    data = "Identifier,Grade,Maximum Grade\nParticipant 123456,,100\nParticipant 123459,,100\n"
    written = fill("moodle", data.encode())

    assert changed(data, written.text) == {(1, 1): "80"}
    assert any("3 in the gradebook, and not in the file" in note for note in written.notes)


def test_people_of_one_name_are_never_confused():
    """A name that two people have, or whose email differs, matches nobody."""
    header = "Identifier,Full name,Email address,Grade,Maximum Grade\n"
    two = header + "Participant 1,Anna Meyer,,,100\nParticipant 2,Ada Lovelace,,,100\n"
    other = header + "Participant 1,Ada Lovelace,x@uni.example,,100\nParticipant 123457,,,,100\n"

    assert changed(two, fill("moodle", two.encode()).text) == {(2, 3): "80"}
    assert changed(other, fill("moodle", other.encode()).text) == {(2, 3): "62.5"}


def test_a_line_that_may_be_several_people_is_named():
    """The number of one and the email of another person is nobody."""
    data = "Identifier,Email address,Grade\nParticipant 123456,a.meyer@uni.example,\n"
    data += "Participant 123458,,\n"
    written = fill("moodle", data.encode())

    assert changed(data, written.text) == {(2, 2): "100"}
    assert any("several people" in note and "a.meyer" in note for note in written.notes)


def test_a_grade_above_the_maximum_is_named():
    """Moodle would pass it over without a word."""
    data = "Identifier,Grade,Maximum Grade\nParticipant 123456,,100\n"
    written = fill("moodle", data.encode(), sheet((ADA, grade(101.0))))

    assert "1 above the maximum of the file: Ada Lovelace (101)" in written.notes


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("Name,Points\nAda,1\n", "no column Grade.*--column.*Name, Points"),
        ("Identifier,Grade\nParticipant 7,\n", "Nobody in it"),
        ("Identifier,Grade,Maximum Grade\nParticipant 123456,,Good\n", "scale"),
    ],
)
def test_a_file_that_is_no_worksheet_is_refused(data, words):
    """What is missing is said, and what to do about it."""
    with pytest.raises(UsageError, match=words):
        fill("moodle", data.encode())


def test_moodle_import_has_a_column_for_each_assignment():
    """Without a worksheet: who it is, and the points."""
    written = gradesheets.render("moodle", CLASS, None)

    assert rows(written.text)[:2] == [
        ["Full name", "ID number", "Email address", NAME],
        ["Ada Lovelace", "123456", "ada@uni.example", "80"],
    ]
    assert rows(written.text)[4][-1] == ""


# ------------------------------------------------------------------------------ canvas

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Softmax Regression (4711),MLP (4712),"
    "Homework Current Score,Final Score\n"
    ",,,,,Manual Posting,,,\n"
    "    Points Possible,,,,,10.00,100.00,(read only),(read only)\n"
    '"Lovelace, Ada",55001,,al42,A,,70.00,70.00,70.00\n'
    '"Meyer, Anna",55002,123457,a.meyer@uni.example,A,EX,,,\n'
    '"Meyer, Anna",55003,123458,,B and C,1.50,N/A,,\n'
    '"Zorro, Z",55009,,zz,A,,,,\n'
    '"Student, Test",55010,,f00,A,,,,\n'
)


def test_canvas_gradebook_changes_in_one_column_only():
    """The column is found by name, scaled to its points; a word such as EX stays, and so do the
    columns that cannot be written."""
    written = fill("canvas", CANVAS.encode())

    assert changed(CANVAS, written.text) == {(3, 5): "8.00", (5, 5): "10.00"}
    assert written.notes[:3] == [
        "Scaled from 100 to 10 points.",
        "1 cells hold a word and stay as they are: Anna Meyer (123457) (EX)",
        "1 in the file, and not in the gradebook: Zorro, Z",
    ]


def test_canvas_gradebook_with_semicolons_and_two_names():
    """Another form of Canvas's own file: last and first name in two columns, decimal commas."""
    data = (
        "LastName;FirstName;ID;SIS Login ID;Section;Softmax Regression (4711)\n"
        "    Points Possible;;;;;12,50\nLovelace;Ada;55001;;A;\nNobody;N;2;;A;\n"
    )
    written = fill("canvas", data.encode())

    assert changed(data, written.text, ";") == {(2, 5): "10,00"}
    more = fill("canvas", data.encode(), sheet((ADA, grade(62.0))))
    assert changed(data, more.text, ";") == {(2, 5): "7,75"}


@pytest.mark.parametrize(
    ("column", "place"), [("MLP (4712)", 6), ("MLP", 6), ("Softmax Regression (4711)", 5)]
)
def test_canvas_column_is_named(column, place):
    """--column says which assignment of Canvas it is, with or without its number."""
    written = fill("canvas", CANVAS.encode(), sheet((ADA, grade(50.0)), column=column))

    assert [line for line, _ in changed(CANVAS, written.text)] == [3]
    assert [column for _, column in changed(CANVAS, written.text)] == [place]


@pytest.mark.parametrize(
    ("data", "column", "words"),
    [
        (CANVAS, "Quiz", "no column for Quiz.*--column.*MLP"),
        (CANVAS, "Final Score", "read-only"),
        (CANVAS.replace("MLP (4712)", "Softmax Regression (2)"), None, "Several columns"),
        ("Student,Grade\nAda,1\n", None, "not what Canvas exports"),
        (CANVAS.replace("Ada", "Eve").replace("al42", "e").replace("Anna", "U"), None, "Nobody|x"),
    ],
)
def test_canvas_file_that_does_not_fit_is_refused(data, column, words):
    """The columns that there are, and what to type, are said."""
    with pytest.raises(UsageError, match=words):
        fill("canvas", data.encode(), sheet((ADA, grade(50.0)), column=column))


def test_canvas_file_is_one_that_canvas_takes():
    """Without an exported file: the header that Canvas asks for, the points, and everybody."""
    written = gradesheets.render("canvas", CLASS, None)

    assert rows(written.text)[:3] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", TITLE],
        ["    Points Possible".strip(), "", "", "", "", "100"],
        ["Ada Lovelace", "123456", "123456", "al42", "A", "80"],
    ]
    assert rows(written.text)[5][-1] == ""


@pytest.mark.parametrize("name", ["csv", "nbgrader"])
def test_formats_without_a_file_to_fill_say_so(name):
    """--into is for the platforms that have such a file."""
    with pytest.raises(UsageError, match="--into"):
        fill(name, b"a,b\n")
