"""Which top-level statements of a file its stubs need.

A student's file is not a module: most real ones train, download and plot at top level. What is run
of one is what the stubs need: a statement that binds a name which they or anything that they reach
look up, or that may change the object of one, and settings of modules. A training is needed only
where nothing else binds such a name. Definitions and imports run anyway.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grader.sandbox.inside.definitions import DEFINITIONS, FUNCTIONS
from grader.sandbox.inside.nearness import alike
from grader.sandbox.inside.uses import functions_in, imported, use_of

IMPORTS = (ast.Import, ast.ImportFrom)
# How much a name is needed: fully where a stub looks it up; lightly, which runs no training, where
# a check sets it or asks for it; softly, which runs nothing that only changes its object, where it
# is read by a statement that changes something or sets up a module.
SOFT, LIGHT, FULL = 1, 2, 3


class Wanted(NamedTuple):
    """Where need begins. stubs: each with the names that it may have; a method has those of its
    class. values: names of module values that checks set or ask for. arguments: what checks pass to
    stubs, in all spellings. everything: all names of the module, as of one that is imported."""

    stubs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    values: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()
    everything: bool = False

    @classmethod
    def of(cls, contract: dict[str, Any]) -> Wanted:
        """What an assignment wants of a program."""
        others = contract["names"]
        stubs = []
        for stub, what in contract["stubs"].items():
            owner = stub.rpartition(".")[0]
            names = (owner, *others.get(owner, ())) if owner else (stub, *what["aliases"])
            stubs.append((stub, names))
        owners = {names[0] for stub, names in stubs if "." in stub}
        values = {n for name in others.keys() - owners for n in (name, *others[name])}
        spellings = contract["spellings"]
        arguments = {n for name in spellings for n in (name, *spellings[name])}
        for what in contract["stubs"].values():
            arguments |= {parameter.partition("=")[0] for parameter in what["parameters"]}
        return cls(tuple(stubs), frozenset(values), frozenset(arguments))


@dataclass(frozen=True)
class Need:
    """Why a statement runs. names: needed ones that it binds, with the stubs that need them.
    changes: whether it may change the object of one. is_setting: whether it only sets up a module.
    """

    names: dict[str, list[str]] = field(default_factory=dict)
    changes: bool = False
    is_setting: bool = False


@dataclass
class Needs:
    """The needs of a program: `of` has one entry for each statement, None where it is left out.

    users: the stubs that need a name, by name.
    """

    nodes: list[ast.stmt]
    wanted: Wanted
    of: list[Need | None] = field(init=False)
    users: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        functions = functions_in(self.nodes)
        self.uses = [use_of(node, functions) for node in self.nodes]
        self.binders: dict[str, list[int]] = {}
        for number, use in enumerate(self.uses):
            for name in use.binds:
                self.binders.setdefault(name, []).append(number)
        taken = {name for _, names in self.wanted.stubs for name in names}
        self.stubs = [
            (stub, (*names, *alike(names, self.binders, taken)))
            for stub, names in self.wanted.stubs
        ]
        self.level: dict[str, int] = {}  # of the names that are needed
        self.taken: dict[int, int] = {}  # the statements that run, with the level of their need
        self.changers: set[int] = set()
        self.settings: set[int] = set()
        self._begin()
        while self._take_changes() or self._take_settings() or self._want_others():
            pass
        self.users = self._users()
        self.of = [self._need(number) for number in range(len(self.nodes))]

    # ---------------------------------------------------------------- from name to name

    def _begin(self) -> None:
        stubs = {name for _, names in self.stubs for name in names}
        if self.wanted.everything:
            stubs = set(self.binders)
        self._want(self.wanted.values | stubs, LIGHT)
        if not self.wanted.everything:
            for name in sorted(stubs):
                for number in self.binders.get(name, ()):
                    if self._defines(number):
                        self._want(self.uses[number].reads, FULL)
                        self._want(self._further(self.nodes[number]), LIGHT)

    def _further(self, node: ast.stmt) -> set[str]:
        """Parameters of a function that no check knows: values of the module fill them."""
        if not isinstance(node, FUNCTIONS):
            return set()
        names = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args)}
        return (names & self.binders.keys()) - self.wanted.arguments

    def _want(self, names: Iterable[str], level: int) -> None:
        waiting = [(name, level) for name in names]
        while waiting:
            name, wish = waiting.pop()
            wish = min(wish, LIGHT) if name in self.wanted.values else wish
            if wish <= self.level.get(name, 0):
                continue
            self.level[name] = wish
            for number in self._run_for(name, wish):
                if wish > self.taken.get(number, 0):
                    self.taken[number] = wish
                    waiting += [(other, wish) for other in self.uses[number].reads]

    def _run_for(self, name: str, level: int) -> list[int]:
        """The statements that are run to bind a name."""
        numbers = self.binders.get(name, [])
        light = [n for n in numbers if not self.uses[n].trains or self._always(n)]
        return light if light or level < FULL else numbers

    def _defines(self, number: int) -> bool:
        """Whether it makes functions, which look names up when they are called."""
        parts = ast.walk(self.nodes[number])
        return any(isinstance(part, (*DEFINITIONS, ast.Lambda)) for part in parts)

    def _always(self, number: int) -> bool:
        return isinstance(self.nodes[number], (*DEFINITIONS, *IMPORTS))

    # ---------------------------------------------------------------- from object to statement

    def _take_changes(self) -> bool:
        """Take what may change the object of a needed name; True if that was anything new."""
        objects = self._objects()
        parts = {name for name in self.level if not self._is_imported(name)}
        unbound = self._unbound()
        before = len(self.changers)
        for number, use in enumerate(self.uses):
            if number in self.changers or (use.trains and not self._always(number)):
                continue
            hidden = use.is_dynamic and (unbound or use.words & set(self.level))
            if use.changes & objects or use.stores & parts or hidden:
                self.changers.add(number)
                self._take(number, FULL if self._always(number) else SOFT)
        return len(self.changers) > before

    def _want_others(self) -> bool:
        """Want the other names of needed objects, through which these may be changed too."""
        objects = self._objects()
        for use in self.uses:
            if not use.trains:
                found = [n for n, sources in use.others.items() if sources & objects]
                self._want((name for name in found if name in use.binds), LIGHT)
        return self._objects() > objects

    def _objects(self) -> set[str]:
        """Needed names that mean objects which may be changed: no functions, classes, modules."""
        return {
            name
            for name, level in self.level.items()
            if level > SOFT
            and any(not self._always(number) for number in self.binders.get(name, ()))
        }

    def _unbound(self) -> set[str]:
        """Names that are needed and that no statement binds, as far as one can see."""
        known = self.binders.keys() | self.wanted.values | set(dir(builtins))
        return {name for name, level in self.level.items() if level == FULL} - known

    def _take(self, number: int, level: int) -> None:
        self.taken[number] = max(level, self.taken.get(number, 0))
        self._want(self.uses[number].reads, level)

    # ---------------------------------------------------------------- settings of modules

    def _take_settings(self) -> bool:
        """Take what sets up a module that the stubs use, or one of Python's own, and needs nothing
        that is not there anyway."""
        modules = self._modules()
        used = {root for name, root in modules.items() if name in self.level}
        relevant = {n for n, root in modules.items() if root in used | sys.stdlib_module_names}
        there = {*dir(builtins), *modules, *self.level, *self._constants()}
        before = len(self.settings)
        for number, use in enumerate(self.uses):
            is_new = number not in self.taken and not self._always(number) and not use.trains
            if is_new and use.sets & relevant and use.reads <= there:
                self.settings.add(number)
                self._take(number, SOFT)
        return len(self.settings) > before

    def _modules(self) -> dict[str, str]:
        """The top-level packages that imported names come from."""
        found = {}
        for node in self.nodes:
            for part in node.names if isinstance(node, IMPORTS) else ():
                module = getattr(node, "module", None) or part.name
                found[imported(part)] = module.partition(".")[0]
        return found

    def _constants(self) -> set[str]:
        """Names that are bound without a call, or by a definition."""
        return {
            name
            for number, use in enumerate(self.uses)
            if self._always(number) or not _calls(self.nodes[number])
            for name in use.binds
        }

    def _is_imported(self, name: str) -> bool:
        numbers = self.binders.get(name, ())
        return any(isinstance(self.nodes[number], IMPORTS) for number in numbers)

    # ---------------------------------------------------------------- what is said

    def _need(self, number: int) -> Need | None:
        names = {n for n in self.uses[number].binds if self.level.get(n, 0) > SOFT}
        if not (number in self.taken or self._always(number)):
            return None
        node = self.nodes[number]
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            names = self._unbound()
        is_setting = number in self.settings and not names
        users = {name: self.users.get(name, []) for name in names}
        return Need(users, number in self.changers, is_setting)

    def _users(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for stub, names in self.stubs:
            reached: set[str] = set()
            waiting = list(names)
            while waiting:
                name = waiting.pop()
                if name in reached:
                    continue
                reached.add(name)
                found.setdefault(name, []).append(stub)
                numbers = [n for n in self.binders.get(name, ()) if n in self.taken]
                waiting += (other for n in numbers for other in self.uses[n].reads)
        return found


def _calls(node: ast.stmt) -> bool:
    return any(isinstance(part, ast.Call) for part in ast.walk(node))
