"""Why a stub is missing though its author has written code for it, and which stubs have none yet:
read from the source, for whoever asks what is next."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from grader.course.assignment import Stub
from grader.i18n.words import _
from grader.sandbox.inside.definitions import FUNCTIONS, Definition, Index
from grader.submissions.definitions import (
    assigned,
    definition_of,
    is_blank,
    names_of,
    says_missing,
    written,
)
from grader.submissions.problems import names_nothing


def unwritten(index: Index, stubs: Sequence[Stub]) -> list[str]:
    """The names of the stubs in which there is no code yet."""
    found = {*written(index, stubs)}
    values = assigned(index)
    return [
        stub.name
        for stub in stubs
        if stub.name not in found and not any(map(values.get, names_of(stub)))
    ]


def causes(index: Index, notes: Sequence[str], stubs: Sequence[Stub]) -> dict[str, str]:
    """Why a stub is missing though there is code, by its name; of those where the source tells.

    notes: what was said when the file was read, about what is left out of it.
    """
    found = {}
    for stub in stubs:
        definition = definition_of(index, stub)
        cause = _left_over(stub, definition) if definition else ""
        cause = cause or _left_out(stub, notes)
        if not definition:  # it may be in what Python cannot read
            cause = cause or next(filter(names_nothing, notes), "")
        if cause:
            found[stub.name] = cause
    return found


def _left_out(stub: Stub, notes: Sequence[str]) -> str:
    """The first note about the stub or its class."""
    names = {*names_of(stub), stub.name.partition(".")[0]}
    about = (note for note in notes if any(f"`{name}`" in note for name in names))
    return next(about, "")


def _left_over(stub: Stub, definition: Definition) -> str:
    """What to do about the template's last line where there is code above or below it."""
    for function in (node for node in ast.walk(definition.node) if isinstance(node, FUNCTIONS)):
        left = next(filter(says_missing, function.body), None)
        if left and not all(map(is_blank, function.body)):
            text = _(
                "there is code in `{stub}`, but also the template's `raise NotImplementedError`: "
                "once it is written, delete that line ({place})"
            )
            return text.format(stub=stub.name, place=definition.place_of(left))
    return ""
