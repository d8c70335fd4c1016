"""Prepared data sets: verified once, and kept in two parts.

A prepared data set is one folder of the cache:

    public/        what a sandbox sees as ./data and ../data
    private/       the hidden part, never shown to a sandbox
    origin.json    where it came from; written last, so without it nothing counts
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath

import msgspec
import numpy as np

from grader.course.datasets.spec import DatasetSpec, Split, listed, npy
from grader.sandbox.inside.data import load_split

HIDDEN = ("examples.npy", "labels.npy")
MOST_LOOKED_AT = 1024  # bytes of each file, to see whether it is whole


@dataclass(frozen=True)
class Dataset:
    """A prepared data set; only `public_root` may ever be shown to a sandbox."""

    name: str
    variant: str  # "full" or "embedded"
    sha256: str  # one digest of all of it
    source: str  # where it came from, in words
    public_root: Path
    private_root: Path
    spec: DatasetSpec = field(compare=False, repr=False)

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, in the order of their numbers; none where labels are
        numbers."""
        return self.spec.classes

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of a table; none where examples are images."""
        return self.spec.columns

    def public_examples(self) -> np.ndarray:
        """Return the test examples that students may see: uint8 images (n, h, w) or (n, h, w, c),
        or float32 rows of a table (n, columns). A place in the public test split is an index of
        these."""
        return load_split(self.public_root, self.name, "test")[0]

    def public_labels(self) -> np.ndarray:
        """Return the labels of `public_examples`: int64 classes (n,) or float32 numbers (n,)."""
        return load_split(self.public_root, self.name, "test")[1]

    def hidden_examples(self) -> np.ndarray:
        """Return the test examples that no student sees: uint8 images (n, h, w) or (n, h, w, c), or
        float32 rows of a table (n, columns)."""
        return np.load(self.private_root / HIDDEN[0], allow_pickle=False)

    def hidden_labels(self) -> np.ndarray:
        """Return the labels of `hidden_examples`: int64 classes (n,) or float32 numbers (n,)."""
        return np.load(self.private_root / HIDDEN[1], allow_pickle=False)


class _Origin(msgspec.Struct):
    """What origin.json says: where a prepared data set came from, from which files, the package
    that brings it, its digest, and how each of its own files begins and how long it is."""

    source: str
    stamp: list[str]
    package: str
    sha256: str
    files: dict[str, str]


def cache_folder() -> Path:
    """Where the grader keeps what it can make again: GRADER_CACHE or the user's cache."""
    from platformdirs import user_cache_dir

    return Path(os.environ.get("GRADER_CACHE") or user_cache_dir("grader")).absolute()


def cached(spec: DatasetSpec, variant: str, stamp: list[str] | None = None) -> Dataset | None:
    """What lies in the cache, if it is whole (and, given a stamp, made from just these files)."""
    if variant not in spec.digests:
        return None
    home = _home(spec, variant)
    try:
        origin = _origin(home)
        sound = stamp in (None, origin.stamp) and bool(origin.files)
        for name, beginning in origin.files.items():
            sound = sound and _beginning(home / name) == beginning
    except (OSError, msgspec.DecodeError):
        return None
    if not sound:
        return None
    place = (home / "public", home / "private")
    return Dataset(spec.name, variant, origin.sha256, origin.source, *place, spec)


def stored(spec: DatasetSpec, variant: str, split: Split, source: str, stamp: list[str]) -> Dataset:
    """Keep the parts of a data set, which were verified, in the cache. Raises OSError where that
    cannot be written."""
    hidden = (split.hidden.examples, split.hidden.labels)
    files = {
        **_below("public", spec.public_files(split.train, split.public), spec),
        **_below("private", dict(zip(HIDDEN, map(npy, hidden), strict=True)), spec),
    }
    # Each file appears whole or not at all. Processes that do this at once write the same bytes,
    # so it does not matter whose file stays; a damaged one is replaced in the same way.
    home = _made(_home(spec, variant))
    with tempfile.TemporaryDirectory(dir=home) as temporary:
        new = Path(temporary, "new")
        for name, data in files.items():
            new.write_bytes(data)
            new.chmod(0o600 if name.startswith("private") else 0o644)
            place = _made((home / name).parent) / PurePosixPath(name).name
            if place.is_dir():  # damage of another kind
                shutil.rmtree(place)
            new.replace(place)
        beginnings = {name: _beginning(home / name) for name in files}
        digest = spec.sha256_of(variant, split)
        origin = _Origin(source, stamp, spec.package, digest, beginnings)
        new.write_bytes(msgspec.json.encode(origin))
        new.replace(home / "origin.json")
    return Dataset(spec.name, variant, digest, source, home / "public", home / "private", spec)


def package_once(name: str) -> str:
    """The package that brought a data set when it was prepared here; "" where that is not known."""
    for file in (cache_folder() / "datasets").glob("*/origin.json"):
        try:
            origin = _origin(file.parent)
        except (OSError, msgspec.DecodeError):
            continue
        if any(path.startswith(f"public/{name}/") for path in origin.files):
            return origin.package
    return ""


def _below(folder: str, files: Mapping[str, bytes], spec: DatasetSpec) -> dict[str, bytes]:
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise spec.error(f"a file for notebooks may not be called {name!r}")
    return {f"{folder}/{name}": data for name, data in files.items()}


def _origin(home: Path) -> _Origin:
    return msgspec.json.decode((home / "origin.json").read_bytes(), type=_Origin)


def _beginning(path: Path) -> str:
    """How long a file is, and a digest of how it begins: so much is looked at each time."""
    with open(path, "rb") as file:
        return f"{sha256(file.read(MOST_LOOKED_AT)).hexdigest()} {file.seek(0, os.SEEK_END)}"


def _home(spec: DatasetSpec, variant: str) -> Path:
    digest, revision = listed(spec.digests[variant])[:16], spec.revision[:8]
    parts = filter(None, (spec.name, variant, digest, revision))
    return cache_folder() / "datasets" / "-".join(parts)


def _made(folder: Path) -> Path:
    """Make a folder that a sandbox's user may enter, whatever the umask; "private" he may not."""
    if not folder.is_dir():
        mode = 0o700 if folder.name == "private" else 0o755
        (_made(folder.parent) / folder.name).mkdir(mode, exist_ok=True)
        folder.chmod(mode)
    return folder
