"""What is found by its name: the modules of a folder, and those that other packages bring.

Another package brings one with an entry point of the folder's group, whose name is how people call
it and whose value is a module like those of the folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from typing import Any

from grader.errors import UsageError


@dataclass(frozen=True)
class Plugins:
    """One kind of module. package, path: the folder of our own. group: of entry points. what: how
    people call one of them."""

    package: str
    path: Iterable[str]
    group: str
    what: str

    def names(self) -> list[str]:
        """Those that there are; none of them is imported."""
        return sorted({*self._own(), *entry_points(group=self.group).names})

    def load(self, name: str) -> Any:
        """The module of a name; ours, where another package has the same. Raises UsageError where
        there is none, or where it cannot be imported."""
        if name in self._own():
            return import_module(f"{self.package}.{name}")
        if installed := installed_once(self.group, name, self.what):
            return loaded(installed, self.what)
        raise UsageError(f"There is no {self.what} {name!r}; choose one of {self._listed()}.")

    def _own(self) -> list[str]:
        return [module.name for module in iter_modules(self.path)]

    def _listed(self) -> str:
        return ", ".join(self.names())


def installed_once(group: str, name: str, what: str) -> EntryPoint | None:
    """The entry point of a name, if a package has one. Raises UsageError where two have."""
    found = [*entry_points(group=group, name=name)]
    if len(found) > 1:
        packages = " and ".join(package_of(each) for each in found)
        raise UsageError(f"{packages} bring a {what} {name!r} each: uninstall all but one of them.")
    return found[0] if found else None


def package_of(installed: EntryPoint) -> str:
    """The package that has an entry point."""
    return installed.dist.name if installed.dist else "another package"


def loaded(installed: EntryPoint, what: str) -> Any:
    """What an entry point names. Raises UsageError, which names the package, where that fails."""
    try:
        return installed.load()
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"The {what} {installed.name!r} of {package_of(installed)} cannot be loaded: "
            f"{type(error).__name__}: {error}"
        ) from error
