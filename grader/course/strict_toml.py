"""TOML files as authors write them, read strictly: whatever does not fit is an AssignmentError with
the file, the line, the key and what is wrong."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from grader.errors import AssignmentError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

T = TypeVar("T")
Place = tuple[str | int, ...]  # ("stub", 2, "points"): from the top of the file to an entry

# How msgspec words what does not fit, and TOML's words for what it calls otherwise.
MISFIT = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
KEY = re.compile(r"Object (?P<is>contains unknown|missing required) field `(?P<key>.*)`", re.DOTALL)
TYPES = {"object": "table", "str": "string", "int": "integer", "bool": "boolean"}


class Document:
    """A TOML file; `table` is what it holds. Raises AssignmentError if it is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text("utf-8")
            self.table = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:  # it says line and column
            raise AssignmentError(f"{path} is not TOML: {error}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise AssignmentError(f"{path} cannot be read: {error}") from None

    def convert(self, kind: type[T], *where: str | int) -> T:
        """The file, or the entry at a place, as a type of msgspec; structs forbid unknown keys."""
        entry: Any = self.table
        for step in where:
            entry = entry[step]
        try:
            return msgspec.convert(entry, kind)
        except msgspec.ValidationError as error:
            raise self._misfit(str(error), kind, where) from None

    def error(self, what: str, *where: str | int) -> AssignmentError:
        """What is wrong with the entry at a place."""
        known = (
            self._lines[place]
            for n in range(len(where), 0, -1)
            if (place := where[:n]) in self._lines
        )
        parts = [f"{self.path}, line {next(known, 1)}", *self._in_words(where)]
        return AssignmentError(f"{', '.join(parts)}: {what}")

    def _misfit(self, message: str, kind: Any, where: Place) -> AssignmentError:
        found = MISFIT.fullmatch(message)
        what, path = found.groups() if found else (message, None)
        what = what.replace(" | null", "")  # TOML has none; a key may be left out
        pairs = re.findall(r"\.(\w+)|\[(\d+)\]", path or "")
        steps = tuple(int(number) if number else key for key, number in pairs)
        key = KEY.fullmatch(what)
        if key is None:
            words = re.sub(r"`.*?`", lambda name: re.sub(r"\w+", _in_toml, name[0]), what)
            return self.error(words[0].lower() + words[1:], *where, *steps)
        if key["is"] == "missing required":
            return self.error(f"the key {key['key']!r} is missing", *where, *steps)
        near = suggestion(key["key"], _keys(kind, steps))
        return self.error(f"there is no such key; {near}", *where, *steps, key["key"])

    def _in_words(self, where: Place) -> list[str]:
        """The steps to an entry; a table of an array is told by the stub that it is about."""
        words: list[str] = []
        entry: Any = self.table
        for step in where:
            entry = entry[step]
            if isinstance(step, str):
                words.append(step)
            elif isinstance(entry, dict):
                name = entry.get("signature", entry.get("stub", step + 1))
                words[-1] += f" {str(name).partition('(')[0]}"
        return words

    @cached_property
    def _lines(self) -> dict[Place, int]:
        """The line, from 1, that each header and each key stands on, or begins on."""
        lines: dict[Place, int] = {}
        tables: dict[Place, int] = {}  # of each array of tables, how many headers have been read
        current: Place = ()
        for line, is_header, statement in _statements(self.text):
            if is_header:
                current = _opened(statement, tables)
                lines.setdefault(current, line)
            else:
                for place in _places(statement, current):
                    lines.setdefault(place, line)
        return lines


def suggestion(word: str, known: Iterable[str]) -> str:
    """The known word that somebody may have meant; all of them, if none is near."""
    known = sorted(known)
    near = near_word(word, known).removeprefix("; ")
    return near or f"known are {', '.join(known) or 'none'}"


def near_word(word: str, known: Iterable[str]) -> str:
    """The known word that somebody may have meant, as the end of a sentence; "" if none is near."""
    near = difflib.get_close_matches(word, sorted({*known}), 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _in_toml(name: re.Match[str]) -> str:
    return TYPES.get(name[0], name[0])


def _keys(kind: Any, steps: Place) -> list[str]:
    """The keys that the table at a place below a struct may have."""
    info: Any = msgspec.inspect.type_info(kind)
    for step in steps:
        if isinstance(step, int):
            info = info.item_type
        else:
            info = next(field.type for field in info.fields if field.encode_name == step)
    return [field.encode_name for field in info.fields]


def _statements(text: str) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    """Each header and each `key = value` of a TOML text: its first line, whether it is a header,
    and what it says alone. The parser itself tells where one ends: the first lines of a value that
    goes on are no TOML."""
    start, lines = 1, list[str]()
    for number, line in enumerate(text.split("\n"), start=1):
        lines.append(line)
        try:
            table = tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError:
            continue
        if table:
            yield start, lines[0].lstrip().startswith("["), table
        start, lines = number + 1, []


def _opened(header: dict[str, Any], tables: dict[Place, int]) -> Place:
    """The place of the table that a header opens, such as ("stub", 2); counts it."""
    place: Place = ()
    entry: Any = header
    while entry:
        ((key, entry),) = entry.items()
        place = (*place, key)
        if isinstance(entry, list):
            tables[place] = tables.get(place, 0) + 1
            entry = entry[0]
        if place in tables:
            place = (*place, tables[place] - 1)
    return place


def _places(entry: Any, above: Place) -> Iterator[Place]:
    """The places of an entry and of all that it holds."""
    parts = entry.items() if isinstance(entry, dict) else enumerate(entry)
    for step, part in parts:
        yield (*above, step)
        if isinstance(part, dict | list):
            yield from _places(part, (*above, step))
