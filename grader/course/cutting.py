"""Cuts what students write, and what they may not see, out of the one source of an assignment.

The source (source.py) is a py:percent text with marks, all of them comments; those of nbgrader and
of Otter are understood as they stand. Any number of "#" begins one.

    ### BEGIN SOLUTION          stands alone on its line, inside a function
    return X_exp / partition
    ### END SOLUTION

    W = torch.zeros(2)  # SOLUTION

    # BEGIN SOLUTION NO PROMPT  is cut out, and nothing stands in its place
    # END SOLUTION
    seed = 3  # SOLUTION NO PROMPT

    \"\"\" # BEGIN PROMPT          what students find instead, written as a string
    W = torch.randn(...)
    \"\"\" # END PROMPT

    ### BEGIN HIDDEN TESTS      is cut out, too
    assert softmax(X).sum() == 1
    ### END HIDDEN TESTS

A block becomes `# YOUR CODE HERE` and a `raise NotImplementedError` that names the stub, the
marked assignment becomes `W = ...  # YOUR CODE HERE`. Everything else stays as it is, so a mark
that is misspelt or stands in the wrong place would give the solution away: it is an error.
"""

from __future__ import annotations

import ast
import difflib
import io
import itertools
import re
import textwrap
import tokenize
from collections.abc import Sequence
from typing import NamedTuple

from grader.errors import AssignmentError

PLACEHOLDER = "# YOUR CODE HERE"
MARKS = {
    "### BEGIN SOLUTION, ### END SOLUTION": "each alone on its line, inside a function: students "
    "find `# YOUR CODE HERE` and a line that raises NotImplementedError",
    "W = torch.zeros(2)  # SOLUTION": "an assignment of one line: students find "
    "`W = ...  # YOUR CODE HERE`",
    "# BEGIN SOLUTION NO PROMPT, # END SOLUTION": "is cut out, and nothing stands in its place",
    "seed = 3  # SOLUTION NO PROMPT": "the same of one line",
    '""" # BEGIN PROMPT, """ # END PROMPT': "a string that students find as code, in the place of "
    "what was cut out",
    "### BEGIN HIDDEN TESTS, ### END HIDDEN TESTS": "is cut out: checks that students may not see",
}

_INLINE = re.compile(r"#+\s*(SOLUTION(?: NO PROMPT)?)")
_BLOCK = re.compile(r"#+\s*(BEGIN|END) (SOLUTION(?: NO PROMPT)?|HIDDEN TESTS)")
_PROMPT_BEGIN = re.compile(r'("""|\'\'\')\s*#+\s*BEGIN PROMPT[ ]*\n')
_PROMPT_END = re.compile(r"#+\s*END PROMPT")
_SUSPECT = re.compile(
    r".*\bSOLUTIONS?\b.*|(?i:#+\s*solution\W*)|(?i:#+\s*(begin|end)[\s_-]*solutions?\b.*)"
)
_WORDS = [f"{end} {what}" for end in ("BEGIN", "END") for what in ("SOLUTION", "HIDDEN TESTS")]
_WORDS += ["BEGIN SOLUTION NO PROMPT", "BEGIN PROMPT", "END PROMPT", "SOLUTION NO PROMPT"]
_NEAR = 0.85  # of the letters of a mark: "END SOLUTON" is meant to be one


class _Mark(NamedTuple):
    """What stands in a line. kind: "BEGIN", "END" or "" of one for its own line. what: "SOLUTION",
    "SOLUTION NO PROMPT", "HIDDEN TESTS" or, of a whole prompt, its text."""

    kind: str
    what: str


class WrongLine(AssignmentError):
    """A line of a source that is wrong. what: with {opened} where a line above it is named."""

    def __init__(self, line: int, what: str, opened: int = 0) -> None:
        self.line, self.what, self.opened = line, what, opened
        super().__init__(self.said(f"line {line}", f"line {opened}"))

    def said(self, line: str, opened: str) -> str:
        """The sentence, for what the two lines are called."""
        return f"{line}: {self.what}".replace("{opened}", opened)


def cut(source: str) -> str:
    """Return the template of a solution; WrongLine names the line of a mark that is wrong."""
    tree = _parse(source, "the solution")
    marks = _marks(source)
    prompts = _prompts(source)
    template: list[tuple[int, str]] = []  # with the line that it comes from
    begin, what = 0, ""  # the line of the open BEGIN and what it opened, 0 outside of blocks
    inside = 0  # the last line of the prompt that was written
    for number, line in enumerate(io.StringIO(source), start=1):
        mark = marks.get(number)
        if number <= inside:
            continue
        if number in prompts and not begin:
            inside, text = prompts[number]
            template.append((number, text))
        elif mark and mark.kind == "BEGIN":
            if begin:
                text = f"BEGIN {mark.what} inside the block that {{opened}} opened"
                raise WrongLine(number, text, begin)
            begin, what = number, mark.what
            if what == "SOLUTION":
                template.append((number, _missing(tree, line, number)))
        elif mark and mark.kind == "END":
            if not begin:
                raise WrongLine(number, f"END {mark.what} without a BEGIN {mark.what} before it")
            if not what.startswith(mark.what):
                text = f"END {mark.what} for the BEGIN {what} of {{opened}}"
                raise WrongLine(number, text, begin)
            begin = 0
        elif begin and (mark or number in prompts):
            raise WrongLine(number, "a mark inside the block that {opened} opened", begin)
        elif not begin and not (mark and mark.what == "SOLUTION NO PROMPT"):
            template.append((number, _blanked(tree, line, number) if mark else line))
    if begin:
        raise WrongLine(begin, f"BEGIN {what} without an END {what.split(' NO')[0]} after it")
    result = "".join(text for _, text in template)
    origins = [number for number, text in template for _ in text.splitlines()]
    _parse(result, "the template cut from it", origins)
    return result


