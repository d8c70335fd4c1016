"""The page of a student: what is said once, what is absent, and that no text is active."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from dataclasses import replace

import msgspec
import pytest
from lxml import html

from grader.checking.results import Compared
from grader.errors import UsageError
from grader.i18n.words import speaking
from grader.reports import person, progress
from grader.reports.pages import student
from grader.reports.pages.figures import shown
from grader.reports.pages.work import Code, Picture
from grader.reports.progress import Progress
from grader.reports.text import printable
from tests.conftest import ROOT
from tests.reports.works import (
    ADA,
    BOB,
    COLUMNS,
    PAGES,
    TITLE,
    WORKS,
    golden,
    graded,
    in_terminal,
    page_of,
    values,
)
from tests.reports.works import check as a_check

STUB = ADA.result.grade.stubs[0]


def text_of(page: str) -> str:
    """What a reader sees, with single spaces."""
    main = html.fromstring(page).get_element_by_id("content")
    return " ".join(main.text_content().split())


def failing(**changes: object) -> str:
    """The page of somebody whose softmax fails one check that has these changes."""
    check = a_check("test_softmax", "softmax", outcome="failed", message="it is wrong", **changes)
    return student.render(replace(ADA, result=graded("ada", [check], [STUB])), TITLE)


def test_pages_are_as_they_were_read_and_approved():
    """Each page and each text for a terminal equals its golden file, byte for byte."""
    found = golden()

    assert {path.name for path in PAGES.iterdir()} == set(found)
    for file, text in found.items():
        assert text == (PAGES / file).read_text("utf-8"), file


@pytest.mark.parametrize("name", ["ada", "notebook", "hostile"])
def test_same_work_gives_same_bytes_in_another_process(name):
    """Neither the order of a set nor what was made before changes a page."""
    code = (
        f"import sys; from tests.reports.works import page_of; "
        f"sys.stdout.buffer.write(page_of({name!r}).encode())"
    )
    env = {"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "PATH": ""}
    run = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, check=True
    )

    assert run.stdout == page_of(name).encode()
    assert page_of(name) == page_of(name)


# ------------------------------------------------------------------------------ what is told


def test_a_mistake_is_said_once():
    """Two checks fail for one reason; the other is counted."""
    text = text_of(page_of("ada"))

    assert text.count(COLUMNS) == 1
    assert "(and one further check fails for the same reason)" in text


def test_note_that_is_told_as_a_cause_is_no_note():
    """What Python cannot read is said where it is missing."""
    why = "ada.py, line 12: Python cannot read `softmax` (invalid syntax); left out"
    check = a_check("test_softmax", "softmax", outcome="missing", message=why)
    work = replace(ADA, result=graded("ada", [check], [STUB], warnings=[why]))

    assert text_of(student.render(work, TITLE)).count(why) == 1


def test_grade_comes_with_its_lines():
    """The points, what they are the sum of, and nothing that is for the instructor."""
    text = text_of(page_of("ada"))

    assert "12 of 46 points attempt 2 of 2, 2026-03-02 10:00: 14" in text
    assert "1 day late, 2 points a day: -2" in text
    assert "for the instructor alone" not in page_of("ada")


def test_own_lines_are_numbered_as_in_the_file_and_the_named_one_is_marked():
    """The line that raised, which the message names, and no other."""
    (marked, *_) = html.fromstring(page_of("ada")).find_class("named")

    assert marked.text_content().strip() == "51        accuracy = evaluate_accuracy(test_iter, net)"


def test_line_of_a_file_with_a_longer_name_is_not_marked():
    """A message about my_ada.py names no line of ada.py."""
    code = {"softmax": Code("ada.py, line 12", 12, "def softmax(X):\n    return X")}
    message = "your code raised ValueError: no\nmy_ada.py, line 13, in softmax: return X"
    check = a_check("test_softmax", "softmax", outcome="error", message=message)
    work = replace(ADA, result=graded("ada", [check], [STUB]), code=code)

    assert not html.fromstring(student.render(work, TITLE)).find_class("named")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unreadable", "0 of 22 points What was handed in cannot be read as a program. eve.ipynb"),
        ("not_attempted", "0 of 22 points No stub is written in what was handed in. Nothing is"),
        ("infrastructure_error", "No grade The machine that grades failed."),
        ("nothing", "No grade Nothing was handed in."),
        ("excused", "No grade You are excused. excused: ill"),
        ("too_late", "0 of 22 points It was handed in when nothing counts any more."),
    ],
)
def test_each_status_has_words_of_its_own(name, words):
    """What it means, and why; what was graded is told though it counts nothing."""
    text = text_of(page_of(name))

    assert words in text
    assert (COLUMNS in text) == (name == "too_late")


def test_pages_are_in_chinese():
    """No English word of ours is left between the student's own."""
    page = html.fromstring(page_of("ada_zh"))

    assert page.get("lang") == "zh"
    headings = [heading.text_content() for heading in page.iter("h2")]
    assert headings == ["成绩", "总览", "需要改正的地方", "做对的部分", "训练", "说明"]


