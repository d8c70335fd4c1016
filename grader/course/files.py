"""Files by their paths in what is handed out: gathered, and written as a folder or a zip file."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from grader.errors import UsageError

Files = dict[str, bytes]  # by the path inside

EPOCH = (1980, 1, 1, 0, 0, 0)  # the time of every file in a zip
HIDDEN = re.compile(r"^(\.|__pycache__$)")


def tree(folder: Path, prefix: str) -> Files:
    """The files below a folder; hidden ones, caches and links stay behind."""
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not any(HIDDEN.match(part) for part in path.relative_to(folder).parts)
    }


def zipped(files: Files) -> bytes:
    """A zip file; equal files give equal bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = _mode(content) << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def write(files: Files, target: Path) -> None:
    """Write files to a folder, or to a zip file if the name ends with .zip.

    Raises UsageError if there is something there already.
    """
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise UsageError(f"{target} is there already: remove it, or choose another name.")
    if target.suffix == ".zip":
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(zipped(files))
        return
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(_mode(content))


def _mode(content: bytes) -> int:
    """Scripts may be executed."""
    return 0o755 if content.startswith(b"#!") else 0o644
