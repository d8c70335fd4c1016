"""The grader as a wheel, for students to install: what runs here now, of no course anything.

Written by hand, so that it needs neither a build tool nor the network, and where the grader itself
is an installed copy.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from grader import __version__
from grader.course.files import Files, tree, zipped
from grader.course.strict_toml import tomllib
from grader.errors import UsageError

# `grader` is what is imported and typed. On the public index that name is somebody else's.
DISTRIBUTION = "gradebox"
PACKAGE = Path(__file__).resolve().parents[1]


def wheel() -> tuple[str, bytes]:
    """The name of the wheel's file, and its content. Raises UsageError."""
    python, packages = needs()
    head = {
        "Metadata-Version": "2.4",
        "Name": DISTRIBUTION,
        "Version": __version__,
        "Requires-Python": python,
        "License-Expression": "MIT",
    }
    lines = [f"{key}: {value}" for key, value in head.items()]
    lines += [f"Requires-Dist: {requirement}" for requirement in packages]
    folder = f"{DISTRIBUTION}-{__version__}.dist-info"
    files = tree(PACKAGE, PACKAGE.name) | {
        f"{folder}/METADATA": _text(lines),
        f"{folder}/WHEEL": _text(
            ["Wheel-Version: 1.0", "Root-Is-Purelib: true", "Tag: py3-none-any"]
        ),
        f"{folder}/entry_points.txt": _text(["[console_scripts]", "grader = grader.cli.main:app"]),
    }
    license = PACKAGE.parent / "LICENSE"
    if license.is_file():
        files[f"{folder}/licenses/LICENSE"] = license.read_bytes()
    files[f"{folder}/RECORD"] = _record(files, f"{folder}/RECORD")
    return f"{DISTRIBUTION}-{__version__}-py3-none-any.whl", zipped(files)


def needs() -> tuple[str, list[str]]:
    """Which Python the grader needs, and which packages, without those for authors and tests: as
    pyproject.toml says in its repository, else as it was installed. Raises UsageError."""
    file = PACKAGE.parent / "pyproject.toml"
    project = tomllib.loads(file.read_text("utf-8"))["project"] if file.is_file() else {}
    if project.get("name") == DISTRIBUTION:
        return project["requires-python"], project["dependencies"]
    try:
        installed = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        raise UsageError(
            f"{DISTRIBUTION} is not installed here, so nothing tells which packages it needs."
        ) from None
    packages = [line for line in installed.requires or [] if "extra ==" not in line]
    return installed.metadata["Requires-Python"], packages


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _record(files: Files, own: str) -> bytes:
    """The list of a wheel's files with their digests and sizes."""
    lines = []
    for name, content in files.items():
        digest = urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}")
    return _text([*lines, f"{own},,"])
