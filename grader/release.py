"""What students get: the public folder of an assignment, the stand-ins that it needs, and the
packages to install. As a folder or as a zip file, the same bytes each time."""

from __future__ import annotations

import re
import tempfile
import zipfile
from importlib.metadata import requires
from pathlib import Path

from grader import templates
from grader.assignment import Assignment
from grader.errors import AssignmentError, UsageError

Files = dict[str, bytes]  # by the path inside the release

EPOCH = (1980, 1, 1, 0, 0, 0)  # the time of every file in a zip
JUPYTER = "jupyterlab>=4"


def contents(assignment: Assignment) -> Files:
    """The files of a release: <name>/… and helpers/…

    Raises AssignmentError where a public file is not what is cut from the solution today: it could
    be older, or have the solution in it.
    """
    _verify(assignment)
    files = tree(assignment.public, assignment.name)
    for package in assignment.helpers:
        files |= tree(assignment.public.parent / "helpers" / package, f"helpers/{package}")
    files[f"{assignment.name}/requirements.txt"] = requirements().encode()
    return dict(sorted(files.items()))


def requirements(*more: str) -> str:
    """The packages that the grader needs without a sandbox, and Jupyter, as a requirements.txt."""
    own = [line for line in requires("grader") or [] if "extra ==" not in line]
    needed = [line for line in own if not line.startswith("bubblewrap")]
    lines = ["# The grader itself comes from your instructor.", *sorted([*needed, JUPYTER, *more])]
    return "\n".join(lines) + "\n"


def write(files: Files, target: Path) -> None:
    """Write files to a folder, or to a zip file if the name ends with .zip.

    Raises UsageError if there is something there already.
    """
    if target.exists() and (target.is_file() or any(target.iterdir())):
        raise UsageError(f"{target} is there already: remove it, or choose another name.")
    if target.suffix == ".zip":
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.external_attr = _mode(name, data) << 16
                archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
        return
    for name, data in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(_mode(name, data))


def _mode(name: str, data: bytes) -> int:
    """Scripts may be executed."""
    return 0o755 if data.startswith(b"#!") else 0o644


def _verify(assignment: Assignment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for fresh in templates.write(assignment.solution, Path(folder, assignment.name)):
            public = assignment.public / fresh.name
            if not public.is_file() or public.read_bytes() != fresh.read_bytes():
                raise AssignmentError(
                    f"{public} is not what is cut from the solution now: run `make templates`."
                )


def tree(folder: Path, prefix: str) -> Files:
    """The files below a folder; hidden ones, caches and links stay behind."""
    hidden = re.compile(r"^(\.|__pycache__$)")
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and not any(hidden.match(part) for part in path.relative_to(folder).parts)
    }
