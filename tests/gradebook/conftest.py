"""Both kinds of database: a file, and a real server on this machine, started for the tests."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

NOBODY = 65534  # the user of Linux who owns nothing: a PostgreSQL server refuses to run as root
PASSWORD = "open-sesame"
NUMBERS = count(1)


def binaries() -> Path | None:
    """The folder with the newest server's programs, where Debian and Ubuntu put them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a database on a PostgreSQL server of its own."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed here: apt install postgresql")
    user: dict[str, Any] = {}
    if os.getuid() == 0:
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def call(program: str, *arguments: object) -> None:
        command = [str(programs / program), *map(str, arguments)]
        with log.open("ab") as output:
            subprocess.run(command, check=True, stdout=output, stderr=output, cwd=folder, **user)

    with tempfile.TemporaryDirectory(prefix="grader-postgresql-") as name:
        folder = Path(name)
        log, data = folder / "log", folder / "data"
        secret = folder / "password"
        secret.write_text(PASSWORD)
        for path in (folder, secret):
            os.chown(path, user.get("user", -1), user.get("group", -1))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        call("initdb", "-D", data, "-U", "grader", "--auth=scram-sha-256", "--pwfile", secret)
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={folder}"
        options += " -c fsync=off"  # no test takes the machine's power away
        call("pg_ctl", "-D", data, "-w", "-l", folder / "server.log", "-o", options, "start")
        try:
            yield f"postgresql://grader:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "stop")


@pytest.fixture
def postgresql(server: str) -> str:
    """A place of its own in the database: a schema is made faster than a database."""
    name = f"book{next(NUMBERS)}"
    with psycopg.connect(server) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{server}?options=-csearch_path%3D{name}"


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new gradebook may be: each test runs on both kinds."""
    if request.param == "sqlite":
        return str(tmp_path / "gradebook.sqlite")
    return request.getfixturevalue("postgresql")
