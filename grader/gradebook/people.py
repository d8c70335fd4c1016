"""Who is who: what an export, a roster or a file tells finds a person of the book.

A person is found by an id, else by an email, else by a name that only one has. Whoever is not found
is new; where one line tells that two are the same person, they become one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.gradebook import models
from grader.gradebook.attempts import unite
from grader.gradebook.names import folded, name_key
from grader.sandbox.inside.protocol import well_formed
from grader.submissions.uploads import Origin

ROSTER = "roster"


@dataclass(frozen=True)
class Told:
    """What one line of a roster or one upload says about a person.

    source: who says it; within one source two ids are two people.
    """

    name: str
    email: str
    ids: tuple[str, ...]
    source: str

    @property
    def sure(self) -> list[tuple[str, str]]:
        """By what a person is found for sure: (kind, value)."""
        found = [("id", folded(each)) for each in self.ids] + [("email", folded(self.email))]
        return [(kind, value) for kind, value in found if value]

    @property
    def by_name(self) -> tuple[str, str]:
        """The name as a key."""
        return "name", name_key(self.name)


def told_by(origin: Origin, assignment: str) -> list[Told]:
    """The people of an upload, as far as its export tells of them."""
    # Moodle numbers a person anew in every assignment.
    is_moodle = origin.reader.startswith("moodle")
    source = f"{origin.reader}/{assignment}" if is_moodle else origin.reader
    each = [
        Told(clean(who.name), clean(who.email), (clean(who.id),) if clean(who.id) else (), source)
        for who in origin.people
    ]
    return [told for told in each if told.sure or told.by_name[1]]


def clean(text: str) -> str:
    """A text of an export in one line that can be printed and stored."""
    return " ".join("".join(c if c.isprintable() else " " for c in well_formed(text)).split())


def found(session: Session, told: Told) -> list[models.Person]:
    """The people of the book that this is about; of several, all are the same."""
    people = [_at(session, key) for key in told.sure]
    named = _at(session, told.by_name) or _at(session, ("file", told.by_name[1]))
    if named and not _is_another(named, told):
        people.append(named)
    return [each for each in dict.fromkeys(people) if each is not None]


def person_of(session: Session, told: Told) -> models.Person | None:
    """The person that this is about, with what is told now; None where it is only a name, and
    several people have it."""
    people = found(session, told)
    if not people:
        if not told.sure and session.get(models.Identity, told.by_name) is not None:
            return None
        name = told.name or told.email or told.ids[0]
        people = [_new(session, name, is_known=True)]
    first, *others = people
    for other in others:
        if not _are_two(first, other):
            _merge(session, first, other)
    _remember(session, first, told)
    return first


def found_at(session: Session, place: str, name: str) -> models.Person | None:
    """Whose file it is where nobody else is told: that of this place, or of this name."""
    return _at(session, ("place", place)) or _at(session, ("name", name_key(name)))


def person_at(
    session: Session, place: str, name: str, before: models.Person | None
) -> models.Person:
    """The same, and if there is nobody, a person of its own. before: whose it was elsewhere."""
    person = found_at(session, place, name) or before
    if person is None:
        person = _new(session, name, is_known=False)
        _claim(session, person, ("file", name_key(name)), "")
    _claim(session, person, ("place", place), "")
    return person


def set_apart(session: Session, everybody: Iterable[Told]) -> None:
    """A name that several of these people have finds nobody from now on."""
    each = {told.sure[0]: told.by_name for told in everybody if told.sure and told.by_name[1]}
    for key, count in Counter(each.values()).items():
        if count > 1:
            _nobodys(session, key)


def put_roster(session: Session, entries: Sequence[tuple[Told, str]]) -> None:
    """Expect these people, (who, section), and nobody else."""
    for person in session.scalars(select(models.Person).where(models.Person.is_expected)):
        person.is_expected = False
    set_apart(session, (told for told, _section in entries))
    for told, section in entries:
        person = person_of(session, told) or _new(session, told.name, is_known=True)
        person.is_expected = True
        person.section = section
        person.name = told.name or person.name
        person.email = told.email or person.email


def ids_of(person: models.Person) -> tuple[str, ...]:
    """What platforms and rosters call somebody."""
    return tuple(sorted(each.value for each in person.identities if each.kind == "id"))


def _new(session: Session, name: str, is_known: bool) -> models.Person:
    person = models.Person(name=name, email="", section="", is_expected=False, is_known=is_known)
    session.add(person)
    session.flush()
    return person


def _remember(session: Session, person: models.Person, told: Told) -> None:
    """From now on the person is found by all of this."""
    if not person.is_known or not person.name:
        person.name = told.name or person.name
    person.is_known = True
    person.email = person.email or told.email
    for key in told.sure:
        if _at(session, key) is None:
            _claim(session, person, key, told.source)
    _claim(session, person, told.by_name, told.source)


def _at(session: Session, key: tuple[str, str]) -> models.Person | None:
    row = session.get(models.Identity, key)
    return row.person if row else None


def _claim(session: Session, person: models.Person, key: tuple[str, str], source: str) -> None:
    """The person is found by this, if nobody else is; else nobody is."""
    row = session.get(models.Identity, key)
    if row is not None and row.person is not person:
        _nobodys(session, key)
    elif row is None and key[1]:
        row = models.Identity(kind=key[0], value=key[1], source=source, person=person)
        session.add(row)
        session.flush()


def _nobodys(session: Session, key: tuple[str, str]) -> None:
    row = session.get(models.Identity, key)
    if row is None:
        session.add(models.Identity(kind=key[0], value=key[1], source="", person_id=None))
    else:
        row.person = None
    session.flush()


def _is_another(person: models.Person, told: Told) -> bool:
    """Whether the same source calls the person of this name otherwise."""
    kinds = {kind for kind, _value in told.sure}
    if told.source == ROSTER:
        kinds.discard("email")  # a newer roster may have another one
    own = [each for each in person.identities if each.source == told.source]
    return any(e.kind in kinds and (e.kind, e.value) not in told.sure for e in own) and not any(
        (e.kind, e.value) in told.sure for e in person.identities
    )


def _are_two(one: models.Person, other: models.Person) -> bool:
    """Whether one source tells both apart."""
    sources = [
        {each.source for each in person.identities if each.kind == "id"} for person in (one, other)
    ]
    return not sources[0].isdisjoint(sources[1])


def _merge(session: Session, person: models.Person, gone: models.Person) -> None:
    """Both are the same: all that is the other's is the first one's."""
    for identity in list(gone.identities):
        identity.person = person
    for attempt in list(gone.attempts):
        attempt.people.remove(gone)
        if person not in attempt.people:
            attempt.people.append(person)
    adjustments = select(models.Adjustment).where(models.Adjustment.person_id == gone.id)
    for adjustment in session.scalars(adjustments):
        adjustment.person_id = person.id
    if gone.is_known and not person.is_known:
        person.name = gone.name
    person.is_known |= gone.is_known
    person.is_expected |= gone.is_expected
    person.email = person.email or gone.email
    person.section = person.section or gone.section
    session.flush()
    session.delete(gone)
    session.flush()
    unite(session, person)
