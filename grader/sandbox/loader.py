"""Definitions first: run what defines something, leave out what trains, plots or prints.

A student's file is not a module: most real ones train at top level. It is therefore executed
statement by statement. Imports, functions, classes and light assignments run, inside a
``__main__`` guard too; loops that train, bare calls and asserts are left out; a statement that is
broken or slow costs itself. What happened is noted in words.

Runs inside the box next to student code; the trusted side uses it for the reference solution.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.abc
import importlib.util
import linecache
import re
import signal
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

STATEMENT_SECONDS = 10.0
MAIN = "submission"

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)

# A call of one of these names is a driver wherever it stands.
DRIVER_CALL = re.compile(
    r"^(train|fit|main|run|plot|show|test|evaluate|predict|demo)(_|$|\d)", re.IGNORECASE
)
# A bare call runs only when it sets something up: in-place tensor methods, seeds, initialisers.
SETUP_CALL = re.compile(
    r".*[^_]_$|^(apply|seed|manual_seed|manual_seed_all|append|extend|insert|update|setattr|"
    r"add_module|register_buffer|set_default_dtype|use|filterwarnings|simplefilter)$"
)


@dataclass(frozen=True)
class Cell:
    """A piece of a submission that Python can parse: a notebook cell or a stretch of a file."""

    name: str  # what a student calls it: "cell 3", "solution.py"
    source: str
    first_line: int = 1  # the line of the file at which the source begins


@dataclass
class Program:
    """A submission after loading: its modules, what they define, and what happened."""

    module: types.ModuleType
    modules: dict[str, types.ModuleType]  # the main module and the handed-in helper modules
    definitions: dict[str, Any] = field(default_factory=dict)  # last function or class of a name
    nested: dict[str, str] = field(default_factory=dict)  # definitions that hide inside others
    files: set[str] = field(default_factory=set)  # names that tracebacks of student code carry
    notes: list[str] = field(default_factory=list)


class SlowStatement(BaseException):
    """Raised by the timer; not an Exception, so that a student's `except` does not eat it."""


def load(
    cells: list[Cell],
    helpers: dict[str, list[Cell]],
    progress: Callable[[str], None] = lambda place: None,
    skip: frozenset[str] = frozenset(),
) -> Program:
    """Execute the definitions of `cells` in a fresh module.

    helpers: cells of modules that may be imported, by dotted name.
    progress: called with the place of each statement before it runs.
    skip: places of statements that ended an earlier attempt and are left out now.
    """
    module = types.ModuleType(MAIN)
    program = Program(module, {MAIN: module})
    runner = _Runner(program, progress, skip)
    finder = _HelperFinder(helpers, runner)
    sys.modules[MAIN] = module
    sys.meta_path.insert(0, finder)
    runner.execute(cells, module)
    runner.retry(module)
    runner.summarise()
    return program


@contextlib.contextmanager
def leaving_no_trace() -> Iterator[None]:
    """Undo what loading does to the import system: for the reference, on the trusted side."""
    modules, finders = dict(sys.modules), list(sys.meta_path)
    modules.pop(MAIN, None)
    try:
        yield
    finally:
        sys.meta_path[:] = finders
        for name in [MAIN, *(n for n in sys.modules if _is_helper(sys.modules[n]))]:
            sys.modules.pop(name, None)
        sys.modules.update({name: modules[name] for name in modules if name not in sys.modules})


def _is_helper(module: types.ModuleType) -> bool:
    return isinstance(getattr(module, "__loader__", None), _HelperFinder)


