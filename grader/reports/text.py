"""What all renderers do to text that a student can shape."""

from __future__ import annotations

from grader.i18n.words import N_, _

# Statuses of records and of stubs, as people read them.
WORDS = {
    "graded": N_("graded"),
    "unreadable": N_("unreadable"),
    "infrastructure_error": N_("infrastructure error"),
    "passed": N_("passed"),
    "failed": N_("failed"),
    "missing": N_("missing"),
    "timeout": N_("timeout"),
    "error": N_("error"),
}


def printable(text: str) -> str:
    """The text without control characters: they steer terminals, and XML does not take them."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def status(name: str) -> str:
    """The status of a record or of a stub, in words."""
    return _(WORDS[name])


def one_line(text: str) -> str:
    """The text without line breaks and control characters."""
    return printable(" ".join(text.split()))


def number(value: float) -> str:
    """Points as a person writes them: 12 or 1.09."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