# ------------------------------------------------------------------------------ what is absent


def test_what_is_hidden_is_not_in_the_file():
    """No name of a check, no output of the student's code, no number that was measured."""
    for name in WORKS:
        page = page_of(name)
        assert not re.search("test_(softmax|cross|net|train|predict)", page)
        assert "secret" not in page
        assert "SECRET" not in page


def test_expected_values_of_a_hidden_check_are_not_shown():
    """Not even where a record has them."""
    compared = Compared("it", values((2,), 1.5, 2.5), (2,), values((2,), 7.125, 8.25))

    assert "7.125" in failing(visibility="visible", compared=compared)
    for visibility in ("hidden", "after_due_date"):
        page = failing(visibility=visibility, compared=compared)
        assert "1.5" in page
        assert "7.125" not in page
        assert "differs" not in text_of(page)
        assert 'class="differs"' not in page


# ------------------------------------------------------------------------------ what is hostile


@pytest.mark.parametrize("name", [*WORKS, "ada_zh"])
def test_nothing_in_a_page_is_active_but_its_own_script(name):
    """No tag, attribute or address comes from a text of a student."""
    page = html.fromstring(page_of(name))
    tags = {element.tag for element in page.iter() if isinstance(element.tag, str)}

    assert len(list(page.iter("script"))) == len(list(page.iter("style"))) == 1
    assert not tags & {"iframe", "object", "embed", "link", "base", "form", "input", "video"}
    assert len(list(page.iter("meta"))) == 5
    for element in page.iter():
        for attribute, value in element.attrib.items():
            assert not attribute.startswith("on")
            if attribute in ("href", "src"):
                starts = {"a": "#", "img": "data:image/"}
                assert value.startswith(starts[element.tag])
            if attribute == "style":
                assert value.startswith("--heat:")


@pytest.mark.parametrize("name", WORKS)
def test_nothing_in_a_page_steers_its_reader(name):
    """No escape sequence, no override of the direction."""
    page = page_of(name)

    assert printable(page) == page


def test_hostile_text_is_read_as_it_was_written():
    """It is escaped, not lost."""
    text = text_of(page_of("hostile"))

    assert "</testsuite> <img src=x onerror=alert(1)> &" in text
    assert "<script>" in text


def test_ids_are_numbers_of_ours():
    """A stub's name is no id and no address."""
    work = replace(ADA, result=graded("ada", [], [replace_name(STUB, '"><script>')]))
    page = html.fromstring(student.render(work, TITLE))

    assert page.get_element_by_id("stub-1") is not None
    assert len(list(page.iter("script"))) == 1


def replace_name(stub, name):
    return msgspec.structs.replace(stub, name=name)


def test_what_is_no_picture_is_left_out():
    """Neither another kind of file nor one that is too large."""
    large = b"\x89PNG\r\n\x1a\n" + bytes(17_000)
    pictures = [Picture(b"<svg onload=alert(1)>", "a", "b"), Picture(large, "c", "d")]

    assert "<img" not in student.render(replace(ADA, pictures=pictures), TITLE)


PNG_3_BY_1 = (
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAABCAAAAAA+i0toAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC"
)


