"""The reference for authors, made of what the code says of itself.

python -m grader.validation.reference > docs/reference.md      what `make reference` runs
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from grader import checking
from grader.checking import cases, fixtures, marks, training
from grader.course import assignment, cutting, misconceptions
from grader.course.datasets import Dataset
from grader.course.datasets.known import OWN
from grader.course.operations import OPERATIONS
from grader.sandbox.inside.binding import Submission
from grader.sandbox.inside.data import PublicData
from grader.sandbox.proxies import RemoteSubmission

HEAD = """\
# Reference for authors

Made of what the code says of itself by `make reference`; a test keeps it so.
[authoring.md](authoring.md) is where to begin, [checks.md](checks.md) says how to write a check.
"""
FIELD = re.compile(r"^(\w+): (.+?)(?=^\w+: |\Z)", re.MULTILINE | re.DOTALL)
ENTRIES = ("misconception", "edit", "also", "patch")  # of misconceptions.py


def reference() -> str:
    """The whole reference as Markdown."""
    tables = {  # as TOML writes them
        "At the top": assignment._File,
        "[[stub]]": assignment._StubEntry,
        "[limits]": assignment._Limits,
    }
    parts = [HEAD, "## Keys of assignment.toml"]
    for name, struct in tables.items():
        parts += [f"### {name}", _table("key", _fields(struct))]
    parts += [
        "Data sets: " + ", ".join(f"`{name}`" for name in OWN) + ", and what other packages bring.",
        "### Operations for `forbidden`",
        _table("name", {name: _spelt(each.spellings) for name, each in OPERATIONS.items()}),
        "## Marks in the solution",
        _table("mark", cutting.MARKS),
        "## Marks of checks",
        "`@pytest.mark.` and",
        _table("mark", marks.MARKS),
        "## Fixtures of checks",
        _table("fixture", _fixtures()),
        "## What submission and dataset can do",
        _table(
            "in a check",
            _methods(RemoteSubmission, "submission", "bind", "supply")
            | _methods(Dataset, "dataset", "hidden_examples", "hidden_labels"),
        ),
        _table(
            "in an `@in_sandbox` function",
            _methods(Submission, "submission", "bind")
            | _methods(PublicData, "submission.data", "tensors", "batches"),
        ),
        "## What checks import",
        _table("of `grader.checking`", _functions(checking, checking.__all__)),
        _table("of `grader.checking.cases`", _functions(cases)),
        _table("of `grader.checking.training`", _functions(training)),
        "## Entries of misconceptions.py",
        _table("entry", _functions(misconceptions, ENTRIES)),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _fields(struct: type) -> dict[str, str]:
    """The fields of a struct, each as its docstring explains it: "name: what it is"."""
    found = dict(FIELD.findall(inspect.getdoc(struct) or ""))
    return {name: found[name] for name in struct.__struct_fields__}  # type: ignore[attr-defined]


def _fixtures() -> dict[str, str]:
    """The fixtures that checks ask for, each with its docstring."""
    found = {}
    for name, value in vars(fixtures).items():
        function = getattr(value, "__wrapped__", None) or getattr(value, "_fixture_function", None)
        if function is not None and not name.startswith("_"):
            found[name] = inspect.getdoc(function) or ""
    return found


def _functions(module: ModuleType | type, names: Iterable[str] | None = None) -> dict[str, str]:
    """Functions of a module or class with the first paragraph of their docstrings; by default all
    that are its own and public."""
    own = (
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    )
    found = {}
    for name in own if names is None else names:
        value = getattr(module, name)
        if inspect.isfunction(value):
            signature = re.sub(r"\s*->.*", "", str(_plain(inspect.signature(value))))
            found[f"{name}{signature}"] = _first(value)
    return found


def _methods(kind: type, name: str, *methods: str) -> dict[str, str]:
    """Methods of a class, each as it is called on an object of this name."""
    found = _functions(kind, methods)
    return {f"{name}.{re.sub(r'self(, )?', '', call)}": text for call, text in found.items()}


def _plain(signature: inspect.Signature) -> inspect.Signature:
    """A signature without its types."""
    parameters = [
        each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()
    ]
    return signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty)


def _first(value: Any) -> str:
    return (inspect.getdoc(value) or "").split("\n\n")[0]


def _spelt(spellings: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in spellings)


def _table(heading: str, rows: Mapping[str, str]) -> str:
    lines = [f"| {heading} | |", "|---|---|"]
    for name, text in rows.items():
        words = " ".join(text.split()).rstrip(".")
        lines.append(f"| `{name}` | {words} |".replace("\\|", "|"))
    return "\n".join(lines)


if __name__ == "__main__":
    print(reference(), end="")
