"""What a process of the box does: it loads a submission, and answers calls with plain data.

It imports nothing of the grader but its neighbours in the box (codec, loader, binding, reading of
public data), and it holds no secret: what a check wants to run in here arrives as source and is
public. It returns values, never verdicts.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import itertools
import json
import random
import re
import traceback
from collections.abc import Callable
from typing import Any

import numpy.random  # else each check imports it when it is seeded

from grader.sandbox.inside import frameworks, loader, protocol
from grader.sandbox.inside.binding import Stubs, Submission
from grader.sandbox.inside.cells import Cells, as_cells
from grader.sandbox.inside.data import PublicData
from grader.sandbox.inside.device import move_values, start
from grader.sandbox.inside.needs import Wanted
from grader.sandbox.inside.notes import Missing, Note
from grader.sandbox.inside.protocol import CodecError, Message
from grader.sandbox.inside.snapshot import Snapshot, arrays_of
from grader.sandbox.inside.statements import Plans

MAX_TRACE_LINES = 6
UNWRITTEN = ": your code is still missing"  # as templates.py cuts it
LACKING = re.compile(r"not implemented for '|^Could not run '")
MAX_OBJECTS = 1_000  # that one check may hold by reference


class Worker:
    """One process of a box; one method for each kind of request."""

    def __init__(
        self,
        data_root: str | None = None,
        joins_pages: bool = False,
        plans: Plans | None = None,
        framework: str = frameworks.TORCH,
    ) -> None:
        self.framework = frameworks.named(framework)
        self.converted = self.framework if self.framework.is_converted else None
        self.data = PublicData(data_root, self.framework)
        self.plans = plans
        self.joins_pages = joins_pages  # whether many forks will follow, which then cost less
        self.stubs: Stubs | None = None
        self.snapshot: Snapshot | None = None
        self.objects: list[Any] = []
        self.numbers: dict[int, int] = {}  # of these objects, by their ids
        self.progress: Callable[[str], None] = lambda place: None

    def answer(self, message: Message) -> tuple[str, Any, list[Any]]:
        """Carry out one request; returns kind, node and buffers of the reply."""
        try:
            arguments = protocol.unpack(message, self._rebuild, self.data.device, self.converted)
            result = getattr(self, "on_" + message.kind)(**arguments)
            packed = protocol.pack(result, self._keep, self._of_subclass, self.converted)
            return ("value", *packed)
        except Missing as error:
            return ("missing", *_packed(error.note))
        except CodecError as error:
            return raised("CodecError", str(error), "")
        except BaseException as error:  # student code may raise anything
            if _says_unwritten(error) and self._raised_by_student(error):
                return ("missing", *_packed(_unwritten(_message(error), _place(error))))
            lines = self._own_lines(error)
            return raised(type(error).__name__, _message(error), lines, self._loss(error))

    # ---------------------------------------------------------------- requests

    def on_read(self, cells: Cells, contract: str) -> None:
        """Read a submission and run nothing of it: what is forked from here loads it sooner."""
        self.plans = Plans()
        self.plans[tuple(as_cells(cells)), Wanted.of(json.loads(contract))]

    def on_load(
        self,
        cells: Cells,
        helpers: dict[str, Cells],
        stand_ins: dict[str, Cells],
        contract: str,
        skip: list[str],
        device: str,
        gpu_bytes: int = 0,
    ) -> dict[str, Any]:
        """Execute the definitions of a submission; returns notes. contract: as JSON, which costs
        less than its hundreds of parts."""
        known = json.loads(contract)
        self.data.device = device
        start(device, gpu_bytes)
        program = loader.load(
            as_cells(cells),
            {name: as_cells(module) for name, module in helpers.items()},
            {name: as_cells(module) for name, module in stand_ins.items()},
            self.progress,
            frozenset(skip),
            self.plans,
            Wanted.of(known),
        )
        if device != "cpu":
            move_values(arrays_of(program, self.framework), device)
        self.snapshot = Snapshot(program, self.framework)
        self.stubs = Stubs(program, known, device, self.framework)
        others: list[Note] = [(code, {}) for code in self.framework.notes()]
        return {"notes": [*program.notes[:200], *self.stubs.notes(), *others]}

    def on_seed(self, seed: int, anew: bool = False) -> None:
        """Make code that draws from the global generators repeatable; `anew`, be as after loading,
        for the next check, as far as one process can."""
        if anew and self.snapshot is not None:
            self.objects.clear()
            self.numbers.clear()
            self._loaded().reset()
            self.snapshot.restore()

        self.framework.seed(seed)
        random.seed(seed)
        numpy.random.seed(seed)

    def on_call(self, target: Any, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Call a stub or an object that lives here. What a class makes stays here, whatever the
        class inherits from."""
        made = target(*arguments, **keywords)
        is_object = isinstance(target, type) and isinstance(made, target)
        return self._keep(made) if is_object else made

    def on_method(
        self, target: Any, name: str, arguments: list[Any], keywords: dict[str, Any]
    ) -> Any:
        """Call a method of an object that lives here."""
        return self._loaded().method(target, name)(*arguments, **keywords)

    def on_items(self, target: Any) -> list[Any]:
        """All items of an iterable that lives here; CodecError for one that goes on and on."""
        items = list(itertools.islice(target, protocol.MAX_ITEMS + 1))
        if len(items) > protocol.MAX_ITEMS:
            raise CodecError(f"more than {protocol.MAX_ITEMS:,} items; does it ever end?")
        return items

    def on_itself(self, target: Any) -> Any:
        """An object that lives here, as it is now."""
        return target

    def on_value(self, name: str) -> Any:
        """Read a module value of the submission."""
        return self._loaded().value(name)

    def on_bind(self, values: dict[str, Any]) -> None:
        """Set module values."""
        for name, value in values.items():
            self._loaded().bind(name, value)

    def on_supply(self, source: str, parts: dict[str, str], by_contract: bool) -> None:
        """Put parts of an author's file in the place of stubs. They see the submission, too."""
        defined = self._executed(source, submission=Submission(self._loaded(), self.data))
        for stub, part in parts.items():
            owner, *attributes = part.split(".")
            value = functools.reduce(getattr, attributes, defined[owner])
            self._loaded().bind(stub, value, by_contract)

    def on_run(self, function: Callable[..., Any], arguments: list[Any]) -> Any:
        """Run a function of a check in here: it sees the submission and its arguments."""
        return function(Submission(self._loaded(), self.data), *arguments)

    # ---------------------------------------------------------------- values

    def _loaded(self) -> Stubs:
        if self.stubs is None:
            raise RuntimeError("no submission is loaded")
        return self.stubs

    def _executed(self, source: str, **names: Any) -> dict[str, Any]:
        """What an author's source defines; of names around it it sees the framework's and these."""
        modules = self.framework.names.items()
        known = {name: importlib.import_module(module) for name, module in modules}
        namespace: dict[str, Any] = {**known, **names}
        exec(compile(source, "<check>", "exec", dont_inherit=True), namespace)
        return namespace

    def _rebuild(self, node: Any) -> Any:
        if isinstance(node, protocol.Name):
            return self._loaded().stub(node.name)
        if isinstance(node, protocol.Code):
            return self._executed(node.source)[node.name]
        if not 0 <= node.number < len(self.objects):
            raise CodecError("a reference to an unknown object")
        return self.objects[node.number]

    def _keep(self, value: Any) -> protocol.Reference:
        if isinstance(value, protocol.Reference):
            return value
        if id(value) not in self.numbers:
            if len(self.objects) >= MAX_OBJECTS:
                raise CodecError(f"more than {MAX_OBJECTS:,} objects")
            self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        return protocol.Reference(self.numbers[id(value)], type(value).__name__[:100])

    def _of_subclass(self, value: Any) -> protocol.Instance | None:
        """An instance of a student's class is an object and a value, as long as there is room for
        it; one of a library's class is a value."""
        if self.stubs is None or not protocol.is_value(value):
            return None
        is_own = any(map(self.stubs.has_defined, type(value).__mro__))
        if not is_own or (len(self.objects) >= MAX_OBJECTS and id(value) not in self.numbers):
            return None
        kept = self._keep(value)
        return protocol.Instance(kept.number, kept.type_name, None)

    def _raised_by_student(self, error: BaseException) -> bool:
        frames = traceback.extract_tb(error.__traceback__)
        return self.stubs is not None and frames[-1].filename in self.stubs.program.files

    def _loss(self, error: BaseException) -> Note | None:
        """Why a name is not there that the code looked up, or how else it was given what it could
        not work with."""
        if self.stubs is None:
            return None
        if isinstance(error, NameError):
            return self.stubs.program.lost.get(getattr(error, "name", None) or "")
        return self.stubs.fact(error)

    def _own_lines(self, error: BaseException) -> str:
        """The student's own lines of a traceback, the innermost last; nothing of ours."""
        files = self.stubs.program.files if self.stubs else set()
        with contextlib.suppress(Exception):
            frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in files]
            lines = [f"{f.filename}, line {f.lineno}, in {f.name}: {f.line}" for f in frames]
            return "\n".join(line[:300] for line in lines[-MAX_TRACE_LINES:])
        return ""


