"""The screen: whatever is shown on it, nothing of it steers the terminal."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Group
from rich.progress import Progress, TextColumn
from rich.rule import Rule
from rich.status import Status
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from grader.reports.screen import Screen
from grader.reports.text import is_all_visible, printable

EVIL = "a\x1b]0;b\x07c\x9bd\u202ee\u2066f\ud800g\u2028h\x7fi"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def shown(renderable: object, **options: object) -> str:
    """What a terminal gets, without colours."""
    screen = Screen(file=io.StringIO(), force_terminal=True, width=100)
    screen.print(renderable, **options)
    return COLOURS.sub("", screen.file.getvalue())


def _table() -> Table:
    table = Table(EVIL, title=EVIL, caption=EVIL)
    table.add_row(EVIL)
    return table


SHOWN = {
    "string": EVIL,
    "object": [EVIL],
    "text": Text(EVIL),
    "group": Group(EVIL, Text(EVIL)),
    "table": _table(),
    "code": Syntax(f"# {EVIL}", "python"),
    "numbered code": Syntax(f"# {EVIL}", "python", line_numbers=True, word_wrap=True),
    "rule": Rule(EVIL),
    "exception": ValueError(EVIL),
}


@pytest.mark.parametrize("name", SHOWN)
def test_nothing_but_text_comes_out(name):
    """Each kind of thing that can be printed is printable in the end, and nothing else is lost."""
    said = shown(SHOWN[name])

    assert {c for c in said if not c.isprintable()} <= {"\n"}
    assert set("abcdefghi") <= set(said)


@pytest.mark.parametrize("options", [{"soft_wrap": True}, {"style": "red"}, {"markup": False}])
def test_ways_to_print_make_no_difference(options):
    """Nor does another end of the line."""
    said = shown(EVIL, end=EVIL, **options)

    assert {c for c in said if not c.isprintable()} <= {"\n"}


def test_live_displays_are_clean():
    """Only rich's own sequences move the cursor."""
    screen = Screen(file=io.StringIO(), force_terminal=True, width=100)
    with Progress(TextColumn("{task.description}", markup=False), console=screen) as progress:
        progress.add_task(EVIL)
        progress.refresh()
    with Status(Text(EVIL), console=screen):
        screen.rule(Text(EVIL))
    own = re.compile(r"\x1b\[([0-9;]*m|\?25[lh]|1A|2K)|\r")
    said = screen.file.getvalue()

    assert "\x1b[2K" in said
    assert {c for c in own.sub("", said) if not c.isprintable()} <= {"\n"}


def test_a_long_line_is_broken_after_it_was_made_printable():
    """Escapes have no width, what stands in their place has: nothing is cut off."""
    said = shown(Text("\x1b" * 150 + "end"))

    assert said.replace("\n", "") == "\N{REPLACEMENT CHARACTER}" * 150 + "end"


def test_styles_stay():
    """What is made printable keeps its colours, each at its place."""
    screen = Screen(file=io.StringIO(), force_terminal=True, color_system="standard")
    screen.print(Text.assemble(("a\x1b", "red"), "b"))

    assert screen.file.getvalue() == "\x1b[31ma\N{REPLACEMENT CHARACTER}\x1b[0mb\n"


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("def f():\n\treturn '中文\u3000é'  # ✓ 😀", True),
        *((f"a{c}b", False) for c in "\x1b\x00\x0c\r\u202e\u2069\u200b\u2800\u3164\ufe0f\ufeff"),
    ],
)
def test_text_of_which_everything_is_seen(text, visible):
    """Invisible letters and marks count as hidden, though they steer nothing."""
    assert is_all_visible(text) == visible


def test_printable_text_is_as_long_as_it_was():
    """Each character has one in its place, so places in the text stay what they are."""
    assert len(printable(EVIL)) == len(EVIL)
    assert printable("a b\u00a0c\td\n") == "a b\u00a0c\td\n"
