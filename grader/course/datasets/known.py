"""Which data sets there are: the grader's, and those that other packages bring.

Another package brings one with an entry point of the group ``grader.datasets``, whose name is the
data set's and whose value is a subclass of `DatasetSpec`. Where that package lies no sandbox looks:
it has the hidden part.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import Distribution, EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from grader.course.datasets.cache import package_once
from grader.course.datasets.idx import MNIST, FashionMNIST
from grader.course.datasets.spec import DatasetSpec
from grader.course.plugins import installed_once, loaded, package_of
from grader.course.strict_toml import suggestion
from grader.errors import DatasetError, UsageError

GROUP = "grader.datasets"
OWN: dict[str, type[DatasetSpec]] = {"FashionMNIST": FashionMNIST, "MNIST": MNIST}
NAME = re.compile(r"\w[\w.-]*")  # it is that of a folder, too


def names() -> list[str]:
    """Those that there are; no package is imported."""
    return sorted({*OWN, *entry_points(group=GROUP).names})


def spec_of(name: str) -> DatasetSpec:
    """The data set of a name; ours, where another package has the same. Raises DatasetError where
    there is none, or where its package brings something else."""
    if name in OWN:
        return OWN[name](name)
    try:
        installed = installed_once(GROUP, name, "data set")
        kind = loaded(installed, "data set") if installed else None
    except UsageError as error:
        raise DatasetError(str(error)) from error
    if installed is None:
        raise DatasetError(unknown(name))
    return _of_package(kind, installed)


def unknown(name: str) -> str:
    """That there is no such data set, and what may be meant or missing."""
    package = package_once(name)
    hint = f"the package {package}, which brought it, is not installed here"
    return f"There is no data set {name!r}; {hint if package else suggestion(name, names())}"


def _of_package(kind: object, installed: EntryPoint) -> DatasetSpec:
    if not (isinstance(kind, type) and issubclass(kind, DatasetSpec)):
        raise DatasetError(
            f"The data set {installed.name!r} of {package_of(installed)} is {kind!r:.80}, not a "
            "subclass of DatasetSpec of grader.course.datasets."
        )
    try:
        spec = kind(installed.name)
    except Exception as error:
        raise DatasetError(
            f"The data set {installed.name!r} of {package_of(installed)} cannot be made: "
            f"{type(error).__name__}: {error}"
        ) from error
    spec.package = package_of(installed)
    with suppress(OSError, TypeError):  # its source is no file
        spec.revision = sha256(Path(inspect.getfile(kind)).read_bytes()).hexdigest()
    if not NAME.fullmatch(spec.name):
        raise spec.error("its name is that of a folder: letters, digits, _, - and .")
    spec.verify()
    return spec


def others(spec: DatasetSpec) -> Iterator[DatasetSpec]:
    """The other data sets, but for those that are broken."""
    for name in names():
        if name != spec.name:
            with suppress(DatasetError):
                yield spec_of(name)


def packages(wanted: Iterable[str]) -> list[Distribution]:
    """The packages that bring some data sets, each once."""
    found: dict[str, Distribution] = {}
    for name in wanted:
        installed = installed_once(GROUP, name, "data set") if name not in OWN else None
        if installed and installed.dist:
            found[installed.dist.name] = installed.dist
    return [*found.values()]


def places() -> list[Path]:
    """Files and folders, none below another, of the packages that bring data sets: their code may
    make the hidden part, their files may hold it."""
    found: set[Path] = set()
    for installed in entry_points(group=GROUP):
        found.update(_of_module(installed.module))
        if installed.dist is not None:
            found.update(_of_distribution(installed.dist))
    real = {path.resolve() for path in found}
    return sorted(path for path in real if not real.intersection(path.parents))


def _of_module(name: str) -> Iterator[Path]:
    """Where a module lies: the folder of its outermost package, or its file."""
    outer = ""
    for part in name.split("."):
        outer = f"{outer}.{part}".strip(".")
        with suppress(ImportError, ValueError):
            spec = find_spec(outer)  # of a namespace, which several packages may share, go on
            if spec is not None and spec.origin is not None:
                file = Path(spec.origin)
                compiled = file.parent.glob(f"__pycache__/{file.stem}.*.pyc")
                is_package = spec.submodule_search_locations is not None
                yield from [file.parent] if is_package else [file, *compiled]
                return


def _of_distribution(package: Distribution) -> Iterator[Path]:
    """Its files, whole packages as folders."""
    for file in package.files or ():
        first, path = file.parts[0], Path(str(package.locate_file(file)))
        if first.endswith(".dist-info") or not path.exists():
            continue
        folder = Path(str(package.locate_file(first)))
        yield folder if (folder / "__init__.py").is_file() else path
