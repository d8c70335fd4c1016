"""Finding a stub in a loaded submission, and calling it the way its author wrote it.

The contract of an assignment says how a stub is called. Real files use other names and orders;
where the names tell, arguments are bound by name, and module values that a stub takes as further
parameters (``net(X, W, b)``) are filled in. A stub with a dot in its name (``Classifier.loss``) is
a method of a class of the student. Runs inside the box.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.sandbox.inside.device import asks_for_a_device, moved
from grader.sandbox.inside.loader import Program
from grader.sandbox.inside.notes import Missing, Note


@dataclass(frozen=True)
class Signature:
    """What a stub takes: for every parameter all spellings that mean it, in lower case.

    optional: those with a default, by the contract's name; a check passes them by keyword.
    """

    required: list[list[str]]
    optional: dict[str, list[str]]


class Stubs:
    """The stubs and module values of a loaded submission, by their contract names.

    contract: {"stubs": {name: {"parameters": [...], "aliases": [...]}},
               "spellings": {parameter: [other spellings]},
               "names": {module value or class of a dotted stub: [other names]}}
    Parameters are written as in a signature: "y_hat", "averaged=True".
    """

    def __init__(self, program: Program, contract: dict[str, Any], device: str = "cpu") -> None:
        self.program = program
        self.device = device
        self.contract = contract
        self.supplied: dict[str, Any] = {}
        owners = (stub.rpartition(".")[0] for stub in contract["stubs"])
        self.owners = list(dict.fromkeys(filter(None, owners)))  # classes whose methods are stubs

    def stub(self, name: str) -> Any:
        """The student's own function or class, ready to be called by the contract.

        Raises Missing when there is none.
        """
        if name in self.supplied:
            return self.supplied[name]
        if name in self.owners and name not in self.contract["stubs"]:
            return self._class(name)
        found, problem = self._find(name)
        if found is None:
            raise problem
        self._close_short_cuts(name)
        if "." in name:
            return lambda model, *args, **kwargs: self._bound(name, model)(*args, **kwargs)
        ready = adapted(found, self._signature(name), self._lookup)
        its_own = isinstance(found, type) or asks_for_a_device(self.contract, name)
        if self.device == "cpu" or its_own:
            return ready
        return lambda *args, **kwargs: moved(ready(*args, **kwargs), self.device)

    def reset(self) -> None:
        """Forget what a check has supplied and closed."""
        self.supplied.clear()
        self.program.open_helpers()

    def method(self, target: Any, name: str) -> Any:
        """``target.name``, ready to be called by the contract where it is a stub."""
        for stub in self.contract["stubs"]:
            owner, _, method = stub.rpartition(".")
            if owner and method == name and isinstance(target, self._find_class(owner)[0] or ()):
                return self._bound(stub, target)
        return getattr(target, name)

    def value(self, name: str) -> Any:
        """The module value of that name. Raises Missing when there is none."""
        for spelling in self._spellings_of(name):
            value = vars(self.program.module).get(spelling)
            if value is not None and value is not Ellipsis:
                return value
        raise Missing("no_value", name=name)

    def bind(self, name: str, value: Any) -> None:
        """Set a module value, or put `value` in the place of a stub, wherever student code
        looks the name up."""
        if "." in name:
            return self._bind_method(name, value)
        if name in self.contract["stubs"]:
            self.supplied[name] = value
            spellings = self._names_of(name)
            own, _ = self._find(name)
            if own is not None:
                value = disguised(value, own, self._signature(name))
        else:
            spellings = self._spellings_of(name)
        for module in self.program.modules.values():
            for spelling in spellings:
                if spelling == name or spelling in vars(module):
                    setattr(module, spelling, value)

    def notes(self) -> list[Note]:
        """What is unusual about the names and the argument orders of the stubs."""
        classes = [(owner, self._find_class(owner)[0]) for owner in self.owners]
        found = [(stub, self._find(stub)[0]) for stub in self.contract["stubs"]]
        notes = [self._note(stub, own) for stub, own in [*classes, *found] if own is not None]
        return [note for note in notes if note is not None]

    def _note(self, name: str, found: Any) -> Note | None:
        order = reordered(found, self._signature(name)) if name in self.contract["stubs"] else None
        if order:
            return "reordered", {"name": name, "order": ", ".join(order)}
        last = name.rpartition(".")[2]
        used = self._find_name(name)[0] if "." in name else getattr(found, "__name__", last)
        used = used.replace("<lambda>", last)
        return ("other_name", {"name": name, "used": used}) if used != last else None

    def _find(self, stub: str) -> tuple[Any, Missing]:
        """The student's own version of a stub, or None and why there is none. A method is given
        as it is called on an object, without its first parameter."""
        if "." in stub:
            return self._find_method(stub)
        problem = Missing("no_stub", name=stub)
        for name in self._names_of(stub):
            for value in (
                self.program.definitions.get(name),
                vars(self.program.module).get(name),
            ):
                if value is None or value is Ellipsis or not callable(value):
                    continue
                if _module_of(value) in self.program.modules:
                    return value, problem
                made = f"{_module_of(value)}.{_name_of(value)}"
                problem = Missing("ready_made", name=name, made=made)
            if name in self.program.nested:
                kind, outer = self.program.nested[name]
                problem = Missing(f"in_{kind}", name=name, outer=outer)
        return None, problem

    def _find_class(self, name: str) -> tuple[Any, Missing]:
        """The student's own class of that name, or None and why there is none."""
        problem = Missing("no_class", name=name)
        for spelling in self._class_names(name):
            for value in (
                self.program.definitions.get(spelling),
                vars(self.program.module).get(spelling),
            ):
                if isinstance(value, type):
                    if _module_of(value) in self.program.modules:
                        return value, problem
                    made = f"{_module_of(value)}.{spelling}"
                    problem = Missing("ready_made_class", name=spelling, made=made)
        return None, problem

    def _class(self, name: str) -> type:
        found, problem = self._find_class(name)
        if found is None:
            raise problem
        return found

    def _find_method(self, stub: str) -> tuple[Any, Missing]:
        name, problem = self._find_name(stub)
        if not name:
            return None, problem
        owner = self._class(stub.rpartition(".")[0])
        found = getattr(owner, name)
        if isinstance(inspect.getattr_static(owner, name), (staticmethod, classmethod)):
            return found, problem
        return functools.partial(found, None), problem

    def _find_name(self, stub: str) -> tuple[str, Missing]:
        """The name of the student's own version of a method, or "" and why there is none."""
        owner, _, method = stub.rpartition(".")
        found, problem = self._find_class(owner)
        if found is None:
            return "", problem
        problem = Missing("no_method", method=method, name=found.__name__)
        for name in self._names_of(stub):
            value = getattr(found, name, None)
            if callable(value) and _module_of(value) in self.program.modules:
                return name, problem
            if name in self.program.definitions:
                problem = Missing("outside_class", name=name, owner=found.__name__)
        return "", problem

    def _bound(self, stub: str, target: Any) -> Any:
        """A method of an object, its class's or a subclass's own, ready to be called."""
        name, problem = self._find_name(stub)
        if not name:
            raise problem
        self._close_short_cuts(stub)
        return adapted(getattr(target, name), self._signature(stub), self._lookup)

    def _bind_method(self, stub: str, value: Any) -> None:
        """Put ``value(self, ...)`` in the place of a method, under every name that it has."""
        owner, _, method = stub.rpartition(".")
        cls, signature = self._class(owner), self._signature(stub)
        own, _ = self._find(stub)
        name, _ = self._find_name(stub)
        static = isinstance(inspect.getattr_static(cls, name or method, None), staticmethod)

        def supplied(*args: Any, **kwargs: Any) -> Any:
            target, rest = (None, args) if static else (args[0], args[1:])
            part = functools.partial(value, target)
            return (part if own is None else disguised(part, own, signature))(*rest, **kwargs)

        if own is not None:
            functools.update_wrapper(supplied, getattr(cls, name))
        supplied.__module__ = self.program.module.__name__
        for spelling in self._names_of(stub):
            if spelling == method or hasattr(cls, spelling):
                setattr(cls, spelling, staticmethod(supplied) if static else supplied)

    def _class_names(self, owner: str) -> list[str]:
        return (
            self._names_of(owner) if owner in self.contract["stubs"] else self._spellings_of(owner)
        )

    def _close_short_cuts(self, stub: str) -> None:
        """A course helper may be used anywhere but in the stub that it would replace."""
        self.program.closed_helpers.update(self._names_of(stub))
        for module in self.program.stand_ins.values():
            self.program.close_helpers(module)

    def _names_of(self, stub: str) -> list[str]:
        return [stub.rpartition(".")[2], *self.contract["stubs"][stub]["aliases"]]

    def _spellings_of(self, name: str) -> list[str]:
        return [name, *self.contract["names"].get(name, [])]

    def _signature(self, stub: str) -> Signature:
        required, optional = [], {}
        for parameter in self.contract["stubs"][stub]["parameters"]:
            name, default, _ = parameter.partition("=")
            others = self.contract["spellings"].get(name, [])
            spellings = [name.lower(), *(other.lower() for other in others)]
            if default:
                optional[name] = spellings
            else:
                required.append(spellings)
        return Signature(required, optional)

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
        if name in self._stubs.contract["stubs"] or name in self._stubs.owners:
            return self._stubs.stub(name)
        return self._stubs.value(name)

    def bind(self, **values: Any) -> None:
        """Set module values, or put supplied parts in the place of stubs."""
        for name, value in values.items():
            self._stubs.bind(name, value)


