"""Finding a stub in a loaded submission, and calling it the way its author wrote it.

The contract of an assignment says how a stub is called. Real files use other names and orders;
where the names tell, arguments are bound by name, and module values that a stub takes as further
parameters (``net(X, W, b)``) are filled in. Runs inside the box.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from grader.sandbox.loader import Missing, Program


class Stubs:
    """The stubs and module values of a loaded submission, by their contract names.

    contract: {"stubs": {name: {"parameters": [...], "aliases": [...]}},
               "spellings": {parameter: [other spellings]},
               "names": {module value: [other names]}}
    """

    def __init__(self, program: Program, contract: dict[str, Any]) -> None:
        self.program = program
        self.contract = contract
        self.supplied: dict[str, Any] = {}

    def stub(self, name: str) -> Any:
        """The student's own function or class, ready to be called by the contract.

        Raises Missing when there is none.
        """
        if name in self.supplied:
            return self.supplied[name]
        found, problem = self._find(name)
        if found is None:
            raise Missing(problem)
        self._close_short_cuts(name)
        return adapted(found, self._parameters(name), self._lookup)

    def value(self, name: str) -> Any:
        """The module value of that name. Raises Missing when there is none."""
        for spelling in self._spellings_of(name):
            value = vars(self.program.module).get(spelling)
            if value is not None and value is not Ellipsis:
                return value
        raise Missing(f"`{name}` is not defined at the top level of the submission")

    def bind(self, name: str, value: Any) -> None:
        """Set a module value, or put `value` in the place of a stub, wherever student code
        looks the name up."""
        if name in self.contract["stubs"]:
            self.supplied[name] = value
            spellings = self._names_of(name)
            own, _ = self._find(name)
            if own is not None:
                value = disguised(value, own, self._parameters(name))
        else:
            spellings = self._spellings_of(name)
        for module in self.program.modules.values():
            for spelling in spellings:
                if spelling == name or spelling in vars(module):
                    setattr(module, spelling, value)

    def notes(self) -> list[str]:
        """What is unusual about the names and the argument orders of the stubs, in words."""
        found = [(stub, self._find(stub)[0]) for stub in self.contract["stubs"]]
        notes = [self._note(stub, own) for stub, own in found if own is not None]
        return [note for note in notes if note]

    def _note(self, stub: str, found: Any) -> str:
        order = reordered(found, self._parameters(stub))
        if order:
            return f"`{stub}` takes ({', '.join(order)}): its arguments are bound by name"
        used = getattr(found, "__name__", stub).replace("<lambda>", stub)
        return f"`{stub}` was found under the name `{used}`" if used != stub else ""

    def _find(self, stub: str) -> tuple[Any, str]:
        problem = f"`{stub}` is not defined in the submission"
        for name in self._names_of(stub):
            for value in (
                self.program.definitions.get(name),
                vars(self.program.module).get(name),
            ):
                if value is None or value is Ellipsis or not callable(value):
                    continue
                if _module_of(value) in self.program.modules:
                    return value, ""
                made = f"{_module_of(value)}.{_name_of(value)}"
                problem = f"`{name}` is the ready-made {made}: write it yourself"
            if name in self.program.nested:
                outer = self.program.nested[name]
                problem = f"`{name}` is defined inside {outer}: define it at the top level"
        return None, problem

    def _close_short_cuts(self, stub: str) -> None:
        """A course helper may be used anywhere but in the stub that it would replace."""

        self.program.closed_helpers.update(self._names_of(stub))
        for module in self.program.stand_ins.values():
            self.program.close_helpers(module)

    def _names_of(self, stub: str) -> list[str]:
        return [stub, *self.contract["stubs"][stub]["aliases"]]

    def _spellings_of(self, name: str) -> list[str]:
        return [name, *self.contract["names"].get(name, [])]

    def _parameters(self, stub: str) -> list[list[str]]:
        """For every parameter of the contract all spellings that mean it, in lower case."""
        spellings = self.contract["spellings"]
        return [
            [name.lower(), *(other.lower() for other in spellings.get(name, []))]
            for name in self.contract["stubs"][stub]["parameters"]
        ]

    def _lookup(self, name: str) -> Any:
        """The current module value of that name in any handed-in module; KeyError without one."""
        for module in self.program.modules.values():
            if name in vars(module):
                return vars(module)[name]
        raise KeyError(name)


class Submission:
    """What the in-sandbox part of a check sees: stubs and module values as attributes,
    ``bind(name=value)`` to set values or supply parts, and ``data``, the public data set."""

    def __init__(self, stubs: Stubs, data: Any) -> None:
        self._stubs = stubs
        self.data = data

    def __getattr__(self, name: str) -> Any:
        if name in self._stubs.contract["stubs"]:
            return self._stubs.stub(name)
        return self._stubs.value(name)

    def bind(self, **values: Any) -> None:
        """Set module values, or put supplied parts in the place of stubs."""
        for name, value in values.items():
            self._stubs.bind(name, value)


def adapted(
    function: Any, parameters: list[list[str]], lookup: Callable[[str], Any]
) -> Callable[..., Any]:
    """`function` itself if it takes the contract's parameters in their order; otherwise a wrapper
    that binds by name and fills further required parameters from module values.
    """
    own = _required(function)
    if own is None:
        return function
    order = reordered(function, parameters)
    extra = [name for name in own[len(parameters) :] if _known(name, lookup)]
    if order is None and not extra:
        return function
    places = _places(own, parameters) if order is not None else list(range(len(parameters)))

    def call(*args: Any, **kwargs: Any) -> Any:
        named = {own[place]: value for place, value in zip(places, args)}
        fills = {name: lookup(name) for name in own if name not in named and _known(name, lookup)}
        return function(**fills, **named, **kwargs)

    return call


def disguised(part: Any, own: Any, parameters: list[list[str]]) -> Any:
    """A supplied part that takes its arguments as the student's `own` version does (order, names,
    further ones), for it is called by code that the student wrote for that one."""
    names = _required(own)
    if names is None or not parameters:
        return part
    places = _places(names, parameters)
    if None in places:
        places = list(range(min(len(parameters), len(names))))
    spelled = [names[place] for place in places]
    if names == spelled == [spellings[0] for spellings in parameters]:
        return part

    def call(*args: Any, **kwargs: Any) -> Any:
        given = {**dict(zip(names, args)), **kwargs}
        return part(*(given[name] for name in spelled if name in given))

    return call


def reordered(function: Any, parameters: list[list[str]]) -> list[str] | None:
    """The function's own parameter names if they are the contract's in another order or place,
    else None. None also where the names do not tell."""
    own = _required(function)
    if own is None or len(own) < len(parameters):
        return None
    places = _places(own, parameters)
    if None in places or places == list(range(len(parameters))):
        return None
    return own


def _places(own: list[str], parameters: list[list[str]]) -> list[Any]:
    """For every contract parameter the position at which the function takes it, or None."""
    lowered = [name.lower() for name in own]
    return [
        next((lowered.index(spelling) for spelling in spellings if spelling in lowered), None)
        for spellings in parameters
    ]


def _required(function: Any) -> list[str] | None:
    """Names of the positional parameters without a default; None where they cannot be read."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD,)
    return [p.name for p in parameters if p.kind in kinds and p.default is p.empty]


def _known(name: str, lookup: Callable[[str], Any]) -> bool:
    try:
        value = lookup(name)
    except KeyError:
        return False
    return not callable(value)


def _module_of(value: Any) -> str:
    """The module that a function, class, partial or callable object comes from."""
    value = getattr(value, "func", value)  # functools.partial
    name = getattr(value, "__module__", None)
    if isinstance(value, type) or callable(getattr(value, "__code__", None)):
        return str(name)
    return str(name or type(value).__module__)


def _name_of(value: Any) -> str:
    """The name that a function or class was defined under; for another object its type's."""
    value = getattr(value, "func", value)  # functools.partial
    return str(getattr(value, "__name__", type(value).__name__))