def written_parts(source: str) -> list[str]:
    """What students have to write: the text of each block between the marks, at the margin."""
    lines, marks = source.splitlines(), _marks(source)
    begins = [number for number, mark in sorted(marks.items()) if mark.kind == "BEGIN"]
    ends = [number for number, mark in sorted(marks.items()) if mark.kind == "END"]
    blocks = (lines[begin : end - 1] for begin, end in zip(begins, ends))
    return [textwrap.dedent("\n".join(block)).strip() for block in blocks]


def _missing(tree: ast.Module, line: str, number: int) -> str:
    """What stands in the place of a block that begins in a line."""
    indent = line[: len(line) - len(line.lstrip())]
    stub = _enclosing(tree, number, len(indent))
    missing = f'raise NotImplementedError("{stub}: your code is still missing")'
    return f"{indent}{PLACEHOLDER}\n{indent}{missing}\n"


def _marks(source: str) -> dict[int, _Mark]:
    """The marks by their lines; read from comments only, never from strings."""
    marks = {}
    before = tokenize.TokenInfo(tokenize.NEWLINE, "", (0, 0), (0, 0), "")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            number, alone = token.start[0], not token.line[: token.start[1]].strip()
            comment = token.string.rstrip()
            block, inline = _BLOCK.fullmatch(comment), _INLINE.fullmatch(comment)
            if block and alone:
                marks[number] = _Mark(*block.groups())
            elif inline and not alone:
                marks[number] = _Mark("", inline[1])
            elif not (_PROMPT_END.fullmatch(comment) and _PROMPT_BEGIN.match(before.string)):
                _refuse_likeness(comment, number)
        before = token
    return marks


def _refuse_likeness(comment: str, number: int) -> None:
    """Raise WrongLine for a comment that was meant to be a mark."""
    if _is_like_a_mark(comment):
        raise WrongLine(number, f"{comment!r} is not a mark, or stands in the wrong place")


def _is_like_a_mark(comment: str) -> bool:
    words = " ".join(re.findall(r"[^\W\d_]+", comment.upper()))
    near = difflib.get_close_matches(words, _WORDS, 1, _NEAR)
    return bool(near or _SUSPECT.fullmatch(comment))


def is_likeness(comment: str) -> bool:
    """Whether a comment is no mark, and would be refused because it resembles one."""
    marks = (_BLOCK, _INLINE, _PROMPT_END)
    return _is_like_a_mark(comment) and not any(mark.fullmatch(comment) for mark in marks)


def _prompts(source: str) -> dict[int, tuple[int, str]]:
    """By the line in which a prompt begins: the line in which it ends, and what it says."""
    found = {}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    for token, after in itertools.pairwise(tokens):
        opened = _PROMPT_BEGIN.match(token.string) if token.type == tokenize.STRING else None
        if opened:
            if not _PROMPT_END.fullmatch(after.string.rstrip()):
                raise WrongLine(
                    token.end[0], "BEGIN PROMPT without an END PROMPT behind its string"
                )
            text = token.string[opened.end() : -len(opened[1])]
            found[token.start[0]] = (token.end[0], text.rstrip(" "))
    return found


def _blanked(tree: ast.Module, line: str, number: int) -> str:
    """Turn `name = value  # SOLUTION` into `name = ...  # YOUR CODE HERE`."""
    values = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.lineno == node.end_lineno == number
    ]
    if len(values) != 1 or values[0] is None:
        raise WrongLine(number, "a SOLUTION mark belongs at the end of an assignment of one line")
    before = line.encode()[: values[0].col_offset].decode()  # the parser counts bytes
    return f"{before.rstrip('( ')} ...  {PLACEHOLDER}\n"


def _enclosing(tree: ast.Module, number: int, column: int) -> str:
    """Return the dotted name of the innermost function around a line, as in Accumulator.add."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.lineno < number <= (node.end_lineno or 0)
        and node.col_offset < column
    ]
    around.sort(key=lambda node: node.lineno)
    if not around or isinstance(around[-1], ast.ClassDef):
        raise WrongLine(number, "BEGIN SOLUTION must stand inside a function or a method")
    return ".".join(node.name for node in around)


def _parse(source: str, what: str, origins: Sequence[int] = ()) -> ast.Module:
    """The tree of a text. origins: the lines of the source that its lines come from."""
    try:
        return ast.parse(source)
    except SyntaxError as error:
        line = error.lineno or 1
        line = origins[min(line, len(origins)) - 1] if origins else line
        raise WrongLine(line, f"{what} is not valid Python: {error.msg}") from error
