"""Definitions first: run what defines something, leave out what trains, plots or prints.

A student's file is not a module: most real ones train at top level. It is therefore executed
statement by statement (statements.py tells which). A statement that is broken or slow costs
itself. What happened is noted in words.

Runs inside the box next to student code; the trusted side uses it for the reference solution.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.util
import linecache
import signal
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.notes import Note
from grader.sandbox.inside.statements import Plans, Statement

STATEMENT_SECONDS = 10.0
MAIN = "submission"  # the name of the main file as a module


@dataclass
class Program:
    """A submission after loading: its modules, what they define, and what happened."""

    module: types.ModuleType
    modules: dict[str, types.ModuleType]  # the main module and the handed-in helper modules
    stand_ins: dict[str, types.ModuleType] = field(default_factory=dict)  # course helpers
    definitions: dict[str, Any] = field(default_factory=dict)  # last function or class of a name
    nested: dict[str, tuple[str, str]] = field(default_factory=dict)  # definitions inside others
    files: set[str] = field(default_factory=set)  # names that tracebacks of student code carry
    notes: list[Note] = field(default_factory=list)
    closed_helpers: set[str] = field(default_factory=set)  # names that may not be called now
    closed: dict[types.FunctionType, types.CodeType] = field(default_factory=dict)

    def close_helpers(self, module: types.ModuleType) -> None:
        """Make the closed helpers of a stand-in refuse, under whatever name they are called:
        functions, all of a class, and a method of that name of any class."""
        for name, value in vars(module).items():
            methods = vars(value) if isinstance(value, type) else {}
            for own, function in {name: value, **methods}.items():
                # `forward` is how PyTorch calls a module, whatever it computes.
                if {name, own} - {"forward"} & self.closed_helpers:
                    self._close(function)

    def _close(self, function: Any) -> None:
        """Make a function refuse if it is a stand-in's own: students add methods to its classes."""
        if isinstance(function, types.FunctionType) and any(
            function.__globals__ is vars(module) for module in self.stand_ins.values()
        ):
            self.closed.setdefault(function, function.__code__)
            free = function.__code__.co_freevars  # as many as before, or Python refuses the code
            function.__code__ = _refuse.__code__.replace(co_freevars=free)

    def open_helpers(self) -> None:
        """Let all helpers do again what they do."""
        self.closed_helpers.clear()
        for function, code in self.closed.items():
            function.__code__ = code
        self.closed.clear()


def _refuse(*args: Any, **kwargs: Any) -> None:
    from grader.sandbox.inside.notes import Missing  # this code runs with the helper's own globals

    raise Missing("short_cut")


class SlowStatement(BaseException):
    """Raised by the timer; not an Exception, so that a student's `except` does not eat it."""


def load(
    cells: list[Cell],
    helpers: dict[str, list[Cell]],
    stand_ins: dict[str, list[Cell]],
    progress: Callable[[str], None] = lambda place: None,
    skip: frozenset[str] = frozenset(),
    plans: Plans | None = None,
) -> Program:
    """Execute the definitions of `cells` in a fresh module.

    helpers: cells of the student's further modules, by dotted name.
    stand_ins: cells of the course's own modules in the place of packages, likewise.
    progress: called with the place of each statement before it runs.
    skip: places of statements that ended an earlier attempt and are left out now.
    plans: of programs that were loaded before.
    """
    plans = Plans() if plans is None else plans
    module = types.ModuleType(MAIN)
    program = Program(module, {MAIN: module}, nested=plans[tuple(cells)].nested)
    runner = _Runner(program, progress, skip, plans)
    sys.modules[MAIN] = module
    sys.meta_path.insert(0, _Finder(stand_ins, runner, program.stand_ins))
    sys.meta_path.insert(0, _Finder(helpers, runner, program.modules))
    runner.execute(cells, module)
    runner.retry(module)
    runner.summarise()
    return program


# What the reference imports only to draw and to download, and never does: seconds saved.
NOT_FOR_REFERENCE = ("matplotlib", "matplotlib.pyplot", "torchvision")


@contextlib.contextmanager
def leaving_no_trace() -> Iterator[None]:
    """Undo what loading does to the import system: for the reference, on the trusted side."""
    main, finders = sys.modules.pop(MAIN, None), list(sys.meta_path)
    unwanted = [name for name in NOT_FOR_REFERENCE if name not in sys.modules]
    sys.modules.update(dict.fromkeys(unwanted))  # type: ignore[arg-type]  # None: not importable
    try:
        yield
    finally:
        sys.meta_path[:] = finders
        for name in (MAIN, *unwanted):
            sys.modules.pop(name, None)
        if main is not None:
            sys.modules[MAIN] = main