def _says_unwritten(error: BaseException) -> bool:
    """Whether it is what a template raises, and not PyTorch's word for an operation that a type or
    a device does not have."""
    return type(error) is NotImplementedError and not LACKING.search(_message(error))


def _place(error: BaseException) -> str:
    """Where an exception was raised: "cell 8, line 2"."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}, line {frame.lineno}"


def _unwritten(message: str, place: str) -> Note:
    """What it says that a stub is not written: a template names the stub."""
    if message.endswith(UNWRITTEN):
        return "unwritten", {"stub": message.removesuffix(UNWRITTEN)}
    return ("said", {"text": message}) if message else ("not_implemented", {"place": place})


def _packed(note: Note) -> tuple[Any, list[Any]]:
    code, parameters = note
    return protocol.pack([code, {k: str(v)[:500] for k, v in parameters.items()}], _refuse)


def _refuse(value: object) -> Any:
    raise CodecError("a note holds texts only")


def raised(
    kind: str, message: str, lines: str, loss: Note | None = None
) -> tuple[str, Any, list[Any]]:
    texts = [protocol.well_formed(text) for text in (kind, message, lines)]
    node, buffers = _packed(loss) if loss is not None else (None, [])
    return "raised", protocol.Sequence([*texts, node]), buffers


def _message(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except BaseException:
        return "(its message cannot be shown)"
