"""A notebook in a page: its cells, feedback below the right one, and nothing active in it."""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import replace

import pytest
from lxml import html

from grader.reports.pages import student
from grader.reports.pages.notebook import Unrendered, cell_number, shown
from grader.reports.pages.work import Code
from tests.reports.works import (
    BOB,
    CELLS,
    COLUMNS,
    SMALL_PICTURE,
    SOFTMAX,
    TITLE,
    cell,
    notebook,
    picture,
)

ROOM = 300_000


def page(text: str, **changes: object) -> html.HtmlElement:
    return html.fromstring(student.render(replace(BOB, notebook=text, **changes), TITLE))


def shown_cell(*outputs: object) -> str:
    """The HTML of one code cell with these outputs."""
    (one,) = shown(notebook(cell("code", "x", outputs=[*outputs])), ROOM).cells
    return one.html


def stream(text: object) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def test_feedback_stands_below_the_cell_that_holds_the_stub():
    """Not beside a copy of its code."""
    below = page(BOB.notebook).find_class("under")
    (before,) = [one.getprevious() for one in below]

    assert COLUMNS in below[0].text_content()
    assert "def softmax(X):" in before.text_content()
    assert not page(BOB.notebook).find_class("own")


def test_stub_without_a_cell_is_told_apart():
    """What is missing stands above the notebook."""
    (apart,) = page(BOB.notebook).iter("article")

    assert "`net` is not defined" in apart.text_content()


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("cell 3, line 1", "def softmax(X):  # of another notebook"),
        ("other.ipynb, cell 3, line 1", SOFTMAX),
        ("cell 2, line 1", SOFTMAX),
        ("ada.py, line 3", SOFTMAX),
    ],
)
def test_stub_of_another_file_is_told_apart(place, text):
    """The cell of that number is not the one in which it stands."""
    found = page(BOB.notebook, code={"softmax": Code(place, 1, text)})

    assert not found.find_class("under")
    assert COLUMNS in "".join(one.text_content() for one in found.iter("article"))


def test_cells_are_shown_as_they_look():
    """Markdown, coloured code, what was printed, a picture and an error."""
    cells = page(BOB.notebook).find_class("cell")
    text = [" ".join(one.text_content().split()) for one in cells]

    assert text[0].startswith("Softmax Each row of X is one example:")
    assert cells[0].find("h3") is not None
    assert text[3] == (
        "In [1]print('hello') plt.plot([1, 2]) raise ValueError('no') hello ValueError: no"
    )
    assert cells[3].find("img").get("src") == f"data:image/png;base64,{SMALL_PICTURE}"
    assert cells[3].find_class("ansi-red-fg")[0].text_content() == "ValueError"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "null",
        "{}",
        '{"cells": 3}',
        '{"cells": []}',
        '{"worksheets": [{"cells": "x"}]}',
        "[" * 100_000,
        '{"cells": [' + "9" * 5_000 + "]}",
    ],
)
def test_what_is_no_notebook_leaves_the_page_as_it_is(text):
    """The feedback stands beside the code then."""
    found = page(text)

    assert not found.find_class("cell")
    assert COLUMNS in found.text_content()


@pytest.mark.parametrize(
    "entry",
    [
        3,
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": {"a": 1}, "outputs": 5, "execution_count": "<b>"},
        {"cell_type": "code", "source": ["x", 1, None], "outputs": [1, {"data": 4}, {"data": []}]},
        {"cell_type": "markdown", "source": "\ud800 \x00 \x1b"},
        {"cell_type": "markdown", "source": ">" * 5_000},
        {"cell_type": "markdown", "source": "- " * 3_000},
        {"cell_type": "markdown", "source": "![a](attachment:none.png)"},
        {"cell_type": "code", "source": "x", "outputs": [{"output_type": "error"}]},
        {"cell_type": "code", "source": "x", "outputs": [picture(7), picture({"a": 1})]},
        {"cell_type": "code", "input": "x", "prompt_number": 3},
        {"cell_type": "heading", "source": "x", "level": 1},
    ],
)
def test_strange_cell_costs_no_other(entry):
    """The cells before and after it are shown."""
    text = json.dumps({"cells": [CELLS[1], entry, CELLS[2]]})
    found = shown(text, ROOM)

    assert [one.number for one in found.cells if one.source in ("import torch", SOFTMAX)] == [1, 3]


