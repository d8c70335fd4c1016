"""The module values of a submission: what they are now, and what follows when a check sets one.

Programs hand their parameters around one by one (``net(X, W, b)``), or as one collection
(``params = [W, b]``, ``net(X, params)``). Runs inside the box.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from grader.sandbox.inside.loader import Program

# What a parameter is called that takes all tensors at once.
COLLECTION = ("params", "parameters", "param")


def values_of(
    program: Program, names: Mapping[str, Iterable[str]], is_array: Callable[[object], bool]
) -> dict[str, Any]:
    """The module values of the contract as they are now, by each of their names, and the list of
    all tensors among them, in the contract's order, by those of COLLECTION. What the student calls
    otherwise is no value of the contract.

    names: each value's own name with all that it may have. is_array: what counts as a tensor.
    """
    found: dict[str, Any] = {}
    tensors = []
    for own, spellings in names.items():
        for space in map(vars, program.modules.values()):
            values = (space.get(spelling) for spelling in spellings)
            told = [v for v in values if not (v is None or v is Ellipsis or callable(v))]
            found |= dict.fromkeys(spellings, told[0]) if told else {}
        tensors += [found[own]] if is_array(found.get(own)) else []
    return {**dict.fromkeys(COLLECTION, tensors), **found} if len(tensors) > 1 else found


def set_value(
    program: Program,
    name: str,
    spellings: Iterable[str],
    value: Any,
    is_array: Callable[[object], bool],
) -> None:
    """Set a module value wherever student code looks it up: under each name that it has, and in the
    lists, tuples and dictionaries at the top level that held the tensor before it."""
    for space in map(vars, program.modules.values()):
        known = [spelling for spelling in spellings if spelling in space]
        for old in [space[spelling] for spelling in known]:
            if is_array(old):
                space.update({each: _replaced(held, old, value) for each, held in space.items()})
        space.update(dict.fromkeys([name, *known], value))


def _replaced(container: Any, old: Any, new: Any) -> Any:
    """A container with another object in the place of one that it holds, else as it is."""
    kind = type(container)
    if kind is dict and any(each is old for each in container.values()):
        return {key: new if each is old else each for key, each in container.items()}
    if kind in (list, tuple) and any(each is old for each in container):
        return kind(new if each is old else each for each in container)
    return container


def is_made_of(default: Any, values: Collection[Any]) -> bool:
    """Whether it is one of the values, or a list or tuple of nothing but such."""
    parts = default if isinstance(default, (list, tuple)) and default else [default]
    return all(any(part is value for value in values) for part in parts)