def adapted(
    function: Any, signature: Signature, lookup: Callable[[str], Any]
) -> Callable[..., Any]:
    """`function` itself if it takes the contract's parameters in their order; otherwise a wrapper
    that binds by name and fills further required parameters from module values.
    """
    own = _required(function)
    if own is None:
        return function
    order = reordered(function, signature)
    extra = [name for name in own[len(signature.required) :] if _known(name, lookup)]
    spelled = _spelled(function, signature)
    if order is None and not extra and not spelled:
        return function
    places = list(range(len(own)))
    if order is not None:
        places = _places(own, signature.required)

    def call(*args: Any, **kwargs: Any) -> Any:
        given = {spelled.get(name, name): value for name, value in kwargs.items()}
        if order is None and not extra:
            return function(*args, **given)
        named = {own[place]: value for place, value in zip(places, args)}
        fills = {name: lookup(name) for name in own if name not in named and _known(name, lookup)}
        return function(**fills, **named, **given)

    return call


def disguised(part: Any, own: Any, signature: Signature) -> Any:
    """A supplied part that takes its arguments as the student's `own` version does (order, names,
    further ones), for it is called by code that the student wrote for that one."""
    names = _required(own)
    if names is None or not signature.required:
        return part
    places = _places(names, signature.required)
    if None in places:
        places = list(range(min(len(places), len(names))))
    order = [names[place] for place in places]
    spelled = _spelled(own, signature)
    if names == order == [spellings[0] for spellings in signature.required] and not spelled:
        return part
    every = [parameter.name for parameter in _parameters(own) or []]
    optional = {name: spelled.get(name, name) for name in signature.optional}

    def call(*args: Any, **kwargs: Any) -> Any:
        given = {**dict(zip(every, args)), **kwargs}
        named = {name: given[used] for name, used in optional.items() if used in given}
        return part(*(given[name] for name in order if name in given), **named)

    return call


