"""Finds a data set, checks it, and splits what students may see from what they may not.

A prepared data set is one folder of the cache:

    public/<Name>/raw/*-ubyte     as torchvision expects it; t10k-* hold the first fifth only
    private/t10k-*-ubyte          the other four fifths of the test set, never shown to a sandbox
    origin.json                   where it came from; written last, so without it nothing counts
"""

from __future__ import annotations

import hashlib
import math
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

import msgspec
import numpy as np

from grader.errors import DatasetError
from grader.sandbox.inside.data import TEST, TRAIN, load_split, read_idx

FILES = TRAIN + TEST
COUNTS = {"full": (60_000, 10_000), "embedded": (10_000, 2_000)}  # training and test images
# The sha256 of FILES, unpacked. Full sets: Debian's dataset-fashion-mnist 0.0~git20200523 and the
# original MNIST files. Embedded subset: printed by benchmarks/make_embedded_subset.py.
DIGESTS = {
    "FashionMNIST": {
        "full": (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
        "embedded": (
            "9e74f80ba62799d81d9b0f348cf4d2440314689884458ab6dca2004dc6cf9bf7",
            "27fd5086e5a76abb29e73bb7a1e2e16f174b15c76f2587baba28b205f346bd8f",
            "a8a134b57bd3d9a41406ffeaa37d06187e7ec67ab5a60444ab20dcafb6f9e9b7",
            "6ee500b30a311cdfff665fd7271db9e4ca68d7ebb5ff4221357b3dd3adfc0da7",
        ),
    },
    "MNIST": {
        "full": (
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    },
}
MIRRORS = {  # those of torchvision; asked directly, because importing torch takes seconds
    "FashionMNIST": "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "MNIST": "https://ossci-datasets.s3.amazonaws.com/mnist/",
}
PACKAGES = {"FashionMNIST": Path("/usr/share/datasets/fashion-mnist")}
CLASSES = {  # names of the classes 0 to 9
    "FashionMNIST": (
        *("t-shirt", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
    "MNIST": tuple("0123456789"),
}
EMBEDDED = Path(__file__).absolute().parent / "data"


@dataclass(frozen=True)
class Dataset:
    """A prepared data set; only `public_root` may ever be shown to a sandbox."""

    name: str
    variant: str  # "full" or "embedded"
    sha256: str  # one digest over the four files' digests
    source: str  # where it came from, in words
    public_root: Path
    private_root: Path

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, in the order of their numbers."""
        return CLASSES[self.name]

    def public_images(self) -> np.ndarray:
        """Return the test images that students may see: uint8 (n, 28, 28), n = 2,000 or 400. A
        place in the public test split is an index of these."""
        return load_split(self.public_root, self.name, "test")[0]

    def public_labels(self) -> np.ndarray:
        """Return the classes of `public_images`: int64 (n,)."""
        return load_split(self.public_root, self.name, "test")[1]

    def hidden_images(self) -> np.ndarray:
        """Return the test images that no student sees: uint8 (n, 28, 28), n = 8,000 or 1,600."""
        return read_idx(self.private_root / TEST[0])

    def hidden_labels(self) -> np.ndarray:
        """Return the classes of `hidden_images`: int64 (n,)."""
        return read_idx(self.private_root / TEST[1]).astype(np.int64)


class _Origin(msgspec.Struct):
    """What origin.json says: where a prepared data set came from, and from which files."""

    source: str
    stamp: list[str]


def find(name: str, data_dir: Path | None = None) -> Dataset:
    """Find data set `name`, verify its checksums once, and return it split and ready to mount.

    Looks in `data_dir` and nowhere else if it is given ("embedded" means the subset in this
    package). Otherwise in this order: the folder in GRADER_DATA; the cache (GRADER_CACHE or the
    user's); the system package; torchvision's mirror, unless GRADER_OFFLINE is set; the embedded
    subset. A folder holds the files plain, .gz or .xz, in <name>/raw, <name>, raw or itself.
    Raises DatasetError, with a sentence, if no usable data set is found.
    """
    return find_first([name], data_dir)


def find_first(names: Sequence[str], data_dir: Path | None = None) -> Dataset:
    """Find the first of some data sets that is in one of the places of `find`.

    Raises DatasetError, with a sentence, if there is none or if files of one are damaged.
    """
    for name in names:
        if name not in DIGESTS:
            raise DatasetError(f"There is no data set {name!r}; known are {', '.join(DIGESTS)}.")
        try:
            dataset = _search(name, data_dir)
        except OSError as error:
            raise DatasetError(
                f"{name} could not be prepared: {error}. GRADER_CACHE can name another cache "
                "folder."
            ) from error
        if dataset is not None:
            return dataset
    name = names[0]
    where = f"in {data_dir}" if data_dir else "here or over the network"
    raise DatasetError(
        f"There is no {' or '.join(names)} {where}: "
        f"put the files {', '.join(FILES)} (plain, .gz or .xz) into DIR, DIR/raw, DIR/{name} or "
        f"DIR/{name}/raw, and name DIR with --data or GRADER_DATA."
    )


def find_used(name: str, variant: str) -> Dataset | None:
    """Return the data set that a record names if it is on this machine, without any download."""
    if variant not in DIGESTS.get(name, ()):
        return None
    found = _cached(name, variant)
    for folder in (os.environ.get("GRADER_DATA"), PACKAGES.get(name), EMBEDDED):
        if found is None or found.variant != variant:
            with suppress(DatasetError, OSError):
                found = _in_folder(name, folder)
    return found if found is not None and found.variant == variant else None


def _search(name: str, data_dir: Path | None) -> Dataset | None:
    """Ask the places in their order."""
    if data_dir is not None:
        return _in_folder(name, data_dir)
    return (
        _in_folder(name, os.environ.get("GRADER_DATA"))
        or _cached(name, "full")
        or _in_folder(name, PACKAGES.get(name))
        or _downloaded(name)
        or _in_folder(name, EMBEDDED)
    )


def _downloaded(name: str) -> Dataset | None:
    """Ask torchvision's mirror; whatever goes wrong, the next place is asked instead."""
    if os.environ.get("GRADER_OFFLINE"):
        return None
    try:
        with tempfile.TemporaryDirectory() as temporary:
            for file in reversed(FILES):  # a small one first
                with urlopen(f"{MIRRORS[name]}{file}.gz", timeout=3) as answer:
                    Path(temporary, f"{file}.gz").write_bytes(answer.read())
            return _in_folder(name, temporary, f"download from {MIRRORS[name]}")
    except (OSError, HTTPException, DatasetError):
        return None


def _in_folder(name: str, folder: Path | str | None, source: str = "") -> Dataset | None:
    """Prepare what lies in `folder`; None if that is no `name`. Files seen before are not read."""
    if not folder:
        return None
    folder = EMBEDDED if str(folder) == "embedded" else Path(folder).absolute()
    if folder == EMBEDDED:
        source = "subset embedded in the grader package"
    elif folder == PACKAGES.get(name):
        source = f"Debian package dataset-{folder.name} ({folder})"
    ends = ("", ".gz", ".xz")
    for place in (folder / name / "raw", folder / name, folder / "raw", folder):
        found = [[p for end in ends if (p := place / f"{file}{end}").is_file()] for file in FILES]
        if all(found):
            break
    else:
        return None
    files = [paths[0] for paths in found]
    stamp = [f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files]
    known = filter(None, (_cached(name, variant, stamp) for variant in DIGESTS[name]))
    return next(known, None) or _prepare(name, files, source or f"files in {folder}", stamp)


def _prepare(name: str, files: list[Path], source: str, stamp: list[str]) -> Dataset | None:
    """Verify the files and store their parts in the cache; None if they are another data set's."""
    try:
        arrays = [read_idx(file) for file in files]
    except ValueError as error:
        raise DatasetError(f"{error} Put a fresh copy of {name} there.") from error
    digests = tuple(hashlib.sha256(_header(a.shape) + a.tobytes()).hexdigest() for a in arrays)
    if any(digests in DIGESTS[other].values() for other in DIGESTS if other != name):
        return None  # GRADER_DATA may name the folder of MNIST, and this is about FashionMNIST
    # The variant that most files belong to: then the error names the file that does not.
    variant = max(DIGESTS[name], key=lambda each: len({*digests} & {*DIGESTS[name][each]}))
    for file, found, expected in zip(files, digests, DIGESTS[name][variant], strict=True):
        if found != expected:
            raise DatasetError(
                f"{file} is not the one of {name} ({variant}): unpacked, its sha256 is {found}, "
                f"expected was {expected}. Put a fresh copy there or name another folder."
            )
    # Each file appears whole or not at all. Processes that do this at once write the same bytes,
    # so it does not matter whose file stays; a damaged one is replaced in the same way.
    home = _made(_home(name, variant))
    with tempfile.TemporaryDirectory(dir=home) as temporary:
        new = Path(temporary, "new")
        for path, part in _parts(name, variant).items():
            write_idx(new, arrays[FILES.index(path.name)][part])
            new.chmod(0o600 if path.parent.name == "private" else 0o644)
            place = _made(home / path.parent) / path.name
            if place.is_dir():  # damage of another kind
                shutil.rmtree(place)
            new.replace(place)
        new.write_bytes(msgspec.json.encode(_Origin(source, stamp)))
        new.replace(home / "origin.json")
    return _cached(name, variant)


def _cached(name: str, variant: str, stamp: list[str] | None = None) -> Dataset | None:
    """What lies in the cache, if it is whole (and, given a stamp, made from just these files)."""
    home = _home(name, variant)
    try:
        origin = msgspec.json.decode((home / "origin.json").read_bytes(), type=_Origin)
        sound = stamp in (None, origin.stamp)
        for path, part in _parts(name, variant).items():
            shape = (part.stop - part.start, *((28, 28) if "images" in path.name else ()))
            with open(home / path, "rb") as file:
                header, size = file.read(4 + 4 * len(shape)), file.seek(0, os.SEEK_END)
            sound &= header == _header(shape) and size == len(header) + math.prod(shape)
    except (OSError, msgspec.DecodeError):
        return None
    place = (origin.source, home / "public", home / "private")
    return Dataset(name, variant, _sha256(name, variant), *place) if sound else None


def _parts(name: str, variant: str) -> dict[Path, slice]:
    """The files of a prepared data set, and which part of the original one each is."""
    train, test = COUNTS[variant]
    public, private, shown = Path("public", name, "raw"), Path("private"), test // 5
    return {
        **{public / file: slice(0, train) for file in TRAIN},
        **{public / file: slice(0, shown) for file in TEST},
        **{private / file: slice(shown, test) for file in TEST},
    }


def _sha256(name: str, variant: str) -> str:
    lines = zip(DIGESTS[name][variant], FILES, strict=True)  # as sha256sum prints them
    return hashlib.sha256("".join(f"{sha}  {file}\n" for sha, file in lines).encode()).hexdigest()


def cache_folder() -> Path:
    """Where the grader keeps what it can make again: GRADER_CACHE or the user's cache."""
    from platformdirs import user_cache_dir

    return Path(os.environ.get("GRADER_CACHE") or user_cache_dir("grader")).absolute()


def _home(name: str, variant: str) -> Path:
    return cache_folder() / "datasets" / f"{name}-{variant}-{_sha256(name, variant)[:16]}"


def write_idx(path: Path, array: np.ndarray) -> None:
    """Write a uint8 array as a plain idx file; ValueError for another dtype or no dimensions."""
    if array.dtype != np.uint8 or array.ndim == 0:
        raise ValueError(f"only uint8 arrays with dimensions can be written, not {array.dtype}.")
    path.write_bytes(_header(array.shape) + array.tobytes())


def _header(shape: tuple[int, ...]) -> bytes:
    return bytes((0, 0, 8, len(shape))) + b"".join(n.to_bytes(4, "big") for n in shape)


def _made(folder: Path) -> Path:
    """Make a folder that a sandbox's user may enter, whatever the umask; "private" he may not."""
    if not folder.is_dir():
        mode = 0o700 if folder.name == "private" else 0o755
        (_made(folder.parent) / folder.name).mkdir(mode, exist_ok=True)
        folder.chmod(mode)
    return folder
