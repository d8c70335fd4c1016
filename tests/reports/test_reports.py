"""Reports: what each format looks like, and that no text of a student can steer its reader."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from grader.errors import UsageError
from grader.grading.scoring import points_of_checks
from grader.reports import formats
from grader.reports.formats import github
from tests.conftest import ROOT
from tests.reports.examples import ADA, BOB, CLASS, FILES, GOLDEN, HOSTILE_NAME, WIDTHS, rendered

SCHEMA = etree.XMLSchema(etree.parse(GOLDEN.parent / "junit.xsd"))
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
SUBMISSION_FIELDS = {
    *("score", "execution_time", "output", "output_format", "visibility", "stdout_visibility"),
    *("tests", "leaderboard", "extra_data"),
}
TEST_FIELDS = {
    *("score", "max_score", "status", "name", "name_format", "number", "output"),
    *("output_format", "tags", "visibility", "extra_data"),
}


@pytest.mark.parametrize("file", [*FILES, *WIDTHS, "class.summary"])
def test_report_is_as_it_was_read_and_approved(file):
    """Each format of each example equals its golden file, byte for byte."""
    assert rendered(file).encode() == (GOLDEN / file).read_bytes()


# ------------------------------------------------------------------------------ junit


@pytest.mark.parametrize("file", [file for file in FILES if file.endswith("junit")])
def test_junit_is_valid(file):
    """The XML is well-formed and holds the attributes and elements that its readers need."""
    SCHEMA.assertValid(etree.fromstring(rendered(file).encode()))


def test_junit_counts_what_it_holds():
    """The numbers of a suite are those of its cases."""
    for suite in etree.fromstring(rendered("class.junit").encode()):
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
        for name, element in (("failures", "failure"), ("errors", "error"), ("skipped",) * 2):
            assert int(suite.get(name)) == len(suite.findall(f"testcase/{element}"))


def test_junit_keeps_hostile_text_as_text():
    """`]]>` and closing tags in a message open and close nothing."""
    (suite,) = etree.fromstring(rendered("hostile.junit").encode())
    (failure,) = suite.findall("testcase/failure")

    assert "]]> </failure>\n</testsuite>" in failure.text
    assert len(failure) == 0


# ------------------------------------------------------------------------------ gradescope


@pytest.mark.parametrize("file", [file for file in FILES if file.endswith("gradescope")])
def test_gradescope_has_its_fields_only(file):
    """Fields, visibilities and statuses are those that Gradescope knows."""
    found = json.loads(rendered(file))

    assert set(found) <= SUBMISSION_FIELDS
    for test in found.get("tests", []):
        assert set(test) <= TEST_FIELDS
        assert test["visibility"] in VISIBILITIES
        assert test["status"] in {"passed", "failed"}


def test_gradescope_points_add_up():
    """The points of the test cases are the score, and those to be had the maximum."""
    found = json.loads(rendered("ada.gradescope"))

    assert sum(test["score"] for test in found["tests"]) == pytest.approx(found["score"])
    assert sum(test["max_score"] for test in found["tests"]) == pytest.approx(22)


def test_gradescope_shows_hidden_checks_only_when_grades_are_published():
    """A check's mark decides when the student sees it."""
    tests = json.loads(rendered("ada.gradescope"))["tests"]

    assert {test["extra_data"]["check"]: test["visibility"] for test in tests} == {
        "test_softmax_example": "visible",
        "test_softmax_large": "after_published",
        "test_softmax_training": "after_due_date",
        "test_net_shape": "after_published",
    }


def test_gradescope_gives_no_score_when_the_grader_failed():
    """A failure of the machine is no zero for the student."""
    assert "score" not in json.loads(rendered("fay.gradescope"))


def test_a_stub_without_points_gives_none_to_its_checks():
    """Where a gate failed, passed checks of the stub have no points either."""
    (result,) = [result for result in CLASS if result.record.submission == "bob"]

    assert {points for _, points, _ in points_of_checks(result)} == {0.0}


# ------------------------------------------------------------------------------ github


def test_github_says_one_command_on_each_line():
    """Neither a new line nor any other character of a student's text begins a command."""
    for file in ("class.github", "hostile.github"):
        for line in rendered(file).splitlines():
            assert re.match(r"::(error|notice) [^:]*::", line)


