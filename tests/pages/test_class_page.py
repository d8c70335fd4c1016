"""The report of a class: its figures as they were approved, and its page in a real browser."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from grader.grading.scoring import Grade, Result, StubGrade
from grader.reports.pages import class_csv, class_page
from grader.reports.pages.class_facts import ClassFacts
from grader.reports.pages.work import Work
from grader.reports.tables import BOM
from tests.conftest import ROOT
from tests.pages.class_examples import (
    GOLDEN,
    TITLE,
    content,
    graded,
    hostile,
    plain,
    renamed,
    rendered,
    works,
)
from tests.pages.conftest import DESK, PHONE
from tests.reports.examples import ADA, EVE, FAY, check, record

MOST_BYTES = 5 << 20
A4 = 672  # pixels between its margins


@pytest.fixture(scope="module")
def html():
    """The page of the class."""
    return rendered()


def unlucky(number: int) -> Work:
    """Somebody who made a mistake with a long name in each of 13 stubs."""
    stubs = [f"stub_of_a_long_name_{stub}" for stub in range(13)]
    checks = [
        check(
            f"test_{stub}", stub, outcome="failed", message="No.", misconception=f"{stub}_without"
        )
        for stub in stubs
    ]
    grade = Grade(0, 130, [StubGrade(stub, 0, 10, "failed") for stub in stubs])
    return Work(f"Student Number {number:06}", Result(record(f"s{number}", checks), grade))


def many(count: int) -> list[Work]:
    """A class of so many people who all made the same mistake."""
    return [Work(f"Student {n:04}", renamed(ADA, f"student_{n:04}")) for n in range(count)]


def names_shown(page) -> list[str]:
    """The people in the table, from the top."""
    return page.locator("#people-table tbody tr:visible th").all_inner_texts()


# ------------------------------------------------------------------------------ what it says


def test_class_page_is_as_it_was_read_and_approved(html):
    """What stands in it equals the golden file, byte for byte."""
    assert content(html) == GOLDEN.read_text("utf-8")


def test_class_page_is_the_same_in_another_process(html):
    """Whatever the seed of hashes is, and in whatever order the works come."""
    code = "import sys; from tests.pages.class_examples import rendered; " + (
        "sys.stdout.buffer.write(rendered().encode())"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        cwd=ROOT,
        capture_output=True,
        check=True,
    )

    assert found.stdout == html.encode()
    assert class_page.render(TITLE, works()[::-1]) == class_page.render(TITLE, works())


def test_what_most_got_wrong_is_explained_first():
    """By the number of people; then the stubs of which nothing was said."""
    facts = ClassFacts.of(works())

    assert [(one.stub, one.count, one.target) for one in class_page.again(facts)] == [
        ("softmax", 14, "a0"),
        ("softmax", 2, "m0"),
    ]


def test_stub_that_was_lost_in_many_ways_is_explained_too():
    """With its mean, and how many did not write it."""
    lost = [work for work in works() if work.person in ("Ada", "Bob")]

    found = {one.target: one.sentence for one in class_page.again(ClassFacts.of(lost))}

    assert found == {
        "m0": "The sum runs down the columns (dim 0).",
        "s1": "They lost points here: the mean is 5 of 10.",
    }


def test_points_are_those_of_the_course_where_they_are_known():
    """After lateness; else what was earned. A failure of the machine is no zero."""
    ada = Work("Ada", ADA)

    assert ClassFacts.of([ada, Work("Fay", FAY), Work("Eve", EVE)]).values == [13]
    assert ClassFacts.of([graded(ada, 10.8, "graded")]).values == [10.8]
    assert ClassFacts.of([graded(ada, 0, "too_late")]).values == []


@pytest.mark.parametrize("people", [[], [Work("Zoe", None)], [Work("Eve", EVE)]])
def test_class_of_which_nobody_was_graded_has_a_page(people):
    """It says so, and who is missing."""
    found = class_page.render(TITLE, people)

    assert "Nobody has a grade." in found
    assert "Nobody&#39;s program was graded." in found or "Nobody's program was graded." in found
    assert all(work.person in found for work in people)


def test_page_of_results_alone_holds_everybody():
    """Where there is no gradebook, and with names that attack it."""
    found = class_page.render(TITLE, plain())

    assert all(f'id="p{number}"' in found for number in range(1, len(plain()) + 1))
    assert "marked as late" in found


def test_text_of_students_stays_text():
    """Names, messages, names of files and code open nothing, and steer nothing."""
    found = class_page.render("<script>", [hostile(), *works()], similar=[])

    assert found.count("<script") == 1
    assert "<img" not in found
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\ufffd[2J" in found
    assert not any(character in found for character in "\x1b\x00\u2028\r")


def test_thousands_fit_in_a_page():
    """3,000 people with a mistake in every stub need less than 5 MB, and nobody's is lost."""
    found = class_page.render(TITLE, [unlucky(number) for number in range(3000)])

    assert len(found.encode()) < MOST_BYTES
    assert found.count("stub_of_a_long_name_7_without</a>") == 3000


# ------------------------------------------------------------------------------ the figures as CSV


