"""Who is in a course: a list of people that a learning platform or a person has written.

Its columns are known by their names, in the languages and spellings of the usual platforms: Moodle
(participants, grading worksheet), Canvas (gradebook), Gradescope, nbgrader, GitHub Classroom,
Blackboard; and those of lists that were written by hand.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.errors import UsageError
from grader.gradebook.names import keys_of, written
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.discovery import name_of
from grader.submissions.uploads import Person, Upload
from grader.submissions.zip_names import LIKELY

MAX_SIZE = 20 << 20  # bytes; a gradebook of 3,000 people has 2 MB
HEADER_WITHIN = 10  # lines; some lists have a title above
NAMED = 15  # columns that a message names

# What a column is, by its name in small letters without punctuation. The first that fits counts.
COLUMNS = {
    "": r"last (login|access|modified|activity).*|.*(grade|score|points|status|comment|feedback).*"
    r"|(group|team|section|course|assignment|class|account) ids?",
    "email": r"(.* )?e ?mails?( .*)?|(.* )?mail ?(address|adresse)|.*(邮箱|邮件|邮址).*|correo.*",
    "role": r"roles?|rollen?|角色",
    "section": r"(sections?|groups?|gruppen?|class|klasse|kurs|tutorial|班级?|小?组)( name)?",
    "last, first": r"((last|family) ?name|nachname|surname|name|last) (first ?name|vorname|first)",
    "first": r"(first|given|fore) ?names?|first|vornamen?|prénom|nombre|名",
    "last": r"(last|family|sur) ?names?|last|nachname|familienname|nom|apellidos?|姓",
    "id": r"(.* )?(ids?|sid|netid|uid|userid|studentid|orgdefinedid|login|logins|identifier|user"
    r" ?name|benutzername|anmeldename|kennung|uniqname|github.*)( (number|nummer|nr))?"
    r"|(.* )?(matrikel|matriculation).*|(student|participant|roll) (number|no|nr)"
    r"|.*(学号|学籍号|用户名|账号|编号).*",
    "name": r"((full|display|sortable|preferred|students?|student s|participant|vollständiger)"
    r" ?)?names?|fullname|displayname|students?|participants?|teilnehmer.*|people|person"
    r"|nombre completo|nom complet|.*(姓名|名字|学生).*",
}
NOT_STUDENTS = re.compile(
    r"instructor|teacher|\bta\b|tutor|staff|assistant|observer|admin|dozent|教师|老师|助教", re.I
)
NUMBERED = re.compile(r"\D*\s(\d+)")  # "Participant 123456", in any language


class RosterEntry(msgspec.Struct, frozen=True):
    """One person of a course. ids: all that may be one, of every platform that the list knows."""

    name: str = ""
    email: str = ""
    ids: tuple[str, ...] = ()
    section: str = ""


class Joined(NamedTuple):
    """uploads: with the people as the roster knows them. unknown: who handed in and is not on it.
    missing: who is on it and handed in nothing."""

    uploads: list[Upload]
    unknown: list[Person]
    missing: list[RosterEntry]


@dataclass(frozen=True)
class Roster:
    """The people of a course. columns: from which columns of the list what was taken: "name",
    "email", "id", "section"."""

    entries: tuple[RosterEntry, ...]
    columns: dict[str, str]

    def find(self, person: Person) -> RosterEntry | None:
        """Who this is, by id, else email, else name; None where nobody is or several may be.

        Names may differ in capitals, accents, order and blanks. A name may also be somebody's
        login. Who has the id of one and the name of another is nobody.
        """
        by_name = self._only(self._names, keys_of(person.name))
        by_id = self._only(self._ids, [person.id, person.email])
        if by_id is not None and by_name is not None and by_id != by_name:
            return None
        by_email = self._only(self._emails, [person.email, person.id])
        return by_id or by_email or by_name or self._only(self._ids, [person.name])

    def _only(self, index: dict[str, set[int]], keys: Iterable[str]) -> RosterEntry | None:
        found = {number for key in keys for number in index.get(key.casefold(), ())}
        return self.entries[found.pop()] if len(found) == 1 else None

    @cached_property
    def _ids(self) -> dict[str, set[int]]:
        return _index(entry.ids for entry in self.entries)

    @cached_property
    def _emails(self) -> dict[str, set[int]]:
        return _index([entry.email] for entry in self.entries)

    @cached_property
    def _names(self) -> dict[str, set[int]]:
        return _index(keys_of(entry.name) for entry in self.entries)


def _index(keys: Iterable[Iterable[str]]) -> dict[str, set[int]]:
    """The numbers of the entries with a key."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for number, own in enumerate(keys):
        for key in filter(None, own):
            found[key.casefold()].add(number)
    return found


