"""``grader.check("softmax")`` in a notebook: the public checks on what the kernel holds just now.

The checks stay in the kernel's process; for each of them the kernel forks a child, which serves the
live namespace as the worker of a sandbox does. So whatever a check or the student's code does there
(set `W`, loop without end, crash) leaves the notebook as it was. A kernel in which a framework has
computed that does not survive a fork, such as JAX, is not forked: there the cells that were run are
loaded in a process of their own.
"""

from __future__ import annotations

import ast
import contextlib
import html
import io
import os
import signal
import socket
import sys
import time
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from grader.course.assignment import Assignment, Stub
from grader.errors import GraderError, MissingStub, UsageError
from grader.grading import log
from grader.grading.records import Record
from grader.grading.scoring import Result, score
from grader.i18n import words
from grader.i18n.words import N_, _
from grader.reports import progress
from grader.reports.progress import Progress
from grader.reports.screen import Screen
from grader.reports.text import printable
from grader.sandbox.conversation import Output, ProcessConversation
from grader.sandbox.inside import frameworks
from grader.sandbox.inside.cells import Cell
from grader.sandbox.inside.definitions import DEFINITIONS, first_line
from grader.sandbox.proxies import RemoteSubmission
from grader.sandbox.sandbox import Source
from grader.student import public
from grader.submissions import causes
from grader.submissions.budget import Budget
from grader.submissions.definitions import names_of
from grader.submissions.reading import Submission
from grader.submissions.syntax import Parser

if TYPE_CHECKING:
    from grader.checking.seen import Seen

NAME = N_("this notebook")
GPU_USED = N_(
    "The kernel has used the GPU, so it cannot be checked from inside. Save the notebook and type "
    "`grader check` in a terminal, or in a cell: !grader check"
)


@dataclass(frozen=True)
class Feedback:
    """What a notebook shows: plain text, and the same as HTML."""

    text: str
    markup: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.markup


def show_check(namespace: dict[str, Any], stub: str | None, lang: str | None = None) -> None:
    """Run the public checks and show how it stands, wherever in a cell they are called."""
    from IPython.display import display

    display(check_namespace(namespace, stub, lang))


def check_namespace(
    namespace: dict[str, Any], stub: str | None, lang: str | None = None
) -> Feedback:
    """Run the public checks of one stub, or of all, on the definitions in a module's namespace.

    Whatever goes wrong becomes a sentence: a student never sees a traceback of the grader.
    """
    try:
        with words.speaking(lang or words.of_environment()):
            return _feedback(namespace, stub)
    except UsageError as error:  # there is no such language
        return _sentence(str(error))


def _feedback(namespace: dict[str, Any], stub: str | None) -> Feedback:
    try:
        found = _checked(namespace, stub)
    except GraderError as error:
        return _sentence(str(error))
    except KeyboardInterrupt:
        return _sentence(_("Stopped."))
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        text = _("The grader failed, not your code ({problem}). Try `grader check`.")
        log.start(debug=False)
        log.keep(error)
        return _sentence(f"{text.format(problem=problem)} {log.place()}")
    screen = io.StringIO()
    Screen(file=screen, width=100, force_jupyter=False).print(progress.terminal(found))
    return Feedback(screen.getvalue().strip(), progress.as_html(found))


def _sentence(text: str) -> Feedback:
    text = printable(text)
    return Feedback(text, f"<p>{html.escape(text)}</p>")


