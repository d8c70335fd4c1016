"""The database of a gradebook: where it is, how it is opened, brought up to date and locked.

One writer at a time: every transaction that writes takes the lock of the database at its start, so
two runs wait for each other, for milliseconds, and nothing is read that is written meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from grader.course.extras import require
from grader.errors import UsageError
from grader.sandbox.inside.protocol import well_formed

PATIENCE = 30  # seconds that one run waits for another one to write
LOCK = 0x67726164  # of PostgreSQL, held by whoever writes into a gradebook
MAGIC = b"SQLite format 3\0"  # begins a database (sqlite.org/fileformat.html, 1.2)
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """The database of an open gradebook. place: its file, or its address without the password."""

    def __init__(self, url: URL, engine: Engine) -> None:
        self.url = url
        self.place = shown(url)
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads; it does not wait for writers. Raises UsageError."""
        session = Session(self._engine, expire_on_commit=False)
        with sentences(self.url), session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is alone in writing. Raises UsageError."""
        engine = self._engine.execution_options(writes=True)
        with sentences(self.url), Session(engine) as session, session.begin():
            _lock(session.connection())
            yield session


def url_of(place: str) -> URL:
    """The address of a database that is named by a file or a URL. Raises UsageError."""
    if "://" not in place:
        return URL.create("sqlite", database=str(Path(place).expanduser().absolute()))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise UsageError(
            "This is no address of a database. Name a file, or postgresql://USER:PASSWORD@HOST/NAME"
        ) from None
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        require("psycopg", "postgresql")
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise UsageError(f"A gradebook is kept in SQLite or PostgreSQL, not in {kind}.")
    if not url.database or url.database == ":memory:":
        raise UsageError("The address names no file: sqlite:///gradebook.sqlite")
    return url.set(database=str(Path(url.database).absolute()))


def shown(url: URL) -> str:
    """A database for people: a file by its path, a server without its password."""
    return str(url.database) if file_of(url) else url.render_as_string(hide_password=True)


def file_of(url: URL) -> Path | None:
    """The file of SQLite; None for a server."""
    is_file = url.get_backend_name() == "sqlite" and url.database
    return Path(str(url.database)) if is_file else None


def opened(url: URL, is_new: bool = True) -> Database:
    """A gradebook's database, with tables of this version. is_new: whether it may be made.

    Raises UsageError where it cannot be had, is something else, or is of a newer grader.
    """
    file = file_of(url)
    if file is not None:
        _check_file(file, is_new)
    with sentences(url):
        engine = _engine(url)
        with engine.begin() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        if found == _newest():
            return Database(url, engine)
        with engine.execution_options(writes=True).begin() as connection:
            _lock(connection)
            # What else is there is judged here alone: before, another run might be half-way.
            revision = _revision(connection, url)
            if revision is None and not is_new:
                raise UsageError(_no_book(url))
            if revision is not None and revision != _newest() and file is not None:
                backup(file, _free(file.with_name(f"{file.name}.before-{_newest()}")))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return Database(url, engine)


def backup(file: Path, to: Path) -> None:
    """Copy a SQLite database that may be written to meanwhile. Raises UsageError."""
    beside = to.with_name(f"{to.name}.part")
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(beside)) as target:
            source.backup(target)
        beside.replace(to)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise UsageError(f"The backup cannot be written to {to}: {error}.") from None


@contextmanager
def sentences(url: URL) -> Iterator[None]:
    """Errors of the database become a UsageError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise UsageError(_sentence(url, str(error.orig or error))) from error


def _engine(url: URL) -> Engine:
    """Connections are opened when they are needed: none is left for a process that is forked."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _lock(connection: Connection) -> None:
    """Wait until no other run writes. SQLite's lock comes with the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE * 1000:.0f}"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin below, not when Python thinks so
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
    connection.execute("PRAGMA foreign_keys = ON")
    # FULL: what was said to be kept is on the disk, whatever happens to the machine. NORMAL may
    # lose the last transactions in a power cut (sqlite.org/pragma.html#pragma_synchronous).
    connection.execute("PRAGMA synchronous = FULL")
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")  # readers do not wait for a writer
            return
        except sqlite3.OperationalError as error:  # this one does not wait by itself
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.05)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_file(file: Path, is_new: bool) -> None:
    """Raises UsageError for a place where no gradebook is or can be."""
    if not file.parent.is_dir():
        raise UsageError(f"There is no folder {file.parent} for the gradebook {file.name}.")
    if file.is_dir():
        raise UsageError(f"{file} is a folder; name a file in it for the gradebook.")
    if not file.exists():
        if not is_new:
            raise UsageError(_no_book(url_of(str(file))))
        if not _may_write(file.parent):
            raise UsageError(_unwritable(str(file.parent)))
        return
    try:
        with file.open("rb") as opened_file:
            start = opened_file.read(len(MAGIC))
    except OSError as error:
        raise UsageError(f"{file} cannot be opened: {error.strerror}.") from None
    if start and start != MAGIC:
        raise UsageError(f"{file} is no gradebook but another file. Name another one with --db.")
    if not (_may_write(file) and _may_write(file.parent)):  # its log lies beside it
        raise UsageError(_unwritable(str(file)))


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _revision(connection: Connection, url: URL) -> str | None:
    """Of which version the tables are; None where there are none. Raises UsageError."""
    revision = MigrationContext.configure(connection).get_current_revision()
    known = [script.revision for script in _scripts().walk_revisions()]
    if revision is not None and revision not in known:
        raise UsageError(
            f"{shown(url)} was written by a newer version of the grader, which this one cannot "
            "read. Install that version, or name another gradebook with --db."
        )
    if revision is None and inspect(connection).get_table_names():
        raise UsageError(
            f"{shown(url)} is a database of something else, and no gradebook. Name another one "
            "with --db."
        )
    return revision


def _newest() -> str:
    return str(_scripts().get_current_head())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _free(path: Path) -> Path:
    """A name that is not taken."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _no_book(url: URL) -> str:
    return (
        f"There is no gradebook {shown(url)} yet. Grade a class, or put in who is expected: "
        "grader gradebook roster FILE"
    )


def _unwritable(place: str) -> str:
    return f"{place} may not be written to. Name another file for the gradebook with --db."


def _sentence(url: URL, problem: str) -> str:
    """What an error of the database means for the person who has typed a command."""
    place, problem = shown(url), well_formed(problem).strip()
    if url.password:
        problem = problem.replace(str(url.password), "***")
    first = problem.partition("\n")[0]
    if file_of(url) is None:
        if "lock timeout" in problem:
            return _locked(place)
        if "connection" in problem:
            return (
                f"The database {place} cannot be reached: {first}. Does the server run, and are "
                "host, user and password right?"
            )
        return f"The gradebook {place} cannot be used: {first}."
    if "locked" in problem:
        return _locked(place)
    if "full" in problem:
        return (
            f"The disk of {place} is full. Make room there, and type the same command again: what "
            "is in the gradebook is not run again."
        )
    if "readonly" in problem or "unable to open" in problem:
        return _unwritable(place)
    if "not a database" in problem or "malformed" in problem:
        return f"{place} is damaged ({first}). Put a backup in its place, or name another one."
    return f"The gradebook {place} cannot be used: {first}."


def _locked(place: str) -> str:
    return (
        f"Another program has held {place} for more than {PATIENCE} seconds. End it, and type the "
        "same command again."
    )
