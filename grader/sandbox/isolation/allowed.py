"""Which files a box sees: an allow-list, at the same paths as on the host.

Parts of /usr and of the interpreter's prefixes are shown, not the whole: /usr/src/app is where
containers keep a course, /usr/share/datasets has test labels, and a virtual environment may be the
course folder itself. Of the grader itself a box sees sandbox/inside only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from grader.sandbox.isolation import nvidia

PACKAGE = Path(__file__).resolve().parents[2]


def trees() -> list[str]:
    """Real paths of the host's folders and files that a box may read, none below another."""
    real = {path.resolve() for path in _candidates()}
    return [str(path) for path in sorted(real) if not real.intersection(path.parents)]


def links() -> list[tuple[str, str]]:
    """(path, real path) for what is reached through a link: /lib, a prefix that is a link."""
    shown = set(map(Path, trees()))
    return [
        (str(path), str(path.resolve()))
        for path in _candidates()
        if path != path.resolve() and not shown.intersection(path.parents)
    ]


def above(path: str) -> list[str]:
    return list(map(str, Path(path).parents))


def _candidates() -> list[Path]:
    prefixes = [
        Path("/"),
        Path("/usr"),
        Path("/usr/local"),
        Path(sys.base_prefix),
        Path(sys.prefix),
    ]
    prefixes.append(Path(sys.executable).resolve().parents[1])
    prefixes += [prefix.resolve() for prefix in prefixes]
    parts = ("bin", "lib", "lib32", "lib64", "pyvenv.cfg")
    files = (
        "/etc/ld.so.cache",  # finding shared libraries
        "/etc/alternatives",  # Debian's libblas.so.3 is a link through it
        "/usr/share/zoneinfo",
        "/sys/devices/system/cpu",  # number and kind of CPUs, for torch
        "/sys/kernel/mm/transparent_hugepage",  # whether and how large, for glibc
    )
    candidates = [prefix / part for prefix in prefixes for part in parts] + list(map(Path, files))
    return [path for path in dict.fromkeys(candidates) if path.exists()]


def worker_files() -> list[tuple[Path, str]]:
    """(source, path inside the worker's code folder) of what of the grader may lie next to student
    code: the folder sandbox/inside, and what makes it a package. All of it is public."""
    inside = sorted((PACKAGE / "sandbox" / "inside").rglob("*.py"))
    files = [PACKAGE / "__init__.py", PACKAGE / "sandbox" / "__init__.py", *inside]
    return [(file, str(Path("grader", file.relative_to(PACKAGE)))) for file in files]


def driver_files() -> list[str]:
    """The files of the GPU driver's libraries that no tree of a box holds already."""
    shown = set(map(Path, trees()))
    return [file for file in nvidia.library_files() if not shown.intersection(Path(file).parents)]