def reordered(function: Any, signature: Signature) -> list[str] | None:
    """The function's own parameter names if they are the contract's in another order or place,
    else None. None also where the names do not tell."""
    own = _required(function)
    if own is None or len(own) < len(signature.required):
        return None
    places = _places(own, signature.required)
    if None in places or places == list(range(len(places))):
        return None
    return own


def _spelled(function: Any, signature: Signature) -> dict[str, str]:
    """What the function calls the optional parameters, for those that it calls otherwise."""
    own = {parameter.name.lower(): parameter.name for parameter in _parameters(function) or []}
    found = {
        name: next((own[spelling] for spelling in spellings if spelling in own), name)
        for name, spellings in signature.optional.items()
    }
    return {name: used for name, used in found.items() if used != name}


def _places(own: list[str], parameters: list[list[str]]) -> list[Any]:
    """For every contract parameter the position at which the function takes it, or None."""
    lowered = [name.lower() for name in own]
    return [
        next((lowered.index(spelling) for spelling in spellings if spelling in lowered), None)
        for spellings in parameters
    ]


def _required(function: Any) -> list[str] | None:
    """Names of the positional parameters without a default; None where they cannot be read."""
    parameters = _parameters(function)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    if parameters is None:
        return None
    return [p.name for p in parameters if p.kind == kind and p.default is p.empty]


def _parameters(function: Any) -> list[inspect.Parameter] | None:
    """The parameters that have a name of their own; None where they cannot be read."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [parameter for parameter in parameters if parameter.kind in kinds]


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
