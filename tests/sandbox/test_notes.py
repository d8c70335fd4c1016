"""What a box says is read strictly: it comes from beside student code."""

from __future__ import annotations

import pytest

from grader.sandbox import notes


def test_a_note_is_a_code_with_its_parameters():
    """A list or a tuple of a known code and texts; the sentence is made on the trusted side."""
    note = notes.read(["no_stub", {"name": "net"}])

    assert note == ("no_stub", {"name": "net"})
    assert notes.sentence(note) == "`net` is not defined in the submission"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "no_stub",
        ["no_stub"],
        ["no_stub", {}],
        ["no_stub", {"name": 3}],
        ["no_stub", "net"],
        ["invented", {"name": "net"}],
        [["no_stub"], {"name": "net"}],
        [{"no_stub": 1}, {"name": "net"}],
    ],
    ids=repr,
)
def test_anything_else_is_no_note(value):
    """An unknown code, a parameter that lacks or is no text."""
    assert notes.read(value) is None


def test_notes_are_bounded():
    """In number and in length, whatever the box sends; braces in a text stay as they are."""
    many = [["said", {"text": "{name} " * 1_000}]] * 1_000

    found = notes.read_all(many)

    assert len(found) == notes.MOST_NOTES
    assert notes.sentence(found[0]) == ("{name} " * 1_000)[: notes.MOST_CHARACTERS]
    assert notes.read_all({"notes": many}) == []
