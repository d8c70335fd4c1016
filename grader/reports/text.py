"""What all renderers do to text that a student can shape."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text without control characters: they steer terminals, and XML does not take them."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def one_line(text: str) -> str:
    """The text without line breaks and control characters."""
    return printable(" ".join(text.split()))


def number(value: float) -> str:
    """Points as a person writes them: 12 or 1.09."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
