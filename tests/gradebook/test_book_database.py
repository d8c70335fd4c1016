"""The database of a gradebook: made once, brought up to date, and what is said where it fails."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event

from grader.errors import UsageError
from grader.gradebook import database
from grader.gradebook.book import default_place, open_book
from grader.gradebook.models import Base
from grader.submissions.uploads import Person
from tests.gradebook.books import SOLUTION, keep, scores, upload
from tests.gradebook.conftest import NOBODY, PASSWORD

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade():
    with op.batch_alter_table("people") as table:
        table.add_column(sa.Column("pronoun", sa.Text, server_default=""))
"""
OPEN = "import sys; from grader.gradebook.book import open_book\nwith open_book(sys.argv[1]): pass"
ADA = Person("Ada", "17")


@pytest.fixture
def newer(tmp_path):
    """The migrations with one more step."""
    folder = Path(shutil.copytree(database.MIGRATIONS, tmp_path / "migrations"))
    (folder / "versions/v9999_next.py").write_text(NEXT.format(before=database._newest()), "utf-8")
    return folder


def test_tables_are_those_of_the_models(place):
    """A change of models.py without a migration is found here."""
    with open_book(place) as book, book._database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_older_book_is_brought_up_to_date(place, tmp_path, monkeypatch, newer):
    """Nothing is lost on the way, and of a file there is a copy of before."""
    with open_book(place) as book:
        keep(book, upload(tmp_path / "a.py", SOLUTION, ADA))
    monkeypatch.setattr(database, "MIGRATIONS", newer)

    with open_book(place) as book:
        assert scores(book) == {"Ada": [100]}

    monkeypatch.undo()
    copies = list(tmp_path.glob("gradebook.sqlite.before-*"))
    assert len(copies) == ("://" not in place)
    for copy in copies:
        with open_book(str(copy)) as book:
            assert scores(book) == {"Ada": [100]}


def test_newer_book_is_refused(place, monkeypatch, newer):
    """An older grader would lose what it does not know."""
    monkeypatch.setattr(database, "MIGRATIONS", newer)
    with open_book(place):
        pass
    monkeypatch.undo()

    with pytest.raises(UsageError, match="newer version of the grader"), open_book(place):
        pass


def test_runs_that_begin_together_make_one_book(place):
    """One makes the tables, the others wait for it."""
    runs = [
        subprocess.Popen([sys.executable, "-c", OPEN, place], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]

    assert [run.communicate(timeout=120)[1] for run in runs] == [""] * len(runs)
    with open_book(place) as book:
        assert book.members() == []


def test_file_of_something_else_is_left_alone(tmp_path):
    """A text, a folder, and the database of another program."""
    text = tmp_path / "notes.txt"
    text.write_text("What I must not forget: all of this.")
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE songs (name)")

    for file, problem in ((text, "no gradebook"), (tmp_path, "folder"), (other, "something else")):
        with pytest.raises(UsageError, match=problem), open_book(str(file)):
            pass
    assert text.read_text().startswith("What I must")


def test_database_of_something_else_on_a_server_is_left_alone(postgresql):
    """Tables that are there already are somebody's."""
    with psycopg.connect(postgresql) as connection:
        connection.execute("CREATE TABLE songs (name text)")

    with pytest.raises(UsageError, match="something else"), open_book(postgresql):
        pass


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("nowhere/gradebook.sqlite", "There is no folder"),
        ("mysql://root:secret@localhost/book", "SQLite or PostgreSQL, not in mysql"),
        ("sqlite://", "names no file"),
        ("://secret", "no address of a database"),
        ("postgresql://ada:secret@127.0.0.1:1/book", "cannot be reached: connection"),
    ],
)
def test_address_that_leads_nowhere(tmp_path, monkeypatch, place, problem):
    """The sentence says what is wrong, without the password."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UsageError, match=problem) as found, open_book(place):
        pass

    assert "secret" not in str(found.value)


def test_wrong_password_is_not_shown(server):
    """Neither the right one nor the wrong one."""
    with pytest.raises(UsageError, match="authentication failed") as found:
        open_book(server.replace(PASSWORD, "wrong-one")).__enter__()

    assert "wrong-one" not in str(found.value)


def test_missing_driver_is_named(monkeypatch):
    """What to install for a server's database."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(UsageError, match=r"\[postgresql\]"), open_book("postgresql://host/book"):
        pass


def test_place_that_may_not_be_written_to():
    """A folder and a file of somebody else."""
    if os.getuid() != 0:
        pytest.skip("only root can be somebody else")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "empty.sqlite").touch()
        os.seteuid(NOBODY)
        try:
            for file in ("gradebook.sqlite", "empty.sqlite"):
                with pytest.raises(UsageError, match="may not be written to"):
                    open_book(str(folder / file)).__enter__()
        finally:
            os.seteuid(0)


def test_full_disk_is_said(tmp_path):
    """And what was kept before is still there."""
    with open_book(str(tmp_path / "gradebook.sqlite")) as book:
        keep(book, upload(tmp_path / "a.py", SOLUTION, ADA))

        def fill(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")  # as many as there are

        event.listen(book._database._engine, "connect", fill)
        large = upload(tmp_path / "b.py", SOLUTION, ADA, attempt=2)

        with pytest.raises(UsageError, match="is full"):
            keep(book, large, output="x" * 10**6)
        assert scores(book) == {"Ada": [100]}


def test_book_that_another_program_holds(place, monkeypatch):
    """A run waits, but not for ever."""
    with open_book(place) as book:
        monkeypatch.setattr(database, "PATIENCE", 0.1)
        if "://" in place:
            holder = psycopg.connect(place)
            holder.execute(f"SELECT pg_advisory_lock({database.LOCK})")
        else:
            holder = sqlite3.connect(place, isolation_level=None)
            holder.execute("BEGIN IMMEDIATE")

        with closing(holder), pytest.raises(UsageError, match="Another program has held"):
            book.keep_policy("a = 1")


def test_damaged_file_is_said_to_be_one(tmp_path):
    """With the advice to take a backup."""
    file = tmp_path / "gradebook.sqlite"
    with open_book(str(file)):
        pass
    file.write_bytes(file.read_bytes()[:100] + b"x" * 20_000)

    with pytest.raises(UsageError, match="Put a backup in its place"), open_book(str(file)):
        pass


def test_backup_is_a_book(tmp_path):
    """It is whole while somebody writes, and never takes the place of another file."""
    place = str(tmp_path / "gradebook.sqlite")
    to = tmp_path / "backup.sqlite"
    with open_book(place) as book:
        keep(book, upload(tmp_path / "a.py", SOLUTION, ADA))
        with book._database.writing() as session:
            session.connection().exec_driver_sql("UPDATE people SET name = 'half done'")
            book.backup(to)
        with pytest.raises(UsageError, match="there already"):
            book.backup(to)
        with pytest.raises(UsageError, match="cannot be written"):
            book.backup(tmp_path / "nowhere/backup.sqlite")

    with open_book(str(to)) as copy:
        assert scores(copy) == {"Ada": [100]}


def test_backup_of_a_server_is_its_own_tool(postgresql, tmp_path):
    """The sentence names it."""
    with open_book(postgresql) as book, pytest.raises(UsageError, match="pg_dump"):
        book.backup(tmp_path / "backup")


def test_book_of_a_course_lies_in_it(tmp_path):
    """Also where a folder's name has characters that mean something in an address."""
    course = tmp_path / "100% d2l?#"
    course.mkdir()

    with open_book(default_place(course)) as book:
        assert book.place == str(course / "gradebook.sqlite")
    assert (course / "gradebook.sqlite").is_file()