def test_github_points_to_the_students_own_line():
    """The line that raised, in the file that was handed in."""
    (first, *_) = rendered("class.github").splitlines()

    assert "file=submissions/ada.py,line=14::" in first


@pytest.mark.parametrize(
    ("upload", "name", "file"),
    [
        ("work/ada.py", "ada.py", "work/ada.py"),
        ("work/ada.py", "other.py", ""),
        ("work/ada.ipynb", "cell 3", ""),
        ("work/ada", "src/main.py", "work/ada/src/main.py"),
        ("work/ada", "cell 3", ""),
    ],
)
def test_github_names_files_that_exist(upload, name, file):
    """A cell is no file, and a file of a folder is named with the folder."""
    assert github._file(upload, name) == file


# ------------------------------------------------------------------------------ csv and markdown


def test_csv_holds_no_formula():
    """No cell begins as Excel begins a formula."""
    header, *rows = csv.reader(io.StringIO(rendered("hostile.csv")))

    assert len(rows) == 1
    assert len(rows[0]) == len(header)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in rows[0])
    assert rows[0][0].startswith("'=cmd(")


def test_csv_gives_no_score_when_the_grader_failed():
    """The cell is empty: nobody takes it for a zero."""
    rows = list(csv.DictReader(io.StringIO(rendered("class.csv"))))

    assert [row["score"] for row in rows] == ["13", "0", "0", "0", ""]


def test_markdown_takes_hostile_text_as_text():
    """No HTML, link, heading or table comes from a student's text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(rendered("hostile.markdown"))
    inline = [token for block in tokens for token in block.children or []]

    assert {token.type for token in inline} <= {"text", "text_special"}
    assert [token.content for token in tokens if token.type == "html_block"] == []
    headings = [token for token in tokens if token.type == "heading_open"]
    assert [token.tag for token in headings] == ["h2", "h3", "h3", "h3"]
    (title,) = [token.content for token in tokens if HOSTILE_NAME[:4] in token.content]
    assert "&lt;script&gt;" in title


# ------------------------------------------------------------------------------ --format


def test_formats_are_read_from_the_command_line():
    """NAME=FILE, where the file may hold further equality signs."""
    reports = formats.parse(["csv=a=b.csv", "junit=-"])

    assert [(report.format, str(report.file)) for report in reports] == [
        ("csv", "a=b.csv"),
        ("junit", "-"),
    ]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (["xml=a"], "choose one of csv, github"),
        (["csv"], "--format csv=FILE"),
        (["csv="], "--format csv=-"),
        (["csv=-", "json=-"], "Only one report"),
    ],
)
def test_wrong_formats_are_explained(wanted, words):
    """Each mistake is a sentence that says what to write."""
    with pytest.raises(UsageError, match=re.escape(words)):
        formats.parse(wanted)


def test_gradescope_is_about_one_submission():
    """Asked for several, the command says so before it grades anything."""
    with pytest.raises(UsageError, match="one submission"):
        formats.fit(formats.parse(["gradescope=a.json"]), 2)
    formats.fit(formats.parse(["gradescope=a.json"]), 1)


def test_formats_are_the_files_of_their_folder():
    """Each is named in the documentation, and none has to be written down anywhere else."""
    table = (ROOT / "docs/reports.md").read_text("utf-8")

    assert formats.names() == ["csv", "github", "gradescope", "json", "junit", "markdown"]
    assert all(f"| `{name}` |" in table for name in formats.names())


def test_another_package_can_bring_a_format(tmp_path, monkeypatch):
    """An entry point names a module with `render`; it takes the place of none of ours."""
    (tmp_path / "count.py").write_text("def render(results):\n    return str(len(results))\n")
    about = tmp_path / "count-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Name: count\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[grader.reports]\ncount = count\ncsv = count\n")
    monkeypatch.syspath_prepend(tmp_path)

    count, csv = formats.parse(["count=-", "csv=a"])

    assert "count" in formats.names()
    assert count.text([ADA, BOB]) == "2"
    assert csv.text([ADA]).startswith("submission,")


@pytest.mark.parametrize("name", formats.names())
def test_every_format_takes_a_long_class(name):
    """Rendering is quick to write and holds every submission."""
    results = [ADA] if name == "gradescope" else [ADA, BOB] * 50

    assert formats.parse([f"{name}=-"])[0].text(results).count("ada") >= len(results) // 2
