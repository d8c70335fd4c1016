"""What is said about source that Python cannot parse."""

from __future__ import annotations

import re
import sys
import unicodedata

from grader.i18n.words import N_, _

# What a stretch defines, also where its colon is missing.
NAMED = re.compile(r"(?:async[ \t]+def|def|class)[ \t]+(\w+)")
# Characters of Chinese and of typographic keyboards that no normal form makes ASCII.
TWINS = str.maketrans("“”„‘’，。、【】《》–—−×÷\u00a0\u3000", '"""\'\',.,[]<>---*/  ')
NEWEST = (3, 14)  # the newest Python whose syntax is told from a mistake
# Syntax of Python 3.11 to 3.14; nested quotes in f-strings are told by Python's own message.
NEWER = re.compile(
    r"\s*type\s+\w+\s*(\[.*\])?\s*=|\s*(async\s+def|def|class)\s+\w+\s*\[|\s*except\s*\*|"
    r"\s*except\s+\w+\s*,|.*\b[tT]r?['\"]"
)
UNREAD = N_("{name}, line {line}: Python cannot read this ({problem}); left out")


def note_of(name: str, first_line: int, text: str, problem: SyntaxError) -> str:
    """What is said about a stretch of source that is left out.

    name: of the cell or file. first_line: the line on which the stretch begins.
    """
    line = first_line + (problem.lineno or 1) - 1
    why = problem.msg + _advice(text, problem)
    defined = NAMED.match(text)
    if defined:
        note = _("{name}, line {line}: Python cannot read `{defined}` ({problem}); left out")
        return note.format(name=name, line=line, defined=defined[1][:80], problem=why)
    return _(UNREAD).format(name=name, line=line, problem=why)


def names_nothing(note: str) -> bool:
    """Whether a note is about a place that Python cannot read, and nobody knows what is defined
    there."""
    return all(piece in note for piece in re.split(r"{\w+}", _(UNREAD)))


def _advice(text: str, problem: SyntaxError) -> str:
    """What is added to Python's own message: the character to type, or that it is too old."""
    found = re.match(
        r"invalid (?:character '(.)'|non-printable character U\+([0-9A-F]+))", problem.msg
    )
    if found:
        character = found[1] or chr(int(found[2], 16))
        twin = unicodedata.normalize("NFKC", character.translate(TWINS))
        if twin == " ":
            return _("; type a blank in its place")
        return _("; type {twin} in its place").format(twin=twin) if twin.isascii() else ""
    lines = text.split("\n")
    line = lines[min(problem.lineno or 1, len(lines)) - 1][:1000]
    if sys.version_info < NEWEST and ("f-string" in problem.msg or NEWER.match(line)):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return _(
            "; this is Python {version}, and Python 3.12 or a newer one may be able to"
        ).format(version=version)
    return ""
