"""Otter's tests as assertions: an expression has to have the value that the notebook shows."""

from __future__ import annotations

import ast
import json
import re

_TYPES = re.compile(r"\b(?:np|numpy)\.(?:float|int)\d*\(([^()]*)\)")
_ROOM = {"tensor": "atol=1e-4", "array": "rtol=1e-6, atol=1e-7"}  # by the digits that are shown
_SHORT = 40  # characters of an expression that a message can quote


def compared(expression: str, shown: str) -> tuple[str, str]:
    """The statement that compares an expression with its shown value, and what it needs of
    grader.checking: "assert_close" or ""."""
    if shown == "True":
        return f"assert {_unwrapped(expression)}", ""
    if shown in ("False", "None"):
        return f"assert ({expression}) is {shown}" if shown == "None" else (
            f"assert not ({expression})"
        ), ""
    kind, value = _value(shown)
    if value is None:
        shows = "repr" if shown[:1] in "'\"<([{" else "str"
        return f"assert {shows}({expression}) == {shown!r}", ""
    if _is_numeric(value):
        called = json.dumps(expression.replace("submission.", ""), ensure_ascii=False)
        what = f", what={called}" if len(called) <= _SHORT else ""
        room = f", {_ROOM[kind]}" if kind else ""
        return f"assert_close({expression}, {value!r}{what}{room})", "assert_close"
    return f"assert {_grouped(expression)} == {value!r}", ""


def is_text_only(shown: str) -> bool:
    """Whether a value can only be compared with the text that the notebook shows."""
    return shown not in ("True", "False", "None") and _value(shown)[1] is None


def _value(shown: str) -> tuple[str, object]:
    """The value of a text such as array([1, 2]), and whether an array or a tensor was shown."""
    text = _TYPES.sub(r"\1", " ".join(shown.split()))
    match = re.fullmatch(r"(array|tensor)\((.*?)(?:, \w+=[^\[\]()]*)*\)", text)
    kind = match[1] if match else ""
    try:
        value = ast.literal_eval(match[2] if match else text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return "", None
    return ("", None) if "Ellipsis" in repr(value) else (kind, value)


def _is_numeric(value: object) -> bool:
    """A number, or numbers in lists of equal length."""
    if isinstance(value, bool) or value == [] or value == ():
        return False
    if isinstance(value, int | float):
        return True
    if not isinstance(value, list | tuple):
        return False
    lengths = {len(each) if isinstance(each, list | tuple) else -1 for each in value}
    return len(lengths) == 1 and all(map(_is_numeric, value))


def _unwrapped(expression: str) -> str:
    """What stands in bool(...), if that is all."""
    node = ast.parse(expression, mode="eval").body
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "bool" and len(node.args) == 1:
        return ast.unparse(node.args[0])
    return expression


def _grouped(expression: str) -> str:
    node = ast.parse(expression, mode="eval").body
    simple = isinstance(node, ast.Call | ast.Name | ast.Attribute | ast.Subscript | ast.Constant)
    return expression if simple else f"({expression})"
