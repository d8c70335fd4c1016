"""How learning platforms hand out what was handed in: each module of this folder reads one way.

A module has ``read(folder, assignment, is_wanted) -> Export | None``, None where the folder is of
another kind (is_wanted: a person said that it is of this one, so that less is enough);
``around(path) -> Path | None``, the folder of the export to which one path may belong; and
``LOOKS_LIKE``, which says what it looks for. Where the platform takes files back in a zip, it has
``feedback_name(path, assignment) -> str | None``, what the page about an upload is called in there,
None where the platform would not know whose it is. It reads names and, where the platform writes
them, small files of its own; of what people handed in it reads nothing. ``plain`` takes what no
platform has made. Another package brings a reader with an entry point of the group
``grader.exports``.
"""

from __future__ import annotations

from pathlib import Path

from grader.course.plugins import Plugins
from grader.submissions.uploads import Origin

PLAIN = "plain"
READERS = Plugins(__name__, __path__, "grader.exports", "reader of exports")
names, reader_of = READERS.names, READERS.load


def feedback_name(origin: Origin, path: Path, assignment: str) -> str | None:
    """What the page about an upload is called in the zip that its platform takes back; None where
    there is no such zip, or the platform would not know whose page it is."""
    if origin.reader not in names():
        return None
    named = getattr(reader_of(origin.reader), "feedback_name", None)
    return named(path, assignment) if named else None
