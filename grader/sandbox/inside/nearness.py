"""Which of a submission's names may be meant by the name of a stub that is not there.

Only names are compared here, word by word. Whether a definition could be the stub, by its kind and
its parameters, is asked in binding.py. Nothing here runs code of a student.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

WORD = re.compile(r"[lL][12]|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Words of the field that are written for each other, the first of each for all.
SYNONYMS = {
    word: words.split()[0]
    for words in (
        "accuracy acc right correct precision score",
        "evaluate eval evaluation val value valid validate validation test",
        "synthetic synthic synth syn generate gen get make create build",
        "data dataset examples samples batch batches",
        "iter iterator loader generator",
        "loss cost criterion error err",
        "squared square quadratic mean",
        "absolute abs",
        "train training fit learn",
        "epoch epochs",
        "net network model",
        "linear lin line",
        "regression reg regress",
        "updater update step optimizer",
        "predict prediction predictions infer",
        "initialize init initialise",
        "params parameters weights",
        "gradient grad",
        "divergence div",
        "decision decide",
    )
    for word in words.split()
}
ABBREVIATIONS = {
    "mse": ("squared", "loss"),
    "l2": ("squared", "loss"),
    "l1": ("absolute", "loss"),
    "mae": ("absolute", "loss"),
    "ce": ("cross", "entropy"),
    "nll": ("cross", "entropy"),
    "bce": ("cross", "entropy"),
    "linreg": ("linear", "regression"),
}
# What tells one version from another, or nothing at all.
FILLERS = {
    *("my", "own", "the", "a", "of", "ch", "v", "def", "fn", "func", "function", "new", "old"),
    *("stable", "final", "main", "general", "simple", "custom", "scratch", "manual"),
}
# A function that looks at a stub is not the stub.
LOOKS = {"check", "plot", "show", "draw", "print", "display", "demo", "try", "assert", "compare"}
LONG, VERY_LONG = 5, 9  # letters of a name in which one, or two, may be wrong
MISSPELT, BY_SYNONYM = 0.95, 0.8  # how much of a word is in one that means it


def plain(name: str) -> str:
    """A name without case and underscores."""
    return name.replace("_", "").lower()


def alike(names: Iterable[str], known: Iterable[str], taken: Collection[str] = ()) -> list[str]:
    """Of the known names those that differ from one of `names` in nothing but case and underscores.

    taken: names that stand for something else. The first of `names` is a stub's own; others are
    compared only where they are long enough to be words.
    """
    own, *others = names
    wanted = {plain(own), *(plain(other) for other in others if len(plain(other)) >= LONG)}
    exact = {own, *others, *taken}
    return [name for name in known if name not in exact and plain(name) in wanted]


def is_misspelt(name: str, found: str) -> bool:
    """Whether one letter more, less, other or at the wrong place, in a long name two, makes the
    difference; in a short one the order of its letters."""
    wanted, given = plain(name), plain(found)
    if len(wanted) < LONG:
        return len(wanted) > 2 and wanted != given and sorted(wanted) == sorted(given)
    most = 1 + (len(wanted) >= VERY_LONG)
    return 0 < _distance(wanted, given) <= most


def likeness(name: str, found: str) -> float:
    """How much of two names means the same: 0 to 1, by their words."""
    wanted, given = _words(name), _words(found)
    if LOOKS.intersection(given) - LOOKS.intersection(wanted) or not (wanted and given):
        return 0.0
    left, shared = list(given), 0.0
    for word in wanted:
        values = [(_same(word, other), other) for other in left]
        value, best = max(values, default=(0.0, ""))
        if value:
            left.remove(best)
            shared += value
    return 2 * shared / (len(wanted) + len(given))


def _words(name: str) -> list[str]:
    words = [word.lower() for word in WORD.findall(name)]
    spelled = [part for word in words for part in ABBREVIATIONS.get(word, (word,))]
    return [word for word in spelled if word not in FILLERS] or spelled


def _same(word: str, other: str) -> float:
    """How much of one word is in another: all if it is the same or the beginning of it."""
    short, long = sorted((word, other), key=len)
    if short == long or (len(short) >= 3 and long.startswith(short)):
        return 1.0
    if len(short) >= LONG - 1 and difflib.SequenceMatcher(None, short, long).ratio() >= 0.8:
        return MISSPELT
    return BY_SYNONYM if SYNONYMS.get(word, word) == SYNONYMS.get(other, other) else 0.0


def _distance(first: str, second: str) -> int:
    """The least number of letters to insert, delete, replace or exchange with their neighbour; 9
    for texts of very different lengths."""
    if abs(len(first) - len(second)) > 2:
        return 9
    before, row = [0], list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(second, 1):
            least = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and (a, b) == (second[j - 2], first[i - 2]):
                least = min(least, earlier[j - 2] + 1)
            row.append(least)
    return row[-1]
