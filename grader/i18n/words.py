"""The words of messages in the reader's language, from gettext's catalogues.

Sentences of the grader are in ``grader/locale/``, those of an assignment's author in the folder
``locale/`` of its public and of its private part. What has no translation stays English.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from gettext import NullTranslations, translation
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course.assignment import Assignment

ENGLISH = "en"
LOCALE = Path(__file__).parent / "locale"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in the order of gettext
PLACE = re.compile(r"\{\d+\}")  # of a value of an f-string, as in "{0} has the shape {1}"


class _Template:
    """An f-string of an author's check, which is known by its finished text."""

    def __init__(self, text: str, translated: str) -> None:
        self.start, *self.middle, self.end = PLACE.split(text)
        self.places = PLACE.findall(text)
        self.translated = translated

    def values(self, finished: str) -> list[str] | None:
        """What stands at its places; None for another text. In linear time, whatever the text."""
        rest = finished.removeprefix(self.start).removesuffix(self.end)
        if len(finished) - len(rest) != len(self.start) + len(self.end):
            return None
        values = []
        for literal in self.middle:
            value, found, rest = rest.partition(literal)
            if not found:
                return None
            values.append(value)
        return [*values, rest]

    def filled(self, values: list[str]) -> str:
        """The translation with these values, which may hold braces."""
        by_place = dict(zip(self.places, values, strict=True))
        return PLACE.sub(lambda place: by_place.get(place[0], place[0]), self.translated)


@dataclass(frozen=True)
class _Speech:
    language: str = ENGLISH
    catalogues: tuple[NullTranslations, ...] = ()  # asked in this order
    templates: tuple[_Template, ...] = ()


_IN_ENGLISH = _Speech()
_current: ContextVar[_Speech] = ContextVar("speech", default=_IN_ENGLISH)


def _(text: str, inside: bool = False) -> str:
    """A sentence of the grader or of an author in the language of the moment.

    A text that is none is read as an f-string of the author, the one that explains most of it.
    inside: it is a value in another text, such as "the gradient of w" in "… is 3".
    """
    speech = _current.get()
    for catalogue in speech.catalogues if text else ():
        found = catalogue.gettext(text)
        if found != text:
            return found
    readings = []
    for template in speech.templates:
        # A name begins with the author's words; "'it is here'" is a value, whatever is in it.
        values = template.values(text) if template.start or not inside else None
        if values is not None:
            told = values if inside else [_(value, inside=True) for value in values]
            unknown = sum(len(old) for old, new in zip(values, told, strict=True) if old == new)
            readings.append((unknown, template.filled(told)))
    return min(readings)[1] if readings else text


def N_(text: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark a text of a table for translation; `_` translates it where it is shown."""
    return text


def language() -> str:
    """The language of the moment, such as "en"."""
    return _current.get().language


def languages() -> list[str]:
    """The languages that there are."""
    return [ENGLISH, *sorted(path.name for path in LOCALE.iterdir() if path.is_dir())]


def of_environment() -> str:
    """The language that the reader's environment asks for; English if there is none."""
    wanted = next(filter(None, map(os.environ.get, VARIABLES)), "")
    codes = [re.split(r"[_.@-]", code)[0].lower() for code in wanted.split(":")]
    return next((code for code in codes if code in languages()), ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Messages are made in this language. Raises UsageError for one that there is not."""
    if language not in languages():
        raise UsageError(
            f"There is no language {language!r}; choose one of {', '.join(languages())}."
        )
    own = () if language == ENGLISH else (translation("grader", LOCALE, [language]),)
    with _set(_Speech(language, own)):
        yield


@contextmanager
def quoting(assignment: Assignment) -> Iterator[None]:
    """The sentences of an assignment's author are translated, too."""
    speech = _current.get()
    own = _of_author(assignment, speech)
    with _set(_Speech(speech.language, (*speech.catalogues, *own), _templates(own))):
        yield


def _of_author(assignment: Assignment, speech: _Speech) -> list[NullTranslations]:
    folders = [assignment.public, *([assignment.private] if assignment.private else [])]
    return [
        translation(assignment.name, folder / "locale", [speech.language], fallback=True)
        for folder in folders
        if speech.language != ENGLISH
    ]


def _templates(catalogues: list[NullTranslations]) -> tuple[_Template, ...]:
    """The sentences with places for values."""
    return tuple(
        _Template(text, translated)
        for catalogue in catalogues
        for text, translated in vars(catalogue).get("_catalog", {}).items()
        if PLACE.search(text) and all(PLACE.split(text)[1:-1])
    )


@contextmanager
def _set(speech: _Speech) -> Iterator[None]:
    token = _current.set(speech)
    try:
        yield
    finally:
        _current.reset(token)