def joined(uploads: Sequence[Upload], roster: Roster) -> Joined:
    """The uploads with names, ids and emails of the roster. Who is nobody's stays as it is; an
    upload of which nothing is known may be called like somebody."""
    found: list[Upload] = []
    unknown: dict[Person, None] = {}
    seen: set[RosterEntry] = set()
    for upload in uploads:
        told = upload.origin.people or (Person(name_of(upload.path)),)
        entries = [roster.find(person) for person in told]
        unknown |= {p: None for p, entry in zip(told, entries, strict=True) if entry is None}
        seen.update(entry for entry in entries if entry is not None)
        if upload.origin.people or any(entries):
            people = tuple(map(_known, told, entries))
            origin = msgspec.structs.replace(upload.origin, people=people)
            upload = replace(upload, origin=origin)
        found.append(upload)
    missing = [entry for entry in roster.entries if entry not in seen]
    return Joined(found, [*unknown], missing)


def _known(person: Person, entry: RosterEntry | None) -> Person:
    """The person with what the roster says; the id stays the platform's."""
    if entry is None:
        return person
    ids = (person.id, *entry.ids, "")
    return Person(
        entry.name or person.name, next(filter(None, ids), ""), entry.email or person.email
    )


def read_roster(path: Path) -> Roster:
    """The people in a list: comma, semicolon or tab between its columns, in any usual encoding.

    Raises UsageError, which names the columns, where none says who somebody is.
    """
    rows = _rows(path)
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        kinds = _kinds(row)
        if {"name", "first", "last", "last, first", "email", "id"} & {*kinds}:
            entries = _merged(_entry(kinds, cells) for cells in rows[number + 1 :])
            if not entries:
                raise UsageError(f"{path} lists nobody: there is no line with a person in it.")
            return Roster(entries, _columns(row, kinds))
    seen = [well_formed(cell.strip()) for cell in (rows[0] if rows else []) if cell.strip()]
    more = ", …" if len(seen) > NAMED else ""
    raise UsageError(
        f"{path} is no list of people: its first line has to name the columns, with at least one "
        "such as Name, First name and Last name, Email, ID, Username. It has: "
        f"{', '.join(seen[:NAMED]) or 'nothing'}{more}."
    )


