"""Names of people: how they are written, and when two are the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that are written with others where they cannot be typed, and those without a plain part.
SPELT = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
PLAIN = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
HAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7af]+")


def written(first: str, last: str) -> str:
    """A name as people write it: "Kai Andersen" of "Andersen, Kai", "李明" of 李 and 明."""
    if not first:
        before, comma, after = last.partition(",")
        first, last = (after, before) if comma else ("", last)
    first, last = " ".join(first.split()), " ".join(last.split())
    if HAN.fullmatch(first) and HAN.fullmatch(last):
        return last + first
    return f"{first} {last}".strip()


def keys_of(name: str) -> set[str]:
    """What a name may be known by: its words in any order, without capitals and accents, and all of
    it without blanks, as Canvas has it: with the last name first, whichever words that is."""
    found = set()
    for spelling in {_plain(name, {}), _plain(name, SPELT)}:
        words = re.findall(r"\w+", spelling.replace("_", " "))
        if words:
            found.add(" ".join(sorted(words)))
            found |= {"".join(words[n:] + words[:n]) for n in range(len(words))}
    return found


def folded(text: str) -> str:
    """Ids and emails are equal whatever their capitals."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


@lru_cache(10_000)  # of the same person for one assignment after the other
def name_key(name: str) -> str:
    """Names are equal whatever their capitals, accents, blanks and order about a comma:
    "Lovelace, Ada" and "ada_lovelace". Other orders are other people: Li Na and Na Li."""
    last, comma, first = name.partition(",")
    if comma and "," not in first:
        name = f"{first} {last}"
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[_\W]+", " ", text).split())


def _plain(name: str, spelt: dict[str, str]) -> str:
    text = unicodedata.normalize("NFC", name).casefold()
    text = "".join(spelt.get(letter) or PLAIN.get(letter, letter) for letter in text)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"['’`´.]", "", text)