class _Runner:
    def __init__(
        self, program: Program, progress: Callable[[str], None], skip: frozenset[str]
    ) -> None:
        self.program = program
        self.progress = progress
        self.skip = skip
        self.later: list[tuple[ast.stmt, Cell]] = []  # failed for a name that came afterwards
        self.left_out: dict[str, list[int]] = {}  # lines of drivers, by cell
        self.unbound: set[str] = set()  # names that only a driver would bind
        self.flags = 0

    def execute(self, cells: list[Cell], module: types.ModuleType) -> None:
        """Run every statement of the cells that defines something, in order."""
        trees = []
        for cell in cells:
            self._register_source(cell)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(cell.source, cell.name)
            ast.increment_lineno(tree, cell.first_line - 1)
            trees.append((cell, tree))
        trainers = _training_functions([tree for _, tree in trees])
        self._remember_nested([tree for _, tree in trees])
        for cell, tree in trees:
            for statement in _definitions(tree.body):
                if is_driver(statement, trainers):
                    self._leave_out(statement, cell)
                else:
                    self._run(statement, cell, module)

    def retry(self, module: types.ModuleType) -> None:
        """Notebooks are run out of order: give names that came later a second chance."""
        waiting, self.later = self.later, []
        for statement, cell in waiting:
            self._run(statement, cell, module, again=True)

    def summarise(self) -> None:
        """One note for everything that was left out on purpose."""
        places = [f"{cell} line {_listed(lines)}" for cell, lines in self.left_out.items()]
        if places:
            shown = "; ".join(places[:8]) + ("; …" if len(places) > 8 else "")
            self.program.notes.insert(
                0, f"left out, because it trains, prints, plots or compares at top level: {shown}"
            )

    def _leave_out(self, statement: ast.stmt, cell: Cell) -> None:
        self.left_out.setdefault(cell.name, []).append(statement.lineno)
        self.unbound |= _bound_names(statement)

    def note(self, cell: Cell, statement: ast.stmt, text: str) -> None:
        self.program.notes.append(f"{_place(cell, statement)}: {text}")

    def _run(
        self, statement: ast.stmt, cell: Cell, module: types.ModuleType, again: bool = False
    ) -> None:
        place = _place(cell, statement)
        if place in self.skip:
            return
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            self._future(statement)
        self.progress(place)
        try:
            with warnings.catch_warnings(), _time_limit(STATEMENT_SECONDS):
                warnings.simplefilter("ignore")
                tree = ast.Module([statement], type_ignores=[])
                exec(compile(tree, cell.name, "exec", self.flags), module.__dict__)
        except SlowStatement:
            self.note(cell, statement, f"stopped after {STATEMENT_SECONDS:.0f} seconds")
        except ModuleNotFoundError as error:
            missing = error.name or str(error)
            self.note(cell, statement, f"the package {missing} is not installed here; skipped")
        except NameError as error:
            if error.name in self.unbound:
                self._leave_out(statement, cell)
            elif again:
                self.note(cell, statement, f"failed: {error}")
            else:
                self.later.append((statement, cell))
        except BaseException as error:  # SystemExit and KeyboardInterrupt of student code too
            if _needs_missing_stub(error):
                self._leave_out(statement, cell)
            else:
                self.note(cell, statement, f"failed: {type(error).__name__}: {_short(error)}")
        self._remember(statement, module)

    def _register_source(self, cell: Cell) -> None:
        """Let tracebacks and inspect.getsource show the student's own lines."""
        known = linecache.cache.get(cell.name) if cell.name in self.program.files else None
        lines = list(known[2]) if known and len(known) == 4 else []
        lines += ["\n"] * (cell.first_line - 1 - len(lines))
        lines += cell.source.splitlines(keepends=True)
        linecache.cache[cell.name] = (len(lines), None, lines, cell.name)
        self.program.files.add(cell.name)

    def _future(self, statement: ast.ImportFrom) -> None:
        import __future__

        for alias in statement.names:
            self.flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)

    def _remember(self, statement: ast.stmt, module: types.ModuleType) -> None:
        """The last binding to a function or class counts, whatever the name means later."""
        if module is not self.program.module:
            return
        for name in _bound_names(statement):
            value = module.__dict__.get(name)
            if isinstance(value, (types.FunctionType, type)):
                self.program.definitions[name] = value

    def _remember_nested(self, trees: list[ast.Module]) -> None:
        for tree in trees:
            for outer in tree.body:
                if isinstance(outer, DEFINITIONS):
                    what = "class" if isinstance(outer, ast.ClassDef) else "function"
                    for inner in ast.walk(outer):
                        if isinstance(inner, DEFINITIONS) and inner is not outer:
                            self.program.nested[inner.name] = f"the {what} {outer.name}"


class _HelperFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports of handed-in modules, loaded definitions first like the main file."""

    def __init__(self, helpers: dict[str, list[Cell]], runner: _Runner) -> None:
        self.helpers = helpers
        self.runner = runner

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname in self.helpers:
            package = any(name.startswith(fullname + ".") for name in self.helpers)
            return importlib.util.spec_from_loader(fullname, self, is_package=package)
        return None

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        self.runner.program.modules[module.__name__] = module
        self.runner.execute(self.helpers[module.__name__], module)


# ------------------------------------------------------------------------------ reading statements


def _definitions(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, with ``if __name__ == "__main__":`` opened."""
    for statement in body:
        if isinstance(statement, ast.If) and _is_main_guard(statement.test):
            yield from _definitions(statement.body)
        else:
            yield statement


def _is_main_guard(test: ast.expr) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(test))


def is_driver(statement: ast.stmt, trainers: frozenset[str]) -> bool:
    """Whether a top-level statement trains, prints, plots or compares instead of defining.

    trainers: names of the file's own functions that train (they call ``backward``).
    """
    if isinstance(statement, (*DEFINITIONS, *IMPORTS, ast.Pass, ast.Delete, ast.Global)):
        return False
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return _calls_driver(statement, trainers)
    if isinstance(statement, ast.Expr):
        value = statement.value
        if isinstance(value, ast.Call) and SETUP_CALL.match(_callee(value)):
            return _calls_driver(value, trainers)
        return not isinstance(value, ast.Constant)
    if isinstance(statement, (ast.If, ast.Try, ast.With, ast.For)):
        children = [s for s in ast.iter_child_nodes(statement) if isinstance(s, ast.stmt)]
        for handler in getattr(statement, "handlers", []):
            children += handler.body
        return any(is_driver(child, trainers) for child in children)
    return True


def _calls_driver(node: ast.AST, trainers: frozenset[str]) -> bool:
    names = [_callee(call) for call in _calls(node)]
    return any(name in trainers or DRIVER_CALL.match(name) for name in names)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Calls that happen when the node is executed: not those inside lambdas."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)


def _callee(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else "a function"


def _training_functions(trees: list[ast.Module]) -> frozenset[str]:
    """Functions that call backward(), and functions that call those."""
    bodies = {
        node.name: {_callee(call) for call in ast.walk(node) if isinstance(call, ast.Call)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    found = {name for name, calls in bodies.items() if "backward" in calls}
    while more := {n for n, calls in bodies.items() if calls & found} - found:
        found |= more
    return frozenset(found)


def _bound_names(statement: ast.stmt) -> set[str]:
    if isinstance(statement, DEFINITIONS):
        return {statement.name}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _listed(lines: list[int]) -> str:
    return ", ".join(map(str, lines[:12])) + (", …" if len(lines) > 12 else "")


def _place(cell: Cell, statement: ast.stmt) -> str:
    return f"{cell.name}, line {statement.lineno}"


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
    if not hasattr(signal, "setitimer"):
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
