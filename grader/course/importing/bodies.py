"""The statements of a test, as the body of a check: without what only tells, calls and prints."""

from __future__ import annotations

import ast
import re


def body_of(source: str) -> tuple[list[ast.stmt], str, str]:
    """The statements of a test without what it only tells, what it says of itself, and the source
    that they stand in. A function that is all of a test is unpacked."""
    body = ast.parse(source).body
    sentence = ast.get_docstring(ast.parse(source)) or ""
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    others = [node for node in body if node not in functions + imports and not _only_tells(node)]
    if len(functions) == 1 and all(_runs(node, functions[0]) for node in others):
        sentence = ast.get_docstring(functions[0]) or sentence
        body = [*imports, *functions[0].body]
    else:
        calls = _uncalled(functions, others)
        source = "\n".join([source, *calls])
        body = ast.parse(source).body
    sentence = " ".join(sentence.split("\n\n")[0].split())
    return [node for node in body if not _only_tells(node)], sentence, source


def _only_tells(node: ast.stmt) -> bool:
    """A docstring, pass, or a print."""
    if isinstance(node, ast.Pass):
        return True
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    if isinstance(value, ast.Constant):
        return value.value is not None and isinstance(value.value, str)
    return isinstance(value, ast.Call) and ast.unparse(value.func) in ("print", "display")


def _runs(node: ast.stmt, function: ast.FunctionDef) -> bool:
    """Whether a statement does nothing but call a function with what its parameters are called
    (`env` is all that there is), also `if __name__ == "__main__":`."""
    if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
        return all(_runs(each, function) for each in node.body)
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    names = [each.arg for each in function.args.args]
    given = [ast.unparse(each) for each in node.value.args]
    return ast.unparse(node.value.func) == function.name and all(
        name in (value, "env") for name, value in zip(names, given)
    )


def _uncalled(functions: list[ast.FunctionDef], others: list[ast.stmt]) -> list[str]:
    """Calls of the test functions that nothing calls: pytest would."""
    called = {
        name.id
        for node in [*functions, *others]
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    }
    return [
        f"{function.name}()"
        for function in functions
        if function.name.startswith("test") and function.name not in called
        if not function.args.args
    ]


def without_values(line: str) -> str:
    """An assertion of a hidden check without a message that is made of values."""
    tree = ast.parse(line)
    changed = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.msg and not isinstance(node.msg, ast.Constant):
            node.msg, changed = None, True
    return ast.unparse(tree) if changed else line


def flat(text: str) -> str:
    """A statement that can be moved to the right: no text of it goes over several lines."""
    tree = ast.parse(text)
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant | ast.JoinedStr)]
    return ast.unparse(tree) if any(each.lineno != each.end_lineno for each in texts) else text


def asserts(body: list[str]) -> bool:
    """Whether something can fail in a check beside the student's code: an assertion, also in a
    function that it calls."""
    texts = [text for text in body if not re.match(r"(@|def |class )", text)]
    called = "\n".join(texts)
    for text in body:
        match = re.match(r"(?:@.*\n)*(?:def|class) (\w+)", text)
        if match and re.search(rf"\b{match[1]}\b", called):
            texts.append(text)
    return re.search(r"assert|\braise\b|\bcheck\w*\(", "\n".join(texts)) is not None


def is_expression(line: str) -> bool:
    try:
        ast.parse(line, mode="eval")
    except SyntaxError:
        return False
    return True