class _Runner:
    def __init__(
        self,
        program: Program,
        progress: Callable[[str], None],
        skip: frozenset[str],
        plans: Plans,
    ) -> None:
        self.program = program
        self.plans = plans
        self.progress = progress
        self.skip = skip
        self.later: list[Statement] = []  # failed for a name that came afterwards
        self.left_out: dict[str, list[int]] = {}  # lines of drivers, by cell
        self.unbound: set[str] = set()  # names that only a driver would bind

    def execute(self, cells: list[Cell], module: types.ModuleType) -> None:
        """Run every statement of the cells that defines something, in order."""
        for cell in cells:
            self._register_source(cell)
        for statement in self.plans[tuple(cells)].statements:
            if statement.problem:
                self._note(statement, "cannot_compile", error=statement.problem)
            elif statement.code is None:
                self._leave_out(statement)
            else:
                self._run(statement, module)

    def retry(self, module: types.ModuleType) -> None:
        """Notebooks are run out of order: give names that came later a second chance."""
        waiting, self.later = self.later, []
        for statement in waiting:
            self._run(statement, module, again=True)

    def summarise(self) -> None:
        """One note for everything that was left out on purpose."""
        places = [f"{cell} line {_listed(lines)}" for cell, lines in self.left_out.items()]
        if places:
            shown = "; ".join(places[:8]) + ("; …" if len(places) > 8 else "")
            self.program.notes.insert(0, ("left_out", {"places": shown}))

    def _run(self, statement: Statement, module: types.ModuleType, again: bool = False) -> None:
        if statement.place in self.skip:
            return
        self.progress(statement.place)
        try:
            with warnings.catch_warnings(), _time_limit(STATEMENT_SECONDS):
                warnings.simplefilter("ignore")
                exec(statement.code, module.__dict__)  # type: ignore[arg-type]
        except SlowStatement:
            self._note(statement, "stopped", seconds=f"{STATEMENT_SECONDS:.0f}")
        except ModuleNotFoundError as error:
            missing = error.name or _short(error)
            self._note(statement, "no_package", name=missing)
        except NameError as error:
            if error.name in self.unbound:
                self._leave_out(statement)
            elif again:
                self._note(statement, "failed", error=_short(error))
            else:
                self.later.append(statement)
        except BaseException as error:  # SystemExit and KeyboardInterrupt of student code too
            if _needs_missing_stub(error):
                self._leave_out(statement)
            else:
                self._note(statement, "failed", error=f"{type(error).__name__}: {_short(error)}")
        if module is self.program.module:
            self._remember(statement, module)

    def _remember(self, statement: Statement, module: types.ModuleType) -> None:
        """The last binding to a function or class counts, whatever the name means later."""
        for name in statement.names:
            value = module.__dict__.get(name)
            if isinstance(value, (types.FunctionType, type)):
                self.program.definitions[name] = value

    def _leave_out(self, statement: Statement) -> None:
        self.left_out.setdefault(statement.cell, []).append(statement.line)
        self.unbound |= statement.names

    def _note(self, statement: Statement, code: str, **parameters: str) -> None:
        self.program.notes.append((code, {"place": statement.place, **parameters}))

    def _register_source(self, cell: Cell) -> None:
        """Let tracebacks and inspect.getsource show the student's own lines."""
        known = linecache.cache.get(cell.name) if cell.name in self.program.files else None
        lines = list(known[2]) if known and len(known) == 4 else []
        lines += ["\n"] * (cell.first_line - 1 - len(lines))
        lines += cell.source.splitlines(keepends=True)
        linecache.cache[cell.name] = (len(lines), None, lines, cell.name)
        self.program.files.add(cell.name)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports of modules from cells, loaded definitions first like the main file."""

    def __init__(
        self,
        sources: dict[str, list[Cell]],
        runner: _Runner,
        loaded: dict[str, types.ModuleType],
    ) -> None:
        self.sources = sources
        self.runner = runner
        self.loaded = loaded

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname in self.sources:
            package = any(name.startswith(fullname + ".") for name in self.sources)
            return importlib.util.spec_from_loader(fullname, self, is_package=package)
        return None

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        self.loaded[module.__name__] = module
        self.runner.execute(self.sources[module.__name__], module)
        if self.loaded is self.runner.program.stand_ins:
            self.runner.program.close_helpers(module)


def _listed(lines: list[int]) -> str:
    return ", ".join(map(str, lines[:12])) + (", …" if len(lines) > 12 else "")


def _needs_missing_stub(error: BaseException) -> bool:
    """A template's `raise NotImplementedError` or `W = ...` was met on the way."""
    return isinstance(error, NotImplementedError) or "'ellipsis' object" in _short(error)


def _short(error: BaseException) -> str:
    try:
        return str(error)[:200]
    except Exception:
        return "(its message cannot be shown)"


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt Python code after `seconds`; the trusted side's deadline covers the rest."""
    main_thread = threading.current_thread() is threading.main_thread()
    if not (main_thread and hasattr(signal, "setitimer")):
        yield
        return

    def stop(signum: int, frame: object) -> None:
        raise SlowStatement

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
