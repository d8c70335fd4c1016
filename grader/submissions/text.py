"""Bytes become text: by a mark, by a coding line, as UTF-8, or else as what they plausibly are."""

from __future__ import annotations

import codecs
import re

from grader.errors import UnreadableSubmission
from grader.i18n.words import _

# Marks at the start; that of UTF-32 begins like that of UTF-16.
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
CODING = re.compile(rb"[ \t\f]*#[^\n\r]{0,200}?coding[:=][ \t]*([-\w.]{1,50})")  # PEP 263
BLANK = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)")
# Codecs of Python that hang on long texts, or make a text of one that was escaped.
NO_TEXT = {"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7"}
BEYOND = re.compile(rb"[\x80-\xff]+")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
LOOKED_AT = 1 << 16  # bytes, of which the encoding is guessed


def text_of(name: str, data: bytes, is_source: bool) -> tuple[str, list[str]]:
    """The text of a file without its mark, and a note if Python or Jupyter would not read it so.

    is_source: whether a coding line counts. Raises UnreadableSubmission for what is no text.
    """
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return _decoded(name, data[len(mark) :], encoding)
    if b"\0" in data:
        for encoding in WIDE:
            if _is_wide(data[:LOOKED_AT], encoding):
                return _decoded(name, data, encoding)
        text = _("{name} is not a text file: it has NUL bytes in it.")
        raise UnreadableSubmission(text.format(name=name))
    declared = _declared(name, data) if is_source else ""
    if declared:
        try:
            return data.decode(declared), []
        except ValueError:  # another encoding than the file says
            pass
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _decoded(name, data, _plausible(data))


def _decoded(name: str, data: bytes, encoding: str) -> tuple[str, list[str]]:
    """Text in an encoding that the file does not declare."""
    try:
        found = data.decode(encoding)
    except ValueError:
        text = _("{name} is not {encoding} text. Save it as UTF-8 in your editor.")
        raise UnreadableSubmission(text.format(name=name, encoding=encoding.upper())) from None
    if CONTROL.search(found):
        text = _("{name} is not a text file. Hand in the .py or .ipynb file that you work in.")
        raise UnreadableSubmission(text.format(name=name))
    if encoding == "utf-8":
        return found, []
    note = _(
        "{name} is not UTF-8; it was read as {encoding}, so texts and comments may look odd. "
        "Save it as UTF-8"
    )
    return found, [note.format(name=name, encoding=encoding.upper())]


def _is_wide(start: bytes, encoding: str) -> bool:
    """Whether bytes without a mark are UTF-16 or UTF-32: code is mostly ASCII."""
    found = start[: len(start) // 4 * 4 or len(start)].decode(encoding, "replace")
    return "\0" not in found and 2 * sum(map(str.isascii, found)) > len(found)


def _declared(name: str, data: bytes) -> str:
    """The encoding of the coding line, one that Python has; "" without such a line. Raises
    UnreadableSubmission for a codec of Python that is none of source text."""
    start = data[:LOOKED_AT]
    first = BLANK.match(start)
    line = CODING.match(start) or (first and CODING.match(start, first.end()))
    if not line:
        return ""
    declared = re.sub("-(unix|dos|mac)$", "", line[1].decode("ascii", "replace"))
    try:
        found = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return ""
    try:
        is_text = found.replace("-", "_") not in NO_TEXT and (
            line[1].decode(found) == line[1].decode("latin-1")  # it has ASCII in it
        )
    except LookupError:  # as rot13, which makes text of text
        is_text = False
    except ValueError:
        return ""
    if not is_text:
        text = _(
            "{name} says in its first lines that its encoding is {encoding}, in which nobody "
            "writes Python. Delete the coding line and save the file as UTF-8."
        )
        raise UnreadableSubmission(text.format(name=name, encoding=declared))
    return found


def _plausible(data: bytes) -> str:
    """The encoding of text that is not UTF-8: GB18030 if its bytes beyond ASCII decode so and
    mostly stand in pairs, else Windows-1252, else Latin-1, which takes every byte."""
    first = BEYOND.search(data)
    start = first.start() if first else 0
    runs = [len(run) for run in BEYOND.findall(data[start : start + LOOKED_AT])]
    paired = sum(length for length in runs if length > 1)
    for encoding in (["gb18030"] if 2 * paired > sum(runs) else []) + ["cp1252"]:
        try:
            data.decode(encoding)
        except ValueError:
            continue
        return encoding
    return "latin-1"
