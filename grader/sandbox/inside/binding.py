"""Finding a stub in a loaded submission, to be called the way its author wrote it (calling.py).

The contract of an assignment says what a stub is called and what it takes; real files use other
names. A stub with a dot in its name (``Classifier.loss``) is a method of a class of the student.
Runs inside the box.
"""

from __future__ import annotations

import functools
import inspect
import traceback
import types
from collections.abc import Collection, Iterator
from typing import Any

from grader.sandbox.inside import frameworks
from grader.sandbox.inside.calling import (
    MOST_WRAPPERS,
    Ready,
    Signature,
    adapted,
    by_place,
    disguised,
    held,
    reordered,
)
from grader.sandbox.inside.device import asks_for_a_device, moved
from grader.sandbox.inside.frameworks import Framework
from grader.sandbox.inside.loader import Program
from grader.sandbox.inside.matching import (
    Sought,
    is_object,
    is_ready_made_as,
    module_of,
    name_of,
    nearest,
    refusal,
)
from grader.sandbox.inside.nearness import alike
from grader.sandbox.inside.notes import Missing, Note
from grader.sandbox.inside.variables import COLLECTION, set_value, values_of


class Stubs:
    """The stubs and module values of a loaded submission, by their contract names.

    contract: {"stubs": {name: {"parameters": [...], "aliases": [...], "ready_made": bool}},
               "spellings": {parameter: [other spellings]},
               "names": {module value or class of a dotted stub: [other names]}}
    Parameters are written as in a signature: "y_hat", "averaged=True". ready_made: whether what a
    library has defined may stand for the stub.
    """

    def __init__(
        self,
        program: Program,
        contract: dict[str, Any],
        device: str = "cpu",
        framework: Framework | None = None,
    ) -> None:
        self.program = program
        self.device = device
        self.is_array = (framework or frameworks.named(frameworks.TORCH)).is_array
        self.contract = contract
        self.supplied: dict[str, tuple[Any, Any]] = {}  # a part, and as student code calls it
        self._names: dict[str, list[str]] = {}  # of each stub
        # What stood where the first part was put, and whether its name means something else by now.
        self._replaced: dict[str, tuple[Any, bool]] = {}
        owners = (stub.rpartition(".")[0] for stub in contract["stubs"])
        self.owners = list(dict.fromkeys(filter(None, owners)))  # classes whose methods are stubs
        self.loaded = list(self._values().values())  # module values, before a check sets any

    def stub(self, name: str) -> Any:
        """The student's own function or class, ready to be called by the contract.

        Raises Missing when there is none.
        """
        if name in self.supplied:
            return Ready(*self.supplied[name])
        if name in self.owners and name not in self.contract["stubs"]:
            return self._class(name)
        found, problem = self._find(name)
        if found is None:
            raise problem
        self._close_short_cuts(name)
        if "." in name:
            return lambda model, *args, **kwargs: self._bound(name, model)(*args, **kwargs)
        ready = adapted(found, self._signature(name))
        if isinstance(found, type):
            return ready
        if self.device != "cpu" and not asks_for_a_device(self.contract, name):
            call = ready
            ready = lambda *args, **kwargs: moved(call(*args, **kwargs), self.device)  # noqa: E731
        return Ready(ready, found) if self._some_are_adapted else ready

    @functools.cached_property
    def _some_are_adapted(self) -> bool:
        """Whether a function of the student takes its arguments in another way than the text."""
        found = [(stub, self._find(stub)[0]) for stub in self.contract["stubs"] if "." not in stub]
        return any(
            adapted(own, self._signature(stub)) is not own
            for stub, own in found
            if own is not None and not isinstance(own, type)
        )

    def has_defined(self, cls: type) -> bool:
        """Whether the student has, or a stand-in of the course."""
        name = module_of(cls)
        return name in self.program.modules or name in self.program.stand_ins

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
        """The module value of that name. Raises Missing when there is none, or nothing but the
        template's ``...``."""
        known = vars(self.program.module)
        found = [known[each] for each in self._spellings_of(name) if each in known]
        for value in found:
            if value is not None and value is not Ellipsis:
                return value
        is_open = any(value is Ellipsis for value in found)
        raise Missing("open_value" if is_open else "none" if found else "no_value", name=name)

    def bind(self, name: str, value: Any, by_contract: bool = False) -> None:
        """Set a module value, or put `value` in the place of a stub, wherever student code looks
        the name up. There it takes its arguments as the student's own one does, or, `by_contract`,
        as the text says."""
        if "." in name:
            return self._bind_method(name, value)
        if name in self.contract["stubs"]:
            spellings, part = self._names_of(name), self._given_by_contract(value)
            if name not in self._replaced:
                own = self._find(name)[0]
                spaces = map(vars, self.program.modules.values())
                meant = [space.get(spelling) for space in spaces for spelling in spellings]
                self._replaced[name] = own, not any(value is own for value in meant)
            own, is_rebound = self._replaced[name]
            value = part
            if own is not None and not by_contract:
                value = disguised(part, own, self._signature(name), is_rebound)
            self.supplied[name] = part, value
        else:
            spellings = self._spellings_of(name)
        set_value(self.program, name, spellings, value, self.is_array)

    def _given_by_contract(self, part: Any) -> Any:
        """A part that calls the student's own stubs, where student code hands them to it, by the
        contract, whatever order they take."""
        if not self._some_are_adapted or not isinstance(part, types.FunctionType):
            return part
        stubs = [stub for stub in self.contract["stubs"] if "." not in stub]

        def meant(value: Any) -> Any:
            if not callable(value):
                return value
            for supplied, written in self.supplied.values():
                if value is written:
                    return supplied
            own = next((stub for stub in stubs if self._find(stub)[0] is value), None)
            return value if own is None else adapted(value, self._signature(own))

        @functools.wraps(part)
        def call(*args: Any, **kwargs: Any) -> Any:
            return part(*map(meant, args), **{name: meant(each) for name, each in kwargs.items()})

        return call

    def notes(self) -> list[Note]:
        """What is unusual about the names and the argument orders of the stubs."""
        classes = [(owner, self._find_class(owner)[0]) for owner in self.owners]
        found = [(stub, self._find(stub)[0]) for stub in self.contract["stubs"]]
        _ = self._some_are_adapted  # found out once, before there are copies
        notes = [self._note(stub, own) for stub, own in [*classes, *found] if own is not None]
        return [note for note in notes if note is not None]

    def fact(self, error: BaseException) -> Note | None:
        """How a stub was given its arguments, where that may be why it raised: a check has called
        it, and names did not tell or told another order."""
        found = [(stub, self._find(stub)[0]) for stub in self.contract["stubs"]]
        codes = {getattr(own, "__code__", None): (stub, own) for stub, own in found}
        caller = ""
        for frame, _line in traceback.walk_tb(error.__traceback__):
            code = frame.f_code
            if code in codes and caller not in self.program.files:
                return self._reordered(*codes[code]) or self._by_place(*codes[code])
            caller = code.co_filename
        return None

    def _by_place(self, stub: str, own: Any) -> Note | None:
        signature = self._signature(stub)
        if guess := by_place(own, signature):
            names, given = map(", ".join, guess)
            return "by_place", {"name": signature.name, "order": names, "given": given}
        return None

    def _reordered(self, stub: str, own: Any) -> Note | None:
        order = reordered(own, self._signature(stub))
        return ("reordered", {"name": stub, "order": ", ".join(order)}) if order else None

    def _note(self, name: str, found: Any) -> Note | None:
        note = self._reordered(name, found) if name in self.contract["stubs"] else None
        if note:
            return note
        used = self._used_name(name) if name in self.contract["stubs"] else found.__name__
        is_other = used != name.rpartition(".")[2]
        return ("other_name", {"name": name, "used": used}) if is_other else None

    def _find(self, stub: str) -> tuple[Any, Missing]:
        """The student's own version of a stub, or None and why there is none. A method is given
        as it is called on an object, without its first parameter."""
        if "." in stub:
            return self._find_method(stub)
        found, problem = self._named(stub)
        if problem is None:
            near = self._nearest.get(stub) if found is None else None
            problem = Missing("no_stub", name=stub)
            if near is not None:
                place = self._place(near, self._free[near])
                problem = Missing("did_you_mean", name=stub, near=near, place=place)
        return found, problem

    def _named(self, stub: str) -> tuple[Any, Missing | None]:
        """What stands for a stub under one of its names; or None and, if there is something, why
        that cannot be it."""
        refused = problem = ready = None
        for name in self._names_of(stub):
            for value in self._bound_to(name):
                if not callable(value):
                    continue
                if self._is_own(value):
                    problem = refusal(
                        self._sought(stub, name), name, value, self._place(name, value)
                    )
                    if problem is None:
                        return value, None
                    refused = refused or problem
                elif name == stub or is_ready_made_as(name, value):
                    made = f"{module_of(value)}.{name_of(value)}"
                    problem = Missing("ready_made", name=name, made=made)
                    if ready is None and self._may_stand_for(stub, name, value):
                        ready = value
            if name in self.program.nested and (name == stub or not refused):
                kind, outer = self.program.nested[name]
                problem = Missing(f"in_{kind}", name=name, outer=outer)
                refused = problem if name == stub else None
        return ready, None if ready is not None else refused or problem

    def _may_stand_for(self, stub: str, name: str, value: Any) -> bool:
        """Whether a function or class of a library is good enough: the stub has no from-scratch
        rule, it can be called like the stub, and it is no stand-in of the course."""
        if not self.contract["stubs"][stub].get("ready_made") or is_object(value):
            return False
        is_helper = self._comes_from(self.program.stand_ins, value)
        return not is_helper and refusal(self._sought(stub, name), name, value, "") is None

    @functools.cached_property
    def _nearest(self) -> dict[str, str]:
        """For stubs that are not there the definition that may be meant."""
        stubs = [stub for stub in self.contract["stubs"] if "." not in stub]
        missing = [stub for stub in stubs if self._named(stub) == (None, None)]
        return nearest({stub: self._sought(stub, stub) for stub in missing}, self._free)

    @functools.cached_property
    def _free(self) -> dict[str, Any]:
        """The student's functions and classes, helper modules included, that stand for no stub."""
        taken = {name for stub in self.contract["stubs"] for name in self._names_of(stub)}
        return {
            name: value
            for name, value in {**vars(self.program.module), **self.program.definitions}.items()
            if isinstance(value, (types.FunctionType, type))
            and name not in taken
            and module_of(value) in self.program.modules
        }

    def _place(self, name: str, value: Any) -> str:
        """Where something is defined: "cell 3, line 1"; of a class elsewhere only the file."""
        if name in self.program.places:
            return self.program.places[name]
        parts = list(vars(value).values()) if isinstance(value, type) else [value]
        codes = [part.__code__ for part in parts if isinstance(part, types.FunctionType)]
        if not codes:
            return module_of(value)
        line = "" if isinstance(value, type) else f", line {codes[0].co_firstlineno}"
        return codes[0].co_filename + line

    def _used_name(self, stub: str) -> str:
        """What the student calls a stub; "" where there is none."""
        if "." in stub:
            return self._find_name(stub)[0]
        found, _ = self._find(stub)
        for name in self._names_of(stub):
            if found is not None and any(value is found for value in self._bound_to(name)):
                return name
        return ""

    def _bound_to(self, name: str) -> Iterator[Any]:
        """What the name means and has meant. The last function goes before what a later statement
        made of the name, but for a wrapper that a library puts around a function."""
        last = vars(self.program.module).get(name)
        is_wrapper = module_of(last) not in self.program.modules
        if (is_wrapper or isinstance(last, functools.partial)) and self._is_own(last):
            yield last
        yield from (value for value in (self.program.definitions.get(name), last))

    def _is_own(self, value: Any) -> bool:
        """Whether the student has defined it, or what a library's wrapper holds."""
        return self._comes_from(self.program.modules, value)

    def _comes_from(self, modules: Collection[str], value: Any, wrappers: int = 0) -> bool:
        """Whether a callable, or one that a library's wrapper holds, is defined in one of them."""
        if value is None or module_of(value) in modules:
            return value is not None
        inside = (inner for inner, _ in held(value)) if wrappers < MOST_WRAPPERS else ()
        return any(self._comes_from(modules, inner, wrappers + 1) for inner in inside)

    def _find_class(self, name: str) -> tuple[Any, Missing]:
        """The student's own class of that name, or None and why there is none."""
        problem = Missing("no_class", name=name)
        for spelling in self._class_names(name):
            for value in (
                self.program.definitions.get(spelling),
                vars(self.program.module).get(spelling),
            ):
                if isinstance(value, type):
                    if module_of(value) in self.program.modules:
                        return value, problem
                    made = f"{module_of(value)}.{spelling}"
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
            if callable(value) and module_of(value) in self.program.modules:
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
        return adapted(getattr(target, name), self._signature(stub))

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
        """The names that a stub may have here, its own first."""
        if stub not in self._names:
            stubs = self.contract["stubs"]
            names = [stub.rpartition(".")[2], *stubs[stub]["aliases"]]
            if "." not in stub:
                taken = {n for other in stubs for n in (other, *stubs[other]["aliases"])}
                names += alike(
                    names, [*self.program.definitions, *vars(self.program.module)], taken
                )
            self._names[stub] = list(dict.fromkeys(names))
        return self._names[stub]

    def _spellings_of(self, name: str) -> list[str]:
        return [name, *self.contract["names"].get(name, [])]

    def _signature(self, stub: str) -> Signature:
        return self._taken_by(stub, self._used_name(stub) or stub.rpartition(".")[2])

    def _sought(self, stub: str, name: str) -> Sought:
        parameters = self.contract["stubs"][stub]["parameters"]
        return Sought(self._names_of(stub), parameters, self._taken_by(stub, name))

    def _taken_by(self, stub: str, name: str) -> Signature:
        """What a stub takes that the student calls `name`."""
        required: dict[str, list[str]] = {}
        optional: dict[str, list[str]] = {}
        for parameter in self.contract["stubs"][stub]["parameters"]:
            known, default, _ = parameter.partition("=")
            others = self.contract["spellings"].get(known, [])
            spellings = [known.lower(), *(other.lower() for other in others)]
            (optional if default else required)[known] = spellings
        return Signature(name, required, optional, self._values, self._fillable, self.loaded)

    @functools.cached_property
    def _fillable(self) -> frozenset[str]:
        """All names of module values, in lower case."""
        known = self.contract["names"].keys() - set(self.owners)
        names = (each for name in known for each in self._spellings_of(name))
        return frozenset(each.lower() for each in (*names, *(COLLECTION if len(known) > 1 else ())))

    def _values(self) -> dict[str, Any]:
        """What may fill an argument now, by name."""
        known = [name for name in self.contract["names"] if name not in self.owners]
        names = {name: self._spellings_of(name) for name in known}
        return values_of(self.program, names, self.is_array)


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
