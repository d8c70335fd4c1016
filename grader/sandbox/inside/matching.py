"""Whether a definition can be a stub, by its kind and its parameters, and which one may be meant
where none has the name. Runs inside the box."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Mapping
from typing import Any, NamedTuple

from grader.sandbox.inside.calling import STARS, Own, Signature
from grader.sandbox.inside.nearness import is_misspelt, likeness
from grader.sandbox.inside.notes import Missing

FUNCTIONS = (types.FunctionType, types.MethodType, functools.partial)
# What is added to the likeness of two names (0 to 1) for the parameters, and what is near enough.
SAME_NUMBER, OTHER_NUMBER, SAME_NAMES, NEAR = 0.15, -0.2, 0.2, 0.75


class Sought(NamedTuple):
    """A stub as the contract has it: its names, its own first, and what it takes."""

    names: list[str]
    parameters: list[str]  # as they are written: "averaged=True"
    signature: Signature

    @property
    def is_class(self) -> bool:
        """Classes are written with a capital letter."""
        return self.names[0][:1].isupper()


def refusal(stub: Sought, used: str, value: Any, place: str) -> Missing | None:
    """Why a callable that is found under one of the stub's names cannot be it; None if it can.

    Under the stub's own name a function is what the student means, whatever it takes.
    """
    own = Own(value, stub.signature)
    is_other = used != stub.names[0]
    says = {"used": used, "place": place, "name": stub.names[0]}
    if isinstance(value, type):
        makes_functions = _is_called(value) and bool(stub.signature.required)
        if not stub.is_class and (makes_functions or not own.fits):
            return Missing("class_for_function", **says)
    elif inspect.iscoroutinefunction(value) or inspect.isasyncgenfunction(value):
        return Missing("async", **says)
    elif isinstance(value, FUNCTIONS):
        if stub.is_class and (is_other or not own.fits) and inspect.isfunction(value):
            return Missing("function_for_class", **says)
    elif not own.fits:
        return Missing("object", **says, kind=type(value).__name__)
    if is_other and not own.fits:
        taken = ", ".join(p.name for p in own.parameters or () if p.kind not in STARS)
        return Missing("other_parameters", **says, taken=taken, asked=", ".join(stub.parameters))
    return None


def nearest(stubs: Mapping[str, Sought], free: Mapping[str, Any]) -> dict[str, str]:
    """For stubs that nothing is called like, the name of the definition that may be meant: each is
    named for one stub only, the nearest first.

    free: functions and classes of the student that stand for no stub.
    """
    scores = [
        (-score, number, name, stub)
        for number, (stub, sought) in enumerate(stubs.items())
        for name, value in free.items()
        if (score := _score(sought, name, value)) >= NEAR
    ]
    found: dict[str, str] = {}
    for *_order, name, stub in sorted(scores):
        if stub not in found and name not in found.values():
            found[stub] = name
    return found


def _score(stub: Sought, name: str, value: Any) -> float:
    """How near a definition is to a stub: its name, and its required parameters as evidence."""
    if isinstance(value, type) != stub.is_class:
        return 0.0
    near = max(1.0 if is_misspelt(known, name) else likeness(known, name) for known in stub.names)
    own = Own(value, stub.signature)
    required = [p for p in own.in_order if p.default is p.empty]
    is_same = own.fits and stub.signature.required.keys() <= own.places.keys()
    knows_all = bool(required) and all(stub.signature.meant_by(p.name) for p in required)
    return near + (SAME_NUMBER if is_same else OTHER_NUMBER) + SAME_NAMES * (near and knows_all)


def _is_called(cls: type) -> bool:
    """Whether the objects of a class are called, and not the class."""
    is_made = any("__new__" in vars(base) for base in cls.__mro__ if base is not object)
    return callable(getattr(cls, "forward", None)) or (
        not is_made and any("__call__" in vars(base) for base in cls.__mro__)
    )


def module_of(value: Any) -> str:
    """The module that a function, class, partial or callable object comes from."""
    value = getattr(value, "func", value)  # functools.partial
    name = getattr(value, "__module__", None)
    if isinstance(value, type) or callable(getattr(value, "__code__", None)):
        return str(name)
    return str(name or type(value).__module__)


def is_ready_made_as(name: str, value: Any) -> bool:
    """Whether a function or a class of a library was given the name; under its own name it is a
    thing of its own, and an object that it made is another thing, too."""
    return not is_object(value) and name_of(value) != name


def is_object(value: Any) -> bool:
    """Whether a callable is neither a function, a partial nor a class."""
    return not (isinstance(value, (type, functools.partial)) or hasattr(value, "__name__"))


def name_of(value: Any) -> str:
    """The name that a function or class was defined under; for another object its type's."""
    value = getattr(value, "func", value)  # functools.partial
    return str(getattr(value, "__name__", type(value).__name__))
