"""The submission as an object: a check calls ``submission.softmax(X)``, and the call crosses the
socket of a conversation."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from grader.errors import StudentError
from grader.sandbox.inside import protocol
from grader.sandbox.inside.protocol import CodecError
from grader.sandbox.parts import source_of


class Conversation(Protocol):
    """One process of a box, or the reference in this process: questions and answers."""

    def request(self, kind: str, **arguments: Any) -> Any: ...


class InSandbox:
    """A check's function that runs inside the box: ``function(submission, *arguments)``."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__doc__ = function.__doc__
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        definition = tree.body[0]
        assert isinstance(definition, ast.FunctionDef)
        definition.decorator_list = []
        definition.returns = None  # annotations may name what only the check's file imports
        for argument in ast.walk(definition.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        self.code = protocol.Code(definition.name, ast.unparse(tree))

    def __call__(self, submission: RemoteSubmission, *arguments: Any) -> Any:
        return submission._request("run", function=self, arguments=list(arguments))


def in_sandbox(function: Callable[..., Any]) -> InSandbox:
    """Mark a function of a check to run inside the box. Only its source is sent: of the names
    around it, it sees ``torch`` and nothing else, and a student may read it."""
    return InSandbox(function)


def node_for(value: object) -> Any:
    """The node of something that is no plain value, on the way into the box."""
    if isinstance(value, InSandbox):
        return value.code
    if isinstance(value, RemoteStub):
        return protocol.Name(value.name)
    if isinstance(value, RemoteObject):
        return value._node
    raise TypeError(f"a check cannot send a {type(value).__name__} into the box")


class RemoteStub:
    """A stub of the submission, by name; calling it runs the student's code in the box."""

    def __init__(self, submission: RemoteSubmission, name: str) -> None:
        self.submission = submission
        self.name = name

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self.submission._request(
            "call", target=self, arguments=list(arguments), keywords=keywords
        )


class RemoteObject:
    """An object that lives in the box: called, asked and walked through there.

    Walking through it fetches all its items in one answer, protocol.MAX_ITEMS at most.
    """

    def __init__(self, conversation: Conversation, node: Any) -> None:
        if not isinstance(node, protocol.Reference):
            raise CodecError("a node that may not leave the box")
        self._conversation = conversation
        self._node = node

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return functools.partial(self._method, name)

    def __getitem__(self, index: Any) -> Any:
        return self._method("__getitem__", index)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._conversation.request(
            "call", target=self, arguments=list(arguments), keywords=keywords
        )

    def __len__(self) -> int:
        try:
            return int(self._method("__len__"))
        except StudentError as error:
            raise TypeError(str(error)) from None  # so that list() walks through it all the same

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(self._conversation.request("items", target=self))

    def __repr__(self) -> str:
        return f"<{self._node.type_name} object>"

    def _method(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        return self._conversation.request(
            "method",
            target=self,
            name=name,
            arguments=list(arguments),
            keywords=keywords,
        )


class RemoteSubmission:
    """What a check calls ``submission``: the student's module on the far side of the boundary.

    Attributes that the assignment names as stubs are callables, and so is the class of a stub that
    is a method; any other attribute reads a value of the student's module. ``bind`` sets module
    values, ``supply`` puts working parts in the place of stubs.

    parts: the author's file of these parts, if there is one. supplied: the stubs in whose place one
    of them stands.
    """

    def __init__(
        self, conversation: Conversation, stubs: frozenset[str], parts: Path | None = None
    ) -> None:
        self._conversation = conversation
        self._parts = parts
        self.supplied: frozenset[str] = frozenset()
        self._stubs = stubs | {stub.rpartition(".")[0] for stub in stubs}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteStub(self, name) if name in self._stubs else self._request("value", name=name)

    def bind(self, **values: Any) -> None:
        """Set values of the student's module (``W``, ``b``, ``lr``)."""
        self._request("bind", values=values)

    def supply(self, *stubs: str, **others: str) -> None:
        """Put the parts of these names in the place of the stubs: supply("accuracy").

        others: for a stub the name of another part: supply(data_iter="shuffled").
        Raises AssignmentError for a part that the author's file lacks.
        """
        self.supply_parts({**dict(zip(stubs, stubs)), **others})

    def supply_parts(self, parts: dict[str, str], by_contract: bool = False) -> None:
        """The same for the part of each stub. by_contract: it takes its arguments as the text says,
        also where student code that was written for other ones calls it."""
        if parts:
            source = source_of(list(parts.values()), self._parts)
            self.supplied |= parts.keys()  # also where it fails: the source is in the box
            self._request("supply", source=source, parts=parts, by_contract=by_contract)

    def _request(self, kind: str, **arguments: Any) -> Any:
        return self._conversation.request(kind, **arguments)