def _checked(namespace: dict[str, Any], stub: str | None) -> Progress:
    started = time.monotonic()
    if not hasattr(os, "fork"):
        raise UsageError(
            _("This works on Linux and macOS. Save the notebook and type `grader check`.")
        )
    assignment = public.assignment_of(Path.cwd())
    public.known(assignment, stub)
    if not frameworks.may_be_forked(assignment.require_framework()):
        return public.checked(_submission(assignment), assignment, stub, started)
    from grader.checking.judging import judged
    from grader.checking.suite import open_suite

    box = LiveBox(assignment, namespace)
    with open_suite(assignment, None) as suite:
        seen = [_for_notebooks(one) for one in suite.meet(box, suite.part((stub,) if stub else ()))]
        why = box.causes()
        checks = judged(seen, suite.diagnosis, box.source.index, why)
    checks = [msgspec.structs.replace(c, message=box.with_cells(c.message)) for c in checks]
    seconds = round(time.monotonic() - started, 3)
    name = _(NAME)
    record = Record(
        name, assignment.name, "graded", None, "cpu", None, checks, [], "", seconds, {}, {}, name
    )
    result = Result(record, score(record, assignment))
    return Progress(result, stub, box.unwritten(), why)


def _submission(assignment: Assignment) -> Submission:
    """The cells that were run, and the student's own modules, as a program: to be loaded in a
    process of its own, where the kernel must not be forked."""
    names = [stub.name for stub in assignment.stubs]
    parser = Parser(Budget(_(NAME)), names)
    cells: list[Cell] = []
    notes: list[str] = []
    for cell in _cells():
        readable, problems = parser.readable(Cell(*cell))
        cells += readable
        notes += problems
    helpers = {
        name: [Cell(file.name, file.read_text("utf-8", "replace"))]
        for name, module in _modules_in(assignment.public).items()
        if (file := Path(module.__file__ or "")).is_file()
    }
    name = _(NAME)
    return Submission(
        name,
        Path(name),
        "",
        cells,
        helpers | parser.written,
        notes,
        is_whole=not notes,
        trees=parser.trees,
    )


