"""What decides how a text of Python goes on: quotes, brackets, comments."""

from __future__ import annotations

import re

# By the three quotes of the string around it; "" at the top.
LEXEMES = {
    "": re.compile(
        r"""#[^\n]*|'''|\"\"\"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|[()\[\]{}]""",
        re.DOTALL,
    ),
    "'''": re.compile(r"\\.|'''", re.DOTALL),
    '"""': re.compile(r'\\.|"""', re.DOTALL),
}


def scanned(text: str, quote: str) -> tuple[str, int]:
    """Go through a text that begins inside `quote` ("" for none): the quote that is open at its
    end, and how many more brackets are."""
    depth = position = 0
    while match := LEXEMES[quote].search(text, position):
        position, lexeme = match.end(), match[0]
        if quote:
            quote = "" if lexeme == quote else quote
        elif lexeme in LEXEMES:
            quote = lexeme
        else:
            depth += (lexeme in "([{") - (lexeme in ")]}")
    return quote, depth