def _rows(path: Path) -> list[list[str]]:
    """The cells of each line that has any. Raises UsageError."""
    try:
        if path.stat().st_size > MAX_SIZE:
            raise UsageError(f"{path} has more than {MAX_SIZE >> 20} MB: it is no list of people.")
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError(f"{path} is a spreadsheet. Save it as CSV (UTF-8), and name that file.")
    lines = _text(data).splitlines()
    if lines and re.fullmatch(r"\W?sep=.\W*", lines[0]):  # for Excel
        lines = lines[1:]
    text = "\n".join(line for line in lines if line.strip())
    head = "\n".join(text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN])
    delimiter = max(",;\t|", key=lambda sign: max(map(len, _parsed(head, sign)), default=0))
    return _parsed(text, delimiter)


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    """Raises UsageError for a cell that is no person's."""
    try:
        rows = [*csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise UsageError(f"The list of people cannot be read: {error}.") from None
    return [row for row in rows if any(cell.strip() for cell in row)]


def _text(data: bytes) -> str:
    for mark, encoding in {
        codecs.BOM_UTF8: "utf-8-sig",
        codecs.BOM_UTF16_LE: "utf-16",
        codecs.BOM_UTF16_BE: "utf-16",
    }.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for encoding in ("gb2312", "gb18030"):
        text = data.decode(encoding, "replace")
        if LIKELY[encoding](re.split(r"[,;\t\s]+", text)):
            return text
    return data.decode("cp1252", "replace")


def _kinds(header: Sequence[str]) -> list[str]:
    """What each column is; "" for one that is of no use here."""
    kinds = []
    for cell in header:
        plain = " ".join(re.findall(r"\w+", cell.casefold().replace("_", " ")))
        found = (kind for kind, names in COLUMNS.items() if re.fullmatch(names, plain))
        kinds.append(next(found, ""))
    if "first" in kinds and "last" not in kinds:  # "Name", "Vorname"
        kinds = ["last" if kind == "name" else kind for kind in kinds]
    return kinds


def _columns(header: Sequence[str], kinds: Sequence[str]) -> dict[str, str]:
    """The columns of each kind, as the list calls them."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for cell, kind in zip(header, kinds, strict=True):
        kind = "name" if kind in ("first", "last", "last, first") else kind
        if kind and kind != "role":
            found[kind].append(well_formed(cell.strip()))
    return {kind: ", ".join(cells) for kind, cells in found.items()}


def _entry(kinds: Sequence[str], cells: Sequence[str]) -> RosterEntry:
    """The person in a line; nobody's is empty."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for kind, cell in zip(kinds, cells, strict=False):  # lines may be shorter, or longer
        if cell.strip():
            values[kind].append(cell.strip())
    full = values["name"] + values["last, first"]
    if values["first"] or values["last"]:
        name = written(" ".join(values["first"]), " ".join(values["last"]))
    else:
        name = written("", full[0]) if full else ""
    # Canvas: a line about points, and a student that only tests. Nobody has a number in its place.
    if name.casefold() in ("points possible", "test student"):
        return RosterEntry()
    if any(map(NOT_STUDENTS.search, values["role"])) and "tudent" not in "".join(values["role"]):
        return RosterEntry()
    ids = dict.fromkeys(values["id"])
    for value in values["id"]:
        if numbered := NUMBERED.fullmatch(value):
            ids[numbered[1]] = None
    emails = [value for value in (*values["email"], *ids) if "@" in value]
    if not name and not emails and values["id"]:  # GitHub Classroom: what a student is called by
        name = next((value for value in values["id"] if " " in value), "")
    return RosterEntry(name, emails[0] if emails else "", tuple(ids), ", ".join(values["section"]))


def _merged(entries: Iterable[RosterEntry]) -> tuple[RosterEntry, ...]:
    """One entry for each person: lines of one name with one id or email are one person's, and of
    those that have neither, all of one name."""
    found: dict[int, RosterEntry] = {}
    places: dict[tuple[str, str], int] = {}
    for entry in entries:
        name = " ".join(sorted(keys_of(entry.name)))
        keys = [(name, key.casefold()) for key in (*entry.ids, entry.email) if key]
        if not keys and not name:
            continue
        keys = keys or [(name, "")]
        place = next((places[key] for key in keys if key in places), len(found))
        found[place] = _sum(found[place], entry) if place in found else entry
        places |= dict.fromkeys(keys, place)
    return tuple(found.values())


def _sum(first: RosterEntry, second: RosterEntry) -> RosterEntry:
    sections = dict.fromkeys([*first.section.split(", "), *second.section.split(", ")])
    return RosterEntry(
        first.name,
        first.email or second.email,
        tuple(dict.fromkeys([*first.ids, *second.ids])),
        ", ".join(filter(None, sections)),
    )