class LiveBox:
    """Stands where a sandbox stands: opens the live namespace for one check after another."""

    def __init__(self, assignment: Assignment, namespace: dict[str, Any]) -> None:
        import torch

        from grader.sandbox.inside.binding import Stubs
        from grader.sandbox.inside.loader import Program
        from grader.sandbox.inside.worker import Worker

        if torch.cuda.is_initialized() or _has_autograd_threads():
            raise UsageError(_(GPU_USED))
        self.assignment = assignment
        self.namespace = namespace
        main = sys.modules[namespace["__name__"]]
        modules = {main.__name__: main, **_modules_in(assignment.public)}
        self.files = _files_of(modules)
        self.worker = Worker(framework=assignment.framework)
        program = Program(main, modules, files=set(self.files))
        framework = self.worker.framework
        self.worker.stubs = Stubs(program, assignment.contract, framework=framework)
        self.stubs = frozenset(assignment.contract["stubs"])
        self.in_doubt = False
        self.reordered: dict[str, str] = {}
        self.source = Source(_cells(), {}, {}, assignment.contract)

    @contextlib.contextmanager
    def open_check(
        self, seconds: float, each: float, seed: int, stub: str = "", alone: bool = False
    ) -> Iterator[RemoteSubmission]:
        """A copy of the namespace in a child of the kernel, killed when the check is done."""
        ours, theirs = socket.socketpair()
        printed, prints = os.pipe()
        os.set_blocking(printed, False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about threads: the child uses one, and no lock
            pid = os.fork()
        if pid == 0:
            ours.close()
            self._serve(theirs, prints)
        theirs.close()
        os.close(prints)
        output = Output(printed)
        conversation = ProcessConversation(ours, output)
        try:
            conversation.allow(seconds, each)
            conversation.request("seed", seed=seed)
            yield RemoteSubmission(conversation, self.stubs)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            conversation.close()
            output.close()

    def _serve(self, end: socket.socket, prints: int) -> None:
        """The child: answer until the kernel closes the socket. Never returns."""
        try:
            import torch

            from grader.sandbox.inside.channel import Channel
            from grader.sandbox.inside.serving import serve

            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the kernel's interrupt ends it
            sys.stdout = sys.stderr = open(prints, "w", encoding="utf-8")  # noqa: SIM115
            torch.set_num_threads(1)  # threads do not survive a fork
            serve(Channel(end), self.worker)
        finally:
            os._exit(0)

    def unwritten(self) -> list[str]:
        """The stubs in which there is no code: by the cells, if they are defined in these."""
        index = self.source.index
        return [
            stub.name
            for stub in self.assignment.stubs
            if stub.name in causes.unwritten(index, [stub])
            and (stub.name in index.definitions or not self._holds(stub))
        ]

    def _holds(self, stub: Stub) -> bool:
        """Whether the namespace has something under a name of a stub, or of its class."""
        names = (name.partition(".")[0] for name in names_of(stub))
        return any(self.namespace.get(name, ...) is not ... for name in names)

    def causes(self) -> dict[str, str]:
        """Why stubs are missing though there is code for them."""
        stubs = self.assignment.stubs
        parser = Parser(Budget(_(NAME)), [stub.name for stub in stubs])
        broken = [cell for cell, _problem in self.source.index.problems]
        notes = [note for cell in broken for note in parser.readable(cell)[1]]
        return causes.causes(self.source.index, notes, stubs)

    def with_cells(self, message: str) -> str:
        """A message that names cells as the notebook counts them."""
        for file, cell in self.files.items():
            message = message.replace(file, cell)
        return message


def _for_notebooks(seen: Seen) -> Seen:
    """What is not defined may be in a cell that was not run."""
    problem = seen.problem
    if isinstance(problem, MissingStub) and problem.code in ("no_stub", "no_value"):
        text = _("`{name}` is not defined: run its cell first")
        said = text.format(**problem.parameters)
        return replace(seen, problem=MissingStub(said, problem.code, problem.parameters))
    return seen


def _has_autograd_threads() -> bool:
    """Whether a backward pass has started threads of PyTorch, which do not survive a fork. It does
    so where there is a GPU; Linux tells their names."""
    names = Path("/proc/self/task").glob("*/comm")
    return any(name.read_text().startswith("pt_autograd") for name in names)


def _modules_in(folder: Path) -> dict[str, types.ModuleType]:
    """The student's own modules: those that were imported from the notebook's folder."""
    found = {}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and Path(file).resolve().parent == folder:
            found[name] = module
    return found


def _files_of(modules: dict[str, types.ModuleType]) -> dict[str, str]:
    """The files that the code of these modules was compiled from, each with a name to show."""
    values = [value for module in modules.values() for value in list(vars(module).values())]
    for cls in [value for value in values if isinstance(value, type)]:
        if cls.__module__ in modules:
            values += vars(cls).values()
    own = [v for v in values if isinstance(v, types.FunctionType) and v.__module__ in modules]
    return {f.__code__.co_filename: _shown(f.__code__.co_filename) for f in own}


def _shown(file: str) -> str:
    """`In[5]` for a cell of IPython, the name of any other file."""
    named = getattr(getattr(_shell(), "compile", None), "format_code_name", lambda file: None)
    kind_and_name = named(file)  # ("Cell", "In[5]")
    if kind_and_name:
        return str(kind_and_name[1])
    return Path(file).name


def _cells() -> list[tuple[str, str, int]]:
    """The source of the cells that were run, or of which Python could not run a line. A definition
    that was run again later is left out: people run a cell many times while they write it."""
    sources = getattr(_shell(), "user_ns", {}).get("In", [])
    cells: list[tuple[str, str, int]] = []
    later: set[str] = set()
    for number, source in reversed([*enumerate(sources)]):
        lines, names = source.split("\n"), set[str]()
        with contextlib.suppress(SyntaxError, ValueError):
            for node in ast.parse(source).body:
                if isinstance(node, DEFINITIONS):
                    names.add(node.name)
                    if node.name in later:
                        for line in range(first_line(node) - 1, node.end_lineno or node.lineno):
                            lines[line] = ""
        later |= names
        cells.append((f"In[{number}]", "\n".join(lines), 1))
    return cells[::-1]


def _shell() -> Any:
    """The running IPython, or None."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
