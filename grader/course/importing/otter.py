"""A master notebook of Otter Assign.

Since version 3 raw cells (or fenced blocks of markdown cells, ```otter) open and close what belongs
together: a question, its prompt, its solution, its tests. Before, a fenced block in the text of a
question says its name, the next cell is its solution, and the code cells after that which begin
with `# TEST` or `# HIDDEN TEST` are its tests.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from grader.course.importing.draft import Draft, Piece, Test, counted
from grader.course.importing.nbgrader import number
from grader.course.importing.notebook import Cell, is_python
from grader.errors import UsageError

_BOUNDARY = re.compile(
    r"#\s*(ASSIGNMENT CONFIG|(?:BEGIN|END) (?:QUESTION|PROMPT|SOLUTION|TESTS?))\s*(?:\n|$)", re.I
)
_FENCED = re.compile(r"^\s*```\s*otter\s*\n(.*?)\n?```\s*$", re.S)
_OLD = re.compile(
    r"^```[^\n]*\n\s*BEGIN (ASSIGNMENT|QUESTION)[^\n]*\n?(.*?)^```[^\n]*$", re.M | re.S
)
_OLD_TEST = re.compile(r"#+\s*(HIDDEN\s+)?TEST\s*#*\s*(\n|$)", re.I)
_OLD_ANSWER = re.compile(r"(<strong>|\*\*)\s*solution:?\s*(</strong>|\*\*)", re.I)
_HIDDEN = re.compile(r"#+\s*HIDDEN\s*#*\s*(\n|$)", re.I)
_IGNORED = re.compile(r"#+\s*IGNORE\s*#*\s*(\n|$)", re.I)
_CONFIG = re.compile(
    r'"{2,3}\s*#\s*BEGIN TEST CONFIG[^\n]*\n(.*?)"{2,3};?\s*#\s*END TEST CONFIG', re.S
)
_ENVIRONMENT = re.compile(r"""\benv\[(["'])(\w+)\1\]""")


def is_one(cells: list[Cell]) -> bool:
    """Whether some cell opens a question in one of the two ways."""
    return any(_boundary(cell)[0] or _old_block(cell)[0] for cell in cells)


def draft(cells: list[Cell]) -> Draft:
    """What a master notebook says. Raises UsageError for blocks that do not fit."""
    reader = _Reader()
    for cell in cells:
        reader.take(cell)
    reader.close()
    return reader.draft


@dataclass
class _Question:
    """A question. old: written in the form before version 3, where nothing says what is what."""

    cell: Cell
    name: str
    points: float | None
    is_manual: bool
    is_whole: bool = False  # all of its points or none
    old: bool = False
    is_answered: bool = False
    tests: list[Test] = field(default_factory=list)


@dataclass
class _Reader:
    """Takes one cell after the other."""

    draft: Draft = field(default_factory=Draft)
    question: _Question | None = None
    block: str = ""  # PROMPT, SOLUTION or TESTS, where one is open

    def take(self, cell: Cell) -> None:
        name, said = _boundary(cell)
        if name:
            self._cross(cell, name.upper(), said)
        elif _IGNORED.match(cell.source):
            return
        elif self.block == "TESTS":
            self._take_test(cell, cell.source)
        elif self.block == "SOLUTION":
            self._take_solution(cell)
        elif cell.kind == "raw":
            self.draft.note(cell, "a raw cell", "It was left out; write it as text if it counts.")
        else:
            self._take_old_form(cell)

    def close(self) -> None:
        """The end of the notebook, or of a question."""
        question, self.question = self.question, None
        if self.block and question:
            raise UsageError(f"{question.cell.place}: BEGIN {self.block} is never ended.")
        if question and not question.is_manual:
            _share(question)
            self.draft.tests += question.tests
        if question and question.is_whole and len(question.tests) > 1 and not question.is_manual:
            self.draft.note(
                question.cell,
                f"all or nothing: question {question.name} has points only if all tests pass",
                "Here each check has its share. Mark those that must pass with @pytest.mark.gate, "
                "or make them one check.",
            )

    def _cross(self, cell: Cell, name: str, said: dict[str, Any]) -> None:
        begins, _, what = name.partition(" ")
        what = "TESTS" if what == "TEST" else what
        if name == "ASSIGNMENT CONFIG":
            self._configure(cell, said)
        elif name == "BEGIN QUESTION":
            self.close()
            self.question = _question(cell, said, old=False)
        elif self.question is None:
            raise UsageError(f"{cell.place}: {name} stands outside of a question.")
        elif name == "END QUESTION":
            self.close()
        elif begins == "BEGIN" and not self.block:
            self.block = what
        elif begins == "END" and self.block == what:
            self.block = ""
        else:
            raise UsageError(f"{cell.place}: {name} does not fit what was opened before it.")

    def _configure(self, cell: Cell, said: dict[str, Any]) -> None:
        """What of the settings of an assignment has a meaning here."""
        generate = said.get("generate")
        seed = said.get("seed") or (isinstance(generate, dict) and generate.get("seed"))
        if seed:
            self.draft.note(
                cell,
                "a seed that is set before each cell",
                "Nothing sets seeds here: give the random numbers to the function as an argument, "
                "or check a property that holds for all seeds.",
            )
        for key in ("files", "requirements", "environment"):
            if said.get(key):
                self.draft.note(
                    cell,
                    f"`{key}`: {said[key]}",
                    "A submission is graded without these: what a check needs of them belongs into "
                    "the check, what students need is handed out beside the assignment.",
                )

    def _take_test(self, cell: Cell, source: str) -> None:
        question = self.question
        assert question is not None
        if cell.kind != "code" or not source.strip():
            return
        config: dict[str, Any] = {}
        match = _CONFIG.search(source)
        if match:
            config = _yaml(match[1], cell)
            source = source[match.end() :].lstrip("\n")
        hidden = _HIDDEN.match(source)
        label = str(config.get("name") or question.name)
        source = source[hidden.end() :] if hidden else source
        lines = [line for line in source.split("\n") if not re.search(r"#\s*IGNORE\s*$", line)]
        source = _ENVIRONMENT.sub(r"\2", "\n".join(lines))
        source = re.sub(r"^[ ]*(\w+) = \1[ ]*$\n?", "", source, flags=re.M)  # torch = env["torch"]
        test = Test(cell, label, source, len(self.draft.pieces), group=question.name)
        test.hidden = bool(hidden or config.get("hidden"))
        test.points = number(config.get("points"), cell)
        test.sentence = str(config.get("failure_message") or "")
        printed = _printed(source)
        if printed:
            test.source, test.output = printed, cell.printed.strip()
        elif _ends_with_expression(source):
            test.output = cell.output or ""
        question.tests.append(test)

    def _take_solution(self, cell: Cell) -> None:
        question = self.question
        assert question is not None
        question.is_answered = True
        manual = question.is_manual
        if cell.kind == "code":
            source = re.sub(r"\A\s*#+ *solution *#*[^\S\n]*\n", "", cell.source, flags=re.I)
            self.draft.pieces.append(Piece(cell, source, written=True, graded=not manual))
            what = f"code of the question {question.name}, which a person graded"
        else:
            self.draft.pieces.append(Piece(cell, "*Write your answer here.*"))
            what = f"the text answer of the question {question.name}, which a person graded"
        if manual:
            points = 1.0 if question.points is None else question.points
            self.draft.note(
                cell,
                f"{what} ({counted(points)})",
                "Its points are not in assignment.toml, and a model answer in words was left out. "
                "Keep grading it by hand: `grader adjust` gives points for it.",
            )

    def _take_old_form(self, cell: Cell) -> None:
        """A cell outside of all blocks: in the old form it may be anything."""
        what, said, text = _old_block(cell)
        question = self.question
        if what == "ASSIGNMENT":
            self._configure(cell, _yaml(said, cell))
            cell.source = text
        elif what == "QUESTION":
            self.close()
            self.question = _question(cell, _yaml(said, cell), old=True)
            cell.source = text
        elif question and question.old and cell.kind == "code" and _OLD_TEST.match(cell.source):
            self._take_old_test(cell)
            return
        elif (
            question
            and question.old
            and not question.is_answered
            and (cell.kind == "code" or question.is_manual)
        ):
            self._take_solution(cell)
            return
        if cell.kind == "markdown" and _OLD_ANSWER.search(cell.source):
            self.draft.note(cell, "a model answer", "It was left out of what students get.")
        elif cell.source.strip():
            self.draft.give(cell, _without_otter(cell) if cell.kind == "code" else None)

    def _take_old_test(self, cell: Cell) -> None:
        match = _OLD_TEST.match(cell.source)
        assert match is not None
        source = cell.source[match.end() :]
        self._take_test(cell, f"# HIDDEN\n{source}" if match[1] else source)


def _boundary(cell: Cell) -> tuple[str, dict[str, Any]]:
    """What a cell opens, closes or configures, and what it says in YAML; "" where it is none."""
    if cell.kind not in ("raw", "markdown"):
        return "", {}
    source = cell.source
    if cell.kind == "markdown":
        fenced = _FENCED.match(source)
        if not fenced:
            return "", {}
        source = fenced[1]
    match = _BOUNDARY.match(source.strip())
    if not match:
        return "", {}
    return match[1], _yaml(source.strip()[match.end() :], cell)


def _old_block(cell: Cell) -> tuple[str, str, str]:
    """What a fenced block of a text begins, what it says, and the text without it."""
    match = _OLD.search(cell.source) if cell.kind == "markdown" else None
    if not match:
        return "", "", cell.source
    text = cell.source[: match.start()] + cell.source[match.end() :]
    return match[1], match[2], text.strip()


def _question(cell: Cell, said: dict[str, Any], old: bool) -> _Question:
    name = said.get("name")
    if not isinstance(name, str | int):
        raise UsageError(f"{cell.place}: the question has no name.")
    points = said.get("points")
    points = points.get("each") if isinstance(points, dict) else points
    if isinstance(points, list):  # one number for each test
        points = sum(number(each, cell) or 0.0 for each in points)
    manual, whole = bool(said.get("manual")), bool(said.get("all_or_nothing"))
    return _Question(cell, str(name), number(points, cell), manual, whole, old)


def _yaml(text: str, cell: Cell) -> dict[str, Any]:
    import yaml

    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError:
        raise UsageError(f"{cell.place}: what it says is not YAML.") from None
    if said is not None and not isinstance(said, dict):
        raise UsageError(f"{cell.place}: it should say `key: value` in each line.")
    return said or {}


def _share(question: _Question) -> None:
    """Give each test its points, as Otter does: those that say nothing share what is left of the
    question's."""
    tests, said = question.tests, [t for t in question.tests if t.points is not None]
    open_ones = [test for test in tests if test.points is None]
    spent = sum(test.points or 0.0 for test in said)
    if question.points is not None:
        left = max(question.points - spent, 0.0)
    else:
        left = 0.0 if spent else 1.0
    for test in open_ones:
        test.points = left / len(open_ones)


def _ends_with_expression(source: str) -> bool:
    """Whether the last line of a test is a value that was compared with what it was."""
    if not is_python(source):
        return False
    body = ast.parse(source).body
    if not body or not isinstance(body[-1], ast.Expr):
        return False
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    value = body[-1].value
    own_call = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
    return not (own_call and value.func.id in defined)  # type: ignore[attr-defined]


def _printed(source: str) -> str:
    """A test that ends with print(value), with the value in its place; "" for another."""
    node = ast.parse(source).body[-1:] if is_python(source) else []
    call = node[0].value if node and isinstance(node[0], ast.Expr) else None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "print":
        return ""
    if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        return ""
    before = "\n".join(source.split("\n")[: node[0].lineno - 1])
    return f"{before}\n{ast.unparse(call.args[0])}".lstrip("\n")


def _without_otter(cell: Cell) -> str:
    """A cell without the lines that speak of Otter itself: `grader = otter.Notebook()`."""
    if not is_python(cell.source):
        return cell.source
    gone: set[int] = set()
    for node in ast.parse(cell.source).body:
        text = ast.unparse(node)
        if re.search(r"^import otter\b|\botter\.Notebook\(|^grader\.(check|export)", text):
            gone |= {*range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    lines = cell.source.split("\n")
    return "\n".join(line for n, line in enumerate(lines, start=1) if n not in gone).strip("\n")