def test_figures_for_a_spreadsheet():
    """One table with a kind in each row; who has what."""
    text = class_csv.render(works())
    rows = list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))
    found = {(row["kind"], row["stub"], row["name"]): row for row in rows}

    assert text.startswith(BOM)
    assert found["class", "", "missing"]["who"] == "Zoe"
    assert found["class", "", "late"]["people"] == "1"
    assert found["points", "", "mean"]["value"] == "9.64"
    assert sum(int(row["people"] or 0) for row in rows if row["kind"] == "points") == 17
    assert found["stub", "net", "net"]["share"] == "0.941"
    assert found["check", "softmax", "test_softmax_example"]["of"] == "17"
    assert found["mistake", "softmax", "softmax_over_columns"]["who"] == "Ada; Anna"
    assert found["answer", "softmax", "test_softmax_example"]["people"] == "14"


def test_figures_hold_no_formula():
    """No cell begins as a spreadsheet begins a formula, whatever a person is called."""
    named = replace(hostile(), person='=cmd("calc")')
    rows = csv.reader(io.StringIO(class_csv.render([named, Work("@all", None)])))

    cells = [cell for row in rows for cell in row]
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in cells)
    assert {'\'=cmd("calc")', "'@all"} <= set(cells)


# ------------------------------------------------------------------------------ in a browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_class_page_is_accessible(html, opened, axe_findings, size, scheme):
    """No finding of axe with everything folded open, no error in the console, no scrolling
    sideways."""
    one = opened(html, size, scheme)
    one.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")

    assert axe_findings(one.page) == []
    assert one.problems == []
    assert not one.is_too_wide


def test_first_screen_says_what_to_explain_again(html, opened):
    """Beside the figures, before anybody scrolls."""
    page = opened(html).page

    for name in ("Points", "Explain again tomorrow"):
        assert page.get_by_role("heading", name=name).bounding_box()["y"] < DESK[1] / 2
    assert page.locator("ol.again li").last.bounding_box()["y"] < DESK[1]


def test_people_are_sorted_by_a_column(html, opened):
    """Numbers as numbers, and who has none comes last in both directions."""
    page = opened(html).page
    header = page.locator("#people-table thead th").nth(1)

    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert names_shown(page)[-2:] == ["Fay", "Yan"]

    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    found = names_shown(page)
    assert (found[:2], found[-2:]) == (["Anna", "Ada"], ["Fay", "Yan"])
    assert page.locator("#people-table [aria-sort]").count() == 1


def test_table_is_sorted_with_the_keyboard(html, opened):
    """A header is a button."""
    page = opened(html).page
    page.locator("#people-table thead button").first.focus()
    page.keyboard.press("Enter")

    assert names_shown(page)[0] == "Zoe"


def test_people_are_searched_and_filtered(html, opened):
    """By words, status, stub and mistake together, and how many are left is said."""
    page = opened(html).page

    page.get_by_label("Search").fill("kim 1")
    assert len(names_shown(page)) == 5
    assert page.locator("#shown").inner_text() == "5 of 22 people"
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Status").select_option("missing")
    assert names_shown(page) == ["Zoe"]
    page.get_by_label("Status").select_option("late")
    assert names_shown(page) == ["Ada"]
    page.get_by_label("Status").select_option("")
    page.get_by_label("Lost points in").select_option(label="net (1)")
    assert names_shown(page) == ["Bob"]


def test_mistake_shows_its_people_in_the_table(html, opened):
    """One press on the button beside it; a link to somebody else shows everybody again."""
    page = opened(html).page

    page.get_by_role("button", name="Show in the table").click()
    assert names_shown(page) == ["Ada", "Anna"]
    assert page.get_by_role("combobox", name="Known mistake").input_value() == "0"

    page.locator("#looks ~ details a", has_text="Zoe").first.click()
    assert "Zoe" in names_shown(page)
    assert len(names_shown(page)) == 22


def test_without_its_script_the_page_shows_everything(html, opened):
    """Every person, and no button that does nothing."""
    page = opened(html.replace("<script>", "<script>0;")).page  # its policy forbids another script

    assert len(names_shown(page)) == 22
    assert page.get_by_role("button").count() == 0


def test_without_scripts_thousands_are_all_shown(browser, tmp_path):
    """What the script leaves out is there."""
    file = tmp_path / "page.html"
    file.write_text(class_page.render(TITLE, many(300)), "utf-8")
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(file.as_uri())

    assert page.locator("#p300").is_visible()
    context.close()


def test_dark_look_is_chosen_and_printed_light(html, opened, tmp_path):
    """A switch on the screen; on paper everybody stands in the table."""
    one = opened(html)
    page = one.page
    page.get_by_role("button", name="Dark").click()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper != "rgb(255, 255, 255)"

    pdf = page.pdf(path=tmp_path / "class.pdf", format="A4")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4, "height": 900})

    assert pdf.startswith(b"%PDF")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert len(names_shown(page)) == 22
    assert not page.locator("#filter").is_visible()
    assert not one.is_too_wide


def test_thousands_open_and_are_sorted(opened):
    """The first rows are drawn, the others on request; a link finds everybody."""
    one = opened(class_page.render(TITLE, many(3000)))
    page = one.page
    assert page.locator("#shown").inner_text() == "3000 of 3000 people; the first 200 are shown"

    page.locator("#people-table thead button").first.click()
    assert page.locator("#people-table tbody th").first.inner_text() == "Student 2999"

    page.goto(f"{page.url}#p1")
    assert page.locator("#p1").is_visible()
    page.get_by_role("button", name="Show all of them").click()
    assert page.locator("#people-table tbody tr:visible").count() == 3000
    assert one.problems == []
