"""What the box has to say, as codes with parameters: in here are no catalogues, and what is said in
here may be a student's. grader/sandbox/notes.py has the sentences."""

from __future__ import annotations

Note = tuple[str, dict[str, str]]  # a code and its parameters


class Missing(Exception):
    """A stub or a value is not there; the note says what was found instead."""

    def __init__(self, code: str, **parameters: str) -> None:
        super().__init__(code, parameters)
        self.note: Note = (code, parameters)