def test_cells_are_counted_as_places_count_them():
    """By their position, whatever their kind."""
    assert cell_number("cell 3, line 1") == 3
    assert cell_number("ada.py, line 1") is None
    assert cell_number("a.ipynb, cell 3, line 1") is None


def test_old_notebooks_have_their_cells_in_sheets():
    """Format 3."""
    text = json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": "import torch"}]}]})

    assert "torch" in shown(text, ROOM).cells[0].html


def test_progress_bar_is_shown_as_it_ended():
    """What was written over is gone, and so is what moved the cursor."""
    html_of = shown_cell(stream("\r 10 %|#   |\r100 %|####|\x1b[A\x1b[2K\r\n"))

    assert "100 %|####|" in html_of
    assert " 10 %" not in html_of
    assert "\x1b" not in html_of


def test_long_output_is_cut_in_the_middle():
    """Its beginning and its end tell most."""
    html_of = shown_cell(stream("first\n" + "x" * 50_000 + "\nlast"))

    assert "first" in html_of
    assert "last" in html_of
    assert len(html_of) < 5_000


@pytest.mark.parametrize(
    "output",
    [
        picture("<b>bold</b>", "text/html"),
        picture("<svg onload=alert(1)>", "image/svg+xml"),
        picture("alert(1)", "application/javascript"),
        picture("R0lGODlh", "image/gif"),
        picture("PHN2Zz4="),
        picture('iVBORw0KGgo" onerror="alert(1)'),
    ],
)
def test_output_that_is_neither_text_nor_a_picture_is_left_out(output):
    """And the page says how many there were."""
    found = shown(notebook(cell("code", "x", outputs=[output])), ROOM)

    assert "<img" not in found.cells[0].html
    assert "alert" not in found.cells[0].html
    assert found.left_out == ["Outputs left out, because they are neither text nor a picture: 1."]


def test_output_with_a_text_beside_its_html_is_shown_as_text():
    """A table of pandas, a figure's name."""
    output = {"output_type": "execute_result", "data": {"text/html": "<b>", "text/plain": ["a b"]}}

    assert "a b" in shown_cell(output)


def test_pictures_and_cells_are_shown_as_far_as_there_is_room():
    """What is left out is counted."""
    large = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(60_000)).decode()
    text = notebook(*[cell("code", f"x = {n}", outputs=[picture(large)]) for n in range(6)])
    found = shown(text, ROOM)
    assert found.left_out == ["Outputs left out, because the page would be too large: 5."]
    assert len(found.cells) == 6

    found = shown(notebook(*[cell("raw", "<" * 2_000)] * 100), 100_000)
    assert found.left_out == [
        f"Cells left out, because the page would be too large: {100 - len(found.cells)}."
    ]
    assert 0 < sum(len(one.html) for one in found.cells) <= 100_000


def test_notebook_made_to_take_long_is_shown_as_it_stands():
    """After so many characters nothing is rendered any more, and nothing is lost by it."""
    slow = [cell("markdown", f"{number} " + "*a_b" * 2_900) for number in range(40)]
    found = shown(notebook(*slow, cell("code", "x = 1", outputs=[stream("y")] * 500)), 2_000_000)

    assert len(found.cells) == 41
    assert found.cells[-2].html.startswith("<pre>39 *a_b")
    assert found.left_out == ["Outputs left out, because the page would be too large: 470."]


def test_without_nbconvert_the_code_is_shown(monkeypatch):
    """The page needs no notebook."""
    monkeypatch.setitem(sys.modules, "grader.reports.pages.rendering", None)
    with pytest.raises(Unrendered):
        shown(BOB.notebook, ROOM)

    found = page(BOB.notebook)
    assert not found.find_class("cell")
    assert found.find_class("own")[0].text_content().startswith("1def softmax(X):")
