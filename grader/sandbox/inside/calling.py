"""Calling a student's callable by the contract, and a part in its place as the student would.

Real files use other names and orders, and wrap what they define. What a callable takes is read
behind its wrappers: decorators with ``*args``, ``functools.partial``, methods, objects with
``__call__``. Where names tell, arguments are bound by name, the rest by place. Runs inside the box.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

from grader.sandbox.inside.variables import is_made_of

STARS = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
BY_PLACE = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
MOST_WRAPPERS = 10  # around one function


@dataclass(frozen=True)
class Signature:
    """What a stub takes: the spellings of every parameter, in lower case, by the contract's name.

    name: what the student calls it. optional: those with a default; a check passes them by keyword.
    values: the module values that may fill further parameters, by name, as they are now.
    fillable: names of all module values, in lower case, whether they are set by now or not.
    defaults: what module values were when the program was loaded; so they stand in defaults.
    """

    name: str
    required: dict[str, list[str]]
    optional: dict[str, list[str]]
    values: Callable[[], dict[str, Any]]
    fillable: frozenset[str]
    defaults: list[Any]

    @property
    def spellings(self) -> dict[str, list[str]]:
        """All parameters in the contract's order."""
        return {**self.required, **self.optional}

    def meant_by(self, name: str) -> str | None:
        """The contract's name for what the student calls `name`, if it knows it."""
        if name in self.spellings:
            return name
        found = (known for known, names in self.spellings.items() if name.lower() in names)
        return next(found, None)

    def fills(self, parameter: Parameter) -> bool:
        """Whether a further parameter of the student's is filled with a module value."""
        default = parameter.default
        is_open = default is Parameter.empty or is_made_of(default, self.defaults)
        return is_open and bool(self.filling(parameter.name))

    def filling(self, name: str) -> list[Any]:
        """The module value that a parameter of this name is filled with, alone in a list; none
        where case would decide between two values."""
        values = self.values()
        found = [value for known, value in values.items() if known.lower() == name.lower()]
        if name in values:
            return [values[name]]
        return found[:1] if all(value is found[0] for value in found) else []


