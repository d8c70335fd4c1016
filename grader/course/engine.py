"""The engine's own source as one digest: another engine may see something else."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# The rooms that decide about a record; what shows, keeps or counts records does not.
ROOMS = ("checking", "course", "grading", "i18n", "sandbox", "submissions")
DECISIVE = ("*.py", "*.mo", "SHA256SUMS")  # code, messages, and what the data in it must be


@cache
def digest(package: Path = PACKAGE) -> str:
    """Digest of the names and contents of its files (sha256, hexadecimal); read once a process."""
    files = {
        path for room in ROOMS for pattern in DECISIVE for path in (package / room).rglob(pattern)
    }
    return digest_of({path.relative_to(package).as_posix(): path.read_bytes() for path in files})


def digest_of(files: dict[str, bytes]) -> str:
    """Digest of files by their names (sha256, hexadecimal); where they lie does not matter."""
    found = sha256()
    for name, content in sorted(files.items()):
        found.update(sha256(name.encode()).digest() + sha256(content).digest())
    return found.hexdigest()
