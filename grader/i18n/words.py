"""The words of messages in the reader's language, from gettext's catalogues.

Sentences of the grader are in ``grader/i18n/locale/``, those of an assignment's author in the
folder ``locale/`` of its public and of its private part. Both are marked where they are written,
and translated when they are made. What has no translation stays English.
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

from grader.errors import UsageError

ENGLISH = "en"
LOCALE = Path(__file__).parent / "locale"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # in the order of gettext


@dataclass(frozen=True)
class _Speech:
    language: str = ENGLISH
    catalogues: tuple[NullTranslations, ...] = ()  # asked in this order


_IN_ENGLISH = _Speech()
_current: ContextVar[_Speech] = ContextVar("speech", default=_IN_ENGLISH)


def _(text: str) -> str:
    """A sentence of the grader or of an author in the language of the moment; what is not
    translated, as it is."""
    for catalogue in _current.get().catalogues if text else ():
        found = catalogue.gettext(text)
        if found != text:
            return found
    return text


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
def quoting(name: str, *folders: Path | None) -> Iterator[None]:
    """The sentences of an author are translated, too: from the catalogues of this name in the
    folder ``locale/`` of each of these folders."""
    speech = _current.get()
    own = [
        translation(name, folder / "locale", [speech.language], fallback=True)
        for folder in folders
        if folder is not None and speech.language != ENGLISH
    ]
    with _set(_Speech(speech.language, (*speech.catalogues, *own))):
        yield


@contextmanager
def _set(speech: _Speech) -> Iterator[None]:
    token = _current.set(speech)
    try:
        yield
    finally:
        _current.reset(token)
