"""Finds a data set, verifies it, and splits what students may see from what they may not.

What a data set is says a `DatasetSpec` (spec.py), those that there are known.py, what becomes of
one on this machine cache.py.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from grader.course.datasets.cache import Dataset, cache_folder, cached, stored
from grader.course.datasets.known import names, others, spec_of
from grader.course.datasets.spec import PARTS, DatasetSpec, Part, Split
from grader.errors import DatasetError
from grader.sandbox.inside.data import unpacked

__all__ = [
    "Dataset",
    "DatasetSpec",
    "Part",
    "Split",
    "cache_folder",
    "find",
    "find_first",
    "how_to_get",
]
__all__ += ["find_used", "names", "spec_of"]

EMBEDDED = "embedded"  # in the place of a folder: what comes with the package, the subset first
PACKED = ("", ".gz", ".xz")


def find(name: str, data_dir: Path | None = None) -> Dataset:
    """Find data set `name`, verify its checksums once, and return it split and ready to mount.

    Looks in `data_dir` and nowhere else if it is given ("embedded" means what comes with the
    package, the subset if there is one). Otherwise in this order: the folder in GRADER_DATA; the
    cache (GRADER_CACHE or the user's); a package of the system; the package that brings it; its
    download, unless GRADER_OFFLINE is set; the embedded subset. A folder holds the files plain, .gz
    or .xz, in <name>/raw, <name>, raw or itself.
    Raises DatasetError, with a sentence, if no usable data set is found.
    """
    return find_first([name], data_dir)


def find_first(wanted: Sequence[str], data_dir: Path | None = None) -> Dataset:
    """Find the first of some data sets that is in one of the places of `find`.

    Raises DatasetError, with a sentence, if there is none or if files of one are damaged.
    """
    specs = []
    for name in wanted:
        specs.append(spec_of(name))
        try:
            dataset = _search(specs[-1], data_dir)
        except OSError as error:
            raise DatasetError(
                f"{name} could not be prepared: {error}. GRADER_CACHE can name another cache "
                "folder."
            ) from error
        if dataset is not None:
            return dataset
    raise DatasetError(_missing(specs, data_dir))


def find_used(name: str, variant: str) -> Dataset | None:
    """Return the data set that a record names if it is on this machine, without any download."""
    try:
        spec = spec_of(name)
    except DatasetError:
        return None
    places = (os.environ.get("GRADER_DATA"), spec.system, spec.folder, spec.embedded)
    found = cached(spec, variant)
    for folder in places:
        if found is None or found.variant != variant:
            with suppress(DatasetError, OSError):
                found = _in_folder(spec, folder)
    if found is None and spec.is_made:
        with suppress(DatasetError, OSError):
            found = _made(spec)
    return found if found is not None and found.variant == variant else None


def how_to_get(dataset: Dataset) -> str:
    """How to get all of a data set whose subset is here."""
    system = dataset.spec.system
    install = f"apt install dataset-{system.name}, or " if system else ""
    return f"{install}give the folder with its files: --data DIR"


def _search(spec: DatasetSpec, data_dir: Path | None) -> Dataset | None:
    """Ask the places in their order."""
    if spec.is_made:
        return cached(spec, "full") or _made(spec)
    if data_dir is not None:
        return _given(spec, data_dir)
    return (
        _given(spec, os.environ.get("GRADER_DATA"))
        or cached(spec, "full")
        or _in_folder(spec, spec.system)
        or _in_folder(spec, spec.folder)
        or _downloaded(spec)
        or _in_folder(spec, spec.embedded)
    )


def _given(spec: DatasetSpec, folder: Path | str | None) -> Dataset | None:
    if str(folder) == EMBEDDED:
        return _in_folder(spec, spec.embedded) or _in_folder(spec, spec.folder)
    return _in_folder(spec, folder)


def _downloaded(spec: DatasetSpec) -> Dataset | None:
    """Ask its own download; whatever goes wrong, the next place is asked instead."""
    if os.environ.get("GRADER_OFFLINE"):
        return None
    try:
        with tempfile.TemporaryDirectory() as temporary:
            source = spec.download(Path(temporary))
            return _in_folder(spec, temporary, f"download from {source}") if source else None
    except (OSError, DatasetError):
        return None


def _in_folder(spec: DatasetSpec, folder: Path | str | None, source: str = "") -> Dataset | None:
    """Prepare what lies in `folder`; None if that is no `spec`. Files seen before are not read."""
    if not folder:
        return None
    folder = Path(folder).absolute()
    for wanted in dict.fromkeys(tuple(each) for each in spec.digests.values()):
        for place in (folder / spec.name / "raw", folder / spec.name, folder / "raw", folder):
            files = _packed(place, wanted)
            if files:
                return _prepared(spec, files, source or _called(spec, folder))
    return None


def _packed(place: Path, wanted: Iterable[str]) -> dict[str, Path]:
    """The files in a folder, plain or packed, by their names; none where one is not there."""
    found = {}
    for name in wanted:
        for file in (place / f"{name}{end}" for end in PACKED):
            if file.is_file():
                found[name] = file
                break
        else:
            return {}
    return found


def _called(spec: DatasetSpec, folder: Path) -> str:
    """A folder as a source, in words."""
    if folder == spec.system:
        return f"Debian package dataset-{folder.name} ({folder})"
    if folder == spec.embedded:
        return f"subset embedded in the {spec.package or 'grader'} package"
    if folder == spec.folder:
        return f"package {spec.package}"
    return f"files in {folder}"


def _prepared(spec: DatasetSpec, files: dict[str, Path], source: str) -> Dataset | None:
    """Verify the files and keep their parts in the cache; None if they are another data set's."""
    stats = {file: file.stat() for file in files.values()}
    stamp = [f"{file} {found.st_size} {found.st_mtime_ns}" for file, found in stats.items()]
    for variant in spec.digests:
        if found := cached(spec, variant, stamp):
            return found
    try:
        contents = {name: unpacked(file) for name, file in files.items()}
    except ValueError as error:
        raise DatasetError(f"{error} Put a fresh copy of {spec.name} there.") from error
    digests = {name: sha256(content).hexdigest() for name, content in contents.items()}
    if any(digests in other.digests.values() for other in others(spec)):
        return None  # GRADER_DATA may name the folder of MNIST, and this is about FashionMNIST
    variant = _nearest(spec, digests)
    for name, expected in spec.digests[variant].items():
        if digests.get(name) != expected:
            raise DatasetError(
                f"{files[name]} is not the one of {spec.name} ({variant}): unpacked, its sha256 is "
                f"{digests[name]}, expected was {expected}. Put a fresh copy there or name another "
                "folder."
            )
    return stored(spec, variant, _split(spec, contents), source, stamp)


def _nearest(spec: DatasetSpec, digests: dict[str, str]) -> str:
    """The variant that most files belong to: then an error names the file that does not."""
    variants = [each for each, files in spec.digests.items() if files.keys() == digests.keys()]
    return max(variants, key=lambda each: len(digests.items() & spec.digests[each].items()))


def _made(spec: DatasetSpec) -> Dataset:
    """Have a data set made that needs no files. Raises DatasetError where it is another one."""
    split = _split(spec, {})
    found = {part: getattr(split, part).sha256 for part in PARTS}
    if found != spec.digests["full"]:
        raise spec.error(
            "what is made is not what `digests` says. Another release of numpy may make other "
            f"numbers; if it is as it should be, write digests = {{'full': {found}}}"
        )
    return stored(spec, "full", split, f"made by the package {spec.package}", [])


def _split(spec: DatasetSpec, files: dict[str, bytes]) -> Split:
    """The parts as the class gives them. Raises DatasetError where it fails."""
    try:
        return spec.verified(spec.make() if spec.is_made else spec.read(files))
    except DatasetError:
        raise
    except Exception as error:
        raise spec.error(f"it cannot be read: {type(error).__name__}: {error}") from error


def _missing(specs: Sequence[DatasetSpec], data_dir: Path | None) -> str:
    """Where data sets were looked for, and what to do."""
    wanted = " or ".join(spec.name for spec in specs)
    name, files = specs[0].name, ", ".join(next(iter(specs[0].digests.values())))
    if data_dir is None:
        folders = [os.environ.get("GRADER_DATA"), cache_folder(), specs[0].system, specs[0].folder]
        network = "" if os.environ.get("GRADER_OFFLINE") else " or over the network"
        listed = ", ".join(str(folder) for folder in folders if folder)
        where = f"in {listed}{network}"
    elif str(data_dir) == EMBEDDED:
        where = "in the packages that are installed here"
    else:
        where = f"in {data_dir}"
    return (
        f"There is no {wanted} {where}: put the files {files} (plain, .gz or .xz) into DIR, "
        f"DIR/raw, DIR/{name} or DIR/{name}/raw, and name DIR with --data or GRADER_DATA."
    )
