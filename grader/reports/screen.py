"""The terminal, on which no text of a student may do anything but stand there."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from grader.reports.text import printable


class Screen(Console):
    """A console that makes printable whatever is shown: tables, code, live displays, rules.

    A file's name or a student's code may hold escape sequences: one that deletes a line would hide
    it from the person who reads the code before it runs with their rights.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """All output passes here. A text is made printable before it is broken into lines, for
        its width changes; what is left of the segments as well, but those with which rich itself
        moves the cursor."""
        if isinstance(renderable, str):
            renderable = printable(renderable)
        elif isinstance(renderable, Text) and not renderable.plain.isprintable():
            renderable = renderable.copy()
            renderable.plain = printable(renderable.plain)
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(printable(text), style)
