"""Makes an assignment of ours from one of nbgrader or of Otter Assign.

What can be done by rule is done; the rest is a list of what needs a hand. What is written always
loads, and its template can be cut; otherwise nothing is written.
"""

from __future__ import annotations

import ast
import dataclasses
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.course import assignment as assignments
from grader.course import templates
from grader.course.importing import nbgrader, notebook, otter, writing
from grader.course.importing.checks import Maker
from grader.course.importing.draft import Draft, Note, Piece, counted
from grader.course.importing.marking import is_marked, mark, quiet, quiet_text
from grader.course.importing.model import Check, Namespace, Statement, statements
from grader.course.importing.notebook import is_python
from grader.course.importing.stubs import Stub, written
from grader.course.scaffold import SourceForm, verify_free
from grader.errors import AssignmentError, UsageError
from grader.sandbox.inside.uses import bound_in

FORMATS = {"nbgrader": nbgrader, "otter": otter}


@dataclass(frozen=True)
class Imported:
    """What an import has written: files, points of stubs, how many public and hidden checks, and
    what needs a hand."""

    files: list[Path]
    points: dict[str, float]
    public: int
    hidden: int
    notes: list[Note]

    @property
    def summary(self) -> str:
        """In one sentence."""
        total = sum(self.points.values())
        return (
            f"{len(self.points)} stubs with {counted(total)}, {self.public} public and "
            f"{self.hidden} hidden checks."
        )


def create(
    service: str, path: Path, name: str, course: Path, form: SourceForm = "script"
) -> Imported:
    """Write assignments/<name>/ and solutions/<name>/ from the notebook or notebooks at a path.

    service: one of FORMATS. form: of the source. Raises UsageError, and writes nothing, for a path
    without such a notebook, for a name that is taken, and for what cannot be made an assignment
    that loads.
    """
    verify_free(name, course)
    draft = _draft(service, path)
    source = f"{path.name} ({service})"
    try:
        texts, imported = _texts(draft, name, source)
    except RecursionError:
        raise UsageError(f"{path} has code that is nested too deeply to be read.") from None
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder)
        try:
            _write(texts, name, trial, form)
        except (AssignmentError, SyntaxError) as error:
            reason = str(error).replace(f"{trial}/", "")
            raise UsageError(
                f"{path} cannot become an assignment that loads, so nothing was written: {reason}. "
                "Change it there, and import it again."
            ) from None
        files = [
            course / each.relative_to(trial)
            for each in sorted(trial.rglob("*"))
            if each.is_file() and "__pycache__" not in each.parts
        ]
        for part in ("assignments", "solutions"):
            shutil.copytree(trial / part / name, course / part / name)
    return Imported(files, *imported)


def _draft(form: str, path: Path) -> Draft:
    """What all notebooks of a path say, one after the other."""
    reader, drafts, passed = FORMATS[form], [], []
    files = notebook.find(path)
    for file in files:
        cells = notebook.read(file)
        for cell in cells:
            cell.file = file.name if len(files) > 1 else ""
        if reader.is_one(cells):
            drafts.append(reader.draft(cells))
        else:
            passed.append(file)
    if not drafts:
        other = next((each for each in FORMATS if each != form), "")
        hint = f" Is it one of {other}?" if FORMATS[other].is_one(notebook.read(passed[0])) else ""
        raise UsageError(f"{path} has nothing of {form} in it.{hint}")
    joined = Draft()
    for draft in drafts:
        for test in draft.tests:
            test.after += len(joined.pieces)
        joined.pieces += draft.pieces
        joined.tests += draft.tests
        joined.notes += draft.notes
    for file in passed:
        joined.note(None, f"{file.name} has nothing of {form} in it", "It was left out.")
    return joined


def _texts(
    draft: Draft, name: str, source: str
) -> tuple[dict[str, str], tuple[dict[str, float], int, int, list[Note]]]:
    """The files of the assignment, by their place below the course, and what there is to say."""
    sources = [piece.source for piece in draft.pieces] + [test.source for test in draft.tests]
    found = [*map(notebook.words, sources)]
    for number, piece in enumerate(draft.pieces):
        _mark(piece, draft, set().union(*found[:number], *found[number + 1 :]))
    stubs, space = _namespace(draft)
    checks = Maker(draft, space).checks()
    if not checks:
        raise UsageError("No test of it runs anything that students write: nothing was written.")
    of_stub: dict[str, list[Check]] = {}
    for check in checks:
        of_stub.setdefault(check.stub.name, []).append(check)
    points = {
        stub: round(sum(check.points for check in of_stub[stub.name]), 2)
        for stub in stubs
        if stub.name in of_stub
    }
    _note_rest(draft, stubs, of_stub)
    draft.notes.sort(key=lambda note: note.order)
    title = writing.title_of(draft.pieces, name)
    public = [check for check in checks if check.is_public]
    hidden = [check for check in checks if not check.is_public]
    worth = {stub.name: each for stub, each in points.items()}
    said = (worth, len(public), len(hidden), draft.notes)
    read = {each for check in checks for each in check.reads} - {stub.owner for stub in points}
    private, shown = f"solutions/{name}", f"assignments/{name}"
    about = f"checks of {name}, imported from {source}."
    return {
        f"{private}/solution.py": writing.solution(draft.pieces),
        f"{private}/assignment.toml": writing.contract(title, points, read, source),
        f"{private}/test_hidden.py": writing.suite(f"Hidden {about}", hidden, of_stub),
        f"{private}/misconceptions.py": writing.misconceptions(),
        f"{private}/import.md": writing.todo(source, draft, Imported([], *said).summary),
        f"{shown}/README.md": writing.readme(title, name, points),
        f"{shown}/test_public.py": writing.suite(f"Public {about}", public, of_stub),
    }, said


