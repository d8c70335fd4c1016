"""The tables of a gradebook.

A change of them needs a migration in `migrations/versions/`; a test compares the two.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import DateTime, Float, ForeignKey, LargeBinary, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

NAMES = {  # of constraints, so that a migration can speak of them in every database
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(TypeDecorator[datetime]):
    """A moment with its zone; SQLite keeps none."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """In UTC, without saying so."""
        return value and value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """With the zone again."""
        return value and value.replace(tzinfo=timezone.utc)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: Text, float: Float, datetime: Utc, bytes: LargeBinary}  # noqa: RUF012


class Person(Base):
    """Somebody who handed something in, or should have.

    is_expected: on the roster. is_known: told by a roster or an export; else only a file is known,
    and `name` is what it is called.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    section: Mapped[str]
    is_expected: Mapped[bool]
    is_known: Mapped[bool]
    identities: Mapped[list[Identity]] = relationship(back_populates="person")
    attempts: Mapped[list[Attempt]] = relationship(
        secondary="attempt_people", back_populates="people"
    )


class Identity(Base):
    """By what a person is found: an id, an email, a name, the place of a file.

    person_id is None for a name that several people have: it tells nobody. source: who said it,
    the roster or a reader of exports.
    """

    __tablename__ = "identities"

    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    person: Mapped[Person | None] = relationship(back_populates="identities")


class Assignment(Base):
    __tablename__ = "assignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Attempt(Base):
    """Something that one or several people handed in together.

    number, time, is_late, reader: as an export told; 0, None, None and "" where none did.
    digest: of its code, as submissions/packed.py reckons it. place: where it lay when it was graded
    last. kept: when it came into the book.
    """

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), index=True)
    number: Mapped[int]
    time: Mapped[datetime | None]
    is_late: Mapped[bool | None]
    reader: Mapped[str]
    digest: Mapped[str] = mapped_column(index=True)
    place: Mapped[str]
    kept: Mapped[datetime]
    assignment: Mapped[Assignment] = relationship()
    people: Mapped[list[Person]] = relationship(
        secondary="attempt_people", back_populates="attempts"
    )
    records: Mapped[list[Record]] = relationship(order_by="Record.version")


class AttemptPerson(Base):
    __tablename__ = "attempt_people"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class Record(Base):
    """What was seen of an attempt, as JSON. The newest version counts, the others stay.

    why: what this version was made for.
    """

    __tablename__ = "records"
    __table_args__ = (UniqueConstraint("attempt_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    version: Mapped[int]
    time: Mapped[datetime]
    why: Mapped[str]
    data: Mapped[str]


class Upload(Base):
    """The code of attempts by its digest, packed, for when the files are gone."""

    __tablename__ = "uploads"

    digest: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class Adjustment(Base):
    """Points that somebody gave or took by hand. withdrawn: since when it does not count."""

    __tablename__ = "adjustments"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    stub: Mapped[str | None]
    points: Mapped[float]
    comment: Mapped[str]
    reason: Mapped[str]
    author: Mapped[str]
    time: Mapped[datetime]
    withdrawn: Mapped[datetime | None]
    assignment: Mapped[Assignment] = relationship()


class Policy(Base):
    """A text of course.toml with which grades were computed."""

    __tablename__ = "policies"

    digest: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    time: Mapped[datetime]
