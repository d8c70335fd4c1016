"""Loading a submission: its definitions, and of the other statements those that the stubs need.

A student's file is executed statement by statement (needs.py tells which). A statement that is
broken or slow costs itself, and is spoken of where that loses something that is needed.

Runs inside the box next to student code; the trusted side uses it for the reference solution.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.util
import linecache
import os
import signal
import sys
import threading
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.sandbox.inside import monitors, progress_bars
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.needs import Wanted
from grader.sandbox.inside.notes import Note
from grader.sandbox.inside.statements import Plan, Plans, Statement

STATEMENT_SECONDS = 10.0
SETTING_SECONDS = 1.0  # of what only sets up a module
ALL_SECONDS = 40.0  # of all statements together
MAIN = "submission"  # the name of the main file as a module
EVERYTHING = Wanted(everything=True)


@dataclass
class Program:
    """A submission after loading: its modules, what they define, and what happened."""

    module: types.ModuleType
    modules: dict[str, types.ModuleType]  # the main module and the handed-in helper modules
    stand_ins: dict[str, types.ModuleType] = field(default_factory=dict)  # course helpers
    definitions: dict[str, Any] = field(default_factory=dict)  # last function or class of a name
    places: dict[str, str] = field(default_factory=dict)  # where a name of the main file is bound
    nested: dict[str, tuple[str, str]] = field(default_factory=dict)  # definitions inside others
    files: set[str] = field(default_factory=set)  # names that tracebacks of student code carry
    notes: list[Note] = field(default_factory=list)
    lost: dict[str, Note] = field(default_factory=dict)  # why a name is not there, by name
    closed_helpers: set[str] = field(default_factory=set)  # names that may not be called now
    closed: dict[types.FunctionType, types.CodeType] = field(default_factory=dict)

    def close_helpers(self, module: types.ModuleType) -> None:
        """Make the closed helpers of a stand-in refuse, under whatever name they are called:
        functions, all of a class, and a method of that name of any class."""
        for name, value in vars(module).items():
            methods = vars(value) if isinstance(value, type) else {}
            for own, function in {name: value, **methods}.items():
                # `forward` is how PyTorch calls a module, whatever it computes.
                if ({name, own} - {"forward"}) & self.closed_helpers:
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
    wanted: Wanted = EVERYTHING,
) -> Program:
    """Execute the definitions of `cells` in a fresh module, with what is needed for them.

    helpers: cells of the student's further modules, by dotted name.
    stand_ins: cells of the course's own modules in the place of packages, likewise.
    progress: called with the place of each statement before it runs.
    skip: places of statements that ended an earlier attempt and are left out now.
    plans: of programs that were loaded before.
    wanted: what the assignment wants of the program; without it everything that it binds.
    """
    plans = Plans() if plans is None else plans
    module = types.ModuleType(MAIN)
    if cells and cells[0].name.lower().endswith(".py"):
        module.__file__ = os.path.abspath(cells[0].name)
    sys.argv = [cells[0].name if cells else MAIN]
    plan = plans[tuple(cells), wanted]
    program = Program(module, {MAIN: module}, nested=plan.nested)
    runner = _Runner(program, progress, skip, plans)
    sys.modules[MAIN] = module
    sys.meta_path.insert(0, monitors.Finder())
    sys.meta_path.insert(0, _Finder(stand_ins, runner, program.stand_ins))
    sys.meta_path.insert(0, _Finder(helpers, runner, program.modules))
    sys.meta_path.append(progress_bars.Finder())
    runner.execute(cells, module, plan)
    runner.retry(module)
    return program


# What the reference imports only to draw and to download, and never does: seconds saved.
NOT_FOR_REFERENCE = ("matplotlib", "matplotlib.pyplot", "torchvision")


@contextlib.contextmanager
def leaving_no_trace() -> Iterator[None]:
    """Undo what loading does to the import system: for the reference, on the trusted side."""
    main, finders = sys.modules.pop(MAIN, None), list(sys.meta_path)
    arguments = sys.argv
    unwanted = [name for name in NOT_FOR_REFERENCE if name not in sys.modules]
    sys.modules.update(dict.fromkeys(unwanted))  # type: ignore[arg-type]  # None: not importable
    try:
        with monitors.real_ones_aside():
            yield
    finally:
        sys.meta_path[:] = finders
        sys.argv = arguments
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
        self.unbound: set[str] = set()  # names that only what was left out would bind
        self.seconds = ALL_SECONDS  # that are left

    def execute(self, cells: list[Cell], module: types.ModuleType, plan: Plan) -> None:
        """Run every statement of the cells that is needed, in order."""
        for cell in cells:
            self._register_source(cell)
        for statement in plan.statements:
            if statement.problem:
                self._note(statement, "cannot_compile", error=statement.problem)
            elif statement.code is None:
                self.unbound |= statement.names
            else:
                self._run(statement, module)

    def retry(self, module: types.ModuleType) -> None:
        """Notebooks are run out of order: give names that came later a second chance."""
        waiting, self.later = self.later, []
        for statement in waiting:
            self._run(statement, module, again=True)

    def _run(self, statement: Statement, module: types.ModuleType, again: bool = False) -> None:
        if statement.place in self.skip:
            return
        self.progress(statement.place)
        most = SETTING_SECONDS if statement.need.is_setting else STATEMENT_SECONDS
        seconds = max(min(most, self.seconds), 0.1)
        started = time.monotonic()
        problem: tuple[str, dict[str, str]] | None = None
        try:
            with warnings.catch_warnings(), _time_limit(seconds):
                warnings.simplefilter("ignore")
                exec(statement.code, module.__dict__)  # type: ignore[arg-type]
        except SlowStatement:
            problem = "stopped", {"seconds": f"{seconds:.0f}"}
        except ModuleNotFoundError as error:
            problem = "no_package", {"name": error.name or _short(error)}
        except NameError as error:
            if error.name not in self.unbound and not again:
                self.later.append(statement)
            elif error.name not in self.unbound:
                problem = "failed", {"error": _short(error)}
        except BaseException as error:  # SystemExit and KeyboardInterrupt of student code too
            if not _needs_missing_stub(error):
                text = _said_by_argparse(error) or _short(error)
                problem = "failed", {"error": f"{type(error).__name__}: {text}"}
        self.seconds -= time.monotonic() - started
        if module is self.program.module:
            self._remember(statement, module)
        self.unbound |= statement.names - set(vars(module))
        if problem is not None:
            self._lose(statement, module, *problem)

    def _lose(
        self, statement: Statement, module: types.ModuleType, code: str, parameters: dict[str, str]
    ) -> None:
        """Note what a statement that failed was needed for, if it was needed."""
        needed = statement.need.names
        names = sorted(name for name in needed if name not in vars(module))
        users = {stub for name in names for stub in needed[name]} - set(names)
        if users:
            parameters |= {"lost": _quoted(names), "stubs": _quoted(sorted(users))}
        if names or statement.need.changes:
            note = self._note(statement, code, **parameters)
            self.program.lost.update((name, note) for name in names)

    def _remember(self, statement: Statement, module: types.ModuleType) -> None:
        """The last binding to a function or class counts, whatever the name means later."""
        for name in statement.names:
            value = module.__dict__.get(name)
            if isinstance(value, (types.FunctionType, type)):
                self.program.definitions[name] = value
                self.program.places[name] = statement.place
            self.program.places.setdefault(name, statement.place)

    def _note(self, statement: Statement, code: str, **parameters: str) -> Note:
        note = code, {"place": statement.place, **parameters}
        self.program.notes.append(note)
        return note

    def _register_source(self, cell: Cell) -> None:
        """Let tracebacks and inspect.getsource show the student's own lines."""
        known = linecache.cache.get(cell.name) if cell.name in self.program.files else None
        lines = list(known[2]) if known and len(known) == 4 else []
        lines += ["\n"] * (cell.first_line - 1 - len(lines))
        lines += cell.source.splitlines(keepends=True)
        linecache.cache[cell.name] = (len(lines), None, lines, cell.name)
        self.program.files.add(cell.name)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports of modules from cells, of which all names are wanted."""

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
        cells = self.sources[module.__name__]
        self.runner.execute(cells, module, self.runner.plans[tuple(cells), EVERYTHING])
        if self.loaded is self.runner.program.stand_ins:
            self.runner.program.close_helpers(module)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:8]) + (", …" if len(names) > 8 else "")


def _needs_missing_stub(error: BaseException) -> bool:
    """A template's `raise NotImplementedError` or `W = ...` was met on the way."""
    return isinstance(error, NotImplementedError) or "'ellipsis' object" in _short(error)


def _said_by_argparse(error: BaseException) -> str:
    """What a parser of arguments prints before it exits with 2: which ones it lacks."""
    parser = getattr(sys.modules.get("argparse"), "ArgumentParser", None)
    if isinstance(error, SystemExit) and parser is not None:
        for frame, _line in traceback.walk_tb(error.__traceback__):
            if frame.f_code is getattr(parser.error, "__code__", None):
                return str(frame.f_locals.get("message", ""))[:200]
    return ""


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