def _mark(piece: Piece, draft: Draft, read: set[str]) -> None:
    """Put our marks into a piece, and take out what could be taken for one. read: words of the
    others."""
    if piece.is_text:
        piece.source, changed = quiet_text(piece.source)
        if changed:
            what = "a text with a line like a mark (SOLUTION)"
            draft.note(piece.cell, what, "The line was changed: look whether it still says it.")
    elif piece.written or is_marked(piece.source):
        piece.source = mark(piece, draft, read)
    elif is_python(piece.source):
        piece.source = quiet(piece.source)
    else:
        piece.source = "\n".join(f"# {line}".rstrip() for line in piece.source.split("\n"))
        draft.note(piece.cell, "a cell that is not Python", "It is a comment now.")


def _namespace(draft: Draft) -> tuple[list[Stub], Namespace]:
    """What students write, and what they are given."""
    stubs: list[Stub] = []
    doubles: dict[str, Piece] = {}
    given: list[Statement] = []
    private: set[str] = set()
    classes: set[str] = set()
    for position, piece in enumerate(draft.pieces):
        if piece.is_text:
            continue
        found = written(piece.source)
        if piece.graded:
            for stub in found.stubs:
                double = next((each for each in stubs if each.name == stub.name), None)
                if double:  # the last one counts, as in the student's file
                    stubs.remove(double)
                    doubles[stub.name] = piece
                stubs.append(stub)
            for lost in found.lost:
                draft.note(piece.cell, lost, "Write its signature in assignment.toml.")
        owners = {stub.owner for stub in found.stubs}
        classes |= {
            node.name for node in ast.parse(piece.source).body if isinstance(node, ast.ClassDef)
        }
        hidden = _bound_in_lines(piece, found.lines)
        private |= hidden - owners if piece.graded else hidden | owners
        concealed = _bound_in_lines(piece, found.concealed)
        given += [
            dataclasses.replace(each, hidden=bool(each.binds & concealed))
            for each in statements(piece.source, position)
            if each.binds and not each.binds & (owners | hidden)
        ]
    by_owner: dict[str, list[Stub]] = {}
    for stub in stubs:
        by_owner.setdefault(stub.owner, []).append(stub)
    order = {name: number for number, name in enumerate(by_owner)}
    read = {name for test in draft.tests for name in notebook.words(test.source)}
    for name in doubles.keys() & read:
        what = f"{name} is written a second time"
        todo = "All tests meet the last one: give one of them another name."
        draft.note(doubles[name].cell, what, todo)
    return stubs, Namespace(by_owner, order, given, private, classes)


def _bound_in_lines(piece: Piece, lines: frozenset[int]) -> set[str]:
    """The names that the top-level statements in these lines bind."""
    body = ast.parse(piece.source).body
    return set().union(*(bound_in([node]) for node in body if node.lineno in lines))


def _note_rest(draft: Draft, stubs: list[Stub], of_stub: dict[str, list[Check]]) -> None:
    """What is to be said of the assignment as a whole."""
    idle = [stub.name for stub in stubs if stub.name not in of_stub]
    if idle:
        draft.note(
            None,
            f"no test has these for its stub: {', '.join(idle)}",
            "They are cut out of the template, and have no points: write checks and a [[stub]] for "
            "them, or take the marks away.",
        )
    seen = [name for name, own in of_stub.items() if all(each.is_public for each in own)]
    if seen:
        draft.note(
            None,
            f"only public checks: {', '.join(seen)}",
            "Who reads them can write for them alone: ask for the same with other numbers in "
            "test_hidden.py (assert_same with the fixture rng).",
        )
    for piece, address in writing.pictures(draft.pieces):
        draft.note(
            piece.cell, f"a picture: {address}", "Only its address was kept: hand the file out too."
        )
    sentences = [
        f"`{each.name}`"
        for own in of_stub.values()
        for each in own
        if "passes the tests of" in each.sentence
    ]
    if sentences:
        draft.note(
            None,
            f"sentences that say little: {', '.join(sentences)}",
            "The docstring of a check is what a student reads when it fails: say what is demanded.",
        )


def _write(texts: dict[str, str], name: str, course: Path, form: SourceForm) -> None:
    """Write the files into a folder and load what was written; AssignmentError or SyntaxError where
    that is not possible."""
    for place, text in texts.items():
        path = course / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
        if path.suffix == ".py":
            compile(text, path.name, "exec", ast.PyCF_ONLY_AST)
    solution = course / "solutions" / name / "solution.py"
    if form == "notebook":
        notebook = templates.to_notebook(solution.read_text("utf-8"))
        solution.unlink()
        solution = solution.with_suffix(".ipynb")
        solution.write_text(notebook, "utf-8", newline="\n")
    templates.write(solution, course / "assignments" / name)
    assignments.load(name, course)
