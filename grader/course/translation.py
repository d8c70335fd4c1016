"""Keeps the catalogues of `words` up to date: which sentences there are to translate.

    python -m grader.course.translation       what `make messages` runs in the course's folder

writes new sentences into every .po file, takes out those that are gone, and compiles the .mo files.
A catalogue is begun by making its empty .po file. Needs Babel, of the extra for authors.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import assignment as assignments
from grader.course import misconceptions, templates
from grader.course.assignment import Assignment
from grader.course.extras import require_author
from grader.errors import UsageError
from grader.i18n.words import LOCALE, PLACE

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

MARKS = {"_": None, "N_": None}
EPOCH = datetime(2000, 1, 1)  # equal sentences give equal files
WORD = re.compile(r"(?<!\S)[A-Za-z]{2,}[.:;?!]?(?!\S)")  # prose; not "f(x, y)"


def of_grader() -> list[str]:
    """The grader's own sentences: whatever is marked with _("…") or N_("…")."""
    from babel.messages.extract import extract_from_dir

    found = extract_from_dir(LOCALE.parents[1], keywords=MARKS)
    return list(dict.fromkeys(message for _, _, message, *_ in found if isinstance(message, str)))


def of_public_part(assignment: Assignment) -> list[str]:
    """What the text, the template and the public checks of an assignment say."""
    template = templates.cut(assignment.solution.read_text("utf-8"))
    readme = (assignment.public / "README.md").read_text("utf-8")
    paragraphs = [*templates.paragraphs(readme), *templates.prose(template)]
    paragraphs = [text for text in paragraphs if not text.startswith("$$") or "\\text" in text]
    return list(dict.fromkeys([*paragraphs, *of_checks(assignment.public / "test_public.py")]))


def of_private_part(assignment: Assignment) -> list[str]:
    """What the hidden checks and the known mistakes of an assignment say."""
    folder = assignment.solution.parent
    bank = assignment.bank
    mistakes = misconceptions.load(bank, assignment.solution) if bank else []
    sentences = [mistake.sentence for mistake in mistakes]
    return list(dict.fromkeys([*of_checks(folder / "test_hidden.py"), *sentences]))


def of_checks(path: Path) -> Iterator[str]:
    """The demand of each check of a file, and the words in it that messages are made of."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            yield from _words_in([node])
        marks = "".join(map(ast.unparse, getattr(node, "decorator_list", [])))
        if isinstance(node, ast.FunctionDef) and "in_sandbox" not in marks:
            docstring = ast.get_docstring(node)
            if docstring and node.name.startswith("test_"):
                yield " ".join(docstring.split("\n\n")[0].split())
            yield from _words_in(node.body[1:] if docstring else node.body)


def _words_in(statements: list[ast.stmt]) -> Iterator[str]:
    """Texts that are no code, such as "the gradient" and f"the gradient of {name}"."""
    waiting: list[ast.AST] = list(statements)
    for node in waiting:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if " " in node.value and not _is_code(node.value):
                yield node.value
        elif isinstance(node, ast.JoinedStr):
            if WORD.search(template := _template(node)):
                yield template
        else:
            waiting += ast.iter_child_nodes(node)


def _template(text: ast.JoinedStr) -> str:
    """An f-string with numbers for its values: "{0} has the shape {1}"."""
    parts = [part.value if isinstance(part, ast.Constant) else "{0}" for part in text.values]
    number = count()
    # Neighbours are one place; a "{0}" that the author writes out is one, too, and its own value.
    return re.sub(rf"({PLACE.pattern})+", lambda _: f"{{{next(number)}}}", "".join(map(str, parts)))


def _is_code(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def read(path: Path) -> Catalog:
    """A catalogue, for the language that its folder is named for."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def update(path: Path, sentences: Iterable[str]) -> None:
    """Let a .po file have exactly these sentences, keep their translations, and compile it."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import write_po

    old = read(path)
    fresh = Catalog(locale=old.locale, creation_date=EPOCH, revision_date=EPOCH)
    for sentence in sentences:
        known = old.get(sentence)
        fresh.add(sentence, known.string if known else "")
    with path.open("wb") as file:
        write_po(file, fresh, width=100, no_location=True, omit_header=True)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, fresh)


def main(course: Path) -> None:
    """Update every catalogue of the grader and of a course. Raises UsageError without Babel."""
    require_author("babel")
    texts = {LOCALE: of_grader()}
    for name in assignments.available(course):
        assignment = assignments.load(name, course)
        texts[assignment.public / "locale"] = of_public_part(assignment)
        texts[assignment.solution.parent / "locale"] = of_private_part(assignment)
    for folder, sentences in texts.items():
        for path in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            update(path, sentences)


if __name__ == "__main__":
    try:
        main(Path())
    except UsageError as error:
        sys.exit(f"error: {error}")