def test_images_keep_their_proportions():
    """The longer side is the same for all; a hostile size is none."""
    png = base64.b64decode(PNG_3_BY_1)

    (wide,) = shown([Picture(png, "a", "b")])
    (flat,) = shown([Picture(png[:16] + b"\0" * 8 + png[24:], "a", "b")])

    assert (wide.width, wide.height) == (84, 28)
    assert (flat.width, flat.height) == (1, 1)


def test_rows_of_a_table_are_shown_with_their_values():
    """Where an image would stand; of many columns the first ones, and names are only text."""
    values = [(f"<b>{number}</b>", f"77{number}.5") for number in range(15)]

    page = student.render(replace(ADA, pictures=[Picture(b"", "oak", "lime", values)]), TITLE)

    assert "Rows that were taken for something else" in page
    assert "&lt;b&gt;11&lt;/b&gt;" in page
    assert "7711.5" in page
    assert "7712.5" not in page
    assert "3 more columns" in page
    assert "<b>0" not in page


def test_a_page_stays_small_whatever_was_handed_in():
    """Long code, many reasons, long messages and names that grow when they are escaped."""
    stubs = [replace_name(STUB, f"stub_{number}") for number in range(30)]
    noise = "<&\"'" * 400
    checks = [
        a_check(
            f"test_{stub.name}_{number}",
            stub.name,
            outcome="failed",
            message=f"{number}{stub.name}{noise}"[:1500],
            compared=Compared(noise, values((16, 16), *range(256)), (16, 17)),
        )
        for stub in stubs
        for number in range(10)
    ]
    code = {stub.name: Code("ada.py, line 1", 1, f"{noise}\n" * 500) for stub in stubs}
    result = graded("ada", checks, stubs, warnings=[noise] * 500)
    work = replace(ADA, result=result, code=code, notebook=BOB.notebook)

    page = student.render(work, TITLE)
    assert len(page.encode()) < student.MOST_BYTES
    assert "stub_29" in page


# ------------------------------------------------------------------------------ in a notebook


def test_notebook_draws_the_block_of_the_page():
    """The stub that is next, with the values that came back, and a style that is only its own."""
    block = progress.as_html(Progress(ADA.result))
    page = page_of("ada")

    assert re.search("<table class=.grid.*?</table>", block, re.DOTALL)[0] in page
    assert COLUMNS in block
    assert "var(--ink)" not in block
    assert "script" not in block


# ------------------------------------------------------------------------------ in a terminal


def test_terminal_says_what_the_page_says():
    """The grade, its lines, each cause, and the values that came back."""
    shown = " ".join(in_terminal("ada").split())

    for words in (
        "12 of 46 points attempt 2 of 2, 2026-03-02 10:00: 14",
        COLUMNS,
        "came back: shape (2, 2) 0.1192 0.2689 0.8808 0.7311 demanded: shape (2, 2) 0.2689",
        "> 51 accuracy = evaluate_accuracy(test_iter, net)",
        "training loss, by epoch: 1.12, 0.85",
        "note: `train` was found under the name `train_ch3`",
    ):
        assert words in shown


def test_terminal_shows_one_stub_alone():
    """One that is right, too, with its lines."""
    shown = " ".join(in_terminal("ada", "net").split())

    assert "net 10 of 10 points · ada.py, line 30 All its checks pass. 30 def net(X):" in shown
    assert "softmax" not in shown.replace("softmax(X @ W + b)", "")


def test_terminal_names_the_stubs_where_one_is_misspelt():
    """An error with a way out."""
    with pytest.raises(UsageError, match="There is no stub 'sofmax'; choose one of softmax, net"):
        person.show(ADA, TITLE, "sofmax")


def test_terminal_says_why_there_is_nothing_about_a_stub():
    """Of what was not graded the status is told, whatever was asked for."""
    assert "cannot be read as a program" in in_terminal("unreadable", "softmax")


@pytest.mark.parametrize("name", WORKS)
def test_terminal_prints_no_character_that_steers_it(name):
    """Neither an escape sequence nor an override of the direction."""
    shown = in_terminal(name)

    assert printable(shown) == shown


def test_terminal_speaks_chinese():
    """The words of the page."""
    with speaking("zh"):
        assert "12 分（满分 46 分）" in in_terminal("ada")
