"""What all renderers do to text that a student can shape."""

from __future__ import annotations

import re
import unicodedata

from grader.i18n.words import N_, _

# Statuses of records and of stubs, as people read them.
WORDS = {
    "graded": N_("graded"),
    "not_attempted": N_("not attempted"),
    "unreadable": N_("unreadable"),
    "infrastructure_error": N_("infrastructure error"),
    "passed": N_("passed"),
    "failed": N_("failed"),
    "missing": N_("missing"),
    "timeout": N_("timeout"),
    "error": N_("error"),
}
MARKS = {"passed": "✓", "missing": "·", "unchecked": "-"}  # everything else is wrong
# What a formula begins with; a spreadsheet takes the wide forms for it, too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
CELL, LINE = re.compile(r"\bcell (\d+)\b"), re.compile(r", line (\d+)\b")  # of a place
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# Letters and marks without a shape: Unicode's Default_Ignorable_Code_Point that Python takes for
# printable, and the Braille pattern without dots.
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def printable(text: str) -> str:
    """The text, as long as it was, with a replacement character for each one that steers its
    reader: control characters, overrides of the direction, line separators, half characters.
    Spaces, tabs and new lines stay."""
    if text.isprintable():
        return text
    return "".join(c if _is_harmless(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_harmless(character: str) -> bool:
    return (
        character.isprintable()
        or character in "\n\t"
        or unicodedata.category(character) == "Zs"  # such as the space of Chinese text
    )


def is_all_visible(text: str) -> bool:
    """Whether a reader of the printed text sees every character of it."""
    return printable(text) == text and not BLANK.search(text)


def status(name: str) -> str:
    """The status of a record or of a stub, in words."""
    return _(WORDS[name])


def mark(name: str) -> str:
    """The sign of the status of a stub."""
    return MARKS.get(name, "✗")


def in_words(text: str) -> str:
    """A text with its places ("cell 3, line 1") in the language of the moment: records keep them in
    English."""
    text = CELL.sub(lambda found: _("cell {number}").format(number=found[1]), text)
    return LINE.sub(lambda found: _(", line {number}").format(number=found[1]), text)


def one_line(text: str) -> str:
    """The text without line breaks and control characters."""
    return printable(" ".join(text.split()))


def in_markdown(text: str) -> str:
    """The text on one line of Markdown, with no markup in it, also inside a table."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~$@:-])", r"\\\1", one_line(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def in_spreadsheet(text: str) -> str:
    """The text on one line that a spreadsheet takes for no formula: Excel would run =cmd(…). A
    number stays one."""
    line = one_line(text)
    return f"'{line}" if line.startswith(FORMULA) and not NUMBER.fullmatch(line) else line


def number(value: float) -> str:
    """Points as a person writes them: 12 or 1.09."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