class Own:
    """What a student's callable takes, and which of it each parameter of the contract is.

    places: the student's name for each of the contract's, as far as there is one.
    filled: names of further parameters that get module values.
    """

    def __init__(self, function: Any, signature: Signature) -> None:
        outer = _read(function)
        self.signature = signature
        self.parameters = _behind(function, signature)
        self.is_certain = self.parameters is not None and self.parameters == outer
        kinds = {parameter.kind for parameter in outer or ()}
        self.takes_places = outer is None or bool(kinds & {*BY_PLACE, Parameter.VAR_POSITIONAL})
        by_name = {*BY_PLACE[1:], Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD}
        self.takes_names = outer is None or bool(kinds & by_name)
        named = [p for p in self.parameters or () if p.kind not in STARS]
        self.in_order = [p for p in named if p.kind in BY_PLACE]
        self.places = _places(named, signature)
        rest = [p for p in named if p.name not in self.places.values()]
        self.filled = [p.name for p in rest if signature.fills(p)]

    def takes_as_the_contract(self) -> bool:
        """Whether a call by the contract can be passed on as it is."""
        order = [self.places.get(name) for name in self.signature.required]
        while order and order[-1] is None:
            order.pop()
        same = all(self.places.get(name, name) == name for name in self.signature.optional)
        names = [parameter.name for parameter in self.in_order]
        return self.takes_places and not self.filled and same and order == names[: len(order)]

    @property
    def fits(self) -> bool:
        """Whether a call by the contract gives it all that it needs, and nothing that it cannot
        take."""
        if self.parameters is None:
            return True
        given = {*self.places.values(), *self.filled}
        required = [p.name for p in self.parameters if p.kind not in STARS and p.default is p.empty]
        fillable = self.signature.fillable
        lacking = [name for name in required if name not in given and name.lower() not in fillable]
        takes_more = any(p.kind == Parameter.VAR_POSITIONAL for p in self.parameters)
        return not lacking and (takes_more or self.signature.required.keys() <= self.places.keys())

    @property
    def guessed(self) -> list[str]:
        """The contract's names in the order of the function's own parameters, if there are several
        and a name does not tell which of them it is."""
        required = self.signature.required
        unknown = [
            name
            for name, spellings in required.items()
            if name in self.places
            and self.places[name] != name
            and self.places[name].lower() not in spellings
        ]
        own = {used: name for name, used in self.places.items()}
        order = [own[p.name] for p in self.in_order if p.name in own]
        return order if unknown and len(required) > 1 else []

    def call(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the student's function with the contract's arguments."""
        known = list(self.signature.spellings)
        given = {**dict(zip(known, args)), **kwargs}
        unknown = {name: value for name, value in given.items() if name not in self.places}
        named = {self.places[name]: given[name] for name in given if name in self.places}
        for name in self.filled:
            named |= dict(zip([name], self.signature.filling(name)))
        loose = [unknown.pop(name) for name in known[: len(args)] if name in unknown]
        loose += args[len(known) :]
        if not self.takes_places:
            unknown |= dict(zip((name for name in known if name not in self.places), loose))
            return function(**named, **unknown)
        placed = []
        for parameter in self.in_order:
            if parameter.name in named:
                placed.append(named.pop(parameter.name))
            elif named and not self.takes_names and parameter.default is not Parameter.empty:
                placed.append(parameter.default)
            else:
                break
        return function(*placed, *loose, **named, **unknown)

    def meant(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], is_rebound: bool = False
    ) -> dict[str, Any]:
        """The contract's arguments of a call that is made by the student's code. Where the name
        is_rebound, the call may be for what it means now, and leave out what module values fill."""
        signature = self.signature
        try:
            bound = inspect.Signature(self.parameters or ()).bind(*args, **kwargs).arguments
        except TypeError as error:
            is_short = self.filled and len(args) + len(kwargs) == len(signature.required)
            if self.is_certain and not (is_rebound and is_short):
                raise TypeError(f"{signature.name}() {error}") from None
            return {**dict(zip(signature.spellings, args)), **self._by_name(kwargs)}
        given = {name: bound[used] for name, used in self.places.items() if used in bound}
        free = (name for name in signature.spellings if name not in self.places)
        for parameter in self.parameters or ():
            value = bound.get(parameter.name)
            if parameter.kind == Parameter.VAR_POSITIONAL:
                given.update(zip(free, value or ()))
            elif parameter.kind == Parameter.VAR_KEYWORD:
                given |= self._by_name(value or {})
        return given

    def _by_name(self, given: dict[str, Any]) -> dict[str, Any]:
        """Arguments that the student passes by name, by the contract's names."""
        known = {self.signature.meant_by(name): value for name, value in given.items()}
        return {name: value for name, value in known.items() if name is not None}


def adapted(function: Any, signature: Signature) -> Callable[..., Any]:
    """`function` itself if it takes the contract's parameters in their order; otherwise a wrapper
    that binds by name, then by place, and fills further parameters with module values."""
    own = Own(function, signature)
    if own.takes_as_the_contract():
        return function
    return lambda *args, **kwargs: own.call(function, args, kwargs)


class Ready:
    """A stub as a check calls it, by the contract; where it is passed on to student code, that
    meets `own`, which takes its arguments as the student wrote."""

    def __init__(self, call: Callable[..., Any], own: Any) -> None:
        self.call = call
        self.own = own

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = [_as_written(value) for value in args]
        return self.call(*given, **{name: _as_written(value) for name, value in kwargs.items()})


def _as_written(value: Any) -> Any:
    return value.own if isinstance(value, Ready) else value


def disguised(part: Any, function: Any, signature: Signature, is_rebound: bool = False) -> Any:
    """A supplied part that takes its arguments as the student's `function` does (order, names,
    further ones), for it is called by code that the student wrote for that one."""
    own = Own(function, signature)
    names = [parameter.name for parameter in own.parameters or ()]
    if not signature.spellings or (
        names == list(signature.spellings) and own.takes_as_the_contract()
    ):
        return part

    def call(*args: Any, **kwargs: Any) -> Any:
        given = own.meant(args, kwargs, is_rebound)
        ordered = [given[name] for name in signature.required if name in given]
        return part(*ordered, **{name: given[name] for name in signature.optional if name in given})

    call.__name__ = call.__qualname__ = signature.name
    return call


def by_place(function: Any, signature: Signature) -> tuple[list[str], list[str]] | None:
    """The function's own parameter names and what the contract calls them in that order, where a
    name does not tell; else None."""
    own = Own(function, signature)
    return ([p.name for p in own.in_order], own.guessed) if own.guessed else None


def reordered(function: Any, signature: Signature) -> list[str] | None:
    """The function's own parameter names if it takes the contract's in another order or place, or
    module values besides; else None."""
    own = Own(function, signature)
    names = [p.name for p in own.in_order if p.default is p.empty]
    used = [own.places.get(name) for name in signature.required]
    takes_more = bool(set(names) & set(own.filled))
    is_other = used != names[: len(used)] or takes_more
    return names if None not in used and len(names) >= len(used) and is_other else None


def held(function: Any) -> Iterator[tuple[Any, int]]:
    """The callables that a callable may pass its arguments on to, each with the number of those
    that it puts before them."""
    if isinstance(function, types.MethodType):
        yield function.__func__, 1
        return
    owner, name = (getattr(function, each, None) for each in ("__self__", "__name__"))
    if name == "apply" and isinstance(owner, type) and hasattr(owner, "forward"):
        # A torch.autograd.Function, which puts its context before them.
        yield owner.forward, int("setup_context" not in vars(owner))
        return
    if isinstance(function, functools.partial):
        yield function.func, len(function.args)
        return
    values: list[Any] = []
    if isinstance(function, types.FunctionType):
        names = function.__code__.co_freevars
        for name, cell in zip(names, function.__closure__ or ()):
            with contextlib.suppress(ValueError):  # it is empty
                values += [cell.cell_contents] if name != "__class__" else []
    if not isinstance(function, type):
        values += [*getattr(function, "__dict__", {}).values(), getattr(function, "forward", None)]
    yield from ((value, 0) for value in values if callable(value))


def _behind(function: Any, signature: Signature, wrappers: int = 0) -> list[Parameter] | None:
    """The parameters of the function that is called in the end: its own where it names them all,
    or where nothing better is behind it; None where they cannot be read."""
    outer = _read(function)
    names_all = outer is not None and not any(p.kind in STARS for p in outer)
    if names_all or wrappers > MOST_WRAPPERS:
        return outer
    found = []
    for inner, given in held(function):
        parameters = _behind(inner, signature, wrappers + 1) or []
        places = [p for p in parameters if p.kind in BY_PLACE][:given]
        rest = [p for p in parameters if p not in places]
        if any(p.kind not in STARS for p in rest):
            found.append(rest)
    known = functools.partial(_likeness, signature)
    return max(found, key=known) if found else outer


def _likeness(signature: Signature, parameters: list[Parameter]) -> tuple[int, bool]:
    """How much a function looks like the stub, among all that a wrapper holds."""
    known = [p for p in parameters if p.kind not in STARS and signature.meant_by(p.name)]
    required = [p for p in parameters if p.kind not in STARS and p.default is p.empty]
    return len(known), len(required) == len(signature.required)


def _places(named: list[Parameter], signature: Signature) -> dict[str, str]:
    """The student's name for each parameter of the contract: by name, the rest by place."""
    found = _by_name(named, signature)
    wanted = [name for name in signature.required if name not in found]
    free = [p for p in named if p.name not in found.values()]
    required = [p for p in free if p.default is p.empty]
    if wanted and any(signature.meant_by(p.name) for p in required):  # two names for one of them
        found = {name: used for name, used in found.items() if name in signature.optional}
        wanted = list(signature.required)
        free = [p for p in named if p.name not in found.values()]
    others = [p for p in free if not signature.fills(p)]
    if len([p for p in others if p.default is p.empty]) >= len(wanted):
        free = others  # else `softmax(W)` calls its only argument so
    free.sort(key=lambda p: p.default is not p.empty)
    found |= dict(zip(wanted, (p.name for p in free)))
    rest = [p for p in free if p.kind in BY_PLACE and p.name not in found.values()]
    optional = [name for name in signature.optional if name not in found]
    return {**found, **dict(zip(optional, (p.name for p in rest if p.default is not p.empty)))}


def _by_name(named: list[Parameter], signature: Signature) -> dict[str, str]:
    """The parameters whose names tell: the contract's own names go before other spellings."""
    names = [parameter.name for parameter in named]
    found = {name: name for name in signature.spellings if name in names}
    for name, spellings in signature.spellings.items():
        free = {own.lower(): own for own in names if own not in found.values()}
        used = next((free[spelling] for spelling in spellings if spelling in free), None)
        if name not in found and used is not None:
            found[name] = used
    return found


def _read(function: Any) -> list[Parameter] | None:
    try:
        return list(inspect.signature(function).parameters.values())
    except Exception:  # a student's object may raise anything
        return None
