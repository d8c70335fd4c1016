"""Keeps the catalogues of `words` up to date: which sentences there are to translate.

    python -m grader.course.translation       what `make messages` runs in the course's folder

writes new sentences into every .po file, takes out those that are gone, and compiles the .mo files.
A catalogue is begun by making its empty .po file. Needs Babel, of the extra for authors.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import assignment as assignments
from grader.course import misconceptions, templates
from grader.course.assignment import Assignment
from grader.course.extras import require
from grader.errors import UsageError
from grader.i18n.words import LOCALE

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

MARKS = {"_": None, "N_": None}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]  # of finding them, by the kind of file
EPOCH = datetime(2000, 1, 1)  # equal sentences give equal files


def of_grader() -> list[str]:
    """The grader's own sentences: whatever is marked with _("…") or N_("…")."""
    from babel.messages.extract import extract_from_dir

    found = extract_from_dir(LOCALE.parents[1], METHODS, keywords=MARKS)
    return list(dict.fromkeys(message for _, _, message, *_ in found if isinstance(message, str)))


def of_public_part(assignment: Assignment) -> list[str]:
    """What the text, the template and the public checks of an assignment say."""
    template = assignment.source.template()
    readme = (assignment.public / "README.md").read_text("utf-8")
    paragraphs = [*templates.paragraphs(readme), *templates.prose(template)]
    paragraphs = [text for text in paragraphs if not text.startswith("$$") or "\\text" in text]
    return list(dict.fromkeys([*paragraphs, *of_checks(assignment.public / "test_public.py")]))


def of_private_part(assignment: Assignment) -> list[str]:
    """What the hidden checks and the known mistakes of an assignment say."""
    folder = assignment.solution.parent
    sentences = [mistake.sentence for mistake in misconceptions.of(assignment)]
    return list(dict.fromkeys([*of_checks(folder / "test_hidden.py"), *sentences]))


def of_checks(path: Path) -> list[str]:
    """The demand of each check of a file, and the texts that it marks with _("…") or N_("…")."""
    from babel.messages.extract import extract_from_file

    tests = [
        node
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    demands = [(test.lineno, demand(ast.get_docstring(test) or "")) for test in tests]
    marked = [(line, str(text)) for line, text, *_ in extract_from_file("python", path, MARKS)]
    return [text for _, text in sorted([*demands, *marked]) if text]


def demand(docstring: str) -> str:
    """What a check demands: the first paragraph of its docstring, on one line."""
    return " ".join(docstring.split("\n\n")[0].split())


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
    require("babel", "author")
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
